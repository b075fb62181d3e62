# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What the topics bulk and log share: the sides, and the table they end in."""

import argparse
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Sides:
    """Runs each measurement in a process of its own and keeps what it gave."""

    def __init__(self, options):
        self.options = options
        self.work = os.path.join(options.build, "work")
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.raw = {}

    def path(self, name):
        return os.path.join(self.work, name)

    def run(self, name, command):
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            sys.exit(f"{name} failed")
        self.raw[name] = json.loads(done.stdout)
        return self.raw[name]

    def cpp(self, name, side, **arguments):
        command = [os.path.join(self.options.build, "shop_benchmark"), side]
        for key, value in arguments.items():
            command += ["--" + key.replace("_", "-"), str(value)]
        return self.run(name, command)

    def duckdb(self, name, topic, interactions, form="append"):
        """None when the peer is not there."""
        if not self.options.peers:
            return None
        return self.run(name, [
            self.options.peers, "-B", os.path.join(HERE, "peers", "duckdb_peer.py"), topic,
            "--library", os.path.join(self.options.build, "shop", "libtrato_shop.so"),
            "--path", self.path("peer.duckdb"), "--interactions", str(interactions),
            "--form", form])

    def end(self, topic):
        shutil.rmtree(self.work, ignore_errors=True)
        with open(os.path.join(self.options.build, topic + ".json"), "w",
                  encoding="utf-8") as file:
            json.dump(self.raw, file, indent=1)


class Table:
    """work | trato | peer | ratio | goal | met"""

    def __init__(self):
        self.rows = [("work", "trato", "peer", "ratio", "goal", "met")]
        self.wrong = []

    def add(self, work, trato, peer="-", ratio=None, goal="-", met=None):
        self.rows.append((work, trato, peer, "-" if ratio is None else f"{ratio:.1f} x", goal,
                          "-" if met is None else "yes" if met else "no"))

    def at_least(self, work, ours, theirs, shown, peer, goal, better=1):
        """Against a peer: ours / theirs where more is better, else theirs / ours."""
        wanted = "-" if goal is None else f">= {goal:g} x {peer.split(' ')[0]}"
        if theirs is None:
            self.add(work, shown(ours), f"{peer}: not measured", None, wanted)
            return
        ratio = ours / theirs if better > 0 else theirs / ours
        self.add(work, shown(ours), f"{peer} {shown(theirs)}", ratio, wanted,
                 None if goal is None else ratio >= goal)

    def bound(self, work, value, shown, goal, lowest=False, judged=True):
        """Against a figure: at most, or with `lowest` at least."""
        sign = ">=" if lowest else "<="
        met = value >= goal if lowest else value <= goal
        self.add(work, shown(value), "-", None, f"{sign} {shown(goal)}", met if judged else None)

    def equal(self, what, answers):
        """Answers of several engines by name; None is not measured."""
        given = {name: answer for name, answer in answers.items() if answer is not None}
        if any(answer != next(iter(given.values())) for answer in given.values()):
            self.wrong.append(f"{what}: {given}")

    def print(self):
        widths = [max(len(row[i]) for row in self.rows) for i in range(6)]
        for row in self.rows:
            print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        for line in self.wrong:
            print("answers differ: " + line, file=sys.stderr)
        return 1 if self.wrong else 0


def rate(per_second):
    return f"{per_second / 1e6:.2f} M/s" if per_second >= 1e5 else f"{per_second:,.0f} /s"


def micros(us):
    return f"{us / 1e6:.2f} s" if us >= 1e6 else f"{us / 1e3:.2f} ms" if us >= 1e4 else f"{us:.2f} us"


def each(value):
    return f"{value:.2f} B"


def mebibytes(value):
    return f"{value / 2**20:,.0f} MiB"


def count(number):
    return f"{number / 1e6:g} M" if number >= 1e6 else f"{number / 1e3:g} k"


def machine(table, sides):
    figures = sides.cpp("machine", "machine", path=sides.path("machine"))
    table.add("this machine: memory read, one thread", f"{figures['memory_gb_per_s']:.1f} GB/s")
    table.add("this machine: 4 KiB append and sync", micros(figures["append_sync_us"]))


def arguments(topic, interactions):
    parser = argparse.ArgumentParser(prog=f"benchmarks/run {topic}")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers", default="", help=argparse.SUPPRESS)
    parser.add_argument("--interactions", type=int, default=interactions,
                        help="how many (1,000 to 50,000,000); a smoke test: 100000")
    return parser
