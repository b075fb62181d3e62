# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Killed in the middle, an erasure was made or was not, and no byte is between.

A process that erases persons one after the other, or applies retention, is ended
by SIGKILL at a random instant. The store is opened again: each person is there
with all that she had, or gone from every file of the store, in any form that her
marker can take; everybody else is as before, and the chain verifies.
TRATO_PROPERTY_ERASED is how many persons are erased so, 40 by default; 200 is the
full form.
"""

import os
import random
import signal
import subprocess
import sys
import time
import unicodedata
import unittest

import harness
import trato

NOW = "2011-12-10"
OLD = "2010-01-01"
PERSONS = 10
OTHERS = 5

CHILD = """
import sys, trato
with trato.open(sys.argv[1]) as store:
    print("open", flush=True)
    for number in sys.argv[3:]:
        if sys.argv[2] == "retention":
            store.retention.apply(now="2011-12-10")
        else:
            store.erase(f"shop:{number}", now="2011-12-10")
        print("done", flush=True)
"""


def mark(number):
    return f"Plánted{number:03}Märk"


def forms(number):
    """How the marker may lie in a file."""
    text = mark(number)
    plain = unicodedata.normalize("NFD", text)
    folded = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    for form in {text, text.lower(), plain, plain.lower(), folded, text.upper()}:
        yield form.encode("utf-8")
        yield form.encode("utf-16-le")


class ErasureKilled(harness.PropertyCase):
    def fill(self, path, rng):
        with trato.open(path) as store:
            put = store.attributes
            put.define("full_name", str, now=NOW)
            put.define("note", str, many=True, now=NOW)
            store.identifiers.define("email", unique=True, now=NOW)
            store.retention.define("attribute", "*", "1y", now=NOW)
            store.retention.define("interactions", "*", "1y", now=NOW)
            for number in range(PERSONS + OTHERS):
                is_planted = number < PERSONS
                text = mark(number) if is_planted else f"Kept{number:03}"
                at = OLD if is_planted else NOW
                name = f"shop:{number}"
                put.set(name, "full_name", text, at=at, key=f"{text} key", now=NOW)
                for i in range(rng.randrange(4)):
                    put.set(name, "note", f"{text} {i}", at=at, source=f"{text} source",
                            now=NOW)
                for i in range(rng.randrange(1, 5)):
                    store.record(name, "message", at=at, key=f"{text} {i}", now=NOW,
                                 lines=[trato.Line(f"{text} product", 1,
                                                   trato.Money(5, "EUR"))])
                if not is_planted:
                    store.identifiers.claim(name, f"email:{text}@example.org", now=NOW)
                if rng.random() < 0.3:
                    store.checkpoint()

    def told(self, store):
        """What is told of each person; None: nothing."""
        answers = {}
        for number in range(PERSONS + OTHERS):
            try:
                customer = store.customer(f"shop:{number}", now=NOW)
            except trato.NotFound:
                answers[number] = None
                continue
            answers[number] = (customer.attributes, customer.identifiers,
                               [(it.fact, it.at, it.lines) for it in
                                store.timeline(f"shop:{number}", now=NOW)])
        return answers

    def check(self, path, before, erased):
        with trato.open(path) as store:
            told = self.told(store)
            self.assertTrue(store.verify(rebuild=True).ok)
        gone = {number for number in range(PERSONS) if told[number] is None}
        for number, answer in told.items():
            if number not in gone:
                self.assertEqual(answer, before[number], number)
        self.assertLessEqual(erased, gone)
        folder = os.path.dirname(path)
        files = b""
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                files += file.read()
        for number in gone:
            for form in forms(number):
                self.assertNotIn(form, files)
            harness.compared("persons gone")
        return gone

    def run_and_kill(self, path, what, numbers, after):
        child = subprocess.Popen([sys.executable, "-c", CHILD, path, what,
                                  *map(str, numbers)], stdout=subprocess.PIPE, text=True)
        child.stdout.readline()
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        done = child.stdout.read().count("done")
        child.stdout.close()
        child.wait()
        return done

    def test_each_person_is_there_or_gone(self):
        wanted = int(os.environ.get("TRATO_PROPERTY_ERASED") or 40)
        erased = 0
        round_number = 0
        while erased < wanted:
            rng = random.Random(harness.SEED + round_number)
            round_number += 1
            folder = os.path.join(self.folder, str(round_number))
            os.mkdir(folder)
            path = os.path.join(folder, "shop.trato")
            self.fill(path, rng)
            with trato.open(path) as store:
                before = self.told(store)
            gone = set()
            what = "retention" if rng.random() < 0.2 else "erasure"
            while len(gone) < PERSONS:
                left = [n for n in range(PERSONS) if n not in gone]
                rng.shuffle(left)
                done = self.run_and_kill(path, what, left, rng.random() * 0.04)
                harness.compared("kills")
                if what == "retention":
                    acknowledged = set(left) if done else set()
                else:
                    acknowledged = set(left[:done])
                gone = self.check(path, before, gone | acknowledged)
                if what == "retention":
                    self.assertIn(len(gone), (0, PERSONS))
            erased += len(gone)


if __name__ == "__main__":
    unittest.main()
