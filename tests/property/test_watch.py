# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What a watch tells adds up to the membership of brute force, after every call,
whatever comes, however often it is advanced, and across restarts."""

import dataclasses
import datetime
import os
import unittest

import conditions
import harness
import language as cel
import oracle
import trato
from amended import AmendedHistory
from clocked import NAMED, PLACE, Clocked
from histories import SPANS, ZONES, History
from oracle import DAY, SECOND
from test_changes import FAST
from windowed import Windowed

HOUR = 3600 * SECOND


class Follower:
    """A watch and what follows from what it has told."""

    def __init__(self, watch, names, members=()):
        self.watch = watch
        self.members = {name: set() for name in names}
        for name, member in members:
            self.members[name].add(member)
        self.told = []

    def take(self):
        for change in self.watch.take():
            at = harness.micros(change.at)
            self.told.append(
                (at, change.segment, change.customer, change.entered, change.cause)
            )
            members = self.members[change.segment]
            # Nobody enters twice or leaves where she was not.
            assert change.entered == (change.customer not in members), change
            (members.add if change.entered else members.remove)(change.customer)

    def state(self):
        return [
            (name, member) for name in self.members for member in self.members[name]
        ]


class WatchesEqualTheOracle(harness.PropertyCase):
    rounds = 50
    # Of one jump.
    instants = int(os.environ.get("TRATO_PROPERTY_INSTANTS") or 10)
    jumps = (1, 30, 400)

    def test_after_every_call(self):
        for rng in self.each_round(self.rounds):
            # With corrections and without: those take other ways.
            history = (AmendedHistory if rng.random() < 0.5 else History)(rng)
            # Of a file watches can be saved.
            self.in_file = rng.random() < 0.3
            path = self.path() if self.in_file else None
            with trato.open(
                path, zone=history.zone, currency=history.currency
            ) as store:
                self.one(store, history)
            if self.in_file:
                os.remove(path)

    def one(self, store, history):
        rng = history.rng
        history.define(store)
        asker = conditions.Conditions(history)
        early = rng.randint(0, len(history.facts))
        self.told = early
        self.disabled, self.enabled = [], {}
        for fact in history.facts[:early]:
            harness.put(store, fact)
            history.oracle.add(fact)
        for number in range(rng.randint(1, 6)):
            self.define(store, asker, f"segment {number}")
        names = self.watchable(store, asker)
        if not names:
            return
        nows = self.nows(history)
        self.clock = next(nows)
        first = self.members_now(history, names)
        often = Follower(store.segments.watch(*names, now=self.clock), names, first)
        seldom = Follower(store.segments.watch(*names, now=self.clock), names, first)
        kept = None
        older = []
        ahead = self.clock
        for now in nows:
            before = self.clock
            # Where one watch is ahead of the other what is written with an
            # earlier now counts at another instant.
            now = max(now, ahead)
            self.clock = max(self.clock, now)
            position = store.head().position
            self.step(store, asker, history, names, now)
            if store.head().position == position:
                ahead = self.clock
            state = often.watch.advance(self.clock)
            self.assertEqual(harness.micros(state.clock), self.clock)
            often.take()
            self.compare(history, names, often, before)
            if rng.random() < 0.2:
                kept = (trato.ChangeCursor(self.clock, state.position), often.state())
            if self.in_file and rng.random() < 0.2:
                saved = often.watch.save()
                older.append((saved, state, often.state()))
                often.watch.close()
                often.watch = store.segments.watch(
                    *names, saved=saved, now=self.clock
                )
                self.assertEqual(often.watch.advance(self.clock).pending, 0)
                harness.compared("saved watch")
            if older and rng.random() < 0.15:
                # From before some more facts: as from its cursor.
                self.go_on(store, history, names, rng.choice(older))
            if self.in_file and rng.random() < 0.05:
                store.checkpoint()
            if rng.random() < 0.2:
                # Advanced to instants in between; earlier ones do nothing.
                start = self.clock
                ahead = start + rng.randint(0, 20) * DAY
                often.watch.advance(before)
                while not often.watch.advance(ahead, max_wakeups=1).is_done:
                    pass
                self.clock = ahead
                self.follow(history, names, often, start)
        before = self.clock
        self.clock += rng.choice(self.jumps) * DAY
        often.watch.advance(self.clock)
        self.follow(history, names, often, before)
        seldom.watch.advance(self.clock)
        seldom.take()
        self.check("streams", seldom.told, often.told)
        if kept:
            since, members = kept
            again = store.segments.watch(*names, since=since, now=self.clock)
            later = Follower(again, names, members)
            later.take()
            self.compare(history, names, later, self.clock)

    def follow(self, history, names, follower, before):
        """After time has passed and nothing else."""
        told = len(follower.told)
        members = {name: set(follower.members[name]) for name in names}
        follower.take()
        self.compare(history, names, follower, before)
        self.check_instants(history, names, members, follower.told[told:], before)

    def check_instants(self, history, names, members, told, before):
        """What a watch has told of time alone, at instants up to the clock: at
        those of changes and 1 µs before, where windows end, and between."""
        rng = history.rng
        changes = rng.sample(told, min(self.instants, len(told)))
        instants = {at - rng.randint(0, 1) for at, *_ in changes}
        for _ in range(self.instants // 2):
            instants.add(rng.randint(before, self.clock))
            fact = rng.choice(history.facts)
            edge = history.oracle.forth(fact.at, rng.choice(SPANS))
            instants.add(edge + rng.choice([-1, 0, 1]))
        members = {name: set(members[name]) for name in names}
        told = iter(told)
        change = next(told, None)
        for instant in sorted(it for it in instants if before <= it <= self.clock):
            while change is not None and change[0] <= instant:
                _, name, customer, entered, _ = change
                (members[name].add if entered else members[name].remove)(customer)
                change = next(told, None)
            for name in names:
                condition = history.oracle.segments[name]
                expected = cel.Answer(history.oracle, condition, instant)
                self.check(
                    "memberships between", members[name], set(expected.members),
                    name, condition.text(), f"{instant} of {before} to {self.clock}",
                )  # fmt: skip
                harness.compared("customers between", expected.customers)

    def go_on(self, store, history, names, older):
        saved, state, members = older
        since = trato.ChangeCursor(harness.micros(state.clock), state.position)
        with store.segments.watch(*names, saved=saved, now=self.clock) as watch:
            later = Follower(watch, names, members)
            later.take()
            self.compare(history, names, later, self.clock)
        with store.segments.watch(*names, since=since, now=self.clock) as watch:
            anew = Follower(watch, names, members)
            anew.take()
        self.check("saved streams", later.told, anew.told)

    def nows(self, history):
        """Instants to write and ask at, in order, with the edges of windows."""
        rng = history.rng
        start = history.asked()
        end = start + 500 * DAY
        edges = {start}
        for fact in history.facts:
            edges.add(fact.at)
            edges.add(history.oracle.forth(fact.at, rng.choice(SPANS)))
        edges.update(rng.randint(start, end) for _ in range(10))
        edges = {edge + rng.choice([-1, 0, 0, 1]) for edge in edges}
        edges = sorted(edge for edge in edges if start <= edge <= end)
        yield start
        for now in edges:
            # A clock that goes back now and then.
            yield now - (rng.randint(0, 30) * DAY if rng.random() < 0.1 else 0)

    def define(self, store, asker, name):
        condition = self.condition(asker)
        if self.is_too_fast(condition.text()):
            return
        store.segments.define(name, condition.text(), now=0)
        asker.history.oracle.segments[name] = condition
        if name not in asker.segments:
            asker.segments.append(name)

    def is_too_fast(self, text):
        return FAST.search(text)

    def condition(self, asker):
        """Anything, or what a watch has a form of its own for."""
        if asker.rng.random() < 0.5:
            return Windowed(asker).condition()
        return asker.condition()

    def watchable(self, store, asker):
        names = []
        for name in asker.segments:
            try:
                store.segments.watch(name, now=0).close()
                names.append(name)
            except trato.FailedPrecondition:
                harness.compared("not watchable")
        return names

    def step(self, store, asker, history, names, now):
        rng = history.rng
        kind = rng.random()
        told = self.told
        if kind < 0.75 and told < len(history.facts):
            self.told += 1
            fact = history.facts[told]
            if isinstance(fact, oracle.Claim):
                fact = history.facts[told] = dataclasses.replace(fact, at=now)
            if rng.random() < 0.2 and hasattr(fact, "key") and not isinstance(
                fact, oracle.Claim
            ):
                fact = history.facts[told] = dataclasses.replace(fact, at=now)
            harness.put(store, fact, now=now)
            history.oracle.add(fact)
        elif kind < 0.85:
            # What is said of a pair makes both known.
            records = [
                record for record in history.oracle.records()
                if history.oracle.known([record], now)
            ]
            if len(records) > 1:
                one, other = rng.sample(records, 2)
                self.say(store, history, one, other, rng.random() < 0.6, now)
        elif kind < 0.88:
            name = rng.choice(names)
            if name in self.disabled:
                self.disabled.remove(name)
                store.segments.enable(name, now=now)
                history.oracle.segments[name] = self.enabled.pop(name)
            else:
                self.disabled.append(name)
                store.segments.disable(name, now=now)
                self.enabled[name] = history.oracle.segments[name]
                history.oracle.segments[name] = cel.Literal(False)
        elif kind < 0.93:
            name = rng.choice(names)
            if name in self.disabled:
                return
            former = history.oracle.segments[name]
            condition = self.condition(asker)
            text = condition.text()
            if self.is_too_fast(text) or "in_segment" in text:
                return
            store.segments.define(name, text, now=now)
            history.oracle.segments[name] = condition
            try:
                store.segments.watch(*names, now=self.clock).close()
            except trato.FailedPrecondition:
                store.segments.define(name, former.text(), now=now)
                history.oracle.segments[name] = former

    def say(self, store, history, one, other, linked, now):
        refusal = history.oracle.refusal(one, other, linked)
        if refusal:
            return
        harness.say_of_pair(store, one, other, linked, now=now)
        history.oracle.said.append((one, other, linked))

    def members_now(self, history, names):
        return [
            (name, member)
            for name in names
            for member in cel.Answer(
                history.oracle, history.oracle.segments[name], self.clock
            ).members
        ]

    def compare(self, history, names, follower, before):
        for name in names:
            condition = history.oracle.segments[name]
            expected = cel.Answer(history.oracle, condition, self.clock).members
            self.check(
                "watched memberships", follower.members[name], set(expected),
                name, condition.text(), f"clock={self.clock} before={before}",
                f"zone={history.zone}", history.oracle.said,
                *history.oracle.customers(),
                *(it for it in follower.told if it[1] == name),
                *(f"  {fact.at - self.clock:+} {fact}"
                  for _, fact in history.oracle.facts),
            )  # fmt: skip
            harness.compared("customers in them", history.oracle.customers().__len__())
            self.assertEqual(follower.watch.count(name), len(expected))


class ClocksEqualTheOracle(WatchesEqualTheOracle):
    """Where the clock decides a part of the conditions, for everybody or for
    those who live in a zone, across changes of clocks and of zones."""

    rounds = 8
    jumps = (1, 3, 40)

    def is_too_fast(self, text):
        return False

    def condition(self, asker):
        if asker.rng.random() < 0.2:
            return Windowed(asker).condition()
        return Clocked(asker).condition()

    def nows(self, history):
        rng = history.rng
        start = history.asked()
        # Hours, midnights, and the days on which clocks change.
        edges = {start + rng.randint(0, 60 * DAY) for _ in range(6)}
        for name in rng.sample(NAMED, 2) + [history.zone]:
            for day in ZONES.get(name, []):
                at = history.oracle.instant(datetime.datetime.fromisoformat(day))
                edges.update(
                    at + rng.randint(0, 50) * HOUR + rng.choice([-1, 0, 1])
                    for _ in range(2)
                )
        edges.update(
            start + rng.randint(0, 60 * 24) * HOUR + rng.choice([-1, 0, 0, 1])
            for _ in range(10)
        )
        for fact in rng.sample(history.facts, min(4, len(history.facts))):
            edges.add(history.oracle.forth(fact.at, rng.choice(SPANS)))
        yield start
        for now in sorted(edges):
            # Far jumps are a flip an hour, and each is told.
            if start <= now <= start + 150 * DAY:
                yield now

    def step(self, store, asker, history, names, now):
        rng = history.rng
        records = history.oracle.records()
        if rng.random() < 0.3 and records:
            # Somebody moves, or will.
            fact = oracle.Attribute(
                rng.choice(records),
                now + rng.choice([0, 0, HOUR, 3 * DAY]),
                "host",
                "",
                PLACE,
                rng.choice([*NAMED, *NAMED, "", "no zone"]),
            )
            harness.put(store, fact, now=now)
            history.oracle.add(fact)
            return
        super().step(store, asker, history, names, now)


if __name__ == "__main__":
    unittest.main()
