# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""How customers are related: households, employers, parent companies."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from . import _capi
from ._options import Durability, not_negative, write_options
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

_ACYCLIC = 1
_ENDED = 1


@dataclass(frozen=True)
class RelationDefinition:
    """A kind of relation, named from both sides."""

    name: str
    inverse: str
    """The same as the name where it has no direction."""
    description: str
    acyclic: bool


@dataclass(frozen=True)
class Relation:
    """A relation in force, seen from one customer."""

    relation: str
    other: str
    """The name of the other customer, and ``id`` her public id."""
    id: str
    since: _datetime.datetime
    source: str

    @classmethod
    def of(cls, json: Dict[str, Any]) -> Relation:
        return cls(
            relation=json["relation"],
            other=json["other"],
            id=json["id"],
            since=instant(json["since_us"]),
            source=json["source"],
        )


@dataclass(frozen=True)
class Related:
    """A customer reached along a relation."""

    name: str
    id: str
    level: int
    """1: related directly."""


class Relations:
    """Named relations between customers, in both directions, with dates."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        inverse: str = "",
        description: str = "",
        *,
        acyclic: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines a relation by the names that it has from both sides.

        She is ``employee_of`` them, who ``employs`` her. Without an inverse it has
        no direction, as a household. ``acyclic``: nobody is above herself, as
        along parent companies.

        Errors: AlreadyExists (it is defined with, or without, a direction; or
        another relation has one of the names).
        """
        struct = _capi.RelationDefinition(ctypes.sizeof(_capi.RelationDefinition))
        struct.flags = _ACYCLIC if acyclic else 0
        struct.name = _capi.text(name, "name")
        struct.inverse = _capi.text(inverse, "inverse")
        struct.description = _capi.text(description, "description")
        write = write_options(durability, actor, source, batch)
        self._store._call(
            _capi.lib.trato_relation_define,
            byref(struct),
            self._store._now(now),
            write,
        )

    def list(self) -> List[RelationDefinition]:
        """The relations that are defined."""
        return [
            RelationDefinition(**it)
            for it in self._store._json(_capi.lib.trato_relation_list)
        ]

    def set(
        self,
        customer: str,
        relation: str,
        other: str,
        *,
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says that two records are related from ``at`` on; gives the fact's id.

        ``relation`` is its name or, seen from ``customer``, its inverse: it is one
        relation from whichever side it is said. Both records come to exist with
        this fact.

        Errors: NotFound (undefined relation), InvalidArgument (a record and
        itself), FailedPrecondition (a customer and herself, or a circle, which
        the message names).
        """
        write = write_options(durability, actor, source, batch)
        return self._say(customer, relation, other, 0, at, key, now, write)

    def end(
        self,
        customer: str,
        relation: str,
        other: str,
        *,
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says that a relation ended at ``at``, and gives the fact's id."""
        write = write_options(durability, actor, source, batch)
        return self._say(customer, relation, other, _ENDED, at, key, now, write)

    def related(
        self,
        customer: str,
        relation: str,
        *,
        levels: int = 0,
        now: Optional[When] = None,
    ) -> List[Related]:
        """The customers reached along a relation, the nearest first.

        Up to ``levels`` times (0: as far as it goes), each once, up to 10,000;
        circles end where they began.
        """
        return [
            Related(**it)
            for it in self._store._json(
                _capi.lib.trato_customer_related,
                _capi.text(customer, "customer"),
                _capi.text(relation, "relation"),
                min(not_negative(levels, "levels"), 2**31),
                self._store._now(now),
            )
        ]

    def _say(
        self,
        customer: str,
        relation: str,
        other: str,
        flags: int,
        at: Optional[When],
        key: str,
        now: Optional[When],
        write: Any,
    ) -> str:
        store = self._store
        struct = _capi.Relation(ctypes.sizeof(_capi.Relation))
        struct.flags = flags
        struct.at_us = store._at(at, "at")
        struct.customer = _capi.text(customer, "customer")
        struct.relation = _capi.text(relation, "relation")
        struct.other = _capi.text(other, "other")
        struct.key = _capi.text(key, "key")
        out = _capi.Id()
        store._call(
            _capi.lib.trato_relation_set,
            byref(struct),
            store._now(now),
            write,
            byref(out),
        )
        return _capi.id_text(out)
