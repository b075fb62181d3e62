# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""DuckDB doing what the topics bulk and log ask, on one thread.

usage: duckdb_peer.py bulk|log --library libtrato_shop.so --path FILE
                               --interactions N [--form FORM]

Prints one JSON object, as shop_benchmark does. Customers, types and channels
are whole numbers, except with --form names, which gives DuckDB the dictionaries
that Trato is given; a linked pair is one customer.
"""

import argparse
import json
import os
import statistics
import sys
import time

import duckdb
import pyarrow

import shop as shops

COLUMNS = ("customer", "type", "channel", "at_us", "amount_minor")
TABLE = "(customer UINTEGER, type UTINYINT, channel UTINYINT, at_us BIGINT, amount_minor BIGINT)"
WITH_KEYS = TABLE[:-1] + ", key UBIGINT)"
WITH_NAMES = ("(customer VARCHAR, \"at\" TIMESTAMPTZ, type VARCHAR, channel VARCHAR, "
              "amount_minor BIGINT)")
VIEW, PURCHASE, COMPLAINT = (shops.TYPES.index(t) for t in ("view", "purchase", "complaint"))
ASKED_FOR_ANSWER = 20

# How the rows come in; the fastest of each kind counts.
APPENDS = {
    "insert from a reader": "INSERT INTO interaction SELECT * FROM reader",
    "insert from a table": "INSERT INTO interaction SELECT * FROM arrow",
}
SORTS = {
    "insert ... order by": "INSERT INTO interaction SELECT * FROM arrow ORDER BY customer, at_us",
    "temp table, insert ... order by":
        "CREATE TEMP TABLE loaded AS SELECT * FROM arrow; "
        "INSERT INTO interaction SELECT * FROM loaded ORDER BY customer, at_us; DROP TABLE loaded",
}

WINDOWS = {"from90": shops.END_US - 90 * shops.DAY_US, "from30": shops.END_US - 30 * shops.DAY_US,
           "now": shops.END_US, "purchase": PURCHASE, "complaint": COMPLAINT}
BEHAVIOURS = (
    """SELECT count(*) FROM (
         SELECT customer FROM {table}
         WHERE type = {purchase} AND at_us > {from90} AND at_us <= {now}
         GROUP BY customer HAVING count(*) >= 2 AND sum(amount_minor) > 15000) buyers
       ANTI JOIN (SELECT customer FROM {table}
         WHERE type = {complaint} AND at_us > {from30} AND at_us <= {now}) complaints
       USING (customer)""",
    """SELECT count(*) FROM (
         SELECT customer FROM {table}
         WHERE at_us > {from90} AND at_us <= {now} AND type IN ({purchase}, {complaint})
         GROUP BY customer
         HAVING count(*) FILTER (type = {purchase}) >= 2
            AND sum(amount_minor) FILTER (type = {purchase}) > 15000
            AND count(*) FILTER (type = {complaint} AND at_us > {from30}) = 0)""",
)


def status_bytes(name):
    with open("/proc/self/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    return 0


def remove(path):
    for suffix in ("", ".wal"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)


def connect(path):
    connection = duckdb.connect(path)
    connection.execute("SET threads = 1")
    return connection


def arrow_table(shop, rows, form=""):
    if form == "names":
        return shop.stream(0, rows, batch_rows=1000000).read_all()
    columns = shop.rows(0, rows, COLUMNS + ("key",) if form == "keys" else COLUMNS)
    return pyarrow.table({name: pyarrow.array(values) for name, values in columns.items()})


def load(connection, arrow, statement, name="interaction", columns=TABLE):
    """Seconds until the rows are in the file."""
    connection.execute(f"CREATE TABLE {name} {columns}")
    begin = time.perf_counter()
    reader = pyarrow.RecordBatchReader.from_batches(
        arrow.schema, arrow.to_batches(max_chunksize=1000000))
    connection.register("reader", reader)
    connection.register("arrow", arrow)
    connection.execute(statement.replace("INTO interaction", f"INTO {name}"))
    connection.execute("CHECKPOINT")
    return time.perf_counter() - begin


def totals(connection, table="interaction"):
    rows = connection.execute(
        f"SELECT type, count(*), sum(amount_minor)::BIGINT FROM {table} GROUP BY type").fetchall()
    return {code if isinstance(code, str) else shops.TYPES[code]: [count, amount]
            for code, count, amount in rows}


def bulk(options):
    shop = shops.Shop(options.library, options.interactions)
    arrow = arrow_table(shop, options.interactions, options.form)
    columns = {"names": WITH_NAMES, "keys": WITH_KEYS}.get(options.form, TABLE)
    forms = SORTS if options.form == "sorted" else APPENDS
    tried = {}
    best = None
    for form, statement in forms.items():
        remove(options.path)
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        before = status_bytes("VmRSS")
        connection = connect(options.path)
        seconds = load(connection, arrow, statement, columns=columns)
        peak = status_bytes("VmHWM") - before
        answer = totals(connection)
        connection.close()
        tried[form] = seconds
        if best is None or seconds < best["seconds"]:
            best = {"how": form, "rows": options.interactions, "seconds": seconds,
                    "file_bytes": os.path.getsize(options.path), "peak_bytes": peak,
                    "totals": answer}
    remove(options.path)
    return {**best, "tried": tried}


def median_seconds(work, least=3, budget=1.0):
    seconds = []
    while len(seconds) < least or sum(seconds) < budget:
        begin = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), answer


def ask(connection, shop, table, answered):
    """Every question of the topic log for one table."""
    newest = (f"SELECT at_us, type, channel, amount_minor FROM {table} WHERE customer = ?::UINTEGER "
              f"AND at_us <= {shops.END_US} ORDER BY at_us DESC LIMIT 100")

    def timeline(i):
        return connection.execute(newest, [shop.person(shop.asked(i))]).fetchall()

    result = {"seconds": {}, "answers": {}}
    answers = [timeline(i) for i in range(ASKED_FOR_ANSWER)]
    result["answers"]["timelines"] = [
        [len(rows), sum(row[3] for row in rows), sum(row[0] % 1000003 for row in rows)]
        for rows in answers]
    begin = time.perf_counter()
    for i in range(answered):
        timeline(i)
    result["timeline_us"] = (time.perf_counter() - begin) / answered * 1e6

    def one(name, sql):
        def answer():
            return connection.execute(sql).fetchone()[0]
        seconds, result["answers"][name] = median_seconds(answer)
        result["seconds"][name] = min(seconds, result["seconds"].get(name, seconds))

    one("count_type", f"SELECT count(*) FROM {table} WHERE type = {VIEW}")
    one("sum_amount", f"SELECT sum(amount_minor)::BIGINT FROM {table}")
    for behaviour in BEHAVIOURS:
        one("behaviour", behaviour.format(table=table, **WINDOWS))
    result["seconds"]["totals"], result["answers"]["totals"] = median_seconds(
        lambda: totals(connection, table))
    return result


def log(options):
    shop = shops.Shop(options.library, options.interactions, flags=shops.CORRECTED | shops.LINKED)
    remove(options.path)
    connection = connect(options.path)
    arrow = arrow_table(shop, options.interactions)
    load(connection, arrow, APPENDS["insert from a table"])
    load(connection, arrow, SORTS["insert ... order by"], "sorted")
    del arrow
    result = {"rows": options.interactions,
              "unsorted": ask(connection, shop, "interaction", 20),
              "sorted": ask(connection, shop, "sorted", 200)}
    connection.close()
    remove(options.path)
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("topic", choices=("bulk", "log"))
    parser.add_argument("--library", required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--interactions", type=int, required=True)
    parser.add_argument("--form", choices=("append", "sorted", "names", "keys"),
                        default="append")
    options = parser.parse_args()
    result = bulk(options) if options.topic == "bulk" else log(options)
    json.dump({"version": duckdb.__version__, **result}, sys.stdout)


if __name__ == "__main__":
    main()
