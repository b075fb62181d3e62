# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The store as of an instant and a log position is one told only what was known.

It is compared with a fresh store that is given those calls alone, in their
order: facts dated at or before the instant, and definitions of any date.
"""

import os
import unittest

import answers
import calls
import conditions
import harness
import oracle
import trato
from amended import AmendedHistory


class Call:
    """One transaction: what was said, and where it lies in the log."""

    def __init__(self, facts=(), link=None, define=None, now=harness.NOW):
        self.facts, self.link, self.define, self.now = list(facts), link, define, now
        self.position = 0

    def until(self, at):
        """What of it was so by then, or None."""
        if self.define:
            return self
        if self.link:
            return self if self.now <= at else None
        facts = [fact for fact in self.facts if fact.at <= at]
        return Call(facts) if facts else None

    def tell(self, store):
        if self.define:
            self.define(store)
        elif self.link:
            one, other, linked = self.link
            harness.say_of_pair(store, one, other, linked, now=self.now)
        elif len(self.facts) == 1:
            harness.put(store, self.facts[0])
        else:
            source = self.facts[0].source
            store.record_many(
                [harness.interaction(fact) for fact in self.facts],
                source="" if source == "host" else source,
                now=harness.NOW,
            )

    def __repr__(self):
        return f"{self.position}: {self.link or self.facts or 'definition'}"


class Script:
    """Random calls of a history, in a random order."""

    def __init__(self, history):
        rng = history.rng
        self.history = history
        facts = list(history.facts)
        self.calls = [Call(define=history.define)]
        asker = conditions.Conditions(history)
        while facts:
            batch = [facts.pop()]
            while facts and len(batch) < 6 and rng.random() < 0.4:
                both = (batch[0], facts[-1])
                if not all(isinstance(it, oracle.Interaction) for it in both):
                    break
                if both[0].source != both[1].source:
                    break
                batch.append(facts.pop())
            self.calls.append(Call(batch))
        for link in history.commands:
            now = rng.choice([harness.NOW, rng.choice(history.times)])
            self.calls.insert(rng.randint(1, len(self.calls)), Call(link=link, now=now))
        for number in range(rng.randint(1, 4)):
            name = f"segment {number % 2}"
            self.calls.insert(
                rng.randint(1, len(self.calls)),
                Call(define=self.segment(name, asker.condition().text())),
            )
        self.calls.insert(rng.randint(1, len(self.calls)), Call(define=self.offer()))

    def segment(self, name, expression):
        return lambda store: store.segments.define(name, expression, now=harness.NOW)

    def offer(self):
        worth = trato.Money(1000, self.history.currency)
        return lambda store: store.offers.define(
            "offer", value=worth, products=["tea"], now=harness.NOW
        )

    def new_store(self, path=None, **options):
        return calls.open_store(
            path, zone=self.history.zone, currency=self.history.currency, **options
        )

    def names(self):
        more = {name for fact in self.history.facts for name in fact.names()}
        return sorted({*self.history.names, *more, "email:0", "phone:0"})


class ThePastEqualsAFreshStore(harness.PropertyCase):
    def test_of_any_instant_and_position(self):
        for rng in self.each_round(25):
            history = AmendedHistory(rng)
            script = Script(history)
            path = self.path("store.trato") if rng.random() < 0.7 else None
            limit = rng.choice([0, 0, 1])
            store = script.new_store(path, memory_limit=limit)
            told, opened = [], []
            for call in script.calls:
                try:
                    call.tell(store)
                except (trato.FailedPrecondition, trato.NotFound):
                    continue  # a link that cannot be
                call.position = store.info(now=0).log_position
                # To say what is so already records nothing, whatever its date.
                if call.position > (told[-1].position if told else 0):
                    told.append(call)
                if rng.random() < 0.12:
                    calls.checkpoint(store, rng.choice([0, 1, 1]))
                if rng.random() < 0.05:
                    # Opened now, and asked when all is told.
                    opened.append(self.past(store, script, told))
            opened += [self.past(store, script, told) for _ in range(5)]
            if rng.random() < 0.3:
                calls.checkpoint(store)
            if rng.random() < 0.3:
                store.close()
            for past, *about in opened:
                self.compare(script, past, *about)
                past.close()
            store.close()
            if path:
                os.remove(path)

    def past(self, store, script, told):
        rng = script.history.rng
        at, position = calls.EVER, calls.ALL
        kind = rng.random()
        if kind < 0.7:
            at = script.history.asked()
        if kind > 0.3:
            position = rng.choice(told).position
        known = [call for call in told if call.position <= position]
        return calls.as_of(store, at, position), known, at, position

    def compare(self, script, past, known, at, position):
        rng = script.history.rng
        with script.new_store() as fresh:
            for call in known:
                call = call.until(at)
                if call and not self.taken(fresh, call):
                    harness.compared("links that could not be then")
                    return
            nows = {harness.NOW, script.history.asked()}
            if at != calls.EVER:
                nows |= {at, at - 1, at + 1}
            nows = rng.sample(sorted(nows), 2)
            expected = answers.everything(fresh, script.names(), nows)
            got = answers.everything(past, script.names(), nows)
            for question in expected:
                self.check(
                    "answers of the past", got.get(question), expected[question],
                    question, f"as of {at}, known at {position}", *known,
                )  # fmt: skip
            self.check("questions", set(got), set(expected))
            self.refused(past)

    def taken(self, fresh, call):
        """Whether the call says something: a link may be refused, or be so."""
        before = fresh.info(now=0).log_position if call.link else 0
        try:
            call.tell(fresh)
        except (trato.FailedPrecondition, trato.NotFound):
            return False
        return not call.link or fresh.info(now=0).log_position > before

    def refused(self, past):
        with self.assertRaises(trato.FailedPrecondition):
            past.record("a:1", "visit", at=1, now=2)


if __name__ == "__main__":
    unittest.main()
