// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_stages.h"

#include <algorithm>
#include <utility>

#include "base/read_scope.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/stage_answers.h"
#include "engine/all_customers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"
#include "engine/store_value.h"

namespace trato::core {
namespace {

double Weeks(int64_t us) {
  return static_cast<double>(us) / static_cast<double>(kWeekUs);
}

// What is the same for all customers of a question.
struct Question {
  std::shared_ptr<const StageTable> table;
  const Edition* edition = nullptr;
  uint32_t category = 0;
  std::string_view category_name;
};

absl::StatusOr<Question> Ask(const State& state, std::string_view category,
                             int64_t now_us) {
  Question question;
  TRATO_RETURN_IF_ERROR(CheckText("category", category, 1024));
  TRATO_ASSIGN_OR_RETURN(
      question.table,
      state.insights.StagesAt(now_us, category, state.compile_context()));
  TRATO_ASSIGN_OR_RETURN(question.edition,
                         FindEdition(state.insights, now_us));
  question.category_name = category;
  if (!category.empty()) {
    const auto number = state.names.Find(category);
    if (!number) {
      return absl::NotFoundError(
          StrCat("category: no product or category is called '", category,
                 "'"));
    }
    question.category = *number;
  }
  return question;
}

bool ReadHers(const State& state, const Question& question, RecordNumber leader,
              int64_t now_us, PurchasesIn& in) {
  return ReadPurchasesIn(state.world, leader, now_us, *question.edition,
                         question.category, state.insights.categories(), in,
                         nullptr);
}

double UsualOf(const Question& question, const PurchasesIn& in) {
  return UsualGap(
      RhythmOf(question.edition->content(), question.category_name), in.row,
      0.5);
}

// Whom a task has counted.
void Count(const StageTable& table, const std::vector<StageStep>& steps,
           StageReport& report) {
  const size_t none = kStages.size();
  const auto stage_of = [&](const StageStep& step) {
    return step.line < table.lines().size() ? table.lines()[step.line].stage
                                            : none;
  };
  size_t stage = none;
  int64_t entered_us = 0;
  bool entered = false;
  size_t then = none;
  int64_t first_us = kNever;
  for (const StageStep& step : steps) {
    const size_t next = stage_of(step);
    if (step.at_us <= report.since_us) {
      then = next;
    } else if (entered) {
      ++report.moves[stage][next];
      report.days[stage][next] +=
          static_cast<double>(step.at_us - entered_us) /
          static_cast<double>(kDayUs);
    }
    constexpr size_t kPurchase = 3, kRepurchase = 5;
    if (next == kPurchase && first_us == kNever) first_us = step.at_us;
    if (next == kRepurchase && first_us != kNever) {
      if (step.at_us > report.since_us) {
        report.repurchase_days.push_back(
            static_cast<double>(step.at_us - first_us) /
            static_cast<double>(kDayUs));
      }
      first_us = std::numeric_limits<int64_t>::max() - 1;  // the first counts
    }
    stage = next;
    entered_us = step.at_us;
    entered = true;
  }
  ++report.then[then];
  ++report.now[stage];
  report.customers += stage != none;
}

}  // namespace

absl::Status DefineLifecycle(Store& store, const LifecycleDefinition& table,
                             int64_t now_us, const WriteOptions& write) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  const Definition definition = InsightDefinition(table);
  MutexLock lock(&impl->writer);
  TRATO_RETURN_IF_ERROR(impl->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl->state, definition));
  return impl->CommitDefinitions({definition}, now_us, write);
}

absl::StatusOr<std::string> LifecycleJson(const Store& store, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  const Insights::Table* table = state.insights.TableAt(now_us);
  return trato::core::LifecycleJson(
      state.model(),
      table == nullptr ? DefaultLifecycle(state.schema) : table->definition,
      table);
}

absl::StatusOr<std::string> StageJson(const Store& store,
                                      std::string_view customer,
                                      std::string_view category,
                                      int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         impl->Resolve(customer, now_us));
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Question question,
                         Ask(state, category, now_us));
  ReadScope scope;
  StageAnswer answer;
  answer.customer = state.customers.RecordName(leader);
  answer.category = category;
  answer.steps =
      StepsOf(*question.table, state.world, leader, kMinInstant, now_us);
  PurchasesIn in;
  if (ReadHers(state, question, leader, now_us, in)) {
    answer.bought = in.bought;
    answer.silence = Weeks(now_us - in.last_us);
    answer.usual = UsualOf(question, in);
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return trato::core::StageJson(state.model(), *question.table, answer);
}

