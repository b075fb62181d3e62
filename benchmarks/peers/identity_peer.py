# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The peers of identity resolution, Splink and recordlinkage, with their own recipes.

    identity_peer.py accuracy KIND FILE [KIND FILE ...]   KIND: febrl, fake, people
    identity_peer.py speed FILE                           Splink on many people

Prints JSON: for each tool, data set and recipe how many pairs it says, precision,
recall and F1, with all true pairs in the denominator, and seconds. Pairs are counted
as the tool says them ("pairs") and with what follows from them ("clusters").

A recipe is one that the tool documents (`of` says where), with its threshold; where
it documents none for the data the nearest is taken, and `of` says which. Rows with
"hindsight" have the threshold that the truth shows to be the best, which nobody can
know; they are told for comparison only.
"""

import argparse
import collections
import csv
import gzip
import json
import logging
import pathlib
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

THREADS = 2


def rows_of(path, kind):
    """[{column: text or None}] with `id` and `truth`."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    for row in rows:
        for column in list(row):
            row[column.strip()] = (row.pop(column) or "").strip() or None
        if kind == "febrl":
            row["id"], row["truth"] = row["rec_id"], row["rec_id"].split("-")[1]
        elif kind == "fake":
            row["id"], row["truth"] = row["unique_id"], row["cluster"]
        else:
            row["id"], row["truth"] = row["record"], row["person"]
    return rows


# Counting.


class Truth:
    def __init__(self, rows):
        self.of = {row["id"]: row["truth"] for row in rows}
        self.pairs = pairs_within(collections.Counter(self.of.values()).values())

    def figures(self, said, right):
        precision = right / said if said else 0.0
        recall = right / self.pairs
        both = precision + recall
        return {"said": said, "right": right, "precision": precision, "recall": recall,
                "f1": 2 * precision * recall / both if both else 0.0}

    def of_pairs(self, pairs):
        return self.figures(len(pairs), sum(self.of[a] == self.of[b] for a, b in pairs))

    def of_clusters(self, pairs):
        merged = Clusters(self)
        for a, b in pairs:
            merged.join(a, b)
        return self.figures(merged.said, merged.right)

    def hindsight(self, scored):
        """The best of all thresholds, over pairs and over clusters."""
        scored = sorted(((score, a, b) for a, b, score in scored), reverse=True)
        merged, right = Clusters(self), 0
        best = {"pairs": (None, self.figures(0, 0)), "clusters": (None, self.figures(0, 0))}
        for number, (score, a, b) in enumerate(scored, 1):
            right += self.of[a] == self.of[b]
            merged.join(a, b)
            if number < len(scored) and scored[number][0] == score:
                continue
            for counted, found in (("pairs", self.figures(number, right)),
                                   ("clusters", self.figures(merged.said, merged.right))):
                if found["f1"] > best[counted][1]["f1"]:
                    best[counted] = (score, found)
        return best


