# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Where interactions lie changes no answer: sealed, merged, evicted, reopened.

A store that is sealed and merged at random moments is compared with one in
memory that is told the same and never sealed; so are a reader beside it and
what was opened before a merge and is read after it.
"""

import contextlib
import os
import sqlite3
import unittest

import answers
import calls
import harness
import trato
from amended import AmendedHistory
from test_past import Script


class WhereTheyLieChangesNothing(harness.PropertyCase):
    def test_sealed_merged_evicted_reopened_and_read_beside(self):
        for rng in self.each_round(8):
            history = AmendedHistory(rng)
            script = Script(history)
            path = self.path("store.trato")
            plain = script.new_store()
            limit = rng.choice([0, 1, 1, 4000])
            store = script.new_store(path, memory_limit=limit)
            reader = None
            held = []
            for call in script.calls:
                self.tell(call, plain, store)
                if rng.random() < 0.5:
                    store = self.shake(rng, store, path, limit, held)
                if rng.random() < 0.1:
                    reader = self.beside(rng, script, plain, store, reader, path)
                if rng.random() < 0.1:
                    held.append(self.hold(rng, script, store))
                if rng.random() < 0.05:
                    self.same(script, plain, store, "the store")
            while calls.checkpoint(store, 1):
                harness.compared("steps")
            self.same(script, plain, store, "the store at its end")
            self.released(held, "read after all")
            if reader:
                reader.close()
            self.verified(store)
            store.close()
            plain.close()
            with calls.open_store(path, "read", memory_limit=limit) as reader:
                with script.new_store() as plain:
                    for call in script.calls:
                        self.tell(call, plain)
                    self.same(script, plain, reader, "a reader alone")
            os.remove(path)

    def tell(self, call, *stores):
        taken = []
        for store in stores:
            try:
                call.tell(store)
                taken.append(True)
            except (trato.FailedPrecondition, trato.NotFound):
                taken.append(False)
        self.check("takings", len(set(taken)), 1, call)

    def shake(self, rng, store, path, limit, held):
        kind = rng.random()
        if kind < 0.8:
            # One step seals, so that many runs come together.
            calls.checkpoint(store, 1)
            harness.compared("seals")
            harness.compared("seals beside over 5 runs", runs_in(path) > 5)
        elif kind < 0.9:
            calls.checkpoint(store, rng.choice([0, 2, 3]))
        else:
            store.close()
            self.released(held, "read after its store was closed")
            held.clear()
            store = calls.open_store(path, "open_existing", memory_limit=limit)
            harness.compared("reopened")
        return store

    def beside(self, rng, script, plain, store, reader, path):
        """A reader sees what is durable when it is opened or refreshed."""
        if reader is not None and rng.random() < 0.3:
            reader.close()
            reader = None
        store.flush()
        if reader is None:
            limit = rng.choice([0, 1])
            reader = calls.open_store(path, "read", memory_limit=limit)
        else:
            calls.refresh(reader)
        self.same(script, plain, reader, "a reader beside the writer")
        held = self.hold(rng, script, reader)
        calls.checkpoint(store)
        self.same(script, plain, reader, "a reader, after a merge")
        self.released([held], "a reader's past, after a merge")
        with self.assertRaises(trato.FailedPrecondition):
            reader.record("a:1", "visit", at=1, now=2)
        return reader

    def hold(self, rng, script, store):
        """A timeline that is open, and a past, with what they must say."""
        now = harness.NOW
        name = rng.choice(script.history.names)
        past = calls.as_of(store)
        try:
            expected = answers.timeline(store, name, now)
            opened = store.timeline(name, now=now)
        except trato.NotFound:
            opened = expected = None
        return name, opened, expected, past, answers.everything(past, [name], [now])

    def released(self, held, about):
        for name, opened, expected, past, of_past in held:
            if opened is not None:
                got = "\n".join(repr(harness.entry_of(entry)) for entry in opened)
                self.check("timelines held", got, expected, name, about)
            got = answers.everything(past, [name], [harness.NOW])
            for question, answer in of_past.items():
                self.check("pasts held", got.get(question), answer, question, about)
            past.close()

    def same(self, script, plain, store, about):
        nows = [harness.NOW, script.history.asked()]
        expected = answers.everything(plain, script.names(), nows)
        got = answers.everything(store, script.names(), nows)
        for question in expected:
            self.check(
                "answers", got.get(question), expected[question], question, about,
                *script.calls,
            )  # fmt: skip
        self.check("questions", set(got), set(expected))

    def verified(self, store):
        report = calls.verify(store, calls.head(store))
        self.check("damage", (report["ok"], report["damage"]), (True, []))


def runs_in(path):
    """How many runs a file holds: each has a directory, a block of kind 8."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with contextlib.closing(database):
        return database.execute("SELECT count(*) FROM block WHERE id >> 56 = 8"
                                ).fetchone()[0]  # fmt: skip


class ThreadsChangeNothing(harness.PropertyCase):
    def test_one_and_two_give_the_same_bytes(self):
        threads = calls.Threads(2)
        self.addCleanup(threads.pool.shutdown)
        for rng in self.each_round(1):
            history = AmendedHistory(rng)
            script = Script(history)
            # Work is spread where there is enough of it.
            many = [
                trato.Interaction(f"many:{i % 700}", "visit", at=i, key=f"{i}" if i % 3
                                  else "", channel=rng.choice(["", "web"]))
                for i in range(2000)
            ]  # fmt: skip
            found = []
            for spread in (None, threads):
                path = self.path(f"{len(found)}.trato")
                with script.new_store(path, threads=spread) as store:
                    for call in script.calls:
                        try:
                            call.tell(store)
                        except (trato.FailedPrecondition, trato.NotFound):
                            continue
                    store.record_many(many, now=harness.NOW)
                    calls.checkpoint(store)
                    found.append(
                        answers.everything(
                            store, script.names() + ["many:1"], [harness.NOW, 1000]
                        )
                    )
                    with calls.as_of(store, 1000) as past:
                        found[-1]["past"] = calls.digest(past, harness.NOW)
                    self.assertTrue(calls.verify(store)["ok"])
                os.remove(path)
            self.check("answers by threads", found[1], found[0])
        self.assertGreater(threads.tasks, 0)


if __name__ == "__main__":
    unittest.main()
