// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What was decided for whom, out of which candidates, and what became of it; who
// may be contacted, and which purchase came of what. An outcome may arrive
// before the decision it is of, and a use before its permit.

#ifndef TRATO_OFFER_DECISION_LOG_H_
#define TRATO_OFFER_DECISION_LOG_H_

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/id.h"
#include "base/money.h"
#include "base/strings.h"
#include "base/timed_sum.h"
#include "insight/response_rate.h"
#include "offer/budget_price.h"

namespace trato::core {

// Whether somebody is left out for comparison.
struct Assignment {
  uint32_t policy = 0;  // interned, as all names here
  bool held_out = false;
  uint32_t offer = 0;  // the best that it was about
};

// An offer that reached arbitration.
struct RankedOffer {
  uint32_t offer = 0;
  double score = 0;
  double probability = 0;
};

inline constexpr int64_t kNoDeadline = std::numeric_limits<int64_t>::max();
// How many of those that were ranked are kept at hand.
inline constexpr size_t kRankedKept = 8;

// What an outcome says of the answer: nothing, yes or no.
enum class Says : uint8_t { kNothing, kYes, kNo };

struct Decision {
  FactId id;
  uint32_t record = 0;
  uint32_t offer = 0;  // 0: none was left
  uint32_t channel = 0;
  uint32_t requested_channel = 0;  // 0: any
  uint8_t similar = 0;
  uint32_t learner = 0;  // that chose; 0: none did
  uint32_t segment = 0;  // that she was in, of those that its learner tells apart
  bool is_contact = false;
  bool elsewhere = false;  // it was told afterwards, and replays as nothing
  uint32_t version = 0;  // of the rules of decision
  int64_t at_us = 0;
  uint64_t log_position = 0;  // the last entry that its scores knew
  uint64_t position = 0;      // its own
  int64_t respond_until_us = kNoDeadline;
  int64_t reserved_minor = 0;
  int64_t value_minor = 0;
  double propensity = 0;
  double probability = 0;
  double draw = 0;
  Id digest;
  Currency currency;
  uint32_t ranked_count = 0;
  std::vector<RankedOffer> ranked;  // the chosen one first, then by rank
  std::vector<Assignment> assignments;
  std::string conversation;
  // The answers that it has got, in order.
  struct Answer {
    int64_t at_us;
    Says says;
  };
  std::vector<Answer> answers;

  // The last one up to now_us; null: none.
  const Answer* AnswerAt(int64_t now_us) const {
    const Answer* last = nullptr;
    for (const Answer& answer : answers) {
      if (answer.at_us <= now_us) last = &answer;
    }
    return last;
  }
};

// The numbers are those of TRATO_OUTCOME_... in trato.h and of the protobuf
// enum.
enum class OutcomeKind : uint8_t {
  kNone = 0,
  kShown = 1,
  kAccepted = 2,
  kRefused = 3,
  kOpened = 4,
  kAnswered = 5,
  kBought = 6,
  kReturned = 7,
  kNothing = 8,
};
inline constexpr int kOutcomeKinds = 9;
std::string_view NameOf(OutcomeKind kind);

constexpr Says WhatSays(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::kAccepted:
    case OutcomeKind::kBought:
      return Says::kYes;
    case OutcomeKind::kRefused:
    case OutcomeKind::kReturned:
    case OutcomeKind::kNothing:
      return Says::kNo;
    default:
      return Says::kNothing;
  }
}

struct Outcome {
  FactId fact;
  std::string source;
  FactId decision;  // zero: by conversation
  OutcomeKind kind = OutcomeKind::kNone;
  int64_t at_us = 0;
  std::string conversation;
  std::optional<FactId> interaction;  // what was bought or returned
};

