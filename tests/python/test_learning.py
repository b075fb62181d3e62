# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What another way of choosing would have brought, and what did better."""

import csv
import gzip
import math
import os
import random
import unittest
from xml.etree import ElementTree

import trato
from support import StoreCase, gbp, in_memory_and_on_file
from trato import Line

DATA = os.environ.get("TRATO_TEST_DATA", "")
Z = 1.959963984540054


def naive(rows):
    """The formulas of the papers, a row (probability, reward, target[, predicted,
    expected]) at a time: Horvitz-Thompson, its self-normalised form with the
    delta method, and the doubly robust form."""
    n = len(rows)
    weights = [row[2] / row[0] for row in rows]
    total = sum(weights)

    def interval(terms):
        mean = sum(terms) / n
        error = math.sqrt(sum((t - mean) ** 2 for t in terms) / (n - 1) / n)
        return mean, mean - Z * error, mean + Z * error

    snips = sum(w * row[1] for w, row in zip(weights, rows)) / total
    error = math.sqrt(
        sum(w * w * (row[1] - snips) ** 2 for w, row in zip(weights, rows))
    ) / total
    found = {
        "effective": total**2 / sum(w * w for w in weights),
        "max_weight": max(weights),
        "mean_weight": total / n,
        "min_probability": min(row[0] for row in rows),
        "supported": sum(row[2] > 0 for row in rows) / n,
        "logged": interval([row[1] for row in rows]),
        "ips": interval([w * row[1] for w, row in zip(weights, rows)]),
        "snips": (snips, snips - Z * error, snips + Z * error),
    }
    if len(rows[0]) > 3:
        found["dr"] = interval(
            [row[4] + w * (row[1] - row[3]) for w, row in zip(weights, rows)]
        )
    return found


def columns(rows):
    names = ("probability", "reward", "target", "predicted", "expected")
    return dict(zip(names, map(list, zip(*rows))))


def drawn(seed, rows, model=False):
    """Choices among a few arms, drawn unevenly; the policy wants them otherwise."""
    source = random.Random(seed)
    rates = [source.random() for _ in range(4)]
    made = []
    for _ in range(rows):
        logged = [source.random() + 0.1 for _ in rates]
        wanted = [source.random() for _ in rates]
        logged = [it / sum(logged) for it in logged]
        wanted = [it / sum(wanted) for it in wanted]
        arm = source.choices(range(4), logged)[0]
        reward = float(source.random() < rates[arm])
        row = (logged[arm], reward, wanted[arm])
        if model:
            row += (
                min(1.0, rates[arm] + 0.05),
                sum(p * r for p, r in zip(wanted, rates)),
            )
        made.append(row)
    return made, rates


