// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a call that may fail gave: IsOk(), IsOkAnd(matcher), IsError(code,
// message).

#ifndef TRATO_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define TRATO_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trato::test {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

inline std::string MessageOf(const absl::Status& status) {
  return std::string(status.message());
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.ok();
}

// `value` matches the value or is it.
MATCHER_P(IsOkAnd, value, negation ? "is an error or not it" : "is OK and it") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(value, *arg, result_listener);
}

// `message` matches the message or is it.
MATCHER_P2(IsError, code, message,
           absl::StatusCodeToString(code) + " whose message " +
               ::testing::DescribeMatcher<std::string>(message, negation)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, MessageOf(status),
                                       result_listener);
}

inline auto IsInvalid(const ::testing::Matcher<std::string>& message) {
  return IsError(absl::StatusCode::kInvalidArgument, message);
}
inline auto IsOutOfRange(const ::testing::Matcher<std::string>& message) {
  return IsError(absl::StatusCode::kOutOfRange, message);
}

}  // namespace trato::test

#endif  // TRATO_TESTS_SUPPORT_STATUS_MATCHERS_H_
