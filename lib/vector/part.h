// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// An expression prepared for many customers at once at one instant: a graph of
// parts, in which what is alike is one part, and the questions that they ask of
// interactions. Parts are worth something for each customer; those that a
// question has in its conditions, for each of its interactions or lines.
//
// What has no form for many at once is a part that asks the one-customer
// evaluator, customer by customer (kOneByOne).

#ifndef TRATO_VECTOR_PART_H_
#define TRATO_VECTOR_PART_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "expression/ast.h"
#include "expression/evaluator.h"
#include "expression/program.h"

namespace trato::core {

struct RowQuestion;

struct Part {
  enum class Kind : uint8_t {
    kConstant,      // constant
    kAnd,           // of args
    kOr,            // of args
    kNot,           // of args[0]
    kConditional,   // of args
    kSegment,       // args[0], of which what is absent does not hold
    kOperator,      // node, with args for its own
    kAttribute,     // node
    kHasAttribute,  // node
    kQuestion,      // question
    kMember,        // node's, of an interaction or line
    kHasField,      // node's, of an interaction
    kOneByOne,      // node
  };
  Kind kind = Kind::kConstant;
  const Node* node = nullptr;
  Datum constant;
  std::vector<const Part*> args;
  const RowQuestion* question = nullptr;
  uint32_t index = 0;
  bool is_of_rows = false;           // of interactions or lines
  int cost = 0;                      // what is cheap is asked first
  const Program* program = nullptr;  // that has the node

  std::string text() const {
    return program->text().substr(node->begin, node->end - node->begin);
  }
};

struct Sequence;

// A condition on what a question is about: `body`, or that it completes a
// sequence.
struct RowFilter {
  const Part* body = nullptr;
  const Sequence* sequence = nullptr;
};

// The interactions with from_us < time <= until_us of these types (in the order
// of their names) that pass all filters, or the lines of these.
struct RowSet {
  std::vector<uint32_t> types;
  int64_t from_us = 0;
  int64_t until_us = 0;
  std::vector<RowFilter> filters;
  bool is_of_lines = false;
  std::vector<RowFilter> line_filters;

  // Whether its filters of interactions do.
  bool Reads(Member member) const;
  // Whether the window leaves out nothing that is visible.
  bool IsWhole(int64_t now_us) const {
    return from_us == std::numeric_limits<int64_t>::min() && until_us >= now_us;
  }
  bool has_sequence() const {
    for (const RowFilter& it : filters) {
      if (it.sequence != nullptr) return true;
    }
    return false;
  }
};

// Of the interactions `before` one is earlier, the last such within the span
// where there is one, and none of `without` lies between the two.
struct Sequence {
  RowSet before;
  std::vector<RowSet> without;
  const Span* span = nullptr;
  absl::TimeZone zone;
};

struct RowQuestion {
  enum class Ask : uint8_t {
    kCount,
    kSum,
    kMin,
    kMax,
    kAverage,
    kExists,
    kAll,
    kExistsOne,
    kFirst,     // the body of the first
    kLast,      // the body of the last
    kRecency,   // how long ago the last one was
    kDistinct,  // how many different values
  };
  Ask ask = Ask::kCount;
  const Node* node = nullptr;
  RowSet set;
  const Part* body = nullptr;  // null: none
  bool asks_customer = false;  // a condition has something of the customer
  // What it reads of interactions beside whose they are.
  bool reads_times = true;
  bool reads_amounts = false;
  // Of records that are linked, not what each has is put together, as what was
  // asked of it is not what the customer is, or what she did: their rows are
  // read together. It takes an answer that does not depend on their order.
  bool is_of_customer() const { return asks_customer || set.has_sequence(); }
  bool has_any_order = true;
  // With more different values the one-customer evaluator says whether it is
  // too much.
  uint32_t max_values = 0;
  uint32_t index = 0;
};

// Longer lists are gone through customer by customer.
inline constexpr size_t kMaxUnrolled = 32;

// How another segment's condition is found; null: it has none.
using FindSegment = std::function<const Program*(std::string_view name)>;

class Parts {
 public:
  // `world`, `program` and the programs that `find_segment` gives outlive it.
  Parts(const World& world, const Program& program, int64_t now_us,
        FindSegment find_segment);

  const Part& root() const { return *root_; }
  // kOneByOne parts of it and questions, of all.
  const std::deque<Part>& all() const { return parts_; }
  const std::deque<RowQuestion>& questions() const { return questions_; }
  int64_t now_us() const { return now_us_; }
  const World& world() const { return *world_; }
  // The names of interaction types, channels, products and so on.
  const Interner& names() const { return *world_->names; }

 private:
  // The variable that a question's conditions are over.
  struct Scope {
    uint8_t slot;
    bool* asks_customer;
  };

  const Part* Compile(const Node& node, const Scope* scope);
  const Part* CompileHere(const Node& node, const Scope* scope);
  const Part* CompileLogic(const Node& node, const Scope* scope);
  const Part* CompileOperator(const Node& node, const Scope* scope);
  const Part* CompileOfRow(const Node& node);
  const Part* CompileUnrolled(const Node& node, const Scope* scope);
  const Part* CompileSegment(const Node& node);
  const Part* CompileQuestion(const Node& node);
  bool CompileSet(const Node& node, RowSet& set, RowQuestion& question);
  bool CompileSequence(const Node& node, RowSet& set, RowQuestion& question);
  bool CompileFilter(const Node& node, std::vector<RowFilter>& filters,
                     RowQuestion& question);
  const Part* OneByOne(const Node& node);
  void FindColumns(RowQuestion& question) const;

  // What fits into a Datum alone, and text.
  static bool IsPlain(Type type);
  Datum ValueOf(const Node& node);
  const Part* Constant(const Datum& value);
  const Part* Make(Part part, const std::string& key);

  const World* world_;
  const int64_t now_us_;
  FindSegment find_segment_;
  // Keeps what constants and sets are made of.
  Nesting nesting_;
  Evaluation evaluation_;
  uint32_t bound_ = 0;  // variables of unrolled lists
  int segments_ = 0;    // conditions through in_segment, all together
  int depth_ = 0;
  const Program* program_;
  bool is_too_much_ = false;
  std::deque<Part> parts_;
  std::deque<RowQuestion> questions_;
  std::deque<Sequence> sequences_;
  absl::flat_hash_map<std::string, const Part*> known_;
  const Part* root_ = nullptr;
};

}  // namespace trato::core

#endif  // TRATO_VECTOR_PART_H_
