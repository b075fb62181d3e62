// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A period decided once more. The fork is folded as it was before the period, is
// told what was changed in it, and then moved on through its log as it was
// told, but for the decisions, which are made anew. What came of a decision is
// told again only where the same offer is chosen: of another nobody knows.

#include "engine/what_if.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/strings.h"
#include "codec/fact_codec.h"
#include "codec/what_if_answers.h"
#include "engine/log_facts.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr uint64_t kWhatIfProgressEvery = 256;

// What a definition defines: later ones of the same key take its place.
template <typename T>
void AddDefinitionKey(const T& it, std::string& key) {
  if constexpr (requires { std::variant_size<T>::value; }) {
    key.push_back(static_cast<char>('a' + it.index()));
    std::visit([&](const auto& inner) { AddDefinitionKey(inner, key); }, it);
  } else {
    if constexpr (requires { it.subject; }) {
      key.push_back(static_cast<char>('0' + static_cast<int>(it.subject)));
    }
    if constexpr (requires { it.kind; }) {
      key.push_back(static_cast<char>('0' + static_cast<int>(it.kind)));
    }
    if constexpr (requires { std::string_view(it.name); }) {
      key += it.name;
    } else if constexpr (requires { std::string_view(it.id); }) {
      key += it.id;
    } else if constexpr (requires { std::string_view(it.from); }) {
      key += it.from;
    }
  }
}

std::string DefinitionKey(const Definition& definition) {
  std::string key;
  AddDefinitionKey(definition, key);
  return key;
}

// Whether a fact of the fork can change a period that is over: what was decided
// and done in the fork is of its own time.
bool IsChange(const Fact& fact) {
  const Payload& it = fact.payload;
  return DefinitionIn(it) != nullptr ||
         std::holds_alternative<AttributeFact>(it) ||
         std::holds_alternative<ClaimFact>(it) ||
         std::holds_alternative<LinkFact>(it) ||
         std::holds_alternative<KindFact>(it) ||
         std::holds_alternative<RelationFact>(it) ||
         std::holds_alternative<ConsentFact>(it) ||
         std::holds_alternative<ObjectionFact>(it) ||
         std::holds_alternative<SuppressionUpdateFact>(it) ||
         std::holds_alternative<RestrictionFact>(it);
}

// The fork as it would have been at one log position after the other.
class OtherPast {
 public:
  OtherPast(Store::Impl& fork, uint64_t forked_at, WhatIfReport& report)
      : fork_(fork), forked_at_(forked_at), report_(report) {}

  // Folds it as it was at the position, with what was changed.
  absl::Status Begin(uint64_t position, uint64_t last, int64_t from_us);
  absl::Status MoveTo(uint64_t position);
  State& state() { return *past_->state; }

  // A decision of this log position is made anew: `made` is to be told instead
  // of it. `is_same`: what came of it is told too.
  void Expect(const Decision& decision) { remade_[decision.id]; }
  void Make(const Decision& decision, DecisionFact made, bool is_same) {
    remade_[decision.id].is_same = is_same;
    Fact& fact = made_[decision.position];
    fact.id = decision.id;
    fact.event_us = decision.at_us;
    fact.payload = std::move(made);
    if (!decision.conversation.empty()) {
      last_of_[decision.conversation] = decision.id;
    }
  }

 private:
  struct Remade {
    bool is_same = true;
  };

  absl::Status CheckBatches(uint64_t from, uint64_t until) const;
  absl::Status FindChanges(int64_t from_us, uint64_t position, uint64_t last);
  void Redefine(std::string key, Fact fact) {
    std::erase_if(definitions_, [&](const auto& it) { return it.first == key; });
    definitions_.emplace_back(std::move(key), std::move(fact));
  }
  const Fact* FindChanged(std::string_view key) const {
    for (const auto& [defined, fact] : definitions_) {
      if (defined == key) return &fact;
    }
    return nullptr;
  }
  absl::Status Tell(Fact fact, uint64_t at);
  absl::Status Pass(uint64_t at, std::vector<Fact> facts);
  // Whether it says what came of a decision that would have been another.
  bool IsOfAnother(const Fact& fact) const;
  bool Differs(const FactId& decision) const {
    const auto found = remade_.find(decision);
    return found != remade_.end() && !found->second.is_same;
  }

  Store::Impl& fork_;
  const uint64_t forked_at_;
  WhatIfReport& report_;
  std::unique_ptr<Store::Impl> past_;
  std::unique_ptr<LogFacts> log_;
  LogFacts::Next next_;
  // Those that were changed, by key, as they were told last.
  std::vector<std::pair<std::string, Fact>> definitions_;
  std::vector<Fact> changes_;  // in force from the beginning
  absl::flat_hash_map<Id, Remade> remade_;
  absl::flat_hash_map<uint64_t, Fact> made_;  // by log position
  absl::flat_hash_map<std::string, Id> last_of_;  // by conversation
};

