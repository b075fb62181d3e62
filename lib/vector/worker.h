// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Evaluates the parts of an expression for one range of customers after the
// other, on one thread: either the records of a range, or customers of several
// records whose cells were taken before.

#ifndef TRATO_VECTOR_WORKER_H_
#define TRATO_VECTOR_WORKER_H_

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "timeline/type_scan.h"
#include "vector/answers.h"
#include "vector/operations.h"
#include "vector/part.h"
#include "vector/rows.h"
#include "vector/sequence_times.h"

namespace trato::core {

// What all workers read.
struct Everybody {
  const Parts* parts = nullptr;
  absl::flat_hash_map<uint32_t, std::unique_ptr<TypeScan>> scans;  // by type
  // The columns of attributes, with their texts; null: there is none.
  struct Attribute {
    const AttributeColumn* column = nullptr;
    std::unique_ptr<TextTable> texts;
  };
  absl::flat_hash_map<uint32_t, Attribute> attributes;
  // By question, and by place among the linked records.
  std::vector<std::vector<Answers::Cell>> cells;
};

class Worker {
 public:
  explicit Worker(const Everybody& everybody);

  // The records from `from` on: conditions for those whose byte in `wanted` is
  // not 0; of the others they may be anything. The records in `linked` will be
  // taken.
  std::vector<uint8_t> TestRecords(RecordNumber from,
                                   const std::vector<uint8_t>& wanted,
                                   std::span<const RecordNumber> linked);
  // Of the records that were tested last: what they add to their customer's
  // answers. False when the question was not asked of anybody.
  bool TakeCell(const RowQuestion& question, RecordNumber record,
                Answers::Cell& cell);

  // Their records' cells are at the places of these.
  using Group = CustomerStore::Linked::Group;
  // The groups follow each other in `linked`.
  std::vector<uint8_t> TestGroups(std::span<const Group> groups,
                                  const CustomerStore::Linked& linked);

 private:
  void Begin(size_t count);
  RecordNumber LeaderOf(size_t slot) const {
    return groups_.empty() ? from_ + static_cast<RecordNumber>(slot)
                           : groups_[slot].leader;
  }
  std::vector<uint8_t> Test();

  // Of customers. `wanted` as above.
  const Column& Evaluate(const Part& part, const std::vector<uint8_t>& wanted);
  Column EvaluateNow(const Part& part, const std::vector<uint8_t>& wanted);
  Column EvaluateLogic(const Part& part, const std::vector<uint8_t>& wanted);
  Column AttributeOf(const Part& part, const std::vector<uint8_t>& wanted);
  Column AttributeOneByOne(const Part& part);
  // Whose entry says what a customer of several records has: its state, and the
  // record where that is known.
  std::pair<uint8_t, RecordNumber> HolderOf(const AttributeColumn& column,
                                            uint32_t attribute,
                                            const Group& group) const;
  Column HasAttribute(const Part& part, const std::vector<uint8_t>& wanted);
  Column OneByOne(const Part& part, const std::vector<uint8_t>& wanted);
  Column AnswerOf(const RowQuestion& question,
                  const std::vector<uint8_t>& wanted);

  // Of the rows of a part.
  Column EvaluateRows(const Part& part, const Rows& rows);

  void AskScans(const RowQuestion& question,
                const std::vector<uint8_t>& wanted);
  // Those who are wanted and linked go to `selected_`, where they are few.
  bool Selects(const std::vector<uint8_t>& wanted);
  // The part with slots for records.
  const TypeScan::Part& InSlots(const TypeScan::Part& part);
  ScanRequest RequestFor(const RowSet& set, bool times, bool amounts) const;
  void AddPart(const RowQuestion& question, const TypeScan::Part& part,
               uint32_t type);
  // Narrows the rows to those that pass, or with `first_only` to one of each
  // customer; `note(slot, state)` hears of those of
  // which it is not known.
  template <typename Note>
  void Pass(const RowSet& set, Rows& rows, bool first_only, Note note);
  // What conditions on rows have of customers, before rows are read: it may
  // itself read some.
  void PreparePart(const Part& part);
  void PrepareParts(const RowSet& set);
  void PrepareSequences(const RowSet& set);
  void CollectTimes(const RowSet& set, Times& times);

  struct SequenceState {
    Times before;
    Times without;
    std::optional<SpanBack> span;
    uint64_t asking = 0;  // for which it was made
  };

  const Everybody* everybody_;
  const Parts* parts_;
  Scratch scratch_;
  Arena texts_;  // of a range
  const Arena::Mark no_texts_ = texts_.mark();
  RowTables tables_;
  TypeScan::Buffer buffer_;
  RecordNumber from_ = 0;
  size_t count_ = 0;
  std::span<const RecordNumber> linked_;
  std::span<const Group> groups_;
  std::span<const RecordNumber> records_of_groups_;
  std::vector<uint8_t> all_;                       // wanted, all of them
  std::vector<std::unique_ptr<Column>> columns_;   // by part, where known
  std::vector<std::vector<uint8_t>> known_;        // by part: of whom it is
  std::vector<std::unique_ptr<Answers>> answers_;  // by question
  enum class Asked : uint8_t { kNot, kOfSome, kOfAll };
  std::vector<Asked> asked_;        // by question
  uint64_t asking_ = 0;             // so many times
  std::vector<uint32_t> selected_;  // records
  bool is_selected_ = false;
  std::vector<uint32_t> slots_of_selected_;  // of groups
  TypeScan::Part in_slots_;
  std::vector<uint32_t> slots_of_part_;
  absl::flat_hash_map<const Sequence*, std::unique_ptr<SequenceState>>
      sequences_;
  Rows rows_;
};

}  // namespace trato::core

#endif  // TRATO_VECTOR_WORKER_H_
