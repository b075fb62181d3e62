// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/checker.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/calendar.h"
#include "base/calendar_steps.h"
#include "base/strings.h"
#include "base/text.h"
#include "expression/attribute_values.h"
#include "expression/changes.h"
#include "expression/evaluator.h"
#include "expression/lexer.h"

namespace trato::core {
namespace {

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

// The names of types, as values: type(1) == int.
struct TypeName {
  std::string_view name;
  Kind kind;
};
constexpr TypeName kTypeNames[] = {
    {"bool", Kind::kBool},
    {"bytes", Kind::kBytes},
    {"double", Kind::kDouble},
    {"int", Kind::kInt},
    {"list", Kind::kList},
    {"map", Kind::kMap},
    {"null_type", Kind::kNull},
    {"string", Kind::kString},
    {"type", Kind::kType},
    {"uint", Kind::kUint},
    {"google.protobuf.Duration", Kind::kDuration},
    {"google.protobuf.Timestamp", Kind::kTimestamp}};

bool BecomesType(std::string_view name, Node& node) {
  for (const TypeName& it : kTypeNames) {
    if (it.name != name) continue;
    node.op = Op::kLiteral;
    node.type = Kind::kType;
    node.literal = TypeValue{it.kind};
    node.args.clear();
    return true;
  }
  return false;
}

// "a.b.c", or nothing when it is more than names.
std::string QualifiedName(const Node& node) {
  if (node.op == Op::kName) return node.text;
  if (node.op != Op::kMember) return "";
  const std::string owner = QualifiedName(*node.args[0]);
  return owner.empty() ? "" : StrCat(owner, ".", node.text);
}

bool IsKeyType(Type type) {
  return type.is(Kind::kBool) || type.is(Kind::kInt) || type.is(Kind::kUint) ||
         type.is(Kind::kString) || type.is(Kind::kDyn);
}

bool IsLiteral(const std::unique_ptr<Node>& node) {
  return node->op == Op::kLiteral;
}

// The type of a op b, if there is one.
std::optional<Type> ResultOf(Op op, Type a, Type b) {
  const Kind x = a.kind();
  const Kind y = b.kind();
  if (!a.is_value() || !b.is_value()) return std::nullopt;
  if (a.is(Kind::kDyn) || b.is(Kind::kDyn)) return Type(Kind::kDyn);
  if (a == b && a.is_number()) {
    if (op == Op::kModulo && x == Kind::kDouble) return std::nullopt;
    return a;
  }
  switch (op) {
    case Op::kAdd:
      if (x == Kind::kList && Fits(a, b)) return Joined(a, b);
      if (x == y && (x == Kind::kMoney || x == Kind::kString ||
                     x == Kind::kBytes || x == Kind::kDuration)) {
        return a;
      }
      if (x == Kind::kTimestamp && y == Kind::kDuration) return a;
      if (x == Kind::kDuration && y == Kind::kTimestamp) return b;
      break;
    case Op::kSubtract:
      if (x == y && (x == Kind::kMoney || x == Kind::kDuration)) return a;
      if (x == Kind::kTimestamp && y == Kind::kDuration) return a;
      if (x == Kind::kTimestamp && x == y) return Type(Kind::kDuration);
      break;
    case Op::kMultiply:
      if (x == Kind::kMoney && y == Kind::kInt) return a;
      if (x == Kind::kInt && y == Kind::kMoney) return b;
      break;
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace

absl::Status Checker::Visit(Node& node) {
  switch (node.op) {
    case Op::kLiteral:
      return absl::OkStatus();
    case Op::kList:
      return VisitList(node);
    case Op::kMap:
      return VisitMap(node);
    case Op::kName:
      return VisitName(node);
    case Op::kMember:
      return VisitMember(node);
    case Op::kIndex:
      return VisitIndex(node);
    case Op::kCall:
      return VisitCall(node);
    case Op::kNegate:
      return VisitNegation(node);
    case Op::kNot:
    case Op::kAnd:
    case Op::kOr:
      for (auto& arg : node.args) {
        TRATO_RETURN_IF_ERROR(Visit(*arg));
        TRATO_RETURN_IF_ERROR(ExpectCondition(*arg));
      }
      node.type = Kind::kBool;
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

absl::Status ExpectCondition(const Node& node) {
  if (node.type.is(Kind::kBool) || node.type.is(Kind::kDyn)) {
    return absl::OkStatus();
  }
  const std::string_view hint =
      node.type.is_set() ? "; ask for .count() > 0, for example" : "";
  return ErrorAt(node.place, StrCat("a condition is needed here, this is ",
                                    NameOf(node.type), hint));
}

absl::Status Checker::VisitList(Node& node) {
  Type element = Kind::kDyn;
  for (size_t i = 0; i < node.args.size(); ++i) {
    Node& arg = *node.args[i];
    TRATO_RETURN_IF_ERROR(Visit(arg));
    if (!arg.type.is_value()) {
      return ErrorAt(arg.place,
                     StrCat("a list cannot hold ", NameOf(arg.type)));
    }
    element = i == 0 ? arg.type : Joined(element, arg.type);
  }
  node.type = Type::ListOf(element);
  if (std::all_of(node.args.begin(), node.args.end(), IsLiteral)) {
    std::span<Datum> items = constants_.NewArray<Datum>(node.args.size());
    for (size_t i = 0; i < items.size(); ++i) {
      Datum item = node.args[i]->literal;
      if (const auto* text = std::get_if<std::string_view>(&item)) {
        item = constants_.Copy(*text);
      } else if (const auto* bytes = std::get_if<Bytes>(&item)) {
        item = Bytes{constants_.Copy(bytes->data)};
      }
      items[i] = item;
    }
    node.op = Op::kLiteral;
    node.literal =
        static_cast<const ListValue*>(constants_.New(ListValue{items}));
    node.args.clear();
  }
  return absl::OkStatus();
}

absl::Status Checker::VisitMap(Node& node) {
  Type key = Kind::kDyn;
  Type value = Kind::kDyn;
  for (size_t i = 0; i < node.args.size(); ++i) {
    Node& arg = *node.args[i];
    TRATO_RETURN_IF_ERROR(Visit(arg));
    const bool is_key = i % 2 == 0;
    if (is_key ? !IsKeyType(arg.type) : !arg.type.is_value()) {
      return ErrorAt(arg.place,
                     StrCat(is_key ? "a key of a map is bool, int, uint or "
                                     "string, this is "
                                   : "a map cannot hold ",
                            NameOf(arg.type)));
    }
    Type& joined = is_key ? key : value;
    joined = i < 2 ? arg.type : Joined(joined, arg.type);
  }
  node.type = Type::MapOf(key, value);
  return absl::OkStatus();
}

absl::Status Checker::VisitName(Node& node) {
  for (size_t i = variables_.size(); i-- > 0 && !node.is_absolute;) {
    if (variables_[i].name == node.text) {
      node.op = Op::kVariable;
      node.slot = static_cast<uint8_t>(i);
      node.type = variables_[i].type;
      return absl::OkStatus();
    }
  }
  if (node.text == "customer") {
    node.type = Kind::kCustomer;
    return absl::OkStatus();
  }
  if (node.text == "now") {
    node.op = Op::kNow;
    node.type = Kind::kTimestamp;
    return absl::OkStatus();
  }
  if (node.text == "zone") {
    node.op = Op::kLiteral;
    node.type = Kind::kString;
    node.literal = constants_.Copy(context_.zone.name());
    return absl::OkStatus();
  }
  if (BecomesType(node.text, node)) return absl::OkStatus();
  std::vector<std::string_view> known = {"customer", "now", "zone", "true",
                                         "false"};
  for (const Variable& variable : variables_) known.push_back(variable.name);
  if (!registry_.Find(node.text, false).empty() || node.text == "has") {
    return ErrorAt(node.place, StrCat("'", node.text, "' is a function: write ",
                                      node.text, "(...)"));
  }
  std::string hint = DidYouMean(node.text, known);
  if (hint.empty() &&
      context_.schema->FindAttribute(Subject::kCustomer, node.text)) {
    hint = StrCat(", did you mean 'customer.", node.text, "'?");
  }
  return ErrorAt(node.place, StrCat("unknown name '", node.text, "'", hint));
}

// Of a function that always gives the same keys.
absl::Status Checker::CheckKey(const Node& node) const {
  const Node& owner = *node.args[0];
  if (owner.op != Op::kCall || owner.is_method) return absl::OkStatus();
  for (const Function& it : registry_.Find(owner.text, false)) {
    const auto& keys = it.keys;
    if (keys.empty() ||
        std::find(keys.begin(), keys.end(), node.text) != keys.end()) {
      continue;
    }
    std::vector<std::string_view> known(keys.begin(), keys.end());
    return ErrorAt(node.place, StrCat(owner.text, "() has no '", node.text, "'",
                                      DidYouMean(node.text, known)));
  }
  return absl::OkStatus();
}

absl::Status Checker::VisitMember(Node& node) {
  if (BecomesType(QualifiedName(node), node)) return absl::OkStatus();
  TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
  const Type owner = node.args[0]->type;
  switch (owner.kind()) {
    case Kind::kCustomer:
      TRATO_RETURN_IF_ERROR(BindAttribute(node));
      node.op = Op::kAttribute;
      return absl::OkStatus();
    case Kind::kInteraction:
      return BindField(node);
    case Kind::kLine:
      return BindLineMember(node);
    case Kind::kMap:
      if (!Fits(owner.key(), Kind::kString)) break;
      TRATO_RETURN_IF_ERROR(CheckKey(node));
      node.member = Member::kKey;
      node.type = owner.value();
      return absl::OkStatus();
    case Kind::kDyn:
      node.member = Member::kKey;
      node.type = Kind::kDyn;
      return absl::OkStatus();
    default:
      break;
  }
  const std::string_view hint = !registry_.Find(node.text, true).empty() ||
                                        IsSetMacro(node.text) ||
                                        IsListMacro(node.text)
                                    ? "; it is a function: write ( ) after it"
                                    : "";
  return ErrorAt(node.place, StrCat(NameOf(owner), " has no field '", node.text,
                                    "'", hint));
}

absl::Status Checker::BindAttribute(Node& node) {
  const AttributeDefinition* definition =
      context_.schema->FindAttribute(Subject::kCustomer, node.text);
  if (definition == nullptr) {
    return ErrorAt(node.place,
                   StrCat("unknown customer attribute '", node.text, "'",
                          DidYouMean(node.text, context_.schema->AttributeNames(
                                                    Subject::kCustomer))));
  }
  // Every defined attribute is interned.
  node.number = context_.names->Find(definition->name).value_or(0);
  node.type = TypeOfAttribute(*definition);
  reads_.attributes.insert(definition->name);
  return absl::OkStatus();
}

absl::Status Checker::BindField(Node& node) {
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
      node.type = it.kind;
      reads_.fields.insert(node.text);
      return absl::OkStatus();
    }
    known.push_back(it.name);
  }
  const AttributeDefinition* definition =
      context_.schema->FindAttribute(Subject::kInteraction, node.text);
  if (definition == nullptr) {
    return ErrorAt(node.place, StrCat("unknown interaction field '", node.text,
                                      "'", DidYouMean(node.text, known)));
  }
  node.member = Member::kField;
  node.number = context_.names->Find(definition->name).value_or(0);
  node.type = TypeOfAttribute(definition->type);
  reads_.fields.insert(definition->name);
  return absl::OkStatus();
}

absl::Status Checker::BindLineMember(Node& node) {
  if (node.text == "product") {
    node.member = Member::kProduct;
    node.type = Kind::kString;
  } else if (node.text == "quantity") {
    node.member = Member::kQuantity;
    node.type = Kind::kDouble;
  } else if (node.text == "amount") {
    node.member = Member::kAmount;
    node.type = Kind::kMoney;
  } else if (node.text == "unit_price") {
    node.member = Member::kUnitPrice;
    node.type = Kind::kDouble;
  } else {
    return ErrorAt(node.place,
                   StrCat("unknown field of a line '", node.text, "'",
                          DidYouMean(node.text, {"amount", "product",
                                                 "quantity", "unit_price"})));
  }
  reads_.line_fields.insert(node.text);
  return absl::OkStatus();
}

absl::Status Checker::VisitIndex(Node& node) {
  TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
  TRATO_RETURN_IF_ERROR(Visit(*node.args[1]));
  const Type owner = node.args[0]->type;
  const Type index = node.args[1]->type;
  if (owner.is(Kind::kDyn) && index.is_value()) {
    node.type = Kind::kDyn;
    return absl::OkStatus();
  }
  if (owner.is(Kind::kList)) {
    if (!index.is_number() && !index.is(Kind::kDyn)) {
      return ErrorAt(node.args[1]->place,
                     StrCat("a place in a list is an int from 0, this is ",
                            NameOf(index)));
    }
    node.type = owner.element();
    return absl::OkStatus();
  }
  if (owner.is(Kind::kMap)) {
    if (!Comparable(owner.key(), index)) {
      return ErrorAt(node.args[1]->place,
                     StrCat(NameOf(owner), " has no key of ", NameOf(index)));
    }
    node.type = owner.value();
    return absl::OkStatus();
  }
  const std::string_view hint =
      owner.is(Kind::kCustomer) ? "; write customer.country" : "";
  return ErrorAt(node.place,
                 StrCat("[ ] does not apply to ", NameOf(owner), hint));
}

absl::Status Checker::VisitNegation(Node& node) {
  TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
  node.type = node.args[0]->type;
  const Kind kind = node.type.kind();
  if (kind == Kind::kInt || kind == Kind::kDouble || kind == Kind::kMoney ||
      kind == Kind::kDyn) {
    return absl::OkStatus();
  }
  return ErrorAt(node.place,
                 StrCat("'-' does not apply to ", NameOf(node.type)));
}

absl::Status Checker::VisitConditional(Node& node) {
  for (auto& arg : node.args) TRATO_RETURN_IF_ERROR(Visit(*arg));
  TRATO_RETURN_IF_ERROR(ExpectCondition(*node.args[0]));
  const Type yes = node.args[1]->type;
  const Type no = node.args[2]->type;
  if (Fits(yes, no)) {
    node.type = yes.is_value() ? Joined(yes, no) : yes;
    return absl::OkStatus();
  }
  if (Fits(no, yes)) {
    node.type = no;
    return absl::OkStatus();
  }
  return ErrorAt(node.args[2]->place,
                 StrCat("both sides of ':' need one type, these are ",
                        NameOf(yes), " and ", NameOf(no)));
}

absl::Status Checker::VisitIn(Node& node) {
  TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
  TRATO_RETURN_IF_ERROR(Visit(*node.args[1]));
  const Type left = node.args[0]->type;
  const Type right = node.args[1]->type;
  node.type = Kind::kBool;
  UseStoredName(*node.args[0], *node.args[1]);
  if (right.is(Kind::kDyn) && left.is_value()) return absl::OkStatus();
  if (!right.is(Kind::kList) && !right.is(Kind::kMap)) {
    return ErrorAt(node.place, StrCat("'in' needs a list or map on its right, "
                                      "this is ",
                                      NameOf(right)));
  }
  const Type wanted = right.is(Kind::kList) ? right.element() : right.key();
  if (left.is_value() && Comparable(left, wanted)) return absl::OkStatus();
  return ErrorAt(node.place, StrCat("'in' looks for ", NameOf(left), " in a ",
                                    NameOf(right)));
}

void Checker::UseStoredName(const Node& member, Node& literal) {
  if (member.op != Op::kMember || literal.op != Op::kLiteral ||
      (member.member != Member::kChannel && member.member != Member::kType)) {
    return;
  }
  const bool is_channel = member.member == Member::kChannel;
  const auto stored = [&](const Datum& datum) -> Datum {
    const auto* text = std::get_if<std::string_view>(&datum);
    if (text == nullptr) return datum;
    const std::string_view name = context_.schema->Stored(
        is_channel ? DefinitionKind::kChannel
                   : DefinitionKind::kInteractionType,
        *text);
    if (is_channel) reads_.channels.emplace(name);
    return name == *text ? datum : Datum(constants_.Copy(name));
  };
  if (const auto* list = std::get_if<const ListValue*>(&literal.literal)) {
    std::span<Datum> items = constants_.NewArray<Datum>((*list)->items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      items[i] = stored((*list)->items[i]);
    }
    literal.literal =
        static_cast<const ListValue*>(constants_.New(ListValue{items}));
    return;
  }
  literal.literal = stored(literal.literal);
}

absl::Status Checker::VisitComparison(Node& node) {
  TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
  TRATO_RETURN_IF_ERROR(Visit(*node.args[1]));
  const Type left = node.args[0]->type;
  const Type right = node.args[1]->type;
  const bool is_equality = node.op == Op::kEqual || node.op == Op::kNotEqual;
  node.type = Kind::kBool;
  const bool good =
      is_equality ? left.is_value() : left.is_ordered() && right.is_ordered();
  if (is_equality) {
    UseStoredName(*node.args[0], *node.args[1]);
    UseStoredName(*node.args[1], *node.args[0]);
  }
  if (good && Comparable(left, right)) return absl::OkStatus();
  return Mismatch(node, left, right);
}

absl::Status Checker::VisitArithmetic(Node& node) {
  TRATO_RETURN_IF_ERROR(Visit(*node.args[0]));
  TRATO_RETURN_IF_ERROR(Visit(*node.args[1]));
  const Type left = node.args[0]->type;
  const Type right = node.args[1]->type;
  if (const auto type = ResultOf(node.op, left, right)) {
    node.type = *type;
    return absl::OkStatus();
  }
  // A calendar span is counted in the store's zone.
  const bool subtract = node.op == Op::kSubtract;
  const bool forwards = left.is(Kind::kTimestamp) && right.is(Kind::kSpan) &&
                        (subtract || node.op == Op::kAdd);
  const bool backwards =
      left.is(Kind::kSpan) && right.is(Kind::kTimestamp) && node.op == Op::kAdd;
  if (!forwards && !backwards) return Mismatch(node, left, right);
  node.op = Op::kCall;
  node.is_pure = true;
  node.text = SymbolOf(subtract ? Op::kSubtract : Op::kAdd);
  node.type = Kind::kTimestamp;
  const absl::TimeZone zone = context_.zone;
  node.evaluator = [zone, subtract, backwards](
                       Evaluation& evaluation,
                       std::span<const Datum> args) -> Datum {
    const int64_t us = std::get<Timestamp>(args[backwards ? 1 : 0]).us;
    const Span& span = *std::get<const Span*>(args[backwards ? 0 : 1]);
    const int64_t moved =
        subtract ? Subtract(us, span, zone) : Add(us, span, zone);
    if (ChangeBound* bound = evaluation.bound;
        bound != nullptr && bound->call->slope == 1) {
      // It moves with `us` up to there.
      BoundIn(evaluation, FollowsUntil(us, span, subtract, zone), us);
      BoundIn(evaluation, kMaxInstant, moved);
      if (moved < kMinInstant) BoundIn(evaluation, kMinInstant, moved);
    }
    if (moved < kMinInstant || moved > kMaxInstant) {
      return Fail(Failure::Reason::kOverflow);
    }
    return Timestamp{moved};
  };
  return absl::OkStatus();
}

absl::Status Checker::Mismatch(const Node& node, Type left, Type right) const {
  std::string hint;
  const auto either = [&](Kind kind) {
    return left.is(kind) || right.is(kind);
  };
  if (either(Kind::kMoney) && (left.is_number() || right.is_number())) {
    const std::string_view currency =
        context_.currency ? context_.currency.code() : "EUR";
    hint = StrCat("; write an amount as money(\"500.00\", \"", currency, "\")");
  } else if (left.is_set() || right.is_set()) {
    hint = "; ask for .count() or .sum(i, i.amount)";
  } else if (either(Kind::kTimestamp) && either(Kind::kString)) {
    hint = "; write a time as timestamp(\"2011-12-10\")";
  } else if (either(Kind::kDuration) && either(Kind::kString)) {
    hint = "; write a length of time as duration(\"36h\")";
  } else if (either(Kind::kTimestamp) || either(Kind::kDuration)) {
    hint = "; times move by duration(\"36h\") or span(\"1mo\")";
  } else if (either(Kind::kNull)) {
    hint = "; has(customer.name) asks whether an attribute is there";
  } else if (left.is_number() && right.is_number() && left != right) {
    hint = "; convert one with int( ), uint( ) or double( )";
  }
  return ErrorAt(node.place,
                 StrCat("'", SymbolOf(node.op), "' does not apply to ",
                        NameOf(left), " and ", NameOf(right), hint));
}

}  // namespace trato::core
