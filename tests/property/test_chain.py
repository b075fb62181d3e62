# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A head that was kept proves that nothing before it was rewritten.

The forgers here can do all that can be done with the file: they compute its
checksums anew, or write a whole other store of the same length. What they do
not have is the salts of the one who holds the head.
"""

import ctypes
import os
import sqlite3
import struct
import unittest
from dataclasses import replace

import calls
import harness
import oracle
import trato
from amended import AmendedHistory
from oracle import Interaction
from test_past import Script


class Forger:
    """Rewrites rows of a store's file, with checksums that fit."""

    def __init__(self, path):
        self.path = path
        self.lib = ctypes.CDLL("libxxhash.so.0")
        self.lib.XXH3_64bits_withSeed.restype = ctypes.c_uint64
        self.lib.XXH3_64bits_withSeed.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]  # fmt: skip

    def __enter__(self):
        self.database = sqlite3.connect(self.path)
        return self

    def __exit__(self, *_):
        self.database.commit()
        self.database.close()

    def sum(self, data, seed=0):
        return self.lib.XXH3_64bits_withSeed(data, len(data), seed)

    def store_id(self):
        """What each checksum but the head's is combined with."""
        ((head,),) = self.database.execute("SELECT payload FROM block WHERE id = 0")
        return struct.unpack_from("<Q", head, 0)[0]

    def journal(self, change):
        """Changes payloads; how many were changed."""
        store = self.store_id()
        rows = self.database.execute(
            "SELECT position, first, checksum, chain, payload FROM journal"
        ).fetchall()
        changed = 0
        for position, first, checksum, chain, payload in rows:
            lead = struct.pack("<QQ", position, first) + chain
            assert checksum == signed(store ^ self.sum(payload, self.sum(lead)))
            forged = change(payload)
            if forged != payload:
                changed += 1
                self.database.execute(
                    "UPDATE journal SET payload = ?, checksum = ? WHERE position = ?",
                    (
                        forged,
                        signed(store ^ self.sum(forged, self.sum(lead))),
                        position,
                    ),
                )
        return changed

    def blocks(self, kind, change):
        rows = self.database.execute(
            "SELECT id, checksum, payload FROM block WHERE id >> 56 = ?", (kind,)
        ).fetchall()
        changed = 0
        for block, checksum, payload in rows:
            forged = change(payload)
            if forged != payload:
                changed += 1
                self.put(block, forged, checksum)
        return changed

    def put(self, block, payload, before):
        after = signed(self.store_id() ^ self.sum(payload, block))
        self.database.execute(
            "UPDATE block SET payload = ?, checksum = ? WHERE id = ?",
            (payload, after, block),
        )
        # The head has a sum over all blocks.
        ((head,),) = self.database.execute("SELECT payload FROM block WHERE id = 0")
        (total,) = struct.unpack_from("<Q", head, 32)
        total -= self.sum(struct.pack("<qq", block, before))
        total += self.sum(struct.pack("<qq", block, after))
        head = head[:32] + struct.pack("<Q", total % 2**64) + head[40:]
        self.database.execute(
            "UPDATE block SET payload = ?, checksum = ? WHERE id = 0",
            (head, signed(self.sum(head, 0))),
        )


def signed(number):
    return number - 2**64 if number >= 2**63 else number


class TheHeadProvesThePast(harness.PropertyCase):
    def test_every_history_verifies_against_every_head(self):
        for rng in self.each_round(10):
            script = Script(AmendedHistory(rng))
            path = self.path("store.trato")
            store = script.new_store(path)
            heads = [calls.head(store)]
            for call in script.calls:
                self.tell(store, call)
                if rng.random() < 0.2:
                    heads.append(calls.head(store))
                    self.check("heads", calls.head(store), heads[-1])
                if rng.random() < 0.1:
                    calls.checkpoint(store, rng.choice([0, 1]))
                if rng.random() < 0.05:
                    store.close()
                    store = calls.open_store(path)
            for kept in rng.sample(heads, min(4, len(heads))):
                self.good(store, kept)
            store.close()
            with calls.open_store(path, "read") as reader:
                self.good(reader, heads[-1])
            os.remove(path)

    def test_another_history_of_the_same_length_does_not(self):
        for rng in self.each_round(8):
            script = Script(AmendedHistory(rng))
            kept, length = self.store_of(script.calls, script, "kept.trato")
            self.assertTrue(kept["ok"], kept)
            head = kept["head"]
            for kind in ("the same", "changed", "swapped", "missing", "added"):
                forged = self.forged(script, rng, kind)
                if forged is None:
                    continue
                report, other = self.store_of(forged, script, "other.trato", head)
                if kind in ("the same", "changed"):
                    self.check("lengths", other, length, kind)
                # Also of the same facts: nobody else has these salts.
                self.bad(report, kind)

    def store_of(self, script_calls, script, name, head=None):
        """Writes a store and verifies it."""
        path = self.path(name)
        with script.new_store(path) as store:
            for call in script_calls:
                self.tell(store, call)
            own = calls.head(store)
            report = calls.verify(store, head or own)
            self.assertTrue(calls.verify(store, own)["ok"])
        os.remove(path)
        return {**report, "head": own}, own.position

    def tell(self, store, call):
        try:
            call.tell(store)
        except (trato.FailedPrecondition, trato.NotFound):
            pass

    def forged(self, script, rng, kind):
        made = list(script.calls)
        plain = [
            i for i, call in enumerate(made)
            if len(call.facts) == 1 and isinstance(call.facts[0], Interaction)
        ]  # fmt: skip
        if kind == "the same":
            return made
        if len(plain) < 2:
            return None
        one, other = rng.sample(plain, 2)
        if kind == "changed":
            fact = made[one].facts[0]
            fact = replace(fact, amount=oracle.Amount(
                fact.amount.minor + 1, fact.amount.currency), lines=())  # fmt: skip
            made[one] = type(made[one])([fact])
        elif kind == "swapped":
            made[one], made[other] = made[other], made[one]
        elif kind == "missing":
            del made[one]
        else:
            fact = replace(made[other].facts[0], key="added")
            made.insert(one, type(made[one])([fact]))
        return made

    def good(self, store, kept):
        report = calls.verify(store, kept)
        self.check("verified", (report["ok"], report["damage"]), (True, []))

    def bad(self, report, *about):
        self.check("not verified", report["ok"], False, *about)
        self.check("damage is told", bool(report["damage"]), True, *about)


