# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Finding as people type, against reading everybody through."""

import unittest

import finding_oracle
import harness
import trato
from oracle import DAY

GIVEN = ["Ana", "María", "Jose", "José", "Ane", "Łukasz", "Zoë", "Mar", "Xabier",
         "محمد", "小明", "Δημήτρης", "Иван", "Jean-Pierre", "D'Arcy", "Bjørn", "STRASSE"]
FAMILY = ["García", "Garcia", "Ibáñez", "Etxeberria", "O’Brien", "Müller", "Straße",
          "王", "أحمد", "Παπαδόπουλος", "Иванов", "Nguyễn", "Smith-Jones", "de la Mar"]
HOSTS = ["example.org", "gmail.com", "correo.es"]
EXTRA = ["🦊", "(jr.)", "", "", "III", "no. 7"]


class Teller:
    """Tells a store and the oracle the same."""

    def __init__(self, store, rng):
        self.store, self.rng = store, rng
        self.told = finding_oracle.Customers()
        self.at = 1_000 * DAY
        for name in ("full_name", "nickname", "work_phone", "note", "motto"):
            store.attributes.define(name, str, now=self.at)
        store.attributes.define("alias", str, many=True, now=self.at)

    def moment(self):
        # Instants repeat, so that ids decide; some lie ahead.
        return self.at + self.rng.randrange(0, 40) * DAY

    def name(self):
        rng = self.rng
        words = [rng.choice(GIVEN), rng.choice(FAMILY), rng.choice(EXTRA)]
        if rng.random() < 0.2:
            rng.shuffle(words)
        if rng.random() < 0.1:
            words.append("x" * rng.choice([5, 300, 10_000]))
        return " ".join(filter(None, words))

    def telephone(self):
        number = str(self.rng.randrange(900_000_000, 999_999_999))
        shape = self.rng.randrange(4)
        if shape == 0:
            return "+34 " + " ".join([number[:3], number[3:5], number[5:7], number[7:]])
        return [number, f"({number[:3]}) {number[3:]}", "0" + number][shape - 1]

    def record(self):
        return f"{self.rng.choice(['shop', 'crm', 'cookie'])}:{self.rng.randrange(900)}"

    def say(self):
        rng = self.rng
        name = self.record()
        at = self.moment()
        kind = rng.randrange(11)
        if kind == 10:
            # No two of one instant: which of them holds is told elsewhere.
            at += rng.randrange(DAY)
            value = rng.choice(["Pili", "Kike", "The Boss", "Ñoño", *GIVEN])
            said = rng.choice(["is", "is", "is", "is not", "has none"])
            if said == "is":
                self.store.attributes.set(name, "alias", value, at=at, now=at)
            elif said == "is not":
                self.store.attributes.remove(name, "alias", value, at=at, now=at)
            else:
                self.store.attributes.set(name, "alias", None, at=at, now=at)
            self.told.touch(name, at)["aliases"].append((at, said, value))
        elif kind < 6:
            attribute = rng.choice(
                ["full_name", "full_name", "nickname", "work_phone", "note", "motto"])
            value = self.telephone() if attribute == "work_phone" else self.name()
            if rng.random() < 0.1:
                value = None
            # One version per instant: which of two holds is told elsewhere.
            known = self.told.records.get(name, {"attributes": {}})["attributes"]
            if any(version[0] == at for version in known.get(attribute, [])):
                return
            self.store.attributes.set(name, attribute, value, at=at, now=at)
            attributes = self.told.touch(name, at)["attributes"]
            attributes.setdefault(attribute, []).append((at, value))
        elif kind < 9:
            space = rng.choice(["email", "mobile", "ledger"])
            value = (
                self.telephone() if space == "mobile"
                else f"{rng.choice(GIVEN).lower()}.{rng.randrange(99)}@{rng.choice(HOSTS)}"
            ).replace("'", "")
            known = self.told.records.get(name)
            if known and f"{space}:{value}" in known["claims"]:
                return  # said again it is no other fact
            self.store.identifiers.claim(name, f"{space}:{value}", now=at)
            self.told.touch(name, at)["claims"].add(f"{space}:{value}")
        else:
            self.join(at)

    def join(self, at):
        if len(self.told.records) < 2:
            return
        one, other = self.rng.sample(sorted(self.told.records), 2)
        pair = frozenset((one, other))
        if pair not in self.told.links and any(
            pair <= set(group) for group in self.told.groups()
        ):
            return  # they are one already, by way of others
        if pair in self.told.links:
            try:
                self.store.unlink(one, other, now=at)
            except (trato.FailedPrecondition, trato.NotFound):
                return  # unknown at the instant, or a third record joins them
            self.told.links.discard(pair)
        else:
            try:
                self.store.link(one, other, now=at)
            except (trato.FailedPrecondition, trato.NotFound):
                return  # unknown at the instant, or they were unlinked, directly or by way of others
            self.told.links.add(pair)
        for name in pair:
            self.told.touch(name, at)

    def query(self):
        rng = self.rng
        word = rng.choice([rng.choice(GIVEN), rng.choice(["Pili", "Kike", "boss"]), rng.choice(FAMILY), self.telephone(),
                           rng.choice(HOSTS), str(rng.randrange(900)), "x" * 40,
                           rng.choice(EXTRA) or "a"])
        begin = rng.choice([0, 0, rng.randrange(len(word))])
        end = rng.choice([len(word), rng.randrange(len(word)) + 1])
        word = word[begin:end] or word
        if rng.random() < 0.3:
            word += " " + rng.choice(GIVEN)[: rng.randrange(1, 6)]
        return rng.choice([word, word.upper(), word.lower()])

    def check(self, case, limit, now):
        text = self.query()
        expected = self.told.find(text, limit, now)
        found = self.store.customers.find(text, limit=limit, now=now)
        got = [(it.rank, it.id) for it in found]
        case.check("finds", got, expected, repr(text), limit, now)


