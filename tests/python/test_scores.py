# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Scores by rules: decay, limits, the log, definitions over time, bad input."""

import unittest
from decimal import Decimal

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file
from trato import Money, ScoreRule

VISIT = ScoreRule("visit", 'interactions("visit")', 8, half_life="30d")
BOUGHT = ScoreRule("purchase", 'interactions("purchase")', "2.5", lapse="1y")


@in_memory_and_on_file
class ScoresTest(StoreCase):
    def visit(self, who, at, **more):
        return self.store.record(who, "visit", at=at, now=NOW, **more)

    def define(self, *rules, at="2011-01-01", **more):
        self.store.scores.define("interest", rules or (VISIT,), now=at, **more)

    def points(self, who, now):
        return self.store.scores.value(who, "interest", now=now)

    def test_half_is_left_after_each_half_life(self):
        self.define()
        self.visit("shop:1", "2011-03-01")
        for day, points in [
            ("2011-03-01", "8"),
            ("2011-03-31 01:00", "4"),  # the clocks went forward
            ("2011-04-30 01:00", "2"),
            ("2011-05-30 01:00", "1"),
        ]:
            self.assertEqual(self.points("shop:1", day), Decimal(points))
        # 8,000 / 2^13 is less than a thousandth.
        self.assertEqual(self.points("shop:1", "2012-03-25"), 0)

    def test_points_lapse_by_the_calendar(self):
        self.define(BOUGHT)
        self.buy("shop:1", "2011-02-28 09:30")
        self.assertEqual(self.points("shop:1", "2012-02-28 09:29"), Decimal("2.5"))
        self.assertEqual(self.points("shop:1", "2012-02-28 09:30"), 0)
        entry = self.store.scores.of("shop:1", "interest", now="2012-01-01").log[0]
        self.assertEqual(entry.lapses.isoformat(), "2012-02-28T09:30:00+00:00")

    def test_the_log_says_what_the_value_is_made_of(self):
        self.store.attributes.define("country", str, now="2011-01-01")
        self.store.attributes.set("shop:1", "country", "ES", at="2011-02-01",
                                  now="2011-02-01")
        local = ScoreRule("local", 'customer.country == "ES"', -3)
        self.define(VISIT, BOUGHT, local)
        fact = self.visit("shop:1", "2011-03-01")
        self.buy("shop:1", "2011-03-05")
        score = self.store.scores.of("shop:1", "interest", now="2011-03-31 01:00")
        self.assertEqual(
            [(it.rule, it.kind, it.type, it.given, it.left) for it in score.log],
            [
                ("local", "condition", None, -3, -3),
                ("visit", "interaction", "visit", 8, 4),
                ("purchase", "interaction", "purchase", Decimal("2.5"),
                 Decimal("2.5")),
            ],
        )
        self.assertEqual(score.log[1].interaction, fact)
        self.assertEqual(score.value, sum(it.left for it in score.log))
        self.assertEqual(score.value, Decimal("3.5"))

    def test_a_limit_is_an_entry_of_the_log(self):
        self.define(VISIT, least=1, most=10)
        self.visit("shop:1", "2011-03-01")
        self.visit("shop:1", "2011-03-01 10:00")
        score = self.store.scores.of("shop:1", "interest", now="2011-03-01 10:00")
        self.assertEqual((score.value, score.log[-1].kind), (10, "most"))
        self.assertEqual(score.value, sum(it.left for it in score.log))
        self.store.record("shop:2", "complaint", at="2011-03-01", now=NOW)
        score = self.store.scores.of("shop:2", "interest", now="2011-04-01")
        self.assertEqual(
            [(it.rule, it.kind, it.left) for it in score.log], [(None, "least", 1)]
        )

    def test_links_corrections_and_late_facts_need_no_care(self):
        self.define(ScoreRule("visit", VISIT.when, 1))
        fact = self.visit("shop:1", "2011-03-01")
        self.visit("shop:2", "2011-03-02")
        self.store.link("shop:1", "shop:2", now="2011-04-01")
        self.assertEqual(self.points("shop:2", "2011-05-01"), 2)
        self.store.retract("shop:1", fact, found="2011-05-02", now="2011-05-02")
        self.assertEqual(self.points("shop:2", "2011-05-01"), 2)
        self.assertEqual(self.points("shop:2", "2011-05-03"), 1)
        self.visit("shop:1", "2011-02-01")
        self.assertEqual(self.points("shop:2", "2011-05-03"), 2)

    def test_an_earlier_instant_goes_by_the_definition_of_its_day(self):
        self.define(ScoreRule("visit", VISIT.when, 1), at="2011-03-01")
        self.define(ScoreRule("visit", VISIT.when, 5), at="2011-06-01")
        self.visit("shop:1", "2011-02-01")
        with self.raises(trato.FailedPrecondition, "interest", "by then"):
            self.points("shop:1", "2011-02-10")
        self.assertEqual(self.points("shop:1", "2011-05-31"), 1)
        self.assertEqual(self.points("shop:1", "2011-06-01"), 5)
        store = self.reopen()
        self.assertEqual(self.points("shop:1", "2011-06-01"), 5)
        (known,) = store.scores.list(now="2011-05-31")
        self.assertEqual((known.name, known.number), ("interest", 1))
        self.assertEqual(known.rules, (ScoreRule("visit", VISIT.when, Decimal(1)),))
        self.assertEqual(store.scores.list(now="2011-02-10"), [])

    def test_segments_ask_for_it_and_know_when_it_changes(self):
        self.define()
        self.visit("shop:1", "2011-03-01")
        self.store.segments.define("keen", 'score("interest") >= 4', now="2011-03-01")
        step = self.store.segments.next_change("keen", "shop:1", now="2011-03-02")
        # Exactly half is left after 30 times 24 hours, and less from then on.
        self.assertEqual(step.at.isoformat()[:19], "2011-03-31T00:00:00")
        self.assertFalse(step.member)
        self.assertTrue(self.store.segments.test("keen", "shop:1",
                                                 now="2011-03-31 01:00"))
        self.define(ScoreRule("visit", VISIT.when, 1), at="2011-03-10")
        self.assertFalse(self.store.segments.test("keen", "shop:1",
                                                  now="2011-03-11"))
        with self.raises(trato.InvalidArgument, "did you mean 'interest'"):
            self.store.segments.define("x", 'score("intrest") > 1', now=NOW)

    def test_everybody_the_highest_first(self):
        self.define(ScoreRule("visit", VISIT.when, 1))
        for who, visits in [("shop:1", 2), ("shop:2", 5), ("shop:3", 2)]:
            for day in range(visits):
                self.visit(who, f"2011-03-{day + 1:02}")
        rows = self.store.scores.table("interest", now="2011-04-01").to_dicts()
        self.assertEqual(
            [(it["customer"], it["points"]) for it in rows],
            [("shop:2", 5), ("shop:1", 2), ("shop:3", 2)],
        )
        first = self.store.scores.table("interest", limit=1, now="2011-04-01")
        self.assertEqual([it["points_milli"] for it in first], [5000])
        with self.raises(trato.NotFound, "'x'"):
            self.store.scores.table("x", now="2011-04-01").to_dicts()

    def test_sequences_and_conditions_on_interactions_count_too(self):
        self.store.define_channel("web", now="2011-01-01")
        self.define(
            ScoreRule("web", 'interactions("visit").where(i, i.channel == "web")', 1),
            ScoreRule("came by it", 'sequence(interactions("visit"))'
                      '.then(interactions("purchase"), "1d")', 10),
        )
        self.visit("shop:1", "2011-03-01", channel="web")
        self.visit("shop:1", "2011-03-02")
        self.buy("shop:1", "2011-03-02 12:00")
        self.buy("shop:1", "2011-03-05 12:00")
        self.assertEqual(self.points("shop:1", "2011-04-01"), 11)

    def test_bad_definitions_are_refused_and_change_nothing(self):
        good = dict(name="visit", when=VISIT.when, points=1)
        for change, parts in [
            (dict(name=""), ("rules[0].name",)),
            (dict(when="interactions("), ("rules[0].when",)),
            (dict(when="1 + 1"), ("rules[0].when", "a condition")),
            (dict(when='interactions("visits")'), ("rules[0].when", "'visit'")),
            (dict(when='score("interest") > 1'), ("rules[0].when",)),
            (dict(when="in_segment(\"x\")"), ("rules[0].when",)),
            (dict(half_life="1mo"), ("rules[0].half_life", "fixed length")),
            (dict(half_life="soon"), ("rules[0].half_life",)),
            (dict(half_life="40000d"), ("rules[0].half_life", "36,525")),
            (dict(lapse="0d"), ("rules[0].lapse",)),
            (dict(points=2_000_000), ("rules[0].points",)),
            (dict(when="true", half_life="1d"), ("rules[0].half_life", "holds")),
            (dict(when="true", lapse="1d"), ("rules[0].lapse", "holds")),
        ]:
            with self.subTest(change):
                with self.raises(trato.InvalidArgument, *parts):
                    self.define(ScoreRule(**{**good, **change}))
        with self.raises(trato.InvalidArgument, "decimal"):
            self.define(ScoreRule("visit", VISIT.when, "0.0001"))
        with self.raises(trato.InvalidArgument, "rules"):
            self.store.scores.define("interest", [], now=NOW)
        with self.raises(trato.InvalidArgument, "score"):
            self.store.scores.define(" x", [VISIT], now=NOW)
        with self.raises(trato.InvalidArgument, "least is above most"):
            self.define(least=5, most=4)
        self.assertEqual(self.store.scores.list(now=NOW), [])
        self.visit("shop:1", "2011-03-01")
        with self.raises(trato.NotFound, "interest"):
            self.points("shop:1", NOW)
        self.define()
        with self.raises(trato.NotFound, "shop:9"):
            self.points("shop:9", NOW)

    def test_a_view_and_a_past_store(self):
        self.define()
        self.visit("shop:1", "2011-03-01")
        view = self.store.view(filter="true")
        with self.raises(trato.FailedPrecondition, "view"):
            view.scores.value("shop:1", "interest", now="2011-03-01")
        past = self.store.as_of("2011-03-01")
        self.assertEqual(
            past.scores.value("shop:1", "interest", now="2011-03-01"), 8
        )


