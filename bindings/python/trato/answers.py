# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What the store answers, as frozen dataclasses.

Instants are aware datetimes in UTC; ids are 32 hexadecimal digits.
"""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .attributes import Attribute
from .consents import Consent, Statement, consent_of
from .relations import Relation
from .values import Line, Money, Value, instant

Json = Dict[str, Any]


def value_of(json: Json) -> Value:
    value = json["value"]
    if json["type"] == "money":
        return Money(value, json["currency"])
    if json["type"] == "timestamp":
        return instant(value)
    return float(value) if json["type"] == "double" else value


@dataclass(frozen=True)
class Interactions:
    """What interactions of one type add up to."""

    type: str
    interactions: int
    customers: int
    """How many customers they belong to; 1 in the answer about one customer."""
    lines: int
    free_lines: int
    amounts: Tuple[Money, ...]
    """One sum per currency; one that needs more than 64 bits is left out."""
    first: Optional[_datetime.datetime]
    last: Optional[_datetime.datetime]

    @classmethod
    def of(cls, json: Json) -> Interactions:
        return cls(
            type=json["type"],
            interactions=json["interactions"],
            customers=json.get("customers", 1),
            lines=json["lines"],
            free_lines=json["free_lines"],
            amounts=tuple(
                Money(amount["minor"], amount["currency"])
                for amount in json["amounts"]
                if amount["minor"] is not None
            ),
            first=_instant(json.get("first_us")),
            last=_instant(json.get("last_us")),
        )

    def __str__(self) -> str:
        money = ", ".join(map(str, self.amounts))
        return f"{self.type} {self.interactions:,}" + (f" ({money})" if money else "")


@dataclass(frozen=True)
class Info:
    """What a store holds at an instant."""

    path: Optional[str]
    zone: str
    currency: str
    now: _datetime.datetime
    log_position: int
    format_version: int
    customers: int
    records: int
    identifiers: int
    facts: int
    segments: int
    offers: int
    decisions: int
    coupons: int
    interactions: Mapping[str, Interactions]
    """By type."""

    @classmethod
    def of(cls, json: Json) -> Info:
        return cls(
            path=json["path"],
            zone=json["zone"],
            currency=json["currency"],
            now=instant(json["now_us"]),
            log_position=json["log_position"],
            format_version=json["format_version"],
            customers=json["customers"],
            records=json["records"],
            identifiers=json["identifiers"],
            facts=json["facts"],
            segments=json["segments"],
            offers=json["offers"],
            decisions=json["decisions"],
            coupons=json["coupons"],
            interactions=_by_type(json["interactions"]),
        )


@dataclass(frozen=True)
class Restriction:
    """Since when a customer's data may be kept and not used, and why."""

    since: _datetime.datetime
    reason: str

    @classmethod
    def of(cls, json: Json) -> Restriction:
        return cls(since=instant(json["since_us"]), reason=json["reason"])


@dataclass(frozen=True)
class CouponOf:
    """A coupon among a customer's own."""

    offer: str
    issued: _datetime.datetime
    deadline: Optional[_datetime.datetime]
    """Exclusive; None: for ever."""
    state: str
    """valid, redeemed, expired or not yet valid."""
    gives: str
    """In words: "2.00 EUR", "10 %", the product of a gift, "the offer"."""
    uses_left: int

    @classmethod
    def of(cls, json: Json) -> CouponOf:
        return cls(
            offer=json["offer"],
            issued=instant(json["issued_us"]),
            deadline=_instant(json["deadline_us"]),
            state=json["state"],
            gives=json["gives"]["text"],
            uses_left=json["uses_left"],
        )


@dataclass(frozen=True)
class Link:
    """What somebody said of two records, and holds."""

    one: str
    other: str
    linked: bool
    """Whether they are one customer; otherwise they are kept apart."""
    reason: str
    actor: str
    source: str
    at: _datetime.datetime

    @classmethod
    def of(cls, json: Json) -> Link:
        return cls(
            one=json["one"],
            other=json["other"],
            linked=json["linked"],
            reason=json["reason"],
            actor=json["actor"],
            source=json["source"],
            at=instant(json["at_us"]),
        )


