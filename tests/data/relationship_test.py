# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The page of a relationship that learns: what it says, and that it is a page."""

import html.parser
import os
import re
import subprocess
import sys
import tempfile
import unittest

EXAMPLE = sys.argv.pop(1)


class Balance(html.parser.HTMLParser):
    """Whether what is opened is closed, of what has to be."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag in ("svg", "table", "h1", "h2", "style", "title"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in ("svg", "table", "h1", "h2", "style", "title"):
            assert self.open.pop() == tag, tag


class RelationshipTest(unittest.TestCase):
    def test_the_choice_gets_surer_and_answers_better(self):
        with tempfile.TemporaryDirectory() as folder:
            page = os.path.join(folder, "page.html")
            said = subprocess.run(
                [sys.executable, "-B", EXAMPLE, page, "2"],
                check=True, capture_output=True, text=True).stdout
            with open(page, encoding="utf-8") as file:
                text = file.read()
        first, last = map(float, re.search(
            r"first decisions ([\d.]+)% .* last ([\d.]+)%", said).groups())
        self.assertGreater(last, 1.3 * first)
        self.assertIn("40 answers", said)
        balance = Balance()
        balance.feed(text)
        self.assertEqual(balance.open, [])
        # A column a decision, of which each has all offers.
        self.assertEqual(text.count("<tr><td>2025-"), 40)
        self.assertGreaterEqual(text.count("<rect"), 40 * 12)
        bits = re.findall(r"([\d.]+) &rarr; ([\d.]+)</td>", text)[-1]
        self.assertLess(float(bits[1]), float(bits[0]))


if __name__ == "__main__":
    unittest.main()
