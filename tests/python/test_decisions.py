# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Stages, policies, permits, what is in the way, replay, and what was sold."""

import datetime
import unittest

import trato
from support import StoreCase, candles, gbp, in_memory_and_on_file
from trato import Line

DAY = "2011-12-01 12:00"
UTC = datetime.timezone.utc


def at(*parts):
    return datetime.datetime(*parts, tzinfo=UTC)


class Case(StoreCase):
    def setUp(self):
        super().setUp()
        self.buy("shop:1", "2011-11-01", Line("tea", 1, gbp(300)))
        self.buy("shop:2", "2011-11-02", Line("bag", 1, gbp(500)))

    def define(self, name, value=500, **more):
        more.setdefault("now", "2011-11-01")
        more.setdefault("products", ["candle"])
        self.store.offers.define(name, value=gbp(value), **more)

    def stages(self, customer="shop:1", now=DAY, **more):
        explained = self.store.offers.explain(customer, now=now, **more)
        return {v.offer: v.stage for v in explained.offers}

    def names(self, customer="shop:1", now=DAY, **more):
        return [m.offer for m in self.store.offers.match(customer, now=now, **more)]


@in_memory_and_on_file
class StageTest(Case):
    def test_each_condition_is_a_stage_and_names_the_part_that_fails(self):
        bought = 'interactions("purchase").count() >= 1'
        never = 'interactions("complaint").count() >= 1'
        self.define("a", eligibility=f"{bought} && {never}")
        self.define("b", applicability=never)
        self.define("c", suitability=f"({bought}) && !({bought})")
        self.define("d", eligibility=bought, applicability=bought)
        explained = {
            v.offer: v for v in self.store.offers.explain("shop:1", now=DAY).offers
        }
        self.assertEqual(explained["a"].stage, "eligibility")
        self.assertEqual(explained["a"].rule, never)
        self.assertEqual(explained["b"].stage, "applicability")
        self.assertEqual(explained["c"].stage, "suitability")
        self.assertEqual(explained["c"].rule, f"!({bought})")
        self.assertTrue(explained["d"].kept)

    def test_an_equality_is_known_by_its_value(self):
        self.store.attributes.define("country", "string", now="2011-11-01")
        self.store.attributes.set("shop:1", "country", "ES", now="2011-11-02")
        self.define("es", eligibility='customer.country == "ES"')
        self.define("fr", eligibility='"FR" == customer.country')
        self.assertEqual(self.stages(), {"es": None, "fr": "eligibility"})
        # Without a value neither holds.
        both = {"es": "eligibility", "fr": "eligibility"}
        self.assertEqual(self.stages("shop:2"), both)
        self.store.attributes.set("shop:1", "country", "FR", now="2011-11-03")
        self.assertEqual(self.stages(), {"es": "eligibility", "fr": None})

    def test_redefining_an_offer_gives_its_conditions_back(self):
        for country in ("ES", "FR", "ES", "PT"):
            self.store.attributes.define("country", "string", now="2011-11-01")
            self.define("one", eligibility=f'customer.country == "{country}"')
        self.store.attributes.set("shop:1", "country", "PT", now="2011-11-02")
        self.assertEqual(self.stages(), {"one": None})
        versions = self.store.offers.list(history=True)[0]["versions"]
        self.assertEqual(
            [v["eligibility"][-3:-1] for v in versions], ["ES", "FR", "ES", "PT"]
        )

    def test_categories_reach_what_stands_below_them(self):
        self.store.define_product("tea", category="drinks", now="2011-11-01")
        self.store.define_product("drinks", category="food", now="2011-11-01")
        self.define("of food", products=[], categories=["food"])
        self.define("of drinks", products=[], categories=["drinks"])
        self.define("of bags", products=["bag"])
        explained = self.store.offers.explain("shop:1", now=DAY).offers
        reasons = {v.offer: v.reason for v in explained}
        self.assertIn("bought in 1 of 1 order", reasons["of food"])
        self.assertIn("bought in 1 of 1 order", reasons["of drinks"])
        self.assertIn("in none of 1 order", reasons["of bags"])
        with self.raises(trato.InvalidArgument, "category", "below itself"):
            self.store.define_product("food", category="tea", now=DAY)

    def test_the_score_is_made_as_the_docs_say(self):
        self.define("plain", products=["tea"], value=1000, cost=gbp(100))
        self.define("off", products=["tea"], value=1000, discount=gbp(200))
        self.define(
            "more",
            products=["bag"],
            value=1000,
            benefit=gbp(400),
            lever=2.0,
            context='interactions("purchase").count() + 2',
        )
        found = {m.offer: m for m in self.store.offers.match("shop:1", now=DAY)}
        age = (at(2011, 12, 1, 12) - at(2011, 11, 1)).days + 0.5
        w = 2 ** (-age / 180)
        p = (w + 2 * 0.05) / (w + 2)
        q = w / (w + 2)
        none = 2 * 0.05 / (w + 2)
        self.assertAlmostEqual(found["plain"].score, p * 900, 6)
        self.assertAlmostEqual(found["off"].score, p * (800 + 0.25 * 200) - q * 200, 6)
        self.assertAlmostEqual(found["more"].score, none * (1000 + 100) * 3 * 2, 6)
        self.store.policies.arbitrate(benefit_weight=0, now=DAY)
        found = {m.offer: m for m in self.store.offers.match("shop:1", now=DAY)}
        self.assertAlmostEqual(found["off"].score, p * 800 - q * 200, 6)

    def test_a_discount_is_not_given_to_who_buys_anyway(self):
        for day in range(1, 29):
            self.buy("shop:1", f"2011-11-{day:02}", Line("tea", 1, gbp(300)))
        self.define("off", products=["tea"], value=500, discount=gbp(300))
        self.assertEqual(self.stages(), {"off": "value"})
        self.assertEqual(self.stages("shop:2"), {"off": None})

    def test_limits_by_issue_and_group(self):
        for i, group in enumerate("xxyy"):
            self.define(f"o{i}", value=500 - i, issue="sell", group=group)
        self.define("alone", value=1)
        self.store.policies.arbitrate(per_group=1, now=DAY)
        self.assertEqual(self.names(), ["o0", "o2", "alone"])
        self.store.policies.arbitrate(per_issue=1, now=DAY)
        self.assertEqual(self.names(), ["o0", "alone"])
        self.assertEqual(self.stages()["o1"], "limit")

    def test_bad_definitions_name_the_field_and_change_nothing(self):
        before = self.store.digest(now=DAY)
        bad = [
            ("products", {"products": []}),
            ("stock", {"stock": -1}),
            ("lever", {"lever": -1.0}),
            ("context", {"context": "true"}),
            ("suitability", {"suitability": "1 + 1"}),
            ("respond_within", {"respond_within": "soon"}),
            ("variants", {"variants": {"pigeon": "Hello"}}),
            ("cost", {"cost": gbp(-1)}),
            ("budget", {"budget": trato.Money(1, "EUR")}),
        ]
        for field, more in bad:
            with self.subTest(field):
                with self.assertRaises(trato.TratoError) as raised:
                    self.define("bad", **more)
                self.assertIn(field, str(raised.exception))
        policies = [
            ("limits nothing", {}),
            ("within", {"at_most": 1}),
            ("at_most", {"within": "7d"}),
            ("quiet", {"quiet": ("25:00", "08:00")}),
            ("quiet", {"quiet": ("08:00", "08:00")}),
            ("holdout", {"holdout": 1.5}),
            ("open_complaint", {"open_complaint": "grumble"}),
            ("channel", {"channel": "pigeon", "holdout": 0.1}),
        ]
        for field, more in policies:
            with self.subTest(field):
                with self.assertRaises(trato.TratoError) as raised:
                    self.store.policies.define("bad", now=DAY, **more)
                self.assertIn(field, str(raised.exception))
        self.assertEqual(self.store.digest(now=DAY), before)


