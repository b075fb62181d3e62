// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A small table as an Arrow C stream, written by hand: what a program without
// any Arrow library does.

#ifndef TRATO_TESTS_C_ARROW_TABLE_H_
#define TRATO_TESTS_C_ARROW_TABLE_H_

#include <stdint.h>
#include <string.h>

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};
#endif

#define MAX_COLUMNS 4
#define MAX_ROWS 8

// Columns of text, or of whole numbers where `texts` is NULL.
typedef struct {
  const char *name;
  const char *const *texts;
  const int64_t *numbers;
} table_column;

// It must outlive the stream; nothing of it is on the heap.
typedef struct {
  int columns;
  int rows;
  table_column column[MAX_COLUMNS];
  int fails;  // the stream, at its first batch
  // The rest is the stream's own.
  int given;
  int released;
  int32_t offsets[MAX_COLUMNS][MAX_ROWS + 1];
  char text[MAX_COLUMNS][256];
  const void *buffers[MAX_COLUMNS + 1][3];
  struct ArrowSchema schemas[MAX_COLUMNS];
  struct ArrowSchema *schema_children[MAX_COLUMNS];
  struct ArrowArray arrays[MAX_COLUMNS];
  struct ArrowArray *array_children[MAX_COLUMNS];
} table;

static void end_schema(struct ArrowSchema *it) { it->release = NULL; }
static void end_array(struct ArrowArray *it) { it->release = NULL; }
static void end_stream(struct ArrowArrayStream *it) {
  ++((table *)it->private_data)->released;
  it->release = NULL;
}

static int table_schema(struct ArrowArrayStream *stream,
                        struct ArrowSchema *out) {
  table *it = stream->private_data;
  memset(out, 0, sizeof(*out));
  out->format = "+s";
  out->name = "";
  out->n_children = it->columns;
  out->children = it->schema_children;
  out->release = end_schema;
  for (int i = 0; i < it->columns; ++i) {
    struct ArrowSchema *child = &it->schemas[i];
    memset(child, 0, sizeof(*child));
    child->format = it->column[i].texts != NULL ? "u" : "l";
    child->name = it->column[i].name;
    child->release = end_schema;
    it->schema_children[i] = child;
  }
  return 0;
}

static int table_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
  table *it = stream->private_data;
  if (it->fails) return 5;  // EIO
  memset(out, 0, sizeof(*out));
  if (it->given++) return 0;
  out->length = it->rows;
  out->n_buffers = 1;
  out->buffers = it->buffers[MAX_COLUMNS];
  out->n_children = it->columns;
  out->children = it->array_children;
  out->release = end_array;
  for (int i = 0; i < it->columns; ++i) {
    struct ArrowArray *child = &it->arrays[i];
    memset(child, 0, sizeof(*child));
    child->length = it->rows;
    child->buffers = it->buffers[i];
    child->release = end_array;
    it->array_children[i] = child;
    if (it->column[i].texts == NULL) {
      child->n_buffers = 2;
      it->buffers[i][1] = it->column[i].numbers;
      continue;
    }
    child->n_buffers = 3;
    int32_t end = 0;
    for (int row = 0; row < it->rows; ++row) {
      const char *text = it->column[i].texts[row];
      memcpy(it->text[i] + end, text, strlen(text));
      it->offsets[i][row] = end;
      end += (int32_t)strlen(text);
    }
    it->offsets[i][it->rows] = end;
    it->buffers[i][1] = it->offsets[i];
    it->buffers[i][2] = it->text[i];
  }
  return 0;
}

static const char *table_error(struct ArrowArrayStream *stream) {
  (void)stream;
  return "the disk is gone";
}

static inline struct ArrowArrayStream table_stream(table *it) {
  it->given = 0;
  it->released = 0;
  struct ArrowArrayStream stream;
  stream.get_schema = table_schema;
  stream.get_next = table_next;
  stream.get_last_error = table_error;
  stream.release = end_stream;
  stream.private_data = it;
  return stream;
}

// The rows of a stream, which it releases.
static inline int64_t rows_of(struct ArrowArrayStream *stream) {
  int64_t rows = 0;
  for (;;) {
    struct ArrowArray batch;
    memset(&batch, 0, sizeof(batch));
    if (stream->get_next(stream, &batch) != 0) rows = -1;
    if (batch.release == NULL) break;
    rows += batch.length;
    batch.release(&batch);
  }
  stream->release(stream);
  return rows;
}

#endif  // TRATO_TESTS_C_ARROW_TABLE_H_
