// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The conditions of some segments as one program, for one customer at an
// instant: who is in which, and until when. What several of them ask is worked
// out once. Windows that are counted or summed and times since the last
// interaction are read out of arrays of her interactions' times; what has no
// such form is a part that the one-customer evaluator is asked for, and both
// give the same answer.

#ifndef TRATO_SEGMENT_LIVE_PROGRAM_H_
#define TRATO_SEGMENT_LIVE_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/calendar.h"
#include "base/zone_offsets.h"
#include "expression/change_bound.h"
#include "expression/evaluator.h"
#include "segment/live_clocks.h"
#include "segment/live_reach.h"
#include "segment/live_rows.h"
#include "segment/segment_store.h"

namespace trato::core {

class LiveProgram {
 public:
  // What an interaction may do to a segment.
  struct Reader {
    uint16_t segment = 0;
    bool enters = false;  // may make somebody enter
    bool leaves = false;  // or leave
    // Where it is this long ago it does nothing; kNever: it always may.
    int64_t reach_us = 0;
  };

  // null: the segment is gone, and nobody is in it. `world` and `store` outlive
  // this; a program is that of the definitions in force when it was made.
  LiveProgram(const World* world, const SegmentStore* store,
              std::span<const SegmentStore::Segment* const> segments);

  // The parts of a segment that only the clock decides, where it has a few of
  // them at most. The zone that some name is that of one attribute.
  struct GatePart {
    uint32_t part = 0;
    bool has_zone = false;
  };
  struct Gates {
    std::vector<GatePart> gates;
    std::vector<uint32_t> above;  // what follows from them and other parts
    ZoneAttribute zone;
  };
  static constexpr size_t kMaxGates = 3;
  const Gates& GatesOf(uint16_t segment) const { return gates_[segment]; }
  // One of these, to be asked without a customer.
  ClockCondition MakeClockCondition(uint32_t part) const;

  // Of interactions of this type, by segment.
  std::span<const Reader> ReadersOf(uint32_t type) const {
    const auto found = readers_.find(type);
    return found == readers_.end() ? std::span<const Reader>()
                                   : std::span<const Reader>(found->second);
  }

 private:
  friend class LiveTest;

  // What a condition is worth. What is absent does not hold where another
  // segment asks; the rest of what fails is undecided there, too.
  enum class State : uint8_t { kFails, kUndecided, kAbsent, kHolds };
  struct Outcome {
    State state = State::kFails;
    int64_t until_us = kNever;
  };

  enum class PartKind : uint8_t {
    kConstant,
    kAnd,
    kOr,
    kNot,
    kSegment,  // another one's condition
    kWindow,   // windows_[index]
    kRecency,  // recencies_[index]
    kSequence,  // sequences_[index]
    kValue,    // values_[index]
    kPlain,    // plain_[index]
    kWhole,    // whole_[index]
  };
  struct Part {
    PartKind kind = PartKind::kConstant;
    Aspect aspect = Aspect::kValue;
    State constant = State::kFails;
    uint32_t index = 0;
    uint32_t first = 0;  // of args_
    uint32_t count = 0;
    int cost = 0;  // what is cheap is asked first
    // Only the clock decides it, in the zone of this attribute where it has one.
    bool is_of_clock = false;
    ZoneAttribute zone;
  };

  static constexpr uint16_t kAll = 0xffff;  // of Window::reach: no window

  // What is asked of a window, compared with a number; all but how many there
  // are is of their amounts.
  struct Window {
    enum class Of : uint8_t { kCount, kSum, kMin, kMax, kAverage };
    Op op = Op::kGreaterOrEqual;
    Of of = Of::kCount;
    uint16_t group = 0;
    uint16_t reach = kAll;
    int64_t value = 0;
    Currency currency;  // of an amount
    uint32_t plain = 0;  // the same, for the one-customer evaluator
  };
  // How long ago the last one was compared with a length of time.
  struct Recency {
    Op op = Op::kGreater;
    uint16_t group = 0;
    int64_t value_us = 0;
    uint32_t plain = 0;
  };
  // Whether there is a pair with each step in its window.
  struct Sequence {
    uint16_t pairs = 0;
    uint16_t before = kAll;  // reaches
    uint16_t then = kAll;
    uint32_t plain = 0;
  };
  struct Plain {
    const Node* node = nullptr;
    std::shared_ptr<const Program> program;
  };
  // A condition on one attribute, which is the same for all who have its value.
  struct OfValue {
    uint16_t attribute = 0;  // of attributes_
    uint32_t plain = 0;
  };

