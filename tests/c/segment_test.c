// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Segments: exact at any instant, without anything being run.

#include "check.h"

#define LOYAL "interactions(\"purchase\").within(\"90d\").count() >= 2"

static void define(trato_store *store, const char *name,
                   const char *expression) {
  CHECK_OK(trato_segment_define(store, str(name), str(expression), NOW, NULL,
                                &error));
}

static trato_segment_size count(const trato_store *store, const char *name,
                                int64_t now_us) {
  trato_segment_size size = {99, 99, 99};
  CHECK_OK(trato_segment_count(store, str(name), now_us, &size, &error));
  return size;
}

static uint32_t test_at(const trato_store *store, const char *name,
                        const char *customer, int64_t now_us) {
  uint32_t member = 99;
  CHECK_OK(trato_segment_test(store, str(name), str(customer), now_us, &member,
                              &error));
  return member;
}

static void test_membership_follows_the_clock(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW - 20 * DAY, "tea", 480);
  buy(store, "shop:1", NOW - 10 * DAY, "tea", 480);
  buy(store, "shop:2", NOW - 5 * DAY, "tea", 480);
  define(store, "loyal", LOYAL);
  const trato_segment_size size = count(store, "loyal", NOW);
  CHECK(size.members == 1 && size.customers == 2 && size.undecided == 0);
  CHECK(test_at(store, "loyal", "shop:1", NOW) == 1);
  CHECK(test_at(store, "loyal", "shop:2", NOW) == 0);
  // In with the second purchase, out when the first is 90 days old.
  CHECK(test_at(store, "loyal", "shop:1", NOW - 10 * DAY - 1) == 0);
  CHECK(test_at(store, "loyal", "shop:1", NOW - 10 * DAY) == 1);
  CHECK(test_at(store, "loyal", "shop:1", NOW + 70 * DAY - 1) == 1);
  CHECK(test_at(store, "loyal", "shop:1", NOW + 70 * DAY) == 0);
  // At an instant before somebody was known, they do not count.
  CHECK(count(store, "loyal", NOW - 15 * DAY).customers == 1);
  close_store(store);
}

static void test_preview_and_redefinition(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW, "tea", 480);
  visit(store, "shop:2", NOW);
  trato_segment_size size = {99, 99, 99};
  CHECK_OK(trato_segment_preview(
      store, str("interactions(\"visit\").count() == 1"), NOW, &size, &error));
  CHECK(size.members == 1 && size.customers == 2);
  CHECK_INVALID(trato_segment_preview(store, str("1 +"), NOW, &size, &error));
  CHECK(error.line == 1 && error.column >= 3);

  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_segment_list(store, &json, &error));
  CHECK(gave(&json, "[]"));
  define(store, "loyal", LOYAL);
  define(store, "loyal", "interactions(\"purchase\").count() >= 1");
  CHECK(count(store, "loyal", NOW).members == 1);
  CHECK_OK(trato_segment_list(store, &json, &error));
  CHECK(has(json, "\"name\":\"loyal\""));
  CHECK(gave(&json, "\"version\":2"));
  // A definition that fails leaves the one in force.
  CHECK_INVALID(trato_segment_define(store, str("loyal"), str("nonsense("), NOW,
                                     NULL, &error));
  CHECK(count(store, "loyal", NOW).members == 1);
  close_store(store);
}

static void test_undecided(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW, "tea", 480);
  visit(store, "shop:2", NOW);
  define(store, "odd", "10 / interactions(\"visit\").count() >= 1");
  const trato_segment_size size = count(store, "odd", NOW);
  CHECK(size.members == 1 && size.customers == 2 && size.undecided == 1);
  uint32_t member = 99;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_segment_test(store, str("odd"), str("shop:1"), NOW,
                                  &member, &error));
  CHECK(member == 99);
  close_store(store);
}