absl::Status OtherPast::CheckBatches(uint64_t from, uint64_t until) const {
  for (const auto& [batch, at] : fork_.state->retractions) {
    if (at > forked_at_) {
      return absl::FailedPreconditionError(
          StrCat("the batch '", batch,
                 "' was taken back in the fork: take it back in the store, and "
                 "fork that"));
    }
    if (at > from && at <= until) {
      return absl::FailedPreconditionError(
          StrCat("since_us: the batch '", batch,
                 "' was taken back in this time, at the log position ", at,
                 ": ask for a time before or after it"));
    }
  }
  return absl::OkStatus();
}

absl::Status OtherPast::FindChanges(int64_t from_us, uint64_t position,
                                    uint64_t last) {
  LogFacts::Next next = log_->After(forked_at_);
  TRATO_RETURN_IF_ERROR(log_->ForEach(
      next, std::numeric_limits<uint64_t>::max(),
      [&](uint64_t, std::vector<Fact> facts) {
        for (Fact& fact : facts) {
          if (!IsChange(fact)) {
            ++report_.set_aside;
            continue;
          }
          ++report_.changes;
          if (const Definition* it = DefinitionIn(fact.payload)) {
            // It holds for the whole period.
            fact.event_us = std::min(fact.event_us, from_us);
            Redefine(DefinitionKey(*it), std::move(fact));
          } else {
            changes_.push_back(std::move(fact));
          }
        }
        return absl::OkStatus();
      }));
  // What was first defined within the period is changed there.
  absl::flat_hash_map<std::string, uint64_t> first;
  next = {};
  if (!definitions_.empty()) {
    TRATO_RETURN_IF_ERROR(
        log_->ForEach(next, last, [&](uint64_t at, std::vector<Fact> facts) {
          for (const Fact& fact : facts) {
            if (const Definition* it = DefinitionIn(fact.payload)) {
              first.try_emplace(DefinitionKey(*it), at);
            }
          }
          return absl::OkStatus();
        }));
  }
  // As they were told: what is used is defined before.
  std::vector<Fact> from_start;
  for (const auto& [key, fact] : definitions_) {
    const auto found = first.find(key);
    if (found == first.end() || found->second <= position) {
      from_start.push_back(fact);
    }
  }
  changes_.insert(changes_.begin(), from_start.begin(), from_start.end());
  return absl::OkStatus();
}

absl::Status OtherPast::Begin(uint64_t position, uint64_t last,
                              int64_t from_us) {
  TRATO_RETURN_IF_ERROR(CheckBatches(position, last));
  TRATO_ASSIGN_OR_RETURN(log_, LogFacts::Load(fork_));
  Horizon horizon;
  horizon.known_at = position;
  TRATO_ASSIGN_OR_RETURN(past_, Store::Impl::FoldAnew(fork_, horizon));
  // Whoever has an interaction by the end has a name from the beginning, as in a
  // replay.
  CustomerStore& customers = state().customers;
  ReadScope scope;
  state().timeline.ForEachRaw([&](uint32_t record, const InteractionRef& it) {
    const bool is_new = !customers.IsNamed(record);
    customers.TouchRecord(record, it.at_us());
    if (is_new) customers.Admit(record);
    if (it.position() > forked_at_) ++report_.set_aside;
  });
  TRATO_RETURN_IF_ERROR(scope.status());
  next_ = log_->After(position);
  TRATO_RETURN_IF_ERROR(FindChanges(from_us, position, last));
  for (Fact& fact : changes_) {
    TRATO_RETURN_IF_ERROR(Tell(std::move(fact), position));
  }
  return absl::OkStatus();
}

absl::Status OtherPast::Tell(Fact fact, uint64_t at) {
  std::vector<Fact> one;
  one.push_back(std::move(fact));
  return state().Replay(std::move(one), at);
}

absl::Status OtherPast::MoveTo(uint64_t position) {
  Horizon horizon;
  horizon.known_at = position;
  state().timeline.SetHorizon(horizon);
  return log_->ForEach(next_, position,
                       [&](uint64_t at, std::vector<Fact> facts) {
                         return Pass(at, std::move(facts));
                       });
}

