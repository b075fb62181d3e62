# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The documentation runs, and every public name has some."""

import doctest
import inspect
import os
import tempfile
import unittest

import trato
from support import ROOT

README = ROOT / "bindings" / "python" / "README.md"


class DocumentationTest(unittest.TestCase):
    def test_the_tour_of_the_package_runs(self):
        results = doctest.testmod(trato)
        self.assertGreater(results.attempted, 10)
        self.assertEqual(results.failed, 0)

    @unittest.skipUnless(README.exists(), "bindings/python/README.md is not here")
    def test_the_readme_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            before = os.getcwd()
            os.chdir(folder)
            try:
                results = doctest.testfile(
                    str(README),
                    module_relative=False,
                    optionflags=doctest.IGNORE_EXCEPTION_DETAIL,
                )
            finally:
                os.chdir(before)
        self.assertGreater(results.attempted, 5)
        self.assertEqual(results.failed, 0)

    def test_every_public_name_exists(self):
        for name in trato.__all__:
            self.assertTrue(hasattr(trato, name), name)
        self.assertEqual(trato.__all__, sorted(trato.__all__))
        self.assertNotIn("open", trato.__all__)

    def test_every_public_class_and_method_says_what_it_does(self):
        for name in trato.__all__:
            thing = getattr(trato, name)
            if not (inspect.isclass(thing) or inspect.isfunction(thing)):
                continue
            self.assertTrue(thing.__doc__, name)
            if not inspect.isclass(thing):
                continue
            for member, value in vars(thing).items():
                if inspect.isfunction(value) and not member.startswith("_"):
                    if member in ("of", "get"):
                        continue
                    self.assertTrue(value.__doc__, f"{name}.{member}")


if __name__ == "__main__":
    unittest.main()
