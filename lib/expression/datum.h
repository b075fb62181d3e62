// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What an expression is worth at run time. What is not in the Datum itself is
// borrowed: from the program's literals, the store, or the evaluation's arena.

#ifndef TRATO_EXPRESSION_DATUM_H_
#define TRATO_EXPRESSION_DATUM_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "base/money.h"
#include "expression/type.h"
#include "schema/value.h"
#include "timeline/timeline.h"

namespace trato::core {

struct Node;
struct Evaluation;

// Why there is no value. An ordinary outcome, so it costs no allocation;
// Program::Explain turns it into words.
struct Failure {
  enum class Reason : uint8_t {
    kAbsent,    // the customer has no such attribute, the interaction no field
    kOverflow,  // a number, an amount or a time does not fit
    kDivision,  // by zero
    kCurrencies,  // two currencies in one sum or comparison
    kDepth,       // segments that use each other too deep or too often
    kText,        // more text and lists than one test may make
    kWork,        // more steps over lists than one test may take
    kOverload,    // a dyn value of a type that the operation does not take
    kKey,         // the map has no such key
    kIndex,       // the list has no such place
    kDuplicate,   // a key of a map that is there already
    kConversion,  // a text or number that cannot be converted
    kRegex,       // a pattern that is none
    kZone,        // a zone that is not known
  };
  Reason reason = Reason::kAbsent;
  const Node* node = nullptr;  // where
  Currency one, other;         // of kCurrencies
};

// A condition that the members of a set fulfil.
struct Filter {
  // `body` over the variable in `slot`...
  const Node* body = nullptr;
  uint8_t slot = 0;
  // ... or, without a body, that the interaction completes a sequence: of the
  // times of the step before, the last one below it is after it less the span,
  // and none of `without` lies between the two.
  std::span<const int64_t> before;
  std::span<const int64_t> without;
  const Span* span = nullptr;
  absl::TimeZone zone = absl::UTCTimeZone();
  const Filter* rest = nullptr;
};

// How an end of a window moves, where somebody asks until when the answer holds.
struct MovingEnd {
  // It is now - span in the zone; null: `at_us` moves along with now.
  const Span* span = nullptr;
  absl::TimeZone zone = absl::UTCTimeZone();
  int64_t at_us = 0;
  bool is_until = false;  // otherwise it is a from_us
  const MovingEnd* rest = nullptr;
};

// The customer's interactions of some types with from_us < time <= until_us.
struct InteractionSet {
  std::span<const uint32_t> types;
  int64_t from_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = 0;
  const Filter* filter = nullptr;
  const MovingEnd* ends = nullptr;
};

// The order lines of one interaction, or of a set.
struct LineSet {
  bool is_of_one = false;  // of `of`, otherwise of `interactions`
  InteractionRef of;
  InteractionSet interactions;
  const Filter* filter = nullptr;
};

struct LineRef {
  Line line;
  Currency currency;  // of its amount
};

struct Null {};
struct Bytes {
  std::string_view data;
};
// Exact time.
struct Duration {
  int64_t us = 0;
};
// What type(x) is worth.
struct TypeValue {
  Kind kind;
};
struct ListValue;
struct MapValue;

using Datum = std::variant<Failure, bool, int64_t, double, std::string_view,
                           Money, Timestamp, uint64_t, Null, Bytes, Duration,
                           const Span*, TypeValue, const ListValue*,
                           const MapValue*, const InteractionSet*,
                           InteractionRef, const LineSet*, LineRef>;
static_assert(std::is_trivially_copyable_v<Datum>);

struct ListValue {
  std::span<const Datum> items;
};
// In the order in which it was written; no two keys are equal.
struct MapValue {
  struct Entry {
    Datum key, value;
  };
  std::span<const Entry> entries;
};

// Of no Failure.
Kind KindOf(const Datum& datum);

// The code of a call: from its arguments, receiver first, to its value. No
// argument is a Failure.
using Evaluator = std::function<Datum(Evaluation&, std::span<const Datum>)>;

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_DATUM_H_
