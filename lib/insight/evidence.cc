// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/evidence.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/calendar_steps.h"
#include "base/status.h"
#include "insight/evidence_scope.h"

namespace trato::core {
namespace {

using Args = std::span<const Datum>;

std::string_view TextOf(const Datum& datum) {
  return std::get<std::string_view>(datum);
}

// Whether a product stands below the category, or is it.
bool StandsBelow(const Categories& categories, uint32_t product,
                 uint32_t category) {
  for (int steps = 0; steps < kMaxCategoryDepth && product != 0; ++steps) {
    if (product == category) return true;
    const auto above = categories.find(product);
    if (above == categories.end()) return false;
    product = above->second;
  }
  return false;
}

// One category of one store; 0: the brand. A name that nothing has is interned
// nowhere, and nothing is about it.
struct Scope {
  std::string name;
  const Categories* categories;
  FindEditionAt edition_at;

  bool is_brand() const { return name.empty(); }
  uint32_t Number(const World& world) const {
    return is_brand() ? 0 : world.names->Find(name).value_or(kNothing);
  }
  static constexpr uint32_t kNothing = 0xffffffff;
};

bool IsAbout(const World& world, const InteractionRef& it, uint32_t category,
             const Categories& categories) {
  if (category == 0) return true;
  if (category == Scope::kNothing) return false;
  const bool none = it.ForEachLine([&](const Line& line) {
    return !StandsBelow(categories, line.product, category);
  });
  if (!none) return true;
  // What has no lines may say in a field what it is about.
  for (const FieldView& field : it.fields()) {
    if (field.type != ValueType::kString) continue;
    const std::string_view name = world.names->Text(field.name);
    if (name != "product" && name != "category") continue;
    const auto product = world.names->Find(field.text);
    if (product && StandsBelow(categories, *product, category)) return true;
  }
  return false;
}

void BoundTypes(Evaluation& evaluation, std::span<const uint32_t> types) {
  if (evaluation.bound == nullptr) return;
  const Timeline& timeline = *evaluation.world->timeline;
  for (const RecordNumber record :
       evaluation.world->customers->RecordsOf(evaluation.customer)) {
    evaluation.bound->NotAfter(
        timeline.NextAmendment(record, evaluation.now_us));
    for (const uint32_t type : types) {
      evaluation.bound->NotAfter(
          timeline.FirstAfter(record, type, evaluation.now_us));
    }
  }
}

constexpr int64_t kNothingYet = std::numeric_limits<int64_t>::min();

// The instant of the last interaction of these types about the category, after
// `from_us`.
int64_t LastOf(Evaluation& evaluation, const Scope& scope,
               std::span<const uint32_t> types, int64_t from_us) {
  const World& world = *evaluation.world;
  const uint32_t category = scope.Number(world);
  BoundTypes(evaluation, types);
  int64_t last_us = kNothingYet;
  for (const RecordNumber record :
       world.customers->RecordsOf(evaluation.customer)) {
    for (const uint32_t type : types) {
      Window window = Window::Until(evaluation.now_us);
      window.from_us = from_us;
      world.timeline->ForEach(record, type, window,
                              [&](const InteractionRef& it) {
                                if (IsAbout(world, it, category,
                                            *scope.categories)) {
                                  last_us = std::max(last_us, it.at_us());
                                }
                                return true;
                              });
    }
  }
  return last_us;
}

// The last instant that is at most so many weeks after another one; kNever: it
// is too far.
int64_t WeeksAfter(int64_t at_us, double weeks) {
  const double us = std::floor(weeks * static_cast<double>(kWeekUs));
  if (!(us < 4e17)) return kNever;
  return at_us + static_cast<int64_t>(us);
}

// Whether now is after the instant, and when it will be.
Datum IsAfter(Evaluation& evaluation, int64_t at_us) {
  const bool after = evaluation.now_us > at_us;
  if (!after && evaluation.bound != nullptr && at_us != kNever) {
    evaluation.bound->NotAfter(at_us + 1);
  }
  return after;
}

// What was read last while a scope is open.
struct Kept {
  int scopes = 0;
  bool is_known = false;
  bool has_bound = false;
  const Scope* scope = nullptr;
  RecordNumber customer = 0;
  int64_t now_us = 0;
  const Edition* edition = nullptr;
  bool bought = false;
  PurchasesIn in;
  int64_t until_us = kNever;
};
thread_local Kept kept;

// Her purchases; false: there are none.
bool Read(Evaluation& evaluation, const Scope& scope, const Edition*& edition,
          PurchasesIn& in) {
  ChangeBound* const bound = evaluation.bound;
  edition = scope.edition_at(evaluation.now_us, bound);
  if (edition == nullptr) return false;
  const bool is_same = kept.is_known && kept.scope == &scope &&
                       kept.customer == evaluation.customer &&
                       kept.now_us == evaluation.now_us &&
                       kept.edition == edition &&
                       (bound == nullptr || kept.has_bound);
  if (!is_same) {
    ChangeBound until;
    kept.is_known = false;
    kept.bought = ReadPurchasesIn(
        *evaluation.world, evaluation.customer, evaluation.now_us, *edition,
        scope.Number(*evaluation.world), *scope.categories, kept.in,
        bound == nullptr ? nullptr : &until);
    kept.is_known = kept.scopes > 0;
    kept.has_bound = bound != nullptr;
    kept.scope = &scope;
    kept.customer = evaluation.customer;
    kept.now_us = evaluation.now_us;
    kept.edition = edition;
    kept.until_us = until.until_us;
  }
  if (bound != nullptr) bound->NotAfter(kept.until_us);
  in = kept.in;
  return kept.bought;
}

Datum BoughtTimes(Evaluation& evaluation, const Scope& scope) {
  const Edition* edition;
  PurchasesIn in;
  if (!Read(evaluation, scope, edition, in)) return int64_t{0};
  return static_cast<int64_t>(in.bought);
}

Datum IsSilent(Evaluation& evaluation, const Scope& scope, double quantile) {
  const Edition* edition;
  PurchasesIn in;
  if (!Read(evaluation, scope, edition, in)) return false;
  const Rhythm& rhythm = RhythmOf(edition->content(), scope.name);
  return IsAfter(evaluation,
                 WeeksAfter(in.last_us, UsualGap(rhythm, in.row, quantile)));
}

// The odds of having left are a / (b + x) ((alpha + T) / (alpha + t_x))^(r + x),
// so that there is one age at which they are those of the probability.
Datum IsGone(Evaluation& evaluation, const Scope& scope, double probability) {
  const Edition* edition;
  PurchasesIn in;
  if (!Read(evaluation, scope, edition, in)) return false;
  const Rhythm& it = RhythmOf(edition->content(), scope.name);
  const double odds = probability / (1 - probability);
  const double folds =
      std::log(odds * (it.leave_b + in.row.frequency) / it.leave_a) /
      (it.shape + in.row.frequency);
  const double silence =
      folds <= 0 ? 0 : (it.rate + in.row.recency) * std::expm1(folds);
  return IsAfter(evaluation, WeeksAfter(in.last_us, silence));
}

absl::StatusOr<std::vector<uint32_t>> TypesOf(const CompileContext& context,
                                              std::string_view function,
                                              Args literals, uint32_t first,
                                              Reads& reads) {
  std::vector<uint32_t> types;
  for (uint32_t i = first; i < literals.size(); ++i) {
    const std::string_view type = TextOf(literals[i]);
    if (absl::Status known =
            context.schema->CheckInteractionType(function, type);
        !known.ok()) {
      return AboutLiteral(std::move(known), i);
    }
    const std::string_view stored =
        context.schema->Stored(DefinitionKind::kInteractionType, type);
    reads.interaction_types.emplace(stored);
    reads.hidden_types.emplace(stored);
    if (const auto number = context.names->Find(stored)) {
      types.push_back(*number);
    }
  }
  return types;
}

absl::StatusOr<double> Probability(Args literals) {
  const double value = std::get<double>(literals[0]);
  if (value > 0 && value < 1) return value;
  return AboutLiteral(
      absl::InvalidArgumentError("a probability above 0 and below 1 is needed"),
      0);
}

void ReadTypes(const std::vector<std::string>& types, Reads& reads) {
  reads.interaction_types.insert(types.begin(), types.end());
  reads.hidden_types.insert(types.begin(), types.end());
}

Function NewFunction(std::string name, std::vector<Type> parameters,
                     Type result) {
  Function function;
  function.name = std::move(name);
  function.wants_literals = !parameters.empty();
  function.parameters = std::move(parameters);
  function.result = result;
  return function;
}

}  // namespace

EvidenceScope::EvidenceScope() {
  ++kept.scopes;
  kept.is_known = false;
}

EvidenceScope::~EvidenceScope() {
  --kept.scopes;
  kept.is_known = false;
}

bool ReadPurchasesIn(const World& world, RecordNumber customer, int64_t now_us,
                     const Edition& edition, uint32_t category,
                     const Categories& categories, PurchasesIn& in,
                     ChangeBound* bound) {
  const auto is_about = [&](const InteractionRef& it) {
    return IsAbout(world, it, category, categories);
  };
  if (!edition.ReadTimes(world, customer, now_us, is_about, in.row, in.last_us,
                         bound)) {
    return false;
  }
  in.bought = in.row.frequency + 1;
  return true;
}

const Rhythm& RhythmOf(const ValueEdition& edition, std::string_view category) {
  const auto& rhythms = edition.rhythms;
  const auto find = [&](std::string_view name) {
    return std::find_if(rhythms.begin(), rhythms.end(), [&](const Rhythm& it) {
      return it.category == name;
    });
  };
  auto found = find(category);
  if (found == rhythms.end()) found = find("");
  if (found != rhythms.end()) return *found;
  // Of nobody anything is known: a purchase every ten weeks, more or less.
  static const Rhythm& unknown = *new Rhythm{"", 1, 10, 1, 2, 0};
  return unknown;
}

double UsualGap(const Rhythm& rhythm, const PurchaseRow& row, double quantile) {
  return (rhythm.rate + row.recency) *
         std::expm1(-std::log1p(-quantile) / (rhythm.shape + row.frequency));
}

void AddEvidence(Registry& registry, std::string_view category,
                 const Categories* categories, FindEditionAt edition_at,
                 std::vector<std::string> purchase_types) {
  auto scope = std::make_shared<const Scope>(
      Scope{std::string(category), categories, std::move(edition_at)});

  Function bought = NewFunction("bought", {}, {Kind::kInt});
  bought.compile = [scope, purchase_types](const CompileContext&, Args,
                                           Reads& reads)
      -> absl::StatusOr<Evaluator> {
    ReadTypes(purchase_types, reads);
    return Evaluator([scope](Evaluation& evaluation, Args) {
      return BoughtTimes(evaluation, *scope);
    });
  };
  registry.Add(std::move(bought));

  const auto add_probability =
      [&](const char* name,
          Datum (*evaluate)(Evaluation&, const Scope&, double)) {
        Function function = NewFunction(name, {{Kind::kDouble}}, {Kind::kBool});
        function.compile = [scope, purchase_types, evaluate](
                               const CompileContext&, Args literals,
                               Reads& reads) -> absl::StatusOr<Evaluator> {
          ReadTypes(purchase_types, reads);
          TRATO_ASSIGN_OR_RETURN(const double value, Probability(literals));
          return Evaluator([scope, evaluate, value](Evaluation& evaluation,
                                                    Args) {
            return evaluate(evaluation, *scope, value);
          });
        };
        registry.Add(std::move(function));
      };
  add_probability("silent", &IsSilent);
  add_probability("gone", &IsGone);

  Function seen = NewFunction("seen", {{Kind::kString}, {Kind::kString}},
                              {Kind::kBool});
  seen.repeats = true;
  seen.compile = [scope](const CompileContext& context, Args literals,
                         Reads& reads) -> absl::StatusOr<Evaluator> {
    auto span = ParseSpan(TextOf(literals[0]));
    if (!span.ok()) return AboutLiteral(span.status(), 0);
    TRATO_ASSIGN_OR_RETURN(const std::vector<uint32_t> types,
                           TypesOf(context, "seen", literals, 1, reads));
    return Evaluator([scope, types, span = *span, zone = context.zone](
                         Evaluation& evaluation, Args) -> Datum {
      const int64_t from_us = Subtract(evaluation.now_us, span, zone);
      const int64_t last_us = LastOf(evaluation, *scope, types, from_us);
      if (evaluation.bound == nullptr) return last_us != kNothingYet;
      if (last_us != kNothingYet) {
        evaluation.bound->NotAfter(
            FirstReaching(last_us, span, zone, evaluation.now_us));
      } else if (const int64_t before = LastOf(evaluation, *scope, types,
                                               kMinInstant);
                 before != kNothingYet) {
        // Where the start of the window steps back.
        evaluation.bound->NotAfter(
            FirstFallingBelow(before, span, zone, evaluation.now_us));
      }
      return last_us != kNothingYet;
    });
  };
  registry.Add(std::move(seen));

  Function after = NewFunction("after_purchase", {{Kind::kString}},
                               {Kind::kBool});
  after.repeats = true;
  after.compile = [scope, purchase_types](const CompileContext& context,
                                          Args literals, Reads& reads)
      -> absl::StatusOr<Evaluator> {
    ReadTypes(purchase_types, reads);
    TRATO_ASSIGN_OR_RETURN(
        const std::vector<uint32_t> types,
        TypesOf(context, "after_purchase", literals, 0, reads));
    return Evaluator([scope, types](Evaluation& evaluation, Args) -> Datum {
      const Edition* edition;
      PurchasesIn in;
      if (!Read(evaluation, *scope, edition, in)) return false;
      return LastOf(evaluation, *scope, types, in.last_us) != kNothingYet;
    });
  };
  registry.Add(std::move(after));

  Function aware = NewFunction("aware", {}, {Kind::kBool});
  aware.compile = [scope](const CompileContext& context, Args,
                          Reads& reads) -> absl::StatusOr<Evaluator> {
    std::vector<uint32_t> types;
    for (const std::string_view type :
         context.schema->InteractionTypeNames()) {
      reads.interaction_types.emplace(type);
      reads.hidden_types.emplace(type);
      if (const auto number = context.names->Find(type)) {
        types.push_back(*number);
      }
    }
    return Evaluator([scope, types](Evaluation& evaluation, Args) -> Datum {
      return LastOf(evaluation, *scope, types, kMinInstant) != kNothingYet;
    });
  };
  registry.Add(std::move(aware));
}

}  // namespace trato::core
