// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening, writing and closing. Reading is in sqlite_read.cc.

#include "storage/sqlite_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/strings.h"
#include "storage/fork_count.h"
#include "storage/format.h"

namespace trato::core {
namespace {

// The write-ahead log is folded back into the file when it reaches this size,
// so that it does not grow without end, and after a transaction that is large
// itself.
constexpr int kCheckpointPages = 1024;  // of 16 KiB
constexpr size_t kLargeSealing = size_t{4} << 20;

// An open must not read everything: SQLite's structure is checked only in files
// up to this size, and by Verify.
constexpr int64_t kCheckedPages = (int64_t{16} << 20) / kPageSize;

// Nothing was written, or all of it was taken back: the next write may succeed.
bool IsHarmless(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:   // the disk or memory is full
    case absl::StatusCode::kFailedPrecondition:  // somebody holds the file
      return true;
    default:
      return false;
  }
}

absl::Status CheckBlock(BlockId id, size_t size) {
  if (!id.IsValid()) {
    return absl::InvalidArgumentError(
        StrCat(NameOf(id), ": a kind is 1 to 127, a run below 2^24"));
  }
  if (size > kMaxPayload) {
    return absl::ResourceExhaustedError(StrCat(NameOf(id), " has ", size,
                                               " bytes; a block holds up to ",
                                               kMaxPayload));
  }
  return absl::OkStatus();
}

absl::Status CheckSealing(const Sealing& sealing) {
  for (const BlockId& id : sealing.erase) {
    TRATO_RETURN_IF_ERROR(CheckBlock(id, 0));
  }
  for (const auto& [id, payload] : sealing.put) {
    TRATO_RETURN_IF_ERROR(CheckBlock(id, payload.size()));
  }
  return absl::OkStatus();
}

}  // namespace

SqliteFile::SqliteFile(std::string path, std::vector<Damage>* damage)
    : path_(std::move(path)), report_(path_, damage), forks_(ForkCount()) {}

SqliteFile::~SqliteFile() {
  if (CheckProcess().ok()) {
    Finish().IgnoreError();
    return;
  }
  // In a process that was forked off the file is not ours to close. SQLite's
  // handles are left as they are, with the statements they own.
  if (staged_) staged_->transaction.Abandon();
  if (writer_ != nullptr) writer_->Abandon();
  for (Statement* statement :
       {&insert_row_, &find_block_, &erase_block_, &put_block_}) {
    statement->Abandon();
  }
  // The mutex may be in any state, and nobody else is here.
  [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    read_block_.Abandon();
    if (reader_ != nullptr) reader_->Abandon();
  }();
}