static void test_what_is_not_there(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW, "tea", 480);
  define(store, "loyal", LOYAL);
  trato_segment_size size = {99, 99, 99};
  uint32_t member = 99;
  trato_members *members = NULL;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_count(store, str("loyel"), NOW, &size, &error));
  CHECK(strstr(error.message, "loyal") != NULL);
  CHECK_STATUS(
      TRATO_NOT_FOUND,
      trato_segment_test(store, str("x"), str("shop:1"), NOW, &member, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_test(store, str("loyal"), str("shop:404"), NOW,
                                  &member, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_members(store, str("x"), NOW, &members, &error));
  CHECK(size.members == 99 && member == 99 && members == NULL);
  CHECK_INVALID(
      trato_segment_define(store, str(""), str("true"), NOW, NULL, &error));
  CHECK_INVALID(
      trato_segment_define(store, str("a"), str(""), NOW, NULL, &error));
  // The condition must be a condition.
  CHECK_INVALID(
      trato_segment_define(store, str("a"), str("1 + 1"), NOW, NULL, &error));
  close_store(store);
}

static void test_members_come_by_name(void) {
  trato_store *store = open_memory();
  char name[32];
  for (int i = 0; i < 150; ++i) {
    snprintf(name, sizeof(name), "shop:%03d", (i * 37) % 150);
    visit(store, name, NOW);
  }
  define(store, "all", "interactions(\"visit\").count() == 1");
  trato_members *members = NULL;
  CHECK_OK(trato_segment_members(store, str("all"), NOW, &members, &error));
  visit(store, "shop:zzz", NOW);  // after the snapshot
  trato_member batch[40];
  size_t got = 99;
  size_t seen = 0;
  do {
    CHECK_OK(trato_members_next(members, batch, 40, &got, &error));
    CHECK(got <= 40);
    for (size_t i = 0; i < got; ++i) {
      snprintf(name, sizeof(name), "shop:%03d", (int)seen++);
      CHECK(is(batch[i].name, name));
      for (size_t j = 0; j < i; ++j) CHECK(!same_id(batch[i].id, batch[j].id));
    }
  } while (got != 0 && check_failures == 0);
  CHECK(seen == 150);
  CHECK_OK(trato_members_next(members, batch, 40, &got, &error));
  CHECK(got == 0);
  trato_members_destroy(members);
  close_store(store);
}

struct nudges {
  trato_watch *watch;
  int calls;
  int32_t answer;
};

static int32_t note_nudge(void *context) {
  struct nudges *self = context;
  ++self->calls;
  trato_change changes[4];
  size_t taken = 0;
  CHECK_OK(trato_watch_next(self->watch, changes, 4, &taken, &error));
  CHECK(taken == 1);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_watch_on_change(self->watch, NULL, NULL, &error));
  return self->answer;
}

static void test_a_nudge(void) {
  trato_store *store = open_memory();
  define(store, "buyers", "interactions(\"purchase\").exists()");
  struct nudges nudges = {NULL, 0, 0};
  CHECK_OK(trato_watch_open(store, NULL, NOW, &nudges.watch, &error));
  CHECK_INVALID(trato_watch_on_change(NULL, note_nudge, &nudges, &error));
  CHECK_OK(trato_watch_on_change(nudges.watch, note_nudge, &nudges, &error));
  buy(store, "shop:1", NOW, "tea", 480);
  CHECK(nudges.calls == 1);
  visit(store, "shop:1", NOW);
  CHECK(nudges.calls == 1);
  // The write succeeds where it fails, and it is not called any more.
  nudges.answer = 1;
  buy(store, "shop:2", NOW, "tea", 480);
  buy(store, "shop:3", NOW, "tea", 480);
  CHECK(nudges.calls == 2);
  trato_watch_state state;
  CHECK_OK(trato_watch_advance(nudges.watch, NOW, 0, &state, &error));
  CHECK(state.nudge_failed == 1 && state.pending == 1);
  uint64_t members = 0;
  CHECK_OK(trato_watch_count(nudges.watch, str("buyers"), &members, &error));
  CHECK(members == 3);
  trato_watch_destroy(nudges.watch);
  close_store(store);
}