class EvaluateTableTest(unittest.TestCase):
    def same(self, found, rows):
        self.assertTrue(found.answerable, found.why)
        expected = naive(rows)
        for name, value in expected.items():
            got = getattr(found, name)
            if isinstance(value, tuple):
                got = (got.estimate, got.low, got.high)
                for one, other in zip(got, value):
                    self.assertAlmostEqual(one, other, delta=1e-9 * (1 + abs(other)))
            else:
                self.assertAlmostEqual(got, value, delta=1e-9 * (1 + abs(value)))

    def test_is_what_the_formulas_give(self):
        for seed in range(20):
            rows, _ = drawn(seed, 500 + 40 * seed, model=seed % 2 == 0)
            found = trato.learning.evaluate(columns(rows))
            self.same(found, rows)
            self.assertEqual(found.rows, len(rows))
            self.assertEqual(found.dr is None, seed % 2 == 1)
            gain = found.snips.estimate - found.logged.estimate
            self.assertAlmostEqual(found.gain.estimate, gain)
            self.assertLess(found.ips.certain_low, found.ips.low)
            self.assertIsNone(found.snips.certain_low)
            self.assertEqual(found.to_dict()["rows"], len(rows))

    def test_the_intervals_hold_the_truth_as_often_as_they_say(self):
        # The policy takes the arms 0 to 3 with 1/8, 1/8, 1/4, 1/2.
        wanted, rates = (0.125, 0.125, 0.25, 0.5), (0.1, 0.3, 0.2, 0.4)
        logged = (0.4, 0.3, 0.2, 0.1)
        truth = sum(p * r for p, r in zip(wanted, rates))
        source = random.Random(10)
        held = {"ips": 0, "snips": 0, "dr": 0}
        certain = 0
        runs = 200
        for _ in range(runs):
            rows = []
            for _ in range(1000):
                arm = source.choices(range(4), logged)[0]
                reward = float(source.random() < rates[arm])
                # A model that is wrong of every arm.
                rows.append((logged[arm], reward, wanted[arm], 0.2, 0.2))
            found = trato.learning.evaluate(columns(rows))
            for name in held:
                it = getattr(found, name)
                held[name] += it.low <= truth <= it.high
            certain += found.ips.certain_low <= truth <= found.ips.certain_high
        # 95 %, less three standard errors.
        for name, count in held.items():
            self.assertGreaterEqual(count / runs, 0.95 - 3 * 0.0154, name)
        self.assertEqual(certain, runs)

    def test_columns_go_by_other_names(self):
        rows, _ = drawn(3, 400)
        table = columns(rows)
        renamed = {"p": table["probability"], "click": table["reward"],
                   "target": table["target"]}
        found = trato.learning.evaluate(
            renamed, {"probability": "p", "reward": "click"}
        )
        self.same(found, rows)
        with self.assertRaisesRegex(trato.InvalidArgument, "clock"):
            trato.learning.evaluate(renamed, {"reward": "clock"})

    def refused(self, table, reason, *words):
        found = trato.learning.evaluate(table)
        self.assertFalse(found.answerable)
        self.assertEqual(found.reason, reason, found.why)
        for word in words:
            self.assertIn(word, found.why)
        self.assertIn(found.why, str(found))
        for name in ("ips", "snips", "dr", "gain"):
            self.assertIsNone(getattr(found, name))
        return found

    def test_a_log_that_cannot_answer_is_refused(self):
        table = columns(drawn(4, 1000)[0])

        def but(**changes):
            return {**table, **changes}

        without = {name: table[name] for name in ("reward", "target")}
        self.refused(without, "no_probability", "no probabilities")
        gap = list(table["probability"])
        gap[12] = None
        self.refused(but(probability=gap), "no_probability", "row 12")
        self.refused(but(probability=[None] * 1000), "no_probability", "row 0")
        for wrong in (0.0, -0.1, 1.5):
            bad = list(table["probability"])
            bad[12] = wrong
            self.refused(but(probability=bad), "bad_probability", "row 12")
        self.refused(but(probability=[1.0] * 1000), "no_draw", "chance")
        self.refused(but(target=[0.0] * 1000), "no_support", "never made")
        few = {name: values[:150] for name, values in table.items()}
        self.refused(few, "few_effective", "too few")
        empty = {name: values[:0] for name, values in table.items()}
        self.assertFalse(trato.learning.evaluate(empty).answerable)

    def test_tiny_propensities_are_refused(self):
        # One choice in a thousand was made with a probability of 1e-6, and the
        # policy wants it as often as any: two rows carry all of the estimate.
        source = random.Random(5)
        rows = [
            (1e-6 if i % 1000 == 0 else 0.5, float(source.random() < 0.01), 0.5)
            for i in range(2000)
        ]
        found = self.refused(columns(rows), "few_effective")
        self.assertLess(found.effective, 3)
        self.assertEqual(found.min_probability, 1e-6)
        self.assertAlmostEqual(found.max_weight, 5e5)

    def test_what_is_malformed_is_named(self):
        table = columns(drawn(4, 200, model=True)[0])
        for changes, words in (
            ({"target": [1.2] * 200}, "target"),
            ({"target": [None] * 200}, "target"),
            ({"reward": ["x"] * 200}, "reward"),
            ({"reward": [float("nan")] * 200}, "reward"),
        ):
            with self.assertRaisesRegex(trato.InvalidArgument, words):
                trato.learning.evaluate({**table, **changes})
        del table["expected"]
        with self.assertRaisesRegex(trato.InvalidArgument, "expected"):
            trato.learning.evaluate(table)
        del table["reward"]
        with self.assertRaisesRegex(trato.InvalidArgument, "reward"):
            trato.learning.evaluate(table)


