# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Segments kept exact while facts come and time passes, and who enters and leaves."""

from __future__ import annotations

import ctypes
import datetime as _datetime
import os
import threading
import weakref
from ctypes import byref
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
)

from . import _capi
from ._handle import _destroy
from .errors import FailedPrecondition
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

_BATCH = 256
_NET = 1
_CAUSES = {1: "time", 2: "fact", 3: "definition", 4: "link"}


class ChangeCursor(NamedTuple):
    """Up to where changes were dealt with: what a host keeps between runs.

    As text (``str``, `parse`) it is ``"1323475200000000/4330"``.
    """

    at_us: int
    position: int

    def __str__(self) -> str:
        return f"{self.at_us}/{self.position}"

    @classmethod
    def parse(cls, text: str) -> ChangeCursor:
        """Errors: ValueError."""
        at_us, slash, position = text.partition("/")
        if not slash:
            raise ValueError(f"{text!r} is no cursor, such as 1323475200000000/4330")
        return cls(int(at_us), int(position))


@dataclass(frozen=True)
class SegmentChange:
    """One customer entered or left one segment."""

    at: _datetime.datetime
    segment: str
    customer: str
    """The name of the record that gives the public id."""
    id: str
    entered: bool
    """Otherwise she left."""
    cause: str
    """``"time"``, ``"fact"``, ``"definition"``, or ``"link"`` (of records)."""
    cursor: ChangeCursor
    """To keep once all changes with the same one, and before, are dealt with."""

    def __str__(self) -> str:
        what = "enters" if self.entered else "leaves"
        return (
            f"{self.at:%Y-%m-%d %H:%M} {self.customer} {what} {self.segment} "
            f"({self.cause})"
        )


@dataclass(frozen=True)
class WatchState:
    """How far a watch is."""

    clock: _datetime.datetime
    """Up to here everything is told."""
    position: int
    """The last of the log that it has seen."""
    pending: int
    """Changes that wait to be taken."""
    wakeups: int
    """How often time has made it test a customer anew, or for all at once what
    only the clock decides."""
    idle_wakeups: int
    """... and nothing had changed."""
    is_done: bool
    """False: ``max_wakeups`` was reached before ``now``."""
    nudge_failed: bool
    """The callback of `Watch.on_change` failed and is not called any more."""


