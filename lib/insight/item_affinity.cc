// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/item_affinity.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace trato::core {
namespace {

double Term(double k, double expected) {
  return k > 0 ? k * std::log(k / expected) : 0;
}

int64_t Of(const absl::flat_hash_map<uint32_t, int64_t>& counts,
           uint32_t item) {
  const auto found = counts.find(item);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

const char* NameOf(ItemKind kind) {
  switch (kind) {
    case ItemKind::kTogether:
      return "together";
    case ItemKind::kInstead:
      return "instead";
    case ItemKind::kNext:
      break;
  }
  return "next";
}

double LogLikelihoodRatio(double k11, double k12, double k21, double k22) {
  const double all = k11 + k12 + k21 + k22;
  if (!(all > 0)) return 0;
  const double with_a = k11 + k12;
  const double without_a = k21 + k22;
  const double with_b = k11 + k21;
  const double without_b = k12 + k22;
  const double sum = Term(k11, with_a * with_b / all) +
                     Term(k12, with_a * without_b / all) +
                     Term(k21, without_a * with_b / all) +
                     Term(k22, without_a * without_b / all);
  return std::max(0.0, 2 * sum);
}

ItemAffinity::ItemAffinity(int64_t half_life_us, int64_t now_us)
    : half_life_us_(half_life_us), now_us_(now_us) {}

// In quarters of the half life.
int64_t ItemAffinity::StepOf(int64_t at_us) const {
  const int64_t step_us = half_life_us_ / 4;
  return at_us / step_us - (at_us % step_us < 0 ? 1 : 0);
}

bool ItemAffinity::HasWeightsOf(int64_t now_us) const {
  return half_life_us_ == 0 || StepOf(now_us) == StepOf(now_us_);
}

int64_t ItemAffinity::WeightAt(int64_t at_us) const {
  if (half_life_us_ == 0) return kItemWeight;
  const int64_t age = StepOf(now_us_) - StepOf(at_us);
  return std::llround(static_cast<double>(kItemWeight) *
                      std::exp2(-static_cast<double>(age) / 4));
}

void ItemAffinity::Count(Counts& counts, uint32_t a, uint32_t b,
                         int64_t weight) {
  const auto [pair, is_new] = counts.both.try_emplace(Pair(a, b), 0);
  pair->second += weight;
  if (is_new) counts.partners[a].push_back(b);
}

void ItemAffinity::AddCustomer(std::span<const Basket> baskets,
                               std::span<const Item> items, int sign) {
  AddBaskets(baskets, sign);
  AddSubstitutes(baskets, items, sign);
}

void ItemAffinity::AddBaskets(std::span<const Basket> baskets, int sign) {
  Counts& together = counts_[static_cast<size_t>(ItemKind::kTogether)];
  Counts& next = counts_[static_cast<size_t>(ItemKind::kNext)];
  for (size_t i = 0; i < baskets.size(); ++i) {
    const std::vector<uint32_t>& items = baskets[i].items;
    const int64_t weight = sign * WeightAt(baskets[i].at_us);
    baskets_ += sign;
    together.all += weight;
    for (uint32_t item : items) {
      together.of[item] += weight;
      const auto orders = orders_of_.try_emplace(item, 0).first;
      orders->second += sign;
    }
    if (weight == 0 || items.size() > kMostOfBasket) continue;
    for (size_t a = 0; a < items.size(); ++a) {
      for (size_t b = a + 1; b < items.size(); ++b) {
        Count(together, items[a], items[b], weight);
        Count(together, items[b], items[a], weight);
      }
    }
    if (i + 1 == baskets.size()) continue;
    const std::vector<uint32_t>& later = baskets[i + 1].items;
    if (later.size() > kMostOfBasket) continue;
    const int64_t later_weight = sign * WeightAt(baskets[i + 1].at_us);
    next.all += later_weight;
    for (uint32_t a : items) next.of[a] += later_weight;
    for (uint32_t b : later) {
      if (std::binary_search(items.begin(), items.end(), b)) continue;
      next.into[b] += later_weight;
      for (uint32_t a : items) Count(next, a, b, later_weight);
    }
  }
}

void ItemAffinity::AddSubstitutes(std::span<const Basket> baskets,
                                  std::span<const Item> items, int sign) {
  const std::vector<Bought> bought = BoughtIn(baskets, items);
  const int64_t weight = sign * kItemWeight;
  Counts& counts = counts_[static_cast<size_t>(ItemKind::kInstead)];
  counts.all += bought.empty() ? 0 : weight;
  for (const Bought& it : bought) counts.of[it.item] += weight;
  for (size_t i = 0; i < bought.size(); ++i) {
    for (size_t j = i + 1; j < bought.size(); ++j) {
      const auto [a, b] = std::pair(bought[i].item, bought[j].item);
      const uint32_t category = items[a].category;
      if (category == 0 || category != items[b].category) continue;
      if (InOneBasket(baskets, a, b)) continue;
      Count(counts, a, b, weight);
      Count(counts, b, a, weight);
    }
  }
}

std::vector<ItemAffinity::Bought> ItemAffinity::BoughtIn(
    std::span<const Basket> baskets, std::span<const Item> items) {
  std::vector<Bought> bought;
  absl::flat_hash_map<uint32_t, size_t> place;
  for (const Basket& basket : baskets) {
    for (uint32_t item : basket.items) {
      const auto [known, is_new] = place.try_emplace(item, bought.size());
      if (is_new) {
        bought.push_back({item, basket.at_us});
      } else {
        bought[known->second].last_us = basket.at_us;
      }
    }
  }
  std::sort(bought.begin(), bought.end(),
            [&](const Bought& a, const Bought& b) {
              return a.last_us != b.last_us
                         ? a.last_us > b.last_us
                         : items[a.item].rank < items[b.item].rank;
            });
  if (bought.size() > kMostOfCustomer) bought.resize(kMostOfCustomer);
  return bought;
}

bool ItemAffinity::InOneBasket(std::span<const Basket> baskets, uint32_t a,
                               uint32_t b) {
  return std::any_of(baskets.begin(), baskets.end(), [&](const Basket& it) {
    return std::binary_search(it.items.begin(), it.items.end(), a) &&
           std::binary_search(it.items.begin(), it.items.end(), b);
  });
}

void ItemAffinity::Add(const ItemAffinity& other) {
  baskets_ += other.baskets_;
  for (const auto& [item, orders] : other.orders_of_) {
    const auto mine = orders_of_.try_emplace(item, 0).first;
    mine->second += orders;
    if (mine->second == 0) orders_of_.erase(mine);
  }
  for (size_t kind = 0; kind < kItemKinds; ++kind) {
    Counts& mine = counts_[kind];
    const Counts& theirs = other.counts_[kind];
    mine.all += theirs.all;
    for (const auto& [item, count] : theirs.of) mine.of[item] += count;
    for (const auto& [item, count] : theirs.into) mine.into[item] += count;
    for (const auto& [pair, count] : theirs.both) {
      Count(mine, static_cast<uint32_t>(pair >> 32),
            static_cast<uint32_t>(pair), count);
    }
  }
}

ItemAffinity::Related ItemAffinity::RelationOf(ItemKind kind, uint32_t first,
                                               uint32_t second) const {
  const Counts& counts = counts_[static_cast<size_t>(kind)];
  Related it;
  it.item = second;
  const auto pair = counts.both.find(Pair(first, second));
  if (pair == counts.both.end() || pair->second <= 0) return it;
  const auto scaled = [](int64_t count) {
    return static_cast<double>(count) / static_cast<double>(kItemWeight);
  };
  const double all = scaled(counts.all);
  const double both = scaled(pair->second);
  const double with_a = scaled(Of(counts.of, first));
  const double with_b = scaled(
      Of(kind == ItemKind::kNext ? counts.into : counts.of, second));
  it.support = both;
  it.lift = both * all / (with_a * with_b);
  it.confidence = both / with_a;
  // Less often than by chance is the other way round.
  if (!(it.lift > 1)) return it;
  it.llr = LogLikelihoodRatio(both, with_a - both, with_b - both,
                              all - with_a - with_b + both);
  it.score = it.llr * both / (both + kItemShrinkage);
  return it;
}

std::vector<ItemAffinity::Related> ItemAffinity::RelatedTo(
    ItemKind kind, uint32_t item, std::span<const Item> items) const {
  std::vector<Related> related;
  const Counts& counts = counts_[static_cast<size_t>(kind)];
  const auto partners = counts.partners.find(item);
  if (partners == counts.partners.end()) return related;
  for (uint32_t other : partners->second) {
    const Related it = RelationOf(kind, item, other);
    if (it.score > 0) related.push_back(it);
  }
  std::sort(related.begin(), related.end(),
            [&](const Related& a, const Related& b) {
              return a.score != b.score
                         ? a.score > b.score
                         : items[a.item].rank < items[b.item].rank;
            });
  return related;
}

}  // namespace trato::core
