# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A segment equals brute force over all facts, at any instant."""

import unittest

import conditions
import harness
import language as cel
import trato
from histories import History
from trato import Money

PURCHASES = 'interactions("purchase")'


class SegmentsEqualTheOracle(harness.PropertyCase):
    def test_counts_members_and_tests(self):
        for rng in self.each_round(200):
            history = History(rng)
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store, self.check)
                asker = conditions.Conditions(history)
                for number in range(3):
                    self.define(store, asker, f"segment {number}")
                for _ in range(25):
                    condition = asker.condition()
                    for _ in range(2):
                        self.preview(store, history, condition, history.asked())
                for now in {history.asked() for _ in range(4)}:
                    self.everybody(store, history, now)

    def define(self, store, asker, name):
        condition = asker.condition()
        store.segments.define(name, condition.text(), now=0)
        asker.history.oracle.segments[name] = condition
        asker.segments.append(name)

    def preview(self, store, history, condition, now):
        expected = cel.Answer(history.oracle, condition, now)
        got = store.segments.preview(condition.text(), now=now)
        self.check(
            "previews",
            (int(got), got.customers, got.undecided),
            expected.size,
            *self.about(history, now, condition.text()),
        )
        harness.compared("members among them", len(expected.members))
        harness.compared("undecided among them", len(expected.undecided))

    def everybody(self, store, history, now):
        groups = history.oracle.customers()
        for name, condition in history.oracle.segments.items():
            about = self.about(history, now, condition.text())
            expected = cel.Answer(history.oracle, condition, now)
            size = store.segments.count(name, now=now)
            got = (int(size), size.customers, size.undecided)
            self.check("counts", got, expected.size, *about)
            members = [m.name for m in store.segments.members(name, now=now)]
            self.check("member lists", members, expected.members, *about)
            for group in groups:
                if not history.oracle.known(group, now):
                    self.nothing_known(
                        lambda: store.segments.test(name, group[-1], now=now)
                    )
                    continue
                try:
                    got = store.segments.test(name, group[-1], now=now)
                except trato.FailedPrecondition:
                    got = None
                wanted = group[0] in expected.members
                if group[0] in expected.undecided:
                    wanted = None
                self.check("tests", got, wanted, group, *about)
                if got is not None:
                    listed = name in store.customer(group[0], now=now).segments
                    self.check("segments of customers", listed, got, group, *about)

    def about(self, history, now, text):
        yield text
        yield f"now={now} zone={history.zone} currency={history.currency}"
        for name, condition in history.oracle.segments.items():
            yield f"{name}: {condition.text()}"
        for group in history.oracle.customers():
            yield group
        for fact in sorted(history.facts, key=lambda fact: (fact.record, fact.at)):
            yield f"  {fact.at - now:+} {fact}"


class WhatFails(unittest.TestCase):
    """The rules for failures, by example: (members, undecided)."""

    def setUp(self):
        self.store = trato.open(currency="GBP")
        self.addCleanup(self.store.close)
        self.store.attributes.define("fee", int, of="interaction", now=0)

    def size(self, expression, now=10):
        size = self.store.segments.preview(expression, now=now)
        return int(size), size.undecided

    def purchases(self, *fees, types=("purchase",)):
        for i, fee in enumerate(fees):
            fields = {} if fee is None else {"fee": fee}
            kind = types[i % len(types)]
            self.store.record("a:1", kind, at=i, now=10, fields=fields)

    def test_exists_after_where_does_not_depend_on_which_came_first(self):
        for fees in ((1, None), (None, 1)):
            self.setUp()
            self.purchases(*fees)
            where = f"{PURCHASES}.where(i, i.fee == 1)"
            self.assertEqual(self.size(f"{where}.exists(i, true)"), (0, 0))
            self.assertEqual(self.size(f"{where}.count() > 0"), (0, 0))

    def test_more_than_absence_is_what_failed(self):
        for fees in ((0, None), (None, 0)):
            self.setUp()
            self.purchases(*fees, types=("visit", "purchase"))
            every = 'interactions("purchase", "visit")'
            for text in (
                "{}.exists(i, 1 / i.fee == 1)",
                "{}.sum(i, 1 / i.fee) == 1",
                "{}.where(i, 1 / i.fee == 1).count() == 1",
                "{}.where(i, 1 / i.fee == 1).exists(i, true)",
                "{}.where(i, has(i.fee) || i.fee == 1).exists(i, 1 / i.fee == 1)",
                "{}.where(i, has(i.fee) || i.fee == 1).sum(i, 1 / i.fee) == 1",
                "{}.exists(i, i.fee == 1) || 1 / {}.where(i, false).count() == 1",
                "1 / {}.where(i, false).count() == 1 && {}.exists(i, i.fee == 1)",
            ):
                text = text.replace("{}", every)
                with self.subTest(text, fees=fees):
                    self.assertEqual(self.size(text), (0, 1))

    def test_only_the_end_of_a_sum_must_fit(self):
        self.purchases(2**63 - 1, 1, -5)
        total = f"{PURCHASES}.sum(i, i.fee)"
        self.assertEqual(self.size(f"{total} == 9223372036854775803"), (1, 0))
        self.assertEqual(
            self.size(f"{PURCHASES}.where(i, i.fee > 0).sum(i, i.fee) > 0"), (0, 1)
        )

    def test_in_is_equality_also_for_two_currencies(self):
        self.store.attributes.define("budget", Money, now=0)
        self.store.attributes.set("a:1", "budget", Money(500, "EUR"), at=1, now=1)
        for items, expected in (
            ('money("5", "GBP")', (0, 1)),
            ('money("5", "GBP"), money("5", "EUR")', (1, 0)),
            ('money("6", "EUR"), money("5", "GBP")', (0, 1)),
            ('money("6", "EUR")', (0, 0)),
        ):
            with self.subTest(items):
                self.assertEqual(self.size(f"customer.budget in [{items}]"), expected)

    def test_has_takes_fields_that_are_defined_for_interactions(self):
        self.purchases(1, None)
        self.assertEqual(
            self.size(f"{PURCHASES}.where(i, has(i.fee)).count() == 1"), (1, 0)
        )
        for text in (
            f"{PURCHASES}.exists(i, has(i.amount))",
            f"{PURCHASES}.exists(i, has(i.at))",
            f"{PURCHASES}.exists(i, has(i.nothing))",
            f"{PURCHASES}.lines().exists(l, has(l.product))",
            f"{PURCHASES}.exists(i, has(fee))",
            "has(now)",
        ):
            with self.subTest(text), self.assertRaises(trato.InvalidArgument):
                self.size(text)


if __name__ == "__main__":
    unittest.main()
