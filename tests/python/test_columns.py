# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Columns in and out: Python's own, NumPy's, and those of data frames."""

import datetime
import gc
import importlib
import subprocess
import sys
import unittest
from decimal import Decimal

import trato
from support import NOW, StoreCase, gbp, in_memory_and_on_file
from trato import Line, Money, _arrow

UTC = datetime.timezone.utc


def needs(name):
    """The module, or a reason to skip."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise unittest.SkipTest(f"{name} is not installed") from None


class ColumnCase(StoreCase):
    def setUp(self):
        super().setUp()
        self.store.attributes.define("till", int, of="interaction", now=NOW)
        self.store.attributes.define("country", str, now=NOW)
        self.store.attributes.define("vip", bool, now=NOW)
        self.store.attributes.define("born", datetime.datetime, now=NOW)
        self.store.attributes.define("limit", Money, now=NOW)
        self.store.attributes.define("weight", float, now=NOW)

    def append(self, data, **how):
        how.setdefault("now", NOW)
        return self.store.append_interactions(data, **how)

    def rows(self):
        return self.store.interactions(now=NOW).to_dicts()


def visits(count=1, **more):
    return [
        {"customer": f"shop:{i}", "at": f"2011-01-{i + 1:02}", "type": "visit", **more}
        for i in range(count)
    ]


@in_memory_and_on_file
class RowsInTest(ColumnCase):
    def test_rows_are_added_once_by_their_key(self):
        rows = [dict(row, key=row["at"]) for row in visits(3)]
        self.assertEqual(self.append(rows), trato.Appended(3, added=3, known=0))
        self.assertEqual(self.append(rows), trato.Appended(3, added=0, known=3))
        self.assertEqual(self.reopen().info(now=NOW).customers, 3)

    def test_a_row_says_all_that_record_says(self):
        lines = [Line("tea", "2.5", gbp(100), "0.40", "kg"), Line("cup", 1, gbp(0))]
        self.append(
            [
                {
                    "customer": "shop:1",
                    "at": datetime.datetime(2011, 1, 1, 12, tzinfo=UTC),
                    "type": "purchase",
                    "channel": "web",
                    "direction": "outbound",
                    "lines": lines,
                    "key": "o1",
                    "reply_to": trato.fact_id("host", "x"),
                    "till": 7,
                }
            ]
        )
        other = trato.open(**self.settings)
        self.addCleanup(other.close)
        other.attributes.define("till", int, of="interaction", now=NOW)
        other.record(
            "shop:1",
            "purchase",
            at=datetime.datetime(2011, 1, 1, 12, tzinfo=UTC),
            channel="web",
            direction="outbound",
            lines=lines,
            key="o1",
            reply_to=trato.fact_id("host", "x"),
            fields={"till": 7},
            now=NOW,
        )
        (one,) = self.store.timeline("shop:1", now=NOW)
        (two,) = other.timeline("shop:1", now=NOW)
        self.assertEqual(one, two)

    def test_money_says_its_currency(self):
        self.append(
            {
                "customer": ["shop:1", "shop:1", "shop:1"],
                "at": ["2011-01-01", "2011-01-02", "2011-01-03"],
                "type": ["purchase"] * 3,
                "amount": [Money(250, "EUR"), None, gbp(3)],
            }
        )
        amounts = [row["amount_minor"] for row in self.rows()]
        currencies = [row["currency"] for row in self.rows()]
        self.assertEqual(amounts[::2], [250, 3])
        self.assertEqual(currencies[::2], ["EUR", "GBP"])

    def test_amounts_in_the_currency_s_unit_are_exact(self):
        self.append(
            {
                "customer": ["shop:1"] * 3,
                "at": [1, 2, 3],
                "type": ["purchase"] * 3,
                "amount": [Decimal("1.10"), 2, Decimal("-0.005")],
            }
        )
        self.assertEqual([r["amount_minor"] for r in self.rows()], [110, 200, -1])

    def test_one_line_a_row(self):
        self.append(
            {
                "Customer": [1, 1, 2],
                "at": ["2011-01-01 10:00", "2011-01-01 10:00", "2011-01-01 11:00"],
                "type": ["purchase"] * 3,
                "InvoiceNo": [7, 7, 8],
                "product": ["tea", "cup", "tea"],
                "quantity": [2, 1, 3],
                "amount": [gbp(200), gbp(150), gbp(300)],
            },
            columns={"customer": "Customer", "order": "InvoiceNo"},
            namespace="shop",
        )
        rows = self.rows()
        self.assertEqual([row["key"] for row in rows], ["7", "8"])
        self.assertEqual([row["amount_minor"] for row in rows], [350, 300])
        self.assertEqual(rows[0]["lines"][1]["product"], "cup")

    def test_times_without_zone_are_the_store_s(self):
        self.append(
            {
                "customer": ["shop:1"] * 3,
                "at": ["2011-07-01", datetime.datetime(2011, 7, 2), None][:2] + [0],
                "type": ["visit"] * 3,
            }
        )
        first = datetime.datetime(2011, 6, 30, 23, tzinfo=UTC)
        day = datetime.timedelta(days=1)
        self.assertEqual([row["at"] for row in self.rows()][1:], [first, first + day])

    def test_a_dry_run_records_nothing(self):
        self.assertEqual(self.append(visits(2), dry_run=True).added, 2)
        self.assertEqual(self.store.info(now=NOW).customers, 0)

    def test_nothing_is_stored_where_one_row_is_wrong(self):
        rows = visits(3)
        rows[2]["type"] = "party"
        with self.raises(trato.NotFound, "party"):
            self.append(rows)
        self.assertEqual(self.store.info(now=NOW).customers, 0)

    def test_progress_counts_rows_and_cancels(self):
        seen = []
        self.append(visits(9), progress=lambda done, total: seen.append(done))
        self.assertEqual(seen[-1], 9)
        with self.assertRaises(trato.Cancelled):
            self.append(visits(9), progress=lambda done, total: False)

        def fail(done, total):
            raise KeyError("mine")

        with self.assertRaises(KeyError):
            self.append(visits(9), progress=fail)

    def test_mistakes_name_column_and_row(self):
        with self.raises(trato.InvalidArgument, "at"):
            self.append([{"customer": "shop:1", "type": "visit"}])
        with self.raises(trato.InvalidArgument, "type", "row 1"):
            self.append(visits(1) + [{"customer": "shop:1", "at": 0}])
        with self.raises(trato.InvalidArgument, "b: it has 1 values"):
            self.append({"a": [1, 2], "b": [1]})
        with self.raises(trato.InvalidArgument, "at[0]"):
            self.append([{"customer": "shop:1", "at": "x", "type": "visit"}])
        with self.assertRaisesRegex(TypeError, r"type\[1\]: int in a column"):
            self.append({"customer": ["shop:1"] * 2, "at": [0, 0], "type": ["a", 1]})
        with self.assertRaisesRegex(TypeError, "data: .* list of dicts"):
            self.append("sales.csv")
        with self.assertRaisesRegex(TypeError, r"data\[0\]: a dict"):
            self.append([1])

    def test_no_rows_are_no_facts(self):
        nothing = {"customer": [], "at": [], "type": [], "lines": []}
        self.assertEqual(self.append(nothing).rows, 0)

    def test_customers_and_what_is_said_of_them(self):
        done = self.store.append_customers(
            [
                {
                    "customer": "shop:1",
                    "at": "2011-01-01",
                    "country": "GB",
                    "vip": True,
                    "born": datetime.datetime(1990, 5, 1, tzinfo=UTC),
                    "limit": Money(500, "EUR"),
                    "weight": 71.5,
                    "identifier.email": "ada@example.org",
                },
                {"customer": "shop:2", "at": "2011-01-02", "vip": False},
            ],
            now=NOW,
        )
        self.assertEqual((done.rows, done.added), (2, 7))
        ada = self.reopen().customer("email:ada@example.org", now=NOW)
        self.assertEqual((ada["country"], ada["vip"]), ("GB", True))
        self.assertEqual(ada["limit"], Money(500, "EUR"))
        one, two = self.store.customers(now=NOW)
        self.assertEqual((one["customer"], one["id"]), ("shop:1", ada.id))
        self.assertEqual((one["limit"], one["limit.currency"]), (500, "EUR"))
        self.assertEqual((one["born"].year, one["weight"]), (1990, 71.5))
        self.assertEqual((two["vip"], two["country"]), (False, None))

    def test_products(self):
        done = self.store.append_products(
            {"id": ["tea"], "name": ["Tea lights"]}, columns={"product": "id"}, now=NOW
        )
        self.assertEqual(done.added, 1)
        self.assertEqual(self.store.product_name("tea"), "Tea lights")


@in_memory_and_on_file
class TableTest(ColumnCase):
    def setUp(self):
        super().setUp()
        rows = visits(5)
        rows[1].update(type="purchase", lines=[Line("tea", 2, gbp(100))], till=3)
        self.append(rows)

    def test_what_comes_out_goes_in_again(self):
        other = trato.open(**self.settings)
        self.addCleanup(other.close)
        other.attributes.define("till", int, of="interaction", now=NOW)
        for name, kind in (
            ("country", str),
            ("vip", bool),
            ("born", datetime.datetime),
            ("limit", Money),
            ("weight", float),
        ):
            other.attributes.define(name, kind, now=NOW)
        other.append_interactions(self.store.interactions(now=NOW), now=NOW)
        self.assertEqual(other.digest(now=NOW), self.store.digest(now=NOW))

    def test_it_chooses(self):
        def count(**how):
            return len(
                self.store.interactions(now=how.pop("now", NOW), **how).to_dicts()
            )

        self.assertEqual(count(), 5)
        self.assertEqual(count(customers=["shop:1", "shop:2"]), 2)
        self.assertEqual(count(customers=[]), 0)
        self.assertEqual(count(type="purchase"), 1)
        self.assertEqual(count(after="2011-01-01", until="2011-01-03"), 2)
        self.assertEqual(count(now="2011-01-02"), 2)
        self.assertEqual(count(batch_rows=2), 5)
        self.assertEqual(len(list(self.store.customers(["shop:3"], now=NOW))), 1)
        with self.assertRaises(trato.NotFound):
            self.store.interactions(["shop:99"], now=NOW)
        with self.assertRaises(trato.NotFound):
            self.store.interactions(type="party", now=NOW)
        with self.assertRaises(TypeError):
            self.store.interactions("shop:1", now=NOW)

    def test_it_shows_its_columns(self):
        table = self.store.customers(now=NOW)
        self.assertIn("Table of customers: customer, id, records", repr(table))
        self.assertEqual(table.columns["vip"], "bool")
        self.assertEqual(table.columns["born"], "timestamp")

    def test_the_first_reading_is_a_snapshot_and_the_next_asks_anew(self):
        table = self.store.interactions(now=NOW)
        self.append([{"customer": "shop:9", "at": 0, "type": "visit"}])
        self.assertEqual(len(table.to_dicts()), 5)
        self.assertEqual(len(table.to_dicts()), 6)
        kept = self.store.interactions(now=NOW)
        self.store.close()
        self.assertEqual(len(kept.to_dicts()), 6)
        with self.assertRaises(ValueError):
            kept.to_dicts()

    def test_one_that_is_not_read_is_let_go(self):
        self.store.interactions(now=NOW).close()
        table = self.store.interactions(now=NOW)
        table.close()
        table.close()
        self.assertEqual(len(table.to_dicts()), 5)
        rows = iter(self.store.interactions(now=NOW, batch_rows=1))
        next(rows)
        del rows, table
        gc.collect()

    def test_numpy(self):
        numpy = needs("numpy")
        columns = self.store.interactions(now=NOW, batch_rows=2).to_numpy()
        self.assertEqual(columns["at"].dtype, numpy.dtype("datetime64[us]"))
        self.assertEqual(columns["amount_minor"].tolist(), [0, 100, 0, 0, 0])
        self.assertEqual(columns["till"].tolist(), [None, 3, None, None, None])
        self.assertEqual(columns["type"].tolist()[:2], ["visit", "purchase"])
        self.assertEqual(columns["lines"][1][0]["product"], "tea")
        customers = self.store.customers(now=NOW).to_numpy()
        self.assertTrue(numpy.isnan(customers["weight"]).all())
        self.assertTrue(numpy.isnat(customers["born"]).all())
        self.assertEqual(len(customers["id"][0]), 32)

    def test_a_capsule_outlives_its_table_and_its_store(self):
        capsule = self.store.interactions(now=NOW).__arrow_c_stream__()
        self.store.close()
        gc.collect()
        _arrow.lent.collect()
        other = trato.open(**self.settings)
        self.addCleanup(other.close)
        other.attributes.define("till", int, of="interaction", now=NOW)

        class Held:
            def __arrow_c_stream__(self, requested_schema=None):
                return capsule

        self.assertEqual(other.append_interactions(Held(), now=NOW).rows, 5)
        # It was taken.
        with self.raises(trato.InvalidArgument, "released"):
            other.append_interactions(Held(), now=NOW)

    def test_capsules_that_nobody_has_are_released(self):
        capsules = [
            self.store.interactions(now=NOW).__arrow_c_stream__() for _ in range(9)
        ]
        _arrow.lent.collect()
        self.assertGreaterEqual(len(_arrow.lent._lent), 9)
        del capsules
        gc.collect()  # what other tests left
        _arrow.lent.collect()
        self.assertEqual(len(_arrow.lent._lent), 0)

    def test_the_interpreter_ends_well_while_a_capsule_is_held(self):
        program = """if True:
            import trato
            store = trato.open()
            store.record("shop:1", "visit")
            table = store.interactions()
            other = store.interactions()
            rows = iter(store.interactions())
            next(rows)
            class Keeper: pass
            Keeper.capsule = other.__arrow_c_stream__()
            trato.keeper = Keeper
        """
        done = subprocess.run([sys.executable, "-c", program], capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


@in_memory_and_on_file
class FrameTest(ColumnCase):
    """With whatever of these is installed."""

    def test_numpy_arrays(self):
        numpy = needs("numpy")
        n = 1000
        self.append(
            {
                "customer": numpy.arange(n) % 7,
                "at": numpy.arange(n).astype("M8[s]")[::-1],
                "type": numpy.array(["visit"] * n),
                "amount": numpy.linspace(0, 1, n),
                "till": numpy.arange(2 * n, dtype="u1")[::2].astype(">i2"),
            },
            namespace="shop",
        )
        rows = self.rows()
        self.assertEqual(len(rows), n)
        self.assertEqual(max(row["amount_minor"] for row in rows), 100)
        by_time = sorted(rows, key=lambda row: row["at"])
        self.assertEqual(by_time[-1]["till"], 0)
        self.assertEqual(by_time[-1]["at"].timestamp(), n - 1 - 3600)
        self.store.append_customers(
            {
                "customer": ["shop:1", "shop:2"],
                "vip": numpy.array([True, False]),
                "weight": numpy.array([1.5, 2.5], dtype="f4"),
                "born": numpy.array(["1990-05-01", "NaT"], dtype="M8[D]"),
            },
            now=NOW,
        )
        one, two = self.store.customers(["shop:1", "shop:2"], now=NOW)
        self.assertEqual((one["vip"], one["weight"]), (True, 1.5))
        self.assertEqual((one["born"].year, two["born"]), (1990, None))

    def round_trip(self, to_frame):
        rows = visits(5, channel="web", till=3)
        rows[1].update(type="purchase", lines=[Line("tea", 2, gbp(100))])
        self.append(rows)
        frame = to_frame(self.store.interactions(now=NOW))
        with trato.open(**self.settings) as other:
            other.attributes.define("till", int, of="interaction", now=NOW)
            for name, kind in (
                ("country", str),
                ("vip", bool),
                ("born", datetime.datetime),
                ("limit", Money),
                ("weight", float),
            ):
                other.attributes.define(name, kind, now=NOW)
            other.append_interactions(frame, now=NOW)
            self.assertEqual(other.digest(now=NOW), self.store.digest(now=NOW))

    def test_polars(self):
        self.round_trip(needs("polars").DataFrame)

    def test_pyarrow(self):
        self.round_trip(needs("pyarrow").table)

    def test_pandas(self):
        pandas = needs("pandas")
        needs("pyarrow")
        if not hasattr(pandas.DataFrame, "from_arrow"):
            self.skipTest("this pandas has no DataFrame.from_arrow")
        table = self.store.customers(now=NOW)
        self.assertEqual(len(pandas.DataFrame.from_arrow(table)), 0)
        frame = pandas.DataFrame(
            {"customer": [1, 2], "at": pandas.to_datetime(["2011-01-01"] * 2)}
        )
        frame["type"] = "visit"
        self.assertEqual(self.append(frame, namespace="shop").added, 2)

    def test_duckdb(self):
        duckdb = needs("duckdb")
        self.append(visits(5))
        visited = self.store.interactions(now=NOW)
        self.assertTrue(visited.columns)
        for _ in range(2):
            found = duckdb.sql("select count(*), min(customer) from visited").fetchall()
            self.assertEqual(found, [(5, "shop:0")])

    def test_nanoarrow(self):
        nanoarrow = needs("nanoarrow")
        self.append(visits(5))
        stream = nanoarrow.ArrayStream(self.store.interactions(now=NOW))
        gc.collect()
        _arrow.lent.collect()
        self.assertEqual(sum(len(array) for array in stream), 5)

    def test_a_stream_that_fails_says_why(self):
        pyarrow = needs("pyarrow")
        schema = pyarrow.schema([("customer", pyarrow.string())])

        def batches():
            raise ValueError("the disk is gone")
            yield

        reader = pyarrow.RecordBatchReader.from_batches(schema, batches())
        with self.assertRaises(trato.TratoError):
            self.append(reader)


if __name__ == "__main__":
    unittest.main()
