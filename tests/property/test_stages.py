# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Stages of the life cycle against an oracle that counts by itself.

It knows the default table in its own words and walks lists of facts; of the
engine it takes the fitted rhythm alone.
"""

import bisect
import datetime
import math
import random
import unittest
import zoneinfo

import trato
from trato import Line, Money, StageRule
from trato.values import micros

DAY = 86_400_000_000
WEEK = 7 * DAY
UTC = datetime.timezone.utc
START = micros(datetime.datetime(2020, 1, 6, tzinfo=UTC))
TREE = {"arabica": "coffee", "robusta": "coffee", "green": "tea", "coffee": "drinks",
        "tea": "drinks"}


class Oracle:
    def __init__(self, zone):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.facts = {}  # by customer: (at, type, products)
        self.rhythm = None  # shape, rate, a, b

    def day(self, us):
        at = datetime.datetime(1970, 1, 1, tzinfo=UTC) + datetime.timedelta(
            microseconds=us
        )
        return at.astimezone(self.zone).date().toordinal()

    def back(self, us, days):
        """So many days earlier by the clock of the zone."""
        at = datetime.datetime(1970, 1, 1, tzinfo=UTC) + datetime.timedelta(
            microseconds=us
        )
        local = at.astimezone(self.zone).replace(tzinfo=None, fold=0)
        local -= datetime.timedelta(days=days)
        return micros(local.replace(tzinfo=self.zone).astimezone(UTC))

    def about(self, customer, category, now):
        for at, type, products in self.facts.get(customer, []):
            if at > now:
                continue
            ok = not category
            for product in products:
                while product and not ok:
                    ok = product == category
                    product = TREE.get(product)
            if ok:
                yield at, type

    def stage(self, customer, category, now):
        """By the default table, with complaints, visits and carts defined."""
        mine = sorted(self.about(customer, category, now))
        bought = [at for at, type in mine if type == "purchase"]
        if bought:
            shape, rate, a, b = self.rhythm
            days = sorted({self.day(at) for at in bought})
            x, t = len(days) - 1, (days[-1] - days[0]) / 7
            silence = (now - bought[-1]) / WEEK

            def usual(q):
                return (rate + t) * ((1 - q) ** (-1 / (shape + x)) - 1)

            def alive(weeks):  # at that silence
                grown = ((rate + t + weeks) / (rate + t)) ** (shape + x)
                return 1 / (1 + a / (b + x) * grown)

            if silence > usual(0.99):
                return "abandonment"
            if 1 - alive(silence) > 0.9:
                return "abandonment"
            if any(type == "complaint" and at > bought[-1] for at, type in mine):
                return "reconsideration"
            if silence > usual(0.9) or 1 - alive(silence) > 0.6:
                return "reconsideration"
            return "repurchase" if x > 0 else "purchase"
        if any(t == "cart" and at > self.back(now, 60) for at, t in mine):
            return "option"
        if any(t == "visit" and at > self.back(now, 90) for at, t in mine):
            return "consideration"
        return "awareness" if mine else None


class StagesTest(unittest.TestCase):
    def shop(self, seed):
        draw = random.Random(seed)
        zone = draw.choice(["UTC", "Europe/Madrid", "America/New_York"])
        store = trato.open(zone=zone, currency="EUR")
        self.addCleanup(store.close)
        for product, category in TREE.items():
            store.define_product(product, category=category, now=START)
        return draw, store, Oracle(zone)

    def tell(self, draw, store, oracle, who, at, type, now=None):
        products = ()
        if type in ("purchase", "visit", "cart", "complaint"):
            products = tuple(
                draw.sample(["arabica", "robusta", "green", "mug"], draw.randint(1, 2))
            )
        store.record(
            who,
            type,
            at=at,
            now=at if now is None else now,
            lines=[Line(it, 1, Money(500, "EUR"), "5.00") for it in products],
        )
        oracle.facts.setdefault(who, []).append((at, type, products))

    def history(self, draw, store, oracle, who):
        at = START + draw.randrange(200 * DAY)
        gap = draw.uniform(3, 60) * DAY
        for _ in range(draw.randint(1, 14)):
            type = draw.choice(
                ["purchase"] * 5 + ["visit", "visit", "cart", "complaint", "message"]
            )
            self.tell(draw, store, oracle, who, at, type)
            at += int(draw.expovariate(1 / gap)) + 1

    def refit(self, store, oracle, now):
        edition = store.value.refit(now=now)
        self.assertEqual(edition.model, "mbg_nbd")
        p = edition.parameters
        oracle.rhythm = [p[name][0] for name in ("r", "alpha", "a", "b")]

    def filled(self, seed, customers=30):
        draw, store, oracle = self.shop(seed)
        for i in range(customers):
            self.history(draw, store, oracle, f"c:{i}")
        now = START + 150 * DAY
        self.refit(store, oracle, now)
        return draw, store, oracle, now

    def test_everybody_at_random_instants_for_the_brand_and_in_categories(self):
        seen = set()
        for seed in (1, 2):
            draw, store, oracle, now = self.filled(seed)
            for category in ("", "coffee", "arabica", "drinks", "mug"):
                for _ in range(4):
                    at = now + draw.randrange(500 * DAY)
                    stages = {
                        row["customer"]: row["stage"]
                        for row in store.stages.table(category, now=at)
                    }
                    wanted = {
                        who: oracle.stage(who, category, at) for who in oracle.facts
                    }
                    wanted = {who: it for who, it in wanted.items() if it}
                    self.assertEqual(stages, wanted, (seed, category, at))
                    seen |= set(stages.values())
                    report = store.stages.report(category, since=now, now=at)
                    for stage, count in report.funnel.items():
                        self.assertEqual(
                            count, list(wanted.values()).count(stage), stage
                        )
        self.assertEqual(seen, set(trato.stages.STAGES))

    def test_history_says_when_and_goes_both_ways(self):
        back = 0
        draw, store, oracle, now = self.filled(3)
        until = now + 200 * DAY
        for who in sorted(oracle.facts)[:12]:
            for category in ("", "coffee"):
                told = store.stages.of(who, category, now=until)
                self.assertEqual(told.stage, oracle.stage(who, category, until))
                steps = [(micros(it.since), it.stage) for it in told.history]
                for i, (at, stage) in enumerate(steps):
                    self.assertEqual(oracle.stage(who, category, at), stage)
                    before = steps[i - 1][1] if i else None
                    self.assertEqual(oracle.stage(who, category, at - 1), before)
                    back += (before, stage) in {
                        ("abandonment", "repurchase"),
                        ("reconsideration", "repurchase"),
                    }
                # Between two steps nothing changes.
                times = [at for at, _ in steps] + [until]
                for _ in range(20):
                    at = draw.randrange(START, until)
                    place = bisect.bisect_right(times, at) - 1
                    wanted = steps[place][1] if place >= 0 and steps else None
                    self.assertEqual(oracle.stage(who, category, at), wanted)
        self.assertGreater(back, 3)

    def test_segments_of_stages_are_live(self):
        draw, store, oracle, now = self.filled(4, 20)
        wanted = {
            "lost": ("", "abandonment"),
            "back": ("", "repurchase"),
            "wavering": ("coffee", "reconsideration"),
            "curious": ("", "consideration"),
        }
        for name, (category, stage) in wanted.items():
            call = f'stage("{category}")' if category else "stage()"
            store.segments.define(name, f'{call} == "{stage}"', now=now)
        with store.segments.watch(now=now) as watch:
            clock = now
            for _ in range(60):
                if draw.random() < 0.5:
                    self.tell(
                        draw, store, oracle, f"c:{draw.randrange(24)}",
                        clock - draw.choice([0, 0, 20 * DAY]),
                        draw.choice(["purchase", "purchase", "visit", "complaint"]),
                        clock,
                    )
                else:
                    clock += draw.randrange(30 * DAY)
                watch.advance(clock)
                for name, (category, stage) in wanted.items():
                    members = sum(
                        oracle.stage(it, category, clock) == stage
                        for it in oracle.facts
                    )
                    self.assertEqual(store.segments.count(name, now=clock), members)
                    self.assertEqual(watch.count(name), members, name)

    def test_a_table_of_ones_own_with_a_time_that_it_has_to_hold(self):
        draw, store, oracle, now = self.filled(5, 10)
        rules = [
            StageRule("reconsideration", 'seen("30d", "complaint")', "unhappy", "5d"),
            StageRule("purchase", "bought() > 0", "bought"),
        ]
        store.stages.define(rules, now=now)
        self.assertEqual(store.stages.rules(now=now), rules)
        self.assertNotEqual(store.stages.rules(now=now - 1), rules)
        at = now + DAY
        self.tell(draw, store, oracle, "d:1", at, "purchase")
        self.tell(draw, store, oracle, "d:1", at + DAY, "complaint")
        steps = store.stages.of("d:1", now=at + 60 * DAY).history
        self.assertEqual(
            [(micros(it.since) - at, it.stage) for it in steps],
            [
                (0, "purchase"),
                (6 * DAY, "reconsideration"),
                (31 * DAY, "purchase"),
            ],
        )
        for rule, error in (
            (StageRule("bought", "true"), "is no stage"),
            (StageRule("purchase", 'stage() == "option"'), "may ask for the stage"),
            (StageRule("purchase", 'seen("30d", "visitt")'), "visitt"),
            (StageRule("purchase", "silent(1.5)"), "probability"),
            (StageRule("purchase", "true", hold="1mo"), "no fixed length"),
        ):
            with self.assertRaisesRegex(trato.InvalidArgument, error):
                store.stages.define([rule], now=now)

    def test_regular_buyers_are_not_called_lost(self):
        """Of 10,000 looks at buyers with a cadence of their own (Erlang-3) at most
        10 find one abandoned: 0.1 %."""
        draw = random.Random(6)
        store = trato.open(zone="UTC", currency="EUR")
        self.addCleanup(store.close)
        span = 104 * WEEK
        orders = {}
        for i in range(500):
            mean = draw.uniform(1, 8) * WEEK
            at = START + draw.randrange(8 * WEEK)
            times = orders.setdefault(f"c:{i}", [])
            while at < START + span:
                times.append(at)
                at += int(draw.gammavariate(3, mean / 3))
        store.record_many(
            [
                trato.Interaction(
                    customer=who, type="purchase", at=at, amount=Money(100, "EUR")
                )
                for who, times in orders.items()
                for at in times
            ],
            now=START + span,
        )
        edition = store.value.refit(now=START + span)
        looks = lost = 0
        # Each customer's history by that edition, at instants at which she still
        # buys.
        for who, times in orders.items():
            history = store.stages.of(who, now=START + span).history
            changes = [micros(it.since) for it in history]
            for _ in range(20):
                at = draw.randrange(times[0], times[-1] + 1)
                if bisect.bisect_right(times, at) < 3:
                    continue
                place = bisect.bisect_right(changes, at) - 1
                looks += 1
                lost += history[place].stage == "abandonment"
        self.assertGreater(looks, 8000)
        self.assertEqual(edition.number, 1)
        self.assertLessEqual(lost / looks, 0.001)


if __name__ == "__main__":
    unittest.main()
