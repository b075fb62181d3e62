// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "learning/learner.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/id.h"
#include "base/strings.h"

namespace trato::core {
namespace {

// Before any answers: customers differ as if what is known of their segment
// were worth this many answers, and this counts for so many expected pairs.
constexpr double kUsualWeight = 12;
constexpr double kUsualPairs = 5;
constexpr double kLeastWeight = 2;
constexpr double kMostWeight = 200;
// What a segment is believed at most before its own answers.
constexpr double kMostRate = 0.99;

absl::Status Wrong(std::string_view what) {
  return absl::InvalidArgumentError(StrCat(what));
}

bool IsTime(int64_t at_us) {
  // Years 1 to 9999.
  return at_us >= -62135596800000000 && at_us < 253402300800000000;
}

}  // namespace

Learner::Learner(LearnerDefinition definition)
    : definition_(std::move(definition)),
      ages_(definition_.half_life_us),
      offers_(definition_.offers.size()),
      needs_(definition_.needs.size()),
      spreads_(definition_.offers.size()),
      is_touched_(definition_.offers.size()),
      seen_(definition_.offers.size()) {
  for (size_t i = 0; i < definition_.offers.size(); ++i) {
    offer_names_[definition_.offers[i].name] = static_cast<uint32_t>(i);
  }
  if (!counts()) regression_.emplace(definition_.prior_rate);
}

absl::StatusOr<Learner> Learner::Create(LearnerDefinition definition) {
  TRATO_RETURN_IF_ERROR(CheckLearner(definition));
  return Learner(std::move(definition));
}

absl::StatusOr<uint32_t> Learner::AddOffer(LearnerOffer offer) {
  const size_t number = offers_.size();
  TRATO_RETURN_IF_ERROR(CheckOffer(definition_, offer, number));
  if (offer_names_.contains(offer.name)) {
    return absl::AlreadyExistsError("offer.name is there already");
  }
  offer_names_[offer.name] = static_cast<uint32_t>(number);
  definition_.offers.push_back(std::move(offer));
  offers_.emplace_back();
  spreads_.emplace_back();
  is_touched_.push_back(0);
  seen_.push_back(0);
  return static_cast<uint32_t>(number);
}

absl::Status Learner::Check(const Question& question) const {
  if (question.offers.empty()) return Wrong("offers are none");
  if (question.segment > kNoSegment) return Wrong("segment is above 65534");
  if (!question.values.empty() &&
      question.values.size() != question.offers.size()) {
    return Wrong("values are not as many as offers");
  }
  if (question.context.size() != definition_.context) {
    return Wrong(StrCat("context is not of ", definition_.context, " numbers"));
  }
  for (double x : question.context) {
    if (!(std::fabs(x) <= 1e6)) return Wrong("context has no number in it");
  }
  if (++question_ == 0) {
    std::fill(seen_.begin(), seen_.end(), 0);
    question_ = 1;
  }
  for (size_t i = 0; i < question.offers.size(); ++i) {
    const uint32_t offer = question.offers[i];
    if (offer >= offers_.size()) {
      return absl::NotFoundError(StrCat("offers[", i, "] is not defined"));
    }
    if (seen_[offer] == question_) {
      return Wrong(StrCat("offers[", i, "] is there twice"));
    }
    seen_[offer] = question_;
  }
  for (size_t i = 0; i < question.values.size(); ++i) {
    const double value = question.values[i];
    if (!(value >= 0) || !(value <= 1e15)) {
      return Wrong(StrCat("values[", i, "] is not between 0 and 1e15"));
    }
  }
  return absl::OkStatus();
}

void Learner::Touch(uint32_t offer) {
  weight_stale_ = true;
  if (is_touched_[offer]) return;
  is_touched_[offer] = 1;
  touched_.push_back(offer);
}

void Learner::BringUp(uint16_t now) {
  if (now != now_) {
    now_ = now;
    for (uint32_t i = 0; i < offers_.size(); ++i) Touch(i);
  }
  if (!weight_stale_) return;
  for (uint32_t offer : touched_) {
    offers_[offer].BringUp(now);
    spreads_[offer] = offers_[offer].SpreadOf(definition_.prior_rate,
                                              kSegmentWeight, now);
    is_touched_[offer] = 0;
  }
  touched_.clear();
  weight_stale_ = false;
  if (definition_.customer_weight > 0) {
    customer_weight_ = definition_.customer_weight;
    return;
  }
  // E[excess] = E[expected] / (k + 1)
  double expected = kUsualPairs;
  double excess = kUsualPairs / (kUsualWeight + 1);
  for (const Tally::Spread& it : spreads_) {
    expected += it.expected;
    excess += it.excess;
  }
  customer_weight_ =
      excess <= 0 ? kMostWeight
                  : std::clamp(expected / excess - 1, kLeastWeight, kMostWeight);
}

Learner::Rates Learner::NeedRates(uint32_t need, uint32_t segment,
                                  uint16_t now) {
  if (need == kNoNeed) return {definition_.prior_rate, definition_.prior_rate};
  const Rates above = NeedRates(definition_.needs[need].parent, segment, now);
  Tally& tally = needs_[need];
  tally.BringUp(now);
  const double all = tally.all().Mean(above.all, kOfferWeight);
  if (segment == kNoSegment) return {all, all};
  const double before = std::min(kMostRate, all * above.here / above.all);
  return {all, tally.of(segment).Mean(before, kSegmentWeight)};
}

Learner::Rates Learner::RatesOf(uint32_t offer, uint32_t segment,
                                uint16_t now) {
  const Rates need = NeedRates(definition_.offers[offer].need, segment, now);
  const Tally& tally = offers_[offer];
  const double all = tally.all().Mean(need.all, kOfferWeight);
  if (segment == kNoSegment) return {all, all};
  const double before = std::min(kMostRate, all * need.here / need.all);
  return {all, tally.of(segment).Mean(before, kSegmentWeight)};
}

Rate Learner::OwnRate(std::span<const CustomerCell> cells, uint32_t offer,
                      uint16_t now) const {
  auto it = std::lower_bound(cells.begin(), cells.end(), offer,
                             [](const CustomerCell& cell, uint32_t wanted) {
                               return cell.offer < wanted;
                             });
  Rate rate;
  for (; it != cells.end() && it->offer == offer; ++it) {
    const double weight = Ages::Weight(cells_.when(*it).step, now);
    rate += {weight * it->shown, weight * it->accepted};
  }
  return rate;
}

void Learner::ReadOwnNeeds(std::span<const uint64_t> records, uint16_t now) {
  own_needs_.Begin(definition_);
  if (definition_.needs.empty()) return;
  for (uint64_t record : records) {
    for (const CustomerCell& cell : cells_.Of(record)) {
      if (definition_.offers[cell.offer].need == kNoNeed) continue;
      const CustomerCells::When& when = cells_.when(cell);
      const double weight = Ages::Weight(when.step, now);
      if (weight == 0) continue;
      const double rate = RatesOf(cell.offer, when.segment, now).here;
      own_needs_.Add(definition_, cell.offer, weight * cell.shown * rate,
                     weight * cell.accepted);
    }
  }
}

// Fills beliefs_.
void Learner::Believe(const Question& question, int64_t now_us) {
  const size_t count = question.offers.size();
  beliefs_.resize(count);
  const auto value = [&](size_t i) {
    return question.values.empty() ? 1.0 : question.values[i];
  };
  if (regression_) {
    const Regression::About about{question.customer, question.segment,
                                  question.context};
    for (size_t i = 0; i < count; ++i) {
      beliefs_[i] = regression_->Of(about, question.offers[i]);
      beliefs_[i].value = value(i);
    }
    return;
  }
  known_.resize(count);
  KnowOf(links_.Of(question.customer), question.segment, question.offers,
         now_us, known_);
  for (size_t i = 0; i < count; ++i) {
    beliefs_[i] = known_[i].belief;
    beliefs_[i].value = value(i);
  }
}

void Learner::KnowOf(std::span<const uint64_t> records, uint32_t segment,
                     std::span<const uint32_t> offers, int64_t now_us,
                     std::span<Known> out) {
  const uint16_t now = ages_.StepOf(now_us);
  BringUp(now);
  std::fill(out.begin(), out.end(), Known());
  for (uint64_t record : records) {
    const std::span<const CustomerCell> cells = cells_.Of(record);
    if (cells.empty()) continue;
    for (size_t i = 0; i < offers.size(); ++i) {
      out[i].own += OwnRate(cells, offers[i], now);
    }
  }
  ReadOwnNeeds(records, now);
  for (size_t i = 0; i < offers.size(); ++i) {
    Known& it = out[i];
    it.rate = std::min(kMostRate,
                       RatesOf(offers[i], segment, now).here *
                           own_needs_.LiftOf(definition_, offers[i]));
    const double mean = it.own.Mean(it.rate, customer_weight_);
    it.belief = {mean, (1 - mean) / (mean * (it.own.shown + customer_weight_ +
                                             1))};
  }
}

double Learner::Draw(const Question& question, int64_t now_us) const {
  const uint64_t of[] = {definition_.seed, question.customer,
                         static_cast<uint64_t>(now_us), question.draw};
  char bytes[sizeof(of)];
  for (size_t i = 0; i < sizeof(of); ++i) {
    bytes[i] = static_cast<char>(of[i / 8] >> (8 * (i % 8)));
  }
  const uint64_t bits = Id::Of("learner", {{bytes, sizeof(bytes)}}).high;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

Learner::Choice Learner::Decide(const Question& question, int64_t now_us,
                                std::span<double> probabilities) {
  Believe(question, now_us);
  switch (definition_.policy) {
    case LearnerPolicy::kAffinity:
    case LearnerPolicy::kLogistic:
      maker_.Thompson(beliefs_, definition_.exploration, probabilities);
      break;
    case LearnerPolicy::kSquareCb:
      ChoiceMaker::SquareCb(beliefs_, definition_.gamma, probabilities);
      break;
    case LearnerPolicy::kFixed: {
      std::fill(probabilities.begin(), probabilities.end(), 0.0);
      const auto first =
          std::min_element(question.offers.begin(), question.offers.end());
      probabilities[static_cast<size_t>(first - question.offers.begin())] = 1;
      break;
    }
    case LearnerPolicy::kRandom:
      std::fill(probabilities.begin(), probabilities.end(), 0.0);
      break;
  }
  ChoiceMaker::Mix(floor(), probabilities);
  const size_t place =
      ChoiceMaker::Drawn(Draw(question, now_us), probabilities);
  return {static_cast<uint32_t>(place), probabilities[place],
          beliefs_[place].value * beliefs_[place].mean};
}

absl::Status Learner::CheckAnswer(const Answer& answer) const {
  if (answer.offer >= offers_.size()) {
    return absl::NotFoundError("offer is not defined");
  }
  if (answer.segment > kNoSegment) return Wrong("segment is above 65534");
  if (!IsTime(answer.at_us)) {
    return absl::OutOfRangeError("at_us is outside the years 1 to 9999");
  }
  if (answer.context.size() != definition_.context) {
    return Wrong(StrCat("context is not of ", definition_.context, " numbers"));
  }
  for (double x : answer.context) {
    if (!(std::fabs(x) <= 1e6)) return Wrong("context has no number in it");
  }
  return absl::OkStatus();
}

// Whether the counts have room for it, or hold it.
absl::Status Learner::CheckCell(const Answer& answer, bool take_back) const {
  const auto offer = static_cast<uint16_t>(answer.offer);
  const auto segment = static_cast<uint16_t>(answer.segment);
  const uint16_t step = ages_.StepOf(answer.at_us);
  if (answer.customer == 0) {
    if (!take_back) return absl::OkStatus();
    // Of nobody in particular there is only what all answered.
    Rate known;
    for (const Tally::Cell& cell : offers_[offer].cells()) {
      if (cell.segment != segment || cell.step != step) continue;
      known = {static_cast<double>(cell.shown - cell.named_shown),
               static_cast<double>(cell.accepted - cell.named_accepted)};
    }
    const double same = answer.accepted ? known.accepted
                                        : known.shown - known.accepted;
    return same > 0 ? absl::OkStatus()
                    : absl::FailedPreconditionError(
                          "the answer was not learned, or is taken back");
  }
  const CustomerCell* cell =
      cells_.Find(answer.customer, offer, segment, step);
  if (take_back) {
    const int same = cell == nullptr ? 0
                     : answer.accepted
                         ? cell->accepted
                         : cell->shown - cell->accepted;
    return same > 0 ? absl::OkStatus()
                    : absl::FailedPreconditionError(
                          "the answer was not learned, or is taken back");
  }
  if (cell != nullptr ? cell->shown == UINT16_MAX
                      : !cells_.HasRoomFor(segment, step) ||
                            cells_.Of(answer.customer).size() >= UINT16_MAX) {
    return absl::OutOfRangeError("the customer has 65535 answers already");
  }
  return absl::OkStatus();
}

void Learner::Apply(const Answer& answer, int sign) {
  answers_ += static_cast<uint64_t>(static_cast<int64_t>(sign));
  if (regression_) {
    regression_->Learn({answer.customer, answer.segment, answer.context},
                       answer.offer, answer.accepted);
    return;
  }
  const auto offer = static_cast<uint16_t>(answer.offer);
  const auto segment = static_cast<uint16_t>(answer.segment);
  const uint16_t step = ages_.StepOf(answer.at_us);
  const int yes = answer.accepted ? sign : 0;
  int64_t n = 0;
  int64_t s = 0;
  if (answer.customer != 0) {
    const CustomerCell* cell =
        cells_.Find(answer.customer, offer, segment, step);
    if (cell != nullptr) {
      n = cell->shown;
      s = cell->accepted;
    }
    cells_.Add(answer.customer, offer, segment, step, sign, yes);
  }
  Tally& tally = offers_[offer];
  Tally::Cell& cell = tally.At(segment, step);
  cell.shown += sign;
  cell.accepted += yes;
  if (answer.customer != 0) {
    cell.named_shown += sign;
    cell.named_accepted += yes;
    cell.pairs -= PairSums::Of(n, s);
    cell.pairs += PairSums::Of(n + sign, s + yes);
  }
  tally.Changed(segment, step);
  Touch(offer);
  for (uint32_t need = definition_.offers[offer].need; need != kNoNeed;
       need = definition_.needs[need].parent) {
    Tally::Cell& of_need = needs_[need].At(segment, step);
    of_need.shown += sign;
    of_need.accepted += yes;
    needs_[need].Changed(segment, step);
  }
}

absl::Status Learner::Learn(const Answer& answer) {
  TRATO_RETURN_IF_ERROR(CheckAnswer(answer));
  if (counts()) TRATO_RETURN_IF_ERROR(CheckCell(answer, false));
  Apply(answer, 1);
  return absl::OkStatus();
}

absl::Status Learner::TakeBack(const Answer& answer) {
  if (!counts()) {
    return absl::FailedPreconditionError(
        "a logistic learner takes nothing back: use affinity or squarecb");
  }
  TRATO_RETURN_IF_ERROR(CheckAnswer(answer));
  TRATO_RETURN_IF_ERROR(CheckCell(answer, true));
  Apply(answer, -1);
  return absl::OkStatus();
}

void Learner::Count(const Answer& answer, int sign) {
  if (CheckCell(answer, sign < 0).ok()) Apply(answer, sign);
}

absl::Status Learner::LearnAll(std::span<const Answer> answers,
                               bool take_back) {
  for (size_t i = 0; !counts() && !take_back && i < answers.size(); ++i) {
    const absl::Status status = CheckAnswer(answers[i]);
    if (status.ok()) continue;
    return absl::Status(status.code(),
                        StrCat("row ", i, ": ", status.message()));
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    const absl::Status status =
        take_back ? TakeBack(answers[i]) : Learn(answers[i]);
    if (status.ok()) continue;
    // Counts go back to what they were; a regression was checked before.
    for (size_t j = i; counts() && j-- > 0;) {
      Apply(answers[j], take_back ? 1 : -1);
    }
    return absl::Status(status.code(),
                        StrCat("row ", i, ": ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status Learner::Link(uint64_t one, uint64_t other) {
  if (!counts()) {
    return absl::FailedPreconditionError(
        "a logistic learner links nobody: use affinity or squarecb");
  }
  if (one == 0 || other == 0) return Wrong("customer is 0, which is nobody");
  if (one == other) return Wrong("other is the same customer");
  return links_.Link(one, other)
             ? absl::OkStatus()
             : absl::AlreadyExistsError("they are linked already");
}

absl::Status Learner::Unlink(uint64_t one, uint64_t other) {
  return links_.Unlink(one, other)
             ? absl::OkStatus()
             : absl::NotFoundError("they are not linked");
}

double Learner::CustomerWeight(int64_t now_us) {
  if (regression_) return 0;
  BringUp(ages_.StepOf(now_us));
  return customer_weight_;
}

Learner::OfferState Learner::Describe(uint32_t offer, int64_t now_us) {
  OfferState state;
  if (regression_) {
    state.rate = regression_->Of({0, kNoSegment, {}}, offer).mean;
    return state;
  }
  const uint16_t now = ages_.StepOf(now_us);
  BringUp(now);
  const Tally& tally = offers_[offer];
  state.shown = tally.all().shown;
  state.accepted = tally.all().accepted;
  state.rate = RatesOf(offer, kNoSegment, now).all;
  uint32_t last = kNoSegment;
  for (const Tally::Cell& cell : tally.cells()) {
    if (cell.segment == kNoSegment || cell.segment == last) continue;
    last = cell.segment;
    const Rate& of = tally.of(last);
    state.segments.push_back(
        {last, of.shown, of.accepted, RatesOf(offer, last, now).here});
  }
  return state;
}

}  // namespace trato::core
