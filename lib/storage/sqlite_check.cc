// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/sqlite_check.h"

#include <cstring>
#include <utility>

#include "base/fault.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

constexpr std::string_view kRowColumns =
    "SELECT position, first, checksum, chain, payload FROM journal ";

absl::Status NotAStore(const Connection& connection) {
  return absl::InvalidArgumentError(
      StrCat(connection.path(), " is not a Trato store"));
}

absl::Status CheckVersion(const std::string& path, int64_t version) {
  if (version > 0 && version < kFormatVersion) {
    return absl::FailedPreconditionError(
        StrCat(path, " was made by a preview of Trato (file format ", version,
               "), which cannot be read: import its sources into a new store"));
  }
  if (version > kFormatVersion) {
    return absl::UnimplementedError(
        StrCat(path, " has file format ", version,
               ", this version of Trato reads up to ", kFormatVersion));
  }
  return absl::OkStatus();
}

uint32_t BigEndian(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

// Nothing when the row is not what was written.
std::optional<JournalRow> RowOf(const Statement& statement, uint64_t store) {
  JournalRow row;
  row.position = static_cast<uint64_t>(statement.Int(0));
  row.first = static_cast<uint64_t>(statement.Int(1));
  row.checksum = static_cast<uint64_t>(statement.Int(2));
  const std::string_view chain = statement.Bytes(3);
  if (chain.size() != row.chain.size()) return std::nullopt;
  std::memcpy(row.chain.data(), chain.data(), chain.size());
  row.payload = statement.Bytes(4);
  if (Fault("wrong_seed")) ++store;
  if (row.checksum !=
          ChecksumOf(store, row.position, row.first, row.chain, row.payload) &&
      !Fault("checksum_unchecked")) {
    return std::nullopt;
  }
  return row;
}

// Where block 0 is lost: the id on which two rows or blocks agree. A wrong one
// only makes all of them damaged.
uint64_t FindStoreId(Connection& connection) {
  std::vector<uint64_t> seen;
  for (const bool of_journal : {true, false}) {
    auto statement = connection.Prepare(
        of_journal ? StrCat(kRowColumns, "ORDER BY position")
                   : std::string("SELECT id, checksum, payload FROM block "
                                 "WHERE id <> 0 ORDER BY id"));
    if (!statement.ok()) continue;
    for (auto row = statement->Step(); row.ok() && *row;
         row = statement->Step()) {
      uint64_t store = 0;
      if (of_journal) {
        Head::Chain chain;
        const std::string_view bytes = statement->Bytes(3);
        if (bytes.size() != chain.size()) continue;
        std::memcpy(chain.data(), bytes.data(), chain.size());
        store = static_cast<uint64_t>(statement->Int(2)) ^
                ChecksumOf(0, static_cast<uint64_t>(statement->Int(0)),
                           static_cast<uint64_t>(statement->Int(1)), chain,
                           statement->Bytes(4));
      } else {
        store = static_cast<uint64_t>(statement->Int(1)) ^
                ChecksumOf(0, statement->Int(0), statement->Bytes(2));
      }
      for (const uint64_t other : seen) {
        if (other == store) return store;
      }
      seen.push_back(store);
    }
  }
  return seen.empty() ? 0 : seen.front();
}

std::string BadRow(uint64_t position) {
  return StrCat("the checksum of log position ", position,
                " does not match (journal)");
}

std::string Missing(uint64_t first, uint64_t last) {
  return StrCat(
      "acknowledged entries are missing: ", NameOfPositions(first, last),
      first == last ? " is" : " are", " not in the journal");
}

absl::StatusOr<HeadRecord> ReadHeadRecord(Connection& connection,
                                          const DamageReport& report) {
  HeadRecord record;
  TRATO_ASSIGN_OR_RETURN(
      Statement statement,
      connection.Prepare("SELECT checksum, payload FROM block WHERE id = 0"));
  const auto found = statement.Step();
  if (!found.ok()) {
    TRATO_RETURN_IF_ERROR(report(found.status(), "block 0 (the head)"));
  } else if (!*found) {
    TRATO_RETURN_IF_ERROR(report("block 0 (the head) is missing"));
  } else {
    const std::string_view payload = statement.Bytes(1);
    const auto decoded = HeadRecord::Decode(payload);
    if (decoded && static_cast<uint64_t>(statement.Int(0)) ==
                       ChecksumOf(0, HeadRecord::kId, payload)) {
      return *decoded;
    }
    TRATO_RETURN_IF_ERROR(
        report("the checksum of block 0 (the head) does not match"));
  }
  statement = Statement();
  record.store = FindStoreId(connection);
  return record;
}

// That the rows follow on each other, without reading what is in them.
absl::Status CheckGaps(Connection& connection, const HeadRecord& record,
                       const DamageReport& report) {
  TRATO_ASSIGN_OR_RETURN(
      Statement statement,
      connection.Prepare("SELECT position, first FROM journal "
                         "ORDER BY position"));
  uint64_t expected = record.journal_start + 1;
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return absl::OkStatus();
    const auto position = static_cast<uint64_t>(statement.Int(0));
    const auto first = static_cast<uint64_t>(statement.Int(1));
    if (first > expected && !Fault("positions_unchecked")) {
      TRATO_RETURN_IF_ERROR(report(Missing(expected, first - 1)));
    } else if (first < expected || position < first) {
      TRATO_RETURN_IF_ERROR(
          report(StrCat("the journal's row of log position ", position,
                        " does not fit the one before it")));
    }
    expected = position + 1;
  }
}

}  // namespace

