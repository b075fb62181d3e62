// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Records, the identifiers they claim, what they say of their customer, and
// which of them are one customer. A record comes to exist with the first fact
// that names it; its id is the hash of its name. A customer is named by its
// leader, the record with the smallest id, which is its public id.

#ifndef TRATO_CUSTOMER_CUSTOMER_STORE_H_
#define TRATO_CUSTOMER_CUSTOMER_STORE_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "base/id.h"
#include "base/interner.h"
#include "base/stable_vector.h"
#include "base/strings.h"
#include "customer/link_graph.h"
#include "schema/value.h"

namespace trato::core {

// One version of an attribute. Versions are ordered by (event time, source,
// fact id), never by arrival.
struct AttributeVersion {
  int64_t at_us = 0;
  uint32_t source = 0;  // interned
  FactId fact;
  Value value;  // none: taken away
};

class CustomerStore {
 public:
  // `names` interns attribute names and sources and outlives this.
  explicit CustomerStore(const Interner* names);
  ~CustomerStore();

  // ---- Writing. Nothing here fails: what comes in has been checked.

  // The record of this name, made when it is new. `at_us` is when the fact that
  // names it happened: a record is known from the earliest of these on.
  RecordNumber Touch(std::string_view name, int64_t at_us);
  // As if a fact had named the record then, whatever it was.
  void TouchRecord(RecordNumber record, int64_t at_us) {
    int64_t& first_us = records_[record].first_us;
    if (at_us < first_us) {
      first_us = at_us;
      if (record < earlier_below_) earlier_.push_back(record);
    }
  }
  // Makes the next record, which nothing has named yet: what is kept elsewhere
  // goes by its number.
  RecordNumber Add(std::string_view name);
  void Reserve(size_t records);
  // Takes back the records that were added last, which nothing has named.
  void DropLast(size_t count);
  // After a record was added and then named: its own name may be an identifier
  // that others have claimed.
  void Admit(RecordNumber record);
  void SetAttribute(RecordNumber record, uint32_t attribute,
                    AttributeVersion version);
  void Claim(RecordNumber record, std::string_view identifier);
  void SetUnique(std::string_view name_space, bool unique);
  void SetPair(RecordNumber a, RecordNumber b, PairState state);

  // ---- Reading.

  std::optional<RecordNumber> FindRecord(std::string_view name) const;
  std::string_view RecordName(RecordNumber record) const {
    return records_[record].name;
  }
  // Computed anew: some 0.3 us.
  RecordId IdOf(RecordNumber record) const {
    return RecordId::Of(records_[record].name);
  }
  // When the first fact that names it happened; INT64_MAX: none has.
  int64_t FirstSeen(RecordNumber record) const {
    return records_[record].first_us;
  }
  // The records below the number whose first_us has become earlier since this
  // was called last.
  std::vector<RecordNumber> TakeEarlier(RecordNumber below_from_now);
  size_t record_count() const { return records_.size(); }
  // Whether a fact was heard of it: in a past, others have a number only, and
  // nobody finds them.
  bool IsNamed(RecordNumber record) const {
    return records_[record].first_us != std::numeric_limits<int64_t>::max();
  }
  size_t named_count() const;
  size_t claim_count() const;
  PairState StateOf(RecordNumber a, RecordNumber b) const {
    return graph_.StateOf(a, b);
  }

  // The leader of the customer that the record belongs to.
  RecordNumber LeaderOf(RecordNumber record) const {
    return records_[record].leader;
  }
  // All records of the customer led by `leader`, by id.
  std::span<const RecordNumber> RecordsOf(RecordNumber leader) const;

  // The leader of the one customer with this identifier: a record's name, a
  // claimed identifier, or "id:" and a public id or alias.
  // NOT_FOUND; FAILED_PRECONDITION when several customers have it.
  absl::StatusOr<RecordNumber> Resolve(std::string_view identifier) const;
  // The record that the identifier names: of those that claim it the one with
  // the smallest id. Errors as above.
  absl::StatusOr<RecordNumber> ResolveRecord(std::string_view identifier) const;

