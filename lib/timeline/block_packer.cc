// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/block_packer.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace trato::core {

void BlockPacker::Begin(uint32_t record) {
  EndRecord();
  if (rows_ >= kBlockRows) Finish();
  if (!open_) first_ = record;
  open_ = true;
  record_ = record;
}

ClusterRows& BlockPacker::Rows(uint32_t type) {
  auto [place, is_new] = of_type_.try_emplace(type, clusters_.size());
  if (is_new) clusters_.emplace_back().type = type;
  if (std::find(touched_.begin(), touched_.end(), place->second) ==
      touched_.end()) {
    touched_.push_back(place->second);
  }
  return clusters_[place->second];
}

void BlockPacker::EndRecord() {
  for (size_t i : touched_) {
    ClusterRows& it = clusters_[i];
    const int64_t before = it.end.empty() ? 0 : it.end.back();
    const auto end = static_cast<int64_t>(it.rows());
    if (end == before) continue;
    it.record.push_back(record_ - first_);
    it.end.push_back(end);
    rows_ += static_cast<uint32_t>(end - before);
  }
  touched_.clear();
}

void BlockPacker::Finish() {
  EndRecord();
  if (rows_ > 0) {
    std::erase_if(clusters_,
                  [](const ClusterRows& it) { return it.rows() == 0; });
    std::sort(clusters_.begin(), clusters_.end(),
              [](const ClusterRows& a, const ClusterRows& b) {
                return a.type < b.type;
              });
    PackedBlock& block = blocks_.emplace_back();
    block.first_record = first_;
    block.record_count = record_ - first_ + 1;
    block.rows = rows_;
    block.packed = Block::Pack(first_, block.record_count, clusters_);
  }
  clusters_.clear();
  of_type_.clear();
  rows_ = 0;
  open_ = false;
}

namespace {

void PrefetchRow(const Interaction* it) {
  constexpr size_t kLine = 64;
  const auto* const at = reinterpret_cast<const char*>(it);
  for (size_t k = 0; k < sizeof(*it); k += kLine) __builtin_prefetch(at + k);
}

}  // namespace

std::vector<PackedBlock> Timeline::PackTail() const {
  BlockPacker packer;
  if (tail_ == nullptr) return {};
  std::vector<std::pair<uint32_t, const TailRuns*>> records;
  records.reserve(tail_->by_record.size());
  for (const auto& [record, runs] : tail_->by_record) {
    records.emplace_back(record, &runs);
  }
  std::sort(records.begin(), records.end());
  // In order of record, which is none of memory: what comes next is asked for
  // ahead.
  constexpr size_t kAhead = 8;
  for (size_t i = 0; i < records.size(); ++i) {
    if (i + 2 * kAhead < records.size()) {
      __builtin_prefetch(records[i + 2 * kAhead].second);
    }
    if (i + kAhead < records.size()) {
      for (const TailRun& run : *records[i + kAhead].second) {
        PrefetchRow(*run.sorted.data());
      }
    }
    packer.Begin(records[i].first);
    for (const TailRun& run : *records[i].second) {
      ClusterRows& rows = packer.Rows(run.type);
      for (const Interaction* it : run.sorted) rows.Add(*it);
    }
  }
  packer.Finish();
  return packer.Take();
}

