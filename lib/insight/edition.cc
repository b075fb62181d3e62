// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/edition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/calendar.h"
#include "base/calendar_steps.h"
#include "insight/gamma_gamma.h"

namespace trato::core {
namespace {

constexpr double kWeeksOfYear = 365.25 / 7;
// Figures are worked out to this much of themselves.
constexpr double kNoise = 1e-9;
// Nobody waits for longer: some 350 years.
constexpr int64_t kMaxDays = int64_t{1} << 17;

// Where the clocks of the zone step back over midnight.
std::vector<int64_t> FindStepsBack(absl::TimeZone zone) {
  std::vector<int64_t> found;
  absl::TimeZone::CivilTransition change;
  absl::Time at = absl::FromUnixSeconds(0);
  const absl::Time last = absl::FromUnixSeconds(7'258'118'400);
  while (at < last && zone.NextTransition(at, &change)) {
    at = zone.At(change.to).trans;
    if (absl::CivilDay(change.to) < absl::CivilDay(change.from - 1)) {
      found.push_back(absl::ToUnixMicros(at));
    }
  }
  return found;
}

double UnitOf(Currency currency) {
  return std::pow(10.0, currency ? currency.digits() : 2);
}

}  // namespace

SummaryOptions OptionsOf(const ValueEdition& edition) {
  SummaryOptions options;
  options.unit_us = kWeekUs;
  options.merge_us = kDayUs;
  options.net_returns = !edition.returns.empty();
  return options;
}

Edition::Edition(ValueEdition edition, int64_t at_us,
                             std::string actor, uint64_t number,
                             const ZoneClock& clock, const Schema& schema,
                             const Interner& names)
    : edition_(std::move(edition)),
      at_us_(at_us),
      actor_(std::move(actor)),
      number_(number),
      clock_(clock),
      options_(OptionsOf(edition_)),
      steps_back_(FindStepsBack(clock.zone())),
      predictor_(edition_.purchases.kind, edition_.purchases.value),
      horizon_(edition_.horizon),
      rate_(std::log1p(edition_.discount) / kWeeksOfYear),
      unit_of_money_(UnitOf(edition_.currency)) {
  const auto add = [&](const std::vector<std::string>& types, bool takes_back) {
    for (const std::string& type : types) {
      const auto found = names.Find(
          schema.Stored(DefinitionKind::kInteractionType, type));
      if (found) types_.push_back({*found, takes_back});
    }
  };
  add(edition_.types, false);
  add(edition_.returns, true);
}

Bought Edition::Read(const World& world, RecordNumber customer,
                           int64_t now_us, PurchaseRow& row, ChangeBound* bound,
                           Currency* other) const {
  thread_local std::vector<PurchaseEvent> events;
  events.clear();
  Currency currency = edition_.currency;
  bool mixed = false;
  const Timeline& timeline = *world.timeline;
  for (const RecordNumber record : world.customers->RecordsOf(customer)) {
    if (bound != nullptr) {
      bound->NotAfter(timeline.NextAmendment(record, now_us));
    }
    for (const Type& type : types_) {
      if (bound != nullptr) {
        bound->NotAfter(timeline.FirstAfter(record, type.number, now_us));
      }
      timeline.ForEach(
          record, type.number, Window::Until(now_us),
          [&](const InteractionRef& it) {
            const Money amount = it.amount();
            if (!currency) currency = amount.currency;
            if (amount.currency != currency) {
              mixed = true;
              if (other != nullptr) *other = amount.currency;
              return true;
            }
            const double value =
                static_cast<double>(amount.minor) / unit_of_money_;
            events.push_back({clock_.At(it.at_us()),
                              type.takes_back ? -std::abs(value) : value});
            return true;
          });
    }
  }
  if (mixed) return Bought::kTwoCurrencies;
  return SummariseOne(events, options_, clock_.At(now_us), row)
             ? Bought::kSome
             : Bought::kNever;
}

bool Edition::ReadTimes(
    const World& world, RecordNumber customer, int64_t now_us,
    const std::function<bool(const InteractionRef&)>& counts, PurchaseRow& row,
    int64_t& last_us, ChangeBound* bound) const {
  thread_local std::vector<PurchaseEvent> events;
  events.clear();
  last_us = std::numeric_limits<int64_t>::min();
  const Timeline& timeline = *world.timeline;
  for (const RecordNumber record : world.customers->RecordsOf(customer)) {
    if (bound != nullptr) {
      bound->NotAfter(timeline.NextAmendment(record, now_us));
    }
    for (const Type& type : types_) {
      if (type.takes_back) continue;
      if (bound != nullptr) {
        bound->NotAfter(timeline.FirstAfter(record, type.number, now_us));
      }
      timeline.ForEach(record, type.number, Window::Until(now_us),
                       [&](const InteractionRef& it) {
                         if (it.amount().minor < 0 || !counts(it)) return true;
                         last_us = std::max(last_us, it.at_us());
                         events.push_back({clock_.At(it.at_us()), 0});
                         return true;
                       });
    }
  }
  return SummariseOne(events, options_, clock_.At(now_us), row);
}

double Edition::Alive(const PurchaseRow& row) const {
  return predictor_.Alive({row.frequency, row.recency, row.age});
}

double Edition::IfAlive(const PurchaseRow& row, bool discounted) const {
  const PurchaseHistory her{row.frequency, row.recency, row.age};
  // Dear, and the same for many: what each thread worked out last is kept, for
  // one model at a time.
  using Key = std::array<double, 7>;
  constexpr int kBits = 14;
  struct Kept {
    Key key{};
    struct Entry {
      double frequency = -1, age = -1, value = 0;
    };
    std::vector<Entry> entries;
  };
  thread_local std::array<Kept, 2> both;
  Kept& kept = both[discounted ? 1 : 0];
  const FittedModel& model = edition_.purchases;
  const Key key = {static_cast<double>(model.kind) + 1, model.value[0],
                   model.value[1], model.value[2], model.value[3], horizon_,
                   rate_};
  if (kept.key != key) {
    kept.entries.assign(size_t{1} << kBits, {});
    kept.key = key;
  }
  const auto bits =
      static_cast<uint64_t>(her.age * 1024) * 0x9e3779b97f4a7c15u +
      static_cast<uint64_t>(her.frequency) * 0xbf58476d1ce4e5b9u;
  Kept::Entry& entry = kept.entries[bits >> (64 - kBits)];
  if (entry.frequency != her.frequency || entry.age != her.age) {
    entry = {her.frequency, her.age,
             discounted
                 ? predictor_.DiscountedIfAlive(her, horizon_, rate_)
                 : predictor_.ExpectedIfAlive(
                       her, horizon_ > 0 ? horizon_ : kWeeksOfYear)};
  }
  return entry.value;
}

double Edition::Expected(const PurchaseRow& row) const {
  return Alive(row) * IfAlive(row, false);
}

double Edition::Spend(const PurchaseRow& row) const {
  const double spend = std::max(0.0, row.spend);
  if (!edition_.spend) return spend;
  const Parameters& p = edition_.spend->value;
  return ExpectedSpend(p[0], p[1], p[2], row.frequency, spend);
}

double Edition::Value(const PurchaseRow& row) const {
  return Alive(row) * IfAlive(row, true) * Spend(row) * edition_.margin;
}

Money Edition::ToMoney(double value) const {
  const double minor = std::round(value * unit_of_money_);
  constexpr double kMost = 9e18;
  return {static_cast<int64_t>(std::clamp(minor, -kMost, kMost)),
          edition_.currency};
}

RfmScore Edition::Score(const PurchaseRow& row) const {
  return ScoreRfm(edition_.edges, row.age - row.recency, row.orders, row.total);
}

std::string_view Edition::Segment(RfmScore score) const {
  const size_t rule = SegmentOf(edition_.segments, score);
  return rule < edition_.segments.size()
             ? std::string_view(edition_.segments[rule].name)
             : std::string_view();
}

PredictOptions Edition::PredictionOptions() const {
  PredictOptions options;
  options.horizon = horizon_ > 0 ? horizon_ : kWeeksOfYear;
  options.value_horizon = horizon_;
  options.rate = rate_;
  options.margin = edition_.margin;
  options.spend = edition_.spend ? &*edition_.spend : nullptr;
  return options;
}

int64_t Edition::DayAfter(int64_t now_us, int64_t days) const {
  if (days == 1) return DayEnd(now_us);
  const int64_t local = clock_.At(now_us);
  const int64_t start = StartOfPart(local, kDayUs) + days * kDayUs;
  if (start > kMaxInstant - kDayUs) return kNever;
  // Where the clocks skip midnight the day begins with what comes after.
  const absl::CivilDay day =
      absl::CivilDay(1970, 1, 1) + start / kDayUs - (start % kDayUs < 0 ? 1 : 0);
  const auto info = clock_.zone().At(absl::CivilSecond(day));
  return absl::ToUnixMicros(std::min({info.pre, info.trans, info.post}));
}

int64_t Edition::DayEnd(int64_t now_us) const {
  return NextChangeOf(ClockPart::kDay, now_us, clock_.zone());
}

PurchaseRow Edition::After(const PurchaseRow& row, int64_t days) const {
  PurchaseRow later = row;
  later.end += days * kDayUs;
  later.age = AgeAt(row, options_, later.end);
  return later;
}

void Edition::BoundSteady(
    int64_t now_us, int tries,
    const std::function<std::pair<double, double>(int64_t from, int64_t to)>&
        span,
    const std::function<bool(double low, double high)>& same,
    ChangeBound& bound) const {
  // Steps that grow while nothing can change in them, and shrink from there.
  int64_t reached = 0;
  int64_t step = 1;
  bool grows = true;
  while (tries-- > 0 && step > 0 && reached < kMaxDays) {
    const auto [low, high] = span(reached, reached + step);
    if (same(low - std::abs(low) * kNoise, high + std::abs(high) * kNoise)) {
      reached += step;
      step = grows ? step * 2 : std::max<int64_t>(step / 2, 1);
    } else {
      grows = false;
      step /= 2;
    }
  }
  bound.NotAfter(std::max(DayAfter(now_us, reached + 1), now_us + 1));
  const auto back =
      std::upper_bound(steps_back_.begin(), steps_back_.end(), now_us);
  if (back != steps_back_.end()) bound.NotAfter(*back);
}

std::pair<double, double> Edition::AliveWithin(const PurchaseRow& row,
                                                     int64_t from,
                                                     int64_t to) const {
  return {Alive(After(row, to)), Alive(After(row, from))};
}

// All models agree that alive falls, and all but Pareto/NBD that so does what
// is expected of who is alive. There, her rate falls as 1 / (alpha + T), and
// for how long she stays grows.
std::pair<double, double> Edition::ExpectedWithin(const PurchaseRow& row,
                                                        int64_t from,
                                                        int64_t to,
                                                        bool discounted) const {
  const PurchaseRow early = After(row, from);
  const PurchaseRow late = After(row, to);
  double at_most = IfAlive(early, discounted);
  double at_least = IfAlive(late, discounted);
  if (edition_.purchases.kind == ValueModelKind::kParetoNbd) {
    const double alpha = edition_.purchases.value[1];
    const double folds = (alpha + late.age) / (alpha + early.age);
    const double before = at_most;
    at_most = at_least * folds;
    at_least = before / folds;
  }
  return {Alive(late) * at_least, Alive(early) * at_most};
}

void Edition::BoundScore(const PurchaseRow& row, int64_t now_us,
                               ChangeBound& bound) const {
  const RfmScore now = Score(row);
  if (now.recency > 1) {
    const auto same = [&](double low, double high) {
      const auto score = [&](double recency) {
        return ScoreRfm(edition_.edges, recency, row.orders, row.total).recency;
      };
      return score(low) == now.recency && score(high) == now.recency;
    };
    const auto span = [&](int64_t from, int64_t to) {
      const PurchaseRow early = After(row, from);
      const PurchaseRow late = After(row, to);
      return std::pair(early.age - early.recency, late.age - late.recency);
    };
    BoundSteady(now_us, 64, span, same, bound);
  }
}

}  // namespace trato::core
