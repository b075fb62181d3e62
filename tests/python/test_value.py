# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers are worth, from tables."""

import bisect
import csv
import datetime
import gzip
import importlib
import math
import os
import pathlib
import random
import unittest

import trato
from trato import value

SUMMARY = {
    "customer": ["ann", "bob", "cid", "dan", "eve", "fay"],
    "frequency": [2, 0, 5, 1, 0, 3],
    "recency": [8.0, 0, 11.0, 2.0, 0, 9.0],
    "age": [12.0, 12.0, 12.0, 11.0, 11.0, 10.0],
    "spend": [10.0, 0, 30.0, 8.0, 0, 12.5],
}


def needs(module):
    try:
        return importlib.import_module(module)
    except ImportError:
        raise unittest.SkipTest(f"{module} is not installed") from None


def shop(customers=300, seed=1):
    """Purchases of a simulated shop: customer, at, amount."""
    draw = random.Random(seed)
    start = datetime.datetime(2024, 1, 1)
    rows = []
    for i in range(customers):
        day = draw.uniform(0, 90)
        rate, leaves = draw.gammavariate(0.8, 1 / 30), draw.betavariate(0.9, 2.5)
        while day < 365:
            at = start + datetime.timedelta(days=day)
            rows.append(
                {"customer": f"c{i:03}", "at": at, "amount": round(draw.uniform(5, 90), 2)}
            )
            if draw.random() < leaves:
                break
            day += draw.expovariate(max(rate, 1e-6))
    draw.shuffle(rows)
    return rows


class Models(unittest.TestCase):
    def test_fit_gives_the_model_itself_in_the_habits_of_scikit_learn(self):
        model = value.MbgNbd()
        self.assertIs(model.fit(SUMMARY), model)
        self.assertEqual(list(model.params_), ["r", "alpha", "a", "b"])
        for name, number in model.params_.items():
            low, high = model.intervals_[name]
            self.assertLess(low, number)
            self.assertGreater(high, number)
        self.assertEqual(model.n_customers_, 6)
        self.assertIn(model.status_, ("converged", "regularised"))
        self.assertTrue(math.isfinite(model.log_likelihood_))
        self.assertEqual(model.get_params(), {"prior": 0.0, "threads": 1})
        self.assertEqual(model.set_params(threads=2).threads, 2)
        with self.assertRaisesRegex(trato.InvalidArgument, "speed: there is no"):
            model.set_params(speed=9)

    def test_each_customer_is_told_by_name(self):
        spend = value.GammaGamma().fit(SUMMARY)
        table = (
            value.BgNbd()
            .fit(SUMMARY)
            .predict(weeks=26, spend=spend, discount=0.003, margin=0.4, later=4)
        )
        rows = table.to_dicts()
        self.assertEqual([row["customer"] for row in rows], SUMMARY["customer"])
        for row in rows:
            self.assertTrue(0 <= row["alive_later"] <= row["alive"] <= 1)
            self.assertTrue(0 <= row["none"] <= 1)
            self.assertLessEqual(row["expected_low"], row["expected"])
            self.assertLessEqual(row["expected"], row["expected_high"])
            self.assertAlmostEqual(
                row["value"], row["discounted"] * row["spend"] * 0.4
            )
        by = {row["customer"]: row for row in rows}
        self.assertEqual(by["bob"]["alive"], 1)  # BG/NBD's known weakness
        self.assertGreater(by["cid"]["expected"], by["dan"]["expected"])
        amounts = {row["customer"]: row["spend"] for row in spend.predict()}
        self.assertGreater(amounts["cid"], amounts["fay"])
        self.assertEqual(amounts["bob"], amounts["eve"])

    def test_columns_may_have_other_names_and_other_customers_be_asked_about(self):
        model = value.ParetoNbd().fit(
            {"x": SUMMARY["frequency"], "t_x": SUMMARY["recency"], "T": SUMMARY["age"]},
            columns={"frequency": "x", "recency": "t_x", "age": "T"},
        )
        other = [{"frequency": 3, "recency": 9, "age": 10}]
        (row,) = model.predict(other, weeks=4).to_dicts()
        self.assertEqual(row["customer"], 0)
        self.assertGreater(row["expected"], 0)

    def test_occasions(self):
        model = value.BgBb().fit(
            {
                "frequency": [0, 1, 3, 6, 2],
                "recency": [0, 1, 5, 6, 6],
                "age": [6] * 5,
                "weight": [30, 10, 8, 12, 6],
            }
        )
        self.assertEqual(model.n_customers_, 66)
        self.assertEqual(list(model.params_), ["alpha", "beta", "gamma", "delta"])
        with self.assertRaisesRegex(trato.InvalidArgument, r"age\[0\] is no whole"):
            value.BgBb().fit({"frequency": [1], "recency": [1], "age": [1.5]})

    def test_wrong_tables_are_told_by_column_and_row(self):
        for columns, message in (
            ({"frequency": [1]}, "recency and age are needed by mbg_nbd"),
            ({"recency": [1]}, "frequency"),
            (
                {"frequency": [1], "recency": [4], "age": [3]},
                r"recency\[0\] is beyond the age",
            ),
            ({"frequency": [1, None], "recency": [1, 1], "age": [3, 3]}, "frequency"),
            ({"frequency": [None], "recency": [1], "age": [3]}, "frequency"),
            ({"frequency": [], "recency": [], "age": []}, "."),
        ):
            with self.assertRaisesRegex(trato.InvalidArgument, message):
                value.MbgNbd().fit(columns)
        events = {"customer": ["a"], "at": ["2011-01-01"], "amount": [1.0]}
        for nothing in events:
            with self.assertRaisesRegex(trato.InvalidArgument, nothing):
                value.summarise({**events, nothing: [None]})
        with self.assertRaises(TypeError):
            value.MbgNbd().fit("frequency")
        with self.assertRaisesRegex(trato.FailedPrecondition, "not fitted yet"):
            value.MbgNbd().predict(SUMMARY)
        with self.assertRaisesRegex(trato.InvalidArgument, "discount is not within"):
            value.MbgNbd().fit(SUMMARY).predict(weeks=3, discount=-1)

    def test_threads_and_order_change_no_bit(self):
        rows = shop()
        one = value.MbgNbd().fit(value.summarise(rows))
        rows.reverse()
        two = value.MbgNbd(threads=2).fit(value.summarise(rows, threads=2))
        self.assertEqual(one.params_, two.params_)
        self.assertEqual(one.log_likelihood_, two.log_likelihood_)


