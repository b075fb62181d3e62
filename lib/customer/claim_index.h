// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside customer only: who claims which identifier, found by either.

#ifndef TRATO_CUSTOMER_CLAIM_INDEX_H_
#define TRATO_CUSTOMER_CLAIM_INDEX_H_

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index_container.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/name_table.h"
#include "customer/customer_store.h"

namespace trato::core {

// An identifier by its number in the table: its text is kept and hashed once.
struct ClaimEntry {
  uint32_t identifier;
  RecordNumber record;
};
struct ByIdentifier {};
struct ByRecord {};

using ClaimIndex = boost::multi_index_container<
    ClaimEntry, boost::multi_index::indexed_by<
                    boost::multi_index::hashed_non_unique<
                        boost::multi_index::tag<ByIdentifier>,
                        boost::multi_index::member<ClaimEntry, uint32_t,
                                                   &ClaimEntry::identifier>>,
                    boost::multi_index::hashed_non_unique<
                        boost::multi_index::tag<ByRecord>,
                        boost::multi_index::member<ClaimEntry, RecordNumber,
                                                   &ClaimEntry::record>>>>;

struct CustomerStore::Claims {
  NameTable identifiers;
  ClaimIndex index;

  // Who claims it, as a range.
  auto Of(std::string_view identifier) const {
    const auto& by_identifier = index.get<ByIdentifier>();
    const std::optional<uint32_t> number = identifiers.Find(identifier);
    return number ? by_identifier.equal_range(*number)
                  : std::pair(by_identifier.end(), by_identifier.end());
  }
  std::string_view TextOf(const ClaimEntry& claim) const {
    return identifiers.Text(claim.identifier);
  }
};

template <typename Visit>
void CustomerStore::ForEachClaim(RecordNumber record, Visit visit) const {
  if (parts_ != nullptr) {
    const std::string_view name = RecordName(record);
    parts_->ForEachClaim(record, [&](std::string_view identifier) {
      // Its own name is no claim.
      if (identifier != name) visit(identifier);
      return true;
    });
  }
  auto [begin, end] = claims_->index.get<ByRecord>().equal_range(record);
  for (auto it = begin; it != end; ++it) visit(claims_->TextOf(*it));
}

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_CLAIM_INDEX_H_
