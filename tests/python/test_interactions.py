# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Recording interactions, one and many, and reading the timeline."""

import datetime
import random
import unittest
from decimal import Decimal

import trato
from support import NOW, StoreCase, candles, gbp, in_memory_and_on_file
from trato import Interaction, Line, Money

UTC = datetime.timezone.utc


@in_memory_and_on_file
class RecordTest(StoreCase):
    def only(self, customer="shop:1", **more):
        (entry,) = self.reopen().timeline(customer, now=NOW, **more)
        return entry

    def test_a_purchase_comes_back_as_it_was(self):
        at = datetime.datetime(2011, 12, 1, 8, 26, 0, 7, tzinfo=UTC)
        lines = (
            Line("85123A", 6, gbp(1530), "2.55"),
            Line("cloth", "1.25", gbp(-1), "0.000001", "m"),
            Line("leaflet", 1, gbp(0)),
        )
        fact = self.store.record(
            "shop:1",
            "purchase",
            at=at,
            channel="web",
            lines=lines,
            key="536365",
            source="erp",
            now="2011-12-02",
        )
        entry = self.only()
        self.assertEqual((entry.fact, entry.at), (fact, at))
        self.assertEqual(self.store.format_time(entry.recorded), "2011-12-02 00:00")
        self.assertEqual((entry.record, entry.type), ("shop:1", "purchase"))
        self.assertEqual((entry.channel, entry.direction), ("web", "inbound"))
        self.assertEqual((entry.source, entry.key), ("erp", "536365"))
        self.assertEqual(entry.lines, lines)
        self.assertEqual(entry.amount, gbp(1529))
        self.assertEqual((entry.fields, entry.reply_to), ({}, None))
        self.assertEqual(fact, trato.fact_id("erp", "536365"))

    def test_an_amount_without_lines_keeps_its_currency(self):
        self.store.record("shop:1", "purchase", amount=Money(5, "JPY"), at=NOW, now=NOW)
        self.assertEqual(self.only().amount, Money(5, "JPY"))

    def test_no_amount_is_zero_in_the_store_s_currency(self):
        self.store.record("shop:1", "visit", now=NOW)
        entry = self.only()
        self.assertEqual((entry.amount, entry.lines), (gbp(0), ()))
        self.assertEqual(self.store.format_time(entry.at), NOW)

    def test_an_amount_with_lines_is_their_sum(self):
        self.buy("shop:1", NOW, candles(3), amount=gbp(120))
        self.assertEqual(self.only().amount, gbp(120))
        with self.raises(trato.InvalidArgument):
            self.buy("shop:1", NOW, candles(3), amount=gbp(121))

    def test_one_interaction_has_one_currency(self):
        euro = Line("candle", 1, Money(40, "EUR"))
        with self.raises(trato.InvalidArgument, "lines[1].amount", "EUR", "GBP"):
            self.buy("shop:1", NOW, candles(), euro)
        with self.raises(trato.InvalidArgument, "lines[0].amount"):
            self.buy("shop:1", NOW, euro, amount=gbp(40))

    def test_a_return_has_negative_quantities(self):
        line = Line("candle", -2, gbp(-80), "0.40")
        self.store.record("shop:1", "return", at=NOW, lines=[line], now=NOW)
        entry = self.only()
        self.assertEqual(entry.lines, (line,))
        self.assertEqual(entry.lines[0].quantity, Decimal(-2))
        self.assertEqual(entry.amount, gbp(-80))

    def test_fields_of_every_type_come_back_as_they_were(self):
        fields = {
            "opened": True,
            "pages": 7,
            "seconds": 0.1,
            "words": "¿Por qué?",
            "budget": Money(5, "JPY"),
            "due": datetime.datetime(2012, 1, 1, tzinfo=UTC),
        }
        for name, value in fields.items():
            self.store.attributes.define(name, type(value), of="interaction", now=NOW)
        self.store.record("shop:1", "visit", at=NOW, fields=fields, now=NOW)
        found = self.only().fields
        self.assertEqual(found, fields)
        for name, value in fields.items():
            self.assertIs(type(found[name]), type(value), name)

    def test_a_field_has_the_type_it_was_defined_with(self):
        self.store.attributes.define("pages", int, of="interaction", now=NOW)
        with self.raises(trato.InvalidArgument, "pages"):
            self.store.record("shop:1", "visit", fields={"pages": "seven"}, now=NOW)
        with self.raises(trato.NotFound, "page"):
            self.store.record("shop:1", "visit", fields={"page": 7}, now=NOW)

    def test_an_attribute_of_customers_is_no_field(self):
        self.store.attributes.define("country", str, now=NOW)
        with self.raises(trato.NotFound, "country"):
            self.store.record("shop:1", "visit", fields={"country": "ES"}, now=NOW)

    def test_a_message_and_its_reply(self):
        message = self.store.record(
            "shop:1", "message", direction="outbound", at="2011-12-01", now=NOW
        )
        self.store.record("shop:1", "reply", reply_to=message, at="2011-12-02", now=NOW)
        sent, reply = self.reopen().timeline("shop:1", now=NOW)
        self.assertEqual((sent.direction, sent.reply_to), ("outbound", None))
        self.assertEqual((reply.direction, reply.reply_to), ("inbound", message))

    def test_a_reply_may_arrive_before_what_it_answers(self):
        message = trato.fact_id("mailer", "m1")
        self.store.record("shop:1", "reply", reply_to=message, now=NOW)
        sent = self.store.record(
            "shop:1", "message", source="mailer", key="m1", now=NOW
        )
        self.assertEqual(sent, message)

    def test_an_id_is_32_hexadecimal_digits(self):
        for reply_to in ("", "12", "g" * 32, "0" * 31 + " ", "0 " * 32, 7, b"0" * 32):
            with self.raises(trato.InvalidArgument, "reply_to: "):
                self.store.record("shop:1", "reply", reply_to=reply_to, now=NOW)

    def test_the_same_key_records_once(self):
        one = self.buy("shop:1", NOW, key="536365")
        again = self.buy("shop:1", NOW, key="536365")
        self.assertEqual(one, again)
        self.only()
        with self.raises(trato.AlreadyExists):
            self.buy("shop:1", NOW, candles(2), key="536365")
        other = self.buy("shop:1", NOW, key="536365", source="erp")
        self.assertNotEqual(one, other)

    def test_without_a_key_each_call_is_another_interaction(self):
        self.assertNotEqual(self.buy("shop:1", NOW), self.buy("shop:1", NOW))
        self.assertEqual(len(list(self.store.timeline("shop:1", now=NOW))), 2)

    def test_what_is_not_defined_is_not_found_with_a_suggestion(self):
        with self.raises(trato.NotFound, "purchas", "purchase"):
            self.store.record("shop:1", "purchas", now=NOW)
        with self.raises(trato.NotFound, "emial", "email"):
            self.store.record("shop:1", "visit", channel="emial", now=NOW)

    def test_a_line_names_its_product(self):
        with self.raises(trato.InvalidArgument, "product"):
            self.buy("shop:1", NOW, Line("", 1, gbp(1)))

    def test_arguments_of_the_wrong_type_are_named(self):
        for name, call in {
            "customer": lambda: self.store.record(7, "visit"),
            "type": lambda: self.store.record("shop:1", None),
            r"lines\[0\]": lambda: self.buy("shop:1", NOW, ("candle", 1)),
            "amount": lambda: self.store.record("shop:1", "visit", amount=12),
            "at": lambda: self.store.record("shop:1", "visit", at=1.5),
        }.items():
            with self.assertRaisesRegex(TypeError, f"^{name}: "):
                call()
        with self.raises(trato.InvalidArgument, "direction: ", "'outbound'"):
            self.store.record("shop:1", "visit", direction="sideways")
        with self.raises(trato.InvalidArgument, "durability: ", "'buffered'"):
            self.store.record("shop:1", "visit", durability="maybe")

    def test_text_of_each_place_is_unicode(self):
        bad = "a\udc80"
        for name, more in {
            "channel": {"channel": bad},
            "key": {"key": bad},
            "actor": {"actor": bad},
            "source": {"source": bad},
            "batch": {"batch": bad},
            "lines[0].product": {"lines": [Line(bad, 1, gbp(1))]},
            "lines[0].unit": {"lines": [Line("candle", 1, gbp(1), unit=bad)]},
            "fields[0].name": {"fields": {bad: 1}},
            "fields[0].value": {"fields": {"words": bad}},
        }.items():
            with self.raises(trato.InvalidArgument, name + ": character 2"):
                self.store.record("shop:1", "visit", now=NOW, **more)


