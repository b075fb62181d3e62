# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Handing out what is scarce: the most that is possible, against trying all."""

import functools
import random
import unittest

import trato
from support import NOW, gbp


def best(scores, most):
    """The largest sum, by trying every offer and none for each customer."""

    @functools.lru_cache(maxsize=None)
    def of(customer, left):
        if customer == len(scores):
            return 0.0
        found = of(customer + 1, left)
        for offer, score in scores[customer].items():
            if left[offer] > 0:
                fewer = tuple(n - (i == offer) for i, n in enumerate(left))
                found = max(found, score + of(customer + 1, fewer))
        return found

    return of(0, tuple(most))


class AllocationTest(unittest.TestCase):
    def shop(self, chance, customers, offers, most, budget=False):
        store = trato.open(None, zone="UTC", currency="GBP")
        self.addCleanup(store.close)
        store.attributes.define("taste", float, now="2011-01-01")
        for number in range(customers):
            store.attributes.set(
                f"shop:{number}", "taste", chance.uniform(0.1, 5), now="2011-01-02")
        for number in range(offers):
            limit = (
                {"budget": gbp(50 * most[number] + 49), "cost": gbp(50)}
                if budget else {"stock": most[number]}
            )
            store.offers.define(
                f"offer {number}", value=gbp(1000 + 300 * chance.randrange(9)),
                products=[f"product {number}"],
                eligibility=f"customer.taste > {chance.uniform(0, 2):.2f}",
                context="customer.taste" if chance.random() < 0.6 else "",
                now="2011-01-03", **limit)
        return store

    def scores(self, store, customers, offers):
        found = []
        for number in range(customers):
            found.append({
                int(it.offer.split()[1]): it.score
                for it in store.offers.match(f"shop:{number}", now=NOW)
            })
        return found

    def test_small_ones_are_the_best_of_all(self):
        for seed in range(60):
            chance = random.Random(seed)
            customers, offers = chance.randrange(1, 9), chance.randrange(1, 5)
            most = [chance.randrange(0, 4) for _ in range(offers)]
            store = self.shop(chance, customers, offers, most, budget=seed % 3 == 0)
            scores = self.scores(store, customers, offers)
            made = store.offers.allocate(now=NOW)
            rows = made.plan.to_dicts()
            self.assertAlmostEqual(made.score, best(scores, most), places=6, msg=seed)
            self.assertAlmostEqual(
                sum(row["score"] for row in rows), made.score, places=6)
            self.assertEqual(len({row["customer"] for row in rows}), len(rows))
            self.assertEqual((made.customers, made.planned), (customers, len(rows)))
            for row in rows:
                offer = int(row["offer"].split()[1])
                wished = scores[int(row["customer"].split(":")[1])]
                self.assertAlmostEqual(row["score"], wished[offer], places=9)
            for it in made.offers:
                self.assertEqual(it.most, most[int(it.offer.split()[1])])
                self.assertLessEqual(it.planned, it.most)
            self.assertAlmostEqual(
                made.score_unlimited,
                sum(max(it.values(), default=0.0) for it in scores), places=6)

    def test_what_is_taken_already_is_not_handed_out_again(self):
        store = self.shop(random.Random(5), 6, 1, [3])
        found = sum(bool(it) for it in self.scores(store, 6, 1))
        self.assertGreater(found, 1)
        for number in range(6):
            if store.offers.decide(f"shop:{number}", now=NOW).match is not None:
                break
        (offer,) = store.offers.allocate(now=NOW).offers
        self.assertEqual((offer.most, offer.planned), (2, min(2, found)))

    def test_many_are_no_worse_than_one_after_the_other(self):
        chance = random.Random(9)
        most = [7, 11, 5, 20, 3, 9]
        store = self.shop(chance, 300, 6, most)
        scores = self.scores(store, 300, 6)
        greedy, left = 0.0, list(most)
        for score, customer, offer in sorted(
            ((s, c, o) for c, it in enumerate(scores) for o, s in it.items()),
            reverse=True,
        ):
            if left[offer] > 0 and scores[customer] is not None:
                greedy, left[offer], scores[customer] = (
                    greedy + score, left[offer] - 1, None)
        made = store.offers.allocate(now=NOW)
        self.assertGreaterEqual(made.score, greedy - 1e-6)
        self.assertEqual(made.planned, sum(it.planned for it in made.offers))
        # A plan is the same from whatever order the customers came in.
        self.assertEqual(
            made.plan.to_dicts(), store.offers.allocate(now=NOW).plan.to_dicts())

    def test_only_members_get_any(self):
        store = self.shop(random.Random(2), 8, 2, [4, 4])
        store.segments.define("keen", "customer.taste > 2.5", now="2011-01-04")
        members = set(
            row["customer"] for row in
            store.offers.allocate(segment="keen", now=NOW).plan.to_dicts())
        everybody = store.segments.count("keen", now=NOW)
        self.assertLessEqual(len(members), everybody)
        self.assertEqual(
            store.offers.allocate(segment="keen", now=NOW).customers, everybody)
        with self.assertRaisesRegex(trato.NotFound, "keener"):
            store.offers.allocate(segment="keener", now=NOW)
        with self.assertRaisesRegex(trato.NotFound, "pigeon"):
            store.offers.allocate(channel="pigeon", now=NOW)


if __name__ == "__main__":
    unittest.main()
