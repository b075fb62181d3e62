// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The chain over what is written. All facts that become durable together make
// one link: for each record that they touch one commitment, the hash of the
// record's random salt, its name and its facts in a canonical form; the link's
// root is the hash of the commitments in order of their bytes; and the chain
// goes on as hash(previous, position, root). It depends on no block and no
// encoding, so what is sealed or merged can be checked against it; and a record
// whose facts and salt are gone leaves a commitment that says nothing about
// them. Hashes are BLAKE2b-256.

#ifndef TRATO_ENGINE_CHAIN_H_
#define TRATO_ENGINE_CHAIN_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/interner.h"
#include "codec/fact.h"
#include "timeline/interaction_ref.h"

namespace trato::core {

using Hash256 = std::array<uint8_t, 32>;
using Salt = std::array<uint8_t, 16>;

// What concerns no record, such as a definition.
inline constexpr uint32_t kNoRecord = 0xffffffff;

// A fact in canonical form.
class CanonicalForm {
 public:
  explicit CanonicalForm(const Interner* names) : names_(names) {}

  // 16 bytes that stand for type, channel, direction, source, actor, batch and
  // currency; 8 each for recorded time, event time and amount, big endian; and
  // where there is a key, an answer, fields or lines, 16 that stand for them.
  void Append(const InteractionRef& it, std::string_view key,
              std::string& bytes);
  // Any other fact: 16 bytes that stand for all of it.
  static void Append(const Fact& fact, std::string& bytes);

  // Parts of the first, for those who have columns. The rest is nothing where
  // there is neither key nor answer, field or line.
  static void AppendPlain(const std::array<uint8_t, 16>& kind,
                          int64_t recorded_us, int64_t at_us, int64_t amount,
                          std::string& bytes);
  void AppendRest(const InteractionRef& it, std::string_view key,
                  std::string& bytes) const;
  std::array<uint8_t, 16> KindOf(uint32_t type, uint32_t channel,
                                 Direction direction, uint32_t source,
                                 uint32_t actor, uint32_t batch,
                                 Currency currency);
  std::array<uint8_t, 16> RestOf(const InteractionRef& it,
                                 std::string_view key) const;

 private:
  const Interner* names_;
  absl::flat_hash_map<std::array<uint32_t, 7>, std::array<uint8_t, 16>> kinds_;
};

// Collects the commitments of one link.
class Link {
 public:
  // The commitment to the facts of one record, each in canonical form; they are
  // put in order of their bytes.
  static Hash256 Commit(const Salt& salt, std::string_view record,
                        std::vector<std::string_view>& facts);
  void AddCommitment(const Hash256& commitment) {
    commitments_.push_back(commitment);
  }
  // Facts that are in order already.
  static Hash256 CommitSorted(const Salt& salt, std::string_view record,
                              std::string_view facts);
  Hash256 Close(const Hash256& previous, uint64_t position);
  bool empty() const { return commitments_.empty(); }

 private:
  std::vector<Hash256> commitments_;
};

// The salts of all records, and what waits for the next link.
class Chain {
 public:
  explicit Chain(const Interner* names) : form_(names) {}

  CanonicalForm& form() { return form_; }
  void Add(uint32_t record, const InteractionRef& it, std::string_view key);
  void Add(uint32_t record, const Fact& fact);
  // The head after the facts that wait, up to `position`. They wait on, until
  // Commit or Drop.
  Hash256 Next(const Hash256& previous, uint64_t position,
               const std::function<std::string_view(uint32_t record)>& name_of);
  // The name of a record that comes to exist with facts that wait.
  void Name(uint32_t record, std::string_view name) {
    new_names_.emplace(record, name);
  }
  void Commit() { Drop(); }
  void Drop() {
    pending_.clear();
    bytes_.clear();
    new_names_.clear();
  }
  bool empty() const { return pending_.empty(); }

  // The record's salt, made from the system's entropy where it has none.
  const Salt& SaltOf(uint32_t record);
  // Makes those that are missing below the number, at once.
  void MakeSalts(size_t records);
  const CanonicalForm& known_form() const { return form_; }
  // One that it has; any thread may ask.
  const Salt& KnownSalt(uint32_t record) const { return salts_[record]; }
  std::vector<Salt>& salts() { return salts_; }

 private:
  struct Pending {
    uint32_t record;
    uint32_t size;
    size_t begin;
  };
  CanonicalForm form_;
  std::vector<Salt> salts_;  // by record
  std::vector<Pending> pending_;
  absl::flat_hash_map<uint32_t, std::string> new_names_;
  std::string bytes_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_CHAIN_H_
