#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Streams of pyarrow, polars, duckdb and nanoarrow go in; what comes out is
checked by pyarrow's validate(full=True) and read by each of them.

The argument is the library of echo.cc. Without pyarrow all of it is skipped
(exit code 77); the others are tried where they are installed.
"""

import ctypes
import datetime
import decimal
import importlib.util
import sys
import unittest

try:
    import pyarrow as pa
except ImportError:
    print("skipped: pyarrow is not installed")
    sys.exit(77)

UTC = datetime.timezone.utc
KINDS = {"bool": 1, "int": 2, "double": 3, "string": 4, "money": 5,
         "timestamp": 6}


def optional(name):
    if importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)


pl = optional("polars")
duckdb = optional("duckdb")
na = optional("nanoarrow")


class Stream(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in
                ("get_schema", "get_next", "get_last_error", "release",
                 "private_data")]


class EchoError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


LIBRARY = None
CAPSULE = b"arrow_array_stream"
capsule_new = ctypes.pythonapi.PyCapsule_New
capsule_new.restype = ctypes.py_object
capsule_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
capsule_pointer.restype = ctypes.c_void_p
capsule_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Echoed:
    """What came out, to be read once by whoever reads Arrow."""

    # Some readers leave the stream where the capsule points.
    kept = []

    def __init__(self, stream):
        self.stream = stream
        self.kept.append(stream)

    def __arrow_c_stream__(self, requested_schema=None):
        return capsule_new(ctypes.addressof(self.stream), CAPSULE, None)


def echo(source, kind="interactions", columns=None, attributes=None):
    """Sends `source` through the library; returns an Echoed."""
    capsule = source.__arrow_c_stream__()
    given = ctypes.cast(capsule_pointer(capsule, CAPSULE),
                        ctypes.POINTER(Stream))
    flat = [text.encode() for pair in (columns or {}).items() for text in pair]
    names = [name.encode() for name in attributes or {}]
    kinds = [KINDS[kind_name] for kind_name in (attributes or {}).values()]
    out = Stream()
    message = ctypes.create_string_buffer(512)
    code = LIBRARY.columnar_echo(
        kind.encode(), given, (ctypes.c_char_p * len(flat))(*flat),
        ctypes.c_size_t(len(flat)), (ctypes.c_char_p * len(names))(*names),
        (ctypes.c_uint32 * len(kinds))(*kinds), ctypes.c_size_t(len(names)),
        ctypes.byref(out), message, ctypes.c_size_t(512))
    assert not given.contents.release, "the stream is released in any case"
    if code != 0:
        raise EchoError(code, message.value.decode())
    return Echoed(out)


def table_of(echoed):
    """What came out as a table of pyarrow, fully checked."""
    with pa.RecordBatchReader.from_stream(echoed) as reader:
        batches = list(reader)
    for batch in batches:
        batch.validate(full=True)
    table = pa.Table.from_batches(batches, reader.schema)
    table.validate(full=True)
    return table


def rows(source, **options):
    return table_of(echo(source, **options)).to_pylist()


def at(second):
    return datetime.datetime(2024, 5, 17, 10, 30, second, tzinfo=UTC)


def sales(**more):
    return pa.table({
        "customer": pa.array(["shop:1", "shop:2", "shop:1"]).dictionary_encode(),
        "at": pa.array([at(1), at(2), at(3)], pa.timestamp("us", "UTC")),
        "type": pa.array(["purchase", "visit", "purchase"]),
        **more})


class Pyarrow(unittest.TestCase):

    def test_comes_out_as_it_went_in(self):
        table = sales(
            channel=pa.array(["web", None, "shop"]),
            currency=pa.array(["EUR", "EUR", "KWD"]),
            amount=pa.array([decimal.Decimal("1.25"), None,
                             decimal.Decimal("-2.125")]),
            key=pa.array(["a", None, "b"]),
            direction=pa.array(["inbound", "outbound", None]),
            reply_to=pa.array([b"0123456789abcdef", None, None],
                              pa.binary(16)))
        out = rows(table)
        self.assertEqual([r["customer"] for r in out],
                         ["shop:1", "shop:2", "shop:1"])
        self.assertEqual([r["at"] for r in out], [at(1), at(2), at(3)])
        self.assertEqual([r["channel"] for r in out], ["web", None, "shop"])
        self.assertEqual([r["amount_minor"] for r in out], [125, 0, -2125])
        self.assertEqual([r["key"] for r in out], ["a", None, "b"])
        self.assertEqual([r["direction"] for r in out],
                         ["inbound", "outbound", "inbound"])
        self.assertEqual(out[0]["reply_to"], b"0123456789abcdef")
        self.assertEqual([r["lines"] for r in out], [[], [], []])

    def test_what_came_out_goes_in_again_unchanged(self):
        lines = pa.array(
            [[{"product": "tea", "unit": "kg", "quantity": 1.5,
               "unit_price": 4.0, "amount_minor": 600},
              {"product": "cup", "unit": None, "quantity": 2.0,
               "unit_price": 2.5, "amount_minor": 500}], None, []])
        attributes = {"vip": "bool", "n": "int", "x": "double",
                      "note": "string", "fee": "money", "seen": "timestamp"}
        table = sales(
            lines=lines, vip=pa.array([True, None, False]),
            n=pa.array([1, None, 3], pa.int16()), x=pa.array([0.5, 1, None]),
            note=pa.array([None, "", "\u00fc"]), fee=pa.array([150, None, -1]),
            seen=pa.array([datetime.date(2024, 1, 2), None, None]))
        once = table_of(echo(table, attributes=attributes))
        self.assertEqual(once["lines"].to_pylist()[0][0], {
            "product": "tea", "unit": "kg",
            "quantity": decimal.Decimal("1.500000"),
            "unit_price": decimal.Decimal("4.000000"), "amount_minor": 600})
        self.assertEqual(once["note"].to_pylist(), [None, "", "\u00fc"])
        self.assertEqual(once["seen"].to_pylist()[0],
                         datetime.datetime(2024, 1, 2, tzinfo=UTC))
        twice = table_of(echo(once, attributes=attributes))
        self.assertTrue(twice.equals(once))
        self.assertEqual(rows(once.slice(1), attributes=attributes),
                         once.slice(1).to_pylist())

    def test_text_of_every_type(self):
        words = ["shop:1", "shop:2", "a customer with a long name"]
        for kind in (pa.string(), pa.large_string(), pa.string_view(),
                     pa.dictionary(pa.int8(), pa.string()),
                     pa.dictionary(pa.uint32(), pa.large_string())):
            column = pa.array(words).cast(kind) if kind != pa.string_view() \
                else pa.array(words, kind)
            table = sales().set_column(0, "customer", column)
            self.assertEqual([r["customer"] for r in rows(table)], words, kind)
            self.assertEqual([r["customer"] for r in rows(table.slice(1, 1))],
                             words[1:2], kind)

    def test_times_of_every_unit(self):
        for unit in ("s", "ms", "us", "ns"):
            for zone in ("UTC", "Europe/Madrid", None):
                column = pa.array([at(s).replace(tzinfo=None) for s in (1, 2, 3)],
                                  pa.timestamp(unit)).cast(
                                      pa.timestamp(unit, zone))
                table = sales().set_column(1, "at", column)
                self.assertEqual([r["at"] for r in rows(table)],
                                 [at(1), at(2), at(3)])

    def test_many_batches_of_many_customers(self):
        count = 50000
        table = pa.table({
            "customer": pa.array([i % 9999 for i in range(count)], pa.int32()),
            "at": pa.array(range(count), pa.int64()),
            "type": pa.array(["purchase"] * count).dictionary_encode()})
        reader = pa.RecordBatchReader.from_batches(
            table.schema, table.to_batches(max_chunksize=7000))
        out = table_of(echo(reader))
        self.assertEqual(out.num_rows, count)
        self.assertEqual(out["customer"].to_pylist(),
                         [str(i % 9999) for i in range(count)])

    def test_views_of_lists(self):
        child = pa.StructArray.from_arrays(
            [pa.array(["a", "b", "c"])], names=["product"])
        for kind in (pa.ListViewArray, pa.LargeListViewArray):
            lines = kind.from_arrays([1, 0, 0], [2, 1, 0], child)
            out = rows(sales(lines=lines))
            self.assertEqual([[l["product"] for l in r["lines"]] for r in out],
                             [["b", "c"], ["a"], []])

    def test_failures_name_column_and_row(self):
        with self.assertRaisesRegex(EchoError, "did you mean 'customer'"):
            rows(sales(), columns={"customer": "custommer"})
        with self.assertRaisesRegex(EchoError, "utf8; numbers are needed"):
            rows(sales(amount=pa.array(["1"] * 3)))
        table = sales().set_column(0, "customer", pa.array(["a", "b", None]))
        with self.assertRaisesRegex(Exception, "column 'customer', row 2: a "
                                               "value is missing"):
            rows(table)

    def test_a_stream_that_fails(self):
        def batches():
            yield sales().to_batches()[0]
            raise ValueError("the source broke")
        reader = pa.RecordBatchReader.from_batches(sales().schema, batches())
        with self.assertRaisesRegex(Exception, "the source broke"):
            rows(reader)

    def test_customers(self):
        table = pa.table({"customer": ["shop:1", "shop:2"],
                          "identifier.email": ["a@x.org", None],
                          "city": ["Vigo", None]})
        out = rows(table, kind="customers", attributes={"city": "string"})
        self.assertEqual([r["city"] for r in out], ["Vigo", None])
        self.assertEqual([r["records"] for r in out], [1, 1])


@unittest.skipUnless(pl, "polars is not installed")
class Polars(unittest.TestCase):

    def frame(self):
        return pl.DataFrame({
            "customer": ["shop:1", "shop:2", "a customer with a long name"],
            "at": [at(1), at(2), at(3)],
            "type": pl.Series(["purchase", "visit", None]).fill_null("visit")
            .cast(pl.Categorical),
            "amount": [1.25, None, -2.5],
            "channel": pl.Series(["web", None, "web"],
                                 dtype=pl.Enum(["shop", "web"])),
            "lines": [[{"product": "tea", "quantity": 2}], [], None]})

    def test_goes_in(self):
        out = rows(self.frame())
        self.assertEqual(out[2]["customer"], "a customer with a long name")
        self.assertEqual([r["at"] for r in out], [at(1), at(2), at(3)])
        self.assertEqual([r["amount_minor"] for r in out], [125, 0, -250])
        self.assertEqual([r["channel"] for r in out], ["web", None, "web"])
        self.assertEqual(out[0]["lines"][0]["quantity"], decimal.Decimal(2))

    def test_reads_what_comes_out(self):
        out = pl.DataFrame(echo(self.frame()))
        self.assertEqual(out["customer"].cast(pl.String).to_list()[2],
                         "a customer with a long name")
        self.assertEqual(out["at"].to_list(), [at(1), at(2), at(3)])
        again = pl.DataFrame(echo(out))
        self.assertEqual(again["lines"].to_list(), out["lines"].to_list())
        self.assertEqual(again["amount_minor"].to_list(), [125, 0, -250])


@unittest.skipUnless(duckdb, "duckdb is not installed")
class Duckdb(unittest.TestCase):

    QUERY = """
        select 'shop:' || i as customer,
          (timestamp '2024-05-17 10:30:01' + i * interval 1 second) as at,
          (case when i % 2 = 0 then 'purchase' else 'visit' end)::
            enum('purchase', 'visit') as type,
          (i + 0.25)::decimal(9, 2) as amount,
          case when i % 3 = 0 then null else 'web' end as channel,
          [{'product': 'tea', 'quantity': i}] as lines,
          sum(i) over (partition by i) as n
        from range(3000) t(i) order by i"""

    def test_goes_in(self):
        out = rows(duckdb.sql(self.QUERY), attributes={"n": "int"})
        self.assertEqual(len(out), 3000)
        self.assertEqual(out[7]["customer"], "shop:7")
        self.assertEqual(out[1]["at"], at(2))
        self.assertEqual(out[1]["type"], "visit")
        self.assertEqual(out[7]["amount_minor"], 725)
        self.assertEqual(out[7]["n"], 7)
        self.assertIsNone(out[6]["channel"])
        self.assertEqual(out[7]["lines"][0]["quantity"], decimal.Decimal(7))

    def test_reads_what_comes_out(self):
        # A connection gives no second result while it gives the first.
        echoed = echo(pa.table(duckdb.sql(self.QUERY)))
        self.assertEqual(
            duckdb.sql("select count(*), sum(amount_minor), epoch_us(max(\"at\")), "
                       "sum(lines[1].quantity)::bigint, count(channel), "
                       "count(distinct customer) from echoed").fetchall(),
            [(3000, 449925000, int(at(0).timestamp() + 3000) * 1000000,
              4498500, 2000, 3000)])


@unittest.skipUnless(na, "nanoarrow is not installed")
class Nanoarrow(unittest.TestCase):

    def test_goes_in_and_reads_what_comes_out(self):
        stream = na.ArrayStream(sales(amount_minor=[1, 2, None]))
        out = na.ArrayStream(echo(stream)).read_all()
        self.assertEqual(len(out), 3)
        names = [field.name for field in out.schema.fields]
        self.assertEqual(names[:3], ["customer", "record", "fact"])
        amounts = out.child(names.index("amount_minor"))
        self.assertEqual(list(amounts.iter_py()), [1, 2, 0])


if __name__ == "__main__":
    LIBRARY = ctypes.CDLL(sys.argv.pop(1))
    LIBRARY.columnar_echo.restype = ctypes.c_int
    print("with", ", ".join(name for name, module in (
        ("pyarrow", pa), ("polars", pl), ("duckdb", duckdb),
        ("nanoarrow", na)) if module))
    unittest.main()
