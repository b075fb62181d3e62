// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/part_cache.h"

#include <xxhash.h>

#include <cstring>
#include <limits>

#include "base/read_scope.h"
#include "base/status.h"

namespace trato::core {

uint64_t IdentifierHash(std::string_view identifier) {
  return XXH3_64bits(identifier.data(), identifier.size());
}

std::string IdentifierBlock::Encode(std::span<const IdentifierEntry> entries) {
  std::string bytes(entries.size() * (sizeof(uint64_t) + sizeof(RecordNumber)),
                    '\0');
  char* const hashes = bytes.data();
  char* const records = hashes + entries.size() * sizeof(uint64_t);
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto& [hash, record] = entries[i];
    std::memcpy(hashes + i * sizeof(hash), &hash, sizeof(hash));
    std::memcpy(records + i * sizeof(record), &record, sizeof(record));
  }
  return bytes;
}

absl::StatusOr<std::vector<IdentifierEntry>> IdentifierBlock::Decode(
    std::string_view bytes) {
  constexpr size_t kEntry = sizeof(uint64_t) + sizeof(RecordNumber);
  const size_t size = bytes.size() / kEntry;
  const char* const hashes = bytes.data();
  const char* const records = hashes + size * sizeof(uint64_t);
  std::vector<IdentifierEntry> entries(size);
  bool is_sorted = bytes.size() % kEntry == 0 &&
                   size <= std::numeric_limits<uint32_t>::max();
  for (size_t i = 0; i < size; ++i) {
    auto& [hash, record] = entries[i];
    std::memcpy(&hash, hashes + i * sizeof(hash), sizeof(hash));
    std::memcpy(&record, records + i * sizeof(record), sizeof(record));
    is_sorted = is_sorted && (i == 0 || entries[i - 1].first <= hash);
  }
  if (!is_sorted) {
    return absl::DataLossError(
        "the store is damaged: a block of identifiers cannot be read");
  }
  return entries;
}

absl::StatusOr<std::shared_ptr<const IdentifierBlock>> IdentifierBlock::Parse(
    std::string_view bytes) {
  TRATO_ASSIGN_OR_RETURN(const std::vector<IdentifierEntry> entries,
                         Decode(bytes));
  std::shared_ptr<IdentifierBlock> block(new IdentifierBlock());
  if (entries.empty()) return std::shared_ptr<const IdentifierBlock>(block);
  block->first_ = entries.front().first;
  const uint64_t width = entries.back().first - block->first_;
  const size_t cells = entries.size() / kWantedPerCell + 1;
  const absl::uint128 scale =
      (absl::uint128(cells) << 64) / (absl::uint128(width) + 1);
  block->scale_ = scale > absl::uint128(~uint64_t{0}) ? ~uint64_t{0}
                                                      : absl::Uint128Low64(scale);
  // Of few hashes that are next to each other each has a cell of its own.
  block->cells_.resize(block->CellOf(entries.back().first) + 1);
  for (const auto& [hash, record] : entries) {
    Cell& cell = block->cells_[block->CellOf(hash)];
    const Entry entry{static_cast<uint32_t>(hash), record};
    if (cell.count < kPerCell) {
      cell.entries[cell.count] = entry;
    } else {
      // They come cell after cell.
      if (cell.count == kPerCell) {
        cell.rest = static_cast<uint32_t>(block->rest_.size());
      }
      block->rest_.push_back(entry);
    }
    ++cell.count;
  }
  return std::shared_ptr<const IdentifierBlock>(std::move(block));
}

size_t IdentifierBlock::bytes() const {
  return cells_.size() * sizeof(Cell) + rest_.capacity() * sizeof(Entry) +
         sizeof(*this);
}