absl::Status OtherPast::Pass(uint64_t at, std::vector<Fact> facts) {
  for (Fact& fact : facts) {
    if (std::holds_alternative<DecisionFact>(fact.payload)) {
      const auto made = made_.find(at);
      if (made != made_.end()) {
        fact.payload = std::move(made->second.payload);
        fact.id = made->second.id;
        const KnownFact known = {PayloadHash(fact, CanonicalPayload(fact)),
                                 fact.event_us};
        state().Apply(fact, known, at);
        made_.erase(made);
        continue;
      }
    } else if (const Definition* it = DefinitionIn(fact.payload)) {
      const Fact* changed = FindChanged(DefinitionKey(*it));
      if (changed != nullptr) fact = *changed;
    } else if (IsOfAnother(fact)) {
      continue;
    }
    TRATO_RETURN_IF_ERROR(Tell(std::move(fact), at));
  }
  return absl::OkStatus();
}

bool OtherPast::IsOfAnother(const Fact& fact) const {
  if (const auto* it = std::get_if<OutcomeFact>(&fact.payload)) {
    Id decision = it->decision;
    if (decision == Id() && !it->conversation.empty()) {
      const auto last = last_of_.find(it->conversation);
      if (last != last_of_.end()) decision = last->second;
    }
    return Differs(FactId{decision});
  }
  if (const auto* it = std::get_if<PermitFact>(&fact.payload)) {
    return it->decision && Differs(*it->decision);
  }
  if (const auto* it = std::get_if<PurchaseLinkFact>(&fact.payload)) {
    return it->decision && Differs(*it->decision);
  }
  return false;
}

// A decision that is being made anew: scored, and then confirmed.
struct Remaking {
  MatchContext context;
  Matcher matcher;
  double explored = 0;

  void Match(const State& state, const Decision& decision) {
    context = state.match_context();
    MatchRequest request;
    request.channel = decision.requested_channel;
    request.known_at = decision.log_position;
    matcher.Match(context, state.customers.LeaderOf(decision.record),
                  decision.at_us, request);
    explored = state.policies.arbitration().exploration;
  }

  DecisionFact Decide(const State& state, const Decision& was, uint64_t seed,
                      bool confirm) {
    const RecordNumber leader = state.customers.LeaderOf(was.record);
    const auto text = [&](uint32_t name) {
      return name == 0 ? std::string() : std::string(state.names.Text(name));
    };
    DecisionFact fact;
    fact.assignments = AssignmentsOf(context, matcher, leader, was.at_us);
    if (explored > 0 ||
        (matcher.kept() > 0 && Learners::Serve(state.policies))) {
      fact.draw = was.draw > 0 ? was.draw
                               : DrawFor(seed, state.customers.KeptIdOf(leader),
                                         was.at_us, was.position - 1);
    }
    const Choice choice = Choose(matcher, fact.draw, explored, confirm);
    fact.record = std::string(state.customers.RecordName(was.record));
    fact.log_position = was.log_position;
    fact.currency = state.currency;
    fact.digest = matcher.Digest();
    fact.requested_channel = text(was.requested_channel);
    fact.conversation = was.conversation;
    fact.version = was.version;
    PutChoice(state, context, matcher, choice, leader, was.at_us, fact);
    return fact;
  }
};

ChosenOffer ToChosen(const Decision& it, bool is_contact) {
  ChosenOffer chosen;
  if (it.offer == 0) return chosen;
  chosen.offer = it.offer;
  chosen.channel = it.channel;
  chosen.score = it.ranked.empty() ? 0 : it.ranked[0].score;
  chosen.propensity = it.propensity;
  chosen.value_minor = it.value_minor;
  chosen.reserved_minor = it.reserved_minor;
  chosen.is_contact = is_contact;
  return chosen;
}

// The period, decided once more.
class Period {
 public:
  Period(Store::Impl& fork, const WhatIfQuestion& question, int64_t now_us)
      : fork_(fork),
        question_(question),
        now_us_(now_us),
        forked_at_(fork.forked_at > 0 ? fork.forked_at : fork.position),
        past_world_(fork, forked_at_, report_) {}

  absl::StatusOr<WhatIfReport> Run() {
    if (question_.since_us != std::numeric_limits<int64_t>::min()) {
      report_.since_us = question_.since_us;
    }
    if (question_.until_us != std::numeric_limits<int64_t>::max()) {
      report_.until_us = question_.until_us;
    }
    Find();
    if (decisions_.empty()) return std::move(report_);
    TRATO_RETURN_IF_ERROR(fork_.CheckTold("since_us", first_us_));
    TRATO_RETURN_IF_ERROR(
        past_world_.Begin(begin_, decisions_.back()->position, first_us_));
    TRATO_RETURN_IF_ERROR(Decide());
    return std::move(report_);
  }