@in_memory_and_on_file
class AvailabilityTest(Case):
    def test_stock_is_taken_by_decisions_and_comes_back(self):
        self.define("one", stock=1, respond_within="2d")
        first = self.store.offers.decide("shop:1", now="2011-12-01")
        self.assertEqual(first.match.offer, "one")
        second = self.store.offers.decide("shop:2", now="2011-12-02")
        self.assertIsNone(second.match)
        self.assertEqual(self.stages("shop:2", "2011-12-02")["one"], "availability")
        # The time to answer is over.
        self.assertEqual(self.names("shop:2", "2011-12-03"), ["one"])
        self.store.outcome(first, "accepted", at="2011-12-02 18:00", now="2011-12-03")
        self.reopen()
        self.assertEqual(self.names("shop:2", "2011-12-03"), [])
        self.store.outcome(first, "returned", at="2011-12-04", now="2011-12-04")
        self.assertEqual(self.names("shop:2", "2011-12-04"), ["one"])

    def test_budget_is_discount_and_cost_and_never_exceeded(self):
        self.define("off", discount=gbp(40), cost=gbp(10), budget=gbp(149))
        taken = [
            self.store.offers.decide(f"shop:{1 + i % 2}", now=f"2011-12-0{i + 1}").match
            for i in range(4)
        ]
        self.assertEqual([m is not None for m in taken], [True, True, False, False])
        result = self.store.offers.report(now="2011-12-09")[0]
        self.assertEqual((result.taken, result.reserved_minor), (2, 100))

    def test_a_clock_set_back_exceeds_nothing(self):
        self.define("one", stock=1)
        self.assertIsNotNone(self.store.offers.decide("shop:1", now="2011-12-05").match)
        self.assertIsNone(self.store.offers.decide("shop:2", now="2011-12-04").match)


