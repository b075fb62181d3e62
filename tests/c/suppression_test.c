// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Suppression lists, and the key they are under.

#include "check.h"

static trato_store *open_keyed(char fill) {
  char key[32];
  memset(key, fill, sizeof(key));
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.key.data = key;
  options.key.size = fill == 0 ? 0 : sizeof(key);
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), &options, &store, &error));
  NEED(store != NULL);
  return store;
}

static void claim(trato_store *store, const char *customer,
                  const char *identifier) {
  CHECK_OK(trato_identifier_claim(store, str(customer), str(identifier), NOW,
                                  NULL, NULL, &error));
}

static void grant(trato_store *store, const char *customer) {
  trato_consent it = TRATO_CONSENT_INIT;
  it.state = TRATO_CONSENT_GRANTED;
  it.at_us = NOW - 99 * DAY;
  it.customer = str(customer);
  it.purpose = str("marketing");
  it.channel = str("*");
  CHECK_OK(trato_consent_record(store, &it, NOW, NULL, NULL, &error));
}

static void object(trato_store *store, const char *customer, uint32_t lifted,
                   int64_t at_us) {
  trato_objection it = TRATO_OBJECTION_INIT;
  it.customer = str(customer);
  it.lifted = lifted;
  it.proof = str("letter");
  it.at_us = at_us;
  CHECK_OK(trato_objection_record(store, &it, NOW, NULL, NULL, &error));
}

static trato_consent_state ask(const trato_store *store, const char *customer,
                               int64_t now_us) {
  trato_consent_answer answer;
  memset(&answer, 0, sizeof(answer));
  CHECK_OK(trato_consent_test(store, str(customer), str("marketing"),
                              str("email"), now_us, &answer, &error));
  CHECK(answer.allowed == (answer.state == TRATO_CONSENT_GRANTED));
  return answer.state;
}

static trato_status import_list(trato_store *store, const char *list,
                                const char *text, int64_t at_us,
                                uint32_t adds) {
  trato_suppression_options options = TRATO_SUPPRESSION_OPTIONS_INIT;
  options.at_us = at_us;
  options.adds = adds;
  trato_buf report = TRATO_BUF_INIT;
  const trato_status status = trato_suppression_import(
      store, str(list), str(text), NOW, &options, NULL, &report, &error);
  trato_buf_dispose(&report);
  return status;
}

static void test_who_is_on_a_list_is_held_back(void) {
  trato_store *store = open_keyed('k');
  CHECK_OK(trato_suppression_define(store, str("robinson"), str(""), str(""),
                                    NOW, NULL, &error));
  claim(store, "shop:1", "email:Ada@Example.org");
  claim(store, "shop:2", "phone:+34 600 11 22 33");
  claim(store, "shop:3", "phone:600 11 22 33");
  grant(store, "shop:1");
  grant(store, "shop:2");
  grant(store, "shop:3");
  CHECK_OK(import_list(store, "robinson",
                       "email:ada@example.ORG\r\n\nphone:0034-600-112233\n",
                       NOW - DAY, 0));
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_SUPPRESSED);
  CHECK(ask(store, "shop:2", NOW) == TRATO_CONSENT_SUPPRESSED);
  CHECK(ask(store, "shop:3", NOW) == TRATO_CONSENT_GRANTED);
  CHECK(ask(store, "shop:1", NOW - 2 * DAY) == TRATO_CONSENT_GRANTED);
  trato_consent_answer answer;
  CHECK_OK(trato_consent_test(store, str("shop:1"), str("marketing"),
                              str("email"), NOW, &answer, &error));
  CHECK(answer.since_us == NOW - DAY);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_consent_explain(store, str("shop:1"), str("marketing"),
                                 str("email"), NOW, &json, &error));
  CHECK(gave(&json, "shop:1 is on the suppression list robinson"));
  // One that is added to; one that is replaced.
  CHECK_OK(import_list(store, "robinson", "shop:3", NOW, 1));
  CHECK(ask(store, "shop:3", NOW) == TRATO_CONSENT_SUPPRESSED);
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_SUPPRESSED);
  CHECK_OK(import_list(store, "robinson", "shop:9", NOW, 0));
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_GRANTED);
  close_store(store);
}

