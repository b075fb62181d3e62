// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Taking a person out: what goes, what stays, the receipt, the list for
// backups, and what is refused.

#include <stdio.h>

#include "check.h"

#define PATH "c_erasure_test.trato"
#define COPY "c_erasure_test_copy.trato"

static void remove_files(void) {
  static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
  for (int i = 0; i < 4; ++i) {
    char name[64];
    snprintf(name, sizeof(name), PATH "%s", ends[i]);
    remove(name);
    snprintf(name, sizeof(name), COPY "%s", ends[i]);
    remove(name);
  }
}

static trato_store *open_with(const char *path, uint32_t mode,
                              trato_str erasures) {
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.mode = mode;
  options.erasures = erasures;
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(path), &options, &store, &error));
  NEED(store != NULL);
  return store;
}

static void visit_once(trato_store *store, const char *customer,
                       const char *key) {
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.customer = str(customer);
  it.type = str("visit");
  it.key = str(key);
  it.at_us = NOW;
  CHECK_OK(trato_interaction_record(store, &it, NOW, NULL, NULL, &error));
}

static int knows(const trato_store *store, const char *customer) {
  trato_buf json = TRATO_BUF_INIT;
  const trato_status status =
      trato_customer_get(store, str(customer), NOW, &json, &error);
  trato_buf_dispose(&json);
  return status == TRATO_OK;
}

static int holds(trato_buf text, const char *part) {
  for (size_t at = 0; at + strlen(part) <= text.size; ++at) {
    if (memcmp(text.data + at, part, strlen(part)) == 0) return 1;
  }
  return 0;
}

static int file_holds(const char *path, const char *text) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return 0;
  static char bytes[4 << 20];
  const size_t size = fread(bytes, 1, sizeof(bytes), file);
  fclose(file);
  const trato_buf whole = {bytes, size};
  return holds(whole, text);
}

static void fill(trato_store *store) {
  visit_once(store, "shop:ada", "her-visit");
  visit_once(store, "crm:ada", "her-other-visit");
  visit_once(store, "shop:bob", "his-visit");
  CHECK_OK(trato_link(store, str("shop:ada"), str("crm:ada"), str("the same"),
                      0, NOW, NULL, &error));
}

static void check_erased(trato_store *store) {
  CHECK(!knows(store, "shop:ada"));
  CHECK(!knows(store, "crm:ada"));
  CHECK(knows(store, "shop:bob"));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_erase(store, str("shop:ada"), str(""), NOW, NULL,
                                    &json, &error));
}

static void test_in_memory(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  NEED(store != NULL);
  fill(store);
  trato_buf receipt = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_erase(store, str("crm:ada"), str("asked"), NOW, NULL,
                                &receipt, &error));
  CHECK(holds(receipt, "\"records\": 2"));
  CHECK(holds(receipt, "\"interactions\": 2"));
  CHECK(holds(receipt, "\"purged\": true"));
  trato_buf_dispose(&receipt);
  check_erased(store);
  visit_once(store, "shop:ada", "her-visit");  // somebody new
  CHECK(knows(store, "shop:ada"));
  CHECK(!knows(store, "crm:ada"));
  CHECK_OK(trato_store_close(store, &error));
}

static void test_in_a_file_and_its_backup(void) {
  remove_files();
  const trato_str none = {NULL, 0};
  trato_store *store = open_with(PATH, TRATO_CREATE_NEW, none);
  fill(store);
  CHECK_OK(trato_store_backup(store, str(COPY), NULL, NULL, &error));

  trato_store *past = NULL;
  trato_as_of as_of = TRATO_AS_OF_INIT;
  CHECK_OK(trato_store_as_of(store, &as_of, &past, &error));
  trato_buf receipt = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_customer_erase(store, str("shop:ada"), str(""), NOW, NULL,
                                    &receipt, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_customer_erase(past, str("shop:ada"), str(""), NOW, NULL,
                                    &receipt, &error));
  CHECK_OK(trato_store_close(past, &error));
  CHECK(knows(store, "shop:ada"));

  trato_store *reader = open_with(PATH, TRATO_OPEN_READ, none);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_customer_erase(reader, str("shop:ada"), str(""), NOW, NULL,
                                    &receipt, &error));
  CHECK_OK(trato_customer_erase(store, str("shop:ada"), str("asked"), NOW, NULL,
                                &receipt, &error));
  CHECK(holds(receipt, "\"purged\": false"));  // somebody reads
  trato_buf_dispose(&receipt);
  CHECK(knows(reader, "shop:ada"));
  CHECK_OK(trato_store_refresh(reader, &error));
  CHECK(!knows(reader, "shop:ada"));
  CHECK_OK(trato_store_close(reader, &error));
  check_erased(store);
  trato_buf report = TRATO_BUF_INIT;
  CHECK_OK(trato_store_verify(store, NULL, &report, &error));
  CHECK(holds(report, "\"ok\": true"));
  CHECK(holds(report, "\"erasures\": 1"));
  trato_buf_dispose(&report);
  trato_buf list = TRATO_BUF_INIT;
  CHECK_OK(trato_store_erasures(store, &list, &error));
  CHECK(!holds(list, "ada"));
  CHECK_OK(trato_store_close(store, &error));
  CHECK(!file_holds(PATH, "ada"));
  CHECK(!file_holds(PATH, "her-visit"));
  CHECK(file_holds(PATH, "his-visit"));

  CHECK(file_holds(COPY, "her-visit"));
  const trato_str erasures = {list.data, list.size};
  store = open_with(COPY, TRATO_OPEN_EXISTING, erasures);
  check_erased(store);
  CHECK_OK(trato_store_close(store, &error));
  CHECK(!file_holds(COPY, "her-visit"));
  CHECK(file_holds(COPY, "his-visit"));
  trato_buf_dispose(&list);

  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  static const char *const lists[] = {
      "nonsense",
      "trato-erasures 2\n",
      "trato-erasures 1\n12 3\n",
      "trato-erasures 1\n00112233445566778899aabbccddeeff\n",
      "trato-erasures 1\n00112233445566778899aabbccddeeff now\n",
      "trato-erasures 1\n00112233445566778899aabbccddeeff 5 6\n"};
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); ++i) {
    options.erasures = str(lists[i]);
    CHECK_INVALID(trato_store_open(str(PATH), &options, &store, &error));
    CHECK(strstr(error.message, "erasures: line ") != NULL);
  }
  remove_files();
}

int main(void) {
  test_in_memory();
  test_in_a_file_and_its_backup();
  return check_done();
}
