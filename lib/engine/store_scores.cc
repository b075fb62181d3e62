// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_scores.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "codec/score_answers.h"
#include "engine/all_customers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"

namespace trato::core {

absl::Status DefineScore(Store& store, const ScoreDefinition& score,
                         int64_t now_us, const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  const Definition definition = InsightDefinition(score);
  MutexLock lock(&impl->writer);
  TRATO_RETURN_IF_ERROR(impl->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl->state, definition));
  return impl->CommitDefinitions({definition}, now_us, write);
}

absl::StatusOr<std::string> ScoresJson(const Store& store, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  return trato::core::ScoresJson(state.model(), state.insights, now_us);
}

absl::StatusOr<int64_t> ScoreOf(const Store& store, std::string_view customer,
                                std::string_view name, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         impl->Resolve(customer, now_us));
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Insights::ScoreVersion* version,
                         state.insights.ScoreAt(name, now_us));
  ReadScope scope;
  const int64_t value =
      (*version->score)->Value(state.world, leader, now_us, nullptr);
  TRATO_RETURN_IF_ERROR(scope.status());
  return value;
}

absl::StatusOr<std::string> ScoreJson(const Store& store,
                                      std::string_view customer,
                                      std::string_view name, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         impl->Resolve(customer, now_us));
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Insights::ScoreVersion* version,
                         state.insights.ScoreAt(name, now_us));
  const Score& score = **version->score;
  ReadScope scope;
  ScoreAnswer answer;
  answer.customer = state.customers.RecordName(leader);
  answer.sum_milli = score.Sum(
      state.world, leader, now_us, [&](const Score::Gift& gift) {
        ScoreGift out;
        out.rule = &score.definition().rules[gift.rule];
        out.left_milli = gift.left_milli;
        out.lapses_us = gift.lapses_us;
        if (gift.interaction != nullptr) {
          out.of_interaction = true;
          out.interaction =
              state.timeline.IdOf(gift.record, *gift.interaction);
          out.type = gift.interaction->type();
          out.at_us = gift.at_us;
        }
        answer.gifts.push_back(out);
      });
  TRATO_RETURN_IF_ERROR(scope.status());
  answer.value_milli = score.Limited(answer.sum_milli);
  // What stands first, then by time.
  std::sort(answer.gifts.begin(), answer.gifts.end(),
            [](const ScoreGift& a, const ScoreGift& b) {
              return std::tie(a.of_interaction, a.at_us, a.interaction, a.rule) <
                     std::tie(b.of_interaction, b.at_us, b.interaction, b.rule);
            });
  return trato::core::ScoreJson(state.model(), *version, answer);
}

absl::StatusOr<ScoreRows> ScoresOfAll(const Store& store,
                                      std::string_view name, uint64_t limit,
                                      int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Insights::ScoreVersion* version,
                         state.insights.ScoreAt(name, now_us));
  const Score& score = **version->score;
  struct Row {
    RecordNumber leader;
    int64_t milli;
  };
  const AllCustomers customers(state, now_us);
  std::vector<std::vector<Row>> parts(customers.tasks());
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(*impl, [&](size_t task, RecordNumber leader) {
        parts[task].push_back(
            {leader, score.Value(state.world, leader, now_us, nullptr)});
      }));
  std::vector<Row> rows;
  for (const auto& part : parts) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  const auto is_before = [&](const Row& a, const Row& b) {
    if (a.milli != b.milli) return a.milli > b.milli;
    return state.customers.RecordName(a.leader) <
           state.customers.RecordName(b.leader);
  };
  const size_t count =
      limit == 0 ? rows.size()
                 : static_cast<size_t>(std::min<uint64_t>(limit, rows.size()));
  std::partial_sort(rows.begin(),
                    rows.begin() + static_cast<ptrdiff_t>(count), rows.end(),
                    is_before);
  ScoreRows out;
  for (size_t i = 0; i < count; ++i) {
    out.customer.push_back(static_cast<int64_t>(i));
    out.table.names.emplace_back(state.customers.RecordName(rows[i].leader));
    out.points.push_back(static_cast<double>(rows[i].milli) / 1000);
    out.points_milli.push_back(rows[i].milli);
  }
  return out;
}

}  // namespace trato::core
