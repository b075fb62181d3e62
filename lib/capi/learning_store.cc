// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 21 of trato.h: learners that serve a store's offers.

#include "capi/purchases.h"
#include "engine/store_learning.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

absl::StatusOr<std::string> Copied(trato_str text, const std::string& field) {
  TRATO_ASSIGN_OR_RETURN(const std::string_view view, ToText(text, field));
  return std::string(view);
}

absl::StatusOr<bool> ToFlag(uint32_t flag, const std::string& field) {
  if (flag > 1) {
    return absl::InvalidArgumentError(StrCat(field, " is not 0 or 1"));
  }
  return flag == 1;
}

absl::StatusOr<LearningDefinition> ToDefinition(
    const trato_learning_definition* learning) {
  TRATO_ASSIGN_OR_RETURN(const trato_learning_definition it,
                         ReadStruct(learning, "learning"));
  LearningDefinition definition;
  TRATO_ASSIGN_OR_RETURN(definition.name, Copied(it.name, "learning.name"));
  TRATO_ASSIGN_OR_RETURN(definition.issue, Copied(it.issue, "learning.issue"));
  TRATO_ASSIGN_OR_RETURN(definition.group, Copied(it.group, "learning.group"));
  TRATO_ASSIGN_OR_RETURN(definition.offer, Copied(it.offer, "learning.offer"));
  if (it.segment_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.segments, "learning.segments"));
  }
  for (size_t i = 0; i < it.segment_count; ++i) {
    TRATO_ASSIGN_OR_RETURN(
        definition.segments.emplace_back(),
        Copied(it.segments[i], StrCat("learning.segments[", i, "]")));
  }
  if (it.policy >= kLearnerPolicies) {
    return absl::InvalidArgumentError("learning.policy is none");
  }
  definition.policy = static_cast<LearnerPolicy>(it.policy);
  definition.floor = it.floor;
  TRATO_ASSIGN_OR_RETURN(definition.without_floor,
                         ToFlag(it.without_floor, "learning.without_floor"));
  TRATO_ASSIGN_OR_RETURN(definition.retired,
                         ToFlag(it.retired, "learning.retired"));
  definition.prior_rate = it.prior_rate;
  definition.customer_weight = it.customer_weight;
  definition.exploration = it.exploration;
  definition.gamma = it.gamma;
  definition.half_life_us = it.half_life_us;
  return definition;
}

NamedColumn WholeNumbers(std::string name, const std::vector<int64_t>& values) {
  NumberBuilder<int64_t> numbers;
  for (const int64_t it : values) numbers.Append(it);
  return {{std::move(name), "l", false, false, {}}, numbers.Take()};
}

}  // namespace

extern "C" {

trato_status trato_learning_define(trato_store* store,
                                   const trato_learning_definition* learning,
                                   int64_t now_us,
                                   const trato_write_options* options,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(const LearningDefinition definition,
                           ToDefinition(learning));
    return DefineLearning(*core, definition, now_us, write);
  });
}

trato_status trato_learning_refit(trato_store* store, trato_str learner,
                                  int64_t now_us,
                                  const trato_write_options* options,
                                  trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto name, ToText(learner, "learner"));
    TRATO_ASSIGN_OR_RETURN(const auto write, ToWriteOptions(options));
    auto said = RefitLearning(*core, name, now_us, write);
    TRATO_RETURN_IF_ERROR(said.status());
    if (out_json == nullptr) return absl::OkStatus();
    return MoveInto(std::move(said), out_json);
  });
}

trato_status trato_learning_list(const trato_store* store, int64_t now_us,
                                 trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(LearningsJson(*core, now_us), out_json);
  });
}

trato_status trato_learning_show(const trato_store* store, trato_str learner,
                                 int64_t now_us, trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto name, ToText(learner, "learner"));
    return MoveInto(LearningJson(*core, name, now_us), out_json);
  });
}

trato_status trato_learning_depth(const trato_store* store, trato_str customer,
                                  int64_t now_us, trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto who, ToText(customer, "customer"));
    return MoveInto(DepthJson(*core, who, now_us), out_json);
  });
}

trato_status trato_learning_depths(const trato_store* store, uint64_t limit,
                                   int64_t now_us, ArrowArrayStream* out_stream,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(DepthRows rows, DepthOfAll(*core, limit, now_us));
    const size_t count = rows.customer.size();
    std::vector<double> gain(count);
    for (size_t i = 0; i < count; ++i) {
      gain[i] = rows.expected_minor[i] - rows.stranger_minor[i];
    }
    std::vector<NamedColumn> out;
    out.push_back(CustomersOf(rows.table, rows.customer));
    out.push_back(WholeNumbers("answers", rows.answers));
    out.push_back(WholeNumbers("acceptances", rows.acceptances));
    out.push_back(WholeNumbers("decisions", rows.decisions));
    out.push_back(WholeNumbers("used", rows.used));
    out.push_back(Numbers("bits", std::move(rows.bits)));
    out.push_back(Numbers("bits_of_stranger", std::move(rows.stranger_bits)));
    out.push_back(Numbers("expected_minor", std::move(rows.expected_minor)));
    out.push_back(Numbers("expected_of_stranger_minor",
                          std::move(rows.stranger_minor)));
    out.push_back(Numbers("gain_minor", std::move(gain)));
    Give(std::move(out), count, out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_learning_base(const trato_store* store, int64_t now_us,
                                 trato_buf* out_json,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(BaseDepthJson(*core, now_us), out_json);
  });
}

trato_status trato_learning_progress(const trato_store* store, trato_str learner,
                                  int64_t now_us, ArrowArrayStream* out_stream,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto name, ToText(learner, "learner"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(ProgressRows rows, LearningProgress(*core, name, now_us));
    const size_t count = rows.number.size();
    std::vector<NamedColumn> out;
    out.push_back(WholeNumbers("number", rows.number));
    out.push_back(WholeNumbers("customers", rows.customers));
    out.push_back(WholeNumbers("accepted", rows.accepted));
    out.push_back(Numbers("rate", std::move(rows.rate)));
    out.push_back(Numbers("low", std::move(rows.low)));
    out.push_back(Numbers("high", std::move(rows.high)));
    out.push_back(Numbers("expected", std::move(rows.expected)));
    Give(std::move(out), count, out_stream);
    return absl::OkStatus();
  });
}

}  // extern "C"