absl::Status DamageReport::operator()(const std::string& what) const {
  if (damage_ == nullptr) {
    return absl::DataLossError(StrCat(path_, " is damaged: ", what));
  }
  damage_->push_back({what});
  return absl::OkStatus();
}

absl::Status DamageReport::operator()(const absl::Status& status,
                                      const std::string& where) const {
  if (status.code() != absl::StatusCode::kDataLoss) return status;
  return (*this)(StrCat(where, " cannot be read"));
}

absl::Status CheckStart(const Connection& connection) {
  constexpr size_t kVersionAt = 60;
  constexpr size_t kApplicationAt = 68;
  constexpr size_t kHeaderSize = 100;
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  TRATO_ASSIGN_OR_RETURN(const std::string start,
                         connection.ReadStart(kHeaderSize));
  // A creation that was cut off leaves an empty file.
  if (start.empty()) return absl::OkStatus();
  if (start.size() < kHeaderSize || !start.starts_with(kMagic)) {
    return NotAStore(connection);
  }
  const uint32_t application = BigEndian(start, kApplicationAt);
  // The first transaction may be in the write-ahead log still.
  if (application == 0) return absl::OkStatus();
  if (application != kApplicationId) return NotAStore(connection);
  return CheckVersion(connection.path(), BigEndian(start, kVersionAt));
}

absl::StatusOr<FileContent> CheckTables(Connection& connection,
                                        const DamageReport& report) {
  TRATO_ASSIGN_OR_RETURN(const int64_t application,
                         connection.Query("PRAGMA application_id"));
  TRATO_ASSIGN_OR_RETURN(const int64_t version,
                         connection.Query("PRAGMA user_version"));
  const auto tables = connection.Query("SELECT count(*) FROM sqlite_master");
  if (!tables.ok() && application != kApplicationId) {
    return tables.status();
  }
  if (application == 0 && version == 0 && *tables == 0) {
    return FileContent::kUnfinished;
  }
  if (application != kApplicationId) return NotAStore(connection);
  TRATO_RETURN_IF_ERROR(CheckVersion(connection.path(), version));
  if (version != kFormatVersion) {
    TRATO_RETURN_IF_ERROR(
        report(StrCat("the file format is given as ", version)));
  }
  std::string found;
  if (tables.ok()) {
    // What SQLite's own tools may add (statistics) does no harm.
    TRATO_ASSIGN_OR_RETURN(
        Statement statement,
        connection.Prepare("SELECT type, sql FROM sqlite_master "
                           "WHERE substr(name, 1, 7) <> 'sqlite_' "
                           "ORDER BY name"));
    for (;;) {
      TRATO_ASSIGN_OR_RETURN(const bool row, statement.Step());
      if (!row) break;
      StrAppend(&found, statement.Bytes(1), ";");
    }
  }
  if (found == StrCat(kBlockSql, ";", kJournalSql, ";")) {
    return FileContent::kStore;
  }
  if (!tables.ok() && tables.status().code() != absl::StatusCode::kDataLoss) {
    return tables.status();
  }
  return absl::DataLossError(StrCat(connection.path(),
                                    " is damaged: its tables (page 1) are not "
                                    "those of a store"));
}

