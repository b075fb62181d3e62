# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The checks of layout.py find each violation, in trees made for it."""

import pathlib
import tempfile
import unittest

import layout

TABLE = """
# Modules

| # | module | its one job | uses |
|---|---|---|---|
| 1 | `base` | ids and so on | Abseil, libsodium |
| 2 | `storage` | the file | base, SQLite |
| 3 | `schema` | types | base |
| 4 | `codec` | bytes | schema, protobuf |
| 5 | `capi` | the C interface | codec, storage |
"""

FILES = {
    "lib/README.md": TABLE,
    "lib/base/CMakeLists.txt": "trato_module(NAME base SOURCES id.cc\n"
                               "  LIBRARIES absl::status)",
    "lib/base/id.h": '#include <string>\n#include "absl/strings/str_cat.h"\n',
    "lib/base/id.cc": '#include "base/id.h"\n#include <sodium.h>\n',
    "lib/storage/CMakeLists.txt": "trato_module(NAME storage DEPENDS base)",
    "lib/storage/file.cc": '#include <sqlite3.h>\n#include "base/id.h"\n'
                           '#include <sys/stat.h>\n',
    "lib/schema/CMakeLists.txt": "trato_module(NAME schema\n  DEPENDS base\n"
                                 "  LIBRARIES absl::time)",
    "lib/schema/schema.h": '#include "base/id.h"\n'
                           '#include "absl/status/status.h"\n',
    "lib/codec/CMakeLists.txt": "trato_module(NAME codec DEPENDS schema)",
    "lib/codec/codec.cc": '#include "trato/v1/fact.pb.h"\n'
                          '#include "lib/schema/schema.h"\n',
    "lib/capi/CMakeLists.txt":
        "trato_module(NAME capi DEPENDS codec storage)",
    "lib/capi/capi.cc": '#include "trato.h"\n#include "schema/schema.h"\n'
                        'extern "C" {\n}\n',
    "include/trato/store.h": '#include <string>\n'
                             '#include "absl/status/statusor.h"\n'
                             '#include "trato/customer.h"\n',
}


