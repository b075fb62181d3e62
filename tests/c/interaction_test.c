// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Recording interactions and reading them back.

#include "check.h"

static trato_interaction purchase_of(const char *customer) {
  trato_interaction purchase = TRATO_INTERACTION_INIT;
  purchase.customer = str(customer);
  purchase.type = str("purchase");
  return purchase;
}

static trato_status record(trato_store *store,
                           const trato_interaction *interaction) {
  return trato_interaction_record(store, interaction, NOW, NULL, NULL, &error);
}

static trato_timeline *open_with(const trato_store *store, const char *customer,
                                 trato_timeline_options options) {
  trato_timeline *timeline = NULL;
  CHECK_OK(trato_timeline_open(store, str(customer), NOW, &options, &timeline,
                               &error));
  return timeline;
}

static const trato_timeline_entry *next(trato_timeline *timeline) {
  const trato_timeline_entry *entry = NULL;
  CHECK_OK(trato_timeline_next(timeline, &entry, &error));
  return entry;
}

// How many entries the customer's timeline has.
static size_t length(const trato_store *store, const char *customer,
                     int64_t now_us) {
  trato_timeline *timeline = NULL;
  CHECK_OK(trato_timeline_open(store, str(customer), now_us, NULL, &timeline,
                               &error));
  size_t count = 0;
  while (timeline != NULL && next(timeline) != NULL) ++count;
  trato_timeline_destroy(timeline);
  return count;
}

static void test_an_interaction_comes_back_whole(void) {
  trato_store *store = open_memory();
  CHECK_OK(trato_attribute_define(store, str("till"), TRATO_OF_INTERACTION,
                                  TRATO_VALUE_INT, str("the till"), NOW, NULL,
                                  &error));
  CHECK_OK(trato_attribute_define(store, str("note"), TRATO_OF_INTERACTION,
                                  TRATO_VALUE_STRING, str("a note"), NOW, NULL,
                                  &error));
  trato_line lines[2] = {TRATO_LINE_INIT, TRATO_LINE_INIT};
  lines[0].product = str("tea");
  lines[0].quantity = 2000000;
  lines[0].unit_price = 2400000;
  lines[0].amount_minor = 480;
  lines[1].product = str("sugar");
  lines[1].unit = str("kg");
  lines[1].quantity = 500000;
  lines[1].amount_minor = 70;
  trato_field fields[2] = {{str("till"), TRATO_VALUE_INIT},
                           {str("note"), TRATO_VALUE_INIT}};
  fields[0].value.kind = TRATO_VALUE_INT;
  fields[0].value.integer = 7;
  fields[1].value.kind = TRATO_VALUE_STRING;
  fields[1].value.text = str("gift wrap");
  trato_id reply_to = {{0}};
  CHECK_OK(trato_fact_id(str("mailer"), str("m1"), &reply_to, &error));

  trato_interaction purchase = purchase_of("shop:1");
  purchase.at_us = NOW - DAY;
  purchase.channel = str("web");
  purchase.currency = str("GBP");
  purchase.lines = lines;
  purchase.line_count = 2;
  purchase.fields = fields;
  purchase.field_count = 2;
  purchase.reply_to = &reply_to;
  purchase.key = str("order 1");
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.source = str("erp");
  options.actor = str("ada");
  options.batch = str("night");
  trato_id fact = {{0}};
  CHECK_OK(
      trato_interaction_record(store, &purchase, NOW, &options, &fact, &error));
  trato_id expected = {{0}};
  CHECK_OK(trato_fact_id(str("erp"), str("order 1"), &expected, &error));
  CHECK(same_id(fact, expected));

  trato_timeline *timeline = open_with(
      store, "shop:1", (trato_timeline_options)TRATO_TIMELINE_OPTIONS_INIT);
  const trato_timeline_entry *entry = next(timeline);
  CHECK(entry != NULL);
  if (entry != NULL) {
    CHECK(same_id(entry->fact, fact));
    CHECK(entry->at_us == NOW - DAY && entry->recorded_us == NOW);
    CHECK(is(entry->record, "shop:1") && is(entry->type, "purchase"));
    CHECK(is(entry->channel, "web") && is(entry->source, "erp"));
    CHECK(is(entry->key, "order 1"));
    CHECK(entry->direction == TRATO_INBOUND);
    CHECK(strcmp(entry->currency, "GBP") == 0 && entry->amount_minor == 550);
    CHECK(entry->line_count == 2 && entry->field_count == 2);
    CHECK(is(entry->lines[0].product, "tea") && is(entry->lines[0].unit, ""));
    CHECK(entry->lines[0].quantity == 2000000);
    CHECK(entry->lines[0].unit_price == 2400000);
    CHECK(entry->lines[0].amount_minor == 480);
    CHECK(is(entry->lines[1].product, "sugar"));
    CHECK(is(entry->lines[1].unit, "kg") && entry->lines[1].unit_price == 0);
    for (size_t i = 0; i < entry->field_count; ++i) {
      const trato_field *field = &entry->fields[i];
      if (is(field->name, "till")) {
        CHECK(field->value.kind == TRATO_VALUE_INT);
        CHECK(field->value.integer == 7);
      } else {
        CHECK(is(field->name, "note") && is(field->value.text, "gift wrap"));
      }
    }
    CHECK(entry->reply_to != NULL && same_id(*entry->reply_to, reply_to));
  }
  CHECK(next(timeline) == NULL);
  CHECK(next(timeline) == NULL);  // the end stays the end
  trato_timeline_destroy(timeline);
  close_store(store);
}

