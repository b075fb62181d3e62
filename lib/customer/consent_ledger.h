// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What each record said of being contacted: statements by purpose and channel,
// and what follows from them at an instant. Nothing is overwritten and nothing
// runs out by a job: a question is answered from the statements dated by then.
//
// THE RULE. A statement covers the purposes and channels that it names; "*"
// names all. Of the statements with the same purpose and channel, as written,
// the last holds. Then, for one record and one question:
//   1. A refusal (denied, withdrawn) that covers the question holds against
//      every grant, except while a later one has not run out that is no wider
//      than the refusal in purpose and in channel. So "stop everything" ends
//      what was granted before, an order placed later with a box ticked for the
//      newsletter grants the newsletter, and no blanket grant lifts a refusal
//      that was specific.
//   2. Else a grant that covers it and has not run out allows it. One that has
//      run out says nothing any more.
// While records are one customer a refusal of any holds against the grants of
// all: a record's own later grant lifts its own refusals only. A record that
// says nothing takes nothing away.
//   3. An objection to direct marketing holds against everything, for purposes
//      that are direct marketing, until the record that objected lifts it. It
//      covers the customer, and also everybody with a record that goes by an
//      identifier of the one that objected, so that it outlives an import under
//      another name; except by a record that is kept apart from that by hand.
//   4. What is direct marketing and would be allowed is not while the customer
//      is on a suppression list, or while such a list cannot be relied on.
//
// Statements are ordered by (event time, source, fact id), never by arrival.
//
// Consents that are sealed with their records are unpacked for who asks
// (sealed_consents.cc); objections, which cover others, too, are all at hand.

#ifndef TRATO_CUSTOMER_CONSENT_LEDGER_H_
#define TRATO_CUSTOMER_CONSENT_LEDGER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/id.h"
#include "base/interner.h"
#include "base/mutex.h"
#include "base/strings.h"
#include "customer/customer_store.h"
#include "customer/record_parts.h"
#include "customer/suppression.h"

namespace trato::core {

// All purposes, or all channels, as hosts write it; the ledger keeps number 0.
inline constexpr std::string_view kEvery = "*";
inline constexpr int64_t kNeverExpires = std::numeric_limits<int64_t>::max();

// What a record says, or what is answered. Numbered as in trato.h.
enum class ConsentState : uint8_t {
  kNone = 0,  // nothing was said
  kGranted = 1,
  kDenied = 2,
  kWithdrawn = 3,
  kExpired = 4,   // an answer only: granted, and run out
  kObjected = 5,  // to direct marketing
  // Answers only, to what would be granted:
  kSuppressed = 6,  // a list has her
  kUnchecked = 7,   // a list is too old, or under another key
  kLifted = 8,      // a statement only: of an objection
};
std::string_view NameOf(ConsentState state);

struct ConsentStatement {
  FactId fact;
  int64_t at_us = 0;
  int64_t recorded_us = 0;
  int64_t valid_until_us = kNeverExpires;  // exclusive; of a grant
  ConsentState state = ConsentState::kNone;
  uint32_t purpose = 0;  // interned, as all names here; 0: every one
  uint32_t channel = 0;  // 0: every one
  uint32_t source = 0;
  uint32_t actor = 0;
  uint32_t batch = 0;
  uint32_t wording = 0;                      // the version of the text shown
  std::shared_ptr<const std::string> proof;  // null: none
};

// What a record said, in order. It is good as long as this lives and nothing is
// written.
class ConsentStatements {
 public:
  ConsentStatements() = default;
  explicit ConsentStatements(std::span<const ConsentStatement> list)
      : list_(list) {}
  explicit ConsentStatements(
      std::shared_ptr<const std::vector<ConsentStatement>> owner)
      : list_(*owner), owner_(std::move(owner)) {}

  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  bool empty() const { return list_.empty(); }
  size_t size() const { return list_.size(); }
  const std::shared_ptr<const std::vector<ConsentStatement>>& owner() const {
    return owner_;
  }

 private:
  std::span<const ConsentStatement> list_;
  std::shared_ptr<const std::vector<ConsentStatement>> owner_;  // or null
};

struct ConsentQuestion {
  uint32_t purpose = 0;
  uint32_t channel = 0;
  bool is_direct_marketing = false;
};

struct ConsentAnswer {
  ConsentState state = ConsentState::kNone;
  // What decides, and whose it is; null when nothing was said.
  const ConsentStatement* statement = nullptr;
  RecordNumber record = 0;
  // Of an objection by somebody else: the identifier that both go by.
  std::string_view shared_identifier;
  // What stands against that grant, where a list does.
  std::optional<SuppressionLists::Finding> finding;
  // Keeps the statement.
  std::shared_ptr<const void> owner;

  bool allowed() const { return state == ConsentState::kGranted; }
  // The fact that decides; null: none. Of a consent the id is only there for
  // who asked under CustomerStore::WithFactIds.
  const FactId* fact() const;
  // From when to when the answer holds, by the clock alone; of a list, since
  // its last update.
  int64_t since_us() const;
  int64_t until_us() const;
};

class ConsentLedger {
 public:
  // The id of a consent that is the n-th of its like.
  using IdOfFact = std::function<FactId(const RecordFact&, uint32_t n)>;

  // `names` outlives this.
  explicit ConsentLedger(const Interner* names, IdOfFact id_of_fact = {});

