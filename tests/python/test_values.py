# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Money, lines and ids: exact, or refused."""

import decimal
import pickle
import unittest
from decimal import Decimal

import trato
from trato import Line, Money


class MoneyTest(unittest.TestCase):
    def test_major_units_are_read_exactly_in_each_currency(self):
        self.assertEqual(Money.parse("12.50", "GBP"), Money(1250, "GBP"))
        self.assertEqual(Money.parse(Decimal("-0.01"), "EUR"), Money(-1, "EUR"))
        self.assertEqual(Money.parse(1250, "JPY"), Money(1250, "JPY"))
        self.assertEqual(Money.parse("1.234", "KWD"), Money(1234, "KWD"))

    def test_the_program_s_decimal_context_rounds_nothing(self):
        with decimal.localcontext() as context:
            context.prec = 2
            self.assertEqual(Money.parse("123456.78", "GBP").minor, 12345678)
            line = Line("candle", "123.456789", Money(1, "GBP"))
            self.assertEqual(str(line.quantity), "123.456789")

    def test_what_is_finer_than_the_minor_unit_is_refused(self):
        for amount, currency in (("12.505", "GBP"), ("0.5", "JPY"), ("1e-9", "EUR")):
            with self.assertRaisesRegex(trato.InvalidArgument, "amount: .* places"):
                Money.parse(amount, currency)

    def test_a_float_is_refused_with_advice(self):
        with self.assertRaisesRegex(TypeError, "amount: .*Decimal.*not float"):
            Money.parse(12.5, "GBP")
        with self.assertRaisesRegex(TypeError, "minor: an int is needed, not float"):
            Money(12.0, "GBP")
        with self.assertRaisesRegex(TypeError, "quantity: .*'2.55'"):
            Line("candle", 2.55, Money(1, "GBP"))
        with self.assertRaisesRegex(TypeError, "amount: a trato.Money .*not float"):
            Line("candle", 1, 2.5)

    def test_a_bool_is_no_number(self):
        with self.assertRaises(TypeError):
            Money(True, "GBP")
        with self.assertRaises(TypeError):
            Line("candle", True, Money(1, "GBP"))

    def test_numbers_end_at_64_bits(self):
        self.assertEqual(Money(2**63 - 1, "EUR").minor, 2**63 - 1)
        for minor in (2**63, -(2**63) - 1):
            with self.assertRaises(trato.OutOfRange):
                Money(minor, "EUR")
        for quantity in ("9223372036855", 10**30, "1e999999"):
            with self.assertRaises(trato.OutOfRange):
                Line("candle", quantity, Money(1, "EUR"))

    def test_text_that_is_no_number_is_refused_without_being_repeated(self):
        for text in ("twelve", "", "nan", "inf", "1,5"):
            with self.assertRaises(trato.InvalidArgument) as caught:
                Money.parse(text, "GBP")
            self.assertTrue(caught.exception.message.startswith("amount: "))
            self.assertNotIn("twelve", caught.exception.message)

    def test_a_currency_is_a_known_code(self):
        for currency in ("", "E", "EURO", "€UR"):
            with self.assertRaisesRegex(trato.InvalidArgument, "currency"):
                Money(1, currency)
        with self.assertRaises(trato.InvalidArgument):
            Money.parse("1", "QQQ")
        with self.assertRaises(TypeError):
            Money(1, 978)

    def test_it_prints_in_major_units(self):
        self.assertEqual(str(Money(186053339, "GBP")), "1,860,533.39 GBP")
        self.assertEqual(str(Money(-5, "EUR")), "-0.05 EUR")
        self.assertEqual(str(Money(1250, "JPY")), "1,250 JPY")
        self.assertEqual(str(Money(5, "QQQ")), "5 minor units of QQQ")


class LineTest(unittest.TestCase):
    def test_quantities_and_prices_are_exact_to_a_millionth(self):
        line = Line("cloth", "0.000001", Money(1, "GBP"), Decimal("2.550"), "m")
        self.assertEqual(line.quantity, Decimal("0.000001"))
        self.assertEqual(line.unit_price, Decimal("2.55"))
        with self.assertRaisesRegex(trato.InvalidArgument, "quantity: .* 6 decimal"):
            Line("cloth", "0.0000001", Money(1, "GBP"))
        with self.assertRaisesRegex(trato.InvalidArgument, "unit_price: .* 6 decimal"):
            Line("cloth", 1, Money(1, "GBP"), "0.0000001")

    def test_whole_quantities_print_as_such(self):
        lines = [Line("candle", n, Money(1, "GBP")) for n in (20, "20.0", "2e1")]
        self.assertEqual([str(line.quantity) for line in lines], ["20"] * 3)
        self.assertEqual(len(set(lines)), 1)

    def test_it_does_not_change(self):
        with self.assertRaises(AttributeError):
            Line("candle", 1, Money(1, "GBP")).quantity = 2


class IdTest(unittest.TestCase):
    def test_an_id_follows_from_source_and_key_alone(self):
        one = trato.fact_id("erp", "order 7")
        self.assertRegex(one, "^[0-9a-f]{32}$")
        self.assertEqual(one, trato.fact_id("erp", "order 7"))
        ids = {one, trato.fact_id("erp", "order 8"), trato.fact_id("web", "order 7")}
        ids.add(trato.fact_id("erp order", "7"))
        self.assertEqual(len(ids), 4)

    def test_source_and_key_are_text(self):
        with self.assertRaisesRegex(TypeError, "key: a str is needed, not int"):
            trato.fact_id("erp", 7)


class ErrorTest(unittest.TestCase):
    def test_one_except_clause_can_name_a_kind_or_all(self):
        self.assertTrue(issubclass(trato.NotFound, trato.TratoError))
        self.assertTrue(issubclass(trato.NotFound, LookupError))
        self.assertTrue(issubclass(trato.InvalidArgument, ValueError))

    def test_an_error_survives_pickling(self):
        error = trato.InvalidArgument("expected ')'", 1, 7, "count(\n      ^")
        again = pickle.loads(pickle.dumps(error))
        self.assertIs(type(again), trato.InvalidArgument)
        self.assertEqual((again.line, again.column), (1, 7))
        self.assertEqual(str(again), "expected ')'\ncount(\n      ^")


class SegmentSizeTest(unittest.TestCase):
    def test_it_is_its_number_of_members(self):
        size = trato.SegmentSize(179, 1103, 2)
        self.assertEqual(size, 179)
        self.assertEqual((size.members, size.customers, size.undecided), (179, 1103, 2))
        self.assertEqual(str(size), "179")
        self.assertEqual(repr(size), "SegmentSize(179, customers=1103, undecided=2)")
        self.assertEqual(pickle.loads(pickle.dumps(size)).undecided, 2)


if __name__ == "__main__":
    unittest.main()
