// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Consents that are sealed with their records: unpacked a record at a time when
// somebody asks, and put together with what was said since.

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "base/read_scope.h"
#include "customer/consent_ledger.h"

namespace trato::core {
namespace {

std::atomic<uint64_t> ledgers{0};

// What this thread unpacked last.
struct Memo {
  uint64_t ledger = 0;
  uint64_t version = 0;
  RecordNumber record = 0;
  bool has_ids = false;
  std::shared_ptr<const std::vector<ConsentStatement>> statements;
};
constexpr size_t kMemos = 16;

}  // namespace

ConsentLedger::ConsentLedger(const Interner* names, IdOfFact id_of_fact)
    : names_(names),
      id_of_fact_(std::move(id_of_fact)),
      number_(ledgers.fetch_add(1, std::memory_order_relaxed) + 1) {}

void ConsentLedger::SetParts(std::shared_ptr<const RecordParts> parts,
                             bool has_all) {
  ++version_;
  parts_ = std::move(parts);
  if (!has_all) return;
  for (auto it = statements_.begin(); it != statements_.end();) {
    std::vector<ConsentStatement>& said = it->second;
    std::erase_if(said, [](const ConsentStatement& statement) {
      return statement.state != ConsentState::kObjected &&
             statement.state != ConsentState::kLifted;
    });
    if (said.empty()) {
      statements_.erase(it++);
    } else {
      ++it;
    }
  }
  // Its room as well, which iterating takes time for.
  if (statements_.empty()) statements_ = {};
}

void ConsentLedger::FindPending() const {
  MutexLock lock(&pending_mutex_);
  if (pending_.empty()) return;
  std::sort(pending_.begin(), pending_.end());
  if (parts_ != nullptr) {
    // Beside the cache: most of these records nobody asks for.
    RangeReader reader(*parts_);
    for (RecordNumber record : pending_) {
      const absl::Status status =
          reader.ForEachFact(record, [&](const RecordFact& it) {
            if (it.kind == RecordFact::Kind::kClaim) Note(record, it.text);
          });
      if (!status.ok()) {
        // Whoever asks next tries again.
        ReadScope::Report(status);
        return;
      }
    }
  }
  pending_ = {};
  has_pending_.store(false, std::memory_order_release);
}

ConsentStatements ConsentLedger::StatementsOf(RecordNumber record,
                                              bool with_ids) const {
  if (parts_ == nullptr || !parts_->Has(record)) {
    return ConsentStatements(AtHand(record));
  }
  static thread_local std::array<Memo, kMemos> memos;
  Memo& memo = memos[record % kMemos];
  with_ids = with_ids || CustomerStore::WantsFactIds();
  if (memo.ledger != number_ || memo.version != version_ ||
      memo.record != record || (with_ids && !memo.has_ids)) {
    // What cannot be read is no answer to keep.
    memo.ledger = 0;
    ReadScope scope;
    auto said = Unpack(record, with_ids);
    const bool has_ids = with_ids || said == nullptr;
    if (said == nullptr) said = Unpack(record, true);
    if (!scope.status().ok()) return ConsentStatements(std::move(said));
    memo = {number_, version_, record, has_ids, std::move(said)};
  }
  if (memo.statements->empty()) return {};
  return ConsentStatements(memo.statements);
}

std::shared_ptr<const std::vector<ConsentStatement>> ConsentLedger::Unpack(
    RecordNumber record, bool with_ids) const {
  auto said = std::make_shared<std::vector<ConsentStatement>>();
  // Of facts that say the same, how many there were.
  struct Counted {
    RecordFact fact;
    std::string proof;
    uint32_t next;
  };
  std::vector<Counted> counted;
  const auto id_of = [&](const RecordFact& fact) {
    if (!with_ids) return FactId{};
    if (!fact.key.empty()) return FactId::OfKey(fact.source, fact.key);
    for (Counted& it : counted) {
      it.fact.text = it.proof;
      if (it.fact.IsLike(fact)) return id_of_fact_(fact, it.next++);
    }
    Counted& it = counted.emplace_back(fact, std::string(fact.text), 1);
    // The block may go; its names stay.
    const auto stays = [&](std::string_view name, uint32_t number) {
      return name == kEvery ? kEvery : names_->Text(number);
    };
    it.fact.source = names_->Text(fact.source_number);
    it.fact.name = stays(fact.name, fact.name_number);
    it.fact.about = stays(fact.about, fact.about_number);
    it.fact.wording = names_->Text(fact.wording_number);
    return id_of_fact_(fact, 0);
  };
  const auto number_of = [](std::string_view name, uint32_t number) {
    return name == kEvery ? 0 : number;
  };
  parts_->ForEachFactOf(
      record, RecordFact::Kind::kConsent, RecordFact::Kind::kConsent,
      [&](const RecordFact& fact) {
        ConsentStatement& it = said->emplace_back();
        it.fact = id_of(fact);
        it.at_us = fact.at_us;
        it.recorded_us = fact.recorded_us;
        it.valid_until_us = fact.valid_until_us;
        it.state = static_cast<ConsentState>(fact.said);
        it.purpose = number_of(fact.name, fact.name_number);
        it.channel = number_of(fact.about, fact.about_number);
        it.source = fact.source_number;
        it.actor = fact.actor_number;
        it.batch = fact.batch_number;
        it.wording = fact.wording_number;
        if (!fact.text.empty()) {
          it.proof = std::make_shared<const std::string>(fact.text);
        }
        return true;
      });
  const auto at_hand = AtHand(record);
  said->insert(said->end(), at_hand.begin(), at_hand.end());
  if (said->size() < 2) return said;
  std::sort(said->begin(), said->end(),
            [&](const auto& a, const auto& b) { return Before(a, b); });
  for (size_t i = 1; i < said->size() && !with_ids; ++i) {
    const ConsentStatement& a = (*said)[i - 1];
    const ConsentStatement& b = (*said)[i];
    if (a.at_us == b.at_us && a.source == b.source) return nullptr;
  }
  return said;
}

}  // namespace trato::core
