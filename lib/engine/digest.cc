// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The state digest: one hash over all answers in a canonical order. Nothing in
// it depends on the order of arrival, on internal numbers, on recorded times or
// on where something is kept.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/hasher.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr size_t kCustomersPerTask = 256;

void AddValue(const Value& value, double strength, Hasher& hasher) {
  Fact fact;
  AttributeFact said;
  said.value = value;
  said.strength = strength;
  fact.payload = std::move(said);
  hasher.AddText(CanonicalPayload(fact));
}

// Nothing, where it was not renamed.
void AddShown(const State& state, DefinitionKind kind, std::string_view name,
              Hasher& hasher) {
  const std::string_view shown = state.schema.Shown(kind, name);
  if (shown != name) hasher.AddText(shown);
}

void AddDefinitions(const State& state, Hasher& hasher) {
  hasher.AddText(state.zone_name);
  hasher.AddText(state.currency.code());
  for (Subject subject : {Subject::kCustomer, Subject::kInteraction}) {
    std::vector<std::string_view> names = state.schema.AttributeNames(subject);
    std::sort(names.begin(), names.end());
    hasher.AddNumber(names.size());
    for (std::string_view name : names) {
      const AttributeDefinition* it = state.schema.FindAttribute(subject, name);
      AddShown(state,
               subject == Subject::kCustomer ? DefinitionKind::kAttribute
                                             : DefinitionKind::kField,
               name, hasher);
      Fact fact;
      fact.payload = Definition(SchemaDefinition(*it));
      hasher.AddText(CanonicalPayload(fact));
    }
  }
  for (std::string_view name : state.schema.PurposeNames()) {
    const auto purpose = state.schema.Purpose("", name);
    if (!purpose.ok()) continue;
    hasher.AddText(name);
    AddShown(state, DefinitionKind::kPurpose, name, hasher);
    hasher.AddNumber((*purpose)->is_direct_marketing ? 1 : 0);
    hasher.AddText((*purpose)->description);
  }
  for (const auto& [name, list] : state.schema.suppression_lists()) {
    hasher.AddText(name);
    hasher.AddText(list.max_age);
    hasher.AddText(list.description);
  }
  for (auto names :
       {state.schema.InteractionTypeNames(), state.schema.ChannelNames()}) {
    std::sort(names.begin(), names.end());
    hasher.AddNumber(names.size());
    for (std::string_view name : names) hasher.AddText(name);
  }
  for (std::string_view name : state.schema.InteractionTypeNames()) {
    AddShown(state, DefinitionKind::kInteractionType, name, hasher);
  }
  for (std::string_view name : state.schema.ChannelNames()) {
    AddShown(state, DefinitionKind::kChannel, name, hasher);
  }
  for (const auto& [kind, name] : state.schema.retired()) {
    hasher.AddNumber(static_cast<uint64_t>(kind));
    hasher.AddText(name);
  }
  std::vector<NamespaceDefinition> spaces;
  for (const auto& [name, space] : state.schema.namespaces()) {
    // One that does nothing is as good as none.
    if (space.unique || space.single || space.search != Search::kByName)
      spaces.push_back(space);
  }
  hasher.AddNumber(spaces.size());
  for (const NamespaceDefinition& space : spaces) {
    hasher.AddText(space.name);
    hasher.AddNumber(space.unique);
    hasher.AddNumber(space.single);
    hasher.AddNumber(space.max_records);
    hasher.AddNumber(static_cast<uint64_t>(space.search));
  }
  hasher.AddNumber(state.schema.relations().size());
  for (const auto& [name, relation] : state.schema.relations()) {
    Fact fact;
    fact.payload = Definition(SchemaDefinition(relation));
    hasher.AddText(CanonicalPayload(fact));
    AddShown(state, DefinitionKind::kRelation, name, hasher);
    AddShown(state, DefinitionKind::kRelation, relation.inverse, hasher);
  }
  for (const auto& [key, rule] : state.schema.retention()) {
    Fact fact;
    fact.payload = Definition(SchemaDefinition(rule));
    hasher.AddText(CanonicalPayload(fact));
  }
  std::vector<std::string_view> products = state.schema.NamedProducts();
  std::sort(products.begin(), products.end());
  hasher.AddNumber(products.size());
  for (std::string_view id : products) {
    hasher.AddText(id);
    hasher.AddText(state.schema.ProductName(id));
  }
  hasher.AddNumber(state.segments.all().size());
  for (const auto& [name, segment] : state.segments.all()) {
    hasher.AddText(name);
    hasher.AddText(segment.definition.expression);
  }
  hasher.AddNumber(state.catalogue.all().size());
  for (const auto& [name, offer] : state.catalogue.all()) {
    Fact fact;
    fact.payload = Definition(offer.definition);
    hasher.AddText(CanonicalPayload(fact));
  }
  const auto add_policy = [&](PolicyDefinition definition) {
    Fact fact;
    fact.payload = Definition(std::move(definition));
    hasher.AddText(CanonicalPayload(fact));
  };
  hasher.AddNumber(state.policies.defined().size());
  for (const auto& [name, policy] : state.policies.defined()) {
    add_policy(policy);
  }
  add_policy(state.policies.arbitration());
  for (const auto& [name, learning] : state.policies.learnings()) {
    add_policy(learning);
  }
  hasher.AddNumber(state.insights.editions().size());
  for (const auto& edition : state.insights.editions()) {
    Fact fact;
    // Log positions are those of this store alone.
    ValueEdition content = edition->content();
    content.log_position = 0;
    fact.payload = Definition(InsightDefinition(std::move(content)));
    hasher.AddNumber(static_cast<uint64_t>(edition->at_us()));
    hasher.AddText(CanonicalPayload(fact));
  }
  hasher.AddNumber(state.identity.versions().size());
  for (const IdentityBook::Version& version : state.identity.versions()) {
    Fact fact;
    fact.payload = Definition(version.definition);
    hasher.AddNumber(static_cast<uint64_t>(version.at_us));
    hasher.AddText(CanonicalPayload(fact));
  }
  for (const auto& [name, versions] : state.insights.scores()) {
    hasher.AddNumber(versions.size());
    for (const Insights::ScoreVersion& version : versions) {
      Fact fact;
      fact.payload = Definition(InsightDefinition(version.definition));
      hasher.AddNumber(static_cast<uint64_t>(version.at_us));
      hasher.AddText(CanonicalPayload(fact));
    }
  }
  hasher.AddNumber(state.insights.tables().size());
  for (const Insights::Table& table : state.insights.tables()) {
    Fact fact;
    fact.payload = Definition(InsightDefinition(table.definition));
    hasher.AddNumber(static_cast<uint64_t>(table.at_us));
    hasher.AddText(CanonicalPayload(fact));
  }
}

