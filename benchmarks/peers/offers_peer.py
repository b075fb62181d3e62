# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""DuckDB on the tables that trato_offers left in a SQLite file.

usage: offers_peer.py FILE CUSTOMERS

Prints lines of NAME VALUE. The customers asked for are those of offers.c.
"""

import sqlite3
import sys
import time

import duckdb
import pyarrow

NOW = 1_800_000_000_000_000
ASKED = 2000
MASK = 2**64 - 1

MATCH = """
WITH c AS (SELECT country, age FROM customer WHERE id = $1),
 w AS (SELECT id, "at", amount, weight FROM purchase
  WHERE customer = $1 AND "at" <= $2),
 f AS (SELECT count(*) FILTER ("at" > $2 - 90 * 86400000000) AS n90,
   coalesce(sum(amount) FILTER ("at" > $2 - 365 * 86400000000), 0) AS s365,
   coalesce(max("at"), 0) AS last, coalesce(sum(weight), 0) AS total FROM w),
 e AS (SELECT o.id, o.value FROM c JOIN offer o ON o.country = c.country, f
   WHERE CASE o.kind WHEN 0 THEN f.n90 >= o.threshold
     WHEN 1 THEN c.age >= o.threshold WHEN 2 THEN f.s365 >= o.threshold
     ELSE f.last <= $2 - o.threshold * 86400000000 END),
 h AS (SELECT offer, sum(weight) AS held FROM (
   SELECT DISTINCT p.offer, w.id, w.weight FROM w
   JOIN line l ON l.customer = $1 AND l.purchase = w.id
   JOIN proposes p ON p.product = l.product
   WHERE p.offer IN (SELECT id FROM e)) GROUP BY offer)
SELECT e.id, (coalesce(h.held, 0) + 0.1) / (f.total + 2) * e.value AS score
FROM e CROSS JOIN f LEFT JOIN h ON h.offer = e.id ORDER BY score DESC, e.id LIMIT 3
"""


def drawn(customers):
    state = 77
    for _ in range(ASKED):
        state ^= state << 13 & MASK
        state ^= state >> 7
        state ^= state << 17 & MASK
        yield state % customers


def main(path, customers):
    source = sqlite3.connect(path)
    peer = duckdb.connect()
    peer.execute("SET threads = 1")
    order = {"purchase": "customer, id", "line": "customer, purchase"}
    for table in ("customer", "purchase", "line", "offer", "proposes"):
        cursor = source.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        columns = zip(*cursor.fetchall())
        rows = pyarrow.table(dict(zip(names, map(list, columns))))  # noqa: F841
        by = f" ORDER BY {order[table]}" if table in order else ""
        peer.execute(f"CREATE TABLE {table} AS SELECT * FROM rows{by}")
    times, answer = [], 0.0
    for who in drawn(customers):
        begin = time.perf_counter()
        best = peer.execute(MATCH, [who, NOW]).fetchall()
        times.append(time.perf_counter() - begin)
        answer += sum(score for _, score in best)
    times.sort()
    print(f"duckdb_answer {answer:.6f}")
    print(f"duckdb_median {times[len(times) // 2] * 1e6:.3f}")
    print(f"duckdb_p99 {times[len(times) * 99 // 100] * 1e6:.3f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