absl::StatusOr<std::string> StageReportJson(const Store& store,
                                            std::string_view category,
                                            int64_t since_us, int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckInstant("since_us", since_us));
  if (since_us > now_us) {
    return absl::InvalidArgumentError("since_us is after now_us");
  }
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Question question,
                         Ask(state, category, now_us));
  const AllCustomers customers(state, now_us);
  StageReport none;
  none.category = category;
  none.since_us = since_us;
  none.now_us = now_us;
  std::vector<StageReport> parts(std::max<size_t>(customers.tasks(), 1), none);
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(*impl, [&](size_t task, RecordNumber leader) {
        Count(*question.table,
              StepsOf(*question.table, state.world, leader, kMinInstant,
                      now_us),
              parts[task]);
      }));
  StageReport& all = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    const StageReport& it = parts[i];
    all.customers += it.customers;
    for (size_t from = 0; from < StageReport::kPlaces; ++from) {
      all.now[from] += it.now[from];
      all.then[from] += it.then[from];
      for (size_t to = 0; to < StageReport::kPlaces; ++to) {
        all.moves[from][to] += it.moves[from][to];
        all.days[from][to] += it.days[from][to];
      }
    }
    all.repurchase_days.insert(all.repurchase_days.end(),
                               it.repurchase_days.begin(),
                               it.repurchase_days.end());
  }
  return trato::core::StageReportJson(state.model(), all);
}

absl::StatusOr<StageRows> StagesOfAll(const Store& store,
                                      std::string_view category,
                                      int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Question question,
                         Ask(state, category, now_us));
  struct Row {
    RecordNumber leader;
    StageStep step;
    PurchasesIn in;
    bool bought;
    double alive = 0, expected = 0, value = 0, at_stake = 0;
  };
  const AllCustomers customers(state, now_us);
  std::vector<std::vector<Row>> parts(customers.tasks());
  const StageTable& table = *question.table;
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(*impl, [&](size_t task, RecordNumber leader) {
        const std::vector<StageStep> steps =
            StepsOf(table, state.world, leader, kMinInstant, now_us);
        if (steps.empty() || steps.back().line == table.lines().size()) return;
        Row row{leader, steps.back(), {}, false};
        row.bought = ReadHers(state, question, leader, now_us, row.in);
        PurchaseRow brand;
        if (row.bought && question.edition->Read(state.world, leader, now_us,
                                                 brand) == Bought::kSome) {
          row.alive = question.edition->Alive(brand);
          row.expected = question.edition->Expected(brand);
          row.value = question.edition->Value(brand);
          // As it was when she last bought, had she certainly stayed.
          PurchaseRow then = brand;
          then.age = then.recency;
          const double alive = question.edition->Alive(then);
          const double whole =
              alive > 0 ? question.edition->Value(then) / alive : 0;
          row.at_stake = std::max(0.0, whole - row.value);
        }
        parts[task].push_back(row);
      }));
  std::vector<Row> rows;
  for (const auto& part : parts) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  const auto name_of = [&](const Row& row) {
    return state.customers.RecordName(row.leader);
  };
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    return name_of(a) < name_of(b);
  });
  StageRows out;
  for (const Row& row : rows) {
    out.customer.push_back(static_cast<int64_t>(out.customer.size()));
    out.table.names.emplace_back(name_of(row));
    const StageTable::Line& line = table.lines()[row.step.line];
    out.stage.push_back(kStages[line.stage]);
    out.since_us.push_back(row.step.at_us);
    out.reason.push_back(line.reason);
    out.bought.push_back(row.bought ? row.in.bought : 0);
    out.silence.push_back(row.bought ? Weeks(now_us - row.in.last_us) : 0);
    out.usual.push_back(row.bought ? UsualOf(question, row.in) : 0);
    out.alive.push_back(row.alive);
    out.expected.push_back(row.expected);
    out.value.push_back(row.value);
    out.at_stake.push_back(row.at_stake);
  }
  return out;
}

}  // namespace trato::core
