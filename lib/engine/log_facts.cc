// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/log_facts.h"

#include <algorithm>
#include <limits>

#include "base/status.h"
#include "codec/fact_codec.h"

namespace trato::core {
namespace {

bool Before(const auto& a, const auto& b) { return a.first < b.first; }

}  // namespace

absl::StatusOr<std::unique_ptr<LogFacts>> LogFacts::Load(Store::Impl& store) {
  auto log = std::make_unique<LogFacts>();
  if (!store.path.empty()) {
    TRATO_RETURN_IF_ERROR(Store::Impl::ForEachSealedEntry(
        *store.file, [&](uint64_t at, std::string_view entry) {
          log->entries_.emplace_back(at, entry);
          return absl::OkStatus();
        }));
    TRATO_RETURN_IF_ERROR(
        store.ForEachRecordFact({}, [&](uint64_t at, Fact fact) {
          log->facts_.emplace_back(at, std::move(fact));
          return absl::OkStatus();
        }));
  }
  log->entries_.insert(log->entries_.end(), store.unsealed.begin(),
                       store.unsealed.end());
  std::stable_sort(log->entries_.begin(), log->entries_.end(),
                   [](const auto& a, const auto& b) { return Before(a, b); });
  std::stable_sort(log->facts_.begin(), log->facts_.end(),
                   [](const auto& a, const auto& b) { return Before(a, b); });
  return log;
}

LogFacts::Next LogFacts::After(uint64_t position) const {
  const auto after = [&](const auto& list) {
    return static_cast<size_t>(
        std::upper_bound(list.begin(), list.end(), position,
                         [](uint64_t at, const auto& it) {
                           return at < it.first;
                         }) -
        list.begin());
  };
  return {after(entries_), after(facts_)};
}

absl::Status LogFacts::ForEach(Next& next, uint64_t until,
                               const Visit& visit) const {
  constexpr uint64_t kEnd = std::numeric_limits<uint64_t>::max();
  while (next.fact < facts_.size() || next.entry < entries_.size()) {
    const uint64_t fact_at =
        next.fact < facts_.size() ? facts_[next.fact].first : kEnd;
    const uint64_t entry_at =
        next.entry < entries_.size() ? entries_[next.entry].first : kEnd;
    if (std::min(fact_at, entry_at) > until) break;
    if (entry_at <= fact_at) {
      TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded,
                             DecodeEntry(entries_[next.entry++].second));
      TRATO_RETURN_IF_ERROR(visit(entry_at, std::move(decoded.facts)));
    } else {
      std::vector<Fact> one;
      one.push_back(facts_[next.fact++].second);
      TRATO_RETURN_IF_ERROR(visit(fact_at, std::move(one)));
    }
  }
  return absl::OkStatus();
}

}  // namespace trato::core
