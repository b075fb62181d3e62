// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/store_compare.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "codec/compare_answers.h"
#include "engine/all_customers.h"
#include "engine/checks.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// What is the same for all customers.
struct Question {
  struct Type {
    uint32_t number = 0;
    bool takes_back = false;
  };
  std::vector<Type> types;
  std::optional<uint32_t> attribute;  // of the units
  int64_t earlier_us = 0;             // where the period before `before` begins
  int64_t before_us = 0;
  int64_t since_us = 0;
  int64_t now_us = 0;
};

struct Part {
  UnitReport whole;
  std::map<std::string, UnitReport, std::less<>> units;
  Currency currency, other;  // a second one, if there is any
};

// A customer's purchases by period, the last one first: 0 is now, 1 the one
// before, 2 the one before that, 3 all earlier ones.
struct Hers {
  int64_t purchases[4] = {};
  int64_t amount[4] = {};

  bool Bought(int from, int to) const {
    return std::any_of(purchases + from, purchases + to,
                       [](int64_t count) { return count > 0; });
  }
  PeriodCounts Counts(int period) const {
    PeriodCounts counts;
    counts.purchases = purchases[period];
    counts.amount_minor = amount[period];
    const bool before = purchases[period + 1] > 0;
    if (purchases[period] == 0) {
      counts.lost = before ? 1 : 0;
    } else if (before) {
      counts.kept = 1;
      counts.kept_minor = amount[period];
    } else if (Bought(period + 2, 4)) {
      counts.returned = 1;
    } else {
      counts.fresh = 1;
      counts.fresh_minor = amount[period];
    }
    return counts;
  }
};

absl::StatusOr<Question> Ask(const State& state, const CompareOptions& options,
                             int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckInstant("since_us", options.since_us));
  if (options.since_us >= now_us) {
    return absl::InvalidArgumentError("since_us is not before now_us");
  }
  Question question;
  question.now_us = now_us;
  question.since_us = options.since_us;
  const int64_t length = now_us - options.since_us;
  question.before_us = std::max(kMinInstant, options.since_us - length);
  question.earlier_us = std::max(kMinInstant, question.before_us - length);
  const auto add = [&](const char* field,
                       const std::vector<std::string_view>& types,
                       bool takes_back) -> absl::Status {
    for (size_t i = 0; i < types.size(); ++i) {
      TRATO_RETURN_IF_ERROR(state.schema.CheckInteractionType(
          StrCat(field, "[", i, "]"), types[i]));
      const auto number = state.names.Find(
          state.schema.Stored(DefinitionKind::kInteractionType, types[i]));
      if (number) question.types.push_back({*number, takes_back});
    }
    return absl::OkStatus();
  };
  TRATO_RETURN_IF_ERROR(add("types", options.types, false));
  TRATO_RETURN_IF_ERROR(add("returns", options.returns, true));
  if (!options.unit.empty()) {
    TRATO_ASSIGN_OR_RETURN(
        const AttributeDefinition* definition,
        state.schema.Attribute("unit", Subject::kCustomer, options.unit));
    if (definition->type != ValueType::kString ||
        definition->per != Per::kNothing) {
      return absl::InvalidArgumentError(
          StrCat("unit: '", options.unit,
                 "' is no attribute of text that is about the customer alone"));
    }
    question.attribute = state.names.Find(definition->name);
  }
  return question;
}

Hers ReadHers(const State& state, const Question& question,
              RecordNumber leader, Part& part) {
  Hers hers;
  for (const RecordNumber record : state.customers.RecordsOf(leader)) {
    for (const Question::Type& type : question.types) {
      state.timeline.ForEach(
          record, type.number, Window::Until(question.now_us),
          [&](const InteractionRef& it) {
            const int64_t at_us = it.at_us();
            const int period = at_us > question.since_us    ? 0
                               : at_us > question.before_us  ? 1
                               : at_us > question.earlier_us ? 2
                                                             : 3;
            const Money amount = it.amount();
            if (amount.currency) {
              if (!part.currency) part.currency = amount.currency;
              if (part.currency != amount.currency) {
                part.other = amount.currency;
              }
            }
            if (type.takes_back || amount.minor < 0) {
              hers.amount[period] -= std::abs(amount.minor);
            } else {
              hers.amount[period] += amount.minor;
              ++hers.purchases[period];
            }
            return true;
          });
    }
  }
  return hers;
}

