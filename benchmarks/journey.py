# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Who redeems a grocer's coupons: a policy learned on the campaigns that came
first, looked at on those that came last.

27 campaigns of a grocer (Complete Journey; see TRATO_TEST_DATA). The first 18
that began are learned from, as far as their answers were known when the 19th
began: a redemption on its day, none when the campaign was over. Each later
campaign reached some households; the policy puts these in an order, likeliest
first, and what is looked at is which share of its first 20 % and 50 % redeemed,
beside the share in all. Households that the policy holds equal count in parts.
Intervals: 2,000 draws of the reached households, with replacement.

That is no value of the policy: the log does not say how likely each household
was to be sent each campaign. `evaluate` is asked all the same, and refuses.
"""

import argparse
import collections
import csv
import datetime
import gzip
import os
import random
import sys
from pathlib import Path

import trato
from trato.learning import Learner

PARTS = (0.2, 0.5)
DRAWS = 2000


def rows(folder, name):
    path = folder / name
    opened = gzip.open(path, "rt") if name.endswith(".gz") else open(path)
    with opened as file:
        yield from csv.DictReader(file)


def read(folder):
    """Campaigns by start; who each reached; who redeemed, and when first."""
    campaigns = sorted(
        ((it["start_date"], it["end_date"], int(it["campaign_id"]), it["campaign_type"])
         for it in rows(folder, "campaign_descriptions.csv")))
    reached = collections.defaultdict(list)
    for it in rows(folder, "campaigns.csv.gz"):
        reached[int(it["campaign_id"])].append(int(it["household_id"]))
    redeemed = {}
    for it in rows(folder, "coupon_redemptions.csv.gz"):
        pair = int(it["campaign_id"]), int(it["household_id"])
        day = it["redemption_date"]
        redeemed[pair] = min(day, redeemed.get(pair, day))
    incomes = {int(it["household_id"]): it["income"]
               for it in rows(folder, "demographics.csv.gz")}
    return campaigns, reached, redeemed, incomes


def known_answers(learned, reached, redeemed, cutoff):
    """(household, campaign, redeemed, day) as far as known before the day."""
    for start, end, campaign, _ in learned:
        for household in reached[campaign]:
            day = redeemed.get((campaign, household))
            if day is not None and day < cutoff:
                yield household, campaign, True, day
            elif end < cutoff:
                yield household, campaign, False, end


def learn(campaigns, answers, segment_of, cutoff, by_kind):
    """The policy: how likely a household is to redeem in a campaign, where a
    campaign is an offer of its own that serves its kind, or where the kind is the
    offer and each campaign shows it once more."""
    kinds = {campaign: kind for *_, campaign, kind in campaigns}
    needs = dict.fromkeys(kinds.values())
    if by_kind:
        learner, name = Learner(offers=list(needs)), kinds.get
    else:
        learner = Learner(
            offers={str(campaign): kind for campaign, kind in kinds.items()}, needs=needs)
        name = str
    for household, campaign, yes, day in sorted(answers, key=lambda it: it[3]):
        learner.learn(household, name(campaign), yes, segment=segment_of(household), at=day)
    return lambda household, campaign: learner.decide(
        household, segment=segment_of(household), offers=[name(campaign)],
        now=cutoff).expected


def share_of_first(scored, part):
    """Of (score, redeemed) the share of redeemers in that part with the highest
    scores; equals count in parts."""
    by_score = collections.defaultdict(lambda: [0, 0])
    for score, yes in scored:
        by_score[score][0] += 1
        by_score[score][1] += yes
    left = size = part * len(scored)
    found = 0.0
    for score in sorted(by_score, reverse=True):
        count, yes = by_score[score]
        taken = min(left, count)
        found += yes * taken / count
        left -= taken
        if left <= 0:
            break
    return found / size


def lift(by_campaign, part):
    """Redeemers among the first of all campaigns together, beside those in all."""
    first = chosen = all_yes = all_of = 0.0
    for scored in by_campaign:
        first += share_of_first(scored, part) * part * len(scored)
        chosen += part * len(scored)
        all_yes += sum(yes for _, yes in scored)
        all_of += len(scored)
    return first / chosen, all_yes / all_of


def bootstrap(by_campaign, part, seed):
    draw = random.Random(seed)
    found = []
    for _ in range(DRAWS):
        first, everybody = lift(
            [draw.choices(scored, k=len(scored)) for scored in by_campaign], part)
        found.append((first, first / everybody if everybody else 0.0))
    at = lambda values, q: sorted(values)[int(q * (DRAWS - 1))]
    return [(at(column, 0.025), at(column, 0.975)) for column in zip(*found)]


def refusal(campaigns, reached, redeemed):
    """What `evaluate` says of the log."""
    store = trato.open(None, currency="USD")
    now = "2018-03-01"
    for start, end, campaign, kind in campaigns:
        store.offers.define(f"campaign {campaign}", group=kind, products=[kind],
                            value=trato.Money(100, "USD"), valid_from=start,
                            valid_until=end, now="2016-11-01")
        for household in reached[campaign][:20]:
            name = f"household:{household}"
            store.record(name, "message", at=start, now=now, durability="buffered")
            store.decisions.record(name, f"campaign {campaign}", at=start, now=now,
                                   key=f"{campaign}/{household}", durability="buffered")
    found = store.learning.evaluate("greedy", now=now)
    assert not found.answerable
    return f"{found.reason}: {found.why}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of the bootstrap")
    options = parser.parse_args()
    folder = Path(os.environ.get("TRATO_TEST_DATA", "")) / "completejourney"
    if not folder.is_dir():
        sys.exit("skipped: TRATO_TEST_DATA has no completejourney")
    campaigns, reached, redeemed, incomes = read(folder)
    split = len(campaigns) * 2 // 3
    learned, looked_at = campaigns[:split], campaigns[split:]
    cutoff = looked_at[0][0]
    answers = list(known_answers(learned, reached, redeemed, cutoff))
    bands = {band: number for number, band in enumerate(sorted(set(incomes.values())))}
    segment_of = lambda household: bands.get(incomes.get(household))
    before = collections.Counter(it[0] for it in answers if it[2])
    policies = {
        "learned by kind": learn(campaigns, answers, segment_of, cutoff, True),
        "learned by campaign": learn(campaigns, answers, segment_of, cutoff, False),
        "redeemed most often": lambda household, _: before[household],
        "whoever": lambda household, _: 0,
    }
    print(f"learned from {len(answers):,} answers of {len(learned)} campaigns known on "
          f"{cutoff}, {sum(it[2] for it in answers):,} redemptions among them\n")
    print(f"{'campaign':>8} | {'reached':>7} | {'all':>7} | {'first 20 %':>10} | {'first 50 %':>10}")
    scored = {name: [] for name in policies}
    for start, _, campaign, kind in looked_at:
        yes_of = lambda household: (campaign, household) in redeemed
        for name, policy in policies.items():
            scored[name].append([(policy(household, campaign), yes_of(household))
                                 for household in reached[campaign]])
        mine = scored["learned by kind"][-1]
        shares = [sum(yes for _, yes in mine) / len(mine)] + [
            share_of_first(mine, part) for part in PARTS]
        print(f"{campaign:>8} | {len(mine):>7} | {shares[0]:>7.1%} | "
              f"{shares[1]:>10.1%} | {shares[2]:>10.1%}")
    print(f"\n{'order':<20} | {'of the reached':<14} | {'redeem':>6} | {'95 %':<14} | "
          f"{'x all':>5} | 95 %")
    for name in policies:
        for part in PARTS:
            first, everybody = lift(scored[name], part)
            (low, high), (least, most) = bootstrap(scored[name], part, options.seed)
            print(f"{name:<20} | first {part:<8.0%} | {first:>6.1%} | "
                  f"{low:.1%} to {high:.1%} | {first / everybody:>5.2f} | "
                  f"{least:.2f} to {most:.2f}")
    print(f"\nevaluate, asked what the policy is worth: {refusal(campaigns, reached, redeemed)}")


if __name__ == "__main__":
    main()
