# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Customers in an order, part by part, against sorting all of them."""

import random
import unittest

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file

NAMES = ["Ábel", "abel", "Zoë", "zita", "Ñandu", "nadia", "", "王", "O'Neil"]


@in_memory_and_on_file
class ListingTest(StoreCase):
    def setUp(self):
        super().setUp()
        put = self.store.attributes
        put.define("full_name", str, now=NOW)
        put.define("points", int, now=NOW)
        put.define("credit", trato.Money, now=NOW)
        put.define("ratio", float, now=NOW)
        put.define("vip", bool, now=NOW)
        put.define("name", str, now=NOW)

    def fill(self, count=60):
        """(name, points or None) of customers, known from different days."""
        rng = random.Random(7)
        self.told = {}
        for i in range(count):
            name, at = f"shop:{i}", f"2011-0{1 + i % 9}-1{i % 7}"
            points = rng.choice([None, -5, 0, 3, 3, 10**12])
            self.store.record(name, "visit", at=at, now=NOW)
            if points is not None:
                self.store.attributes.set(name, "points", points, at=at, now=NOW)
            self.told[name] = points

    def id(self, name):
        return self.store.customer(name, now=NOW).id

    def parts(self, limit, **how):
        """The names of all parts."""
        names, cursor = [], None
        while True:
            page = self.store.customers.list(
                limit=limit, cursor=cursor, now=NOW, **how)
            self.assertLessEqual(len(page.customers), limit)
            names += [customer.name for customer in page.customers]
            cursor = page.next
            if cursor is None:
                return names

    def test_the_order_is_that_of_the_value_and_then_of_the_public_id(self):
        self.fill()
        self.reopen()
        known = [n for n, points in self.told.items() if points is not None]
        others = [n for n, points in self.told.items() if points is None]
        others.sort(key=self.id)
        up = sorted(known, key=lambda n: (self.told[n], self.id(n))) + others
        down = sorted(known, key=lambda n: (-self.told[n], self.id(n))) + others
        for limit in (1, 7, 60, 1000):
            self.assertEqual(self.parts(limit, sort="points"), up, limit)
            self.assertEqual(
                self.parts(limit, sort="points", descending=True), down, limit)
        by_id = sorted(self.told, key=self.id)
        self.assertEqual(self.parts(9), by_id)
        self.assertEqual(self.parts(9, sort="id", descending=True), by_id[::-1])
        each = [c.name for c in self.store.customers.each(sort="points", now=NOW)]
        self.assertEqual(each, up)
        table = [row["customer"] for row in self.store.customers(
            sort="points", now=NOW)]
        self.assertEqual(table, up)
        table = self.store.customers(sort="points", descending=True, limit=5, now=NOW)
        self.assertEqual([row["customer"] for row in table], down[:5])

    def test_a_filter(self):
        self.fill()
        rich = [n for n, points in self.told.items() if points and points > 3]
        self.assertEqual(
            self.parts(4, filter="customer.points > 3"), sorted(rich, key=self.id))
        table = self.store.customers(filter="customer.points > 3", now=NOW)
        self.assertEqual(len(list(table)), len(rich))
        with self.raises(trato.InvalidArgument) as caught:
            self.store.customers.list(filter="customer.pints > 3", now=NOW)
        self.assertEqual(caught.exception.line, 1)

    def test_values_of_each_type_are_told(self):
        put = self.store.attributes
        for name, value in (("full_name", "Ada"), ("credit", gbp(250)),
                            ("ratio", 0.5), ("vip", True)):
            put.set("shop:1", name, value, at="2011-05-01", now=NOW)
            (row,) = self.store.customers.list(sort=name, now=NOW).customers
            self.assertEqual(row.value, value)
            self.assertIs(type(row.value), type(value))
        (row,) = self.store.customers.list(sort="created", now=NOW).customers
        self.assertEqual(row.value.isoformat(), "2011-04-30T23:00:00+00:00")
        (row,) = self.store.customers.list(sort="last_interaction", now=NOW).customers
        self.assertIsNone(row.value)
        self.store.record("shop:1", "visit", at="2011-06-01", now=NOW)
        self.store.record("shop:1", "visit", at="2011-05-02", now=NOW)
        self.store.record("shop:1", "visit", at="2012-06-01", now=NOW)  # ahead
        (row,) = self.store.customers.list(sort="last_interaction", now=NOW).customers
        self.assertEqual(row.value.isoformat(), "2011-05-31T23:00:00+00:00")

    def test_text_is_in_the_order_of_a_dictionary(self):
        for i, name in enumerate(NAMES):
            self.store.attributes.set(f"shop:{i}", "full_name", name, now=NOW)
        rows = self.store.customers.list(sort="full_name", now=NOW).customers
        got = [row.value for row in rows]
        self.assertEqual(got[0], "")
        self.assertEqual(set(got[1:3]), {"Ábel", "abel"})
        self.assertEqual(got[3:], ["nadia", "Ñandu", "O'Neil", "zita", "Zoë", "王"])

    def test_an_attribute_with_the_name_of_something_else(self):
        self.store.attributes.set("shop:1", "name", "b", now=NOW)
        self.store.attributes.set("shop:2", "name", "a", now=NOW)
        self.assertEqual(self.parts(9, sort="name"), ["shop:1", "shop:2"])
        self.assertEqual(self.parts(9, sort="attribute.name"), ["shop:2", "shop:1"])

    def test_who_does_not_change_is_listed_once_while_others_write(self):
        self.fill()
        rng = random.Random(3)
        seen, cursor, touched = [], None, set()
        while True:
            page = self.store.customers.list(
                sort="points", limit=5, cursor=cursor, now=NOW)
            seen += [customer.name for customer in page.customers]
            cursor = page.next
            if cursor is None:
                break
            for name in rng.sample(sorted(self.told), 3):
                self.store.attributes.set(name, "points", rng.randrange(100), now=NOW)
                touched.add(name)
            self.store.record(f"new:{len(seen)}", "visit", at="2011-01-01", now=NOW)
        still = [name for name in self.told if name not in touched]
        self.assertGreater(len(still), 5)
        for name in still:
            self.assertEqual(seen.count(name), 1, name)

    def test_linked_records_are_one_row(self):
        self.fill(4)
        self.store.link("shop:1", "shop:2", now=NOW)
        self.assertEqual(len(self.parts(10, sort="points")), 3)
        self.store.unlink("shop:1", "shop:2", now=NOW)
        self.assertEqual(len(self.parts(10, sort="points")), 4)

    def test_bad_input(self):
        self.fill()
        page = self.store.customers.list(sort="points", limit=5, now=NOW)
        cursor = page.next
        for bad in ("x", cursor[:-8], cursor + "AAAA", "é", cursor[:20], "AQ" * 300):
            with self.raises(trato.InvalidArgument, "cursor"):
                self.store.customers.list(sort="points", cursor=bad, now=NOW)
        for how in ({"sort": "ratio"}, {"sort": "points", "descending": True},
                    {"sort": "points", "filter": "true"}):
            with self.raises(trato.InvalidArgument, "another sort"):
                self.store.customers.list(cursor=cursor, now=NOW, **how)
        with self.raises(trato.NotFound, "did you mean 'points'"):
            self.store.customers.list(sort="point", now=NOW)
        with self.raises(trato.InvalidArgument, "limit"):
            self.store.customers.list(limit=10_001, now=NOW)
        with self.raises(trato.OutOfRange, "limit"):
            self.store.customers.list(limit=0, now=NOW)
        self.assertEqual(trato.open().customers.list().customers, ())


if __name__ == "__main__":
    unittest.main()
