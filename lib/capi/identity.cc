// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 18 of trato.h: which records are one person's.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "capi/columns.h"
#include "capi/purchases.h"
#include "columnar/record_input.h"
#include "engine/identity_judge.h"
#include "engine/store_identity.h"
#include "identity/batch.h"
#include "identity/explain.h"
#include "identity/identity_book.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

absl::StatusOr<std::optional<std::vector<IdentityField>>> ToFields(
    const trato_identity_definition& it) {
  if (it.field_count == 0) return std::nullopt;
  TRATO_RETURN_IF_ERROR(CheckSet(it.fields, "definition.fields"));
  std::vector<IdentityField> fields;
  for (size_t i = 0; i < it.field_count; ++i) {
    const std::string where = StrCat("definition.fields[", i, "]");
    TRATO_ASSIGN_OR_RETURN(const std::string_view name,
                           ToText(it.fields[i].name, StrCat(where, ".name")));
    const trato_field_kind kind = it.fields[i].kind;
    if (kind >= static_cast<uint32_t>(kFieldKindCount)) {
      return absl::InvalidArgumentError(
          StrCat(where, ".kind: ", kind, " is no kind of field"));
    }
    FieldKind meant = static_cast<FieldKind>(kind);
    if (meant == FieldKind::kNone) meant = GuessFieldKind(name);
    if (meant == FieldKind::kNone) {
      return absl::InvalidArgumentError(
          StrCat(where, ".kind: the name ", name,
                 " does not say what it is; give a kind"));
    }
    fields.push_back({std::string(name), meant});
  }
  return fields;
}

// Without fields where the caller named none.
absl::StatusOr<IdentityDefinition> ToDefinition(
    const trato_identity_definition* definition) {
  IdentityDefinition it;
  if (definition == nullptr) return it;
  TRATO_ASSIGN_OR_RETURN(const trato_identity_definition from,
                         ReadStruct(definition, "definition"));
  TRATO_ASSIGN_OR_RETURN(const auto fields, ToFields(from));
  if (fields) it.fields = *fields;
  it.link_at = from.link_at;
  it.review_at = from.review_at;
  it.max_block = from.max_block;
  it.max_records = from.max_records;
  TRATO_ASSIGN_OR_RETURN(const std::string_view country,
                         ToText(from.country, "definition.country"));
  it.country = country;
  return it;
}

absl::StatusOr<IdentityMode> ToMode(trato_identity_mode mode) {
  if (mode < static_cast<uint32_t>(kIdentityModes)) {
    return static_cast<IdentityMode>(mode);
  }
  return absl::InvalidArgumentError(
      StrCat("mode: ", mode, " is none of those in trato.h"));
}

// What the host's function says, by name.
IdentityJudge ToJudge(trato_identity_judge_fn judge, void* context) {
  if (judge == nullptr) return nullptr;
  return [judge, context](std::span<const IdentityCandidate> pairs,
                          std::span<double> probabilities) -> absl::Status {
    std::vector<trato_identity_candidate> given;
    for (const IdentityCandidate& it : pairs) {
      given.push_back({ToStr(it.one), ToStr(it.other), it.one_row, it.other_row,
                       it.probability, ToStr(it.comparisons)});
    }
    if (judge(context, given.data(), given.size(), probabilities.data()) != 0) {
      return absl::CancelledError("judge: the host ended it");
    }
    return absl::OkStatus();
  };
}

PhoneReader ToPhones(trato_phone_fn phone, void* context) {
  if (phone == nullptr) return nullptr;
  return [phone, context](std::string_view text, std::string_view country) {
    char digits[16] = {};
    const size_t size =
        phone(context, ToStr(text), ToStr(country), digits);
    // More than fits is no number.
    return size <= sizeof(digits) ? std::string(digits, size) : std::string();
  };
}

struct IdentityCall {
  IdentityMode mode = IdentityMode::kApply;
  bool relearn = false;
  uint32_t pairs = ResolveAllOptions().pairs;
  std::optional<IdentityDefinition> definition;
  IdentityJudgeOptions judge;
  PhoneReader phones;
};

absl::StatusOr<IdentityCall> ToCall(const trato_identity_options* options) {
  IdentityCall call;
  if (options == nullptr) return call;
  TRATO_ASSIGN_OR_RETURN(const trato_identity_options it,
                         ReadStruct(options, "options"));
  TRATO_ASSIGN_OR_RETURN(call.mode, ToMode(it.mode));
  call.relearn = it.relearn != 0;
  call.pairs = it.pairs;
  if (it.definition != nullptr) {
    TRATO_ASSIGN_OR_RETURN(call.definition, ToDefinition(it.definition));
  }
  call.judge = {ToJudge(it.judge, it.judge_context), it.judge_from};
  TRATO_RETURN_IF_ERROR(CheckJudge(call.judge));
  call.phones = ToPhones(it.phone, it.phone_context);
  return call;
}

