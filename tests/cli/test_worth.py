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
        tiers = json.loads(self.ok("value", "pyramid", self.shop, *self.at,
                                   "--json"))["tiers"]
        self.assertEqual(sum(it["customers"] for it in tiers), 1096)
        self.assertEqual(tiers[0]["customers"], 11)
        self.assertGreater(tiers[0]["value"] / 11, tiers[1]["value"] / 44)
        self.assertIn("top 1 %", self.ok("value", "pyramid", self.shop, *self.at))

    def test_risk_and_comparison(self):
        self.ok("value", "refit", self.shop, *self.at)
        risks = json.loads(self.ok("value", "risk", self.shop, "--top", "5", *self.at,
                                   "--json"))
        expected = [it["expected"] for it in risks]
        self.assertEqual((len(risks), expected), (5, sorted(expected)))
        self.assertTrue(all(it["purchases"] >= 2 for it in risks))
        text = self.ok("value", "risk", self.shop, *self.at)
        self.assertIn(risks[0]["customer"], text)

        args = ("value", "compare", self.shop, "--since", "2011-06-10", *self.at)
        report = json.loads(self.ok(*args, "--json"))
        whole = report["whole"]["period"]
        self.assertEqual(
            whole["buyers"], whole["new"] + whole["kept"] + whole["returned"]
        )
        text = self.ok(*args, "--acquisition", "12000.00", "--retention", "300")
        self.assertIn("12,000.00 GBP", text)
        self.assertIn("retention", text)
        bad = self.fails("value", "compare", self.shop, "--since", "2011-06-10",
                         "--acquisition", "north=1", *self.at)
        self.assertIn("north", bad)

    def test_scores(self):
        self.assertIn("no score", self.ok("score", "list", self.shop, *self.at))
        path = os.path.join(self.folder, "score.json")
        with open(path, "w") as file:
            json.dump({"name": "loyalty", "most": 40, "rules": [
                {"name": "purchase", "when": 'interactions("purchase")',
                 "points": 1.5, "half_life": "90d"},
                {"name": "return", "when": 'interactions("return")', "points": -1,
                 "lapse": "6mo"},
            ]}, file)
        self.ok("score", "define", self.shop, path, "--now", "2011-01-01")
        listed = self.ok("score", "list", self.shop, "--json", *self.at)
        self.assertEqual(json.loads(listed)["scores"][0]["most_milli"], 40000)
        self.assertIn("1.5", self.ok("score", "list", self.shop, *self.at))
        rows = json.loads(self.ok("score", "top", self.shop, "loyalty", "--top", "3",
                                  *self.at, "--json"))
        self.assertEqual(len(rows), 3)
        who = rows[-1]["customer"]
        log = json.loads(self.ok("score", "show", self.shop, who, "loyalty",
                                 *self.at, "--json"))
        self.assertEqual(log["value_milli"], rows[-1]["points_milli"])
        self.assertEqual(
            log["value_milli"], sum(it["left_milli"] for it in log["log"])
        )
        self.assertIn("purchase", self.ok("score", "show", self.shop, who, "loyalty",
                                          *self.at))
        self.assertIn(who, self.ok("score", "top", self.shop, "loyalty", *self.at))
        with open(path, "w") as file:
            file.write('{"name": "x", "rules": [{"points": 0.0001}]}')
        self.assertIn("three decimal", self.fails("score", "define", self.shop, path))
        with open(path, "w") as file:
            file.write("[1")
        self.assertIn("JSON object", self.fails("score", "define", self.shop, path))
        # What the list writes can be put in force again.
        with open(path, "w") as file:
            json.dump(json.loads(listed)["scores"][0], file)
        self.ok("score", "define", self.shop, path, *self.at)

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