 private:
  void Find() {
    const DecisionLog& log = fork_.state->decisions;
    log.ForEach([&](const Decision& it) {
      if (it.elsewhere || it.position > forked_at_ || it.at_us > now_us_ ||
          it.at_us < question_.since_us || it.at_us >= question_.until_us) {
        return;
      }
      decisions_.push_back(&it);
      begin_ = std::min(begin_, it.log_position);
      first_us_ = std::min(first_us_, it.at_us);
    });
    std::sort(decisions_.begin(), decisions_.end(),
              [](const auto* a, const auto* b) {
                return a->position < b->position;
              });
    log.ForEachPermit([&](const Permit& it) {
      if (!it.decision || it.at_us > now_us_) return;
      if (it.Counts(now_us_)) contacted_.insert(*it.decision);
    });
  }

  absl::Status Decide() {
    // Scoring and confirming, in order of the log.
    std::multimap<std::pair<uint64_t, bool>, const Decision*> events;
    for (const Decision* it : decisions_) {
      past_world_.Expect(*it);
      events.emplace(std::pair(it->log_position, false), it);
      events.emplace(std::pair(it->position - 1, true), it);
    }
    std::map<const Decision*, std::unique_ptr<Remaking>> waiting;
    std::vector<std::unique_ptr<Remaking>> idle;
    ReadScope scope;
    uint64_t done = 0;
    for (const auto& [at, it] : events) {
      const auto& [position, confirms] = at;
      TRATO_RETURN_IF_ERROR(past_world_.MoveTo(position));
      if (!confirms) {
        if (idle.empty()) idle.push_back(std::make_unique<Remaking>());
        idle.back()->Match(past_world_.state(), *it);
        waiting[it] = std::move(idle.back());
        idle.pop_back();
        continue;
      }
      auto scored = waiting.extract(it);
      Remake(*it, *scored.mapped(), it->log_position != position);
      idle.push_back(std::move(scored.mapped()));
      TRATO_RETURN_IF_ERROR(scope.status());
      if (question_.progress && done++ % kWhatIfProgressEvery == 0 &&
          !question_.progress(done - 1, decisions_.size())) {
        return absl::CancelledError("the what-if was cancelled");
      }
    }
    return scope.status();
  }

  void Remake(const Decision& was, Remaking& scored, bool confirm) {
    const State& state = past_world_.state();
    DecisionFact fact = scored.Decide(state, was, fork_.seed, confirm);
    const auto number = [&](std::string_view name) {
      return name.empty() ? 0 : state.names.Find(name).value_or(0);
    };
    WhatIfRow& row = report_.rows.emplace_back();
    row.decision = was.id;
    row.customer = fork_.state->customers.LeaderOf(was.record);
    row.at_us = was.at_us;
    row.then =
        ToChosen(was, was.is_contact || contacted_.contains(was.id));
    ChosenOffer& now = row.now;
    if (fact.chosen) {
      now.offer = number(fact.offers.front());
      now.channel = number(fact.channel);
      now.score = fact.scores.front();
      now.propensity = fact.propensity;
      now.value_minor = fact.value_minor;
      now.reserved_minor = fact.reserved_minor;
    }
    const bool is_same =
        now.offer == row.then.offer && now.channel == row.then.channel;
    if (!is_same && fact.chosen) {
      // Where contact needs a permit, the host would have asked for it as it did
      // then; where there was nothing to ask for, it would have.
      fact.is_contact = fact.is_contact || row.then.offer == 0 ||
                        row.then.is_contact;
    }
    const size_t answers = fork_.state->decisions.OutcomesOf(was.id).size();
    (is_same ? report_.answers_kept : report_.answers_dropped) += answers;
    now.is_contact = is_same ? row.then.is_contact : fact.is_contact;
    past_world_.Make(was, std::move(fact), is_same);
  }

  Store::Impl& fork_;
  const WhatIfQuestion& question_;
  const int64_t now_us_;
  const uint64_t forked_at_;
  WhatIfReport report_;
  OtherPast past_world_;
  std::vector<const Decision*> decisions_;  // in order of the log
  uint64_t begin_ = std::numeric_limits<uint64_t>::max();
  int64_t first_us_ = std::numeric_limits<int64_t>::max();
  absl::flat_hash_set<Id> contacted_;  // with a permit that is or may be one
};

}  // namespace

absl::StatusOr<std::string> WhatIf(const Store& fork,
                                   const WhatIfQuestion& question,
                                   int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (question.since_us > question.until_us) {
    return absl::InvalidArgumentError("since_us is after until_us");
  }
  const std::shared_ptr<Store::Impl> impl = fork.shared_impl();
  MutexLock lock(&impl->writer);
  if (impl->file == nullptr) return impl->CheckOpen();
  if (impl->is_past) {
    return absl::FailedPreconditionError(
        "this is the store as it was: fork the store itself");
  }
  Period period(*impl, question, now_us);
  TRATO_ASSIGN_OR_RETURN(const WhatIfReport report, period.Run());
  return WhatIfJson(impl->state->model(), report, question.with_rows);
}

}  // namespace trato::core
