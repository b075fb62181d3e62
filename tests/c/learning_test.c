// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Learners that serve a store's offers, and what goes with what.

#include "arrow_table.h"
#include "check.h"

static int holds(const trato_buf *text, const char *part) {
  const size_t size = strlen(part);
  for (size_t at = 0; at + size <= text->size; ++at) {
    if (memcmp(text->data + at, part, size) == 0) return 1;
  }
  return 0;
}

static int near(double a, double b) { return a - b < 1e-9 && b - a < 1e-9; }

static void offer(trato_store *store, const char *name) {
  trato_offer it = TRATO_OFFER_INIT;
  it.name = str(name);
  const trato_str product = it.name;
  it.products = &product;
  it.product_count = 1;
  it.value_minor = 1000;
  CHECK_OK(trato_offer_define(store, &it, NOW, NULL, &error));
}

static trato_learning_definition learner(const char *name) {
  trato_learning_definition it = TRATO_LEARNING_DEFINITION_INIT;
  it.name = str(name);
  it.customer_weight = 4;
  return it;
}

static double affinity(const trato_store *store, const char *customer,
                       int64_t now_us) {
  trato_match match;
  size_t found = 0;
  CHECK_OK(trato_offer_match(store, str(customer), now_us, NULL, &match, 1,
                             &found, &error));
  CHECK(found == 1);
  return match.affinity;
}

