// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading blocks and the journal, beside the writer.

#include <sys/stat.h>

#include <utility>

#include "base/fault.h"
#include "base/status.h"
#include "base/strings.h"
#include "storage/format.h"
#include "storage/fork_file.h"
#include "storage/sqlite_file.h"

namespace trato::core {
namespace {

// A transaction that reads holds its instant from its first read on.
absl::Status BeginToRead(Connection& connection) {
  TRATO_RETURN_IF_ERROR(connection.Run("BEGIN"));
  return connection.Query("SELECT count(*) FROM sqlite_master").status();
}

}  // namespace

bool SqliteFile::LogIsEmpty() const {
  struct stat info;
  return stat(StrCat(path_, "-wal").c_str(), &info) != 0 || info.st_size == 0;
}

absl::StatusOr<std::unique_ptr<Connection>> SqliteFile::OpenSnapshot() const {
  TRATO_ASSIGN_OR_RETURN(auto connection,
                         Connection::Open(path_, Connection::Kind::kRead));
  TRATO_RETURN_IF_ERROR(CheckStart(*connection));
  absl::Status status = connection->Configure();
  if (status.ok()) status = BeginToRead(*connection);
  if (status.ok()) return connection;
  if (status.code() != absl::StatusCode::kUnavailable) return status;
  // Where the memory that readers and writer share cannot be made, nobody can
  // write either, or it would be there. A log that is not folded in is another
  // matter.
  if (!LogIsEmpty()) {
    return absl::UnavailableError(
        StrCat("cannot read ", path_, ": what is in ", path_,
               "-wal has to be folded in first; open the store once where its "
               "folder can be written"));
  }
  TRATO_ASSIGN_OR_RETURN(connection,
                         Connection::Open(path_, Connection::Kind::kImmutable));
  TRATO_RETURN_IF_ERROR(connection->Configure());
  TRATO_RETURN_IF_ERROR(BeginToRead(*connection));
  return connection;
}

absl::Status SqliteFile::OpenToRead() {
  MutexLock lock(&reader_mutex_);
  TRATO_RETURN_IF_ERROR(TakeSnapshot());
  open_ = true;
  return absl::OkStatus();
}

absl::Status SqliteFile::TakeSnapshot() {
  constexpr int64_t kCheckedPages = (int64_t{16} << 20) / kPageSize;
  // Before the snapshot, which is then at least as new.
  const std::optional<uint64_t> note = FileLock::ReadNote(path_);
  if (reader_ != nullptr && reader_->kind() == Connection::Kind::kRead) {
    TRATO_RETURN_IF_ERROR(reader_->Run("COMMIT"));
    TRATO_RETURN_IF_ERROR(BeginToRead(*reader_));
    TRATO_ASSIGN_OR_RETURN(const int64_t version,
                           reader_->Query("PRAGMA data_version"));
    const bool is_same = version == std::exchange(data_version_, version);
    if (is_same) return absl::OkStatus();
  } else {
    read_block_ = Statement();
    TRATO_ASSIGN_OR_RETURN(reader_, OpenSnapshot());
    TRATO_ASSIGN_OR_RETURN(const FileContent content,
                           CheckTables(*reader_, report_));
    if (content == FileContent::kUnfinished) {
      return absl::InvalidArgumentError(StrCat(path_, " is not a Trato store"));
    }
    has_tables_ = true;
    TRATO_ASSIGN_OR_RETURN(const int64_t pages,
                           reader_->Query("PRAGMA page_count"));
    if (pages <= kCheckedPages) {
      TRATO_RETURN_IF_ERROR(CheckPages(*reader_, false, report_));
    }
    TRATO_ASSIGN_OR_RETURN(data_version_,
                           reader_->Query("PRAGMA data_version"));
  }
  TRATO_ASSIGN_OR_RETURN(state_, FindState(*reader_, note, report_));
  store_id_ = state_.record.store;
  return absl::OkStatus();
}

absl::Status SqliteFile::Refresh() {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  if (!read_only() || !open_) return absl::OkStatus();
  MutexLock lock(&reader_mutex_);
  snapshot_ = TakeSnapshot();
  if (!snapshot_.ok()) {
    // The next try starts afresh.
    read_block_ = Statement();
    reader_.reset();
  }
  return snapshot_;
}

absl::StatusOr<std::unique_ptr<StoreFile>> SqliteFile::Fork() const {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  // A transaction of its own keeps all as it is, whatever is written later.
  auto base = std::make_shared<SqliteFile>(path_, nullptr);
  TRATO_RETURN_IF_ERROR(base->OpenToRead());
  if (base->head() != head()) {
    return absl::FailedPreconditionError(
        StrCat("another process has written to ", path_,
               " since it was read: refresh the store first"));
  }
  return MakeForkFile(std::move(base));
}

absl::Status SqliteFile::CheckReader() const {
  TRATO_RETURN_IF_ERROR(snapshot_);
  if (reader_ == nullptr) {
    TRATO_ASSIGN_OR_RETURN(reader_,
                           Connection::Open(path_, Connection::Kind::kRead));
    TRATO_RETURN_IF_ERROR(reader_->Configure());
  }
  return absl::OkStatus();
}

absl::Status SqliteFile::ScanJournal(
    const std::function<absl::Status(uint64_t, std::string_view)>& visit) {
  return VisitRows(
      [&](const JournalRow& row,
          const std::vector<std::string_view>& entries) -> absl::Status {
        uint64_t position = row.first;
        for (const std::string_view entry : entries) {
          TRATO_RETURN_IF_ERROR(visit(position++, entry));
        }
        return absl::OkStatus();
      });
}

absl::StatusOr<std::vector<uint64_t>> SqliteFile::RowEnds() {
  std::vector<uint64_t> ends;
  TRATO_RETURN_IF_ERROR(VisitRows(
      [&](const JournalRow& row, const std::vector<std::string_view>& entries) {
        ends.push_back(row.first + entries.size() - 1);
        return absl::OkStatus();
      }));
  return ends;
}

absl::Status SqliteFile::VisitRows(
    const std::function<absl::Status(
        const JournalRow& row, const std::vector<std::string_view>& entries)>&
        visit) {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  if (!has_tables_) return absl::OkStatus();
  if (writer_ != nullptr) {
    return ScanRows(*writer_, nullptr, state_.record, report_, visit);
  }
  Connection* connection = nullptr;
  {
    MutexLock lock(&reader_mutex_);
    TRATO_RETURN_IF_ERROR(CheckReader());
    connection = reader_.get();
  }
  return ScanRows(*connection, &reader_mutex_, state_.record, report_, visit);
}

absl::StatusOr<std::string> SqliteFile::ReadBlock(BlockId id) const {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  const auto not_found = [&] {
    return absl::NotFoundError(
        StrCat("there is no ", NameOf(id), " in ", path_));
  };
  MutexLock lock(&reader_mutex_);
  TRATO_RETURN_IF_ERROR(snapshot_);
  if (!id.IsValid() || !has_tables_) return not_found();
  if (read_block_.empty()) {
    TRATO_RETURN_IF_ERROR(CheckReader());
    TRATO_ASSIGN_OR_RETURN(
        read_block_,
        reader_->Prepare("SELECT checksum, payload FROM block WHERE id = ?1"));
  }
  read_block_.Bind(1, id.Packed());
  auto found = read_block_.Step();
  uint64_t checksum = 0;
  std::string payload;
  if (found.ok() && *found) {
    checksum = static_cast<uint64_t>(read_block_.Int(0));
    payload = read_block_.Bytes(1);
  }
  read_block_.Reset();
  if (!found.ok()) return Prefixed(found.status(), StrCat(NameOf(id), ": "));
  if (!*found) return not_found();
  if (checksum != ChecksumOf(store_id_, id.Packed(), payload) &&
      !Fault("checksum_unchecked")) {
    return absl::DataLossError(StrCat(path_, " is damaged: the checksum of ",
                                      NameOf(id), " does not match"));
  }
  return payload;
}

absl::StatusOr<std::vector<BlockId>> SqliteFile::ListBlocks(
    uint8_t kind) const {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  MutexLock lock(&reader_mutex_);
  TRATO_RETURN_IF_ERROR(snapshot_);
  std::vector<BlockId> ids;
  if (!has_tables_ || kind < 1 || kind > 127) return ids;
  TRATO_RETURN_IF_ERROR(CheckReader());
  TRATO_ASSIGN_OR_RETURN(
      Statement statement,
      reader_->Prepare("SELECT id FROM block WHERE id BETWEEN ?1 AND ?2 "
                       "ORDER BY id"));
  const int64_t first = BlockId{kind, 0, 0}.Packed();
  statement.Bind(1, first);
  statement.Bind(2, first | ((int64_t{1} << 56) - 1));
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return ids;
    ids.push_back(BlockId::FromPacked(statement.Int(0)));
  }
}

}  // namespace trato::core
