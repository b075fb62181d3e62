# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Matches equal the formula of trato.h, and a coupon is good once, in time."""

import unittest
from dataclasses import dataclass, field
from typing import Any, List, NamedTuple, Optional

import conditions
import harness
import language as cel
import oracle
import trato
from histories import DIGITS, PRODUCTS, SOURCES, SPANS, History
from oracle import DAY, FOREVER, NEVER, Amount

HALF_LIFE = 180 * DAY
PRIOR, PRIOR_WEIGHT, RATE_WEIGHT = 0.05, 2, 20
BENEFIT_WEIGHT = 0.25
YES = ("accepted", "bought")
NO = ("refused", "returned", "nothing")


@dataclass
class Offer:
    name: str
    products: List[str]
    value: Amount
    off: int  # minor units
    basis_points: int
    eligibility: Optional[cel.Node]
    start: int
    end: int
    span: Optional[oracle.Span]

    def discount(self) -> int:
        """Only whole ones are made here."""
        assert self.value.minor * self.basis_points % 10_000 == 0
        return self.off + self.value.minor * self.basis_points // 10_000

    def left(self) -> int:
        return self.value.minor - self.discount()


class Outcome(NamedTuple):
    at: int
    source: str
    fact: str
    kind: str


@dataclass
class Decision:
    record: str
    offer: Optional[str]
    at: int
    id: str
    similar: int = 0
    outcomes: List[Outcome] = field(default_factory=list)

    def answer(self, now: int) -> Optional[Outcome]:
        """The latest yes or no."""
        answers = [
            outcome
            for outcome in self.outcomes
            if outcome.kind in YES + NO and outcome.at <= now
        ]
        return max(answers, key=lambda o: (o.at, o.source.encode(), o.fact), default=None)


@dataclass
class Coupon:
    record: str
    offer: str
    issued: int
    deadline: int
    code: str
    redeemed: Optional[int] = None
    key: str = ""

    def state(self, now: int) -> str:
        if now < self.issued:
            return "not yet valid"
        if self.redeemed is not None and self.redeemed <= now:
            return "redeemed"
        return "expired" if now >= self.deadline else "valid"


class Firm:
    """What the firm has offered and what came of it, in flat lists."""

    def __init__(self, told: oracle.Oracle) -> None:
        self.told = told
        self.offers: List[Offer] = []
        self.decisions: List[Decision] = []
        self.coupons: List[Coupon] = []

    def stage(self, offer: Offer, group: List[str], now: int) -> Optional[str]:
        """What drops the offer, or None."""
        if not offer.start <= now < offer.end:
            return "validity"
        if offer.eligibility is not None:
            try:
                if not offer.eligibility.value(cel.Env(self.told, group, now, {})):
                    return "eligibility"
            except cel.Failure:
                return "eligibility"
        if offer.value.currency != self.told.currency or offer.left() <= 0:
            return "value"
        if self.score(offer, group, now) <= 0:
            return "value"
        return None

    def purchases(self, offer: Offer, group: List[str], now: int) -> List[Any]:
        """When, and whether it held one of the products."""
        return [
            (fact.at, any(line.product in offer.products for line in fact.lines))
            for _, fact in self.told.timeline(group, now)
            if fact.type == "purchase"
        ]

    def similar(self, offer: Offer, group: List[str], now: int) -> int:
        return min(2, sum(held for _, held in self.purchases(offer, group, now)))

    def rate(self, offer: Offer, similar: int, now: int) -> float:
        """How often people say yes, those like her before all."""

        def counted(decisions: List[Decision]) -> Any:
            tried = [d for d in decisions if any(o.at <= now for o in d.outcomes)]
            answers = [d.answer(now) for d in tried]
            return len(tried), sum(a is not None and a.kind in YES for a in answers)

        of_it = [d for d in self.decisions if d.offer == offer.name]
        n, k = counted(of_it)
        everybody = (k + RATE_WEIGHT * PRIOR) / (n + RATE_WEIGHT)
        n, k = counted([d for d in of_it if d.similar == similar])
        return (k + RATE_WEIGHT * everybody) / (n + RATE_WEIGHT)

    def organic(self, offer: Offer, group: List[str], now: int) -> float:
        told = self.purchases(offer, group, now)
        held = sum(faded(at, now) for at, holds in told if holds)
        return held / (sum(faded(at, now) for at, _ in told) + PRIOR_WEIGHT)

    def score(self, offer: Offer, group: List[str], now: int) -> float:
        worth = offer.left() + BENEFIT_WEIGHT * offer.discount()
        gained = self.affinity(offer, group, now) * worth
        return gained - self.organic(offer, group, now) * offer.discount()

    def affinity(self, offer: Offer, group: List[str], now: int) -> float:
        # When, and whether it speaks for the offer.
        told = self.purchases(offer, group, now)
        for decision in self.decisions:
            if decision.offer == offer.name and decision.record in group:
                answer = decision.answer(now)
                if answer:
                    told.append((answer.at, answer.kind in YES))
        for coupon in self.coupons:
            if coupon.offer == offer.name and coupon.record in group:
                if coupon.redeemed is not None and coupon.redeemed <= now:
                    told.append((coupon.redeemed, True))
        weights = [(faded(at, now), good) for at, good in told]
        all_of = sum(weight for weight, _ in weights)
        good_of = sum(weight for weight, good in weights if good)
        rate = self.rate(offer, self.similar(offer, group, now), now)
        return (good_of + rate * PRIOR_WEIGHT) / (all_of + PRIOR_WEIGHT)


