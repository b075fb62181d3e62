# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Finding customers by reading all of them through, as trato.h says it.

Folding is Python's unicodedata; nothing is shared with the engine.
"""

import re
import unicodedata

import oracle

PLAIN = {"æ": "ae", "ð": "d", "đ": "d", "ø": "o", "þ": "th", "ħ": "h", "ı": "i",
         "ł": "l", "œ": "oe", "ŧ": "t"}
APOSTROPHES = "'`´‘’ʼ"
TELEPHONES = {"phone", "telephone", "tel", "mobile", "cell", "fax"}
NAMES = {"name", "surname", "firstname", "lastname", "fullname", "nickname", "alias",
         "company", "organisation", "organization", "email", "mail", "contact"}
OPAQUE = {"cookie", "device", "session", "visitor", "anonymous", "uuid", "guid", "hash"}
EXACT, PREFIX, INSIDE, NONE = range(4)
RANKS = ("exact", "prefix", "inside")


def _plain(text):
    """Folded characters; a blank for what ends a word."""
    for mark in APOSTROPHES:
        text = text.replace(mark, "")
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text).casefold()
    out = []
    for c in text:
        kind = unicodedata.category(c)
        if kind[0] == "M" or c in "\u00ad\u200b\u200c\u200d\u2060\ufeff":
            continue
        digit = unicodedata.decimal(c, None)
        if digit is not None:
            out.append(str(digit))
        elif c in PLAIN:
            out.append(PLAIN[c])
        else:
            out.append(c if kind[0] in "LN" or kind == "So" else " ")
    return "".join(out)


def fold(text):
    """The first 256 bytes of it."""
    words = " ".join(_plain(text).split())
    return words.encode()[:256].decode(errors="ignore").strip()


def digits(text):
    return "".join(c for c in _plain(text) if c in "0123456789")


def attribute_search(name):
    parts = set(name.split("_"))
    if parts & TELEPHONES:
        return "telephone"
    return "text" if parts & NAMES else "not"


def namespace_search(name):
    parts = set(name.split("_"))
    if parts & TELEPHONES:
        return "telephone"
    return "not" if parts & OPAQUE else "text"


class Query:
    def __init__(self, text):
        self.words = [fold(word) for word in re.split(r"[ \t\r\n]", text)]
        self.words = [word for word in self.words if word]
        self.ends = set()
        if re.fullmatch(r"[0-9 +\-./()]*[0-9][0-9 +\-./()]*", text):
            number = digits(text)
            if len(number) >= 3:
                self.ends.add(number)
            local = number.lstrip("0")
            if len(local) >= 7:
                self.ends.add(local)

    def rank(self, texts):
        """Of (how, value) pairs."""
        if not self.words:
            return NONE
        best = max(
            min((self._word_in(word, *text) for text in texts), default=NONE)
            for word in self.words
        )
        for number in self.ends:
            for how, value in texts:
                if how == "telephone" and digits(value).endswith(number):
                    whole = digits(value) == number
                    best = min(best, EXACT if whole else PREFIX)
        return best

    @staticmethod
    def _word_in(word, how, value):
        if how == "not":
            return NONE
        if how == "telephone":  # found as text, but never as a whole word
            number = digits(value)
            if number.startswith(word):
                return PREFIX
            return INSIDE if word in number and len(word) >= 3 else NONE
        text = " " + fold(value) + " "
        if f" {word} " in text:
            return EXACT
        if f" {word}" in text:
            return PREFIX
        return INSIDE if word in text and len(word.encode()) >= 3 else NONE


class Customers:
    """Records with attribute versions and identifiers, and who is linked. An alias is
    an attribute with many values."""

    def __init__(self):
        self.records = {}  # name: {"since", "claims", "attributes": {name: [..]}}
        self.links = set()  # frozensets of two names
        self.how = {}  # of attributes and namespaces, where it was defined

    def touch(self, name, at):
        record = self.records.setdefault(
            name, {"since": at, "claims": set(), "attributes": {}, "aliases": []})
        record["since"] = min(record["since"], at)
        return record

    def groups(self):
        left = set(self.records)
        while left:
            group, open_ = set(), [left.pop()]
            while open_:
                name = open_.pop()
                group.add(name)
                for pair in self.links:
                    if name in pair:
                        (other,) = pair - {name}
                        if other not in group:
                            left.discard(other)
                            open_.append(other)
            yield sorted(group, key=oracle.record_id)

    def texts(self, group, now):
        """(how, value) of all that is looked for."""
        aliases = set()
        said = sorted(it for name in group for it in self.records[name]["aliases"])
        for at, what, value in said:
            if at > now:
                break
            if what == "is":
                aliases.add(value)
            else:
                aliases = aliases - {value} if what == "is not" else set()
        for value in aliases:
            yield "text", value
        for name in group:
            record = self.records[name]
            for identifier in {name, *record["claims"]}:
                space, _, value = identifier.partition(":")
                yield self.how.get(space + ":") or namespace_search(space), value
            for attribute, versions in record["attributes"].items():
                # (at, order of telling, value): no two of one instant and source
                known = [v for v in versions if v[0] <= now]
                if known and max(known)[1] is not None:
                    how = self.how.get(attribute) or attribute_search(attribute)
                    yield how, max(known)[1]

    def find(self, text, limit, now):
        """(rank, public id) in order."""
        query = Query(text)
        found = []
        for group in self.groups():
            since = min(self.records[name]["since"] for name in group)
            if since > now:
                continue
            rank = query.rank(list(self.texts(group, now)))
            if rank != NONE:
                found.append((rank, -since, oracle.record_id(group[0])))
        return [(RANKS[rank], id_) for rank, _, id_ in sorted(found)[:limit]]