absl::StatusOr<std::shared_ptr<const void>> PartCache::Read(
    PartSlot& slot, const Interner* names, size_t& bytes) const {
  TRATO_ASSIGN_OR_RETURN(std::string raw, load_(slot.is_index, slot.number));
  if (slot.is_index) {
    TRATO_ASSIGN_OR_RETURN(auto block, IdentifierBlock::Parse(raw));
    bytes = block->bytes();
    return std::shared_ptr<const void>(std::move(block));
  }
  TRATO_ASSIGN_OR_RETURN(auto block,
                         RecordBlock::Parse(std::move(raw), names));
  bytes = block->bytes();
  return std::shared_ptr<const void>(std::move(block));
}

const void* PartCache::Get(PartSlot& slot, std::shared_ptr<const void>& owner) {
  if (limit_ == 0) {
    const void* part = slot.part.load(std::memory_order_acquire);
    if (part != nullptr) return part;
  }
  {
    MutexLock lock(&mutex_);
    slot.used.store(true, std::memory_order_relaxed);
    if (slot.owner != nullptr) {
      if (limit_ != 0) owner = slot.owner;
      return slot.owner.get();
    }
  }
  size_t bytes = 0;
  auto part = Read(slot, names_, bytes);
  if (!part.ok()) {
    ReadScope::Report(part.status());
    return nullptr;
  }
  MutexLock lock(&mutex_);
  if (slot.owner == nullptr) Enter(slot, *std::move(part), bytes);
  if (limit_ != 0) owner = slot.owner;
  const void* result = slot.owner.get();
  Evict();
  return result;
}

std::shared_ptr<const void> PartCache::Find(PartSlot& slot) {
  MutexLock lock(&mutex_);
  return slot.owner;
}

absl::StatusOr<std::shared_ptr<const RecordBlock>> PartCache::ReadRecords(
    PartSlot& slot) {
  std::shared_ptr<const void> part = Find(slot);
  if (part == nullptr) {
    size_t bytes = 0;
    TRATO_ASSIGN_OR_RETURN(part, Read(slot, nullptr, bytes));
  }
  return std::static_pointer_cast<const RecordBlock>(part);
}

absl::StatusOr<std::vector<IdentifierEntry>> PartCache::ReadIdentifiers(
    PartSlot& slot) {
  TRATO_ASSIGN_OR_RETURN(const std::string raw, load_(true, slot.number));
  return IdentifierBlock::Decode(raw);
}

absl::Status PartCache::Retire(PartSlot& slot) {
  std::shared_ptr<const void> part = Find(slot);
  size_t bytes = 0;
  const bool is_new = part == nullptr;
  if (is_new) {
    TRATO_ASSIGN_OR_RETURN(part, Read(slot, names_, bytes));
  }
  MutexLock lock(&mutex_);
  if (slot.owner == nullptr) {
    slot.part.store(part.get(), std::memory_order_release);
    slot.owner = std::move(part);
  } else if (!slot.retired) {
    bytes_ -= slot.bytes;
    counted_->store(bytes_, std::memory_order_relaxed);
  }
  slot.retired = true;
  return absl::OkStatus();
}

void PartCache::Enter(PartSlot& slot, std::shared_ptr<const void> part,
                      size_t bytes) {
  slot.part.store(part.get(), std::memory_order_release);
  slot.owner = std::move(part);
  slot.bytes = bytes;
  if (slot.retired) return;  // it lives as long as who holds it
  bytes_ += bytes;
  counted_->store(bytes_, std::memory_order_relaxed);
  if (limit_ != 0) clock_.push_back(slot.weak_from_this());
}

void PartCache::Evict() {
  if (limit_ == 0) return;
  // Each slot gets a second chance, so two rounds are enough.
  for (size_t left = 2 * clock_.size(); bytes_ > limit_ && left > 0; --left) {
    const std::shared_ptr<PartSlot> slot = clock_.front().lock();
    clock_.pop_front();
    if (slot == nullptr || slot->retired || slot->owner == nullptr) continue;
    if (slot->used.exchange(false, std::memory_order_relaxed)) {
      clock_.push_back(slot);
      continue;
    }
    bytes_ -= slot->bytes;
    slot->part.store(nullptr, std::memory_order_release);
    slot->owner = nullptr;
  }
  counted_->store(bytes_, std::memory_order_relaxed);
}

}  // namespace trato::core
