# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers buy together, instead and next: `Store.items`."""

from __future__ import annotations

import ctypes
import weakref
from ctypes import byref, c_uint64, c_void_p
from typing import TYPE_CHECKING, Any, Mapping, Optional, Tuple

from . import _capi
from ._options import Durability, at_least_one, choice, write_options
from .tables import Table
from .values import When

if TYPE_CHECKING:
    from .store import Store

_KINDS: Mapping[str, int] = {"together": 0, "instead": 1, "next": 2}


def _limit(limit: Optional[int]) -> int:
    return 0 if limit is None else at_least_one(limit, "limit")


class Items:
    """What goes with what, learned from all orders up to an instant.

    ``kind`` of all questions: "together" (in one order), "instead" (of one
    category, by the same customers, never in one order) or "next" (in a
    customer's next order). Pairs that are rarer than by chance are left out.
    """

    def __init__(self, store: Store, handle: c_void_p) -> None:
        self._store = store
        self._handle = handle
        self._ended = weakref.finalize(self, _capi.lib.trato_items_destroy, handle)

    @property
    def orders(self) -> int:
        """How many orders it is learned from."""
        return self._size()[0]

    @property
    def items(self) -> int:
        """How many items are in them."""
        return self._size()[1]

    def _size(self) -> Tuple[int, int]:
        orders, items = c_uint64(), c_uint64()
        _capi.call(_capi.lib.trato_items_size, self._handle, byref(orders), byref(items))
        return orders.value, items.value

    def update(self, *, now: Optional[When] = None) -> None:
        """Learns what is new: becomes what ``store.items.learn`` would give now,
        but counts only customers whose orders are others than they were. No other
        thread may ask it meanwhile.

        Cost: a pass over the orders, and over the pairs of those customers; all of
        them where ``now`` is in another quarter of the half life.
        """
        self._of_store(_capi.lib.trato_items_update, self._store._now(now))

    def define_score(
        self,
        name: str,
        item: str,
        kind: str = "together",
        *,
        limit: Optional[int] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Puts a score in force that says how well an item goes with what a
        customer has bought, so that offers, segments and conditions can ask for it:
        ``score("name") > 10.0``. It has a rule for each item that leads to this
        one, at most ``limit`` (100), and stays as it is until it is defined anew.

        Errors: NotFound (nobody bought the item, or nothing leads to it).
        """
        self._of_store(
            _capi.lib.trato_items_define_score,
            _capi.text(name, "name"),
            _capi.text(item, "item"),
            choice(kind, _KINDS, "kind"),
            _limit(limit),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def related(
        self, item: str, kind: str = "together", *, limit: Optional[int] = None
    ) -> Table:
        """What is related to an item, the highest score first: item, score, llr
        (Dunning's log-likelihood ratio), support (how often both), lift (against
        chance), confidence (the share of those with the item).

        Errors: NotFound (nobody bought it).
        """
        name, number = _capi.text(item, "item"), choice(kind, _KINDS, "kind")
        most = _limit(limit)
        return Table(
            lambda stream: _capi.call(
                _capi.lib.trato_items_related, self._handle, name, number, most, stream
            ),
            "related items",
        )

    def table(self, kind: str = "together", *, limit: Optional[int] = None) -> Table:
        """The same of every item, ``limit`` rows each: item, other, score, llr,
        support, lift, confidence."""
        number, most = choice(kind, _KINDS, "kind"), _limit(limit)
        return Table(
            lambda stream: _capi.call(
                _capi.lib.trato_items_table, self._handle, number, most, stream
            ),
            "items",
        )

    def also_bought(
        self,
        customer: str,
        kind: str = "together",
        *,
        limit: Optional[int] = None,
        now: Optional[When] = None,
    ) -> Table:
        """What a customer has not bought and is related to the 50 items that she
        bought last: item, score (summed up), because (of hers what adds most), and
        of this pair llr, support, lift, confidence.

        Errors: NotFound (the customer).
        """
        who, number = _capi.text(customer, "customer"), choice(kind, _KINDS, "kind")
        most, at = _limit(limit), self._store._now(now)
        return Table(
            lambda stream: self._of_store(
                _capi.lib.trato_items_also_bought, who, number, most, at, stream
            ),
            "also bought",
        )

    def _of_store(self, function: Any, *arguments: Any) -> None:
        with self._store._handle as pointer:
            _capi.call(function, self._handle, pointer, *arguments)


class StoreItems:
    """What a store's customers buy together, instead and next."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def learn(
        self,
        *,
        half_life: str = "",
        type: str = "",
        now: Optional[When] = None,
    ) -> Items:
        """Learns it from what was bought up to ``now``; what comes later does not
        change it until its ``update``. An order counts half after ``half_life`` ("180d"); empty: orders
        do not fade. ``type`` of the interactions; empty: "purchase".

        Errors: InvalidArgument (half_life), NotFound (the type). Cost: a pass over
        the orders, and over the pairs of items of each.
        """
        options = _capi.ItemsOptions(ctypes.sizeof(_capi.ItemsOptions))
        options.type = _capi.text(type, "type")
        options.half_life = _capi.text(half_life, "half_life")
        handle = c_void_p()
        self._store._call(
            _capi.lib.trato_items_learn,
            byref(options),
            self._store._now(now),
            byref(handle),
        )
        return Items(self._store, handle)


__all__ = ["Items", "StoreItems"]
