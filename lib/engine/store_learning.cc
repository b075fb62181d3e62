// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_learning.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "codec/serving_answers.h"
#include "engine/all_customers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"
#include "experiment/proportion.h"

namespace trato::core {
namespace {

LearningAnswer AnswerOf(const State& state, const MatchContext& context,
                        const LearningDefinition& definition,
                        int64_t now_us) {
  LearningAnswer answer;
  answer.definition = &definition;
  Learners& learners = *context.learners;
  const uint32_t number = learners.Find(context, definition.name);
  if (number == 0) return answer;
  answer.serves = true;
  learners.Look(
      context, number, now_us, [&](Learner& learner) {
        answer.answers = learner.answers();
        answer.records = learner.cells().records();
        answer.pairs = learner.cells().cells();
        answer.pair_bytes = learner.cells().bytes();
        answer.customer_weight = learner.CustomerWeight(now_us);
        for (const Catalogue::Offer* offer : state.catalogue.in_order()) {
          if (learners.ServedBy(*offer) != number) continue;
          answer.offers.push_back(
              {offer, learner.Describe(learners.PlaceOf(*offer),
                                       now_us)});
        }
      });
  return answer;
}

// By answers: none, 1, 2 to 4, and so on.
constexpr std::array<int64_t, 7> kAnswerLevels = {0, 1, 2, 5, 10, 20, 50};

struct DepthRow {
  RecordNumber leader;
  LearnerDepth total;  // answers of all learners; the rest of that with most
};

DepthRow RowOf(RecordNumber leader, std::vector<LearnerDepth> depths) {
  DepthRow row{leader, {}};
  const LearnerDepth* most = nullptr;
  for (const LearnerDepth& it : depths) {
    row.total.answers += it.answers;
    row.total.acceptances += it.acceptances;
    row.total.decisions += it.decisions;
    row.total.used += it.used;
    if (it.offers.empty()) continue;
    if (most == nullptr || it.gain_minor() > most->gain_minor()) most = &it;
  }
  if (most != nullptr) {
    row.total.bits = most->bits;
    row.total.stranger_bits = most->stranger_bits;
    row.total.expected_minor = most->expected_minor;
    row.total.stranger_minor = most->stranger_minor;
  }
  return row;
}

absl::StatusOr<std::vector<DepthRow>> DepthRowsOf(const Store::Impl& impl,
                                                  const State& state,
                                                  int64_t now_us) {
  const MatchContext context = state.match_context();
  const AllCustomers customers(state, now_us);
  std::vector<std::vector<DepthRow>> parts(customers.tasks());
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(impl, [&](size_t task, RecordNumber leader) {
        thread_local Matcher matcher;
        parts[task].push_back(
            RowOf(leader, DepthOf(context, matcher, leader, now_us)));
      }));
  std::vector<DepthRow> rows;
  for (auto& part : parts) {
    std::move(part.begin(), part.end(), std::back_inserter(rows));
  }
  return rows;
}

// The definition with what a refit finds. The caller holds `writer`.
absl::StatusOr<LearningDefinition> RefittedAt(const Store::Impl& impl,
                                              std::string_view learner,
                                              int64_t now_us) {
  ReaderMutexLock lock(&impl.mutex);
  const State& state = *impl.state;
  TRATO_ASSIGN_OR_RETURN(const LearningDefinition* known,
                         state.policies.FindLearning(learner));
  const auto wrong = [&](std::string_view why) {
    return absl::FailedPreconditionError(
        StrCat("learner '", learner, "' ", why));
  };
  LearningDefinition definition = *known;
  if (definition.policy != LearnerPolicy::kLogistic) {
    return wrong("learns with each answer: only logistic ones are refitted");
  }
  const MatchContext context = state.match_context();
  const uint32_t number = context.learners->Find(context, learner);
  if (number == 0) return wrong("is retired");
  ReadScope scope;
  definition.model = context.learners->Refit(context, number, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  if (definition.model->answers == 0) {
    return wrong("has no answers to learn from");
  }
  return definition;
}

}  // namespace

absl::Status DefineLearning(Store& store, const LearningDefinition& learner,
                            int64_t now_us, const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  MutexLock lock(&impl->writer);
  TRATO_RETURN_IF_ERROR(impl->CheckOpen());
  LearningDefinition defined = learner;
  if (const auto known = impl->state->policies.FindLearning(learner.name);
      known.ok() && (*known)->policy == learner.policy &&
      (*known)->segments == learner.segments) {
    defined.model = (*known)->model;
  }
  const Definition definition = PolicyDefinition(std::move(defined));
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl->state, definition));
  return impl->CommitDefinitions({definition}, now_us, write);
}

