# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Segments: counted, tested and listed, exact at every instant."""

import datetime
import random
import unittest

import trato
from support import NOW, StoreCase, candles, in_memory_and_on_file

LOYAL = 'interactions("purchase").within("90d").count() >= 3'


@in_memory_and_on_file
class SegmentTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.store.attributes.define("country", str, now="2011-01-01")
        for day in ("2011-10-01", "2011-11-01", "2011-12-01"):
            self.buy("shop:1", day)
        self.buy("shop:2", "2011-12-02")
        self.loyal = self.store.segments.define("loyal", LOYAL, now="2011-12-02")

    def test_a_window_slides_with_the_clock_alone(self):
        # 90 days after the first purchase, at the same time of day, it is out.
        for now, members in (
            ("2011-11-30 23:59:59.999999", 0),
            ("2011-12-01", 1),
            (NOW, 1),
            ("2011-12-29 23:59:59.999999", 1),
            ("2011-12-30", 0),
        ):
            self.assertEqual(self.loyal.count(now=now), members, now)
            self.assertEqual(self.loyal.test("shop:1", now=now), bool(members), now)
            names = [member.name for member in self.loyal.members(now=now)]
            self.assertEqual(names, ["shop:1"] * members, now)

    def test_a_size_says_of_how_many(self):
        size = self.loyal.count(now=NOW)
        self.assertEqual((size.members, size.customers, size.undecided), (1, 2, 0))

    def test_a_member_has_the_public_id(self):
        (member,) = self.loyal.members(now=NOW)
        self.assertEqual(member.id, self.store.customer("shop:1", now=NOW).id)

    def test_an_attribute_is_read_as_it_was(self):
        put = self.store.attributes.set
        put("shop:1", "country", "ES", at="2011-06-01", now=NOW)
        put("shop:1", "country", "FR", at="2011-12-05", now=NOW)
        spanish = self.store.segments.define(
            "spanish", 'customer.country == "ES"', now=NOW
        )
        self.assertEqual(spanish.count(now="2011-12-04"), 1)
        self.assertEqual(spanish.count(now=NOW), 0)
        self.assertEqual(spanish.count(now=NOW).undecided, 0)

    def test_an_explanation_says_what_is_missing_and_why(self):
        why = self.loyal.explain("shop:2", now=NOW)
        self.assertFalse(why.member or why.undecided)
        self.assertEqual(
            why.missing,
            (
                'interactions("purchase").within("90d").count() is 1, '
                "needs at least 3: 2 more",
            ),
        )
        (count,) = why.why.parts
        self.assertEqual((count.value, count.fact_count), ("1", 1))
        (fact,) = count.facts
        self.assertEqual((fact.type, fact.record), ("purchase", "shop:2"))
        entry = next(iter(self.store.timeline("shop:2", now=NOW)))
        self.assertEqual((fact.id, fact.at), (entry.fact, entry.at))
        self.assertIn("shop:2 is not in loyal\nmissing: ", str(why))

    def test_who_is_in_lacks_nothing(self):
        why = self.loyal.explain("shop:1", now=NOW)
        self.assertTrue(why.member)
        self.assertEqual((why.missing, why.why.value), ((), "true"))
        self.assertEqual(why.why.parts[0].fact_count, 3)

    def test_an_explanation_names_the_attribute_that_decided(self):
        self.store.attributes.set("shop:1", "country", "ES", at="2011-06-01", now=NOW)
        self.store.segments.define("fr", 'customer.country == "FR"', now=NOW)
        why = self.store.segments.explain("fr", "shop:1", now=NOW)
        self.assertEqual(
            why.missing, ('customer.country is "ES", needs "FR"',)
        )
        (fact,) = why.why.parts[0].facts
        self.assertEqual((fact.attribute, fact.value), ("country", '"ES"'))
        why = self.store.segments.explain("fr", "shop:2", now=NOW)
        self.assertIn("there is no country", why.missing[0])
        self.assertFalse(why.undecided)

    def test_two_segments_are_compared(self):
        self.store.segments.define("all", "true", now=NOW)
        diff = self.store.segments.diff("all", "loyal", now=NOW)
        self.assertEqual(
            (diff.first_only, diff.second_only, diff.both, diff.customers), (1, 0, 1, 2)
        )
        names = [m.name for m in self.store.segments.diff_members("all", "loyal", now=NOW)]
        self.assertEqual(names, ["shop:2"])

    def test_a_plan_says_what_is_read(self):
        plan = self.store.segments.plan(
            LOYAL + ' && interactions("purchase").within("90d").count() < 9 '
            '&& customer.country == "ES" '
            '&& interactions("purchase").lines().sum(l, l.quantity) > 1'
        )
        self.assertEqual(plan.attributes, ("country",))
        self.assertEqual(plan.interaction_types, ("purchase",))
        self.assertEqual(plan.line_fields, ("quantity",))
        self.assertEqual(
            [(it.reads, it.shared) for it in plan.questions],
            [("times", True), ("times", True), ("lines", False)],
        )
        with self.assertRaises(trato.InvalidArgument):
            self.store.segments.plan("contry")

    def test_a_preview_counts_and_defines_nothing(self):
        size = self.store.segments.preview(LOYAL.replace("3", "1"), now=NOW)
        self.assertEqual((size, size.customers), (2, 2))
        self.assertEqual(len(self.store.segments), 1)

    def test_two_currencies_in_one_sum_are_undecided(self):
        euros = trato.Money(100, "EUR")
        self.store.record("shop:2", "purchase", at=NOW, amount=euros, now=NOW)
        expression = 'interactions("purchase").sum(i, i.amount) > money("0.10", "GBP")'
        size = self.store.segments.preview(expression, now=NOW)
        self.assertEqual((size.members, size.undecided), (1, 1))
        rich = self.store.segments.define("rich", expression, now=NOW)
        self.assertTrue(rich.test("shop:1", now=NOW))
        with self.raises(trato.FailedPrecondition):
            rich.test("shop:2", now=NOW)

    def test_a_segment_is_found_again_by_its_name(self):
        found = self.reopen().segments["loyal"]
        self.assertEqual(
            (found.name, found.expression, found.version), ("loyal", LOYAL, 1)
        )
        self.assertEqual(self.store.format_time(found.defined), "2011-12-02 00:00")
        self.assertEqual(found.count(now=NOW), 1)
        self.assertIn("loyal", self.store.segments)
        self.assertNotIn("rich", self.store.segments)
        self.assertEqual([segment.name for segment in self.store.segments], ["loyal"])
        self.assertEqual(repr(found), f"<Segment loyal: {LOYAL}>")

    def test_a_segment_can_be_redefined(self):
        again = self.store.segments.define("loyal", "true", now=NOW)
        self.assertEqual((again.version, again.expression), (2, "true"))
        # An older object has the old text, and answers by the one in force.
        self.assertEqual(self.loyal.expression, LOYAL)
        self.assertEqual(self.loyal.count(now=NOW), 2)
        self.assertEqual(len(self.reopen().segments), 1)

    def test_a_customer_lists_its_segments(self):
        self.assertEqual(self.store.customer("shop:1", now=NOW).segments, ("loyal",))
        self.assertEqual(self.store.customer("shop:2", now=NOW).segments, ())

    def test_what_is_not_there_is_not_found(self):
        segments = self.store.segments
        for call in (segments.count, segments.members, segments.__getitem__):
            with self.raises(trato.NotFound, "loyl"):
                call("loyl")
        with self.raises(trato.NotFound, "loyl"):
            segments.test("loyl", "shop:1")
        with self.raises(trato.NotFound, "shop:9"):
            self.loyal.test("shop:9", now=NOW)

    def test_an_error_points_into_the_expression(self):
        expression = 'true &&\n  interactions("purchase").cuont() > 3'
        for call in (
            lambda: self.store.segments.define("new", expression, now=NOW),
            lambda: self.store.segments.preview(expression, now=NOW),
        ):
            with self.raises(trato.InvalidArgument, "cuont") as caught:
                call()
            error = caught.exception
            line, caret = error.excerpt.rstrip("\n").split("\n")
            self.assertEqual(error.line, 2)
            self.assertEqual(line, expression.split("\n")[1])
            self.assertEqual(caret, " " * (error.column - 1) + "^")
            self.assertIn(line[error.column - 1], ".c")
            self.assertTrue(str(error).endswith(error.excerpt.rstrip("\n")))
        self.assertEqual(len(self.store.segments), 1)

    def test_the_caret_counts_characters_and_not_bytes(self):
        with self.raises(trato.InvalidArgument) as caught:
            self.store.segments.preview('"ñandú ☕" == 7', now=NOW)
        line, caret = caught.exception.excerpt.rstrip("\n").split("\n")
        self.assertEqual(line, '"ñandú ☕" == 7')
        self.assertEqual(len(caret), caught.exception.column)
        self.assertLessEqual(caught.exception.column, len(line))

    def test_names_are_checked_against_what_is_defined(self):
        for expression, wrong in (
            ("customer.contry == 'ES'", "contry"),
            ('interactions("purchas").count() > 1', "purchas"),
            ("customer.country > 3", ""),
            ("1 + 2", ""),
            ("", ""),
            ("true &&", ""),
        ):
            with self.raises(trato.InvalidArgument, wrong) as caught:
                self.store.segments.define("new", expression, now=NOW)
            self.assertGreaterEqual(caught.exception.line, 1)
            self.assertGreaterEqual(caught.exception.column, 1)

    def test_half_a_surrogate_pair_is_refused(self):
        with self.raises(trato.InvalidArgument, "expression: character 1 "):
            self.store.segments.preview("\udc80", now=NOW)
        with self.raises(trato.InvalidArgument, "name: character 1 "):
            self.store.segments.define("\udc80", "true", now=NOW)

    def test_more_members_than_one_batch_come_by_name_and_once(self):
        items = [trato.Interaction(f"crm:{i:04}", "visit", at=0) for i in range(1000)]
        self.store.record_many(random.Random(7).sample(items, 1000), now=NOW)
        everybody = self.store.segments.define(
            "visitors", 'interactions("visit").count() >= 1', now=NOW
        )
        names = [member.name for member in everybody.members(now=NOW)]
        self.assertEqual(names, [f"crm:{i:04}" for i in range(1000)])

    def test_it_agrees_with_counting_by_hand_at_random_instants(self):
        random_ = random.Random(11)
        start = datetime.datetime(2010, 1, 1, tzinfo=datetime.timezone.utc)
        span = 500 * 24 * 3600
        bought = {}
        items = []
        for customer in range(40):
            for _ in range(random_.randrange(1, 12)):
                at = start + datetime.timedelta(seconds=random_.randrange(span))
                bought.setdefault(f"crm:{customer}", []).append(at)
                items.append(
                    trato.Interaction(
                        f"crm:{customer}", "purchase", at=at, lines=[candles()]
                    )
                )
        random_.shuffle(items)
        self.store.record_many(items, now=NOW)
        self.store.segments.define(
            "busy",
            'interactions("purchase").within("720h").count() >= 2',
            now=NOW,
        )
        self.reopen()
        instants = [
            start + datetime.timedelta(seconds=random_.randrange(span))
            for _ in range(50)
        ]
        # The edges of the window too: it is open at its far end.
        instants += [at + datetime.timedelta(days=30) for at in bought["crm:3"]]
        instants += bought["crm:3"]
        for now in instants:
            since = now - datetime.timedelta(days=30)
            expected = sorted(
                name
                for name, times in bought.items()
                if sum(since < at <= now for at in times) >= 2
            )
            found = [
                member.name
                for member in self.store.segments.members("busy", now=now)
                if member.name.startswith("crm:")
            ]
            self.assertEqual(found, expected, now)