@in_memory_and_on_file
class ContactTest(Case):
    def setUp(self):
        super().setUp()
        self.store.identifiers.define("email", unique=True, now="2011-11-01")
        self.store.identifiers.claim("shop:1", "email:ada@example.org", now=DAY)
        self.define("mail", variants={"email": "By mail", "web": "On the page"})

    def test_a_cap_counts_permits_until_they_lapse(self):
        self.store.policies.define(
            "weekly", channel="email", at_most=2, within="7d", now="2011-11-01"
        )
        give = self.store.permits.give
        one = give("shop:1", channel="email", now="2011-12-01 12:00", lasts="1h")
        self.assertEqual(one.address, "ada@example.org")
        self.assertEqual(one.deadline, at(2011, 12, 1, 13))
        two = give("shop:1", channel="email", now="2011-12-01 12:00")
        with self.raises(trato.FailedPrecondition, "weekly", "at most 2"):
            give("shop:1", channel="email", now="2011-12-01 12:30")
        # The first lapsed unused; the second is used and counts for a week.
        self.store.permits.use(two, now="2011-12-01 12:40")
        give("shop:1", channel="email", now="2011-12-01 13:00")
        with self.raises(trato.FailedPrecondition, "weekly"):
            give("shop:1", channel="email", now="2011-12-01 14:00")
        self.assertEqual(
            self.store.permits.show(one, now="2011-12-01 13:00").state, "lapsed"
        )
        self.assertEqual(
            self.store.permits.show(two, now="2011-12-01 13:00").state, "used"
        )
        with self.raises(trato.OutOfRange, "lapsed"):
            self.store.permits.use(one, now="2011-12-01 13:00")
        with self.raises(trato.FailedPrecondition, "was used"):
            self.store.permits.use(two, now="2011-12-01 13:00")

    def test_the_match_goes_to_the_channel_that_is_free(self):
        self.store.policies.define(
            "one mail", channel="email", at_most=1, within="1d", now="2011-11-01"
        )
        first = self.store.offers.match("shop:1", now=DAY)[0]
        self.assertEqual(first.channel, "email")
        self.store.permits.give("shop:1", channel="email", now=DAY)
        self.assertEqual(
            self.store.offers.match("shop:1", now=DAY)[0].channel, "web"
        )
        self.assertEqual(self.names(channel="email"), [])
        why = self.store.offers.why_not("shop:1", "mail", channel="email", now=DAY)
        self.assertEqual([o.policy for o in why.obstacles], ["one mail"])
        # The permit lapses after a day, when the contact leaves the window too.
        self.assertEqual(why.possible, at(2011, 12, 2, 12))
        self.assertEqual(self.names(now="2011-12-02 12:00", channel="email"), ["mail"])
        self.assertEqual(self.names(now="2011-12-02 11:59", channel="email"), [])

    def test_quiet_hours_go_by_the_customers_clock(self):
        self.store.attributes.define("time_zone", "string", now="2011-11-01")
        self.store.attributes.set(
            "shop:1", "time_zone", "America/New_York", now="2011-11-01"
        )
        self.store.policies.define(
            "night", channel="email", quiet=("21:30", "08:30"), now="2011-11-01"
        )
        # 13:29 in London is 08:29 in New York.
        self.assertEqual(self.names(now="2011-12-01 13:29", channel="email"), [])
        self.assertEqual(self.names(now="2011-12-01 13:30", channel="email"), ["mail"])
        why = self.store.offers.why_not(
            "shop:1", "mail", channel="email", now="2011-12-01 03:00"
        )
        self.assertEqual(why.possible, at(2011, 12, 1, 13, 30))
        # The clocks went forward on 11 March at 2:00 there.
        why = self.store.offers.why_not(
            "shop:1", "mail", channel="email", now="2012-03-11 04:00"
        )
        self.assertEqual(why.possible, at(2012, 3, 11, 12, 30))

    def test_an_open_complaint_ends_with_a_reply(self):
        self.store.policies.define(
            "upset", open_complaint="complaint", now="2011-11-01"
        )
        complaint = self.store.record("shop:1", "complaint", at=DAY, now=DAY)
        self.assertEqual(self.stages()["mail"], "contact")
        with self.raises(trato.FailedPrecondition, "upset", "complaint"):
            self.store.permits.give("shop:1", channel="email", now=DAY)
        self.store.record(
            "shop:1",
            "reply",
            at="2011-12-02",
            now="2011-12-02",
            reply_to=complaint,
            direction="outbound",
        )
        self.assertEqual(self.names(now="2011-12-02"), ["mail"])
        self.assertEqual(self.names(now=DAY), [])

    def test_consent_by_purpose_and_channel(self):
        self.store.consents.define_purpose("news", direct_marketing=True, now=DAY)
        self.define("news", purpose="news", variants={"email": "", "sms": ""}, now=DAY)
        self.assertEqual(self.stages()["news"], "contact")
        why = self.store.offers.why_not("shop:1", "news", now=DAY)
        self.assertEqual({o.channel for o in why.obstacles}, {"email", "sms"})
        self.assertIsNone(why.possible)
        self.store.consents.grant("shop:1", "news", "email", at="2011-12-03", now=DAY)
        why = self.store.offers.why_not("shop:1", "news", now=DAY)
        self.assertEqual(why.possible, at(2011, 12, 3))
        permit = self.store.permits.give(
            "shop:1", offer="news", channel="email", now="2011-12-03"
        )
        self.assertEqual(permit.address, "ada@example.org")
        with self.raises(trato.FailedPrecondition, "no consent"):
            self.store.permits.give(
                "shop:1", offer="news", channel="sms", now="2011-12-03"
            )

    def test_no_address_no_permit(self):
        with self.raises(trato.FailedPrecondition, "no address for email"):
            self.store.permits.give("shop:2", channel="email", now=DAY)
        self.assertEqual(
            self.store.permits.give("shop:2", channel="web", now=DAY).address, ""
        )

    def test_a_permit_of_a_decision(self):
        decided = self.store.offers.decide("shop:1", channel="email", now=DAY)
        permit = self.store.permits.give("shop:1", decision=decided, now=DAY)
        shown = self.store.permits.show(permit, now=DAY)
        self.assertEqual((shown.offer, shown.channel), ("mail", "email"))
        self.assertEqual(shown.decision, decided.id)
        with self.raises(trato.InvalidArgument, "another customer"):
            self.store.permits.give("shop:2", decision=decided, now=DAY)
        with self.raises(trato.NotFound):
            self.store.permits.give("shop:1", decision="0" * 31 + "1", now=DAY)

    def test_restriction_and_erasure(self):
        decided = self.store.offers.decide("shop:1", conversation="call 7", now=DAY)
        permit = self.store.permits.give("shop:1", channel="email", now=DAY)
        self.store.outcome(None, "accepted", conversation="call 7", now=DAY)
        self.store.customers.restrict("shop:1", now="2011-12-02")
        with self.raises(trato.FailedPrecondition, "restricted"):
            self.store.permits.give("shop:1", channel="email", now="2011-12-02")
        self.store.erase("shop:1", now="2011-12-03")
        for gone in (
            lambda: self.store.decisions.explain(decided),
            lambda: self.store.permits.show(permit, now="2011-12-03"),
            lambda: self.store.offers.decide("shop:1", now="2011-12-03"),
        ):
            with self.assertRaises(trato.NotFound):
                gone()
        if self.on_file:
            held = b"".join(p.read_bytes() for p in self.folder.iterdir())
            self.assertNotIn(b"ada@example.org", held)
            self.assertNotIn(b"call 7", held)


