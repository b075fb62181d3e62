# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Interactions: as they are recorded, and as a timeline gives them."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass, field
from typing import Any, Callable, List, Literal, Mapping, Optional, Sequence

from . import _capi
from ._options import choice
from .answers import Entry
from .errors import InvalidArgument
from .values import (
    Line,
    Money,
    Value,
    When,
    from_millionths,
    instant,
    int64,
    millionths,
    not_money,
)

Direction = Literal["inbound", "outbound"]

_DIRECTIONS = {"inbound": 0, "outbound": 1}

At = Callable[[Optional[When], str], int]
"""Reads an instant in the zone of a store; the text names it in errors."""


@dataclass(frozen=True)
class Interaction:
    """One exchange with a customer, for `Store.record_many`.

    A purchase is one order with its lines; a return carries negative quantities
    and amounts. With lines, ``amount`` is None or their sum. ``at`` None is the
    call's ``now``. With an idempotency ``key`` the interaction is recorded once
    however often it is sent.
    """

    customer: str
    type: str
    at: Optional[When] = None
    channel: str = ""
    lines: Sequence[Line] = ()
    amount: Optional[Money] = None
    direction: Direction = "inbound"
    fields: Mapping[str, Value] = field(default_factory=dict)
    reply_to: Optional[str] = None
    key: str = ""


def value_struct(value: Optional[Value], at: At, name: str) -> _capi.Value:
    """A typed value for the library; None is the absence of one."""
    struct = _capi.Value()
    if value is None:
        struct.kind = _capi.VALUE_NONE
    elif isinstance(value, bool):
        struct.kind = _capi.VALUE_BOOL
        struct.integer = value
    elif isinstance(value, float):
        struct.kind = _capi.VALUE_DOUBLE
        struct.number = value
    elif isinstance(value, str):
        struct.kind = _capi.VALUE_STRING
        struct.text = _capi.text(value, name)
    elif isinstance(value, Money):
        struct.kind = _capi.VALUE_MONEY
        struct.integer = value.minor
        struct.currency = value.currency.encode("ascii")
    elif isinstance(value, _datetime.datetime):
        struct.kind = _capi.VALUE_TIMESTAMP
        struct.integer = at(value, name)
    elif hasattr(value, "__index__"):
        struct.kind = _capi.VALUE_INT
        struct.integer = int64(value, name)
    else:
        raise TypeError(
            f"{name}: a bool, int, float, str, trato.Money or datetime is "
            f"needed, not {type(value).__name__}"
        )
    return struct


def fill(struct: Any, item: Interaction, at: At, place: str) -> None:
    """Fills a trato_interaction; `place` says in errors which one it is."""
    if not isinstance(item, Interaction):
        kind = type(item).__name__
        raise TypeError(f"{place[:-1]}: a trato.Interaction is needed, not {kind}")
    struct.struct_size = ctypes.sizeof(_capi.Interaction)
    struct.direction = choice(item.direction, _DIRECTIONS, place + "direction")
    struct.at_us = at(item.at, place + "at")
    struct.customer = _capi.text(item.customer, place, "customer")
    struct.type = _capi.text(item.type, place, "type")
    struct.channel = _capi.text(item.channel, place, "channel")
    struct.key = _capi.text(item.key, place, "key")
    if item.reply_to is not None:
        reply_to = _capi.id_of(item.reply_to, place + "reply_to")
        struct.reply_to = ctypes.pointer(reply_to)

    currency = ""
    if item.amount is not None:
        if not isinstance(item.amount, Money):
            raise not_money(item.amount, place + "amount")
        currency = item.amount.currency
        struct.amount_minor = item.amount.minor
    if item.lines:
        lines = (_capi.Line * len(item.lines))()
        for i, line in enumerate(item.lines):
            if not isinstance(line, Line):
                kind = type(line).__name__
                raise TypeError(
                    f"{place}lines[{i}]: a trato.Line is needed, not {kind}"
                )
            currency = currency or line.amount.currency
            if line.amount.currency != currency:
                raise InvalidArgument(
                    f"{place}lines[{i}].amount: {line.amount.currency} in an "
                    f"interaction in {currency}"
                )
            lines[i] = _capi.Line(
                _capi.text(line.product, place, "lines[", i, "].product"),
                _capi.text(line.unit, place, "lines[", i, "].unit"),
                millionths(line.quantity, "quantity"),
                millionths(line.unit_price or 0, "unit_price"),
                line.amount.minor,
            )
        struct.lines = lines
        struct.line_count = len(lines)
    struct.currency = _capi.text(currency, place, "currency")
    if item.fields:
        fields = (_capi.Field * len(item.fields))()
        for i, (name, value) in enumerate(item.fields.items()):
            fields[i].name = _capi.text(name, place, "fields[", i, "].name")
            fields[i].value = value_struct(value, at, f"{place}fields[{i}].value")
        struct.fields = fields
        struct.field_count = len(fields)


def next_entry(timeline: ctypes.c_void_p) -> List[Entry]:
    """The next entry of a timeline, copied, or none at its end."""
    out = ctypes.POINTER(_capi.TimelineEntry)()
    _capi.call(_capi.lib.trato_timeline_next, timeline, byref(out))
    if not out:
        return []
    entry = out.contents
    currency = _capi.code(entry.currency)
    return [
        Entry(
            fact=_capi.id_text(entry.fact),
            at=instant(entry.at_us),
            recorded=instant(entry.recorded_us),
            record=_capi.string(entry.record),
            type=_capi.string(entry.type),
            channel=_capi.string(entry.channel),
            direction="outbound" if entry.direction else "inbound",
            amount=Money(entry.amount_minor, currency),
            lines=tuple(
                Line(
                    _capi.string(line.product),
                    from_millionths(line.quantity),
                    Money(line.amount_minor, currency),
                    from_millionths(line.unit_price) if line.unit_price else None,
                    _capi.string(line.unit),
                )
                for line in entry.lines[: entry.line_count]
            ),
            fields={
                _capi.string(field.name): value_of_struct(field.value)
                for field in entry.fields[: entry.field_count]
            },
            reply_to=_capi.id_text(entry.reply_to.contents) if entry.reply_to else None,
            source=_capi.string(entry.source),
            key=_capi.string(entry.key),
        )
    ]


def value_of_struct(value: _capi.Value) -> Value:
    kind = value.kind
    if kind == _capi.VALUE_BOOL:
        return bool(value.integer)
    if kind == _capi.VALUE_DOUBLE:
        return float(value.number)
    if kind == _capi.VALUE_STRING:
        return _capi.string(value.text)
    if kind == _capi.VALUE_MONEY:
        return Money(value.integer, _capi.code(value.currency))
    if kind == _capi.VALUE_TIMESTAMP:
        return instant(value.integer)
    return int(value.integer)
