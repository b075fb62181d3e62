// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/part.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "expression/format.h"

namespace trato::core {
namespace {

// More conditions through in_segment than a test may run, or close to it, or
// more parts of which each may take what a test may: then the one-customer
// evaluator decides what is too much.
constexpr int kMaxSegments = 200;
constexpr int kMaxDepth = 7;
constexpr size_t kMaxParts = 2000;
constexpr size_t kMaxOneByOne = 40;
constexpr size_t kMaxConstantBytes = size_t{256} << 10;

constexpr int kCostOfAttribute = 1;
constexpr int kCostOfQuestion = 10;
constexpr int kCostOfConditions = 5;
constexpr int kCostOfLines = 20;
constexpr int kCostOfSequence = 40;
constexpr int kCostOfOneByOne = 1000;

// What fits into a Datum alone, and text.
bool IsPlain(Type type) {
  switch (type.kind()) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble:
    case Kind::kMoney:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kString:
      return true;
    default:
      return false;
  }
}

// Whether there are arrays for what is asked.
bool HasForm(const RowQuestion& question, const Node& asked) {
  using Ask = RowQuestion::Ask;
  if (asked.args.size() < 2 || asked.op == Op::kCall) return true;
  const Kind kind = asked.args[1]->type.kind();
  switch (question.ask) {
    case Ask::kSum:
    case Ask::kAverage:
    case Ask::kMin:
    case Ask::kMax:
      return kind == Kind::kInt || kind == Kind::kDouble ||
             kind == Kind::kMoney || kind == Kind::kTimestamp ||
             kind == Kind::kDuration;
    case Ask::kDistinct:
      // Of texts, those that are names of the store.
      if (kind == Kind::kString) {
        return question.body->kind == Part::Kind::kMember &&
               question.body->node->member != Member::kField;
      }
      return kind == Kind::kInt || kind == Kind::kDouble ||
             kind == Kind::kMoney || kind == Kind::kTimestamp ||
             kind == Kind::kDuration;
    default:
      return true;
  }
}

std::string KeyOf(Part::Kind kind, const Node* node,
                  std::span<const Part* const> args) {
  std::string key = StrCat(static_cast<int>(kind));
  if (node != nullptr) {
    StrAppend(&key, ",", static_cast<int>(node->op), ",",
              static_cast<int>(node->member), ",", node->number, ",",
              node->text, ",", node->is_method ? "." : "");
  }
  for (const Part* arg : args) StrAppend(&key, "/", arg->index);
  return key;
}

bool ReadsMember(const Part& part, Member member) {
  if (part.kind == Part::Kind::kMember && part.node->member == member) {
    return true;
  }
  return std::any_of(part.args.begin(), part.args.end(), [&](const Part* arg) {
    return ReadsMember(*arg, member);
  });
}

}  // namespace

bool RowSet::Reads(Member member) const {
  const auto reads = [&](const RowFilter& it) {
    return it.body != nullptr && ReadsMember(*it.body, member);
  };
  return std::any_of(filters.begin(), filters.end(), reads);
}

void Parts::FindColumns(RowQuestion& question) const {
  using Ask = RowQuestion::Ask;
  const RowSet& set = question.set;
  const Part* const body = question.body;
  const bool is_whole = set.IsWhole(now_us_);
  const bool is_amount = body != nullptr && body->kind == Part::Kind::kMember &&
                         body->node->member == Member::kAmount;
  const bool is_of_rows = !set.is_of_lines && body != nullptr;
  // Doubles are added in order of time.
  const bool is_counted =
      question.ask == Ask::kCount || question.ask == Ask::kExists ||
      question.ask == Ask::kAll || question.ask == Ask::kDistinct ||
      question.ask == Ask::kExistsOne ||
      (question.ask == Ask::kSum && is_amount);
  question.reads_times = !is_whole || !is_counted || set.has_sequence() ||
                         set.Reads(Member::kAt) ||
                         (is_of_rows && ReadsMember(*body, Member::kAt));
  const bool is_real = question.node->args.size() > 1 &&
                       question.node->args[1]->type.is(Kind::kDouble);
  question.has_any_order =
      question.ask != Ask::kFirst && question.ask != Ask::kLast &&
      !(is_real &&
        (question.ask == Ask::kSum || question.ask == Ask::kAverage));
  question.reads_amounts = set.Reads(Member::kAmount) ||
                           (is_of_rows && ReadsMember(*body, Member::kAmount));
}

