// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/store_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/fault.h"
#include "base/status.h"
#include "base/strings.h"
#include "storage/file_lock.h"

namespace trato::core {
namespace {

// "TRAT": tells a store from any other SQLite database.
constexpr int kApplicationId = 0x54524154;

// The journal is folded back into the database file when it reaches this size,
// so that it does not grow without end.
constexpr int kCheckpointPages = 1024;  // of 16 KiB

uint64_t ChecksumOf(uint64_t position, std::string_view entry) {
  // Seeded with the position: an entry in another's place is found too.
  return XXH3_64bits_withSeed(entry.data(), entry.size(), position);
}

class MemoryFile final : public StoreFile {
 public:
  absl::Status Scan(
      const std::function<absl::Status(uint64_t, std::string_view)>&) override {
    return absl::OkStatus();
  }
  absl::StatusOr<uint64_t> Append(std::string) override { return ++position_; }
  absl::Status Sync() override { return absl::OkStatus(); }
  size_t pending_bytes() const override { return 0; }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  uint64_t position_ = 0;
};

struct Finalizer {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
  }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalizer>;

class SqliteFile final : public StoreFile {
 public:
  SqliteFile(std::string path, FileLock lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  ~SqliteFile() override {
    // In a process that was forked off the file is not ours to close.
    if (!CheckProcess().ok()) {
      static_cast<void>(insert_.release());
      return;
    }
    insert_.reset();
    sqlite3_close_v2(db_);
  }

  absl::Status Open(OpenMode mode, bool exists) {
    if (exists) TRATO_RETURN_IF_ERROR(CheckHeader(mode));
    if (Fault("wal_dropped_at_open")) unlink(StrCat(path_, "-wal").c_str());
    if (int code = sqlite3_open_v2(
            path_.c_str(), &db_,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
            nullptr);
        code != SQLITE_OK) {
      return Failed(code);
    }
    sqlite3_extended_result_codes(db_, 1);
    // Somebody may look at the file with a tool of SQLite's.
    sqlite3_busy_timeout(db_, 5000);
    if (exists) {
      TRATO_ASSIGN_OR_RETURN(int64_t application, Pragma("application_id"));
      TRATO_ASSIGN_OR_RETURN(int64_t version, Pragma("user_version"));
      TRATO_ASSIGN_OR_RETURN(int64_t tables,
                             Query("SELECT count(*) FROM sqlite_master"));
      const bool unfinished = application == 0 && version == 0 && tables == 0;
      if (application != kApplicationId && !unfinished) return NotAStore();
      if (version > kFormatVersion) {
        return absl::UnimplementedError(
            StrCat(path_, " has file format ", version,
                   ", this version of Trato reads up to ", kFormatVersion));
      }
      if (unfinished && mode == OpenMode::kOpenExisting) return NotAStore();
      if (!unfinished && tables == 0) {
        return absl::DataLossError(
            StrCat(path_, " is damaged: it has no journal"));
      }
      created_ = unfinished;
    } else {
      created_ = true;
    }
    // Nothing is left to the distribution's defaults. secure_delete from the
    // first page on: switched on later it leaves erased bytes behind.
    TRATO_RETURN_IF_ERROR(Run("PRAGMA page_size = 16384"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA secure_delete = ON"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA journal_mode = WAL"));
    TRATO_RETURN_IF_ERROR(Run(Fault("skipped_sync")
                                  ? "PRAGMA synchronous = OFF"
                                  : "PRAGMA synchronous = FULL"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA locking_mode = NORMAL"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA mmap_size = 0"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA cache_size = -4096"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA wal_autocheckpoint = 0"));
    // After the setting above, which is a hook of its own.
    sqlite3_wal_hook(
        db_,
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<SqliteFile*>(self)->wal_pages_ = pages;
          return SQLITE_OK;
        },
        this);
    if (!created_) {
      TRATO_RETURN_IF_ERROR(CheckStructure());
      TRATO_ASSIGN_OR_RETURN(
          position_, Query("SELECT coalesce(max(position), 0) FROM journal"));
    }
    return absl::OkStatus();
  }

