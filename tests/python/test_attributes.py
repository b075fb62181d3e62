# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Attributes with many values, per product or need, and from several sources."""

import unittest

import trato
from support import NOW, StoreCase, in_memory_and_on_file


@in_memory_and_on_file
class DefinitionTest(StoreCase):
    def test_all_that_is_said_comes_back(self):
        self.store.attributes.define(
            "size",
            str,
            "what fits",
            unit="EU",
            allowed=["41", "42"],
            many=True,
            per="product",
            sensitivity="special",
            now=NOW,
        )
        self.store.attributes.define("name", str, reconcile=["erp", "crm"], now=NOW)
        self.store.attributes.define("till", int, of="interaction", now=NOW)
        name, size, till = self.reopen().attributes.list()
        self.assertEqual(
            (size.unit, size.allowed, size.many, size.per, size.sensitivity),
            ("EU", ("41", "42"), True, "product", "special"),
        )
        self.assertEqual((name.reconciliation, name.sources), ("trusted", ("erp", "crm")))
        self.assertEqual((till.of, till.reconciliation), ("interaction", "latest"))

    def test_type_many_and_per_never_change(self):
        define = self.store.attributes.define
        define("likes", str, many=True, now=NOW)
        define("size", str, per="product", now=NOW)
        before = self.store.digest(now=NOW)
        for change in (
            lambda: define("likes", str, now=NOW),
            lambda: define("likes", int, many=True, now=NOW),
            lambda: define("size", str, per="need", now=NOW),
        ):
            with self.raises(trato.AlreadyExists):
                change()
        self.assertEqual(self.store.digest(now=NOW), before)
        define("likes", str, "what she likes", many=True, allowed=["tea"], now=NOW)
        self.assertNotEqual(self.store.digest(now=NOW), before)

    def test_what_depends_on_it_is_listed_and_holds_it_back(self):
        store = self.store
        store.attributes.define("city", str, now=NOW)
        store.relations.define("household", now=NOW)
        store.segments.define("north", 'customer.city == "Leeds"', now=NOW)
        store.segments.define("both", 'in_segment("north") || related("household") > 0', now=NOW)
        worth = trato.Money(100, "GBP")
        store.offers.define("o", value=worth, products=["tea"],
                            eligibility='in_segment("both")', now=NOW)
        found = self.reopen().dependents("attribute", "city")
        self.assertEqual((found.segments, found.offers), (("both", "north"), ("o",)))
        found = self.store.dependents("relation", "household")
        self.assertEqual((found.segments, found.offers), (("both",), ("o",)))
        found = self.store.dependents("interaction type", "visit")
        self.assertEqual((found.segments, found.offers), ((), ()))
        with self.raises(trato.NotFound, "city"):
            self.store.dependents("attribute", "cty")
        with self.raises(trato.FailedPrecondition, "'both'"):
            self.store.attributes.define("city", str, retired=True, now=NOW)

    def test_a_retired_attribute_takes_no_values_and_keeps_what_it_has(self):
        define, put = self.store.attributes.define, self.store.attributes.set
        define("city", str, now=NOW)
        put("shop:1", "city", "Leeds", now=NOW)
        define("city", str, retired=True, now=NOW)
        self.assertTrue(self.reopen().attributes.list()[0].retired)
        with self.raises(trato.FailedPrecondition, "retired"):
            self.store.attributes.set("shop:1", "city", "York", now=NOW)
        self.assertEqual(self.store.customer("shop:1", now=NOW)["city"], "Leeds")
        self.store.attributes.set("shop:1", "city", None, now=NOW)
        self.store.attributes.define("city", str, now=NOW)
        self.store.attributes.set("shop:1", "city", "York", now=NOW)

    def test_what_makes_no_sense_is_refused(self):
        define = self.store.attributes.define
        for part, options in (
            ("allowed", {"type": int, "allowed": ["1"]}),
            ("twice", {"type": str, "allowed": ["a", "a"]}),
            ("longest", {"type": int, "reconcile": "longest"}),
            ("sources", {"type": str, "reconcile": []}),
            ("many", {"type": str, "many": True, "reconcile": "frequent"}),
            ("interaction", {"type": str, "many": True, "of": "interaction"}),
            ("reconcile", {"type": str, "reconcile": "best"}),
            ("per", {"type": str, "per": "shop"}),
        ):
            with self.raises(trato.InvalidArgument, part):
                define("x", now=NOW, **options)
        self.assertEqual(self.store.attributes.list(), [])