class Events(unittest.TestCase):
    def test_purchases_of_one_day_are_one(self):
        rows = [
            {"who": "b", "when": "2024-01-01 09:00", "paid": 5},
            {"who": "b", "when": "2024-01-15 09:00", "paid": 7},
            {"who": "b", "when": "2024-01-15 19:00", "paid": 3},
            {"who": "a", "when": "2024-01-08", "paid": 2.5},
            {"who": "b", "when": "2024-03-01", "paid": 50},
        ]
        columns = {"customer": "who", "at": "when", "amount": "paid"}
        purchases = value.summarise(
            rows, columns=columns, end="2024-01-29", until=datetime.date(2024, 4, 1)
        )
        self.assertEqual(len(purchases), 2)
        self.assertEqual(
            purchases.table.to_dicts(),
            [
                {
                    "customer": "a",
                    "frequency": 0,
                    "recency": 0,
                    "age": 3,
                    "spend": 0,
                    "total": 2.5,
                    "orders": 1,
                    "ahead": 0,
                    "ahead_total": 0,
                },
                {
                    "customer": "b",
                    "frequency": 1,
                    "recency": 2,
                    "age": 4,
                    "spend": 10,
                    "total": 15,
                    "orders": 3,
                    "ahead": 1,
                    "ahead_total": 50,
                },
            ],
        )
        in_days = value.summarise(
            rows, columns=columns, end="2024-01-29", unit="day", merge=None
        )
        b = in_days.table.to_dicts()[1]
        self.assertEqual((b["frequency"], b["age"]), (2, 27.625))
        self.assertNotIn("ahead", b)

    def test_customers_may_be_numbers(self):
        purchases = value.summarise(
            {"customer": [7, 3, 7], "at": [0, 0, 30 * 86_400_000_000]}
        )
        rows = purchases.table.to_dicts()
        self.assertEqual([row["customer"] for row in rows], [3, 7])
        self.assertNotIn("spend", rows[0])
        with self.assertRaisesRegex(trato.InvalidArgument, "total"):
            purchases.rfm()

    def test_from_purchases_to_worth_in_one_call(self):
        rows = value.predict(shop(), weeks=26, end="2024-12-31").to_dicts()
        self.assertTrue(rows)
        for row in rows:
            for number in list(row.values())[1:]:
                self.assertTrue(math.isfinite(number))
        nobody_back = [{"customer": i, "at": i, "amount": 3} for i in range(20)]
        self.assertEqual(len(value.predict(nobody_back).to_dicts()), 20)

    def test_the_choice_is_reported(self):
        purchases = value.summarise(shop(), end="2024-10-01", until="2024-12-31")
        choice = value.choose(purchases)
        self.assertEqual(choice.by, "forecast")
        self.assertEqual(len(choice.report["models"]), 3)
        inside = {
            it["model"]: it["inside"]["root_mean_square"]
            for it in choice.report["models"]
        }
        self.assertEqual(choice.report["chosen"], min(inside, key=inside.get))
        after = choice.report["models"][0]["after"]
        ahead = sum(row["ahead"] for row in purchases.table)
        self.assertEqual(after["actual"], ahead)
        self.assertEqual(value.choose(SUMMARY).by, "likelihood")

    def test_scores(self):
        purchases = value.summarise(shop(), end="2024-12-31")
        rfm = purchases.rfm()
        rows = rfm.table.to_dicts()
        self.assertEqual({row["r"] for row in rows}, {1, 2, 3, 4, 5})
        money = sorted(row["money"] for row in rows)
        for row in rows:
            below = sum(it < row["money"] for it in money)
            equal = sum(it == row["money"] for it in money)
            score = 1 + math.floor(5 * (below + equal / 2) / len(money))
            self.assertEqual(row["m"], score)
            if row["r"] == 5 and row["f"] >= 4:
                self.assertEqual(row["segment"], "champions")
        # Later customers by the edges of then.
        few = value.summarise(
            [row for row in shop() if row["customer"] < "c005"], end="2024-12-31"
        )
        then = {row["customer"]: row for row in rows}
        for row in few.rfm(edges=rfm).table:
            self.assertEqual(row, then[row["customer"]])
        rules = [value.RfmRule("best", recency=(3, 3), frequency=(2, 3))]
        named = purchases.rfm(groups=3, rules=rules).table.to_dicts()
        self.assertEqual({row["segment"] for row in named}, {"best", None})

    def test_numpy_and_data_frames(self):
        numpy = needs("numpy")
        count = 500
        columns = {
            "customer": numpy.arange(count) % 90,
            "at": (numpy.arange(count) * 7919 % 365).astype("M8[D]"),
            "amount": numpy.linspace(1, 60, count),
        }
        table = value.predict(columns).to_numpy()
        self.assertEqual(len(table["alive"]), 90)


