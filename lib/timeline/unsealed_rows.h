// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What lies outside of blocks, by type and in the order in which scans read it:
// made once for all questions, as they would each go through all of it.

#ifndef TRATO_TIMELINE_UNSEALED_ROWS_H_
#define TRATO_TIMELINE_UNSEALED_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "base/chunked_list.h"
#include "base/mutex.h"
#include "timeline/amendments.h"
#include "timeline/interaction.h"

namespace trato::core {

// One type's rows by record and time.
struct UnsealedRows {
  struct Row {
    uint32_t record = 0;
    Currency currency;
    int64_t at_us = 0;
    int64_t amount_minor = 0;
    const Interaction* it = nullptr;
  };

  void Add(uint32_t record, const Interaction& it) {
    rows.push_back(
        {record, it.amount.currency, it.at_us, it.amount.minor, &it});
    latest_us = std::max(latest_us, it.at_us);
  }
  void Sort();

  std::vector<Row> rows;
  int64_t latest_us = std::numeric_limits<int64_t>::min();
};
using UnsealedRowLists =
    absl::InlinedVector<std::shared_ptr<const UnsealedRows>, 3>;

// The rows of the tail. What is added to it makes a small list beside a large
// one, until they are many. Any thread may ask, while nobody adds.
class TailRows {
 public:
  UnsealedRowLists Of(uint32_t type,
                      const ChunkedList<Interaction>& interactions,
                      const ChunkedList<uint32_t>& records);

 private:
  struct OfType {
    std::shared_ptr<UnsealedRows> large;
    std::shared_ptr<UnsealedRows> small;
    std::vector<UnsealedRows::Row> fresh;  // in neither
  };

  Mutex mutex_;
  size_t seen_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<uint32_t, OfType> types_ ABSL_GUARDED_BY(mutex_);
};

// What amendments leave out and put in, of one type.
struct AmendedRows {
  struct Dropped {
    uint32_t record = 0;
    const AmendedInteraction* it = nullptr;
    // Where its row was found last: run, block and row; 0: nowhere. Runs and
    // blocks get new numbers when their rows move. Read and written as an
    // atomic.
    alignas(8) mutable uint64_t place = 0;
  };
  std::vector<Dropped> dropped;  // by record
  UnsealedRows placed;
};

// The same of each type, as it is when all amendments are in force.
class AmendedRowCache {
 public:
  using Types = absl::flat_hash_map<uint32_t, AmendedRows>;
  // Null where an amendment or what it is about is later than `now_us`.
  std::shared_ptr<const Types> Latest(const Amendments& amendments,
                                      int64_t now_us);

 private:
  Mutex mutex_;
  bool is_made_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t version_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t latest_us_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const Types> types_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_UNSEALED_ROWS_H_
