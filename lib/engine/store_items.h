// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a store's customers buy together, instead and next.

#ifndef TRATO_ENGINE_STORE_ITEMS_H_
#define TRATO_ENGINE_STORE_ITEMS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/state.h"
#include "insight/definitions.h"
#include "insight/item_affinity.h"
#include "trato/store.h"

namespace trato::core {

struct ItemOptions {
  std::string_view type = "purchase";
  std::string_view half_life;  // "180d"; empty: orders do not fade
};

// Of all that was bought up to an instant, by product id.
class StoreItems {
 public:
  // Errors: INVALID_ARGUMENT (half_life), NOT_FOUND (the type). Cost: one pass
  // over these interactions, on the host's threads, and their pairs of lines.
  static absl::StatusOr<std::unique_ptr<StoreItems>> Of(
      const Store& store, const ItemOptions& options, int64_t now_us);
  // Becomes what Of would make now; an error leaves it as it was. Only the pairs
  // of customers are counted whose orders are others than they were.
  absl::Status Update(const Store& store, int64_t now_us);

  struct Row {
    std::string item;
    double score = 0;
    double llr = 0;
    double support = 0;
    double lift = 0;
    double confidence = 0;
    std::string because;  // of a customer: what she bought that it goes with
  };
  // The first `limit` (0: all), the highest score first; of equal ones by id.
  // Errors: NOT_FOUND (nobody bought the item).
  absl::StatusOr<std::vector<Row>> RelatedTo(ItemKind kind,
                                             std::string_view item,
                                             uint64_t limit) const;
  // What she has not bought, by the sum of its scores with each of the latest
  // 50 items that she has.
  // Errors: NOT_FOUND (the customer).
  absl::StatusOr<std::vector<Row>> AlsoBought(const Store& store,
                                              std::string_view customer,
                                              ItemKind kind, uint64_t limit,
                                              int64_t now_us) const;
  // Of every item the first `limit`; `items` are the first ones of the pairs.
  std::vector<Row> Table(ItemKind kind, uint64_t limit,
                         std::vector<std::string>& items) const;
  // Points for each of at most `limit` items that lead to this one, to whoever
  // bought it.
  // Errors: NOT_FOUND (nobody bought the item, or nothing leads to it).
  absl::StatusOr<ScoreDefinition> ScoreFor(std::string_view name,
                                           std::string_view item,
                                           ItemKind kind,
                                           uint64_t limit) const;

  int64_t baskets() const { return affinity_.baskets(); }
  size_t items() const { return affinity_.items(); }

 private:
  // A customer's orders, of each the instant in two halves, how many items, and
  // these.
  using Packed = std::vector<uint32_t>;
  struct Kept {
    Packed orders;
    uint64_t round = 0;  // that saw it last
  };
  StoreItems(const ItemOptions& options, int64_t half_life_us)
      : type_(options.type),
        half_life_us_(half_life_us),
        affinity_(half_life_us, 0) {}
  static Packed Pack(const std::vector<ItemAffinity::Basket>& baskets);
  static std::vector<ItemAffinity::Basket> Unpack(const Packed& packed);
  // What the state calls items by their numbers. False: one has none yet.
  bool Number(std::vector<ItemAffinity::Basket>& baskets) const;
  // The number of an item that somebody bought.
  absl::StatusOr<uint32_t> Find(std::string_view item) const;
  std::vector<Row> RowsOf(ItemKind kind, uint32_t item, uint64_t limit) const;

  std::string type_;
  int64_t half_life_us_;
  ItemAffinity affinity_;
  // By number, which stays what it is.
  std::vector<std::string> names_;
  std::vector<ItemAffinity::Item> about_;
  std::vector<uint32_t> by_name_;  // the numbers
  // What it was learned from. It may have gone since.
  std::weak_ptr<const State> state_;
  absl::flat_hash_map<uint32_t, uint32_t> number_of_;  // by name in the state
  absl::flat_hash_map<RecordNumber, Kept> customers_;
  uint64_t round_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_ITEMS_H_
