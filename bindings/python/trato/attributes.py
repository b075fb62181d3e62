# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What the store answers about attributes, as frozen dataclasses."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple, Union

from .values import Money, Value, instant

Json = Dict[str, Any]


def _value(json: Json) -> Any:
    value = json["value"]
    if value is None:
        return None
    if json["type"] == "money":
        return Money(value, json["currency"])
    if json["type"] == "timestamp":
        return instant(value)
    return float(value) if json["type"] == "double" else value


@dataclass(frozen=True)
class Attribute:
    """An attribute in force: its value, since when, and who says so."""

    name: str
    type: str
    """bool, int, double, string, money or timestamp."""
    value: Union[Value, Tuple[Value, ...]]
    """Of an attribute with many values a tuple of them."""
    text: str
    """The value for people."""
    since: _datetime.datetime
    source: str
    record: str
    inferred: bool
    """Whether it was concluded, and not told."""
    strength: Optional[float]
    values: Tuple[Attribute, ...]
    """Of an attribute with many values each of them; since, source, record,
    inferred and strength are then those of the last."""

    @classmethod
    def of(cls, json: Json) -> Attribute:
        if "values" in json:
            values = tuple(
                cls.of({**it, "name": json["name"]}) for it in json["values"]
            )
            last = values[-1]
            return cls(
                name=json["name"],
                type=json["type"],
                value=tuple(it.value for it in values),  # type: ignore[misc]
                text=json["text"],
                since=last.since,
                source=last.source,
                record=last.record,
                inferred=last.inferred,
                strength=last.strength,
                values=values,
            )
        return cls(
            name=json["name"],
            type=json["type"],
            value=_value(json),
            text=json["text"],
            since=instant(json["since_us"]),
            source=json["source"],
            record=json["record"],
            inferred=json["inferred"],
            strength=json["strength"],
            values=(),
        )


@dataclass(frozen=True)
class AttributeVersion:
    """What one record said of an attribute, and since when."""

    value: Optional[Value]
    """None: it took all values away."""
    text: str
    removed: bool
    """Whether it took the value away, or all of them."""
    about: Optional[str]
    since: _datetime.datetime
    source: str
    record: str
    fact: str
    inferred: bool
    strength: Optional[float]
    in_force: bool

    @classmethod
    def of(cls, json: Json) -> AttributeVersion:
        return cls(
            value=_value(json),
            text=json["text"],
            removed=json["removed"],
            about=json["about"],
            since=instant(json["since_us"]),
            source=json["source"],
            record=json["record"],
            fact=json["fact"],
            inferred=json["inferred"],
            strength=json["strength"],
            in_force=json["in_force"],
        )


@dataclass(frozen=True)
class Dependents:
    """What reads a definition, by name."""

    segments: Tuple[str, ...]
    offers: Tuple[str, ...]
    retention: Tuple[str, ...] = ()
    """The rules of retention that name it, in words."""

    @classmethod
    def of(cls, json: Json) -> Dependents:
        return cls(
            tuple(json["segments"]), tuple(json["offers"]), tuple(json["retention"])
        )


@dataclass(frozen=True)
class AttributeDefinition:
    """An attribute of customers, or a field of interactions."""

    name: str
    of: str
    """customer or interaction."""
    type: str
    description: str
    unit: str
    allowed: Tuple[str, ...]
    """Empty: any."""
    many: bool
    per: Optional[str]
    """product or need; None: of the customer alone."""
    reconciliation: str
    """latest, trusted, frequent or longest."""
    sources: Tuple[str, ...]
    """Of trusted, best first."""
    sensitivity: str
    retired: bool
    """Whether it takes no values any more."""

    @classmethod
    def of_json(cls, json: Json) -> AttributeDefinition:
        texts = {name: tuple(json[name]) for name in ("allowed", "sources")}
        return cls(**{**json, **texts})
