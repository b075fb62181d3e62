// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The blocks as they are to be.

#include <algorithm>

#include "base/bytes.h"
#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/eraser.h"

namespace trato::core {

absl::Status Eraser::MakeRuns(Sealing& sealing) {
  const auto goes = [&](uint32_t record, const InteractionRef& it) {
    return GoesRow(record, it);
  };
  for (const auto& run : state_.timeline.runs()) {
    const auto concerns = [&](const BlockSlot& slot) {
      return std::any_of(
          erased_.begin(), erased_.end(), [&](RecordNumber record) {
            return record >= slot.first_record &&
                   record - slot.first_record < slot.record_count;
          });
    };
    if (cut_ == nullptr &&
        std::none_of(run->blocks.begin(), run->blocks.end(),
                     [&](const auto& slot) { return concerns(*slot); })) {
      runs_.push_back(run);
      continue;
    }
    auto fresh = std::make_shared<Run>(*run);
    fresh->blocks.clear();
    fresh->firsts.clear();
    fresh->rows = 0;
    for (const auto& slot : run->blocks) {
      uint64_t gone = 0;
      std::vector<PackedBlock> blocks;
      bool is_concerned = cut_ == nullptr && concerns(*slot);
      if (cut_ != nullptr) {
        TRATO_ASSIGN_OR_RETURN(is_concerned, AnyGoes(*slot));
      }
      if (is_concerned) {
        TRATO_ASSIGN_OR_RETURN(
            blocks, state_.timeline.PackWithout(
                        *slot, goes, [&](const InteractionRef&) { ++gone; }));
      }
      if (gone == 0) {
        fresh->firsts.push_back(slot->first_record);
        fresh->blocks.push_back(slot);
        fresh->rows += slot->rows;
        continue;
      }
      retired_.push_back(slot);
      sealing.erase.push_back(RowsId(slot->place, false));
      if (slot->has_keys) sealing.erase.push_back(RowsId(slot->place, true));
      TRATO_RETURN_IF_ERROR(
          impl_.AddBlocks(std::move(blocks), *fresh, &sealing));
    }
    std::vector<uint32_t> inputs;
    if (impl_.merge && impl_.merge->output != nullptr &&
        impl_.merge->output->id == run->id) {
      for (const auto& input : impl_.merge->inputs) inputs.push_back(input->id);
    }
    sealing.put.emplace_back(BlockId{kDirectory, 0, fresh->id},
                             EncodeRun(*fresh, inputs));
    runs_.push_back(std::move(fresh));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Eraser::AnyGoes(BlockSlot& slot) const {
  TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const Block> block,
                         state_.timeline.cache().Read(slot));
  bool any = false;
  for (const Cluster& cluster : block->clusters()) {
    cluster.ForEachEntry([&](uint32_t at, uint32_t begin, uint32_t end) {
      for (uint32_t row = begin; row < end && !any; ++row) {
        any = GoesRow(slot.first_record + at,
                      InteractionRef(&cluster, row, &slot));
      }
    });
  }
  return any;
}

absl::Status Eraser::Put(Sealing& sealing) {
  TRATO_RETURN_IF_ERROR(MakeRuns(sealing));
  if (impl_.parts != nullptr) TRATO_RETURN_IF_ERROR(PutRecordFacts(sealing));
  TRATO_RETURN_IF_ERROR(FindNames());
  if (impl_.path.empty()) return absl::OkStatus();
  TRATO_RETURN_IF_ERROR(PutFacts(sealing));
  TRATO_RETURN_IF_ERROR(PutNames(sealing));
  TRATO_RETURN_IF_ERROR(PutRecords(sealing));
  TRATO_RETURN_IF_ERROR(PutFound(sealing));
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> before,
                         impl_.file->ListBlocks(kKept));
  const uint32_t number = before.empty() ? 0 : before.back().number + 1;
  sealing.put.emplace_back(BlockId{kKept, 0, number}, EncodeKept(kept_));
  return absl::OkStatus();
}

absl::Status Eraser::PutFacts(Sealing& sealing) {
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids,
                         impl_.file->ListBlocks(kFacts));
  std::vector<std::string> texts;
  for (RecordNumber record : erased_) {
    texts.emplace_back(state_.customers.RecordName(record));
  }
  for (const Id& id : decisions_) texts.push_back(id.ToByteString());
  for (const auto* hashes : {&coupons_, &released_coupons_}) {
    for (const Id& id : *hashes) texts.push_back(id.ToByteString());
  }
  texts.insert(texts.end(), conversations_.begin(), conversations_.end());
  const bool is_few = cut_ == nullptr && texts.size() <= 16;
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, impl_.file->ReadBlock(id));
    if (is_few && !Holds(bytes, texts)) continue;
    std::string fresh;
    bool is_changed = false;
    ByteReader reader(bytes);
    while (!reader.rest().empty()) {
      const uint64_t at = reader.Varint();
      std::string_view entry = reader.Bytes();
      if (!reader.ok()) return Unreadable("list of facts");
      std::string rest;
      if (!is_few || Holds(entry, texts)) {
        TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
        const int64_t recorded_us =
            decoded.facts.empty() ? 0 : decoded.facts.front().recorded_us;
        if (Reduce(decoded.facts) || !decoded.salts.empty()) {
          is_changed = true;
          if (decoded.facts.empty()) continue;
          // Without the salts, which are sealed elsewhere.
          TRATO_ASSIGN_OR_RETURN(rest, EncodeEntry(recorded_us, decoded.facts));
          entry = rest;
        }
      }
      PutVarint(fresh, at);
      PutBytes(fresh, entry);
    }
    if (!is_changed) continue;
    if (fresh.empty()) {
      sealing.erase.push_back(id);
    } else {
      sealing.put.emplace_back(id, std::move(fresh));
    }
  }
  return absl::OkStatus();
}

