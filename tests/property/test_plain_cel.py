# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Plain CEL against two other implementations of it.

    pip install -r tests/property/requirements.txt

Each is asked without the constructs that it answers otherwise than the
specification says, or not at all; `KNOWN` names them with the reason. Every
difference fails.
"""

import importlib
import unittest

import harness
import plain_cel
import trato

ERROR = "error"


def cel_python():
    celpy = importlib.import_module("celpy")
    environment = celpy.Environment()

    def evaluate(text):
        try:
            got = environment.program(environment.compile(text)).evaluate({})
        except Exception:  # whatever it says, there is no value
            return ERROR
        return bool(got) if isinstance(got, (bool, celpy.celtypes.BoolType)) else ERROR

    return evaluate


def common_expression_language():
    cel = importlib.import_module("cel")

    def evaluate(text):
        try:
            got = cel.evaluate(text)
        except BaseException as error:  # its panics are no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            return ERROR
        return got if isinstance(got, bool) else ERROR

    return evaluate


# The constructs (plain_cel.py) that an implementation is not asked.
KNOWN = {
    cel_python: {
        "string(bytes)": "it has no such conversion",
        "mixed": "it does not order numbers of two types",
        "{'a': int, 'c': int}": "a map with a value that fails is no failure",
        "{string: int}": "as above",
        "has(map.a)": "as above",
        "string + string": "the result has lost its type, and no methods",
        "list[int]": "a negative place counts from the end",
    },
    common_expression_language: {
        "string(bool)": "it has no such conversion",
        "bool(string)": "it has no such conversion",
        "int(time)": "it has no such conversion",
        "string(bytes)": "bytes that are no UTF-8 become text",
        "string(time)": "UTC is written +00:00",
        "timestamp('2011-12-31T23:59:59-05:00')": "its parts are not in UTC",
        "zones": "its getters take no zone",
        "length.getHours()": "durations have no getters",
        "length.getMinutes()": "durations have no getters",
        "length.getSeconds()": "durations have no getters",
        "compare bytes": "bytes have no order",
        "-(int)": "the negation of the smallest int is no overflow",
        "int % int": "the smallest int % -1 is an overflow, though it is 0",
    },
}


class PlainCelEqualsOthers(harness.PropertyCase):
    def compare(self, peer):
        try:
            evaluate = peer()
        except ImportError as error:
            self.skipTest(f"{error.name} is not installed")
        with trato.open() as store:
            store.record("shop:1", "visit", at=0, now=0)
            for rng in self.each_round(2000):
                maker = plain_cel.Maker(rng, KNOWN[peer])
                text = maker.of(plain_cel.BOOL, rng.choice([1, 2, 3]))
                got = self.ours(store, text)
                self.check(f"with {peer.__name__}", got, evaluate(text), text)

    def test_with_cel_python(self):
        self.compare(cel_python)

    def test_with_common_expression_language(self):
        self.compare(common_expression_language)

    def ours(self, store, text):
        size = store.segments.preview(text, now=0)
        return ERROR if size.undecided else bool(size)


if __name__ == "__main__":
    unittest.main()
