# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Taking a person out."""

import os
import tempfile
import unittest

import trato
from support import NOW, StoreCase, in_memory_and_on_file


@in_memory_and_on_file
class ErasureTest(StoreCase):
    def test_everything_about_her_is_gone_and_nothing_of_others(self):
        store = self.store
        self.buy("shop:ada", "2011-01-01")
        self.buy("shop:bob", "2011-01-01")
        store.identifiers.claim("shop:ada", "email:ada@example.org", now=NOW)
        before = store.timeline("shop:bob", now=NOW)
        bob = [entry.fact for entry in before]
        done = store.erase("email:ada@example.org", reason="asked", now=NOW)
        self.assertEqual((done.records, done.facts, done.interactions), (1, 2, 1))
        self.assertTrue(done.purged)
        store = self.reopen()
        for name in ("shop:ada", "email:ada@example.org"):
            with self.assertRaises(trato.NotFound):
                store.customer(name, now=NOW)
        self.assertEqual([it.fact for it in store.timeline("shop:bob", now=NOW)], bob)
        self.buy("shop:ada", "2011-02-01")
        self.assertEqual(len(list(store.timeline("shop:ada", now=NOW))), 1)

    def test_an_objection_outlives_her(self):
        store = self.store
        for who in ("ada", "bob"):
            self.buy(f"shop:{who}", "2011-01-01")
            store.identifiers.claim(f"shop:{who}", f"email:{who}@example.org", now=NOW)
        store.consents.object("shop:ada", now=NOW)
        for who in ("ada", "bob"):
            store.erase(f"shop:{who}", now=NOW)
        store = self.reopen()
        for who in ("ada", "bob"):  # they come back under other names
            store.identifiers.claim(f"web:{who}", f"email:{who}@example.org", now=NOW)
            store.consents.grant(f"web:{who}", "marketing", "email", now=NOW)
        allowed = [
            bool(store.consents.test(f"web:{who}", "marketing", "email", now=NOW))
            for who in ("ada", "bob")
        ]
        self.assertEqual(allowed, [False, True])

    def test_nobody_to_erase(self):
        with self.assertRaises(trato.NotFound):
            self.store.erase("shop:nobody", now=NOW)


class BackupTest(unittest.TestCase):
    def test_a_copy_from_before_forgets_her_too(self):
        with tempfile.TemporaryDirectory() as folder:
            path, copy = os.path.join(folder, "a"), os.path.join(folder, "b")
            with trato.open(path) as store:
                store.record("shop:ada", "visit", at="2011-01-01", now=NOW)
                store.backup(copy)
                done = store.erase("shop:ada", now=NOW)
                listed = store.erasures()
                self.assertIn(done.id, listed)
                self.assertEqual(store.verify(rebuild=True).erasures, 1)
            with trato.open(copy, erasures=listed) as store:
                with self.assertRaises(trato.NotFound):
                    store.customer("shop:ada", now=NOW)
                self.assertEqual(store.erasures(), listed)
            with self.assertRaises(trato.InvalidArgument):
                trato.open(copy, erasures="no list")


if __name__ == "__main__":
    unittest.main()