void AddTimeline(const State& state, RecordNumber record, int64_t now_us,
                 Hasher& hasher) {
  const Interner& names = state.names;
  std::vector<uint32_t> types = state.timeline.TypesOf(record);
  std::sort(types.begin(), types.end(), [&](uint32_t a, uint32_t b) {
    return names.Text(a) < names.Text(b);
  });
  for (uint32_t type : types) {
    state.timeline.ForEach(
        record, type, Window::Until(now_us), [&](const InteractionRef& it) {
          const FactId id = state.timeline.IdOf(record, it);
          const std::string key = state.timeline.KeyOf(it);
          hasher.AddText(id.ToByteString());
          hasher.AddText(names.Text(it.source()));
          hasher.AddText(key);
          hasher.AddNumber(static_cast<uint64_t>(it.at_us()));
          Fact fact;
          fact.payload = state.ToFact(it, state.customers.RecordName(record));
          hasher.AddText(CanonicalPayload(fact));
          return true;
        });
  }
}

// Answers follow from statements, so those stand for them.
void AddConsents(const State& state, RecordNumber record, int64_t now_us,
                 Hasher& hasher) {
  const CustomerStore::WithFactIds with_ids;
  for (const ConsentStatement& it : state.consents.StatementsOf(record)) {
    if (it.at_us > now_us) break;
    hasher.AddText(it.fact.ToByteString());
    hasher.AddNumber(static_cast<uint64_t>(it.at_us));
    hasher.AddNumber(static_cast<uint64_t>(it.state));
    hasher.AddNumber(static_cast<uint64_t>(it.valid_until_us));
    for (uint32_t name : {it.purpose, it.channel, it.source, it.wording}) {
      hasher.AddText(state.names.Text(name));
    }
    hasher.AddText(it.proof == nullptr ? std::string_view() : *it.proof);
  }
}

