# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Many facts at once, in and out: orders from a file, columns by Arrow."""

from __future__ import annotations

import ctypes
from ctypes import byref
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Protocol, Sequence, Union

from . import _arrow, _build, _capi, _orders
from ._base import StoreBase
from ._callbacks import Progress, ProgressCallback
from ._options import Durability, at_least_one, write_options
from .answers import ImportReport
from .tables import Table
from .values import When

Data = Union["HasStream", Mapping[str, Any], Sequence[Mapping[str, Any]]]
"""What can be appended: a data frame or table that speaks Arrow
(``__arrow_c_stream__``: polars, pandas, pyarrow, DuckDB and others), a dict of
columns (NumPy arrays or lists), or a list of dicts, the rows."""


class HasStream(Protocol):
    """What gives its rows as a capsule of an ArrowArrayStream."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


@dataclass(frozen=True)
class Appended:
    """What an append did."""

    rows: int
    """How many were read."""
    added: int
    """Facts that were not known before."""
    known: int
    """Facts that were recorded already: nothing was done."""


class Bulk(StoreBase):
    """What `Store` takes and gives in bulk."""

    def import_orders(
        self,
        file: _orders.Source,
        *,
        namespace: str = "shop",
        dry_run: bool = False,
        progress: Optional[Progress] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> ImportReport:
        """Imports sales from CSV text with one row per order line.

        ``file`` is a path, or a file opened for reading; gzip is unpacked
        on the way. An order number, product, quantity, unit price, time and
        customer are found under any of their usual headers. The rows of one
        order become one interaction; an order number that starts with C is a
        return; an order whose lines are all at price zero is a gift. Times are
        in the store's zone, amounts in its currency. Each order's key is its
        number: the same file imported again adds nothing. Rows that cannot be
        used are left out and reported. It is one transaction.

        ``namespace`` is that of the customers, and ``source`` is "orders" where it
        is empty. With ``dry_run`` the report says
        what would happen and nothing is recorded. ``progress(done, total)``
        counts lines (a total of 0 is not known); where it returns False the
        import is cancelled. What it raises cancels the import, too, and
        comes out of this call. It must not call this store.

        Errors: InvalidArgument (a needed column is missing), AlreadyExists (an
        order is recorded with other content), Cancelled; OSError from the file.
        """
        name_space = _capi.text(namespace, "namespace")
        write = write_options(durability, actor, source, batch)
        at = self._now(now)
        currency = self.currency
        with _orders.Callbacks(file, progress) as callbacks:
            options = _capi.ImportOptions(
                ctypes.sizeof(_capi.ImportOptions),
                bool(dry_run),
                name_space,
            )
            options.progress = callbacks.progress
            report = self._json(
                _capi.lib.trato_orders_import,
                callbacks.read,
                None,
                at,
                byref(options),
                write,
            )
        return ImportReport.of(report, currency)

    def append_interactions(
        self,
        data: Data,
        *,
        columns: Optional[Mapping[str, str]] = None,
        namespace: str = "",
        dry_run: bool = False,
        progress: Optional[Progress] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Appended:
        """Appends interactions from columns: by far the fastest way in.

        Columns: customer, at, type; and where present channel, direction
        ("inbound", "outbound"), currency, amount_minor (or amount, in the
        currency's unit), key, reply_to, and every attribute of interactions.
        Lines come nested, as a column ``lines`` (lists of dicts or of `Line`:
        product and where present unit, quantity, unit_price, amount_minor or
        amount), or one a row, with those columns beside a column ``order``: rows
        of one customer, type and order are one interaction, dated by the
        earliest, with its order as key.

        ``columns`` says what is named otherwise: ``{"customer": "CustomerID"}``.
        ``namespace`` is put before customers that are written without one.
        Instants without a time zone are in the store's. All of it is one
        transaction. With ``dry_run`` it is read and checked, and nothing
        recorded. ``progress(done, total)`` counts rows; see `import_orders`.

        Errors: InvalidArgument (a column is missing or of a wrong type, a value
        is missing or malformed; the message names column and row, from 0),
        NotFound (undefined type, channel), AlreadyExists (a key with other
        content), Cancelled, Unavailable (the data's own stream failed).
        """
        return self._append(
            _capi.lib.trato_interactions_append,
            data,
            (columns, namespace, dry_run, progress),
            now,
            write_options(durability, actor, source, batch),
        )

    def append_customers(
        self,
        data: Data,
        *,
        columns: Optional[Mapping[str, str]] = None,
        namespace: str = "",
        dry_run: bool = False,
        progress: Optional[Progress] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Appended:
        """Appends what is said of customers, from columns.

        Columns: customer, where present at (since when; else ``now``), and one
        for each attribute of customers (what is missing says nothing). A column
        ``identifier``, or ``identifier.NAMESPACE``, claims identifiers. As
        `append_interactions` in all else.
        """
        return self._append(
            _capi.lib.trato_customers_append,
            data,
            (columns, namespace, dry_run, progress),
            now,
            write_options(durability, actor, source, batch),
        )

    def append_products(
        self,
        data: Data,
        *,
        columns: Optional[Mapping[str, str]] = None,
        dry_run: bool = False,
        progress: Optional[Progress] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Appended:
        """Appends products, from the columns product and name.

        As `append_interactions` in all else.
        """
        return self._append(
            _capi.lib.trato_products_append,
            data,
            (columns, "", dry_run, progress),
            now,
            write_options(durability, actor, source, batch),
        )

    def interactions(
        self,
        customers: Optional[Sequence[str]] = None,
        *,
        type: str = "",
        after: Optional[When] = None,
        until: Optional[When] = None,
        batch_rows: Optional[int] = None,
        now: Optional[When] = None,
    ) -> Table:
        """All interactions as a table, customer after customer.

        Each customer's are a timeline in order, with the columns customer (the
        public id's record), record, fact, at, recorded, type, channel, source,
        direction, currency, amount_minor, key, reply_to, lines, and one for each
        attribute of interactions. ``customers`` (None: all), ``type`` (empty:
        all), ``after`` (exclusive) and ``until`` (inclusive) choose among them.
        ``batch_rows`` is how many rows the stream gives at a time.

        Errors: NotFound (a customer, the type).
        """
        options, at = self._export(customers, type, after, until, batch_rows, now)
        function = _capi.lib.trato_interactions_export
        return Table(
            lambda stream: self._call(function, at, byref(options), stream),
            "interactions",
        )

    def _customers(
        self,
        customers: Optional[Sequence[str]],
        batch_rows: Optional[int],
        now: Optional[When],
        list_options: Any = None,
    ) -> Table:
        options, at = self._export(customers, "", None, None, batch_rows, now)
        if list_options is not None:
            options.list = ctypes.pointer(list_options)
        function = _capi.lib.trato_customers_export
        return Table(
            lambda stream: self._call(function, at, byref(options), stream),
            "customers",
        )

    def _append(
        self, function: Any, data: Any, how: Any, now: Optional[When], write: Any
    ) -> Appended:
        columns, namespace, dry_run, progress = how
        kept, stream, options = self._given(data, columns, namespace, dry_run)
        out = _capi.Appended()
        at = self._now(now)
        with ProgressCallback(progress) as callback:
            options.progress = callback.progress
            self._call(function, stream, at, byref(options), write, byref(out))
        del kept  # what the stream needs lived until here
        return Appended(out.rows, out.added, out.known)

    def _given(self, data: Any, columns: Any, namespace: str, dry_run: bool) -> Any:
        """What keeps the stream alive, its address, and how to read it."""
        columns = dict(columns or {})
        options = _capi.AppendOptions(
            ctypes.sizeof(_capi.AppendOptions),
            bool(dry_run),
            None,
            0,
            _capi.text(namespace, "namespace"),
        )
        kept, stream = self._stream_of(data, columns)
        named = (_capi.Column * len(columns))()
        for i, (field, column) in enumerate(columns.items()):
            named[i].field = _capi.text(field, "columns")
            named[i].column = _capi.text(column, f"columns[{field!r}]")
        options.columns = named
        options.column_count = len(named)
        return kept, stream, options

    def _stream_of(self, data: Any, columns: Any) -> Any:
        if hasattr(data, "__arrow_c_stream__"):
            capsule = data.__arrow_c_stream__()
            return capsule, _arrow.stream_of(capsule)
        if not isinstance(data, Mapping):
            if isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
                raise TypeError(
                    "data: something that speaks Arrow (a polars, pandas or pyarrow "
                    "table), a dict of columns or a list of dicts is needed, not "
                    f"{type(data).__name__}"
                )
            data = _build.columns_of_rows(list(data))
        amount = columns.get("amount", "amount")
        lines = columns.get("lines", "lines")
        instants = {columns.get("at", "at"): self._at}
        producer = _build.producer(data, instants, amount, lines)
        if amount not in producer.names:
            columns.pop("amount", None)  # Money came as minor units and currency
        return producer, producer.address

    def _export(
        self,
        customers: Optional[Sequence[str]],
        type: str,
        after: Optional[When],
        until: Optional[When],
        batch_rows: Optional[int],
        now: Optional[When],
    ) -> Any:
        options = _capi.ExportOptions(
            ctypes.sizeof(_capi.ExportOptions),
            0 if batch_rows is None else at_least_one(batch_rows, "batch_rows"),
            _capi.INT64_MIN if after is None else self._at(after, "after"),
            _capi.INT64_MAX if until is None else self._at(until, "until"),
        )
        options.type = _capi.text(type, "type")
        if customers is not None:
            if isinstance(customers, str):
                raise TypeError("customers: a list of names is needed, not str")
            names = [
                _capi.text(name, f"customers[{i}]") for i, name in enumerate(customers)
            ]
            # At least one, or the library would take it for all of them.
            options.customers = (_capi.Str * max(1, len(names)))(*names)
            options.customer_count = len(names)
        return options, self._now(now)
