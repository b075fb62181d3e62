// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "capi/support.h"
#include "engine/store_impl.h"
#include "sides/kernels.h"
#include "sides/measure.h"
#include "timeline/timeline.h"

namespace trato::bench {
namespace {

using core::AmendedInteraction;
using core::Amendment;
using core::Block;
using core::BlockSlot;
using core::Cluster;
using core::ColumnId;
using core::InteractionRef;
using core::PackedColumn;
using core::RecordNumber;
using core::Run;
using core::State;
using core::Timeline;
using core::Window;

constexpr int64_t kDayUs = int64_t{86400} * 1000000;

uint32_t TypeNumber(const State& state, std::string_view type) {
  const auto number = state.names.Find(type);
  if (!number) Fail("no interaction type " + std::string(type));
  return *number;
}

const Block& Read(const Timeline& timeline, BlockSlot& slot,
                  std::shared_ptr<const void>& owner) {
  const Block* block = timeline.cache().Get(slot, owner);
  if (block == nullptr) Fail("a block cannot be read");
  return *block;
}

// Calls `visit(run, block)` for every block of every run.
template <typename Visit>
void ForEachBlock(const Timeline& timeline, Visit visit) {
  for (const auto& run : timeline.runs()) {
    for (const auto& slot : run->blocks) {
      std::shared_ptr<const void> owner;
      visit(*run, Read(timeline, *slot, owner));
    }
  }
}

// Whether the run speaks for all records of the block.
bool IsWhole(const Run& run, const Block& block) {
  return block.first_record() >= run.from &&
         block.first_record() + block.record_count() <= run.until;
}

// The rows of the cluster that its run speaks for.
std::pair<uint32_t, uint32_t> RowsIn(const Run& run, const Cluster& cluster) {
  const Block& block = cluster.block();
  if (IsWhole(run, block)) return {0, cluster.rows()};
  std::pair<uint32_t, uint32_t> rows = {cluster.rows(), 0};
  cluster.ForEachEntry([&](uint32_t i, uint32_t begin, uint32_t end) {
    const uint32_t record = block.first_record() + i;
    if (record < run.from || record >= run.until) return;
    rows = {std::min(rows.first, begin), end};
  });
  return rows.first < rows.second ? rows : std::pair<uint32_t, uint32_t>{0, 0};
}

// The rows that are not sealed, in no order.
class Tail {
 public:
  explicit Tail(const Timeline& timeline)
      : timeline_(&timeline.names(), nullptr) {
    if (timeline.tail_rows() == 0) return;
    timeline.ShareWith(timeline_);
    timeline_.SetRuns({});
    timeline_.ForEachRaw([this](uint32_t record, const InteractionRef& it) {
      rows_.emplace_back(record, it);
    });
  }

  const std::vector<std::pair<uint32_t, InteractionRef>>& rows() const {
    return rows_;
  }

 private:
  Timeline timeline_;  // a copy of the tail alone
  std::vector<std::pair<uint32_t, InteractionRef>> rows_;
};

// Where amendments take something out or put something in.
struct Instant {
  uint32_t record = 0;
  uint32_t type = 0;
  int64_t at_us = 0;

  auto Key() const { return std::tie(record, type, at_us); }
  bool operator<(const Instant& other) const { return Key() < other.Key(); }
  bool operator==(const Instant& other) const { return Key() == other.Key(); }
};

// Those that `wants(type, at_us)` asks for, each once, of the interactions of
// which `concerns(it)` says that amending them may change the answer.
template <typename Concerns, typename Wants>
std::vector<Instant> AmendedInstants(const Timeline& timeline,
                                     Concerns concerns, Wants wants) {
  std::vector<const AmendedInteraction*> all;
  all.reserve(timeline.amendments().size());
  timeline.amendments().ForEach(
      [&](const AmendedInteraction& it) { all.push_back(&it); });
  std::vector<Instant> instants;
  // They lie all over memory: what is needed next is asked for ahead.
  constexpr size_t kAhead = 8;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i + 3 * kAhead < all.size()) __builtin_prefetch(all[i + 3 * kAhead]);
    if (i + 2 * kAhead < all.size() &&
        !all[i + 2 * kAhead]->amendments.empty()) {
      __builtin_prefetch(all[i + 2 * kAhead]->amendments.data());
    }
    if (i + kAhead < all.size() && !all[i + kAhead]->amendments.empty()) {
      const Amendment* next = all[i + kAhead]->amendments.front().get();
      __builtin_prefetch(&next->retracts);
      __builtin_prefetch(&next->content.type);
    }
    const AmendedInteraction& it = *all[i];
    // What is not found yet changes nothing.
    if (!it.found || !concerns(it)) continue;
    if (wants(it.type, it.at_us)) {
      instants.push_back({it.record, it.type, it.at_us});
    }
    for (const auto& amendment : it.amendments) {
      const core::Interaction& content = amendment->content;
      if (!amendment->retracts && wants(content.type, content.at_us)) {
        instants.push_back({amendment->record, content.type, content.at_us});
      }
    }
  }
  std::sort(instants.begin(), instants.end());
  instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
  return instants;
}

