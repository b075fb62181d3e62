# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Cohorts: of random purchases against a count of its own, and of the whole shop."""

import collections
import csv
import datetime
import gzip
import os
import pathlib
import random
import unittest

from trato import InvalidArgument, value


def counted(rows, period, end):
    """By the period of the first purchase: who purchased in each one since."""
    def index(at):
        if period == "week":
            return (at.date().toordinal() - 1) // 7
        return {
            "month": at.year * 12 + at.month - 1,
            "quarter": at.year * 4 + (at.month - 1) // 3,
            "year": at.year,
        }[period]

    first, periods = {}, collections.defaultdict(set)
    for who, at, _ in sorted(rows, key=lambda row: row[1]):
        first.setdefault(who, index(at))
        periods[who].add(index(at))
    table = collections.defaultdict(lambda: collections.Counter())
    for who, start in first.items():
        for it in periods[who]:
            table[start][it - start] += 1
    last = index(end)
    return [
        [table[start][i] for i in range(last - start + 1)] for start in sorted(table)
    ]


class Cohorts(unittest.TestCase):
    def test_random_purchases(self):
        draw = random.Random(4)
        start = datetime.datetime(2019, 11, 3)
        rows = []
        for who in range(200):
            at = start + datetime.timedelta(days=draw.uniform(0, 300))
            for _ in range(draw.randint(1, 8)):
                rows.append((f"c{who}", at, draw.randrange(1, 100)))
                at += datetime.timedelta(days=draw.expovariate(1 / 40))
        end = max(at for _, at, _ in rows)
        draw.shuffle(rows)
        table = {
            "customer": [it[0] for it in rows],
            "at": [it[1] for it in rows],
            "amount": [float(it[2]) for it in rows],
        }
        purchases = value.summarise(table)
        for period in ("month", "week", "quarter", "year"):
            found = purchases.cohorts(period)
            self.assertEqual(
                [list(it.active) for it in found.cohorts], counted(rows, period, end)
            )
            for it in found.cohorts:
                self.assertEqual(it.active[0], it.customers)
                self.assertEqual(it.retention[0], 1.0)
            self.assertEqual(
                sum(sum(it.orders) for it in found.cohorts), len(rows)
            )
            self.assertAlmostEqual(
                sum(sum(it.amount) for it in found.cohorts),
                sum(it[2] for it in rows),
            )
            for share, low, high in found.retention:
                self.assertLessEqual(low, share + 1e-12)
                self.assertLessEqual(share, high + 1e-12)
        with self.assertRaises(InvalidArgument):
            purchases.cohorts("day")

    def test_the_whole_shop(self):
        folder = os.environ.get("TRATO_TEST_DATA")
        if not folder:
            self.skipTest("TRATO_TEST_DATA is not set: the whole shop is not there")
        files = sorted((pathlib.Path(folder) / "online_retail_1").glob("*.csv.gz"))
        if not files:
            self.skipTest("online_retail_1 is not in TRATO_TEST_DATA")
        customer, at, amount = [], [], []
        for path in files:
            with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
                for row in csv.DictReader(file):
                    who = row.get("CustomerID") or row.get("Customer ID") or ""
                    price = row.get("UnitPrice") or row.get("Price")
                    if not who or int(row["Quantity"]) <= 0 or float(price) <= 0:
                        continue
                    customer.append(who)
                    at.append(row["InvoiceDate"])
                    amount.append(int(row["Quantity"]) * float(price))
        found = value.summarise(
            {"customer": customer, "at": [read(it) for it in at], "amount": amount},
            end="2011-12-10",
        ).cohorts()
        first = found.cohorts[0]
        self.assertEqual((first.start, first.customers), ("2010-12", 885))
        self.assertEqual(
            first.active,
            (885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235),
        )
        self.assertEqual(sum(it.customers for it in found.cohorts), 4338)


def read(text):
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M",
                 "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"):
        try:
            return datetime.datetime.strptime(text, form)
        except ValueError:
            pass
    raise ValueError(text)


if __name__ == "__main__":
    unittest.main()
