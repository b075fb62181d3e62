# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Opening, closing, times and settings."""

import datetime
import gc
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zoneinfo

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file

UTC = datetime.timezone.utc
LONDON = zoneinfo.ZoneInfo("Europe/London")


class OpenTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "shop.trato")

    def test_a_path_is_a_str_or_a_path(self):
        with trato.open(self.path) as store:
            self.assertEqual(store.info(now=NOW).path, self.path)
        with trato.open(pathlib.Path(self.path), mode="open_existing") as store:
            self.assertEqual(store.info(now=NOW).path, self.path)

    def test_a_store_in_memory_has_no_path(self):
        with trato.open() as store:
            self.assertIsNone(store.info(now=NOW).path)
            self.assertEqual(repr(store), "<Store in memory>")

    def test_an_empty_path_is_not_a_store_in_memory_by_accident(self):
        with self.assertRaisesRegex(trato.InvalidArgument, "path: .* empty"):
            trato.open("")

    def test_the_defaults_are_utc_and_euro(self):
        with trato.open() as store:
            self.assertEqual((store.zone, store.currency), ("UTC", "EUR"))

    def test_settings_belong_to_the_store(self):
        trato.open(self.path, zone="Asia/Tokyo", currency="JPY").close()
        with trato.open(self.path) as store:
            self.assertEqual((store.zone, store.currency), ("Asia/Tokyo", "JPY"))
        trato.open(self.path, zone="Asia/Tokyo", currency="JPY").close()
        with self.assertRaises(trato.FailedPrecondition):
            trato.open(self.path, zone="Europe/Madrid")
        with self.assertRaises(trato.FailedPrecondition):
            trato.open(self.path, currency="EUR")

    def test_unknown_settings_are_refused_and_no_file_is_left(self):
        with self.assertRaisesRegex(trato.InvalidArgument, "Mars/Olympus"):
            trato.open(self.path, zone="Mars/Olympus")
        with self.assertRaisesRegex(trato.InvalidArgument, "QQQ"):
            trato.open(self.path, currency="QQQ")
        self.assertFalse(os.path.exists(self.path))

    def test_open_existing_makes_no_file(self):
        with self.assertRaises(trato.NotFound):
            trato.open(self.path, mode="open_existing")
        self.assertFalse(os.path.exists(self.path))

    def test_create_new_takes_no_file_that_exists(self):
        trato.open(self.path, mode="create_new").close()
        with self.assertRaises(trato.AlreadyExists):
            trato.open(self.path, mode="create_new")

    def test_an_unknown_mode_names_the_known_ones(self):
        with self.assertRaisesRegex(trato.InvalidArgument, "mode: .*'open_existing'"):
            trato.open(mode="r")

    def test_a_file_that_is_no_store_is_left_alone(self):
        for content in (b"order,product\n1,candle\n" * 100, b"x"):
            with open(self.path, "wb") as file:
                file.write(content)
            with self.assertRaises(trato.InvalidArgument):
                trato.open(self.path)
            with open(self.path, "rb") as file:
                self.assertEqual(file.read(), content)

    def test_a_folder_is_no_store(self):
        with self.assertRaises(trato.TratoError):
            trato.open(os.path.dirname(self.path))

    def test_a_folder_that_is_missing_is_not_made(self):
        path = os.path.join(os.path.dirname(self.path), "missing", "shop.trato")
        with self.assertRaises(trato.TratoError):
            trato.open(path)
        self.assertFalse(os.path.exists(os.path.dirname(path)))

    def test_a_store_is_open_once(self):
        with trato.open(self.path):
            with self.assertRaises(trato.FailedPrecondition):
                trato.open(self.path)
        trato.open(self.path).close()

    def test_a_store_is_open_in_one_process(self):
        program = (
            "import sys, trato\n"
            "try:\n  trato.open(sys.argv[1])\n"
            "except trato.FailedPrecondition:\n  sys.exit(7)\n"
        )
        with trato.open(self.path):
            done = subprocess.run([sys.executable, "-c", program, self.path])
        self.assertEqual(done.returncode, 7)

    def test_the_setting_texts_are_unicode(self):
        with self.assertRaisesRegex(trato.InvalidArgument, "zone: character 4 "):
            trato.open(zone="abc\udc80")

    def test_a_missing_library_is_an_import_error_that_says_what_to_do(self):
        environment = {**os.environ, "TRATO_LIBRARY": "/nowhere/libtrato.so"}
        done = subprocess.run(
            [sys.executable, "-c", "import trato"],
            env=environment,
            capture_output=True,
            text=True,
        )
        self.assertIn("ImportError", done.stderr)
        self.assertIn("/nowhere/libtrato.so", done.stderr)
        self.assertIn("TRATO_LIBRARY", done.stderr)


