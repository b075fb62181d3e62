# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The example of two euros off, in Python and in C++, on the sample of the shop.

usage: two_euros_test.py TRATO PYTHON_EXAMPLE CPP_EXAMPLE SALES

The planted difference must lie in the 95 % interval in about 95 % of 200
campaigns: of a binomial with 0.95, all but three in a thousand runs are between
181 and 198. Both examples draw the same, so both must tell the same.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TRATO, PYTHON, CPP, SALES = sys.argv[1:5]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class TwoEurosTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        store = f"{cls.folder}/one.trato"
        run(TRATO, "init", store, "--zone", "Europe/London", "--currency", "EUR")
        run(TRATO, "import", store, SALES, "--as", "orders")
        # Who is left out follows from the public ids, so both get the same store.
        shutil.copy(store, f"{cls.folder}/two.trato")
        cls.python = run(sys.executable, "-B", PYTHON, store, "200")
        cls.cpp = run(CPP, f"{cls.folder}/two.trato", "200")

    def numbers(self, pattern):
        found = [re.search(pattern, text) for text in (self.python, self.cpp)]
        for text, match in zip((self.python, self.cpp), found):
            self.assertIsNotNone(match, text)
        self.assertEqual(found[0].groups(), found[1].groups())
        return [float(it) for it in found[0].groups()]

    def test_the_interval_holds_the_truth_as_often_as_it_says(self):
        held, mean = self.numbers(r"difference in\s+(\d+) of them.* to (\S+)% on average")
        self.assertGreaterEqual(held, 181)
        self.assertLessEqual(held, 198)
        # 200 campaigns: the mean is far more certain than any of them.
        self.assertAlmostEqual(mean, 8.0, delta=1.0)

    def test_who_gets_it(self):
        offered, left_out = self.numbers(r"(\d+) are offered it, (\d+) are left out")
        self.assertAlmostEqual(left_out / (offered + left_out), 0.30, delta=0.06)

    def test_ten_days_over_a_change_of_clocks(self):
        # Madrid's are put forward on 25 March 2012; New York's were on the 11th.
        self.assertEqual(re.findall(r", (\d+) hours$", self.python, re.M),
                         ["239", "240", "240"])
        self.assertEqual(re.findall(r" (\d+) hours, good", self.cpp),
                         ["239", "240", "240"])
        self.assertEqual(self.python.count("  redeemed\n"), 3)
        self.assertEqual(self.python.count("refused, the coupon expired"), 3)
        self.assertEqual(self.cpp.count("good a second before it, refused at it"), 3)

    def test_it_says_what_is_made_up(self):
        for text in (self.python, self.cpp):
            self.assertIn("simulated", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
