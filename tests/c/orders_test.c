// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Orders from CSV text, read through the host's function.

#include "check.h"

#define HEADER                                            \
  "InvoiceNo,StockCode,Description,Quantity,InvoiceDate," \
  "UnitPrice,CustomerID,Country\n"

static const char kSales[] = HEADER
    "536365,85123A,HEART HOLDER,6,2010-12-01 08:26,2.55,17850,UK\n"
    "536365,71053,WHITE LANTERN,6,2010-12-01 08:26,3.39,17850,UK\n"
    "536366,22633,HAND WARMER,6,2010-12-01 08:28,1.85,17850,UK\n"
    "C536379,85123A,HEART HOLDER,-1,2010-12-02 09:41,2.55,17850,UK\n"
    "536370,22728,\"CLOCK, PINK\",24,2010-12-01 08:45,0.375,12583,France\n"
    "536371,22728,CLOCK,1,2010-12-03 08:45,0,12583,France\n"
    "536372,22728,CLOCK,1,2010-12-03 08:45,1.00,,France\n"
    "536373,22728,CLOCK,one,2010-12-03 08:45,1.00,12583,France\n";

// Text that is given out in steps of `step` bytes.
typedef struct source {
  const char *text;
  size_t size;
  size_t at;
  size_t step;
  int fails;
} source;

static int64_t read_text(void *context, char *buffer, size_t capacity) {
  source *from = context;
  size_t count = from->size - from->at;
  if (count == 0 && from->fails) return -1;
  if (count > from->step) count = from->step;
  if (count > capacity) count = capacity;
  memcpy(buffer, from->text + from->at, count);
  from->at += count;
  return (int64_t)count;
}

static trato_status import(trato_store *store, const char *text, size_t step,
                           const trato_import_options *options,
                           trato_buf *report) {
  source from = {text, strlen(text), 0, step, 0};
  return trato_orders_import(store, read_text, &from, NOW, options, NULL,
                             report, &error);
}

static void test_what_is_imported(void) {
  trato_store *store = open_memory();
  trato_buf report = TRATO_BUF_INIT;
  CHECK_OK(import(store, kSales, 4096, NULL, &report));
  CHECK(has(report, "\"rows\":8"));
  CHECK(has(report, "\"dry_run\":false"));
  CHECK(has(report, "\"order\":\"InvoiceNo\""));
  CHECK(has(report, "\"customers\":2"));
  CHECK(has(report, "\"new_lines\":6"));
  CHECK(has(report, "\"refused\":2"));
  CHECK(has(report, "\"type\":\"return\""));
  CHECK(gave(&report, "\"type\":\"gift\""));

  trato_timeline *timeline = NULL;
  CHECK_OK(trato_timeline_open(store, str("shop:17850"), NOW, NULL, &timeline,
                               &error));
  const trato_timeline_entry *entry = NULL;
  CHECK_OK(trato_timeline_next(timeline, &entry, &error));
  CHECK(entry != NULL && is(entry->key, "536365"));
  CHECK(entry != NULL && entry->line_count == 2);
  // 6 x 2.55 + 6 x 3.39 = 35.64
  CHECK(entry != NULL && entry->amount_minor == 3564);
  CHECK(entry != NULL && entry->lines[0].quantity == 6000000);
  CHECK(entry != NULL && entry->lines[0].unit_price == 2550000);
  CHECK_OK(trato_timeline_next(timeline, &entry, &error));
  CHECK(entry != NULL && is(entry->key, "536366"));
  CHECK_OK(trato_timeline_next(timeline, &entry, &error));
  CHECK(entry != NULL && is(entry->type, "return"));
  CHECK(entry != NULL && entry->amount_minor == -255);
  trato_timeline_destroy(timeline);

  trato_buf name = TRATO_BUF_INIT;
  CHECK_OK(trato_product_name(store, str("22633"), &name, &error));
  CHECK(gave(&name, "HAND WARMER"));
  CHECK_OK(trato_product_name(store, str("P404"), &name, &error));
  CHECK(gave(&name, "P404"));

  // The same file again adds nothing.
  CHECK_OK(import(store, kSales, 4096, NULL, &report));
  CHECK(has(report, "\"new_customers\":0"));
  CHECK(has(report, "\"new_orders\":0"));
  CHECK(gave(&report, "\"new_lines\":0"));
  close_store(store);
}

static void test_steps_of_any_size(void) {
  trato_buf expected = TRATO_BUF_INIT;
  trato_store *store = open_memory();
  CHECK_OK(import(store, kSales, 1 << 20, NULL, &expected));
  NEED(expected.data != NULL);
  close_store(store);
  for (size_t step = 1; step < 40; step += 3) {
    trato_buf report = TRATO_BUF_INIT;
    store = open_memory();
    CHECK_OK(import(store, kSales, step, NULL, &report));
    CHECK(gave(&report, expected.data));
    close_store(store);
  }
  trato_buf_dispose(&expected);
}