@dataclass(frozen=True, repr=False)
class Customer:
    """One customer: all of the records that are one person, at an instant.

    ``customer["country"]`` is the value of an attribute, and
    ``customer.get("country")`` is None where there is none.
    """

    id: str
    """The public id."""
    name: str
    """The record that gives the public id."""
    kind: Optional[str]
    """person, organisation or anonymous; None where nobody said."""
    aliases: Tuple[str, ...]
    """Ids that also lead here."""
    records: Tuple[str, ...]
    identifiers: Tuple[str, ...]
    links: Tuple[Link, ...]
    """Of its records, with each other and with those that are kept apart."""
    restriction: Optional[Restriction]
    """Why she is in no segment and no decision; None: she is not restricted."""
    attributes: Mapping[str, Attribute]
    taught: Mapping[str, Mapping[str, Attribute]]
    """What she has taught us per product or need: by attribute, by what it is
    about."""
    relations: Tuple[Relation, ...]
    objection: Optional[Statement]
    """To direct marketing, in force."""
    consents: Tuple[Consent, ...]
    """Of every purpose and channel of which anything was said."""
    segments: Tuple[str, ...]
    interactions: Mapping[str, Interactions]
    """By type."""
    coupons: Tuple[CouponOf, ...]

    @classmethod
    def of(cls, json: Json) -> Customer:
        return cls(
            id=json["id"],
            name=json["name"],
            kind=json["kind"],
            aliases=tuple(json["aliases"]),
            records=tuple(json["records"]),
            identifiers=tuple(json["identifiers"]),
            links=tuple(map(Link.of, json["links"])),
            restriction=json["restriction"] and Restriction.of(json["restriction"]),
            attributes={a["name"]: Attribute.of(a) for a in json["attributes"]},
            taught=_by_about(json["taught"]),
            relations=tuple(map(Relation.of, json["relations"])),
            objection=json["objection"] and Statement.of(json["objection"]),
            consents=tuple(map(consent_of, json["consents"])),
            segments=tuple(json["segments"]),
            interactions=_by_type(json["interactions"]),
            coupons=tuple(map(CouponOf.of, json["coupons"])),
        )

    def __getitem__(self, attribute: str) -> Value:
        return self.attributes[attribute].value

    def __contains__(self, attribute: object) -> bool:
        return attribute in self.attributes

    def get(self, attribute: str, default: Optional[Value] = None) -> Optional[Value]:
        found = self.attributes.get(attribute)
        return default if found is None else found.value

    def __repr__(self) -> str:
        # Without the values of attributes: a repr ends up in logs.
        parts = [", ".join(self.records)]
        parts += [str(total) for total in self.interactions.values()]
        if self.segments:
            parts.append("in " + ", ".join(self.segments))
        return f"<Customer {'; '.join(parts)}>"

    def __str__(self) -> str:
        rows = [("records", ", ".join(self.records))]
        if self.kind:
            rows.append(("kind", self.kind))
        if self.identifiers:
            rows.append(("identifiers", ", ".join(self.identifiers)))
        rows += [(a.name, a.text) for a in self.attributes.values()]
        for name, taught in self.taught.items():
            rows += [(f"{name} of {about}", a.text) for about, a in taught.items()]
        rows += [(it.relation, it.other) for it in self.relations]
        if self.objection:
            rows.append(("objection", "to direct marketing"))
        rows += [(f"{it.purpose} by {it.channel}", it.state) for it in self.consents]
        if self.segments:
            rows.append(("segments", ", ".join(self.segments)))
        if self.interactions:
            rows.append(
                ("interactions", ", ".join(map(str, self.interactions.values())))
            )
        rows += [(f"coupon {c.offer}", c.state) for c in self.coupons]
        width = max(len(name) for name, _ in rows)
        return "\n".join([self.name, *(f"  {n:{width}}  {t}" for n, t in rows)])


@dataclass(frozen=True)
class Objection:
    """Why two records should not be linked."""

    guard: str
    can_override: bool
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class LinkSide:
    """One of the two customers that a link would join."""

    id: str
    name: str
    kind: Optional[str]
    records: Tuple[str, ...]
    identifiers: Tuple[str, ...]
    segments: Tuple[str, ...]
    interactions: Mapping[str, Interactions]

    @classmethod
    def of(cls, json: Json) -> LinkSide:
        return cls(
            id=json["id"],
            name=json["name"],
            kind=json["kind"],
            records=tuple(json["records"]),
            identifiers=tuple(json["identifiers"]),
            segments=tuple(json["segments"]),
            interactions=_by_type(json["interactions"]),
        )


@dataclass(frozen=True, repr=False)
class JoinedAttribute:
    """What each side of a link says of an attribute, and what would hold."""

    name: str
    one: Optional[Attribute]
    other: Optional[Attribute]
    joined: Optional[Attribute]
    """``joined.record`` is the record that wins."""

    @classmethod
    def of(cls, json: Json) -> JoinedAttribute:
        def side(name: str) -> Optional[Attribute]:
            return None if json[name] is None else Attribute.of(json[name])

        return cls(json["name"], side("one"), side("other"), side("joined"))


