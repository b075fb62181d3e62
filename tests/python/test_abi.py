# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The package against trato.h: every struct, offset, constant and function."""

import ctypes
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

from trato import _capi, errors

HEADER = pathlib.Path(__file__).resolve().parents[2] / "include" / "trato.h"

STRUCTS = {
    "trato_" + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): struct
    for name, struct in vars(_capi).items()
    if isinstance(struct, type)
    and issubclass(struct, ctypes.Structure)
    and struct is not ctypes.Structure
    and not name.startswith("_")
}


def layout_here(struct):
    fields = [
        (name, getattr(struct, name).offset, getattr(struct, name).size)
        for base in reversed(struct.__mro__)
        for name, *_ in base.__dict__.get("_fields_", ())
    ]
    return ctypes.sizeof(struct), fields


def layouts_in_c(compiler):
    lines = ["#include <stdio.h>", "#include <stddef.h>", "#include <trato.h>"]
    lines.append("int main(void) {")
    for name, struct in STRUCTS.items():
        lines.append(f'  printf("%zu {name}\\n", sizeof({name}));')
        for field, *_ in layout_here(struct)[1]:
            lines.append(
                f'  printf("%zu %zu\\n", offsetof({name}, {field}), '
                f"sizeof((({name} *)0)->{field}));"
            )
    lines += ["  return 0;", "}"]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "layout.c")
        program = pathlib.Path(folder, "layout")
        source.write_text("\n".join(lines))
        command = [compiler, "-std=c99", f"-I{HEADER.parent}", source, "-o", program]
        subprocess.run(command, check=True)
        answer = subprocess.run([program], check=True, capture_output=True, text=True)
    layouts = {}
    for row in answer.stdout.splitlines():
        first, second = row.split()
        if second.startswith("trato_"):
            fields = []
            layouts[second] = (int(first), fields)
        else:
            fields.append((int(first), int(second)))
    return layouts


class Abi(unittest.TestCase):
    @unittest.skipUnless(HEADER.exists(), "include/trato.h is not beside the tests")
    def test_every_struct_is_laid_out_as_the_c_compiler_does(self):
        compiler = shutil.which("cc")
        if compiler is None:
            self.skipTest("no C compiler (cc)")
        found = layouts_in_c(compiler)
        self.assertEqual(len(found), len(STRUCTS))
        for name, struct in STRUCTS.items():
            size, fields = layout_here(struct)
            expected = (size, [(offset, length) for _, offset, length in fields])
            self.assertEqual(found[name], expected, name)

    @unittest.skipUnless(HEADER.exists(), "include/trato.h is not beside the tests")
    def test_every_struct_and_field_of_the_header_is_here(self):
        header = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
        structs = re.findall(r"typedef struct (\w+) \{(.*?)\} \w+;", header, re.DOTALL)
        self.assertEqual({name for name, _ in structs}, set(STRUCTS))
        for name, body in structs:
            fields = re.findall(r"(\w+)(?:\[\d+\])?;", body)
            here = [field for field, *_ in layout_here(STRUCTS[name])[1]]
            self.assertEqual(fields, here, name)

    @unittest.skipUnless(HEADER.exists(), "include/trato.h is not beside the tests")
    def test_every_function_of_the_header_is_declared_with_its_parameters(self):
        header = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
        functions = re.findall(
            r"^trato_status\s+(trato_\w+)\(([^)]*)\)|TRATO_NODISCARD trato_status"
            r"\s+(trato_\w+)\(([^)]*)\)|TRATO_API trato_status (trato_\w+)\(([^)]*)\)",
            header,
            re.MULTILINE,
        )
        self.assertGreaterEqual(len(functions), 35)
        for groups in functions:
            name, parameters = [group for group in groups if group]
            declared = getattr(_capi.lib, name).argtypes
            self.assertIsNotNone(declared, name)
            self.assertEqual(len(declared), parameters.count(",") + 1, name)

    @unittest.skipUnless(HEADER.exists(), "include/trato.h is not beside the tests")
    def test_every_status_code_has_its_class(self):
        block = HEADER.read_text().partition("#define TRATO_OK 0")[2]
        codes = re.findall(r"#define TRATO_([A-Z_]+) (\d+)\n", block)[:16]
        self.assertEqual(int(codes[-1][1]), 16)
        for name, number in codes:
            error = errors.of_code(int(number), "")
            camel = name.title().replace("_", "")
            self.assertEqual((type(error).__name__, error.code), (camel, int(number)))

    def test_a_code_of_the_future_is_an_unknown_error_that_keeps_its_number(self):
        error = errors.of_code(99, "news")
        self.assertIsInstance(error, errors.Unknown)
        self.assertEqual((error.code, str(error)), (99, "news"))


class LoadTest(unittest.TestCase):
    def load(self, version=10000, **environment):
        """What the loader asks of the system, with a library of that version."""
        library = mock.Mock()
        library.trato_version.return_value = version
        with mock.patch.dict(os.environ, environment):
            with mock.patch("ctypes.CDLL", return_value=library) as opened:
                _capi._load()
        (path,), options = opened.call_args
        return path, options["mode"]

    def test_it_is_the_library_inside_the_package(self):
        path, _ = self.load(TRATO_LIBRARY="")
        package = os.path.dirname(os.path.abspath(_capi.__file__))
        self.assertEqual(path, os.path.join(package, "libtrato.so"))

    def test_another_one_is_named_by_its_path_and_never_searched(self):
        self.assertEqual(self.load(TRATO_LIBRARY="/opt/t.so")[0], "/opt/t.so")
        self.assertEqual(self.load(TRATO_LIBRARY="t.so")[0], os.path.abspath("t.so"))

    @unittest.skipUnless(hasattr(os, "RTLD_DEEPBIND"), "no RTLD_DEEPBIND here")
    def test_its_symbols_are_its_own_unless_a_sanitizer_is_in_front(self):
        common = os.RTLD_NOW | os.RTLD_LOCAL
        plain = self.load(LD_PRELOAD="/usr/lib/libjemalloc.so.2")[1]
        self.assertEqual(plain, common | os.RTLD_DEEPBIND)
        for runtime in ("/usr/lib/libasan.so.8", "/x/libclang_rt.tsan-x86_64.so"):
            self.assertEqual(self.load(LD_PRELOAD=runtime)[1], common)

    def test_a_library_that_does_not_fit_is_an_import_error(self):
        self.load(version=10900)
        for version in (20000, 900):
            with self.assertRaisesRegex(ImportError, "needs 1.0 or a later 1.x"):
                self.load(version=version)

    def test_a_library_of_something_else_is_an_import_error(self):
        other = mock.Mock(spec=[])
        with mock.patch("ctypes.CDLL", return_value=other):
            with self.assertRaisesRegex(ImportError, "TRATO_LIBRARY"):
                _capi._load()


if __name__ == "__main__":
    unittest.main()