@in_memory_and_on_file
class PartsThatAreShared(StoreCase):
    def test_who_matters_to_one_branch_only_is_answered_for(self):
        # What stands twice is evaluated once: first for whom a holds, of whom
        # none needs q, then for whom b holds.
        said = {"shop:1": "aq", "shop:2": "bp", "shop:3": "bpq"}
        for name in "abpq":
            self.store.attributes.define(name, bool, now="2011-01-01")
            for customer, letters in said.items():
                self.store.attributes.set(customer, name, name in letters, at="2011-01-02", now=NOW)
        shared = "!(customer.p && customer.q)"
        condition = f"(customer.a && {shared}) || (customer.b && {shared})"
        self.store.segments.define("either", condition, now=NOW)
        members = {it.name for it in self.store.segments.members("either", now=NOW)}
        self.assertEqual(members, {"shop:1", "shop:2"})

    def test_so_is_who_has_something_later(self):
        self.store.attributes.define("a", bool, now="2011-01-01")
        self.store.attributes.define("note", str, now="2011-01-01")
        for customer in ("shop:1", "shop:2"):
            self.store.attributes.set(customer, "a", customer == "shop:1", at="2011-01-02", now=NOW)
        self.store.attributes.set("shop:2", "note", "early", at="2011-01-02", now=NOW)
        self.store.attributes.set("shop:2", "note", "late", at="2011-06-01", now=NOW)
        condition = "(customer.a && has(customer.note)) || (!customer.a && has(customer.note))"
        self.store.segments.define("noted", condition, now=NOW)
        members = [it.name for it in self.store.segments.members("noted", now="2011-03-01")]
        self.assertEqual(members, ["shop:2"])


if __name__ == "__main__":
    unittest.main()
