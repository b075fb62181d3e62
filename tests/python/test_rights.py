# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A person's rights: data kept and not used, everything held, who changed what."""

import json
import unittest

import trato
from support import NOW, StoreCase, candles, gbp, in_memory_and_on_file


@in_memory_and_on_file
class RestrictionTest(StoreCase):
    def setUp(self):
        super().setUp()
        for name in ("shop:1", "shop:2", "shop:3"):
            self.buy(name, "2011-06-01")
        self.store.segments.define("all", "true", now=NOW)
        self.store.segments.define("nested", 'in_segment("all")', now=NOW)
        self.store.segments.define("none of them", '!in_segment("all")', now=NOW)
        self.store.offers.define("refill", title="Refill", value=gbp(500),
                                 products=["candle"], now=NOW)

    def members(self, segment="all", now=NOW):
        return [m.name for m in self.store.segments[segment].members(now=now)]

    def is_out(self, name, now=NOW):
        """Whether the customer is in nothing, everywhere it can be asked."""
        store = self.store
        ins = [
            name in self.members(segment, now)
            for segment in ("all", "nested", "none of them")
        ]
        ins += [store.segments["all"].test(name, now=now),
                bool(store.customer(name, now=now).segments),
                bool(store.offers.match(name, now=now))]
        self.assertEqual(len(set(ins[:2] + ins[3:])), 1, (name, ins))
        self.assertFalse(ins[2])
        return not ins[0]

    def test_a_restricted_customer_is_in_no_segment_and_no_decision(self):
        self.store.customers.restrict("shop:2", reason="asked for it", now=NOW)
        self.reopen()
        self.assertTrue(self.is_out("shop:2"))
        self.assertFalse(self.is_out("shop:1"))
        size = self.store.segments["all"].count(now=NOW)
        self.assertEqual((size.members, size.customers), (2, 3))
        self.assertEqual(self.store.segments.preview("true", now=NOW).members, 2)
        self.assertIsNone(self.store.offers.decide("shop:2", now=NOW).match)
        explained = str(self.store.offers.explain("shop:2", now=NOW))
        self.assertIn("the customer's data is restricted", explained)
        restriction = self.store.customer("shop:2", now=NOW).restriction
        self.assertEqual(restriction.reason, "asked for it")
        # She is still found, listed and told about.
        self.assertEqual(len(self.store.customers.list(now=NOW).customers), 3)
        self.assertEqual(len(list(self.store.timeline("shop:2", now=NOW))), 1)

    def test_a_restricted_customer_gets_no_coupon_and_is_told_why(self):
        self.store.customers.restrict("shop:2", reason="asked for it", now=NOW)
        with self.raises(trato.FailedPrecondition, "shop:2", "restricted"):
            self.store.coupons.issue("shop:2", "refill", now=NOW)
        self.assertTrue(self.store.coupons.issue("shop:1", "refill", now=NOW))
        explained = self.store.segments["all"].explain("shop:2", now=NOW)
        self.assertFalse(explained.member)
        self.assertEqual(explained.restriction, "asked for it")
        self.assertIn("restricted: asked for it", str(explained))
        self.assertIsNone(
            self.store.segments["all"].explain("shop:1", now=NOW).restriction)

    def test_a_restriction_stays_when_its_batch_is_retracted(self):
        self.store.customers.restrict("shop:2", now=NOW, batch="b")
        self.store.attributes.define("x", int, now=NOW)
        self.store.attributes.set("shop:2", "x", 1, now=NOW, batch="b")
        self.store.batches.retract("b", now=NOW)
        self.reopen()
        self.assertTrue(self.is_out("shop:2"))
        self.assertNotIn("x", self.store.customer("shop:2", now=NOW))

    def test_a_restriction_is_dated_and_can_be_lifted(self):
        restrict = self.store.customers.restrict
        restrict("shop:2", False, at="2011-09-01", now=NOW)  # arrives first
        restrict("shop:2", at="2011-08-01", now=NOW)
        for now, is_out in (("2011-07-31 23:00", False), ("2011-08-01", True),
                            ("2011-08-31 23:00", True), ("2011-09-01", False)):
            self.assertEqual(self.is_out("shop:2", now), is_out, now)
        self.assertIsNone(self.store.customer("shop:2", now=NOW).restriction)

    def test_it_holds_for_linked_records_and_stays_when_they_part(self):
        before = self.store.digest(now=NOW)
        self.store.customers.restrict("shop:2", now=NOW)
        self.assertNotEqual(self.store.digest(now=NOW), before)
        self.store.link("shop:1", "shop:2", now=NOW)
        self.assertTrue(self.is_out("shop:1"))
        self.store.unlink("shop:1", "shop:2", now=NOW)
        self.assertFalse(self.is_out("shop:1"))
        self.store.link("shop:1", "shop:3", now=NOW)
        self.store.customers.restrict("shop:3", now=NOW)
        self.store.unlink("shop:1", "shop:3", now=NOW)
        self.assertTrue(self.is_out("shop:1"))
        self.assertTrue(self.is_out("shop:3"))

    def test_the_past_and_the_sealed_know_it(self):
        self.store.customers.restrict("shop:2", at="2011-08-01", now=NOW)
        self.store.checkpoint()
        self.reopen()
        self.assertTrue(self.is_out("shop:2"))
        with self.store.as_of("2011-07-01") as past:
            self.assertEqual(past.segments["all"].count().members, 3)
        if self.on_file:
            self.assertTrue(self.store.verify(rebuild=True))

    def test_bad_input(self):
        with self.raises(trato.NotFound, "shop:9"):
            self.store.customers.restrict("shop:9", now=NOW)
        with self.raises(trato.InvalidArgument, "reason"):
            self.store.customers.restrict("shop:1", reason="x" * 1025, now=NOW)
        self.assertFalse(self.is_out("shop:1"))


