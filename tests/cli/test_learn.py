# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""`trato learn` as a person at a terminal meets it."""

import json
import os
import subprocess
import unittest

TRATO = os.environ["TRATO_CLI"]


def run(*arguments, status=0):
    done = subprocess.run([TRATO, *arguments], capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stderr


SMALL = ("--customers", "300", "--offers", "6", "--rounds", "24")


class LearnTest(unittest.TestCase):
    def test_a_learner_comes_nearer_than_chance(self):
        reached = {
            policy: json.loads(
                run("learn", "simulate", *SMALL, "--policy", policy, "--json")
            )
            for policy in ("affinity", "random")
        }
        self.assertEqual(len(reached["affinity"]["reached"]), 24)
        self.assertGreater(
            reached["affinity"]["last_rounds"], 1.3 * reached["random"]["last_rounds"]
        )

    def test_the_curve_is_a_table_with_bars_and_the_same_each_time(self):
        shown = run("learn", "simulate", *SMALL)
        self.assertIn("23 to 24", shown)
        self.assertIn("####", shown)
        self.assertEqual(shown, run("learn", "simulate", *SMALL))

    def test_what_is_wrong_is_named(self):
        for arguments, text in (
            (("--floor", "0"), "--floor"),
            (("--policy", "best"), "--policy"),
            (("--rounds", "0"), "--rounds"),
        ):
            self.assertIn(text, run("learn", "simulate", *arguments, status=1))


if __name__ == "__main__":
    unittest.main()
