// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A condition on customers, compiled once and tested many times. Immutable, so
// any number of threads may test at once.

#ifndef TRATO_EXPRESSION_PROGRAM_H_
#define TRATO_EXPRESSION_PROGRAM_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "expression/evaluator.h"
#include "expression/registry.h"

namespace trato::core {

// What a condition is worth for one customer. It holds, it does not, or it
// cannot be told; a missing attribute is one way of not holding.
struct Verdict {
  bool holds = false;
  std::optional<Failure> failure;

  bool is_undecided() const {
    return failure && failure->reason != Failure::Reason::kAbsent;
  }
};

class Program {
 public:
  // INVALID_ARGUMENT with a place when the text is not a condition.
  static absl::StatusOr<std::shared_ptr<const Program>> Compile(
      std::string_view text, const CompileContext& context,
      const Registry& registry);

  // The condition for the customer led by `customer` at `now_us`; `nesting` is
  // that of the condition that asks, where one does.
  Verdict Test(const World& world, RecordNumber customer, int64_t now_us,
               Nesting* nesting = nullptr) const;

  // A failure in words, with its place.
  absl::Status Explain(const Failure& failure) const;

  const std::string& text() const { return text_; }
  const Reads& reads() const { return reads_; }

 private:
  Program() = default;

  std::string text_;
  std::unique_ptr<Node> root_;
  Reads reads_;
};

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_PROGRAM_H_
