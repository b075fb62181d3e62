// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Facts commute: the order of their arrival changes no answer.

#include "check.h"

enum { kFacts = 8 };

static void say(trato_store *store, int fact) {
  trato_attribute country = TRATO_ATTRIBUTE_INIT;
  country.customer = str("shop:1");
  country.name = str("country");
  country.value.kind = TRATO_VALUE_STRING;
  switch (fact) {
    case 0:
      buy(store, "shop:1", NOW - 9 * DAY, "tea", 480);
      break;
    case 1:
      buy(store, "shop:2", NOW - 9 * DAY, "tea", 480);
      break;
    case 2:
      buy(store, "shop:1", NOW - 9 * DAY, "cup", 650);
      break;
    case 3:
      visit(store, "shop:2", NOW - 2 * DAY);
      break;
    case 4:
      country.at_us = NOW - 5 * DAY;
      country.value.text = str("Spain");
      CHECK_OK(trato_attribute_set(store, &country, NOW, NULL, NULL, &error));
      break;
    case 5:
      country.at_us = NOW - 5 * DAY;  // the same instant
      country.value.text = str("France");
      CHECK_OK(trato_attribute_set(store, &country, NOW, NULL, NULL, &error));
      break;
    default:
      CHECK_OK(trato_identifier_claim(
          store, str(fact == 6 ? "shop:1" : "shop:2"),
          str("email:ada@example.org"), NOW, NULL, NULL, &error));
  }
}

// What one may see of the customer.
typedef struct answers {
  trato_buf json;
  trato_id facts[kFacts];  // of the timeline, in order
  size_t count;
} answers;

static answers told_in(const int *order) {
  trato_store *store = open_memory();
  CHECK_OK(trato_attribute_define(store, str("country"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str(""), NOW, NULL,
                                  &error));
  CHECK_OK(trato_identifier_define(store, str("email"), 1, NOW, NULL, &error));
  for (int i = 0; i < kFacts; ++i) say(store, order[i]);
  answers result = {TRATO_BUF_INIT, {{{0}}}, 0};
  CHECK_OK(trato_customer_get(store, str("shop:1"), NOW, &result.json, &error));
  NEED(result.json.data != NULL);
  trato_timeline *timeline = NULL;
  CHECK_OK(
      trato_timeline_open(store, str("shop:2"), NOW, NULL, &timeline, &error));
  for (;;) {
    const trato_timeline_entry *entry = NULL;
    CHECK_OK(trato_timeline_next(timeline, &entry, &error));
    if (entry == NULL) break;
    NEED(result.count < kFacts);
    result.facts[result.count++] = entry->fact;
  }
  trato_timeline_destroy(timeline);
  close_store(store);
  return result;
}

static int same(const answers *a, const answers *b) {
  return strcmp(a->json.data, b->json.data) == 0 && a->count == b->count &&
         memcmp(a->facts, b->facts, sizeof(a->facts)) == 0;
}

int main(void) {
  int order[kFacts] = {0, 1, 2, 3, 4, 5, 6, 7};
  answers expected = told_in(order);
  CHECK(expected.count == 4);
  uint32_t random = 12345;
  for (int round = 0; round < 200 && check_failures == 0; ++round) {
    for (int i = kFacts - 1; i > 0; --i) {
      random = random * 1664525 + 1013904223;
      const int j = (int)((random >> 8) % (uint32_t)(i + 1));
      const int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    answers got = told_in(order);
    CHECK(same(&got, &expected));
    trato_buf_dispose(&got.json);
  }
  trato_buf_dispose(&expected.json);
  return check_done();
}
