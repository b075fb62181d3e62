# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What is appended in columns is what was recorded one by one."""

import os
import unittest

import answers
import calls
import harness
import trato
from amended import AmendedHistory
from histories import INTERACTION
from oracle import Interaction


def row(fact):
    """An interaction as append_interactions takes it."""
    item = harness.interaction(fact)
    # An amount beside lines is 0 or their sum.
    whole = fact.amount.minor if not fact.lines or fact.at % 2 else 0
    return {
        "customer": fact.record,
        "at": harness.when(fact.at),
        "type": fact.type,
        "channel": fact.channel or None,
        "direction": item.direction,
        "currency": fact.amount.currency,
        "amount_minor": whole,
        "key": fact.key or None,
        "reply_to": fact.reply_to,
        "lines": list(item.lines),
        **{name: item.fields.get(name) for name in INTERACTION},
    }


class AppendedIsRecorded(harness.PropertyCase):
    def test_in_any_batches(self):
        for rng in self.each_round(15):
            history = AmendedHistory(rng)
            facts = [it for it in history.facts if isinstance(it, Interaction)]
            others = [it for it in history.facts if not isinstance(it, Interaction)]
            found = []
            for share in (0, 1, 0.5):
                told = facts + others + [it for it in facts if it.key]
                rng.shuffle(told)
                path = self.path("store.trato") if rng.random() < 0.6 else None
                store = calls.open_store(
                    path, zone=history.zone, currency=history.currency,
                    memory_limit=rng.choice([0, 1]),
                )  # fmt: skip
                history.define(store)
                self.tell(rng, store, told, share)
                names = sorted({name for fact in told for name in fact.names()})
                found.append(answers.everything(store, names, [harness.NOW]))
                if path:
                    report = calls.verify(store, calls.head(store))
                    self.check("damage", report["damage"], [])
                    store.close()
                    store = calls.open_store(path, "open_existing")
                    digest = calls.digest(store, harness.NOW)
                    self.check("digests reopened", digest,
                               found[-1][f"digest at {harness.NOW}"])  # fmt: skip
                store.close()
                if path:
                    os.remove(path)
                for question, answer in found[0].items():
                    self.check("answers", found[-1].get(question), answer, question)

    def tell(self, rng, store, told, share):
        """Tells a share of the interactions in columns."""
        seen = set()
        told = list(told)
        while told:
            batch = [told.pop()]
            if not isinstance(batch[0], Interaction) or rng.random() >= share:
                harness.put(store, batch[0])
                seen.add(batch[0].key)
            else:
                size = rng.choice([1, 3, 10, 100])
                for fact in [it for it in told if isinstance(it, Interaction)][:size]:
                    if fact.source == batch[0].source:
                        batch.append(fact)
                        told.remove(fact)
                self.append(rng, store, batch, seen)
            if rng.random() < 0.1:
                calls.checkpoint(store, rng.choice([0, 1]))

    def append(self, rng, store, batch, seen):
        source = "" if batch[0].source == "host" else batch[0].source
        rows = [row(fact) for fact in batch]
        options = {"source": source, "now": harness.NOW}
        if rng.random() < 0.2:
            before = calls.digest(store, harness.NOW)
            tried = store.append_interactions(rows, dry_run=True, **options)
            self.check("dry runs", calls.digest(store, harness.NOW), before)
            self.check("rows", tried.rows, len(rows))
        done = store.append_interactions(rows, **options)
        fresh = 0
        for fact in batch:
            fresh += not fact.key or fact.key not in seen
            seen.add(fact.key)
        got = (done.rows, done.added, done.known)
        self.check("appended", got, (len(rows), fresh, len(rows) - fresh), *batch)

    def test_one_wrong_row_and_nothing_is_stored(self):
        for rng in self.each_round(6):
            history = AmendedHistory(rng)
            facts = [it for it in history.facts if isinstance(it, Interaction)]
            with trato.open(zone=history.zone, currency=history.currency) as store:
                history.define(store)
                kept = facts[: len(facts) // 2]
                for fact in kept:
                    harness.put(store, fact)
                before = calls.digest(store, harness.NOW)
                rows = [row(fact) for fact in facts] + [row(facts[0])]
                wrong = rng.randrange(len(rows))
                name, value, error = rng.choice(
                    [
                        ("customer", "nobody", trato.InvalidArgument),
                        ("type", "no such type", trato.NotFound),
                        ("channel", "no such channel", trato.NotFound),
                        ("direction", "sideways", trato.InvalidArgument),
                        ("currency", "XXY", trato.InvalidArgument),
                        ("reply_to", "00", trato.InvalidArgument),
                        ("at", None, trato.InvalidArgument),
                    ]
                )
                rows[wrong][name] = value
                with self.assertRaises(error) as caught:
                    store.append_interactions(rows, source="erp", now=harness.NOW)
                self.check("rows named", f"{wrong}" in str(caught.exception), True,
                           caught.exception)  # fmt: skip
                self.check("nothing", calls.digest(store, harness.NOW), before)


if __name__ == "__main__":
    unittest.main()
