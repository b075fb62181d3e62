# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Conditions as marketers write them: windows compared with numbers, steps that
follow each other, attributes. A watch has forms of its own for these, which
random expressions seldom are."""

import aggregates as more
import language as cel
from aggregates import Length
from conditions import COMPARISONS
from histories import CUSTOMER, SPANS, TEXTS
from oracle import DAY, Amount

AMOUNT = cel.Member("i", "amount")


class Windowed:
    def __init__(self, asker) -> None:
        self.asker, self.rng = asker, asker.rng

    def condition(self):
        rng = self.rng
        parts = [self.part() for _ in range(rng.choice([1, 2, 2, 3]))]
        if len(parts) == 1:
            return parts[0]
        made = cel.Logic(rng.choice(["&&", "&&", "||"]), parts)
        return cel.Not(made) if rng.random() < 0.1 else made

    def part(self):
        rng = self.rng
        made = rng.choice(
            [self.count, self.count, self.amounts, self.amounts, self.recency,
             self.sequence, self.sequence, self.sequence, self.any, self.distinct,
             self.said, self.inner]
        )()  # fmt: skip
        return cel.Not(made) if rng.random() < 0.2 else made

    def number(self):
        return cel.Literal(self.rng.choice([0, 1, 1, 2, 3, 4]))

    def compared(self, left, right):
        if self.rng.random() < 0.2:
            left, right = right, left
        return cel.Compare(self.rng.choice(COMPARISONS), left, right)

    def window(self, may_narrow=True):
        rng = self.rng
        made = self.asker._interactions()
        if rng.random() < 0.85:
            made = cel.Within(made, rng.choice(SPANS))
        if may_narrow and rng.random() < 0.25:
            limit = self.asker.literal(Amount)
            made = cel.Where(
                made, "i", cel.Compare(rng.choice(COMPARISONS), AMOUNT, limit)
            )
        return made

    def count(self):
        return self.compared(cel.Count(self.window()), self.number())

    def amounts(self):
        rng, made = self.rng, self.window()
        kind = rng.choice(["sum", "min", "max", "avg"])
        if kind == "sum":
            value = cel.Sum(made, "i", AMOUNT, Amount(0, ""))
        elif kind == "avg":
            value = more.Average(made, "avg", "i", AMOUNT)
        else:
            value = more.Extreme(made, kind, "i", AMOUNT)
        return self.compared(value, self.asker.literal(Amount))

    def recency(self):
        limit = more.LengthLiteral(Length(self.rng.choice([1, 20, 100]) * DAY))
        return self.compared(more.Recency(self.asker._interactions()), limit)

    def sequence(self):
        rng = self.rng
        span = rng.choice(SPANS) if rng.random() < 0.7 else None
        without = [self.window() for _ in range(rng.choice([0, 1, 1, 2]))]
        return more.Any_(
            more.Sequence(self.window(), [(self.window(), span, without)])
        )

    def any(self):
        return more.Any_(self.window())

    def distinct(self):
        body = cel.Member("i", self.rng.choice(["channel", "type", "at", "direction"]))
        return self.compared(
            more.DistinctCount(self.window(), "distinct", "i", body), self.number()
        )

    def said(self):
        rng = self.rng
        kind = rng.choice([str, str, int, bool])
        names = [name for name, of in CUSTOMER.items() if of is kind]
        if kind is str and rng.random() < 0.5:
            some = [cel.Literal(it) for it in rng.sample(TEXTS, min(2, len(TEXTS)))]
            return cel.In(cel.Customer(rng.choice(names)), some)
        return cel.Compare(
            rng.choice(["==", "!="]),
            cel.Customer(rng.choice(names)),
            self.asker.literal(kind),
        )

    def inner(self):
        if not self.asker.segments:
            return self.count()
        return cel.InSegment(self.rng.choice(self.asker.segments))
