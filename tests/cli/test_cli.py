#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line, run as people run it: as a program, on stores in files.

TRATO_CLI names the program; without it, build/release/bin/trato is meant.
"""

import fcntl
import gzip
import itertools
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLI = os.environ.get("TRATO_CLI", str(ROOT / "build/release/bin/trato"))
SAMPLE = ROOT / "examples/data/online_retail.csv.gz"
NOW = "2011-12-10"
LOYAL = 'interactions("purchase").within("90d").count() >= 3'

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ROWS = """\
536365,85123A,HEART,6,2010-12-01 08:26,2.55,17850,United Kingdom
536365,71053,LANTERN,6,2010-12-01 08:26,3.39,17850,United Kingdom
536367,84879,ORNAMENT,32,2010-12-01 08:34,1.69,13047,United Kingdom
C536379,84879,ORNAMENT,-2,2010-12-01 09:41,1.69,13047,United Kingdom
536380,22423,CAKESTAND,2,2010-12-01 09:50,0,13047,United Kingdom
"""
BAD_ROWS = """\
536381,22423,CAKESTAND,1,2010-12-01 10:00,12.75,,United Kingdom
536382,22423,CAKESTAND,many,2010-12-01 10:00,12.75,17850,United Kingdom
"""


def run(*arguments, stdin=b"", **environment):
    """Runs the program without a terminal."""
    done = subprocess.run(
        [CLI, *map(str, arguments)], input=stdin, capture_output=True,
        timeout=120, check=False, env={**os.environ, **environment})
    done.out = done.stdout.decode("utf-8")
    done.err = done.stderr.decode("utf-8")
    return done


def run_in_terminal(*arguments, columns=100, **environment):
    """Runs the program with a terminal as its output; what it drew."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.pop("NO_COLOR", None)
        os.environ.update({"TERM": "xterm-256color", **environment})
        signal.alarm(120)
        # Wait until the parent has set the size.
        sys.stdin.readline()
        os.execv(CLI, [CLI, *map(str, arguments)])
    size = struct.pack("HHHH", 24, columns, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    mode = termios.tcgetattr(terminal)
    mode[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, mode)
    os.write(terminal, b"\n")
    drawn = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        drawn += chunk
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), drawn.decode("utf-8")


