// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the C tests share: checks that go on after a failure, and short names.
// Each test is one program; its exit code says whether all of it held.

#ifndef TRATO_TESTS_C_CHECK_H_
#define TRATO_TESTS_C_CHECK_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trato.h"

// Every call under test reports here.
static trato_error error = TRATO_ERROR_INIT;
static int check_failures = 0;

static inline void check_that(int holds, const char *what, const char *file,
                              int line) {
  if (holds) return;
  ++check_failures;
  fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
}

// The status is as expected, and a failure has left a message of one line.
static inline void check_call(trato_status expected, trato_status got,
                              const char *what, const char *file, int line) {
  if (got != expected) {
    ++check_failures;
    fprintf(stderr, "%s:%d: %s, not %s: %s\n  %s\n", file, line,
            trato_status_name(got), trato_status_name(expected), what,
            got == TRATO_OK ? "" : error.message);
    return;
  }
  if (got == TRATO_OK) return;
  const size_t size = strlen(error.message);
  check_that(error.code == got && size > 0 && error.message[size - 1] != '.' &&
                 strchr(error.message, '\n') == NULL,
             "the error has the code and one line without a period", file,
             line);
}

#define CHECK(condition) \
  check_that((condition) != 0, #condition, __FILE__, __LINE__)
// As CHECK, where the test cannot go on without it.
#define NEED(condition)                                 \
  do {                                                  \
    const int needed = (condition) != 0;                \
    check_that(needed, #condition, __FILE__, __LINE__); \
    if (!needed) exit(EXIT_FAILURE);                    \
  } while (0)
#define CHECK_STATUS(expected, call)               \
  (error.code = TRATO_OK, error.message[0] = '\0', \
   check_call((expected), (call), #call, __FILE__, __LINE__))
#define CHECK_OK(call) CHECK_STATUS(TRATO_OK, call)
#define CHECK_INVALID(call) CHECK_STATUS(TRATO_INVALID_ARGUMENT, call)

static inline int check_done(void) {
  if (check_failures != 0) fprintf(stderr, "%d failures\n", check_failures);
  return check_failures == 0 ? 0 : 1;
}

// 2011-12-10 00:00 UTC.
#define NOW INT64_C(1323475200000000)
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

static inline trato_str str(const char *text) { return trato_cstr(text); }

static inline int is(trato_str text, const char *expected) {
  return text.size == strlen(expected) &&
         (text.size == 0 || memcmp(text.data, expected, text.size) == 0);
}

static inline int same_id(trato_id a, trato_id b) {
  return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

// Copies `text` to `out` without the blanks between JSON's words.
static inline void pack(char *out, const char *text) {
  int quoted = 0;
  for (; *text != '\0'; ++text) {
    if (quoted && *text == '\\') *out++ = *text++;
    if (*text == '"') quoted = !quoted;
    if (quoted || (*text != ' ' && *text != '\n')) *out++ = *text;
  }
  *out = '\0';
}

// Whether `buf` holds `part`, as text or as JSON written without blanks, and is
// a buffer as the header describes it.
static inline int has(trato_buf buf, const char *part) {
  if (buf.data == NULL || buf.data[buf.size] != '\0' ||
      strlen(buf.data) != buf.size) {
    return 0;
  }
  if (strstr(buf.data, part) != NULL) return 1;
  char *packed = malloc(buf.size + 1);
  if (packed == NULL) return 0;
  pack(packed, buf.data);
  const int found = strstr(packed, part) != NULL;
  free(packed);
  return found;
}

// As `has`, and disposes the buffer. Prints what it holds instead.
static inline int gave(trato_buf *buf, const char *part) {
  const int found = has(*buf, part);
  if (!found) {
    fprintf(stderr, "  no %s in: %s\n", part,
            buf->data == NULL ? "(nothing)" : buf->data);
  }
  trato_buf_dispose(buf);
  return found;
}

static inline trato_store *open_memory(void) {
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), NULL, &store, &error));
  NEED(store != NULL);
  return store;
}

static inline void close_store(trato_store *store) {
  CHECK_OK(trato_store_close(store, &error));
}

// A purchase of one article.
static inline trato_line one_line(const char *product, int64_t amount_minor) {
  trato_line line = TRATO_LINE_INIT;
  line.product = str(product);
  line.quantity = 1000000;
  line.amount_minor = amount_minor;
  return line;
}

static inline void buy(trato_store *store, const char *customer, int64_t at_us,
                       const char *product, int64_t amount_minor) {
  const trato_line line = one_line(product, amount_minor);
  trato_interaction purchase = TRATO_INTERACTION_INIT;
  purchase.at_us = at_us;
  purchase.customer = str(customer);
  purchase.type = str("purchase");
  purchase.lines = &line;
  purchase.line_count = 1;
  CHECK_OK(trato_interaction_record(store, &purchase, NOW, NULL, NULL, &error));
}

static inline void visit(trato_store *store, const char *customer,
                         int64_t at_us) {
  trato_interaction visit = TRATO_INTERACTION_INIT;
  visit.at_us = at_us;
  visit.customer = str(customer);
  visit.type = str("visit");
  CHECK_OK(trato_interaction_record(store, &visit, NOW, NULL, NULL, &error));
}

#endif  // TRATO_TESTS_C_CHECK_H_