static void test_a_list_that_is_too_old_holds_everybody_back(void) {
  trato_store *store = open_keyed('k');
  grant(store, "shop:1");
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_GRANTED);
  CHECK_OK(trato_suppression_define(store, str("robinson"), str("31d"), str(""),
                                    NOW, NULL, &error));
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_UNCHECKED);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_consent_explain(store, str("shop:1"), str("marketing"),
                                 str("email"), NOW, &json, &error));
  CHECK(gave(&json, "robinson was never imported"));
  CHECK_OK(import_list(store, "robinson", "", NOW - 31 * DAY + SECOND, 0));
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_GRANTED);
  CHECK(ask(store, "shop:1", NOW + SECOND - 1) == TRATO_CONSENT_GRANTED);
  CHECK(ask(store, "shop:1", NOW + SECOND) == TRATO_CONSENT_UNCHECKED);
  CHECK_OK(trato_consent_explain(store, str("shop:1"), str("marketing"),
                                 str("email"), NOW + SECOND, &json, &error));
  CHECK(gave(&json, "is too old"));
  CHECK_OK(trato_suppression_list(store, NOW + SECOND, &json, &error));
  CHECK(gave(&json, "\"state\":\"too old\",\"holds_back\":true"));
  CHECK_OK(trato_suppression_list(store, NOW + SECOND, &json, &error));
  CHECK(gave(&json, "\"state\":\"never imported\",\"holds_back\":false"));
  close_store(store);
}

static void test_an_older_backup_is_told_who_objected_since(void) {
  trato_store *store = open_keyed('k');
  claim(store, "shop:1", "email:ada@example.org");
  object(store, "shop:1", 0, NOW - 3 * DAY);
  object(store, "shop:2", 0, NOW - 3 * DAY);
  object(store, "shop:2", 1, NOW - 2 * DAY);
  trato_buf kept = TRATO_BUF_INIT;
  CHECK_OK(
      trato_suppression_export(store, str("objections"), NOW, &kept, &error));
  CHECK(!has(kept, "ada") && !has(kept, "shop"));
  close_store(store);

  // The backup knows nothing of it, and has them under other names.
  trato_store *backup = open_keyed('k');
  claim(backup, "crm:1", "email:ADA@example.org");
  grant(backup, "crm:1");
  grant(backup, "shop:2");
  CHECK(ask(backup, "crm:1", NOW) == TRATO_CONSENT_GRANTED);
  trato_buf report = TRATO_BUF_INIT;
  const trato_str text = {kept.data, kept.size};
  CHECK_OK(trato_suppression_import(backup, str("objections"), text, NOW, NULL,
                                    NULL, &report, &error));
  CHECK(gave(&report, "\"entries\":2,\"replaces\":true"));
  CHECK(ask(backup, "crm:1", NOW) == TRATO_CONSENT_SUPPRESSED);
  CHECK(ask(backup, "shop:2", NOW) == TRATO_CONSENT_GRANTED);
  // What it exports then still tells, until the person lifts it.
  trato_buf again = TRATO_BUF_INIT;
  CHECK_OK(
      trato_suppression_export(backup, str("objections"), NOW, &again, &error));
  CHECK(again.size == kept.size &&
        memcmp(again.data, kept.data, kept.size) == 0);
  trato_buf_dispose(&again);
  object(backup, "crm:1", 1, NOW + SECOND);
  CHECK(ask(backup, "crm:1", NOW) == TRATO_CONSENT_SUPPRESSED);
  CHECK(ask(backup, "crm:1", NOW + SECOND) == TRATO_CONSENT_GRANTED);
  close_store(backup);

  // Another key cannot use it.
  trato_store *other = open_keyed('x');
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_suppression_import(other, str("objections"), text, NOW,
                                        NULL, NULL, &report, &error));
  CHECK(strstr(error.message, "another key") != NULL);
  close_store(other);
  trato_buf_dispose(&kept);
}

