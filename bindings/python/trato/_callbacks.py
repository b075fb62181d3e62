# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The program's functions that the library calls."""

from __future__ import annotations

from typing import Any, Callable, Optional

from . import _capi

Progress = Callable[[int, int], Optional[bool]]
"""Told from time to time how far a call is: ``progress(done, total)``; a total
of 0 is not known. Where it returns False the call is cancelled."""


class ProgressCallback:
    """`progress` for the library, for the length of a ``with``.

    An exception cannot cross C: the callback keeps it and reports a failure, and
    the end of the ``with`` raises it in place of what the call raised.
    """

    def __init__(self, progress: Optional[Progress]) -> None:
        self._progress = progress
        self._raised: Optional[BaseException] = None
        self.progress = (
            _capi.PROGRESS_FN() if progress is None else _capi.PROGRESS_FN(self._report)
        )

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        if self._raised is not None:
            raise self._raised from None

    def _report(self, _: Any, done: int, total: int) -> int:
        try:
            assert self._progress is not None
            return 1 if self._progress(done, total) is False else 0
        except BaseException as error:
            self._raised = error
            return 1
