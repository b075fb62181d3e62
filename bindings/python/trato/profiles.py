# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What her records say of one customer, read without a document."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Any, Iterator, Optional, Tuple

from . import _capi
from .interactions import value_of_struct
from .values import Value, instant

_KINDS = (None, "person", "organisation", "anonymous")
_INFERRED = 2


@dataclass(frozen=True)
class ProfileValue:
    """A value that holds of a customer, and who says it."""

    name: str
    """Of the attribute."""
    about: str
    """The product or need; empty: nothing but the customer."""
    value: Value
    since: _datetime.datetime
    source: str
    record: str
    """That says it."""
    strength: Optional[float]
    """Of an interest or a need; None where nobody said."""
    inferred: bool
    """It was concluded, not told."""

    def __repr__(self) -> str:
        # Without the value: a repr ends up in logs.
        return f"<ProfileValue {self.name} of {self.record}>"


@dataclass(frozen=True)
class Profile:
    """What her records say of one customer, at an instant.

    ``profile["country"]`` is the value of an attribute with one value at a time,
    and ``profile.get("country")`` is None where there is none.
    """

    id: str
    """The public id."""
    kind: Optional[str]
    """person, organisation or anonymous; None where nobody said."""
    restricted: bool
    """She is in no segment and no decision."""
    records: Tuple[str, ...]
    """The first gives the public id."""
    aliases: Tuple[str, ...]
    """Ids that also lead here."""
    identifiers: Tuple[str, ...]
    """That her records claim beside their names."""
    values: Tuple[ProfileValue, ...]
    """In order of name and about; of many values by event time."""

    def of(self, attribute: str, about: str = "") -> Iterator[ProfileValue]:
        """The values of an attribute, of which there may be many."""
        for it in self.values:
            if it.name == attribute and it.about == about:
                yield it

    def __getitem__(self, attribute: str) -> Value:
        for it in self.of(attribute):
            return it.value
        raise KeyError(attribute)

    def __contains__(self, attribute: object) -> bool:
        return any(it.name == attribute and not it.about for it in self.values)

    def get(self, attribute: str, default: Optional[Value] = None) -> Optional[Value]:
        for it in self.of(attribute):
            return it.value
        return default

    def __repr__(self) -> str:
        # Without the values of attributes: a repr ends up in logs.
        return f"<Profile {', '.join(self.records)}>"


def profile_of(customer: Any) -> Profile:
    """Copies a trato_customer."""
    records = customer.records[: customer.record_count]
    return Profile(
        id=_capi.id_text(customer.id),
        kind=_KINDS[customer.kind],
        restricted=bool(customer.restricted),
        records=tuple(_capi.string(it.name) for it in records),
        aliases=tuple(_capi.id_text(it.id) for it in records[1:]),
        identifiers=tuple(
            map(_capi.string, customer.identifiers[: customer.identifier_count])
        ),
        values=tuple(
            ProfileValue(
                name=_capi.string(it.name),
                about=_capi.string(it.about),
                value=value_of_struct(it.value),
                since=instant(it.since_us),
                source=_capi.string(it.source),
                record=_capi.string(it.record),
                strength=it.strength if it.strength > 0 else None,
                inferred=bool(it.flags & _INFERRED),
            )
            for it in customer.values[: customer.value_count]
        ),
    )
