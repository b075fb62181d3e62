# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Contacts from CSV, and batches taken back as wholes."""

import csv
import io
import os
import random
import unittest

import trato
from support import NOW, StoreCase, candles, in_memory_and_on_file

HEADERS = os.path.join(os.environ.get("TRATO_TEST_DATA", ""), "import_headers")
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Create Date,"
    "Associated Company,Country/Region,Contact owner\n"
)


def hubspot(count, seed=1, first=0):
    rng = random.Random(seed)
    names = ("Ada", "José", "Zoë", "李", "محمد", "Ainhoa", "😀")
    rows = [
        f"{i},{rng.choice(names)},L{i},p{i}@example.org,+44 7700 {i:06},"
        f"{rng.choice(['NEW', 'OPEN', ''])},2011-0{rng.randint(1, 9)}-11,"
        f"Firm {rng.randint(1, 50)},{rng.choice(['UK', 'ES', ''])},owner"
        for i in range(first, first + count)
    ]
    return io.BytesIO((HUBSPOT + "\n".join(rows) + "\n").encode("utf-8"))


@in_memory_and_on_file
class ContactsTest(StoreCase):
    def contacts(self, text, **options):
        if isinstance(text, str):
            text = text.encode("utf-8")
        options.setdefault("now", NOW)
        return self.store.batches.import_contacts(io.BytesIO(text), **options)

    def test_contacts_become_records_with_attributes_and_identifiers(self):
        report = self.contacts(hubspot(3).read(), actor="ada", source="hubspot")
        self.assertEqual(
            (report.rows, report.new_customers, report.changed_customers), (3, 3, 0)
        )
        self.assertEqual((report.encoding, report.refused), ("UTF-8", 0))
        customer = self.reopen().customer("contact:1", now=NOW)
        self.assertEqual(customer["last_name"], "L1")
        self.assertIn("email:p1@example.org", customer.identifiers)
        (batch,) = self.store.batches.list()
        self.assertEqual((batch.name, batch.actor, batch.source),
                         (report.batch, "ada", "hubspot"))
        self.assertEqual(batch.identifiers, 6)
        self.assertIsNone(batch.retracted)

    def test_the_same_again_says_nothing_new(self):
        self.contacts(hubspot(5).read())
        digest = self.store.digest(now=NOW)
        report = self.contacts(hubspot(5).read())
        self.assertEqual(
            (report.new_customers, report.changed_customers,
             report.unchanged_customers, report.conflicts),
            (0, 0, 5, 0),
        )
        self.assertEqual(self.store.digest(now=NOW), digest)

    def test_a_rule_for_each_column(self):
        self.contacts("Email,City,Country,Notes\na@b,Leeds,UK,first\n")
        report = self.contacts(
            "Email,City,Country,Notes\na@b,York,ES,second\n",
            columns={"Country": ("", "fill_blank"), "Notes": ("", "never")},
            now="2011-12-11",
        )
        self.assertEqual((report.changed_attributes, report.conflicts), (1, 2))
        self.assertEqual(
            [(c.line, c.column, c.what) for c in report.first_conflicts],
            [(2, "City", "is known otherwise and is overwritten"),
             (2, "Country", "is known otherwise and is kept")],
        )
        customer = self.store.customer("email:a@b", now="2011-12-11")
        self.assertEqual(
            (customer["city"], customer["country"], customer["notes"]),
            ("York", "UK", "first"),
        )

    def test_a_dry_run_says_it_all_and_does_nothing(self):
        self.contacts("Email,City\na@b,Leeds\n")
        digest = self.store.digest(now=NOW)
        text = "Email,City,Birthday\na@b,York,00/00/0000\nc@d,Hull,1980-05-02\n,X,\n"
        said = self.contacts(text, dry_run=True)
        self.assertEqual(self.store.digest(now=NOW), digest)
        self.assertEqual(len(self.store.batches.list()), 1)
        self.assertEqual(
            (said.new_customers, said.changed_customers, said.refused,
             said.conflicts),
            (1, 1, 1, 1),
        )
        (value,) = said.refused_values
        self.assertIn("column 'Birthday' is no date", value.reason)
        self.assertEqual(value.first_rows, (2,))
        done = self.contacts(text)
        self.assertEqual(
            {**said.__dict__, "dry_run": False}, done.__dict__)

    def test_three_encodings(self):
        text = "Email,City\na@b,Núñez €\n"
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"):
            report = self.contacts(text.encode(encoding))
            self.assertEqual(
                report.new_customers + report.unchanged_customers, 1, encoding)
            self.assertEqual(report.changed_customers, 0, encoding)
        self.assertEqual(self.store.customer("email:a@b", now=NOW)["city"], "Núñez €")

    def test_one_file_in_three_encodings_is_read_line_by_line(self):
        lines = ["Email,City\n".encode(), "a@b,Núñez €\n".encode("utf-8"),
                 "c@d,Núñez €\n".encode("cp1252"), "e@f,日本 🦊\n".encode("utf-8")]
        self.assertEqual(self.contacts(b"".join(lines)).new_customers, 3)
        for email, city in (("a@b", "Núñez €"), ("c@d", "Núñez €"), ("e@f", "日本 🦊")):
            self.assertEqual(
                self.store.customer(f"email:{email}", now=NOW)["city"], city)

    def tags(self, name, of):
        profile = self.store.customers.read(name, now="2012-01-01")
        return [it.value for it in profile.of(of)]

    def test_owners_and_territories_are_many(self):
        text = ("Record ID,Contact owner,Territory,City\n"
                "1,ana;bo,North; South ,Leeds\n1,cy,,\n2,ana,,Hull\n")
        report = self.contacts(text)
        self.assertEqual((report.new_customers, report.conflicts), (2, 0))
        self.assertEqual(sorted(self.tags("contact:1", "owner")), ["ana", "bo", "cy"])
        self.assertEqual(
            sorted(self.tags("contact:1", "territory")), ["North", "South"])
        with self.store.view({"owner": "ana"}) as view:
            self.assertEqual(len(view.customers.list(now=NOW).customers), 2)
        # The same again says nothing new.
        again = self.contacts(text)
        self.assertEqual((again.unchanged_customers, again.conflicts), (2, 0))
        # Somebody else's from now on.
        moved = self.contacts(
            "Record ID,Contact owner\n1,bo;dan\n", now="2011-12-11")
        self.assertEqual((moved.changed_customers, moved.conflicts), (1, 1))
        self.assertEqual(sorted(self.tags("contact:1", "owner")), ["bo", "dan"])
        kept = self.contacts(
            "Record ID,Contact owner\n1,eve\n2,ana\n3,eve\n",
            columns={"Contact owner": ("owner", "fill_blank")}, now="2011-12-12")
        self.assertEqual((kept.conflicts, kept.new_customers), (1, 1))
        self.assertEqual(sorted(self.tags("contact:1", "owner")), ["bo", "dan"])
        self.assertEqual(self.tags("contact:3", "owner"), ["eve"])
        # What another record says is that one's to take back.
        self.store.link("contact:2", "contact:3", now=NOW)
        self.contacts("Record ID,Contact owner\n2,flo\n", now="2011-12-13")
        self.assertEqual(sorted(self.tags("contact:2", "owner")), ["eve", "flo"])

    def test_an_owner_that_is_defined_with_one_value_stays_so(self):
        self.store.attributes.define("owner", str, now=NOW)
        self.contacts("Record ID,Contact owner\n1,ana;bo\n")
        self.assertEqual(self.store.customer("contact:1", now=NOW)["owner"], "ana;bo")

    def test_an_opt_out_withdraws_consent(self):
        self.store.consents.grant("email:a@b", "marketing", "email", at=0, now=NOW)
        report = self.contacts("Email,HasOptedOutOfEmail\na@b,true\nc@d,false\n")
        self.assertEqual(report.new_consents, 1)
        answer = self.store.consents.test("email:a@b", "marketing", "email", now=NOW)
        self.assertEqual(answer.state, "withdrawn")
        self.assertEqual(
            self.contacts("Email,HasOptedOutOfEmail\na@b,yes\n").new_consents, 0)

    def test_somebody_elses_identifier_is_told(self):
        self.contacts("Record ID,Email\n1,a@b\n")
        report = self.contacts("Record ID,Email\n2,a@b\n3,c@d\n4,c@d\n")
        self.assertEqual(
            [(c.record, c.what) for c in report.first_conflicts],
            [("contact:2", "goes by an identifier of contact:1"),
             ("contact:4", "goes by an identifier of contact:3")],
        )

    def test_a_million_rows_of_one_person_are_one_person(self):
        report = self.contacts("Email,City\n" + "a@b,Leeds\n" * 1_000_000)
        self.assertEqual(
            (report.rows, report.new_customers, report.refused, report.conflicts),
            (1_000_000, 1, 0, 0))
        self.assertEqual(len(self.store.attributes.history(
            "email:a@b", "city", now=NOW)), 1)

    def test_names_of_all_kinds_and_lengths(self):
        long = "A" * 10_000
        self.contacts(f"Email,First Name\na@b,{long}\nc@d,محمد 李 Etxeberria Ñ 😀\n")
        self.assertEqual(self.store.customer("email:a@b", now=NOW)["first_name"], long)
        self.assertEqual(
            self.store.customer("email:c@d", now=NOW)["first_name"], "محمد 李 Etxeberria Ñ 😀")

    def test_mistakes(self):
        digest = self.store.digest(now=NOW)
        for text, error, part in (
            ("Email,City,City\na@b,x,y\n", trato.InvalidArgument, "'City'"),
            ("City\nLeeds\n", trato.InvalidArgument, "who somebody is"),
            ("", trato.InvalidArgument, "no header"),
            ('Email\n"a@b\n', trato.InvalidArgument, "quoted"),
        ):
            with self.raises(error, part):
                self.contacts(text)
        with self.raises(trato.NotFound, "'Town'"):
            self.contacts("Email\na@b\n", columns={"Town": "city"})
        self.assertEqual(self.store.digest(now=NOW), digest)


