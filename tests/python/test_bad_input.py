# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What hosts get wrong, and names of all kinds: a clear answer, and nothing half done.

Files of contacts with such things are in test_batches.py; relations to oneself and
circles of parents in test_relations.py.
"""

import json
import unittest

import trato
from support import NOW, StoreCase, in_memory_and_on_file

NAMES = {
    "arabic": "محمد بن سلمان",
    "chinese": "李小龍",
    "basque": "Itziar Etxeberria Ñuñez",
    "emoji": "👩‍👩‍👧 🦊",
    "right to left mark": "\u200fאבגד",
    "combining": "e\u0301".join("abc"),
    "long": "Ä" * 10_000,
}


@in_memory_and_on_file
class NamesTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.store.attributes.define("full_name", str, now=NOW)
        self.store.identifiers.define("nick", unique=True, now=NOW)

    def test_names_of_all_scripts_and_lengths_come_back_as_they_were(self):
        for i, name in enumerate(NAMES.values()):
            self.store.attributes.set(f"crm:{i}", "full_name", name, now=NOW)
        store = self.reopen()
        store.checkpoint()
        for i, name in enumerate(NAMES.values()):
            self.assertEqual(store.customer(f"crm:{i}", now=NOW)["full_name"], name)
            profile = store.customers.read(f"crm:{i}", now=NOW)
            self.assertEqual(profile["full_name"], name)
            data = store.customers.data(f"crm:{i}", now=NOW)
            self.assertIn(name, json.dumps(data, ensure_ascii=False))
            found = store.customers.find(name.split()[0][:60], now=NOW)
            self.assertIn(f"crm:{i}", [it.name for it in found])
        by_name = store.customers.list(sort="full_name", now=NOW).customers
        self.assertEqual(len(by_name), len(NAMES))
        self.assertEqual(
            store.segments.preview(f'customer.full_name == "{NAMES["arabic"]}"',
                                   now=NOW).members, 1)

    def test_identifiers_of_all_scripts_join_and_find(self):
        for i, name in enumerate(NAMES.values()):
            nick = f"nick:{name[:100]}"
            self.store.identifiers.claim(f"crm:{i}", nick, now=NOW)
            self.store.identifiers.claim(f"web:{i}", nick, now=NOW)
        store = self.reopen()
        for i, name in enumerate(NAMES.values()):
            one = store.customers.read(f"nick:{name[:100]}", now=NOW)
            self.assertEqual(sorted(one.records), [f"crm:{i}", f"web:{i}"])

    def test_an_identifier_that_is_too_long_is_refused(self):
        before = self.store.digest(now=NOW)
        for name in ("nick:" + NAMES["long"], "nick:", ":x", "nick", "nick:a\nb",
                     "Nick:a"):
            with self.raises(trato.InvalidArgument, ""):
                self.store.identifiers.claim("crm:1", name, now=NOW)
            with self.raises(trato.InvalidArgument, ""):
                self.store.customers.read(name, now=NOW)
        self.assertEqual(self.store.digest(now=NOW), before)

    def test_an_identifier_of_two_customers_is_told_as_such(self):
        for record in ("crm:1", "crm:2"):
            self.store.identifiers.claim(record, "household:7", now=NOW)
        for ask in (self.store.customers.read, self.store.customers.show,
                    self.store.customers.resolve, self.store.customers.data):
            with self.raises(trato.FailedPrecondition, "several customers"):
                ask("household:7", now=NOW)
        # As is one that only a cannot-link keeps two apart of.
        for record in ("crm:1", "crm:2"):
            self.store.identifiers.claim(record, "nick:x", now=NOW)
        self.store.customers.cannot_link("crm:1", "crm:2", now=NOW)
        with self.raises(trato.FailedPrecondition, "several customers"):
            self.store.customers.read("nick:x", now=NOW)


if __name__ == "__main__":
    unittest.main()
