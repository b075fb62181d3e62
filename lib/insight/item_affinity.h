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
// same in whatever order they are added, and whoever was added can be taken away
// again.

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
  // What the numbers of items stand for.
  struct Item {
    uint32_t rank = 0;      // among all by name, which decides between equals
    uint32_t category = 0;  // 0: none
  };
  // Whether an order counts now_us as it does in this.
  bool HasWeightsOf(int64_t now_us) const;
  // One customer's, by time; sign -1: takes away what was added with the same
  // baskets and items.
  void AddCustomer(std::span<const Basket> baskets, std::span<const Item> items,
                   int sign);
  void Add(const ItemAffinity& other);

  struct Related {
    uint32_t item = 0;
    double score = 0;
    double llr = 0;
    double support = 0;     // k11, as it counts
    double lift = 0;        // k11 against what chance gives
    double confidence = 0;  // k11 of all with the first item
  };
  // Those that are related to it at all, the highest score first; of equal ones
  // by rank.
  std::vector<Related> RelatedTo(ItemKind kind, uint32_t item,
                                 std::span<const Item> items) const;
  // How a pair is related; a score of 0: not.
  Related RelationOf(ItemKind kind, uint32_t first, uint32_t second) const;
  // Whether any order holds it, and how many items there are of which one does.
  bool Knows(uint32_t item) const { return orders_of_.contains(item); }
  size_t items() const { return orders_of_.size(); }
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
  int64_t StepOf(int64_t at_us) const;
  int64_t WeightAt(int64_t at_us) const;
  void AddBaskets(std::span<const Basket> baskets, int sign);
  void AddSubstitutes(std::span<const Basket> baskets,
                      std::span<const Item> items, int sign);
  static void Count(Counts& counts, uint32_t a, uint32_t b, int64_t weight);
  struct Bought {
    uint32_t item;
    int64_t last_us;
  };
  static std::vector<Bought> BoughtIn(std::span<const Basket> baskets,
                                      std::span<const Item> items);
  static bool InOneBasket(std::span<const Basket> baskets, uint32_t a,
                          uint32_t b);

  int64_t half_life_us_;
  int64_t now_us_;
  int64_t baskets_ = 0;
  absl::flat_hash_map<uint32_t, int64_t> orders_of_;  // whatever they weigh
  Counts counts_[kItemKinds];
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_ITEM_AFFINITY_H_
