// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/attribute_writer.h"

#include <algorithm>

#include "base/strings.h"
#include "codec/answer_parts.h"

namespace trato::core {
namespace {

// Text as the library writes it.
std::string Quoted(std::string_view text) {
  return Json(std::string(text))
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

void AppendQuoted(std::string_view text, std::string& out) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (!is_plain) {
    out += Quoted(text);
    return;
  }
  out.push_back('"');
  out += text;
  out.push_back('"');
}

constexpr std::string_view kIndent = "\n      ";

}  // namespace

std::string AttributeWriter::InBrackets(const std::string& entries) {
  return entries.empty() ? "[]" : StrCat("[", entries, "\n  ]");
}

const std::string& AttributeWriter::TimeOf(int64_t us) {
  if (last_time_.empty() || us != last_us_) {
    last_us_ = us;
    last_time_ = FormatTime(us, model_.zone);
  }
  return last_time_;
}

namespace {

void PutField(std::string_view name, std::string& out) {
  out.push_back(',');
  out += kIndent;
  out.push_back('"');
  out += name;
  out += "\": ";
}

void PutField(std::string_view name, std::string_view text, std::string& out) {
  PutField(name, out);
  AppendQuoted(text, out);
}

}  // namespace

// As PutValue does.
void AttributeWriter::AddValue(const Value& value, std::string& out) {
  PutField("type", TypeName(TypeOf(value)), out);
  const auto put = [&](std::string_view bare, std::string_view text) {
    PutField("value", out);
    out += bare;
    PutField("text", text, out);
  };
  if (const auto* flag = std::get_if<bool>(&value)) {
    put(*flag ? "true" : "false", *flag ? "true" : "false");
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    const std::string text = StrCat(*integer);
    put(text, text);
  } else if (const auto* number = std::get_if<double>(&value)) {
    const std::string text = Json(*number).dump();
    put(text, text);
  } else if (const auto* string = std::get_if<std::string>(&value)) {
    const size_t begin = out.size();
    PutField("value", *string, out);
    // The same again.
    const std::string quoted =
        out.substr(begin + kIndent.size() + std::string_view(",\"value\": ").size());
    PutField("text", out);
    out += quoted;
  } else if (const auto* money = std::get_if<Money>(&value)) {
    PutField("value", out);
    StrAppend(&out, money->minor);
    PutField("currency", money->currency.code(), out);
    PutField("text", StrCat(FormatAmount(*money), " ", money->currency.code()),
         out);
  } else if (const auto* time = std::get_if<Timestamp>(&value)) {
    put(StrCat(time->us), FormatTime(time->us, model_.zone));
  } else {
    PutField("text", "", out);
  }
}

void AttributeWriter::Add(std::string_view shown, uint32_t about,
                          const AttributeValue& it, std::string& out) {
  if (!out.empty()) out.push_back(',');
  out += "\n    {";
  out += kIndent;
  out += "\"name\": ";
  AppendQuoted(shown, out);
  if (about != kAboutNothing) PutField("about", model_.names->Text(about), out);
  const AttributeVersion& version = *it.version;
  AddValue(version.value, out);
  PutField("since", TimeOf(version.at_us), out);
  PutField("since_us", out);
  StrAppend(&out, version.at_us);
  PutField("source", model_.names->Text(version.source), out);
  PutField("record", model_.customers->RecordName(it.record), out);
  PutField("inferred", out);
  out += version.inferred ? "true" : "false";
  PutField("strength", out);
  out += version.strength > 0 ? Json(version.strength).dump() : "null";
  out += "\n    }";
}

void AttributeWriter::AddWritten(std::string_view entry, std::string& out) {
  if (!out.empty()) out.push_back(',');
  // Two levels in.
  out += "\n    ";
  for (char c : entry) {
    out.push_back(c);
    if (c == '\n') out += "    ";
  }
}

}  // namespace trato::core
