// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Some segments, kept exact while facts come and time passes, and who entered
// and left them. Each customer has the instant at which any of her memberships
// may change by itself; until then only facts change them, and only those
// memberships that read such facts. Nothing here is a fact: all of it can be
// made anew from the store and an instant.
//
// Changes come in the order of (instant, log position, customer's record number,
// segment). A segment comes before those that ask for
// it. At one instant all that leaves and comes applies together.

#ifndef TRATO_SEGMENT_LIVE_SEGMENTS_H_
#define TRATO_SEGMENT_LIVE_SEGMENTS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "segment/due_tree.h"
#include "segment/segment_store.h"

namespace trato::core {

// Numbered as in trato.h.
enum class ChangeCause : uint32_t {
  kTime = 1,
  kFact = 2,
  kDefinition = 3,
  kLink = 4,  // records were linked or unlinked
};

struct MembershipChange {
  int64_t at_us = 0;
  uint64_t position = 0;  // the last that was known, that of the fact included
  RecordNumber customer = 0;
  uint16_t segment = 0;  // in the order of names()
  bool entered = false;
  ChangeCause cause = ChangeCause::kTime;
};

class LiveSegments {
 public:
  // What a fact may change, beside memberships of customers not seen yet.
  enum class Touch : uint8_t {
    kInteraction,  // `name` is its type
    kAttribute,    // `name` is the attribute
    kConsent,
    kAll,
    kNothing,  // it may make somebody known
  };

  // FAILED_PRECONDITION where the segment, or one that it asks for, cannot be
  // kept: it asks for relations, or nobody can say when it changes.
  static absl::Status Check(const SegmentStore& segments,
                            std::string_view name);

  // `names` are of segments that pass Check; `segments` outlives this.
  LiveSegments(const World* world, const SegmentStore* segments,
               std::vector<std::string> names);

  const std::vector<std::string>& names() const { return names_; }
  int64_t clock_us() const { return clock_us_; }
  // How many customers are in the segment at the clock.
  uint64_t Count(size_t segment) const { return counts_[segment]; }
  bool IsMember(RecordNumber customer, size_t segment) const {
    return customer < due_.size() &&
           (masks_[customer * words_ + segment / 64] >> (segment % 64) & 1);
  }
  // Until when the customer's memberships stay, if no fact comes.
  int64_t DueOf(RecordNumber customer) const {
    return customer < due_.size() ? due_.Get(customer) : kNever;
  }

  // What is told from now on is known from entries up to this one.
  void SetPosition(uint64_t position) { position_ = position; }

  // The memberships of everybody at this instant; tells nothing.
  void Begin(int64_t clock_us);
  // As if `was(customer, segment)` had been so before: tells the difference, as
  // of the clock.
  template <typename Was>
  void TellSince(uint64_t position, Was was);

  // Everything up to now_us that time changes. Stops when it has woken some
  // `max_wakeups` customers (0: does not stop), at an instant to which all is
  // told. Says whether it is done; an earlier now_us does nothing.
  bool Advance(int64_t now_us, uint64_t max_wakeups);

  // After a fact was applied to the customer's record, at the clock.
  void Touched(RecordNumber record, Touch touch, uint32_t name,
               uint64_t position);
  // After the customer came to have other records than before.
  void Regrouped(RecordNumber record, uint64_t position);
  // After what everybody's memberships rest on has changed: all of the
  // segments, or those that depend on one.
  void Redefined(std::string_view segment, uint64_t position,
                 ChangeCause cause);
  // After something that bears on everybody's consents.
  void ConsentsChanged(uint64_t position);
  bool reads_consents() const { return !by_consent_.empty(); }

  // What was told and not taken, in order.
  std::vector<MembershipChange>& changes() { return changes_; }
  uint64_t wakeups() const { return wakeups_; }
  uint64_t idle_wakeups() const { return idle_wakeups_; }

 private:
  using Segments = std::vector<uint16_t>;

  // Finds the programs again, what they read, and their order.
  void Resolve();
  void Collect(std::string_view name, Reads& reads,
               std::vector<std::string>& inner, int depth) const;
  void Grow();
  // Tests the customer's segments (null: all) at the instant, and tells.
  void Evaluate(RecordNumber customer, int64_t at_us, uint64_t position,
                ChangeCause cause, const Segments* some);
  void EvaluateEverybody(uint64_t position, ChangeCause cause,
                         const Segments* some);
  void Set(RecordNumber customer, uint16_t segment, bool member, int64_t at_us,
           uint64_t position, ChangeCause cause);
  void Leave(RecordNumber customer, uint64_t position);
  // Whether a fact about the customer is dated at that very instant.
  bool HasFactAt(RecordNumber customer, int64_t at_us) const;
  void SortFrom(size_t first);

  const World* world_;
  const SegmentStore* segments_;
  std::vector<std::string> names_;
  std::vector<const SegmentStore::Segment*> found_;  // null: it is gone
  Segments order_;            // inner ones first
  std::vector<uint16_t> rank_;  // places in order_
  absl::flat_hash_map<uint32_t, Segments> by_type_;
  absl::flat_hash_map<uint32_t, Segments> by_attribute_;
  Segments by_consent_;
  std::vector<std::vector<std::string>> depends_on_;

  int64_t clock_us_ = 0;
  uint64_t position_ = 0;
  size_t words_ = 1;  // of a mask
  std::vector<uint64_t> masks_;
  std::vector<bool> seen_;  // who was tested while she was known
  DueTree due_;
  std::vector<uint64_t> counts_;
  std::vector<MembershipChange> changes_;
  bool tells_ = false;
  uint64_t wakeups_ = 0;
  uint64_t idle_wakeups_ = 0;
};

template <typename Was>
void LiveSegments::TellSince(uint64_t position, Was was) {
  const size_t first = changes_.size();
  const auto records =
      static_cast<RecordNumber>(world_->customers->record_count());
  for (RecordNumber customer = 0; customer < records; ++customer) {
    for (uint16_t segment = 0; segment < names_.size(); ++segment) {
      const bool member = IsMember(customer, segment);
      if (member != was(customer, segment)) {
        changes_.push_back({clock_us_, position, customer, segment, member,
                            ChangeCause::kFact});
      }
    }
  }
  SortFrom(first);
}

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_SEGMENTS_H_