class OfStore(unittest.TestCase):
    NOW = "2024-06-01"

    def setUp(self):
        self.store = trato.open(zone="Europe/Madrid", currency="EUR")
        self.addCleanup(self.store.close)

    def buy(self, customer, at, amount, type="purchase", currency="EUR"):
        self.store.record(
            customer,
            type,
            at=at,
            amount=trato.Money(round(amount * 100), currency),
            key=f"{customer} {at} {type}",
            now=self.NOW,
        )

    def test_orders_of_linked_records_are_one_customer_s(self):
        # Two orders of one day in Madrid, which is two days in UTC.
        self.buy("shop:1", "2024-01-10 00:30", 20)
        self.buy("shop:2", "2024-01-10 23:00", 5)
        self.buy("shop:2", "2024-02-07 10:00", 9)
        self.buy("shop:2", "2024-02-08 10:00", 4, type="return")
        self.buy("shop:3", "2024-03-06 10:00", 7)
        self.store.link("shop:1", "shop:2", now=self.NOW)
        purchases = value.of_store(self.store, end="2024-03-13", now=self.NOW)
        rows = purchases.table.to_dicts()
        self.assertEqual(len(rows), 2)
        linked = next(row for row in rows if row["orders"] == 3)
        self.assertEqual(
            [linked[name] for name in ("frequency", "recency", "age", "total")],
            [1, 4, 9, 34],
        )
        netted = value.of_store(
            self.store, returns=["return"], end="2024-03-13", now=self.NOW
        )
        row = next(row for row in netted.table if row["orders"] == 3)
        self.assertEqual((row["total"], row["spend"]), (30, 5))
        # What is known later, and what happened later.
        self.assertEqual(
            len(value.of_store(self.store, end="2024-03-01", now=self.NOW)), 1
        )
        ahead = value.of_store(
            self.store, end="2024-02-01", until="2024-04-01", now=self.NOW
        )
        self.assertEqual([row["ahead"] for row in ahead.table], [1])
        self.assertEqual(len(value.of_store(self.store, now="2023-01-01")), 0)

    def test_what_cannot_be_added_up_is_refused(self):
        self.buy("shop:1", "2024-01-10", 20)
        self.buy("shop:2", "2024-01-10", 20, currency="USD")
        with self.assertRaisesRegex(trato.FailedPrecondition, "EUR and USD|USD and EUR"):
            value.of_store(self.store, now=self.NOW)
        with self.assertRaises(trato.NotFound):
            value.of_store(self.store, types=["purchas"], now=self.NOW)

    def test_restricted_customers_are_left_out(self):
        self.buy("shop:1", "2024-01-10", 20)
        self.buy("shop:2", "2024-01-10", 20)
        self.store.customers.restrict("shop:2", reason="asked", now=self.NOW)
        rows = value.of_store(self.store, now=self.NOW).table.to_dicts()
        self.assertEqual([row["customer"] for row in rows], ["shop:1"])


