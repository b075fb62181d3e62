// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/arrow_type.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

// The stream, its lines, a line and its product are what we read; deeper types
// are nobody's and are left out, so that no schema can exhaust the stack.
constexpr int kMaxDepth = 4;
// More columns than any table has: a count that is no garbage.
constexpr int64_t kMaxColumns = 1 << 20;

struct Simple {
  std::string_view format;
  ArrowKind kind;
  ArrowLayout layout;
  std::string_view name;
};

constexpr ArrowLayout k32 = ArrowLayout::kOffsets32;
constexpr ArrowLayout k64 = ArrowLayout::kOffsets64;

constexpr Simple kSimple[] = {
    {"n", ArrowKind::kNull, k32, "null"},
    {"b", ArrowKind::kBool, k32, "bool"},
    {"c", ArrowKind::kInt8, k32, "int8"},
    {"C", ArrowKind::kUint8, k32, "uint8"},
    {"s", ArrowKind::kInt16, k32, "int16"},
    {"S", ArrowKind::kUint16, k32, "uint16"},
    {"i", ArrowKind::kInt32, k32, "int32"},
    {"I", ArrowKind::kUint32, k32, "uint32"},
    {"l", ArrowKind::kInt64, k32, "int64"},
    {"L", ArrowKind::kUint64, k32, "uint64"},
    {"e", ArrowKind::kOther, k32, "half float"},
    {"f", ArrowKind::kFloat, k32, "float"},
    {"g", ArrowKind::kDouble, k32, "double"},
    {"u", ArrowKind::kText, k32, "utf8"},
    {"U", ArrowKind::kText, k64, "large_utf8"},
    {"vu", ArrowKind::kText, ArrowLayout::kViews32, "utf8_view"},
    {"z", ArrowKind::kBinary, k32, "binary"},
    {"Z", ArrowKind::kBinary, k64, "large_binary"},
    {"vz", ArrowKind::kBinary, ArrowLayout::kViews32, "binary_view"},
    {"tdD", ArrowKind::kDate32, k32, "date32"},
    {"tdm", ArrowKind::kDate64, k32, "date64"},
    {"+l", ArrowKind::kList, k32, "list"},
    {"+L", ArrowKind::kList, k64, "large_list"},
    {"+vl", ArrowKind::kList, ArrowLayout::kViews32, "list_view"},
    {"+vL", ArrowKind::kList, ArrowLayout::kViews64, "large_list_view"},
    {"+s", ArrowKind::kStruct, k32, "struct"},
    {"+m", ArrowKind::kOther, k32, "map"},
    {"+r", ArrowKind::kOther, k32, "run_end_encoded"},
};

// Reads a number at the start of `text` and removes it.
bool TakeNumber(std::string_view* text, int* number) {
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), *number);
  if (error != std::errc()) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return true;
}

bool TakeComma(std::string_view* text) {
  if (text->empty() || text->front() != ',') return false;
  text->remove_prefix(1);
  return true;
}

// "d:precision,scale[,bits]"
bool ReadDecimal(std::string_view format, ArrowType* type) {
  int precision = 0;
  int bits = 128;
  format.remove_prefix(2);
  if (!TakeNumber(&format, &precision) || !TakeComma(&format) ||
      !TakeNumber(&format, &type->scale)) {
    return false;
  }
  if (!format.empty() && (!TakeComma(&format) || !TakeNumber(&format, &bits))) {
    return false;
  }
  if (!format.empty() || type->scale < -76 || type->scale > 76 ||
      (bits != 32 && bits != 64 && bits != 128 && bits != 256)) {
    return false;
  }
  type->kind = ArrowKind::kDecimal;
  type->width = bits / 8;
  type->name = StrCat("decimal", bits, "(", precision, ", ", type->scale, ")");
  return true;
}

// "tsU:zone"
bool ReadTimestamp(std::string_view format, ArrowType* type) {
  if (format.size() < 4 || format[3] != ':') return false;
  switch (format[2]) {
    case 's':
      type->ticks_per_second = 1;
      break;
    case 'm':
      type->ticks_per_second = 1000;
      break;
    case 'u':
      type->ticks_per_second = 1000000;
      break;
    case 'n':
      type->ticks_per_second = 1000000000;
      break;
    default:
      return false;
  }
  type->kind = ArrowKind::kTimestamp;
  type->zoned = format.size() > 4;
  type->name = StrCat("timestamp[", format.substr(2, 1),
                      format[2] == 's' ? "" : "s", "]");
  return true;
}

void ReadFormat(std::string_view format, ArrowType* type) {
  for (const Simple& simple : kSimple) {
    if (format != simple.format) continue;
    type->kind = simple.kind;
    type->layout = simple.layout;
    type->name = simple.name;
    return;
  }
  if (format.starts_with("d:") && ReadDecimal(format, type)) return;
  if (format.starts_with("ts") && ReadTimestamp(format, type)) return;
  if (format.starts_with("w:")) {
    std::string_view rest = format.substr(2);
    if (TakeNumber(&rest, &type->width) && rest.empty() && type->width > 0) {
      type->kind = ArrowKind::kFixedBinary;
      type->name = StrCat("fixed_size_binary(", type->width, ")");
      return;
    }
  }
  const bool readable = CheckLabel("format", format).ok();
  type->name =
      readable ? StrCat("'", format, "' (an Arrow format)") : "unknown";
}

absl::Status Malformed(std::string_view what) {
  return absl::InvalidArgumentError(
      StrCat("the stream's schema is malformed: ", what));
}

absl::StatusOr<ArrowType> Read(const ArrowSchema& schema, int depth) {
  if (schema.format == nullptr) return Malformed("a column has no format");
  ArrowType type;
  ReadFormat(schema.format, &type);
  if (schema.dictionary != nullptr) {
    if (!type.IsWhole()) {
      return Malformed("a dictionary's indices are no whole numbers");
    }
    if (depth >= kMaxDepth) return type;
    TRATO_ASSIGN_OR_RETURN(ArrowType values,
                           Read(*schema.dictionary, depth + 1));
    type.name = StrCat("dictionary<", type.name, ", ", values.name, ">");
    type.dictionary = std::make_shared<const ArrowType>(std::move(values));
    return type;
  }
  const bool nested =
      type.kind == ArrowKind::kStruct || type.kind == ArrowKind::kList;
  if (!nested || depth >= kMaxDepth) return type;
  if (schema.n_children < 0 || schema.n_children > kMaxColumns ||
      (schema.n_children > 0 && schema.children == nullptr)) {
    return Malformed("the number of columns is wrong");
  }
  if (type.kind == ArrowKind::kList && schema.n_children != 1) {
    return Malformed("a list has not one child");
  }
  for (int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema* child = schema.children[i];
    if (child == nullptr) return Malformed("a column is NULL");
    TRATO_ASSIGN_OR_RETURN(ArrowType child_type, Read(*child, depth + 1));
    type.children.push_back(
        {child->name == nullptr ? "" : child->name, std::move(child_type)});
  }
  return type;
}

}  // namespace

absl::StatusOr<ArrowType> ReadType(const ArrowSchema& schema) {
  return Read(schema, 0);
}

}  // namespace trato::core
