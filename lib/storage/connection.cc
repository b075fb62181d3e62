// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/connection.h"

#include <algorithm>

#include "base/fault.h"
#include "base/status.h"
#include "base/strings.h"
#include "storage/format.h"

namespace trato::core {
namespace {

// SQLite's name for a file that nobody writes to.
std::string ImmutableUri(std::string_view path) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += '%';
      uri += kHex[static_cast<unsigned char>(c) >> 4];
      uri += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

void Statement::Bind(int at, int64_t value) {
  // Fails only for a place that the statement does not have.
  sqlite3_bind_int64(handle_.get(), at, value);
}

absl::Status Statement::Bind(int at, std::string_view bytes) {
  const int code =
      sqlite3_bind_blob64(handle_.get(), at, bytes.empty() ? "" : bytes.data(),
                          bytes.size(), SQLITE_STATIC);
  return code == SQLITE_OK ? absl::OkStatus() : connection_->Failed(code);
}

absl::StatusOr<bool> Statement::Step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->Failed(code);
}

absl::Status Statement::Execute() {
  const absl::Status status = Step().status();
  Reset();
  return status;
}

void Statement::Reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

std::string_view Statement::Bytes(int column) const {
  const auto* data =
      static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const auto size =
      static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const std::string& path, Kind kind) {
  std::unique_ptr<Connection> connection(new Connection(path, kind));
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (kind) {
    case Kind::kWrite:
    case Kind::kCopy:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
    case Kind::kRead:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case Kind::kImmutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
      break;
  }
  const std::string name = kind == Kind::kImmutable ? ImmutableUri(path) : path;
  const int code =
      sqlite3_open_v2(name.c_str(), &connection->db_, flags, nullptr);
  if (code != SQLITE_OK) return connection->Failed(code);
  connection->FoldBackOnClose(false);
  // Somebody may look at the file with a tool of SQLite's.
  sqlite3_busy_timeout(connection->db_, kBusyMs);
  return connection;
}

Connection::~Connection() { sqlite3_close_v2(db_); }

void Connection::FoldBackOnClose(bool fold) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, fold ? 0 : 1,
                    nullptr);
}

absl::Status Connection::Close() {
  const int code = sqlite3_close_v2(std::exchange(db_, nullptr));
  return code == SQLITE_OK ? absl::OkStatus() : Failed(code);
}

absl::Status Connection::Configure() {
  // Nothing is left to the distribution's defaults. secure_delete from the
  // first page on: switched on later it leaves erased bytes behind.
  if (kind_ == Kind::kWrite) {
    TRATO_RETURN_IF_ERROR(Run(StrCat("PRAGMA page_size = ", kPageSize)));
    TRATO_RETURN_IF_ERROR(Run(Fault("secure_delete_off")
                                  ? "PRAGMA secure_delete = OFF"
                                  : "PRAGMA secure_delete = ON"));
    TRATO_ASSIGN_OR_RETURN(const std::string mode,
                           QueryText("PRAGMA journal_mode = WAL"));
    if (mode != "wal") {
      return absl::UnavailableError(
          StrCat("cannot write ", path_,
                 ": its file system has no shared memory, which SQLite's "
                 "write-ahead log needs"));
    }
    TRATO_RETURN_IF_ERROR(Run(Fault("skipped_sync")
                                  ? "PRAGMA synchronous = OFF"
                                  : "PRAGMA synchronous = FULL"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA locking_mode = NORMAL"));
    TRATO_RETURN_IF_ERROR(Run("PRAGMA wal_autocheckpoint = 0"));
  }
  TRATO_RETURN_IF_ERROR(Run("PRAGMA mmap_size = 0"));
  TRATO_RETURN_IF_ERROR(Run("PRAGMA cache_size = -4096"));
  TRATO_RETURN_IF_ERROR(Run("PRAGMA cell_size_check = ON"));
  return Run("PRAGMA trusted_schema = OFF");
}

absl::StatusOr<std::string> Connection::ReadStart(size_t size) const {
  sqlite3_file* file = nullptr;
  int code =
      sqlite3_file_control(db_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  sqlite3_int64 length = 0;
  if (code == SQLITE_OK) code = file->pMethods->xFileSize(file, &length);
  if (code != SQLITE_OK) return Failed(code);
  std::string bytes(std::min(size, static_cast<size_t>(length)), '\0');
  code = file->pMethods->xRead(file, bytes.data(),
                               static_cast<int>(bytes.size()), 0);
  if (code != SQLITE_OK) return Failed(code);
  return bytes;
}

absl::Status Connection::ReadAll() const {
  std::string bytes(kPageSize, '\0');
  for (const int which :
       {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    sqlite3_file* file = nullptr;
    const int found = sqlite3_file_control(db_, "main", which, &file);
    if (found != SQLITE_OK) return Failed(found);
    // A log that is not open yet.
    if (file == nullptr || file->pMethods == nullptr) continue;
    sqlite3_int64 size = 0;
    int code = file->pMethods->xFileSize(file, &size);
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size;
         at += kPageSize) {
      const auto part = std::min<sqlite3_int64>(kPageSize, size - at);
      code =
          file->pMethods->xRead(file, bytes.data(), static_cast<int>(part), at);
    }
    if (code != SQLITE_OK) {
      return absl::UnavailableError(
          StrCat("cannot read ", path_, ": ", sqlite3_errstr(code)));
    }
  }
  return absl::OkStatus();
}

absl::Status Connection::Run(std::string_view sql) {
  TRATO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return absl::OkStatus();
  }
}

absl::StatusOr<Statement> Connection::Prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v2(
      db_, sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  if (code != SQLITE_OK) return Failed(code);
  Statement statement;
  statement.handle_.reset(handle);
  statement.connection_ = this;
  return statement;
}

absl::StatusOr<int64_t> Connection::Query(std::string_view sql) {
  TRATO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  TRATO_ASSIGN_OR_RETURN(const bool row, statement.Step());
  const int64_t value = row ? statement.Int(0) : 0;
  // To its end, where what it changes is committed.
  if (row) TRATO_RETURN_IF_ERROR(statement.Step().status());
  return value;
}

absl::StatusOr<std::string> Connection::QueryText(std::string_view sql) {
  TRATO_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  TRATO_ASSIGN_OR_RETURN(const bool row, statement.Step());
  std::string value(row ? statement.Bytes(0) : std::string_view());
  if (row) TRATO_RETURN_IF_ERROR(statement.Step().status());
  return value;
}

absl::Status Connection::Failed(int code) const {
  const std::string message = StrCat(
      path_, ": ", db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return absl::ResourceExhaustedError(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // our statements are right, so the tables are not
      return absl::DataLossError(StrCat(message, "; the store is damaged"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::FailedPreconditionError(message);
    case SQLITE_INTERRUPT:
      return absl::CancelledError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::Status Transaction::Rollback() {
  if (sqlite3_get_autocommit(connection_.db()) != 0) return absl::OkStatus();
  TRATO_RETURN_IF_ERROR(connection_.Run("ROLLBACK"));
  if (sqlite3_get_autocommit(connection_.db()) != 0) return absl::OkStatus();
  return absl::UnavailableError(
      StrCat(connection_.path(), ": a write cannot be taken back"));
}

}  // namespace trato::core