static void test_defaults(void) {
  trato_store *store = open_memory();
  trato_interaction visit = TRATO_INTERACTION_INIT;
  visit.customer = str("shop:1");
  visit.type = str("visit");
  CHECK_OK(record(store, &visit));
  trato_timeline *timeline = open_with(
      store, "shop:1", (trato_timeline_options)TRATO_TIMELINE_OPTIONS_INIT);
  const trato_timeline_entry *entry = next(timeline);
  CHECK(entry != NULL && entry->at_us == NOW && is(entry->source, "host"));
  CHECK(entry != NULL && entry->channel.size == 0 && entry->key.size == 0);
  CHECK(entry != NULL && strcmp(entry->currency, "EUR") == 0);
  CHECK(entry != NULL && entry->line_count == 0 && entry->reply_to == NULL);
  trato_timeline_destroy(timeline);
  close_store(store);
}

static void test_a_key_is_taken_once(void) {
  trato_store *store = open_memory();
  trato_interaction purchase = purchase_of("shop:1");
  purchase.amount_minor = 480;
  purchase.key = str("order 1");
  trato_id first = {{0}};
  trato_id second = {{1}};
  CHECK_OK(
      trato_interaction_record(store, &purchase, NOW, NULL, &first, &error));
  CHECK_OK(
      trato_interaction_record(store, &purchase, NOW, NULL, &second, &error));
  CHECK(same_id(first, second));
  CHECK(length(store, "shop:1", NOW) == 1);
  purchase.amount_minor = 481;
  CHECK_STATUS(TRATO_ALREADY_EXISTS, record(store, &purchase));
  CHECK(strstr(error.message, "order 1") != NULL);
  // Another source has keys of its own.
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.source = str("erp");
  CHECK_OK(
      trato_interaction_record(store, &purchase, NOW, &options, NULL, &error));
  CHECK(length(store, "shop:1", NOW) == 2);
  // Without a key the same again is another one.
  purchase.key = str("");
  CHECK_OK(record(store, &purchase));
  CHECK_OK(record(store, &purchase));
  CHECK(length(store, "shop:1", NOW) == 4);
  close_store(store);
}

static void test_what_is_refused(void) {
  trato_store *store = open_memory();
  trato_interaction bad = purchase_of("shop:1");
  bad.type = str("purchse");
  CHECK_STATUS(TRATO_NOT_FOUND, record(store, &bad));
  CHECK(strstr(error.message, "purchase") != NULL);
  bad = purchase_of("shop:1");
  bad.channel = str("wbe");
  CHECK_STATUS(TRATO_NOT_FOUND, record(store, &bad));
  bad = purchase_of("shop:1");
  const trato_field field = {str("till"), TRATO_VALUE_INIT};
  bad.fields = &field;
  bad.field_count = 1;
  CHECK_STATUS(TRATO_NOT_FOUND, record(store, &bad));
  bad = purchase_of("shop");
  CHECK_INVALID(record(store, &bad));
  bad = purchase_of("");
  CHECK_INVALID(record(store, &bad));
  bad = purchase_of("shop:1");
  bad.currency = str("euro");
  CHECK_INVALID(record(store, &bad));
  bad = purchase_of("shop:1");
  bad.direction = 2;
  CHECK_INVALID(record(store, &bad));

  // The amount of the whole is the lines' sum, or left out.
  const trato_line lines[2] = {one_line("tea", 480), one_line("cup", 20)};
  bad = purchase_of("shop:1");
  bad.lines = lines;
  bad.line_count = 2;
  bad.amount_minor = 499;
  CHECK_INVALID(record(store, &bad));
  const trato_line nameless = one_line("", 1);
  bad.lines = &nameless;
  bad.line_count = 1;
  bad.amount_minor = 0;
  CHECK_INVALID(record(store, &bad));
  const trato_line huge[2] = {one_line("tea", INT64_MAX),
                              one_line("cup", INT64_MAX)};
  bad.lines = huge;
  bad.line_count = 2;
  const trato_status status = record(store, &bad);
  CHECK(status == TRATO_OUT_OF_RANGE || status == TRATO_INVALID_ARGUMENT);

  bad = purchase_of("shop:1");
  bad.at_us = INT64_MAX;
  CHECK_STATUS(TRATO_OUT_OF_RANGE, record(store, &bad));
  // All of it has left nothing.
  trato_timeline *timeline = NULL;
  CHECK_STATUS(TRATO_NOT_FOUND, trato_timeline_open(store, str("shop:1"), NOW,
                                                    NULL, &timeline, &error));
  CHECK(timeline == NULL);
  close_store(store);
}

