// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The interaction log by record, and within a record by type, because every
// question names types: a record's interactions of one type are one run sorted
// by (event time, source, fact id). Arrival never decides an order.

#ifndef TRATO_TIMELINE_TIMELINE_H_
#define TRATO_TIMELINE_TIMELINE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/id.h"
#include "base/interner.h"
#include "base/money.h"
#include "schema/value.h"

namespace trato::core {

enum class Direction : uint8_t { kInbound = 0, kOutbound = 1 };

// One article of an order. Names are interned.
struct Line {
  uint32_t product = 0;
  uint32_t unit = 0;
  int64_t quantity = 0;    // millionths
  int64_t unit_price = 0;  // millionths of the currency's unit; 0: unknown
  int64_t amount_minor = 0;

  bool is_free() const { return unit_price == 0 && amount_minor == 0; }
};

struct Field {
  uint32_t name = 0;
  Value value;
};

struct Interaction {
  FactId fact;
  int64_t at_us = 0;
  int64_t recorded_us = 0;
  uint32_t type = 0;
  uint32_t channel = 0;
  uint32_t source = 0;
  Direction direction = Direction::kInbound;
  Money amount;
  std::vector<Line> lines;
  std::vector<Field> fields;
  std::optional<FactId> reply_to;
  std::string key;
};

class Timeline {
 public:
  // A record's interactions of one type.
  struct Run {
    uint32_t type = 0;
    std::vector<const Interaction*> interactions;  // sorted

    // Those with from_us < event time <= until_us.
    std::span<const Interaction* const> Within(int64_t from_us,
                                               int64_t until_us) const;
  };

  // `names` interns types, channels, sources and products and outlives this.
  explicit Timeline(const Interner* names) : names_(names) {}

  // `record` is the record's internal number. The interaction has been checked.
  void Insert(uint32_t record, Interaction interaction);

  // The record's runs, one per type it has, in no order.
  std::span<const Run> RunsOf(uint32_t record) const;
  // Null when the record has no interaction of the type.
  const Run* RunOf(uint32_t record, uint32_t type) const;

  // The order of a timeline: (event time, source, fact id).
  bool Before(const Interaction& a, const Interaction& b) const;

  size_t interaction_count() const { return interactions_.size(); }

 private:
  const Interner* names_;
  std::deque<Interaction> interactions_;  // never moves
  std::vector<std::vector<Run>> runs_;    // by record
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_TIMELINE_H_
