// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/segment_history.h"

#include "base/calendar.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/checks.h"
#include "engine/store_impl.h"
#include "engine/view.h"

namespace trato::core {

absl::StatusOr<int64_t> FollowMembership(
    const SegmentStore& segments, const SegmentStore::Segment& segment,
    RecordNumber customer, int64_t from_us, int64_t until_us, int max_tests,
    bool* member_at_start,
    const std::function<bool(int64_t at_us, bool member)>& visit) {
  ReadScope scope;
  bool member = false;
  int64_t now_us = from_us;
  for (int test = 0; test < max_tests; ++test) {
    int64_t next_us;
    TRATO_ASSIGN_OR_RETURN(const Verdict verdict,
                           segments.Test(segment, customer, now_us, &next_us));
    TRATO_RETURN_IF_ERROR(scope.status());
    if (test == 0) {
      member = verdict.holds;
      if (member_at_start != nullptr) *member_at_start = member;
    } else if (verdict.holds != member) {
      member = verdict.holds;
      if (!visit(now_us, member)) return now_us;
    }
    if (next_us > until_us || next_us == kNever) return until_us;
    now_us = next_us;
  }
  return now_us - 1;
}

absl::StatusOr<int64_t> Store::SegmentHistory(
    std::string_view name, std::string_view customer, int64_t from_us,
    int64_t until_us, bool* member_at_start,
    const std::function<bool(int64_t at_us, bool member)>& visit) const {
  TRATO_RETURN_IF_ERROR(CheckInstant("from_us", from_us));
  if (until_us != kNever) {
    TRATO_RETURN_IF_ERROR(CheckInstant("until_us", until_us));
  }
  if (until_us < from_us) {
    return absl::InvalidArgumentError("until_us is before from_us");
  }
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* segment,
                         state.segments.Find(name));
  TRATO_RETURN_IF_ERROR(impl_->CheckTold("from_us", from_us));
  TRATO_RETURN_IF_ERROR(CheckIdentifier("customer", customer));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader,
                         state.customers.Resolve(customer));
  const auto sight = See(from_us);
  TRATO_RETURN_IF_ERROR(sight.status());
  if (*sight != nullptr && !(*sight)->Shows(leader, from_us)) {
    return absl::NotFoundError(StrCat(customer, " is not known"));
  }
  if (segment->program.ok() && (*segment->program)->unforeseen() != nullptr) {
    return Prefixed(segment->UnforeseenError(),
                    StrCat("segment '", segment->definition.name, "': "));
  }
  return FollowMembership(state.segments, *segment, leader, from_us, until_us,
                          kMaxHistorySteps, member_at_start, visit);
}

}  // namespace trato::core
