// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Models of purchases, from arrays of the caller's and from CSV.

#include <math.h>

#include "check.h"

#define CUSTOMERS 500

static double frequency[CUSTOMERS], recency[CUSTOMERS], age[CUSTOMERS];
static double spend[CUSTOMERS], alive[CUSTOMERS], expected[CUSTOMERS];

static trato_purchase_columns columns_of_all(void) {
  trato_purchase_columns columns = TRATO_PURCHASE_COLUMNS_INIT;
  for (int i = 0; i < CUSTOMERS; ++i) {
    const int back = i % 3 == 0 ? i % 7 : 0;
    frequency[i] = back;
    age[i] = 20 + i % 20;
    recency[i] = back == 0 ? 0 : 5 + i % 15;
    spend[i] = back == 0 ? 0 : 10 + i % 13;
  }
  columns.count = CUSTOMERS;
  columns.frequency = frequency;
  columns.recency = recency;
  columns.age = age;
  columns.spend = spend;
  return columns;
}

static void test_models(void) {
  const trato_purchase_columns columns = columns_of_all();
  for (uint32_t kind = 0; kind < 5; ++kind) {
    if (kind == TRATO_MODEL_BG_BB) continue; /* these are no occasions */
    trato_value_fit_options options = TRATO_VALUE_FIT_OPTIONS_INIT;
    options.model = kind;
    trato_value_model model = TRATO_VALUE_MODEL_INIT;
    CHECK_OK(trato_value_fit(&columns, &options, &model, &error));
    CHECK(model.model == kind);
    CHECK(model.parameter_count == (kind == TRATO_MODEL_GAMMA_GAMMA ? 3 : 4));
    for (uint32_t i = 0; i < model.parameter_count; ++i) {
      CHECK(model.low[i] < model.parameters[i]);
      CHECK(model.parameters[i] < model.high[i]);
    }
    trato_value_options how = TRATO_VALUE_OPTIONS_INIT;
    how.horizon = 13;
    trato_value_predictions out = TRATO_VALUE_PREDICTIONS_INIT;
    out.alive = alive;
    out.expected = expected;
    if (kind == TRATO_MODEL_GAMMA_GAMMA) {
      CHECK_INVALID(trato_value_predict(&model, &columns, &how, &out, &error));
      out = (trato_value_predictions)TRATO_VALUE_PREDICTIONS_INIT;
      out.spend = expected;
      CHECK_OK(trato_value_predict(&model, &columns, &how, &out, &error));
      CHECK(expected[0] > 0);
      continue;
    }
    CHECK_OK(trato_value_predict(&model, &columns, &how, &out, &error));
    for (int i = 0; i < CUSTOMERS; ++i) {
      CHECK(alive[i] >= 0 && alive[i] <= 1);
      CHECK(expected[i] >= 0 && isfinite(expected[i]));
    }
  }
}

static void test_what_is_wrong(void) {
  trato_purchase_columns columns = columns_of_all();
  trato_value_model model = TRATO_VALUE_MODEL_INIT;
  trato_value_fit_options options = TRATO_VALUE_FIT_OPTIONS_INIT;
  CHECK_INVALID(trato_value_fit(NULL, NULL, &model, &error));
  CHECK_INVALID(trato_value_fit(&columns, NULL, NULL, &error));
  options.model = 5;
  CHECK_INVALID(trato_value_fit(&columns, &options, &model, &error));
  options.model = 0;
  options.prior = -1;
  CHECK_INVALID(trato_value_fit(&columns, &options, &model, &error));
  recency[7] = 1e9;
  CHECK_INVALID(trato_value_fit(&columns, NULL, &model, &error));
  CHECK(strncmp(error.message, "recency[7] ", 11) == 0);
  columns = columns_of_all();
  columns.frequency = NULL;
  CHECK_INVALID(trato_value_fit(&columns, NULL, &model, &error));
  columns.count = 0;
  CHECK_INVALID(trato_value_fit(&columns, NULL, &model, &error));

  columns = columns_of_all();
  CHECK_OK(trato_value_fit(&columns, NULL, &model, &error));
  trato_value_predictions out = TRATO_VALUE_PREDICTIONS_INIT;
  out.value = expected;
  CHECK_INVALID(trato_value_predict(&model, &columns, NULL, &out, &error));
  CHECK_INVALID(trato_value_predict(NULL, &columns, NULL, &out, &error));
  CHECK_INVALID(trato_value_predict(&model, NULL, NULL, &out, &error));
  CHECK_INVALID(trato_value_predict(&model, &columns, NULL, NULL, &error));
  model.parameters[2] = -1;
  CHECK_INVALID(trato_value_predict(&model, &columns, NULL, &out, &error));
  CHECK(strstr(error.message, "model.parameters[2]") != NULL);
}

struct text {
  const char *left;
};

static int64_t read_text(void *context, char *buffer, size_t capacity) {
  struct text *text = context;
  size_t size = strlen(text->left);
  if (size > capacity) size = capacity;
  memcpy(buffer, text->left, size);
  text->left += size;
  return (int64_t)size;
}

