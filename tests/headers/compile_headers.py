#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles the public headers alone, in each language, without a warning.

A program that includes trato.h chooses its own language and warnings. With
clang, when it is installed, every warning there is must stay away, but those
named in CLANG_EXCEPTIONS.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

COMMON = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion",
          "-Wshadow", "-Wundef", "-Wcast-qual", "-fsyntax-only"]
ONLY_C = ["-Wstrict-prototypes", "-Wmissing-prototypes", "-Wc++-compat"]
ONLY_CXX = ["-Wold-style-cast", "-Wnon-virtual-dtor", "-Wextra-semi",
            "-Woverloaded-virtual", "-Wsign-conversion"]

# Why not every warning of clang.
CLANG_EXCEPTIONS = [
    # These tell that newer C++ is not older C++.
    "-Wno-c++98-compat", "-Wno-c++98-compat-pedantic",
    "-Wno-c++98-compat-local-type-template-args", "-Wno-pre-c++14-compat",
    "-Wno-pre-c++17-compat", "-Wno-pre-c++20-compat-pedantic",
    # The C++ classes are no part of the ABI, so their padding is nobody's
    # business. The C structs are compiled with -Wpadded below.
    "-Wno-padded",
    # A header-only class has no other file to put its virtual table in.
    "-Wno-weak-vtables",
    # internal::raise returns in programs without exceptions.
    "-Wno-missing-noreturn",
    # Unknown to older or newer versions of clang.
    "-Wno-unknown-warning-option", "-Wno-unsafe-buffer-usage",
]


def sources(include):
    """Yields (name, file's text, is it also C) for what must compile."""
    for header in ("trato.h", "trato.hpp"):
        if (include / header).exists():
            yield header, f'#include "{header}"\n', header == "trato.h"
            yield (header + " twice",
                   f'#include "{header}"\n#include <{header}>\n',
                   header == "trato.h")
    yield "init_macros.c", (HERE / "init_macros.c").read_text(), True


def compilations(include, cc, cxx):
    """Yields (title, command, text) for each way to compile each source."""
    clang, clangxx = shutil.which("clang"), shutil.which("clang++")
    every = ["-Weverything", *CLANG_EXCEPTIONS]
    for name, text, is_c in sources(include):
        for standard in ("c99", "c11") if is_c else ():
            yield (f"{name} as {standard}",
                   [cc, f"-std={standard}", "-x", "c", *COMMON, *ONLY_C], text)
            # Frozen structs have no holes, so that each byte has a meaning.
            yield (f"{name} as {standard}, without padding",
                   [cc, f"-std={standard}", "-x", "c", "-Wpadded", *COMMON],
                   text)
            if clang:
                yield (f"{name} as {standard}, clang",
                       [clang, f"-std={standard}", "-x", "c", *COMMON, *every,
                        "-Wpadded"], text)
        for standard in ("c++17", "c++20"):
            yield (f"{name} as {standard}",
                   [cxx, f"-std={standard}", "-x", "c++", *COMMON, *ONLY_CXX],
                   text)
            yield (f"{name} as {standard}, without exceptions",
                   [cxx, f"-std={standard}", "-fno-exceptions", "-fno-rtti",
                    "-x", "c++", *COMMON], text)
            if clangxx:
                yield (f"{name} as {standard}, clang",
                       [clangxx, f"-std={standard}", "-x", "c++", *COMMON,
                        *every], text)


def unused_macros(include):
    """The _INIT macros of trato.h that init_macros.c forgets."""
    defined = re.findall(r"#define (TRATO_\w+_INIT)\b",
                         (include / "trato.h").read_text())
    used = (HERE / "init_macros.c").read_text()
    return [name for name in defined
            if not re.search(rf"\b{name}\b", used)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--include", type=pathlib.Path, required=True)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cxx", default="c++")
    arguments = parser.parse_args()
    include = arguments.include.resolve()

    failures = [f"init_macros.c does not use {name}"
                for name in unused_macros(include)]
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for title, command, text in compilations(include, arguments.cc,
                                                 arguments.cxx):
            count += 1
            source = pathlib.Path(folder, "source.txt")
            source.write_text(text)
            # -I, not -isystem: warnings inside the headers count.
            run = subprocess.run([*command, f"-I{include}", str(source)],
                                 capture_output=True, text=True, check=False)
            if run.returncode != 0:
                failures.append(f"{title}:\n{run.stderr}")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"{count} compilations, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
