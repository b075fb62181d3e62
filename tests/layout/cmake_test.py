# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""trato_module refuses what the table of modules does not allow.

usage: cmake_test.py --cmake CMAKE --source SOURCE
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

ARGUMENTS = None


class TratoModule(unittest.TestCase):
    """Small projects of two modules, low and high, in this order."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("CMakeLists.txt", f"""
            cmake_minimum_required(VERSION 3.25)
            project(modules LANGUAGES CXX)
            list(APPEND CMAKE_MODULE_PATH {ARGUMENTS.source}/cmake)
            include(warnings)
            include(module)
            add_subdirectory(lib/low)
            add_subdirectory(lib/high)
        """)
        for name in ("low", "high"):
            self.write(f"lib/{name}/{name}.h", f"inline int {name}() {{ return 1; }}\n")
            self.module(name)

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def module(self, name, depends="", includes=()):
        self.write(f"lib/{name}/CMakeLists.txt", f"trato_module(NAME {name} SOURCES {name}.cc {depends})\n")
        lines = [f'#include "{header}"' for header in (f"{name}/{name}.h", *includes)]
        self.write(f"lib/{name}/{name}.cc", "\n".join(lines) + "\n")

    def run_cmake(self, *arguments):
        return subprocess.run([ARGUMENTS.cmake, *arguments], cwd=self.root, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def configured(self):
        return self.run_cmake("-S", ".", "-B", "build")

    def built(self):
        self.assertEqual(self.configured().returncode, 0)
        return self.run_cmake("--build", "build")

    def test_a_declared_dependency_downwards_builds(self):
        self.module("high", "DEPENDS low", ["low/low.h"])
        result = self.built()
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_an_undeclared_dependency_does_not_compile(self):
        self.module("high", "", ["low/low.h"])
        result = self.built()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("low/low.h: No such file", result.stdout)

    def test_a_dependency_upwards_is_refused(self):
        self.module("low", "DEPENDS high", ["high/high.h"])
        result = self.configured()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("module low depends on high, which is not a module below it",
                      " ".join(result.stdout.split()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--source", required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
