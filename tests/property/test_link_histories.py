# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Whole histories, linked and unlinked: interactions, attributes, identifiers,
consents and segments together, with facts between a link and its end.

Each history is told to three stores. One is never told of the links; one hears
them somewhere in between, is asked while they hold and hears of more before they
are taken back; one hears everything in another order. All three give the same
digests and, but for the last, the same answers. TRATO_PROPERTY_ROUNDS=10000 is
the full form; parts of it, by TRATO_PROPERTY_SEED, may run beside each other.
"""

import itertools
import os
import unittest

import calls
import conditions
import harness
import trato
from histories import SOURCES, History

PURPOSES = ("marketing", "delivery")
CHANNELS = ("email", "sms")
WAYS = [(purpose, channel) for purpose in PURPOSES for channel in CHANNELS]


class Statement:
    """What a record says of being contacted."""

    def __init__(self, rng, history, number):
        self.what = rng.choices(
            ("grant", "deny", "withdraw", "object", "lift"), (10, 3, 5, 2, 2)
        )[0]
        self.record = rng.choice(history.names)
        source = rng.choice(SOURCES)
        self.said = {
            "at": rng.choice(history.times),
            "source": "" if source == "host" else source,
            "key": rng.choice(["", f"statement {number}"]),
            "now": harness.NOW,
        }
        self.about = ()
        if self.what in ("object", "lift"):
            self.said["proof"] = "letter"
            return
        self.about = rng.choice((*PURPOSES, "*")), rng.choice((*CHANNELS, "*"))
        self.said["wording"] = rng.choice(["", "v1", "v2"])
        if self.what == "grant" and rng.random() < 0.5:
            later = rng.choice([1, 86_400_000_000, 90 * 86_400_000_000])
            self.said["valid_until"] = self.said["at"] + later

    def tell(self, store):
        call = getattr(store.consents, self.what)
        return call(self.record, *self.about, **self.said)


class Whole:
    """A history with all kinds of content, and what is done with it."""

    def __init__(self, rng):
        self.rng = rng
        self.history = History(rng)
        self.told = self.history.oracle
        facts = [
            *self.history.facts,
            *(Statement(rng, self.history, i) for i in range(rng.randint(2, 12))),
        ]
        rng.shuffle(facts)
        for fact in facts:
            if not isinstance(fact, Statement):
                self.told.add(fact)
        half = rng.randint(1, len(facts))
        self.first, self.second = facts[:half], facts[half:]
        # What is said of pairs depends on what is known of them then.
        self.pairs = self.history.commands if rng.random() < 0.5 else []
        self.segments = self.some_segments()
        self.nows = [harness.NOW, self.history.asked(), self.history.asked()]

    def some_segments(self):
        asker = conditions.Conditions(self.history)
        made = [asker.condition().text() for _ in range(2)]
        purpose, channel = self.rng.choice(WAYS)
        consent = f'consent("{purpose}", "{channel}")'
        made.append(consent)
        made.append(f"{consent} && in_segment('s0')")
        return made

    def open(self, path):
        place = {"zone": self.history.zone, "currency": self.history.currency}
        return calls.open_store(path, **place)

    def define(self, store, number):
        store.segments.define(f"s{number}", self.segments[number], now=0)

    def begin(self, store):
        self.history.define(store)
        store.consents.define_purpose(PURPOSES[1], direct_marketing=False, now=0)
        self.define(store, 0)
        self.define(store, 2)

    def go_on(self, store):
        """What is defined while links hold."""
        self.define(store, 1)
        self.define(store, 3)

    def tell(self, store, facts):
        for fact in facts:
            if isinstance(fact, Statement):
                fact.tell(store)
            else:
                harness.put(store, fact)

    def say_of_pairs(self, store):
        """What was refused of pairs; the same for all who know the same."""
        refused = []
        for one, other, linked in self.pairs:
            try:
                harness.say_of_pair(store, one, other, linked)
            except (trato.FailedPrecondition, trato.NotFound) as error:
                refused.append((one, other, linked, type(error)))
        return refused

    def strangers(self):
        """Pairs that nothing but these links would ever join, in any order.

        Otherwise unlinking is more than taking a link back: it keeps apart.
        """
        # Of some there is nothing but what they said of being contacted.
        names = sorted({*self.told.records(), *self.history.names})
        whom = {name: {name} for name in names}

        def join(one, other):
            together = whom[one] | whom[other]
            for name in together:
                whom[name] = together

        known_as = {name: self.told.names_of(name) for name in names}
        for one, other in itertools.combinations(names, 2):
            if known_as[one] & known_as[other]:
                join(one, other)
        for one, other, _ in self.pairs:
            join(one, other)
        made = []
        pairs = list(itertools.combinations(names, 2))
        for one, other in self.rng.sample(pairs, len(pairs)):
            if len(made) < 4 and other not in whom[one]:
                join(one, other)
                made.append((one, other))
        return made

    def link_some(self, store):
        linked = []
        for pair in self.strangers():
            try:
                store.link(*pair, now=harness.NOW)
            except trato.NotFound:  # there is nothing of it yet
                continue
            linked.append(pair)
        return linked

    def unlink(self, store, linked):
        for pair in reversed(linked):
            store.customers.unlink(*pair, now=harness.NOW)

    def digests(self, store):
        return [calls.digest(store, now) for now in self.nows]

    def answers(self, store):
        """Who she is, with attributes, consents and segments; who is in a segment."""
        answers = {}
        for now in self.nows:
            for name in self.told.records():
                try:
                    answers[name, now] = harness.raw_customer(store, name, now)
                except trato.NotFound:
                    continue
            for segment in store.segments:
                members = [(m.id, m.name) for m in segment.members(now=now)]
                answers[segment.name, now] = repr(segment.count(now=now)), members
        return answers


class LinksLeaveNoTrace(harness.PropertyCase):
    def test_link_facts_in_between_unlink(self):
        for rng in self.each_round(60):
            whole = Whole(rng)
            expected, answers, refused = self.never_linked(whole)
            for kept in (None, self.path()) if rng.random() < 0.2 else (None,):
                self.linked_meanwhile(whole, kept, expected, answers, refused)
            self.in_another_order(whole, expected)

    def never_linked(self, whole):
        with whole.open(None) as store:
            whole.begin(store)
            whole.tell(store, whole.first)
            refused = whole.say_of_pairs(store)
            whole.go_on(store)
            whole.tell(store, whole.second)
            return whole.digests(store), whole.answers(store), refused

    def linked_meanwhile(self, whole, path, expected, answers, refused):
        store = whole.open(path)
        whole.begin(store)
        whole.tell(store, whole.first)
        self.check("refusals", whole.say_of_pairs(store), refused)
        before = whole.digests(store)
        linked = whole.link_some(store)
        if linked and whole.digests(store)[0] == before[0]:
            self.fail("a link changed nothing: this test would not see it")
        harness.compared("links", len(linked))
        if path:
            store = self.sealed(whole, store, path)
        whole.go_on(store)
        whole.tell(store, whole.second)
        whole.answers(store)  # what it keeps at hand is of the linked
        whole.unlink(store, linked)
        self.check("digests after all unlinks", whole.digests(store), expected, linked)
        got = whole.answers(store)
        for question in answers.keys() | got.keys():
            self.check(
                "answers after all unlinks",
                got.get(question),
                answers.get(question),
                question,
                linked,
            )
        if path:
            store = self.sealed(whole, store, path)
            self.check("digests reopened", whole.digests(store), expected, linked)
        store.close()
        if path:
            os.remove(path)

    def sealed(self, whole, store, path):
        calls.checkpoint(store)
        store.close()
        harness.compared("stores reopened")
        return whole.open(path)

    def in_another_order(self, whole, expected):
        rng = whole.rng
        first, second = whole.first[:], whole.second[:]
        if not whole.pairs:  # nothing depends on who was known when
            first, second = [], first + second
        with whole.open(None) as store:
            whole.begin(store)
            whole.tell(store, rng.sample(first, len(first)))
            whole.say_of_pairs(store)
            second = rng.sample(second, len(second))
            cut = sorted(rng.randint(0, len(second)) for _ in range(2))
            whole.tell(store, second[: cut[0]])
            linked = whole.link_some(store)
            whole.tell(store, second[cut[0] : cut[1]])
            whole.unlink(store, linked)
            whole.tell(store, second[cut[1] :])
            whole.go_on(store)
            self.check("digests in another order", whole.digests(store), expected)


if __name__ == "__main__":
    unittest.main()
