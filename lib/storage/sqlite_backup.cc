// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What reads the whole file: copying it and checking it. Both are done by a
// transaction of their own, so that the writer goes on and the reader of blocks
// does not wait.

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
#include "storage/format.h"
#include "storage/sqlite_file.h"

namespace trato::core {
namespace {

constexpr int kPagesAStep = 256;
constexpr uint64_t kBytesAReport = uint64_t{1} << 20;

absl::Status Cancelled(const std::string& what) {
  return absl::CancelledError(StrCat(what, " was cancelled"));
}

absl::Status CannotWrite(const std::string& path) {
  return absl::UnavailableError(
      StrCat("cannot write ", path, ": ", std::strerror(errno)));
}

absl::Status SyncFile(const std::string& path, int flags) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (fd < 0) return CannotWrite(path);
  const bool synced = fsync(fd) == 0;
  const int error = errno;
  close(fd);
  errno = error;
  return synced ? absl::OkStatus() : CannotWrite(path);
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Holds `mutex` (may be null) while it uses `from`.
absl::Status CopyPages(Connection& from, Mutex* mutex, Connection& to,
                       const FileProgress& progress) {
  sqlite3_backup* backup = nullptr;
  const auto end = [&] {
    MutexLockMaybe lock(mutex);
    return sqlite3_backup_finish(std::exchange(backup, nullptr));
  };
  absl::Cleanup finish = [&] { end(); };
  {
    MutexLockMaybe lock(mutex);
    backup = sqlite3_backup_init(to.db(), "main", from.db(), "main");
  }
  if (backup == nullptr) return to.Failed(sqlite3_errcode(to.db()));
  for (;;) {
    int code;
    {
      MutexLockMaybe lock(mutex);
      code = sqlite3_backup_step(backup, kPagesAStep);
    }
    if (code != SQLITE_OK && code != SQLITE_DONE) {
      // The error, which is the target's, is told at the end.
      const int at_end = end();
      return to.Failed(at_end == SQLITE_OK ? code : at_end);
    }
    const auto total = static_cast<uint64_t>(sqlite3_backup_pagecount(backup));
    const auto rest = static_cast<uint64_t>(sqlite3_backup_remaining(backup));
    if (progress && !progress((total - rest) * kPageSize, total * kPageSize)) {
      return Cancelled("the backup");
    }
    if (code == SQLITE_DONE) return absl::OkStatus();
  }
}

}  // namespace

absl::Status SqliteFile::Backup(const std::string& path,
                                const FileProgress& progress) const {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  if (path.empty()) {
    return absl::InvalidArgumentError("path is empty: a backup is a file");
  }
  if (!has_tables_) {
    return absl::FailedPreconditionError(
        StrCat("the store ", path_, " has nothing on disk to copy yet"));
  }
  Connection* from = nullptr;
  {
    MutexLock lock(&reader_mutex_);
    TRATO_RETURN_IF_ERROR(CheckReader());
    from = reader_.get();
  }
  // A store that is open to be read gives what it sees.
  std::unique_ptr<Connection> snapshot;
  if (!read_only()) {
    TRATO_ASSIGN_OR_RETURN(snapshot, OpenSnapshot());
    from = snapshot.get();
  }
  if (Fault("backup_without_wal")) {
    TRATO_ASSIGN_OR_RETURN(
        snapshot, Connection::Open(path_, Connection::Kind::kImmutable));
    from = snapshot.get();
  }
  // It gets its name when it is whole.
  const std::string part = StrCat(path, "-part");
  const absl::Status exists =
      absl::AlreadyExistsError(StrCat(path, " exists already"));
  struct stat info;
  if (lstat(path.c_str(), &info) == 0) return exists;
  const int fd = open(part.c_str(),
                      O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0 && errno == EEXIST) {
    return absl::AlreadyExistsError(
        StrCat(part, " exists already: another backup to ", path,
               " is under way, or was cut off; then remove it"));
  }
  if (fd < 0) return CannotWrite(path);
  close(fd);
  absl::Cleanup remove = [&] { unlink(part.c_str()); };
  {
    TRATO_ASSIGN_OR_RETURN(auto to,
                           Connection::Open(part, Connection::Kind::kCopy));
    // Until it has its name nobody misses it.
    TRATO_RETURN_IF_ERROR(to->Run("PRAGMA journal_mode = OFF"));
    TRATO_RETURN_IF_ERROR(to->Run("PRAGMA synchronous = OFF"));
    TRATO_RETURN_IF_ERROR(CopyPages(
        *from, read_only() ? &reader_mutex_ : nullptr, *to, progress));
    TRATO_RETURN_IF_ERROR(to->Close());
  }
  TRATO_RETURN_IF_ERROR(SyncFile(part, 0));
  // Unlike rename, link replaces nothing.
  if (link(part.c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return exists;
    // A file system without hard links.
    if (lstat(path.c_str(), &info) == 0) return exists;
    if (rename(part.c_str(), path.c_str()) != 0) return CannotWrite(path);
  }
  std::move(remove).Invoke();
  return SyncFile(FolderOf(path), O_DIRECTORY);
}

absl::Status SqliteFile::Verify(const FileProgress& progress,
                                std::vector<Damage>& damage) const {
  TRATO_RETURN_IF_ERROR(CheckProcess());
  if (!has_tables_) return absl::OkStatus();
  {
    MutexLock lock(&reader_mutex_);
    TRATO_RETURN_IF_ERROR(snapshot_);
  }
  const DamageReport report(path_, &damage);
  const std::optional<uint64_t> note = FileLock::ReadNote(path_);
  auto opened = OpenSnapshot();
  if (!opened.ok()) return report(opened.status(), "its first page");
  Connection& connection = **opened;
  auto content = CheckTables(connection, report);
  if (!content.ok()) return report(content.status(), "its tables (page 1)");

  // Payloads first, a step at a time; SQLite then reads the same pages once
  // more in one go.
  TRATO_ASSIGN_OR_RETURN(const int64_t pages,
                         connection.Query("PRAGMA page_count"));
  const uint64_t total = static_cast<uint64_t>(pages) * kPageSize;
  uint64_t done = 0;
  uint64_t reported = 0;
  const auto advance = [&](size_t bytes) -> absl::Status {
    done += bytes;
    if (done - reported < kBytesAReport) return absl::OkStatus();
    reported = done;
    if (!progress || progress(std::min(done, total), total)) {
      return absl::OkStatus();
    }
    return Cancelled("the check");
  };
  if (progress && !progress(0, total)) return Cancelled("the check");
  TRATO_ASSIGN_OR_RETURN(const FileState state,
                         FindState(connection, note, report));
  TRATO_RETURN_IF_ERROR(ScanRows(
      connection, nullptr, state.record, report,
      [&](const JournalRow& row, const std::vector<std::string_view>&) {
        return advance(row.payload.size());
      }));
  TRATO_RETURN_IF_ERROR(CheckBlocks(connection, state.record, report, advance));
  TRATO_RETURN_IF_ERROR(CheckPages(connection, true, report));
  if (progress && !progress(total, total)) return Cancelled("the check");
  return absl::OkStatus();
}

}  // namespace trato::core
