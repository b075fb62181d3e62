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
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/bytes.h"
#include "base/interner.h"
#include "base/name_table.h"
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
  // currency; 8 each for recorded time, event time and amount, big endian;
  // where there is a key, an answer, fields or lines, the key led by its length
  // (a varint); and where there is more than a key, 16 bytes that stand for
  // that.
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
  // The rest of what has a key and nothing more.
  static void AppendKey(std::string_view key, std::string& bytes);
  std::array<uint8_t, 16> KindOf(uint32_t type, uint32_t channel,
                                 Direction direction, uint32_t source,
                                 uint32_t actor, uint32_t batch,
                                 Currency currency);
  std::array<uint8_t, 16> RestOf(const InteractionRef& it) const;

 private:
  const Interner* names_;
  absl::flat_hash_map<std::array<uint32_t, 7>, std::array<uint8_t, 16>> kinds_;
};

// Writes what the commitment to a record's facts is the hash of: the salt, the
// name's length (8 bytes, big endian) and the name, and the facts in groups. A
// fact is no interaction (sort 0), or one whose canonical form is of 40 bytes
// (sort 1) or of more (sort 2). A group holds the facts of one sort and, if
// they are interactions, of one kind and recorded time; groups are in order of
// sort, kind and recorded time, and facts in order of their forms. A group is
//
//   the sort, and how many facts it has;
//   of interactions: the kind (16 bytes), and the recorded time;
//   for each fact, if it is an interaction: the event time, the amount, and of
//   sort 2 the rest of its form led by its length; else its form (16 bytes).
//
// Sort, number and length are varints; the amount is a signed one, and so is the
// recorded time, written as what it is later than that of the group before, or
// than 0.
// The event time is 8 bytes, little endian.
class CommitmentWriter {
 public:
  // Starts the next message; the one before it, if any, ends.
  void Begin(const Salt& salt, std::string_view record);
  void BeginGroup(uint64_t sort, size_t count);
  void BeginInteractions(const std::array<uint8_t, 16>& kind,
                         int64_t recorded_us, bool has_rest, size_t count) {
    BeginGroup(has_rest ? 2 : 1, count);
    AddBytes(kind.data(), kind.size());
    Reserve(kMaxVarint);
    end_ = PutSignedTo(end_, static_cast<int64_t>(
                                 static_cast<uint64_t>(recorded_us) -
                                 static_cast<uint64_t>(recorded_us_)));
    recorded_us_ = recorded_us;
  }
  void AddInteraction(int64_t at_us, int64_t amount) {
    Reserve(sizeof(at_us) + kMaxVarint);
    std::memcpy(end_, &at_us, sizeof(at_us));
    end_ = PutSignedTo(end_ + sizeof(at_us), amount);
  }
  // A rest, or what is no interaction.
  void AddRest(std::string_view rest) {
    Reserve(kMaxVarint);
    end_ = PutVarintTo(end_, rest.size());
    AddBytes(rest.data(), rest.size());
  }
  void AddBytes(const void* bytes, size_t size) {
    Reserve(size);
    if (size > 0) std::memcpy(end_, bytes, size);
    end_ += size;
  }
  // Facts in canonical form, which are put in order first.
  void AddFacts(std::vector<std::string_view>& facts);

  // The messages so far; what they point at lives until the writer is used
  // again.
  std::vector<std::string_view> Messages() const;
  void Clear() {
    begins_.clear();
    end_ = buffer_.data();
  }

 private:
  static constexpr size_t kMaxVarint = 10;

  void Reserve(size_t size) {
    if (static_cast<size_t>(buffer_.data() + buffer_.size() - end_) < size) {
      Grow(size);
    }
  }
  void Grow(size_t size);

  std::vector<char> buffer_;
  char* end_ = nullptr;
  std::vector<size_t> begins_;
  int64_t recorded_us_ = 0;
};

// Collects the commitments of one link.
class Link {
 public:
  // The commitment to the facts of one record, each in canonical form, in any
  // order.
  static Hash256 Commit(const Salt& salt, std::string_view record,
                        std::vector<std::string_view>& facts);
  void AddCommitment(const Hash256& commitment) {
    commitments_.push_back(commitment);
  }
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
  // Commit or Drop. `names`: where `name_of` looks, if its memory is to be asked
  // for ahead.
  Hash256 Next(const Hash256& previous, uint64_t position,
               const std::function<std::string_view(uint32_t record)>& name_of,
               const NameTable* names = nullptr);
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
  // By record, and those of one in order of arrival.
  void SortPending();
  void PrefetchPending(size_t i, const NameTable* names) const;

  CanonicalForm form_;
  std::vector<Salt> salts_;  // by record
  std::vector<Pending> pending_;
  absl::flat_hash_map<uint32_t, std::string> new_names_;
  std::string bytes_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_CHAIN_H_
