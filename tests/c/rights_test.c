// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Lists, restrictions, documents and the audit view.

#include "check.h"

static trato_store *open_store(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  NEED(store != NULL);
  CHECK_OK(trato_attribute_define(store, str("points"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_INT, str(""), NOW, NULL, &error));
  for (int i = 1; i <= 3; ++i) {
    char name[24];
    snprintf(name, sizeof(name), "shop:%d", i);
    trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
    attribute.at_us = NOW - i * DAY;
    attribute.customer = str(name);
    attribute.name = str("points");
    attribute.value.kind = TRATO_VALUE_INT;
    attribute.value.integer = 10 * i;
    CHECK_OK(trato_attribute_set(store, &attribute, NOW, NULL, NULL, &error));
  }
  CHECK_OK(
      trato_segment_define(store, str("all"), str("true"), NOW, NULL, &error));
  return store;
}

static trato_buf list(const trato_store *store,
                      const trato_list_options *options) {
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_list(store, options, NOW, &json, &error));
  NEED(json.data != NULL);
  return json;
}

static void test_lists(void) {
  trato_store *store = open_store();
  trato_list_options options = TRATO_LIST_OPTIONS_INIT;
  options.sort = str("points");
  options.descending = 1;
  options.limit = 2;
  trato_buf json = list(store, &options);
  CHECK(has(json, "\"type\":\"int\",\"value\":30,\"text\":\"30\"}"));
  CHECK(!has(json, "shop:1"));
  const char *at = strstr(json.data, "\"next\": \"");
  NEED(at != NULL);
  at += strlen("\"next\": \"");
  char cursor[256] = "";
  strncat(cursor, at, (size_t)(strchr(at, '"') - at));
  trato_buf_dispose(&json);
  options.cursor = str(cursor);
  json = list(store, &options);
  CHECK(has(json, "shop:1"));
  CHECK(!has(json, "shop:2"));
  CHECK(has(json, "\"next\":null"));
  trato_buf_dispose(&json);
  options.descending = 0;
  CHECK_INVALID(trato_customer_list(store, &options, NOW, &json, &error));
  options.descending = 2;
  CHECK_INVALID(trato_customer_list(store, &options, NOW, &json, &error));
  json = list(store, NULL);
  CHECK(has(json, "\"type\":null,\"value\":null,\"text\":null}"));
  trato_buf_dispose(&json);

  trato_list_options bad = TRATO_LIST_OPTIONS_INIT;
  const trato_str null = {NULL, 3};
  for (int field = 0; field < 3; ++field) {
    bad.sort = field == 0 ? null : str("");
    bad.filter = field == 1 ? null : str("");
    bad.cursor = field == 2 ? null : str("");
    CHECK_INVALID(trato_customer_list(store, &bad, NOW, &json, &error));
  }
  bad.cursor = str("");
  bad.filter = str("points >");
  CHECK_INVALID(trato_customer_list(store, &bad, NOW, &json, &error));
  CHECK(error.line == 1 && error.column > 0);
  bad.filter = str("");
  bad.struct_size = 4;
  CHECK_INVALID(trato_customer_list(store, &bad, NOW, &json, &error));
  CHECK_INVALID(trato_customer_list(NULL, NULL, NOW, &json, &error));
  CHECK_INVALID(trato_customer_list(store, NULL, NOW, NULL, &error));
  CHECK_OK(trato_store_close(store, &error));
}

static uint64_t members(const trato_store *store) {
  trato_segment_size size;
  CHECK_OK(trato_segment_count(store, str("all"), NOW, &size, &error));
  CHECK(size.customers == 3);
  return size.members;
}

