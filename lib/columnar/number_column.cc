// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/number_column.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/numeric/int128.h"
#include "base/calendar.h"
#include "base/money.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

constexpr int64_t kDayUs = 86400000000;

int64_t FloorDiv(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Calls function(T()) with the C++ type of a column of whole numbers.
template <typename Function>
auto WithWhole(ArrowKind kind, Function function) {
  switch (kind) {
    case ArrowKind::kInt8:
      return function(int8_t());
    case ArrowKind::kInt16:
      return function(int16_t());
    case ArrowKind::kInt32:
      return function(int32_t());
    case ArrowKind::kUint8:
      return function(uint8_t());
    case ArrowKind::kUint16:
      return function(uint16_t());
    case ArrowKind::kUint32:
      return function(uint32_t());
    case ArrowKind::kUint64:
      return function(uint64_t());
    default:
      return function(int64_t());
  }
}

// Makes the column's values of those of the slice, row after row, with
// make(value, &out), which says whether that went well; `fail` tells why not.
template <typename T, typename Column, typename Make, typename Fail>
absl::Status Transform(const ArraySlice& slice, Column* column, Make make,
                       Fail fail) {
  column->present = true;
  column->values.resize(static_cast<size_t>(slice.rows));
  auto* out = column->values.data();
  const void* values = slice.buffer(1);
  if (slice.validity == nullptr) {
    for (int64_t i = 0; i < slice.rows; ++i) {
      if (!make(i, Load<T>(values, slice.offset + i), out + i)) return fail(i);
    }
    return absl::OkStatus();
  }
  column->nulls = NullsOf(slice);
  for (int64_t i = 0; i < slice.rows; ++i) {
    if (column->nulls[static_cast<size_t>(i)]) continue;
    if (!make(i, Load<T>(values, slice.offset + i), out + i)) return fail(i);
  }
  return absl::OkStatus();
}

absl::uint128 PowerOfTen(int exponent) {
  absl::uint128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// value * 10^shift, rounded; false when it does not fit.
bool Shift(absl::int128 value, int shift, int64_t* out) {
  // 38 digits fit in 128 bits.
  const bool negative = value < 0;
  absl::uint128 size = negative ? -static_cast<absl::uint128>(value)
                                : static_cast<absl::uint128>(value);
  if (shift >= 0) {
    for (; shift > 0 && size != 0; --shift) {
      if (size > absl::uint128(uint64_t{1} << 63)) return false;
      size *= 10;
    }
  } else if (shift < -38) {
    size = 0;  // 2^127 is less than half of 10^39
  } else {
    const absl::uint128 power = PowerOfTen(-shift);
    const absl::uint128 rest = size % power;
    size /= power;
    if (rest >= power - rest) size += 1;
  }
  const absl::uint128 limit =
      absl::uint128(uint64_t{1} << 63) - (negative ? 0 : 1);
  if (size > limit) return false;
  const uint64_t low = absl::Uint128Low64(size);
  *out = static_cast<int64_t>(negative ? ~low + 1 : low);
  return true;
}

// The decimal number at `row`; false when it is wider than 128 bits.
bool LoadDecimal(const void* values, int width, int64_t row,
                 absl::int128* out) {
  switch (width) {
    case 4:
      *out = Load<int32_t>(values, row);
      return true;
    case 8:
      *out = Load<int64_t>(values, row);
      return true;
    default: {
      const char* at = static_cast<const char*>(values) + row * width;
      const auto low = Load<uint64_t>(at, 0);
      const auto high = Load<int64_t>(at, 1);
      *out = absl::MakeInt128(high, low);
      const int64_t sign = high < 0 ? -1 : 0;
      return width == 16 ||
             (Load<int64_t>(at, 2) == sign && Load<int64_t>(at, 3) == sign);
    }
  }
}

template <typename Column, typename Make, typename Fail>
absl::Status TransformDecimals(const ArraySlice& slice, int width,
                               Column* column, Make make, Fail fail) {
  column->present = true;
  column->values.resize(static_cast<size_t>(slice.rows));
  column->nulls = NullsOf(slice);
  for (int64_t i = 0; i < slice.rows; ++i) {
    if (slice.IsNull(i)) continue;
    absl::int128 value;
    if (!LoadDecimal(slice.buffer(1), width, slice.offset + i, &value) ||
        !make(i, value, &column->values[static_cast<size_t>(i)])) {
      return fail(i);
    }
  }
  return absl::OkStatus();
}

// The number as its shortest decimal says, times 10^digits; false when it does
// not fit.
template <typename Float>
bool ShiftShortest(Float value, int digits, int64_t* out) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof(text), value,
                                 std::chars_format::scientific)
                       .ptr;
  // "-1.2345e+06": at most 17 digits before the exponent.
  const std::string_view number(text, static_cast<size_t>(end - text));
  const size_t e = number.find('e');
  const absl::StatusOr<Decimal> mantissa = ParseDecimal(number.substr(0, e));
  if (!mantissa.ok()) return false;
  int exponent = 0;
  const char* from = text + e + 1;
  std::from_chars(*from == '+' ? from + 1 : from, end, exponent);
  return Shift(mantissa->units, exponent - mantissa->scale + digits, out);
}

constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
constexpr int kPowerCount = 7;

bool ScaleDouble(double value, int digits, int64_t* out) {
  // Where doubles stand so close that no half is near, the product tells the
  // same as the decimal would; near a half only the decimal tells.
  constexpr double kExact = 1e11;
  if (digits >= 0 && digits < kPowerCount) {
    const double product = value * kPowers[digits];
    if (std::abs(product) < kExact) {
      const auto whole = static_cast<int64_t>(product);
      const double rest = std::abs(product - static_cast<double>(whole));
      if (std::abs(rest - 0.5) > 1e-4) {
        *out = whole + (rest > 0.5 ? (product < 0 ? -1 : 1) : 0);
        return true;
      }
    }
  }
  return std::isfinite(value) && ShiftShortest(value, digits, out);
}

absl::Status NotFinite(const ColumnPlace& place, int64_t row) {
  return place.Invalid(row, "is not a finite number");
}

// Years 1 to 9999, as all instants of a store.
absl::Status CheckInstants(const Int64Column& column,
                           const ColumnPlace& place) {
  bool bad = false;
  for (const int64_t us : column.values) {
    bad |= us < kMinInstant || us > kMaxInstant;
  }
  for (size_t i = 0; bad && i < column.values.size(); ++i) {
    const int64_t us = column.values[i];
    if (column.IsNull(i) || (us >= kMinInstant && us <= kMaxInstant)) continue;
    return place.Error(absl::StatusCode::kOutOfRange, static_cast<int64_t>(i),
                       "is outside the years 1 to 9999");
  }
  return absl::OkStatus();
}

}  // namespace

int64_t LocalTime::OffsetOf(int64_t day) const {
  const absl::StatusOr<int64_t> begin = convert_(day * kDayUs);
  const absl::StatusOr<int64_t> end = convert_((day + 1) * kDayUs);
  if (!begin.ok() || !end.ok() || *end - *begin != kDayUs) return kMixed;
  return *begin - day * kDayUs;
}

absl::StatusOr<int64_t> LocalTime::ToUtc(int64_t local_us) {
  const int64_t day = FloorDiv(local_us, kDayUs);
  if (day != last_day_) {
    auto [found, added] = offsets_.try_emplace(day);
    if (added) found->second = OffsetOf(day);
    last_day_ = day;
    last_offset_ = found->second;
  }
  if (last_offset_ == kMixed) return convert_(local_us);
  return local_us + last_offset_;
}

absl::Status ReadWhole(const ArraySlice& slice, const ArrowType& type,
                       const ColumnPlace& place, Int64Column* column) {
  if (type.Is(ArrowKind::kNull)) return absl::OkStatus();
  if (type.Is(ArrowKind::kDecimal)) {
    const auto make = [&](int64_t, absl::int128 value, int64_t* out) {
      // No fraction: shifted there and back it is the same.
      int scale = type.scale;
      for (; scale > 0 && value % 10 == 0 && value != 0; --scale) value /= 10;
      return (scale <= 0 || value == 0) && Shift(value, -scale, out);
    };
    return TransformDecimals(slice, type.width, column, make, [&](int64_t row) {
      return place.Invalid(row, "is no whole number of 64 bits");
    });
  }
  return WithWhole(type.kind, [&](auto zero) {
    using T = decltype(zero);
    return Transform<T>(
        slice, column,
        [](int64_t, T value, int64_t* out) {
          *out = static_cast<int64_t>(value);
          return !std::is_same_v<T, uint64_t> || *out >= 0;
        },
        [&](int64_t row) { return place.OutOfRange(row); });
  });
}

absl::Status ReadScaled(const ArraySlice& slice, const ArrowType& type,
                        const Digits& digits, const ColumnPlace& place,
                        Int64Column* column) {
  const auto too_large = [&](int64_t row) { return place.OutOfRange(row); };
  if (type.Is(ArrowKind::kNull)) return absl::OkStatus();
  if (type.Is(ArrowKind::kDecimal)) {
    const auto make = [&](int64_t row, absl::int128 value, int64_t* out) {
      return Shift(value, digits.At(row) - type.scale, out);
    };
    return TransformDecimals(slice, type.width, column, make, too_large);
  }
  if (type.Is(ArrowKind::kDouble)) {
    const auto make = [&](int64_t row, double value, int64_t* out) {
      return ScaleDouble(value, digits.At(row), out);
    };
    return Transform<double>(slice, column, make, [&](int64_t row) {
      return std::isfinite(Load<double>(slice.buffer(1), slice.offset + row))
                 ? too_large(row)
                 : NotFinite(place, row);
    });
  }
  if (type.Is(ArrowKind::kFloat)) {
    const auto make = [&](int64_t row, float value, int64_t* out) {
      return std::isfinite(value) && ShiftShortest(value, digits.At(row), out);
    };
    return Transform<float>(slice, column, make, [&](int64_t row) {
      return std::isfinite(Load<float>(slice.buffer(1), slice.offset + row))
                 ? too_large(row)
                 : NotFinite(place, row);
    });
  }
  return WithWhole(type.kind, [&](auto zero) {
    using T = decltype(zero);
    const auto make = [&](int64_t row, T value, int64_t* out) {
      return Shift(absl::int128(value), digits.At(row), out);
    };
    return Transform<T>(slice, column, make, too_large);
  });
}

