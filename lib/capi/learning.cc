// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 20 of trato.h: learners.

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "capi/support.h"
#include "codec/learning_answers.h"
#include "learning/learner.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

struct trato_learner {
  Learner learner;
  std::vector<double> probabilities;  // kept from call to call
};

namespace {

static_assert(TRATO_LEARNER_AFFINITY ==
              static_cast<uint32_t>(LearnerPolicy::kAffinity));
static_assert(TRATO_LEARNER_LOGISTIC ==
              static_cast<uint32_t>(LearnerPolicy::kLogistic));
static_assert(TRATO_LEARNER_SQUARECB ==
              static_cast<uint32_t>(LearnerPolicy::kSquareCb));
static_assert(TRATO_LEARNER_FIXED ==
              static_cast<uint32_t>(LearnerPolicy::kFixed));
static_assert(TRATO_LEARNER_RANDOM ==
              static_cast<uint32_t>(LearnerPolicy::kRandom));
static_assert(TRATO_LEARNER_NO_SEGMENT == kNoSegment);

using NeedNumbers = absl::flat_hash_map<std::string, uint32_t>;

absl::StatusOr<uint32_t> ToNeed(trato_str text, const NeedNumbers& needs,
                                std::string_view name) {
  TRATO_ASSIGN_OR_RETURN(const std::string_view need, ToText(text, name));
  if (need.empty()) return kNoNeed;
  const auto it = needs.find(std::string(need));
  if (it != needs.end()) return it->second;
  return absl::NotFoundError(StrCat(name, " is not among the needs"));
}

absl::StatusOr<std::vector<LearnerNeed>> ToNeeds(
    const trato_learner_definition& it, NeedNumbers& numbers) {
  if (it.need_count > kMaxNeeds) {
    return absl::InvalidArgumentError("definition.needs are more than 65535");
  }
  if (it.need_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.needs, "definition.needs"));
  }
  std::vector<LearnerNeed> needs;
  for (size_t i = 0; i < it.need_count; ++i) {
    const std::string at = StrCat("definition.needs[", i, "]");
    LearnerNeed need;
    TRATO_ASSIGN_OR_RETURN(const std::string_view name,
                           ToText(it.needs[i].name, StrCat(at, ".name")));
    need.name = std::string(name);
    TRATO_ASSIGN_OR_RETURN(
        need.parent, ToNeed(it.needs[i].parent, numbers, StrCat(at, ".parent")));
    numbers.try_emplace(need.name, static_cast<uint32_t>(i));
    needs.push_back(std::move(need));
  }
  return needs;
}

absl::StatusOr<LearnerOffer> ToOffer(const trato_learner_offer& it,
                                     const NeedNumbers& needs,
                                     std::string_view at) {
  LearnerOffer offer;
  TRATO_ASSIGN_OR_RETURN(const std::string_view name,
                         ToText(it.name, StrCat(at, ".name")));
  offer.name = std::string(name);
  TRATO_ASSIGN_OR_RETURN(offer.need,
                         ToNeed(it.need, needs, StrCat(at, ".need")));
  return offer;
}

absl::StatusOr<LearnerDefinition> ToDefinition(
    const trato_learner_definition* definition) {
  TRATO_ASSIGN_OR_RETURN(const trato_learner_definition it,
                         ReadStruct(definition, "definition"));
  LearnerDefinition made;
  if (it.policy >= kLearnerPolicies) {
    return absl::InvalidArgumentError("definition.policy is none");
  }
  if (it.without_floor > 1) {
    return absl::InvalidArgumentError("definition.without_floor is not 0 or 1");
  }
  made.policy = static_cast<LearnerPolicy>(it.policy);
  made.floor = it.floor;
  made.without_floor = it.without_floor != 0;
  made.context = it.context_count;
  made.prior_rate = it.prior_rate;
  made.customer_weight = it.customer_weight;
  made.exploration = it.exploration;
  made.gamma = it.gamma;
  made.half_life_us = it.half_life_us;
  made.seed = it.seed;
  NeedNumbers numbers;
  TRATO_ASSIGN_OR_RETURN(made.needs, ToNeeds(it, numbers));
  if (it.offer_count > kMaxOffers) {
    return absl::InvalidArgumentError("definition.offers are more than 65535");
  }
  if (it.offer_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.offers, "definition.offers"));
  }
  for (size_t i = 0; i < it.offer_count; ++i) {
    TRATO_ASSIGN_OR_RETURN(LearnerOffer offer,
                           ToOffer(it.offers[i], numbers,
                                   StrCat("definition.offers[", i, "]")));
    made.offers.push_back(std::move(offer));
  }
  return made;
}

absl::Status Give(Learner learner, trato_learner** out_learner) {
  *out_learner = new trato_learner{std::move(learner), {}};
  return absl::OkStatus();
}

