// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Long tables that go wrong on the way: a bad row, a stream that fails, a host
// that cancels. Whatever it is, the store is as it was, and takes the table
// when it comes without the mistake.
//
//   c_refusal_test [rows]    10,000,000 rows by hand; says what memory it took

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "arrow_table.h"
#include "check.h"

#define BATCH 50000

enum { kCustomer, kAt, kType, kAmount, kKey, kColumns };

// A table that is made batch by batch, as rows are read from elsewhere.
typedef struct {
  int64_t rows;
  int64_t bad_row;    // -1: none
  int bad_column;     // kCustomer, kType, kAt or kKey
  int64_t fails_row;  // the stream fails where it gets here; -1: it does not
  // The rest is the stream's own.
  int64_t given;
  int released;
  int64_t number[3][BATCH];  // at, amount, key
  int32_t offsets[2][BATCH + 1];
  char text[2][16 * BATCH];
  unsigned char present[BATCH / 8 + 1];  // of the times
  const void *buffers[kColumns + 1][3];
  struct ArrowSchema schemas[kColumns];
  struct ArrowSchema *schema_children[kColumns];
  struct ArrowArray arrays[kColumns];
  struct ArrowArray *array_children[kColumns];
} source;

static source it;

static void end_source(struct ArrowArrayStream *stream) {
  ++it.released;
  stream->release = NULL;
}

static int source_schema(struct ArrowArrayStream *stream,
                         struct ArrowSchema *out) {
  (void)stream;
  static const char *const names[] = {"customer", "at", "type", "amount_minor",
                                      "key"};
  static const char *const formats[] = {"u", "l", "u", "l", "l"};
  memset(out, 0, sizeof(*out));
  out->format = "+s";
  out->name = "";
  out->n_children = kColumns;
  out->children = it.schema_children;
  out->release = end_schema;
  for (int i = 0; i < kColumns; ++i) {
    memset(&it.schemas[i], 0, sizeof(it.schemas[i]));
    it.schemas[i].format = formats[i];
    it.schemas[i].name = names[i];
    it.schemas[i].flags = 2;  // may be null
    it.schemas[i].release = end_schema;
    it.schema_children[i] = &it.schemas[i];
  }
  return 0;
}

static int put_text(int column, int row, int end, const char *text) {
  const int size = (int)strlen(text);
  memcpy(it.text[column] + end, text, (size_t)size);
  it.offsets[column][row + 1] = end + size;
  return end + size;
}

static int source_next(struct ArrowArrayStream *stream,
                       struct ArrowArray *out) {
  (void)stream;
  memset(out, 0, sizeof(*out));
  const int64_t left = it.rows - it.given;
  const int rows = (int)(left < BATCH ? left : BATCH);
  if (it.fails_row >= 0 && it.given + rows > it.fails_row) return 5;  // EIO
  if (rows == 0) return 0;
  int customer_end = 0;
  int type_end = 0;
  memset(it.present, 0xff, sizeof(it.present));
  for (int i = 0; i < rows; ++i) {
    const int64_t row = it.given + i;
    const int bad = row == it.bad_row ? it.bad_column : -1;
    char name[16];
    snprintf(name, sizeof(name), "shop:%d", (int)(row * 7919 % 500000));
    customer_end =
        put_text(0, i, customer_end, bad == kCustomer ? "nobody" : name);
    type_end = put_text(1, i, type_end,
                        bad == kType ? "party"
                        : row % 8    ? "visit"
                                     : "purchase");
    it.number[0][i] = NOW - DAY + row * 7;
    if (bad == kAt) it.present[i / 8] &= (unsigned char)~(1 << i % 8);
    it.number[1][i] = row % 10000;
    // The first one's key again, of another row.
    it.number[2][i] = bad == kKey ? 1 : row + 1;
  }
  out->length = rows;
  out->n_buffers = 1;
  out->buffers = it.buffers[kColumns];
  out->n_children = kColumns;
  out->children = it.array_children;
  out->release = end_array;
  const void *const values[kColumns] = {it.offsets[0], it.number[0],
                                        it.offsets[1], it.number[1],
                                        it.number[2]};
  for (int i = 0; i < kColumns; ++i) {
    struct ArrowArray *child = &it.arrays[i];
    memset(child, 0, sizeof(*child));
    child->length = rows;
    child->n_buffers = 2;
    child->buffers = it.buffers[i];
    child->release = end_array;
    it.buffers[i][0] = i == kAt ? it.present : NULL;
    if (i == kAt) child->null_count = -1;
    it.buffers[i][1] = values[i];
    it.array_children[i] = child;
  }
  it.arrays[kCustomer].n_buffers = it.arrays[kType].n_buffers = 3;
  it.buffers[kCustomer][2] = it.text[0];
  it.buffers[kType][2] = it.text[1];
  it.given += rows;
  return 0;
}