def pairs_within(sizes):
    return sum(size * (size - 1) // 2 for size in sizes)


class Clusters:
    """Connected components as they grow, and how many pairs they say."""

    def __init__(self, truth):
        self.parent = {}
        self.members = {one: collections.Counter([who]) for one, who in truth.of.items()}
        self.said = self.right = 0

    def root(self, one):
        while one in self.parent:
            one = self.parent[one]
        return one

    def join(self, a, b):
        a, b = self.root(a), self.root(b)
        if a == b:
            return
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        big, small = self.members[a], self.members.pop(b)
        self.said += sum(big.values()) * sum(small.values())
        self.right += sum(big[who] * many for who, many in small.items())
        big.update(small)
        self.parent[b] = a


class Report:
    def __init__(self, name, truth):
        self.name, self.truth, self.rows = name, truth, []

    def add(self, tool, recipe, of, counted, threshold, hindsight, figures, seconds):
        row = {"data": self.name, "tool": tool, "recipe": recipe, "of": of,
               "counted": counted, "threshold": threshold, "hindsight": hindsight,
               "seconds": seconds, **figures}
        self.rows.append(row)
        late = " (hindsight)" if hindsight else ""
        print(f"  {self.name}: {tool}, {recipe}, {counted} at {threshold}{late}: "
              f"P {figures['precision']:.4f} R {figures['recall']:.4f} "
              f"F1 {figures['f1']:.4f} in {seconds:.1f} s", file=sys.stderr, flush=True)

    def add_hindsight(self, tool, recipe, of, scored, seconds):
        for counted, (threshold, found) in self.truth.hindsight(scored).items():
            self.add(tool, recipe, of, counted, threshold, True, found, seconds)


# Splink.


def splink_recipes(kind):
    """[(name, where it is documented, what it is)] for a kind of data."""
    import splink.comparison_library as cl
    from splink import ColumnExpression, block_on

    if kind == "febrl":
        return [("febrl3", "Splink's example febrl3", {
            "thresholds": [("pairs", 0.2), ("clusters", 0.2), ("clusters", 0.95)],
            "blocks": [block_on(it) for it in (
                "soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")],
            "comparisons": [
                cl.NameComparison("given_name"),
                cl.NameComparison("surname"),
                cl.DateOfBirthComparison("date_of_birth", input_is_string=True,
                                         datetime_format="%Y%m%d"),
                cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
                cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
                cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            ],
            "rules": [
                block_on("soc_sec_id"),
                block_on("given_name", "surname", "date_of_birth"),
                "l.given_name = r.surname and l.surname = r.given_name "
                "and l.date_of_birth = r.date_of_birth"],
            "recall": 0.9, "pairs": 1e6, "seed": 2,
            "training": [block_on("date_of_birth"), block_on("postcode")],
        })]
    if kind == "fake":
        tutorial = {
            "thresholds": [("pairs", 0.1), ("clusters", 0.2), ("clusters", 0.95)],
            "blocks": [block_on("first_name", "city"), block_on("surname")],
            "comparisons": [
                cl.NameComparison("first_name"),
                cl.NameComparison("surname"),
                cl.LevenshteinAtThresholds(ColumnExpression("dob").cast_to_string(), 1),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.EmailComparison("email"),
            ],
            "rules": [
                block_on("first_name", "dob"),
                "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
                block_on("email")],
            "recall": 0.7, "pairs": 2e6, "seed": 1,
            "training": [block_on("first_name", "surname"), block_on("dob")],
        }
        accuracy = {
            "thresholds": [("pairs", 0.5), ("clusters", 0.5), ("clusters", 0.95)],
            "blocks": [block_on(it) for it in ("first_name", "surname", "dob", "email")],
            "comparisons": [
                cl.ForenameSurnameComparison("first_name", "surname"),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.EmailComparison("email"),
            ],
            "rules": [
                "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
                "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
                "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
                "l.email = r.email"],
            "recall": 0.7, "pairs": 1e6, "seed": 5,
            "training": [block_on("dob"), block_on("email"),
                         block_on("first_name", "surname")],
        }
        return [
            ("tutorial", "Splink's tutorials 4 and 5, on fake_1000", tutorial),
            ("accuracy analysis", "Splink's example accuracy_analysis_from_labels_column, "
             "on fake_1000", accuracy),
        ]
    blocks = [
        block_on("document"), block_on("email"), block_on("phone"),
        block_on("substr(given_name,1,3)", "substr(surname,1,4)"),
        block_on("surname", "birth_date"),
        block_on("given_name", "birth_date"),
        block_on("postcode", "given_name"),
        block_on("postcode", "surname"),
        block_on("birth_date", "city"),
        block_on("substr(postcode,1,3)", "birth_date"),
        block_on("substr(given_name,1,2)", "substr(surname,1,2)", "substr(birth_date,1,4)"),
    ]
    others = [
        cl.NameComparison("second_surname"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.EmailComparison("email"),
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("document", [2]),
    ]
    common = {
        "thresholds": [("pairs", 0.95), ("clusters", 0.95)],
        "blocks": blocks,
        "rules": [block_on("given_name", "surname", "birth_date"), block_on("document"),
                  block_on("email"), block_on("birth_date", "postcode")],
        "recall": 0.6, "pairs": 1e7, "seed": 1,
        "training": [block_on("given_name", "surname"), block_on("birth_date")],
    }
    of = ("it has none for these columns; rules and thresholds after its example "
          "deduplicate_50k_synthetic (the two of half a postcode and one name are left out, "
          "as too many for a million), e-mail after its tutorial, document as soc_sec_id in "
          "febrl3, {}")
    return [
        ("nearest, as 50k", of.format("names and postcode as in the 50k"), {
            **common, "comparisons": others + [
                cl.ForenameSurnameComparison(
                    "given_name", "surname", forename_surname_concat_col_name="full_name"),
                cl.LevenshteinAtThresholds("postcode", 2),
                cl.ExactMatch("street").configure(term_frequency_adjustments=True),
            ]}),
        ("nearest, as febrl3", of.format("names and postcode as in febrl3, without street"), {
            **common, "comparisons": others + [
                cl.NameComparison("given_name"),
                cl.NameComparison("surname"),
                cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            ]}),
    ]


def clean_people(row):
    """What Splink's and recordlinkage's guides ask to be done before: one form each."""
    import unicodedata

    def plain(text):
        if text is None:
            return None
        text = unicodedata.normalize("NFD", text.lower().replace("ª", "a"))
        text = "".join(it if it.isalnum() else " " for it in text
                       if not unicodedata.combining(it))
        return " ".join(text.split()) or None

    for column in ("given_name", "surname", "second_surname", "street", "city"):
        row[column] = plain(row[column])
    for column in ("document", "postcode"):
        row[column] = (plain(row[column]) or "").replace(" ", "") or None
    row["email"] = row["email"].lower() if row["email"] else None
    if row["surname"] and not row["second_surname"] and " " in row["surname"]:
        row["surname"], row["second_surname"] = row["surname"].split(" ", 1)
    digits = "".join(it for it in row["phone"] or "" if it.isdigit())
    row["phone"] = digits[-9:] or None
    row["full_name"] = (f"{row['given_name']} {row['surname']}"
                        if row["given_name"] and row["surname"] else None)
    return row


class Splink:
    """One model, from a table to clusters, as the examples do it."""

    def __init__(self, rows, recipe):
        import duckdb
        import pyarrow
        from splink import DuckDBAPI, Linker, SettingsCreator

        self.recipe = recipe
        columns = [it for it in rows[0] if it != "truth"]
        table = pyarrow.table({it: pyarrow.array([row[it] for row in rows], pyarrow.string())
                               for it in columns})
        connection = duckdb.connect(config={"threads": THREADS})
        self.started = time.perf_counter()
        interface = DuckDBAPI(connection=connection)
        settings = SettingsCreator(
            unique_id_column_name="id", link_type="dedupe_only",
            blocking_rules_to_generate_predictions=recipe["blocks"],
            comparisons=recipe["comparisons"])
        self.linker = Linker(interface.register(connection.from_arrow(table)), settings)

    def seconds(self):
        return time.perf_counter() - self.started

    def train(self):
        recipe, training = self.recipe, self.linker.training
        training.estimate_probability_two_random_records_match(
            recipe["rules"], recall=recipe["recall"])
        training.estimate_u_using_random_sampling(
            max_pairs=recipe["pairs"], seed=recipe["seed"])
        for rule in recipe["training"]:
            training.estimate_parameters_using_expectation_maximisation(rule)

    def predict(self, threshold=None):
        return self.linker.inference.predict(threshold_match_probability=threshold)

    def cluster(self, predictions, threshold):
        return self.linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=threshold)


def components(clusters):
    """Pairs that join the members of each cluster."""
    found = clusters.as_duckdbpyrelation().select("cluster_id, id").fetchall()
    first = {}
    return [(first.setdefault(cluster, one), one) for cluster, one in found
            if first.setdefault(cluster, one) != one]


def splink_accuracy(report, kind, rows):
    for name, of, recipe in splink_recipes(kind):
        model = Splink(rows, recipe)
        model.train()
        least = min(threshold for _, threshold in recipe["thresholds"])
        predictions = model.predict(least)
        predicted = model.seconds()
        scored = predictions.as_duckdbpyrelation().select(
            "id_l, id_r, match_probability").fetchall()
        for counted, threshold in recipe["thresholds"]:
            if counted == "pairs":
                pairs = [(a, b) for a, b, p in scored if p >= threshold]
                report.add("splink", name, of, counted, threshold, False,
                           report.truth.of_pairs(pairs), predicted)
                continue
            start = time.perf_counter()
            clusters = model.cluster(predictions, threshold)
            seconds = predicted + time.perf_counter() - start
            report.add("splink", name, of, counted, threshold, False,
                       report.truth.of_clusters(components(clusters)), seconds)
        every = model.predict().as_duckdbpyrelation().select(
            "id_l, id_r, match_weight").fetchall()
        report.add_hindsight("splink", name, of, every, predicted)


# recordlinkage.


def linkage_recipes(kind):
    guide = {
        "blocks": ["given_name"],
        "exact": ["given_name", "date_of_birth", "suburb", "state"],
        "near": {"surname": "jarowinkler", "address_1": "levenshtein"},
        "order": ["given_name", "surname", "date_of_birth", "suburb", "state", "address_1"],
        "classifier": "sum", "threshold": 3,
    }
    example = {
        "blocks": ["given_name", "surname", "soc_sec_id"],
        "exact": guide["exact"],
        "near": {**guide["near"], "address_2": "levenshtein"},
        "order": guide["order"] + ["address_2"],
        "classifier": "logistic", "threshold": 0.5,
        "coefficients": [2.0, 3.0, 7.0, 6.0, 2.5, 5.0, 5.5], "intercept": -9.5,
    }
    if kind == "febrl":
        every = {
            "blocks": ["given_name", "surname", "soc_sec_id", "date_of_birth", "postcode",
                       "address_1"],
            "exact": ["date_of_birth", "soc_sec_id", "suburb", "state", "postcode"],
            "near": {"given_name": "jarowinkler", "surname": "jarowinkler",
                     "address_1": "levenshtein"},
            "classifier": "ecm", "threshold": 0.5,
        }
        return [
            ("guide", "recordlinkage's guide Data deduplication, on febrl1", guide),
            ("deterministic", "recordlinkage's example dedup_deterministic, on febrl3",
             example),
            ("ECM, its example's pairs", "recordlinkage's example dedup_deterministic, with "
             "its ECM classifier in place of coefficients made by hand",
             {**example, "classifier": "ecm"}),
            ("ECM, six blocks", "recordlinkage's ECM classifier, all useful columns", every),
        ]
    if kind == "fake":
        return [("ECM, nearest", "recordlinkage's ECM classifier, after its example "
                 "dedup_deterministic: it has none for these columns", {
            "blocks": ["first_name", "surname", "dob", "email"],
            "exact": ["dob", "city", "email"],
            "near": {"first_name": "jarowinkler", "surname": "jarowinkler"},
            "classifier": "ecm", "threshold": 0.5,
        })]
    of = ("recordlinkage's ECM classifier, after its example dedup_deterministic: it has "
          "none for these columns")
    few = {
        "blocks": ["document", "email", "phone", ["given_name", "surname"],
                   ["surname", "birth_date"], ["given_name", "birth_date"],
                   ["postcode", "given_name"], ["postcode", "surname"]],
        "exact": ["birth_date", "email", "phone", "document"],
        "near": {"given_name": "jarowinkler", "surname": "jarowinkler"},
        "classifier": "ecm", "threshold": 0.5,
    }
    every = {**few, "exact": few["exact"] + ["postcode"], "near": {
        **few["near"], "second_surname": "jarowinkler", "street": "levenshtein"}}
    return [("ECM, nearest, all columns", of, every),
            ("ECM, nearest, no address", of, few)]


def linkage_pairs(frame, recipe):
    """[(one, other, probability)] of all pairs that share a block."""
    import numpy
    import recordlinkage

    indexer = recordlinkage.Index()
    for block in recipe["blocks"]:
        indexer.block(block)
    pairs = indexer.index(frame)
    comparer = recordlinkage.Compare(n_jobs=THREADS)
    for column in recipe.get("order", [*recipe["exact"], *recipe["near"]]):
        if column in recipe["exact"]:
            comparer.exact(column, column, label=column)
        else:
            comparer.string(column, column, method=recipe["near"][column], threshold=0.85,
                            label=column)
    features = comparer.compute(pairs, frame)
    if recipe["classifier"] == "sum":
        scores = features.sum(axis=1)
    elif recipe["classifier"] == "logistic":
        # What LogisticRegressionClassifier says with coefficients that are given; it
        # cannot be asked any more since scikit-learn wants it fitted first.
        sums = features.dot(recipe["coefficients"]) + recipe["intercept"]
        scores = 1 / (1 + numpy.exp(-sums))
    else:
        classifier = recordlinkage.ECMClassifier()
        classifier.fit(features)
        scores = classifier.prob(features)
    return [(a, b, score) for (a, b), score in scores.items()]


def linkage_accuracy(report, kind, rows):
    import pandas

    frame = pandas.DataFrame(rows).set_index("id")
    for name, of, recipe in linkage_recipes(kind):
        start = time.perf_counter()
        scored = linkage_pairs(frame, recipe)
        seconds = time.perf_counter() - start
        pairs = [(a, b) for a, b, score in scored if score > recipe["threshold"]]
        for counted, found in (("pairs", report.truth.of_pairs(pairs)),
                               ("clusters", report.truth.of_clusters(pairs))):
            report.add("recordlinkage", name, of, counted, recipe["threshold"], False, found,
                       seconds)
        report.add_hindsight("recordlinkage", name, of, scored, seconds)


# What to do.


def accuracy(files):
    found = []
    for kind, path in zip(files[::2], files[1::2]):
        rows = rows_of(path, kind)
        if kind == "people":
            rows = [clean_people(row) for row in rows]
        report = Report(pathlib.Path(path).name.split(".")[0], Truth(rows))
        for tool, measure in (("splink", splink_accuracy), ("recordlinkage", linkage_accuracy)):
            try:
                measure(report, kind, rows)
            except Exception as error:  # the other tool and the other data go on
                print(f"  {report.name}: {tool} failed: {error}", file=sys.stderr)
                report.rows.append({"data": report.name, "tool": tool, "error": str(error)})
        found += report.rows
    return found


def speed(path):
    rows = [clean_people(row) for row in rows_of(path, "people")]
    truth = Truth(rows)
    _, of, recipe = splink_recipes("people")[-1]
    model = Splink(rows, recipe)
    seconds = {}
    model.train()
    seconds["train"] = model.seconds()
    threshold = recipe["thresholds"][-1][1]
    predictions = model.predict(threshold)
    seconds["predict"] = model.seconds() - seconds["train"]
    clusters = model.cluster(predictions, threshold)
    count = len(clusters.as_duckdbpyrelation().select("cluster_id").distinct().fetchall())
    seconds["all"] = model.seconds()
    seconds["cluster"] = seconds["all"] - seconds["predict"] - seconds["train"]
    return {"tool": "splink", "of": of, "records": len(rows), "threads": THREADS,
            "seconds": seconds, "clusters": count, "threshold": threshold,
            **truth.of_clusters(components(clusters))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("work", choices=("accuracy", "speed"))
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    found = accuracy(options.files) if options.work == "accuracy" else speed(*options.files)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