static void test_a_learner_serves(void) {
  trato_store *store = open_memory();
  visit(store, "shop:1", NOW);
  visit(store, "shop:2", NOW);
  offer(store, "tea");
  trato_learning_definition it = learner("all");
  CHECK_OK(trato_learning_define(store, &it, NOW, NULL, &error));
  CHECK(near(affinity(store, "shop:1", NOW), 0.05));

  trato_decision decision;
  CHECK_OK(trato_offer_decide(store, str("shop:1"), NOW, NULL, NULL, &decision,
                              &error));
  CHECK(decision.taken == 1 && near(decision.probability, 1));
  trato_outcome outcome = TRATO_OUTCOME_INIT;
  outcome.decision = decision.id;
  outcome.kind = TRATO_OUTCOME_ACCEPTED;
  outcome.at_us = NOW + DAY;
  CHECK_OK(trato_outcome_record(store, &outcome, NOW + DAY, NULL, NULL,
                                &error));
  // Pooled between her, those like her, and the offer.
  const double all = 1.5 / 11;
  const double alike = (1 + 20 * all) / 21;
  CHECK(near(affinity(store, "shop:1", NOW + DAY), (1 + 4 * alike) / 5));
  CHECK(near(affinity(store, "shop:2", NOW + DAY), alike));
  CHECK(near(affinity(store, "shop:2", NOW), 0.05));

  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_learning_list(store, NOW + DAY, &json, &error));
  CHECK(holds(&json, "\"learner\": \"all\"") && holds(&json, "\"answers\": 1"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_learning_show(store, it.name, NOW + DAY, &json, &error));
  CHECK(holds(&json, "\"never bought\"") &&
        holds(&json, "\"answers_of_segment\": 4.0"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_learning_depth(store, str("shop:1"), NOW + DAY, &json,
                                &error));
  CHECK(holds(&json, "the 1 answer that she gave") &&
        holds(&json, "\"decisions\": 1"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_learning_base(store, NOW + DAY, &json, &error));
  CHECK(holds(&json, "\"customers\": 2"));
  trato_buf_dispose(&json);
  struct ArrowArrayStream stream;
  CHECK_OK(trato_learning_depths(store, 0, NOW + DAY, &stream, &error));
  stream.release(&stream);
  CHECK_OK(trato_learning_progress(store, it.name, NOW + DAY, &stream,
                                   &error));
  stream.release(&stream);

  // Retired, the offer is served by nobody: affinities as without learners.
  it.retired = 1;
  CHECK_OK(trato_learning_define(store, &it, NOW + DAY, NULL, &error));
  CHECK(!near(affinity(store, "shop:2", NOW + DAY), alike));
  close_store(store);
}

static void test_what_is_wrong_is_named(void) {
  trato_store *store = open_memory();
  visit(store, "shop:1", NOW);
  trato_learning_definition it = learner("");
  CHECK_INVALID(trato_learning_define(store, &it, NOW, NULL, &error));
  it = learner("all");
  it.policy = 99;
  CHECK_INVALID(trato_learning_define(store, &it, NOW, NULL, &error));
  CHECK(strstr(error.message, "learning.policy") != NULL);
  it = learner("all");
  it.floor = 0.001;
  CHECK_INVALID(trato_learning_define(store, &it, NOW, NULL, &error));
  CHECK(strstr(error.message, "learner 'all': ") != NULL &&
        strstr(error.message, "floor") != NULL);
  it = learner("all");
  it.without_floor = 2;
  CHECK_INVALID(trato_learning_define(store, &it, NOW, NULL, &error));
  it = learner("all");
  it.segment_count = 1;
  CHECK_INVALID(trato_learning_define(store, &it, NOW, NULL, &error));
  const trato_str nobody = str("nobody");
  it.segments = &nobody;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_learning_define(store, &it, NOW, NULL, &error));
  CHECK_INVALID(trato_learning_define(store, NULL, NOW, NULL, &error));
  CHECK_INVALID(trato_learning_list(store, NOW, NULL, &error));
  CHECK_INVALID(trato_learning_depths(store, 0, NOW, NULL, &error));
  CHECK_INVALID(trato_learning_progress(store, str(""), NOW, NULL, &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_learning_show(store, str("all"), NOW, &json, &error));
  CHECK_OK(trato_learning_list(store, NOW, &json, &error));
  CHECK(json.size == 2);  // none
  trato_buf_dispose(&json);
  close_store(store);
}

static void test_what_goes_with_what(void) {
  trato_store *store = open_memory();
  trato_items *items = NULL;
  // Two that only come together, in half of twenty orders.
  for (int i = 0; i < 20; ++i) {
    trato_line lines[2];
    memset(lines, 0, sizeof(lines));
    lines[0].product = str(i % 2 == 0 ? "tea" : "lamp");
    lines[1].product = str("cup");
    lines[0].quantity = lines[1].quantity = 1000000;
    trato_interaction order = TRATO_INTERACTION_INIT;
    char name[16];
    snprintf(name, sizeof(name), "shop:%d", i);
    order.customer = str(name);
    order.type = str("purchase");
    order.at_us = NOW;
    order.lines = lines;
    order.line_count = i % 2 == 0 ? 2 : 1;
    CHECK_OK(trato_interaction_record(store, &order, NOW, NULL, NULL, &error));
  }
  CHECK_OK(trato_items_learn(store, NULL, NOW, &items, &error));
  uint64_t orders = 0;
  uint64_t count = 0;
  CHECK_OK(trato_items_size(items, &orders, &count, &error));
  CHECK(orders == 20 && count == 3);
  struct ArrowArrayStream stream;
  CHECK_OK(trato_items_related(items, str("tea"), TRATO_ITEMS_TOGETHER, 0,
                               &stream, &error));
  stream.release(&stream);
  CHECK_OK(trato_items_also_bought(items, store, str("shop:1"),
                                   TRATO_ITEMS_TOGETHER, 3, NOW, &stream,
                                   &error));
  stream.release(&stream);
  CHECK_OK(trato_items_table(items, TRATO_ITEMS_NEXT, 0, &stream, &error));
  stream.release(&stream);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_items_related(items, str("bag"), TRATO_ITEMS_TOGETHER, 0,
                                   &stream, &error));
  CHECK_OK(trato_items_define_score(items, store, str("suits tea"), str("tea"),
                                    TRATO_ITEMS_TOGETHER, 0, NOW, NULL,
                                    &error));
  int64_t milli = 0;
  CHECK_OK(trato_score_of(store, str("shop:0"), str("suits tea"), NOW, &milli,
                          &error));
  CHECK(milli > 0);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_items_define_score(items, store, str("bag"), str("bag"), 0,
                                        0, NOW, NULL, &error));
  CHECK_OK(trato_items_update(items, store, NOW, &error));
  CHECK_INVALID(trato_items_update(NULL, store, NOW, &error));
  CHECK_INVALID(trato_items_update(items, NULL, NOW, &error));
  CHECK_INVALID(trato_items_related(items, str("tea"), 3, 0, &stream, &error));
  CHECK_INVALID(trato_items_related(NULL, str("tea"), 0, 0, &stream, &error));
  CHECK_INVALID(trato_items_table(items, 0, 0, NULL, &error));
  CHECK_INVALID(trato_items_learn(store, NULL, NOW, NULL, &error));
  trato_items_options options = TRATO_ITEMS_OPTIONS_INIT;
  options.reserved0 = 1;
  CHECK_INVALID(trato_items_learn(store, &options, NOW, &items, &error));
  close_store(store);
  // It needs the store no more.
  CHECK_OK(trato_items_size(items, NULL, &count, &error));
  trato_items_destroy(items);
  trato_items_destroy(NULL);
}

