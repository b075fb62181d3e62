// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Versions, text, statuses, errors and times.

#include "check.h"

static void test_version_and_text(void) {
  CHECK(trato_version() == TRATO_VERSION_NUMBER);
  CHECK(TRATO_VERSION_NUMBER == TRATO_VERSION_MAJOR * 10000 +
                                    TRATO_VERSION_MINOR * 100 +
                                    TRATO_VERSION_PATCH);
  CHECK(is(trato_cstr("abc"), "abc"));
  CHECK(trato_cstr("").size == 0);
  CHECK(trato_cstr(NULL).size == 0);
  trato_buf empty = TRATO_BUF_INIT;
  trato_buf_dispose(&empty);
  trato_buf_dispose(&empty);
  CHECK(empty.data == NULL && empty.size == 0);
}

static void test_status_names(void) {
  static const char *const names[] = {"OK",
                                      "CANCELLED",
                                      "UNKNOWN",
                                      "INVALID_ARGUMENT",
                                      "DEADLINE_EXCEEDED",
                                      "NOT_FOUND",
                                      "ALREADY_EXISTS",
                                      "PERMISSION_DENIED",
                                      "RESOURCE_EXHAUSTED",
                                      "FAILED_PRECONDITION",
                                      "ABORTED",
                                      "OUT_OF_RANGE",
                                      "UNIMPLEMENTED",
                                      "INTERNAL",
                                      "UNAVAILABLE",
                                      "DATA_LOSS",
                                      "UNAUTHENTICATED"};
  for (trato_status status = 0; status <= TRATO_UNAUTHENTICATED; ++status) {
    CHECK(strcmp(trato_status_name(status), names[status]) == 0);
  }
  CHECK(strcmp(trato_status_name(17), "UNKNOWN") == 0);
  CHECK(strcmp(trato_status_name(-1), "UNKNOWN") == 0);
  CHECK(strcmp(trato_status_name(INT32_MIN), "UNKNOWN") == 0);
}

static void check_excerpt(uint32_t line, uint32_t column, const char *text,
                          const char *expected) {
  trato_error failed = TRATO_ERROR_INIT;
  failed.code = TRATO_INVALID_ARGUMENT;
  failed.line = line;
  failed.column = column;
  trato_buf excerpt = TRATO_BUF_INIT;
  CHECK_OK(trato_error_excerpt(&failed, str(text), &excerpt, &error));
  if (expected[0] == '\0') {
    CHECK(excerpt.size == 0);
    trato_buf_dispose(&excerpt);
  } else {
    CHECK(gave(&excerpt, expected));
  }
}

static void test_excerpt(void) {
  check_excerpt(1, 3, "abcdef", "abcdef\n  ^");
  check_excerpt(2, 1, "ab\ncdef\ngh", "cdef\n^");
  // Columns are characters, not bytes.
  check_excerpt(1, 4, "\xc3\xa9\xc3\xa9 x", "\xc3\xa9\xc3\xa9 x\n   ^");
  // Behind the last character: the text ended too early.
  check_excerpt(1, 3, "ab", "ab\n  ^");
  check_excerpt(0, 0, "abc", "");
}

static void test_a_bad_expression_says_where(void) {
  trato_store *store = open_memory();
  const char *expression = "interactions(\"purchase\")\n  .cuont() >= 3";
  CHECK_INVALID(trato_segment_define(store, str("loyal"), str(expression), NOW,
                                     NULL, &error));
  CHECK(error.line == 2 && error.column > 1);
  trato_buf excerpt = TRATO_BUF_INIT;
  const trato_error failed = error;
  CHECK_OK(trato_error_excerpt(&failed, str(expression), &excerpt, &error));
  CHECK(gave(&excerpt, "  .cuont() >= 3\n"));
  // An error about something else points nowhere.
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_segment_count(store, str("loyal"), NOW,
                                   &(trato_segment_size){0, 0, 0}, &error));
  CHECK(error.line == 0 && error.column == 0);
  close_store(store);
}

