# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Histories in which interactions are corrected and retracted.

Also before they come, again and again, by two sources at one instant, dated
later than anybody asks; and some that never come.
"""

from dataclasses import replace

import oracle
from histories import CHANNELS, PRODUCTS, SOURCES, TYPES, History
from oracle import Amount, Correction, Interaction, Line


class AmendedHistory(History):
    def __init__(self, rng, corrections=None):
        super().__init__(rng)
        made = [fact for fact in self.facts if isinstance(fact, Interaction)]
        # The same without a key is another one.
        for fact in rng.sample(made, min(len(made), rng.randint(0, 4))):
            if not fact.key:
                self.facts += [fact] * rng.randint(1, 2)
        told = oracle.Oracle(self.zone, self.currency)
        ids = [(told.add(fact), fact) for fact in self.facts]
        self.targets = [pair for pair in ids if isinstance(pair[1], Interaction)]
        if corrections is None:
            corrections = rng.choice([0, 1, 3, 8, 20])
        wanted = min(corrections, 3 * len(self.targets))
        often = rng.sample(self.targets, (len(self.targets) + 2) // 3)
        for _ in range(wanted):
            target = rng.choice(often if rng.random() < 0.7 else self.targets)
            made = self.correction(*target)
            self.facts += [made] * (1 if made.key or rng.random() < 0.9 else 2)
        rng.shuffle(self.facts)

    def correction(self, name, fact):
        rng = self.rng
        at = rng.choice(self.times)
        if rng.random() < 0.4:
            # Beside what it corrects, or beside another correction.
            others = [it.at for it in self.facts if isinstance(it, Correction)]
            at = rng.choice([fact.at, *others[-3:]]) + rng.choice([-1, 0, 0, 1])
        key = f"key {self.keys.pop()} ✓" if self.keys and rng.random() < 0.4 else ""
        record = fact.record
        lost = rng.random()
        if lost < 0.05:  # nothing has this name
            name = oracle.hashed(str(rng.random()).encode())
        elif lost < 0.1:  # or it is another record's
            record = rng.choice(self.names)
        content = None if rng.random() < 0.35 else self.content(fact)
        reason = rng.choice(["", "typed wrongly", "ñ 🎌"])
        source = rng.choice(SOURCES)
        return Correction(record, at, source, key, name, content, reason)

    def content(self, fact):
        """What it was in truth: the same but for one thing or some."""
        rng = self.rng
        made = replace(fact, key="", source="host")
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            made = rng.choice(
                [
                    self._moved_in_time,
                    self._of_another_type,
                    self._of_another_customer,
                    self._with_lines,
                    self._with_amount,
                    self._with_fields,
                    self._all_else,
                ]
            )(made)
        return made

    def _moved_in_time(self, it):
        at = self.rng.choice(self.times) if self.rng.random() < 0.6 else self.time()
        return replace(it, at=at)

    def _of_another_type(self, it):
        return replace(it, type=self.rng.choice(TYPES))

    def _of_another_customer(self, it):
        new = f"moved:{self.rng.randrange(2)}"
        return replace(it, record=self.rng.choice([*self.names, new]))

    def _with_lines(self, it):
        rng = self.rng
        lines = tuple(
            Line(rng.choice([*PRODUCTS, "mug"]), rng.choice([1, -1]) * 10**6,
                 self.minor(), rng.choice([0, 500_000]))
            for _ in range(rng.randint(0, 3))
        )  # fmt: skip
        total = sum(line.amount_minor for line in lines)
        return replace(it, lines=lines, amount=Amount(total, it.amount.currency))

    def _with_amount(self, it):
        amount = self.amount()
        if it.lines:
            amount = Amount(it.amount.minor, amount.currency)
        return replace(it, amount=amount)

    def _with_fields(self, it):
        return replace(it, fields=self.fields())

    def _all_else(self, it):
        rng = self.rng
        return replace(
            it,
            channel=rng.choice(CHANNELS),
            outbound=not it.outbound,
            reply_to=rng.choice([None, rng.choice(self.targets)[0]]),
        )