@in_memory_and_on_file
class AuditTest(StoreCase):
    def setUp(self):
        super().setUp()
        store = self.store
        store.attributes.define("country", str, now="2011-01-01", actor="ines")
        put = store.attributes.set
        put("shop:1", "country", "ES", at="2011-02-01", now="2011-02-01", source="crm")
        put("crm:1", "country", "PT", at="2011-02-02", now="2011-02-02")
        put("shop:1", "country", "FR", at="2011-03-01", now="2011-05-01",
            actor="jon", batch="move")
        put("shop:2", "country", "IT", at="2011-03-02", now="2011-05-01")
        store.identifiers.claim("shop:1", "email:ada@example.org", now="2011-05-02")
        store.link("shop:1", "crm:1", reason="told us so", now="2011-05-03")
        self.fact = self.buy("shop:1", "2011-05-04")
        store.retract("shop:1", self.fact, reason="a test", now="2011-05-05")
        store.segments.define("loyal", "true", now="2011-05-06")
        store.segments.define("loyal", "false", now="2011-05-07")

    def changes(self, *names, **how):
        return [(c.what, c.record, c.name, c.before, c.after)
                for c in self.store.audit(*names, now=NOW, **how)]

    def test_who_changed_what_of_a_customer(self):
        expected = [
            ("attribute", "shop:1", "country", None, "ES"),
            ("attribute", "crm:1", "country", None, "PT"),
            ("attribute", "shop:1", "country", "ES", "FR"),
            ("identifier", "shop:1", "email:ada@example.org", None,
             "email:ada@example.org"),
            ("link", "crm:1", "shop:1", None, "one customer"),
            ("retraction", "shop:1", self.fact, None, None),
        ]
        self.assertEqual(self.changes("shop:1"), expected)
        self.store.checkpoint()
        self.reopen()
        self.assertEqual(self.changes("email:ada@example.org"), expected)
        self.assertEqual(self.changes("shop:1", limit=2), expected[-2:])
        first, _, moved, *_, link, retraction = self.store.audit("shop:1", now=NOW)
        self.assertEqual((first.source, first.actor), ("crm", ""))
        self.assertEqual((moved.actor, moved.batch), ("jon", "move"))
        self.assertEqual(moved.at.isoformat(), "2011-03-01T00:00:00+00:00")
        self.assertEqual(moved.recorded.isoformat(), "2011-04-30T23:00:00+00:00")
        self.assertLess(first.position, moved.position)
        self.assertEqual(link.reason, "told us so")
        self.assertEqual(retraction.reason, "a test")
        self.assertNotIn("ES", repr(first))

    def test_who_changed_a_definition(self):
        self.assertEqual(self.changes(definition="loyal"), [
            ("definition of segment", "", "loyal", None, "true"),
            ("definition of segment", "", "loyal", "true", "false"),
        ])
        (country,) = self.store.audit(definition="country", now=NOW)
        self.assertEqual((country.what, country.actor),
                         ("definition of attribute", "ines"))
        self.assertEqual(self.changes(definition="nothing"), [])

    def test_everything(self):
        whole = self.changes()
        self.assertEqual(len(whole), 1 + 3 + 4 + 3)
        self.assertEqual(len(self.store.audit(now="2011-02-01")), 3)
        with self.raises(trato.NotFound, "shop:9"):
            self.store.audit("shop:9", now=NOW)
        with self.store.as_of("2011-03-01") as past:
            with self.raises(trato.FailedPrecondition):
                past.audit()


