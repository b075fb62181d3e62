// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// When one customer's interactions of some types happened, and their amounts,
// as arrays: for who asks many questions about her at once.

#ifndef TRATO_TIMELINE_CUSTOMER_ROWS_H_
#define TRATO_TIMELINE_CUSTOMER_ROWS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "timeline/timeline.h"

namespace trato::core {

class CustomerRows {
 public:
  struct Type {
    uint32_t type = 0;  // interned
    bool amounts = false;
  };
  // The rows of one type, in order of time.
  struct Rows {
    std::span<const int64_t> times;
    std::span<const int64_t> amounts;  // minor units; empty: not asked for
    // Of all amounts that have one. Where they have several currencies, the
    // rows say nothing of it.
    Currency currency;
    bool has_several = false;
  };

  // `types` are different ones.
  explicit CustomerRows(std::vector<Type> types);

  // Reads what was recorded of these records, whenever it is dated. False:
  // corrections bear on them, so that what counts depends on the instant; then
  // it has read nothing.
  bool Read(const Timeline& timeline, std::span<const uint32_t> records);

  size_t type_count() const { return types_.size(); }
  // Of types[i].
  Rows operator[](size_t i) const;
  // Whether any is dated at this instant.
  bool HasAt(int64_t at_us) const;
  // How many rows there are.
  size_t size() const;
  // In memory.
  size_t bytes() const;

  // After an interaction of these records was recorded: as if it had been read.
  // The place among the rows of its type; nothing where that is not asked for.
  struct Place {
    size_t type = 0;
    bool is_last = false;
  };
  std::optional<Place> Add(uint32_t type, int64_t at_us, const Money& amount);

 private:
  struct OfType {
    std::vector<int64_t> times;
    std::vector<int64_t> amounts;
    Currency currency;
    bool has_several = false;
  };
  using Source = Timeline::Source;

  std::optional<size_t> PlaceOf(uint32_t type) const;
  static void Append(const Source& source, uint64_t known_at, bool amounts,
                     OfType& of);
  static void NoteCurrency(const Currency& currency, OfType& of);
  // The rows from `middle` on came from another place than those before.
  void Merge(size_t middle, OfType& of);

  std::vector<Type> types_;
  std::vector<std::pair<uint32_t, uint32_t>> places_;  // by type: in types_
  std::vector<OfType> of_;
  std::vector<std::pair<int64_t, int64_t>> merged_;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_CUSTOMER_ROWS_H_
