// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What one question is worth for the customers of a range: added up part by
// part, and for linked records put together from what each of them has.

#ifndef TRATO_VECTOR_ANSWERS_H_
#define TRATO_VECTOR_ANSWERS_H_

#include <memory>
#include <utility>
#include <vector>

#include "vector/column.h"
#include "vector/distinct_values.h"
#include "vector/part.h"
#include "vector/rows.h"
#include "vector/window_ranks.h"

namespace trato::core {

class Answers {
 public:
  // What one record has, to be put together with what others have.
  struct Cell {
    int64_t whole = 0;
    double real = 0;
    uint32_t count = 0;
    Currency currency;
    uint8_t set_state = kKnown;
    uint8_t body_state = kKnown;
    // Of few questions.
    struct More {
      Datum datum;
      std::vector<int64_t> values;
    };
    std::unique_ptr<More> more;
  };

  void Begin(const RowQuestion& question, size_t slots, int64_t now_us);
  // The rows of another type, in the order of the question's types, and another
  // part of them, come next.
  void BeginType() { first_of_type_ = part_ + 1; }
  void BeginPart() { ++part_; }

  // ---- Whole parts, of questions without conditions.

  void CountRows(const TypeScan::Part& part, uint32_t first_record,
                 bool is_whole);
  void SumAmounts(const TypeScan::Part& part, uint32_t first_record,
                  bool is_whole);
  // Different products on the lines of rows that lie one after the other.
  // Their codes are below `codes`.
  void DistinctProducts(const TypeScan::Part& part, uint32_t first_record,
                        size_t codes);
  void LastTimes(const TypeScan::Part& part, uint32_t first_record,
                 bool is_whole);

  // ---- Rows that have passed the conditions.

  // What a condition says of rows where it is neither true nor false.
  void NoteStates(const Rows& rows, const std::vector<uint8_t>& conditions);
  void NoteState(uint32_t slot, uint8_t state) {
    Note(set_states_, slot, state);
  }
  // `body` is worth something for each row; null: there is none.
  void Add(const Rows& rows, const Column* body);
  // Of kFirst and kLast: the elements that may be it; `body` is then wanted
  // of these only.
  std::vector<uint32_t> Candidates(const Rows& rows);
  void AddCandidates(const Rows& rows, const Column& body, Arena& arena);

  // ---- Results.

  Column Finish();
  // A record's part.
  Cell Take(uint32_t slot);
  // Whether that adds nothing to what others have.
  bool IsEmpty(uint32_t slot) const {
    // Different values are counted last.
    return question_->ask != RowQuestion::Ask::kDistinct &&
           counts_[slot] == 0 && StateAt(slot) == kKnown;
  }
  void Put(uint32_t slot, const Cell& cell);

 private:
  void AddAmount(uint32_t slot, int64_t minor, Currency currency,
                 uint32_t count);
  void AddAmounts(const Rows& rows, const Column& body);
  void AddNumbers(const Rows& rows, const Column& body);
  void AddExtremes(const Rows& rows, const Column& body);
  void AddConditions(const Rows& rows, const Column& body);
  void AddValues(const Rows& rows, const Column& body);
  // The currency that the amounts of all slots have had so far; from the first
  // other one on each slot has its own.
  bool IsUsual(Currency currency);
  // Most questions have nothing to note of anybody.
  void Note(std::vector<uint8_t>& states, uint32_t slot, uint8_t state) {
    if (states.empty()) states.resize(slots_, kKnown);
    states[slot] = std::max(states[slot], state);
  }
  void NoteBody(uint32_t slot, uint8_t state) {
    Note(body_states_, slot, state);
  }
  void Unsure(uint32_t slot) { NoteBody(slot, kUnsure); }
  uint8_t SetStateAt(size_t slot) const {
    return set_states_.empty() ? kKnown : set_states_[slot];
  }
  uint8_t StateAt(size_t slot) const {
    return std::max(SetStateAt(slot),
                    body_states_.empty() ? kKnown : body_states_[slot]);
  }
  std::vector<uint8_t> States(bool also_empty) const;
  Column FinishNumbers();
  Column FinishAverage();

  const RowQuestion* question_ = nullptr;
  size_t slots_ = 0;
  int64_t now_us_ = 0;
  Kind kind_ = Kind::kInt;  // of what it is worth
  std::vector<uint32_t> counts_;
  std::vector<int64_t> wholes_;
  std::vector<double> reals_;
  // By slot: why the set, or what is asked of it, has no value. Empty: it has.
  std::vector<uint8_t> set_states_;
  std::vector<uint8_t> body_states_;
  bool has_usual_ = false;
  bool has_bare_ = false;
  Currency usual_;
  std::vector<Currency> currencies_;  // empty: all have the usual one
  std::vector<Datum> datums_;
  // In which part a slot had rows last, counted from 1.
  uint32_t part_ = 0;
  uint32_t first_of_type_ = 0;
  std::vector<uint32_t> part_of_;
  DistinctValues values_;
  std::vector<uint32_t> kept_;  // room
  WindowRanks ranks_;
  std::vector<uint32_t> kept_ends_;
  std::vector<int64_t> sums_;
  std::vector<uint32_t> codes_;
  std::vector<int64_t> of_one_;
};

}  // namespace trato::core

#endif  // TRATO_VECTOR_ANSWERS_H_
