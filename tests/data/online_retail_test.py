# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole Online Retail set against figures computed from it by other means.

The expected figures are published with the set's description (rows, customers)
or were computed with csv and decimal from the file, as oracle() does again here.
"""

import csv
import decimal
import gzip
import os
import sys
import unittest

import trato
from trato import value

DATA = os.environ.get("TRATO_TEST_DATA", "")
SALES = os.path.join(DATA, "online_retail_1", "online_retail_1.csv.gz")
NOW = "2011-12-10"


def oracle():
    """Orders by customer: {customer: {invoice: amount in GBP}} of priced lines."""
    orders = {}
    with gzip.open(SALES, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            price = decimal.Decimal(row["UnitPrice"] or 0)
            quantity = int(row["Quantity"])
            if not row["CustomerID"] or price <= 0 or quantity <= 0:
                continue
            customer = "shop:" + row["CustomerID"].removesuffix(".0")
            invoices = orders.setdefault(customer, {})
            invoices[row["InvoiceNo"]] = invoices.get(row["InvoiceNo"], 0) + price * quantity
    return orders


class OnlineRetail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = trato.open(zone="Europe/London", currency="GBP")
        cls.report = cls.store.import_orders(SALES, now=NOW)
        cls.info = cls.store.info(now=NOW)

    @classmethod
    def tearDownClass(cls):
        cls.store.close()

    def test_purchases_are_those_with_customer_quantity_and_price(self):
        purchases = self.info.interactions["purchase"]
        self.assertEqual(purchases.lines - purchases.free_lines, 397_884)
        self.assertEqual(purchases.customers, 4_338)
        self.assertEqual(purchases.interactions, 18_532)
        self.assertEqual(purchases.amounts, (trato.Money(891_140_790, "GBP"),))

    def test_rows_without_customer_are_refused_and_counted(self):
        self.assertEqual(self.report.rows, 541_909)
        refused = {each.reason: each.rows for each in self.report.refusals}
        self.assertEqual(refused, {"no customer": 135_080})
        self.assertEqual(self.report.lines, 541_909 - 135_080)

    def test_the_same_file_again_adds_nothing(self):
        again = self.store.import_orders(SALES, now=NOW)
        self.assertEqual((again.new_lines, again.new_customers), (0, 0))
        self.assertEqual(self.store.info(now=NOW).facts, self.info.facts)

    def test_recency_frequency_and_revenue_of_two_customers(self):
        # As of 2011-12-10: (days since last, invoices, revenue) are
        # (326, 1, 77,183.60) and (2, 73, 280,206.02).
        for name, invoices, minor, last in (("shop:12346", 1, 7_718_360, "2011-01-18"),
                                            ("shop:14646", 73, 28_020_602, "2011-12-08")):
            bought = self.store.customer(name, now=NOW).interactions["purchase"]
            self.assertEqual(bought.interactions, invoices)
            self.assertEqual(bought.amounts, (trato.Money(minor, "GBP"),))
            self.assertEqual(self.store.format_time(bought.last)[:10], last)

    def test_every_customer_has_the_orders_and_revenue_of_the_file(self):
        orders = oracle()
        self.assertEqual(len(orders), 4_338)
        for name, invoices in orders.items():
            bought = self.store.customer(name, now=NOW).interactions["purchase"]
            self.assertEqual(bought.interactions, len(invoices), name)
            cents = sum(invoices.values()) * 100
            # A price of 0.001 is rounded once in its line.
            self.assertLessEqual(abs(bought.amounts[0].minor - cents), decimal.Decimal("0.5"), name)

    def test_recency_frequency_and_money_are_the_published_figures(self):
        purchases = value.of_store(self.store, unit="day", now=NOW)
        rows = {row["customer"]: row for row in purchases.rfm().table}
        self.assertEqual(len(rows), 4_338)

        def of(name):
            return sorted(row[name] for row in rows.values())

        for name, mean, median in (("recency", "93.059", 51), ("frequency", "4.272", 2),
                                   ("money", "2054.266", 674.485)):
            numbers = of(name)
            self.assertEqual(f"{sum(numbers) / len(numbers):.3f}", mean)
            middle = (numbers[2168] + numbers[2169]) / 2
            self.assertAlmostEqual(middle, median, places=2)
        for name, expected in (("shop:12346", (326, 1, 77_183.60)),
                               ("shop:14646", (2, 73, 280_206.02))):
            row = rows[name]
            self.assertEqual((row["recency"], row["frequency"], round(row["money"], 2)), expected)


if __name__ == "__main__":
    if not os.path.exists(SALES):
        print("skipped: 6 tests of the whole Online Retail set; TRATO_TEST_DATA does not name it")
        sys.exit(77)
    unittest.main()
