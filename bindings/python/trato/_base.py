# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What the parts of a store have in common: its handle, and how it calls."""

from __future__ import annotations

import datetime as _datetime
import json
import time
import weakref
from ctypes import byref, c_int64
from typing import Any, Optional

from . import _capi
from ._handle import StoreHandle
from .answers import Info
from .errors import OutOfRange, TratoError, of_code
from .values import When, int64, micros


class StoreBase:
    def __init__(self, handle: StoreHandle, path: Optional[str]) -> None:
        self._handle = handle
        self._path = path
        self._settings: Optional[Info] = None
        self._clock: Optional[int] = None
        self._phones: Any = None  # what the library calls must stay
        weakref.finalize(self, handle.finish)

    def info(self, *, now: Optional[When] = None) -> Info:
        """Settings, log position, customers, and totals per type of interaction.

        Cost: one pass over everything.
        """
        return Info.of(self._json(_capi.lib.trato_store_info, self._now(now)))

    @property
    def zone(self) -> str:
        """The IANA time zone in which the store reads and writes times."""
        return self._own().zone

    @property
    def currency(self) -> str:
        """The currency of amounts that name none (ISO 4217)."""
        return self._own().currency

    def _call(self, function: Any, *arguments: Any, about: str = "") -> None:
        with self._handle as pointer:
            _capi.call(function, pointer, *arguments, about=about)

    def _json(self, function: Any, *arguments: Any, about: str = "") -> Any:
        with _capi.Output() as out:
            self._call(function, *arguments, out.ref, about=about)
            return json.loads(out.text())

    def _text(self, function: Any, *arguments: Any) -> str:
        with _capi.Output() as out:
            self._call(function, *arguments, out.ref)
            return out.text()

    def _own(self) -> Info:
        # They never change. The year 1, because the totals are not wanted.
        if self._settings is None:
            self._settings = self.info(now="0001-01-01 00:00Z")
        return self._settings

    def _digits_of(self, currency: str) -> int:
        answer = self._json(_capi.lib.trato_store_info, 0)
        for amount in answer["interactions"][0]["amounts"]:
            if amount["currency"] == currency and amount["minor"] == 1:
                return len(amount["text"].partition(".")[2])
        raise AssertionError("the store lost the amount it was given")

    def _now(self, when: Optional[When]) -> int:
        if when is not None:
            return self._at(when, "now")
        # What was is asked of as of then.
        return time.time_ns() // 1000 if self._clock is None else self._clock

    def _at(self, when: Optional[When], what: str) -> int:
        if when is None:
            return _capi.AT_NOW
        if isinstance(when, str):
            return self._parse(when, what)
        if isinstance(when, _datetime.datetime):
            if when.utcoffset() is not None:
                return micros(when)
            return self._parse(when.isoformat(" ", "microseconds"), what)
        if isinstance(when, _datetime.date):
            return self._parse(when.isoformat(), what)
        if isinstance(when, float):
            raise TypeError(
                f"{what}: a datetime, date, ISO 8601 text or int is needed; a float "
                "does not hold microseconds exactly"
            )
        at = int64(when, what)
        if at == _capi.AT_NOW:  # it would mean the call's now
            raise OutOfRange(f"{what}: years 1 to 9999 are allowed")
        return at

    def _parse(self, written: str, what: str) -> int:
        out = c_int64()
        text = _capi.text(written, what)
        try:
            self._call(_capi.lib.trato_time_parse, text, byref(out))
        except TratoError as error:
            raise of_code(error.code, f"{what}: {error.message}") from None
        return out.value
