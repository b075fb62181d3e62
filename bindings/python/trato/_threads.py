# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Threads of the program for long work of the library."""

from __future__ import annotations

import _thread
import functools
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import repeat
from typing import Any, Deque, List

from . import _capi


def run_on(threads: int) -> Any:
    """A trato_run_fn that spreads tasks over that many threads.

    It is kept for ever: what came from a store may outlive the store.
    """
    return _run_on(threads, os.getpid())


@functools.lru_cache(maxsize=None)
def _run_on(threads: int, process: int) -> Any:
    # The calling thread is one of them, so the work is done whatever becomes of
    # the others. A forked process has none of its parent's, hence `process`.
    helpers = threads - 1
    pool = ThreadPoolExecutor(max(1, helpers), f"trato-{threads}")

    def run(_: Any, task: Any, task_context: Any, count: int) -> None:
        indexes = deque(range(count))
        started: List[Future[None]] = []
        interrupted = False
        while True:
            try:
                while len(started) < min(helpers, count - 1):
                    started.append(pool.submit(_work, task, task_context, indexes))
                break
            except RuntimeError:  # no more threads: this one does the rest
                break
            except BaseException:  # an interrupt; the library waits for all
                interrupted = True
        while True:
            try:
                _work(task, task_context, indexes)
                for future in started:
                    # One that waits behind other work finds nothing to do.
                    if not future.cancel():
                        future.result()
                break
            except BaseException:
                interrupted = True
        if interrupted:
            _thread.interrupt_main()

    return _capi.RUN_FN(run)


def _work(task: Any, task_context: Any, indexes: Deque[int]) -> None:
    # In one step of the interpreter: an interrupt in between would lose an index.
    try:
        deque(map(task, repeat(task_context), iter(indexes.popleft, None)), 0)
    except IndexError:  # all are taken
        pass
