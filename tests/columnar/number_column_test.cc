// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/number_column.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/calendar.h"
#include "columnar/arrow_input.h"
#include "producer.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::Interactions;
using test::IsError;
using test::IsInvalid;
using test::IsOk;
using test::Node;
using test::Numbers;
using test::Producer;
using test::Texts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Values = absl::StatusOr<std::vector<int64_t>>;
constexpr int64_t kMissing = -999;

std::vector<int64_t> Take(const Int64Column& column) {
  std::vector<int64_t> values;
  for (size_t i = 0; i < column.values.size(); ++i) {
    values.push_back(column.IsNull(i) ? kMissing : column.values[i]);
  }
  return values;
}

absl::StatusOr<InteractionBatch> BatchOf(std::vector<Node> columns,
                                         InputOptions options = {}) {
  const auto rows = static_cast<size_t>(columns[0].length);
  Producer producer({Interactions(rows, std::move(columns))});
  auto next = ReadInteractions(producer.stream(), std::move(options));
  if (!next.ok()) return next.status();
  return (*next)();
}

Values Minor(Node node) {
  auto batch = BatchOf({node.Named("amount_minor")});
  if (!batch.ok()) return batch.status();
  return Take(batch->amount_minor);
}

// In euro, or in the currencies given.
Values Amount(Node node, std::vector<std::string> currencies = {}) {
  std::vector<Node> columns = {node.Named("amount")};
  if (!currencies.empty()) {
    columns.push_back(Texts(currencies).Named("currency"));
  }
  auto batch = BatchOf(std::move(columns));
  if (!batch.ok()) return batch.status();
  return Take(batch->amount_minor);
}

Node Doubles(const std::vector<double>& values) {
  return Numbers<double>("g", values);
}

// Each value's low 64 bits, sign-extended to 128.
Node Decimals(const std::vector<int64_t>& units, const std::string& format) {
  std::vector<int64_t> words;
  for (int64_t value : units) {
    words.push_back(value);
    words.push_back(value < 0 ? -1 : 0);
  }
  Node node = Numbers<int64_t>(format, words);
  node.length = static_cast<int64_t>(units.size());
  return node;
}

TEST(NumberColumn, ReadsWholeNumbersOfEveryWidth) {
  EXPECT_THAT(*Minor(Numbers<int8_t>("c", {-1, 2})), ElementsAre(-1, 2));
  EXPECT_THAT(*Minor(Numbers<int16_t>("s", {-300})), ElementsAre(-300));
  EXPECT_THAT(*Minor(Numbers<int32_t>("i", {-70000})), ElementsAre(-70000));
  EXPECT_THAT(*Minor(Numbers<int64_t>("l", {INT64_MIN})),
              ElementsAre(INT64_MIN));
  EXPECT_THAT(*Minor(Numbers<uint8_t>("C", {255})), ElementsAre(255));
  EXPECT_THAT(*Minor(Numbers<uint16_t>("S", {65535})), ElementsAre(65535));
  EXPECT_THAT(*Minor(Numbers<uint32_t>("I", {UINT32_MAX})),
              ElementsAre(UINT32_MAX));
  EXPECT_THAT(*Minor(Numbers<uint64_t>("L", {INT64_MAX})),
              ElementsAre(INT64_MAX));
  EXPECT_THAT(*Minor(Decimals({-7}, "d:38,0")), ElementsAre(-7));
  EXPECT_THAT(*Minor(Decimals({-700, 0}, "d:38,2")), ElementsAre(-7, 0));
}

TEST(NumberColumn, RefusesWholeNumbersThatDoNotFit) {
  const uint64_t large = uint64_t{INT64_MAX} + 1;
  EXPECT_THAT(Minor(Numbers<uint64_t>("L", {1, large})),
              IsError(absl::StatusCode::kOutOfRange,
                      "column 'amount_minor', row 1: does not fit in 64 bits"));
  EXPECT_THAT(*Minor(Numbers<uint64_t>("L", {1, large}).Where({true, false})),
              ElementsAre(1, kMissing));
  EXPECT_THAT(Minor(Decimals({150}, "d:38,2")),
              IsInvalid("column 'amount_minor', row 0: is no whole number of "
                        "64 bits"));
  EXPECT_THAT(Minor(Doubles({1})),
              IsInvalid("field 'amount_minor': column 'amount_minor' is of "
                        "type double; whole numbers are needed (amounts in the "
                        "currency's unit are field 'amount')"));
}

