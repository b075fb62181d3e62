// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Errors about a place in a text.

#ifndef TRATO_TESTS_SUPPORT_PLACES_H_
#define TRATO_TESTS_SUPPORT_PLACES_H_

#include <gmock/gmock.h>

#include <cstdint>
#include <string>

#include "base/status.h"
#include "support/status_matchers.h"

namespace trato::test {

// INVALID_ARGUMENT with this place, in the message and beside it, and with a
// message behind the place that matches `message` or is it.
MATCHER_P3(IsErrorAt, line, column, message,
           "is an error at " + std::to_string(line) + ":" +
               std::to_string(column) + " that " +
               ::testing::DescribeMatcher<std::string>(message, negation)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  const auto place = core::PlaceOf(status);
  const std::string prefix = "line " + std::to_string(line) + ", column " +
                             std::to_string(column) + ": ";
  const std::string text = MessageOf(status);
  return status.code() == absl::StatusCode::kInvalidArgument &&
         place.has_value() && place->line == static_cast<uint32_t>(line) &&
         place->column == static_cast<uint32_t>(column) &&
         text.starts_with(prefix) &&
         ::testing::ExplainMatchResult(message, text.substr(prefix.size()),
                                       result_listener);
}

}  // namespace trato::test

#endif  // TRATO_TESTS_SUPPORT_PLACES_H_