// Leave to contact somebody once.
struct Permit {
  FactId id;
  uint32_t record = 0;
  uint32_t channel = 0;
  uint32_t purpose = 0;
  uint32_t offer = 0;
  int64_t at_us = 0;
  uint64_t position = 0;
  int64_t deadline_us = 0;  // exclusive
  std::optional<int64_t> used_us;
  std::optional<FactId> decision;
  std::string address;

  bool WasUsed(int64_t now_us) const { return used_us && *used_us <= now_us; }
  // Whether it is, or may still become, a contact.
  bool Counts(int64_t now_us) const {
    return now_us < deadline_us || (used_us && *used_us < deadline_us);
  }
};

// Which decision a purchase came of; none: of no decision.
struct PurchaseLink {
  FactId fact;
  std::string source;
  uint32_t record = 0;
  FactId interaction;
  std::optional<FactId> decision;
  int64_t at_us = 0;
  std::string method;
  std::string reason;
};

// One contact with a customer, past or still possible.
struct Contact {
  int64_t at_us;
  uint32_t offer;  // 0: of no offer
  uint32_t channel;
};

// An answer to an offer as it counts from an instant on: what is shown and not
// answered yet is a no, as is silence when its time is over, and what comes later
// takes the place of what was said before.
struct Response {
  int64_t from_us = 0;        // from which on it counts
  bool is_taken_back = false;  // it counts no more from then on
  int64_t at_us = 0;          // when it was given, from which on it ages
  uint32_t record = 0;
  uint32_t offer = 0;
  uint32_t segment = 0;  // of the decision
  uint8_t similar = 0;   // of the decision
  bool accepted = false;

  auto operator<=>(const Response&) const = default;
};

// Is told of responses that come (sign 1), or turn out to be others (-1).
class ResponseListener {
 public:
  virtual ~ResponseListener() = default;
  virtual void Count(const Response& response, int64_t sign) = 0;
};

class DecisionLog {
 public:
  // `listener` outlives the log; null: nobody.
  explicit DecisionLog(ResponseListener* listener = nullptr)
      : listener_(listener) {}

  void Add(Decision decision);
  void Add(const Outcome& outcome);
  void Add(Permit permit);
  void UsePermit(const FactId& permit, int64_t at_us);
  void Add(PurchaseLink link);

  // NOT_FOUND.
  absl::StatusOr<const Decision*> Find(const FactId& id) const;
  absl::StatusOr<const Permit*> FindPermit(const FactId& id) const;
  // By (event time, source, fact id): those that name the decision, and those
  // of its conversation after which it is the last decision.
  std::vector<Outcome> OutcomesOf(const FactId& decision) const;
  // The decisions for a record, by (event time, id).
  std::span<const Decision* const> Of(uint32_t record) const;
  std::span<const Permit* const> PermitsOf(uint32_t record) const;
  // The yes or no that a decision has got up to now_us, the latest if there are
  // several; kNone when there is none.
  Outcome AnswerTo(const FactId& decision, int64_t now_us) const;
  // Null where nothing is said of the purchase up to now_us.
  const PurchaseLink* LinkOf(const FactId& purchase, int64_t now_us) const;

  // Calls visit(contact) for what counts as contact with the record in (from,
  // until), as known at a position and at now_us.
  template <typename Visit>
  void ForEachContact(uint32_t record, int64_t from_us, int64_t until_us,
                      int64_t now_us, uint64_t known_at, Visit visit) const {
    for (const Permit* permit : PermitsOf(record)) {
      if (permit->at_us > from_us && permit->at_us < until_us &&
          permit->position <= known_at && permit->Counts(now_us)) {
        visit(Contact{permit->at_us, permit->offer, permit->channel});
      }
    }
    for (const Decision* decision : Of(record)) {
      if (decision->is_contact && decision->at_us > from_us &&
          decision->at_us < until_us && decision->position <= known_at) {
        visit(Contact{decision->at_us, decision->offer, decision->channel});
      }
    }
  }

