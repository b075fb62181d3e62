// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What is sealed by record, as it is to be: blocks of facts and of identifiers
// without what goes, and who is one customer then.

#include <algorithm>

#include "base/status.h"
#include "engine/eraser.h"

namespace trato::core {

absl::Status Eraser::PutRange(uint32_t range, RecordParts& next,
                              Sealing& sealing) {
  RecordBlockWriter writer(range);
  RangeReader reader(*impl_.parts);
  const RecordNumber begin = range * kRecordsPerRange;
  for (RecordNumber i = begin; i < begin + kRecordsPerRange; ++i) {
    TRATO_RETURN_IF_ERROR(reader.ForEachFact(i, [&](const RecordFact& fact) {
      if (Goes(fact)) {
        --next.facts;
        next.kinds -= fact.kind == RecordFact::Kind::kKind;
        return;
      }
      writer.Add(fact);
      for (std::string_view text :
           {fact.name, fact.about, fact.source, fact.actor, fact.batch,
            fact.wording}) {
        if (!new_texts_.contains(text)) new_texts_.emplace(text);
      }
    }));
  }
  PartSlots& slots = next.ranges[range];
  for (const auto& slot : slots) {
    sealing.erase.push_back(PartId(*slot));
    retired_parts_.push_back(slot);
  }
  slots.clear();
  if (writer.empty()) return absl::OkStatus();
  slots.push_back(PutPart(false, writer.facts(), writer.has_keys(),
                          writer.Finish(), next, sealing));
  return absl::OkStatus();
}

absl::Status Eraser::PutIdentifiers(RecordParts& next, Sealing& sealing) {
  std::set<IdentifierEntry> gone;
  RangeReader reader(*impl_.parts);
  for (RecordNumber record : erased_) {
    std::set<std::string> texts;
    TRATO_RETURN_IF_ERROR(reader.ForEachFact(record, [&](const auto& fact) {
      if (fact.kind != RecordFact::Kind::kClaim ||
          fact.text == state_.customers.RecordName(record)) {
        return;
      }
      next.claims -= texts.emplace(fact.text).second && next.claims > 0;
      gone.emplace(IdentifierHash(fact.text), record);
    }));
  }
  if (gone.empty()) return absl::OkStatus();
  std::set<size_t> places;
  for (const IdentifierEntry& it : gone) {
    places.insert(next.BucketOf(it.first));
  }
  for (size_t place : places) {
    IdentifierBucket& bucket = next.buckets[place];
    TRATO_ASSIGN_OR_RETURN(std::vector<IdentifierEntry> entries,
                           EntriesOf(bucket, *next.cache));
    std::erase_if(entries,
                  [&](const IdentifierEntry& it) { return gone.contains(it); });
    for (const auto& slot : bucket.slots) {
      sealing.erase.push_back(PartId(*slot));
      retired_parts_.push_back(slot);
    }
    bucket.slots.clear();
    if (entries.empty()) continue;
    bucket.slots.push_back(
        PutPart(true, static_cast<uint32_t>(entries.size()), false,
                IdentifierBlock::Encode(entries), next, sealing));
  }
  return absl::OkStatus();
}

absl::Status Eraser::PutRecordFacts(Sealing& sealing) {
  auto next = std::make_shared<RecordParts>(*impl_.parts);
  if (cut_ == nullptr) {
    // Identifiers are never cut.
    TRATO_RETURN_IF_ERROR(PutIdentifiers(*next, sealing));
    const std::vector<RecordNumber> records(erased_.begin(), erased_.end());
    ReadScope scope;
    const bool are_tied = state_.customers.AreTiedToOthers(records);
    TRATO_RETURN_IF_ERROR(scope.status());
    // Others may have been kept apart, or joined, by way of her: then it is
    // found anew.
    const BlockId groups{kGroups, 0, 0};
    if (are_tied) {
      sealing.erase.push_back(groups);
    } else {
      sealing.put.emplace_back(
          groups, state_.customers.EncodeGroups([&](RecordNumber record) {
            return erased_.contains(record);
          }));
    }
  }
  for (uint32_t range : ranges_) {
    TRATO_RETURN_IF_ERROR(PutRange(range, *next, sealing));
  }
  sealing.put.emplace_back(BlockId{kRecordDirectory, 0, 0}, next->Encode());
  parts_ = std::move(next);
  return absl::OkStatus();
}

absl::Status Eraser::UseNamesOfParts() {
  if (parts_ == nullptr) return absl::OkStatus();
  const auto use = [&](std::string_view text) {
    if (const auto number = state_.names.Find(text)) names_.erase(*number);
  };
  for (const std::string& text : new_texts_) use(text);
  for (uint32_t range = 0; range < parts_->ranges.size(); ++range) {
    if (names_.empty()) break;
    if (ranges_.contains(range)) continue;
    for (const auto& slot : parts_->ranges[range]) {
      TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const RecordBlock> block,
                             parts_->cache->ReadRecords(*slot));
      for (std::string_view text : block->texts()) use(text);
    }
  }
  return absl::OkStatus();
}

}  // namespace trato::core
