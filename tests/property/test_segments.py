# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A segment equals brute force over all facts, at any instant."""

import unittest

import conditions
import harness
import language as cel
import trato
from histories import History


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
        try:
            expected = cel.Answer(history.oracle, condition, now)
        except cel.Open:
            return harness.compared("left open")
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
            try:
                expected = cel.Answer(history.oracle, condition, now)
            except cel.Open:
                harness.compared("left open")
                continue
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


if __name__ == "__main__":
    unittest.main()
