// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/insights.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "expression/ast.h"
#include "expression/operators.h"
#include "insight/edition_check.h"

namespace trato::core {

struct Insights::Impl {
  const World* world;
  const Registry* registry;
  std::vector<std::shared_ptr<const Edition>> editions;
  std::vector<Table> tables;
  ScoreVersions scores;
  Categories category_of;
  std::atomic<bool> asks_for_stages = false;

  // The edition in force, and until when it is.
  const Edition* At(int64_t now_us, ChangeBound* bound) const {
    const auto after = std::upper_bound(
        editions.begin(), editions.end(), now_us,
        [](int64_t at_us, const auto& it) { return at_us < it->at_us(); });
    if (bound != nullptr && after != editions.end()) {
      bound->NotAfter((*after)->at_us());
    }
    return after == editions.begin() ? nullptr : std::prev(after)->get();
  }

  // Her purchases under the edition in force, or why there are none.
  Datum Read(Evaluation& evaluation, const Edition*& edition,
             PurchaseRow& row) const;
  // A figure that moves with each day.
  template <typename Figure, typename Within>
  Datum Steady(Evaluation& evaluation, Figure figure, Within within,
               int tries) const;
  Datum Alive(Evaluation& evaluation) const;
  Datum Expected(Evaluation& evaluation) const;
  Datum Value(Evaluation& evaluation) const;
  Datum Rfm(Evaluation& evaluation) const;
  // The table in force (null: the default one), and until when it is.
  const Table* TableAt(int64_t now_us, ChangeBound* bound) const;
  // `edition` null: the one of the instant.
  absl::StatusOr<std::shared_ptr<const StageTable>> Compile(
      const LifecycleDefinition& definition, std::string_view category,
      const CompileContext& context,
      std::shared_ptr<const Edition> edition = nullptr) const;
  void AddStage(Registry& registry, bool of_category);
  // FAILED_PRECONDITION, INVALID_ARGUMENT: there is none.
  absl::StatusOr<const std::vector<ScoreVersion>*> FindScore(
      std::string_view name) const;
  void AddScore(Registry& registry);
  static Datum EvaluateScore(Evaluation& evaluation,
                             const std::vector<ScoreVersion>& versions);
  void DefineScore(const ScoreDefinition& definition, int64_t at_us,
                   std::string_view actor, const CompileContext& context);
  absl::Status CheckFitted() const;
  // Those that purchases are read from, under any edition.
  std::vector<std::string> PurchaseTypes() const;
  void Add(Registry& registry, std::string name, Type result,
           Datum (Impl::*evaluate)(Evaluation&) const,
           std::vector<std::string> keys = {});
};

namespace {

// The one in force; null: none was yet.
const Insights::ScoreVersion* VersionAt(
    const std::vector<Insights::ScoreVersion>& versions, int64_t now_us,
    ChangeBound* bound) {
  const auto after = std::upper_bound(
      versions.begin(), versions.end(), now_us,
      [](int64_t at_us, const auto& it) { return at_us < it.at_us; });
  if (bound != nullptr && after != versions.end()) {
    bound->NotAfter(after->at_us);
  }
  return after == versions.begin() ? nullptr : &*std::prev(after);
}

}  // namespace

Insights::Insights(const World* world, Registry* registry)
    : impl_(new Impl) {
  impl_->world = world;
  impl_->registry = registry;
  Impl& impl = *impl_;
  impl.Add(*registry, "alive", {Kind::kDouble}, &Impl::Alive);
  impl.Add(*registry, "expected_purchases", {Kind::kDouble}, &Impl::Expected);
  impl.Add(*registry, "clv", {Kind::kMoney}, &Impl::Value);
  impl.Add(*registry, "rfm", Type::MapOf(Kind::kString, Kind::kDyn), &Impl::Rfm,
           {"segment", "recency", "frequency", "monetary"});
  impl.AddStage(*registry, false);
  impl.AddStage(*registry, true);
  impl.AddScore(*registry);
}

Insights::~Insights() = default;

void Insights::Impl::Add(Registry& registry, std::string name, Type result,
                         Datum (Impl::*evaluate)(Evaluation&) const,
                         std::vector<std::string> keys) {
  Function function;
  function.name = std::move(name);
  function.result = result;
  function.keys = std::move(keys);
  function.compile = [this, evaluate](const CompileContext&,
                                      std::span<const Datum>,
                                      Reads& reads) -> absl::StatusOr<Evaluator> {
    TRATO_RETURN_IF_ERROR(CheckFitted());
    for (const auto& edition : editions) {
      for (const auto* types :
           {&edition->content().types, &edition->content().returns}) {
        reads.interaction_types.insert(types->begin(), types->end());
        reads.hidden_types.insert(types->begin(), types->end());
      }
    }
    // By instant at every test, so that it follows a refit.
    return Evaluator(
        [this, evaluate](Evaluation& evaluation, std::span<const Datum>) {
          return (this->*evaluate)(evaluation);
        });
  };
  registry.Add(std::move(function));
}

absl::Status Insights::Impl::CheckFitted() const {
  if (!editions.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "no model of the customers' purchases has been fitted yet; refit one "
      "first (trato value refit)");
}

std::vector<std::string> Insights::Impl::PurchaseTypes() const {
  std::set<std::string> types;
  for (const auto& edition : editions) {
    const ValueEdition& it = edition->content();
    types.insert(it.types.begin(), it.types.end());
  }
  return {types.begin(), types.end()};
}

const Insights::Table* Insights::Impl::TableAt(int64_t now_us,
                                               ChangeBound* bound) const {
  const auto after = std::upper_bound(
      tables.begin(), tables.end(), now_us,
      [](int64_t at_us, const Table& it) { return at_us < it.at_us; });
  if (bound != nullptr && after != tables.end()) bound->NotAfter(after->at_us);
  return after == tables.begin() ? nullptr : &*std::prev(after);
}

absl::StatusOr<std::shared_ptr<const StageTable>> Insights::Impl::Compile(
    const LifecycleDefinition& definition, std::string_view category,
    const CompileContext& context,
    std::shared_ptr<const Edition> edition) const {
  FindEditionAt find = [this](int64_t now_us, ChangeBound* bound) {
    return At(now_us, bound);
  };
  if (edition != nullptr) {
    find = [edition](int64_t, ChangeBound*) { return edition.get(); };
  }
  return StageTable::Make(definition, category, *registry, &category_of,
                          std::move(find), PurchaseTypes(), context);
}

// stage(), stage("coffee"): where she is in the life cycle.
void Insights::Impl::AddStage(Registry& all, bool of_category) {
  Function function;
  function.name = "stage";
  if (of_category) function.parameters = {{Kind::kString}};
  function.wants_literals = of_category;
  function.result = {Kind::kString};
  function.compile = [this](const CompileContext& context,
                            std::span<const Datum> literals,
                            Reads& reads) -> absl::StatusOr<Evaluator> {
    TRATO_RETURN_IF_ERROR(CheckFitted());
    asks_for_stages = true;
    std::string category;
    if (!literals.empty()) category = std::get<std::string_view>(literals[0]);
    // By the number of the table, the default one first.
    std::vector<std::shared_ptr<const StageTable>> compiled;
    TRATO_ASSIGN_OR_RETURN(
        compiled.emplace_back(),
        Compile(DefaultLifecycle(*context.schema), category, context));
    for (const Table& table : tables) {
      TRATO_ASSIGN_OR_RETURN(compiled.emplace_back(),
                             Compile(table.definition, category, context));
    }
    for (const auto& table : compiled) {
      const Reads& it = table->reads();
      reads.interaction_types.insert(it.interaction_types.begin(),
                                     it.interaction_types.end());
      reads.hidden_types.insert(it.hidden_types.begin(),
                                it.hidden_types.end());
      reads.attributes.insert(it.attributes.begin(), it.attributes.end());
      reads.relations.insert(it.relations.begin(), it.relations.end());
      reads.consents |= it.consents;
    }
    return Evaluator([this, compiled](Evaluation& evaluation,
                                      std::span<const Datum>) -> Datum {
      const Table* in_force = TableAt(evaluation.now_us, evaluation.bound);
      const size_t at =
          in_force == nullptr
              ? 0
              : static_cast<size_t>(in_force - tables.data()) + 1;
      if (At(evaluation.now_us, nullptr) == nullptr) {
        return Fail(Failure::Reason::kAbsent);
      }
      // What was defined since is compiled anew before anybody asks.
      if (at >= compiled.size()) return Fail(Failure::Reason::kAbsent);
      const StageTable& table = *compiled[at];
      const size_t line =
          table.LineOf(*evaluation.world, evaluation.customer,
                       evaluation.now_us, evaluation.nesting, evaluation.bound);
      if (line == table.lines().size()) return Fail(Failure::Reason::kAbsent);
      return kStages[table.lines()[line].stage];
    });
  };
  all.Add(std::move(function));
}

absl::StatusOr<const std::vector<Insights::ScoreVersion>*>
Insights::Impl::FindScore(std::string_view name) const {
  const auto found = scores.find(name);
  if (found != scores.end()) return &found->second;
  std::vector<std::string_view> known;
  for (const auto& [other, versions] : scores) known.push_back(other);
  return absl::NotFoundError(StrCat("no score is called '", name, "'",
                                    DidYouMean(name, known)));
}

// score("interest"): the points that she has by its rules.
void Insights::Impl::AddScore(Registry& all) {
  Function function;
  function.name = "score";
  function.parameters = {{Kind::kString}};
  function.wants_literals = true;
  function.result = {Kind::kDouble};
  function.compile = [this](const CompileContext&,
                            std::span<const Datum> literals,
                            Reads& reads) -> absl::StatusOr<Evaluator> {
    const auto found = FindScore(std::get<std::string_view>(literals[0]));
    if (!found.ok()) return AboutLiteral(found.status(), 0);
    const std::vector<ScoreVersion>* const versions = *found;
    for (const ScoreVersion& it : *versions) {
      if (it.score.ok()) AddHiddenReads((*it.score)->reads(), reads);
    }
    // By instant at every test, so that it follows a redefinition.
    return Evaluator(
        [versions](Evaluation& evaluation, std::span<const Datum>) {
          return EvaluateScore(evaluation, *versions);
        });
  };
  all.Add(std::move(function));
}

Datum Insights::Impl::EvaluateScore(
    Evaluation& evaluation, const std::vector<ScoreVersion>& versions) {
  ChangeBound* const bound = evaluation.bound;
  const ScoreVersion* version =
      VersionAt(versions, evaluation.now_us, bound);
  if (version == nullptr || !version->score.ok()) {
    return Fail(Failure::Reason::kAbsent);
  }
  const Score& score = **version->score;
  const auto to_datum = [](int64_t milli) {
    return Datum(static_cast<double>(milli) / 1000);
  };
  const World& world = *evaluation.world;
  if (bound == nullptr) {
    return to_datum(score.Value(world, evaluation.customer, evaluation.now_us,
                                evaluation.nesting));
  }
  const Node* comparison =
      bound->compared != nullptr && bound->compared == bound->call
          ? bound->comparison
          : nullptr;
  const bool is_ordered = comparison != nullptr &&
                          comparison->op != Op::kEqual &&
                          comparison->op != Op::kNotEqual;
  const Datum limit = is_ordered ? *bound->limit : Datum();
  const bool is_left =
      is_ordered && comparison->args[0].get() == bound->call;
  const auto outcome = [&](int64_t milli) {
    return is_left ? Compared(*comparison, to_datum(milli), limit)
                   : Compared(*comparison, limit, to_datum(milli));
  };
  const int64_t now = score.Value(
      world, evaluation.customer, evaluation.now_us, evaluation.nesting,
      [&](int64_t low, int64_t high) {
        if (!is_ordered) return low == high;
        const Datum a = outcome(low);
        const Datum b = outcome(high);
        const auto* x = std::get_if<bool>(&a);
        const auto* y = std::get_if<bool>(&b);
        // What cannot be compared now cannot be later.
        return (x == nullptr && y == nullptr) ||
               (x != nullptr && y != nullptr && *x == *y);
      },
      *bound);
  return to_datum(now);
}

Datum Insights::Impl::Read(Evaluation& evaluation,
                           const Edition*& edition,
                           PurchaseRow& row) const {
  edition = At(evaluation.now_us, evaluation.bound);
  if (edition == nullptr) return Fail(Failure::Reason::kAbsent);
  Currency other;
  switch (edition->Read(*evaluation.world, evaluation.customer,
                        evaluation.now_us, row, evaluation.bound, &other)) {
    case Bought::kNever:
      return Fail(Failure::Reason::kAbsent);
    case Bought::kTwoCurrencies:
      return Failure{Failure::Reason::kCurrencies, nullptr,
                     edition->content().currency, other};
    case Bought::kSome:
      break;
  }
  return true;
}

template <typename Figure, typename Within>
Datum Insights::Impl::Steady(Evaluation& evaluation, Figure figure,
                             Within within, int tries) const {
  const Edition* edition;
  PurchaseRow row;
  if (Datum read = Read(evaluation, edition, row); IsFailure(read)) return read;
  const auto datum = [&](double value) { return figure(*edition, value); };
  const auto at_now = within(*edition, row, 0, 0);
  const Datum now = datum(at_now.first);
  if (evaluation.bound == nullptr) return now;
  ChangeBound& bound = *evaluation.bound;
  const Node* comparison =
      bound.compared != nullptr && bound.compared == bound.call
          ? bound.comparison
          : nullptr;
  if (comparison == nullptr) {
    bound.NotAfter(edition->DayEnd(evaluation.now_us));
    return now;
  }
  const bool is_left = comparison->args[0].get() == bound.call;
  const auto outcome = [&](double value) {
    const Datum it = datum(value);
    return is_left ? Compared(*comparison, it, *bound.limit)
                   : Compared(*comparison, *bound.limit, it);
  };
  const Datum before = outcome(at_now.first);
  const auto* holds = std::get_if<bool>(&before);
  const bool is_ordered = comparison->op != Op::kEqual &&
                          comparison->op != Op::kNotEqual;
  edition->BoundSteady(
      evaluation.now_us, tries,
      [&](int64_t from, int64_t to) { return within(*edition, row, from, to); },
      [&](double low, double high) {
        // What cannot be compared now cannot be later.
        if (holds == nullptr) return true;
        const Datum a = outcome(low);
        const Datum b = outcome(high);
        const auto* x = std::get_if<bool>(&a);
        const auto* y = std::get_if<bool>(&b);
        return is_ordered && x != nullptr && y != nullptr && *x == *holds &&
               *y == *holds;
      },
      bound);
  return now;
}

Datum Insights::Impl::Alive(Evaluation& evaluation) const {
  return Steady(
      evaluation,
      [](const Edition&, double value) { return Datum(value); },
      [](const Edition& edition, const PurchaseRow& row, int64_t from,
         int64_t to) {
        if (to == 0) return std::pair(edition.Alive(row), 0.0);
        return edition.AliveWithin(row, from, to);
      },
      64);
}

Datum Insights::Impl::Expected(Evaluation& evaluation) const {
  return Steady(
      evaluation,
      [](const Edition&, double value) { return Datum(value); },
      [](const Edition& edition, const PurchaseRow& row, int64_t from,
         int64_t to) {
        if (to == 0) return std::pair(edition.Expected(row), 0.0);
        return edition.ExpectedWithin(row, from, to, false);
      },
      32);
}

Datum Insights::Impl::Value(Evaluation& evaluation) const {
  return Steady(
      evaluation,
      [](const Edition& edition, double value) {
        return Datum(edition.ToMoney(value));
      },
      [](const Edition& edition, const PurchaseRow& row, int64_t from,
         int64_t to) {
        if (to == 0) return std::pair(edition.Value(row), 0.0);
        auto [low, high] = edition.ExpectedWithin(row, from, to, true);
        const double worth = edition.Spend(row) * edition.content().margin;
        return std::pair(low * worth, high * worth);
      },
      24);
}

Datum Insights::Impl::Rfm(Evaluation& evaluation) const {
  const Edition* edition;
  PurchaseRow row;
  if (Datum read = Read(evaluation, edition, row); IsFailure(read)) return read;
  if (evaluation.bound != nullptr) {
    edition->BoundScore(row, evaluation.now_us, *evaluation.bound);
  }
  const RfmScore score = edition->Score(row);
  if (!evaluation.MayMake(4 * sizeof(MapValue::Entry))) {
    return Fail(Failure::Reason::kText);
  }
  auto entries = evaluation.arena.NewArray<MapValue::Entry>(4);
  entries[0] = {std::string_view("segment"), edition->Segment(score)};
  entries[1] = {std::string_view("recency"), int64_t{score.recency}};
  entries[2] = {std::string_view("frequency"), int64_t{score.frequency}};
  entries[3] = {std::string_view("monetary"), int64_t{score.money}};
  return static_cast<const MapValue*>(evaluation.arena.New(MapValue{entries}));
}

absl::Status Insights::Check(const InsightDefinition& definition,
                             const CompileContext& context) const {
  if (const auto* edition = std::get_if<ValueEdition>(&definition)) {
    return CheckEdition(*edition, *context.schema);
  }
  if (const auto* score = std::get_if<ScoreDefinition>(&definition)) {
    return Score::Make(*score, context, *impl_->registry).status();
  }
  TRATO_RETURN_IF_ERROR(impl_->CheckFitted());
  return impl_
      ->Compile(std::get<LifecycleDefinition>(definition), "", context)
      .status();
}

void Insights::Define(const InsightDefinition& definition, int64_t at_us,
                      std::string_view actor, const CompileContext& context) {
  if (const auto* score = std::get_if<ScoreDefinition>(&definition)) {
    impl_->DefineScore(*score, at_us, actor, context);
    return;
  }
  const auto* edition = std::get_if<ValueEdition>(&definition);
  if (edition == nullptr) {
    auto& tables = impl_->tables;
    const auto place = std::upper_bound(
        tables.begin(), tables.end(), at_us,
        [](int64_t at, const Table& it) { return at < it.at_us; });
    tables.insert(place, {std::get<LifecycleDefinition>(definition), at_us,
                          std::string(actor), tables.size() + 1});
    return;
  }
  auto& all = impl_->editions;
  const auto place = std::upper_bound(
      all.begin(), all.end(), at_us,
      [](int64_t at, const auto& it) { return at < it->at_us(); });
  all.insert(place, std::make_shared<const Edition>(
                        *edition, at_us, std::string(actor), all.size() + 1,
                        ZoneClock(context.zone), *context.schema,
                        *context.names));
}

void Insights::Impl::DefineScore(const ScoreDefinition& definition,
                                 int64_t at_us, std::string_view actor,
                                 const CompileContext& context) {
  std::vector<ScoreVersion>& versions = scores[definition.name];
  const auto place = std::upper_bound(
      versions.begin(), versions.end(), at_us,
      [](int64_t at, const ScoreVersion& it) { return at < it.at_us; });
  versions.insert(place,
                  {definition, at_us, std::string(actor), versions.size() + 1,
                   Score::Make(definition, context, *registry)});
}

void Insights::RecompileScores(const CompileContext& context) {
  for (auto& [name, versions] : impl_->scores) {
    for (ScoreVersion& it : versions) {
      it.score = Score::Make(it.definition, context, *impl_->registry);
    }
  }
}

const Insights::ScoreVersions& Insights::scores() const {
  return impl_->scores;
}

absl::StatusOr<const Insights::ScoreVersion*> Insights::ScoreAt(
    std::string_view name, int64_t now_us) const {
  TRATO_ASSIGN_OR_RETURN(const std::vector<ScoreVersion>* versions,
                         impl_->FindScore(name));
  const ScoreVersion* version = VersionAt(*versions, now_us, nullptr);
  if (version == nullptr) {
    return absl::FailedPreconditionError(
        StrCat("now: score '", name, "' had not been defined by then"));
  }
  TRATO_RETURN_IF_ERROR(version->score.status());
  return version;
}

bool Insights::Knows(const InsightDefinition& definition) const {
  if (const auto* score = std::get_if<ScoreDefinition>(&definition)) {
    const auto found = impl_->scores.find(score->name);
    return found != impl_->scores.end() &&
           found->second.back().definition == *score;
  }
  // A refit is an act, even if it finds what was found before.
  const auto* table = std::get_if<LifecycleDefinition>(&definition);
  return table != nullptr && !impl_->tables.empty() &&
         impl_->tables.back().definition == *table;
}

void Insights::TakeDefinitions(const Insights& other,
                               const CompileContext& context) {
  for (const auto& it : other.impl_->editions) {
    Define(it->content(), it->at_us(), it->actor(), context);
  }
  for (const auto& [name, versions] : other.impl_->scores) {
    for (const ScoreVersion& it : versions) {
      Define(it.definition, it.at_us, it.actor, context);
    }
  }
  for (const Table& it : other.impl_->tables) {
    Define(it.definition, it.at_us, it.actor, context);
  }
}

const std::vector<std::shared_ptr<const Edition>>& Insights::editions()
    const {
  return impl_->editions;
}

const Edition* Insights::EditionAt(int64_t now_us) const {
  return impl_->At(now_us, nullptr);
}

const std::vector<Insights::Table>& Insights::tables() const {
  return impl_->tables;
}

const Insights::Table* Insights::TableAt(int64_t now_us) const {
  return impl_->TableAt(now_us, nullptr);
}

absl::StatusOr<std::shared_ptr<const StageTable>> Insights::StagesAt(
    int64_t now_us, std::string_view category,
    const CompileContext& context) const {
  TRATO_RETURN_IF_ERROR(impl_->CheckFitted());
  const Edition* edition = EditionAt(now_us);
  const Table* table = TableAt(now_us);
  for (const auto& it : impl_->editions) {
    if (it.get() != edition) continue;
    return impl_->Compile(table == nullptr ? DefaultLifecycle(*context.schema)
                                           : table->definition,
                          category, context, it);
  }
  return absl::FailedPreconditionError(
      "now: no model had been fitted by then; the first one is later");
}

const Categories& Insights::categories() const { return impl_->category_of; }

bool Insights::asks_for_stages() const { return impl_->asks_for_stages; }

void Insights::SetCategory(uint32_t product, uint32_t category) {
  impl_->category_of[product] = category;
}

}  // namespace trato::core