static void test_restrictions(void) {
  trato_store *store = open_store();
  CHECK(members(store) == 3);
  CHECK_OK(trato_customer_restrict(store, str("shop:2"), 1, str("asked"),
                                   TRATO_AT_NOW, NOW, NULL, &error));
  CHECK(members(store) == 2);
  uint32_t member = 1;
  CHECK_OK(trato_segment_test(store, str("all"), str("shop:2"), NOW, &member,
                              &error));
  CHECK(member == 0);
  CHECK_OK(trato_customer_restrict(store, str("shop:2"), 0, str(""),
                                   TRATO_AT_NOW, NOW + 1, NULL, &error));
  CHECK(members(store) == 2);
  trato_segment_size size;
  CHECK_OK(trato_segment_count(store, str("all"), NOW + 1, &size, &error));
  CHECK(size.members == 3);

  const trato_str null = {NULL, 3};
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_restrict(store, str("shop:9"), 1, str(""),
                                       TRATO_AT_NOW, NOW, NULL, &error));
  CHECK_INVALID(trato_customer_restrict(store, str("shop:1"), 2, str(""),
                                        TRATO_AT_NOW, NOW, NULL, &error));
  CHECK_INVALID(trato_customer_restrict(store, null, 1, str(""), TRATO_AT_NOW,
                                        NOW, NULL, &error));
  CHECK_INVALID(trato_customer_restrict(store, str("shop:1"), 1, null,
                                        TRATO_AT_NOW, NOW, NULL, &error));
  CHECK_INVALID(trato_customer_restrict(NULL, str("shop:1"), 1, str(""),
                                        TRATO_AT_NOW, NOW, NULL, &error));
  CHECK(members(store) == 2);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_documents(void) {
  trato_store *store = open_store();
  trato_buf out = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_document(store, str("shop:1"), TRATO_DOCUMENT_TEXT,
                                   NOW, &out, &error));
  CHECK(has(out, "# What is held on shop:1\n"));
  trato_buf_dispose(&out);
  CHECK_OK(trato_customer_document(store, str("shop:1"), TRATO_DOCUMENT_JSON,
                                   NOW, &out, &error));
  CHECK(has(out, "\"interactions\":[]"));
  trato_buf_dispose(&out);
  CHECK_OK(
      trato_store_audit(store, str("shop:1"), str(""), 0, NOW, &out, &error));
  CHECK(has(out, "\"from\":null,\"to\":\"10\""));
  trato_buf_dispose(&out);

  const trato_str null = {NULL, 3};
  CHECK_INVALID(
      trato_customer_document(store, str("shop:1"), 2, NOW, &out, &error));
  CHECK_INVALID(trato_customer_document(store, null, 0, NOW, &out, &error));
  CHECK_INVALID(
      trato_customer_document(store, str("shop:1"), 0, NOW, NULL, &error));
  CHECK_INVALID(
      trato_customer_document(NULL, str("shop:1"), 0, NOW, &out, &error));
  CHECK_INVALID(trato_store_audit(store, null, str(""), 0, NOW, &out, &error));
  CHECK_INVALID(trato_store_audit(store, str(""), null, 0, NOW, &out, &error));
  CHECK_INVALID(
      trato_store_audit(store, str(""), str(""), 0, NOW, NULL, &error));
  CHECK_INVALID(
      trato_store_audit(NULL, str(""), str(""), 0, NOW, &out, &error));
  CHECK_OK(trato_store_close(store, &error));
}

static void test_retention(void) {
  trato_store *store = NULL;
  trato_buf report = TRATO_BUF_INIT;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  trato_competitor seen = TRATO_COMPETITOR_INIT;
  seen.customer = str("shop:1");
  seen.competitor = str("Acme");
  seen.at_us = NOW - 10 * DAY;
  CHECK_OK(trato_competitor_record(store, &seen, NOW, NULL, NULL, &error));
  seen.action = 5;
  CHECK_INVALID(trato_competitor_record(store, &seen, NOW, NULL, NULL, &error));
  seen.action = TRATO_COMPETITOR_LEFT;
  seen.competitor = str("");
  CHECK_INVALID(trato_competitor_record(store, &seen, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_competitor_record(NULL, &seen, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_competitor_record(store, NULL, NOW, NULL, NULL, &error));

  trato_retention rule = TRATO_RETENTION_INIT;
  rule.name = str("competitor");
  rule.keep = str("9d");
  CHECK_INVALID(trato_retention_define(NULL, &rule, NOW, NULL, &error));
  CHECK_INVALID(trato_retention_define(store, NULL, NOW, NULL, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_retention_apply(store, 0, str(""), NOW, NULL, &report,
                                     &error));
  CHECK_OK(trato_retention_define(store, &rule, NOW, NULL, &error));
  rule.kind = 4;
  CHECK_INVALID(trato_retention_define(store, &rule, NOW, NULL, &error));
  CHECK_INVALID(trato_retention_apply(store, 2, str(""), NOW, NULL, &report,
                                      &error));
  CHECK_INVALID(
      trato_retention_apply(store, 0, str(""), NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_retention_list(store, NOW, NULL, &error));
  trato_id id;
  CHECK_OK(trato_customer_resolve(store, str("shop:1"), NOW, &id, &error));
  CHECK_INVALID(trato_customer_resolve(store, str("shop:1"), NOW, NULL, &error));
  CHECK_OK(trato_retention_apply(store, 1, str(""), NOW, NULL, &report, &error));
  CHECK(strstr(report.data, "\"interactions\": 1") != NULL);
  trato_buf_dispose(&report);
  CHECK_OK(trato_retention_apply(store, 0, str("law"), NOW, NULL, &report,
                                 &error));
  CHECK(strstr(report.data, "\"purged\": true") != NULL);
  trato_buf_dispose(&report);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_resolve(store, str("shop:1"), NOW, &id, &error));
  CHECK_STATUS(TRATO_OUT_OF_RANGE,
               trato_customer_resolve(store, str("shop:1"), NOW - 20 * DAY, &id,
                                      &error));
  CHECK_OK(trato_retention_list(store, NOW, &report, &error));
  CHECK(strstr(report.data, "\"keep\": \"9d\"") != NULL);
  trato_buf_dispose(&report);
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  test_lists();
  test_restrictions();
  test_documents();
  test_retention();
  return check_done();
}
