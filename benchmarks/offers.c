// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The next best offer: a store and a SQLite database with the same customers,
// purchases and offers, asked for the best three offers of one customer at a
// time; and what only the store does: decisions on two threads, outcomes, and
// what is in the way. Prints lines of NAME VALUE, times in microseconds.
//
//   trato_offers FILE CUSTOMERS OFFERS

#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <trato.h>

#include "measure.h"

#define COUNTRIES 10
#define PRODUCTS 2000
#define PER_OFFER 3
#define ASKED 20000
#define ASKED_SQL 2000
#define DECISIONS 40000
#define THREADS 2

static sqlite3 *db;
static void sql(int status) {
  if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW) {
    return;
  }
  fprintf(stderr, "%s\n", sqlite3_errmsg(db));
  exit(1);
}
static void run(const char *text) { sql(sqlite3_exec(db, text, 0, 0, 0)); }
static sqlite3_stmt *prepare(const char *text) {
  sqlite3_stmt *statement = NULL;
  sql(sqlite3_prepare_v2(db, text, -1, &statement, 0));
  return statement;
}
static void put(sqlite3_stmt *statement, int count, const int64_t *values) {
  for (int i = 0; i < count; ++i) {
    sql(sqlite3_bind_int64(statement, i + 1, values[i]));
  }
  sql(sqlite3_step(statement));
  sql(sqlite3_reset(statement));
}

static void fill_customers(trato_store *store, uint64_t customers) {
  trato_write_options buffered = TRATO_WRITE_OPTIONS_INIT;
  buffered.durability = TRATO_BUFFERED;
  check(trato_attribute_define(store, trato_cstr("country"),
                               TRATO_OF_CUSTOMER, TRATO_VALUE_STRING,
                               trato_cstr(""), NOW, NULL, &error));
  check(trato_attribute_define(store, trato_cstr("age"), TRATO_OF_CUSTOMER,
                               TRATO_VALUE_INT, trato_cstr(""), NOW, NULL,
                               &error));
  sqlite3_stmt *customer = prepare("INSERT INTO customer VALUES (?,?,?)");
  sqlite3_stmt *purchase = prepare("INSERT INTO purchase VALUES (?,?,?,?,?)");
  sqlite3_stmt *line = prepare("INSERT OR IGNORE INTO line VALUES (?,?,?)");
  run("BEGIN");
  for (uint64_t i = 0; i < customers; ++i) {
    char text[32];
    const trato_str name = name_of(i, text, sizeof(text));
    char country[8];
    const uint64_t where = draw(COUNTRIES);
    snprintf(country, sizeof(country), "c%llu", (unsigned long long)where);
    const int64_t age = 18 + (int64_t)draw(70);
    trato_attribute said = TRATO_ATTRIBUTE_INIT;
    said.customer = name;
    said.name = trato_cstr("country");
    said.value.kind = TRATO_VALUE_STRING;
    said.value.text = trato_cstr(country);
    check(trato_attribute_set(store, &said, NOW, &buffered, NULL, &error));
    said.name = trato_cstr("age");
    said.value.kind = TRATO_VALUE_INT;
    said.value.text = (trato_str){NULL, 0};
    said.value.integer = age;
    check(trato_attribute_set(store, &said, NOW, &buffered, NULL, &error));
    const int64_t row[] = {(int64_t)i, (int64_t)where, age};
    put(customer, 3, row);
    // One in a hundred buys ten times as much.
    const uint64_t count = draw(100) == 0 ? 200 : draw(40);
    for (uint64_t j = 0; j < count; ++j) {
      trato_interaction it = TRATO_INTERACTION_INIT;
      it.customer = name;
      it.type = trato_cstr("purchase");
      it.at_us = NOW - (int64_t)draw(730) * DAY - (int64_t)draw(86400) * 1000000;
      trato_line lines[3];
      char products[3][16];
      it.line_count = 1 + draw(3);
      int64_t amount = 0;
      for (size_t k = 0; k < it.line_count; ++k) {
        const uint64_t product = draw(PRODUCTS);
        snprintf(products[k], sizeof(products[k]), "p%llu",
                 (unsigned long long)product);
        lines[k] = (trato_line)TRATO_LINE_INIT;
        lines[k].product = trato_cstr(products[k]);
        lines[k].amount_minor = 100 + (int64_t)draw(5000);
        amount += lines[k].amount_minor;
        const int64_t sold[] = {(int64_t)i, (int64_t)j, (int64_t)product};
        put(line, 3, sold);
      }
      it.lines = lines;
      check(trato_interaction_record(store, &it, NOW, &buffered, NULL, &error));
      sql(sqlite3_bind_double(purchase, 5,
                              exp2(-(double)(NOW - it.at_us) / (180.0 * DAY))));
      const int64_t bought[] = {(int64_t)i, (int64_t)j, it.at_us, amount};
      put(purchase, 4, bought);
    }
  }
  run("COMMIT");
  sqlite3_finalize(customer);
  sqlite3_finalize(purchase);
  sqlite3_finalize(line);
}

