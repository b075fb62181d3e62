// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/checker.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "base/text.h"
#include "expression/evaluator.h"
#include "expression/lexer.h"

namespace trato::core {
namespace {

bool IsNumber(Type type) {
  return type.kind == Kind::kInt || type.kind == Kind::kDouble;
}
bool IsSet(Type type) {
  return type.kind == Kind::kInteractions || type.kind == Kind::kLines;
}
bool IsOrdered(Type type) {
  return IsNumber(type) || type.kind == Kind::kString ||
         type.kind == Kind::kMoney || type.kind == Kind::kTimestamp ||
         type.kind == Kind::kBool;
}

std::string_view SymbolOf(Op op) {
  switch (op) {
    case Op::kEqual:
      return "==";
    case Op::kNotEqual:
      return "!=";
    case Op::kLess:
      return "<";
    case Op::kLessOrEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterOrEqual:
      return ">=";
    case Op::kIn:
      return "in";
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kModulo:
      return "%";
    default:
      return "?";
  }
}

class Checker {
 public:
  Checker(const CompileContext& context, const Registry& registry, Reads& reads)
      : context_(context), registry_(registry), reads_(reads) {}

  absl::Status Visit(Node& node) {
    switch (node.op) {
      case Op::kLiteral:
        return absl::OkStatus();
      case Op::kList:
        return VisitList(node);
      case Op::kName:
        return VisitName(node);
      case Op::kMember:
        return VisitMember(node);
      case Op::kCall:
        return VisitCall(node);
      case Op::kNegate:
        TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
        node.type = node.args[0]->type;
        if (IsNumber(node.type) || node.type.kind == Kind::kMoney) {
          return absl::OkStatus();
        }
        return ErrorAt(node.place,
                       StrCat("'-' does not apply to ", NameOf(node.type)));
      case Op::kNot:
      case Op::kAnd:
      case Op::kOr:
        for (auto& arg : node.args) {
          TRATO_RETURN_IF_ERROR(Visit(*arg));
          TRATO_RETURN_IF_ERROR(ExpectBool(*arg));
        }
        node.type = {Kind::kBool};
        return absl::OkStatus();
      case Op::kConditional:
        return VisitConditional(node);
      case Op::kIn:
        return VisitIn(node);
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessOrEqual:
      case Op::kGreater:
      case Op::kGreaterOrEqual:
        return VisitComparison(node);
      default:
        return VisitArithmetic(node);
    }
  }

  absl::Status ExpectBool(const Node& node) const {
    if (node.type.kind == Kind::kBool) return absl::OkStatus();
    const std::string_view hint =
        IsSet(node.type) ? "; ask for .count() > 0, for example" : "";
    return ErrorAt(node.place, StrCat("a condition is needed here, this is ",
                                      NameOf(node.type), hint));
  }

 private:
  struct Variable {
    std::string name;
    Type type;
  };

  absl::Status VisitList(Node& node) {
    for (auto& arg : node.args) {
      TRATO_RETURN_IF_ERROR(Visit(*arg));
      if (arg->op != Op::kLiteral && arg->op != Op::kCall) {
        return ErrorAt(arg->place, "a list may hold literals only for now");
      }
      if (!IsOrdered(arg->type)) {
        return ErrorAt(arg->place,
                       StrCat("a list cannot hold ", NameOf(arg->type)));
      }
      if (arg->type != node.args[0]->type) {
        return ErrorAt(arg->place,
                       StrCat("a list of ", NameOf(node.args[0]->type),
                              " cannot hold ", NameOf(arg->type)));
      }
    }
    node.type = {Kind::kList,
                 node.args.empty() ? Kind::kString : node.args[0]->type.kind};
    return absl::OkStatus();
  }

