# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""How near learners come to who knows every taste, and how fast they are.

    PYTHONPATH=build/release/python python3 benchmarks/learning.py --peers PYTHON
        [--customers N] [--peer-customers N] [--seeds N] [--all]

The simulation is peers/learning_peer.py. Of the peers the default and the best
setting found are played with all seeds, beside trato on the same customers; --all
searches again, with one seed each, first. Peers take minutes a run, so they may be
given fewer customers, and trato then plays those, too.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time
from array import array

from trato.learning import Learner

ROOT = pathlib.Path(__file__).resolve().parent
DAY = 86_400_000_000
BASELINES = ["random", "global", "per customer", "segment"]
# Of each tool: the default first, then the best of the search below.
PEERS = {
    "MABWiser": ["mabwiser ThompsonSampling per segment (default)", "mabwiser LinUCB segment 0.1"],
    "Vowpal Wabbit": ["vw (default)", "vw -b 22 bag 5"],
}
# Student's t for a 95 % interval, by degrees of freedom.
T95 = [0, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26]


def play(python, names, customers, seeds):
    """{name: {seed: result}}; what is missing has no results."""
    command = [python, "-B", str(ROOT / "peers" / "learning_peer.py")]
    command += ["--customers", str(customers), "--seeds", str(seeds), "--only", *names]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    results = {name: {} for name in names}
    for line in done.stdout.splitlines():
        it = json.loads(line)
        if "last" in it:
            results[it["name"]][it["seed"]] = it
    return results


def mean(results):
    return statistics.fmean(it["last"] for it in results.values())


def margin(ours, theirs):
    """By how much ours is above theirs, as a share, seed by seed, with 95 %."""
    shares = [ours[seed]["last"] / it["last"] - 1 for seed, it in theirs.items()]
    middle = statistics.fmean(shares)
    if len(shares) < 2:
        return f"{100 * middle:+.1f} % (one seed: no interval)"
    t = T95[min(len(shares), len(T95)) - 1]
    half = t * statistics.stdev(shares) / math.sqrt(len(shares))
    return f"{100 * middle:+.1f} % ({100 * (middle - half):+.1f} to {100 * (middle + half):+.1f})"


def show(name, results, ours=None):
    if not results:
        print(f"  {name:52} not measured")
        return
    beside = "" if ours is None else margin(ours, results)
    seconds = statistics.fmean(it["seconds"] for it in results.values())
    print(f"  {name:52} {mean(results):.3f}  {seconds:7.1f} s  {beside}")


def simulations(options):
    if not options.peers:
        print("simulation: not measured, its requirements could not be installed")
        return
    title = "  learner; share of the clairvoyant in the last ten rounds; a run; trato above it"
    print(f"{options.customers:,} customers, 20 offers, 60 contacts, {options.seeds} seeds")
    print(title)
    own = play(options.peers, ["trato", *BASELINES], options.customers, options.seeds)
    for name, results in own.items():
        show(name, results, None if name == "trato" else own["trato"])
    others = ["trato logistic", "trato squarecb", "trato exploration 1"]
    for name, results in play(options.peers, others, options.customers, 1).items():
        show(name + " (1 seed)", results, own["trato"])
    told = own["trato"].get(1)
    if told:
        each = told["bytes"] / told["pairs"]
        print(f"  {told['pairs']:,} customer-offer pairs, {each:.1f} bytes each")
    if options.all:
        search(options)
    customers = options.peer_customers
    print(f"\npeers: {customers:,} customers, {options.seeds} seeds")
    print(title)
    ours = play(options.peers, ["trato"], customers, options.seeds)["trato"]
    show("trato", ours)
    for names in PEERS.values():
        for name, results in play(options.peers, names, customers, options.seeds).items():
            show(name, results, ours)


def search(options):
    print(f"\nsettings searched, {options.peer_customers:,} customers, 1 seed")
    listed = subprocess.run(
        [
            options.peers,
            "-B",
            "-c",
            "import sys, json; sys.path.insert(0, sys.argv[1]); import learning_peer;"
            "print(json.dumps(list(learning_peer.LEARNERS)))",
            str(ROOT / "peers"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    names = [it for it in json.loads(listed.stdout) if it.startswith(("mab", "vw"))]
    for name, results in play(options.peers, names, options.peer_customers, 1).items():
        show(name, results)


def middle_us(action, count):
    times = []
    for i in range(count):
        start = time.perf_counter_ns()
        action(i)
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / 1000


def speed():
    """In bulk, so that calls from Python do not count, and one by one."""
    offers, eligible, customers = 1000, 50, 2000
    learner = Learner(offers=[str(i) for i in range(offers)], seed=1)
    count = 200_000
    who = array("Q", (1 + i * 7919 % customers for i in range(count)))
    what = array("I", (i * 104729 % offers for i in range(count)))
    said = array("B", (i * 31 % 17 == 0 for i in range(count)))
    of = array("I", (i % 8 for i in who))
    start = time.perf_counter()
    learner.learn_all(who, what, said, segments=of, at=0)
    print(f"\none thread; 1,000 offers, {customers:,} customers, {count:,} answers")
    print(f"  learn an answer {(time.perf_counter() - start) / count * 1e6:23.2f} us  (at most 2)")
    shown = array("I", (i * 20 for i in range(eligible)))
    values = array("d", (1 + i % 3 for i in range(eligible)))
    rows = 2000
    bulk = []
    for i in range(11):
        start = time.perf_counter()
        learner.decide_all(
            who[:rows], segments=of[:rows], offers=shown, values=values, draw=i * rows, now=DAY
        )
        bulk.append((time.perf_counter() - start) / rows * 1e6)
    print(
        f"  decide among 50, with propensities {statistics.median(bulk):4.1f} us"
        "  (at most 60; median of 11 times 2,000)"
    )

    def one(i):
        learner.decide(who[i], segment=of[i], offers=shown, values=values, now=DAY)

    def both(i):
        learner.learn(who[i], i % offers, False, segment=of[i], at=DAY)
        one(i)

    print(f"  the same from Python, one call {middle_us(one, 2000):8.1f} us")
    print(f"  learn one and decide, two calls {middle_us(both, 2000):7.1f} us")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build")
    parser.add_argument("--peers", default="")
    parser.add_argument("--customers", type=int, default=20000)
    parser.add_argument("--peer-customers", type=int, default=20000)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    speed()
    sys.stdout.flush()
    simulations(options)


if __name__ == "__main__":
    main()
