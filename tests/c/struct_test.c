// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Structs that grow: a program may have been compiled with an older or a newer
// trato.h than the library.

#include "arrow_table.h"
#include "check.h"

#define TAIL 64

// A struct as a newer header may declare it.
#define GROWN(type)  \
  struct {           \
    type now;        \
    char tail[TAIL]; \
  }

// Tries the sizes of one struct. `call` uses `grown.now`.
#define CHECK_SIZES(type, init, prepare, call)              \
  do {                                                      \
    GROWN(type) grown = {init, {0}};                        \
    type *it = &grown.now;                                  \
    prepare;                                                \
    CHECK_OK(call);                                         \
    it->struct_size = (uint32_t)sizeof(grown);              \
    CHECK_OK(call); /* newer, with what it does not use */  \
    grown.tail[TAIL - 1] = 1;                               \
    CHECK_STATUS(TRATO_UNIMPLEMENTED, call); /* and uses */ \
    grown.tail[TAIL - 1] = 0;                               \
    grown.tail[0] = 1;                                      \
    CHECK_STATUS(TRATO_UNIMPLEMENTED, call);                \
    it->struct_size = (uint32_t)sizeof(type);               \
    CHECK_OK(call); /* behind the end is not looked at */   \
    it->struct_size = 0;                                    \
    CHECK_INVALID(call);                                    \
    it->struct_size = 4;                                    \
    CHECK_INVALID(call);                                    \
    it->struct_size = (uint32_t)sizeof(type) - 1;           \
    CHECK_INVALID(call);                                    \
  } while (0)

static trato_store *store = NULL;

static trato_status open_and_close(const trato_store_options *options) {
  trato_store *opened = NULL;
  const trato_status status =
      trato_store_open(str(""), options, &opened, &error);
  CHECK(trato_store_close(opened, NULL) == TRATO_OK);
  return status;
}

static trato_status look(const trato_timeline_options *options) {
  trato_timeline *timeline = NULL;
  const trato_status status = trato_timeline_open(store, str("shop:1"), NOW,
                                                  options, &timeline, &error);
  trato_timeline_destroy(timeline);
  return status;
}

static int64_t read_once(void *context, char *buffer, size_t capacity) {
  static const char kText[] =
      "order,product,quantity,price,date,customer\n1,tea,1,2,2011-12-01,1\n";
  int *read = context;
  if (*read || capacity < sizeof(kText)) return 0;
  *read = 1;
  memcpy(buffer, kText, sizeof(kText) - 1);
  return (int64_t)sizeof(kText) - 1;
}

static trato_status import(const trato_import_options *options) {
  int read = 0;
  trato_buf report = TRATO_BUF_INIT;
  const trato_status status = trato_orders_import(
      store, read_once, &read, NOW, options, NULL, &report, &error);
  trato_buf_dispose(&report);
  return status;
}

// A store in memory has no file to verify; that comes after the options.
static trato_status verify(const trato_verify_options *options) {
  trato_buf report = TRATO_BUF_INIT;
  const trato_status status =
      trato_store_verify(store, options, &report, &error);
  trato_buf_dispose(&report);
  return status == TRATO_FAILED_PRECONDITION ? TRATO_OK : status;
}

static trato_status fork_with(const trato_fork_options *options) {
  trato_store *fork = NULL;
  const trato_status status = trato_store_fork(store, options, &fork, &error);
  trato_store_close(fork, NULL);
  return status;
}

static trato_status what_if(const trato_what_if_options *options) {
  trato_buf json = TRATO_BUF_INIT;
  const trato_status status =
      trato_decision_what_if(store, options, NOW, &json, &error);
  trato_buf_dispose(&json);
  return status;
}

static trato_status look_back(const trato_as_of *as_of) {
  trato_store *past = NULL;
  const trato_status status = trato_store_as_of(store, as_of, &past, &error);
  CHECK(trato_store_close(past, NULL) == TRATO_OK);
  return status;
}