@in_memory_and_on_file
class DocumentTest(StoreCase):
    def test_everything_that_is_held_on_a_person(self):
        store = self.store
        store.attributes.define("country", str, now=NOW)
        store.attributes.define("note", str, of="interaction", now=NOW)
        store.attributes.set("shop:1", "country", "Old|land", at="2011-01-01", now=NOW)
        store.attributes.set("crm:1", "country", "Newland", at="2011-02-01", now=NOW)
        store.identifiers.claim("crm:1", "email:ada@example.org", now=NOW)
        store.link("shop:1", "crm:1", reason="the same", now=NOW)
        wrong = self.buy("shop:1", "2011-03-01", candles(7), key="order 7")
        store.retract("shop:1", wrong, reason="not hers", now=NOW)
        store.record("crm:1", "message", at="2011-04-01", channel="email",
                     fields={"note": "line one\nline two"}, now=NOW)
        store.record("shop:2", "message", at="2011-04-01",
                     fields={"note": "somebody else's"}, now=NOW)
        store.segments.define("everybody", "true", now=NOW)
        store.offers.define("refill", title="Refill", value=gbp(500),
                            products=["candle"], now=NOW)
        decision = store.offers.decide("shop:1", now=NOW)
        store.outcome(decision.id, "accepted", now=NOW)
        store.coupons.issue("shop:1", "refill", now=NOW)
        store.customers.restrict("shop:1", reason="please", now=NOW)
        self.reopen()
        text = self.store.customers.document("email:ada@example.org", now=NOW)
        data = self.store.customers.data("crm:1", now=NOW)
        for marker in ("shop:1", "crm:1", "Newland", "ada@example.org", "the same",
                       "order 7", "not hers", "line one", "line two", "refill",
                       "accepted", "please"):
            self.assertIn(marker, text)
            self.assertIn(marker, json.dumps(data, ensure_ascii=False))
        self.assertIn("Old\\|land", text)
        for other in (text, json.dumps(data)):
            self.assertNotIn("shop:2", other)
            self.assertNotIn("somebody else", other)
        self.assertEqual(len(data["interactions"]), 1)
        self.assertEqual(len(data["replaced_interactions"]), 1)
        self.assertEqual(data["customer"]["restriction"]["reason"], "please")
        self.assertEqual(
            data["interactions"][0]["fields"][0]["value"], "line one\nline two")
        # A table's rows are lines: each begins and ends with its rule.
        for line in text.splitlines():
            if line.startswith("|"):
                self.assertTrue(line.endswith("|"), line)
        with self.raises(trato.NotFound, "shop:9"):
            self.store.customers.document("shop:9", now=NOW)


if __name__ == "__main__":
    unittest.main()
