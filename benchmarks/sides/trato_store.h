// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A store through its C interface, as the measurements use it. A failure ends
// the process with the message.

#ifndef TRATO_BENCHMARKS_SIDES_TRATO_STORE_H_
#define TRATO_BENCHMARKS_SIDES_TRATO_STORE_H_

#include <trato.h>

#include <array>
#include <memory>
#include <string>

#include "shop/table.h"
#include "sides/measure.h"

namespace trato::bench {

// At least 2 purchases in 90 days, over 150 EUR together, and no complaint in
// 30 days.
inline constexpr const char* kBehaviour =
    "interactions('purchase').within('90d').count() >= 2 && "
    "interactions('purchase').within('90d').sum(i, i.amount) > "
    "money('150.00', 'EUR') && "
    "!interactions('complaint').within('30d').exists(i, true)";

// One interaction with the texts that its struct borrows.
class Recording {
 public:
  Recording(const shop::Shop& shop, uint64_t index, bool corrected, bool key);
  // With its lines.
  Recording(const shop::Row& row, bool key);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  const trato_interaction& get() const { return interaction_; }

 private:
  std::string customer_;
  std::string key_;
  std::array<std::string, shop::kLinesMax> products_;
  std::array<trato_line, shop::kLinesMax> lines_{};
  trato_interaction interaction_;
};

class TratoStore {
 public:
  // Opens or makes the file. Types of the shop that a store does not know by
  // itself are defined in a new one.
  TratoStore(const std::string& path, uint32_t mode, uint64_t memory_limit = 0,
             trato_run_fn run = nullptr, void* run_context = nullptr);
  ~TratoStore() { Close(); }
  TratoStore(const TratoStore&) = delete;
  TratoStore& operator=(const TratoStore&) = delete;

  // Appends the table, durable when it returns; gives how many rows were new.
  uint64_t Append(std::shared_ptr<const shop::Table> table);
  void Record(const trato_interaction& interaction, uint32_t durability,
              int64_t now_us);
  // Puts the truth in the place of row `index`, which was recorded with its
  // key.
  void Correct(const shop::Shop& shop, uint64_t index,
               bool with_lines = false);
  // Links the pairs of which both have been seen.
  void LinkPairs(const shop::Shop& shop);
  // Seals and merges all there is.
  // So many steps, or all; whether there are more to do.
  bool Checkpoint(uint32_t steps = 0);
  void Flush();
  void Close();

  // The 100 newest of a customer; of one that nobody knows, nothing.
  TimelineAnswer Newest(const std::string& customer,
                        bool with_ids = false) const;
  uint64_t CountBehaviour() const;
  Json Info() const;

  trato_store* get() { return store_; }

 private:
  trato_store* store_ = nullptr;
};

// By person, so that those who are linked agree.
const char* CountryOf(const shop::Shop& shop, uint32_t customer);
// Gives each customer the attribute country.
void SetCountries(TratoStore& store, const shop::Shop& shop);

// The host's threads: the calling one and as many more as make `context`, a
// uint64_t.
void RunOnThreads(void* context, trato_task_fn task, void* task_context,
                  size_t count);

// How many interactions, and the sum of their amounts, of each type that
// occurs; out of trato_store_info.
Json TypeTotals(const Json& info);

void Check(trato_status status, const trato_error& error);

}  // namespace trato::bench

#endif  // TRATO_BENCHMARKS_SIDES_TRATO_STORE_H_