@in_memory_and_on_file
class ValuesTest(StoreCase):
    def setUp(self):
        super().setUp()
        define = self.store.attributes.define
        define("likes", str, many=True, now=NOW)
        define("size", str, per="product", allowed=["41", "42"], now=NOW)
        define("note", str, per="need", many=True, now=NOW)
        define("name", str, reconcile=["erp", "crm"], now=NOW)

    def shown(self, name="shop:1", now=NOW):
        return self.store.customer(name, now=now)

    def test_many_values_come_and_go(self):
        put = self.store.attributes.set
        put("shop:1", "likes", "tea", at="2011-01-01", strength=0.8, now=NOW)
        put("shop:1", "likes", "cake", at="2011-02-01", inferred=True, now=NOW)
        put("shop:1", "likes", "jazz", at="2011-03-01", now=NOW)
        self.store.attributes.remove("shop:1", "likes", "tea", at="2011-04-01", now=NOW)
        self.reopen()
        self.assertEqual(self.shown(now="2011-03-31")["likes"], ("tea", "cake", "jazz"))
        likes = self.shown().attributes["likes"]
        self.assertEqual(likes.value, ("cake", "jazz"))
        self.assertEqual([it.inferred for it in likes.values], [True, False])
        (tea, *_) = self.shown(now="2011-01-01").attributes["likes"].values
        self.assertEqual(tea.strength, 0.8)
        self.store.attributes.set("shop:1", "likes", None, at="2011-05-01", now=NOW)
        self.assertNotIn("likes", self.shown())
        history = self.store.attributes.history("shop:1", "likes", now=NOW)
        self.assertEqual(
            [(it.value, it.removed, it.in_force) for it in history],
            [
                ("tea", False, False),
                ("cake", False, False),
                ("jazz", False, False),
                ("tea", True, False),
                (None, True, False),
            ],
        )
        self.assertTrue(
            self.store.attributes.history("shop:1", "likes", now="2011-02-01")[1].in_force
        )

    def test_what_she_taught_us_is_about_something(self):
        put = self.store.attributes.set
        put("shop:1", "size", "42", about="shoes", at="2011-01-01", now=NOW)
        put("shop:1", "size", "41", about="boots", now=NOW)
        put("shop:1", "note", "no nuts", about="lunch", now=NOW)
        customer = self.reopen().customer("shop:1", now=NOW)
        self.assertEqual(dict(customer.attributes), {})
        self.assertEqual(
            {about: it.value for about, it in customer.taught["size"].items()},
            {"shoes": "42", "boots": "41"},
        )
        self.assertEqual(customer.taught["note"]["lunch"].value, ("no nuts",))
        self.assertIn("size of shoes", str(customer))
        self.store.attributes.set("shop:1", "size", None, about="shoes", now=NOW)
        self.assertEqual(list(self.shown().taught["size"]), ["boots"])

    def test_the_trusted_source_wins_whatever_comes_later(self):
        put = self.store.attributes.set
        put("shop:1", "name", "A. Lovelace", source="erp", at="2011-01-01", now=NOW)
        put("crm:1", "name", "Ada", source="crm", at="2011-06-01", now=NOW)
        put("web:1", "name", "countess", source="web", at="2011-07-01", now=NOW)
        self.store.link("shop:1", "crm:1", now=NOW)
        self.store.link("crm:1", "web:1", now=NOW)
        self.assertEqual(self.shown()["name"], "A. Lovelace")
        # The rule may change at any time.
        self.store.attributes.define("name", str, reconcile=["web"], now=NOW)
        self.assertEqual(self.reopen().customer("crm:1", now=NOW)["name"], "countess")
        self.store.attributes.define("name", str, reconcile="longest", now=NOW)
        self.assertEqual(self.shown()["name"], "A. Lovelace")
        self.store.attributes.define("name", str, now=NOW)
        self.assertEqual(self.shown().attributes["name"].record, "web:1")

    def test_what_cannot_be_said_is_refused(self):
        put = self.store.attributes.set
        before = self.store.digest(now=NOW)
        for part, say in (
            ("one of the 2", lambda: put("a:1", "size", "50", about="x", now=NOW)),
            ("per product", lambda: put("a:1", "size", "42", now=NOW)),
            ("about", lambda: put("a:1", "likes", "x", about="y", now=NOW)),
            ("strength", lambda: put("a:1", "likes", "x", strength=1.5, now=NOW)),
            ("strength", lambda: put("a:1", "likes", "x", strength=float("nan"), now=NOW)),
            ("strength", lambda: put("a:1", "likes", None, strength=0.5, now=NOW)),
            ("one value", lambda: self.store.attributes.remove("a:1", "name", "x", now=NOW)),
        ):
            with self.raises(trato.InvalidArgument, part):
                say()
        self.assertEqual(self.store.digest(now=NOW), before)
        with self.raises(trato.NotFound, "nome"):
            self.store.attributes.history("a:1", "nome", now=NOW)

    def test_links_carry_all_of_it_and_give_it_back(self):
        put = self.store.attributes.set
        put("shop:1", "likes", "tea", at="2011-01-01", now=NOW)
        put("crm:1", "likes", "tea", at="2011-02-01", now=NOW)
        put("crm:1", "likes", "jazz", at="2011-01-01", now=NOW)
        put("crm:1", "size", "41", about="shoes", now=NOW)
        before = self.store.digest(now=NOW)
        self.store.link("shop:1", "crm:1", now=NOW)
        self.assertEqual(sorted(self.shown()["likes"]), ["jazz", "tea"])
        self.assertEqual(self.shown().taught["size"]["shoes"].value, "41")
        self.store.unlink("shop:1", "crm:1", now=NOW)
        self.assertEqual(self.reopen().digest(now=NOW), before)

    def test_conditions_read_all_of_it(self):
        put = self.store.attributes.set
        put("shop:1", "likes", "tea", strength=0.9, at="2011-01-01", now=NOW)
        put("shop:2", "likes", "tea", strength=0.1, at="2011-06-01", now=NOW)
        put("shop:2", "size", "42", about="shoes", at="2011-01-01", now=NOW)

        def members(condition, now=NOW):
            segment = self.store.segments.define("s", condition, now=NOW)
            return [it.name for it in segment.members(now=now)]

        self.assertEqual(members('"tea" in customer.likes'), ["shop:1", "shop:2"])
        self.assertEqual(members('"tea" in customer.likes', "2011-02-01"), ["shop:1"])
        self.assertEqual(members('"jazz" in customer.likes'), [])
        self.assertEqual(members("has(customer.likes)"), ["shop:1", "shop:2"])
        self.assertEqual(members('strength("likes", "tea") > 0.5'), ["shop:1"])
        self.assertEqual(members("size(customer.likes) == 1"), ["shop:1", "shop:2"])
        self.assertEqual(members('customer.size["shoes"] == "42"'), ["shop:2"])
        self.assertEqual(members('customer.size["hats"] == "42"'), [])
        self.assertEqual(members('"shoes" in customer.size'), ["shop:2"])
        self.assertEqual(members("has(customer.size.shoes)"), ["shop:2"])
        self.assertEqual(members("has(customer.size)"), ["shop:2"])
        put("shop:1", "note", "no nuts", about="lunch", now=NOW)
        lunch = '"lunch" in customer.note && customer.note["lunch"].exists(n, n == "no nuts")'
        self.assertEqual(members(lunch), ["shop:1"])
        for part, condition in (
            ("==", 'customer.size == "42"'),
            ("==", 'customer.likes == "tea"'),
            ("not one", 'strength("size", "42") > 0.5'),
        ):
            with self.raises(trato.InvalidArgument, part):
                members(condition)

    def test_the_past_and_what_is_sealed_answer_alike(self):
        put = self.store.attributes.set
        put("shop:1", "likes", "tea", strength=0.9, at="2011-01-01", now=NOW)
        put("shop:1", "size", "42", about="shoes", at="2011-06-01", now=NOW)
        self.buy("shop:1", "2011-02-01")
        before = [self.store.digest(now=now) for now in ("2011-03-01", NOW)]
        self.store.checkpoint()
        self.reopen()
        if self.on_file:
            self.assertTrue(self.store.verify(rebuild=True).ok)
        after = [self.store.digest(now=now) for now in ("2011-03-01", NOW)]
        self.assertEqual(after, before)
        with self.store.as_of("2011-03-01") as past:
            customer = past.customer("shop:1", now=NOW)
            self.assertEqual(customer["likes"], ("tea",))
            self.assertEqual(dict(customer.taught), {})

    def test_tables_hold_what_has_one_value(self):
        self.store.attributes.set("shop:1", "name", "Ada", now=NOW)
        self.store.attributes.set("shop:1", "likes", "tea", now=NOW)
        (row,) = self.store.customers(now=NOW)
        self.assertEqual(row["name"], "Ada")
        self.assertNotIn("likes", row)


if __name__ == "__main__":
    unittest.main()