static void fill_offers(trato_store *store, uint64_t offers) {
  trato_write_options buffered = TRATO_WRITE_OPTIONS_INIT;
  buffered.durability = TRATO_BUFFERED;
  sqlite3_stmt *row = prepare("INSERT INTO offer VALUES (?,?,?,?,?)");
  sqlite3_stmt *with = prepare("INSERT OR IGNORE INTO proposes VALUES (?,?)");
  run("BEGIN");
  for (uint64_t i = 0; i < offers; ++i) {
    char name[16];
    snprintf(name, sizeof(name), "o%05llu", (unsigned long long)i);
    const uint64_t country = i % COUNTRIES;
    const uint64_t kind = draw(4);
    int64_t threshold = 0;
    char second[128];
    if (kind == 0) {
      threshold = 1 + (int64_t)draw(3);
      snprintf(second, sizeof(second),
               "interactions(\"purchase\").within(\"90d\").count() >= %lld",
               (long long)threshold);
    } else if (kind == 1) {
      threshold = 25 + 5 * (int64_t)draw(10);
      snprintf(second, sizeof(second), "customer.age >= %lld",
               (long long)threshold);
    } else if (kind == 2) {
      threshold = 10000 + 10000 * (int64_t)draw(8);
      snprintf(second, sizeof(second),
               "interactions(\"purchase\").within(\"365d\").sum(i, i.amount) >= "
               "money(\"%lld.00\", \"EUR\")",
               (long long)threshold / 100);
    } else {
      threshold = 30 + 10 * (int64_t)draw(5);
      snprintf(second, sizeof(second),
               "interactions(\"purchase\").within(\"%lldd\").count() == 0",
               (long long)threshold);
    }
    char eligibility[200];
    snprintf(eligibility, sizeof(eligibility),
             "customer.country == \"c%llu\" && %s", (unsigned long long)country,
             second);
    trato_offer offer = TRATO_OFFER_INIT;
    offer.name = trato_cstr(name);
    offer.value_minor = 100 + (int64_t)draw(2000);
    offer.eligibility = trato_cstr(eligibility);
    char products[PER_OFFER][16];
    trato_str ids[PER_OFFER];
    for (int k = 0; k < PER_OFFER; ++k) {
      const uint64_t product = draw(PRODUCTS);
      snprintf(products[k], sizeof(products[k]), "p%llu",
               (unsigned long long)product);
      ids[k] = trato_cstr(products[k]);
      const int64_t pair[] = {(int64_t)product, (int64_t)i};
      put(with, 2, pair);
    }
    offer.products = ids;
    offer.product_count = PER_OFFER;
    check(trato_offer_define(store, &offer, NOW, &buffered, &error));
    const int64_t values[] = {(int64_t)i, (int64_t)country, (int64_t)kind,
                              threshold, offer.value_minor};
    put(row, 5, values);
  }
  run("COMMIT");
  sqlite3_finalize(row);
  sqlite3_finalize(with);
}

static int by_size(const void *a, const void *b) {
  const double one = *(const double *)a;
  const double other = *(const double *)b;
  return (one > other) - (one < other);
}

static void tell(const char *name, double *times, size_t count) {
  qsort(times, count, sizeof(*times), by_size);
  printf("%s_median %.3f\n", name, times[count / 2] * 1e6);
  printf("%s_p99 %.3f\n", name, times[count * 99 / 100] * 1e6);
}

// What the answers come to: equal on both sides.
static double sum_of_scores;

static void ask_trato(const trato_store *store, uint64_t customers,
                      uint64_t count, double *times) {
  sum_of_scores = 0;
  state = 77;
  for (uint64_t i = 0; i < count; ++i) {
    char text[32];
    const trato_str who = name_of(draw(customers), text, sizeof(text));
    trato_match best[3];
    size_t found = 0;
    const double begin = seconds();
    check(trato_offer_match(store, who, NOW, NULL, best, 3, &found, &error));
    times[i] = seconds() - begin;
    for (size_t k = 0; k < found; ++k) sum_of_scores += best[k].score;
  }
}

