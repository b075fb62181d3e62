# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Arrow streams of Python's own data: columns of lists or of NumPy arrays."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from array import array
from ctypes import c_void_p
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from . import _arrow
from .errors import InvalidArgument, OutOfRange
from .values import Line, Money, int64, micros

Column = Sequence[Any]


@dataclass
class Part:
    """A column as Arrow describes it, with the bytes of its values."""

    format: str
    length: int
    valid: Optional[bytes] = None
    """A bitmap of which values there are; None: all."""
    buffers: List[Any] = field(default_factory=list)
    children: Dict[str, Part] = field(default_factory=dict)


class Producer:
    """A stream of one batch, for one call of the library."""

    def __init__(self, columns: Mapping[str, Part], rows: int) -> None:
        self.names = set(columns)
        self._root = Part("+s", rows, children=dict(columns))
        self._given = False
        self._kept: List[Any] = []
        self._functions = (
            _arrow.GET_FN(self._get_schema),
            _arrow.GET_FN(self._get_next),
            _arrow.LAST_ERROR_FN(lambda _: None),
            _arrow.RELEASE_FN(_end_stream),
        )
        self.stream = _arrow.Stream(
            *(ctypes.cast(function, c_void_p) for function in self._functions)
        )

    @property
    def address(self) -> int:
        return ctypes.addressof(self.stream)

    def _get_schema(self, _: Any, out: int) -> int:
        self._fill_schema(_arrow.Schema.from_address(out), "", self._root)
        return 0

    def _get_next(self, _: Any, out: int) -> int:
        array = _arrow.Array.from_address(out)
        if self._given:
            array.release = None
            return 0
        self._given = True
        self._fill_array(array, self._root)
        return 0

    def _fill_schema(self, schema: _arrow.Schema, name: str, part: Part) -> None:
        schema.format = self._keep(part.format.encode())
        schema.name = self._keep(name.encode())
        schema.metadata = None
        schema.flags = _arrow.FLAG_NULLABLE
        children = [_arrow.Schema() for _ in part.children]
        for child, (child_name, child_part) in zip(children, part.children.items()):
            self._fill_schema(child, child_name, child_part)
        schema.n_children = len(children)
        schema.children = self._pointers(children)
        schema.dictionary = None
        schema.release = ctypes.cast(_SCHEMA_END, c_void_p)

    def _fill_array(self, array: _arrow.Array, part: Part) -> None:
        array.length = part.length
        array.null_count = 0 if part.valid is None else -1
        array.offset = 0
        # The type of nothing but nulls has no buffers.
        buffers = [] if part.format == "n" else [part.valid, *part.buffers]
        array.n_buffers = len(buffers)
        array.buffers = self._addresses([_address(buffer) for buffer in buffers])
        children = [_arrow.Array() for _ in part.children]
        for child, child_part in zip(children, part.children.values()):
            self._fill_array(child, child_part)
        array.n_children = len(children)
        array.children = self._pointers(children)
        array.dictionary = None
        array.release = ctypes.cast(_ARRAY_END, c_void_p)

    def _keep(self, it: Any) -> Any:
        self._kept.append(it)
        return it

    def _pointers(self, structs: List[Any]) -> Optional[int]:
        self._keep(structs)
        return self._addresses([ctypes.addressof(it) for it in structs])

    def _addresses(self, addresses: List[Optional[int]]) -> Optional[int]:
        if not addresses:
            return None
        return ctypes.addressof(self._keep((c_void_p * len(addresses))(*addresses)))


def _end_stream(stream: int) -> None:
    _arrow.Stream.from_address(stream).release = None


def _end_schema(schema: int) -> None:
    _arrow.Schema.from_address(schema).release = None


def _end_array(array: int) -> None:
    _arrow.Array.from_address(array).release = None


# The bytes belong to the Producer, which outlives the call: there is nothing to
# free.
_SCHEMA_END = _arrow.RELEASE_FN(_end_schema)
_ARRAY_END = _arrow.RELEASE_FN(_end_array)


def _address(buffer: Any) -> Optional[int]:
    if buffer is None:
        return None
    if isinstance(buffer, bytes):
        return ctypes.cast(ctypes.c_char_p(buffer), c_void_p).value
    if isinstance(buffer, array):
        return buffer.buffer_info()[0]
    return int(buffer.ctypes.data)  # a NumPy array


# ---------------------------------------------------------------------------
# Columns

At = Callable[[Any, str], int]


def columns_of_rows(rows: Sequence[Mapping[str, Any]]) -> Dict[str, Column]:
    """Rows as columns; what a row does not have is None."""
    names: Dict[str, None] = {}
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            kind = type(row).__name__
            raise TypeError(f"data[{i}]: a dict is needed, not {kind}")
        names.update(dict.fromkeys(row))
    return {name: [row.get(name) for row in rows] for name in names}


