# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Random expressions of plain CEL, typed, as text."""

import random

INT, UINT, DOUBLE, STRING, BYTES, BOOL, LIST, MAP, TIME, LENGTH = (
    "int uint double string bytes bool list map time length".split()
)

LITERALS = {
    INT: ["0", "1", "2", "3", "-1", "7", "0x10", "9223372036854775807",
          "-9223372036854775808"],
    UINT: ["0u", "1u", "2u", "7u", "18446744073709551615u"],
    DOUBLE: ["0.0", "1.0", "-1.5", "2.5", "1e3", "9007199254740993.0", "0.1"],
    STRING: ["''", "'a'", "'ab'", "'b'", "'é'", "'12'", "'1.5'", "r'\\d+'",
             "'\\u00e9x'", "'日本'", "'true'", "'x\\ny'"],
    BYTES: ["b''", "b'a'", "b'ab'", "b'\\xff'", "b'\\303\\251'", "b'é'"],
    BOOL: ["true", "false"],
    LIST: ["[]", "[1]", "[1, 2]", "[2, 1, 3]", "[0, 1]"],  # of ints
    MAP: ["{'a': 1}", "{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"],  # string to int
    TIME: ["timestamp('2009-02-13T23:31:30Z')", "timestamp('1970-01-01T00:00:00Z')",
           "timestamp('2012-02-29T12:00:00.25Z')",
           "timestamp('2011-12-31T23:59:59-05:00')"],
    LENGTH: ["duration('1h')", "duration('90s')", "duration('1h30m')",
             "duration('-1s')", "duration('0s')", "duration('36h')"],
}  # fmt: skip
GETTERS = ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek",
           "getDayOfYear", "getHours", "getMinutes", "getSeconds",
           "getMilliseconds"]  # fmt: skip
PATTERNS = ["'a'", "'^a$'", "'[0-9]+'", "'^.$'", "''", "'a|b'", "'(a)(b)?'"]