static void test_a_dry_run(void) {
  trato_store *store = open_memory();
  trato_buf report = TRATO_BUF_INIT;
  trato_import_options options = TRATO_IMPORT_OPTIONS_INIT;
  options.dry_run = 1;
  CHECK_OK(import(store, kSales, 4096, &options, &report));
  CHECK(has(report, "\"dry_run\":true"));
  CHECK(gave(&report, "\"new_customers\":2"));
  CHECK_OK(trato_store_info(store, NOW, &report, &error));
  CHECK(gave(&report, "\"customers\":0"));

  options.dry_run = 0;
  options.name_space = str("web");
  CHECK_OK(import(store, kSales, 4096, &options, &report));
  trato_buf_dispose(&report);
  CHECK_OK(trato_customer_get(store, str("web:17850"), NOW, &report, &error));
  trato_buf_dispose(&report);
  options.name_space = str("Not a name");
  CHECK_INVALID(import(store, kSales, 4096, &options, &report));
  close_store(store);
}

static void test_what_is_refused(void) {
  trato_store *store = open_memory();
  trato_buf report = TRATO_BUF_INIT;
  CHECK_INVALID(import(store, "", 1, NULL, &report));
  CHECK_INVALID(import(store, "InvoiceNo,StockCode\n1,2\n", 9, NULL, &report));
  CHECK_INVALID(import(store, "\xff\xfe\x01\x02", 9, NULL, &report));
  source broken = {kSales, sizeof(kSales) - 1, 0, 64, 1};
  CHECK_STATUS(TRATO_UNAVAILABLE,
               trato_orders_import(store, read_text, &broken, NOW, NULL, NULL,
                                   &report, &error));
  CHECK(report.data == NULL);
  CHECK_OK(import(store, kSales, 99, NULL, &report));
  trato_buf_dispose(&report);
  // An order that is recorded, with another quantity.
  CHECK_STATUS(
      TRATO_ALREADY_EXISTS,
      import(store,
             HEADER "536366,22633,WARMER,7,2010-12-01 08:28,1.85,17850,UK\n",
             99, NULL, &report));
  CHECK(strstr(error.message, "536366") != NULL);
  close_store(store);
}

static int64_t read_too_much(void *context, char *buffer, size_t capacity) {
  (void)context;
  memset(buffer, ',', capacity);
  return (int64_t)capacity + 1;
}

typedef struct progress {
  uint64_t last;
  int calls;
  int32_t answer;
} progress;

static int32_t report_progress(void *context, uint64_t done, uint64_t total) {
  progress *seen = context;
  ++seen->calls;
  CHECK(done >= seen->last);
  CHECK(total == 0 || done <= total);
  seen->last = done;
  return seen->answer;
}

static char *many_sales(int rows) {
  char *text = malloc((size_t)rows * 64 + sizeof(HEADER));
  if (text == NULL) exit(2);
  char *end = text + sprintf(text, "%s", HEADER);
  for (int i = 0; i < rows; ++i) {
    end += sprintf(end, "%d,P%d,,1,2010-12-01 08:26,2.55,%d,UK\n", i, i % 99,
                   i % 1000);
  }
  return text;
}

static void test_progress_and_cancelling(void) {
  trato_store *store = open_memory();
  trato_buf report = TRATO_BUF_INIT;
  char *sales = many_sales(30000);
  progress seen = {0, 0, 1};
  trato_import_options options = TRATO_IMPORT_OPTIONS_INIT;
  options.progress = report_progress;
  options.progress_context = &seen;
  CHECK_STATUS(TRATO_CANCELLED, import(store, sales, 65536, &options, &report));
  CHECK(seen.calls == 1 && report.data == NULL);
  CHECK_OK(trato_store_info(store, NOW, &report, &error));
  CHECK(gave(&report, "\"customers\":0"));

  seen = (progress){0, 0, 0};
  CHECK_OK(import(store, sales, 65536, &options, &report));
  CHECK(seen.calls > 1 && seen.last > 0);
  CHECK(gave(&report, "\"new_customers\":1000"));
  free(sales);

  const trato_status status = trato_orders_import(
      store, read_too_much, NULL, NOW, NULL, NULL, &report, &error);
  CHECK(status != TRATO_OK && report.data == NULL);
  close_store(store);
}

int main(void) {
  test_what_is_imported();
  test_steps_of_any_size();
  test_a_dry_run();
  test_what_is_refused();
  test_progress_and_cancelling();
  return check_done();
}
