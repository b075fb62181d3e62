# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""More of the language for the oracle: what is asked of many, and times.

As in language.py each object writes itself and evaluates itself over the
oracle's list of facts.
"""

import datetime
from dataclasses import dataclass
from typing import Any, List, NamedTuple, Optional, Tuple

import language as cel
from language import ABSENT, CURRENCIES, OVERFLOW, Failure, Items, Node, attempt, settle
from oracle import EPOCH, MICRO, Amount, Instant, Span

FIRST = (datetime.datetime(1, 1, 1) - EPOCH) // MICRO
LAST = (datetime.datetime(9999, 12, 31, 23, 59, 59, 999999) - EPOCH) // MICRO


class Length(NamedTuple):
    """A duration, in microseconds."""

    us: int


def in_calendar(us: int) -> Instant:
    if not FIRST <= us <= LAST:
        raise Failure(OVERFLOW)
    return Instant(us)


# -- Windows and choices --------------------------------------------------------


@dataclass
class Between(Node):
    of: Node
    start: Node
    end: Node

    def text(self) -> str:
        return f"{self.of.text()}.between({self.start.text()}, {self.end.text()})"

    def value(self, env: cel.Env) -> Items:
        items = self.of.value(env)
        start, end = self.start.value(env).us, self.end.value(env).us
        return Items(
            [item for item in items.chosen if start <= item[0].at < end],
            [pair for pair in items.failed if start <= pair[0][0].at < end],
        )


@dataclass
class WithinLength(Node):
    of: Node
    length: Length

    def text(self) -> str:
        return f'{self.of.text()}.within(duration("{self.length.us}us"))'

    def value(self, env: cel.Env) -> Items:
        items = self.of.value(env)
        start = env.now - self.length.us
        return Items(
            [item for item in items.chosen if item[0].at > start],
            [pair for pair in items.failed if pair[0][0].at > start],
        )


@dataclass
class Sequence(Node):
    """Those of the last step that come after one of the step before it.

    Each step but the first has a span or None, and what must not lie between.
    """

    first: Node
    steps: List[Tuple[Node, Optional[Span], List[Node]]]

    def text(self) -> str:
        text = f"sequence({self.first.text()})"
        for step, span, without in self.steps:
            text += f".then({step.text()}" + (f', "{span.text}")' if span else ")")
            text += "".join(f".without({one.text()})" for one in without)
        return text

    def value(self, env: cel.Env) -> Items:
        before = self.first.value(env)
        for step, span, without in self.steps:
            after = step.value(env)
            times = instants(before)
            between = [at for one in without for at in instants(one.value(env))]
            before = Items(
                [
                    item
                    for item in after.chosen
                    if self.follows(env, item[0].at, times, span, between)
                ],
                after.failed,
            )
        return before

    @staticmethod
    def follows(env, at, times, span, between) -> bool:
        earlier = [time for time in times if time < at]
        if not earlier:
            return False
        last = max(earlier)
        if span and not last > env.oracle.back(at, span):
            return False
        return not any(last < time < at for time in between)


def instants(items: Items) -> List[int]:
    settle(items.failures)
    return [it.at for it, _ in items.chosen]


# -- What is asked of many --------------------------------------------------------


def bodies_of(node: Any, env: cel.Env) -> List[Any]:
    """What the body is worth for each; a failure where it is one for any."""
    items = node.of.value(env)
    made = [attempt(node.body, env.bind(node.variable, item)) for item in items.chosen]
    settle(items.failures + [one for one in made if isinstance(one, Failure)])
    return made


@dataclass
class Over(Node):
    of: Node
    name: str
    variable: str
    body: Node

    def text(self) -> str:
        body = f"{self.variable}, {self.body.text()}"
        return f"{self.of.text()}.{self.name}({body})"


class Extreme(Over):
    """min or max."""

    def value(self, env: cel.Env) -> Any:
        items = self.of.value(env)
        made = [
            attempt(self.body, env.bind(self.variable, item)) for item in items.chosen
        ]
        failures = items.failures + [one for one in made if isinstance(one, Failure)]
        values = [one for one in made if not isinstance(one, Failure)]
        if values and isinstance(values[0], Amount):
            if len({value.currency for value in values} - {""}) > 1:
                failures.append(Failure(CURRENCIES))
        settle(failures)
        if not values:
            raise Failure(ABSENT)
        key = (lambda it: it.minor) if isinstance(values[0], Amount) else None
        return (min if self.name == "min" else max)(values, key=key)


class Average(Over):
    def value(self, env: cel.Env) -> Any:
        items = self.of.value(env)
        made = [
            attempt(self.body, env.bind(self.variable, item)) for item in items.chosen
        ]
        failures = items.failures + [one for one in made if isinstance(one, Failure)]
        values = [one for one in made if not isinstance(one, Failure)]
        currency = ""
        if values and isinstance(values[0], Amount):
            currencies = {value.currency for value in values} - {""}
            if len(currencies) > 1:
                failures.append(Failure(CURRENCIES))
            currency = "".join(currencies)
        settle(failures)
        if not values:
            raise Failure(ABSENT)
        if not isinstance(values[0], Amount):
            return float(sum(values)) / len(values)
        total, count = sum(value.minor for value in values), len(values)
        rounded = (2 * abs(total) + count) // (2 * count)
        return Amount(rounded if total >= 0 else -rounded, currency)


class DistinctCount(Over):
    """How many different values: .distinct(...).size()."""

    def text(self) -> str:
        return super().text() + ".size()"

    def value(self, env: cel.Env) -> Any:
        return len(set(bodies_of(self, env)))


class All(Over):
    def value(self, env: cel.Env) -> Any:
        items = self.of.value(env)
        outcomes = [
            attempt(self.body, env.bind(self.variable, item)) for item in items.chosen
        ]
        failed = any(outcome is False for outcome in outcomes)
        settle(items.failures + ([] if failed else outcomes))
        return not failed


class ExistsOne(Over):
    def value(self, env: cel.Env) -> Any:
        return sum(bodies_of(self, env)) == 1


@dataclass
class Any_(Node):
    """exists() without a condition."""

    of: Node

    def text(self) -> str:
        return f"{self.of.text()}.exists()"

    def value(self, env: cel.Env) -> Any:
        items = self.of.value(env)
        settle(items.failures)
        return bool(items.chosen)


@dataclass
class EndOf(Node):
    """A field of the first or the last interaction."""

    of: Node
    end: str
    field: str

    def text(self) -> str:
        return f"{self.of.text()}.{self.end}().{self.field}"

    def value(self, env: cel.Env) -> Any:
        items = self.of.value(env)
        settle(items.failures)
        if not items.chosen:
            raise Failure(ABSENT)
        item = items.chosen[0 if self.end == "first" else -1]
        return cel.Member("end", self.field).value(env.bind("end", item))


@dataclass
class Recency(Node):
    of: Node

    def text(self) -> str:
        return f"{self.of.text()}.recency()"

    def value(self, env: cel.Env) -> Any:
        return Length(env.now - EndOf(self.of, "last", "at").value(env).us)


# -- Times --------------------------------------------------------------------------


@dataclass
class LengthLiteral(Node):
    length: Length

    def text(self) -> str:
        return f'duration("{self.length.us}us")'

    def value(self, env: cel.Env) -> Any:
        return self.length


@dataclass
class Moved(Node):
    """A timestamp and a duration or a calendar span."""

    time: Node
    operator: str
    by: Any  # a Node of a Length, or a Span
    level = cel.SUM

    def text(self) -> str:
        by = (
            f'span("{self.by.text}")'
            if isinstance(self.by, Span)
            else self.by.inside(cel.PRODUCT)
        )
        return f"{self.time.inside(cel.SUM)} {self.operator} {by}"

    def value(self, env: cel.Env) -> Any:
        us = self.time.value(env).us
        if isinstance(self.by, Span):
            move = env.oracle.forth if self.operator == "+" else env.oracle.back
            return in_calendar(move(us, self.by))
        by = self.by.value(env).us
        return in_calendar(us + by if self.operator == "+" else us - by)


@dataclass
class Difference(Node):
    left: Node
    right: Node
    level = cel.SUM

    def text(self) -> str:
        return f"{self.left.inside(cel.SUM)} - {self.right.inside(cel.PRODUCT)}"

    def value(self, env: cel.Env) -> Any:
        return Length(self.left.value(env).us - self.right.value(env).us)


PARTS = {
    "getFullYear": lambda it: it.year,
    "getMonth": lambda it: it.month - 1,
    "getDate": lambda it: it.day,
    "getDayOfMonth": lambda it: it.day - 1,
    "getDayOfWeek": lambda it: it.isoweekday() % 7,
    "getDayOfYear": lambda it: it.timetuple().tm_yday - 1,
    "getHours": lambda it: it.hour,
    "getMinutes": lambda it: it.minute,
    "getSeconds": lambda it: it.second,
    "getMilliseconds": lambda it: it.microsecond // 1000,
}


@dataclass
class Part(Node):
    """A part of a timestamp, in UTC or in the store's zone."""

    time: Node
    name: str
    in_zone: bool

    def text(self) -> str:
        zone = "zone" if self.in_zone else ""
        return f"{self.time.inside(cel.MEMBER)}.{self.name}({zone})"

    def value(self, env: cel.Env) -> Any:
        us = self.time.value(env).us
        local = env.oracle.local(us) if self.in_zone else EPOCH + us * MICRO
        return PARTS[self.name](local)


# -- Lists in the text ----------------------------------------------------------------


@dataclass
class Item(Node):
    """The variable of a macro over a list."""

    variable: str

    def text(self) -> str:
        return self.variable

    def value(self, env: cel.Env) -> Any:
        return env.variables[self.variable]


@dataclass
class OverList(Node):
    """[a, b].all(x, p), .exists, .exists_one, or the size of .filter."""

    items: List[Node]
    name: str
    variable: str
    body: Node

    def text(self) -> str:
        items = ", ".join(item.text() for item in self.items)
        text = f"[{items}].{self.name}({self.variable}, {self.body.text()})"
        return text + ".size()" if self.name == "filter" else text

    def value(self, env: cel.Env) -> Any:
        outcomes = [
            attempt(self.body, env.bind(self.variable, item.value(env)))
            for item in self.items
        ]
        if self.name in ("all", "exists"):
            deciding = self.name == "exists"
            if any(outcome is deciding for outcome in outcomes):
                return deciding
            settle(outcomes)
            return not deciding
        settle(outcomes)
        held = sum(outcome is True for outcome in outcomes)
        return held if self.name == "filter" else held == 1
