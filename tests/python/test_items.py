# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers buy together, instead and next."""

import csv
import datetime
import gzip
import itertools
import math
import pathlib
import random
import unittest
from collections import Counter, defaultdict

import trato
from support import StoreCase, gbp, in_memory_and_on_file
from trato import Line

NOW = "2011-12-10"
UTC = datetime.timezone.utc


def llr(k11, k12, k21, k22):
    """By entropies, as Dunning's paper is usually written down: 2 (H(rows) +
    H(columns) - H(all)) with unnormalised H."""

    def h(*counts):
        total = sum(counts)
        return sum(k * math.log(k / total) for k in counts if k > 0)

    return 2 * (
        h(k11, k12, k21, k22) - h(k11 + k12, k21 + k22) - h(k11 + k21, k12 + k22)
    )


def related(pairs, of, into, total):
    """{a: {b: (score, llr, support, lift, confidence)}} of what is above chance."""
    found = defaultdict(dict)
    for (a, b), both in pairs.items():
        lift = both * total / (of[a] * into[b])
        if lift <= 1:
            continue
        ratio = llr(both, of[a] - both, into[b] - both, total - of[a] - into[b] + both)
        found[a][b] = (ratio * both / (both + 3), ratio, both, lift, both / of[a])
    return found


def oracle(customers, categories, weight=lambda at: 1.0):
    """The three tables of [(at, items)] by customer, counted one by one."""
    together, of, total = Counter(), Counter(), 0.0
    steps, first, second, moves = Counter(), Counter(), Counter(), 0.0
    instead, bought, people = Counter(), Counter(), 0
    for orders in customers.values():
        by_instant = defaultdict(set)
        for at, items in orders:
            if items:
                by_instant[at] |= set(items)
        baskets = sorted(by_instant.items())
        for at, items in baskets:
            total += weight(at)
            for item in items:
                of[item] += weight(at)
            for a, b in itertools.permutations(items, 2):
                together[a, b] += weight(at)
        for (_, before), (at, after) in zip(baskets, baskets[1:]):
            moves += weight(at)
            for a in before:
                first[a] += weight(at)
            for b in after - before:
                second[b] += weight(at)
                for a in before:
                    steps[a, b] += weight(at)
        hers = set().union(*(items for _, items in baskets)) if baskets else set()
        people += bool(baskets)
        for item in hers:
            bought[item] += 1
        for a, b in itertools.permutations(hers, 2):
            if categories.get(a) and categories.get(a) == categories.get(b):
                if not any(a in items and b in items for _, items in baskets):
                    instead[a, b] += 1
    return {
        "together": related(together, of, of, total),
        "instead": related(instead, bought, bought, people),
        "next": related(steps, first, second, moves),
    }


