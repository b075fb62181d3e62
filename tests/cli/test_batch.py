#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on contacts and batches."""

import json
import unittest

from test_cli import NOW, CliTest

TEXT = "Email,City,Birthday,Zzz\na@b,Leeds,00/00/0000,1\n,York,,\nc@d,Hull,,\n"


class Batches(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        self.text = self.file("people.csv", TEXT.encode())

    def contacts(self, *options):
        return self.ok("import", self.store, self.text, "--as", "contacts",
                       "--now", NOW, *options)

    def batches(self):
        return json.loads(self.ok("batch", "list", self.store, "--json"))

    def test_preview_import_list_and_retract(self):
        digest = self.ok("digest", self.store, "--now", NOW)
        text = self.contacts("--dry-run")
        self.assertIn("would add 2 new, 0 changed", text)
        self.assertRegex(text, "Email +→ identifier.email +overwrite +2")
        self.assertRegex(text, "Zzz +not read: not known")
        self.assertIn("would refuse 1 row", text)
        self.assertRegex(text, "column 'Birthday' is no date.* line 2")
        self.assertEqual(self.batches(), [])
        self.assertEqual(self.ok("digest", self.store, "--now", NOW), digest)
        self.assertIn("added 2 new", self.contacts("--batch", "spring",
                                                   "--actor", "ada"))
        text = self.ok("batch", "list", self.store)
        self.assertRegex(text, "spring +contacts +ada ")
        text = self.ok("batch", "retract", self.store, "spring", "--dry-run",
                       "--now", NOW)
        self.assertIn("would take back", text)
        text = self.ok("batch", "retract", self.store, "spring", "--reason",
                       "wrong file", "--now", NOW)
        self.assertIn("0 of 2 customers stay", text)
        self.assertEqual(self.ok("digest", self.store, "--now", NOW), digest)
        self.assertEqual(self.batches()[0]["reason"], "wrong file")
        self.assertIn("no batch", self.fails("batch", "retract", self.store,
                                             "summer", "--now", NOW))

    def test_a_column_by_choice(self):
        text = self.contacts("--column", "Zzz=shoe_size:fill_blank", "--column",
                             "City=:never")
        self.assertRegex(text, "Zzz +→ shoe_size +fill_blank +1")
        self.assertIn("never, as was asked", text)
        for bad in ("Zzz", "=x", "City=:maybe"):
            self.fails("import", self.store, self.text, "--as", "contacts",
                       "--column", bad, "--now", NOW)

    def test_orders_are_a_batch_too(self):
        self.import_rows()
        (batch,) = self.batches()
        self.assertTrue(batch["batch"].startswith("orders "))
        self.assertGreater(batch["interactions"], 0)
        self.ok("batch", "retract", self.store, batch["batch"], "--now", NOW)
        self.assertEqual(self.info()["customers"], 0)


if __name__ == "__main__":
    unittest.main()
