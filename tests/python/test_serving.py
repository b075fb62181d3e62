# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Learners that serve a store's offers, and how deep the relationships are."""

import datetime
import math
import random
import unittest

import trato
from support import StoreCase, gbp, in_memory_and_on_file
from trato import Line

DAY = datetime.timedelta(days=1)


def mean(yes, asked, before, weight):
    return (yes + before * weight) / (asked + weight)


@in_memory_and_on_file
class ServingTest(StoreCase):
    """Offers of no need, so that by hand

        rate of the offer       m   = (S + 10 x 0.05) / (N + 10)
        of who is alike         m_g = (S_g + 20 m) / (N_g + 20)
        affinity                (s + k m_g) / (n + k)
    """

    def setUp(self):
        super().setUp()
        for number in range(1, 7):
            self.buy(f"shop:{number}", "2011-01-05", Line("lamp", 1, gbp(100)))

    def offer(self, name, value=1000, **more):
        more.setdefault("now", "2011-01-01")
        if "needs" not in more:
            more.setdefault("products", [name])
        self.store.offers.define(name, value=gbp(value), **more)

    def learner(self, name="all", **more):
        more.setdefault("now", "2011-01-02")
        more.setdefault("customer_weight", 4.0)
        self.store.learning.define(name, **more)

    def explained(self, customer, offer, now):
        found = self.store.offers.explain(customer, now=now)
        return next(it for it in found.offers if it.offer == offer)

    def affinity(self, customer, offer="one", now="2011-03-01"):
        return self.explained(customer, offer, now).affinity

    def decide(self, customer, at, kind=None, answered=None):
        decision = self.store.offers.decide(customer, now=at)
        if kind is not None:
            self.store.outcome(decision, kind, at=answered or at, now="2011-03-01")
        return decision

    def test_rates_are_pooled_between_customer_kind_and_offer(self):
        self.offer("one", products=["candle"])
        self.learner()
        self.assertAlmostEqual(self.affinity("shop:1"), 0.05, places=12)
        self.decide("shop:1", "2011-01-10", "accepted")
        self.decide("shop:1", "2011-01-11", "refused")
        self.decide("shop:2", "2011-01-12", "refused")
        # All of them bought no candle: they are alike.
        offer = mean(1, 3, 0.05, 10)
        alike = mean(1, 3, offer, 20)
        self.assertAlmostEqual(
            self.affinity("shop:1"), mean(1, 2, alike, 4), places=12
        )
        self.assertAlmostEqual(
            self.affinity("shop:2"), mean(0, 1, alike, 4), places=12
        )
        self.assertAlmostEqual(self.affinity("shop:3"), alike, places=12)
        # Who buys candles is not alike: only the offer's rate is known of her.
        self.buy("shop:3", "2011-02-01", Line("candle", 1, gbp(100)))
        self.assertAlmostEqual(self.affinity("shop:3"), offer, places=12)
        self.reopen()
        self.assertAlmostEqual(
            self.affinity("shop:1"), mean(1, 2, alike, 4), places=12
        )
        traced = self.explained("shop:1", "one", "2011-03-01")
        self.assertEqual(traced.learner, "all")
        self.assertEqual((traced.answers, traced.acceptances), (2, 1))
        self.assertAlmostEqual(traced.rate, alike, places=12)

    def test_what_is_shown_is_a_no_until_it_is_a_yes(self):
        self.offer("one")
        self.learner()
        decision = self.decide("shop:1", "2011-01-10")
        self.assertAlmostEqual(self.affinity("shop:2"), 0.05, places=12)
        self.store.outcome(decision, "shown", at="2011-01-11", now="2011-03-01")
        no = mean(0, 1, mean(0, 1, 0.05, 10), 20)
        self.assertAlmostEqual(self.affinity("shop:2"), no, places=12)
        self.store.outcome(decision, "accepted", at="2011-02-01", now="2011-03-01")
        yes = mean(1, 1, mean(1, 1, 0.05, 10), 20)
        self.assertAlmostEqual(self.affinity("shop:2"), yes, places=12)
        # As it was in between, and before; and now again.
        self.assertAlmostEqual(
            self.affinity("shop:2", now="2011-01-31 12:00"), no, places=12
        )
        self.assertAlmostEqual(
            self.affinity("shop:2", now="2011-01-10 12:00"), 0.05, places=12
        )
        self.assertAlmostEqual(self.affinity("shop:2"), yes, places=12)
        self.store.outcome(decision, "returned", at="2011-02-10", now="2011-03-01")
        self.assertAlmostEqual(self.affinity("shop:2"), no, places=12)
        self.assertAlmostEqual(
            self.affinity("shop:2", now="2011-02-09"), yes, places=12
        )

    def test_silence_is_a_no_when_its_time_is_over(self):
        self.offer("one", respond_within="7d")
        self.learner()
        decision = self.decide("shop:1", "2011-01-10")
        no = mean(0, 1, mean(0, 1, 0.05, 10), 20)
        for now, expected in (
            ("2011-01-10 12:00", 0.05),
            ("2011-01-16 23:59", 0.05),
            ("2011-01-17", no),
            ("2011-01-12", 0.05),
        ):
            self.assertAlmostEqual(
                self.affinity("shop:2", now=now), expected, places=12, msg=now
            )
        # A late yes counts from when it comes.
        self.store.outcome(decision, "accepted", at="2011-02-01", now="2011-03-01")
        yes = mean(1, 1, mean(1, 1, 0.05, 10), 20)
        self.assertAlmostEqual(self.affinity("shop:2"), yes, places=12)
        self.assertAlmostEqual(
            self.affinity("shop:2", now="2011-01-20"), no, places=12
        )

    def test_a_link_brings_answers_together_and_an_unlink_takes_them_apart(self):
        self.offer("one")
        self.learner()
        self.decide("shop:1", "2011-01-10", "accepted")
        self.decide("shop:2", "2011-01-11", "refused")
        before = [self.affinity(f"shop:{i}") for i in (1, 2, 3)]
        digest = self.store.digest(now="2011-03-01")
        self.store.link("shop:1", "shop:2", now="2011-02-01")
        alike = mean(1, 2, mean(1, 2, 0.05, 10), 20)
        for customer in ("shop:1", "shop:2"):
            self.assertAlmostEqual(
                self.affinity(customer), mean(1, 2, alike, 4), places=12
            )
        self.store.unlink("shop:1", "shop:2", now="2011-02-02")
        self.assertEqual([self.affinity(f"shop:{i}") for i in (1, 2, 3)], before)
        self.assertEqual(self.store.digest(now="2011-03-01"), digest)

    def test_an_offer_begins_with_what_is_known_of_its_need(self):
        self.offer("one", needs=["warmth"])
        self.learner()
        for customer in range(1, 7):
            self.decide(f"shop:{customer}", f"2011-01-1{customer}", "accepted")
        self.offer("two", needs=["warmth"], now="2011-02-20")
        self.offer("three", needs=["light"], now="2011-02-20")
        need = mean(6, 6, 0.05, 10)
        # As a segment takes to the need, so it is taken to take to the offer.
        alike = need * mean(6, 6, need, 20) / need
        lift = (1 + 1) / (alike_first(need) + 1)
        self.assertAlmostEqual(
            self.affinity("shop:1", "two"), alike * lift, places=12
        )
        self.assertAlmostEqual(self.affinity("shop:1", "three"), 0.05, places=12)

    def test_the_most_particular_learner_serves(self):
        self.offer("one", issue="spring", group="shoes")
        self.learner("all", prior_rate=0.10)
        self.assertAlmostEqual(self.affinity("shop:1"), 0.10, places=12)
        self.learner("an issue", issue="spring", prior_rate=0.11)
        self.assertAlmostEqual(self.affinity("shop:1"), 0.11, places=12)
        self.learner("a group", group="shoes", prior_rate=0.12)
        self.assertAlmostEqual(self.affinity("shop:1"), 0.12, places=12)
        self.learner("an offer", offer="one", prior_rate=0.13)
        self.assertAlmostEqual(self.affinity("shop:1"), 0.13, places=12)
        self.learner("an offer", offer="one", retired=True)
        self.assertAlmostEqual(self.affinity("shop:1"), 0.12, places=12)
        found = {it.name: it for it in self.store.learning.list(now="2011-03-01")}
        self.assertEqual(
            {name: it.offers for name, it in found.items()},
            {"all": 0, "an issue": 0, "a group": 1, "an offer": 0},
        )
        self.assertTrue(found["an offer"].retired)

    def test_segments_tell_customers_apart(self):
        self.store.segments.define(
            "lamps", 'interactions("purchase").count() >= 2', now="2011-01-01"
        )
        self.offer("one")
        self.learner(segments=["lamps"])
        self.buy("shop:1", "2011-01-06", Line("lamp", 1, gbp(100)))
        self.buy("shop:2", "2011-01-06", Line("lamp", 1, gbp(100)))
        self.decide("shop:1", "2011-01-10", "accepted")
        self.decide("shop:3", "2011-01-11", "refused")
        offer = mean(1, 2, 0.05, 10)
        self.assertAlmostEqual(
            self.affinity("shop:2"), mean(1, 1, offer, 20), places=12
        )
        # Of who is in none nothing but the offer's rate is known.
        self.assertAlmostEqual(self.affinity("shop:4"), offer, places=12)
        known = self.store.learning.show("all", now="2011-03-01")
        self.assertEqual(
            known.to_dicts(),
            [
                {
                    "offer": "one",
                    "segment": "lamps",
                    "shown": 1.0,
                    "accepted": 1.0,
                    "rate": known.offers[0].segments[0].rate,
                }
            ],
        )
        self.assertAlmostEqual(known.offers[0].segments[0].rate, mean(1, 1, offer, 20))

    def test_old_answers_fade_and_are_not_lost(self):
        self.offer("one")
        self.learner(half_life=28 * DAY)
        decision = self.store.offers.decide("shop:1", now="2011-01-10")
        self.store.outcome(decision, "accepted", at="2011-01-10", now="2011-01-10")
        day = datetime.datetime(2011, 1, 10, tzinfo=datetime.timezone.utc)
        origin = datetime.datetime(1900, 1, 1, tzinfo=datetime.timezone.utc)
        step = lambda at: (at - origin) // (7 * DAY)
        for weeks in (0, 1, 4, 9, 40):
            now = day + weeks * 7 * DAY
            weight = 2 ** -((step(now) - step(day)) / 4)
            alike = mean(weight, weight, mean(weight, weight, 0.05, 10), 20)
            self.assertAlmostEqual(
                self.affinity("shop:2", now=now), alike, places=12, msg=weeks
            )

    def test_a_decision_keeps_the_probability_of_each(self):
        for number in range(5):
            self.offer(f"offer {number}", 1000 + number)
        self.learner(floor=0.1)
        explained = self.store.offers.explain("shop:1", now="2011-01-10")
        chances = {it.offer: it.probability for it in explained.offers}
        self.assertAlmostEqual(sum(chances.values()), 1, places=9)
        for chance in chances.values():
            self.assertGreaterEqual(chance, 0.1 / 5)
        decision = self.store.offers.decide("shop:1", now="2011-01-10")
        self.assertEqual(decision.probability, chances[decision.match.offer])
        stored = self.store.decisions.explain(decision)
        self.assertTrue(stored.replayed)
        self.assertEqual(stored.learner, "all")
        self.learner(policy="fixed", floor=0.1)
        explained = self.store.offers.explain("shop:1", now="2011-01-11")
        self.assertAlmostEqual(explained.offers[0].probability, 0.92, places=12)
        self.learner(policy="random")
        explained = self.store.offers.explain("shop:1", now="2011-01-12")
        for it in explained.offers:
            self.assertAlmostEqual(it.probability, 0.2, places=12)

    def test_decisions_replay_while_the_learner_learns(self):
        for number in range(4):
            self.offer(f"offer {number}", 1000, respond_within="5d")
        self.learner(half_life=14 * DAY)
        chance = random.Random(7)
        at = datetime.datetime(2011, 1, 10, tzinfo=datetime.timezone.utc)
        pending = []
        for turn in range(300):
            at += datetime.timedelta(hours=chance.randrange(1, 9))
            customer = f"shop:{chance.randrange(1, 7)}"
            decision = self.store.offers.decide(
                customer, now=at, durability="buffered"
            )
            pending.append((decision, at))
            if chance.random() < 0.7:
                which, made = pending.pop(chance.randrange(len(pending)))
                kind = chance.choice(["shown", "accepted", "refused", "bought"])
                answered = min(at, made + chance.randrange(0, 9) * DAY)
                self.store.outcome(
                    which, kind, at=answered, now=at, durability="buffered"
                )
            if turn == 150:
                self.store.link("shop:1", "shop:2", now=at)
            if turn == 200:
                self.learner(half_life=14 * DAY, exploration=0.3, now=at)
            if turn == 250:
                self.store.unlink("shop:1", "shop:2", now=at)
        report = self.store.decisions.replay()
        self.assertEqual((report.decisions, report.same), (300, 300), report)
        self.reopen()
        report = self.store.decisions.replay()
        self.assertEqual((report.decisions, report.same), (300, 300), report)

    def test_the_order_of_outcomes_does_not_matter(self):
        def answered(order):
            store = trato.open(None, zone="UTC", currency="GBP", seed=5)
            self.addCleanup(store.close)
            for number in range(1, 7):
                store.record(f"shop:{number}", "visit", at="2011-01-05", now="2011-01-05")
            for name, value in (("one", 1000), ("two", 900)):
                store.offers.define(
                    name, value=gbp(value), products=[name], now="2011-01-01"
                )
            store.learning.define("all", now="2011-01-02")
            chance = random.Random(3)
            outcomes = []
            day = datetime.datetime(2011, 1, 10, tzinfo=datetime.timezone.utc)
            for turn in range(40):
                at = day + turn * datetime.timedelta(hours=7)
                customer = f"shop:{chance.randrange(1, 7)}"
                decision = store.offers.decide(customer, now=at)
                for _ in range(2):
                    kind = chance.choice(["accepted", "refused", "shown"])
                    when = at + datetime.timedelta(hours=chance.randrange(1, 300))
                    outcomes.append((decision, kind, when))
            for decision, kind, at in order(outcomes):
                store.outcome(decision, kind, at=at, now="2011-03-01")
            return [
                it
                for number in range(1, 7)
                for it in store.offers.explain(f"shop:{number}", now="2011-03-01").offers
            ]

        first = answered(lambda outcomes: outcomes)
        self.assertTrue(any(it.answers > 0 for it in first))
        for seed in range(3):
            shuffled = answered(
                lambda outcomes: random.Random(seed).sample(outcomes, len(outcomes))
            )
            self.assertEqual(shuffled, first)

    def test_how_deep_a_relationship_is(self):
        self.offer("one", 1000, title="Tea")
        self.offer("two", 1000, title="Mugs")
        self.learner(exploration=1.0, customer_weight=2.0)
        stranger = self.store.learning.depth("shop:1", now="2011-01-09")
        (learner,) = stranger.learners
        self.assertEqual((learner.answers, learner.decisions, learner.used), (0, 0, 0))
        self.assertAlmostEqual(learner.bits, 1, places=6)
        self.assertAlmostEqual(learner.gain_minor, 0, places=9)
        self.assertIn("nothing", stranger.loss.lower())
        taught = {"one": "refused", "two": "accepted"}
        asked = {"one": 0, "two": 0}
        for turn in range(12):
            at = f"2011-01-{10 + turn}"
            decision = self.decide("shop:1", at)
            asked[decision.match.offer] += 1
            self.store.outcome(decision, taught[decision.match.offer], at=at, now=at)
        depth = self.store.learning.depth("shop:1", now="2011-03-01")
        (learner,) = depth.learners
        self.assertEqual(
            (learner.answers, learner.acceptances, learner.decisions, learner.used),
            (12, asked["two"], 12, 11),
        )
        offers = {it.offer: it for it in learner.offers}
        self.assertEqual(learner.offers[0].offer, "two")
        self.assertEqual(
            {name: it.answers for name, it in offers.items()}, asked
        )
        total = sum(
            it.probability * 1000 * it.affinity for it in learner.offers
        )
        self.assertAlmostEqual(learner.expected_minor, total, places=6)
        self.assertAlmostEqual(
            learner.bits,
            -sum(it.probability * math.log2(it.probability) for it in learner.offers),
            places=9,
        )
        self.assertLess(learner.bits, learner.bits_of_stranger)
        self.assertGreater(learner.gain_minor, 0)
        self.assertIn("12 answers", depth.loss)
        rows = self.store.learning.depths(now="2011-03-01").to_dicts()
        self.assertEqual([row["customer"] for row in rows], ["shop:1"])
        self.assertAlmostEqual(rows[0]["gain_minor"], learner.gain_minor)
        base = self.store.learning.base(now="2011-03-01")
        self.assertEqual(sum(it.customers for it in base.levels), 6)
        level = next(it for it in base.levels if it.answers_from == 10)
        self.assertEqual((level.customers, level.answers, level.used), (1, 12, 11))
        self.assertAlmostEqual(level.gain_minor, learner.gain_minor)
        points = self.store.learning.progress(now="2011-03-01").points
        self.assertEqual([it.number for it in points], list(range(1, 13)))
        self.assertEqual(sum(it.accepted for it in points), asked["two"])
        self.assertIn("<svg", self.store.learning.progress(now="2011-03-01").chart())

    def test_what_if_the_learner_had_chosen_otherwise(self):
        for name in ("one", "two", "three"):
            self.offer(name)
        self.learner(floor=0.2)
        chance = random.Random(5)
        for turn in range(80):
            at = f"2011-01-{10 + turn // 4} 0{turn % 4}:00"
            decision = self.store.offers.decide(f"shop:{1 + turn % 6}", now=at)
            kind = "accepted" if chance.random() < 0.3 else "refused"
            self.store.outcome(decision, kind, at=at, now=at)
        self.store.learning.define("later", offer="two", now="2011-02-15")
        same = self.store.what_if(lambda fork: None, until="2011-02-01", now="2011-03-01")
        self.assertEqual(same.other, 0)
        other = self.store.what_if(
            lambda fork: fork.learning.define("all", policy="random", now="2011-02-20"),
            until="2011-02-01", now="2011-03-01")
        self.assertGreater(other.other, 10)
        # Nothing of it is left.
        report = self.store.decisions.replay()
        self.assertEqual((report.decisions, report.same), (80, 80))

    def test_bad_input_is_named_and_changes_nothing(self):
        self.offer("one")
        digest = self.store.digest(now="2011-03-01")
        define = self.store.learning.define
        for more, *parts in (
            ({"policy": "best"}, "policy"),
            ({"floor": 0.0}, "learner 'x'", "floor"),
            ({"floor": math.nan}, "floor"),
            ({"prior_rate": 0.0}, "prior_rate"),
            ({"exploration": -1.0}, "exploration"),
            ({"customer_weight": -1.0}, "customer_weight"),
            ({"half_life": DAY}, "half_life"),
            ({"segments": ["a", "a"]}, "segments[1]"),
            ({"issue": "x" * 2000}, "issue"),
        ):
            with self.subTest(more), self.raises(trato.InvalidArgument, *parts):
                define("x", now="2011-01-02", **more)
        with self.raises(trato.InvalidArgument, "learner"):
            define("", now="2011-01-02")
        with self.raises(trato.NotFound, "segments[0]", "nobody"):
            define("x", segments=["nobody"], now="2011-01-02")
        with self.raises(trato.NotFound, "learner 'x'"):
            self.store.learning.show("x", now="2011-01-02")
        with self.raises(trato.NotFound, "learner 'x'"):
            self.store.learning.progress("x", now="2011-01-02")
        with self.raises(trato.NotFound, "shop:99"):
            self.store.learning.depth("shop:99", now="2011-03-01")
        self.assertEqual(self.store.digest(now="2011-03-01"), digest)
        self.assertEqual(self.store.learning.list(now="2011-03-01"), [])


def alike_first(need):
    """What was expected of a customer's one answer to the first offer of a need
    that six like her accepted."""
    # The offer inherits the need's rate, and then has six answers of its own.
    offer = mean(6, 6, need, 10)
    here_need = mean(6, 6, need, 20)
    before = min(0.99, offer * here_need / need)
    return mean(6, 6, before, 20)


if __name__ == "__main__":
    unittest.main()
