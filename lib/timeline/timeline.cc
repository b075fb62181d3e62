// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/timeline.h"

#include <algorithm>

namespace trato::core {

std::span<const Interaction* const> Timeline::Run::Within(
    int64_t from_us, int64_t until_us) const {
  const auto earlier = [](int64_t us, const Interaction* interaction) {
    return us < interaction->at_us;
  };
  auto begin = std::upper_bound(interactions.begin(), interactions.end(),
                                from_us, earlier);
  auto end = std::upper_bound(begin, interactions.end(), until_us, earlier);
  return {begin, end};
}

void Timeline::Insert(uint32_t record, Interaction interaction) {
  if (record >= runs_.size()) runs_.resize(record + 1);
  interactions_.push_back(std::move(interaction));
  const Interaction* added = &interactions_.back();
  std::vector<Run>& runs = runs_[record];
  auto run = std::find_if(runs.begin(), runs.end(), [&](const Run& known) {
    return known.type == added->type;
  });
  if (run == runs.end()) {
    runs.push_back({added->type, {}});
    run = runs.end() - 1;
  }
  auto& sorted = run->interactions;
  auto place = std::upper_bound(
      sorted.begin(), sorted.end(), added,
      [&](const auto* a, const auto* b) { return Before(*a, *b); });
  sorted.insert(place, added);
}

std::span<const Timeline::Run> Timeline::RunsOf(uint32_t record) const {
  if (record >= runs_.size()) return {};
  return runs_[record];
}

const Timeline::Run* Timeline::RunOf(uint32_t record, uint32_t type) const {
  for (const Run& run : RunsOf(record)) {
    if (run.type == type) return &run;
  }
  return nullptr;
}

bool Timeline::Before(const Interaction& a, const Interaction& b) const {
  if (a.at_us != b.at_us) return a.at_us < b.at_us;
  if (a.source != b.source) {
    return names_->Text(a.source) < names_->Text(b.source);
  }
  return a.fact < b.fact;
}

}  // namespace trato::core
