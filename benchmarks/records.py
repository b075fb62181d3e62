# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""One customer at a time, beside SQLite with the same content.

    PYTHONPATH=build/release/python python3 benchmarks/records.py PROGRAM \
        [--customers N]

Each customer has a record's name, three more identifiers and ten attributes. The
store has them as facts with a time and a source; SQLite has a row of columns and
a table of identifiers. PROGRAM (records.c) asks each side, alone in a process.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

import trato

NOW = 1_800_000_000_000_000
PART = 50_000
CITIES = ["Madrid", "Bilbao", "Leeds", "Porto", "Lyon", "Gdańsk", "Oslo", "Graz"]
COLUMNS = {
    "full_name": str, "city": str, "country": str, "language": str, "company": str,
    "points": int, "score": float, "newsletter": bool, "birthday": "timestamp",
    "lead_source": str,
}


def part(begin, end):
    """Customers begin to end as columns: identifiers and attributes."""
    numbers = range(begin, end)
    identifiers = {
        "email": [f"person.{i}@example.org" for i in numbers],
        "phone": [f"+3460{i:09}" for i in numbers],
        "card": [f"{i * 7919 % 10_000_000_019:016}" for i in numbers],
    }
    attributes = {
        "full_name": [f"Person {i} Of {CITIES[i % 8]}" for i in numbers],
        "city": [CITIES[i % 8] for i in numbers],
        "country": ["ES GB PT FR".split()[i % 4] for i in numbers],
        "language": ["es", "en"] * ((end - begin) // 2),
        "company": [f"Firm {i % 40_000}" for i in numbers],
        "points": [i % 10_000 for i in numbers],
        "score": [i % 1000 / 8 for i in numbers],
        "newsletter": [i % 3 == 0 for i in numbers],
        "birthday": [i % 15_000 * 86_400_000_000 for i in numbers],
        "lead_source": [f"campaign {i % 60}" for i in numbers],
    }
    return identifiers, attributes


def fill_trato(path, count):
    with trato.open(path) as store:
        for name, kind in COLUMNS.items():
            store.attributes.define(name, kind, now=NOW)
        for name in ("email", "phone", "card"):
            store.identifiers.define(name, unique=True, now=NOW)
        for begin in range(0, count, PART):
            identifiers, attributes = part(begin, begin + PART)
            store.append_customers({
                "customer": [f"shop:{i}" for i in range(begin, begin + PART)],
                **{f"identifier.{name}": them for name, them in identifiers.items()},
                **attributes,
            }, now=NOW - 1)
        store.checkpoint()


def fill_sqlite(path, count):
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, "
               + ", ".join(COLUMNS) + ")")
    db.execute("CREATE TABLE identifier (value TEXT PRIMARY KEY, customer INTEGER) "
               "WITHOUT ROWID")
    for begin in range(0, count, PART):
        identifiers, attributes = part(begin, begin + PART)
        ids = range(begin, begin + PART)
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        db.executemany(f"INSERT INTO customer VALUES ({marks})",
                       zip(ids, *(attributes[name] for name in COLUMNS)))
        db.executemany("INSERT INTO identifier VALUES (?, ?)",
                       ((f"shop:{i}", i) for i in ids))
        for name, them in identifiers.items():
            db.executemany("INSERT INTO identifier VALUES (?, ?)",
                           ((f"{name}:{it}", i) for it, i in zip(them, ids)))
    db.execute("CREATE INDEX of_customer ON identifier (customer)")
    db.commit()
    db.close()


def ask(program, side, path, count):
    answer = subprocess.run([program, side, path, str(count)], check=True,
                            capture_output=True, text=True).stdout
    return {name: float(value) for name, value in
            (line.split() for line in answer.splitlines())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--customers", type=int, default=1_000_000)
    options = parser.parse_args()
    count = max(PART, options.customers // PART * PART)
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for side, fill in (("trato", fill_trato), ("sqlite", fill_sqlite)):
            path = os.path.join(folder, side)
            began = time.process_time()
            fill(path, count)
            loaded = time.process_time() - began
            found[side] = ask(options.program, side, path, count)
            found[side]["loaded"] = loaded
            found[side]["file"] = os.path.getsize(path)
    ours, theirs = found["trato"], found["sqlite"]
    rows = [
        ("lookup by identifier", "lookup", 1e6, "us", 1),
        ("one full record, mean", "record", 1e6, "us", 5),
        ("one full record, 99th percentile", "record_p99", 1e6, "us", None),
        ("everything of one customer, as JSON", "json", 1e6, "us", None),
        ("open and the first lookup", "open", 1, "s", None),
        ("memory per customer, once open", "memory", 1 / count, "B", None),
        ("memory per customer, all asked for", "memory_after", 1 / count, "B", None),
        ("file per customer", "file", 1 / count, "B", None),
        ("loading, all", "loaded", 1, "s", None),
    ]
    print(f"{count:,} customers, 4 identifiers and 10 attributes each\n")
    print("| work | trato | SQLite | goal | met |")
    print("|---|---|---|---|---|")
    for work, key, scale, unit, goal in rows:
        cells = [f"{side[key] * scale:,.2f} {unit}" if key in side else "-"
                 for side in (ours, theirs)]
        met = "-" if goal is None else "yes" if ours[key] * scale <= goal else "no"
        limit = "-" if goal is None else f"<= {goal} {unit}"
        print(f"| {work} | {cells[0]} | {cells[1]} | {limit} | {met} |")
    print(f"\nA customer as JSON has {ours['record_bytes']:.0f} bytes.")


if __name__ == "__main__":
    sys.exit(main())