struct Sum {
  int32_t rows = 0;
  int64_t amount = 0;
};

// What the instant has in the sealed blocks, whatever amends it.
Sum SealedAt(const Timeline& timeline, const Instant& instant) {
  Sum sum;
  for (const auto& run : timeline.runs()) {
    if (instant.record < run->from || instant.record >= run->until) continue;
    const auto after = std::upper_bound(run->firsts.begin(), run->firsts.end(),
                                        instant.record);
    if (after == run->firsts.begin()) continue;
    BlockSlot& slot =
        *run->blocks[static_cast<size_t>(after - run->firsts.begin() - 1)];
    const uint32_t at = instant.record - slot.first_record;
    if (at >= slot.record_count) continue;
    std::shared_ptr<const void> owner;
    const Cluster* cluster = Read(timeline, slot, owner).Find(instant.type);
    if (cluster == nullptr) continue;
    const auto [begin, end] = cluster->RowsOf(at);
    const PackedColumn& times = cluster->column(ColumnId::kAt);
    for (size_t row = times.UpperBound(begin, end, instant.at_us - 1);
         row < end && times[row] == instant.at_us; ++row) {
      ++sum.rows;
      sum.amount += cluster->column(ColumnId::kAmount)[row];
    }
  }
  return sum;
}

// Calls `add(record, type, rows, amount)` with what amendments make of the
// instants that are wanted: what holds there less what lies there.
template <typename Concerns, typename Wants, typename Add>
void ForEachAmended(const Timeline& timeline, const Tail& tail, int64_t now_us,
                    Concerns concerns, Wants wants, Add add) {
  if (timeline.amendments().empty()) return;
  const std::vector<Instant> instants =
      AmendedInstants(timeline, concerns, wants);
  std::vector<Sum> changes(instants.size());
  for (size_t i = 0; i < instants.size(); ++i) {
    const Instant& instant = instants[i];
    const Sum sealed = SealedAt(timeline, instant);
    changes[i] = {-sealed.rows, -sealed.amount};
    const Window window = {instant.at_us - 1, instant.at_us, now_us};
    timeline.ForEach(instant.record, instant.type, window,
                     [&](const InteractionRef& it) {
                       ++changes[i].rows;
                       changes[i].amount += it.amount().minor;
                       return true;
                     });
  }
  for (const auto& [record, it] : tail.rows()) {
    if (!timeline.amendments().Concern(record)) continue;
    const Instant instant = {record, it.type(), it.at_us()};
    const auto found =
        std::lower_bound(instants.begin(), instants.end(), instant);
    if (found == instants.end() || !(*found == instant)) continue;
    Sum& change = changes[static_cast<size_t>(found - instants.begin())];
    --change.rows;
    change.amount -= it.amount().minor;
  }
  for (size_t i = 0; i < instants.size(); ++i) {
    if (changes[i].rows != 0 || changes[i].amount != 0) {
      add(instants[i].record, instants[i].type, changes[i].rows,
          changes[i].amount);
    }
  }
}

// What a record adds to its customer's answer.
struct Part {
  RecordNumber customer = 0;
  int32_t purchases = 0;
  int64_t amount = 0;
  int32_t complaints = 0;

  void Add(const Part& other) {
    purchases += other.purchases;
    amount += other.amount;
    complaints += other.complaints;
  }
};

bool ByCustomer(const Part& a, const Part& b) {
  return a.customer < b.customer;
}

// Sorted by customer at all times.
class Parts {
 public:
  // What was pushed since the last call becomes part of the whole.
  void Merge() {
    const auto middle = all_.begin() + static_cast<ptrdiff_t>(merged_);
    if (!std::is_sorted(middle, all_.end(), ByCustomer)) {
      std::sort(middle, all_.end(), ByCustomer);
    }
    std::inplace_merge(all_.begin(), middle, all_.end(), ByCustomer);
    merged_ = all_.size();
  }
  void Push(const Part& part) { all_.push_back(part); }
  std::vector<Part>& all() { return all_; }

