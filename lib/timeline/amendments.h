// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Corrections and retractions. Each refers to an interaction of a record by its
// fact id and may come before it. Of several the last by (time, source, fact
// id) holds. What was recorded first stays where it is; reading a record that
// has amendments leaves out what they replace and puts in what holds instead.

#ifndef TRATO_TIMELINE_AMENDMENTS_H_
#define TRATO_TIMELINE_AMENDMENTS_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/interner.h"
#include "timeline/interaction.h"

namespace trato::core {

struct Amendment {
  FactId fact;
  int64_t at_us = 0;  // when it was found out
  uint32_t source = 0;
  uint64_t position = 0;
  bool retracts = false;
  uint32_t record = 0;  // where the content belongs
  Interaction content;
};

// An interaction that amendments refer to.
struct AmendedInteraction {
  FactId fact;
  uint32_t record = 0;
  // Where it lies, once it is there.
  bool found = false;
  uint32_t type = 0;
  int64_t at_us = 0;
  uint32_t source = 0;
  uint64_t position = 0;
  std::string key;
  std::vector<std::unique_ptr<Amendment>> amendments;  // as they override
};

class Amendments {
 public:
  explicit Amendments(const Interner* names) : names_(names) {}

  // Adds one; gives what it refers to.
  AmendedInteraction& Add(uint32_t record, const FactId& interaction,
                          Amendment amendment);
  // Says where the interaction lies.
  void Found(AmendedInteraction& it, uint32_t type, int64_t at_us,
             uint32_t source, uint64_t position, std::string key);

  // Says where interactions lie that will be referred to.
  void Expect(std::vector<AmendedInteraction> places);
  // Those found since the last call of SetFoundSealed.
  const std::vector<const AmendedInteraction*>& newly_found() const {
    return newly_found_;
  }
  void SetFoundSealed() { newly_found_.clear(); }

  bool empty() const { return by_record_.empty(); }
  // Whether reading the record takes more than what lies in it.
  bool Concern(uint32_t record) const {
    return record < concerned_.size() && concerned_[record];
  }
  bool HasUnresolved(uint32_t record) const {
    return !by_record_.empty() && unresolved_.contains(record);
  }
  // Those whose interaction belongs to the record, and those that may place
  // something in it.
  const std::vector<AmendedInteraction*>& Of(uint32_t record) const {
    return Find(by_record_, record);
  }
  const std::vector<AmendedInteraction*>& PlacedIn(uint32_t record) const {
    return Find(placed_, record);
  }
  // All, in no order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const AmendedInteraction& it : all_) visit(it);
  }
  size_t size() const { return all_.size(); }
  // Another one after each change.
  uint64_t version() const { return version_; }

 private:
  using ByRecord =
      absl::flat_hash_map<uint32_t, std::vector<AmendedInteraction*>>;
  static const std::vector<AmendedInteraction*>& Find(const ByRecord& in,
                                                      uint32_t record);
  void SetConcerned(uint32_t record);

  const Interner* names_;
  uint64_t version_ = 0;
  std::deque<AmendedInteraction> all_;  // never move
  absl::flat_hash_map<std::pair<Id, uint32_t>, AmendedInteraction*> by_id_;
  absl::flat_hash_map<std::pair<Id, uint32_t>, AmendedInteraction> expected_;
  std::vector<const AmendedInteraction*> newly_found_;
  ByRecord by_record_;
  ByRecord placed_;
  absl::flat_hash_map<uint32_t, uint32_t> unresolved_;  // how many, by record
  std::vector<bool> concerned_;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_AMENDMENTS_H_
