# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A hundred segments as marketers define them, in Trato's language and in SQL.

Six shapes are cycled through twelve lengths of window and the shop's types:
frequent and good customers without complaints; an attribute with a count;
silence of who was frequent; carts that became orders within a day; what was
spent, or single large orders; and segments of segments.
"""

import math

TYPES = ("view", "visit", "email_open", "purchase", "click", "search", "cart", "call",
         "return", "complaint")
SHARE = dict(zip(TYPES, (38, 16, 14, 10, 7, 6, 5, 2, 1, 1)))  # per cent, as shop.cc has it
COUNTRIES = ("DE", "ES", "FR", "GB", "IE", "IT", "NL", "PL", "PT", "SE", "US", "BE")
LENGTHS = (1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 270, 365)
DAY = 86_400_000_000
RATE = 20  # interactions a customer and year


class Segment:
    def __init__(self, name, expression, condition, types):
        self.name, self.expression, self.condition = name, expression, condition
        self.types = frozenset(types)


class Mix:
    """What SQL asks of each customer: columns by name, as in `aggregates`."""

    def __init__(self, size, now):
        self.now, self.aggregates = now, {}
        self.segments = []
        for number in range(size):
            self.segments.append(self.make(number))

    def read_by(self):
        """How many segments an average interaction is read by."""
        return sum(SHARE[kind] / 100 * sum(kind in it.types for it in self.segments)
                   for kind in TYPES)

    def column(self, sql):
        return self.aggregates.setdefault(sql, f"a{len(self.aggregates)}")

    def since(self, days):
        return f"at_us > {self.now - days * DAY}"

    def count(self, kinds, days=None, more=""):
        numbers = ", ".join(str(TYPES.index(kind)) for kind in kinds)
        when = f" AND {self.since(days)}" if days else ""
        return self.column(f"count(*) FILTER (type IN ({numbers}){when}{more})")

    def sum(self, kinds, days):
        numbers = ", ".join(str(TYPES.index(kind)) for kind in kinds)
        return self.column("coalesce(sum(amount_minor) FILTER "
                           f"(type IN ({numbers}) AND {self.since(days)}), 0)")

    @staticmethod
    def often(kinds, days):
        """A count that some of ten reach."""
        mean = RATE * days / 365 * sum(SHARE[kind] for kind in kinds) / 100
        return math.ceil(mean + 1.3 * math.sqrt(mean))

    def make(self, i):
        name, shape, days = f"segment {i}", i % 6, LENGTHS[(i // 6 + i) % 12]
        kind = TYPES[(i // 6) % 10]
        within = f".within('{days}d')"
        if shape == 0:
            days = max(days, 30)
            within = f".within('{days}d')"
            kinds, k = ("purchase", "return"), self.often(("purchase",), days)
            cents = 1500 * k
            return Segment(
                name,
                f"interactions('purchase', 'return'){within}.count() >= {k} && "
                f"interactions('purchase', 'return'){within}.sum(i, i.amount) > "
                f"money('{cents / 100:.2f}', 'EUR') && "
                "!interactions('complaint').within('30d').exists()",
                f"{self.count(kinds, days)} >= {k} AND {self.sum(kinds, days)} > {cents} "
                f"AND {self.count(('complaint',), 30)} = 0", kinds + ("complaint",))
        if shape == 1:
            k, some = self.often((kind,), days), [COUNTRIES[(i + j * 5) % 12] for j in range(4)]
            return Segment(
                name, f"customer.country in {some!r} && "
                f"interactions('{kind}'){within}.count() >= {k}",
                f"country IN {tuple(some)!r} AND {self.count((kind,), days)} >= {k}", (kind,))
        if shape == 2:
            k = self.often((kind,), 365)
            last = self.column(f"max(at_us) FILTER (type = {TYPES.index(kind)})")
            return Segment(
                name, f"interactions('{kind}').recency() > duration('{24 * days}h') && "
                f"interactions('{kind}').count() >= {k}",
                f"{self.now} - {last} > {days * DAY} AND {self.count((kind,))} >= {k}", (kind,))
        if shape == 3:
            country = COUNTRIES[i % 12]
            return Segment(
                name, f"customer.country == '{country}' && "
                f"sequence(interactions('cart'){within})"
                ".then(interactions('purchase'), '1d').without(interactions('complaint'))"
                ".exists()", f"country = '{country}' AND carted > {self.now - days * DAY}",
                ("cart", "purchase", "complaint"))
        if shape == 4:
            cents, large = 6000 + 400 * days, 9000 + 20 * days
            return Segment(
                name, f"interactions('purchase'){within}.sum(i, i.amount) > "
                f"money('{cents / 100:.2f}', 'EUR') || interactions('purchase')"
                f".where(i, i.amount > money('{large / 100:.2f}', 'EUR')){within}.count() >= 1 "
                f"&& interactions('{kind}'){within}.exists()",
                f"{self.sum(('purchase',), days)} > {cents} OR "
                f"{self.count(('purchase',), days, f' AND amount_minor > {large}')} >= 1 AND "
                f"{self.count((kind,), days)} >= 1", ("purchase", kind))
        one, other, k = self.segments[i - 4], self.segments[i - 3], self.often((kind,), days)
        return Segment(
            name, f"in_segment('{one.name}') && !in_segment('{other.name}') || "
            f"in_segment('{other.name}') && interactions('{kind}'){within}.count() >= {k}",
            f"({one.condition}) AND ({other.condition}) IS NOT TRUE OR ({other.condition}) AND "
            f"{self.count((kind,), days)} >= {k}", one.types | other.types | {kind})
