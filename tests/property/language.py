# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Expressions as Python objects that write themselves and evaluate themselves.

There is no parser and no compiler here: `text` is what the engine is given, and
`value` walks the oracle's list of facts, over and over. An error of the language
is the exception `Failure`.
"""

import datetime
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

from oracle import (
    EPOCH,
    MAX,
    MICRO,
    MIN,
    Amount,
    Instant,
    Oracle,
    Span,
)

ABSENT, OVERFLOW, DIVISION, CURRENCIES = "absent", "overflow", "division", "currencies"


class Failure(Exception):
    @property
    def reason(self) -> str:
        return self.args[0]


@dataclass(frozen=True)
class Env:
    oracle: Oracle
    customer: List[str]
    now: int
    variables: Dict[str, Any]

    def bind(self, name: str, value: Any) -> "Env":
        return Env(self.oracle, self.customer, self.now, {**self.variables, name: value})


# How tightly CEL binds, loosest first.
CHOICE, OR, AND, RELATION, SUM, PRODUCT, UNARY, MEMBER = range(8)


class Node:
    level = MEMBER

    def text(self) -> str:
        raise NotImplementedError

    def value(self, env: Env) -> Any:
        raise NotImplementedError

    def inside(self, level: int) -> str:
        """As an operand of something that binds this tightly."""
        return self.text() if self.level >= level else f"({self.text()})"


def whole(number: int) -> int:
    if not MIN <= number <= MAX:
        raise Failure(OVERFLOW)
    return number


def common(a: Amount, b: Amount) -> str:
    """The sum of nothing is in every currency."""
    if a.currency and b.currency and a.currency != b.currency:
        raise Failure(CURRENCIES)
    return a.currency or b.currency


def settle(outcomes: List[Any]) -> None:
    """Of several failures one that is more than absence is the result."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    for failure in failures:
        if failure.reason != ABSENT:
            raise failure
    if failures:
        raise failures[0]


def add(a: Any, b: Any) -> Any:
    if isinstance(a, Amount):
        currency = common(a, b)
        return Amount(whole(a.minor + b.minor), currency)
    if isinstance(a, int):
        return whole(a + b)
    return a + b


@dataclass
class Literal(Node):
    content: Any
    digits: int = 2  # of the currency

    def text(self) -> str:
        value = self.content
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Amount):
            return f'money("{major(value.minor, self.digits)}", "{value.currency}")'
        if isinstance(value, Instant):
            at = EPOCH + value.us * MICRO
            return f'timestamp("{at.isoformat(timespec="microseconds")}Z")'
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        return repr(value)

    @property
    def level(self) -> int:
        number = isinstance(self.content, (int, float))
        return UNARY if number and self.text().startswith("-") else MEMBER

    def value(self, env: Env) -> Any:
        return self.content


def major(minor: int, digits: int) -> str:
    text = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    if not digits:
        return sign + text
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


@dataclass
class LocalTime(Node):
    """A timestamp in the store's zone, which may be skipped or repeated."""

    local: datetime.datetime

    def text(self) -> str:
        return f'timestamp("{self.local.isoformat(" ", "microseconds")}")'

    def value(self, env: Env) -> Any:
        return Instant(env.oracle.instant(self.local))


class Now(Node):
    def text(self) -> str:
        return "now"

    def value(self, env: Env) -> Any:
        return Instant(env.now)


@dataclass
class Customer(Node):
    name: str

    def text(self) -> str:
        return f"customer.{self.name}"

    def value(self, env: Env) -> Any:
        fact = env.oracle.version(env.customer, self.name, env.now)
        if fact is None:
            raise Failure(ABSENT)
        return fact.value


@dataclass
class Has(Node):
    name: str

    def text(self) -> str:
        return f"has(customer.{self.name})"

    def value(self, env: Env) -> Any:
        return env.oracle.version(env.customer, self.name, env.now) is not None


