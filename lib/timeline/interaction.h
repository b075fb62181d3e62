// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One interaction as it is written, before it is sealed into a block. Names are
// interned.

#ifndef TRATO_TIMELINE_INTERACTION_H_
#define TRATO_TIMELINE_INTERACTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "schema/value.h"

namespace trato::core {

enum class Direction : uint8_t { kInbound = 0, kOutbound = 1 };

// One article of an order.
struct Line {
  uint32_t product = 0;
  uint32_t unit = 0;
  int64_t quantity = 0;    // millionths
  int64_t unit_price = 0;  // millionths of the currency's unit; 0: unknown
  int64_t amount_minor = 0;

  bool is_free() const { return unit_price == 0 && amount_minor == 0; }
  bool operator==(const Line&) const = default;
};

struct Field {
  uint32_t name = 0;
  Value value;
};

struct Interaction {
  int64_t at_us = 0;
  int64_t recorded_us = 0;
  uint64_t position = 0;  // in the log
  uint32_t type = 0;
  uint32_t channel = 0;
  uint32_t source = 0;
  uint32_t actor = 0;
  uint32_t batch = 0;
  Direction direction = Direction::kInbound;
  Money amount;
  std::vector<Line> lines;
  std::vector<Field> fields;
  std::optional<FactId> reply_to;
  std::string key;
  // What stands in the place of another interaction has that one's id.
  std::optional<FactId> stands_for;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_INTERACTION_H_
