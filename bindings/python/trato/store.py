# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The store: customers, interactions, and the way to everything else."""

from __future__ import annotations

import ctypes
import datetime as _datetime
import os
from ctypes import byref
from typing import (
    Any,
    Callable,
    Iterable,
    Literal,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from . import _capi
from ._callbacks import Progress, ProgressCallback
from ._handle import Cursor, StoreHandle
from ._options import Durability, at_least_one, choice, not_negative, write_options
from ._threads import run_on
from .answers import Customer, Entry
from .attributes import Dependents
from .batches import Batches
from .bulk import Bulk
from .consents import Consents
from .coupons import Coupons
from .customers import (
    DEFINITION_KINDS,
    Attributes,
    Customers,
    DefinitionKind,
    Identifiers,
)
from .errors import InvalidArgument
from .interactions import Direction, Interaction, fill, next_entry
from .items import StoreItems
from .learning import Learning
from .log import Erasure, Log
from .offer_answers import Decision
from .offers import Decisions, Offers
from .permits import Permits, Policies, Purchases, define_product
from .relations import Relations
from .retention import Retention
from .segments import Segments
from .identity import Identity
from .scores import Scores
from .stages import Stages
from .suppressions import Suppressions
from .values import Line, Money, Number, Value, When, instant
from .what_if import WhatIf
from .worth import StoreValue

Mode = Literal["open_or_create", "open_existing", "create_new", "read"]

_MODES = {"open_or_create": 0, "open_existing": 1, "create_new": 2, "read": 3}
CompetitorAction = Literal["seen", "tried", "offered", "bought", "left"]
"""What a customer did with a competitor; offered: got an offer of theirs."""

_COMPETITOR_ACTIONS = {"seen": 0, "tried": 1, "offered": 2, "bought": 3, "left": 4}
OutcomeKind = Literal[
    "shown",
    "accepted",
    "refused",
    "opened",
    "answered",
    "bought",
    "returned",
    "nothing",
]
"""What may become of a decision."""

_OUTCOMES = {
    "shown": 1,
    "accepted": 2,
    "refused": 3,
    "opened": 4,
    "answered": 5,
    "bought": 6,
    "returned": 7,
    "nothing": 8,
}


def open(
    path: Union[None, str, "os.PathLike[str]"] = None,
    *,
    zone: str = "",
    currency: str = "",
    mode: Mode = "open_or_create",
    memory_limit: Optional[int] = None,
    threads: int = 1,
    erasures: str = "",
    key: bytes = b"",
    seed: int = 0,
) -> Store:
    """Opens the store in a file, or makes one in memory where ``path`` is None.

    ``zone`` (an IANA time zone; empty: UTC) and ``currency`` (ISO 4217; empty:
    EUR) belong to a new store for ever; given for a store that exists they must
    be its own. While a store is open no other handle or process may open it,
    except with the mode "read": it reads also while another process writes, and
    takes in what that one wrote at each `Store.refresh`.

    ``memory_limit`` is how many bytes of what is sealed to keep in memory
    (None: all); what is over is read again when it is asked for. Long work is
    spread over so many ``threads``. ``erasures`` is a list that `Store.erasures`
    gave: who was erased since the file was copied is erased from it before
    anything can be read. ``key`` is 32 secret bytes of yours, for the
    hashes of `Store.suppressions` and of coupons' codes; without it whoever has
    the file can try out whom they name, and tell codes that they have been told
    from others. ``seed`` is of what is drawn at random so that it can be
    drawn again; codes and salts never come from it.

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
        0 if memory_limit is None else at_least_one(memory_limit, "memory_limit"),
    )
    options.erasures = _capi.text(erasures, "erasures")
    secret = bytes(memoryview(key))
    options.key = _capi.Str(secret, len(secret))
    options.seed = not_negative(seed, "seed")
    if at_least_one(threads, "threads") > 1:
        options.run = run_on(threads)
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


class Store(Log, Bulk):
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

    def as_of(
        self, at: Optional[When] = None, *, known_at: Optional[int] = None
    ) -> Store:
        """Opens the store as it was.

        It answers every question as one that was told only the facts dated at
        or before ``at`` (None: all) and recorded up to the log position
        ``known_at`` (None: all; see `Store.head` and `Info.log_position`).
        Definitions count by ``known_at`` alone. Where a question names no
        ``now`` it is ``at``.

        It is a store of its own, to be closed: it can be read only (writing:
        FailedPrecondition), does not change when this one is written to, and may
        outlive it.

        Cost: one pass over all facts but interactions, which are shared.
        """
        then = _capi.AsOf(
            ctypes.sizeof(_capi.AsOf),
            0,
            _capi.INT64_MAX if at is None else self._at(at, "at"),
            (
                _capi.UINT64_MAX
                if known_at is None
                else not_negative(known_at, "known_at")
            ),
        )
        pointer = ctypes.c_void_p()
        self._call(_capi.lib.trato_store_as_of, byref(then), byref(pointer))
        past = Store(StoreHandle(pointer), self._path)
        past._clock = self._clock if at is None else then.as_of_us
        return past

    def fork(self, *, memory_limit: Optional[int] = None) -> Store:
        """A store in memory that begins as this one is now, to try something out.

        It is asked and written to as any other store. Nothing that is written to
        one of the two shows in the other, and what the fork was told is gone when
        it is closed. No block is copied: it reads them from this store's file, as
        it is now, or shares them where there is no file.

            with store.fork() as fork:
                fork.policies.define("calm", limits=[("1w", 1)])
                print(fork.what_if(since="2026-01-01"))

        ``memory_limit`` is as in `Store` (None: as this one's). A fork may be
        forked, and may outlive this store; while it is open, this one erases
        nobody.

        Errors: FailedPrecondition (a view, a store of the past, a damaged one, or
        one opened to be read that is behind its file: `refresh` first).
        """
        options = _capi.ForkOptions(
            ctypes.sizeof(_capi.ForkOptions),
            0,
            0 if memory_limit is None else not_negative(memory_limit, "memory_limit"),
        )
        pointer = ctypes.c_void_p()
        self._call(_capi.lib.trato_store_fork, byref(options), byref(pointer))
        fork = Store(StoreHandle(pointer), self._path)
        fork._clock = self._clock
        return fork

    def what_if(
        self,
        change: Optional[Callable[[Store], object]] = None,
        *,
        since: Optional[When] = None,
        until: Optional[When] = None,
        rows: bool = False,
        progress: Optional[Progress] = None,
        now: Optional[When] = None,
    ) -> WhatIf:
        """Decides a period once more, as if something else had held.

        ``change`` writes into a fork of this store what is to be other than it
        was; without it this store is such a fork.

            report = store.what_if(
                lambda fork: fork.policies.define("calm", limits=...),
                since="2026-01-01",
            )
            print(report.lost.customers, report.total.now.contacts)

        Definitions hold from the beginning of the period, whenever they were
        made; consents, attributes, links and the like count from their own dates,
        so date them before it. Each decision from ``since`` (None: the first)
        until before ``until`` (None: the last) that this store made is made anew,
        for the same customer, channel and instant, with the same draw. Its
        answers count where the same offer is chosen on the same channel; of
        another nobody knows what would have come. ``rows``: with each decision.
        Nothing is stored.

        Errors: FailedPrecondition (a batch was taken back in the period or in the
        fork), OutOfRange (before what retention has left), Cancelled by
        ``progress``.
        Cost: the store is folded as it was, once, and a match for each decision.
        """
        if change is not None:
            with self.fork() as fork:
                change(fork)
                return fork.what_if(
                    since=since, until=until, rows=rows, progress=progress, now=now
                )
        with ProgressCallback(progress) as callback:
            options = _capi.WhatIfOptions(
                ctypes.sizeof(_capi.WhatIfOptions),
                1 if rows else 0,
                _capi.INT64_MIN if since is None else self._at(since, "since"),
                _capi.INT64_MAX if until is None else self._at(until, "until"),
                callback.progress,
                None,
            )
            return WhatIf.of(
                self._json(
                    _capi.lib.trato_decision_what_if, byref(options), self._now(now)
                )
            )

    def view(
        self,
        tags: Optional[Mapping[str, Union[str, Iterable[str]]]] = None,
        *,
        any: bool = False,
        filter: str = "",
    ) -> Store:
        """Opens a part of the store, for who may see that part only.

        ``tags`` maps attributes of text with many values (such as the owner, the
        unit, the territory) to the values that count. The view shows the
        customers who have a value of each name (``any``: of one name) and for
        whom ``filter`` (an expression; may be empty) holds, at the ``now`` of
        each question. What it finds, lists, counts, tests, matches and exports is
        of them; of everybody else nothing is known. A customer has the tags of
        all of her records.

            view = store.view({"owner": "ana", "unit": ["north", "south"]}, any=True)

        It is a store to be closed, can be read only, and refuses
        (FailedPrecondition) what does not go by customer: info, digest, audit,
        documents, reports, batches, decisions, coupons.

        Errors: NotFound (undefined attribute), FailedPrecondition (one that is
        not of text with many values), InvalidArgument (neither tags nor filter:
        that would show everybody).
        """
        pairs = [
            (name, value)
            for name, values in (tags or {}).items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        if tags and len({name for name, _ in pairs}) < len(tags):
            raise InvalidArgument("tags: a name without values shows nobody")
        array = (_capi.Tag * len(pairs))(
            *(
                _capi.Tag(_capi.text(name, "tags"), _capi.text(value, "tags"))
                for name, value in pairs
            )
        )
        options = _capi.ViewOptions(
            ctypes.sizeof(_capi.ViewOptions),
            1 if any else 0,
            array,
            len(pairs),
            _capi.text(filter, "filter"),
        )
        pointer = ctypes.c_void_p()
        self._call(_capi.lib.trato_store_view, byref(options), byref(pointer))
        view = Store(StoreHandle(pointer), self._path)
        view._clock = self._clock
        view._settings = self._own()
        return view

    # -- What it holds --------------------------------------------------------

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
    def customers(self) -> Customers:
        """Who they are: `Customers.find`; ``customers()`` is all of them."""
        return Customers(self)

    @property
    def attributes(self) -> Attributes:
        """What is known of customers: `Attributes.define`, `Attributes.set`."""
        return Attributes(self)

    @property
    def identifiers(self) -> Identifiers:
        """By what customers go: `Identifiers.define`, `Identifiers.claim`."""
        return Identifiers(self)

    @property
    def customers(self) -> Customers:
        """Who is who: `Customers.show`, `Customers.link`, `Customers.preview`;
        ``customers()`` is all of them."""
        return Customers(self)

    @property
    def relations(self) -> Relations:
        """How they are related: `Relations.define`, `Relations.set`."""
        return Relations(self)

    def dependents(self, kind: DefinitionKind, name: str) -> Dependents:
        """The segments and offers whose conditions read a definition.

        Also by way of other segments, and the rules of retention that name it. Of a
        namespace those that name one of its records. Ask before you change it.

        Errors: NotFound (not defined).
        """
        return Dependents.of(
            self._json(
                _capi.lib.trato_definition_dependents,
                choice(kind, DEFINITION_KINDS, "kind"),
                _capi.text(name, "name"),
            )
        )

    def rename(
        self,
        kind: DefinitionKind,
        name: str,
        new_name: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Gives an attribute, a field, an interaction type, a relation (either of
        its two names), a segment, a channel or a purpose another name.

        Answers, listings and exports use the new one, of facts from before as
        well; the former names go on meaning it wherever code or an expression
        uses them, and nothing else can be called so. What depends on it
        (`dependents`) needs no change. In an expression the texts ``type`` and
        ``channel`` of an interaction stay the names with which these were defined;
        to be compared with, any of their names will do.

        A namespace keeps its name: ids of records, suppression lists and lists of
        erasures are hashes of ``namespace:value``, which hosts make ahead and keep
        outside of the store. Define the new one, claim its identifiers for the same
        records (both find them), and retire the former.

        Errors: NotFound (not defined), AlreadyExists (the new name is or was that
        of another one), Unimplemented (a namespace).
        """
        self._call(
            _capi.lib.trato_definition_rename,
            choice(kind, DEFINITION_KINDS, "kind"),
            _capi.text(name, "name"),
            _capi.text(new_name, "new_name"),
            self._now(now),
            write_options(durability, actor, source, batch),
        )

    def retire(
        self,
        kind: DefinitionKind,
        name: str,
        *,
        retired: bool = True,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Retires a definition, or takes that back; of a segment, see
        `Segments.disable`.

        It takes nothing new, and all that was said stays: an attribute or a field
        no values, an interaction type or a channel no interactions (corrections may
        go on), a relation none that begins, a purpose or a channel no grants of
        consent and no new offers (who refuses is heard for ever), a namespace no
        further claims of identifiers.

        Errors: NotFound (not defined), FailedPrecondition (a segment or an offer
        reads it, see `dependents`).
        """
        self._call(
            _capi.lib.trato_definition_retire,
            choice(kind, DEFINITION_KINDS, "kind"),
            _capi.text(name, "name"),
            bool(retired),
            self._now(now),
            write_options(durability, actor, source, batch),
        )

    @property
    def retention(self) -> Retention:
        """How long facts are kept: `Retention.define`, `Retention.apply`."""
        return Retention(self)

    @property
    def batches(self) -> Batches:
        """What was imported: `Batches.import_contacts`, `Batches.retract`, ..."""
        return Batches(self)

    @property
    def consents(self) -> Consents:
        """What customers said of being contacted: `Consents.grant`, ..."""
        return Consents(self)

    @property
    def suppressions(self) -> Suppressions:
        """Lists of who must not be contacted for direct marketing."""
        return Suppressions(self)

    def link(self, one: str, other: str, **options: Any) -> None:
        """The same as `Customers.link`."""
        self.customers.link(one, other, **options)

    def unlink(self, one: str, other: str, **options: Any) -> None:
        """The same as `Customers.unlink`."""
        self.customers.unlink(one, other, **options)

    def customer(self, name: str, *, now: Optional[When] = None) -> Customer:
        """The same as `Customers.show`."""
        return self.customers.show(name, now=now)

    def erase(
        self,
        name: str,
        *,
        reason: str = "",
        now: Optional[When] = None,
        actor: str = "",
        source: str = "",
    ) -> Erasure:
        """Takes everything about a customer out of the store and its file.

        Records, attributes, identifiers, interactions, links, decisions, coupons
        and the texts that nobody else uses are gone, from the past too. Everybody
        else stays as they are. The log says that somebody was erased, when, and
        the ``reason`` as it is given; `verify` still holds. Backups are the
        host's to see to: keep what `erasures` gives, and open them with it.

        Errors: NotFound; FailedPrecondition (a store of the past is open, or the
        identifier names several customers).
        """
        write = write_options("synced", actor, source, "")
        receipt = self._json(
            _capi.lib.trato_customer_erase,
            _capi.text(name, "name"),
            _capi.text(reason, "reason"),
            self._now(now),
            write,
        )
        return Erasure.of(receipt)

    def erasures(self) -> str:
        """All erasures as lines of text, for the option of `trato.open`."""
        return self._text(_capi.lib.trato_store_erasures)

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

    def competitor(
        self,
        customer: str,
        competitor: str,
        action: CompetitorAction = "seen",
        *,
        product: str = "",
        price: Optional[Money] = None,
        channel: str = "",
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records what a customer did with a competitor; gives the fact's id.

        It is an interaction of the type "competitor" with the fields competitor,
        competitor_action, competitor_product and competitor_price, which it
        defines where they are not: in the timeline, corrected and kept as any
        other, and asked for by expressions.

        Errors: as `record`; InvalidArgument also where such a field is defined
        with another type.
        """
        seen = _capi.Competitor(
            ctypes.sizeof(_capi.Competitor),
            choice(action, _COMPETITOR_ACTIONS, "action"),
            self._at(at, "at"),
            _capi.text(customer, "customer"),
            _capi.text(competitor, "competitor"),
            _capi.text(product, "product"),
            _capi.text("" if price is None else price.currency, "price"),
            0 if price is None else price.minor,
            _capi.text(channel, "channel"),
            _capi.text(key, "key"),
        )
        out = _capi.Id()
        self._call(
            _capi.lib.trato_competitor_record,
            byref(seen),
            self._now(now),
            write_options(durability, actor, source, batch),
            byref(out),
        )
        return _capi.id_text(out)

    def correct(
        self,
        record: str,
        fact: str,
        type: str,
        *,
        at: When,
        customer: Optional[str] = None,
        channel: str = "",
        lines: Sequence[Line] = (),
        amount: Optional[Money] = None,
        direction: Direction = "inbound",
        fields: Optional[Mapping[str, Value]] = None,
        reply_to: Optional[str] = None,
        found: Optional[When] = None,
        reason: str = "",
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says what an interaction was in truth, and gives the correction's id.

        ``record`` is the record it was recorded for and ``fact`` its fact's id.
        The rest, as in `record`, is what it was as a whole; it may move in time,
        type and ``customer`` (None: it stays with the record), and keeps its id.
        ``found`` is when this was found out (None: now). Of several corrections
        and retractions the last by (``found``, source, id) holds. One that comes
        before what it corrects takes effect when that comes. Nothing is deleted:
        `as_of` tells what was believed before.

        Errors: as `record`.
        """
        content = _capi.Interaction()
        interaction = Interaction(
            customer=record if customer is None else customer,
            type=type,
            at=at,
            channel=channel,
            lines=lines,
            amount=amount,
            direction=direction,
            fields=fields or {},
            reply_to=reply_to,
        )
        fill(content, interaction, self._at, "")
        return self._amend(
            _capi.lib.trato_interaction_correct,
            (record, fact, content, found, reason, key),
            now,
            write_options(durability, actor, source, batch),
        )

    def retract(
        self,
        record: str,
        fact: str,
        *,
        found: Optional[When] = None,
        reason: str = "",
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says that an interaction never happened, and gives the retraction's id.

        As `correct` in all else; a later correction brings it back.
        """
        return self._amend(
            _capi.lib.trato_interaction_retract,
            (record, fact, None, found, reason, key),
            now,
            write_options(durability, actor, source, batch),
        )

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
    def policies(self) -> Policies:
        """What limits contact, and how offers are ranked."""
        return Policies(self)

    @property
    def permits(self) -> Permits:
        """Leave to contact a customer once, with the address."""
        return Permits(self)

    @property
    def value(self) -> StoreValue:
        """What customers are worth, by the models that a refit found."""
        return StoreValue(self)

    @property
    def identity(self) -> Identity:
        """Which records are one person's."""
        return Identity(self)

    @property
    def items(self) -> StoreItems:
        """What customers buy together, instead and next."""
        return StoreItems(self)

    @property
    def learning(self) -> Learning:
        """What the decisions have taught."""
        return Learning(self)

    @property
    def stages(self) -> Stages:
        """The seven stages of the life cycle: where customers are, and when."""
        return Stages(self)

    @property
    def scores(self) -> Scores:
        """Points of customers by rules, which fade or lapse."""
        return Scores(self)

    @property
    def purchases(self) -> Purchases:
        """Which decision a purchase came of, or that it came of none."""
        return Purchases(self)

    def define_product(
        self,
        product: str,
        *,
        name: str = "",
        category: str = "",
        substitutes: Sequence[str] = (),
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines a product, or a category of products.

        ``category`` is what it stands below, ``substitutes`` the ids of what does
        instead, best first. What is empty stays as it was.

        Errors: InvalidArgument names the field; a category below itself.
        """
        define_product(
            self,
            product,
            name=name,
            category=category,
            substitutes=substitutes,
            now=now,
            write=write_options(durability, actor, source, batch),
        )

    def define_channel(
        self,
        name: str,
        *,
        address: str = "",
        description: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines a channel on which customers are met.

        ``address`` names where it lies what to reach them by: a namespace of
        identifiers, or an attribute. Empty: the namespace of the channel's own
        name where there is one; otherwise no address is needed.

        Errors: InvalidArgument, NotFound (address).
        """
        self._call(
            _capi.lib.trato_channel_define,
            _capi.text(name, "name"),
            _capi.text(address, "address"),
            _capi.text(description, "description"),
            self._now(now),
            write_options(durability, actor, source, batch),
        )

    @property
    def coupons(self) -> Coupons:
        """Personal codes, each good once."""
        return Coupons(self)

    def outcome(
        self,
        decision: Union[str, Decision, None],
        kind: OutcomeKind,
        *,
        conversation: str = "",
        interaction: str = "",
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says what became of a decision, and gives the fact's id.

        The decision, or its id, may also arrive later than its outcome. With
        None it is of the last decision of the ``conversation`` before it.
        ``interaction`` is the fact id of what was bought or returned. The latest
        answer holds: accepted and bought are a yes; refused, returned and
        nothing (no answer in time) a no.
        """
        name = decision.id if isinstance(decision, Decision) else decision
        nobody = _capi.Id()
        struct = _capi.Outcome(
            ctypes.sizeof(_capi.Outcome),
            choice(kind, _OUTCOMES, "kind"),
            self._at(at, "at"),
            nobody if name is None else _capi.id_of(name, "decision"),
            _capi.text(key, "key"),
            _capi.text(conversation, "conversation"),
            _capi.id_of(interaction, "interaction") if interaction else nobody,
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

    def _amend(
        self, function: Any, what: Tuple[Any, ...], now: Optional[When], write: Any
    ) -> str:
        record, fact, content, found, reason, key = what
        correction = _capi.Correction(
            ctypes.sizeof(_capi.Correction),
            0,
            self._at(found, "found"),
            _capi.text(record, "record"),
            _capi.id_of(fact, "fact"),
            None if content is None else ctypes.pointer(content),
            _capi.text(reason, "reason"),
            _capi.text(key, "key"),
        )
        out = _capi.Id()
        self._call(function, byref(correction), self._now(now), write, byref(out))
        return _capi.id_text(out)