def faded(at: int, now: int) -> float:
    return 2 ** (-(now - at) / HALF_LIFE)


class OffersEqualTheOracle(harness.PropertyCase):
    def test_matches_decisions_and_explanations(self):
        for rng in self.each_round(110):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                firm = Firm(told)
                asker = conditions.Conditions(history)
                for number in rng.sample(range(10), 6):
                    self.define(store, history, asker, firm, f"offer {number}")
                nows = [history.asked() for _ in range(3)]
                for _ in range(4):
                    self.happen(store, history, firm, rng)
                    for now in nows:
                        for group in told.customers():
                            self.compare(store, firm, group, now, rng)
                    self.report(store, firm, nows[0])

    def define(self, store, history, asker, firm, name):
        rng = history.rng
        minor = rng.choice([100, 1000, 2000, 2000, 40_000])
        currency = history.currency if rng.random() < 0.9 else history.other
        kind = rng.random()
        off = rng.choice([1, minor // 2, minor - 1, minor]) if kind < 0.3 else 0
        points = rng.choice([100, 2500, 9900, 10_000]) if kind > 0.7 else 0
        start, end = NEVER, FOREVER
        if rng.random() < 0.4:
            start = history.asked()
        if rng.random() < 0.4:
            end = max(history.asked(), start + 1)
        offer = Offer(
            name,
            rng.sample(PRODUCTS, rng.choice([1, 1, 2])),
            Amount(minor, currency),
            off,
            points,
            asker.condition() if rng.random() < 0.5 else None,
            start,
            end,
            rng.choice([None, *SPANS[:4]]),
        )
        store.offers.define(
            name,
            value=harness.to_trato(offer.value),
            products=offer.products,
            discount=trato.Money(off, currency) if off else None,
            discount_basis_points=points,
            eligibility=offer.eligibility.text() if offer.eligibility else "",
            valid_from=None if start == NEVER else start,
            valid_until=None if end == FOREVER else end,
            coupon_span=offer.span.text if offer.span else "",
            now=0,
        )
        firm.offers.append(offer)

    def happen(self, store, history, firm, rng):
        """Some decisions, outcomes and coupons, at any time."""
        for _ in range(4):
            record = rng.choice(firm.told.records())
            now = history.asked()
            if not firm.told.known(firm.told.customer_of(record), now):
                self.nothing_known(
                    lambda: store.offers.decide(record, now=now),
                    lambda: store.coupons.issue(record, firm.offers[0].name, now=now),
                )
                continue
            decided = store.offers.decide(record, now=now)
            chosen = decided.match and decided.match.offer
            listed = store.offers.match(record, now=now, limit=1)
            self.check(
                "decisions", decided.match, listed[0] if listed else None, record, now
            )
            self.check("probabilities", decided.match is None or decided.probability, 1)
            decision = Decision(record, chosen, now, decided.id)
            group = firm.told.customer_of(record)
            for offer in firm.offers:
                if offer.name == chosen:
                    decision.similar = firm.similar(offer, group, now)
            firm.decisions.append(decision)
            for _ in range(rng.choice([0, 1, 1, 3])):
                at = now + rng.choice([0, 0, 0, 1, DAY, 400 * DAY])
                kind = rng.choice(["shown", "opened", "answered", *YES, *NO])
                source = rng.choice(SOURCES)
                fact = store.outcome(
                    decided, kind, at=at, source=source, now=harness.NOW
                )
                decision.outcomes.append(Outcome(at, source, fact, kind))
        offer = rng.choice(firm.offers)
        record, now = rng.choice(firm.told.records()), history.asked()
        if firm.told.known(firm.told.customer_of(record), now):
            self.coupon(store, history, firm, offer, record, now, rng)

    def coupon(self, store, history, firm, offer, record, now, rng):
        code = store.coupons.issue(record, offer.name, now=now)
        end = firm.told.forth(now, offer.span) if offer.span else FOREVER
        coupon = Coupon(record, offer.name, now, end, code)
        firm.coupons.append(coupon)
        if rng.random() < 0.6:
            coupon.redeemed = rng.choice(
                [now, now + 1, end - 1 if offer.span else now + DAY]
            )
            coupon.redeemed = min(coupon.redeemed, harness.NOW)
            store.coupons.redeem(code, now=coupon.redeemed)

    def compare(self, store, firm, group, now, rng):
        about = (group, now, *firm.offers)
        stages = {offer.name: firm.stage(offer, group, now) for offer in firm.offers}
        name = rng.choice(group)
        if not firm.told.known(group, now):
            self.nothing_known(
                lambda: store.offers.match(name, now=now),
                lambda: store.offers.explain(name, now=now),
            )
            return
        explained = store.offers.explain(name, now=now)
        got = {verdict.offer: verdict.stage for verdict in explained.offers}
        self.check("stages", got, stages, *about)
        matches = store.offers.match(name, now=now, limit=100)
        kept = sorted(one for one, stage in stages.items() if stage is None)
        self.check("kept offers", sorted(m.offer for m in matches), kept, *about)
        order = sorted(matches, key=lambda m: (-m.score, m.offer))
        self.check("orders", matches, order, *about)
        limited = store.offers.match(name, now=now, limit=2)
        self.check("limits", limited, matches[:2], *about)
        offers = {offer.name: offer for offer in firm.offers}
        for match, verdict in zip(matches, explained.offers):
            offer = offers[match.offer]
            affinity = firm.affinity(offer, group, now)
            self.near("affinities", match.affinity, affinity, offer, *about)
            score = firm.score(offer, group, now)
            self.near("scores", match.score, score, offer, *about)
            self.check("values", match.value.minor, offer.left(), offer)
            same = (verdict.offer, verdict.affinity, verdict.score, verdict.value)
            wanted = (match.offer, match.affinity, match.score, match.value)
            self.check("explained as matched", same, wanted, *about)

    def near(self, what, got, expected, *about):
        harness.compared(what)
        if abs(got - expected) > 1e-9 * max(1, abs(expected)):
            self.check(what, got, expected, *about)

    def report(self, store, firm, now):
        results = {result.offer: result for result in store.offers.report(now=now)}
        for offer in firm.offers:
            decided = sum(
                d.offer == offer.name and d.at <= now for d in firm.decisions
            )
            issued = [
                c for c in firm.coupons if c.offer == offer.name and c.issued <= now
            ]
            redeemed = sum(c.redeemed is not None and c.redeemed <= now for c in issued)
            result = results[offer.name]
            got = (result.decided, result.coupons_issued, result.coupons_redeemed)
            self.check("reports", got, (decided, len(issued), redeemed), offer, now)

    def test_outcomes_of_one_instant_are_ordered_by_source(self):
        with trato.open(currency="GBP") as store:
            store.record("a:1", "visit", at=1, now=1)
            value = trato.Money(100, "GBP")
            store.offers.define("o", value=value, products=["p"], now=0)
            for first in ("a", "b", "c", "d"):
                decided = store.offers.decide("a:1", now=10)
                outcomes = [("refused", first), ("accepted", first + "z")]
                for kind, source in outcomes[:: 1 if first < "c" else -1]:
                    store.outcome(decided, kind, at=20, source=source, now=20)
            affinity = store.offers.match("a:1", now=20)[0].affinity
        # All four said yes in the end, all are of one kind.
        everybody = (4 + 20 * 0.05) / (4 + 20)
        rate = (4 + 20 * everybody) / (4 + 20)
        self.assertAlmostEqual(affinity, (4 + 2 * rate) / (4 + 2))


class CouponsEqualTheOracle(harness.PropertyCase):
    def test_a_coupon_is_good_once_and_in_time(self):
        for rng in self.each_round(60):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                coupons = []
                for number in range(8):
                    coupons.append(self.issue(store, history, rng, number))
                for coupon in coupons:
                    self.life(store, told, rng, coupon)
                for coupon in coupons:
                    self.show(store, coupon)
                self.listed(store, told, coupons, history.asked())

    def issue(self, store, history, rng, number):
        span = rng.choice([None, *SPANS[:10], *SPANS[11:]])
        store.offers.define(
            f"offer {number}",
            value=trato.Money(10 ** DIGITS[history.currency], history.currency),
            products=["tea"],
            coupon_span=span.text if span else "",
            now=0,
        )
        told = history.oracle
        record = rng.choice(told.records())
        now = history.anchor() if rng.random() < 0.5 else history.asked()
        if not told.known(told.customer_of(record), now):
            now = min(fact.at for _, fact in told.facts if fact.record == record)
        code = store.coupons.issue(record, f"offer {number}", now=now)
        end = history.oracle.forth(now, span) if span else FOREVER
        return Coupon(record, f"offer {number}", now, end, code)

    def edges(self, coupon):
        end = min(coupon.deadline, harness.NOW)
        middle = coupon.issued + (end - coupon.issued) // 2
        return [coupon.issued - 1, coupon.issued, middle, end - 1, end, end + 1]

    def show(self, store, coupon):
        for now in self.edges(coupon):
            shown = store.coupons.show(coupon.code, now=now)
            deadline = shown.deadline and harness.micros(shown.deadline)
            redeemed = shown.redeemed and harness.micros(shown.redeemed)
            told = coupon.state(now)
            self.check("states", shown.state, told, coupon, now)
            expected = None if coupon.deadline == FOREVER else coupon.deadline
            self.check("deadlines", deadline, expected, coupon)
            expected = coupon.redeemed if told == "redeemed" else None
            self.check("redemptions", redeemed, expected, coupon, now)

    def life(self, store, told, rng, coupon):
        self.show(store, coupon)
        group = told.customer_of(coupon.record)
        others = [name for name in told.records() if name not in group]
        moments = self.edges(coupon)
        rng.shuffle(moments)
        for now in moments:
            code = disguised(coupon.code, rng)
            if others and rng.random() < 0.5:
                other = rng.choice(others)
                known = told.known(told.customer_of(other), now)
                kind = trato.PermissionDenied if known else trato.NotFound
                self.fails(kind, store, coupon.code, now, customer=other)
            customer = rng.choice(["", rng.choice(group)])
            if not told.known(group, now):
                customer = ""
            if coupon.redeemed is not None:
                self.fails(
                    trato.FailedPrecondition, store, code, now, customer=customer
                )
                if coupon.key:
                    store.coupons.redeem(code, key=coupon.key, now=now)
                    harness.compared("redemptions sent again")
            elif coupon.issued <= now < coupon.deadline:
                coupon.key = rng.choice(["", f"till 7, {coupon.offer}"])
                store.coupons.redeem(code, customer=customer, key=coupon.key, now=now)
                coupon.redeemed = now
                harness.compared("redemptions")
            else:
                self.fails(trato.OutOfRange, store, code, now, customer=customer)

    def fails(self, kind, store, code, now, **options):
        harness.compared("refusals")
        with self.assertRaises(kind):
            store.coupons.redeem(code, now=now, **options)

    def listed(self, store, told, coupons, now):
        for group in told.customers():
            if not told.known(group, now):
                continue
            customer = store.customer(group[0], now=now)
            got = sorted((c.offer, c.state) for c in customer.coupons)
            expected = sorted(
                (coupon.offer, coupon.state(now))
                for coupon in coupons
                if coupon.record in group and coupon.issued <= now
            )
            shown = [one for one in got if one[1] != "not yet valid"]
            self.check("coupons of customers", shown, expected, group, now)


def disguised(code: str, rng: Any) -> str:
    """Letter case, blanks and hyphens do not matter; O, I, L are 0, 1, 1."""
    kind = rng.randrange(4)
    if kind == 1:
        return " ".join(code.replace("-", "").lower())
    if kind == 2:
        return code.replace("0", "O").replace("1", "l")
    if kind == 3:
        return code.replace("-", "").replace("1", "I").replace("0", "o")
    return code


if __name__ == "__main__":
    unittest.main()