def producer(
    data: Mapping[str, Column], instants: Mapping[str, At], amount: str, lines: str
) -> Producer:
    """A stream of columns.

    `instants` says of columns how their values are read as microseconds.
    `amount` and `lines` name the columns that bring the currency.
    """
    columns: Dict[str, Part] = {}
    rows: Optional[int] = None
    for name, values in data.items():
        if not isinstance(name, str):
            raise TypeError(f"data: a column's name is a str, not {name!r}")
        if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
            kind = type(values).__name__
            raise TypeError(f"{name}: a list or an array is needed, not {kind}")
        if rows is None:
            rows = len(values)
        if len(values) != rows:
            raise InvalidArgument(
                f"{name}: it has {len(values)} values, and the column before has {rows}"
            )
        if _is_plain_array(values):
            columns[name] = _of_numpy(values, name)
            continue
        values = values.tolist() if hasattr(values, "tolist") else list(values)
        if name in instants:
            at = instants[name]
            values = [
                None if it is None else at(it, f"{name}[{i}]")
                for i, it in enumerate(values)
            ]
        for part_name, part in _of_list(values, name, name in (amount, lines)).items():
            if part_name in data and part_name != name:
                continue  # the data say it themselves
            columns[part_name] = part
    return Producer(columns, rows or 0)


def _is_plain_array(values: Any) -> bool:
    dtype = getattr(values, "dtype", None)
    kind = getattr(dtype, "kind", "")
    return (
        kind in ("b", "i", "u", "f", "M")
        and hasattr(values, "ctypes")
        and not hasattr(values, "mask")
    )


def _of_numpy(values: Any, name: str) -> Part:
    if values.ndim != 1:
        raise InvalidArgument(f"{name}: an array of one dimension is needed")
    kind, size = values.dtype.kind, values.dtype.itemsize
    length = len(values)
    if kind == "b":
        return Part("b", length, buffers=[_bitmap(values.tolist())])
    if kind == "M":
        missing = values != values  # NaT
        valid = _bitmap((~missing).tolist()) if missing.any() else None
        unit = {"s": "s", "ms": "m", "us": "u", "ns": "n"}.get(_unit(values.dtype))
        if unit is None:
            values, unit = values.astype("datetime64[us]"), "u"
        plain = values.astype("<i8", order="C", copy=False)
        return Part(f"ts{unit}:", length, valid, [plain.view("<i8")])
    if kind == "f" and size not in (4, 8):
        values, size = values.astype("<f8"), 8
    formats = {"i": "csil", "u": "CSIL", "f": "  fg"}[kind]
    plain = values.astype(values.dtype.newbyteorder("<"), order="C", copy=False)
    if not plain.flags.c_contiguous:
        plain = plain.copy()
    return Part(formats[size.bit_length() - 1], length, None, [plain])


def _unit(dtype: Any) -> str:
    return str(dtype).partition("[")[2].rstrip("]")


