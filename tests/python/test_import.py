# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Orders from a file: what is read, refused, cancelled, and the real sample."""

import collections
import csv
import datetime
import gzip
import io
import unittest
import zoneinfo
from decimal import ROUND_HALF_UP, Decimal

import trato
from support import NOW, SAMPLE, StoreCase, gbp, in_memory_and_on_file

HEADER = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
)
SALES = "\n".join(
    (
        HEADER,
        "1,candle,TEA LIGHTS,2,2011-12-01 08:26:00,0.40,7,Spain",
        '1,bag,"BAG, RED",1,2011-12-01 08:25:00,1.25,7,Spain',
        "1,leaflet,LEAFLET,1,2011-12-01 08:26:00,0,7,Spain",
        "2,candle,TEA LIGHTS,3,2011-12-02 09:00:00,0.40,8,France",
        "C3,candle,TEA LIGHTS,-2,2011-12-03 10:00:00,0.40,7,Spain",
        "4,leaflet,LEAFLET,1,2011-12-04 11:00:00,0,9,Italy",
        "5,candle,TEA LIGHTS,1,2011-12-05 12:00:00,0.40,,Italy",
        "6,candle,TEA LIGHTS,many,2011-12-05 12:00:00,0.40,8,Italy",
        "7,candle,TEA LIGHTS,1,last week,0.40,8,Italy",
    )
)


