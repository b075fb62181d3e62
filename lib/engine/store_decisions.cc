// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Decisions: made, explained, and what became of them.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/offer_answers.h"
#include "customer/customer_zone.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"
#include "offer/trace.h"

namespace trato::core {

double DrawFor(uint64_t seed, const Id& customer, int64_t now_us,
               uint64_t position) {
  const uint64_t times[] = {seed, static_cast<uint64_t>(now_us), position};
  const std::string_view drawn(reinterpret_cast<const char*>(times),
                               sizeof(times));
  const uint64_t bits = Id::Of("draw", {drawn, customer.ToByteString()}).high;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

std::vector<AssignmentFact> AssignmentsOf(const MatchContext& context,
                                          const Matcher& matcher,
                                          RecordNumber customer,
                                          int64_t now_us) {
  std::vector<AssignmentFact> assignments;
  const auto& policies = context.policies->contact();
  for (uint32_t i = 0; i < policies.size(); ++i) {
    const ContactPolicy& policy = policies[i];
    if (!policy.has_holdout()) continue;
    const MatchCandidate* best = nullptr;
    for (const MatchCandidate& it : matcher.candidates()) {
      const bool passed =
          it.kept() || it.dropped_at == Stage::kLimit ||
          (it.dropped_at == Stage::kHoldout && it.policy == i);
      if (!passed || !policy.IsFor(*it.offer, it.channel)) continue;
      if (best == nullptr || it.score > best->score) best = &it;
    }
    if (best == nullptr) continue;
    assignments.push_back({policy.definition.name,
                           IsHeldOutBy(context, policy, customer, now_us,
                                       std::numeric_limits<uint64_t>::max()),
                           best->offer->definition.name});
  }
  return assignments;
}

namespace {

// That tells her apart for the learner of the offer; empty: none.
std::string SegmentNameOf(const MatchContext& context,
                          const Catalogue::Offer& offer, RecordNumber customer,
                          int64_t at_us) {
  const uint32_t name =
      context.learners->SegmentOf(context, offer, customer, at_us);
  return name == 0 ? std::string() : std::string(context.world->names->Text(name));
}

}  // namespace

bool NeedsAddress(const Schema& schema, std::string_view channel) {
  if (channel.empty()) return false;
  const auto found = schema.channels().find(channel);
  if (found == schema.channels().end()) return false;
  return !found->second.address.empty() ||
         schema.FindNamespace(channel) != nullptr;
}

namespace {

// Of the ranks, which rise; false, and nothing: no draw is needed.
bool FillChances(Matcher& matcher, std::span<const uint32_t> ranks,
                 double explored, std::vector<double>& chances) {
  chances.assign(ranks.size(), 0);
  if (matcher.Chances(ranks, chances)) return true;
  if (!(explored > 0)) return false;
  for (size_t i = 0; i < ranks.size(); ++i) {
    chances[i] = ProbabilityOf(i, ranks.size(), explored);
  }
  return true;
}

}  // namespace

std::vector<double> ChancesOf(Matcher& matcher, double explored) {
  std::vector<uint32_t> ranks(matcher.kept());
  std::iota(ranks.begin(), ranks.end(), 0u);
  std::vector<double> chances;
  if (!FillChances(matcher, ranks, explored, chances) && !ranks.empty()) {
    chances[0] = 1;
  }
  return chances;
}

Choice Choose(Matcher& matcher, double draw, double explored, bool confirm) {
  Choice choice;
  std::vector<uint32_t>& left = choice.ranks;
  std::vector<double>& chances = choice.chances;
  left.resize(matcher.kept());
  std::iota(left.begin(), left.end(), 0u);
  while (!left.empty()) {
    const bool by_learner = matcher.Ranked(left[0]).learner != 0;
    const bool is_drawn = FillChances(matcher, left, explored, chances);
    const auto rank = static_cast<std::ptrdiff_t>(
        by_learner ? ChoiceMaker::Drawn(draw, chances)
                   : RankDrawn(draw, left.size(), explored));
    if (!confirm || matcher.Confirm(matcher.candidate(
                        left[static_cast<size_t>(rank)]))) {
      std::rotate(left.begin(), left.begin() + rank, left.begin() + rank + 1);
      std::rotate(chances.begin(), chances.begin() + rank,
                  chances.begin() + rank + 1);
      if (!is_drawn) chances.clear();
      return choice;
    }
    left.erase(left.begin() + rank);
  }
  chances.clear();
  return choice;
}

void PutChoice(const State& state, const MatchContext& context,
               const Matcher& matcher, const Choice& choice,
               RecordNumber customer, int64_t now_us, DecisionFact& fact) {
  const std::vector<uint32_t>& left = choice.ranks;
  fact.ranked = static_cast<uint32_t>(left.size());
  for (size_t i = 0; i < std::min(left.size(), kRankedKept); ++i) {
    const MatchCandidate& it = matcher.Ranked(left[i]);
    fact.offers.push_back(it.offer->definition.name);
    fact.scores.push_back(it.score);
    if (!choice.chances.empty()) {
      fact.probabilities.push_back(choice.chances[i]);
    }
  }
  if (left.empty()) return;
  const MatchCandidate& chosen = matcher.Ranked(left[0]);
  const Catalogue::Offer& offer = *chosen.offer;
  fact.chosen = true;
  fact.propensity = chosen.affinity;
  fact.value_minor = chosen.value_minor;
  if (chosen.channel != 0) fact.channel = state.names.Text(chosen.channel);
  fact.is_contact = !NeedsAddress(state.schema, fact.channel);
  fact.reserved_minor = offer.reserved_minor;
  fact.similar = static_cast<uint8_t>(matcher.EvidenceOf(offer).similar());
  if (chosen.learner != 0) {
    fact.learner = state.learners.DefinitionOf(chosen.learner).name;
    fact.segment = SegmentNameOf(context, offer, customer, now_us);
  }
  if (offer.respond_within) {
    fact.respond_until_us =
        Add(now_us, *offer.respond_within,
            CustomerZone(state.schema, state.names, state.customers, customer,
                         now_us, state.zone));
  }
}

absl::StatusOr<DecisionResult> Store::DecideOffer(std::string_view customer,
                                                  const DecideInput& input,
                                                  int64_t now_us,
                                                  const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (!input.conversation.empty()) {
    TRATO_RETURN_IF_ERROR(CheckLabel("conversation", input.conversation,
                                     kMaxIdentifierBytes));
  }
  // Each thread keeps one: it scores beside others, on what is known now.
  thread_local Matcher matcher;
  MatchContext context;
  MatchRequest request;
  std::shared_ptr<State> scored;
  uint64_t scored_at = 0;
  uint64_t catalogue_changes = 0;
  RecordNumber leader = 0;
  Id digest;
  absl::InlinedVector<RecordNumber, 4> records;
  const auto score = [&]() -> absl::Status {
    scored = impl_->state;
    TRATO_ASSIGN_OR_RETURN(request.channel,
                           ChannelNumber(*scored, input.channel));
    TRATO_ASSIGN_OR_RETURN(leader, impl_->Resolve(customer, now_us));
    const auto hers = scored->customers.RecordsOf(leader);
    records.assign(hers.begin(), hers.end());
    scored_at = impl_->position;
    catalogue_changes = scored->policy_changes + scored->catalogue.changes();
    context = scored->match_context();
    ReadScope scope;
    matcher.Match(context, leader, now_us, request);
    digest = matcher.Digest();
    return scope.status();
  };
  {
    ReaderMutexLock lock(&impl_->mutex);
    TRATO_RETURN_IF_ERROR(score());
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_ASSIGN_OR_RETURN(const RecordNumber now_led_by,
                         impl_->Resolve(customer, now_us));
  const auto now_hers = impl_->state->customers.RecordsOf(now_led_by);
  const bool is_same =
      scored == impl_->state && now_led_by == leader &&
      catalogue_changes ==
          scored->policy_changes + scored->catalogue.changes() &&
      std::equal(now_hers.begin(), now_hers.end(), records.begin(),
                 records.end());
  if (!is_same) TRATO_RETURN_IF_ERROR(score());
  State& state = *impl_->state;
  ReadScope scope;
  DecisionFact fact;
  fact.assignments = AssignmentsOf(context, matcher, leader, now_us);
  const double explored = state.policies.arbitration().exploration;
  const bool is_drawn =
      explored > 0 ||
      (matcher.kept() > 0 && Learners::Serve(state.policies));
  fact.draw = is_drawn
                  ? DrawFor(impl_->seed, state.customers.KeptIdOf(leader),
                            now_us, impl_->position)
                  : 0;
  const Choice choice =
      Choose(matcher, fact.draw, explored, impl_->position != scored_at);
  const std::vector<uint32_t>& left = choice.ranks;
  TRATO_RETURN_IF_ERROR(scope.status());
  TRATO_ASSIGN_OR_RETURN(RecordNumber record,
                         state.customers.ResolveRecord(customer));
  // The record that was named, so that it stays hers whatever is unlinked.
  fact.record = std::string(state.customers.RecordName(record));
  fact.log_position = scored_at;
  fact.currency = state.currency;
  fact.digest = digest;
  fact.requested_channel = input.channel;
  fact.conversation = input.conversation;
  fact.version = kDecisionVersion;
  DecisionResult result;
  PutChoice(state, context, matcher, choice, leader, now_us, fact);
  if (!left.empty()) {
    result.probability =
        fact.probabilities.empty() ? 1 : fact.probabilities[0];
    result.match = ToMatchResult(state, matcher.Ranked(left[0]));
  }
  Fact envelope = Impl::Envelope(kAtNow, now_us, options);
  envelope.payload = std::move(fact);
  TRATO_ASSIGN_OR_RETURN(Written written,
                         impl_->Commit(NewFact{std::move(envelope), true},
                                       now_us, options.buffered));
  result.id = written.fact;
  return result;
}

absl::StatusOr<Written> Store::RecordDecision(const PastDecisionInput& it,
                                              int64_t now_us,
                                              const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (!it.conversation.empty()) {
    TRATO_RETURN_IF_ERROR(
        CheckLabel("conversation", it.conversation, kMaxIdentifierBytes));
  }
  if (!std::isfinite(it.score)) {
    return absl::InvalidArgumentError("score is not a finite number");
  }
  if (!(it.probability > 0 && it.probability <= 1)) {
    return absl::InvalidArgumentError(
        "probability is not above 0 and at most 1");
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  Fact envelope = Impl::Envelope(it.at_us, now_us, options);
  TRATO_RETURN_IF_ERROR(CheckInstant("at_us", envelope.event_us));
  envelope.key = it.key;
  TRATO_RETURN_IF_ERROR(ChannelNumber(state, it.channel).status());
  TRATO_ASSIGN_OR_RETURN(const Catalogue::Offer* offer,
                         state.catalogue.Find(it.offer));
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         impl_->Resolve(it.customer, now_us));
  TRATO_ASSIGN_OR_RETURN(const RecordNumber record,
                         state.customers.ResolveRecord(it.customer));
  if (!it.key.empty()) {
    // What follows from the rest may be another now, and does not matter.
    const FactId id = FactId::OfKey(envelope.source, envelope.key);
    const auto known = state.decisions.Find(id);
    if (known.ok()) {
      const Decision& was = **known;
      const uint32_t channel =
          it.channel.empty() ? 0 : state.names.Find(it.channel).value_or(0);
      if (!was.elsewhere || was.record != record ||
          was.offer != offer->number || was.channel != channel ||
          was.conversation != it.conversation ||
          (it.at_us != kAtNow && was.at_us != it.at_us) ||
          was.ranked[0].score != it.score ||
          was.probability != it.probability) {
        return absl::AlreadyExistsError(StrCat(
            "key '", it.key, "' is recorded already, with other content"));
      }
      TRATO_RETURN_IF_ERROR(impl_->CommitNothing(now_us, options.buffered));
      Written written;
      written.fact = ToBytes(id);
      return written;
    }
  }
  ReadScope scope;
  Matcher matcher;
  const MatchContext context = state.match_context();
  DecisionFact fact;
  fact.record = std::string(state.customers.RecordName(record));
  fact.log_position = impl_->position;
  fact.currency = state.currency;
  fact.offers = {offer->definition.name};
  fact.scores = {it.score};
  fact.probabilities = {it.probability};
  fact.ranked = 1;
  fact.chosen = true;
  fact.elsewhere = true;
  fact.propensity = 0;
  fact.value_minor = offer->net_value_minor;
  fact.channel = it.channel;
  fact.requested_channel = it.channel;
  fact.conversation = it.conversation;
  fact.is_contact =
      !it.channel.empty() && !NeedsAddress(state.schema, it.channel);
  fact.reserved_minor = offer->reserved_minor;
  fact.similar = static_cast<uint8_t>(
      matcher.SimilarAt(context, leader, envelope.event_us, *offer));
  fact.segment = SegmentNameOf(context, *offer, leader, envelope.event_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  if (offer->respond_within) {
    fact.respond_until_us =
        Add(envelope.event_us, *offer->respond_within,
            CustomerZone(state.schema, state.names, state.customers, leader,
                         envelope.event_us, state.zone));
  }
  envelope.payload = std::move(fact);
  return impl_->Commit(NewFact{std::move(envelope), it.at_us != kAtNow},
                       now_us, options.buffered);
}

absl::StatusOr<std::vector<DecisionResult>> Store::DecideOffers(
    std::span<const std::string> customers, std::string_view channel,
    const AppendOptions& options, int64_t now_us, const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  {
    ReaderMutexLock lock(&impl_->mutex);
    TRATO_RETURN_IF_ERROR(ChannelNumber(*impl_->state, channel).status());
    for (size_t i = 0; i < customers.size(); ++i) {
      absl::Status known = impl_->Resolve(customers[i], now_us).status();
      if (!known.ok()) return Prefixed(known, StrCat("row ", i, ": "));
    }
  }
  constexpr uint64_t kProgressEvery = 256;
  WriteOptions buffered = write;
  buffered.buffered = true;
  std::vector<DecisionResult> results;
  results.reserve(customers.size());
  absl::Status status;
  for (size_t i = 0; i < customers.size() && status.ok(); ++i) {
    if (options.progress && i % kProgressEvery == 0 &&
        !options.progress(i, customers.size())) {
      status = absl::CancelledError(
          StrCat("cancelled after ", i, " customers, whose decisions stay"));
      break;
    }
    if (options.dry_run) {
      DecisionResult& it = results.emplace_back();
      MatchResult best;
      auto found = MatchOffers(customers[i], now_us, channel, {&best, 1});
      status = found.status();
      if (found.ok() && *found > 0) it.match = best;
      continue;
    }
    auto decided = DecideOffer(customers[i], {channel, {}}, now_us, buffered);
    status = decided.status();
    if (decided.ok()) results.push_back(*std::move(decided));
  }
  // What was decided before a failure is there, so it is made to stay.
  if (!write.buffered && !options.dry_run) {
    absl::Status flushed = Flush();
    if (status.ok()) status = std::move(flushed);
  }
  TRATO_RETURN_IF_ERROR(status);
  return results;
}

absl::StatusOr<Written> Store::RecordOutcome(const OutcomeInput& outcome,
                                             int64_t now_us,
                                             const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Fact fact = Impl::Envelope(outcome.at_us, now_us, options);
  fact.key = outcome.key;
  OutcomeFact it;
  it.decision = ToFactId(outcome.decision);
  it.kind = outcome.kind < static_cast<uint32_t>(kOutcomeKinds)
                ? static_cast<OutcomeKind>(outcome.kind)
                : OutcomeKind::kNone;
  it.conversation = outcome.conversation;
  if (outcome.interaction) it.interaction = ToFactId(*outcome.interaction);
  fact.payload = std::move(it);
  return impl_->Submit(NewFact{std::move(fact), outcome.at_us != kAtNow},
                       now_us, options.buffered);
}

absl::StatusOr<std::string> Store::DecisionJson(const IdBytes& id) const {
  std::unique_ptr<Impl> past;
  {
    ReaderMutexLock lock(&impl_->mutex);
    const State& state = *impl_->state;
    TRATO_ASSIGN_OR_RETURN(const Decision* decision,
                           state.decisions.Find(ToFactId(id)));
    ReadScope scope;
    if (decision->elsewhere) {
      std::string json =
          trato::core::DecisionJson(state.model(), *decision, {});
      TRATO_RETURN_IF_ERROR(scope.status());
      return json;
    }
    const DecisionTrace trace = TraceDecision(state, *decision);
    TRATO_RETURN_IF_ERROR(scope.status());
    if (trace.is_same || impl_->is_past) {
      return trato::core::DecisionJson(
          state.model(), *decision, trace.offers,
          trace.is_same ? Replayed::kSame : Replayed::kOther);
    }
  }
  // What came since bears on it: the store as it was then.
  MutexLock lock(&impl_->writer);
  if (impl_->file == nullptr) return impl_->CheckOpen();
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Decision* decision,
                         state.decisions.Find(ToFactId(id)));
  Horizon horizon;
  horizon.known_at = decision->log_position;
  TRATO_ASSIGN_OR_RETURN(past, Impl::FoldAnew(*impl_, horizon));
  ReadScope scope;
  const DecisionTrace trace = TraceDecision(*past->state, *decision);
  TRATO_RETURN_IF_ERROR(scope.status());
  return trato::core::DecisionJson(
      state.model(), *decision, trace.offers,
      trace.is_same ? Replayed::kSame : Replayed::kOther);
}

DecisionTrace TraceDecision(const State& state, const Decision& decision) {
  DecisionTrace trace;
  const MatchContext context = state.match_context();
  MatchRequest request;
  request.channel = decision.requested_channel;
  request.known_at = decision.log_position;
  const RecordNumber leader = state.customers.LeaderOf(decision.record);
  Matcher matcher;
  matcher.Match(context, leader, decision.at_us, request);
  trace.is_same = matcher.Digest() == decision.digest;
  trace.offers = Trace(context, matcher, leader, decision.at_us);
  const double explored = state.policies.arbitration().exploration;
  const std::vector<double> chances = ChancesOf(matcher, explored);
  for (size_t i = 0; i < chances.size(); ++i) {
    trace.offers[i].probability = chances[i];
  }
  return trace;
}

}  // namespace trato::core
