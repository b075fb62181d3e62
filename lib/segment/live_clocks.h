// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What of conditions only the clock decides: parts of the calendar and times
// compared with now. It is the same for everybody, or for all whose attribute
// names one zone, so it is worked out once for these.

#ifndef TRATO_SEGMENT_LIVE_CLOCKS_H_
#define TRATO_SEGMENT_LIVE_CLOCKS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/evaluator.h"
#include "expression/program.h"

namespace trato::core {

// The zone that such a part names is the customer's.
using ZoneAttribute = std::optional<uint32_t>;

// Whether only the clock decides the condition, and it always has a value.
// `zone` gets the attribute of customers that it takes its zone from, and has
// to be the same one where it has one already.
bool IsOfClock(const Node& node, ZoneAttribute& zone);

// Such a condition, or several of them together.
struct ClockCondition {
  enum class Kind : uint8_t { kPlain, kAnd, kOr, kNot };
  Kind kind = Kind::kPlain;
  std::vector<ClockCondition> args;
  std::shared_ptr<const Program> program;  // whose the node is
  const Node* node = nullptr;
  std::unique_ptr<Node> own;  // with a zone in the attribute's place

  // Puts this name in the place of the attribute.
  void SetZone(std::string_view name);
  // Whether it holds at the instant; `until_us` gets the first one at which
  // that may be another.
  bool HoldsAt(const World& world, int64_t at_us, int64_t* until_us) const;
  // When it is another one: never later than that, and not earlier where a few
  // looks tell.
  int64_t NextFlip(const World& world, int64_t at_us) const;
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_CLOCKS_H_
