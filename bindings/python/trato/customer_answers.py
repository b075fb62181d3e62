# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What lists of customers and the audit view answer, as frozen dataclasses."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Optional, Tuple

from .answers import Json, value_of
from .values import Value, instant


@dataclass(frozen=True)
class FoundCustomer:
    """A customer who answers to what somebody typed."""

    id: str
    """The public id."""
    name: str
    """The record that gives the public id."""
    rank: str
    """exact (each word is a whole word, or the whole telephone number), prefix
    (each begins a word, or ends a telephone number) or inside."""
    field: str
    """Where the text that answers best is: an attribute or a namespace."""
    value: str
    """That text."""

    @classmethod
    def of(cls, json: Json) -> FoundCustomer:
        return cls(**json)

    def __repr__(self) -> str:
        # Without the value: a repr ends up in logs.
        return f"<FoundCustomer {self.name}, {self.rank} in {self.field}>"


@dataclass(frozen=True)
class ListedCustomer:
    """A customer of a list."""

    id: str
    """The public id."""
    name: str
    """The record that gives the public id."""
    value: Optional[Value]
    """What the list is sorted by; None where there is none."""

    @classmethod
    def of(cls, json: Json) -> ListedCustomer:
        value = None if json["value"] is None else value_of(json)
        return cls(id=json["id"], name=json["name"], value=value)

    def __repr__(self) -> str:
        # Without the value: a repr ends up in logs.
        return f"<ListedCustomer {self.name}>"


@dataclass(frozen=True)
class CustomerPage:
    """One part of a list."""

    customers: Tuple[ListedCustomer, ...]
    next: Optional[str]
    """The cursor of the next part; None after the last."""

    @classmethod
    def of(cls, json: Json) -> CustomerPage:
        return cls(tuple(map(ListedCustomer.of, json["customers"])), json["next"])


@dataclass(frozen=True)
class AuditEntry:
    """Who changed what, when, from what to what."""

    at: _datetime.datetime
    recorded: _datetime.datetime
    position: int
    """In the log."""
    actor: str
    source: str
    batch: str
    key: str
    what: str
    """attribute, identifier, link, kind, restriction, correction, retraction,
    decision, outcome, coupon, settings, or definition of something."""
    record: str
    name: str
    before: Optional[str]
    """What the change before in this answer said of the same; None: nothing."""
    after: Optional[str]
    reason: str

    @classmethod
    def of(cls, json: Json) -> AuditEntry:
        return cls(
            at=instant(json["at_us"]),
            recorded=instant(json["recorded_us"]),
            position=json["position"],
            actor=json["actor"],
            source=json["source"],
            batch=json["batch"],
            key=json["key"],
            what=json["what"],
            record=json["record"],
            name=json["name"],
            before=json["from"],
            after=json["to"],
            reason=json["reason"],
        )

    def __repr__(self) -> str:
        # Without the values: a repr ends up in logs.
        return f"<AuditEntry {self.at:%Y-%m-%d} {self.what} {self.record} {self.name}>"
