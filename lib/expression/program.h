// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A condition on customers, compiled once and tested many times. Immutable, so
// any number of threads may test at once.

#ifndef TRATO_EXPRESSION_PROGRAM_H_
#define TRATO_EXPRESSION_PROGRAM_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "expression/arena.h"
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
  // The same for an expression of any type.
  static absl::StatusOr<std::shared_ptr<const Program>> CompileValue(
      std::string_view text, const CompileContext& context,
      const Registry& registry);

  // The condition for the customer led by `customer` at `now_us`; `nesting` is
  // that of the condition that asks, where one does.
  // With a `bound` also until when it stays so, if no fact comes: whether it
  // holds, or with Aspect::kValue also whether it fails. Costs more.
  Verdict Test(const World& world, RecordNumber customer, int64_t now_us,
               Nesting* nesting = nullptr, ChangeBound* bound = nullptr) const;

  // The value of an expression of numbers; nothing where it fails or is not
  // finite.
  std::optional<double> Number(const World& world, RecordNumber customer,
                               int64_t now_us) const;

  // The expression's value as text (format.h), or the failure in words.
  absl::StatusOr<std::string> Value(const World& world, RecordNumber customer,
                                    int64_t now_us) const;

  // Calls `visit` for each of an expression of interactions; what one of its
  // conditions fails for is none of them. With a bound until when all of that
  // stays, if no fact comes.
  using VisitInteraction =
      std::function<void(RecordNumber, const InteractionRef&)>;
  void ForEachInteraction(const World& world, RecordNumber customer,
                          int64_t now_us, Nesting* nesting, ChangeBound* bound,
                          const VisitInteraction& visit) const;

  // A failure in words, with its place.
  absl::Status Explain(const Failure& failure) const;

  const std::string& text() const { return text_; }
  const Reads& reads() const { return reads_; }
  Type type() const { return root_->type; }
  const Node& root() const { return *root_; }
  // The first part whose value may be another one at every instant; null: the
  // next change of all can be foreseen.
  const Node* unforeseen() const { return unforeseen_; }
  // How many parts are evaluated once for several places that ask for them.
  size_t shared() const { return shared_; }

 private:
  Program() = default;
  static absl::StatusOr<std::shared_ptr<Program>> Make(
      std::string_view text, const CompileContext& context,
      const Registry& registry);
  // Calls `use(evaluation, datum)` with what the expression is worth, or only
  // `use(datum)`.
  template <typename Use>
  void RunIn(const World& world, RecordNumber customer, int64_t now_us,
             Nesting* nesting, ChangeBound* bound, Use use) const;
  template <typename Use>
  void Run(const World& world, RecordNumber customer, int64_t now_us,
           Nesting* nesting, ChangeBound* bound, Use use) const;

  std::string text_;
  Arena constants_;
  size_t shared_ = 0;
  const Node* unforeseen_ = nullptr;
  std::unique_ptr<Node> root_;
  Reads reads_;
};

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_PROGRAM_H_
