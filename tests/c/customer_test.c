// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Attributes, identifiers and links.

#include "check.h"

static trato_buf get(const trato_store *store, const char *customer,
                     int64_t now_us) {
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str(customer), now_us, &json, &error));
  NEED(json.data != NULL);
  return json;
}

static void define(trato_store *store, const char *name,
                   trato_value_kind kind) {
  CHECK_OK(trato_attribute_define(store, str(name), TRATO_OF_CUSTOMER, kind,
                                  str("for a test"), NOW, NULL, &error));
}

static trato_status set_at(trato_store *store, int64_t at_us, const char *name,
                           trato_value value) {
  trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
  attribute.at_us = at_us;
  attribute.customer = str("shop:1");
  attribute.name = str(name);
  attribute.value = value;
  return trato_attribute_set(store, &attribute, NOW, NULL, NULL, &error);
}

static trato_status set(trato_store *store, const char *name,
                        trato_value value) {
  return set_at(store, TRATO_AT_NOW, name, value);
}

static trato_value string_value(const char *text) {
  trato_value value = TRATO_VALUE_INIT;
  value.kind = TRATO_VALUE_STRING;
  value.text = str(text);
  return value;
}

static trato_value integer_value(trato_value_kind kind, int64_t integer) {
  trato_value value = TRATO_VALUE_INIT;
  value.kind = kind;
  value.integer = integer;
  return value;
}

static trato_value number_value(double number) {
  trato_value value = TRATO_VALUE_INIT;
  value.kind = TRATO_VALUE_DOUBLE;
  value.number = number;
  return value;
}

static trato_value money_value(int64_t minor, const char *currency) {
  trato_value value = integer_value(TRATO_VALUE_MONEY, minor);
  const size_t size = strlen(currency);
  memcpy(value.currency, currency, size < 4 ? size : 4);
  return value;
}

static void test_values_of_each_type(void) {
  trato_store *store = open_memory();
  define(store, "country", TRATO_VALUE_STRING);
  define(store, "children", TRATO_VALUE_INT);
  define(store, "club", TRATO_VALUE_BOOL);
  define(store, "ratio", TRATO_VALUE_DOUBLE);
  define(store, "credit", TRATO_VALUE_MONEY);
  define(store, "born", TRATO_VALUE_TIMESTAMP);
  CHECK_OK(set(store, "country",
               string_value("Espa\xc3\xb1"
                            "a")));
  CHECK_OK(set(store, "children", integer_value(TRATO_VALUE_INT, INT64_MIN)));
  CHECK_OK(set(store, "club", integer_value(TRATO_VALUE_BOOL, 1)));
  CHECK_OK(set(store, "ratio", number_value(0.25)));
  CHECK_OK(set(store, "credit", money_value(1250, "GBP")));
  CHECK_OK(set(store, "born", integer_value(TRATO_VALUE_TIMESTAMP, NOW)));
  trato_buf json = get(store, "shop:1", NOW);
  CHECK(has(json,
            "\"Espa\xc3\xb1"
            "a\""));
  CHECK(has(json, "\"value\":-9223372036854775808"));
  CHECK(has(json, "\"value\":true"));
  CHECK(has(json, "\"value\":0.25"));
  CHECK(has(json, "\"value\":1250"));
  CHECK(has(json, "\"currency\":\"GBP\""));
  CHECK(has(json, "\"value\":1323475200000000"));
  trato_buf_dispose(&json);

  // An empty currency is the store's.
  CHECK_OK(set_at(store, NOW - 1, "credit", money_value(5, "")));
  json = get(store, "shop:1", NOW - 1);
  CHECK(gave(&json, "\"currency\":\"EUR\""));
  close_store(store);
}