Parts::Parts(const World& world, const Program& program, int64_t now_us,
             FindSegment find_segment)
    : world_(&world),
      now_us_(now_us),
      find_segment_(std::move(find_segment)),
      evaluation_{&world, 0, now_us, &nesting_},
      program_(&program) {
  root_ = Compile(program.root(), nullptr);
  const auto one_by_one = std::count_if(
      parts_.begin(), parts_.end(),
      [](const Part& it) { return it.kind == Part::Kind::kOneByOne; });
  if (is_too_much_ || parts_.size() > kMaxParts ||
      static_cast<size_t>(one_by_one) > kMaxOneByOne ||
      evaluation_.arena.bytes() > kMaxConstantBytes) {
    parts_.clear();
    questions_.clear();
    known_.clear();
    root_ = OneByOne(program.root());
  }
  // All of them together take a quarter of what a test may make.
  const auto lists = static_cast<size_t>(std::count_if(
      questions_.begin(), questions_.end(), [](const RowQuestion& it) {
        return it.ask == RowQuestion::Ask::kDistinct;
      }));
  for (RowQuestion& it : questions_) {
    it.max_values = static_cast<uint32_t>(kMaxBytesMade / 4 / sizeof(Datum) /
                                          std::max<size_t>(lists, 1));
  }
}

const Part* Parts::Make(Part part, const std::string& key) {
  if (!key.empty()) {
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
  }
  part.index = static_cast<uint32_t>(parts_.size());
  part.program = program_;
  for (const Part* arg : part.args) {
    part.is_of_rows |= arg->is_of_rows;
    part.cost = std::max(part.cost, arg->cost);
  }
  parts_.push_back(std::move(part));
  if (!key.empty()) known_.emplace(key, &parts_.back());
  return &parts_.back();
}

const Part* Parts::Constant(const Datum& value) {
  Part part;
  part.kind = Part::Kind::kConstant;
  part.constant = value;
  // Lists are told apart by where they are.
  std::string key;
  if (!IsFailure(value)) {
    const Kind kind = KindOf(value);
    if (kind != Kind::kList && kind != Kind::kMap && kind != Kind::kSpan &&
        kind < Kind::kCustomer) {
      key = StrCat("=", static_cast<int>(kind), ",", FormatDatum(value));
    }
  }
  return Make(std::move(part), key);
}

const Part* Parts::OneByOne(const Node& node) {
  Part part;
  part.kind = Part::Kind::kOneByOne;
  part.node = &node;
  part.cost = kCostOfOneByOne;
  return Make(std::move(part), "");
}

bool Parts::IsConstant(const Node& node, uint32_t bound) const {
  switch (node.op) {
    case Op::kAttribute:
    case Op::kHasAttribute:
      return false;
    case Op::kVariable:
      return (bound >> node.slot & 1) != 0;
    case Op::kCall:
      // A span is the call's own, so it is no literal.
      if (!node.is_pure && !node.type.is(Kind::kSpan)) return false;
      break;
    case Op::kCount:
    case Op::kFirst:
    case Op::kLast:
    case Op::kSum:
    case Op::kMin:
    case Op::kMax:
    case Op::kAverage:
    case Op::kDistinct:
    case Op::kExists:
    case Op::kAll:
    case Op::kExistsOne:
    case Op::kWhere:
      return false;
    case Op::kListExists:
    case Op::kListAll:
    case Op::kListExistsOne:
    case Op::kListFilter:
    case Op::kListMap:
      if (!IsConstant(*node.args[0], bound)) return false;
      for (size_t i = 1; i < node.args.size(); ++i) {
        if (!IsConstant(*node.args[i], bound | 1u << node.slot)) return false;
      }
      return true;
    default:
      break;
  }
  return std::all_of(node.args.begin(), node.args.end(),
                     [&](const auto& arg) { return IsConstant(*arg, bound); });
}

