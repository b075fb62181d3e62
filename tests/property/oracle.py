# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The oracle: what a store must answer, computed by brute force.

It keeps a flat list of facts and recomputes everything from it for each
question. It shares no code with the engine and does not import the binding:
ids come from hashlib, the calendar from zoneinfo, and everything else from the
sentences of trato.h and fact.proto.
"""

import datetime
import hashlib
import struct
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, NamedTuple, Optional, Tuple
from zoneinfo import ZoneInfo

MIN, MAX = -(2**63), 2**63 - 1
NEVER, FOREVER = -(10**20), 10**20
SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime.datetime(1970, 1, 1)
MICRO = datetime.timedelta(microseconds=1)


class Amount(NamedTuple):
    """Money in minor units. An empty currency: the sum of nothing."""

    minor: int
    currency: str


class Instant(NamedTuple):
    us: int


# -- Ids -----------------------------------------------------------------------


def hashed(*parts: bytes) -> str:
    led = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hashlib.blake2b(led, digest_size=16).hexdigest()


def record_id(name: str) -> str:
    return hashed(b"record", name.encode())


def keyed_id(source: str, key: str) -> str:
    return hashed(b"fact-key", source.encode(), key.encode())


# The canonical form of payloads: proto3 with fields in ascending order and
# defaults left out.


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def zigzag(number: int) -> bytes:
    return varint(2 * number if number >= 0 else -2 * number - 1)


def numeral(number: int, encoded: bytes) -> bytes:
    return varint(number << 3) + encoded


def blob(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def maybe(number: int, text: str) -> bytes:
    return blob(number, text.encode()) if text else b""


def money_message(amount: Amount) -> bytes:
    minor = numeral(1, zigzag(amount.minor)) if amount.minor else b""
    return minor + maybe(2, amount.currency)


def value_message(value: Any) -> bytes:
    if isinstance(value, bool):
        return numeral(1, varint(value))
    if isinstance(value, Amount):
        return blob(5, money_message(value))
    if isinstance(value, Instant):
        return numeral(6, zigzag(value.us))
    if isinstance(value, int):
        return numeral(2, zigzag(value))
    if isinstance(value, float):
        return varint(3 << 3 | 1) + struct.pack("<d", value)
    return blob(4, value.encode())


# -- Facts ---------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    product: str
    quantity: int  # millionths
    amount_minor: int
    unit_price: int = 0  # millionths
    unit: str = ""

    def message(self) -> bytes:
        numbers = (self.quantity, self.unit_price, self.amount_minor)
        return (
            maybe(1, self.product)
            + maybe(2, self.unit)
            + b"".join(
                numeral(3 + i, zigzag(number))
                for i, number in enumerate(numbers)
                if number
            )
        )


@dataclass(frozen=True)
class Fact:
    record: str
    at: int
    source: str = "host"
    key: str = ""

    KIND = 0

    def payload(self) -> bytes:
        raise NotImplementedError

    def names(self) -> List[str]:
        """The records that it names, which exist with it."""
        return [self.record]


@dataclass(frozen=True)
class Attribute(Fact):
    name: str = ""
    value: Any = None  # None: taken away

    KIND = 18

    def payload(self) -> bytes:
        value = b"" if self.value is None else blob(3, value_message(self.value))
        return maybe(1, self.record) + maybe(2, self.name) + value


@dataclass(frozen=True)
class Claim(Fact):
    identifier: str = ""

    KIND = 19

    def payload(self) -> bytes:
        return maybe(1, self.record) + maybe(2, self.identifier)


@dataclass(frozen=True)
class Interaction(Fact):
    type: str = ""
    channel: str = ""
    outbound: bool = False
    amount: Amount = Amount(0, "EUR")
    lines: Tuple[Line, ...] = ()
    fields: Dict[str, Any] = field(default_factory=dict, hash=False)
    reply_to: Optional[str] = None

    KIND = 21

    def payload(self) -> bytes:
        fields = (
            blob(7, maybe(1, name) + blob(2, value_message(self.fields[name])))
            for name in sorted(self.fields)
        )
        return (
            maybe(1, self.record)
            + maybe(2, self.type)
            + maybe(3, self.channel)
            + (numeral(4, varint(1)) if self.outbound else b"")
            + blob(5, money_message(self.amount))
            + b"".join(blob(6, line.message()) for line in self.lines)
            + b"".join(fields)
            + (blob(8, bytes.fromhex(self.reply_to)) if self.reply_to else b"")
        )


@dataclass(frozen=True)
class Correction(Fact):
    """Says what an interaction was in truth; without content it never was."""

    interaction: str = ""  # its fact id
    content: Optional[Interaction] = None  # dated; its source and key are not read
    reason: str = ""

    KIND = 26

    def payload(self) -> bytes:
        said = b""
        if self.content is not None:
            said = blob(3, self.content.payload())
            if self.content.at:
                said += numeral(4, zigzag(self.content.at))
        return (
            maybe(1, self.record)
            + blob(2, bytes.fromhex(self.interaction))
            + said
            + maybe(5, self.reason)
        )

    def names(self) -> List[str]:
        moved = [] if self.content is None else [self.content.record]
        return [self.record, *moved]


class Oracle:
    """A list of facts and what was said of pairs, in order."""

    def __init__(self, zone: str, currency: str) -> None:
        self.zone = ZoneInfo(zone)
        self.currency = currency
        self.facts: List[Tuple[str, Fact]] = []  # with their ids
        self.said: List[Tuple[str, str, bool]] = []  # one, other, linked
        self.unique: Dict[str, bool] = {}
        self.segments: Dict[str, Any] = {}  # name: expression
        self._groups: Tuple[Any, List[List[str]]] = (None, [])
        self._held: Tuple[int, Dict[int, List[Any]]] = (0, {})

    # -- Writing

    def add(self, fact: Fact) -> str:
        """Takes a fact and gives its id."""
        if fact.key:
            name = keyed_id(fact.source, fact.key)
            if all(known != name for known, _ in self.facts):
                self.facts.append((name, fact))
            return name
        # -0.0 equals 0.0, and is not the same.
        equal = sum(
            known == fact and known.payload() == fact.payload()
            for _, known in self.facts
        )
        name = hashed(
            b"fact",
            fact.source.encode(),
            fact.at.to_bytes(8, "big", signed=True),
            fact.KIND.to_bytes(4, "big"),
            fact.payload(),
            equal.to_bytes(4, "big"),
        )
        self.facts.append((name, fact))
        return name

    # -- Who is who

    def records(self) -> List[str]:
        return sorted({name for _, fact in self.facts for name in fact.names()})

    def last_said(self, one: str, other: str) -> Optional[bool]:
        """Whether they were linked or unlinked at last; None: neither."""
        for pair in reversed(self.said):
            if set(pair[:2]) == {one, other}:
                return pair[2]
        return None

    def unlinked(self, one: str, other: str) -> bool:
        return self.last_said(one, other) is False

    def claims_of(self, record: str) -> set:
        """What it claims besides its own name."""
        return {
            fact.identifier
            for _, fact in self.facts
            if isinstance(fact, Claim) and fact.record == record
        } - {record}

    def names_of(self, record: str) -> set:
        """What links it: its own name and its claims, where these are unique."""
        return {
            identifier
            for identifier in self.claims_of(record) | {record}
            if self.unique.get(identifier.partition(":")[0], False)
        }

    def customers(self) -> List[List[str]]:
        """The records that are one customer, each list by id."""
        known = (len(self.facts), tuple(self.said), repr(self.unique))
        if self._groups[0] != known:  # only to spare time: nothing was written
            # Where identifiers would join two that were unlinked, the identifiers
            # of these two, and of whoever is linked to them, link nothing.
            parted = {
                one
                for group in self.joined(without=set())
                for one in group
                if any(self.unlinked(one, other) for other in group)
            }
            disputed = {
                one
                for group in self.joined(without=set(self.records()))
                if parted.intersection(group)
                for one in group
            }
            self._groups = (known, self.joined(without=disputed))
        return self._groups[1]

    def joined(self, without: set) -> List[List[str]]:
        """What is joined, by links and by identifiers, but not by those of some."""
        records = self.records()
        names = {
            record: set() if record in without else self.names_of(record)
            for record in records
        }
        groups: List[List[str]] = []
        for record in records:
            group = [record]
            for one in [
                one
                for one in groups
                if any(
                    names[record] & names[other] or self.last_said(record, other)
                    for other in one
                )
            ]:
                groups.remove(one)
                group.extend(one)
            groups.append(group)
        return [sorted(group, key=record_id) for group in groups]

    def refusal(self, one: str, other: str, linked: bool) -> List[set]:
        """Whether it cannot be said of a pair: whom the refusal may name.

        Linking must not make one customer of two that were unlinked, and after
        unlinking no link to a third may be left that joins them.
        """
        self.said.append((one, other, linked))
        group = self.customer_of(one)
        if linked:
            named = [
                {a, b}
                for a in group
                for b in group
                if a < b and {a, b} != {one, other} and self.unlinked(a, b)
            ]
        else:
            named = [
                {one, other, third}
                for third in group
                if self.last_said(one, third) and other in group
            ]
            assert bool(named) == (other in group), self.said
        self.said.pop()
        return named

    def customer_of(self, record: str) -> List[str]:
        return next(group for group in self.customers() if record in group)

    def known(self, customer: List[str], now: int) -> bool:
        return any(
            fact.at <= now and not set(fact.names()).isdisjoint(customer)
            for _, fact in self.facts
        )

    # -- What is so of a customer

    def of(self, customer: List[str], kind: type, now: int) -> List[Any]:
        """Facts up to now with their ids, by (event time, source, id)."""
        return sorted(
            (
                (name, fact)
                for name, fact in self.facts
                if isinstance(fact, kind)
                and fact.record in customer
                and fact.at <= now
            ),
            key=lambda item: (item[1].at, item[1].source.encode(), item[0]),
        )

    def held(self, now: int) -> List[Any]:
        """The interactions of everybody as they are believed at now, with ids."""
        count, held = self._held
        if count != len(self.facts):  # only to spare time
            self._held = (len(self.facts), held := {})
        if now not in held:
            held[now] = []
            for name, fact in self.facts:
                if not isinstance(fact, Interaction) or fact.at > now:
                    continue
                said = self.last_correction(name, fact.record, now)
                if said is not None:
                    if said.content is None:
                        continue
                    # It stays the fact that it was, of that source.
                    fact = replace(said.content, source=fact.source, key=fact.key)
                if fact.at <= now:
                    held[now].append((name, fact))
        return held[now]

    def last_correction(
        self, interaction: str, record: str, now: int
    ) -> Optional[Correction]:
        said = [
            (fact.at, fact.source.encode(), name, fact)
            for name, fact in self.facts
            if isinstance(fact, Correction)
            and (fact.interaction, fact.record) == (interaction, record)
            and fact.at <= now
        ]
        return max(said, key=lambda it: it[:3])[3] if said else None

    def timeline(self, customer: List[str], now: int) -> List[Any]:
        """Up to now with their ids, by (event time, source, id)."""
        return sorted(
            (item for item in self.held(now) if item[1].record in customer),
            key=lambda item: (item[1].at, item[1].source.encode(), item[0]),
        )

    def version(self, customer: List[str], name: str, now: int) -> Any:
        """The fact that says an attribute, or None."""
        versions = [
            fact
            for _, fact in self.of(customer, Attribute, now)
            if fact.name == name
        ]
        return versions[-1] if versions and versions[-1].value is not None else None

    # -- The calendar

    def local(self, us: int) -> datetime.datetime:
        utc = (EPOCH + us * MICRO).replace(tzinfo=datetime.timezone.utc)
        return utc.astimezone(self.zone).replace(tzinfo=None)

    def instant(self, local: datetime.datetime) -> int:
        """fold=0 reads a skipped or repeated time with the offset before."""
        aware = local.replace(tzinfo=self.zone, fold=0)
        utc = aware.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return (utc - EPOCH) // MICRO

    def back(self, us: int, span: "Span") -> int:
        return self._moved(us, span, -1)

    def forth(self, us: int, span: "Span") -> int:
        return self._moved(us, span, 1)

    def _moved(self, us: int, span: "Span", sign: int) -> int:
        try:
            if span.months or span.days:
                local = self.local(us)
                months = local.year * 12 + local.month - 1 + sign * span.months
                year, month = months // 12, months % 12 + 1
                if not 1 <= year <= 9999:
                    return sign * FOREVER
                local = local.replace(
                    year=year,
                    month=month,
                    day=min(local.day, days_in(year, month)),
                )
                local += datetime.timedelta(days=sign * span.days)
                us = self.instant(local)
        except OverflowError:
            return sign * FOREVER
        return us + sign * span.exact


def days_in(year: int, month: int) -> int:
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


class Span(NamedTuple):
    """A length of calendar time, and how it is written."""

    text: str
    months: int
    days: int
    exact: int  # microseconds

    @classmethod
    def of(cls, **units: int) -> "Span":
        """Span.of(y=1, mo=2): from the largest unit to the smallest."""
        text = "".join(f"{count}{unit}" for unit, count in units.items())
        months = 12 * units.get("y", 0) + units.get("mo", 0)
        days = 7 * units.get("w", 0) + units.get("d", 0)
        seconds = (
            3600 * units.get("h", 0) + 60 * units.get("m", 0) + units.get("s", 0)
        )
        return cls(text, months, days, seconds * SECOND)
