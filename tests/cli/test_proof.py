#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on what another way of choosing would have brought."""

import json
import os
import random
import unittest

from test_cli import CliTest, run


class Proof(CliTest):
    def write(self, name, lines):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def test_a_table_is_valued(self):
        source = random.Random(1)
        lines = ["p;reward;target"]
        for _ in range(600):
            first = source.random() < 0.25
            brings = source.random() < (0.6 if first else 0.2)
            lines.append(f"{0.25 if first else 0.75};{int(brings)};{int(first)}")
        path = self.write("choices.csv", lines)
        args = ("evaluate", "--table", path, "--column", "probability=p")
        text = self.ok(*args)
        self.assertIn("600 choices", text)
        self.assertIn("by the policy", text)
        found = json.loads(self.ok(*args, "--json"))
        self.assertGreater(found["gain"]["low"], 0.1)
        self.assertIn("no probabilities", self.refused(
            "evaluate", "--table", path))

    def refused(self, *arguments):
        """An answer that says no: on the output, with the exit code 1."""
        done = run(*arguments)
        self.assertEqual((done.returncode, done.err), (1, ""))
        return done.out

    def test_what_a_table_cannot_say_is_told(self):
        path = self.write("few.csv", ["probability,reward,target", "0.5,1,1"])
        text = self.refused("evaluate", "--table", path)
        self.assertIn("cannot value the policy", text)
        self.assertIn("too few", text)
        found = json.loads(self.refused("evaluate", "--table", path, "--json"))
        self.assertEqual(found["reason"], "few_effective")
        bad = self.write("bad.csv", ["probability,reward,target", "0.5,one,1"])
        self.assertIn("line 2", self.fails("evaluate", "--table", bad))
        self.fails("evaluate")

    def test_decisions_of_a_store(self):
        shop = os.path.join(self.folder, "shop.trato")
        self.ok("init", shop, "--zone", "UTC", "--currency", "GBP")
        self.ok("offer", "define", shop, "tea", "--product", "tea", "--value", "1.00",
                "--now", "2011-11-01")
        self.ok("record", shop, "shop:1", "visit", "--at", "2011-11-01", "--now",
                "2011-11-02")
        self.ok("decide", shop, "shop:1", "--now", "2011-12-01")
        text = self.refused("evaluate", shop, "uniform", "--now", "2011-12-02")
        self.assertIn("too few", text)
        bad = self.fails("evaluate", shop, "best", "--now", "2011-12-02")
        self.assertIn("greedy, uniform, explore or fixed", bad)
        text = self.ok("offer", "effects", shop, "--now", "2011-12-02")
        self.assertIn("hold-out", text)
        effects = json.loads(self.ok("offer", "effects", shop, "tea", "--json",
                                     "--now", "2011-12-02"))
        self.assertEqual(effects["offers"][0]["reason"], "no_holdout")

    def test_arms_are_compared(self):
        text = self.ok("compare", "old=10000:500", "new=10050:700")
        self.assertIn("whenever you look", text)
        found = json.loads(self.ok("compare", "old=10000:500", "new=10050:700",
                                   "--json"))
        self.assertGreater(found["comparisons"][0]["low"], 0)
        sums = self.ok("compare", "a=100:1000:20000", "b=100:1500:30000")
        self.assertIn("15", sums)
        self.assertIn("chance", self.refused("compare", "a=5200:1", "b=4800:1"))
        for arms, word in ((["a=1:1"], "arms"), (["a=1", "b=1"], "ARM"),
                           (["a=9:1", "b=9:1:1"], "SQUARES"),
                           (["a=9:x", "b=9:1"], "number")):
            self.assertIn(word, self.fails("compare", *arms))


if __name__ == "__main__":
    unittest.main()
