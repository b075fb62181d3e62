# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A view shows part of the customers, whatever is asked."""

import random
import unittest

import trato
from support import NOW, StoreCase, in_memory_and_on_file

TAGS = {"owner": ["ana", "bo", "o'hara"], "unit": ["north", "south"]}


@in_memory_and_on_file
class ViewTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.random = random.Random(4)
        put = self.store.attributes
        for name in TAGS:
            put.define(name, str, many=True, now=NOW)
        put.define("full_name", str, now=NOW)
        put.define("age", int, now=NOW)
        self.store.relations.define("employee_of", inverse="employs", now=NOW)
        self.store.segments.define("adult", "customer.age >= 18", now=NOW)
        self.said = {}
        for i in range(60):
            customer = f"shop:{i}"
            put.set(customer, "full_name", f"Person {i}", now=NOW)
            put.set(customer, "age", i, now=NOW)
            said = self.said[customer] = {name: set() for name in TAGS}
            for name, values in TAGS.items():
                for value in values:
                    if self.random.random() < 0.4:
                        put.set(customer, name, value, now=NOW)
                        said[name].add(value)
            self.store.record(customer, "visit", now=NOW)
            self.store.relations.set(customer, "employee_of", f"shop:{i // 2 + 70}",
                                     now=NOW)
        # Customers of several records, by union of what they say.
        self.groups = [{f"shop:{i}"} for i in range(60)]
        for i in range(0, 20, 2):
            self.store.customers.link(f"shop:{i}", f"shop:{i + 1}", now=NOW)
            self.groups.remove({f"shop:{i}"})
            self.groups.remove({f"shop:{i + 1}"})
            self.groups.append({f"shop:{i}", f"shop:{i + 1}"})

    def shown(self, tags, any_of):
        def has(group, name):
            values = tags[name] if isinstance(tags[name], list) else [tags[name]]
            return any(value in self.said[one][name] for one in group
                       for value in values)

        decide = any if any_of else all
        return {frozenset(group) for group in self.groups
                if decide(has(group, name) for name in tags)}

    def group_of(self, name):
        return next(frozenset(group) for group in self.groups if name in group)

    def test_what_is_shown_is_what_the_tags_say(self):
        for tags, any_of in (({"owner": "ana"}, False),
                             ({"owner": "o'hara"}, False),
                             ({"owner": ["ana", "bo"], "unit": "north"}, False),
                             ({"owner": "ana", "unit": ["north"]}, True),
                             ({"owner": "nobody"}, False)):
            expected = self.shown(tags, any_of)
            with self.reopen().view(tags, any=any_of) as view:
                listed = [self.group_of(it.name)
                          for it in view.customers.list(limit=1000,
                                                          now=NOW).customers]
                self.assertEqual(set(listed), expected)
                self.assertEqual(len(listed), len(expected))
                found = {self.group_of(it.name) for it in
                         view.customers.find("person", limit=1000, now=NOW)}
                self.assertEqual(found, expected)
                rows = list(view.customers(now=NOW))
                self.assertEqual({self.group_of(row["customer"]) for row in rows},
                                 expected)
                visits = list(view.interactions(now=NOW))
                self.assertEqual({self.group_of(row["customer"]) for row in visits},
                                 expected)
                members = {self.group_of(it.name) for it in
                           view.segments["adult"].members(now=NOW)}
                self.assertLessEqual(members, expected)
                whole = {self.group_of(it.name) for it in
                         self.store.segments["adult"].members(now=NOW)}
                self.assertEqual(members, whole & expected)
                self.assertEqual(view.segments["adult"].count(now=NOW).members,
                                 len(members))
                for customer in self.said:
                    if self.group_of(customer) in expected:
                        view.customer(customer, now=NOW)
                    else:
                        with self.raises(trato.NotFound):
                            view.customer(customer, now=NOW)

    def test_nobody_else_is_named(self):
        put = self.store.attributes
        put.set("shop:80", "unit", "east", now=NOW)
        self.store.relations.set("shop:80", "employee_of", "shop:81", now=NOW)
        with self.store.view({"unit": "east"}) as view:
            self.assertEqual(view.customer("shop:80", now=NOW).relations, ())
            self.assertEqual(view.relations.related("shop:80", "employee_of", now=NOW),
                             [])
        put.set("shop:81", "unit", "east", now=NOW)
        with self.store.view({"unit": "east"}) as view:
            (only,) = view.customer("shop:80", now=NOW).relations
            self.assertEqual(only.other, "shop:81")

    def test_a_view_follows_what_is_said(self):
        view = self.store.view({"unit": "west"})
        self.assertEqual(list(view.customers.list(now=NOW).customers), [])
        self.store.attributes.set("shop:1", "unit", "west", now=NOW)
        self.assertEqual(len(list(view.customers.list(now=NOW).customers)), 1)
        with self.store.as_of("2000-01-01") as past:
            with past.view({"unit": "west"}) as then:
                self.assertEqual(list(then.customers.list().customers), [])
        self.store.erase("shop:1", now=NOW)
        self.assertEqual(list(view.customers.list(now=NOW).customers), [])
        with view.view(filter="customer.age > 3") as narrower:
            self.store.attributes.set("shop:2", "unit", "west", now=NOW)
            self.assertEqual(list(narrower.customers.list(now=NOW).customers), [])
            self.store.attributes.set("shop:7", "unit", "west", now=NOW)
            self.assertEqual(len(list(narrower.customers.list(now=NOW).customers)), 1)

    def test_what_would_show_everybody_is_refused(self):
        with self.raises(trato.InvalidArgument, "everybody"):
            self.store.view()
        with self.raises(trato.InvalidArgument, "shows nobody"):
            self.store.view({"unit": []})
        with self.raises(trato.NotFound, "did you mean 'unit'"):
            self.store.view({"unite": "north"})
        with self.raises(trato.FailedPrecondition, "many values"):
            self.store.view({"full_name": "Person 1"})
        with self.store.view(filter="customer.age > 50") as view:
            for ask in (lambda: view.info(now=NOW), lambda: view.digest(now=NOW),
                        lambda: view.customers.document("shop:55", now=NOW),
                        lambda: view.record("shop:55", "visit", now=NOW),
                        lambda: view.batches.list(), lambda: view.as_of()):
                with self.raises(trato.FailedPrecondition, "view"):
                    ask()


if __name__ == "__main__":
    unittest.main()