static struct ArrowArrayStream stream_of(void) {
  it.given = 0;
  it.released = 0;
  struct ArrowArrayStream stream;
  stream.get_schema = source_schema;
  stream.get_next = source_next;
  stream.get_last_error = table_error;
  stream.release = end_source;
  stream.private_data = &it;
  return stream;
}

static int32_t cancel_late(void *context, uint64_t done, uint64_t total) {
  (void)total;
  return done >= *(const uint64_t *)context;
}

// In MiB, at its highest so far.
static long memory(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

static void test_mistakes(trato_store *store, int64_t rows) {
  trato_digest before;
  trato_digest after;
  CHECK_OK(trato_store_digest(store, NOW, &before, &error));
  static const int bad_columns[] = {kCustomer, kAt, kType, kKey};
  for (int mistake = 0; mistake < 6; ++mistake) {
    memset(&it, 0, sizeof(it));
    it.rows = rows;
    it.bad_row = it.fails_row = -1;
    uint64_t enough = (uint64_t)rows * 2 / 3;
    trato_append_options options = TRATO_APPEND_OPTIONS_INIT;
    trato_status expected = TRATO_INVALID_ARGUMENT;
    char named[32] = "";
    if (mistake < 4) {
      it.bad_row = rows * 9 / 10 + mistake;
      it.bad_column = bad_columns[mistake];
      snprintf(named, sizeof(named), "row %lld", (long long)it.bad_row);
      if (it.bad_column == kType) expected = TRATO_NOT_FOUND;
      if (it.bad_column == kKey) expected = TRATO_ALREADY_EXISTS;
    } else if (mistake == 4) {
      it.fails_row = rows / 2;
      expected = TRATO_UNAVAILABLE;
    } else {
      options.progress = cancel_late;
      options.progress_context = &enough;
      expected = TRATO_CANCELLED;
    }
    struct ArrowArrayStream stream = stream_of();
    CHECK_STATUS(expected,
                 trato_interactions_append(store, &stream, NOW, &options, NULL,
                                           NULL, &error));
    CHECK(it.released == 1 && stream.release == NULL);
    CHECK(strstr(error.message, named) != NULL);
    CHECK_OK(trato_store_digest(store, NOW, &after, &error));
    CHECK(memcmp(&after, &before, sizeof(before)) == 0);
    trato_buf customer = TRATO_BUF_INIT;
    CHECK_STATUS(TRATO_NOT_FOUND, trato_customer_get(store, str("shop:7919"),
                                                     NOW, &customer, &error));
    if (rows > 1000000) printf("mistake %d: %ld MiB\n", mistake, memory());
  }
}

int main(int argc, char **argv) {
  const int64_t rows = argc > 1 ? atoll(argv[1]) : 220000;
  const char *path = "refusal_test.trato";
  remove(path);
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(path), NULL, &store, &error));
  trato_interaction one = TRATO_INTERACTION_INIT;
  one.customer = str("shop:9000000");
  one.type = str("visit");
  CHECK_OK(trato_interaction_record(store, &one, NOW, NULL, NULL, &error));
  if (rows > 1000000) printf("before: %ld MiB\n", memory());
  test_mistakes(store, rows);

  memset(&it, 0, sizeof(it));
  it.rows = rows;
  it.bad_row = it.fails_row = -1;
  struct ArrowArrayStream stream = stream_of();
  trato_appended done = {0, 0, 0};
  CHECK_OK(trato_interactions_append(store, &stream, NOW, NULL, NULL, &done,
                                     &error));
  CHECK(done.rows == (uint64_t)rows && done.added == (uint64_t)rows);
  if (rows > 1000000) printf("appended: %ld MiB\n", memory());
  trato_buf customer = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str("shop:7919"), NOW, &customer, &error));
  trato_buf_dispose(&customer);
  CHECK_OK(trato_store_close(store, &error));
  remove(path);
  return check_done();
}
