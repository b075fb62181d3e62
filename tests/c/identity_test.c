// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which records are one person's, through the C interface.

#include "check.h"

static trato_str text_of(const char *text) {
  const trato_str view = {text, strlen(text)};
  return view;
}

static int holds(const trato_buf *json, const char *text) {
  return json->data != NULL && strstr(json->data, text) != NULL;
}

static void say(trato_store *store, const char *record, const char *name,
                const char *value) {
  trato_attribute it = TRATO_ATTRIBUTE_INIT;
  it.customer = text_of(record);
  it.name = text_of(name);
  it.value.kind = TRATO_VALUE_STRING;
  it.value.text = text_of(value);
  CHECK_OK(trato_attribute_set(store, &it, NOW, NULL, NULL, &error));
}

static trato_store *contacts(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(text_of(""), NULL, &store, &error));
  NEED(store != NULL);
  static const char *const names[] = {"given_name", "surname", "birth_date"};
  for (size_t i = 0; i < 3; ++i) {
    CHECK_OK(trato_attribute_define(store, text_of(names[i]),
                                    TRATO_OF_CUSTOMER, TRATO_VALUE_STRING,
                                    text_of(""), NOW, NULL, &error));
  }
  say(store, "crm:1", "given_name", "Francisco");
  say(store, "crm:1", "surname", "Zubizarreta Etxeberria");
  say(store, "crm:1", "birth_date", "1984-03-07");
  say(store, "web:2", "given_name", "Paco");
  say(store, "web:2", "surname", "Zubizarreta");
  say(store, "web:2", "birth_date", "07/03/1984");
  CHECK_OK(trato_identifier_claim(store, text_of("crm:1"),
                                  text_of("email:paco@example.com"), NOW, NULL,
                                  NULL, &error));
  CHECK_OK(trato_identifier_claim(store, text_of("web:2"),
                                  text_of("email:paco@example.com"), NOW, NULL,
                                  NULL, &error));
  return store;
}

static void test_resolve_and_explain(void) {
  trato_store *store = contacts();
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_identity_explain(store, text_of("crm:1"), text_of("web:2"),
                                  NOW, &json, &error));
  CHECK(holds(&json, "\"level\": \"a nickname, or more names\""));
  CHECK(holds(&json, "\"questions\""));
  trato_buf_dispose(&json);
  CHECK_OK(trato_identity_resolve(store, text_of("web:2"),
                                  TRATO_IDENTITY_DRY_RUN, NOW, NULL, &json,
                                  &error));
  CHECK(holds(&json, "\"outcome\": \"link\""));
  trato_buf_dispose(&json);
  CHECK_OK(trato_identity_resolve_all(store, NULL, NOW, NULL, &json, &error));
  CHECK(holds(&json, "\"linked\": 1"));
  CHECK(holds(&json, "\"customers_after\": 1"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_identity_review(store, 10, NOW, &json, &error));
  CHECK(holds(&json, "\"open\": 0"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_identity_definitions(store, &json, &error));
  CHECK(holds(&json, "\"version\": 1"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_bad_input(void) {
  trato_store *store = contacts();
  trato_buf json = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_identity_resolve(store, text_of("crm:9"),
                                      TRATO_IDENTITY_APPLY, NOW, NULL, &json,
                                      &error));
  CHECK_INVALID(trato_identity_resolve(store, text_of("crm:1"), 7, NOW, NULL,
                                       &json, &error));
  CHECK_INVALID(trato_identity_explain(store, text_of("crm:1"),
                                       text_of("crm:1"), NOW, &json, &error));
  trato_identity_definition definition = TRATO_IDENTITY_DEFINITION_INIT;
  definition.link_at = 0.2;
  CHECK_INVALID(trato_identity_define(store, &definition, NOW, NULL, &error));
  CHECK(strstr(error.message, "link_at") != NULL);
  trato_identity_options options = TRATO_IDENTITY_OPTIONS_INIT;
  definition.link_at = 0.9;
  options.definition = &definition;
  CHECK_INVALID(trato_identity_resolve_all(store, &options, NOW, NULL, &json,
                                           &error));
  CHECK(strstr(error.message, "dry run") != NULL);
  struct ArrowArrayStream *none = NULL;
  CHECK_INVALID(trato_identity_table(none, NULL, NULL, NULL, none, none, &json,
                                     &error));
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  test_resolve_and_explain();
  test_bad_input();
  return check_done();
}