@dataclass
class HasField(Node):
    """Whether the interaction that a variable stands for has a field."""

    variable: str
    name: str

    def text(self) -> str:
        return f"has({self.variable}.{self.name})"

    def value(self, env: Env) -> Any:
        it, _ = env.variables[self.variable]
        return self.name in it.fields


@dataclass
class Member(Node):
    """A field of an interaction, or of a line, that a variable stands for."""

    variable: str
    name: str

    def text(self) -> str:
        return f"{self.variable}.{self.name}"

    def value(self, env: Env) -> Any:
        it, line = env.variables[self.variable]
        if line is not None:
            return {
                "product": line.product,
                "quantity": line.quantity / 1e6,
                "unit_price": line.unit_price / 1e6,
                "amount": Amount(line.amount_minor, it.amount.currency),
            }[self.name]
        if self.name == "amount":
            return it.amount
        if self.name == "at":
            return Instant(it.at)
        if self.name in ("type", "channel"):
            return getattr(it, self.name)
        if self.name == "direction":
            return "outbound" if it.outbound else "inbound"
        if self.name not in it.fields:
            raise Failure(ABSENT)
        return it.fields[self.name]


@dataclass
class Not(Node):
    operand: Node
    level = UNARY

    def text(self) -> str:
        return "!" + self.operand.inside(UNARY)

    def value(self, env: Env) -> Any:
        return not self.operand.value(env)


@dataclass
class Minus(Node):
    operand: Node
    level = UNARY

    def text(self) -> str:
        return "-" + (
            self.operand.inside(MEMBER)
            if isinstance(self.operand, Literal)
            else self.operand.inside(UNARY)
        )

    def value(self, env: Env) -> Any:
        value = self.operand.value(env)
        if isinstance(value, Amount):
            return Amount(whole(-value.minor), value.currency)
        return whole(-value) if isinstance(value, int) else -value


@dataclass
class Logic(Node):
    """Several operands of && or ||: one that settles it wins over any error."""

    operator: str
    operands: List[Node]

    @property
    def level(self) -> int:
        return AND if self.operator == "&&" else OR

    def text(self) -> str:
        # Nested in the same operator it may stand bare on the left only.
        parts = [self.operands[0].inside(self.level)]
        parts += [operand.inside(self.level + 1) for operand in self.operands[1:]]
        return f" {self.operator} ".join(parts)

    def value(self, env: Env) -> Any:
        settles = self.operator == "||"
        outcomes = [attempt(operand, env) for operand in self.operands]
        if any(outcome is settles for outcome in outcomes):
            return settles
        settle(outcomes)
        return not settles


def attempt(node: Node, env: Env) -> Any:
    try:
        return node.value(env)
    except Failure as failure:
        return failure


@dataclass
class Choice(Node):
    condition: Node
    yes: Node
    no: Node
    level = CHOICE

    def text(self) -> str:
        return (
            f"{self.condition.inside(OR)} ? {self.yes.inside(OR)} "
            f": {self.no.inside(CHOICE)}"
        )

    def value(self, env: Env) -> Any:
        return (self.yes if self.condition.value(env) else self.no).value(env)


@dataclass
class Compare(Node):
    operator: str
    left: Node
    right: Node
    level = RELATION

    def text(self) -> str:
        left, right = self.left.inside(RELATION), self.right.inside(SUM)
        return f"{left} {self.operator} {right}"

    def value(self, env: Env) -> Any:
        return compare(self.operator, self.left.value(env), self.right.value(env))


def compare(operator: str, a: Any, b: Any) -> bool:
    if isinstance(a, Amount):
        common(a, b)
        a, b = a.minor, b.minor
    return {
        "==": lambda: a == b,
        "!=": lambda: a != b,
        "<": lambda: a < b,
        "<=": lambda: a <= b,
        ">": lambda: a > b,
        ">=": lambda: a >= b,
    }[operator]()


