# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Two euros off if bought within ten days, for whoever has an interest in it.

usage: two_euros.py STORE [CAMPAIGNS]

The store holds a shop's sales (`trato import STORE SALES --as orders`) and has
the currency EUR. The sales are real, taken as euros. Who buys after an offer is
simulated: of those who are left out, a planted share buys all the same; of those
who are offered, more do. The report has to find that difference again, and with
CAMPAIGNS, so many of them one after the other, its 95 % interval should hold the
truth in about 95 % of them.
"""

import datetime
import sys
import zoneinfo

import trato
from trato import Line, Money

HOLDER = "85123A"  # the white hanging heart t-light holder
INTERESTED = f'interactions("purchase").lines().exists(line, line.product == "{HOLDER}")'
ORGANIC = 0.10  # buy it within ten days anyway
LIFT = 0.08  # buy it because of the offer
LEFT_OUT = 0.30
START = datetime.datetime(2012, 3, 20, 17, 0, tzinfo=datetime.timezone.utc)
ZONES = {"Madrid": "Europe/Madrid", "New York": "America/New_York", "Tokyo": "Asia/Tokyo"}


class Draws:
    """SplitMix64, which two_euros.cpp has as well: both tell the same story."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        """A number in [0, 1)."""
        mask = 2**64 - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
        return ((z ^ (z >> 31)) >> 11) / 2**53


def define(store, number, now):
    """The offer, and who is left out of it for comparison."""
    offer = f"two euros {number}"
    store.offers.define(
        offer, title="2 € off the heart t-light holder", products=[HOLDER],
        value=Money.parse("7.50", "EUR"), discount=Money.parse("2.00", "EUR"),
        eligibility=INTERESTED, coupon_span="10d", respond_within="10d",
        valid_until=now + datetime.timedelta(days=1), now=now)
    store.policies.define(f"left out {number}", offer=offer, holdout=LEFT_OUT, now=now)
    return offer


def campaign(store, number):
    """One campaign: decisions, simulated purchases, the report."""
    now = START + datetime.timedelta(days=20 * number)
    define(store, number, now)
    who = sorted(member.name for member in store.segments["interested"].members(now=now))
    decided = store.offers.decide_all(who, now=now).to_dicts()
    draws = Draws(2012 + number)
    bought = []
    for row in decided:
        offered = row["offer"] is not None
        buys = draws.next() < ORGANIC + (LIFT if offered else 0)
        days = draws.next() * 9
        if buys:
            bought.append({
                "customer": row["customer"], "type": "purchase",
                "at": now + datetime.timedelta(seconds=int(days * 86400)),
                "lines": [Line(HOLDER, 1, Money(295 - (200 if offered else 0), "EUR"))]})
    end = now + datetime.timedelta(days=11)
    store.append_interactions(bought, now=end)
    report = store.policies.holdout(f"left out {number}", within="10d", since=now, now=end)
    return now, decided, report


def who_gets_it(store, decided):
    offered = [row for row in decided if row["offer"]]
    print(f"  of {store.info(now=START).customers:,} customers {len(decided)} have bought it before: that is their interest")
    print(f"  {len(offered)} are offered it, {len(decided) - len(offered)} are left out for comparison")


def when_it_lapses(store, now):
    """The same ten days, on three clocks; Madrid's changes on the 25th."""
    store.attributes.define("time_zone", "string", now=now)
    print(f"\nWHEN IT LAPSES  issued {now:%a %d %b %Y %H:%M} UTC, good for ten days on the customer's own clock")
    for i, (city, zone) in enumerate(ZONES.items()):
        customer = f"shop:traveller {i}"
        store.record(customer, "purchase", lines=[Line(HOLDER, 1, Money(295, "EUR"))], now=now)
        store.attributes.set(customer, "time_zone", zone, now=now)
        code = store.coupons.issue(customer, "two euros 0", now=now)
        until = store.coupons.show(code, now=now).deadline
        hours = (until - now).total_seconds() / 3600
        there = zoneinfo.ZoneInfo(zone)

        def redeemed(at):
            try:
                store.coupons.redeem(code, customer=customer, dry_run=True, now=at)
                return "redeemed"
            except trato.TratoError as error:
                return f"refused, {error.message}"

        print(f"  {city:<10}{now.astimezone(there):%d %b %H:%M} to {until.astimezone(there):%d %b %H:%M}, {hours:.0f} hours")
        for before in (datetime.timedelta(seconds=1), datetime.timedelta()):
            at = until - before
            print(f"    {at.astimezone(there):%d %b %H:%M:%S}  {redeemed(at)}")


def what_it_sold(report):
    print("\nWHAT IT SOLD BEYOND THE HOLD-OUT  simulated: a tenth buys anyway, and the offer makes it "
          f"{ORGANIC + LIFT:.0%}")
    for name, group in (("offered", report.offered), ("left out", report.held_out)):
        print(f"  {name:<10}{group.buyers:>4} of {group.customers:>4} bought it, {group.share.estimate:.1%}")
    lift = report.lift
    print(f"  the offer sold {report.extra_buyers.estimate:.0f} more ({report.extra_buyers.low:.0f} to "
          f"{report.extra_buyers.high:.0f}): {lift.estimate:+.1%} of those who got it, between {lift.low:+.1%} and {lift.high:+.1%}")
    holds = lift.low <= LIFT <= lift.high
    print(f"  planted were {LIFT:+.1%}, which the interval {'holds' if holds else 'does not hold'}")


def main(path, campaigns="1"):
    with trato.open(path, mode="open_existing") as store:
        store.segments.define("interested", INTERESTED, now=START)
        print("TWO EUROS OFF, IF BOUGHT WITHIN TEN DAYS, FOR WHOEVER HAS AN INTEREST IN IT")
        now, decided, report = campaign(store, 0)
        who_gets_it(store, decided)
        when_it_lapses(store, now)
        what_it_sold(report)
        if int(campaigns) > 1:
            lifts = [campaign(store, number)[2].lift for number in range(1, int(campaigns) + 1)]
            held = sum(lift.low <= LIFT <= lift.high for lift in lifts)
            mean = sum(lift.estimate for lift in lifts) / len(lifts)
            print(f"\n{len(lifts)} CAMPAIGNS MORE  the interval held the planted difference in {held} of them, "
                  f"{held / len(lifts):.1%}; the differences come to {mean:+.1%} on average")


if __name__ == "__main__":
    main(*sys.argv[1:])