  absl::Status Scan(
      const std::function<absl::Status(uint64_t, std::string_view)>& visit)
      override {
    if (created_) return absl::OkStatus();
    TRATO_ASSIGN_OR_RETURN(
        Statement statement,
        Prepare("SELECT position, checksum, payload FROM journal "
                "ORDER BY position"));
    uint64_t expected = 1;
    int code;
    while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
      const auto position =
          static_cast<uint64_t>(sqlite3_column_int64(statement.get(), 0));
      const auto checksum =
          static_cast<uint64_t>(sqlite3_column_int64(statement.get(), 1));
      const auto* data =
          static_cast<const char*>(sqlite3_column_blob(statement.get(), 2));
      const auto size =
          static_cast<size_t>(sqlite3_column_bytes(statement.get(), 2));
      const std::string_view entry(data == nullptr ? "" : data, size);
      if (position != expected && !Fault("positions_unchecked")) {
        return absl::DataLossError(StrCat(path_, " is damaged: log position ",
                                          expected, " is missing"));
      }
      if (checksum != ChecksumOf(position ^ Fault("wrong_seed"), entry) &&
          !Fault("checksum_unchecked")) {
        return absl::DataLossError(
            StrCat(path_, " is damaged: the checksum of log position ",
                   position, " does not match"));
      }
      TRATO_RETURN_IF_ERROR(visit(position, entry));
      ++expected;
    }
    if (code != SQLITE_DONE) return Failed(code);
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Append(std::string entry) override {
    TRATO_RETURN_IF_ERROR(poison_);
    TRATO_RETURN_IF_ERROR(CheckProcess());
    const size_t size = entry.size();
    pending_.push_back(std::move(entry));
    pending_bytes_ += size;
    return static_cast<uint64_t>(position_) + pending_.size();
  }

  absl::Status Sync() override {
    TRATO_RETURN_IF_ERROR(poison_);
    TRATO_RETURN_IF_ERROR(CheckProcess());
    if (pending_.empty()) return absl::OkStatus();
    if (Fault("acknowledged_early") && pending_.size() < 2) {
      return absl::OkStatus();
    }
    if (absl::Status status = WritePending(); !status.ok()) {
      if (Fault("not_poisoned")) return status;
      poison_ = absl::Status(
          status.code(),
          StrCat(status.message(),
                 "; nothing more is written through this handle: close "
                 "the store and open it again"));
      return poison_;
    }
    position_ += static_cast<int64_t>(pending_.size());
    pending_.clear();
    pending_bytes_ = 0;
    if (wal_pages_ >= kCheckpointPages) {
      // One that cannot finish now is repeated after the next commit.
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                nullptr, nullptr);
    }
    return absl::OkStatus();
  }

  size_t pending_bytes() const override { return pending_bytes_; }

  absl::Status Close() override {
    TRATO_RETURN_IF_ERROR(CheckProcess());
    const absl::Status status =
        Fault("closed_unsynced") ? absl::OkStatus() : Sync();
    insert_.reset();
    // The last connection folds the journal into the file and removes it.
    const int code = sqlite3_close_v2(std::exchange(db_, nullptr));
    lock_ = FileLock();
    if (!status.ok()) return status;
    return code == SQLITE_OK ? absl::OkStatus() : Failed(code);
  }

 private:
  // Opening a file that is not a database must not touch it.
  absl::Status CheckHeader(OpenMode mode) {
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      return absl::UnavailableError(
          StrCat("cannot read ", path_, ": ", std::strerror(errno)));
    }
    char header[16];
    const ssize_t size = read(fd, header, sizeof(header));
    const int read_error = errno;
    close(fd);
    if (size < 0) {
      return absl::UnavailableError(
          StrCat("cannot read ", path_, ": ", std::strerror(read_error)));
    }
    // A creation that was cut off leaves an empty file.
    if (size == 0 && mode != OpenMode::kOpenExisting) return absl::OkStatus();
    constexpr char kMagic[] = "SQLite format 3";
    if (size != sizeof(header) ||
        std::memcmp(header, kMagic, sizeof(header)) != 0) {
      return NotAStore();
    }
    return absl::OkStatus();
  }

