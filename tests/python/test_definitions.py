# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Definitions that change while they are in use: renamed, wider, retired."""

import unittest

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file


@in_memory_and_on_file
class RenamingTest(StoreCase):
    def setUp(self):
        super().setUp()
        put = self.store.attributes
        put.define("country", str, now=NOW)
        put.define("till", int, of="interaction", now=NOW)
        put.set("shop:1", "country", "ES", at="2011-01-01", now=NOW)
        self.store.record("shop:1", "visit", at="2011-02-01", fields={"till": 3},
                          key="v1", now=NOW)
        self.store.segments.define("spanish", 'customer.country == "ES"', now=NOW)
        self.store.segments.define(
            "till 3", 'interactions("visit").exists(v, v.till == 3)', now=NOW)
        self.store.segments.define("both", 'in_segment("spanish") && '
                                           'in_segment("till 3")', now=NOW)
        self.store.offers.define("tea", products=["tea"], value=gbp(100),
                                 eligibility='in_segment("spanish")', now=NOW)

    def rename_all(self):
        rename = self.store.rename
        rename("attribute", "country", "land", now=NOW)
        rename("field", "till", "register", now=NOW)
        rename("interaction type", "visit", "call_in", now=NOW)
        rename("segment", "spanish", "from Spain", now=NOW)
        self.reopen()

    def check_answers(self):
        store = self.store
        self.assertEqual(
            {name: store.segments.test(name, "shop:1", now=NOW)
             for name in ("from Spain", "spanish", "till 3", "both")},
            {"from Spain": True, "spanish": True, "till 3": True, "both": True})
        self.assertEqual([it.name for it in store.segments.list()],
                         ["both", "from Spain", "till 3"])
        customer = store.customer("shop:1", now=NOW)
        self.assertEqual(customer["land"], "ES")
        self.assertEqual(set(customer.interactions), {"call_in"})
        self.assertIn("from Spain", customer.segments)
        self.assertEqual(len(store.offers.match("shop:1", now=NOW)), 1)
        for type in ("visit", "call_in"):
            (entry, *_) = store.timeline("shop:1", type=type, now=NOW)
            self.assertEqual(entry.type, "call_in")
            self.assertEqual(entry.fields["register"], 3)
        (row, *_) = store.interactions(type="visit", now=NOW)
        self.assertEqual((row["type"], row["register"]), ("call_in", 3))
        (row,) = store.customers(now=NOW)
        self.assertEqual(row["land"], "ES")
        for name in ("land", "country"):
            (version, *_) = store.attributes.history("shop:1", name, now=NOW)
            self.assertEqual(version.value, "ES")
            self.assertEqual(
                [it.name for it in store.customers.list(sort=name, now=NOW).customers],
                ["shop:1"])
        self.assertEqual(store.segments.preview('customer.land == "ES"', now=NOW).members, 1)
        self.assertEqual(store.segments.preview(
            'interactions("call_in").exists(v, v.register == 3) && customer.country == "ES"',
            now=NOW).members, 1)
        self.assertEqual(store.dependents("attribute", "land").segments,
                         store.dependents("attribute", "country").segments)
        self.assertEqual(store.dependents("segment", "spanish").segments, ("both",))
        self.assertEqual(store.dependents("segment", "from Spain").offers, ("tea",))
        self.assertIn("land", {it.name for it in store.attributes.list()})
        self.assertIn("call_in", store.info(now=NOW).interactions)

    def test_answers_use_the_new_name_and_take_the_former(self):
        self.rename_all()
        self.check_answers()

    def test_facts_by_either_name_are_of_one_thing(self):
        self.rename_all()
        put = self.store.attributes
        put.set("shop:2", "country", "PT", at="2011-01-01", key="k", now=NOW)
        put.set("shop:2", "land", "PT", at="2011-01-01", key="k", now=NOW)
        put.set("shop:2", "land", "FR", at="2011-01-02", now=NOW)
        self.assertEqual(self.store.customer("shop:2", now=NOW)["land"], "FR")
        # The same visit as before the renaming, by its new names.
        again = self.store.record("shop:1", "call_in", at="2011-02-01",
                                  fields={"register": 3}, key="v1", now=NOW)
        self.assertEqual(again, trato.fact_id("", "v1"))
        self.store.record("shop:1", "visit", at="2011-03-01", fields={"till": 3},
                          now=NOW)
        self.store.append_interactions(
            [{"customer": "shop:1", "at": "2011-03-02", "type": type, "register": 4}
             for type in ("visit", "call_in")], now=NOW)
        self.reopen()
        self.assertEqual([it.fields["register"] for it in
                          self.store.timeline("shop:1", type="visit", now=NOW)],
                         [3, 3, 4, 4])

    def test_the_same_definition_by_its_former_name_changes_nothing(self):
        self.rename_all()
        before = self.store.digest(now=NOW)
        position = self.store.info(now=NOW).log_position
        self.store.attributes.define("country", str, now=NOW)
        self.store.segments.define("spanish", 'customer.country == "ES"', now=NOW)
        self.store.rename("attribute", "country", "land", now=NOW)
        self.store.rename("segment", "spanish", "from Spain", now=NOW)
        self.assertEqual(self.store.info(now=NOW).log_position, position)
        self.assertEqual(self.store.digest(now=NOW), before)
        self.store.segments.define("spanish", 'customer.country == "PT"', now=NOW)
        self.assertFalse(self.store.segments.test("from Spain", "shop:1", now=NOW))

    def test_a_name_can_be_given_back(self):
        before = self.store.digest(now=NOW)
        self.rename_all()
        self.assertNotEqual(self.store.digest(now=NOW), before)
        rename = self.store.rename
        rename("attribute", "land", "country", now=NOW)
        rename("field", "register", "till", now=NOW)
        rename("interaction type", "visit", "visit", now=NOW)
        rename("segment", "from Spain", "spanish", now=NOW)
        self.reopen()
        self.assertEqual(self.store.digest(now=NOW), before)
        self.assertEqual(self.store.segments.preview('customer.land == "ES"', now=NOW).members, 1)

    def test_the_past_uses_the_names_of_then(self):
        position = self.store.info(now=NOW).log_position
        self.rename_all()
        with self.store.as_of(known_at=position) as past:
            self.assertEqual(past.customer("shop:1", now=NOW)["country"], "ES")
            self.assertEqual([it.name for it in past.segments.list()],
                             ["both", "spanish", "till 3"])
        with self.store.as_of("2011-01-15") as past:
            self.assertEqual(past.customer("shop:1")["land"], "ES")

    def test_a_renaming_stays_when_its_batch_is_retracted(self):
        self.store.rename("attribute", "country", "land", now=NOW, batch="b")
        self.store.batches.retract("b", now=NOW)
        self.store.attributes.set("shop:1", "land", "PT", now=NOW)
        self.assertEqual(self.reopen().customer("shop:1", now=NOW)["land"], "PT")

    def test_names_that_are_taken(self):
        self.store.attributes.define("city", str, now=NOW)
        rename = self.store.rename
        self.store.rename("attribute", "country", "land", now=NOW)
        for taken in ("land", "country"):
            with self.raises(trato.AlreadyExists, "new_name", taken):
                rename("attribute", "city", taken, now=NOW)
        with self.raises(trato.AlreadyExists, "new_name"):
            rename("segment", "both", "spanish", now=NOW)
        with self.raises(trato.AlreadyExists, "new_name"):
            rename("interaction type", "visit", "purchase", now=NOW)
        with self.raises(trato.AlreadyExists, "defined as string"):
            self.store.attributes.define("country", int, now=NOW)
        with self.raises(trato.NotFound, "did you mean 'land'"):
            rename("attribute", "lamd", "x", now=NOW)
        with self.raises(trato.InvalidArgument, "new_name"):
            rename("attribute", "land", "The Land", now=NOW)
        with self.raises(trato.NotFound, "relation"):
            rename("relation", "x", "y", now=NOW)


