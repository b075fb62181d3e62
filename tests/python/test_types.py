# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The types: the package and a program that uses it pass mypy --strict."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import trato

PROGRAM = """\
import datetime
from decimal import Decimal
import trato

with trato.open(currency="GBP", mode="create_new") as store:
    line = trato.Line("candle", "1.5", store.money(Decimal("0.60")), "0.40")
    fact: str = store.record("shop:1", "purchase", lines=[line], now=0)
    store.attributes.define("born", datetime.datetime)
    loyal = store.segments.define("loyal", "true")
    half: float = loyal.count(now="2011-12-10") / 2
    names: list[str] = [member.name for member in loyal.members()]
    for entry in store.timeline("shop:1", now=datetime.date(2011, 12, 10)):
        total: int = sum(line.amount.minor for line in entry.lines)
    report = store.import_orders("sales.csv", progress=lambda done, total: done < 9)
    done: int = store.append_interactions([{"customer": "shop:1"}]).added
    store.append_customers({"customer": ["shop:1"]}, columns={"at": "since"})
    rows: list[dict[str, object]] = [dict(row) for row in store.interactions()]
    store.append_interactions(store.interactions(["shop:1"], after="2011-12-10"))
    store.correct("shop:1", fact, "visit", at=0, reason="so it was")
    good: bool = store.verify(head=store.head(), progress=print).ok
    past: trato.Store = store.as_of("2011-12-10", known_at=3)
    amounts: tuple[trato.Money, ...] = store.info().interactions["visit"].amounts
"""

MISTAKES = """\
import trato
store = trato.open(mode="r")
store.record("shop:1", "visit", amount=1.5)
store.record("shop:1", "visit", durability="maybe")
trato.Line("candle", 1.5, trato.Money(1, "GBP"))
store.outcome("0" * 32, "loved")
store.correct("shop:1", "0" * 32, "visit")
store.append_interactions("sales.csv")
store.verify(head="7:00")
"""


@unittest.skipIf(importlib.util.find_spec("mypy") is None, "mypy is not installed")
class TypeTest(unittest.TestCase):
    def check(self, *what):
        with tempfile.TemporaryDirectory() as cache:
            environment = dict(os.environ)
            package = pathlib.Path(trato.__file__).resolve().parent
            environment["MYPYPATH"] = str(package.parent)
            command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache]
            return subprocess.run(
                [*command, *what], env=environment, capture_output=True, text=True
            )

    def test_the_package_and_a_program_pass(self):
        done = self.check("-p", "trato")
        self.assertEqual(done.returncode, 0, done.stdout)
        done = self.check("-c", PROGRAM)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_each_mistake_is_found(self):
        done = self.check("-c", MISTAKES)
        for line in range(2, 10):
            self.assertIn(f"<string>:{line}: error", done.stdout)


if __name__ == "__main__":
    unittest.main()
