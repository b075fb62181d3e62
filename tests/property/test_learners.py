# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What learners know of a store's customers equals sums over all that was said:
the oracle is learners_oracle.py."""

import math
import unittest
from typing import List, Tuple

import harness
import trato
from learners_oracle import (
    Known,
    LAST,
    NO,
    OTHERS,
    PRODUCTS,
    START,
    Teller,
    YES,
    counted,
    wilson,
)
from oracle import DAY


class LearnersEqualTheOracle(harness.PropertyCase):
    def test_what_they_know_and_how_they_choose(self):
        for rng in self.each_round(60):
            self.life(rng)

    def test_a_segment_is_believed_to_a_limit(self):
        for rng in self.each_round(2):
            teller = Teller(rng, trato.open(zone="UTC", currency="EUR"))
            teller.begin()
            firm = teller.firm
            firm.records = ["shop:0", "shop:1"]
            for record, at in zip(firm.records, (START, START + LAST)):
                # Of one kind at last, and of two when they were asked.
                price = trato.Money(100, "EUR")
                lines = [trato.Line("lamp", 1, price)]
                teller.store.record(
                    record, "purchase", at=at, lines=lines, now=harness.NOW
                )
                firm.purchases.append((record, at, ("lamp",)))
            for name in ("offer 0", "offer 1"):
                while not self.is_of_lamps(firm.offers[name]):
                    teller.offer(name)
            teller.learner("all")
            while not self.is_plain(teller):
                teller.learner("all")
            for record, offer, kind in (
                ("shop:0", "offer 0", "refused"),
                ("shop:1", "offer 0", "accepted"),
                ("shop:0", "offer 1", "accepted"),
            ):
                for number in range(60):
                    told = (record, offer, START + DAY, f"{record} {offer} {number}")
                    decision = teller.elsewhere(told)
                    said = teller.say(decision.id, decision.at, kind)
                    decision.outcomes.append(said)
            for now in (START + 90 * DAY, START + 2 * LAST):
                for group in firm.groups():
                    self.compare(teller, list(group), now)
                    self.depth(teller, list(group), now)
                self.show(teller, now)
            teller.store.close()

    def is_of_lamps(self, offer):
        return (
            offer.needs[:1] == ["light"]
            and not offer.categories
            and "lamp" in offer.products
        )

    def is_plain(self, teller):
        """Whether it serves both offers, and tells kinds by what was bought."""
        it, offers = teller.firm.learners["all"], teller.firm.offers
        return (
            it.serves(offers["offer 0"])
            and it.serves(offers["offer 1"])
            and not it.segments
            and it.prior_rate < 0.9
        )

    def life(self, rng):
        path = self.path(f"{rng.random()}.trato") if rng.random() < 0.3 else None
        teller = Teller(rng, trato.open(path, zone="UTC", currency="EUR"))
        teller.begin()
        learners = ["all", "one", "two"][: rng.randint(1, 3)]
        # Sometimes there are answers before there is a learner.
        if rng.random() < 0.7:
            teller.learner(learners[0])
        for _ in range(rng.randint(3, 6)):
            for _ in range(rng.randint(4, 40 if teller.is_busy else 12)):
                self.happen(teller, learners)
            if path and rng.random() < 0.4:
                teller.store.close()
                teller.store = trato.open(path, mode="open_existing")
            nows = [teller.asked() for _ in range(4)]
            for now in nows:
                group = rng.choice(teller.firm.groups())
                self.compare(teller, list(group), now)
                self.depth(teller, list(group), now)
                self.show(teller, now)
            self.progress(teller, nows[0])
        self.base(teller, nows[-1])
        teller.store.close()

    def happen(self, teller, learners):
        rng = teller.rng
        kind = rng.random()
        if kind < 0.35:
            teller.outcome()
        elif kind < 0.60:
            self.decide(teller)
        elif kind < 0.75:
            teller.elsewhere()
        elif kind < 0.80:
            teller.purchase()
        elif kind < 0.86:
            teller.link()
        elif kind < 0.90:
            teller.unlink()
        elif kind < 0.96:
            teller.learner(rng.choice(learners))
        elif kind < 0.98:
            teller.offer(rng.choice(list(teller.firm.offers)))
        else:
            teller.category(rng.choice(PRODUCTS))

    def decide(self, teller):
        firm, store = teller.firm, teller.store
        record, now = teller.rng.choice(firm.records), teller.time()
        before = {it.offer: it for it in store.offers.explain(record, now=now).offers}
        made = store.offers.decide(record, now=now)
        self.check("decisions", made.match is None, False, record, now)
        said = before[made.match.offer]
        got = (made.probability, made.match.affinity, made.match.score)
        wanted = (said.probability, said.affinity, said.score)
        self.check("decided as explained", got, wanted, record, now)
        decision = firm.decided(made.id, record, made.match.offer, now)
        by = firm.serving(firm.offers[decision.offer])
        decision.learner = by and by.name
        decision.expected = made.match.affinity

    def near(self, what, got, expected, *about):
        harness.compared(what)
        if not abs(got - expected) <= 1e-9 * max(abs(expected), 1e-3):
            lines = "\n".join(map(str, about))
            self.fail(f"{what}: {got} and not {expected}\n{lines}")

    def compare(self, teller, group, now):
        firm, rng = teller.firm, teller.rng
        verdicts = teller.store.offers.explain(rng.choice(group), now=now).offers
        about = (group, now, *firm.learners.values())
        names = sorted(it.offer for it in verdicts if it.kept)
        self.check("kept offers", names, sorted(firm.offers), *about)
        known = {n: Known(firm, it, now) for n, it in firm.learners.items()}
        for it in verdicts:
            offer = firm.offers[it.offer]
            by = firm.serving(offer)
            self.check("learners", it.learner, by and by.name, offer, *about)
            if by is None:
                continue
            kind = firm.kind(by, offer, group, now)
            knows, of = known[by.name], (offer, kind, *about)
            n, s = knows.own(offer.name, group)
            affinity = knows.affinity(offer.name, kind, group)
            self.near("answers", it.answers, n, *of)
            self.near("acceptances", it.acceptances, s, *of)
            self.near("rates", it.rate, knows.like_her(offer.name, kind, group), *of)
            self.near("affinities", it.affinity, affinity, *of)
            self.near("scores", it.score, affinity * offer.value * offer.lever, *of)
        self.chances(firm, verdicts, about)

    def chances(self, firm, verdicts, about):
        ranked = sorted(verdicts, key=lambda it: it.rank)
        self.near("sums of chances", sum(it.probability for it in ranked), 1, *about)
        by = firm.serving(firm.offers[ranked[0].offer])
        if by is None:
            return
        among = [it for it in ranked if it.learner == by.name]
        for it in ranked:
            if it.learner != by.name:
                self.check("chances of others", it.probability, 0, *about)
        least = by.share() / len(among)
        for it in among:
            low = it.probability < least - 1e-12
            self.check("floors", low, False, it, least, *about)
        wanted = self.wanted(by, among)
        for it, chance in zip(among, wanted or ()):
            self.near(f"chances by {by.policy}", it.probability, chance, it, *about)

    def wanted(self, by, among):
        """The chances before the floor, where they are simple; else None."""
        count = len(among)
        ties = count > 1 and among[0].score - among[1].score < 1e-9 * among[0].score
        chances = [0.0] * count
        if by.policy == "fixed" and not ties:
            chances[0] = 1.0
        elif by.policy == "squarecb" and not ties:
            most = max(it.score / it.affinity for it in among)
            for i, it in enumerate(among[1:], 1):
                gap = (among[0].score - it.score) / most
                chances[i] = 1 / (count + by.gamma * gap)
            chances[0] = 1 - sum(chances)
        elif by.policy != "random":
            return None
        share = by.share()
        return [(1 - share) * it + share / count for it in chances]

    def hers(self, firm, known, group, now):
        """Answers, acceptances, decisions and used, of a learner."""
        of = [
            it
            for it in firm.decisions
            if it.record in group and it.at <= now and it.offer in known.paths
        ]
        answers = [it.answer(now) for it in of if it.answer(now)]
        first = min(
            (at for at in (it.first(now) for it in of) if at is not None), default=None
        )
        made = [it for it in of if it.learner is not None]
        used = sum(first is not None and first < it.at for it in made)
        return len(answers), sum(yes for _, yes in answers), len(made), used

    def depth(self, teller, group, now):
        firm = teller.firm
        depth = teller.store.learning.depth(teller.rng.choice(group), now=now)
        about = (group, now, *firm.learners.values())
        found = {it.learner: it for it in depth.learners}
        serving = {
            it.name for it in map(firm.serving, firm.offers.values()) if it is not None
        }
        self.check("learners of depths", set(found), serving, *about)
        for name, it in found.items():
            by = firm.learners[name]
            known = Known(firm, by, now)
            got = (it.answers, it.acceptances, it.decisions, it.used)
            self.check("depths", got, self.hers(firm, known, group, now), it, *about)
            names = sorted(one.offer for one in it.offers)
            self.check("offers of depths", names, sorted(known.paths), *about)
            for one in it.offers:
                offer = firm.offers[one.offer]
                kind = firm.kind(by, offer, group, now)
                hers = known.affinity(one.offer, kind, group)
                other = known.stranger(one.offer, kind)
                n, s = known.own(one.offer, group)
                of = (one, kind, *about)
                self.near("affinities of depths", one.affinity, hers, *of)
                self.near("strangers", one.affinity_of_stranger, other, *of)
                self.near("answers of depths", one.answers, n, *of)
                self.near("acceptances of depths", one.acceptances, s, *of)
                value = offer.value * offer.lever
                self.near("values", one.value_minor, value, *of)
            self.sums(it, about)

    def sums(self, it, about):
        def sums(chances):
            bits = -sum(p * math.log2(p) for p in chances if p > 0)
            worth = zip(chances, it.offers)
            return bits, sum(p * o.value_minor * o.affinity for p, o in worth)

        hers = [one.probability for one in it.offers]
        others = [one.probability_of_stranger for one in it.offers]
        self.near("sums of chances", sum(hers), 1, it, *about)
        self.near("sums of chances", sum(others), 1, it, *about)
        bits, expected = sums(hers)
        self.near("bits", it.bits, bits, it, *about)
        self.near("expected", it.expected_minor, expected, it, *about)
        other_bits, other = sums(others)
        self.near("bits", it.bits_of_stranger, other_bits, it, *about)
        self.near("expected", it.expected_of_stranger_minor, other, it, *about)
        harness.compared("gains")
        self.assertAlmostEqual(it.gain_minor, expected - other, delta=1e-6)

    def show(self, teller, now):
        firm = teller.firm
        listed = {it.name: it for it in teller.store.learning.list(now=now)}
        self.check("listed", sorted(listed), sorted(firm.learners))
        for name, by in firm.learners.items():
            known = Known(firm, by, now)
            about = (by, now)
            got = (listed[name].offers, listed[name].answers, listed[name].retired)
            wanted = (len(known.paths), len(known.answers), by.retired)
            self.check("lists", got, wanted, *about)
            shown = teller.store.learning.show(name, now=now)
            self.check("answers shown", shown.answers, len(known.answers), *about)
            names = sorted(it.offer for it in shown.offers)
            self.check("offers shown", names, sorted(known.paths), *about)
            if not by.retired:
                self.near("weights", shown.answers_of_segment, known.weight, *about)
            for it in shown.offers:
                self.shown(known, it, by, about)

    def shown(self, known, it, by, about):
        answers = known.of(it.offer)
        n, s = counted(answers)
        self.near("shown", it.shown, n, it, *about)
        self.near("accepted", it.accepted, s, it, *about)
        self.near("rates shown", it.rate, known.rate(it.offer, None)[0], it, *about)
        segments = sorted({a.segment for a in answers if a.segment is not None})
        got = [one.segment for one in it.segments]
        wanted = [by.segment_name(one) for one in segments]
        self.check("segments shown", got, wanted, it, *about)
        for one, segment in zip(it.segments, segments):
            n, s = counted([a for a in answers if a.segment == segment])
            self.near("shown", one.shown, n, it, *about)
            self.near("accepted", one.accepted, s, it, *about)
            rate = known.rate(it.offer, segment)[1]
            self.near("rates shown", one.rate, rate, it, *about)

    def progress(self, teller, now):
        firm = teller.firm
        for name in ["", *firm.learners]:
            points: List[List[Tuple[bool, float]]] = []
            for group in firm.groups():
                hers = [
                    it
                    for it in sorted(firm.decisions, key=lambda it: (it.at, it.id))
                    if it.record in group
                    and it.at <= now
                    and it.learner is not None
                    and name in ("", it.learner)
                    and it.answer(now) is not None
                ]
                for number, it in enumerate(hers):
                    if number == len(points):
                        points.append([])
                    points[number].append((it.answer(now)[1], it.expected))
            got = teller.store.learning.progress(name, now=now).points
            counts = [(it.number, it.customers, it.accepted) for it in got]
            wanted = [
                (i, len(them), sum(yes for yes, _ in them))
                for i, them in enumerate(points, 1)
            ]
            self.check("progress", counts, wanted, name, now)
            for it, them in zip(got, points):
                low, high = wilson(it.accepted, it.customers)
                expected = sum(mean for _, mean in them) / len(them)
                self.near("expected of progress", it.expected, expected, it)
                self.near("shares", it.rate, it.accepted / it.customers, it)
                self.near("intervals", it.low, max(0.0, low), it)
                self.near("intervals", it.high, min(1.0, high), it)

    def base(self, teller, now):
        firm = teller.firm
        all_known = [Known(firm, it, now) for it in firm.learners.values()]
        totals = {}
        for group in firm.groups():
            parts = [self.hers(firm, known, group, now) for known in all_known]
            totals[group] = tuple(map(sum, zip(*parts))) if parts else (0, 0, 0, 0)
        base = teller.store.learning.base(now=now)
        got = (base.customers, base.answers, base.used)
        answers = sum(it[0] for it in totals.values())
        wanted = (len(totals), answers, sum(it[3] for it in totals.values()))
        self.check("bases", got, wanted, now)
        for level in base.levels:
            until = level.answers_until
            hers = [
                it
                for it in totals.values()
                if level.answers_from <= it[0] and (until is None or it[0] <= until)
            ]
            got = (level.customers, level.answers, level.acceptances)
            wanted = (len(hers), sum(it[0] for it in hers), sum(it[1] for it in hers))
            self.check("levels", got, wanted, level, now)
        rows = teller.store.learning.depths(now=now).to_dicts()
        found = sorted(
            (it["answers"], it["acceptances"], it["decisions"], it["used"])
            for it in rows
        )
        wanted = sorted(it for it in totals.values() if it[0])
        self.check("rows of depths", found, wanted, now)


class AnyOrderGivesTheSame(harness.PropertyCase):
    def test_decisions_and_outcomes_in_any_order(self):
        for rng in self.each_round(20):
            seed = rng.random()
            stores = [self.told(rng, seed, number) for number in range(2)]
            teller = stores[0]
            for now in [teller.asked() for _ in range(4)]:
                for record in teller.firm.records:
                    got = [
                        it.store.offers.explain(record, now=now) for it in stores
                    ]
                    self.check("explained in another order", *got, record, now)
                for name in teller.firm.learners:
                    got = [it.store.learning.show(name, now=now) for it in stores]
                    self.check("shown in another order", *got, name, now)
            for it in stores:
                it.store.close()

    def told(self, rng, seed, number):
        """A store with facts that follow from the seed, told in any order."""
        same = type(rng)(seed)
        teller = Teller(same, trato.open(zone="UTC", currency="EUR"))
        teller.begin()
        teller.learner("all")
        for _ in range(3):
            teller.link()
        facts = []
        for i in range(same.randint(3, 15)):
            key, at = f"decision {i}", teller.time()
            record = same.choice(teller.firm.records)
            offer = same.choice(list(teller.firm.offers))
            facts.append(("decision", (record, offer, at, key)))
            for j in range(same.choice([0, 1, 2, 3])):
                kind = same.choice([*YES, *NO, *OTHERS])
                when = at + same.choice([-DAY, 0, DAY, 14 * DAY, same.randrange(LAST)])
                teller.times.append(when)
                facts.append(("outcome", (key, kind, when, f"outcome {i} {j}")))
        if number:
            rng.shuffle(facts)
        for what, fact in facts:
            if what == "decision":
                teller.elsewhere(fact)
                continue
            decided, kind, at, key = fact
            teller.store.outcome(
                trato.fact_id("crm", decided),
                kind,
                at=at,
                key=key,
                source="crm",
                now=harness.NOW,
            )
        return teller


if __name__ == "__main__":
    unittest.main()