@in_memory_and_on_file
class RelationRenamingTest(StoreCase):
    def setUp(self):
        super().setUp()
        relations = self.store.relations
        relations.define("parent", "subsidiary", acyclic=True, now=NOW)
        relations.define("household", now=NOW)
        relations.set("c:1", "parent", "c:2", at=1, now=NOW)
        relations.set("c:1", "household", "c:3", at=1, now=NOW)
        self.store.segments.define("owned", 'related("parent") >= 1', now=NOW)
        self.before = self.store.digest(now=NOW)

    def seen(self, name):
        return sorted(
            (it.relation, it.other)
            for it in self.store.customer(name, now=NOW).relations)

    def test_either_side_is_called_otherwise_and_former_names_stay(self):
        rename = self.store.rename
        rename("relation", "parent", "mother", now=NOW)
        rename("relation", "subsidiary", "daughter", now=NOW)
        rename("relation", "household", "home", now=NOW)
        store = self.reopen()
        self.assertNotEqual(store.digest(now=NOW), self.before)
        self.assertEqual(self.seen("c:1"), [("home", "c:3"), ("mother", "c:2")])
        self.assertEqual(self.seen("c:2"), [("daughter", "c:1")])
        self.assertEqual(self.seen("c:3"), [("home", "c:1")])
        self.assertEqual(
            sorted((it.name, it.inverse) for it in store.relations.list()),
            [("home", "home"), ("mother", "daughter")])
        # By any name it is the same relation.
        for name in ("parent", "mother"):
            self.assertEqual(
                [it.name for it in store.relations.related("c:1", name, now=NOW)],
                ["c:2"])
            with self.raises(trato.FailedPrecondition, "cycle"):
                store.relations.set("c:2", name, "c:1", now=NOW)
            preview = store.segments.preview(f'related("{name}") >= 1', now=NOW)
            self.assertEqual(preview.members, 1)
        self.assertEqual(store.segments["owned"].count(now=NOW).members, 1)
        self.assertEqual(
            store.dependents("relation", "daughter").segments, ("owned",))
        store.relations.set("c:4", "daughter", "c:2", at=1, now=NOW)
        self.assertEqual(self.seen("c:2"), [("daughter", "c:1"), ("mother", "c:4")])
        store.relations.end("c:2", "parent", "c:4", at=2, now=NOW)
        self.assertEqual(self.seen("c:2"), [("daughter", "c:1")])
        changes = [it.name for it in store.audit("c:1", now=NOW)]
        self.assertIn("mother c:2", changes)
        # Defined anew by its new names it is no other one.
        store.relations.define("mother", "daughter", "owns it", acyclic=True, now=NOW)
        self.assertEqual(len(self.reopen().relations.list()), 2)
        if self.on_file:
            self.assertTrue(self.store.verify(rebuild=True).ok)

    def test_names_that_are_taken_are_refused(self):
        rename = self.store.rename
        rename("relation", "parent", "mother", now=NOW)
        for taken in ("household", "subsidiary"):
            with self.raises(trato.AlreadyExists, "new_name"):
                rename("relation", "mother", taken, now=NOW)
        with self.raises(trato.AlreadyExists, "new_name"):
            rename("relation", "household", "parent", now=NOW)
        with self.raises(trato.AlreadyExists, "mother"):
            self.store.relations.define("aunt", "mother", now=NOW)
        with self.raises(trato.NotFound, "did you mean 'mother'"):
            self.store.relations.set("c:5", "mothr", "c:6", now=NOW)
        rename("relation", "mother", "parent", now=NOW)
        self.assertEqual(self.reopen().digest(now=NOW), self.before)


