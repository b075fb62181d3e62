// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_segments.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "base/strings.h"

namespace trato::core {

absl::Status LiveSegments::Check(const SegmentStore& segments,
                                 std::string_view name) {
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* segment,
                         segments.Find(name));
  const std::string prefix =
      StrCat("segment '", segment->definition.name, "': ");
  if (!segment->program.ok()) return Prefixed(segment->program.status(), prefix);
  if (absl::Status status = segment->UnforeseenError(); !status.ok()) {
    return Prefixed(status, prefix);
  }
  const Reads& reads = (*segment->program)->reads();
  if (!reads.relations.empty()) {
    return absl::FailedPreconditionError(
        StrCat(prefix,
               "it asks for relations: what others do would change it, which is "
               "not followed"));
  }
  for (const auto& [inner, calls] : reads.segments) {
    if (absl::Status status = Check(segments, inner); !status.ok()) {
      return Prefixed(status, prefix);
    }
  }
  return absl::OkStatus();
}

LiveSegments::LiveSegments(const World* world, const SegmentStore* segments,
                           std::vector<std::string> names)
    : world_(world),
      segments_(segments),
      names_(std::move(names)),
      words_(std::max<size_t>(1, (names_.size() + 63) / 64)),
      counts_(names_.size()) {
  Resolve();
}

void LiveSegments::Collect(std::string_view name, Reads& reads,
                           std::vector<std::string>& inner, int depth) const {
  const auto found = segments_->Find(name);
  if (!found.ok() || depth > kMaxSegmentDepth) return;
  inner.push_back((*found)->definition.name);
  if (!(*found)->program.ok()) return;
  const Reads& own = (*(*found)->program)->reads();
  reads.interaction_types.insert(own.interaction_types.begin(),
                                 own.interaction_types.end());
  reads.attributes.insert(own.attributes.begin(), own.attributes.end());
  reads.consents = reads.consents || own.consents;
  for (const auto& [called, times] : own.segments) {
    Collect(called, reads, inner, depth + 1);
  }
}

void LiveSegments::Resolve() {
  const size_t count = names_.size();
  found_.assign(count, nullptr);
  depends_on_.assign(count, {});
  by_type_.clear();
  by_attribute_.clear();
  by_consent_.clear();
  for (uint16_t i = 0; i < count; ++i) {
    const auto found = segments_->Find(names_[i]);
    if (!found.ok()) continue;
    found_[i] = *found;
    names_[i] = (*found)->definition.name;
    Reads reads;
    Collect(names_[i], reads, depends_on_[i], 0);
    for (const std::string& type : reads.interaction_types) {
      if (auto number = world_->names->Find(type)) {
        by_type_[*number].push_back(i);
      }
    }
    for (const std::string& attribute : reads.attributes) {
      if (auto number = world_->names->Find(attribute)) {
        by_attribute_[*number].push_back(i);
      }
    }
    if (reads.consents) by_consent_.push_back(i);
  }
  // Who asks for another one depends on more than that does.
  order_.resize(count);
  std::iota(order_.begin(), order_.end(), uint16_t{0});
  std::stable_sort(order_.begin(), order_.end(), [&](uint16_t a, uint16_t b) {
    return depends_on_[a].size() < depends_on_[b].size();
  });
  rank_.resize(count);
  for (uint16_t i = 0; i < count; ++i) rank_[order_[i]] = i;
  const auto by_rank = [&](uint16_t a, uint16_t b) {
    return rank_[a] < rank_[b];
  };
  for (auto& [type, some] : by_type_) {
    std::sort(some.begin(), some.end(), by_rank);
  }
  for (auto& [attribute, some] : by_attribute_) {
    std::sort(some.begin(), some.end(), by_rank);
  }
  std::sort(by_consent_.begin(), by_consent_.end(), by_rank);
}

void LiveSegments::Grow() {
  const size_t records = world_->customers->record_count();
  if (records <= due_.size()) return;
  due_.Grow(records);
  seen_.resize(records);
  masks_.resize(records * words_);
}

void LiveSegments::Set(RecordNumber customer, uint16_t segment, bool member,
                       int64_t at_us, uint64_t position, ChangeCause cause) {
  uint64_t& word = masks_[customer * words_ + segment / 64];
  const uint64_t bit = uint64_t{1} << (segment % 64);
  if (((word & bit) != 0) == member) return;
  word ^= bit;
  counts_[segment] += member ? 1 : uint64_t{0} - 1;
  if (tells_) {
    changes_.push_back({at_us, position, customer, segment, member, cause});
  }
}

void LiveSegments::Evaluate(RecordNumber customer, int64_t at_us,
                            uint64_t position, ChangeCause cause,
                            const Segments* some) {
  const CustomerStore& customers = *world_->customers;
  int64_t due_us = customers.NextStanding(customer, at_us);
  if (!customers.IsKnown(customer, at_us)) {
    // She may have been known by records that are another's now.
    if (seen_[customer]) {
      for (uint16_t segment : order_) {
        Set(customer, segment, false, at_us, position, cause);
      }
    }
    seen_[customer] = false;
    due_.Set(customer, due_us);
    return;
  }
  if (!seen_[customer]) some = nullptr;
  seen_[customer] = true;
  for (uint16_t segment : some == nullptr ? order_ : *some) {
    int64_t until_us = kNever;
    bool member = false;
    if (found_[segment] != nullptr) {
      const auto verdict =
          segments_->Test(*found_[segment], customer, at_us, &until_us);
      member = verdict.ok() && verdict->holds;
    }
    Set(customer, segment, member, at_us, position, cause);
    due_us = std::min(due_us, until_us);
  }
  // Of the others is known only that they stay until what was known before.
  if (some != nullptr) due_us = std::min(due_us, due_.Get(customer));
  due_.Set(customer, std::max(due_us, at_us + 1));
}

