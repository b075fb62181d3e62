# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""How a record comes to differ from the person that it is about.

Some of it is nobody's mistake: a name has several forms, a telephone number is
written in many ways, people move, and each source asks for other things. The rest
is mistyped, misheard, swapped or put into the wrong column.
"""

import datetime
import typing

import people_names


class Noise(typing.NamedTuple):
    """Rates, as a clerk's habits: 0 is a clerk who makes no mistake."""

    typos: float  # chance that a field is mistyped, where it is filled
    forms: float  # 1: as usual, other forms of names, numbers and streets; 2: twice that
    missing: float  # 1: as many blanks as the source is wont to leave
    changes: float  # chance of each of a new home, e-mail address and telephone
    least: int  # of date, e-mail, telephone, document and street, how many are filled


PRESETS = {
    "clean": Noise(0, 0, 0, 0, 5),
    "usual": Noise(0.03, 1, 1, 0.12, 2),
    "hard": Noise(0.09, 2, 1.4, 0.3, 1),
}

# What is filled, in a web shop, at a till and in a contract: given name, surname,
# second surname, date of birth, e-mail, telephone, document, street.
SOURCES = (
    (0.98, 0.95, 0.45, 0.35, 0.97, 0.55, 0.08, 0.60),
    (0.99, 0.98, 0.60, 0.60, 0.50, 0.85, 0.15, 0.40),
    (1.00, 1.00, 0.95, 0.80, 0.55, 0.80, 0.85, 0.95),
)

# Keys that lie beside each other.
ROWS = ("qwertyuiop", "asdfghjklñ", "zxcvbnm", "1234567890")
NEIGHBOURS = {
    key: "".join(row[max(0, at - 1):at] + row[at + 1:at + 2])
    for row in ROWS for at, key in enumerate(row)
}
# What sounds alike.
SPANISH_SOUNDS = (
    ("b", "v"), ("v", "b"), ("ll", "y"), ("y", "ll"), ("z", "s"), ("s", "z"), ("h", ""),
    ("ge", "je"), ("gi", "ji"), ("je", "ge"), ("qu", "k"), ("c", "k"), ("x", "s"),
    ("rr", "r"), ("ñ", "n"), ("mb", "nb"), ("gü", "gu"), ("ce", "ze"), ("i", "y"))
ENGLISH_SOUNDS = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("c", "k"), ("k", "c"), ("ee", "ea"),
    ("ea", "ee"), ("ie", "y"), ("y", "ie"), ("ai", "ay"), ("ll", "l"), ("l", "ll"),
    ("nn", "n"), ("n", "nn"), ("tt", "t"), ("t", "tt"), ("s", "z"), ("ei", "ie"),
    ("wh", "w"), ("ou", "u"), ("er", "ar"), ("son", "sen"))

OTHER_TOWNS = {
    "A Coruña": "La Coruña", "Palma": "Palma de Mallorca", "Vitoria-Gasteiz": "Vitoria",
    "San Sebastián": "Donostia", "Elche": "Elx", "Alicante": "Alacant",
    "L'Hospitalet de Llobregat": "Hospitalet", "Las Palmas de Gran Canaria": "Las Palmas",
    "Santa Cruz de Tenerife": "Santa Cruz", "Castellón de la Plana": "Castellón",
    "Jerez de la Frontera": "Jerez", "Newcastle upon Tyne": "Newcastle",
    "Hull": "Kingston upon Hull", "Stoke-on-Trent": "Stoke on Trent",
    "Brighton": "Brighton & Hove",
}
STREET_KINDS = {
    "Calle": ("C/", "C/ ", "Cl.", "c."), "Avenida": ("Avda.", "Av.", "Avd."),
    "Plaza": ("Pza.", "Pl."), "Paseo": ("P.º", "Pº"), "Camino": ("Cno.",),
    "Ronda": ("Rda.",), "Travesía": ("Trv.",), "Road": ("Rd", "Rd."),
    "Street": ("St", "St."), "Avenue": ("Ave", "Av"), "Lane": ("Ln",), "Close": ("Cl",),
    "Drive": ("Dr", "Dr."), "Crescent": ("Cres",), "Gardens": ("Gdns",),
    "Terrace": ("Terr", "Ter"), "Place": ("Pl",),
}
ROLES = {True: ("info", "ventas", "administracion", "contacto", "pedidos"),
         False: ("info", "sales", "office", "contact", "enquiries")}