@in_memory_and_on_file
class RecordManyTest(StoreCase):
    def test_all_of_them_are_recorded(self):
        items = [
            Interaction(f"shop:{i % 7}", "purchase", at=i, lines=[candles(i + 1)])
            for i in range(1000)
        ]
        self.assertEqual(self.store.record_many(iter(items), now=NOW), 1000)
        info = self.reopen().info(now=NOW)
        total = sum(40 * (i + 1) for i in range(1000))
        self.assertEqual(info.customers, 7)
        self.assertEqual(info.interactions["purchase"].interactions, 1000)
        self.assertEqual(info.interactions["purchase"].amounts, (gbp(total),))

    def test_the_texts_and_lines_of_each_are_its_own(self):
        items = [
            Interaction(
                "shop:1",
                "visit",
                at=i,
                key=f"key {i}",
                lines=[Line(f"p{i} {k}", k + 1, gbp(i)) for k in range(i % 4)],
            )
            for i in range(300)
        ]
        self.store.record_many(items, now=NOW)
        entries = list(self.reopen().timeline("shop:1", now=NOW))
        self.assertEqual([entry.key for entry in entries], [i.key for i in items])
        self.assertEqual(
            [entry.lines for entry in entries], [tuple(i.lines) for i in items]
        )

    def test_it_says_how_many_were_new(self):
        first = [Interaction("shop:1", "visit", at=i, key=str(i)) for i in range(10)]
        more = [Interaction("shop:1", "visit", at=i, key=str(i)) for i in range(15)]
        self.assertEqual(self.store.record_many(first, now=NOW), 10)
        self.assertEqual(self.store.record_many(more, now=NOW), 5)
        self.assertEqual(self.store.record_many(more, now=NOW), 0)
        self.assertEqual(self.store.record_many([], now=NOW), 0)

    def test_one_that_is_wrong_keeps_all_of_them_out_and_is_named(self):
        items = [Interaction("shop:1", "visit", at=0) for _ in range(5)]
        items[3] = Interaction("shop:1", "purchas", at=0)
        with self.raises(trato.NotFound, "interactions[3]"):
            self.store.record_many(items, now=NOW)
        self.assertEqual(self.store.info(now=NOW).customers, 0)

    def test_one_that_the_package_refuses_is_named_too(self):
        good = Interaction("shop:1", "visit")
        for bad, name in (
            (Interaction("a\udc80", "visit"), "interactions[1].customer: "),
            (Interaction("shop:1", "visit", direction="up"), "interactions[1].dir"),
            (Interaction("shop:1", "visit", reply_to="7"), "interactions[1].reply_to"),
        ):
            with self.raises(trato.InvalidArgument, name):
                self.store.record_many([good, bad], now=NOW)
        with self.assertRaisesRegex(TypeError, r"interactions\[1\]: a trato.Interac"):
            self.store.record_many([good, {"customer": "shop:1"}], now=NOW)

    def test_an_exception_of_the_iterable_comes_out(self):
        def items():
            yield Interaction("shop:1", "visit")
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            self.store.record_many(items(), now=NOW)
        self.assertEqual(self.store.info(now=NOW).customers, 0)


