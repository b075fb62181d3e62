# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Logistic learners in a store: what a refit finds is the most probable there is."""

import datetime
import math
import random
import unittest

import trato
from support import StoreCase, gbp, in_memory_and_on_file

START = datetime.datetime(2011, 1, 3, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)
LATE = "2011-12-01"
OFFERS = ["one", "two", "three"]
SEGMENTS = ["keen", "far"]


def logistic(x):
    return 1 / (1 + math.exp(-x))


@in_memory_and_on_file
class LogisticTest(StoreCase):
    def setUp(self):
        super().setUp()
        for name in SEGMENTS:
            self.store.attributes.define(name, bool, now="2011-01-01")
        self.is_in = {}
        chance = random.Random(7)
        for number in range(30):
            who = f"shop:{number}"
            self.is_in[who] = {it: chance.random() < 0.5 for it in SEGMENTS}
            for name, value in self.is_in[who].items():
                self.store.attributes.set(who, name, value, now="2011-01-01")
        for name in SEGMENTS:
            self.store.segments.define(name, f"customer.{name}", now="2011-01-01")
        for name in OFFERS:
            self.store.offers.define(
                name, value=gbp(1000), products=[name], now="2011-01-01")

    def learner(self, **more):
        more = {"segments": SEGMENTS, "policy": "logistic", "floor": 0.3,
                "now": "2011-01-02", **more}
        self.store.learning.define("all", **more)

    def answer(self, count=300, seed=1):
        """Decisions with answers: [(who, offer, accepted)]; in which order the
        outcomes are told is by chance."""
        chance, answers, outcomes = random.Random(seed), [], []
        for turn in range(count):
            who = f"shop:{chance.randrange(30)}"
            at = START + turn * HOUR
            decision = self.store.offers.decide(who, now=at, durability="buffered")
            likes = {"one": -1.0, "two": -2.0, "three": 0.0}[decision.match.offer]
            likes += 2.0 * (self.is_in[who]["keen"] and decision.match.offer == "two")
            likes -= 1.0 * self.is_in[who]["far"]
            accepted = chance.random() < logistic(likes)
            answers.append((who, decision.match.offer, accepted))
            outcomes.append((decision, "accepted" if accepted else "refused", at))
        chance.shuffle(outcomes)
        for decision, kind, at in outcomes:
            self.store.outcome(decision, kind, at=at, now=LATE)
        return answers

    def weights(self, known):
        found = {}
        for it in known.weights:
            found[it["offer"], it["of"]] = (it["mean"], it["deviation"])
        return found

    def features(self, who):
        return ["", *(name for name in SEGMENTS if self.is_in[who][name])]

    def score(self, weights, who, offer):
        base = math.log(0.05 / 0.95)
        return base + sum(
            weights[by, of][0] for of in self.features(who) for by in (None, offer))

    def check(self, known, answers, counts=lambda turn: 1.0):
        """The slope of the log posterior, a sum over answers one by one, is 0 at
        the weights, and as it is concave there is no other such place."""
        weights = self.weights(known)
        self.assertEqual(len(weights), 4 * 3)
        slope = {key: -mean for key, (mean, _) in weights.items()}
        bend = {key: 1.0 for key in weights}
        for turn, (who, offer, accepted) in enumerate(answers):
            p = logistic(self.score(weights, who, offer))
            for of in self.features(who):
                for by in (None, offer):
                    slope[by, of] += counts(turn) * (accepted - p)
                    bend[by, of] += counts(turn) * p * (1 - p)
        for key in weights:
            self.assertAlmostEqual(slope[key], 0, places=7, msg=key)
            self.assertAlmostEqual(weights[key][1], bend[key] ** -0.5, places=9)
        return weights

    def affinities(self, who):
        return {
            it.offer: it.affinity
            for it in self.store.offers.explain(who, now=LATE).offers
        }

    def test_a_refit_is_the_most_probable(self):
        self.learner()
        # Before it there is the prior.
        self.assertAlmostEqual(self.affinities("shop:1")["one"], 0.05, places=12)
        answers = self.answer()
        self.assertAlmostEqual(self.affinities("shop:1")["one"], 0.05, places=12)
        known = self.store.learning.refit("all", now=LATE)
        weights = self.check(known, answers)
        self.assertGreater(weights["two", "keen"][0], 0.5)
        for who in ("shop:1", "shop:2", "shop:3"):
            for offer, affinity in self.affinities(who).items():
                self.assertAlmostEqual(
                    affinity, logistic(self.score(weights, who, offer)), places=9)
        # It is an edition: it stays after reopening, and every decision replays.
        self.store.offers.decide("shop:4", now=LATE)
        before = self.affinities("shop:5")
        self.reopen()
        self.assertEqual(self.affinities("shop:5"), before)
        report = self.store.decisions.replay()
        self.assertEqual((report.decisions, report.same), (301, 301))

    def test_what_if_it_had_not_been_refitted(self):
        self.learner()
        chance = random.Random(2)
        for turn in range(120):
            who, at = f"shop:{turn % 30}", START + turn * HOUR
            decision = self.store.offers.decide(who, now=at, durability="buffered")
            kind = "accepted" if (
                decision.match.offer == "two" and chance.random() < 0.8) else "refused"
            self.store.outcome(decision, kind, at=at, now=at, durability="buffered")
            if turn == 60:
                self.store.learning.refit("all", now=at)
        self.assertEqual(self.store.what_if(lambda fork: None, now=LATE).other, 0)
        other = self.store.what_if(
            lambda fork: fork.learning.define("all", policy="random", now=LATE), now=LATE)
        self.assertGreater(other.other, 20)

    def test_the_order_of_answers_does_not_matter(self):
        self.learner()
        self.answer(seed=4)
        one = self.store.learning.refit("all", now=LATE)
        two = self.store.learning.refit("all", now=LATE)
        self.assertEqual(one.weights, two.weights)
        with trato.open(None, **self.settings) as other:
            mine, self.store = self.store, other
            try:
                for name in SEGMENTS:
                    other.attributes.define(name, bool, now="2011-01-01")
                for who, values in self.is_in.items():
                    for name, value in values.items():
                        other.attributes.set(who, name, value, now="2011-01-01")
                for name in SEGMENTS:
                    other.segments.define(name, f"customer.{name}", now="2011-01-01")
                for name in OFFERS:  # the same offers in the same order
                    other.offers.define(
                        name, value=gbp(1000), products=[name], now="2011-01-01")
                self.learner()
                self.answer(seed=4)
                three = other.learning.refit("all", now=LATE)
            finally:
                self.store = mine
        self.assertEqual(one.weights, three.weights)

    def test_older_answers_count_less(self):
        self.learner(half_life=datetime.timedelta(days=7))
        answers = self.answer()
        now = START + 300 * HOUR
        known = self.store.learning.refit("all", now=now)
        self.check(known, answers, lambda turn: 0.5 ** ((300 - turn) / (7 * 24)))

    def test_without_segments_it_goes_by_how_often_she_bought(self):
        self.learner(segments=())
        self.answer(60)
        known = self.store.learning.refit("all", now=LATE)
        self.assertEqual(
            [it["of"] for it in known.weights[:4]],
            ["", "never bought", "bought once", "bought more often"])
        self.assertEqual({it["deviation"] for it in known.weights[2:4]}, {1.0})

    def test_what_was_learned_stays_as_long_as_the_segments_do(self):
        self.learner()
        self.answer(60)
        weights = self.store.learning.refit("all", now=LATE).weights
        self.learner(floor=0.1, now=LATE)
        self.assertEqual(
            self.store.learning.show("all", now=LATE).weights, weights)
        # A new offer goes by the weights for any, and is less certain.
        self.store.offers.define(
            "new", value=gbp(1000), products=["new"], now=LATE)
        any_ = {it["of"]: it["mean"] for it in weights if it["offer"] is None}
        expected = logistic(math.log(0.05 / 0.95) + sum(
            any_[of] for of in self.features("shop:1")))
        self.assertAlmostEqual(self.affinities("shop:1")["new"], expected, places=9)
        self.learner(segments=SEGMENTS[:1], now=LATE)
        self.assertEqual(self.store.learning.show("all", now=LATE).weights, [])
        self.assertAlmostEqual(self.affinities("shop:1")["one"], 0.05, places=12)

    def test_what_cannot_be_refitted_says_why(self):
        refit = self.store.learning.refit
        with self.raises(trato.NotFound, "learner 'all'"):
            refit("all", now=LATE)
        self.learner()
        digest = self.store.digest(now=LATE)
        with self.raises(trato.FailedPrecondition, "learner 'all'", "no answers"):
            refit("all", now=LATE)
        self.answer(20)
        # Answers that are given later are not known then.
        with self.raises(trato.FailedPrecondition, "no answers"):
            refit("all", now="2011-01-02")
        self.learner(retired=True, now=LATE)
        with self.raises(trato.FailedPrecondition, "retired"):
            refit("all", now=LATE)
        self.learner(policy="affinity", now=LATE)
        with self.raises(trato.FailedPrecondition, "each answer"):
            refit("all", now=LATE)
        self.assertNotEqual(self.store.digest(now=LATE), digest)


if __name__ == "__main__":
    unittest.main()
