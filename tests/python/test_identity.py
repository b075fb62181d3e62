# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Which records are one person's: tables and stores, right, explained, undone."""

import collections
import csv
import gzip
import io
import os
import pathlib
import random
import sys
import unittest

import trato
from support import NOW, ROOT, StoreCase, in_memory_and_on_file

sys.path.insert(0, str(ROOT / "tests" / "data"))
from people import COLUMNS, people  # noqa: E402

LATER = "2011-12-11 00:00"


def columns(rows, names):
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def made_people(seed, records, noise="usual"):
    return columns(list(people(seed, records, noise)), COLUMNS)


class Score:
    """Pairs of records, counted from the members of groups."""

    def __init__(self, truth, found):
        of_one = collections.Counter(truth)
        said = collections.Counter(found)
        right = collections.Counter(zip(truth, found))
        pairs = [
            sum(n * (n - 1) // 2 for n in counts.values())
            for counts in (of_one, said, right)
        ]
        self.true, self.said, self.right = pairs
        self.precision = self.right / max(1, self.said)
        self.recall = self.right / self.true
        self.f1 = 2 * self.right / (self.true + self.said)


def resolved(table, truth, fields=None, **options):
    """Resolves a table, and scores it against the truth."""
    shown = {name: values for name, values in table.items() if name != truth}
    found = trato.identity.resolve(shown, fields, **options)
    rows = found.customers.to_dicts()
    return found, Score(table[truth], [row["customer"] for row in rows])


def outside(*path):
    data = os.environ.get("TRATO_TEST_DATA")
    if not data:
        raise unittest.SkipTest("TRATO_TEST_DATA is not set")
    text = gzip.decompress(pathlib.Path(data, *path).read_bytes()).decode()
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    names = [name.strip() for name in next(reader)]
    return columns(list(reader), names)


class Tables(unittest.TestCase):
    def test_known_duplicates_are_found(self):
        # The bars are what the better of Splink and recordlinkage reaches with
        # settings that their documentation gives (benchmarks/README.md).
        for number, bar in ((1, 0.999), (2, 0.9979), (3, 0.9974)):
            table = outside("febrl", f"dataset{number}.csv.gz")
            table["truth"] = [name.split("-")[1] for name in table.pop("rec_id")]
            with self.subTest(febrl=number):
                _, score = resolved(table, "truth")
                self.assertGreaterEqual(score.f1, bar)
                self.assertGreaterEqual(score.precision, 0.97)

    def test_fake_people_are_found(self):
        table = outside("splink", "fake_1000.csv.gz")
        del table["unique_id"]
        _, score = resolved(table, "cluster")
        self.assertEqual(score.true, 2031)
        self.assertGreaterEqual(score.f1, 0.9218)
        self.assertGreaterEqual(score.precision, 0.97)

    def test_made_people_are_found_and_households_kept_apart(self):
        table = made_people(seed=7, records=6000)
        _, score = resolved(table, "person", country="ES")
        self.assertGreaterEqual(score.precision, 0.97)
        self.assertGreaterEqual(score.recall, 0.9)
        clean = made_people(seed=7, records=3000, noise="clean")
        _, score = resolved(clean, "person", country="ES")
        self.assertGreaterEqual(score.f1, 0.999)

    def test_the_order_of_rows_changes_no_customer(self):
        # Sorted before, as a store sorts records by name; so any order that
        # arrives is the same.
        table = made_people(seed=3, records=1200)
        rows = list(zip(*table.values()))

        def customers(rows):
            rows = sorted(rows)
            _, score = resolved(columns(rows, list(table)), "person")
            return score.said, score.right

        shuffled = random.Random(5).sample(rows, len(rows))
        self.assertEqual(customers(rows), customers(shuffled))

    def test_it_is_the_same_for_any_number_of_threads(self):
        table = made_people(seed=4, records=3000)
        del table["person"]
        one = trato.identity.resolve(table)
        two = trato.identity.resolve(table, threads=2)
        self.assertEqual(one.customers.to_dicts(), two.customers.to_dicts())
        self.assertEqual(one.json["model"], two.json["model"])

    def test_two_phones_and_two_addresses_count_each_with_each(self):
        table = {
            "given_name": ["Ana", "Anna", "Luis", "Luis"],
            "surname": ["Ruiz Vidal", "Ruiz", "Ortega", "Ortega"],
            "phone": ["600111222", "915550000", "611222333", None],
            "mobile": ["91 555 00 00; 93 444 00 00", "600 111 222", None, "622 333 444"],
            "email": ["a@x.example|ana.ruiz@y.example", "Ana.Ruiz@y.example", None, None],
        }
        found = trato.identity.resolve(table, country="ES")
        rows = [row["customer"] for row in found.customers.to_dicts()]
        self.assertEqual(rows, [0, 0, 2, 3])
        pairs = [it for it in found.pairs if {it["one"], it["other"]} == {0, 1}]
        self.assertIn("phone the same", pairs[0]["why"])
        self.assertIn("email the same", pairs[0]["why"])

    def test_many_records_find_each_other_by_the_second_number(self):
        # More than are all compared with all: only keys lead from one to the other.
        table = made_people(seed=9, records=4000, noise="clean")
        count = len(table["record"])
        first = trato.identity.resolve(
            {"phone": [f"6{i:08d}" for i in range(count)], "surname": table["surname"],
             "given_name": table["given_name"]}, country="ES")
        two = {
            "given_name": table["given_name"] * 2,
            "surname": table["surname"] * 2,
            "phone": [f"6{i:08d}" for i in range(count)] + [f"7{i:08d}" for i in range(count)],
            "mobile": [f"7{i:08d}" for i in range(count)] + [f"6{i:08d}" for i in range(count)],
        }
        found = trato.identity.resolve(two, country="ES")
        rows = [row["customer"] for row in found.customers.to_dicts()]
        same = sum(rows[i] == rows[i + count] for i in range(count))
        self.assertGreater(same, 0.99 * count)
        pairs = [(it["one"], it["other"]) for it in found.pairs]
        self.assertEqual(len(pairs), len(set(pairs)))
        self.assertGreater(first.records, 0)

    def test_a_number_is_of_its_records_country(self):
        table = {
            "given_name": ["Ana", "Ana"],
            "surname": ["Ruiz", "Ruiz"],
            "birth_date": ["1980-04-02"] * 2,
            "phone": ["020 7946 0958", "+44 20 7946 0958"],
            "country": ["United Kingdom", "ES"],
        }
        (pair,) = trato.identity.resolve(table).pairs
        self.assertIn("phone the same", pair["why"])
        table["country"] = ["ES", "ES"]
        (pair,) = trato.identity.resolve(table).pairs
        self.assertNotIn("phone the same", pair["why"])
        with self.assertRaisesRegex(trato.InvalidArgument, "country alone|no column"):
            trato.identity.resolve({"country": ["ES", "FR"]})

    def test_a_model_of_ones_own_has_the_last_word(self):
        table = made_people(seed=5, records=400)
        truth = table.pop("person")
        asked = []

        def knows(pairs):
            asked.extend(pairs)
            return [float(truth[it.one_row] == truth[it.other_row]) for it in pairs]

        found = trato.identity.resolve(table, country="ES", judge=knows, judge_from=0.001)
        rows = [row["customer"] for row in found.customers.to_dicts()]
        told = Score(truth, rows)
        self.assertEqual(told.precision, 1)
        plain = trato.identity.resolve(table, country="ES")
        alone = Score(truth, [row["customer"] for row in plain.customers.to_dicts()])
        self.assertGreaterEqual(told.f1, alone.f1)
        self.assertTrue(all(it.probability >= 0.001 for it in asked))
        self.assertIn("level", dir(asked[0].comparisons[0]))
        # Who says nothing changes nothing.
        same = trato.identity.resolve(
            table, country="ES", judge=lambda pairs: [None] * len(pairs))
        self.assertEqual(same.customers.to_dicts(), [
            *trato.identity.resolve(table, country="ES").customers.to_dicts()])
        for answer, message in (
            (lambda pairs: [2] * len(pairs), "probability"),
            (lambda pairs: [float("nan")] * len(pairs), "probability"),
            (lambda pairs: [], "0 probabilities"),
        ):
            with self.assertRaisesRegex(trato.InvalidArgument, message):
                trato.identity.resolve(table, judge=answer)
        with self.assertRaises(ZeroDivisionError):
            trato.identity.resolve(table, judge=lambda pairs: 1 / 0)
        with self.assertRaisesRegex(trato.InvalidArgument, "judge_from"):
            trato.identity.resolve(table, judge=knows, judge_from=float("nan"))

    def test_every_pair_says_why(self):
        table = made_people(seed=5, records=800)
        del table["person"]
        found = trato.identity.resolve(table)
        self.assertEqual(found.records, 800)
        pairs = found.pairs.to_dicts()
        self.assertTrue(pairs)
        for pair in pairs:
            self.assertLess(pair["one"], pair["other"])
            self.assertGreaterEqual(pair["probability"], 0.5)
            self.assertIn("%", pair["why"])
            self.assertIn(pair["outcome"], ("link", "propose", "refuse"))

    def test_hubs_and_sameness_take_bounded_work(self):
        # An e-mail address that all share says nothing, and a row like a
        # thousand others is compared with none.
        rows = 3000
        table = {
            "given_name": [f"{chr(97 + i % 26)}{i}" for i in range(rows)],
            "surname": [f"x{i * 7919 % 104729}" for i in range(rows)],
            "email": ["info@hub.com"] * rows,
        }
        found = trato.identity.resolve(table)
        self.assertEqual(found.customer_count, rows)
        table = {"given_name": ["a"] * rows, "surname": ["b"] * rows}
        found = trato.identity.resolve(table)
        self.assertEqual(found.customer_count, rows)
        self.assertEqual(found.compared, 0)

    def test_valid_documents_that_differ_keep_people_apart(self):
        table = {
            "given_name": ["Ana", "Ana"],
            "surname": ["García López", "García López"],
            "birth_date": ["1970-01-02", "1970-01-02"],
            "email": ["ana@example.com", "ana@example.com"],
            "document": ["12345678Z", "87654321X"],
        }
        found = trato.identity.resolve(table)
        self.assertEqual(found.customer_count, 2)
        self.assertEqual(found.refused, 1)
        (pair,) = found.pairs.to_dicts()
        self.assertEqual(pair["outcome"], "refuse")
        self.assertIn("valid documents differ", pair["why"])

    def test_names_in_any_writing(self):
        table = {
            "full_name": ["Ωμέγα Άλφα", "李小龙", "علي حسن", "🙂", "x" * 10000, "", "a"],
            "birth_date": ["1970-01-02"] * 7,
        }
        found = trato.identity.resolve(table)
        self.assertEqual(found.records, 7)

    def test_bad_input_is_named(self):
        table = {"given_name": ["Ana"], "zzz": ["1"]}
        for call, parts in (
            (lambda: trato.identity.resolve({"zzz": ["1"]}), ["fields", "no column"]),
            (lambda: trato.identity.resolve(table, ["zzz"]), ["fields[0]", "zzz"]),
            (lambda: trato.identity.resolve(table, {"zzz": "shoe"}), ["shoe"]),
            (lambda: trato.identity.resolve(table, {"no": "email"}), ["no"]),
            (lambda: trato.identity.resolve(table, link_at=1.0), ["link_at"]),
            (lambda: trato.identity.resolve(table, review_at=0.0), ["review_at"]),
            (lambda: trato.identity.resolve(table, max_block=1), ["max_block"]),
            (lambda: trato.identity.resolve(table, country="Spain"), ["country"]),
        ):
            with self.subTest(parts), self.assertRaises(trato.InvalidArgument) as caught:
                call()
            for part in parts:
                self.assertIn(part, caught.exception.message)
        with self.assertRaises(TypeError):
            trato.identity.resolve("names.csv")
        nothing = {"given_name": [None] * 3, "email": ["a@b.es"] * 3}
        self.assertEqual(trato.identity.resolve(nothing).records, 3)


FIELDS = (
    "given_name",
    "surname",
    "second_surname",
    "birth_date",
    "document",
    "street",
    "postcode",
    "city",
)

ANAS = {
    "crm:1": {
        "given_name": "Ana María",
        "surname": "García López",
        "birth_date": "1984-03-07",
        "street": "Calle Mayor 7",
        "city": "Madrid",
        "email": "ana.garcia@example.com",
    },
    "web:9": {
        "given_name": "Ana Maria",
        "surname": "Garcia",
        "birth_date": "1984-03-07",
        "email": "ana.garcia@example.com",
    },
    "till:4": {"given_name": "Ana", "surname": "Garcia Lopez", "city": "Madrid"},
    "crm:2": {
        "given_name": "Luis",
        "surname": "Martínez Ruiz",
        "birth_date": "1990-11-30",
        "street": "Gran Vía 3",
        "city": "Bilbao",
        "email": "luis@example.com",
    },
}


@in_memory_and_on_file
class Stores(StoreCase):
    def setUp(self):
        super().setUp()
        for name in FIELDS:
            self.store.attributes.define(name, str, now=NOW)

    def say(self, record, fields):
        for name, value in fields.items():
            if name in FIELDS:
                self.store.attributes.set(record, name, value, now=NOW)
            else:
                self.store.identifiers.claim(record, f"{name}:{value}", now=NOW)

    def fill(self, records):
        for record, fields in records.items():
            self.say(record, fields)

    def made(self, seed, count):
        """Records of made people, and who each is about."""
        at = {name: COLUMNS.index(name) for name in COLUMNS}
        records, truth = {}, {}
        for row in people(seed, count):
            fields = {
                name: row[at[name]].strip()
                for name in (*FIELDS, "email", "phone")
                if row[at[name]].strip()
            }
            if fields:
                records["crm:" + row[at["record"]]] = fields
                truth["crm:" + row[at["record"]]] = row[at["person"]]
        return records, truth

    def score(self, truth):
        names = sorted(truth)
        return Score(
            [truth[name] for name in names],
            [self.store.customer(name, now=LATER).id for name in names],
        )

    def test_a_record_is_linked_when_it_arrives_and_it_says_why(self):
        self.fill(ANAS)
        answer = self.store.identity.resolve("web:9", now=NOW)
        self.assertEqual(answer.outcome, "link")
        pair = answer.pairs[0]
        self.assertEqual({pair.one, pair.other}, {"crm:1", "web:9"})
        self.assertGreater(pair.probability, 0.95)
        levels = {it.field: it.level for it in pair.comparisons}
        self.assertEqual(levels["email"], "the same")
        self.assertEqual(levels["birth_date"], "the same")
        self.reopen()
        one = self.store.customer("web:9", now=NOW).id
        self.assertEqual(one, self.store.customer("crm:1", now=NOW).id)
        self.assertNotEqual(one, self.store.customer("crm:2", now=NOW).id)
        explained = self.store.identity.explain("crm:1", now=NOW)
        ties = [tie for it in explained.records for tie in it.ties]
        self.assertEqual({tie.source for tie in ties}, {"identity"})
        self.assertTrue(all("email the same" in tie.reason for tie in ties))
        # Again there is nothing to do.
        again = self.store.identity.resolve("web:9", now=NOW)
        self.assertEqual(again.outcome, "nothing")

    def test_unlinking_gives_the_digest_back(self):
        self.fill(ANAS)
        self.store.consents.define_purpose("news", direct_marketing=False, now=NOW)
        self.store.consents.grant("crm:1", "news", "*", now=NOW)
        before = self.store.digest(now=NOW)
        answer = self.store.identity.resolve("web:9", now=NOW)
        self.assertNotEqual(self.store.digest(now=NOW), before)
        for pair in answer.pairs:
            if pair.outcome == "link":
                self.store.unlink(pair.one, pair.other, now=NOW)
        self.assertEqual(self.store.digest(now=NOW), before)

    def test_a_dry_run_records_nothing(self):
        self.fill(ANAS)
        before = self.store.head()
        one = self.store.identity.resolve("web:9", mode="dry_run", now=NOW)
        self.assertEqual(one.outcome, "link")
        report = self.store.identity.resolve_all(mode="dry_run", now=NOW)
        self.assertGreaterEqual(report.linked, 1)
        self.store.identity.simulate(link_at=0.999, now=NOW)
        self.assertEqual(self.store.head(), before)

    def test_the_doubtful_waits_for_a_word(self):
        self.fill(ANAS)
        report = self.store.identity.resolve_all(mode="propose", now=NOW)
        self.assertEqual(report.linked, 0)
        self.assertGreaterEqual(report.proposed, 1)
        self.reopen()
        open_pairs = self.store.identity.review(now=NOW)
        self.assertEqual(len(open_pairs), report.proposed)
        first = open_pairs[0]
        self.assertEqual(first.outcome, "link")
        self.assertTrue(first.questions)
        for question in first.questions:
            self.assertGreater(question.if_the_same, question.if_different)
        # It is asked once only.
        again = self.store.identity.resolve_all(mode="propose", now=NOW)
        self.assertEqual(again.linked, 0)
        self.assertEqual(len(self.store.identity.review(now=NOW)), len(open_pairs))
        # Whatever is answered, it is gone.
        self.store.link(first.one, first.other, now=NOW)
        left = self.store.identity.review(now=NOW)
        self.assertNotIn((first.one, first.other), [(it.one, it.other) for it in left])
        for pair in left:
            self.store.customers.cannot_link(pair.one, pair.other, now=NOW)
        self.assertEqual(self.store.identity.review(now=NOW), [])

    def test_who_is_kept_apart_stays_apart_and_links_by_hand_stay(self):
        self.fill(ANAS)
        self.store.customers.cannot_link("crm:1", "web:9", reason="two Anas", now=NOW)
        self.store.link("crm:2", "till:4", reason="her till", now=NOW)
        for call in (
            lambda: self.store.identity.resolve("web:9", now=NOW),
            lambda: self.store.identity.resolve_all(now=NOW),
        ):
            call()
            ids = {name: self.store.customer(name, now=NOW).id for name in ANAS}
            self.assertNotEqual(ids["crm:1"], ids["web:9"])
            self.assertEqual(ids["crm:2"], ids["till:4"])

    def test_a_stricter_definition_takes_links_back(self):
        self.fill(ANAS)
        self.store.identity.define(link_at=0.9, now=NOW)
        self.assertEqual(self.store.identity.resolve("web:9", now=NOW).outcome, "link")
        before = self.store.customer("crm:1", now=NOW).id
        self.assertEqual(self.store.customer("web:9", now=NOW).id, before)
        # The e-mail address of a household, and nothing else that is compared.
        strict = {"city": "place"}
        seen = self.store.identity.simulate(strict, now=NOW)
        self.assertEqual((seen.linked, seen.unlinked), (0, 1))
        self.store.identity.define(strict, now=NOW)
        report = self.store.identity.resolve_all(now=NOW)
        self.assertEqual(report.unlinked, 1)
        self.assertNotEqual(
            self.store.customer("web:9", now=NOW).id,
            self.store.customer("crm:1", now=NOW).id,
        )

    def test_consents_and_restrictions_stay_with_their_records(self):
        self.fill(ANAS)
        consents = self.store.consents
        consents.define_purpose("news", direct_marketing=True, now=NOW)
        consents.grant("crm:1", "news", "*", now=NOW)
        consents.deny("web:9", "news", "*", now=NOW)

        def allowed():
            return {
                name: consents.test(name, "news", "email", now=NOW).allowed
                for name in ANAS
            }

        before = allowed()
        self.assertTrue(before["crm:1"])
        answer = self.store.identity.resolve("web:9", now=NOW)
        self.assertEqual(answer.outcome, "link")
        self.assertFalse(allowed()["crm:1"])  # the stricter holds
        for pair in answer.pairs:
            if pair.outcome == "link":
                self.store.unlink(pair.one, pair.other, now=NOW)
        self.assertEqual(allowed(), before)

    def test_restrictions_and_objections_stay_with_their_records(self):
        # They share no address: an objection holds for whoever goes by it.
        ana = {"given_name": "Ana", "surname": "Garcia Lopez", "birth_date": "1980-04-02",
               "street": "Calle Mayor 3", "document": "12345678Z"}
        self.fill({"crm:1": ana, "web:9": ana, "till:4": ana})
        consents = self.store.consents
        consents.define_purpose("news", direct_marketing=True, now=NOW)
        for name in ("crm:1", "web:9", "till:4"):
            consents.grant(name, "news", "*", now=NOW)
        consents.object("crm:1", now=NOW)
        self.store.customers.restrict("till:4", now=NOW)

        def states():
            return [consents.test(name, "news", "email", now=NOW).state
                    for name in ("crm:1", "web:9", "till:4")]

        before, digest = states(), self.store.digest(now=NOW)
        self.assertEqual(before[:2], ["objected", "granted"])
        answer = self.store.identity.resolve("web:9", now=NOW)
        self.assertEqual(answer.outcome, "link")
        self.assertNotEqual(states()[1], "granted")
        for pair in answer.pairs:
            if pair.outcome == "link":
                self.store.unlink(pair.one, pair.other, now=NOW)
        self.assertEqual(self.store.digest(now=NOW), digest)
        self.assertEqual(states(), before)

    def test_several_values_of_an_attribute_count(self):
        self.store.attributes.define("mobile", str, many=True, now=NOW)
        self.say("crm:1", {"given_name": "Ana", "surname": "Ruiz"})
        for day, number in enumerate(("600 111 222", "622 333 444", "633 444 555"), 1):
            at = f"2011-01-0{day} 10:00"
            self.store.attributes.set("crm:1", "mobile", number, at=at, now=NOW)
        self.store.attributes.remove("crm:1", "mobile", "600 111 222", now=NOW)
        self.say("web:9", {"given_name": "Ana", "surname": "Ruiz"})
        self.store.attributes.set("web:9", "mobile", "633444555", now=NOW)
        self.store.identity.define(country="ES", now=NOW)
        told = self.store.identity.explain("crm:1", "web:9", now=NOW)
        phone = {it.field: it for it in told.comparisons}["phone"]
        self.assertEqual(phone.level, "the same")
        self.assertEqual(phone.one, "34622333444, 34633444555")

    def test_numbers_of_countries_without_a_plan_are_read_by_the_host(self):
        def taiwan(number, country):
            return "+886" + number.replace(" ", "")[1:] if country == "TW" else None

        table = {
            "surname": ["Lin", "Lin", "Lin"],
            "country": ["TW", "TW", "KE"],
            "phone": ["02 2345 6789", "+886 2 2345 6789", "02 2345 6789"],
        }
        asked = []
        trato.identity.resolve(
            table, phones=lambda *it: asked.append(it) or taiwan(*it))
        self.assertEqual(asked, [("02 2345 6789", "TW"), ("02 2345 6789", "KE")])
        for name in ("surname", "phone", "country"):
            self.store.attributes.define(name, str, now=NOW)
        for record, country, phone in (
                ("tw:1", "TW", "02 2345 6789"), ("tw:2", "", "+886223456789")):
            self.store.attributes.set(record, "phone", phone, now=NOW)
            if country:
                self.store.attributes.set(record, "country", country, now=NOW)

        def compared():
            pair = self.store.identity.explain("tw:1", "tw:2", now=NOW)
            return next(it for it in pair.comparisons if it.field == "phone").one

        self.assertEqual(compared(), "0223456789")
        self.store.identity.read_phones(taiwan)
        self.assertEqual(compared(), "886223456789")
        self.store.identity.read_phones(None)
        self.assertEqual(compared(), "0223456789")

    def test_a_judge_of_records_is_told_their_names(self):
        self.fill(ANAS)
        seen = []

        def never(pairs):
            seen.extend((it.one, it.other) for it in pairs)
            return [0.0] * len(pairs)

        before = self.store.head()
        answer = self.store.identity.resolve("web:9", judge=never, now=NOW)
        self.assertEqual(answer.outcome, "nothing")
        self.assertIn(("web:9", "crm:1"), seen)
        report = self.store.identity.resolve_all(
            mode="dry_run", judge=lambda pairs: [1.0] * len(pairs), now=NOW)
        self.assertGreaterEqual(report.linked, 1)
        self.assertIn("judge says", report.pairs[0].why)
        with self.assertRaises(KeyError):
            self.store.identity.resolve_all(judge=lambda pairs: {}["none"], now=NOW)
        self.assertEqual(self.store.head(), before)
        self.assertEqual(self.store.identity.review(now=NOW), [])

    def test_order_of_arrival_changes_no_customer(self):
        records, _ = self.made(seed=13, count=300)
        self.fill(records)
        self.store.identity.resolve_all(now=NOW)
        other = trato.open(None, **self.settings)
        self.addCleanup(other.close)
        for name in FIELDS:
            other.attributes.define(name, str, now=NOW)
        mine, self.store = self.store, other
        shuffled = list(records.items())
        random.Random(1).shuffle(shuffled)
        self.fill(dict(shuffled))
        self.store = mine
        report = other.identity.resolve_all(now=NOW)
        self.assertGreater(report.linked, 50)
        for name in records:
            self.assertEqual(
                self.store.customer(name, now=NOW).id, other.customer(name, now=NOW).id
            )

    def test_taking_all_links_back_gives_the_digest_back(self):
        records, _ = self.made(seed=17, count=200)
        self.fill(records)
        self.store.identity.resolve_all(mode="propose", now=NOW)  # learns
        before = self.store.digest(now=NOW)
        report = self.store.identity.resolve_all(pairs=10000, now=NOW)
        self.assertGreater(report.linked, 30)
        self.assertNotEqual(self.store.digest(now=NOW), before)
        links = [(it.one, it.other) for it in report.pairs if it.outcome == "link"]
        self.assertEqual(len(links), report.linked)
        random.Random(2).shuffle(links)
        for one, other in links:
            self.store.unlink(one, other, now=NOW)
        self.reopen()
        self.assertEqual(self.store.digest(now=NOW), before)

    def test_definitions_are_versions(self):
        self.fill(ANAS)
        told = self.store.identity.definitions()
        self.assertEqual(told["versions"], [])
        usual = {it["name"]: it["kind"] for it in told["usual"]["fields"]}
        self.assertEqual(usual["surname"], "surname")
        self.assertEqual(usual["city"], "place")
        self.assertEqual(usual["email"], "email")
        self.store.identity.define(link_at=0.9, country="ES", actor="ada", now=NOW)
        report = self.store.identity.resolve_all(now=NOW)
        self.assertEqual(report.version, 2)
        self.reopen()
        first, second = self.store.identity.definitions()["versions"]
        self.assertEqual(first["actor"], "ada")
        self.assertIsNone(first["model"])
        self.assertEqual(second["link_at"], 0.9)
        self.assertEqual(second["model"]["records"], 4)
        # Defined again at start, the weights stay.
        self.store.identity.define(link_at=0.9, country="ES", now=NOW)
        self.assertEqual(len(self.store.identity.definitions()["versions"]), 2)

    def test_what_changes_is_seen(self):
        self.fill(ANAS)
        self.assertEqual(self.store.identity.resolve("crm:2", now=NOW).outcome, "nothing")
        self.say("pos:5", {"given_name": "Luis", "surname": "Martinez Ruiz"})
        self.say("pos:5", {"birth_date": "1990-11-30", "email": "luis@example.com"})
        self.assertEqual(self.store.identity.resolve("pos:5", now=NOW).outcome, "link")
        self.store.erase("crm:2", now=NOW)
        answer = self.store.identity.resolve("web:9", now=NOW)
        self.assertNotIn("crm:2", [it.other for it in answer.pairs])

    def test_one_by_one_comes_near_to_all_at_once(self):
        records, truth = self.made(seed=11, count=700)
        self.fill(records)
        self.store.identity.define(country="ES", now=NOW)
        # The weights are learned; then all links are taken back, and each record
        # is resolved as if it had just arrived.
        names = sorted(truth)
        self.store.identity.resolve_all(now=NOW)
        batch = self.score(truth)
        self.assertGreaterEqual(batch.precision, 0.97)
        for record in names:
            for tie in list(self.store.identity.explain(record, now=NOW).records):
                for it in tie.ties:
                    if it.source == "identity" and it.says == "one customer":
                        self.store.unlink(tie.record, it.other, now=NOW)
        for record in names:
            self.store.identity.resolve(record, now=NOW, durability="buffered")
        one_by_one = self.score(truth)
        self.assertGreaterEqual(one_by_one.f1, batch.f1 - 0.01)
        # A later batch closes the gap by proposals.
        report = self.store.identity.resolve_all(mode="propose", now=NOW)
        self.assertEqual(report.linked, 0)

    def test_errors_name_what_is_wrong_and_leave_the_store(self):
        self.fill(ANAS)
        before = self.store.head()
        identity = self.store.identity
        for call, kind, part in (
            (lambda: identity.resolve("crm:77", now=NOW), trato.NotFound, "crm:77"),
            (lambda: identity.resolve("", now=NOW), trato.InvalidArgument, "record"),
            (
                lambda: identity.explain("crm:1", "crm:1", now=NOW),
                trato.InvalidArgument,
                "same record",
            ),
            (
                lambda: identity.explain("crm:1", "crm:77", now=NOW),
                trato.NotFound,
                "other",
            ),
            (
                lambda: identity.define({"surname": "surname"}, link_at=2, now=NOW),
                trato.InvalidArgument,
                "link_at",
            ),
            (
                lambda: identity.define(["zzz"], now=NOW),
                trato.InvalidArgument,
                "zzz",
            ),
        ):
            with self.subTest(part=part), self.raises(kind, part):
                call()
        self.assertEqual(self.store.head(), before)

    def test_a_view_does_not_resolve(self):
        self.fill(ANAS)
        self.store.attributes.define("territory", str, many=True, now=NOW)
        view = self.store.view({"territory": ["north"]})
        self.addCleanup(view.close)
        with self.raises(trato.FailedPrecondition, "view"):
            view.identity.review(now=NOW)


if __name__ == "__main__":
    unittest.main()
