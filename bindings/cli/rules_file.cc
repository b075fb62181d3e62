// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/rules_file.h"

#include "bindings/cli/failure.h"
#include "bindings/cli/input.h"

namespace trato_cli {

Json ReadRules(const std::string& path, const std::string& expected) {
  Input input(path);
  std::string text;
  char buffer[4096];
  for (;;) {
    const std::int64_t got = input.Read(buffer, sizeof buffer);
    if (!input.failure().empty()) throw Failure(input.failure());
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw Failure(expected);
  return json;
}

std::string RuleText(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name) ||
      object.at(name).is_null()) {
    return std::string();
  }
  if (!object.at(name).is_string()) {
    throw Failure(std::string(name) + ": it is no text");
  }
  return object.at(name).get<std::string>();
}

}  // namespace trato_cli
