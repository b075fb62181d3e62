// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/unsealed_rows.h"

#include <tuple>
#include <utility>

namespace trato::core {
namespace {

bool Before(const UnsealedRows::Row& a, const UnsealedRows::Row& b) {
  return std::tie(a.record, a.at_us) < std::tie(b.record, b.at_us);
}

}  // namespace

void UnsealedRows::Sort() { std::sort(rows.begin(), rows.end(), Before); }

UnsealedRowLists TailRows::Of(uint32_t type,
                              const ChunkedList<Interaction>& interactions,
                              const ChunkedList<uint32_t>& records) {
  MutexLock lock(&mutex_);
  for (; seen_ < interactions.size(); ++seen_) {
    const Interaction& it = interactions[seen_];
    types_[it.type].fresh.push_back(
        {records[seen_], it.amount.currency, it.at_us, it.amount.minor, &it});
  }
  const auto found = types_.find(type);
  if (found == types_.end()) return {};
  OfType& of = found->second;
  if (!of.fresh.empty()) {
    // Others may be reading what was given to them.
    const auto make = [&](const UnsealedRows* known) {
      auto made = std::make_shared<UnsealedRows>();
      made->rows = std::move(of.fresh);
      of.fresh.clear();
      made->Sort();
      for (const UnsealedRows::Row& row : made->rows) {
        made->latest_us = std::max(made->latest_us, row.at_us);
      }
      if (known == nullptr) return made;
      auto both = std::make_shared<UnsealedRows>();
      both->latest_us = std::max(made->latest_us, known->latest_us);
      both->rows.resize(made->rows.size() + known->rows.size());
      std::merge(known->rows.begin(), known->rows.end(), made->rows.begin(),
                 made->rows.end(), both->rows.begin(), Before);
      return both;
    };
    of.small = make(of.small.get());
    constexpr size_t kShare = 8;
    const size_t large = of.large == nullptr ? 0 : of.large->rows.size();
    if (of.small->rows.size() > large / kShare) {
      if (of.large != nullptr) {
        of.fresh = std::move(of.small->rows);
        of.small = make(of.large.get());
      }
      of.large = std::exchange(of.small, nullptr);
    }
  }
  UnsealedRowLists lists;
  for (const auto& list : {of.large, of.small}) {
    if (list != nullptr) lists.push_back(list);
  }
  return lists;
}

std::shared_ptr<const AmendedRowCache::Types> AmendedRowCache::Latest(
    const Amendments& amendments, int64_t now_us) {
  MutexLock lock(&mutex_);
  if (!is_made_ || version_ != amendments.version()) {
    is_made_ = true;
    version_ = amendments.version();
    latest_us_ = std::numeric_limits<int64_t>::min();
    auto types = std::make_shared<Types>();
    amendments.ForEach([&](const AmendedInteraction& it) {
      if (!it.found || it.amendments.empty()) return;
      const Amendment& in_force = *it.amendments.back();
      latest_us_ = std::max({latest_us_, in_force.at_us, it.at_us});
      (*types)[it.type].dropped.push_back({it.record, &it});
      if (in_force.retracts) return;
      (*types)[in_force.content.type].placed.Add(in_force.record,
                                                 in_force.content);
    });
    for (auto& [type, rows] : *types) {
      std::sort(
          rows.dropped.begin(), rows.dropped.end(),
          [](const auto& a, const auto& b) { return a.record < b.record; });
      rows.placed.Sort();
    }
    types_ = std::move(types);
  }
  return latest_us_ <= now_us ? types_ : nullptr;
}

}  // namespace trato::core