absl::StatusOr<Learner::Question> ToQuestion(
    const trato_learner_question& it) {
  if (it.offer_count > kMaxOffers) {
    return absl::InvalidArgumentError("question.offer_count is above 65535");
  }
  if (it.offer_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.offers, "question.offers"));
  }
  Learner::Question question;
  question.customer = it.customer;
  question.segment = it.segment;
  question.offers = {it.offers, it.offer_count};
  if (it.values != nullptr) question.values = {it.values, it.offer_count};
  if (it.context_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.context, "question.context"));
    question.context = {it.context, it.context_count};
  }
  question.draw = it.draw;
  return question;
}

// The columns of a table of questions, as one question after the other.
class Rows {
 public:
  static absl::StatusOr<Rows> Of(const trato_learner_rows* rows,
                                 const Learner& learner) {
    TRATO_ASSIGN_OR_RETURN(const trato_learner_rows it,
                           ReadStruct(rows, "rows"));
    if (it.count > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(it.customers, "rows.customers"));
      TRATO_RETURN_IF_ERROR(CheckSet(it.offers, "rows.offers"));
    }
    if (it.offsets != nullptr) {
      if (it.offsets[0] != 0 || it.offsets[it.count] != it.offer_count) {
        return absl::InvalidArgumentError(
            "rows.offsets do not go from 0 to offer_count");
      }
      for (size_t i = 0; i < it.count; ++i) {
        if (it.offsets[i + 1] < it.offsets[i] ||
            it.offsets[i + 1] > it.offer_count) {
          return absl::InvalidArgumentError(
              StrCat("row ", i, ": rows.offsets go back"));
        }
      }
    }
    return Rows(it, learner.definition().context);
  }

  size_t count() const { return it_.count; }
  size_t begin(size_t i) const {
    return it_.offsets == nullptr ? i * it_.offer_count : it_.offsets[i];
  }
  Learner::Question operator[](size_t i) const {
    const size_t from = it_.offsets == nullptr ? 0 : it_.offsets[i];
    const size_t size = it_.offsets == nullptr ? it_.offer_count
                                               : it_.offsets[i + 1] - from;
    Learner::Question question;
    question.customer = it_.customers[i];
    question.segment = it_.segments == nullptr ? kNoSegment : it_.segments[i];
    question.offers = {it_.offers + from, size};
    if (it_.values != nullptr) question.values = {it_.values + from, size};
    if (it_.context != nullptr) {
      question.context = {it_.context + i * context_, context_};
    }
    question.draw = it_.draw + i;
    return question;
  }

 private:
  Rows(const trato_learner_rows& it, uint32_t context)
      : it_(it), context_(context) {}

  trato_learner_rows it_;
  uint32_t context_;
};

absl::Status InRow(size_t row, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      StrCat("row ", row, ": ", status.message()));
}

absl::Status DecideAll(trato_learner* handle, const Rows& rows, int64_t now_us,
                       trato_learner_choices* out) {
  size_t most = 0;
  for (size_t i = 0; i < rows.count(); ++i) {
    const Learner::Question question = rows[i];
    TRATO_RETURN_IF_ERROR(InRow(i, handle->learner.Check(question)));
    most = std::max(most, question.offers.size());
  }
  if (handle->probabilities.size() < most) handle->probabilities.resize(most);
  for (size_t i = 0; i < rows.count(); ++i) {
    const Learner::Question question = rows[i];
    double* to = out->probabilities == nullptr
                     ? handle->probabilities.data()
                     : out->probabilities + rows.begin(i);
    const Learner::Choice choice =
        handle->learner.Decide(question, now_us, {to, question.offers.size()});
    if (out->offers != nullptr) out->offers[i] = question.offers[choice.place];
    if (out->probability != nullptr) out->probability[i] = choice.probability;
    if (out->expected != nullptr) out->expected[i] = choice.expected;
  }
  out->floor = handle->learner.floor();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Learner::Answer>> ToAnswers(
    const trato_learner_answers* answers, const Learner& learner) {
  TRATO_ASSIGN_OR_RETURN(const trato_learner_answers it,
                         ReadStruct(answers, "answers"));
  if (it.count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.customers, "answers.customers"));
    TRATO_RETURN_IF_ERROR(CheckSet(it.offers, "answers.offers"));
    TRATO_RETURN_IF_ERROR(CheckSet(it.accepted, "answers.accepted"));
  }
  const size_t context = learner.definition().context;
  std::vector<Learner::Answer> made(it.count);
  for (size_t i = 0; i < it.count; ++i) {
    if (it.accepted[i] > 1) {
      return absl::InvalidArgumentError(
          StrCat("row ", i, ": accepted is not 0 or 1"));
    }
    made[i].customer = it.customers[i];
    made[i].segment = it.segments == nullptr ? kNoSegment : it.segments[i];
    made[i].offer = it.offers[i];
    made[i].accepted = it.accepted[i] != 0;
    made[i].at_us = it.at_us == nullptr ? it.all_at_us : it.at_us[i];
    if (it.context != nullptr) {
      made[i].context = {it.context + i * context, context};
    }
  }
  return made;
}

absl::Status CheckNow(int64_t now_us) {
  if (now_us >= -62135596800000000 && now_us < 253402300800000000) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError("now_us is outside the years 1 to 9999");
}