Datum Parts::ValueOf(const Node& node) { return Evaluate(evaluation_, node); }

const Part* Parts::Compile(const Node& node, const Scope* scope) {
  if (IsConstant(node, bound_)) {
    const Datum value = ValueOf(node);
    // What failed is a matter of limits only.
    if (nesting_.steps > kMaxSteps / 4) is_too_much_ = true;
    return Constant(value);
  }
  const Part* part = CompileHere(node, scope);
  // Where a list is unrolled, its variable has another value each time.
  if (part == nullptr && scope == nullptr && bound_ == 0) return OneByOne(node);
  if (scope != nullptr && part != nullptr && !part->is_of_rows &&
      part->kind != Part::Kind::kConstant) {
    // Of the customer, in a condition on interactions.
    if (part->kind == Part::Kind::kOneByOne) return nullptr;
    *scope->asks_customer = true;
  }
  return part;
}

const Part* Parts::CompileHere(const Node& node, const Scope* scope) {
  switch (node.op) {
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
    case Op::kConditional:
      return CompileLogic(node, scope);
    case Op::kAttribute:
    case Op::kHasAttribute: {
      if (node.op == Op::kAttribute &&
          (node.type.is(Kind::kList) || node.type.is(Kind::kMap))) {
        return nullptr;
      }
      Part part;
      part.kind = node.op == Op::kAttribute ? Part::Kind::kAttribute
                                            : Part::Kind::kHasAttribute;
      part.node = &node;
      part.cost = kCostOfAttribute;
      return Make(part,
                  StrCat(KeyOf(part.kind, nullptr, {}), "#", node.number));
    }
    case Op::kMember:
    case Op::kHasField: {
      const Node& owner = *node.args[0];
      if (node.op == Op::kMember && node.member == Member::kKey) return nullptr;
      if (scope != nullptr && owner.op == Op::kVariable) {
        return owner.slot == scope->slot ? CompileOfRow(node) : nullptr;
      }
      if (owner.op == Op::kFirst || owner.op == Op::kLast) {
        return CompileQuestion(node);
      }
      return nullptr;
    }
    case Op::kCall:
      if (node.text == "in_segment" && !node.is_method) {
        return CompileSegment(node);
      }
      if (node.text == "recency" && node.is_method && node.args.size() == 1 &&
          node.args[0]->type.is_set()) {
        return CompileQuestion(node);
      }
      if (node.text == "size" && node.args.size() == 1 &&
          node.args[0]->op == Op::kDistinct) {
        return CompileQuestion(node);
      }
      return node.is_pure ? CompileOperator(node, scope) : nullptr;
    case Op::kCount:
    case Op::kSum:
    case Op::kMin:
    case Op::kMax:
    case Op::kAverage:
    case Op::kExists:
    case Op::kAll:
    case Op::kExistsOne:
      return CompileQuestion(node);
    case Op::kListExists:
    case Op::kListAll:
      return CompileUnrolled(node, scope);
    case Op::kNegate:
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
    case Op::kIn:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
    case Op::kIndex:
      return CompileOperator(node, scope);
    default:
      return nullptr;
  }
}

