// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How errors travel inside the core: absl::Status, never an exception. A
// message is one line that names the field and the thing, never an attribute's
// value. An error about a place in a text carries that place as a payload.

#ifndef TRATO_BASE_STATUS_H_
#define TRATO_BASE_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/strings.h"

namespace trato::core {

// A place in a text, counted from 1 in lines and characters.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
};

inline constexpr std::string_view kPlaceUrl = "trato.place";

inline absl::Status AtPlace(absl::Status status, Place place) {
  status.SetPayload({kPlaceUrl.data(), kPlaceUrl.size()},
                    absl::Cord(StrCat(place.line, ":", place.column)));
  return status;
}

inline std::optional<Place> PlaceOf(const absl::Status& status) {
  auto payload = status.GetPayload({kPlaceUrl.data(), kPlaceUrl.size()});
  if (!payload) return std::nullopt;
  std::pair<std::string, std::string> parts =
      absl::StrSplit(std::string(*payload), ':');
  Place place;
  if (!absl::SimpleAtoi(parts.first, &place.line) ||
      !absl::SimpleAtoi(parts.second, &place.column)) {
    return std::nullopt;
  }
  return place;
}

// The same failure, its message led by what it is about: "offer 'tea': ...".
inline absl::Status Prefixed(const absl::Status& status,
                             std::string_view prefix) {
  if (status.ok()) return status;
  absl::Status result(status.code(), StrCat(prefix, status.message()));
  status.ForEachPayload([&](auto url, const absl::Cord& payload) {
    result.SetPayload(url, payload);
  });
  return result;
}

}  // namespace trato::core

#define TRATO_CONCAT_INNER_(a, b) a##b
#define TRATO_CONCAT_(a, b) TRATO_CONCAT_INNER_(a, b)

#define TRATO_RETURN_IF_ERROR(expression)                                 \
  do {                                                                    \
    if (absl::Status trato_status_ = (expression); !trato_status_.ok()) { \
      return trato_status_;                                               \
    }                                                                     \
  } while (false)

#define TRATO_ASSIGN_OR_RETURN(target, expression)                    \
  TRATO_ASSIGN_OR_RETURN_(TRATO_CONCAT_(trato_or_, __LINE__), target, \
                          expression)
#define TRATO_ASSIGN_OR_RETURN_(result, target, expression) \
  auto result = (expression);                               \
  if (!result.ok()) return result.status();                 \
  target = *std::move(result)

#endif  // TRATO_BASE_STATUS_H_
