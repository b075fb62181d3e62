// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 19 of trato.h: what another way of choosing would have brought, and
// experiments that may be looked at at any time.

#include "check.h"

typedef struct text_input {
  const char *text;
  size_t at;
} text_input;

static int64_t read_text(void *context, char *buffer, size_t capacity) {
  text_input *input = (text_input *)context;
  size_t left = strlen(input->text) - input->at;
  size_t size = left < capacity ? left : capacity;
  memcpy(buffer, input->text + input->at, size);
  input->at += size;
  return (int64_t)size;
}

static int holds(const trato_buf *json, const char *text) {
  return strstr(json->data, text) != NULL;
}

static void csv_is_valued(void) {
  char text[8192];
  size_t size = 0;
  trato_evaluation_options options = TRATO_EVALUATION_OPTIONS_INIT;
  trato_column columns[1];
  trato_buf json = TRATO_BUF_INIT;
  text_input input;
  int i;
  columns[0].field = trato_cstr("reward");
  columns[0].column = trato_cstr("click");
  options.columns = columns;
  options.column_count = 1;
  size += (size_t)sprintf(text, "probability,click,target\n");
  for (i = 0; i < 200; ++i) {
    size += (size_t)sprintf(text + size, "0.5,%d,%d\n", i % 2, i % 4 < 2);
  }
  input.text = text;
  input.at = 0;
  CHECK_OK(trato_evaluation_csv(read_text, &input, &options, &json, &error));
  CHECK(holds(&json, "\"answerable\": true"));
  CHECK(holds(&json, "\"effective\": 100.0"));
  trato_buf_dispose(&json);

  input.text = "probability,click,target\n0.5,1,1\n0,1,1\n";
  input.at = 0;
  CHECK_OK(trato_evaluation_csv(read_text, &input, &options, &json, &error));
  CHECK(holds(&json, "\"bad_probability\""));
  CHECK(holds(&json, "line 3"));
  trato_buf_dispose(&json);

  input.text = "probability,click,target\n0.5,1,1\n0.5,one,1\n";
  input.at = 0;
  CHECK_INVALID(trato_evaluation_csv(read_text, &input, &options, &json, &error));
  CHECK(strstr(error.message, "line 3") != NULL);
  CHECK(strstr(error.message, "click") != NULL);
}

static void arms_are_compared(void) {
  trato_arm arms[2] = {{{NULL, 0}, 10000, 500, 0, 0},
                       {{NULL, 0}, 10000, 700, 0, 0}};
  trato_experiment_options options = TRATO_EXPERIMENT_OPTIONS_INIT;
  trato_buf json = TRATO_BUF_INIT;
  arms[0].name = trato_cstr("old");
  arms[1].name = trato_cstr("new");
  options.yes_or_no = 1;
  CHECK_OK(trato_experiment_compare(arms, 2, &options, &json, &error));
  CHECK(holds(&json, "\"answerable\": true"));
  CHECK(holds(&json, "\"against\": \"old\""));
  trato_buf_dispose(&json);
  arms[1].count = 12000;
  CHECK_OK(trato_experiment_compare(arms, 2, &options, &json, &error));
  CHECK(holds(&json, "\"sample_ratio\""));
  CHECK(holds(&json, "\"answerable\": false"));
  trato_buf_dispose(&json);
  arms[1].sum = 13000;
  CHECK_INVALID(trato_experiment_compare(arms, 2, &options, &json, &error));
  CHECK(strstr(error.message, "arms[1].sum") != NULL);
  CHECK_INVALID(trato_experiment_compare(NULL, 2, &options, &json, &error));
}

static void an_empty_store_cannot_answer(void) {
  trato_store *store = NULL;
  trato_target target = TRATO_TARGET_INIT;
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_store_open(trato_cstr(""), NULL, &store, &error));
  CHECK_OK(trato_decisions_evaluate(store, &target, 0, &json, &error));
  CHECK(holds(&json, "\"no_rows\""));
  trato_buf_dispose(&json);
  target.policy = 9;
  CHECK_INVALID(trato_decisions_evaluate(store, &target, 0, &json, &error));
  CHECK(strstr(error.message, "target.policy") != NULL);
  CHECK_OK(trato_offer_effects(store, trato_cstr(""), trato_cstr(""), 0, 1, 0, 0,
                               &json, &error));
  CHECK(holds(&json, "\"offers\": []"));
  trato_buf_dispose(&json);
  CHECK_OK(trato_store_close(store, &error));
}

int main(void) {
  csv_is_valued();
  arms_are_compared();
  an_empty_store_cannot_answer();
  return check_done();
}
