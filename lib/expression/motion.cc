// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/motion.h"

#include <algorithm>
#include <cstdlib>

namespace trato::core {
namespace {

// Of no part, and of one that is unforeseen: who uses it is told at every
// instant already.
int SlopeOf(const Node& node) {
  return node.slope == kUnforeseen ? 0 : node.slope;
}

bool IsTime(const Node& node) {
  return node.type.is(Kind::kTimestamp) || node.type.is(Kind::kDuration);
}

int8_t OfCall(const Node& node) {
  const auto& args = node.args;
  const bool moves = std::any_of(args.begin(), args.end(), [](const auto& it) {
    return SlopeOf(*it) != 0;
  });
  if (node.text == "recency" && node.is_method) return 1;
  if (!moves) return 0;
  const Node& first = *args[0];
  const auto slope = static_cast<int8_t>(SlopeOf(first));
  const bool alone =
      std::none_of(args.begin() + 1, args.end(),
                   [](const auto& it) { return SlopeOf(*it) != 0; });
  // A timestamp moved by a span.
  if (node.text == "+" || node.text == "-") {
    for (const auto& arg : args) {
      if (arg->type.is(Kind::kTimestamp)) {
        return SlopeOf(*arg) == 1 ? int8_t{1} : kUnforeseen;
      }
    }
  }
  if (node.text == "between") {
    for (size_t i = 1; i < args.size(); ++i) {
      if (SlopeOf(*args[i]) != 0 && SlopeOf(*args[i]) != 1) return kUnforeseen;
    }
    return 0;
  }
  if (!alone || !IsTime(first)) return kUnforeseen;
  if (node.text == "timestamp" || node.text == "duration") return slope;
  const bool is_part = node.is_method && node.text.starts_with("get");
  if (is_part || (node.text == "int" && !node.is_method)) {
    const bool can = first.type.is(Kind::kTimestamp) ? slope == 1
                                                     : std::abs(slope) == 1;
    return can ? int8_t{0} : kUnforeseen;
  }
  return kUnforeseen;
}

int8_t Of(const Node& node) {
  const auto slope = [&](size_t i) {
    return i < node.args.size() ? SlopeOf(*node.args[i]) : 0;
  };
  const bool moves =
      std::any_of(node.args.begin(), node.args.end(),
                  [](const auto& it) { return SlopeOf(*it) != 0; });
  switch (node.op) {
    case Op::kNow:
      return 1;
    case Op::kCall:
      return OfCall(node);
    case Op::kAdd:
    case Op::kSubtract: {
      if (!moves) return 0;
      const int sum =
          node.op == Op::kAdd ? slope(0) + slope(1) : slope(0) - slope(1);
      return IsTime(*node.args[0]) && IsTime(*node.args[1]) &&
                     std::abs(sum) <= 2
                 ? static_cast<int8_t>(sum)
                 : kUnforeseen;
    }
    case Op::kNegate:
      return static_cast<int8_t>(-slope(0));
    case Op::kConditional:
      return slope(1) == slope(2) ? static_cast<int8_t>(slope(1))
                                  : kUnforeseen;
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
      return !moves || (IsTime(*node.args[0]) && IsTime(*node.args[1]))
                 ? int8_t{0}
                 : kUnforeseen;
    case Op::kMin:
    case Op::kMax:
      // All of them move alike, so which of them it is does not change.
      return static_cast<int8_t>(slope(1));
    default:
      return moves ? kUnforeseen : int8_t{0};
  }
}

}  // namespace

const Node* FindMotion(Node& root) {
  const Node* found = nullptr;
  for (const auto& arg : root.args) {
    const Node* inner = FindMotion(*arg);
    if (found == nullptr) found = inner;
  }
  root.slope = Of(root);
  if (found == nullptr && root.slope == kUnforeseen) found = &root;
  return found;
}

}  // namespace trato::core