// A table's records, and which are one person's.
struct Resolved {
  IdentityDefinition definition;
  PhoneReader phones;
  std::optional<People> people;
  std::vector<Person> persons;
  BatchResult result;
};

absl::Status ReadTable(ArrowArrayStream* stream, Resolved& it) {
  TRATO_ASSIGN_OR_RETURN(RecordInput input, RecordInput::Open(stream));
  if (it.definition.fields.empty()) {
    int texts = 0;
    for (const std::string& name : input.column_names()) {
      const FieldKind kind = GuessFieldKind(name);
      if (kind == FieldKind::kNone) continue;
      if (kind == FieldKind::kText && ++texts > kMaxTexts) continue;
      it.definition.fields.push_back({name, kind});
    }
    if (std::all_of(it.definition.fields.begin(), it.definition.fields.end(),
                    [](const IdentityField& field) {
                      return field.kind == FieldKind::kCountry;
                    })) {
      return absl::InvalidArgumentError(
          "definition.fields: no column says by its name what it is; name the "
          "fields, such as surname, birth_date, email");
    }
  }
  TRATO_RETURN_IF_ERROR(IdentityBook::Check(it.definition));
  std::vector<std::string> columns;
  for (const IdentityField& field : it.definition.fields) {
    columns.push_back(field.name);
  }
  TRATO_RETURN_IF_ERROR(input.Bind(columns));
  it.people.emplace(it.definition, it.phones);
  return input.ForEachRow([&](std::span<const std::string_view> texts) {
    const Person person = it.people->Read(texts);
    if (!person.is_empty()) it.people->Add(person);
    it.persons.push_back(person);
  });
}

void GiveCustomers(const Resolved& it, ArrowArrayStream* out) {
  const std::vector<uint32_t>& leader = it.result.clusters.leader;
  std::vector<double> best(leader.size(), -1);
  for (const ScoredPair& pair : it.result.pairs) {
    if (leader[pair.one] != leader[pair.other]) continue;
    const double probability = ProbabilityOf(pair.bits);
    for (const uint32_t row : {pair.one, pair.other}) {
      best[row] = std::max(best[row], probability);
    }
  }
  NumberBuilder<int64_t> rows, customers;
  NumberBuilder<double> probabilities;
  for (size_t i = 0; i < leader.size(); ++i) {
    rows.Append(static_cast<int64_t>(i));
    customers.Append(leader[i]);
    if (best[i] < 0) {
      probabilities.AppendNull();
    } else {
      probabilities.Append(best[i]);
    }
  }
  std::vector<NamedColumn> columns;
  columns.push_back({{"row", "l", false, false, {}}, rows.Take()});
  columns.push_back({{"customer", "l", false, false, {}}, customers.Take()});
  columns.push_back({{"probability", "g", true, false, {}}, probabilities.Take()});
  Give(std::move(columns), leader.size(), out);
}

void GivePairs(const Resolved& it, ArrowArrayStream* out) {
  const Scorer scorer(it.result.model);
  absl::flat_hash_map<uint64_t, bool> refused;
  for (const Clusters::Refusal& refusal : it.result.clusters.refused) {
    refused[uint64_t{refusal.pair.one} << 32 | refusal.pair.other] = true;
  }
  NumberBuilder<int64_t> one, other;
  NumberBuilder<double> probability;
  NameBuilder outcome;
  TextBuilder why;
  for (const ScoredPair& pair : it.result.pairs) {
    one.Append(pair.one);
    other.Append(pair.other);
    probability.Append(ProbabilityOf(pair.bits));
    const auto& leader = it.result.clusters.leader;
    const bool is_refused =
        refused.contains(uint64_t{pair.one} << 32 | pair.other) ||
        AreApart(*it.people, it.persons[pair.one], it.persons[pair.other]);
    outcome.Append(leader[pair.one] == leader[pair.other]
                       ? "link"
                       : is_refused ? "refuse" : "propose");
    why.Append(InWords(ExplainPair(*it.people, scorer, it.persons[pair.one],
                                   it.persons[pair.other])));
  }
  const size_t rows = it.result.pairs.size();
  std::vector<NamedColumn> columns;
  columns.push_back({{"one", "l", false, false, {}}, one.Take()});
  columns.push_back({{"other", "l", false, false, {}}, other.Take()});
  columns.push_back({{"probability", "g", false, false, {}}, probability.Take()});
  columns.push_back({{"outcome", "i", false, true, {}}, outcome.Take()});
  columns.push_back({{"why", "u", false, false, {}}, why.Take()});
  Give(std::move(columns), rows, out);
}

}  // namespace

