// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/block_cache.h"

#include <utility>

#include "base/status.h"

namespace trato::core {

const Block* BlockCache::Get(BlockSlot& slot,
                             std::shared_ptr<const void>& owner) {
  if (limit_ == 0) {
    if (const Block* block = slot.block.load(std::memory_order_acquire)) {
      return block;
    }
  }
  {
    MutexLock lock(&mutex_);
    slot.used.store(true, std::memory_order_relaxed);
    if (slot.owner != nullptr) {
      if (limit_ != 0) owner = slot.owner;
      return slot.owner.get();
    }
  }
  auto block = Read(slot);
  if (!block.ok()) {
    ReadScope::Report(block.status());
    return nullptr;
  }
  MutexLock lock(&mutex_);
  if (slot.owner == nullptr) Enter(slot, *std::move(block));
  if (limit_ != 0) owner = slot.owner;
  const Block* result = slot.owner.get();
  Evict();
  return result;
}

std::shared_ptr<const BlockKeys> BlockCache::GetKeys(BlockSlot& slot) {
  if (!slot.has_keys) return nullptr;
  {
    MutexLock lock(&mutex_);
    if (slot.keys != nullptr) return slot.keys;
  }
  std::shared_ptr<const void> owner;
  const Block* block = Get(slot, owner);
  if (block == nullptr) return nullptr;
  auto bytes = load_(slot.place, true);
  absl::Status status = bytes.status();
  if (bytes.ok()) {
    auto keys = BlockKeys::Parse(*std::move(bytes), *block);
    if (keys.ok()) {
      MutexLock lock(&mutex_);
      // Kept with the block, and as long.
      if (slot.owner != nullptr && slot.keys == nullptr) {
        slot.keys = *keys;
        if (!slot.retired) bytes_ += slot.keys->bytes();
        Evict();
      }
      return *std::move(keys);
    }
    status = keys.status();
  }
  ReadScope::Report(status);
  return nullptr;
}

void BlockCache::Put(BlockSlot& slot, std::shared_ptr<const Block> block,
                     std::shared_ptr<const BlockKeys> keys) {
  MutexLock lock(&mutex_);
  Enter(slot, std::move(block));
  slot.keys = std::move(keys);
  if (slot.keys != nullptr) bytes_ += slot.keys->bytes();
  Evict();
}

void BlockCache::Retire(const std::shared_ptr<BlockSlot>& slot) {
  std::shared_ptr<const Block> block;
  std::shared_ptr<const BlockKeys> keys;
  if (slot.use_count() > 1) {
    if (auto read = Read(*slot); read.ok()) block = *std::move(read);
    if (block != nullptr) keys = GetKeys(*slot);
  }
  MutexLock lock(&mutex_);
  if (slot->owner != nullptr) {
    bytes_ -= slot->owner->bytes();
    if (slot->keys != nullptr) bytes_ -= slot->keys->bytes();
  } else if (block != nullptr) {
    slot->block.store(block.get(), std::memory_order_release);
    slot->owner = std::move(block);
  }
  if (slot->keys == nullptr) slot->keys = std::move(keys);
  slot->retired = true;
}

absl::StatusOr<std::shared_ptr<const Block>> BlockCache::Read(BlockSlot& slot) {
  {
    MutexLock lock(&mutex_);
    if (slot.owner != nullptr) return slot.owner;
  }
  TRATO_ASSIGN_OR_RETURN(std::string bytes, load_(slot.place, false));
  TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const Block> block,
                         Block::Parse(std::move(bytes)));
  if (block->first_record() != slot.first_record ||
      block->record_count() != slot.record_count ||
      block->rows() != slot.rows) {
    return absl::DataLossError("a block is not the one its directory names");
  }
  return block;
}

uint64_t BlockCache::resident_bytes() const {
  MutexLock lock(&mutex_);
  return bytes_;
}

void BlockCache::Enter(BlockSlot& slot, std::shared_ptr<const Block> block) {
  slot.block.store(block.get(), std::memory_order_release);
  slot.owner = std::move(block);
  if (slot.present.load(std::memory_order_relaxed) == nullptr) {
    std::string_view present = slot.owner->present();
    // Where there is no limit the block stays as long as the slot.
    if (!present.empty() && limit_ != 0) {
      slot.present_bits = present;
      present = slot.present_bits;
    }
    if (!present.empty()) {
      slot.present.store(present.data(), std::memory_order_release);
    }
  }
  if (slot.retired) return;  // it lives as long as who holds it
  bytes_ += slot.owner->bytes();
  if (limit_ != 0) clock_.push_back(slot.weak_from_this());
}

void BlockCache::Evict() {
  if (limit_ == 0) return;
  // Each slot gets a second chance, so two rounds are enough.
  const auto is_over = [&] {
    return !clock_.empty() &&
           bytes_ + elsewhere_->load(std::memory_order_relaxed) > limit_;
  };
  for (size_t left = 2 * clock_.size(); is_over() && left > 0; --left) {
    const std::shared_ptr<BlockSlot> slot = clock_.front().lock();
    clock_.pop_front();
    if (slot == nullptr || slot->retired || slot->owner == nullptr) continue;
    if (slot->used.exchange(false, std::memory_order_relaxed)) {
      clock_.push_back(slot);
      continue;
    }
    bytes_ -= slot->owner->bytes();
    if (slot->keys != nullptr) bytes_ -= slot->keys->bytes();
    slot->block.store(nullptr, std::memory_order_release);
    slot->owner = nullptr;
    slot->keys = nullptr;
  }
}

}  // namespace trato::core
