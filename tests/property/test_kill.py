# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A killed process loses nothing that was acknowledged, and leaves no half.

A child writes and tells its parent of each acknowledgement over a pipe, until
SIGKILL. What each call was to write follows from the call's number, so the
parent knows it without being told. A process that dies leaves what the system
already holds; the loss of power is not what these tests make.
"""

import os
import random
import signal
import time
import unittest

import harness
import oracle
import trato
from oracle import DAY, SECOND, Amount, Instant, Line

KILLS = int(os.environ.get("TRATO_PROPERTY_KILLS") or 25)
NOW = harness.NOW


def written(number):
    """What call `number` writes: the facts of one transaction."""
    rng = random.Random(number)
    return [
        oracle.Interaction(
            f"shop:{rng.randrange(4)}",
            rng.randrange(-DAY, 1000 * DAY),
            "host",
            f"call {number} fact {i}",
            rng.choice(["purchase", "return", "visit"]),
            rng.choice(["", "web"]),
            False,
            Amount(7 * i + number, "EUR"),
            (Line(f"p{number}", 1_500_000, 7 * i + number),) if number % 3 else (),
            {"note": "ñ" * rng.randrange(1, 3000), "n": number, "at": Instant(number)},
        )
        for i in range(rng.choice([1, 1, 1, 2, 7, 60]))
    ]


def define(store):
    for name, kind in (("note", str), ("n", int), ("at", "timestamp")):
        store.attributes.define(name, kind, of="interaction", now=0)


class Child:
    """A forked process that runs `work(tell)` until it is killed."""

    def __init__(self, work):
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.close(read)
                work(lambda text: os.write(write, f"{text}\n".encode()))
                code = 0
            except BaseException as error:  # the parent reports it
                os.write(write, f"failed {type(error).__name__} {error}\n".encode())
            finally:
                os._exit(code)
        os.close(write)
        self._read = os.fdopen(read, "rb")

    def wait_for(self, lines):
        """Reads so many lines, or all of them; gives them."""
        said = []
        for line in self._read:
            said.append(line.decode().rstrip("\n"))
            if len(said) >= lines:
                break
        return said

    def kill(self):
        """Kills, and gives the lines not read yet that were written whole."""
        os.kill(self.pid, signal.SIGKILL)
        rest = self._read.read().decode()
        self._read.close()
        os.waitpid(self.pid, 0)
        return rest.split("\n")[:-1]


class KilledProcesses(harness.PropertyCase):
    def kills(self, share):
        """So many rounds: a share of all the kills, at least one."""
        return self.each_round_of(max(1, round(KILLS * share)))

    def each_round_of(self, number):
        for i in range(number):
            yield random.Random(f"{self.id()}/{harness.SEED}/{i}")

    def run_and_kill(self, work, rng, acknowledgements):
        """Kills at a random moment after some acknowledgements; gives them all."""
        child = Child(work)
        said = child.wait_for(rng.randint(1, acknowledgements))
        time.sleep(rng.choice([0, rng.random() / 2000, rng.random() / 100]))
        said += child.kill()
        for line in said:
            self.assertFalse(line.startswith("failed"), f"the child: {line}")
        harness.compared("kills")
        harness.compared("acknowledgements", len(said))
        return said

    def present(self, store):
        """Every interaction, by key: each only once."""
        entries = {}
        for number in range(4):
            try:
                timeline = list(store.timeline(f"shop:{number}", now=NOW))
            except trato.NotFound:
                continue
            for entry in timeline:
                self.assertNotIn(entry.key, entries, "recorded twice")
                entries[entry.key] = harness.entry_of(entry)
        total = sum(t.interactions for t in store.info(now=NOW).interactions.values())
        self.check("totals", total, len(entries))
        return entries

    def check_calls(self, store, acknowledged, attempted, prefix=False):
        """What is there: all that was acknowledged, and no half of anything."""
        entries = self.present(store)
        seen = []
        for number in range(attempted + 1):
            facts = written(number)
            there = [fact for fact in facts if fact.key in entries]
            if there or number in acknowledged:
                self.check(
                    "calls", len(there), len(facts), f"call {number}", acknowledged
                )
            for fact in there:
                one = oracle.keyed_id("host", fact.key)
                self.check("facts", entries.pop(fact.key), (one, fact), number)
            if there:
                seen.append(number)
        self.check("facts that nobody wrote", list(entries), [])
        if prefix:
            self.check("holes in the log", seen, list(range(len(seen))))
        return seen

    # -- Synced

    def test_synced_calls(self):
        path = self.path()
        with trato.open(path) as store:
            define(store)
        known = set()
        for rng in self.kills(0.5):
            start = max(known, default=-1) + 1

            def work(tell):
                store = trato.open(path, mode="open_existing")
                for number in range(start, start + 10**6):
                    facts = written(number)
                    items = list(map(harness.interaction, facts))
                    if number % 5 == 2:
                        refused(store, facts, number, recorded=False)
                    if len(items) == 1:
                        harness.put(store, facts[0], now=NOW)
                    else:
                        store.record_many(items, now=NOW)
                    tell(number)
                    if number % 7 == 3:
                        refused(store, facts, number, recorded=True)
                        store.record_many(items, now=NOW)  # sent again

            said = self.run_and_kill(work, rng, 25)
            known.update(map(int, said))
            with trato.open(path, mode="open_existing") as store:
                # The call on its way may have come through, and no later one.
                known.update(self.check_calls(store, known, max(known) + 1, True))
                last = max(known) + 1  # it can be written again
                harness.compared("stores written again")
                store.record_many(
                    list(map(harness.interaction, written(last))), now=NOW
                )
                known.add(last)

    # -- Buffered

    def test_buffered_calls_after_a_flush(self):
        path = self.path()
        with trato.open(path) as store:
            define(store)
        known = set()
        for rng in self.kills(0.2):
            start = max(known, default=-1) + 1

            def work(tell):
                store = trato.open(path, mode="open_existing")
                now = NOW
                for number in range(start, start + 10**6):
                    items = list(map(harness.interaction, written(number)))
                    way = random.Random(f"{rng.random()} {number}").random()
                    if way < 0.03:  # a write a second later does it, too
                        now += SECOND
                        store.record_many(items, now=now, durability="buffered")
                        tell(number - 1)
                    elif way < 0.06:
                        store.record_many(items, now=now)
                        tell(number)
                    else:
                        store.record_many(items, now=now, durability="buffered")
                    if way > 0.94:
                        store.flush()
                        tell(number)
                    elif way > 0.92:
                        store.close()
                        tell(number)
                        store = trato.open(path, mode="open_existing")

            said = self.run_and_kill(work, rng, 12)
            safe = max(map(int, said), default=-1)
            known.update(range(safe + 1))
            with trato.open(path, mode="open_existing") as store:
                known.update(self.check_calls(store, known, safe + 2000, True))

    # -- Recovery

    def test_killed_while_opening(self):
        path = self.path()
        with trato.open(path) as store:
            define(store)
            for number in range(30):
                store.record_many(
                    list(map(harness.interaction, written(number))), now=NOW
                )
        known = set(range(30))
        for rng in self.kills(0.15):
            start = max(known) + 1

            def writes(tell):
                store = trato.open(path, mode="open_existing")
                for number in range(start, start + 10**6):
                    store.record_many(
                        list(map(harness.interaction, written(number))), now=NOW
                    )
                    tell(number)

            def opens(tell):
                while True:
                    tell("opens")
                    trato.open(path, mode="open_existing").close()

            known.update(map(int, self.run_and_kill(writes, rng, 5)))
            # The first of these recovers what the killed one left.
            for opened in (1, 1, 4):
                self.run_and_kill(opens, rng, opened)
            with trato.open(path, mode="open_existing") as store:
                known.update(self.check_calls(store, known, max(known) + 1, True))

    def test_killed_while_creating(self):
        for i, rng in enumerate(self.kills(0.1)):
            path = self.path(f"new {i}.trato")

            def work(tell):
                tell("creates")
                store = trato.open(path, zone="Europe/London", currency="GBP")
                tell("created")
                store.record("shop:1", "visit", at=1, now=NOW, key="first")
                tell("recorded")
                time.sleep(10)

            said = self.run_and_kill(work, rng, 3)
            mode = "open_existing" if "created" in said else "open_or_create"
            with trato.open(path, mode=mode) as store:
                if "created" in said:
                    self.check("settings", store.zone, "Europe/London", said)
                total = store.info(now=NOW).interactions
                if "recorded" in said:
                    self.check("first records", total["visit"].interactions, 1)
                store.record("shop:1", "visit", at=1, now=NOW, key="first")
                total = store.info(now=NOW).interactions
                self.check("first records", total["visit"].interactions, 1)

    # -- Import

    def test_killed_while_importing(self):
        path = self.path()
        orders = 300
        with trato.open(path):
            pass
        known = set()
        for rng in self.kills(0.1):
            start = max(known, default=-1) + 1

            def work(tell):
                store = trato.open(path, mode="open_existing")
                for number in range(start, start + 1000):
                    name = f"{path}.{number}.csv"
                    with open(name, "w", encoding="utf-8") as file:
                        file.write(table(number, orders))
                    store.import_orders(name, now=NOW)
                    os.remove(name)
                    tell(number)

            known.update(map(int, self.run_and_kill(work, rng, 4)))
            with trato.open(path, mode="open_existing") as store:
                counts = {}
                for customer in range(7):
                    try:
                        timeline = list(store.timeline(f"shop:{customer}", now=NOW))
                    except trato.NotFound:
                        continue
                    for entry in timeline:
                        number, order = map(int, entry.key.split("-"))
                        counts.setdefault(number, set()).add(order)
                        self.check("amounts", entry.amount.minor, 200 * order)
                for number in range(max(known) + 2):
                    there = len(counts.get(number, ()))
                    if number in known or there:
                        self.check("imports", there, orders, number, known)
                        known.add(number)


def refused(store, facts, number, recorded):
    """Calls that must leave nothing behind; `recorded`: the keys are taken."""
    changed = [
        harness.interaction(fact).__dict__ | {"at": fact.at + 1} for fact in facts
    ]
    fresh = {**changed[0], "key": f"refused {number}"}
    bad = {**changed[0], "key": f"bad {number}", "type": "no such type"}
    calls = [([fresh, bad], (trato.NotFound, trato.InvalidArgument))]
    if recorded:
        calls.append(([fresh, *changed], trato.AlreadyExists))
    for items, kind in calls:
        try:
            store.record_many([trato.Interaction(**item) for item in items], now=NOW)
        except kind:
            continue
        raise AssertionError("it was taken")


def table(number, orders):
    rows = ["InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID"]
    for order in range(1, orders + 1):
        for product in ("tea", "cup"):
            rows.append(
                f"{number}-{order},{product},{order},2011-12-01 10:00,1.00,{order % 7}"
            )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    unittest.main()
