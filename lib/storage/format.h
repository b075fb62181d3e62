// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The bytes in the file: two tables, what their checksums cover, how entries
// lie in a journal row, and the head record. Version 3.

#ifndef TRATO_STORAGE_FORMAT_H_
#define TRATO_STORAGE_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store_file.h"

namespace trato::core {

// "TRAT": tells a store from any other SQLite database.
inline constexpr int kApplicationId = 0x54524154;
inline constexpr int kPageSize = 16384;

// A row is what one Sync wrote. The payload comes last: columns after a large
// one are read by walking all of it.
inline constexpr std::string_view kJournalSql =
    "CREATE TABLE journal(position INTEGER PRIMARY KEY, first INTEGER NOT "
    "NULL, checksum INTEGER NOT NULL, chain BLOB NOT NULL, payload BLOB NOT "
    "NULL) STRICT";
inline constexpr std::string_view kBlockSql =
    "CREATE TABLE block(id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, "
    "payload BLOB NOT NULL) STRICT";

// A little below what SQLite takes in one value.
inline constexpr size_t kMaxPayload = 999'000'000;

struct JournalRow {
  uint64_t position = 0;  // of its last entry
  uint64_t first = 0;     // of its first one
  uint64_t checksum = 0;
  Head::Chain chain{};  // the head's after it
  std::string payload;
};

// Covers the numbers, the chain and the payload, so that a row in another's
// place is found too; and the store's id, so that another store's is. The id is
// mixed in last: where the head is lost, rows that agree tell it.
uint64_t ChecksumOf(uint64_t store, uint64_t position, uint64_t first,
                    const Head::Chain& chain, std::string_view payload);
// Of a block, which may not change places either. The head's knows no store.
uint64_t ChecksumOf(uint64_t store, int64_t block, std::string_view payload);

// From the system's source of randomness.
absl::StatusOr<uint64_t> NewStoreId();

// Appends the entry, led by its length, to a journal row's payload. When memory
// runs out `payload` is as it was.
void AppendEntry(std::string& payload, std::string_view entry);
// The entries of a payload; none when it is not whole entries to its end.
std::optional<std::vector<std::string_view>> EntriesIn(
    std::string_view payload);

// Block 0, written with the first entry and by each Seal and Close. It lies on
// another page than the journal's tail and tells what must be there.
struct HeadRecord {
  static constexpr int64_t kId = 0;

  uint64_t store = 0;  // the store's id; a backup keeps it
  Head head;
  uint64_t journal_start = 0;  // the journal goes on after this position
  uint64_t blocks = 0;         // how many there are, this one not counted
  uint64_t blocks_sum = 0;     // of what Mark says of each, in any order

  std::string Encode() const;
  static std::optional<HeadRecord> Decode(std::string_view bytes);

  void Add(int64_t block, uint64_t checksum);
  void Remove(int64_t block, uint64_t checksum);
};

// "block 3/1/7 (kind/run/number)"
std::string NameOf(BlockId id);
// "log position 7" or "log positions 7 to 9"
std::string NameOfPositions(uint64_t first, uint64_t last);

}  // namespace trato::core

#endif  // TRATO_STORAGE_FORMAT_H_
