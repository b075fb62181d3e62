# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the engine differs from the promise, or the promise does not say.

Each test states what the oracle takes for right and is expected to fail. One
that passes says so, as an unexpected success: take its mark off then, or decide
otherwise and change the test. TRATO_PROPERTY_STRICT=1 lets the random tests
compare all of this, too.
"""

import unittest

import trato
from trato import Money

PURCHASES = 'interactions("purchase")'


class OpenQuestions(unittest.TestCase):
    def setUp(self):
        self.store = trato.open(currency="GBP")
        self.addCleanup(self.store.close)

    def size(self, expression, now=10):
        size = self.store.segments.preview(expression, now=now)
        return int(size), size.undecided

    def purchases(self, *fees, types=("purchase",)):
        self.store.attributes.define("fee", int, of="interaction", now=0)
        for i, fee in enumerate(fees):
            fields = {} if fee is None else {"fee": fee}
            kind = types[i % len(types)]
            self.store.record("a:1", kind, at=i, now=10, fields=fields)

    # DESIGN.md, 1: "Ties are broken by (event time, source, fact id)."
    @unittest.expectedFailure
    def test_outcomes_of_one_instant_are_ordered_by_source(self):
        self.store.record("a:1", "visit", at=1, now=1)
        self.store.offers.define("o", value=Money(100, "GBP"), products=["p"], now=0)
        for source in ("a", "b", "c", "d"):
            decided = self.store.offers.decide("a:1", now=10)
            self.store.outcome(decided, "refused", at=20, source=source, now=20)
            self.store.outcome(decided, "accepted", at=20, source=source + "z", now=20)
        affinity = self.store.offers.match("a:1", now=20)[0].affinity
        self.assertAlmostEqual(affinity, (4 + 0.1) / (4 + 2))

    # CEL: filter() fails when its condition fails for one element.
    @unittest.expectedFailure
    def test_exists_after_where_does_not_depend_on_which_came_first(self):
        self.purchases(1, None)
        where = f"{PURCHASES}.where(i, i.fee == 1)"
        counted = self.size(f"{where}.count() > 0")
        self.assertEqual(self.size(f"{where}.exists(i, true)"), counted)

    # CEL: exists() is ||, and there the first failure is the one reported.
    @unittest.expectedFailure
    def test_exists_fails_as_its_first_failure(self):
        self.purchases(0, None)
        self.assertEqual(self.size(f"{PURCHASES}.exists(i, 1 / i.fee == 1)"), (0, 1))

    # Facts have one order, that of the timeline; here it is that of the types.
    @unittest.expectedFailure
    def test_a_sum_over_types_goes_in_order_of_time(self):
        self.purchases(0, None, types=("visit", "purchase"))
        total = 'interactions("purchase", "visit").sum(i, 1 / i.fee)'
        self.assertEqual(self.size(f"{total} == 1"), (0, 1))

    # "the result does not fit in 64 bits" it says, and the result does.
    @unittest.expectedFailure
    def test_a_sum_that_fits_is_no_overflow(self):
        self.purchases(2**63 - 1, 1, -5)
        total = f"{PURCHASES}.sum(i, i.fee)"
        self.assertEqual(self.size(f"{total} == 9223372036854775803"), (1, 0))

    # CEL: x in [a, b] is x == a || x == b, and == fails for two currencies.
    @unittest.expectedFailure
    def test_in_is_equality_also_for_two_currencies(self):
        self.store.attributes.define("budget", Money, now=0)
        self.store.attributes.set("a:1", "budget", Money(5, "EUR"), at=1, now=1)
        equal = self.size('customer.budget == money("1", "GBP")')
        self.assertEqual(self.size('customer.budget in [money("1", "GBP")]'), equal)

    # trato.h, trato_unlink: "Says that two records are not one customer, also
    # where they share a unique identifier." Of three that share it, each unlink
    # is refused with the advice to make another one first.
    @unittest.expectedFailure
    def test_three_who_share_an_identifier_can_be_taken_apart(self):
        self.store.identifiers.define("email", unique=True, now=0)
        for name in ("a:1", "a:2", "a:3"):
            self.store.identifiers.claim(name, "email:x", now=1)
        refused = []
        for one, other in (("a:1", "a:2"), ("a:1", "a:3"), ("a:2", "a:3")):
            try:
                self.store.unlink(one, other, now=2)
            except trato.FailedPrecondition as error:
                refused.append(error.message)
        self.assertLess(len(refused), 3, refused)

    # trato.h, trato_unlink: "FAILED_PRECONDITION (they would still be joined by way
    # of a third record, which the message names)". It says OK, and they are one.
    @unittest.expectedFailure
    def test_unlinking_again_what_a_third_has_joined_since_is_refused(self):
        for name in ("a:1", "a:2", "a:3"):
            self.store.record(name, "visit", at=1, now=1)
        self.store.unlink("a:1", "a:2", now=2)
        self.store.link("a:1", "a:3", now=3)
        self.store.link("a:2", "a:3", now=3)
        with self.assertRaises(trato.FailedPrecondition):
            self.store.unlink("a:1", "a:2", now=4)

    # trato.h, trato_unlink, as above: a third one who comes later undoes it.
    @unittest.expectedFailure
    def test_an_unlinked_pair_stays_apart_when_a_third_claims_the_same(self):
        self.store.identifiers.define("email", unique=True, now=0)
        for name in ("a:1", "a:2"):
            self.store.identifiers.claim(name, "email:x", now=1)
        self.store.unlink("a:1", "a:2", now=2)
        self.store.identifiers.claim("a:3", "email:x", now=3)
        ids = {self.store.customer(name, now=9).id for name in ("a:1", "a:2")}
        self.assertEqual(len(ids), 2)

    @unittest.expectedFailure
    def test_an_identifier_of_two_records_is_listed_once(self):
        self.store.identifiers.define("email", unique=True, now=0)
        for name in ("a:1", "a:2"):
            self.store.identifiers.claim(name, "email:x", now=1)
        self.assertEqual(self.store.customer("a:1", now=9).identifiers, ("email:x",))


if __name__ == "__main__":
    unittest.main()
