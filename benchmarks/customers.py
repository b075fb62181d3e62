# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Finding customers as people type, beside SQLite's FTS5 with trigrams.

    PYTHONPATH=build/release/python python3 benchmarks/customers.py [--customers N]

Customers have a name, an e-mail address and a telephone number; names are made of
syllables and repeat as names do. Both sides get the same words, folded for FTS5 as
its trigram tokenizer cannot leave out accents. A query is timed alone, one thread,
after one that is not; SQLite answers the first ten rows that match, unranked, and
ten by bm25 apart, out of fewer rows. Times are the process's CPU time.
"""

import argparse
import ctypes
import itertools
import multiprocessing
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import unicodedata

import trato
from trato import _capi

NOW = 1_800_000_000_000_000
DAY = 86_400_000_000
QUERIES = 40
# SQLite 3.40.1 crashes (in FTS5's own code) when it looks through a million rows.
PEER_ROWS = 200_000


def words(rng, count, syllables, length):
    made = set()
    while len(made) < count:
        made.add("".join(rng.choice(syllables) for _ in range(rng.choice(length))))
    return [word.capitalize() for word in sorted(made)]


def zipf(count):
    return list(itertools.accumulate(1 / (rank + 1) ** 0.9 for rank in range(count)))


def people(count):
    """(name, e-mail, telephone), from a fixed seed."""
    rng = random.Random(20111210)
    syllables = ["ma", "ri", "a", "jo", "sé", "lu", "an", "na", "gar", "cí", "pé", "rez",
                 "lo", "ez", "el", "en", "mar", "tí", "ro", "so", "fer", "nan", "do",
                 "ka", "ter", "sch", "mid", "ton", "ing", "ber", "ø", "ü"]
    given = words(rng, 2_000, syllables, [2, 2, 3])
    family = words(rng, 30_000, syllables, [2, 3, 3, 4])
    by_given, by_family = zipf(len(given)), zipf(len(family))
    hosts, by_host = ["gmail.com", "yahoo.com", "hotmail.com", "example.org"], [8, 11, 13, 14]
    firsts = rng.choices(given, cum_weights=by_given, k=count)
    seconds = rng.choices(family, cum_weights=by_family, k=count)
    mails = rng.choices(hosts, cum_weights=by_host, k=count)
    for i, (first, second, host) in enumerate(zip(firsts, seconds, mails)):
        name = f"{first} {second}"
        mail = f"{fold(first)}.{fold(second)}{rng.randrange(100)}@{host}"
        yield name, mail, f"+34{rng.randrange(600_000_000, 999_999_999)}"


def fold(text):
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in text if not unicodedata.combining(c)).replace("ø", "o")


def resident():
    ctypes.CDLL(None).malloc_trim(0)  # what was freed does not count
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def timed(call, *arguments):
    began = time.process_time()
    result = call(*arguments)
    return time.process_time() - began, result


def queries(rows):
    """What people type, by kind."""
    rng = random.Random(1)
    pick = [rng.choice(rows) for _ in range(QUERIES)]
    return {
        "a whole name": [name for name, _, _ in pick],
        "a family name": [name.split()[1] for name, _, _ in pick],
        "the beginning of a name, 3 letters": [name.split()[1][:3] for name, _, _ in pick],
        "one letter": [name[0] for name, _, _ in pick],
        "two beginnings": [
            " ".join(word[:2] for word in reversed(name.split())) for name, _, _ in pick],
        "inside a name": [fold(name)[2:6].strip() for name, _, _ in pick],
        "inside an e-mail address": [mail[3:12] for _, mail, _ in pick],
        "a frequent host": ["gmail", "yahoo.com", "hotm", "gmail yahoo"] * (QUERIES // 4),
        "the end of a telephone number, 4 digits": [phone[-4:] for _, _, phone in pick],
        "the end of a telephone number, 6 digits": [phone[-6:] for _, _, phone in pick],
        "nobody": ["zzxqk", "gmailx", "marque zzz", "999999999999"] * (QUERIES // 4),
    }


class Trato:
    def __init__(self, rows):
        self.store = trato.open()
        for name in ("full_name", "email", "phone"):
            self.store.attributes.define(name, str, now=NOW)
        first = NOW - len(rows) * 1_000_000
        for begin in range(0, len(rows), 100_000):
            part = rows[begin : begin + 100_000]
            self.store.append_customers({
                "customer": [f"shop:{begin + i}" for i in range(len(part))],
                "at": [first + (begin + i) * 1_000_000 for i in range(len(part))],
                "full_name": [row[0] for row in part],
                "email": [row[1] for row in part],
                "phone": [row[2] for row in part],
            }, now=NOW)

    def find(self, text):
        with _capi.Output() as out:
            self.store._call(
                _capi.lib.trato_customer_find, _capi.text(text, "text"), 10, NOW, out.ref)
            return out.text().count('"name"')


class Sqlite:
    def __init__(self, rows):
        self.folder = tempfile.TemporaryDirectory()
        self.db = sqlite3.connect(os.path.join(self.folder.name, "peer"))
        self.db.execute("PRAGMA journal_mode = OFF")
        self.db.execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'trigram')")
        began = time.process_time()
        self.db.executemany(
            "INSERT INTO t VALUES (?)", ((fold(" ".join(row)),) for row in rows))
        self.db.execute("INSERT INTO t(t) VALUES ('optimize')")
        self.db.commit()
        self.built = time.process_time() - began
        self.bytes = os.path.getsize(os.path.join(self.folder.name, "peer"))

    def find(self, text, order=""):
        words = fold(text).split()
        if any(len(word) < 3 for word in words):  # FTS5 reads all rows for these
            where = " AND ".join("a LIKE ?" for _ in words)
            rows = self.db.execute(
                f"SELECT rowid FROM t WHERE {where} LIMIT 10", [f"%{w}%" for w in words])
        else:
            match = " AND ".join('"' + word.replace('"', "") + '"' for word in words)
            rows = self.db.execute(
                f"SELECT rowid FROM t WHERE t MATCH ? {order} LIMIT 10", [match])
        return len(rows.fetchall())

    def ranked(self, text):
        return self.find(text, "ORDER BY rank")


def measure(find, texts):
    times = []
    for text in texts:
        best = min(timed(find, text)[0] for _ in range(3))
        times.append(best * 1e6)
    times.sort()
    return statistics.median(times), times[-1]


def measure_peer(rows, asked, out):
    peer = Sqlite(rows)
    out.send((peer.built, peer.bytes))
    for kind, texts in asked.items():
        some = texts[:8]
        out.send((kind, measure(peer.find, some), measure(peer.ranked, some)))


def peer_of(rows, asked):
    """What SQLite did, in a process of its own: {kind: cells}, built, bytes."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=measure_peer, args=(rows, asked, sender))
    process.start()
    sender.close()
    cells = {}
    built = size = None
    try:
        built, size = receiver.recv()
        while True:
            kind, found, ranked = receiver.recv()
            cells[kind] = [f"{us:,.0f} us" for us in (*found, *ranked)]
    except EOFError:
        process.join()
    return cells, built, size


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    count = parser.parse_args().customers
    rows = list(people(count))
    engine = Trato(rows)
    before = resident()
    first, _ = timed(engine.find, "nobody at all")
    index = resident() - before
    asked = queries(rows)
    peer_count = min(count, PEER_ROWS)
    peer, built, size = peer_of(rows[:peer_count], asked)
    print(f"{count:,} customers, SQLite with {peer_count:,}\n")
    print("| work | trato | worst | SQLite FTS5 | worst | by bm25 | worst |")
    print("|---|---|---|---|---|---|---|")
    for kind, texts in asked.items():
        cells = [f"{us:,.0f} us" for us in measure(engine.find, texts)]
        cells += peer.get(kind, ["not measured"] * 4)
        print("|", kind, "|", " | ".join(cells), "|", flush=True)
    theirs = "not measured" if built is None else f"{built:.1f} s"
    print(f"| index made | {first:.1f} s | - | {theirs} | - | - | - |")
    theirs = "not measured" if size is None else f"{size / peer_count:.0f} B"
    print(f"| index per customer | {index / count:.0f} B | - | {theirs} | - | - | - |")
    engine.store.attributes.set("shop:1", "full_name", "Somebody Else", now=NOW)
    again, _ = timed(engine.find, "somebody")
    print(f"| found after a change | {again * 1e6:,.0f} us | - | - | - | - | - |")


if __name__ == "__main__":
    sys.exit(main())