@in_memory_and_on_file
class RetractTest(StoreCase):
    def everything(self):
        store = self.store
        return store.digest(now=NOW), store.info(now=NOW).customers

    def test_a_batch_taken_back_leaves_what_was(self):
        store = self.store
        store.identifiers.define("email", unique=True, now=NOW)
        store.attributes.define("last_name", str, "family name", now=NOW)
        store.attributes.set("contact:1", "last_name", "Byron", at=1, now=NOW)
        store.identifiers.claim("crm:9", "email:p2@example.org", now=NOW)
        self.buy("contact:3", "2011-01-01")
        before = self.everything()
        report = store.batches.import_contacts(hubspot(50), now=NOW)
        self.assertNotEqual(self.everything(), before)
        said = store.batches.retract(report.batch, dry_run=True, now=NOW)
        self.assertNotEqual(self.everything(), before)
        done = store.batches.retract(
            report.batch, reason="wrong file", actor="ada", now=NOW)
        self.assertEqual(done, said)
        self.assertEqual(self.everything(), before)
        store = self.reopen()
        self.assertEqual(self.everything(), before)
        (batch,) = store.batches.list()
        self.assertEqual((batch.name, batch.reason), (report.batch, "wrong file"))
        self.assertIsNotNone(batch.retracted)
        with self.raises(trato.FailedPrecondition, "retracted"):
            store.batches.retract(report.batch, now=NOW)
        with self.raises(trato.FailedPrecondition, "retracted"):
            store.record("shop:1", "visit", batch=report.batch, now=NOW)
        # And it may come again, under another name.
        again = store.batches.import_contacts(hubspot(50), now=NOW)
        self.assertNotEqual(again.batch, report.batch)
        self.assertEqual(
            self.reopen().customer("contact:1", now=NOW)["last_name"], "L1")

    def test_a_large_batch_taken_back_leaves_what_was(self):
        # TRATO_CONTACTS=100000 is the full form.
        count = int(os.environ.get("TRATO_CONTACTS", "3000"))
        store = self.store
        store.identifiers.define("email", unique=True, now=NOW)
        store.batches.import_contacts(hubspot(count // 10, seed=2), now=NOW)
        before = self.everything()
        report = store.batches.import_contacts(
            hubspot(count, seed=3, first=count // 20), now=NOW)
        self.assertEqual(report.customers, count)
        self.assertGreater(report.changed_customers, 0)
        store.batches.retract(report.batch, now=NOW)
        self.assertEqual(self.everything(), before)
        self.reopen()
        self.assertEqual(self.everything(), before)

    def test_an_earlier_position_still_tells_it(self):
        report = self.store.batches.import_contacts(hubspot(3), now=NOW)
        position = self.store.info(now=NOW).log_position
        digest = self.store.digest(now=NOW)
        self.store.batches.retract(report.batch, now=NOW)
        with self.reopen().as_of(known_at=position) as past:
            self.assertEqual(past.digest(now=NOW), digest)
        with self.store.as_of() as present:
            self.assertEqual(present.digest(now=NOW), self.store.digest(now=NOW))

    def test_orders_go_and_so_do_customers_that_came_with_them(self):
        store = self.store
        self.buy("shop:1", "2011-01-01")
        before = self.everything()
        for checkpoint in (False, True):
            name = f"orders {checkpoint}"
            for i in range(4):
                store.record(f"shop:{i}", "purchase", at="2011-02-01",
                             lines=[candles()], batch=name, now=NOW)
            if checkpoint:
                store.checkpoint()
            held = store.batches.retract(name, now=NOW)
            self.assertEqual(held.interactions, 4)
            self.assertEqual(self.everything(), before)
            self.assertEqual(
                len(list(store.timeline("shop:1", now=NOW))), 1)
        store = self.reopen()
        self.assertEqual(self.everything(), before)
        self.buy("shop:2", "2011-03-01", now=NOW)
        store.checkpoint()
        self.assertEqual(len(list(self.reopen().timeline("shop:2", now=NOW))), 1)
        if self.on_file:
            self.assertTrue(self.store.verify(rebuild=True).ok)

    def test_definitions_stay_while_others_need_them(self):
        store = self.store
        report = store.batches.import_contacts(
            io.BytesIO(b"Email,City\na@b,Leeds\n"), now=NOW)
        store.segments.define("leeds", 'customer.city == "Leeds"', now=NOW)
        store.batches.retract(report.batch, now=NOW)
        self.assertEqual(self.reopen().segments["leeds"].count(now=NOW).members, 0)
        self.store.attributes.set("shop:1", "city", "Leeds", now=NOW)
        self.assertEqual(self.reopen().segments["leeds"].count(now=NOW).members, 1)

    def test_an_objection_stays(self):
        store = self.store
        store.consents.grant("shop:1", "marketing", "email", at=0, batch="b", now=NOW)
        store.consents.object("shop:1", at=1, batch="b", now=NOW)
        store.batches.retract("b", now=NOW)
        self.assertEqual(
            [s.state for s in self.reopen().consents.history("shop:1", now=NOW)],
            ["objected"])

    def test_keys_are_free_again(self):
        store = self.store
        store.attributes.define("city", str, now=NOW)
        put = store.attributes.set
        put("shop:1", "city", "Leeds", key="k", batch="b", at=5, now=NOW)
        store.batches.retract("b", now=NOW)
        put("shop:1", "city", "York", key="k", at=5, now=NOW)
        put("shop:1", "city", "York", key="k", at=5, now=NOW)
        with self.raises(trato.AlreadyExists, "k"):
            put("shop:1", "city", "Hull", key="k", at=5, now=NOW)
        self.assertEqual(self.reopen().customer("shop:1", now=NOW)["city"], "York")
        with self.raises(trato.AlreadyExists, "k"):
            self.store.attributes.set("shop:1", "city", "Hull", key="k", at=5, now=NOW)

    def test_no_such_batch(self):
        self.store.record("shop:1", "visit", batch="spring", now=NOW)
        with self.raises(trato.NotFound, "did you mean 'spring'"):
            self.store.batches.retract("sprong", now=NOW)


# What an export of each system must give at least.
KNOWN = {
    "google_contacts_new": (
        "first_name", "last_name", "nickname", "identifier.email", "identifier.phone",
        "street", "city", "region", "postal_code", "country", "company", "job_title",
        "birthday", "website", "notes", "tags",
    ),
    "google_contacts_old": (
        "name", "first_name", "last_name", "birthday", "gender", "job_title", "notes",
        "language", "tags", "identifier.phone",
    ),
    "hubspot_companies": ("id", "company", "website", "owner", "created"),
    "hubspot_contacts": (
        "id", "first_name", "last_name", "identifier.email", "identifier.phone",
        "lead_status", "created", "company", "country", "owner",
    ),
    "hubspot_contacts_b": (
        "id", "first_name", "last_name", "identifier.email", "identifier.phone",
        "job_title", "company", "owner", "lifecycle_stage", "lead_source",
    ),
    "mautic_contacts": ("identifier.email", "first_name", "last_name"),
    "outlook_contacts_classic_first43": (
        "first_name", "last_name", "name_prefix", "website", "birthday", "anniversary",
        "identifier.email", "identifier.phone", "street", "city", "country", "company",
        "job_title", "department",
    ),
    "outlook_contacts_short": (
        "first_name", "last_name", "name_prefix", "identifier.email",
        "identifier.phone", "company", "job_title", "city", "business_city", "tags",
    ),
    "salesforce_leads": (
        "id", "first_name", "last_name", "identifier.email", "identifier.phone",
        "company", "lead_source", "lead_status", "owner",
    ),
}  # fmt: skip


@unittest.skipUnless(os.path.isdir(HEADERS), "TRATO_TEST_DATA has no import_headers")
class HeaderRowsTest(unittest.TestCase):
    """The header rows that other systems write."""

    def value(self, header):
        for part, value in (("mail", "ada@example.org"), ("Birth", "1815-12-10"),
                            ("Annivers", "1835-07-08"), ("Date", "2011-02-03"),
                            ("ID", "7"), ("Id", "7")):
            if part in header:
                return value
        is_number = any(it in header for it in ("Phone", "Fax", "Pager"))
        return "+44 20 7946 0000" if is_number else "Ada"

    def test_each_is_understood(self):
        for name, fields in KNOWN.items():
            with self.subTest(name), trato.open(currency="EUR") as store:
                path = os.path.join(HEADERS, f"{name}.csv")
                with open(path, encoding="utf-8-sig", newline="") as file:
                    header = next(csv.reader(file))
                text = io.StringIO()
                csv.writer(text).writerows([header, map(self.value, header)])
                report = store.batches.import_contacts(
                    io.BytesIO(text.getvalue().encode()), now=NOW)
                self.assertEqual((report.new_customers, report.refused), (1, 0))
                read = {it.field for it in report.columns if it.field}
                self.assertLessEqual(set(fields), read)
                customer = store.customers.list(now=NOW).customers[0]
                found = store.customers.read(customer.name, now=NOW)
                said = {it.name for it in found.values}
                self.assertLessEqual(
                    {it for it in fields if it != "id" and "." not in it}, said)
                store.batches.retract(report.batch, now=NOW)
                self.assertEqual(store.info(now=NOW).customers, 0)


if __name__ == "__main__":
    unittest.main()