NOBODYS_MAIL = ("noemail@noemail.com", "no@notiene.com", "cliente@tienda.example")
NOBODYS_PHONE = ("600000000", "999999999", "000000000", "123456789")
PARTICLES = ("de la ", "del ", "de los ", "de ")


def spanish_phone(n):
    return (n, n, f"{n[:3]} {n[3:6]} {n[6:]}", f"{n[:3]} {n[3:5]} {n[5:7]} {n[7:]}",
            f"+34{n}", f"+34 {n[:3]} {n[3:6]} {n[6:]}", f"0034{n}", f"0034 {n}",
            f"{n[:3]}-{n[3:6]}-{n[6:]}", f"(+34) {n}", f"34{n}")


def english_phone(n):
    return (n, n, f"{n[:5]} {n[5:]}", f"{n[:5]} {n[5:8]} {n[8:]}", f"+44{n[1:]}",
            f"+44 {n[1:5]} {n[5:]}", f"0044{n[1:]}", f"+44 (0){n[1:]}",
            f"{n[:5]}-{n[5:]}", f"44{n[1:]}")


class Clerk:
    """Writes down records of people."""

    def __init__(self, draw, noise):
        self.draw, self.noise, self.forms = draw, noise, noise.forms
        self.blanks = [[noise.missing * (1 - chance) for chance in it] for it in SOURCES]
        self.nicknames = {
            True: people_names.forms(people_names.SPANISH_NICKNAMES),
            False: people_names.forms(people_names.ENGLISH_NICKNAMES),
        }
        self.abbreviations = people_names.forms(people_names.ABBREVIATIONS)
        self.days = {}

    def record(self, one, turn):
        """Given name to country, of the record number `turn` of a person's."""
        draw = self.draw
        source = 0 if draw() < 0.4 else 1 if draw() < 0.5 else 2
        filled = [draw() >= blank for blank in self.blanks[source]]
        self.fill(filled, one)
        # How far her records have come, for what changes between them.
        late = turn > 0 and draw() < turn / (one.records - 1)
        fields = self.names(one, filled, late)
        home = one.homes[-1 if late else 0]
        fields += (
            self.date(one.born) if filled[3] else "",
            self.email(one, late) if filled[4] else "",
            self.phone(one, home, late) if filled[5] else "",
            self.document(one.document) if filled[6] and one.document else "",
        )
        fields += self.address(home) if filled[7] else ["", "", ""]
        fields.append(self.country(home.spanish))
        return self.finish(fields, one.spanish)

    def fill(self, filled, one):
        """Fills what a source left blank until enough is known."""
        known = (filled[3] + filled[5] + filled[7] + (filled[4] and bool(one.emails)) +
                 (filled[6] and bool(one.document)))
        for at in (5, 7, 3):
            if known >= self.noise.least:
                break
            known += not filled[at]
            filled[at] = True
        if not filled[0]:
            filled[1] = True

    def often(self, rate):
        return self.draw() < rate * self.forms

    def one_of(self, items):
        return items[int(self.draw() * len(items))]

    # Names.

    def names(self, one, filled, late):
        """Given name, surname and second surname, maybe in the wrong columns."""
        given = self.given(one) if filled[0] else ""
        first = (one.maiden if one.maiden and not late and self.often(0.15) else one.first)
        first = self.surname(first) if filled[1] else ""
        second = self.surname(one.second) if filled[1] and filled[2] and one.second else ""
        draw, forms = self.draw(), self.forms
        if draw >= 0.2 * forms:
            return [given, first, second]
        draw /= forms
        if draw < 0.008 and given and first:
            return [first, given, second]
        if draw < 0.013 and given and first:  # García López, Ana
            both = f"{first} {second}".rstrip() + ", " + given
            return [both, "", ""] if draw < 0.010 else ["", both, ""]
        if draw < 0.020 and given and first:
            return [f"{given} {first} {second}".rstrip(), "", ""]
        if second and draw < 0.035:
            return [given, second, first]
        if second and draw < 0.045:
            return [given, second, ""]
        if second and draw < 0.16:
            return [given, f"{first} {second}", ""]
        return [given, first, second]

    def given(self, one):
        name = one.given
        draw, forms = self.draw(), self.forms
        if draw >= 0.4 * forms:
            return self.mistyped(name, one.spanish)
        draw /= forms
        if draw < 0.05:
            others = self.nicknames[one.spanish].get(name)
            return self.one_of(others) if others else name
        if draw < 0.12:
            return self.abbreviated(name)
        if draw < 0.17:  # the first of several names
            return name.split(" ")[0]
        if draw < 0.185:
            return name[0] + self.one_of(("", "."))
        if draw < 0.22:
            return " ".join(it for it in name.split(" ") if it not in ("de", "del", "los"))
        if draw < 0.32 and one.middle:
            return f"{name} {self.one_of((one.middle, one.middle[0], one.middle[0] + '.'))}"
        return self.mistyped(name, one.spanish)

    def surname(self, name):
        for particle in PARTICLES:
            if name.startswith(particle) and self.often(0.4):
                rest = name[len(particle):]
                return self.one_of((rest, f"{rest}, {particle.strip()}", name.title()))
        if "-" in name and self.often(0.2):
            return self.one_of((name.split("-")[0], name.replace("-", " ")))
        if self.often(0.015):
            return self.abbreviated(name)
        return self.mistyped(name, name[-1] in "oaz")

    def abbreviated(self, name):
        words = name.split(" ")
        at = int(self.draw() * len(words))
        words[at] = self.one_of(self.abbreviations.get(words[at], [words[at]]))
        return " ".join(words)

    # Mistakes.

    def mistyped(self, text, spanish=True, share=1):
        if not text or self.draw() >= self.noise.typos * share:
            return text
        if self.draw() < 0.2:
            sounds = SPANISH_SOUNDS if spanish else ENGLISH_SOUNDS
            alike = [pair for pair in sounds if pair[0] in text[1:]]
            if alike:
                old, new = self.one_of(alike)
                return text[0] + text[1:].replace(old, new, 1)
        at = int(self.draw() * len(text))
        kind = int(self.draw() * 5)
        if kind == 0 and len(text) > 2:
            return text[:at] + text[at + 1:]
        if kind == 1:
            return text[:at] + text[at] + text[at:]
        if kind == 2 and at + 1 < len(text):
            return text[:at] + text[at + 1] + text[at] + text[at + 2:]
        near = NEIGHBOURS.get(text[at].lower(), "e")
        typed = self.one_of(near)
        if kind == 3:
            return text[:at] + typed + text[at:]
        return text[:at] + (typed.upper() if text[at].isupper() else typed) + text[at + 1:]

    def digit_mistyped(self, text, share=1):
        """Another digit, or two of them swapped."""
        if self.draw() >= self.noise.typos * share:
            return text
        digits = [at for at, letter in enumerate(text) if letter.isdigit()]
        at = self.one_of(digits[:-1])
        after = digits[digits.index(at) + 1]
        if self.draw() < 0.4 and after == at + 1:
            return text[:at] + text[after] + text[at] + text[after + 1:]
        return text[:at] + self.one_of("0123456789") + text[at + 1:]

    # The other columns.

    def date(self, born):
        day = self.days.get(born)
        if day is None:
            day = self.days[born] = datetime.date.fromordinal(born)
        if self.draw() >= self.noise.typos * 1.5:
            return day.isoformat()
        year, month, of_month = day.year, day.month, day.day
        kind = self.draw()
        if kind < 0.3 and of_month <= 12:
            month, of_month = of_month, month
        elif kind < 0.5:
            year += self.one_of((-1, 1, -10, 10))
        elif kind < 0.6:  # only the year was known
            month = of_month = 1
        elif kind < 0.8:
            of_month = min(28, max(1, of_month + self.one_of((-1, 1, -10, 10))))
        else:
            month = 1 + int(self.draw() * 12)
            of_month = min(28, of_month)
        return f"{year:04d}-{month:02d}-{of_month:02d}"

    def email(self, one, late):
        if self.often(0.002):
            return self.one_of(NOBODYS_MAIL)
        if self.often(0.012):  # a company's, which several people give
            company = int(self.draw() * self.draw() * 3000)
            ending = "es" if one.spanish else "co.uk"
            return f"{self.one_of(ROLES[one.spanish])}@empresa{company}.{ending}"
        if not one.emails:
            return ""
        address = one.emails[-1 if late else 0]
        local, _, domain = address.partition("@")
        if domain == "gmail.com" and self.often(0.05):
            if self.draw() < 0.5:
                return f"{local}+{self.one_of(('shop', 'tienda', 'web'))}@{domain}"
            return (local.replace(".", "") if "." in local else
                    f"{local[:1]}.{local[1:]}") + "@" + domain
        if self.draw() < self.noise.typos * 0.3:
            return local + "@" + self.one_of((domain[:-1], domain.replace("mail", "mial"),
                                              domain.replace(".", "", 1)))
        return self.mistyped(local, share=0.7) + "@" + domain

    def phone(self, one, home, late):
        if self.often(0.004):
            return self.one_of(NOBODYS_PHONE)
        number = one.phones[-1 if late else 0]
        if self.draw() < 0.25:
            number = home.landline
        number = self.digit_mistyped(number, 0.8)
        written = spanish_phone(number) if one.spanish else english_phone(number)
        return self.one_of(written) if self.forms else written[4]

    def document(self, number):
        number = self.digit_mistyped(number, 0.6)
        if not self.often(0.3):
            return number
        body, letter = number[:-1], number[-1]
        return self.one_of((f"{body}-{letter}", f"{body} {letter}", number.lower(),
                            f"{body[:-6]}.{body[-6:-3]}.{body[-3:]}-{letter}",
                            number.lstrip("0")))

    def address(self, home):
        kind, name, number, flat = home.street
        if self.often(0.5):
            kind = self.one_of(STREET_KINDS.get(kind, (kind,)))
        name = self.mistyped(name, home.spanish)
        if self.often(0.15):
            flat = self.one_of(("", flat.replace("º ", ""), flat.replace("º", "")))
        if home.spanish:
            comma = ", " if self.often(0.4) else " "
            street = f"{kind} {name}{comma}{number}" + (f", {flat}" if flat else "")
            if self.often(0.05):
                street = f"{name} {number}"
        else:
            street = f"{number} {name} {kind}"
            street = f"{flat}, {street}" if flat else street
        postcode = home.postcode
        if self.draw() < self.noise.typos:
            postcode = self.digit_mistyped(postcode, 1e9)
        elif self.often(0.2):
            postcode = postcode.replace(" ", "")
        city = OTHER_TOWNS.get(home.city, home.city) if self.often(0.3) else home.city
        return [street, postcode, self.mistyped(city, home.spanish, 0.5)]

    def country(self, spanish):
        if not self.often(0.1):
            return "ES" if spanish else "GB"
        names = ("España", "ESPAÑA", "Spain") if spanish else ("UK", "United Kingdom", "gb")
        return self.one_of(names)

    def finish(self, fields, spanish):
        """The habits of whole records: accents, capitals, blanks."""
        if spanish and self.often(0.45):
            tilde = "ñ" if self.draw() < 0.5 else "n"
            for at in (0, 1, 2, 7, 9):
                text = fields[at]
                if not text.isascii():
                    fields[at] = text.replace("ñ", "\0").translate(
                        people_names.WITHOUT_ACCENTS).replace("\0", tilde)
        if self.often(0.3):
            upper = self.draw() < 0.75
            for at in (0, 1, 2, 4, 7, 9):
                fields[at] = fields[at].upper() if upper else fields[at].lower()
        if self.often(0.03):
            at = int(self.draw() * 3)
            fields[at] = self.one_of((f" {fields[at]}", f"{fields[at]} ",
                                      fields[at].replace(" ", "  ")))
        return fields
