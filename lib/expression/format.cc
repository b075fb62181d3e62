// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/format.h"

#include <string_view>

#include "base/money.h"
#include "base/strings.h"
#include "expression/conversions.h"

namespace trato::core {
namespace {

std::string Quoted(std::string_view text, bool bytes) {
  std::string out = bytes ? "b\"" : "\"";
  constexpr char kHex[] = "0123456789abcdef";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f || (bytes && byte >= 0x80)) {
      out += "\\x";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string TypeText(Kind kind) {
  if (kind == Kind::kList) return "list";
  if (kind == Kind::kMap) return "map";
  if (kind == Kind::kNull) return "null_type";
  if (kind == Kind::kTimestamp) return "google.protobuf.Timestamp";
  if (kind == Kind::kDuration) return "google.protobuf.Duration";
  return NameOf(kind);
}

struct Formatter {
  std::string operator()(const Failure&) const { return "error"; }
  std::string operator()(bool it) const { return it ? "true" : "false"; }
  std::string operator()(int64_t it) const { return std::to_string(it); }
  std::string operator()(uint64_t it) const { return StrCat(it, "u"); }
  std::string operator()(double it) const {
    std::string text = TextOfDouble(it);
    // A double shows as one.
    if (text.find_first_not_of("-0123456789") == std::string::npos) {
      text += ".0";
    }
    return text;
  }
  std::string operator()(std::string_view it) const {
    return Quoted(it, false);
  }
  std::string operator()(const Money& it) const {
    return StrCat("money(\"", FormatAmount(it), "\", \"", it.currency.code(),
                  "\")");
  }
  std::string operator()(Timestamp it) const {
    return StrCat("timestamp(\"", TextOfTimestamp(it.us), "\")");
  }
  std::string operator()(Null) const { return "null"; }
  std::string operator()(Bytes it) const { return Quoted(it.data, true); }
  std::string operator()(Duration it) const {
    return StrCat("duration(\"", TextOfDuration(it.us), "\")");
  }
  std::string operator()(const Span* it) const {
    return StrCat("span(", it->months, "mo ", it->days, "d ", it->us, "us)");
  }
  std::string operator()(TypeValue it) const { return TypeText(it.kind); }
  std::string operator()(const ListValue* it) const {
    std::string text = "[";
    for (const Datum& item : it->items) {
      StrAppend(&text, text.size() > 1 ? ", " : "", FormatDatum(item));
    }
    return text + "]";
  }
  std::string operator()(const MapValue* it) const {
    std::string text = "{";
    for (const MapValue::Entry& entry : it->entries) {
      StrAppend(&text, text.size() > 1 ? ", " : "", FormatDatum(entry.key),
                ": ", FormatDatum(entry.value));
    }
    return text + "}";
  }
  std::string operator()(const InteractionSet*) const { return "interactions"; }
  std::string operator()(const InteractionRef&) const { return "interaction"; }
  std::string operator()(const LineSet*) const { return "lines"; }
  std::string operator()(const LineRef&) const { return "line"; }
};

}  // namespace

std::string FormatDatum(const Datum& datum) {
  return std::visit(Formatter(), datum);
}

}  // namespace trato::core