@in_memory_and_on_file
class DecisionTest(Case):
    def test_a_decision_is_explained_as_it_was(self):
        self.define("a", value=900)
        self.define("b", eligibility='interactions("complaint").count() > 0')
        decided = self.store.offers.decide("shop:1", now=DAY)
        self.define("a", value=100, now="2011-12-02")
        self.define("c", value=5000, now="2011-12-02")
        self.reopen()
        told = self.store.decisions.explain(decided)
        self.assertTrue(told.replayed)
        self.assertEqual(told.offer, "a")
        self.assertEqual([v.offer for v in told.offers], ["a", "b"])
        self.assertEqual(told.offers[0].value, gbp(900))
        self.assertEqual(told.offers[1].stage, "eligibility")

    def test_replay_over_late_facts_links_checkpoints_and_redefinitions(self):
        self.define("a", products=["tea"], value=600)
        self.define("b", products=["bag"], value=550, stock=7)
        self.define("c", eligibility='interactions("purchase").count() >= 3')
        self.store.policies.define("cap", at_most=3, within="10d", now="2011-11-01")
        decided = []
        for day in range(1, 25):
            now = f"2011-12-{day:02}"
            who = f"shop:{1 + day % 2}"
            decided.append(self.store.offers.decide(who, now=now))
            if day % 3 == 0:
                self.store.outcome(decided[-1], "accepted", now=now)
            if day % 4 == 0:
                # It happened before decisions that did not know it.
                self.buy(who, "2011-11-20", Line("bag", 1, gbp(100)), now=now, key=now)
            if day == 9:
                self.define("a", products=["tea"], value=450, now=now)
            if day == 12:
                self.store.link("shop:1", "shop:2", now=now)
            if day == 15:
                self.store.checkpoint()
            if day == 18:
                self.store.unlink("shop:1", "shop:2", now=now)
        self.reopen()
        replay = self.store.decisions.replay()
        self.assertEqual(replay.decisions, 24)
        self.assertEqual((replay.same, replay.other), (24, 0), replay.differences)
        self.assertGreater(replay.folded, 0)
        some = self.store.decisions.replay(since="2011-12-02", until="2011-12-05")
        self.assertEqual(some.decisions, 3)

    def test_exploration_is_drawn_from_the_seed_and_told(self):
        for i in range(4):
            self.define(f"o{i}", value=500 - i)
        self.store.policies.arbitrate(exploration=0.5, now="2011-11-01")
        counts = {}
        for i in range(400):
            now = self.store.parse_time(DAY) + datetime.timedelta(seconds=i)
            decided = self.store.offers.decide("shop:1", now=now)
            best = decided.match.offer == "o0"
            self.assertAlmostEqual(decided.probability, 0.625 if best else 0.125)
            counts[decided.match.offer] = counts.get(decided.match.offer, 0) + 1
        # 250 are expected, with a standard deviation below 10.
        self.assertTrue(200 < counts["o0"] < 300, counts)
        self.assertEqual(len(counts), 4)
        replay = self.store.decisions.replay()
        self.assertEqual((replay.same, replay.other), (400, 0))

    def test_outcomes_by_conversation(self):
        self.define("a")
        first = self.store.offers.decide("shop:1", conversation="c", now="2011-12-01")
        self.store.outcome(None, "bought", conversation="c", at="2011-12-03", now=DAY)
        second = self.store.offers.decide("shop:1", conversation="c", now="2011-12-02")
        kinds = [
            [o.kind for o in self.store.decisions.explain(d).outcomes]
            for d in (first, second)
        ]
        self.assertEqual(kinds, [[], ["bought"]])
        with self.raises(trato.InvalidArgument, "conversation"):
            self.store.outcome(first, "bought", conversation="c", now=DAY)
        with self.raises(trato.InvalidArgument, "decision"):
            self.store.outcome(None, "bought", now=DAY)

    def test_nothing_to_decide_is_told(self):
        decided = self.store.offers.decide("shop:1", now=DAY)
        self.assertIsNone(decided.match)
        self.assertEqual(self.store.decisions.explain(decided).offers, ())
        self.define("a", eligibility="false")
        decided = self.store.offers.decide("shop:1", now="2011-12-02")
        self.assertIsNone(decided.match)
        self.assertTrue(self.store.decisions.explain(decided).replayed)

    def test_many_at_once(self):
        self.define("a", stock=1, value=2000)
        self.define("b", eligibility='interactions("purchase").count() == 2')
        for _ in range(2):
            self.buy("shop:3", "2011-11-02", Line("bag", 1, gbp(1)))
        table = self.store.offers.decide_all(
            [1, 2, "shop:3"], namespace="shop", now=DAY
        )
        rows = table.to_dicts()
        self.assertEqual([r["customer"] for r in rows], ["shop:1", "shop:2", "shop:3"])
        # Each knows what went before: the stock is one.
        self.assertEqual([r["offer"] for r in rows], ["a", None, "b"])
        kept = self.store.decisions.explain(rows[2]["decision"])
        self.assertEqual((kept.offer, kept.customer), ("b", "shop:3"))
        self.assertAlmostEqual(rows[2]["score"], kept.offers[0].score)
        self.assertEqual(rows[2]["probability"], 1.0)
        nothing = self.store.decisions.explain(rows[1]["decision"])
        self.assertIsNone(nothing.offer)
        for name in ("channel", "score", "affinity", "value_minor", "currency"):
            self.assertIsNone(rows[1][name])
        with self.assertRaises(RuntimeError):
            table.to_dicts()

    def test_many_at_once_or_none(self):
        self.define("a")
        self.store.define_channel("page", now=DAY)
        decide_all = self.store.offers.decide_all
        before = self.store.head().position
        with self.raises(trato.NotFound, "row 1", "shop:404"):
            decide_all(["shop:1", "shop:404"], now=DAY)
        with self.raises(trato.InvalidArgument, "customer"):
            decide_all({"who": ["shop:1"]}, now=DAY)
        with self.raises(trato.InvalidArgument, "customer", "row 0"):
            decide_all({"customer": [None]}, now=DAY)
        with self.assertRaises(TypeError):
            decide_all("shop:1", now=DAY)
        dry = decide_all({"who": ["shop:1"]}, columns={"customer": "who"},
                         dry_run=True, now=DAY).to_dicts()
        self.assertEqual((dry[0]["offer"], dry[0]["decision"]), ("a", None))
        self.assertEqual(decide_all([], now=DAY).to_dicts(), [])
        self.assertEqual(self.store.head().position, before)

    def test_what_was_decided_elsewhere_is_learned_from(self):
        self.define("a", stock=2, respond_within="5d")
        record = self.store.decisions.record
        id = record("shop:1", "a", at="2011-11-20", key="m1", probability=0.25,
                    score=3.5, now=DAY)
        again = record("shop:1", "a", at="2011-11-20", key="m1", probability=0.25,
                       score=3.5, now=DAY)
        self.assertEqual(id, again)
        with self.raises(trato.AlreadyExists, "m1"):
            record("shop:1", "a", at="2011-11-21", key="m1", now=DAY)
        self.store.outcome(id, "accepted", at="2011-11-22", now=DAY)
        told = self.store.decisions.explain(id)
        self.assertTrue(told.elsewhere)
        self.assertIsNone(told.replayed)
        self.assertEqual((told.offer, told.probability), ("a", 0.25))
        self.assertEqual([o.kind for o in told.outcomes], ["accepted"])
        [learned] = self.store.offers.report(now=DAY)
        self.assertEqual((learned.decided, learned.accepted), (1, 1))
        # The one that said yes keeps its place, so one is left.
        self.store.offers.decide("shop:2", now=DAY)
        self.assertEqual(self.stages("shop:1"), {"a": "availability"})
        # It is no decision that could come out otherwise.
        self.assertEqual(self.store.decisions.replay().decisions, 1)
        for wrong, named in (({"probability": 0.0}, "probability"),
                             ({"score": float("nan")}, "score")):
            with self.raises(trato.InvalidArgument, named):
                record("shop:1", "a", now=DAY, **wrong)
        with self.raises(trato.NotFound, "nothing"):
            record("shop:1", "nothing", now=DAY)

    def test_a_coupon_of_a_decision_is_its_outcome(self):
        self.define("a", discount=gbp(100), stock=1, respond_within="30d")
        decided = self.store.offers.decide("shop:1", now=DAY)
        with self.raises(trato.InvalidArgument, "decision", "another customer"):
            self.store.coupons.issue("shop:2", "a", decision=decided, now=DAY)
        with self.raises(trato.InvalidArgument, "decision", "bearer"):
            self.store.coupons.issue("", "a", decision=decided, now=DAY)
        self.define("b")
        with self.raises(trato.InvalidArgument, "decision", "another offer"):
            self.store.coupons.issue("shop:1", "b", decision=decided, now=DAY)
        code = self.store.coupons.issue("shop:1", "a", decision=decided, now=DAY)
        bought = self.buy("shop:1", "2011-12-02", Line("tea", 1, gbp(4)))

        def outcomes(now):
            return [(o.kind, o.interaction) for o in
                    self.store.decisions.explain(decided).outcomes]

        for _ in range(2):  # said again, it is one
            self.store.coupons.redeem(code, customer="shop:1", purchase=bought,
                                      key="till 7", now="2011-12-02")
        self.assertEqual(outcomes("2011-12-02"), [("bought", bought)])
        with_it = self.store.offers.report(now="2011-12-02")[0]
        self.assertEqual(with_it.response_rate, 1.0)
        # It counts once, as the answer to the decision.
        [match] = [m for m in self.store.offers.match("shop:1", now="2011-12-03")
                   if m.offer == "b"]
        self.assertEqual(match.offer, "b")
        self.store.coupons.reverse(code, reason="sent back", now="2011-12-04")
        self.assertEqual([kind for kind, _ in outcomes("2011-12-04")],
                         ["bought", "returned"])

    def test_a_permit_that_lapsed_stays_lapsed_when_the_clock_goes_back(self):
        self.define("a")
        self.store.policies.define("one", at_most=1, within="2d", now=DAY)
        self.store.define_channel("page", now=DAY)
        give, use = self.store.permits.give, self.store.permits.use
        first = give("shop:1", channel="page", offer="a", lasts="1h", now="2011-12-02 10:00")
        give("shop:1", channel="page", offer="a", lasts="1h", now="2011-12-02 11:30")
        with self.raises(trato.OutOfRange, "lapsed"):
            use(first, now="2011-12-02 10:30")

    def test_a_retired_channel_is_not_used(self):
        self.define("a")
        for name in ("fax", "page"):
            self.store.define_channel(name, now=DAY)
        self.store.retire("channel", "fax", now=DAY)
        with self.raises(trato.FailedPrecondition, "fax", "retired"):
            self.store.permits.give("shop:1", channel="fax", offer="a", now=DAY)
        with self.raises(trato.FailedPrecondition, "fax", "retired"):
            self.store.offers.match("shop:1", channel="fax", now=DAY)
        self.assertTrue(self.store.offers.match("shop:1", channel="page", now=DAY))


