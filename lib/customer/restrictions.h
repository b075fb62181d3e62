// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Records whose data may be kept and not used: the customer is in no segment
// and in no decision. While records are linked the restriction of one holds for
// all of them.

#ifndef TRATO_CUSTOMER_RESTRICTIONS_H_
#define TRATO_CUSTOMER_RESTRICTIONS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/id.h"
#include "base/interner.h"
#include "customer/link_graph.h"

namespace trato::core {

class Restrictions {
 public:
  // Versions are ordered by (event time, source, fact id).
  struct Version {
    int64_t at_us = 0;
    uint32_t source = 0;  // interned
    FactId fact;
    bool restricted = false;
    std::string reason;
  };

  // `names` interns sources and outlives this.
  explicit Restrictions(const Interner* names) : names_(names) {}

  void Set(RecordNumber record, Version version);

  // Calls `visit` with each record of which anything was ever said.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [record, versions] : versions_) visit(record);
  }

  // What restricts one of the records at `now_us`, the one since when it is
  // longest; null: nothing does.
  const Version* Find(std::span<const RecordNumber> records,
                      int64_t now_us) const;

  // The first instant after `now_us` from which on anything else was said of
  // one of the records; kNever: there is none.
  int64_t NextChange(std::span<const RecordNumber> records,
                     int64_t now_us) const;

 private:
  bool Before(const Version& a, const Version& b) const;

  const Interner* names_;
  absl::flat_hash_map<RecordNumber, std::vector<Version>> versions_;  // sorted
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_RESTRICTIONS_H_
