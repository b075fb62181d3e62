# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Offers, decisions, outcomes and coupons."""

import datetime
import threading
import unittest

import trato
from support import NOW, StoreCase, candles, gbp, in_memory_and_on_file
from trato import Line, Money

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HALF_LIFE = datetime.timedelta(days=180)


def check_character(code):
    """Crockford's: the number that the other characters spell, modulo 37."""
    number = 0
    for character in code.replace("-", "")[:-1]:
        number = number * 32 + CROCKFORD.index(character)
    return (CROCKFORD + "*~$=U")[number % 37]


@in_memory_and_on_file
class OfferTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.now = self.store.parse_time(NOW)
        self.bought = {
            "2011-06-01": ["candle"],
            "2011-09-01 10:00": ["candle", "bag"],
            "2011-11-05": ["bag"],
            "2011-12-09 23:00": ["lamp"],
        }
        for day, products in self.bought.items():
            lines = [Line(product, 1, gbp(100)) for product in products]
            self.buy("shop:1", day, *lines)
        self.buy("shop:2", "2011-12-01", Line("lamp", 1, gbp(100)))

    def define(self, name, value=480, **more):
        more.setdefault("now", "2011-12-01")
        more.setdefault("products", ["candle"])
        self.store.offers.define(name, value=gbp(value), **more)

    def affinity(self, *products, answers=(), tried=0, yes=0):
        """The formula of trato.h by hand: (S + 2 r) / (N + 2), with r of so many
        decisions that had an outcome, all for customers like her."""
        everybody = (yes + 20 * 0.05) / (tried + 20)
        rate = (yes + 20 * everybody) / (tried + 20)
        seen = successes = 0.0
        for day, held in self.bought.items():
            age = self.now - self.store.parse_time(day)
            weight = 2 ** -(age / HALF_LIFE)
            seen += weight
            successes += weight * bool(set(held) & set(products))
        for at, accepted in answers:
            weight = 2 ** -((self.now - self.store.parse_time(at)) / HALF_LIFE)
            seen += weight
            successes += weight * accepted
        return (successes + 2 * rate) / (seen + 2)

    def match(self, customer="shop:1", **more):
        more.setdefault("now", NOW)
        return self.store.offers.match(customer, **more)

    def test_the_best_is_first_by_affinity_times_value(self):
        self.define("candles", products=["candle"])
        self.define("bags", 800, products=["bag", "box"])
        self.define("lamps", 100, products=["lamp"])
        self.reopen()
        expected = [
            ("bags", 800, self.affinity("bag", "box")),
            ("candles", 480, self.affinity("candle")),
            ("lamps", 100, self.affinity("lamp")),
        ]
        expected.sort(key=lambda row: -row[1] * row[2])
        matches = self.match()
        self.assertEqual([m.offer for m in matches], [name for name, *_ in expected])
        for match, (_, value, affinity) in zip(matches, expected):
            self.assertEqual(match.value, gbp(value))
            self.assertAlmostEqual(match.affinity, affinity, places=9)
            self.assertAlmostEqual(match.score, affinity * value, places=6)

    def test_a_limit_keeps_the_best(self):
        for i in range(12):
            self.define(f"offer_{i:02}", 100 + i, products=["candle"])
        self.assertEqual(len(self.match()), 10)
        self.assertEqual(
            [m.offer for m in self.match(limit=2)], ["offer_11", "offer_10"]
        )
        self.assertEqual(len(self.match(limit=10**12)), 12)
        for limit in (0, -1):
            with self.raises(trato.OutOfRange, "limit"):
                self.match(limit=limit)

    def test_no_offer_is_lost_where_there_are_many(self):
        for i in range(70):
            self.define(f"offer_{i:02}", 100 + i, durability="buffered")
        expected = [f"offer_{i:02}" for i in reversed(range(70))]
        self.assertEqual([match.offer for match in self.match(limit=100)], expected)
        self.assertEqual([match.offer for match in self.match(limit=64)], expected[:64])

    def test_ties_go_by_name(self):
        for name in ("b", "c", "a"):
            self.define(name, products=["candle"])
        self.assertEqual([match.offer for match in self.match()], ["a", "b", "c"])

    def test_somebody_who_bought_nothing_has_the_prior(self):
        self.store.record("shop:9", "visit", at=NOW, now=NOW)
        self.define("candles", products=["candle"])
        (match,) = self.match("shop:9")
        self.assertAlmostEqual(match.affinity, 0.05, places=12)

    def test_an_offer_is_valid_from_and_until_before(self):
        self.define("xmas", valid_from="2011-12-01", valid_until="2011-12-26")
        for now, count in (
            ("2011-11-30 23:59:59.999999", 0),
            ("2011-12-01", 1),
            ("2011-12-25 23:59:59.999999", 1),
            ("2011-12-26", 0),
        ):
            # It is defined before all of these, so that validity alone decides.
            self.define(
                "xmas",
                valid_from="2011-12-01",
                valid_until="2011-12-26",
                now="2011-11-01",
            )
            self.assertEqual(len(self.match(now=now)), count, now)

    def test_eligibility_decides_for_each_customer(self):
        self.define("four", eligibility='interactions("purchase").count() >= 4')
        self.assertEqual([m.offer for m in self.match("shop:1")], ["four"])
        self.assertEqual(self.match("shop:2"), [])

    def test_an_eligibility_with_an_error_is_pointed_at(self):
        with self.raises(trato.InvalidArgument, "purchas") as caught:
            self.define("bad", eligibility='interactions("purchas").count() > 1')
        error = caught.exception
        self.assertEqual(error.line, 1)
        self.assertEqual(
            error.excerpt.rstrip("\n").split("\n")[1].index("^") + 1, error.column
        )

    def test_a_discount_comes_off_the_value(self):
        self.define("full", 1000)
        self.define("money_off", 1000, discount=gbp(250))
        self.define("percent_off", 1000, discount_basis_points=1000)
        values = {match.offer: match.value for match in self.match()}
        self.assertEqual(
            values,
            {"full": gbp(1000), "money_off": gbp(750), "percent_off": gbp(900)},
        )

    def test_what_the_discount_uses_up_is_dropped_for_its_value(self):
        self.define("gone", 100, discount=gbp(100))
        self.store.offers.define(
            "euros", products=["candle"], value=Money(100, "EUR"), now="2011-12-01"
        )
        self.assertEqual(self.match(), [])
        verdicts = self.store.offers.explain("shop:1", now=NOW).offers
        self.assertEqual(
            {v.offer: v.stage for v in verdicts}, {"gone": "value", "euros": "value"}
        )

    def test_arguments_are_checked_and_named(self):
        for name, more in {
            "discount: EUR": {"discount": Money(1, "EUR")},
            "discount_basis_points": {"discount_basis_points": 10_001},
            "products[0]": {"products": ["\udc80"]},
            "products": {"products": []},
            "coupon_span": {"coupon_span": "ten days"},
        }.items():
            with self.raises(trato.InvalidArgument, name):
                self.define("bad", **more)
        with self.raises(trato.InvalidArgument, "discount"):
            self.define("bad", discount=gbp(1), discount_basis_points=1)
        with self.assertRaisesRegex(TypeError, "value: a trato.Money"):
            self.store.offers.define("bad", products=["candle"], value=4.80)
        with self.assertRaisesRegex(TypeError, "products: .*str"):
            self.define("bad", products="candle")
        self.assertEqual(self.store.info(now=NOW).offers, 0)

    def test_an_explanation_accounts_for_every_offer(self):
        self.define("candles", title="Tea lights", products=["candle"])
        self.define("bags", 800, products=["bag"])
        self.define("never", eligibility="false")
        self.define("over", valid_until="2011-12-05")
        explained = self.reopen().offers.explain("shop:1", now=NOW)
        kept = [verdict for verdict in explained.offers if verdict.kept]
        dropped = {v.offer: v.stage for v in explained.offers if not v.kept}
        self.assertEqual(
            [(v.rank, v.offer) for v in kept],
            list(enumerate((m.offer for m in self.match()), 1)),
        )
        for verdict, match in zip(kept, self.match()):
            self.assertEqual(verdict.value, match.value)
            self.assertAlmostEqual(verdict.score, match.score, places=6)
            self.assertTrue(verdict.reason)
            self.assertIsNone(verdict.stage)
        self.assertEqual(dropped, {"never": "eligibility", "over": "validity"})
        self.assertEqual(explained.offers[: len(kept)], tuple(kept))
        printed = str(explained).split("\n")
        self.assertEqual(len(printed), 4)
        self.assertIn("Tea lights", str(explained))
        self.assertIn("4.80 GBP", str(explained))
        self.assertTrue(printed[-1].startswith("–"))

    def test_matching_stores_nothing(self):
        self.define("candles", products=["candle"])
        before = self.store.info(now=NOW)
        self.match()
        self.store.offers.explain("shop:1", now=NOW)
        self.store.offers.report(now=NOW)
        self.assertEqual(self.store.info(now=NOW), before)

    def test_a_decision_takes_the_best_and_is_kept(self):
        self.define("candles", products=["candle"])
        self.define("bags", 800, products=["bag"])
        best = self.match()[0]
        decision = self.store.offers.decide("shop:1", now=NOW)
        self.assertEqual(decision.match, best)
        self.assertEqual(decision.probability, 1)
        stored = self.reopen().decisions.explain(decision)
        self.assertEqual((stored.id, stored.offer), (decision.id, best.offer))
        self.assertEqual((stored.customer, stored.at), ("shop:1", self.now))
        self.assertEqual({v.offer for v in stored.offers}, {"candles", "bags"})
        self.assertEqual(stored.outcomes, ())
        self.assertEqual(stored, self.store.decisions.explain(decision.id))

    def test_a_decision_explains_itself_as_things_were_then(self):
        self.define("candles", products=["candle"])
        decision = self.store.offers.decide("shop:1", now=NOW)
        before = self.store.decisions.explain(decision)
        self.define("candles", 10, products=["lamp"], now="2011-12-11")
        self.define("better", 9999, products=["candle"], now="2011-12-11")
        self.buy("shop:1", "2011-12-12", candles(3))
        self.assertEqual(self.reopen().decisions.explain(decision), before)

    def test_a_decision_may_find_no_offer(self):
        self.define("never", eligibility="false")
        decision = self.store.offers.decide("shop:1", now=NOW)
        self.assertIsNone(decision.match)
        stored = self.store.decisions.explain(decision)
        self.assertIsNone(stored.offer)
        self.assertEqual(stored.offers[0].stage, "eligibility")

    def test_outcomes_are_learned_from(self):
        self.define("candles", products=["candle"])
        decision = self.store.offers.decide("shop:1", now="2011-12-05")
        self.store.outcome(decision, "shown", at="2011-12-06", now=NOW)
        self.assertAlmostEqual(
            self.match()[0].affinity, self.affinity("candle", tried=1), places=9
        )
        self.store.outcome(decision.id, "refused", at="2011-12-07", now=NOW)
        self.reopen()
        self.assertAlmostEqual(
            self.match()[0].affinity,
            self.affinity("candle", answers=[("2011-12-07", 0)], tried=1),
            places=9,
        )
        other = self.store.offers.decide("shop:1", now="2011-12-08")
        self.store.outcome(other, "accepted", at="2011-12-09", now=NOW)
        self.assertAlmostEqual(
            self.match()[0].affinity,
            self.affinity(
                "candle",
                answers=[("2011-12-07", 0), ("2011-12-09", 1)],
                tried=2,
                yes=1,
            ),
            places=9,
        )
        outcomes = self.store.decisions.explain(decision).outcomes
        self.assertEqual([outcome.kind for outcome in outcomes], ["shown", "refused"])
        self.assertEqual(self.store.format_time(outcomes[1].at), "2011-12-07 00:00")

    def test_the_latest_answer_to_a_decision_counts(self):
        self.define("candles")
        decision = self.store.offers.decide("shop:1", now="2011-12-05")
        self.store.outcome(decision, "refused", at="2011-12-07", now=NOW)
        self.store.outcome(decision, "accepted", at="2011-12-08", now=NOW)
        self.store.outcome(decision, "refused", at="2011-12-06", now=NOW)  # late
        expected = self.affinity(
            "candle", answers=[("2011-12-08", 1)], tried=1, yes=1
        )
        self.assertAlmostEqual(self.match()[0].affinity, expected, places=9)
        (result,) = self.store.offers.report(now=NOW)
        self.assertEqual((result.accepted, result.refused), (1, 0))

    def test_a_coupon_redeemed_is_an_answer(self):
        self.define("candles")
        code = self.store.coupons.issue("shop:1", "candles", now="2011-12-05")
        before = self.match()[0].affinity
        self.assertAlmostEqual(before, self.affinity("candle"), places=9)
        self.store.coupons.redeem(code, now="2011-12-06")
        expected = self.affinity("candle", answers=[("2011-12-06", 1)])
        self.assertAlmostEqual(self.match()[0].affinity, expected, places=9)

    def test_answers_of_the_future_do_not_count_yet(self):
        self.define("candles")
        decision = self.store.offers.decide("shop:1", now="2011-12-05")
        self.store.outcome(decision, "refused", at="2011-12-20", now="2011-12-20")
        self.assertAlmostEqual(
            self.match()[0].affinity, self.affinity("candle"), places=9
        )

    def test_a_report_counts_what_became_of_each_offer(self):
        self.define("candles", products=["candle"], title="Tea lights")
        self.define("unseen", 1)
        for day, kind in (("05", "accepted"), ("06", "refused"), ("07", "refused")):
            decision = self.store.offers.decide("shop:1", now=f"2011-12-{day}")
            self.store.outcome(decision, "shown", at=f"2011-12-{day}", now=NOW)
            self.store.outcome(decision, kind, at=f"2011-12-{day}", now=NOW)
        code = self.store.coupons.issue("shop:1", "candles", now=NOW)
        self.store.coupons.issue("shop:1", "candles", now=NOW)
        self.store.coupons.redeem(code, now=NOW)
        report = {
            result.offer: result for result in self.reopen().offers.report(now=NOW)
        }
        found = report["candles"]
        self.assertEqual(found.title, "Tea lights")
        self.assertEqual((found.decided, found.shown), (3, 3))
        self.assertEqual((found.accepted, found.refused), (1, 2))
        self.assertAlmostEqual(found.response_rate, 1 / 3)
        self.assertEqual((found.coupons_issued, found.coupons_redeemed), (2, 1))
        self.assertEqual(report["unseen"].decided, 0)
        self.assertIsNone(report["unseen"].response_rate)

    def test_an_outcome_is_recorded_once_per_key(self):
        self.define("candles", products=["candle"])
        decision = self.store.offers.decide("shop:1", now=NOW)
        one = self.store.outcome(decision, "accepted", key="click 1", now=NOW)
        again = self.store.outcome(decision, "accepted", key="click 1", now=NOW)
        self.assertEqual(one, again)
        self.assertEqual(self.store.offers.report(now=NOW)[0].accepted, 1)
        with self.raises(trato.InvalidArgument, "kind: ", "'accepted'"):
            self.store.outcome(decision, "loved", now=NOW)
        with self.raises(trato.InvalidArgument, "decision: "):
            self.store.outcome("seven", "shown", now=NOW)

    def test_what_is_not_there_is_not_found(self):
        self.define("candles", products=["candle"])
        for call in (self.match, self.store.offers.explain, self.store.offers.decide):
            with self.raises(trato.NotFound, "shop:99999"):
                call("shop:99999")
        with self.raises(trato.NotFound):
            self.store.decisions.explain("0" * 32)


