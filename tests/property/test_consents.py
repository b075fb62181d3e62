# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Consent at any instant is what a plain list of statements says it is."""

import itertools
import os
import unittest

import harness
import trato
from harness import when

RECORDS = ("shop:1", "crm:2", "web:3")
PURPOSES = ("marketing", "delivery")  # the first is direct marketing
CHANNELS = ("email", "sms")
IDENTIFIERS = ("mail:a", "mail:b", "phone:1")
SOURCES = ("host", "crm")
EVER = 10**20


class Said:
    """One statement."""

    def __init__(self, what, record, at, source, purpose="", channel="", until=EVER):
        self.what = what
        self.record = record
        self.at = at
        self.source = source
        self.purpose = purpose
        self.channel = channel
        self.until = until
        self.id = ""
        self.position = 0

    @property
    def order(self):
        return self.at, self.source, self.id

    def about(self, purpose, channel):
        return self.purpose in (purpose, "*") and self.channel in (channel, "*")

    def __repr__(self):
        return repr(self.__dict__)


class Model:
    """What the sentences of trato.h say, from a list of all that was said."""

    def __init__(self):
        self.said = []
        self.pairs = {}  # frozenset of two records: linked or not
        self.claims = set()  # (record, identifier)

    def together(self, record):
        """The records that are one customer with this one."""
        group, grew = {record}, True
        while grew:
            grew = False
            for pair, linked in self.pairs.items():
                if linked and len(pair & group) == 1:
                    group |= pair
                    grew = True
        return group

    def names_of(self, record):
        return {record} | {name for who, name in self.claims if who == record}

    def objects(self, record, facts):
        """The objection of one record that is in force, if any."""
        own = [f for f in facts if f.record == record and f.what in ("object", "lift")]
        last = max(own, key=lambda f: f.order, default=None)
        return last if last is not None and last.what == "object" else None

    def objection(self, group, facts):
        own = [o for o in (self.objects(r, facts) for r in group) if o]
        if own:
            return max(own, key=lambda f: f.order)
        others = [
            self.objects(other, facts)
            for other in {f.record for f in facts} - group
            for record in group
            if self.names_of(record) & self.names_of(other)
            and self.pairs.get(frozenset((record, other))) is not False
        ]
        return max((o for o in others if o), key=lambda f: f.order, default=None)

    def answer(self, record, purpose, channel, now, known=EVER):
        """(state, fact that decides, since, until)."""
        group = self.together(record)
        facts = [f for f in self.said if f.at <= now and f.position <= known]
        if purpose == PURPOSES[0]:
            objection = self.objection(group, facts)
            if objection:
                return "objected", objection.id, objection.at, EVER
        facts = [
            f
            for f in facts
            if f.record in group
            and f.what in ("grant", "deny", "withdraw")
            and f.about(purpose, channel)
        ]
        # Said again in the same words: only the last counts.
        facts = [
            f
            for f in facts
            if not any(
                g.order > f.order
                and (g.record, g.purpose, g.channel) == (f.record, f.purpose, f.channel)
                for g in facts
            )
        ]
        grants = [f for f in facts if f.what == "grant" and f.until > now]

        def lifts(grant, refusal):
            return (
                grant.record == refusal.record
                and grant.order > refusal.order
                and refusal.purpose in (grant.purpose, "*")
                and refusal.channel in (grant.channel, "*")
            )

        refusals = [
            f
            for f in facts
            if f.what != "grant" and not any(lifts(g, f) for g in grants)
        ]
        if refusals:
            last = max(refusals, key=lambda f: f.order)
            state = {"deny": "denied", "withdraw": "withdrawn"}[last.what]
            return state, last.id, last.at, EVER
        if grants:
            longest = max(grants, key=lambda f: (f.until, f.order))
            return "granted", longest.id, longest.at, longest.until
        gone = [f for f in facts if f.what == "grant"]
        if gone:
            last = max(gone, key=lambda f: (f.until, f.order))
            return "expired", last.id, last.until, EVER
        return "none", None, None, EVER