class Watch:
    """Some segments, kept exact from one instant on.

    It is told of every write of its store, and advances by time with each of
    them and with `advance`. How often it is advanced changes nothing of what it
    tells. Any thread may use it.
    """

    def __init__(self, store: Store, pointer: ctypes.c_void_p) -> None:
        self._store = store
        self._pointer = pointer
        # What it calls may take its changes.
        self._lock = threading.RLock()
        self._changed: Any = None
        self._failure: Optional[BaseException] = None
        self._finalizer = weakref.finalize(
            self, _destroy, _capi.lib.trato_watch_destroy, pointer, os.getpid()
        )
        self._finalizer.atexit = False

    def advance(
        self, now: Optional[When] = None, *, max_wakeups: int = 0
    ) -> WatchState:
        """Moves the clock to ``now``: whoever enters or leaves by time is told.

        An earlier ``now`` does nothing. With ``max_wakeups`` it stops after about
        as many tests of customers; call it again until it `is_done`.

        Errors: FailedPrecondition when the store has become another one as a
        whole (a batch or a person was taken out): open a new watch since the
        last change.
        """
        out = _capi.WatchState()
        with self._open() as pointer:
            _capi.call(
                _capi.lib.trato_watch_advance,
                pointer,
                self._store._now(now),
                max_wakeups,
                byref(out),
            )
        return WatchState(
            instant(out.clock_us),
            out.position,
            out.pending,
            out.wakeups,
            out.idle_wakeups,
            out.is_done != 0,
            out.nudge_failed != 0,
        )

    def take(self) -> Iterator[SegmentChange]:
        """The changes that wait, in order, each once."""
        while True:
            batch = self._batch()
            if not batch:
                return
            yield from batch

    def changes(self, now: Optional[When] = None) -> Iterator[SegmentChange]:
        """All changes up to ``now``: `advance`, then `take`."""
        self.advance(now)
        yield from self.take()

    def count(self, segment: str) -> int:
        """How many customers are in a watched segment at the clock.

        Errors: NotFound when it is not watched.
        """
        out = ctypes.c_uint64()
        with self._open() as pointer:
            _capi.call(
                _capi.lib.trato_watch_count,
                pointer,
                _capi.text(segment, "segment"),
                byref(out),
            )
        return out.value

    def on_change(self, changed: Optional[Callable[[], object]]) -> None:
        """Has ``changed()`` called whenever changes have come to wait; None: nothing.

        A nudge, no more. It is called on the thread whose write or `advance` made
        them, before that call returns and with no lock held: it may `take`, ask
        and write. What it writes itself makes no further call, so it takes until
        none waits. Where it raises it is not called any more: the write succeeds,
        `WatchState.nudge_failed` says so, and `failure` is what it raised.

        Errors: FailedPrecondition from within the callback.
        """
        keep = _capi.CHANGED_FN()
        if changed is not None:

            def call(_: Any) -> int:
                try:
                    with self._store._handle.nudged():
                        changed()
                    return 0
                except BaseException as raised:  # it cannot cross C
                    self._failure = raised
                    return 1

            keep = _capi.CHANGED_FN(call)
        # Without the lock: it waits for a call that another thread is in.
        if not self._finalizer.alive:
            raise ValueError("the watch is closed")
        _capi.call(_capi.lib.trato_watch_on_change, self._pointer, keep, None)
        self._changed = keep
        self._failure = None

    @property
    def failure(self) -> Optional[BaseException]:
        """What the callback of `on_change` raised; None: nothing."""
        return self._failure

    def save(self) -> bytes:
        """The watch as bytes, for ``saved`` of the next one, on this machine.

        Errors: FailedPrecondition while changes wait to be taken, and of a store
        in memory. Cost: makes durable what was written; some 10 bytes a customer
        and a bit for each segment.
        """
        with self._open() as pointer, _capi.Output() as out:
            _capi.call(_capi.lib.trato_watch_save, pointer, out.ref)
            return out.bytes()

    def close(self) -> None:
        """Ends it; closing again does nothing."""
        if self._changed is not None and self._finalizer.alive:
            try:
                self.on_change(None)
            except FailedPrecondition:  # from within: this call was the last
                pass
        with self._lock:
            self._finalizer()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> _Using:
        return _Using(self)

    def _batch(self) -> List[SegmentChange]:
        array = (_capi.Change * _BATCH)()
        count = ctypes.c_size_t()
        with self._open() as pointer:
            _capi.call(
                _capi.lib.trato_watch_next, pointer, array, _BATCH, byref(count)
            )
            return [
                SegmentChange(
                    at=instant(it.at_us),
                    segment=_capi.string(it.segment),
                    customer=_capi.string(it.customer),
                    id=_capi.id_text(it.id),
                    entered=it.entered != 0,
                    cause=_CAUSES.get(it.cause, str(it.cause)),
                    cursor=ChangeCursor(it.at_us, it.position),
                )
                for it in array[: count.value]
            ]


class _Using:
    """Holds a watch open for one call."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __enter__(self) -> ctypes.c_void_p:
        self._watch._lock.acquire()
        if not self._watch._finalizer.alive:
            self._watch._lock.release()
            raise ValueError("the watch is closed")
        return self._watch._pointer

    def __exit__(self, *_: object) -> None:
        self._watch._lock.release()


def open_watch(
    store: Store,
    names: Sequence[str],
    since: Optional[ChangeCursor],
    net: bool,
    saved: Optional[bytes],
    now: Optional[When],
) -> Watch:
    options = _capi.WatchOptions(ctypes.sizeof(_capi.WatchOptions))
    options.flags = _NET if net else 0
    # Kept until the call is over.
    texts = (_capi.Str * max(len(names), 1))(
        *[_capi.text(name, "segment") for name in names]
    )
    options.segments = texts
    options.segment_count = len(names)
    cursor = _capi.Cursor()
    if since is not None:
        cursor.at_us, cursor.position = since
        options.since = ctypes.pointer(cursor)
    if saved is not None:
        options.saved = _capi.Str(saved, len(saved))
    pointer = ctypes.c_void_p()
    store._call(
        _capi.lib.trato_watch_open, byref(options), store._now(now), byref(pointer)
    )
    return Watch(store, pointer)
