// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A watch as bytes that the host keeps, so that the next one like it begins
// where this one was without testing everybody. All of it follows from the log:
// it counts only for the very log that it was made from, which may go on.

#ifndef TRATO_ENGINE_SAVED_WATCH_H_
#define TRATO_ENGINE_SAVED_WATCH_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "customer/customer_store.h"
#include "segment/live_segments.h"

namespace trato::core {

struct SavedWatch {
  int64_t clock_us = 0;
  uint64_t position = 0;
  std::array<uint8_t, 32> chain{};    // of the log at the position
  std::array<uint8_t, 32> records{};  // HashRecordNames
  std::vector<std::string> segments;  // names, in order
  LiveSegments::Image image;

  std::string Encode() const;
  // INVALID_ARGUMENT: it is none, or not whole.
  static absl::StatusOr<SavedWatch> Decode(std::string_view bytes);
};

// Which record has which number, of the first so many.
std::array<uint8_t, 32> HashRecordNames(const CustomerStore& customers,
                                        size_t records);

}  // namespace trato::core

#endif  // TRATO_ENGINE_SAVED_WATCH_H_
