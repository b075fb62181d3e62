# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Consents: saying, asking, explaining, looking back."""

import datetime
import unittest

import trato
from support import NOW, StoreCase, in_memory_and_on_file


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


if __name__ == "__main__":
    unittest.main()