static void test_values_that_are_wrong(void) {
  trato_store *store = open_memory();
  define(store, "country", TRATO_VALUE_STRING);
  define(store, "club", TRATO_VALUE_BOOL);
  define(store, "ratio", TRATO_VALUE_DOUBLE);
  define(store, "credit", TRATO_VALUE_MONEY);
  define(store, "born", TRATO_VALUE_TIMESTAMP);
  CHECK_STATUS(TRATO_NOT_FOUND, set(store, "countri", string_value("ES")));
  CHECK(strstr(error.message, "country") != NULL);  // did you mean
  CHECK_INVALID(set(store, "country", integer_value(TRATO_VALUE_INT, 1)));
  // A message never shows a value.
  CHECK_INVALID(set(store, "ratio", string_value("secret")));
  CHECK(strstr(error.message, "secret") == NULL);
  CHECK_INVALID(set(store, "country", integer_value(99, 1)));
  CHECK_INVALID(set(store, "country", string_value("\xff\xfe")));
  CHECK_INVALID(set(store, "club", integer_value(TRATO_VALUE_BOOL, 2)));
  CHECK_INVALID(set(store, "credit", money_value(1, "EURO")));
  CHECK_INVALID(set(store, "credit", money_value(1, "Q1")));
  const volatile double zero = 0;
  CHECK_INVALID(set(store, "ratio", number_value(1 / zero)));
  CHECK_INVALID(set(store, "ratio", number_value(zero / zero)));
  CHECK_STATUS(
      TRATO_OUT_OF_RANGE,
      set(store, "born", integer_value(TRATO_VALUE_TIMESTAMP, INT64_MAX)));
  CHECK_STATUS(TRATO_OUT_OF_RANGE,
               set_at(store, INT64_MAX, "country", string_value("ES")));
  // None of this has made the record.
  trato_buf json = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_get(store, str("shop:1"), NOW, &json, &error));
  CHECK(json.data == NULL);
  close_store(store);
}

static void test_definitions(void) {
  trato_store *store = open_memory();
  define(store, "country", TRATO_VALUE_STRING);
  CHECK_OK(trato_attribute_define(store, str("country"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str("another text"), NOW,
                                  NULL, &error));
  CHECK_STATUS(
      TRATO_ALREADY_EXISTS,
      trato_attribute_define(store, str("country"), TRATO_OF_CUSTOMER,
                             TRATO_VALUE_INT, str(""), NOW, NULL, &error));
  // The same name of an interaction is another attribute.
  CHECK_OK(trato_attribute_define(store, str("country"), TRATO_OF_INTERACTION,
                                  TRATO_VALUE_INT, str(""), NOW, NULL, &error));
  static const char *const names[] = {"",    "Country", "1st",     "a b",
                                      "a-b", "_a",      "\xc3\xa9"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
    CHECK_INVALID(trato_attribute_define(store, str(names[i]),
                                         TRATO_OF_CUSTOMER, TRATO_VALUE_INT,
                                         str(""), NOW, NULL, &error));
  }
  CHECK_INVALID(trato_attribute_define(store, str("a"), 2, TRATO_VALUE_INT,
                                       str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_attribute_define(store, str("a"), TRATO_OF_CUSTOMER,
                                       TRATO_VALUE_NONE, str(""), NOW, NULL,
                                       &error));
  CHECK_INVALID(trato_attribute_define(store, str("a"), TRATO_OF_CUSTOMER, 7,
                                       str(""), NOW, NULL, &error));
  CHECK_INVALID(
      trato_identifier_define(store, str("E-Mail"), 1, NOW, NULL, &error));
  close_store(store);
}

static void test_versions_are_ordered_by_event_time(void) {
  trato_store *store = open_memory();
  define(store, "country", TRATO_VALUE_STRING);
  CHECK_OK(set_at(store, NOW - 10 * DAY, "country", string_value("Spain")));
  CHECK_OK(set_at(store, NOW - 30 * DAY, "country", string_value("France")));
  // After now_us: invisible until then.
  CHECK_OK(set_at(store, NOW + 10 * DAY, "country", string_value("Italy")));
  trato_buf json = get(store, "shop:1", NOW);
  CHECK(gave(&json, "\"Spain\""));
  json = get(store, "shop:1", NOW - 10 * DAY - 1);
  CHECK(gave(&json, "\"France\""));
  json = get(store, "shop:1", NOW + 10 * DAY);
  CHECK(gave(&json, "\"Italy\""));

  // Taken away five days ago; there was nobody before the first fact.
  trato_value none = TRATO_VALUE_INIT;
  CHECK_OK(set_at(store, NOW - 5 * DAY, "country", none));
  json = get(store, "shop:1", NOW);
  CHECK(gave(&json, "\"attributes\":[]"));
  CHECK_STATUS(
      TRATO_NOT_FOUND,
      trato_customer_get(store, str("shop:1"), NOW - 31 * DAY, &json, &error));
  close_store(store);
}

static void claim(trato_store *store, const char *record,
                  const char *identifier) {
  CHECK_OK(trato_identifier_claim(store, str(record), str(identifier), NOW,
                                  NULL, NULL, &error));
}

static void test_identifiers(void) {
  trato_store *store = open_memory();
  CHECK_OK(trato_identifier_define(store, str("email"), 1, NOW, NULL, &error));
  claim(store, "shop:1", "email:ada@example.org");
  claim(store, "erp:900", "email:ada@example.org");
  trato_buf one = get(store, "shop:1", NOW);
  CHECK(has(one, "\"erp:900\""));
  trato_buf other = get(store, "email:ada@example.org", NOW);
  CHECK(gave(&other, one.data));
  trato_buf_dispose(&one);

  // A namespace that is not unique links nothing and may name several.
  claim(store, "shop:1", "phone:555");
  claim(store, "shop:2", "phone:555");
  one = get(store, "shop:2", NOW);
  CHECK(gave(&one, "\"records\":[\"shop:2\"]"));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_customer_get(store, str("phone:555"), NOW, &one, &error));
  // Defined as unique afterwards, it links what claims it.
  CHECK_OK(trato_identifier_define(store, str("phone"), 1, NOW, NULL, &error));
  one = get(store, "phone:555", NOW);
  CHECK(gave(&one, "\"shop:2\""));

  static const char *const bad[] = {
      "", "shop", ":1", "shop:", "Shop:1", "a b:1", "shop:\xff"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
    CHECK_INVALID(trato_identifier_claim(store, str(bad[i]), str("email:a"),
                                         NOW, NULL, NULL, &error));
    CHECK_INVALID(trato_identifier_claim(store, str("shop:1"), str(bad[i]), NOW,
                                         NULL, NULL, &error));
  }
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_get(store, str("shop:404"), NOW, &one, &error));
  close_store(store);
}

