// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside customer only: who claims which identifier, found by either.

#ifndef TRATO_CUSTOMER_CLAIM_INDEX_H_
#define TRATO_CUSTOMER_CLAIM_INDEX_H_

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index_container.hpp>
#include <string>

#include "customer/customer_store.h"

namespace trato::core {

struct ClaimEntry {
  std::string identifier;
  RecordNumber record;
};
struct ByIdentifier {};
struct ByRecord {};

using ClaimIndex = boost::multi_index_container<
    ClaimEntry, boost::multi_index::indexed_by<
                    boost::multi_index::hashed_non_unique<
                        boost::multi_index::tag<ByIdentifier>,
                        boost::multi_index::member<ClaimEntry, std::string,
                                                   &ClaimEntry::identifier>>,
                    boost::multi_index::hashed_non_unique<
                        boost::multi_index::tag<ByRecord>,
                        boost::multi_index::member<ClaimEntry, RecordNumber,
                                                   &ClaimEntry::record>>>>;

struct CustomerStore::Claims {
  ClaimIndex index;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_CLAIM_INDEX_H_
