// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/part.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "expression/constant.h"
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
constexpr int kCostOfOneByOne = 1000;

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

}  // namespace

bool Parts::IsPlain(Type type) {
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

}  // namespace trato::core
