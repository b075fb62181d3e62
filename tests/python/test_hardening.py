# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What once went wrong at the edges: files, links, bounds, retries."""

import os
import pathlib
import shutil
import tempfile
import unittest

import trato
from trato import Money

NOW = "2011-12-10"
PAGE = 16384


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = str(self.folder / "shop.trato")

    def filled(self, visits, path=None):
        with trato.open(path or self.path) as store:
            for i in range(visits):
                store.record("shop:1", "visit", key=f"visit {i}", now=NOW,
                             fields={}, durability="buffered")
                if i % 10 == 9:
                    store.flush()

    def test_the_write_ahead_log_does_not_grow_without_end(self):
        with trato.open(self.path) as store:
            for i in range(3000):
                store.record("shop:1", "visit", key=f"visit {i}", now=NOW)
            # 1,024 pages, and what one transaction adds.
            self.assertLess(os.path.getsize(self.path + "-wal"), 1100 * PAGE)

    def test_pages_that_changed_places_are_found(self):
        self.filled(4000)
        whole = pathlib.Path(self.path).read_bytes()
        self.assertGreater(len(whole), 6 * PAGE)
        for one in range(1, 4):
            pages = [whole[at:at + PAGE] for at in range(0, len(whole), PAGE)]
            pages[one], pages[one + 1] = pages[one + 1], pages[one]
            pathlib.Path(self.path).write_bytes(b"".join(pages))
            with self.assertRaises(trato.DataLoss):
                trato.open(self.path).close()

    def test_a_change_of_folder_leaves_a_relative_path_where_it_was(self):
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        for name in ("one", "two"):
            (self.folder / name).mkdir()
        os.chdir(self.folder / "one")
        first = trato.open("x.trato")
        os.chdir(self.folder / "two")
        second = trato.open("x.trato")
        self.addCleanup(second.close)
        first.close()
        self.assertTrue((self.folder / "two" / "x.trato-lock").exists())
        self.assertFalse((self.folder / "one" / "x.trato-lock").exists())
        with self.assertRaises(trato.FailedPrecondition):
            trato.open(self.folder / "two" / "x.trato")

    def test_a_link_to_a_store_that_is_not_there_yet_is_the_same_store(self):
        os.symlink(self.path, self.folder / "link.trato")
        with trato.open(self.folder / "link.trato"):
            with self.assertRaises(trato.FailedPrecondition):
                trato.open(self.path)

    def test_a_store_has_one_name(self):
        self.filled(1)
        os.link(self.path, self.folder / "other.trato")
        with self.assertRaisesRegex(trato.FailedPrecondition, "hard links"):
            trato.open(self.folder / "other.trato")

    def test_a_path_is_never_a_word_of_sqlites(self):
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder)
        self.filled(1, ":memory:")
        with trato.open(":memory:", mode="open_existing") as store:
            self.assertEqual(store.info(now=NOW).customers, 1)

    def test_what_is_said_again_synced_is_on_disk(self):
        with trato.open(self.path) as store:
            for name in ("a:1", "b:1"):
                store.record(name, "visit", now=NOW)
            store.link("a:1", "b:1", now=NOW, durability="buffered")
            store.link("a:1", "b:1", now=NOW)
            # What a crash would leave: the files as they are now.
            crashed = self.folder / "crashed"
            crashed.mkdir()
            for suffix in ("", "-wal"):
                shutil.copy(self.path + suffix, crashed)
        with trato.open(crashed / "shop.trato") as store:
            self.assertEqual(store.info(now=NOW).customers, 1)

    def test_a_zone_has_a_name_of_the_time_zone_database(self):
        for zone in ("localtime", "libc:localtime", "file:/etc/hostname",
                     "Fixed/UTC+05:30:00", "/etc/localtime", "../UTC"):
            with self.assertRaises(trato.InvalidArgument, msg=zone):
                trato.open(zone=zone)


class Bounds(unittest.TestCase):
    def setUp(self):
        self.store = trato.open()
        self.addCleanup(self.store.close)
        self.store.record("shop:1", "visit", now=NOW)

    def test_a_condition_makes_a_bounded_amount_of_text(self):
        self.store.attributes.define("note", str, now=NOW)
        self.store.attributes.set("shop:1", "note", "x" * (1 << 20), now=NOW)
        self.assertEqual(self.preview("(customer.note + customer.note).size() > 0"), (1, 0))
        self.assertEqual(self.preview(" + ".join(["customer.note"] * 90) + ' != ""'), (0, 1))

    def test_lines_inside_a_condition_over_lines_are_refused(self):
        with self.assertRaisesRegex(trato.InvalidArgument, "square of the order"):
            self.store.segments.preview(
                'interactions("visit").exists(i, i.lines().exists(l, i.lines().count() > 1))')

    def test_segments_made_wide_from_below_stay_bounded(self):
        for name in "abcd":
            self.store.segments.define(name, "true", now=NOW)
        for name, inner in ("ab", "bc", "cd"):
            self.store.segments.define(
                name, " && ".join([f'in_segment("{inner}")'] * 200), now=NOW)
        # What is asked again of one customer is answered once.
        self.assertEqual(self.store.segments.count("a", now=NOW).members, 1)

    def test_many_equal_facts_without_key_are_all_kept(self):
        visit = trato.Interaction("shop:1", "visit", at=NOW)
        self.store.record_many([visit] * 20_000, now=NOW)
        self.assertEqual(self.store.info(now=NOW).interactions["visit"].interactions, 20_001)

    def preview(self, expression):
        size = self.store.segments.preview(expression, now=NOW)
        return int(size), size.undecided


class Links(unittest.TestCase):
    def test_a_coupon_stays_with_the_record_it_was_issued_to(self):
        for linked in ("shop:1", "shop:2"):
            with trato.open(currency="GBP") as store:
                for name in ("shop:1", "shop:2"):
                    store.record(name, "visit", now=NOW)
                store.offers.define("tea", products=["t"], value=Money(100, "GBP"), now=NOW)
                store.link("shop:1", "shop:2", now=NOW)
                code = store.coupons.issue(linked, "tea", now=NOW)
                store.unlink("shop:1", "shop:2", now=NOW)
                other = {"shop:1": "shop:2", "shop:2": "shop:1"}[linked]
                with self.assertRaises(trato.PermissionDenied):
                    store.coupons.redeem(code, customer=other, now=NOW)
                store.coupons.redeem(code, customer=linked, now=NOW)

    def test_a_refusal_stays_with_the_record_it_came_from(self):
        for refusing, other in (("shop:1", "shop:2"), ("shop:2", "shop:1")):
            with trato.open(currency="GBP") as store:
                for name in ("shop:1", "shop:2"):
                    store.record(name, "visit", now=NOW)
                store.offers.define("tea", products=["t"], value=Money(100, "GBP"), now=NOW)
                store.link("shop:1", "shop:2", now=NOW)
                store.outcome(store.offers.decide(refusing, now=NOW), "refused", now=NOW)
                store.unlink("shop:1", "shop:2", now=NOW)
                affinity = {name: store.offers.match(name, now=NOW)[0].affinity
                            for name in (refusing, other)}
                self.assertLess(affinity[refusing], affinity[other])
                # Of one who was asked none said yes: trato_offer_match.
                everybody = 20 * 0.05 / 21
                self.assertAlmostEqual(affinity[other], 20 * everybody / 21)


if __name__ == "__main__":
    unittest.main()