  // What a set of interactions is, where it is simple enough.
  struct Set {
    std::vector<uint32_t> types;
    uint16_t reach = kAll;
    std::vector<LiveGroup::Condition> conditions;
  };
  // Of what has been compiled from a segment's root down.
  struct Scope {
    std::shared_ptr<const Program> program;
    int depth = 0;
    int* segments;
  };

  uint32_t CompileSegment(const SegmentStore::Segment& segment);
  uint32_t Compile(const Node& node, Aspect aspect, const Scope& scope);
  uint32_t CompileLogic(const Node& node, Aspect aspect, const Scope& scope);
  uint32_t CompileInner(const Node& node, Aspect aspect, const Scope& scope);
  uint32_t CompileExists(const Node& node, const Scope& scope);
  uint32_t CompileComparison(const Node& node, const Scope& scope);
  uint32_t CompileSequence(const Node& node, const Scope& scope);
  static std::optional<Window::Of> Asked(const Node& node);
  bool ReadWithin(const Node& then, LivePairs& pairs);
  uint32_t CompilePlain(const Node& node, Aspect aspect, const Scope& scope);
  uint32_t AddWindow(Window window, const Set& set, const Node& node,
                     const Scope& scope);
  uint32_t AddRecency(Recency recency, const Set& set, const Node& node,
                      const Scope& scope);
  uint32_t PlainOf(const Node& node, const Scope& scope);
  // Puts together the parts of one && or || that only the clock decides.
  void JoinClocks(Part part, std::vector<uint32_t>& args);
  uint32_t AddLogic(Part part, std::span<const uint32_t> args);
  void FindGates(uint16_t segment);
  uint32_t Add(Part part, std::string key);
  bool ReadSet(const Node& node, Set& set);
  std::optional<uint16_t> ReachOf(const MovingEnd& end, int64_t now_us);
  uint16_t GroupOf(const Set& set, bool amounts);
  // Which types the condition reads, and how: what is under a not the other way
  // round (`sign` -1), both ways where that cannot be said (0).
  void CollectReaders(uint32_t part, int sign, uint16_t segment);
  void CollectSequenceReaders(const Sequence& sequence, int sign,
                              uint16_t segment);
  void AddReaders(uint16_t group, Reader reader);
  void AddReader(uint32_t type, Reader reader);
  // How many of each type's newest interactions are enough.
  void FindNewest();
  void CollectTypes(const Node& node, std::vector<uint32_t>& types,
                    int depth) const;
  // Those that functions read without showing it.
  void CollectHidden(const Program& program, std::vector<uint32_t>& types,
                     int depth) const;

  const World* world_;
  const SegmentStore* store_;
  std::vector<uint32_t> roots_;  // by segment
  std::vector<Gates> gates_;
  // By segment, the types that it reads, and which are in types_.
  struct TypeRead {
    uint32_t type = 0;
    std::optional<uint16_t> place;
  };
  std::vector<std::vector<TypeRead>> reads_;
  std::vector<Part> parts_;
  std::vector<uint32_t> args_;
  std::vector<Window> windows_;
  std::vector<Recency> recencies_;
  std::vector<Sequence> sequences_;
  std::vector<OfValue> values_;
  std::vector<uint32_t> attributes_;  // interned
  std::vector<Plain> plain_;
  std::vector<const SegmentStore::Segment*> whole_;
  std::vector<LiveReach> reaches_;
  std::vector<LiveGroup> groups_;
  std::vector<LivePairs> pairs_;
  std::vector<CustomerRows::Type> types_;
  std::vector<std::pair<absl::TimeZone, std::shared_ptr<const ZoneOffsets>>>
      zones_;
  absl::flat_hash_map<std::string, uint32_t> known_;  // parts
  absl::flat_hash_map<std::string, uint16_t> known_pairs_;
  absl::flat_hash_map<uint32_t, std::vector<Reader>> readers_;
};

// One thread's tests of customers, one after the other.
class LiveTest {
 public:
  explicit LiveTest(const LiveProgram* program);

