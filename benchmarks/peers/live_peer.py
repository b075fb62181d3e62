# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""DuckDB counting the segments of segment_mix.py from scratch, as a nightly job does.

usage: live_peer.py --library libtrato_shop.so --path FILE --interactions N --threads N
                    --segments N

Prints one JSON object, as shop_benchmark does. One pass groups all interactions by
customer, with every figure that any segment asks for; another one finds carts
that became orders; then each segment is a condition on these.
"""

import argparse
import json
import os
import sys
import time

import duckdb
import pyarrow

import shop as shops
from segment_mix import COUNTRIES, DAY, TYPES, Mix

CART, PURCHASE, COMPLAINT = (TYPES.index(t) for t in ("cart", "purchase", "complaint"))


def question(mix, table):
    now = mix.now
    steps = ", ".join(
        f"{name} AS (SELECT customer, at_us{more} FROM {table} "
        f"WHERE type = {kind} AND at_us <= {now})"
        for name, kind, more in (("p", PURCHASE, ""), ("c", CART, " AS carted, at_us"),
                                 ("n", COMPLAINT, " AS complained, at_us")))
    figures = ", ".join(f"{sql} AS {name}" for sql, name in mix.aggregates.items())
    counts = ", ".join(f"count(*) FILTER ({it.condition})" for it in mix.segments)
    return f"""WITH {steps},
        pairs AS (SELECT p.customer, p.at_us, c.carted FROM p
                  ASOF JOIN c ON p.customer = c.customer AND p.at_us > c.at_us),
        orders AS (SELECT pairs.customer, max(carted) AS carted FROM pairs
                   ASOF LEFT JOIN n ON pairs.customer = n.customer AND pairs.at_us > n.at_us
                   WHERE carted > pairs.at_us - {DAY}
                     AND (complained IS NULL OR complained <= carted)
                   GROUP BY pairs.customer),
        figures AS (SELECT customer, {figures} FROM {table} WHERE at_us <= {now}
                    GROUP BY customer)
        SELECT {counts} FROM person LEFT JOIN figures USING (customer)
        LEFT JOIN orders USING (customer)"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--interactions", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--segments", type=int, required=True)
    options = parser.parse_args()
    shop = shops.Shop(options.library, options.interactions, flags=shops.CORRECTED)
    rows = pyarrow.table(shop.rows(0, options.interactions,
                                   ("customer", "type", "at_us", "amount_minor")))
    people = range(shop.customers)
    person = pyarrow.table({
        "customer": pyarrow.array(people, pyarrow.uint32()),
        "country": [COUNTRIES[shop.person(it) * 7919 % 2**32 % len(COUNTRIES)]
                    for it in people]})
    connection = duckdb.connect(options.path)
    connection.execute(f"SET threads = {options.threads}")
    connection.register("rows", rows)
    connection.register("people", person)
    connection.execute("CREATE TABLE interaction AS SELECT * FROM rows")
    connection.execute("CREATE TABLE interaction_sorted AS "
                       "SELECT * FROM rows ORDER BY customer, at_us")
    connection.execute("CREATE TABLE person AS SELECT * FROM people")
    connection.execute("CHECKPOINT")
    mix = Mix(options.segments, shops.END_US)
    result = {"version": duckdb.__version__}
    for form, table in (("unsorted", "interaction"), ("sorted", "interaction_sorted")):
        seconds = []
        for _ in range(3):
            begin = time.perf_counter()
            answers = connection.execute(question(mix, table)).fetchone()
            seconds.append(time.perf_counter() - begin)
        result[form] = {
            "seconds": min(seconds),
            "answers": {it.name: answer for it, answer in zip(mix.segments, answers)}}
    connection.close()
    os.remove(options.path)
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