@unittest.skipUnless(
    os.path.isdir(os.path.join(DATA, "open_bandit")), "TRATO_TEST_DATA has no open_bandit"
)
class OpenBanditTest(unittest.TestCase):
    """The men's campaign; the figures are those of the data's own README."""

    @classmethod
    def setUpClass(cls):
        cls.logs = {}
        for policy in ("random", "bts"):
            path = os.path.join(DATA, "open_bandit", policy, "men", "men.csv.gz")
            with gzip.open(path, "rt") as file:
                cls.logs[policy] = [
                    (float(row["propensity_score"]), float(row["click"]), 1 / 34)
                    for row in csv.DictReader(file)
                ]

    def test_the_uniform_policy_by_the_log_of_thompson_sampling(self):
        found = trato.learning.evaluate(columns(self.logs["bts"]))
        self.assertTrue(found.answerable, found.why)
        self.assertEqual(found.rows, 10_000)
        self.assertAlmostEqual(found.logged.estimate, 0.0069, delta=1e-12)
        self.assertEqual(round(found.ips.estimate, 7), 0.0030086)
        self.assertEqual(round(found.snips.estimate, 7), 0.0031894)
        self.assertEqual(round(found.effective), 656)
        # What the campaign that did choose evenly brought is within reach.
        self.assertLess(found.snips.low, 0.0046)
        self.assertGreater(found.snips.high, 0.0046)

    def test_the_uniform_policy_by_its_own_log(self):
        found = trato.learning.evaluate(columns(self.logs["random"]))
        self.assertAlmostEqual(found.snips.estimate, 0.0046, delta=1e-12)
        self.assertAlmostEqual(found.effective, 10_000, delta=1e-6)


