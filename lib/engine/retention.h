// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: what no rule of retention keeps any more at an instant.
// A fact goes when it happened before the cut of its kind and name: the span
// of the rule counted back, the longest where several rules are for the same
// name. A rule for "*" is for what has none of its own. Refusals, objections,
// restrictions, identifiers, links and definitions are never cut.

#ifndef TRATO_ENGINE_RETENTION_H_
#define TRATO_ENGINE_RETENTION_H_

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "codec/fact.h"
#include "engine/state.h"

namespace trato::core {

class RetentionCut {
 public:
  RetentionCut(const State& state, int64_t now_us);

  bool empty() const { return cuts_.empty(); }

  // What goes happened before this; INT64_MIN: nothing does.
  int64_t CutOf(uint32_t type) const {
    const auto found = types_.find(type);
    return found == types_.end() ? every_type_ : found->second;
  }
  bool Goes(uint32_t type, int64_t at_us) const { return at_us < CutOf(type); }
  bool GoesDecision(int64_t at_us) const {
    return at_us < CutOf(RetainedKind::kDecisions, "*");
  }

  struct Place {
    RetainedKind kind;
    std::string name;
    int64_t cut_us;
  };
  // Of facts but interactions; nothing for what is always kept.
  std::optional<Place> CutOf(const Fact& fact) const;

 private:
  int64_t CutOf(RetainedKind kind, std::string_view name) const;

  std::map<std::pair<RetainedKind, std::string>, int64_t> cuts_;
  absl::flat_hash_map<uint32_t, int64_t> types_;
  int64_t every_type_ = std::numeric_limits<int64_t>::min();
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_RETENTION_H_
