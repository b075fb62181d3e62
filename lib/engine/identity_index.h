// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: the records of a store as identity resolution compares
// them, and the keys by which they find each other. Made when somebody first
// asks, out of the records as they are; after that it takes in the changed ones
// as the next question begins.

#ifndef TRATO_ENGINE_IDENTITY_INDEX_H_
#define TRATO_ENGINE_IDENTITY_INDEX_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "codec/fact.h"
#include "engine/state.h"
#include "identity/batch.h"
#include "identity/key_index.h"
#include "identity/people.h"

namespace trato::core {

class IdentityIndex {
 public:
  // A record that may be the same person's.
  struct Candidate {
    RecordNumber record = 0;
    double bits = 0;
  };

  // The fact may change what is compared. Cheap while nobody asks.
  void Note(const State& state, const Fact& fact);
  // What is kept is not so any more: it is made anew when somebody next asks.
  void Forget();
  // Who reads numbers of countries that there is no plan for; all records are
  // read anew when somebody next asks.
  void ReadPhones(PhoneReader reader);
  PhoneReader phones() const;

  // While it lives, the index is nobody else's. That may take as long as a batch
  // does, so it is waited for before any lock of the store.
  class Reader {
   public:
    explicit Reader(IdentityIndex& index) ABSL_NO_THREAD_SAFETY_ANALYSIS;
    ~Reader() ABSL_NO_THREAD_SAFETY_ANALYSIS;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // From here on it is as the state is, which the caller keeps as it is until
    // this returns. Comes first.
    void Update(const State& state, const IdentityDefinition& definition,
                int64_t now_us) ABSL_NO_THREAD_SAFETY_ANALYSIS;
    const People& people() const;
    // By record; empty: it says nothing that is compared.
    const std::vector<Person>& persons() const;
    // Records that share a key with the record and speak for one person with at
    // least so many bits, best first. Cost: 20 to 200 us.
    std::vector<Candidate> Find(const Scorer& scorer, RecordNumber record,
                                double least_bits) const;

   private:
    IdentityIndex& index_;
  };

  size_t bytes() const;

 private:
  struct Content {
    Content(const IdentityDefinition& from, const State* of,
            const PhoneReader& phones)
        : definition(from), state(of), people(from, phones) {}

    IdentityDefinition definition;
    const State* state;
    int64_t now_us = 0;
    People people;
    std::vector<Person> persons;
    KeyIndex keys;
  };

  void Update(const State& state, const IdentityDefinition& definition,
              int64_t now_us) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<bool> is_made_ = false;
  std::atomic<bool> is_stale_ = false;
  mutable Mutex mutex_;
  std::unique_ptr<Content> content_ ABSL_GUARDED_BY(mutex_);
  PhoneReader phones_ ABSL_GUARDED_BY(mutex_);
  Mutex changed_mutex_;
  std::vector<RecordNumber> changed_ ABSL_GUARDED_BY(changed_mutex_);
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_IDENTITY_INDEX_H_
