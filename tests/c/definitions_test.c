// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Definitions as a protobuf message, written here byte by byte.

#include "check.h"

typedef struct bytes {
  char data[1024];
  size_t size;
} bytes;

static trato_str view(const bytes *message) {
  return (trato_str){message->data, message->size};
}

// Appends a field that holds bytes; all of them are short here.
static void put(bytes *message, int field, trato_str value) {
  message->data[message->size++] = (char)(field << 3 | 2);
  message->data[message->size++] = (char)value.size;
  memcpy(message->data + message->size, value.data, value.size);
  message->size += value.size;
}

static void put_number(bytes *message, int field, int number) {
  message->data[message->size++] = (char)(field << 3);
  message->data[message->size++] = (char)number;
}

// Appends Definition{kind: {1: name, 2: text}} to a Definitions message.
static void define(bytes *definitions, int kind, const char *name,
                   const char *text) {
  bytes inner = {{0}, 0};
  bytes definition = {{0}, 0};
  put(&inner, 1, str(name));
  if (text[0] != '\0') put(&inner, 2, str(text));
  put(&definition, kind, view(&inner));
  put(definitions, 1, view(&definition));
}

enum { kInteractionType = 2, kChannel = 3, kProduct = 5, kSegment = 6 };

static trato_status apply(trato_store *store, const bytes *message) {
  return trato_store_apply(store, view(message), NOW, NULL, &error);
}

static trato_status record_demo(trato_store *store) {
  trato_interaction demo = TRATO_INTERACTION_INIT;
  demo.customer = str("shop:1");
  demo.type = str("demo");
  demo.channel = str("fair");
  return trato_interaction_record(store, &demo, NOW, NULL, NULL, &error);
}

static void test_what_is_defined_is_there(void) {
  trato_store *store = open_memory();
  CHECK_STATUS(TRATO_NOT_FOUND, record_demo(store));
  bytes message = {{0}, 0};
  define(&message, kInteractionType, "demo", "a product shown");
  define(&message, kChannel, "fair", "");
  define(&message, kProduct, "P1", "Tea lights");
  // It uses what the same message defines.
  define(&message, kSegment, "shown", "interactions('demo').count() > 0");
  CHECK_OK(apply(store, &message));
  CHECK_OK(record_demo(store));
  trato_segment_size size = {0, 0, 0};
  CHECK_OK(trato_segment_count(store, str("shown"), NOW, &size, &error));
  CHECK(size.members == 1);
  trato_buf name = TRATO_BUF_INIT;
  CHECK_OK(trato_product_name(store, str("P1"), &name, &error));
  CHECK(gave(&name, "Tea lights"));
  CHECK_OK(apply(store, &message));  // again: no error
  close_store(store);
}

static void test_attributes_and_namespaces(void) {
  trato_store *store = open_memory();
  bytes inner = {{0}, 0};
  bytes definition = {{0}, 0};
  bytes message = {{0}, 0};
  put(&inner, 1, str("email"));
  put_number(&inner, 2, 1);  // unique
  put(&definition, 4, view(&inner));
  put(&message, 1, view(&definition));
  inner.size = definition.size = 0;
  put(&inner, 1, str("country"));
  put_number(&inner, 3, 4);  // a string
  put(&definition, 1, view(&inner));
  put(&message, 1, view(&definition));
  CHECK_OK(apply(store, &message));
  CHECK_STATUS(
      TRATO_ALREADY_EXISTS,
      trato_attribute_define(store, str("country"), TRATO_OF_CUSTOMER,
                             TRATO_VALUE_INT, str(""), NOW, NULL, &error));
  CHECK_OK(trato_identifier_claim(store, str("shop:1"), str("email:a@x"), NOW,
                                  NULL, NULL, &error));
  CHECK_OK(trato_identifier_claim(store, str("shop:2"), str("email:a@x"), NOW,
                                  NULL, NULL, &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str("shop:1"), NOW, &json, &error));
  CHECK(gave(&json, "\"shop:2\""));
  close_store(store);
}

