# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Topic log: recording and asking a large log, beside SQLite and DuckDB."""

import sys

from sides import Sides, Table, arguments, count, each, machine, micros, rate

OPEN_GOAL_ROWS = 50000000
CORRECTIONS = 20000


def seconds(run, what):
    return None if run is None else run["seconds"].get(what)


def whole(table, runs, work, what, goal=None, ours=None):
    """One question over the whole base, beside each peer."""
    mine = seconds(runs["trato"], ours or what)
    shown = lambda value: micros(value * 1e6)
    for peer, run in runs.items():
        if peer == "trato":
            continue
        theirs = seconds(run, what)
        if mine is None:
            table.add(work, "-", f"{peer}: not measured" if theirs is None
                      else f"{peer} {shown(theirs)}")
        elif run is None or theirs is not None:
            table.at_least(work, mine, theirs, shown, peer,
                           goal if peer.startswith("DuckDB") else None, better=-1)


def record(table, trato, sqlite):
    ours, theirs = trato["record"], sqlite["record"]
    table.bound("record one, buffered", ours["buffered_per_s"], rate, 1e6, lowest=True)
    table.at_least("record one, buffered", ours["buffered_per_s"], theirs["buffered_per_s"], rate,
                   "SQLite in one transaction", None)
    table.at_least("record one, durable, 1 caller", ours["durable_1_per_s"],
                   theirs["durable_1_per_s"], rate, "SQLite", None)
    table.add("record one, buffered: the longest of 16 calls in a row",
              micros(ours["buffered_longest_seconds"] * 1e6))
    ratio = ours["durable_8_per_s"] / ours["durable_1_per_s"]
    table.add("record one, durable, 8 callers", rate(ours["durable_8_per_s"]),
              f"1 caller {rate(ours['durable_1_per_s'])}", ratio, ">= 3 x 1 caller", ratio >= 3)
    table.add("correct one, buffered", rate(ours["correct_per_s"]))


def timelines(table, trato, sqlite, duckdb, cached):
    work = "100 newest of a random customer"
    table.bound(f"{work}, resident", trato["timeline_us"], micros, 2)
    table.at_least(f"{work}, resident", trato["timeline_us"], sqlite["timeline_us"], micros,
                   "SQLite", 5, better=-1)
    for form in ("unsorted", "sorted"):
        table.at_least(f"{work}, resident", trato["timeline_us"],
                       duckdb and duckdb[form]["timeline_us"], micros, f"DuckDB {form}", None,
                       better=-1)
    table.add(f"{work}, resident, with fact ids", micros(trato["timeline_with_ids_us"]))
    table.bound(f"{work}, from the system's cache", cached["timeline_us"], micros, 50)


def checkpoint(table, trato):
    table.bound("checkpoint, a step, the longest: what a writer waits",
                trato["checkpoint_step_seconds"] * 1e6, micros, 50e3)
    table.add("checkpoint, a reader beside it, the longest wait",
              micros(trato["checkpoint_reader_seconds"] * 1e6))


def space(table, trato, plain, customers, sqlite):
    """Memory as loaded, with its tail; the file as it is closed."""
    rows, known = plain["rows"], customers["customers"]
    for what, name, goal in (("memory", "memory_bytes", 16), ("file", "file_bytes", 10)):
        table.bound(f"{what} per interaction, customers included", plain[name] / rows, each, goal)
        # In each of the two stores is one interaction of each customer.
        table.add(f"{what} per interaction, without the customers' part",
                  each((plain[name] - customers[name]) / (rows - known)))
        table.add(f"{what} per customer with one interaction", each(customers[name] / known))
    table.at_least("file per interaction, customers included", plain["file_bytes"] / rows,
                   sqlite["file_bytes"] / rows, each, "SQLite, two indexes", None, better=-1)
    table.add("file per interaction, of it free pages", each(plain["free_bytes"] / rows))
    table.add("memory per correction, with links and the keys that were read",
              each(trato["correction_bytes"] / trato["corrections"]))
    table.add("file per correction",
              each((trato["file_bytes"] - plain["file_bytes"]) / trato["corrections"]))


