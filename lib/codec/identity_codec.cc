// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "codec/identity_proto.h"

namespace trato::core {
namespace {

namespace pb = ::trato::v1;

absl::StatusOr<IdentityModel> ModelFromProto(const pb::IdentityModel& message) {
  IdentityModel model;
  if (message.rates_size() != kComparisons) {
    return absl::InvalidArgumentError(
        StrCat("identity: model.rates holds ", message.rates_size(),
               " comparisons instead of ", kComparisons));
  }
  for (int i = 0; i < kComparisons; ++i) {
    const pb::IdentityRates& from = message.rates(i);
    if (from.m_size() != kLevels - 1 || from.u_size() != kLevels - 1 ||
        from.h_size() != kLevels - 1) {
      return absl::InvalidArgumentError(
          StrCat("identity: model.rates[", i, "] does not hold ", kLevels - 1,
                 " levels"));
    }
    LevelRates& rates = model.rates[static_cast<size_t>(i)];
    for (int l = 1; l < kLevels; ++l) {
      rates.m[static_cast<size_t>(l)] = from.m(l - 1);
      rates.u[static_cast<size_t>(l)] = from.u(l - 1);
      rates.h[static_cast<size_t>(l)] = from.h(l - 1);
    }
    rates.shared = from.shared();
  }
  model.prior = message.prior();
  model.household = message.household();
  model.records = message.records();
  model.pairs = message.pairs();
  return model;
}

void ModelToProto(const IdentityModel& model, pb::IdentityModel& message) {
  for (const LevelRates& rates : model.rates) {
    pb::IdentityRates& out = *message.add_rates();
    for (size_t l = 1; l < kLevels; ++l) {
      out.add_m(rates.m[l]);
      out.add_u(rates.u[l]);
      out.add_h(rates.h[l]);
    }
    out.set_shared(rates.shared);
  }
  message.set_prior(model.prior);
  message.set_household(model.household);
  message.set_records(model.records);
  message.set_pairs(model.pairs);
}

}  // namespace

absl::StatusOr<Definition> IdentityFromProto(const pb::Identity& message) {
  IdentityDefinition it;
  it.name = message.name();
  for (const pb::IdentityField& field : message.fields()) {
    if (field.kind() >= static_cast<uint32_t>(kFieldKindCount)) {
      return absl::InvalidArgumentError(
          StrCat("identity: the kind of ", field.name(),
                 " is not known to this version"));
    }
    it.fields.push_back({field.name(), static_cast<FieldKind>(field.kind())});
  }
  it.link_at = message.link_at();
  it.review_at = message.review_at();
  it.max_block = message.max_block();
  it.max_records = message.max_records();
  it.country = message.country();
  if (message.has_model()) {
    TRATO_ASSIGN_OR_RETURN(it.model, ModelFromProto(message.model()));
  }
  return Definition(std::move(it));
}

void IdentityToProto(const IdentityDefinition& it, pb::Identity& message) {
  message.set_name(it.name);
  for (const IdentityField& field : it.fields) {
    pb::IdentityField& out = *message.add_fields();
    out.set_name(field.name);
    out.set_kind(static_cast<uint32_t>(field.kind));
  }
  message.set_link_at(it.link_at);
  message.set_review_at(it.review_at);
  message.set_max_block(it.max_block);
  message.set_max_records(it.max_records);
  message.set_country(it.country);
  if (it.model) ModelToProto(*it.model, *message.mutable_model());
}

}  // namespace trato::core
