#!/usr/bin/env python3
# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The command line on what customers are worth: of CSV and of a store."""

import json
import os
import random
import unittest

from test_cli import NOW, CliTest

HEADER = "CustomerID,InvoiceDate,Quantity,UnitPrice\n"


def purchases(seed=3, customers=120):
    draw = random.Random(seed)
    rows = []
    for i in range(customers):
        day = draw.uniform(0, 60)
        while day < 300:
            at = f"2010-{1 + int(day) // 28:02}-{1 + int(day) % 28:02}"
            rows.append((i, at, draw.randrange(1, 9), f"{draw.uniform(1, 20):.2f}"))
            if draw.random() < 0.3:
                break
            day += draw.expovariate(1 / 25)
    return rows


class Value(CliTest):

    def setUp(self):
        super().setUp()
        self.csv = os.path.join(self.folder, "orders.csv")
        with open(self.csv, "w") as file:
            file.write(HEADER)
            for row in purchases():
                file.write(",".join(map(str, row)) + "\n")
            file.write(",2010-03-03,1,2.00\n")

    def test_fit(self):
        text = self.ok("value", "fit", self.csv)
        self.assertIn("MBG/NBD · 120 customers · log-likelihood -", text)
        self.assertIn("alpha", text)
        self.assertIn("left out 1 row: the customer is missing", text)
        answer = json.loads(self.ok("value", "fit", self.csv, "--model",
                                    "pareto_nbd", "--json", "--threads", "2"))
        self.assertEqual(list(answer["parameters"]), ["r", "alpha", "s", "beta"])
        for it in answer["parameters"].values():
            self.assertLess(it["low"], it["value"])

    def test_predict(self):
        rows = json.loads(self.ok("value", "predict", self.csv, "--weeks", "26",
                                  "--margin", "0.5", "--json"))
        self.assertEqual(len(rows), 120)
        for row in rows:
            self.assertAlmostEqual(row["value"],
                                   row["discounted"] * row["spend"] * 0.5)
        text = self.ok("value", "predict", self.csv, "--top", "3")
        best = max(json.loads(self.ok("value", "predict", self.csv, "--json")),
                   key=lambda row: row["value"])
        first = text.splitlines()[-4].split()
        self.assertEqual(first[0], best["customer"])
        self.assertIn("… of 120 customers", text)

    def test_choose(self):
        text = self.ok("value", "choose", self.csv, "--end", "2010-09-01",
                       "--until", "2010-12-01")
        self.assertIn("chosen: ", text)
        report = json.loads(self.ok("value", "choose", self.csv, "--json"))
        self.assertEqual(len(report["models"]), 3)

    def test_a_store_says_the_same_as_its_file(self):
        self.init()
        lines = os.path.join(self.folder, "lines.csv")
        with open(lines, "w") as file:
            file.write("InvoiceNo,StockCode," + HEADER)
            for i, row in enumerate(purchases()):
                file.write(f"{i},tea," + ",".join(map(str, row)) + "\n")
        self.ok("import", self.store, lines, "--as", "orders", "--now", NOW)
        of_store, of_file = (
            json.loads(self.ok("value", "rfm", source, "--end", "2010-12-01",
                               *more, "--json"))
            for source, more in ((self.store, ("--now", NOW)), (self.csv, ())))
        self.assertEqual(len(of_store), 120)
        by_name = {f"shop:{row['customer']}": row for row in of_file}
        for row in of_store:
            other = by_name[row["customer"]]
            for name in ("recency", "frequency", "r", "f", "segment"):
                self.assertEqual(row[name], other[name])
            self.assertAlmostEqual(row["money"], other["money"], places=1)
        text = self.ok("value", "rfm", self.store, "--now", NOW, "--end",
                       "2010-12-01")
        self.assertIn("champions", text)

    def test_summary(self):
        path = os.path.join(self.folder, "summary.csv")
        with open(path, "w") as file:
            file.write("frequency,recency,periods,weights\n"
                       "0,0,6,30\n2,4,6,9\n5,6,6,20\n1,1,6,12\n")
        text = self.ok("value", "fit", path, "--summary", "--model", "bg_bb")
        self.assertIn("BG/BB · 71 customers", text)

    def test_wrong_use(self):
        for arguments, message in (
            (("fit", self.csv, "--model", "magic"), "--model: one of mbg_nbd"),
            (("fit", self.csv, "--column", "at"), "FIELD=HEADER"),
            (("fit", self.csv, "--column", "at=Datum"), "no column 'Datum'"),
            (("predict", self.csv, "--weeks", "soon"), "--weeks: a number"),
            (("fit", self.csv, "--end", "soon"), "--end"),
            (("fit", self.csv, "--type", "purchase"), "about stores"),
            (("predict", self.csv, "--model", "gamma_gamma"), "what is spent"),
        ):
            self.assertIn(message, self.fails("value", *arguments))


if __name__ == "__main__":
    unittest.main()
