#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on editions, stages and cohorts of the shop's sample."""

import json
import os
import unittest

from test_cli import CliTest

SAMPLE = os.path.join(
    os.path.dirname(os.path.abspath(__file__)),
    "../../examples/data/online_retail.csv.gz",
)


class Worth(CliTest):
    def setUp(self):
        super().setUp()
        self.shop = os.path.join(self.folder, "worth.trato")
        self.ok("init", self.shop, "--zone", "Europe/London", "--currency", "GBP")
        self.ok("import", self.shop, SAMPLE, "--as", "orders")
        self.at = ("--now", "2011-12-10")

    def test_refit_and_what_follows(self):
        self.assertIn("no model was fitted", self.ok("value", "editions", self.shop))
        text = self.ok("value", "refit", self.shop, "--returns", "return", *self.at)
        self.assertIn("edition 1 · from 2011-12-10 00:00", text)
        self.assertIn("1,096 customers", text)
        listed = json.loads(self.ok("value", "editions", self.shop, "--json"))
        self.assertEqual(listed["editions"][0]["returns"], ["return"])
        worth = json.loads(self.ok("value", "show", self.shop, "shop:12748",
                                   *self.at, "--json"))
        self.assertEqual(worth["segment"], "champions")
        self.assertGreater(worth["alive"], 0.9)
        self.assertIn("champions", self.ok("value", "show", self.shop, "shop:12748",
                                           *self.at))
        tiers = json.loads(self.ok("value", "pyramid", self.shop, *self.at, "--json"))
        self.assertEqual(sum(it["customers"] for it in tiers), 1096)
        self.assertEqual(tiers[0]["customers"], 11)
        self.assertGreater(tiers[0]["value"] / 11, tiers[1]["value"] / 44)
        self.assertIn("top 1 %", self.ok("value", "pyramid", self.shop, *self.at))

    def test_stages(self):
        self.ok("value", "refit", self.shop, *self.at)
        report = json.loads(self.ok("stage", "funnel", self.shop, "--since",
                                    "2011-06-10", *self.at, "--json"))
        funnel = {it["stage"]: it["customers"] for it in report["funnel"]}
        self.assertEqual(sum(funnel.values()), report["customers"])
        rows = json.loads(self.ok("stage", "list", self.shop, *self.at, "--json"))
        for stage, customers in funnel.items():
            self.assertEqual(sum(it["stage"] == stage for it in rows), customers)
        self.assertIn("abandonment", self.ok("stage", "funnel", self.shop, *self.at))
        lost = json.loads(self.ok("stage", "winback", self.shop, *self.at, "--json",
                                  "--top", "5"))
        self.assertEqual(len(lost), 5)
        stakes = [it["at_stake"] for it in lost]
        self.assertEqual(stakes, sorted(stakes, reverse=True))
        text = self.ok("stage", "show", self.shop, lost[0]["customer"], *self.at)
        self.assertIn(lost[0]["stage"], text)

        rules = os.path.join(self.folder, "rules.json")
        with open(rules, "w") as file:
            file.write(self.ok("stage", "rules", self.shop, *self.at, "--json"))
        self.ok("stage", "define", self.shop, rules, *self.at)
        again = json.loads(self.ok("stage", "rules", self.shop, *self.at, "--json"))
        self.assertEqual(again["number"], 1)
        same = json.loads(self.ok("stage", "funnel", self.shop, "--since",
                                  "2011-06-10", *self.at, "--json"))
        self.assertEqual(same["funnel"], report["funnel"])

    def test_cohorts(self):
        answer = json.loads(self.ok("cohorts", self.shop, *self.at, "--json"))
        self.assertEqual(sum(it["customers"] for it in answer["cohorts"]), 1096)
        self.assertEqual(answer["cohorts"][0]["start"], "2010-12")
        self.assertEqual(answer["last"], "2011-12")
        self.assertIn("2010-12", self.ok("cohorts", self.shop, *self.at))


if __name__ == "__main__":
    unittest.main()
