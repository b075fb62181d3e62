// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How customers are related: households, employers, parent companies. Relations
// are said of records and read of customers, so links carry them along and give
// them back.

#ifndef TRATO_CUSTOMER_RELATION_STORE_H_
#define TRATO_CUSTOMER_RELATION_STORE_H_

#include <cstdint>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/id.h"
#include "base/interner.h"
#include "customer/customer_store.h"

namespace trato::core {

// What was said of two records, from the event time on. Versions are ordered by
// (event time, source, fact id), never by arrival.
struct RelationVersion {
  int64_t at_us = 0;
  uint32_t source = 0;  // interned
  FactId fact;
  bool ended = false;
};

// As far as one walk goes.
inline constexpr size_t kMaxRelated = 10000;

class RelationStore {
 public:
  // Both outlive this.
  RelationStore(const CustomerStore* customers, const Interner* names)
      : customers_(customers), names_(names) {}

  // Of a relation without direction, `record` is that of the smaller name.
  void Set(RecordNumber record, uint32_t relation, RecordNumber other,
           bool has_direction, RelationVersion version);

  // Another customer that one is related to.
  struct Related {
    uint32_t relation;
    bool inverse;        // it is the other's relation to this one
    RecordNumber other;  // the leader
    const RelationVersion* version;
  };
  // Those in force at `now_us`, by name of the relation, direction and id of
  // the other customer; one each, the last said. Relations between records of
  // one customer are none.
  std::vector<Related> Of(RecordNumber leader, int64_t now_us) const;

  // The first instant after `now_us` at which anything that was said of her
  // relations takes effect; kNever: there is none.
  int64_t NextChange(RecordNumber leader, int64_t now_us) const;

  // The customers reached by going along one relation again and again, the
  // nearest first, up to kMaxRelated; each once, and never the first one, so
  // that cycles end.
  struct Reached {
    RecordNumber leader;
    int level;  // 1: related directly
  };
  std::vector<Reached> Reach(RecordNumber leader, uint32_t relation,
                             bool inverse, int levels, int64_t now_us) const;

 private:
  struct Edge {
    RecordNumber record;
    uint32_t relation;
    RecordNumber other;
    bool has_direction;
    std::vector<RelationVersion> versions;  // sorted
  };

  const CustomerStore* customers_;
  const Interner* names_;
  std::vector<Edge> edges_;
  absl::flat_hash_map<std::tuple<RecordNumber, uint32_t, RecordNumber>, size_t>
      places_;
  // Places in edges_, of both ends.
  absl::flat_hash_map<RecordNumber, std::vector<size_t>> of_record_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_RELATION_STORE_H_