class LayoutTest(unittest.TestCase):

    def problems(self, **changes):
        """The problems of the good tree with some files replaced.

        A keyword names a file with __ for / and _dot_ for a dot.
        """
        files = dict(FILES)
        for name, text in changes.items():
            name = name.replace("__", "/").replace("_dot_", ".")
            if text is None:
                del files[name]
            else:
                files[name] = text
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return "\n".join(layout.check(root))

    def in_base(self, text):
        return self.problems(lib__base__id_dot_cc=text)

    def test_accepts_a_good_tree(self):
        self.assertEqual(self.problems(), "")

    def test_finds_an_include_upward(self):
        self.assertIn("lib/base/id.cc:2: #include schema/schema.h: base does",
                      self.in_base('\n#include "schema/schema.h"\n'))

    def test_finds_an_include_sideways(self):
        self.assertIn(
            "schema does not declare storage",
            self.problems(
                lib__schema__schema_dot_h='#include "storage/file.h"\n'))

    def test_follows_declarations_through_modules(self):
        self.assertEqual(
            self.problems(
                lib__capi__capi_dot_cc='#include "base/id.h"\n'
                                       '#include "absl/time/time.h"\n'), "")

    def test_finds_a_third_party_that_is_not_declared(self):
        self.assertIn("base does not declare xxHash",
                      self.in_base("#include <xxhash.h>\n"))

    def test_finds_a_header_that_nobody_knows(self):
        for include in ('"nonsense/a.h"', "<curl/curl.h>", '"id.h"',
                        '"../schema/schema.h"'):
            with self.subTest(include):
                self.assertIn("it is no module's header",
                              self.in_base(f"#include {include}\n"))

    def test_finds_trato_h_below_capi(self):
        self.assertIn("trato.h is for capi only",
                      self.in_base('#include "trato.h"\n'))

    def test_finds_a_table_that_points_upward(self):
        self.assertIn(
            "base uses schema, which does not stand above it",
            self.problems(lib__README_dot_md=TABLE.replace(
                "Abseil, libsodium", "Abseil, libsodium, schema")))

    def test_finds_a_word_in_the_table_that_means_nothing(self):
        self.assertIn(
            "schema uses Bost, which is no module",
            self.problems(lib__README_dot_md=TABLE.replace(
                "types | base", "types | base, Bost")))

    def test_reads_third_parties_as_people_write_them(self):
        self.assertEqual(
            self.problems(lib__README_dot_md=TABLE.replace(
                "schema, protobuf", "`schema`, Protobuf (lite), boost "
                "MultiIndex, nlohmann-json")), "")

    def test_finds_no_table(self):
        self.assertIn("no table", self.problems(lib__README_dot_md="# Hello"))

    def test_finds_a_folder_without_a_row(self):
        self.assertIn("lib/extra is not in the table",
                      self.problems(lib__extra__a_dot_cc=""))

    def test_finds_a_row_without_a_folder(self):
        self.assertIn(
            "has ghost, which is no folder",
            self.problems(lib__README_dot_md=TABLE +
                          "| 6 | `ghost` | nothing | capi |\n"))

    def test_finds_cmake_that_says_more(self):
        self.assertIn(
            "lib/schema/CMakeLists.txt depends on storage",
            self.problems(lib__schema__CMakeLists_dot_txt="trato_module("
                          "NAME schema DEPENDS base storage LIBRARIES x)"))

    def test_finds_cmake_that_says_less(self):
        self.assertIn(
            "lib/schema/CMakeLists.txt does not depend on base",
            self.problems(lib__schema__CMakeLists_dot_txt="trato_module("
                          "NAME schema SOURCES a.cc)"))

    def test_finds_cmake_without_a_module(self):
        for text in (None, "add_library(schema)", "# trato_module(NAME schema)"):
            with self.subTest(text):
                self.assertIn(
                    "declares no trato_module",
                    self.problems(lib__schema__CMakeLists_dot_txt=text))

    def test_finds_cmake_with_another_name(self):
        self.assertIn(
            "declares shema",
            self.problems(lib__schema__CMakeLists_dot_txt="trato_module("
                          "NAME shema DEPENDS base)"))

    def test_finds_each_thing_that_no_module_may_do(self):
        for text, found in (
            ('#include "trato/v1/fact.pb.h"', "only lib/codec"),
            ("#include <sqlite3.h>", "only lib/storage"),
            ('extern "C" void f();', "only lib/capi"),
            ("std::cout << 1;", "terminal"),
            ("#include <iostream>", "terminal"),
            ("printf(text);", "terminal"),
            ("std::fprintf(stderr, text);", "terminal"),
            ("puts(text);", "terminal"),
            ("std::abort();", "the end of the process"),
            ("exit(1);", "the end of the process"),
            ("std::terminate();", "the end of the process"),
            ("std::chrono::system_clock::now();", "clock"),
            ("steady_clock::now();", "clock"),
            ("absl::Now();", "clock"),
            ("time(nullptr);", "clock"),
            ("clock_gettime(CLOCK_REALTIME, &t);", "clock"),
            ("std::thread worker;", "a thread"),
            ("#include <thread>", "a thread"),
            ("pthread_create(a, b, c, d);", "a thread"),
            ('std::getenv("HOME");', "environment"),
        ):
            with self.subTest(text):
                self.assertIn(found, self.in_base(text + "\n"))

    def test_does_not_mind_words_that_look_alike(self):
        for text in (
            "// printf(text) would be wrong here",
            "/* exit(1)\n abort() */",
            'Fail("abort() is not called");',
            'R"x(std::cout)x";',
            "snprintf(buffer, sizeof(buffer), format);",
            "reader.exit(); guard->abort();",
            "absl::Time time; Use(time); time(zone);",
            "std::this_thread_id; int thread = 1;",
            "int64_t big = 1'000'000; // 'quotes'",
            "char c = '\"'; F(c); char d = '\\''; G(d);",
        ):
            with self.subTest(text):
                self.assertEqual(self.in_base(text + "\n"), "")

    def test_finds_a_public_header_that_shows_what_is_private(self):
        for include, found in (
            ('"base/id.h"', "must not include a private one"),
            ('"absl/container/btree_map.h"', "must not show Abseil"),
            ("<boost/multi_index_container.hpp>", "must not show Boost"),
            ('"trato/v1/fact.pb.h"', "only lib/codec"),
        ):
            with self.subTest(include):
                self.assertIn(found, self.problems(
                    include__trato__store_dot_h=f"#include {include}\n"))


if __name__ == "__main__":
    unittest.main()
