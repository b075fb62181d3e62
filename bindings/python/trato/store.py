# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The store: customers, interactions, and the way to everything else."""

from __future__ import annotations

import ctypes
import datetime as _datetime
import json
import os
import time
import weakref
from ctypes import byref
from typing import Any, Iterable, Literal, Mapping, Optional, Sequence, Union

from . import _capi, _orders
from ._handle import Cursor, StoreHandle
from ._options import Durability, at_least_one, choice, write_options
from .answers import Customer, Decision, Entry, ImportReport, Info
from .customers import Attributes, Identifiers
from .errors import InvalidArgument, OutOfRange
from .interactions import Direction, Interaction, fill, next_entry
from .offers import Coupons, Decisions, Offers
from .segments import Segments
from .values import Line, Money, Number, Value, When, instant, int64, micros

Mode = Literal["open_or_create", "open_existing", "create_new"]

_MODES = {"open_or_create": 0, "open_existing": 1, "create_new": 2}
_OUTCOMES = {"shown": 1, "accepted": 2, "refused": 3}


def open(
    path: Union[None, str, "os.PathLike[str]"] = None,
    *,
    zone: str = "",
    currency: str = "",
    mode: Mode = "open_or_create",
) -> Store:
    """Opens the store in a file, or makes one in memory where ``path`` is None.

    ``zone`` (an IANA time zone; empty: UTC) and ``currency`` (ISO 4217; empty:
    EUR) belong to a new store for ever; given for a store that exists they must
    be its own. While a store is open no other handle or process may open it.

    Errors: NotFound (no such file, with "open_existing"), AlreadyExists (with
    "create_new"), FailedPrecondition (open elsewhere, or other settings),
    InvalidArgument (not a store, unknown zone or currency), Unimplemented (made
    by a newer version), DataLoss (damaged), Unavailable (cannot be read or
    written).
    Cost: reads the whole file.
    """
    place = b"" if path is None else os.fsencode(path)
    if path is not None and not place:
        raise InvalidArgument("path: the path is empty; None makes a store in memory")
    options = _capi.StoreOptions(
        ctypes.sizeof(_capi.StoreOptions),
        choice(mode, _MODES, "mode"),
        _capi.text(zone, "zone"),
        _capi.text(currency, "currency"),
    )
    pointer = ctypes.c_void_p()
    _capi.call(
        _capi.lib.trato_store_open,
        _capi.Str(place, len(place)),
        byref(options),
        byref(pointer),
    )
    return Store(StoreHandle(pointer), None if path is None else os.fspath(path))


def fact_id(source: str, key: str) -> str:
    """The id that a fact of this source and idempotency key has or will have.

    Others can so refer to it (``reply_to``, `Store.outcome`) before it arrives.
    The source of what names none is "host".
    """
    out = _capi.Id()
    _capi.call(
        _capi.lib.trato_fact_id,
        _capi.text(source, "source"),
        _capi.text(key, "key"),
        byref(out),
    )
    return _capi.id_text(out)


