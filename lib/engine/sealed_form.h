// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: which blocks a sealed store consists of, and the form of
// those that describe its runs.

#ifndef TRATO_ENGINE_SEALED_FORM_H_
#define TRATO_ENGINE_SEALED_FORM_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/chain.h"
#include "storage/store_file.h"
#include "timeline/timeline.h"

namespace trato::core {

// Kinds of blocks.
inline constexpr uint8_t kManifest = 1;
inline constexpr uint8_t kNames = 2;      // by seal: names that came to be
inline constexpr uint8_t kRecords = 3;    // by seal: records that came to be
inline constexpr uint8_t kFirstSeen = 4;  // by 16,384 records: when first named
inline constexpr uint8_t kSalts = 5;      // by 16,384 records
inline constexpr uint8_t kFacts = 6;  // by seal: all other facts, as journaled
inline constexpr uint8_t kFound = 7;  // what amendments refer to
inline constexpr uint8_t kDirectory = 8;  // by run
inline constexpr uint8_t kRows = 9;
inline constexpr uint8_t kKeys = 10;
inline constexpr uint8_t kLinks = 11;  // by seal: where links of the chain end

inline constexpr uint8_t kKept = 12;  // by erasure: commitments without facts
inline constexpr uint8_t kRecordFacts = 13;  // facts about one record alone
inline constexpr uint8_t kIdentifiers = 14;  // who claims them, by hash
inline constexpr uint8_t kRecordDirectory = 15;  // of these two
inline constexpr uint8_t kGroups = 16;  // customers of more than one record

inline constexpr uint32_t kRecordsPerBlock = 16384;

// The directory of a run, with the runs that are being merged into it.
std::string EncodeRun(const Run& run, std::span<const uint32_t> inputs);

struct DecodedRun {
  std::shared_ptr<Run> run;
  std::vector<uint32_t> inputs;
};

absl::StatusOr<DecodedRun> DecodeRun(uint32_t id, std::string_view bytes);

// When records were first named, a block of kRecordsPerBlock at most.
std::string EncodeFirstSeen(std::span<const int64_t> first_us);
absl::StatusOr<std::vector<int64_t>> DecodeFirstSeen(std::string_view bytes,
                                                     size_t count);

// What stands in the place of a record or name that was erased: text that no
// call takes, so that nobody finds it.
std::string Tombstone(uint32_t number);
inline bool IsTombstone(std::string_view name) {
  return !name.empty() && name[0] == '\xff';
}

// The commitment of a record (or of what concerns none) in a link, where facts
// were erased that it was made of.
struct KeptCommitment {
  uint32_t link = 0;
  uint32_t record = 0;
  Hash256 commitment{};
};
std::string EncodeKept(std::span<const KeptCommitment> kept);
absl::Status DecodeKept(std::string_view bytes,
                        std::vector<KeptCommitment>& kept);

absl::Status Unreadable(std::string_view what);

inline BlockId RowsId(BlockPlace place, bool keys) {
  return {keys ? kKeys : kRows, place.run, place.number};
}

}  // namespace trato::core

#endif  // TRATO_ENGINE_SEALED_FORM_H_