@in_memory_and_on_file
class PurchasesTest(Case):
    def test_each_purchase_is_of_a_decision_or_of_none(self):
        self.define("tea", products=["tea"], respond_within="5d")
        decided = self.store.offers.decide("shop:1", now="2011-12-01")
        in_time = self.buy("shop:1", "2011-12-03", Line("tea", 1, gbp(1)))
        other = self.buy("shop:1", "2011-12-04", Line("bag", 1, gbp(1)))
        late = self.buy("shop:1", "2011-12-06", Line("tea", 1, gbp(1)))
        match = self.store.purchases.match
        counts = match(since="2011-12-01", until="2011-12-09", now="2011-12-09")
        self.assertEqual((counts.linked, counts.organic, counts.known), (1, 2, 0))
        counts = match(since="2011-12-01", until="2011-12-09", now="2011-12-09")
        self.assertEqual((counts.linked, counts.organic, counts.known), (0, 0, 3))
        self.store.purchases.link(
            "shop:1", late, decided, reason="said so", now="2011-12-10"
        )
        said = [
            (c.name, c.after)
            for c in self.store.audit("shop:1", now="2011-12-10")
            if c.what == "purchase"
        ]
        none = "of no decision"
        self.assertIn((in_time, decided.id), said)
        self.assertIn((other, none), said)
        self.assertEqual([to for name, to in said if name == late], [none, decided.id])


