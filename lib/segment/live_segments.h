// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Some segments, kept exact while facts come and time passes, and who entered
// and left them. Each customer has a list of the segments whose answer may
// change by itself, and when: until then only facts change them, and only those
// that read such facts. The earliest of these instants stands in a tree, so that
// who is due is found without looking at the others. Nothing here is a fact: all
// of it can be made anew from the store and an instant.
//
// Changes come in the order of (instant, log position, customer's record number,
// segment). A segment comes before those that ask for
// it. At one instant all that leaves and comes applies together.

#ifndef TRATO_SEGMENT_LIVE_SEGMENTS_H_
#define TRATO_SEGMENT_LIVE_SEGMENTS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/money.h"
#include "segment/due_tree.h"
#include "segment/live_gates.h"
#include "segment/live_program.h"
#include "segment/segment_store.h"
#include "segment/wait_lists.h"

namespace trato::core {

// Numbered as in trato.h.
enum class ChangeCause : uint8_t {
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
static_assert(sizeof(MembershipChange) == 24);  // of a jump there are millions

class LiveSegments {
 public:
  // What a fact may change, beside memberships of customers not seen yet.
  enum class Touch : uint8_t {
    kAttribute,    // `name` is the attribute
    kConsent,
    kAll,
    kNothing,  // it may make somebody known
  };

  // FAILED_PRECONDITION where the segment, or one that it asks for, cannot be
  // kept: it asks for relations, or nobody can say when it changes.
  static absl::Status Check(const SegmentStore& segments,
                            std::string_view name);

  // So many at most.
  static constexpr size_t kMaxSegments = 65'000;

  // Runs task(i) for each i below the count, on threads of the host's; empty: on
  // the calling one.
  using Run = std::function<void(const std::function<void(size_t)>& task,
                                 size_t count)>;

  // `names` are of segments that pass Check; `world` and `segments` outlive
  // this.
  LiveSegments(const World* world, const SegmentStore* segments,
               std::vector<std::string> names, Run run = {});

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
    if (customer >= due_.size()) return kNever;
    return std::min(due_.Get(customer), gates_.NextFlipOf(customer));
  }

