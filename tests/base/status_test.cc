// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsOk;
using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Optional;

auto IsPlace(uint32_t line, uint32_t column) {
  return Optional(
      AllOf(Field(&Place::line, line), Field(&Place::column, column)));
}

TEST(AtPlace, IsReadBackByPlaceOf) {
  const absl::Status status =
      AtPlace(absl::InvalidArgumentError("wrong"), {12, 345});
  EXPECT_THAT(PlaceOf(status), IsPlace(12, 345));
}

TEST(AtPlace, TheLastOneHolds) {
  const absl::Status status =
      AtPlace(AtPlace(absl::InvalidArgumentError("wrong"), {1, 1}), {2, 3});
  EXPECT_THAT(PlaceOf(status), IsPlace(2, 3));
}

TEST(PlaceOf, AnErrorWithoutPlaceHasNone) {
  EXPECT_THAT(PlaceOf(absl::InvalidArgumentError("wrong")), Eq(std::nullopt));
}

TEST(PlaceOf, APayloadThatIsNoPlaceIsNone) {
  absl::Status status = absl::InvalidArgumentError("wrong");
  status.SetPayload("trato.place", absl::Cord("here"));
  EXPECT_THAT(PlaceOf(status), Eq(std::nullopt));
}

TEST(Prefixed, LeadsTheMessage) {
  EXPECT_THAT(Prefixed(absl::NotFoundError("it is gone"), "offer 'tea': "),
              IsError(absl::StatusCode::kNotFound, "offer 'tea': it is gone"));
}

TEST(Prefixed, KeepsThePlace) {
  const absl::Status status =
      Prefixed(AtPlace(absl::InvalidArgumentError("wrong"), {2, 7}), "x: ");
  EXPECT_THAT(PlaceOf(status), IsPlace(2, 7));
}

TEST(Prefixed, SuccessStaysSuccess) {
  EXPECT_THAT(Prefixed(absl::OkStatus(), "x: "), IsOk());
}

TEST(StrCat, TakesBothKindsOfStringView) {
  EXPECT_EQ(
      StrCat(std::string_view("a"), absl::string_view("b"), 3, std::string()),
      "ab3");
}

}  // namespace
}  // namespace trato::core