absl::StatusOr<std::string> RefitLearning(Store& store,
                                          std::string_view learner,
                                          int64_t now_us,
                                          const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  {
    // Nobody writes meanwhile, and anybody may read.
    MutexLock lock(&impl->writer);
    TRATO_RETURN_IF_ERROR(impl->CheckOpen());
    TRATO_ASSIGN_OR_RETURN(LearningDefinition definition,
                           RefittedAt(*impl, learner, now_us));
    const Definition refitted = PolicyDefinition(std::move(definition));
    TRATO_RETURN_IF_ERROR(CheckDefinition(*impl->state, refitted));
    TRATO_RETURN_IF_ERROR(impl->CommitDefinitions({refitted}, now_us, write));
  }
  return LearningJson(store, learner, now_us);
}

absl::StatusOr<std::string> LearningsJson(const Store& store, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  const MatchContext context = state.match_context();
  std::vector<LearningAnswer> answers;
  for (const auto& [name, definition] : state.policies.learnings()) {
    answers.push_back(AnswerOf(state, context, definition, now_us));
  }
  return LearningListJson(answers);
}

absl::StatusOr<std::string> LearningJson(const Store& store,
                                         std::string_view learner,
                                         int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const LearningDefinition* definition,
                         state.policies.FindLearning(learner));
  return trato::core::LearningJson(
      state.model(),
      AnswerOf(state, state.match_context(), *definition, now_us), now_us);
}

absl::StatusOr<std::string> DepthJson(const Store& store,
                                      std::string_view customer,
                                      int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         impl->Resolve(customer, now_us));
  const State& state = *impl->state;
  ReadScope scope;
  DepthAnswer answer;
  answer.customer = leader;
  answer.attributes =
      static_cast<int64_t>(state.customers.AttributesOf(leader).size());
  Pins pins;
  for (RecordNumber record : state.customers.RecordsOf(leader)) {
    std::vector<InteractionRef> found;
    state.timeline.CollectAll(record, Window::Until(now_us), found, pins);
    answer.interactions += static_cast<int64_t>(found.size());
  }
  Matcher matcher;
  answer.learners = DepthOf(state.match_context(), matcher, leader, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return trato::core::DepthJson(state.model(), answer, now_us);
}

absl::StatusOr<std::string> BaseDepthJson(const Store& store, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const std::vector<DepthRow> rows,
                         DepthRowsOf(*impl, state, now_us));
  std::vector<DepthLevel> levels(kAnswerLevels.size());
  for (size_t i = 0; i < kAnswerLevels.size(); ++i) {
    levels[i].from = kAnswerLevels[i];
    levels[i].until = i + 1 < kAnswerLevels.size() ? kAnswerLevels[i + 1] - 1 : -1;
  }
  for (const DepthRow& row : rows) {
    const auto above = std::upper_bound(kAnswerLevels.begin(), kAnswerLevels.end(),
                                        row.total.answers);
    DepthLevel& level =
        levels[static_cast<size_t>(above - kAnswerLevels.begin()) - 1];
    ++level.customers;
    level.answers += row.total.answers;
    level.acceptances += row.total.acceptances;
    level.decisions += row.total.decisions;
    level.used += row.total.used;
    level.bits += row.total.bits;
    level.stranger_bits += row.total.stranger_bits;
    level.expected_minor += row.total.expected_minor;
    level.stranger_minor += row.total.stranger_minor;
  }
  return trato::core::BaseDepthJson(state.model(), levels, now_us);
}

