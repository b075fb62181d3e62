# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Corrected and retracted interactions answer as what was true, at any instant."""

import unittest

import conditions
import harness
import oracle
import test_timeline
import trato
from amended import AmendedHistory
from test_offers import Firm, Offer
from test_segments import SegmentsEqualTheOracle


class CorrectionsEqualTheOracle(SegmentsEqualTheOracle):
    """All that is asked of segments and timelines, where facts are corrected."""

    timelines = test_timeline.TimelinesEqualTheSortedFacts.timelines
    totals = test_timeline.TimelinesEqualTheSortedFacts.totals
    attributes = test_timeline.TimelinesEqualTheSortedFacts.attributes

    def test_counts_members_and_tests(self):
        for rng in self.each_round(50):
            history = AmendedHistory(rng, rng.choice([1, 3, 8, 20]))
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store, self.check)
                asker = conditions.Conditions(history)
                for number in range(2):
                    self.define(store, asker, f"segment {number}")
                for _ in range(12):
                    condition = asker.condition()
                    for _ in range(2):
                        self.preview(store, history, condition, history.asked())
                nows = {harness.NOW, *(self.asked(history) for _ in range(6))}
                for now in nows:
                    self.everybody(store, history, now)
                    self.info(store, history, now)
                    for group in told.customers():
                        if told.known(group, now):
                            self.timelines(store, told, rng, group, now)
                            self.attributes(store, told, group, now)
                self.matches(store, history, nows)

    def asked(self, history):
        """Around the instants at which something was found out."""
        said = [it for it in history.facts if isinstance(it, oracle.Correction)]
        if not said or history.rng.random() < 0.4:
            return history.asked()
        one = history.rng.choice(said)
        at = one.at
        if one.content is not None and history.rng.random() < 0.3:
            at = max(at, one.content.at)
        return at + history.rng.choice([-1, 0, 1])

    def info(self, store, history, now):
        told = history.oracle
        expected = {}
        customers = 0
        for group in told.customers():
            customers += told.known(group, now)
            facts = [fact for _, fact in told.timeline(group, now)]
            for kind in {fact.type for fact in facts}:
                of_type = [fact for fact in facts if fact.type == kind]
                lines = [line for fact in of_type for line in fact.lines]
                totals = expected.setdefault(kind, [0, 0, 0, 0, {}])
                totals[0] += len(of_type)
                totals[1] += 1
                totals[2] += len(lines)
                totals[3] += sum(
                    line.unit_price == line.amount_minor == 0 for line in lines
                )
                for fact in of_type:
                    sums = totals[4]
                    currency = fact.amount.currency
                    sums[currency] = sums.get(currency, 0) + fact.amount.minor
        info = store.info(now=now)
        got = {
            kind: [
                total.interactions,
                total.customers,
                total.lines,
                total.free_lines,
                {money.currency: money.minor for money in total.amounts},
            ]
            for kind, total in info.interactions.items()
        }
        for totals in [*expected.values(), *got.values()]:
            totals[4] = {name: minor for name, minor in totals[4].items() if minor}
        self.check("infos", got, expected, now)
        self.check("customers counted", info.customers, customers, now)

    def matches(self, store, history, nows):
        """Affinity sees the corrected lines."""
        firm = Firm(history.oracle)
        for number, products in enumerate((["tea"], ["cup", "mug"])):
            worth = oracle.Amount(1000, history.currency)
            offer = Offer(f"offer {number}", products, worth, 0, 0, None,
                          oracle.NEVER, oracle.FOREVER, None)  # fmt: skip
            store.offers.define(offer.name, value=harness.to_trato(worth),
                                products=products, now=0)  # fmt: skip
            firm.offers.append(offer)
        for now in nows:
            for group in history.oracle.customers():
                if not history.oracle.known(group, now):
                    continue
                found = {it.offer: it for it in store.offers.match(group[-1], now=now)}
                for offer in firm.offers:
                    wanted = firm.affinity(offer, group, now)
                    got = found[offer.name].affinity
                    harness.compared("affinities")
                    self.assertAlmostEqual(
                        got, wanted, delta=1e-9 * max(1, wanted),
                        msg=f"{offer.name} {group} {now}",
                    )  # fmt: skip


del SegmentsEqualTheOracle  # or it would run here too

if __name__ == "__main__":
    unittest.main()
