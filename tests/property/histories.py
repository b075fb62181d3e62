# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Random histories of a few customers, dated where it hurts.

Times fall on the edges of windows, on changes of the clocks, on each other, in
1969 and in the future; the same is said twice, and by two sources at once.
"""

import datetime
import random

import harness
import oracle
import trato
from oracle import DAY, SECOND, Amount, Instant, Line, Span

ZONES = {
    "Europe/London": ["2011-03-27", "2011-10-30", "1968-10-27"],
    "America/Santiago": ["2022-09-11", "2022-04-03", "1969-11-23"],
    "Pacific/Apia": ["2011-12-30", "2011-12-31", "2010-09-26"],
    "Asia/Kathmandu": ["1986-01-01"],
    "America/New_York": ["2024-03-10", "2024-11-03", "2040-03-11"],
    "UTC": ["2012-02-29", "1970-01-01"],
}
DIGITS = {"EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3}
SPANS = [
    Span.of(d=90),
    Span.of(d=1),
    Span.of(mo=1),
    Span.of(y=1),
    Span.of(y=1, mo=1, d=1),
    Span.of(w=2),
    Span.of(h=24),
    Span.of(h=1, m=30),
    Span.of(mo=6, h=1),
    Span.of(s=1),
    Span.of(y=5000),
    Span.of(mo=13, w=1, s=59),
]
TYPES = ["purchase", "return", "visit", "complaint"]
CHANNELS = ["", "web", "shop", "email"]
SOURCES = ["host", "erp", "Erp", "ω"]
PRODUCTS = ["tea", "cup", "Tee 🍵"]
CUSTOMER = {
    "vip": bool,
    "points": int,
    "ratio": float,
    "country": str,
    "budget": Amount,
    "born": Instant,
}
INTERACTION = {
    "flag": bool,
    "points": int,
    "weight": float,
    "code": str,
    "fee": Amount,
    "due": Instant,
}
KINDS = {
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    Amount: "money",
    Instant: "timestamp",
}
TEXTS = ["", "ES", "es", "España", "ES\u0000x", "日本 🎌", 'a "b" \\ c', "e\u0301"]


class History:
    """Facts to come, instants worth asking at, and the names in them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.zone = rng.choice(list(ZONES))
        self.currency, self.other = rng.sample(list(DIGITS), 2)
        self.oracle = oracle.Oracle(self.zone, self.currency)
        self.oracle.unique = {"email": True, "phone": False}
        self.names = [
            f"{rng.choice(['shop', 'crm', 'web'])}:{rng.choice(['', 'ñ', '🙂'])}{i}"
            for i in range(rng.randint(3, 9))
        ]
        # Names that others may claim, one of them unique.
        for name in ("email:1", "phone:1"):
            if rng.random() < 0.25:
                self.names.append(name)
        self.anchors = [self.anchor() for _ in range(3)]
        self.times = [self.time() for _ in range(12)]
        self.keys = rng.sample(range(10**6), 55)
        self.facts = [self.fact() for _ in range(rng.randint(10, 55))]
        self.commands = []
        for _ in range(rng.randint(0, 8)):
            self.commands.append(self.command())

    # -- Times

    def anchor(self) -> int:
        """An instant near something odd of the zone's calendar."""
        rng = self.rng
        day = datetime.datetime.fromisoformat(rng.choice(ZONES[self.zone]))
        minutes = rng.choice([0, 30, 60, 90, 119, 120, 150, 180, 720])
        local = day + datetime.timedelta(minutes=minutes)
        month_end = rng.random() < 0.3
        if month_end:
            local = local.replace(
                day=oracle.days_in(local.year, local.month)
            )
        return self.oracle.instant(local) + rng.choice([0, 0, 3600 * SECOND])

    def time(self) -> int:
        rng = self.rng
        anchor = rng.choice(self.anchors)
        kind = rng.random()
        if kind < 0.35:
            span = rng.choice(SPANS)
            edge = self.oracle.back(anchor, span)
            if abs(edge) > 200 * 366 * DAY:
                edge = anchor
            return edge + rng.choice([-1, 0, 0, 1])
        if kind < 0.5:
            return anchor + rng.choice([-1, 0, 0, 1])
        if kind < 0.6:
            return anchor + rng.randrange(3 * 366 * DAY)  # in its future
        if kind < 0.7:
            return rng.choice([-1, 0, 1, -DAY, -90 * DAY])
        return anchor - rng.randrange(400 * DAY)

    def asked(self):
        """Instants to ask at: anchors, facts, and the ends of their windows."""
        rng = self.rng
        at = rng.choice(self.facts).at if rng.random() < 0.8 else rng.choice(
            self.anchors
        )
        if rng.random() < 0.5:
            end = self.oracle.forth(at, rng.choice(SPANS))
            at = end if end < harness.NOW else at
        return at + rng.choice([-1, 0, 0, 1])

    # -- Values

    def value(self, kind):
        rng = self.rng
        if kind is bool:
            return rng.random() < 0.5
        if kind is int:
            if rng.random() < 0.15:
                return rng.choice([oracle.MIN, oracle.MAX, oracle.MAX - 1, 2**53 + 1])
            return rng.randint(-3, 7)
        if kind is float:
            return rng.choice([0.0, 0.25, -0.5, 1.0, 1.5, 3.0, -0.0, 40.25])
        if kind is str:
            return rng.choice(TEXTS)
        if kind is Amount:
            return self.amount()
        return Instant(rng.choice(self.times))

    def amount(self):
        currency = self.currency if self.rng.random() < 0.85 else self.other
        return Amount(self.minor(), currency)

    def minor(self):
        return self.rng.choice([0, 1, 5, 100, 250, 999, 5000, -1, -250])

    # -- Facts

    def fact(self):
        rng = self.rng
        kind = rng.random()
        record = rng.choice(self.names)
        at = rng.choice(self.times) if rng.random() < 0.7 else self.time()
        source = rng.choice(SOURCES)
        key = f"key {self.keys.pop()} ✓" if rng.random() < 0.4 else ""
        if kind < 0.3:
            name = rng.choice(list(CUSTOMER))
            value = None if rng.random() < 0.15 else self.value(CUSTOMER[name])
            return oracle.Attribute(record, at, source, key, name, value)
        if kind < 0.38:
            space = "email" if rng.random() < 0.7 else "phone"
            name = f"{space}:{rng.randrange(3)}"
            return oracle.Claim(record, at, source, "", name)
        lines = []
        if rng.random() < 0.5:
            for _ in range(rng.randint(1, 4)):
                quantity = rng.choice([1, 2, 3, -1, -2]) * rng.choice(
                    [1_000_000, 250_000, 500_000]
                )
                price = rng.choice([0, 500_000, 1_250_000])
                lines.append(
                    Line(
                        rng.choice(PRODUCTS),
                        quantity,
                        self.minor(),
                        price,
                        rng.choice(["", "kg"]),
                    )
                )
        amount = self.amount()
        if lines:
            total = sum(line.amount_minor for line in lines)
            amount = Amount(total, amount.currency)
        fields = self.fields()
        reply_to = None
        if rng.random() < 0.1:
            reply_to = oracle.keyed_id(source, f"key {rng.choice([*self.keys, 7])} ✓")
        return oracle.Interaction(
            record,
            at,
            source,
            key,
            rng.choice(TYPES),
            rng.choice(CHANNELS),
            rng.random() < 0.3,
            amount,
            tuple(lines),
            fields,
            reply_to,
        )

    def fields(self):
        return {
            name: self.value(of)
            for name, of in INTERACTION.items()
            if self.rng.random() < 0.6
        }

    def command(self):
        """Links two or keeps them apart; often a pair of which something was said."""
        pair = self.rng.sample(self.names, 2)
        if self.commands and self.rng.random() < 0.4:
            pair = self.rng.sample(self.rng.choice(self.commands)[:2], 2)
        return pair[0], pair[1], self.rng.random() < 0.65

    # -- Telling a store

    def define(self, store):
        for name, kind in CUSTOMER.items():
            store.attributes.define(name, KINDS[kind], now=0)
        for name, kind in INTERACTION.items():
            store.attributes.define(name, KINDS[kind], of="interaction", now=0)
        for name, unique in self.oracle.unique.items():
            store.identifiers.define(name, unique=unique, now=0)

    def tell(self, store, check=None):
        """Gives everything to the store and to the oracle, some of it twice."""
        self.define(store)
        for fact in self.facts:
            again = bool(fact.key) and self.rng.random() < 0.3
            for _ in range(1 + again):
                got, expected = harness.put(store, fact), self.oracle.add(fact)
                if check:
                    check("fact ids", got, expected, fact)
        records = self.oracle.records()
        for one, other, linked in self.commands:
            if one not in records or other not in records:
                continue
            self.say(store, one, other, linked)

    def say(self, store, one, other, linked):
        """Links or keeps apart; whether the store takes it, as the oracle does."""
        refusal = self.oracle.refusal(one, other, linked)
        try:
            harness.say_of_pair(store, one, other, linked)
        except trato.FailedPrecondition as error:
            about = (one, other, linked, error.message, self.oracle.said)
            named = {name for name in self.names if name in error.message}
            assert named in refusal, f"refused: {about}, not {refusal}"
            harness.compared("refused links" if linked else "refused cannot-links")
            return False
        assert not refusal, f"taken: {(one, other, linked, refusal, self.oracle.said)}"
        harness.compared("links and cannot-links")
        self.oracle.said.append((one, other, linked))
        return True