@in_memory_and_on_file
class ImportTest(StoreCase):
    def load(self, text=SALES, **more):
        more.setdefault("now", NOW)
        return self.store.import_orders(io.BytesIO(text.encode()), **more)

    def test_the_rows_of_an_order_become_one_interaction(self):
        self.load()
        store = self.reopen()
        back, order = store.timeline("shop:7", now=NOW, newest_first=True)
        self.assertEqual((order.type, order.key), ("purchase", "1"))
        self.assertEqual(store.format_time(order.at), "2011-12-01 08:25")
        self.assertEqual(
            [(line.product, line.quantity, line.amount) for line in order.lines],
            [("candle", 2, gbp(80)), ("bag", 1, gbp(125)), ("leaflet", 1, gbp(0))],
        )
        self.assertEqual(order.lines[0].unit_price, Decimal("0.40"))
        self.assertEqual(order.amount, gbp(205))
        self.assertEqual((back.type, back.amount), ("return", gbp(-80)))
        (gift,) = store.timeline("shop:9", now=NOW)
        self.assertEqual((gift.type, gift.amount), ("gift", gbp(0)))

    def test_the_report_accounts_for_every_row(self):
        report = self.load()
        self.assertEqual((report.dry_run, report.separator), (False, ","))
        self.assertEqual((report.rows, report.lines, report.refused), (9, 6, 3))
        self.assertEqual((report.customers, report.new_customers), (3, 3))
        self.assertEqual(report.new_lines, 6)
        purchases = report.orders["purchase"]
        self.assertEqual((purchases.orders, purchases.new_orders), (2, 2))
        self.assertEqual((purchases.lines, purchases.free_lines), (4, 1))
        self.assertEqual(purchases.amount, gbp(325))
        self.assertEqual(report.orders["return"].amount, gbp(-80))
        self.assertEqual(report.orders["gift"].orders, 1)
        self.assertEqual(report.columns["order"], "InvoiceNo")
        self.assertEqual(report.columns["customer"], "CustomerID")

    def test_refused_rows_are_named_by_reason_and_number(self):
        refusals = self.load().refusals
        self.assertEqual(sorted(r.first_rows for r in refusals), [(8,), (9,), (10,)])
        self.assertEqual([r.rows for r in refusals], [1, 1, 1])
        reasons = {r.first_rows[0]: r.reason for r in refusals}
        self.assertIn("customer", reasons[8])
        self.assertIn("quantity", reasons[9].lower())
        self.assertIn("time", reasons[10].lower())

    def test_rows_are_numbered_as_lines_of_the_file(self):
        rows = [
            HEADER,
            '1,candle,"TEA\nLIGHTS",2,2011-12-01,0.40,7,Spain',
            "2,candle,TEA LIGHTS,1,2011-12-01,0.40,,Spain",
        ]
        (refusal,) = self.load("\n".join(rows)).refusals
        self.assertEqual((refusal.rows, refusal.first_rows), (1, (4,)))

    def test_the_first_rows_are_a_few_and_the_count_is_of_all(self):
        rows = [f"{i},candle,P,1,2011-12-01,0.40,,Spain" for i in range(100)]
        (refusal,) = self.load("\n".join([HEADER, *rows])).refusals
        self.assertEqual((refusal.rows, refusal.first_rows), (100, (2, 3, 4, 5, 6)))

    def test_countries_and_names_come_along(self):
        self.load()
        store = self.reopen()
        self.assertEqual(store.customer("shop:8", now=NOW)["country"], "France")
        self.assertEqual(store.product_name("bag"), "BAG, RED")
        self.assertEqual(store.product_name("unheard of"), "unheard of")

    def test_an_order_s_fact_can_be_referred_to_by_its_number(self):
        self.load()
        (entry,) = self.store.timeline("shop:8", now=NOW)
        self.assertEqual(entry.fact, trato.fact_id(entry.source, "2"))
        self.assertEqual(entry.source, "orders")

    def test_a_dry_run_reports_the_same_and_records_nothing(self):
        before = self.store.info(now=NOW)
        dry = self.load(dry_run=True)
        self.assertEqual(self.store.info(now=NOW), before)
        real = self.load()
        self.assertTrue(dry.dry_run)
        self.assertEqual((dry.orders, dry.refusals), (real.orders, real.refusals))
        self.assertEqual(dry.new_customers, real.new_customers)

    def test_the_same_file_again_adds_nothing(self):
        self.load()
        before = self.store.info(now=NOW)
        again = self.load()
        self.assertEqual((again.lines, again.new_lines, again.new_customers), (6, 0, 0))
        self.assertEqual(again.orders["purchase"].orders, 2)
        self.assertEqual(again.orders["purchase"].new_orders, 0)
        after = self.reopen().info(now=NOW)
        self.assertEqual(
            (after.customers, after.facts), (before.customers, before.facts)
        )
        self.assertEqual(after.interactions, before.interactions)

    def test_an_order_that_has_changed_is_refused_and_nothing_is_recorded(self):
        self.load()
        before = self.store.info(now=NOW)
        with self.raises(trato.AlreadyExists):
            self.load(SALES.replace("1,candle,TEA LIGHTS,2", "1,candle,TEA LIGHTS,5"))
        self.assertEqual(self.store.info(now=NOW), before)

    def test_the_namespace_is_that_of_the_customers(self):
        self.load(namespace="erp")
        self.assertEqual(self.store.customer("erp:7", now=NOW).name, "erp:7")
        with self.raises(trato.NotFound):
            self.store.customer("shop:7", now=NOW)

    def test_a_missing_column_is_named(self):
        with self.raises(trato.InvalidArgument, "quantity"):
            self.load(SALES.replace("Quantity", "Mystery"))
        self.assertEqual(self.store.info(now=NOW).customers, 0)

    def test_a_path_a_file_text_and_gzip_are_the_same(self):
        expected = self.load(dry_run=True)
        plain = self.folder / "sales.csv"
        plain.write_text(SALES)
        packed = self.folder / "sales.csv.gz"
        packed.write_bytes(gzip.compress(SALES.encode()))
        misnamed = self.folder / "sales.txt"
        misnamed.write_bytes(packed.read_bytes())
        with open(plain) as text, open(packed, "rb") as raw, gzip.open(
            packed
        ) as zipped:
            for file in (
                str(plain),
                plain,
                packed,
                misnamed,
                text,
                raw,
                zipped,
                io.StringIO(SALES),
                io.BytesIO(gzip.compress(SALES.encode())),
                Trickle(SALES.encode()),
                Trickle(gzip.compress(SALES.encode())),
            ):
                report = self.store.import_orders(file, dry_run=True, now=NOW)
                self.assertEqual(report, expected, file)

    def test_text_of_many_bytes_a_character_arrives_whole(self):
        rows = [HEADER]
        rows += [
            f"{i},☕{i},CAFÉ,1,2011-12-01,0.40,{i % 5},España" for i in range(30_000)
        ]
        report = self.store.import_orders(io.StringIO("\n".join(rows)), now=NOW)
        self.assertEqual((report.lines, report.refused), (30_000, 0))
        entry = next(self.store.timeline("shop:4", now=NOW, limit=1))
        self.assertRegex(entry.lines[0].product, "^☕[0-9]+$")

    def test_a_file_that_was_given_open_stays_open(self):
        file = io.BytesIO(SALES.encode())
        self.store.import_orders(file, now=NOW)
        self.assertFalse(file.closed)

    def test_a_file_that_is_missing_is_python_s_own_error(self):
        with self.assertRaises(FileNotFoundError):
            self.store.import_orders(self.folder / "missing.csv")
        for file in (7, None, ["sales.csv"]):
            with self.assertRaises(TypeError):
                self.store.import_orders(file)

    def test_gzip_that_breaks_off_is_an_error_and_records_nothing(self):
        packed = gzip.compress(SALES.encode())
        with self.assertRaises(EOFError):
            self.store.import_orders(io.BytesIO(packed[:-20]), now=NOW)
        self.assertEqual(self.store.info(now=NOW).customers, 0)

    def test_an_empty_input_is_refused(self):
        with self.raises(trato.InvalidArgument):
            self.load("")

    def test_a_header_alone_adds_nothing(self):
        report = self.load(HEADER + "\n")
        self.assertEqual(
            (report.rows, report.lines, report.orders), (0, 0, report.orders)
        )
        self.assertEqual(self.store.info(now=NOW).customers, 0)

    def test_an_amount_is_rounded_once_half_away_from_zero(self):
        rows = [
            "1,a,A,3,2011-12-01,0.335,7,Spain",  # 1.005
            "1,a,A,1,2011-12-01,0.004,7,Spain",
            "C2,a,A,-3,2011-12-01,0.335,7,Spain",
        ]
        self.load("\n".join([HEADER, *rows]))
        back, order = sorted(
            self.store.timeline("shop:7", now=NOW), key=lambda entry: entry.amount.minor
        )
        self.assertEqual([line.amount.minor for line in order.lines], [101, 0])
        self.assertEqual(back.lines[0].amount, gbp(-101))


