# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""One-to-one marketing on a year of a web shop's sales, told in sixty lines.

usage: shop.py STORE SALES

The store holds the sales (`trato import STORE SALES --as orders`). The sales
are real; the offers and what customers answer to them are made up.
"""

import collections
import datetime
import signal
import sys

import trato
from trato import Money, value

NOW = "2011-12-10"  # midnight in London, the shop's zone
BOUGHT = 'interactions("purchase")'


def title(word, text):
    print(f"\n{word:<15}{text}")


def differences(store):
    """Recency and frequency, value tiers, segments."""

    def audience(condition):
        return store.segments.preview(condition, now=NOW).members

    frequency = [
        ("1 order", "{0}.count() == 1"),
        ("2 to 3", "{0}.count() >= 2 && {0}.count() <= 3"),
        ("4 to 9", "{0}.count() >= 4 && {0}.count() <= 9"),
        ("10 or more", "{0}.count() >= 10"),
    ]
    recency = [("in the last 30 days", "30d", None), ("31 to 90 days ago", "90d", "30d"),
               ("91 to 180 days ago", "180d", "90d"), ("longer ago", None, "180d")]
    title("DIFFERENTIATE", "customers by their last order, and how many they placed")
    print(f"  {'':<22}" + "".join(f"{name:>12}" for name, _ in frequency))
    for name, within, beyond in recency:
        row = []
        for _, condition in frequency:
            parts = [condition.format(BOUGHT)]
            if within:
                parts.append(f'{BOUGHT}.within("{within}").count() > 0')
            if beyond:
                parts.append(f'{BOUGHT}.within("{beyond}").count() == 0')
            row.append(audience(" && ".join(f"({part})" for part in parts)))
        print(f"  {name:<22}" + "".join(f"{count:>12,}" for count in row))

    tiers = [("top", "5000.00", None), ("middle", "1000.00", "5000.00"), ("base", None, "1000.00")]
    total = store.info(now=NOW).interactions["purchase"].amounts[0].minor
    spent = f"{BOUGHT}.sum(i, i.amount)"
    print()
    for name, above, upto in tiers:
        parts = [f"{BOUGHT}.count() > 0"]
        if above:
            parts.append(f'{spent} > money("{above}", "GBP")')
        if upto:
            parts.append(f'{spent} <= money("{upto}", "GBP")')
        tier = store.segments.define(f"{name} tier", " && ".join(parts), now=NOW)
        members = [store.customer(member.name, now=NOW) for member in tier.members(now=NOW)]
        worth = sum(each.interactions["purchase"].amounts[0].minor for each in members)
        bounds = f"over {above} GBP" if above else f"up to {upto} GBP"
        print(f"  {name + ' tier':<12} {bounds:<17}{len(members):>6,} customers"
              f"  {100 * worth / total:>4.0f} % of sales")

    segments = {
        "loyal": f'{BOUGHT}.within("90d").count() >= 3',
        "slipping away": f'{BOUGHT}.count() >= 3 && {BOUGHT}.within("90d").count() == 0',
        "big baskets": f'{BOUGHT}.within("1y").exists(i, i.amount > money("1000.00", "GBP"))',
    }
    print()
    for name, expression in segments.items():
        segment = store.segments.define(name, expression, now=NOW)
        print(f"  {name:<16}{segment.count(now=NOW).members:>5,}  {expression}")


def live(store):
    """The last month hour by hour, then sixty days in which nobody buys."""
    define = {"new": f'{BOUGHT}.count() == 1 && {BOUGHT}.within("30d").exists()',
              "win back": f'in_segment("top tier") && {BOUGHT}.recency() > duration("1440h")'}
    for name, expression in define.items():
        store.segments.define(name, expression, now=NOW)
    names = ("new", "loyal", "big baskets", "slipping away", "win back")
    hour = datetime.datetime(2011, 11, 10, tzinfo=datetime.timezone.utc)
    end = hour + datetime.timedelta(days=30)
    since = trato.ChangeCursor(int(hour.timestamp()) * 10**6, store.head().position)
    with store.segments.watch(*names, since=since, now=hour) as watch:
        before, told = {name: watch.count(name) for name in names}, []
        while hour < end:
            hour += datetime.timedelta(hours=1)
            told += watch.changes(hour)
        title("WATCH", "five segments from 10 November to 10 December, hour by hour")
        count = collections.Counter((it.segment, it.entered, it.cause) for it in told)
        print(f"  {'':<16}{'before':>8}{'entered by a sale':>20}{'by time':>10}"
              f"{'left by a sale':>17}{'by time':>10}{'after':>8}")
        for name in names:
            print(f"  {name:<16}{before[name]:>8,}{count[name, True, 'fact']:>20,}"
                  f"{count[name, True, 'time']:>10,}{count[name, False, 'fact']:>17,}"
                  f"{count[name, False, 'time']:>10,}{watch.count(name):>8,}")
        for change in told[-3:]:
            print(f"  {change}")
        lost = [it for it in watch.changes(end + datetime.timedelta(days=60))
                if it.segment == "win back" and it.entered]
        print(f"  then sixty days without a sale: {len(lost)} of the best to win back, the first of them")
        for change in lost[:3]:
            print(f"  {change}")


def worth(store):
    """Who will bring what in the next half year, and who is worth winning back."""
    purchases = value.of_store(store, returns=["return"], now=NOW)
    chosen = value.choose(purchases)
    spend = value.GammaGamma().fit(purchases)
    said = chosen.model.predict(weeks=26, spend=spend, value_horizon=26)
    known = {row["customer"]: row for row in purchases.table}
    segment = {row["customer"]: row["segment"] for row in purchases.rfm().table}
    customers = sorted(said, key=lambda row: -row["value"])
    total = sum(row["value"] for row in customers)
    spent = sum(row["total"] for row in known.values())
    title("VALUE", f"the next 26 weeks, by {type(chosen.model).__name__}, which best foresaw the last months from the first")
    print(f"  {'':<14}{'customers':>10}{'orders to come':>16}{'95 % from':>11}{'to':>6}{'GBP to come':>14}{'':>6}{'so far':>9}")
    start = 0
    for name, share in (("the top 1 %", .01), ("to 5 %", .05), ("to 20 %", .20), ("to 50 %", .50), ("the rest", 1)):
        tier = customers[start:round(len(customers) * share)]
        start += len(tier)
        come, past = sum(row["value"] for row in tier), sum(known[row["customer"]]["total"] for row in tier)
        orders, low, high = (sum(row[what] for row in tier) for what in ("expected", "expected_low", "expected_high"))
        print(f"  {name:<14}{len(tier):>10,}{orders:>16,.0f}{low:>11,.0f}{high:>6,.0f}"
              f"{come:>14,.0f}{come / total:>6.0%}{past / spent:>9.0%}")

    # How long somebody of her rhythm would be silent after her last order at most.
    back = [dict(row, age=row["recency"]) for row in known.values() if row["frequency"] >= 3]
    longest = {row["customer"]: row["wait"] for row in chosen.model.predict(back, quantile=.95)}
    value_of = {row["customer"]: row["value"] for row in customers}
    silent = {name: known[name]["age"] - known[name]["recency"] for name in longest}
    overdue = [name for name in longest if silent[name] > longest[name]]
    title("WIN BACK", f"ten of {len(overdue)} who are silent beyond their own rhythm, by what they would bring in 26 weeks")
    for name in sorted(overdue, key=lambda name: -value_of[name])[:10]:
        it = known[name]
        print(f"  {name:<12}{value_of[name]:>7,.0f} GBP  {segment[name]:<20}{it['orders']:>3.0f} orders, "
              f"{it['recency'] / it['frequency'] * 7:>3.0f} days apart; silent for {silent[name] * 7:.0f}, "
              f"19 of 20 pauses end within {longest[name] * 7:.0f}")


def life_cycle(store):
    """Where customers are, how many come back, and how a lost one went."""
    edition = store.value.refit(weeks=26, returns=["return"], now=NOW)
    report = store.stages.report(since="2011-06-10", now=NOW)
    title("STAGES", f"of {report.customers:,} customers, by their own rhythm; moves since 2011-06-10 (model of {edition.at:%Y-%m-%d})")
    for it in report.json["funnel"]:
        if it["customers"] or it["before"]:
            print(f"  {it['stage']:<17}{it['customers']:>6,}{it['share']:>6.0%}  (95 % {it['low']:.0%} to {it['high']:.0%})"
                  f"{it['before']:>7,} half a year before")
    for move in sorted(report.moves, key=lambda it: -it.moves)[:6]:
        if move.before:
            print(f"    {move.before:>15} → {move.after or 'none':<16}{move.moves:>5,}  {move.share:>4.0%} of its moves, "
                  f"after {move.mean_days:.0f} days")
    print(f"  who came back a second time did so after {report.repurchase_days:.0f} days (median)")

    cohorts = value.of_store(store, now=NOW).cohorts()
    title("COHORTS", "of those who came first in a month, the share that was back in the months after")
    for it in cohorts.cohorts:
        print(f"  {it.start}{it.customers:>6,}  " + "".join(f"{share:>5.0%}" for share in it.retention[1:]))
    print(f"  all           " + "".join(f"{share:>5.0%}" for share, _, _ in cohorts.retention[1:])
          + f"   ({cohorts.last} is not over)")

    rows = store.stages.win_back(limit=10, now=NOW)
    title("AT STAKE", "ten who are lost or about to be, by what they would bring in 26 weeks if they bought as they did, beyond what is expected")
    for it in rows:
        print(f"  {it['customer']:<12}{it['at_stake']:>7,.0f} GBP  {it['stage']:<16}{it['purchases']:>3.0f} purchases, "
              f"silent for {it['silent_weeks']:.0f} weeks, usually {it['usual_gap_weeks']:.1f}; {it['reason']}")
    lost = rows[0]["customer"]
    steps = store.stages.of(lost, now=NOW).history[-4:]
    print(f"  {lost}: " + ", ".join(f"{it.stage} {it.since:%Y-%m-%d}" for it in steps))


def timeline(store, customer):
    everything = list(store.timeline(customer, now=NOW))
    title("INTERACT", f"{customer}, {len(everything)} exchanges; the last five")
    for entry in everything[-5:]:
        articles = [f"{line.quantity} {store.product_name(line.product).lower()}"
                    for line in entry.lines[:2]]
        more = f" and {len(entry.lines) - 2} more" if len(entry.lines) > 2 else ""
        print(f"  {store.format_time(entry.at):<17}{entry.type:<10}{str(entry.amount):>12}"
              f"  {', '.join(articles)}{more}")


def define_offers(store):
    def offer(name, wording, worth, products, **more):
        store.offers.define(name, title=wording, value=Money.parse(worth, "GBP"),
                            products=products.split(), now=NOW, **more)

    offer("lunch", "Lunch bags, the new designs", "6.20", "20725 20726 20727 20728 22382 22383 22384",
          coupon_span="10d")
    offer("t-light", "T-light holders, two for the price of one", "9.60", "85123A 21733 22804 84946 84978",
          discount=Money(480, "GBP"))
    offer("tea", "The Regency tea set, 10 % off", "14.50", "22423 22697 22698 22699 23170 23173",
          discount_basis_points=1000)
    offer("preview", "First look at the spring range", "5.00", "22423 85123A 20725 23300 23301",
          eligibility='in_segment("loyal")')
    offer("christmas", "Last Christmas decorations", "3.10", "22086 22910 22577 22578 23313",
          valid_until="2011-12-24")


def customize(store, customers):
    title("CUSTOMIZE", "the next best offers: affinity × worth to the shop, and why")
    for customer in customers:
        print(f"  {customer}")
        for verdict in store.offers.explain(customer, now=NOW).offers[:2]:
            print(f"    {verdict.affinity:.2f} × {str(verdict.value):>9}  {verdict.title:<42}{verdict.reason}")
        for verdict in store.offers.explain(customer, now=NOW).offers:
            if not verdict.kept:
                print(f"    {'dropped':<18}{verdict.title:<42}{verdict.reason}")


def coupon(store, customer):
    def redeem(code, at):
        try:
            store.coupons.redeem(code, customer=customer, now=at)
            return "redeemed"
        except trato.TratoError as error:
            return f"refused: {error.message}"

    code = store.coupons.issue(customer, "lunch", now=NOW)
    late = store.coupons.issue(customer, "lunch", now=NOW)
    shown = store.coupons.show(code, now=NOW)
    title("COUPON", f"{code[:7]}…{code[-6:]} for {customer}, until {store.format_time(shown.deadline)}")
    print(f"  2011-12-12 17:30  {redeem(code, '2011-12-12 17:30')}")
    print(f"  2011-12-12 17:31  {redeem(code, '2011-12-12 17:31')}")
    print(f"  2011-12-20 00:00  {redeem(late, '2011-12-20')} (a second coupon)")


def learn(store, customers):
    answers = {customers[0]: "accepted", customers[1]: "refused", customers[2]: None}
    later = "2011-12-13"
    title("LEARN", "one offer decided for each; the answers are made up, what follows is not")
    for customer, answer in answers.items():
        decision = store.offers.decide(customer, now=NOW)
        store.outcome(decision, "shown", at="2011-12-11", now="2011-12-11")
        if answer:
            store.outcome(decision, answer, at="2011-12-12", now="2011-12-12")
        after = next(match for match in store.offers.match(customer, now=later)
                     if match.offer == decision.match.offer)
        best = store.offers.match(customer, limit=1, now=later)[0]
        print(f"  {customer:<12}{decision.match.offer:<10}{answer or 'no answer':<11}"
              f"affinity {decision.match.affinity:.2f} → {after.affinity:.2f}   next best now: {best.offer}")
    for result in store.offers.report(now=later):
        if result.decided or result.coupons_issued:
            print(f"  {result.title:<43}decided {result.decided}, accepted {result.accepted}, refused {result.refused}, "
                  f"coupons redeemed {result.coupons_redeemed} of {result.coupons_issued}")


def main(path, sales):
    with trato.open(path, mode="open_existing") as store:
        again = store.import_orders(sales, now=NOW)
        did = store.info(now=NOW)
        bought, returned, given = (did.interactions[kind] for kind in ("purchase", "return", "gift"))
        lines = bought.lines + returned.lines + given.lines
        free = bought.free_lines + given.lines
        title("IDENTIFY", f"{did.customers:,} customers in {lines:,} lines of sales, {NOW} in {did.zone}")
        print(f"  {bought.lines - bought.free_lines:>7,} purchase lines of {bought.customers:,} customers in "
              f"{bought.interactions:,} invoices, worth {bought.amounts[0].minor / 100:,.2f} GBP")
        print(f"  {returned.lines:>7,} return lines in {returned.interactions:,} returns")
        print(f"  {free:>7,} lines at price zero, {bought.free_lines} inside purchases and "
              f"{given.interactions} gifts, counted apart")
        print(f"  the same file again: {again.new_lines} lines added, every order was known")

        differences(store)
        worth(store)
        life_cycle(store)
        live(store)
        timeline(store, "shop:12748")
        define_offers(store)
        customers = ["shop:16892", "shop:18036", "shop:16360"]
        customize(store, customers)
        coupon(store, "shop:12748")
        learn(store, customers)
    print(f"\nIt is all in one file, {path}. Ask it yourself:")
    print(f"  build/release/bin/trato match {path} shop:12748 --explain --now {NOW}")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # for `examples/run | head`
    main(*sys.argv[1:])
