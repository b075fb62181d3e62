// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: finds what an erasure takes out, and makes what stands in
// its place. See erase.cc.

#ifndef TRATO_ENGINE_ERASER_H_
#define TRATO_ENGINE_ERASER_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "engine/record_facts.h"
#include "engine/retention.h"
#include "engine/store_impl.h"

namespace trato::core {

class Eraser {
 public:
  Eraser(Store::Impl& impl, std::span<const RecordNumber> records)
      : impl_(impl),
        state_(*impl.state),
        form_(&state_.names),
        erased_(records.begin(), records.end()) {}

  // What no rule of retention keeps any more, instead of persons.
  Eraser(Store::Impl& impl, const RetentionCut* cut)
      : impl_(impl), state_(*impl.state), form_(&state_.names), cut_(cut) {}

  // Counts what would go, and changes nothing.
  absl::Status Count();
  // Reads only.
  absl::Status Find();
  // The blocks as they are to be. Without a file only the runs are made.
  absl::Status Put(Sealing& sealing);

  uint64_t facts() const { return facts_ + interactions_; }
  uint64_t interactions() const { return interactions_; }
  const std::vector<std::shared_ptr<Run>>& runs() const { return runs_; }
  // The blocks that go; somebody may be reading them.
  const std::vector<std::shared_ptr<BlockSlot>>& retired() const {
    return retired_;
  }
  // And the parts of what is sealed by record.
  const PartSlots& retired_parts() const { return retired_parts_; }
  // Without a file: the entries that are left, and the names.
  std::vector<std::pair<uint64_t, std::string>>& entries() { return entries_; }
  std::string_view NameOf(uint32_t name) const {
    return state_.names.Text(name);
  }
  bool NameGoes(uint32_t name) const { return names_.contains(name); }
  // Whether nothing of the record is left.
  bool Goes(RecordNumber record) const { return erased_.contains(record); }
  // Whether an interaction that was corrected or retracted goes.
  bool GoesAmended(const FactId& interaction) const {
    const auto found = amended_.find(interaction);
    return found != amended_.end() && found->second;
  }
  // By kind and name, how many facts go by retention, and the latest instant
  // before which that is so.
  const std::map<std::pair<RetainedKind, std::string>, uint64_t>& counts()
      const {
    return counts_;
  }
  int64_t earliest_us() const { return earliest_us_; }
  // When somebody who stays was first named, where that has changed.
  const std::map<RecordNumber, int64_t>& first_seen() const {
    return first_seen_;
  }

 private:
  bool Goes(const Fact& fact) const;
  bool GoesOutcome(const OutcomeFact& it) const;
  void NoteDecision(const Decision& decision);
  bool GoesRow(RecordNumber record, const InteractionRef& it) const;
  absl::StatusOr<bool> AnyGoes(BlockSlot& slot) const;
  void FindAmended();
  absl::Status FindRows();
  void CountOne(RetainedKind kind, std::string_view name, int64_t at_us);
  void CountFact(const Fact& fact);
  // Somebody else's interaction that was hers in truth: that it was not theirs
  // is all that stays.
  bool MustForget(const Fact& fact) const {
    const auto* it = std::get_if<CorrectionFact>(&fact.payload);
    return it != nullptr && it->content && IsErased(it->content->record) &&
           !IsErased(it->record);
  }
  static void Forget(Fact& fact) {
    auto& it = std::get<CorrectionFact>(fact.payload);
    it.content.reset();
    it.content_at_us = 0;
    it.reason.clear();
  }
  bool IsErased(std::string_view name) const {
    const auto record = state_.customers.FindRecord(name);
    return record && erased_.contains(*record);
  }
  // The facts that are left of an entry, as they are then; says whether that
  // changes any.
  bool Reduce(std::vector<Fact>& facts) const;
  // Whether the entry holds any of the texts.
  static bool Holds(std::string_view entry,
                    const std::vector<std::string>& texts) {
    return std::any_of(texts.begin(), texts.end(), [&](const auto& text) {
      return entry.find(text) != std::string_view::npos;
    });
  }
  // Calls `visit` for all entries that hold no interactions.
  absl::Status ForEachEntry(
      const std::function<absl::Status(uint64_t, std::string_view)>& visit);
  uint32_t LinkOf(uint64_t position) const {
    return static_cast<uint32_t>(
        std::lower_bound(ends_.begin(), ends_.end(), position) - ends_.begin());
  }
  void AddNames(const Fact& fact);
  absl::Status FindFacts();
  absl::Status FindFirstSeen();
  absl::Status FindCommitments();
  absl::Status FindNames();
  absl::Status MakeRuns(Sealing& sealing);
  absl::Status FindRecordFacts();
  absl::Status PutFacts(Sealing& sealing);
  absl::Status PutRecordFacts(Sealing& sealing);
  absl::Status PutRange(uint32_t range, RecordParts& next, Sealing& sealing);
  absl::Status PutIdentifiers(RecordParts& next, Sealing& sealing);
  absl::Status UseNamesOfParts();
  bool Goes(const RecordFact& fact) const {
    return cut_ == nullptr
               ? erased_.contains(fact.record)
               : Goes(ToFact(fact, state_.customers.RecordName(fact.record)));
  }
  void FindReleased();
  bool IsReleased(const Fact& fact) const;
  absl::Status PutNames(Sealing& sealing);
  absl::Status PutRecords(Sealing& sealing);
  absl::Status PutFound(Sealing& sealing);

  Store::Impl& impl_;
  const State& state_;
  CanonicalForm form_;
  const RetentionCut* cut_ = nullptr;
  absl::flat_hash_set<RecordNumber> erased_;
  absl::flat_hash_map<Id, bool> amended_;  // of retention: whether it goes
  absl::flat_hash_set<RecordNumber> amended_records_;
  std::map<std::pair<RetainedKind, std::string>, uint64_t> counts_;
  int64_t earliest_us_ = std::numeric_limits<int64_t>::min();
  absl::flat_hash_set<Id> decisions_;
  absl::flat_hash_set<std::string> conversations_;  // of these decisions
  absl::flat_hash_set<Id> coupons_;
  // Redemptions that take no use because of what goes: without it they would
  // take one again. And the hashes of their coupons.
  absl::flat_hash_set<Id> released_;
  absl::flat_hash_set<Id> released_coupons_;
  std::vector<uint64_t> ends_;  // of links
  uint64_t facts_ = 0;
  uint64_t interactions_ = 0;
  // The links in which facts of a record change; kNoRecord too.
  std::map<uint32_t, std::set<uint32_t>> links_;
  std::map<RecordNumber, int64_t> first_seen_;
  std::vector<KeptCommitment> kept_;
  absl::flat_hash_set<uint32_t> names_;  // that nobody else uses
  std::vector<std::shared_ptr<Run>> runs_;
  std::vector<std::shared_ptr<BlockSlot>> retired_;
  std::set<uint32_t> ranges_;  // in which facts about one record alone go
  std::shared_ptr<const RecordParts> parts_;  // as they are to be
  PartSlots retired_parts_;
  // The names in the blocks that are new.
  absl::flat_hash_set<std::string, StringHash, StringEqual> new_texts_;
  std::vector<std::pair<uint64_t, std::string>> entries_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_ERASER_H_