@in_memory_and_on_file
class CloseTest(StoreCase):
    def test_closing_twice_does_nothing(self):
        self.store.close()
        self.store.close()
        self.assertTrue(self.store.closed)
        self.assertIn("closed", repr(self.store))

    def test_every_use_after_close_is_a_value_error(self):
        store = self.store
        self.buy("shop:1", "2011-12-01")
        segment = store.segments.define("all", "true", now=NOW)
        store.close()
        for use in (
            store.flush,
            store.info,
            store.__enter__,
            lambda: store.zone,
            lambda: store.money("1"),
            lambda: store.parse_time("2011-12-10"),
            lambda: store.format_time(0),
            lambda: store.attributes.define("country", str),
            lambda: store.attributes.set("shop:1", "country", "ES"),
            lambda: store.identifiers.define("email", unique=True),
            lambda: store.identifiers.claim("shop:1", "email:a@example.org"),
            lambda: store.link("shop:1", "shop:2"),
            lambda: store.unlink("shop:1", "shop:2"),
            lambda: store.customer("shop:1"),
            lambda: store.record("shop:1", "visit"),
            lambda: store.record_many([]),
            lambda: store.timeline("shop:1"),
            lambda: store.import_orders(__file__),
            lambda: store.product_name("candle"),
            lambda: store.segments.define("none", "false"),
            lambda: store.segments.preview("true"),
            lambda: store.segments.list(),
            segment.count,
            segment.members,
            lambda: segment.test("shop:1"),
            lambda: store.offers.define("refill", products=["a"], value=gbp(1)),
            lambda: store.offers.match("shop:1"),
            lambda: store.offers.explain("shop:1"),
            lambda: store.offers.decide("shop:1"),
            lambda: store.offers.report(),
            lambda: store.decisions.explain("0" * 32),
            lambda: store.outcome("0" * 32, "shown"),
            lambda: store.coupons.issue("shop:1", "refill"),
            lambda: store.coupons.redeem("0" * 17),
            lambda: store.coupons.show("0" * 17),
            lambda: store.apply(b""),
        ):
            with self.assertRaisesRegex(ValueError, "the store is closed"):
                use()

    def test_timelines_and_members_outlive_the_store(self):
        for day in ("2011-12-01", "2011-12-02", "2011-12-03"):
            self.buy("shop:1", day)
        segment = self.store.segments.define("all", "true", now=NOW)
        timeline = self.store.timeline("shop:1", now=NOW)
        members = segment.members(now=NOW)
        next(timeline)
        self.store.close()
        self.assertEqual(len(list(timeline)), 2)
        self.assertEqual([member.name for member in members], ["shop:1"])

    def test_a_closed_cursor_gives_no_more(self):
        self.buy("shop:1", "2011-12-01")
        with self.store.timeline("shop:1", now=NOW) as timeline:
            pass
        timeline.close()
        with self.assertRaisesRegex(ValueError, "closed"):
            next(timeline)

    def test_an_exhausted_cursor_stays_exhausted(self):
        self.buy("shop:1", "2011-12-01")
        timeline = self.store.timeline("shop:1", now=NOW)
        self.assertEqual(len(list(timeline)), 1)
        self.assertEqual(list(timeline), [])
        timeline.close()
        self.assertEqual(list(timeline), [])

    def test_cursors_may_be_dropped_at_any_place(self):
        for day in range(1, 8):
            self.buy("shop:1", f"2011-12-0{day}")
        for _ in range(200):
            next(self.store.timeline("shop:1", now=NOW))
        gc.collect()
        self.assertEqual(len(list(self.store.timeline("shop:1", now=NOW))), 7)

    def test_the_body_s_exception_leaves_the_with(self):
        with self.assertRaises(ZeroDivisionError):
            with self.store:
                1 / 0
        self.assertTrue(self.store.closed)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork on this platform")
    def test_a_forked_child_can_neither_use_nor_close_the_store(self):
        self.buy("shop:1", "2011-12-01")
        child = os.fork()
        if child == 0:
            refused = 0
            for use in (self.store.flush, self.store.close, self.store.info):
                try:
                    use()
                except ValueError as error:
                    refused += "after the fork" in str(error)
            self.store = None
            gc.collect()
            os._exit(refused)
        _, status = os.waitpid(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 3)
        self.assertEqual(self.store.info(now=NOW).customers, 1)


class LifeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "shop.trato")

    def test_a_store_that_nobody_uses_is_closed(self):
        store = trato.open(self.path)
        store.record("shop:1", "visit", at=0, now=0, durability="buffered")
        del store
        gc.collect()
        with trato.open(self.path) as store:
            self.assertEqual(store.info(now=0).customers, 1)

    def test_the_end_of_the_interpreter_closes_the_store(self):
        program = (
            "import sys, trato\n"
            "store = trato.open(sys.argv[1])\n"
            "store.record('shop:1', 'visit', at=0, now=0, durability='buffered')\n"
            "timeline = store.timeline('shop:1', now=0)\n"
        )
        subprocess.run([sys.executable, "-c", program, self.path], check=True)
        with trato.open(self.path) as store:
            self.assertEqual(store.info(now=0).customers, 1)

    def test_what_is_buffered_is_there_after_flush_though_the_process_dies(self):
        program = (
            "import os, sys, trato\n"
            "store = trato.open(sys.argv[1])\n"
            "store.record('shop:1', 'visit', at=0, now=0, durability='buffered')\n"
            "store.flush()\n"
            "os._exit(0)\n"
        )
        subprocess.run([sys.executable, "-c", program, self.path], check=True)
        with trato.open(self.path) as store:
            self.assertEqual(store.info(now=0).customers, 1)

    def test_what_is_buffered_is_on_disk_with_a_write_a_second_later(self):
        program = (
            "import os, sys, trato\n"
            "store = trato.open(sys.argv[1])\n"
            "for now in (0, 999_999, 1_000_000, 1_000_001):\n"
            "  store.record('shop:1', 'visit', at=0, now=now, durability='buffered')\n"
            "os._exit(0)\n"
        )
        subprocess.run([sys.executable, "-c", program, self.path], check=True)
        with trato.open(self.path) as store:
            visits = store.info(now=0).interactions["visit"]
        self.assertEqual(visits.interactions, 3)

    def test_the_interpreter_ends_well_while_a_daemon_is_inside(self):
        program = (
            "import sys, threading, trato\n"
            "store = trato.open(sys.argv[1])\n"
            "store.record('shop:1', 'visit', at=0, now=0)\n"
            "inside = threading.Event()\n"
            "def work():\n"
            "  while True:\n"
            "    list(store.timeline('shop:1', now=0))\n"
            "    inside.set()\n"
            "for _ in range(3):\n"
            "  threading.Thread(target=work, daemon=True).start()\n"
            "inside.wait()\n"
        )
        for _ in range(5):
            done = subprocess.run(
                [sys.executable, "-c", program, self.path], capture_output=True
            )
            self.assertEqual(done.returncode, 0, done.stderr)
        with trato.open(self.path) as store:
            self.assertEqual(store.info(now=0).customers, 1)

    def test_closing_waits_for_the_calls_of_other_threads(self):
        store = trato.open()
        reading, go_on = threading.Event(), threading.Event()
        events = []

        class Slow(io.BytesIO):
            def read(self, size=-1):
                # Only a look at the first two bytes is outside of the C call.
                if size > 2:
                    reading.set()
                    go_on.wait(10)
                    events.append("read")
                return super().read(size)

        def work():
            try:
                store.import_orders(Slow(b"no,sales\n1,2\n"), now=0)
            except trato.InvalidArgument:
                events.append("import ended")

        def close():
            store.close()
            events.append("closed")

        worker = threading.Thread(target=work)
        worker.start()
        self.assertTrue(reading.wait(10))
        closer = threading.Thread(target=close)
        closer.start()
        while not store.closed:
            time.sleep(0.001)
        with self.assertRaisesRegex(ValueError, "closed"):
            store.flush()
        self.assertEqual(events, [])
        go_on.set()
        worker.join(10)
        closer.join(10)
        self.assertEqual(events[0], "read")
        self.assertIn("closed", events[1:])

    def test_many_threads_and_a_close_in_between_end_in_value_errors_only(self):
        for _ in range(20):
            store = trato.open()
            store.record("shop:1", "visit", at=0, now=0)
            wrong = []

            def read(store=store, wrong=wrong):
                try:
                    while True:
                        store.customer("shop:1", now=0)
                except ValueError as error:
                    if "closed" not in str(error):
                        wrong.append(error)
                except BaseException as error:
                    wrong.append(error)

            threads = [threading.Thread(target=read) for _ in range(4)]
            for thread in threads:
                thread.start()
            store.close()
            for thread in threads:
                thread.join(10)
            self.assertEqual(wrong, [])


