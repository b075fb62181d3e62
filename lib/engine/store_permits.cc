// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Permits to contact, and which purchase came of what.

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/offer_answers.h"
#include "customer/customer_zone.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"
#include "offer/permission.h"

namespace trato::core {
namespace {

constexpr std::string_view kPermitSpan = "1d";
// Where an offer says not how long an answer may take.
constexpr std::string_view kPurchaseSpan = "30d";

// Where to reach the customer on the channel; empty: nowhere.
std::string AddressOf(const State& state, std::string_view channel,
                      RecordNumber leader, int64_t now_us) {
  const std::string& address = state.schema.channels().find(channel)->second
                                   .address;
  const std::string_view kept_in = address.empty() ? channel : address;
  if (state.schema.FindNamespace(kept_in) != nullptr) {
    const std::string prefix = StrCat(kept_in, ":");
    std::vector<std::string> found;
    for (RecordNumber record : state.customers.RecordsOf(leader)) {
      if (state.customers.RecordName(record).starts_with(prefix)) {
        found.emplace_back(state.customers.RecordName(record));
      }
      for (std::string& claim : state.customers.ClaimsOf(record)) {
        if (claim.starts_with(prefix)) found.push_back(std::move(claim));
      }
    }
    if (found.empty()) return "";
    return std::min_element(found.begin(), found.end())
        ->substr(prefix.size());
  }
  const auto number = state.names.Find(
      state.schema.Stored(DefinitionKind::kAttribute, kept_in));
  if (!number) return "";
  const AttributeValue value =
      state.customers.AttributeAt(leader, *number, now_us);
  if (value.version == nullptr) return "";
  const auto* text = std::get_if<std::string>(&value.version->value);
  return text == nullptr ? "" : *text;
}

absl::StatusOr<Span> SpanOf(std::string_view field, std::string_view text) {
  auto span = ParseSpan(text);
  if (span.ok()) return span;
  return Prefixed(span.status(), StrCat(field, ": "));
}

absl::Status Refused(std::string_view why) {
  return absl::FailedPreconditionError(StrCat("no permit: ", why));
}

}  // namespace

absl::StatusOr<PermitResult> Store::RequestPermit(std::string_view customer,
                                                  const PermitInput& input,
                                                  int64_t now_us,
                                                  const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_ASSIGN_OR_RETURN(
      const Span lasts,
      SpanOf("lasts", input.lasts.empty() ? kPermitSpan : input.lasts));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, impl_->Resolve(customer, now_us));
  TRATO_ASSIGN_OR_RETURN(RecordNumber record,
                         state.customers.ResolveRecord(customer));
  PermitFact fact;
  fact.record = std::string(state.customers.RecordName(record));
  fact.channel = state.schema.Stored(DefinitionKind::kChannel, input.channel);
  fact.purpose = state.schema.Stored(DefinitionKind::kPurpose, input.purpose);
  fact.offer = input.offer;
  if (input.decision) {
    fact.decision = ToFactId(*input.decision);
    TRATO_ASSIGN_OR_RETURN(const Decision* decision,
                           state.decisions.Find(*fact.decision));
    if (state.customers.LeaderOf(decision->record) != leader) {
      return absl::InvalidArgumentError(
          "decision: it was made for another customer");
    }
    if (decision->offer == 0) {
      return absl::FailedPreconditionError("decision: no offer was left in it");
    }
    const std::string_view offer = state.names.Text(decision->offer);
    if (fact.offer.empty()) fact.offer = offer;
    if (fact.offer != offer) {
      return absl::InvalidArgumentError(
          StrCat("offer: the decision is for '", offer, "'"));
    }
    if (fact.channel.empty() && decision->channel != 0) {
      fact.channel = state.names.Text(decision->channel);
    }
  }
  if (fact.channel.empty()) {
    return absl::InvalidArgumentError("channel is empty");
  }
  TRATO_ASSIGN_OR_RETURN(const uint32_t channel,
                         ChannelNumber(state, fact.channel));
  // Contact without an offer is judged like one that says nothing else.
  Catalogue::Offer asked;
  if (!fact.offer.empty()) {
    TRATO_ASSIGN_OR_RETURN(const Catalogue::Offer* offer,
                           state.catalogue.Find(fact.offer));
    asked = *offer;
    if (fact.purpose.empty()) fact.purpose = asked.definition.purpose;
  }
  if (!fact.purpose.empty()) {
    TRATO_ASSIGN_OR_RETURN(const PurposeDefinition* purpose,
                           state.schema.Purpose("purpose", fact.purpose));
    asked.purpose = state.names.Find(fact.purpose).value_or(0);
    asked.is_direct_marketing = purpose->is_direct_marketing;
    asked.definition.purpose = fact.purpose;
    asked.definition.channel = fact.channel;
  }
  const MatchContext context = state.match_context();
  Matcher matcher;
  ReadScope scope;
  const std::string why =
      WhyNoContact(context, asked, channel, leader, now_us, matcher);
  TRATO_RETURN_IF_ERROR(scope.status());
  if (!why.empty()) return Refused(why);
  if (NeedsAddress(state.schema, fact.channel)) {
    fact.address = AddressOf(state, fact.channel, leader, now_us);
    if (fact.address.empty()) {
      return Refused(StrCat("there is no address for ", fact.channel));
    }
  }
  fact.deadline_us = Add(now_us, lasts, state.zone);
  TRATO_RETURN_IF_ERROR(CheckInstant("the deadline", fact.deadline_us));
  PermitResult result;
  result.deadline_us = fact.deadline_us;
  result.address = fact.address;
  Fact envelope = Impl::Envelope(kAtNow, now_us, options);
  envelope.payload = std::move(fact);
  TRATO_ASSIGN_OR_RETURN(Written written,
                         impl_->Commit(NewFact{std::move(envelope), true},
                                       now_us, options.buffered));
  result.id = written.fact;
  return result;
}

