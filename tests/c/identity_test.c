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
  trato_identity_options options = TRATO_IDENTITY_OPTIONS_INIT;
  options.mode = TRATO_IDENTITY_DRY_RUN;
  CHECK_OK(trato_identity_resolve(store, text_of("web:2"), &options, NOW, NULL,
                                  &json, &error));
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

/* What the host's own model is told, and what it says. */
struct model {
  double says;
  int calls;
  int ends;
  double heard;
};

static int32_t judge(void *context, const trato_identity_candidate *pairs,
                     size_t count, double *probabilities) {
  struct model *model = context;
  ++model->calls;
  for (size_t i = 0; i < count; ++i) {
    CHECK(pairs[i].one.size > 0 && pairs[i].other.size > 0);
    CHECK(pairs[i].probability == probabilities[i]);
    CHECK(strstr(pairs[i].comparisons.data, "\"level\"") != NULL);
    model->heard = probabilities[i];
    if (model->says == model->says) probabilities[i] = model->says;
  }
  return model->ends;
}

static void test_judge(void) {
  trato_store *store = contacts();
  trato_buf json = TRATO_BUF_INIT;
  struct model model = {0.001, 0, 0, 0};
  trato_identity_options options = TRATO_IDENTITY_OPTIONS_INIT;
  options.judge = judge;
  options.judge_context = &model;
  options.mode = TRATO_IDENTITY_DRY_RUN;
  CHECK_OK(trato_identity_resolve(store, text_of("web:2"), &options, NOW, NULL,
                                  &json, &error));
  CHECK(model.calls == 1 && model.heard > 0.5);
  CHECK(holds(&json, "\"outcome\": \"nothing\""));
  trato_buf_dispose(&json);
  model.says = 0.7;
  CHECK_OK(trato_identity_resolve_all(store, &options, NOW, NULL, &json, &error));
  CHECK(holds(&json, "\"proposed\": 1"));
  CHECK(holds(&json, "judge says 70.0 %"));
  trato_buf_dispose(&json);
  model.says = 1.5;
  CHECK_INVALID(trato_identity_resolve_all(store, &options, NOW, NULL, &json,
                                           &error));
  CHECK(strstr(error.message, "1.5") != NULL);
  model.says = 0.7;
  model.ends = 1;
  options.mode = TRATO_IDENTITY_APPLY;
  CHECK_STATUS(TRATO_CANCELLED, trato_identity_resolve_all(
                                    store, &options, NOW, NULL, &json, &error));
  CHECK_OK(trato_identity_review(store, 10, NOW, &json, &error));
  CHECK(holds(&json, "\"open\": 0"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_store_close(store, &error));
}

static void test_bad_input(void) {
  trato_store *store = contacts();
  trato_buf json = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_identity_resolve(store, text_of("crm:9"),
                                      NULL, NOW, NULL, &json, &error));
  trato_identity_options options = TRATO_IDENTITY_OPTIONS_INIT;
  options.mode = 7;
  CHECK_INVALID(trato_identity_resolve(store, text_of("crm:1"), &options, NOW,
                                       NULL, &json, &error));
  options.mode = TRATO_IDENTITY_APPLY;
  options.judge_from = 2;
  CHECK_INVALID(trato_identity_resolve(store, text_of("crm:1"), &options, NOW,
                                       NULL, &json, &error));
  CHECK(strstr(error.message, "judge_from") != NULL);
  options.judge_from = 0.01;
  CHECK_INVALID(trato_identity_explain(store, text_of("crm:1"),
                                       text_of("crm:1"), NOW, &json, &error));
  trato_identity_definition definition = TRATO_IDENTITY_DEFINITION_INIT;
  definition.link_at = 0.2;
  CHECK_INVALID(trato_identity_define(store, &definition, NOW, NULL, &error));
  CHECK(strstr(error.message, "link_at") != NULL);
  definition.link_at = 0.9;
  options.definition = &definition;
  CHECK_INVALID(trato_identity_resolve_all(store, &options, NOW, NULL, &json,
                                           &error));
  CHECK(strstr(error.message, "dry run") != NULL);
  CHECK_INVALID(trato_identity_resolve(store, text_of("crm:1"), &options, NOW,
                                       NULL, &json, &error));
  CHECK(strstr(error.message, "definition") != NULL);
  struct ArrowArrayStream *none = NULL;
  CHECK_INVALID(trato_identity_table(none, NULL, NULL, NULL, none, none, &json,
                                     &error));
  CHECK_OK(trato_store_close(store, &error));
}

// Taiwan's numbers, which are none of the library's.
static size_t taiwan(void *context, trato_str number, trato_str country,
                     char *out) {
  ++*(int *)context;
  if (country.size != 2 || memcmp(country.data, "TW", 2) != 0) return 0;
  if (number.size > 0 && number.data[0] == '9') return 17;  // more than fits
  size_t size = 0;
  for (const char *code = "+886"; *code != 0; ++code) out[size++] = *code;
  for (size_t i = 1; i < number.size && size < 16; ++i) {
    const char digit = number.data[i];
    if (digit >= '0' && digit <= '9') out[size++] = digit;
  }
  return size;
}

static void test_phones(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(text_of(""), NULL, &store, &error));
  NEED(store != NULL);
  static const char *const names[] = {"surname", "phone", "country"};
  for (size_t i = 0; i < 3; ++i) {
    CHECK_OK(trato_attribute_define(store, text_of(names[i]),
                                    TRATO_OF_CUSTOMER, TRATO_VALUE_STRING,
                                    text_of(""), NOW, NULL, &error));
  }
  say(store, "crm:1", "surname", "Lin");
  say(store, "crm:1", "country", "TW");
  say(store, "crm:1", "phone", "02 2345 6789");
  say(store, "web:2", "surname", "Lin");
  say(store, "web:2", "phone", "+886 2 2345 6789");
  say(store, "web:3", "surname", "Lin");
  say(store, "web:3", "country", "TW");
  say(store, "web:3", "phone", "922 345 678");
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_identity_explain(store, text_of("crm:1"), text_of("web:2"),
                                  NOW, &json, &error));
  CHECK(holds(&json, "\"one\": \"0223456789\""));
  trato_buf_dispose(&json);
  int asked = 0;
  CHECK_OK(trato_identity_read_phones(store, taiwan, &asked, &error));
  CHECK_OK(trato_identity_explain(store, text_of("crm:1"), text_of("web:2"),
                                  NOW, &json, &error));
  CHECK(holds(&json, "\"one\": \"886223456789\""));
  CHECK(asked == 2);
  trato_buf_dispose(&json);
  CHECK_OK(trato_identity_explain(store, text_of("web:3"), text_of("web:2"),
                                  NOW, &json, &error));
  CHECK(holds(&json, "\"one\": \"922345678\""));
  trato_buf_dispose(&json);
  CHECK_OK(trato_identity_read_phones(store, NULL, NULL, &error));
  CHECK_OK(trato_identity_explain(store, text_of("crm:1"), text_of("web:2"),
                                  NOW, &json, &error));
  CHECK(holds(&json, "\"one\": \"0223456789\""));
  trato_buf_dispose(&json);
  CHECK_INVALID(trato_identity_read_phones(NULL, taiwan, &asked, &error));
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  test_resolve_and_explain();
  test_judge();
  test_phones();
  test_bad_input();
  return check_done();
}
