// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Purposes, consents and objections: recording them, and asking.

#include <optional>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "codec/consent_answers.h"
#include "codec/fact_codec.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

absl::StatusOr<ConsentQuestion> ToQuestion(const State& state,
                                           std::string_view purpose,
                                           std::string_view channel) {
  TRATO_ASSIGN_OR_RETURN(const PurposeDefinition* definition,
                         state.schema.Purpose("purpose", purpose));
  if (channel.empty()) {
    return absl::InvalidArgumentError(
        "channel is empty: ask for each channel by itself");
  }
  TRATO_RETURN_IF_ERROR(state.schema.CheckChannel("channel", channel));
  const std::string_view stored =
      state.schema.Stored(DefinitionKind::kChannel, channel);
  return ConsentQuestion{state.names.Find(definition->name).value_or(0),
                         state.names.Find(stored).value_or(0),
                         definition->is_direct_marketing};
}

// The id of the fact that decides; nothing where none does. Of a consent that is
// sealed it is made here, for that one alone.
std::optional<FactId> IdOfDecisive(const State& state,
                                   const ConsentAnswer& answer) {
  if (answer.fact() == nullptr) return std::nullopt;
  if (answer.finding || *answer.fact() != FactId{}) return *answer.fact();
  std::optional<FactId> id;
  state.customers.parts()->ForEachFactOf(
      answer.record, RecordFact::Kind::kConsent, RecordFact::Kind::kConsent,
      [&](const RecordFact& it) {
        // Two of one instant and source have their ids: their order needs them.
        if (it.at_us != answer.statement->at_us ||
            it.source_number != answer.statement->source) {
          return true;
        }
        const Fact fact =
            ToFact(it, state.customers.RecordName(answer.record));
        id = it.key.empty() ? IdOfContent(fact, CanonicalPayload(fact), 0)
                            : FactId::OfKey(it.source, it.key);
        return false;
      });
  return id;
}

}  // namespace

absl::Status Store::DefinePurpose(std::string_view name, bool direct_marketing,
                                  std::string_view description, int64_t now_us,
                                  const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const Definition definition = SchemaDefinition(PurposeDefinition{
      std::string(name), direct_marketing, std::string(description)});
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

absl::StatusOr<Written> Store::RecordConsent(const ConsentInput& consent,
                                             int64_t now_us,
                                             const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Fact fact = Impl::Envelope(consent.at_us, now_us, options);
  fact.key = consent.key;
  if (consent.valid_until_us <= fact.event_us) {
    return absl::InvalidArgumentError(
        "valid_until_us is not after at_us: it would hold never");
  }
  const auto state =
      consent.state <= static_cast<uint32_t>(ConsentState::kWithdrawn)
          ? static_cast<ConsentState>(consent.state)
          : ConsentState::kNone;
  fact.payload =
      ConsentFact{std::string(consent.customer), std::string(consent.purpose),
                  std::string(consent.channel),  state,
                  consent.valid_until_us,        std::string(consent.wording),
                  std::string(consent.proof)};
  return impl_->Submit(NewFact{std::move(fact), consent.at_us != kAtNow},
                       now_us, options.buffered);
}

absl::StatusOr<Written> Store::RecordObjection(const ObjectionInput& objection,
                                               int64_t now_us,
                                               const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Fact fact = Impl::Envelope(objection.at_us, now_us, options);
  fact.key = objection.key;
  fact.payload = ObjectionFact{std::string(objection.customer),
                               objection.lifted, std::string(objection.proof)};
  return impl_->Submit(NewFact{std::move(fact), objection.at_us != kAtNow},
                       now_us, options.buffered);
}

absl::StatusOr<ConsentResult> Store::TestConsent(std::string_view customer,
                                                 std::string_view purpose,
                                                 std::string_view channel,
                                                 int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(ConsentQuestion question,
                         ToQuestion(state, purpose, channel));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  // A refusal that cannot be read must not look like none.
  ReadScope scope;
  const ConsentAnswer answer =
      state.consents.Answer(state.customers, leader, question, now_us);
  const std::optional<FactId> fact = IdOfDecisive(state, answer);
  TRATO_RETURN_IF_ERROR(scope.status());
  ConsentResult result;
  result.state = static_cast<uint32_t>(answer.state);
  result.allowed = answer.allowed();
  if (answer.statement != nullptr) {
    result.since_us = answer.since_us();
    result.until_us = answer.until_us();
  }
  if (fact) result.fact = ToBytes(*fact);
  return result;
}

absl::StatusOr<std::string> Store::ExplainConsentJson(std::string_view customer,
                                                      std::string_view purpose,
                                                      std::string_view channel,
                                                      int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(ConsentQuestion question,
                         ToQuestion(state, purpose, channel));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  ReadScope scope;
  std::string json =
      ConsentExplainJson(state.model(), leader, question, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<std::string> Store::ConsentJson(std::string_view customer,
                                               int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  ReadScope scope;
  std::string json = ConsentShowJson(impl_->state->model(), leader, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<std::string> Store::ConsentHistoryJson(std::string_view customer,
                                                      int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  ReadScope scope;
  std::string json =
      trato::core::ConsentHistoryJson(impl_->state->model(), leader, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

}  // namespace trato::core