absl::Status SqliteFile::OpenToWrite(OpenMode mode, bool exists) {
  TRATO_ASSIGN_OR_RETURN(lock_, FileLock::Acquire(path_));
  // The note of one that was removed.
  if (mode == OpenMode::kCreateNew && !exists) lock_.Clear();
  if (!exists) TRATO_RETURN_IF_ERROR(CheckIsNew());
  if (Fault("wal_dropped_at_open")) unlink(StrCat(path_, "-wal").c_str());
  TRATO_ASSIGN_OR_RETURN(writer_,
                         Connection::Open(path_, Connection::Kind::kWrite));
  // Whatever fails from here on leaves the file as it is.
  absl::Cleanup fail = [this] { writer_.reset(); };
  if (sqlite3_db_readonly(writer_->db(), "main") == 1) {
    return absl::UnavailableError(
        StrCat("cannot write ", path_, ": ", std::strerror(EACCES)));
  }
  if (exists) {
    TRATO_ASSIGN_OR_RETURN(const bool is_unfinished, IsUnfinished());
    if (mode == OpenMode::kCreateNew && !is_unfinished) {
      return absl::AlreadyExistsError(StrCat(path_, " exists already"));
    }
    if (is_unfinished) {
      TRATO_RETURN_IF_ERROR(CheckIsNew());
      if (mode == OpenMode::kOpenExisting) {
        return absl::InvalidArgumentError(
            StrCat(path_, " is not a Trato store"));
      }
      if (truncate(path_.c_str(), 0) != 0) {
        return absl::UnavailableError(
            StrCat("cannot write ", path_, ": ", std::strerror(errno)));
      }
    }
    struct stat info;
    // SQLite takes a file of one byte for an empty one, and would fill it.
    if (stat(path_.c_str(), &info) == 0 && info.st_size == 1) {
      return absl::InvalidArgumentError(StrCat(path_, " is not a Trato store"));
    }
    TRATO_RETURN_IF_ERROR(CheckStart(*writer_));
    TRATO_ASSIGN_OR_RETURN(const FileContent content,
                           CheckTables(*writer_, report_));
    has_tables_ = content == FileContent::kStore;
    if (!has_tables_ && mode == OpenMode::kOpenExisting) {
      return absl::InvalidArgumentError(StrCat(path_, " is not a Trato store"));
    }
  }
  TRATO_RETURN_IF_ERROR(writer_->Configure());
  // After wal_autocheckpoint, which is a hook of its own.
  sqlite3_wal_hook(
      writer_->db(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteFile*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  if (has_tables_) {
    TRATO_ASSIGN_OR_RETURN(const int64_t pages,
                           writer_->Query("PRAGMA page_count"));
    if (pages <= kCheckedPages) {
      TRATO_RETURN_IF_ERROR(CheckPages(*writer_, false, report_));
    }
    TRATO_ASSIGN_OR_RETURN(state_,
                           FindState(*writer_, lock_.left_position(), report_));
    store_id_ = state_.record.store;
  } else {
    TRATO_RETURN_IF_ERROR(CheckIsNew());
  }
  head_is_behind_ = state_.head.position != state_.record.head.position;
  open_ = true;
  std::move(fail).Cancel();
  // A process that was killed may have left erased bytes in the log. Where
  // somebody reads them, the close will see to it.
  if (has_tables_ && !LogIsEmpty()) Purge().IgnoreError();
  return poison_;
}

absl::Status SqliteFile::CheckIsNew() const {
  const uint64_t position = lock_.left_position().value_or(0);
  if (position == 0) return absl::OkStatus();
  return absl::DataLossError(
      StrCat(path_, " is empty or gone, and ", path_,
             "-lock, which the last process left when it died, says that it "
             "had made log position ",
             position, " durable; whoever removed it on purpose removes ",
             path_, "-lock too"));
}

absl::StatusOr<bool> SqliteFile::IsUnfinished() const {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr size_t kHeader = 100;
  // Where a table is in the first page, or in the log, something may have been
  // acknowledged.
  constexpr size_t kPageHeader = 8;
  constexpr size_t kCellsAt = kHeader + 3;
  struct stat info;
  if (!LogIsEmpty() || (stat(path_.c_str(), &info) == 0 && info.st_size == 1)) {
    return false;
  }
  TRATO_ASSIGN_OR_RETURN(const std::string start,
                         writer_->ReadStart(kPageSize + 1));
  if (start.size() > kPageSize) return false;
  const auto is_zero = [&](size_t from, size_t until) {
    for (size_t i = from; i < std::min(until, start.size()); ++i) {
      if (start[i] != '\0') return false;
    }
    return true;
  };
  if (is_zero(0, start.size())) return true;
  // A whole page SQLite reads itself. "@  " are fractions that never change.
  return start.size() > kCellsAt && start.size() < kPageSize &&
         start.starts_with(kMagic) && start.substr(21, 3) == "@  " &&
         is_zero(60, 64) && is_zero(68, 72) &&
         is_zero(kCellsAt, kCellsAt + 2) &&
         is_zero(kHeader + kPageHeader, start.size());
}

absl::Status SqliteFile::CheckProcess() const {
  if (ForkCount() == forks_) return absl::OkStatus();
  return absl::FailedPreconditionError(StrCat(
      "the store ", path_, " was opened by another process, before a fork"));
}

absl::Status SqliteFile::CheckWritable() const {
  TRATO_RETURN_IF_ERROR(poison_);
  TRATO_RETURN_IF_ERROR(CheckProcess());
  if (writer_ != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      StrCat("the store ", path_, " is open to be read only"));
}

absl::StatusOr<uint64_t> SqliteFile::Append(std::string_view entry) {
  TRATO_RETURN_IF_ERROR(CheckWritable());
  constexpr size_t kLead = 16;  // more than an entry's length takes
  if (entry.size() > kMaxPayload - kLead ||
      pending_.size() > kMaxPayload - kLead - entry.size()) {
    return absl::ResourceExhaustedError(
        StrCat("an entry of ", entry.size(), " bytes after ", pending_.size(),
               " that wait; one write holds up to ", kMaxPayload,
               ": write in smaller parts"));
  }
  AppendEntry(pending_, entry);
  pending_bytes_ += entry.size();
  ++pending_entries_;
  return state_.head.position + pending_entries_;
}

absl::Status SqliteFile::Sync(const Head::Chain& chain) {
  TRATO_RETURN_IF_ERROR(CheckWritable());
  if (pending_entries_ == 0) return absl::OkStatus();
  return Commit(nullptr, chain);
}

absl::Status SqliteFile::Stage(BlockId id, std::string_view payload) {
  TRATO_RETURN_IF_ERROR(CheckWritable());
  absl::Status status = CheckBlock(id, payload.size());
  if (!status.ok()) {
    TRATO_RETURN_IF_ERROR(DropStaged());
    return status;
  }
  if (!staged_) {
    staged_.emplace(*writer_);
    status = Begin(*staged_);
  }
  if (status.ok()) {
    status = ReplaceBlock(id, payload, staged_->next.record);
  }
  if (status.ok()) {
    staged_->bytes += payload.size();
    return status;
  }
  status = Abandon(*staged_, status);
  staged_.reset();
  return status;
}

absl::Status SqliteFile::DropStaged() {
  if (!staged_) return absl::OkStatus();
  const absl::Status status = staged_->transaction.Rollback();
  staged_.reset();
  return status.ok() ? status : Poison(status);
}

absl::Status SqliteFile::Seal(const Sealing& sealing,
                              const Head::Chain& chain) {
  TRATO_RETURN_IF_ERROR(CheckWritable());
  if (Fault("sealed_in_two")) {
    Sealing cut;
    cut.journal_until = sealing.journal_until;
    TRATO_RETURN_IF_ERROR(Commit(&cut, chain));
  }
  return Commit(&sealing, chain);
}

absl::Status SqliteFile::Begin(Writing& writing) {
  writing.next = state_;
  TRATO_RETURN_IF_ERROR(writing.transaction.Begin());
  HeadRecord& record = writing.next.record;
  const bool is_first = !has_tables_;
  if (is_first) TRATO_RETURN_IF_ERROR(CreateTables(record));
  TRATO_RETURN_IF_ERROR(PrepareWrites());
  return is_first ? PutHead(record) : absl::OkStatus();
}

absl::Status SqliteFile::Abandon(Writing& writing, const absl::Status& status) {
  if (writing.transaction.Rollback().ok() && IsHarmless(status)) {
    return Prefixed(status, "nothing was written: ");
  }
  if (Fault("not_poisoned")) return status;
  return Poison(status);
}

absl::Status SqliteFile::Commit(const Sealing* sealing,
                                const Head::Chain& chain) {
  absl::Cleanup drop = [this] {
    DropPending();
    staged_.reset();
  };
  if (sealing != nullptr) {
    TRATO_RETURN_IF_ERROR(CheckSealing(*sealing));
  } else if (staged_) {
    return absl::InternalError("blocks are staged, and not sealed");
  }
  if (!staged_) {
    staged_.emplace(*writer_);
    if (absl::Status status = Begin(*staged_); !status.ok()) {
      return Abandon(*staged_, status);
    }
  }
  Writing& writing = *staged_;
  FileState& next = writing.next;
  size_t bytes = pending_.size() + writing.bytes;
  if (sealing != nullptr) {
    for (const auto& [id, payload] : sealing->put) bytes += payload.size();
  }
  next.head.position += pending_entries_;
  next.head.chain = chain;
  absl::Status status = Write(sealing, next);
  if (status.ok()) status = writing.transaction.Commit();
  if (!status.ok()) return Abandon(writing, status);
  store_id_ = next.record.store;
  const bool advanced = next.head.position > state_.head.position;
  has_tables_ = true;
  state_ = next;
  head_is_behind_ = sealing == nullptr;
  staged_.reset();
  if (advanced) lock_.Note(state_.head.position);
  if (wal_pages_ >= kCheckpointPages || bytes > kLargeSealing) Checkpoint();
  return absl::OkStatus();
}

absl::Status SqliteFile::Write(const Sealing* sealing, FileState& next) {
  const uint64_t until = sealing == nullptr ? 0 : sealing->journal_until;
  if (pending_entries_ > 0 && until < next.head.position) {
    TRATO_RETURN_IF_ERROR(InsertRow(next));
  }
  if (sealing == nullptr) return absl::OkStatus();

  // First what goes, so that its pages serve what comes.
  HeadRecord& record = next.record;
  if (until > 0) {
    TRATO_ASSIGN_OR_RETURN(
        Statement cut,
        writer_->Prepare("DELETE FROM journal WHERE position <= ?1"));
    cut.Bind(1, static_cast<int64_t>(std::min(until, next.head.position)));
    TRATO_RETURN_IF_ERROR(cut.Execute());
  }
  for (const BlockId& id : sealing->erase) {
    TRATO_RETURN_IF_ERROR(EraseBlock(id.Packed(), record));
  }
  for (const auto& [id, payload] : sealing->put) {
    TRATO_RETURN_IF_ERROR(ReplaceBlock(id, payload, record));
  }
  TRATO_ASSIGN_OR_RETURN(
      Statement first,
      writer_->Prepare("SELECT first FROM journal ORDER BY position LIMIT 1"));
  TRATO_ASSIGN_OR_RETURN(const bool any, first.Step());
  record.journal_start =
      any ? static_cast<uint64_t>(first.Int(0)) - 1 : next.head.position;
  record.head = next.head;
  return PutHead(record);
}

absl::Status SqliteFile::CreateTables(HeadRecord& record) {
  // With the first entry, so that a store exists with its settings or not at
  // all.
  TRATO_ASSIGN_OR_RETURN(record.store, NewStoreId());
  TRATO_RETURN_IF_ERROR(
      writer_->Run(StrCat("PRAGMA application_id = ", kApplicationId)));
  TRATO_RETURN_IF_ERROR(
      writer_->Run(StrCat("PRAGMA user_version = ", kFormatVersion)));
  TRATO_RETURN_IF_ERROR(writer_->Run(kJournalSql));
  return writer_->Run(kBlockSql);
}

absl::Status SqliteFile::PrepareWrites() {
  if (!put_block_.empty()) return absl::OkStatus();
  TRATO_ASSIGN_OR_RETURN(
      insert_row_,
      writer_->Prepare("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5)"));
  TRATO_ASSIGN_OR_RETURN(
      find_block_,
      writer_->Prepare("SELECT checksum FROM block WHERE id = ?1"));
  TRATO_ASSIGN_OR_RETURN(erase_block_,
                         writer_->Prepare("DELETE FROM block WHERE id = ?1"));
  TRATO_ASSIGN_OR_RETURN(
      put_block_,
      writer_->Prepare("INSERT OR REPLACE INTO block VALUES (?1, ?2, ?3)"));
  return absl::OkStatus();
}

absl::Status SqliteFile::InsertRow(const FileState& next) {
  const Head& head = next.head;
  const uint64_t first = head.position - pending_entries_ + 1;
  const std::string_view chain(reinterpret_cast<const char*>(head.chain.data()),
                               head.chain.size());
  insert_row_.Bind(1, static_cast<int64_t>(head.position));
  insert_row_.Bind(2, static_cast<int64_t>(first));
  insert_row_.Bind(
      3, static_cast<int64_t>(ChecksumOf(next.record.store, head.position,
                                         first, head.chain, pending_)));
  absl::Status status = insert_row_.Bind(4, chain);
  if (status.ok()) status = insert_row_.Bind(5, pending_);
  if (status.ok()) return insert_row_.Execute();
  insert_row_.Reset();
  return status;
}

absl::Status SqliteFile::EraseBlock(int64_t id, HeadRecord& record) {
  find_block_.Bind(1, id);
  const auto found = find_block_.Step();
  const auto checksum =
      static_cast<uint64_t>(found.ok() && *found ? find_block_.Int(0) : 0);
  find_block_.Reset();
  TRATO_RETURN_IF_ERROR(found.status());
  if (!*found) return absl::OkStatus();
  record.Remove(id, checksum);
  erase_block_.Bind(1, id);
  return erase_block_.Execute();
}

absl::Status SqliteFile::ReplaceBlock(BlockId id, std::string_view payload,
                                      HeadRecord& record) {
  const int64_t packed = id.Packed();
  TRATO_RETURN_IF_ERROR(EraseBlock(packed, record));
  const uint64_t checksum = ChecksumOf(record.store, packed, payload);
  TRATO_RETURN_IF_ERROR(PutBlock(packed, checksum, payload));
  record.Add(packed, checksum);
  return absl::OkStatus();
}

absl::Status SqliteFile::PutBlock(int64_t id, uint64_t checksum,
                                  std::string_view payload) {
  put_block_.Bind(1, id);
  put_block_.Bind(2, static_cast<int64_t>(checksum));
  absl::Status status = put_block_.Bind(3, payload);
  if (status.ok()) return put_block_.Execute();
  put_block_.Reset();
  return status;
}

absl::Status SqliteFile::PutHead(const HeadRecord& record) {
  const std::string bytes = record.Encode();
  return PutBlock(HeadRecord::kId,
                  ChecksumOf(record.store, HeadRecord::kId, bytes), bytes);
}

void SqliteFile::DropPending() {
  pending_.clear();
  if (pending_.capacity() > kLargeSealing) pending_.shrink_to_fit();
  pending_bytes_ = 0;
  pending_entries_ = 0;
}

void SqliteFile::Checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(
      writer_->db(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // What was committed is safe in the log, and a checkpoint that cannot finish
  // is repeated after the next commit. But after a failed sync nobody knows
  // what the disk holds.
  if ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CORRUPT) {
    Poison(writer_->Failed(code)).IgnoreError();
  }
}

absl::Status SqliteFile::Purge() {
  TRATO_RETURN_IF_ERROR(CheckWritable());
  if (Fault("log_not_purged")) return absl::OkStatus();
  // Whoever reads may do so for long.
  sqlite3_busy_timeout(writer_->db(), 0);
  const int code = sqlite3_wal_checkpoint_v2(
      writer_->db(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(writer_->db(), Connection::kBusyMs);
  if (code == SQLITE_OK) {
    wal_pages_ = 0;
    return absl::OkStatus();
  }
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
    return absl::FailedPreconditionError(
        StrCat(path_, " is being read by somebody: ", path_,
               "-wal keeps what was erased until they are done"));
  }
  const absl::Status status = writer_->Failed(code);
  const bool is_known =
      (code & 0xff) != SQLITE_IOERR && (code & 0xff) != SQLITE_CORRUPT;
  return is_known ? status : Poison(status);
}

absl::Status SqliteFile::Poison(const absl::Status& status) {
  poison_ = absl::Status(
      status.code(), StrCat(status.message(),
                            "; nothing more is written through this handle: "
                            "close the store and open it again"));
  return poison_;
}

absl::Status SqliteFile::Close() {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  const uint64_t waiting = std::exchange(pending_entries_, 0);
  const absl::Status status = Finish();
  if (!status.ok() || waiting == 0) return status;
  return absl::FailedPreconditionError(
      StrCat(path_, " was closed while ", waiting,
             " entries waited to be synced; they are not kept"));
}

absl::Status SqliteFile::Finish() {
  if (!open_) return absl::OkStatus();
  open_ = false;
  if (writer_ != nullptr) DropStaged().IgnoreError();
  absl::Status status = poison_;
  bool is_clean = status.ok();
  if (writer_ != nullptr && status.ok() && head_is_behind_ &&
      !Fault("head_not_written")) {
    DropPending();
    const Sealing nothing;
    status = Commit(&nothing, state_.head.chain);
    // On a full disk the lock file keeps the note instead.
    is_clean = status.ok() && poison_.ok();
    if (status.code() == absl::StatusCode::kResourceExhausted) {
      status = absl::OkStatus();
    }
  }
  {
    MutexLock lock(&reader_mutex_);
    read_block_ = Statement();
    reader_.reset();
    snapshot_ = absl::FailedPreconditionError(
        StrCat("the store ", path_, " is closed"));
  }
  if (writer_ == nullptr) return status;
  for (Statement* statement :
       {&insert_row_, &find_block_, &erase_block_, &put_block_}) {
    *statement = Statement();
  }
  // The last connection folds the log into the file and removes it; where
  // somebody else reads, this is as far as it goes.
  if (is_clean) Checkpoint();
  is_clean = is_clean && poison_.ok();
  writer_->FoldBackOnClose(is_clean);
  const absl::Status closed = writer_->Close();
  writer_.reset();
  is_clean = is_clean && closed.ok() && LogIsEmpty();
  if (is_clean) lock_.Clear();
  lock_ = FileLock();
  return status.ok() ? closed : status;
}

}  // namespace trato::core
