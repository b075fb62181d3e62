#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on customers: find, list, restrict, document, audit."""

import json
import unittest

from test_cli import NOW, CliTest


class Customers(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        for name in ("full_name", "motto"):
            self.ok("attribute", "define", self.store, name, "string", "--now", NOW)
        for customer, name in (("shop:1", "José Ibáñez"), ("shop:2", "Ada Lovelace"),
                               ("shop:3", "Adam Smith")):
            self.ok("customer", "set", self.store, customer, "full_name", name,
                    "--now", NOW, "--at", "2011-01-0" + customer[-1])
        self.ok("identifier", "claim", self.store, "shop:1", "mobile:+34 600 11 22 33",
                "--now", NOW)

    def find(self, text, *options):
        found = json.loads(self.ok("customer", "find", self.store, text, "--now", NOW,
                                   "--json", *options))
        return [customer["name"] for customer in found["customers"]]

    def list(self, *options):
        page = json.loads(self.ok("customer", "list", self.store, "--now", NOW,
                                  "--json", *options))
        return [customer["name"] for customer in page["customers"]], page["next"]

    def test_find(self):
        self.assertEqual(self.find("jose"), ["shop:1"])
        self.assertEqual(self.find("11-22-33"), ["shop:1"])
        self.assertEqual(self.find("ada"), ["shop:2", "shop:3"])
        self.assertEqual(self.find("ada", "--limit", "1"), ["shop:2"])
        text = self.ok("customer", "find", self.store, "ibanez", "--now", NOW)
        self.assertIn("José Ibáñez", text)
        self.assertIn("full_name", text)
        self.assertEqual(
            self.ok("customer", "find", self.store, "nobody", "--now", NOW), "nobody\n")
        self.assertEqual(self.find("ada", "--as-of", "2011-01-02"), ["shop:2"])

    def test_views(self):
        self.ok("attribute", "define", self.store, "unit", "string", "--many",
                "--now", NOW)
        for customer, unit in (("shop:2", "north"), ("shop:3", "o'hara = 2")):
            self.ok("customer", "set", self.store, customer, "unit", unit, "--now", NOW)
        self.assertEqual(self.find("ada", "--tag", "unit=north"), ["shop:2"])
        self.assertEqual(self.find("ada", "--tag", "unit=o'hara = 2"), ["shop:3"])
        self.assertEqual(
            self.list("--tag", "unit=north", "--tag", "unit=o'hara = 2",
                      "--view", 'customer.full_name.contains("Smith")')[0], ["shop:3"])
        self.assertIn("no customer has the identifier shop:1", self.fails(
            "customer", "show", self.store, "shop:1", "--tag", "unit=north",
            "--now", NOW))
        self.assertIn("Ada Lovelace", self.ok(
            "customer", "show", self.store, "shop:2", "--tag", "unit=north",
            "--now", NOW))
        self.assertIn("not NAME=VALUE", self.fails(
            "customer", "list", self.store, "--tag", "north"))

    def test_a_channel_that_is_retired(self):
        self.assertIn("fax is retired", self.ok(
            "retire", self.store, "channel", "fax", "--now", NOW))
        self.assertIn("retired", self.fails(
            "record", self.store, "shop:1", "visit", "--channel", "fax", "--now", NOW))
        self.assertIn("fax is in use again", self.ok(
            "retire", self.store, "channel", "fax", "--back", "--now", NOW))
        self.ok("segment", "define", self.store, "told",
                'consent("marketing", "fax")', "--now", NOW)
        self.assertIn("segment  told", self.ok(
            "dependents", self.store, "channel", "fax"))
        self.assertIn("told", self.fails(
            "retire", self.store, "purpose", "marketing", "--now", NOW))

    def test_definitions_live(self):
        self.ok("segment", "define", self.store, "adas",
                'customer.full_name.startsWith("Ada")', "--now", NOW)
        self.assertIn("segment  adas", self.ok(
            "dependents", self.store, "attribute", "full_name"))
        self.assertIn("full_name is called name", self.ok(
            "rename", self.store, "attribute", "full_name", "name", "--now", NOW))
        self.ok("rename", self.store, "segment", "adas", "called Ada", "--now", NOW)
        shown = self.ok("customer", "show", self.store, "shop:2", "--now", NOW)
        self.assertIn("  name", shown)
        self.assertIn("called Ada", shown)
        self.assertNotIn("full_name", shown)
        self.assertIn("is or was", self.fails(
            "rename", self.store, "attribute", "motto", "full_name").replace(
                "is the name of another one, or was", "is or was"))
        self.ok("attribute", "define", self.store, "motto", "string", "--many",
                "--now", NOW)
        self.assertIn("called Ada", self.fails(
            "attribute", "define", self.store, "name", "string", "--many",
            "--now", NOW))

    def test_a_value_is_read_as_its_attribute_is_defined(self):
        for name, kind, value, shown in (
            ("born", "timestamp", "1985-05-02", "1985-05-02 00:00"),
            ("limit", "money", "500", "500.00 GBP"),
            ("children", "int", "2", "2"),
            ("insured", "bool", "yes", "true"),
        ):
            self.ok("attribute", "define", self.store, name, kind, "--now", NOW)
            self.assertIn(f"{name} = {shown} from", self.ok(
                "customer", "set", self.store, "shop:1", name, value, "--now", NOW))
        for name, value, complaint in (
            ("born", "00/00/0000", "value: '00/00/0000' is not a time like"),
            ("born", "1985-02-30", "is not a date and time that exists"),
            ("children", "two", "value: "),
            ("insured", "perhaps", "neither true nor false"),
        ):
            self.assertIn(complaint, self.fails(
                "customer", "set", self.store, "shop:1", name, value, "--now", NOW))
        self.assertIn("'born' takes timestamp, this is string", self.fails(
            "customer", "set", self.store, "shop:1", "born", "1985-05-02",
            "--type", "string", "--now", NOW))

    def test_retention(self):
        self.ok("record", self.store, "shop:2", "view", "--at", "2011-01-01",
                "--now", NOW)
        self.assertIn("no rule", self.fails(
            "retention", "apply", self.store, "--dry-run", "--now", NOW))
        self.ok("retention", "define", self.store, "interactions", "view", "90d",
                "--purpose", "marketing", "--now", NOW)
        self.assertIn("2011-09-11", self.ok(
            "retention", "list", self.store, "--now", NOW))
        self.assertIn("would go · 1 fact", self.ok(
            "retention", "apply", self.store, "--dry-run", "--now", NOW))
        self.assertIn("--yes", self.fails("retention", "apply", self.store))
        self.assertIn("taken out · 1 fact", self.ok(
            "retention", "apply", self.store, "--yes", "--now", NOW))
        self.assertIn("2011-09-11", self.fails(
            "customer", "list", self.store, "--as-of", "2011-05-01"))
        self.ok("retention", "define", self.store, "interactions", "view", "for-ever",
                "--purpose", "marketing", "--now", NOW)
        self.assertNotIn("view", self.ok(
            "retention", "list", self.store, "--now", NOW))

    def test_competitors(self):
        self.assertIn("Acme · bought", self.ok(
            "competitor", self.store, "shop:2", "Acme", "--action", "bought",
            "--product", "tea lights", "--price", "3.95", "--now", NOW))
        self.assertIn("1 of 3", self.ok(
            "segment", "preview", self.store,
            'interactions("competitor").exists(i, i.competitor == "Acme")',
            "--now", NOW))
        self.assertIn("--price", self.fails(
            "competitor", self.store, "shop:2", "Acme", "--price", "cheap"))

    def test_what_is_looked_for(self):
        self.ok("customer", "set", self.store, "shop:3", "motto", "amor fati",
                "--now", NOW)
        self.assertEqual(self.find("amor"), [])
        self.assertIn("motto · looked for: text", self.ok(
            "attribute", "search", self.store, "motto", "text", "--now", NOW))
        self.assertEqual(self.find("amor"), ["shop:3"])
        self.ok("identifier", "search", self.store, "mobile", "not", "--now", NOW)
        self.assertEqual(self.find("112233"), [])
        self.assertIn("did you mean 'motto'", self.fails(
            "attribute", "search", self.store, "moto", "text", "--now", NOW))

    def test_list(self):
        names, following = self.list("--sort", "full_name")
        self.assertEqual(names, ["shop:2", "shop:3", "shop:1"])
        self.assertIsNone(following)
        names, following = self.list("--sort", "full_name", "--limit", "2",
                                     "--descending")
        self.assertEqual(names, ["shop:1", "shop:3"])
        self.assertEqual(self.list("--sort", "full_name", "--descending", "--cursor",
                                   following), (["shop:2"], None))
        names, _ = self.list("--filter", 'customer.full_name.startsWith("Ada")')
        self.assertEqual(sorted(names), ["shop:2", "shop:3"])
        text = self.ok("customer", "list", self.store, "--sort", "full_name", "--now",
                       NOW, "--limit", "1")
        self.assertIn("Ada Lovelace", text)
        self.assertIn("more: --cursor ", text)
        self.assertIn("full_name", self.fails(
            "customer", "list", self.store, "--sort", "fullname", "--now", NOW))
        self.assertIn("line 1, column 10", self.fails(
            "customer", "list", self.store, "--filter", "customer.nme", "--now", NOW))

    def test_restrict(self):
        self.ok("segment", "define", self.store, "all", "true", "--now", NOW)
        self.assertIn("shop:2 · restricted", self.ok(
            "customer", "restrict", self.store, "shop:2", "--reason", "asked",
            "--now", NOW))
        members = self.ok("segment", "members", self.store, "all", "--now", NOW)
        self.assertNotIn("shop:2", members)
        self.assertIn("shop:1", members)
        self.assertIn("not restricted", self.ok(
            "customer", "restrict", self.store, "shop:2", "--lift", "--now",
            "2011-12-11"))
        self.assertIn("shop:2", self.ok(
            "segment", "members", self.store, "all", "--now", "2011-12-11"))

    def test_document(self):
        text = self.ok("customer", "document", self.store, "shop:1", "--now", NOW)
        self.assertEqual(
            self.ok("export", self.store, "shop:1", "--now", NOW), text)
        self.assertTrue(text.startswith("# What is held on shop:1\n"), text[:80])
        self.assertIn("José Ibáñez", text)
        self.assertNotIn("Lovelace", text)
        data = json.loads(self.ok("customer", "document", self.store, "shop:1", "--now",
                                  NOW, "--json"))
        self.assertEqual(data["customer"]["name"], "shop:1")

    def test_audit(self):
        text = self.ok("audit", self.store, "shop:1", "--now", NOW)
        self.assertIn("José Ibáñez", text)
        self.assertNotIn("Lovelace", text)
        self.assertIn("definition of attribute", self.ok(
            "audit", self.store, "--definition", "motto", "--now", NOW))
        changes = json.loads(self.ok("audit", self.store, "--now", NOW, "--limit", "2",
                                     "--json"))["changes"]
        self.assertEqual(len(changes), 2)
        self.assertEqual(self.ok("audit", self.store, "--definition", "x", "--now", NOW),
                         "no changes\n")


if __name__ == "__main__":
    unittest.main()
