# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Coupons: what they give, to whom, for how long, and when they are free again."""

import datetime
import threading
import unittest
import zoneinfo

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file
from trato import Line, Money

UTC = datetime.timezone.utc
KEY = bytes(range(32))


def eur(minor):
    return Money(minor, "EUR")


@in_memory_and_on_file
class CouponsOfEachZone(StoreCase):
    settings = {"zone": "Europe/London", "currency": "EUR"}

    def test_2_eur_if_bought_within_10_days_lapses_by_each_customer_s_own_clock(self):
        """Ten days by the clock on the wall, where the clocks change meanwhile.

        Issued at one instant on 2011-10-29 13:30 UTC. In Madrid the clocks go
        back on 30 October (241 hours), in New York on 6 November (241 hours), in
        Tokyo never (240 hours).
        """
        store = self.store
        store.attributes.define("time_zone", "string", now="2011-01-01")
        issued = datetime.datetime(2011, 10, 29, 13, 30, tzinfo=UTC)
        expected = {
            "Europe/Madrid": ("2011-11-08 15:30", 241),
            "America/New_York": ("2011-11-08 09:30", 241),
            "Asia/Tokyo": ("2011-11-08 22:30", 240),
            # Nowhere: the store's own, where they go back as well.
            "Europa/Madrid": ("2011-11-08 14:30", 241),
            "": ("2011-11-08 14:30", 241),
        }
        store.offers.define(
            "tea", products=["tea"], value=eur(480), coupon_span="10d", now=issued
        )
        for number, (zone, (wall, hours)) in enumerate(expected.items()):
            customer = f"shop:{number}"
            store.record(customer, "visit", at="2011-10-01", now="2011-10-01")
            if zone:
                store.attributes.set(customer, "time_zone", zone, at="2011-10-02",
                                     now="2011-10-02")
            code = store.coupons.issue(customer, "tea", money=eur(200), now=issued)
            place = zone if zone and zone != "Europa/Madrid" else "Europe/London"
            lapses = datetime.datetime.fromisoformat(wall).replace(
                tzinfo=zoneinfo.ZoneInfo(place)
            )
            coupon = store.coupons.show(code, now=issued)
            self.assertEqual(coupon.deadline, lapses, zone)
            self.assertEqual(coupon.deadline - issued, datetime.timedelta(hours=hours))
            last = lapses - datetime.timedelta(microseconds=1)
            with self.raises(trato.OutOfRange, "expired"):
                store.coupons.redeem(code, now=lapses)
            given = store.coupons.redeem(code, basket=eur(1990), now=last)
            self.assertEqual(given.amount, eur(200))

    def test_it_keeps_the_zone_that_she_had_when_it_was_issued(self):
        store = self.store
        store.attributes.define("time_zone", "string", now="2011-01-01")
        store.record("shop:1", "visit", at="2011-10-01", now="2011-10-01")
        store.attributes.set("shop:1", "time_zone", "Asia/Tokyo", now="2011-10-02")
        store.offers.define("tea", products=["tea"], value=eur(480), now="2011-10-02")
        code = store.coupons.issue("shop:1", "tea", span="1d", now="2011-10-03")
        store.attributes.set("shop:1", "time_zone", "America/New_York",
                             at="2011-10-02", now="2011-10-03")
        self.assertEqual(store.format_time(store.coupons.show(code).deadline),
                         "2011-10-04 00:00")


