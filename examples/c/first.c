// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <trato.h>

int main(void) {
  const int64_t now_us = 1323475200000000;  // 2011-12-10, by your own clock
  const trato_str recent = trato_cstr("recent");
  const trato_str rule =
      trato_cstr("interactions('purchase').within('90d').count() >= 1");
  trato_interaction purchase = TRATO_INTERACTION_INIT;
  purchase.customer = trato_cstr("shop:12748");
  purchase.type = trato_cstr("purchase");
  purchase.amount_minor = 480;

  trato_error error = TRATO_ERROR_INIT;
  trato_store *store = NULL;  // the empty path: in memory
  uint32_t member = 0;
  if (trato_store_open(trato_cstr(""), NULL, &store, &error) ||
      trato_interaction_record(store, &purchase, now_us, NULL, NULL, &error) ||
      trato_segment_define(store, recent, rule, now_us, NULL, &error) ||
      trato_segment_test(store, recent, purchase.customer, now_us, &member,
                         &error)) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  printf("shop:12748 is %s recent\n", member ? "in" : "not in");
  return trato_store_close(store, &error);
}
