// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One interaction as it is read, wherever it lies: a row of a sealed block, or
// a struct that is not sealed yet. Cheap to copy; valid as long as the view of
// the timeline that it came from.

#ifndef TRATO_TIMELINE_INTERACTION_REF_H_
#define TRATO_TIMELINE_INTERACTION_REF_H_

#include <cstdint>
#include <optional>
#include <string>

#include "timeline/block_cache.h"

namespace trato::core {

class InteractionRef {
 public:
  InteractionRef() = default;
  explicit InteractionRef(const Interaction* plain) : plain_(plain) {}
  InteractionRef(const Cluster* cluster, uint32_t row, BlockSlot* slot)
      : cluster_(cluster), slot_(slot), row_(row) {}

  int64_t at_us() const {
    return plain_ != nullptr ? plain_->at_us : cluster_->at_us(row_);
  }
  int64_t recorded_us() const {
    return plain_ != nullptr ? plain_->recorded_us
                             : cluster_->recorded_us(row_);
  }
  uint64_t position() const {
    return plain_ != nullptr
               ? plain_->position
               : static_cast<uint64_t>(Value(ColumnId::kPosition));
  }
  uint32_t type() const {
    return plain_ != nullptr ? plain_->type : cluster_->type();
  }
  uint32_t channel() const {
    return plain_ != nullptr
               ? plain_->channel
               : static_cast<uint32_t>(Value(ColumnId::kChannel)) >> 1;
  }
  Direction direction() const {
    return plain_ != nullptr
               ? plain_->direction
               : static_cast<Direction>(Value(ColumnId::kChannel) & 1);
  }
  uint32_t source() const {
    return plain_ != nullptr ? plain_->source
                             : static_cast<uint32_t>(Value(ColumnId::kSource));
  }
  uint32_t actor() const {
    return plain_ != nullptr ? plain_->actor
                             : static_cast<uint32_t>(Value(ColumnId::kActor));
  }
  uint32_t batch() const {
    return plain_ != nullptr ? plain_->batch
                             : static_cast<uint32_t>(Value(ColumnId::kBatch));
  }
  Money amount() const {
    return plain_ != nullptr ? plain_->amount : cluster_->amount(row_);
  }
  // Lives as long as where the interaction lies.
  std::string_view currency_code() const {
    return plain_ != nullptr ? plain_->amount.currency.code()
                             : cluster_->currency(row_).code();
  }

  // Calls `visit(line)` for each order line, until it gives false.
  template <typename Visit>
  bool ForEachLine(Visit visit) const {
    if (plain_ != nullptr) {
      for (const Line& line : plain_->lines) {
        if (!visit(line)) return false;
      }
      return true;
    }
    const auto [begin, end] = cluster_->LinesOf(row_);
    for (uint32_t i = begin; i < end; ++i) {
      if (!visit(cluster_->line(row_, i))) return false;
    }
    return true;
  }
  size_t line_count() const {
    if (plain_ != nullptr) return plain_->lines.size();
    const auto [begin, end] = cluster_->LinesOf(row_);
    return end - begin;
  }

  // Whether it answers something or has fields.
  bool has_extras() const {
    return plain_ != nullptr
               ? plain_->reply_to.has_value() || !plain_->fields.empty()
               : !cluster_->extras(row_).empty();
  }
  // The field's value; text is borrowed from where the interaction lies.
  std::optional<FieldView> FindField(uint32_t name) const;
  std::optional<FactId> reply_to() const;
  std::vector<FieldView> fields() const;
  // The id that it has in the place of another interaction.
  std::optional<FactId> stands_for() const {
    return plain_ != nullptr ? plain_->stands_for : std::nullopt;
  }
  std::string key(BlockCache& cache) const;
  bool has_key() const {
    return plain_ != nullptr ? !plain_->key.empty() : cluster_->has_key(row_);
  }
  // All of it, with its key.
  Interaction Unpack(BlockCache& cache) const;

  // Whether they lie in one place. A block that went and was read again is in
  // another place in memory, but in the same slot.
  friend bool operator==(const InteractionRef& a, const InteractionRef& b) {
    if (a.plain_ != b.plain_ || a.slot_ != b.slot_ || a.row_ != b.row_) {
      return false;
    }
    return a.cluster_ == b.cluster_ ||
           (a.cluster_ != nullptr && b.cluster_ != nullptr &&
            a.cluster_->type() == b.cluster_->type());
  }

 private:
  int64_t Value(ColumnId id) const { return cluster_->column(id)[row_]; }

  const Interaction* plain_ = nullptr;
  const Cluster* cluster_ = nullptr;
  BlockSlot* slot_ = nullptr;
  uint32_t row_ = 0;
};

// Whether two say the same: everything but when and by whom it was recorded.
bool SameContent(const InteractionRef& a, const InteractionRef& b);

}  // namespace trato::core

#endif  // TRATO_TIMELINE_INTERACTION_REF_H_