@in_memory_and_on_file
class TimeTest(StoreCase):
    def test_all_forms_of_an_instant_are_the_same_instant(self):
        at = datetime.datetime(2011, 7, 1, 9, 30, tzinfo=LONDON)
        for when in (
            at,
            at.astimezone(UTC),
            at.replace(tzinfo=None),
            "2011-07-01 09:30",
            "2011-07-01T09:30:00",
            "2011-07-01T08:30:00Z",
            "2011-07-01 10:30+02:00",
            1309509000000000,
        ):
            self.assertEqual(self.store.info(now=when).now, at, when)

    def test_a_date_is_its_midnight_in_the_store_s_zone(self):
        now = self.store.info(now=datetime.date(2011, 7, 1)).now
        self.assertEqual(now.isoformat(), "2011-06-30T23:00:00+00:00")

    def test_what_comes_out_is_aware_and_exact_to_the_microsecond(self):
        for micros in (-62135596800000000, -1, 253402300799999999, 1309509000000001):
            now = self.store.info(now=micros).now
            self.assertIs(now.tzinfo, UTC)
            expected = datetime.datetime(1970, 1, 1, tzinfo=UTC)
            expected += datetime.timedelta(microseconds=micros)
            self.assertEqual(now, expected)
            self.assertEqual(self.store.info(now=now).now, expected)

    def test_the_zone_s_rules_are_python_s(self):
        day = datetime.datetime(2011, 1, 1, 12, 34, 56, 789)
        for _ in range(366):
            expected = day.replace(tzinfo=LONDON).astimezone(UTC)
            self.assertEqual(self.store.parse_time(day.isoformat()), expected)
            self.assertEqual(
                self.store.format_time(expected), day.strftime("%Y-%m-%d %H:%M:%S.%f")
            )
            day += datetime.timedelta(days=1)

    def test_a_time_that_was_skipped_or_repeated_has_the_offset_before(self):
        parse = self.store.parse_time
        self.assertEqual(parse("2011-03-27 01:30").hour, 1)  # 01:30 at +00:00
        self.assertEqual(parse("2011-10-30 01:30").hour, 0)  # 01:30 at +01:00

    def test_zeros_are_left_out_of_written_times(self):
        write = self.store.format_time
        self.assertEqual(write("2011-12-10"), "2011-12-10 00:00")
        self.assertEqual(write("2011-12-10 09:30:15"), "2011-12-10 09:30:15")
        self.assertEqual(write("2011-12-10 09:30:15.25"), "2011-12-10 09:30:15.250000")

    def test_text_that_is_no_time_is_refused(self):
        for text in ("", "yesterday", "2011-13-01", "2011-02-29", "10/12/2011"):
            with self.raises(trato.InvalidArgument):
                self.store.parse_time(text)

    def test_years_end_at_1_and_9999(self):
        for now in (-62135596800000001, 253402300800000000, 2**63, -(2**63)):
            with self.raises(trato.OutOfRange, "now"):
                self.store.info(now=now)
        with self.raises(trato.OutOfRange):
            self.store.record("shop:1", "visit", at=253402300800000000, now=0)

    def test_a_float_is_no_time(self):
        with self.assertRaisesRegex(TypeError, "now: .*float"):
            self.store.info(now=1309509000.0)
        with self.assertRaisesRegex(TypeError, "now: an int is needed, not bool"):
            self.store.info(now=True)

    def test_without_now_the_system_s_clock_is_read(self):
        before = datetime.datetime.now(UTC)
        now = self.store.info().now
        self.assertTrue(before <= now <= datetime.datetime.now(UTC))


