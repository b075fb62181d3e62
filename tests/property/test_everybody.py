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


RULES = {
    "latest": "latest",
    "trusted": ["crm", "erp"],
    "frequent": "frequent",
    "longest": "longest",
}


class RulesOfSeveralRecords(harness.PropertyCase):
    """What linked records say of their customer, each in its own column."""

    def test_columns_hold_what_one_customer_says(self):
        for rng in self.each_round(40):
            names = [f"shop:{i}" for i in range(24)]
            with trato.open() as store:
                for name, rule in RULES.items():
                    store.attributes.define(name, str, reconcile=rule, now=0)
                store.attributes.define("count", int, now=0)
                for _ in range(rng.randint(20, 120)):
                    self.say(store, rng, rng.choice(names))
                    if rng.random() < 0.02:
                        store.checkpoint()
                for _ in range(rng.randint(4, 16)):
                    try:
                        store.link(*rng.sample(names, 2), now=harness.NOW)
                    except (trato.NotFound, trato.FailedPrecondition):
                        continue
                for _ in range(6):
                    self.compare(store, rng, names)

    def say(self, store, rng, record):
        said = {
            "at": harness.when(rng.randrange(1, 9)),
            "source": rng.choice(["host", "crm", "erp"]),
            "now": harness.NOW,
        }
        name = rng.choice([*RULES, "count"])
        values = [1, 2, 3] if name == "count" else ["a", "bb", "cc"]
        store.attributes.set(
            record, name, None if rng.random() < 0.2 else rng.choice(values), **said
        )

    def compare(self, store, rng, names):
        name = rng.choice([*RULES, "count"])
        value = rng.randint(1, 3) if name == "count" else rng.choice(["'a'", "'bb'"])
        condition = rng.choice(
            [f"customer.{name} == {value}", f"has(customer.{name})"]
        )
        store.segments.define("asked", condition, now=0)
        now = harness.when(rng.randrange(1, 10))
        members = {m.name for m in store.segments.members("asked", now=now)}
        ids = {store.customer(m, now=now).id for m in members}
        for one in names:
            try:
                alone = store.segments.test("asked", one, now=now)
                asked = store.customer(one, now=now).id
            except trato.NotFound:
                continue
            self.check("by rules", asked in ids, alone, condition, one, now)


if __name__ == "__main__":
    unittest.main()
