// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks a store and a SQLite database with the same customers (made by
// records.py) for one customer at a time: by any of her identifiers, and all of
// her. One process for each side, so that its memory is its own; times are the
// thread's CPU time. Prints lines of NAME VALUE.
//
//   trato_records trato|sqlite FILE CUSTOMERS

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <trato.h>
#include <unistd.h>

#define LOOKUPS 200000
#define RECORDS 50000
#define NOW INT64_C(1800000000000000)

static double now_s(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double resident(void) {
  long pages = 0;
  long all = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld %ld", &all, &pages) != 2) pages = 0;
  if (file != NULL) fclose(file);
  return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static uint64_t state = 20111210;
static uint64_t draw(uint64_t below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % below;
}

static void identifier(uint64_t i, char *text, size_t size) {
  switch (draw(4)) {
    case 0:
      snprintf(text, size, "shop:%llu", (unsigned long long)i);
      break;
    case 1:
      snprintf(text, size, "email:person.%llu@example.org",
               (unsigned long long)i);
      break;
    case 2:
      snprintf(text, size, "phone:+3460%09llu", (unsigned long long)i);
      break;
    default:
      snprintf(text, size, "card:%016llu",
               (unsigned long long)(i * 7919 % 10000000019));
  }
}

static char asked[LOOKUPS][48];
static void draw_asked(uint64_t customers) {
  for (int i = 0; i < LOOKUPS; ++i) {
    identifier(draw(customers), asked[i], sizeof(asked[i]));
  }
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double times[RECORDS];
static void tell(const char *name, double whole, int count) {
  printf("%s %.9f\n", name, whole / count);
}
static void tell_p99(void) {
  qsort(times, RECORDS, sizeof(times[0]), compare);
  printf("record_p99 %.9f\n", times[RECORDS * 99 / 100]);
}

static void ask_trato(const char *path) {
  trato_error error = TRATO_ERROR_INIT;
  trato_store *store = NULL;
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.mode = TRATO_OPEN_EXISTING;
  const double before = resident();
  double began = now_s();
  trato_id id;
  if (trato_store_open(trato_cstr(path), &options, &store, &error) ||
      trato_customer_resolve(store, trato_cstr(asked[0]), NOW, &id, &error)) {
    fprintf(stderr, "%s\n", error.message);
    exit(1);
  }
  printf("open %.6f\n", now_s() - began);
  printf("memory %.0f\n", resident() - before);
  for (int round = 0; round < 2; ++round) {
    began = now_s();
    for (int i = 0; i < LOOKUPS; ++i) {
      if (trato_customer_resolve(store, trato_cstr(asked[i]), NOW, &id,
                                 &error)) {
        fprintf(stderr, "%s: %s\n", asked[i], error.message);
        exit(1);
      }
    }
  }
  tell("lookup", now_s() - began, LOOKUPS);
  size_t bytes = 0;
  const double all = now_s();
  for (int i = 0; i < RECORDS; ++i) {
    trato_buf json = TRATO_BUF_INIT;
    if (trato_customer_get(store, trato_cstr(asked[i]), NOW, &json, &error)) {
      fprintf(stderr, "%s\n", error.message);
      exit(1);
    }
    bytes += json.size;
    trato_buf_dispose(&json);
  }
  tell("json", now_s() - all, RECORDS);
  // Whole rounds for the mean, since reading the clock takes as long as a part of
  // what is measured; one with the clock read each time for the percentile.
  for (int round = 0; round < 2; ++round) {
    const double structs = now_s();
    size_t values = 0;
    for (int i = 0; i < RECORDS; ++i) {
      if (round == 1) began = now_s();
      trato_customer *customer = NULL;
      if (trato_customer_read(store, trato_cstr(asked[i]), NOW, &customer,
                              &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
      }
      if (round == 1) times[i] = now_s() - began;
      values += customer->value_count;
      trato_customer_destroy(customer);
    }
    if (values != (size_t)RECORDS * 10) exit(1);
    if (round == 0) tell("record", now_s() - structs, RECORDS);
  }
  tell_p99();
  printf("memory_after %.0f\n", resident() - before);
  printf("record_bytes %.0f\n", (double)bytes / RECORDS);
  if (trato_store_close(store, &error)) exit(1);
}

static void check(int status, sqlite3 *db) {
  if (status == SQLITE_OK || status == SQLITE_ROW || status == SQLITE_DONE) {
    return;
  }
  fprintf(stderr, "%s\n", sqlite3_errmsg(db));
  exit(1);
}

static void ask_sqlite(const char *path) {
  sqlite3 *db = NULL;
  sqlite3_stmt *find = NULL;
  sqlite3_stmt *get = NULL;
  sqlite3_stmt *names = NULL;
  const double before = resident();
  double began = now_s();
  check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), db);
  check(sqlite3_exec(db, "PRAGMA mmap_size = 0; PRAGMA cache_size = -2000000",
                     NULL, NULL, NULL),
        db);
  check(sqlite3_prepare_v2(db,
                           "SELECT customer FROM identifier WHERE value = ?",
                           -1, &find, NULL),
        db);
  check(sqlite3_prepare_v2(db, "SELECT * FROM customer WHERE id = ?", -1, &get,
                           NULL),
        db);
  check(sqlite3_prepare_v2(db,
                           "SELECT value FROM identifier WHERE customer = ?",
                           -1, &names, NULL),
        db);
  sqlite3_bind_text(find, 1, asked[0], -1, SQLITE_STATIC);
  check(sqlite3_step(find), db);
  printf("open %.6f\n", now_s() - began);
  printf("memory %.0f\n", resident() - before);
  int64_t sum = 0;
  for (int round = 0; round < 2; ++round) {
    began = now_s();
    for (int i = 0; i < LOOKUPS; ++i) {
      sqlite3_reset(find);
      sqlite3_bind_text(find, 1, asked[i], -1, SQLITE_STATIC);
      if (sqlite3_step(find) != SQLITE_ROW) exit(1);
      sum += sqlite3_column_int64(find, 0);
    }
  }
  tell("lookup", now_s() - began, LOOKUPS);
  for (int round = 0; round < 2; ++round) {
    const double all = now_s();
    for (int i = 0; i < RECORDS; ++i) {
      if (round == 1) began = now_s();
      sqlite3_reset(find);
      sqlite3_bind_text(find, 1, asked[i], -1, SQLITE_STATIC);
      if (sqlite3_step(find) != SQLITE_ROW) exit(1);
      const int64_t id = sqlite3_column_int64(find, 0);
      sqlite3_reset(get);
      sqlite3_bind_int64(get, 1, id);
      if (sqlite3_step(get) != SQLITE_ROW) exit(1);
      for (int column = 0; column < sqlite3_column_count(get); ++column) {
        sum += sqlite3_column_bytes(get, column);
      }
      sqlite3_reset(names);
      sqlite3_bind_int64(names, 1, id);
      while (sqlite3_step(names) == SQLITE_ROW) {
        sum += sqlite3_column_bytes(names, 0);
      }
      if (round == 1) times[i] = now_s() - began;
    }
    if (round == 0) tell("record", now_s() - all, RECORDS);
  }
  tell_p99();
  printf("memory_after %.0f\n", resident() - before);
  printf("sum %lld\n", (long long)sum);
  sqlite3_finalize(find);
  sqlite3_finalize(get);
  sqlite3_finalize(names);
  sqlite3_close(db);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  draw_asked(strtoull(argv[3], NULL, 10));
  if (strcmp(argv[1], "trato") == 0) {
    ask_trato(argv[2]);
  } else {
    ask_sqlite(argv[2]);
  }
  return 0;
}
