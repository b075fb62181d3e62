#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the examples of a README.

A fenced code block in c, cpp, python or sh runs when the line before it (blank
lines do not count) is <!-- run: NAME -->. A text block after <!-- prints: NAME
--> is what it must print, with blanks at the ends of lines and of the whole
left out; a line that is only ... stands for any lines. The blocks run in the
order of the page, in one new folder, so that one may use what another has made.
The folders named with --link are there under their own names.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

LANGUAGES = ("c", "cpp", "python", "sh")
BLOCK = re.compile(
    r"^<!--[ ]*(?P<verb>run|prints):[ ]*(?P<name>[\w.-]+)[ ]*-->[ ]*\n\s*"
    r"(?:^(?P<fence>`{3,})(?P<language>\w*)[^\n]*\n(?P<text>.*?)"
    r"^(?P=fence)[ ]*$)?", re.DOTALL | re.MULTILINE)


class ReadmeError(Exception):
    """The page's marks do not fit together."""


class Example:
    def __init__(self, name, language, text):
        self.name = name
        self.language = language
        self.text = text
        self.prints = None


def examples_of(readme):
    """The examples of the page, in order."""
    examples = {}
    for match in BLOCK.finditer(readme):
        verb, name, language = match["verb"], match["name"], match["language"]
        if match["fence"] is None:
            raise ReadmeError(f"{verb}: {name}: no code block follows")
        if verb == "run":
            if name in examples:
                raise ReadmeError(f"run: {name}: the name is taken")
            if language not in LANGUAGES:
                raise ReadmeError(f"run: {name}: a block in '{language}' "
                                  "cannot be run")
            examples[name] = Example(name, language, match["text"])
        else:
            if name not in examples:
                raise ReadmeError(f"prints: {name}: no such example above")
            if language != "text":
                raise ReadmeError(f"prints: {name}: the block is not text")
            examples[name].prints = match["text"]
    marks = len(re.findall(r"^[ \t]*<!--\s*(?:run|prints)\b", readme,
                           re.MULTILINE))
    if marks != len(BLOCK.findall(readme)):
        raise ReadmeError("a run or prints mark is not written as it should")
    return list(examples.values())


def same_output(got, expected):
    """Whether the output is as the page shows it."""

    def lines(text):
        return [line.rstrip() for line in text.strip().split("\n")]

    pattern = "\n".join(
        r"[^\n]*(?:\n[^\n]*)*" if line == "..." else re.escape(line)
        for line in lines(expected))
    return re.fullmatch(pattern, "\n".join(lines(got))) is not None


class Runner:
    """Compiles and runs examples in one folder."""

    def __init__(self, folder, options):
        self.folder = folder
        self.options = options
        self.environment = dict(os.environ)
        for variable, values in (("PATH", options.path),
                                 ("PYTHONPATH", options.pythonpath)):
            old = self.environment.get(variable, "")
            self.environment[variable] = os.pathsep.join(
                [str(path.resolve()) for path in values] + [old] * bool(old))
        for setting in options.env:
            name, _, value = setting.partition("=")
            self.environment[name] = value

    def call(self, command):
        return subprocess.run(command, cwd=self.folder, text=True,
                              capture_output=True, check=False,
                              env=self.environment, timeout=300)

    def compiled(self, compiler, standard, source):
        program = self.folder / f"{source.stem}_program"
        command = [compiler, standard, "-Wall", "-Wextra", "-Wpedantic",
                   "-Werror", str(source), "-o", str(program)]
        if self.options.include:
            command.append(f"-I{self.options.include.resolve()}")
        if self.options.library:
            library = self.options.library.resolve()
            command += [f"-L{library}", f"-Wl,-rpath,{library}", "-ltrato"]
        return self.call(command), program

    def run(self, example):
        """Returns the finished process of the compiler or the example."""
        source = self.folder / f"{example.name}.{example.language}"
        source.write_text(example.text)
        if example.language == "sh":
            return self.call(["sh", "-eu", str(source)])
        if example.language == "python":
            return self.call([self.options.python, str(source)])
        if example.language == "c":
            build, program = self.compiled(self.options.cc, "-std=c99", source)
        else:
            build, program = self.compiled(self.options.cxx, "-std=c++17",
                                           source)
        return self.call([str(program)]) if build.returncode == 0 else build

    def problem(self, example):
        """What is wrong with an example, or None."""
        try:
            process = self.run(example)
        except subprocess.TimeoutExpired:
            return "it does not end"
        if process.returncode != 0:
            return (f"exit code {process.returncode}\n{process.stdout}"
                    f"{process.stderr}")
        if example.prints is not None and not same_output(process.stdout,
                                                          example.prints):
            return (f"it prints\n{process.stdout}and the page says\n"
                    f"{example.prints}")
        return None


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    path = pathlib.Path
    parser.add_argument("readme", type=path)
    parser.add_argument("--include", type=path, help="folder of trato.h")
    parser.add_argument("--library", type=path, help="folder of libtrato.so")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cxx", default="c++")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--path", type=path, action="append", default=[],
                        help="a folder to put first in PATH")
    parser.add_argument("--pythonpath", type=path, action="append", default=[],
                        help="a folder to put first in PYTHONPATH")
    parser.add_argument("--env", action="append", default=[],
                        metavar="NAME=VALUE")
    parser.add_argument("--link", type=path, action="append", default=[],
                        help="a folder that the examples see by its name")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    try:
        examples = examples_of(options.readme.read_text())
    except ReadmeError as error:
        print(f"{options.readme}: {error}", file=sys.stderr)
        return 1
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for link in options.link:
            pathlib.Path(folder, link.name).symlink_to(link.resolve())
        runner = Runner(pathlib.Path(folder), options)
        for example in examples:
            start = time.monotonic()
            problem = runner.problem(example)
            seconds = time.monotonic() - start
            if problem is None:
                print(f"{example.name} ({example.language}): as it says, "
                      f"{seconds:.1f} s")
            else:
                failures += 1
                print(f"{example.name} ({example.language}): {problem}",
                      file=sys.stderr)
    print(f"{len(examples)} examples, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
