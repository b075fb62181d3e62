// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/regex.h"

#include <re2/re2.h>

#include <string>

#include "absl/status/status.h"
#include "base/strings.h"

namespace trato::core {

absl::StatusOr<Regex> Regex::Compile(std::string_view pattern) {
  if (pattern.size() > kMaxRegexBytes) {
    return absl::InvalidArgumentError(
        StrCat("the pattern is longer than ", kMaxRegexBytes, " bytes"));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  Regex regex;
  auto compiled = std::make_shared<const re2::RE2>(
      re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok()) {
    std::string error = compiled->error();
    for (char& c : error) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return absl::InvalidArgumentError(
        StrCat("the pattern is no regular expression: ", error));
  }
  regex.regex_ = std::move(compiled);
  return regex;
}

bool Regex::IsFoundIn(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()),
                                *regex_);
}

}  // namespace trato::core