class History:
    """A store and a model that are told the same."""

    def __init__(self, rng, store):
        self.rng = rng
        self.store = store
        self.model = Model()
        self.keys = itertools.count()
        store.consents.define_purpose(PURPOSES[1], direct_marketing=False, now=0)
        for record in RECORDS:
            store.record(record, "visit", at=0, now=0)

    def instant(self):
        # Few instants, so that many things happen at once.
        return self.rng.randint(1, 12)

    def happen(self):
        rng, kind = self.rng, self.rng.random()
        if kind < 0.12:
            return self.join(rng.random() < 0.6)
        if kind < 0.2:
            record, name = rng.choice(RECORDS), rng.choice(IDENTIFIERS)
            self.store.identifiers.claim(record, name, now=0)
            self.model.claims.add((record, name))
            return None
        at = self.instant()
        said = Said(
            rng.choices(
                ("grant", "deny", "withdraw", "object", "lift"), (10, 3, 5, 2, 2)
            )[0],
            rng.choice(RECORDS),
            at,
            rng.choice(SOURCES),
        )
        if said.what not in ("object", "lift"):
            said.purpose = rng.choice((*PURPOSES, PURPOSES[0], "*"))
            said.channel = rng.choice((*CHANNELS, CHANNELS[0], "*"))
            if said.what == "grant" and rng.random() < 0.5:
                said.until = at + rng.randint(1, 8)
        return self.say(said)

    def say(self, said):
        consents = self.store.consents
        common = {"at": said.at, "source": said.source, "now": harness.NOW}
        if self.rng.random() < 0.5:
            common["key"] = f"k{next(self.keys)}"
        if said.what in ("object", "lift"):
            call = consents.object if said.what == "object" else consents.lift
            said.id = call(said.record, proof="shown", **common)
        else:
            if said.until != EVER:
                common["valid_until"] = said.until
            call = getattr(consents, said.what)
            said.id = call(said.record, said.purpose, said.channel, **common)
        said.position = self.position()
        self.model.said.append(said)
        return said

    def join(self, linked):
        one, other = self.rng.sample(RECORDS, 2)
        pair = frozenset((one, other))
        customers = self.store.customers
        if linked:
            call, state = customers.link, True
        elif self.rng.random() < 0.5:
            call, state = customers.cannot_link, False
        else:  # nothing is said of the pair any more
            call, state = customers.unlink, None
        if state is None and not self.model.pairs.get(pair):
            return None
        try:
            call(one, other, now=0)
        except trato.FailedPrecondition:
            return None
        self.model.pairs[pair] = state
        return None

    def position(self):
        return self.store.info(now=1).log_position


def told(answer):
    since = None if answer.since is None else harness.micros(answer.since)
    until = EVER if answer.until is None else harness.micros(answer.until)
    return answer.state, answer.fact, since, until