void LiveSegments::Begin(int64_t clock_us) {
  clock_us_ = clock_us;
  Grow();
  tells_ = false;
  EvaluateEverybody(0, ChangeCause::kTime, nullptr);
  tells_ = true;
}

void LiveSegments::EvaluateEverybody(uint64_t position, ChangeCause cause,
                                     const Segments* some) {
  Grow();
  const size_t first = changes_.size();
  const CustomerStore& customers = *world_->customers;
  for (RecordNumber record = 0; record < due_.size(); ++record) {
    if (customers.LeaderOf(record) == record && customers.IsNamed(record)) {
      Evaluate(record, clock_us_, position, cause, some);
    }
  }
  SortFrom(first);
}

void LiveSegments::SortFrom(size_t first) {
  const auto key = [&](const MembershipChange& it) {
    return std::tuple(it.at_us, it.position, it.customer, rank_[it.segment]);
  };
  std::sort(changes_.begin() + static_cast<ptrdiff_t>(first), changes_.end(),
            [&](const MembershipChange& a, const MembershipChange& b) {
              return key(a) < key(b);
            });
}

bool LiveSegments::Advance(int64_t now_us, uint64_t max_wakeups) {
  // In steps of a day where there is much to do: what is told is told to the
  // end of a step.
  constexpr int64_t kStepUs = 86'400'000'000;
  uint64_t woken = 0;
  while (clock_us_ < now_us) {
    const int64_t next_us = due_.First();
    if (next_us > now_us) break;
    const int64_t end_us = std::min(now_us, std::max(next_us, clock_us_) + kStepUs);
    const size_t first = changes_.size();
    due_.ForEachDue(end_us, [&](size_t i) {
      const auto customer = static_cast<RecordNumber>(i);
      while (due_.Get(customer) <= end_us) {
        const size_t before = changes_.size();
        const int64_t at_us = due_.Get(customer);
        Evaluate(customer, at_us, position_, ChangeCause::kTime, nullptr);
        if (changes_.size() > before && HasFactAt(customer, at_us)) {
          for (size_t change = before; change < changes_.size(); ++change) {
            changes_[change].cause = ChangeCause::kFact;
          }
        }
        ++woken;
        ++wakeups_;
        idle_wakeups_ += changes_.size() == before;
      }
    });
    SortFrom(first);
    clock_us_ = end_us;
    if (max_wakeups > 0 && woken >= max_wakeups && clock_us_ < now_us) {
      return false;
    }
  }
  clock_us_ = std::max(clock_us_, now_us);
  return true;
}

bool LiveSegments::HasFactAt(RecordNumber customer, int64_t at_us) const {
  for (RecordNumber record : world_->customers->RecordsOf(customer)) {
    for (const auto& [type, some] : by_type_) {
      if (world_->timeline->FirstAfter(record, type, at_us - 1) == at_us) {
        return true;
      }
    }
    for (const auto& [attribute, some] : by_attribute_) {
      if (world_->customers->NextVersion(record, attribute, at_us - 1) ==
          at_us) {
        return true;
      }
    }
  }
  return false;
}

void LiveSegments::Touched(RecordNumber record, Touch touch, uint32_t name,
                           uint64_t position) {
  Grow();
  const RecordNumber customer = world_->customers->LeaderOf(record);
  const Segments* some = nullptr;
  static const Segments kNone;
  if (seen_[customer]) {
    if (touch == Touch::kInteraction || touch == Touch::kAttribute) {
      const auto& index = touch == Touch::kAttribute ? by_attribute_ : by_type_;
      const auto found = index.find(name);
      if (found == index.end()) return;
      some = &found->second;
    } else if (touch == Touch::kConsent) {
      some = &by_consent_;
    } else if (touch == Touch::kNothing) {
      some = &kNone;
    }
    if (some != nullptr && some->empty()) return;
  }
  Evaluate(customer, clock_us_, position, ChangeCause::kFact, some);
}

void LiveSegments::Leave(RecordNumber customer, uint64_t position) {
  for (uint16_t segment : order_) {
    Set(customer, segment, false, clock_us_, position, ChangeCause::kLink);
  }
  seen_[customer] = false;
  due_.Set(customer, kNever);
}

void LiveSegments::Regrouped(RecordNumber record, uint64_t position) {
  Grow();
  const CustomerStore& customers = *world_->customers;
  const RecordNumber leader = customers.LeaderOf(record);
  for (RecordNumber other : customers.RecordsOf(leader)) {
    if (other != leader && (seen_[other] || due_.Get(other) != kNever)) {
      Leave(other, position);
    }
  }
  Evaluate(leader, clock_us_, position, ChangeCause::kLink, nullptr);
}

void LiveSegments::Redefined(std::string_view segment, uint64_t position,
                             ChangeCause cause) {
  Resolve();
  if (segment.empty()) return EvaluateEverybody(position, cause, nullptr);
  Segments some;
  for (uint16_t i : order_) {
    if (std::find(depends_on_[i].begin(), depends_on_[i].end(), segment) !=
        depends_on_[i].end()) {
      some.push_back(i);
    }
  }
  if (!some.empty()) EvaluateEverybody(position, cause, &some);
}

void LiveSegments::ConsentsChanged(uint64_t position) {
  if (!by_consent_.empty()) {
    EvaluateEverybody(position, ChangeCause::kFact, &by_consent_);
  }
}

}  // namespace trato::core