absl::Status ReadInstant(const ArraySlice& slice, const ArrowType& type,
                         LocalTime* local, const ColumnPlace& place,
                         Int64Column* column) {
  if (type.Is(ArrowKind::kNull)) return absl::OkStatus();
  const auto too_large = [&](int64_t row) { return place.OutOfRange(row); };
  const auto times = [](int64_t factor) {
    return [factor](int64_t, auto value, int64_t* out) {
      return !__builtin_mul_overflow(int64_t{value}, factor, out);
    };
  };
  bool is_local = true;
  if (type.IsWhole()) {
    is_local = false;
    TRATO_RETURN_IF_ERROR(ReadWhole(slice, type, place, column));
  } else if (type.Is(ArrowKind::kDate32)) {
    TRATO_RETURN_IF_ERROR(
        Transform<int32_t>(slice, column, times(kDayUs), too_large));
  } else if (type.Is(ArrowKind::kDate64)) {
    TRATO_RETURN_IF_ERROR(
        Transform<int64_t>(slice, column, times(1000), too_large));
  } else {
    is_local = !type.zoned;
    absl::Status read;
    if (type.ticks_per_second > 1000000) {
      read = Transform<int64_t>(
          slice, column,
          [](int64_t, int64_t value, int64_t* out) {
            *out = FloorDiv(value, 1000);
            return true;
          },
          too_large);
    } else if (type.ticks_per_second == 1000000) {
      read = Transform<int64_t>(
          slice, column,
          [](int64_t, int64_t value, int64_t* out) {
            *out = value;
            return true;
          },
          too_large);
    } else {
      read = Transform<int64_t>(
          slice, column, times(1000000 / type.ticks_per_second), too_large);
    }
    TRATO_RETURN_IF_ERROR(read);
  }
  TRATO_RETURN_IF_ERROR(CheckInstants(*column, place));
  if (!is_local) return absl::OkStatus();
  for (size_t i = 0; i < column->values.size(); ++i) {
    if (column->IsNull(i)) continue;
    absl::StatusOr<int64_t> utc = local->ToUtc(column->values[i]);
    if (!utc.ok()) {
      return place.Error(utc.status().code(), static_cast<int64_t>(i),
                         ToStd(utc.status().message()));
    }
    column->values[i] = *utc;
  }
  return CheckInstants(*column, place);
}

absl::Status ReadBool(const ArraySlice& slice, const ArrowType& type,
                      const ColumnPlace&, Int64Column* column) {
  if (type.Is(ArrowKind::kNull)) return absl::OkStatus();
  column->present = true;
  column->nulls = NullsOf(slice);
  column->values.resize(static_cast<size_t>(slice.rows));
  for (int64_t i = 0; i < slice.rows; ++i) {
    column->values[static_cast<size_t>(i)] =
        LoadBit(slice.buffer(1), slice.offset + i);
  }
  return absl::OkStatus();
}

absl::Status ReadDouble(const ArraySlice& slice, const ArrowType& type,
                        const ColumnPlace& place, DoubleColumn* column) {
  const auto not_finite = [&](int64_t row) { return NotFinite(place, row); };
  const auto widen = [](int64_t, auto value, double* out) {
    *out = static_cast<double>(value);
    return std::isfinite(*out);
  };
  if (type.Is(ArrowKind::kNull)) return absl::OkStatus();
  if (type.Is(ArrowKind::kDouble)) {
    return Transform<double>(slice, column, widen, not_finite);
  }
  if (type.Is(ArrowKind::kFloat)) {
    return Transform<float>(slice, column, widen, not_finite);
  }
  if (type.Is(ArrowKind::kDecimal)) {
    const double power = std::pow(10.0, std::abs(type.scale));
    const auto make = [&](int64_t, absl::int128 value, double* out) {
      const auto number = static_cast<double>(value);
      *out = type.scale < 0 ? number * power : number / power;
      return std::isfinite(*out);
    };
    return TransformDecimals(slice, type.width, column, make, [&](int64_t row) {
      return place.Error(absl::StatusCode::kOutOfRange, row,
                         "does not fit in a double");
    });
  }
  return WithWhole(type.kind, [&](auto zero) {
    return Transform<decltype(zero)>(slice, column, widen, not_finite);
  });
}

}  // namespace trato::core