  // A record that is another one's, which leads it.
  struct Joined {
    RecordNumber record = 0;
    RecordNumber leader = 0;
  };
  // What Begin would find out, by record, as it is now.
  struct Image {
    std::vector<int64_t> due;
    std::vector<uint8_t> seen;
    std::vector<uint64_t> masks;
    std::vector<Joined> joined;
    LiveGates::Image gates;
  };
  Image MakeImage() const;
  // Instead of Begin, from an image of the same segments and the same store at
  // this instant, or of this store before more was written: then CatchUp comes
  // next. False: it is of another size.
  bool Begin(int64_t clock_us, Image image);
  // What was written since the image was made.
  struct Since {
    std::vector<RecordNumber> records;   // that may have changed
    std::vector<std::string> redefined;  // segments
    bool consents = false;               // of anybody
    bool everybody = false;
  };
  // Tells what it has changed, as of the clock.
  void CatchUp(const Since& since, uint64_t position);

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
  // After interactions were recorded that were not known: first of all that came
  // together, before anything else is said of them, what they are; then of each
  // that it may have changed something.
  void NoteInteraction(RecordNumber record, uint32_t type, int64_t at_us,
                       const Money& amount);
  void TouchedByInteraction(RecordNumber record, uint32_t type, int64_t at_us,
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
  // How many were ever told.
  uint64_t told() const { return told_; }
  // How often a customer was tested, for whatever reason.
  uint64_t tested() const { return tested_; }
  uint64_t wakeups() const { return wakeups_; }
  uint64_t idle_wakeups() const { return idle_wakeups_; }
  // Asks for the memory that a fact about the record will need.
  void Prefetch(RecordNumber record) const;

 private:
  using Segments = std::vector<uint16_t>;

  // Finds the programs again, what they read, and their order.
  void Resolve();
  void Collect(std::string_view name, Reads& reads,
               std::vector<std::string>& inner, int depth) const;
  void Grow();
  // What one thread needs, and what it finds.
  struct Worker {
    explicit Worker(const LiveProgram* program, size_t segments)
        : test(program), counts(segments), is_asked(segments) {}

    LiveTest test;
    std::vector<int64_t> counts;  // who entered less who left
    uint64_t tested = 0;
    uint64_t wakeups = 0;
    uint64_t idle_wakeups = 0;
    std::vector<MembershipChange> changes;
    std::vector<Wait> waits;
    Segments asked;
    std::vector<uint8_t> is_asked;
  };
  // Another reason to look at a customer: she becomes known, or is restricted.
  static constexpr uint16_t kStanding = 0xffff;
  // Any of her segments: which is not known any more.
  static constexpr uint16_t kAnySegment = 0xfffe;

  // Tests the customer's segments (null: all) at the instant, and tells; the due
  // tree's minima are for the caller. `again`: the worker has her rows.
  void Evaluate(Worker& worker, RecordNumber customer, int64_t at_us,
                uint64_t position, ChangeCause cause, const Segments* some,
                bool again = false);
  // The same for who is touched by a fact.
  void EvaluateOne(RecordNumber customer, uint64_t position, ChangeCause cause,
                   const Segments* some);
  void EvaluateEverybody(uint64_t position, ChangeCause cause,
                         const Segments* some);
  // Of a segment with gates, of which it keeps what her answers would be.
  bool TestGated(Worker& worker, RecordNumber customer, uint16_t segment,
                 int64_t at_us, int64_t* until_us);
  // To the instant at which gates change, all that changes then.
  void PassGates(int64_t at_us);
  // Calls task(worker, i) for each i below the count, on threads of the host's
  // where there are many, and takes over what the workers found.
  void RunTasks(size_t count,
                const std::function<void(Worker&, size_t)>& task);
  // Wakes the customer at each instant up to this one; the due tree's minima are
  // for the caller.
  void Roll(Worker& worker, RecordNumber customer, int64_t end_us);
  // The same for all who are due; what that tells is for the caller to take.
  void RollAll(int64_t end_us);
  void Set(Worker& worker, RecordNumber customer, uint16_t segment, bool member,
           int64_t at_us, uint64_t position, ChangeCause cause);
  void Leave(RecordNumber customer, uint64_t position, ChangeCause cause);
  // In order, the segments that depend on one, itself among them.
  Segments DependentsOf(std::string_view segment) const;
  // Whether a fact that the segment asks the customer for is dated at that very
  // instant.
  bool HasFactAt(Worker& worker, RecordNumber customer, uint16_t segment,
                 int64_t at_us) const;
  // Takes over what the worker has found, in order.
  void Take(Worker& worker);
  void Sort(std::vector<MembershipChange>& changes) const;

  const World* world_;
  const SegmentStore* segments_;
  const Run run_;
  std::vector<std::string> names_;
  std::vector<const SegmentStore::Segment*> found_;  // null: it is gone
  // Of the parts that the clock decides alone.
  LiveGates gates_;
  bool may_add_clocks_ = false;  // nobody else is at work
  Segments order_;            // inner ones first
  std::vector<uint16_t> rank_;  // places in order_
  std::unique_ptr<LiveProgram> program_;
  std::unique_ptr<Worker> worker_;  // of the writer's thread
  std::vector<std::unique_ptr<Worker>> workers_;  // of other threads, at rest
  std::vector<RecordNumber> woken_;
  absl::flat_hash_map<uint32_t, Segments> by_attribute_;
  std::vector<std::vector<uint32_t>> attributes_of_;  // by segment
  Segments by_consent_;
  std::vector<std::vector<std::string>> depends_on_;

  int64_t clock_us_ = 0;
  uint64_t position_ = 0;
  size_t words_ = 1;  // of a mask
  std::vector<uint64_t> masks_;
  std::vector<uint8_t> seen_;  // who was tested while she was known
  DueTree due_;
  WaitLists waits_;
  std::vector<uint64_t> counts_;
  std::vector<MembershipChange> changes_;
  bool tells_ = false;
  std::vector<Joined> joined_;  // of an image
  Segments unknown_;  // of which an image did not tell all
  uint64_t told_ = 0;
  uint64_t tested_ = 0;
  uint64_t wakeups_ = 0;
  uint64_t idle_wakeups_ = 0;
};

template <typename Was>
void LiveSegments::TellSince(uint64_t position, Was was) {
  const auto records =
      static_cast<RecordNumber>(world_->customers->record_count());
  for (RecordNumber customer = 0; customer < records; ++customer) {
    for (uint16_t segment = 0; segment < names_.size(); ++segment) {
      const bool member = IsMember(customer, segment);
      if (member != was(customer, segment)) {
        worker_->changes.push_back({clock_us_, position, customer, segment,
                                    member, ChangeCause::kFact});
      }
    }
  }
  Take(*worker_);
}

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_SEGMENTS_H_
