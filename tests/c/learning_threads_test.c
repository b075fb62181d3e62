// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Learners under several threads: two decide and tell what came of it, beside
// those that define learners and refit them, ask what is known, plan what is
// scarce, count items, and decide everything once more in a fork. In the end the
// learners know every answer once.

#include <pthread.h>

#include "arrow_table.h"
#include "check.h"

#define ROUNDS 120
#define CUSTOMERS 30

static trato_store *store = NULL;
static trato_items *items = NULL;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int failures = 0;
static int answering = 2;
static uint64_t answered = 0;

static void expect(int holds, const char *what) {
  if (holds) return;
  pthread_mutex_lock(&mutex);
  ++failures;
  fprintf(stderr, "not true: %s\n", what);
  pthread_mutex_unlock(&mutex);
}
#define EXPECT(condition) expect((condition) != 0, #condition)

static int is_answering(void) {
  pthread_mutex_lock(&mutex);
  const int some = answering;
  pthread_mutex_unlock(&mutex);
  return some > 0;
}

static void buy_two(const char *customer, int64_t at_us) {
  const trato_line lines[2] = {one_line("tea", 500), one_line("cup", 900)};
  trato_interaction order = TRATO_INTERACTION_INIT;
  order.at_us = at_us;
  order.customer = str(customer);
  order.type = str("purchase");
  order.lines = lines;
  order.line_count = 2;
  EXPECT(trato_interaction_record(store, &order, NOW, NULL, NULL, NULL) ==
         TRATO_OK);
}

static void *answer(void *argument) {
  const int *const first = argument;
  uint64_t told = 0;
  for (int i = 0; i < ROUNDS; ++i) {
    char name[16];
    snprintf(name, sizeof(name), "shop:%d", (*first + i) % CUSTOMERS);
    if (i % 10 == 0) buy_two(name, NOW - *first - i);
    trato_decision decision;
    EXPECT(trato_offer_decide(store, str(name), NOW, NULL, NULL, &decision,
                              NULL) == TRATO_OK);
    EXPECT(decision.taken == 1 && decision.probability > 0);
    trato_outcome outcome = TRATO_OUTCOME_INIT;
    outcome.decision = decision.id;
    outcome.kind = i % 3 == 0 ? TRATO_OUTCOME_ACCEPTED : TRATO_OUTCOME_REFUSED;
    outcome.at_us = NOW;
    EXPECT(trato_outcome_record(store, &outcome, NOW, NULL, NULL, NULL) ==
           TRATO_OK);
    ++told;
  }
  pthread_mutex_lock(&mutex);
  answered += told;
  --answering;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void *define(void *argument) {
  (void)argument;
  for (int i = 0; is_answering(); ++i) {
    trato_learning_definition it = TRATO_LEARNING_DEFINITION_INIT;
    it.name = str("all");
    it.customer_weight = 4 + i % 2;
    EXPECT(trato_learning_define(store, &it, NOW, NULL, NULL) == TRATO_OK);
    const trato_status status =
        trato_learning_refit(store, str("model"), NOW, NULL, NULL, NULL);
    // Before the first answer there is nothing to learn from.
    EXPECT(status == TRATO_OK || status == TRATO_FAILED_PRECONDITION);
  }
  return NULL;
}

static void *ask(void *argument) {
  (void)argument;
  while (is_answering()) {
    trato_buf json = TRATO_BUF_INIT;
    struct ArrowArrayStream stream;
    trato_match matches[3];
    size_t found = 0;
    EXPECT(trato_offer_match(store, str("shop:1"), NOW, NULL, matches, 3,
                             &found, NULL) == TRATO_OK);
    EXPECT(found == 3);
    EXPECT(trato_learning_list(store, NOW, &json, NULL) == TRATO_OK);
    trato_buf_dispose(&json);
    EXPECT(trato_learning_base(store, NOW - DAY, &json, NULL) == TRATO_OK);
    trato_buf_dispose(&json);
    EXPECT(trato_learning_depths(store, 0, NOW, &stream, NULL) == TRATO_OK);
    EXPECT(rows_of(&stream) <= CUSTOMERS);
    EXPECT(trato_learning_progress(store, str(""), NOW, &stream, NULL) ==
           TRATO_OK);
    stream.release(&stream);
    EXPECT(trato_offer_allocate(store, NULL, NOW, &stream, NULL, NULL) ==
           TRATO_OK);
    EXPECT(rows_of(&stream) == CUSTOMERS);
  }
  return NULL;
}

static void *count_items(void *argument) {
  (void)argument;
  uint64_t last = 0;
  while (is_answering()) {
    uint64_t orders = 0;
    EXPECT(trato_items_update(items, store, NOW, NULL) == TRATO_OK);
    EXPECT(trato_items_size(items, &orders, NULL, NULL) == TRATO_OK);
    EXPECT(orders >= last);
    last = orders;
  }
  return NULL;
}

static void *ask_items(void *argument) {
  (void)argument;
  while (is_answering()) {
    struct ArrowArrayStream stream;
    EXPECT(trato_items_related(items, str("tea"), TRATO_ITEMS_TOGETHER, 0,
                               &stream, NULL) == TRATO_OK);
    stream.release(&stream);
    EXPECT(trato_items_also_bought(items, store, str("shop:1"),
                                   TRATO_ITEMS_NEXT, 0, NOW, &stream,
                                   NULL) == TRATO_OK);
    stream.release(&stream);
  }
  return NULL;
}

static void *fork_it(void *argument) {
  (void)argument;
  while (is_answering()) {
    trato_store *copy = NULL;
    EXPECT(trato_store_fork(store, NULL, &copy, NULL) == TRATO_OK);
    trato_buf json = TRATO_BUF_INIT;
    EXPECT(trato_decision_what_if(copy, NULL, NOW, &json, NULL) == TRATO_OK);
    EXPECT(has(json, "\"another\":{\"decisions\":0,") &&
           has(json, "\"lost\":{\"decisions\":0,"));
    trato_buf_dispose(&json);
    EXPECT(trato_store_close(copy, NULL) == TRATO_OK);
  }
  return NULL;
}

static void define_all(void) {
  static const char *const names[] = {"tea", "coffee", "cocoa"};
  for (int i = 0; i < 3; ++i) {
    trato_offer it = TRATO_OFFER_INIT;
    it.name = str(names[i]);
    it.issue = str(i == 2 ? "sweet" : "hot");
    const trato_str product = str(i == 0 ? "pot" : names[i]);
    it.products = &product;
    it.product_count = 1;
    it.value_minor = 1000;
    CHECK_OK(trato_offer_define(store, &it, NOW, NULL, &error));
  }
  CHECK_OK(trato_segment_define(
      store, str("drinker"), str("interactions('purchase').count() >= 2"), NOW,
      NULL, &error));
  trato_learning_definition it = TRATO_LEARNING_DEFINITION_INIT;
  it.name = str("all");
  CHECK_OK(trato_learning_define(store, &it, NOW, NULL, &error));
  const trato_str drinker = str("drinker");
  it.name = str("model");
  it.issue = str("sweet");
  it.policy = TRATO_LEARNER_LOGISTIC;
  it.segments = &drinker;
  it.segment_count = 1;
  CHECK_OK(trato_learning_define(store, &it, NOW, NULL, &error));
}

static uint64_t answers_of(const char *learner) {
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_learning_show(store, str(learner), NOW, &json, &error));
  const char *const found = strstr(json.data, "\"answers\": ");
  NEED(found != NULL);
  const uint64_t answers = strtoull(found + strlen("\"answers\": "), NULL, 10);
  trato_buf_dispose(&json);
  return answers;
}

