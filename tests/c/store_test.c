// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The life of a store: opening by mode, settings, the lock, closing, what a
// file keeps. It works in the current directory.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define PATH "store_test.trato"

static void remove_files(void) {
  remove(PATH);
  remove(PATH "-wal");
  remove(PATH "-shm");
  remove(PATH "-lock");
}

static trato_status open_as(uint32_t mode, const char *zone,
                            const char *currency, trato_store **store) {
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.mode = mode;
  options.zone = str(zone);
  options.currency = str(currency);
  return trato_store_open(str(PATH), &options, store, &error);
}

static trato_buf info(const trato_store *store) {
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_store_info(store, NOW, &json, &error));
  NEED(json.data != NULL);
  return json;
}

static void test_memory(void) {
  trato_store *store = open_memory();
  trato_buf json = info(store);
  CHECK(has(json, "\"path\":null"));
  CHECK(has(json, "\"zone\":\"UTC\""));
  CHECK(has(json, "\"currency\":\"EUR\""));
  CHECK(has(json, "\"customers\":0"));
  trato_buf_dispose(&json);
  CHECK(json.data == NULL && json.size == 0);
  CHECK_OK(trato_store_flush(store, &error));
  close_store(store);

  // Two stores in memory are two stores.
  trato_store *one = open_memory();
  trato_store *other = open_memory();
  buy(one, "shop:1", NOW, "tea", 480);
  json = info(other);
  CHECK(gave(&json, "\"customers\":0"));
  close_store(other);
  close_store(one);
}

static void test_modes(void) {
  trato_store *store = NULL;
  remove_files();
  CHECK_STATUS(TRATO_NOT_FOUND, open_as(TRATO_OPEN_EXISTING, "", "", &store));
  CHECK(access(PATH, F_OK) != 0);
  CHECK_OK(open_as(TRATO_CREATE_NEW, "Europe/London", "GBP", &store));
  close_store(store);
  store = NULL;
  CHECK_STATUS(TRATO_ALREADY_EXISTS, open_as(TRATO_CREATE_NEW, "", "", &store));
  CHECK_OK(open_as(TRATO_OPEN_EXISTING, "", "", &store));
  close_store(store);
  CHECK_OK(open_as(TRATO_OPEN_OR_CREATE, "Europe/London", "GBP", &store));
  trato_buf json = info(store);
  CHECK(has(json, "\"zone\":\"Europe/London\""));
  CHECK(gave(&json, "\"currency\":\"GBP\""));
  close_store(store);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               open_as(TRATO_OPEN_EXISTING, "Europe/Paris", "", &store));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               open_as(TRATO_OPEN_EXISTING, "", "EUR", &store));
  CHECK_INVALID(open_as(4, "", "", &store));
  remove_files();
  CHECK_INVALID(open_as(TRATO_CREATE_NEW, "Europe/Nowhere", "", &store));
  CHECK_INVALID(open_as(TRATO_CREATE_NEW, "../../etc/passwd", "", &store));
  CHECK_INVALID(open_as(TRATO_CREATE_NEW, "", "EURO", &store));
  CHECK_INVALID(open_as(TRATO_CREATE_NEW, "", "eur", &store));
  CHECK_INVALID(open_as(TRATO_CREATE_NEW, "", "QQQ", &store));
  // What failed has left nothing behind.
  CHECK(access(PATH, F_OK) != 0);
  remove_files();
}

static void test_lock(void) {
  trato_store *store = NULL;
  trato_store *second = NULL;
  remove_files();
  CHECK_OK(trato_store_open(str(PATH), NULL, &store, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_open(str(PATH), NULL, &second, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_open(str("./" PATH), NULL, &second, &error));
  // The refused handle has not taken the lock away.
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_open(str(PATH), NULL, &second, &error));
  close_store(store);
  CHECK_OK(trato_store_open(str(PATH), NULL, &second, &error));
  close_store(second);
  remove_files();
}

static void write_file(const char *path, const char *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(bytes, 1, size, file) == size);
  if (file != NULL) fclose(file);
}

static void test_what_is_no_store(void) {
  trato_store *store = NULL;
  remove_files();
  const char text[] = "InvoiceNo,StockCode\n536365,85123A\n";
  write_file(PATH, text, sizeof(text) - 1);
  CHECK_INVALID(trato_store_open(str(PATH), NULL, &store, &error));
  // It is as it was.
  char bytes[sizeof(text)] = {0};
  FILE *file = fopen(PATH, "rb");
  CHECK(file != NULL &&
        fread(bytes, 1, sizeof(bytes), file) == sizeof(text) - 1);
  if (file != NULL) fclose(file);
  CHECK(strcmp(bytes, text) == 0);
  CHECK_STATUS(
      TRATO_UNAVAILABLE,
      trato_store_open(str("no/such/folder/a.trato"), NULL, &store, &error));
  CHECK(trato_store_open(str("."), NULL, &store, &error) != TRATO_OK);
  CHECK_INVALID(trato_store_open((trato_str){"a\0b", 3}, NULL, &store, &error));
  remove_files();
}