@in_memory_and_on_file
class EvaluateDecisionsTest(StoreCase, unittest.TestCase):
    OFFERS = ("tea", "bag", "cup")
    RATES = {"tea": 0.2, "bag": 0.5, "cup": 0.35}

    def decide(self, customers, exploration, day="2011-12-01", seed=1, **more):
        """Decides for so many, and gets an answer of most of them."""
        store, source = self.store, random.Random(seed)
        for value, name in enumerate(self.OFFERS):
            store.offers.define(name, value=gbp(100 + 10 * value), now="2011-11-01",
                                products=[name], **more)
        store.policies.arbitrate(exploration=exploration, now="2011-11-01")
        made = []
        for i in range(customers):
            customer = f"shop:{seed}-{i}"
            store.record(customer, "visit", at="2011-11-01", now="2011-11-01",
                         durability="buffered")
            decided = store.offers.decide(customer, now=day, durability="buffered")
            offer = decided.match.offer
            is_yes = source.random() < self.RATES[offer]
            if is_yes or source.random() < 0.5:
                store.outcome(decided, "accepted" if is_yes else "refused", at=day,
                              now=day, durability="buffered")
            made.append((decided, is_yes))
        return made

    def told(self, made, exploration):
        """What the explanations of the decisions tell: with which probability,
        whether it was a yes, what was chosen, and out of what."""
        rows = []
        for decided, is_yes in made:
            told = self.store.decisions.explain(decided)
            ranked = [it.offer for it in told.offers if it.kept]
            n, first = len(ranked), told.offer == ranked[0]
            logged = exploration / n + (1 - exploration if first else 0)
            self.assertAlmostEqual(told.probability, logged)
            rows.append((logged, float(is_yes), told.offer, ranked))
        return rows

    @staticmethod
    def rows(told, target):
        return [(p, yes, target(offer, ranked)) for p, yes, offer, ranked in told]

    def test_policies_are_valued_as_the_formulas_do(self):
        made = self.decide(400, 0.6)
        told = self.told(made, 0.6)
        order = ["cup", "tea"]

        def fixed(chosen, ranked):
            first = next((it for it in order if it in ranked), ranked[0])
            return float(chosen == first)

        targets = {
            ("uniform", (), 0.0): lambda chosen, ranked: 1 / len(ranked),
            ("greedy", (), 0.0): lambda chosen, ranked: float(chosen == ranked[0]),
            ("explore", (), 0.25): lambda chosen, ranked: 0.25 / len(ranked)
            + 0.75 * (chosen == ranked[0]),
            ("explore", (), 0.6): lambda chosen, ranked: 0.6 / len(ranked)
            + 0.4 * (chosen == ranked[0]),
        }
        for (policy, offers, exploration), target in targets.items():
            found = self.store.learning.evaluate(
                policy, offers=offers, exploration=exploration, now="2011-12-02"
            )
            EvaluateTableTest.same(self, found, self.rows(told, target))
        found = self.store.learning.evaluate("fixed", offers=order, now="2011-12-02")
        expected = naive(self.rows(told, fixed))
        if expected["effective"] >= 100:
            self.assertAlmostEqual(found.snips.estimate, expected["snips"][0])
        else:
            self.assertEqual(found.reason, "few_effective")
        self.assertAlmostEqual(found.effective, expected["effective"])
        # Of money: the offers' values differ.
        money = self.store.learning.evaluate("uniform", reward="value",
                                             now="2011-12-02")
        paid = [
            float(it.match.value.minor) if yes else 0.0 for it, yes in made
        ]
        self.assertAlmostEqual(money.logged.estimate, sum(paid) / len(paid))
        self.assertEqual(money.json["currency"], "GBP")
        # And as it was before.
        early = self.store.learning.evaluate("uniform", until="2011-12-01",
                                             now="2011-12-02")
        self.assertEqual((early.reason, early.rows), ("no_rows", 0))

    def refused(self, reason, *words, policy="uniform", **more):
        more.setdefault("now", "2011-12-02")
        found = self.store.learning.evaluate(policy, **more)
        self.assertFalse(found.answerable)
        self.assertEqual(found.reason, reason, found.why)
        for word in words:
            self.assertIn(word, found.why)
        return found

    def test_without_a_draw_other_policies_are_not_valued(self):
        self.decide(150, 0.0)
        self.refused("no_draw", "without a draw")
        self.refused("no_draw", policy="explore", exploration=0.1)
        # What was always done is what it brought.
        found = self.store.learning.evaluate("greedy", now="2011-12-02")
        self.assertTrue(found.answerable, found.why)
        self.assertEqual(found.snips.estimate, found.logged.estimate)

    def test_a_time_without_a_draw_is_named(self):
        self.decide(150, 0.0)
        self.decide(300, 0.9, day="2011-12-03", seed=2)
        self.refused("no_support", "in 150 of 450", now="2011-12-05")
        found = self.store.learning.evaluate("uniform", since="2011-12-02",
                                             now="2011-12-05")
        self.assertTrue(found.answerable, found.why)
        self.assertEqual(found.rows, 300)

    def test_decisions_made_elsewhere_cannot_be_valued(self):
        self.store.offers.define("tea", value=gbp(100), products=["tea"],
                                 now="2011-11-01")
        for i in range(200):
            self.store.record(f"shop:{i}", "visit", at="2011-11-01", now="2011-11-02")
            self.store.decisions.record(f"shop:{i}", "tea", at="2011-11-01",
                                        key=f"k{i}", now="2011-11-02")
        found = self.refused("no_probability", "all 200 decisions", "elsewhere")
        self.assertEqual(found.json["elsewhere"], 200)

    def test_who_may_still_answer_is_left_out(self):
        self.decide(120, 1.0, respond_within="5d")
        found = self.refused("no_rows", "time to answer")
        self.assertEqual(found.json["pending"], 120)
        later = self.store.learning.evaluate("uniform", now="2011-12-07")
        self.assertTrue(later.answerable, later.why)
        self.assertEqual(later.rows, 120)

    def test_more_offers_than_are_kept(self):
        for i in range(12):
            self.store.offers.define(f"o{i:02}", value=gbp(100 + i), products=["tea"],
                                     now="2011-11-01")
        self.store.policies.arbitrate(exploration=1.0, now="2011-11-01")
        for i in range(400):
            self.store.record(f"shop:{i}", "visit", at="2011-11-01", now="2011-11-01",
                              durability="buffered")
            self.store.offers.decide(f"shop:{i}", now="2011-12-01",
                                     durability="buffered")
        found = self.store.learning.evaluate("uniform", now="2011-12-02")
        self.assertTrue(found.answerable, found.why)
        self.assertAlmostEqual(found.max_weight, 1)
        self.refused("no_support", "more offers were ranked", policy="fixed",
                     offers=["o00"])

    def test_the_curve_counts_answers_where_they_came(self):
        first = self.decide(80, 1.0, day="2011-12-01", seed=1)
        second = self.decide(40, 1.0, day="2011-12-03", seed=2)
        curve = self.store.learning.curve("2011-12-01", "2011-12-05", parts=4)
        self.assertEqual([it.decided for it in curve.points], [80, 0, 40, 0])
        for point, made in ((curve.points[0], first), (curve.points[2], second)):
            self.assertEqual(point.yes, sum(yes for _, yes in made))
            self.assertEqual(point.share, point.yes / (point.yes + point.no))
            low, high = point.interval
            self.assertTrue(low < point.share < high)
        self.assertIsNone(curve.points[1].share)
        self.assertEqual(len(curve.to_dicts()), 4)
        drawn = ElementTree.fromstring(curve.chart("Tea & more"))
        svg = "{http://www.w3.org/2000/svg}"
        self.assertEqual(drawn.find(f"{svg}title").text, "Tea & more")
        self.assertEqual(len(drawn.findall(f"{svg}circle")), 2)
        with self.raises(trato.InvalidArgument, "until"):
            self.store.learning.curve("2011-12-05", "2011-12-01")

    def test_bad_questions_are_named(self):
        evaluate = self.store.learning.evaluate
        with self.raises(trato.InvalidArgument, "exploration"):
            evaluate("explore", exploration=1.5)
        with self.raises(trato.InvalidArgument, "offers"):
            evaluate("fixed")
        with self.raises(trato.NotFound, "te"):
            evaluate("fixed", offers=["te"])
        with self.raises(trato.InvalidArgument, "policy"):
            evaluate("best")
        with self.raises(trato.InvalidArgument, "reward"):
            evaluate("greedy", reward="joy")


