# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Attributes, identifiers, links, and one customer as a whole."""

import datetime
import unittest

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file

UTC = datetime.timezone.utc
VALUES = {
    "newsletter": ("bool", bool, True),
    "children": ("int", int, -(2**40)),
    "height": ("double", float, 1.1),
    "country": ("string", str, "España ☕ \N{GRINNING FACE}"),
    "credit": ("money", trato.Money, trato.Money(-5, "EUR")),
    "born": (
        "timestamp",
        datetime.datetime,
        datetime.datetime(1815, 12, 10, 1, 2, 3, 4, tzinfo=UTC),
    ),
}


@in_memory_and_on_file
class AttributeTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.store.attributes.define("country", str, now=NOW)

    def test_a_value_of_each_type_comes_back_as_it_was(self):
        for name, (kind, python_type, value) in VALUES.items():
            self.store.attributes.define(name, python_type, now=NOW)
            self.store.attributes.define(name, kind, now=NOW)
            self.store.attributes.set("shop:1", name, value, now=NOW)
        customer = self.reopen().customer("shop:1", now=NOW)
        for name, (kind, _, value) in VALUES.items():
            self.assertEqual(customer[name], value, name)
            self.assertIs(type(customer[name]), type(value), name)
            self.assertEqual(customer.attributes[name].type, kind)

    def test_the_versions_are_ordered_by_event_time(self):
        put = self.store.attributes.set
        put("shop:1", "country", "ES", at="2011-03-01", now=NOW)
        put("shop:1", "country", "FR", at="2011-06-01", now=NOW)
        put("shop:1", "country", "IT", at="2011-01-01", now=NOW)  # arrives late
        store = self.reopen()
        for now, country in (
            ("2011-02-28", "IT"),
            ("2011-03-01", "ES"),
            ("2011-05-31 23:59", "ES"),
            ("2011-06-01", "FR"),
            (NOW, "FR"),
        ):
            self.assertEqual(store.customer("shop:1", now=now)["country"], country)

    def test_an_attribute_says_since_when_and_who_said_so(self):
        at = datetime.datetime(2011, 6, 1, tzinfo=UTC)
        self.store.attributes.set(
            "shop:1", "country", "ES", at=at, source="erp", actor="anna", now=NOW
        )
        found = self.store.customer("shop:1", now=NOW).attributes["country"]
        self.assertEqual((found.since, found.source), (at, "erp"))
        self.assertEqual((found.record, found.text), ("shop:1", "ES"))

    def test_the_source_of_what_names_none_is_host(self):
        self.store.attributes.set("shop:1", "country", "ES", now=NOW)
        found = self.store.customer("shop:1", now=NOW).attributes["country"]
        self.assertEqual(found.source, "host")

    def test_none_takes_the_attribute_away(self):
        put = self.store.attributes.set
        put("shop:1", "country", "ES", at="2011-03-01", now=NOW)
        put("shop:1", "country", None, at="2011-06-01", now=NOW)
        customer = self.reopen().customer("shop:1", now=NOW)
        self.assertNotIn("country", customer)
        self.assertIsNone(customer.get("country"))
        with self.assertRaises(KeyError):
            customer["country"]
        self.assertEqual(
            self.store.customer("shop:1", now="2011-05-01")["country"], "ES"
        )

    def test_an_undefined_attribute_is_not_found_with_a_suggestion(self):
        with self.raises(trato.NotFound, "contry", "country"):
            self.store.attributes.set("shop:1", "contry", "ES", now=NOW)
        with self.raises(trato.NotFound):
            self.store.customer("shop:1", now=NOW)

    def test_a_value_of_another_type_is_refused_and_not_repeated(self):
        with self.raises(trato.InvalidArgument, "country") as caught:
            self.store.attributes.set("shop:1", "country", 8675309, now=NOW)
        self.assertNotIn("8675309", caught.exception.message)
        self.store.attributes.define("children", int, now=NOW)
        with self.raises(trato.InvalidArgument, "children") as caught:
            self.store.attributes.set("shop:1", "children", "triplets", now=NOW)
        self.assertNotIn("triplets", caught.exception.message)

    def test_a_value_that_no_attribute_holds_is_a_type_error(self):
        for value in (b"ES", ["ES"], object(), 1j):
            with self.assertRaisesRegex(TypeError, "value: .*trato.Money"):
                self.store.attributes.set("shop:1", "country", value, now=NOW)

    def test_a_number_that_is_not_finite_is_refused(self):
        self.store.attributes.define("height", float, now=NOW)
        for value in (float("nan"), float("inf")):
            with self.raises(trato.InvalidArgument):
                self.store.attributes.set("shop:1", "height", value, now=NOW)

    def test_an_int_of_more_than_64_bits_is_refused(self):
        self.store.attributes.define("children", int, now=NOW)
        with self.raises(trato.OutOfRange, "value"):
            self.store.attributes.set("shop:1", "children", 2**63, now=NOW)

    def test_half_a_surrogate_pair_is_refused_and_the_text_not_repeated(self):
        with self.raises(trato.InvalidArgument, "value: character 3 ") as caught:
            self.store.attributes.set("shop:1", "country", "ES\udc80", now=NOW)
        self.assertNotIn("\udc80", caught.exception.message)
        self.assertIsNone(caught.exception.__cause__)
        self.assertTrue(caught.exception.__suppress_context__)

    def test_another_type_is_another_attribute(self):
        with self.raises(trato.AlreadyExists, "country"):
            self.store.attributes.define("country", int, now=NOW)
        self.store.attributes.define("country", str, "where they live", now=NOW)

    def test_the_same_name_may_belong_to_customers_and_to_interactions(self):
        self.store.attributes.define("country", int, of="interaction", now=NOW)

    def test_names_types_and_subjects_are_checked(self):
        for name in ("", "Country", "1st", "co-untry", "ñ"):
            with self.raises(trato.InvalidArgument):
                self.store.attributes.define(name, str, now=NOW)
        for kind in ("text", bytes, None, []):
            with self.raises(trato.InvalidArgument, "type: ", "'string'"):
                self.store.attributes.define("city", kind, now=NOW)
        with self.raises(trato.InvalidArgument, "of: ", "'interaction'"):
            self.store.attributes.define("city", str, of="shop", now=NOW)

    def test_the_same_key_says_it_once(self):
        put = self.store.attributes.set
        one = put("shop:1", "country", "ES", at="2011-03-01", key="k", now=NOW)
        facts = self.store.info(now=NOW).facts
        again = put("shop:1", "country", "ES", at="2011-03-01", key="k", now=NOW)
        self.assertEqual(one, again)
        self.assertEqual(one, trato.fact_id("host", "k"))
        self.assertEqual(self.store.info(now=NOW).facts, facts)
        with self.raises(trato.AlreadyExists):
            put("shop:1", "country", "FR", at="2011-03-01", key="k", now=NOW)

    def test_a_customer_is_named_by_namespace_and_value(self):
        for customer in ("", "12748", ":1", "shop:"):
            with self.raises(trato.InvalidArgument):
                self.store.attributes.set(customer, "country", "ES", now=NOW)


