# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Watches by example. Random histories are in tests/property/test_watch.py."""

import datetime
import os
import tempfile
import threading
import unittest

import trato

UTC = datetime.timezone.utc
HOUR = 3_600_000_000
DAY = 24 * HOUR
RECENT = 'interactions("purchase").within("10d").exists()'
TWICE = 'interactions("purchase").within("10d").count() >= 2'


class WatchTest(unittest.TestCase):
    def setUp(self):
        self.store = trato.open(zone="UTC", currency="EUR")
        self.addCleanup(self.store.close)

    def buy(self, at, customer="a:1", now=None, **options):
        return self.store.record(
            customer, "purchase", at=at, now=at if now is None else now, **options
        )

    def define(self, name, expression, now=0):
        return self.store.segments.define(name, expression, now=now)

    def told(self, watch, now=None):
        if now is not None:
            watch.advance(now)
        return [
            (trato.values.micros(it.at), it.customer, it.segment, it.entered, it.cause)
            for it in watch.take()
        ]


class Changes(WatchTest):
    def test_facts_and_the_passing_of_time(self):
        self.define("recent", RECENT)
        self.define("twice", TWICE)
        with self.store.segments.watch(now=0) as watch:
            self.buy(DAY)
            self.buy(3 * DAY)
            self.assertEqual(watch.count("twice"), 1)
            self.assertEqual(
                self.told(watch, 30 * DAY),
                [
                    (DAY, "a:1", "recent", True, "fact"),
                    (3 * DAY, "a:1", "twice", True, "fact"),
                    (11 * DAY, "a:1", "twice", False, "time"),
                    (13 * DAY, "a:1", "recent", False, "time"),
                ],
            )
            self.assertEqual(watch.count("recent"), 0)
            self.assertEqual(self.told(watch, 40 * DAY), [])

    def test_a_clock_that_goes_back_does_nothing(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=20 * DAY) as watch:
            state = watch.advance(DAY)
            self.assertEqual(trato.values.micros(state.clock), 20 * DAY)
            # Written as of an earlier instant it counts at the clock.
            self.buy(15 * DAY, now=15 * DAY)
            self.assertEqual(
                self.told(watch, 20 * DAY), [(20 * DAY, "a:1", "recent", True, "fact")]
            )

    def test_what_was_written_moves_the_clock(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0) as watch:
            self.buy(DAY)
            self.buy(50 * DAY, customer="a:2")
            self.assertEqual(
                self.told(watch),
                [
                    (DAY, "a:1", "recent", True, "fact"),
                    (11 * DAY, "a:1", "recent", False, "time"),
                    (50 * DAY, "a:2", "recent", True, "fact"),
                ],
            )

    def test_a_fact_of_the_future_counts_when_it_comes(self):
        # No window, so nothing but that fact makes the segment change by time.
        self.define("buyers", 'interactions("purchase").count() >= 1')
        with self.store.segments.watch(now=0) as watch:
            self.buy(5 * DAY, now=DAY)
            self.assertEqual(self.told(watch, 4 * DAY), [])
            self.assertEqual(
                self.told(watch, 6 * DAY), [(5 * DAY, "a:1", "buyers", True, "fact")]
            )

    def test_before_1970(self):
        self.define("none", 'interactions("purchase").within("10d").count() == 0')
        with self.store.segments.watch(now=-100 * DAY) as watch:
            self.buy(-90 * DAY)
            self.assertEqual(
                self.told(watch, -50 * DAY),
                [(-80 * DAY, "a:1", "none", True, "time")],
            )

    def test_what_leaves_at_one_instant_leaves_together(self):
        # From three to none at once: it is never exactly two or one.
        self.define("two", 'interactions("purchase").within("10d").count() == 2')
        self.define("one", 'interactions("purchase").within("10d").count() == 1')
        for i in range(3):
            self.buy(DAY, key=str(i))
        with self.store.segments.watch(now=DAY) as watch:
            self.assertEqual(self.told(watch, 30 * DAY), [])

    def test_counts_that_are_always_so(self):
        self.define("all", 'interactions("purchase").within("10d").count() >= 0')
        self.buy(DAY)
        with self.store.segments.watch(now=DAY) as watch:
            self.assertEqual(watch.count("all"), 1)
            self.assertEqual(watch.advance(100 * DAY).wakeups, 0)

    def test_a_late_fact_changes_what_is_and_not_what_was_told(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0) as watch:
            self.buy(DAY)
            self.assertEqual(len(self.told(watch, 20 * DAY)), 2)
            self.buy(12 * DAY, now=20 * DAY)
            self.assertEqual(
                self.told(watch, 30 * DAY),
                [
                    (20 * DAY, "a:1", "recent", True, "fact"),
                    (22 * DAY, "a:1", "recent", False, "time"),
                ],
            )

    def test_corrections_and_retractions(self):
        self.define("recent", RECENT)
        self.define("visited", 'interactions("visit").exists()')
        with self.store.segments.watch(now=0) as watch:
            fact = self.buy(DAY)
            self.assertEqual(len(self.told(watch)), 1)
            self.store.correct(
                "a:1", fact, "visit", at=2 * DAY, customer="a:2", now=3 * DAY
            )
            self.assertEqual(
                self.told(watch, 3 * DAY),
                [
                    (3 * DAY, "a:1", "recent", False, "fact"),
                    (3 * DAY, "a:2", "visited", True, "fact"),
                ],
            )
            self.store.retract("a:1", fact, now=4 * DAY)
            self.assertEqual(
                self.told(watch, 4 * DAY), [(4 * DAY, "a:2", "visited", False, "fact")]
            )

    def test_links(self):
        self.define("twice", TWICE)
        with self.store.segments.watch(now=0) as watch:
            self.buy(DAY)
            self.buy(2 * DAY, customer="b:1")
            self.store.customers.link("a:1", "b:1", now=3 * DAY)
            (entered,) = self.told(watch)
            leader = entered[1]
            self.assertEqual(entered, (3 * DAY, leader, "twice", True, "link"))
            self.store.customers.unlink("a:1", "b:1", now=4 * DAY)
            self.assertEqual(
                self.told(watch), [(4 * DAY, leader, "twice", False, "link")]
            )

    def test_definitions(self):
        self.define("recent", RECENT)
        self.buy(DAY)
        self.buy(2 * DAY, customer="a:2")
        with self.store.segments.watch("recent", now=12 * DAY) as watch:
            self.assertEqual(watch.count("recent"), 0)
            self.define("recent", RECENT.replace("10d", "1mo"), now=13 * DAY)
            self.assertEqual(
                self.told(watch),
                [
                    (13 * DAY, "a:1", "recent", True, "definition"),
                    (13 * DAY, "a:2", "recent", True, "definition"),
                ],
            )
            self.store.rename("segment", "recent", "lately", now=14 * DAY)
            self.assertEqual(
                self.told(watch, 60 * DAY)[0][2:], ("lately", False, "time")
            )

    def test_a_segment_comes_before_those_that_ask_for_it(self):
        self.define("z", RECENT)
        self.define("a", 'in_segment("z") && interactions("purchase").count() > 0')
        with self.store.segments.watch(now=0) as watch:
            self.buy(DAY)
            self.assertEqual(
                [change[2:4] for change in self.told(watch, 30 * DAY)],
                [("z", True), ("a", True), ("z", False), ("a", False)],
            )

    def test_net_is_what_is_left(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0, net=True) as watch:
            self.buy(DAY)
            self.buy(25 * DAY, customer="a:2")
            self.assertEqual(
                self.told(watch, 30 * DAY), [(25 * DAY, "a:2", "recent", True, "fact")]
            )

    def test_many_rows_at_once(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0) as watch:
            rows = 12_000
            self.store.append_interactions(
                {
                    "customer": [f"t:{i}" for i in range(rows)],
                    "type": ["purchase"] * rows,
                    "at": [DAY] * rows,
                },
                now=2 * DAY,
            )
            self.assertEqual(watch.count("recent"), rows)
            told = self.told(watch, 30 * DAY)
            self.assertEqual(len(told), 2 * rows)
            self.assertEqual({it[0] for it in told}, {2 * DAY, 11 * DAY})

    def test_a_fact_for_one_segment_leaves_what_others_wait_for(self):
        self.define("bought", RECENT)
        self.define("visited", 'interactions("visit").within("30d").exists()')
        with self.store.segments.watch(now=0) as watch:
            self.buy(DAY)
            # It makes only "visited" be asked, which leaves later.
            self.store.record("a:1", "visit", at=2 * DAY, now=2 * DAY)
            self.assertEqual(
                [it[:4] for it in self.told(watch, 40 * DAY)],
                [
                    (DAY, "a:1", "bought", True),
                    (2 * DAY, "a:1", "visited", True),
                    (11 * DAY, "a:1", "bought", False),
                    (32 * DAY, "a:1", "visited", False),
                ],
            )

    def test_many_facts_make_one_wake_up(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0) as watch:
            for i in range(200):
                self.buy(DAY + i, durability="buffered")
            # When the first leaves she may be woken in vain, once.
            self.assertLessEqual(watch.advance(40 * DAY).wakeups, 2)
            self.assertEqual(len(self.told(watch)), 2)

    def test_who_never_bought_is_never_woken(self):
        self.define("none", 'interactions("purchase").within("10d").count() == 0')
        self.define("buyers", 'interactions("purchase").count() > 3')
        for i in range(100):
            self.store.record(f"a:{i}", "visit", at=DAY, now=DAY)
        with self.store.segments.watch(now=DAY) as watch:
            self.assertEqual(watch.count("none"), 100)
            self.assertEqual(watch.advance(4000 * DAY).wakeups, 0)

    def test_a_definition_that_everybody_enters(self):
        self.define("nobody", 'interactions("complaint").exists()')
        rows = 12_000
        self.store.append_interactions(
            {
                "customer": [f"t:{i}" for i in range(rows)],
                "type": ["purchase"] * rows,
                "at": [DAY] * rows,
            },
            now=2 * DAY,
        )
        with self.store.segments.watch(now=2 * DAY) as watch:
            self.define("nobody", 'interactions("purchase").count() > 0', now=3 * DAY)
            told = self.told(watch)
            self.assertEqual(len({it[1] for it in told}), rows)
            self.assertEqual({it[3:] for it in told}, {(True, "definition")})
            self.assertEqual(watch.count("nobody"), rows)

    def test_very_many_facts_at_one_instant(self):
        self.define("some", 'interactions("purchase").within("10d").count() >= 1000')
        rows = 1_000_000
        with self.store.segments.watch(now=0) as watch:
            self.store.append_interactions(
                {
                    "customer": [f"t:{i % 2}" for i in range(rows)],
                    "type": ["purchase"] * rows,
                    "at": [DAY] * rows,
                    "key": [str(i) for i in range(rows)],
                },
                now=2 * DAY,
            )
            self.assertEqual(watch.count("some"), 2)
            self.buy(DAY, customer="t:1", now=2 * DAY)
            told = self.told(watch, 30 * DAY)
            self.assertEqual(
                [(it[0], it[3]) for it in told],
                [(2 * DAY, True)] * 2 + [(11 * DAY, False)] * 2,
            )
            self.assertEqual(watch.advance(30 * DAY).wakeups, 2)

    def test_who_has_very_many_interactions(self):
        # Her rows are kept from one fact to the next: whatever happens to them,
        # the counts are those that are made from nothing.
        purchases = 'interactions("purchase")'
        self.define("often", f'{purchases}.within("20d").count() >= 400')
        self.define(
            "good",
            f'{purchases}.within("10d").sum(i, i.amount) > money("30.00", "EUR")'
            ' && !interactions("complaint").within("2d").exists()',
        )
        self.define(
            "large",
            f'{purchases}.where(i, i.amount > money("0.40", "EUR"))'
            '.within("5d").count() >= 3',
        )
        self.define("both", 'interactions("purchase", "visit").count() > 500')
        names = ("often", "good", "large", "both")
        now = 0
        with self.store.segments.watch(now=0) as watch:

            def compare():
                for name in names:
                    self.assertEqual(
                        watch.count(name),
                        self.store.segments.count(name, now=now).members,
                        (name, now),
                    )

            facts = []
            for i in range(900):
                now += HOUR + i
                kind = ("purchase", "visit", "purchase", "complaint")[
                    i % 4 if i % 40 == 3 else i % 3
                ]
                facts.append(
                    self.store.record(
                        "a:1",
                        kind,
                        at=now - (9 * DAY if i % 11 == 0 else 0),
                        amount=trato.Money(i * 37 % 90 - 30, "EUR"),
                        now=now,
                        durability="buffered",
                    )
                )
                if i % 9 == 0:
                    compare()
            self.buy(now, customer="b:1", now=now)
            self.store.customers.link("a:1", "b:1", now=now)
            compare()
            for i in range(60):
                now += HOUR
                self.buy(now, customer="ab"[i % 2] + ":1", amount=trato.Money(70, "EUR"))
                compare()
            self.store.retract("a:1", facts[899], now=now)
            compare()
            self.store.customers.unlink("a:1", "b:1", now=now)
            for i in range(40):
                now += 20 * HOUR
                self.buy(now)
                watch.advance(now)
                compare()
            told = {}
            for change in watch.take():
                key = change.segment, change.customer
                self.assertNotEqual(told.get(key, False), change.entered)
                told[key] = change.entered

    def test_a_sequence_leaves_with_its_last_pair(self):
        self.define(
            "followed",
            'sequence(interactions("visit").within("30d"))'
            '.then(interactions("purchase"), "1d")'
            '.without(interactions("complaint")).exists()',
        )

        def record(what, at):
            self.store.record("a:1", what, at=at, now=at)

        with self.store.segments.watch(now=0) as watch:
            record("visit", DAY)
            record("purchase", DAY + HOUR)
            record("visit", 5 * DAY)
            record("complaint", 5 * DAY + HOUR)
            # Somebody complained in between: the pair before it is the last.
            record("purchase", 5 * DAY + 2 * HOUR)
            record("visit", 8 * DAY)
            # More than a day later.
            record("purchase", 9 * DAY + HOUR)
            self.assertEqual(
                self.told(watch, 60 * DAY),
                [
                    (DAY + HOUR, "a:1", "followed", True, "fact"),
                    (31 * DAY, "a:1", "followed", False, "time"),
                ],
            )
            state = watch.advance(60 * DAY)
            self.assertEqual((state.wakeups, state.idle_wakeups), (1, 0))
            # A step that comes late makes a pair of what was there.
            record("purchase", 61 * DAY)
            self.store.record("a:1", "visit", at=61 * DAY - HOUR, now=62 * DAY)
            self.assertEqual(
                self.told(watch, 100 * DAY),
                [
                    (62 * DAY, "a:1", "followed", True, "fact"),
                    (91 * DAY - HOUR, "a:1", "followed", False, "time"),
                ],
            )

    def test_the_least_and_the_greatest_wake_nobody_in_vain(self):
        amounts = [5, 9, 3, 9, 4, 1, 2, 2]
        window = 'interactions("purchase").within("10d")'
        euros = 'money("{}.00", "EUR")'.format
        self.define("most", f"{window}.max(i, i.amount) >= {euros(9)}")
        self.define("least", f"{window}.min(i, i.amount) < {euros(2)}")
        self.define("mean", f"{window}.avg(i, i.amount) >= {euros(4)}")
        some = window.replace('"purchase"', '"purchase", "visit"')
        self.define("kinds", f"{some}.distinct(i, i.type).size() >= 2")
        self.store.record("a:1", "visit", at=3 * HOUR, now=3 * HOUR)
        for i, amount in enumerate(amounts):
            self.buy((1 + i) * HOUR, amount=trato.Money(100 * amount, "EUR"))
        with self.store.segments.watch(now=DAY) as watch:
            self.assertEqual(
                [it[:4:2] + it[3:4] for it in self.told(watch, 60 * DAY)],
                [
                    (10 * DAY + 2 * HOUR, "mean", False),
                    (10 * DAY + 3 * HOUR, "kinds", False),
                    (10 * DAY + 4 * HOUR, "most", False),
                    (10 * DAY + 6 * HOUR, "least", False),
                ],
            )
            # "most" and "mean" fail, and later have no value.
            self.assertLessEqual(watch.advance(60 * DAY).idle_wakeups, 1)

    def test_a_second_currency_ends_what_cannot_be_compared(self):
        self.define(
            "large",
            'interactions("purchase").where(i, i.amount > money("5.00", "EUR"))'
            '.within("10d").count() >= 1',
        )
        with self.store.segments.watch(now=0) as watch:
            self.buy(DAY, amount=trato.Money(900, "EUR"))
            self.buy(2 * DAY, amount=trato.Money(900, "USD"))
            self.assertEqual(
                [it[0:4] for it in self.told(watch, 2 * DAY)],
                [(DAY, "a:1", "large", True), (2 * DAY, "a:1", "large", False)],
            )

    def test_a_budget_ends_between_two_instants(self):
        self.define("recent", RECENT)
        for i in range(100):
            self.buy(DAY + i * DAY, customer=f"a:{i}")
        watch = self.store.segments.watch(now=100 * DAY)
        told, calls = [], 0
        while True:
            state = watch.advance(200 * DAY, max_wakeups=3)
            calls += 1
            told += self.told(watch)
            if state.is_done:
                break
        self.assertGreater(calls, 2)
        self.assertEqual([it[0] for it in told], sorted(it[0] for it in told))
        self.assertEqual(watch.count("recent"), 0)

    def test_an_end_that_stands_still_before_now_wakes_nobody(self):
        first = 'timestamp("1970-01-01T00:00:00Z")'
        self.define(
            "early",
            f'interactions("purchase").between({first}, timestamp("1970-01-09T00:00:00Z"))'
            f".between({first}, now).count() == 1",
        )
        self.buy(DAY)
        self.buy(15 * DAY)
        with self.store.segments.watch(now=16 * DAY) as watch:
            state = watch.advance(400 * DAY)
            self.assertEqual((state.pending, state.wakeups), (0, 0))
            self.assertEqual(watch.count("early"), 1)

    def test_a_jump_of_a_hundred_years(self):
        self.define("recent", RECENT)
        self.buy(DAY)
        with self.store.segments.watch(now=DAY) as watch:
            state = watch.advance(36_525 * DAY)
            self.assertEqual((state.pending, state.wakeups), (1, 1))


