// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store must look like, asked of a connection. Each check tells what is
// wrong to a DamageReport, which either makes an error of it or writes it down;
// with the latter the check goes on as far as it can.

#ifndef TRATO_STORAGE_SQLITE_CHECK_H_
#define TRATO_STORAGE_SQLITE_CHECK_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "storage/connection.h"
#include "storage/format.h"
#include "storage/store_file.h"

namespace trato::core {

class DamageReport {
 public:
  // With `damage`, which must outlive it, damage is no error.
  DamageReport(std::string path, std::vector<Damage>* damage)
      : path_(std::move(path)), damage_(damage) {}

  bool tolerant() const { return damage_ != nullptr; }
  absl::Status operator()(const std::string& what) const;
  // The same for an error of the database, if it means damage.
  absl::Status operator()(const absl::Status& status,
                          const std::string& where) const;

 private:
  std::string path_;
  std::vector<Damage>* damage_;
};

// What a database is that can be read at all.
enum class FileContent { kStore, kUnfinished };  // the latter: no tables yet

// INVALID_ARGUMENT, UNIMPLEMENTED or FAILED_PRECONDITION where it is no store
// for this code. Reads the first bytes only, past SQLite, so that somebody
// else's database is not touched.
absl::Status CheckStart(const Connection& connection);
absl::StatusOr<FileContent> CheckTables(Connection& connection,
                                        const DamageReport& report);

// How SQLite's pages fit together: pages that changed places are whole, each
// for itself; only all of them together show it. `thorough` compares more.
absl::Status CheckPages(Connection& connection, bool thorough,
                        const DamageReport& report);

// The last durable entry and what must be there, from block 0 and the two ends
// of the journal. `note` is that of the lock file.
struct FileState {
  HeadRecord record;  // as it was written last
  Head head;          // what the journal says after it
};
absl::StatusOr<FileState> FindState(Connection& connection,
                                    std::optional<uint64_t> note,
                                    const DamageReport& report);

// Visits the journal's rows with their entries, in order and checked. Holds
// `mutex` (may be null) while it uses the connection and not in `visit`.
absl::Status ScanRows(
    Connection& connection, Mutex* mutex, const HeadRecord& record,
    const DamageReport& report,
    const std::function<absl::Status(
        const JournalRow& row, const std::vector<std::string_view>& entries)>&
        visit);

// Reads every block and compares them all with the record.
absl::Status CheckBlocks(Connection& connection, const HeadRecord& record,
                         const DamageReport& report,
                         const std::function<absl::Status(size_t)>& read);

}  // namespace trato::core

#endif  // TRATO_STORAGE_SQLITE_CHECK_H_