  absl::Status CheckProcess() const {
    if (getpid() == process_) return absl::OkStatus();
    return absl::FailedPreconditionError(StrCat(
        "the store ", path_, " was opened by another process, before a fork"));
  }

  absl::Status NotAStore() const {
    return absl::InvalidArgumentError(StrCat(path_, " is not a Trato store"));
  }

  absl::Status WritePending() {
    TRATO_RETURN_IF_ERROR(Run("BEGIN IMMEDIATE"));
    absl::Status status = InsertPending();
    if (status.ok()) status = Run("COMMIT");
    if (!status.ok()) {
      sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    return status;
  }

  absl::Status InsertPending() {
    if (created_) {
      // With the first entry, so that a store exists with its settings or not
      // at all. The payload comes last: columns after a large one are read by
      // walking all of it.
      TRATO_RETURN_IF_ERROR(
          Run(StrCat("PRAGMA application_id = ", kApplicationId)));
      TRATO_RETURN_IF_ERROR(
          Run(StrCat("PRAGMA user_version = ", kFormatVersion)));
      TRATO_RETURN_IF_ERROR(
          Run("CREATE TABLE journal(position INTEGER PRIMARY KEY, "
              "checksum INTEGER NOT NULL, payload BLOB NOT NULL) STRICT"));
    }
    if (insert_ == nullptr) {
      TRATO_ASSIGN_OR_RETURN(
          insert_, Prepare("INSERT INTO journal VALUES (?1, ?2, ?3)"));
    }
    int64_t position = position_;
    for (const std::string& entry : pending_) {
      ++position;
      const uint64_t checksum =
          ChecksumOf(static_cast<uint64_t>(position), entry);
      sqlite3_bind_int64(insert_.get(), 1, position);
      sqlite3_bind_int64(insert_.get(), 2, static_cast<int64_t>(checksum));
      int code = sqlite3_bind_blob64(insert_.get(), 3, entry.data(),
                                     entry.size(), SQLITE_STATIC);
      if (code == SQLITE_OK) code = sqlite3_step(insert_.get());
      sqlite3_reset(insert_.get());
      sqlite3_clear_bindings(insert_.get());
      if (code != SQLITE_DONE) return Failed(code);
    }
    created_ = false;
    return absl::OkStatus();
  }

  absl::Status Failed(int code) const {
    const std::string message =
        StrCat(path_, ": ",
               db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(code));
    switch (code & 0xff) {
      case SQLITE_FULL:
      case SQLITE_NOMEM:
      case SQLITE_TOOBIG:
        return absl::ResourceExhaustedError(message);
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB:
        return absl::DataLossError(StrCat(message, "; the store is damaged"));
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return absl::FailedPreconditionError(message);
      default:
        return absl::UnavailableError(message);
    }
  }

  absl::Status Run(const std::string& sql) {
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? absl::OkStatus() : Failed(code);
  }

  absl::StatusOr<Statement> Prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(
        db_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK) return Failed(code);
    return Statement(statement);
  }

  absl::StatusOr<int64_t> Query(std::string_view sql) {
    TRATO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
    const int code = sqlite3_step(statement.get());
    if (code != SQLITE_ROW) return Failed(code);
    return sqlite3_column_int64(statement.get(), 0);
  }

