// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Editions, worth, stages and cohorts of a store.

#include <math.h>

#include "check.h"

static trato_str text_of(const char *text) {
  const trato_str view = {text, strlen(text)};
  return view;
}

static void sell(trato_store *store, int customer, int64_t at_us,
                int64_t minor) {
  char name[32];
  snprintf(name, sizeof name, "shop:%d", customer);
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.customer = text_of(name);
  it.type = text_of("purchase");
  it.at_us = at_us;
  it.amount_minor = minor;
  CHECK_OK(trato_interaction_record(store, &it, at_us, NULL, NULL, &error));
}

static int holds(const trato_buf *json, const char *text) {
  return json->data != NULL && strstr(json->data, text) != NULL;
}

static trato_store *shop(void) {
  trato_store *store = NULL;
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.zone = text_of("UTC");
  options.currency = text_of("EUR");
  CHECK_OK(trato_store_open(text_of(""), &options, &store, &error));
  NEED(store != NULL);
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j <= i % 6; ++j) {
      sell(store, i, NOW - (200 - 25 * j - i % 20) * DAY, 1000 + 10 * i);
    }
  }
  return store;
}

static void test_worth(void) {
  trato_store *store = shop();
  trato_worth worth = TRATO_WORTH_INIT;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_value_of(store, text_of("shop:5"), NOW, &worth, &error));
  CHECK_INVALID(trato_segment_define(store, text_of("x"),
                                     text_of("alive() < 0.5"), NOW, NULL,
                                     &error));
  CHECK(strstr(error.message, "refit") != NULL);

  trato_refit_options options = TRATO_REFIT_OPTIONS_INIT;
  options.margin = -1;
  CHECK_INVALID(trato_value_refit(store, &options, NOW, NULL, NULL, &error));
  options.margin = 0.5;
  options.model = TRATO_MODEL_GAMMA_GAMMA;
  CHECK_INVALID(trato_value_refit(store, &options, NOW, NULL, NULL, &error));
  options.model = TRATO_MODEL_MBG_NBD;
  const trato_str no_type = text_of("purchased");
  options.types = &no_type;
  options.type_count = 1;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_value_refit(store, &options, NOW, NULL, NULL, &error));
  options.types = NULL;
  options.type_count = 0;
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_value_refit(store, &options, NOW, NULL, &json, &error));
  CHECK(holds(&json, "\"mbg_nbd\"") && holds(&json, "\"gamma_gamma\""));
  trato_buf_dispose(&json);
  CHECK_OK(trato_value_editions(store, &json, &error));
  CHECK(holds(&json, "\"number\": 1"));
  trato_buf_dispose(&json);

  CHECK_OK(trato_value_of(store, text_of("shop:5"), NOW, &worth, &error));
  CHECK(worth.edition == 1 && worth.frequency == 5 && worth.orders == 6);
  CHECK(worth.alive > 0 && worth.alive < 1 && worth.expected > 0);
  CHECK(worth.value_minor > 0 && strcmp(worth.currency, "EUR") == 0);
  CHECK(fabs(worth.total - 63) < 1e-9);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_value_of(store, text_of("shop:5"), NOW - 1, &worth,
                              &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_value_of(store, text_of("shop:99"), NOW, &worth, &error));
  CHECK_INVALID(trato_value_of(store, text_of("shop:5"), NOW, NULL, &error));
  CHECK_OK(trato_segment_define(store, text_of("x"),
                                text_of("clv() > money(\"1.00\", \"EUR\")"),
                                NOW, NULL, &error));
  CHECK_INVALID(trato_segment_define(store, text_of("y"),
                                     text_of("rfm().recencey > 2"), NOW, NULL,
                                     &error));
  CHECK(strstr(error.message, "did you mean 'recency'") != NULL);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_stages(void) {
  trato_store *store = shop();
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_stage_rules(store, NOW, &json, &error));
  CHECK(holds(&json, "\"number\": 0") && holds(&json, "silent(0.99)"));
  trato_buf_dispose(&json);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_stage_of(store, text_of("shop:5"), text_of(""), NOW,
                              &json, &error));
  CHECK_OK(trato_value_refit(store, NULL, NOW, NULL, NULL, &error));
  trato_stage_rule rules[2] = {
      {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}},
      {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}}};
  rules[0].stage = text_of("repurchase");
  rules[0].when = text_of("bought() > 1");
  rules[0].reason = text_of("came back");
  rules[1].stage = text_of("bought");
  rules[1].when = text_of("true");
  CHECK_INVALID(trato_stage_define(store, rules, 2, NOW, NULL, &error));
  CHECK(strstr(error.message, "rules[1].stage") != NULL);
  rules[1].stage = text_of("purchase");
  CHECK_INVALID(trato_stage_define(store, NULL, 1, NOW, NULL, &error));
  CHECK_INVALID(trato_stage_define(store, rules, 0, NOW, NULL, &error));
  CHECK_OK(trato_stage_define(store, rules, 2, NOW, NULL, &error));
  CHECK_OK(trato_stage_of(store, text_of("shop:5"), text_of(""), NOW, &json,
                          &error));
  CHECK(holds(&json, "\"stage\": \"repurchase\"") &&
        holds(&json, "came back"));
  trato_buf_dispose(&json);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_stage_of(store, text_of("shop:5"), text_of("tea"), NOW,
                              &json, &error));
  CHECK_OK(trato_stage_report(store, text_of(""), NOW - 90 * DAY, NOW, &json,
                              &error));
  CHECK(holds(&json, "\"customers\": 60") && holds(&json, "\"moves\""));
  trato_buf_dispose(&json);
  CHECK_INVALID(trato_stage_report(store, text_of(""), NOW, NOW - 1, &json,
                                   &error));
  CHECK_OK(trato_store_close(store, &error));
}

