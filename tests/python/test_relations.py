# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Relations between customers, in both directions and over time."""

import unittest

import trato
from support import NOW, StoreCase, in_memory_and_on_file


@in_memory_and_on_file
class RelationTest(StoreCase):
    def setUp(self):
        super().setUp()
        relations = self.store.relations
        relations.define("employee_of", "employs", now=NOW)
        relations.define("household", now=NOW)
        relations.define("parent", "subsidiary", acyclic=True, now=NOW)

    def seen(self, name, now=NOW):
        relations = self.store.customer(name, now=now).relations
        return [(it.relation, it.other) for it in relations]

    def test_a_relation_is_seen_from_both_sides(self):
        self.store.relations.set("crm:ada", "employee_of", "crm:acme", now=NOW)
        self.store.relations.set("crm:ada", "household", "crm:bob", now=NOW)
        self.reopen()
        self.assertEqual(
            self.seen("crm:ada"),
            [("employee_of", "crm:acme"), ("household", "crm:bob")],
        )
        self.assertEqual(self.seen("crm:acme"), [("employs", "crm:ada")])
        self.assertEqual(self.seen("crm:bob"), [("household", "crm:ada")])

    def test_it_is_one_relation_from_whichever_side_it_is_said(self):
        say = self.store.relations
        say.set("crm:acme", "employs", "crm:ada", at="2011-01-01", now=NOW)
        say.end("crm:ada", "employee_of", "crm:acme", at="2011-06-01", now=NOW)
        say.set("crm:zoe", "household", "crm:bob", at="2011-01-01", now=NOW)
        say.end("crm:bob", "household", "crm:zoe", at="2011-06-01", now=NOW)
        self.reopen()
        for name in ("crm:ada", "crm:acme", "crm:bob", "crm:zoe"):
            self.assertEqual(len(self.seen(name, "2011-05-31")), 1, name)
            self.assertEqual(self.seen(name), [], name)
        self.store.relations.set(
            "crm:ada", "employee_of", "crm:acme", at="2011-07-01", now=NOW
        )
        self.assertEqual(self.seen("crm:acme"), [("employs", "crm:ada")])

    def test_nobody_is_related_to_herself(self):
        with self.raises(trato.InvalidArgument, "itself"):
            self.store.relations.set("a:1", "household", "a:1", now=NOW)
        self.store.relations.set("a:1", "household", "a:2", now=NOW)
        self.store.link("a:1", "a:2", now=NOW)
        self.assertEqual(self.seen("a:1"), [])
        with self.raises(trato.FailedPrecondition, "herself"):
            self.store.relations.set("a:1", "household", "a:2", now=NOW)
        self.store.unlink("a:1", "a:2", now=NOW)
        self.assertEqual(self.seen("a:1"), [("household", "a:2")])

    def test_links_carry_relations_along_and_give_them_back(self):
        self.store.relations.set("crm:ada", "employee_of", "crm:acme", now=NOW)
        self.store.relations.set("web:9", "employee_of", "crm:acme", now=NOW)
        before = self.store.digest(now=NOW)
        self.store.link("crm:ada", "web:9", now=NOW)
        self.assertEqual(len(self.seen("crm:acme")), 1)
        self.assertEqual(len(self.seen("web:9")), 1)
        self.store.unlink("crm:ada", "web:9", now=NOW)
        self.assertEqual(self.reopen().digest(now=NOW), before)

    def test_a_circle_of_parents_is_refused_where_it_closes(self):
        say = self.store.relations
        say.set("c:1", "parent", "c:2", at="2011-01-01", now=NOW)
        say.set("c:2", "parent", "c:3", at="2011-01-01", now=NOW)
        before = self.store.digest(now=NOW)
        with self.raises(trato.FailedPrecondition, "cycle"):
            say.set("c:3", "parent", "c:1", now=NOW)
        with self.raises(trato.FailedPrecondition, "2 levels up"):
            say.set("c:1", "subsidiary", "c:3", now=NOW)
        self.assertEqual(self.store.digest(now=NOW), before)
        # Until one of them ends.
        say.end("c:2", "parent", "c:3", at=NOW, now=NOW)
        say.set("c:3", "parent", "c:1", now=NOW)

    def test_a_circle_that_links_close_ends_where_it_began(self):
        say = self.store.relations
        for one, other in ("12", "23", "34"):
            say.set(f"c:{one}", "parent", f"c:{other}", now=NOW)
        self.store.link("c:4", "c:1", now=NOW)
        reached = say.related("c:2", "parent", now=NOW)
        self.assertEqual([it.level for it in reached], [1, 2])
        self.assertEqual(reached[0].name, "c:3")
        up = say.related("c:2", "subsidiary", levels=1, now=NOW)
        self.assertIn(up[0].name, ("c:1", "c:4"))
        self.assertEqual(len(up), 1)

    def test_long_chains_are_walked_within_bounds(self):
        say = self.store.relations
        for i in range(500):
            say.set(f"c:{i}", "parent", f"c:{i + 1}", now=NOW, durability="buffered")
        reached = say.related("c:0", "parent", now=NOW)
        self.assertEqual([it.level for it in reached], list(range(1, 501)))
        with self.raises(trato.FailedPrecondition, "500 levels"):
            say.set("c:500", "parent", "c:0", now=NOW)

    def test_the_past_and_what_is_sealed_answer_alike(self):
        say = self.store.relations
        say.set("crm:ada", "employee_of", "crm:acme", at="2011-01-01", now=NOW)
        say.end("crm:ada", "employee_of", "crm:acme", at="2011-06-01", now=NOW)
        self.store.customers.set_kind("crm:acme", "organisation", now=NOW)
        self.buy("crm:ada", "2011-02-01")
        before = [self.store.digest(now=now) for now in ("2011-03-01", NOW)]
        self.store.checkpoint()
        self.reopen()
        if self.on_file:
            self.assertTrue(self.store.verify(rebuild=True).ok)
        after = [self.store.digest(now=now) for now in ("2011-03-01", NOW)]
        self.assertEqual(after, before)
        with self.store.as_of("2011-03-01") as past:
            relations = past.customer("crm:ada", now=NOW).relations
            self.assertEqual([it.other for it in relations], ["crm:acme"])

    def test_conditions_ask_for_relations(self):
        say = self.store.relations
        say.set("crm:ada", "employee_of", "crm:acme", at="2011-01-01", now=NOW)
        say.set("crm:bob", "employee_of", "crm:acme", at="2011-06-01", now=NOW)
        define = self.store.segments.define
        staff = define("staff", 'related("employee_of", "crm:acme")', now=NOW)
        employers = define("employers", 'related("employs") >= 2', now=NOW)
        self.assertEqual(
            [it.name for it in staff.members(now=NOW)], ["crm:ada", "crm:bob"]
        )
        self.assertEqual([it.name for it in staff.members(now="2011-05-31")], ["crm:ada"])
        self.assertEqual([it.name for it in employers.members(now=NOW)], ["crm:acme"])
        with self.raises(trato.InvalidArgument, "employee_of"):
            define("x", 'related("employe_of") > 0', now=NOW)

    def test_what_is_defined_is_listed_and_keeps_its_direction(self):
        define = self.store.relations.define
        for change in (
            lambda: define("household", "lives_with", now=NOW),
            lambda: define("employs", "works_for", now=NOW),
            lambda: define("works_for", "employs", now=NOW),
        ):
            with self.raises(trato.AlreadyExists):
                change()
        with self.raises(trato.InvalidArgument, "direction"):
            define("friend", acyclic=True, now=NOW)
        names = [(it.name, it.inverse) for it in self.reopen().relations.list()]
        self.assertEqual(
            names,
            [
                ("employee_of", "employs"),
                ("household", "household"),
                ("parent", "subsidiary"),
            ],
        )
        with self.raises(trato.NotFound, "household"):
            self.store.relations.set("a:1", "houshold", "a:2", now=NOW)


if __name__ == "__main__":
    unittest.main()