static trato_status join(trato_store *store, const char *a, const char *b) {
  return trato_link(store, str(a), str(b), str("a test"), 0, NOW, NULL, &error);
}

static trato_status part(trato_store *store, const char *a, const char *b) {
  return trato_unlink(store, str(a), str(b), str("a test"), NOW, NULL, &error);
}

static void test_a_link_is_undone_exactly(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW - DAY, "tea", 480);
  buy(store, "shop:2", NOW - 2 * DAY, "cup", 650);
  trato_buf one = get(store, "shop:1", NOW);
  trato_buf two = get(store, "shop:2", NOW);

  CHECK_OK(join(store, "shop:1", "shop:2"));
  CHECK_OK(join(store, "shop:2", "shop:1"));  // does nothing
  trato_buf both = get(store, "shop:1", NOW);
  CHECK(has(both, "\"interactions\":2"));
  trato_buf again = get(store, "shop:2", NOW);
  CHECK(gave(&again, both.data));
  trato_buf_dispose(&both);

  CHECK_OK(part(store, "shop:1", "shop:2"));
  again = get(store, "shop:1", NOW);
  CHECK(gave(&again, one.data));
  again = get(store, "shop:2", NOW);
  CHECK(gave(&again, two.data));
  trato_buf_dispose(&one);
  trato_buf_dispose(&two);
  close_store(store);
}

static void test_unlinking(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW, "tea", 480);
  buy(store, "shop:2", NOW, "tea", 480);
  buy(store, "shop:3", NOW, "tea", 480);
  CHECK_STATUS(TRATO_NOT_FOUND, join(store, "shop:1", "shop:404"));
  CHECK_STATUS(TRATO_NOT_FOUND, part(store, "shop:404", "shop:1"));
  CHECK_INVALID(join(store, "shop:1", "shop:1"));

  // By way of a third record they would stay one customer.
  CHECK_OK(join(store, "shop:1", "shop:2"));
  CHECK_OK(join(store, "shop:2", "shop:3"));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION, part(store, "shop:1", "shop:3"));
  CHECK(strstr(error.message, "shop:2") != NULL);

  // A cannot-link holds against a shared unique identifier.
  CHECK_OK(trato_cannot_link(store, str("shop:1"), str("shop:2"), str("twins"),
                             NOW, NULL, &error));
  CHECK_OK(part(store, "shop:2", "shop:3"));
  CHECK_OK(trato_identifier_define(store, str("email"), 1, NOW, NULL, &error));
  claim(store, "shop:1", "email:ada@example.org");
  claim(store, "shop:2", "email:ada@example.org");
  trato_buf json = get(store, "shop:1", NOW);
  CHECK(gave(&json, "\"records\":[\"shop:1\"]"));
  close_store(store);
}