  absl::Status VisitName(Node& node) {
    for (size_t i = variables_.size(); i-- > 0;) {
      if (variables_[i].name == node.text) {
        node.op = Op::kVariable;
        node.slot = static_cast<uint8_t>(i);
        node.type = variables_[i].type;
        return absl::OkStatus();
      }
    }
    if (node.text == "customer") {
      node.type = {Kind::kCustomer};
      return absl::OkStatus();
    }
    if (node.text == "now") {
      node.op = Op::kNow;
      node.type = {Kind::kTimestamp};
      return absl::OkStatus();
    }
    std::vector<std::string_view> known = {"customer", "now", "true", "false"};
    for (const Variable& variable : variables_) known.push_back(variable.name);
    if (!registry_.Find(node.text, false).empty() || node.text == "has") {
      return ErrorAt(node.place,
                     StrCat("'", node.text, "' is a function: write ",
                            node.text, "(...)"));
    }
    std::string hint = DidYouMean(node.text, known);
    if (hint.empty() &&
        context_.schema->FindAttribute(Subject::kCustomer, node.text)) {
      hint = StrCat(", did you mean 'customer.", node.text, "'?");
    }
    return ErrorAt(node.place, StrCat("unknown name '", node.text, "'", hint));
  }

  absl::Status VisitMember(Node& node) {
    TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
    switch (node.args[0]->type.kind) {
      case Kind::kCustomer: {
        TRATO_RETURN_IF_ERROR(BindAttribute(node));
        node.op = Op::kAttribute;
        return absl::OkStatus();
      }
      case Kind::kInteraction:
        return BindField(node);
      case Kind::kLine:
        return BindLineMember(node);
      default:
        break;
    }
    const std::string_view hint =
        !registry_.Find(node.text, true).empty() || IsMacro(node.text)
            ? "; it is a function: write ( ) after it"
            : "";
    return ErrorAt(node.place, StrCat(NameOf(node.args[0]->type),
                                      " has no field '", node.text, "'", hint));
  }

  absl::Status BindAttribute(Node& node) {
    const AttributeDefinition* definition =
        context_.schema->FindAttribute(Subject::kCustomer, node.text);
    if (definition == nullptr) {
      return ErrorAt(
          node.place,
          StrCat("unknown customer attribute '", node.text, "'",
                 DidYouMean(node.text, context_.schema->AttributeNames(
                                           Subject::kCustomer))));
    }
    // Every defined attribute is interned.
    node.number = context_.names->Find(node.text).value_or(0);
    node.type = TypeOfAttribute(definition->type);
    reads_.attributes.insert(node.text);
    return absl::OkStatus();
  }

  absl::Status BindField(Node& node) {
    struct BuiltIn {
      std::string_view name;
      Member member;
      Kind kind;
    };
    constexpr BuiltIn kBuiltIns[] = {
        {"amount", Member::kAmount, Kind::kMoney},
        {"at", Member::kAt, Kind::kTimestamp},
        {"type", Member::kType, Kind::kString},
        {"channel", Member::kChannel, Kind::kString},
        {"direction", Member::kDirection, Kind::kString}};
    std::vector<std::string_view> known =
        context_.schema->AttributeNames(Subject::kInteraction);
    for (const BuiltIn& it : kBuiltIns) {
      if (it.name == node.text) {
        node.member = it.member;
        node.type = {it.kind};
        return absl::OkStatus();
      }
      known.push_back(it.name);
    }
    const AttributeDefinition* definition =
        context_.schema->FindAttribute(Subject::kInteraction, node.text);
    if (definition == nullptr) {
      return ErrorAt(node.place,
                     StrCat("unknown interaction field '", node.text, "'",
                            DidYouMean(node.text, known)));
    }
    node.member = Member::kField;
    node.number = context_.names->Find(node.text).value_or(0);
    node.type = TypeOfAttribute(definition->type);
    return absl::OkStatus();
  }

