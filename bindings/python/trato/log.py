# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The log that a store is: its head, its check, its copy."""

from __future__ import annotations

import ctypes
import datetime as _datetime
import os
from ctypes import byref
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple, Union

from . import _capi
from ._base import StoreBase
from ._callbacks import Progress, ProgressCallback
from ._options import at_least_one, not_negative
from .customer_answers import AuditEntry
from .errors import InvalidArgument
from .values import When, instant


@dataclass(frozen=True)
class Head:
    """The end of the log, and a hash over all facts up to it.

    Kept elsewhere it proves later, with `Store.verify`, that nothing before it
    was rewritten. ``str(head)`` is ``POSITION:HEX``, which `Head.parse` reads.
    """

    position: int
    """The last log position on disk."""
    chain: str
    """256 bits as 64 hexadecimal digits."""

    @classmethod
    def parse(cls, text: str) -> Head:
        """Reads what ``str(head)`` wrote."""
        position, colon, chain = text.strip().partition(":")
        head = cls(int(position), chain) if position.isdigit() else None
        if not colon or head is None:
            raise InvalidArgument("head: it is not POSITION:HEX")
        head._bytes()
        return head

    def __str__(self) -> str:
        return f"{self.position}:{self.chain}"

    def _bytes(self) -> bytes:
        try:
            chain = bytes.fromhex(self.chain)
        except (TypeError, ValueError):
            chain = b""
        if len(chain) != 32 or len(self.chain) != 64:
            raise InvalidArgument("head: its chain is 64 hexadecimal digits")
        return chain


@dataclass(frozen=True)
class Verification:
    """What `Store.verify` found; true when all is well."""

    ok: bool
    log_position: int
    transactions: int
    records: int
    interactions: int
    other_facts: int
    erasures: int
    """How often somebody was erased."""
    damage: Tuple[str, ...]
    """Each thing that is damaged, missing or rewritten, and where it is."""

    @classmethod
    def of(cls, json: Dict[str, Any]) -> Verification:
        return cls(
            ok=json["ok"],
            log_position=json["log_position"],
            transactions=json["transactions"],
            records=json["records"],
            interactions=json["interactions"],
            other_facts=json["other_facts"],
            erasures=json["erasures"],
            damage=tuple(json["damage"]),
        )

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        rows: List[str] = ["ok" if self.ok else "damaged"]
        for name in ("log_position", "transactions", "records", "interactions"):
            rows.append(f"  {name.replace('_', ' '):12}  {getattr(self, name):,}")
        rows.append(f"  other facts   {self.other_facts:,}")
        rows += [f"  damage        {it}" for it in self.damage]
        return "\n".join(rows)


@dataclass(frozen=True)
class Erasure:
    """What `Store.erase` took out."""

    id: str
    """As the log and `Store.erasures` have it."""
    at: _datetime.datetime
    records: int
    facts: int
    interactions: int
    """Of the facts."""
    log_position: int
    purged: bool
    """Whether no file of the store holds the bytes any more. Otherwise another
    process is still reading what was there before."""

    @classmethod
    def of(cls, json: Dict[str, Any]) -> Erasure:
        return cls(
            id=json["erasure"],
            at=instant(json["at_us"]),
            records=json["records"],
            facts=json["facts"],
            interactions=json["interactions"],
            log_position=json["log_position"],
            purged=json["purged"],
        )


class Log(StoreBase):
    """What `Store` does with its log as a whole."""

    def checkpoint(self, steps: Optional[int] = None) -> bool:
        """Seals what was written one by one into packed columns, and merges.

        Does up to ``steps`` steps (None: all there are), each of which holds up
        a writer for some milliseconds and a reader never, and says whether there
        is more to do. Writing does such steps by itself; call this where there
        is time. No answer changes.
        """
        out = ctypes.c_uint32()
        count = 0 if steps is None else _steps(steps)
        self._call(_capi.lib.trato_store_checkpoint, count, byref(out))
        return out.value != 0

    def head(self) -> Head:
        """The head of the log; see `Head`. It syncs first."""
        out = _capi.Head()
        self._call(_capi.lib.trato_store_head, byref(out))
        return Head(out.position, bytes(out.chain).hex())

    def audit(
        self,
        customer: str = "",
        *,
        definition: str = "",
        limit: Optional[int] = None,
        now: Optional[When] = None,
    ) -> Tuple[AuditEntry, ...]:
        """Who changed what, when, from what to what, oldest first.

        Of one ``customer``, of what has the name ``definition`` (a segment, an
        offer, an attribute ...), of both, or of everything where neither is named;
        the last ``limit`` of them. Interactions are told by the timeline.

        Errors: NotFound, FailedPrecondition (several customers; a store of the
        past).
        Cost: reads all facts that are no interactions, and holds up writers.
        """
        answer = self._json(
            _capi.lib.trato_store_audit,
            _capi.text(customer, "customer"),
            _capi.text(definition, "definition"),
            0 if limit is None else at_least_one(limit, "limit"),
            self._now(now),
        )
        return tuple(map(AuditEntry.of, answer["changes"]))

    def digest(self, *, now: Optional[When] = None) -> str:
        """A hash over everything that the store answers at ``now``.

        64 hexadecimal digits. Two stores that were told the same have the same,
        in whatever order, whenever recorded and however stored.

        Cost: one pass over everything.
        """
        out = _capi.Digest()
        self._call(_capi.lib.trato_store_digest, self._now(now), byref(out))
        return bytes(out.bytes).hex()

    def verify(
        self,
        *,
        head: Optional[Head] = None,
        rebuild: bool = False,
        progress: Optional[Progress] = None,
    ) -> Verification:
        """Reads the whole file again and checks it.

        SQLite's structure, each checksum, each block, and the chain from its
        beginning, also against a ``head`` that was kept. With ``rebuild``
        everything derived is derived anew and compared. A damaged store is no
        exception: see `Verification.ok`. ``progress(done, total)`` counts bytes,
        at least once a MiB; where it returns False, or raises, it ends.

        Errors: Cancelled.
        """
        options = _capi.VerifyOptions(
            ctypes.sizeof(_capi.VerifyOptions),
            bool(rebuild),
        )
        if head is not None:
            if not isinstance(head, Head):
                kind = type(head).__name__
                raise TypeError(f"head: a trato.Head is needed, not {kind}")
            kept = _capi.Head(not_negative(head.position, "head"))
            kept.chain[:] = head._bytes()
            options.head = ctypes.pointer(kept)
        with ProgressCallback(progress) as callback:
            options.progress = callback.progress
            return Verification.of(
                self._json(_capi.lib.trato_store_verify, byref(options))
            )

    def backup(
        self,
        path: Union[str, "os.PathLike[str]"],
        *,
        progress: Optional[Progress] = None,
    ) -> None:
        """Copies the store, as it is at one instant, into a new file.

        Others read and write meanwhile. What was written buffered is synced
        first. ``progress(done, total)`` counts bytes; see `verify`.

        Errors: AlreadyExists (the path), Cancelled, Unavailable.
        """
        place = os.fsencode(path)
        with ProgressCallback(progress) as callback:
            self._call(
                _capi.lib.trato_store_backup,
                _capi.Str(place, len(place)),
                callback.progress,
                None,
            )

    def refresh(self) -> None:
        """Takes in what the writing process made durable since.

        For a store that is open to "read", since that or the last refresh.
        """
        self._call(_capi.lib.trato_store_refresh)


def _steps(steps: int) -> int:
    count = not_negative(steps, "steps")
    return min(max(count, 1), 2**32 - 1)