@in_memory_and_on_file
class WideningTest(StoreCase):
    def test_whole_numbers_become_numbers(self):
        put = self.store.attributes
        put.define("weight", int, now=NOW)
        put.set("shop:1", "weight", 70, at="2011-01-01", key="w", now=NOW)
        position = self.store.info(now=NOW).log_position
        self.store.segments.define("heavy", "double(customer.weight) > 69.5", now=NOW)
        put.define("weight", float, now=NOW)
        self.assertTrue(self.store.segments.test("heavy", "shop:1", now=NOW))
        put.set("shop:2", "weight", 69.75, now=NOW)
        put.set("shop:3", "weight", 69, now=NOW)  # by code that knows no better
        put.set("shop:1", "weight", 70, at="2011-01-01", key="w", now=NOW)
        put = self.reopen().attributes
        self.assertEqual([it.name for it in
                          self.store.segments["heavy"].members(now=NOW)],
                         ["shop:1", "shop:2"])
        values = [row["weight"] for row in self.store.customers(now=NOW)]
        self.assertEqual(values, [70.0, 69.75, 69.0])
        self.assertTrue(all(isinstance(value, float) for value in values))
        self.assertEqual(self.store.segments.preview(
            "customer.weight == 70.0 || customer.weight == 69.0", now=NOW).members, 2)
        with self.store.as_of(known_at=position) as past:
            self.assertEqual(past.customer("shop:1", now=NOW)["weight"], 70)
            self.assertIsInstance(past.customer("shop:1", now=NOW)["weight"], int)
        with self.raises(trato.AlreadyExists):
            put.define("weight", int, now=NOW)
        with self.raises(trato.InvalidArgument):
            put.set("shop:1", "weight", 2**60, now=NOW)

    def test_one_becomes_many(self):
        put = self.store.attributes
        put.define("likes", str, now=NOW)
        put.set("shop:1", "likes", "tea", at="2011-01-01", now=NOW)
        put.set("shop:2", "likes", "milk", at="2011-01-01", now=NOW)
        self.store.link("shop:1", "shop:2", now=NOW)
        put.define("likes", str, many=True, now=NOW)
        put.set("shop:1", "likes", "cake", at="2011-01-03", now=NOW)
        put = self.reopen().attributes
        self.assertEqual(
            sorted(self.store.customer("shop:1", now=NOW)["likes"]),
            ["cake", "milk", "tea"])
        self.assertEqual(self.store.segments.preview(
            'customer.likes.exists(x, x == "milk")', now=NOW).members, 1)
        with self.raises(trato.AlreadyExists, "many"):
            put.define("likes", str, now=NOW)
        with self.store.view({"likes": "milk"}) as view:
            self.assertEqual(len(view.customers.list(now=NOW).customers), 1)

    def test_what_cannot_read_it_so_is_named(self):
        put = self.store.attributes
        put.define("likes", str, now=NOW)
        self.store.segments.define("tea drinkers", 'customer.likes == "tea"', now=NOW)
        before = self.store.digest(now=NOW)
        with self.raises(trato.FailedPrecondition, "tea drinkers", "likes"):
            put.define("likes", str, many=True, now=NOW)
        self.assertEqual(self.store.digest(now=NOW), before)
        self.store.segments.define("tea drinkers", "true", now=NOW)
        self.store.offers.define("tea", products=["tea"], value=gbp(100),
                                 eligibility='customer.likes == "tea"', now=NOW)
        with self.raises(trato.FailedPrecondition, "offer 'tea'"):
            put.define("likes", str, many=True, now=NOW)

    def test_a_wider_definition_stays_while_values_need_it(self):
        put = self.store.attributes
        put.define("weight", int, now=NOW)
        put.define("weight", float, now=NOW, batch="b")
        put.set("shop:1", "weight", 1.5, now=NOW)
        self.store.batches.retract("b", now=NOW)
        self.assertEqual(self.reopen().customer("shop:1", now=NOW)["weight"], 1.5)

    def test_other_changes_are_refused(self):
        put = self.store.attributes
        put.define("a", str, now=NOW)
        put.define("n", int, of="interaction", now=NOW)
        for name, type, more in (("a", int, {}), ("a", str, {"per": "product"}),
                                 ("n", str, {"of": "interaction"})):
            with self.raises(trato.AlreadyExists, name):
                put.define(name, type, now=NOW, **more)

    def test_whole_numbers_of_interactions_become_numbers(self):
        store, put = self.store, self.store.attributes
        put.define("rating", int, of="interaction", now=NOW)
        position = store.info(now=NOW).log_position
        rated = 'interactions("visit").exists(v, v.rating > 3.5)'
        # Whole numbers and numbers compare, so this one may stay as it is.
        store.segments.define(
            "pleased", 'interactions("visit").exists(v, v.rating > 3)', now=NOW)
        store.record("shop:1", "visit", at="2011-01-01", fields={"rating": 4},
                     key="r", now=NOW)
        store.record("shop:2", "visit", at="2011-01-01", fields={"rating": 3},
                     now=NOW)
        before = store.info(now=NOW).log_position
        put.define("rating", float, of="interaction", now=NOW)
        store.record("shop:2", "visit", at="2011-01-02", fields={"rating": 3.75},
                     now=NOW)
        store.record("shop:3", "visit", at="2011-01-02", fields={"rating": 2},
                     now=NOW)  # by code that knows no better
        # The same as before the change is no other one.
        again = store.record("shop:1", "visit", at="2011-01-01",
                             fields={"rating": 4}, key="r", now=NOW)
        self.assertEqual(again, trato.fact_id("", "r"))
        for checkpoint in (False, True):
            if checkpoint:
                store.checkpoint()
            store = self.reopen()
            self.assertEqual(store.segments.preview(rated, now=NOW).members, 2)
            self.assertEqual(store.segments.preview(
                'interactions("visit").avg(v, v.rating) == 3.375',
                now=NOW).members, 1)
            self.assertEqual(
                [m.name for m in store.segments["pleased"].members(now=NOW)],
                ["shop:1", "shop:2"])
            values = [entry.fields["rating"] for name in ("shop:1", "shop:2", "shop:3")
                      for entry in store.timeline(name, now=NOW)]
            self.assertEqual(sorted(values), [2.0, 3.0, 3.75, 4.0])
            self.assertTrue(all(isinstance(it, float) for it in values))
            rows = [row["rating"] for row in store.interactions(now=NOW)]
            self.assertEqual(sorted(rows), [2.0, 3.0, 3.75, 4.0])
            self.assertTrue(all(isinstance(it, float) for it in rows))
        with store.as_of(known_at=before) as past:
            (entry,) = past.timeline("shop:1", now=NOW)
            self.assertIsInstance(entry.fields["rating"], int)
        with self.raises(trato.AlreadyExists, "rating"):
            store.attributes.define("rating", int, of="interaction", now=NOW)
        with self.raises(trato.InvalidArgument, "rating"):
            store.record("shop:1", "visit", fields={"rating": 2**60}, now=NOW)
        self.assertLess(position, before)

    def test_what_cannot_read_a_wider_field_is_named(self):
        put = self.store.attributes
        put.define("rating", int, of="interaction", now=NOW)
        self.store.segments.define(
            "even", 'interactions("visit").exists(v, v.rating % 2 == 0)', now=NOW)
        before = self.store.digest(now=NOW)
        with self.raises(trato.FailedPrecondition, "even", "rating"):
            put.define("rating", float, of="interaction", now=NOW)
        self.assertEqual(self.store.digest(now=NOW), before)


