# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The log as a whole: corrections, the past, the head, checks, copies, readers."""

import threading
import unittest

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file
from trato import Line


@in_memory_and_on_file
class CorrectionTest(StoreCase):
    def types(self, store=None, **how):
        how.setdefault("now", NOW)
        entries = (store or self.store).timeline("shop:1", **how)
        return [entry.type for entry in entries]

    def test_a_correction_is_what_was_in_truth_and_keeps_the_fact_s_id(self):
        fact = self.buy("shop:1", "2011-01-01")
        corrected = self.store.correct(
            "shop:1",
            fact,
            "return",
            at="2011-01-02",
            lines=[Line("candle", -1, gbp(-40))],
            channel="web",
            reason="the till was wrong",
            now="2011-01-03",
        )
        self.assertNotEqual(corrected, fact)
        (entry,) = self.reopen().timeline("shop:1", now=NOW)
        self.assertEqual((entry.fact, entry.type), (fact, "return"))
        self.assertEqual((entry.channel, entry.amount), ("web", gbp(-40)))
        self.assertEqual(entry.at.day, 2)

    def test_it_may_move_to_another_customer(self):
        fact = self.buy("shop:1", "2011-01-01")
        self.store.correct(
            "shop:1", fact, "visit", at="2011-01-01", customer="shop:2", now=NOW
        )
        self.assertEqual(self.types(), [])
        (entry,) = self.store.timeline("shop:2", now=NOW)
        self.assertEqual((entry.fact, entry.record), (fact, "shop:2"))

    def test_what_never_happened_is_gone_until_it_is_brought_back(self):
        fact = self.buy("shop:1", "2011-01-01")
        self.store.retract("shop:1", fact, reason="a test", now="2011-01-02")
        self.assertEqual(self.types(), [])
        self.store.correct("shop:1", fact, "visit", at="2011-01-01", now="2011-01-03")
        self.assertEqual(self.types(), ["visit"])

    def test_the_one_that_was_found_last_holds_whatever_arrives_first(self):
        fact = self.buy("shop:1", "2011-01-01")
        for kind, found in (("visit", "2011-01-05"), ("return", "2011-01-04")):
            self.store.correct(
                "shop:1", fact, kind, at="2011-01-01", found=found, now=NOW
            )
        self.assertEqual(self.types(), ["visit"])

    def test_it_may_come_before_what_it_corrects(self):
        fact = trato.fact_id("erp", "7")
        self.store.correct("shop:1", fact, "visit", at="2011-01-01", now=NOW)
        self.assertEqual(
            self.buy("shop:1", "2011-01-01", key="7", source="erp", now=NOW), fact
        )
        self.assertEqual(self.types(), ["visit"])

    def test_mistakes_are_named(self):
        fact = self.buy("shop:1", "2011-01-01")
        with self.raises(trato.InvalidArgument, "fact"):
            self.store.retract("shop:1", "12")
        with self.raises(trato.NotFound, "party"):
            self.store.correct("shop:1", fact, "party", at="2011-01-01")
        with self.assertRaises(TypeError):
            self.store.correct("shop:1", fact, "visit")  # without a time

    def test_the_past_still_tells_what_was_believed(self):
        fact = self.buy("shop:1", "2011-01-01")
        position = self.store.head().position
        self.store.retract("shop:1", fact, now="2011-02-01")
        with self.store.as_of(known_at=position) as past:
            self.assertEqual(self.types(past), ["purchase"])
        with self.store.as_of("2011-01-15") as past:
            self.assertEqual(self.types(past, now=None), ["purchase"])
        self.assertEqual(self.types(), [])