class ConsentIsWhatWasSaid(harness.PropertyCase):
    def compare(self, history, store, now, known=EVER):
        record, purpose, channel = (
            history.rng.choice(it) for it in (RECORDS, PURPOSES, CHANNELS)
        )
        expected = history.model.answer(record, purpose, channel, now, known)
        got = store.consents.test(record, purpose, channel, now=now)
        asked = record, purpose, channel, now, known
        self.check("answers", told(got), expected, asked, *history.model.said)
        self.check("allowed", bool(got), expected[0] == "granted", asked)
        return asked, expected

    def test_at_any_instant_and_as_known_at_any_position(self):
        for rng in self.each_round(1500):
            with trato.open() as store:
                history = History(rng, store)
                for _ in range(rng.randint(1, 14)):
                    history.happen()
                    self.compare(history, store, rng.randint(0, 21))
                for _ in range(12):
                    self.compare(history, store, rng.randint(0, 21))
                if rng.random() < 0.1:
                    self.look_back(history, store)

    def look_back(self, history, store):
        """Links hold for all times, so they are left out of what was known."""
        last = history.position()
        known = history.rng.randint(1, last)
        at = history.rng.randint(0, 21)
        with store.as_of(at, known_at=last) as past:
            for _ in range(4):
                self.compare(history, past, history.rng.randint(0, at))
        then = Model()
        then.said = history.model.said
        with store.as_of(known_at=known) as past:
            for said in (s for s in history.model.said if s.position <= known):
                got = [s.fact for s in past.consents.history(said.record)]
                self.assertIn(said.id, got)

    def test_what_explains_agrees_with_what_answers(self):
        for rng in self.each_round(150):
            with trato.open() as store:
                history = History(rng, store)
                for _ in range(rng.randint(1, 14)):
                    history.happen()
                for _ in range(6):
                    now = rng.randint(0, 21)
                    asked, expected = self.compare(history, store, now)
                    why = store.consents.explain(*asked[:3], now=now)
                    self.check("explained", told(why.consent), expected, asked)
                    decisive = [s for s in why.statements if s.bearing == "decides"]
                    facts = [s.fact for s in decisive]
                    self.check(
                        "decides", facts, [expected[1]] if expected[1] else [], asked
                    )
                    shown = {
                        (c.purpose, c.channel): told(c)
                        for c in store.consents.show(asked[0], now=now).consents
                    }
                    self.check(
                        "shown",
                        shown.get(asked[1:3], ("none", None, None, EVER)),
                        expected,
                        asked,
                    )
                    condition = f'consent("{asked[1]}", "{asked[2]}")'
                    size = store.segments.preview(condition, now=now)
                    allowed = {
                        frozenset(history.model.together(record))
                        for record in RECORDS
                        if history.model.answer(record, *asked[1:4])[0] == "granted"
                    }
                    self.check("segments", size.members, len(allowed), asked)

    def test_any_order_of_arrival_gives_the_same_answers(self):
        for rng in self.each_round(100):
            with trato.open() as one, trato.open() as other:
                history = History(rng, one)
                for _ in range(10):
                    history.happen()
                again = History(rng, other)
                for record, name in history.model.claims:
                    other.identifiers.claim(record, name, now=0)
                again.model.claims = set(history.model.claims)
                said = list(history.model.said)
                rng.shuffle(said)
                for it in said:
                    # A key is part of a fact; here the first ones are given again.
                    again.say(Said(**{k: v for k, v in it.__dict__.items()
                                      if k not in ("id", "position")}))
                now = rng.randint(0, 21)
                for record, purpose, channel in itertools.product(
                    RECORDS, PURPOSES, CHANNELS
                ):
                    expected = again.model.answer(record, purpose, channel, now)
                    got = other.consents.test(record, purpose, channel, now=now)
                    self.check("shuffled", told(got), expected, said)

    def test_any_order_gives_one_digest_and_unlinking_gives_it_back(self):
        for rng in self.each_round(60):
            facts = [
                ("grant", rng.choice(RECORDS), rng.choice(PURPOSES), rng.choice(CHANNELS),
                 rng.randint(1, 9), f"k{i}")
                for i in range(6)
            ] + [("object", rng.choice(RECORDS), "", "", 5, "o")]
            digests = []
            for _ in range(2):
                rng.shuffle(facts)
                with trato.open() as store:
                    store.consents.define_purpose(
                        "delivery", direct_marketing=False, now=0)
                    for what, record, purpose, channel, at, key in facts:
                        if what == "object":
                            store.consents.object(record, at=at, key=key, now=99)
                        else:
                            store.consents.grant(
                                record, purpose, channel, at=at, key=key, now=99)
                    for record in RECORDS:
                        store.record(record, "visit", at=0, now=99)
                    digests.append(store.digest(now=100))
                    store.link(*RECORDS[:2], now=99)
                    self.assertNotEqual(store.digest(now=100), digests[-1])
                    store.unlink(*RECORDS[:2], now=99)
                    self.check("unlinked", store.digest(now=100), digests[-1])
            self.check("digests", digests[0], digests[1])


class ObjectionsLast(harness.PropertyCase):
    def test_nothing_but_lifting_allows_marketing_again(self):
        for rng in self.each_round(60):
            path = self.path(f"{rng.random()}.trato")
            store = trato.open(path)
            try:
                store = self.live(rng, store, path)
            finally:
                store.close()

    def live(self, rng, store, path):
        """Opts out; then everything else happens, and it is asked each time."""
        history = History(rng, store)
        for _ in range(6):
            history.happen()
        who = "shop:1"
        store.identifiers.claim(who, "mail:who", now=0)
        store.consents.object(who, at=20, now=harness.NOW)
        names = [who]
        for step in range(8):
            kind = rng.randrange(6)
            if kind == 0:
                store.consents.grant(
                    rng.choice(names), "*", "*", at=21 + step, now=harness.NOW)
            elif kind == 1:
                other = f"new:{step}"
                store.consents.grant(other, "marketing", "email", at=21, now=harness.NOW)
                store.link(who, other, now=harness.NOW)
                names.append(other)
            elif kind == 2:  # imported once more, under another name
                other = f"import:{step}"
                store.append_customers(
                    {"customer": [other], "identifier": ["mail:who"]}, now=harness.NOW)
                store.consents.grant(other, "marketing", "email", at=22, now=harness.NOW)
                names.append(other)
            elif kind == 3:
                store.close()
                store = trato.open(path)
            elif kind == 4:
                copy = f"{path}.{step}"
                store.backup(copy)
                store.close()
                os.replace(copy, path)
                store = trato.open(path)
            else:
                store.checkpoint()
            for name in names:
                for channel in CHANNELS:
                    answer = store.consents.test(
                        name, "marketing", channel, now=rng.randint(22, 99))
                    self.check("objected", answer.state, "objected", name, step)
        for record in RECORDS:  # others may have objected, too
            store.consents.lift(record, proof="signed", at=50, now=harness.NOW)
        answer = store.consents.test(who, "marketing", "email", now=60)
        self.assertNotEqual(answer.state, "objected")
        return store


if __name__ == "__main__":
    unittest.main()
