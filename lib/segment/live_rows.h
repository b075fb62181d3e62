// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One customer's interactions in the form in which the windows of a live program
// ask for them: the times of a group's rows in order, and what their amounts add
// up to. Whoever has very many interactions keeps them from one fact to the
// next (LiveRowsCache).

#ifndef TRATO_SEGMENT_LIVE_ROWS_H_
#define TRATO_SEGMENT_LIVE_ROWS_H_

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "customer/customer_store.h"
#include "expression/ast.h"
#include "segment/live_pairs.h"
#include "timeline/customer_rows.h"

namespace trato::core {

// a op b
bool ComparisonHolds(Op op, int64_t a, int64_t b);

// Interactions that are asked for together.
struct LiveGroup {
  struct Condition {  // on the amount, in minor units
    Op op;
    int64_t minor;
    Currency currency;
    bool operator==(const Condition&) const = default;
  };
  std::vector<uint16_t> types;  // places in CustomerRows
  std::vector<Condition> conditions;
  bool amounts = false;

  bool is_plain() const { return types.size() == 1 && conditions.empty(); }
};

class LiveRows {
 public:
  // Of the amounts of some rows.
  enum class Extent : uint8_t { kLeast, kMost, kMean };

  // One group's.
  class Group {
   public:
    std::span<const int64_t> times() const { return times_; }
    // Where its amounts have one currency, or none.
    const Currency& currency() const { return currency_; }
    // Amounts of two currencies, or of another than a condition's: they cannot
    // be compared; or their sum does not fit.
    bool fails() const { return fails_; }
    // Of the amounts of rows [begin, end).
    int64_t Sum(size_t begin, size_t end) const {
      return sums_[end] - sums_[begin];
    }
    // The first of [begin, end) with whose leaving `Sum(rest, end) op value` is
    // no longer what it is now; `end`: none. Those of one instant leave
    // together.
    size_t FirstToChange(Op op, int64_t value, bool now, size_t begin,
                         size_t end) const;
    // The same of `extent(rest, end) op value`, where there is no value once
    // none is left; `now`: what it is. The sums have to be there for a mean.
    size_t FirstToChange(Extent extent, Op op, int64_t value, size_t begin,
                         size_t end, bool& now) const;

   private:
    friend class LiveRows;

    uint32_t stamp_ = 0;
    bool has_sums_ = false;
    bool fails_ = false;
    Currency currency_;
    std::span<const int64_t> times_, amounts_;
    std::vector<int64_t> own_times_, own_amounts_;  // of no plain group
    std::vector<int64_t> sums_;  // of the rows before each, and of all
    std::vector<int64_t> lowest_, highest_;  // of some sums, by block
  };

  LiveRows(const std::vector<CustomerRows::Type>& types,
           const std::vector<LiveGroup>* groups,
           const std::vector<LivePairs>* pairs);

  // As CustomerRows has it.
  bool Begin(const Timeline& timeline, std::span<const uint32_t> records,
             int64_t now_us);
  void Resume(const Timeline& timeline, std::span<const uint32_t> records,
              int64_t now_us) {
    rows_.Resume(timeline, records, now_us);
  }
  void ReadAll() { rows_.ReadAll(); }
  // Gives back what is only room.
  void Trim() { sorted_ = {}; }
  void Add(uint32_t type, int64_t at_us, const Money& amount);

  // `sums`: whether they are wanted.
  const Group& Of(uint16_t group, bool sums);
  // The last pair up to now.
  const LastPair::Pair& PairAt(uint16_t pairs, int64_t now_us);
  bool HasAt(size_t type, int64_t at_us) { return rows_.HasAt(type, at_us); }
  size_t size() const { return rows_.size(); }
  size_t bytes() const;

 private:
  void Make(const LiveGroup& group, Group& it);
  void MakeSums(Group& it);
  void AddToPairs(size_t type, int64_t at_us, int64_t amount);
  // Appends the sum to what is known of blocks of sums.
  static void NoteSum(int64_t sum, Group& it);
  template <typename Use>
  void WithTimes(const LivePairs& pairs, Use use);

  const std::vector<LiveGroup>* of_;
  const std::vector<LivePairs>* pairs_of_;
  CustomerRows rows_;
  std::vector<Group> groups_;
  std::vector<LastPair> pairs_;
  std::vector<std::span<const int64_t>> without_;
  std::vector<std::pair<int64_t, int64_t>> sorted_;
  uint32_t stamp_ = 0;  // another one after each Begin
};

// Those of customers with so many interactions that reading them takes longer
// than all the rest, and who are asked for again and again. The ones that were
// used last stay.
class LiveRowsCache {
 public:
  // The customer's; null: not kept.
  LiveRows* Find(RecordNumber customer);
  // Keeps them where that is worth it; `rows` is then another's, or null.
  void Offer(RecordNumber customer, std::unique_ptr<LiveRows>& rows);
  void Forget(RecordNumber customer);

 private:
  struct Entry {
    RecordNumber customer = 0;
    std::unique_ptr<LiveRows> rows;
    size_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  Entries entries_;  // the last used first
  absl::flat_hash_map<RecordNumber, Entries::iterator> places_;
  // Who was offered lately.
  std::vector<RecordNumber> offered_;
  size_t bytes_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_ROWS_H_
