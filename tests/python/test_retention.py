# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Rules of retention: what they take out, and that nothing else changes."""

import datetime
import random
import unittest

import trato
from support import NOW, StoreCase, candles, gbp, in_memory_and_on_file

DAYS = [datetime.datetime(2011, 1, 1) + datetime.timedelta(days=7 * i)
        for i in range(48)]
CUT = datetime.datetime(2011, 9, 11)  # 90 days before


@in_memory_and_on_file
class RetentionTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.random = random.Random(9)

    def fill(self, store, keeps=lambda kind, at: True):
        """Facts of all kinds; those that are not kept are left out."""
        put = store.attributes
        put.define("mood", str, now=NOW)
        put.define("city", str, now=NOW)
        store.consents.define_purpose("news", direct_marketing=True, now=NOW)
        store.segments.define("views", 'interactions("view").count() > 0', now=NOW)
        store.retention.define("interactions", "view", "90d", now=NOW)
        store.retention.define("attribute", "mood", "90d", now=NOW)
        store.retention.define("grants", "*", "90d", now=NOW)
        draw = random.Random(9)
        for i, at in enumerate(DAYS):
            who = f"shop:{draw.randrange(12)}"
            other = f"shop:{draw.randrange(12)}"
            if keeps("purchase", at):
                store.record(who, "purchase", at=at, lines=[candles(i + 1)],
                             key=f"p{i}", now=NOW)
            if keeps("view", at):
                store.record(other, "view", at=at, now=NOW,
                             source="web", key=f"v{i}" if i % 3 else "")
                store.record(f"cookie:{i}", "view", at=at, now=NOW, source="web")
            if keeps("mood", at):
                put.set(who, "mood", f"mood {i}", at=at, now=NOW)
            put.set(other, "city", f"city {i}", at=at, now=NOW)
            if keeps("grant", at):
                store.consents.grant(who, "news", "email", at=at, now=NOW)
            if i % 5 == 0:
                store.consents.deny(other, "news", "sms", at=at, now=NOW)
            if i % 7 == 0:
                store.identifiers.claim(who, f"mobile:{i}", now=NOW)
        store.link("shop:1", "shop:2", now=NOW)

    def is_kept(self, kind, at):
        return kind == "purchase" or at >= CUT

    def test_what_is_left_is_what_would_be_there_without_the_rest(self):
        self.fill(self.store)
        before = self.reopen().digest(now=NOW)
        plan = self.store.retention.apply(dry_run=True, now=NOW)
        self.assertTrue(plan.dry_run and plan.facts > 0)
        self.assertIsNone(plan.log_position)
        self.assertEqual(self.store.digest(now=NOW), before)
        self.assertIsNone(self.store.retention.earliest())
        report = self.store.retention.apply(now=NOW, reason="the law")
        self.assertEqual((report.facts, report.interactions, report.by_kind),
                         (plan.facts, plan.interactions, plan.by_kind))
        old = sum(at < CUT for at in DAYS)
        self.assertEqual(report.by_kind, {("interactions", "view"): 2 * old,
                                          ("attribute", "mood"): old,
                                          ("grants", "news"): old})
        self.assertEqual(report.interactions, 2 * old)
        with trato.open(**self.settings) as fresh:
            self.fill(fresh, self.is_kept)
            expected = fresh.digest(now=NOW)
            self.assertEqual(self.store.digest(now=NOW), expected)
            self.assertEqual(self.reopen().digest(now=NOW), expected)
        if self.on_file:
            verified = self.store.verify(rebuild=True)
            self.assertTrue(verified.ok, verified)
        # Of a visitor of whom nothing is left nothing is known.
        with self.raises(trato.NotFound):
            self.store.customer("cookie:0", now=NOW)
        again = self.store.retention.apply(now=NOW)
        self.assertEqual((again.facts, again.log_position), (0, None))

    def test_the_past_before_it_is_refused(self):
        self.fill(self.store)
        self.store.retention.apply(now=NOW)
        self.reopen()
        self.assertEqual(self.store.retention.earliest().replace(tzinfo=None),
                         CUT - datetime.timedelta(hours=1))  # summer time
        for at in ("2011-09-10 23:59:59", "2011-01-01"):
            with self.raises(trato.OutOfRange, "2011-09-11", "retention"):
                self.store.as_of(at)
            for ask in (lambda: self.store.customer("shop:1", now=at),
                        lambda: self.store.segments["views"].count(now=at),
                        lambda: self.store.customers.list(now=at),
                        lambda: self.store.customers(now=at),
                        lambda: self.store.digest(now=at),
                        lambda: self.store.customers.find("city", now=at),
                        lambda: self.store.timeline("shop:1", now=at)):
                with self.raises(trato.OutOfRange, "retention"):
                    ask()
        self.store.as_of("2011-09-11").close()
        self.store.customer("shop:1", now="2011-09-11")

    def test_no_byte_of_it_is_left(self):
        if not self.on_file:
            return
        self.store.attributes.define("mood", str, now=NOW)
        for i in range(50):
            self.store.attributes.set("shop:1", "mood", f"zebrafish{i:02}",
                                      at="2011-01-01", now=NOW)
        self.store.record("cookie:zebrafish", "view", at="2011-01-01", now=NOW,
                          key="zebrafish")
        self.store.attributes.set("shop:1", "mood", "calm", at="2011-12-01", now=NOW)
        self.store.retention.define("attribute", "*", "90d", now=NOW)
        self.store.retention.define("interactions", "*", "90d", now=NOW)
        self.assertTrue(self.store.retention.apply(now=NOW).purged)
        self.reopen()
        self.store.close()
        for path in self.folder.iterdir():
            self.assertNotIn(b"zebrafish", path.read_bytes(), path)
        self.assertEqual(self.reopen().customer("shop:1", now=NOW)["mood"], "calm")

    def test_the_longest_rule_of_a_name_holds_and_a_name_before_the_rest(self):
        define = self.store.retention.define
        self.buy("shop:1", "2011-01-01")
        self.store.record("shop:1", "visit", at="2011-01-01", now=NOW)
        self.store.record("shop:1", "view", at="2011-01-01", now=NOW)
        self.store.consents.define_purpose("accounts", direct_marketing=False, now=NOW)
        define("interactions", "*", "100d", now=NOW)
        define("interactions", "purchase", "10d", now=NOW)
        define("interactions", "purchase", "5y", purpose="accounts", now=NOW)
        define("interactions", "visit", "1y", now=NOW)
        self.assertEqual(self.store.retention.apply(dry_run=True, now=NOW).by_kind,
                         {("interactions", "view"): 1})
        define("interactions", "visit", "1d", now=NOW)
        define("interactions", "purchase", "", purpose="accounts", now=NOW)
        self.assertEqual(len(self.store.retention.list(now=NOW)), 3)
        self.assertEqual(self.store.retention.apply(now=NOW).interactions, 3)
        with self.raises(trato.NotFound):
            self.store.customer("shop:1", now=NOW)

    def test_a_corrected_interaction_goes_by_what_it_was(self):
        record = self.store.record
        late = record("shop:1", "view", at="2011-01-01", key="a", now=NOW)
        early = record("shop:1", "view", at="2011-12-01", key="b", now=NOW)
        gone = record("shop:1", "view", at="2011-01-01", key="c", now=NOW)
        other = record("shop:1", "visit", at="2011-01-01", key="d", now=NOW)
        correct = self.store.correct
        correct("shop:1", late, "view", at="2011-12-02", now=NOW)
        correct("shop:1", early, "view", at="2011-01-02", now=NOW)
        self.store.retract("shop:1", gone, now=NOW)
        correct("shop:1", other, "view", at="2011-01-03", now=NOW)
        self.store.retention.define("interactions", "view", "90d", now=NOW)
        self.assertEqual(self.store.retention.apply(now=NOW).interactions, 3)
        self.reopen()
        (left,) = self.store.timeline("shop:1", now=NOW)
        self.assertEqual((left.fact, left.key), (late, "a"))

    def test_decisions_go_with_their_outcomes(self):
        self.buy("shop:1", "2011-01-01")
        self.store.offers.define("tea", products=["candle"], value=gbp(100), now=NOW)
        old = self.store.offers.decide("shop:1", now="2011-01-02").id
        new = self.store.offers.decide("shop:1", now="2011-12-02").id
        for decision in (old, new):
            self.store.outcome(decision, "accepted", at="2011-12-05", now=NOW)
        self.store.retention.define("decisions", "*", "90d", now=NOW)
        self.assertEqual(self.store.retention.apply(now=NOW).facts, 2)
        self.reopen().decisions.explain(new)
        with self.raises(trato.NotFound):
            self.store.decisions.explain(old)

    def test_bad_input(self):
        define = self.store.retention.define
        with self.raises(trato.FailedPrecondition, "no rule"):
            self.store.retention.apply(now=NOW)
        with self.raises(trato.NotFound, "did you mean 'view'"):
            define("interactions", "vew", "2y", now=NOW)
        with self.raises(trato.NotFound):
            define("attribute", "mood", "2y", now=NOW)
        with self.raises(trato.NotFound, "purpose"):
            define("interactions", "view", "2y", purpose="fun", now=NOW)
        with self.raises(trato.InvalidArgument, "keep"):
            define("interactions", "view", "two years", now=NOW)
        with self.raises(trato.InvalidArgument, "decisions"):
            define("decisions", "tea", "2y", now=NOW)
        define("interactions", "view", "1d", now=NOW)
        self.store.record("shop:1", "view", at="2011-01-01", now=NOW)
        if self.on_file:
            with self.store.as_of("2011-12-01"):
                with self.raises(trato.FailedPrecondition, "past"):
                    self.store.retention.apply(now=NOW)


if __name__ == "__main__":
    unittest.main()
