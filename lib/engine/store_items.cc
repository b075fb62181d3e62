// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_items.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "base/calendar.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "engine/all_customers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"
#include "expression/format.h"

namespace trato::core {
namespace {

constexpr size_t kMostAsked = 50;
// Of a score.
constexpr size_t kMostRules = 100;
constexpr double kMostPoints = 1e6;

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

StoreItems::Packed StoreItems::Pack(
    const std::vector<ItemAffinity::Basket>& baskets) {
  Packed packed;
  for (const ItemAffinity::Basket& it : baskets) {
    const auto at = static_cast<uint64_t>(it.at_us);
    packed.push_back(static_cast<uint32_t>(at >> 32));
    packed.push_back(static_cast<uint32_t>(at));
    packed.push_back(static_cast<uint32_t>(it.items.size()));
    packed.insert(packed.end(), it.items.begin(), it.items.end());
  }
  packed.shrink_to_fit();
  return packed;
}

std::vector<ItemAffinity::Basket> StoreItems::Unpack(const Packed& packed) {
  std::vector<ItemAffinity::Basket> baskets;
  for (size_t at = 0; at < packed.size();) {
    ItemAffinity::Basket& it = baskets.emplace_back();
    it.at_us = static_cast<int64_t>((uint64_t{packed[at]} << 32) |
                                    packed[at + 1]);
    const auto first = packed.begin() + static_cast<std::ptrdiff_t>(at) + 3;
    it.items.assign(first, first + packed[at + 2]);
    at += 3 + packed[at + 2];
  }
  return baskets;
}

bool StoreItems::Number(std::vector<ItemAffinity::Basket>& baskets) const {
  for (ItemAffinity::Basket& basket : baskets) {
    for (uint32_t& item : basket.items) {
      const auto found = number_of_.find(item);
      if (found == number_of_.end()) return false;
      item = found->second;
    }
    std::sort(basket.items.begin(), basket.items.end());
  }
  return true;
}

absl::StatusOr<std::unique_ptr<StoreItems>> StoreItems::Of(
    const Store& store, const ItemOptions& options, int64_t now_us) {
  TRATO_ASSIGN_OR_RETURN(const int64_t half_life, HalfLife(options.half_life));
  std::unique_ptr<StoreItems> items(new StoreItems(options, half_life));
  TRATO_RETURN_IF_ERROR(items->Update(store, now_us));
  return items;
}

absl::Status StoreItems::Update(const Store& store, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_RETURN_IF_ERROR(state.schema.CheckInteractionType("type", type_));
  const uint32_t type =
      state.names
          .Find(state.schema.Stored(DefinitionKind::kInteractionType, type_))
          .value_or(0);
  const auto category_of = [&](uint32_t name) {
    const auto above = state.catalogue.CategoriesAbove(name);
    return above.empty() ? 0 : above.front();
  };
  const bool is_anew =
      state_.lock() != impl->state || !affinity_.HasWeightsOf(now_us) ||
      std::any_of(number_of_.begin(), number_of_.end(), [&](const auto& it) {
        return about_[it.second].category != category_of(it.first);
      });
  // Whose orders are others than they were; nothing is kept of it if a read
  // fails.
  struct Change {
    RecordNumber leader = 0;
    std::vector<ItemAffinity::Basket> baskets;  // by name in the state
    Packed orders;
  };
  ++round_;
  const AllCustomers customers(state, now_us);
  std::vector<std::vector<Change>> parts(customers.tasks());
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(*impl, [&](size_t task, RecordNumber leader) {
        auto baskets = BasketsOf(state, leader, type, now_us);
        const auto kept = customers_.find(leader);
        if (!is_anew && kept != customers_.end()) {
          kept->second.round = round_;
          auto numbered = baskets;
          if (Number(numbered) && Pack(numbered) == kept->second.orders) return;
        } else if (baskets.empty()) {
          return;
        }
        parts[task].push_back({leader, std::move(baskets), {}});
      }));
  if (is_anew) {
    customers_.clear();
    number_of_.clear();
    names_.clear();
    about_.clear();
    affinity_ = ItemAffinity(half_life_us_, now_us);
    state_ = impl->state;
  }
  // Who is no customer of her own any more.
  parts.emplace_back();
  for (const auto& [leader, kept] : customers_) {
    if (kept.round != round_) parts.back().push_back({leader, {}, {}});
  }
  for (const auto& part : parts) {
    for (const Change& change : part) {
      for (const ItemAffinity::Basket& basket : change.baskets) {
        for (uint32_t item : basket.items) {
          const auto number = static_cast<uint32_t>(names_.size());
          if (!number_of_.try_emplace(item, number).second) continue;
          names_.emplace_back(state.names.Text(item));
          about_.push_back({0, category_of(item)});
        }
      }
    }
  }
  // Between equals the names decide, so that nothing depends on who came first.
  by_name_.resize(names_.size());
  std::iota(by_name_.begin(), by_name_.end(), 0u);
  std::sort(by_name_.begin(), by_name_.end(), [&](uint32_t a, uint32_t b) {
    return names_[a] < names_[b];
  });
  for (uint32_t i = 0; i < by_name_.size(); ++i) about_[by_name_[i]].rank = i;
  // What changed by task, added up in their order: whole numbers, on any threads.
  std::vector<ItemAffinity> changes(parts.size(),
                                    ItemAffinity(half_life_us_, now_us));
  impl->ForEachTask(parts.size(), [&](size_t task) {
    for (Change& change : parts[task]) {
      const auto kept = customers_.find(change.leader);
      if (kept != customers_.end()) {
        changes[task].AddCustomer(Unpack(kept->second.orders), about_, -1);
      }
      Number(change.baskets);
      changes[task].AddCustomer(change.baskets, about_, +1);
      change.orders = Pack(change.baskets);
    }
  });
  for (size_t task = 0; task < parts.size(); ++task) {
    affinity_.Add(changes[task]);
    changes[task] = ItemAffinity(half_life_us_, now_us);
    for (Change& change : parts[task]) {
      if (change.orders.empty()) {
        customers_.erase(change.leader);
      } else {
        customers_[change.leader] = {std::move(change.orders), round_};
      }
    }
  }
  return absl::OkStatus();
}

std::vector<StoreItems::Row> StoreItems::RowsOf(ItemKind kind, uint32_t item,
                                                uint64_t limit) const {
  std::vector<Row> rows;
  for (const ItemAffinity::Related& it : affinity_.RelatedTo(kind, item, about_)) {
    if (limit != 0 && rows.size() >= limit) break;
    rows.push_back({names_[it.item], it.score, it.llr, it.support, it.lift,
                    it.confidence, {}});
  }
  return rows;
}

absl::StatusOr<uint32_t> StoreItems::Find(std::string_view item) const {
  const auto place = std::lower_bound(
      by_name_.begin(), by_name_.end(), item,
      [&](uint32_t number, std::string_view name) {
        return names_[number] < name;
      });
  if (place == by_name_.end() || names_[*place] != item ||
      !affinity_.Knows(*place)) {
    return absl::NotFoundError(StrCat("item: nobody has bought '", item, "'"));
  }
  return *place;
}

absl::StatusOr<std::vector<StoreItems::Row>> StoreItems::RelatedTo(
    ItemKind kind, std::string_view item, uint64_t limit) const {
  TRATO_ASSIGN_OR_RETURN(const uint32_t number, Find(item));
  return RowsOf(kind, number, limit);
}

absl::StatusOr<ScoreDefinition> StoreItems::ScoreFor(std::string_view name,
                                                     std::string_view item,
                                                     ItemKind kind,
                                                     uint64_t limit) const {
  TRATO_ASSIGN_OR_RETURN(const uint32_t number, Find(item));
  std::vector<std::pair<int64_t, uint32_t>> leading;  // by rank
  for (uint32_t other : by_name_) {
    const double score = affinity_.RelationOf(kind, other, number).score;
    const auto points_milli = static_cast<int64_t>(std::llround(
        std::min(score, kMostPoints) * 1000));
    if (points_milli > 0) leading.emplace_back(-points_milli, other);
  }
  if (leading.empty()) {
    return absl::NotFoundError(
        StrCat("item: nothing leads to '", item, "' more than by chance"));
  }
  std::stable_sort(
      leading.begin(), leading.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  leading.resize(std::min<size_t>(
      leading.size(), limit == 0 ? kMostRules
                                 : std::min<uint64_t>(limit, kMostRules)));
  ScoreDefinition score;
  score.name = name;
  const std::string interactions = FormatDatum(Datum(std::string_view(type_)));
  for (const auto& [points_milli, other] : leading) {
    ScoreRule rule;
    rule.name = names_[other];
    rule.when = StrCat("interactions(", interactions,
                       ").lines().exists(l, l.product == ",
                       FormatDatum(Datum(std::string_view(names_[other]))),
                       ")");
    rule.points_milli = -points_milli;
    score.rules.push_back(std::move(rule));
  }
  return score;
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
    const absl::StatusOr<uint32_t> number = Find(name);
    if (!number.ok()) continue;
    for (const ItemAffinity::Related& it :
         affinity_.RelatedTo(kind, *number, about_)) {
      if (last.contains(names_[it.item])) continue;
      Sum& sum = sums[about_[it.item].rank];
      sum.score += it.score;
      if (it.score > sum.best.score) {
        sum.best = it;
        sum.because = name;
      }
    }
  }
  std::vector<Row> rows;
  for (const auto& [rank, sum] : sums) {
    rows.push_back({names_[by_name_[rank]], sum.score, sum.best.llr, sum.best.support,
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
  for (uint32_t item : by_name_) {
    for (Row& row : RowsOf(kind, item, limit)) {
      items.push_back(names_[item]);
      table.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace trato::core
