// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What one question is worth for the customers of a range: added up part by
// part, and for linked records put together from what each of them has.

#ifndef TRATO_VECTOR_ANSWERS_H_
#define TRATO_VECTOR_ANSWERS_H_

#include <utility>
#include <vector>

#include "vector/column.h"
#include "vector/part.h"
#include "vector/rows.h"

namespace trato::core {

class Answers {
 public:
  // What one record has, to be put together with what others have.
  struct Cell {
    uint32_t count = 0;
    int64_t whole = 0;
    double real = 0;
    uint8_t set_state = kKnown;
    uint8_t body_state = kKnown;
    Currency currency;
    Datum datum;
    std::vector<int64_t> values;
  };

  void Begin(const RowQuestion& question, size_t slots, int64_t now_us);
  // The rows of another type, in the order of the question's types, and another
  // part of them, come next.
  void BeginType() { first_of_type_ = part_ + 1; }
  void BeginPart() { ++part_; }
  // The slot's cell will be taken.
  void WillTake(uint32_t slot);

  // ---- Whole parts, of questions without conditions.

  void CountRows(const TypeScan::Part& part, uint32_t first_record,
                 bool is_whole);
  void SumAmounts(const TypeScan::Part& part, uint32_t first_record,
                  bool is_whole);
  void LastTimes(const TypeScan::Part& part, uint32_t first_record,
                 bool is_whole);

  // ---- Rows that have passed the conditions.

  // What a condition says of rows where it is neither true nor false.
  void NoteStates(const Rows& rows, const std::vector<uint8_t>& conditions);
  void NoteState(uint32_t slot, uint8_t state) {
    uint8_t& known = set_states_[slot];
    known = std::max(known, state);
  }
  // `body` is worth something for each row; null: there is none.
  void Add(const Rows& rows, const Column* body);
  // Of kFirst and kLast: the elements that may be it; `body` is then wanted
  // of these only.
  std::vector<uint32_t> Candidates(const Rows& rows);
  void AddCandidates(const Rows& rows, const Column& body, Arena& arena);

  // ---- Results.

  Column Finish();
  // Takes a record's part out.
  Cell Take(uint32_t slot);
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
  void Unsure(uint32_t slot) { body_states_[slot] = kUnsure; }
  void SettleValues();
  uint8_t StateAt(size_t slot) const {
    return std::max(set_states_[slot], body_states_[slot]);
  }
  void List(uint32_t slot) { is_listed_[slot] = true; }
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
  // By slot: why the set, or what is asked of it, has no value.
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
  // Different values as they came; of slots in `is_listed_` there may be equal
  // ones, until they are settled: then `listed_` has those of these slots.
  std::vector<std::pair<uint32_t, int64_t>> values_;
  std::vector<std::pair<uint32_t, int64_t>> listed_;
  std::vector<bool> is_listed_;
  std::vector<uint32_t> stamps_;  // by code: whose value it was last
  uint32_t stamp_ = 0;
  bool is_settled_ = false;
  std::vector<uint32_t> kept_;  // room
  std::vector<int64_t> sums_;
};

}  // namespace trato::core

#endif  // TRATO_VECTOR_ANSWERS_H_