@in_memory_and_on_file
class IdentityTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.store.attributes.define("country", str, now="2011-01-01")
        self.store.identifiers.define("email", unique=True, now="2011-01-01")
        self.buy("shop:1", "2011-12-01")
        self.buy("shop:2", "2011-12-02")

    def customers(self):
        return self.store.info(now=NOW).customers

    def test_an_identifier_finds_its_customer(self):
        self.store.identifiers.claim("shop:1", "email:ada@example.org", now=NOW)
        customer = self.reopen().customer("email:ada@example.org", now=NOW)
        self.assertEqual(customer.name, "shop:1")
        self.assertEqual(customer.identifiers, ("email:ada@example.org",))

    def test_a_unique_identifier_makes_two_records_one_customer(self):
        before = self.store.customer("shop:2", now=NOW).id
        for record in ("shop:1", "shop:2"):
            self.store.identifiers.claim(record, "email:ada@example.org", now=NOW)
        self.reopen()
        self.assertEqual(self.customers(), 1)
        customer = self.store.customer("shop:2", now=NOW)
        self.assertEqual(sorted(customer.records), ["shop:1", "shop:2"])
        self.assertEqual(customer.name, customer.records[0])
        self.assertEqual(len(list(self.store.timeline("shop:1", now=NOW))), 2)
        self.assertIn(before, (customer.id, *customer.aliases))

    def test_an_identifier_that_is_not_unique_links_nothing(self):
        for record in ("shop:1", "shop:2"):
            self.store.identifiers.claim(record, "household:7", now=NOW)
        self.assertEqual(self.customers(), 2)
        with self.raises(trato.FailedPrecondition):
            self.store.customer("household:7", now=NOW)

    def test_a_link_joins_and_an_unlink_gives_back_exactly_what_was(self):
        self.store.attributes.set("shop:1", "country", "ES", at="2011-12-01", now=NOW)
        self.store.attributes.set("shop:2", "country", "FR", at="2011-12-02", now=NOW)
        before = [self.store.customer(name, now=NOW) for name in ("shop:1", "shop:2")]
        self.store.link("shop:1", "shop:2", reason="same address", now=NOW)
        joined = self.reopen().customer("shop:1", now=NOW)
        self.assertEqual(joined, self.store.customer("shop:2", now=NOW))
        self.assertEqual(joined["country"], "FR")
        self.assertEqual(joined.interactions["purchase"].interactions, 2)
        self.assertEqual(joined.id, min(customer.id for customer in before))
        self.store.link("shop:2", "shop:1", now=NOW)
        self.store.unlink("shop:1", "shop:2", reason="a mistake", now=NOW)
        self.reopen()
        after = [self.store.customer(name, now=NOW) for name in ("shop:1", "shop:2")]
        self.assertEqual(after, before)

    def test_unlinking_holds_against_a_shared_identifier(self):
        for record in ("shop:1", "shop:2"):
            self.store.identifiers.claim(record, "email:ada@example.org", now=NOW)
        self.store.unlink("shop:1", "shop:2", now=NOW)
        self.assertEqual(self.customers(), 2)

    def test_a_cannot_link_holds_until_somebody_overrides_it(self):
        customers = self.store.customers
        customers.cannot_link("shop:1", "shop:2", reason="twins", now=NOW, actor="ada")
        for record in ("shop:1", "shop:2"):
            self.store.identifiers.claim(record, "email:ada@example.org", now=NOW)
        self.assertEqual(self.customers(), 2)
        (said,) = customers.show("shop:2", now=NOW).links
        self.assertEqual(
            (said.one, said.other, said.linked, said.reason, said.actor, said.source),
            ("shop:1", "shop:2", False, "twins", "ada", "host"),
        )
        with self.raises(trato.FailedPrecondition, "'apart'"):
            customers.link("shop:1", "shop:2", now=NOW)
        with self.raises(trato.InvalidArgument, "override"):
            customers.link("shop:1", "shop:2", override=["all"], now=NOW)
        customers.link("shop:1", "shop:2", override=["apart"], now=NOW)
        self.assertEqual(self.customers(), 1)

    def test_a_taken_back_link_leaves_nothing(self):
        self.store.link("shop:1", "shop:2", now=NOW)
        self.store.unlink("shop:1", "shop:2", now=NOW)
        self.assertEqual(self.store.customer("shop:1", now=NOW).links, ())
        for record in ("shop:1", "shop:2"):
            self.store.identifiers.claim(record, "email:ada@example.org", now=NOW)
        self.assertEqual(self.customers(), 1)

    def test_guards_refuse_and_say_which(self):
        store = self.store
        store.identifiers.define("passport", unique=True, single=True, now=NOW)
        store.identifiers.claim("shop:1", "passport:11", now=NOW)
        store.identifiers.claim("shop:2", "passport:22", now=NOW)
        store.customers.set_kind("shop:1", "person", now=NOW)
        store.customers.set_kind("shop:2", "organisation", now=NOW)
        before = store.digest(now=NOW)
        with self.raises(trato.FailedPrecondition, "override 'single'"):
            store.link("shop:1", "shop:2", now=NOW)
        with self.raises(trato.FailedPrecondition, "override 'kind'"):
            store.link("shop:1", "shop:2", override=["single"], now=NOW)
        self.assertEqual(store.digest(now=NOW), before)
        shown = store.customers.preview("shop:1", "shop:2", now=NOW)
        self.assertFalse(shown.allowed)
        self.assertEqual([it.guard for it in shown.objections], ["single", "kind"])
        store.link("shop:1", "shop:2", override=["single", "kind"], now=NOW)
        self.assertEqual(store.customer("shop:1", now=NOW).kind, shown.customer.kind)

    def test_a_thousand_records_are_enough(self):
        store = self.store
        store.identifiers.define("card", unique=True, max_records=None, now=NOW)
        for name, count in (("crm", 999), ("web", 2)):
            store.append_customers({
                "customer": [f"{name}:{i}" for i in range(count)],
                "identifier.card": [name] * count,
            }, now=NOW)
        store.record("pos:1", "visit", now=NOW)
        before = store.digest(now=NOW)
        with self.raises(trato.FailedPrecondition, "override 'size'"):
            store.link("crm:1", "web:1", now=NOW)
        self.assertEqual(store.digest(now=NOW), before)
        shown = store.customers.preview("crm:1", "web:1", now=NOW)
        self.assertEqual([it.guard for it in shown.objections], ["size"])
        store.link("crm:1", "pos:1", now=NOW)
        store.unlink("crm:1", "pos:1", now=NOW)
        store.link("crm:1", "web:1", override=["size"], now=NOW)
        self.assertEqual(len(store.customer("crm:1", now=NOW).records), 1001)
        store.unlink("crm:1", "web:1", now=NOW)
        self.assertEqual(self.reopen().digest(now=NOW), before)

    def test_a_hub_joins_nobody(self):
        self.store.identifiers.define("phone", unique=True, max_records=2, now=NOW)
        for number, customers in ((1, 3), (2, 3), (3, 5)):
            self.store.identifiers.claim(f"desk:{number}", "phone:555", now=NOW)
            self.assertEqual(self.customers(), customers)
        self.store.identifiers.define("phone", unique=True, max_records=None, now=NOW)
        self.assertEqual(self.customers(), 3)
        with self.raises(trato.OutOfRange, "max_records"):
            self.store.identifiers.define("phone", unique=True, max_records=0, now=NOW)

    def test_a_preview_says_who_wins(self):
        store = self.store
        store.attributes.set("shop:1", "country", "ES", at="2011-12-01", now=NOW)
        store.attributes.set("shop:2", "country", "FR", at="2011-12-02", now=NOW)
        store.segments.define("french", 'customer.country == "FR"', now=NOW)
        store.segments.define("spanish", 'customer.country == "ES"', now=NOW)
        twice = 'interactions("purchase").count() == 2'
        store.segments.define("twice", twice, now=NOW)
        shown = store.customers.preview("shop:1", "shop:2", now=NOW)
        self.assertTrue(shown.allowed)
        self.assertFalse(shown.same_customer)
        country = shown.attributes["country"]
        self.assertEqual(
            [side.value for side in (country.one, country.other, country.joined)],
            ["ES", "FR", "FR"],
        )
        self.assertEqual(country.joined.record, "shop:2")
        self.assertEqual((shown.gained, shown.lost), (("twice",), ("spanish",)))
        self.assertEqual(shown.one.interactions["purchase"].interactions, 1)
        self.assertEqual(shown.customer.interactions["purchase"].interactions, 2)
        self.assertEqual(self.customers(), 2)

    def test_a_third_record_that_still_joins_them_is_named(self):
        self.buy("shop:3", "2011-12-03")
        self.store.link("shop:1", "shop:3", now=NOW)
        self.store.link("shop:3", "shop:2", now=NOW)
        with self.raises(trato.FailedPrecondition, "shop:3"):
            self.store.unlink("shop:1", "shop:2", now=NOW)
        self.assertEqual(self.customers(), 1)

    def test_nobody_can_be_linked_with_nobody(self):
        for call in (self.store.link, self.store.unlink):
            with self.raises(trato.NotFound, "shop:9"):
                call("shop:1", "shop:9", now=NOW)

    def test_somebody_unknown_is_not_found(self):
        with self.raises(trato.NotFound, "shop:99999"):
            self.store.customer("shop:99999", now=NOW)
        with self.raises(trato.NotFound, "shop:99999"):
            self.store.timeline("shop:99999", now=NOW)

    def test_read_says_what_show_says_of_her_records(self):
        put = self.store.attributes.set
        put("shop:1", "country", "ES", at="2011-12-01", now=NOW)
        self.store.attributes.define("likes", str, many=True, now=NOW)
        put("shop:1", "likes", "tea", at="2011-12-02", strength=0.5, now=NOW)
        put("shop:1", "likes", "cake", at="2011-12-03", inferred=True, now=NOW)
        self.store.identifiers.claim("shop:1", "email:ada@example.org", now=NOW)
        self.store.customers.set_kind("shop:1", "person", at="2011-12-01", now=NOW)
        profile = self.reopen().customers.read("email:ada@example.org", now=NOW)
        shown = self.store.customers.show("shop:1", now=NOW)
        self.assertEqual(profile["country"], "ES")
        self.assertEqual(profile.get("likes"), "tea")
        self.assertIsNone(profile.get("size"))
        self.assertIn("country", profile)
        self.assertNotIn("size", profile)
        with self.assertRaises(KeyError):
            profile["size"]
        tea, cake = profile.of("likes")
        self.assertEqual((tea.strength, cake.strength), (0.5, None))
        self.assertEqual((tea.inferred, cake.inferred), (False, True))
        self.assertEqual((cake.record, cake.source), ("shop:1", "host"))
        self.assertEqual(
            (profile.id, profile.kind, profile.records, profile.aliases,
             profile.identifiers),
            (shown.id, "person", shown.records, shown.aliases, shown.identifiers))
        self.assertFalse(profile.restricted)
        self.store.customers.restrict("shop:1", now=NOW)
        self.assertTrue(self.store.customers.read("shop:1", now=NOW).restricted)
        # Neither in a repr.
        self.assertNotIn("ES", repr(profile))
        self.assertNotIn("cake", repr(profile.values))
        early = self.store.customers.read("shop:1", now="2011-12-02")
        self.assertEqual([it.value for it in early.of("likes")], ["tea"])
        with self.raises(trato.NotFound, "shop:9"):
            self.store.customers.read("shop:9", now=NOW)
        with self.store.view({"likes": "wine"}) as view:
            with self.raises(trato.NotFound, "shop:1"):
                view.customers.read("shop:1", now=NOW)

    def test_a_customer_prints_with_values_but_its_repr_has_none(self):
        self.store.attributes.set("shop:1", "country", "ES", now=NOW)
        self.store.segments.define("all", "true", now=NOW)
        customer = self.store.customer("shop:1", now=NOW)
        self.assertEqual(
            repr(customer), "<Customer shop:1; purchase 1 (0.40 GBP); in all>"
        )
        self.assertEqual(
            str(customer),
            "shop:1\n"
            "  records       shop:1\n"
            "  country       ES\n"
            "  segments      all\n"
            "  interactions  purchase 1 (0.40 GBP)",
        )

    def test_the_totals_of_a_customer_are_its_own(self):
        self.store.record("shop:1", "return", at=NOW, amount=gbp(-40), now=NOW)
        found = self.store.customer("shop:1", now=NOW).interactions
        self.assertEqual(found["purchase"].amounts, (gbp(40),))
        self.assertEqual(found["return"].amounts, (gbp(-40),))
        self.assertEqual(found["purchase"].customers, 1)


if __name__ == "__main__":
    unittest.main()
