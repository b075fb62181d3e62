// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_purchases.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/calendar.h"
#include "base/money.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "base/zone_clock.h"
#include "engine/store_impl.h"
#include "timeline/type_scan.h"

namespace trato::core {
namespace {

class Gatherer {
 public:
  Gatherer(const State& state, int64_t now_us, int64_t last_us)
      : state_(state), clock_(state.zone), now_us_(now_us), last_us_(last_us) {
    const auto records = state.customers.record_count();
    number_.assign(records, kUnknown);
  }

  absl::Status Add(std::string_view name, bool takes_back) {
    TRATO_RETURN_IF_ERROR(state_.schema.CheckInteractionType("type", name));
    const auto type = state_.names.Find(
        state_.schema.Stored(DefinitionKind::kInteractionType, name));
    if (!type) return absl::OkStatus();  // nothing has it
    const TypeScan scan(state_.timeline,
                        {.type = *type, .now_us = now_us_, .amounts = true});
    absl::Status status;
    TypeScan::Buffer buffer;
    scan.Read(0, static_cast<uint32_t>(number_.size()), buffer,
              [&](const TypeScan::Part& part) {
                uint32_t row = 0;
                for (size_t i = 0; i < part.size(); ++i) {
                  const int64_t who =
                      row < part.ends[i] ? NumberOf(part.RecordAt(i)) : kHidden;
                  for (; row < part.ends[i]; ++row) {
                    if (who == kHidden || part.at_us[row] > last_us_) continue;
                    const Currency currency =
                        part.currencies[part.currencies.size() == 1 ? 0 : row];
                    if (status.ok()) status = Check(currency);
                    purchases_.table.customer.push_back(who);
                    purchases_.table.at_us.push_back(clock_.At(part.at_us[row]));
                    const double amount =
                        static_cast<double>(part.amounts[row]) /
                        std::pow(10.0, currency.digits());
                    purchases_.table.amount.push_back(
                        takes_back ? -std::abs(amount) : amount);
                  }
                }
              });
    return status;
  }

  // Numbers become those of names in order.
  StorePurchases Finish() {
    std::vector<int64_t> order(leaders_.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
    const auto name_of = [&](int64_t i) {
      return state_.customers.RecordName(leaders_[static_cast<size_t>(i)]);
    };
    std::sort(order.begin(), order.end(),
              [&](int64_t a, int64_t b) { return name_of(a) < name_of(b); });
    std::vector<int64_t> rank(order.size());
    for (size_t i = 0; i < order.size(); ++i) {
      rank[static_cast<size_t>(order[i])] = static_cast<int64_t>(i);
      purchases_.table.names.emplace_back(name_of(order[i]));
    }
    for (int64_t& it : purchases_.table.customer) {
      it = rank[static_cast<size_t>(it)];
    }
    if (currency_) purchases_.currency = *currency_;
    return std::move(purchases_);
  }

  int64_t At(int64_t us) const { return clock_.At(us); }

 private:
  static constexpr int64_t kUnknown = -1;
  static constexpr int64_t kHidden = -2;

  int64_t NumberOf(RecordNumber record) {
    const RecordNumber leader = state_.customers.LeaderOf(record);
    int64_t& number = number_[leader];
    if (number == kUnknown) {
      number = kHidden;
      if (state_.customers.RestrictionOf(leader, now_us_) == nullptr) {
        number = static_cast<int64_t>(leaders_.size());
        leaders_.push_back(leader);
      }
    }
    return number;
  }

  absl::Status Check(Currency currency) {
    if (!currency_) currency_ = currency;
    if (*currency_ == currency) return absl::OkStatus();
    return absl::FailedPreconditionError(
        StrCat("amounts are in ", currency_->code(), " and ", currency.code(),
               ", which cannot be added up"));
  }

  const State& state_;
  const ZoneClock clock_;
  const int64_t now_us_;
  const int64_t last_us_;
  std::vector<int64_t> number_;  // by leader
  std::vector<RecordNumber> leaders_;
  std::optional<Currency> currency_;
  StorePurchases purchases_;
};

}  // namespace

absl::StatusOr<StorePurchases> ReadStorePurchases(
    const Store& store, const StorePurchasesOptions& options, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const int64_t end_us =
      options.end_us == INT64_MIN ? now_us : options.end_us;
  for (const int64_t instant : {end_us, std::max(end_us, options.until_us)}) {
    TRATO_RETURN_IF_ERROR(CheckNow(instant));
  }
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  ReadScope scope;
  Gatherer gatherer(state, now_us,
                    std::min(now_us, std::max(end_us, options.until_us)));
  for (const std::string_view type : options.types) {
    TRATO_RETURN_IF_ERROR(gatherer.Add(type, false));
  }
  for (const std::string_view type : options.returns) {
    TRATO_RETURN_IF_ERROR(gatherer.Add(type, true));
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  StorePurchases purchases = gatherer.Finish();
  purchases.end_us = gatherer.At(end_us);
  if (options.until_us != INT64_MIN) {
    purchases.until_us = gatherer.At(options.until_us);
  }
  return purchases;
}

}  // namespace trato::core
