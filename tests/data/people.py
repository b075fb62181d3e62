# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Spanish and English people, and what is on record about them.

    python3 tests/data/people.py --seed 1 --records 1000000 > people.csv
    rows = people(seed=1, records=1000, noise="usual")     # as a module

Rows have the columns of COLUMNS; `person` is the truth: who the record is about.
The same seed, records and noise give the same rows on every machine and Python:
only random() and exact arithmetic are used.

Three fifths of the people live in Spain. They live in households, so that there
are different people who are hard to tell apart: couples and flatmates with one
address and telephone, brothers and sisters, twins with one date of birth, sons
called like their father, and namesakes, as a few names are very common. A person has 1.6 records on average, in any order, each from one of three
sources that ask for different things: a web shop, a till, a contract.

`noise` says what is wrong with the records: "clean" (nothing, all fields filled),
"usual", "hard", or a Noise.
"""

import argparse
import bisect
import csv
import datetime
import functools
import itertools
import random
import sys
import typing

import people_names
from people_noise import PRESETS, Clerk

COLUMNS = (
    "record", "given_name", "surname", "second_surname", "birth_date", "email", "phone",
    "document", "street", "postcode", "city", "country", "person",
)

# How many records a person has, and how often.
RECORDS = ((1, 0.64), (2, 0.22), (3, 0.085), (4, 0.03), (5, 0.015), (7, 0.007), (10, 0.003))
SPANISH_SHARE = 0.6
CUSTOMERS_OF_A_HOME = 0.6  # how many of those who live there
DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
FIRST_DAY = datetime.date(1932, 1, 1).toordinal()
LAST_DAY = datetime.date(2008, 12, 31).toordinal()
YEAR = 365

# Rare names, of which there are many: a start, a middle and an end.
SPANISH_SYLLABLES = (
    "Bal Ber Can Cas Cor Dal Es Fer Gar Lan Mal Man Mar Mon Mor Nar Or Pal Par Pe Qui "
    "Rol Sal San Sar Ta Tor Ur Val Ven Vi Zal Al Ar Bar Bel Car Cer Er Gal",
    "a ba be ca da de do ga go i la le li ma me mi na ne ni o ra re ri sa ta te ti u va",
    "bal cedo da dero dia gosa jal lla llo nal nero nes ño rada ral rena res rrero rro "
    "sa sola ta tega tero ya za zar zo zuela",
)
ENGLISH_SYLLABLES = (
    "Ald Ash Ban Bick Brad Brock Cald Chat Clay Cran Dun East Ell Fair Glad Had Hart Haw "
    "Hol Ing Kel Lang Led Mar Mid Nor Oak Pem Pick Rad Red Row Sed Shel Stan Sut Thorn "
    "Wad Wal Whit",
    "a ber bin by den der el en er field gate i ing ken la land le ler ley ling man mer "
    "more ning over ring shaw stone ter",
    "bourne brook bury by cott croft dale den don field ford gate ham house hurst ington "
    "land ley low man ridge shaw son stead ton ville wick wood worth",
)


class Shares:
    """Picks names as often as they are common."""

    def __init__(self, weighted):
        self.names = [name for name, _ in weighted]
        self.sums = list(itertools.accumulate(weight for _, weight in weighted))

    def pick(self, draw):
        return self.names[bisect.bisect(self.sums, draw() * self.sums[-1])]


@functools.lru_cache(maxsize=None)
def with_rare_names(table, syllables, share, rare):
    """`table`, which covers `share` of the people, and `rare` made-up names."""
    common = people_names.names(table)
    known = {name for name, _ in common}
    made = ["".join(parts) for parts in itertools.product(*map(str.split, syllables))]
    shuffle(made, random.Random(1).random)
    made = [name for name in dict.fromkeys(made) if name not in known][:rare]
    # The common end where these begin: surnames go on as 1 / rank.
    weights = [1 / (place + len(common)) for place in range(len(made))]
    scale = sum(w for _, w in common) * (1 - share) / share / sum(weights)
    return Shares(common + [(n, w * scale) for n, w in zip(made, weights)])


def shuffle(items, draw):
    """Like random.shuffle, which may change between versions of Python."""
    for i in range(len(items) - 1, 0, -1):
        j = int(draw() * (i + 1))
        items[i], items[j] = items[j], items[i]


def check_letter(number):
    return DNI_LETTERS[number % 23]


class Home(typing.NamedTuple):
    spanish: bool
    street: tuple  # kind, name, number, flat
    postcode: str
    city: str
    landline: str


class Person:
    """What is true of a person. Later homes, addresses and numbers come last."""

    __slots__ = ("key", "spanish", "woman", "given", "middle", "first", "second", "maiden",
                 "born", "homes", "emails", "phones", "document", "records")


class World:
    """People by households, with all that belongs to them."""

    def __init__(self, draw, noise):
        self.draw, self.noise = draw, noise
        self.people = 0
        self.taken = set()  # e-mail addresses
        n = people_names
        self.given = {
            (True, False): with_rare_names(n.SPANISH_MEN, SPANISH_SYLLABLES, 0.72, 3000),
            (True, True): with_rare_names(n.SPANISH_WOMEN, SPANISH_SYLLABLES, 0.69, 3000),
            (False, False): with_rare_names(n.ENGLISH_MEN, ENGLISH_SYLLABLES, 0.8, 2000),
            (False, True): with_rare_names(n.ENGLISH_WOMEN, ENGLISH_SYLLABLES, 0.8, 2000),
        }
        self.surnames = {
            True: with_rare_names(n.SPANISH_SURNAMES, SPANISH_SYLLABLES, 0.49, 25_000),
            False: with_rare_names(n.ENGLISH_SURNAMES, ENGLISH_SYLLABLES, 0.38, 30_000),
        }
        self.towns = {
            True: Shares(people_names.towns(n.SPANISH_TOWNS)),
            False: Shares(people_names.towns(n.ENGLISH_TOWNS)),
        }
        self.streets = {
            True: [name for name, _ in people_names.names(n.SPANISH_STREETS)],
            False: [name for name, _ in people_names.names(n.ENGLISH_STREETS)],
        }
        self.counts = Shares(RECORDS)

    def one_of(self, items):
        return items[int(self.draw() * len(items))]

    # Homes.

    def home(self, spanish):
        draw = self.draw
        city, start = self.towns[spanish].pick(draw)
        digits = int(draw() * 10_000_000)
        name = self.one_of(self.streets[spanish])
        if draw() < 0.35:  # many streets are named after somebody
            name = self.surnames[spanish].pick(draw)
        number = str(1 + int(draw() * draw() * 180))
        if spanish:
            kind = self.one_of(("Calle",) * 14 + ("Avenida",) * 3 + (
                "Plaza", "Paseo", "Camino", "Ronda", "Travesía"))
            flat = ""
            if draw() < 0.75:
                flat = f"{1 + int(draw() * 8)}º {self.one_of('ABCDABID')}"
            postcode = f"{start}{int(draw() * draw() * 60):03d}"
            landline = f"9{1 + digits % 8}{digits:07d}"
        else:
            kind = self.one_of(("Road", "Street", "Street", "Avenue", "Lane", "Close",
                                "Drive", "Way", "Crescent", "Gardens", "Terrace", "Place"))
            flat = f"Flat {1 + int(draw() * 20)}" if draw() < 0.25 else ""
            letters = "ABDEFGHJLNPQRSTUWXYZ"
            postcode = (f"{start}{1 + int(draw() * draw() * 24)} {int(draw() * 10)}"
                        f"{self.one_of(letters)}{self.one_of(letters)}")
            landline = f"01{2 + digits % 8}{digits % 100:02d}{digits % 899_999 + 100_000}"
        return Home(spanish, (kind, name, number, flat), postcode, city, landline)

    # People.

    def person(self, home, woman, born, first=None, second=None):
        draw = self.draw
        one = Person()
        one.key, self.people = self.people, self.people + 1
        one.spanish, one.woman, one.born = home.spanish, woman, born
        one.given = self.given[one.spanish, woman].pick(draw)
        one.first = first or self.surname(one.spanish)
        one.second = (second or self.surname(True)) if one.spanish else ""
        one.middle = one.maiden = ""
        if not one.spanish and draw() < 0.5:
            one.middle = self.given[False, woman].pick(draw)
        one.homes, one.emails = [home], []
        return one

    def surname(self, spanish):
        name = self.surnames[spanish].pick(self.draw)
        if not spanish and self.draw() < 0.02:
            name += "-" + self.surnames[spanish].pick(self.draw)
        return name

    def become_customer(self, one, others):
        """Gives her what is on record of customers; others of her home came first."""
        draw = self.draw
        one.phones = [self.mobile(one.key, one.spanish, 0)]
        one.document = self.document(one)
        one.records = self.counts.pick(draw)
        if others and others[0].emails and draw() < 0.06:
            one.emails.append(others[0].emails[0])
        elif draw() < 0.85:
            one.emails.append(self.email(one))
        if one.records > 1:
            self.change(one)
        return one

    def change(self, one):
        """What changes between the first record and the last."""
        draw, changes = self.draw, self.noise.changes
        if draw() < changes:
            one.homes.append(self.home(one.spanish))
        if one.emails and draw() < changes:
            one.emails.append(self.email(one))
        if draw() < changes:
            one.phones.append(self.mobile(one.key, one.spanish, 1))

    def mobile(self, key, spanish, turn):
        # Multiplied by a number that shares no factor with 10, so no two are alike.
        digits = (2 * key + turn) * 61_803_399 % 100_000_000
        return f"6{digits:08d}" if spanish else f"07{'45789'[key % 5]}{digits:08d}"

    def document(self, one):
        draw = self.draw
        if not one.spanish:
            if draw() >= 0.35:
                return ""
            # A National Insurance number; it has no check letter.
            digits = one.key * 618_033 % 1_000_000
            return f"{self.one_of('ABCEHJLMPRSW')}{self.one_of('ABCEHJLMPRSW')}" \
                   f"{digits:06d}{self.one_of('ABCD')}"
        if draw() < 0.08:  # a foreigner's
            number = one.key * 6_180_331 % 30_000_000
            return f"{'XYZ'[number // 10_000_000]}{number % 10_000_000:07d}" + \
                   check_letter(number)
        number = one.key * 61_803_397 % 100_000_000
        return f"{number:08d}{check_letter(number)}"

    def email(self, one):
        draw = self.draw
        given, first = (people_names.plain(it) for it in (one.given, one.first))
        year = str(1932 + (one.born - FIRST_DAY) // YEAR)
        kind = draw()
        if kind < 0.4:
            local = f"{given}.{first}"
        elif kind < 0.6:
            local = given[0] + first
        elif kind < 0.75:
            local = given + year[2:]
        elif kind < 0.85:
            local = first + "_" + given[:3]
        else:  # says nothing of the name
            local = self.one_of(people_names.WORDS) + self.one_of(people_names.WORDS)
        domains = people_names.SPANISH_MAIL if one.spanish else people_names.ENGLISH_MAIL
        domain = self.one_of(domains)
        address = f"{local}@{domain}"
        while address in self.taken:
            address = f"{local}{int(draw() * 10_000)}@{domain}"
        self.taken.add(address)
        return address

    # Households.

    def customers(self):
        """Those of a household of whom there are records, at least one."""
        everybody = self.household()
        found = []
        for one in everybody:
            if self.draw() < CUSTOMERS_OF_A_HOME or not found and one is everybody[-1]:
                found.append(self.become_customer(one, found))
        return found

    def household(self):
        draw = self.draw
        home = self.home(draw() < SPANISH_SHARE)
        kind = draw()
        if kind < 0.3:
            return [self.person(home, draw() < 0.5, self.day(20, 90))]
        if kind < 0.35:  # they share a flat
            return [self.person(home, draw() < 0.5, self.day(18, 40))
                    for _ in range(2 + int(draw() * 3))]
        couple = self.couple(home)
        if kind < 0.6:
            return couple
        return couple + self.children(home, *couple)

    def day(self, youngest, oldest):
        """A day of birth, of somebody of that age in 2024."""
        days = (oldest - youngest) * YEAR
        return FIRST_DAY + (92 - oldest) * YEAR + int(self.draw() * days)

    def couple(self, home):
        draw = self.draw
        man = self.person(home, False, self.day(26, 88))
        near = man.born + int((draw() - 0.4) * 10 * YEAR)
        woman = self.person(home, True, max(FIRST_DAY, near))
        if not home.spanish and draw() < 0.8:
            woman.maiden, woman.first = woman.first, man.first
        return [man, woman]

    def children(self, home, father, mother):
        draw = self.draw
        found = []
        second = mother.first if home.spanish else None
        born = max(father.born, mother.born) + 24 * YEAR
        for _ in range(1 + int(draw() * 3)):
            born += YEAR + int(draw() * 4 * YEAR)
            if born > LAST_DAY:
                break
            twins = 2 if draw() < 0.035 else 1
            for _ in range(twins):
                child = self.person(home, draw() < 0.5, born, father.first, second)
                found.append(child)
        sons = [it for it in found if not it.woman]
        if sons and draw() < (0.14 if home.spanish else 0.07):
            sons[0].given = father.given
        return found


def people(seed, records, noise="usual"):
    """Rows as lists of texts, in the order of COLUMNS."""
    noise = PRESETS[noise] if isinstance(noise, str) else noise
    draw = random.Random(seed).random
    world, clerk = World(draw, noise), Clerk(draw, noise)
    rows = []
    while len(rows) < records:
        for one in world.customers():
            for turn in range(one.records):
                # One text takes a fifth of the memory of a list.
                fields = clerk.record(one, turn)
                rows.append("\t".join(fields) + f"\tp{one.key}")
    # Whole people come first, so only the last household may be cut.
    del rows[records:]
    shuffle(rows, draw)
    for number, row in enumerate(rows):
        yield [f"r{number}", *row.split("\t")]


def main():
    parser = argparse.ArgumentParser(
        description="Spanish and English people and their records, as CSV.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--noise", choices=sorted(PRESETS), default="usual")
    options = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(people(options.seed, options.records, options.noise))


if __name__ == "__main__":
    main()