  // The identifiers that the record claims beside its name, sorted.
  std::vector<std::string_view> ClaimsOf(RecordNumber record) const;

  // The version in force at `now_us` over all records of the customer, or null;
  // `owner` (may be null) gets the record that says it.
  const AttributeVersion* AttributeAt(RecordNumber leader, uint32_t attribute,
                                      int64_t now_us,
                                      RecordNumber* owner = nullptr) const;
  // The attributes of which the customer's records have any version.
  std::vector<uint32_t> AttributesOf(RecordNumber leader) const;

  // Whether any fact about the customer is dated at or before `now_us`.
  bool IsKnown(RecordNumber leader, int64_t now_us) const;

  // Calls `visit` with the leader of each customer known at `now_us`, in order
  // of record number.
  template <typename Visit>
  void ForEachCustomer(int64_t now_us, Visit visit) const {
    for (RecordNumber record = 0; record < records_.size(); ++record) {
      if (records_[record].leader == record && IsKnown(record, now_us)) {
        visit(record);
      }
    }
  }

  // Whether unlinking the pair would leave them one customer, by links made by
  // hand: then a record that `a` is linked to on the way.
  std::optional<RecordNumber> JoinedBy(RecordNumber a, RecordNumber b) const;
  // Whether linking the pair would make one customer of two records that were
  // unlinked: then these two.
  std::optional<LinkGraph::Pair> KeptApart(RecordNumber a,
                                           RecordNumber b) const;

 private:
  struct Attribute {
    uint32_t name;
    std::vector<AttributeVersion> versions;  // sorted
  };
  struct Record {
    RecordNumber leader = 0;
    int64_t first_us = 0;
    std::string name;
    std::unique_ptr<std::vector<Attribute>> attributes;  // null: none
  };
  struct Claims;
  // The set of records, found by name.
  struct HashName {
    using is_transparent = void;
    const StableVector<Record>* records;
    size_t operator()(RecordNumber record) const {
      return StringHash{}((*records)[record].name);
    }
    size_t operator()(std::string_view name) const {
      return StringHash{}(name);
    }
  };
  struct SameName {
    using is_transparent = void;
    const StableVector<Record>* records;
    bool operator()(RecordNumber a, RecordNumber b) const { return a == b; }
    bool operator()(RecordNumber a, std::string_view b) const {
      return (*records)[a].name == b;
    }
    bool operator()(std::string_view a, RecordNumber b) const {
      return (*records)[b].name == a;
    }
  };

  bool IsUnique(std::string_view identifier) const;
  std::vector<RecordNumber> Claimants(std::string_view identifier) const;
  LinkGraph::Identifiers identifiers() const;
  // Finds the customers anew of everybody who is or may become joined to one of
  // these records.
  void Regroup(std::vector<RecordNumber> seeds);
  bool Before(const AttributeVersion& a, const AttributeVersion& b) const;
  std::span<const Attribute> AttributesIn(RecordNumber record) const;
  std::optional<RecordNumber> FindId(const Id& id) const;

  const Interner* names_;
  StableVector<Record> records_;
  absl::flat_hash_set<RecordNumber, HashName, SameName> by_name_;
  RecordNumber earlier_below_ = 0;
  std::vector<RecordNumber> earlier_;
  // Made when somebody first asks by id, and then kept up by who asks.
  mutable absl::Mutex by_id_mutex_;
  mutable absl::flat_hash_map<Id, RecordNumber> by_id_
      ABSL_GUARDED_BY(by_id_mutex_);
  mutable RecordNumber by_id_until_ ABSL_GUARDED_BY(by_id_mutex_) = 0;
  // The customers of more than one record, by leader; their records by id.
  absl::flat_hash_map<RecordNumber, std::vector<RecordNumber>> groups_;
  std::unique_ptr<Claims> claims_;
  StringHashMap<bool> unique_;
  LinkGraph graph_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_CUSTOMER_STORE_H_