namespace {

// Lists of texts that are led by how many come before them.
absl::Status ReplaceTexts(const StoreFile& file, uint8_t kind,
                          std::string_view what,
                          const std::function<bool(uint32_t number)>& goes,
                          Sealing& sealing) {
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids, file.ListBlocks(kind));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, file.ReadBlock(id));
    ByteReader reader(bytes);
    auto number = static_cast<uint32_t>(reader.Varint());
    std::string fresh;
    PutVarint(fresh, number);
    bool is_changed = false;
    for (; !reader.rest().empty(); ++number) {
      const std::string_view text = reader.Bytes();
      if (!reader.ok()) return Unreadable(what);
      const bool is_hers = goes(number);
      is_changed = is_changed || is_hers;
      PutBytes(fresh, is_hers ? Tombstone(number) : std::string(text));
    }
    if (is_changed) sealing.put.emplace_back(id, std::move(fresh));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Eraser::PutNames(Sealing& sealing) {
  if (names_.empty()) return absl::OkStatus();
  return ReplaceTexts(
      *impl_.file, kNames, "list of names",
      [&](uint32_t number) { return names_.contains(number); }, sealing);
}

absl::Status Eraser::PutRecords(Sealing& sealing) {
  TRATO_RETURN_IF_ERROR(ReplaceTexts(
      *impl_.file, kRecords, "list of records",
      [&](uint32_t number) { return erased_.contains(number); }, sealing));
  std::set<uint32_t> salted;
  std::set<uint32_t> seen;
  for (RecordNumber record : erased_) {
    salted.insert(record / kRecordsPerBlock);
    seen.insert(record / kRecordsPerBlock);
  }
  for (const auto& [record, first_us] : first_seen_) {
    seen.insert(record / kRecordsPerBlock);
  }
  for (uint32_t part : salted) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes,
                           impl_.file->ReadBlock({kSalts, 0, part}));
    for (RecordNumber record : erased_) {
      if (record / kRecordsPerBlock != part) continue;
      const size_t at = record % kRecordsPerBlock * sizeof(Salt);
      if (at + sizeof(Salt) > bytes.size()) return Unreadable("list of salts");
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), sizeof(Salt),
                  '\0');
    }
    sealing.put.emplace_back(BlockId{kSalts, 0, part}, std::move(bytes));
  }
  for (uint32_t part : seen) {
    const RecordNumber begin = part * kRecordsPerBlock;
    const auto count = static_cast<RecordNumber>(
        std::min<uint64_t>(kRecordsPerBlock, impl_.sealed.records - begin));
    TRATO_ASSIGN_OR_RETURN(const std::string bytes,
                           impl_.file->ReadBlock({kFirstSeen, 0, part}));
    TRATO_ASSIGN_OR_RETURN(std::vector<int64_t> first_us,
                           DecodeFirstSeen(bytes, count));
    for (RecordNumber i = 0; i < count; ++i) {
      if (erased_.contains(begin + i))
        first_us[i] = i == 0 ? 0 : first_us[i - 1];
      if (auto it = first_seen_.find(begin + i); it != first_seen_.end()) {
        first_us[i] = it->second;
      }
    }
    sealing.put.emplace_back(BlockId{kFirstSeen, 0, part},
                             EncodeFirstSeen(first_us));
  }
  return absl::OkStatus();
}

absl::Status Eraser::PutFound(Sealing& sealing) {
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids,
                         impl_.file->ListBlocks(kFound));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, impl_.file->ReadBlock(id));
    ByteReader reader(bytes);
    std::string fresh;
    bool is_changed = false;
    while (!reader.rest().empty()) {
      const std::string_view begin = reader.rest();
      const std::string_view fact = reader.Take(16);
      const auto record = static_cast<uint32_t>(reader.Varint());
      reader.Varint();
      reader.Signed();
      reader.Varint();
      reader.Varint();
      reader.Bytes();
      if (!reader.ok()) return Unreadable("list of corrections");
      if (erased_.contains(record) ||
          GoesAmended(FactId{Id::FromBytes(
              reinterpret_cast<const unsigned char*>(fact.data()))})) {
        is_changed = true;
        continue;
      }
      fresh += begin.substr(0, begin.size() - reader.rest().size());
    }
    if (!is_changed) continue;
    if (fresh.empty()) {
      sealing.erase.push_back(id);
    } else {
      sealing.put.emplace_back(id, std::move(fresh));
    }
  }
  return absl::OkStatus();
}

}  // namespace trato::core