absl::Status Store::UsePermit(const IdBytes& permit, int64_t now_us,
                              const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Permit* found,
                         state.decisions.FindPermit(ToFactId(permit)));
  if (found->used_us) {
    return absl::FailedPreconditionError(
        StrCat("the permit was used on ",
               trato::core::FormatTime(*found->used_us, state.zone)));
  }
  if (now_us < found->at_us) {
    return absl::OutOfRangeError(
        StrCat("the permit is good from ",
               trato::core::FormatTime(found->at_us, state.zone)));
  }
  if (now_us >= found->deadline_us) {
    return absl::OutOfRangeError(
        StrCat("the permit lapsed on ",
               trato::core::FormatTime(found->deadline_us, state.zone)));
  }
  // The clock was set back: what was given once it had lapsed did not count it.
  for (RecordNumber record : state.customers.RecordsOf(
           state.customers.LeaderOf(found->record))) {
    bool was_passed = false;
    state.decisions.ForEachContact(
        record, found->deadline_us - 1, std::numeric_limits<int64_t>::max(),
        now_us, std::numeric_limits<uint64_t>::max(),
        [&](const Contact&) { was_passed = true; });
    if (was_passed) {
      return absl::OutOfRangeError(
          StrCat("the permit lapsed on ",
                 trato::core::FormatTime(found->deadline_us, state.zone),
                 ": a contact after it was decided already"));
    }
  }
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.payload = PermitUseFact{
      found->id, std::string(state.customers.RecordName(found->record))};
  return impl_
      ->Commit(NewFact{std::move(fact), false}, now_us, options.buffered)
      .status();
}

absl::StatusOr<std::string> Store::PermitJson(const IdBytes& permit,
                                              int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Permit* found,
                         state.decisions.FindPermit(ToFactId(permit)));
  return trato::core::PermitJson(state.model(), *found, now_us);
}

absl::StatusOr<Written> Store::LinkPurchase(std::string_view customer,
                                            const PurchaseLinkInput& input,
                                            int64_t now_us,
                                            const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  TRATO_RETURN_IF_ERROR(impl_->Resolve(customer, now_us).status());
  TRATO_ASSIGN_OR_RETURN(RecordNumber record,
                         state.customers.ResolveRecord(customer));
  Fact fact = Impl::Envelope(kAtNow, now_us, options);
  fact.key = input.key;
  PurchaseLinkFact it;
  it.record = std::string(state.customers.RecordName(record));
  it.interaction = ToFactId(input.purchase);
  if (input.decision) it.decision = ToFactId(*input.decision);
  it.method = "hand";
  it.reason = input.reason;
  fact.payload = std::move(it);
  return impl_->Commit(NewFact{std::move(fact), false}, now_us,
                       options.buffered);
}

absl::StatusOr<std::string> Store::MatchPurchasesJson(
    int64_t since_us, int64_t until_us, int64_t now_us,
    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("since_us", since_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("until_us", until_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  const auto purchase = state.names.Find("purchase");
  LinkedPurchases report;
  std::vector<NewFact> facts;
  if (!purchase) return LinkedPurchasesJson(report);
  const Span window = *ParseSpan(kPurchaseSpan);
  // By customer what was decided for her, in order of time.
  std::map<RecordNumber, std::vector<const Decision*>> decided;
  state.decisions.ForEach([&](const Decision& it) {
    if (it.offer != 0 && it.at_us < until_us) {
      decided[state.customers.LeaderOf(it.record)].push_back(&it);
    }
  });
  ReadScope scope;
  for (auto& [leader, decisions] : decided) {
    std::sort(decisions.begin(), decisions.end(),
              [](const Decision* a, const Decision* b) {
                return std::pair(a->at_us, static_cast<const Id&>(a->id)) <
                       std::pair(b->at_us, static_cast<const Id&>(b->id));
              });
    for (RecordNumber record : state.customers.RecordsOf(leader)) {
      Window period = Window::Until(std::min(until_us - 1, now_us));
      period.from_us = since_us - 1;
      state.timeline.ForEach(
          record, *purchase, period, [&](const InteractionRef& it) {
            ++report.purchases;
            const FactId id = state.timeline.IdOf(record, it);
            if (state.decisions.LinkOf(id, now_us) != nullptr) {
              ++report.known;
              return true;
            }
            PurchaseLinkFact link;
            link.record = std::string(state.customers.RecordName(record));
            link.interaction = id;
            link.method = "window";
            for (const Decision* decision : decisions) {
              if (decision->at_us > it.at_us()) break;
              const int64_t end_us =
                  decision->respond_until_us == kNoDeadline
                      ? Add(decision->at_us, window, state.zone)
                      : decision->respond_until_us;
              const Catalogue::Offer* offer =
                  state.catalogue.FindNumber(decision->offer);
              if (it.at_us() >= end_us || offer == nullptr) continue;
              const bool holds = !it.ForEachLine([&](const Line& line) {
                bool is_hers = false;
                state.catalogue.ForEachWith(line.product, [&](uint32_t slot) {
                  is_hers = is_hers || slot == offer->slot;
                });
                return !is_hers;
              });
              if (holds) link.decision = decision->id;
            }
            ++(link.decision ? report.linked : report.organic);
            Fact fact = Impl::Envelope(kAtNow, now_us, options);
            fact.payload = std::move(link);
            facts.push_back(NewFact{std::move(fact), true});
            return true;
          });
    }
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(std::move(facts), now_us, commit).status());
  return LinkedPurchasesJson(report);
}

}  // namespace trato::core
