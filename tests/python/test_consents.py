# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Consents: saying, asking, explaining, looking back."""

import datetime
import unittest

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file


@in_memory_and_on_file
class ConsentTest(StoreCase):
    def test_a_grant_holds_until_it_runs_out(self):
        fact = self.store.consents.grant(
            "shop:1",
            "marketing",
            "email",
            at="2011-01-01",
            valid_until="2011-06-01",
            wording="v2",
            proof="form 7",
            source="web",
            actor="herself",
            batch="b1",
            now=NOW,
        )
        consents = self.reopen().consents
        answer = consents.test("shop:1", "marketing", "email", now="2011-05-31")
        self.assertTrue(answer)
        self.assertEqual((answer.state, answer.fact), ("granted", fact))
        self.assertEqual(answer.since, datetime.datetime(
            2011, 1, 1, tzinfo=datetime.timezone.utc))
        self.assertEqual(self.store.format_time(answer.until), "2011-06-01 00:00")
        answer = consents.test("shop:1", "marketing", "email", now=NOW)
        self.assertFalse(answer)
        self.assertEqual((answer.state, answer.until), ("expired", None))
        answer = consents.test("shop:1", "marketing", "sms", now=NOW)
        self.assertEqual(
            (answer.state, answer.allowed, answer.since, answer.fact),
            ("none", False, None, None),
        )
        (said,) = consents.history("shop:1", now=NOW)
        self.assertEqual(
            (said.fact, said.state, said.purpose, said.channel, said.record),
            (fact, "granted", "marketing", "email", "shop:1"),
        )
        self.assertEqual(
            (said.wording, said.proof, said.source, said.actor, said.batch),
            ("v2", "form 7", "web", "herself", "b1"),
        )

    def test_the_stricter_holds_while_linked_and_each_gets_its_own_back(self):
        consents = self.store.consents
        consents.grant("shop:1", "marketing", "email", at="2011-03-01", now=NOW)
        consents.withdraw("crm:1", "marketing", "*", at="2011-01-01", now=NOW)
        before = self.store.digest(now=NOW)
        self.store.link("shop:1", "crm:1", now=NOW)
        why = self.reopen().consents.explain("shop:1", "marketing", "email", now=NOW)
        self.assertEqual((why.consent.state, why.record), ("withdrawn", "crm:1"))
        self.assertEqual(
            [(s.record, s.bearing) for s in why.statements],
            [("crm:1", "decides"), ("shop:1", "overruled by what decides")],
        )
        self.store.unlink("shop:1", "crm:1", now=NOW)
        self.assertEqual(self.store.digest(now=NOW), before)
        self.assertTrue(self.store.consents.test("shop:1", "marketing", "email", now=NOW))

    def test_an_objection_is_absolute_until_it_is_lifted_with_proof(self):
        consents = self.store.consents
        consents.define_purpose("delivery", direct_marketing=False, now=NOW)
        consents.grant("shop:1", "*", "*", at="2011-01-01", now=NOW)
        consents.object("shop:1", proof="letter", at="2011-02-01", now=NOW)
        consents.grant("shop:1", "marketing", "email", at="2011-03-01", now=NOW)
        shown = self.reopen().consents.show("shop:1", now=NOW)
        self.assertEqual(shown.objection.proof, "letter")
        self.assertEqual(
            {(c.purpose, c.state) for c in shown.consents},
            {("marketing", "objected"), ("delivery", "granted")},
        )
        with self.raises(trato.InvalidArgument, "proof"):
            self.store.consents.lift("shop:1", proof="", now=NOW)
        self.store.consents.lift("shop:1", proof="form", at="2011-04-01", now=NOW)
        self.assertTrue(self.store.consents.test("shop:1", "marketing", "email", now=NOW))
        with self.store.as_of("2011-03-15") as past:
            self.assertFalse(past.consents.test("shop:1", "marketing", "email"))

    def test_a_segment_asks_for_consent(self):
        self.store.consents.grant("shop:1", "marketing", "email", at="2011-01-01",
                                  valid_until="2011-06-01", now=NOW)
        self.store.consents.deny("shop:2", "marketing", "email", at=1, now=NOW)
        segment = self.store.segments.define(
            "reachable", 'consent("marketing", "email")', now=NOW)
        names = [member.name for member in segment.members(now="2011-05-31")]
        self.assertEqual(names, ["shop:1"])
        self.assertEqual(segment.count(now=NOW).members, 0)
        for text, column in (
            ('consent("markting", "email")', 9),
            ('consent("marketing", "emial")', 22),
            ('consent("marketing", "")', 22),
        ):
            with self.assertRaises(trato.TratoError) as caught:
                self.store.segments.define("bad", text, now=NOW)
            self.assertEqual((caught.exception.line, caught.exception.column), (1, column))

    def test_mistakes_leave_the_store_as_it_was(self):
        consents = self.store.consents
        digest = self.store.digest(now=NOW)
        with self.raises(trato.NotFound, "purpose", "did you mean 'marketing'"):
            consents.grant("shop:1", "marketin", "email", now=NOW)
        with self.raises(trato.NotFound, "channel"):
            consents.grant("shop:1", "marketing", "emial", now=NOW)
        with self.raises(trato.InvalidArgument, "valid_until"):
            consents.grant("shop:1", "marketing", "email", at="2011-02-01",
                           valid_until="2011-02-01", now=NOW)
        with self.raises(trato.AlreadyExists, "marketing"):
            consents.define_purpose("marketing", direct_marketing=False, now=NOW)
        self.assertEqual(self.store.digest(now=NOW), digest)


