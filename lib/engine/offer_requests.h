// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: what the calls about offers share.

#ifndef TRATO_ENGINE_OFFER_REQUESTS_H_
#define TRATO_ENGINE_OFFER_REQUESTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/state.h"
#include "offer/matcher.h"
#include "offer/trace.h"
#include "trato/offer.h"

namespace trato::core {

// The number of a channel that is defined; 0 of none.
absl::StatusOr<uint32_t> ChannelNumber(const State& state,
                                       std::string_view channel);

MatchResult ToMatchResult(const State& state, const MatchCandidate& it);

// With a share of decisions drawn evenly: how likely the offer of this rank is
// chosen out of so many.
inline double ProbabilityOf(size_t rank, size_t count, double explored) {
  return explored / static_cast<double>(count) +
         (rank == 0 ? 1 - explored : 0);
}
// Which is chosen by a draw in [0, 1).
inline size_t RankDrawn(double draw, size_t count, double explored) {
  if (draw >= explored) return 0;
  const auto rank =
      static_cast<size_t>(draw / explored * static_cast<double>(count));
  return rank < count ? rank : count - 1;
}

// Chooses by the draw among what a match has left, and confirms the choice where
// `confirm` says so; what is not confirmed is left out. Gives the ranks, in the
// matcher's order, of what is left, the chosen one first, and how likely each of
// them was chosen; empty: the first one, certainly.
struct Choice {
  std::vector<uint32_t> ranks;
  std::vector<double> chances;
};
Choice Choose(Matcher& matcher, double draw, double explored, bool confirm);
// How likely each of what a match has left is chosen, by rank.
std::vector<double> ChancesOf(Matcher& matcher, double explored);

// A draw in [0, 1), by the store's seed, whom it is about, when, and what was
// known.
double DrawFor(uint64_t seed, const Id& customer, int64_t now_us,
               uint64_t position);
// Who is left out of what, where it mattered to what was found.
std::vector<AssignmentFact> AssignmentsOf(const MatchContext& context,
                                          const Matcher& matcher,
                                          RecordNumber customer,
                                          int64_t now_us);
// What a decision says of those that are left, of whom the first is chosen.
void PutChoice(const State& state, const MatchContext& context,
               const Matcher& matcher, const Choice& choice,
               RecordNumber customer, int64_t now_us, DecisionFact& fact);

// A decision worked out once more, from what a state knows of what was known at
// its position.
struct DecisionTrace {
  bool is_same = false;  // it comes to the same, bit for bit
  std::vector<TracedOffer> offers;
};
DecisionTrace TraceDecision(const State& state, const Decision& decision);

// Every decision dated in [since_us, until_us) and not after now_us, by (event
// time, id).
std::vector<const Decision*> DecisionsIn(const State& state, int64_t since_us,
                                         int64_t until_us, int64_t now_us);

// Whether contact on the channel needs a permit with an address.
bool NeedsAddress(const Schema& schema, std::string_view channel);

}  // namespace trato::core

#endif  // TRATO_ENGINE_OFFER_REQUESTS_H_
