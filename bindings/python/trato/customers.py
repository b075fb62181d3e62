# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of customers, and by what they go."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from typing import (
    TYPE_CHECKING,
    Any,
    List,
    Literal,
    Optional,
    Sequence,
    Tuple,
    Type,
    Union,
)

from . import _capi
from ._options import Durability, at_least_one, choice, write_options
from .attributes import AttributeDefinition, AttributeVersion
from .finding import SEARCHES, Finding, Search
from .interactions import value_struct
from .links import Linking
from .rights import Rights
from .values import Money, Value, When

if TYPE_CHECKING:
    from .store import Store

Subject = Literal["customer", "interaction"]
DefinitionKind = Literal[
    "attribute",
    "field",
    "interaction type",
    "relation",
    "segment",
    "channel",
    "purpose",
    "namespace",
]
Per = Literal["product", "need"]
Rule = Literal["latest", "frequent", "longest"]
Sensitivity = Literal["ordinary", "confidential", "special"]
Kind = Union[
    Literal["bool", "int", "double", "string", "money", "timestamp"], Type[Any]
]
"""The type of an attribute: its name, or bool, int, float, str, `Money` or
`datetime.datetime`."""

DEFINITION_KINDS = {
    "attribute": 0,
    "field": 1,
    "interaction type": 2,
    "relation": 3,
    "segment": 4,
    "channel": 5,
    "purpose": 6,
    "namespace": 7,
}
_NO_LIMIT = 2**32 - 1
_SUBJECTS = {"customer": 0, "interaction": 1}
_PERS = {None: 0, "product": 1, "need": 2}
_RULES = {"latest": 0, "frequent": 2, "longest": 3}
_TRUSTED = 1
_SENSITIVITIES = {"ordinary": 0, "confidential": 1, "special": 2}
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
        unit: str = "",
        allowed: Sequence[str] = (),
        many: bool = False,
        per: Optional[Per] = None,
        reconcile: Union[Rule, Sequence[str]] = "latest",
        sensitivity: Sensitivity = "ordinary",
        retired: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines an attribute: a name (a-z, 0-9, _, from a letter) and a type.

        Of a string, ``allowed`` lists the values it may have. ``many``: a
        customer may have several at once. ``per``: what she has taught us about
        each product or need, such as a size. ``reconcile`` says how one value is
        found where several are said of a customer: the latest by event time,
        what most records and sources say (frequent), the longest text, or that
        of the first of a list of sources that says any. ``sensitivity`` is kept
        for those who show values: ordinary, confidential, or of a special
        category. ``retired``: it takes no values any more, and what was said of it
        stays.

        Defining it again may make it wider: of customers, one value many, and int
        float, for which ints are still taken. Type, many and per do not change
        otherwise. The rest may: what is allowed binds values to come, and answers
        follow ``reconcile`` at once. `Store.rename` gives it another name.

        Errors: AlreadyExists (defined with another type, many or per),
        FailedPrecondition (retired while a segment or an offer reads it, or wider
        than one can read, see `Store.dependents`).
        """
        trusted = not isinstance(reconcile, str)
        struct = _capi.AttributeDefinition(ctypes.sizeof(_capi.AttributeDefinition))
        struct.subject = choice(of, _SUBJECTS, "of")
        struct.name = _capi.text(name, "name")
        struct.kind = choice(type, _KINDS, "type")
        struct.flags = bool(many) | bool(retired) << 1
        struct.description = _capi.text(description, "description")
        struct.unit = _capi.text(unit, "unit")
        allowed_texts = _texts(allowed, "allowed")
        struct.allowed = allowed_texts
        struct.allowed_count = len(allowed_texts)
        struct.sensitivity = choice(sensitivity, _SENSITIVITIES, "sensitivity")
        struct.per = choice(per, _PERS, "per")
        struct.reconciliation = (
            _TRUSTED if trusted else choice(reconcile, _RULES, "reconcile")
        )
        sources = _texts(reconcile if trusted else (), "reconcile")
        struct.sources = sources
        struct.sources_count = len(sources)
        write = write_options(durability, actor, source, batch)
        self._store._call(
            _capi.lib.trato_attribute_define_as,
            byref(struct),
            self._store._now(now),
            write,
        )

    def list(self) -> List[AttributeDefinition]:
        """The attributes of customers and the fields of interactions."""
        return [
            AttributeDefinition.of_json(it)
            for it in self._store._json(_capi.lib.trato_attribute_list)
        ]
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
        about: str = "",
        strength: float = 0,
        inferred: bool = False,
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records what holds from ``at`` on, and gives the fact's id.

        Of an attribute with many values it adds one. None takes the attribute
        away. ``about`` is the product or need, of an attribute per these;
        ``strength``, up to 1, is that of an interest or a need; ``inferred``
        says that it was concluded and not told. Versions are ordered by ``at``,
        whatever the order of their arrival. The record comes to exist with this
        fact.

        Errors: NotFound (undefined attribute), InvalidArgument (wrong type, not
        allowed, ``about`` missing or out of place).
        """
        write = write_options(durability, actor, source, batch)
        flags = 2 if inferred else 0
        what = (customer, name, value, about, strength, flags, at, key)
        return self._set(what, now, write)

    def remove(
        self,
        customer: str,
        name: str,
        value: Value,
        *,
        about: str = "",
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Takes one of many values away from ``at`` on, and gives the fact's id.

        Errors: NotFound (undefined attribute), InvalidArgument (wrong type, or
        an attribute with one value at a time).
        """
        write = write_options(durability, actor, source, batch)
        what = (customer, name, value, about, 0, 1, at, key)
        return self._set(what, now, write)

    def history(
        self, customer: str, name: str, *, now: Optional[When] = None
    ) -> List[AttributeVersion]:
        """All versions of an attribute of a customer up to ``now``, in order.

        Errors: NotFound (the customer, or the attribute is not defined).
        """
        store = self._store
        return [
            AttributeVersion.of(it)
            for it in store._json(
                _capi.lib.trato_attribute_history,
                _capi.text(customer, "customer"),
                _capi.text(name, "name"),
                store._now(now),
            )
        ]

    def _set(self, what: Tuple[Any, ...], now: Optional[When], write: Any) -> str:
        customer, name, value, about, strength, flags, at, key = what
        store = self._store
        struct = _capi.Attribute(ctypes.sizeof(_capi.Attribute))
        struct.flags = flags
        struct.at_us = store._at(at, "at")
        struct.customer = _capi.text(customer, "customer")
        struct.name = _capi.text(name, "name")
        struct.value = value_struct(value, store._at, "value")
        struct.key = _capi.text(key, "key")
        struct.about = _capi.text(about, "about")
        struct.strength = strength
        out = _capi.Id()
        store._call(
            _capi.lib.trato_attribute_set,
            byref(struct),
            store._now(now),
            write,
            byref(out),
        )
        return _capi.id_text(out)


def _texts(values: Sequence[str], what: str) -> Any:
    if isinstance(values, str):
        raise TypeError(f"{what}: a list of str is needed, not one")
    texts = [_capi.text(it, what, "[", i, "]") for i, it in enumerate(values)]
    return (_capi.Str * len(texts))(*texts)


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
