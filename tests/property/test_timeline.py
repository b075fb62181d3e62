# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A timeline is the facts sorted, and gives back every bit of them."""

import os
import struct
import unittest

import harness
import oracle
import trato
from histories import CHANNELS, SOURCES, TYPES, History
from oracle import MAX, MIN, Amount, Instant, Line

FIRST = -62_135_596_800_000_000  # year 1
LAST = 253_402_300_799_999_999  # year 9999
STRANGE = [
    "",
    "\0",
    "a\0b",
    "\u202eabc",  # right to left
    "e\u0301 \u00e9",  # not one normal form
    "\U0010ffff\ufffe",
    "👩‍👩‍👧‍👦" * 40,
    "\r\n\t\x7f\x01",
    "ñ" * 20_000,
    " blanks ",
    "\ud7ff\ue000",
    "x" * 127,
    "x" * 128,
]
LABELS = ["tea", "Tee 🍵", "ñ" * 64, "a b", "\u202e!", "x" * 128, "👩‍👩‍👧‍👦"]


class TimelinesEqualTheSortedFacts(harness.PropertyCase):
    def test_of_everybody_at_random_instants(self):
        for rng in self.each_round(60):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                nows = [harness.NOW, *(history.asked() for _ in range(4))]
                for now in nows:
                    for group in told.customers():
                        if not told.known(group, now):
                            self.nothing_known(
                                lambda: store.timeline(group[0], now=now),
                                lambda: store.customer(group[-1], now=now),
                            )
                            continue
                        self.timelines(store, told, rng, group, now)
                        self.attributes(store, told, group, now)

    def timelines(self, store, told, rng, group, now):
        name = rng.choice(group)
        about = (name, group, now)
        expected = told.timeline(group, now)
        got = [harness.entry_of(entry) for entry in store.timeline(name, now=now)]
        self.check("timelines", got, expected, *about)
        harness.compared("entries", len(expected))
        newest = store.timeline(name, now=now, newest_first=True)
        got = [entry.fact for entry in newest]
        self.check("newest first", got, [one for one, _ in reversed(expected)], *about)
        limit = rng.randint(1, 5)
        of_type = rng.choice(TYPES)
        fitting = [one for one, fact in expected if fact.type == of_type]
        got = [
            entry.fact
            for entry in store.timeline(name, now=now, type=of_type, limit=limit)
        ]
        self.check("of a type", got, fitting[:limit], of_type, limit, *about)
        got = [
            entry.fact
            for entry in store.timeline(
                name, now=now, type=of_type, limit=limit, newest_first=True
            )
        ]
        self.check("newest of a type", got, fitting[::-1][:limit], limit, *about)
        self.totals(store, name, expected, now)

    def totals(self, store, name, expected, now):
        totals = {}
        for kind in sorted({fact.type for _, fact in expected}):
            facts = [fact for _, fact in expected if fact.type == kind]
            lines = [line for fact in facts for line in fact.lines]
            sums = {}
            for fact in facts:
                currency = fact.amount.currency
                sums[currency] = sums.get(currency, 0) + fact.amount.minor
            totals[kind] = (
                len(facts),
                len(lines),
                sum(line.unit_price == line.amount_minor == 0 for line in lines),
                sums,
                facts[0].at,
                facts[-1].at,
            )
        got = {
            kind: (
                total.interactions,
                total.lines,
                total.free_lines,
                {money.currency: money.minor for money in total.amounts},
                harness.micros(total.first),
                harness.micros(total.last),
            )
            for kind, total in store.customer(name, now=now).interactions.items()
        }
        # What adds up to nothing may be there or not.
        for _, _, _, sums, _, _ in [*totals.values(), *got.values()]:
            for currency in [c for c, minor in sums.items() if minor == 0]:
                del sums[currency]
        self.check("totals by type", got, totals, name, now)

    def attributes(self, store, told, group, now):
        customer = store.customer(group[0], now=now)
        names = {f.name for _, f in told.facts if isinstance(f, oracle.Attribute)}
        for name in names:
            fact = told.version(group, name, now)
            got = customer.attributes.get(name)
            if got is not None:
                got = (
                    harness.from_trato(got.value),
                    harness.micros(got.since),
                    got.source,
                    got.record,
                )
            wanted = fact and (fact.value, fact.at, fact.source, fact.record)
            self.check("attributes", got, wanted, name, group, now)

    def test_every_bit_comes_back(self):
        for rng in self.each_round(6):
            path = self.path(f"{rng.random()}.trato")
            told = oracle.Oracle("UTC", "EUR")
            with trato.open(path) as store:
                for name, kind in FIELDS.items():
                    store.attributes.define(name, kind, of="interaction", now=0)
                for number in range(40):
                    fact = self.strange(rng, number)
                    one = harness.put(store, fact, now=LAST, durability="buffered")
                    self.check("fact ids", one, told.add(fact), fact)
            for _ in range(2):
                with trato.open(path, mode="open_existing") as store:
                    got = list(store.timeline("s:1", now=LAST))
                expected = told.timeline(["s:1"], LAST)
                for entry, (one, fact) in zip(got, expected):
                    given = harness.entry_of(entry)
                    self.check("strange entries", given, (one, fact))
                    # -0.0 equals 0.0, and is not the same.
                    for name, value in fact.fields.items():
                        if isinstance(value, float):
                            bits = struct.pack("<d", given[1].fields[name])
                            self.check("doubles", bits, struct.pack("<d", value))
                self.check("lengths", len(got), len(expected))
            os.remove(path)

    def strange(self, rng, number):
        whole = [MIN, MIN + 1, -1, 0, 1, 2**53 + 1, MAX - 1, MAX]
        doubles = [-0.0, 5e-324, 1.7976931348623157e308, 0.1, -1e-300, 2.0**53]
        fields = {
            "flag": rng.random() < 0.5,
            "n": rng.choice(whole),
            "d": rng.choice(doubles),
            "t": rng.choice(STRANGE),
            "m": Amount(rng.choice(whole), rng.choice(["EUR", "JPY", "KWD"])),
            "at": Instant(rng.choice([FIRST, FIRST + 1, -1, 0, 1, LAST - 1, LAST])),
        }
        for name in rng.sample(list(fields), rng.randint(0, 4)):
            del fields[name]
        lines, amount = [], Amount(rng.choice(whole), rng.choice(["EUR", "JPY"]))
        if rng.random() < 0.6:
            for _ in range(rng.choice([1, 2, 3, 60])):
                lines.append(
                    Line(
                        rng.choice(LABELS),
                        rng.choice(whole),
                        rng.choice([-(2**55), -1, 0, 1, 2**55]),
                        abs(rng.choice(whole[1:])),
                        rng.choice(["", "kg", "m²"]),
                    )
                )
            total = sum(line.amount_minor for line in lines)
            amount = Amount(total, amount.currency)
        reply_to = rng.choice([None, "00" * 16, "ff" * 16, oracle.keyed_id("a", "b")])
        return oracle.Interaction(
            "s:1",
            rng.choice([FIRST, FIRST + 1, -1, 0, 1, LAST, rng.randrange(FIRST, LAST)]),
            rng.choice(SOURCES),
            rng.choice(["", f"{number} {rng.choice(LABELS)}"]),
            rng.choice(TYPES),
            rng.choice(CHANNELS),
            rng.random() < 0.5,
            amount,
            tuple(lines),
            fields,
            reply_to,
        )


FIELDS = {
    "flag": "bool",
    "n": "int",
    "d": "double",
    "t": "string",
    "m": "money",
    "at": "timestamp",
}


if __name__ == "__main__":
    unittest.main()