void Count(const State& state, const Question& question, RecordNumber leader,
           Part& part) {
  const Hers hers = ReadHers(state, question, leader, part);
  if (!hers.Bought(0, 4)) return;
  UnitReport her;
  her.customers = 1;
  her.period = hers.Counts(0);
  her.before = hers.Counts(1);
  part.whole.Add(her);
  if (!question.attribute) return;
  const auto values = state.customers.ValuesAt(
      leader, *question.attribute, kAboutNothing, question.now_us);
  for (const AttributeValue& value : values) {
    const auto* unit = std::get_if<std::string>(&value.version->value);
    if (unit != nullptr) part.units[*unit].Add(her);
  }
}

absl::Status PutCosts(const CompareOptions& options,
                      std::map<std::string, UnitReport, std::less<>>& units,
                      UnitReport& whole) {
  for (size_t i = 0; i < options.costs.size(); ++i) {
    const CompareOptions::Cost& cost = options.costs[i];
    const std::string field = StrCat("costs[", i, "]");
    UnitReport* unit = &whole;
    if (!cost.unit.empty()) {
      const auto found = units.find(cost.unit);
      if (found == units.end()) {
        return absl::InvalidArgumentError(
            StrCat(field, ".unit: nobody who has bought is of '", cost.unit,
                   "'"));
      }
      unit = &found->second;
    }
    if (unit->costs) {
      return absl::InvalidArgumentError(
          StrCat(field, ".unit: costs of it are given twice"));
    }
    if (cost.acquisition_minor < 0 || cost.retention_minor < 0) {
      return absl::InvalidArgumentError(
          StrCat(field,
                 cost.acquisition_minor < 0 ? ".acquisition" : ".retention",
                 " is below 0"));
    }
    unit->costs = UnitCosts{cost.acquisition_minor, cost.retention_minor};
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> CompareJson(const Store& store,
                                        const CompareOptions& options,
                                        int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const auto impl = store.shared_impl();
  ReaderMutexLock lock(&impl->mutex);
  const State& state = *impl->state;
  TRATO_ASSIGN_OR_RETURN(const Question question,
                         Ask(state, options, now_us));
  const AllCustomers customers(state, now_us);
  std::vector<Part> parts(std::max<size_t>(customers.tasks(), 1));
  TRATO_RETURN_IF_ERROR(
      customers.ForEach(*impl, [&](size_t task, RecordNumber leader) {
        Count(state, question, leader, parts[task]);
      }));
  Part& all = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    all.whole.Add(parts[i].whole);
    for (const auto& [name, unit] : parts[i].units) all.units[name].Add(unit);
    if (!all.currency) all.currency = parts[i].currency;
    if (parts[i].other) all.other = parts[i].other;
    if (parts[i].currency && parts[i].currency != all.currency) {
      all.other = parts[i].currency;
    }
  }
  if (all.other) {
    return absl::FailedPreconditionError(
        StrCat("amounts are in ", all.currency.code(), " and ",
               all.other.code(), ", which cannot be added up"));
  }
  TRATO_RETURN_IF_ERROR(PutCosts(options, all.units, all.whole));
  ComparisonReport report;
  report.currency = all.currency;
  report.before_us = question.before_us;
  report.since_us = question.since_us;
  report.now_us = now_us;
  report.whole = std::move(all.whole);
  for (auto& [name, unit] : all.units) {
    unit.unit = name;
    report.units.push_back(std::move(unit));
  }
  return ComparisonJson(state.model(), report);
}

}  // namespace trato::core
