# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Who is erased was never there: for every answer, and for every byte.

A store from which customers were erased is compared with one that was never
told of them; its files are searched for markers that were planted with them;
and a copy from before, opened with the list of erasures, must be the same.
"""

import dataclasses
import json
import os
import unittest

import answers
import calls
import harness
import oracle
import trato
from amended import AmendedHistory
from test_past import Call, Script
from test_seals import runs_in


class Planted:
    """Facts with markers, of every record."""

    def __init__(self, history):
        self.marks = {}
        self.facts = []
        for number, name in enumerate(history.names):
            mark = f"planted-{number:03}-mark"
            self.marks[name] = mark
            at = history.rng.choice(history.times)
            self.facts.append(
                oracle.Attribute(name, at, f"{mark}-source", f"{mark}-key-a",
                                 "country", f"{mark}-value")
            )  # fmt: skip
            self.facts.append(
                oracle.Interaction(
                    record=name, at=at, source=f"{mark}-erp", key=f"{mark}-key-i",
                    type="visit", channel="web", outbound=False,
                    amount=oracle.Amount(100, history.currency),
                    lines=(oracle.Line(f"{mark}-product", 10**6, 100, 10**8, ""),),
                    fields={"code": f"{mark}-field"}, reply_to=None,
                )
            )  # fmt: skip
            self.facts.append(oracle.Claim(name, at, "host", "", f"other:{mark}"))


def without(call, erased):
    """What is left of a call where these records were never heard of."""
    if call.define:
        return call
    if call.link:
        return None if erased & set(call.link[:2]) else call
    facts = []
    for fact in call.facts:
        if fact.record in erased:
            continue
        if isinstance(fact, oracle.Correction) and fact.content:
            if fact.content.record in erased:
                fact = dataclasses.replace(fact, content=None, reason="")
        facts.append(fact)
    return Call(facts) if facts else None


class WhoIsErasedWasNeverThere(harness.PropertyCase):
    def test_in_no_answer_and_in_no_byte(self):
        for rng in self.each_round(8):
            history = AmendedHistory(rng)
            planted = Planted(history)
            script = Script(history)
            for fact in planted.facts:
                place = rng.randint(1, len(script.calls))
                script.calls.insert(place, Call([fact]))
            in_file = rng.random() < 0.85
            path = self.path("store.trato") if in_file else None
            limit = rng.choice([0, 0, 1])
            store = script.new_store(path, memory_limit=limit)
            told = []
            for call in script.calls:
                try:
                    call.tell(store)
                except (trato.FailedPrecondition, trato.NotFound):
                    continue
                told.append(call)
                if rng.random() < 0.2:
                    calls.checkpoint(store, rng.choice([0, 1, 1]))
            backup = self.path("backup.trato")
            if in_file:
                harness.compared("runs at erasure", runs_in(path))
                store.backup(backup)
            head = calls.head(store) if in_file else None
            erased = set()
            for name in rng.sample(history.names, rng.choice([1, 1, 2])):
                try:
                    records = set(store.customer(name, now=harness.NOW).records)
                except (trato.NotFound, trato.FailedPrecondition):
                    continue
                erased |= records
                receipt = store.erase(name, reason="asked", now=harness.NOW)
                self.check("records erased", receipt.records, len(records), name)
                self.check("purged", receipt.purged, True)
            kept = [call for call in (without(it, erased) for it in told) if call]
            fresh = script.new_store()
            for call in kept:
                try:
                    call.tell(fresh)
                except (trato.FailedPrecondition, trato.NotFound):
                    # Who was only named by others' words about the erased.
                    harness.compared("links that could not be then")
                    kept = None
                    break
            if kept is None:
                fresh.close()
                store.close()
                self.remove(path, backup)
                continue
            self.same(script, fresh, store, "the store", erased)
            if in_file:
                self.absent(planted, erased, path)
                report = calls.verify(store, head)
                self.check("damage", (report["ok"], report["damage"]), (True, []))
                report = store.verify(rebuild=True)
                self.check("damage, rebuilt", report.damage, ())
            # Life goes on, also for who comes back under the same name.
            for name in history.names:
                fact = oracle.Interaction(
                    record=name, at=rng.choice(history.times), source="host",
                    key=f"again {name}", type="visit", channel="", outbound=False,
                    amount=oracle.Amount(1, history.currency), lines=(), fields={},
                    reply_to=None,
                )  # fmt: skip
                for it in (store, fresh):
                    harness.put(it, fact)
            self.same(script, fresh, store, "the store, later", erased)
            if in_file:
                calls.checkpoint(store)
                self.same(script, fresh, store, "the store, sealed", erased)
                listed = store.erasures()
                store.close()
                store = calls.open_store(path, "open_existing", memory_limit=limit)
                self.same(script, fresh, store, "the store, reopened", erased)
                self.check("damage", store.verify(rebuild=True).damage, ())
                self.restored(script, kept, planted, erased, backup, listed)
            store.close()
            fresh.close()
            self.remove(path, backup)

    def restored(self, script, kept, planted, erased, backup, listed):
        """A copy from before forgets the same people."""
        with self.assertRaises(trato.FailedPrecondition):
            calls.open_store(backup, "read", erasures=listed).close()
        for _ in range(2):  # the second time there is nothing to do
            with calls.open_store(backup, "open_existing", erasures=listed) as store:
                self.check("lists", store.erasures(), listed)
                with script.new_store() as fresh:
                    for call in kept:
                        call.tell(fresh)
                    self.same(script, fresh, store, "the backup", erased)
                self.absent(planted, erased, backup)
                self.check("damage", store.verify(rebuild=True).damage, ())
        calls.open_store(backup, "read", erasures=listed).close()

    def same(self, script, fresh, store, about, erased):
        nows = [harness.NOW, script.history.asked()]
        expected = answers.everything(fresh, script.names(), nows)
        got = answers.everything(store, script.names(), nows)
        # That somebody was erased is a fact as well.
        more = store.erasures().count("\n") - 1
        for now in nows:
            info = json.loads(got[f"info at {now}"])
            info["facts"] -= more
            got[f"info at {now}"] = answers.text(info)
        for question in expected:
            self.check(
                "answers", got.get(question), expected[question], question, about,
                erased, *script.calls,
            )  # fmt: skip
        self.check("questions", set(got), set(expected))

    def absent(self, planted, erased, path):
        found = b""
        for suffix in ("", "-wal", "-lock"):
            if os.path.exists(path + suffix):
                with open(path + suffix, "rb") as file:
                    found += file.read()
        for name, mark in planted.marks.items():
            there = found.count(mark.encode())
            if name in erased:
                self.check("markers gone", there, 0, name, erased)
            else:
                # So that the search is known to see them.
                harness.compared("markers of others seen", there > 0)

    def remove(self, *paths):
        for path in paths:
            if path and os.path.exists(path):
                os.remove(path)


if __name__ == "__main__":
    unittest.main()