static void test_guards(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW, "tea", 480);
  buy(store, "shop:2", NOW, "tea", 480);
  trato_namespace passports = TRATO_NAMESPACE_INIT;
  passports.name = str("passport");
  passports.flags = TRATO_NAMESPACE_UNIQUE | TRATO_NAMESPACE_SINGLE;
  CHECK_OK(trato_namespace_define(store, &passports, NOW, NULL, &error));
  // What it does not say stays: single, and the limit for hubs.
  CHECK_OK(
      trato_identifier_define(store, str("passport"), 1, NOW, NULL, &error));
  claim(store, "shop:1", "passport:1");
  claim(store, "shop:2", "passport:2");
  CHECK_OK(trato_customer_set_kind(store, str("shop:1"), TRATO_KIND_PERSON,
                                   TRATO_AT_NOW, NOW, NULL, NULL, &error));
  CHECK_OK(trato_customer_set_kind(store, str("shop:2"),
                                   TRATO_KIND_ORGANISATION, NOW - DAY, NOW,
                                   NULL, NULL, &error));
  CHECK_INVALID(trato_customer_set_kind(store, str("shop:2"), 4, NOW, NOW, NULL,
                                        NULL, &error));
  trato_buf preview = TRATO_BUF_INIT;
  CHECK_OK(trato_link_preview(store, str("shop:1"), str("shop:2"), NOW,
                              &preview, &error));
  CHECK(has(preview, "\"guard\":\"single\""));
  CHECK(has(preview, "\"guard\":\"kind\""));
  CHECK(gave(&preview, "\"allowed\":false"));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION, join(store, "shop:1", "shop:2"));
  CHECK(strstr(error.message, "passport:1") == NULL);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_link(store, str("shop:1"), str("shop:2"), str(""),
                          TRATO_GUARD_SINGLE, NOW, NULL, &error));
  CHECK_INVALID(trato_link(store, str("shop:1"), str("shop:2"), str(""), 16,
                           NOW, NULL, &error));
  CHECK_OK(trato_link(store, str("shop:1"), str("shop:2"), str("checked"),
                      TRATO_GUARD_SINGLE | TRATO_GUARD_KIND, NOW, NULL,
                      &error));
  trato_buf json = get(store, "shop:1", NOW);
  CHECK(has(json, "\"reason\":\"checked\""));
  CHECK(gave(&json, "\"kind\":\"person\""));

  passports.flags = 4;
  CHECK_STATUS(TRATO_UNIMPLEMENTED,
               trato_namespace_define(store, &passports, NOW, NULL, &error));
  passports.flags = 0;
  passports.reserved0 = 1;
  CHECK_INVALID(trato_namespace_define(store, &passports, NOW, NULL, &error));
  close_store(store);
}

static void test_hubs(void) {
  trato_store *store = open_memory();
  trato_namespace phones = TRATO_NAMESPACE_INIT;
  phones.name = str("phone");
  phones.flags = TRATO_NAMESPACE_UNIQUE;
  phones.max_records = 2;
  CHECK_OK(trato_namespace_define(store, &phones, NOW, NULL, &error));
  claim(store, "shop:1", "phone:555");
  claim(store, "shop:2", "phone:555");
  trato_buf json = get(store, "shop:1", NOW);
  CHECK(gave(&json, "\"shop:2\""));
  claim(store, "shop:3", "phone:555");
  json = get(store, "shop:1", NOW);
  CHECK(gave(&json, "\"records\":[\"shop:1\"]"));
  close_store(store);
}