ANNA, DORA = b"crm:anna", b"crm:dora"
FORGERIES = [
    b"invoice one",  # a key
    b"actor one",
    b"source one",
    b"product one",
    b"remark one",  # the text of a field
    b"reason one",  # of a correction
    b"country one",  # the value of an attribute
    b"mail:one",  # an identifier that was claimed
    b"visit",  # what a segment asks for
]


class ForgeriesShow(harness.PropertyCase):
    """One thing is rewritten; all that the file says of itself fits again."""

    def setUp(self):
        super().setUp()
        try:
            Forger(None)
        except OSError:
            self.skipTest("libxxhash.so.0 is needed to forge checksums")

    def write(self, path):
        with calls.open_store(path) as store:
            store.attributes.define("country", str, now=0)
            store.attributes.define("remark", str, of="interaction", now=0)
            said = {"now": 50, "actor": "actor one", "source": "source one"}
            for name in ("crm:anna", "crm:dora"):
                store.record(
                    name, "purchase", at=10, key=f"invoice one of {name}",
                    lines=[trato.Line("product one", 1, trato.Money(5, "EUR"))],
                    fields={"remark": "remark one"}, **said,
                )  # fmt: skip
            store.attributes.set("crm:anna", "country", "country one", at=1, **said)
            store.identifiers.claim("crm:anna", "mail:one", now=50)
            store.segments.define(
                "visitors", 'interactions("visit").count() > 0', now=50
            )
            store.record("crm:dora", "purchase", at=11, now=50)  # unlike Anna
            wrong = oracle.Correction(
                "crm:anna", 20, interaction="ab" * 16, reason="reason one"
            )
            harness.put(store, wrong, now=50)
            return calls.head(store)

    def test_a_word_in_the_journal_or_in_blocks(self):
        for sealed in (False, True):
            for word in FORGERIES:
                forged = word[:-1] + b"x"
                self.forge(str(word), sealed, lambda it: it.replace(word, forged))
            self.forge("whose facts they are", sealed, swapped)

    def test_whose_interactions_they_are(self):
        """Of somebody of whom nothing else is known."""
        for sealed in (False, True):
            self.forge("whose they are", sealed, swapped, self.write_interactions)

    def write_interactions(self, path):
        with calls.open_store(path) as store:
            store.record("crm:anna", "purchase", at=10, now=50)
            store.record("crm:dora", "complaint", at=10, now=50)
            return calls.head(store)

    def forge(self, what, sealed, change, write=None):
        path = self.path("forged.trato")
        head = (write or self.write)(path)
        if sealed:
            with calls.open_store(path) as store:
                calls.checkpoint(store)
        with Forger(path) as forger:
            changed = forger.journal(change)
            changed += sum(forger.blocks(kind, change) for kind in (*range(1, 12), *range(13, 17)))
        with self.subTest(what, sealed=sealed):
            self.assertGreater(changed, 0)
            harness.compared("forgeries")
            self.unmasked(path, head, what)
        os.remove(path)

    def unmasked(self, path, head, what):
        try:
            store = calls.open_store(path, "read")
        except trato.DataLoss:
            return
        with store:
            report = calls.verify(store, head)
        self.assertFalse(report["ok"], f"{what} was forged, and verify does not tell")


def swapped(data):
    """Anna's facts are Dora's, and Dora's are Anna's."""
    for before, after in ((ANNA, b"crm:????"), (DORA, ANNA), (b"crm:????", DORA)):
        data = data.replace(before, after)
    return data


if __name__ == "__main__":
    unittest.main()
