// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Corrections and retractions of interactions.

#include "check.h"

static trato_store *store = NULL;

static trato_id visited(const char *customer, int64_t at_us) {
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.at_us = at_us;
  it.customer = str(customer);
  it.type = str("visit");
  trato_id fact;
  memset(&fact, 0, sizeof(fact));
  CHECK_OK(trato_interaction_record(store, &it, NOW, NULL, &fact, &error));
  return fact;
}

// How many interactions there are, and of the last its type and fact.
static int seen(const char *customer, int64_t now_us, char *out_type,
                trato_id *out_fact) {
  trato_timeline *timeline = NULL;
  if (trato_timeline_open(store, str(customer), now_us, NULL, &timeline,
                          &error) == TRATO_NOT_FOUND) {
    return 0;
  }
  int count = 0;
  const trato_timeline_entry *entry = NULL;
  while (trato_timeline_next(timeline, &entry, &error) == TRATO_OK &&
         entry != NULL) {
    ++count;
    snprintf(out_type, 16, "%.*s", (int)entry->type.size, entry->type.data);
    *out_fact = entry->fact;
  }
  trato_timeline_destroy(timeline);
  return count;
}

static trato_correction of(const char *record, trato_id fact) {
  trato_correction it = TRATO_CORRECTION_INIT;
  it.record = str(record);
  it.interaction = fact;
  it.reason = str("it was mistyped");
  return it;
}

static void test_a_correction_moves_an_interaction(void) {
  const trato_id fact = visited("one:1", NOW - 3 * DAY);
  trato_interaction content = TRATO_INTERACTION_INIT;
  content.at_us = NOW - DAY;
  content.customer = str("one:2");
  content.type = str("purchase");
  content.amount_minor = 480;
  trato_correction correction = of("one:1", fact);
  correction.content = &content;
  trato_id id = fact;
  CHECK_OK(
      trato_interaction_correct(store, &correction, NOW, NULL, &id, &error));
  CHECK(!same_id(id, fact));
  char type[16] = "";
  trato_id kept = id;
  CHECK(seen("one:1", NOW, type, &kept) == 0);
  CHECK(seen("one:2", NOW, type, &kept) == 1);
  CHECK(strcmp(type, "purchase") == 0 && same_id(kept, fact));
}

static void test_a_retraction_takes_it_back(void) {
  const trato_id fact = visited("two:1", NOW - 3 * DAY);
  char type[16] = "";
  trato_id kept;
  trato_correction correction = of("two:1", fact);
  correction.at_us = NOW - DAY;
  CHECK_OK(
      trato_interaction_retract(store, &correction, NOW, NULL, NULL, &error));
  CHECK(seen("two:1", NOW, type, &kept) == 0);
  // A later correction brings it back, an earlier one does not.
  trato_interaction content = TRATO_INTERACTION_INIT;
  content.at_us = NOW - 3 * DAY;
  content.customer = str("two:1");
  content.type = str("return");
  correction.content = &content;
  correction.at_us = NOW - 2 * DAY;
  CHECK_OK(
      trato_interaction_correct(store, &correction, NOW, NULL, NULL, &error));
  CHECK(seen("two:1", NOW, type, &kept) == 0);
  correction.at_us = NOW;
  CHECK_OK(
      trato_interaction_correct(store, &correction, NOW, NULL, NULL, &error));
  CHECK(seen("two:1", NOW, type, &kept) == 1);
  CHECK(strcmp(type, "return") == 0 && same_id(kept, fact));
}

static void test_it_may_come_before_what_it_corrects(void) {
  trato_id fact;
  CHECK_OK(trato_fact_id(str("host"), str("later"), &fact, &error));
  const trato_correction correction = of("three:1", fact);
  CHECK_OK(
      trato_interaction_retract(store, &correction, NOW, NULL, NULL, &error));
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.customer = str("three:1");
  it.type = str("visit");
  it.key = str("later");
  CHECK_OK(trato_interaction_record(store, &it, NOW, NULL, NULL, &error));
  char type[16] = "";
  CHECK(seen("three:1", NOW, type, &fact) == 0);
}

static void test_the_same_key_is_one_correction(void) {
  trato_correction correction = of("four:1", visited("four:1", NOW - DAY));
  correction.key = str("once");
  correction.at_us = NOW;
  trato_id one, two;
  CHECK_OK(
      trato_interaction_retract(store, &correction, NOW, NULL, &one, &error));
  CHECK_OK(
      trato_interaction_retract(store, &correction, NOW, NULL, &two, &error));
  CHECK(same_id(one, two));
  correction.reason = str("another one");
  CHECK_STATUS(
      TRATO_ALREADY_EXISTS,
      trato_interaction_retract(store, &correction, NOW, NULL, NULL, &error));
}

static void test_mistakes(void) {
  trato_correction correction = of("five:1", visited("five:1", NOW - DAY));
  CHECK_INVALID(
      trato_interaction_correct(store, &correction, NOW, NULL, NULL, &error));
  trato_interaction content = TRATO_INTERACTION_INIT;
  content.customer = str("five:1");
  content.type = str("visit");
  content.at_us = NOW - DAY;
  correction.content = &content;
  CHECK_INVALID(
      trato_interaction_retract(store, &correction, NOW, NULL, NULL, &error));
  content.at_us = TRATO_AT_NOW;
  CHECK_INVALID(
      trato_interaction_correct(store, &correction, NOW, NULL, NULL, &error));
  content.at_us = NOW - DAY;
  content.key = str("own");
  CHECK_INVALID(
      trato_interaction_correct(store, &correction, NOW, NULL, NULL, &error));
  content.key = str("");
  content.type = str("party");
  CHECK_STATUS(
      TRATO_NOT_FOUND,
      trato_interaction_correct(store, &correction, NOW, NULL, NULL, &error));
  content.type = str("visit");
  correction.record = str("nameless");
  CHECK_INVALID(
      trato_interaction_correct(store, &correction, NOW, NULL, NULL, &error));
  char type[16] = "";
  trato_id fact;
  CHECK(seen("five:1", NOW, type, &fact) == 1);
}

int main(void) {
  store = open_memory();
  test_a_correction_moves_an_interaction();
  test_a_retraction_takes_it_back();
  test_it_may_come_before_what_it_corrects();
  test_the_same_key_is_one_correction();
  test_mistakes();
  close_store(store);
  return check_done();
}
