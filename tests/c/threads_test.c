// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One store, several threads: readers see a whole transaction or none of it.

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

int main(void) {
  store = open_memory();
  CHECK_OK(
      trato_segment_define(store, str("all"), str("true"), NOW, NULL, &error));
  static char one[] = "one";
  static char two[] = "two";
  pthread_t threads[4];
  CHECK(pthread_create(&threads[0], NULL, write_pairs, one) == 0);
  CHECK(pthread_create(&threads[1], NULL, write_pairs, two) == 0);
  CHECK(pthread_create(&threads[2], NULL, count_all, NULL) == 0);
  CHECK(pthread_create(&threads[3], NULL, count_all, NULL) == 0);
  for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
  CHECK(failures == 0);
  close_store(store);
  return check_done();
}
