// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Everybody who may be asked about, visited on the host's threads.

#ifndef TRATO_ENGINE_ALL_CUSTOMERS_H_
#define TRATO_ENGINE_ALL_CUSTOMERS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "engine/store_impl.h"

namespace trato::core {

// The leaders of all customers but the restricted ones, in tasks of a fixed
// size, so that what is put together task by task depends on no thread.
class AllCustomers {
 public:
  AllCustomers(const State& state, int64_t now_us) {
    state.customers.ForEachCustomer(now_us, [&](RecordNumber leader) {
      if (state.customers.RestrictionOf(leader, now_us) == nullptr) {
        leaders_.push_back(leader);
      }
    });
  }

  size_t tasks() const {
    return (leaders_.size() + kPerTask - 1) / kPerTask;
  }

  // Calls visit(task, leader) for each.
  template <typename Visit>
  absl::Status ForEach(const Store::Impl& impl, Visit visit) const {
    std::vector<absl::Status> failed(tasks());
    impl.ForEachTask(tasks(), [&](size_t task) {
      ReadScope scope;
      const size_t end = std::min(leaders_.size(), (task + 1) * kPerTask);
      for (size_t i = task * kPerTask; i < end; ++i) visit(task, leaders_[i]);
      failed[task] = scope.status();
    });
    for (const absl::Status& status : failed) TRATO_RETURN_IF_ERROR(status);
    return absl::OkStatus();
  }

 private:
  static constexpr size_t kPerTask = 256;
  std::vector<RecordNumber> leaders_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_ALL_CUSTOMERS_H_