static void test_a_file_keeps_everything(void) {
  trato_store *store = NULL;
  remove_files();
  CHECK_OK(trato_store_open(str(PATH), NULL, &store, &error));
  trato_write_options buffered = TRATO_WRITE_OPTIONS_INIT;
  buffered.durability = TRATO_BUFFERED;
  buffered.source = str("till");
  buy(store, "shop:1", NOW - DAY, "tea", 480);
  CHECK_OK(trato_segment_define(store, str("loyal"),
                                str("interactions(\"purchase\").count() >= 1"),
                                NOW, &buffered, &error));
  CHECK_OK(trato_identifier_claim(store, str("shop:1"), str("email:ada@x.org"),
                                  NOW, &buffered, NULL, &error));
  trato_buf before = info(store);
  trato_buf ada = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str("shop:1"), NOW, &ada, &error));
  NEED(ada.data != NULL);
  close_store(store);

  CHECK_OK(open_as(TRATO_OPEN_EXISTING, "", "", &store));
  trato_buf after = info(store);
  CHECK(gave(&after, before.data));
  trato_buf again = TRATO_BUF_INIT;
  CHECK_OK(
      trato_customer_get(store, str("email:ada@x.org"), NOW, &again, &error));
  CHECK(gave(&again, ada.data));
  trato_buf_dispose(&before);
  trato_buf_dispose(&ada);
  close_store(store);
  remove_files();
}

// Runs `work` in another process and returns how that ended.
static int in_child(int (*work)(void)) {
  fflush(NULL);
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  NEED(child > 0 && waitpid(child, &status, 0) == child);
  return status;
}

static int try_to_open(void) {
  trato_store *store = NULL;
  return trato_store_open(str(PATH), NULL, &store, &error);
}

static void test_another_process(void) {
  trato_store *store = NULL;
  remove_files();
  CHECK_OK(trato_store_open(str(PATH), NULL, &store, &error));
  const int status = in_child(try_to_open);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == TRATO_FAILED_PRECONDITION);
  close_store(store);
  remove_files();
}

// Writes, is acknowledged, and dies.
static int write_and_die(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(PATH), NULL, &store, &error));
  for (int day = 5; day > 0; --day) {
    buy(store, "shop:1", NOW - day * DAY, "tea", 480);
  }
  return raise(SIGKILL);
}

static void test_what_is_acknowledged_survives(void) {
  remove_files();
  const int status = in_child(write_and_die);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  trato_store *store = NULL;
  CHECK_OK(open_as(TRATO_OPEN_EXISTING, "", "", &store));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str("shop:1"), NOW, &json, &error));
  CHECK(gave(&json, "\"interactions\":5"));
  close_store(store);
  remove_files();
}

static void test_damage_is_found(void) {
  trato_store *store = NULL;
  remove_files();
  CHECK_OK(trato_store_open(str(PATH), NULL, &store, &error));
  buy(store, "shop:1", NOW, "a-product-to-find-again", 480);
  close_store(store);

  static char bytes[1 << 20];
  FILE *file = fopen(PATH, "rb");
  const size_t size = file == NULL ? 0 : fread(bytes, 1, sizeof(bytes), file);
  if (file != NULL) fclose(file);
  int found = 0;
  for (size_t i = 0; i + 12 < size; ++i) {
    if (memcmp(bytes + i, "to-find-again", 13) == 0) {
      bytes[i] = 'T';
      found = 1;
    }
  }
  CHECK(found);
  write_file(PATH, bytes, size);
  CHECK_STATUS(TRATO_DATA_LOSS,
               trato_store_open(str(PATH), NULL, &store, &error));
  // Half of a file is no store, and no crash.
  write_file(PATH, bytes, size / 2);
  CHECK(trato_store_open(str(PATH), NULL, &store, &error) != TRATO_OK);
  remove_files();
}

int main(void) {
  test_memory();
  test_modes();
  test_lock();
  test_what_is_no_store();
  test_a_file_keeps_everything();
  test_another_process();
  test_what_is_acknowledged_survives();
  test_damage_is_found();
  return check_done();
}
