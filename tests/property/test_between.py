# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What is told between a link and its unlink stays, and the link does not.

Two stores are told the same history of interactions, attributes, identifiers,
kinds, consents and segments. In one of them records are linked on the way, and
taken apart in the end: then the digests are equal.

TRATO_PROPERTY_ROUNDS=10000 is the full form.
"""

import unittest

import calls
import conditions
import harness
import oracle
import trato
from histories import SOURCES, History

PURPOSES = ["marketing", "delivery"]
CHANNELS = ["email", "phone", "*"]


class Tale:
    """Calls, in an order, each with the same effect on any store."""

    def __init__(self, rng):
        self.rng = rng
        self.history = History(rng)
        # What identifiers join nobody parts; see test_links.py for those.
        self.history.oracle.unique = {"email": rng.random() < 0.5, "phone": False}
        self.asker = conditions.Conditions(self.history)
        self.segments = 0
        self.keys = 0

    def before(self):
        return [*map(self.put, self.history.facts), *self.more(8)]

    def between(self):
        facts = [self.history.fact() for _ in range(self.rng.randint(3, 15))]
        # Nor does anybody come to be joined while the link holds.
        facts = [fact for fact in facts if not isinstance(fact, oracle.Claim)]
        return [*map(self.put, facts), *self.more(6)]

    def put(self, fact):
        return lambda store: harness.put(store, fact)

    def more(self, most):
        rng = self.rng
        said = [rng.choice([self.consent, self.consent, self.segment, self.kind,
                            self.claim])() for _ in range(rng.randint(1, most))]
        rng.shuffle(said)
        return said

    def key(self):
        self.keys += 1
        return self.rng.choice(["", f"between {self.keys}"])

    def consent(self):
        rng = self.rng
        record, at, key = rng.choice(self.history.names), self.history.asked(), self.key()
        source = rng.choice(SOURCES)
        what = rng.choice(["grant", "grant", "deny", "withdraw", "object", "lift"])
        about = () if what in ("object", "lift") else (
            rng.choice(PURPOSES), rng.choice(CHANNELS))
        more = {"proof": "shown"} if not about else {}
        if what == "grant" and rng.random() < 0.3:
            more["valid_until"] = at + rng.randrange(1, 10**13)
        return lambda store: getattr(store.consents, what)(
            record, *about, at=at, key=key, source=source, now=harness.NOW, **more)

    def segment(self):
        name, text = f"s{self.segments}", self.asker.condition().text()
        self.segments += 1
        return lambda store: store.segments.define(name, text, now=0)

    def kind(self):
        record, at = self.rng.choice(self.history.names), self.history.asked()
        kind = self.rng.choice(["person", "anonymous"])
        return lambda store: store.customers.set_kind(record, kind, at=at, now=harness.NOW)

    def claim(self):
        record = self.rng.choice(self.history.names)
        phone = f"phone:{self.rng.randrange(9)}"
        return lambda store: store.identifiers.claim(record, phone, now=harness.NOW)


class BetweenLinkAndUnlink(harness.PropertyCase):
    def test_all_stays_but_the_link(self):
        for rng in self.each_round(40):
            tale = Tale(rng)
            history = tale.history
            settings = {"zone": history.zone, "currency": history.currency}
            path = self.path() if rng.random() < 0.03 else None
            with trato.open(path, **settings) as store, trato.open(**settings) as other:
                self.live(tale, store, other, bool(path))
            if path:
                self.setUp()  # another folder

    def live(self, tale, store, other, seals):
        rng, history = tale.rng, tale.history
        for it in (store, other):
            history.define(it)
            it.consents.define_purpose("delivery", direct_marketing=False, now=0)
        self.tell(tale.before(), store, other)
        nows = [harness.NOW, history.asked(), history.asked()]
        links = []
        for _ in range(rng.randint(1, 3)):
            pair = self.unjoined(store, history, rng)
            if pair is not None:
                store.link(*pair, override=["kind"], now=harness.NOW)
                links.append(pair)
            self.tell(tale.between(), store, other)
            if seals and rng.random() < 0.5:
                store.checkpoint()
        if not links:
            return harness.compared("histories without a link")
        self.assertNotEqual(calls.digest(store, nows[0]), calls.digest(other, nows[0]))
        rng.shuffle(links)
        for pair in links:
            store.unlink(*pair, now=harness.NOW)
            self.tell(tale.more(2), store, other)
        for now in nows:
            self.check(
                "digests", calls.digest(store, now), calls.digest(other, now), links)
        return harness.compared("histories")

    def tell(self, said, *stores):
        for call in said:
            for store in stores:
                call(store)

    def unjoined(self, store, history, rng):
        """Two records that are not one customer."""
        names = list(history.names)
        rng.shuffle(names)
        known = {}
        for name in names:
            try:
                customer = store.customers.read(name, now=harness.NOW)
            except (trato.NotFound, trato.FailedPrecondition):
                continue  # nobody spoke of it, or it is an identifier of several
            if name in customer.records:  # and not an identifier of hers
                known.setdefault(customer.id, name)
        groups = list(known.values())
        return rng.sample(groups, 2) if len(groups) > 1 else None


if __name__ == "__main__":
    unittest.main()
