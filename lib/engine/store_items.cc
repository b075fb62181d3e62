// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_items.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/calendar.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "engine/all_customers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr size_t kMostAsked = 50;

// One customer's orders by time, the items as the store numbers their names.
std::vector<ItemAffinity::Basket> BasketsOf(const State& state,
                                            RecordNumber leader, uint32_t type,
                                            int64_t now_us) {
  std::vector<ItemAffinity::Basket> baskets;
  for (RecordNumber record : state.customers.RecordsOf(leader)) {
    state.timeline.ForEach(
        record, type, Window::Until(now_us), [&](const InteractionRef& it) {
          ItemAffinity::Basket basket;
          basket.at_us = it.at_us();
          it.ForEachLine([&](const Line& line) {
            if (line.product != 0) basket.items.push_back(line.product);
            return true;
          });
          std::sort(basket.items.begin(), basket.items.end());
          basket.items.erase(
              std::unique(basket.items.begin(), basket.items.end()),
              basket.items.end());
          if (!basket.items.empty()) baskets.push_back(std::move(basket));
          return true;
        });
  }
  // Two of one instant are one: which is first must depend on no arrival.
  std::stable_sort(baskets.begin(), baskets.end(),
                   [](const auto& a, const auto& b) {
                     return a.at_us < b.at_us;
                   });
  std::vector<ItemAffinity::Basket> merged;
  for (ItemAffinity::Basket& it : baskets) {
    if (merged.empty() || merged.back().at_us != it.at_us) {
      merged.push_back(std::move(it));
      continue;
    }
    std::vector<uint32_t>& items = merged.back().items;
    const auto middle = static_cast<std::ptrdiff_t>(items.size());
    items.insert(items.end(), it.items.begin(), it.items.end());
    std::inplace_merge(items.begin(), items.begin() + middle, items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
  }
  return merged;
}

absl::StatusOr<int64_t> HalfLife(std::string_view text) {
  if (text.empty()) return 0;
  const absl::StatusOr<Span> span = ParseSpan(text);
  TRATO_RETURN_IF_ERROR(Prefixed(span.status(), "half_life: "));
  // By days of 24 hours, as what fades needs no calendar.
  const int64_t us = Add(0, *span, absl::UTCTimeZone());
  if (us < 4 * int64_t{3600} * 1000000) {
    return absl::InvalidArgumentError("half_life is shorter than four hours");
  }
  return us;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const StoreItems>> StoreItems::Of(
    const Store& store, const ItemOptions& options, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_ASSIGN_OR_RETURN(const int64_t half_life, HalfLife(options.half_life));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_RETURN_IF_ERROR(
      state.schema.CheckInteractionType("type", options.type));
  const uint32_t type =
      state.names
          .Find(state.schema.Stored(DefinitionKind::kInteractionType,
                                    options.type))
          .value_or(0);
  // Numbers in order of the names, so that ties depend on no arrival.
  std::map<std::string_view, uint32_t> order;
  const AllCustomers customers(state, now_us);
  std::vector<std::vector<std::vector<ItemAffinity::Basket>>> parts(
      customers.tasks());
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(*impl, [&](size_t task, RecordNumber leader) {
        auto baskets = BasketsOf(state, leader, type, now_us);
        if (!baskets.empty()) parts[task].push_back(std::move(baskets));
      }));
  for (const auto& part : parts) {
    for (const auto& baskets : part) {
      for (const ItemAffinity::Basket& basket : baskets) {
        for (uint32_t item : basket.items) order[state.names.Text(item)] = item;
      }
    }
  }
  std::vector<std::string> names;
  absl::flat_hash_map<uint32_t, uint32_t> number_of;
  std::vector<uint32_t> category;
  for (const auto& [name, item] : order) {
    number_of[item] = static_cast<uint32_t>(names.size());
    const auto above = state.catalogue.CategoriesAbove(item);
    category.push_back(above.empty() ? 0 : above.front());
    names.emplace_back(name);
  }
  // A model a task, added up in their order: whole numbers, on any threads.
  std::vector<ItemAffinity> models(parts.size(),
                                   ItemAffinity(half_life, now_us));
  impl->ForEachTask(parts.size(), [&](size_t task) {
    for (auto& baskets : parts[task]) {
      for (ItemAffinity::Basket& basket : baskets) {
        for (uint32_t& item : basket.items) item = number_of.at(item);
        std::sort(basket.items.begin(), basket.items.end());
      }
      models[task].AddCustomer(
          baskets, [&](uint32_t item) { return category[item]; });
    }
    parts[task].clear();
  });
  ItemAffinity all(half_life, now_us);
  for (ItemAffinity& model : models) {
    all.Add(model);
    model = ItemAffinity(half_life, now_us);
  }
  all.Finish();
  return std::shared_ptr<const StoreItems>(new StoreItems(
      std::move(all), std::move(names), std::string(options.type)));
}

std::vector<StoreItems::Row> StoreItems::RowsOf(ItemKind kind, uint32_t item,
                                                uint64_t limit) const {
  std::vector<Row> rows;
  for (const ItemAffinity::Related& it : affinity_.RelatedTo(kind, item)) {
    if (limit != 0 && rows.size() >= limit) break;
    rows.push_back({names_[it.item], it.score, it.llr, it.support, it.lift,
                    it.confidence, {}});
  }
  return rows;
}

absl::StatusOr<std::vector<StoreItems::Row>> StoreItems::RelatedTo(
    ItemKind kind, std::string_view item, uint64_t limit) const {
  const auto place = std::lower_bound(names_.begin(), names_.end(), item);
  if (place == names_.end() || *place != item) {
    return absl::NotFoundError(
        StrCat("item: nobody has bought '", item, "'"));
  }
  return RowsOf(kind, static_cast<uint32_t>(place - names_.begin()), limit);
}

absl::StatusOr<std::vector<StoreItems::Row>> StoreItems::AlsoBought(
    const Store& store, std::string_view customer, ItemKind kind,
    uint64_t limit, int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         impl->Resolve(customer, now_us));
  const State& state = *impl->state;
  const uint32_t type =
      state.names
          .Find(state.schema.Stored(DefinitionKind::kInteractionType, type_))
          .value_or(0);
  ReadScope scope;
  const auto baskets = BasketsOf(state, leader, type, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  // Hers, the latest first, and of one instant in order of the names.
  std::vector<std::pair<int64_t, std::string_view>> hers;
  std::map<std::string_view, int64_t> last;
  for (const ItemAffinity::Basket& basket : baskets) {
    for (uint32_t item : basket.items) {
      last[state.names.Text(item)] = basket.at_us;
    }
  }
  for (const auto& [name, at_us] : last) hers.emplace_back(-at_us, name);
  std::sort(hers.begin(), hers.end());
  if (hers.size() > kMostAsked) hers.resize(kMostAsked);
  struct Sum {
    double score = 0;
    ItemAffinity::Related best;
    std::string_view because;
  };
  std::map<uint32_t, Sum> sums;
  for (const auto& [at, name] : hers) {
    const auto place = std::lower_bound(names_.begin(), names_.end(), name);
    if (place == names_.end() || *place != name) continue;
    for (const ItemAffinity::Related& it : affinity_.RelatedTo(
             kind, static_cast<uint32_t>(place - names_.begin()))) {
      if (last.contains(names_[it.item])) continue;
      Sum& sum = sums[it.item];
      sum.score += it.score;
      if (it.score > sum.best.score) {
        sum.best = it;
        sum.because = name;
      }
    }
  }
  std::vector<Row> rows;
  for (const auto& [item, sum] : sums) {
    rows.push_back({names_[item], sum.score, sum.best.llr, sum.best.support,
                    sum.best.lift, sum.best.confidence,
                    std::string(sum.because)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.score > b.score;
  });
  if (limit != 0 && limit < rows.size()) {
    rows.resize(static_cast<size_t>(limit));
  }
  return rows;
}

std::vector<StoreItems::Row> StoreItems::Table(
    ItemKind kind, uint64_t limit, std::vector<std::string>& items) const {
  std::vector<Row> table;
  for (uint32_t item = 0; item < names_.size(); ++item) {
    for (Row& row : RowsOf(kind, item, limit)) {
      items.push_back(names_[item]);
      table.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace trato::core
