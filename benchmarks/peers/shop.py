# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The made-up shop (benchmarks/shop) as NumPy columns."""

import ctypes

import numpy

WHOLE_SECONDS, CORRECTED, LINKED = 1, 2, 4
START_US = 1735689600 * 10**6
DAY_US = 86400 * 10**6
END_US = START_US + 365 * DAY_US
TYPES = ("view", "visit", "email_open", "purchase", "click", "search", "cart", "call",
         "return", "complaint")
COLUMNS = {"customer": numpy.uint32, "type": numpy.uint8, "channel": numpy.uint8,
           "at_us": numpy.int64, "amount_minor": numpy.int64, "key": numpy.uint64}


class Shop:
    """One shop; `library` is the path of libtrato_shop.so."""

    def __init__(self, library, interactions, seed=1, flags=0):
        self._c = ctypes.CDLL(library)
        self._c.shop_new.restype = ctypes.c_void_p
        self._c.shop_new.argtypes = [ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint32]
        self._c.shop_free.argtypes = [ctypes.c_void_p]
        self._c.shop_customers.argtypes = [ctypes.c_void_p]
        self._c.shop_customers.restype = ctypes.c_uint32
        self._c.shop_person.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
        self._c.shop_person.restype = ctypes.c_uint32
        self._c.shop_asked.argtypes = [ctypes.c_void_p, ctypes.c_uint64]
        self._c.shop_asked.restype = ctypes.c_uint32
        self._c.shop_fill.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64,
                                      *[ctypes.c_void_p] * len(COLUMNS)]
        self._c.shop_fill.restype = None
        self._c.shop_stream.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64,
                                        ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint64,
                                        ctypes.c_void_p]
        self._c.shop_stream.restype = None
        self.interactions = interactions
        self._shop = self._c.shop_new(interactions, seed, flags)
        self.customers = self._c.shop_customers(self._shop)

    def __del__(self):
        if getattr(self, "_shop", None):
            self._c.shop_free(self._shop)

    def person(self, customer):
        return self._c.shop_person(self._shop, customer)

    def asked(self, i):
        return self._c.shop_asked(self._shop, i)

    def rows(self, first, count, columns=("customer", "type", "channel", "at_us", "amount_minor")):
        """The columns asked for, as a dict of arrays."""
        made = {name: numpy.empty(count, COLUMNS[name]) for name in columns}
        pointers = [made[name].ctypes.data if name in made else None for name in COLUMNS]
        self._c.shop_fill(self._shop, first, count, *pointers)
        return made

    def stream(self, first, count, keys=0, lines=False, batch_rows=1 << 20):
        """The rows as a pyarrow.RecordBatchReader, without a copy."""
        import pyarrow
        raw = (ctypes.c_void_p * 5)()
        self._c.shop_stream(self._shop, first, count, keys, lines, batch_rows,
                            ctypes.addressof(raw))
        return pyarrow.RecordBatchReader._import_from_c(ctypes.addressof(raw))