static void test_many_values_and_what_they_are_about(void) {
  trato_store *store = open_memory();
  const trato_str sizes[] = {trato_cstr("41"), trato_cstr("42")};
  trato_attribute_definition size = TRATO_ATTRIBUTE_DEFINITION_INIT;
  size.name = str("size");
  size.kind = TRATO_VALUE_STRING;
  size.flags = TRATO_ATTRIBUTE_MANY;
  size.per = TRATO_PER_PRODUCT;
  size.allowed = sizes;
  size.allowed_count = 2;
  CHECK_OK(trato_attribute_define_as(store, &size, NOW, NULL, &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_attribute_list(store, &json, &error));
  CHECK(gave(&json, "\"allowed\":[\"41\",\"42\"]"));

  trato_attribute said = TRATO_ATTRIBUTE_INIT;
  said.customer = str("shop:1");
  said.name = str("size");
  said.value.kind = TRATO_VALUE_STRING;
  said.value.text = str("42");
  CHECK_INVALID(trato_attribute_set(store, &said, NOW, NULL, NULL, &error));
  said.about = str("shoes");
  said.strength = 0.5;
  said.flags = TRATO_ATTRIBUTE_INFERRED;
  CHECK_OK(trato_attribute_set(store, &said, NOW, NULL, NULL, &error));
  json = get(store, "shop:1", NOW);
  CHECK(has(json, "\"about\":\"shoes\""));
  CHECK(has(json, "\"inferred\":true"));
  CHECK(gave(&json, "\"strength\":0.5"));
  said.flags = TRATO_ATTRIBUTE_REMOVED;
  CHECK_OK(trato_attribute_set(store, &said, NOW + DAY, NULL, NULL, &error));
  CHECK_OK(trato_attribute_history(store, str("shop:1"), str("size"),
                                   NOW + 2 * DAY, &json, &error));
  CHECK(gave(&json, "\"removed\":true"));
  said.flags = 4;
  CHECK_STATUS(TRATO_UNIMPLEMENTED,
               trato_attribute_set(store, &said, NOW, NULL, NULL, &error));
  size.sensitivity = 3;
  CHECK_INVALID(trato_attribute_define_as(store, &size, NOW, NULL, &error));
  size.sensitivity = 0;
  size.allowed = NULL;
  CHECK_INVALID(trato_attribute_define_as(store, &size, NOW, NULL, &error));
  close_store(store);
}

static void test_relations(void) {
  trato_store *store = open_memory();
  trato_relation_definition parent = TRATO_RELATION_DEFINITION_INIT;
  parent.name = str("parent");
  parent.inverse = str("subsidiary");
  parent.flags = TRATO_RELATION_ACYCLIC;
  CHECK_OK(trato_relation_define(store, &parent, NOW, NULL, &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_relation_list(store, &json, &error));
  CHECK(gave(&json, "\"inverse\":\"subsidiary\""));
  trato_relation said = TRATO_RELATION_INIT;
  said.customer = str("c:1");
  said.relation = str("parent");
  said.other = str("c:1");
  CHECK_INVALID(trato_relation_set(store, &said, NOW, NULL, NULL, &error));
  said.other = str("c:2");
  said.at_us = NOW - DAY;
  CHECK_OK(trato_relation_set(store, &said, NOW, NULL, NULL, &error));
  json = get(store, "c:2", NOW);
  CHECK(gave(&json, "\"relation\":\"subsidiary\""));
  said.relation = str("subsidiary");
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_relation_set(store, &said, NOW, NULL, NULL, &error));
  CHECK_OK(trato_customer_related(store, str("c:1"), str("parent"), 0, NOW,
                                  &json, &error));
  CHECK(gave(&json, "\"level\":1"));
  said.relation = str("parent");
  said.flags = TRATO_RELATION_ENDED;
  said.at_us = NOW;
  CHECK_OK(trato_relation_set(store, &said, NOW, NULL, NULL, &error));
  json = get(store, "c:2", NOW);
  CHECK(gave(&json, "\"relations\":[]"));
  said.flags = 2;
  CHECK_STATUS(TRATO_UNIMPLEMENTED,
               trato_relation_set(store, &said, NOW, NULL, NULL, &error));
  close_store(store);
}

static trato_customer *read_at(const trato_store *store, const char *name,
                               int64_t now_us) {
  trato_customer *customer = NULL;
  CHECK_OK(trato_customer_read(store, str(name), now_us, &customer, &error));
  NEED(customer != NULL);
  return customer;
}

static void test_reading_structs(void) {
  trato_store *store = open_memory();
  define(store, "country", TRATO_VALUE_STRING);
  define(store, "credit", TRATO_VALUE_MONEY);
  define(store, "ratio", TRATO_VALUE_DOUBLE);
  trato_attribute_definition size = TRATO_ATTRIBUTE_DEFINITION_INIT;
  size.name = str("size");
  size.kind = TRATO_VALUE_STRING;
  size.per = TRATO_PER_PRODUCT;
  size.flags = TRATO_ATTRIBUTE_MANY;
  CHECK_OK(trato_attribute_define_as(store, &size, NOW, NULL, &error));
  CHECK_OK(set_at(store, NOW - DAY, "country", string_value("ES")));
  CHECK_OK(set(store, "country", string_value("FR")));
  CHECK_OK(set_at(store, NOW - DAY, "credit", money_value(-5, "GBP")));
  CHECK_OK(set_at(store, NOW - DAY, "ratio", number_value(0.5)));
  trato_attribute said = TRATO_ATTRIBUTE_INIT;
  said.customer = str("shop:2");
  said.name = str("size");
  said.about = str("shoe");
  said.strength = 0.25;
  said.flags = TRATO_ATTRIBUTE_INFERRED;
  for (int i = 0; i < 2; ++i) {
    said.at_us = NOW - 3 + i;
    said.value = string_value(i == 0 ? "44" : "43");
    CHECK_OK(trato_attribute_set(store, &said, NOW, NULL, NULL, &error));
  }
  for (int i = 0; i < 2; ++i) {
    CHECK_OK(trato_identifier_claim(store, str("shop:1"),
                                    str(i == 0 ? "email:b@c" : "email:a@b"),
                                    NOW - DAY, NULL, NULL, &error));
  }
  CHECK_OK(trato_customer_set_kind(store, str("shop:1"), TRATO_KIND_PERSON,
                                   TRATO_AT_NOW, NOW - DAY, NULL, NULL,
                                   &error));

  trato_customer *before = read_at(store, "email:a@b", NOW - 1);
  CHECK(before->kind == TRATO_KIND_PERSON && before->restricted == 0);
  CHECK(before->record_count == 1 && is(before->records[0].name, "shop:1"));
  CHECK(memcmp(&before->id, &before->records[0].id, sizeof(trato_id)) == 0);
  trato_id id;
  CHECK_OK(trato_customer_resolve(store, str("shop:1"), NOW, &id, &error));
  CHECK(memcmp(&before->id, &id, sizeof(id)) == 0);
  CHECK(before->identifier_count == 2 &&
        is(before->identifiers[0], "email:a@b") &&
        is(before->identifiers[1], "email:b@c"));
  NEED(before->value_count == 3);
  const trato_customer_value *value = before->values;
  CHECK(is(value->name, "country") && is(value->about, "") &&
        value->value.kind == TRATO_VALUE_STRING && is(value->value.text, "ES"));
  CHECK(value->since_us == NOW - DAY && is(value->source, "host") &&
        is(value->record, "shop:1") && value->strength == 0 &&
        value->flags == 0);
  ++value;
  CHECK(is(value->name, "credit") && value->value.integer == -5 &&
        strcmp(value->value.currency, "GBP") == 0);
  ++value;
  CHECK(is(value->name, "ratio") && value->value.number == 0.5);

  // What was read stays as it was.
  CHECK_OK(trato_link(store, str("shop:1"), str("shop:2"), str(""), 0, NOW, NULL,
                      &error));
  CHECK_OK(trato_customer_restrict(store, str("shop:1"), 1, str(""),
                                   TRATO_AT_NOW, NOW, NULL, &error));
  CHECK(before->record_count == 1);
  trato_customer *after = read_at(store, "shop:2", NOW);
  CHECK(after->restricted == 1 && after->record_count == 2);
  CHECK(memcmp(&after->id, &after->records[0].id, sizeof(trato_id)) == 0);
  CHECK(memcmp(after->records[0].id.bytes, after->records[1].id.bytes, 16) < 0);
  NEED(after->value_count == 5);
  CHECK(is(after->values[0].value.text, "FR"));
  value = after->values + 3;
  CHECK(is(value[0].about, "shoe") && is(value[0].value.text, "44"));
  CHECK(is(value[1].about, "shoe") && is(value[1].value.text, "43"));
  CHECK(is(value[1].record, "shop:2") && value[1].strength == 0.25 &&
        value[1].flags == TRATO_ATTRIBUTE_INFERRED);
  CHECK(before->value_count == 3 && is(before->values[0].value.text, "ES"));

  trato_customer *none = NULL;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_read(store, str("shop:9"), NOW, &none, &error));
  CHECK(none == NULL);
  CHECK_INVALID(trato_customer_read(store, str("shop"), NOW, &none, &error));
  CHECK_INVALID(trato_customer_read(store, str("shop:1"), NOW, NULL, &error));
  CHECK_INVALID(trato_customer_read(NULL, str("shop:1"), NOW, &none, &error));
  trato_customer_destroy(before);
  close_store(store);
  // It may outlive the store.
  CHECK(is(after->records[0].name, "shop:1") ||
        is(after->records[0].name, "shop:2"));
  trato_customer_destroy(after);
  trato_customer_destroy(NULL);
}

int main(void) {
  test_values_of_each_type();
  test_values_that_are_wrong();
  test_definitions();
  test_versions_are_ordered_by_event_time();
  test_identifiers();
  test_a_link_is_undone_exactly();
  test_unlinking();
  test_guards();
  test_hubs();
  test_many_values_and_what_they_are_about();
  test_relations();
  test_reading_structs();
  return check_done();
}
