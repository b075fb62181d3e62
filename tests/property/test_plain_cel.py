# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Plain CEL against two other implementations of it.

    pip install -r tests/property/requirements.txt

What one of them is known to do otherwise than the specification says is named in
`KNOWN`, with the reason; every other difference fails the test.
"""

import importlib
import re
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


# By implementation: what in an expression makes it answer otherwise, and why that
# is not the specification.
KNOWN = {
    cel_python: [],
    common_expression_language: [],
}


class PlainCelEqualsOthers(harness.PropertyCase):
    def test_conditions(self):
        peers = []
        for peer in KNOWN:
            try:
                peers.append((peer, peer()))
            except ImportError:
                pass
        if not peers:
            self.skipTest("neither cel-python nor common-expression-language is here")
        with trato.open() as store:
            store.record("shop:1", "visit", at=0, now=0)
            for rng in self.each_round(3000):
                text = plain_cel.Maker(rng).of(plain_cel.BOOL, rng.choice([1, 2, 3]))
                got = self.ours(store, text)
                for peer, evaluate in peers:
                    if any(re.search(what, text) for what, _ in KNOWN[peer]):
                        harness.compared("known to differ")
                        continue
                    self.check(f"with {peer.__name__}", got, evaluate(text), text)

    def ours(self, store, text):
        size = store.segments.preview(text, now=0)
        return ERROR if size.undecided else bool(size)


if __name__ == "__main__":
    unittest.main()