@dataclass(frozen=True)
class JoinedConsent:
    """The states of a purpose and channel, where a link changes one of them."""

    purpose: str
    channel: str
    one: Optional[str]
    other: Optional[str]
    joined: Optional[str]


@dataclass(frozen=True, repr=False)
class LinkPreview:
    """What linking two records would do."""

    allowed: bool
    same_customer: bool
    """Whether they are one customer already."""
    objections: Tuple[Objection, ...]
    one: LinkSide
    other: LinkSide
    customer: Customer
    """The joined one."""
    attributes: Mapping[str, JoinedAttribute]
    consents: Tuple[JoinedConsent, ...]
    gained: Tuple[str, ...]
    """Segments that the joined customer is in, and neither side."""
    lost: Tuple[str, ...]
    """Segments that a side is in, and not the joined customer."""

    @classmethod
    def of(cls, json: Json) -> LinkPreview:
        return cls(
            allowed=json["allowed"],
            same_customer=json["same_customer"],
            objections=tuple(Objection(**it) for it in json["objections"]),
            one=LinkSide.of(json["one"]),
            other=LinkSide.of(json["other"]),
            customer=Customer.of(json["customer"]),
            attributes={
                it["name"]: JoinedAttribute.of(it) for it in json["attributes"]
            },
            consents=tuple(JoinedConsent(**it) for it in json["consents"]),
            gained=tuple(json["segments"]["gained"]),
            lost=tuple(json["segments"]["lost"]),
        )


@dataclass(frozen=True)
class Entry:
    """One interaction of a timeline."""

    fact: str
    at: _datetime.datetime
    recorded: _datetime.datetime
    record: str
    """Which record of the customer it belongs to."""
    type: str
    channel: str
    direction: str
    """inbound (from the customer) or outbound."""
    amount: Money
    lines: Tuple[Line, ...]
    fields: Mapping[str, Value]
    reply_to: Optional[str]
    """The fact that it answers."""
    source: str
    key: str


@dataclass(frozen=True)
class Member:
    """One customer of a segment."""

    id: str
    name: str


@dataclass(frozen=True)
class ImportedOrders:
    """The orders of one type that an import found."""

    type: str
    orders: int
    new_orders: int
    lines: int
    free_lines: int
    amount: Optional[Money]
    """The sum; None when it needs more than 64 bits."""


@dataclass(frozen=True)
class Refusal:
    """Rows that could not be used, for one reason."""

    reason: str
    rows: int
    first_rows: Tuple[int, ...]
    """A few of them, as lines of the file; the header is line 1."""


@dataclass(frozen=True)
class ImportReport:
    """What an import found and did."""

    dry_run: bool
    rows: int
    separator: str
    columns: Mapping[str, str]
    """What was read, and the header that it was found under."""
    customers: int
    new_customers: int
    orders: Mapping[str, ImportedOrders]
    """By type: purchase, return, gift."""
    lines: int
    new_lines: int
    refused: int
    refusals: Tuple[Refusal, ...]

    @classmethod
    def of(cls, json: Json, currency: str) -> ImportReport:
        def amount(minor: Optional[int]) -> Optional[Money]:
            return None if minor is None else Money(minor, currency)

        return cls(
            dry_run=json["dry_run"],
            rows=json["rows"],
            separator=json["separator"],
            columns=dict(json["columns"]),
            customers=json["customers"],
            new_customers=json["new_customers"],
            orders={
                o["type"]: ImportedOrders(
                    type=o["type"],
                    orders=o["orders"],
                    new_orders=o["new_orders"],
                    lines=o["lines"],
                    free_lines=o["free_lines"],
                    amount=amount(o["amount_minor"]),
                )
                for o in json["orders"]
            },
            lines=json["lines"],
            new_lines=json["new_lines"],
            refused=json["refused"],
            refusals=tuple(
                Refusal(r["reason"], r["rows"], tuple(r["first_rows"]))
                for r in json["refusals"]
            ),
        )


def _instant(micros: Optional[int]) -> Optional[_datetime.datetime]:
    return None if micros is None else instant(micros)


def _by_about(json: List[Json]) -> Dict[str, Dict[str, Attribute]]:
    taught: Dict[str, Dict[str, Attribute]] = {}
    for it in json:
        taught.setdefault(it["name"], {})[it["about"]] = Attribute.of(it)
    return taught


def _by_type(totals: List[Json]) -> Dict[str, Interactions]:
    return {total["type"]: Interactions.of(total) for total in totals}
