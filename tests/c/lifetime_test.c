// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Handles end in any order: what a store has handed out outlives it.

#include "check.h"

static void test_in_any_order(void) {
  trato_store *store = open_memory();
  for (int day = 9; day > 0; --day)
    buy(store, "shop:1", NOW - day * DAY, "tea", 480);
  buy(store, "shop:2", NOW, "tea", 480);
  CHECK_OK(
      trato_segment_define(store, str("all"), str("true"), NOW, NULL, &error));
  trato_timeline *timeline = NULL;
  trato_timeline *unread = NULL;
  trato_members *members = NULL;
  trato_buf json = TRATO_BUF_INIT;
  const trato_str who = str("shop:1");
  CHECK_OK(trato_timeline_open(store, who, NOW, NULL, &timeline, &error));
  CHECK_OK(trato_timeline_open(store, who, NOW, NULL, &unread, &error));
  CHECK_OK(trato_segment_members(store, str("all"), NOW, &members, &error));
  CHECK_OK(trato_customer_get(store, who, NOW, &json, &error));
  const trato_timeline_entry *entry = NULL;
  CHECK_OK(trato_timeline_next(timeline, &entry, &error));
  close_store(store);

  // The borrowed entry, and those that were not read yet.
  CHECK(entry != NULL && is(entry->type, "purchase"));
  CHECK(entry != NULL && is(entry->lines[0].product, "tea"));
  int count = 1;
  for (;;) {
    CHECK_OK(trato_timeline_next(timeline, &entry, &error));
    if (entry == NULL || check_failures != 0) break;
    CHECK(is(entry->record, "shop:1") && is(entry->lines[0].product, "tea"));
    ++count;
  }
  CHECK(count == 9);
  trato_member batch[4];
  size_t got = 0;
  CHECK_OK(trato_members_next(members, batch, 1, &got, &error));
  CHECK(got == 1);
  const trato_str first = batch[0].name;
  CHECK_OK(trato_members_next(members, batch + 1, 3, &got, &error));
  CHECK(got == 1 && is(batch[1].name, "shop:2"));
  CHECK(is(first, "shop:1"));  // borrowed until the members end
  CHECK(gave(&json, "\"shop:1\""));
  trato_members_destroy(members);
  trato_timeline_destroy(unread);
  trato_timeline_destroy(timeline);
}

static void test_many_stores(void) {
  trato_store *stores[50];
  for (int i = 0; i < 50; ++i) stores[i] = open_memory();
  for (int i = 0; i < 50; i += 2) close_store(stores[i]);
  for (int i = 1; i < 50; i += 2) visit(stores[i], "shop:1", NOW);
  for (int i = 49; i > 0; i -= 2) close_store(stores[i]);
}

static void test_a_buffer_may_be_used_again(void) {
  trato_store *store = open_memory();
  trato_buf json = TRATO_BUF_INIT;
  for (int i = 0; i < 3; ++i) {
    CHECK_OK(trato_store_info(store, NOW, &json, &error));
    trato_buf_dispose(&json);
  }
  close_store(store);
}

int main(void) {
  test_in_any_order();
  test_many_stores();
  test_a_buffer_may_be_used_again();
  return check_done();
}
