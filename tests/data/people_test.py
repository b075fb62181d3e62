# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The made-up people are the same everywhere, valid, and alike as people are."""

import collections
import csv
import hashlib
import io
import itertools
import subprocess
import sys
import unittest

import people
import people_noise

# Of `people.py --seed 1 --records 1000`. A change here changes every figure that was
# measured on these people.
FIRST_THOUSAND = "59555ec52c15f342cc4bd6d2c12b7bc19ad512a9191ce6e25ab4413b58baf058"


def table(seed, records, noise):
    return [dict(zip(people.COLUMNS, row)) for row in people.people(seed, records, noise)]


def by_person(rows):
    found = collections.defaultdict(list)
    for row in rows:
        found[row["person"]].append(row)
    return found


class SameEverywhere(unittest.TestCase):
    def printed(self, *options):
        command = [sys.executable, "-B", people.__file__, *options]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    def test_one_seed_gives_the_same_bytes(self):
        text = self.printed("--seed", "1", "--records", "1000")
        self.assertEqual(hashlib.sha256(text).hexdigest(), FIRST_THOUSAND)

    def test_as_a_module_and_as_a_program(self):
        text = io.StringIO(self.printed("--seed", "7", "--records", "50").decode())
        rows = list(csv.reader(text))
        self.assertEqual(rows[0], list(people.COLUMNS))
        self.assertEqual(rows[1:], list(people.people(7, 50)))

    def test_another_seed_gives_others(self):
        self.assertNotEqual(list(people.people(1, 50)), list(people.people(2, 50)))

    def test_as_many_as_asked_for(self):
        for records in (0, 1, 2, 999):
            rows = list(people.people(3, records))
            self.assertEqual([row[0] for row in rows], [f"r{i}" for i in range(records)])

    def test_noise_may_be_given_as_rates(self):
        rates = people_noise.PRESETS["usual"]
        self.assertEqual(list(people.people(3, 99, rates)), list(people.people(3, 99)))


