# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Learners, against the same beliefs written down anew."""

import math
import random
import unittest

import trato
from trato.learning import Learner

DAY = 86_400_000_000
OFFERS = ["tea", "coffee", "mug", "plate"]


def beta_mean(shown, accepted, before, weight):
    return (accepted + before * weight) / (shown + weight)


class Naive:
    """The formulas of the default learner, without forgetting and needs."""

    def __init__(self, answers):
        self.answers = answers

    def count(self, **wanted):
        rows = [
            row
            for row in self.answers
            if all(row[name] == value for name, value in wanted.items())
        ]
        return len(rows), sum(row["accepted"] for row in rows)

    def rate(self, offer, segment):
        everybody = beta_mean(*self.count(offer=offer), 0.05, 10)
        if segment is None:
            return everybody
        return beta_mean(
            *self.count(offer=offer, segment=segment), everybody, 20
        )

    def weight(self):
        cells = {(r["customer"], r["offer"], r["segment"]) for r in self.answers}
        expected, excess = 5.0, 5.0 / 13
        for customer, offer, segment in cells:
            if customer == 0:
                continue
            n, s = self.count(customer=customer, offer=offer, segment=segment)
            mean = self.rate(offer, segment)
            expected += n * (n - 1) * mean * (1 - mean)
            excess += (s - n * mean) ** 2 - s * (1 - mean) ** 2 - (n - s) * mean**2
        if excess <= 0:
            return 200.0
        return min(200.0, max(2.0, expected / excess - 1))

    def belief(self, customers, segment, offer, weight):
        n = s = 0
        for customer in customers:
            n_of, s_of = self.count(customer=customer, offer=offer)
            n, s = n + n_of, s + s_of
        mean = self.rate(offer, segment)
        return s + weight * mean, n - s + weight * (1 - mean)


def chances(beliefs, values, exploration, floor, steps=6000):
    """Of each to have the largest value times rate, with log-normal rates."""
    logs = []
    for (a, b), value in zip(beliefs, values):
        mean = a / (a + b)
        variance = a * b / ((a + b) ** 2 * (a + b + 1))
        of_log = math.log(1 + exploration**2 * variance / mean**2)
        logs.append((math.log(value * mean) - of_log / 2, math.sqrt(of_log)))
    low = min(m - 8 * d for m, d in logs)
    high = max(m + 8 * d for m, d in logs)
    out = [0.0] * len(logs)
    for i in range(steps):
        at = low + (i + 0.5) * (high - low) / steps
        below = [0.5 * math.erfc((m - at) / d / math.sqrt(2)) for m, d in logs]
        for a, (m, d) in enumerate(logs):
            others = math.prod(below[:a] + below[a + 1 :])
            z = (at - m) / d
            out[a] += math.exp(-z * z / 2) / d / math.sqrt(2 * math.pi) * others
    scale = (high - low) / steps
    return [(1 - floor) * p * scale + floor / len(logs) for p in out]


def some_answers(draw, count, customers=12, segments=3):
    taste = {
        (c, o): draw.betavariate(0.6, 2) for c in range(customers) for o in range(4)
    }
    rows = []
    for _ in range(count):
        customer = draw.randrange(customers)
        offer = draw.randrange(4)
        rows.append(
            {
                "customer": customer,
                "segment": customer % segments,
                "offer": offer,
                "accepted": int(draw.random() < taste[customer, offer]),
            }
        )
    return rows


def learn(learner, rows, at=0):
    learner.learn_all(
        [r["customer"] for r in rows],
        [r["offer"] for r in rows],
        [r["accepted"] for r in rows],
        segments=[r["segment"] for r in rows],
        at=at,
    )


