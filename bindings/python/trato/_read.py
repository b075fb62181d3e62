# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Columns of an Arrow stream as Python's or NumPy's own values."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, List, Optional, Tuple

from . import _arrow
from .values import instant

_CODES = {
    "c": "b",
    "C": "B",
    "s": "h",
    "S": "H",
    "i": "i",
    "I": "I",
    "l": "q",
    "L": "Q",
    "f": "f",
    "g": "d",
}
"""Formats of Arrow, and what memoryview calls them."""


@dataclass(frozen=True)
class Field:
    """A column, as the schema has it."""

    name: str
    format: str
    children: Tuple[Field, ...]
    dictionary: Optional[Field]

    @property
    def type(self) -> str:
        """For people."""
        if self.dictionary is not None:
            return self.dictionary.type
        if self.format.startswith("ts"):
            return "timestamp"
        if self.format.startswith("d:"):
            return "decimal"
        if self.format.startswith("w:"):
            return "id"
        names = {"b": "bool", "l": "int", "g": "double", "u": "text", "+l": "list"}
        return names.get(self.format, self.format)


def field_at(address: int) -> Field:
    schema = _arrow.Schema.from_address(address)
    return Field(
        name=(schema.name or b"").decode("utf-8"),
        format=schema.format.decode("ascii"),
        children=tuple(
            field_at(_arrow.pointer_at(schema.children, i))
            for i in range(schema.n_children)
        ),
        dictionary=field_at(schema.dictionary) if schema.dictionary else None,
    )


def _view(address: Optional[int], code: Any, start: int, count: int) -> Any:
    """So many numbers at an address, without a copy."""
    size = _SIZES[code]
    if not count or not address:
        return memoryview(b"").cast(code)
    raw = (ctypes.c_char * (count * size)).from_address(address + start * size)
    return memoryview(raw).cast("B").cast(code)


_SIZES = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4}
_SIZES["d"] = 8


def _bits(address: int, start: int, count: int) -> List[bool]:
    view = _view(address, "B", 0, (start + count + 7) // 8)
    return [bool(view[i >> 3] >> (i & 7) & 1) for i in range(start, start + count)]


class Values:
    """One column of one batch."""

    def __init__(self, field: Field, address: int) -> None:
        self.field = field
        self.array = _arrow.Array.from_address(address)

    def buffer(self, index: int) -> int:
        return _arrow.pointer_at(self.array.buffers, index)

    def valid(self, start: int, count: int) -> Optional[List[bool]]:
        """Which values there are; None: all."""
        if self.array.null_count == 0 or not self.array.n_buffers:
            return None
        bitmap = self.buffer(0)
        return _bits(bitmap, self.array.offset + start, count) if bitmap else None

    def child(self, index: int) -> Values:
        address = _arrow.pointer_at(self.array.children, index)
        return Values(self.field.children[index], address)

    def dictionary(self) -> List[Any]:
        assert self.field.dictionary is not None
        values = Values(self.field.dictionary, self.array.dictionary)
        return values.list(0, values.array.length)

    def numbers(self, code: str, start: int, count: int, width: int = 1) -> Any:
        """The second buffer's numbers, of which `width` are one value."""
        begin = (self.array.offset + start) * width
        return _view(self.buffer(1), code, begin, count * width)

    def list(self, start: int, count: int) -> List[Any]:
        """So many values as Python has them; None where there is none."""
        values = self._present(start, count)
        valid = self.valid(start, count)
        if valid is None:
            return values
        return [it if there else None for it, there in zip(values, valid)]

    def _present(self, start: int, count: int) -> List[Any]:
        form = self.field.format
        if not count:
            return []
        if self.field.dictionary is not None:
            words = self.dictionary() or [None]
            return [words[code] for code in self.numbers(_CODES[form], start, count)]
        if form in _CODES:
            found: List[Any] = self.numbers(_CODES[form], start, count).tolist()
            return found
        if form == "b":
            return _bits(self.buffer(1), self.array.offset + start, count)
        if form == "u":
            offsets = self.numbers("i", start, count + 1)
            text = _bytes(self.buffer(2), offsets[0], offsets[count])
            base = offsets[0]
            return [
                text[offsets[i] - base : offsets[i + 1] - base].decode("utf-8")
                for i in range(count)
            ]
        if form.startswith("ts"):
            return _instants(self.numbers("q", start, count))
        if form.startswith("w:"):
            width = int(form[2:])
            digits = bytes(self.numbers("B", start, count, width)).hex()
            return [digits[i : i + 2 * width] for i in range(0, len(digits), 2 * width)]
        if form.startswith("d:"):
            scale = int(form.split(",")[1])
            raw = bytes(self.numbers("B", start, count, 16))
            return [_decimal(raw[i : i + 16], scale) for i in range(0, len(raw), 16)]
        if form == "+l":
            offsets = self.numbers("i", start, count + 1)
            base = offsets[0]
            items = self.child(0).list(base, offsets[count] - base)
            return [
                items[offsets[i] - base : offsets[i + 1] - base] for i in range(count)
            ]
        if form == "+s":
            begin = self.array.offset + start
            names = [child.name for child in self.field.children]
            columns = [self.child(i).list(begin, count) for i in range(len(names))]
            return [dict(zip(names, row)) for row in zip(*columns)]
        raise NotImplementedError(f"{self.field.name}: the Arrow type {form}")

    def numpy(self, numpy: Any) -> Any:
        """All values as a NumPy array of its own."""
        form, count = self.field.format, self.array.length
        valid = self.valid(0, count)
        if self.field.dictionary is None and form.startswith("ts"):
            numbers = numpy.array(self.numbers("q", 0, count), dtype="<i8")
            times = numbers.view(f"datetime64[{ {'u': 'us', 'n': 'ns'}[form[2]] }]")
            if valid is not None:
                times[~numpy.array(valid, dtype=bool)] = numpy.datetime64("NaT")
            return times
        if self.field.dictionary is not None:
            words = numpy.array([*self.dictionary(), None], dtype=object)
            codes = numpy.array(self.numbers(_CODES[form], 0, count), dtype="<i8")
            if valid is not None:
                codes[~numpy.array(valid, dtype=bool)] = len(words) - 1
            return words[codes]
        if form in _CODES:
            found = numpy.array(self.numbers(_CODES[form], 0, count))
        elif form == "b":
            found = numpy.array(self._present(0, count), dtype=bool)
        else:
            found = numpy.empty(count, dtype=object)
            found[:] = self.list(0, count)
            return found
        if valid is None:
            return found
        missing = ~numpy.array(valid, dtype=bool)
        if form in ("f", "g"):
            found[missing] = numpy.nan
            return found
        return numpy.ma.masked_array(found, mask=missing)


def _bytes(address: int, start: int, end: int) -> bytes:
    return ctypes.string_at(address + start, end - start) if end > start else b""


def _instants(numbers: Any) -> List[_datetime.datetime]:
    return [instant(it) for it in numbers]


def _decimal(raw: bytes, scale: int) -> Decimal:
    units = int.from_bytes(raw, "little", signed=True)
    digits = tuple(map(int, str(abs(units))))
    # Not by division: the program's decimal context must not round it.
    return _plain(Decimal((int(units < 0), digits, -scale)))


def _plain(number: Decimal) -> Decimal:
    """Without zeros at the end of the fraction: 2.500000 is 2.5."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    end = len(digits)
    while exponent < 0 and end > 1 and digits[end - 1] == 0:
        end -= 1
        exponent += 1
    if digits == (0,):
        exponent = 0
    return Decimal((sign, digits[:end], exponent))