absl::StatusOr<DepthRows> DepthOfAll(const Store& store, uint64_t limit,
                                     int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(std::vector<DepthRow> rows,
                         DepthRowsOf(*impl, state, now_us));
  std::erase_if(rows, [](const DepthRow& it) { return it.total.answers == 0; });
  std::sort(rows.begin(), rows.end(), [&](const DepthRow& a, const DepthRow& b) {
    const double one = a.total.gain_minor();
    const double other = b.total.gain_minor();
    if (one != other) return one > other;
    return state.customers.RecordName(a.leader) <
           state.customers.RecordName(b.leader);
  });
  if (limit != 0 && limit < rows.size()) {
    rows.resize(static_cast<size_t>(limit));
  }
  DepthRows out;
  for (size_t i = 0; i < rows.size(); ++i) {
    const LearnerDepth& it = rows[i].total;
    out.customer.push_back(static_cast<int64_t>(i));
    out.table.names.emplace_back(state.customers.RecordName(rows[i].leader));
    out.answers.push_back(it.answers);
    out.acceptances.push_back(it.acceptances);
    out.decisions.push_back(it.decisions);
    out.used.push_back(it.used);
    out.bits.push_back(it.bits);
    out.stranger_bits.push_back(it.stranger_bits);
    out.expected_minor.push_back(it.expected_minor);
    out.stranger_minor.push_back(it.stranger_minor);
  }
  return out;
}

absl::StatusOr<ProgressRows> LearningProgress(const Store& store,
                                        std::string_view learner,
                                        int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  uint32_t wanted = 0;
  if (!learner.empty()) {
    TRATO_RETURN_IF_ERROR(state.policies.FindLearning(learner).status());
    wanted = state.names.Find(learner).value_or(0);
  }
  struct Answered {
    int64_t customers = 0;
    int64_t accepted = 0;
    double expected = 0;
  };
  std::vector<Answered> numbers;
  std::vector<const Decision*> hers;
  state.customers.ForEachCustomer(now_us, [&](RecordNumber leader) {
    hers.clear();
    for (RecordNumber record : state.customers.RecordsOf(leader)) {
      for (const Decision* it : state.decisions.Of(record)) {
        if (it->offer == 0 || it->at_us > now_us || it->learner == 0) continue;
        if (learner.empty() || it->learner == wanted) hers.push_back(it);
      }
    }
    std::sort(hers.begin(), hers.end(), [](const auto* a, const auto* b) {
      return std::pair(a->at_us, static_cast<const Id&>(a->id)) <
             std::pair(b->at_us, static_cast<const Id&>(b->id));
    });
    size_t number = 0;
    for (const Decision* it : hers) {
      bool is_answered = false;
      bool is_accepted = false;
      state.decisions.ForEachResponse(*it, [&](const Response& response) {
        if (response.from_us > now_us) return;
        is_answered = true;
        if (!response.is_taken_back) is_accepted = response.accepted;
      });
      if (!is_answered) continue;
      if (numbers.size() <= number) numbers.emplace_back();
      Answered& at = numbers[number++];
      ++at.customers;
      at.accepted += is_accepted ? 1 : 0;
      at.expected += it->propensity;
    }
  });
  ProgressRows out;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const Answered& it = numbers[i];
    const Interval share = Share(it.accepted, it.customers);
    out.number.push_back(static_cast<int64_t>(i + 1));
    out.customers.push_back(it.customers);
    out.accepted.push_back(it.accepted);
    out.rate.push_back(share.estimate);
    out.low.push_back(share.low);
    out.high.push_back(share.high);
    out.expected.push_back(it.expected / static_cast<double>(it.customers));
  }
  return out;
}

}  // namespace trato::core