def _bitmap(flags: Sequence[Any]) -> bytes:
    """One bit for each, the lowest first."""
    bits = bytearray((len(flags) + 7) // 8)
    for i, flag in enumerate(flags):
        if flag:
            bits[i >> 3] |= 1 << (i & 7)
    return bytes(bits)


def _of_list(values: List[Any], name: str, is_whole: bool) -> Dict[str, Part]:
    """The column, and one for the currency where it holds `Money`.

    `is_whole` says that the currency is that of all of the row.
    """
    kinds = {type(it) for it in values}
    kinds.discard(type(None))
    if Money in kinds:
        if kinds != {Money}:
            raise TypeError(f"{name}: some values are trato.Money and some are not")
        codes = _texts([it and it.currency for it in values], name)
        minor = _of_values([it and it.minor for it in values], name)
        if is_whole:
            return {"amount_minor": minor, "currency": codes}
        return {name: minor, name + ".currency": codes}
    parts: Dict[str, Part] = {}
    if is_whole and any(isinstance(it, (list, tuple)) for it in values):
        currencies = [_currency_of(it, f"{name}[{i}]") for i, it in enumerate(values)]
        if any(currencies):
            parts["currency"] = _texts(currencies, name)
    parts[name] = _of_values(values, name)
    return parts


def _currency_of(lines: Any, name: str) -> Optional[str]:
    amounts = (
        line.get("amount") if isinstance(line, Mapping) else line.amount
        for line in lines or ()
        if isinstance(line, (Line, Mapping))
    )
    found = {amount.currency for amount in amounts if isinstance(amount, Money)}
    if len(found) > 1:
        raise InvalidArgument(f"{name}: its lines are in {' and '.join(sorted(found))}")
    return found.pop() if found else None


def _of_values(values: List[Any], name: str) -> Part:
    # Whether it is a bool, an int, ... is seen by the first value; the others
    # must be alike.
    first = next((it for it in values if it is not None), None)
    length = len(values)
    valid = None
    if any(it is None for it in values):
        valid = _bitmap([it is not None for it in values])
    if first is None:
        return Part("n", length)
    if isinstance(first, bool):
        _check(values, bool, name)
        return Part("b", length, valid, [_bitmap(values)])
    if isinstance(first, str):
        return _texts(values, name)
    if isinstance(first, bytes):
        return _texts(values, name)
    if isinstance(first, _datetime.datetime):
        return _datetimes(values, name, valid)
    if isinstance(first, _datetime.date):
        _check(values, _datetime.date, name)
        start = _datetime.date(1970, 1, 1).toordinal()
        days = array("i", (it.toordinal() - start if it else 0 for it in values))
        return Part("tdD", length, valid, [days])
    if isinstance(first, (list, tuple)):
        return _lists(values, name, valid)
    if isinstance(first, (Mapping, Line)):
        return _structs(values, name, valid)
    if any(isinstance(it, Decimal) for it in values):
        return _decimals(values, name, valid)
    if any(isinstance(it, float) for it in values):
        _check(values, (float, int), name)
        numbers = array("d", (0.0 if it is None else it for it in values))
        return Part("g", length, valid, [numbers])
    whole = (0 if it is None else int64(it, name) for it in values)
    return Part("l", length, valid, [array("q", whole)])


def _check(values: List[Any], kind: Any, name: str) -> None:
    for i, it in enumerate(values):
        if it is not None and not isinstance(it, kind):
            first = next(type(it).__name__ for it in values if it is not None)
            raise TypeError(
                f"{name}[{i}]: {type(it).__name__} in a column that starts with {first}"
            )


def _texts(values: List[Any], name: str) -> Part:
    first = next((it for it in values if it is not None), "")
    kind = bytes if isinstance(first, bytes) else str
    _check(values, kind, name)
    pieces: List[bytes] = []
    offsets = array("q", [0])
    end = 0
    for i, it in enumerate(values):
        if it is not None:
            try:
                piece = it if kind is bytes else it.encode("utf-8")
            except UnicodeEncodeError:
                raise InvalidArgument(
                    f"{name}[{i}]: the text holds half of a surrogate pair"
                ) from None
            pieces.append(piece)
            end += len(piece)
        offsets.append(end)
    valid = None
    if any(it is None for it in values):
        valid = _bitmap([it is not None for it in values])
    form = "Z" if kind is bytes else "U"
    return Part(form, len(values), valid, [offsets, b"".join(pieces)])


def _datetimes(values: List[Any], name: str, valid: Optional[bytes]) -> Part:
    _check(values, _datetime.datetime, name)
    aware = {it.utcoffset() is not None for it in values if it is not None}
    if len(aware) > 1:
        raise InvalidArgument(f"{name}: some instants have a time zone and some do not")
    utc = _datetime.timezone.utc
    is_aware = aware.pop()
    numbers = array(
        "q",
        (
            0 if it is None else micros(it if is_aware else it.replace(tzinfo=utc))
            for it in values
        ),
    )
    return Part("tsu:UTC" if is_aware else "tsu:", len(values), valid, [numbers])


def _decimals(values: List[Any], name: str, valid: Optional[bytes]) -> Part:
    _check(values, (Decimal, int), name)
    exact = [Decimal(0 if it is None else it) for it in values]
    scale = 0
    for i, number in enumerate(exact):
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int):
            raise InvalidArgument(f"{name}[{i}]: the number is not finite")
        scale = max(scale, -exponent)
    pieces = []
    for i, number in enumerate(exact):
        sign, digits, exponent = number.as_tuple()
        assert isinstance(exponent, int)
        if scale > 37 or len(digits) + exponent + scale > 38:
            raise OutOfRange(f"{name}[{i}]: the number does not fit in 38 digits")
        units = int("".join(map(str, digits))) * 10 ** (exponent + scale)
        signed = -units if sign else units
        pieces.append(signed.to_bytes(16, "little", signed=True))
    return Part(f"d:38,{scale}", len(values), valid, [b"".join(pieces)])


def _lists(values: List[Any], name: str, valid: Optional[bytes]) -> Part:
    _check(values, (list, tuple), name)
    offsets = array("q", [0])
    items: List[Any] = []
    for it in values:
        items.extend(it or ())
        offsets.append(len(items))
    child = _structs(items, name, None) if not items else _of_values(items, name)
    return Part("+L", len(values), valid, [offsets], {"item": child})


def _structs(values: List[Any], name: str, valid: Optional[bytes]) -> Part:
    rows = [_line_row(it) if isinstance(it, Line) else it or {} for it in values]
    # Lines are what they are also where there are none of them.
    columns = columns_of_rows(rows) or {"product": []}
    children: Dict[str, Part] = {}
    for child, column in columns.items():
        if not column:
            children[child] = Part("U", 0, None, [array("q", [0]), b""])
        else:
            children.update(_of_list(list(column), child, child == "amount"))
    children.pop("currency", None)
    return Part("+s", len(values), valid, [], children)


def _line_row(line: Line) -> Dict[str, Any]:
    return {
        "product": line.product,
        "unit": line.unit or None,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount_minor": line.amount.minor,
    }
