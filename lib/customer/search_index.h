// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Finds customers as people type: part of a name or of an e-mail address, the
// end of a telephone number.
//
// The index says who may answer; the customer's texts in force at the instant
// decide who does. So what it keeps may be more than holds, and nothing in it
// has a date. It is made when somebody first looks for anything, out of the
// customers as they are; after that it takes in the changed ones, as the next
// search begins: they wait in a list that is read through, become a run
// (search_run.h) when they are many, and runs become larger ones.

#ifndef TRATO_CUSTOMER_SEARCH_INDEX_H_
#define TRATO_CUSTOMER_SEARCH_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "customer/search_run.h"
#include "customer/search_text.h"

namespace trato::core {

class SearchIndex {
 public:
  // All of these outlive this.
  SearchIndex(const CustomerStore* customers, const Schema* schema,
              const Interner* names)
      : customers_(customers), fields_(customers, schema, names) {}

  struct Found {
    RecordNumber leader = 0;
    SearchRank rank = SearchRank::kNone;
    // The first of the texts that answer best: an attribute's name or an
    // identifier's namespace, and its value.
    std::string field;
    std::string value;
  };
  // Up to `limit` customers known at `now_us` that answer, best first; among
  // equals those first that came to be known last, then by public id. Nobody
  // changes the customers meanwhile; several may look.
  // Cost: the first search reads all customers; after that, of what changed
  // since the last one, and of the lists that the query meets.
  // `shows` (empty: all) says whom there is to find; it costs one call for each
  // customer who answers, until there are enough.
  std::vector<Found> Find(
      const SearchQuery& query, size_t limit, int64_t now_us,
      const std::function<bool(RecordNumber leader)>& shows = {}) const;

  // What is looked for is something else from now on.
  void Clear();

  size_t bytes() const;

 private:
  using Slot = uint8_t;
  static constexpr Slot kNowhere = 0;
  static constexpr Slot kWaiting = 255;

  // By rank, then as Find says.
  struct Candidate;
  class Collector;
  struct Run {
    Slot slot;
    std::unique_ptr<const SearchRun> run;
  };
  struct Scan;

  void Update() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Rebuild() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Take(RecordNumber record) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes a run of what waits and of the runs that are not much larger.
  void MakeRun() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddRun(std::vector<SearchRun::Customer> customers) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // How well its texts answer, of all times; kNone for what is elsewhere now.
  SearchRank RankAt(const Run& run, uint32_t place,
                    const SearchQuery& query) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void AddFrom(Scan& scan, const SearchQuery& query, SearchRank rank,
               Collector& collector) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  Slot SlotOf(RecordNumber leader) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return leader < slots_.size() ? slots_[leader] : kNowhere;
  }
  int64_t KnownSince(RecordNumber leader) const;

  const CustomerStore* customers_;
  const SearchFields fields_;
  mutable SharedMutex mutex_;
  // False while it is changed: what is left then is no index.
  mutable bool is_good_ ABSL_GUARDED_BY(mutex_) = false;
  mutable std::vector<Run> runs_ ABSL_GUARDED_BY(mutex_);  // largest first
  mutable absl::flat_hash_map<RecordNumber, std::string> waiting_
      ABSL_GUARDED_BY(mutex_);
  // By record: where the customer that it leads is found.
  mutable std::vector<Slot> slots_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_SEARCH_INDEX_H_
