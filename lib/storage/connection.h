// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One connection to the SQLite database, its settings, and how SQLite's results
// become statuses. A connection is used by one thread at a time.

#ifndef TRATO_STORAGE_CONNECTION_H_
#define TRATO_STORAGE_CONNECTION_H_

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trato::core {

class Connection;

// Lives shorter than its connection.
class Statement {
 public:
  Statement() = default;
  bool empty() const { return handle_ == nullptr; }
  // See Connection::Abandon.
  void Abandon() { static_cast<void>(handle_.release()); }

  // Bytes are not copied: they must outlive the steps.
  void Bind(int at, int64_t value);
  absl::Status Bind(int at, std::string_view bytes);

  // Whether there is a row.
  absl::StatusOr<bool> Step();
  // For what gives no row; ready for the next use, whatever happened.
  absl::Status Execute();
  void Reset();

  int64_t Int(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
  }
  // Valid until the next step or reset.
  std::string_view Bytes(int column) const;

 private:
  friend class Connection;
  struct Finalizer {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };

  std::unique_ptr<sqlite3_stmt, Finalizer> handle_;
  const Connection* connection_ = nullptr;
};

class Connection {
 public:
  enum class Kind {
    kWrite,      // creates the file where there is none
    kRead,       // writes nothing into it
    kImmutable,  // nobody else writes either: no locks, no shared memory
    kCopy,       // a new file that nobody else knows yet
  };

  // How long it waits for a lock that somebody holds.
  static constexpr int kBusyMs = 5000;

  // Touches nothing yet.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const std::string& path, Kind kind);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  absl::Status Close();
  // Whether the last connection folds the write-ahead log into the file when it
  // closes, and removes it. At first it does not: one connection writes and
  // folds back, because SQLite before 3.51.3 can damage the file when two do it
  // at once; and where a log may be damaged it is left as it is, since folding
  // back does not look at its checksums.
  void FoldBackOnClose(bool fold);
  // Gives the connection up without a word to the file, which belongs to the
  // process that forked this one off.
  void Abandon() { db_ = nullptr; }

  // The settings of a store's connection.
  absl::Status Configure();

  // The first bytes of the file, or fewer, past SQLite's cache and locks. A
  // descriptor of our own would not do: closing it would drop the locks that
  // this process holds by others.
  absl::StatusOr<std::string> ReadStart(size_t size) const;

  // Whether the file and its log can be read at all, past the cache too.
  absl::Status ReadAll() const;

  absl::Status Run(std::string_view sql);
  absl::StatusOr<Statement> Prepare(std::string_view sql);
  absl::StatusOr<int64_t> Query(std::string_view sql);
  absl::StatusOr<std::string> QueryText(std::string_view sql);

  absl::Status Failed(int code) const;

  const std::string& path() const { return path_; }
  Kind kind() const { return kind_; }
  sqlite3* db() { return db_; }

 private:
  Connection(std::string path, Kind kind)
      : path_(std::move(path)), kind_(kind) {}

  const std::string path_;
  const Kind kind_;
  sqlite3* db_ = nullptr;
};

// Rolled back at the end of its scope unless it was committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction() {
    if (!abandoned_) Rollback().IgnoreError();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  absl::Status Begin() { return connection_.Run("BEGIN IMMEDIATE"); }
  absl::Status Commit() { return connection_.Run("COMMIT"); }
  // OK when nothing is left of the transaction.
  absl::Status Rollback();
  // Leaves it as it is, with a connection that is abandoned too.
  void Abandon() { abandoned_ = true; }

 private:
  Connection& connection_;
  bool abandoned_ = false;
};

}  // namespace trato::core

#endif  // TRATO_STORAGE_CONNECTION_H_
