# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Where facts about one record lie changes no answer.

A store in a file, sealed, merged, evicted and reopened at random moments, is
told what a store in memory is told, which never seals: what each says of every
record, identifier, attribute, consent and relation is the same after every few
calls, and so is every refusal. Instants and sources are few, so that order often depends on fact
ids; names are few, so that much is linked, kept apart, a hub, or said again.
"""

import os
import unittest

import calls
import harness
import trato

DAY = 86_400_000_000
NOW = 10 * DAY
SOURCES = ("", "erp", "web")
BATCHES = ("", "", "", "spring", "autumn")
RECORDS = [f"crm:{i}" for i in range(8)] + ["mail:a@x", "doc:9"]
IDENTIFIERS = [
    "mail:a@x", "mail:b@x", "mail:c@x", "phone:1", "phone:2", "doc:1", "doc:2",
    "loose:1", "crm:3",
]  # fmt: skip
VALUES = {
    "city": ("Bilbao", "Leeds", "a rather long name of a town that fits nowhere"),
    "points": (-5, 0, 2**40),
    "score": (0.5, -0.0, 1e300),
    "member": (True, False),
    "likes": ("tea", "coffee", "wine"),
    "size": ("M", "L"),
}
PURPOSES = ("marketing", "delivery")
CHANNELS = ("email", "sms")
CONDITIONS = (
    'consent("marketing", "email")',
    '!consent("delivery", "sms")',
    'consent("marketing", "sms") || points > 0',
    'related("works_for") > 0',
    'related("works_for", "crm:3")',
)


def shown(customer):
    """What the document says of her records."""
    values = [
        (name, about, value, said.since, said.source, said.record, said.strength,
         said.inferred)
        for about, attributes in [
            ("", customer.attributes),
            *((about, {name: said}) for name, of in customer.taught.items()
              for about, said in of.items()),
        ]
        for name, all_of_it in attributes.items()
        for said in all_of_it.values or (all_of_it,)
        for value in [said.value]
    ]
    return (customer.id, customer.kind, customer.restriction is not None,
            customer.records, customer.aliases, customer.identifiers,
            sorted(values, key=lambda it: it[:2]))  # fmt: skip


def read(profile):
    """The same of the structs."""
    values = [
        (it.name, it.about, it.value, it.since, it.source, it.record, it.strength,
         it.inferred)
        for it in profile.values
    ]
    return (profile.id, profile.kind, profile.restricted, profile.records,
            profile.aliases, profile.identifiers, values)  # fmt: skip


class WhatIsSealedIsWhatWasSaid(harness.PropertyCase):
    def test_like_a_store_that_never_seals(self):
        for rng in self.each_round(12):
            path = self.path()
            limit = rng.choice([0, 0, 1, 20000])
            stores = [calls.open_store(), calls.open_store(path, memory_limit=limit)]
            self.define(stores)
            if rng.random() < 0.5:
                self.fill(rng, stores)
            for _ in range(rng.randrange(20, 120)):
                if rng.random() < 0.35:
                    self.say(rng, stores)
                else:
                    self.tell(rng, stores)
                if rng.random() < 0.3:
                    stores[1] = self.shake(rng, stores[1], path, limit)
                if rng.random() < 0.15:
                    self.same(*stores)
            self.same(*stores)
            report = calls.verify(stores[1])
            self.assertTrue(report["ok"], report)
            for store in stores:
                store.close()
            os.remove(path)

    def test_many_identifiers_in_steps(self):
        path = self.path()
        parts = 5
        each = 9000
        with calls.open_store(path) as store:
            for name in ("mail", "card"):
                store.identifiers.define(name, unique=True, now=1)
            for part in range(parts):
                numbers = range(part * each, (part + 1) * each)
                store.append_customers({
                    "customer": [f"shop:{i}" for i in numbers],
                    # Every hundredth is one with her neighbour.
                    "identifier.mail": [
                        f"{i - (i % 100 == 1)}@x" for i in numbers
                    ],
                    "identifier.card": [str(i * 7919) for i in numbers],
                }, now=2)
                while calls.checkpoint(store, 1):
                    harness.compared("steps")
            head = calls.head(store)
            digest = calls.digest(store, NOW)
            self.assertTrue(calls.verify(store)["ok"])
        for limit in (0, 1):
            with calls.open_store(path, "read", memory_limit=limit) as store:
                for i in range(0, parts * each, 97 if limit == 0 else 4999):
                    ids = {
                        store.customers.resolve(name, now=NOW)
                        for name in (f"shop:{i}", f"mail:{i - (i % 100 == 1)}@x",
                                     f"card:{i * 7919}")
                    }
                    self.assertEqual(len(ids), 1, i)
                    harness.compared("identifiers")
                with self.assertRaises(trato.NotFound):
                    store.customers.resolve("mail:nobody@x", now=NOW)
        with calls.open_store(path, "read") as store:
            self.assertEqual(calls.digest(store, NOW), digest)
            self.assertTrue(calls.verify(store, head)["ok"])

    def define(self, stores):
        for store in stores:
            said = {"now": 1}
            store.attributes.define("city", str, **said)
            store.attributes.define("points", int, **said)
            store.attributes.define("score", float, reconcile="frequent", **said)
            store.attributes.define("member", bool, reconcile=["erp", "web"], **said)
            store.attributes.define("likes", str, many=True, **said)
            store.attributes.define("size", str, per="product", **said)
            store.identifiers.define("mail", unique=True, now=1)
            store.identifiers.define("phone", unique=True, max_records=2, now=1)
            store.identifiers.define("doc", unique=True, single=True, now=1)
            store.retention.define("attribute", "city", "7d", now=1)
            store.consents.define_purpose("delivery", direct_marketing=False, now=1)
            store.retention.define("grants", "delivery", "7d", now=1)
            store.relations.define("works_for", "employs", now=1)
            store.relations.define("household", now=1)
            store.segments.define("mailed", CONDITIONS[0], now=1)

    def fill(self, rng, stores):
        count = rng.choice([30, 600, 1300])
        columns = {
            "customer": [f"shop:{i}" for i in range(count)],
            "identifier.mail": [f"{i}@shop" for i in range(count)],
            "city": [f"Town {i % 7}" for i in range(count)],
        }
        for store in stores:
            store.append_customers(columns, now=2)

    def tell(self, rng, stores):
        record = rng.choice(RECORDS)
        other = rng.choice(RECORDS)
        at = rng.choice([5, 5, 6, 7])
        said = {"now": 100, "source": rng.choice(SOURCES),
                "batch": rng.choice(BATCHES)}  # fmt: skip
        name = rng.choice(list(VALUES))
        value = rng.choice(VALUES[name])
        about = "shoe" if name == "size" else ""
        key = rng.choice(["", "", "k1", "k2"])
        draw = rng.random()
        strength = rng.choice([0, 0.5])

        def call(store):
            if draw < 0.45:
                return store.attributes.set(
                    record, name, None if draw < 0.04 else value, about=about, at=at,
                    strength=strength if name == "likes" else 0, key=key,
                    inferred=draw > 0.4, **said,
                )  # fmt: skip
            if draw < 0.5:
                return store.attributes.remove(record, "likes", "tea", at=at, **said)
            if draw < 0.7:
                return store.identifiers.claim(record, identifier, **said)
            if draw < 0.78:
                return store.customers.set_kind(record, kind, at=at, **said)
            if draw < 0.84:
                return store.customers.link(record, other, override=["kind"], **said)
            if draw < 0.87:
                return store.customers.unlink(record, other, **said)
            if draw < 0.9:
                return store.customers.cannot_link(record, other, **said)
            if draw < 0.93:
                return store.record(record, "visit", at=at, **said)
            if draw < 0.95:
                return store.attributes.define("points", float, now=100)
            if draw < 0.965:
                store.erase(record, now=100)
                return None
            if draw < 0.97:
                store.batches.retract("spring", now=100)
                return None
            if draw < 0.975:
                store.retention.apply(now=8 * DAY)
                return None
            return store.identifiers.define(
                "phone", unique=True, max_records=limit, now=100
            )

        identifier = rng.choice(IDENTIFIERS)
        kind = rng.choice(["person", "organisation", "anonymous"])
        limit = rng.choice([1, 2, 3])
        self.assertEqual(*[self.outcome(call, store) for store in stores])
        harness.compared("calls")

    def say(self, rng, stores):
        """Something of being contacted, or of how two are related."""
        consents = rng.random() < 0.75
        record = rng.choice(RECORDS)
        at = rng.choice([5, 5, 6, 7])
        said = {"now": 100, "at": at, "source": rng.choice(SOURCES),
                "batch": rng.choice(BATCHES),
                "key": rng.choice(["", "", "", "k1", "k2"])}  # fmt: skip
        if consents:
            what = rng.choice(["grant"] * 4 + ["deny", "withdraw", "object", "lift"])
            if what in ("object", "lift"):
                said["proof"] = "letter"
                arguments = (record,)
            else:
                said["proof"] = rng.choice(["", "", "box ticked", "p" * 300])
                said["wording"] = rng.choice(["", "v1", "v2"])
                arguments = (record, rng.choice((*PURPOSES, "*")),
                             rng.choice((*CHANNELS, "*")))  # fmt: skip
            if what == "grant" and rng.random() < 0.4:
                said["valid_until"] = at + rng.choice([1, 2, 9 * DAY])
        else:
            what = rng.choice(["set", "set", "end"])
            arguments = (record, rng.choice(["works_for", "employs", "household"]),
                         rng.choice(RECORDS))  # fmt: skip

        def call(store):
            of = store.consents if consents else store.relations
            return getattr(of, what)(*arguments, **said)

        self.assertEqual(*[self.outcome(call, store) for store in stores])
        harness.compared("statements" if consents else "relations said")

    def outcome(self, call, *arguments):
        try:
            return call(*arguments)
        except trato.TratoError as error:
            return type(error), str(error)

    def shake(self, rng, store, path, limit):
        draw = rng.random()
        if draw < 0.4:
            calls.checkpoint(store, rng.choice([0, 1, 2]))
        elif draw < 0.9:
            store.close()
            store = calls.open_store(path, memory_limit=limit)
            harness.compared("openings")
        else:
            with calls.open_store(path, "read") as reader:
                self.assertEqual(calls.digest(reader, NOW), calls.digest(store, NOW))
        return store

    def same_consents(self, name, plain, store):
        # Recorded times and batches are part of the history, ids of all.
        for now in (5, 6, 8, NOW):
            asks = [lambda it: it.consents.history(name, now=now),
                    lambda it: it.consents.show(name, now=now)]  # fmt: skip
            for purpose in PURPOSES:
                for channel in CHANNELS:
                    asks += [
                        lambda it, p=purpose, c=channel: it.consents.test(
                            name, p, c, now=now
                        ),
                        lambda it, p=purpose, c=channel: it.consents.explain(
                            name, p, c, now=now
                        ),
                    ]
            for ask in asks:
                self.assertEqual(self.outcome(ask, plain), self.outcome(ask, store))
                harness.compared("answers on consent")

    def same_everywhere(self, plain, store):
        for condition in CONDITIONS:
            for now in (6, 8, NOW):
                counts = [
                    self.outcome(
                        lambda it=it: it.segments.preview(condition, now=now).members
                    )
                    for it in (plain, store)
                ]
                self.assertEqual(*counts, (condition, now))
                harness.compared("counts")
        for now in (6, NOW):
            self.assertEqual(*[
                self.outcome(
                    lambda it=it: sorted(
                        m.id for m in it.segments["mailed"].members(now=now)
                    )
                )
                for it in (plain, store)
            ])
        for at in (5, 6):
            self.assertEqual(*[self.outcome(self.past, it, at)
                               for it in (plain, store)])  # fmt: skip
            harness.compared("pasts")

    def past(self, store, at):
        with store.as_of(at) as past:
            return calls.digest(past, 6)

    def same(self, plain, store):
        self.same_everywhere(plain, store)
        for now in (6, NOW):
            self.assertEqual(*[
                self.outcome(calls.digest, it, now) for it in (plain, store)
            ])
        for name in {*RECORDS, *IDENTIFIERS, "mail:7@shop", "shop:599", "mail:none"}:
            for ask in (
                lambda it: it.customers.show(name, now=NOW),
                lambda it: it.customers.resolve(name, now=NOW),
                *(
                    lambda it, attribute=attribute: it.attributes.history(
                        name, attribute, now=NOW
                    )
                    for attribute in VALUES
                ),
            ):
                self.assertEqual(self.outcome(ask, plain), self.outcome(ask, store))
                harness.compared("answers")
            self.same_consents(name, plain, store)
            for relation in ("works_for", "employs", "household"):
                self.assertEqual(*[
                    self.outcome(
                        lambda it=it: it.relations.related(name, relation, now=NOW)
                    )
                    for it in (plain, store)
                ])
                harness.compared("relations")
            for it in (plain, store):
                for now in (6, NOW):
                    self.assertEqual(
                        self.outcome(lambda: shown(it.customers.show(name, now=now))),
                        self.outcome(lambda: read(it.customers.read(name, now=now))),
                    )
                    harness.compared("structs")


if __name__ == "__main__":
    unittest.main()