static void test_cohorts(void) {
  trato_store *store = shop();
  trato_purchases *purchases = NULL;
  CHECK_OK(trato_store_purchases(store, NULL, NOW, &purchases, &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_purchases_cohorts(purchases, TRATO_PERIOD_MONTH, &json,
                                   &error));
  CHECK(holds(&json, "\"period\": \"month\"") && holds(&json, "\"2011-05\""));
  trato_buf_dispose(&json);
  CHECK_INVALID(trato_purchases_cohorts(purchases, 9, &json, &error));
  CHECK_INVALID(trato_purchases_cohorts(NULL, 0, &json, &error));
  trato_purchases_destroy(purchases);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_scores(void) {
  trato_store *store = shop();
  trato_score_rule rules[2] = {
      {{NULL, 0}, {NULL, 0}, 2500, {NULL, 0}, {NULL, 0}},
      {{NULL, 0}, {NULL, 0}, -1000, {NULL, 0}, {NULL, 0}}};
  rules[0].name = text_of("purchase");
  rules[0].when = text_of("interactions(\"purchase\")");
  rules[1].name = text_of("few");
  rules[1].when = text_of("interactions(\"purchase\").count() < 2");
  rules[1].lapse = text_of("1y");
  trato_score_definition score = TRATO_SCORE_DEFINITION_INIT;
  score.name = text_of("loyalty");
  score.rules = rules;
  CHECK_INVALID(trato_score_define(store, &score, NOW, NULL, &error));
  score.rule_count = 2;
  CHECK_INVALID(trato_score_define(store, &score, NOW, NULL, &error));
  CHECK(strstr(error.message, "rules[1].lapse") != NULL);
  rules[1].lapse = text_of("");
  CHECK_INVALID(trato_score_define(store, NULL, NOW, NULL, &error));
  CHECK_OK(trato_score_define(store, &score, NOW, NULL, &error));

  int64_t milli = 0;
  CHECK_OK(trato_score_of(store, text_of("shop:5"), score.name, NOW, &milli,
                          &error));
  CHECK(milli == 6 * 2500);
  CHECK_OK(trato_score_of(store, text_of("shop:0"), score.name, NOW, &milli,
                          &error));
  CHECK(milli == 2500 - 1000);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_score_of(store, text_of("shop:99"), score.name, NOW,
                              &milli, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_score_of(store, text_of("shop:5"), text_of("loyalti"),
                              NOW, &milli, &error));
  CHECK(strstr(error.message, "did you mean 'loyalty'") != NULL);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_score_of(store, text_of("shop:5"), score.name, NOW - 1,
                              &milli, &error));
  CHECK_INVALID(trato_score_of(store, text_of("shop:5"), score.name, NOW, NULL,
                               &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_score_log(store, text_of("shop:0"), score.name, NOW, &json,
                           &error));
  CHECK(holds(&json, "\"value_milli\": 1500") &&
        holds(&json, "\"left_milli\": -1000"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_score_list(store, NOW, &json, &error));
  CHECK(holds(&json, "\"loyalty\"") && holds(&json, "\"most_milli\": null"));
  trato_buf_dispose(&json);
  CHECK_INVALID(trato_score_table(store, score.name, 0, NOW, NULL, &error));
  CHECK_OK(trato_segment_define(store, text_of("keen"),
                                text_of("score(\"loyalty\") > 10"), NOW, NULL,
                                &error));
  trato_segment_size size;
  CHECK_OK(trato_segment_count(store, text_of("keen"), NOW, &size, &error));
  CHECK(size.members == 20);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_rankings(void) {
  trato_store *store = shop();
  trato_buf json = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_value_pyramid(store, NOW, &json, &error));
  CHECK_INVALID(trato_value_risk(store, 2, 10, NOW, NULL, &error));
  CHECK_INVALID(
      trato_stage_win_back(store, text_of(""), 10, NOW, NULL, &error));
  CHECK_OK(trato_value_refit(store, NULL, NOW, NULL, NULL, &error));
  CHECK_OK(trato_value_pyramid(store, NOW, &json, &error));
  CHECK(holds(&json, "\"customers\": 60") && holds(&json, "top 1 %"));
  trato_buf_dispose(&json);

  trato_compare_options options = TRATO_COMPARE_OPTIONS_INIT;
  options.since_us = NOW;
  CHECK_INVALID(trato_value_compare(store, &options, NOW, &json, &error));
  options.since_us = NOW - 90 * DAY;
  const trato_unit_cost costs[2] = {{{NULL, 0}, 1000, 500},
                                    {{NULL, 0}, 1000, 500}};
  options.costs = costs;
  options.cost_count = 2;
  CHECK_INVALID(trato_value_compare(store, &options, NOW, &json, &error));
  CHECK(strstr(error.message, "costs[1].unit") != NULL);
  options.cost_count = 1;
  CHECK_OK(trato_value_compare(store, &options, NOW, &json, &error));
  CHECK(holds(&json, "\"customers\": 60") &&
        holds(&json, "\"acquisition_minor\": 1000"));
  trato_buf_dispose(&json);
  options.unit = text_of("territory");
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_value_compare(store, &options, NOW, &json, &error));
  CHECK_INVALID(trato_value_compare(store, NULL, NOW, &json, &error));
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  test_scores();
  test_rankings();
  test_worth();
  test_stages();
  test_cohorts();
  return check_done();
}
