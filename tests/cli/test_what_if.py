#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""trato what-if: other commands change a fork, and the store stays as it is."""

import json
import os
import unittest

from test_cli import CliTest


class WhatIf(CliTest):
    def setUp(self):
        super().setUp()
        self.shop = os.path.join(self.folder, "shop.trato")
        self.ok("init", self.shop, "--zone", "UTC", "--currency", "GBP")
        for name in "12":
            self.ok("record", self.shop, f"shop:{name}", "visit",
                    "--at", "2011-11-01", "--now", "2011-11-01")
        self.ok("offer", "define", self.shop, "tea", "--value", "5",
                "--product", "candle", "--now", "2011-11-01")
        for day in ("10", "11", "12"):
            for name in "12":
                self.ok("decide", self.shop, f"shop:{name}", "--now", f"2011-11-{day}")

    def test_a_cap_that_was_not_there(self):
        before = self.ok("digest", self.shop, "--now", "2011-12-01")
        change = f"policy define {self.shop} calm --at-most 1 --within 7d"
        text = self.ok("what-if", self.shop, "--change", change, "--rows")
        self.assertIn("4 of 6 decisions would have come out otherwise", text)
        self.assertIn("nothing instead of something for 2 customers", text)
        found = json.loads(
            self.ok("what-if", self.shop, "--change", change, "--json"))
        self.assertEqual(found["total"]["then"]["contacts"], 6)
        self.assertEqual(found["total"]["now"]["contacts"], 2)
        self.assertEqual(self.ok("digest", self.shop, "--now", "2011-12-01"), before)

    def test_changes_from_a_file_and_mistakes(self):
        path = os.path.join(self.folder, "changes.txt")
        with open(path, "w") as file:
            file.write(f"# gentler\n\npolicy define {self.shop} calm "
                       "--at-most 2 --within 7d\n")
        text = self.ok("what-if", self.shop, "--changes", path)
        self.assertIn("2 of 6 decisions", text)
        self.assertIn("nobody would have been offered anything else",
                      self.ok("what-if", self.shop))
        for change, says in (
                ("policy define other.trato calm --at-most 1", "not to other.trato"),
                ("frobnicate", "--change \"frobnicate\""),
                (f"policy define {self.shop} calm --at-most 1", "within")):
            self.assertIn(says, self.fails("what-if", self.shop, "--change", change))


if __name__ == "__main__":
    unittest.main()