class Documents(unittest.TestCase):
    def test_letters_as_published(self):
        # Examples of Spain's ministry of the interior; X, Y, Z stand for 0, 1, 2.
        self.assertEqual(people.check_letter(12_345_678), "Z")
        self.assertEqual(people.check_letter(1_234_567), "L")  # X1234567L
        self.assertEqual(people.check_letter(10_000_000), "Z")  # Y0000000Z
        self.assertEqual(people.check_letter(20_000_000), "M")  # Z0000000M

    def test_of_clean_people_all_are_valid_and_their_own(self):
        owners = {}
        kinds = collections.Counter()
        for row in table(4, 20_000, "clean"):
            document = row["document"]
            if not document:
                continue
            self.assertEqual(owners.setdefault(document, row["person"]), row["person"])
            if row["country"] == "GB":
                self.assertRegex(document, r"^[A-Z]{2}\d{6}[A-D]$")
                continue
            self.assertRegex(document, r"^[XYZ\d]\d{7}[A-Z]$")
            number = int(document[:-1].translate(str.maketrans("XYZ", "012")))
            self.assertEqual(document[-1], "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23], document)
            kinds[document[0] in "XYZ"] += 1
        self.assertAlmostEqual(kinds[True] / sum(kinds.values()), 0.08, delta=0.02)


class Shares(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = table(5, 40_000, "clean")
        cls.people = by_person(cls.rows)
        cls.spanish = [it[0] for it in cls.people.values() if it[0]["country"] == "ES"]
        cls.english = [it[0] for it in cls.people.values() if it[0]["country"] == "GB"]

    def test_records_and_countries(self):
        self.assertAlmostEqual(len(self.rows) / len(self.people), 1.6, delta=0.05)
        self.assertAlmostEqual(len(self.spanish) / len(self.people), 0.6, delta=0.03)

    def test_names_are_as_common_as_in_life(self):
        # Spain's statistics office: 1,473,189 of 42.5 million are García first, and
        # 927,393 González. Of a million English and Welsh people 12,600 are Smiths.
        def share(rows, name):
            return sum(row["surname"] == name for row in rows) / len(rows)

        self.assertAlmostEqual(share(self.spanish, "García"), 0.0347, delta=0.008)
        self.assertAlmostEqual(share(self.spanish, "González"), 0.0218, delta=0.007)
        self.assertAlmostEqual(share(self.english, "Smith"), 0.0126, delta=0.006)
        # And half of the Spaniards have a name that is not among the 200 first.
        common = collections.Counter(row["surname"] for row in self.spanish)
        of_200 = sum(many for _, many in common.most_common(200)) / len(self.spanish)
        self.assertAlmostEqual(of_200, 0.5, delta=0.06)

    def test_dates_are_dates(self):
        years = [int(row["birth_date"][:4]) for row in self.rows]
        self.assertGreaterEqual(min(years), 1932)
        self.assertLessEqual(max(years), 2008)

    def test_clean_records_of_a_person_say_the_same(self):
        for rows in self.people.values():
            same = {tuple(row[it] for it in people.COLUMNS[1:12] if it != "phone")
                    for row in rows}
            self.assertEqual(len(same), 1, rows)


class WhoIsNotTheSame(unittest.TestCase):
    """Different people whom an eager comparison takes for one."""

    @classmethod
    def setUpClass(cls):
        cls.rows = [it[0] for it in by_person(table(6, 40_000, "clean")).values()]

    def sharing(self, *columns):
        """Pairs of people who share these columns."""
        found = collections.defaultdict(list)
        for row in self.rows:
            found[tuple(row[it] for it in columns)].append(row)
        return [pair for rows in found.values() for pair in itertools.combinations(rows, 2)]

    def test_twins(self):
        twins = self.sharing("surname", "second_surname", "birth_date", "street", "city")
        self.assertGreater(len(twins), 0.002 * len(self.rows))
        self.assertTrue(any(a["given_name"] != b["given_name"] for a, b in twins))

    def test_father_and_son_of_one_name(self):
        pairs = self.sharing("given_name", "surname", "street", "postcode", "city")
        pairs = [(a, b) for a, b in pairs if a["birth_date"] != b["birth_date"]]
        self.assertGreater(len(pairs), 0.002 * len(self.rows))

    def test_namesakes(self):
        pairs = self.sharing("given_name", "surname", "second_surname")
        self.assertGreater(len([1 for a, b in pairs if a["street"] != b["street"]]),
                           0.005 * len(self.rows))

    def test_couples_and_flatmates(self):
        pairs = self.sharing("street", "postcode", "city")
        self.assertGreater(len(pairs), 0.3 * len(self.rows))
        self.assertGreater(len([1 for a, b in pairs if a["surname"] != b["surname"]]),
                           0.1 * len(self.rows))


class HarderAndHarder(unittest.TestCase):
    def test_records_of_a_person_agree_less(self):
        shares = []
        for noise in ("clean", "usual", "hard"):
            agree = pairs = 0
            for rows in by_person(table(8, 5000, noise)).values():
                for a, b in itertools.combinations(rows, 2):
                    pairs += 1
                    agree += all(a[it] == b[it] for it in ("given_name", "surname"))
            shares.append(agree / pairs)
        self.assertEqual(shares[0], 1)
        self.assertTrue(0.2 < shares[1] < 0.7, shares)
        self.assertLess(shares[2], shares[1] / 1.5)

    def test_a_record_always_says_something(self):
        for noise, least in (("usual", 2), ("hard", 1)):
            for row in table(9, 3000, noise):
                told = [it for it in ("birth_date", "email", "phone", "document", "street")
                        if row[it]]
                self.assertGreaterEqual(len(told), least, row)
                self.assertTrue(row["given_name"] or row["surname"], row)


if __name__ == "__main__":
    unittest.main()