TEST(NumberColumn, ReadsMissingValuesAndSlices) {
  const Node node = Numbers<int32_t>("i", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
                        .Where({true, true, false, true, true, true, true, true,
                                true, false});
  EXPECT_THAT(*Minor(node.Sliced(1, 4)), ElementsAre(2, kMissing, 4, 5));
  EXPECT_THAT(*Minor(node.Sliced(8, 2)), ElementsAre(9, kMissing));
  EXPECT_THAT(*Minor(node.Sliced(3, 5)), ElementsAre(4, 5, 6, 7, 8));
}

TEST(NumberColumn, RoundsAmountsHalfAwayFromZeroAsDecimalsSay) {
  EXPECT_THAT(*Amount(Doubles({19.99, -19.99, 0, 0.285, 1.005, -1.005, 2.675})),
              ElementsAre(1999, -1999, 0, 29, 101, -101, 268));
  EXPECT_THAT(*Amount(Doubles({0.0049999, 1.00499})), ElementsAre(0, 100));
  EXPECT_THAT(*Amount(Doubles({90071992547409.94, 1e15})),
              ElementsAre(9007199254740994, 100000000000000000));
  EXPECT_THAT(*Amount(Numbers<float>("f", {99.99f, -1.005f})),
              ElementsAre(9999, -101));
  EXPECT_THAT(*Amount(Numbers<int32_t>("i", {12, -3})),
              ElementsAre(1200, -300));
  EXPECT_THAT(*Amount(Decimals({12345, -12345, 12344, 5, -5}, "d:19,3")),
              ElementsAre(1235, -1235, 1234, 1, -1));
  EXPECT_THAT(*Amount(Decimals({3}, "d:10,-2")), ElementsAre(30000));
  EXPECT_THAT(*Amount(Numbers<int32_t>("d:9,2,32", {-1234})),
              ElementsAre(-1234));
  EXPECT_THAT(*Amount(Numbers<int64_t>("d:18,2,64", {-1234})),
              ElementsAre(-1234));
}

TEST(NumberColumn, ReadsWideDecimals) {
  // 10^20 and -10^20, with 20 digits after the point.
  constexpr int64_t kHigh = 5;
  const auto low = static_cast<int64_t>(7766279631452241920u);
  Node one = Numbers<int64_t>("d:38,20", {low, kHigh, -low, ~kHigh});
  one.length = 2;
  EXPECT_THAT(*Amount(one), ElementsAre(100, -100));
  Node wide =
      Numbers<int64_t>("d:76,20,256", {low, kHigh, 0, 0, -low, ~kHigh, -1, -1});
  wide.length = 2;
  EXPECT_THAT(*Amount(wide), ElementsAre(100, -100));
  Node wider = Numbers<int64_t>("d:76,20,256", {low, kHigh, 1, 0});
  wider.length = 1;
  EXPECT_THAT(Amount(wider), IsError(absl::StatusCode::kOutOfRange,
                                     HasSubstr("row 0: does not fit")));
  Node tiny = Numbers<int64_t>("d:76,76,256", {INT64_MAX, INT64_MAX, 0, 0});
  tiny.length = 1;
  EXPECT_THAT(*Amount(tiny), ElementsAre(0));
}

TEST(NumberColumn, ScalesEachAmountByItsCurrency) {
  EXPECT_THAT(
      *Amount(Doubles({1.5, 1.5, 1.5, 2}), {"EUR", "JPY", "KWD", "EUR"}),
      ElementsAre(150, 2, 1500, 200));
  EXPECT_THAT(Amount(Doubles({1, 1}), {"EUR", "EUX"}),
              IsInvalid(HasSubstr("column 'currency', row 1: currency 'EUX' is "
                                  "not an ISO 4217 code")));
  auto batch = BatchOf(
      {Doubles({1, 1, 1}).Named("amount"),
       test::Coded<int8_t>({1, 0, 0}, Texts({"JPY", "EUR", "not one"}), "c")
           .Where({true, true, false})
           .Named("currency")});
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->amount_minor.values, ElementsAre(100, 1, 100));
}

TEST(NumberColumn, RefusesAmountsThatDoNotFitOrAreNotFinite) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_THAT(Amount(Doubles({1, 1e18})),
              IsError(absl::StatusCode::kOutOfRange,
                      "column 'amount', row 1: does not fit in 64 bits"));
  EXPECT_THAT(Amount(Doubles({std::nan("")})),
              IsInvalid("column 'amount', row 0: is not a finite number"));
  EXPECT_THAT(Amount(Doubles({-inf})), IsInvalid(HasSubstr("finite")));
  EXPECT_THAT(Amount(Numbers<int64_t>("l", {INT64_MAX})),
              IsError(absl::StatusCode::kOutOfRange, HasSubstr("row 0")));
  EXPECT_THAT(*Amount(Doubles({std::nan(""), 1}).Where({false, true})),
              ElementsAre(kMissing, 100));
  EXPECT_THAT(Amount(Texts({"1"})),
              IsInvalid("field 'amount': column 'amount' is of type utf8; "
                        "numbers are needed"));
}

