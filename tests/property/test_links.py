# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A merge is a link: who is who, ids, and unlinking as if it had never been."""

import json
import unittest

import conditions
import harness
import oracle
import trato
from histories import History


def everything(store, history, nows):
    """All answers about all records, by question."""
    answers = {}
    for now in nows:
        for name in history.oracle.records():
            if not history.oracle.known(history.oracle.customer_of(name), now):
                continue
            customer = harness.raw_customer(store, name, now)
            answers[name, now, "customer"] = json.dumps(customer, sort_keys=True)
            answers[name, now, "timeline"] = [
                harness.entry_of(entry) for entry in store.timeline(name, now=now)
            ]
            matches = store.offers.match(name, now=now)
            answers[name, now, "offers"] = list(map(repr, matches))
        for segment in store.segments:
            members = [(m.id, m.name) for m in segment.members(now=now)]
            answers[segment.name, now, "segment"] = (
                repr(segment.count(now=now)),
                members,
            )
        info = store.info(now=now)
        answers["", now, "info"] = (info.customers, repr(info.interactions))
    return answers


class LinksCanBeTakenBack(harness.PropertyCase):
    def test_ids_follow_from_names_alone(self):
        for rng in self.each_round(60):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                for fact in history.facts:
                    if fact.key:
                        expected = oracle.keyed_id(fact.source, fact.key)
                        got = trato.fact_id(fact.source, fact.key)
                        self.check("keyed ids", got, expected, fact)
                self.check_customers(store, told)

    def check_customers(self, store, told):
        for group in told.customers():
            ids = [oracle.record_id(name) for name in group]
            claims = sorted(
                fact.identifier
                for _, fact in told.facts
                if isinstance(fact, oracle.Claim) and fact.record in group
            )
            for name in [*group, *("id:" + one for one in ids)]:
                got = store.customer(name, now=harness.NOW)
                self.check("public ids", got.id, min(ids), name, group)
                self.check("leaders", got.name, group[0], name, group)
                self.check("aliases", sorted(got.aliases), sorted(ids[1:]), group)
                self.check("records", sorted(got.records), sorted(group), group)
                # Which are said once for each claimant, or once: both are true.
                self.check("claims", set(got.identifiers), set(claims), group)
        everybody = told.customers()
        info = store.info(now=harness.NOW)
        self.check("totals", info.customers, len(everybody))
        self.check("totals", info.records, len(told.records()))

    def test_link_then_unlink_is_identity(self):
        for rng in self.each_round(45):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                self.furnish(store, history, rng)
                nows = [harness.NOW, history.asked(), history.asked()]
                before = everything(store, history, nows)
                undo = []
                for _ in range(rng.randint(1, 5)):
                    pair = self.unjoined(told, rng)
                    if pair is None:
                        break
                    history.say(store, *pair, True)
                    undo.append((pair, everything(store, history, nows)))
                    self.check_customers(store, told)
                # A chain is taken apart from its last link.
                for number, (pair, _) in enumerate(reversed(undo), 1):
                    self.assertTrue(history.say(store, *pair, False), pair)
                    left = len(undo) - number
                    expected = undo[left - 1][1] if left else before
                    got = everything(store, history, nows)
                    for question in expected:
                        self.check(
                            "answers after an unlink",
                            got[question],
                            expected[question],
                            question,
                            pair,
                            told.customers(),
                        )
                if undo and before == undo[0][1]:
                    self.fail("a link changed nothing: this test would not see it")

    def furnish(self, store, history, rng):
        """Segments, an offer and coupons, whose answers links must carry over."""
        asker = conditions.Conditions(history)
        for number in range(3):
            store.segments.define(f"s{number}", asker.condition().text(), now=0)
        for product in ("tea", "cup"):
            store.offers.define(
                product,
                value=trato.Money(500, history.currency),
                products=[product],
                coupon_span="1mo",
                now=0,
            )
        for name in history.oracle.records():
            at = history.asked()
            group = history.oracle.customer_of(name)
            if history.oracle.known(group, at) and rng.random() < 0.5:
                code = store.coupons.issue(name, rng.choice(["tea", "cup"]), now=at)
                if rng.random() < 0.5:
                    store.coupons.redeem(code, now=at)

    def unjoined(self, told, rng):
        """A pair that nothing joins and of which nothing was said."""
        said = {frozenset(pair[:2]) for pair in told.said}
        names = told.records()
        pairs = [
            (a, b)
            for a in names
            for b in names
            if a < b
            and b not in told.customer_of(a)
            and frozenset((a, b)) not in said
            and not told.names_of(a) & told.names_of(b)
        ]
        return rng.choice(pairs) if pairs else None

    def test_an_unlinked_pair_is_apart_or_refused(self):
        # Unlinking whoever a unique identifier joins, or a third record.
        for rng in self.each_round(60):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                for _ in range(6):
                    groups = [group for group in told.customers() if len(group) > 1]
                    if not groups:
                        break
                    one, other = rng.sample(rng.choice(groups), 2)
                    before = store.customer(one, now=harness.NOW)
                    if history.say(store, one, other, False):
                        self.check_customers(store, told)
                        apart = store.customer(one, now=harness.NOW).id
                        other_id = store.customer(other, now=harness.NOW).id
                        self.assertNotEqual(apart, other_id)
                        harness.compared("pairs taken apart")
                        continue
                    if not oracle.STRICT and told.last_said(one, other) is False:
                        continue  # see test_open_questions.py
                    with self.assertRaises(trato.FailedPrecondition) as caught:
                        store.unlink(one, other, now=harness.NOW)
                    named = [n for n in before.records if n in caught.exception.message]
                    self.assertGreaterEqual(len(named), 3, caught.exception.message)
                    after = store.customer(one, now=harness.NOW)
                    self.check("refused unlinks", after, before, one, other)


if __name__ == "__main__":
    unittest.main()
