#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks what libtrato.so shows and needs.

It shows the functions of trato.h under their version, all of them and nothing
else; it needs only the libraries in needed.txt; it binds everything when it is
loaded and stays loaded.
"""

import argparse
import fnmatch
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
VERSION_NODE = "TRATO_1.0"
SONAME = "libtrato.so.1"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True,
                          check=True).stdout


def declared_functions(header):
    """The names of the functions that the text of trato.h declares."""
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    code = re.sub(r"^#.*$", "", code, flags=re.MULTILINE)
    return set(re.findall(r"TRATO_API[^;(]*?\b(trato_\w+)\s*\(", code))


def symbol_problems(nm_output, declared):
    """What `nm -D --defined-only` lists beyond or short of `declared`."""
    shown = set()
    for line in filter(None, nm_output.splitlines()):
        kind, symbol = line.split()[-2:]
        name, _, version = symbol.partition("@")
        version = version.lstrip("@")
        if kind == "A" and name == VERSION_NODE:
            continue
        if name not in declared:
            yield f"shows {symbol}, which trato.h does not declare"
        elif kind != "T":
            yield f"shows {symbol} as {kind}, not as a function"
        elif version != VERSION_NODE:
            yield f"shows {symbol} without the version {VERSION_NODE}"
        shown.add(name)
    for name in sorted(declared - shown):
        yield f"does not show {name}, which trato.h declares"


def dynamic_problems(readelf_output, allowed):
    """What `readelf -dW` tells against the rules."""
    entries = re.findall(r"\((\w+)\)\s+(.*)", readelf_output)
    for kind, value in entries:
        library = "".join(re.findall(r"\[(.*)\]", value))
        if kind == "NEEDED" and not any(
                fnmatch.fnmatchcase(library, pattern) for pattern in allowed):
            yield f"needs {library}, which needed.txt does not allow"
        if kind in ("RPATH", "RUNPATH"):
            yield f"has a {kind}: {library}"
        if kind == "TEXTREL":
            yield "has text relocations"
    flags = " ".join(value for kind, value in entries
                     if kind in ("FLAGS", "FLAGS_1"))
    kinds = {kind for kind, _ in entries}
    if "NODELETE" not in flags:
        yield "may be unloaded: link with -Wl,-z,nodelete"
    if "NOW" not in flags and "BIND_NOW" not in kinds:
        yield "binds lazily: link with -Wl,-z,now"
    sonames = re.findall(r"\(SONAME\).*\[(.*)\]", readelf_output)
    if sonames != [SONAME]:
        yield f"is named {sonames}, not {SONAME}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True)
    parser.add_argument("--header", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    declared = declared_functions(arguments.header.read_text())
    allowed = [line for line in (HERE / "needed.txt").read_text().split("\n")
               if line and not line.startswith("#")]
    problems = [
        *symbol_problems(run("nm", "-D", "--defined-only", arguments.library),
                         declared),
        *dynamic_problems(run("readelf", "-dW", arguments.library), allowed),
    ]
    for problem in problems:
        print(f"{arguments.library} {problem}", file=sys.stderr)
    print(f"{len(declared)} functions, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
