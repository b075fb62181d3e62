// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// SQLite doing the same, with the settings and indexes that suit each work
// best. It is given whole numbers for names, and a linked pair as one customer.

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>

#include "shop/table.h"
#include "sides/sides.h"

namespace trato::bench {
namespace {

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) : path_(path) {
    if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) Die();
    Run("PRAGMA page_size = 16384");
    Run("PRAGMA temp_store = MEMORY");
  }
  ~Sqlite() { Close(); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  void Run(const std::string& sql) {
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) !=
        SQLITE_OK) {
      Die();
    }
  }
  sqlite3_stmt* Prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) !=
        SQLITE_OK) {
      Die();
    }
    return statement;
  }
  void Step(sqlite3_stmt* insert) {
    if (sqlite3_step(insert) != SQLITE_DONE) Die();
    sqlite3_reset(insert);
  }
  int64_t One(sqlite3_stmt* query, int column = 0) {
    if (sqlite3_step(query) != SQLITE_ROW) Die();
    const int64_t answer = sqlite3_column_int64(query, column);
    sqlite3_reset(query);
    return answer;
  }
  void Close() {
    if (db_ != nullptr && sqlite3_close(db_) != SQLITE_OK) Die();
    db_ = nullptr;
  }
  // What the settings for a bulk load leave to be done.
  void Sync() {
    const int file = open(path_.c_str(), O_RDWR);
    if (file < 0 || fdatasync(file) != 0) Fail("cannot sync " + path_);
    close(file);
  }

 private:
  [[noreturn]] void Die() {
    Fail(std::string("sqlite: ") + sqlite3_errmsg(db_));
  }

  std::string path_;
  sqlite3* db_ = nullptr;
};

// Row `number` as (customer, type, at, number, channel, amount).
void Bind(sqlite3_stmt* insert, const shop::Table& table, uint64_t i,
          uint64_t number) {
  sqlite3_bind_int64(insert, 1, table.customer[i]);
  sqlite3_bind_int(insert, 2, table.type[i]);
  sqlite3_bind_int64(insert, 3, table.at_us[i]);
  sqlite3_bind_int64(insert, 4, static_cast<int64_t>(number));
  sqlite3_bind_int(insert, 5, table.channel[i]);
  sqlite3_bind_int64(insert, 6, table.amount_minor[i]);
}

constexpr const char* kColumns =
    "(customer INT, type INT, at INT, number INT, channel INT, amount INT";
constexpr const char* kInsert =
    "INSERT INTO interaction(customer, type, at, number, channel, amount) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

// No journal: a load that fails leaves nothing worth keeping. Synced at the
// end.
void SetForBulk(Sqlite& db) {
  db.Run("PRAGMA journal_mode = OFF");
  db.Run("PRAGMA synchronous = OFF");
  db.Run("PRAGMA locking_mode = EXCLUSIVE");
  db.Run("PRAGMA cache_size = -1048576");
}

TimelineAnswer Newest(sqlite3_stmt* query, uint32_t person) {
  sqlite3_bind_int64(query, 1, person);
  sqlite3_bind_int64(query, 2, shop::kEnd);
  TimelineAnswer answer;
  while (sqlite3_step(query) == SQLITE_ROW) {
    // A host reads these two as well.
    sqlite3_column_int(query, 1);
    sqlite3_column_int(query, 2);
    answer.Add(sqlite3_column_int64(query, 0), sqlite3_column_int64(query, 3));
  }
  sqlite3_reset(query);
  return answer;
}

constexpr const char* kNewest =
    "SELECT at, type, channel, amount FROM interaction WHERE customer = ?1 AND "
    "at <= ?2 ORDER BY at DESC LIMIT 100";

}  // namespace

uint64_t FreeBytes(const std::string& path) {
  Sqlite db(path);
  sqlite3_stmt* query = db.Prepare(
      "SELECT freelist_count * page_size FROM pragma_freelist_count, "
      "pragma_page_size");
  const auto bytes = static_cast<uint64_t>(db.One(query));
  sqlite3_finalize(query);
  return bytes;
}

Json SqliteBulk(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "bulk.sqlite");
  const uint64_t n = arguments.Number("interactions", 1000000);
  const bool covering = arguments.Text("form", "index") == "covering";
  const shop::Shop shop({.interactions = n});
  const auto table =
      shop::MakeTable(shop, 0, n, shop::Keys::kNone, /*lines=*/false);
  RemoveStore(path);
  const uint64_t before = MemoryNow();
  ResetPeak();
  const Stopwatch loading;
  Sqlite db(path);
  SetForBulk(db);
  db.Run(std::string("CREATE TABLE interaction") + kColumns +
         (covering ? ", PRIMARY KEY (customer, type, at, number)) WITHOUT ROWID"
                   : ")"));
  sqlite3_stmt* insert = db.Prepare(kInsert);
  db.Run("BEGIN");
  for (uint64_t i = 0; i < n; ++i) {
    Bind(insert, *table, i, i);
    db.Step(insert);
  }
  sqlite3_finalize(insert);
  if (!covering) {
    db.Run(
        "CREATE INDEX by_customer ON "
        "interaction(customer, type, at, channel, amount)");
  }
  db.Run("COMMIT");
  db.Sync();
  const double seconds = loading.Seconds();
  const uint64_t peak = MemoryPeak() - before;
  sqlite3_stmt* totals = db.Prepare(
      "SELECT count(*), sum(amount) FROM interaction WHERE type = ?1");
  Json by_type = Json::object();
  for (uint8_t type = 0; type < shop::kTypes; ++type) {
    sqlite3_bind_int(totals, 1, type);
    const int64_t count = db.One(totals);
    if (count == 0) continue;
    by_type[std::string(shop::TypeName(type))] = {count, db.One(totals, 1)};
  }
  sqlite3_finalize(totals);
  db.Close();
  Json result{{"rows", n},
              {"seconds", seconds},
              {"file_bytes", FileBytes(path)},
              {"peak_bytes", peak},
              {"totals", by_type}};
  RemoveStore(path);
  return result;
}

