# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A merge is a link: who is who, ids, and unlinking as if it had never been.

With consents, and facts between a link and its end: test_link_histories.py.
"""

import json
import unittest

import calls
import conditions
import harness
import oracle
import trato
from histories import SOURCES, History


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
            claims = set().union(*map(told.claims_of, group))
            for name in [*group, *("id:" + one for one in ids)]:
                got = store.customer(name, now=harness.NOW)
                self.check("public ids", got.id, min(ids), name, group)
                self.check("leaders", got.name, group[0], name, group)
                self.check("aliases", sorted(got.aliases), sorted(ids[1:]), group)
                self.check("records", sorted(got.records), sorted(group), group)
                self.check("claims", got.identifiers, tuple(sorted(claims)), group)
        everybody = told.customers()
        self.check_identifiers(store, told, everybody)
        info = store.info(now=harness.NOW)
        self.check("totals", info.customers, len(everybody))
        self.check("totals", info.records, len(told.records()))

    def check_identifiers(self, store, told, everybody):
        """One that names one customer finds it; of several it is refused."""
        claimed = {f.identifier for _, f in told.facts if isinstance(f, oracle.Claim)}
        for identifier in claimed - set(told.records()):
            named = [
                group
                for group in everybody
                if any(identifier in told.claims_of(record) for record in group)
            ]
            if len(named) == 1:
                got = store.customer(identifier, now=harness.NOW).name
                self.check("found by identifier", got, named[0][0], identifier)
                continue
            harness.compared("identifiers of several")
            with self.assertRaises(trato.FailedPrecondition):
                store.customer(identifier, now=harness.NOW)

    def test_link_then_unlink_is_identity(self):
        for rng in self.each_round(45):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                self.furnish(store, history, rng)
                nows = [harness.NOW, history.asked(), history.asked()]
                digests = [calls.digest(store, now) for now in nows]
                before = everything(store, history, nows)
                undo = []
                for _ in range(rng.randint(1, 5)):
                    pair = self.unjoined(told, rng)
                    if pair is None:
                        break
                    self.assertTrue(history.say(store, *pair, True), pair)
                    undo.append((pair, everything(store, history, nows)))
                    self.check_customers(store, told)
                # A chain is taken apart from its last link.
                for number, (pair, _) in enumerate(reversed(undo), 1):
                    store.customers.unlink(*pair, now=harness.NOW)
                    told.said.pop()
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
                after = [calls.digest(store, now) for now in nows]
                self.check("digests after all unlinks", after, digests)
                # Nor is anything left of it for what comes later.
                for pair, _ in undo:
                    fact = oracle.Claim(
                        rng.choice(pair), history.asked(), "host", "", "email:1"
                    )
                    self.check("ids", harness.put(store, fact), told.add(fact), fact)
                    self.check_customers(store, told)

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
        """A pair that nothing would join, were nobody unlinked, nor was it said of."""
        said = {frozenset(pair[:2]) for pair in told.said}
        names = told.records()
        pairs = [
            (a, b)
            for a in names
            for b in names
            if a < b
            and frozenset((a, b)) not in said
            and not any({a, b} <= set(group) for group in told.joined(without=set()))
            and not told.refusal(a, b, True)
        ]
        return rng.choice(pairs) if pairs else None

    def test_any_link_unlink_claim_and_namespace(self):
        for rng in self.each_round(60):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                for _ in range(12):
                    self.happen(store, history, rng)
                    self.check_customers(store, told)

    def happen(self, store, history, rng):
        told = history.oracle
        if rng.random() < 0.1:
            space = rng.choice(["email", "email", "phone"])
            told.unique[space] = rng.random() < (0.7 if space == "email" else 0.3)
            store.identifiers.define(space, unique=told.unique[space], now=harness.NOW)
            return
        if rng.random() < 0.15:
            fact = oracle.Claim(
                rng.choice(told.records()),
                history.asked(),
                rng.choice(SOURCES),
                "",
                rng.choice(["email:0", "email:1", "email:2", "phone:1"]),
            )
            self.check("fact ids", harness.put(store, fact), told.add(fact), fact)
            return
        group = rng.choice([told.records(), rng.choice(told.customers())])
        if len(group) < 2:
            return
        one, other = rng.sample(group, 2)
        linked = rng.random() < 0.45
        before = everything(store, history, [harness.NOW])
        taken = history.say(store, one, other, linked)
        if not taken:
            after = everything(store, history, [harness.NOW])
            self.check("answers after a refusal", after, before, one, other)
            return
        together = other in told.customer_of(one)
        self.check("pairs joined or apart", together, linked, one, other)

    # -- The rule, by example

    def groups(self, store, names="abcd"):
        """Who is one customer, as in "ab c d"."""
        names = [name for name in names if self.known(store, name)]
        ids = {name: store.customer(f"a:{name}", now=9).id for name in names}
        groups = {"".join(n for n in names if ids[n] == one) for one in ids.values()}
        return " ".join(sorted(groups))

    def known(self, store, name):
        try:
            return bool(store.customer(f"a:{name}", now=9))
        except trato.NotFound:
            return False

    def claimed(self, names="", visitors=""):
        """A store where some claim the same address, and others only visit."""
        store = trato.open(currency="GBP")
        self.addCleanup(store.close)
        store.identifiers.define("email", unique=True, now=0)
        for name in names:
            store.identifiers.claim(f"a:{name}", "email:x", now=1)
        for name in visitors:
            store.record(f"a:{name}", "visit", at=1, now=1)
        return store

    def test_three_who_share_an_identifier_can_be_taken_apart(self):
        store = self.claimed("abc")
        self.assertEqual(self.groups(store), "abc")
        store.unlink("a:a", "a:b", now=2)
        self.assertEqual(self.groups(store), "a b c")
        store.link("a:b", "a:c", now=3)
        self.assertEqual(self.groups(store), "a bc")
        with self.assertRaisesRegex(trato.FailedPrecondition, "'apart'"):
            store.link("a:a", "a:b", now=4)
        store.link("a:a", "a:b", override=["apart"], now=4)
        self.assertEqual(self.groups(store), "abc")

    def test_a_pair_kept_apart_stays_so_when_a_third_claims_the_same(self):
        store = self.claimed("ab")
        store.unlink("a:a", "a:b", now=2)
        store.identifiers.claim("a:c", "email:x", now=3)
        self.assertEqual(self.groups(store), "a b c")
        store.identifiers.claim("a:d", "email:x", now=4)
        self.assertEqual(self.groups(store), "a b cd")

    def test_linking_what_would_join_a_pair_kept_apart_is_refused(self):
        store = self.claimed(visitors="abc")
        store.customers.cannot_link("a:a", "a:b", now=2)
        store.link("a:a", "a:c", now=3)
        with self.assertRaises(trato.FailedPrecondition) as caught:
            store.link("a:b", "a:c", override=["apart"], now=3)
        for name in ("a:a", "a:b"):
            self.assertIn(name, caught.exception.message)
        self.assertEqual(self.groups(store), "ac b")

    def test_unlinking_what_links_join_by_way_of_a_third_is_refused(self):
        store = self.claimed(visitors="abc")
        for one, other in ("ac", "bc"):
            store.link(f"a:{one}", f"a:{other}", now=2)
        with self.assertRaises(trato.FailedPrecondition) as caught:
            store.unlink("a:a", "a:b", now=3)
        self.assertIn("a:c", caught.exception.message)
        self.assertEqual(self.groups(store), "abc")

    def test_a_preview_shows_what_the_link_gives(self):
        for rng in self.each_round(45):
            history = History(rng)
            told = history.oracle
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.tell(store)
                self.furnish(store, history, rng)
                pair = self.unjoined(told, rng)
                now = history.asked()
                if pair is None or not all(
                    told.known(told.customer_of(name), now) for name in pair
                ):
                    continue
                before = calls.digest(store, now)
                shown = store._json(
                    trato._capi.lib.trato_link_preview,
                    trato._capi.text(pair[0]),
                    trato._capi.text(pair[1]),
                    store._now(now),
                )
                self.check("digests after a preview", calls.digest(store, now), before)
                segments = [self.segments_of(store, name, now) for name in pair]
                self.assertTrue(history.say(store, *pair, True), pair)
                linked = harness.raw_customer(store, pair[0], now)
                # Only the link itself is not in the preview.
                linked["links"] = shown["customer"]["links"]
                self.check("previews", shown["customer"], linked, pair)
                after = self.segments_of(store, pair[0], now)
                gained = sorted(after - segments[0] - segments[1])
                lost = sorted((segments[0] | segments[1]) - after)
                self.check("gained", sorted(shown["segments"]["gained"]), gained)
                self.check("lost", sorted(shown["segments"]["lost"]), lost)

    def segments_of(self, store, name, now):
        return set(harness.raw_customer(store, name, now)["segments"])

    def test_an_identifier_of_two_records_is_listed_once(self):
        store = self.claimed("ab")
        store.identifiers.claim("a:b", "email:a", now=1)
        listed = store.customer("a:a", now=9).identifiers
        self.assertEqual(listed, ("email:a", "email:x"))


if __name__ == "__main__":
    unittest.main()
