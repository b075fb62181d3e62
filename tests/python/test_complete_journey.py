# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Campaigns of another system: 27 of a grocer, as its data set tells of them.

Each campaign becomes an offer, each household that it was sent to a decision
made elsewhere, each coupon redeemed an outcome. How many were reached and how many
redeemed is counted from the files by other means, see the data set.
"""

import csv
import gzip
import os
import unittest

import trato
from trato import Money

FOLDER = os.path.join(os.environ.get("TRATO_TEST_DATA", ""), "completejourney")
NOW = "2018-03-01"


def rows(name):
    path = os.path.join(FOLDER, name)
    opened = gzip.open(path, "rt") if name.endswith(".gz") else open(path)
    with opened as file:
        yield from csv.DictReader(file)


@unittest.skipUnless(os.path.isdir(FOLDER), "TRATO_TEST_DATA has no completejourney")
class CompleteJourneyTest(unittest.TestCase):
    def test_reached_and_redeemed(self):
        store = trato.open(None, currency="USD", zone="America/New_York")
        self.addCleanup(store.close)
        products = {}
        for row in rows("coupons.csv.gz"):
            products.setdefault(row["campaign_id"], set()).add(row["product_id"])
        kinds, started = {}, {}
        for row in rows("campaign_descriptions.csv"):
            campaign = row["campaign_id"]
            kinds[campaign] = row["campaign_type"][-1]
            started[campaign] = row["start_date"]
            store.offers.define(
                f"campaign {campaign}", group=kinds[campaign],
                products=sorted(products[campaign]), value=Money(100, "USD"),
                valid_from=row["start_date"], valid_until=row["end_date"],
                now="2016-11-01")
        self.assertEqual(len(kinds), 27)
        decided = {}
        for row in rows("campaigns.csv.gz"):
            campaign, household = row["campaign_id"], row["household_id"]
            customer = f"household:{household}"
            store.record(customer, "message", at=started[campaign], now=NOW,
                         durability="buffered")
            decided[campaign, household] = store.decisions.record(
                customer, f"campaign {campaign}", at=started[campaign],
                key=f"{campaign}/{household}", now=NOW, durability="buffered")
        for i, row in enumerate(rows("coupon_redemptions.csv.gz")):
            of = decided[row["campaign_id"], row["household_id"]]
            store.outcome(of, "bought", at=row["redemption_date"], now=NOW,
                          key=f"redeemed {i}", durability="buffered")
        report = store.offers.report(now=NOW)
        self.assertEqual((report.customers, report.customers_accepted), (1559, 410))
        reached, redeemed = {}, {}
        for offer in report:
            kind = kinds[offer.offer.split()[1]]
            reached[kind] = reached.get(kind, 0) + offer.decided
            redeemed[kind] = redeemed.get(kind, 0) + offer.bought
            self.assertEqual(offer.customers, offer.decided)
        self.assertEqual(reached, {"A": 3647, "B": 2368, "C": 574})
        self.assertEqual(redeemed, {"A": 604, "B": 154, "C": 34})
        # The log does not say how likely each household was to be sent each
        # campaign, so no other way of sending them can be valued by it.
        for policy in ("greedy", "uniform"):
            found = store.learning.evaluate(policy, now=NOW)
            self.assertEqual(found.reason, "no_probability")
            self.assertIn("all 6589 decisions", found.why)


if __name__ == "__main__":
    unittest.main()
