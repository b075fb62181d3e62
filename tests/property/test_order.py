# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Facts commute: no answer depends on their order, batches or durability."""

import json
import os
import unittest
from dataclasses import replace

import calls
import conditions
import harness
import oracle
import trato
from amended import AmendedHistory

FORMS = ["in memory", "on file", "reopened"]


class OrderDoesNotMatter(harness.PropertyCase):
    def test_answers_are_the_same_in_any_order(self):
        for rng in self.each_round(30):
            history = AmendedHistory(rng)
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
            answers[f"digest {now}"] = calls.digest(store, now)
            info = store.info(now=now)
            answers[f"info {now}"] = repr(
                (info.customers, info.records, info.identifiers, info.facts,
                 sorted(map(repr, info.interactions.values())))
            )  # fmt: skip
            for name in history.oracle.records():
                if not history.oracle.known(history.oracle.customer_of(name), now):
                    both = (store.customer, store.timeline)
                    self.nothing_known(
                        *(lambda call=call: call(name, now=now) for call in both)
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

    def test_what_answers_otherwise_has_another_digest(self):
        for rng in self.each_round(6):
            history = AmendedHistory(rng)
            facts = [it for it in history.facts if isinstance(it, oracle.Interaction)]
            own = self.digest_of(history, facts)
            for _ in range(6):
                told = list(facts)
                one = rng.randrange(len(told))
                truth = history.content(told[one])
                told[one] = replace(
                    truth, source=told[one].source, key=told[one].key
                )  # fmt: skip
                if rng.random() < 0.2:
                    told.append(told.pop(one))
                elif rng.random() < 0.2:
                    del told[one]
                same = sorted(map(repr, told)) == sorted(map(repr, facts))
                got = self.digest_of(history, told)
                self.check("digests", got == own, same, facts[one], *told)

    def digest_of(self, history, facts):
        with trato.open(zone=history.zone, currency=history.currency) as store:
            history.define(store)
            for fact in facts:
                harness.put(store, fact)
            return calls.digest(store, harness.NOW)

    def test_what_was_defined_and_decided_is_in_the_digest(self):
        worth = trato.Money(100, "EUR")

        def defined(**offer):
            offer = {"value": worth, "products": ["p"], "now": 0, **offer}
            return lambda store: store.offers.define("o", **offer)

        def decided(kind, at):
            def tell(store):
                defined()(store)
                outcome = store.offers.decide("a:1", now=10)
                if kind:
                    store.outcome(outcome, kind, at=at, now=1000)

            return tell

        def product(name):
            return lambda store: store.append_products(
                [{"product": "p", "name": name}], now=0
            )

        several = [
            lambda store: None,
            lambda store: store.segments.define("s", "true", now=0),
            lambda store: store.segments.define("s", "false", now=0),
            lambda store: store.identifiers.define("email", unique=True, now=0),
            lambda store: store.identifiers.claim("a:1", "email:1", now=1),
            lambda store: store.attributes.define("n", int, now=0),
            lambda store: store.attributes.define("n", str, now=0),
            product("Tea"),
            product("Coffee"),
            defined(),
            defined(title="T"),
            defined(discount_basis_points=100),
            decided(None, 0),
            decided("shown", 20),
            decided("accepted", 20),
            decided("accepted", 21),
        ]
        digests = [self.digest_after(tell) for tell in several]
        self.check("digests of definitions", len(set(digests)), len(several), digests)
        later = self.digest_after(decided("accepted", 500))
        self.check("what is later", later, self.digest_after(decided(None, 0)))

    def digest_after(self, tell):
        with trato.open() as store:
            store.record("a:1", "visit", at=1, now=1)
            tell(store)
            return calls.digest(store, 100)


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
        try:
            harness.say_of_pair(self.store, one, other, linked)
            harness.compared("links and cannot-links")
            return True
        except trato.FailedPrecondition:
            if last:
                raise
            harness.compared("links and cannot-links put off")
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