const Part* Parts::CompileLogic(const Node& node, const Scope* scope) {
  Part part;
  part.kind = node.op == Op::kAnd   ? Part::Kind::kAnd
              : node.op == Op::kOr  ? Part::Kind::kOr
              : node.op == Op::kNot ? Part::Kind::kNot
                                    : Part::Kind::kConditional;
  part.node = &node;
  if (part.kind == Part::Kind::kConditional &&
      (!IsPlain(node.type) || !IsPlain(node.args[1]->type) ||
       !IsPlain(node.args[2]->type))) {
    return nullptr;
  }
  for (const auto& arg : node.args) {
    const Part* compiled = Compile(*arg, scope);
    if (compiled == nullptr) return nullptr;
    part.args.push_back(compiled);
  }
  if (part.kind == Part::Kind::kAnd || part.kind == Part::Kind::kOr) {
    // The order changes nothing but what has to be asked.
    std::stable_sort(
        part.args.begin(), part.args.end(),
        [](const Part* a, const Part* b) { return a->cost < b->cost; });
  }
  std::string key = KeyOf(part.kind, nullptr, part.args);
  return Make(std::move(part), key);
}

const Part* Parts::CompileOperator(const Node& node, const Scope* scope) {
  // What makes text or lists takes room that a test has only so much of.
  if (!IsPlain(node.type) || node.type.is(Kind::kString)) return nullptr;
  Part part;
  part.kind = Part::Kind::kOperator;
  part.node = &node;
  for (const auto& arg : node.args) {
    const Part* compiled = Compile(*arg, scope);
    if (compiled == nullptr) return nullptr;
    if (compiled->kind != Part::Kind::kConstant && !IsPlain(arg->type)) {
      return nullptr;
    }
    part.args.push_back(compiled);
  }
  std::string key = KeyOf(part.kind, &node, part.args);
  return Make(std::move(part), key);
}

const Part* Parts::CompileOfRow(const Node& node) {
  Part part;
  part.kind =
      node.op == Op::kMember ? Part::Kind::kMember : Part::Kind::kHasField;
  part.node = &node;
  part.is_of_rows = true;
  return Make(part, StrCat(KeyOf(part.kind, nullptr, {}), "@",
                           static_cast<int>(node.member), ",", node.number));
}

const Part* Parts::CompileUnrolled(const Node& node, const Scope* scope) {
  if (!IsConstant(*node.args[0], bound_)) return nullptr;
  const Datum range = ValueOf(*node.args[0]);
  const auto* list = std::get_if<const ListValue*>(&range);
  if (list == nullptr || (*list)->items.empty() ||
      (*list)->items.size() > kMaxUnrolled) {
    return nullptr;
  }
  const std::span<const Datum> items = (*list)->items;
  Part part;
  part.kind = node.op == Op::kListExists ? Part::Kind::kOr : Part::Kind::kAnd;
  part.node = &node;
  const uint32_t outer = bound_;
  bound_ |= 1u << node.slot;
  for (const Datum& item : items) {
    evaluation_.variables[node.slot] = item;
    const Part* compiled = Compile(*node.args[1], scope);
    if (compiled == nullptr) break;
    part.args.push_back(compiled);
  }
  bound_ = outer;
  if (part.args.size() != items.size()) return nullptr;
  std::string key = KeyOf(part.kind, nullptr, part.args);
  return Make(std::move(part), key);
}

const Part* Parts::CompileSegment(const Node& node) {
  if (bound_ != 0 || node.args.size() != 1 ||
      node.args[0]->op != Op::kLiteral) {
    return nullptr;
  }
  const Program* program =
      find_segment_
          ? find_segment_(std::get<std::string_view>(node.args[0]->literal))
          : nullptr;
  if (program == nullptr || ++segments_ > kMaxSegments || depth_ >= kMaxDepth) {
    is_too_much_ = true;
    return nullptr;
  }
  ++depth_;
  Part part;
  part.kind = Part::Kind::kSegment;
  part.node = &node;
  const Program* const outer = std::exchange(program_, program);
  part.args.push_back(Compile(program->root(), nullptr));  // never null
  program_ = outer;
  --depth_;
  std::string key = KeyOf(part.kind, nullptr, part.args);
  return Make(std::move(part), key);
}

