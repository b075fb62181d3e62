// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text, instants and counts that nobody should send.

#include "check.h"

static trato_store *store = NULL;

#define TOO_SOON INT64_C(-62135596800000001)
#define TOO_LATE INT64_C(253402300800000000)

static trato_status record_as(trato_str customer, trato_str type) {
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.customer = customer;
  it.type = type;
  return trato_interaction_record(store, &it, NOW, NULL, NULL, &error);
}

static void test_text_is_utf8(void) {
  static const char *const bad[] = {
      "\x80",              // a continuation alone
      "\xc3",              // cut off
      "\xc0\xaf",          // overlong
      "\xe0\x80\xaf",      // overlong
      "\xf0\x80\x80\xaf",  // overlong
      "\xed\xa0\x80",      // a surrogate
      "\xf4\x90\x80\x80",  // beyond U+10FFFF
      "\xfe",
      "\xff",
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
    char name[16];
    snprintf(name, sizeof(name), "shop:%s", bad[i]);
    const trato_str text = str(bad[i]);
    CHECK_INVALID(record_as(str(name), str("visit")));
    CHECK(record_as(str("shop:1"), text) != TRATO_OK);
    CHECK_INVALID(
        trato_segment_define(store, text, str("true"), NOW, NULL, &error));
    CHECK_INVALID(
        trato_segment_define(store, str("a"), text, NOW, NULL, &error));
    trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
    options.source = text;
    CHECK_INVALID(trato_segment_define(store, str("a"), str("true"), NOW,
                                       &options, &error));
    CHECK_INVALID(trato_attribute_define(store, str("b"), TRATO_OF_CUSTOMER,
                                         TRATO_VALUE_INT, text, NOW, NULL,
                                         &error));
    trato_id id;
    CHECK_INVALID(trato_fact_id(str("erp"), text, &id, &error));
    // No message repeats what is not text.
    CHECK(strstr(error.message, bad[i]) == NULL);
  }
  // What is text goes in and comes out as it was.
  static const char *const good[] = {"shop:Zo\xc3\xab", "shop:\xe6\x97\xa5",
                                     "shop:\xf0\x9f\x8d\xb5"};
  for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); ++i) {
    CHECK_OK(record_as(str(good[i]), str("visit")));
    trato_buf json = TRATO_BUF_INIT;
    CHECK_OK(trato_customer_get(store, str(good[i]), NOW, &json, &error));
    CHECK(gave(&json, good[i]));
  }
  CHECK_INVALID(record_as((trato_str){"shop:a\0b", 8}, str("visit")));
  CHECK_INVALID(record_as(str("shop:a\nb"), str("visit")));
}

static void test_instants_have_limits(void) {
  static const int64_t bad[] = {INT64_MIN, TOO_SOON, TOO_LATE, INT64_MAX};
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
    const int64_t us = bad[i];
    trato_buf buf = TRATO_BUF_INIT;
    trato_segment_size size;
    uint32_t member;
    trato_timeline *timeline = NULL;
    trato_members *members = NULL;
    trato_match matches[1];
    size_t count = 0;
    trato_decision decision;
    const trato_str who = str("shop:1");
#define CHECK_RANGE(call) CHECK_STATUS(TRATO_OUT_OF_RANGE, call)
    CHECK_RANGE(trato_store_info(store, us, &buf, &error));
    CHECK_RANGE(trato_time_format(store, us, &buf, &error));
    CHECK_RANGE(trato_customer_get(store, who, us, &buf, &error));
    CHECK_RANGE(trato_timeline_open(store, who, us, NULL, &timeline, &error));
    CHECK_RANGE(
        trato_segment_define(store, str("a"), str("true"), us, NULL, &error));
    CHECK_RANGE(trato_segment_count(store, str("all"), us, &size, &error));
    CHECK_RANGE(trato_segment_preview(store, str("true"), us, &size, &error));
    CHECK_RANGE(
        trato_segment_test(store, str("all"), who, us, &member, &error));
    CHECK_RANGE(trato_segment_members(store, str("all"), us, &members, &error));
    CHECK_RANGE(
        trato_offer_match(store, who, us, NULL, matches, 1, &count, &error));
    CHECK_RANGE(trato_offer_explain(store, who, us, NULL, &buf, &error));
    CHECK_RANGE(trato_offer_report(store, us, &buf, &error));
    CHECK_RANGE(
        trato_offer_decide(store, who, us, NULL, NULL, &decision, &error));
    CHECK_RANGE(
        trato_coupon_issue(store, who, str("tea"), NULL, us, NULL, &buf,
                           &error));
    CHECK_RANGE(
        trato_coupon_list(store, str(""), str(""), 9, us, &buf, &error));
    CHECK_RANGE(
        trato_link(store, who, str("shop:2"), str(""), 0, us, NULL, &error));
    CHECK_RANGE(trato_identifier_define(store, str("x"), 1, us, NULL, &error));
    CHECK_RANGE(
        trato_identifier_claim(store, who, str("x:1"), us, NULL, NULL, &error));
    trato_interaction it = TRATO_INTERACTION_INIT;
    it.customer = who;
    it.type = str("visit");
    CHECK_RANGE(trato_interaction_record(store, &it, us, NULL, NULL, &error));
    it.at_us = us;
    if (us != TRATO_AT_NOW) {
      CHECK_RANGE(
          trato_interaction_record(store, &it, NOW, NULL, NULL, &error));
    }
    CHECK(buf.data == NULL && timeline == NULL && members == NULL);
  }
  // The limits themselves are instants.
  trato_segment_size size;
  CHECK_OK(trato_segment_count(store, str("all"), TOO_SOON + 1, &size, &error));
  CHECK(size.customers == 0);
  CHECK_OK(trato_segment_count(store, str("all"), TOO_LATE - 1, &size, &error));
  // A window may reach back before the first instant.
  CHECK_OK(trato_segment_preview(
      store, str("interactions(\"visit\").within(\"9999y\").count() > 0"), NOW,
      &size, &error));
  CHECK_OK(trato_segment_preview(
      store, str("interactions(\"visit\").within(\"9999y\").count() > 0"),
      TOO_SOON + 1, &size, &error));
}