  // From here on `parts` has the consents of records that were said before;
  // they are forgotten here where `has_all`.
  void SetParts(std::shared_ptr<const RecordParts> parts, bool has_all);
  // While a sealed store is read, by what who objected goes is not looked up; the
  // first question that depends on it does.
  void BeginLoading() { is_loading_ = true; }
  void EndLoading() { is_loading_ = false; }

  // ---- Writing. Nothing here fails: what comes in has been checked.

  void Add(RecordNumber record, const CustomerStore& customers,
           ConsentStatement statement);
  // The record goes by one more identifier.
  void NoteIdentifier(RecordNumber record, std::string_view identifier);

  // ---- Reading. `customer` is a leader.

  // Cost: linear in the statements of the customer's records; where anybody
  // ever objected also one look-up for each of her identifiers, and the first
  // time after a sealed store was opened the identifiers of who did.
  ConsentAnswer Answer(const CustomerStore& customers, RecordNumber customer,
                       const ConsentQuestion& question, int64_t now_us) const;
  // The first instant after `now_us` at which an answer about the customer may
  // be another one by the clock alone; kNever: there is none. Not later than
  // the true one.
  int64_t NextChange(const CustomerStore& customers, RecordNumber customer,
                     int64_t now_us) const;
  // The objection that covers the customer at the instant; state kNone: none.
  ConsentAnswer ObjectionOf(const CustomerStore& customers,
                            RecordNumber customer, int64_t now_us) const;

  // What stands against direct marketing that needs no consent: an objection or
  // a suppression list; state kNone: nothing.
  ConsentAnswer AgainstMarketing(const CustomerStore& customers,
                                 RecordNumber customer, int64_t now_us) const;

  // In order. Those of consents have the ids of their facts under
  // CustomerStore::WithFactIds, and where `with_ids`.
  ConsentStatements StatementsOf(RecordNumber record,
                                 bool with_ids = false) const;
  // How a statement of the record bears on the answer to a question, in words;
  // empty: it does not cover it.
  std::string BearingOf(RecordNumber record, const ConsentStatement& statement,
                        const ConsentQuestion& question,
                        const ConsentAnswer& answer, int64_t now_us) const;

  // Whether the record ever objected to direct marketing.
  bool HasObjected(RecordNumber record) const {
    return ever_objected_.contains(record);
  }
  // The order of statements.
  bool Before(const ConsentStatement& a, const ConsentStatement& b) const;

  SuppressionLists& lists() { return lists_; }
  const SuppressionLists& lists() const { return lists_; }
  // The hashes to keep outside for the store's own objections: the identifiers
  // of every record whose objection is in force, and what the list of that name
  // still holds. Sorted.
  std::vector<SuppressionHash> ObjectionHashes(const CustomerStore& customers,
                                               int64_t now_us) const;

 private:
  // A suppression list that stands against the customer.
  std::optional<SuppressionLists::Finding> FindOnLists(
      const CustomerStore& customers, RecordNumber customer,
      int64_t now_us) const;
  // Of a record's statements that cover a question, the last with each purpose
  // and channel as written; null where there is none.
  using Last = std::array<const ConsentStatement*, 4>;

  static Last LastOf(const ConsentStatements& statements,
                     const ConsentQuestion& question, int64_t now_us);
  // Whether a grant among `last` lifts the refusal.
  bool IsLifted(const ConsentStatement& refusal, const Last& last,
                int64_t now_us) const;
  // One record's answer but for objections.
  ConsentAnswer AnswerOf(RecordNumber record, const ConsentQuestion& question,
                         int64_t now_us, bool with_ids) const;
  // When an objection of who goes by the identifier was last lifted, and not
  // made again.
  std::optional<int64_t> LiftedAt(std::string_view identifier,
                                  int64_t now_us) const;
  // The record's last objection or lifting, or null.
  const ConsentStatement* LastOnMarketing(RecordNumber record,
                                          int64_t now_us) const;
  // The record's objection in force, or null.
  const ConsentStatement* ObjectionIn(RecordNumber record,
                                      int64_t now_us) const;
  // Whether `b` decides rather than `a`: the stricter, and of equals the later.
  bool Yields(const ConsentAnswer& a, const ConsentAnswer& b) const;

  // What was said since that was sealed, and all objections.
  std::span<const ConsentStatement> AtHand(RecordNumber record) const;
  // All of it; null: in an order that depends on ids of facts, which are not
  // there.
  std::shared_ptr<const std::vector<ConsentStatement>> Unpack(
      RecordNumber record, bool with_ids) const;

  // Looks up what was put off.
  void FindObjectors() const {
    if (has_pending_.load(std::memory_order_acquire)) FindPending();
  }
  void FindPending() const;
  void Note(RecordNumber record, std::string_view identifier) const;

  const Interner* names_;
  const IdOfFact id_of_fact_;
  std::shared_ptr<const RecordParts> parts_;
  // Of all ledgers that ever were, and of what it holds: tells memos apart.
  const uint64_t number_;
  uint64_t version_ = 0;
  absl::flat_hash_map<RecordNumber, std::vector<ConsentStatement>> statements_;
  // The records that ever objected, by each of their identifiers, once
  // FindObjectors was called. Writing, which nobody reads beside, adds to it.
  mutable StringHashMap<std::vector<RecordNumber>> objectors_;
  bool is_loading_ = false;
  mutable Mutex pending_mutex_;
  mutable std::atomic<bool> has_pending_{false};
  mutable std::vector<RecordNumber> pending_;  // who is not in it yet
  absl::flat_hash_set<RecordNumber> ever_objected_;
  SuppressionLists lists_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_CONSENT_LEDGER_H_
