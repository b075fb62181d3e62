// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What follows from the facts: the models, and how each fact changes them.
// Nothing is kept here that the log does not say, so folding the log again
// gives the same state.

#ifndef TRATO_ENGINE_STATE_H_
#define TRATO_ENGINE_STATE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "base/strings.h"
#include "codec/answers.h"
#include "codec/fact.h"
#include "codec/fact_codec.h"
#include "customer/relation_store.h"
#include "customer/search_index.h"
#include "engine/erasure.h"
#include "engine/key_set.h"
#include "identity/identity_book.h"
#include "insight/insights.h"

namespace trato::core {

// What the store knows of a fact that it has: enough to tell a repetition from
// a contradiction.
struct KnownFact {
  uint64_t payload_hash = 0;
  int64_t event_us = 0;
};

// How interactions are told where types, fields or channels were renamed, or
// fields made wider: the numbers of their names with those of the names that
// they have now.
struct ShownNames {
  absl::flat_hash_map<uint32_t, uint32_t> types;
  absl::flat_hash_map<uint32_t, uint32_t> fields;
  absl::flat_hash_map<uint32_t, uint32_t> channels;
  // Fields that were whole numbers once and are numbers with decimals now.
  absl::flat_hash_set<uint32_t> doubles;
};

// The name of the record that the fact is about alone, so that it is sealed with
// others of that record; null: it is another fact.
const std::string* RecordOf(const Fact& fact);
// Such a fact as it is sealed, pointing at it, and back.
RecordFact ToRecordFact(const Fact& fact, RecordNumber record,
                        uint64_t position);
Fact ToFact(const RecordFact& it, std::string_view record);

class State {
 public:
  State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Gives `sealed` the numbers that they had when they were sealed, and then
  // numbers to what the schema brings along. Comes first.
  void Begin(std::span<const std::string> sealed = {});

  // Folds a checked fact, with its id unless it is an interaction, into the
  // models.
  void Apply(const Fact& fact, const KnownFact& known, uint64_t position);
  // Folds an entry of the log, whose facts have no ids yet.
  absl::Status Replay(std::vector<Fact> facts, uint64_t position);

  // An interaction as the timeline keeps it.
  Interaction ToInteraction(const InteractionFact& it, const Fact& envelope,
                            int64_t at_us, uint64_t position);
  // And back: what it says. `record` names whose it is.
  InteractionFact ToFact(const InteractionRef& it,
                         std::string_view record) const;
  // The interaction's own fact: envelope and payload.
  Fact FactOf(uint32_t record, const InteractionRef& it,
              std::string_view key) const;

  // How an idempotency key is kept in `keys`.
  static uint64_t KeyHash(std::string_view source, std::string_view key) {
    return KeyHasher(source)(key);
  }

  // The same fact by the names that things were defined with, as it is kept.
  void UseStoredNames(const Schema& schema_so_far, Fact& fact) const;

  // Whether the definition is in force already, word for word.
  bool Knows(const Definition& definition) const;
  // Puts a checked definition in force.
  void Define(const Definition& definition, int64_t defined_us,
              std::string_view actor = {});

  CompileContext compile_context() const {
    return {&schema, &names, zone, currency};
  }
  Model model() const;
  MatchContext match_context() const;

  // The id for a fact without key: that of the first n that is free. `taken`
  // may know more ids than the state does. The n of equal facts have no gaps,
  // so the first free one is found by doubling and halving.
  template <typename Taken>
  static FactId FreeId(const Fact& fact, std::string_view payload, Taken taken,
                       uint32_t first = 0) {
    const auto id_of = [&](uint32_t n) {
      return IdOfContent(fact, payload, first + n);
    };
    if (!taken(id_of(0))) return id_of(0);
    uint32_t below = 0;  // taken
    uint32_t above = 1;
    while (taken(id_of(above))) {
      below = above;
      above *= 2;
    }
    while (above - below > 1) {
      const uint32_t middle = below + (above - below) / 2;
      (taken(id_of(middle)) ? below : above) = middle;
    }
    return id_of(above);
  }

  Interner names;
  // Another one after each such change; null: there was none.
  std::shared_ptr<const ShownNames> shown;
  Schema schema;
  CustomerStore customers;
  RelationStore relations;
  ConsentLedger consents;
  SearchIndex search;
  Timeline timeline;
  World world;
  Registry registry;
  SegmentStore segments;
  IdentityBook identity;
  Insights insights;
  Catalogue catalogue;
  Policies policies;
  uint64_t policy_changes = 0;
  CouponBook coupons;
  mutable Learners learners;  // what they know follows from the rest
  DecisionLog decisions{&learners};

  uint64_t interactions = 0;  // all that were recorded
  std::vector<Erasure> erasures;
  // Before this instant the store does not tell any more what was: facts were
  // taken out by retention.
  int64_t earliest_us = std::numeric_limits<int64_t>::min();

  std::string zone_name;
  absl::TimeZone zone;
  Currency currency;

  // The facts that are not interactions: those are found by record, and their
  // keys by hash. The keys of sealed facts come in when a key is first asked
  // for.
  absl::flat_hash_map<Id, KnownFact> facts;
  // Those about one record alone, until they are sealed.
  absl::flat_hash_map<Id, KnownFact> record_facts;
  const KnownFact* FindFact(const FactId& id) const;
  // How many facts without key that are sealed with its record say the same.
  uint32_t SealedLike(const Fact& fact) const;
  // What is sealed with the record under the fact's key.
  std::optional<KnownFact> FindSealedKey(RecordNumber record,
                                         const Fact& fact) const;
  size_t fact_count() const;

  // The names of batches; those of interactions are among all names.
  absl::flat_hash_set<std::string> batches;
  // The batches that were taken back, by name, with the log position of that.
  StringHashMap<uint64_t> retractions;
  // Those of them that this state was folded without; true: but for their
  // definitions. What was left out that somebody may need to know:
  StringHashMap<bool> voided;
  std::vector<Definition> voided_definitions;
  absl::flat_hash_set<uint64_t> voided_keys;  // hashes of keys
  KeySet keys;
  bool has_sealed_keys = true;

  // Whether what was defined in batches that are left out is needed: by a
  // segment, an offer, or a value.
  bool MissesDefinitions() const;
  // Whether the fact is of a batch that is left out.
  bool IsVoided(const Fact& fact) const;

 private:
  void Intern(const SchemaDefinition& definition);
  void Rename(const RenamingDefinition& it);
  // To be changed: those who read meanwhile keep theirs.
  ShownNames& ChangedShown();
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_STATE_H_
