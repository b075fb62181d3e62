# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Models of purchases and RFM, beside lifetimes and pandas on the same data.

    PYTHONPATH=build/release/python python3 benchmarks/value.py --peers PYTHON
        [--customers N] [--threads N]

Fits are of the CDNOW customers, which lifetimes brings along; predictions and RFM
of simulated customers whose times are whole days. Trato is called through its C
interface, from Python. Each figure is the best of several. Both sides are checked
to say the same.
"""

import argparse
import array
import ctypes
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from trato import _capi, _threads, value

WEEKS = 39
GOALS = {
    "fit bg_nbd": 15,
    "fit pareto_nbd": 8,
    "expected": 5,
    "rfm of columns": 10,
    "rfm of purchases": 10,
}


def best(times, work):
    found = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        found.append(time.perf_counter() - start)
    return min(found), result


def simulated(count):
    """Columns of customers, and their purchases, from a fixed seed."""
    draw = random.Random(20111210)
    columns = {name: array.array("d") for name in ("x", "t_x", "age", "money", "amount")}
    columns["customer"], columns["at"] = array.array("q"), array.array("q")
    for i in range(count):
        first = draw.randrange(0, 365)
        rate = draw.gammavariate(0.5, 1 / 43.0)
        leaves = draw.betavariate(0.9, 1.6)
        days, total = [], 0.0
        day = float(first)
        while day < 730:
            if not days or int(day) != days[-1]:
                days.append(int(day))
                amount = draw.randrange(500, 9000) / 100
                total += amount
                columns["customer"].append(i)
                columns["at"].append(int(day) * 86_400_000_000)
                columns["amount"].append(amount)
            if draw.random() < leaves or rate < 1e-5:
                break
            day += draw.expovariate(rate)
        columns["x"].append(len(days) - 1)
        columns["t_x"].append((days[-1] - first) / 7)
        columns["age"].append((730 - first) / 7)
        columns["money"].append(total)
    return columns


def address(column):
    return column.buffer_info()[0]


def purchase_columns(x, t_x=None, age=None, spend=None):
    columns = _capi.PurchaseColumns(ctypes.sizeof(_capi.PurchaseColumns), 0, len(x))
    columns.frequency = address(x)
    for name, column in (("recency", t_x), ("age", age), ("spend", spend)):
        if column is not None:
            setattr(columns, name, address(column))
    columns.kept = (x, t_x, age, spend)  # what the pointers point at
    return columns


class Trato:
    def __init__(self, threads):
        self.run = _threads.run_on(threads) if threads > 1 else _capi.RUN_FN()

    def fit(self, kind, columns):
        options = _capi.ValueFitOptions(ctypes.sizeof(_capi.ValueFitOptions), kind)
        options.run = self.run
        model = _capi.ValueModel(ctypes.sizeof(_capi.ValueModel))
        _capi.call(
            _capi.lib.trato_value_fit,
            ctypes.byref(columns),
            ctypes.byref(options),
            ctypes.byref(model),
        )
        return model

    def expected(self, model, columns, out):
        options = _capi.ValueOptions(ctypes.sizeof(_capi.ValueOptions))
        options.horizon, options.quantile, options.margin = WEEKS, 0.5, 1
        options.run = self.run
        predictions = _capi.ValuePredictions(ctypes.sizeof(_capi.ValuePredictions))
        predictions.expected = address(out)
        _capi.call(
            _capi.lib.trato_value_predict,
            ctypes.byref(model),
            ctypes.byref(columns),
            ctypes.byref(options),
            ctypes.byref(predictions),
        )

    def rfm(self, recency, frequency, money, scores):
        columns = _capi.RfmColumns(ctypes.sizeof(_capi.RfmColumns), 5, len(recency))
        columns.recency, columns.frequency = address(recency), address(frequency)
        columns.money, columns.run = address(money), self.run
        edges = _capi.RfmEdges(ctypes.sizeof(_capi.RfmEdges))
        _capi.call(
            _capi.lib.trato_rfm_find, ctypes.byref(columns), ctypes.byref(edges)
        )
        _capi.call(
            _capi.lib.trato_rfm_score,
            ctypes.byref(edges),
            ctypes.byref(columns),
            *(address(it) for it in scores),
        )


def rfm_of_events(columns, threads):
    # Batches of numbers go in by Arrow, as a data frame's would.
    from trato import _build

    part = {
        "customer": _build.Part("l", len(columns["at"]), None, [columns["customer"]]),
        "at": _build.Part("l", len(columns["at"]), None, [columns["at"]]),
        "amount": _build.Part("g", len(columns["at"]), None, [columns["amount"]]),
    }
    producer = _build.Producer(part, len(columns["at"]))

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return capsule(producer)

    purchases = value.summarise(Stream(), threads=threads)
    return purchases.rfm(threads=threads)


def capsule(producer):
    from trato import _arrow

    return _arrow._python.PyCapsule_New(producer.address, _arrow._name, None)


def read(folder, name):
    column = array.array("d")
    path = pathlib.Path(folder, name)
    with path.open("rb") as file:
        column.fromfile(file, path.stat().st_size // 8)
    return column


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--build", default="")
    parser.add_argument("--peers", default="")
    options = parser.parse_args()

    columns = simulated(options.customers)
    with tempfile.TemporaryDirectory() as folder:
        for name, column in columns.items():
            with open(f"{folder}/{name}", "wb") as file:
                column.tofile(file)
        peer = None
        if options.peers:
            here = pathlib.Path(__file__).resolve().parent
            answer = subprocess.run(
                [options.peers, "-B", here / "peers" / "value_peer.py", folder],
                check=True,
                stdout=subprocess.PIPE,
            )
            peer = json.loads(answer.stdout)
        if peer is None:
            sys.exit("without lifetimes (--peers) there is nothing to compare with")
        report(folder, columns, peer, options)


def report(folder, columns, peer, options):
    trato = Trato(options.threads)
    cdnow = [read(folder, "cdnow_" + name) for name in ("x", "t_x", "T")]
    table = purchase_columns(*cdnow)
    spends = purchase_columns(
        read(folder, "cdnow_back"), spend=read(folder, "cdnow_spend")
    )
    rows = []

    def compare(name, times, work):
        seconds, result = best(times, work)
        rows.append((name, seconds, peer["seconds"].get(name)))
        return result

    kinds = {"mbg_nbd": 0, "bg_nbd": 1, "pareto_nbd": 2, "gamma_gamma": 4}
    for name, kind in kinds.items():
        of = spends if kind == 4 else table
        model = compare("fit " + name, 20, lambda: trato.fit(kind, of))
        for mine, theirs in zip(model.parameters, peer["results"][name]):
            # Their optimiser stops at about the third digit.
            assert abs(mine / theirs - 1) < 0.02, (name, mine, theirs)
        if name == "bg_nbd":
            bg = model
            for i, number in enumerate(peer["results"][name]):
                bg.parameters[i] = number
    all_of_them = purchase_columns(columns["x"], columns["t_x"], columns["age"])
    out = array.array("d", bytes(8 * len(columns["x"])))
    compare("expected", 5, lambda: trato.expected(bg, all_of_them, out))
    theirs = read(folder, "expected_peer")
    off = max(abs(a - b) / (1 + b) for a, b in zip(out, theirs))
    assert off < 1e-6, off
    compare("fit bg_nbd of all", 3, lambda: trato.fit(1, all_of_them))
    seconds, model = best(1, lambda: trato.fit(2, all_of_them))
    rows.append(("fit pareto_nbd of all", seconds, None))

    since = array.array("d", map(float.__sub__, columns["age"], columns["t_x"]))
    times = array.array("d", (x + 1 for x in columns["x"]))
    scores = [array.array("B", bytes(len(since))) for _ in range(3)]
    compare(
        "rfm of columns", 5, lambda: trato.rfm(since, times, columns["money"], scores)
    )
    compare("rfm of purchases", 3, lambda: rfm_of_events(columns, options.threads))

    print(f"{len(columns['x']):,} customers, {len(columns['at']):,} purchases, "
          f"{options.threads} threads; fits of CDNOW's 2,357 where not of all\n")
    print("| work | trato | peer | ratio | goal | met |")
    print("|---|---|---|---|---|---|")
    for name, mine, theirs in rows:
        goal = GOALS.get(name)
        other = f"{theirs * 1e3:,.1f} ms" if theirs else "-"
        ratio = f"{theirs / mine:.1f}" if theirs else "-"
        met = ("yes" if theirs / mine >= goal else "no") if goal and theirs else "-"
        print(f"| {name} | {mine * 1e3:,.2f} ms | {other} | {ratio} | "
              f"{f'>= {goal}' if goal else '-'} | {met} |")


if __name__ == "__main__":
    main()
