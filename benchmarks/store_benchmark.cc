// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The store through its C interface, and SQLite doing the same work: rows of
// (customer, type, time, amount) with an index that covers each question. Names
// are BM_<Noun>_<Verb>/<engine>; run.py pairs them.

#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <trato.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr int kCustomers = 10000;
constexpr int kInteractions = 500000;
constexpr int64_t kDay = int64_t{86400} * 1000000;
constexpr int64_t kStart = 1293840000000000;  // 2011-01-01
constexpr int64_t kNow = kStart + 365 * kDay;
constexpr const char* kTypes[] = {"purchase", "visit", "view", "complaint"};

struct Row {
  std::string customer;
  int type;
  int64_t at_us;
  int64_t amount_minor;
};

// A skewed shop: a tenth of the customers has half of what happens.
const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = [] {
    std::mt19937_64 random(20111210);
    std::vector<Row> made;
    for (int i = 0; i < kInteractions; ++i) {
      const uint64_t range = random() % 2 == 0 ? kCustomers / 10 : kCustomers;
      const uint64_t customer = random() % range;
      const int type = static_cast<int>(random() % 10);
      made.push_back({"shop:" + std::to_string(customer),
                      type < 3   ? 0
                      : type < 6 ? 1
                      : type < 9 ? 2
                                 : 3,
                      kStart + static_cast<int64_t>(random() % (365 * kDay)),
                      static_cast<int64_t>(random() % 20000)});
    }
    return made;
  }();
  return rows;
}

void Check(trato_status status, const trato_error& error) {
  if (status == TRATO_OK) return;
  std::fprintf(stderr, "%s\n", error.message);
  std::exit(1);
}

// A file that is new, and gone afterwards.
class ScratchFile {
 public:
  ScratchFile() {
    path_ = (std::filesystem::temp_directory_path() /
             ("trato_benchmark_" + std::to_string(std::random_device{}())))
                .string();
  }
  ~ScratchFile() {
    for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
      std::filesystem::remove(path_ + suffix);
    }
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Trato {
 public:
  explicit Trato(const std::string& path) {
    trato_error error = TRATO_ERROR_INIT;
    Check(
        trato_store_open({path.data(), path.size()}, nullptr, &store_, &error),
        error);
  }
  ~Trato() { trato_store_close(store_, nullptr); }

  void Record(const Row& row, uint32_t durability) {
    trato_interaction it = TRATO_INTERACTION_INIT;
    it.at_us = row.at_us;
    it.customer = {row.customer.data(), row.customer.size()};
    it.type = trato_cstr(kTypes[row.type]);
    it.amount_minor = row.amount_minor;
    trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
    options.durability = durability;
    trato_error error = TRATO_ERROR_INIT;
    Check(
        trato_interaction_record(store_, &it, kNow, &options, nullptr, &error),
        error);
  }
  void Load() {
    for (const Row& row : Rows()) Record(row, TRATO_BUFFERED);
  }
  trato_store* get() { return store_; }

 private:
  trato_store* store_ = nullptr;
};

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    sqlite3_open(path.empty() ? ":memory:" : path.c_str(), &db_);
    Run("PRAGMA page_size = 16384");
    Run("PRAGMA journal_mode = WAL");
    Run("PRAGMA synchronous = FULL");
    Run("CREATE TABLE interaction(customer TEXT, type INT, at INT, amount "
        "INT)");
    sqlite3_prepare_v2(db_, "INSERT INTO interaction VALUES (?1, ?2, ?3, ?4)",
                       -1, &insert_, nullptr);
  }
  ~Sqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }

  void Run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      std::fprintf(stderr, "%s\n", sqlite3_errmsg(db_));
      std::exit(1);
    }
  }
  void Record(const Row& row) {
    sqlite3_bind_text(insert_, 1, row.customer.data(),
                      static_cast<int>(row.customer.size()), SQLITE_STATIC);
    sqlite3_bind_int(insert_, 2, row.type);
    sqlite3_bind_int64(insert_, 3, row.at_us);
    sqlite3_bind_int64(insert_, 4, row.amount_minor);
    sqlite3_step(insert_);
    sqlite3_reset(insert_);
  }
  void Load() {
    Run("BEGIN");
    for (const Row& row : Rows()) Record(row);
    Run("COMMIT");
    Run("CREATE INDEX by_customer ON interaction(customer, at, type, amount)");
    Run("CREATE INDEX by_type ON interaction(type, customer, at, amount)");
    Run("ANALYZE");
  }
  sqlite3* get() { return db_; }

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

Trato& LoadedTrato() {
  static Trato* const store = [] {
    auto* made = new Trato("");
    made->Load();
    return made;
  }();
  return *store;
}

Sqlite& LoadedSqlite() {
  static Sqlite* const store = [] {
    auto* made = new Sqlite("");
    made->Load();
    return made;
  }();
  return *store;
}

constexpr const char* kCondition =
    "interactions('purchase').within('90d').count() >= 2 && "
    "interactions('purchase').within('90d').sum(i, i.amount) > "
    "money('150.00', 'EUR') && "
    "!interactions('complaint').within('30d').exists(i, true)";

void BM_Interaction_RecordBuffered_Trato(benchmark::State& state) {
  const ScratchFile file;
  Trato store(file.path());
  size_t i = 0;
  for (auto _ : state)
    store.Record(Rows()[i++ % Rows().size()], TRATO_BUFFERED);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Interaction_RecordBuffered_Trato)->Iterations(300000);

void BM_Interaction_RecordBuffered_Sqlite(benchmark::State& state) {
  const ScratchFile file;
  Sqlite store(file.path());
  store.Run("CREATE INDEX by_customer ON interaction(customer, at)");
  size_t i = 0;
  store.Run("BEGIN");
  for (auto _ : state) store.Record(Rows()[i++ % Rows().size()]);
  store.Run("COMMIT");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Interaction_RecordBuffered_Sqlite)->Iterations(300000);

