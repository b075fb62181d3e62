// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A person's rights: her data kept and not used, everything held on her, and
// who changed what.

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "codec/fact_codec.h"
#include "codec/rights_answers.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// The facts of the log that are no interactions and that `is_wanted`, dated by
// `now_us`, in order. The caller holds `writer`. What is about one record alone
// is looked for in those of `leader`, where there is one. Cost: reads all else.
absl::StatusOr<std::vector<LoggedFact>> FactsOf(
    const Store::Impl& impl, std::optional<RecordNumber> leader, int64_t now_us,
    const std::function<bool(const Fact&)>& is_wanted) {
  if (impl.is_past) {
    return absl::FailedPreconditionError(
        "the log is read from the store itself, not from a past of it; give "
        "now_us");
  }
  std::vector<LoggedFact> facts;
  const auto add_fact = [&](uint64_t at, Fact fact) {
    if (fact.event_us <= now_us &&
        !std::holds_alternative<InteractionFact>(fact.payload) &&
        is_wanted(fact)) {
      facts.push_back({std::move(fact), at});
    }
    return absl::OkStatus();
  };
  const auto add = [&](uint64_t at, std::string_view entry) -> absl::Status {
    if (at > impl.position) return absl::OkStatus();
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    for (Fact& fact : decoded.facts) {
      TRATO_RETURN_IF_ERROR(add_fact(at, std::move(fact)));
    }
    return absl::OkStatus();
  };
  if (!impl.path.empty()) {
    if (impl.file == nullptr) return impl.CheckOpen();
    TRATO_RETURN_IF_ERROR(Store::Impl::ForEachSealedEntry(*impl.file, add));
    std::optional<std::span<const RecordNumber>> records;
    if (leader) records = impl.state->customers.RecordsOf(*leader);
    TRATO_RETURN_IF_ERROR(impl.ForEachRecordFact(records, add_fact));
  }
  for (const auto& [at, entry] : impl.unsealed) {
    TRATO_RETURN_IF_ERROR(add(at, entry));
  }
  std::stable_sort(facts.begin(), facts.end(),
                   [](const LoggedFact& a, const LoggedFact& b) {
                     return std::tuple(a.fact.event_us,
                                       std::string_view(a.fact.source),
                                       a.position) <
                            std::tuple(b.fact.event_us,
                                       std::string_view(b.fact.source),
                                       b.position);
                   });
  return facts;
}

// Whether the coupon is hers, or a redemption of it that `is_meant`.
template <typename IsMeant>
bool IsHersToTell(const State& state, RecordNumber leader,
                  const CouponHash& hash, IsMeant is_meant) {
  const Coupon* const coupon = state.coupons.Find(hash);
  if (coupon == nullptr) return false;
  const auto is_she = [&](uint32_t record) {
    return record != CouponTerms::kNone &&
           state.customers.LeaderOf(record) == leader;
  };
  bool is_hers = is_she(state.coupons.TermsOf(*coupon).record);
  state.coupons.ForEachRedemption(*coupon, [&](const CouponRedemption& it) {
    is_hers = is_hers || (is_meant(it) && is_she(it.record));
  });
  return is_hers;
}

// Whether the fact is about the customer led by `leader`.
bool IsAbout(const State& state, RecordNumber leader, const Fact& fact) {
  bool is_hers = false;
  const auto add = [&](std::string_view name) {
    const auto record = state.customers.FindRecord(name);
    is_hers = is_hers || (record && state.customers.LeaderOf(*record) == leader);
  };
  ForEachRecordName(fact, add);
  if (const auto* outcome = std::get_if<OutcomeFact>(&fact.payload)) {
    // What came by conversation is hers where the conversation is.
    if (!outcome->conversation.empty()) {
      state.decisions.ForEach([&](const Decision& it) {
        is_hers = is_hers || (it.conversation == outcome->conversation &&
                              state.customers.LeaderOf(it.record) == leader);
      });
      return is_hers;
    }
    const auto decision = state.decisions.Find(outcome->decision);
    is_hers = decision.ok() &&
              state.customers.LeaderOf((*decision)->record) == leader;
  } else if (const auto* used =
                 std::get_if<CouponRedemptionFact>(&fact.payload)) {
    // Facts of the log have no ids yet.
    is_hers = IsHersToTell(
        state, leader, used->hash,
        [&](const auto& it) { return it.at_us == fact.event_us; });
  } else if (const auto* reversal =
                 std::get_if<CouponReversalFact>(&fact.payload)) {
    is_hers = IsHersToTell(
        state, leader, reversal->hash,
        [&](const auto& it) { return it.fact == reversal->redemption; });
  }
  return is_hers;
}

bool Defines(const Fact& fact, std::string_view name) {
  const auto* definition = DefinitionIn(fact.payload);
  return definition != nullptr && NameOfDefinition(*definition).second == name;
}

}  // namespace

absl::Status Store::RestrictCustomer(std::string_view customer, bool restricted,
                                     std::string_view reason, int64_t at_us,
                                     int64_t now_us,
                                     const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, impl_->Resolve(customer, now_us));
  // Each of her records, so that it stays when they are unlinked.
  std::vector<NewFact> facts;
  for (RecordNumber record : impl_->state->customers.RecordsOf(leader)) {
    Fact fact = Impl::Envelope(at_us, now_us, options);
    fact.payload = RestrictionFact{
        std::string(impl_->state->customers.RecordName(record)), restricted,
        std::string(reason)};
    facts.push_back({std::move(fact), at_us != kAtNow});
  }
  Impl::CommitOptions how;
  how.buffered = options.buffered;
  how.wants_id = false;
  return impl_->Commit(std::move(facts), now_us, how).status();
}

absl::StatusOr<std::string> Store::AuditJson(std::string_view customer,
                                             std::string_view definition,
                                             uint64_t limit,
                                             int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckText("definition", definition, kMaxNameBytes));
  MutexLock lock(&impl_->writer);
  const State& state = *impl_->state;
  std::optional<RecordNumber> leader;
  if (!customer.empty()) {
    TRATO_ASSIGN_OR_RETURN(leader, impl_->Resolve(customer, now_us));
  }
  TRATO_ASSIGN_OR_RETURN(
      std::vector<LoggedFact> facts,
      FactsOf(*impl_, leader, now_us, [&](const Fact& fact) {
        if (!leader && definition.empty()) return true;
        return (leader && IsAbout(state, *leader, fact)) ||
               (!definition.empty() && Defines(fact, definition));
      }));
  return trato::core::AuditJson(state.model(), facts, limit);
}

absl::StatusOr<std::string> Store::CustomerDocument(std::string_view customer,
                                                    bool as_text,
                                                    int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, impl_->Resolve(customer, now_us));
  TRATO_ASSIGN_OR_RETURN(
      std::vector<LoggedFact> facts,
      FactsOf(*impl_, leader, now_us, [&](const Fact& fact) {
        return IsAbout(state, leader, fact);
      }));
  ReadScope scope;
  std::string document = as_text
                             ? DocumentText(state.model(), leader, facts, now_us)
                             : DocumentJson(state.model(), leader, facts,
                                            now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return document;
}

}  // namespace trato::core
