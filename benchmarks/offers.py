# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The next best three offers of a customer, beside SQLite and DuckDB.

    python3 benchmarks/offers.py --build FOLDER [--peers PYTHON] [--customers N]
        [--offers N]

The peers have what the conditions and the score ask for in tables of their own,
each purchase already with its faded weight, which the store works out anew.
"""

import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def numbers(text):
    return {name: float(value) for name, value in map(str.split, text.splitlines())}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--peers", default="")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--offers", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "peer.sqlite")
        print("measuring trato and sqlite ...", file=sys.stderr, flush=True)
        ours = numbers(subprocess.run(
            [os.path.join(options.build, "trato_offers"), path, str(options.customers),
             str(options.offers)], check=True, stdout=subprocess.PIPE, text=True).stdout)
        duck = None
        if options.peers:
            print("measuring duckdb ...", file=sys.stderr, flush=True)
            done = subprocess.run(
                [options.peers, "-B", os.path.join(HERE, "peers", "offers_peer.py"), path,
                 str(options.customers)], stdout=subprocess.PIPE, text=True, check=False)
            duck = numbers(done.stdout) if done.returncode == 0 else None

    rows = [("work", "trato", "peer", "ratio", "goal", "met")]

    def add(work, us, peer, theirs, goal, met):
        ratio = "-" if theirs is None else f"{theirs / us:.0f} x"
        other = peer if theirs is None else f"{peer} {theirs:,.0f} us"
        rows.append((work, f"{us:,.1f} us", other, ratio, goal, met))

    def said(good):
        return "yes" if good else "NO"

    match = ours["match_median"]
    add("match, median", match, "sqlite", ours["sqlite_median"], "<= 50 us", said(match <= 50))
    if duck is None:
        add("match, median", match, "duckdb: not measured", None, "-", "-")
    else:
        add("match, median", match, "duckdb", duck["duckdb_median"], "-", "-")
    worst = ours["match_p99"]
    add("match, 99th percentile", worst, "sqlite", ours["sqlite_p99"], "<= 150 us",
        said(worst <= 150))
    rate = ours["decisions_a_second"]
    rows.append(("decide, buffered, 2 threads", f"{rate:,.0f} /s", "-", "-", ">= 30,000 /s",
                 said(rate >= 30_000)))
    add("why not, median", ours["why_not_median"], "-", None, "<= 200 us",
        said(ours["why_not_median"] <= 200))
    add("outcome recorded, median", ours["outcome_median"], "-", None, "<= 5 us",
        said(ours["outcome_median"] <= 5))
    for name, goal in (("median", 60), ("p99", None)):
        took = ours[f"learned_decide_{name}"]
        add(f"decide with a learner, {name}", took, "-", None,
            f"<= {goal} us" if goal else "-", said(took <= goal) if goal else "-")
    add("outcome learned and recorded, median", ours["learned_outcome_median"], "-", None,
        "-", "-")
    rows.append(("60,000 decisions replayed", f"{ours['replay_s']:,.2f} s", "-", "-",
                 "the same", said(ours["replayed_same"] == 1)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print(f"{options.customers:,} customers, {options.offers:,} offers, of which "
          f"{ours['kept']:.0f} are left for a customer on average")
    wrong = [name for name, theirs in (("sqlite", ours["sqlite_answer"]),
                                       ("duckdb", (duck or {}).get("duckdb_answer")))
             if theirs is not None and abs(theirs - ours["trato_answer"]) >
             1e-6 * ours["trato_answer"]]
    for name in wrong:
        print(f"answers differ: {name}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
