# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints one run of a benchmark as a table: Trato, its peer, and the ratio.

A benchmark is named BM_<Noun>_<Verb>_<Engine>; those of one noun and verb did
the same work. Where both give an "answer", the answers must be equal.
"""

import json
import sys

# What a work is asked to reach: a ratio to the peer, or microseconds.
GOALS = {}
UNITS = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}


def microseconds(run):
    return run["real_time"] * UNITS[run["time_unit"]]


def shown(us):
    if us >= 1e4:
        return f"{us / 1e3:,.1f} ms"
    return f"{us:,.2f} us"


def main(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    works = {}
    for run in report["benchmarks"]:
        if run.get("run_type", "iteration") != "iteration":
            continue
        name = run["name"].split("/")[0].removeprefix("BM_")
        work, engine = name.rsplit("_", 1)
        works.setdefault(work, {})[engine] = run
    rows = [("work", "trato", "peer", "ratio", "goal", "met")]
    wrong = []
    for work, engines in works.items():
        ours = engines.pop("Trato", None)
        if ours is None:
            continue
        peers = engines or {"": None}
        for peer, theirs in peers.items():
            row = [work, shown(microseconds(ours))]
            if theirs is None:
                row += ["-", "-"]
            else:
                row += [f"{peer} {shown(microseconds(theirs))}",
                        f"{microseconds(theirs) / microseconds(ours):.1f} x"]
                if ours.get("answer") != theirs.get("answer"):
                    wrong.append(f"{work}: trato answers {ours.get('answer')}, "
                                 f"{peer} {theirs.get('answer')}")
            rows.append((*row, GOALS.get(work, "-"), "-"))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
