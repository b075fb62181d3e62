#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on consent: saying, asking, explaining, looking back."""

import json
import unittest

from test_cli import NOW, CliTest, run


class Consents(CliTest):

    def setUp(self):
        super().setUp()
        self.init()

    def consent(self, command, *arguments):
        return self.ok("consent", command, self.store, *arguments)

    def ask(self, customer="shop:1", purpose="marketing", channel="email",
             now=NOW, *options):
        return run("consent", "test", self.store, customer, purpose, channel,
                   "--now", now, *options)

    def test_grant_withdraw_and_why(self):
        text = self.consent("grant", "shop:1", "marketing", "email", "--at",
                            "2011-01-01", "--until", "2011-06-01", "--wording",
                            "v2", "--proof", "form 7", "--now", NOW)
        self.assertIn("shop:1 grants marketing by email until 2011-06-01", text)
        result = self.ask(now="2011-02-01")
        self.assertEqual(result.returncode, 0)
        self.assertIn("yes · granted · since 2011-01-01", result.out)
        self.assertIn("form 7", result.out)
        result = self.ask()
        self.assertEqual(result.returncode, 1)
        self.assertIn("no · expired · since 2011-06-01", result.out)
        text = self.consent("withdraw", "shop:1", "*", "*", "--at",
                            "2011-03-01", "--now", NOW)
        self.assertIn("withdraws every purpose by every channel", text)
        result = self.ask("shop:1", "marketing", "email", "2011-04-01",
                           "--json")
        self.assertEqual(result.returncode, 1)
        answer = json.loads(result.out)
        self.assertEqual(answer["state"], "withdrawn")
        self.assertEqual([it["bearing"] for it in answer["statements"]],
                         ["overruled by what decides", "decides"])

    def test_show_groups_channels_and_history_lists(self):
        self.ok("purpose", "define", self.store, "delivery", "--description",
                "news of an order", "--now", NOW)
        self.consent("grant", "shop:1", "delivery", "*", "--at", "2011-01-01",
                     "--source", "form", "--actor", "herself", "--now", NOW)
        self.consent("deny", "shop:1", "marketing", "phone", "--at",
                     "2011-02-01", "--now", NOW)
        text = self.consent("show", "shop:1", "--now", NOW)
        rows = [row for row in text.splitlines() if "delivery" in row]
        self.assertEqual(len(rows), 1)
        self.assertIn("granted", rows[0])
        self.assertIn("email", rows[0])
        self.assertRegex(text, "marketing +denied +phone +2011-02-01")
        text = self.consent("history", "shop:1", "--now", NOW)
        self.assertRegex(text, "2011-01-01.* +granted +delivery by every channel")
        self.assertRegex(text, "2011-02-01.* +denied +marketing by phone")
        self.assertIn("herself", text)
        text = self.consent("history", "shop:1", "--now", "2011-01-15")
        self.assertNotIn("denied", text)

    def test_an_objection_and_its_lifting(self):
        self.consent("grant", "shop:1", "marketing", "email", "--at",
                     "2011-01-01", "--now", NOW)
        text = self.consent("object", "shop:1", "--at", "2011-02-01", "--now",
                            NOW)
        self.assertIn("objects to direct marketing", text)
        self.assertIn("no · objected", self.ask().out)
        self.assertIn("objects to direct marketing · since 2011-02-01",
                      self.consent("show", "shop:1", "--now", NOW))
        self.assertIn("proof", self.fails("consent", "lift", self.store,
                                          "shop:1", "--now", NOW))
        self.consent("lift", "shop:1", "--proof", "form 88", "--at",
                     "2011-03-01", "--now", NOW)
        self.assertIn("yes · granted", self.ask().out)
        past = self.consent("show", "shop:1", "--as-of", "2011-02-15")
        self.assertIn("objects", past)

    def test_who_said_nothing(self):
        self.ok("record", self.store, "shop:1", "visit", "--now", NOW)
        self.assertIn("no · none · nothing was said of it", self.ask().out)
        for command in ("show", "history"):
            self.assertIn("nothing was said",
                          self.consent(command, "shop:1", "--now", NOW))

    def test_mistakes(self):
        grant = "consent", "grant", self.store, "shop:1"
        self.assertIn("did you mean 'marketing'",
                      self.fails(*grant, "markting", "email", "--now", NOW))
        self.assertIn("did you mean 'email'",
                      self.fails(*grant, "marketing", "emial", "--now", NOW))
        self.assertIn("is direct marketing and stays so",
                      self.fails("purpose", "define", self.store, "marketing",
                                 "--now", NOW))


class Suppressions(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        self.key = {"TRATO_KEY_FILE": self.file("key", b"0f" * 32 + b"\n")}
        for customer in ("shop:1", "shop:2"):
            self.ok("consent", "grant", self.store, customer, "marketing",
                    "email", "--at", "2011-01-01", "--now", NOW)

    def state(self, customer, **environment):
        done = run("consent", "test", self.store, customer, "marketing", "email",
                   "--now", NOW, "--json", **environment)
        return json.loads(done.out)["state"]

    def test_a_list_goes_out_and_in(self):
        self.ok("consent", "object", self.store, "shop:1", "--at", "2011-02-01",
                "--now", NOW)
        kept = self.ok("suppression", "export", self.store, "objections",
                       "--now", NOW, **self.key)
        self.assertEqual(len(kept.splitlines()), 5)
        text = self.ok("suppression", "define", self.store, "robinson",
                       "--max-age", "31d", "--now", NOW)
        self.assertIn("31d old", text)
        self.assertEqual(self.state("shop:2", **self.key), "unchecked")
        text = self.ok("suppression", "import", self.store, "robinson",
                       self.file("list.txt", b"shop:7\nshop:2\n"), "--at",
                       "2011-12-01", "--now", NOW, **self.key)
        self.assertIn("robinson · 2 on it · of 2011-12-01 00:00", text)
        self.assertEqual(self.state("shop:2", **self.key), "suppressed")
        self.assertEqual(self.state("shop:2"), "unchecked")
        text = self.ok("suppression", "list", self.store, "--now", NOW,
                       **self.key)
        self.assertRegex(text, "robinson +2 +2011-12-01 00:00 +ready +31d")
        text = self.ok("suppression", "import", self.store, "objections",
                       self.file("kept.txt", kept.encode()), "--now", NOW,
                       **self.key)
        self.assertIn("1 on it", text)

    def test_a_key_file_that_holds_no_key(self):
        self.assertIn("64 hexadecimal digits",
                      self.fails("info", self.store,
                                 TRATO_KEY_FILE=self.file("bad", b"secret")))


if __name__ == "__main__":
    unittest.main()