  // Calls visit(Response) for what a decision for an offer has brought.
  template <typename Visit>
  void ForEachResponse(const Decision& decision, Visit visit) const {
    Response it;
    it.record = decision.record;
    it.offer = decision.offer;
    it.segment = decision.segment;
    it.similar = decision.similar;
    bool is_tried = false;
    const auto say = [&](int64_t at_us, bool accepted) {
      if (is_tried) {
        it.from_us = at_us;
        it.is_taken_back = true;
        visit(it);
      }
      is_tried = true;
      it.from_us = it.at_us = at_us;
      it.is_taken_back = false;
      it.accepted = accepted;
      visit(it);
    };
    const auto lapse_before = [&](int64_t at_us) {
      if (!is_tried && decision.respond_until_us != kNoDeadline &&
          at_us >= decision.respond_until_us) {
        say(decision.respond_until_us, false);
      }
    };
    for (const Outcome& outcome : OutcomesOf(decision.id)) {
      const int64_t at_us = std::max(outcome.at_us, decision.at_us);
      lapse_before(at_us);
      const bool is_yes = WhatSays(outcome.kind) == Says::kYes;
      const bool is_no = WhatSays(outcome.kind) == Says::kNo;
      if (!is_tried || (is_yes && !it.accepted) || (is_no && it.accepted)) {
        say(at_us, is_yes);
      }
    }
    lapse_before(kNoDeadline);
  }

  // Of one offer, all customers together.
  struct Offered {
    ResponseRate response;
    TimedSum taken;     // of its stock
    TimedSum reserved;  // of its budget, in minor units
    SpendingPath stock;   // taken and reserved, as planned for its period
    SpendingPath budget;
    // Of those whom it was decided for: how many, and what they were thought to
    // answer, in 2^-32.
    TimedSum decided;
    TimedSum affinity;
  };
  // How it is to be taken from now on; an amount of 0: as it comes.
  void Plan(uint32_t offer, const SpendingPlan& stock,
            const SpendingPlan& budget);
  const Offered* OfferedOf(uint32_t offer) const {
    const auto found = offered_.find(offer);
    return found == offered_.end() ? nullptr : &found->second;
  }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [id, decision] : decisions_) visit(*decision);
  }
  template <typename Visit>
  void ForEachPermit(Visit visit) const {
    for (const auto& [id, permit] : permits_) visit(*permit);
  }
  template <typename Visit>
  void ForEachLink(Visit visit) const {
    for (const auto& [id, links] : links_) {
      for (const PurchaseLink& link : links) visit(link);
    }
  }
  size_t size() const { return decisions_.size(); }
  size_t permits() const { return permits_.size(); }

 private:
  // Adds what the decision with its outcomes means for its offer, or takes it
  // away again.
  void Count(const Decision& decision, int64_t sign);
  void NoteAnswers(const FactId& decision);
  template <typename Change>
  void Recount(std::string_view conversation, Change change);

  absl::flat_hash_map<Id, std::unique_ptr<Decision>> decisions_;
  absl::flat_hash_map<uint32_t, std::vector<const Decision*>> by_record_;
  absl::flat_hash_map<Id, std::vector<Outcome>> outcomes_;  // by decision
  struct Conversation {
    std::vector<const Decision*> decisions;  // by (event time, id)
    std::vector<Outcome> outcomes;
  };
  StringHashMap<Conversation> conversations_;
  absl::flat_hash_map<Id, std::unique_ptr<Permit>> permits_;
  absl::flat_hash_map<uint32_t, std::vector<const Permit*>> permits_of_;
  absl::flat_hash_map<Id, int64_t> early_uses_;  // of permits yet to come
  absl::flat_hash_map<Id, std::vector<PurchaseLink>> links_;  // by purchase
  absl::flat_hash_map<uint32_t, Offered> offered_;
  ResponseListener* listener_;
};

}  // namespace trato::core

#endif  // TRATO_OFFER_DECISION_LOG_H_
