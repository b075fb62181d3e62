// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Columns in and out.

#include "arrow_table.h"
#include "check.h"

static const char *const kCustomers[] = {"1", "2", "1"};
static const char *const kTypes[] = {"visit", "visit", "purchase"};
static const char *const kKeys[] = {"a", "b", "c"};
static const int64_t kTimes[] = {NOW - 2 * DAY, NOW - DAY, NOW};

static table visits(void) {
  table it;
  memset(&it, 0, sizeof(it));
  it.columns = 4;
  it.rows = 3;
  it.column[0] = (table_column){"CustomerID", kCustomers, NULL};
  it.column[1] = (table_column){"at", NULL, kTimes};
  it.column[2] = (table_column){"type", kTypes, NULL};
  it.column[3] = (table_column){"key", kKeys, NULL};
  return it;
}

static int32_t note_rows(void *context, uint64_t done, uint64_t total) {
  (void)total;
  *(uint64_t *)context = done;
  return 0;
}

static int32_t cancel(void *context, uint64_t done, uint64_t total) {
  (void)context;
  (void)done;
  (void)total;
  return 1;
}

static const trato_column kCustomer = {{"customer", 8}, {"CustomerID", 10}};

static trato_append_options by_number(void) {
  trato_append_options options = TRATO_APPEND_OPTIONS_INIT;
  options.columns = &kCustomer;
  options.column_count = 1;
  options.name_space = str("shop");
  return options;
}

static void test_interactions(void) {
  trato_store *store = open_memory();
  table it = visits();
  trato_append_options options = by_number();
  uint64_t seen = 0;
  options.progress = note_rows;
  options.progress_context = &seen;
  options.dry_run = 1;
  trato_appended done = {9, 9, 9};
  struct ArrowArrayStream stream = table_stream(&it);
  CHECK_OK(trato_interactions_append(store, &stream, NOW, &options, NULL, &done,
                                     &error));
  CHECK(done.rows == 3 && done.added == 3 && done.known == 0);
  CHECK(seen == 3 && it.released == 1 && stream.release == NULL);

  options.dry_run = 0;
  for (uint64_t again = 0; again < 2; ++again) {
    stream = table_stream(&it);
    CHECK_OK(trato_interactions_append(store, &stream, NOW, &options, NULL,
                                       &done, &error));
    CHECK(done.rows == 3 && done.added == (again ? 0 : 3) &&
          done.known == (again ? 3 : 0));
  }
  trato_buf info = TRATO_BUF_INIT;
  CHECK_OK(trato_store_info(store, NOW, &info, &error));
  CHECK(gave(&info, "\"customers\":2"));

  memset(&stream, 0, sizeof(stream));
  CHECK_OK(trato_interactions_export(store, NOW, NULL, &stream, &error));
  CHECK(rows_of(&stream) == 3);
  trato_export_options some = TRATO_EXPORT_OPTIONS_INIT;
  const trato_str one = str("shop:1");
  some.batch_rows = 1;
  some.customers = &one;
  some.customer_count = 1;
  CHECK_OK(trato_interactions_export(store, NOW, &some, &stream, &error));
  CHECK(rows_of(&stream) == 2);
  some.type = str("purchase");
  CHECK_OK(trato_interactions_export(store, NOW, &some, &stream, &error));
  CHECK(rows_of(&stream) == 1);
  some = (trato_export_options)TRATO_EXPORT_OPTIONS_INIT;
  some.from_us = NOW - 2 * DAY;
  some.until_us = NOW - DAY;
  CHECK_OK(trato_interactions_export(store, NOW, &some, &stream, &error));
  CHECK(rows_of(&stream) == 1);
  some.type = str("party");
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_interactions_export(store, NOW, &some, &stream, &error));

  // A stream holds its store.
  CHECK_OK(trato_customers_export(store, NOW, NULL, &stream, &error));
  close_store(store);
  CHECK(rows_of(&stream) == 2);
}

static void test_customers_and_products(void) {
  trato_store *store = open_memory();
  CHECK_OK(trato_attribute_define(store, str("country"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str(""), NOW, NULL,
                                  &error));
  static const char *const names[] = {"shop:1", "shop:2"};
  static const char *const countries[] = {"ES", "GB"};
  static const char *const mails[] = {"a@example.org", "b@example.org"};
  table it;
  memset(&it, 0, sizeof(it));
  it.columns = 3;
  it.rows = 2;
  it.column[0] = (table_column){"customer", names, NULL};
  it.column[1] = (table_column){"country", countries, NULL};
  it.column[2] = (table_column){"identifier.email", mails, NULL};
  struct ArrowArrayStream stream = table_stream(&it);
  trato_appended done;
  CHECK_OK(
      trato_customers_append(store, &stream, NOW, NULL, NULL, &done, &error));
  CHECK(done.rows == 2 && done.added == 4);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str("email:b@example.org"), NOW, &json,
                              &error));
  CHECK(has(json, "\"GB\""));
  CHECK(gave(&json, "\"shop:2\""));

  memset(&it, 0, sizeof(it));
  it.columns = 2;
  it.rows = 2;
  it.column[0] = (table_column){"product", names, NULL};
  it.column[1] = (table_column){"name", mails, NULL};
  stream = table_stream(&it);
  CHECK_OK(
      trato_products_append(store, &stream, NOW, NULL, NULL, NULL, &error));
  CHECK_OK(trato_product_name(store, str("shop:1"), &json, &error));
  CHECK(gave(&json, "a@example.org"));
  close_store(store);
}

// Whatever goes wrong, the stream is released and nothing is stored.
static void test_mistakes(void) {
  trato_store *store = open_memory();
  for (int mistake = 0; mistake < 6; ++mistake) {
    table it = visits();
    trato_append_options options = by_number();
    trato_status expected = TRATO_INVALID_ARGUMENT;
    static const char *const parties[] = {"visit", "visit", "party"};
    static const trato_column nowhere = {{"channel", 7}, {"where", 5}};
    switch (mistake) {
      case 0:
        options.column_count = 0;  // no customer
        break;
      case 1:
        options.columns = &nowhere;
        break;
      case 2:
        it.column[2].texts = parties;
        expected = TRATO_NOT_FOUND;
        break;
      case 3:
        options.progress = cancel;
        expected = TRATO_CANCELLED;
        break;
      case 4:
        it.fails = 1;
        expected = TRATO_UNAVAILABLE;
        break;
      default:
        options.name_space = str("");  // 1 is no name
        break;
    }
    struct ArrowArrayStream stream = table_stream(&it);
    CHECK_STATUS(expected,
                 trato_interactions_append(store, &stream, NOW, &options, NULL,
                                           NULL, &error));
    CHECK(it.released == 1 && stream.release == NULL);
    if (mistake == 4) CHECK(strstr(error.message, "the disk is gone") != NULL);
    // It was taken already.
    CHECK_INVALID(trato_interactions_append(store, &stream, NOW, NULL, NULL,
                                            NULL, &error));
  }
  trato_buf info = TRATO_BUF_INIT;
  CHECK_OK(trato_store_info(store, NOW, &info, &error));
  CHECK(gave(&info, "\"customers\":0"));
  close_store(store);
}

int main(void) {
  test_interactions();
  test_customers_and_products();
  test_mistakes();
  return check_done();
}
