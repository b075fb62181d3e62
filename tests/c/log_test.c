// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The log as a whole: checkpoint, head, digest, verify, backup, a reader beside
// the writer, the store as it was, and the options that change no answer.

#include <stdio.h>

#include "check.h"

#define PATH "c_log_test.trato"
#define COPY "c_log_test_copy.trato"

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

static trato_store *open_file(const char *path, uint32_t mode) {
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.mode = mode;
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(path), &options, &store, &error));
  NEED(store != NULL);
  return store;
}

static trato_digest digest_of(const trato_store *store) {
  trato_digest digest;
  memset(&digest, 0, sizeof(digest));
  CHECK_OK(trato_store_digest(store, NOW, &digest, &error));
  return digest;
}

static int same(trato_digest a, trato_digest b) {
  return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

static int visits_of(const trato_store *store, const char *customer) {
  trato_timeline *timeline = NULL;
  if (trato_timeline_open(store, str(customer), NOW, NULL, &timeline, &error) !=
      TRATO_OK) {
    return 0;
  }
  int count = 0;
  const trato_timeline_entry *entry = NULL;
  while (trato_timeline_next(timeline, &entry, &error) == TRATO_OK &&
         entry != NULL) {
    ++count;
  }
  trato_timeline_destroy(timeline);
  return count;
}

static int32_t count_calls(void *context, uint64_t done, uint64_t total) {
  CHECK(total == 0 || done <= total);
  ++*(int *)context;
  return 0;
}

static int32_t cancel(void *context, uint64_t done, uint64_t total) {
  (void)context;
  (void)done;
  (void)total;
  return 1;
}

static void test_a_checkpoint_changes_no_answer(void) {
  trato_store *store = open_file(PATH, TRATO_CREATE_NEW);
  for (int i = 0; i < 20; ++i) visit(store, i % 2 ? "a:1" : "a:2", NOW - i);
  const trato_digest before = digest_of(store);
  uint32_t more = 7;
  CHECK_OK(trato_store_checkpoint(store, 1, &more, &error));
  CHECK(more <= 1);
  CHECK_OK(trato_store_checkpoint(store, 0, &more, &error));
  CHECK(more == 0);
  CHECK_OK(trato_store_checkpoint(store, 0, NULL, &error));
  CHECK(same(digest_of(store), before));
  close_store(store);
  store = open_file(PATH, TRATO_OPEN_EXISTING);
  CHECK(same(digest_of(store), before));
  close_store(store);
  remove_files();
}

static void test_verify(void) {
  trato_store *store = open_file(PATH, TRATO_CREATE_NEW);
  visit(store, "a:1", NOW);
  trato_head head;
  CHECK_OK(trato_store_head(store, &head, &error));
  visit(store, "a:1", NOW);
  trato_head later;
  CHECK_OK(trato_store_head(store, &later, &error));
  CHECK(later.position > head.position);
  CHECK(memcmp(later.chain, head.chain, sizeof(head.chain)) != 0);

  trato_buf report = TRATO_BUF_INIT;
  CHECK_OK(trato_store_verify(store, NULL, &report, &error));
  CHECK(gave(&report, "\"ok\":true"));
  int calls = 0;
  trato_verify_options options = TRATO_VERIFY_OPTIONS_INIT;
  options.rebuild = 1;
  options.head = &head;
  options.progress = count_calls;
  options.progress_context = &calls;
  CHECK_OK(trato_store_verify(store, &options, &report, &error));
  CHECK(gave(&report, "\"ok\":true"));
  CHECK(calls > 0);
  head.chain[0] ^= 1;
  CHECK_OK(trato_store_verify(store, &options, &report, &error));
  CHECK(gave(&report, "\"ok\":false"));
  options.progress = cancel;
  CHECK_STATUS(TRATO_CANCELLED,
               trato_store_verify(store, &options, &report, &error));
  options.progress = NULL;
  options.rebuild = 2;
  CHECK_INVALID(trato_store_verify(store, &options, &report, &error));
  close_store(store);
  remove_files();
}

static void test_backup(void) {
  trato_store *store = open_file(PATH, TRATO_CREATE_NEW);
  visit(store, "a:1", NOW);
  CHECK_STATUS(TRATO_CANCELLED,
               trato_store_backup(store, str(COPY), cancel, NULL, &error));
  int calls = 0;
  CHECK_OK(trato_store_backup(store, str(COPY), count_calls, &calls, &error));
  CHECK(calls > 0);
  CHECK_STATUS(TRATO_ALREADY_EXISTS,
               trato_store_backup(store, str(COPY), NULL, NULL, &error));
  trato_store *copy = open_file(COPY, TRATO_OPEN_EXISTING);
  CHECK(same(digest_of(copy), digest_of(store)));
  close_store(copy);
  close_store(store);
  remove_files();

  store = open_memory();
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_backup(store, str(COPY), NULL, NULL, &error));
  trato_buf report = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_verify(store, NULL, &report, &error));
  close_store(store);
}

