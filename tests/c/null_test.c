// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Every pointer argument of every function, given as NULL: an error or what the
// header allows, never a crash.

#include "arrow_table.h"
#include "check.h"

static trato_store *store = NULL;
static const trato_str kTea = {"tea", 3};
static const trato_str kNull = {NULL, 3};  // three bytes from nowhere
static trato_buf out_buf = TRATO_BUF_INIT;
static trato_id out_id;

static void test_store(void) {
  trato_store *opened = NULL;
  CHECK_INVALID(trato_store_open(str(""), NULL, NULL, &error));
  CHECK_INVALID(trato_store_open(kNull, NULL, &opened, &error));
  CHECK_OK(trato_store_close(NULL, &error));
  CHECK_OK(trato_store_close(NULL, NULL));
  CHECK_INVALID(trato_store_flush(NULL, &error));
  CHECK_INVALID(trato_store_info(NULL, NOW, &out_buf, &error));
  CHECK_INVALID(trato_store_info(store, NOW, NULL, &error));
  int64_t us = 0;
  CHECK_INVALID(trato_time_parse(NULL, str("2011-12-10"), &us, &error));
  CHECK_INVALID(trato_time_parse(store, kNull, &us, &error));
  CHECK_INVALID(trato_time_parse(store, str("2011-12-10"), NULL, &error));
  CHECK_INVALID(trato_time_format(NULL, NOW, &out_buf, &error));
  CHECK_INVALID(trato_time_format(store, NOW, NULL, &error));
  CHECK_INVALID(trato_error_excerpt(NULL, str("a"), &out_buf, &error));
  const trato_error failed = TRATO_ERROR_INIT;
  CHECK_INVALID(trato_error_excerpt(&failed, kNull, &out_buf, &error));
  CHECK_INVALID(trato_error_excerpt(&failed, str("a"), NULL, &error));
  CHECK_INVALID(trato_fact_id(kNull, str("1"), &out_id, &error));
  CHECK_INVALID(trato_fact_id(str("erp"), kNull, &out_id, &error));
  CHECK_INVALID(trato_fact_id(str("erp"), str("1"), NULL, &error));
  CHECK_INVALID(trato_store_apply(NULL, str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_store_apply(store, kNull, NOW, NULL, &error));
}

static void test_log(void) {
  trato_head head;
  trato_digest digest;
  trato_store *past = NULL;
  trato_as_of as_of = TRATO_AS_OF_INIT;
  CHECK_INVALID(trato_store_checkpoint(NULL, 0, NULL, &error));
  CHECK_INVALID(trato_store_head(NULL, &head, &error));
  CHECK_INVALID(trato_store_head(store, NULL, &error));
  CHECK_INVALID(trato_store_digest(NULL, NOW, &digest, &error));
  CHECK_INVALID(trato_store_digest(store, NOW, NULL, &error));
  CHECK_INVALID(trato_store_verify(NULL, NULL, &out_buf, &error));
  CHECK_INVALID(trato_store_verify(store, NULL, NULL, &error));
  CHECK_INVALID(trato_store_backup(NULL, str("x"), NULL, NULL, &error));
  CHECK_INVALID(trato_store_backup(store, kNull, NULL, NULL, &error));
  CHECK_INVALID(trato_store_refresh(NULL, &error));
  CHECK_INVALID(trato_store_as_of(NULL, &as_of, &past, &error));
  CHECK_INVALID(trato_store_as_of(store, NULL, &past, &error));
  CHECK_INVALID(trato_store_as_of(store, &as_of, NULL, &error));
  CHECK_INVALID(trato_store_fork(NULL, NULL, &past, &error));
  CHECK_INVALID(trato_store_fork(store, NULL, NULL, &error));
  CHECK_INVALID(trato_decision_what_if(NULL, NULL, NOW, &out_buf, &error));
  CHECK_INVALID(trato_decision_what_if(store, NULL, NOW, NULL, &error));
  trato_what_if_options what_if = TRATO_WHAT_IF_OPTIONS_INIT;
  what_if.rows = 2;
  CHECK_INVALID(trato_decision_what_if(store, &what_if, NOW, &out_buf, &error));
  what_if.rows = 0;
  what_if.since_us = 2;
  what_if.until_us = 1;
  CHECK_INVALID(trato_decision_what_if(store, &what_if, NOW, &out_buf, &error));
}

static void test_corrections(void) {
  trato_correction good = TRATO_CORRECTION_INIT;
  good.record = str("shop:1");
  CHECK_INVALID(
      trato_interaction_correct(NULL, &good, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_interaction_correct(store, NULL, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_interaction_correct(store, &good, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_interaction_retract(NULL, &good, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_interaction_retract(store, NULL, NOW, NULL, NULL, &error));
  for (int field = 0; field < 3; ++field) {
    trato_correction bad = good;
    if (field == 0) bad.record = kNull;
    if (field == 1) bad.reason = kNull;
    if (field == 2) bad.key = kNull;
    CHECK_INVALID(
        trato_interaction_retract(store, &bad, NOW, NULL, NULL, &error));
  }
}

static void test_columns(void) {
  CHECK_INVALID(
      trato_interactions_append(store, NULL, NOW, NULL, NULL, NULL, &error));
  CHECK_INVALID(
      trato_customers_append(store, NULL, NOW, NULL, NULL, NULL, &error));
  CHECK_INVALID(
      trato_products_append(store, NULL, NOW, NULL, NULL, NULL, &error));
  table it;
  for (int mistake = 0; mistake < 5; ++mistake) {
    memset(&it, 0, sizeof(it));
    const trato_column bad = {mistake == 1 ? kNull : kTea,
                              mistake == 2 ? kNull : kTea};
    trato_append_options options = TRATO_APPEND_OPTIONS_INIT;
    options.columns = mistake == 3 ? NULL : &bad;
    options.column_count = 1;
    if (mistake == 4) {
      options.column_count = 0;
      options.name_space = kNull;
    }
    struct ArrowArrayStream stream = table_stream(&it);
    CHECK_INVALID(trato_products_append(mistake == 0 ? NULL : store, &stream,
                                        NOW, &options, NULL, NULL, &error));
    CHECK(it.released == 1);
  }
  struct ArrowArrayStream empty;
  memset(&empty, 0, sizeof(empty));
  CHECK_INVALID(
      trato_products_append(store, &empty, NOW, NULL, NULL, NULL, &error));
  CHECK_INVALID(trato_interactions_export(NULL, NOW, NULL, &empty, &error));
  CHECK_INVALID(trato_interactions_export(store, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_customers_export(NULL, NOW, NULL, &empty, &error));
  CHECK_INVALID(trato_customers_export(store, NOW, NULL, NULL, &error));
  for (int mistake = 0; mistake < 3; ++mistake) {
    trato_export_options options = TRATO_EXPORT_OPTIONS_INIT;
    options.customer_count = 1;
    if (mistake == 1) options.customers = &kNull;
    if (mistake == 2) {
      options.customer_count = 0;
      options.type = kNull;
    }
    CHECK_INVALID(
        trato_interactions_export(store, NOW, &options, &empty, &error));
  }
}

static void test_options(void) {
  trato_store_options settings = TRATO_STORE_OPTIONS_INIT;
  trato_store *opened = NULL;
  settings.zone = kNull;
  CHECK_INVALID(trato_store_open(str(""), &settings, &opened, &error));
  settings = (trato_store_options)TRATO_STORE_OPTIONS_INIT;
  settings.currency = kNull;
  CHECK_INVALID(trato_store_open(str(""), &settings, &opened, &error));
  settings = (trato_store_options)TRATO_STORE_OPTIONS_INIT;
  settings.key = kNull;
  CHECK_INVALID(trato_store_open(str(""), &settings, &opened, &error));
  CHECK(opened == NULL);
  for (int field = 0; field < 3; ++field) {
    trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
    if (field == 0) options.actor = kNull;
    if (field == 1) options.source = kNull;
    if (field == 2) options.batch = kNull;
    CHECK_INVALID(trato_segment_define(store, str("a"), str("true"), NOW,
                                       &options, &error));
  }
  trato_timeline *timeline = NULL;
  trato_timeline_options options = TRATO_TIMELINE_OPTIONS_INIT;
  options.type = kNull;
  CHECK_INVALID(trato_timeline_open(store, str("shop:1"), NOW, &options,
                                    &timeline, &error));
}

static void test_customers(void) {
  const trato_str a = str("shop:1");
  const trato_str b = str("shop:2");
  CHECK_INVALID(trato_attribute_define(NULL, str("x"), TRATO_OF_CUSTOMER,
                                       TRATO_VALUE_INT, str(""), NOW, NULL,
                                       &error));
  CHECK_INVALID(trato_attribute_define(store, kNull, TRATO_OF_CUSTOMER,
                                       TRATO_VALUE_INT, str(""), NOW, NULL,
                                       &error));
  CHECK_INVALID(trato_attribute_define(store, str("x"), TRATO_OF_CUSTOMER,
                                       TRATO_VALUE_INT, kNull, NOW, NULL,
                                       &error));
  CHECK_OK(trato_attribute_define(store, str("country"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str(""), NOW, NULL,
                                  &error));
  trato_attribute good = TRATO_ATTRIBUTE_INIT;
  good.customer = a;
  good.name = str("country");
  good.value.kind = TRATO_VALUE_STRING;
  good.value.text = str("ES");
  CHECK_INVALID(trato_attribute_set(NULL, &good, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_attribute_set(store, NULL, NOW, NULL, NULL, &error));
  trato_attribute bad = good;
  bad.customer = kNull;
  CHECK_INVALID(trato_attribute_set(store, &bad, NOW, NULL, NULL, &error));
  bad = good;
  bad.name = kNull;
  CHECK_INVALID(trato_attribute_set(store, &bad, NOW, NULL, NULL, &error));
  bad = good;
  bad.value.text = kNull;
  CHECK_INVALID(trato_attribute_set(store, &bad, NOW, NULL, NULL, &error));
  bad = good;
  bad.key = kNull;
  CHECK_INVALID(trato_attribute_set(store, &bad, NOW, NULL, NULL, &error));
  CHECK_OK(trato_attribute_set(store, &good, NOW, NULL, NULL, NULL));

  CHECK_INVALID(trato_identifier_define(NULL, str("x"), 1, NOW, NULL, &error));
  CHECK_INVALID(trato_identifier_define(store, kNull, 1, NOW, NULL, &error));
  CHECK_INVALID(
      trato_identifier_claim(NULL, a, str("x:1"), NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_identifier_claim(store, kNull, str("x:1"), NOW, NULL,
                                       NULL, &error));
  CHECK_INVALID(
      trato_identifier_claim(store, a, kNull, NOW, NULL, NULL, &error));
  CHECK_OK(trato_identifier_claim(store, a, str("x:1"), NOW, NULL, NULL, NULL));
  CHECK_INVALID(trato_link(NULL, a, b, str(""), 0, NOW, NULL, &error));
  CHECK_INVALID(trato_link(store, kNull, b, str(""), 0, NOW, NULL, &error));
  CHECK_INVALID(trato_link(store, a, kNull, str(""), 0, NOW, NULL, &error));
  CHECK_INVALID(trato_link(store, a, b, kNull, 0, NOW, NULL, &error));
  CHECK_INVALID(trato_cannot_link(NULL, a, b, str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_cannot_link(store, kNull, b, str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_attribute_define_as(NULL, NULL, NOW, NULL, &error));
  CHECK_INVALID(trato_attribute_define_as(store, NULL, NOW, NULL, &error));
  CHECK_INVALID(trato_definition_dependents(NULL, 0, a, NULL, &error));
  CHECK_INVALID(trato_definition_dependents(store, 9, a, NULL, &error));
  CHECK_INVALID(trato_attribute_list(NULL, NULL, &error));
  CHECK_INVALID(trato_attribute_list(store, NULL, &error));
  CHECK_INVALID(trato_attribute_history(NULL, a, b, NOW, NULL, &error));
  CHECK_INVALID(trato_attribute_history(store, kNull, b, NOW, NULL, &error));
  CHECK_INVALID(trato_relation_define(NULL, NULL, NOW, NULL, &error));
  CHECK_INVALID(trato_relation_define(store, NULL, NOW, NULL, &error));
  CHECK_INVALID(trato_relation_list(NULL, NULL, &error));
  CHECK_INVALID(trato_relation_list(store, NULL, &error));
  CHECK_INVALID(trato_relation_set(NULL, NULL, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_relation_set(store, NULL, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_customer_related(NULL, a, b, 0, NOW, NULL, &error));
  CHECK_INVALID(trato_namespace_define(NULL, NULL, NOW, NULL, &error));
  CHECK_INVALID(trato_namespace_define(store, NULL, NOW, NULL, &error));
  CHECK_INVALID(
      trato_customer_set_kind(NULL, a, 1, NOW, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_customer_set_kind(store, kNull, 1, NOW, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_link_preview(NULL, a, b, NOW, NULL, &error));
  CHECK_INVALID(trato_unlink(NULL, a, b, str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_unlink(store, kNull, b, str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_unlink(store, a, kNull, str(""), NOW, NULL, &error));
  CHECK_INVALID(trato_unlink(store, a, b, kNull, NOW, NULL, &error));
  CHECK_INVALID(trato_customer_erase(NULL, str("a:1"), str(""), NOW, NULL,
                                     &out_buf, &error));
  CHECK_INVALID(trato_customer_erase(store, kNull, str(""), NOW, NULL, &out_buf,
                                     &error));
  CHECK_INVALID(trato_customer_erase(store, str("a:1"), kNull, NOW, NULL,
                                     &out_buf, &error));
  CHECK_INVALID(trato_customer_erase(store, str("a:1"), str(""), NOW, NULL, NULL,
                                     &error));
  CHECK_INVALID(trato_store_erasures(NULL, &out_buf, &error));
  CHECK_INVALID(trato_store_erasures(store, NULL, &error));
  CHECK_INVALID(trato_customer_get(NULL, a, NOW, &out_buf, &error));
  CHECK_INVALID(trato_customer_get(store, kNull, NOW, &out_buf, &error));
  CHECK_INVALID(trato_customer_get(store, a, NOW, NULL, &error));
}

static trato_status record(trato_interaction *changed) {
  const trato_interaction given = *changed;
  *changed = (trato_interaction)TRATO_INTERACTION_INIT;
  changed->customer = str("shop:1");
  changed->type = str("visit");
  return trato_interaction_record(store, &given, NOW, NULL, NULL, &error);
}

static void test_interactions(void) {
  trato_interaction it = TRATO_INTERACTION_INIT;
  it.customer = str("shop:1");
  it.type = str("visit");
  CHECK_INVALID(trato_interaction_record(NULL, &it, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_interaction_record(store, NULL, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_interaction_record_many(NULL, &it, 1, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_interaction_record_many(store, NULL, 1, NOW, NULL, NULL, &error));
  CHECK_OK(trato_interaction_record_many(store, &it, 1, NOW, NULL, NULL, NULL));
  // record() puts the good one back each time.
  it.customer = kNull;
  CHECK_INVALID(record(&it));
  it.type = kNull;
  CHECK_INVALID(record(&it));
  it.channel = kNull;
  CHECK_INVALID(record(&it));
  it.currency = kNull;
  CHECK_INVALID(record(&it));
  it.key = kNull;
  CHECK_INVALID(record(&it));
  it.line_count = 1;
  CHECK_INVALID(record(&it));
  it.field_count = 1;
  CHECK_INVALID(record(&it));
  trato_line line = one_line("tea", 1);
  line.product = kNull;
  it.lines = &line;
  it.line_count = 1;
  CHECK_INVALID(record(&it));
  line = one_line("tea", 1);
  line.unit = kNull;
  it.lines = &line;
  it.line_count = 1;
  CHECK_INVALID(record(&it));
  const trato_field field = {kNull, TRATO_VALUE_INIT};
  it.fields = &field;
  it.field_count = 1;
  CHECK_INVALID(record(&it));
  CHECK_OK(record(&it));

  trato_timeline *timeline = NULL;
  const trato_timeline_entry *entry = NULL;
  CHECK_INVALID(
      trato_timeline_open(NULL, str("x:1"), NOW, NULL, &timeline, &error));
  CHECK_INVALID(
      trato_timeline_open(store, kNull, NOW, NULL, &timeline, &error));
  CHECK_INVALID(
      trato_timeline_open(store, str("shop:1"), NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_timeline_next(NULL, &entry, &error));
  CHECK_OK(
      trato_timeline_open(store, str("shop:1"), NOW, NULL, &timeline, NULL));
  CHECK_INVALID(trato_timeline_next(timeline, NULL, &error));
  trato_timeline_destroy(timeline);
  trato_timeline_destroy(NULL);
}

static void test_products(void) {
  CHECK_INVALID(trato_product_name(NULL, kTea, &out_buf, &error));
  CHECK_INVALID(trato_product_name(store, kNull, &out_buf, &error));
  CHECK_INVALID(trato_product_name(store, kTea, NULL, &error));
}

static int64_t read_nothing(void *context, char *buffer, size_t capacity) {
  (void)context;
  (void)buffer;
  (void)capacity;
  return 0;
}

static void test_import(void) {
  trato_import_options options = TRATO_IMPORT_OPTIONS_INIT;
  CHECK_INVALID(trato_orders_import(NULL, read_nothing, NULL, NOW, NULL, NULL,
                                    &out_buf, &error));
  CHECK_INVALID(trato_orders_import(store, NULL, NULL, NOW, NULL, NULL,
                                    &out_buf, &error));
  CHECK_INVALID(trato_orders_import(store, read_nothing, NULL, NOW, NULL, NULL,
                                    NULL, &error));
  options.name_space = kNull;
  CHECK_INVALID(trato_orders_import(store, read_nothing, NULL, NOW, &options,
                                    NULL, &out_buf, &error));
}

static void test_segments(void) {
  const trato_str a = str("a");
  trato_segment_size size;
  uint32_t member = 0;
  trato_members *members = NULL;
  trato_member batch[2];
  size_t count = 0;
  CHECK_INVALID(trato_segment_define(NULL, a, str("true"), NOW, NULL, &error));
  CHECK_INVALID(
      trato_segment_define(store, kNull, str("true"), NOW, NULL, &error));
  CHECK_INVALID(trato_segment_define(store, a, kNull, NOW, NULL, &error));
  CHECK_OK(trato_segment_define(store, a, str("true"), NOW, NULL, NULL));
  CHECK_INVALID(trato_segment_count(NULL, a, NOW, &size, &error));
  CHECK_INVALID(trato_segment_count(store, kNull, NOW, &size, &error));
  CHECK_INVALID(trato_segment_count(store, a, NOW, NULL, &error));
  CHECK_INVALID(trato_segment_preview(NULL, str("true"), NOW, &size, &error));
  CHECK_INVALID(trato_segment_preview(store, kNull, NOW, &size, &error));
  CHECK_INVALID(trato_segment_preview(store, str("true"), NOW, NULL, &error));
  CHECK_INVALID(
      trato_segment_test(NULL, a, str("shop:1"), NOW, &member, &error));
  CHECK_INVALID(
      trato_segment_test(store, kNull, str("shop:1"), NOW, &member, &error));
  CHECK_INVALID(trato_segment_test(store, a, kNull, NOW, &member, &error));
  CHECK_INVALID(trato_segment_test(store, a, str("shop:1"), NOW, NULL, &error));
  CHECK_INVALID(trato_segment_list(NULL, &out_buf, &error));
  CHECK_INVALID(trato_segment_list(store, NULL, &error));
  CHECK_INVALID(
      trato_segment_explain(NULL, a, str("shop:1"), NOW, &out_buf, &error));
  CHECK_INVALID(trato_segment_explain(store, kNull, str("shop:1"), NOW,
                                      &out_buf, &error));
  CHECK_INVALID(trato_segment_explain(store, a, kNull, NOW, &out_buf, &error));
  CHECK_INVALID(
      trato_segment_explain(store, a, str("shop:1"), NOW, NULL, &error));
  trato_segment_step step;
  size_t steps;
  int64_t until_us;
  CHECK_INVALID(trato_segment_history(NULL, a, str("shop:1"), NOW, NOW, &step,
                                      1, &steps, &until_us, NULL, &error));
  CHECK_INVALID(trato_segment_history(store, kNull, str("shop:1"), NOW, NOW,
                                      &step, 1, &steps, &until_us, NULL,
                                      &error));
  CHECK_INVALID(trato_segment_history(store, a, kNull, NOW, NOW, &step, 1,
                                      &steps, &until_us, NULL, &error));
  CHECK_INVALID(trato_segment_history(store, a, str("shop:1"), NOW, NOW, NULL,
                                      1, &steps, &until_us, NULL, &error));
  CHECK_INVALID(trato_segment_history(store, a, str("shop:1"), NOW, NOW, &step,
                                      0, &steps, &until_us, NULL, &error));
  CHECK_INVALID(trato_segment_history(store, a, str("shop:1"), NOW, NOW, &step,
                                      1, NULL, &until_us, NULL, &error));
  CHECK_INVALID(trato_segment_history(store, a, str("shop:1"), NOW, NOW, &step,
                                      1, &steps, NULL, NULL, &error));
  CHECK_INVALID(trato_segment_history(store, a, str("shop:1"), NOW, NOW - 1,
                                      &step, 1, &steps, &until_us, NULL,
                                      &error));
  CHECK_INVALID(trato_segment_plan(NULL, str("true"), &out_buf, &error));
  CHECK_INVALID(trato_segment_plan(store, kNull, &out_buf, &error));
  CHECK_INVALID(trato_segment_plan(store, str("true"), NULL, &error));
  trato_segment_overlap overlap;
  CHECK_INVALID(trato_segment_diff(NULL, a, a, NOW, &overlap, &error));
  CHECK_INVALID(trato_segment_diff(store, kNull, a, NOW, &overlap, &error));
  CHECK_INVALID(trato_segment_diff(store, a, kNull, NOW, &overlap, &error));
  CHECK_INVALID(trato_segment_diff(store, a, a, NOW, NULL, &error));
  CHECK_INVALID(trato_segment_diff_members(NULL, a, a, NOW, &members, &error));
  CHECK_INVALID(
      trato_segment_diff_members(store, kNull, a, NOW, &members, &error));
  CHECK_INVALID(
      trato_segment_diff_members(store, a, kNull, NOW, &members, &error));
  CHECK_INVALID(trato_segment_diff_members(store, a, a, NOW, NULL, &error));
  CHECK_INVALID(trato_segment_members(NULL, a, NOW, &members, &error));
  CHECK_INVALID(trato_segment_members(store, kNull, NOW, &members, &error));
  CHECK_INVALID(trato_segment_members(store, a, NOW, NULL, &error));
  CHECK_INVALID(trato_members_next(NULL, batch, 2, &count, &error));
  CHECK_OK(trato_segment_members(store, a, NOW, &members, NULL));
  CHECK_INVALID(trato_members_next(members, NULL, 2, &count, &error));
  CHECK_INVALID(trato_members_next(members, batch, 2, NULL, &error));
  trato_members_destroy(members);
  trato_members_destroy(NULL);
}

static trato_status define(trato_offer *changed) {
  const trato_offer given = *changed;
  *changed = (trato_offer)TRATO_OFFER_INIT;
  changed->name = str("tea");
  changed->value_minor = 100;
  changed->products = &kTea;
  changed->product_count = 1;
  return trato_offer_define(store, &given, NOW, NULL, &error);
}

static void test_offers(void) {
  const trato_str a = str("shop:1");
  trato_match matches[2];
  size_t count = 0;
  trato_decision decision;
  trato_offer offer = TRATO_OFFER_INIT;
  offer.name = str("tea");
  CHECK_INVALID(trato_offer_define(NULL, &offer, NOW, NULL, &error));
  CHECK_INVALID(trato_offer_define(store, NULL, NOW, NULL, &error));
  offer.name = kNull;
  CHECK_INVALID(define(&offer));
  offer.title = kNull;
  CHECK_INVALID(define(&offer));
  offer.currency = kNull;
  CHECK_INVALID(define(&offer));
  offer.eligibility = kNull;
  CHECK_INVALID(define(&offer));
  offer.coupon_span = kNull;
  CHECK_INVALID(define(&offer));
  offer.products = NULL;
  CHECK_INVALID(define(&offer));
  offer.products = &kNull;
  offer.product_count = 1;
  CHECK_INVALID(define(&offer));
  CHECK_OK(define(&offer));
  CHECK_INVALID(
      trato_offer_match(NULL, a, NOW, NULL, matches, 2, &count, &error));
  CHECK_INVALID(
      trato_offer_match(store, kNull, NOW, NULL, matches, 2, &count, &error));
  CHECK_INVALID(
      trato_offer_match(store, a, NOW, NULL, NULL, 2, &count, &error));
  CHECK_INVALID(
      trato_offer_match(store, a, NOW, NULL, matches, 2, NULL, &error));
  CHECK_INVALID(trato_offer_explain(NULL, a, NOW, NULL, &out_buf, &error));
  CHECK_INVALID(trato_offer_explain(store, kNull, NOW, NULL, &out_buf, &error));
  CHECK_INVALID(trato_offer_explain(store, a, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_offer_report(NULL, NOW, &out_buf, &error));
  CHECK_INVALID(trato_offer_report(store, NOW, NULL, &error));
  CHECK_INVALID(
      trato_offer_decide(NULL, a, NOW, NULL, NULL, &decision, &error));
  CHECK_INVALID(
      trato_offer_decide(store, kNull, NOW, NULL, NULL, &decision, &error));
  CHECK_INVALID(trato_offer_decide(store, a, NOW, NULL, NULL, NULL, &error));
  CHECK_INVALID(trato_decision_explain(NULL, &out_id, &out_buf, &error));
  CHECK_INVALID(trato_decision_explain(store, NULL, &out_buf, &error));
  CHECK_INVALID(trato_decision_explain(store, &out_id, NULL, &error));
  trato_outcome outcome = TRATO_OUTCOME_INIT;
  outcome.kind = TRATO_OUTCOME_SHOWN;
  CHECK_INVALID(trato_outcome_record(NULL, &outcome, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_outcome_record(store, NULL, NOW, NULL, NULL, &error));
  outcome.key = kNull;
  CHECK_INVALID(trato_outcome_record(store, &outcome, NOW, NULL, NULL, &error));
}

static void test_coupons(void) {
  const trato_str a = str("shop:1");
  const trato_str tea = str("tea");
  trato_coupon_options terms = TRATO_COUPON_OPTIONS_INIT;
  trato_coupon_code codes[2];
  CHECK_INVALID(
      trato_coupon_issue(NULL, a, tea, NULL, NOW, NULL, &out_buf, &error));
  CHECK_INVALID(
      trato_coupon_issue(store, kNull, tea, NULL, NOW, NULL, &out_buf, &error));
  CHECK_INVALID(
      trato_coupon_issue(store, a, kNull, NULL, NOW, NULL, &out_buf, &error));
  CHECK_INVALID(
      trato_coupon_issue(store, a, tea, NULL, NOW, NULL, NULL, &error));
  CHECK_INVALID(
      trato_coupon_issue_many(NULL, tea, NULL, 2, NOW, NULL, codes, &error));
  CHECK_INVALID(trato_coupon_issue_many(store, kNull, NULL, 2, NOW, NULL, codes,
                                        &error));
  CHECK_INVALID(
      trato_coupon_issue_many(store, tea, NULL, 2, NOW, NULL, NULL, &error));
  terms.currency = kNull;
  CHECK_INVALID(
      trato_coupon_issue(store, a, tea, &terms, NOW, NULL, &out_buf, &error));
  terms = (trato_coupon_options)TRATO_COUPON_OPTIONS_INIT;
  terms.product = kNull;
  CHECK_INVALID(
      trato_coupon_issue(store, a, tea, &terms, NOW, NULL, &out_buf, &error));
  terms = (trato_coupon_options)TRATO_COUPON_OPTIONS_INIT;
  terms.span = kNull;
  CHECK_INVALID(
      trato_coupon_issue(store, a, tea, &terms, NOW, NULL, &out_buf, &error));
  trato_buf code = TRATO_BUF_INIT;
  CHECK_OK(trato_coupon_issue(store, a, tea, NULL, NOW, NULL, &code, NULL));
  const trato_str text = {code.data, code.size};
  const trato_str none = str("");
  trato_coupon_redemption redemption = TRATO_COUPON_REDEMPTION_INIT;
  redemption.code = text;
  CHECK_INVALID(
      trato_coupon_redeem(NULL, &redemption, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_coupon_redeem(store, NULL, NOW, NULL, NULL, &error));
  for (int i = 0; i < 4; ++i) {
    trato_coupon_redemption broken = redemption;
    *(i == 0   ? &broken.code
      : i == 1 ? &broken.customer
      : i == 2 ? &broken.key
               : &broken.currency) = kNull;
    CHECK_INVALID(trato_coupon_redeem(store, &broken, NOW, NULL, NULL, &error));
  }
  CHECK_INVALID(
      trato_coupon_reverse(NULL, text, NULL, none, none, NOW, NULL, &error));
  CHECK_INVALID(
      trato_coupon_reverse(store, kNull, NULL, none, none, NOW, NULL, &error));
  CHECK_INVALID(
      trato_coupon_reverse(store, text, NULL, kNull, none, NOW, NULL, &error));
  CHECK_INVALID(
      trato_coupon_reverse(store, text, NULL, none, kNull, NOW, NULL, &error));
  CHECK_INVALID(trato_coupon_show(NULL, text, NOW, &out_buf, &error));
  CHECK_INVALID(trato_coupon_show(store, kNull, NOW, &out_buf, &error));
  CHECK_INVALID(trato_coupon_show(store, text, NOW, NULL, &error));
  CHECK_INVALID(trato_coupon_list(NULL, none, none, 9, NOW, &out_buf, &error));
  CHECK_INVALID(
      trato_coupon_list(store, kNull, none, 9, NOW, &out_buf, &error));
  CHECK_INVALID(
      trato_coupon_list(store, none, kNull, 9, NOW, &out_buf, &error));
  CHECK_INVALID(trato_coupon_list(store, none, none, 9, NOW, NULL, &error));
  trato_buf_dispose(&code);
}

static void test_consents(void) {
  trato_consent good = TRATO_CONSENT_INIT;
  good.state = TRATO_CONSENT_GRANTED;
  good.customer = str("shop:1");
  good.purpose = str("marketing");
  good.channel = str("email");
  CHECK_INVALID(trato_consent_record(NULL, &good, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_consent_record(store, NULL, NOW, NULL, NULL, &error));
  for (int field = 0; field < 6; ++field) {
    trato_consent bad = good;
    if (field == 0) bad.customer = kNull;
    if (field == 1) bad.purpose = kNull;
    if (field == 2) bad.channel = kNull;
    if (field == 3) bad.wording = kNull;
    if (field == 4) bad.proof = kNull;
    if (field == 5) bad.key = kNull;
    CHECK_INVALID(trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  }
  trato_objection objection = TRATO_OBJECTION_INIT;
  objection.customer = str("shop:1");
  CHECK_INVALID(
      trato_objection_record(NULL, &objection, NOW, NULL, NULL, &error));
  CHECK_INVALID(trato_objection_record(store, NULL, NOW, NULL, NULL, &error));
  for (int field = 0; field < 4; ++field) {
    trato_objection bad = objection;
    if (field == 0) bad.customer = kNull;
    if (field == 1) bad.proof = kNull;
    if (field == 2) bad.key = kNull;
    if (field == 3) bad.lifted = 2;
    CHECK_INVALID(trato_objection_record(store, &bad, NOW, NULL, NULL, &error));
  }
  CHECK_INVALID(trato_purpose_define(NULL, kTea, 0, kTea, NOW, NULL, &error));
  CHECK_INVALID(trato_purpose_define(store, kNull, 0, kTea, NOW, NULL, &error));
  CHECK_INVALID(trato_purpose_define(store, kTea, 0, kNull, NOW, NULL, &error));
  CHECK_INVALID(trato_purpose_define(store, kTea, 2, kTea, NOW, NULL, &error));
  const trato_str she = str("shop:1"), why = str("marketing"),
                  how = str("email");
  trato_consent_answer answer;
  CHECK_INVALID(trato_consent_test(NULL, she, why, how, NOW, &answer, &error));
  CHECK_INVALID(trato_consent_test(store, she, why, how, NOW, NULL, &error));
  CHECK_INVALID(
      trato_consent_test(store, kNull, why, how, NOW, &answer, &error));
  CHECK_INVALID(
      trato_consent_test(store, she, kNull, how, NOW, &answer, &error));
  CHECK_INVALID(
      trato_consent_test(store, she, why, kNull, NOW, &answer, &error));
  CHECK_INVALID(
      trato_consent_explain(NULL, she, why, how, NOW, &out_buf, &error));
  CHECK_INVALID(trato_consent_explain(store, she, why, how, NOW, NULL, &error));
  CHECK_INVALID(
      trato_consent_explain(store, she, kNull, how, NOW, &out_buf, &error));
  CHECK_INVALID(trato_consent_show(NULL, she, NOW, &out_buf, &error));
  CHECK_INVALID(trato_consent_show(store, she, NOW, NULL, &error));
  CHECK_INVALID(trato_consent_show(store, kNull, NOW, &out_buf, &error));
  CHECK_INVALID(trato_consent_history(NULL, she, NOW, &out_buf, &error));
  CHECK_INVALID(trato_consent_history(store, she, NOW, NULL, &error));
  CHECK_INVALID(trato_consent_history(store, kNull, NOW, &out_buf, &error));
}

static void test_suppressions(void) {
  const trato_str own = str("objections");
  const trato_suppression_options good = TRATO_SUPPRESSION_OPTIONS_INIT;
  trato_suppression_options bad = TRATO_SUPPRESSION_OPTIONS_INIT;
  bad.adds = 2;
  CHECK_INVALID(
      trato_suppression_define(NULL, own, kTea, kTea, NOW, NULL, &error));
  CHECK_INVALID(trato_suppression_define(store, kNull, str(""), str(""), NOW,
                                         NULL, &error));
  CHECK_INVALID(
      trato_suppression_define(store, own, kNull, str(""), NOW, NULL, &error));
  CHECK_INVALID(
      trato_suppression_define(store, own, str(""), kNull, NOW, NULL, &error));
  CHECK_INVALID(trato_suppression_import(NULL, own, str(""), NOW, &good, NULL,
                                         &out_buf, &error));
  CHECK_INVALID(trato_suppression_import(store, kNull, str(""), NOW, &good,
                                         NULL, &out_buf, &error));
  CHECK_INVALID(trato_suppression_import(store, own, kNull, NOW, &good, NULL,
                                         &out_buf, &error));
  CHECK_INVALID(trato_suppression_import(store, own, str(""), NOW, &bad, NULL,
                                         &out_buf, &error));
  CHECK_INVALID(trato_suppression_import(store, own, str(""), NOW, &good, NULL,
                                         NULL, &error));
  CHECK_INVALID(trato_suppression_export(NULL, own, NOW, &out_buf, &error));
  CHECK_INVALID(trato_suppression_export(store, kNull, NOW, &out_buf, &error));
  CHECK_INVALID(trato_suppression_export(store, own, NOW, NULL, &error));
  CHECK_INVALID(trato_suppression_list(NULL, NOW, &out_buf, &error));
  CHECK_INVALID(trato_suppression_list(store, NOW, NULL, &error));
}

static void test_an_error_is_optional(void) {
  trato_buf_dispose(NULL);
  trato_store *opened = NULL;
  CHECK(trato_store_open(str("no/such/folder/a"), NULL, &opened, NULL) ==
        TRATO_UNAVAILABLE);
  CHECK(trato_segment_define(store, str("b"), str("1 +"), NOW, NULL, NULL) ==
        TRATO_INVALID_ARGUMENT);
}

int main(void) {
  store = open_memory();
  visit(store, "shop:1", NOW);
  visit(store, "shop:2", NOW);
  test_store();
  test_log();
  test_corrections();
  test_columns();
  test_options();
  test_customers();
  test_interactions();
  test_products();
  test_import();
  test_segments();
  test_offers();
  test_coupons();
  test_consents();
  test_suppressions();
  test_an_error_is_optional();
  // No failure has handed anything out.
  CHECK(out_buf.data == NULL && out_buf.size == 0);
  close_store(store);
  return check_done();
}
