// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which questions about interactions there are in an expression.

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "expression/constant.h"
#include "vector/part.h"

namespace trato::core {
namespace {

constexpr int kCostOfQuestion = 10;
constexpr int kCostOfConditions = 5;
constexpr int kCostOfLines = 20;
constexpr int kCostOfSequence = 40;

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
