# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Five segments of a web shop, each counted twice: by Trato and by SQL.

usage: segments.py SALES

The sales go into a store in memory, and line by line into a table of SQLite,
which shares nothing with the store but the file. Where the two differ, who is
in one and not in the other is told and the exit status is 1. Then: why one
customer is not in a segment.
"""

import csv
import decimal
import gzip
import signal
import sqlite3
import sys

import trato

NOW = "2011-12-10"  # midnight in London, the shop's zone
TEA = ("22423", "22697", "22698", "22699", "23170", "23173")

# By name: what a marketer would say, the condition, and the customers in SQL.
# Spans are counted back in the calendar, so times are compared as clocks in
# London showed them.
SEGMENTS = {
    "loyal": (
        "three orders or more in ninety days",
        'interactions("purchase").within("90d").count() >= 3',
        f"""SELECT customer FROM purchase
            WHERE at > datetime('{NOW}', '-90 days') AND at <= datetime('{NOW}')
            GROUP BY customer HAVING count(*) >= 3"""),
    "slipping away": (
        "three orders or more, the last one three months ago",
        'interactions("purchase").count() >= 3'
        ' && interactions("purchase").recency() >= duration("2160h")',
        f"""SELECT customer FROM purchase GROUP BY customer
            HAVING count(*) >= 3 AND max(utc) <= datetime('{NOW}', '-90 days')"""),
    "big spenders": (
        "over 2,000 GBP in a year, what they brought back taken off",
        'interactions("purchase").within("1y").sum(i, i.amount)'
        ' + interactions("return").within("1y").sum(i, i.amount) > money("2000.00", "GBP")',
        f"""SELECT customer FROM (SELECT * FROM purchase UNION ALL SELECT * FROM brought_back)
            WHERE at > datetime('{NOW}', '-1 year') AND at <= datetime('{NOW}')
            GROUP BY customer HAVING sum(pence) > 200000"""),
    "tea, and kept it": (
        "bought of the Regency tea set and brought nothing back in six months",
        'interactions("purchase").lines().exists(l, l.product in ["%s"])'
        ' && !interactions("return").within("6mo").exists()' % '", "'.join(TEA),
        f"""SELECT DISTINCT customer FROM line JOIN purchase USING (invoice, customer)
            WHERE product IN {TEA} AND customer NOT IN (
              SELECT customer FROM brought_back
              WHERE at > datetime('{NOW}', '-6 months') AND at <= datetime('{NOW}'))"""),
    "curious": (
        "ordered again within a fortnight, and twenty different articles in all",
        'sequence(interactions("purchase")).then(interactions("purchase"), "14d").exists()'
        ' && interactions("purchase").lines().distinct(l, l.product).size() >= 20',
        """SELECT customer FROM line JOIN purchase USING (invoice, customer)
           WHERE customer IN (
             SELECT b.customer FROM purchase a JOIN purchase b USING (customer)
             WHERE a.at < b.at AND a.at > datetime(b.at, '-14 days'))
           GROUP BY customer HAVING count(DISTINCT product) >= 20"""),
}


def tables(sales):
    """The file as tables: its lines, and its orders of which not all is free."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE line (invoice, customer, product, quantity, pence, at)")
    with gzip.open(sales, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            amount = int(row["Quantity"]) * decimal.Decimal(row["UnitPrice"]) * 100
            database.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?)", (
                row["InvoiceNo"], "shop:" + row["CustomerID"].removesuffix(".0"),
                row["StockCode"], int(row["Quantity"]),
                int(amount.quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP)),
                row["InvoiceDate"]))
    # Summer time in London, 2011: 27 March to 30 October, both at 01:00 UTC.
    database.execute("""
        CREATE VIEW invoice AS
        SELECT *, CASE WHEN at >= '2011-03-27 02:00:00' AND at < '2011-10-30 02:00:00'
                       THEN datetime(at, '-1 hour') ELSE at END AS utc
        FROM (SELECT invoice, customer, min(at) AS at, sum(pence) AS pence,
                     sum(pence != 0) AS priced
              FROM line GROUP BY invoice, customer)""")
    database.execute("CREATE TABLE purchase AS SELECT * FROM invoice "
                     "WHERE invoice NOT LIKE 'C%' AND priced > 0")
    database.execute("CREATE TABLE brought_back AS SELECT * FROM invoice "
                     "WHERE invoice LIKE 'C%'")
    return database


def main(sales):
    database = tables(sales)
    differ = False
    with trato.open(zone="Europe/London", currency="GBP") as store:
        store.import_orders(sales, now=NOW)
        people = store.info(now=NOW).customers
        print(f"{people:,} customers, {NOW}\n")
        print(f"{'segment':<18}{'Trato':>6}{'SQL':>6}  who")
        for name, (words, expression, sql) in SEGMENTS.items():
            segment = store.segments.define(name, expression, now=NOW)
            size = segment.count(now=NOW)
            expected = {customer for customer, in database.execute(sql)}
            members = {member.name for member in segment.members(now=NOW)}
            print(f"{name:<18}{size.members:>6,}{len(expected):>6,}  {words}")
            if members != expected or size.members != len(expected) or size.undecided:
                differ = True
                print(f"  differ in {sorted(members ^ expected)[:10]}")
        # Whoever is one order short, the one who spent most.
        (customer,) = database.execute(
            f"""SELECT customer FROM purchase
                WHERE at > datetime('{NOW}', '-90 days') AND at <= datetime('{NOW}')
                GROUP BY customer HAVING count(*) = 2 ORDER BY sum(pence) DESC, customer""").fetchone()
        print(f"\nWhy {customer} is not in \"loyal\":")
        print(store.segments.explain("loyal", customer, now=NOW))
    return differ


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main(*sys.argv[1:]))
