// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which of a store's records are one person's: found, linked, proposed,
// explained.

#ifndef TRATO_ENGINE_STORE_IDENTITY_H_
#define TRATO_ENGINE_STORE_IDENTITY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "identity/batch.h"
#include "identity/definitions.h"
#include "trato/store.h"

namespace trato::core {

// From now on, and a version of its own. Errors: INVALID_ARGUMENT that names the
// field.
absl::Status DefineIdentity(Store& store, IdentityDefinition definition,
                            int64_t now_us, const WriteOptions& write);
std::string IdentityDefinitionsOf(const Store& store);

// What becomes of what was found.
enum class IdentityMode : uint8_t {
  kApply = 0,    // who is certain enough is linked, the others are proposed
  kPropose = 1,  // nobody is linked
  kDryRun = 2,   // nothing is recorded
};
inline constexpr int kIdentityModes = 3;

// Two records that may be one person's.
struct IdentityCandidate {
  std::string one;  // their names; of a table empty
  std::string other;
  uint64_t one_row = 0;  // of a table
  uint64_t other_row = 0;
  double probability = 0;  // as the weights have it
  std::string comparisons;  // JSON
};
// The host's own model: sets the probabilities that it knows better.
using IdentityJudge = std::function<absl::Status(
    std::span<const IdentityCandidate>, std::span<double> probabilities)>;
struct IdentityJudgeOptions {
  IdentityJudge judge{};  // none: nobody is asked
  double from = 0.01;     // the probability from which on it is asked
};

// One record against all others. NOT_FOUND: there is no such record.
// Cost: some 100 us; the first question reads all records.
absl::StatusOr<std::string> ResolveIdentity(Store& store,
                                            std::string_view record,
                                            IdentityMode mode,
                                            const IdentityJudgeOptions& judge,
                                            int64_t now_us,
                                            const WriteOptions& write);

struct ResolveAllOptions {
  IdentityMode mode = IdentityMode::kApply;
  bool relearn = false;  // although the definition has a model
  uint32_t pairs = 20;   // at most, in the answer
  // In place of the one in force; for a dry run.
  std::optional<IdentityDefinition> definition{};
  IdentityJudgeOptions judge{};
};
// All records at once; what they are does not depend on their order. Others
// read and write meanwhile: what they link or keep apart holds.
absl::StatusOr<std::string> ResolveIdentities(Store& store,
                                              const ResolveAllOptions& options,
                                              int64_t now_us,
                                              const WriteOptions& write);

// Who reads telephone numbers of countries that there is no plan for; empty:
// nobody. Holds for this handle.
absl::Status ReadIdentityPhones(Store& store, PhoneReader reader);

// Proposals on which nobody has said anything yet, the most certain first.
absl::StatusOr<std::string> IdentityReview(const Store& store, uint32_t limit,
                                           int64_t now_us);
// Why two records are one person's or not; `other` empty: why the customer's
// records are one.
absl::StatusOr<std::string> ExplainIdentity(const Store& store,
                                            std::string_view one,
                                            std::string_view other,
                                            int64_t now_us);

// What resolving a table came to, as JSON.
std::string IdentityTableReport(const BatchResult& result, size_t records);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_IDENTITY_H_