class CompareTest(unittest.TestCase):
    def test_is_what_the_papers_formula_gives(self):
        result = trato.learning.compare(
            {"old": (10_000, 500), "new": (10_050, 571)}, planned=20_000
        )
        self.assertTrue(result.answerable)
        (it,) = result.comparisons
        self.assertEqual((it.arm, it.against), ("new", "old"))
        n, alpha = 20_050, 0.05
        rho2 = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / 20_000

        def of(count, yes):
            p = (yes + 1) / (count + 2)
            return p * (1 - p) / count

        error = math.sqrt(of(10_000, 500) + of(10_050, 571))
        # sigma^2 = n error^2: sigma sqrt(2 (n rho^2 + 1) / (n^2 rho^2) ln(...)).
        sigma = error * math.sqrt(n)
        half = sigma * math.sqrt(
            2 * (n * rho2 + 1) / (n * n * rho2)
            * math.log(math.sqrt(n * rho2 + 1) / alpha)
        )
        difference = 571 / 10_050 - 0.05
        self.assertAlmostEqual(it.difference, difference)
        self.assertAlmostEqual(it.low, difference - half)
        self.assertAlmostEqual(it.high, difference + half)
        self.assertLess(it.low, it.once_low)
        self.assertGreater(it.p, it.once_p)

    def test_amounts_and_several_arms(self):
        source = random.Random(1)
        values = {
            name: [source.expovariate(1 / mean) for _ in range(400)]
            for name, mean in (("a", 10), ("b", 10), ("c", 20))
        }
        result = trato.learning.compare(
            {name: trato.Arm.of(it) for name, it in values.items()}
        )
        b, c = result.comparisons
        self.assertGreater(b.p, 0.05)
        self.assertLess(c.p, 0.001)
        self.assertAlmostEqual(
            c.difference, sum(values["c"]) / 400 - sum(values["a"]) / 400
        )
        alone = trato.learning.compare(
            {name: trato.Arm.of(values[name]) for name in ("a", "c")}
        ).comparisons[0]
        # Two comparisons share the level, so that each is wider than alone.
        self.assertGreater(c.high - c.low, alone.high - alone.low)

    def test_a_planted_sample_ratio_is_found(self):
        result = trato.learning.compare({"a": (52_000, 100), "b": (48_000, 300)})
        self.assertEqual((result.answerable, result.reason), (False, "sample_ratio"))
        self.assertTrue(result.sample_ratio.mismatch)
        self.assertEqual(result.comparisons, ())
        meant = trato.learning.compare(
            {"a": trato.Arm(52_000, 100, share=0.52), "b": trato.Arm(48_000, 300, share=0.48)}
        )
        self.assertTrue(meant.answerable)
        self.assertGreater(meant.sample_ratio.p, 0.9)

    def test_too_few_and_bad_arms(self):
        (it,) = trato.learning.compare({"a": (40, 1), "b": (49, 49)}).comparisons
        self.assertEqual((it.low, it.high, it.p), (None, None, 1))
        for arms, word in (
            ({"a": (10, 5)}, "arms"),
            ({"a": (10, 11), "b": (10, 1)}, r"arms\[0\].sum"),
            ({"a": (10, 5), "b": (-1, 0)}, r"arms\[1\].count"),
            ({"a": (10, 5), "b": (10, 5, 5)}, "yes or no"),
            ({"a": (10, 5, 1), "b": (10, 5, 9)}, "sum_squares"),
            ({"a": (10,), "b": (10, 5)}, "arms"),
        ):
            with self.assertRaisesRegex(trato.InvalidArgument, word):
                trato.learning.compare(arms)
        with self.assertRaisesRegex(trato.InvalidArgument, "level"):
            trato.learning.compare({"a": (10, 5), "b": (10, 5)}, level=0)
        with self.assertRaisesRegex(trato.InvalidArgument, "planned"):
            trato.learning.compare({"a": (10, 5), "b": (10, 5)}, planned=0)


