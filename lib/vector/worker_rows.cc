// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a worker asks of interactions and their lines.

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "vector/worker.h"

namespace trato::core {
namespace {

using Ask = RowQuestion::Ask;

bool IsAmount(const Part* body) {
  return body != nullptr && body->kind == Part::Kind::kMember &&
         body->node->member == Member::kAmount;
}

}  // namespace

Column Worker::AnswerOf(const RowQuestion& question,
                        const std::vector<uint8_t>& wanted) {
  std::unique_ptr<Answers>& answers = answers_[question.index];
  if (asked_[question.index] != Asked::kOfAll) {
    if (groups_.empty() ||
        (question.is_of_customer() && question.has_any_order)) {
      AskScans(question, wanted);
    } else {
      if (answers == nullptr) answers = std::make_unique<Answers>();
      answers->Begin(question, count_, parts_->now_us());
      const auto& cells = everybody_->cells[question.index];
      for (size_t i = 0; i < count_; ++i) {
        if (question.is_of_customer()) {
          answers->NoteState(static_cast<uint32_t>(i), kUnsure);
          continue;
        }
        for (uint32_t k = 0; k < groups_[i].count; ++k) {
          answers->Put(static_cast<uint32_t>(i), cells[groups_[i].first + k]);
        }
      }
      asked_[question.index] = Asked::kOfAll;
    }
  }
  return answers->Finish();
}

bool Worker::Selects(const std::vector<uint8_t>& wanted) {
  // Reading rows of a record alone takes so many times what reading it with all
  // others does.
  constexpr size_t kFew = 6;
  const size_t count =
      linked_.size() +
      static_cast<size_t>(
          std::accumulate(wanted.begin(), wanted.end(), uint32_t{0}));
  if (count * kFew > count_) return false;
  selected_.clear();
  for (size_t i = 0; i < count_; i += sizeof(uint64_t)) {
    // Most are not: eight at a time.
    uint64_t eight = 0;
    std::memcpy(&eight, wanted.data() + i,
                std::min(sizeof(eight), count_ - i));
    for (; eight != 0; eight &= eight - 1) {
      selected_.push_back(
          from_ + static_cast<uint32_t>(i) +
          static_cast<uint32_t>(std::countr_zero(eight)) / 8);
    }
  }
  const auto wanted_count = static_cast<ptrdiff_t>(selected_.size());
  selected_.insert(selected_.end(), linked_.begin(), linked_.end());
  std::inplace_merge(selected_.begin(), selected_.begin() + wanted_count,
                     selected_.end());
  selected_.erase(std::unique(selected_.begin(), selected_.end()),
                  selected_.end());
  return true;
}

ScanRequest Worker::RequestFor(const RowSet& set, bool times,
                               bool amounts) const {
  ScanRequest request;
  if (groups_.empty()) {
    request.from = from_;
    request.until = from_ + static_cast<RecordNumber>(count_);
  }
  request.times = times;
  request.amounts = amounts;
  if (is_selected_) {
    request.records = &selected_;
    request.from_us = set.from_us;
    request.until_us = set.until_us;
  }
  return request;
}

const TypeScan::Part& Worker::InSlots(const TypeScan::Part& part) {
  if (groups_.empty()) return part;
  slots_of_part_.resize(part.size());
  auto at = selected_.begin();
  for (size_t i = 0; i < part.size(); ++i) {
    at = std::lower_bound(at, selected_.end(), part.records[i]);
    slots_of_part_[i] =
        slots_of_selected_[static_cast<size_t>(at - selected_.begin())];
  }
  in_slots_ = part;
  in_slots_.records = slots_of_part_;
  return in_slots_;
}

void Worker::AskScans(const RowQuestion& question,
                      const std::vector<uint8_t>& wanted) {
  PrepareParts(question.set);
  if (question.body != nullptr) PreparePart(*question.body);
  ++asking_;
  is_selected_ = !groups_.empty() || Selects(wanted);
  // What else is asked of the same columns comes along.
  absl::InlinedVector<const RowQuestion*, 4> asked;
  for (const RowQuestion& it : parts_->questions()) {
    const bool is_light = !it.set.is_of_lines && !it.set.has_sequence() &&
                          !it.asks_customer &&
                          (!it.reads_times || question.reads_times) &&
                          (!it.reads_amounts || question.reads_amounts);
    if (&it == &question ||
        (is_light && !is_selected_ && it.set.types == question.set.types &&
         asked_[it.index] != Asked::kOfAll)) {
      asked.push_back(&it);
    }
  }
  for (const RowQuestion* it : asked) {
    std::unique_ptr<Answers>& answers = answers_[it->index];
    if (answers == nullptr) answers = std::make_unique<Answers>();
    answers->Begin(*it, count_, parts_->now_us());
    asked_[it->index] =
        is_selected_ && groups_.empty() ? Asked::kOfSome : Asked::kOfAll;
    PrepareSequences(it->set);
    for (const RowFilter& filter : it->set.filters) {
      if (filter.sequence == nullptr) continue;
      const SequenceState& state = *sequences_[filter.sequence];
      for (const Times* times : {&state.before, &state.without}) {
        for (size_t slot = 0; slot < times->states().size(); ++slot) {
          answers->NoteState(static_cast<uint32_t>(slot),
                             times->states()[slot]);
        }
      }
    }
  }
  ScanRequest request =
      RequestFor(question.set, question.reads_times, question.reads_amounts);
  // Where rows are selected, no other question comes along.
  request.last_only = is_selected_ && question.ask == Ask::kRecency &&
                      question.body == nullptr &&
                      question.set.filters.empty() && !question.set.is_of_lines;
  for (const uint32_t type : question.set.types) {
    for (const RowQuestion* it : asked) answers_[it->index]->BeginType();
    everybody_->scans.find(type)->second->Read(
        request, buffer_, [&](const TypeScan::Part& part) {
          const TypeScan::Part& in_slots = InSlots(part);
          for (const RowQuestion* it : asked) AddPart(*it, in_slots, type);
        });
  }
}

void Worker::AddPart(const RowQuestion& question, const TypeScan::Part& part,
                     uint32_t type) {
  Answers& answers = *answers_[question.index];
  answers.BeginPart();
  const RowSet& set = question.set;
  const bool is_whole = part.is_in_window || set.IsWhole(parts_->now_us());
  const bool is_plain = set.filters.empty() && !set.is_of_lines;
  if (is_plain && question.body == nullptr) {
    if (question.ask == Ask::kRecency) {
      return answers.LastTimes(part, from_, is_whole);
    }
    return answers.CountRows(part, from_, is_whole);
  }
  if (is_plain && question.ask == Ask::kSum && IsAmount(question.body)) {
    return answers.SumAmounts(part, from_, is_whole);
  }
  if (question.ask == Ask::kDistinct && set.is_of_lines &&
      set.filters.empty() && set.line_filters.empty() && is_whole &&
      part.cluster != nullptr && part.rows.empty() &&
      question.body->kind == Part::Kind::kMember &&
      question.body->node->member == Member::kProduct) {
    return answers.DistinctProducts(part, from_, tables_.names.size());
  }
  Rows& rows = rows_;
  SelectRows(part, type, from_, set.from_us, set.until_us, is_whole, rows);
  const bool first_only = question.ask == Ask::kExists &&
                          question.body == nullptr && !set.is_of_lines;
  Pass(set, rows, first_only,
       [&](uint32_t slot, uint8_t state) { answers.NoteState(slot, state); });
  if (rows.size() == 0) return;
  if (question.ask == Ask::kFirst || question.ask == Ask::kLast) {
    std::vector<uint8_t> is_candidate(rows.size(), kFalse);
    for (const uint32_t k : answers.Candidates(rows)) is_candidate[k] = kTrue;
    Keep(rows, is_candidate);
    answers.AddCandidates(rows, EvaluateRows(*question.body, rows), texts_);
    return;
  }
  if (question.body == nullptr) return answers.Add(rows, nullptr);
  const Column body = EvaluateRows(*question.body, rows);
  answers.Add(rows, &body);
}

template <typename Note>
void Worker::Pass(const RowSet& set, Rows& rows, bool first_only, Note note) {
  const auto pass = [&](const std::vector<RowFilter>& filters) {
    for (const RowFilter& filter : filters) {
      if (rows.size() == 0) return;
      if (filter.sequence != nullptr) {
        SequenceState& state = *sequences_[filter.sequence];
        Keep(rows, Completing(rows, state.before, state.without,
                              state.span ? &*state.span : nullptr,
                              first_only && &filter == &filters.back()));
        continue;
      }
      const std::vector<uint8_t> held =
          TakeConditions(EvaluateRows(*filter.body, rows), rows.size());
      for (size_t k = 0; k < held.size(); ++k) {
        if (held[k] >= kAbsent) note(rows.slots[k], held[k]);
      }
      Keep(rows, held);
    }
  };
  pass(set.filters);
  if (!set.is_of_lines) return;
  ToLines(rows);
  pass(set.line_filters);
}

void Worker::PreparePart(const Part& part) {
  if (part.kind == Part::Kind::kConstant) return;
  if (!part.is_of_rows) {
    Evaluate(part, all_);
    return;
  }
  for (const Part* arg : part.args) PreparePart(*arg);
}

void Worker::PrepareParts(const RowSet& set) {
  for (const auto* filters : {&set.filters, &set.line_filters}) {
    for (const RowFilter& filter : *filters) {
      if (filter.body != nullptr) PreparePart(*filter.body);
      if (filter.sequence == nullptr) continue;
      PrepareParts(filter.sequence->before);
      for (const RowSet& without : filter.sequence->without) {
        PrepareParts(without);
      }
    }
  }
}

void Worker::PrepareSequences(const RowSet& set) {
  for (const RowFilter& filter : set.filters) {
    if (filter.sequence == nullptr) continue;
    std::unique_ptr<SequenceState>& state = sequences_[filter.sequence];
    if (state == nullptr) {
      state = std::make_unique<SequenceState>();
      if (filter.sequence->span != nullptr) {
        state->span.emplace(*filter.sequence->span, filter.sequence->zone);
      }
    }
    if (state->asking == asking_) continue;
    state->asking = asking_;
    SequenceState* const it = state.get();
    it->before.Begin(count_);
    CollectTimes(filter.sequence->before, it->before);
    it->before.Sort();
    it->without.Begin(count_);
    for (const RowSet& without : filter.sequence->without) {
      CollectTimes(without, it->without);
    }
    it->without.Sort();
  }
}

void Worker::CollectTimes(const RowSet& set, Times& times) {
  PrepareSequences(set);
  for (const RowFilter& filter : set.filters) {
    if (filter.sequence == nullptr) continue;
    const SequenceState& state = *sequences_[filter.sequence];
    for (const Times* step : {&state.before, &state.without}) {
      for (size_t slot = 0; slot < step->states().size(); ++slot) {
        times.NoteState(static_cast<uint32_t>(slot), step->states()[slot]);
      }
    }
  }
  const ScanRequest request = RequestFor(set, true, set.Reads(Member::kAmount));
  for (const uint32_t type : set.types) {
    everybody_->scans.find(type)->second->Read(
        request, buffer_, [&](const TypeScan::Part& given) {
          const TypeScan::Part& part = InSlots(given);
          const bool is_whole =
              part.is_in_window || set.IsWhole(parts_->now_us());
          if (set.filters.empty()) {
            times.AddPart(part, from_, set.from_us, set.until_us, is_whole);
            return;
          }
          SelectRows(part, type, from_, set.from_us, set.until_us, is_whole,
                     rows_);
          Pass(set, rows_, false, [&](uint32_t slot, uint8_t state) {
            times.NoteState(slot, state);
          });
          for (size_t k = 0; k < rows_.size(); ++k) {
            times.Add(rows_.slots[k], rows_.TimeAt(k));
          }
        });
  }
}

Column Worker::EvaluateRows(const Part& part, const Rows& rows) {
  if (part.kind == Part::Kind::kConstant) {
    return Column::Constant(part.constant);
  }
  if (!part.is_of_rows) return Spread(Evaluate(part, all_), rows.slots);
  const size_t count = rows.size();
  switch (part.kind) {
    case Part::Kind::kMember:
      return LoadMember(rows, *part.node, tables_);
    case Part::Kind::kHasField:
      return LoadHasField(rows, *part.node);
    case Part::Kind::kAnd:
    case Part::Kind::kOr: {
      const bool is_and = part.kind == Part::Kind::kAnd;
      std::vector<uint8_t> result(count, is_and ? kTrue : kFalse);
      for (const Part* arg : part.args) {
        const std::vector<uint8_t> held =
            TakeConditions(EvaluateRows(*arg, rows), count);
        is_and ? AndInto(result, held) : OrInto(result, held);
      }
      return OfConditions(std::move(result));
    }
    case Part::Kind::kNot: {
      std::vector<uint8_t> held =
          TakeConditions(EvaluateRows(*part.args[0], rows), count);
      NegateAll(held);
      return OfConditions(std::move(held));
    }
    case Part::Kind::kConditional:
      return Choose(EvaluateRows(*part.args[0], rows),
                    EvaluateRows(*part.args[1], rows),
                    EvaluateRows(*part.args[2], rows), count);
    default:
      break;
  }
  absl::InlinedVector<Column, 4> columns;
  absl::InlinedVector<const Column*, 4> args;
  for (const Part* arg : part.args) columns.push_back(EvaluateRows(*arg, rows));
  for (const Column& column : columns) args.push_back(&column);
  return Operate(scratch_, part, {args.data(), args.size()}, count, 0);
}

}  // namespace trato::core