static void test_a_watch(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW - 20 * DAY, "tea", 480);
  define(store, "loyal", LOYAL);
  trato_str names[] = {str("loyal")};
  trato_cursor since = {NOW - 30 * DAY, UINT64_MAX};
  trato_watch_options options = TRATO_WATCH_OPTIONS_INIT;
  options.segments = names;
  options.segment_count = 1;
  options.since = &since;
  trato_watch *watch = NULL;
  CHECK_STATUS(TRATO_OUT_OF_RANGE,
               trato_watch_open(store, &options, NOW, &watch, &error));
  options.flags = 2;
  CHECK_INVALID(trato_watch_open(store, &options, NOW, &watch, &error));
  options.flags = 0;
  options.since = NULL;
  CHECK_OK(trato_watch_open(store, &options, NOW, &watch, &error));
  buy(store, "shop:1", NOW - 10 * DAY, "tea", 480);
  trato_change changes[4];
  size_t count;
  CHECK_OK(trato_watch_next(watch, changes, 4, &count, &error));
  CHECK(count == 1 && changes[0].entered == 1 &&
        changes[0].cause == TRATO_CHANGE_BY_FACT && changes[0].at_us == NOW &&
        changes[0].position > 0 && changes[0].segment.size == 5);
  uint64_t members;
  CHECK_OK(trato_watch_count(watch, names[0], &members, &error));
  CHECK(members == 1);
  trato_watch_state state;
  CHECK_OK(trato_watch_advance(watch, NOW + 200 * DAY, 0, &state, &error));
  CHECK(state.is_done == 1 && state.pending == 1 && state.wakeups == 1 &&
        state.idle_wakeups == 0 && state.clock_us == NOW + 200 * DAY);
  CHECK_OK(trato_watch_next(watch, changes, 4, &count, &error));
  CHECK(count == 1 && changes[0].entered == 0 &&
        changes[0].position == state.position &&
        changes[0].cause == TRATO_CHANGE_BY_TIME);
  CHECK_OK(trato_watch_next(watch, changes, 4, &count, &error));
  CHECK(count == 0);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_watch_count(watch, str("other"), &members, &error));
  CHECK_INVALID(trato_watch_open(NULL, NULL, NOW, &watch, &error));
  CHECK_INVALID(trato_watch_open(store, NULL, NOW, NULL, &error));
  CHECK_INVALID(trato_watch_advance(NULL, NOW, 0, NULL, &error));
  CHECK_INVALID(trato_watch_next(NULL, changes, 4, &count, &error));
  CHECK_INVALID(trato_watch_next(watch, NULL, 4, &count, &error));
  CHECK_INVALID(trato_watch_next(watch, changes, 4, NULL, &error));
  CHECK_INVALID(trato_watch_count(NULL, names[0], &members, &error));
  CHECK_INVALID(trato_watch_count(watch, names[0], NULL, &error));
  // This store is in memory.
  trato_buf saved = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_watch_save(watch, &saved, &error));
  CHECK_INVALID(trato_watch_save(NULL, &saved, &error));
  CHECK_INVALID(trato_watch_save(watch, NULL, &error));
  options.saved = str("nothing that was saved");
  trato_watch *none = NULL;
  CHECK_INVALID(trato_watch_open(store, &options, NOW, &none, &error));
  CHECK_OK(trato_store_close(store, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_watch_save(watch, &saved, &error));
  trato_watch_destroy(watch);
  trato_watch_destroy(NULL);
}

static void test_why_somebody_is_not_in(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW - 20 * DAY, "tea", 480);
  buy(store, "shop:2", NOW - 20 * DAY, "tea", 480);
  buy(store, "shop:2", NOW - 10 * DAY, "tea", 480);
  define(store, "loyal", LOYAL);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_segment_explain(store, str("loyal"), str("shop:1"), NOW, &json,
                                 &error));
  CHECK(gave(&json, "count() is 1, needs at least 2: 1 more"));
  CHECK_OK(trato_segment_explain(store, str("loyal"), str("shop:2"), NOW, &json,
                                 &error));
  CHECK(gave(&json, "\"member\":true"));
  /* When they enter and leave, and that what is full is gone on with. */
  trato_segment_step steps[2];
  size_t count;
  int64_t until_us;
  uint32_t member;
  CHECK_OK(trato_segment_history(store, str("loyal"), str("shop:2"),
                                 NOW - 100 * DAY, INT64_MAX, steps, 1, &count,
                                 &until_us, &member, &error));
  CHECK(member == 0 && count == 1 && steps[0].member == 1 &&
        steps[0].at_us == NOW - 10 * DAY && until_us == NOW - 10 * DAY);
  CHECK_OK(trato_segment_history(store, str("loyal"), str("shop:2"), until_us,
                                 INT64_MAX, steps, 2, &count, &until_us,
                                 &member, &error));
  CHECK(member == 1 && count == 1 && steps[0].member == 0 &&
        steps[0].at_us > NOW && until_us == INT64_MAX);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_history(store, str("loyal"), str("shop:9"), NOW,
                                     NOW, steps, 2, &count, &until_us, NULL,
                                     &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_explain(store, str("loyel"), str("shop:1"), NOW,
                                     &json, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_explain(store, str("loyal"), str("shop:9"), NOW,
                                     &json, &error));
  close_store(store);
}

