// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What goes with what, what stands in for what, and what comes next, by the
// orders of all customers. Of two items a and b the table
//
//                 with b      without b
//   with a         k11           k12
//   without a      k21           k22
//
// is counted, and how far it is from independence is the log-likelihood ratio of
// Dunning (1993), 2 sum k ln(k / expected), which does not make much of a few
// coincidences as lift and correlation do. It is drawn towards 0 where little is
// known: score = llr k11 / (k11 + h), h = 3.
//
//   together  of baskets: both are in one, more often than by chance
//   instead   of customers: she bought both, more often than by chance, of the
//             same category, but never in one basket
//   next      of steps from one basket of a customer to her next: a is in the
//             one, b in the other, and b was not in the one
//
// Orders count less as they age, by half in `half_life_us`, in steps of a
// quarter of it: each weighs a whole number of 4096ths, so that the sums are the
// same in whatever order they are added.

#ifndef TRATO_INSIGHT_ITEM_AFFINITY_H_
#define TRATO_INSIGHT_ITEM_AFFINITY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace trato::core {

enum class ItemKind : uint32_t { kTogether, kInstead, kNext };
inline constexpr uint32_t kItemKinds = 3;
const char* NameOf(ItemKind kind);

// Baskets of more distinct items are no sign of a taste: they count as items,
// not as pairs. Of a customer's items so many, the latest, are compared for
// what stands in for what.
inline constexpr size_t kMostOfBasket = 100;
inline constexpr size_t kMostOfCustomer = 200;
inline constexpr double kItemShrinkage = 3;
inline constexpr int64_t kItemWeight = 4096;  // of an order of now

// 2 sum k ln(k / expected). Source: T. Dunning, Accurate methods for the
// statistics of surprise and coincidence, Computational Linguistics 19 (1993).
double LogLikelihoodRatio(double k11, double k12, double k21, double k22);

class ItemAffinity {
 public:
  explicit ItemAffinity(int64_t half_life_us, int64_t now_us);

  struct Basket {
    int64_t at_us = 0;
    std::vector<uint32_t> items;  // distinct, in order
  };
  // One customer's, by time. `category_of(item)`: 0: none.
  template <typename CategoryOf>
  void AddCustomer(std::span<const Basket> baskets, CategoryOf category_of) {
    AddBaskets(baskets);
    AddSubstitutes(baskets, [&](uint32_t a, uint32_t b) {
      const uint32_t category = category_of(a);
      return category != 0 && category == category_of(b);
    });
  }
  void Add(const ItemAffinity& other);
  // After the last customer, before the first question.
  void Finish();

  struct Related {
    uint32_t item = 0;
    double score = 0;
    double llr = 0;
    double support = 0;     // k11, as it counts
    double lift = 0;        // k11 against what chance gives
    double confidence = 0;  // k11 of all with the first item
  };
  // Those that are related to it at all, the highest score first; of equal ones
  // by number.
  std::vector<Related> RelatedTo(ItemKind kind, uint32_t item) const;
  // Whether any order holds it.
  bool Knows(uint32_t item) const { return counts_[0].of.contains(item); }
  std::vector<uint32_t> Items() const;
  int64_t baskets() const { return baskets_; }

 private:
  struct Counts {
    int64_t all = 0;
    absl::flat_hash_map<uint32_t, int64_t> of;    // with the first item
    absl::flat_hash_map<uint32_t, int64_t> into;  // with the second; kNext only
    absl::flat_hash_map<uint64_t, int64_t> both;
    absl::flat_hash_map<uint32_t, std::vector<uint32_t>> partners;
  };
  static uint64_t Pair(uint32_t a, uint32_t b) {
    return (uint64_t{a} << 32) | b;
  }
  int64_t WeightAt(int64_t at_us) const;
  void AddBaskets(std::span<const Basket> baskets);
  template <typename Same>
  void AddSubstitutes(std::span<const Basket> baskets, Same is_same) {
    std::vector<Bought> bought = BoughtIn(baskets);
    Counts& counts = counts_[1];
    counts.all += bought.empty() ? 0 : kItemWeight;
    for (const Bought& it : bought) counts.of[it.item] += kItemWeight;
    for (size_t i = 0; i < bought.size(); ++i) {
      for (size_t j = i + 1; j < bought.size(); ++j) {
        const auto [a, b] = std::pair(bought[i].item, bought[j].item);
        if (!is_same(a, b) || InOneBasket(baskets, a, b)) continue;
        counts.both[Pair(a, b)] += kItemWeight;
        counts.both[Pair(b, a)] += kItemWeight;
      }
    }
  }
  struct Bought {
    uint32_t item;
    int64_t last_us;
  };
  static std::vector<Bought> BoughtIn(std::span<const Basket> baskets);
  static bool InOneBasket(std::span<const Basket> baskets, uint32_t a,
                          uint32_t b);

  int64_t half_life_us_;
  int64_t now_us_;
  int64_t baskets_ = 0;
  Counts counts_[kItemKinds];
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_ITEM_AFFINITY_H_