class FindingIsReadingEverybodyThrough(harness.PropertyCase):
    def test_histories(self):
        for rng in self.each_round(12):
            with trato.open() as store:
                teller = Teller(store, rng)
                for _ in range(rng.randrange(20, 400)):
                    teller.say()
                    if rng.random() < 0.15:
                        now = teller.at + rng.randrange(-1, 41) * DAY
                        teller.check(self, rng.choice([1, 3, 10, 1000]), now)
                for _ in range(30):
                    teller.check(self, rng.choice([1, 10, 1000]), harness.NOW)

    def test_what_is_looked_for_is_defined(self):
        for rng in self.each_round(3):
            with trato.open() as store:
                teller = Teller(store, rng)
                for _ in range(60):
                    teller.say()
                for _ in range(20):
                    how = rng.choice(["by_name", "not", "text", "telephone"])
                    name = rng.choice(["motto", "full_name", "email", "cookie"])
                    own = None if how == "by_name" else how
                    if name in ("email", "cookie"):
                        store.identifiers.define_search(name, how, now=harness.NOW)
                        teller.told.how[name + ":"] = own
                    else:
                        store.attributes.define_search(name, how, now=harness.NOW)
                        teller.told.how[name] = own
                    for _ in range(5):
                        teller.check(self, 1000, harness.NOW)

    def test_many_that_come_in_parts(self):
        # Enough for runs, bitmaps, and lists with marks.
        for rng in self.each_round(1):
            with trato.open() as store:
                teller = Teller(store, rng)
                for part in range(4):
                    rows = []
                    for i in range(1200):
                        at = teller.moment()
                        name, value = f"shop:{part}-{i}", teller.name()[:60]
                        rows.append({"customer": name, "at": at, "full_name": value})
                        record = teller.told.touch(name, at)
                        record["attributes"]["full_name"] = [(at, value)]
                    store.append_customers(rows, now=harness.NOW)
                    for _ in range(30):
                        teller.check(self, rng.choice([1, 10, 1000]), harness.NOW)


if __name__ == "__main__":
    unittest.main()