@in_memory_and_on_file
class AsOfTest(StoreCase):
    def test_it_knows_what_happened_by_then(self):
        for day in ("2011-01-01", "2011-03-01", "2011-06-01"):
            self.buy("shop:1", day)
        self.buy("shop:2", "2011-06-01")
        with self.store.as_of("2011-04-01") as past:
            self.assertEqual(past.info().customers, 1)
            self.assertEqual(past.info().interactions["purchase"].interactions, 2)
            self.assertEqual(past.info().now, past.parse_time("2011-04-01"))
            with self.assertRaises(trato.NotFound):
                past.customer("shop:2")

    def test_it_is_read_only_does_not_change_and_outlives_its_store(self):
        self.buy("shop:1", "2011-01-01")
        past = self.store.as_of(known_at=self.store.info().log_position)
        self.addCleanup(past.close)
        with self.assertRaises(trato.FailedPrecondition):
            past.record("shop:1", "visit")
        self.buy("shop:1", "2011-01-02")
        self.store.close()
        self.assertEqual(len(list(past.timeline("shop:1"))), 1)

    def test_without_arguments_it_is_all_that_is_known(self):
        self.buy("shop:1", "2011-01-01")
        with self.store.as_of() as past:
            self.assertEqual(past.digest(now=NOW), self.store.digest(now=NOW))

    def test_a_position_is_not_negative(self):
        with self.assertRaises(trato.OutOfRange):
            self.store.as_of(known_at=-1)


@in_memory_and_on_file
class HeadTest(StoreCase):
    def test_it_moves_with_every_fact_and_is_read_as_it_is_written(self):
        before = self.store.head()
        self.buy("shop:1", "2011-01-01")
        after = self.reopen().head()
        self.assertGreater(after.position, before.position)
        self.assertNotEqual(after.chain, before.chain)
        self.assertEqual(trato.Head.parse(str(after)), after)
        self.assertEqual(str(after), f"{after.position}:{after.chain}")

    def test_text_that_is_no_head_is_refused(self):
        for text in ("", "7", "x:" + 64 * "0", "7:12", "7:" + 64 * "g", ":"):
            with self.raises(trato.InvalidArgument, "head"):
                trato.Head.parse(text)

    def test_a_checkpoint_changes_no_answer(self):
        for i in range(50):
            self.buy(f"shop:{i}", "2011-01-01")
        before = self.store.digest(now=NOW)
        self.assertIn(self.store.checkpoint(1), (True, False))
        self.assertFalse(self.store.checkpoint())
        self.assertEqual(self.store.digest(now=NOW), before)
        self.assertEqual(self.reopen().digest(now=NOW), before)
        self.assertRegex(before, "^[0-9a-f]{64}$")

    def test_a_digest_does_not_depend_on_the_order_of_arrival(self):
        facts = [("shop:1", "2011-01-01"), ("shop:2", "2011-01-02")]
        digests = set()
        for order in (facts, facts[::-1]):
            with trato.open(**self.settings) as store:
                for who, at in order:
                    store.record(who, "visit", at=at, key=at, now=NOW)
                digests.add(store.digest(now=NOW))
        self.assertEqual(len(digests), 1)


class FileCase(StoreCase, unittest.TestCase):
    on_file = True


class VerifyTest(FileCase):
    def test_all_is_well(self):
        self.buy("shop:1", "2011-01-01")
        head = self.store.head()
        self.buy("shop:1", "2011-01-02")
        calls = []
        for rebuild in (False, True):
            report = self.store.verify(
                head=head,
                rebuild=rebuild,
                progress=lambda done, total: calls.append(done),
            )
            self.assertTrue(report)
            self.assertTrue(report.ok)
            self.assertEqual((report.damage, report.interactions), ((), 2))
            self.assertEqual(report.log_position, self.store.head().position)
            self.assertIn("interactions  2", str(report))
        self.assertTrue(calls)

    def test_a_head_of_another_store_is_told(self):
        self.buy("shop:1", "2011-01-01")
        head = self.store.head()
        other = trato.Head(head.position, "00" * 32)
        report = self.store.verify(head=other)
        self.assertFalse(report)
        self.assertIn("rewritten", str(report))
        beyond = trato.Head(head.position + 100, head.chain)
        self.assertFalse(self.store.verify(head=beyond))

    def test_damage_is_told_and_the_rest_can_be_read(self):
        for i in range(200):
            self.buy(f"shop:{i}", "2011-01-01", durability="buffered")
        self.store.close()
        with open(self.path, "r+b") as file:
            content = bytearray(file.read())
            content[content.index(b"shop:1")] ^= 0x10
            file.seek(0)
            file.write(content)
        # What holds the store together may be what is damaged: then it says so.
        try:
            damaged = trato.open(self.path, mode="read")
        except trato.DataLoss as error:
            self.assertIn("damaged", str(error))
            return
        with damaged:
            report = damaged.verify()
        self.assertFalse(report)
        self.assertTrue(report.damage)

    def test_progress_can_cancel_and_what_it_raises_comes_out(self):
        self.buy("shop:1", "2011-01-01")
        with self.assertRaises(trato.Cancelled):
            self.store.verify(progress=lambda done, total: False)

        def fail(done, total):
            raise KeyError("mine")

        with self.assertRaises(KeyError):
            self.store.verify(progress=fail)
        with self.assertRaises(KeyError):
            self.store.backup(self.folder / "copy.trato", progress=fail)

    def test_a_head_is_a_head(self):
        with self.assertRaises(TypeError):
            self.store.verify(head="7:00")