class Trickle:
    """A file that gives a few bytes at a time, and cannot seek."""

    def __init__(self, content):
        self._content = io.BytesIO(content)

    def read(self, size=-1):
        return self._content.read(min(size, 7))


def many_rows(count=60_000):
    rows = [HEADER]
    rows += [
        f"{i // 5},p{i % 90},P,1,2011-12-01,0.40,{i % 50},Spain" for i in range(count)
    ]
    return "\n".join(rows)


@in_memory_and_on_file
class CallbackTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.file = io.BytesIO(many_rows().encode())
        self.before = self.store.info(now=NOW)

    def nothing_happened(self):
        return self.store.info(now=NOW) == self.before

    def test_progress_counts_up_to_all_lines(self):
        told = []
        self.store.import_orders(
            self.file, progress=lambda done, total: told.append((done, total)), now=NOW
        )
        done = [step for step, _ in told]
        self.assertGreater(len(told), 1)
        self.assertEqual(done, sorted(done))
        self.assertLessEqual(done[-1], 60_000)
        self.assertTrue(all(total in (0, 60_000) for _, total in told))

    def test_false_cancels_and_nothing_is_recorded(self):
        told = []

        def progress(done, total):
            told.append(done)
            return len(told) < 2

        with self.raises(trato.Cancelled):
            self.store.import_orders(self.file, progress=progress, now=NOW)
        self.assertEqual(len(told), 2)
        self.assertTrue(self.nothing_happened())

    def test_what_progress_raises_comes_out_and_nothing_is_recorded(self):
        for kind in (ZeroDivisionError, KeyboardInterrupt, SystemExit):
            self.file.seek(0)

            def progress(done, total, kind=kind):
                raise kind("enough")

            with self.assertRaisesRegex(kind, "enough"):
                self.store.import_orders(self.file, progress=progress, now=NOW)
            self.assertTrue(self.nothing_happened())

    def test_what_the_file_raises_comes_out_and_nothing_is_recorded(self):
        class Breaks(io.BytesIO):
            def read(self, size=-1):
                if self.tell() > 100_000:
                    raise ConnectionResetError("the line went dead")
                return super().read(size)

        broken = Breaks(self.file.getvalue())
        with self.assertRaisesRegex(ConnectionResetError, "the line went dead"):
            self.store.import_orders(broken, now=NOW)
        self.assertTrue(self.nothing_happened())

    def test_a_file_that_gives_no_bytes_is_a_type_error(self):
        class Odd(io.BytesIO):
            def read(self, size=-1):
                return 7 if size > 2 else super().read(size)

        with self.assertRaises(TypeError):
            self.store.import_orders(Odd(b"In"), now=NOW)
        self.assertTrue(self.nothing_happened())

    def test_a_callback_that_calls_the_store_is_told_not_to(self):
        for call in (
            lambda: self.store.info(now=NOW),
            lambda: self.store.record("shop:1", "visit", now=NOW),
            self.store.close,
        ):
            self.file.seek(0)

            def progress(done, total, call=call):
                call()

            with self.assertRaisesRegex(RuntimeError, "callback must not call"):
                self.store.import_orders(self.file, progress=progress, now=NOW)
            self.assertTrue(self.nothing_happened())
        self.store.record("shop:1", "visit", now=NOW)

    def test_a_callback_may_call_another_store(self):
        with trato.open() as other:

            def progress(done, total):
                other.record("shop:1", "visit", now=NOW)

            self.store.import_orders(self.file, progress=progress, now=NOW)
            self.assertGreater(
                other.info(now=NOW).interactions["visit"].interactions, 0
            )


