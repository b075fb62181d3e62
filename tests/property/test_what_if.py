# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A period decided once more, with nothing changed and with something changed.

With nothing changed every decision comes to the same, whatever the history. Of
caps, offers that end and consents that were withdrawn what should come is worked
out here, decision by decision, from lists of times.
"""

import collections
import unittest

import calls
import harness
import trato

DAY = 86_400_000_000
START = 15_000 * DAY  # 2011-01-26
WORDS = ["accepted", "refused", "shown", "bought", "nothing", "opened"]
EUR = "EUR"


def money(minor):
    return trato.Money(minor, EUR)


class Decided:
    """A decision, as this test knows it."""

    def __init__(self, who, at, id, offer):
        self.who, self.at, self.id, self.offer = who, at, id, offer


class Shop:
    """A random history of purchases, definitions, decisions and answers."""

    def __init__(self, rng, store):
        self.rng, self.store, self.now = rng, store, START
        self.customers = [f"shop:{i}" for i in range(rng.randint(2, 8))]
        self.made = []
        store.consents.define_purpose("news", direct_marketing=True, now=START)
        for name in self.customers:
            self.buy(name)
        for name in "abcd"[: rng.randint(1, 4)]:
            self.offer(name)

    def step(self):
        self.now += self.rng.randint(1, DAY)
        return self.now

    def buy(self, name):
        now = self.step()
        self.store.record(
            name, "purchase", at=now - self.rng.randint(0, 20 * DAY), now=now,
            lines=[trato.Line(self.rng.choice("xyz"), 1, money(500))],
        )  # fmt: skip

    def offer(self, name):
        rng = self.rng
        self.store.offers.define(
            name, value=money(rng.randint(300, 900)), products=[rng.choice("xyz")],
            discount_basis_points=rng.choice([0, 0, 1000]),
            stock=rng.choice([None, None, rng.randint(1, 6)]),
            budget=rng.choice([None, None, money(rng.randint(100, 400))]),
            respond_within=rng.choice(["", "5d"]),
            purpose=rng.choice(["", "", "news"]),
            eligibility=rng.choice(
                ["", "", 'interactions("purchase").count() >= 2']
            ),
            now=self.step(),
        )  # fmt: skip

    def policy(self):
        rng = self.rng
        self.store.policies.define(
            rng.choice("pq"), at_most=rng.randint(1, 3), within=rng.choice(["7d", "30d"]),
            offer=rng.choice(["", "", "a"]), holdout=rng.choice([0, 0, 0.3]),
            now=self.step(),
        )  # fmt: skip

    def decide(self):
        who = self.rng.choice(self.customers)
        now = self.step()
        talk = self.rng.choice(["", "", "talk"])
        made = self.store.offers.decide(who, now=now, conversation=talk)
        offer = made.match.offer if made.match else None
        self.made.append(Decided(who, now, made.id, offer))

    def answer(self):
        if not self.made:
            return
        about = self.rng.choice(self.made)
        self.store.outcome(about.id, self.rng.choice(WORDS), now=self.step())

    def consent(self):
        who, now = self.rng.choice(self.customers), self.step()
        say = self.rng.choice(
            [self.store.consents.grant, self.store.consents.withdraw]
        )
        say(who, "news", "web", now=now)

    def link(self):
        one, other = self.rng.sample(self.customers, 2)
        try:
            self.store.customers.link(one, other, now=self.step())
        except trato.FailedPrecondition:
            pass

    def anything(self):
        rng = self.rng
        doing = rng.choices(
            [self.decide, self.answer, self.buy, self.offer, self.policy,
             self.consent, self.link, self.explore, self.seal],
            [12, 8, 3, 1, 1, 2, 0.5, 0.5, 0.7],
        )[0]  # fmt: skip
        if doing == self.buy:
            self.buy(rng.choice(self.customers))
        elif doing == self.offer:
            self.offer(rng.choice("abcd"))
        else:
            doing()

    def explore(self):
        self.store.policies.arbitrate(
            exploration=self.rng.choice([0, 0.2, 0.5]), now=self.step()
        )

    def seal(self):
        calls.checkpoint(self.store, self.rng.choice([0, 1]))


class NothingChanged(harness.PropertyCase):
    def test_every_decision_comes_to_the_same(self):
        for rng in self.each_round(30):
            path = self.path(f"{rng.random()}.trato") if rng.random() < 0.6 else None
            with calls.open_store(path, zone="UTC", currency=EUR) as store:
                shop = Shop(rng, store)
                for _ in range(rng.randint(10, 80)):
                    shop.anything()
                times = sorted([it.at for it in shop.made] + [START, shop.now])
                since, until = sorted(rng.sample(times, 2))
                digest = store.digest(now=harness.NOW)
                report = store.what_if(
                    lambda fork: None, since=harness.when(since),
                    until=harness.when(until), rows=True, now=harness.NOW,
                )  # fmt: skip
                period = [it for it in shop.made if since <= it.at < until]
                self.check("decisions", report.decisions, len(period))
                self.check("decisions that differ", report.other, 0, *report.rows)
                self.check("scores that differ", report.rescored.decisions, 0,
                           *report.rows)
                self.check("totals", report.total.now, report.total.then)
                self.check("rows",
                           [(it.decision, it.offer_then) for it in report.rows],
                           [(it.id, it.offer) for it in period])
                self.check("answers left out", report.answers_left_out, 0)
                self.check("digests", store.digest(now=harness.NOW), digest)


class SomethingChanged(harness.PropertyCase):
    """One offer that everybody gets as often as the cap allows."""

    def shop(self, rng, most, within):
        store = calls.open_store(None, zone="UTC", currency=EUR)
        self.addCleanup(store.close)
        names = [f"shop:{i}" for i in range(rng.randint(1, 6))]
        for name in names:
            store.record(name, "purchase", at=START - DAY, now=START,
                         lines=[trato.Line("x", 1, money(500))])
        store.offers.define("only", value=money(500), products=["tea"], now=START)
        store.policies.define("cap", at_most=most, within=f"{within}d", now=START)
        now, made = START, []
        for _ in range(rng.randint(5, 60)):
            now += rng.randint(1, 2 * DAY)
            who = rng.choice(names)
            it = store.offers.decide(who, now=now)
            made.append(Decided(who, now, it.id, it.match and it.match.offer))
            if it.match and rng.random() < 0.3:
                store.outcome(it.id, "shown", now=now + 1)
        return store, made

    def capped(self, made, most, within, since=0, ends=None):
        """Whether each gets the offer, by counting contacts in the window."""
        contacts = collections.defaultdict(list)
        got = []
        for it in made:
            if it.at < since:
                gets = it.offer is not None
            else:
                inside = [at for at in contacts[it.who] if at > it.at - within * DAY]
                gets = len(inside) < most and (ends is None or it.at < ends)
            if gets:
                contacts[it.who].append(it.at)
            got.append(gets)
        return got

    def compare(self, report, made, expected, since=0):
        period = [(it, gets) for it, gets in zip(made, expected) if it.at >= since]
        self.check("who gets it now",
                   [row.offer_now for row in report.rows],
                   ["only" if gets else None for _, gets in period])
        lost = [it for it, gets in period if it.offer and not gets]
        gained = [it for it, gets in period if not it.offer and gets]
        self.check("lost", report.lost.decisions, len(lost))
        self.check("lost customers", report.lost.customers,
                   len({it.who for it in lost}))
        self.check("gained", report.gained.decisions, len(gained))
        self.check("gained customers", report.gained.customers,
                   len({it.who for it in gained}))
        self.check("contacts then", report.total.then.contacts,
                   sum(it.offer is not None for it, _ in period))
        self.check("contacts now", report.total.now.contacts,
                   sum(gets for _, gets in period))

    def test_another_cap(self):
        for rng in self.each_round(30):
            most, within = rng.randint(1, 5), rng.choice([3, 7, 30])
            store, made = self.shop(rng, most, within)
            self.check("the oracle",
                       [it.offer is not None for it in made],
                       self.capped(made, most, within))
            other, window = rng.randint(1, 5), rng.choice([3, 7, 30])
            since = rng.choice([0, rng.choice(made).at])
            report = store.what_if(
                lambda fork: fork.policies.define(
                    "cap", at_most=other, within=f"{window}d", now=harness.NOW
                ),
                since=harness.when(since), rows=True, now=harness.NOW,
            )  # fmt: skip
            self.compare(
                report, made, self.capped(made, other, window, since), since
            )

    def test_an_offer_that_ends(self):
        for rng in self.each_round(15):
            most, within = rng.randint(1, 5), rng.choice([3, 7, 30])
            store, made = self.shop(rng, most, within)
            ends = rng.choice(made).at
            report = store.what_if(
                lambda fork: fork.offers.define(
                    "only", value=money(500), products=["tea"],
                    valid_until=harness.when(ends), now=harness.NOW,
                ),
                rows=True, now=harness.NOW,
            )  # fmt: skip
            self.compare(
                report, made, self.capped(made, most, within, 0, ends)
            )

    def test_whose_consent_is_withdrawn_gets_nothing(self):
        for rng in self.each_round(15):
            store, made = self.shop(rng, 2, 7)
            who = rng.choice(made).who

            def object_to(fork):
                fork.consents.object(who, now=START + 1)

            def marketing(fork):
                fork.consents.define_purpose("news", direct_marketing=True, now=START)
                fork.offers.define("only", value=money(500), products=["tea"],
                                   purpose="news", now=harness.NOW)
                object_to(fork)

            report = store.what_if(marketing, rows=True, now=harness.NOW)
            expected = [it for it in self.capped(made, 2, 7)]
            expected = [gets and it.who != who for it, gets in zip(made, expected)]
            asked = {row.decision: row.offer_now for row in report.rows}
            self.check("who objected",
                       [asked[it.id] for it in made if it.who == who],
                       [None for it in made if it.who == who])


if __name__ == "__main__":
    unittest.main()
