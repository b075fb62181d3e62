# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of customers, and by what they go."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from typing import TYPE_CHECKING, Any, Literal, Optional, Type, Union

from . import _capi
from ._options import Durability, at_least_one, choice, write_options
from .finding import SEARCHES, Finding, Search
from .interactions import value_struct
from .links import Linking
from .rights import Rights
from .values import Money, Value, When

if TYPE_CHECKING:
    from .store import Store

Subject = Literal["customer", "interaction"]
Kind = Union[
    Literal["bool", "int", "double", "string", "money", "timestamp"], Type[Any]
]
"""The type of an attribute: its name, or bool, int, float, str, `Money` or
`datetime.datetime`."""

_NO_LIMIT = 2**32 - 1
_SUBJECTS = {"customer": 0, "interaction": 1}
_KINDS = {
    "bool": _capi.VALUE_BOOL,
    bool: _capi.VALUE_BOOL,
    "int": _capi.VALUE_INT,
    int: _capi.VALUE_INT,
    "double": _capi.VALUE_DOUBLE,
    float: _capi.VALUE_DOUBLE,
    "string": _capi.VALUE_STRING,
    str: _capi.VALUE_STRING,
    "money": _capi.VALUE_MONEY,
    Money: _capi.VALUE_MONEY,
    "timestamp": _capi.VALUE_TIMESTAMP,
    _datetime.datetime: _capi.VALUE_TIMESTAMP,
}


class Customers(Linking, Finding, Rights):
    """Who is who: one customer is one or more linked records. Found, listed; called,
    they are a table."""

    def __init__(self, store: Store) -> None:
        self._store = store


class Attributes:
    """Typed, dated properties of customers, and fields of interactions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        type: Kind,
        description: str = "",
        *,
        of: Subject = "customer",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines an attribute: a name (a-z, 0-9, _, from a letter) and a type.

        Defining it again may change the description, never the type.

        Errors: AlreadyExists (defined with another type).
        """
        write = write_options(durability, actor, source, batch)
        self._store._call(
            _capi.lib.trato_attribute_define,
            _capi.text(name, "name"),
            choice(of, _SUBJECTS, "of"),
            choice(type, _KINDS, "type"),
            _capi.text(description, "description"),
            self._store._now(now),
            write,
        )

    def define_search(
        self,
        name: str,
        search: Search,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says how people look for an attribute of customers (see `Search`).

        Errors: NotFound (undefined attribute), InvalidArgument (not of text).
        """
        write = write_options(durability, actor, source, batch)
        self._store._call(
            _capi.lib.trato_attribute_define_search,
            _capi.text(name, "name"),
            choice(search, SEARCHES, "search"),
            self._store._now(now),
            write,
        )

    def set(
        self,
        customer: str,
        name: str,
        value: Optional[Value],
        *,
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records what holds from ``at`` on, and gives the fact's id.

        None takes the attribute away. Versions are ordered by ``at``, whatever
        the order of their arrival. The record comes to exist with this fact.

        Errors: NotFound (undefined attribute), InvalidArgument (wrong type).
        """
        store = self._store
        struct = _capi.Attribute(ctypes.sizeof(_capi.Attribute))
        struct.at_us = store._at(at, "at")
        struct.customer = _capi.text(customer, "customer")
        struct.name = _capi.text(name, "name")
        struct.value = value_struct(value, store._at, "value")
        struct.key = _capi.text(key, "key")
        write = write_options(durability, actor, source, batch)
        out = _capi.Id()
        store._call(
            _capi.lib.trato_attribute_set,
            byref(struct),
            store._now(now),
            write,
            byref(out),
        )
        return _capi.id_text(out)


class Identifiers:
    """By what customers go, written ``namespace:value``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        namespace: str,
        *,
        unique: bool,
        single: bool = False,
        max_records: Optional[int] = 100,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says what identifiers of a namespace tell of who is who.

        Records that claim the same identifier of a ``unique`` namespace are one
        customer. Of a ``single`` namespace a customer has one only, as of
        passports: records with different ones are not joined by identifiers of
        other namespaces, and a link of them is refused. An identifier that more
        than ``max_records`` claim (None: no limit) is a hub, such as a
        switchboard's number, and joins nothing. Namespaces that are not defined
        join nothing.
        """
        write = write_options(durability, actor, source, batch)
        struct = _capi.Namespace(ctypes.sizeof(_capi.Namespace))
        struct.flags = bool(unique) | bool(single) << 1
        struct.name = _capi.text(namespace, "namespace")
        limit = _NO_LIMIT if max_records is None else max_records
        struct.max_records = min(at_least_one(limit, "max_records"), _NO_LIMIT)
        self._store._call(
            _capi.lib.trato_namespace_define,
            byref(struct),
            self._store._now(now),
            write,
        )

    def define_search(
        self,
        namespace: str,
        search: Search,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says how people look for the identifiers of a namespace (see `Search`)."""
        write = write_options(durability, actor, source, batch)
        self._store._call(
            _capi.lib.trato_identifier_define_search,
            _capi.text(namespace, "namespace"),
            choice(search, SEARCHES, "search"),
            self._store._now(now),
            write,
        )

    def claim(
        self,
        customer: str,
        identifier: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Says that a record also goes by an identifier; gives the fact's id."""
        write = write_options(durability, actor, source, batch)
        out = _capi.Id()
        self._store._call(
            _capi.lib.trato_identifier_claim,
            _capi.text(customer, "customer"),
            _capi.text(identifier, "identifier"),
            self._store._now(now),
            write,
            byref(out),
        )
        return _capi.id_text(out)