Hash256 HashCustomer(const State& state, RecordNumber customer,
                     int64_t now_us) {
  Hasher hasher(32);
  const CustomerStore& customers = state.customers;
  const Restrictions::Version* restriction =
      customers.RestrictionOf(customer, now_us);
  hasher.AddNumber(restriction != nullptr);
  if (restriction != nullptr) {
    hasher.AddNumber(static_cast<uint64_t>(restriction->at_us));
    hasher.AddText(restriction->reason);
  }
  for (RecordNumber record : customers.RecordsOf(customer)) {
    hasher.AddText(customers.RecordName(record));
    const auto claims = customers.ClaimsOf(record);
    hasher.AddNumber(claims.size());
    for (std::string_view claim : claims) hasher.AddText(claim);
    const auto ties = customers.TiesOf(record);
    hasher.AddNumber(ties.size());
    for (const CustomerStore::Tie& tie : ties) {
      hasher.AddText(customers.RecordName(tie.other));
      hasher.AddNumber(tie.linked);
    }
    AddConsents(state, record, now_us, hasher);
  }
  hasher.AddNumber(static_cast<uint64_t>(customers.KindOf(customer, now_us)));
  std::vector<uint32_t> attributes = customers.AttributesOf(customer);
  std::sort(attributes.begin(), attributes.end(), [&](uint32_t a, uint32_t b) {
    return state.names.Text(a) < state.names.Text(b);
  });
  for (uint32_t attribute : attributes) {
    for (uint32_t about : customers.AboutsOf(customer, attribute)) {
      const auto values =
          customers.ValuesAt(customer, attribute, about, now_us);
      for (const AttributeValue& it : values) {
        hasher.AddText(state.names.Text(attribute));
        hasher.AddText(about == kAboutNothing ? "" : state.names.Text(about));
        hasher.AddText(state.names.Text(it.version->source));
        hasher.AddNumber(static_cast<uint64_t>(it.version->at_us));
        hasher.AddNumber(it.version->inferred);
        AddValue(it.version->value, it.version->strength, hasher);
      }
    }
  }
  const auto related = state.relations.Of(customer, now_us);
  hasher.AddNumber(related.size());
  for (const RelationStore::Related& it : related) {
    hasher.AddText(state.names.Text(it.relation));
    hasher.AddNumber(it.inverse);
    hasher.AddText(customers.IdOf(it.other).ToByteString());
    hasher.AddNumber(static_cast<uint64_t>(it.version->at_us));
    hasher.AddText(state.names.Text(it.version->source));
  }
  for (RecordNumber record : customers.RecordsOf(customer)) {
    AddTimeline(state, record, now_us, hasher);
  }
  for (const auto& [name, segment] : state.segments.all()) {
    auto verdict = state.segments.Test(segment, customer, now_us);
    hasher.AddNumber(!verdict.ok() ? 3
                     : verdict->is_undecided()
                         ? 2
                         : static_cast<uint64_t>(verdict->holds));
  }
  return hasher.Finish<32>();
}

void AddLists(const State& state, int64_t now_us, Hasher& hasher) {
  for (const auto& [name, list] : state.consents.lists().all()) {
    for (const SuppressionUpdate& it : list.updates) {
      if (it.at_us > now_us) break;
      hasher.AddText(name);
      hasher.AddText(it.fact.ToByteString());
      hasher.AddNumber(static_cast<uint64_t>(it.at_us));
      hasher.AddNumber(it.replaces ? 1 : 0);
      hasher.AddText(it.key_check.ToByteString());
      hasher.AddNumber(it.hashes.size());
      for (const SuppressionHash& hash : it.hashes) {
        hasher.AddNumber(hash.high).AddNumber(hash.low);
      }
    }
  }
}