@unittest.skipUnless(os.environ.get("TRATO_TEST_DATA"), "TRATO_TEST_DATA is not set")
class Cdnow(unittest.TestCase):
    """Published figures, from the log of purchases (Fader and Hardie)."""

    def setUp(self):
        folder = pathlib.Path(os.environ["TRATO_TEST_DATA"], "cdnow")
        if not folder.exists():
            self.skipTest("TRATO_TEST_DATA has no cdnow")
        self.folder = folder

    def purchases(self, **options):
        with gzip.open(self.folder / "CDNOW_sample.txt.gz", "rt") as file:
            rows = [line.split() for line in file]
        return value.summarise(
            {
                "customer": [int(row[1]) for row in rows],
                "at": [f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows],
                "amount": [float(row[4]) for row in rows],
            },
            end="1997-09-30",
            **options,
        )

    def test_the_log_gives_the_published_summary(self):
        found = self.purchases().table.to_dicts()
        path = self.folder / "cdnow_customers_summary.csv.gz"
        with gzip.open(path, "rt") as file:
            published = list(csv.DictReader(file))
        self.assertEqual(len(found), 2357)
        for row, want in zip(found, published):
            self.assertEqual(row["customer"], int(want["ID"]))
            self.assertEqual(row["frequency"], int(want["frequency"]))
            self.assertAlmostEqual(row["recency"], float(want["recency"]), delta=0.0051)
            self.assertAlmostEqual(row["age"], float(want["T"]), delta=0.0051)

    def test_what_came_after_is_foreseen_as_well_as_published(self):
        purchases = self.purchases(until="1998-06-30")
        choice = value.choose(purchases)
        errors = {
            it["model"]: it["after"]["root_mean_square"]
            for it in choice.report["models"]
        }
        absolute = [it["after"]["mean_absolute"] for it in choice.report["models"]]
        self.assertEqual(choice.report["models"][0]["after"]["actual"], 1882)
        self.assertLessEqual(min(errors.values()), 1.604)
        self.assertLessEqual(min(absolute), 0.756)
        self.assertEqual(choice.by, "forecast")
        chosen = errors[choice.report["chosen"]]
        self.assertLessEqual(chosen, min(errors.values()) * 1.02)

    def test_who_is_lost_is_ranked(self):
        # All 23,570; lost: no purchase in the 39 weeks after.
        with gzip.open(self.folder / "CDNOW_master.txt.gz", "rt") as file:
            rows = [line.split() for line in file][1:]
        purchases = value.summarise(
            {
                "customer": [int(row[0]) for row in rows],
                "at": [f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}" for row in rows],
            },
            end="1997-09-30",
            until="1998-06-30",
        )
        expected = {
            row["customer"]: row["expected"]
            for row in value.ParetoNbd().fit(purchases).predict(weeks=39)
        }
        lost, stayed = [], []
        for row in purchases.table:
            if row["frequency"] > 0:
                to = stayed if row["ahead"] else lost
                to.append(expected[row["customer"]])
        lost.sort()
        ranked = sum(
            bisect.bisect_left(lost, it) + bisect.bisect_right(lost, it)
            for it in stayed
        )
        auc = ranked / 2 / len(lost) / len(stayed)
        self.assertGreaterEqual(auc, 0.73)
        models = value.choose(purchases).report["models"]
        pareto = next(it for it in models if it["model"] == "pareto_nbd")
        self.assertAlmostEqual(pareto["after"]["ranking"], auc)


if __name__ == "__main__":
    unittest.main()