def main():
    parser = arguments("log", 20000000)
    parser.add_argument("--open-interactions", type=int, default=0,
                        help="size of the store that is opened anew; else 50 M in a run of 20 M, "
                             "and in a smaller run the same store")
    options = parser.parse_args()
    n = options.interactions
    opened = options.open_interactions or (OPEN_GOAL_ROWS if n >= 20000000 else n)
    sides, table = Sides(options), Table()
    machine(table, sides)

    trato_file, sqlite_file = sides.path("log.trato"), sides.path("log.sqlite")
    plain = sides.cpp("trato, nothing corrected", "trato-log", interactions=n, path=trato_file,
                      corrections=0)
    trato = sides.cpp("trato", "trato-log", interactions=n, path=trato_file,
                      corrections=CORRECTIONS)
    cached = sides.cpp("trato, from the system's cache", "trato-open", interactions=n,
                       path=trato_file, cache="warm", memory_limit=1 << 20, timelines=2000)
    customers = sides.cpp("trato, its customers", "trato-customers", interactions=n,
                          path=sides.path("customers.trato"))
    sqlite = sides.cpp("sqlite", "sqlite-log", interactions=n, path=sqlite_file)
    sqlite_open = sides.cpp("sqlite, opened", "sqlite-open", interactions=n, path=sqlite_file)
    duckdb = sides.duckdb("duckdb", "log", n)
    if opened != n:
        trato_file = sides.path("open.trato")
        sides.cpp("trato, a larger store", "trato-bulk", interactions=opened, path=trato_file,
                  keep=1)
    reopened = sides.cpp("trato, opened", "trato-open", interactions=opened, path=trato_file)

    record(table, trato, sqlite)
    timelines(table, trato, sqlite, duckdb, cached)
    checkpoint(table, trato)
    runs = {"trato": trato, "DuckDB unsorted": duckdb and duckdb["unsorted"],
            "DuckDB sorted": duckdb and duckdb["sorted"], "SQLite": sqlite}
    whole(table, runs, f"count one type of {count(n)}", "count_type")
    whole(table, runs, f"sum one amount of {count(n)}", "sum_amount")
    whole(table, runs, f"totals of each type of {count(n)}", "totals")
    whole(table, runs, "count a behaviour", "behaviour", goal=8)
    by_hand = "count a behaviour, hand-written"
    whole(table, runs, by_hand, "behaviour", goal=8, ours="behaviour_by_kernel")
    whole(table, runs, f"{by_hand}, sealed", "behaviour", ours="behaviour_sealed")
    runs["trato"] = plain
    whole(table, runs, f"{by_hand}, nothing corrected", "behaviour", ours="behaviour_by_kernel")
    whole(table, runs, f"{by_hand}, nothing corrected, sealed", "behaviour",
          ours="behaviour_sealed")
    runs["trato"] = trato
    space(table, trato, plain, customers, sqlite)
    table.bound(f"open {count(opened)} to the first timeline", reopened["first_seconds"] * 1e6,
                micros, 1e6, judged=opened >= OPEN_GOAL_ROWS or reopened["first_seconds"] > 1)
    table.add(f"open {count(n)} to the first timeline", "-" if opened != n
              else micros(reopened["first_seconds"] * 1e6),
              f"SQLite {micros(sqlite_open['first_seconds'] * 1e6)}")

    engines = {**runs, "trato, nothing corrected": plain,
               "trato, from the system's cache": {"answers": cached}}
    for what in ("timelines", "count_type", "sum_amount", "totals", "behaviour"):
        table.equal(what, {name: run and run["answers"].get(what) for name, run in engines.items()})
    for run in (trato, plain):
        table.equal("behaviour by kernel", {"kernel": run["answers"]["behaviour_by_kernel"],
                                            "trato": run["answers"]["behaviour"]})
    table.equal("first timeline after opening", {"trato": cached["first"],
                                                 "sqlite": sqlite_open["first"]})
    sides.end("log")
    return table.print()


if __name__ == "__main__":
    sys.exit(main())