int main(void) {
  store = open_memory();
  define_all();
  for (int i = 0; i < CUSTOMERS; ++i) {
    char name[16];
    snprintf(name, sizeof(name), "shop:%d", i);
    visit(store, name, NOW - DAY);
  }
  buy_two("shop:1", NOW - DAY);
  CHECK_OK(trato_items_learn(store, NULL, NOW, &items, &error));
  static int firsts[] = {1000, 2007};
  void *(*const work[])(void *) = {answer,      answer,    define, ask,
                                   count_items, ask_items, fork_it};
  enum { THREADS = sizeof(work) / sizeof(work[0]) };
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    NEED(pthread_create(&threads[i], NULL, work[i],
                        i < 2 ? &firsts[i] : NULL) == 0);
  }
  for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
  CHECK(failures == 0);
  CHECK(answered == 2 * ROUNDS);
  CHECK(answers_of("all") + answers_of("model") == answered);
  // Counted while it was told, and from what was told.
  trato_items *anew = NULL;
  uint64_t orders[2] = {0, 0};
  CHECK_OK(trato_items_update(items, store, NOW, &error));
  CHECK_OK(trato_items_learn(store, NULL, NOW, &anew, &error));
  CHECK_OK(trato_items_size(items, &orders[0], NULL, &error));
  CHECK_OK(trato_items_size(anew, &orders[1], NULL, &error));
  CHECK(orders[0] == orders[1] && orders[0] == 1 + 2 * ROUNDS / 10);
  trato_items_destroy(anew);
  trato_items_destroy(items);
  close_store(store);
  return check_done();
}
