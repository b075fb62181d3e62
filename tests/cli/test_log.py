#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on the log: corrections, the past, head, check and copy."""

import json
import re
import unittest

from test_cli import NOW, CliTest, plain, run, run_in_terminal

FACT = re.compile("fact ([0-9a-f]{32})")


class LogTest(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        self.fact = self.record("2011-01-01")

    def record(self, at):
        text = self.ok("record", self.store, "shop:1", "visit", "--at", at,
                       "--now", NOW)
        return FACT.search(text)[1]

    def timeline(self, *options):
        return self.ok("timeline", self.store, "shop:1", "--now", NOW,
                       *options)

    def position(self):
        return int(self.ok("head", self.store).partition(":")[0])


class Corrections(LogTest):

    def test_correct(self):
        text = self.ok("correct", self.store, "shop:1", self.fact, "purchase",
                       "--at", "2011-01-02", "--line", "tea:2:5.00",
                       "--channel", "web", "--reason", "it was sold",
                       "--now", NOW)
        self.assertIn("shop:1 · purchase at 2011-01-02 00:00 · 5.00 GBP · "
                      "correction ", text)
        text = self.timeline("--facts")
        self.assertIn("purchase  5.00 GBP", text)
        self.assertIn(self.fact, text)
        self.assertNotIn("visit", text)
        self.assertNotIn(self.fact, self.timeline())

    def test_it_may_be_another_customer_s(self):
        self.ok("correct", self.store, "shop:1", self.fact, "visit", "--at",
                "2011-01-02", "--customer", "shop:2", "--now", NOW)
        self.assertIn("no interactions", self.timeline())
        self.assertIn("visit", self.ok("timeline", self.store, "shop:2",
                                       "--now", NOW))

    def test_retract(self):
        text = self.ok("retract", self.store, "shop:1", self.fact, "--reason",
                       "a test", "--found", "2011-01-03", "--now", NOW)
        self.assertIn(f"shop:1 · retracted {self.fact} · retraction ", text)
        self.assertIn("no interactions", self.timeline())

    def test_mistakes(self):
        self.assertIn("FACT: ", self.fails("retract", self.store, "shop:1",
                                           "12"))
        self.assertIn("party", self.fails(
            "correct", self.store, "shop:1", self.fact, "party", "--at", NOW))
        self.assertIn("--at", self.fails(
            "correct", self.store, "shop:1", self.fact, "visit", code=2))


class Past(LogTest):

    def test_what_had_happened_by_then(self):
        self.record("2011-03-01")
        info = json.loads(self.ok("info", self.store, "--as-of", "2011-02-01",
                                  "--json"))
        self.assertEqual(info["interactions"][0]["interactions"], 1)
        # The present is then, unless it is said.
        self.assertIn("2011-02-01", info["now"])
        text = self.ok("segment", "preview", self.store,
                       'interactions("visit").count() == 1', "--as-of",
                       "2011-02-01")
        self.assertIn("1 customer", text)

    def test_what_was_known_by_then(self):
        position = self.position()
        self.ok("retract", self.store, "shop:1", self.fact, "--now", NOW)
        self.assertIn("visit", self.timeline("--known-at", position))
        self.assertIn("no interactions",
                      self.timeline("--known-at", position + 1))

    def test_all_that_read_know_the_past(self):
        for words in (["info"], ["customer", "show"], ["timeline"], ["digest"],
                      ["match"], ["decision"], ["segment", "list"],
                      ["segment", "count"], ["segment", "preview"],
                      ["segment", "members"], ["segment", "test"],
                      ["offer", "list"], ["offer", "report"],
                      ["coupon", "show"]):
            text = self.ok(*words, "--help")
            self.assertIn("--as-of TIME", text)
            self.assertIn("--known-at POSITION", text)
        self.assertNotIn("--as-of", self.ok("record", "--help"))

    def test_mistakes(self):
        self.assertIn("--as-of: ", self.fails("info", self.store, "--as-of",
                                              "soon"))
        self.fails("info", self.store, "--known-at", "x", code=2)


class Checks(LogTest):

    def test_head_and_verify(self):
        head = self.ok("head", self.store).strip()
        self.assertRegex(head, "^[0-9]+:[0-9a-f]{64}$")
        answer = json.loads(self.ok("head", self.store, "--json"))
        self.assertEqual(f"{answer['position']}:{answer['chain']}", head)
        self.record("2011-01-02")
        text = self.ok("verify", self.store, "--head", head, "--rebuild")
        self.assertTrue(text.startswith(
            f"{self.store} · ok · the head is in it\n"))
        self.assertRegex(text, "(?m)^  interactions  2$")
        self.assertTrue(json.loads(self.ok("verify", self.store, "--json",
                                           "--threads", 2))["ok"])

    def test_a_log_that_was_rewritten(self):
        position = self.position()
        for format_options in ([], ["--json"]):
            done = run("verify", self.store, "--head",
                       f"{position}:{'0' * 64}", *format_options)
            self.assertEqual((done.returncode, done.err), (1, ""))
            self.assertIn("rewritten", done.out)
        self.assertIn("damaged", run("verify", self.store, "--head",
                                     f"{position}:{'0' * 64}").out)
        for head in ("1", "1:00", "x:" + "0" * 64, "1:" + "g" * 64):
            self.assertIn("--head: ", self.fails("verify", self.store,
                                                 "--head", head))

    def test_a_bar_and_a_table_on_a_terminal(self):
        code, drawn = run_in_terminal("verify", self.store)
        self.assertEqual(code, 0)
        self.assertIn("█" * 24 + " 0.", drawn)
        self.assertIn(" MiB", drawn)
        self.assertIn("shop.trato · ok", plain(drawn).replace("\r\n", " "))
        code, drawn = run_in_terminal("verify", self.store, "--head",
                                      f"2:{'0' * 64}")
        self.assertEqual(code, 1)
        self.assertIn("✗", drawn)

    def test_a_store_with_a_bad_byte_is_told(self):
        content = bytearray(self.store.read_bytes())
        content[content.index(b"shop:1")] ^= 1
        self.store.write_bytes(content)
        done = run("verify", self.store)
        self.assertEqual(done.returncode, 1, done.out)
        self.assertTrue(done.out or done.err)
        self.assertNotIn("· ok", done.out)

    def test_digest(self):
        digest = self.ok("digest", self.store, "--now", NOW)
        self.assertRegex(digest, "^[0-9a-f]{64}\n$")
        self.ok("checkpoint", self.store)
        self.assertEqual(self.ok("digest", self.store, "--now", NOW,
                                 "--threads", 3), digest)
        self.assertNotEqual(self.ok("digest", self.store, "--as-of",
                                    "2010-01-01"), digest)
        self.fails("digest", self.store, "--threads", 0, code=2)

    def test_backup(self):
        copy = self.folder / "copy.trato"
        self.assertEqual(self.ok("backup", self.store, copy),
                         f"{self.store} · copied to {copy}\n")
        self.assertEqual(self.ok("digest", copy, "--now", NOW),
                         self.ok("digest", self.store, "--now", NOW))
        self.assertIn("already", self.fails("backup", self.store, copy))

    def test_checkpoint(self):
        self.assertIn("sealed and merged", self.ok("checkpoint", self.store))


if __name__ == "__main__":
    unittest.main()