@in_memory_and_on_file
class CouponsTest(StoreCase):
    def setUp(self):
        super().setUp()
        for customer in ("shop:1", "shop:2"):
            self.buy(customer, "2011-10-01", key=f"first of {customer}")
        self.define()

    def define(self, now="2011-10-01", **terms):
        terms = terms or {"discount_basis_points": 1250, "coupon_span": "10d"}
        self.store.offers.define(
            "refill", products=["candle"], value=gbp(480), now=now, **terms
        )

    def issue(self, customer="shop:1", now="2011-10-25 12:00", **terms):
        return self.store.coupons.issue(customer, "refill", now=now, **terms)

    def show(self, code, now="2011-10-26"):
        return self.store.coupons.show(code, now=now)

    def redeem(self, code, now="2011-10-26", **more):
        return self.store.coupons.redeem(code, now=now, **more)

    def verify(self):
        if self.on_file:
            self.assertEqual(self.store.verify().damage, ())

    def test_it_gives_the_offer_s_discount_as_it_was_when_it_was_issued(self):
        before = self.issue()
        self.define("2011-10-25 13:00", discount=gbp(50), coupon_span="1d")
        after = self.issue(now="2011-10-25 14:00")
        self.define("2011-10-25 15:00", coupon_span="2d")
        none = self.issue(now="2011-10-25 16:00")
        self.reopen()
        shown = [self.show(code) for code in (before, after, none)]
        self.assertEqual([c.gives.text for c in shown], ["12.5 %", "0.50 GBP", "the offer"])
        self.assertEqual([c.gives.kind for c in shown], ["percent", "money", "offer"])
        self.assertEqual(self.store.format_time(shown[0].deadline), "2011-11-04 12:00")
        self.assertEqual(self.store.format_time(shown[1].deadline), "2011-10-26 14:00")
        # 12.5 % of 3.36 is 42 pence, of 3.40 42.5: away from zero.
        self.assertEqual(
            self.redeem(before, basket=gbp(336), dry_run=True).amount, gbp(42))
        self.assertEqual(self.redeem(before, basket=gbp(340)).amount, gbp(43))
        self.assertEqual(self.redeem(after, basket=gbp(30)).amount, gbp(30))
        self.assertEqual(self.redeem(none).kind, "offer")

    def test_a_coupon_may_give_something_else(self):
        money = self.redeem(self.issue(money=gbp(200)))
        self.assertEqual((money.kind, money.amount), ("money", gbp(200)))
        percent = self.redeem(self.issue(basis_points=5000))
        self.assertEqual((percent.basis_points, percent.amount), (5000, None))
        gift = self.redeem(self.issue(gift="a cup"), basket=gbp(900))
        self.assertEqual((gift.gift, gift.amount, gift.offer), ("a cup", gbp(0), "refill"))
        with self.raises(trato.InvalidArgument):
            self.issue(money=gbp(1), gift="a cup")
        with self.raises(trato.FailedPrecondition, "EUR"):
            self.redeem(self.issue(money=eur(100)), basket=gbp(900))

    def test_a_deadline_may_be_fixed_or_left_out(self):
        fixed = self.issue(valid_until="2011-12-24")
        for_ever = self.issue(for_ever=True)
        self.assertEqual(self.store.format_time(self.show(fixed).deadline),
                         "2011-12-24 00:00")
        self.assertIsNone(self.show(for_ever).deadline)
        self.assertEqual(self.show(fixed, "2011-12-24").state, "expired")
        with self.raises(trato.OutOfRange, "valid_until_us"):
            self.issue(valid_until="2011-10-25 12:00")
        with self.raises(trato.InvalidArgument, "one of"):
            self.issue(valid_until="2011-12-24", span="10d")

    def test_a_clock_that_goes_back_takes_no_use_twice(self):
        code = self.issue()
        self.redeem(code, now="2011-10-28")
        with self.raises(trato.FailedPrecondition, "redeemed"):
            self.redeem(code, now="2011-10-26")
        self.assertEqual(self.show(code, "2011-10-27").state, "valid")
        self.assertEqual(self.show(code, "2011-10-25").state, "not yet valid")
        self.assertEqual(self.show(code, "2011-10-28").state, "redeemed")

    def test_so_many_uses_and_not_one_more(self):
        code = self.issue(uses=3)
        left = [self.redeem(code).uses_left for _ in range(3)]
        self.assertEqual(left, [2, 1, 0])
        with self.raises(trato.FailedPrecondition, "3 uses"):
            self.redeem(code)
        coupon = self.reopen().coupons.show(code, now="2011-10-26")
        self.assertEqual((coupon.uses, coupon.uses_left, coupon.state), (3, 0, "redeemed"))
        self.assertEqual(len({use.id for use in coupon.redemptions}), 3)

    def test_of_many_at_the_same_time_as_many_succeed_as_there_are_uses(self):
        codes = self.store.coupons.issue_many("refill", 20, uses=2, now="2011-10-25")
        results, start = [], threading.Barrier(8)

        def race():
            start.wait()
            for code in codes:
                try:
                    self.redeem(code)
                    results.append(code)
                except trato.FailedPrecondition:
                    pass

        threads = [threading.Thread(target=race) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(results), sorted(codes * 2))
        (issue,) = self.reopen().coupons.list(now="2011-10-26")
        self.assertEqual((issue.coupons, issue.redeemed, issue.uses_left), (20, 40, 0))

    def test_a_bearer_coupon_is_of_whoever_has_the_code(self):
        code = self.issue("")
        self.assertIsNone(self.show(code).customer)
        with self.raises(trato.InvalidArgument, "customer"):
            self.redeem(code, purchase="0" * 31 + "1")
        self.redeem(code, customer="card:77")
        (use,) = self.reopen().coupons.show(code, now="2011-10-26").redemptions
        self.assertEqual((use.customer, use.holds), ("card:77", True))
        # Who was not known is known from then on.
        self.assertEqual(self.store.customer("card:77", now="2011-10-26").name, "card:77")

    def test_codes_are_listed_nowhere(self):
        codes = self.store.coupons.issue_many("refill", 50, now="2011-10-25")
        self.issue()
        issues = self.reopen().coupons.list(now="2011-10-26")
        self.assertEqual([i.coupons for i in issues], [1, 50])
        self.assertEqual([i.customer for i in issues], ["shop:1", None])
        self.assertEqual([i.states for i in issues], [{"valid": 1}, {"valid": 50}])
        hers = self.store.coupons.list(customer="shop:1", now="2011-10-26")
        self.assertEqual([i.coupons for i in hers], [1])
        self.assertEqual(self.store.coupons.list(limit=1, now="2011-10-26"), issues[:1])
        self.assertEqual(self.store.coupons.list(now="2011-10-24"), [])
        with self.raises(trato.NotFound, "refil"):
            self.store.coupons.list(offer="refil", now=NOW)
        self.assertFalse(set(codes) & set(repr(issues).split("'")))

    def test_a_purchase_that_is_retracted_gives_the_use_back(self):
        purchase = trato.fact_id("", "order 7")
        code = self.issue()
        self.redeem(code, purchase=purchase)
        # It comes later than what it was redeemed with.
        self.buy("shop:1", "2011-10-26", key="order 7")
        self.assertEqual(self.show(code, "2011-10-29").state, "redeemed")
        self.store.retract("shop:1", purchase, found="2011-10-28", now="2011-10-28")
        self.reopen()
        self.assertEqual(self.show(code, "2011-10-27").state, "redeemed")
        coupon = self.show(code, "2011-10-28")
        self.assertEqual((coupon.state, coupon.redeemed), ("valid", None))
        (use,) = coupon.redemptions
        self.assertEqual((use.why, use.purchase), ("purchase retracted", purchase))
        # It was not so after all.
        self.store.correct("shop:1", purchase, "purchase", at="2011-10-26",
                           amount=gbp(40), found="2011-10-29", now="2011-10-29")
        self.assertEqual(self.show(code, "2011-10-29").state, "redeemed")
        self.assertEqual(self.show(code, "2011-10-28").state, "valid")

    def test_a_retraction_may_come_before_the_purchase(self):
        purchase = trato.fact_id("", "order 7")
        code = self.issue()
        self.redeem(code, purchase=purchase)
        self.store.retract("shop:1", purchase, found="2011-10-27", now="2011-10-27")
        self.assertEqual(self.show(code, "2011-10-29").state, "redeemed")
        self.buy("shop:1", "2011-10-26", key="order 7")
        self.assertEqual(self.show(code, "2011-10-29").state, "valid")
        self.redeem(code, now="2011-10-29")

    def test_a_purchase_that_is_returned_whole_gives_the_use_back(self):
        purchase = trato.fact_id("", "order 7")
        code = self.issue()
        self.redeem(code, purchase=purchase)
        lines = [Line("candle", 3, gbp(120), "0.40"), Line("cup", 1, gbp(300), "3.00")]
        self.buy("shop:1", "2011-10-26", *lines, key="order 7")

        def give_back(at, *lines):
            self.store.record("shop:1", "return", at=at, lines=lines,
                              reply_to=purchase, now=at)

        give_back("2011-10-27", Line("candle", -3, gbp(-120), "0.40"))
        self.assertEqual(self.show(code, "2011-10-30").state, "redeemed")
        give_back("2011-10-28", Line("cup", -1, gbp(-300), "3.00"))
        self.reopen()
        self.assertEqual(self.show(code, "2011-10-27").state, "redeemed")
        (use,) = self.show(code, "2011-10-30").redemptions
        self.assertEqual((use.why, self.store.format_time(use.released)),
                         ("purchase returned", "2011-10-28 00:00"))
        self.assertEqual(self.redeem(code, now="2011-10-30").uses_left, 0)

    def test_a_purchase_that_is_no_more_redeems_nothing(self):
        purchase = trato.fact_id("", "order 7")
        code = self.issue()
        self.buy("shop:1", "2011-10-26", key="order 7")
        self.store.retract("shop:1", purchase, found="2011-10-27", now="2011-10-27")
        with self.raises(trato.FailedPrecondition, "purchase retracted on 2011-10-27"):
            self.redeem(code, purchase=purchase, now="2011-10-28")
        self.redeem(code, purchase=purchase, now="2011-10-26")

    def test_returns_of_a_linked_record_count_while_it_is_linked(self):
        purchase = trato.fact_id("", "order 7")
        code = self.issue()
        self.redeem(code, purchase=purchase)
        self.buy("shop:1", "2011-10-26", key="order 7")
        self.store.record("shop:2", "return", at="2011-10-27", reply_to=purchase,
                          now="2011-10-27")
        self.assertEqual(self.show(code, "2011-10-28").state, "redeemed")
        before = self.store.digest(now="2011-10-28")
        self.store.link("shop:1", "shop:2", now="2011-10-28")
        self.assertEqual(self.show(code, "2011-10-28").state, "valid")
        self.store.unlink("shop:1", "shop:2", now="2011-10-28")
        self.assertEqual(self.show(code, "2011-10-28").state, "redeemed")
        self.assertEqual(self.store.digest(now="2011-10-28"), before)

    def test_a_past_store_answers_as_it_was_known(self):
        code = self.issue()
        issued = self.store.info().log_position
        used = self.redeem(code)
        self.store.coupons.reverse(code, reason="a mistake", now="2011-10-27")
        with self.store.as_of("2011-10-26") as past:
            self.assertEqual(past.coupons.show(code, now="2011-12-01").state, "redeemed")
        with self.store.as_of(known_at=issued) as past:
            self.assertEqual(past.coupons.show(code, now="2011-10-27").redemptions, ())
        with self.store.as_of("2011-10-01") as past:
            with self.raises(trato.NotFound):
                past.coupons.show(code)
        (use,) = self.show(code, "2011-10-28").redemptions
        self.assertEqual((use.id, use.why, use.reason), (used.id, "reversed", "a mistake"))

    def test_a_coupon_s_digest_says_what_it_gives_and_who_used_it(self):
        def digest():
            return self.store.digest(now="2011-12-01")

        digests = [digest()]
        code = self.issue(uses=4)
        digests.append(digest())
        for more in ({}, {"basket": gbp(1)}, {"customer": "shop:1"},
                     {"purchase": "1" * 32}):
            self.redeem(code, **more)
            digests.append(digest())
        self.store.coupons.reverse(
            code, redemption=self.show(code).redemptions[0].id, now="2011-10-27")
        digests.append(digest())
        self.assertEqual(len(set(digests)), len(digests))
        self.reopen()
        self.assertEqual(digest(), digests[-1])

    def test_a_batch_that_is_taken_back_takes_its_coupons_along(self):
        code = self.issue(batch="mailing")
        kept = self.issue()
        self.redeem(kept, batch="till")
        self.store.batches.retract("mailing", now="2011-10-27")
        self.store.batches.retract("till", now="2011-10-27")
        self.reopen()
        with self.raises(trato.NotFound):
            self.show(code)
        self.assertEqual(self.show(kept).state, "valid")

    def test_who_is_erased_leaves_the_use_that_she_took(self):
        codes = self.store.coupons.issue_many("refill", 4, now="2011-10-25")
        hers = self.issue("shop:2")
        purchase = trato.fact_id("", "planted order")
        self.redeem(codes[0], customer="shop:2", purchase=purchase)
        self.redeem(codes[1], customer="shop:2")
        self.redeem(codes[2], customer="shop:2", purchase=purchase)
        self.redeem(codes[2 + 1])
        self.store.coupons.reverse(codes[1], reason="planted reason", now="2011-10-27")
        self.store.record("shop:2", "return", at="2011-10-28", now="2011-10-28",
                          reply_to=trato.fact_id("", "another"))
        self.store.erase("shop:2", now="2011-11-01")
        self.reopen()
        with self.raises(trato.NotFound):
            self.show(hers, "2011-11-02")
        states = [self.show(code, "2011-11-02").state for code in codes]
        self.assertEqual(states, ["redeemed", "valid", "redeemed", "redeemed"])
        for code in codes:
            for use in self.show(code, "2011-11-02").redemptions:
                self.assertEqual((use.customer, use.purchase), (None, None))
        self.verify()
        if self.on_file:
            self.store.close()
            for file in self.folder.iterdir():
                content = file.read_bytes()
                self.assertNotIn(b"planted reason", content)
                self.assertNotIn(bytes.fromhex(purchase), content)
                self.assertNotIn(b"shop:2", content)

    def test_a_use_that_was_free_again_stays_free_when_its_buyer_is_erased(self):
        codes = self.store.coupons.issue_many("refill", 2, now="2011-10-25")
        purchase = trato.fact_id("", "order 7")
        for number, code in enumerate(codes):
            self.redeem(code, customer="shop:2", purchase=purchase,
                        key=f"till {number}" if number else "")
        self.buy("shop:2", "2011-10-26", key="order 7")
        self.store.retract("shop:2", purchase, now="2011-10-27")
        self.store.erase("shop:2", now="2011-11-01")
        self.reopen()
        for code in codes:
            self.assertEqual(self.show(code, "2011-10-28").state, "valid")
        self.verify()

    def test_a_use_that_was_free_again_stays_free_when_its_purchase_is_not_kept(self):
        purchase = trato.fact_id("", "order 7")
        code = self.issue(for_ever=True)
        self.redeem(code, purchase=purchase)
        self.buy("shop:1", "2011-10-26", key="order 7")
        self.store.record("shop:1", "return", at="2011-10-27", reply_to=purchase,
                          now="2011-10-27")
        self.buy("shop:1", "2013-01-01")
        self.store.retention.define("interactions", "*", "1y", now="2013-01-01")
        self.store.retention.apply(now="2013-01-02")
        self.reopen()
        self.assertEqual(self.show(code, "2013-01-03").state, "valid")
        self.verify()

    def test_everything_held_on_somebody_tells_her_redemptions(self):
        code = self.issue("", uses=2)
        self.redeem(code, customer="shop:2")
        self.store.coupons.reverse(code, reason="a mistake", now="2011-10-27")
        document = self.store.customers.document("shop:2", now="2011-10-28")
        for word in ("redeemed by", "reversed", "a mistake"):
            self.assertIn(word, document)
        other = self.store.customers.document("shop:1", now="2011-10-28")
        self.assertNotIn("a mistake", other)

    def test_what_the_key_stands_for_is_not_told_otherwise(self):
        code = self.issue("", uses=9)
        first = self.redeem(code, key="till 1", customer="shop:1", basket=gbp(100))
        again = self.redeem(code, key="till 1", customer="shop:1", basket=gbp(100),
                            now="2011-10-27")
        self.assertEqual((again.id, again.amount, again.repeated),
                         (first.id, first.amount, True))
        self.assertEqual(again.uses_left, 8)
        for change in ({"basket": gbp(99)}, {"customer": "shop:2"},
                       {"purchase": "1" * 32}, {"basket": None}):
            same = {"key": "till 1", "customer": "shop:1", "basket": gbp(100)}
            with self.raises(trato.AlreadyExists, "till 1"):
                self.redeem(code, **{**same, **change})
        self.assertEqual(self.show(code).uses_left, 8)

    def test_a_dry_run_records_nothing(self):
        code = self.issue()
        before = self.store.digest(now=NOW)
        self.assertEqual(self.redeem(code, basket=gbp(800), dry_run=True).amount, gbp(100))
        with self.raises(trato.OutOfRange):
            self.redeem(code, now="2012-01-01", dry_run=True)
        self.assertEqual(self.store.digest(now=NOW), before)
        self.redeem(code)
        with self.raises(trato.FailedPrecondition):
            self.redeem(code, dry_run=True)


