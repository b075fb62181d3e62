// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Finding customers as people type.

#include "check.h"

static trato_store *open_store(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  NEED(store != NULL);
  return store;
}

static void define(trato_store *store, const char *name) {
  CHECK_OK(trato_attribute_define(store, str(name), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str(""), NOW, NULL,
                                  &error));
}

static void say(trato_store *store, const char *customer, const char *name,
                const char *text, int64_t at_us) {
  trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
  attribute.at_us = at_us;
  attribute.customer = str(customer);
  attribute.name = str(name);
  attribute.value.kind = TRATO_VALUE_STRING;
  attribute.value.text = str(text);
  CHECK_OK(trato_attribute_set(store, &attribute, NOW, NULL, NULL, &error));
}

static trato_buf find_at(const trato_store *store, const char *text,
                         uint32_t limit, int64_t now_us) {
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_find(store, str(text), limit, now_us, &json, &error));
  NEED(json.data != NULL);
  return json;
}

// Whether exactly these are found, in order.
static int finds(const trato_store *store, const char *text,
                 const char *expected) {
  trato_buf json = find_at(store, text, 0, NOW);
  char names[4096] = "";
  for (const char *at = json.data; (at = strstr(at, "\"name\": \"")) != NULL;) {
    at += strlen("\"name\": \"");
    const size_t size = (size_t)(strchr(at, '"') - at);
    if (names[0] != '\0') strcat(names, " ");
    strncat(names, at, size);
  }
  const int same = strcmp(names, expected) == 0;
  if (!same) fprintf(stderr, "found %s, not %s\n", names, expected);
  trato_buf_dispose(&json);
  return same;
}

static trato_store *people(void) {
  trato_store *store = open_store();
  define(store, "full_name");
  define(store, "phone");
  define(store, "motto");
  say(store, "shop:1", "full_name",
      "Ana Garc\xc3\xad"
      "a",
      NOW - 5 * DAY);
  say(store, "shop:1", "phone", "+34 943 12 34 56", NOW - 5 * DAY);
  say(store, "shop:2", "full_name", "Anabel O'Brien", NOW - 4 * DAY);
  say(store, "shop:3", "full_name", "Mariana Smith-Jones", NOW - 3 * DAY);
  say(store, "shop:3", "motto", "carpe diem", NOW - 3 * DAY);
  CHECK_OK(trato_identifier_claim(store, str("shop:3"),
                                  str("email:m.smith@example.org"), NOW, NULL,
                                  NULL, &error));
  return store;
}

