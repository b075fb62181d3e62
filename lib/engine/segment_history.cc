// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// When one customer enters and leaves a segment, in the past or, if no fact
// comes, in the future. Nothing of it is stored: each test says until when its
// answer holds, and the next test is made then.

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/checks.h"
#include "engine/store_impl.h"
#include "engine/view.h"

namespace trato::core {

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
  ReadScope scope;
  bool member = false;
  int64_t now_us = from_us;
  for (int step = 0; step < kMaxHistorySteps; ++step) {
    int64_t next_us;
    TRATO_ASSIGN_OR_RETURN(
        const Verdict verdict,
        state.segments.Test(*segment, leader, now_us, &next_us));
    TRATO_RETURN_IF_ERROR(scope.status());
    if (step == 0) {
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

}  // namespace trato::core
