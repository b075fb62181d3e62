# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Facts commute: no answer depends on their order, batches or durability."""

import json
import os
import unittest

import conditions
import harness
import oracle
import trato
from histories import History

FORMS = ["in memory", "on file", "reopened"]


class OrderDoesNotMatter(harness.PropertyCase):
    def test_answers_are_the_same_in_any_order(self):
        for rng in self.each_round(30):
            history = History(rng)
            asker = conditions.Conditions(history)
            # Facts are sent again, and some that have no key are said twice over,
            # which makes two facts of them.
            facts = history.facts + [
                fact
                for fact in history.facts
                if rng.random() < 0.2 and not isinstance(fact, oracle.Claim)
            ]
            commands = self.possible(history)
            segments = [(f"segment {i}", asker.condition().text()) for i in range(3)]
            nows = sorted({harness.NOW, *(history.asked() for _ in range(3))})
            expected = None
            for form in FORMS:
                order = rng.sample(facts, len(facts))
                with Telling(self, rng, history, form) as telling:
                    telling.all(order, commands, segments)
                    got = self.digest(telling.store, history, nows)
                if expected is None:
                    expected = got
                for question in expected:
                    self.check(
                        "answers", got[question], expected[question], question, form
                    )
                self.check("questions", set(got), set(expected))

    def possible(self, history):
        """The commands that can be given, in this order, when all is known."""
        told = history.oracle
        for fact in history.facts:
            told.add(fact)
        names = told.records()
        possible = []
        for one, other, linked in history.commands:
            if one not in names or other not in names:
                continue
            if not told.refusal(one, other, linked):
                told.said.append((one, other, linked))
                possible.append((one, other, linked))
        return possible

    def digest(self, store, history, nows):
        """Answers as canonical JSON, by question."""
        answers = {}
        for now in nows:
            info = store.info(now=now)
            answers[f"info {now}"] = repr(
                (info.customers, info.records, info.identifiers, info.facts,
                 sorted(map(repr, info.interactions.values())))
            )  # fmt: skip
            for name in history.oracle.records():
                if not history.oracle.known(history.oracle.customer_of(name), now):
                    calls = (store.customer, store.timeline)
                    self.nothing_known(
                        *(lambda call=call: call(name, now=now) for call in calls)
                    )
                    continue
                customer = harness.raw_customer(store, name, now)
                answers[f"customer {name} {now}"] = json.dumps(
                    customer, sort_keys=True
                )
                answers[f"timeline {name} {now}"] = "\n".join(
                    repr(harness.entry_of(entry))
                    for entry in store.timeline(name, now=now)
                )
            for segment in store.segments:
                size = store.segments.count(segment.name, now=now)
                members = [(m.id, m.name) for m in segment.members(now=now)]
                answers[f"segment {segment.name} {now}"] = repr((repr(size), members))
        return answers


class Telling:
    """A store that is told everything, in some order and some number of calls."""

    def __init__(self, case, rng, history, form):
        self.case, self.rng, self.history, self.form = case, rng, history, form
        self.path = None
        if form != "in memory":
            self.path = case.path(f"{rng.randrange(10**9)}.trato")
        self.store = trato.open(
            self.path, zone=history.zone, currency=history.currency
        )
        history.define(self.store)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.store.close()
        if self.path:
            os.remove(self.path)

    def all(self, facts, commands, segments):
        """Facts in the order given; commands in their own, where they can be."""
        commands, segments = list(commands), list(segments)
        known = set()
        at = 0
        while at < len(facts) or commands or segments:
            if segments and (at == len(facts) or self.rng.random() < 0.1):
                name, expression = segments.pop()
                self.store.segments.define(name, expression, now=0)
            ready = commands and {*commands[0][:2]} <= known
            if ready and (at == len(facts) or self.rng.random() < 0.5):
                if self.say(*commands[0], last=at == len(facts)):
                    commands.pop(0)
            if at < len(facts):
                count = self.rng.choice([1, 1, 1, 2, 5, 12])
                batch = facts[at : at + count]
                at += len(batch)
                self.put(batch)
                known.update(fact.record for fact in batch)
            if self.form == "reopened" and self.rng.random() < 0.15:
                self.store.close()
                self.store = trato.open(self.path, mode="open_existing")

    def say(self, one, other, linked, last):
        """Whether the store takes it: later it must, with all that is known."""
        say = self.store.link if linked else self.store.unlink
        try:
            say(one, other, now=harness.NOW)
            harness.compared("links and unlinks")
            return True
        except trato.FailedPrecondition:
            if last:
                raise
            harness.compared("links and unlinks put off")
            return False

    def put(self, batch):
        """One by one, or interactions of a source together."""
        rng = self.rng
        source = batch[0].source
        together = rng.random() < 0.7 and all(
            isinstance(fact, oracle.Interaction) and fact.source == source
            for fact in batch
        )
        options = {
            "now": harness.NOW + rng.randrange(10**7),
            "durability": rng.choice(["synced"] + 5 * ["buffered"]),
            "actor": rng.choice(["", "ada"]),
            "batch": rng.choice(["", "job 7"]),
        }
        if together:
            items = [harness.interaction(fact) for fact in batch]
            self.store.record_many(
                items, source="" if source == "host" else source, **options
            )
        else:
            for fact in batch:
                harness.put(self.store, fact, **options)
        if rng.random() < 0.1:
            self.store.flush()


if __name__ == "__main__":
    unittest.main()
