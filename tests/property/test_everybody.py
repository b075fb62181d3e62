# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Asked of everybody, of one customer, or of the oracle: the same answer.

Whoever counts a segment goes over columns, whoever tests one customer does not
(lib/vector, lib/expression). Here facts lie in sealed blocks, in the tail, and in
the place of others.
"""

import unittest

import conditions
import harness
import language as cel
import trato
from amended import AmendedHistory


class EverybodyEqualsOneByOneAndTheOracle(harness.PropertyCase):
    def test_random_conditions_over_random_histories(self):
        for rng in self.each_round(60):
            history = AmendedHistory(rng)
            threads = rng.choice([1, 2])
            with trato.open(
                zone=history.zone, currency=history.currency, threads=threads
            ) as store:
                self.tell(store, history)
                asker = conditions.Conditions(history)
                for number in range(2):
                    condition = asker.condition()
                    name = f"segment {number}"
                    store.segments.define(name, condition.text(), now=0)
                    history.oracle.segments[name] = condition
                    asker.segments.append(name)
                groups = history.oracle.customers()
                for _ in range(20):
                    self.three(store, history, groups, asker.condition())

    def tell(self, store, history):
        """Gives everything to the store, which seals now and then."""
        history.define(store)
        seals = {history.rng.randrange(len(history.facts)) for _ in range(2)}
        for i, fact in enumerate(history.facts):
            harness.put(store, fact)
            history.oracle.add(fact)
            if i in seals:
                store.checkpoint()
        records = history.oracle.records()
        for one, other, linked in history.commands:
            if one in records and other in records:
                history.say(store, one, other, linked)

    def three(self, store, history, groups, condition):
        store.segments.define("asked", condition.text(), now=0)
        for now in {history.asked() for _ in range(2)}:
            about = (condition.text(), f"now={now} zone={history.zone}")
            expected = cel.Answer(history.oracle, condition, now)
            size = store.segments.count("asked", now=now)
            got = (int(size), size.customers, size.undecided)
            self.check("counts", got, expected.size, *about)
            members = {m.name for m in store.segments.members("asked", now=now)}
            for group in groups:
                if not history.oracle.known(group, now):
                    self.assertNotIn(group[0], members, about)
                    continue
                try:
                    alone = store.segments.test("asked", group[-1], now=now)
                except trato.FailedPrecondition:
                    alone = None
                wanted = group[0] in expected.members
                if group[0] in expected.undecided:
                    wanted = None
                self.check("one by one", alone, wanted, group, *about)
                self.check("over columns", group[0] in members, bool(wanted), group,
                           *about)  # fmt: skip


if __name__ == "__main__":
    unittest.main()
