# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The checks of shared_library.py find what they are for."""

import unittest

import shared_library

HEADER = """
/* TRATO_API void trato_in_a_comment(void); */
#define TRATO_API __attribute__((visibility("default")))
TRATO_API trato_status trato_one(int a) TRATO_NOEXCEPT;
TRATO_API TRATO_NODISCARD trato_status
trato_two(trato_store *store) TRATO_NOEXCEPT;
typedef int64_t (*trato_read_fn)(void *context);
"""
SYMBOLS = """\
0000000000000000 A TRATO_1.0
0000000000001000 T trato_one@@TRATO_1.0
0000000000002000 T trato_two@@TRATO_1.0
"""
DYNAMIC = """
 0x1 (NEEDED)   Shared library: [libc.so.6]
 0x1 (NEEDED)   Shared library: [libabsl_status.so.20220623]
 0xe (SONAME)   Library soname: [libtrato.so.1]
 0x1e (FLAGS)   BIND_NOW
 0x6f (FLAGS_1) Flags: NOW NODELETE
"""
ALLOWED = ["libc.so.6", "libabsl_*.so.20220623"]


class SymbolsTest(unittest.TestCase):

    def problems(self, symbols):
        declared = shared_library.declared_functions(HEADER)
        return " ".join(shared_library.symbol_problems(symbols, declared))

    def test_reads_the_functions_of_a_header(self):
        self.assertEqual(shared_library.declared_functions(HEADER),
                         {"trato_one", "trato_two"})

    def test_accepts_what_is_declared(self):
        self.assertEqual(self.problems(SYMBOLS), "")

    def test_finds_a_symbol_that_leaks(self):
        self.assertIn("_ZN4absl", self.problems(SYMBOLS + "0 W _ZN4absl\n"))

    def test_finds_a_function_that_is_missing(self):
        self.assertIn("trato_two", self.problems(
            SYMBOLS.replace("0000000000002000 T trato_two@@TRATO_1.0", "")))

    def test_finds_data(self):
        self.assertIn("as D", self.problems(
            SYMBOLS.replace("T trato_two", "D trato_two")))

    def test_finds_a_function_without_version(self):
        self.assertIn("version", self.problems(
            SYMBOLS.replace("two@@TRATO_1.0", "two")))


class DynamicTest(unittest.TestCase):

    def problems(self, dynamic):
        return " ".join(shared_library.dynamic_problems(dynamic, ALLOWED))

    def test_accepts_what_is_allowed(self):
        self.assertEqual(self.problems(DYNAMIC), "")

    def test_finds_each_violation(self):
        for old, new, found in (
            ("libc.so.6", "libprotobuf.so.32", "libprotobuf.so.32"),
            ("NODELETE", "", "nodelete"),
            ("NOW", "", "lazily"),
            ("libtrato.so.1", "libtrato.so", "is named"),
            ("(SONAME)", "(RUNPATH) Library runpath: [/x]\n 0 (SONAME)",
             "RUNPATH"),
        ):
            with self.subTest(found):
                self.assertIn(found, self.problems(DYNAMIC.replace(old, new)))


if __name__ == "__main__":
    unittest.main()
