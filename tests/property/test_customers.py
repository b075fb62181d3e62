# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What is said of customers: in any order it gives one digest, links carry it
along, and taking them back gives back what was there before."""

import unittest

import calls
import harness
import trato

DAY = 86_400_000_000
NOW = 100 * DAY


class Sayings:
    """Random facts of a few records: values, kinds, relations, identifiers."""

    def __init__(self, rng):
        self.rng = rng
        self.records = [f"{rng.choice(['shop', 'crm'])}:{i}" for i in range(6)]
        self.all = [self.one(number) for number in range(rng.randint(15, 40))]

    def one(self, number):
        rng = self.rng
        record, other = rng.sample(self.records, 2)
        said = {
            "at": rng.randrange(5) * DAY,
            "source": rng.choice(["erp", "crm", "web"]),
            "now": NOW,
        }
        key = {"key": f"fact {number}"}
        strength = rng.choice([0, 0, 0.25, 1])
        value = rng.choice(["tea", "jazz", "Ωmega", None])
        kinds = [None, "person", "organisation", "anonymous"]
        relation = rng.choice(["household", "employee_of", "employs"])
        kind = rng.choice(kinds)
        space = rng.choice(["email:1", "email:2", "passport:1", "passport:2"])
        return rng.choice(
            [
                lambda store: store.attributes.set(
                    record,
                    "likes",
                    value,
                    strength=0 if value is None else strength,
                    inferred=number % 2 == 0,
                    **said,
                    **key,
                ),
                lambda store: store.attributes.remove(
                    record, "likes", value or "tea", **said, **key
                ),
                lambda store: store.attributes.set(
                    record, "size", value, about=f"p{number % 3}", **said, **key
                ),
                lambda store: store.attributes.set(
                    record, rng_name(number), value, **said, **key
                ),
                lambda store: store.customers.set_kind(record, kind, **said),
                lambda store: store.relations.set(record, relation, other, **said, **key),
                lambda store: store.relations.end(record, relation, other, **said, **key),
                lambda store: store.identifiers.claim(record, space, now=NOW),
            ]
        )

    def define(self, store):
        define = store.attributes.define
        define("likes", str, many=True, now=0)
        define("size", str, per="product", now=0)
        define("trusted", str, reconcile=["crm", "erp"], now=0)
        define("frequent", str, reconcile="frequent", now=0)
        define("longest", str, reconcile="longest", now=0)
        store.relations.define("household", now=0)
        store.relations.define("employee_of", "employs", now=0)
        store.identifiers.define("email", unique=True, max_records=3, now=0)
        store.identifiers.define("passport", unique=True, single=True, now=0)
        store.segments.define("tea", '"tea" in customer.likes', now=0)
        store.segments.define("home", 'related("household") > 0', now=0)

    def say(self, store, order):
        """Says all that can be said; what the engine refuses is left out."""
        for fact in order:
            try:
                fact(store)
            except trato.FailedPrecondition:
                harness.compared("relations of one customer refused")


def rng_name(number):
    return ["trusted", "frequent", "longest"][number % 3]


class Customers(harness.PropertyCase):
    def test_any_order_gives_one_digest(self):
        for rng in self.each_round(60):
            sayings = Sayings(rng)
            # A relation of two who are one customer already is refused, which
            # depends on what came before.
            joins = [it for it in sayings.all if "claim" in it.__code__.co_names]
            others = [it for it in sayings.all if it not in joins]
            expected = None
            for _ in range(3):
                with trato.open(currency="EUR") as store:
                    sayings.define(store)
                    sayings.say(store, rng.sample(others, len(others)))
                    sayings.say(store, rng.sample(joins, len(joins)))
                    got = [calls.digest(store, now) for now in (2 * DAY, NOW)]
                expected = expected or got
                self.check("digests in any order", got, expected)

    def test_links_carry_it_along_and_give_it_back(self):
        for rng in self.each_round(60):
            sayings = Sayings(rng)
            with trato.open(currency="EUR") as store:
                sayings.define(store)
                sayings.say(store, sayings.all)
                nows = (2 * DAY, NOW)
                before = [calls.digest(store, now) for now in nows]
                undo = []
                for _ in range(3):
                    pair = rng.sample(sayings.records, 2)
                    try:
                        ids = [store.customer(name, now=NOW).id for name in pair]
                        if ids[0] == ids[1]:
                            continue
                        store.link(*pair, override=["kind", "single"], now=NOW)
                    except (trato.NotFound, trato.FailedPrecondition):
                        continue
                    undo.append(pair)
                for pair in reversed(undo):
                    store.unlink(*pair, now=NOW)
                after = [calls.digest(store, now) for now in nows]
                self.check("digests after an unlink", after, before, undo)


if __name__ == "__main__":
    unittest.main()
