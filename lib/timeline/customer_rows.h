// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// When one customer's interactions of some types happened, and their amounts,
// as arrays: for who asks many questions about her at once.

#ifndef TRATO_TIMELINE_CUSTOMER_ROWS_H_
#define TRATO_TIMELINE_CUSTOMER_ROWS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "timeline/timeline.h"

namespace trato::core {

class CustomerRows {
 public:
  static constexpr uint32_t kAllRows = std::numeric_limits<uint32_t>::max();
  struct Type {
    uint32_t type = 0;  // interned
    bool amounts = false;
    // So many of the newest up to now are enough, with all that are later.
    uint32_t newest = kAllRows;
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

  // From here on what was recorded of these records, whenever it is dated; each
  // type is read when it is asked for first. False: corrections bear on them, so
  // that what counts depends on the instant. `timeline` and `records` stay until
  // Release or the next Begin.
  bool Begin(const Timeline& timeline, std::span<const uint32_t> records,
             int64_t now_us);
  // The same, without forgetting what was read.
  void Resume(const Timeline& timeline, std::span<const uint32_t> records,
              int64_t now_us);
  // Reads all types at once, which takes less than one after the other.
  void ReadAll();
  // Asks for the memory in which the record's rows will be looked for.
  static void Prefetch(const Timeline& timeline, uint32_t record);

  size_t type_count() const { return types_.size(); }
  // Of types[i].
  Rows operator[](size_t i);
  // Of types[i] whether any is dated at this instant, which is no earlier than
  // when it was begun.
  bool HasAt(size_t i, int64_t at_us);
  // How many rows were read.
  size_t size() const;
  // In memory.
  size_t bytes() const;

  // After an interaction of these records was recorded: as if it had been read.
  // The place among the rows of its type; nothing where that was not asked for.
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
    bool is_read = false;
    bool is_cut = false;  // there are earlier ones
  };
  using Source = Timeline::Source;

  std::optional<size_t> PlaceOf(uint32_t type) const;
  void Read(size_t i);
  void Append(const Source& source, uint64_t known_at, const Type& type,
              OfType& of) const;
  static void NoteCurrency(const Currency& currency, OfType& of);
  // The rows from `middle` on came from another place than those before.
  void Merge(size_t middle, OfType& of);

  std::vector<Type> types_;
  std::vector<std::pair<uint32_t, uint32_t>> places_;  // by type: in types_
  std::vector<OfType> of_;
  std::vector<std::pair<int64_t, int64_t>> merged_;
  const Timeline* timeline_ = nullptr;
  std::span<const uint32_t> records_;
  int64_t now_us_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_CUSTOMER_ROWS_H_