namespace {

// One line for each thing that SQLite finds.
absl::Status FindMisfits(Connection& connection, bool thorough, int most,
                         std::vector<std::string>& lines) {
  lines.clear();
  TRATO_ASSIGN_OR_RETURN(
      Statement statement,
      connection.Prepare(StrCat("PRAGMA ",
                                thorough ? "integrity_check(" : "quick_check(",
                                most, ")")));
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return absl::OkStatus();
    // A line each, or several in one.
    const std::string_view text = statement.Bytes(0);
    if (text == "ok") continue;
    std::string& line = lines.emplace_back(text);
    for (char& c : line) {
      if (c == '\n') c = ' ';
    }
  }
}

}  // namespace

absl::Status CheckPages(Connection& connection, bool thorough,
                        const DamageReport& report) {
  const int most = report.tolerant() ? 100 : 1;
  std::vector<std::string> lines;
  absl::Status status = FindMisfits(connection, thorough, most, lines);
  if (status.ok() && !lines.empty()) {
    // A page that cannot be read looks to SQLite like one that does not fit. It
    // is no damage where all can be read, then or now.
    TRATO_RETURN_IF_ERROR(connection.ReadAll());
    status = FindMisfits(connection, thorough, most, lines);
  }
  for (const std::string& line : lines) {
    TRATO_RETURN_IF_ERROR(
        report(StrCat("its pages do not fit together (", line, ")")));
  }
  return status.ok() ? status : report(status, "SQLite's structure");
}

absl::StatusOr<FileState> FindState(Connection& connection,
                                    std::optional<uint64_t> note,
                                    const DamageReport& report) {
  FileState state;
  TRATO_ASSIGN_OR_RETURN(state.record, ReadHeadRecord(connection, report));
  const Head& sealed = state.record.head;
  // A tolerant scan tells of gaps itself, where it skips them.
  if (!report.tolerant()) {
    TRATO_RETURN_IF_ERROR(CheckGaps(connection, state.record, report));
  }
  state.head = sealed;
  TRATO_ASSIGN_OR_RETURN(Statement statement,
                         connection.Prepare(StrCat(
                             kRowColumns, "ORDER BY position DESC LIMIT 1")));
  const auto found = statement.Step();
  uint64_t last = state.record.journal_start;
  if (!found.ok()) {
    TRATO_RETURN_IF_ERROR(report(found.status(), "the end of the journal"));
  } else if (*found) {
    last = static_cast<uint64_t>(statement.Int(0));
    const auto row = RowOf(statement, state.record.store);
    if (!row) {
      // Told by a tolerant scan too.
      if (!report.tolerant()) return report(BadRow(last));
    } else if (last > sealed.position) {
      state.head = {last, row->chain};
    } else if (last == sealed.position && row->chain != sealed.chain) {
      TRATO_RETURN_IF_ERROR(report(
          StrCat("block 0 (the head) and log position ", last, " contradict")));
    }
  }
  if (last < sealed.position && !Fault("positions_unchecked")) {
    TRATO_RETURN_IF_ERROR(report(Missing(last + 1, sealed.position)));
  }
  if (note && *note > state.head.position) {
    TRATO_RETURN_IF_ERROR(report(StrCat(
        Missing(state.head.position + 1, *note), ". ", connection.path(),
        "-lock, which the last process left when it died, says that it had "
        "made log position ",
        *note, " durable. Either the write-ahead log (", connection.path(),
        "-wal) is damaged or gone, or an older copy of the store was put "
        "back; whoever did so on purpose removes ",
        connection.path(), "-lock")));
  }
  return state;
}

