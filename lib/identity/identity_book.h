// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store knows about resolving identities: the versions of the definition
// and what was proposed. Links themselves are the customers'.

#ifndef TRATO_IDENTITY_IDENTITY_BOOK_H_
#define TRATO_IDENTITY_IDENTITY_BOOK_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/id.h"
#include "identity/definitions.h"
#include "schema/schema.h"

namespace trato::core {

// Links that resolution made are facts of this source.
inline constexpr std::string_view kIdentitySource = "identity";

class IdentityBook {
 public:
  struct Version {
    IdentityDefinition definition;
    int64_t at_us = 0;
    std::string actor;
  };
  // A pair that somebody should look at: to be linked, or unlinked.
  struct Proposal {
    bool unlink = false;
    double bits = 0;       // that spoke for it then
    uint32_t version = 0;  // of the definition, from 1; 0: the usual one
    std::string reason;
    int64_t at_us = 0;
    FactId fact;

    auto order() const { return std::pair(at_us, fact); }
  };
  using Pair = std::pair<uint32_t, uint32_t>;  // records, the smaller first

  // INVALID_ARGUMENT that names the field.
  static absl::Status Check(const IdentityDefinition& definition);
  // Whether it is in force already; one without a model is as the one with.
  bool Knows(const IdentityDefinition& definition) const;
  void Define(const IdentityDefinition& definition, int64_t at_us,
              std::string_view actor);
  // In order of time; numbered from 1.
  const std::vector<Version>& versions() const { return versions_; }
  // The one in force, and its number; null and 0: none is.
  std::pair<const IdentityDefinition*, uint32_t> At(int64_t now_us) const;

  void Propose(uint32_t one, uint32_t other, Proposal proposal);
  // The last word on each pair, whether or not it is still open.
  const std::map<Pair, Proposal>& proposals() const { return proposals_; }

 private:
  std::vector<Version> versions_;
  std::map<Pair, Proposal> proposals_;
};

// A definition that knows attributes and namespaces by their names.
IdentityDefinition UsualDefinition(const Schema& schema);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_IDENTITY_BOOK_H_