class CompareTest(StoreCase, unittest.TestCase):
    """Units and periods: north wins and keeps, south loses."""

    settings = {"zone": "UTC", "currency": "EUR"}

    def setUp(self):
        super().setUp()
        self.store.attributes.define("territory", str, many=True, now="2011-01-01")
        for who, territory, days in [
            ("c:1", "north", ["02-01", "05-01", "08-01"]),  # kept, twice
            ("c:2", "north", ["08-02", "08-03"]),  # new
            ("c:3", "south", ["05-05"]),  # lost
            ("c:4", "south", ["01-01", "08-05"]),  # returned
            ("c:5", "south", ["05-10", "08-06"]),  # kept
            ("c:6", None, ["09-01"]),  # new, in no unit
        ]:
            if territory:
                self.store.attributes.set(who, "territory", territory,
                                          at="2011-01-01", now="2011-01-01")
            for day in days:
                self.store.record(who, "purchase", at=f"2011-{day}",
                                  amount=Money(1000, "EUR"), now=NOW)

    def compare(self, **more):
        # 92 days before 1 July begin on 31 March.
        more.setdefault("since", "2011-07-01")
        more.setdefault("now", "2011-10-01")
        return self.store.value.compare(**more)

    def test_who_was_won_kept_and_lost(self):
        whole = self.compare().whole
        it, before = whole.period, whole.before
        self.assertEqual(
            (it.buyers, it.new, it.kept, it.returned, it.lost, it.purchases),
            (5, 2, 2, 1, 1, 6),
        )
        self.assertEqual(
            (before.buyers, before.new, before.kept, before.returned, before.lost),
            (3, 2, 1, 0, 1),
        )
        self.assertEqual(it.amount, Money(6000, "EUR"))
        self.assertEqual(it.new_amount, Money(3000, "EUR"))
        self.assertEqual(it.kept_amount, Money(2000, "EUR"))
        self.assertAlmostEqual(it.retention.value, 2 / 3)
        # Wilson's interval of 2 of 3.
        self.assertAlmostEqual(it.retention.low, 0.2077, 4)
        self.assertAlmostEqual(it.retention.high, 0.9385, 4)
        self.assertAlmostEqual(whole.against_before.retention.value, 2 / 3 - 1 / 2)
        self.assertEqual(whole.customers, 6)
        self.assertIsNone(whole.against_rest)

    def test_units_beside_the_rest(self):
        north, south = self.compare(unit="territory").units
        self.assertEqual((north.unit, south.unit), ("north", "south"))
        self.assertEqual((north.period.new, north.period.kept), (1, 1))
        self.assertEqual((south.period.kept, south.period.lost), (1, 1))
        self.assertAlmostEqual(north.against_rest.retention.value, 1 - 1 / 2)
        # 15.00 a head in the north, 10.00 elsewhere.
        self.assertAlmostEqual(north.against_rest.amount_per_buyer, 1.5)

    def test_what_it_costs_to_win_and_to_keep(self):
        eur = lambda minor: Money(minor, "EUR")
        it = self.compare(
            unit="territory",
            costs={"": (eur(9000), eur(1000)), "south": (eur(500), eur(100))},
        )
        costs = it.whole.costs
        self.assertEqual((costs.per_new, costs.per_kept), (4500, 500))
        self.assertEqual(costs.ratio, 9)
        north, south = it.units
        self.assertIsNone(north.costs)
        self.assertEqual((south.costs.per_new, south.costs.ratio), (None, None))

    def test_returns_take_amounts_back(self):
        self.store.record("c:2", "return", at="2011-08-10", amount=Money(400, "EUR"),
                          now=NOW)
        it = self.compare(returns=["return"]).whole.period
        self.assertEqual((it.amount, it.purchases), (Money(5600, "EUR"), 6))

    def test_bad_input(self):
        eur = Money(1, "EUR")
        with self.raises(trato.InvalidArgument, "since_us"):
            self.compare(since="2011-10-01")
        with self.raises(trato.NotFound, "territori"):
            self.compare(unit="territori")
        with self.raises(trato.NotFound, "types[0]"):
            self.compare(types=["buy"])
        with self.raises(trato.InvalidArgument, "costs[0].unit", "west"):
            self.compare(unit="territory", costs={"west": (eur, eur)})
        with self.raises(trato.InvalidArgument, "costs[0].retention"):
            self.compare(costs={"": (eur, Money(-1, "EUR"))})
        with self.raises(trato.InvalidArgument, "EUR"):
            self.compare(costs={"": (gbp(1), gbp(1))})
        self.store.attributes.define("age", int, now="2011-01-01")
        with self.raises(trato.InvalidArgument, "unit"):
            self.compare(unit="age")
        self.store.record("c:1", "purchase", at="2011-08-20", amount=gbp(100), now=NOW)
        with self.raises(trato.FailedPrecondition, "EUR", "GBP"):
            self.compare()


