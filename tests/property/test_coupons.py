# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A coupon at any instant is what a flat list of facts says.

The oracle keeps what was told and works out from it, each time anew, whether a
coupon is valid, how many uses are left, and which redemption takes one: with
purchases that are retracted, corrected and returned in any order, before and
after what they are redeemed with, records that are linked and parted, reversals,
redemptions reported from elsewhere, clocks that go back, and deadlines counted in
three zones over a change of clocks.
"""

import datetime
import unittest
import zoneinfo
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

import harness
import trato
from trato import Line, Money

HOUR = 3_600_000_000
DAY = 24 * HOUR
# The clocks go back in Madrid on 30 October and in New York on 6 November.
START = 1_319_500_800_000_000  # 2011-10-25 00:00 UTC
RECORDS = ("shop:1", "shop:2", "crm:1", "crm:2")
ZONES = ("Europe/Madrid", "America/New_York", "Asia/Tokyo", "Nowhere/Land", None)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICRO = datetime.timedelta(microseconds=1)


@dataclass
class Issue:
    record: Optional[str]
    offer: str
    at: int
    deadline: Optional[int]
    gives: Tuple[str, int]  # money, percent or offer, and how much
    uses: int
    position: int


@dataclass
class Redemption:
    code: str
    at: int
    source: str
    id: str
    key: str
    record: Optional[str]
    purchase: Optional[str]
    basket: Optional[int]
    position: int


@dataclass
class Fact:
    """A reversal, a purchase, a return, an amendment, or a link."""

    kind: str
    at: int
    position: int
    about: str = ""
    record: str = ""
    source: str = ""
    id: str = ""
    amount: int = 0
    lines: Dict[str, int] = field(default_factory=dict)
    linked: bool = False
    content_at: int = 0


class Oracle:
    def __init__(self) -> None:
        self.issues: Dict[str, Issue] = {}
        self.redemptions: List[Redemption] = []
        self.facts: List[Fact] = []

    def until(self, at: int, position: int) -> "Oracle":
        """What was known then of what had happened by `at`."""

        def is_told(it: Any) -> bool:
            return it.at <= at and it.position <= position

        other = Oracle()
        other.issues = {c: i for c, i in self.issues.items() if is_told(i)}
        other.redemptions = [r for r in self.redemptions if is_told(r)]
        other.facts = [f for f in self.facts if is_told(f)]
        return other

    def group(self, record: str) -> List[str]:
        pairs = {}
        for fact in self.facts:
            if fact.kind == "link":
                pairs[fact.record, fact.about] = fact.linked
        group = {record}
        while True:
            more = {
                other
                for pair, linked in pairs.items()
                if linked and set(pair) & group
                for other in pair
            }
            if more <= group:
                return sorted(group)
            group |= more

    def of_kind(self, kind: str, about: str, now: int) -> List[Fact]:
        return [
            f for f in self.facts
            if f.kind == kind and f.about == about and f.at <= now
        ]

    def released(self, it: Redemption, now: int) -> Optional[str]:
        if self.of_kind("reversal", it.id, now):
            return "reversed"
        if it.purchase is None:
            return None
        group = self.group(it.record)
        bought = [
            f for f in self.facts
            if f.kind == "purchase" and f.id == it.purchase and f.record in group
        ]
        content = bought[0] if bought and bought[0].at <= now else None
        if bought:
            amendments = [
                f for f in self.of_kind("amendment", it.purchase, now)
                if f.record == bought[0].record
            ]
            if amendments:
                last = max(amendments, key=lambda f: (f.at, f.source, f.id))
                if not last.linked:  # nothing in its place
                    return "purchase retracted"
                content = last if last.content_at <= now else None
        back = sorted(
            (f for f in self.of_kind("return", it.purchase, now) if f.record in group),
            key=lambda f: f.at,
        )
        amount, lines = 0, {}
        for one in back:
            amount += abs(one.amount)
            for product, quantity in one.lines.items():
                lines[product] = lines.get(product, 0) + abs(quantity)
            if not one.lines and not one.amount:
                return "purchase returned"
            if content is None:
                continue
            if content.amount and amount >= abs(content.amount):
                return "purchase returned"
            if content.lines and all(
                lines.get(product, 0) >= quantity
                for product, quantity in content.lines.items()
            ):
                return "purchase returned"
        return None

    def of(self, code: str) -> List[Redemption]:
        found = [r for r in self.redemptions if r.code == code]
        return sorted(found, key=lambda r: (r.at, r.source, r.id))

    def show(self, code: str, now: int) -> Tuple[str, int, List[Tuple[str, bool, Any]]]:
        issue = self.issues[code]
        left, uses = issue.uses, []
        for it in self.of(code):
            if it.at > now:
                continue
            why = self.released(it, now)
            holds = why is None and left > 0
            left -= holds
            uses.append((it.id, holds, why or (None if holds else "all uses were taken")))
        if left == 0:
            state = "redeemed"
        elif now < issue.at:
            state = "not yet valid"
        elif issue.deadline is not None and now >= issue.deadline:
            state = "expired"
        else:
            state = "valid"
        return state, left, uses

    def refusal(
        self, code: str, now: int, record: Optional[str], purchase: Optional[str]
    ) -> Optional[type]:
        """Why a redemption by the engine's own decision is refused."""
        issue = self.issues[code]
        taken = [r for r in self.of(code) if r.at > now or not self.released(r, now)]
        if len(taken) >= issue.uses:
            return trato.FailedPrecondition
        if now < issue.at or (issue.deadline is not None and now >= issue.deadline):
            return trato.OutOfRange
        meant = Redemption(code, now, "", "", "", record, purchase, None, 0)
        if purchase and self.released(meant, now):
            return trato.FailedPrecondition
        return None


