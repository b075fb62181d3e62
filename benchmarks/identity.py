# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Which records are one person's, beside Splink and recordlinkage.

    TRATO_TEST_DATA=... PYTHONPATH=build/release/python
        python3 benchmarks/identity.py --peers PYTHON [--records N] [--speed N]

Accuracy: all true pairs are in the denominator; of the peers the best of their
documented recipes counts (peers/identity_peer.py says which). Speed: so many made
records in one batch on two threads, and records one by one against a store of
them. Without TRATO_TEST_DATA the known data sets are left out, and that is said.
"""

import argparse
import collections
import csv
import ctypes
import gzip
import io
import json
import multiprocessing
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import trato

ROOT = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT.parent / "tests" / "data"))
from people import COLUMNS, people  # noqa: E402


def columns(rows, names):
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def score(truth, found):
    of_one, said = collections.Counter(truth), collections.Counter(found)
    right = collections.Counter(zip(truth, found))
    true, said, right = (
        sum(n * (n - 1) // 2 for n in counts.values()) for counts in (of_one, said, right)
    )
    return {
        "precision": right / max(1, said),
        "recall": right / true,
        "f1": 2 * right / (true + said),
    }


def read(path):
    text = gzip.decompress(path.read_bytes()).decode()
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    names = [name.strip() for name in next(reader)]
    return columns(list(reader), names)


def known(data):
    """(what, kind for the peers, path, table, truth) of the known data sets."""
    for number in (1, 2, 3):
        path = data / "febrl" / f"dataset{number}.csv.gz"
        table = read(path)
        truth = [name.split("-")[1] for name in table.pop("rec_id")]
        yield f"febrl {number}", "febrl", path, table, truth
    path = data / "splink" / "fake_1000.csv.gz"
    table = read(path)
    del table["unique_id"]
    yield "fake_1000", "fake", path, table, table.pop("cluster")


def resolved(table, truth, threads=2):
    start = time.perf_counter()
    found = trato.identity.resolve(table, threads=threads)
    seconds = time.perf_counter() - start
    customers = [row["customer"] for row in found.customers]
    return {**score(truth, customers), "seconds": seconds, "compared": found.compared}


def peers(python, *arguments):
    if not python:
        return None
    done = subprocess.run(
        [python, "-B", ROOT / "peers" / "identity_peer.py", *map(str, arguments)],
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


def best(results):
    """Of a peer's documented recipes the one with the best F1."""
    rated = [it for it in results or () if it.get("f1") is not None and not it.get("hindsight")]
    return max(rated, key=lambda it: it["f1"]) if rated else None


def arrivals(rows, count):
    """Microseconds for each of some records against a store of all."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "people.csv"
        store_path = pathlib.Path(folder) / "people.trato"
        store = trato.open(store_path)
        now = "2026-01-01"
        fields = [name for name in COLUMNS if name not in ("record", "person")]
        for name in fields:
            store.attributes.define(name, str, now=now)
        columns_of = {name: name for name in fields}
        start = time.perf_counter()
        # A call writes half a gigabyte at most.
        for part in range(0, len(rows), 250000):
            write(path, rows[part : part + 250000])
            report = store.batches.import_contacts(
                path, columns={**columns_of, "record": "id"}, namespace="crm", now=now,
                batch=f"part {part}", durability="buffered")
            assert report.refused == 0, report
        store.checkpoint()
        loaded = time.perf_counter() - start
        store.close()
        names = ["crm:" + row[0] for row in rows[:: max(1, len(rows) // count)]]
        # A process that has done nothing else, so that its memory says something.
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            found = pool.apply(asked, (str(store_path), names, len(rows)))
            held = pool.apply(index_of, (str(store_path), names[0], len(rows)))
    return {**found, **held, "load_s": loaded}


def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


class Held(ctypes.Structure):
    """What mallinfo2(3) of glibc says."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks "
        "keepcost".split()
    ]


def held():
    """What the program holds of the allocator, which keeps some more for later."""
    tell = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if tell is None:
        return resident()
    tell.restype = Held
    said = tell()
    return said.uordblks + said.hblkhd


