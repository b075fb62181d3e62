// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/restrictions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/calendar.h"

namespace trato::core {

void Restrictions::Set(RecordNumber record, Version version) {
  std::vector<Version>& versions = versions_[record];
  versions.insert(std::upper_bound(versions.begin(), versions.end(), version,
                                   [&](const Version& a, const Version& b) {
                                     return Before(a, b);
                                   }),
                  std::move(version));
}

const Restrictions::Version* Restrictions::Find(
    std::span<const RecordNumber> records, int64_t now_us) const {
  const Version* longest = nullptr;
  if (versions_.empty()) return longest;
  for (RecordNumber record : records) {
    auto found = versions_.find(record);
    if (found == versions_.end()) continue;
    const Version* last = nullptr;
    for (const Version& it : found->second) {
      if (it.at_us <= now_us) last = &it;
    }
    if (last == nullptr || !last->restricted) continue;
    if (longest == nullptr || Before(*last, *longest)) longest = last;
  }
  return longest;
}

int64_t Restrictions::NextChange(std::span<const RecordNumber> records,
                                 int64_t now_us) const {
  int64_t next_us = kNever;
  if (versions_.empty()) return next_us;
  for (RecordNumber record : records) {
    auto found = versions_.find(record);
    if (found == versions_.end()) continue;
    for (const Version& it : found->second) {
      if (it.at_us > now_us) next_us = std::min(next_us, it.at_us);
    }
  }
  return next_us;
}

bool Restrictions::Before(const Version& a, const Version& b) const {
  return std::tuple(a.at_us, names_->Text(a.source), a.fact) <
         std::tuple(b.at_us, names_->Text(b.source), b.fact);
}

}  // namespace trato::core
