# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Topic segments: who is in a segment, beside DuckDB and Polars."""

import os
import sys

from sides import HERE, Sides, Table, arguments, count, machine, micros

NAMES = ("count and sum in a window", "attribute and recency", "sequence", "distinct products",
         "two windows compared")
THREADS = 2


def peer(sides, engine, interactions):
    """None when the peer is not there."""
    options = sides.options
    if not options.peers:
        return None
    return sides.run(engine, [
        options.peers, "-B", os.path.join(HERE, "peers", "segments_peer.py"), engine,
        "--library", os.path.join(options.build, "shop", "libtrato_shop.so"),
        "--path", sides.path("peer.duckdb"), "--interactions", str(interactions),
        "--threads", str(THREADS)])


def main():
    options = arguments("segments", 20000000).parse_args()
    n = options.interactions
    sides, table = Sides(options), Table()
    machine(table, sides)
    trato = sides.cpp("trato", "trato-segments", interactions=n, threads=THREADS,
                      path=sides.path("segments.trato"))
    duckdb, polars = peer(sides, "duckdb", n), peer(sides, "polars", n)
    peers = (("DuckDB unsorted", duckdb and duckdb["unsorted"], 10),
             ("DuckDB sorted", duckdb and duckdb["sorted"], 4), ("Polars", polars, 10))
    shown = lambda seconds: micros(seconds * 1e6)
    for name in NAMES:
        mine = trato["seconds"][name]
        for engine, run, goal in peers:
            table.at_least(f"{name}, {count(n)}", mine, run and run["seconds"][name], shown,
                           engine, goal, better=-1)
        table.add(f"{name}: packed bytes read", f"{trato['bytes'][name] / mine / 1e9:.1f} GB/s")
        table.equal(name, {"trato": trato["answers"][name],
                           **{engine: run and run["answers"][name] for engine, run, _ in peers}})
    table.bound("test one customer", trato["test_us"], micros, 2)
    sides.end("segments")
    return table.print()


if __name__ == "__main__":
    sys.exit(main())