class Store:
    """A log of facts about customers, and everything that follows from it.

    Made by `trato.open`; a context manager that closes itself. Any thread may
    use it: reads run in parallel, writes take turns. Closing waits for calls
    that other threads are in; after it every call raises ValueError.

    Every method that writes or answers takes ``now`` (see `When`): what is dated
    later is invisible. Without it the system's clock is read. Each writing call
    is one transaction, and takes ``durability``, and who says so: ``actor`` (a
    user, a process), ``source`` (the system; empty: "host") and ``batch`` (an
    import or job).

    A customer is named by any identifier, written ``namespace:value``.
    """

    def __init__(self, handle: StoreHandle, path: Optional[str]) -> None:
        self._handle = handle
        self._path = path
        self._settings: Optional[Info] = None
        weakref.finalize(self, handle.finish)

    # -- Life -----------------------------------------------------------------

    def close(self) -> None:
        """Makes durable what was written buffered, and ends the store.

        Closing again does nothing. Timelines and members that are still open
        stay usable.
        """
        self._handle.close()

    @property
    def closed(self) -> bool:
        return self._handle.closed

    def flush(self) -> None:
        """Returns when everything written so far is on disk."""
        self._call(_capi.lib.trato_store_flush)

    def __enter__(self) -> Store:
        if self.closed:
            raise ValueError("the store is closed")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = ", closed" if self.closed else ""
        return f"<Store {'in memory' if self._path is None else self._path}{state}>"

    # -- What it holds --------------------------------------------------------

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

    def money(self, amount: Number) -> Money:
        """An amount in major units of the store's currency: ``money("12.50")``.

        Errors: InvalidArgument when it is finer than the minor unit.
        """
        return Money.parse(amount, self.currency)

    def parse_time(self, text: str) -> _datetime.datetime:
        """Reads ISO 8601, in the store's zone unless an offset is given."""
        return instant(self._parse(text, "text"))

    def format_time(self, when: When) -> str:
        """Writes an instant in the store's zone: "2011-12-10 09:30".

        Seconds and microseconds follow where they are not zero.
        """
        at = self._at(when, "when")
        with _capi.Output() as out:
            self._call(_capi.lib.trato_time_format, at, out.ref)
            return out.text()

    # -- Customers ------------------------------------------------------------

    @property
    def attributes(self) -> Attributes:
        """What is known of customers: `Attributes.define`, `Attributes.set`."""
        return Attributes(self)

    @property
    def identifiers(self) -> Identifiers:
        """By what customers go: `Identifiers.define`, `Identifiers.claim`."""
        return Identifiers(self)

    def link(
        self,
        one: str,
        other: str,
        *,
        reason: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says that two records are one customer.

        Timeline, attributes, segments and coupons follow at once. The public id
        is the smaller of the two; the other stays valid. Linking what is linked
        does nothing.

        Errors: NotFound (no such record).
        """
        self._join(
            _capi.lib.trato_link,
            (one, other, reason),
            now,
            write_options(durability, actor, source, batch),
        )

    def unlink(
        self,
        one: str,
        other: str,
        *,
        reason: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says that two records are not one customer; each gets back what it had.

        This holds also where they share a unique identifier.

        Errors: NotFound (no such record), FailedPrecondition (a third record,
        which the message names, would still join them).
        """
        self._join(
            _capi.lib.trato_unlink,
            (one, other, reason),
            now,
            write_options(durability, actor, source, batch),
        )

    def customer(self, name: str, *, now: Optional[When] = None) -> Customer:
        """One customer, by any identifier: all that is known at ``now``.

        Errors: NotFound; FailedPrecondition (the identifier is not unique and
        names several customers).
        """
        customer = _capi.text(name, "name")
        return Customer.of(
            self._json(_capi.lib.trato_customer_get, customer, self._now(now))
        )

    # -- Interactions ---------------------------------------------------------

    def record(
        self,
        customer: str,
        type: str,
        *,
        at: Optional[When] = None,
        channel: str = "",
        lines: Sequence[Line] = (),
        amount: Optional[Money] = None,
        direction: Direction = "inbound",
        fields: Optional[Mapping[str, Value]] = None,
        reply_to: Optional[str] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records one interaction (see `Interaction`) and gives its fact's id.

        Errors: AlreadyExists (same source and key, other content), NotFound
        (undefined type, channel or field), InvalidArgument, OutOfRange.
        """
        struct = _capi.Interaction()
        fill(
            struct,
            Interaction(
                customer=customer,
                type=type,
                at=at,
                channel=channel,
                lines=lines,
                amount=amount,
                direction=direction,
                fields=fields or {},
                reply_to=reply_to,
                key=key,
            ),
            self._at,
            "",
        )
        write = write_options(durability, actor, source, batch)
        out = _capi.Id()
        self._call(
            _capi.lib.trato_interaction_record,
            byref(struct),
            self._now(now),
            write,
            byref(out),
        )
        return _capi.id_text(out)

    def record_many(
        self,
        interactions: Iterable[Interaction],
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> int:
        """Records interactions in one transaction: all of them, or none.

        Gives how many were not known before. An error names the place as
        ``interactions[i]``.

        Errors: as `record`.
        Cost: one sync for all; memory in proportion to their number.
        """
        items = list(interactions)
        array = (_capi.Interaction * len(items))()
        for i, item in enumerate(items):
            fill(array[i], item, self._at, f"interactions[{i}].")
        write = write_options(durability, actor, source, batch)
        out = ctypes.c_size_t()
        self._call(
            _capi.lib.trato_interaction_record_many,
            array,
            len(items),
            self._now(now),
            write,
            byref(out),
        )
        return out.value

    def timeline(
        self,
        customer: str,
        *,
        now: Optional[When] = None,
        type: str = "",
        newest_first: bool = False,
        limit: Optional[int] = None,
    ) -> Cursor[Entry]:
        """A customer's interactions up to ``now``, over all of their records.

        They come in order of (event time, source, fact id). It is a snapshot:
        what is recorded later does not appear.

        Errors: NotFound.
        Cost: in proportion to the entries that it will give.
        """
        options = _capi.TimelineOptions(
            ctypes.sizeof(_capi.TimelineOptions),
            bool(newest_first),
            0 if limit is None else at_least_one(limit, "limit"),
            _capi.text(type, "type"),
        )
        pointer = ctypes.c_void_p()
        self._call(
            _capi.lib.trato_timeline_open,
            _capi.text(customer, "customer"),
            self._now(now),
            byref(options),
            byref(pointer),
        )
        return Cursor(pointer, _capi.lib.trato_timeline_destroy, next_entry)

    def product_name(self, product: str) -> str:
        """The name a product was defined or imported with, or else its id."""
        with _capi.Output() as out:
            self._call(
                _capi.lib.trato_product_name,
                _capi.text(product, "product"),
                out.ref,
            )
            return out.text()

    def import_orders(
        self,
        file: _orders.Source,
        *,
        namespace: str = "shop",
        dry_run: bool = False,
        progress: Optional[_orders.Progress] = None,
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
            if callbacks.progress is not None:
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

    # -- Segments, offers, coupons --------------------------------------------

    @property
    def segments(self) -> Segments:
        """Customers by a condition: ``store.segments["loyal"].count()``."""
        return Segments(self)

    @property
    def offers(self) -> Offers:
        """Proposals to buy, and which is the next best for a customer."""
        return Offers(self)

    @property
    def decisions(self) -> Decisions:
        """Decisions that were stored, and why they fell as they did."""
        return Decisions(self)

    @property
    def coupons(self) -> Coupons:
        """Personal codes, each good once."""
        return Coupons(self)

    def outcome(
        self,
        decision: Union[str, Decision],
        kind: Literal["shown", "accepted", "refused"],
        *,
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says what became of a decision, and gives the fact's id.

        The decision, or its id, may also arrive later than its outcome.
        """
        name = decision.id if isinstance(decision, Decision) else decision
        struct = _capi.Outcome(
            ctypes.sizeof(_capi.Outcome),
            choice(kind, _OUTCOMES, "kind"),
            self._at(at, "at"),
            _capi.id_of(name, "decision"),
            _capi.text(key, "key"),
        )
        write = write_options(durability, actor, source, batch)
        out = _capi.Id()
        self._call(
            _capi.lib.trato_outcome_record,
            byref(struct),
            self._now(now),
            write,
            byref(out),
        )
        return _capi.id_text(out)

    def apply(
        self,
        definitions: bytes,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Takes the bytes of a ``trato.v1.Definitions`` message.

        All of its definitions come into force, or none.

        Errors: InvalidArgument names the definition and the field.
        """
        message = bytes(memoryview(definitions))
        write = write_options(durability, actor, source, batch)
        self._call(
            _capi.lib.trato_store_apply,
            _capi.Str(message, len(message)),
            self._now(now),
            write,
        )

    # -- How it calls ---------------------------------------------------------

    def _call(self, function: Any, *arguments: Any, about: str = "") -> None:
        with self._handle as pointer:
            _capi.call(function, pointer, *arguments, about=about)

    def _json(self, function: Any, *arguments: Any) -> Any:
        with _capi.Output() as out:
            self._call(function, *arguments, out.ref)
            return json.loads(out.text())

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
        return time.time_ns() // 1000 if when is None else self._at(when, "now")

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
        out = ctypes.c_int64()
        self._call(_capi.lib.trato_time_parse, _capi.text(written, what), byref(out))
        return out.value

    def _join(
        self, function: Any, texts: Sequence[str], now: Optional[When], write: Any
    ) -> None:
        one, other, reason = texts
        self._call(
            function,
            _capi.text(one, "one"),
            _capi.text(other, "other"),
            _capi.text(reason, "reason"),
            self._now(now),
            write,
        )
