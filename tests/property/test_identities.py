# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Random histories of records that resolution links and unlinks, beside a store
that is told the same and never resolves.

While identities are resolved, one record at a time and all at once, whatever
happens in between: who is one customer without it is one with it; who is kept
apart, or has a valid document of another number, is not made one by it; nobody
may be contacted who may not be without it, or of whom one record may not. When
the links that it made are taken back, digest and answers are those of the other
store.
"""

import contextlib
import itertools
import unittest

import harness
import trato

LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
GIVEN = ("Ana", "María José", "Pepe", "José", "Paco", "Francisco", "Luis", "Marta")
SURNAMES = ("García López", "Lopez Garcia", "Garcia", "Ruiz", "Martínez Ruiz", "Ríos")
DATES = ("1980-04-02", "1980-04-20", "02/04/1980", "1990-11-30", "1955-01-01")
STREETS = ("Calle Mayor 3", "C/ Mayor, 3", "Calle Mayor 33", "Avenida del Puerto 7")
PHONES = ("600 111 222", "+34 600 111 222", "600111222; 915550000", "622 333 444")
EMAILS = ("ana@example.com", "ANA@example.com", "pepe.ruiz@example.com", "info@example.com")
FIELDS = ("given_name", "surname", "birth_date", "street", "phone", "email", "document")


def document(number):
    return f"{number:08d}{LETTERS[number % 23]}"


class History:
    """Facts and what is said of pairs, in two halves; `documents` are those that
    are told before anybody is resolved, `kept` what holds of `hands`."""

    def __init__(self, rng):
        self.rng = rng
        self.names = [f"{space}:{i}" for i, space in enumerate(
            rng.choices(("crm", "web", "till"), k=rng.randint(4, 14)))]
        facts = [fact for name in self.names for fact in self.of(name)]
        rng.shuffle(facts)
        half = len(facts) * 2 // 3
        self.first, self.second = facts[:half], facts[half:]
        # It is said of all records that she has then, so before any are linked.
        self.first += [("restrict", it, None, None) for it in self.names
                       if rng.random() < 0.1]
        self.documents = {it[1]: it[3] for it in self.first if it[2] == "document"}
        self.hands = [
            (rng.choice(("link", "cannot_link")), *rng.sample(self.names, 2))
            for _ in range(rng.randint(0, 4))
        ]

    def of(self, name):
        rng = self.rng
        pools = dict(zip(FIELDS, (GIVEN, SURNAMES, DATES, STREETS, PHONES, EMAILS)))
        for field, pool in pools.items():
            for _ in range(rng.choices((0, 1, 2), (2, 8, 1))[0]):
                yield "set", name, field, rng.choice(pool)
        if rng.random() < 0.4:
            number = document(rng.choice((12345678, 87654321, 11111111)))
            yield "set", name, "document", number
        if rng.random() < 0.3:
            yield "claim", name, f"card:{rng.randint(1, 5)}", None
        for _ in range(rng.randint(0, 3)):
            yield rng.choice(("grant", "deny", "withdraw")), name, "news", "email"

    def tell(self, store, facts):
        for what, name, about, value in facts:
            now = harness.NOW
            if what == "set":
                store.attributes.set(name, about, value, now=now)
            elif what == "claim":
                store.identifiers.claim(name, about, now=now)
            elif what == "restrict":
                with contextlib.suppress(trato.NotFound):  # nothing is known yet
                    store.customers.restrict(name, now=now)
            else:
                getattr(store.consents, what)(name, about, value, now=now)

    def by_hand(self, store):
        said = []
        for what, one, other in self.hands:
            try:
                call = store.link if what == "link" else store.customers.cannot_link
                call(one, other, now=harness.NOW)
                said.append(None)
            except trato.TratoError as error:
                said.append(type(error).__name__)
        return said


class Identities(harness.PropertyCase):
    def test_resolving_takes_nothing_from_anybody(self):
        for rng in self.each_round(60):
            self.one_history(rng)

    def opened(self, name):
        store = trato.open(self.path(name) if name else None)
        for field in FIELDS:
            store.attributes.define(field, str, now=harness.NOW)
        store.consents.define_purpose("news", direct_marketing=True, now=harness.NOW)
        store.identity.define(country="ES", link_at=0.9, now=harness.NOW)
        return store

    def one_history(self, rng):
        history = History(rng)
        plain, store = self.opened(None), self.opened(None)
        with plain, store:
            for each in (plain, store):
                history.tell(each, history.first)
            refused = history.by_hand(plain)
            self.assertEqual(history.by_hand(store), refused)
            history.kept = [it for it, why in zip(history.hands, refused) if why is None]
            for each in (plain, store):  # the weights are learned
                each.identity.resolve_all(mode="propose", now=harness.NOW)
            self.resolve_some(history, plain, store)
            for each in (plain, store):
                history.tell(each, history.second)
            self.resolve_some(history, plain, store)
            self.taken_back(history, plain, store)

    def resolve_some(self, history, plain, store):
        rng = history.rng
        for _ in range(rng.randint(1, 6)):
            if rng.random() < 0.3:
                store.identity.resolve_all(now=harness.NOW)
            else:
                name = rng.choice(history.names)
                try:
                    store.identity.resolve(name, now=harness.NOW)
                except trato.NotFound:
                    continue
            self.while_linked(history, plain, store)

    def customers(self, history, store):
        found = {}
        for name in history.names:
            try:
                found[name] = store.customer(name, now=harness.NOW).id
            except trato.NotFound:
                found[name] = name
        return found

    def said(self, history, store):
        """What may be done with each record: "granted", a refusal, "unknown"."""
        answers = {}
        for name in history.names:
            try:
                answer = store.consents.test(name, "news", "email", now=harness.NOW)
                answers[name] = answer.state
            except trato.NotFound:
                answers[name] = "unknown"
        return answers

    def while_linked(self, history, plain, store):
        before, now = self.customers(history, plain), self.customers(history, store)
        apart = {frozenset((one, other)) for what, one, other in history.kept
                 if what == "cannot_link"}
        for one, other in itertools.combinations(history.names, 2):
            harness.compared("pairs")
            if before[one] == before[other]:
                self.assertEqual(now[one], now[other], (one, other))
            elif now[one] == now[other]:
                harness.compared("pairs linked")
                self.assertNotIn(frozenset((one, other)), apart)
                told = history.documents.get(one), history.documents.get(other)
                if None not in told:
                    self.assertEqual(*told, (one, other))
        alone, together = self.said(history, plain), self.said(history, store)
        for name in history.names:
            harness.compared("permissions")
            if together[name] != "granted":
                continue
            mine = [it for it in history.names if now[it] == now[name]]
            self.assertIn("granted", {alone[it] for it in mine})
            refusals = {alone[it] for it in mine} - {"granted", "none", "unknown"}
            self.assertEqual(refusals, set(), name)

    def taken_back(self, history, plain, store):
        linked = []
        for name in history.names:
            try:
                explained = store.identity.explain(name, now=harness.NOW)
            except trato.NotFound:
                continue
            for record in explained.records:
                for tie in record.ties:
                    if tie.source == "identity" and tie.says == "one customer":
                        linked.append(tuple(sorted((record.record, tie.other))))
        linked = sorted(set(linked))
        history.rng.shuffle(linked)
        harness.compared("links taken back", len(linked))
        for one, other in linked:
            store.unlink(one, other, now=harness.NOW)
        harness.compared("digests")
        self.assertEqual(store.digest(now=harness.NOW), plain.digest(now=harness.NOW))
        self.assertEqual(self.customers(history, store), self.customers(history, plain))
        harness.compared("states after")
        self.assertEqual(self.said(history, store), self.said(history, plain))


if __name__ == "__main__":
    unittest.main()
