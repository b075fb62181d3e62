// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where random tests begin: always at one place, or where TRATO_TEST_SEED says.

#ifndef TRATO_TESTS_SUPPORT_SEED_H_
#define TRATO_TESTS_SUPPORT_SEED_H_

#include <cstdint>
#include <cstdlib>

namespace trato::test {

inline uint64_t Seed() {
  const char* text = std::getenv("TRATO_TEST_SEED");
  return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

}  // namespace trato::test

#endif  // TRATO_TESTS_SUPPORT_SEED_H_
