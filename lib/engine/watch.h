// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the writer tells those who watch segments. Each watch has a lock of its
// own, taken after the store's.

#ifndef TRATO_ENGINE_WATCH_H_
#define TRATO_ENGINE_WATCH_H_

#include <memory>
#include <span>
#include <vector>

#include "codec/fact.h"
#include "engine/state.h"
#include "trato/watch.h"

namespace trato::core {

// Those of one store. The store's lock is held for writing by who calls.
class Watches {
 public:
  bool empty() const { return all_.empty(); }
  void Add(std::shared_ptr<Watch::Impl> watch);
  void Remove(const Watch::Impl* watch);

  // Asks for the memory that an interaction of the record will need.
  void Prefetch(RecordNumber record) const;
  // Before an entry that is written at now_us changes the state.
  void BeforeEntry(int64_t now_us);
  // After it has.
  void AfterEntry(const State& state, uint64_t position,
                  std::span<const Fact> facts);
  // The same for one interaction.
  void AfterInteraction(const State& state, uint64_t position,
                        RecordNumber record, uint32_t type, int64_t at_us,
                        const Money& amount);
  // After a table of interactions came in.
  void AfterTable(uint64_t position);

 private:
  void TellGroups(Watch::Impl& watch, uint64_t position);
  void TellFact(Watch::Impl& watch, const State& state, const Fact& fact,
                uint64_t position);

  std::vector<std::shared_ptr<Watch::Impl>> all_;
  // Customers who came to have other records.
  std::vector<RecordNumber> regrouped_;
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_WATCH_H_
