// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How units of the firm, and periods, compare: who was won, kept and lost, what
// they bought, and what that cost.

#ifndef TRATO_ENGINE_STORE_COMPARE_H_
#define TRATO_ENGINE_STORE_COMPARE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "trato/store.h"

namespace trato::core {

struct CompareOptions {
  int64_t since_us = 0;
  std::string_view unit;  // an attribute; empty: the whole alone
  std::vector<std::string_view> types = {"purchase"};
  std::vector<std::string_view> returns;
  struct Cost {
    std::string_view unit;  // empty: the whole
    int64_t acquisition_minor = 0;
    int64_t retention_minor = 0;
  };
  std::vector<Cost> costs;
};

// As JSON; trato.h describes it and its errors.
absl::StatusOr<std::string> CompareJson(const Store& store,
                                        const CompareOptions& options,
                                        int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_COMPARE_H_