static void test_another_key_holds_everybody_back(void) {
  remove("keyed.trato");
  char key[32];
  memset(key, 'k', sizeof(key));
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.key.data = key;
  options.key.size = sizeof(key);
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str("keyed.trato"), &options, &store, &error));
  grant(store, "shop:1");
  CHECK_OK(import_list(store, "objections", "shop:2", NOW, 0));
  close_store(store);
  CHECK_OK(trato_store_open(str("keyed.trato"), NULL, &store, &error));
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_UNCHECKED);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_consent_explain(store, str("shop:1"), str("marketing"),
                                 str("email"), NOW, &json, &error));
  CHECK(gave(&json, "another key"));
  CHECK_STATUS(
      TRATO_FAILED_PRECONDITION,
      trato_suppression_export(store, str("objections"), NOW, &json, &error));
  close_store(store);
  CHECK_OK(trato_store_open(str("keyed.trato"), &options, &store, &error));
  CHECK(ask(store, "shop:1", NOW) == TRATO_CONSENT_GRANTED);
  trato_as_of then = TRATO_AS_OF_INIT;
  trato_store *past = NULL;
  CHECK_OK(trato_store_as_of(store, &then, &past, &error));
  CHECK(ask(past, "shop:1", NOW) == TRATO_CONSENT_GRANTED);
  close_store(past);
  close_store(store);
  // The key itself is nowhere in the file.
  FILE *file = fopen("keyed.trato", "rb");
  NEED(file != NULL);
  static char bytes[1 << 22];
  const size_t size = fread(bytes, 1, sizeof(bytes), file);
  fclose(file);
  int found = 0;
  for (size_t i = 0; i + sizeof(key) <= size; ++i) {
    found += memcmp(bytes + i, key, sizeof(key)) == 0;
  }
  CHECK(size > 0 && size < sizeof(bytes) && found == 0);
  remove("keyed.trato");
}

static void test_what_is_refused(void) {
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.key = str("too short");
  trato_store *store = NULL;
  CHECK_INVALID(trato_store_open(str(""), &options, &store, &error));
  CHECK(strstr(error.message, "32") != NULL);
  store = open_keyed(0);
  CHECK_STATUS(TRATO_NOT_FOUND,
               import_list(store, "robinsn", "shop:1", NOW, 0));
  CHECK_INVALID(import_list(store, "objections", "shop:1\nshop\n", NOW, 0));
  CHECK(strstr(error.message, "line 2") != NULL);
  CHECK_INVALID(import_list(store, "objections", "shop:1", NOW + 1, 0));
  static const char *const bad[] = {"trato-suppressions 1\nupdated x\n",
                                    "trato-suppressions 1\nkey 00\n",
                                    "trato-suppressions 1\nupdated 5\n",
                                    "trato-suppressions 1\n0123456789abcdef\n"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
    CHECK_INVALID(import_list(store, "objections", bad[i], NOW, 0));
  }
  CHECK_INVALID(trato_suppression_define(store, str("x"), str("31"), str(""),
                                         NOW, NULL, &error));
  trato_buf text = TRATO_BUF_INIT;
  CHECK_OK(trato_suppression_define(store, str("x"), str(""), str(""), NOW,
                                    NULL, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_suppression_export(store, str("x"), NOW, &text, &error));
  close_store(store);
}

int main(void) {
  test_who_is_on_a_list_is_held_back();
  test_a_list_that_is_too_old_holds_everybody_back();
  test_an_older_backup_is_told_who_objected_since();
  test_another_key_holds_everybody_back();
  test_what_is_refused();
  return check_done();
}