static trato_status append(const trato_append_options *options) {
  static const char *const names[] = {"tea"};
  table it;
  memset(&it, 0, sizeof(it));
  it.columns = 2;
  it.rows = 1;
  it.column[0] = (table_column){"product", names, NULL};
  it.column[1] = (table_column){"name", names, NULL};
  struct ArrowArrayStream stream = table_stream(&it);
  const trato_status status =
      trato_products_append(store, &stream, NOW, options, NULL, NULL, &error);
  CHECK(it.released == 1);
  return status;
}

static trato_status export_all(const trato_export_options *options) {
  struct ArrowArrayStream stream;
  const trato_status status =
      trato_interactions_export(store, NOW, options, &stream, &error);
  if (status == TRATO_OK) CHECK(rows_of(&stream) >= 1);
  return status;
}

static trato_status suppress(const trato_suppression_options *options) {
  trato_buf report = TRATO_BUF_INIT;
  const trato_status status =
      trato_suppression_import(store, str("objections"), str("mail:x\n"), NOW,
                               options, NULL, &report, &error);
  trato_buf_dispose(&report);
  return status;
}

static trato_status match(const trato_match_options *options) {
  trato_match matches[1];
  size_t count = 0;
  return trato_offer_match(store, str("shop:1"), NOW, options, matches, 1,
                           &count, &error);
}

static trato_status decide(const trato_match_options *options) {
  trato_decision decision;
  return trato_offer_decide(store, str("shop:1"), NOW, options, NULL, &decision,
                            &error);
}

static trato_status permit(const trato_permit_request *request) {
  trato_permit given;
  return trato_permit_give(store, str("shop:2"), request, NOW, NULL, &given,
                           NULL, &error);
}

