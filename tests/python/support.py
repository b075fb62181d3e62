# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests share: stores in memory and on file, and a small shop."""

import pathlib
import sys
import tempfile
import unittest

import trato
from trato import Line, Money

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "data" / "online_retail.csv.gz"

NOW = "2011-12-10 00:00"


def gbp(minor):
    return Money(minor, "GBP")


def candles(quantity=1, minor=40):
    """One line of so many candles, each at so many pence."""
    return Line("candle", quantity, gbp(quantity * minor), f"{minor / 100:.2f}")


class StoreCase:
    """A test on a store; see `in_memory_and_on_file`."""

    on_file = False
    settings = {"zone": "Europe/London", "currency": "GBP"}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "shop.trato" if self.on_file else None
        self.store = trato.open(self.path, **self.settings)
        self.addCleanup(lambda: self.store.close())

    def reopen(self):
        """Closes the store on file and opens it again; in memory it stays."""
        if self.on_file:
            self.store.close()
            self.store = trato.open(self.path, mode="open_existing")
        return self.store

    def buy(self, customer, at, *lines, **more):
        lines = list(lines) or [candles()]
        more.setdefault("now", at)
        return self.store.record(customer, "purchase", at=at, lines=lines, **more)

    def raises(self, kind, *parts):
        """Expects an error of exactly this class whose message holds the parts."""
        return _Raises(self, kind, parts)


class _Raises:
    def __init__(self, case, kind, parts):
        self.case, self.kind, self.parts = case, kind, parts
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        self.case.assertIsNotNone(error, f"{self.kind.__name__} was not raised")
        if not isinstance(error, trato.TratoError):
            return False
        self.case.assertIs(kind, self.kind, error)
        for part in self.parts:
            self.case.assertIn(part, error.message)
        self.exception = error
        return True


def in_memory_and_on_file(case):
    """Makes two test classes of one: the same claims hold for both."""
    module = sys.modules[case.__module__]
    for suffix, on_file in (("InMemory", False), ("OnFile", True)):
        name = case.__name__ + suffix
        bases = (case, unittest.TestCase)
        members = {"on_file": on_file, "__module__": case.__module__}
        setattr(module, name, type(name, bases, members))
    return case
