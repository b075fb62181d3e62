# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""alive(), expected_purchases(), clv() and rfm() against formulas of this file.

The oracle keeps lists of purchases, sums each customer up anew for each question
and works the models out by plain quadrature; of the engine it takes the fitted
parameters alone.
"""

import bisect
import datetime
import math
import os
import random
import tempfile
import unittest
import zoneinfo

import trato
from trato import Money
from trato.values import micros

DAY = 86_400_000_000
UTC = datetime.timezone.utc
YEAR = 365.25 / 7


def simpson(f, low, high, steps=2000):
    width = (high - low) / steps
    total = f(low) + f(high)
    for i in range(1, steps):
        total += f(low + i * width) * (4 if i % 2 else 2)
    return total * width / 3


class Model:
    """The formulas of the papers."""

    def __init__(self, json):
        self.kind = json["purchases"]["model"]
        names = json["purchases"]["parameters"]
        self.p = [it["value"] for it in names.values()]
        spend = json["spend"]
        self.spend = spend and [it["value"] for it in spend["parameters"].values()]
        self.horizon = json["horizon_weeks"]
        self.rate = math.log(1 + json["discount"]) / YEAR
        self.margin = json["margin"]
        self.edges = json["edges"]
        self.segments = json["segments"]
        self.returns = set(json["returns"])

    def alive(self, x, recency, age):
        r, alpha, third, fourth = self.p
        k = r + x
        if self.kind == "pareto_nbd":
            def dead(y):
                return math.exp(
                    k * math.log((alpha + age) / (alpha + y))
                    + third * math.log((fourth + age) / (fourth + y))
                ) / (fourth + y)

            odds = third * simpson(dead, recency, age) if age > recency else 0
            return 1 / (1 + odds)
        ratio = ((alpha + age) / (alpha + recency)) ** k
        if self.kind == "mbg_nbd":
            return 1 / (1 + third / (fourth + x) * ratio)
        if x == 0:
            return 1.0
        return 1 / (1 + third / (fourth + x - 1) * ratio)

    def rate_if_alive(self, x, age):
        """Of purchases at a time from now, as a function of it."""
        r, alpha, third, fourth = self.p
        k, c = r + x, alpha + age
        if self.kind == "pareto_nbd":
            return lambda u: k / c * ((fourth + age) / (fourth + age + u)) ** third
        a, b = third, fourth + x + (1 if self.kind == "mbg_nbd" else 0)
        # p is Beta(a, b); tanh-sinh, so that its ends do no harm.
        norm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        nodes = []
        step = 0.06
        for i in range(-70, 71):
            s = math.pi * math.sinh(i * step)
            low, high = -math.log1p(math.exp(-s)), -math.log1p(math.exp(s))
            log = norm + a * low + b * high  # dp = p (1 - p) ds
            weight = math.exp(log) * math.pi * math.cosh(i * step) * step
            if weight > 1e-15:
                nodes.append((math.exp(low), weight))

        def at(u):
            return sum(
                weight * k / c * (1 + p * u / c) ** -(k + 1) for p, weight in nodes
            )

        return at

    def expected(self, x, recency, age, rate=0.0):
        at = self.rate_if_alive(x, age)
        end = self.horizon or YEAR
        ahead = simpson(lambda u: math.exp(-rate * u) * at(u), 0, end, 60)
        return self.alive(x, recency, age) * ahead

    def money(self, x, spend):
        if not self.spend:
            return max(0.0, spend)
        p, q, gamma = self.spend
        n = x if spend > 0 else 0
        return p * (gamma + n * max(spend, 0.0)) / (p * n + q - 1)

    def scores(self, since, orders, total):
        def score(edges, value, falls=False):
            return 1 + sum(
                e is not None and (value <= e if falls else value >= e) for e in edges
            )

        return (
            score(self.edges["recency"], since, True),
            score(self.edges["frequency"], orders),
            score(self.edges["money"], total),
        )

    def segment(self, scores):
        for rule in self.segments:
            ranges = (rule["recency"], rule["frequency"], rule["money"])
            if all(low <= s <= high for s, (low, high) in zip(scores, ranges)):
                return rule["name"]
        return ""


class Oracle:
    def __init__(self, zone):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.purchases = {}  # by customer: [at, minor, type, retracted at or None]
        self.editions = []  # (at, Model)

    def day(self, us):
        at = datetime.datetime(1970, 1, 1, tzinfo=UTC) + datetime.timedelta(
            microseconds=us
        )
        return at.astimezone(self.zone).date().toordinal()

    def edition(self, now):
        place = bisect.bisect_right([at for at, _ in self.editions], now)
        return self.editions[place - 1][1] if place else None

    def row(self, customer, now):
        """x, recency, age, spend, since, orders, total; None: no purchase."""
        model = self.edition(now)
        mine = [
            it
            for it in self.purchases.get(customer, [])
            if it[0] <= now and (it[3] is None or it[3] > now)
        ]
        bought = sorted((at, minor) for at, minor, type, _ in mine if type == "purchase")
        if model is None or not bought:
            return None
        days = sorted({self.day(at) for at, _ in bought})
        total = sum(minor for _, minor in bought) / 100
        first = sum(minor for at, minor in bought if self.day(at) == days[0]) / 100
        x = len(days) - 1
        return (
            x,
            (days[-1] - days[0]) / 7,
            (self.day(now) - days[0]) / 7,
            (total - first) / x if x else 0.0,
            (self.day(now) - days[-1]) / 7,
            len(bought),
            total,
        )

    def alive(self, customer, now):
        row = self.row(customer, now)
        return row and self.edition(now).alive(*row[:3])

    def expected(self, customer, now):
        row = self.row(customer, now)
        return row and self.edition(now).expected(*row[:3])

    def value(self, customer, now):
        row = self.row(customer, now)
        if row is None:
            return None
        model = self.edition(now)
        ahead = model.expected(*row[:3], model.rate)
        return ahead * model.money(row[0], row[3]) * model.margin

    def rfm(self, customer, now):
        row = self.row(customer, now)
        if row is None:
            return None
        model = self.edition(now)
        scores = model.scores(*row[4:])
        return (*scores, model.segment(scores))


class Worth(unittest.TestCase):
    def shop(self, seed, model):
        """A store, its oracle, and a clock after a year of purchases."""
        draw = random.Random(seed)
        zone = draw.choice(["UTC", "Europe/Madrid", "America/Sao_Paulo"])
        store = trato.open(zone=zone, currency="EUR")
        self.addCleanup(store.close)
        oracle = Oracle(zone)
        start = micros(datetime.datetime(2011, 3, 1, tzinfo=UTC))
        for i in range(40):
            name = f"c:{i}"
            at = start + draw.randrange(60 * DAY)
            rate = draw.gammavariate(1.2, 1 / (20 * DAY))
            leaves = draw.betavariate(0.8, 2.5)
            while at < start + 330 * DAY:
                self.buy(store, oracle, draw, name, at)
                if draw.random() < leaves:
                    break
                at += int(draw.expovariate(max(rate, 1e-15)))
        now = start + 330 * DAY
        self.refit(store, oracle, now, model)
        return draw, store, oracle, now

    def buy(self, store, oracle, draw, name, at, now=None):
        minor = draw.randrange(100, 20_000)
        fact = store.record(
            name, "purchase", at=at, amount=Money(minor, "EUR"),
            now=at if now is None else now,
        )
        entry = [at, minor, "purchase", None]
        oracle.purchases.setdefault(name, []).append(entry)
        return fact, entry

    def refit(self, store, oracle, now, model):
        edition = store.value.refit(model=model, now=now)
        oracle.editions.append((now, Model(edition.json)))
        return edition

    def close(self, ours, theirs, digits):
        self.assertLessEqual(
            abs(ours - theirs), digits * max(1.0, abs(theirs)), (ours, theirs)
        )

    def test_figures_of_each_customer_and_of_all(self):
        for model in ("mbg_nbd", "bg_nbd", "pareto_nbd"):
            with self.subTest(model=model):
                draw, store, oracle, now = self.shop(1, model)
                later = now + draw.randrange(100 * DAY)
                rows = {it["customer"]: it for it in store.value.table(now=later)}
                self.assertEqual(len(rows), 40)
                for name in draw.sample(sorted(oracle.purchases), 12):
                    worth = store.value.of(name, now=later)
                    x, recency, age, _, _, orders, total = oracle.row(name, later)
                    self.assertEqual(
                        (worth.frequency, worth.orders), (x, orders)
                    )
                    self.close(worth.recency, recency, 1e-12)
                    self.close(worth.age, age, 1e-12)
                    self.close(worth.total, total, 1e-9)
                    self.close(worth.alive, oracle.alive(name, later), 1e-9)
                    self.close(worth.expected, oracle.expected(name, later), 1e-6)
                    value = oracle.value(name, later)
                    self.assertLess(
                        abs(worth.value.minor / 100 - value), 0.00501 + 1e-6 * value
                    )
                    r, f, m, segment = oracle.rfm(name, later)
                    self.assertEqual(
                        (worth.recency_score, worth.frequency_score, worth.money_score),
                        (r, f, m),
                    )
                    self.assertEqual(worth.segment or "", segment)
                    row = rows[name]
                    self.assertEqual(row["alive"], worth.alive)
                    self.close(row["value"], worth.value.minor / 100, 0.006)
                    self.assertEqual((row["r"], row["f"], row["m"]), (r, f, m))

    def test_an_old_question_is_answered_by_the_edition_of_its_day(self):
        draw, store, oracle, now = self.shop(2, "mbg_nbd")
        later = now + 40 * DAY
        for _ in range(60):
            self.buy(store, oracle, draw, f"c:{draw.randrange(60)}",
                     now + draw.randrange(40 * DAY), later)
        before = {
            name: store.value.of(name, now=later - 1) for name in ("c:1", "c:2", "c:3")
        }
        self.refit(store, oracle, later, "mbg_nbd")
        self.assertEqual([it.number for it in store.value.editions()], [2, 1])
        for name, worth in before.items():
            self.assertEqual(store.value.of(name, now=later - 1), worth)
            self.assertEqual(store.value.of(name, now=later).edition, 2)
        with store.as_of(later - 1) as past:
            for name, worth in before.items():
                self.assertEqual(past.value.of(name, now=later - 1), worth)
        with self.assertRaises(trato.FailedPrecondition):
            store.value.of("c:1", now=now - 1)

    def test_an_edition_outlives_its_batch_and_the_process(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "shop.trato")
            with trato.open(path, zone="UTC", currency="EUR") as store:
                for i in range(30):
                    for day in range(0, 90, 5 + i):
                        store.record(f"c:{i}", "purchase", at=day * DAY, now=day * DAY,
                                     amount=Money(100 + i, "EUR"))
                store.value.refit(now=100 * DAY, batch="spring")
                store.segments.define("fading", "alive() < 0.9", now=100 * DAY)
                before = store.segments.count("fading", now=101 * DAY)
                store.batches.retract("spring", now=101 * DAY)
                store.value.refit(now=102 * DAY)
                worth = store.value.of("c:3", now=101 * DAY)
                digest = store.digest(now=103 * DAY)
            with trato.open(path) as store:
                self.assertEqual([it.number for it in store.value.editions()], [2, 1])
                self.assertEqual(store.value.of("c:3", now=101 * DAY), worth)
                self.assertEqual(store.segments.count("fading", now=101 * DAY), before)
                self.assertEqual(store.digest(now=103 * DAY), digest)

    def conditions(self, draw, oracle, now):
        """Conditions, and what they mean."""
        alive = [oracle.alive(it, now) for it in oracle.purchases]
        limit = round(draw.choice(alive) * draw.uniform(0.3, 0.99), 3)
        worth = max(1, int(oracle.value(draw.choice(list(oracle.purchases)), now) * 60))
        some = round(draw.uniform(0.2, 3), 2)
        known = lambda f: lambda c, now: f(c, now) is not None  # noqa: E731
        return {
            "fading": (
                f"alive() < {limit}",
                lambda c, now: oracle.alive(c, now) is not None
                and oracle.alive(c, now) < limit,
            ),
            "dear": (
                f'money("{worth / 100:.2f}", "EUR") <= clv()',
                lambda c, now: known(oracle.value)(c, now)
                and round(oracle.value(c, now) * 100) >= worth,
            ),
            "busy": (
                f"expected_purchases() > {some} || alive() > 0.97",
                lambda c, now: oracle.row(c, now) is not None
                and (
                    oracle.expected(c, now) > some or oracle.alive(c, now) > 0.97
                ),
            ),
            "best": (
                'rfm().segment in ["champions", "loyal"]',
                lambda c, now: oracle.rfm(c, now) is not None
                and oracle.rfm(c, now)[3] in ("champions", "loyal"),
            ),
            "recent": (
                "rfm().recency >= 4 && rfm().frequency > 1",
                lambda c, now: oracle.rfm(c, now) is not None
                and oracle.rfm(c, now)[0] >= 4
                and oracle.rfm(c, now)[1] > 1,
            ),
        }

    def test_segments_at_random_instants_and_while_they_are_watched(self):
        for seed, model in ((3, "mbg_nbd"), (4, "pareto_nbd"), (5, "bg_nbd")):
            draw, store, oracle, now = self.shop(seed, model)
            conditions = self.conditions(draw, oracle, now)
            for name, (text, _) in conditions.items():
                store.segments.define(name, text, now=now)
            facts = []
            with self.subTest(seed=seed), store.segments.watch(now=now) as watch:
                clock = now
                for step in range(14):
                    what = draw.random()
                    if what < 0.4:
                        who = f"c:{draw.randrange(44)}"
                        at = clock - draw.choice([0, 0, 3 * DAY, 40 * DAY])
                        facts.append(
                            (who, *self.buy(store, oracle, draw, who, at, clock))
                        )
                    elif what < 0.5 and facts:
                        who, fact, entry = facts.pop(draw.randrange(len(facts)))
                        store.retract(who, fact, found=clock, now=clock)
                        entry[3] = clock
                    elif what < 0.6:
                        self.refit(store, oracle, clock, model)
                    elif what < 0.7:
                        clock += draw.randrange(200 * DAY)
                    else:
                        clock += draw.randrange(12 * DAY)
                    watch.advance(clock)
                    for name, (text, holds) in conditions.items():
                        members = sum(holds(c, clock) for c in oracle.purchases)
                        counted = store.segments.count(name, now=clock)
                        self.assertEqual(counted.undecided, 0)
                        self.assertEqual(counted, members, (step, text))
                        self.assertEqual(watch.count(name), members, (step, text))

    def test_when_they_change_by_themselves(self):
        for seed, model in ((6, "mbg_nbd"), (7, "pareto_nbd")):
            draw, store, oracle, now = self.shop(seed, model)
            conditions = self.conditions(draw, oracle, now)
            until = now + 150 * DAY
            for name, (text, holds) in conditions.items():
                if name in ("dear", "busy") and model == "mbg_nbd":
                    continue  # the oracle takes its time
                store.segments.define(name, text, now=now)
                for customer in draw.sample(sorted(oracle.purchases), 3):
                    steps = [
                        (micros(it.at), it.member)
                        for it in store.segments.history(
                            name, customer, since=now, until=until
                        )
                    ]
                    expected = []
                    state = holds(customer, now)
                    day = oracle.day(now)
                    for ordinal in range(day + 1, oracle.day(until) + 1):
                        at = self.midnight(oracle, ordinal)
                        if at > until:
                            break
                        if holds(customer, at) != state:
                            state = not state
                            expected.append((at, state))
                    self.assertEqual(steps, expected, (text, customer))

    def midnight(self, oracle, ordinal):
        """The first instant of a day."""
        low = micros(
            datetime.datetime.combine(
                datetime.date.fromordinal(ordinal), datetime.time(), UTC
            )
        ) - 2 * DAY
        high = low + 4 * DAY
        while high - low > 1:
            middle = (low + high) // 2
            if oracle.day(middle) < ordinal:
                low = middle
            else:
                high = middle
        return high


if __name__ == "__main__":
    unittest.main()
