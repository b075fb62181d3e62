# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists of who must not be contacted for direct marketing."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, List, Literal, Optional, Union

from . import _capi
from ._options import Durability, write_options
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store


@dataclass(frozen=True)
class SuppressionList:
    """A list as it stands."""

    name: str
    description: str
    max_age: str
    """Empty: any."""
    entries: int
    updated: Optional[_datetime.datetime]
    """The date of its last import; None: never."""
    state: Literal["ready", "never imported", "too old", "another key"]
    holds_back: bool
    """Whether it holds everybody back."""


class Suppressions:
    """Who must not be contacted for direct marketing, whatever was granted.

    The store keeps hashes of identifiers under the ``key`` it is opened with, so
    a list names nobody; without a key whoever has the file can try them out. A
    list that is older than its greatest age holds everybody back. Every store
    has the list "objections": exported, it tells who objects, and imported after
    an older backup was restored it holds back whoever objected since.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        *,
        max_age: str = "",
        description: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines a list; ``max_age`` is a span such as "31d" (empty: any).

        Errors: InvalidArgument (a malformed span).
        """
        self._store._call(
            _capi.lib.trato_suppression_define,
            _capi.text(name, "name"),
            _capi.text(max_age, "max_age"),
            _capi.text(description, "description"),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def import_list(
        self,
        name: str,
        entries: Union[str, bytes, Iterable[str]],
        *,
        at: Optional[When] = None,
        adds: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> int:
        """Imports a list and gives how many entries it has.

        ``entries`` are identifiers, ``namespace:value``, or a text of them one a
        line, or what `export` gave. ``at`` is the date of the list (None: as `export`
        says, or now). It takes the place of what was on the list, or ``adds`` to
        it. All of it, or nothing.

        Errors: NotFound (undefined list), InvalidArgument names the line,
        FailedPrecondition (exported under another key).
        """
        if isinstance(entries, str):
            entries = entries.encode("utf-8")
        if not isinstance(entries, bytes):
            entries = "\n".join(entries).encode("utf-8")
        options = _capi.SuppressionOptions(
            ctypes.sizeof(_capi.SuppressionOptions),
            bool(adds),
            self._store._at(at, "at"),
        )
        report = self._store._json(
            _capi.lib.trato_suppression_import,
            _capi.text(name, "name"),
            _capi.Str(entries, len(entries)),
            self._store._now(now),
            byref(options),
            write_options(durability, actor, source, batch),
        )
        return int(report["entries"])

    def export(self, name: str = "objections", *, now: Optional[When] = None) -> str:
        """A list as text that only a store with the same key can use.

        Errors: NotFound (undefined list), FailedPrecondition (never imported, or
        made under another key).
        """
        with _capi.Output() as out:
            self._store._call(
                _capi.lib.trato_suppression_export,
                _capi.text(name, "name"),
                self._store._now(now),
                out.ref,
            )
            return out.text()

    def list(self, *, now: Optional[When] = None) -> List[SuppressionList]:
        """All lists, by name."""
        json = self._store._json(
            _capi.lib.trato_suppression_list, self._store._now(now)
        )
        return [
            SuppressionList(
                name=it["list"],
                description=it["description"],
                max_age=it["max_age"] or "",
                entries=it["entries"],
                updated=None if it["updated_us"] is None else instant(it["updated_us"]),
                state=it["state"],
                holds_back=it["holds_back"],
            )
            for it in json["lists"]
        ]
