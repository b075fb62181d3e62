# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""How a call writes, and words that stand for the numbers of trato.h."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import Any, Literal, Mapping

from . import _capi
from .errors import InvalidArgument, OutOfRange
from .values import int64

Durability = Literal["synced", "buffered"]
"""How a call writes: ``"synced"`` returns when its facts are on disk;
``"buffered"`` at once, and `Store.flush`, `Store.close`, the next synced call
or the first write whose ``now`` is a second later makes them durable."""

_DURABILITIES = {"synced": 0, "buffered": 1}


def write_options(durability: str, actor: str, source: str, batch: str) -> Any:
    how = choice(durability, _DURABILITIES, "durability")
    if not (how or actor or source or batch):
        return None
    return byref(
        _capi.WriteOptions(
            ctypes.sizeof(_capi.WriteOptions),
            how,
            _capi.text(actor, "actor"),
            _capi.text(source, "source"),
            _capi.text(batch, "batch"),
        )
    )


def choice(value: Any, choices: Mapping[Any, int], what: str) -> int:
    try:
        return choices[value]
    except (KeyError, TypeError):
        names = ", ".join(repr(name) for name in choices if isinstance(name, str))
        raise InvalidArgument(f"{what}: one of {names} is needed") from None


def at_least_one(value: int, what: str) -> int:
    number = int64(value, what)
    if number < 1:
        raise OutOfRange(f"{what}: at least 1 is needed")
    return number


def not_negative(value: int, what: str) -> int:
    number = int64(value, what)
    if number < 0:
        raise OutOfRange(f"{what}: it is not negative")
    return number
