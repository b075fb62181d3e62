# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Prices of budgets and stock: what is scarce lasts for its period."""

import datetime
import unittest

import trato
from support import StoreCase, gbp, in_memory_and_on_file

START = datetime.datetime(2011, 1, 1, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


@in_memory_and_on_file
class PacingTest(StoreCase):
    def setUp(self):
        super().setUp()
        for number in range(20):
            self.store.record(
                f"shop:{number}", "visit", at="2010-12-01", now="2010-12-01"
            )

    def campaign(self, pacing, **more):
        """Ten customers a day for a hundred days; when they were offered it."""
        self.store.offers.define(
            "candles", value=gbp(1000), products=["candle"],
            valid_from=START, valid_until=START + 100 * DAY, now=START, **more)
        self.store.policies.arbitrate(pacing=pacing, now=START)
        taken, self.reasons = [], []
        for turn in range(1000):
            at = START + turn * DAY / 10
            decision = self.store.offers.decide(
                f"shop:{turn % 20}", now=at, durability="buffered")
            if decision.match is not None:
                taken.append(at)
            else:
                (verdict,) = self.store.offers.explain(f"shop:{turn % 20}", now=at).offers
                self.reasons.append(verdict.reason)
        return taken

    def test_without_a_price_the_first_ones_take_it_all(self):
        taken = self.campaign(0.0, stock=50)
        self.assertEqual(len(taken), 50)
        self.assertLess(taken[-1], START + 6 * DAY)

    def test_with_a_price_it_lasts(self):
        taken = self.campaign(1.0, stock=50)
        self.assertLessEqual(len(taken), 50)
        self.assertGreater(len(taken), 45)
        for quarter in range(4):
            begin = START + quarter * 25 * DAY
            part = [at for at in taken if begin <= at < begin + 25 * DAY]
            # It begins ahead of even steps, by what the price has to rise.
            self.assertTrue(3 <= len(part) <= 22, (quarter, len(part)))
        report = self.store.decisions.replay()
        self.assertEqual((report.decisions, report.same), (1000, 1000))
        self.reopen()
        report = self.store.decisions.replay()
        self.assertEqual((report.decisions, report.same), (1000, 1000))

    def test_a_budget_is_never_exceeded_and_its_price_is_told(self):
        taken = self.campaign(1.0, budget=gbp(3000), cost=gbp(100))
        self.assertLessEqual(len(taken), 30)
        self.assertGreater(len(taken), 25)
        # Most go without because of the price, the last because there is no more.
        prices = [it for it in self.reasons if "price of its budget" in it]
        self.assertGreater(len(prices), 500)
        self.assertEqual(set(self.reasons) - set(prices), {"its budget is used up"})

    def test_the_price_is_that_of_then_at_any_instant(self):
        self.campaign(1.0, stock=50)
        instants = [START + turn * DAY / 3 for turn in range(300)]

        def scores():
            return [
                [it.score for it in self.store.offers.match("shop:1", now=at)]
                for at in instants
            ]

        first = scores()
        self.reopen()
        self.assertEqual(scores(), first)

    def test_bad_input_is_named(self):
        for pacing in (-1.0, 1001.0, float("nan")):
            with self.raises(trato.InvalidArgument, "pacing"):
                self.store.policies.arbitrate(pacing=pacing, now=START)


if __name__ == "__main__":
    unittest.main()