absl::StatusOr<std::vector<PackedBlock>> Timeline::PackRuns(
    std::span<const std::shared_ptr<Run>> inputs, uint32_t from, uint64_t rows,
    uint32_t& until) const {
  // As far as the largest input's blocks have that many rows.
  const Run* largest = inputs.front().get();
  for (const auto& run : inputs) {
    if (run->blocks.size() > largest->blocks.size()) largest = run.get();
  }
  until = std::numeric_limits<uint32_t>::max();
  uint64_t counted = 0;
  for (const auto& slot : largest->blocks) {
    if (slot->first_record + uint64_t{slot->record_count} <= from) continue;
    if (counted >= rows && slot->first_record > from) {
      until = slot->first_record;
      break;
    }
    counted += slot->rows;
  }
  struct Piece {
    uint32_t record;
    uint32_t begin;
    uint32_t end;
    const Cluster* cluster;
    BlockSlot* slot;
    const BlockKeys* keys;
  };
  std::vector<Piece> pieces;
  std::vector<std::shared_ptr<const void>> held;
  for (const auto& run : inputs) {
    for (const auto& slot : run->blocks) {
      if (slot->first_record >= until ||
          slot->first_record + uint64_t{slot->record_count} <= from) {
        continue;
      }
      // It stays for when it is retired, which would read it again.
      std::shared_ptr<const void> owner;
      if (!cache_->is_limited()) cache_->Get(*slot, owner);
      TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const Block> block,
                             cache_->Read(*slot));
      std::shared_ptr<const BlockKeys> keys;
      if (slot->has_keys) {
        ReadScope scope;
        keys = cache_->GetKeys(*slot);
        TRATO_RETURN_IF_ERROR(scope.status());
      }
      for (const Cluster& cluster : block->clusters()) {
        const auto add = [&](uint32_t at, uint32_t begin, uint32_t end) {
          const uint32_t record = slot->first_record + at;
          if (begin == end || record < from || record < run->from ||
              record >= until || record >= run->until) {
            return;
          }
          pieces.push_back(
              {record, begin, end, &cluster, slot.get(), keys.get()});
        };
        cluster.ForEachEntry(add);
      }
      held.push_back(std::move(block));
      if (keys != nullptr) held.push_back(std::move(keys));
    }
  }
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    if (a.record != b.record) return a.record < b.record;
    return a.cluster->type() < b.cluster->type();
  });
  BlockPacker packer;
  struct Row {
    int64_t at_us;
    uint32_t source;
    uint64_t position;
    const Piece* piece;
    uint32_t row;
  };
  std::vector<Row> merged;
  for (size_t begin = 0; begin < pieces.size();) {
    const Piece& first = pieces[begin];
    if (begin == 0 || pieces[begin - 1].record != first.record) {
      packer.Begin(first.record);
    }
    const uint32_t type = first.cluster->type();
    size_t end = begin + 1;
    while (end < pieces.size() && pieces[end].record == first.record &&
           pieces[end].cluster->type() == type) {
      ++end;
    }
    ClusterRows& out = packer.Rows(type);
    if (end - begin == 1) {
      first.cluster->Unpack(first.begin, first.end, first.keys, out);
    } else {
      merged.clear();
      for (size_t i = begin; i < end; ++i) {
        const Piece& piece = pieces[i];
        for (uint32_t row = piece.begin; row < piece.end; ++row) {
          const InteractionRef it(piece.cluster, row, piece.slot);
          merged.push_back(
              {it.at_us(), it.source(), it.position(), &piece, row});
        }
      }
      std::stable_sort(merged.begin(), merged.end(),
                       [&](const Row& a, const Row& b) {
                         if (a.at_us != b.at_us) return a.at_us < b.at_us;
                         if (a.source != b.source) {
                           return SourceBefore(a.source, b.source);
                         }
                         return a.position < b.position;
                       });
      for (const Row& row : merged) {
        row.piece->cluster->Unpack(row.row, row.row + 1, row.piece->keys, out);
      }
    }
    begin = end;
  }
  packer.Finish();
  return packer.Take();
}

absl::StatusOr<std::vector<PackedBlock>> Timeline::PackWithout(
    BlockSlot& slot,
    const std::function<bool(uint32_t record, const InteractionRef&)>& goes,
    const std::function<void(const InteractionRef&)>& visit) const {
  TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const Block> block,
                         cache_->Read(slot));
  std::shared_ptr<const BlockKeys> keys;
  if (slot.has_keys) {
    ReadScope scope;
    keys = cache_->GetKeys(slot);
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  struct Piece {
    uint32_t record;
    uint32_t begin;
    uint32_t end;
    const Cluster* cluster;
  };
  std::vector<Piece> pieces;
  for (const Cluster& cluster : block->clusters()) {
    cluster.ForEachEntry([&](uint32_t at, uint32_t begin, uint32_t end) {
      const uint32_t record = slot.first_record + at;
      // Rows that stay, up to one that goes.
      uint32_t first = begin;
      for (uint32_t row = begin; row < end; ++row) {
        const InteractionRef it(&cluster, row, &slot);
        if (!goes(record, it)) continue;
        visit(it);
        if (first < row) pieces.push_back({record, first, row, &cluster});
        first = row + 1;
      }
      if (first < end) pieces.push_back({record, first, end, &cluster});
    });
  }
  std::stable_sort(
      pieces.begin(), pieces.end(),
      [](const Piece& a, const Piece& b) { return a.record < b.record; });
  BlockPacker packer;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (i == 0 || pieces[i - 1].record != piece.record) {
      packer.Begin(piece.record);
    }
    piece.cluster->Unpack(piece.begin, piece.end, keys.get(),
                          packer.Rows(piece.cluster->type()));
  }
  packer.Finish();
  return packer.Take();
}

}  // namespace trato::core