static void test_counts_and_sizes_are_checked(void) {
  const trato_str endless = {"shop:1", SIZE_MAX};
  const trato_str long_text = {"shop:1", SIZE_MAX / 2};
  CHECK_INVALID(record_as(endless, str("visit")));
  CHECK(record_as(str("shop:1"), long_text) != TRATO_OK);
  CHECK_INVALID(
      trato_segment_define(store, str("a"), endless, NOW, NULL, &error));
  CHECK_INVALID(
      trato_segment_define(store, endless, str("true"), NOW, NULL, &error));
  CHECK_INVALID(trato_store_apply(store, endless, NOW, NULL, &error));
  int64_t us = 0;
  CHECK_INVALID(trato_time_parse(store, endless, &us, &error));
  trato_buf buf = TRATO_BUF_INIT;
  CHECK_INVALID(trato_coupon_show(store, endless, NOW, &buf, &error));
  CHECK_INVALID(trato_customer_get(store, endless, NOW, &buf, &error));

  trato_line line = one_line("tea", 1);
  const trato_field field = {str("x"), TRATO_VALUE_INIT};
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.customer = str("shop:1");
  it.type = str("purchase");
  it.lines = &line;
  it.line_count = SIZE_MAX;
  CHECK(trato_interaction_record(store, &it, NOW, NULL, NULL, &error) !=
        TRATO_OK);
  it.line_count = 0;
  it.fields = &field;
  it.field_count = SIZE_MAX;
  CHECK(trato_interaction_record(store, &it, NOW, NULL, NULL, &error) !=
        TRATO_OK);
  it.field_count = 0;
  CHECK(trato_interaction_record_many(store, &it, SIZE_MAX, NOW, NULL, NULL,
                                      &error) != TRATO_OK);
  const trato_str tea = str("tea");
  trato_offer offer = TRATO_OFFER_INIT;
  offer.name = str("tea");
  offer.products = &tea;
  offer.product_count = SIZE_MAX;
  CHECK(trato_offer_define(store, &offer, NOW, NULL, &error) != TRATO_OK);

  // Room for more than there is costs nothing.
  offer.product_count = 1;
  offer.value_minor = 100;
  CHECK_OK(trato_offer_define(store, &offer, NOW, NULL, &error));
  trato_match matches[1];
  size_t count = 0;
  CHECK_OK(trato_offer_match(store, str("shop:1"), NOW, NULL, matches, SIZE_MAX,
                             &count, &error));
  CHECK(count == 1);
}

// Expressions that would need the stack of a whole machine.
static void test_deep_expressions(void) {
  enum { kDepth = 100000 };
  char *text = malloc(2 * kDepth + 8);
  if (text == NULL) exit(2);
  memset(text, '(', kDepth);
  memcpy(text + kDepth, "true", 4);
  memset(text + kDepth + 4, ')', kDepth);
  trato_segment_size size;
  CHECK_INVALID(trato_segment_preview(store, (trato_str){text, 2 * kDepth + 4},
                                      NOW, &size, &error));
  memset(text, '!', kDepth);
  memcpy(text + kDepth, "true", 4);
  CHECK_INVALID(trato_segment_preview(store, (trato_str){text, kDepth + 4}, NOW,
                                      &size, &error));
  memset(text, '[', kDepth);
  CHECK_INVALID(trato_segment_preview(store, (trato_str){text, kDepth}, NOW,
                                      &size, &error));
  for (int i = 0; i + 1 < kDepth; i += 2) memcpy(text + i, "1+", 2);
  trato_status status = trato_segment_preview(
      store, (trato_str){text, kDepth - 1}, NOW, &size, &error);
  CHECK(status == TRATO_INVALID_ARGUMENT);
  free(text);
}

static void test_definitions_that_are_no_message(void) {
  CHECK_INVALID(
      trato_store_apply(store, str("\xff\xff\xff\xff"), NOW, NULL, &error));
  CHECK_INVALID(
      trato_store_apply(store, str("{\"segments\":[]}"), NOW, NULL, &error));
  // The empty message is one: it defines nothing.
  CHECK_OK(trato_store_apply(store, str(""), NOW, NULL, &error));
}

int main(void) {
  store = open_memory();
  visit(store, "shop:1", NOW);
  visit(store, "shop:2", NOW);
  CHECK_OK(
      trato_segment_define(store, str("all"), str("true"), NOW, NULL, &error));
  test_text_is_utf8();
  test_instants_have_limits();
  test_counts_and_sizes_are_checked();
  test_deep_expressions();
  test_definitions_that_are_no_message();
  close_store(store);
  return check_done();
}