bool Parts::CompileFilter(const Node& node, std::vector<RowFilter>& filters,
                          RowQuestion& question) {
  const Scope scope = {node.slot, &question.asks_customer};
  const Part* body = Compile(*node.args[1], &scope);
  if (body == nullptr) return false;
  filters.push_back({body, nullptr});
  return true;
}

bool Parts::CompileSet(const Node& node, RowSet& set, RowQuestion& question) {
  if (node.op == Op::kWhere) {
    if (!CompileSet(*node.args[0], set, question)) return false;
    return CompileFilter(node, set.is_of_lines ? set.line_filters : set.filters,
                         question);
  }
  if (node.op != Op::kCall) return false;
  if (!node.is_method && node.text == "interactions") {
    std::vector<Datum> args;
    for (const auto& arg : node.args) args.push_back(arg->literal);
    const Datum made = node.evaluator(evaluation_, args);
    const auto* all = std::get_if<const InteractionSet*>(&made);
    if (all == nullptr) return false;
    set.types.assign((*all)->types.begin(), (*all)->types.end());
    set.from_us = (*all)->from_us;
    set.until_us = (*all)->until_us;
    return true;
  }
  if (node.args.empty() || !node.args[0]->type.is_set()) return false;
  if (node.text == "then" || node.text == "without" ||
      (node.text == "sequence" && !node.is_method)) {
    return CompileSequence(node, set, question);
  }
  if (!CompileSet(*node.args[0], set, question)) return false;
  if (node.text == "lines" && node.is_method) {
    if (!node.args[0]->type.is(Kind::kInteractions) &&
        !node.args[0]->type.is(Kind::kSequence)) {
      return false;
    }
    set.is_of_lines = true;
    return true;
  }
  if (node.text != "within" && node.text != "between") return false;
  // The window alone.
  InteractionSet window;
  window.from_us = set.from_us;
  window.until_us = set.until_us;
  std::vector<Datum> args = {&std::as_const(window)};
  for (size_t i = 1; i < node.args.size(); ++i) {
    if (!IsConstant(*node.args[i], bound_)) return false;
    args.push_back(ValueOf(*node.args[i]));
    if (IsFailure(args.back())) return false;
  }
  const Datum made = node.evaluator(evaluation_, args);
  const auto* narrowed = std::get_if<const InteractionSet*>(&made);
  if (narrowed == nullptr) return false;
  set.from_us = (*narrowed)->from_us;
  set.until_us = (*narrowed)->until_us;
  return true;
}

bool Parts::CompileSequence(const Node& node, RowSet& set,
                            RowQuestion& question) {
  if (node.text == "sequence") {
    return CompileSet(*node.args[0], set, question) && !set.is_of_lines;
  }
  RowSet first;
  RowSet second;
  if (!CompileSet(*node.args[0], first, question) ||
      !CompileSet(*node.args[1], second, question) || second.has_sequence()) {
    return false;
  }
  if (node.text == "without") {
    set = std::move(first);
    // A sequence of one step has nothing between.
    if (set.filters.empty() || set.filters.back().sequence == nullptr) {
      return true;
    }
    sequences_.push_back(*set.filters.back().sequence);
    sequences_.back().without.push_back(std::move(second));
    set.filters.back().sequence = &sequences_.back();
    return true;
  }
  // The span is known to the call alone: of nothing, it gives that.
  if (world_->customers->record_count() == 0) return false;
  InteractionSet nothing;
  std::vector<Datum> args = {&std::as_const(nothing), &std::as_const(nothing)};
  if (node.args.size() > 2) args.push_back(node.args[2]->literal);
  const Datum made = node.evaluator(evaluation_, args);
  const auto* steps = std::get_if<const InteractionSet*>(&made);
  if (steps == nullptr || (*steps)->filter == nullptr) return false;
  Sequence sequence;
  sequence.before = std::move(first);
  sequence.span = (*steps)->filter->span;
  sequence.zone = (*steps)->filter->zone;
  sequences_.push_back(std::move(sequence));
  set = std::move(second);
  set.filters.push_back({nullptr, &sequences_.back()});
  return true;
}