  // From here on of this customer, who is known and not restricted.
  void Begin(RecordNumber customer, int64_t now_us);
  // The same one at another instant.
  void MoveTo(int64_t now_us);
  // Whether she is in the segment, and until when that stays if no fact comes.
  bool Test(uint16_t segment, int64_t* until_us);
  // The same of one with gates: bit i, were they to stand as the bits of i; and
  // until when that stays.
  uint32_t TestGated(uint16_t segment, int64_t* until_us);
  // Whether a recorded interaction that the segment may read is dated at that
  // instant.
  bool HasInteractionAt(uint16_t segment, int64_t at_us);
  // Whether a version of the attribute is.
  bool HasVersionAt(uint32_t attribute, RecordNumber customer, int64_t at_us);

  // Keeps the interactions of who has many; then it has to hear of each change
  // of them: of one that was recorded, or that anything may have changed.
  void KeepRows() { keeps_rows_ = true; }
  void Added(RecordNumber customer, uint32_t type, int64_t at_us,
             const Money& amount);
  void Changed(RecordNumber customer) {
    cache_.Forget(customer);
    if (customer == own_customer_) has_own_ = false;
  }
  // All of her segments will be asked.
  void AskAll() { asks_all_ = true; }
  // After anything was written.
  void ForgetColumns() {
    for (Column& it : columns_) it.is_known = false;
  }
  // Everybody will be asked: what is worth being made for that is made.
  void AskMany() { asks_many_ = true; }

 private:
  using State = LiveProgram::State;
  using Outcome = LiveProgram::Outcome;

  // A group's rows up to now.
  struct Visible {
    uint32_t stamp = 0;
    const LiveRows::Group* rows = nullptr;
    size_t count = 0;
  };
  struct Start {
    uint32_t stamp = 0;
    std::optional<int64_t> from_us;  // none: the calendar has to be asked
  };
  struct Known {
    uint32_t stamp = 0;
    Outcome outcome;
  };
  // What she says of an attribute.
  struct Said {
    uint32_t stamp = 0;
    uint32_t code = 0;  // of the value
    bool in_column = false;  // it is the column's code, or else one of codes_
    int64_t until_us = kNever;
  };
  // No code: there are too many.
  static constexpr uint32_t kNoCode = 0xffffffff;
  // What conditions are worth by code of the value.
  struct ByCode {
    std::vector<uint8_t> own, of_column;
  };
  // The values of an attribute by record, once enough have been asked for.
  struct Column {
    const AttributeColumn* column = nullptr;
    uint32_t asked = 0;
    bool is_known = false;  // otherwise it has to be found again
  };

  Outcome Of(uint32_t part);
  Outcome Logic(const LiveProgram::Part& part);
  Outcome OfWindow(const LiveProgram::Window& window);
  // Of amounts that are `op` than a value: with whose leaving that changes.
  size_t FirstToChange(const LiveProgram::Window& window,
                       const LiveRows::Group& rows, size_t begin, size_t end,
                       State& now) const;
  Outcome OfRecency(const LiveProgram::Recency& recency);
  Outcome OfSequence(const LiveProgram::Sequence& sequence);
  Outcome OfValue(const LiveProgram::OfValue& value, ByCode& by_code);
  const Said& SaidOf(uint16_t attribute);
  const AttributeColumn* ColumnOf(uint16_t attribute);
  uint32_t CodeOf(const Value& value);
  Outcome OfPlain(uint32_t plain, Aspect aspect);
  Outcome OfWhole(const SegmentStore::Segment& segment);
  // False: corrections bear on her.
  bool LoadRows();
  const Visible& RowsOf(uint16_t group, bool sums);
  const Start& StartOf(uint16_t reach);
  const LiveProgram* program_;
  RecordNumber customer_ = 0;
  int64_t now_us_ = 0;
  uint32_t stamp_ = 0;  // of customer and instant
  enum class Loaded : uint8_t { kNot, kRows, kAmended };
  Loaded loaded_ = Loaded::kNot;
  bool keeps_rows_ = false;
  bool asks_many_ = false;
  bool asks_all_ = false;
  std::unique_ptr<LiveRows> own_rows_;
  RecordNumber own_customer_ = 0;  // of own_rows_, where has_own_
  bool has_own_ = false;
  LiveRowsCache cache_;
  LiveRows* rows_ = nullptr;  // the customer's, once they are loaded
  std::vector<Known> known_;      // by part
  std::vector<Visible> visible_;  // by group
  std::vector<Start> starts_;     // by reach
  std::vector<Said> said_;        // by attribute
  absl::flat_hash_map<std::string, uint32_t> codes_;
  std::vector<ByCode> by_code_;   // by condition on a value
  std::vector<Column> columns_;   // by attribute
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_PROGRAM_H_