Values At(Node node, InputOptions options = {}) {
  Node table = Interactions(static_cast<size_t>(node.length));
  table.children[1] = node.Named("at");
  Producer producer({table});
  auto next = ReadInteractions(producer.stream(), std::move(options));
  if (!next.ok()) return next.status();
  auto batch = (*next)();
  if (!batch.ok()) return batch.status();
  return Take(batch->at_us);
}

TEST(NumberColumn, ReadsInstantsOfEveryUnit) {
  EXPECT_THAT(*At(Numbers<int64_t>("tss:UTC", {-1, 2})),
              ElementsAre(-1000000, 2000000));
  EXPECT_THAT(*At(Numbers<int64_t>("tsm:Europe/Madrid", {1500})),
              ElementsAre(1500000));
  EXPECT_THAT(*At(Numbers<int64_t>("tsu:+02:00", {1500})), ElementsAre(1500));
  EXPECT_THAT(*At(Numbers<int64_t>("tsn:UTC", {1999, -1})), ElementsAre(1, -1));
  EXPECT_THAT(*At(Numbers<int64_t>("l", {42})), ElementsAre(42));
  EXPECT_THAT(*At(Numbers<int32_t>("tdD", {-1, 1})),
              ElementsAre(-86400000000, 86400000000));
  EXPECT_THAT(*At(Numbers<int64_t>("tdm", {86400000})),
              ElementsAre(86400000000));
}

TEST(NumberColumn, RefusesInstantsOutsideTheCalendar) {
  EXPECT_THAT(At(Numbers<int64_t>("tsu:UTC", {0, kMaxInstant + 1})),
              IsError(absl::StatusCode::kOutOfRange,
                      "column 'at', row 1: is outside the years 1 to 9999"));
  EXPECT_THAT(At(Numbers<int64_t>("tss:UTC", {INT64_MAX})),
              IsError(absl::StatusCode::kOutOfRange,
                      "column 'at', row 0: does not fit in 64 bits"));
  EXPECT_THAT(At(Texts({"2011-12-10"})),
              IsInvalid("field 'at': column 'at' is of type utf8; timestamps, "
                        "dates or whole microseconds are needed"));
}

TEST(NumberColumn, ReadsLocalTimesInTheZoneGiven) {
  auto zone = LoadZone("Europe/Madrid");
  ASSERT_THAT(zone, IsOk());
  int calls = 0;
  const auto to_utc = [&](int64_t us) -> absl::StatusOr<int64_t> {
    ++calls;
    const absl::CivilSecond local =
        absl::ToCivilSecond(absl::FromUnixMicros(us), absl::UTCTimeZone());
    const int64_t below =
        us - absl::ToUnixMicros(absl::FromCivil(local, absl::UTCTimeZone()));
    return absl::ToUnixMicros(zone->At(local).pre) + below;
  };
  const auto us = [](int year, int month, int day, int hour, int minute) {
    return absl::ToUnixMicros(
        absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute),
                        absl::UTCTimeZone()));
  };
  std::vector<int64_t> local;
  for (int hour = 0; hour < 24; ++hour) {
    for (const int day : {25, 26, 27, 28}) {
      local.push_back(us(2023, 3, day, hour, 30) + 7);   // 26: skips 02:30
      local.push_back(us(2023, 10, day + 1, hour, 30));  // 29: repeats 02:30
      local.push_back(us(2023, 7, day, hour, 59));
    }
  }
  std::vector<int64_t> expected;
  for (const int64_t each : local) expected.push_back(*to_utc(each));
  calls = 0;
  InputOptions options;
  options.local_to_utc = to_utc;
  EXPECT_THAT(*At(Numbers<int64_t>("tsu:", local), options),
              ::testing::ElementsAreArray(expected));
  // Twice for each of 12 days, and for each value of the two that change.
  EXPECT_EQ(calls, 2 * 12 + 2 * 24);
  EXPECT_THAT(*At(Numbers<int32_t>("tdD", {19541}), options),
              ElementsAre(19541 * int64_t{86400000000} - 7200000000));
  options.local_to_utc = [](int64_t) -> absl::StatusOr<int64_t> {
    return absl::OutOfRangeError("no such day");
  };
  EXPECT_THAT(At(Numbers<int64_t>("tsu:", {5}), options),
              IsError(absl::StatusCode::kOutOfRange,
                      "column 'at', row 0: no such day"));
}

}  // namespace
}  // namespace trato::core