static trato_store *open_in(const char *zone) {
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.zone = str(zone);
  trato_store *store = NULL;
  CHECK_OK(trato_store_open(str(""), &options, &store, &error));
  return store;
}

static int64_t parsed(const trato_store *store, const char *text) {
  int64_t us = -1;
  CHECK_OK(trato_time_parse(store, str(text), &us, &error));
  return us;
}

static void check_format(const trato_store *store, int64_t us,
                         const char *expected) {
  trato_buf text = TRATO_BUF_INIT;
  CHECK_OK(trato_time_format(store, us, &text, &error));
  CHECK(has(text, expected) && text.size == strlen(expected));
  trato_buf_dispose(&text);
}

static void test_times(void) {
  trato_store *store = open_in("Europe/London");
  CHECK(parsed(store, "2011-12-10") == NOW);
  CHECK(parsed(store, "2011-12-10 09:30") == NOW + 34200 * SECOND);
  CHECK(parsed(store, "2011-12-10T09:30:15") == NOW + 34215 * SECOND);
  CHECK(parsed(store, "2011-12-10 09:30:15.25") ==
        NOW + 34215 * SECOND + 250000);
  CHECK(parsed(store, "2011-12-10T09:30Z") == NOW + 34200 * SECOND);
  CHECK(parsed(store, "2011-12-10T09:30:00+01:00") == NOW + 30600 * SECOND);
  // Summer time.
  CHECK(parsed(store, "2011-07-01") == 1309474800 * SECOND);
  CHECK(parsed(store, "2011-07-01T00:00Z") == 1309478400 * SECOND);
  // Skipped, then repeated: read with the offset from before the change.
  CHECK(parsed(store, "2011-03-27 01:30") == 1301189400 * SECOND);
  CHECK(parsed(store, "2011-10-30 01:30") == 1319934600 * SECOND);
  CHECK(parsed(store, "1969-12-31T23:59:59.999999Z") == -1);

  check_format(store, NOW, "2011-12-10 00:00");
  check_format(store, NOW + 34215 * SECOND, "2011-12-10 09:30:15");
  check_format(store, NOW + 250000, "2011-12-10 00:00:00.250000");
  check_format(store, 1309478400 * SECOND, "2011-07-01 01:00");
  close_store(store);

  store = open_in("");
  CHECK(parsed(store, "2011-07-01") == 1309478400 * SECOND);
  const int64_t first = INT64_C(-62135596800000000);
  const int64_t last = INT64_C(253402300799999999);
  CHECK(parsed(store, "0001-01-01") == first);
  CHECK(parsed(store, "9999-12-31T23:59:59.999999") == last);
  check_format(store, first, "0001-01-01 00:00");
  trato_buf text = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_OUT_OF_RANGE,
               trato_time_format(store, first - 1, &text, &error));
  CHECK_STATUS(TRATO_OUT_OF_RANGE,
               trato_time_format(store, last + 1, &text, &error));
  CHECK(text.data == NULL);
  close_store(store);
}

static void test_what_is_no_time(void) {
  static const char *const texts[] = {"",
                                      "tomorrow",
                                      "2011-13-01",
                                      "2011-02-29",
                                      "2011-12-32",
                                      "2011-12-10 24:01",
                                      "2011-12-10 09:60",
                                      "2011-12-10T",
                                      "2011-12",
                                      "2011-12-10 09:30 ",
                                      "2011-12-10x",
                                      "10/12/2011",
                                      "2011-12-10 09:30+99:00"};
  trato_store *store = open_memory();
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
    int64_t us = 7;
    CHECK_INVALID(trato_time_parse(store, str(texts[i]), &us, &error));
    CHECK(us == 7);
  }
  close_store(store);
}

int main(void) {
  test_version_and_text();
  test_status_names();
  test_excerpt();
  test_a_bad_expression_says_where();
  test_times();
  test_what_is_no_time();
  return check_done();
}