@dataclass
class In(Node):
    """x in [a, b] is x == a || x == b."""

    left: Node
    items: List[Node]
    level = RELATION

    def text(self) -> str:
        items = ", ".join(item.text() for item in self.items)
        return f"{self.left.inside(RELATION)} in [{items}]"

    def value(self, env: Env) -> Any:
        self.left.value(env)
        return Logic(
            "||", [Compare("==", self.left, item) for item in self.items]
            + [Literal(False)]
        ).value(env)


@dataclass
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node

    @property
    def level(self) -> int:
        return SUM if self.operator in "+-" else PRODUCT

    def text(self) -> str:
        left, right = self.left.inside(self.level), self.right.inside(self.level + 1)
        return f"{left} {self.operator} {right}"

    def value(self, env: Env) -> Any:
        a, b = self.left.value(env), self.right.value(env)
        operator = self.operator
        if operator == "+":
            return add(a, b)
        if operator == "-":
            if isinstance(a, Amount):
                return Amount(whole(a.minor - b.minor), common(a, b))
            return whole(a - b) if isinstance(a, int) else a - b
        if operator == "*":
            if isinstance(a, Amount) or isinstance(b, Amount):
                amount, times = (a, b) if isinstance(a, Amount) else (b, a)
                return Amount(whole(amount.minor * times), amount.currency)
            return whole(a * b) if isinstance(a, int) else a * b
        if isinstance(a, float):
            return ieee_divide(a, b)
        if b == 0:
            raise Failure(DIVISION)
        # CEL truncates towards zero, and the remainder has the dividend's sign.
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return whole(quotient) if operator == "/" else a - quotient * b


def ieee_divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or a != a:
        return float("nan")
    negative = str(a).startswith("-") != str(b).startswith("-")
    return float("-inf") if negative else float("inf")


@dataclass
class Call(Node):
    """A function of text, or double(int)."""

    name: str
    arguments: List[Node]
    method: bool = True

    def text(self) -> str:
        first, *rest = self.arguments
        if self.method:
            written = ", ".join(item.text() for item in rest)
            return f"{first.inside(MEMBER)}.{self.name}({written})"
        return f"{self.name}({', '.join(item.text() for item in self.arguments)})"

    def value(self, env: Env) -> Any:
        first, *rest = [item.value(env) for item in self.arguments]
        return {
            "size": lambda: len(first),
            "contains": lambda: rest[0] in first,
            "startsWith": lambda: first.startswith(rest[0]),
            "endsWith": lambda: first.endswith(rest[0]),
            "double": lambda: float(first),
        }[self.name]()


@dataclass
class InSegment(Node):
    """Membership: who cannot be told fails, who merely lacks a value is out."""

    name: str

    def text(self) -> str:
        return f'in_segment("{self.name}")'

    def value(self, env: Env) -> Any:
        try:
            return env.oracle.segments[self.name].value(
                Env(env.oracle, env.customer, env.now, {})
            )
        except Failure as failure:
            if failure.reason == ABSENT:
                return False
            raise


# -- Sets: some interactions, or lines of them, and what failed to be chosen ---------


class Items:
    """Pairs of an interaction and a line (or None), in order of the timeline.

    An element for which a where() fails is neither in nor out: it is kept aside
    with its failure, and fails whatever is asked of the set.
    """

    def __init__(self, chosen: Any, failed: Any = ()) -> None:
        self.chosen: List[Tuple[Any, Any]] = list(chosen)
        self.failed: List[Tuple[Any, Failure]] = list(failed)

    @property
    def failures(self) -> List[Failure]:
        return [failure for _, failure in self.failed]


@dataclass
class Interactions(Node):
    types: List[str]

    def text(self) -> str:
        return f"interactions({', '.join(json.dumps(name) for name in self.types)})"

    def value(self, env: Env) -> Items:
        return Items(
            (fact, None)
            for _, fact in env.oracle.timeline(env.customer, env.now)
            if fact.type in self.types
        )


