// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef TRATO_STORAGE_SQLITE_FILE_H_
#define TRATO_STORAGE_SQLITE_FILE_H_

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "storage/connection.h"
#include "storage/file_lock.h"
#include "storage/sqlite_check.h"
#include "storage/store_file.h"

namespace trato::core {

// A store in a SQLite database. One connection writes and folds the write-ahead
// log back, another one reads; a store that was opened to be read has only the
// latter, which holds one transaction from Refresh to Refresh.
class SqliteFile final : public StoreFile {
 public:
  // `damage` may be null; see OpenDamaged.
  SqliteFile(std::string path, std::vector<Damage>* damage);
  ~SqliteFile() override;

  absl::Status OpenToWrite(OpenMode mode, bool exists);
  absl::Status OpenToRead();

  absl::Status ScanJournal(
      const std::function<absl::Status(uint64_t, std::string_view)>& visit)
      override;
  absl::StatusOr<std::vector<uint64_t>> RowEnds() override;
  Head head() const override { return state_.head; }
  absl::StatusOr<uint64_t> Append(std::string_view entry) override;
  size_t pending_bytes() const override { return pending_bytes_; }
  uint64_t pending_entries() const override { return pending_entries_; }
  absl::Status Sync(const Head::Chain& chain) override;
  absl::Status Stage(BlockId id, std::string_view payload) override;
  absl::Status DropStaged() override;
  absl::Status Seal(const Sealing& sealing, const Head::Chain& chain) override;
  absl::Status Purge() override;
  absl::StatusOr<std::string> ReadBlock(BlockId id) const override;
  absl::StatusOr<std::vector<BlockId>> ListBlocks(uint8_t kind) const override;
  absl::Status Backup(const std::string& path,
                      const FileProgress& progress) const override;
  absl::StatusOr<std::unique_ptr<StoreFile>> Fork() const override;
  absl::Status Verify(const FileProgress& progress,
                      std::vector<Damage>& damage) const override;
  bool read_only() const override { return writer_ == nullptr; }
  absl::Status Refresh() override;
  absl::Status Close() override;

 private:
  // In sqlite_file.cc: writing, by one thread.

  // That there was no store here when the last process died.
  absl::Status CheckIsNew() const;
  // Whether the file is what a creation leaves that was cut off before anything
  // was acknowledged: nothing, zeros, or the beginning of an empty database.
  absl::StatusOr<bool> IsUnfinished() const;
  absl::Status CheckProcess() const;
  absl::Status CheckWritable() const;
  // A transaction on its way, and what the file is after it.
  struct Writing {
    explicit Writing(Connection& connection) : transaction(connection) {}

    Transaction transaction;
    FileState next;
    size_t bytes = 0;
  };
  // Begins one, with the tables where there are none yet.
  absl::Status Begin(Writing& writing);
  // Takes it back; gives the status that the write ends with.
  absl::Status Abandon(Writing& writing, const absl::Status& status);
  // One transaction. `sealing` may be null.
  absl::Status Commit(const Sealing* sealing, const Head::Chain& chain);
  absl::Status Write(const Sealing* sealing, FileState& next);
  absl::Status CreateTables(HeadRecord& record);
  absl::Status PrepareWrites();
  absl::Status InsertRow(const FileState& next);
  absl::Status EraseBlock(int64_t id, HeadRecord& record);
  absl::Status PutBlock(int64_t id, uint64_t checksum,
                        std::string_view payload);
  // A block that is counted among all.
  absl::Status ReplaceBlock(BlockId id, std::string_view payload,
                            HeadRecord& record);
  absl::Status PutHead(const HeadRecord& record);
  void DropPending();
  void Checkpoint();
  // Refuses all writes from here on; gives the reason.
  absl::Status Poison(const absl::Status& status);
  // Ends the use of the file, once.
  absl::Status Finish();

  // In sqlite_read.cc.

  absl::Status VisitRows(
      const std::function<absl::Status(
          const JournalRow& row, const std::vector<std::string_view>& entries)>&
          visit);

  // Another connection as good as the reading one, with a transaction of its
  // own in which everything is of one instant.
  absl::StatusOr<std::unique_ptr<Connection>> OpenSnapshot() const;
  absl::Status TakeSnapshot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(reader_mutex_);
  absl::Status CheckReader() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(reader_mutex_);
  bool LogIsEmpty() const;

  const std::string path_;
  const DamageReport report_;
  const uint64_t forks_;  // before it was opened
  FileLock lock_;

  std::unique_ptr<Connection> writer_;  // null: read only, or closed
  Statement insert_row_, find_block_, erase_block_, put_block_;
  absl::Status poison_;
  FileState state_;
  std::string pending_;  // the payload of the next row
  size_t pending_bytes_ = 0;
  uint64_t pending_entries_ = 0;
  std::optional<Writing> staged_;
  int wal_pages_ = 0;
  bool head_is_behind_ = false;  // block 0, behind the journal
  bool open_ = false;
  // Set before has_tables_, and never again.
  std::atomic<uint64_t> store_id_ = 0;
  // Whether the file has its tables, which come with the first transaction.
  std::atomic<bool> has_tables_ = false;

  mutable Mutex reader_mutex_;
  mutable std::unique_ptr<Connection> reader_ ABSL_GUARDED_BY(reader_mutex_);
  mutable Statement read_block_ ABSL_GUARDED_BY(reader_mutex_);
  // Of the last Refresh: what it gave, and SQLite's number of what it saw.
  int64_t data_version_ ABSL_GUARDED_BY(reader_mutex_) = 0;
  absl::Status snapshot_ ABSL_GUARDED_BY(reader_mutex_);
};

}  // namespace trato::core

#endif  // TRATO_STORAGE_SQLITE_FILE_H_