extern "C" {

trato_status trato_identity_define(trato_store* store,
                                   const trato_identity_definition* definition,
                                   int64_t now_us,
                                   const trato_write_options* options,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(IdentityDefinition it, ToDefinition(definition));
    return DefineIdentity(*core, std::move(it), now_us, write);
  });
}

trato_status trato_identity_definitions(const trato_store* store,
                                        trato_buf* out_json,
                                        trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(IdentityDefinitionsOf(*core), out_json);
  });
}

trato_status trato_identity_resolve(trato_store* store, trato_str record,
                                    const trato_identity_options* options,
                                    int64_t now_us,
                                    const trato_write_options* write,
                                    trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto how, ToWriteOptions(write));
    TRATO_ASSIGN_OR_RETURN(const IdentityCall call, ToCall(options));
    if (call.definition) {
      return absl::InvalidArgumentError(
          "options.definition: one record is resolved by the definition in "
          "force; see trato_identity_resolve_all for what another would do");
    }
    TRATO_ASSIGN_OR_RETURN(const std::string_view name,
                           ToText(record, "record"));
    TRATO_ASSIGN_OR_RETURN(
        std::string json,
        ResolveIdentity(*core, name, call.mode, call.judge, now_us, how));
    return MoveInto(std::move(json), out_json);
  });
}

trato_status trato_identity_resolve_all(trato_store* store,
                                        const trato_identity_options* options,
                                        int64_t now_us,
                                        const trato_write_options* write,
                                        trato_buf* out_json,
                                        trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto how, ToWriteOptions(write));
    TRATO_ASSIGN_OR_RETURN(IdentityCall call, ToCall(options));
    const ResolveAllOptions all{call.mode, call.relearn, call.pairs,
                                std::move(call.definition),
                                std::move(call.judge)};
    TRATO_ASSIGN_OR_RETURN(std::string json,
                           ResolveIdentities(*core, all, now_us, how));
    return MoveInto(std::move(json), out_json);
  });
}

trato_status trato_identity_review(const trato_store* store, uint32_t limit,
                                   int64_t now_us, trato_buf* out_json,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(std::string json,
                           IdentityReview(*core, limit, now_us));
    return MoveInto(std::move(json), out_json);
  });
}

trato_status trato_identity_read_phones(trato_store* store,
                                        trato_phone_fn phone, void* context,
                                        trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store* core, Unwrap(store));
    return ReadIdentityPhones(*core, ToPhones(phone, context));
  });
}

trato_status trato_identity_explain(const trato_store* store, trato_str one,
                                    trato_str other, int64_t now_us,
                                    trato_buf* out_json,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const std::string_view a, ToText(one, "one"));
    TRATO_ASSIGN_OR_RETURN(const std::string_view b, ToText(other, "other"));
    TRATO_ASSIGN_OR_RETURN(std::string json,
                           ExplainIdentity(*core, a, b, now_us));
    return MoveInto(std::move(json), out_json);
  });
}

trato_status trato_identity_table(ArrowArrayStream* stream,
                                  const trato_identity_options* options,
                                  trato_run_fn run, void* run_context,
                                  ArrowArrayStream* out_stream,
                                  ArrowArrayStream* out_pairs,
                                  trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    const StreamOwner owner(stream);
    TRATO_RETURN_IF_ERROR(CheckSet(stream, "stream"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    Resolved it;
    TRATO_ASSIGN_OR_RETURN(IdentityCall call, ToCall(options));
    if (call.definition) it.definition = *std::move(call.definition);
    it.phones = std::move(call.phones);
    TRATO_RETURN_IF_ERROR(ReadTable(stream, it));
    const RunTasks tasks = ToRun(run, run_context);
    const auto spread = [&](size_t count,
                            const std::function<void(size_t)>& task) {
      if (tasks) {
        tasks(task, count);
      } else {
        for (size_t i = 0; i < count; ++i) task(i);
      }
    };
    TRATO_ASSIGN_OR_RETURN(
        it.result, ResolveAll(it.definition, *it.people, it.persons, {}, spread,
                              JudgeOf(call.judge, *it.people, it.persons,
                                      [](uint32_t) { return std::string(); })));
    if (out_json != nullptr) {
      TRATO_RETURN_IF_ERROR(
          MoveInto(IdentityTableReport(it.result, it.persons.size()), out_json));
    }
    if (out_pairs != nullptr) GivePairs(it, out_pairs);
    GiveCustomers(it, out_stream);
    return absl::OkStatus();
  });
}

}  // extern "C"