class Clocks(WatchTest):
    """What the clock decides is asked once for all, not of each customer."""

    COUNT = 200

    def setUp(self):
        super().setUp()
        self.define("buyers", 'interactions("purchase").count() > 0')
        for i in range(self.COUNT):
            self.buy(DAY, customer=f"a:{i}")

    def hours(self, zone="zone"):
        return f"now.getHours({zone}) >= 9 && now.getHours({zone}) < 17"

    def test_hours_wake_nobody_and_tell_of_everybody(self):
        self.define("open", f'{self.hours()} && in_segment("buyers")')
        with self.store.segments.watch("open", now=2 * DAY) as watch:
            state = watch.advance(12 * DAY)
            # Twice a day.
            self.assertEqual((state.wakeups, state.idle_wakeups), (20, 0))
            told = self.told(watch)
            self.assertEqual(len(told), 20 * self.COUNT)
            self.assertEqual(
                {(it[0] % DAY // HOUR, it[3], it[4]) for it in told},
                {(9, True, "time"), (17, False, "time")},
            )
            self.assertEqual(watch.count("open"), 0)
            watch.advance(12 * DAY + 10 * HOUR)
            self.assertEqual(watch.count("open"), self.COUNT)

    def test_an_instant_that_is_passed_wakes_nobody(self):
        self.define(
            "season",
            'now >= timestamp("1970-03-01") && interactions("purchase").count() > 0'
            ' && now < timestamp("1970-04-01")',
        )
        with self.store.segments.watch("season", now=2 * DAY) as watch:
            state = watch.advance(36_525 * DAY)
            self.assertEqual((state.wakeups, state.pending), (2, 2 * self.COUNT))
            self.assertEqual(
                {it[0] // DAY for it in self.told(watch)}, {59, 90}
            )

    def test_each_zone_has_a_clock_of_its_own(self):
        self.store.attributes.define("place", "string", now=0)
        zones = ["Europe/Madrid", "Asia/Tokyo", "America/New_York"]
        for i in range(self.COUNT):
            # Of every fourth none is known.
            if i % 4 < 3:
                self.store.attributes.set(
                    f"a:{i}", "place", zones[i % 4], at=DAY, now=DAY
                )
        self.define("awake", f'{self.hours("customer.place")} && in_segment("buyers")')
        with self.store.segments.watch("awake", now=2 * DAY) as watch:
            state = watch.advance(12 * DAY)
            self.assertEqual(state.wakeups, 10 * 2 * len(zones))
            quarter = self.COUNT // 4
            self.assertEqual(len(self.told(watch)), 10 * 2 * len(zones) * quarter)
            # Then it is 9 in Madrid, 17 in Tokyo and 3 in New York.
            watch.advance(12 * DAY + 8 * HOUR)
            self.assertEqual(watch.count("awake"), quarter)
            # Somebody moves to where it is 4 in the morning.
            before = watch.count("awake")
            self.store.attributes.set(
                "a:0", "place", "America/Santiago", at=12 * DAY + 8 * HOUR,
                now=12 * DAY + 8 * HOUR,
            )
            self.assertEqual(watch.count("awake"), before - 1)
            woken = watch.advance(12 * DAY + 8 * HOUR).wakeups
            self.assertEqual(
                watch.advance(13 * DAY + 8 * HOUR).wakeups - woken, 2 * 4
            )

    def test_the_hour_that_a_change_of_clocks_skips_or_repeats(self):
        # Madrid, 2024: 31 March has no hour of 2, 27 October has it twice.
        self.define("night", 'now.getHours("Europe/Madrid") == 2')
        at = trato.values.micros(datetime.datetime(2024, 3, 30, 22, tzinfo=UTC))
        with self.store.segments.watch("night", now=at) as watch:
            # From 22 of the 30th on: the night of the change has none.
            self.assertEqual(watch.advance(at + 20 * HOUR).wakeups, 0)
            self.assertEqual(watch.advance(at + 44 * HOUR).wakeups, 2)
        at = trato.values.micros(datetime.datetime(2024, 10, 26, 22, tzinfo=UTC))
        with self.store.segments.watch("night", now=at) as watch:
            watch.advance(at + 20 * HOUR)
            told = sorted({it[0] - at for it in self.told(watch)})
            # 2 o'clock lasts two hours.
            self.assertEqual(told, [2 * HOUR, 4 * HOUR])

    def test_what_a_fact_changes_behind_a_closed_gate_shows_when_it_opens(self):
        self.define(
            "calm",
            f'{self.hours()} && !interactions("complaint").within("2d").exists()',
        )
        with self.store.segments.watch("calm", now=2 * DAY) as watch:
            # At night, when nobody is in.
            self.store.record("a:0", "complaint", at=2 * DAY, now=2 * DAY)
            self.store.record("b:0", "visit", at=2 * DAY, now=2 * DAY)
            self.assertEqual(self.told(watch), [])
            watch.advance(2 * DAY + 12 * HOUR)
            self.assertEqual(watch.count("calm"), self.COUNT)
            told = {it[1] for it in self.told(watch)}
            self.assertNotIn("a:0", told)
            self.assertIn("b:0", told)
            # It leaves the window at night, too.
            watch.advance(4 * DAY + 12 * HOUR)
            self.assertEqual(watch.count("calm"), self.COUNT + 1)

    def test_more_gates_than_are_kept_apart_stay_exact(self):
        parts = [
            f'(now.getHours() == {hour} && interactions("purchase").count() > {hour})'
            for hour in range(5)
        ]
        self.define("many", " || ".join(parts))
        with self.store.segments.watch("many", now=2 * DAY) as watch:
            told = self.told(watch, 3 * DAY)
            self.assertEqual(
                {(it[0] - 2 * DAY, it[3]) for it in told},
                {(HOUR, False), (DAY, True)},
            )
            self.assertEqual(watch.count("many"), self.COUNT)

    def test_a_redefinition_of_another_segment_keeps_what_is_known(self):
        self.define("open", f'{self.hours()} && in_segment("buyers")')
        self.define("other", "true")
        with self.store.segments.watch(now=2 * DAY) as watch:
            self.define("other", f'now.getHours() == 3 || {TWICE}', now=2 * DAY + HOUR)
            self.define("third", "true", now=2 * DAY + HOUR)
            watch.advance(2 * DAY + 12 * HOUR)
            self.assertEqual(watch.count("open"), self.COUNT)
            self.define("buyers", TWICE, now=2 * DAY + 12 * HOUR)
            self.assertEqual(watch.count("open"), 0)
            watch.advance(3 * DAY + 3 * HOUR)
            self.assertEqual(watch.count("other"), self.COUNT)


class Disabling(WatchTest):
    def test_in_a_disabled_segment_nobody_is(self):
        self.define("buyers", 'interactions("purchase").exists()')
        self.define("others", '!in_segment("buyers")')
        self.store.attributes.define("vip", "bool", now=0)
        self.define("good", 'in_segment("buyers") && customer.vip')
        self.buy(DAY)
        segments = self.store.segments
        self.assertEqual(segments["buyers"].version, 1)
        segments.disable("buyers", now=2 * DAY)
        segments.disable("buyers", now=2 * DAY)
        found = segments["buyers"]
        self.assertEqual((found.disabled, found.version), (True, 2))
        self.assertEqual(found.expression, 'interactions("purchase").exists()')
        self.assertEqual(found.count(now=2 * DAY).members, 0)
        self.assertEqual(found.count(now=2 * DAY).customers, 1)
        self.assertFalse(found.test("a:1", now=2 * DAY))
        self.assertEqual(list(found.members(now=2 * DAY)), [])
        why = found.explain("a:1", now=2 * DAY)
        self.assertEqual((why.member, why.disabled), (False, True))
        self.assertIn("buyers is disabled", str(why))
        self.assertTrue(segments.test("others", "a:1", now=2 * DAY))
        # What was known before is what it was.
        then = self.store.as_of(known_at=self.store.head().position - 1)
        self.assertTrue(then.segments.test("buyers", "a:1", now=2 * DAY))
        segments.enable("buyers", now=3 * DAY)
        self.assertEqual(segments["buyers"].version, 3)
        self.assertTrue(segments.test("buyers", "a:1", now=3 * DAY))

    def test_watches_tell_that_it_was_the_definition(self):
        self.define("recent", RECENT)
        self.define("asks", 'in_segment("recent")')
        self.buy(DAY)
        with self.store.segments.watch(now=DAY) as watch:
            self.store.segments.disable("recent", now=2 * DAY)
            self.assertEqual(
                self.told(watch),
                [
                    (2 * DAY, "a:1", "recent", False, "definition"),
                    (2 * DAY, "a:1", "asks", False, "definition"),
                ],
            )
            # It costs nothing: nobody is tested for it, and nobody waits.
            self.buy(3 * DAY, customer="a:2")
            self.assertEqual(self.told(watch, 4 * DAY), [])
            self.assertEqual(watch.advance(100 * DAY).wakeups, 0)
            self.buy(101 * DAY)
            self.store.segments.enable("recent", now=102 * DAY)
            self.assertEqual(
                [it[:4] for it in self.told(watch, 200 * DAY)],
                [
                    (102 * DAY, "a:1", "recent", True),
                    (102 * DAY, "a:1", "asks", True),
                    (111 * DAY, "a:1", "recent", False),
                    (111 * DAY, "a:1", "asks", False),
                ],
            )

    def test_a_disabled_segment_is_redefined_renamed_and_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.trato")
            with trato.open(path, zone="UTC", currency="EUR") as store:
                self.store = store
                self.buy(DAY)
                self.define("recent", RECENT)
                store.segments["recent"].disable(now=DAY)
                self.define("recent", TWICE)
                store.rename("segment", "recent", "lately", now=DAY)
                self.define("asks", 'in_segment("recent")')
                self.assertTrue(store.segments["lately"].disabled)
                digest = store.digest(now=DAY)
            with trato.open(path) as store:
                self.assertEqual(store.digest(now=DAY), digest)
                self.assertTrue(store.segments["recent"].disabled)
                store.checkpoint()
            with trato.open(path) as store:
                self.assertEqual(store.digest(now=DAY), digest)
                store.segments["lately"].enable(now=DAY)
                self.assertEqual(store.segments["lately"].expression, TWICE)
                self.buyer = store.record("a:1", "purchase", at=DAY, now=DAY, key="k")
                self.assertTrue(store.segments.test("asks", "a:1", now=DAY))

    def test_what_cannot_be_defined_any_more_is_not_enabled(self):
        self.define("a", RECENT)
        self.define("b", 'in_segment("a")')
        self.store.segments.disable("b", now=0)
        # While it is disabled it closes no circle.
        self.define("a", 'in_segment("b")')
        with self.assertRaisesRegex(trato.InvalidArgument, "depend on itself"):
            self.store.segments.enable("b", now=0)
        self.assertTrue(self.store.segments["b"].disabled)
        with self.assertRaisesRegex(trato.NotFound, "segment 'c' is not defined"):
            self.store.segments.disable("c", now=0)


class DryRuns(WatchTest):
    def test_who_would_enter_and_who_leave(self):
        for i in range(6):
            self.buy(DAY + i, customer=f"a:{i}")
        for i in range(3, 9):
            self.store.record(f"a:{i}", "visit", at=DAY, now=DAY)
        self.define("some", 'interactions("purchase").exists()')
        segments = self.store.segments
        before = self.store.digest(now=DAY), self.store.head()
        visited = 'interactions("visit").exists()'
        now = 2 * DAY
        preview = segments.preview_define("some", visited, now=now)
        self.assertEqual(
            (preview.entering, preview.leaving, preview.staying, preview.customers),
            (3, 3, 3, 9),
        )
        enters = [it.name for it in preview.who_enters()]
        leaves = [it.name for it in preview.who_leaves()]
        self.assertEqual(enters, ["a:6", "a:7", "a:8"])
        self.assertEqual(leaves, ["a:0", "a:1", "a:2"])
        self.assertEqual((self.store.digest(now=DAY), self.store.head()), before)
        # It is what defining it does.
        with segments.watch("some", now=now) as watch:
            self.define("some", visited, now=now)
            told = self.told(watch)
            self.assertEqual([it[1] for it in told if it[3]], enters)
            self.assertEqual([it[1] for it in told if not it[3]], leaves)
        preview = segments.preview_define("some", visited, now=now)
        self.assertEqual((preview.entering, preview.leaving), (0, 0))

    def test_of_a_new_name_and_of_a_disabled_segment(self):
        self.buy(DAY)
        segments = self.store.segments
        preview = segments.preview_define("new", RECENT, now=DAY)
        self.assertEqual((preview.entering, preview.customers), (1, 1))
        self.assertNotIn("new", segments)
        self.define("some", RECENT)
        segments.disable("some", now=DAY)
        preview = segments.preview_define("some", now=DAY)
        self.assertEqual((preview.entering, preview.staying), (1, 0))
        self.assertTrue(segments["some"].disabled)

    def test_errors_are_those_of_defining(self):
        self.define("a", RECENT)
        self.define("b", 'in_segment("a")')
        segments = self.store.segments
        with self.assertRaisesRegex(trato.InvalidArgument, "depend on itself"):
            segments.preview_define("a", 'in_segment("b")', now=0)
        with self.assertRaisesRegex(trato.InvalidArgument, "segment 'a': line 1"):
            segments.preview_define("a", "nonsense", now=0)
        with self.assertRaises(trato.NotFound):
            segments.preview_define("c", now=0)


class Restarts(WatchTest):
    def test_from_the_cursor_of_the_last_change(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.trato")
            with trato.open(path, zone="UTC", currency="EUR") as store:
                self.store = store
                self.define("recent", RECENT)
                watch = store.segments.watch(now=0)
                self.buy(DAY)
                (change,) = watch.take()
                cursor = trato.ChangeCursor.parse(str(change.cursor))
            # While nobody watches: she comes again, somebody else comes late.
            with trato.open(path) as store:
                self.store = store
                self.buy(5 * DAY)
                self.buy(DAY - HOUR, customer="a:2", now=6 * DAY)
            with trato.open(path) as store:
                found = [
                    (trato.values.micros(it.at), it.customer, it.entered)
                    for it in store.segments["recent"].changes(cursor, now=30 * DAY)
                ]
            self.assertEqual(
                found,
                [
                    (DAY, "a:2", True),
                    (11 * DAY - HOUR, "a:2", False),
                    (15 * DAY, "a:1", False),
                ],
            )

    def test_from_the_cursor_of_a_change_that_came_by_time(self):
        self.define("recent", RECENT)
        self.buy(DAY)
        with self.store.segments.watch(now=DAY) as watch:
            (change,) = watch.changes(12 * DAY)
            self.assertEqual(change.cause, "time")
        # It was not known when that was told.
        self.buy(5 * DAY, customer="a:2", now=13 * DAY)
        with self.store.segments.watch(since=change.cursor, now=13 * DAY) as again:
            self.assertEqual(
                self.told(again), [(11 * DAY, "a:2", "recent", True, "fact")]
            )
        with self.store.segments.watch(
            since=trato.ChangeCursor(2 * DAY, 0), now=2 * DAY
        ) as first:
            self.assertEqual(
                self.told(first), [(2 * DAY, "a:1", "recent", True, "fact")]
            )

    def test_what_was_saved_goes_on_where_it_was(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.trato")
            with trato.open(path, zone="UTC", currency="EUR") as store:
                self.store = store
                self.define("recent", RECENT)
                self.define("twice", TWICE)
                watch = store.segments.watch(now=0)
                for i in range(30):
                    self.buy((1 + i) * HOUR, customer=f"a:{i % 12}")
                watch.advance(2 * DAY)
                with self.assertRaisesRegex(
                    trato.FailedPrecondition, "24 changes wait: take them"
                ):
                    watch.save()
                self.assertEqual(len(self.told(watch)), 24)
                saved = watch.save()
                expected = self.told(watch, 40 * DAY)
                self.assertEqual(len(expected), 24)
            with trato.open(path, mode="open_existing") as store:
                self.store = store
                with store.segments.watch(saved=saved, now=2 * DAY) as again:
                    self.assertEqual(again.count("twice"), 12)
                    self.assertEqual(self.told(again, 40 * DAY), expected)
                # It is of two segments: of one, as with its cursor.
                with store.segments.watch("twice", saved=saved, now=40 * DAY) as one:
                    self.assertEqual(
                        self.told(one), [it for it in expected if it[2] == "twice"]
                    )
                # What came since is told, too.
                self.buy(3 * DAY, customer="b:1")
                with store.segments.watch(saved=saved, now=4 * DAY) as later:
                    self.assertEqual(
                        self.told(later), [(3 * DAY, "b:1", "recent", True, "fact")]
                    )
                for wrong in (b"TRATOWA1", saved[:-1], saved[:40] + b"x" + saved[41:]):
                    with self.assertRaisesRegex(trato.InvalidArgument, "saved: "):
                        store.segments.watch(saved=wrong, now=4 * DAY)
                with self.assertRaisesRegex(trato.InvalidArgument, "since: "):
                    store.segments.watch(
                        saved=saved, since=trato.ChangeCursor(0, 1), now=4 * DAY
                    )
            # Another store with as long a log is not that one.
            path = os.path.join(folder, "b.trato")
            with trato.open(path, zone="UTC", currency="EUR") as store:
                self.store = store
                self.define("recent", RECENT)
                self.define("twice", TWICE)
                with self.assertRaisesRegex(trato.OutOfRange, "saved: the log ends"):
                    store.segments.watch(saved=saved, now=2 * DAY)
                for i in range(30):
                    self.buy((1 + i) * HOUR, customer=f"a:{i % 10}")
                with store.segments.watch(saved=saved, now=2 * DAY) as other:
                    self.assertEqual(other.count("twice"), 10)

    def test_a_store_in_memory_saves_no_watch(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0) as watch:
            with self.assertRaisesRegex(trato.FailedPrecondition, "in memory"):
                watch.save()

    def test_a_watch_outlives_its_store(self):
        self.define("recent", RECENT)
        watch = self.store.segments.watch(now=0)
        self.buy(DAY)
        self.store.close()
        self.assertEqual(len(self.told(watch)), 1)
        watch.close()
        with self.assertRaises(ValueError):
            watch.advance(DAY)

    def test_a_store_that_became_another_one_is_said(self):
        self.define("recent", RECENT)
        self.buy(DAY, batch="b")
        watch = self.store.segments.watch(now=DAY)
        since = trato.ChangeCursor(DAY, watch.advance(DAY).position)
        self.store.batches.retract("b", now=2 * DAY)
        with self.assertRaisesRegex(trato.FailedPrecondition, "open a new watch"):
            watch.advance(3 * DAY)
        with self.store.segments.watch(since=since, now=3 * DAY) as again:
            self.assertEqual(
                [(it[1], it[3]) for it in self.told(again)], [("a:1", False)]
            )


class Nudges(WatchTest):
    def test_it_is_called_after_each_write_that_changes_something(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0) as watch:
            told = []
            watch.on_change(lambda: told.append(self.told(watch)))
            self.buy(DAY)
            self.buy(2 * DAY)
            self.store.record("a:1", "visit", at=3 * DAY, now=3 * DAY)
            self.assertEqual(told, [[(DAY, "a:1", "recent", True, "fact")]])
            watch.advance(30 * DAY)
            self.assertEqual(
                told[1:], [[(12 * DAY, "a:1", "recent", False, "time")]]
            )
            watch.on_change(None)
            self.buy(31 * DAY)
            self.assertEqual(len(told), 2)
            self.assertEqual(len(self.told(watch)), 1)

    def test_one_that_raises_is_not_called_any_more_and_nothing_is_lost(self):
        self.define("recent", RECENT)
        with self.store.segments.watch(now=0) as watch:
            calls = []

            def changed():
                calls.append(1)
                raise KeyError("mine")

            watch.on_change(changed)
            self.buy(DAY)
            self.buy(DAY, customer="a:2")
            self.assertEqual(calls, [1])
            self.assertIsInstance(watch.failure, KeyError)
            self.assertTrue(watch.advance(DAY).nudge_failed)
            self.assertEqual(watch.count("recent"), 2)
            self.assertEqual(len(self.told(watch)), 2)
            # Another one is called again.
            watch.on_change(lambda: calls.append(2))
            self.assertIsNone(watch.failure)
            self.buy(DAY, customer="a:3")
            self.assertEqual(calls, [1, 2])
            self.assertFalse(watch.advance(DAY).nudge_failed)

    def test_it_may_ask_and_write_and_is_not_called_for_that(self):
        self.define("recent", RECENT)
        self.define("seen", 'interactions("visit").exists()')
        with self.store.segments.watch(now=0) as watch:
            calls = []

            def changed():
                told = self.told(watch)
                calls.append(told)
                for at, customer, segment, entered, _ in told:
                    if segment == "recent" and entered:
                        self.store.record(customer, "visit", at=at, now=at)
                        self.store.segments.count("seen", now=at)

            watch.on_change(changed)
            self.buy(DAY)
            self.buy(2 * DAY, customer="a:2")
            self.assertEqual([len(it) for it in calls], [1, 2])
            self.assertEqual(watch.count("seen"), 2)
            self.assertEqual(len(self.told(watch)), 1)

    def test_it_is_not_changed_from_within_but_may_close_the_watch(self):
        self.define("recent", RECENT)
        watch = self.store.segments.watch(now=0)
        raised = []

        def changed():
            try:
                watch.on_change(None)
            except trato.FailedPrecondition as error:
                raised.append(str(error))
            watch.close()

        watch.on_change(changed)
        self.buy(DAY)
        self.assertEqual(len(raised), 1)
        self.buy(2 * DAY, customer="a:2")
        with self.assertRaises(ValueError):
            watch.advance(3 * DAY)

    def test_of_writes_of_several_threads_none_is_missed(self):
        self.define("twice", TWICE)
        watch = self.store.segments.watch(now=0)
        told = []
        watch.on_change(lambda: told.extend(watch.take()))

        def write(number):
            for i in range(100):
                name = f"t{number}:{i}"
                for key in "ab":
                    self.store.record(
                        name, "purchase", at=DAY, now=DAY, key=name + key,
                        durability="buffered",
                    )  # fmt: skip

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len({it.customer for it in told}), 400)
        self.assertIsNone(watch.failure)
        watch.close()


class BadInput(WatchTest):
    def test_what_cannot_be_watched(self):
        self.define("odd", 'string(now).endsWith("7Z")')
        self.store.relations.define("household", now=0)
        self.define("related", 'related("household") > 0')
        self.define("inner", 'in_segment("related")')
        for name, message in (
            ("odd", "line 1, column 1: this may change at every instant"),
            ("related", "it asks for relations"),
            ("inner", "segment 'inner': segment 'related': it asks"),
        ):
            with self.assertRaisesRegex(trato.FailedPrecondition, message):
                self.store.segments.watch(name, now=0)
        with self.assertRaisesRegex(trato.NotFound, "did you mean 'odd'"):
            self.store.segments.watch("od", now=0)

    def test_a_segment_that_becomes_one_that_cannot_be_kept_ends_the_watch(self):
        self.define("recent", RECENT)
        self.buy(DAY)
        with self.store.segments.watch(now=DAY) as watch:
            self.define("recent", 'string(now).endsWith("7Z")', now=2 * DAY)
            with self.assertRaisesRegex(
                trato.FailedPrecondition,
                "the watch has ended: segment 'recent': line 1, column 1",
            ):
                watch.advance(3 * DAY)
            # What was defined is, and writing goes on.
            self.buy(3 * DAY)
            self.assertEqual(self.store.segments["recent"].version, 2)

    def test_a_circle_of_segments_is_refused_and_nothing_changes(self):
        self.define("a", RECENT)
        self.define("b", 'in_segment("a")')
        self.buy(DAY)
        with self.store.segments.watch(now=DAY) as watch:
            with self.assertRaisesRegex(trato.InvalidArgument, "depend on itself"):
                self.define("a", 'in_segment("b")', now=2 * DAY)
            self.assertEqual(self.told(watch, 2 * DAY), [])
            self.assertEqual((watch.count("a"), watch.count("b")), (1, 1))

    def test_cursors(self):
        self.define("recent", RECENT)
        with self.assertRaisesRegex(trato.OutOfRange, "since: the log ends"):
            self.store.segments.watch(since=trato.ChangeCursor(0, 99), now=1)
        with self.assertRaises(ValueError):
            trato.ChangeCursor.parse("yesterday")
        with self.store.segments.watch(now=0) as watch:
            with self.assertRaises(trato.NotFound):
                watch.count("other")


class Threads(WatchTest):
    def test_readers_and_a_watch_beside_the_writer(self):
        self.define("twice", TWICE)
        watch = self.store.segments.watch(now=0)
        done = threading.Event()
        failures = []

        def read():
            try:
                while not done.is_set():
                    watch.advance(0)
                    self.store.segments.count("twice", now=100 * DAY)
                    for change in watch.take():
                        members.symmetric_difference_update([change.customer])
            except Exception as error:  # noqa: BLE001
                failures.append(error)

        members = set()
        thread = threading.Thread(target=read)
        thread.start()
        for i in range(2000):
            self.buy(i * HOUR, customer=f"a:{i % 20}", durability="buffered")
        done.set()
        thread.join()
        self.assertEqual(failures, [])
        for change in watch.changes(2000 * HOUR):
            members.symmetric_difference_update([change.customer])
        self.assertEqual(
            sorted(members),
            sorted(
                member.name
                for member in self.store.segments.members("twice", now=2000 * HOUR)
            ),
        )


if __name__ == "__main__":
    unittest.main()
