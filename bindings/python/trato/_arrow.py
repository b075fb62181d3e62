# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Arrow streams between C and Python: the structs, and capsules of them."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import weakref
from ctypes import CFUNCTYPE, Structure, c_char_p, c_int, c_int64, c_void_p, py_object
from typing import Any, Callable, List, Optional

NAME = b"arrow_array_stream"


class Schema(Structure):
    _fields_ = [
        ("format", c_char_p),
        ("name", c_char_p),
        ("metadata", c_void_p),
        ("flags", c_int64),
        ("n_children", c_int64),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", c_void_p),
        ("private_data", c_void_p),
    ]


class Array(Structure):
    _fields_ = [
        ("length", c_int64),
        ("null_count", c_int64),
        ("offset", c_int64),
        ("n_buffers", c_int64),
        ("n_children", c_int64),
        ("buffers", c_void_p),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", c_void_p),
        ("private_data", c_void_p),
    ]


class Stream(Structure):
    _fields_ = [
        ("get_schema", c_void_p),
        ("get_next", c_void_p),
        ("get_last_error", c_void_p),
        ("release", c_void_p),
        ("private_data", c_void_p),
    ]


RELEASE_FN = CFUNCTYPE(None, c_void_p)
GET_FN = CFUNCTYPE(c_int, c_void_p, c_void_p)
LAST_ERROR_FN = CFUNCTYPE(c_void_p, c_void_p)
FLAG_NULLABLE = 2


def release(struct: Any) -> None:
    """Releases a schema, an array or a stream, unless that was done."""
    if struct.release:
        RELEASE_FN(struct.release)(ctypes.addressof(struct))


def pointer_at(array: int, index: int) -> int:
    """One of an array of pointers; 0 for NULL."""
    place = array + index * ctypes.sizeof(c_void_p)
    return c_void_p.from_address(place).value or 0


# ---------------------------------------------------------------------------
# Capsules

_python = ctypes.pythonapi
_python.PyCapsule_New.restype = py_object
_python.PyCapsule_New.argtypes = [c_void_p, c_void_p, c_void_p]
_python.PyCapsule_GetPointer.restype = c_void_p
_python.PyCapsule_GetPointer.argtypes = [py_object, c_char_p]
_python.PyMem_RawCalloc.restype = c_void_p
_python.PyMem_RawCalloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
_python.PyMem_RawFree.restype = None
_python.PyMem_RawFree.argtypes = [c_void_p]


def _allocate(size: int) -> int:
    address = _python.PyMem_RawCalloc(1, size)
    if not address:
        raise MemoryError
    return int(address)


def _name_for_ever() -> int:
    # A capsule points to its name, and may outlive this module.
    address = _allocate(len(NAME) + 1)
    ctypes.memmove(address, NAME, len(NAME))
    return address


_name = _name_for_ever()


def stream_of(capsule: object) -> int:
    """The address of the stream in a capsule."""
    address = _python.PyCapsule_GetPointer(capsule, NAME)
    return int(address)


class _Lent:
    """Streams that were lent in capsules, released when nobody has the capsule.

    A reader may leave the stream where the capsule points, so the stream lives
    as long as the capsule. A capsule's destructor would be a function of Python,
    which must run neither while an exception is on its way nor at the end of
    the interpreter. So there is none: this keeps the capsules, and looks from
    time to time which of them nobody else has.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lent: List[List[Any]] = []
        probe = [object()]
        self._mine = sys.getrefcount(probe[0])

    def lend(self, opened: Opened) -> object:
        """Moves the stream into a capsule."""
        self.collect()
        stream = opened.stream
        address = _allocate(ctypes.sizeof(Stream))
        ctypes.memmove(address, ctypes.addressof(stream), ctypes.sizeof(Stream))
        stream.release = None
        capsule = _python.PyCapsule_New(address, _name, None)
        with self._lock:
            self._lent.append([capsule, address, os.getpid()])
        return capsule

    def collect(self) -> None:
        with self._lock:
            kept: List[List[Any]] = []
            ended: List[List[Any]] = []
            for it in self._lent:
                only_here = sys.getrefcount(it[0]) <= self._mine
                (ended if only_here else kept).append(it)
            self._lent = kept
        for _, address, process in ended:
            if process == os.getpid():
                release(Stream.from_address(address))
            _python.PyMem_RawFree(address)


lent = _Lent()


def _release_here(stream: Stream, process: int) -> None:
    if process == os.getpid():
        release(stream)


class Opened:
    """A stream of the library, released when it is no longer used."""

    def __init__(self, open: Callable[[int], None]) -> None:
        self.stream = Stream()
        open(ctypes.addressof(self.stream))
        self._end = weakref.finalize(self, _release_here, self.stream, os.getpid())
        # A daemon thread may be reading then, and its memory ends anyway.
        self._end.atexit = False

    def close(self) -> None:
        self._end()

    def schema(self) -> Schema:
        out = Schema()
        self._check(GET_FN(self.stream.get_schema), out)
        return out

    def next(self) -> Optional[Array]:
        out = Array()
        self._check(GET_FN(self.stream.get_next), out)
        return out if out.release else None

    def _check(self, function: Any, out: Structure) -> None:
        here = ctypes.addressof(self.stream)
        code = function(here, ctypes.addressof(out))
        if code != 0:
            reason = LAST_ERROR_FN(self.stream.get_last_error)(here)
            text = ctypes.string_at(reason).decode("utf-8", "replace") if reason else ""
            raise OSError(code, text or "the stream failed")
