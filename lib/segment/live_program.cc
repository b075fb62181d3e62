// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_program.h"

#include <algorithm>

#include "base/strings.h"
#include "expression/constant.h"

namespace trato::core {
namespace {

// Where segments ask for more than this, the one-customer evaluator says what
// is too much.
constexpr int kMaxDepth = kMaxSegmentDepth - 1;
constexpr int kMaxSegments = kMaxSegmentCost / 2;

constexpr int kCostOfCustomer = 1;  // her rows are not wanted
constexpr int kCostOfRows = 100;

bool IsComparison(Op op) {
  return op >= Op::kEqual && op <= Op::kGreaterOrEqual;
}

bool Contains(const Node& node, const std::function<bool(const Node&)>& is) {
  return is(node) ||
         std::any_of(node.args.begin(), node.args.end(),
                     [&](const auto& arg) { return Contains(*arg, is); });
}

bool ReadsRows(const Node& node) {
  return Contains(node, [](const Node& it) {
    return it.type.is_set() || (it.op == Op::kCall && it.text == "in_segment");
  });
}

// Takes much of what one test may take, which all parts of a condition share.
bool IsHeavy(const Node& node) {
  return Contains(node, [](const Node& it) {
    if (it.op == Op::kLiteral || it.op == Op::kAttribute) return false;
    return it.type.is(Kind::kList) || it.type.is(Kind::kMap) ||
           it.type.is(Kind::kBytes) ||
           (it.type.is(Kind::kString) && it.op != Op::kMember) ||
           (it.op >= Op::kListExists && it.op <= Op::kListMap);
  });
}

std::string_view TextOf(const Node& node, const Program& program) {
  return std::string_view(program.text())
      .substr(node.begin, node.end - node.begin);
}

}  // namespace

LiveProgram::LiveProgram(
    const World* world, const SegmentStore* store,
    std::span<const SegmentStore::Segment* const> segments)
    : world_(world), store_(store) {
  for (const SegmentStore::Segment* segment : segments) {
    if (segment == nullptr || !segment->program.ok()) {
      roots_.push_back(Add(Part(), "nobody"));
    } else {
      roots_.push_back(CompileSegment(*segment));
    }
  }
  gates_.resize(roots_.size());
  for (uint16_t i = 0; i < roots_.size(); ++i) FindGates(i);
  for (uint16_t i = 0; i < roots_.size(); ++i) {
    CollectReaders(roots_[i], 1, i);
    if (segments[i] == nullptr || !segments[i]->program.ok()) continue;
    std::vector<uint32_t> types;
    CollectHidden(**segments[i]->program, types, 0);
    for (const uint32_t type : types) AddReader(type, {i, true, true, kNever});
    types.clear();
    // What was not seen where it is read may do anything.
    CollectTypes((*segments[i]->program)->root(), types, 0);
    for (const uint32_t type : types) {
      const auto& known = readers_[type];
      if (known.empty() || known.back().segment != i) {
        AddReader(type, {i, true, true, kNever});
      }
    }
  }
  FindNewest();
  reads_.resize(roots_.size());
  for (const auto& [type, readers] : readers_) {
    TypeRead read{type, {}};
    for (uint16_t i = 0; i < types_.size(); ++i) {
      if (types_[i].type == type) read.place = i;
    }
    for (const Reader& it : readers) reads_[it.segment].push_back(read);
  }
}

// Which of many are in a window is no matter where they are only counted up to
// some number.
void LiveProgram::FindNewest() {
  constexpr int64_t kMost = 10'000;
  for (CustomerRows::Type& it : types_) it.newest = 1;
  const auto need = [&](uint16_t group, uint32_t newest) {
    for (const uint16_t type : groups_[group].types) {
      types_[type].newest = std::max(types_[type].newest, newest);
    }
  };
  for (const Window& it : windows_) {
    const bool counts = it.of == Window::Of::kCount &&
                        !groups_[it.group].amounts && it.value < kMost;
    // What is left when it changes, and one more.
    need(it.group,
         counts ? static_cast<uint32_t>(std::max<int64_t>(it.value, 0) + 2)
                : CustomerRows::kAllRows);
  }
  for (const Sequence& it : sequences_) {
    const LivePairs& pairs = pairs_[it.pairs];
    need(pairs.before, CustomerRows::kAllRows);
    need(pairs.then, CustomerRows::kAllRows);
    for (const uint16_t group : pairs.without) {
      need(group, CustomerRows::kAllRows);
    }
  }
}

uint32_t LiveProgram::CompileSegment(const SegmentStore::Segment& segment) {
  int segments = 0;
  const Scope scope{*segment.program, 0, &segments};
  const Node& root = scope.program->root();
  // Parts of a condition share what a test may take; so it stays whole.
  int heavy = 0;
  const std::function<void(const Node&)> count = [&](const Node& node) {
    if (node.op == Op::kAnd || node.op == Op::kOr || node.op == Op::kNot) {
      for (const auto& arg : node.args) count(*arg);
    } else {
      ZoneAttribute zone;
      heavy += IsHeavy(node) && !IsOfClock(node, zone);
    }
  };
  count(root);
  if (heavy <= 1) {
    const uint32_t part = Compile(root, Aspect::kHolds, scope);
    if (segments <= kMaxSegments) return part;
  }
  Part part;
  part.kind = PartKind::kWhole;
  part.index = static_cast<uint32_t>(whole_.size());
  part.cost = kCostOfRows;
  whole_.push_back(&segment);
  return Add(part, StrCat("whole ", segment.definition.name));
}

uint32_t LiveProgram::Add(Part part, std::string key) {
  const auto [it, is_new] =
      known_.try_emplace(std::move(key), static_cast<uint32_t>(parts_.size()));
  if (is_new) parts_.push_back(part);
  return it->second;
}

uint32_t LiveProgram::Compile(const Node& node, Aspect aspect,
                              const Scope& scope) {
  switch (node.op) {
    case Op::kLiteral:
      if (const auto* value = std::get_if<bool>(&node.literal)) {
        Part part;
        part.constant = *value ? State::kHolds : State::kFails;
        return Add(part, *value ? "everybody" : "nobody");
      }
      break;
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
      return CompileLogic(node, aspect, scope);
    case Op::kCall:
      if (node.text == "in_segment" && !node.is_method) {
        return CompileInner(node, aspect, scope);
      }
      break;
    case Op::kExists:
      return CompileExists(node, scope);
    default:
      if (IsComparison(node.op)) return CompileComparison(node, scope);
      break;
  }
  return CompilePlain(node, aspect, scope);
}

uint32_t LiveProgram::CompileLogic(const Node& node, Aspect aspect,
                                   const Scope& scope) {
  if (node.op == Op::kNot && aspect != Aspect::kValue) {
    aspect = aspect == Aspect::kHolds ? Aspect::kFails : Aspect::kHolds;
  }
  Part part;
  part.kind = node.op == Op::kAnd  ? PartKind::kAnd
              : node.op == Op::kOr ? PartKind::kOr
                                   : PartKind::kNot;
  part.aspect = aspect;
  std::vector<uint32_t> args;
  for (const auto& arg : node.args) {
    args.push_back(Compile(*arg, aspect, scope));
  }
  if (part.kind != PartKind::kNot) JoinClocks(part, args);
  return AddLogic(part, args);
}

uint32_t LiveProgram::AddLogic(Part part, std::span<const uint32_t> some) {
  std::vector<uint32_t> args(some.begin(), some.end());
  std::stable_sort(args.begin(), args.end(), [&](uint32_t a, uint32_t b) {
    return parts_[a].cost < parts_[b].cost;
  });
  std::string key = StrCat("logic ", static_cast<int>(part.kind), ",",
                           static_cast<int>(part.aspect));
  part.is_of_clock = true;
  for (const uint32_t arg : args) {
    const Part& it = parts_[arg];
    StrAppend(&key, "/", arg);
    part.cost += it.cost;
    part.is_of_clock &= it.is_of_clock &&
                        (!part.zone || !it.zone || *part.zone == *it.zone);
    if (it.zone) part.zone = it.zone;
  }
  if (!part.is_of_clock) part.zone.reset();
  if (known_.contains(key)) return known_[key];
  part.first = static_cast<uint32_t>(args_.size());
  part.count = static_cast<uint32_t>(args.size());
  args_.insert(args_.end(), args.begin(), args.end());
  return Add(part, std::move(key));
}

void LiveProgram::JoinClocks(Part part, std::vector<uint32_t>& args) {
  std::vector<uint32_t> joined;
  ZoneAttribute zone;
  for (const uint32_t arg : args) {
    const Part& it = parts_[arg];
    if (!it.is_of_clock || (zone && it.zone && *zone != *it.zone)) continue;
    if (it.zone) zone = it.zone;
    joined.push_back(arg);
  }
  if (joined.size() < 2 || joined.size() == args.size()) return;
  std::erase_if(args, [&](uint32_t arg) {
    return std::find(joined.begin(), joined.end(), arg) != joined.end();
  });
  args.push_back(AddLogic(part, joined));
}

// Those that are not part of another one.
void LiveProgram::FindGates(uint16_t segment) {
  Gates& it = gates_[segment];
  bool is_simple = true;
  std::vector<int> has(parts_.size(), -1);
  const std::function<bool(uint32_t)> find = [&](uint32_t index) {
    if (has[index] >= 0) return has[index] != 0;
    const Part& part = parts_[index];
    bool any = part.is_of_clock;
    if (any) {
      it.gates.push_back({index, part.zone.has_value()});
      if (part.zone) {
        is_simple &= !it.zone || *it.zone == *part.zone;
        it.zone = part.zone;
      }
    } else {
      for (uint32_t i = 0; i < part.count; ++i) {
        any |= find(args_[part.first + i]);
      }
      if (any) it.above.push_back(index);
    }
    has[index] = any;
    return any;
  };
  find(roots_[segment]);
  if (!is_simple || it.gates.size() > kMaxGates) it = Gates();
}

ClockCondition LiveProgram::MakeClockCondition(uint32_t index) const {
  const Part& part = parts_[index];
  ClockCondition condition;
  if (part.kind == PartKind::kPlain) {
    condition.node = plain_[part.index].node;
    condition.program = plain_[part.index].program;
    return condition;
  }
  // Another segment's, which always has a value, is that value.
  condition.kind = part.kind == PartKind::kNot ? ClockCondition::Kind::kNot
                   : part.kind == PartKind::kOr
                       ? ClockCondition::Kind::kOr
                       : ClockCondition::Kind::kAnd;
  for (uint32_t i = 0; i < part.count; ++i) {
    condition.args.push_back(MakeClockCondition(args_[part.first + i]));
  }
  return condition;
}

uint32_t LiveProgram::CompileInner(const Node& node, Aspect aspect,
                                   const Scope& scope) {
  const auto found =
      store_->Find(std::get<std::string_view>(node.args[0]->literal));
  if (!found.ok() || !(*found)->program.ok() || scope.depth >= kMaxDepth ||
      ++*scope.segments > kMaxSegments) {
    return CompilePlain(node, aspect, scope);
  }
  const Scope inner{*(*found)->program, scope.depth + 1, scope.segments};
  const uint32_t arg =
      Compile(inner.program->root(),
              aspect == Aspect::kHolds ? aspect : Aspect::kValue, inner);
  Part part;
  part.kind = PartKind::kSegment;
  part.cost = parts_[arg].cost;
  const std::string key = StrCat("segment ", arg);
  if (known_.contains(key)) return known_[key];
  part.first = static_cast<uint32_t>(args_.size());
  part.count = 1;
  part.is_of_clock = parts_[arg].is_of_clock;
  part.zone = parts_[arg].zone;
  args_.push_back(arg);
  return Add(part, key);
}

uint32_t LiveProgram::CompilePlain(const Node& node, Aspect aspect,
                                   const Scope& scope) {
  Part part;
  part.kind = PartKind::kPlain;
  part.aspect = aspect;
  part.cost = ReadsRows(node) ? kCostOfRows : kCostOfCustomer;
  const auto attribute = OnlyAttribute(node);
  std::string key = StrCat("plain ", static_cast<int>(aspect), " ",
                           TextOf(node, *scope.program));
  if (known_.contains(key)) return known_[key];
  part.index = PlainOf(node, scope);
  part.is_of_clock = IsOfClock(node, part.zone);
  if (!part.is_of_clock) part.zone.reset();
  if (attribute) {
    auto known = std::find(attributes_.begin(), attributes_.end(), *attribute);
    if (known == attributes_.end()) {
      known = attributes_.insert(known, *attribute);
    }
    values_.push_back({static_cast<uint16_t>(known - attributes_.begin()),
                       part.index});
    part.kind = PartKind::kValue;
    part.index = static_cast<uint32_t>(values_.size() - 1);
  }
  return Add(part, std::move(key));
}

uint32_t LiveProgram::PlainOf(const Node& node, const Scope& scope) {
  plain_.push_back({&node, scope.program});
  return static_cast<uint32_t>(plain_.size() - 1);
}

void LiveProgram::AddReader(uint32_t type, Reader reader) {
  std::vector<Reader>& readers = readers_[type];
  if (readers.empty() || readers.back().segment != reader.segment) {
    readers.push_back(reader);
    return;
  }
  Reader& known = readers.back();
  known.enters |= reader.enters;
  known.leaves |= reader.leaves;
  known.reach_us = std::max(known.reach_us, reader.reach_us);
}

void LiveProgram::AddReaders(uint16_t group, Reader reader) {
  for (const uint16_t type : groups_[group].types) {
    AddReader(types_[type].type, reader);
  }
}

// More of either step may make a pair, and more of what must not lie between
// may end one, but not the other way round; where amounts are compared they may
// fail.
void LiveProgram::CollectSequenceReaders(const Sequence& sequence, int sign,
                                         uint16_t segment) {
  const LivePairs& pairs = pairs_[sequence.pairs];
  const auto reach_us = [&](uint16_t reach) {
    return reach == kAll ? kNever : reaches_[reach].AtMost();
  };
  // What lies before the first step may not matter any more.
  const int64_t before_us = reach_us(sequence.before);
  const auto reads = [&](uint16_t group, int own, int64_t at_most_us) {
    if (groups_[group].amounts) own = 0;
    AddReaders(group, {segment, own >= 0, own <= 0, at_most_us});
  };
  reads(pairs.before, sign, before_us);
  reads(pairs.then, sign, std::min(before_us, reach_us(sequence.then)));
  for (const uint16_t group : pairs.without) reads(group, -sign, before_us);
}

void LiveProgram::CollectReaders(uint32_t index, int sign, uint16_t segment) {
  const Part& part = parts_[index];
  switch (part.kind) {
    case PartKind::kConstant:
      return;
    case PartKind::kNot:
      sign = -sign;
      break;
    case PartKind::kSegment:
      // What is absent there does not hold here: what was undecided may then
      // hold the other way round.
      sign = 0;
      break;
    case PartKind::kWindow: {
      const Window& window = windows_[part.index];
      int own = 0;
      // More of something may make that it cannot be compared, but not more of
      // what is only counted.
      if (!groups_[window.group].amounts) {
        if (window.op == Op::kGreater || window.op == Op::kGreaterOrEqual) {
          own = sign;
        } else if (window.op == Op::kLess || window.op == Op::kLessOrEqual) {
          own = -sign;
        }
      }
      AddReaders(window.group, {segment, own >= 0, own <= 0,
                                window.reach == kAll
                                    ? kNever
                                    : reaches_[window.reach].AtMost()});
      return;
    }
    case PartKind::kRecency:
      AddReaders(recencies_[part.index].group, {segment, true, true, kNever});
      return;
    case PartKind::kSequence:
      CollectSequenceReaders(sequences_[part.index], sign, segment);
      return;
    case PartKind::kValue:
      return;
    case PartKind::kPlain: {
      std::vector<uint32_t> types;
      CollectTypes(*plain_[part.index].node, types, 0);
      for (const uint32_t type : types) {
        AddReader(type, {segment, true, true, kNever});
      }
      return;
    }
    default:
      break;
  }
  for (uint32_t i = 0; i < part.count; ++i) {
    CollectReaders(args_[part.first + i], sign, segment);
  }
}

void LiveProgram::CollectHidden(const Program& program,
                                std::vector<uint32_t>& types,
                                int depth) const {
  for (const std::string& name : program.reads().hidden_types) {
    if (const auto type = world_->names->Find(name)) types.push_back(*type);
  }
  for (const auto& [name, times] : program.reads().segments) {
    const auto found = store_->Find(name);
    if (found.ok() && (*found)->program.ok() && depth < kMaxSegmentDepth) {
      CollectHidden(**(*found)->program, types, depth + 1);
    }
  }
}

void LiveProgram::CollectTypes(const Node& node, std::vector<uint32_t>& types,
                               int depth) const {
  if (node.op == Op::kCall && node.text == "interactions" && !node.is_method) {
    Nesting nesting;
    Evaluation evaluation{world_, 0, 0, &nesting};
    const Datum datum = Evaluate(evaluation, node);
    if (const auto* set = std::get_if<const InteractionSet*>(&datum)) {
      types.insert(types.end(), (*set)->types.begin(), (*set)->types.end());
    }
    return;
  }
  if (node.op == Op::kCall && node.text == "in_segment" && !node.is_method &&
      depth < kMaxSegmentDepth) {
    const auto found =
        store_->Find(std::get<std::string_view>(node.args[0]->literal));
    if (found.ok() && (*found)->program.ok()) {
      CollectTypes((*(*found)->program)->root(), types, depth + 1);
    }
    return;
  }
  for (const auto& arg : node.args) CollectTypes(*arg, types, depth);
}

}  // namespace trato::core