  absl::Status BindLineMember(Node& node) {
    if (node.text == "product") {
      node.member = Member::kProduct;
      node.type = {Kind::kString};
    } else if (node.text == "quantity") {
      node.member = Member::kQuantity;
      node.type = {Kind::kDouble};
    } else if (node.text == "amount") {
      node.member = Member::kAmount;
      node.type = {Kind::kMoney};
    } else if (node.text == "unit_price") {
      node.member = Member::kUnitPrice;
      node.type = {Kind::kDouble};
    } else {
      return ErrorAt(node.place,
                     StrCat("unknown field of a line '", node.text, "'",
                            DidYouMean(node.text, {"amount", "product",
                                                   "quantity", "unit_price"})));
    }
    return absl::OkStatus();
  }

  static bool IsMacro(std::string_view name) {
    return name == "count" || name == "sum" || name == "exists" ||
           name == "where";
  }

  // The functions and macros of CEL that are not here yet.
  static bool IsOfLaterCel(std::string_view name) {
    constexpr std::string_view kNames[] = {
        "all", "bool", "bytes",   "duration", "dyn",  "exists_one", "filter",
        "int", "map",  "matches", "string",   "type", "uint"};
    return std::find(std::begin(kNames), std::end(kNames), name) !=
           std::end(kNames);
  }

  absl::Status VisitCall(Node& node) {
    if (!node.is_method && node.text == "has") return VisitHas(node);
    if (IsOfLaterCel(node.text) &&
        registry_.Find(node.text, node.is_method).empty()) {
      return ErrorAt(node.place, StrCat(node.text, "( ) is not supported yet"));
    }
    size_t first = 0;
    if (node.is_method) {
      TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
      if (IsMacro(node.text)) return VisitMacro(node);
      first = 1;
    }
    for (size_t i = first; i < node.args.size(); ++i) {
      TRATO_RETURN_IF_ERROR(Visit(*node.args[i]));
    }
    const auto candidates = registry_.Find(node.text, node.is_method);
    const Function* function = nullptr;
    for (const Function& candidate : candidates) {
      if (Accepts(candidate, node)) function = &candidate;
    }
    if (function == nullptr) return NoSuchFunction(node, candidates);
    std::vector<Datum> literals;
    if (function->wants_literals) {
      for (size_t i = first; i < node.args.size(); ++i) {
        if (node.args[i]->op != Op::kLiteral) {
          return ErrorAt(
              node.args[i]->place,
              StrCat(node.text, " takes a literal here, as \"...\""));
        }
        literals.push_back(node.args[i]->literal);
      }
    }
    if (function->result.kind == Kind::kInteractions && !node.is_method &&
        !variables_.empty()) {
      return ErrorAt(node.place,
                     StrCat(node.text,
                            "(...) inside another one's condition would "
                            "cost the square of the history; compare "
                            "two counts or sums instead"));
    }
    const bool in_lines =
        std::any_of(variables_.begin(), variables_.end(),
                    [](const auto& it) { return it.type.kind == Kind::kLine; });
    if (function->result.kind == Kind::kLines && in_lines) {
      return ErrorAt(node.place,
                     "lines() inside a condition over lines would cost the "
                     "square of the order");
    }
    auto evaluator = function->compile(context_, literals, reads_);
    if (!evaluator.ok()) {
      const size_t literal =
          PlaceOf(evaluator.status()).value_or(Place{}).column;
      const Node& about = literals.empty() ? node : *node.args[first + literal];
      return ErrorAt(about.place, ToStd(evaluator.status().message()));
    }
    node.evaluator = *std::move(evaluator);
    node.type = function->result;
    return absl::OkStatus();
  }

  static bool Accepts(const Function& function, const Node& node) {
    const size_t wanted = function.parameters.size();
    const size_t given = node.args.size();
    if (function.repeats ? given < wanted : given != wanted) return false;
    for (size_t i = 0; i < given; ++i) {
      if (node.args[i]->type != function.parameters[std::min(i, wanted - 1)]) {
        return false;
      }
    }
    return true;
  }