@in_memory_and_on_file
class CouponTest(StoreCase):
    def setUp(self):
        super().setUp()
        for customer in ("shop:1", "shop:2"):
            self.buy(customer, "2011-10-01")
        define = self.store.offers.define
        common = {"products": ["candle"], "value": gbp(480), "now": "2011-10-01"}
        define("refill", coupon_span="10d", **common)
        define("forever", **common)

    def issue(self, customer="shop:1", offer="refill", now="2011-10-25 12:00"):
        return self.store.coupons.issue(customer, offer, now=now)

    def test_a_code_is_17_characters_of_crockford_s_base_32_and_a_check(self):
        codes = {self.issue() for _ in range(200)}
        self.assertEqual(len(codes), 200)
        for code in codes:
            self.assertRegex(code, "^([0-9A-HJKMNP-TV-Z]{6}-){2}[0-9A-HJKMNP-TV-Z]{6}$")
            self.assertEqual(check_character(code), code[-1])

    def test_it_is_redeemed_once(self):
        code = self.issue()
        self.store.coupons.redeem(code, now="2011-10-26")
        with self.raises(trato.FailedPrecondition):
            self.store.coupons.redeem(code, now="2011-10-27")
        with self.raises(trato.FailedPrecondition):
            self.reopen().coupons.redeem(code, now="2011-10-27")
        coupon = self.store.coupons.show(code, now="2011-10-27")
        self.assertEqual((coupon.state, coupon.offer), ("redeemed", "refill"))
        self.assertEqual(coupon.customer, "shop:1")
        self.assertEqual(self.store.format_time(coupon.redeemed), "2011-10-26 00:00")

    def test_its_deadline_is_in_days_of_the_store_s_zone_and_exclusive(self):
        # The clocks go back on 30 October: ten days are 241 hours.
        code = self.issue()
        show = self.store.coupons.show
        coupon = show(code, now="2011-10-25 12:00")
        self.assertEqual(self.store.format_time(coupon.deadline), "2011-11-04 12:00")
        self.assertEqual(coupon.deadline - coupon.issued, datetime.timedelta(hours=241))
        self.assertEqual(coupon.state, "valid")
        self.assertIsNone(coupon.redeemed)
        self.assertEqual(show(code, now="2011-11-04 11:59:59.999999").state, "valid")
        self.assertEqual(show(code, now="2011-11-04 12:00").state, "expired")
        with self.raises(trato.OutOfRange):
            self.store.coupons.redeem(code, now="2011-11-04 12:00")
        self.store.coupons.redeem(code, now="2011-11-04 11:59:59.999999")

    def test_before_it_is_issued_it_is_not_valid_yet(self):
        code = self.issue()
        with self.raises(trato.OutOfRange):
            self.store.coupons.redeem(code, now="2011-10-25 11:59")

    def test_without_a_span_it_is_good_for_ever(self):
        code = self.issue(offer="forever")
        coupon = self.store.coupons.show(code, now="2999-01-01")
        self.assertEqual((coupon.deadline, coupon.state), (None, "valid"))
        self.store.coupons.redeem(code, now="2999-01-01")

    def test_case_blanks_and_hyphens_do_not_matter(self):
        code = self.issue()
        spoken = " - ".join(code.lower().replace("0", "o").replace("1", "l"))
        self.store.coupons.redeem(spoken, now="2011-10-26")

    def test_a_mistyped_code_is_told_from_an_unknown_one(self):
        code = self.issue().replace("-", "")
        other = "2" if code[3] != "2" else "3"
        with trato.open() as elsewhere:
            elsewhere.record("shop:1", "visit", now=NOW)
            elsewhere.offers.define(
                "refill", products=["candle"], value=Money(1, "EUR"), now=NOW
            )
            unknown = elsewhere.coupons.issue("shop:1", "refill", now=NOW)
        mistyped = code[:3] + other + code[4:]
        for call in (self.store.coupons.redeem, self.store.coupons.show):
            with self.raises(trato.InvalidArgument):
                call(mistyped, now="2011-10-26")
            with self.raises(trato.InvalidArgument):
                call("", now="2011-10-26")
            with self.raises(trato.NotFound):
                call(unknown, now="2011-10-26")

    def test_another_customer_s_coupon_is_refused(self):
        code = self.issue()
        with self.raises(trato.PermissionDenied):
            self.store.coupons.redeem(code, customer="shop:2", now="2011-10-26")
        self.store.coupons.redeem(code, customer="shop:1", now="2011-10-26")

    def test_a_redemption_that_is_sent_again_succeeds_again(self):
        code = self.issue()
        self.store.coupons.redeem(code, key="till 1", now="2011-10-26")
        self.store.coupons.redeem(code, key="till 1", now="2011-10-26")
        with self.raises(trato.FailedPrecondition):
            self.store.coupons.redeem(code, key="till 2", now="2011-10-26")

    def test_a_customer_lists_its_coupons(self):
        code = self.issue()
        self.issue(offer="forever")
        self.store.coupons.redeem(code, now="2011-10-26")
        coupons = self.reopen().customer("shop:1", now="2011-10-27").coupons
        states = {coupon.offer: (coupon.state, coupon.deadline) for coupon in coupons}
        self.assertEqual(states["refill"][0], "redeemed")
        self.assertEqual(states["forever"], ("valid", None))
        self.assertEqual(self.store.customer("shop:2", now=NOW).coupons, ())

    def test_who_and_what_must_be_known(self):
        with self.raises(trato.NotFound, "shop:9"):
            self.issue(customer="shop:9")
        with self.raises(trato.NotFound, "refil"):
            self.issue(offer="refil")

    def test_of_many_who_redeem_at_the_same_time_one_succeeds(self):
        code = self.issue()
        results = []
        start = threading.Barrier(8)

        def redeem():
            start.wait()
            try:
                self.store.coupons.redeem(code, now="2011-10-26")
                results.append("redeemed")
            except trato.FailedPrecondition:
                results.append("refused")

        threads = [threading.Thread(target=redeem) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(sorted(results), ["redeemed"] + ["refused"] * 7)

    def test_the_code_is_nowhere_in_the_file(self):
        if not self.on_file:
            self.skipTest("a store in memory has no file")
        code = self.issue()
        self.store.close()
        for file in self.folder.iterdir():
            content = file.read_bytes()
            for form in (code, code.replace("-", ""), code.replace("-", "")[:16]):
                self.assertNotIn(form.encode(), content)


if __name__ == "__main__":
    unittest.main()
