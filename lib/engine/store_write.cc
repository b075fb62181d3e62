// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The calls that write: from their arguments to facts.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "codec/definition_codec.h"
#include "engine/store_impl.h"

namespace trato::core {

absl::Status Store::Apply(std::string_view definitions, int64_t now_us,
                          const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Definition> decoded,
      DecodeDefinitions(definitions, impl_->state->currency));
  TRATO_RETURN_IF_ERROR(CheckDefinitions(*impl_->state, decoded));
  return impl_->CommitDefinitions(std::move(decoded), now_us, options);
}

absl::StatusOr<InteractionFact> Store::Impl::ToInteraction(
    const InteractionInput& input) const {
  InteractionFact it;
  it.record = input.customer;
  it.type = input.type;
  it.channel = input.channel;
  it.direction = input.outbound ? Direction::kOutbound : Direction::kInbound;
  it.amount = {input.amount_minor, state->currency};
  if (!input.currency.empty()) {
    TRATO_ASSIGN_OR_RETURN(it.amount.currency, Currency::Parse(input.currency));
  }
  if (!input.lines.empty()) {
    int64_t sum = 0;
    for (size_t i = 0; i < input.lines.size(); ++i) {
      const LineView& line = input.lines[i];
      it.lines.push_back({std::string(line.product), std::string(line.unit),
                          line.quantity, line.unit_price, line.amount_minor});
      if (!AddTo(sum, line.amount_minor)) {
        return absl::OutOfRangeError(
            StrCat("lines[", i,
                   "].amount_minor: the sum of the lines does "
                   "not fit in 64 bits"));
      }
    }
    if (input.amount_minor != 0 && input.amount_minor != sum) {
      return absl::InvalidArgumentError(
          "amount_minor is not the sum of the lines");
    }
    it.amount.minor = sum;
  }
  for (const auto& [name, value] : input.fields) {
    auto converted = ToValue(value);
    if (!converted.ok()) return Prefixed(converted.status(), "fields: ");
    it.fields.emplace_back(std::string(name), *std::move(converted));
  }
  std::stable_sort(
      it.fields.begin(), it.fields.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  if (input.reply_to) it.reply_to = ToFactId(*input.reply_to);
  return it;
}

absl::StatusOr<Written> Store::RecordInteractions(
    std::span<const InteractionInput> interactions, int64_t now_us,
    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (interactions.size() == 1 &&
      impl_->RecordPlain(interactions[0], now_us, options)) {
    return Written{{}, 1};
  }
  std::vector<NewFact> facts;
  facts.reserve(interactions.size());
  const bool several = interactions.size() != 1;
  for (size_t i = 0; i < interactions.size(); ++i) {
    const InteractionInput& input = interactions[i];
    Fact fact = Impl::Envelope(input.at_us, now_us, options);
    fact.key = input.key;
    auto converted = impl_->ToInteraction(input);
    if (!converted.ok()) {
      return Prefixed(converted.status(),
                      several ? StrCat("interactions[", i, "]: ") : "");
    }
    fact.payload = *std::move(converted);
    facts.push_back({std::move(fact), input.at_us != kAtNow});
  }
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  commit.wants_id = options.wants_id;
  if (several) {
    commit.prefix = [](size_t i) { return StrCat("interactions[", i, "]: "); };
  }
  return impl_->Submit(std::move(facts), now_us, std::move(commit));
}

absl::StatusOr<Written> Store::CorrectInteraction(
    const CorrectionInput& correction, int64_t now_us,
    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Fact fact = Impl::Envelope(correction.at_us, now_us, options);
  fact.key = correction.key;
  CorrectionFact it;
  it.record = correction.record;
  it.interaction = ToFactId(correction.interaction);
  it.reason = correction.reason;
  if (correction.content != nullptr) {
    const InteractionInput& content = *correction.content;
    if (content.at_us == kAtNow) {
      return absl::InvalidArgumentError(
          "content.at_us must be given: when the interaction was in truth");
    }
    if (!content.key.empty()) {
      return absl::InvalidArgumentError(
          "content.key must be empty: the interaction keeps its own");
    }
    it.content_at_us = content.at_us;
    auto converted = impl_->ToInteraction(content);
    if (!converted.ok()) return Prefixed(converted.status(), "content.");
    it.content = *std::move(converted);
  }
  fact.payload = std::move(it);
  std::vector<NewFact> facts;
  facts.push_back({std::move(fact), correction.at_us != kAtNow});
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  return impl_->Submit(std::move(facts), now_us, std::move(commit));
}

absl::StatusOr<Written> Store::RecordCompetitor(const CompetitorInput& seen,
                                                int64_t now_us,
                                                const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  constexpr std::string_view kActions[] = {"seen", "tried", "offered", "bought",
                                           "left"};
  if (seen.action >= std::size(kActions)) {
    return absl::InvalidArgumentError(
        StrCat("action ", seen.action, " is nothing that is done with one"));
  }
  TRATO_RETURN_IF_ERROR(CheckLabel("competitor", seen.competitor));
  struct Field {
    std::string_view name;
    ValueType type;
    std::string_view description;
  };
  constexpr Field kFields[] = {
      {"competitor", ValueType::kString, "who was seen at the customer"},
      {"competitor_action", ValueType::kString, "what the customer did"},
      {"competitor_product", ValueType::kString, "which product of theirs"},
      {"competitor_price", ValueType::kMoney, "at what price"}};
  std::vector<Definition> definitions;
  {
    MutexLock lock(&impl_->writer);
    TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
    for (const Field& field : kFields) {
      // As the host has it, where it has.
      if (impl_->state->schema.FindAttribute(Subject::kInteraction,
                                             field.name) != nullptr) {
        continue;
      }
      AttributeDefinition it;
      it.name = field.name;
      it.subject = Subject::kInteraction;
      it.type = field.type;
      it.description = field.description;
      definitions.push_back(SchemaDefinition(std::move(it)));
    }
    if (!definitions.empty()) {
      TRATO_RETURN_IF_ERROR(CheckDefinitions(*impl_->state, definitions));
      TRATO_RETURN_IF_ERROR(impl_->CommitDefinitions(std::move(definitions),
                                                     now_us, options));
    }
  }
  InteractionInput input;
  input.at_us = seen.at_us;
  input.customer = seen.customer;
  input.type = "competitor";
  input.channel = seen.channel;
  input.key = seen.key;
  const auto text = [](std::string_view value) {
    ValueInput it;
    it.kind = static_cast<uint32_t>(ValueType::kString);
    it.text = value;
    return it;
  };
  input.fields.emplace_back("competitor", text(seen.competitor));
  input.fields.emplace_back("competitor_action", text(kActions[seen.action]));
  if (!seen.product.empty()) {
    input.fields.emplace_back("competitor_product", text(seen.product));
  }
  if (seen.price_minor != 0) {
    ValueInput price;
    price.kind = static_cast<uint32_t>(ValueType::kMoney);
    price.integer = seen.price_minor;
    price.currency = seen.currency;
    input.fields.emplace_back("competitor_price", price);
  }
  return RecordInteractions({&input, 1}, now_us, options);
}

absl::Status Store::EnableSegment(std::string_view name, bool enabled,
                                  int64_t now_us, const WriteOptions& options) {
  return RetireDefinition(static_cast<uint32_t>(DefinitionKind::kSegment), name,
                          !enabled, now_us, options);
}

absl::Status Store::DefineSegment(std::string_view name,
                                  std::string_view expression, int64_t now_us,
                                  const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const Definition definition =
      SegmentDefinition{std::string(name), std::string(expression)};
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

}  // namespace trato::core