static void test_sizes(void) {
  const trato_str tea = str("tea");
  CHECK_SIZES(trato_store_options, TRATO_STORE_OPTIONS_INIT, (void)it,
              open_and_close(it));
  CHECK_SIZES(
      trato_write_options, TRATO_WRITE_OPTIONS_INIT, (void)it,
      trato_segment_define(store, str("a"), str("true"), NOW, it, &error));
  CHECK_OK(trato_attribute_define(store, str("x"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_INT, str(""), NOW, NULL, &error));
  CHECK_SIZES(trato_attribute_definition, TRATO_ATTRIBUTE_DEFINITION_INIT,
              (it->name = str("x"), it->kind = TRATO_VALUE_INT),
              trato_attribute_define_as(store, it, NOW, NULL, &error));
  CHECK_SIZES(trato_namespace, TRATO_NAMESPACE_INIT, it->name = str("email"),
              trato_namespace_define(store, it, NOW, NULL, &error));
  CHECK_SIZES(trato_relation_definition, TRATO_RELATION_DEFINITION_INIT,
              it->name = str("household"),
              trato_relation_define(store, it, NOW, NULL, &error));
  CHECK_SIZES(trato_relation, TRATO_RELATION_INIT,
              (it->customer = str("shop:1"), it->relation = str("household"),
               it->other = str("shop:2")),
              trato_relation_set(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_attribute, TRATO_ATTRIBUTE_INIT,
              (it->customer = str("shop:1"), it->name = str("x")),
              trato_attribute_set(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_interaction, TRATO_INTERACTION_INIT,
              (it->customer = str("shop:1"), it->type = str("visit")),
              trato_interaction_record(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(
      trato_interaction, TRATO_INTERACTION_INIT,
      (it->customer = str("shop:1"), it->type = str("visit")),
      trato_interaction_record_many(store, it, 1, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_timeline_options, TRATO_TIMELINE_OPTIONS_INIT, (void)it,
              look(it));
  CHECK_SIZES(trato_verify_options, TRATO_VERIFY_OPTIONS_INIT, (void)it,
              verify(it));
  CHECK_SIZES(trato_as_of, TRATO_AS_OF_INIT, (void)it, look_back(it));
  CHECK_SIZES(trato_fork_options, TRATO_FORK_OPTIONS_INIT, (void)it,
              fork_with(it));
  CHECK_SIZES(trato_what_if_options, TRATO_WHAT_IF_OPTIONS_INIT, (void)it,
              what_if(it));
  CHECK_SIZES(trato_correction, TRATO_CORRECTION_INIT,
              it->record = str("shop:1"),
              trato_interaction_retract(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_append_options, TRATO_APPEND_OPTIONS_INIT, (void)it,
              append(it));
  CHECK_SIZES(trato_export_options, TRATO_EXPORT_OPTIONS_INIT, (void)it,
              export_all(it));
  CHECK_SIZES(trato_import_options, TRATO_IMPORT_OPTIONS_INIT, (void)it,
              import(it));
  CHECK_SIZES(trato_consent, TRATO_CONSENT_INIT,
              (it->state = TRATO_CONSENT_GRANTED, it->customer = str("shop:1"),
               it->purpose = str("marketing"), it->channel = str("email")),
              trato_consent_record(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_suppression_options, TRATO_SUPPRESSION_OPTIONS_INIT,
              (void)it, suppress(it));
  CHECK_SIZES(trato_objection, TRATO_OBJECTION_INIT,
              it->customer = str("shop:1"),
              trato_objection_record(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_offer, TRATO_OFFER_INIT,
              (it->name = tea, it->value_minor = 100, it->products = &tea,
               it->product_count = 1),
              trato_offer_define(store, it, NOW, NULL, &error));
  CHECK_SIZES(trato_match_options, TRATO_MATCH_OPTIONS_INIT, (void)it,
              match(it));
  CHECK_SIZES(trato_match_options, TRATO_MATCH_OPTIONS_INIT, (void)it,
              decide(it));
  CHECK_SIZES(trato_outcome, TRATO_OUTCOME_INIT,
              (it->kind = TRATO_OUTCOME_SHOWN, it->decision.bytes[0] = 1),
              trato_outcome_record(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_product, TRATO_PRODUCT_INIT, it->id = tea,
              trato_product_define(store, it, NOW, NULL, &error));
  CHECK_SIZES(trato_contact_policy, TRATO_CONTACT_POLICY_INIT,
              (it->name = tea, it->at_most = 1000, it->within = str("7d")),
              trato_contact_policy_define(store, it, NOW, NULL, &error));
  CHECK_SIZES(trato_arbitration, TRATO_ARBITRATION_INIT, (void)it,
              trato_arbitration_define(store, it, NOW, NULL, &error));
  CHECK_SIZES(trato_learning_definition, TRATO_LEARNING_DEFINITION_INIT,
              it->name = tea,
              trato_learning_define(store, it, NOW, NULL, &error));
  trato_items *items = NULL;
  CHECK_SIZES(trato_allocation_options, TRATO_ALLOCATION_OPTIONS_INIT, (void)it,
              trato_offer_allocate(store, it, NOW, NULL, NULL, &error));
  CHECK_SIZES(trato_items_options, TRATO_ITEMS_OPTIONS_INIT, (void)it,
              (trato_items_destroy(items), items = NULL,
               trato_items_learn(store, it, NOW, &items, &error)));
  trato_items_destroy(items);
  CHECK_SIZES(trato_permit_request, TRATO_PERMIT_REQUEST_INIT,
              it->channel = str("web"), permit(it));
  trato_coupon_code code;
  CHECK_SIZES(trato_coupon_options, TRATO_COUPON_OPTIONS_INIT, it->uses = 9,
              trato_coupon_issue_many(store, tea, it, 1, NOW, NULL, &code,
                                      &error));
  CHECK_SIZES(trato_coupon_redemption, TRATO_COUPON_REDEMPTION_INIT,
              it->code = str(code.text),
              trato_coupon_redeem(store, it, NOW, NULL, NULL, &error));
}

// Many structs of a newer header lie further apart.
static void test_the_stride_of_many(void) {
  typedef GROWN(trato_interaction) newer;
  newer three[3];
  memset(three, 0, sizeof(three));
  static const char *const names[] = {"far:1", "far:2", "far:3"};
  for (int i = 0; i < 3; ++i) {
    three[i].now = (trato_interaction)TRATO_INTERACTION_INIT;
    three[i].now.struct_size = (uint32_t)sizeof(newer);
    three[i].now.customer = str(names[i]);
    three[i].now.type = str("visit");
  }
  size_t added = 0;
  CHECK_OK(trato_interaction_record_many(store, &three[0].now, 3, NOW, NULL,
                                         &added, &error));
  CHECK(added == 3);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str("far:3"), NOW, &json, &error));
  trato_buf_dispose(&json);
  three[2].tail[5] = 1;
  CHECK_STATUS(TRATO_UNIMPLEMENTED,
               trato_interaction_record_many(store, &three[0].now, 3, NOW, NULL,
                                             &added, &error));
}

static void test_reserved_fields_are_zero(void) {
  trato_attribute_definition attribute = TRATO_ATTRIBUTE_DEFINITION_INIT;
  attribute.name = str("x");
  attribute.kind = TRATO_VALUE_INT;
  attribute.reserved0 = 1;
  CHECK(trato_attribute_define_as(store, &attribute, NOW, NULL, &error) !=
        TRATO_OK);
  trato_match_options options = TRATO_MATCH_OPTIONS_INIT;
  options.reserved0 = 1;
  CHECK(match(&options) != TRATO_OK);
  trato_as_of as_of = TRATO_AS_OF_INIT;
  as_of.reserved0 = 1;
  CHECK(look_back(&as_of) != TRATO_OK);
  trato_correction correction = TRATO_CORRECTION_INIT;
  correction.record = str("shop:1");
  correction.reserved0 = 1;
  CHECK(trato_interaction_retract(store, &correction, NOW, NULL, NULL,
                                  &error) != TRATO_OK);
  trato_timeline_options timeline = TRATO_TIMELINE_OPTIONS_INIT;
  timeline.reserved0 = 1;
  CHECK(look(&timeline) != TRATO_OK);
}

static void test_words_are_checked(void) {
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.durability = 2;
  CHECK_INVALID(trato_segment_define(store, str("a"), str("true"), NOW,
                                     &options, &error));
}

// The library writes an error no further than the program has room for.
static void test_an_error_of_another_size(void) {
  GROWN(trato_error) newer;
  memset(&newer, 0x55, sizeof(newer));
  newer.now = (trato_error)TRATO_ERROR_INIT;
  newer.now.struct_size = (uint32_t)sizeof(newer);
  CHECK(trato_store_flush(NULL, &newer.now) == TRATO_INVALID_ARGUMENT);
  CHECK(newer.now.code == TRATO_INVALID_ARGUMENT);
  CHECK(newer.now.struct_size == sizeof(newer));

  for (uint32_t size = 0; size < 40; ++size) {
    trato_error older;
    memset(&older, 0x55, sizeof(older));
    older.struct_size = size;
    CHECK(trato_store_flush(NULL, &older) == TRATO_INVALID_ARGUMENT);
    const char *bytes = (const char *)&older;
    for (size_t i = size < 4 ? 4 : size; i < sizeof(older); ++i) {
      CHECK(bytes[i] == 0x55);
    }
  }

  // A call that succeeds does not touch it.
  trato_error kept = TRATO_ERROR_INIT;
  kept.code = TRATO_ABORTED;
  CHECK(trato_store_flush(store, &kept) == TRATO_OK);
  CHECK(kept.code == TRATO_ABORTED);
}

int main(void) {
  store = open_memory();
  visit(store, "shop:1", NOW);
  test_sizes();
  test_the_stride_of_many();
  test_reserved_fields_are_zero();
  test_words_are_checked();
  test_an_error_of_another_size();
  close_store(store);
  return check_done();
}
