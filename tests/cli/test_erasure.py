#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on erasing: the person, the receipt, the list for backups."""

import json
import shutil
import unittest

from test_cli import NOW, CliTest


class ErasureTest(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        for who in ("shop:ada", "shop:bob"):
            self.ok("record", self.store, who, "visit", "--at", "2011-01-01",
                    "--now", NOW)

    def erase(self, *options):
        return self.ok("erase", self.store, "shop:ada", "--yes", "--now", NOW,
                       *options)

    def test_it_takes_a_yes(self):
        complaint = self.fails("erase", self.store, "shop:ada", "--now", NOW)
        self.assertIn("--yes", complaint)
        self.ok("customer", "show", self.store, "shop:ada", "--now", NOW)

    def test_erase(self):
        text = self.erase("--reason", "asked")
        self.assertIn("erased · 1 record · 1 fact · erasure ", text)
        self.assertIn("trato erasures", text)
        self.fails("customer", "show", self.store, "shop:ada", "--now", NOW)
        self.ok("customer", "show", self.store, "shop:bob", "--now", NOW)
        self.assertIn("erasures", self.ok("verify", self.store))
        with open(self.store, "rb") as file:
            self.assertNotIn(b"shop:ada", file.read())

    def test_json(self):
        receipt = json.loads(self.erase("--json"))
        self.assertEqual((receipt["records"], receipt["facts"],
                          receipt["interactions"], receipt["purged"]),
                         (1, 1, 1, True))

    def test_a_backup_is_told(self):
        copy = str(self.folder / "copy.trato")
        shutil.copy(self.store, copy)
        self.erase()
        listed = self.ok("erasures", self.store)
        self.assertTrue(listed.startswith("trato-erasures 1\n"), listed)
        self.assertEqual(listed.count("\n"), 2)
        path = self.file("shop.erasures", listed.encode())
        text = self.ok("erasures", copy, "--apply", path)
        self.assertIn("1 erasure", text)
        self.fails("customer", "show", copy, "shop:ada", "--now", NOW)
        self.assertEqual(self.ok("erasures", copy), listed)
        self.assertIn("erasures: line 1", self.fails(
            "erasures", copy, "--apply", self.file("bad", b"nothing")))


if __name__ == "__main__":
    unittest.main()