static void test_all_or_none(void) {
  trato_store *store = open_memory();
  bytes message = {{0}, 0};
  define(&message, kInteractionType, "demo", "");
  define(&message, kChannel, "fair", "");
  define(&message, kSegment, "shown", "interactions('demmo').count() > 0");
  CHECK_INVALID(apply(store, &message));
  CHECK(strstr(error.message, "shown") != NULL);
  CHECK_STATUS(TRATO_NOT_FOUND, record_demo(store));
  // Every message that is cut off is refused whole.
  bytes good = {{0}, 0};
  define(&good, kInteractionType, "demo", "");
  const size_t whole = good.size;
  define(&good, kChannel, "fair", "");
  for (size_t size = 1; size < good.size; ++size) {
    if (size == whole) continue;  // one definition, complete
    CHECK_INVALID(trato_store_apply(store, (trato_str){good.data, size}, NOW,
                                    NULL, &error));
  }
  CHECK_STATUS(TRATO_NOT_FOUND, record_demo(store));
  // A definition of nothing.
  const char nothing[] = {0x0a, 0x00};
  CHECK_INVALID(
      trato_store_apply(store, (trato_str){nothing, 2}, NOW, NULL, &error));
  close_store(store);
}

static void test_renaming(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  CHECK_OK(trato_attribute_define(store, str("city"), TRATO_OF_CUSTOMER,
                                  TRATO_VALUE_STRING, str(""), NOW, NULL,
                                  &error));
  CHECK_OK(trato_definition_rename(store, TRATO_DEFINITION_ATTRIBUTE,
                                   str("city"), str("town"), NOW, NULL,
                                   &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_attribute_list(store, &json, &error));
  CHECK(strstr(json.data, "\"town\"") != NULL);
  CHECK(strstr(json.data, "\"city\"") == NULL);
  trato_buf_dispose(&json);
  CHECK_STATUS(TRATO_ALREADY_EXISTS,
               trato_attribute_define(store, str("city"), TRATO_OF_CUSTOMER,
                                      TRATO_VALUE_INT, str(""), NOW, NULL,
                                      &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_definition_rename(store, TRATO_DEFINITION_SEGMENT,
                                       str("none"), str("x"), NOW, NULL,
                                       &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_definition_rename(store, TRATO_DEFINITION_RELATION,
                                       str("a"), str("b"), NOW, NULL, &error));
  CHECK_INVALID(trato_definition_rename(store, 9, str("town"), str("x"), NOW,
                                        NULL, &error));
  CHECK_INVALID(trato_definition_rename(NULL, 0, str("town"), str("x"), NOW,
                                        NULL, &error));
  CHECK_OK(trato_definition_rename(store, TRATO_DEFINITION_CHANNEL, str("fax"),
                                   str("facsimile"), NOW, NULL, &error));
  CHECK_STATUS(TRATO_UNIMPLEMENTED,
               trato_definition_rename(store, TRATO_DEFINITION_NAMESPACE,
                                       str("crm"), str("erp"), NOW, NULL,
                                       &error));
  CHECK_OK(trato_store_close(store, &error));
}

static void test_retiring(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  CHECK_OK(trato_definition_retire(store, TRATO_DEFINITION_CHANNEL, str("fax"),
                                   1, NOW, NULL, &error));
  trato_interaction visit = TRATO_INTERACTION_INIT;
  visit.customer = str("shop:1");
  visit.type = str("visit");
  visit.channel = str("fax");
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               trato_interaction_record(store, &visit, NOW, NULL, NULL,
                                        &error));
  CHECK(strstr(error.message, "'fax' is retired") != NULL);
  CHECK_OK(trato_definition_retire(store, TRATO_DEFINITION_CHANNEL, str("fax"),
                                   0, NOW, NULL, &error));
  CHECK_OK(trato_interaction_record(store, &visit, NOW, NULL, NULL, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_definition_retire(store, TRATO_DEFINITION_PURPOSE,
                                       str("none"), 1, NOW, NULL, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_definition_retire(store, TRATO_DEFINITION_SEGMENT,
                                       str("none"), 1, NOW, NULL, &error));
  CHECK_INVALID(trato_definition_retire(store, TRATO_DEFINITION_CHANNEL,
                                        str("fax"), 2, NOW, NULL, &error));
  CHECK_INVALID(trato_definition_retire(store, 99, str("fax"), 1, NOW, NULL,
                                        &error));
  CHECK_INVALID(trato_definition_retire(NULL, TRATO_DEFINITION_CHANNEL,
                                        str("fax"), 1, NOW, NULL, &error));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_definition_dependents(store, TRATO_DEFINITION_CHANNEL,
                                       str("fax"), &json, &error));
  CHECK(strstr(json.data, "\"retention\"") != NULL);
  trato_buf_dispose(&json);
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  test_what_is_defined_is_there();
  test_attributes_and_namespaces();
  test_all_or_none();
  test_renaming();
  test_retiring();
  return check_done();
}
