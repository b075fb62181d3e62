// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/consent_ledger.h"

#include <algorithm>
#include <utility>

namespace trato::core {
namespace {

bool IsObjection(ConsentState state) {
  return state == ConsentState::kObjected || state == ConsentState::kLifted;
}

bool IsRefusal(ConsentState state) {
  return state == ConsentState::kDenied || state == ConsentState::kWithdrawn;
}

bool Covers(const ConsentStatement& it, const ConsentQuestion& question) {
  return !IsObjection(it.state) &&
         (it.purpose == 0 || it.purpose == question.purpose) &&
         (it.channel == 0 || it.channel == question.channel);
}

// Of two that cover one question: whether `a` says as much as `b`, or less.
bool IsNoWider(const ConsentStatement& a, const ConsentStatement& b) {
  return (b.purpose == 0 || a.purpose != 0) &&
         (b.channel == 0 || a.channel != 0);
}

// Of those that cover one question: which have the same purpose and channel.
size_t ScopeOf(const ConsentStatement& it) {
  return (it.purpose == 0 ? 2u : 0u) + (it.channel == 0 ? 1u : 0u);
}

bool HasRunOut(const ConsentStatement& it, int64_t now_us) {
  return it.valid_until_us <= now_us;
}

int Strictness(ConsentState state) {
  switch (state) {
    case ConsentState::kObjected:
      return 4;
    case ConsentState::kDenied:
    case ConsentState::kWithdrawn:
      return 3;
    case ConsentState::kGranted:
      return 2;
    case ConsentState::kExpired:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::string_view NameOf(ConsentState state) {
  switch (state) {
    case ConsentState::kGranted:
      return "granted";
    case ConsentState::kDenied:
      return "denied";
    case ConsentState::kWithdrawn:
      return "withdrawn";
    case ConsentState::kExpired:
      return "expired";
    case ConsentState::kObjected:
      return "objected";
    case ConsentState::kSuppressed:
      return "suppressed";
    case ConsentState::kUnchecked:
      return "unchecked";
    case ConsentState::kLifted:
      return "lifted";
    case ConsentState::kNone:
      break;
  }
  return "none";
}

const FactId* ConsentAnswer::fact() const {
  if (finding) return finding->update ? &finding->update->fact : nullptr;
  return statement ? &statement->fact : nullptr;
}

int64_t ConsentAnswer::since_us() const {
  if (finding) {
    return finding->update ? finding->update->at_us
                           : std::numeric_limits<int64_t>::min();
  }
  if (statement == nullptr) return std::numeric_limits<int64_t>::min();
  return state == ConsentState::kExpired ? statement->valid_until_us
                                         : statement->at_us;
}

int64_t ConsentAnswer::until_us() const {
  return state == ConsentState::kGranted ? statement->valid_until_us
                                         : kNeverExpires;
}

void ConsentLedger::Add(RecordNumber record, const CustomerStore& customers,
                        ConsentStatement statement) {
  const bool is_objection = IsObjection(statement.state);
  std::vector<ConsentStatement>& known = statements_[record];
  auto place = std::upper_bound(
      known.begin(), known.end(), statement,
      [&](const auto& a, const auto& b) { return Before(a, b); });
  known.insert(place, std::move(statement));
  ++version_;
  if (is_objection && ever_objected_.insert(record).second) {
    Note(record, customers.RecordName(record));
    if (is_loading_ && parts_ != nullptr) {
      pending_.push_back(record);
      has_pending_.store(true, std::memory_order_release);
      return;
    }
    for (std::string_view claim : customers.ClaimsOf(record)) {
      Note(record, claim);
    }
  }
}

void ConsentLedger::NoteIdentifier(RecordNumber record,
                                   std::string_view identifier) {
  if (ever_objected_.contains(record)) Note(record, identifier);
}

void ConsentLedger::Note(RecordNumber record,
                         std::string_view identifier) const {
  std::vector<RecordNumber>& known = objectors_[identifier];
  if (std::find(known.begin(), known.end(), record) == known.end()) {
    known.push_back(record);
  }
}

ConsentAnswer ConsentLedger::Answer(const CustomerStore& customers,
                                    RecordNumber customer,
                                    const ConsentQuestion& question,
                                    int64_t now_us) const {
  if (question.is_direct_marketing) {
    ConsentAnswer objection = ObjectionOf(customers, customer, now_us);
    if (objection.statement != nullptr) return objection;
  }
  ConsentAnswer best;
  const auto records = customers.RecordsOf(customer);
  // What several say may be told apart by the ids of their facts alone.
  const bool with_ids = records.size() > 1;
  for (RecordNumber record : records) {
    ConsentAnswer own = AnswerOf(record, question, now_us, with_ids);
    if (Yields(best, own)) best = std::move(own);
  }
  if (best.allowed() && question.is_direct_marketing) {
    best.finding = FindOnLists(customers, customer, now_us);
    if (best.finding) {
      best.state = best.finding->is_listed ? ConsentState::kSuppressed
                                           : ConsentState::kUnchecked;
    }
  }
  return best;
}

std::optional<SuppressionLists::Finding> ConsentLedger::FindOnLists(
    const CustomerStore& customers, RecordNumber customer,
    int64_t now_us) const {
  if (lists_.all().empty()) return std::nullopt;
  return lists_.Find(customers, customers.RecordsOf(customer), now_us,
                     [&](std::string_view identifier) {
                       return LiftedAt(identifier, now_us);
                     });
}

ConsentAnswer ConsentLedger::AgainstMarketing(const CustomerStore& customers,
                                              RecordNumber customer,
                                              int64_t now_us) const {
  ConsentAnswer answer = ObjectionOf(customers, customer, now_us);
  if (answer.state != ConsentState::kNone) return answer;
  answer.finding = FindOnLists(customers, customer, now_us);
  if (answer.finding) {
    answer.state = answer.finding->is_listed ? ConsentState::kSuppressed
                                             : ConsentState::kUnchecked;
  }
  return answer;
}

ConsentAnswer ConsentLedger::ObjectionOf(const CustomerStore& customers,
                                         RecordNumber customer,
                                         int64_t now_us) const {
  ConsentAnswer best;
  if (ever_objected_.empty()) return best;
  FindObjectors();
  const auto records = customers.RecordsOf(customer);
  const auto consider = [&](RecordNumber record, std::string_view shared) {
    const ConsentStatement* statement = ObjectionIn(record, now_us);
    if (statement == nullptr) return;
    const ConsentAnswer own{
        ConsentState::kObjected, statement, record, shared, {}, {}};
    if (Yields(best, own)) best = own;
  };
  for (RecordNumber record : records) consider(record, {});
  if (best.statement != nullptr) return best;
  for (RecordNumber record : records) {
    const auto look_up = [&](std::string_view identifier) {
      auto found = objectors_.find(identifier);
      if (found == objectors_.end()) return;
      for (RecordNumber objector : found->second) {
        if (!customers.StateOf(record, objector).apart()) {
          consider(objector, found->first);
        }
      }
    };
    look_up(customers.RecordName(record));
    for (std::string_view claim : customers.ClaimsOf(record)) look_up(claim);
  }
  return best;
}

int64_t ConsentLedger::NextChange(const CustomerStore& customers,
                                  RecordNumber customer, int64_t now_us) const {
  FindObjectors();
  int64_t next_us = lists_.NextChange(now_us);
  const auto consider = [&](int64_t at_us) {
    if (at_us > now_us) next_us = std::min(next_us, at_us);
  };
  const auto consider_all = [&](const auto& statements) {
    for (const ConsentStatement& it : statements) {
      consider(it.at_us);
      consider(it.valid_until_us);
    }
  };
  for (RecordNumber record : customers.RecordsOf(customer)) {
    consider_all(StatementsOf(record));
    if (objectors_.empty()) continue;
    const auto look_up = [&](std::string_view identifier) {
      auto found = objectors_.find(identifier);
      if (found == objectors_.end()) return;
      // Of others their objections matter alone.
      for (RecordNumber objector : found->second) {
        consider_all(AtHand(objector));
      }
    };
    look_up(customers.RecordName(record));
    for (std::string_view claim : customers.ClaimsOf(record)) look_up(claim);
  }
  return next_us;
}

std::span<const ConsentStatement> ConsentLedger::AtHand(
    RecordNumber record) const {
  auto found = statements_.find(record);
  if (found == statements_.end()) return {};
  return found->second;
}

ConsentLedger::Last ConsentLedger::LastOf(const ConsentStatements& statements,
                                          const ConsentQuestion& question,
                                          int64_t now_us) {
  Last last{};
  for (const ConsentStatement& it : statements) {
    if (it.at_us > now_us) break;
    if (Covers(it, question)) last[ScopeOf(it)] = &it;
  }
  return last;
}

bool ConsentLedger::IsLifted(const ConsentStatement& refusal, const Last& last,
                             int64_t now_us) const {
  return std::any_of(last.begin(), last.end(), [&](const auto* it) {
    return it != nullptr && it->state == ConsentState::kGranted &&
           !HasRunOut(*it, now_us) && Before(refusal, *it) &&
           IsNoWider(*it, refusal);
  });
}

ConsentAnswer ConsentLedger::AnswerOf(RecordNumber record,
                                      const ConsentQuestion& question,
                                      int64_t now_us, bool with_ids) const {
  const ConsentStatements statements = StatementsOf(record, with_ids);
  const Last last = LastOf(statements, question, now_us);
  ConsentAnswer best;
  for (const ConsentStatement* it : last) {
    if (it == nullptr) continue;
    ConsentAnswer own{it->state, it, record, {}, {}, {}};
    if (IsRefusal(it->state)) {
      if (IsLifted(*it, last, now_us)) continue;
    } else if (HasRunOut(*it, now_us)) {
      own.state = ConsentState::kExpired;
    }
    if (Yields(best, own)) best = std::move(own);
  }
  best.owner = statements.owner();
  return best;
}

const ConsentStatement* ConsentLedger::LastOnMarketing(RecordNumber record,
                                                       int64_t now_us) const {
  const ConsentStatement* last = nullptr;
  for (const ConsentStatement& it : AtHand(record)) {
    if (it.at_us > now_us) break;
    if (IsObjection(it.state)) last = &it;
  }
  return last;
}

const ConsentStatement* ConsentLedger::ObjectionIn(RecordNumber record,
                                                   int64_t now_us) const {
  const ConsentStatement* last = LastOnMarketing(record, now_us);
  if (last == nullptr || last->state == ConsentState::kLifted) return nullptr;
  return last;
}

std::optional<int64_t> ConsentLedger::LiftedAt(std::string_view identifier,
                                               int64_t now_us) const {
  FindObjectors();
  std::optional<int64_t> lifted;
  auto found = objectors_.find(identifier);
  if (found == objectors_.end()) return lifted;
  for (RecordNumber record : found->second) {
    const ConsentStatement* last = LastOnMarketing(record, now_us);
    if (last != nullptr && last->state == ConsentState::kLifted &&
        (!lifted || *lifted < last->at_us)) {
      lifted = last->at_us;
    }
  }
  return lifted;
}

std::vector<SuppressionHash> ConsentLedger::ObjectionHashes(
    const CustomerStore& customers, int64_t now_us) const {
  FindObjectors();
  std::vector<SuppressionHash> hashes;
  if (auto own = lists_.all().find(SuppressionLists::kObjections);
      own != lists_.all().end()) {
    hashes = lists_.Entries(own->second, now_us);
    const SuppressionUpdate* update = own->second.LastUpdate(now_us);
    std::vector<SuppressionHash> lifted;
    for (const auto& [identifier, records] : objectors_) {
      const auto at_us = LiftedAt(identifier, now_us);
      if (at_us && update != nullptr && *at_us > update->at_us) {
        lifted.push_back(lists_.hasher().Hash(identifier));
      }
    }
    std::sort(lifted.begin(), lifted.end());
    std::erase_if(hashes, [&](const SuppressionHash& hash) {
      return std::binary_search(lifted.begin(), lifted.end(), hash);
    });
  }
  for (RecordNumber record : ever_objected_) {
    if (ObjectionIn(record, now_us) == nullptr) continue;
    hashes.push_back(lists_.hasher().Hash(customers.RecordName(record)));
    for (std::string_view claim : customers.ClaimsOf(record)) {
      hashes.push_back(lists_.hasher().Hash(claim));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

std::string ConsentLedger::BearingOf(RecordNumber record,
                                     const ConsentStatement& statement,
                                     const ConsentQuestion& question,
                                     const ConsentAnswer& answer,
                                     int64_t now_us) const {
  if (statement.at_us > now_us) return "";
  const CustomerStore::WithFactIds with_ids;
  // The same statement may have been unpacked twice.
  const auto is_it = [&](const ConsentStatement* other) {
    return other != nullptr && other->fact == statement.fact;
  };
  if (is_it(answer.statement)) return "decides";
  if (IsObjection(statement.state)) {
    if (!question.is_direct_marketing) return "";
    if (statement.state == ConsentState::kLifted) return "lifts the objection";
    return is_it(ObjectionIn(record, now_us))
               ? "holds against everything, too"
               : "no longer holds: lifted or said again later";
  }
  if (!Covers(statement, question)) return "";
  const ConsentStatements statements = StatementsOf(record);
  const Last last = LastOf(statements, question, now_us);
  if (!is_it(last[ScopeOf(statement)])) return "replaced by a later one";
  if (IsRefusal(statement.state)) {
    return IsLifted(statement, last, now_us)
               ? "lifted by a later grant that is no wider"
               : "refuses, too";
  }
  if (HasRunOut(statement, now_us)) return "has run out";
  if (answer.finding) return "allows, too";
  return answer.allowed() ? "allows, too" : "overruled by what decides";
}

bool ConsentLedger::Before(const ConsentStatement& a,
                           const ConsentStatement& b) const {
  if (a.at_us != b.at_us) return a.at_us < b.at_us;
  if (a.source != b.source) {
    return names_->Text(a.source) < names_->Text(b.source);
  }
  return a.fact < b.fact;
}

bool ConsentLedger::Yields(const ConsentAnswer& a,
                           const ConsentAnswer& b) const {
  if (b.statement == nullptr) return false;
  if (a.statement == nullptr) return true;
  const int strict_a = Strictness(a.state);
  const int strict_b = Strictness(b.state);
  if (strict_a != strict_b) return strict_a < strict_b;
  // What is granted holds as long as any of the grants.
  if (a.statement->valid_until_us != b.statement->valid_until_us) {
    return a.statement->valid_until_us < b.statement->valid_until_us;
  }
  return Before(*a.statement, *b.statement);
}

}  // namespace trato::core
