# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Topic live: a hundred segments kept exact, beside DuckDB counting them anew."""

import json
import os
import sys

from sides import HERE, Sides, Table, arguments, count, each, machine, micros

sys.path.insert(0, os.path.join(HERE, "peers"))
from segment_mix import LENGTHS, TYPES, Mix  # noqa: E402

THREADS = 2
END_US = (1735689600 + 365 * 86400) * 10**6


def seconds(value):
    return micros(value * 1e6)


def peer(sides, interactions, size):
    """None when the peer is not there."""
    options = sides.options
    if not options.peers:
        return None
    return sides.run("duckdb", [
        options.peers, "-B", os.path.join(HERE, "peers", "live_peer.py"),
        "--library", os.path.join(options.build, "shop", "libtrato_shop.so"),
        "--path", sides.path("peer.duckdb"), "--interactions", str(interactions),
        "--threads", str(THREADS), "--segments", str(size)])


def write(sides, name, segments):
    path = sides.path(name)
    with open(path, "w", encoding="utf-8") as file:
        json.dump([{"name": name, "expression": text} for name, text in segments], file)
    return path


def each_event(table, what, us, mean=None, p99=None):
    if mean:
        table.bound(f"{what}, mean", us["mean"], micros, mean)
    else:
        table.add(f"{what}, mean", micros(us["mean"]))
    if p99:
        table.bound(f"{what}, 99th percentile", us["p99"], micros, p99)
    else:
        table.add(f"{what}, 99th percentile", micros(us["p99"]))
    table.add(f"{what}, 99.9th percentile; longest",
              f"{micros(us['p999'])}; {micros(us['longest'])}")


def main():
    parser = arguments("live", 20000000)
    parser.add_argument("--segments", type=int, default=100, help="how many")
    options = parser.parse_args()
    n, size = options.interactions, options.segments
    sides, table = Sides(options), Table()
    machine(table, sides)
    mix = Mix(size, END_US)
    path = write(sides, "segments.json", [(it.name, it.expression) for it in mix.segments])
    trato = sides.cpp("trato, in memory", "trato-live", interactions=n, threads=THREADS,
                      segments=path)
    on_file = sides.cpp("trato, a file", "trato-live", interactions=n, threads=THREADS,
                        segments=path, path=sides.path("live.trato"))
    # All of them read the commonest type.
    worst = sides.cpp("trato, the worst case", "trato-live", interactions=n, threads=THREADS,
                      segments=write(sides, "worst.json", [
                          (f"segment {i}", f"interactions('{TYPES[0]}')"
                           f".within('{LENGTHS[i % 12]}d').count() >= {1 + i // 12}")
                          for i in range(size)]))
    duckdb = peer(sides, n, size)

    customers = trato["customers"]
    table.add(f"{size} segments of {count(customers)} customers, {count(n)} interactions: "
              "read by, on average", f"{mix.read_by():.1f} segments")
    judged = {"mean": 4, "p99": 10}
    each_event(table, "record one, clock advanced to it", trato["advancing"]["us"],
               p99=judged["p99"])
    each_event(table, "record one, clock stands", trato["standing"]["us"], mean=judged["mean"])
    each_event(table, "record one, clock advanced, on a file, buffered",
               on_file["advancing"]["us"])
    each_event(table, f"record one, clock advanced, all {size} read it",
               worst["advancing"]["us"])
    day = trato["advancing"]
    events = day["us"]["mean"] * n / 365 / 1e6
    table.add("a day of interactions: all of it", seconds(day["seconds"]))
    if duckdb:
        for form in ("unsorted", "sorted"):
            table.add("a day of interactions: all of it", seconds(events),
                      f"DuckDB {form}, once a day {seconds(duckdb[form]['seconds'])}",
                      duckdb[form]["seconds"] / events)
    for form in ("unsorted", "sorted"):
        table.at_least("everybody in all segments from scratch, two threads",
                       trato["build_seconds"], duckdb and duckdb[form]["seconds"], seconds,
                       f"DuckDB {form}", None, better=-1)
    table.bound("the same", trato["build_seconds"], seconds, 3)
    for name, key, goal in (("a day without interactions", "quiet_day", 0.1),
                            ("30 days without interactions", "quiet_month", 0.5)):
        step = trato[key]
        table.bound(f"{name}, {step['wakeups']:,} woken, {step['changes']:,} changes",
                    step["seconds"], seconds, goal)
        table.add(f"{name}: to take the changes", seconds(step["take_seconds"]))
    table.bound("store and watch opened from what was saved, to the first count",
                on_file["reopen_seconds"], seconds, 0.2)
    table.add("of that, the store", seconds(on_file["open_seconds"]))
    table.add("what was saved, per customer", each(on_file["saved_bytes"] / customers))
    table.bound("of those woken in a day of interactions, in vain",
                100 * day["idle_wakeups"] / max(1, day["wakeups"]), lambda it: f"{it:.1f} %", 5)
    table.bound("memory per customer, watch alone", trato["bytes_per_customer"], each, 100)

    table.equal("members", {"trato": trato["answers"], "trato, a file": on_file["answers"],
                            **{f"DuckDB {form}": duckdb and duckdb[form]["answers"]
                               for form in ("unsorted", "sorted")}})
    for key in ("advancing", "standing", "quiet_day", "quiet_month"):
        table.equal(f"changes, {key}", {"in memory": trato[key]["changes"],
                                        "a file": on_file[key]["changes"]})
    sides.end("live")
    return table.print()


if __name__ == "__main__":
    sys.exit(main())