@in_memory_and_on_file
class InfoTest(StoreCase):
    def test_an_empty_store_holds_nothing(self):
        info = self.store.info(now=NOW)
        self.assertEqual((info.customers, info.records, info.offers), (0, 0, 0))
        self.assertEqual(info.interactions, {})
        self.assertEqual((info.zone, info.currency), ("Europe/London", "GBP"))

    def test_it_adds_up_what_was_recorded(self):
        self.buy("shop:1", "2011-12-01", candles_line(2, 80), free_line())
        self.buy("shop:1", "2011-12-03", candles_line(1, 40))
        self.buy("shop:2", "2011-12-02", candles_line(1, 40))
        self.store.record("shop:2", "visit", at="2011-12-02", now="2011-12-03")
        info = self.reopen().info(now=NOW)
        self.assertEqual((info.customers, info.records), (2, 2))
        purchases = info.interactions["purchase"]
        self.assertEqual((purchases.interactions, purchases.customers), (3, 2))
        self.assertEqual((purchases.lines, purchases.free_lines), (4, 1))
        self.assertEqual(purchases.amounts, (gbp(160),))
        self.assertEqual(self.store.format_time(purchases.first), "2011-12-01 00:00")
        self.assertEqual(self.store.format_time(purchases.last), "2011-12-03 00:00")
        self.assertEqual(info.interactions["visit"].interactions, 1)

    def test_currencies_are_added_apart(self):
        euros = trato.Money(300, "EUR")
        self.store.record("shop:1", "purchase", at=NOW, amount=gbp(100), now=NOW)
        self.store.record("shop:1", "purchase", at=NOW, amount=euros, now=NOW)
        amounts = self.store.info(now=NOW).interactions["purchase"].amounts
        self.assertEqual(set(amounts), {gbp(100), euros})

    def test_the_future_is_not_there_yet(self):
        self.buy("shop:1", "2011-12-11", now=NOW)
        self.assertNotIn("purchase", self.store.info(now=NOW).interactions)
        later = self.store.info(now="2011-12-11")
        self.assertEqual(later.interactions["purchase"].interactions, 1)

    def test_each_write_moves_the_log(self):
        positions = [self.store.info(now=NOW).log_position]
        for day in ("2011-12-01", "2011-12-02"):
            self.buy("shop:1", day)
            positions.append(self.store.info(now=NOW).log_position)
        self.assertEqual(positions, sorted(set(positions)))

    def test_a_failed_call_changes_nothing(self):
        before = self.store.info(now=NOW)
        with self.raises(trato.NotFound, "purchas"):
            self.store.record("shop:1", "purchas", at=NOW, now=NOW)
        self.assertEqual(self.store.info(now=NOW), before)

    def test_definitions_that_are_no_message_are_refused(self):
        with self.raises(trato.InvalidArgument):
            self.store.apply(b"\xff\xff\xff\xff", now=NOW)
        self.store.apply(b"", now=NOW)
        with self.assertRaises(TypeError):
            self.store.apply("definitions", now=NOW)


def candles_line(quantity, minor):
    return trato.Line("candle", quantity, gbp(minor), "0.40")


def free_line():
    return trato.Line("leaflet", 1, gbp(0))


if __name__ == "__main__":
    unittest.main()
