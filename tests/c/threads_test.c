// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One store, several threads: readers see a whole transaction or none of it, and
// a watch tells of each customer once.

#include <pthread.h>

#include "check.h"

#define ROUNDS 200

static trato_store *store = NULL;
static pthread_mutex_t failures_mutex = PTHREAD_MUTEX_INITIALIZER;
static int failures = 0;

static void fail(const char *what) {
  pthread_mutex_lock(&failures_mutex);
  ++failures;
  fprintf(stderr, "not true: %s\n", what);
  pthread_mutex_unlock(&failures_mutex);
}

// Writes two visits at a time, of two customers.
static void *write_pairs(void *argument) {
  const char *const prefix = argument;
  for (int i = 0; i < ROUNDS; ++i) {
    char names[2][32];
    trato_interaction pair[2] = {TRATO_INTERACTION_INIT,
                                 TRATO_INTERACTION_INIT};
    for (int j = 0; j < 2; ++j) {
      snprintf(names[j], sizeof(names[j]), "%s:%d-%d", prefix, i, j);
      pair[j].customer = str(names[j]);
      pair[j].type = str("visit");
    }
    size_t added = 0;
    if (trato_interaction_record_many(store, pair, 2, NOW, NULL, &added,
                                      NULL) != TRATO_OK ||
        added != 2) {
      fail("a pair is written");
    }
  }
  return NULL;
}

static void *count_all(void *argument) {
  (void)argument;
  uint64_t last = 0;
  while (last < 4 * ROUNDS) {
    trato_segment_size size = {0, 0, 0};
    if (trato_segment_count(store, str("all"), NOW, &size, NULL) != TRATO_OK) {
      fail("a segment is counted");
      break;
    }
    if (size.members % 2 != 0) fail("a pair is seen whole");
    if (size.members < last) fail("nothing is unsaid");
    last = size.members;
  }
  return NULL;
}

static trato_watch *watch = NULL;

// Takes what is told while others write; each customer enters two segments.
static void *take_changes(void *argument) {
  (void)argument;
  size_t entered = 0;
  while (entered < 8 * ROUNDS) {
    trato_change changes[16];
    size_t count = 0;
    if (trato_watch_advance(watch, NOW, 0, NULL, NULL) != TRATO_OK ||
        trato_watch_next(watch, changes, 16, &count, NULL) != TRATO_OK) {
      fail("a watch tells");
      break;
    }
    for (size_t i = 0; i < count; ++i) {
      if (changes[i].entered != 1) fail("nobody leaves");
      if (changes[i].customer.size == 0) fail("a change has a name");
    }
    entered += count;
  }
  if (entered > 8 * ROUNDS) fail("each is told once");
  return NULL;
}

static void *count_watched(void *argument) {
  (void)argument;
  uint64_t members = 0;
  while (members < 4 * ROUNDS) {
    const uint64_t last = members;
    if (trato_watch_count(watch, str("recent"), &members, NULL) != TRATO_OK) {
      fail("a watched segment is counted");
      break;
    }
    if (members % 2 != 0) fail("a pair is watched whole");
    if (members < last) fail("nobody has left");
  }
  return NULL;
}

int main(void) {
  store = open_memory();
  CHECK_OK(
      trato_segment_define(store, str("all"), str("true"), NOW, NULL, &error));
  CHECK_OK(trato_segment_define(
      store, str("recent"),
      str("interactions('visit').within('10d').count() >= 1"), NOW, NULL,
      &error));
  CHECK_OK(trato_watch_open(store, NULL, NOW, &watch, &error));
  static char one[] = "one";
  static char two[] = "two";
  pthread_t threads[6];
  CHECK(pthread_create(&threads[0], NULL, write_pairs, one) == 0);
  CHECK(pthread_create(&threads[1], NULL, write_pairs, two) == 0);
  CHECK(pthread_create(&threads[2], NULL, count_all, NULL) == 0);
  CHECK(pthread_create(&threads[3], NULL, count_all, NULL) == 0);
  CHECK(pthread_create(&threads[4], NULL, take_changes, NULL) == 0);
  CHECK(pthread_create(&threads[5], NULL, count_watched, NULL) == 0);
  for (int i = 0; i < 6; ++i) pthread_join(threads[i], NULL);
  CHECK(failures == 0);
  trato_watch_destroy(watch);
  close_store(store);
  return check_done();
}