@in_memory_and_on_file
class ItemsTest(StoreCase):
    def order(self, customer, at, *items, **more):
        lines = [Line(item, 1, gbp(100)) for item in items]
        return self.store.record(
            customer, "purchase", at=at, lines=lines, now=NOW, **more
        )

    def check(self, found, expected, kind):
        for item, others in expected[kind].items():
            rows = found.related(item, kind).to_dicts()
            self.assertEqual({row["item"] for row in rows}, set(others), (kind, item))
            for row in rows:
                figures = [
                    row[name]
                    for name in ("score", "llr", "support", "lift", "confidence")
                ]
                for value, wanted in zip(figures, others[row["item"]]):
                    self.assertAlmostEqual(value, wanted, delta=1e-6 * (1 + abs(wanted)))
            scores = [row["score"] for row in rows]
            self.assertEqual(scores, sorted(scores, reverse=True))

    def test_the_ratio_of_a_table_worked_by_hand(self):
        # 2 (10 ln 2 + 10 ln 2) for two items that only come together: of 20
        # orders half have both and half neither.
        for number in range(20):
            items = ("tea", "cup") if number % 2 == 0 else ("lamp",)
            self.order(f"shop:{number}", "2011-01-05", *items)
        (row,) = self.store.items.learn(now=NOW).related("tea").to_dicts()
        self.assertAlmostEqual(row["llr"], 40 * math.log(2), places=9)
        self.assertAlmostEqual(row["score"], 40 * math.log(2) * 10 / 13, places=9)
        self.assertEqual((row["item"], row["support"], row["lift"]), ("cup", 10, 2))
        self.assertEqual(row["confidence"], 1)

    def test_random_orders_against_an_oracle(self):
        for seed in range(4):
            chance = random.Random(seed)
            items = [f"item {i}" for i in range(9)]
            categories = {item: f"kind {i % 3}" for i, item in enumerate(items)}
            with trato.open(None, zone="UTC", currency="GBP") as store:
                self.store, mine = store, self.store
                for item, kind in categories.items():
                    store.define_product(item, category=kind, now="2011-01-01")
                facts, customers = [], defaultdict(list)
                for number in range(40):
                    name = f"shop:{chance.randrange(14)}"
                    at = datetime.datetime(2011, 1, 1, tzinfo=UTC) + datetime.timedelta(
                        days=chance.randrange(300)
                    )
                    held = chance.sample(items, chance.randrange(0, 5))
                    # What is bought with the first is likelier the second, too.
                    if items[0] in held and chance.random() < 0.7:
                        held = sorted({*held, items[1]})
                    facts.append((name, at, held))
                    customers[name].append((at, held))
                chance.shuffle(facts)
                for name, at, held in facts:
                    self.order(name, at, *held)
                expected = oracle(customers, categories)
                found = store.items.learn(now=NOW)
                for kind in expected:
                    self.check(found, expected, kind)
                # One customer of two records has one history.
                store.link("shop:0", "shop:1", now="2011-12-01")
                joined = dict(customers)
                joined["shop:0"] = customers["shop:0"] + joined.pop("shop:1", [])
                both = oracle(joined, categories)
                found = store.items.learn(now=NOW)
                for kind in both:
                    self.check(found, both, kind)
                store.unlink("shop:0", "shop:1", now="2011-12-02")
                found = store.items.learn(now=NOW)
                for kind in expected:
                    self.check(found, expected, kind)
                self.store = mine

    def test_old_orders_fade_in_steps(self):
        for number, (at, items) in enumerate(
            [
                ("2011-01-05", ("tea", "cup")),
                ("2011-06-08", ("tea", "lamp")),
                ("2011-11-05", ("tea", "cup")),
                ("2011-11-06", ("lamp",)),
                ("2011-12-01", ("bag",)),
            ]
        ):
            self.order(f"shop:{number % 2}", at, *items)
        step = datetime.timedelta(days=10)
        origin = datetime.datetime(1970, 1, 1, tzinfo=UTC)

        def weight(at):
            age = (
                datetime.datetime(2011, 12, 10, tzinfo=UTC) - origin
            ) // step - (at - origin) // step
            return round(4096 * 2 ** (-age / 4)) / 4096

        orders = {"shop:0": [], "shop:1": []}
        for number, (at, items) in enumerate(
            [
                ((1, 5), ("tea", "cup")),
                ((6, 8), ("tea", "lamp")),
                ((11, 5), ("tea", "cup")),
                ((11, 6), ("lamp",)),
                ((12, 1), ("bag",)),
            ]
        ):
            orders[f"shop:{number % 2}"].append(
                (datetime.datetime(2011, *at, tzinfo=UTC), items)
            )
        found = self.store.items.learn(half_life="40d", now=NOW)
        expected = oracle(orders, {}, weight)
        for kind in ("together", "next"):
            self.check(found, expected, kind)

    def test_what_is_taken_back_was_never_bought(self):
        self.order("shop:1", "2011-01-05", "tea", "cup")
        self.order("shop:2", "2011-01-05", "lamp")
        kept = self.store.items.learn(now=NOW).related("tea").to_dicts()
        wrong = self.order("shop:3", "2011-02-05", "tea", "lamp")
        self.assertNotEqual(
            self.store.items.learn(now=NOW).related("tea").to_dicts(), kept
        )
        self.store.retract("shop:3", wrong, now=NOW)
        self.assertEqual(
            self.store.items.learn(now=NOW).related("tea").to_dicts(), kept
        )
        # And what comes later is not known yet.
        past = self.store.items.learn(now="2011-01-04")
        self.assertEqual((past.orders, past.items), (0, 0))

    def test_what_a_customer_may_like(self):
        for number in range(10):
            self.order(f"shop:{number}", "2011-01-05", "tea", "cup")
            self.order(f"other:{number}", "2011-01-05", "lamp", "bulb")
        self.order("shop:99", "2011-02-05", "tea")
        items = self.store.items.learn(now=NOW)
        (row,) = items.also_bought("shop:99", now=NOW).to_dicts()
        self.assertEqual((row["item"], row["because"]), ("cup", "tea"))
        (pair,) = items.related("tea").to_dicts()
        self.assertAlmostEqual(row["score"], pair["score"])
        # Who has both is told of nothing else.
        self.assertEqual(items.also_bought("shop:1", now=NOW).to_dicts(), [])
        table = items.table(limit=1).to_dicts()
        self.assertEqual(
            [(row["item"], row["other"]) for row in table],
            [("bulb", "lamp"), ("cup", "tea"), ("lamp", "bulb"), ("tea", "cup")],
        )

    def test_an_update_is_what_learning_anew_would_give(self):
        """Orders come, late ones too, are corrected and taken back, customers are
        linked and unlinked, products get categories, clocks go back: after each
        the same tables as if all were learned then."""
        items = [f"item {i}" for i in range(7)]
        for seed in range(6):
            chance = random.Random(seed)
            store = self.store = trato.open(None, zone="UTC", currency="GBP")
            self.addCleanup(store.close)
            half_life = chance.choice(["", "40d"])
            keys, day, links = [], 200, []

            def instant(days):
                return datetime.datetime(2011, 1, 1, tzinfo=UTC) + datetime.timedelta(
                    days=days
                )

            store.define_product("item 0", category="a", now="2011-01-01")
            for name in range(5):
                store.record(f"shop:{name}", "visit", now="2011-01-01")
            kept = store.items.learn(half_life=half_life, now=instant(day))
            for step in range(60):
                act = chance.randrange(8)
                name = f"shop:{chance.randrange(5)}"
                if act <= 3:
                    held = chance.sample(items, chance.randrange(1, 4))
                    lines = [Line(item, 1, gbp(100)) for item in held]
                    fact = store.record(
                        name, "purchase", lines=lines, now=instant(day),
                        at=instant(day - chance.choice([0, 0, 3, 90])))
                    keys.append((name, fact))
                elif act == 4 and keys:
                    who, fact = keys.pop(chance.randrange(len(keys)))
                    store.retract(who, fact, now=instant(day))
                elif act == 5:
                    other = f"shop:{chance.randrange(5)}"
                    if other != name:
                        store.link(name, other, now=instant(day))
                        links.append((name, other))
                elif act == 6 and links:
                    one, other = links.pop()
                    try:
                        store.unlink(one, other, now=instant(day))
                    except trato.Error as error:
                        self.assertIn("link", str(error))
                elif act == 7:
                    item, category = chance.choice(items), chance.choice("abc")
                    store.define_product(item, category=category, now=instant(day))
                day += chance.choice([0, 1, 1, 2, 9])
                # Now and then it is asked of an earlier day.
                at = instant(day - chance.choice([0, 0, 0, 60]))
                kept.update(now=at)
                anew = store.items.learn(half_life=half_life, now=at)
                self.assertEqual((kept.orders, kept.items), (anew.orders, anew.items))
                for kind in ("together", "instead", "next"):
                    self.assertEqual(
                        kept.table(kind).to_dicts(), anew.table(kind).to_dicts(),
                        (seed, step, kind))

    def test_an_update_follows_another_store(self):
        self.order("shop:1", "2011-01-05", "tea", "cup")
        kept = self.store.items.learn(now=NOW)
        with trato.open(None, zone="UTC", currency="GBP") as other:
            other.record(
                "till:9", "purchase", at="2011-01-05", now=NOW,
                lines=[Line("lamp", 1, gbp(100))])
            kept._store = other
            kept.update(now=NOW)
            self.assertEqual((kept.orders, kept.items), (1, 1))
        with self.assertRaisesRegex(ValueError, "closed"):
            kept.update(now=NOW)

    def test_a_score_says_what_also_bought_says(self):
        """Of whoever has not bought it, and offers ask for it."""
        chance = random.Random(3)
        sorts = [f"item {i}" for i in range(8)] + ['a "quoted" \\ one']
        known = set()
        for number in range(60):
            held = chance.sample(sorts, chance.randrange(1, 5))
            if held[0] < "item 3":
                held = sorted({*held, "item 7"})
            who = f"shop:{chance.randrange(25)}"
            self.order(who, f"2011-0{chance.randrange(1, 9)}-05", *held)
            known.add(who)
        items = self.store.items.learn(now=NOW)
        asked = 0
        for kind in ("together", "next"):
            for sort in sorts:
                try:
                    items.define_score(f"{kind} {sort[:6]}", sort, kind, now=NOW)
                except trato.NotFound as error:
                    self.assertIn("nothing leads to", str(error))
                    continue
                for who in sorted(known):
                    has = {
                        line.product
                        for it in self.store.timeline(who, now=NOW)
                        for line in it.lines
                    }
                    if sort in has:
                        continue
                    said = {
                        row["item"]: row["score"]
                        for row in items.also_bought(who, kind, now=NOW).to_dicts()
                    }
                    asked += sort in said
                    self.assertAlmostEqual(
                        float(self.store.scores.value(
                            who, f"{kind} {sort[:6]}", now=NOW)),
                        said.get(sort, 0.0), delta=0.0006 * len(sorts))
        self.assertGreater(asked, 30)
        # Offers go by it: who is suited comes by it, and to whom it may go.
        self.store.offers.define(
            "suits", value=gbp(1000), products=["item 7"],
            eligibility='score("together item 7") > 3.0', now=NOW)
        suited = {
            row["customer"]
            for row in self.store.scores.table("together item 7", now=NOW).to_dicts()
            if row["points"] > 3
        }
        found = {who for who in known if self.store.offers.match(who, now=NOW)}
        self.assertTrue(found)
        self.assertEqual(found, suited)

    def test_a_score_has_the_items_that_lead_to_it_most(self):
        for number in range(40):
            held = ["tea"] if number % 2 else ["lamp"]
            if number % 2:
                held.append("cup")
            if number % 4 == 1:
                held.append("spoon")
            self.order(f"shop:{number}", "2011-01-05", *held)
        items = self.store.items.learn(now=NOW)
        items.define_score("suits tea", "tea", limit=1, now=NOW, actor="eve")
        (score,) = self.store.scores.list(now=NOW)
        self.assertEqual([rule.name for rule in score.rules], ["cup"])
        with self.raises(trato.NotFound, "item", "nothing leads to 'lamp'"):
            items.define_score("suits lamp", "lamp", now=NOW)
        with self.raises(trato.NotFound, "item", "bag"):
            items.define_score("suits bag", "bag", now=NOW)
        with self.raises(trato.InvalidArgument, "score"):
            items.define_score("", "tea", now=NOW)

    def test_large_orders_are_no_pairs(self):
        self.order("shop:1", "2011-01-05", *(f"item {i}" for i in range(101)))
        self.order("shop:2", "2011-01-05", *(f"item {i}" for i in range(100)))
        for number in range(3, 9):
            self.order(f"shop:{number}", "2011-01-05", "lamp")
        items = self.store.items.learn(now=NOW)
        self.assertEqual(items.related("item 100").to_dicts(), [])
        self.assertEqual(len(items.related("item 1").to_dicts()), 99)

    def test_bad_input_is_named(self):
        self.order("shop:1", "2011-01-05", "tea")
        learn = self.store.items.learn
        with self.raises(trato.InvalidArgument, "half_life"):
            learn(half_life="soon", now=NOW)
        with self.raises(trato.InvalidArgument, "half_life"):
            learn(half_life="1h", now=NOW)
        with self.raises(trato.NotFound, "type"):
            learn(type="parade", now=NOW)
        items = learn(now=NOW)
        with self.raises(trato.NotFound, "item", "lamp"):
            items.related("lamp").to_dicts()
        with self.raises(trato.InvalidArgument, "kind"):
            items.related("tea", "beside")
        with self.raises(trato.NotFound, "shop:9"):
            items.also_bought("shop:9", now=NOW).to_dicts()


class RealOrders(unittest.TestCase):
    def test_the_sample_of_the_shop_against_a_count_of_its_lines(self):
        """A cup and saucer of a set, and what its orders hold beside it."""
        path = pathlib.Path(__file__).parents[2] / "examples/data/online_retail.csv.gz"
        orders = defaultdict(set)
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                # Cancelled orders are returns; the rest are purchases of one
                # customer and instant.
                if not row["InvoiceNo"].startswith("C"):
                    key = (row["CustomerID"], row["InvoiceDate"])
                    orders[key].add(row["StockCode"])
        with trato.open(None, zone="Europe/London", currency="GBP") as store:
            store.import_orders(path, now=NOW)
            items = store.items.learn(now=NOW)
            rows = {row["item"]: row for row in items.related("22697").to_dicts()}
            beside = Counter(
                other
                for held in orders.values()
                if "22697" in held and len(held) <= 100
                for other in held
            )
            for other in ("22699", "22698", "22423"):
                self.assertEqual(rows[other]["support"], beside[other], other)
            self.assertEqual(next(iter(rows)), "22699")  # the same in roses


if __name__ == "__main__":
    unittest.main()