  // Pages that changed places are whole, each for itself; only all of them
  // together show it.
  absl::Status CheckStructure() {
    TRATO_ASSIGN_OR_RETURN(Statement statement,
                           Prepare("PRAGMA quick_check(1)"));
    const int code = sqlite3_step(statement.get());
    if (code != SQLITE_ROW) return Failed(code);
    const auto* text = sqlite3_column_text(statement.get(), 0);
    if (text != nullptr &&
        std::strcmp(reinterpret_cast<const char*>(text), "ok") == 0) {
      return absl::OkStatus();
    }
    // A page that could not be read says nothing about what is on it.
    const std::string report =
        text == nullptr ? "" : reinterpret_cast<const char*>(text);
    constexpr std::string_view kCode = "error code=";
    const size_t at = report.find(kCode);
    const int why =
        at == report.npos ? 0 : std::atoi(report.c_str() + at + kCode.size());
    if ((why & 0xff) == SQLITE_NOMEM) {
      return absl::ResourceExhaustedError("out of memory");
    }
    if ((why & 0xff) == SQLITE_IOERR ||
        report.find("failed to get page") != report.npos) {
      return absl::UnavailableError(
          StrCat("cannot read ", path_, ": ",
                 sqlite3_errstr(why != 0 ? why : SQLITE_IOERR)));
    }
    return absl::DataLossError(
        StrCat(path_, " is damaged: its pages do not fit together"));
  }

  absl::StatusOr<int64_t> Pragma(std::string_view name) {
    return Query(StrCat("PRAGMA ", name));
  }

  std::string path_;
  FileLock lock_;
  sqlite3* db_ = nullptr;
  Statement insert_;
  bool created_ = false;  // the file has no tables yet
  int64_t position_ = 0;  // of the last entry on disk
  std::vector<std::string> pending_;
  size_t pending_bytes_ = 0;
  int wal_pages_ = 0;
  const pid_t process_ = getpid();
  absl::Status poison_;
};

// The absolute path with all links followed, also one whose end is not there
// yet.
std::string RealPath(const std::string& path, std::error_code& error) {
  namespace fs = std::filesystem;
  fs::path at = fs::absolute(path, error);
  for (int links = 0; !error && links < 40 && fs::is_symlink(at); ++links) {
    const fs::path target = fs::read_symlink(at, error);
    at = target.is_absolute() ? target : at.parent_path() / target;
  }
  if (error) return "";
  return fs::weakly_canonical(at, error).string();
}

}  // namespace

absl::StatusOr<std::unique_ptr<StoreFile>> StoreFile::Open(
    const std::string& path, OpenMode mode) {
  if (path.empty()) {
    if (mode == OpenMode::kOpenExisting) {
      return absl::InvalidArgumentError(
          "path is empty: a store in memory cannot exist before it is opened");
    }
    return std::make_unique<MemoryFile>();
  }
  std::error_code error;
  // Two names of one file (a link, a relative path) must meet in one lock.
  const std::string real = RealPath(path, error);
  if (error) {
    return absl::UnavailableError(
        StrCat("cannot find ", path, ": ", error.message()));
  }
  struct stat info;
  const bool exists = stat(real.c_str(), &info) == 0;
  if (!exists && errno != ENOENT) {
    return absl::UnavailableError(
        StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  if (!exists && mode == OpenMode::kOpenExisting) {
    return absl::NotFoundError(StrCat("no store at ", path));
  }
  if (exists && mode == OpenMode::kCreateNew) {
    return absl::AlreadyExistsError(StrCat(path, " exists already"));
  }
  if (exists && S_ISREG(info.st_mode) && info.st_nlink > 1) {
    return absl::FailedPreconditionError(
        StrCat(path, " is one of ", info.st_nlink,
               " names (hard links) of its file; a store has one"));
  }
  if (exists && !S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(StrCat(path, " is not a Trato store"));
  }
  TRATO_ASSIGN_OR_RETURN(FileLock lock, FileLock::Acquire(real));
  auto file = std::make_unique<SqliteFile>(real, std::move(lock));
  TRATO_RETURN_IF_ERROR(file->Open(mode, exists));
  return file;
}

}  // namespace trato::core