void AddPermits(const State& state, int64_t now_us, Hasher& hasher) {
  std::vector<const Permit*> permits;
  state.decisions.ForEachPermit([&](const Permit& it) {
    if (it.at_us <= now_us) permits.push_back(&it);
  });
  std::sort(permits.begin(), permits.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  hasher.AddNumber(permits.size());
  for (const Permit* it : permits) {
    hasher.AddText(it->id.ToByteString());
    hasher.AddText(state.customers.RecordName(it->record));
    hasher.AddNumber(static_cast<uint64_t>(it->deadline_us));
    hasher.AddNumber(it->WasUsed(now_us)
                         ? static_cast<uint64_t>(*it->used_us)
                         : 0);
  }
  std::vector<const PurchaseLink*> links;
  state.decisions.ForEachLink([&](const PurchaseLink& it) {
    if (it.at_us <= now_us) links.push_back(&it);
  });
  std::sort(links.begin(), links.end(),
            [](const auto* a, const auto* b) { return a->fact < b->fact; });
  hasher.AddNumber(links.size());
  for (const PurchaseLink* it : links) {
    hasher.AddText(it->fact.ToByteString());
    hasher.AddText(it->interaction.ToByteString());
    hasher.AddText(it->decision ? it->decision->ToByteString() : "");
  }
}

void AddDecisions(const State& state, int64_t now_us, Hasher& hasher) {
  std::vector<const Decision*> decisions;
  state.decisions.ForEach(
      [&](const Decision& it) { decisions.push_back(&it); });
  std::sort(decisions.begin(), decisions.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  for (const Decision* it : decisions) {
    if (it->at_us > now_us) continue;
    hasher.AddText(it->id.ToByteString());
    hasher.AddText(state.customers.RecordName(it->record));
    hasher.AddNumber(static_cast<uint64_t>(it->at_us));
    hasher.AddText(it->offer == 0 ? "" : state.names.Text(it->offer));
    hasher.AddText(it->digest.ToByteString());
    for (const Outcome& outcome : state.decisions.OutcomesOf(it->id)) {
      if (outcome.at_us > now_us) continue;
      hasher.AddText(outcome.fact.ToByteString());
      hasher.AddNumber(static_cast<uint64_t>(outcome.kind));
      hasher.AddNumber(static_cast<uint64_t>(outcome.at_us));
    }
  }
  AddPermits(state, now_us, hasher);
}

void AddCoupons(const State& state, int64_t now_us, Hasher& hasher) {
  const CouponBook& book = state.coupons;
  const auto add_record = [&](uint32_t record) {
    hasher.AddText(record == CouponTerms::kNone
                       ? std::string_view()
                       : state.customers.RecordName(record));
  };
  const auto add_money = [&](const Money& money) {
    hasher.AddText(money.currency.code());
    hasher.AddNumber(static_cast<uint64_t>(money.minor));
  };
  std::vector<const Coupon*> coupons;
  book.ForEach([&](const Coupon& it) {
    if (book.TermsOf(it).issued_us <= now_us) coupons.push_back(&it);
  });
  std::sort(coupons.begin(), coupons.end(),
            [](const auto* a, const auto* b) { return a->hash < b->hash; });
  for (const Coupon* coupon : coupons) {
    const CouponTerms& terms = book.TermsOf(*coupon);
    const CouponBenefit& benefit = book.BenefitOf(terms);
    hasher.AddText(coupon->hash.ToByteString());
    add_record(terms.record);
    hasher.AddText(book.OfferOf(terms));
    hasher.AddNumber(static_cast<uint64_t>(terms.issued_us));
    hasher.AddNumber(static_cast<uint64_t>(terms.deadline_us));
    hasher.AddNumber(static_cast<uint64_t>(benefit.gives));
    hasher.AddNumber(benefit.basis_points);
    add_money(benefit.money);
    hasher.AddText(benefit.product);
    hasher.AddNumber(terms.uses);
    const CouponStatus status =
        StatusOf(book, state.world, *coupon, now_us);
    hasher.AddNumber(status.uses.size());
    for (const CouponUse& use : status.uses) {
      const CouponRedemption& it = *use.redemption;
      hasher.AddText(it.fact.ToByteString());
      hasher.AddNumber(static_cast<uint64_t>(it.at_us));
      add_record(it.record);
      hasher.AddText(it.purchase.ToByteString());
      add_money(it.basket);
      hasher.AddNumber(static_cast<uint64_t>(use.released.why));
      hasher.AddNumber(use.holds);
    }
  }
}

}  // namespace

absl::StatusOr<std::array<uint8_t, 32>> Store::Digest(int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_RETURN_IF_ERROR(impl_->CheckTold("now_us", now_us));
  const State& state = *impl_->state;
  std::vector<std::pair<Id, RecordNumber>> customers;
  state.customers.ForEachCustomer(now_us, [&](RecordNumber customer) {
    customers.emplace_back(state.customers.IdOf(customer), customer);
  });
  std::sort(customers.begin(), customers.end());
  std::vector<Hash256> hashes(customers.size());
  const size_t tasks =
      (customers.size() + kCustomersPerTask - 1) / kCustomersPerTask;
  std::vector<absl::Status> failures(tasks);
  impl_->ForEachTask(tasks, [&](size_t task) {
    ReadScope scope;
    const size_t end =
        std::min(customers.size(), (task + 1) * kCustomersPerTask);
    for (size_t i = task * kCustomersPerTask; i < end; ++i) {
      hashes[i] = HashCustomer(state, customers[i].second, now_us);
    }
    failures[task] = scope.status();
  });
  for (const absl::Status& failure : failures) TRATO_RETURN_IF_ERROR(failure);
  Hasher hasher(32);
  AddDefinitions(state, hasher);
  hasher.AddNumber(customers.size());
  for (size_t i = 0; i < customers.size(); ++i) {
    hasher.AddText(customers[i].first.ToByteString());
    hasher.Add(hashes[i].data(), hashes[i].size());
  }
  AddDecisions(state, now_us, hasher);
  {
    ReadScope scope;
    AddCoupons(state, now_us, hasher);
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  AddLists(state, now_us, hasher);
  return hasher.Finish<32>();
}

}  // namespace trato::core