class Maker:
    """Makes expressions without the constructs named in `lacks`."""

    def __init__(self, rng: random.Random, lacks=()) -> None:
        self.rng = rng
        self.lacks = lacks

    def has(self, name):
        return name not in self.lacks

    def of(self, kind, depth, scope=()):
        rng = self.rng
        if scope and kind == INT and rng.random() < 0.4:
            return rng.choice(scope)
        makers = [it for it in getattr(self, f"_{kind}") if self.has(it.__name__)]
        if depth <= 0 or not makers or rng.random() < 0.15:
            return rng.choice([it for it in LITERALS[kind] if self.has(it)])
        return rng.choice(makers)(self, depth - 1, scope)

    def some(self, depth, scope, *kinds):
        return [self.of(kind, depth, scope) for kind in kinds]

    def binary(operators, kind):  # noqa: N805
        def make(self, depth, scope):
            a, b = self.some(depth, scope, kind, kind)
            chosen = [it for it in operators if self.has(f"{kind} {it} {kind}")]
            return f"({a} {self.rng.choice(chosen)} {b})" if chosen else a

        return make

    def form(text, *kinds):  # noqa: N805
        """Named by what it takes: "string(bytes)"."""

        def make(self, depth, scope):
            return text.format(*self.some(depth, scope, *kinds))

        make.__name__ = text.format(*kinds)
        return make

    def choice(kind, form=form):  # noqa: N805
        return form("({} ? {} : {})", BOOL, kind, kind)

    def compare(self, depth, scope):
        kinds = [INT, UINT, DOUBLE, STRING, BYTES, BOOL, TIME, LENGTH]
        kind = self.rng.choice([it for it in kinds if self.has(f"compare {it}")])
        a, b = self.some(depth, scope, kind, kind)
        return f"({a} {self.rng.choice(['<', '<=', '>', '>=', '==', '!='])} {b})"

    def equal(self, depth, scope):
        kind = self.rng.choice([LIST, MAP, STRING, INT])
        a, b = self.some(depth, scope, kind, kind)
        return f"({a} {self.rng.choice(['==', '!='])} {b})"

    def mixed(self, depth, scope):
        """Numbers of two types, compared by what they are worth."""
        left, right = self.rng.sample([INT, UINT, DOUBLE], 2)
        a, b = self.some(depth, scope, left, right)
        operators = ["<", "<=", ">", ">="]
        chosen = [it for it in operators if self.has(f"number {it} number")]
        return f"({a} {self.rng.choice(chosen)} {b})"

    def macro(self, depth, scope):
        name = self.rng.choice(["all", "exists", "exists_one"])
        return self.over(name, BOOL, depth, scope)

    def over(self, name, kind, depth, scope):
        variable = "xyz"[len(scope) % 3]
        made = self.of(LIST, depth, scope)
        body = self.of(kind, depth, (*scope, variable))
        return f"{made}.{name}({variable}, {body})"

    def matches(self, depth, scope):
        text = self.of(STRING, depth, scope)
        return f"{text}.matches({self.rng.choice(PATTERNS)})"

    def getter(self, depth, scope):
        time = self.of(TIME, depth, scope)
        zones = ["", "", "'+01:00'", "'-08:30'", "'Europe/Madrid'"]
        zone = self.rng.choice(zones) if self.has("zones") else ""
        return f"{time}.{self.rng.choice(GETTERS)}({zone})"

    _bool = [
        compare, compare, compare, equal, mixed, macro, matches,
        form("({} && {})", BOOL, BOOL), form("({} || {})", BOOL, BOOL),
        form("!{}", BOOL), choice(BOOL),
        form("({} in {})", INT, LIST), form("({} in {})", STRING, MAP),
        form("{}.contains({})", STRING, STRING),
        form("{}.startsWith({})", STRING, STRING),
        form("{}.endsWith({})", STRING, STRING),
        form("has({}.a)", MAP), form("bool({})", STRING),
        form("(type({}) == type({}))", INT, DOUBLE),
        form("(type({}) == int)", INT),
    ]  # fmt: skip
    _int = [
        binary("+-*", INT), binary("/%", INT), choice(INT), form("-({})", INT),
        form("size({})", STRING), form("size({})", BYTES), form("{}.size()", LIST),
        form("size({})", MAP), form("int({})", DOUBLE), form("int({})", UINT),
        form("int({})", STRING), form("int({})", TIME), form("{}[{}]", LIST, INT),
        form("{}[{}]", MAP, STRING), form("{}.a", MAP), getter,
        form("{}.getHours()", LENGTH), form("{}.getMinutes()", LENGTH),
        form("{}.getSeconds()", LENGTH),
    ]  # fmt: skip
    _uint = [binary("+-*", UINT), binary("/%", UINT), choice(UINT),
             form("uint({})", INT), form("uint({})", DOUBLE),
             form("uint({})", STRING)]  # fmt: skip
    _double = [binary("+-*/", DOUBLE), choice(DOUBLE), form("-({})", DOUBLE),
               form("double({})", INT), form("double({})", UINT),
               form("double({})", STRING)]  # fmt: skip
    _string = [binary("+", STRING), choice(STRING), form("string({})", INT),
               form("string({})", UINT), form("string({})", BYTES),
               form("string({})", BOOL), form("string({})", TIME)]  # fmt: skip
    _bytes = [binary("+", BYTES), choice(BYTES), form("bytes({})", STRING)]
    _list = [
        binary("+", LIST), choice(LIST), form("[{}, {}]", INT, INT),
        lambda self, depth, scope: self.over("map", INT, depth, scope),
        lambda self, depth, scope: self.over("filter", BOOL, depth, scope),
    ]  # fmt: skip
    _map = [choice(MAP), form("{{'a': {}, 'c': {}}}", INT, INT),
            form("{{{}: {}}}", STRING, INT)]  # fmt: skip
    _time = [form("({} + {})", TIME, LENGTH), form("({} - {})", TIME, LENGTH),
             choice(TIME), form("timestamp({})", INT)]  # fmt: skip
    _length = [binary("+-", LENGTH), choice(LENGTH),
               form("({} - {})", TIME, TIME)]  # fmt: skip