// Two who could get the one there is.
static void test_what_is_scarce_is_handed_out(void) {
  trato_store *store = open_memory();
  visit(store, "shop:1", NOW);
  visit(store, "shop:2", NOW);
  trato_offer it = TRATO_OFFER_INIT;
  it.name = str("tea");
  const trato_str product = it.name;
  it.products = &product;
  it.product_count = 1;
  it.value_minor = 1000;
  it.stock = 1;
  CHECK_OK(trato_offer_define(store, &it, NOW, NULL, &error));
  struct ArrowArrayStream stream;
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_offer_allocate(store, NULL, NOW, &stream, &json, &error));
  CHECK(rows_of(&stream) == 1);
  CHECK(holds(&json, "\"customers\": 2") && holds(&json, "\"planned\": 1") &&
        holds(&json, "\"candidates\": 2") && holds(&json, "\"most\": 1"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_offer_allocate(store, NULL, NOW, NULL, NULL, &error));
  trato_allocation_options options = TRATO_ALLOCATION_OPTIONS_INIT;
  options.segment = str("keen");
  CHECK_STATUS(TRATO_NOT_FOUND, trato_offer_allocate(store, &options, NOW, NULL,
                                                     NULL, &error));
  options = (trato_allocation_options)TRATO_ALLOCATION_OPTIONS_INIT;
  options.reserved0 = 1;
  CHECK_INVALID(
      trato_offer_allocate(store, &options, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_offer_allocate(NULL, NULL, NOW, NULL, NULL, &error));
  close_store(store);
}

// What it believes is what a refit finds: one yes to one offer.
static void test_a_logistic_learner_is_refitted(void) {
  trato_store *store = open_memory();
  visit(store, "shop:1", NOW);
  offer(store, "tea");
  trato_learning_definition it = learner("all");
  it.policy = TRATO_LEARNER_LOGISTIC;
  CHECK_OK(trato_learning_define(store, &it, NOW, NULL, &error));
  CHECK(near(affinity(store, "shop:1", NOW), 0.05));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_learning_refit(store, it.name, NOW, NULL, NULL, &error));
  trato_decision decision;
  CHECK_OK(trato_offer_decide(store, str("shop:1"), NOW, NULL, NULL, &decision,
                              &error));
  trato_outcome outcome = TRATO_OUTCOME_INIT;
  outcome.decision = decision.id;
  outcome.kind = TRATO_OUTCOME_ACCEPTED;
  outcome.at_us = NOW + 1;
  CHECK_OK(trato_outcome_record(store, &outcome, NOW + 1, NULL, NULL, &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_learning_refit(store, it.name, NOW + 1, NULL, &json, &error));
  CHECK(holds(&json, "\"model\": ") && holds(&json, "\"deviation\": "));
  trato_buf_dispose(&json);
  // Four weights w that move alike, of 1 and of never, for any and for tea:
  // w = 1 - p, and p = 1 / (1 + exp(-(log(0.05 / 0.95) + 4 w))).
  const double p = affinity(store, "shop:1", NOW + 1);
  double odds = 0.05 / 0.95;
  double power = 1;  // exp(4 (1 - p)), as a series
  double term = 1;
  for (int i = 1; i < 40; ++i) power += term *= 4 * (1 - p) / i;
  odds *= power;
  CHECK(near(p, odds / (1 + odds)));
  CHECK_STATUS(TRATO_NOT_FOUND, trato_learning_refit(store, str("x"), NOW, NULL,
                                                     NULL, &error));
  CHECK_INVALID(
      trato_learning_refit(NULL, it.name, NOW, NULL, NULL, &error));
  close_store(store);
}

int main(void) {
  test_a_logistic_learner_is_refitted();
  test_what_is_scarce_is_handed_out();
  test_a_learner_serves();
  test_what_is_wrong_is_named();
  test_what_goes_with_what();
  return check_done();
}