static void ask_sqlite(uint64_t customers, uint64_t count, double *times) {
  sqlite3_stmt *match = prepare(
      "WITH c AS (SELECT country, age FROM customer WHERE id = ?1),"
      " w AS MATERIALIZED (SELECT id, at, amount, weight FROM purchase"
      "   WHERE customer = ?1 AND at <= ?2),"
      " f AS MATERIALIZED (SELECT coalesce(sum(at > ?2 - 90 * 86400000000), 0)"
      "     AS n90,"
      "   coalesce(sum(CASE WHEN at > ?2 - 365 * 86400000000 THEN amount END), 0)"
      "     AS s365, coalesce(max(at), 0) AS last,"
      "   coalesce(sum(weight), 0) AS total FROM w),"
      " e AS MATERIALIZED (SELECT o.id, o.value FROM c JOIN offer o"
      "   ON o.country = c.country JOIN f WHERE CASE o.kind"
      "   WHEN 0 THEN f.n90 >= o.threshold WHEN 1 THEN c.age >= o.threshold"
      "   WHEN 2 THEN f.s365 >= o.threshold"
      "   ELSE f.last <= ?2 - o.threshold * 86400000000 END),"
      " h AS (SELECT offer, sum(weight) AS held FROM (SELECT DISTINCT p.offer,"
      "   w.id, w.weight FROM w JOIN line l ON l.customer = ?1"
      "   AND l.purchase = w.id JOIN proposes p ON p.product = l.product"
      "   WHERE p.offer IN (SELECT id FROM e)) GROUP BY offer)"
      " SELECT e.id, (coalesce(h.held, 0) + 0.1) / (f.total + 2) * e.value"
      " FROM e JOIN f LEFT JOIN h ON h.offer = e.id"
      " ORDER BY 2 DESC, 1 LIMIT 3");
  sum_of_scores = 0;
  state = 77;
  for (uint64_t i = 0; i < count; ++i) {
    const int64_t who = (int64_t)draw(customers);
    const double begin = seconds();
    sql(sqlite3_bind_int64(match, 1, who));
    sql(sqlite3_bind_int64(match, 2, NOW));
    while (sqlite3_step(match) == SQLITE_ROW) {
      sum_of_scores += sqlite3_column_double(match, 1);
    }
    sql(sqlite3_reset(match));
    times[i] = seconds() - begin;
  }
  sqlite3_finalize(match);
}

struct worker {
  trato_store *store;
  uint64_t seed;
  uint64_t customers;
  trato_id *decided;
  uint64_t count;
};

static void *decide(void *context) {
  struct worker *it = context;
  uint64_t drawn = it->seed;
  trato_write_options buffered = TRATO_WRITE_OPTIONS_INIT;
  buffered.durability = TRATO_BUFFERED;
  trato_error failed = TRATO_ERROR_INIT;
  for (uint64_t i = 0; i < it->count; ++i) {
    drawn = drawn * 6364136223846793005u + 1442695040888963407u;
    char text[32];
    const trato_str who =
        name_of((drawn >> 33) % it->customers, text, sizeof(text));
    trato_decision decision;
    if (trato_offer_decide(it->store, who, NOW, NULL, &buffered, &decision,
                           &failed) != TRATO_OK) {
      fprintf(stderr, "%s\n", failed.message);
      exit(1);
    }
    it->decided[i] = decision.id;
  }
  return NULL;
}