def index_of(path, name, records):
    """The index alone: the records that it is made from were read before."""
    now = "2026-01-01"
    store = trato.open(path)
    store.segments.preview("customer.email != ''", now=now)
    before = held()
    store.identity.resolve(name, mode="dry_run", now=now)
    grown = held() - before
    store.close()
    return {"index_bytes": grown / records}


def asked(path, names, records):
    """What one record against all takes, and what the first one reads and makes."""
    now = "2026-01-01"
    store = trato.open(path)
    store.customer(names[0], now=now)
    before, start = resident(), time.perf_counter()
    store.identity.resolve(names[0], mode="dry_run", now=now)
    first, grown = time.perf_counter() - start, resident() - before
    times = []
    for name in names:
        start = time.perf_counter()
        store.identity.resolve(name, mode="dry_run", now=now)
        times.append(1e6 * (time.perf_counter() - start))
    store.close()
    times.sort()
    return {
        "median_us": times[len(times) // 2],
        "p99_us": times[len(times) * 99 // 100],
        "first_s": first,
        "grown_bytes": grown / records,
    }


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def shown(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build")
    parser.add_argument("--peers", default="")
    parser.add_argument("--records", type=int, default=20000, help="made, for accuracy")
    parser.add_argument("--speed", type=int, default=1000000, help="made, for speed")
    parser.add_argument("--store", type=int, default=1000000, help="in the store")
    options = parser.parse_args()

    table = [("work", "trato", "peer", "ratio", "goal", "met")]
    sets = []
    if os.environ.get("TRATO_TEST_DATA"):
        sets += known(pathlib.Path(os.environ["TRATO_TEST_DATA"]))
    else:
        print("TRATO_TEST_DATA is not set: febrl and fake_1000 are left out")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "people.csv"
        rows = list(people(1, options.records))
        write(path, rows)
        made = columns(rows, COLUMNS)
        truth = made.pop("person")
        sets.append((f"{options.records:,} made", "people", path, made, truth))
        for what, kind, path, data, truth in sets:
            ours = resolved(data, truth)
            theirs = best(peers(options.peers, "accuracy", kind, path))
            met = ours["precision"] >= 0.97
            if theirs is not None:
                met = met and ours["f1"] >= theirs["f1"]
            table.append(
                (
                    f"F1 of {what}",
                    f"{ours['f1']:.4f} (P {ours['precision']:.4f})",
                    "not measured"
                    if theirs is None
                    else f"{theirs['tool']} {theirs['f1']:.4f}",
                    "-",
                    "the better peer, P 0.97",
                    "yes" if met and theirs is not None else "-" if met else "no",
                )
            )
        if options.speed:
            rows = list(people(1, options.speed))
            path = pathlib.Path(folder) / "many.csv"
            write(path, rows)
            made = columns(rows, COLUMNS)
            truth = made.pop("person")
            ours = resolved(made, truth)
            theirs = peers(options.peers, "speed", path)
            if theirs is not None:
                theirs["seconds"] = theirs["seconds"]["all"]
            ratio = theirs["seconds"] / ours["seconds"] if theirs else 0
            table.append(
                (
                    f"{options.speed:,} in one batch",
                    f"{ours['seconds']:.1f} s (F1 {ours['f1']:.4f})",
                    f"{theirs['tool']} {theirs['seconds']:.1f} s (F1 {theirs['f1']:.4f})"
                    if theirs
                    else "not measured",
                    f"{ratio:.1f} x" if theirs else "-",
                    "60 s, 3 x",
                    "-" if theirs is None else
                    "yes" if ours["seconds"] <= 60 and ratio >= 3 else "no",
                )
            )
    if options.store:
        one = arrivals(list(people(2, options.store)), 2000)
        table.append(
            (
                f"one against {options.store:,}",
                f"median {one['median_us']:.0f} us, p99 {one['p99_us']:.0f}",
                "-",
                "-",
                "200 us",
                "yes" if one["median_us"] <= 200 else "no",
            )
        )
        table.append(
            (
                "index of a record",
                f"{one['index_bytes']:.0f} bytes (the process grows by "
                f"{one['grown_bytes']:.0f}), made in {one['first_s']:.1f} s",
                "-",
                "-",
                "300 bytes",
                "yes" if one["index_bytes"] <= 300 else "no",
            )
        )
    shown(table)


if __name__ == "__main__":
    main()