@unittest.skipUnless(SAMPLE.exists(), "examples/data/online_retail.csv.gz is not here")
class SampleTest(unittest.TestCase):
    """The sample of a real shop against the csv module and Decimal."""

    @classmethod
    def setUpClass(cls):
        cls.orders = cls.read()
        cls.store = trato.open(zone="Europe/London", currency="GBP")
        cls.addClassCleanup(cls.store.close)
        cls.report = cls.store.import_orders(SAMPLE, now=NOW)

    @staticmethod
    def read():
        """The orders by number, made without the library."""
        zone = zoneinfo.ZoneInfo("Europe/London")
        orders = {}
        with gzip.open(SAMPLE, "rt", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                price, quantity = Decimal(row["UnitPrice"]), int(row["Quantity"])
                pence = (price * quantity * 100).quantize(Decimal(1), ROUND_HALF_UP)
                at = datetime.datetime.fromisoformat(row["InvoiceDate"])
                order = orders.setdefault(row["InvoiceNo"], Order(row))
                order.at = min(order.at, at.replace(tzinfo=zone))
                order.lines.append((row["StockCode"], quantity, price, int(pence)))
        return orders

    def of_type(self, kind):
        return [order for order in self.orders.values() if order.type == kind]

    def test_the_figures_are_those_that_the_project_promises(self):
        info = self.store.info(now=NOW)
        self.assertEqual((self.report.lines, info.customers), (98_750, 1_103))
        found = {
            total.type: (
                total.interactions,
                total.customers,
                total.lines,
                total.free_lines,
            )
            for total in info.interactions.values()
        }
        self.assertEqual(found["purchase"], (4_330, 1_096, 96_865, 3))
        self.assertEqual((found["return"][0], found["return"][2]), (830, 1_882))
        self.assertEqual((found["gift"][0], found["gift"][2]), (3, 3))
        self.assertEqual(info.interactions["purchase"].amounts, (gbp(186_053_339),))
        self.assertEqual(self.report.refused, 0)

    def test_every_total_is_the_one_computed_from_the_file(self):
        info = self.store.info(now=NOW)
        for kind in ("purchase", "return", "gift"):
            orders = self.of_type(kind)
            lines = [line for order in orders for line in order.lines]
            total = info.interactions[kind]
            self.assertEqual(total.interactions, len(orders))
            self.assertEqual(total.customers, len({o.customer for o in orders}))
            self.assertEqual(total.lines, len(lines))
            self.assertEqual(total.free_lines, sum(not (p or a) for *_, p, a in lines))
            self.assertEqual(total.amounts, (gbp(sum(a for *_, a in lines)),))
            self.assertEqual(total.first, min(order.at for order in orders))
            self.assertEqual(total.last, max(order.at for order in orders))
            reported = self.report.orders[kind]
            self.assertEqual(reported.orders, len(orders))
            self.assertEqual(reported.lines, len(lines))
            self.assertEqual(reported.amount, total.amounts[0])

    def test_every_order_of_every_customer_is_the_one_of_the_file(self):
        expected = collections.defaultdict(dict)
        for number, order in self.orders.items():
            expected[order.customer][number] = order
        for customer, orders in expected.items():
            entries = list(self.store.timeline(customer, now=NOW))
            self.assertEqual({entry.key for entry in entries}, set(orders))
            self.assertEqual([e.at for e in entries], sorted(e.at for e in entries))
            for entry in entries:
                order = orders[entry.key]
                self.assertEqual((entry.type, entry.at), (order.type, order.at))
                lines = [
                    (
                        line.product,
                        line.quantity,
                        line.unit_price or 0,
                        line.amount.minor,
                    )
                    for line in entry.lines
                ]
                self.assertEqual(lines, order.lines)

    def test_a_segment_has_the_members_that_the_file_gives(self):
        loyal = self.store.segments.define(
            "loyal", 'interactions("purchase").within("90d").count() >= 3', now=NOW
        )
        zone = zoneinfo.ZoneInfo("Europe/London")
        for day in ((2011, 12, 10), (2011, 6, 1), (2011, 3, 1), (2010, 12, 24)):
            now = datetime.datetime(*day, tzinfo=zone)
            since = datetime.datetime(*day) - datetime.timedelta(days=90)
            count = collections.Counter(
                order.customer
                for order in self.of_type("purchase")
                if since.replace(tzinfo=zone) < order.at <= now
            )
            expected = sorted(name for name, times in count.items() if times >= 3)
            self.assertEqual([m.name for m in loyal.members(now=now)], expected)
            self.assertEqual(loyal.count(now=now), len(expected))
        self.assertEqual(loyal.count(now=NOW), 179)

    def test_the_money_of_a_segment_is_summed_in_whole_pence(self):
        spent = collections.Counter()
        for order in self.of_type("purchase"):
            spent[order.customer] += sum(amount for *_, amount in order.lines)
        ordered = sorted(spent.values(), reverse=True)
        for minor in (ordered[0], ordered[50], ordered[50] - 1, ordered[500]):
            size = self.store.segments.preview(
                'interactions("purchase").sum(i, i.amount) > '
                f'money("{Decimal(minor) / 100:.2f}", "GBP")',
                now=NOW,
            )
            self.assertEqual(size, sum(value > minor for value in ordered))
            self.assertEqual((size.customers, size.undecided), (1_103, 0))

    def test_an_import_again_adds_nothing(self):
        before = self.store.info(now=NOW)
        again = self.store.import_orders(SAMPLE, now=NOW)
        self.assertEqual((again.new_lines, again.new_customers), (0, 0))
        self.assertEqual(self.store.info(now=NOW).interactions, before.interactions)


class Order:
    def __init__(self, row):
        self.cancelled = row["InvoiceNo"].startswith("C")
        self.customer = f"shop:{int(float(row['CustomerID']))}"
        self.at = datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
        self.lines = []

    @property
    def type(self):
        if self.cancelled:
            return "return"
        return "purchase" if any(price for *_, price, _ in self.lines) else "gift"


if __name__ == "__main__":
    unittest.main()
