# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Finding customers as people type. Ranks and order: tests/property."""

import unittest

import trato
from support import NOW, StoreCase, in_memory_and_on_file


@in_memory_and_on_file
class FindingTest(StoreCase):
    def setUp(self):
        super().setUp()
        put = self.store.attributes
        put.define("full_name", str, now=NOW)
        put.define("motto", str, now=NOW)
        put.set("shop:1", "full_name", "José Ibáñez", at="2011-01-01", now=NOW)
        put.set("shop:2", "full_name", "محمد", at="2011-01-02", now=NOW)
        put.set("shop:3", "full_name", "王小明", at="2011-01-03", now=NOW)
        put.set("shop:3", "motto", "amor fati", at="2011-01-03", now=NOW)
        put.set("shop:4", "full_name", "n" * 10_000, at="2011-01-04", now=NOW)
        self.store.identifiers.claim("shop:1", "mobile:+34 600 11 22 33", now=NOW)

    def names(self, text, **more):
        more.setdefault("now", NOW)
        found = self.reopen().customers.find(text, **more)
        return [customer.name for customer in found]

    def test_a_customer_is_found_as_people_type(self):
        for text in ("jose", "ibanez JO", "Ibañez", "112233", "+34600112233"):
            self.assertEqual(self.names(text), ["shop:1"], text)
        self.assertEqual(self.names("م"), ["shop:2"])
        self.assertEqual(self.names("小明"), ["shop:3"])
        self.assertEqual(self.names("nnnnn"), ["shop:4"])
        self.assertEqual(self.names(" "), [])

    def test_what_was_found_says_where(self):
        (found,) = self.store.customers.find("ibañ", now=NOW)
        self.assertIsInstance(found, trato.FoundCustomer)
        self.assertEqual(found.id, self.store.customer("shop:1", now=NOW).id)
        self.assertEqual(found.rank, "prefix")
        self.assertEqual((found.field, found.value), ("full_name", "José Ibáñez"))
        self.assertNotIn("José", repr(found))

    def test_a_limit(self):
        self.assertEqual(len(self.names("1 2".split()[0])), 1)
        for i in range(20):
            self.store.record(f"crm:77{i}", "visit", at="2011-02-01", now=NOW)
        self.assertEqual(len(self.names("77")), 10)
        self.assertEqual(len(self.names("77", limit=100)), 20)
        self.assertEqual(self.names("77", limit=0), [])
        with self.raises(trato.OutOfRange):
            self.store.customers.find("77", limit=-1)
        with self.raises(trato.InvalidArgument, "limit"):
            self.store.customers.find("77", limit=1001)

    def test_a_definition_says_how_people_look(self):
        self.assertEqual(self.names("amor"), [])
        self.store.attributes.define_search("motto", "text", now=NOW)
        self.assertEqual(self.names("amor"), ["shop:3"])
        self.store.identifiers.define_search("mobile", "not", now=NOW)
        self.assertEqual(self.names("112233"), [])
        with self.raises(trato.InvalidArgument, "search"):
            self.store.attributes.define_search("motto", "often", now=NOW)
        with self.raises(trato.NotFound, "motto"):
            self.store.attributes.define_search("moto", "text", now=NOW)

    def test_the_past_is_found_as_it_was(self):
        self.store.attributes.set(
            "shop:1", "full_name", "Pepe", at="2011-06-01", now=NOW)
        with self.store.as_of("2011-03-01") as past:
            self.assertEqual(
                [c.name for c in past.customers.find("ibanez")], ["shop:1"])
            self.assertEqual(past.customers.find("pepe"), ())
        self.assertEqual(self.names("ibanez"), [])


if __name__ == "__main__":
    unittest.main()
