// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// When the steps of a sequence happened, for the customers of a range, and
// which interactions complete it: one pass over two sorted lists a customer.

#ifndef TRATO_VECTOR_SEQUENCE_TIMES_H_
#define TRATO_VECTOR_SEQUENCE_TIMES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/calendar.h"
#include "vector/column.h"
#include "vector/rows.h"

namespace trato::core {

// The times of some interactions by slot, sorted within each.
class Times {
 public:
  void Begin(size_t slots);
  // Of a part of a scan, those in the window.
  void AddPart(const TypeScan::Part& part, uint32_t first_record,
               int64_t from_us, int64_t until_us, bool is_whole);
  void Add(uint32_t slot, int64_t at_us);
  void NoteState(uint32_t slot, uint8_t state);
  // After the last.
  void Sort();

  const int64_t* begin(uint32_t slot) const {
    return at_us_.data() + ends_[slot];
  }
  const int64_t* end(uint32_t slot) const {
    return at_us_.data() + ends_[slot + 1];
  }
  // By slot; empty: all are known.
  const std::vector<uint8_t>& states() const { return states_; }

 private:
  struct One {
    uint32_t slot;
    int64_t at_us;
  };
  // Ends the slots before this one, which gets rows next; false when it or a
  // later one has some already.
  bool ContinueAt(uint32_t slot);
  void MergeOthers();

  size_t slots_ = 0;
  // What came in order of slot and time.
  std::vector<uint32_t> ends_;  // before the slot's first, and after the last
  std::vector<int64_t> at_us_;
  size_t next_slot_ = 0;     // those before it have ends
  std::vector<One> others_;  // what did not
  std::vector<uint32_t> merged_ends_;
  std::vector<int64_t> merged_;
  std::vector<uint8_t> states_;
};

// Whether an instant lies in the window (of - span, of], counted back in the
// zone's calendar; many times of the same year.
class SpanBack {
 public:
  SpanBack(const Span& span, absl::TimeZone zone) : span_(span), zone_(zone) {}
  bool Holds(int64_t us, int64_t of_us);
  // No window is longer.
  uint64_t AtMost() const;

 private:
  void FindSteady(int64_t of_us);

  const Span span_;
  const absl::TimeZone zone_;
  // No change of the clocks in [steady_from_, steady_until_).
  int64_t steady_from_ = 0;
  int64_t steady_until_ = 0;
};

// For each row whether it completes the sequence; with `first_only` further
// ones of the same customer need not be found. `span` may be null.
std::vector<uint8_t> Completing(const Rows& rows, const Times& before,
                                const Times& without, SpanBack* span,
                                bool first_only);

}  // namespace trato::core

#endif  // TRATO_VECTOR_SEQUENCE_TIMES_H_
