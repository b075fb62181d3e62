// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: what a store was told, but for interactions, in order of
// its log, to be told once more step by step.

#ifndef TRATO_ENGINE_LOG_FACTS_H_
#define TRATO_ENGINE_LOG_FACTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codec/fact.h"
#include "engine/store_impl.h"

namespace trato::core {

class LogFacts {
 public:
  // What comes next, of the facts sealed by record and of the entries.
  struct Next {
    size_t entry = 0;
    size_t fact = 0;
  };
  using Visit =
      std::function<absl::Status(uint64_t at, std::vector<Fact> facts)>;

  // The caller holds the store's `writer`.
  static absl::StatusOr<std::unique_ptr<LogFacts>> Load(Store::Impl& store);

  // The first after a log position.
  Next After(uint64_t position) const;
  // Visits those from `next` up to the position, which `next` passes.
  absl::Status ForEach(Next& next, uint64_t until, const Visit& visit) const;

 private:
  std::vector<std::pair<uint64_t, std::string>> entries_;
  std::vector<std::pair<uint64_t, Fact>> facts_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_LOG_FACTS_H_
