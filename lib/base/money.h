// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Money is a whole number of minor units (pence, cents, yen) with an ISO 4217
// currency. Nothing here goes through a double: decimal text is read exactly,
// arithmetic is checked, and rounding happens in one named place.

#ifndef TRATO_BASE_MONEY_H_
#define TRATO_BASE_MONEY_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"

namespace trato::core {

// An ISO 4217 code; the default is no currency.
class Currency {
 public:
  Currency() = default;

  // INVALID_ARGUMENT for what is not a code in use.
  static absl::StatusOr<Currency> Parse(std::string_view code);

  std::string_view code() const { return {code_, code_[0] ? 3u : 0u}; }
  // Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.
  int digits() const { return digits_; }
  explicit operator bool() const { return code_[0] != 0; }
  auto operator<=>(const Currency&) const = default;

 private:
  char code_[3] = {0, 0, 0};
  int8_t digits_ = 0;
};

struct Money {
  int64_t minor = 0;
  Currency currency;

  auto operator<=>(const Money&) const = default;
};

// A decimal number read exactly: units / 10^scale.
struct Decimal {
  int64_t units = 0;
  int scale = 0;
};

// Reads "12", "-1.5", "+0.001"; at most 18 digits after the point. OUT_OF_RANGE
// when it does not fit, INVALID_ARGUMENT when it is not a number.
absl::StatusOr<Decimal> ParseDecimal(std::string_view text);

// value * 10^-from_scale, as a multiple of 10^-to_scale, rounded half away from
// zero. OUT_OF_RANGE when it does not fit.
absl::StatusOr<int64_t> Rescale(absl::int128 value, int from_scale,
                                int to_scale);

// "1860533.39": in the currency's major unit, without the code.
std::string FormatAmount(Money money);
std::string FormatMinor(int64_t minor, int digits);

// "1860533.39 GBP" read back; the inverse of FormatAmount.
absl::StatusOr<Money> ParseMoney(std::string_view amount, Currency currency);

// False when the result does not fit.
inline bool AddTo(int64_t& sum, int64_t value) {
  return !__builtin_add_overflow(sum, value, &sum);
}

}  // namespace trato::core

#endif  // TRATO_BASE_MONEY_H_