static void test_many_are_all_or_none(void) {
  trato_store *store = open_memory();
  trato_interaction three[3] = {purchase_of("shop:1"), purchase_of("shop:2"),
                                purchase_of("shop:1")};
  three[0].key = str("a");
  three[1].key = str("b");
  three[2].key = str("a");  // the same again, in one call
  size_t added = 99;
  CHECK_OK(trato_interaction_record_many(store, three, 3, NOW, NULL, &added,
                                         &error));
  CHECK(added == 2);
  CHECK_OK(trato_interaction_record_many(store, three, 3, NOW, NULL, &added,
                                         &error));
  CHECK(added == 0);
  CHECK_OK(
      trato_interaction_record_many(store, NULL, 0, NOW, NULL, &added, &error));
  CHECK(added == 0);

  trato_interaction half[2] = {purchase_of("shop:3"), purchase_of("shop:4")};
  half[1].type = str("nonsense");
  CHECK_STATUS(TRATO_NOT_FOUND, trato_interaction_record_many(
                                    store, half, 2, NOW, NULL, &added, &error));
  CHECK(strstr(error.message, "interactions[1]") != NULL);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_get(store, str("shop:3"), NOW, &json, &error));
  // Two with one key and other content: none of the call.
  half[1] = purchase_of("shop:3");
  half[0].key = str("c");
  half[1].key = str("c");
  half[1].amount_minor = 1;
  CHECK_STATUS(
      TRATO_ALREADY_EXISTS,
      trato_interaction_record_many(store, half, 2, NOW, NULL, &added, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_get(store, str("shop:3"), NOW, &json, &error));
  close_store(store);
}

static void test_the_order_of_a_timeline(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW - 3 * DAY, "c", 3);
  buy(store, "shop:1", NOW - 9 * DAY, "a", 1);
  visit(store, "shop:1", NOW - 6 * DAY);
  buy(store, "shop:1", NOW + DAY, "d", 4);
  CHECK(length(store, "shop:1", NOW) == 3);
  CHECK(length(store, "shop:1", NOW + DAY) == 4);
  CHECK(length(store, "shop:1", NOW - 6 * DAY) == 2);

  trato_timeline_options options = TRATO_TIMELINE_OPTIONS_INIT;
  trato_timeline *timeline = open_with(store, "shop:1", options);
  int64_t last = INT64_MIN;
  for (const trato_timeline_entry *entry; (entry = next(timeline)) != NULL;
       last = entry->at_us) {
    CHECK(entry->at_us > last);
  }
  trato_timeline_destroy(timeline);

  options.newest_first = 1;
  options.limit = 1;
  options.type = str("purchase");
  timeline = open_with(store, "shop:1", options);
  const trato_timeline_entry *entry = next(timeline);
  CHECK(entry != NULL && entry->at_us == NOW - 3 * DAY);
  CHECK(next(timeline) == NULL);
  trato_timeline_destroy(timeline);

  // Equal instants: by source, whatever came first.
  trato_write_options from = TRATO_WRITE_OPTIONS_INIT;
  trato_interaction call = purchase_of("shop:2");
  from.source = str("b");
  CHECK_OK(trato_interaction_record(store, &call, NOW, &from, NULL, &error));
  from.source = str("a");
  CHECK_OK(trato_interaction_record(store, &call, NOW, &from, NULL, &error));
  options = (trato_timeline_options)TRATO_TIMELINE_OPTIONS_INIT;
  timeline = open_with(store, "shop:2", options);
  entry = next(timeline);
  CHECK(entry != NULL && is(entry->source, "a"));
  trato_timeline_destroy(timeline);

  // Over all records of the customer.
  CHECK_OK(trato_link(store, str("shop:1"), str("shop:2"), str("test"), 0, NOW,
                      NULL, &error));
  CHECK(length(store, "shop:2", NOW) == 5);
  close_store(store);
}

static void test_a_timeline_is_a_snapshot(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW - DAY, "a", 1);
  trato_timeline *timeline = open_with(
      store, "shop:1", (trato_timeline_options)TRATO_TIMELINE_OPTIONS_INIT);
  buy(store, "shop:1", NOW - 2 * DAY, "b", 2);
  const trato_timeline_entry *entry = next(timeline);
  CHECK(entry != NULL && entry->at_us == NOW - DAY);
  CHECK(next(timeline) == NULL);
  trato_timeline_destroy(timeline);
  close_store(store);
}

int main(void) {
  test_an_interaction_comes_back_whole();
  test_defaults();
  test_a_key_is_taken_once();
  test_what_is_refused();
  test_many_are_all_or_none();
  test_the_order_of_a_timeline();
  test_a_timeline_is_a_snapshot();
  return check_done();
}
