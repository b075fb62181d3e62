# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Who is who: customers, and the records that are one."""

from __future__ import annotations

from ctypes import POINTER, byref
from typing import TYPE_CHECKING, Any, Iterable, Literal, Optional, Sequence

from . import _capi
from ._options import Durability, choice, write_options
from .answers import Customer, LinkPreview
from .profiles import Profile, profile_of
from .values import When

if TYPE_CHECKING:
    from .store import Store

CustomerKind = Literal["person", "organisation", "anonymous"]
Guard = Literal["apart", "single", "kind", "size"]
"""What speaks against a link: the two records are kept apart, their identifiers
of a single namespace differ, one is a person and one an organisation, or the
customer would have more than 1,000 records."""

_KINDS = {None: 0, "person": 1, "organisation": 2, "anonymous": 3}
_GUARDS = {"apart": 1, "single": 2, "kind": 4, "size": 8}


class Linking:
    """One customer is one or more linked records."""

    _store: Store

    def show(self, name: str, *, now: Optional[When] = None) -> Customer:
        """One customer, by any identifier: all that is known at ``now``.

        Errors: NotFound; FailedPrecondition (the identifier is not unique and
        names several customers).
        """
        store = self._store
        customer = _capi.text(name, "name")
        return Customer.of(
            store._json(_capi.lib.trato_customer_get, customer, store._now(now))
        )

    def read(self, name: str, *, now: Optional[When] = None) -> Profile:
        """What her records say of one customer, by any identifier: kind, records,
        identifiers and the values in force at ``now``.

        `show` tells more; this takes a fraction of its time.

        Errors: as show.
        """
        out = POINTER(_capi.Customer)()
        self._store._call(
            _capi.lib.trato_customer_read,
            _capi.text(name, "name"),
            self._store._now(now),
            byref(out),
        )
        try:
            return profile_of(out.contents)
        finally:
            _capi.lib.trato_customer_destroy(out)

    def resolve(self, customer: str, *, now: Optional[When] = None) -> str:
        """The public id of the customer that goes by an identifier.

        Errors: NotFound; FailedPrecondition when several customers have it.
        """
        out = _capi.Id()
        self._store._call(
            _capi.lib.trato_customer_resolve,
            _capi.text(customer, "customer"),
            self._store._now(now),
            byref(out),
        )
        return _capi.id_text(out)

    def set_kind(
        self,
        customer: str,
        kind: Optional[CustomerKind],
        *,
        at: Optional[When] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says what a record is from ``at`` on, and gives the fact's id.

        A customer of several records is what the last of them says, and
        anonymous only when all are. None takes the kind back. The record comes
        to exist with this fact.
        """
        store = self._store
        write = write_options(durability, actor, source, batch)
        out = _capi.Id()
        store._call(
            _capi.lib.trato_customer_set_kind,
            _capi.text(customer, "customer"),
            choice(kind, _KINDS, "kind"),
            store._at(at, "at"),
            store._now(now),
            write,
            byref(out),
        )
        return _capi.id_text(out)

    def link(
        self,
        one: str,
        other: str,
        *,
        reason: str = "",
        override: Iterable[Guard] = (),
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

        Errors: NotFound (no such record), FailedPrecondition (a `Guard` that is
        not in ``override`` refuses, the message says which).
        """
        guards = 0
        for guard in override:
            guards |= choice(guard, _GUARDS, "override")
        write = write_options(durability, actor, source, batch)
        self._say(_capi.lib.trato_link, (one, other, reason), guards, now, write)

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
        """Takes a link back; each customer gets back exactly what it had.

        Where unique identifiers join the two as well, they are kept apart, as
        `cannot_link` does. Unlinking two customers does nothing.

        Errors: NotFound (no such record), FailedPrecondition (a third record,
        which the message names, would still join them).
        """
        write = write_options(durability, actor, source, batch)
        self._say(_capi.lib.trato_unlink, (one, other, reason), None, now, write)

    def cannot_link(
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
        """Says that two records are never one customer, whatever they share.

        A link of the two with ``override=["apart"]`` ends it.

        Errors: as `unlink`.
        """
        write = write_options(durability, actor, source, batch)
        texts = (one, other, reason)
        self._say(_capi.lib.trato_cannot_link, texts, None, now, write)

    def preview(
        self, one: str, other: str, *, now: Optional[When] = None
    ) -> LinkPreview:
        """What linking two records would do, without doing it.

        Errors: NotFound (no such record).
        """
        store = self._store
        return LinkPreview.of(
            store._json(
                _capi.lib.trato_link_preview,
                _capi.text(one, "one"),
                _capi.text(other, "other"),
                store._now(now),
            )
        )

    def _say(
        self,
        function: Any,
        texts: Sequence[str],
        guards: Optional[int],
        now: Optional[When],
        write: Any,
    ) -> None:
        one, other, reason = texts
        self._store._call(
            function,
            _capi.text(one, "one"),
            _capi.text(other, "other"),
            _capi.text(reason, "reason"),
            *(() if guards is None else (guards,)),
            self._store._now(now),
            write,
        )