class CouponsUnderAKeyTest(unittest.TestCase):
    """The hash of a code is the host's key's; without it nobody finds it."""

    def setUp(self):
        import tempfile

        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = f"{folder.name}/shop.trato"

    def open(self, key=b""):
        return trato.open(self.path, key=key)

    def issue(self, store):
        store.record("shop:1", "visit", now="2011-10-01")
        store.offers.define("tea", products=["tea"], value=eur(9), now="2011-10-01")
        return store.coupons.issue("shop:1", "tea", now="2011-10-02")

    def test_a_store_without_the_key_says_so(self):
        with self.open() as store:
            plain = self.issue(store)
        with self.open(KEY) as store:
            keyed = self.issue(store)
            # What was issued without a key is still found.
            self.assertEqual(store.coupons.show(plain, now="2011-10-03").state, "valid")
            self.assertEqual(store.coupons.show(keyed, now="2011-10-03").state, "valid")
            with self.assertRaises(trato.NotFound):
                with trato.open() as other:
                    store.coupons.show(self.issue(other), now="2011-10-03")
        for key in (b"", bytes(32)):
            with self.open(key) as store:
                self.assertEqual(store.coupons.show(plain, now="2011-10-03").state, "valid")
                for call in (store.coupons.show, store.coupons.redeem,
                             store.coupons.reverse):
                    with self.assertRaises(trato.FailedPrecondition) as raised:
                        call(keyed, now="2011-10-03")
                    self.assertIn("key", raised.exception.message)
        with self.open(KEY) as store:
            store.coupons.redeem(keyed, now="2011-10-03")
            with store.as_of("2011-10-03") as past:
                self.assertEqual(past.coupons.show(keyed).state, "redeemed")

    def test_the_file_does_not_tell_whether_a_code_is_in_it(self):
        import hashlib

        def plain_hash(code):
            parts = (b"coupon", code.replace("-", "").encode())
            message = b"".join(len(p).to_bytes(8, "big") + p for p in parts)
            return hashlib.blake2b(message, digest_size=16).digest()

        for key in (b"", KEY):
            with self.open(key) as store:
                code = self.issue(store)
            with open(self.path, "rb") as file:
                found = plain_hash(code) in file.read()
            self.assertEqual(found, not key)


if __name__ == "__main__":
    unittest.main()
