// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_allocation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "codec/allocation_answers.h"
#include "engine/all_customers.h"
#include "engine/offer_requests.h"
#include "engine/store_impl.h"
#include "offer/allocation.h"

namespace trato::core {
namespace {

// What may still be decided of an offer.
int64_t LeftOf(const DecisionLog& decisions, const Catalogue::Offer& offer,
               int64_t now_us) {
  const OfferDefinition& it = offer.definition;
  const DecisionLog::Offered* offered = decisions.OfferedOf(offer.number);
  int64_t left = Allocation::kAnyNumber;
  if (it.stock != kUnlimited) {
    left = it.stock - (offered == nullptr ? 0 : offered->taken.MaxFrom(now_us));
  }
  const int64_t each = offer.reserved_minor;
  if (it.budget_minor != kUnlimited && each > 0) {
    const int64_t reserved =
        offered == nullptr ? 0 : offered->reserved.MaxFrom(now_us);
    left = std::min(left, (it.budget_minor - reserved) / each);
  }
  return std::max<int64_t>(left, 0);
}

struct Candidate {
  uint32_t offer;  // its place among all
  uint32_t channel;
  double score;
  int64_t value_minor;
};
struct Asked {
  RecordNumber leader;
  std::vector<Candidate> candidates;
};

absl::StatusOr<std::vector<Asked>> MatchAll(const Store::Impl& impl,
                                            const State& state,
                                            std::string_view segment,
                                            uint32_t channel, int64_t now_us) {
  const SegmentStore::Segment* members = nullptr;
  if (!segment.empty()) {
    TRATO_ASSIGN_OR_RETURN(members, state.segments.Find(segment));
  }
  const MatchContext context = state.match_context();
  const auto& offers = state.catalogue.in_order();
  const AllCustomers customers(state, now_us);
  std::vector<std::vector<Asked>> parts(customers.tasks());
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(impl, [&](size_t task, RecordNumber leader) {
        if (members != nullptr) {
          const auto verdict = state.segments.Test(*members, leader, now_us);
          if (!verdict.ok() || !verdict->holds) return;
        }
        thread_local Matcher matcher;
        MatchRequest request;
        request.channel = channel;
        matcher.Match(context, leader, now_us, request);
        Asked asked{leader, {}};
        for (uint32_t i = 0; i < offers.size(); ++i) {
          const MatchCandidate& it = matcher.candidates()[i];
          // What only pacing holds back is to be had here.
          const double score = it.score + it.price.total;
          const bool only_paced = it.dropped_at == Stage::kValue &&
                                  it.price.total > 0 && it.value_minor > 0;
          if ((it.kept() || only_paced) && score > 0) {
            asked.candidates.push_back(
                {i, it.channel, score, it.value_minor});
          }
        }
        parts[task].push_back(std::move(asked));
      }));
  std::vector<Asked> all;
  for (auto& part : parts) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  // In order of the names, so that ties depend on no arrival.
  std::sort(all.begin(), all.end(), [&](const Asked& a, const Asked& b) {
    return state.customers.RecordName(a.leader) <
           state.customers.RecordName(b.leader);
  });
  return all;
}

}  // namespace

absl::StatusOr<AllocationRows> AllocateOffers(const Store& store,
                                              std::string_view segment,
                                              std::string_view channel,
                                              int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const uint32_t on, ChannelNumber(state, channel));
  TRATO_ASSIGN_OR_RETURN(const std::vector<Asked> all,
                         MatchAll(*impl, state, segment, on, now_us));
  const auto& offers = state.catalogue.in_order();
  std::vector<int64_t> most;
  for (const Catalogue::Offer* offer : offers) {
    most.push_back(LeftOf(state.decisions, *offer, now_us));
  }
  AllocationSummary summary;
  summary.offers.resize(offers.size());
  Allocation allocation(most);
  for (const Asked& asked : all) {
    std::vector<Allocation::Wish> wishes;
    double best = 0;
    for (const Candidate& it : asked.candidates) {
      wishes.push_back({it.offer, it.score});
      best = std::max(best, it.score);
      ++summary.offers[it.offer].candidates;
    }
    summary.score_unlimited += best;
    allocation.Add(std::move(wishes));
  }
  AllocationRows rows;
  for (uint32_t i = 0; i < all.size(); ++i) {
    const uint32_t offer = allocation.OfferOf(i);
    if (offer == Allocation::kNothing) continue;
    const auto it = std::find_if(
        all[i].candidates.begin(), all[i].candidates.end(),
        [&](const Candidate& candidate) { return candidate.offer == offer; });
    rows.customer.push_back(static_cast<int64_t>(rows.customer.size()));
    rows.table.names.emplace_back(state.customers.RecordName(all[i].leader));
    rows.offer.push_back(offers[offer]->definition.name);
    rows.channel.emplace_back(
        it->channel == 0 ? std::string_view()
                         : state.model().ShownChannel(it->channel));
    rows.score.push_back(it->score);
    rows.value_minor.push_back(it->value_minor);
    AllocationSummary::Offer& sum = summary.offers[offer];
    ++sum.planned;
    sum.score += it->score;
    summary.score += it->score;
  }
  summary.customers = static_cast<int64_t>(all.size());
  summary.planned = static_cast<int64_t>(rows.customer.size());
  for (size_t i = 0; i < offers.size(); ++i) {
    summary.offers[i].offer = offers[i];
    if (most[i] != Allocation::kAnyNumber) summary.offers[i].most = most[i];
  }
  rows.summary = AllocationJson(summary);
  return rows;
}

}  // namespace trato::core
