// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: what resolving one record and resolving all have in common.

#ifndef TRATO_ENGINE_IDENTITY_PARTS_H_
#define TRATO_ENGINE_IDENTITY_PARTS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codec/identity_answers.h"
#include "engine/store_identity.h"
#include "engine/store_impl.h"
#include "identity/identity_book.h"

namespace trato::core {

// What becomes of a pair.
inline constexpr std::string_view kLink = "link";
inline constexpr std::string_view kUnlink = "unlink";
inline constexpr std::string_view kPropose = "propose";
inline constexpr std::string_view kRefuse = "refuse";
inline constexpr std::string_view kNothing = "nothing";

// FAILED_PRECONDITION: identities are resolved among all customers.
absl::Status CheckNoView(const Store& store);

// The definition that is in force, its number, and its model.
struct InForce {
  IdentityDefinition definition;
  uint32_t version = 0;
  IdentityModel model;
};
InForce FindInForce(const State& state, int64_t now_us);

// Facts of the source kIdentitySource, by the names of the records.
NewFact LinkOf(const State& state, RecordNumber a, RecordNumber b, bool linked,
               std::string reason, int64_t now_us, const WriteOptions& write);
NewFact ProposalOf(const State& state, const IdentityPair& pair, bool unlink,
                   uint32_t version, int64_t now_us, const WriteOptions& write);

// Whether somebody still has to look at it.
bool IsOpen(const State& state, const IdentityBook::Pair& pair,
            const IdentityBook::Proposal& proposal);
bool IsProposed(const State& state, RecordNumber a, RecordNumber b, bool unlink);

// In words, and what the host's judge made of it where that is something else.
std::string WhyOf(const PairExplanation& explanation, double bits);

// A record of that name, or the one that claims the identifier. NOT_FOUND.
absl::StatusOr<RecordNumber> FindRecord(const State& state,
                                        std::string_view field,
                                        std::string_view name);

}  // namespace trato::core

#endif  // TRATO_ENGINE_IDENTITY_PARTS_H_
