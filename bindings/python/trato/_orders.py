# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The callbacks of an import: the next bytes, and how far it is."""

from __future__ import annotations

import contextlib
import ctypes
import gzip
import os
from typing import IO, Any, Optional, Union

from . import _capi
from ._callbacks import Progress, ProgressCallback

Source = Union[str, "os.PathLike[str]", IO[bytes], IO[str]]

_GZIP = b"\x1f\x8b"


class Callbacks(ProgressCallback):
    """`read` and `progress` for the library, for the length of a ``with``."""

    def __init__(self, source: Source, progress: Optional[Progress]) -> None:
        super().__init__(progress)
        self._files = contextlib.ExitStack()
        self._input = self._open(source)
        self.read = _capi.READ_FN(self._read)

    def __exit__(self, *_: object) -> None:
        self._files.close()
        super().__exit__()

    def _open(self, source: Any) -> _Input:
        with contextlib.ExitStack() as files:
            if not hasattr(source, "read"):
                source = files.enter_context(open(os.fspath(source), "rb"))
            opened = _Input(source)
            if opened.starts_with(_GZIP):
                unpacked: Any = gzip.GzipFile(fileobj=opened, mode="rb")  # type: ignore[call-overload]
                opened = _Input(files.enter_context(unpacked))
            self._files = files.pop_all()
            return opened

    def _read(self, _: Any, buffer: int, capacity: int) -> int:
        try:
            chunk = self._input.read(capacity)
            ctypes.memmove(buffer, chunk, len(chunk))
            return len(chunk)
        except BaseException as error:
            self._raised = error
            return -1


class _Input:
    """A file to read from, of bytes or of text, at whose start one can look."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._next = b""

    def starts_with(self, head: bytes) -> bool:
        self._next = self.read(len(head))
        return self._next == head

    def read(self, size: int) -> bytes:
        if not self._next:
            chunk = self._source.read(size)
            self._next = chunk.encode("utf-8") if isinstance(chunk, str) else chunk
        # Text may have become more bytes than asked for; the rest waits.
        given, self._next = self._next[:size], self._next[size:]
        return given
