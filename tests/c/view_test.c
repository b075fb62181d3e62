// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A view of a store shows part of the customers, whatever is asked.

#include "check.h"

static trato_store *open_store(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  NEED(store != NULL);
  trato_attribute_definition tag = TRATO_ATTRIBUTE_DEFINITION_INIT;
  tag.name = str("unit");
  tag.kind = TRATO_VALUE_STRING;
  tag.flags = TRATO_ATTRIBUTE_MANY;
  CHECK_OK(trato_attribute_define_as(store, &tag, NOW, NULL, &error));
  CHECK_OK(trato_attribute_define(store, str("city"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str(""), NOW, NULL,
                                  &error));
  const char *const said[][3] = {{"shop:1", "unit", "north"},
                                 {"shop:2", "unit", "south"},
                                 {"shop:3", "city", "Cadiz"}};
  for (size_t i = 0; i < 3; ++i) {
    trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
    attribute.customer = str(said[i][0]);
    attribute.name = str(said[i][1]);
    attribute.value.kind = TRATO_VALUE_STRING;
    attribute.value.text = str(said[i][2]);
    CHECK_OK(trato_attribute_set(store, &attribute, NOW, NULL, NULL, &error));
  }
  return store;
}

static trato_store *view_of(const trato_store *store, const char *unit) {
  const trato_tag tags[] = {{str("unit"), str(unit)}};
  trato_view_options options = TRATO_VIEW_OPTIONS_INIT;
  options.tags = tags;
  options.tag_count = 1;
  trato_store *view = NULL;
  CHECK_OK(trato_store_view(store, &options, &view, &error));
  NEED(view != NULL);
  return view;
}

static uint64_t count(const trato_store *view) {
  trato_segment_size size;
  CHECK_OK(trato_segment_preview(view, str("true"), NOW, &size, &error));
  CHECK(size.members == size.customers);
  return size.members;
}

static void test_others_are_not_there(void) {
  trato_store *store = open_store();
  trato_store *view = view_of(store, "north");
  trato_buf json = TRATO_BUF_INIT;
  CHECK(count(store) == 3 && count(view) == 1);
  CHECK_OK(trato_customer_get(view, str("shop:1"), NOW, &json, &error));
  trato_buf_dispose(&json);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_get(view, str("shop:2"), NOW, &json, &error));
  CHECK(strcmp(error.message, "no customer has the identifier shop:2") == 0);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_customer_get(view, str("shop:4"), NOW, &json, &error));
  // A link shows her to both.
  CHECK_OK(trato_link(store, str("shop:1"), str("shop:2"), str(""), 0, NOW, NULL,
                      &error));
  trato_store *south = view_of(store, "south");
  CHECK(count(view) == 1 && count(south) == 1);
  CHECK_OK(trato_customer_get(south, str("shop:1"), NOW, &json, &error));
  trato_buf_dispose(&json);
  // The store may end first.
  CHECK_OK(trato_store_close(store, &error));
  CHECK(count(view) == 1);
  CHECK_OK(trato_store_close(south, &error));
  CHECK_OK(trato_store_close(view, &error));
}

static void test_only_reads(void) {
  trato_store *store = open_store();
  trato_store *view = view_of(store, "north");
  trato_buf json = TRATO_BUF_INIT;
  trato_digest digest;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_identifier_claim(view, str("shop:1"), str("a:1"), NOW, NULL,
                                      NULL, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_info(view, NOW, &json, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_digest(view, NOW, &digest, &error));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_audit(view, str("shop:1"), str(""), 0, NOW, &json,
                                 &error));
  CHECK_OK(trato_store_close(view, &error));
  // It was the store's file, which is still in use.
  CHECK_OK(trato_identifier_claim(store, str("shop:1"), str("a:1"), NOW, NULL,
                                  NULL, &error));
  CHECK_OK(trato_store_close(store, &error));
}

static void test_bad_input(void) {
  trato_store *store = open_store();
  trato_store *view = NULL;
  trato_view_options options = TRATO_VIEW_OPTIONS_INIT;
  CHECK_INVALID(trato_store_view(store, &options, &view, &error));
  CHECK_INVALID(trato_store_view(store, NULL, &view, &error));
  CHECK_INVALID(trato_store_view(NULL, &options, &view, &error));
  options.tag_count = 1;
  CHECK_INVALID(trato_store_view(store, &options, &view, &error));
  trato_tag tag = {str("city"), str("Cadiz")};
  options.tags = &tag;
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_store_view(store, &options, &view, &error));
  tag.name = str("unity");
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_store_view(store, &options, &view, &error));
  CHECK(strstr(error.message, "did you mean 'unit'") != NULL);
  options.tag_count = 0;
  options.filter = str("customer.city ==");
  CHECK_INVALID(trato_store_view(store, &options, &view, &error));
  CHECK(error.line == 1 && error.column > 0);
  options.filter = str("customer.city == \"Cadiz\"");
  options.any = 2;
  CHECK_INVALID(trato_store_view(store, &options, &view, &error));
  options.any = 1;
  CHECK_INVALID(trato_store_view(store, &options, NULL, &error));
  CHECK_OK(trato_store_view(store, &options, &view, &error));
  CHECK(count(view) == 1);
  CHECK_OK(trato_store_close(view, &error));
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  test_others_are_not_there();
  test_only_reads();
  test_bad_input();
  return check_done();
}
