# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A fork begins as its store is, and neither shows in the other.

Two stores that were told the same have the same digest; what each was told is
kept here as a list of calls, and a store that is told that list from the start
is what every fork is compared with.
"""

import os
import unittest

import calls
import harness
import trato
from amended import AmendedHistory
from test_past import Script


class One:
    """A store or a fork, and all that it was told."""

    def __init__(self, store, told):
        self.store, self.told = store, list(told)

    def tell(self, call):
        before = self.store.info(now=0).log_position
        try:
            call.tell(self.store)
        except (trato.FailedPrecondition, trato.NotFound, trato.InvalidArgument):
            pass  # a link that cannot be, or of what this one was not told
        else:
            if self.store.info(now=0).log_position > before:
                self.told.append(call)

    def digest(self):
        return self.store.digest(now=harness.NOW)


def remove(path):
    """A store that was closed while it was read leaves its log beside it."""
    for ending in ("", "-wal", "-shm", "-lock"):
        if path and os.path.exists(path + ending):
            os.remove(path + ending)


class AForkIsAStoreOfItsOwn(harness.PropertyCase):
    def test_digests_whatever_is_written_to_whom(self):
        for rng in self.each_round(25):
            script = Script(AmendedHistory(rng))
            path = self.path() if rng.random() < 0.7 else None
            limit = rng.choice([0, 0, 1])
            family = [One(script.new_store(path, memory_limit=limit), [])]
            digests = [family[0].digest()]
            for call in script.calls:
                if rng.random() < 0.15 and len(family) < 5:
                    self.fork(rng, family, digests)
                if rng.random() < 0.15:
                    calls.checkpoint(rng.choice(family).store, rng.choice([0, 1]))
                # One of them is told, or some, or all.
                told = rng.sample(range(len(family)), rng.randint(1, len(family)))
                for which in told:
                    family[which].tell(call)
                    digests[which] = family[which].digest()
                for one, digest in zip(family, digests):
                    self.check("digests", one.digest(), digest, call, told)
                if len(family) > 2 and rng.random() < 0.05:
                    # In any order: the first, too.
                    gone = rng.randrange(len(family))
                    family.pop(gone).store.close()
                    digests.pop(gone)
            for one in family:
                self.compare(script, one)
                if path and rng.random() < 0.5:
                    self.check("verified", one.store.verify(rebuild=True).ok, True)
            rng.shuffle(family)
            for one in family:
                self.check("digests", one.digest(), one.digest())
                one.store.close()
            remove(path)

    def fork(self, rng, family, digests):
        parent = rng.choice(family)
        fork = One(parent.store.fork(), parent.told)
        family.append(fork)
        digests.append(fork.digest())
        self.check("digests of a fork", fork.digest(), parent.digest(), *fork.told)
        self.check(
            "log positions",
            fork.store.info(now=0).log_position,
            parent.store.info(now=0).log_position,
        )

    def compare(self, script, one):
        with script.new_store() as fresh:
            for call in one.told:
                call.tell(fresh)
            self.check(
                "digests of what was told",
                one.digest(), fresh.digest(now=harness.NOW), *one.told,
            )  # fmt: skip


class TheSameWritesGiveTheSame(harness.PropertyCase):
    def test_told_alike_from_the_fork_on(self):
        for rng in self.each_round(15):
            script = Script(AmendedHistory(rng))
            path = self.path() if rng.random() < 0.7 else None
            store = script.new_store(path)
            half = rng.randint(0, len(script.calls))
            one = One(store, [])
            for call in script.calls[:half]:
                one.tell(call)
            with store.fork() as fork:
                other = One(fork, one.told)
                for call in script.calls[half:]:
                    one.tell(call)
                    other.tell(call)
                self.check("digests", other.digest(), one.digest(), *other.told)
                # What is told again under its key is known.
                for call in other.told:
                    position = fork.info(now=0).log_position
                    if call.facts and all(getattr(it, "key", "") for it in call.facts):
                        call.tell(fork)
                        self.check("log positions of what is known",
                                   fork.info(now=0).log_position, position, call)
            store.close()
            remove(path)


if __name__ == "__main__":
    unittest.main()