absl::Status ScanRows(
    Connection& connection, Mutex* mutex, const HeadRecord& record,
    const DamageReport& report,
    const std::function<absl::Status(
        const JournalRow& row, const std::vector<std::string_view>& entries)>&
        visit) {
  uint64_t expected = record.journal_start + 1;
  bool is_damaged = false;  // what comes before the next good row
  // Rows that the tree's walk does not reach: by position, from the end.
  std::vector<uint64_t> beyond;

  const auto take = [&](uint64_t position,
                        std::optional<JournalRow> row) -> absl::Status {
    if (!row) {
      is_damaged = true;
      return report(BadRow(position));
    }
    if (row->first > expected) {
      const uint64_t last = row->first - 1;
      TRATO_RETURN_IF_ERROR(report(is_damaged
                                       ? StrCat(NameOfPositions(expected, last),
                                                " cannot be read (journal)")
                                       : Missing(expected, last)));
    }
    is_damaged = false;
    const auto entries = EntriesIn(row->payload);
    if (row->first < expected || position < row->first || !entries ||
        entries->size() != position - row->first + 1) {
      return report(StrCat("the journal's row of log position ", position,
                           " does not fit the one before it"));
    }
    expected = position + 1;
    return visit(*row, *entries);
  };

  Statement statement;
  {
    MutexLockMaybe lock(mutex);
    TRATO_ASSIGN_OR_RETURN(statement, connection.Prepare(StrCat(
                                          kRowColumns, "ORDER BY position")));
  }
  // Finalizing uses the connection too.
  struct Finally {
    Mutex* mutex;
    Statement& statement;
    ~Finally() {
      MutexLockMaybe lock(mutex);
      statement = Statement();
    }
  } finally{mutex, statement};
  for (;;) {
    uint64_t position = 0;
    std::optional<JournalRow> row;
    {
      MutexLockMaybe lock(mutex);
      const auto found = statement.Step();
      if (!found.ok()) {
        TRATO_RETURN_IF_ERROR(
            report(found.status(),
                   StrCat("the journal's page of log position ", expected)));
        is_damaged = true;
        TRATO_ASSIGN_OR_RETURN(
            Statement backwards,
            connection.Prepare("SELECT position FROM journal "
                               "WHERE position >= ?1 ORDER BY position DESC"));
        backwards.Bind(1, static_cast<int64_t>(expected));
        for (auto more = backwards.Step(); more.ok() && *more;
             more = backwards.Step()) {
          const auto at = static_cast<uint64_t>(backwards.Int(0));
          // A damaged page may lead anywhere.
          if (!beyond.empty() && at >= beyond.back()) break;
          beyond.push_back(at);
        }
        break;
      }
      if (!*found) break;
      position = static_cast<uint64_t>(statement.Int(0));
      row = RowOf(statement, record.store);
    }
    TRATO_RETURN_IF_ERROR(take(position, std::move(row)));
  }
  for (; !beyond.empty(); beyond.pop_back()) {
    const uint64_t position = beyond.back();
    std::optional<JournalRow> row;
    {
      MutexLockMaybe lock(mutex);
      TRATO_ASSIGN_OR_RETURN(
          Statement one,
          connection.Prepare(StrCat(kRowColumns, "WHERE position = ?1")));
      one.Bind(1, static_cast<int64_t>(position));
      const auto found = one.Step();
      if (found.ok() && *found) row = RowOf(one, record.store);
    }
    TRATO_RETURN_IF_ERROR(take(position, std::move(row)));
  }
  return absl::OkStatus();
}

absl::Status CheckBlocks(Connection& connection, const HeadRecord& record,
                         const DamageReport& report,
                         const std::function<absl::Status(size_t)>& read) {
  HeadRecord found;
  bool whole = true;
  bool is_backwards = false;
  int64_t last = 0;
  TRATO_ASSIGN_OR_RETURN(
      Statement statement,
      connection.Prepare("SELECT id, checksum, payload FROM block "
                         "WHERE id <> 0 ORDER BY id"));
  std::string after = "the first block";
  for (;;) {
    const auto row = statement.Step();
    if (!row.ok()) {
      TRATO_RETURN_IF_ERROR(
          report(row.status(), StrCat("the page of ", after)));
      // From the other end up to there.
      if (is_backwards) return absl::OkStatus();
      is_backwards = true;
      TRATO_ASSIGN_OR_RETURN(
          statement,
          connection.Prepare("SELECT id, checksum, payload FROM block "
                             "WHERE id > ?1 ORDER BY id DESC"));
      statement.Bind(1, last);
      after = "the last block";
      continue;
    }
    if (!*row) break;
    const int64_t id = statement.Int(0);
    const auto checksum = static_cast<uint64_t>(statement.Int(1));
    const std::string_view payload = statement.Bytes(2);
    if (!is_backwards) last = id;
    after = StrCat(is_backwards ? "the block before " : "the block after ",
                   NameOf(BlockId::FromPacked(id)));
    found.Add(id, checksum);
    if (checksum != ChecksumOf(record.store, id, payload)) {
      whole = false;
      TRATO_RETURN_IF_ERROR(
          report(StrCat("the checksum of ", NameOf(BlockId::FromPacked(id)),
                        " does not match")));
    }
    TRATO_RETURN_IF_ERROR(read(payload.size()));
  }
  if (is_backwards) return absl::OkStatus();
  if (found.blocks != record.blocks) {
    return report(StrCat("there are ", found.blocks, " blocks instead of ",
                         record.blocks));
  }
  if (whole && found.blocks_sum != record.blocks_sum) {
    return report(
        "the blocks are not those that were written last: one of them is an "
        "older version of itself");
  }
  return absl::OkStatus();
}

}  // namespace trato::core