static void test_a_plan_evaluates_nothing(void) {
  trato_store *store = open_memory();
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_segment_plan(store, str(LOYAL), &json, &error));
  CHECK(gave(&json, "\"reads\":\"times\""));
  CHECK_INVALID(trato_segment_plan(store, str("1 +"), &json, &error));
  CHECK(error.line == 1 && error.column >= 3);
  close_store(store);
}

static void test_two_segments_are_compared(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW, "tea", 480);
  buy(store, "shop:2", NOW, "tea", 480);
  visit(store, "shop:2", NOW);
  visit(store, "shop:3", NOW);
  visit(store, "shop:4", NOW);
  define(store, "buyers", "interactions(\"purchase\").exists()");
  define(store, "visitors", "interactions(\"visit\").exists()");
  trato_segment_overlap overlap = {99, 99, 99, 99, 99};
  CHECK_OK(trato_segment_diff(store, str("buyers"), str("visitors"), NOW,
                              &overlap, &error));
  CHECK(overlap.first_only == 1 && overlap.second_only == 2 &&
        overlap.both == 1 && overlap.customers == 4 && overlap.undecided == 0);
  trato_members *members = NULL;
  CHECK_OK(trato_segment_diff_members(store, str("visitors"), str("buyers"),
                                      NOW, &members, &error));
  trato_member batch[4];
  size_t got = 99;
  CHECK_OK(trato_members_next(members, batch, 4, &got, &error));
  CHECK(got == 2 && is(batch[0].name, "shop:3") && is(batch[1].name, "shop:4"));
  trato_members_destroy(members);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_diff(store, str("buyers"), str("x"), NOW, &overlap,
                                  &error));
  CHECK(overlap.customers == 4);
  close_store(store);
}

static void test_a_definition_is_tried_and_a_segment_disabled(void) {
  trato_store *store = open_memory();
  buy(store, "shop:1", NOW, "tea", 480);
  visit(store, "shop:2", NOW);
  define(store, "some", "interactions(\"purchase\").exists()");
  trato_segment_overlap overlap = {99, 99, 99, 99, 99};
  const trato_str visitors = str("interactions(\"visit\").exists()");
  CHECK_OK(trato_segment_try(store, str("some"), visitors, NOW, &overlap,
                             &error));
  CHECK(overlap.first_only == 1 && overlap.second_only == 1 &&
        overlap.both == 0 && overlap.customers == 2);
  for (uint32_t entering = 0; entering < 2; ++entering) {
    trato_members *members = NULL;
    trato_member batch[4];
    size_t got = 99;
    CHECK_OK(trato_segment_try_members(store, str("some"), visitors, entering,
                                       NOW, &members, &error));
    CHECK_OK(trato_members_next(members, batch, 4, &got, &error));
    CHECK(got == 1 && is(batch[0].name, entering ? "shop:2" : "shop:1"));
    trato_members_destroy(members);
  }
  CHECK_INVALID(trato_segment_try(store, str("some"), str("1 +"), NOW, &overlap,
                                  &error));
  CHECK_STATUS(TRATO_NOT_FOUND, trato_segment_try(store, str("none"), str(""),
                                                  NOW, &overlap, &error));
  CHECK_OK(trato_segment_enable(store, str("some"), 0, NOW, NULL, &error));
  trato_segment_size size = {99, 99, 99};
  CHECK_OK(trato_segment_count(store, str("some"), NOW, &size, &error));
  CHECK(size.members == 0 && size.customers == 2);
  CHECK_INVALID(trato_segment_enable(store, str("some"), 2, NOW, NULL, &error));
  CHECK_STATUS(TRATO_NOT_FOUND, trato_segment_enable(store, str("none"), 0, NOW,
                                                     NULL, &error));
  CHECK_OK(trato_segment_enable(store, str("some"), 1, NOW, NULL, &error));
  CHECK_OK(trato_segment_count(store, str("some"), NOW, &size, &error));
  CHECK(size.members == 1);
  close_store(store);
}

int main(void) {
  test_membership_follows_the_clock();
  test_preview_and_redefinition();
  test_undecided();
  test_what_is_not_there();
  test_members_come_by_name();
  test_a_watch();
  test_a_nudge();
  test_why_somebody_is_not_in();
  test_a_plan_evaluates_nothing();
  test_two_segments_are_compared();
  test_a_definition_is_tried_and_a_segment_disabled();
  return check_done();
}
