# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Whole tables as the store gives them: columns, by Arrow."""

from __future__ import annotations

import threading
from ctypes import addressof
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

from . import _arrow
from ._read import Field, Values, field_at


class Table:
    """Rows that a store answers with, for whatever reads Arrow.

    ``polars.DataFrame(table)``, ``pandas.DataFrame.from_arrow``,
    ``pyarrow.table(table)`` and DuckDB read it without a copy and without Python
    (``__arrow_c_stream__``). Without any of them, iterate over it: each row is a
    dict; `to_dicts` and `to_numpy` give all of it. Instants are in UTC, ids hex
    digits, quantities and prices `Decimal`; None is what is not there.

    What is read first is a snapshot of when the table was made, and stays
    readable when the store is closed. Each further reading asks the store anew,
    at the same ``now``.
    """

    def __init__(
        self,
        open: Callable[[int], None],
        what: str,
        opened: Optional[_arrow.Opened] = None,
    ) -> None:
        self._open = open
        self._what = what
        self._lock = threading.Lock()
        if opened is None:
            opened = _arrow.Opened(open)
        schema = opened.schema()
        try:
            root = field_at(addressof(schema))
        finally:
            _arrow.release(schema)
        self._fields: Tuple[Field, ...] = root.children
        self._root = root
        self._opened: Optional[_arrow.Opened] = opened

    @classmethod
    def once(cls, opened: _arrow.Opened, what: str) -> Table:
        """Of what cannot be asked for again."""

        def open(_: int) -> None:
            raise RuntimeError(f"these {what} were read: keep them, as a list say")

        return cls(open, what, opened)

    @property
    def columns(self) -> Mapping[str, str]:
        """The columns by name, and what type they have."""
        return {field.name: field.type for field in self._fields}

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The rows as a capsule of an ArrowArrayStream, in this table's types."""
        return _arrow.lent.lend(self._take())

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        """The rows, one after the other."""
        names = [field.name for field in self._fields]
        for batch in self._batches():
            columns = [column.list(0, column.array.length) for column in batch]
            for row in zip(*columns):
                yield dict(zip(names, row))

    def to_dicts(self) -> List[Dict[str, Any]]:
        """All rows."""
        return list(self)

    def to_numpy(self) -> Dict[str, Any]:
        """All columns as NumPy arrays, by name.

        Instants are datetime64[us] in UTC (NaT: none), numbers that may be
        missing masked arrays (doubles: NaN), all else arrays of objects.
        """
        import numpy

        parts: Dict[str, List[Any]] = {field.name: [] for field in self._fields}
        for batch in self._batches():
            for column in batch:
                parts[column.field.name].append(column.numpy(numpy))
        return {name: _joined(numpy, arrays) for name, arrays in parts.items()}

    def close(self) -> None:
        """Lets go of the snapshot, where it was not read; again does nothing."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def __repr__(self) -> str:
        return f"<Table of {self._what}: {', '.join(self.columns)}>"

    def _take(self) -> _arrow.Opened:
        with self._lock:
            opened, self._opened = self._opened, None
        return _arrow.Opened(self._open) if opened is None else opened

    def _batches(self) -> Iterator[List[Values]]:
        opened = self._take()
        try:
            while True:
                batch = opened.next()
                if batch is None:
                    return
                try:
                    rows = Values(self._root, addressof(batch))
                    yield [rows.child(i) for i in range(len(self._fields))]
                finally:
                    _arrow.release(batch)
        finally:
            opened.close()


def _joined(numpy: Any, arrays: List[Any]) -> Any:
    if not arrays:
        return numpy.empty(0, dtype=object)
    if len(arrays) == 1:
        return arrays[0]
    if any(isinstance(it, numpy.ma.MaskedArray) for it in arrays):
        return numpy.ma.concatenate(arrays)
    return numpy.concatenate(arrays)
