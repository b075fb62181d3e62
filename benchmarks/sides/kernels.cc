// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "sides/kernels.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "capi/support.h"
#include "engine/store_impl.h"
#include "sides/measure.h"
#include "timeline/type_scan.h"

namespace trato::bench {
namespace {

using core::RecordNumber;
using core::State;
using core::TypeScan;

constexpr int64_t kDayUs = int64_t{86400} * 1000000;

uint32_t TypeNumber(const State& state, std::string_view type) {
  const auto number = state.names.Find(type);
  if (!number) Fail("no interaction type " + std::string(type));
  return *number;
}

// What a record adds to its customer's answer.
struct Sums {
  uint32_t purchases = 0;
  uint32_t complaints = 0;
  int64_t amount = 0;

  void Add(const Sums& other) {
    purchases += other.purchases;
    complaints += other.complaints;
    amount += other.amount;
  }
  bool Holds() const {
    // Without a branch: which way it goes is hard to guess.
    return (purchases >= 2) & (amount > 15000) & (complaints == 0);
  }
};

// Reads under the store's reader lock.
template <typename Ask>
int64_t WithState(trato_store* store, Ask ask) {
  core::Store::Impl& impl = store->store->impl();
  core::ReaderMutexLock lock(&impl.mutex);
  core::ReadScope scope;
  const int64_t answer = ask(*impl.state);
  if (!scope.status().ok()) Fail("a block cannot be read");
  return answer;
}

}  // namespace

int64_t CountTypeByKernel(trato_store* store, std::string_view type,
                          int64_t now_us) {
  return WithState(store, [&](const State& state) {
    const TypeScan scan(
        state.timeline,
        {.type = TypeNumber(state, type), .now_us = now_us, .times = false});
    TypeScan::Buffer buffer;
    size_t count = 0;
    scan.ReadAll(
        buffer, [&](const TypeScan::Part& part) { count += part.row_count(); });
    return static_cast<int64_t>(count);
  });
}

int64_t SumAmountByKernel(trato_store* store, int64_t now_us) {
  return WithState(store, [&](const State& state) {
    int64_t sum = 0;
    TypeScan::Buffer buffer;
    for (const uint32_t type : state.timeline.Types()) {
      const TypeScan scan(
          state.timeline,
          {.type = type, .now_us = now_us, .times = false, .amounts = true});
      scan.ReadAll(buffer, [&](const TypeScan::Part& part) {
        for (const int64_t amount : part.amounts) sum += amount;
      });
    }
    return sum;
  });
}

int64_t CountBehaviourByKernel(trato_store* store, int64_t now_us) {
  return WithState(store, [&](const State& state) {
    const TypeScan purchases(state.timeline,
                             {.type = TypeNumber(state, "purchase"),
                              .now_us = now_us,
                              .from_us = now_us - 90 * kDayUs,
                              .times = false,
                              .amounts = true});
    const TypeScan complaints(state.timeline,
                              {.type = TypeNumber(state, "complaint"),
                               .now_us = now_us,
                               .from_us = now_us - 30 * kDayUs,
                               .times = false});
    // Who is linked, by record, and what each of these customers has.
    std::vector<std::pair<RecordNumber, uint32_t>> linked;
    std::vector<Sums> of_linked;
    state.customers.ForEachGroup([&](RecordNumber, auto records) {
      for (const RecordNumber record : records) {
        linked.emplace_back(record, static_cast<uint32_t>(of_linked.size()));
      }
      of_linked.emplace_back();
    });
    std::sort(linked.begin(), linked.end());
    auto next_linked = linked.begin();

    int64_t count = 0;
    TypeScan::Buffer buffer;
    // So many that their sums stay close to the processor.
    constexpr RecordNumber kAtOnce = 16384;
    std::vector<Sums> sums;
    const auto records =
        static_cast<RecordNumber>(state.customers.record_count());
    for (RecordNumber from = 0; from < records; from += kAtOnce) {
      const RecordNumber until = std::min(from + kAtOnce, records);
      sums.assign(until - from, {});
      purchases.Read(from, until, buffer, [&](const TypeScan::Part& part) {
        uint32_t row = 0;
        for (size_t i = 0; i < part.size(); ++i) {
          Sums& it = sums[part.RecordAt(i) - from];
          it.purchases += part.ends[i] - row;
          for (; row < part.ends[i]; ++row) it.amount += part.amounts[row];
        }
      });
      complaints.Read(from, until, buffer, [&](const TypeScan::Part& part) {
        uint32_t row = 0;
        for (size_t i = 0; i < part.size(); ++i) {
          sums[part.RecordAt(i) - from].complaints += part.ends[i] - row;
          row = part.ends[i];
        }
      });
      for (; next_linked != linked.end() && next_linked->first < until;
           ++next_linked) {
        Sums& it = sums[next_linked->first - from];
        of_linked[next_linked->second].Add(std::exchange(it, {}));
      }
      for (const Sums& it : sums) count += it.Holds();
    }
    for (const Sums& it : of_linked) count += it.Holds();
    return count;
  });
}

uint64_t BytesRead(trato_store* store, std::string_view question) {
  using core::ColumnId;
  struct Read {
    std::string_view type;
    std::vector<ColumnId> columns;
    std::vector<ColumnId> of_lines;
  };
  std::vector<Read> reads;
  const bool is_sequence = question == "sequence";
  if (question == "count and sum in a window") {
    reads = {{"purchase", {ColumnId::kAt, ColumnId::kAmount}, {}},
             {"complaint", {ColumnId::kAt}, {}}};
  } else if (is_sequence) {
    reads = {{"visit", {ColumnId::kAt}, {}},
             {"purchase", {ColumnId::kAt}, {}},
             {"complaint", {ColumnId::kAt}, {}}};
  } else if (question == "distinct products") {
    reads = {{"purchase", {ColumnId::kLineEnd}, {ColumnId::kProduct}}};
  } else {
    reads = {{"purchase", {ColumnId::kAt}, {}}};
  }
  return static_cast<uint64_t>(WithState(store, [&](const State& state) {
    int64_t bytes = 0;
    for (const auto& run : state.timeline.runs()) {
      for (const auto& slot : run->blocks) {
        std::shared_ptr<const void> owner;
        const core::Block* block = state.timeline.cache().Get(*slot, owner);
        for (const Read& read : reads) {
          const auto* cluster = block->Find(TypeNumber(state, read.type));
          if (cluster == nullptr) continue;
          const uint32_t rows = cluster->rows();
          // Where each record's rows end.
          bytes += cluster->entries() != 0
                       ? int64_t{8} * cluster->entries()
                       : int64_t{block->record_count()} *
                             core::RowEndWidth(rows) / 8;
          const auto add = [&](const std::vector<ColumnId>& columns,
                               size_t count) {
            for (const ColumnId id : columns) {
              const core::PackedColumn& column = cluster->column(id);
              if (!column.is_constant()) {
                bytes += column.place(count) - column.place(0);
              }
            }
          };
          add(read.columns, rows);
          add(read.of_lines, cluster->LinesOf(rows - 1).second);
        }
      }
    }
    return bytes;
  }));
}

}  // namespace trato::bench