class BackupTest(FileCase):
    def test_the_copy_answers_the_same(self):
        self.buy("shop:1", "2011-01-01", durability="buffered")
        copy = self.folder / "copy.trato"
        calls = []
        self.store.backup(copy, progress=lambda *how: calls.append(how))
        self.buy("shop:1", "2011-01-02")
        with trato.open(copy, mode="open_existing") as store:
            self.assertEqual(len(list(store.timeline("shop:1", now=NOW))), 1)
        self.assertTrue(calls)
        with self.assertRaises(trato.AlreadyExists):
            self.store.backup(copy)

    def test_a_store_in_memory_has_no_file(self):
        with trato.open() as store:
            with self.assertRaises(trato.FailedPrecondition):
                store.backup(self.folder / "copy.trato")
            with self.assertRaises(trato.FailedPrecondition):
                store.verify()


class ReadTest(FileCase):
    def test_a_reader_sees_what_was_written_after_a_refresh(self):
        self.buy("shop:1", "2011-01-01")
        with trato.open(self.path, mode="read") as reader:
            self.buy("shop:1", "2011-01-02")
            self.assertEqual(len(list(reader.timeline("shop:1", now=NOW))), 1)
            reader.refresh()
            self.assertEqual(len(list(reader.timeline("shop:1", now=NOW))), 2)
            with self.assertRaises(trato.TratoError):
                reader.record("shop:1", "visit")

    def test_nothing_is_made_for_a_reader(self):
        with self.assertRaises(trato.NotFound):
            trato.open(self.folder / "missing.trato", mode="read")
        self.assertFalse((self.folder / "missing.trato").exists())


class OptionsTest(FileCase):
    def test_less_memory_and_more_threads_change_no_answer(self):
        rows = [
            {"customer": f"shop:{i % 99}", "at": i * 10**6, "type": "visit"}
            for i in range(5000)
        ]
        self.store.append_interactions(rows, now=NOW)
        self.store.checkpoint()
        expected = self.store.digest(now=NOW)
        self.store.close()
        for how in ({"memory_limit": 1}, {"threads": 3}, {"threads": 64}):
            with trato.open(self.path, **how) as store:
                self.assertEqual(store.digest(now=NOW), expected, how)
                visited = 'interactions("visit").count() > 0'
                self.assertEqual(store.segments.preview(visited), 99)

    def test_threads_of_the_program_share_them(self):
        with trato.open(threads=2, **self.settings) as store:
            counts = []
            rows = [{"customer": "shop:1", "at": 0, "type": "visit"}] * 1000
            store.append_interactions(rows, now=NOW)
            store.segments.define("all", "true", now=NOW)
            threads = [
                threading.Thread(
                    target=lambda: counts.append(store.segments.count("all", now=NOW))
                )
                for _ in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(counts, [1] * 8)

    def test_numbers_are_checked(self):
        with self.assertRaises(trato.OutOfRange):
            trato.open(threads=0)
        with self.assertRaises(trato.OutOfRange):
            trato.open(memory_limit=0)
        with self.assertRaises(TypeError):
            trato.open(threads=1.5)


if __name__ == "__main__":
    unittest.main()