static void test_ranks(void) {
  trato_store *store = people();
  CHECK(finds(store, "ana", "shop:1 shop:2 shop:3"));
  CHECK(finds(store, "ANAB", "shop:2"));
  CHECK(finds(store, "garcia ana", "shop:1"));
  CHECK(finds(store, "gar\xc3\xa7ia", "shop:1"));
  CHECK(finds(store, "obrien", "shop:2"));
  CHECK(finds(store, "smith jones", "shop:3"));
  CHECK(finds(store, "smith@exam", "shop:3"));
  CHECK(finds(store, "3456", "shop:1"));
  CHECK(finds(store, "12-34-56", "shop:1"));
  CHECK(finds(store, "0034 943 123 456", "shop:1"));
  CHECK(finds(store, "carpe", ""));
  CHECK(finds(store, "nobody", ""));
  CHECK(finds(store, " ,. ", ""));
  CHECK(finds(store, "", ""));
  trato_buf json = find_at(store, "ana", 1, NOW);
  CHECK(has(json, "\"rank\":\"exact\",\"field\":\"full_name\","));
  CHECK(has(json, "shop:1"));
  CHECK(!has(json, "shop:2"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_what_is_in_force(void) {
  trato_store *store = people();
  CHECK(finds(store, "garcia", "shop:1"));
  say(store, "shop:1", "full_name", "Ana L\xc3\xb3pez", NOW - DAY);
  CHECK(finds(store, "garcia", ""));
  CHECK(finds(store, "lopez", "shop:1"));
  trato_buf json = find_at(store, "garcia", 0, NOW - 2 * DAY);
  CHECK(has(json, "shop:1"));
  trato_buf_dispose(&json);
  json = find_at(store, "ana", 0, NOW - 6 * DAY);
  CHECK(has(json, "{\"customers\":[]}"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_linked_customers_are_found_once(void) {
  trato_store *store = people();
  CHECK_OK(trato_link(store, str("shop:1"), str("shop:3"), str(""), 0, NOW,
                      NULL, &error));
  trato_buf json = find_at(store, "lopez jones", 0, NOW);
  CHECK(!has(json, "shop:"));
  trato_buf_dispose(&json);
  json = find_at(store, "garcia jones", 0, NOW);  // each of another record
  CHECK(has(json, "\"rank\":\"exact\""));
  trato_buf_dispose(&json);
  CHECK(finds(store, "ana", "shop:1 shop:2") ||
        finds(store, "ana", "shop:3 shop:2"));
  CHECK_OK(trato_unlink(store, str("shop:1"), str("shop:3"), str(""), NOW, NULL,
                        &error));
  CHECK(finds(store, "garcia jones", ""));
  CHECK(finds(store, "ana", "shop:1 shop:2 shop:3"));
  CHECK_OK(trato_store_close(store, &error));
}

static void test_definitions(void) {
  trato_store *store = people();
  CHECK(finds(store, "carpe", ""));
  CHECK_OK(trato_attribute_define_search(store, str("motto"), TRATO_SEARCH_TEXT,
                                         NOW, NULL, &error));
  CHECK(finds(store, "carpe", "shop:3"));
  // Described anew, it is looked for as before.
  CHECK_OK(trato_attribute_define(store, str("motto"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str("lived by"), NOW,
                                  NULL, &error));
  CHECK(finds(store, "carpe", "shop:3"));
  CHECK_OK(trato_identifier_define_search(store, str("email"), TRATO_SEARCH_NOT,
                                          NOW, NULL, &error));
  CHECK_OK(trato_identifier_define(store, str("email"), 1, NOW, NULL, &error));
  CHECK(finds(store, "m.smith", ""));
  CHECK_OK(trato_identifier_define_search(
      store, str("email"), TRATO_SEARCH_BY_NAME, NOW, NULL, &error));
  CHECK(finds(store, "m.smith", "shop:3"));

  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_attribute_define_search(
                   store, str("mottto"), TRATO_SEARCH_TEXT, NOW, NULL, &error));
  CHECK(strstr(error.message, "did you mean 'motto'?") != NULL);
  CHECK_INVALID(
      trato_attribute_define_search(store, str("motto"), 4, NOW, NULL, &error));
  CHECK_INVALID(trato_identifier_define_search(store, str("email"), 4, NOW,
                                               NULL, &error));
  CHECK_INVALID(trato_identifier_define_search(store, str("E-mail"), 1, NOW,
                                               NULL, &error));
  CHECK_OK(trato_attribute_define(store, str("age"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_INT, str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_attribute_define_search(
      store, str("age"), TRATO_SEARCH_TEXT, NOW, NULL, &error));
  CHECK(strstr(error.message, "age") != NULL);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_bad_input(void) {
  trato_store *store = people();
  trato_buf json = TRATO_BUF_INIT;
  char large[1026];
  memset(large, 'x', sizeof(large) - 1);
  large[sizeof(large) - 1] = '\0';
  CHECK_INVALID(trato_customer_find(store, str(large), 0, NOW, &json, &error));
  large[1024] = '\0';
  CHECK(finds(store, large, ""));
  CHECK_INVALID(trato_customer_find(
      store, str("a b c d e f g h i j k l m n o p q"), 0, NOW, &json, &error));
  CHECK(finds(store, "a b c d e f g h i j k l m n o p", ""));
  CHECK_INVALID(trato_customer_find(store, str("a"), 1001, NOW, &json, &error));
  CHECK_INVALID(trato_customer_find(store, str("\xff"), 0, NOW, &json, &error));
  CHECK_INVALID(trato_customer_find(NULL, str("a"), 0, NOW, &json, &error));
  CHECK_INVALID(trato_customer_find(store, str("a"), 0, NOW, NULL, &error));
  CHECK_STATUS(
      TRATO_OUT_OF_RANGE,
      trato_customer_find(store, str("a"), 0, INT64_MAX, &json, &error));
  CHECK_INVALID(
      trato_attribute_define_search(NULL, str("motto"), 0, NOW, NULL, &error));
  CHECK_INVALID(
      trato_identifier_define_search(NULL, str("email"), 0, NOW, NULL, &error));
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  test_ranks();
  test_what_is_in_force();
  test_linked_customers_are_found_once();
  test_definitions();
  test_bad_input();
  return check_done();
}