@in_memory_and_on_file
class ChannelsAndPurposesTest(StoreCase):
    def setUp(self):
        super().setUp()
        store = self.store
        store.consents.define_purpose("news", direct_marketing=False, now=NOW)
        store.record("shop:1", "visit", at="2011-01-01", channel="fax", key="v",
                     now=NOW)
        store.consents.grant("shop:1", "news", "fax", at="2011-01-01", key="c",
                             now=NOW)
        store.consents.grant("shop:2", "news", "*", at="2011-01-01", now=NOW)
        store.consents.deny("shop:3", "*", "fax", at="2011-01-01", now=NOW)
        store.segments.define("told", 'consent("news", "fax")', now=NOW)
        store.segments.define(
            "faxed", 'interactions("visit").exists(v, v.channel == "fax")', now=NOW)
        store.segments.define("both", 'in_segment("told") && in_segment("faxed")',
                              now=NOW)
        store.offers.define("tea", products=["tea"], value=gbp(100), purpose="news",
                            channel="fax", now=NOW)
        store.retention.define("grants", "news", "20y", now=NOW)
        self.before = store.digest(now=NOW)

    def members(self, name):
        return [m.name for m in self.store.segments[name].members(now=NOW)]

    def rename_both(self):
        self.store.rename("channel", "fax", "facsimile", now=NOW)
        self.store.rename("purpose", "news", "newsletter", now=NOW)

    def test_answers_use_the_new_names_and_take_the_former(self):
        self.rename_both()
        for checkpoint in (False, True):
            if checkpoint:
                self.store.checkpoint()
            store = self.reopen()
            (entry,) = store.timeline("shop:1", now=NOW)
            self.assertEqual(entry.channel, "facsimile")
            (row,) = store.interactions(now=NOW)
            self.assertEqual(row["channel"], "facsimile")
            for purpose in ("news", "newsletter"):
                for channel in ("fax", "facsimile"):
                    self.assertTrue(store.consents.test("shop:1", purpose, channel,
                                                        now=NOW))
                    self.assertEqual(store.segments.preview(
                        f'consent("{purpose}", "{channel}")', now=NOW).members, 2)
                    self.assertEqual(
                        store.consents.test("shop:3", purpose, channel,
                                            now=NOW).state, "denied")
            for channel in ("fax", "facsimile"):
                for condition in (f'v.channel == "{channel}"',
                                  f'"{channel}" == v.channel',
                                  f'v.channel in ["web", "{channel}"]'):
                    self.assertEqual(store.segments.preview(
                        f'interactions("visit").exists(v, {condition})',
                        now=NOW).members, 1, condition)
                self.assertEqual(store.segments.preview(
                    f'interactions("visit").exists(v, v.channel != "{channel}")',
                    now=NOW).members, 0)
            self.assertEqual(self.members("told"), ["shop:1", "shop:2"])
            self.assertEqual(self.members("both"), ["shop:1"])
            (said,) = store.consents.history("shop:1", now=NOW)
            self.assertEqual((said.purpose, said.channel), ("newsletter", "facsimile"))
            shown = store.consents.show("shop:1", now=NOW).consents
            self.assertEqual([(it.purpose, it.channel) for it in shown],
                             [("newsletter", "facsimile")])
            why = store.consents.explain("shop:3", "news", "fax", now=NOW)
            self.assertEqual([(it.purpose, it.channel) for it in why.statements],
                             [("*", "facsimile")])
            self.assertEqual(len(store.offers.match("shop:1", now=NOW)), 1)
            self.assertEqual(len(store.offers.match("shop:3", now=NOW)), 0)
            self.assertEqual([it.name for it in store.retention.list(now=NOW)],
                             ["newsletter"])
            self.assertIn("newsletter by facsimile",
                          [it.name for it in store.audit("shop:1", now=NOW)])
            if self.on_file:
                self.assertTrue(store.verify(rebuild=True).ok)

    def test_facts_by_either_name_are_of_one_thing(self):
        self.rename_both()
        store = self.store
        position = store.info(now=NOW).log_position
        # What was said before, by its new names.
        store.record("shop:1", "visit", at="2011-01-01", channel="facsimile",
                     key="v", now=NOW)
        store.consents.grant("shop:1", "newsletter", "facsimile", at="2011-01-01",
                             key="c", now=NOW)
        store.consents.define_purpose("newsletter", direct_marketing=False, now=NOW)
        store.offers.define("tea", products=["tea"], value=gbp(100),
                            purpose="newsletter", channel="facsimile", now=NOW)
        self.assertEqual(store.info(now=NOW).log_position, position)
        for channel in ("fax", "facsimile"):
            store.record("shop:4", "visit", at="2011-01-02", channel=channel, now=NOW,
                         durability="buffered")
        store.append_interactions(
            [{"customer": "shop:4", "at": "2011-03-02", "type": "visit",
              "channel": channel} for channel in ("fax", "facsimile")], now=NOW)
        store.consents.withdraw("shop:1", "newsletter", "fax", at="2011-02-01",
                                now=NOW)
        store = self.reopen()
        self.assertEqual({it.channel for it in store.timeline("shop:4", now=NOW)},
                         {"facsimile"})
        self.assertEqual(len(list(store.timeline("shop:4", now=NOW))), 4)
        self.assertFalse(store.consents.test("shop:1", "news", "facsimile", now=NOW))

    def test_a_name_can_be_given_back_and_taken_ones_are_refused(self):
        self.rename_both()
        self.assertNotEqual(self.store.digest(now=NOW), self.before)
        for kind, name, taken in (("channel", "web", "fax"),
                                  ("channel", "web", "facsimile"),
                                  ("channel", "facsimile", "web"),
                                  ("purpose", "marketing", "news")):
            with self.raises(trato.AlreadyExists, "new_name", taken):
                self.store.rename(kind, name, taken, now=NOW)
        with self.raises(trato.NotFound, "did you mean 'facsimile'"):
            self.store.record("shop:1", "visit", channel="facsimle", now=NOW)
        with self.raises(trato.InvalidArgument, "name"):
            self.store.rename("channel", "", "x", now=NOW)
        with self.raises(trato.Unimplemented, "claim its identifiers for them"):
            self.store.rename("namespace", "shop", "till", now=NOW)
        self.store.rename("channel", "facsimile", "fax", now=NOW)
        self.store.rename("purpose", "newsletter", "news", now=NOW)
        self.assertEqual(self.reopen().digest(now=NOW), self.before)

    def test_what_depends_on_them(self):
        store = self.store
        for kind, name in (("channel", "fax"), ("purpose", "news")):
            found = store.dependents(kind, name)
            self.assertIn("told", found.segments)
            self.assertIn("both", found.segments)
            self.assertEqual(found.offers, ("tea",))
        self.assertEqual(store.dependents("channel", "fax").segments,
                         ("both", "faxed", "told"))
        self.assertEqual(store.dependents("purpose", "news").retention,
                         ("grants news",))
        self.assertEqual(store.dependents("channel", "web"),
                         trato.Dependents((), (), ()))
        store.identifiers.define("crm", unique=False, now=NOW)
        store.relations.define("works_for", "employs", now=NOW)
        store.segments.define("staff", 'related("works_for", "crm:9")', now=NOW)
        self.assertEqual(store.dependents("namespace", "crm").segments, ("staff",))
        for kind in ("channel", "purpose", "namespace"):
            with self.raises(trato.NotFound, "nothing"):
                store.dependents(kind, "nothing")