static void test_a_reader_beside_the_writer(void) {
  trato_store *store = NULL;
  trato_store_options read = TRATO_STORE_OPTIONS_INIT;
  read.mode = TRATO_OPEN_READ;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_store_open(str(PATH), &read, &store, &error));
  store = open_file(PATH, TRATO_CREATE_NEW);
  visit(store, "a:1", NOW);
  trato_store *reader = open_file(PATH, TRATO_OPEN_READ);
  visit(store, "a:1", NOW);
  CHECK(visits_of(reader, "a:1") == 1);
  CHECK_OK(trato_store_refresh(reader, &error));
  CHECK(visits_of(reader, "a:1") == 2);
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.customer = str("a:1");
  it.type = str("visit");
  CHECK(trato_interaction_record(reader, &it, NOW, NULL, NULL, &error) !=
        TRATO_OK);
  close_store(reader);
  close_store(store);
  remove_files();
}

static void test_as_of(void) {
  trato_store *store = open_memory();
  visit(store, "a:1", NOW - 9 * DAY);
  trato_head head;
  CHECK_OK(trato_store_head(store, &head, &error));
  visit(store, "a:1", NOW - 5 * DAY);
  trato_as_of as_of = TRATO_AS_OF_INIT;
  trato_store *all = NULL;
  CHECK_OK(trato_store_as_of(store, &as_of, &all, &error));
  CHECK(same(digest_of(all), digest_of(store)));
  CHECK_OK(trato_store_close(all, &error));

  trato_store *pasts[2] = {NULL, NULL};
  as_of.as_of_us = NOW - 7 * DAY;
  CHECK_OK(trato_store_as_of(store, &as_of, &pasts[0], &error));
  as_of = (trato_as_of)TRATO_AS_OF_INIT;
  as_of.known_at = head.position;
  CHECK_OK(trato_store_as_of(store, &as_of, &pasts[1], &error));
  close_store(store);  // they outlive it
  for (int i = 0; i < 2; ++i) {
    NEED(pasts[i] != NULL);
    CHECK(visits_of(pasts[i], "a:1") == 1);
    CHECK_STATUS(TRATO_FAILED_PRECONDITION,
                 trato_segment_define(pasts[i], str("a"), str("true"), NOW,
                                      NULL, &error));
    close_store(pasts[i]);
  }
}

// Runs the tasks from the last to the first.
static void run_backwards(void *context, trato_task_fn task, void *task_context,
                          size_t count) {
  ++*(int *)context;
  while (count > 0) task(task_context, --count);
}

static void test_options_that_change_no_answer(void) {
  trato_store *store = open_file(PATH, TRATO_CREATE_NEW);
  for (int i = 0; i < 500; ++i) {
    char name[16];
    snprintf(name, sizeof(name), "a:%d", i % 50);
    visit(store, name, NOW - i * SECOND);
  }
  CHECK_OK(trato_store_checkpoint(store, 0, NULL, &error));
  const trato_digest expected = digest_of(store);
  close_store(store);
  int calls = 0;
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.memory_limit = 1;
  options.run = run_backwards;
  options.run_context = &calls;
  CHECK_OK(trato_store_open(str(PATH), &options, &store, &error));
  CHECK(same(digest_of(store), expected));
  CHECK(visits_of(store, "a:7") == 10);
  close_store(store);
  remove_files();
}

// A watch of which the bytes were kept goes on where it was.
static void test_a_saved_watch(void) {
  trato_store *store = open_file(PATH, TRATO_CREATE_NEW);
  CHECK_OK(trato_segment_define(
      store, str("recent"),
      str("interactions('visit').within('10d').exists()"), NOW, NULL, &error));
  trato_watch *watch = NULL;
  CHECK_OK(trato_watch_open(store, NULL, NOW, &watch, &error));
  for (int i = 0; i < 20; ++i) visit(store, i % 2 ? "a:1" : "a:2", NOW - i);
  trato_buf saved = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_watch_save(watch, &saved, &error));
  trato_change changes[8];
  size_t count = 0;
  CHECK_OK(trato_watch_next(watch, changes, 8, &count, &error));
  CHECK(count == 2);
  CHECK_OK(trato_watch_save(watch, &saved, &error));
  trato_watch_destroy(watch);
  close_store(store);

  store = open_file(PATH, TRATO_OPEN_EXISTING);
  trato_watch_options options = TRATO_WATCH_OPTIONS_INIT;
  options.saved.data = (const char *)saved.data;
  options.saved.size = saved.size;
  watch = NULL;
  CHECK_OK(trato_watch_open(store, &options, NOW, &watch, &error));
  uint64_t members = 0;
  CHECK_OK(trato_watch_count(watch, str("recent"), &members, &error));
  CHECK(members == 2);
  CHECK_OK(trato_watch_advance(watch, NOW + 11 * DAY, 0, NULL, &error));
  CHECK_OK(trato_watch_next(watch, changes, 8, &count, &error));
  CHECK(count == 2);
  CHECK(changes[0].entered == 0);
  CHECK(changes[0].at_us == NOW - 1 + 10 * DAY);
  CHECK(changes[1].at_us == NOW + 10 * DAY);
  trato_watch_destroy(watch);
  // Half of it is nothing.
  options.saved.size /= 2;
  watch = NULL;
  CHECK_INVALID(trato_watch_open(store, &options, NOW, &watch, &error));
  trato_buf_dispose(&saved);
  close_store(store);
  remove_files();
}

int main(void) {
  remove_files();
  test_a_checkpoint_changes_no_answer();
  test_verify();
  test_backup();
  test_a_reader_beside_the_writer();
  test_as_of();
  test_options_that_change_no_answer();
  test_a_saved_watch();
  return check_done();
}