const Part* Parts::CompileQuestion(const Node& node) {
  // Of .last().amount and .distinct(...).size() both nodes.
  const bool is_of_one = node.op == Op::kMember || node.op == Op::kHasField;
  const bool is_size = node.op == Op::kCall && node.text == "size";
  const Node& asked = is_of_one || is_size ? *node.args[0] : node;
  RowQuestion question;
  question.node = &asked;
  using Ask = RowQuestion::Ask;
  switch (asked.op) {
    case Op::kCount:
      question.ask = Ask::kCount;
      break;
    case Op::kSum:
      question.ask = Ask::kSum;
      break;
    case Op::kMin:
      question.ask = Ask::kMin;
      break;
    case Op::kMax:
      question.ask = Ask::kMax;
      break;
    case Op::kAverage:
      question.ask = Ask::kAverage;
      break;
    case Op::kExists:
      question.ask = Ask::kExists;
      break;
    case Op::kAll:
      question.ask = Ask::kAll;
      break;
    case Op::kExistsOne:
      question.ask = Ask::kExistsOne;
      break;
    case Op::kFirst:
      question.ask = Ask::kFirst;
      break;
    case Op::kLast:
      question.ask = Ask::kLast;
      break;
    case Op::kDistinct:
      question.ask = Ask::kDistinct;
      break;
    default:
      question.ask = Ask::kRecency;
      break;
  }
  if (!CompileSet(*asked.args[0], question.set, question)) return nullptr;
  if (is_of_one) {
    question.body = CompileOfRow(node);
  } else if (asked.args.size() > 1 && asked.op != Op::kCall) {
    const Scope scope = {asked.slot, &question.asks_customer};
    question.body = Compile(*asked.args[1], &scope);
    if (question.body == nullptr) return nullptr;
    if (!IsPlain(asked.args[1]->type)) return nullptr;
  }
  if (!HasForm(question, asked)) return nullptr;
  if (question.ask == Ask::kExists && question.body != nullptr &&
      question.body->kind == Part::Kind::kConstant) {
    const auto* holds = std::get_if<bool>(&question.body->constant);
    if (holds != nullptr && *holds) question.body = nullptr;
  }
  FindColumns(question);
  // The same question of the same set is one question.
  const RowSet& set = question.set;
  std::string key;
  if (!set.has_sequence()) {
    key = StrCat("?", static_cast<int>(question.ask), ",", set.from_us, ",",
                 set.until_us, ",", set.is_of_lines ? "l" : "");
    for (uint32_t type : set.types) StrAppend(&key, ",", type);
    for (const RowFilter& it : set.filters) {
      StrAppend(&key, "|", it.body->index);
    }
    for (const RowFilter& it : set.line_filters) {
      StrAppend(&key, "||", it.body->index);
    }
    if (question.body != nullptr) StrAppend(&key, "/", question.body->index);
    StrAppend(&key, ":", static_cast<int>(asked.type.kind()));
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
  }
  Part part;
  part.kind = Part::Kind::kQuestion;
  part.node = &node;
  part.cost = kCostOfQuestion;
  if (question.body != nullptr || !set.filters.empty() ||
      !set.line_filters.empty()) {
    part.cost += kCostOfConditions;
  }
  if (set.is_of_lines) part.cost += kCostOfLines;
  if (set.has_sequence()) part.cost += kCostOfSequence;
  question.index = static_cast<uint32_t>(questions_.size());
  questions_.push_back(std::move(question));
  part.question = &questions_.back();
  return Make(std::move(part), key);
}

}  // namespace trato::core