@in_memory_and_on_file
class RetiringTest(StoreCase):
    def test_what_is_retired_takes_nothing_new_and_keeps_what_was_said(self):
        store = self.store
        store.consents.define_purpose("news", direct_marketing=False, now=NOW)
        store.identifiers.define("old", unique=True, now=NOW)
        store.relations.define("works_for", "employs", now=NOW)
        store.attributes.define("till", int, of="interaction", now=NOW)
        store.attributes.define("size", str, now=NOW)
        visit = store.record("shop:1", "visit", at="2011-01-01", channel="fax",
                             fields={"till": 1}, now=NOW)
        store.consents.grant("shop:1", "news", "fax", at="2011-01-01", now=NOW)
        store.identifiers.claim("shop:1", "old:1", now=NOW)
        store.relations.set("shop:1", "works_for", "shop:2", at="2011-01-01", now=NOW)
        before = store.digest(now=NOW)
        retired = (("channel", "fax"), ("purpose", "news"), ("namespace", "old"),
                   ("relation", "employs"), ("interaction type", "gift"),
                   ("field", "till"), ("attribute", "size"))
        for kind, name in retired:
            store.retire(kind, name, now=NOW)
        position = store.info(now=NOW).log_position
        for kind, name in retired:  # again
            store.retire(kind, name, now=NOW)
        self.assertEqual(store.info(now=NOW).log_position, position)
        store = self.reopen()
        self.assertNotEqual(store.digest(now=NOW), before)

        def refused(name, call, *arguments, **more):
            with self.raises(trato.FailedPrecondition, name, "retired"):
                call(*arguments, now=NOW, **more)

        refused("fax", store.record, "shop:1", "visit", channel="fax")
        refused("fax", store.record, "shop:1", "visit", channel="fax",
                durability="buffered")
        refused("gift", store.record, "shop:1", "gift")
        refused("till", store.record, "shop:1", "visit", fields={"till": 2})
        for row in ({"channel": "fax"}, {"type": "gift"}, {"till": 4}):
            refused(next(iter(row.values())) if "till" not in row else "till",
                    store.append_interactions,
                    [{"customer": "shop:1", "at": "2011-03-02", "type": "visit",
                      **row}])
        refused("news", store.consents.grant, "shop:1", "news", "email")
        refused("fax", store.consents.grant, "shop:1", "marketing", "fax")
        refused("old", store.identifiers.claim, "shop:1", "old:2")
        refused("works_for", store.relations.set, "shop:3", "works_for", "shop:2")
        refused("size", store.attributes.set, "shop:1", "size", "M")
        refused("news", store.offers.define, "tea", products=["tea"],
                value=gbp(1), purpose="news")
        # What was said counts, and ends.
        self.assertTrue(store.consents.test("shop:1", "news", "fax", now=NOW))
        self.assertEqual(store.customers.resolve("old:1", now=NOW),
                         store.customers.resolve("shop:1", now=NOW))
        store.correct("shop:1", visit, "visit", at="2011-01-01", channel="fax",
                      fields={"till": 2}, now=NOW)
        store.consents.withdraw("shop:1", "news", "fax", at="2011-02-01", now=NOW)
        self.assertFalse(store.consents.test("shop:1", "news", "fax", now=NOW))
        store.relations.end("shop:1", "works_for", "shop:2", at="2011-02-01", now=NOW)
        for kind, name in retired:
            store.retire(kind, name, retired=False, now=NOW)
        store = self.reopen()
        store.record("shop:1", "gift", channel="fax", fields={"till": 2}, now=NOW)
        store.consents.grant("shop:1", "news", "fax", at="2011-03-01", now=NOW)
        store.identifiers.claim("shop:1", "old:2", now=NOW)
        store.relations.set("shop:1", "works_for", "shop:2", at="2011-03-01", now=NOW)

    def test_a_namespace_is_replaced_by_another(self):
        store = self.store
        store.identifiers.define("email", unique=True, now=NOW)
        for record in ("crm:1", "web:1"):
            store.identifiers.claim(record, "email:a@x", now=NOW)
        known = store.customers.resolve("email:a@x", now=NOW)
        store.identifiers.define("mail", unique=True, now=NOW)
        store.identifiers.claim("crm:1", "mail:a@x", now=NOW)
        store.retire("namespace", "email", now=NOW)
        with self.raises(trato.FailedPrecondition, "retired"):
            store.identifiers.claim("web:2", "email:a@x", now=NOW)
        store.identifiers.claim("web:2", "mail:a@x", now=NOW)
        store = self.reopen()
        one = store.customers.read("mail:a@x", now=NOW)
        self.assertEqual(sorted(one.records), ["crm:1", "web:1", "web:2"])
        self.assertEqual(store.customers.resolve("email:a@x", now=NOW), one.id)
        self.assertIn(known, (one.id, *one.aliases))

    def test_taking_it_back_gives_the_digest_of_before(self):
        before = self.store.digest(now=NOW)
        self.store.retire("channel", "fax", now=NOW)
        self.assertNotEqual(self.reopen().digest(now=NOW), before)
        self.store.retire("channel", "fax", retired=False, now=NOW)
        self.assertEqual(self.reopen().digest(now=NOW), before)

    def test_what_somebody_reads_is_not_retired(self):
        store = self.store
        store.consents.define_purpose("news", direct_marketing=False, now=NOW)
        store.segments.define("told", 'consent("news", "fax")', now=NOW)
        store.offers.define("tea", products=["tea"], value=gbp(100),
                            purpose="marketing", channel="sms", now=NOW)
        for kind, name, who in (("channel", "fax", "segment 'told'"),
                                ("purpose", "news", "segment 'told'"),
                                ("channel", "sms", "offer 'tea'"),
                                ("purpose", "marketing", "offer 'tea'")):
            with self.raises(trato.FailedPrecondition, who, name):
                store.retire(kind, name, now=NOW)
        with self.raises(trato.NotFound, "channel"):
            store.retire("channel", "telex", now=NOW)
        # In one that is, nobody is.
        store.retire("segment", "told", now=NOW)
        self.assertTrue(store.segments["told"].disabled)

    def test_a_retirement_goes_with_its_batch(self):
        self.store.retire("channel", "fax", now=NOW, batch="b")
        self.store.batches.retract("b", now=NOW)
        self.reopen().record("shop:1", "visit", channel="fax", now=NOW)


if __name__ == "__main__":
    unittest.main()