static void test_csv(void) {
  struct text text = {
      "CustomerID,InvoiceDate,Quantity,Price\n"
      "7,2024-01-01 10:00,2,1.50\n"
      "7,2024-01-15,1,4\n"
      ",2024-01-15,1,4\n"
      "9,2024-01-08,one,4\n"
      "8,2024-01-08,1,4\n"};
  trato_purchases_options options = TRATO_PURCHASES_OPTIONS_INIT;
  options.end_us = INT64_C(1706486400000000); /* 2024-01-29 */
  trato_purchases *purchases = NULL;
  trato_buf report = TRATO_BUF_INIT;
  CHECK_OK(trato_purchases_read_csv(read_text, &text, &options, &purchases,
                                    &report, &error));
  CHECK(strstr(report.data, "\"rows\": 5") != NULL);
  CHECK(strstr(report.data, "\"used\": 3") != NULL);
  CHECK(strstr(report.data, "the customer is missing") != NULL);
  CHECK(strstr(report.data, "the quantity is no number") != NULL);
  trato_buf_dispose(&report);
  trato_purchase_columns columns = TRATO_PURCHASE_COLUMNS_INIT;
  CHECK_OK(trato_purchases_columns(purchases, &columns, &error));
  CHECK(columns.count == 2 && columns.weight == NULL && columns.ahead == NULL);
  CHECK(columns.frequency[0] == 1 && columns.frequency[1] == 0);
  CHECK(columns.recency[0] == 2 && columns.age[0] == 4);
  CHECK(columns.spend[0] == 4 && columns.total[0] == 7);
  CHECK_INVALID(trato_purchases_columns(purchases, NULL, &error));
  CHECK_INVALID(trato_purchases_columns(NULL, &columns, &error));
  CHECK_INVALID(trato_purchases_export(purchases, NULL, &error));
  CHECK_INVALID(trato_value_choose(NULL, NULL, NULL, NULL, NULL, &error));
  CHECK_OK(trato_value_choose(purchases, NULL, NULL, NULL, &report, &error));
  trato_buf_dispose(&report);
  CHECK_INVALID(trato_rfm_export(purchases, NULL, NULL, NULL, &error));
  CHECK_INVALID(trato_value_export(NULL, purchases, NULL, NULL, &error));
  trato_purchases_destroy(purchases);
  trato_purchases_destroy(NULL);

  purchases = NULL;
  text.left = "customer,amount\n1,2\n";
  CHECK_INVALID(trato_purchases_read_csv(read_text, &text, NULL, &purchases,
                                         NULL, &error));
  CHECK(strcmp(error.message, "no column holds the field at") == 0);
  CHECK_INVALID(
      trato_purchases_read_csv(NULL, NULL, NULL, &purchases, NULL, &error));
  CHECK_INVALID(
      trato_purchases_read_csv(read_text, &text, NULL, NULL, NULL, &error));
  CHECK_INVALID(trato_purchases_read(NULL, NULL, &purchases, &error));
  CHECK(purchases == NULL);
}

static void test_rfm(void) {
  const double since[] = {1, 2, 2, 50};
  const double times[] = {9, 1, 1, 1};
  const double money[] = {90, 5, 7, -3};
  trato_rfm_columns columns = TRATO_RFM_COLUMNS_INIT;
  columns.count = 4;
  columns.recency = since;
  columns.frequency = times;
  columns.money = money;
  trato_rfm_edges edges = TRATO_RFM_EDGES_INIT;
  CHECK_OK(trato_rfm_find(&columns, &edges, &error));
  CHECK(edges.groups == 5);
  uint8_t r[4], f[4], m[4];
  CHECK_OK(trato_rfm_score(&edges, &columns, r, f, m, &error));
  /* Mid-ranks 3.5, 2, 2, 0.5 of 4; 3.5, 1.5, 1.5, 1.5; 3.5, 1.5, 2.5, 0.5. */
  CHECK(r[0] == 5 && r[1] == 3 && r[2] == 3 && r[3] == 1);
  CHECK(f[0] == 5 && f[1] == 2 && f[2] == 2 && f[3] == 2);
  CHECK(m[0] == 5 && m[1] == 2 && m[2] == 4 && m[3] == 1);
  CHECK_OK(trato_rfm_score(&edges, &columns, r, NULL, NULL, &error));
  CHECK_INVALID(trato_rfm_find(NULL, &edges, &error));
  CHECK_INVALID(trato_rfm_find(&columns, NULL, &error));
  CHECK_INVALID(trato_rfm_score(NULL, &columns, r, f, m, &error));
  CHECK_INVALID(trato_rfm_score(&edges, NULL, r, f, m, &error));
  columns.groups = 11;
  CHECK_INVALID(trato_rfm_find(&columns, &edges, &error));
}

int main(void) {
  test_models();
  test_what_is_wrong();
  test_csv();
  test_rfm();
  return check_done();
}
