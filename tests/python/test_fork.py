# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Forks, and periods decided once more in them."""

import unittest

import trato
from support import StoreCase, gbp, in_memory_and_on_file
from trato import Line

DAY = "2011-12-01 12:00"


@in_memory_and_on_file
class ForkTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.buy("shop:1", "2011-11-01", Line("tea", 1, gbp(300)))
        self.buy("shop:2", "2011-11-02", Line("bag", 1, gbp(500)))
        self.store.offers.define(
            "tea", value=gbp(500), products=["candle"], now="2011-11-01"
        )
        self.store.offers.define(
            "bag", value=gbp(300), products=["lamp"], now="2011-11-01"
        )

    def test_neither_shows_in_the_other(self):
        digest = self.store.digest(now=DAY)
        with self.store.fork() as fork:
            self.assertEqual(fork.digest(now=DAY), digest)
            fork.record("shop:3", "visit", at="2011-11-03", now=DAY)
            fork.checkpoint()
            self.assertEqual(self.store.digest(now=DAY), digest)
            with self.assertRaises(trato.NotFound):
                self.store.customer("shop:3", now=DAY)
            with fork.fork() as second:
                self.assertEqual(second.digest(now=DAY), fork.digest(now=DAY))

    def test_a_coupon_is_redeemed_in_the_fork_only(self):
        code = self.store.coupons.issue("shop:1", "tea", now=DAY)
        with self.store.fork() as fork:
            fork.coupons.redeem(code, key="till:1", now=DAY)
            self.assertEqual(self.store.coupons.show(code, now=DAY).state, "valid")
        self.store.coupons.redeem(code, key="till:2", now=DAY)

    def test_nobody_is_erased_while_a_fork_shows_them(self):
        with self.store.fork():
            with self.assertRaises(trato.FailedPrecondition):
                self.store.erase("shop:1", now=DAY)
        self.store.erase("shop:1", now=DAY)

    def test_a_past_and_a_view_have_no_forks(self):
        with self.store.as_of(DAY) as past:
            with self.assertRaises(trato.FailedPrecondition):
                past.fork()
        with self.store.view(filter="true") as view:
            with self.assertRaises(trato.FailedPrecondition):
                view.fork()

    def test_what_if_an_offer_had_not_been_made(self):
        first = self.store.offers.decide("shop:1", now="2011-11-10")
        other = self.store.offers.decide("shop:2", now="2011-11-11")
        self.assertEqual([first.match.offer, other.match.offer], ["tea", "tea"])
        self.store.outcome(first.id, "accepted", now="2011-11-12")

        def without_tea(fork):
            fork.offers.define(
                "tea",
                value=gbp(500),
                products=["candle"],
                valid_until="2011-11-11",
                now=DAY,
            )
            fork.offers.decide("shop:1", now=DAY)  # of its own time

        report = self.store.what_if(without_tea, rows=True, now=DAY)
        self.assertEqual(report.decisions, 2)
        self.assertEqual(report.same.decisions, 1)
        self.assertEqual(report.another, trato.Came(1, 1))
        self.assertEqual((report.changes, report.set_aside), (1, 1))
        self.assertEqual((report.answers_kept, report.answers_left_out), (1, 0))
        self.assertEqual([r.offer_now for r in report.rows], ["tea", "bag"])
        self.assertEqual([r.came for r in report.rows], ["same", "another"])
        tea = report.offers["tea"]
        self.assertEqual((tea.then.decisions, tea.now.decisions), (2, 1))
        self.assertEqual((tea.then.contacts, tea.now.contacts), (2, 1))
        self.assertEqual(
            self.store.what_if(without_tea, until="2011-11-11", now=DAY).other, 0
        )

    def test_a_period_in_which_a_batch_was_taken_back_is_refused(self):
        self.store.offers.decide("shop:1", now="2011-11-10")
        self.store.record("shop:9", "visit", at=DAY, now=DAY, batch="b")
        self.store.batches.retract("b", now=DAY)
        self.store.offers.decide("shop:1", now="2011-12-02")
        with self.assertRaisesRegex(trato.FailedPrecondition, "taken back"):
            self.store.what_if(now="2011-12-03")
        self.assertEqual(self.store.what_if(until=DAY, now="2011-12-03").other, 0)


if __name__ == "__main__":
    unittest.main()
