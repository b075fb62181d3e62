# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Topic bulk: columns in memory into a durable file, beside DuckDB and SQLite."""

import gzip
import os
import shutil
import sys

from sides import Sides, Table, arguments, count, each, machine, mebibytes, rate

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SQLITE_ROWS = 2000000


def speed(run):
    return None if run is None else run["rows"] / run["seconds"]


def per_row(run):
    return run["file_bytes"] / run["rows"]


def real_orders():
    """Sets of real order lines: (what, path of the .csv.gz)."""
    found = [("sample of Online Retail", os.path.join(ROOT, "examples/data/online_retail.csv.gz"))]
    data = os.environ.get("TRATO_TEST_DATA", "")
    whole = os.path.join(data, "online_retail_1", "online_retail_1.csv.gz")
    if data and os.path.exists(whole):
        found.append(("Online Retail, whole", whole))
    return found


def main():
    parser = arguments("bulk", 20000000)
    parser.add_argument("--full", action="store_true",
                        help=f"SQLite with all rows, not {count(SQLITE_ROWS)}")
    options = parser.parse_args()
    n = options.interactions
    sides, table = Sides(options), Table()
    machine(table, sides)

    trato = {}
    for name, more in {"plain": {}, "keys": {"keys": "all"}, "lines": {"lines": 1},
                       "seconds": {"times": "s"}}.items():
        trato[name] = sides.cpp(f"trato, {name}", "trato-bulk", interactions=n,
                                path=sides.path("bulk.trato"), **more)
    peers = {form: sides.duckdb(f"duckdb, {form}", "bulk", n, form)
             for form in ("append", "names", "keys", "sorted")}
    sqlite_rows = n if options.full else min(n, SQLITE_ROWS)
    sqlite = min((sides.cpp(f"sqlite, {form}", "sqlite-bulk", interactions=sqlite_rows,
                            path=sides.path("bulk.sqlite"), form=form)
                  for form in ("covering", "index")), key=lambda run: run["seconds"])

    plain = trato["plain"]
    load = f"load {count(n)}"
    ours = speed(plain)
    table.at_least(f"{load}", ours, speed(peers["append"]), rate, "DuckDB append", 2)
    table.at_least(f"{load}, beside names as given", ours, speed(peers["names"]), rate,
                   "DuckDB append of names", None)
    table.at_least(f"{load}, beside a sorted table", ours, speed(peers["sorted"]), rate,
                   "DuckDB sorted", 4)
    table.at_least(f"{load}, beside a covering index", ours, speed(sqlite), rate,
                   f"SQLite ({count(sqlite_rows)})", 20)
    table.at_least(f"{load} with 64-bit keys, checked", speed(trato["keys"]),
                   speed(peers["keys"]), rate, "DuckDB append, unchecked", None)
    table.add(f"{load} with order lines", rate(speed(trato["lines"])))
    for name, what in {"plain": "", "keys": " with 64-bit keys, checked",
                       "lines": " with order lines"}.items():
        table.add(f"{load}{what}, by processor time",
                  rate(trato[name]["rows"] / trato[name]["cpu_seconds"]))

    table.bound("file per interaction", per_row(plain), each, 10)
    for name, peer in {"DuckDB append": peers["append"], "DuckDB sorted": peers["sorted"],
                       "SQLite": sqlite}.items():
        table.at_least("file per interaction", per_row(plain),
                       None if peer is None else per_row(peer), each, name, None, better=-1)
    table.bound("file per key", per_row(trato["keys"]) - per_row(plain), each, 9)
    lines = trato["lines"]
    table.add("file per order line",
              each((lines["file_bytes"] - plain["file_bytes"]) / lines["lines"]))
    table.add("file per interaction, times in whole seconds", each(per_row(trato["seconds"])))
    for what, path in real_orders():
        csv = sides.path("orders.csv")
        with gzip.open(path) as source, open(csv, "wb") as target:
            shutil.copyfileobj(source, target)
        orders = sides.cpp(f"trato, {what}", "trato-orders", csv=csv,
                           path=sides.path("orders.trato"))
        table.add(f"file per order line: {what}", each(orders["file_bytes"] / orders["lines"]))
        table.add(f"file per order line: {what}, without free pages",
                  each((orders["file_bytes"] - orders["free_bytes"]) / orders["lines"]))
    table.at_least("peak memory above the input", plain["peak_bytes"],
                   peers["append"] and peers["append"]["peak_bytes"], mebibytes,
                   "DuckDB append", None, better=-1)
    table.at_least("peak memory above the input, beside a sorted table", plain["peak_bytes"],
                   peers["sorted"] and peers["sorted"]["peak_bytes"], mebibytes,
                   "DuckDB sorted", None, better=-1)

    table.equal("interactions and amount of each type",
                {"trato": plain["totals"], "trato with lines": trato["lines"]["totals"],
                 **{f"duckdb, {form}": run and run["totals"] for form, run in peers.items()},
                 "sqlite": sqlite["totals"] if sqlite_rows == n else None})
    sides.end("bulk")
    return table.print()


if __name__ == "__main__":
    sys.exit(main())
