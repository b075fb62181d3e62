// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What it costs that a fact changes what a customer is worth: a purchase,
// buffered, and then her value, her scores and her stage, one after the other,
// through the C interface. Nothing is kept per customer, so what is asked is
// worked out from her purchases each time. Prints lines of NAME VALUE, medians
// in microseconds.
//
//   trato_worth CUSTOMERS

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <trato.h>

#define NOW INT64_C(1800000000000000)
#define DAY INT64_C(86400000000)
#define ASKED 20000

static uint64_t state = 20111210;
static uint64_t draw(uint64_t below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % below;
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static trato_error error = TRATO_ERROR_INIT;
static void check(trato_status status) {
  if (status == TRATO_OK) return;
  fprintf(stderr, "%s\n", error.message);
  exit(1);
}

static trato_store *store;
static void buy(uint64_t customer, int64_t at_us, int64_t now_us) {
  char name[32];
  snprintf(name, sizeof name, "shop:%llu", (unsigned long long)customer);
  trato_interaction it = TRATO_INTERACTION_INIT;
  trato_write_options how = TRATO_WRITE_OPTIONS_INIT;
  how.durability = TRATO_BUFFERED;
  it.customer = trato_cstr(name);
  it.type = trato_cstr("purchase");
  it.at_us = at_us;
  it.amount_minor = 500 + (int64_t)draw(9500);
  check(trato_interaction_record(store, &it, now_us, &how, NULL, &error));
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
static double taken[5][ASKED];
static void tell(const char *name, int what) {
  qsort(taken[what], ASKED, sizeof(double), by_value);
  printf("%s %.2f %.2f\n", name, taken[what][ASKED / 2] * 1e6,
         taken[what][ASKED * 99 / 100] * 1e6);
}

static void define(const char *name, const char *expression) {
  check(trato_segment_define(store, trato_cstr(name), trato_cstr(expression),
                             NOW, NULL, &error));
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
  define("repurchase", "stage() == \"repurchase\"");
  define("fading", "alive() < 0.3");
  define("dear", "clv() > money(\"100.00\", \"EUR\")");
  for (int i = 0; i < ASKED; ++i) {
    char name[32];
    const uint64_t customer = draw(customers);
    snprintf(name, sizeof name, "shop:%llu", (unsigned long long)customer);
    const trato_str who = trato_cstr(name);
    const int64_t now_us = NOW + i;
    double at[6];
    uint32_t member;
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
    for (int j = 0; j < 5; ++j) taken[j][i] = at[j + 1] - at[j];
  }
  tell("record", 0);
  tell("value_scores", 1);
  tell("stage", 2);
  tell("alive", 3);
  tell("clv", 4);
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