def forth(at: int, days: int, zone: str) -> int:
    """So many days later by the clock of the zone."""
    local = (EPOCH + at * MICRO).astimezone(zoneinfo.ZoneInfo(zone))
    wall = local.replace(tzinfo=None) + datetime.timedelta(days=days)
    # Of a time that is skipped or repeated, by the offset before the change.
    return (wall.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0) - EPOCH) // MICRO


class CouponsEqualAFlatList(harness.PropertyCase):
    def test_at_any_instant_and_as_known_at_any_position(self):
        for rng in self.each_round(40):
            self.on_file = rng.random() < 0.4
            self.store_zone = rng.choice(ZONES[:3])
            self.key = bytes(32) if rng.random() < 0.5 else b""
            path = self.path(f"{rng.random()}.trato") if self.on_file else None
            self.path_of = path
            self.store = trato.open(
                path, zone=self.store_zone, currency="EUR", key=self.key
            )
            self.rng, self.oracle, self.number = rng, Oracle(), 0
            self.purchases: List[Tuple[str, str]] = []
            try:
                self.begin()
                for _ in range(rng.randrange(10, 60)):
                    self.step()
                    if rng.random() < 0.3:
                        self.compare()
                if self.on_file:
                    self.again()
                self.compare()
                self.past()
            finally:
                self.store.close()

    def again(self):
        self.store.close()
        self.store = trato.open(self.path_of, key=self.key)

    def begin(self):
        self.store.attributes.define("time_zone", "string", now=START - DAY)
        self.zones = {}
        for record in RECORDS:
            self.store.record(record, "visit", at=START - DAY, now=START - DAY)
            zone = self.zones[record] = self.rng.choice(ZONES)
            if zone:
                self.store.attributes.set(
                    record, "time_zone", zone, at=START - DAY, now=START - DAY
                )

    def position(self) -> int:
        return self.store.info(now=self.moment()).log_position

    def moment(self) -> int:
        """Any instant, also in the past of what was told."""
        return START + self.rng.randrange(0, 20 * 24) * HOUR + self.rng.choice([0, 0, 1])

    def next_key(self) -> str:
        self.number += 1
        return f"key {self.number}"

    def step(self):
        kind = self.rng.choices(
            [self.issue, self.redeem, self.report, self.reverse, self.buy, self.amend,
             self.give_back, self.link, self.seal],
            [5, 9, 2, 3, 4, 3, 4, 2, 1])[0]
        kind()

    def seal(self):
        if self.on_file:
            self.store.checkpoint()

    def issue(self):
        rng, at = self.rng, self.moment()
        offer = rng.choice(["tea", "cup"])
        discount = rng.choice([("money", 150), ("percent", 1250), ("offer", 0)])
        days = rng.choice([None, 5, 10])
        self.store.offers.define(
            offer,
            products=["p"],
            value=Money(1000, "EUR"),
            discount=Money(150, "EUR") if discount[0] == "money" else None,
            discount_basis_points=1250 if discount[0] == "percent" else 0,
            coupon_span=f"{days}d" if days else "",
            now=at,
        )
        record = rng.choice([None, *RECORDS])
        uses = rng.choice([1, 1, 1, 2, 3])
        zone = self.store_zone
        if record:
            # Of records that are one customer the latest word holds; all of
            # these are of one instant, so that source and fact decide: ask alone.
            if len(self.oracle.group(record)) > 1:
                record = None
            elif self.zones[record] in ZONES[:3]:
                zone = self.zones[record]
        more, gives = {}, discount
        if rng.random() < 0.4:
            gives = rng.choice([("money", 200), ("percent", 3333)])
            if gives[0] == "money":
                more["money"] = Money(200, "EUR")
            else:
                more["basis_points"] = 3333
        how = rng.randrange(4)
        if how == 0:
            days = rng.choice([1, 7, 14])
            more["span"] = f"{days}d"
        elif how == 1:
            more["valid_until"] = at + 3 * DAY + 1
        elif how == 2:
            more["for_ever"] = True
        deadline = forth(at, days, zone) if days else None
        if how == 1:
            deadline = at + 3 * DAY + 1
        elif how == 2:
            deadline = None
        if record is None and rng.random() < 0.5:
            codes = self.store.coupons.issue_many(
                offer, rng.randrange(1, 4), uses=uses, now=at, **more
            )
        else:
            codes = [self.store.coupons.issue(record or "", offer, uses=uses, now=at, **more)]
        position = self.position()
        for code in codes:
            self.oracle.issues[code] = Issue(
                record, offer, at, deadline, gives, uses, position
            )

    def some_code(self) -> Optional[str]:
        return self.rng.choice(sorted(self.oracle.issues)) if self.oracle.issues else None

    def options(self, issue: Issue) -> Tuple[Dict[str, Any], Optional[str], Optional[str]]:
        """Who redeems it with what: what is said, and what follows from it."""
        rng = self.rng
        said: Dict[str, Any] = {}
        record = issue.record
        if issue.record is None:
            record = rng.choice([None, *RECORDS])
        elif rng.random() < 0.4:
            record = rng.choice(self.oracle.group(issue.record))
        if record and (issue.record is None or record != issue.record):
            said["customer"] = record
        purchase = None
        if record and rng.random() < 0.7:
            if self.purchases and rng.random() < 0.5:
                purchase = rng.choice(self.purchases)[1]
            else:
                key = self.next_key()
                purchase = trato.fact_id("", key)
                self.purchases.append((key, purchase))
            said["purchase"] = purchase
        if "customer" not in said and purchase is None:
            record = None
        return said, record, purchase

    def redeem(self):
        code = self.some_code()
        if code is None:
            return
        issue, now, rng = self.oracle.issues[code], self.moment(), self.rng
        if rng.random() < 0.6:  # where it is likely to be valid
            now = issue.at + rng.randrange(0, 4 * 24) * HOUR
        said, record, purchase = self.options(issue)
        basket = rng.choice([None, 0, 1, 149, 1999, 12345])
        if basket is not None:
            said["basket"] = Money(basket, "EUR")
        key = rng.choice(["", self.next_key()])
        refusal = self.oracle.refusal(code, now, record, purchase)
        if refusal:
            harness.compared("refusals")
            with self.assertRaises(refusal):
                self.store.coupons.redeem(code, key=key, now=now, **said)
            return
        left = self.oracle.show(code, now)[1]
        result = self.store.coupons.redeem(code, key=key, now=now, **said)
        if key:
            self.check("ids", result.id, trato.fact_id("", key))
        self.amounts(issue, basket, result)
        self.oracle.redemptions.append(
            Redemption(code, now, "host", result.id, key, record, purchase, basket,
                       self.position())
        )
        if key and rng.random() < 0.5:
            again = self.store.coupons.redeem(code, key=key, now=now, **said)
            self.check("sent again", (again.id, again.repeated), (result.id, True))

    def amounts(self, issue, basket, result):
        kind, number = issue.gives
        expected = None
        if kind == "money":
            expected = number if basket is None else min(number, basket)
        elif basket is not None:
            # Half goes away from zero; percent as hundredths of it.
            expected = 0 if kind == "offer" else (2 * basket * number + 10_000) // 20_000
        amount = None if result.amount is None else result.amount.minor
        self.check("amounts", (result.kind, amount), (kind, expected), issue, basket)

    def report(self):
        code = self.some_code()
        if code is None:
            return
        at, source = self.moment(), self.rng.choice(["host", "till", "a till"])
        said, record, purchase = self.options(self.oracle.issues[code])
        now = self.moment()
        issue = self.oracle.issues[code]
        if issue.record and said.get("customer") and now < START - DAY:
            return
        result = self.store.coupons.redeem(
            code, reported=True, at=at, source=source, now=now, **said
        )
        self.oracle.redemptions.append(
            Redemption(code, at, source, result.id, "", record, purchase, None,
                       self.position())
        )

    def reverse(self):
        code, now = self.some_code(), self.moment()
        if code is None:
            return
        redemptions = self.oracle.of(code)
        if redemptions and self.rng.random() < 0.5:
            meant = self.rng.choice(redemptions)
            self.store.coupons.reverse(code, redemption=meant.id, now=now)
        else:
            taking = [
                r for r in redemptions if r.at <= now and not self.oracle.released(r, now)
            ]
            if len(taking) != 1:
                harness.compared("refusals")
                with self.assertRaises(trato.FailedPrecondition):
                    self.store.coupons.reverse(code, now=now)
                return
            (meant,) = taking
            self.store.coupons.reverse(code, now=now)
        self.oracle.facts.append(
            Fact("reversal", now, self.position(), meant.id)
        )

    def some_purchase(self) -> Tuple[str, str]:
        if not self.purchases or self.rng.random() < 0.1:
            key = self.next_key()
            self.purchases.append((key, trato.fact_id("", key)))
        return self.rng.choice(self.purchases)

    def goods(self, sign: int) -> Tuple[Dict[str, int], int, List[Line], Optional[Money]]:
        """Lines and amount, as the oracle and as the binding have them."""
        rng = self.rng
        if rng.random() < 0.3:
            amount = sign * rng.choice([0, 500, 1000])
            return {}, amount, [], Money(amount, "EUR")
        quantities = {
            product: rng.randrange(1, 3)
            for product in rng.sample(["tea", "cup"], rng.randrange(1, 3))
        }
        lines = [
            Line(product, sign * quantity, Money(sign * 250 * quantity, "EUR"), "2.50")
            for product, quantity in quantities.items()
        ]
        return quantities, sign * 250 * sum(quantities.values()), lines, None

    def buy(self):
        key, purchase = self.some_purchase()
        if any(f.kind == "purchase" and f.id == purchase for f in self.oracle.facts):
            return
        record, at = self.rng.choice(RECORDS), self.moment()
        quantities, amount, lines, money = self.goods(1)
        self.store.record(
            record, "purchase", at=at, lines=lines, amount=money, key=key,
            now=self.moment(),
        )
        self.oracle.facts.append(
            Fact("purchase", at, self.position(), "", record, "host", purchase, amount,
                 quantities)
        )

    def amend(self):
        _, purchase = self.some_purchase()
        bought = [
            f for f in self.oracle.facts if f.kind == "purchase" and f.id == purchase
        ]
        record = bought[0].record if bought else self.rng.choice(RECORDS)
        if self.rng.random() < 0.1:
            record = self.rng.choice(RECORDS)  # of somebody else it says nothing
        found, source = self.moment(), self.rng.choice(["host", "office"])
        if self.rng.random() < 0.6:
            id = self.store.retract(
                record, purchase, found=found, source=source, now=self.moment()
            )
            self.oracle.facts.append(
                Fact("amendment", found, self.position(), purchase, record, source, id)
            )
            return
        quantities, amount, lines, money = self.goods(1)
        at = self.moment()
        id = self.store.correct(
            record, purchase, "purchase", at=at, lines=lines, amount=money, found=found,
            source=source, now=self.moment(),
        )
        self.oracle.facts.append(
            Fact("amendment", found, self.position(), purchase, record, source, id,
                 amount, quantities, True, at)
        )

    def give_back(self):
        _, purchase = self.some_purchase()
        record, at = self.rng.choice(RECORDS), self.moment()
        bought = [
            f for f in self.oracle.facts if f.kind == "purchase" and f.id == purchase
        ]
        if bought and self.rng.random() < 0.8:
            record = bought[0].record
        quantities, amount, lines, money = self.goods(-1)
        if self.rng.random() < 0.15:
            quantities, amount, lines, money = {}, 0, [], None
        self.store.record(
            record, "return", at=at, lines=lines, amount=money, reply_to=purchase,
            now=self.moment(), key=self.next_key(),
        )
        self.oracle.facts.append(
            Fact("return", at, self.position(), purchase, record, amount=amount,
                 lines=quantities)
        )

    def link(self):
        one, other = sorted(self.rng.sample(RECORDS, 2))
        linked = other not in self.oracle.group(one)
        now = self.moment()
        if linked:
            try:
                self.store.link(one, other, now=now)
            except trato.FailedPrecondition:
                return
        fact = Fact("link", now, 0, other, one, linked=linked)
        self.oracle.facts.append(fact)
        if not linked:
            # What others join is not for this test.
            said = [f for f in self.oracle.facts if f.kind == "link" and f is not fact
                    and (f.record, f.about) == (one, other)]
            if not said or not said[-1].linked or other in self.oracle.group(one):
                self.oracle.facts.remove(fact)
                return
            self.store.unlink(one, other, now=now)
        fact.position = self.position()

    def moments(self, code: str) -> List[int]:
        issue = self.oracle.issues[code]
        edges = [issue.at, issue.deadline or issue.at + DAY]
        edges += [r.at for r in self.oracle.of(code)]
        edges += [f.at for f in self.rng.sample(
            self.oracle.facts, min(3, len(self.oracle.facts)))]
        edge = self.rng.choice(edges)
        return [self.moment(), edge - 1, edge, START + 40 * DAY]

    def compare(self):
        codes = sorted(self.oracle.issues)
        for code in self.rng.sample(codes, min(5, len(codes))):
            for now in self.moments(code):
                self.same(self.store, self.oracle, code, now)

    def same(self, store, oracle, code, now):
        coupon = store.coupons.show(code, now=now)
        issue = oracle.issues[code]
        deadline = coupon.deadline and harness.micros(coupon.deadline)
        self.check("terms", (coupon.offer, coupon.customer, coupon.gives.kind, deadline),
                   (issue.offer, issue.record, issue.gives[0], issue.deadline), issue)
        got = (coupon.state, coupon.uses_left,
               [(use.id, use.holds, use.why) for use in coupon.redemptions])
        self.check("coupons", got, oracle.show(code, now), code, now, issue,
                   *oracle.of(code), *oracle.facts)

    def past(self):
        for _ in range(3):
            at = self.moment()
            known = self.rng.randrange(1, self.store.info(now=at).log_position + 1)
            then = self.oracle.until(at, known)
            with self.store.as_of(at, known_at=known) as past:
                for code in self.rng.sample(sorted(self.oracle.issues),
                                            min(4, len(self.oracle.issues))):
                    if code not in then.issues:
                        harness.compared("not issued yet")
                        with self.assertRaises((trato.NotFound, trato.FailedPrecondition)):
                            past.coupons.show(code, now=at)
                        continue
                    self.same(past, then, code, at)


if __name__ == "__main__":
    unittest.main()
