// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The newest, or the first, interactions of a customer, copied out of wherever
// they lie, so that nothing has to be held on to afterwards. Only the rows that
// are asked for are unpacked.

#ifndef TRATO_TIMELINE_TIMELINE_PAGE_H_
#define TRATO_TIMELINE_TIMELINE_PAGE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "timeline/timeline.h"

namespace trato::core {

struct PageRequest {
  std::span<const uint32_t> records;  // of the customer
  std::optional<uint32_t> type;       // none: all of them
  Window window;
  bool newest_first = false;
  bool with_ids = false;
  uint64_t limit = 0;  // 0: all
};

struct TimelinePage {
  struct Row {
    int64_t at_us = 0;
    int64_t recorded_us = 0;
    Money amount;
    uint32_t record = 0;  // which of the request's
    uint32_t type = 0;
    uint32_t channel = 0;
    uint32_t source = 0;
    Direction direction = Direction::kInbound;
    uint32_t line_begin = 0;  // in `lines`
    uint32_t line_end = 0;
    uint32_t key_begin = 0;  // in `bytes`, up to where the extras begin
    uint32_t extras_begin = 0;
    uint32_t extras_end = 0;
  };

  std::vector<Row> rows;    // in the order that was asked for
  std::vector<FactId> ids;  // by row, if they were asked for
  std::vector<Line> lines;
  std::string bytes;

  std::string_view Key(const Row& row) const {
    return std::string_view(bytes).substr(row.key_begin,
                                          row.extras_begin - row.key_begin);
  }
  // The bytes of EncodeExtras; empty: none.
  std::string_view ExtrasOf(const Row& row) const {
    return std::string_view(bytes).substr(row.extras_begin,
                                          row.extras_end - row.extras_begin);
  }
  void Clear() {
    rows.clear();
    ids.clear();
    lines.clear();
    bytes.clear();
  }
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_TIMELINE_PAGE_H_
