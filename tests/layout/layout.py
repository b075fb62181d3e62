#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Compares the code with the table of modules in lib/README.md.

The table has a row per module, lowest first: | 3 | `schema` | job | base |.
The last column names what the module uses directly: other modules, which must
stand above it, and third parties. What they use comes with them. This checks

- that each #include in lib/ and include/trato/ goes to the module itself or to
  what it declares, and each third-party header to a declared third party;
- that trato_module(... DEPENDS ...) says the same as the table;
- the rules of RULES below, such as where the protobuf messages may be seen.
"""

import argparse
import pathlib
import re
import sys

# Third-party headers by the name that the table uses for them.
THIRD_PARTY = {
    "absl/": "Abseil",
    "boost/math": "Boost.Math",
    "boost/multi_index": "Boost.MultiIndex",
    "csv.h": "libcsv",
    "Eigen/": "Eigen",
    "google/protobuf/": "protobuf",
    "lbfgs.h": "liblbfgs",
    "nlohmann/": "nlohmann/json",
    "re2/": "RE2",
    "roaring/": "CRoaring",
    "sodium.h": "libsodium",
    "sqlite3.h": "SQLite",
    "utf8proc.h": "utf8proc",
    "xxhash.h": "xxHash",
    "zstd.h": "zstd",
}

# Headers of the system that need no declaration. C++ headers have no suffix.
SYSTEM = re.compile(r"[a-z_0-9]+"
                    r"|(fcntl|immintrin|pthread|sched|stddef|stdint|unistd)\.h"
                    r"|sys/(file|mman|stat|types)\.h")

# The deliberate bugs, which no library that is shipped has.
FAULTS = "lib/base/fault.h"

# (what it is, the modules that may, the pattern in code). Comments and the
# text of string literals are no code.
RULES = [
    ("a generated protobuf header", {"codec"}, r'#\s*include\s*["<].*\.pb\.h'),
    ("sqlite3.h", {"storage"}, r'#\s*include\s*["<]sqlite3\.h'),
    ('extern "C"', {"capi"}, r'\bextern\s*""'),
    ("output to the terminal", set(),
     r"\bstd::(cout|cerr|clog)\b|#\s*include\s*<iostream>"
     r"|(?<!\w)(v?f?printf|f?puts|f?putchar|perror)\s*\("),
    ("the end of the process", set(),
     r"(?<![\w.>])(abort|_?exit|_Exit|quick_exit|terminate|atexit|raise)"
     r"\s*\("),
    ("the system's clock", set(),
     r"\b(system|steady|high_resolution)_clock\b|\babsl::Now\s*\("
     r"|\b(GetCurrentTimeNanos|gettimeofday|clock_gettime|localtime|gmtime)\b"
     r"|(?<![\w.>:])time\s*\(\s*(0|NULL|nullptr|&)|\bstd::time\s*\("
     r"|(?<![\w.>])clock\s*\(\s*\)"),
    ("a thread", set(),
     r"\bstd::(jthread|thread|async)\b|\bpthread_create\b"
     r"|#\s*include\s*<(thread|future)>|(?<![\w.>:])fork\s*\(\s*\)"),
    ("the environment", set(), r"(?<![\w.>])(secure_)?getenv\s*\("),
]

LITERAL_OR_COMMENT = re.compile(
    r'(?P<include>^\s*#\s*include[^\n]*)'
    r'|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"'
    r"|//[^\n]*|/\*.*?\*/"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.DOTALL | re.MULTILINE)


def code_of(text):
    """The code, with comments blanked and string literals emptied."""

    def replace(match):
        found = match.group()
        if match.group("include") is not None:
            return found
        lines = "\n" * found.count("\n")
        return lines if found.startswith("/") else '""' + lines

    return LITERAL_OR_COMMENT.sub(replace, text)


def third_party_named(word):
    """The third party that a word of the table means, or None."""

    def plain(name):
        return re.sub(r"\(.*?\)|[^a-z0-9]", "", name.lower())

    for name in THIRD_PARTY.values():
        if plain(name) == plain(word):
            return name
    return None


class Module:
    """A row of the table."""

    def __init__(self, name, uses):
        self.name = name
        self.uses = uses        # direct: modules and third parties
        self.reachable = set()  # with all that comes along


def read_table(text):
    """Returns the modules by name, in order, and the problems of the table."""
    modules = {}
    problems = []
    rows = re.findall(r"^\|\s*\d+\s*\|\s*`(\w+)`\s*\|.*\|([^|]*)\|\s*$", text,
                      re.MULTILINE)
    if not rows:
        problems.append("lib/README.md has no table of modules")
    names = [name for name, _ in rows]
    for name, column in rows:
        if name in modules:
            problems.append(f"lib/README.md: {name} has two rows")
        if "everything above" in column:
            uses = set(modules)
        else:
            uses = {word.strip(" `") for word in column.split(",")}
            uses -= {"", "-", "\u2013", "\u2014"}
        module = Module(name, uses)
        for used in sorted(uses):
            if used in modules:
                module.reachable |= {used} | modules[used].reachable
            elif used in names:
                problems.append(f"lib/README.md: {name} uses {used}, which "
                                "does not stand above it")
            elif third_party_named(used):
                module.reachable.add(third_party_named(used))
            else:
                problems.append(f"lib/README.md: {name} uses {used}, which is "
                                "no module and no known third party")
        modules[name] = module
    return modules, problems


def third_party_of(header):
    for prefix, name in THIRD_PARTY.items():
        if header.startswith(prefix):
            return name
    return None


def include_problem(header, quoted, module, modules):
    """Why `module` (None: a public header) may not include `header`."""
    first = header.split("/")[0]
    if first == "trato" or header == "trato.h":
        if header.endswith(".pb.h") or first == "trato" or module is None:
            return None  # the rules and the public headers' own check look
        return None if module.name == "capi" else "trato.h is for capi only"
    if quoted and header.startswith("lib/"):
        header = header[len("lib/"):]
        first = header.split("/")[0]
    third_party = third_party_of(header)
    if third_party is not None:
        if module is None:
            if header in ("absl/status/status.h", "absl/status/statusor.h"):
                return None
            return f"a public header must not show {third_party}"
        if third_party in module.reachable:
            return None
        return f"{module.name} does not declare {third_party}"
    if first in modules and "/" in header:
        if module is None:
            return "a public header must not include a private one"
        if first == module.name or first in module.reachable:
            return None
        return f"{module.name} does not declare {first}"
    if not quoted and SYSTEM.fullmatch(header):
        return None
    return "it is no module's header and no known third party's"


def check_file(path, shown, module, modules):
    """Yields the problems of one file of the module (None: public)."""
    code = code_of(path.read_text())
    for number, line in enumerate(code.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if match:
            problem = include_problem(match[2], match[1] == '"', module,
                                      modules)
            if problem:
                yield f"{shown}:{number}: #include {match[2]}: {problem}"
        for what, may, pattern in RULES:
            if module is not None and module.name in may:
                continue
            if str(shown) == FAULTS and what == "the environment":
                continue
            if re.search(pattern, line):
                where = " or ".join(f"lib/{name}" for name in sorted(may))
                yield (f"{shown}:{number}: {what}, which only {where} may use"
                       if may else
                       f"{shown}:{number}: {what}, which no module may use")


def declared_dependencies(text):
    """The (name, dependencies) that a CMakeLists.txt declares, or None."""
    text = re.sub(r"#.*", "", text)
    call = re.search(r"\btrato_module\s*\(([^)]*)\)", text)
    if call is None:
        return None
    words = call[1].split()
    name = words[words.index("NAME") + 1] if "NAME" in words else ""
    dependencies = set()
    if "DEPENDS" in words:
        for word in words[words.index("DEPENDS") + 1:]:
            if re.fullmatch(r"[A-Z_]+", word):
                break
            dependencies.add(word)
    return name, dependencies


def check_cmake(folder, module, modules):
    path = folder / "CMakeLists.txt"
    shown = f"lib/{folder.name}/CMakeLists.txt"
    declared = declared_dependencies(path.read_text()) if path.exists() else None
    if declared is None:
        yield f"{shown} declares no trato_module"
        return
    name, dependencies = declared
    if name != folder.name:
        yield f"{shown} declares {name or 'no NAME'}"
    expected = module.uses & set(modules)
    for extra in sorted(dependencies - expected):
        yield f"{shown} depends on {extra}, which the table does not say"
    for missing in sorted(expected - dependencies):
        yield f"{shown} does not depend on {missing}, which the table says"


def check(root):
    """Returns all problems of the checkout at `root`."""
    lib = root / "lib"
    modules, problems = read_table((lib / "README.md").read_text())
    folders = {path.name: path for path in sorted(lib.iterdir())
               if path.is_dir()}
    for name in sorted(set(folders) - set(modules)):
        problems.append(f"lib/{name} is not in the table of lib/README.md")
    for name in sorted(set(modules) - set(folders)):
        problems.append(f"lib/README.md has {name}, which is no folder of lib")
    for name, module in modules.items():
        if name not in folders:
            continue
        problems += check_cmake(folders[name], module, modules)
        for path in sorted(folders[name].rglob("*")):
            if path.suffix in (".h", ".cc"):
                problems += check_file(path, path.relative_to(root), module,
                                       modules)
    for path in sorted((root / "include" / "trato").rglob("*.h")):
        problems += check_file(path, path.relative_to(root), None, modules)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path)
    problems = check(parser.parse_args().root)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
