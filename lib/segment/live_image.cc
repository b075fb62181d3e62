// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Segments as they were, and how they go on from there.

#include <algorithm>
#include <bit>
#include <utility>

#include "segment/live_segments.h"

namespace trato::core {

LiveSegments::Image LiveSegments::MakeImage() const {
  Image image;
  for (size_t i = 0; i < due_.size(); ++i) image.due.push_back(due_.Get(i));
  image.seen = seen_;
  image.masks = masks_;
  for (RecordNumber it = 0; it < due_.size(); ++it) {
    const RecordNumber leader = world_->customers->LeaderOf(it);
    if (leader != it) image.joined.push_back({it, leader});
  }
  image.gates = gates_.MakeImage();
  return image;
}

bool LiveSegments::Begin(int64_t clock_us, Image image) {
  const size_t records = image.due.size();
  if (records > world_->customers->record_count() ||
      image.seen.size() != records || image.masks.size() != records * words_) {
    return false;
  }
  // Only bits of segments, and nobody who should have been woken before.
  const size_t rest = names_.size() % 64;
  const uint64_t none = rest == 0 && !names_.empty() ? 0 : ~uint64_t{0} << rest;
  for (size_t it = 0; it < records; ++it) {
    if (image.due[it] <= clock_us ||
        (image.masks[it * words_ + words_ - 1] & none) != 0) {
      return false;
    }
  }
  unknown_.clear();
  if (!gates_.Restore(std::move(image.gates), records, clock_us, unknown_)) {
    return false;
  }
  clock_us_ = clock_us;
  seen_ = std::move(image.seen);
  masks_ = std::move(image.masks);
  Grow();
  for (RecordNumber it = 0; it < records; ++it) {
    due_.SetAlone(it, image.due[it]);
    // What she waits for is found when she is woken.
    const Wait wait{image.due[it], kAnySegment};
    if (wait.until_us != kNever) waits_.Set(it, {&wait, 1});
    for (size_t word = 0; word < words_; ++word) {
      for (uint64_t bits = masks_[it * words_ + word]; bits != 0;
           bits &= bits - 1) {
        ++counts_[64 * word + static_cast<size_t>(std::countr_zero(bits))];
      }
    }
  }
  due_.FindMinima();
  joined_ = std::move(image.joined);
  tells_ = true;
  return true;
}

void LiveSegments::CatchUp(const Since& since, uint64_t position) {
  constexpr ChangeCause kCause = ChangeCause::kFact;
  const CustomerStore& customers = *world_->customers;
  std::vector<RecordNumber> touched(since.records.begin(), since.records.end());
  // Who came to have other records, or lost some.
  auto joined = joined_.begin();
  for (RecordNumber it = 0; it < due_.size(); ++it) {
    RecordNumber before = it;
    if (joined != joined_.end() && joined->record == it) {
      before = (joined++)->leader;
    }
    if (before == customers.LeaderOf(it)) continue;
    touched.push_back(it);
    if (before < due_.size()) touched.push_back(before);
  }
  joined_.clear();
  const size_t count = touched.size();
  for (size_t i = 0; i < count; ++i) {
    const RecordNumber record = touched[i];
    const RecordNumber leader = customers.LeaderOf(record);
    touched.push_back(leader);
    if (leader != record &&
        (seen_[record] != 0 || due_.Get(record) != kNever)) {
      Leave(record, position, kCause);
    }
  }
  if (since.everybody) {
    EvaluateEverybody(position, kCause, nullptr);
  } else {
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const RecordNumber it : touched) {
      if (customers.LeaderOf(it) != it) continue;
      EvaluateOne(it, position, kCause, nullptr);
    }
    for (const std::string& segment : since.redefined) {
      const Segments some = DependentsOf(segment);
      if (!some.empty()) EvaluateEverybody(position, kCause, &some);
    }
    if (!unknown_.empty()) EvaluateEverybody(position, kCause, &unknown_);
    if (since.consents && !by_consent_.empty()) {
      EvaluateEverybody(position, kCause, &by_consent_);
    }
  }
  unknown_.clear();
  Sort(changes_);
}

}  // namespace trato::core