@dataclass
class Within(Node):
    of: Node
    span: Span

    def text(self) -> str:
        return f'{self.of.text()}.within("{self.span.text}")'

    def value(self, env: Env) -> Items:
        start = env.oracle.back(env.now, self.span)
        items = self.of.value(env)
        # A where() before it fails only for what the window leaves in.
        return Items(
            [item for item in items.chosen if start < item[0].at <= env.now],
            [pair for pair in items.failed if start < pair[0][0].at <= env.now],
        )


@dataclass
class OneInteraction(Node):
    """The interaction that a variable stands for, to take its lines."""

    variable: str

    def text(self) -> str:
        return self.variable

    def value(self, env: Env) -> Items:
        return Items([env.variables[self.variable]])


@dataclass
class Lines(Node):
    of: Node

    def text(self) -> str:
        return f"{self.of.text()}.lines()"

    def value(self, env: Env) -> Items:
        items = self.of.value(env)
        return Items(
            [(it, line) for it, _ in items.chosen for line in it.lines], items.failed
        )


@dataclass
class Where(Node):
    of: Node
    variable: str
    condition: Node

    def text(self) -> str:
        return f"{self.of.text()}.where({self.variable}, {self.condition.text()})"

    def value(self, env: Env) -> Items:
        items = self.of.value(env)
        chosen, failed = [], list(items.failed)
        for item in items.chosen:
            outcome = attempt(self.condition, env.bind(self.variable, item))
            if outcome is True:
                chosen.append(item)
            elif isinstance(outcome, Failure):
                failed.append((item, outcome))
        return Items(chosen, failed)


@dataclass
class Count(Node):
    of: Node

    def text(self) -> str:
        return f"{self.of.text()}.count()"

    def value(self, env: Env) -> Any:
        items = self.of.value(env)
        settle(items.failures)
        return len(items.chosen)


@dataclass
class Sum(Node):
    of: Node
    variable: str
    body: Node
    zero: Any  # of nothing

    def text(self) -> str:
        return f"{self.of.text()}.sum({self.variable}, {self.body.text()})"

    def value(self, env: Env) -> Any:
        items = self.of.value(env)
        bodies = [
            attempt(self.body, env.bind(self.variable, item)) for item in items.chosen
        ]
        terms = [body for body in bodies if not isinstance(body, Failure)]
        failures = items.failures + [one for one in bodies if isinstance(one, Failure)]
        if not isinstance(self.zero, Amount):
            settle(failures)
            total = sum(terms, self.zero)
            return whole(total) if isinstance(total, int) else total
        currencies = {term.currency for term in terms} - {""}
        if len(currencies) > 1:
            failures.append(Failure(CURRENCIES))
        settle(failures)
        minor = whole(sum(term.minor for term in terms))
        return Amount(minor, "".join(currencies))


@dataclass
class Exists(Node):
    """One that fulfils the condition is enough, whatever fails for others.

    But not where the set itself fails.
    """

    of: Node
    variable: str
    condition: Node

    def text(self) -> str:
        return f"{self.of.text()}.exists({self.variable}, {self.condition.text()})"

    def value(self, env: Env) -> Any:
        items = self.of.value(env)
        outcomes = [
            attempt(self.condition, env.bind(self.variable, item))
            for item in items.chosen
        ]
        held = any(outcome is True for outcome in outcomes)
        settle(items.failures + ([] if held else outcomes))
        return held


# -- A condition over all customers ----------------------------------------------


class Answer:
    """Who fulfils a condition at an instant, by the names that lead."""

    def __init__(self, oracle: Oracle, condition: Node, now: int) -> None:
        self.members: List[str] = []
        self.undecided: List[str] = []
        self.customers = 0
        for customer in oracle.customers():
            if not oracle.known(customer, now):
                continue
            self.customers += 1
            try:
                if condition.value(Env(oracle, customer, now, {})):
                    self.members.append(customer[0])
            except Failure as failure:
                if failure.reason != ABSENT:
                    self.undecided.append(customer[0])
        self.members.sort(key=str.encode)

    @property
    def size(self) -> Tuple[int, int, int]:
        return len(self.members), self.customers, len(self.undecided)