@in_memory_and_on_file
class TimelineTest(StoreCase):
    def setUp(self):
        super().setUp()
        self.days = [f"2011-12-{day:02}" for day in range(1, 10)]
        for day in random.Random(7).sample(self.days, len(self.days)):
            self.buy("shop:1", day, key=day, now=NOW)
        self.store.record("shop:1", "visit", at="2011-12-05 12:00", now=NOW)
        self.reopen()

    def keys(self, **more):
        more.setdefault("now", NOW)
        return [entry.key for entry in self.store.timeline("shop:1", **more)]

    def test_it_is_in_order_of_event_time(self):
        self.assertEqual(self.keys(type="purchase"), self.days)
        self.assertEqual(self.keys(type="purchase", newest_first=True), self.days[::-1])

    def test_a_limit_counts_from_its_start(self):
        self.assertEqual(self.keys(limit=2), self.days[:2])
        self.assertEqual(self.keys(limit=2, newest_first=True), self.days[:-3:-1])
        self.assertEqual(len(self.keys(limit=10**18)), 10)

    def test_a_limit_is_at_least_one(self):
        for limit in (0, -1):
            with self.raises(trato.OutOfRange, "limit"):
                self.store.timeline("shop:1", limit=limit)

    def test_a_type_that_is_not_defined_is_not_found(self):
        with self.raises(trato.NotFound, "purchas"):
            self.store.timeline("shop:1", type="purchas", now=NOW)

    def test_now_is_the_last_instant_that_shows(self):
        self.assertEqual(self.keys(type="purchase", now="2011-12-03"), self.days[:3])
        self.assertEqual(
            self.keys(type="purchase", now="2011-12-02 23:59:59.999999"), self.days[:2]
        )

    def test_it_is_a_snapshot(self):
        timeline = self.store.timeline("shop:1", now=NOW, type="purchase")
        next(timeline)
        self.buy("shop:1", "2011-12-09 12:00", now=NOW)
        self.assertEqual(len(list(timeline)), 8)

    def test_two_records_of_one_customer_are_merged(self):
        self.buy("shop:2", "2011-12-04 12:00", key="other", now=NOW)
        self.store.link("shop:1", "shop:2", now=NOW)
        entries = list(self.store.timeline("shop:2", now=NOW, type="purchase"))
        self.assertEqual(
            [entry.key for entry in entries], self.days[:4] + ["other"] + self.days[4:]
        )
        self.assertEqual({entry.record for entry in entries}, {"shop:1", "shop:2"})

    def test_ties_go_by_source_and_then_by_fact(self):
        for source, key in (("b", "1"), ("a", "1"), ("a", "2"), ("c", "0")):
            self.store.record(
                "shop:5", "visit", at=NOW, source=source, key=key, now=NOW
            )
        entries = list(self.store.timeline("shop:5", now=NOW))
        order = [(entry.source, entry.fact) for entry in entries]
        self.assertEqual(order, sorted(order))
        self.assertEqual(len(order), 4)

    def test_a_copy_of_an_entry_outlives_the_next(self):
        timeline = self.store.timeline("shop:1", now=NOW, type="purchase")
        first = next(timeline)
        list(timeline)
        self.assertEqual((first.key, first.lines), (self.days[0], (candles(),)))


if __name__ == "__main__":
    unittest.main()
