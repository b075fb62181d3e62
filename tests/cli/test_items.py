#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What goes with what, learners that serve, and what is scarce, in the shell."""

import json
import os
import unittest

from test_cli import CliTest

NOW = ("--now", "2011-12-10")


class Shop(CliTest):
    """Twenty customers: whoever has tea has a cup, and half a lamp instead."""

    def setUp(self):
        super().setUp()
        self.shop = os.path.join(self.folder, "shop.trato")
        self.ok("init", self.shop, "--zone", "UTC", "--currency", "GBP")
        for number in range(20):
            lines = ["tea", "cup"] if number % 2 == 0 else ["lamp"]
            self.ok("record", self.shop, f"shop:{number}", "purchase",
                    *(word for it in lines for word in ("--line", f"{it}:1:2.00")),
                    "--at", "2011-11-01", "--now", "2011-11-01")

    def json(self, *arguments):
        return json.loads(self.ok(*arguments, "--json"))

    def test_items(self):
        shown = self.ok("items", "related", self.shop, "tea", *NOW)
        self.assertRegex(shown, r"cup +21.3 +10.0 +5.0 +100")
        (row,) = self.json("items", "related", self.shop, "tea", *NOW)
        self.assertEqual((row["item"], row["support"]), ("cup", 10))
        self.assertEqual(
            len(self.json("items", "table", self.shop, *NOW)), 2)
        self.ok("record", self.shop, "shop:1", "purchase", "--line", "cup:1:2.00",
                "--at", "2011-12-01", "--now", "2011-12-01")
        (row,) = self.json("items", "also-bought", self.shop, "shop:1", *NOW)
        self.assertEqual((row["item"], row["because"]), ("tea", "cup"))
        self.assertIn("nothing is related", self.ok(
            "items", "also-bought", self.shop, "shop:3", *NOW))
        self.assertIn("'bag'", self.fails("items", "related", self.shop, "bag", *NOW))
        for option, wrong in (("--kind", "beside"), ("--top", "x"),
                              ("--half-life", "soon")):
            self.assertIn(option[2:].replace("-", "_")[:4], self.fails(
                "items", "table", self.shop, option, wrong, *NOW))

    def test_a_score_of_items(self):
        self.ok("items", "define-score", self.shop, "suits tea", "tea", *NOW)
        self.ok("offer", "define", self.shop, "more", "--value", "5", "--product",
                "tea", "--when", 'score("suits tea") > 1.0', *NOW)
        self.assertIn("more", self.ok("match", self.shop, "shop:0", *NOW))
        self.assertNotIn("more", self.ok("match", self.shop, "shop:1", *NOW))

    def test_learners(self):
        self.ok("offer", "define", self.shop, "more", "--value", "5", "--product",
                "tea", *NOW)
        self.ok("learn", "define", self.shop, "all", *NOW)
        self.assertIn("all", self.ok("learn", "list", self.shop, *NOW))
        self.assertIn("more", self.ok("learn", "show", self.shop, "all", *NOW))
        self.ok("decide", self.shop, "shop:1", *NOW)
        self.assertIn("shop:1", self.ok("learn", "depth", self.shop, "shop:1", *NOW))
        self.ok("learn", "progress", self.shop, *NOW)
        self.assertIn("each answer", self.fails("learn", "refit", self.shop, "all", *NOW))
        self.ok("learn", "define", self.shop, "all", "--policy", "logistic", *NOW)
        decided = self.json("decide", self.shop, "shop:2", *NOW)
        self.ok("outcome", self.shop, decided["id"], "accepted", *NOW)
        shown = self.ok("learn", "refit", self.shop, "all", *NOW)
        self.assertIn("learned from 1 answer", shown)
        self.assertRegex(shown, r"any +everybody +0\.[0-9]+ +0\.9")
        self.assertEqual(shown.splitlines()[1:], self.ok(
            "learn", "show", self.shop, "all", *NOW).splitlines()[-len(shown.splitlines()) + 1:])
        self.assertIn("'some'", self.fails("learn", "show", self.shop, "some", *NOW))
        self.assertIn("floor", self.fails(
            "learn", "define", self.shop, "all", "--floor", "0.001", *NOW))

    def test_what_is_scarce(self):
        self.ok("offer", "define", self.shop, "more", "--value", "5", "--product",
                "tea", "--stock", "3", "--from", "2011-12-01", "--until",
                "2012-03-01", *NOW)
        shown = self.ok("offer", "allocate", self.shop, *NOW)
        self.assertIn("3 of 20 customers", shown)
        self.assertRegex(shown, r"more +20 +3 +3")
        found = self.json("offer", "allocate", self.shop, *NOW)
        self.assertEqual(len(found["plan"]), 3)
        self.assertEqual(found["summary"]["planned"], 3)
        self.assertIn("'keen'", self.fails(
            "offer", "allocate", self.shop, "--segment", "keen", *NOW))
        self.ok("policy", "arbitrate", self.shop, "--pacing", "1", *NOW)
        self.assertIn("budgets are paced", self.ok("policy", "list", self.shop))
        self.assertIn("pacing", self.fails(
            "policy", "arbitrate", self.shop, "--pacing", "2000", *NOW))


if __name__ == "__main__":
    unittest.main()
