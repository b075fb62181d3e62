// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The checker's part about functions and macros.

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "base/text.h"
#include "expression/checker.h"
#include "expression/evaluator.h"
#include "expression/lexer.h"

namespace trato::core {
namespace {

// How long a list in the text may be for its items to be asked of the history
// one by one.
constexpr size_t kMaxShortList = 100;

struct SetMacro {
  std::string_view name;
  Op op;
  bool has_body;
  std::string_view example;  // of a body
};
constexpr SetMacro kSetMacros[] = {
    {"all", Op::kAll, true, "i.channel == \"web\""},
    {"avg", Op::kAverage, true, "i.amount"},
    {"count", Op::kCount, false, ""},
    {"distinct", Op::kDistinct, true, "i.channel"},
    {"exists", Op::kExists, true, "i.channel == \"web\""},
    {"exists_one", Op::kExistsOne, true, "i.channel == \"web\""},
    {"first", Op::kFirst, false, ""},
    {"last", Op::kLast, false, ""},
    {"max", Op::kMax, true, "i.amount"},
    {"min", Op::kMin, true, "i.amount"},
    {"sum", Op::kSum, true, "i.amount"},
    {"where", Op::kWhere, true, "i.channel == \"web\""}};

struct ListMacro {
  std::string_view name;
  Op op;
};
constexpr ListMacro kListMacros[] = {{"all", Op::kListAll},
                                     {"exists", Op::kListExists},
                                     {"exists_one", Op::kListExistsOne},
                                     {"filter", Op::kListFilter},
                                     {"map", Op::kListMap}};

template <typename Macros>
auto FindMacro(const Macros& macros, std::string_view name) {
  return std::find_if(std::begin(macros), std::end(macros),
                      [&](const auto& it) { return it.name == name; });
}

bool AcceptsAtRunTime(const Function& function, std::span<const Datum> args) {
  const size_t last = function.parameters.size() - 1;
  for (size_t i = 0; i < args.size(); ++i) {
    const Type wanted = function.parameters[std::min(i, last)];
    if (!wanted.is(Kind::kDyn) && !wanted.is(KindOf(args[i]))) return false;
  }
  return true;
}

}  // namespace

bool IsSetMacro(std::string_view name) {
  return FindMacro(kSetMacros, name) != std::end(kSetMacros);
}
bool IsListMacro(std::string_view name) {
  return FindMacro(kListMacros, name) != std::end(kListMacros);
}

absl::Status Checker::VisitCall(Node& node) {
  if (!node.is_method && node.text == "has") return VisitHas(node);
  // matches(s, r) is s.matches(r).
  if (!node.is_method && node.text == "matches" && node.args.size() == 2) {
    node.is_method = true;
  }
  const size_t first = node.is_method ? 1 : 0;
  if (node.is_method) {
    TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
    const Type receiver = node.args[0]->type;
    const bool is_list = receiver.is(Kind::kList) || receiver.is(Kind::kMap) ||
                         receiver.is(Kind::kDyn);
    if (is_list && IsListMacro(node.text)) return VisitListMacro(node);
    if (IsSetMacro(node.text) || IsListMacro(node.text)) {
      return VisitSetMacro(node);
    }
  }
  for (size_t i = first; i < node.args.size(); ++i) {
    TRATO_RETURN_IF_ERROR(Visit(*node.args[i]));
  }
  const auto candidates = registry_.Find(node.text, node.is_method);
  std::vector<const Function*> fitting;
  bool is_certain = true;
  for (const Function& candidate : candidates) {
    const size_t wanted = candidate.parameters.size();
    const size_t given = node.args.size();
    if (candidate.repeats ? given < wanted : given != wanted) continue;
    bool fits = true;
    for (size_t i = 0; i < given && fits; ++i) {
      const Type type = candidate.parameters[std::min(i, wanted - 1)];
      fits = Fits(type, node.args[i]->type);
      if (node.args[i]->type.is(Kind::kDyn) && !type.is(Kind::kDyn)) {
        is_certain = false;
      }
    }
    if (fits) fitting.push_back(&candidate);
  }
  if (fitting.empty()) return NoSuchFunction(node, candidates);
  return Bind(node, fitting, is_certain);
}

// What would cost too much is refused here.
absl::Status Checker::CheckNesting(const Node& node,
                                   const Function& function) const {
  if (function.result.is(Kind::kInteractions) && !node.is_method &&
      !variables_.empty() &&
      !(variables_.size() == 1 && variables_[0].is_of_short_list)) {
    return ErrorAt(node.place,
                   StrCat(node.text,
                          "(...) inside another one's condition would "
                          "cost the square of the history; compare "
                          "two counts or sums instead"));
  }
  const bool in_lines =
      std::any_of(variables_.begin(), variables_.end(),
                  [](const auto& it) { return it.type.is(Kind::kLine); });
  if (function.result.is(Kind::kLines) && in_lines) {
    return ErrorAt(node.place,
                   "lines() inside a condition over lines would cost the "
                   "square of the order");
  }
  const Node* receiver = node.args.empty() ? nullptr : node.args[0].get();
  if (node.is_method && node.text == "without" && receiver->op == Op::kCall &&
      receiver->text == "sequence") {
    return ErrorAt(node.place,
                   "without( ) says what must not lie between two steps: "
                   "write it after .then( )");
  }
  return absl::OkStatus();
}

absl::Status Checker::Bind(Node& node,
                           std::span<const Function* const> functions,
                           bool is_certain) {
  const size_t first = node.is_method ? 1 : 0;
  std::vector<std::pair<const Function*, Evaluator>> bound;
  for (const Function* function : functions) {
    const size_t from = first + function->first_literal;
    std::vector<Datum> literals;
    for (size_t i = from; i < node.args.size(); ++i) {
      const Node& arg = *node.args[i];
      if (arg.op == Op::kLiteral) {
        literals.push_back(arg.literal);
      } else if (function->wants_literals) {
        return ErrorAt(arg.place,
                       StrCat(node.text, " takes a literal here, as \"...\""));
      }
    }
    if (from + literals.size() != node.args.size()) literals.clear();
    TRATO_RETURN_IF_ERROR(CheckNesting(node, *function));
    auto evaluator = function->compile(context_, literals, reads_);
    if (!evaluator.ok()) {
      const auto literal = PlaceOf(evaluator.status());
      const bool about_literal =
          !literals.empty() && (literal || function->wants_literals);
      const Node& about =
          about_literal ? *node.args[from + literal.value_or(Place{}).column]
                        : node;
      return ErrorAt(about.place, ToStd(evaluator.status().message()));
    }
    bound.emplace_back(function, *std::move(evaluator));
    node.type = bound.size() == 1 ? function->result
                                  : Joined(node.type, function->result);
  }
  node.is_pure = std::all_of(functions.begin(), functions.end(),
                             [](const Function* it) { return it->is_pure; });
  if (is_certain) {
    // Overloads do not overlap, so there is one.
    node.evaluator = std::move(bound[0].second);
    if (functions[0]->is_pure) Fold(node);
    return absl::OkStatus();
  }
  node.evaluator = [bound = std::move(bound)](
                       Evaluation& evaluation,
                       std::span<const Datum> args) -> Datum {
    for (const auto& [function, evaluator] : bound) {
      if (AcceptsAtRunTime(*function, args)) return evaluator(evaluation, args);
    }
    return Fail(Failure::Reason::kOverload);
  };
  return absl::OkStatus();
}

// A call of literals becomes its value, unless that fails or is made of parts.
void Checker::Fold(Node& node) {
  std::vector<Datum> args;
  for (const auto& arg : node.args) {
    if (arg->op != Op::kLiteral) return;
    args.push_back(arg->literal);
  }
  Nesting nesting;
  Evaluation evaluation{nullptr, 0, 0, &nesting};
  Datum value = node.evaluator(evaluation, args);
  switch (KindOf(value)) {
    case Kind::kString:
      value = constants_.Copy(std::get<std::string_view>(value));
      break;
    case Kind::kBytes:
      value = Bytes{constants_.Copy(std::get<Bytes>(value).data)};
      break;
    case Kind::kList:
    case Kind::kMap:
      return;
    default:
      if (IsFailure(value)) return;
      break;
  }
  node.op = Op::kLiteral;
  node.literal = value;
  node.args.clear();
  node.evaluator = nullptr;
}

absl::Status Checker::NoSuchFunction(
    const Node& node, std::span<const Function> candidates) const {
  if (candidates.empty()) {
    std::vector<std::string_view> known = registry_.Names(node.is_method);
    if (node.is_method) {
      for (const auto& macro : kSetMacros) known.push_back(macro.name);
      for (const auto& macro : kListMacros) known.push_back(macro.name);
    } else {
      known.push_back("has");
    }
    return ErrorAt(node.place, StrCat("unknown function '", node.text, "'",
                                      DidYouMean(node.text, known)));
  }
  std::string given, wanted;
  const size_t first = node.is_method ? 1 : 0;
  for (size_t i = first; i < node.args.size(); ++i) {
    StrAppend(&given, i > first ? ", " : "", NameOf(node.args[i]->type));
  }
  for (const Function& candidate : candidates) {
    StrAppend(&wanted, wanted.empty() ? "" : " or ");
    if (node.is_method) {
      StrAppend(&wanted, NameOf(candidate.parameters[0]), ".");
    }
    StrAppend(&wanted, node.text, "(");
    for (size_t i = first; i < candidate.parameters.size(); ++i) {
      StrAppend(&wanted, i > first ? ", " : "",
                NameOf(candidate.parameters[i]));
    }
    StrAppend(&wanted, candidate.repeats ? ", ...)" : ")");
  }
  return ErrorAt(
      node.place,
      StrCat(node.is_method ? StrCat(NameOf(node.args[0]->type), ".")
                            : std::string(),
             node.text, "(", given, ") does not exist, there is ", wanted));
}

absl::Status Checker::VisitHas(Node& node) {
  const absl::Status wrong = ErrorAt(node.place,
                                     "has( ) takes an attribute, as in "
                                     "has(customer.country), or a field, as "
                                     "in has(i.rating)");
  if (node.args.size() != 1 || node.args[0]->op != Op::kMember) return wrong;
  Node& member = *node.args[0];
  TRATO_RETURN_IF_ERROR(Visit(member));
  if (member.op == Op::kAttribute) {
    node.op = Op::kHasAttribute;
  } else if (member.op == Op::kMember && member.member == Member::kField) {
    node.op = Op::kHasField;
  } else if (member.op == Op::kMember && member.member == Member::kKey) {
    node.op = Op::kHasKey;
  } else {
    return wrong;
  }
  node.number = member.number;
  node.text = member.text;
  node.type = Kind::kBool;
  std::unique_ptr<Node> owner = std::move(member.args[0]);
  node.args[0] = std::move(owner);
  if (node.op == Op::kHasAttribute) node.args.clear();
  return absl::OkStatus();
}

// The bodies of a macro, args[2] and so on, with args[1] as the variable.
absl::Status Checker::VisitBodies(Node& node, Type variable,
                                  bool is_of_short_list) {
  if (variables_.size() >= kMaxVariables) {
    return ErrorAt(node.place, "too many conditions inside each other");
  }
  node.slot = static_cast<uint8_t>(variables_.size());
  variables_.push_back({node.args[1]->text, variable, is_of_short_list});
  absl::Status status;
  for (size_t i = 2; i < node.args.size() && status.ok(); ++i) {
    status = Visit(*node.args[i]);
  }
  variables_.pop_back();
  TRATO_RETURN_IF_ERROR(status);
  node.args.erase(node.args.begin() + 1);
  return absl::OkStatus();
}

// list.exists(x, p), map.all(key, p), list.map(x, e), list.map(x, p, e), ...
absl::Status Checker::VisitListMacro(Node& node) {
  const ListMacro& macro = *FindMacro(kListMacros, node.text);
  const bool is_map = macro.op == Op::kListMap;
  const bool arity = node.args.size() == 3 || (is_map && node.args.size() == 4);
  if (!arity || node.args[1]->op != Op::kName || node.args[1]->is_absolute) {
    return ErrorAt(node.place,
                   StrCat(node.text,
                          "( ) takes a variable and an expression over it, as "
                          "in .",
                          node.text, is_map ? "(x, x * 2)" : "(x, x > 1)"));
  }
  const Node& range = *node.args[0];
  Type variable = Kind::kDyn;
  if (range.type.is(Kind::kList)) variable = range.type.element();
  if (range.type.is(Kind::kMap)) variable = range.type.key();
  const auto* literal = std::get_if<const ListValue*>(&range.literal);
  const bool is_short =
      (range.op == Op::kList && range.args.size() <= kMaxShortList) ||
      (range.op == Op::kLiteral && literal != nullptr &&
       (*literal)->items.size() <= kMaxShortList);
  TRATO_RETURN_IF_ERROR(VisitBodies(node, variable, is_short));
  node.op = macro.op;
  if (!is_map || node.args.size() == 3) {
    TRATO_RETURN_IF_ERROR(ExpectCondition(*node.args[1]));
  }
  if (is_map) {
    const Node& body = *node.args.back();
    if (!body.type.is_value()) {
      return ErrorAt(body.place,
                     StrCat("a list cannot hold ", NameOf(body.type)));
    }
    node.type = Type::ListOf(body.type);
  } else if (macro.op == Op::kListFilter) {
    node.type = Type::ListOf(variable);
  } else {
    node.type = Kind::kBool;
  }
  return absl::OkStatus();
}

// set.count(), set.sum(i, e), set.exists(i, p), set.where(i, p), ...
absl::Status Checker::VisitSetMacro(Node& node) {
  const Type set = node.args[0]->type;
  const auto macro = FindMacro(kSetMacros, node.text);
  if (!set.is_set()) {
    return ErrorAt(
        node.place,
        StrCat(NameOf(set), " has no .", node.text, "( ), only ",
               IsListMacro(node.text) ? "lists and maps" : "",
               IsListMacro(node.text) && IsSetMacro(node.text) ? ", " : "",
               IsSetMacro(node.text) ? "interactions and lines" : "", " have"));
  }
  if (macro == std::end(kSetMacros)) {  // CEL's own, for lists
    return ErrorAt(node.place,
                   StrCat(NameOf(set), " has no .", node.text, "( ); write .",
                          node.text == "filter" ? "where(i, condition)"
                                                : "distinct(i, expression)"));
  }
  node.op = macro->op;
  if (!macro->has_body || (node.op == Op::kExists && node.args.size() == 1)) {
    if (node.args.size() != 1) {
      return ErrorAt(node.place, StrCat(node.text,
                                        "( ) takes nothing; filter with "
                                        ".where(i, condition) before it"));
    }
    if (node.op == Op::kCount) {
      node.type = Kind::kInt;
    } else if (node.op == Op::kExists) {
      node.type = Kind::kBool;
    } else if (set.is(Kind::kLines)) {
      return ErrorAt(node.place, StrCat("lines have no order: ", node.text,
                                        "( ) is of interactions"));
    } else {
      node.type = Kind::kInteraction;
    }
    return absl::OkStatus();
  }
  if (node.args.size() != 3 || node.args[1]->op != Op::kName ||
      node.args[1]->is_absolute) {
    return ErrorAt(node.place,
                   StrCat(node.text,
                          "( ) takes a variable and an expression over "
                          "it, as in .",
                          node.text, "(i, ", macro->example, ")"));
  }
  const Type variable = set.is(Kind::kLines) ? Kind::kLine : Kind::kInteraction;
  TRATO_RETURN_IF_ERROR(VisitBodies(node, variable, false));
  return CheckSetBody(node, set);
}

absl::Status Checker::CheckSetBody(Node& node, Type set) {
  const Node& body = *node.args[1];
  const Kind kind = body.type.kind();
  switch (node.op) {
    case Op::kSum:
    case Op::kAverage:
      if (!body.type.is_number() && kind != Kind::kMoney &&
          kind != Kind::kDuration) {
        return ErrorAt(body.place,
                       StrCat(node.text, "( ) adds numbers or money, this is ",
                              NameOf(body.type)));
      }
      node.type = node.op == Op::kAverage && body.type.is_number()
                      ? Type(Kind::kDouble)
                      : body.type;
      return absl::OkStatus();
    case Op::kMin:
    case Op::kMax:
    case Op::kDistinct:
      if (!body.type.is_ordered() || kind == Kind::kDyn ||
          kind == Kind::kType) {
        return ErrorAt(
            body.place,
            StrCat(node.text, "( ) takes what can be ordered, this is ",
                   NameOf(body.type)));
      }
      node.type =
          node.op == Op::kDistinct ? Type::ListOf(body.type) : body.type;
      return absl::OkStatus();
    default:
      TRATO_RETURN_IF_ERROR(ExpectCondition(body));
      node.type = Kind::kBool;
      if (node.op == Op::kWhere) {
        node.type = set.is(Kind::kSequence) ? Type(Kind::kInteractions) : set;
      }
      return absl::OkStatus();
  }
}

}  // namespace trato::core
