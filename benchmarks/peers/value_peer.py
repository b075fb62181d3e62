# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The peers' side of benchmarks/value.py: lifetimes and pandas.

    value_peer.py FOLDER: reads the columns that value.py wrote there, and prints
    times (the best of several, in seconds) and results as JSON.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from lifetimes import ParetoNBDFitter
from lifetimes.datasets import load_cdnow_summary
from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value

WEEKS = 39


def best(times, work):
    found = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        found.append(time.perf_counter() - start)
    return min(found), result


def rfm_scores(frame):
    # Ranks by order of rows: qcut refuses edges that are alike.
    return pd.DataFrame(
        {
            "r": pd.qcut((-frame.recency).rank(method="first"), 5, labels=False) + 1,
            "f": pd.qcut(frame.frequency.rank(method="first"), 5, labels=False) + 1,
            "m": pd.qcut(frame.money.rank(method="first"), 5, labels=False) + 1,
        }
    )


def rfm_of_events(events):
    by = events.groupby("customer").agg(
        last=("at", "max"), frequency=("at", "count"), money=("amount", "sum")
    )
    by["recency"] = events["at"].max() - by["last"]
    return rfm_scores(by)


def column(folder, name, dtype="<f8"):
    return np.fromfile(f"{folder}/{name}", dtype=dtype)


def main():
    folder = sys.argv[1]
    out = {"seconds": {}, "results": {}}

    def note(name, times, work):
        seconds, result = best(times, work)
        out["seconds"][name] = seconds
        print(f"  peer: {name} {seconds:.4g} s", file=sys.stderr)
        return result

    cdnow = load_cdnow_summary(index_col=[0])
    x, t_x, age = (cdnow[name] for name in ("frequency", "recency", "T"))
    for name, fitter, times in (
        ("bg_nbd", BetaGeoFitter, 5),
        ("mbg_nbd", ModifiedBetaGeoFitter, 5),
        ("pareto_nbd", ParetoNBDFitter, 3),
    ):
        model = note("fit " + name, times, lambda: fitter().fit(x, t_x, age))
        out["results"][name] = list(model.params_)
        if name == "bg_nbd":
            bg = model
    money = load_cdnow_summary_data_with_monetary_value()
    back = money[money.frequency > 0]
    model = note(
        "fit gamma_gamma",
        5,
        lambda: GammaGammaFitter().fit(back.frequency, back.monetary_value),
    )
    out["results"]["gamma_gamma"] = list(model.params_)

    x, t_x, age = (column(folder, name) for name in ("x", "t_x", "age"))
    expected = note(
        "expected",
        3,
        lambda: np.asarray(
            bg.conditional_expected_number_of_purchases_up_to_time(WEEKS, x, t_x, age)
        ),
    )
    expected.astype("<f8").tofile(f"{folder}/expected_peer")
    note("fit bg_nbd of all", 1, lambda: BetaGeoFitter().fit(x, t_x, age))

    frame = pd.DataFrame(
        {"recency": age - t_x, "frequency": x + 1, "money": column(folder, "money")}
    )
    note("rfm of columns", 3, lambda: rfm_scores(frame))
    events = pd.DataFrame(
        {
            "customer": column(folder, "customer", "<i8"),
            "at": column(folder, "at", "<i8"),
            "amount": column(folder, "amount"),
        }
    )
    note("rfm of purchases", 2, lambda: rfm_of_events(events))
    for name in ("x", "t_x", "T"):
        source = {"x": "frequency", "t_x": "recency", "T": "T"}[name]
        cdnow[source].to_numpy("<f8").tofile(f"{folder}/cdnow_{name}")
    back.frequency.to_numpy("<f8").tofile(f"{folder}/cdnow_back")
    back.monetary_value.to_numpy("<f8").tofile(f"{folder}/cdnow_spend")
    print(json.dumps(out))


main()