@in_memory_and_on_file
class HoldoutTest(Case):
    def test_who_is_left_out_stays_left_out_and_is_compared(self):
        self.define("tea", products=["tea"], group="g")
        self.store.policies.define(
            "compare", group="g", holdout=0.5, now="2011-11-01"
        )
        left_out = []
        for i in range(100, 200):
            self.buy(f"shop:{i}", "2011-11-01", Line("x", 1, gbp(1)))
            decided = self.store.offers.decide(f"shop:{i}", now="2011-12-01")
            held = self.store.decisions.explain(decided).assignments[0]
            self.assertEqual(held.held_out, decided.match is None)
            self.assertEqual((held.policy, held.offer), ("compare", "tea"))
            left_out.append(held.held_out)
            if i % 10 == 0 or not held.held_out and i % 2:
                self.buy(f"shop:{i}", "2011-12-02", Line("tea", 1, gbp(7)))
        self.assertTrue(30 < sum(left_out) < 70)
        again = [
            self.store.offers.decide(f"shop:{i}", now="2011-12-03").match is None
            for i in range(100, 200)
        ]
        self.assertEqual(again, left_out)
        report = self.store.policies.holdout("compare", within="5d", now="2011-12-20")
        offered = [i for i in range(100, 200) if not left_out[i - 100]]
        held = [i for i in range(100, 200) if left_out[i - 100]]
        buyers = [i for i in offered if i % 10 == 0 or i % 2]
        self.assertEqual(report.offered.customers, len(offered))
        self.assertEqual(report.offered.buyers, len(buyers))
        self.assertEqual(report.offered.amount_minor, 7 * len(buyers))
        organic = sum(i % 10 == 0 for i in held)
        self.assertEqual(report.held_out.buyers, organic)
        share = len(buyers) / len(offered) - organic / len(held)
        self.assertAlmostEqual(report.lift.estimate, share)
        self.assertLess(report.lift.low, share)
        self.assertGreater(report.lift.high, share)
        with self.raises(trato.NotFound, "compare"):
            self.store.policies.holdout("compar", now=DAY)


if __name__ == "__main__":
    unittest.main()