// The same with a learner that serves all offers.
static void with_a_learner(trato_store *store, uint64_t customers,
                           trato_id *decided, double *times) {
  trato_write_options buffered = TRATO_WRITE_OPTIONS_INIT;
  buffered.durability = TRATO_BUFFERED;
  trato_learning_definition learning = TRATO_LEARNING_DEFINITION_INIT;
  learning.name = trato_cstr("everything");
  check(trato_learning_define(store, &learning, NOW + ASKED, NULL, &error));
  state = 78;
  int taken = 0;
  for (int i = -1; i < ASKED; ++i) {  // the first one makes the learner
    char text[32];
    trato_decision decision;
    const trato_str who = name_of(draw(customers), text, sizeof(text));
    const double from = seconds();
    check(trato_offer_decide(store, who, NOW + 2 * ASKED + i, NULL, &buffered,
                             &decision, &error));
    if (i < 0) continue;
    times[i] = seconds() - from;
    if (decision.taken) decided[taken++] = decision.id;
  }
  tell("learned_decide", times, ASKED);
  for (int i = 0; i < taken; ++i) {
    trato_outcome outcome = TRATO_OUTCOME_INIT;
    outcome.kind =
        i % 3 == 0 ? TRATO_OUTCOME_ACCEPTED : TRATO_OUTCOME_REFUSED;
    outcome.decision = decided[i];
    const double from = seconds();
    check(trato_outcome_record(store, &outcome, NOW + 4 * ASKED + i, &buffered,
                               NULL, &error));
    times[i] = seconds() - from;
  }
  tell("learned_outcome", times, taken);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: trato_offers FILE CUSTOMERS OFFERS\n");
    return 2;
  }
  const uint64_t customers = strtoull(argv[2], NULL, 10);
  const uint64_t offers = strtoull(argv[3], NULL, 10);
  if (sqlite3_open(argv[1], &db) != SQLITE_OK) return 1;
  run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
      "PRAGMA cache_size = -2000000;"
      "CREATE TABLE customer(id INTEGER PRIMARY KEY, country, age);"
      "CREATE TABLE purchase(customer, id, at, amount, weight,"
      "  PRIMARY KEY(customer, id)) WITHOUT ROWID;"
      "CREATE TABLE line(customer, purchase, product,"
      "  PRIMARY KEY(customer, purchase, product)) WITHOUT ROWID;"
      "CREATE TABLE offer(id INTEGER PRIMARY KEY, country, kind, threshold,"
      "  value);"
      "CREATE TABLE proposes(product, offer, PRIMARY KEY(product, offer))"
      "  WITHOUT ROWID;");
  trato_store *store = NULL;
  check(trato_store_open(trato_cstr(""), NULL, &store, &error));
  fill_customers(store, customers);
  fill_offers(store, offers);
  run("CREATE INDEX offer_country ON offer(country); ANALYZE");
  check(trato_store_checkpoint(store, 0, NULL, &error));

  double *times = malloc(ASKED * sizeof(*times));
  ask_trato(store, customers, ASKED_SQL, times);
  printf("trato_answer %.6f\n", sum_of_scores);
  ask_sqlite(customers, ASKED_SQL, times);
  printf("sqlite_answer %.6f\n", sum_of_scores);
  tell("sqlite", times, ASKED_SQL);
  ask_trato(store, customers, ASKED, times);
  tell("match", times, ASKED);

  // How many offers are left of all, on average.
  uint64_t kept = 0;
  trato_match *all = malloc((size_t)offers * sizeof(*all));
  state = 77;
  for (int i = 0; i < 1000; ++i) {
    char text[32];
    size_t found = 0;
    check(trato_offer_match(store, name_of(draw(customers), text, sizeof(text)),
                            NOW, NULL, all, (size_t)offers, &found, &error));
    kept += found;
  }
  printf("kept %.1f\n", (double)kept / 1000);

  state = 77;
  for (int i = 0; i < 5000; ++i) {
    char text[32];
    char offer[16];
    const trato_str who = name_of(draw(customers), text, sizeof(text));
    snprintf(offer, sizeof(offer), "o%05llu", (unsigned long long)draw(offers));
    trato_buf json = TRATO_BUF_INIT;
    const double begin = seconds();
    check(trato_offer_why_not(store, who, trato_cstr(offer), NOW, NULL, &json,
                              &error));
    times[i] = seconds() - begin;
    trato_buf_dispose(&json);
  }
  tell("why_not", times, 5000);

  struct worker workers[THREADS];
  pthread_t threads[THREADS];
  trato_id *decided = malloc(DECISIONS * sizeof(*decided));
  const double begin = seconds();
  for (int i = 0; i < THREADS; ++i) {
    workers[i] = (struct worker){store, (uint64_t)i + 1, customers,
                                 decided + i * (DECISIONS / THREADS),
                                 DECISIONS / THREADS};
    pthread_create(&threads[i], NULL, decide, &workers[i]);
  }
  for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
  printf("decisions_a_second %.0f\n", DECISIONS / (seconds() - begin));

  trato_write_options buffered = TRATO_WRITE_OPTIONS_INIT;
  buffered.durability = TRATO_BUFFERED;
  for (int i = 0; i < ASKED; ++i) {
    trato_outcome outcome = TRATO_OUTCOME_INIT;
    outcome.kind =
        i % 3 == 0 ? TRATO_OUTCOME_ACCEPTED : TRATO_OUTCOME_REFUSED;
    outcome.decision = decided[i];
    const double from = seconds();
    check(trato_outcome_record(store, &outcome, NOW + i, &buffered, NULL,
                               &error));
    times[i] = seconds() - from;
  }
  tell("outcome", times, ASKED);

  with_a_learner(store, customers, decided, times);

  trato_buf json = TRATO_BUF_INIT;
  const double replay = seconds();
  check(trato_decision_replay(store, INT64_MIN, INT64_MAX, NULL, NULL, &json,
                              &error));
  printf("replay_s %.3f\n", seconds() - replay);
  printf("replayed_same %d\n",
         strstr(json.data, "\"other\": 0") != NULL);
  trato_buf_dispose(&json);
  check(trato_store_close(store, &error));
  sqlite3_close(db);
  return 0;
}