@in_memory_and_on_file
class EffectsTest(StoreCase, unittest.TestCase):
    def shop(self, holdout=0.3, customers=600):
        """An offer that brings one in four; one in five buys anyway."""
        store = self.store
        store.offers.define("tea", value=gbp(100), products=["tea"], group="g",
                            now="2011-11-01")
        store.offers.define("bag", value=gbp(1), products=["bag"], now="2011-11-01",
                            eligibility="false")
        store.policies.define("compare", group="g", holdout=holdout, now="2011-11-01")
        source = random.Random(7)
        self.sides = {True: [], False: []}
        for i in range(customers):
            name = f"shop:{i}"
            store.record(name, "visit", at="2011-11-01", now="2011-11-01",
                         durability="buffered")
            decided = store.offers.decide(name, now="2011-12-01", durability="buffered")
            offered = decided.match is not None
            anyway, won = source.random() < 0.2, offered and source.random() < 0.25
            if anyway or won:
                self.buy(name, "2011-12-03", Line("tea", 1, gbp(7)),
                         durability="buffered")
            if offered and (won or anyway):
                store.outcome(decided, "bought", at="2011-12-03", now="2011-12-03",
                              durability="buffered")
            self.sides[offered].append(anyway or won)

    def test_incremental_beside_attributed_beside_organic(self):
        self.shop()
        bag, tea = self.store.offers.effects(within="5d", now="2011-12-20")
        self.assertEqual((bag.offer, bag.reason), ("bag", "no_holdout"))
        self.assertIsNone(bag.incremental_buyers)
        self.assertTrue(tea.answerable, tea.why)
        offered, left = self.sides[True], self.sides[False]
        n = len(offered)
        self.assertEqual(tea.offered.customers, n)
        self.assertEqual(tea.held_out.customers, len(left))
        self.assertEqual(tea.offered.buyers, sum(offered))
        self.assertEqual(tea.attributed_customers, sum(offered))
        self.assertEqual(tea.attributed_minor, 100 * sum(offered))
        organic = n * sum(left) / len(left)
        self.assertAlmostEqual(tea.organic_buyers, organic)
        self.assertAlmostEqual(tea.organic_minor, 7 * organic)
        buyers = tea.incremental_buyers
        self.assertAlmostEqual(buyers.estimate, sum(offered) - organic)
        self.assertLess(buyers.low, buyers.estimate)
        self.assertLess(buyers.always_low, buyers.low)
        self.assertGreater(buyers.always_high, buyers.high)
        # All of those who were won are in the interval that always holds.
        self.assertLess(buyers.always_low, 0.2 * n)
        self.assertGreater(buyers.always_high, 0.2 * n)
        self.assertAlmostEqual(tea.incremental_minor.estimate, 7 * buyers.estimate)
        # What is attributed is more than what came of the offer.
        self.assertGreater(tea.attributed_customers, buyers.estimate)
        (only,) = self.store.offers.effects("tea", within="5d", now="2011-12-20")
        self.assertEqual(only.json, tea.json)
        with self.raises(trato.NotFound, "te"):
            self.store.offers.effects("te", now="2011-12-20")
        with self.raises(trato.InvalidArgument, "within"):
            self.store.offers.effects(within="soon", now="2011-12-20")

    def test_the_wrong_share_left_out_is_found(self):
        self.shop()
        # As if half should have been left out, and not three of ten.
        self.store.policies.define("compare", group="g", holdout=0.5, now="2011-12-10")
        (tea,) = self.store.offers.effects("tea", within="5d", now="2011-12-20")
        self.assertEqual((tea.answerable, tea.reason), (False, "sample_ratio"))
        self.assertIsNone(tea.incremental_buyers)
        self.assertEqual(tea.attributed_customers, sum(self.sides[True]))
        report = self.store.policies.holdout("compare", within="5d", now="2011-12-20")
        self.assertTrue(report.mismatch)

    def test_few_customers_say_nothing(self):
        self.shop(customers=60)
        (tea,) = self.store.offers.effects("tea", within="5d", now="2011-12-20")
        self.assertEqual(tea.reason, "few_customers")


if __name__ == "__main__":
    unittest.main()
