# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The calls of the log as a test wants them: straight to trato.h.

They take and give a trato.Store, and read nothing of the package but its
handle, its structs of interactions and its errors.
"""

import ctypes
import json
import os
from concurrent.futures import ThreadPoolExecutor
from ctypes import byref, c_char, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p

import trato
import trato.interactions
from trato import _capi
from trato._handle import StoreHandle

MODES = {"open_or_create": 0, "open_existing": 1, "create_new": 2, "read": 3}
EVER = 2**63 - 1  # as_of
ALL = 2**64 - 1  # known_at

TASK = ctypes.CFUNCTYPE(None, c_void_p, c_size_t)
RUN = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_size_t)


class StoreOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("mode", c_uint32),
        ("zone", _capi.Str),
        ("currency", _capi.Str),
        ("memory_limit", c_uint64),
        ("run", RUN),
        ("run_context", c_void_p),
        ("erasures", _capi.Str),
        ("key", _capi.Str),
        ("seed", c_uint64),
    ]


class Correction(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("at_us", c_int64),
        ("record", _capi.Str),
        ("interaction", _capi.Id),
        ("content", ctypes.POINTER(_capi.Interaction)),
        ("reason", _capi.Str),
        ("key", _capi.Str),
    ]


class AsOf(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("as_of_us", c_int64),
        ("known_at", c_uint64),
    ]


class Head(ctypes.Structure):
    _fields_ = [("position", c_uint64), ("chain", c_uint8 * 32)]

    def __eq__(self, other):
        return bytes(self) == bytes(other)


class VerifyOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("rebuild", c_uint32),
        ("head", ctypes.POINTER(Head)),
        ("progress", c_void_p),
        ("progress_context", c_void_p),
    ]


def _function(name):
    # A function of our own, whose types nobody else declares.
    function = _capi.lib["trato_" + name]
    function.restype = ctypes.c_int32
    return function


def _call(store, name, *arguments):
    with store._handle as pointer:
        _capi.call(_function(name), pointer, *arguments)


class Threads:
    """Runs the tasks of a store on some threads."""

    def __init__(self, count):
        self.pool = ThreadPoolExecutor(count)
        self.tasks = 0
        self.callback = RUN(self._run)

    def _run(self, _, task, context, count):
        call = TASK(task)
        self.tasks += count
        # The last first: any order will do.
        list(self.pool.map(lambda i: call(context, i), reversed(range(count))))


def open_store(path=None, mode="open_or_create", memory_limit=0, threads=None,
               zone="", currency="", erasures=""):
    place = b"" if path is None else os.fsencode(path)
    options = StoreOptions(
        ctypes.sizeof(StoreOptions),
        MODES[mode],
        _capi.text(zone, "zone"),
        _capi.text(currency, "currency"),
        memory_limit,
        threads.callback if threads else RUN(),
        None,
        _capi.text(erasures, "erasures"),
    )
    pointer = c_void_p()
    _capi.call(
        _function("store_open"),
        _capi.Str(place, len(place)),
        byref(options),
        byref(pointer),
    )
    store = trato.Store(StoreHandle(pointer), path)
    store.kept = threads  # as long as the store
    return store


def as_of(store, at=EVER, known_at=ALL):
    pointer = c_void_p()
    past = AsOf(ctypes.sizeof(AsOf), 0, at, known_at)
    _call(store, "store_as_of", byref(past), byref(pointer))
    return trato.Store(StoreHandle(pointer), None)


def checkpoint(store, steps=0):
    """Whether there is more to do."""
    more = c_uint32(7)
    _call(store, "store_checkpoint", c_uint32(steps), byref(more))
    assert more.value in (0, 1)
    return bool(more.value)


def refresh(store):
    _call(store, "store_refresh")


def head(store):
    out = Head()
    _call(store, "store_head", byref(out))
    return out


def digest(store, now):
    out = (c_char * 32)()
    _call(store, "store_digest", c_int64(now), byref(out))
    return out.raw.hex()


def verify(store, kept=None, rebuild=True):
    """The report."""
    options = VerifyOptions(
        ctypes.sizeof(VerifyOptions), rebuild, ctypes.pointer(kept) if kept else None
    )
    with _capi.Output() as out:
        _call(store, "store_verify", byref(options), out.ref)
        return json.loads(out.text())


def correct(store, fact, truth, now, durability="synced", source="", actor="",
            batch=""):
    """Records an oracle.Correction, whose content is `truth`, and gives its id."""
    content = None
    if truth is not None:
        content = _capi.Interaction()
        trato.interactions.fill(content, truth, store._at, "content.")
    struct = Correction(
        ctypes.sizeof(Correction),
        0,
        fact.at,
        _capi.text(fact.record, "record"),
        _capi.id_of(fact.interaction, "interaction"),
        ctypes.pointer(content) if content is not None else None,
        _capi.text(fact.reason, "reason"),
        _capi.text(fact.key, "key"),
    )
    write = _capi.WriteOptions(
        ctypes.sizeof(_capi.WriteOptions),
        {"synced": 0, "buffered": 1}[durability],
        _capi.text(actor, "actor"),
        _capi.text(source, "source"),
        _capi.text(batch, "batch"),
    )
    name = "interaction_retract" if content is None else "interaction_correct"
    out = _capi.Id()
    _call(store, name, byref(struct), c_int64(now), byref(write), byref(out))
    return _capi.id_text(out)

