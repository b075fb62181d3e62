// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the benchmarks in C share: numbers that are drawn, a clock, what ends a
// run.

#ifndef TRATO_BENCHMARKS_MEASURE_H_
#define TRATO_BENCHMARKS_MEASURE_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <trato.h>

#define NOW INT64_C(1800000000000000)
#define DAY INT64_C(86400000000)

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

static trato_str name_of(uint64_t customer, char *text, size_t size) {
  const int length =
      snprintf(text, size, "shop:%llu", (unsigned long long)customer);
  return (trato_str){text, (size_t)length};
}

#endif  // TRATO_BENCHMARKS_MEASURE_H_