void BM_Interaction_RecordSynced_Trato(benchmark::State& state) {
  const ScratchFile file;
  Trato store(file.path());
  size_t i = 0;
  for (auto _ : state) store.Record(Rows()[i++ % Rows().size()], TRATO_SYNCED);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Interaction_RecordSynced_Trato)->Iterations(2000)->UseRealTime();

void BM_Interaction_RecordSynced_Sqlite(benchmark::State& state) {
  const ScratchFile file;
  Sqlite store(file.path());
  store.Run("CREATE INDEX by_customer ON interaction(customer, at)");
  size_t i = 0;
  for (auto _ : state) store.Record(Rows()[i++ % Rows().size()]);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Interaction_RecordSynced_Sqlite)->Iterations(2000)->UseRealTime();

void BM_Timeline_Read_Trato(benchmark::State& state) {
  Trato& store = LoadedTrato();
  std::mt19937 random(1);
  int64_t sum = 0;
  for (auto _ : state) {
    const std::string name = "shop:" + std::to_string(random() % kCustomers);
    trato_timeline_options options = TRATO_TIMELINE_OPTIONS_INIT;
    options.newest_first = 1;
    options.limit = 100;
    trato_timeline* timeline = nullptr;
    trato_error error = TRATO_ERROR_INIT;
    if (trato_timeline_open(store.get(), {name.data(), name.size()}, kNow,
                            &options, &timeline, &error) != TRATO_OK) {
      continue;
    }
    const trato_timeline_entry* entry = nullptr;
    while (trato_timeline_next(timeline, &entry, nullptr) == TRATO_OK &&
           entry != nullptr) {
      sum += entry->amount_minor;
    }
    trato_timeline_destroy(timeline);
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(BM_Timeline_Read_Trato);

void BM_Timeline_Read_Sqlite(benchmark::State& state) {
  Sqlite& store = LoadedSqlite();
  sqlite3_stmt* query = nullptr;
  sqlite3_prepare_v2(store.get(),
                     "SELECT at, type, amount FROM interaction WHERE customer "
                     "= ?1 AND at <= ?2 ORDER BY at DESC LIMIT 100",
                     -1, &query, nullptr);
  std::mt19937 random(1);
  int64_t sum = 0;
  for (auto _ : state) {
    const std::string name = "shop:" + std::to_string(random() % kCustomers);
    sqlite3_bind_text(query, 1, name.data(), static_cast<int>(name.size()),
                      SQLITE_STATIC);
    sqlite3_bind_int64(query, 2, kNow);
    while (sqlite3_step(query) == SQLITE_ROW) {
      sum += sqlite3_column_int64(query, 2);
    }
    sqlite3_reset(query);
  }
  benchmark::DoNotOptimize(sum);
  sqlite3_finalize(query);
}
BENCHMARK(BM_Timeline_Read_Sqlite);

void BM_Segment_Count_Trato(benchmark::State& state) {
  Trato& store = LoadedTrato();
  trato_segment_size size = {};
  for (auto _ : state) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_segment_preview(store.get(), trato_cstr(kCondition), kNow,
                                &size, &error),
          error);
  }
  state.counters["answer"] = static_cast<double>(size.members);
}
BENCHMARK(BM_Segment_Count_Trato);

void BM_Segment_Count_Sqlite(benchmark::State& state) {
  Sqlite& store = LoadedSqlite();
  sqlite3_stmt* query = nullptr;
  sqlite3_prepare_v2(
      store.get(),
      "SELECT count(*) FROM (SELECT customer FROM interaction WHERE type = 0 "
      "AND at > ?1 AND at <= ?3 GROUP BY customer HAVING count(*) >= 2 AND "
      "sum(amount) > 15000) AS c WHERE NOT EXISTS (SELECT 1 FROM interaction i "
      "WHERE i.customer = c.customer AND i.type = 3 AND i.at > ?2 AND i.at <= "
      "?3)",
      -1, &query, nullptr);
  int64_t answer = 0;
  for (auto _ : state) {
    sqlite3_bind_int64(query, 1, kNow - 90 * kDay);
    sqlite3_bind_int64(query, 2, kNow - 30 * kDay);
    sqlite3_bind_int64(query, 3, kNow);
    sqlite3_step(query);
    answer = sqlite3_column_int64(query, 0);
    sqlite3_reset(query);
  }
  sqlite3_finalize(query);
  state.counters["answer"] = static_cast<double>(answer);
}
BENCHMARK(BM_Segment_Count_Sqlite);

void BM_Offer_Match_Trato(benchmark::State& state) {
  Trato& store = LoadedTrato();
  const trato_str product = trato_cstr("tea");
  for (int i = 0; i < 20; ++i) {
    const std::string name = "offer " + std::to_string(i);
    trato_offer offer = TRATO_OFFER_INIT;
    offer.name = {name.data(), name.size()};
    offer.products = &product;
    offer.product_count = 1;
    offer.value_minor = 100 + i;
    offer.eligibility =
        trato_cstr("interactions('purchase').within('90d').count() >= 1");
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_offer_define(store.get(), &offer, kNow, nullptr, &error),
          error);
  }
  std::mt19937 random(1);
  for (auto _ : state) {
    const std::string name = "shop:" + std::to_string(random() % kCustomers);
    trato_match best[3];
    size_t count = 0;
    benchmark::DoNotOptimize(
        trato_offer_match(store.get(), {name.data(), name.size()}, kNow,
                          nullptr, best, 3, &count, nullptr));
  }
}
BENCHMARK(BM_Offer_Match_Trato);

}  // namespace
