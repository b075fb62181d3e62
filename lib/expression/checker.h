// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Gives every node of a tree its type and its code, or says what is wrong and
// where. What passes here cannot fail for its form when it runs, but where the
// author wrote dyn.

#ifndef TRATO_EXPRESSION_CHECKER_H_
#define TRATO_EXPRESSION_CHECKER_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "expression/arena.h"
#include "expression/ast.h"
#include "expression/registry.h"

namespace trato::core {

class Checker {
 public:
  // What is folded into a literal is made in `constants`.
  Checker(const CompileContext& context, const Registry& registry,
          Arena& constants, Reads& reads)
      : context_(context),
        registry_(registry),
        constants_(constants),
        reads_(reads) {}

  // Errors are INVALID_ARGUMENT and carry a place.
  absl::Status Visit(Node& node);

 private:
  struct Variable {
    std::string name;
    Type type;
    // Of a list that stands in the text, and is short: how often a body over
    // it runs does not grow with the history.
    bool is_of_short_list = false;
  };

  // checker.cc: names and operators.
  absl::Status VisitList(Node& node);
  absl::Status VisitMap(Node& node);
  absl::Status VisitName(Node& node);
  absl::Status VisitMember(Node& node);
  absl::Status CheckKey(const Node& node) const;
  absl::Status VisitIndex(Node& node);
  absl::Status VisitNegation(Node& node);
  absl::Status VisitConditional(Node& node);
  absl::Status VisitIn(Node& node);
  absl::Status VisitComparison(Node& node);
  // Texts that a type or channel of interactions is compared with become the
  // names that facts have.
  void UseStoredName(const Node& member, Node& literal);
  absl::Status VisitArithmetic(Node& node);
  absl::Status BindAttribute(Node& node);
  absl::Status BindField(Node& node);
  absl::Status BindLineMember(Node& node);
  absl::Status Mismatch(const Node& node, Type left, Type right) const;

  // checker_calls.cc: functions and macros.
  absl::Status VisitCall(Node& node);
  absl::Status VisitHas(Node& node);
  absl::Status VisitSetMacro(Node& node);
  absl::Status VisitListMacro(Node& node);
  absl::Status VisitBodies(Node& node, Type variable, bool is_of_short_list);
  absl::Status CheckSetBody(Node& node, Type set);
  absl::Status CheckNesting(const Node& node, const Function& function) const;
  absl::Status Bind(Node& node, std::span<const Function* const> functions,
                    bool is_certain);
  absl::Status NoSuchFunction(const Node& node,
                              std::span<const Function> candidates) const;
  void Fold(Node& node);

  const CompileContext& context_;
  const Registry& registry_;
  Arena& constants_;
  Reads& reads_;
  std::vector<Variable> variables_;
};

// An error unless the checked node is a condition, or dyn.
absl::Status ExpectCondition(const Node& node);

// Whether interactions and lines have, or lists and maps.
bool IsSetMacro(std::string_view name);
bool IsListMacro(std::string_view name);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_CHECKER_H_
