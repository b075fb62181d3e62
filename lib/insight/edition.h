// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What an edition says of one customer, from her own purchases alone. Her value
// changes with a purchase and otherwise only where a day ends by the clock of
// the store's zone: the same figures as a table of all customers of that day.

#ifndef TRATO_INSIGHT_EDITION_H_
#define TRATO_INSIGHT_EDITION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/zone_clock.h"
#include "expression/evaluator.h"
#include "insight/definitions.h"
#include "insight/purchase_events.h"
#include "insight/value_prediction.h"

namespace trato::core {

inline constexpr int64_t kDayUs = int64_t{86400} * 1000000;
inline constexpr int64_t kWeekUs = 7 * kDayUs;

// How an edition sums purchases up; the end is the caller's.
SummaryOptions OptionsOf(const ValueEdition& edition);

// Why there is nothing to sum up, or that there is.
enum class Bought : uint8_t { kNever, kSome, kTwoCurrencies };

// An edition with what its use needs prepared. Any thread may ask.
class Edition {
 public:
  Edition(ValueEdition edition, int64_t at_us, std::string actor,
                uint64_t number, const ZoneClock& clock, const Schema& schema,
                const Interner& names);

  const ValueEdition& content() const { return edition_; }
  int64_t at_us() const { return at_us_; }
  const std::string& actor() const { return actor_; }
  uint64_t number() const { return number_; }  // counts from 1

  // Her purchases up to now_us. With a bound until when that stays, but for the
  // end of the day.
  Bought Read(const World& world, RecordNumber customer, int64_t now_us,
              PurchaseRow& row, ChangeBound* bound = nullptr,
              Currency* other = nullptr) const;

  // The same without amounts, of those purchases that `counts` wants; last_us
  // gets the instant of the last one. False: there are none.
  bool ReadTimes(const World& world, RecordNumber customer, int64_t now_us,
                 const std::function<bool(const InteractionRef&)>& counts,
                 PurchaseRow& row, int64_t& last_us, ChangeBound* bound) const;

  double Alive(const PurchaseRow& row) const;
  // Purchases within the edition's horizon; for ever: within a year.
  double Expected(const PurchaseRow& row) const;
  // The expected amount of the next purchase.
  double Spend(const PurchaseRow& row) const;
  // Discounted purchases x spend x margin.
  double Value(const PurchaseRow& row) const;
  Money ToMoney(double value) const;
  RfmScore Score(const PurchaseRow& row) const;
  // Empty where no rule fits.
  std::string_view Segment(RfmScore score) const;
  PredictOptions PredictionOptions() const;

  // The instant at which the day ends by the clock.
  int64_t DayEnd(int64_t now_us) const;
  // The row where `days` more have passed.
  PurchaseRow After(const PurchaseRow& row, int64_t days) const;
  // Bounds by when `same(low, high)` says that what is between them may be
  // something else than now. `span` gives what bounds the figure from below and
  // above between two numbers of days; each search takes `tries` of them.
  void BoundSteady(
      int64_t now_us, int tries,
      const std::function<std::pair<double, double>(int64_t from, int64_t to)>&
          span,
      const std::function<bool(double low, double high)>& same,
      ChangeBound& bound) const;
  std::pair<double, double> AliveWithin(const PurchaseRow& row, int64_t from,
                                        int64_t to) const;
  std::pair<double, double> ExpectedWithin(const PurchaseRow& row, int64_t from,
                                           int64_t to, bool discounted) const;
  // When the score of recency changes.
  void BoundScore(const PurchaseRow& row, int64_t now_us,
                  ChangeBound& bound) const;

 private:
  double IfAlive(const PurchaseRow& row, bool discounted) const;
  // The first instant of the day that is so many days after that of now_us.
  int64_t DayAfter(int64_t now_us, int64_t days) const;

  const ValueEdition edition_;
  const int64_t at_us_;
  const std::string actor_;
  const uint64_t number_;
  const ZoneClock clock_;
  const SummaryOptions options_;
  // Instants at which the clock steps back into the day before; almost nowhere.
  std::vector<int64_t> steps_back_;
  struct Type {
    uint32_t number = 0;
    bool takes_back = false;
  };
  std::vector<Type> types_;
  ValuePredictor predictor_;
  double horizon_ = 52;
  double rate_ = 0;  // a week
  double unit_of_money_ = 100;
};

}  // namespace trato::core

#endif  // TRATO_INSIGHT_EDITION_H_
