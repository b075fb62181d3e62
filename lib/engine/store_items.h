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

#include "absl/status/statusor.h"
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
  static absl::StatusOr<std::shared_ptr<const StoreItems>> Of(
      const Store& store, const ItemOptions& options, int64_t now_us);

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

  int64_t baskets() const { return affinity_.baskets(); }
  size_t items() const { return affinity_.Items().size(); }

 private:
  StoreItems(ItemAffinity affinity, std::vector<std::string> names,
             std::string type)
      : affinity_(std::move(affinity)),
        names_(std::move(names)),
        type_(std::move(type)) {}
  std::vector<Row> RowsOf(ItemKind kind, uint32_t item, uint64_t limit) const;

  ItemAffinity affinity_;
  std::vector<std::string> names_;  // by number, those in order
  std::string type_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_ITEMS_H_