def plain(drawn):
    """What was drawn without the colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", drawn)


class CliTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.store = self.folder / "shop.trato"

    def ok(self, *arguments, **options):
        """The output of a run that must go well."""
        done = run(*arguments, **options)
        self.assertEqual((done.returncode, done.err), (0, ""), arguments)
        return done.out

    def fails(self, *arguments, code=1, **options):
        """The complaint of a run that must fail: one line, and a place."""
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, code, (arguments, done.out))
        self.assertEqual(done.out, "")
        self.assertTrue(done.err.startswith("error: "), done.err)
        self.assertNotIn("\x1b", done.err)
        return done.err

    def init(self, zone="Europe/London", currency="GBP"):
        return self.ok("init", self.store, "--zone", zone, "--currency",
                       currency)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def import_rows(self, rows=ROWS, *options):
        path = self.file("sales.csv", (HEADER + rows).encode())
        return self.ok("import", self.store, path, "--as", "orders", "--now",
                       NOW, *options)

    def info(self, now=NOW):
        return json.loads(self.ok("info", self.store, "--now", now, "--json"))

    def by_type(self, now=NOW):
        return {entry["type"]: entry for entry in self.info(now)["interactions"]}


class Help(CliTest):

    def commands(self, *path):
        """Every command, as the help lists them."""
        text = self.ok(*path, "--help")
        section = r"^(?:Store|Customers|Marketing|Commands):\n((?:  .*\n)+)"
        names = [line.split()[0] for block in re.findall(section, text, re.M)
                 for line in block.splitlines()]
        if not names:
            yield path, text
        for name in names:
            yield from self.commands(*path, name)

    def test_every_command_says_how_it_is_used_with_an_example(self):
        found = list(self.commands())
        self.assertGreaterEqual(len(found), 30)
        for path, text in found:
            command = "trato " + " ".join(path)
            with self.subTest(command):
                self.assertIn("Usage: " + command, text)
                self.assertRegex(text, r"Examples?:\n")
                usage = re.search("Usage: (.*)", text).group(1)
                # A few need no store.
                needs_store = "STORE" in usage
                example = command + " shop.trato" if needs_store else "  " + command
                self.assertIn(example, text)
                self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_version(self):
        self.assertRegex(self.ok("--version"), r"^trato \d+\.\d+\.\d+\n$")

    def test_wrong_usage_ends_with_2(self):
        for arguments in (["frobnicate"], ["segment"], ["info"], ["info", ""],
                          ["info", "a", "b"], ["info", "a", "--wrong"],
                          ["init", "a"], ["timeline", "a", "b", "--limit", "x"],
                          ["outcome", "a", "b", "maybe"],
                          ["import", "a", "b", "--as", "products"],
                          ["import", "a", "b"]):
            with self.subTest(arguments):
                self.assertIn("\nsee: trato", self.fails(*arguments, code=2))

    def test_without_a_command_the_help_is_shown(self):
        done = run()
        self.assertEqual((done.returncode, done.out), (2, ""))
        self.assertIn("Usage: trato", done.err)

    def test_a_mistyped_command_is_recognised(self):
        self.assertIn('did you mean "segment"?', self.fails("segmnt", code=2))

    def test_names_of_commands_are_names_like_others(self):
        self.init()
        self.import_rows()
        for name in ("segment", "list", "info"):
            self.ok("segment", "define", self.store, name, "true", "--now", NOW)
        self.assertIn("info", self.ok("segment", "list", self.store))


class Stores(CliTest):

    def test_init_makes_a_store_and_says_so(self):
        self.assertEqual(self.init(), f"{self.store} · Europe/London · GBP\n")
        self.assertEqual(self.info()["zone"], "Europe/London")

    def test_init_refuses_a_file_that_exists(self):
        self.init()
        before = self.store.read_bytes()
        complaint = self.fails("init", self.store, "--zone", "UTC",
                               "--currency", "EUR")
        self.assertIn("already", complaint)
        self.assertEqual(self.store.read_bytes(), before)

    def test_init_refuses_unknown_settings(self):
        self.assertIn("Mars/Base", self.fails(
            "init", self.store, "--zone", "Mars/Base", "--currency", "GBP"))
        self.assertIn("currency", self.fails(
            "init", self.store, "--zone", "UTC", "--currency", "POUND"))
        self.assertFalse(self.store.exists())

    def test_a_missing_store_tells_what_to_type(self):
        for command in (["info"], ["customer", "show", "shop:1"],
                        ["segment", "list"]):
            words = [command[0], *command[1:]]
            place = 1 if command[0] == "info" else 2
            words.insert(place, self.folder / "my shop.trato")
            complaint = self.fails(*words)
            self.assertEqual(
                complaint,
                f"error: no store at {self.folder}/my shop.trato; create one "
                f"with: trato init '{self.folder}/my shop.trato' "
                "--zone Europe/London --currency GBP\n")

    def test_a_file_that_is_no_store(self):
        for content in (b"", b"hello", b"InvoiceNo,StockCode\n" * 1000):
            path = self.file("other", content)
            with self.subTest(content[:10]):
                complaint = self.fails("info", path)
                self.assertEqual(complaint.count("\n"), 1)
                self.assertEqual(path.read_bytes(), content)

    def test_a_folder_is_no_store(self):
        self.assertEqual(self.fails("info", self.folder).count("\n"), 1)

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_store_that_may_not_be_read(self):
        self.init()
        self.store.chmod(0)
        self.fails("info", self.store)

    def test_info_shows_what_there_is(self):
        self.init()
        self.import_rows()
        text = self.ok("info", self.store, "--now", NOW)
        self.assertIn("Europe/London · GBP · at 2011-12-10 00:00", text)
        self.assertIn("2 customers", text)
        self.assertRegex(text, r"purchase +2 +2 +3 +89\.72 GBP +2010-12-01 +2010-12-01")

    def test_info_of_a_time_before_everything(self):
        self.init()
        self.import_rows()
        info = self.info("2010-11-30")
        self.assertEqual(info["interactions"], [])

    def test_now_that_is_no_time(self):
        self.init()
        for now in ("yesterday", "2011-13-01", "2011-02-29", "25:00"):
            complaint = self.fails("info", self.store, "--now", now)
            self.assertTrue(complaint.startswith("error: --now: "), complaint)

    def test_an_empty_word_is_not_taken_for_the_default(self):
        self.init()
        for words in (["info", self.store, "--now", ""], ["info", ""],
                      ["coupon", "redeem", self.store, "X", "--customer", ""]):
            self.assertIn("is empty", self.fails(*words, code=2))

    def test_a_store_that_is_cut_off(self):
        self.init()
        self.import_rows()
        whole = self.store.read_bytes()
        self.store.write_bytes(whole[:len(whole) // 2])
        self.assertEqual(self.fails("info", self.store).count("\n"), 1)

    def test_a_store_that_is_in_use(self):
        self.init()
        path = str(self.store)
        child = subprocess.Popen([CLI, "import", path, "-", "--as", "orders"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # More than a pipe holds: when it is written, the store is open.
        child.stdin.write((HEADER + ROWS * 1000).encode())
        child.stdin.flush()
        # It can be read, and not written.
        self.assertIn("0 customers", self.ok("info", path))
        self.assertIn("open in process",
                      self.fails("record", path, "shop:1", "visit"))
        child.communicate()
        self.assertEqual(child.returncode, 0)
        self.ok("info", path)

    def test_now_is_read_in_the_zone_of_the_store(self):
        self.init(zone="America/New_York")
        self.assertEqual(self.info("2011-12-10")["now_us"],
                         1323493200000000)
        self.assertEqual(self.info("2011-12-10T00:00Z")["now_us"],
                         1323475200000000)

    def test_apply_wants_definitions(self):
        self.init()
        self.assertIn(" · applied · 0 bytes", self.ok(
            "apply", self.store, self.file("empty.binpb", b"")))
        self.fails("apply", self.store, self.file("x.binpb", b"\xff" * 40))
        self.fails("apply", self.store, self.folder / "missing.binpb")


class Import(CliTest):

    def setUp(self):
        super().setUp()
        self.init()

    def test_the_summary(self):
        text = self.import_rows(ROWS + BAD_ROWS)
        self.assertIn("sales.csv · 7 rows · separator ,", text)
        self.assertIn("InvoiceNo → order", text)
        self.assertIn("InvoiceDate → time (Europe/London)", text)
        self.assertIn("CustomerID → customer (shop:…)", text)
        self.assertRegex(text, r"purchases +2 +2 +3 +89\.72 GBP")
        self.assertRegex(text, r"returns +1 +1 +1 +-3\.38 GBP")
        self.assertIn("added 2 customers, 2 purchases, 1 gift, 1 return", text)
        self.assertIn("refused 2 rows", text)
        self.assertRegex(text, r"1  .*row 7\n")  # the header is row 1
        self.assertRegex(text, r"1  .*row 8\n")

    def test_again_adds_nothing(self):
        self.import_rows()
        before = self.info()
        text = self.import_rows()
        self.assertIn("nothing new, 5 lines known already", text)
        self.assertEqual(self.info()["facts"], before["facts"])

    def test_a_dry_run_records_nothing(self):
        text = self.import_rows(ROWS, "--dry-run")
        self.assertIn("would add 2 customers, 2 purchases", text)
        self.assertEqual(self.info()["customers"], 0)

    def test_json_is_the_report_of_the_library(self):
        report = json.loads(self.import_rows(ROWS + BAD_ROWS, "--json"))
        self.assertEqual(report["rows"], 7)
        self.assertEqual(report["refused"], 2)
        self.assertEqual(report["new_customers"], 2)

    def test_gzip_and_stdin_give_the_same(self):
        text = (HEADER + ROWS).encode()
        expected = json.loads(self.import_rows(ROWS, "--dry-run", "--json"))
        options = ["--as", "orders", "--dry-run", "--json", "--now", NOW]
        # Two members, as from `cat a.gz b.gz`.
        packed = gzip.compress(text[:100]) + gzip.compress(text[100:])
        for file, stdin in ((self.file("sales.csv.gz", packed), b""),
                            (self.file("no_name", packed), b""),
                            ("-", text), ("-", packed)):
            with self.subTest(file):
                report = json.loads(self.ok("import", self.store, file,
                                            *options, stdin=stdin))
                self.assertEqual(report, expected)

    def test_a_namespace_of_its_own(self):
        self.import_rows(ROWS, "--namespace", "crm")
        self.assertIn("crm:17850",
                      self.ok("customer", "show", self.store, "crm:17850"))

    def test_what_cannot_be_read(self):
        packed = gzip.compress((HEADER + ROWS * 200).encode())
        damaged = bytearray(packed)
        damaged[len(damaged) // 2] ^= 0xFF
        for name, content, reason in (
                ("cut.csv.gz", packed[:-20], "ends too early"),
                ("cut2.csv.gz", packed[:60], "ends too early"),
                ("damaged.csv.gz", bytes(damaged), "damaged|too early"),
                ("plain.csv.gz", (HEADER + ROWS).encode(), "not gzip"),
                ("sales.xlsx", b"PK\x03\x04" + bytes(100), "Excel"),
                ("empty.csv", b"", "empty.csv"),
                ("wrong.csv", b"a,b\n1,2\n", "wrong.csv")):
            with self.subTest(name):
                complaint = self.fails("import", self.store,
                                       self.file(name, content), "--as",
                                       "orders")
                self.assertEqual(complaint.count("\n"), 1)
                self.assertRegex(complaint, reason)
        self.assertEqual(self.info()["customers"], 0)
        self.assertIn("No such file", self.fails(
            "import", self.store, self.folder / "none.csv", "--as", "orders"))
        self.assertIn("directory", self.fails(
            "import", self.store, self.folder, "--as", "orders"))

    def test_an_order_with_other_content_is_refused_whole(self):
        self.import_rows()
        other = ROWS.replace("536367,84879,ORNAMENT,32", "536367,84879,ORNAMENT,31")
        path = self.file("other.csv", (HEADER + other + ROWS.replace(
            "5363", "9363")).encode())
        complaint = self.fails("import", self.store, path, "--as", "orders",
                               "--now", NOW)
        self.assertIn("536367", complaint)
        self.assertEqual(self.by_type()["purchase"]["interactions"], 2)

    def test_an_interrupt_cancels(self):
        child = subprocess.Popen(
            [CLI, "import", str(self.store), "-", "--as", "orders"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        # More than a pipe holds: when it is written, reading has begun.
        child.stdin.write((HEADER + ROWS * 1000).encode())
        child.stdin.flush()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        self.assertEqual((child.returncode, out, err),
                         (1, b"", b"error: cancelled; nothing was recorded\n"))
        self.assertEqual(self.info()["customers"], 0)

    def test_the_bar_is_drawn_in_a_terminal_only(self):
        path = self.file("sales.csv", (HEADER + ROWS).encode())
        code, drawn = run_in_terminal("import", self.store, path, "--as",
                                      "orders", "--now", NOW)
        self.assertEqual(code, 0)
        self.assertIn("█" * 24 + " 5/5 lines", drawn)
        self.assertNotIn("█", self.import_rows())

    def test_the_bar_is_taken_away_before_an_error(self):
        path = self.file("sales.csv", b"a,b\n1,2\n")
        code, drawn = run_in_terminal("import", self.store, path, "--as",
                                      "orders")
        self.assertEqual(code, 1)
        self.assertRegex(plain(drawn), r"(^|\x1b\[K)error: ")


class Customers(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        self.import_rows()

    def test_a_customer(self):
        text = self.ok("customer", "show", self.store, "shop:17850", "--now", NOW)
        self.assertRegex(text, r"^shop:17850 · [0-9a-f]{32}\n")
        self.assertRegex(text, r"purchase +1 +2 +35\.64 GBP")
        customer = json.loads(self.ok("customer", "show", self.store, "shop:17850",
                                      "--now", NOW, "--json"))
        self.assertEqual(customer["name"], "shop:17850")

    def test_an_unknown_customer(self):
        for command in (["customer", "show"], ["timeline"], ["match"],
                        ["decide"]):
            with self.subTest(command):
                self.assertIn("shop:99999",
                              self.fails(*command, self.store, "shop:99999"))

    def test_attributes_of_every_type(self):
        for name, kind, value, shown in (
                ("city", "string", "Leeds", "Leeds"),
                ("age", "int", "-42", "-42"),
                ("score", "double", "0.25", "0.25"),
                ("vip", "bool", "true", "true"),
                ("credit", "money", "1500.50", "1,500.50 GBP"),
                ("limit", "money", "9000 JPY", "9,000 JPY"),
                ("since", "timestamp", "2011-06-01 12:00",
                 "2011-06-01 12:00")):
            with self.subTest(name):
                self.assertIn(f"{name} · {kind}", self.ok(
                    "attribute", "define", self.store, name, kind, "--now",
                    NOW, "--description", "for the test"))
                text = self.ok("customer", "set", self.store, "shop:17850",
                               name, value, "--type", kind, "--now", NOW)
                self.assertIn(f"shop:17850 · {name} = {shown} from 2011-12-10",
                              text)
                self.assertIn(name, self.ok("customer", "show", self.store,
                                            "shop:17850", "--now", NOW))
        values = {a["name"]: a["value"] for a in json.loads(self.ok(
            "customer", "show", self.store, "shop:17850", "--now", NOW, "--json"))[
                "attributes"]}
        self.assertEqual(values["credit"], 150050)
        self.assertEqual(values["limit"], 9000)
        self.assertEqual(values["age"], -42)

    def test_attributes_have_a_past(self):
        self.ok("attribute", "define", self.store, "city", "string", "--now",
                NOW)
        for city, at in (("York", "2011-06-01"), ("Leeds", "2011-01-01")):
            self.ok("customer", "set", self.store, "shop:17850", "city", city,
                    "--at", at, "--now", NOW)
        self.ok("customer", "unset", self.store, "shop:17850", "city", "--at",
                "2011-09-01", "--now", NOW)
        for now, value in (("2011-12-10", None), ("2011-07-01", "York"),
                           ("2011-02-01", "Leeds"), ("2010-12-31", None)):
            attributes = json.loads(self.ok(
                "customer", "show", self.store, "shop:17850", "--now", now, "--json"))[
                    "attributes"]
            cities = [a["value"] for a in attributes if a["name"] == "city"]
            self.assertEqual(cities, [value] if value else [], now)

    def test_values_that_are_none(self):
        self.ok("attribute", "define", self.store, "credit", "money", "--now",
                NOW)
        for kind, value in (("int", "1.5"), ("int", "9" * 19), ("bool", "si"),
                            ("double", "1e999"), ("double", "1,5"),
                            ("money", "1.505"), ("money", "12.5 JPY"),
                            ("money", "GBP 12"), ("timestamp", "soon")):
            with self.subTest(value):
                complaint = self.fails(
                    "customer", "set", self.store, "shop:17850", "credit",
                    value, "--type", kind, "--now", NOW)
                self.assertTrue(complaint.startswith("error: value: "))
        self.fails("customer", "set", self.store, "shop:17850", "credit",
                   "12", "--type", "string", "--now", NOW)

    def test_identifiers_join_customers(self):
        self.ok("identifier", "define", self.store, "email", "--unique",
                "--now", NOW)
        for customer in ("shop:17850", "shop:13047"):
            self.assertIn("is also email:ada@example.org", self.ok(
                "identifier", "claim", self.store, customer,
                "email:ada@example.org", "--now", NOW))
        customer = json.loads(self.ok("customer", "show", self.store,
                                      "email:ada@example.org", "--now", NOW,
                                      "--json"))
        self.assertEqual(sorted(customer["records"]),
                         ["shop:13047", "shop:17850"])
        text = self.ok("timeline", self.store, "shop:17850", "--now", NOW)
        self.assertIn("shop:13047", text)

    def test_attributes_with_many_values_and_about_something(self):
        who = (self.store, "shop:17850")
        self.ok("attribute", "define", self.store, "likes", "string", "--many")
        self.ok("attribute", "define", self.store, "size", "string", "--per",
                "product", "--allowed", "41", "--allowed", "42", "--unit", "EU")
        self.ok("attribute", "define", self.store, "name", "string",
                "--source", "erp", "--source", "crm")
        listed = self.ok("attribute", "list", self.store)
        for words in ("many", "per product", "EU", "trusted"):
            self.assertIn(words, listed)
        self.ok("customer", "set", *who, "likes", "tea", "--strength", "0.5",
                "--at", "2011-01-01")
        self.ok("customer", "set", *who, "likes", "jazz", "--inferred")
        self.assertIn("is not tea", self.ok(
            "customer", "unset", *who, "likes", "tea"))
        self.ok("customer", "set", *who, "size", "42", "--about", "shoes")
        self.assertIn("per product", self.fails(
            "customer", "set", *who, "size", "42"))
        text = self.ok("customer", "show", *who)
        self.assertIn("size of shoes", text)
        self.assertIn("jazz", text)
        history = self.ok("customer", "history", *who, "likes")
        self.assertIn("taken away", history)
        self.assertIn("in force, inferred", history)
        self.assertEqual(len(json.loads(self.ok(
            "customer", "history", *who, "likes", "--json"))), 3)

    def test_what_depends_on_a_definition(self):
        self.ok("attribute", "define", self.store, "city", "string")
        self.assertIn("nothing", self.ok("dependents", self.store, "attribute",
                                         "city"))
        self.ok("segment", "define", self.store, "north",
                'customer.city == "Leeds"')
        self.assertIn("north", self.ok("dependents", self.store, "attribute",
                                       "city"))
        self.assertIn("north", self.fails(
            "attribute", "define", self.store, "city", "string", "--retired"))

    def test_relations(self):
        self.ok("relation", "define", self.store, "parent", "--inverse",
                "subsidiary", "--acyclic")
        self.assertIn("subsidiary", self.ok("relation", "list", self.store))
        self.ok("relation", "set", self.store, "c:1", "parent", "c:2")
        self.ok("relation", "set", self.store, "c:2", "parent", "c:3")
        self.assertIn("cycle", self.fails(
            "relation", "set", self.store, "c:3", "parent", "c:1"))
        self.assertIn("subsidiary c:1", self.ok("customer", "show", self.store,
                                                "c:2"))
        reached = json.loads(self.ok("customer", "related", self.store, "c:3",
                                     "subsidiary", "--json"))
        self.assertEqual([(it["name"], it["level"]) for it in reached],
                         [("c:2", 1), ("c:1", 2)])
        self.assertIn("until", self.ok(
            "relation", "end", self.store, "c:2", "parent", "c:3"))
        self.assertIn("nobody", self.ok("customer", "related", self.store,
                                        "c:3", "subsidiary"))

    def test_what_speaks_against_a_link(self):
        pair = (self.store, "shop:17850", "shop:13047")
        self.ok("customer", "kind", self.store, "shop:17850", "person")
        self.ok("customer", "kind", self.store, "shop:13047", "organisation")
        text = self.ok("customer", "preview", *pair)
        self.assertIn("should not be linked", text)
        self.assertIn("(--override kind)", text)
        self.assertIn("override 'kind'", self.fails("customer", "link", *pair))
        self.ok("customer", "link", *pair, "--override", "kind", "--reason",
                "sole trader")
        self.assertIn("sole trader", self.ok("customer", "show", *pair[:2]))
        self.ok("customer", "cannot-link", *pair)
        self.assertIn("override 'apart'", self.fails("customer", "link", *pair))
        preview = json.loads(self.ok("customer", "preview", *pair, "--json"))
        self.assertEqual([it["guard"] for it in preview["objections"]],
                         ["apart", "kind"])
        self.ok("identifier", "define", self.store, "passport", "--single",
                "--max-records", "3")
        self.fails("customer", "kind", self.store, "shop:1", "company", code=2)

    def test_link_and_unlink(self):
        before = self.ok("timeline", self.store, "shop:17850", "--now", NOW)
        self.assertIn("are one customer", self.ok(
            "customer", "link", self.store, "shop:17850", "shop:13047", "--reason",
            "told us", "--now", NOW))
        self.assertEqual(self.info()["customers"], 1)
        self.assertIn("are two customers", self.ok(
            "customer", "unlink", self.store, "shop:17850", "shop:13047", "--now", NOW))
        self.assertEqual(self.info()["customers"], 2)
        self.assertEqual(before, self.ok("timeline", self.store, "shop:17850",
                                         "--now", NOW))
        self.assertIn("shop:99999", self.fails(
            "customer", "link", self.store, "shop:17850", "shop:99999", "--now", NOW))


class Interactions(CliTest):

    def setUp(self):
        super().setUp()
        self.init()

    def record(self, *arguments):
        return self.ok("record", self.store, "shop:1", *arguments, "--now", NOW)

    def test_lines_add_up(self):
        text = self.record("purchase", "--line", "22423:2:25.50", "--line",
                           "a:b:0.5:1.25", "--key", "order-1")
        self.assertRegex(
            text, r"^shop:1 · purchase at 2011-12-10 00:00 · 26\.75 GBP · "
            r"fact [0-9a-f]{32}\n$")
        timeline = self.ok("timeline", self.store, "shop:1", "--now", NOW)
        self.assertIn("2 lines: 22423 ×2, a:b ×0.5", timeline)
        self.assertIn("26.75 GBP", timeline)

    def test_a_key_is_recorded_once(self):
        first = self.record("purchase", "--line", "22423:2:25.50", "--key", "1")
        self.assertEqual(first, self.record("purchase", "--line",
                                            "22423:2:25.50", "--key", "1"))
        self.assertIn("error: ", self.fails(
            "record", self.store, "shop:1", "purchase", "--line",
            "22423:3:25.50", "--key", "1", "--now", NOW))
        self.assertEqual(self.by_type()["purchase"]["interactions"], 1)

    def test_amounts_are_exact(self):
        self.record("purchase", "--amount", "0.29")
        self.record("purchase", "--amount", "90071992547409.93")
        self.record("purchase", "--amount", "7 GBP")
        amount = self.by_type()["purchase"]["amounts"][0]
        self.assertEqual(amount["minor"], 29 + 9007199254740993 + 700)
        self.assertIn("90,071,992,547,409.93 GBP",
                      self.ok("timeline", self.store, "shop:1", "--now", NOW))

    def test_amounts_in_currencies_of_other_digits(self):
        self.store = self.folder / "tokyo.trato"
        self.init(zone="Asia/Tokyo", currency="JPY")
        self.record("purchase", "--amount", "1200")
        self.record("purchase", "--amount", "1.234 KWD")
        amounts = {a["currency"]: a["minor"]
                   for a in self.by_type()["purchase"]["amounts"]}
        self.assertEqual(amounts, {"JPY": 1200, "KWD": 1234})
        self.assertIn("more than 0 digits", self.fails(
            "record", self.store, "shop:1", "purchase", "--amount", "12.50"))

    def test_what_is_no_amount_or_line(self):
        for option, value in (("--amount", "12,50"), ("--amount", "1.005"),
                              ("--amount", "1,000.00"), ("--amount", "."),
                              ("--amount", "1."), ("--amount", "--5"),
                              ("--amount", "92233720368547758.08"),
                              ("--line", "22423"), ("--line", "22423:1"),
                              ("--line", ":1:2"), ("--line", "a:b:c"),
                              ("--line", "a:1.0000001:2"),
                              ("--at", "noon"), ("--field", "x")):
            with self.subTest(value):
                complaint = self.fails("record", self.store, "shop:1",
                                       "purchase", option, value, "--now", NOW)
                self.assertTrue(complaint.startswith(f"error: {option}: "))
        self.fails("record", self.store, "shop:1", "purchase", "--amount",
                   "5.00", "--line", "a:1:4.00", "--now", NOW)

    def test_negative_values_are_values(self):
        self.assertIn("-12.50 GBP", self.record(
            "return", "--line", "22423:-1:-12.50", "--amount", "-12.50"))

    def test_fields(self):
        self.ok("attribute", "define", self.store, "device", "string", "--of",
                "interaction", "--now", NOW)
        self.ok("attribute", "define", self.store, "pages", "int", "--of",
                "interaction", "--now", NOW)
        self.record("visit", "--channel", "web", "--field", "device=tablet",
                    "--field", "pages:int=12", "--at", "2011-12-09 12:30")
        text = self.ok("timeline", self.store, "shop:1", "--now", NOW)
        self.assertRegex(text, r"2011-12-09 12:30  visit +web +")
        self.assertIn("device=tablet", text)
        self.assertIn("pages=12", text)

    def test_the_timeline_is_newest_first_and_limited(self):
        for day in range(1, 31):
            self.record("visit", "--at", f"2011-11-{day:02}")
        self.record("purchase", "--amount", "1", "--at", "2011-10-01")
        lines = self.ok("timeline", self.store, "shop:1", "--now",
                        NOW).splitlines()
        self.assertEqual(len(lines), 21)
        self.assertTrue(lines[1].startswith("2011-11-30"))
        self.assertTrue(lines[20].startswith("2011-11-11"))
        count = lambda *options: len(self.ok(
            "timeline", self.store, "shop:1", "--now", NOW,
            *options).splitlines()) - 1
        self.assertEqual(count("--limit", "3"), 3)
        self.assertEqual(count("--all"), 31)
        self.assertEqual(count("--type", "purchase"), 1)
        self.assertEqual(count("--all", "--now", "2011-11-02"), 3)

    def test_the_future_is_not_visible(self):
        self.record("visit", "--at", "2011-12-09")
        self.record("visit", "--at", "2011-12-11")
        timeline = ["timeline", self.store, "shop:1", "--now"]
        self.assertNotIn("2011-12-11", self.ok(*timeline, NOW))
        self.assertIn("2011-12-11", self.ok(*timeline, "2011-12-12"))
        self.assertEqual(self.ok(*timeline, NOW, "--type", "purchase"),
                         "no interactions\n")


class Segments(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        self.import_rows()

    def segment(self, verb, *arguments):
        return self.ok("segment", verb, self.store, *arguments, "--now", NOW)

    def test_define_says_how_many(self):
        self.assertEqual(
            self.segment("define", "buyers", 'interactions("purchase").count() >= 1'),
            "buyers · 2 customers at 2011-12-10 00:00\n")
        self.assertEqual(
            self.segment("define", "buyers", 'interactions("return").count() >= 1'),
            "buyers · 1 customer at 2011-12-10 00:00\n")
        self.assertEqual(
            self.segment("count", "buyers"),
            "buyers · 1 of 2 customers (50.0 %) at 2011-12-10 00:00\n")
        self.assertEqual(self.segment("members", "buyers"), "shop:13047\n")
        self.assertIn("shop:13047 is in buyers",
                      self.segment("test", "buyers", "shop:13047"))
        self.assertIn("shop:17850 is not in buyers",
                      self.segment("test", "buyers", "shop:17850"))
        text = self.ok("segment", "list", self.store)
        self.assertRegex(text, r"buyers +2 +2011-12-10 00:00 +interactions\(")

    def test_explain_says_what_is_missing(self):
        self.segment("define", "big", 'interactions("purchase").count() >= 100')
        text = self.segment("explain", "big", "shop:13047")
        self.assertRegex(text, r"^shop:13047 is not in big at 2011-12-10 00:00\n"
                               r'missing: interactions\("purchase"\).count\(\) '
                               r"is \d+, needs at least 100: \d+ more\n\n")
        self.assertRegex(text, r"\n    - purchase at 201\d-\d\d-\d\d")
        answer = json.loads(self.segment("explain", "big", "shop:13047", "--json"))
        self.assertIs(answer["member"], False)
        self.assertEqual(answer["why"]["value"], "false")
        self.fails("segment", "explain", self.store, "big", "shop:404",
                   "--now", NOW)

    def test_history_tells_when_she_entered_and_will_leave(self):
        self.segment("define", "buyers", "true")
        self.segment("define", "recent",
                     'interactions("purchase").within("90d").exists()')
        early = ("--now", "2010-12-20")
        text = self.ok("segment", "history", self.store, "recent", "shop:13047",
                       "--until", "2013-01-01", *early)
        self.assertEqual(text, "at\n2010-12-01 08:34  enters\n"
                               "2011-03-01 08:34  leaves, if nothing comes\n")
        answer = json.loads(self.ok("segment", "history", self.store, "recent",
                                    "shop:13047", "--json", *early))
        self.assertEqual([step["member"] for step in answer["steps"]], [True])
        explained = json.loads(self.ok("segment", "explain", self.store, "recent",
                                       "shop:13047", "--json", *early))
        self.assertEqual(explained["changes_at"], "2011-03-01 08:34")
        self.assertIn("if nothing comes the customer leaves at 2011-03-01 08:34",
                      self.ok("segment", "explain", self.store, "recent",
                              "shop:13047", *early))
        self.assertIn("has not entered or left buyers",
                      self.segment("history", "buyers", "shop:13047",
                                   "--from", "2011-12-01"))

    def test_changes_since_a_time_and_since_the_last_call(self):
        self.segment("define", "recent",
                     'interactions("purchase").within("90d").exists()')
        text = self.segment("changes", "recent", "--since", "2010-11-30")
        self.assertIn("2010-12-01 08:34  shop:13047  enters  recent   fact\n", text)
        self.assertIn("2011-03-01 08:34  shop:13047  leaves  recent   time\n", text)
        cursor = re.search(r"go on with --since (\S+)\n$", text).group(1)
        answer = json.loads(self.segment("changes", "--since", cursor, "--json"))
        self.assertEqual(answer["changes"], [])
        self.assertIn("nobody entered or left",
                      self.segment("changes", "recent", "--net",
                                   "--since", "2010-11-30"))
        self.fails("segment", "changes", self.store, "--since", "12/x")

    def test_a_watch_that_is_kept_goes_on_where_it_was(self):
        self.segment("define", "recent",
                     'interactions("purchase").within("90d").exists()')
        kept = str(self.store) + ".watch"
        keep = ("--keep", kept)
        text = self.ok("advance", self.store, "recent", *keep, "--now", "2010-11-30")
        self.assertIn("nobody entered or left\nup to 2010-11-30", text)
        text = self.ok("segment", "watch", self.store, "recent", *keep, "--json",
                       "--now", "2010-12-20")
        changes = [json.loads(line) for line in text.splitlines()]
        self.assertTrue(all(it["entered"] for it in changes))
        self.assertIn("shop:13047", [it["customer"] for it in changes])
        answer = json.loads(self.ok("advance", self.store, "recent", *keep, "--json",
                                    "--now", "2013-01-01"))
        moved = {it["name"]: it for it in answer["segments"]}["recent"]
        self.assertEqual(moved["left"], len(changes) + moved["entered"])
        self.assertEqual(self.ok("segment", "watch", self.store, "recent", *keep,
                                 "--once", "--now", "2013-01-01"), "")
        with open(kept, "wb") as file:
            file.write(b"something else")
        self.fails("advance", self.store, *keep)

    def test_a_watch_that_loops_prints_what_another_process_writes(self):
        self.segment("define", "recent",
                     'interactions("visit").within("90d").exists()')
        # Without a time it looks again and again, until it is ended.
        watch = subprocess.Popen(
            [CLI, "segment", "watch", str(self.store), "recent", "--every", "0.02",
             "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        timer = threading.Timer(60, watch.kill)
        timer.start()
        try:
            seen = []
            for number in range(3):
                # It may not have begun to watch before the first is written, who
                # does not enter then any more: each try is somebody else.
                for attempt in itertools.count():
                    name = f"new:{number}.{attempt}"
                    self.ok("record", self.store, name, "visit")
                    ready, _, _ = select.select([watch.stdout], [], [], 0.5)
                    if ready or watch.poll() is not None:
                        break
                text = watch.stdout.readline()
                if not text:
                    watch.kill()
                    self.fail(f"it ended: {watch.wait()}, {watch.stderr.read()}")
                line = json.loads(text)
                self.assertTrue(line["entered"])
                self.assertEqual((line["segment"], line["cause"]), ("recent", "fact"))
                self.assertTrue(line["customer"].startswith("new:"), line)
                seen.append(line["customer"])
            self.assertIsNone(watch.poll())
            self.assertEqual(len(set(seen)), 3)
        finally:
            watch.send_signal(signal.SIGTERM)
            watch.communicate()
            timer.cancel()

    def test_dry_run_disable_and_enable(self):
        self.segment("define", "buyers", 'interactions("purchase").exists()')
        back = 'interactions("return").exists()'
        self.assertEqual(
            self.segment("define", "buyers", back, "--dry-run"),
            "buyers · 0 customers would enter · 1 leave · 1 stay, at "
            "2011-12-10 00:00\n")
        self.assertEqual(
            self.segment("define", "buyers", back, "--dry-run", "--members"),
            "- shop:17850\n")
        answer = json.loads(
            self.segment("define", "new", back, "--dry-run", "--json"))
        self.assertEqual((answer["would_enter"], answer["would_leave"],
                          answer["customers"]), (1, 0, 2))
        self.assertIn("buyers · 2 of 2", self.segment("count", "buyers"))
        self.assertIn("disabled", self.segment("disable", "buyers"))
        self.assertIn("buyers · 0 of 2", self.segment("count", "buyers"))
        self.assertIn("disabled: interactions",
                      self.ok("segment", "list", self.store))
        self.assertIn("buyers is disabled",
                      self.segment("explain", "buyers", "shop:13047"))
        self.assertIn("2 customers would enter",
                      self.segment("enable", "buyers", "--dry-run"))
        self.assertIn("buyers · 0 of 2", self.segment("count", "buyers"))
        self.assertIn("2 customers", self.segment("enable", "buyers"))
        self.fails("segment", "disable", self.store, "nobody", "--now", NOW)
        self.fails("segment", "define", self.store, "buyers", "nonsense",
                   "--dry-run", "--now", NOW)

    def test_diff_counts_and_names(self):
        self.segment("define", "all", "true")
        self.segment("define", "back", 'interactions("return").exists()')
        answer = json.loads(self.segment("diff", "all", "back", "--json"))
        self.assertEqual((answer["first_only"], answer["second_only"],
                          answer["both"], answer["customers"]), (1, 0, 1, 2))
        self.assertRegex(self.segment("diff", "all", "back"), r"all only +1\n")
        self.assertEqual(self.segment("diff", "back", "all", "--members"),
                         "+ shop:17850\n")

    def test_plan_says_what_is_read(self):
        text = self.ok("segment", "plan", self.store,
                       'interactions("return").lines().exists()')
        self.assertEqual(text, "evaluated: over columns\n"
                               "reads interaction_types: return\n"
                               'asks for lines: interactions("return").lines()'
                               ".exists()\n")

    def test_plan_says_what_has_no_column(self):
        text = self.ok("segment", "plan", self.store,
                       'interactions("return").exists()'
                       ' && interactions("return").min(i, i.channel) == "web"')
        self.assertIn("evaluated: over columns, but for some parts\n"
                      'one customer after the other: interactions("return")'
                      ".min(i, i.channel)\n", text)

    def test_preview_defines_nothing(self):
        self.assertIn("2 of 2 customers (100.0 %)",
                      self.segment("preview", "true"))
        self.assertEqual(self.ok("segment", "list", self.store), "no segments\n")

    def test_json_of_every_verb(self):
        answer = json.loads(self.segment("define", "all", "true", "--json"))
        self.assertEqual((answer["name"], answer["members"],
                          answer["customers"], answer["undecided"]),
                         ("all", 2, 2, 0))
        self.assertEqual(json.loads(self.segment("count", "all", "--json")),
                         answer)
        answer.pop("name")
        self.assertEqual(json.loads(self.segment("preview", "true", "--json")),
                         answer)
        members = json.loads(self.segment("members", "all", "--json"))
        self.assertEqual([m["name"] for m in members["members"]],
                         ["shop:13047", "shop:17850"])
        self.assertRegex(members["members"][0]["id"], "^[0-9a-f]{32}$")
        self.assertIs(json.loads(self.segment(
            "test", "all", "shop:17850", "--json"))["member"], True)
        listed = json.loads(self.ok("segment", "list", self.store, "--json"))
        self.assertEqual(listed[0]["name"], "all")

    def test_customers_it_cannot_decide_on_are_counted(self):
        self.ok("record", self.store, "shop:17850", "purchase", "--amount",
                "5 EUR", "--now", NOW)
        expression = ('interactions("purchase").sum(i, i.amount) '
                      '> money("1", "GBP")')
        self.assertEqual(
            self.segment("define", "rich", expression),
            "rich · 1 customer at 2011-12-10 00:00 · 1 undecided\n")
        self.assertIn(" · 1 undecided\n", self.segment("count", "rich"))
        self.fails("segment", "test", self.store, "rich", "shop:17850",
                   "--now", NOW)

    def test_a_bad_expression_is_shown_with_its_place(self):
        expression = 'interactions("purchase").cuont() >= 3'
        for command in (["segment", "define", self.store, "x", expression],
                        ["segment", "preview", self.store, expression],
                        ["offer", "define", self.store, "x", "--value", "1",
                         "--product", "1", "--when", expression]):
            with self.subTest(command[:2]):
                complaint = self.fails(*command, "--now", NOW).splitlines()
                self.assertEqual(len(complaint), 3)
                self.assertEqual(complaint[1], "  " + expression)
                self.assertEqual(complaint[2].strip(), "^")
                self.assertEqual(complaint[2].index("^"),
                                 2 + expression.index("cuont"))

    def test_the_place_is_right_behind_wide_characters(self):
        expression = 'customer.name == "東京" && +'
        self.ok("attribute", "define", self.store, "name", "string", "--now",
                NOW)
        complaint = self.fails("segment", "preview", self.store, expression,
                               "--now", NOW).splitlines()
        self.assertEqual(complaint[1], "  " + expression)
        # Two characters that take two columns each come before.
        self.assertGreaterEqual(complaint[2].index("^"),
                                2 + 2 + expression.index("+"))

    def test_unknown_segments(self):
        for verb in ("count", "members"):
            self.assertIn("nobody", self.fails("segment", verb, self.store,
                                               "nobody", "--now", NOW))
        self.fails("segment", "test", self.store, "nobody", "shop:17850")

    def test_a_reader_that_goes_away_is_no_error(self):
        self.segment("define", "all", "true")
        for command in (["segment", "members", self.store, "all"],
                        ["timeline", self.store, "shop:13047"], ["--help"]):
            child = subprocess.Popen([CLI, *map(str, command)],
                                     stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
            child.stdout.close()
            self.assertEqual(child.stderr.read(), b"")
            child.stderr.close()
            self.assertEqual(child.wait(60), 0)

    def test_an_output_that_is_full_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([CLI, "info", str(self.store)], stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left", done.stderr)


class Offers(CliTest):

    def setUp(self):
        super().setUp()
        self.init()
        self.import_rows()
        self.define("hearts", "--title", "Two hearts", "--product", "85123A",
                    "--product", "71053", "--value", "4.80", "--discount",
                    "10%", "--coupon", "10d")
        self.define("stands", "--title", "Cake stands", "--value", "1250",
                    "--product", "22423", "--discount", "1.00")
        self.define("returners", "--value", "9", "--product", "1", "--when",
                    'interactions("return").count() > 0')
        self.define("over", "--value", "9", "--product", "1", "--until", "2011-12-01", "--from",
                    "2011-01-01")

    def define(self, name, *options):
        return self.ok("offer", "define", self.store, name, *options, "--now",
                       NOW)

    def test_define_says_what_was_understood(self):
        self.assertEqual(
            self.define("x", "--value", "4.80", "--discount", "12.5%",
                        "--product", "1", "--from", "2011-01-01", "--when",
                        'interactions("return").count() > 0'),
            "x · worth 4.80 GBP · 12.5 % off · 1 product · "
            "from 2011-01-01 00:00 · for 1 of 2 customers\n")

    def test_define_refuses_what_it_does_not_understand(self):
        for options in (["--value", "much"], ["--value", "1", "--discount", "x"],
                        ["--value", "1", "--discount", "101%"],
                        ["--value", "1", "--discount", "-1%"],
                        ["--value", "1", "--discount", "0.505%"],
                        ["--value", "1", "--discount", "1 EUR"],
                        ["--value", "1", "--until", "soon"],
                        ["--value", "1", "--coupon", "10 parsecs"]):
            with self.subTest(options):
                self.fails("offer", "define", self.store, "x", *options,
                           "--product", "1", "--now", NOW)

    def test_list_and_report(self):
        text = self.ok("offer", "list", self.store, "--now", NOW)
        self.assertRegex(text, r"hearts +Two hearts")
        text = self.ok("offer", "report", self.store, "--now", NOW)
        self.assertRegex(text, r"hearts +0 +0 +0 +0 +– +0 +0")
        report = json.loads(self.ok("offer", "report", self.store, "--json",
                                    "--now", NOW))
        self.assertEqual(len(report["offers"]), 4)

    def test_match_ranks_and_explains(self):
        text = self.ok("match", self.store, "shop:17850", "--now", NOW)
        self.assertRegex(text, r"1  Cake stands  0\.\d\d × 1,249\.00 GBP  \S")
        self.assertRegex(text, r"2  Two hearts +0\.\d\d × 4\.32 GBP  \S")
        self.assertNotIn("dropped", text)
        self.assertEqual(text.count("\n"), 2)
        one = self.ok("match", self.store, "shop:17850", "--limit", "1",
                      "--now", NOW)
        self.assertEqual(one.count("\n"), 1)
        explained = self.ok("match", self.store, "shop:17850", "--explain",
                            "--now", NOW)
        self.assertRegex(explained, r"–  returners .*dropped: eligibility, \S")
        self.assertRegex(explained, r"–  over .*dropped: validity, \S")
        answer = json.loads(self.ok("match", self.store, "shop:17850",
                                    "--json", "--now", NOW))
        self.assertEqual([o["kept"] for o in answer["offers"]],
                         [True, True, False, False])

    def test_nothing_to_offer(self):
        self.store = self.folder / "other.trato"
        self.init()
        self.import_rows()
        self.assertEqual(self.ok("match", self.store, "shop:17850"),
                         "no offers are defined\n")
        self.define("later", "--value", "1", "--product", "1", "--from", "2012-01-01")
        self.assertEqual(
            self.ok("match", self.store, "shop:17850", "--now", NOW),
            "no offer is left of 1; --explain says why\n")
        self.assertIn("no offer was left", self.ok(
            "decide", self.store, "shop:17850", "--now", NOW))

    def test_a_decision_and_its_outcomes(self):
        text = self.ok("decide", self.store, "shop:17850", "--now", NOW)
        decision = re.match(r"decision ([0-9a-f]{32}) · shop:17850 · "
                            r"2011-12-10 00:00\n", text).group(1)
        self.assertIn("chosen: stands, with probability 1", text)
        self.assertIn("shown 2011-12-10 00:05", self.ok(
            "outcome", self.store, decision, "shown", "--now",
            "2011-12-10 00:05"))
        self.ok("outcome", self.store, decision.upper(), "accepted", "--at",
                "2011-12-10 00:07", "--now", "2011-12-10 00:10", "--key", "k")
        text = self.ok("decision", self.store, decision)
        self.assertIn("  shown 2011-12-10 00:05\n  accepted 2011-12-10 00:07\n",
                      text)
        answer = json.loads(self.ok("decision", self.store, decision, "--json"))
        self.assertEqual(answer["offer"], "stands")
        report = json.loads(self.ok("offer", "report", self.store, "--json",
                                    "--now", "2011-12-11"))
        stands, = [o for o in report["offers"] if o["offer"] == "stands"]
        self.assertEqual((stands["decided"], stands["shown"],
                          stands["accepted"]), (1, 1, 1))
        decided = json.loads(self.ok("decide", self.store, "shop:13047",
                                     "--json", "--now", NOW))
        self.assertNotEqual(decided["id"], decision)

    def test_ids_that_are_none(self):
        self.assertIn("32 hexadecimal digits", self.fails(
            "decision", self.store, "12"))
        self.assertIn("32 hexadecimal digits", self.fails(
            "outcome", self.store, "g" * 32, "shown"))
        self.fails("decision", self.store, "0" * 32)

    def issue(self, offer="hearts"):
        text = self.ok("coupon", "issue", self.store, "shop:17850", offer,
                       "--now", NOW)
        return text.split(" ")[0], text

    def show(self, code, now):
        return self.ok("coupon", "show", self.store, code, "--now", now)

    def test_a_coupon_is_redeemed_once(self):
        code, text = self.issue()
        self.assertIn("hearts for shop:17850 · 10 % · until 2011-12-20 00:00", text)
        self.assertTrue(self.show(code, "2011-12-19").startswith("valid · "))
        self.assertTrue(self.show(code, "2011-12-20").startswith("expired · "))
        redeem = ["coupon", "redeem", self.store, code.lower(), "--customer",
                  "shop:17850", "--now", "2011-12-11"]
        self.assertIn("redeemed · hearts for shop:17850 · 2011-12-11",
                      self.ok(*redeem, "--key", "till-1"))
        self.ok(*redeem, "--key", "till-1")
        self.fails(*redeem)
        self.assertIn("redeemed 2011-12-11", self.show(code, "2011-12-12"))
        answer = json.loads(self.ok("coupon", "show", self.store, code,
                                    "--json", "--now", "2011-12-12"))
        self.assertEqual(answer["state"], "redeemed")
        self.assertIn("hearts", self.ok("customer", "show", self.store, "shop:17850",
                                        "--now", "2011-12-12"))

    def test_coupons_that_do_not_hold(self):
        code, _ = self.issue()
        self.fails("coupon", "redeem", self.store, code, "--customer",
                   "shop:13047", "--now", "2011-12-11")
        self.fails("coupon", "redeem", self.store, code, "--now", "2011-12-21")
        wrong = ("0" if code[0] != "0" else "1") + code[1:]
        self.fails("coupon", "redeem", self.store, wrong, "--now", "2011-12-11")
        self.fails("coupon", "issue", self.store, "shop:17850", "nothing")
        self.ok("coupon", "redeem", self.store, code, "--now", "2011-12-11")

    def coupon(self, command, *words, now="2011-12-11"):
        return self.ok("coupon", command, self.store, *words, "--now", now)

    def test_what_a_coupon_gives_is_taken_off_a_basket(self):
        code, text = self.issue()
        self.assertIn("hearts for shop:17850 · 10 % · until", text)
        words = [code, "--basket", "19.95"]
        self.assertIn("would be redeemed · hearts for shop:17850 · nothing was recorded "
                      "· 2.00 GBP off", self.coupon("redeem", *words, "--dry-run"))
        self.assertIn("2.00 GBP off", self.coupon("redeem", *words))
        code = self.coupon("issue", "-", "hearts", "--gives", "2.00", "--uses", "2",
                           "--within", "36h").split(" ")[0]
        text = self.coupon("redeem", code, "--basket", "1.50 GBP", "--customer", "card:1")
        self.assertIn("hearts for the bearer", text)
        self.assertIn("1.50 GBP off · 1 of 2 uses left", text)
        self.assertIn("until 2011-12-12 12:00", self.coupon("show", code))
        code = self.coupon("issue", "-", "hearts", "--gift", "a cup", "--for-ever"
                           ).split(" ")[0]
        self.assertIn("· a cup · no deadline", self.coupon("show", code))
        for wrong in (["--gives", "0%"], ["--gives", "101%"], ["--gives", "2 ABC"],
                      ["--gives", "1", "--gift", "x"], ["--uses", "0"],
                      ["--within", "soon"], ["--count", "0"]):
            with self.subTest(wrong):
                self.fails("coupon", "issue", self.store, "-", "hearts", *wrong,
                           "--now", NOW)

    def test_a_redemption_is_taken_back(self):
        code, _ = self.issue()
        self.coupon("redeem", code)
        text = self.coupon("reverse", code, "--reason", "wrong basket")
        self.assertIn("reversed · hearts for shop:17850 · valid · 1 of 1 use left", text)
        self.assertRegex(self.coupon("show", code), r"none: reversed +[0-9a-f]{32}")
        self.fails("coupon", "reverse", self.store, code, "--now", "2011-12-11")
        self.assertIn("redeemed", self.coupon("redeem", code))
        told = self.coupon("redeem", code, "--happened", "2011-12-11 01:00")
        self.assertIn("all uses were taken", told)

    def test_coupons_are_issued_many_at_once_and_listed(self):
        codes = self.coupon("issue", "-", "hearts", "--count", "25").split()
        self.assertEqual(len(set(codes)), 25)
        self.coupon("redeem", codes[3])
        self.issue()
        text = self.coupon("list")
        self.assertRegex(text, r"hearts +the bearer +10 % .* 25 +1 +24")
        self.assertFalse([code for code in codes if code in text])
        self.assertRegex(self.coupon("list", "--customer", "shop:17850"),
                         r"^offer.*\nhearts +shop:17850 .* 1 +0 +1\n$")
        self.assertIn("1 older issues are left out", self.coupon("list", "--limit", "1"))
        answer = json.loads(self.coupon("list", "--json"))
        self.assertEqual([issue["coupons"] for issue in answer["coupons"]], [25, 1])

    def test_a_coupon_without_deadline(self):
        code, text = self.issue("stands")
        self.assertIn("no deadline", text)
        self.assertTrue(self.show(code, "2999-01-01").startswith("valid · "))


class Terminals(CliTest):

    def setUp(self):
        super().setUp()
        self.init()

    def draw(self, *arguments, **options):
        code, drawn = run_in_terminal(*arguments, **options)
        self.assertEqual(code, 0, drawn)
        return drawn

    def test_colours_only_where_wanted(self):
        self.import_rows()
        info = ["info", self.store, "--now", NOW]
        self.assertIn("\x1b[", self.draw(*info))
        self.assertNotIn("\x1b", self.draw(*info, NO_COLOR="1"))
        self.assertNotIn("\x1b", self.draw(*info, TERM="dumb"))
        self.assertNotIn("\x1b", self.ok(*info))

    def test_data_never_steers_the_terminal(self):
        evil = "a\x1b]0;owned\x07\u202etxt\u009b31m\nb"
        self.ok("attribute", "define", self.store, "note", "string", "--now",
                NOW)
        self.ok("customer", "set", self.store, "shop:1", "note", evil, "--now",
                NOW)
        shown = self.draw("customer", "show", self.store, "shop:1", "--now", NOW)
        self.assertIn(r"a\x1b]0;owned\x07\u{202e}txt\u{9b}31m\nb", shown)
        for character in "\x07\u202e\u009b":
            self.assertNotIn(character, shown)
        drawn = self.draw("customer", "show", self.store, "shop:1", "--now", NOW,
                          "--json")
        for character in "\x1b\x07\u202e\u009b":
            self.assertNotIn(character, drawn)
        self.assertEqual(
            json.loads(drawn)["attributes"][0]["value"],
            json.loads(self.ok("customer", "show", self.store, "shop:1", "--now", NOW,
                               "--json"))["attributes"][0]["value"])
        complaint = self.fails("info", self.folder / "\x1b[31mx")
        self.assertIn(r"\x1b[31mx", complaint)

    def test_lines_fit_the_terminal(self):
        self.ok("attribute", "define", self.store, "note", "string", "--now",
                NOW)
        self.ok("customer", "set", self.store, "shop:1", "note",
                "東京都" * 40, "--now", NOW)
        for i in range(3):
            self.ok("record", self.store, "shop:1", "purchase", "--now", NOW,
                    *[word for k in range(9) for word in
                      ("--line", f"product-{k}:{i + 1}:1000000.25")])
        self.ok("segment", "define", self.store, "long",
                " && ".join([LOYAL] * 4), "--now", NOW)
        for columns in (100, 60):
            for command in (["customer", "shop:1"], ["timeline", "shop:1"],
                            ["info"], ["segment", "list"]):
                words = [*command[:1], self.store, *command[1:]]
                if command[0] == "customer":
                    words = ["customer", "show", self.store, *command[1:]]
                if command[0] == "segment":
                    words = ["segment", "list", self.store]
                else:
                    words += ["--now", NOW]
                drawn = plain(self.draw(*words, columns=columns))
                for line in drawn.splitlines():
                    if str(self.store) in line:
                        continue  # the name of the store is shown whole
                    wide = sum("\u3000" < c < "\ua000" for c in line)
                    with self.subTest(columns=columns, line=line):
                        self.assertLessEqual(len(line) + wide, columns)
            self.assertIn("…", plain(self.draw(
                "customer", "show", self.store, "shop:1", "--now", NOW,
                columns=columns)))


@unittest.skipUnless(SAMPLE.exists(), f"{SAMPLE} is not there")
class Sample(CliTest):
    """The sample of the shop, with figures that were computed elsewhere."""

    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.shared.name) / "shop.trato"
        done = run("init", cls.path, "--zone", "Europe/London", "--currency",
                   "GBP")
        assert done.returncode == 0, done.err
        done = run("import", cls.path, SAMPLE, "--as", "orders", "--now", NOW)
        assert done.returncode == 0, done.err
        cls.summary = done.out

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def setUp(self):
        super().setUp()
        self.store = self.path

    def test_the_summary(self):
        self.assertIn("online_retail.csv.gz · 98,750 rows · separator ,",
                      self.summary)
        self.assertIn("added 1,103 customers, 4,330 purchases, 830 returns, "
                      "3 gifts\n", self.summary)
        self.assertRegex(self.summary, r"purchases +4,330 +4,330 .*"
                         r"1,860,533\.39 GBP")
        self.assertNotIn("refused", self.summary)

    def test_what_is_in_the_store(self):
        self.assertEqual(self.info()["customers"], 1103)
        types = self.by_type()
        self.assertEqual(types["purchase"]["interactions"], 4330)
        self.assertEqual(types["purchase"]["customers"], 1096)
        self.assertEqual(types["purchase"]["amounts"][0]["text"], "1860533.39")
        self.assertEqual(types["return"]["interactions"], 830)
        self.assertEqual(types["gift"]["interactions"], 3)
        self.assertEqual(sum(t["lines"] for t in types.values()), 98750)

    def test_the_loyal_customers(self):
        self.assertEqual(
            self.ok("segment", "define", self.store, "loyal", LOYAL, "--now",
                    NOW),
            "loyal · 179 customers at 2011-12-10 00:00\n")
        members = self.ok("segment", "members", self.store, "loyal", "--now",
                          NOW).splitlines()
        self.assertEqual(len(members), 179)
        self.assertEqual(members, sorted(set(members)))

    def test_again_adds_nothing(self):
        text = self.ok("import", self.store, SAMPLE, "--as", "orders", "--now",
                       NOW)
        self.assertIn("nothing new, 98,750 lines known already", text)
        self.assertEqual(self.by_type()["purchase"]["interactions"], 4330)


if __name__ == "__main__":
    unittest.main()
