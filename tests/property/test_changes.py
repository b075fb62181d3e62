# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""When a customer enters and leaves a segment, against the oracle at instants in
between: a change that is told too late, or not at all, shows."""

import datetime
import itertools
import re
import unittest

import conditions
import harness
import language as cel
import trato
from histories import SPANS, History
from oracle import DAY, MAX

# Asked of now they change all the time, which takes a test each time.
FAST = re.compile(r"get(Hours|Minutes|Seconds|Milliseconds)")
STEPS = 300


class HistoriesEqualTheOracle(harness.PropertyCase):
    def test_steps(self):
        for rng in self.each_round(60):
            history = History(rng)
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store, self.check)
                asker = conditions.Conditions(history)
                for number in range(8):
                    self.one(store, asker, f"segment {number}")

    def one(self, store, asker, name):
        history, rng = asker.history, asker.rng
        condition = asker.condition()
        text = condition.text()
        if FAST.search(text):
            return
        store.segments.define(name, text, now=0)
        history.oracle.segments[name] = condition
        asker.segments.append(name)
        start, end = sorted(history.asked() for _ in range(2))
        if start == end or end >= harness.NOW:
            return
        steps = {}
        for group in history.oracle.customers():
            try:
                found = store.segments.history(
                    name, group[-1], since=start, until=end
                )
                found = list(itertools.islice(found, STEPS))
            except trato.FailedPrecondition as error:
                self.assertIn("may change at every instant", str(error))
                harness.compared("unforeseen")
                return
            found = [(harness.micros(step.at), step.member) for step in found]
            if len(found) == STEPS:
                end = min(end, found[-1][0])
            for (at, member), (after, other) in zip(found, found[1:]):
                self.assertLess(at, after)
                self.assertNotEqual(member, other)
            steps[group[0]] = found
        instants = self.instants(history, start, end, steps)
        for now in instants:
            self.compare(history, name, condition, now, start, steps)

    def instants(self, history, start, end, steps):
        """The edges of windows, the steps themselves, and what lies beside."""
        rng = history.rng
        edges = {start, end}
        for fact in history.facts:
            edges.add(fact.at)
            for span in rng.sample(SPANS, 3):
                edges.add(history.oracle.forth(fact.at, span))
        for _ in range(12):
            edges.add(rng.randint(start, end))
            edges.add(rng.choice(history.facts).at + rng.randint(0, 40) * DAY)
        edges = {edge for edge in edges if start <= edge <= end}
        edges = set(rng.sample(sorted(edges), min(len(edges), 25)))
        for found in steps.values():
            some = found if len(found) < 8 else rng.sample(found, 8)
            edges.update(at for at, _ in some)
        beside = {edge + by for edge in edges for by in (-1, 0, 1)}
        return sorted(edge for edge in beside if start <= edge <= end)

    def compare(self, history, name, condition, now, start, steps):
        expected = cel.Answer(history.oracle, condition, now).members
        first = cel.Answer(history.oracle, condition, start).members
        for customer, found in steps.items():
            member = customer in first
            for at, enters in found:
                if at <= now:
                    member = enters
            self.check(
                "memberships by steps", member, customer in expected,
                name, condition.text(), f"now={now} from={start}", customer, found,
                *(f"  {fact.at - now:+} {fact}" for fact in sorted(
                    history.facts, key=lambda fact: (fact.record, fact.at))),
                f"zone={history.zone}",
            )  # fmt: skip


class NextChanges(unittest.TestCase):
    """By example."""

    def setUp(self):
        self.store = trato.open(zone="Europe/Madrid", currency="EUR")
        self.addCleanup(self.store.close)

    def test_a_window_that_empties(self):
        for day in (1, 5, 9):
            self.store.record("a:1", "purchase", at=f"2024-03-{day:02} 12:00", now=MAX // 40)
        segment = self.store.segments.define(
            "loyal", 'interactions("purchase").within("30d").count() >= 2', now=0
        )
        step = segment.next_change("a:1", now="2024-03-10")
        # The second of three leaves thirty days of the calendar later, across a
        # change of the clocks.
        self.assertFalse(step.member)
        self.assertEqual(self.store.format_time(step.at), "2024-04-04 12:00")
        self.assertEqual(
            [(self.store.format_time(it.at), it.member)
             for it in segment.history("a:1", now="2025-01-01")],
            [("2024-03-05 12:00", True), ("2024-04-04 12:00", False)],
        )  # fmt: skip
        self.assertIsNone(segment.next_change("a:1", now="2025-01-01"))
        self.assertIn(
            "if nothing comes she leaves at",
            str(segment.explain("a:1", now="2024-03-10")),
        )

    def test_a_birthday_comes_every_year(self):
        self.store.attributes.define("born", datetime.datetime, now=0)
        self.store.attributes.set(
            "a:1", "born", datetime.datetime(1980, 2, 29, 12), at="2020-01-01",
            now="2020-01-01",
        )
        segment = self.store.segments.define(
            "birthday",
            "customer.born.getMonth(zone) == now.getMonth(zone)"
            " && customer.born.getDate(zone) == now.getDate(zone)",
            now=0,
        )
        steps = list(segment.history("a:1", since="2020-01-02", until="2029-01-01"))
        self.assertEqual(
            [self.store.format_time(step.at) for step in steps],
            ["2020-02-29 00:00", "2020-03-01 00:00", "2024-02-29 00:00",
             "2024-03-01 00:00", "2028-02-29 00:00", "2028-03-01 00:00"],
        )  # fmt: skip

    def test_what_nobody_can_foresee_is_refused_with_its_place(self):
        self.store.record("a:1", "purchase", now=1)
        segment = self.store.segments.define(
            "odd", 'string(now).endsWith("7Z")', now=0
        )
        with self.assertRaises(trato.FailedPrecondition) as caught:
            list(segment.history("a:1", now=10))
        self.assertEqual(
            (caught.exception.line, caught.exception.column), (1, 1)
        )


if __name__ == "__main__":
    unittest.main()
