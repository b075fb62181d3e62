# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Competitors observed at customers."""

import unittest

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file


@in_memory_and_on_file
class CompetitorTest(StoreCase):
    def test_an_observation_is_an_interaction_with_fields(self):
        fact = self.store.competitor(
            "shop:1", "Acme", "bought", product="tea lights", price=gbp(395),
            channel="shop", at="2011-11-01", key="c1", now=NOW)
        self.assertEqual(fact, trato.fact_id("", "c1"))
        again = self.store.competitor(
            "shop:1", "Acme", "bought", product="tea lights", price=gbp(395),
            channel="shop", at="2011-11-01", key="c1", now=NOW)
        self.assertEqual(again, fact)
        self.store.competitor("shop:2", "Acme", now=NOW)
        (entry,) = self.reopen().timeline("shop:1", now=NOW)
        self.assertEqual((entry.type, entry.channel), ("competitor", "shop"))
        self.assertEqual(entry.fields, {
            "competitor": "Acme", "competitor_action": "bought",
            "competitor_product": "tea lights", "competitor_price": gbp(395)})
        condition = ('interactions("competitor").within("90d").exists(i, '
                     'i.competitor == "Acme" && i.competitor_action == "%s")')
        for action, members in (("bought", 1), ("seen", 1), ("left", 0)):
            size = self.store.segments.preview(condition % action, now=NOW)
            self.assertEqual(size.members, members, action)

    def test_bad_input(self):
        with self.raises(trato.InvalidArgument, "competitor"):
            self.store.competitor("shop:1", "", now=NOW)
        with self.assertRaises((ValueError, trato.InvalidArgument)):
            self.store.competitor("shop:1", "Acme", "hired", now=NOW)
        self.store.attributes.define("competitor", int, of="interaction", now=NOW)
        with self.raises(trato.InvalidArgument, "competitor"):
            self.store.competitor("shop:1", "Acme", now=NOW)


if __name__ == "__main__":
    unittest.main()