 private:
  std::vector<Part> all_;
  size_t merged_ = 0;
};

// Calls `visit(record, first, end)` for the records whose last row is after
// from_us, with their rows that are. No row is after now: the caller saw to it.
template <typename Visit>
void ForEachRecent(const Run& run, const Cluster& cluster, int64_t from_us,
                   int64_t now_us, std::vector<uint32_t>& recent, Visit visit) {
  const PackedColumn times = cluster.column(ColumnId::kAt);
  const PackedColumn ends = cluster.column(ColumnId::kEnd);
  const uint32_t entries = cluster.entry_count();
  // Which entries have any: without a branch, as it is hard to guess.
  recent.resize(entries);
  size_t count = 0;
  uint32_t before = 0;
  for (uint32_t i = 0; i < entries; ++i) {
    const auto end = static_cast<uint32_t>(ends[i]);
    recent[count] = i;
    count += static_cast<size_t>(end > before) &
             static_cast<size_t>(times[end - (end > 0)] > from_us);
    before = end;
  }
  const uint32_t first_record = cluster.block().first_record();
  const PackedColumn records = cluster.column(ColumnId::kRecord);
  for (size_t k = 0; k < count; ++k) {
    const uint32_t i = recent[k];
    const uint32_t record =
        first_record +
        (cluster.entries() != 0 ? static_cast<uint32_t>(records[i]) : i);
    if (record < run.from || record >= run.until) continue;
    const uint32_t begin = i == 0 ? 0 : static_cast<uint32_t>(ends[i - 1]);
    auto end = static_cast<uint32_t>(ends[i]);
    if (times[end - 1] > now_us) {
      end = static_cast<uint32_t>(times.UpperBound(begin, end, now_us));
    }
    uint32_t first = end;
    // Most have few.
    while (first > begin && times[first - 1] > from_us) {
      if (end - first == 16) {
        first = static_cast<uint32_t>(times.UpperBound(begin, first, from_us));
        break;
      }
      --first;
    }
    if (first < end) visit(record, first, end);
  }
}

// Reads under the store's reader lock.
template <typename Ask>
int64_t WithState(trato_store* store, Ask ask) {
  core::Store::Impl& impl = store->store->impl();
  core::ReaderMutexLock lock(&impl.mutex);
  return ask(*impl.state);
}

}  // namespace

int64_t CountTypeByKernel(trato_store* store, std::string_view type,
                          int64_t now_us) {
  return WithState(store, [&](const State& state) {
    const Timeline& timeline = state.timeline;
    const uint32_t number = TypeNumber(state, type);
    int64_t count = 0;
    ForEachBlock(timeline, [&](const Run& run, const Block& block) {
      const Cluster* cluster = block.Find(number);
      if (cluster == nullptr) return;
      const auto [begin, end] = RowsIn(run, *cluster);
      count += end - begin;
    });
    const Tail tail(timeline);
    for (const auto& [record, it] : tail.rows()) count += it.type() == number;
    ForEachAmended(
        timeline, tail, now_us,
        // What keeps its type is counted as it lies.
        [&](const AmendedInteraction& it) {
          return !std::all_of(
              it.amendments.begin(), it.amendments.end(), [&](const auto& by) {
                return !by->retracts && by->content.type == it.type &&
                       by->content.at_us <= now_us;
              });
        },
        [&](uint32_t of, int64_t) { return of == number; },
        [&](uint32_t, uint32_t, int32_t rows, int64_t) { count += rows; });
    return count;
  });
}

int64_t SumAmountByKernel(trato_store* store, int64_t now_us) {
  return WithState(store, [&](const State& state) {
    const Timeline& timeline = state.timeline;
    int64_t sum = 0;
    std::vector<bool> has_amounts(state.names.size());  // by type
    ForEachBlock(timeline, [&](const Run& run, const Block& block) {
      for (const Cluster& cluster : block.clusters()) {
        const PackedColumn amount = cluster.column(ColumnId::kAmount);
        if (amount.is_constant() && amount[0] == 0) continue;
        has_amounts[cluster.type()] = true;
        const auto [begin, end] = RowsIn(run, cluster);
        if (amount.is_constant()) {
          sum += amount[0] * (end - begin);
          continue;
        }
        int64_t of_cluster = 0;
        for (uint32_t row = begin; row < end; ++row) of_cluster += amount[row];
        sum += of_cluster;
      }
    });
    const Tail tail(timeline);
    for (const auto& [record, it] : tail.rows()) {
      if (it.amount().minor == 0) continue;
      sum += it.amount().minor;
      has_amounts[it.type()] = true;
    }
    ForEachAmended(
        timeline, tail, now_us,
        [&](const AmendedInteraction& it) {
          return has_amounts[it.type] ||
                 std::any_of(it.amendments.begin(), it.amendments.end(),
                             [](const auto& by) {
                               return by->content.amount.minor != 0;
                             });
        },
        [](uint32_t, int64_t) { return true; },
        [&](uint32_t, uint32_t, int32_t, int64_t amount) { sum += amount; });
    return sum;
  });
}

