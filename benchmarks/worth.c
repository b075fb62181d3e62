// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What it costs that a fact changes what a customer is worth: a purchase,
// buffered, and then her value, her RFM, her stage and a score by rules, one
// after the other, through the C interface. Nothing is kept per customer, so
// what is asked is worked out from her purchases each time. Prints lines of NAME
// MEDIAN P99 in microseconds.
//
//   trato_worth CUSTOMERS

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <trato.h>

#include "measure.h"

#define ASKED 20000

static trato_store *store;
static void buy(uint64_t customer, int64_t at_us, int64_t now_us) {
  char name[32];
  trato_interaction it = TRATO_INTERACTION_INIT;
  trato_write_options how = TRATO_WRITE_OPTIONS_INIT;
  how.durability = TRATO_BUFFERED;
  it.customer = name_of(customer, name, sizeof name);
  it.type = trato_cstr("purchase");
  it.at_us = at_us;
  it.amount_minor = 500 + (int64_t)draw(9500);
  check(trato_interaction_record(store, &it, now_us, &how, NULL, &error));
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
#define STEPS 6
static double taken[STEPS][ASKED];
static void tell(const char *name, int what) {
  qsort(taken[what], ASKED, sizeof(double), by_value);
  printf("%s %.2f %.2f\n", name, taken[what][ASKED / 2] * 1e6,
         taken[what][ASKED * 99 / 100] * 1e6);
}

static void define(const char *name, const char *expression) {
  check(trato_segment_define(store, trato_cstr(name), trato_cstr(expression),
                             NOW, NULL, &error));
}

static void define_score(void) {
  trato_score_rule rule;
  memset(&rule, 0, sizeof rule);
  rule.name = trato_cstr("purchase");
  rule.when = trato_cstr("interactions(\"purchase\")");
  rule.points_milli = 10000;
  rule.half_life = trato_cstr("90d");
  trato_score_definition score = TRATO_SCORE_DEFINITION_INIT;
  score.name = trato_cstr("loyalty");
  score.rules = &rule;
  score.rule_count = 1;
  check(trato_score_define(store, &score, NOW, NULL, &error));
}

int main(int argc, char **argv) {
  const uint64_t customers = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.zone = trato_cstr("Europe/Madrid");
  options.currency = trato_cstr("EUR");
  check(trato_store_open(trato_cstr(""), &options, &store, &error));
  for (uint64_t i = 0; i < customers; ++i) {
    int64_t at_us = NOW - (int64_t)draw(700) * DAY - DAY;
    const int64_t gap = 5 + (int64_t)draw(90);
    do {
      buy(i, at_us, at_us);
      at_us += (1 + (int64_t)draw((uint64_t)gap * 2)) * DAY;
    } while (at_us < NOW && draw(6) != 0);
  }
  check(trato_store_checkpoint(store, 0, NULL, &error));
  double start = seconds();
  check(trato_value_refit(store, NULL, NOW, NULL, NULL, &error));
  printf("refit_ms %.0f\n", (seconds() - start) * 1e3);
  define_score();
  define("repurchase", "stage() == \"repurchase\"");
  define("fading", "alive() < 0.3");
  define("dear", "clv() > money(\"100.00\", \"EUR\")");
  for (int i = 0; i < ASKED; ++i) {
    char name[32];
    const uint64_t customer = draw(customers);
    const trato_str who = name_of(customer, name, sizeof name);
    const int64_t now_us = NOW + i;
    double at[STEPS + 1];
    uint32_t member;
    int64_t points;
    trato_worth worth = TRATO_WORTH_INIT;
    at[0] = seconds();
    buy(customer, now_us, now_us);
    at[1] = seconds();
    check(trato_value_of(store, who, now_us, &worth, &error));
    at[2] = seconds();
    check(trato_segment_test(store, trato_cstr("repurchase"), who, now_us,
                             &member, &error));
    at[3] = seconds();
    check(trato_segment_test(store, trato_cstr("fading"), who, now_us, &member,
                             &error));
    at[4] = seconds();
    check(trato_segment_test(store, trato_cstr("dear"), who, now_us, &member,
                             &error));
    at[5] = seconds();
    check(trato_score_of(store, who, trato_cstr("loyalty"), now_us, &points,
                         &error));
    at[6] = seconds();
    for (int j = 0; j < STEPS; ++j) taken[j][i] = at[j + 1] - at[j];
  }
  tell("record", 0);
  tell("value_scores", 1);
  tell("stage", 2);
  tell("alive", 3);
  tell("clv", 4);
  tell("score", 5);
  const char *const all[] = {"repurchase", "fading", "dear"};
  for (int i = 0; i < 3; ++i) {
    trato_segment_size size;
    start = seconds();
    check(trato_segment_count(store, trato_cstr(all[i]), NOW + DAY, &size,
                              &error));
    printf("count_%s_us_each %.2f\n", all[i],
           (seconds() - start) * 1e6 / (double)customers);
  }
  check(trato_store_close(store, &error));
  return 0;
}