class LearnerTest(unittest.TestCase):
    def test_rates_and_weight_are_those_of_the_formulas(self):
        draw = random.Random(1)
        for count in (0, 3, 60, 900):
            rows = some_answers(draw, count)
            learner = Learner(offers=OFFERS)
            learn(learner, rows)
            naive = Naive(rows)
            known = learner.describe(now=0)
            self.assertAlmostEqual(known["customer_weight"], naive.weight(), 9)
            for number, offer in enumerate(known["offers"]):
                self.assertEqual(offer["shown"], naive.count(offer=number)[0])
                self.assertAlmostEqual(offer["rate"], naive.rate(number, None), 12)
                for it in offer["segments"]:
                    self.assertAlmostEqual(
                        it["rate"], naive.rate(number, it["segment"]), 12
                    )

    def test_probabilities_are_those_of_the_integral(self):
        draw = random.Random(2)
        for exploration in (0.3, 1.0):
            rows = some_answers(draw, 500)
            learner = Learner(offers=OFFERS, exploration=exploration)
            learn(learner, rows)
            naive = Naive(rows)
            weight = naive.weight()
            values = [1.0, 2.5, 0.7, 1.2]
            for customer in range(1, 12):
                choice = learner.decide(
                    customer, segment=customer % 3, values=values, now=0
                )
                beliefs = [
                    naive.belief([customer], customer % 3, offer, weight)
                    for offer in range(4)
                ]
                wanted = chances(beliefs, values, exploration, 0.01)
                self.assertAlmostEqual(sum(choice.probabilities), 1, 12)
                for got, want in zip(choice.probabilities, wanted):
                    self.assertAlmostEqual(got, want, delta=0.01)

    def test_a_linked_customer_is_believed_by_all_her_answers(self):
        draw = random.Random(3)
        rows = some_answers(draw, 300)
        learner = Learner(offers=OFFERS)
        learn(learner, rows)
        apart = learner.decide(4, segment=1, now=0).probabilities
        learner.link(4, 7)
        learner.link(7, 10)
        naive = Naive(rows)
        beliefs = [naive.belief([4, 7, 10], 1, o, naive.weight()) for o in range(4)]
        wanted = chances(beliefs, [1] * 4, 0.15, 0.01)
        together = learner.decide(4, segment=1, now=0).probabilities
        for got, want in zip(together, wanted):
            self.assertAlmostEqual(got, want, delta=0.01)
        learner.unlink(4, 7)
        self.assertEqual(learner.decide(4, segment=1, now=0).probabilities, apart)

    def test_choices_come_as_often_as_their_probability_says(self):
        learner = Learner(offers=OFFERS, exploration=1, seed=5)
        learn(learner, some_answers(random.Random(4), 60))
        chosen = learner.decide_all(
            [3] * 40000, segments=[0] * 40000, probabilities=True, now=DAY
        )
        for offer in range(4):
            probability = chosen.probabilities[offer]
            share = list(chosen.offers).count(offer) / 40000
            self.assertAlmostEqual(
                share, probability, delta=5 * math.sqrt(probability / 40000)
            )
        for i in range(100):
            self.assertEqual(
                chosen.probability[i], chosen.probabilities[4 * i + chosen.offers[i]]
            )

    def test_many_at_once_are_as_one_by_one(self):
        learner = Learner(offers=OFFERS, seed=9)
        learn(learner, some_answers(random.Random(5), 200))
        customers, offsets = [3, 0, 8, 5], [0, 2, 3, 7, 9]
        offers = [3, 1, 2, 0, 1, 2, 3, 2, 0]
        values = [1, 2, 1, 1, 2, 3, 4, 1, 1]
        found = learner.decide_all(
            customers,
            segments=[0, 1, 2, 1],
            offers=offers,
            values=values,
            offsets=offsets,
            draw=10,
            now="2026-01-05",
        )
        for i, customer in enumerate(customers):
            part = slice(offsets[i], offsets[i + 1])
            one = learner.decide(
                customer,
                segment=[0, 1, 2, 1][i],
                offers=offers[part],
                values=values[part],
                draw=10 + i,
                now="2026-01-05",
            )
            self.assertEqual(one.number, found.offers[i])
            self.assertEqual(one.probability, found.probability[i])

    def test_what_is_old_counts_less(self):
        learner = Learner(offers=OFFERS, half_life_days=40)
        learner.learn(1, "tea", True, at=0)
        learner.learn(1, "tea", False, at=40 * DAY)
        known = learner.describe(now=40 * DAY)["offers"][0]
        self.assertEqual((known["shown"], known["accepted"]), (1.5, 0.5))
        known = learner.describe(now=80 * DAY)["offers"][0]
        self.assertEqual((known["shown"], known["accepted"]), (0.75, 0.25))
        self.assertEqual(learner.describe(now=DAY)["offers"][0]["shown"], 1)

    def test_a_no_that_becomes_a_yes_is_a_yes(self):
        late, plain = Learner(offers=OFFERS), Learner(offers=OFFERS)
        late.learn(1, "mug", False, segment=2, at=DAY)
        late.take_back(1, "mug", False, segment=2, at=DAY)
        late.learn(1, "mug", True, segment=2, at=DAY)
        plain.learn(1, "mug", True, segment=2, at=DAY)
        self.assertEqual(late.save(), plain.save())

    def test_squarecb_is_its_formula_on_the_means(self):
        rows = some_answers(random.Random(6), 300)
        learner = Learner("squarecb", offers=OFFERS, gamma=40)
        learn(learner, rows)
        naive = Naive(rows)
        means = []
        for offer in range(4):
            a, b = naive.belief([5], 2, offer, naive.weight())
            means.append(a / (a + b))
        wanted = [1 / (4 + 40 * (max(means) - mean)) for mean in means]
        best = means.index(max(means))
        wanted[best] += 1 - sum(wanted)
        got = learner.decide(5, segment=2, now=0).probabilities
        for p, want in zip(got, wanted):
            self.assertAlmostEqual(p, 0.99 * want + 0.01 / 4, 10)

    def test_a_regression_learns_what_the_numbers_say(self):
        draw = random.Random(7)
        learner = Learner("logistic", offers=["a", "b"], context=2)
        for _ in range(4000):
            x = [draw.gauss(0, 1), 1.0]
            offer = draw.randrange(2)
            score = (1.5 if offer == 0 else -1.5) * x[0] - 1
            yes = draw.random() < 1 / (1 + math.exp(-score))
            learner.learn(0, offer, yes, context=x, at=0)
        for x, wanted in (([2.0, 1.0], "a"), ([-2.0, 1.0], "b")):
            choice = learner.decide(context=x, now=0)
            best = max(zip(choice.probabilities, learner.offers))
            self.assertEqual(best[1], wanted)
            self.assertGreater(best[0], 0.9)
        with self.assertRaises(trato.FailedPrecondition):
            learner.take_back(0, "a", True, at=0)

    def test_fixed_and_random(self):
        fixed = Learner("fixed", offers=OFFERS)
        choice = fixed.decide(1, offers=["mug", "coffee"], now=0)
        self.assertEqual(choice.probabilities, (0.005, 0.995))
        even = Learner("random", offers=OFFERS)
        self.assertEqual(even.decide(1, now=0).probabilities, (0.25,) * 4)
        self.assertEqual(even.decide(1, now=0).floor, 1)

    def test_without_a_floor_each_choice_says_so(self):
        with self.assertRaisesRegex(trato.InvalidArgument, "floor"):
            Learner(offers=OFFERS, floor=0)
        self.assertEqual(Learner(offers=OFFERS).decide(1, now=0).floor, 0.01)
        bare = Learner(offers=OFFERS, without_floor=True)
        self.assertEqual(bare.decide(1, now=0).floor, 0)

    def test_one_offer_and_ten_thousand(self):
        learner = Learner(offers=[f"offer {i}" for i in range(10000)])
        self.assertEqual(learner.decide(1, offers=[77], now=0).probability, 1)
        choice = learner.decide(1, now=0)
        self.assertAlmostEqual(sum(choice.probabilities), 1, 9)
        self.assertGreaterEqual(min(choice.probabilities), 0.01 / 10000 * 0.999)

    def test_bad_input_is_named(self):
        learner = Learner(offers=OFFERS)
        before = learner.save()
        for wrong, text in (
            (dict(offers=[]), "offers"),
            (dict(offers=[0, 0]), r"offers\[1\]"),
            (dict(values=[1, 2, math.nan, 1]), r"values\[2\]"),
            (dict(values=[1, -1, 1, 1]), r"values\[1\]"),
            (dict(values=[1, 1]), "values"),
            (dict(segment=65536), "segment"),
            (dict(context=[1.0]), "context"),
        ):
            with self.assertRaisesRegex(trato.InvalidArgument, text):
                learner.decide(1, now=0, **wrong)
        with self.assertRaises(trato.NotFound):
            learner.decide(1, offers=["sofa"], now=0)
        with self.assertRaises(trato.NotFound):
            learner.decide(1, offers=[4], now=0)
        with self.assertRaisesRegex(trato.NotFound, "row 1"):
            learner.learn_all([1, 2], [0, 9], [1, 0], at=0)
        with self.assertRaises(trato.OutOfRange):
            learner.learn(1, "tea", True, at=2**62)
        with self.assertRaises(trato.InvalidArgument):
            learner.learn_all([1, 2], [0], [1, 0], at=0)
        with self.assertRaises(trato.InvalidArgument):
            learner.learn_all([-1], [0], [1], at=0)
        with self.assertRaises(trato.DataLoss):
            Learner.load(before[:-1])
        for wrong in (
            dict(policy="best"),
            dict(prior_rate=math.nan),
            dict(exploration=0),
            dict(half_life_days=1),
            dict(needs={"a": "b"}),
            dict(context=3),
        ):
            with self.assertRaises((trato.InvalidArgument, trato.NotFound)):
                Learner(**{"offers": OFFERS, **wrong})
        with self.assertRaises(trato.InvalidArgument):
            Learner(offers=["a", "a"])
        self.assertEqual(learner.save(), before)

    def test_what_was_saved_goes_on(self):
        learner = Learner(
            offers={"tea": "drink", "mug": None}, needs={"drink": None}, seed=4
        )
        learner.learn(1, "tea", True, segment=3, at=0)
        learner.link(1, 2)
        again = Learner.load(learner.save())
        self.assertEqual(again.offers, ("tea", "mug"))
        self.assertEqual(again.decide(2, now=DAY), learner.decide(2, now=DAY))
        self.assertEqual(again.add_offer("coffee", "drink"), 2)
        with self.assertRaises(trato.AlreadyExists):
            again.add_offer("coffee")


if __name__ == "__main__":
    unittest.main()