  absl::Status NoSuchFunction(const Node& node,
                              std::span<const Function> candidates) {
    if (candidates.empty()) {
      std::vector<std::string_view> known = registry_.Names(node.is_method);
      if (node.is_method) {
        for (std::string_view macro : {"count", "sum", "exists", "where"}) {
          known.push_back(macro);
        }
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

  absl::Status VisitHas(Node& node) {
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
    } else {
      return wrong;
    }
    node.number = member.number;
    node.text = member.text;
    node.type = {Kind::kBool};
    std::unique_ptr<Node> owner = std::move(member.args[0]);
    node.args[0] = std::move(owner);
    if (node.op == Op::kHasAttribute) node.args.clear();
    return absl::OkStatus();
  }

  // set.count(), set.sum(i, e), set.exists(i, p), set.where(i, p)
  absl::Status VisitMacro(Node& node) {
    const Type set = node.args[0]->type;
    if (!IsSet(set)) {
      return ErrorAt(node.place,
                     StrCat(NameOf(set), " has no .", node.text,
                            "( ), only interactions and lines have"));
    }
    if (node.text == "count") {
      if (node.args.size() != 1) {
        return ErrorAt(node.place,
                       "count( ) takes nothing; filter with "
                       ".where(i, condition) before it");
      }
      node.op = Op::kCount;
      node.type = {Kind::kInt};
      return absl::OkStatus();
    }
    if (node.args.size() != 3 || node.args[1]->op != Op::kName) {
      return ErrorAt(
          node.place,
          StrCat(node.text,
                 "( ) takes a variable and an expression over "
                 "it, as in .",
                 node.text, "(i, ",
                 node.text == "sum" ? "i.amount" : "i.channel == \"web\"",
                 ")"));
    }
    if (variables_.size() >= kMaxVariables) {
      return ErrorAt(node.place, "too many conditions inside each other");
    }
    const bool of_lines = set.kind == Kind::kLines;
    node.slot = static_cast<uint8_t>(variables_.size());
    variables_.push_back(
        {node.args[1]->text, {of_lines ? Kind::kLine : Kind::kInteraction}});
    const absl::Status status = Visit(*node.args[2]);
    variables_.pop_back();
    TRATO_RETURN_IF_ERROR(status);
    Node& body = *node.args[2];
    if (node.text == "sum") {
      if (!IsNumber(body.type) && body.type.kind != Kind::kMoney) {
        return ErrorAt(body.place, StrCat("sum( ) adds numbers or money, "
                                          "this is ",
                                          NameOf(body.type)));
      }
      node.op = Op::kSum;
      node.type = body.type;
    } else {
      TRATO_RETURN_IF_ERROR(ExpectBool(body));
      node.op = node.text == "exists" ? Op::kExists : Op::kWhere;
      node.type = node.text == "exists" ? Type{Kind::kBool} : set;
    }
    node.args.erase(node.args.begin() + 1);
    return absl::OkStatus();
  }

  absl::Status VisitConditional(Node& node) {
    for (auto& arg : node.args) TRATO_RETURN_IF_ERROR(Visit(*arg));
    TRATO_RETURN_IF_ERROR(ExpectBool(*node.args[0]));
    if (node.args[1]->type != node.args[2]->type) {
      return ErrorAt(node.args[2]->place,
                     StrCat("both sides of ':' need one type, these are ",
                            NameOf(node.args[1]->type), " and ",
                            NameOf(node.args[2]->type)));
    }
    node.type = node.args[1]->type;
    return absl::OkStatus();
  }

  absl::Status VisitIn(Node& node) {
    TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
    TRATO_RETURN_IF_ERROR(Visit(*node.args[1]));
    const Type left = node.args[0]->type;
    const Type right = node.args[1]->type;
    if (right.kind != Kind::kList || node.args[1]->op != Op::kList) {
      return ErrorAt(node.place, StrCat("'in' needs a list on its right, "
                                        "this is ",
                                        NameOf(right)));
    }
    if (!IsOrdered(left) ||
        (!node.args[1]->args.empty() && left.kind != right.element)) {
      return ErrorAt(node.place, StrCat("'in' looks for ", NameOf(left),
                                        " in a ", NameOf(right)));
    }
    node.type = {Kind::kBool};
    return absl::OkStatus();
  }

  absl::Status VisitComparison(Node& node) {
    TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
    TRATO_RETURN_IF_ERROR(Visit(*node.args[1]));
    const Type left = node.args[0]->type;
    const Type right = node.args[1]->type;
    const bool is_equality = node.op == Op::kEqual || node.op == Op::kNotEqual;
    const bool numbers = IsNumber(left) && IsNumber(right);
    node.type = {Kind::kBool};
    if (IsOrdered(left) && (left == right || (numbers && !is_equality))) {
      return absl::OkStatus();
    }
    return Mismatch(node, left, right);
  }

  absl::Status VisitArithmetic(Node& node) {
    TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
    TRATO_RETURN_IF_ERROR(Visit(*node.args[1]));
    const Type left = node.args[0]->type;
    const Type right = node.args[1]->type;
    const bool same = left == right;
    bool good = false;
    node.type = left;
    switch (node.op) {
      case Op::kAdd:
        good = same && (IsNumber(left) || left.kind == Kind::kMoney ||
                        left.kind == Kind::kString);
        break;
      case Op::kSubtract:
        good = same && (IsNumber(left) || left.kind == Kind::kMoney);
        break;
      case Op::kMultiply:
        good = (same && IsNumber(left)) ||
               (left.kind == Kind::kMoney && right.kind == Kind::kInt) ||
               (left.kind == Kind::kInt && right.kind == Kind::kMoney);
        if (right.kind == Kind::kMoney) node.type = right;
        break;
      case Op::kDivide:
        good = same && IsNumber(left);
        break;
      case Op::kModulo:
        good = same && left.kind == Kind::kInt;
        break;
      default:
        break;
    }
    if (good) return absl::OkStatus();
    return Mismatch(node, left, right);
  }

  absl::Status Mismatch(const Node& node, Type left, Type right) const {
    std::string hint;
    const auto either = [&](Kind kind) {
      return left.kind == kind || right.kind == kind;
    };
    if (either(Kind::kMoney) && (IsNumber(left) || IsNumber(right))) {
      const std::string_view currency =
          context_.currency ? context_.currency.code() : "EUR";
      hint =
          StrCat("; write an amount as money(\"500.00\", \"", currency, "\")");
    } else if (IsSet(left) || IsSet(right)) {
      hint = "; ask for .count() or .sum(i, i.amount)";
    } else if (either(Kind::kTimestamp) &&
               (node.op == Op::kAdd || node.op == Op::kSubtract)) {
      hint = "; arithmetic on times is not supported yet";
    } else if (either(Kind::kTimestamp) && either(Kind::kString)) {
      hint = "; write a time as timestamp(\"2011-12-10\")";
    } else if (IsNumber(left) && IsNumber(right)) {
      hint = "; write a whole double as 3.0, or double(...)";
    }
    return ErrorAt(node.place,
                   StrCat("'", SymbolOf(node.op), "' does not apply to ",
                          NameOf(left), " and ", NameOf(right), hint));
  }

  const CompileContext& context_;
  const Registry& registry_;
  Reads& reads_;
  std::vector<Variable> variables_;
};

}  // namespace

absl::Status Check(const CompileContext& context, const Registry& registry,
                   Node& root, Reads& reads) {
  Checker checker(context, registry, reads);
  TRATO_RETURN_IF_ERROR(checker.Visit(root));
  return checker.ExpectBool(root);
}

}  // namespace trato::core
