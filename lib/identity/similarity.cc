// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/similarity.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace trato::core {
namespace {

constexpr size_t kMaxBytes = 64;
constexpr size_t kMaxPrefix = 4;
constexpr double kPrefixBonus = 0.1;

}  // namespace

double JaroWinkler(std::string_view a, std::string_view b) {
  a = a.substr(0, kMaxBytes);
  b = b.substr(0, kMaxBytes);
  if (a == b) return 1;
  if (a.empty() || b.empty()) return 0;
  const size_t longer = std::max(a.size(), b.size());
  const size_t window = longer < 4 ? 0 : longer / 2 - 1;

  // Bit i: that byte has found its like.
  uint64_t of_a = 0;
  uint64_t of_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t from = i > window ? i - window : 0;
    const size_t to = std::min(b.size(), i + window + 1);
    for (size_t j = from; j < to; ++j) {
      if (a[i] != b[j] || (of_b >> j & 1) != 0) continue;
      of_a |= uint64_t{1} << i;
      of_b |= uint64_t{1} << j;
      break;
    }
  }
  const int matches = std::popcount(of_a);
  if (matches == 0) return 0;

  int out_of_order = 0;
  uint64_t rest = of_b;
  for (uint64_t bits = of_a; bits != 0; bits &= bits - 1) {
    out_of_order +=
        a[std::countr_zero(bits)] != b[std::countr_zero(rest)] ? 1 : 0;
    rest &= rest - 1;
  }
  const double m = matches;
  const double jaro = (m / static_cast<double>(a.size()) +
                       m / static_cast<double>(b.size()) +
                       (m - out_of_order / 2) / m) /
                      3;
  size_t prefix = 0;
  while (prefix < std::min({a.size(), b.size(), kMaxPrefix}) &&
         a[prefix] == b[prefix]) {
    ++prefix;
  }
  return jaro + static_cast<double>(prefix) * kPrefixBonus * (1 - jaro);
}

uint32_t BytesIn(std::string_view text) {
  uint32_t bits = 0;
  for (const char c : text) bits |= 1u << (static_cast<unsigned char>(c) & 31);
  return bits;
}

double JaroWinklerBound(std::string_view a, uint32_t in_a, std::string_view b,
                        uint32_t in_b) {
  if (a.empty() || b.empty()) return a.size() == b.size() ? 1 : 0;
  const auto n = static_cast<double>(std::min(a.size(), kMaxBytes));
  const auto m = static_cast<double>(std::min(b.size(), kMaxBytes));
  // Each kind of byte that the other lacks is at least one that finds no like.
  const double matches = std::min(n - std::popcount(in_a & ~in_b),
                                  m - std::popcount(in_b & ~in_a));
  if (matches <= 0) return 0;
  const double jaro = (matches / n + matches / m + 1) / 3;
  size_t prefix = 0;
  while (prefix < std::min({a.size(), b.size(), kMaxPrefix}) &&
         a[prefix] == b[prefix]) {
    ++prefix;
  }
  return jaro + static_cast<double>(prefix) * kPrefixBonus * (1 - jaro);
}

bool IsJaroWinkler(std::string_view a, std::string_view b, double at_least) {
  return JaroWinklerBound(a, BytesIn(a), b, BytesIn(b)) >= at_least &&
         JaroWinkler(a, b) >= at_least;
}

int EditDistance(std::string_view a, std::string_view b, int limit) {
  a = a.substr(0, kMaxBytes);
  b = b.substr(0, kMaxBytes);
  const int n = static_cast<int>(a.size());
  const int m = static_cast<int>(b.size());
  if (std::abs(n - m) > limit) return limit + 1;
  if (n == 0 || m == 0) return n + m;
  // Rows i - 2, i - 1 and i of the table, within `limit` of its diagonal.
  std::array<std::array<int, kMaxBytes + 1>, 3> rows;
  const int far = limit + 1;
  for (int j = 0; j <= m; ++j) rows[0][static_cast<size_t>(j)] = std::min(j, far);
  for (int i = 1; i <= n; ++i) {
    auto& row = rows[static_cast<size_t>(i % 3)];
    const auto& last = rows[static_cast<size_t>((i + 2) % 3)];
    const auto& before = rows[static_cast<size_t>((i + 1) % 3)];
    const int from = std::max(1, i - limit);
    const int to = std::min(m, i + limit);
    row[static_cast<size_t>(from - 1)] = from == 1 ? std::min(i, far) : far;
    int least = far;
    for (int j = from; j <= to; ++j) {
      const auto at = static_cast<size_t>(j);
      const char x = a[static_cast<size_t>(i - 1)];
      const char y = b[at - 1];
      int cost = last[at - 1] + (x == y ? 0 : 1);
      cost = std::min(cost, row[at - 1] + 1);
      if (j < i + limit) cost = std::min(cost, last[at] + 1);
      if (i > 1 && j > 1 && x == b[at - 2] && a[static_cast<size_t>(i - 2)] == y &&
          j - 2 >= i - 2 - limit) {
        cost = std::min(cost, before[at - 2] + 1);
      }
      row[at] = std::min(cost, far);
      least = std::min(least, row[at]);
    }
    if (to < m) row[static_cast<size_t>(to + 1)] = far;
    if (least > limit) return far;
  }
  return rows[static_cast<size_t>(n % 3)][static_cast<size_t>(m)];
}

}  // namespace trato::core