@in_memory_and_on_file
class ContactTest(StoreCase):
    """What an offer, a customer's answer and a preview make of consents."""

    def setUp(self):
        super().setUp()
        for name in ("shop:1", "shop:2"):
            self.buy(name, "2011-06-01")
        define = self.store.offers.define
        define("plain", value=gbp(500), products=["candle"], now=NOW)
        define("mailed", value=gbp(400), products=["candle"], purpose="marketing",
               channel="email", now=NOW)
        define("any way", value=gbp(300), products=["candle"], purpose="marketing",
               now=NOW)
        self.store.consents.define_purpose("service", direct_marketing=False, now=NOW)
        define("served", value=gbp(200), products=["candle"], purpose="service", now=NOW)

    def offers(self, customer="shop:1", now=NOW):
        store = self.reopen()
        kept = [it.offer for it in store.offers.match(customer, now=now)]
        decided = store.offers.decide(customer, now=now).match
        self.assertEqual(decided and decided.offer, kept[0] if kept else None)
        for offer in ("plain", "mailed", "any way", "served"):
            if offer in kept:
                store.coupons.issue(customer, offer, now=now)
            else:
                with self.raises(trato.FailedPrecondition, "gets no coupon"):
                    store.coupons.issue(customer, offer, now=now)
        return set(kept)

    def test_an_offer_goes_to_who_may_be_asked(self):
        self.assertEqual(self.offers(), {"plain"})
        self.store.consents.grant("shop:1", "marketing", "sms", now=NOW)
        self.assertEqual(self.offers(), {"plain", "any way"})
        self.store.consents.grant("shop:1", "*", "email", now=NOW)
        everything = {"plain", "mailed", "any way", "served"}
        self.assertEqual(self.offers(), everything)
        # The stricter of two records holds.
        self.store.consents.withdraw("shop:2", "marketing", "*", now=NOW)
        self.store.link("shop:1", "shop:2", now=NOW)
        self.assertEqual(self.offers(), {"plain", "served"})
        self.store.unlink("shop:1", "shop:2", now=NOW)
        self.assertEqual(self.offers(), everything)
        self.store.consents.object("shop:1", now=NOW)
        self.assertEqual(self.offers(), {"served"})
        told = str(self.store.offers.explain("shop:1", now=NOW))
        self.assertIn("the customer objected to direct marketing", told)
        # Whoever goes by the same identifier as well.
        self.store.identifiers.claim("shop:1", "mobile:7", now=NOW)
        self.assertEqual(self.offers("shop:2"), {"plain"})
        self.store.identifiers.claim("shop:2", "mobile:7", now=NOW)
        self.assertEqual(self.offers("shop:2"), set())

    def test_a_list_holds_back(self):
        self.store.suppressions.import_list("objections", "shop:2", now=NOW)
        self.assertEqual(self.offers("shop:2"), set())
        self.assertEqual(self.offers("shop:1"), {"plain"})
        self.assertIn("suppression list",
                      str(self.store.offers.explain("shop:2", now=NOW)))

    def test_consent_runs_out_by_the_clock(self):
        self.store.consents.grant("shop:1", "marketing", "email", at="2011-12-01",
                                  valid_until="2011-12-05", now=NOW)
        self.assertIn("mailed", self.offers(now="2011-12-04 23:59"))
        self.assertNotIn("mailed", self.offers(now="2011-12-05"))

    def test_bad_input(self):
        define = self.store.offers.define
        with self.raises(trato.NotFound, "offer 'x': purpose", "marketing"):
            define("x", value=gbp(1), products=["a"], purpose="marketin", now=NOW)
        with self.raises(trato.NotFound, "offer 'x': channel"):
            define("x", value=gbp(1), products=["a"], purpose="marketing",
                   channel="pigeon", now=NOW)
        with self.raises(trato.InvalidArgument, "without the purpose"):
            define("x", value=gbp(1), products=["a"], channel="email", now=NOW)

    def test_a_customer_and_a_preview_tell_of_consents(self):
        self.store.consents.grant("shop:1", "marketing", "email", now=NOW)
        self.store.consents.grant("shop:1", "service", "email", now=NOW)
        self.store.consents.deny("shop:2", "marketing", "*", now=NOW)
        one = self.store.customer("shop:1", now=NOW)
        self.assertEqual([(it.purpose, it.channel, it.state) for it in one.consents],
                         [("marketing", "email", "granted"),
                          ("service", "email", "granted")])
        self.assertEqual(one.consents,
                         self.store.consents.show("shop:1", now=NOW).consents)
        self.assertIsNone(one.objection)
        preview = self.store.customers.preview("shop:1", "shop:2", now=NOW)
        changes = {(it.purpose, it.channel): (it.one, it.other, it.joined)
                   for it in preview.consents}
        self.assertEqual(changes["marketing", "email"],
                         ("granted", "denied", "denied"))
        self.assertEqual(changes["marketing", "sms"], (None, "denied", "denied"))
        self.assertEqual(changes["service", "email"], ("granted", None, "granted"))
        self.store.consents.object("shop:2", now=NOW)
        two = self.store.customer("shop:2", now=NOW)
        self.assertEqual(two.objection.state, "objected")


if __name__ == "__main__":
    unittest.main()
