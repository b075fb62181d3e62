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
#include "storage/store_file.h"
#include "timeline/timeline.h"

namespace trato::core {

// Kinds of blocks.
inline constexpr uint8_t kManifest = 1;
inline constexpr uint8_t kNames = 2;      // by seal: names that came to be
inline constexpr uint8_t kRecords = 3;    // by seal: records that came to be
inline constexpr uint8_t kFirstSeen = 4;  // by 16,384 records: when first named
inline constexpr uint8_t kSalts = 5;      // by 16,384 records
inline constexpr uint8_t kFacts = 6;  // by seal: facts that are no interactions
inline constexpr uint8_t kFound = 7;  // what amendments refer to
inline constexpr uint8_t kDirectory = 8;  // by run
inline constexpr uint8_t kRows = 9;
inline constexpr uint8_t kKeys = 10;
inline constexpr uint8_t kLinks = 11;  // by seal: where links of the chain end

inline constexpr uint32_t kRecordsPerBlock = 16384;

// The directory of a run, with the runs that are being merged into it.
std::string EncodeRun(const Run& run, std::span<const uint32_t> inputs);

struct DecodedRun {
  std::shared_ptr<Run> run;
  std::vector<uint32_t> inputs;
};

absl::StatusOr<DecodedRun> DecodeRun(uint32_t id, std::string_view bytes);

absl::Status Unreadable(std::string_view what);

inline BlockId RowsId(BlockPlace place, bool keys) {
  return {keys ? kKeys : kRows, place.run, place.number};
}

}  // namespace trato::core

#endif  // TRATO_ENGINE_SEALED_FORM_H_
