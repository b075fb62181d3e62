// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Contacts from CSV, and batches as wholes.

#include "check.h"

static trato_store *store = NULL;

typedef struct text_source {
  const char *text;
  size_t at;
} text_source;

static int64_t read_text(void *context, char *buffer, size_t capacity) {
  text_source *it = context;
  size_t size = strlen(it->text) - it->at;
  if (size > capacity) size = capacity;
  memcpy(buffer, it->text + it->at, size);
  it->at += size;
  return (int64_t)size;
}

static int64_t read_nothing(void *context, char *buffer, size_t capacity) {
  (void)context;
  (void)buffer;
  (void)capacity;
  return -1;
}

static int32_t cancel(void *context, uint64_t done, uint64_t total) {
  (void)context;
  (void)done;
  (void)total;
  return 1;
}

static trato_status import_text(const char *text, const char *batch,
                                const trato_contacts_options *options,
                                trato_buf *out_report) {
  text_source source = {text, 0};
  trato_write_options write = TRATO_WRITE_OPTIONS_INIT;
  write.batch = str(batch);
  return trato_contacts_import(store, read_text, &source, NOW, options, &write,
                               out_report, &error);
}

static trato_digest digest(void) {
  trato_digest it;
  memset(&it, 0, sizeof(it));
  CHECK_OK(trato_store_digest(store, NOW, &it, &error));
  return it;
}

static int same(trato_digest a, trato_digest b) {
  return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

static void test_import_list_and_retract(void) {
  const trato_digest before = digest();
  trato_buf json = TRATO_BUF_INIT;
  trato_contacts_options options = TRATO_CONTACTS_OPTIONS_INIT;
  options.name_space = str("crm");
  options.date_order = TRATO_DATES_DAY_FIRST;
  const trato_contact_column column = {str("Shoe"), str("shoe_size"),
                                       TRATO_COLUMN_FILL_BLANK, 0};
  options.columns = &column;
  options.column_count = 1;
  static const char kText[] =
      "Record ID;Email;Birthday;Shoe\r\n7;a@b;02/05/1980;42\r\n";
  options.dry_run = 1;
  CHECK_OK(import_text(kText, "spring", &options, &json));
  CHECK(gave(&json, "\"dry_run\":true"));
  CHECK(same(digest(), before));
  options.dry_run = 0;
  CHECK_OK(import_text(kText, "spring", &options, &json));
  CHECK(has(json, "\"new_customers\":1"));
  CHECK(gave(&json, "\"field\":\"shoe_size\",\"rule\":\"fill_blank\""));
  CHECK(!same(digest(), before));
  CHECK_OK(trato_customer_get(store, str("email:a@b"), NOW, &json, &error));
  CHECK(has(json, "\"name\":\"crm:7\""));
  CHECK(gave(&json, "\"text\":\"1980-05-02 00:00\""));
  CHECK_OK(trato_batch_list(store, &json, &error));
  CHECK(has(json, "\"batch\":\"spring\",\"source\":\"contacts\""));
  CHECK(gave(&json, "\"retracted\":null"));
  trato_retract_options retract = TRATO_RETRACT_OPTIONS_INIT;
  retract.dry_run = 1;
  CHECK_OK(trato_batch_retract(store, str("spring"), NOW, &retract, NULL, &json,
                               &error));
  CHECK(gave(&json, "\"customers_before\":1,\"customers_after\":0"));
  CHECK(!same(digest(), before));
  retract.dry_run = 0;
  retract.reason = str("wrong file");
  CHECK_OK(trato_batch_retract(store, str("spring"), NOW, &retract, NULL, &json,
                               &error));
  CHECK(gave(&json, "\"attributes\":2"));
  CHECK(same(digest(), before));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_get(store, str("crm:7"), NOW, &json, &error));
  CHECK_OK(trato_batch_list(store, &json, &error));
  CHECK(gave(&json, "\"reason\":\"wrong file\""));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_batch_retract(store, str("spring"), NOW, &retract, NULL,
                                   &json, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               import_text(kText, "spring", &options, &json));
  CHECK_STATUS(TRATO_NOT_FOUND, trato_batch_retract(store, str("summer"), NOW,
                                                    NULL, NULL, &json, &error));
}

static void test_what_is_refused(void) {
  trato_buf json = TRATO_BUF_INIT;
  trato_contacts_options options = TRATO_CONTACTS_OPTIONS_INIT;
  options.date_order = 3;
  CHECK_INVALID(import_text("Email\na@b\n", "x", &options, &json));
  options = (trato_contacts_options)TRATO_CONTACTS_OPTIONS_INIT;
  trato_contact_column column = {str("Email"), str(""), 9, 0};
  options.columns = &column;
  options.column_count = 1;
  CHECK_INVALID(import_text("Email\na@b\n", "x", &options, &json));
  column.rule = TRATO_COLUMN_OVERWRITE;
  column.field = str("Not A Name");
  CHECK_INVALID(import_text("Email\na@b\n", "x", &options, &json));
  column.field = str("");
  column.reserved0 = 1;
  CHECK_INVALID(import_text("Email\na@b\n", "x", &options, &json));
  options.columns = NULL;
  CHECK_INVALID(import_text("Email\na@b\n", "x", &options, &json));
  options = (trato_contacts_options)TRATO_CONTACTS_OPTIONS_INIT;
  options.progress = cancel;
  CHECK_STATUS(TRATO_CANCELLED,
               import_text("Email\na@b\n", "x", &options, &json));
  CHECK_STATUS(TRATO_UNAVAILABLE,
               trato_contacts_import(store, read_nothing, NULL, NOW, NULL, NULL,
                                     &json, &error));
  CHECK_INVALID(trato_contacts_import(NULL, read_nothing, NULL, NOW, NULL, NULL,
                                      &json, &error));
  CHECK_INVALID(
      trato_contacts_import(store, NULL, NULL, NOW, NULL, NULL, &json, &error));
  CHECK_INVALID(trato_contacts_import(store, read_nothing, NULL, NOW, NULL,
                                      NULL, NULL, &error));
  CHECK_INVALID(trato_batch_list(NULL, &json, &error));
  CHECK_INVALID(trato_batch_list(store, NULL, &error));
  CHECK_INVALID(
      trato_batch_retract(NULL, str("x"), NOW, NULL, NULL, &json, &error));
  CHECK_INVALID(
      trato_batch_retract(store, str("x"), NOW, NULL, NULL, NULL, &error));
  CHECK_INVALID(
      trato_batch_retract(store, str(""), NOW, NULL, NULL, &json, &error));
  const trato_str nothing = {NULL, 3};
  CHECK_INVALID(
      trato_batch_retract(store, nothing, NOW, NULL, NULL, &json, &error));
  trato_retract_options retract = TRATO_RETRACT_OPTIONS_INIT;
  retract.dry_run = 2;
  CHECK_INVALID(
      trato_batch_retract(store, str("x"), NOW, &retract, NULL, &json, &error));
  retract.dry_run = 0;
  retract.reason = nothing;
  CHECK_INVALID(
      trato_batch_retract(store, str("x"), NOW, &retract, NULL, &json, &error));
  retract = (trato_retract_options)TRATO_RETRACT_OPTIONS_INIT;
  retract.struct_size = 4;
  CHECK_INVALID(
      trato_batch_retract(store, str("x"), NOW, &retract, NULL, &json, &error));
}

int main(void) {
  store = open_memory();
  test_import_list_and_retract();
  test_what_is_refused();
  close_store(store);
  return check_done();
}