absl::Status Change(trato_learner* learner,
                    const trato_learner_answers* answers, bool take_back) {
  TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
  TRATO_ASSIGN_OR_RETURN(const std::vector<Learner::Answer> made,
                         ToAnswers(answers, learner->learner));
  return learner->learner.LearnAll(made, take_back);
}

}  // namespace

extern "C" {

trato_status trato_learner_create(const trato_learner_definition* definition,
                                  trato_learner** out_learner,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(out_learner, "out_learner"));
    TRATO_ASSIGN_OR_RETURN(LearnerDefinition made, ToDefinition(definition));
    TRATO_ASSIGN_OR_RETURN(Learner learner, Learner::Create(std::move(made)));
    return Give(std::move(learner), out_learner);
  });
}

void trato_learner_destroy(trato_learner* learner) noexcept { delete learner; }

trato_status trato_learner_add_offer(trato_learner* learner,
                                     const trato_learner_offer* offer,
                                     uint32_t* out_number,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
    TRATO_RETURN_IF_ERROR(CheckSet(offer, "offer"));
    NeedNumbers numbers;
    const std::vector<LearnerNeed>& needs = learner->learner.definition().needs;
    for (size_t i = 0; i < needs.size(); ++i) {
      numbers[needs[i].name] = static_cast<uint32_t>(i);
    }
    TRATO_ASSIGN_OR_RETURN(LearnerOffer made,
                           ToOffer(*offer, numbers, "offer"));
    TRATO_ASSIGN_OR_RETURN(const uint32_t number,
                           learner->learner.AddOffer(std::move(made)));
    if (out_number != nullptr) *out_number = number;
    return absl::OkStatus();
  });
}

trato_status trato_learner_decide(trato_learner* learner,
                                  const trato_learner_question* question,
                                  int64_t now_us,
                                  trato_learner_choice* out_choice,
                                  double* out_probabilities,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
    TRATO_ASSIGN_OR_RETURN(const trato_learner_question it,
                           ReadStruct(question, "question"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_choice, "out_choice"));
    TRATO_RETURN_IF_ERROR(CheckNow(now_us));
    TRATO_ASSIGN_OR_RETURN(const Learner::Question asked,
                           ToQuestion(it));
    TRATO_RETURN_IF_ERROR(learner->learner.Check(asked));
    if (learner->probabilities.size() < it.offer_count) {
      learner->probabilities.resize(it.offer_count);
    }
    double* to = out_probabilities == nullptr ? learner->probabilities.data()
                                              : out_probabilities;
    const Learner::Choice choice =
        learner->learner.Decide(asked, now_us, {to, it.offer_count});
    *out_choice = {it.offers[choice.place], choice.place, choice.probability,
                   choice.expected, learner->learner.floor()};
    return absl::OkStatus();
  });
}

trato_status trato_learner_decide_all(trato_learner* learner,
                                      const trato_learner_rows* rows,
                                      int64_t now_us,
                                      trato_learner_choices* out_choices,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
    TRATO_ASSIGN_OR_RETURN(const Rows made, Rows::Of(rows, learner->learner));
    TRATO_RETURN_IF_ERROR(ReadStruct(out_choices, "out_choices").status());
    TRATO_RETURN_IF_ERROR(CheckNow(now_us));
    return DecideAll(learner, made, now_us, out_choices);
  });
}

trato_status trato_learner_learn(trato_learner* learner,
                                 const trato_learner_answers* answers,
                                 trato_error* error) noexcept {
  return Guard(error, [&] { return Change(learner, answers, false); });
}

trato_status trato_learner_take_back(trato_learner* learner,
                                     const trato_learner_answers* answers,
                                     trato_error* error) noexcept {
  return Guard(error, [&] { return Change(learner, answers, true); });
}

trato_status trato_learner_link(trato_learner* learner, uint64_t one,
                                uint64_t other, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
    return learner->learner.Link(one, other);
  });
}

trato_status trato_learner_unlink(trato_learner* learner, uint64_t one,
                                  uint64_t other, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
    return learner->learner.Unlink(one, other);
  });
}

trato_status trato_learner_save(const trato_learner* learner,
                                trato_buf* out_bytes,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_bytes, "out_bytes"));
    return MoveInto(learner->learner.Save(), out_bytes);
  });
}

trato_status trato_learner_load(trato_str bytes, trato_learner** out_learner,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(out_learner, "out_learner"));
    TRATO_ASSIGN_OR_RETURN(const std::string_view read,
                           ToBytes(bytes, "bytes"));
    TRATO_ASSIGN_OR_RETURN(Learner learner, Learner::Load(read));
    return Give(std::move(learner), out_learner);
  });
}

trato_status trato_learner_describe(trato_learner* learner, int64_t now_us,
                                    trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(learner, "learner"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    TRATO_RETURN_IF_ERROR(CheckNow(now_us));
    return MoveInto(LearnerJson(learner->learner, now_us), out_json);
  });
}

}  // extern "C"