class RankingsTest(StoreCase, unittest.TestCase):
    settings = {"zone": "UTC", "currency": "EUR"}

    def setUp(self):
        super().setUp()
        for i in range(60):
            for j in range(i % 6 + 1):
                day = 40 + 25 * j + i % 20
                self.store.record(f"c:{i:02}", "purchase", at=day * 86_400_000_000,
                                  amount=Money(1000 + 10 * i, "EUR"), now=NOW)
        self.now = 300 * 86_400_000_000

    def test_the_pyramid_adds_up_to_the_table(self):
        self.store.value.refit(now=self.now)
        rows = self.store.value.table(now=self.now).to_dicts()
        pyramid = self.store.value.pyramid(now=self.now)
        self.assertEqual([it["customers"] for it in pyramid["tiers"]],
                         [1, 2, 9, 18, 30])
        by_value = sorted(rows, key=lambda row: (-row["value"], row["customer"]))
        start = 0
        for tier in pyramid["tiers"]:
            part = by_value[start : start + tier["customers"]]
            start += tier["customers"]
            for name in ("value", "total"):
                self.assertAlmostEqual(tier[name], sum(row[name] for row in part))
        self.assertAlmostEqual(sum(it["value_share"] for it in pyramid["tiers"]), 1)
        self.assertEqual((pyramid["currency"], pyramid["customers"]), ("EUR", 60))

    def test_risk_is_by_expected_purchases(self):
        with self.raises(trato.FailedPrecondition, "refit"):
            self.store.value.risk(now=self.now).to_dicts()
        self.store.value.refit(now=self.now)
        rows = [row for row in self.store.value.table(now=self.now)
                if row["frequency"] + 1 >= 3]
        rows.sort(key=lambda row: (row["expected"], row["customer"]))
        found = self.store.value.risk(purchases=3, limit=5, now=self.now).to_dicts()
        self.assertEqual([it["customer"] for it in found],
                         [it["customer"] for it in rows[:5]])
        self.assertEqual([it["purchases"] for it in found],
                         [it["frequency"] + 1 for it in rows[:5]])
        everybody = self.store.value.risk(purchases=1, limit=None, now=self.now)
        self.assertEqual(len(everybody.to_dicts()), 60)

    def test_winning_back_is_by_what_is_at_stake(self):
        self.store.value.refit(now=self.now)
        rows = [row for row in self.store.stages.table(now=self.now)
                if row["stage"] in ("abandonment", "reconsideration")]
        rows.sort(key=lambda row: (-row["at_stake"], row["customer"]))
        found = self.store.stages.win_back(limit=7, now=self.now)
        self.assertEqual(found, rows[:7])
        self.assertGreater(len(rows), 7)

    def test_a_category_has_a_rhythm_of_its_own(self):
        day = 86_400_000_000
        for product, category in [("espresso", "coffee"), ("green", "tea")]:
            self.store.define_product(product, category=category, now=0)
        for i in range(30):
            for j in range(12):
                for product, gap in [("espresso", 3), ("green", 21)]:
                    self.store.record(
                        f"d:{i}", "purchase", at=(i % 5 + j * gap) * day, now=NOW,
                        lines=[trato.Line(product, 1, Money(500, "EUR"))],
                        key=f"{i} {j} {product}", source="test",
                    )
        now = 260 * day
        with self.raises(trato.NotFound, "options.categories[0]", "beer"):
            self.store.value.refit(now=now, categories=["beer"])
        with self.raises(trato.InvalidArgument, "options.categories[1]", "twice"):
            self.store.value.refit(now=now, categories=["tea", "tea"])
        self.store.define_product("matcha", category="rare", now=0)
        with self.raises(trato.FailedPrecondition, "options.categories[0]", "20"):
            self.store.value.refit(now=now, categories=["rare"])
        edition = self.store.value.refit(now=now, categories=["coffee", "tea"])
        rhythms = {it["category"]: it for it in edition.json["rhythms"]}
        self.assertEqual(set(rhythms), {None, "coffee", "tea"})
        mean = {name: it["shape"] / it["rate"] for name, it in rhythms.items()}
        # A purchase every three days, and every three weeks.
        self.assertAlmostEqual(mean["coffee"], 7 / 3, delta=0.4)
        self.assertAlmostEqual(mean["tea"], 1 / 3, delta=0.05)
        coffee = self.store.stages.of("d:1", "coffee", now=now)
        tea = self.store.stages.of("d:1", "tea", now=now)
        self.assertLess(coffee.usual_gap_weeks, tea.usual_gap_weeks)


if __name__ == "__main__":
    unittest.main()
