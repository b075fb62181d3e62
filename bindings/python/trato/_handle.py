# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Handles of the library that no thread can use after their end."""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from ctypes import c_void_p
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, TypeVar

from . import _capi

T = TypeVar("T")


class StoreHandle:
    """A trato_store, lent by ``with`` to any number of threads until `close`.

    Closing waits for the threads that have it. A thread that has it and asks
    again can only be in a callback, which trato.h forbids to call the store: it
    would wait for itself. That of a watch may: it is called when all is done.
    """

    def __init__(self, pointer: c_void_p) -> None:
        self._pointer: Optional[c_void_p] = pointer
        self._users: Dict[int, int] = {}  # how often each thread has it
        self._nudged: Set[int] = set()  # threads in the callback of a watch
        self._returned = threading.Condition(threading.Lock())
        self._process = os.getpid()

    def __enter__(self) -> c_void_p:
        self._refuse_fork()
        thread = threading.get_ident()
        with self._returned:
            if thread not in self._nudged:
                self._refuse_callback()
            if self._pointer is None:
                raise ValueError("the store is closed")
            self._users[thread] = self._users.get(thread, 0) + 1
            return self._pointer

    def __exit__(self, *_: object) -> None:
        thread = threading.get_ident()
        with self._returned:
            self._users[thread] -= 1
            if self._users[thread] == 0:
                del self._users[thread]
            if self._pointer is None:
                self._returned.notify_all()

    @contextlib.contextmanager
    def nudged(self) -> Iterator[None]:
        """While the callback of a watch runs on this thread."""
        thread = threading.get_ident()
        with self._returned:
            is_inner = thread in self._nudged
            self._nudged.add(thread)
        try:
            yield
        finally:
            if not is_inner:
                with self._returned:
                    self._nudged.discard(thread)

    @property
    def closed(self) -> bool:
        return self._pointer is None

    def close(self) -> None:
        self._refuse_fork()
        with self._returned:
            self._refuse_callback()
            pointer, self._pointer = self._pointer, None
            try:
                while self._users:
                    self._returned.wait()
            except BaseException:
                self._pointer = pointer
                raise
        if pointer is not None:
            _capi.call(_capi.lib.trato_store_close, pointer)

    def finish(self) -> None:
        """Closes for the garbage collector and at the end of the interpreter.

        Then a daemon thread may still be inside; rather than wait for it, or
        pull the store from under it, the store is left as it is.
        """
        if self._process != os.getpid():
            return
        with self._returned:
            if self._users:
                return
            pointer, self._pointer = self._pointer, None
        if pointer is not None:
            _capi.call(_capi.lib.trato_store_close, pointer)

    def _refuse_fork(self) -> None:
        # Before the lock, which the fork may have copied while it was held.
        if self._process != os.getpid():
            raise ValueError(
                "the store was opened by the parent process: open it after the fork"
            )

    def _refuse_callback(self) -> None:
        if threading.get_ident() in self._users:
            raise RuntimeError("a callback must not call the store that it serves")


def _destroy(function: Callable[[c_void_p], None], pointer: c_void_p, pid: int) -> None:
    if pid == os.getpid():
        function(pointer)


class Cursor(Iterator[T]):
    """Items that a handle of the library gives, a batch at a time.

    It is a snapshot, independent of the store that it came from. It is freed
    when it is exhausted, closed, or no longer used. Threads may share it; each
    item goes to one of them.
    """

    def __init__(
        self, pointer: c_void_p, destroy: Any, advance: Callable[[c_void_p], List[T]]
    ) -> None:
        self._pointer = pointer
        self._advance = advance
        self._batch: Iterator[T] = iter(())
        self._exhausted = False
        self._lock = threading.Lock()
        self._finalizer = weakref.finalize(
            self, _destroy, destroy, pointer, os.getpid()
        )
        # A daemon thread may be using it then, and its memory ends anyway.
        self._finalizer.atexit = False

    def __iter__(self) -> Cursor[T]:
        return self

    def __next__(self) -> T:
        with self._lock:
            for item in self._batch:
                return item
            if self._exhausted:
                raise StopIteration
            if not self._finalizer.alive:
                raise ValueError("it is closed")
            items = self._advance(self._pointer)
            if not items:
                self._exhausted = True
                self._finalizer()
                raise StopIteration
            self._batch = iter(items)
            return next(self._batch)

    def close(self) -> None:
        """Frees it; closing again does nothing."""
        with self._lock:
            self._batch = iter(())
            self._finalizer()

    def __enter__(self) -> Cursor[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
