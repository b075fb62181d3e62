# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Suppression lists: who is on one, how old it is, and restoring."""

import os
import tempfile
import unittest

import trato
from support import NOW

KEY = bytes(range(32))


class SuppressionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "shop.trato")
        self.backup = os.path.join(folder.name, "backup.trato")

    def state(self, store, customer, now=NOW):
        return store.consents.test(customer, "marketing", "email", now=now).state

    def test_an_older_backup_is_told_who_objected_since(self):
        with trato.open(self.path, key=KEY) as store:
            for customer in ("shop:1", "shop:2"):
                store.consents.grant(customer, "*", "*", at="2011-01-01", now=NOW)
            store.backup(self.backup)
            store.consents.object("shop:1", at="2011-06-01", now=NOW)
            kept = store.suppressions.export(now=NOW)
        self.assertNotIn("shop", kept)
        with trato.open(self.backup, key=KEY) as store:
            self.assertEqual(self.state(store, "shop:1"), "granted")
            self.assertEqual(
                store.suppressions.import_list("objections", kept, now=NOW), 1)
            self.assertEqual(self.state(store, "shop:1"), "suppressed")
            self.assertEqual(self.state(store, "shop:2"), "granted")
        with trato.open(self.backup, key=KEY) as store:
            self.assertEqual(self.state(store, "shop:1"), "suppressed")
            self.assertEqual(store.suppressions.export(now=NOW), kept)
        with trato.open(self.backup) as store:
            self.assertEqual(self.state(store, "shop:2"), "unchecked")
            with self.assertRaises(trato.FailedPrecondition):
                store.suppressions.import_list("objections", kept, now=NOW)

    def test_a_list_too_old_blocks(self):
        with trato.open(key=KEY) as store:
            store.consents.grant("shop:1", "marketing", "email", at=0, now=NOW)
            store.suppressions.define("robinson", max_age="1mo", now=NOW)
            self.assertEqual(self.state(store, "shop:1"), "unchecked")
            store.suppressions.import_list(
                "robinson", ["shop:9", "phone:123456"], at="2011-12-01", now=NOW)
            self.assertEqual(self.state(store, "shop:1"), "granted")
            self.assertEqual(self.state(store, "shop:1", "2012-01-01"), "unchecked")
            lists = {it.name: it for it in store.suppressions.list(now="2012-01-01")}
            robinson = lists["robinson"]
            self.assertEqual(
                (robinson.entries, robinson.state, robinson.holds_back, robinson.max_age),
                (2, "too old", True, "1mo"),
            )
            self.assertEqual(lists["objections"].state, "never imported")

    def test_mistakes(self):
        with self.assertRaisesRegex(trato.InvalidArgument, "32"):
            trato.open(key=b"short")
        with trato.open(key=KEY) as store:
            digest = store.digest(now=NOW)
            for name, entries, error in (
                ("objection", ["shop:1"], trato.NotFound),
                ("objections", ["shop:1", "nobody"], trato.InvalidArgument),
                ("objections", "trato-suppressions 1\nlist x\n", trato.InvalidArgument),
            ):
                with self.assertRaises(error):
                    store.suppressions.import_list(name, entries, now=NOW)
            with self.assertRaises(trato.InvalidArgument):
                store.suppressions.define("x", max_age="a month", now=NOW)
            self.assertEqual(store.digest(now=NOW), digest)


if __name__ == "__main__":
    unittest.main()
