// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/attribute_values.h"

#include <string>
#include <utility>
#include <vector>

#include "expression/ast.h"
#include "expression/changes.h"
#include "expression/plain_function.h"

namespace trato::core {
namespace {

// What is not the store's is kept with the evaluation.
Datum DatumOf(Evaluation& evaluation, const AttributeValue& it) {
  if (it.owner != nullptr && TypeOf(it.version->value) == ValueType::kString &&
      (evaluation.owners.empty() || evaluation.owners.back() != it.owner)) {
    evaluation.owners.push_back(it.owner);
  }
  return ToDatum(it.version->value);
}

Datum ListOf(Evaluation& evaluation, const std::vector<AttributeValue>& values,
             const Node& node) {
  if (!evaluation.MayMake(values.size() * sizeof(Datum))) {
    return Fail(Failure::Reason::kText, node);
  }
  std::span<Datum> items = evaluation.arena.NewArray<Datum>(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    items[i] = DatumOf(evaluation, values[i]);
  }
  return static_cast<const ListValue*>(evaluation.arena.New(ListValue{items}));
}

Datum MapOf(Evaluation& evaluation, const Node& node) {
  const CustomerStore& customers = *evaluation.world->customers;
  const bool many = node.type.value().is(Kind::kList);
  std::vector<MapValue::Entry> found;
  for (uint32_t about : customers.AboutsOf(evaluation.customer, node.number)) {
    const auto values = customers.ValuesAt(evaluation.customer, node.number,
                                           about, evaluation.now_us);
    if (values.empty()) continue;
    const Datum value = many ? ListOf(evaluation, values, node)
                             : DatumOf(evaluation, values[0]);
    if (IsFailure(value)) return value;
    found.push_back({evaluation.world->names->Text(about), value});
  }
  if (!evaluation.MayMake(found.size() * sizeof(MapValue::Entry))) {
    return Fail(Failure::Reason::kText, node);
  }
  std::span<MapValue::Entry> entries =
      evaluation.arena.NewArray<MapValue::Entry>(found.size());
  std::copy(found.begin(), found.end(), entries.begin());
  return static_cast<const MapValue*>(evaluation.arena.New(MapValue{entries}));
}

Datum StrengthOf(Evaluation& evaluation, uint32_t attribute,
                 const std::string& value) {
  if (evaluation.bound != nullptr) BoundAttribute(evaluation, attribute);
  for (const AttributeValue& it : evaluation.world->customers->ValuesAt(
           evaluation.customer, attribute, kAboutNothing, evaluation.now_us)) {
    if (std::get<std::string>(it.version->value) == value) {
      return it.version->strength;
    }
  }
  return 0.0;
}

}  // namespace

Datum ToDatum(const Value& value) {
  switch (TypeOf(value)) {
    case ValueType::kBool:
      return std::get<bool>(value);
    case ValueType::kInt:
      return std::get<int64_t>(value);
    case ValueType::kDouble:
      return std::get<double>(value);
    case ValueType::kString:
      return std::string_view(std::get<std::string>(value));
    case ValueType::kMoney:
      return std::get<Money>(value);
    case ValueType::kTimestamp:
      return std::get<Timestamp>(value);
    case ValueType::kNone:
      break;
  }
  return Failure{};
}

Datum FieldDatum(const FieldView& field, const Node& node) {
  if (field.type == ValueType::kString) return field.text;
  // Said as a whole number, as it once had to be.
  if (field.type == ValueType::kInt && node.type.is(Kind::kDouble)) {
    return static_cast<double>(field.integer);
  }
  return ToDatum(field.ToValue());
}

Type TypeOfAttribute(const AttributeDefinition& definition) {
  Type type = TypeOfAttribute(definition.type);
  if (definition.many) type = Type::ListOf(type);
  if (definition.per != Per::kNothing) type = Type::MapOf(Kind::kString, type);
  return type;
}

[[gnu::noinline]] Datum AttributeDatum(Evaluation& evaluation,
                                       const Node& node) {
  const CustomerStore& customers = *evaluation.world->customers;
  if (node.type.is(Kind::kMap)) return MapOf(evaluation, node);
  if (node.type.is(Kind::kList)) {
    return ListOf(evaluation,
                  customers.ValuesAt(evaluation.customer, node.number,
                                     kAboutNothing, evaluation.now_us),
                  node);
  }
  const AttributeValue value = customers.AttributeAt(
      evaluation.customer, node.number, evaluation.now_us);
  if (value.version == nullptr) return Fail(Failure::Reason::kAbsent, node);
  return DatumOf(evaluation, value);
}

void AddAttributeFunctions(Registry& registry) {
  Function function;
  function.name = "strength";
  function.parameters = {Kind::kString, Kind::kString};
  function.wants_literals = true;
  function.result = Kind::kDouble;
  function.compile = [](const CompileContext& context,
                        std::span<const Datum> literals,
                        Reads& reads) -> absl::StatusOr<Evaluator> {
    TRATO_ASSIGN_OR_RETURN(
        const AttributeDefinition* definition,
        context.schema->Attribute("strength", Subject::kCustomer,
                                  TextOf(literals[0])));
    if (definition->type != ValueType::kString ||
        definition->per != Per::kNothing) {
      return absl::InvalidArgumentError(
          StrCat("strength is for texts of the customer alone, '",
                 definition->name, "' is not one"));
    }
    reads.attributes.insert(definition->name);
    // Every defined attribute is interned.
    const uint32_t attribute =
        context.names->Find(definition->name).value_or(0);
    const std::string value(TextOf(literals[1]));
    return Evaluator(
        [attribute, value](Evaluation& evaluation, std::span<const Datum>) {
          return StrengthOf(evaluation, attribute, value);
        });
  };
  registry.Add(std::move(function));
}

}  // namespace trato::core
