// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Decisions worked out once more. Most come to the same from what is known now,
// which their digest proves. For the others the store is folded as it was, once,
// and moved on from decision to decision.

#include <algorithm>
#include <map>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "codec/offer_answers.h"
#include "engine/log_facts.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr size_t kDifferencesTold = 100;
constexpr uint64_t kProgressEvery = 1024;

// The store as it was at one position after the other.
class Replayer {
 public:
  explicit Replayer(Store::Impl& now) : now_(now) {}

  absl::Status MoveTo(uint64_t position) {
    if (past_ == nullptr || position < at_ || WasRetracted(at_, position)) {
      return FoldAt(position);
    }
    Horizon horizon;
    horizon.known_at = position;
    past_->state->timeline.SetHorizon(horizon);
    TRATO_RETURN_IF_ERROR(log_->ForEach(
        next_, position, [&](uint64_t at, std::vector<Fact> facts) {
          return past_->state->Replay(std::move(facts), at);
        }));
    at_ = position;
    return absl::OkStatus();
  }

  const State& state() const { return *past_->state; }
  // Counts the times that it was folded from nothing.
  uint64_t folds() const { return folds_; }

 private:
  bool WasRetracted(uint64_t from, uint64_t until) const {
    return std::any_of(now_.state->retractions.begin(),
                       now_.state->retractions.end(), [&](const auto& it) {
                         return it.second > from && it.second <= until;
                       });
  }

  absl::Status FoldAt(uint64_t position) {
    if (log_ == nullptr) {
      TRATO_ASSIGN_OR_RETURN(log_, LogFacts::Load(now_));
    }
    Horizon horizon;
    horizon.known_at = position;
    TRATO_ASSIGN_OR_RETURN(past_, Store::Impl::FoldAnew(now_, horizon));
    ++folds_;
    // Whoever has an interaction by the end has a name from the beginning: it
    // bears on nobody's answers, and need not be looked up at each step.
    CustomerStore& customers = past_->state->customers;
    ReadScope scope;
    past_->state->timeline.ForEachRaw(
        [&](uint32_t record, const InteractionRef& it) {
          const bool is_new = !customers.IsNamed(record);
          customers.TouchRecord(record, it.at_us());
          if (is_new) customers.Admit(record);
        });
    TRATO_RETURN_IF_ERROR(scope.status());
    next_ = log_->After(position);
    at_ = position;
    return absl::OkStatus();
  }

  Store::Impl& now_;
  std::unique_ptr<Store::Impl> past_;
  uint64_t at_ = 0;
  uint64_t folds_ = 0;
  std::unique_ptr<LogFacts> log_;
  LogFacts::Next next_;
};

// A decision whose scores were worked out, waiting for what confirmed it.
struct Scored {
  MatchContext context;
  Matcher matcher;
  double explored = 0;
  bool is_same = false;
  uint64_t fold = 0;

  void Match(const State& state, const Decision& decision) {
    context = state.match_context();
    MatchRequest request;
    request.channel = decision.requested_channel;
    request.known_at = decision.log_position;
    matcher.Match(context, state.customers.LeaderOf(decision.record),
                  decision.at_us, request);
    explored = state.policies.arbitration().exploration;
    is_same = matcher.Digest() == decision.digest;
  }
  bool Chooses(const Decision& decision, bool confirm) {
    const Choice choice = Choose(matcher, decision.draw, explored, confirm);
    if (choice.ranks.empty()) return decision.offer == 0;
    const double probability = choice.chances.empty() ? 1 : choice.chances[0];
    return matcher.Ranked(choice.ranks[0]).offer->number == decision.offer &&
           probability == decision.probability;
  }
};

}  // namespace

absl::StatusOr<std::string> Store::ReplayJson(
    int64_t since_us, int64_t until_us,
    const std::function<bool(uint64_t, uint64_t)>& progress) const {
  MutexLock lock(&impl_->writer);
  if (impl_->file == nullptr) return impl_->CheckOpen();
  const State& state = *impl_->state;
  std::vector<const Decision*> decisions;
  state.decisions.ForEach([&](const Decision& it) {
    if (it.elsewhere) return;
    if (it.at_us >= since_us && it.at_us < until_us) decisions.push_back(&it);
  });
  std::sort(decisions.begin(), decisions.end(), [](const auto* a, const auto* b) {
    return a->position < b->position;
  });
  ReplayReport report;
  uint64_t done = 0;
  const auto step = [&]() -> absl::Status {
    if (progress && done++ % kProgressEvery == 0 &&
        !progress(done, decisions.size())) {
      return absl::CancelledError("the replay was cancelled");
    }
    return absl::OkStatus();
  };
  std::vector<const Decision*> others;
  Scored now;
  ReadScope scope;
  for (const Decision* it : decisions) {
    TRATO_RETURN_IF_ERROR(step());
    now.Match(state, *it);
    // The digest says that all is as it was; what was only refused when it was
    // confirmed needs the store of that moment.
    if (now.is_same && now.Chooses(*it, false)) {
      ++report.same;
    } else {
      others.push_back(it);
    }
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  report.decisions = decisions.size();
  report.folded = others.size();
  // Scoring and confirming, in order of the log.
  std::multimap<std::pair<uint64_t, bool>, const Decision*> events;
  for (const Decision* it : others) {
    events.emplace(std::pair(it->log_position, false), it);
    events.emplace(std::pair(it->position - 1, true), it);
  }
  std::map<const Decision*, std::unique_ptr<Scored>> waiting;
  Replayer replayer(*impl_);
  for (const auto& [at, it] : events) {
    const auto& [position, confirms] = at;
    TRATO_RETURN_IF_ERROR(replayer.MoveTo(position));
    if (!confirms) {
      auto scored = std::make_unique<Scored>();
      scored->Match(replayer.state(), *it);
      scored->fold = replayer.folds();
      waiting[it] = std::move(scored);
      continue;
    }
    Scored& scored = *waiting.at(it);
    const bool may_confirm =
        it->log_position != position && scored.fold == replayer.folds();
    if (scored.is_same && scored.Chooses(*it, may_confirm)) {
      ++report.same;
    } else if (report.differences.size() < kDifferencesTold) {
      report.differences.push_back(
          {it->id, scored.is_same ? "another offer is chosen"
                                  : "other offers are left, or other scores"});
    }
    waiting.erase(it);
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return trato::core::ReplayJson(report);
}

}  // namespace trato::core
