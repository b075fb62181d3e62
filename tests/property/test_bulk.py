# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A table that goes straight into blocks is what the same rows are in the journal."""

import os
import unittest

import answers
import calls
import harness
import trato
from histories import CHANNELS, PRODUCTS, TYPES
from oracle import DAY, SECOND
from trato import Line, Money

# From 10,000 rows on a table is packed at once; parts of fewer are journaled.
ROWS = 11000
PART = 4000
START = 1_300_000_000 * SECOND


class Table:
    """Rows of a few customers or of many, with what tables may have."""

    def __init__(self, rng):
        self.rng = rng
        self.customers = rng.choice([2, 300, 6000])
        self.keys = rng.choice(["none", "numbers", "texts", "some"])
        self.lines, self.fields, self.replies = (rng.random() < 0.4 for _ in range(3))
        self.amounts = rng.choice([0, 10**4, 2**31, 2**62])
        self.currencies = rng.choice([["EUR"], ["EUR", "JPY", "GBP"]])
        self.step = rng.choice([0, 1, SECOND, DAY // 100])
        self.rows = [self.row(i) for i in range(ROWS)]
        if self.keys != "none":
            for _ in range(ROWS // 100):
                again = rng.choice([row for row in self.rows[:500] if row["key"]])
                self.rows.insert(rng.randrange(500, len(self.rows)), dict(again))

    def row(self, number):
        rng = self.rng
        # The first one has most.
        who = rng.randrange(self.customers) if rng.random() < 0.7 else 0
        late = rng.randrange(30 * DAY) if rng.random() < 0.05 else 0
        row = {
            "customer": f"shop:{who}",
            "at": START + number * self.step - late,
            "type": rng.choice(TYPES),
            "channel": rng.choice(CHANNELS) or None,
            "direction": rng.choice(["inbound", "outbound", None]),
            "currency": rng.choice(self.currencies),
            "amount_minor": rng.randint(-self.amounts, self.amounts),
        }
        if self.keys == "numbers":
            row["key"] = str(number * 7919)
        elif self.keys == "texts":
            row["key"] = rng.choice(["x", "000", "order ä "]) + str(number) + "."
        elif self.keys == "some":
            row["key"] = rng.choice([None, "", f"k{number}", str(number)])
        if self.lines:
            row["lines"] = []
            for _ in range(rng.choice([0, 0, 1, 3])):
                amount = Money(rng.randint(-500, 500), row["currency"])
                row["lines"].append(Line(rng.choice(PRODUCTS), rng.randint(-3, 3), amount))
            if row["lines"]:
                row["amount_minor"] = 0
        if self.fields and rng.random() < 0.5:
            row["points"] = rng.randrange(5)
            row["code"] = rng.choice(["", "ES", "日本"])
        if self.replies and rng.random() < 0.1:
            row["reply_to"] = rng.randbytes(16).hex()
        return row

    def names(self):
        some = {row["customer"] for row in self.rng.sample(self.rows, 12)}
        return sorted(some | {"shop:0"})


class TablesArePacked(harness.PropertyCase):
    def open(self, rng, file_name):
        path = self.path(file_name) if rng.random() < 0.8 else None
        store = calls.open_store(
            path, zone="UTC", currency="EUR", memory_limit=rng.choice([0, 1]),
            threads=rng.choice([None, calls.Threads(2)]),
        )  # fmt: skip
        for name, kind in (("points", "int"), ("code", "string")):
            store.attributes.define(name, kind, of="interaction", now=0)
        return path, store

    def test_as_rows_are_journaled(self):
        for rng in self.each_round(4):
            table = Table(rng)
            before = rng.choice([0, 100, 3000])
            about = {name: it for name, it in vars(table).items() if name != "rows"}
            found = []
            for parts in (False, True):
                path, store = self.open(rng, "store.trato")
                size = PART if parts else len(table.rows)
                added = 0
                if before:
                    rows = table.rows[:before]
                    added = store.append_interactions(rows, now=harness.NOW).added
                # What is there already comes again where it has a key.
                first = 0 if table.keys in ("numbers", "texts") else before
                for begin in range(first, len(table.rows), size):
                    rows = table.rows[begin : begin + size]
                    done = store.append_interactions(rows, now=harness.NOW)
                    self.check("rows", done.added + done.known, len(rows), about)
                    added += done.added
                names = table.names() if not found else found[0][1]
                said = answers.everything(store, names, [harness.NOW, START + DAY])
                found.append((added, names, said))
                self.refuse(rng, store, table, about)
                self.check("nothing", calls.digest(store, harness.NOW),
                           said[f"digest at {harness.NOW}"], about)  # fmt: skip
                self.verify(store, path, about)
                if path:
                    store.close()
                    store = calls.open_store(path, "open_existing")
                    self.check("reopened", calls.digest(store, harness.NOW),
                               said[f"digest at {harness.NOW}"], about)  # fmt: skip
                    calls.checkpoint(store)
                    self.verify(store, path, about)
                if not parts:
                    self.copy(rng, store, said, about)
                store.close()
                if path:
                    os.remove(path)
            self.check("added", found[0][0], found[1][0], about)
            for question, answer in found[0][2].items():
                self.check("answers", found[1][2][question], answer, question, about)

    def verify(self, store, path, about):
        if path:
            report = calls.verify(store, calls.head(store))
            self.check("damage", report["damage"], [], about)

    def copy(self, rng, store, said, about):
        """What a store exports, with names by dictionary, goes in again."""
        _, other = self.open(rng, "other.trato")
        with other:
            other.append_interactions(store.interactions(now=harness.NOW), now=harness.NOW)
            self.check("copied", calls.digest(other, harness.NOW),
                       said[f"digest at {harness.NOW}"], about)  # fmt: skip
        if os.path.exists(self.path("other.trato")):
            os.remove(self.path("other.trato"))

    def refuse(self, rng, store, table, about):
        """Tables with one bad row, or that are cancelled, leave nothing behind."""
        rows = [dict(row, key=None, customer=f"new:{i}") for i, row in enumerate(table.rows)]
        bad = rng.randrange(len(rows))

        def refused(error, rows, place, **options):
            with self.assertRaises(error) as caught:
                store.append_interactions(rows, now=harness.NOW, **options)
            self.check("rows named", f"row {place}" in str(caught.exception), True,
                       str(caught.exception), about)  # fmt: skip

        for name, value, error in (
            ("type", "no such type", trato.NotFound),
            ("customer", "nobody", trato.InvalidArgument),
            ("currency", "XXY", trato.InvalidArgument),
        ):
            refused(error, [*rows[:bad], dict(rows[bad], **{name: value}), *rows[bad + 1 :]], bad)
        keyed = [dict(row, key=f"again {i}") for i, row in enumerate(rows)]
        other = dict(keyed[bad], at=keyed[bad]["at"] + 1)
        refused(trato.AlreadyExists, [*keyed, other], len(keyed))
        known = next((row for row in table.rows[:500] if row.get("key")), None)
        if known:
            wrong = [*rows, dict(known, type="visit", at=known["at"] + 1)]
            refused(trato.AlreadyExists, wrong, len(rows))
        with self.assertRaises(trato.Cancelled):
            store.append_interactions(rows, now=harness.NOW, progress=lambda done, total: False)
        with self.assertRaises(trato.NotFound):
            store.customer("new:1", now=harness.NOW)
        tried = store.append_interactions(rows, now=harness.NOW, dry_run=True)
        self.check("dry runs", tried.added, len(rows), about)


if __name__ == "__main__":
    unittest.main()
