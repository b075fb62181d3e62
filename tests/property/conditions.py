# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Random conditions over a history, typed, and worth asking of it."""

import datetime

import aggregates as more
import language as cel
from aggregates import Length
from histories import CUSTOMER, DIGITS, INTERACTION, PRODUCTS, SPANS, TEXTS, TYPES
from oracle import DAY, MAX, MIN, SECOND, Amount, Instant

LINE = {"product": str, "quantity": float, "unit_price": float, "amount": Amount}
ALWAYS = {"amount": Amount, "at": Instant, "type": str, "channel": str,
          "direction": str}  # fmt: skip
ZERO = {int: 0, float: 0.0, Amount: Amount(0, "")}  # sums of nothing
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]


class Conditions:
    def __init__(self, history) -> None:
        self.history = history
        self.rng = history.rng
        self.segments = []
        self.in_list = False  # inside a macro over a list in the text

    def condition(self):
        return self.boolean(self.rng.choice([1, 2, 2, 3]), {})

    def boolean(self, depth, scope):
        """`scope`: the variables in sight, and whether each is a line."""
        rng = self.rng
        if depth <= 0:
            return self.leaf(bool, scope, depth)
        kind = rng.random()
        if kind < 0.3:
            operands = [
                self.boolean(depth - 1, scope) for _ in range(rng.choice([2, 2, 3]))
            ]
            return cel.Logic(rng.choice(["&&", "||"]), operands)
        if kind < 0.38:
            return cel.Not(self.boolean(depth - 1, scope))
        if kind < 0.43:
            return cel.Choice(*(self.boolean(depth - 1, scope) for _ in range(3)))
        if kind < 0.75:
            return self.comparison(depth, scope)
        if kind < 0.83:
            return self.membership(depth, scope)
        if kind < 0.92 and self.may_collect(scope):
            made = self.collection(depth, scope)
            if rng.random() < 0.2:
                return more.Any_(made)
            name, inner = self.variable(made, scope)
            body = self.boolean(depth - 1, inner)
            if rng.random() < 0.4:
                if rng.random() < 0.7:
                    return more.All(made, "all", name, body)
                return more.ExistsOne(made, "exists_one", name, body)
            return cel.Exists(made, name, body)
        if kind < 0.94 and not scope and not self.in_list:
            return self.over_list(depth)
        if kind < 0.96:
            name = rng.choice(["contains", "startsWith", "endsWith"])
            return cel.Call(
                name, [self.of(str, depth - 1, scope), self.of(str, 0, scope)]
            )
        return self.leaf(bool, scope, depth)

    def comparison(self, depth, scope):
        rng = self.rng
        kind = rng.choice(
            [bool, int, int, int, float, str, Amount, Amount, Instant, Length]
        )
        operator = rng.choice(COMPARISONS)
        left, right = kind, kind
        if {left, right} & {int, float}:
            right = rng.choice([int, float])  # by what they are worth
        return cel.Compare(
            operator,
            self.of(left, depth - 1, scope),
            self.of(right, depth - 1, scope),
        )

    def membership(self, depth, scope):
        rng = self.rng
        kind = rng.choice([bool, int, float, str, Instant, Amount, Amount])
        items = [self.literal(kind) for _ in range(rng.randint(0, 3))]
        if not items:
            kind = str
        return cel.In(self.of(kind, depth - 1, scope), items)

    def of(self, kind, depth, scope):
        """An expression of a type."""
        rng = self.rng
        if kind is bool:
            return self.boolean(depth, scope)
        if depth <= 0 or rng.random() < 0.25:
            return self.leaf(kind, scope, depth)
        if rng.random() < 0.08:
            return cel.Choice(
                self.boolean(depth - 1, scope),
                self.of(kind, depth - 1, scope),
                self.of(kind, depth - 1, scope),
            )
        if kind in (int, float, Amount) and self.may_collect(scope) and (
            rng.random() < 0.55
        ):
            return self.aggregate(kind, depth, scope)
        if not scope and rng.random() < 0.3 and kind in (Instant, Amount, str, int):
            field = {Instant: "at", Amount: "amount", str: "channel", int: "points"}
            end = rng.choice(["first", "last"])
            return more.EndOf(self.in_order(depth), end, field[kind])
        if kind is int and rng.random() < 0.2:
            time = self.of(Instant, depth - 1, scope)
            name = rng.choice(list(more.PARTS))
            return more.Part(time, name, rng.random() < 0.7)
        if kind is Length:
            return self.length(depth, scope)
        if kind is str:
            left, right = (self.of(str, depth - 1, scope) for _ in range(2))
            return cel.Arithmetic("+", left, right)
        if kind is Instant:
            time = self.of(Instant, depth - 1, scope)
            by = rng.choice(SPANS)
            if rng.random() < 0.4:
                by = self.of(Length, depth - 1, scope)
            return more.Moved(time, rng.choice("+-"), by)
        if rng.random() < 0.15:
            return cel.Minus(self.of(kind, depth - 1, scope))
        if kind is int and rng.random() < 0.15:
            text = self.of(str, depth - 1, scope)
            return cel.Call("size", [text], method=rng.random() < 0.5)
        if kind is float and rng.random() < 0.2:
            return cel.Call("double", [self.of(int, depth - 1, scope)], method=False)
        if kind is Amount:
            operator = rng.choice("+-*")
            left, right = kind, (int if operator == "*" else kind)
            if operator == "*" and rng.random() < 0.5:
                left, right = right, left
        else:
            # No division inside of a sum: every partial sum of these doubles is
            # exact, so the order of adding cannot show.
            operator = rng.choice("+-*" if scope else "+-*/")
            if kind is int and operator == "/" and rng.random() < 0.5:
                operator = "%"
            left = right = kind
        return cel.Arithmetic(
            operator, self.of(left, depth - 1, scope), self.of(right, depth - 1, scope)
        )

    def over_list(self, depth):
        """A list in the text, which may be asked of the history item by item."""
        rng = self.rng
        kind = rng.choice([int, str])
        items = [self.literal(kind) for _ in range(rng.randint(0, 3))]
        self.in_list = True
        left = self.of(kind, depth - 1, {})
        self.in_list = False
        body = cel.Compare(rng.choice(COMPARISONS), left, more.Item("x"))
        name = rng.choice(["all", "exists", "exists_one", "filter"])
        made = more.OverList(items or [self.literal(kind)], name, "x", body)
        return cel.Compare("==", made, self.literal(int)) if name == "filter" else made

    def length(self, depth, scope):
        rng = self.rng
        if not scope and rng.random() < 0.4:
            return more.Recency(self.in_order(depth))
        if rng.random() < 0.6:
            left, right = (self.of(Instant, depth - 1, scope) for _ in range(2))
            return more.Difference(left, right)
        return self.leaf(Length, scope, depth)

    def in_order(self, depth):
        """Interactions, not lines."""
        while True:
            made = self.collection(depth, {})
            if not self.is_lines(made):
                return made

    def aggregate(self, kind, depth, scope):
        if not scope and self.rng.random() < 0.3:
            return self.total(kind)
        made = self.collection(depth, scope)
        if kind is int and self.rng.random() < 0.4:
            return cel.Count(made)
        name, inner = self.variable(made, scope)
        if self.rng.random() < 0.4:
            depth = min(depth - 1, 1)
            if kind is int and self.rng.random() < 0.7:
                of = self.rng.choice([int, str, Instant, bool])
                body = self.of(of, depth, inner)
                return more.DistinctCount(made, "distinct", name, body)
            body = self.of(kind, depth, inner)
            if kind is not int and not scope and self.rng.random() < 0.5:
                return more.Average(made, "avg", name, body)
            return more.Extreme(made, self.rng.choice(["min", "max"]), name, body)
        return cel.Sum(made, name, self.of(kind, min(depth - 1, 1), inner), ZERO[kind])

    def total(self, kind):
        """Of all there is of a field: large numbers, and two currencies."""
        field = {int: "points", float: "weight", Amount: "fee"}[kind]
        some = cel.Where(cel.Interactions(TYPES), "i", cel.HasField("i", field))
        return cel.Sum(some, "i", cel.Member("i", field), ZERO[kind])

    def variable(self, made, scope):
        name = self.rng.choice(["i", "l", "x"])
        return name, {**scope, name: self.is_lines(made)}

    def is_lines(self, made):
        while isinstance(
            made, (cel.Where, cel.Within, more.Between, more.WithinLength)
        ):
            made = made.of
        return isinstance(made, cel.Lines)

    def may_collect(self, scope):
        """Inside of a macro only an interaction's own lines can be gone through, and
        not inside of a macro over lines."""
        return not any(scope.values())

    def collection(self, depth, scope):
        rng = self.rng
        outer = [name for name, is_line in scope.items() if not is_line]
        if scope:
            made = cel.Lines(cel.OneInteraction(rng.choice(outer)))
        else:
            made = self._windowed(self._interactions())
            if rng.random() < 0.12:
                made = self._windowed(self._sequence(made, depth))
            if rng.random() < 0.35:
                made = self._narrowed(made, depth, scope)
            if rng.random() < 0.3:
                made = cel.Lines(made)
        if rng.random() < 0.3:
            made = self._narrowed(made, depth, scope)
        return made

    def _windowed(self, made):
        rng = self.rng
        for _ in range(rng.choice([0, 1, 1, 2])):
            if rng.random() < 0.2:
                start, end = (self.leaf(Instant, {}, 0) for _ in range(2))
                made = more.Between(made, start, end)
            elif rng.random() < 0.1:
                made = more.WithinLength(made, self._length())
            else:
                made = cel.Within(made, rng.choice(SPANS))
        return made

    def _sequence(self, first, depth):
        rng = self.rng
        steps = []
        for _ in range(rng.choice([1, 1, 2])):
            step = self._interactions()
            if rng.random() < 0.2:
                step = self._narrowed(step, depth, {})
            span = rng.choice(SPANS) if rng.random() < 0.6 else None
            without = [self._interactions() for _ in range(rng.choice([0, 0, 1, 2]))]
            steps.append((step, span, without))
        return more.Sequence(first, steps)

    def _length(self):
        rng = self.rng
        return Length(rng.choice([0, 1, SECOND, DAY, 90 * DAY, -DAY, DAY - 1]))

    def _interactions(self):
        return cel.Interactions(
            [self.rng.choice(TYPES) for _ in range(self.rng.choice([1, 1, 2, 3]))]
        )

    def _narrowed(self, made, depth, scope):
        name, inner = self.variable(made, scope)
        return cel.Where(made, name, self.boolean(min(depth - 1, 1), inner))

    # -- What has no inside

    def leaf(self, kind, scope, depth):
        rng = self.rng
        if scope and rng.random() < 0.7:
            name = rng.choice(list(scope))
            members = LINE if scope[name] else {**ALWAYS, **INTERACTION}
            if kind is bool and not scope[name] and rng.random() < 0.4:
                return cel.HasField(name, rng.choice(list(INTERACTION)))
            fitting = [member for member, of in members.items() if of is kind]
            if fitting:
                return cel.Member(name, rng.choice(fitting))
        if rng.random() < (0.5 if kind is not int else 0.25) and kind is not Length:
            fitting = [name for name, of in CUSTOMER.items() if of is kind]
            return cel.Customer(rng.choice(fitting))
        if kind is bool:
            if self.segments and rng.random() < 0.4:
                return cel.InSegment(rng.choice(self.segments))
            if rng.random() < 0.7:
                return cel.Has(rng.choice(list(CUSTOMER)))
        if kind is Instant and rng.random() < 0.4:
            return cel.Now()
        return self.literal(kind)

    def literal(self, kind):
        rng, history = self.rng, self.history
        if kind is Length:
            return more.LengthLiteral(self._length())
        if kind is int:
            if rng.random() < 0.1:
                return cel.Literal(rng.choice([MIN, MAX, 2**53 + 1]))
            return cel.Literal(rng.choice([0, 1, 1, 2, 3, 4, -1]))
        if kind is Amount:
            amount = history.amount()
            return cel.Literal(amount, DIGITS[amount.currency])
        if kind is str:
            return cel.Literal(
                rng.choice(TEXTS + PRODUCTS + TYPES + ["web", "inbound", ""])
            )
        if kind is Instant and rng.random() < 0.4:
            # In the store's zone, where the clocks may skip or repeat it.
            anchor = rng.choice(history.anchors)
            local = history.oracle.local(anchor)
            return cel.LocalTime(local + datetime.timedelta(minutes=rng.choice(
                [0, -60, -30, 30, 60, 24 * 60])))
        if kind is float:
            return cel.Literal(rng.choice([0.0, 0.25, -0.5, 1.0, 2.5, 1e300]))
        return cel.Literal(history.value(kind))