int64_t CountBehaviourByKernel(trato_store* store, int64_t now_us) {
  return WithState(store, [&](const State& state) {
    const Timeline& timeline = state.timeline;
    const uint32_t purchase = TypeNumber(state, "purchase");
    const uint32_t complaint = TypeNumber(state, "complaint");
    const int64_t bought_from = now_us - 90 * kDayUs;
    const int64_t complained_from = now_us - 30 * kDayUs;

    Parts parts;
    std::vector<uint32_t> recent;
    const auto complaints = [&](const Run& run, const Cluster* cluster) {
      if (cluster == nullptr) return;
      ForEachRecent(
          run, *cluster, complained_from, now_us, recent,
          [&](uint32_t record, uint32_t first, uint32_t end) {
            parts.Push({record, 0, 0, static_cast<int32_t>(end - first)});
          });
    };
    const auto purchases = [&](const Run& run, const Cluster* cluster) {
      if (cluster == nullptr) return;
      const PackedColumn amount = cluster->column(ColumnId::kAmount);
      ForEachRecent(
          run, *cluster, bought_from, now_us, recent,
          [&](uint32_t record, uint32_t first, uint32_t end) {
            int64_t sum = 0;
            for (uint32_t row = first; row < end; ++row) {
              sum += amount[row];
            }
            parts.Push({record, static_cast<int32_t>(end - first), sum, 0});
          });
    };
    for (const auto& run : timeline.runs()) {
      for (const bool bought : {true, false}) {
        for (const auto& slot : run->blocks) {
          std::shared_ptr<const void> owner;
          const Block& block = Read(timeline, *slot, owner);
          if (bought) {
            purchases(*run, block.Find(purchase));
          } else {
            complaints(*run, block.Find(complaint));
          }
        }
        parts.Merge();
      }
    }
    const auto wants = [&](uint32_t type, int64_t at_us) {
      return at_us <= now_us &&
             ((type == purchase && at_us > bought_from) ||
              (type == complaint && at_us > complained_from));
    };
    const Tail tail(timeline);
    for (const auto& [record, it] : tail.rows()) {
      if (!wants(it.type(), it.at_us())) continue;
      parts.Push(it.type() == purchase ? Part{record, 1, it.amount().minor, 0}
                                       : Part{record, 0, 0, 1});
    }
    ForEachAmended(
        timeline, tail, now_us, [](const AmendedInteraction&) { return true; },
        wants,
        [&](uint32_t record, uint32_t type, int32_t rows, int64_t amount) {
          parts.Push(type == purchase ? Part{record, rows, amount, 0}
                                      : Part{record, 0, 0, rows});
        });
    parts.Merge();

    // A linked record's part is its leader's.
    std::vector<Part>& all = parts.all();
    size_t kept = 0;
    std::vector<Part> moved;
    for (Part& part : all) {
      const RecordNumber leader = state.customers.LeaderOf(part.customer);
      if (leader == part.customer) {
        all[kept++] = part;
      } else {
        moved.push_back(part);
        moved.back().customer = leader;
      }
    }
    all.resize(kept);
    all.insert(all.end(), moved.begin(), moved.end());
    std::sort(all.begin() + static_cast<ptrdiff_t>(kept), all.end(),
              ByCustomer);
    std::inplace_merge(all.begin(), all.begin() + static_cast<ptrdiff_t>(kept),
                       all.end(), ByCustomer);

    int64_t count = 0;
    for (size_t i = 0; i < all.size();) {
      Part whole = all[i++];
      while (i < all.size() && all[i].customer == whole.customer) {
        whole.Add(all[i++]);
      }
      count +=
          whole.purchases >= 2 && whole.amount > 15000 && whole.complaints == 0;
    }
    return count;
  });
}

}  // namespace trato::bench