Json SqliteLog(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "log.sqlite");
  const uint64_t n = arguments.Number("interactions", 1000000);
  const uint64_t tail = std::min<uint64_t>(n / 4, 20000);
  const shop::Shop shop({.interactions = n, .corrected = true, .linked = true});
  const auto table =
      shop::MakeTable(shop, 0, n, shop::Keys::kNone, /*lines=*/false);
  RemoveStore(path);
  Json result{{"rows", n}};
  const uint64_t base = n - tail;
  {
    Sqlite db(path);
    SetForBulk(db);
    db.Run(std::string("CREATE TEMP TABLE loaded") + kColumns + ")");
    sqlite3_stmt* insert =
        db.Prepare("INSERT INTO loaded VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    db.Run("BEGIN");
    for (uint64_t i = 0; i < base; ++i) {
      Bind(insert, *table, i, i);
      db.Step(insert);
    }
    sqlite3_finalize(insert);
    db.Run(std::string("CREATE TABLE interaction") + kColumns +
           ", PRIMARY KEY (customer, at, number)) WITHOUT ROWID");
    db.Run(
        "INSERT INTO interaction SELECT * FROM loaded "
        "ORDER BY customer, at, number");
    db.Run("CREATE INDEX by_type ON interaction(type, customer, at, amount)");
    db.Run("COMMIT");
    db.Run("ANALYZE");
    db.Sync();
  }

  Sqlite db(path);
  db.Run("PRAGMA journal_mode = WAL");
  db.Run("PRAGMA synchronous = FULL");
  db.Run("PRAGMA cache_size = -4194304");
  sqlite3_stmt* insert = db.Prepare(kInsert);
  const uint64_t synced = std::min<uint64_t>(1000, tail / 10);
  uint64_t next = base;
  {
    const Stopwatch one;
    for (; next < base + synced; ++next) {
      Bind(insert, *table, next, next);
      db.Step(insert);
    }
    result["record"]["durable_1_per_s"] =
        static_cast<double>(synced) / one.Seconds();
  }
  {
    const Stopwatch rest;
    db.Run("BEGIN");
    for (; next < n; ++next) {
      Bind(insert, *table, next, next);
      db.Step(insert);
    }
    db.Run("COMMIT");
    result["record"]["buffered_per_s"] =
        static_cast<double>(tail - synced) / rest.Seconds();
  }
  sqlite3_finalize(insert);

  sqlite3_stmt* newest = db.Prepare(kNewest);
  for (uint64_t i = 0; i < kAskedForAnswer; ++i) {
    result["answers"]["timelines"].push_back(
        Newest(newest, shop.Person(shop.Asked(i))).ToJson());
  }
  const uint64_t asked = arguments.Number("timelines", 20000);
  for (int round = 0; round < 2; ++round) {  // the second is resident
    uint64_t entries = 0;
    const Stopwatch asking;
    for (uint64_t i = 0; i < asked; ++i) {
      entries += Newest(newest, shop.Person(shop.Asked(i))).entries;
    }
    if (entries == 0) Fail("no timeline has an entry");
    result["timeline_us"] = asking.Seconds() / static_cast<double>(asked) * 1e6;
  }
  sqlite3_finalize(newest);

  Json& seconds = result["seconds"];
  Json& answers = result["answers"];
  const auto ask = [&](const char* name, sqlite3_stmt* query) {
    seconds[name] = MedianSeconds(3, [&] { answers[name] = db.One(query); });
    sqlite3_finalize(query);
  };
  ask("count_type",
      db.Prepare("SELECT count(*) FROM interaction WHERE type = " +
                 std::to_string(shop::kView)));
  ask("sum_amount", db.Prepare("SELECT sum(amount) FROM interaction"));
  sqlite3_stmt* behaviour = db.Prepare(
      "SELECT count(*) FROM (SELECT customer FROM interaction WHERE type = " +
      std::to_string(shop::kPurchase) +
      " AND at > ?1 AND at <= ?3 GROUP BY customer HAVING count(*) >= 2 AND "
      "sum(amount) > 15000) c WHERE NOT EXISTS (SELECT 1 FROM interaction i "
      "WHERE i.customer = c.customer AND i.type = " +
      std::to_string(shop::kComplaint) + " AND i.at > ?2 AND i.at <= ?3)");
  sqlite3_bind_int64(behaviour, 1, shop::kEnd - 90 * shop::kDay);
  sqlite3_bind_int64(behaviour, 2, shop::kEnd - 30 * shop::kDay);
  sqlite3_bind_int64(behaviour, 3, shop::kEnd);
  ask("behaviour", behaviour);
  db.Close();
  result["file_bytes"] = FileBytes(path);
  return result;
}

Json SqliteOpen(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "log.sqlite");
  const shop::Shop shop(
      {.interactions = arguments.Number("interactions", 1000000)});
  DropCache(path);
  const Stopwatch opening;
  Sqlite db(path);
  sqlite3_stmt* newest = db.Prepare(kNewest);
  const Json first = Newest(newest, shop.Person(shop.Asked(0))).ToJson();
  const double seconds = opening.Seconds();
  sqlite3_finalize(newest);
  return {{"first_seconds", seconds}, {"first", first}};
}

}  // namespace trato::bench
