// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The calls that say who is who: identifiers, kinds, links.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "codec/customer_answers.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// By bit of LinkGuard.
constexpr std::pair<LinkGuard, std::string_view> kGuards[] = {
    {LinkGuard::kApart, "apart"},
    {LinkGuard::kSingle, "single"},
    {LinkGuard::kKind, "kind"},
    {LinkGuard::kSize, "size"}};
constexpr uint32_t kAllGuards = 15;

struct Pair {
  RecordNumber a, b;
};

absl::StatusOr<Pair> FindPair(const CustomerStore& customers,
                              std::string_view one, std::string_view other) {
  TRATO_RETURN_IF_ERROR(CheckRecordName("one", one));
  TRATO_RETURN_IF_ERROR(CheckRecordName("other", other));
  if (one == other) {
    return absl::InvalidArgumentError(
        StrCat("one and other are the same record ", one));
  }
  const auto find = [&](std::string_view field,
                        std::string_view name) -> absl::StatusOr<RecordNumber> {
    auto record = customers.FindRecord(name);
    if (record && customers.IsNamed(*record)) return *record;
    return absl::NotFoundError(StrCat(field, ": there is no record ", name));
  };
  TRATO_ASSIGN_OR_RETURN(RecordNumber a, find("one", one));
  TRATO_ASSIGN_OR_RETURN(RecordNumber b, find("other", other));
  return Pair{a, b};
}

absl::Status Refused(const LinkObjection& objection) {
  std::string text = objection.text;
  if (objection.can_override) {
    for (const auto& [guard, name] : kGuards) {
      if (guard == objection.guard) {
        StrAppend(&text, "; override '", name, "' to link them all the same");
      }
    }
  }
  return absl::FailedPreconditionError(text);
}

}  // namespace

absl::Status Store::DefineNamespace(const NamespaceInput& name_space,
                                    int64_t now_us,
                                    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  // Defined again, they are looked for as before.
  const NamespaceDefinition* known =
      impl_->state->schema.FindNamespace(name_space.name);
  const bool keeps = name_space.unique_alone && known != nullptr;
  const Definition definition = SchemaDefinition(NamespaceDefinition{
      std::string(name_space.name), name_space.unique,
      keeps ? known->single : name_space.single,
      keeps ? known->max_records : name_space.max_records,
      known == nullptr ? Search::kByName : known->search});
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

absl::StatusOr<Written> Store::ClaimIdentifier(std::string_view customer,
                                               std::string_view identifier,
                                               int64_t now_us,
                                               const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.payload = ClaimFact{std::string(customer), std::string(identifier)};
  return impl_->Submit(NewFact{std::move(fact), false}, now_us,
                       options.buffered);
}

absl::StatusOr<Written> Store::SetCustomerKind(std::string_view customer,
                                               uint32_t kind, int64_t at_us,
                                               int64_t now_us,
                                               const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (kind >= static_cast<uint32_t>(kCustomerKindCount)) {
    return absl::InvalidArgumentError(
        StrCat("kind ", kind, " is no kind of customer"));
  }
  Fact fact = Impl::Envelope(at_us, now_us, options);
  fact.payload =
      KindFact{std::string(customer), static_cast<CustomerKind>(kind)};
  return impl_->Submit(NewFact{std::move(fact), at_us != kAtNow}, now_us,
                       options.buffered);
}

absl::Status Store::Impl::SayOfPair(std::string_view one,
                                    std::string_view other, PairState state,
                                    std::string_view reason, int64_t now_us,
                                    const WriteOptions& options) {
  Fact fact = Envelope(kAtNow, now_us, options);
  fact.payload = LinkFact{std::string(std::min(one, other)),
                          std::string(std::max(one, other)),
                          state.linked,
                          state.sequence,
                          std::string(reason),
                          state.withdrawn};
  return Commit(NewFact{std::move(fact), false}, now_us, options.buffered)
      .status();
}

absl::Status Store::Impl::Separate(std::string_view one, std::string_view other,
                                   bool may_withdraw, std::string_view reason,
                                   int64_t now_us,
                                   const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&writer);
  TRATO_RETURN_IF_ERROR(CheckOpen());
  const CustomerStore& customers = state->customers;
  TRATO_ASSIGN_OR_RETURN(Pair pair, FindPair(customers, one, other));
  if (auto third = customers.JoinedBy(pair.a, pair.b)) {
    return absl::FailedPreconditionError(
        StrCat(one, " and ", other, " would still be joined by way of ",
               customers.RecordName(*third), ", unlink that one first"));
  }
  const PairState known = customers.StateOf(pair.a, pair.b);
  if (known.apart()) return CommitNothing(now_us, options.buffered);
  PairState next{known.sequence + 1, false, true};
  // Taking the link back is enough unless identifiers join them as well.
  if (!may_withdraw || customers.AreOneWith(pair.a, pair.b, next)) {
    next.withdrawn = false;
  } else if (!known.linked) {
    // Two customers already, and nothing to take back.
    return CommitNothing(now_us, options.buffered);
  }
  return SayOfPair(one, other, next, reason, now_us, options);
}

absl::Status Store::LinkRecords(std::string_view one, std::string_view other,
                                std::string_view reason, uint32_t overridden,
                                int64_t now_us, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (overridden > kAllGuards) {
    return absl::InvalidArgumentError(
        StrCat("override ", overridden, " names a guard that does not exist"));
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const CustomerStore& customers = impl_->state->customers;
  TRATO_ASSIGN_OR_RETURN(Pair pair, FindPair(customers, one, other));
  const PairState known = customers.StateOf(pair.a, pair.b);
  if (known.linked) return impl_->CommitNothing(now_us, options.buffered);
  for (const LinkObjection& objection :
       customers.ObjectionsTo(pair.a, pair.b, now_us)) {
    const bool is_overridden =
        (overridden & static_cast<uint32_t>(objection.guard)) != 0;
    if (!objection.can_override || !is_overridden) return Refused(objection);
  }
  return impl_->SayOfPair(one, other, {known.sequence + 1, true}, reason,
                          now_us, options);
}

absl::Status Store::UnlinkRecords(std::string_view one, std::string_view other,
                                  std::string_view reason, int64_t now_us,
                                  const WriteOptions& options) {
  return impl_->Separate(one, other, true, reason, now_us, options);
}

absl::Status Store::CannotLinkRecords(std::string_view one,
                                      std::string_view other,
                                      std::string_view reason, int64_t now_us,
                                      const WriteOptions& options) {
  return impl_->Separate(one, other, false, reason, now_us, options);
}

absl::StatusOr<std::string> Store::LinkPreviewJson(std::string_view one,
                                                   std::string_view other,
                                                   int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(Pair pair, FindPair(state.customers, one, other));
  TRATO_ASSIGN_OR_RETURN(const Model model, ModelHere(now_us));
  ReadScope scope;
  for (const auto& [name, record] :
       {std::pair(one, pair.a), std::pair(other, pair.b)}) {
    if (!model.Shows(state.customers.LeaderOf(record))) {
      return absl::NotFoundError(
          StrCat(name == one ? "one" : "other", ": there is no record ", name));
    }
  }
  std::string json =
      trato::core::LinkPreviewJson(model, pair.a, pair.b, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

}  // namespace trato::core
