# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Scores by rules against an oracle that adds up lists of facts by itself.

Links, corrections, retractions, late facts, decay, limits, redefinitions; the
log's sum is the value, conditions agree with it, and `changes_at`, seen through
memberships of a watch, is never late.
"""

import datetime
import decimal
import math
import unittest
import zoneinfo

import trato
from harness import PropertyCase, compared
from trato import Money, ScoreRule
from trato.values import micros

SECOND = 1_000_000
DAY = 86_400 * SECOND
UTC = datetime.timezone.utc
START = micros(datetime.datetime(2024, 1, 1, tzinfo=UTC))
PEOPLE = [f"crm:{i}" for i in range(6)]
TYPES = ("visit", "purchase", "complaint")
CHANNELS = ("web", "shop")


class Said:
    """An interaction, and what became of it."""

    def __init__(self, who, type, at, channel, minor, known):
        self.who, self.type, self.at = who, type, at
        self.channel, self.minor, self.known = channel, minor, known
        self.changes = []  # (at, None or the Said that holds instead)

    def in_force(self, now):
        """What holds of it at an instant; None: nothing does."""
        last = None
        for at, instead in sorted(self.changes, key=lambda it: it[0]):
            if at <= now:
                last = (instead,)
        it = self if last is None else last[0]
        return it if it is not None and it.at <= now else None


class Rule:
    def __init__(self, name, text, counts, milli, half=0, lapse=""):
        self.name, self.text, self.counts = name, text, counts
        self.milli, self.half, self.lapse = milli, half, lapse

    def to_trato(self):
        half = f"{self.half // 3600 // SECOND}h" if self.half else ""
        return ScoreRule(
            self.name,
            self.text,
            decimal.Decimal(self.milli).scaleb(-3),
            half_life=half,
            lapse=self.lapse,
        )


def left(milli, age, half):
    """Rounded towards zero, by exact whole numbers where the age is whole
    half-lives."""
    if not half:
        return milli
    if age % half == 0:
        whole = abs(milli) // 2 ** (age // half)
    else:
        with decimal.localcontext() as context:
            context.prec = 50
            share = decimal.Decimal(2) ** (-(decimal.Decimal(age) / half))
            whole = int(abs(milli) * share)
    return whole if milli > 0 else -whole


class Oracle:
    def __init__(self, zone):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.said = []
        self.group = {who: {who} for who in PEOPLE}
        self.vip = {}  # who: [(at, bool)]
        self.versions = []  # (at, rules, least, most)

    def after(self, at, text):
        """So many days, months or years later by the clock of the zone."""
        number, unit = int(text.rstrip("dmoy")), text.lstrip("0123456789")
        local = datetime.datetime.fromtimestamp(at // SECOND, UTC).astimezone(
            self.zone
        )
        local = local.replace(tzinfo=None, microsecond=at % SECOND)
        if unit == "d":
            local += datetime.timedelta(days=number)
        else:
            months = local.month - 1 + number * (12 if unit == "y" else 1)
            year, month = local.year + months // 12, months % 12 + 1
            for day in (local.day, 30, 29, 28):
                try:
                    local = local.replace(year=year, month=month, day=day)
                    break
                except ValueError:
                    pass
        return micros(local.replace(tzinfo=self.zone, fold=0).astimezone(UTC))

    def is_vip(self, who, now):
        found = [
            (at, value)
            for record in self.group[who]
            for at, value in self.vip.get(record, [])
            if at <= now
        ]
        return max(found)[1] if found else None

    def log(self, who, now):
        """(what is left, rule) of everything; None: no definition yet."""
        rules = None
        for at, *version in self.versions:
            if at <= now:
                rules, least, most = version
        if rules is None:
            return None
        entries = []
        for rule in rules:
            if rule.counts == "vip":
                if self.is_vip(who, now):
                    entries.append((rule.milli, rule.name))
                continue
            for said in self.said:
                it = said.in_force(now)
                if it is None or it.who not in self.group[who]:
                    continue
                if not rule.counts(it, now):
                    continue
                points = left(rule.milli, now - it.at, rule.half)
                if rule.lapse and now >= self.after(it.at, rule.lapse):
                    points = 0
                entries.append((points, rule.name))
        total = sum(points for points, _ in entries)
        limited = total if least is None else max(total, least)
        limited = limited if most is None else min(limited, most)
        return limited, sorted(entries)


class ScoresTest(PropertyCase):
    def begin(self, draw):
        zone = draw.choice(["UTC", "Europe/Madrid", "America/New_York"])
        store = trato.open(zone=zone, currency="EUR")
        self.addCleanup(store.close)
        for channel in CHANNELS:
            store.define_channel(channel, now=START)
        store.attributes.define("vip", bool, now=START)
        return store, Oracle(zone)

    def rules(self, draw):
        def of(type, channel=None, least=None):
            def counts(it, now):
                return (
                    it.type == type
                    and (channel is None or it.channel == channel)
                    and (least is None or it.minor >= least)
                )

            return counts

        def milli():
            return draw.choice([1, -1]) * draw.choice(
                [1, 7, 999, 1000, 2500, 10_000, 33_333, 100_000]
            )

        def half():
            return draw.choice([0, 1, 7, 30]) * 24 * 3600 * SECOND

        def lapse():
            return draw.choice(["", "", "20d", "1mo", "1y"])

        some = [
            Rule("visits", 'interactions("visit")', of("visit"), milli(), half(),
                 lapse()),
            Rule("web", 'interactions("visit").where(i, i.channel == "web")',
                 of("visit", "web"), milli(), half(), lapse()),
            Rule("dear", 'interactions("purchase").where(i, i.amount >= '
                 'money("20.00", "EUR"))', of("purchase", None, 2000), milli(),
                 half(), lapse()),
            Rule("unhappy", 'interactions("complaint")', of("complaint"), milli(),
                 half(), lapse()),
            Rule("recent", 'interactions("purchase").within(duration("240h"))',
                 lambda it, now: it.type == "purchase" and it.at > now - 10 * DAY,
                 milli(), half(), lapse()),
            Rule("vip", "customer.vip", "vip", milli()),
        ]
        return draw.sample(some, draw.randint(1, len(some)))

    def define(self, draw, store, oracle, at):
        rules = self.rules(draw)
        least = draw.choice([None, None, -5000, 0])
        most = draw.choice([None, None, 20_000, 100_000])
        if oracle.versions and oracle.versions[-1][1:] == (rules, least, most):
            return
        store.scores.define(
            "interest",
            [it.to_trato() for it in rules],
            least=None if least is None else decimal.Decimal(least) / 1000,
            most=None if most is None else decimal.Decimal(most) / 1000,
            now=at,
        )
        oracle.versions.append((at, rules, least, most))

    def tell(self, draw, store, oracle, now):
        """A fact, perhaps late, perhaps about what was said before."""
        who = draw.choice(PEOPLE)
        kind = draw.random()
        if kind < 0.08:
            at = now - draw.randrange(20 * DAY)
            value = draw.random() < 0.5
            store.attributes.set(who, "vip", value, at=at, now=now)
            oracle.vip.setdefault(who, []).append((at, value))
            return
        if kind < 0.2 and oracle.said:
            said = draw.choice(oracle.said)
            at = max(now - draw.randrange(3 * DAY), said.at)
            if any(at == other for other, _ in said.changes):
                return
            if draw.random() < 0.5:
                store.retract(said.who, said.fact, found=at, now=now)
                said.changes.append((at, None))
                return
            moved = said.at - draw.randrange(DAY)
            minor = draw.randrange(4000)
            instead = Said(said.who, said.type, moved, said.channel, minor, now)
            store.correct(
                said.who, said.fact, said.type, at=moved, found=at,
                channel=said.channel, amount=Money(minor, "EUR"), now=now,
            )
            said.changes.append((at, instead))
            return
        if kind < 0.26:
            other = draw.choice(PEOPLE)
            if other not in oracle.group[who]:
                store.link(who, other, now=now)
                both = oracle.group[who] | oracle.group[other]
                for member in both:
                    oracle.group[member] = both
            return
        at = now - (draw.randrange(60 * DAY) if draw.random() < 0.3 else 0)
        said = Said(who, draw.choice(TYPES), at, draw.choice(CHANNELS),
                    draw.randrange(4000), now)
        said.fact = store.record(
            who, said.type, at=at, channel=said.channel,
            amount=Money(said.minor, "EUR"), key=f"k{len(oracle.said)}",
            source="test", now=now,
        )
        oracle.said.append(said)

    def check(self, draw, store, oracle, at):
        for who in PEOPLE:
            expected = oracle.log(who, at)
            if expected is None:
                with self.assertRaises(trato.FailedPrecondition):
                    store.scores.value(who, "interest", now=at)
                compared("not defined")
                continue
            value, entries = expected
            got = store.scores.of(who, "interest", now=at)
            self.assertEqual(got.value, sum(it.left for it in got.log))
            self.assertEqual(int(got.value * 1000), value)
            self.assertEqual(
                sorted(
                    (int(it.left * 1000), it.rule)
                    for it in got.log
                    if it.rule is not None
                ),
                entries,
            )
            self.assertEqual(
                store.scores.value(who, "interest", now=at), got.value
            )
            compared("scores")
            compared("entries", len(entries))

    def test_value_log_and_conditions(self):
        for draw in self.each_round(40):
            store, oracle = self.begin(draw)
            now = START + 100 * DAY
            for who in PEOPLE:
                store.record(who, "visit", at=START, channel="shop", source="test",
                             key=f"first {who}", now=now)
                said = Said(who, "visit", START, "shop", 0, now)
                said.fact = trato.fact_id("test", f"first {who}")
                oracle.said.append(said)
            self.define(draw, store, oracle, now)
            limit = draw.choice([-10, 0, 1, 5.5, 20, 99.5])
            condition = draw.choice([">", ">=", "<", "<="])
            text = f'score("interest") {condition} {limit:.1f}'
            store.segments.define("some", text, now=now)
            for _ in range(8):
                for _ in range(draw.randint(1, 8)):
                    now += draw.choice([0, 1, SECOND, 3600 * SECOND, 2 * DAY])
                    now += draw.randrange(DAY)
                    self.tell(draw, store, oracle, now)
                if draw.random() < 0.15:
                    now += 1
                    self.define(draw, store, oracle, now)
                for at in (now, now + draw.randrange(100 * DAY),
                           now - draw.randrange(20 * DAY)):
                    self.check(draw, store, oracle, at)
                    self.members(store, oracle, condition, limit, at)

    def members(self, store, oracle, condition, limit, at):
        inside = {it.name for it in store.segments.members("some", now=at)}
        for who in PEOPLE:
            expected = oracle.log(who, at)
            holds = expected is not None and {
                ">": lambda a, b: a > b,
                ">=": lambda a, b: a >= b,
                "<": lambda a, b: a < b,
                "<=": lambda a, b: a <= b,
            }[condition](expected[0], round(limit * 1000))
            self.assertEqual(
                bool(inside & oracle.group[who]), holds, (who, condition, limit)
            )
            compared("memberships")

    def test_the_next_change_is_the_very_instant(self):
        """Without facts: the instant told is a flip, and nothing flips before."""
        for draw in self.each_round(25):
            store, oracle = self.begin(draw)
            now = START + 100 * DAY
            for who in PEOPLE[:3]:
                for _ in range(draw.randint(1, 5)):
                    said = Said(who, draw.choice(TYPES),
                                now - draw.randrange(40 * DAY),
                                draw.choice(CHANNELS), draw.randrange(4000), now)
                    store.record(who, said.type, at=said.at, channel=said.channel,
                                 amount=Money(said.minor, "EUR"), now=now)
                    oracle.said.append(said)
            self.define(draw, store, oracle, now)
            limit = draw.choice([-2, 0.5, 1, 3, 10])
            store.segments.define(
                "some", f'score("interest") > {limit:.1f}', now=now
            )
            for who in PEOPLE[:3]:
                self.follow(draw, store, oracle, who, now, limit)

    def follow(self, draw, store, oracle, who, now, limit):
        def holds(at):
            return oracle.log(who, at)[0] > round(limit * 1000)

        at = now
        for _ in range(6):
            step = store.segments.next_change("some", who, now=at)
            end = at + 1000 * DAY if step is None else micros(step.at)
            inside = holds(at)
            for _ in range(15):
                self.assertEqual(holds(draw.randrange(at, end)), inside)
                compared("instants")
            if step is None:
                compared("never")
                return
            self.assertEqual(holds(end - 1), inside)
            self.assertEqual(holds(end), not inside)
            self.assertEqual(step.member, not inside)
            compared("flips")
            at = end


if __name__ == "__main__":
    unittest.main()
