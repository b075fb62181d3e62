// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: the rows of one block of a table. They are brought by
// counting, in the processor's cache, to the order (record, kind, time) in
// which the chain commits to them; clustered by type, they give the block's
// columns.

#ifndef TRATO_ENGINE_BULK_BLOCK_H_
#define TRATO_ENGINE_BULK_BLOCK_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/bulk.h"
#include "engine/hash_each.h"

namespace trato::core {

// A row on its way into its block. The place is
// (record - the block's first) * kinds + rank of the kind.
struct PlainRow {
  int64_t at_us;
  int32_t amount;
  uint32_t place;
};
// One that has a number, and by it more than that. What most are asked for is
// taken along: the number leads anywhere in memory.
struct NumberedRow : PlainRow {
  uint32_t number;
  bool has_more;  // an answer, fields or lines
  KeyColumn::Value key;
};
inline uint32_t NumberOf(const PlainRow&) { return RowPartitions::kNoNumber; }
inline uint32_t NumberOf(const NumberedRow& row) { return row.number; }
inline bool HasMore(const PlainRow&) { return false; }
inline bool HasMore(const NumberedRow& row) { return row.has_more; }
inline KeyColumn::Value KeyIn(const PlainRow&) { return {}; }
inline const KeyColumn::Value& KeyIn(const NumberedRow& row) { return row.key; }

template <typename Row>
bool Earlier(const Row& a, const Row& b) {
  return a.at_us < b.at_us;
}

// Sorts rows that are nearly in order: those that are not are taken out, sorted
// and merged in again.
template <typename Row, typename Less>
void SortRows(std::span<Row> rows, Less less) {
  constexpr size_t kFew = 24;
  if (rows.size() > kFew) {
    std::vector<Row> late;
    size_t kept = 1;
    for (size_t i = 1; i < rows.size(); ++i) {
      if (less(rows[i], rows[kept - 1])) {
        late.push_back(rows[i]);
      } else {
        rows[kept++] = rows[i];
      }
    }
    std::stable_sort(late.begin(), late.end(), less);
    for (size_t end = rows.size(); !late.empty(); --end) {
      if (kept > 0 && less(late.back(), rows[kept - 1])) {
        rows[end - 1] = rows[--kept];
      } else {
        rows[end - 1] = late.back();
        late.pop_back();
      }
    }
    return;
  }
  for (size_t i = 1; i < rows.size(); ++i) {
    const Row row = rows[i];
    size_t place = i;
    for (; place > 0 && less(row, rows[place - 1]); --place) {
      rows[place] = rows[place - 1];
    }
    rows[place] = row;
  }
}

// What all blocks have in common, and the making of one. Several threads may
// make blocks.
template <typename Row>
class BulkRows::BlockMaker {
 public:
  // A chain must have the salts of all records.
  BlockMaker(const BulkRows& rows, uint64_t position, Chain* chain)
      : all_(rows), position_(position), chain_(chain) {
    const std::vector<BulkKind>& kinds = rows.kinds_;
    std::vector<std::array<uint8_t, 16>> forms(kinds.size());
    std::vector<uint32_t> order(kinds.size());
    std::iota(order.begin(), order.end(), 0);
    if (chain != nullptr) {
      for (size_t i = 0; i < kinds.size(); ++i) {
        const BulkKind& it = kinds[i];
        forms[i] = chain->form().KindOf(it.type, it.channel, it.direction,
                                        rows.source_, rows.actor_, rows.batch_,
                                        it.currency);
      }
      std::sort(order.begin(), order.end(),
                [&](uint32_t a, uint32_t b) { return forms[a] < forms[b]; });
    }
    for (const BulkKind& kind : kinds) types_.push_back(kind.type);
    std::sort(types_.begin(), types_.end());
    types_.erase(std::unique(types_.begin(), types_.end()), types_.end());
    rank_of_.resize(kinds.size());
    kinds_in_.resize(types_.size());
    for (uint32_t rank = 0; rank < order.size(); ++rank) {
      const BulkKind& kind = kinds[order[rank]];
      rank_of_[order[rank]] = rank;
      const auto cluster = static_cast<uint32_t>(
          std::lower_bound(types_.begin(), types_.end(), kind.type) -
          types_.begin());
      kinds_.push_back(
          {forms[order[rank]], cluster, order[rank],
           int64_t{kind.channel} * 2 + static_cast<int>(kind.direction),
           kind.currency});
      ++kinds_in_[cluster];
    }
  }

  // The order of its canonical form.
  uint32_t RankOf(uint32_t kind) const { return rank_of_[kind]; }
  uint32_t kinds() const { return static_cast<uint32_t>(kinds_.size()); }

  // The rows, which are all of the records from `first` to `last`, become a
  // block. `first_seen` is by record.
  void Make(std::span<Row> rows, uint32_t first, uint32_t last,
            std::vector<int64_t>& first_seen, PackedBlock& block,
            std::vector<Hash256>& commitments) {
    std::unique_ptr<Scratch> scratch = Borrow();
    Sort(rows, last - first + 1, *scratch);
    for (const Group& group : scratch->groups) {
      int64_t& seen = first_seen[first + group.record];
      seen = std::min(seen, scratch->rows[group.begin].at_us);
    }
    if (chain_ != nullptr) Commit(first, *scratch, commitments);
    const std::vector<ClusterRows> clusters = Cluster(*scratch);
    block.first_record = first;
    block.record_count = last - first + 1;
    block.rows = static_cast<uint32_t>(rows.size());
    block.packed = Block::Pack(first, block.record_count, clusters);
    Return(std::move(scratch));
  }

 private:
  struct Kind {
    std::array<uint8_t, 16> form;
    uint32_t cluster;
    uint32_t number;
    int64_t channel;
    Currency currency;
  };
  // The rows of one record and kind.
  struct Group {
    uint32_t record;  // less the block's first
    uint32_t kind;    // its rank
    uint32_t begin;
    uint32_t end;
  };
  // What the canonical form of a row has after its first 40 bytes.
  struct Rest {
    int64_t at_us;
    int64_t amount;
    size_t begin;  // in the bytes of all
    size_t size;
  };
  // What the next block can use again.
  struct Scratch {
    std::vector<Row> rows;      // in order
    std::vector<Group> groups;  // in order
    std::vector<uint32_t> ends;
    std::vector<uint32_t> by_cluster;  // groups
    std::vector<Row> mixed;
    std::vector<std::pair<uint32_t, uint32_t>> richer;
    std::vector<KeyColumn::Value> keys;
    std::vector<Rest> rests;
    std::string rest_bytes;
    CommitmentWriter writer;
  };

  std::unique_ptr<Scratch> Borrow() {
    MutexLock lock(&mutex_);
    if (free_.empty()) return std::make_unique<Scratch>();
    std::unique_ptr<Scratch> scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void Return(std::unique_ptr<Scratch> scratch) {
    MutexLock lock(&mutex_);
    free_.push_back(std::move(scratch));
  }

  int64_t AmountOf(const Row& row) const {
    if (row.amount != RowPartitions::kWideAmount) return row.amount;
    return all_.wide_amounts_.find(NumberOf(row))->second;
  }
  // Whether the row has neither key nor answer, field or line.
  bool IsPlain(const Row& row) const {
    return KeyIn(row).form == KeyColumn::Form::kNone &&
           !trato::core::HasMore(row);
  }

  // Fills rows and groups.
  void Sort(std::span<Row> rows, uint32_t records, Scratch& scratch) const {
    const uint32_t kinds = this->kinds();
    const uint64_t places = uint64_t{records} * kinds;
    std::vector<Group>& groups = scratch.groups;
    scratch.rows.resize(rows.size());
    groups.clear();
    if (places <= 8 * rows.size() + 1024) {
      std::vector<uint32_t>& next = scratch.ends;
      next.assign(places + 1, 0);
      for (const Row& row : rows) ++next[row.place + 1];
      uint32_t begin = 0;
      uint32_t place = 0;
      for (uint32_t record = 0; record < records; ++record) {
        for (uint32_t kind = 0; kind < kinds; ++kind, ++place) {
          const uint32_t end = begin + next[place + 1];
          next[place] = begin;
          if (begin == end) continue;
          groups.push_back({record, kind, begin, end});
          begin = end;
        }
      }
      for (const Row& row : rows) scratch.rows[next[row.place]++] = row;
    } else {
      // Records of which few have rows.
      std::copy(rows.begin(), rows.end(), scratch.rows.begin());
      std::stable_sort(
          scratch.rows.begin(), scratch.rows.end(),
          [](const Row& a, const Row& b) { return a.place < b.place; });
      for (uint32_t i = 0; i < scratch.rows.size(); ++i) {
        const uint32_t place = scratch.rows[i].place;
        if (i == 0 || scratch.rows[i - 1].place != place) {
          groups.push_back({place / kinds, place % kinds, i, i});
        }
        groups.back().end = i + 1;
      }
    }
    // Most come in order of time already.
    for (const Group& group : groups) {
      const std::span<Row> of_group(scratch.rows.data() + group.begin,
                                    group.end - group.begin);
      bool is_sorted = true;
      for (size_t i = 1; i < of_group.size(); ++i) {
        is_sorted = is_sorted && of_group[i - 1].at_us < of_group[i].at_us;
      }
      if (is_sorted) continue;
      SortRows(of_group, [this](const Row& a, const Row& b) {
        return a.at_us != b.at_us ? a.at_us < b.at_us
                                  : AmountOf(a) < AmountOf(b);
      });
    }
  }

  // A commitment for each record: first what has nothing but kind, times and
  // amount, then the rest.
  void Commit(uint32_t first, Scratch& scratch,
              std::vector<Hash256>& commitments) const {
    CommitmentWriter& writer = scratch.writer;
    writer.Clear();
    const std::vector<Group>& groups = scratch.groups;
    for (size_t begin = 0; begin < groups.size();) {
      const uint32_t record = first + groups[begin].record;
      writer.Begin(chain_->KnownSalt(record),
                   all_.state_->customers.RecordName(record));
      size_t rich = 0;
      size_t end = begin;
      for (; end < groups.size() && groups[end].record == groups[begin].record;
           ++end) {
        rich += CommitPlain(groups[end], scratch);
      }
      for (; begin < end; ++begin) {
        if (rich > 0) CommitRich(groups[begin], record, scratch);
      }
    }
    const std::vector<std::string_view> messages = writer.Messages();
    commitments.resize(messages.size());
    HashEach(messages, commitments.data());
  }
  // Gives how many rows were left out.
  size_t CommitPlain(const Group& group, Scratch& scratch) const {
    const std::span<const Row> rows(scratch.rows.data() + group.begin,
                                    group.end - group.begin);
    size_t plain = rows.size();
    if (all_.is_rich_) {
      plain = static_cast<size_t>(
          std::count_if(rows.begin(), rows.end(),
                        [this](const Row& row) { return IsPlain(row); }));
    }
    if (plain == 0) return rows.size();
    CommitmentWriter& writer = scratch.writer;
    writer.BeginInteractions(kinds_[group.kind].form,
                             all_.envelope_.recorded_us, false, plain);
    for (const Row& row : rows) {
      if (plain < rows.size() && !IsPlain(row)) continue;
      writer.AddInteraction(row.at_us, AmountOf(row));
    }
    return rows.size() - plain;
  }
  void CommitRich(const Group& group, uint32_t record, Scratch& scratch) const {
    std::vector<Rest>& rests = scratch.rests;
    std::string& bytes = scratch.rest_bytes;
    rests.clear();
    bytes.clear();
    for (uint32_t i = group.begin; i < group.end; ++i) {
      const Row& row = scratch.rows[i];
      if (IsPlain(row)) continue;
      const size_t begin = bytes.size();
      AppendRest(row, record, kinds_[group.kind].number, bytes);
      rests.push_back({row.at_us, AmountOf(row), begin, bytes.size() - begin});
    }
    if (rests.empty()) return;
    // They are in order of time and amount.
    const auto rest_of = [&](const Rest& it) {
      return std::string_view(bytes).substr(it.begin, it.size);
    };
    for (size_t i = 1; i < rests.size(); ++i) {
      if (rests[i - 1].at_us != rests[i].at_us ||
          rests[i - 1].amount != rests[i].amount) {
        continue;
      }
      std::sort(rests.begin(), rests.end(), [&](const Rest& a, const Rest& b) {
        if (a.at_us != b.at_us) return a.at_us < b.at_us;
        if (a.amount != b.amount) return a.amount < b.amount;
        return rest_of(a) < rest_of(b);
      });
      break;
    }
    CommitmentWriter& writer = scratch.writer;
    writer.BeginInteractions(kinds_[group.kind].form,
                             all_.envelope_.recorded_us, true, rests.size());
    for (const Rest& it : rests) {
      writer.AddInteraction(it.at_us, it.amount);
      writer.AddRest(rest_of(it));
    }
  }
  // What the row's canonical form has after its first 40 bytes.
  void AppendRest(const Row& row, uint32_t record, uint32_t kind,
                  std::string& bytes) const {
    const uint32_t number = NumberOf(row);
    KeyColumn::Buffer buffer;
    const std::string_view key = KeyIn(row).Text(buffer);
    if (!trato::core::HasMore(row)) {
      CanonicalForm::AppendKey(key, bytes);
      return;
    }
    const Interaction it =
        all_.ToInteraction({row.at_us, AmountOf(row), record, number, kind});
    chain_->known_form().AppendRest(InteractionRef(&it), key, bytes);
  }

  // By type, and within by record and time.
  std::vector<ClusterRows> Cluster(Scratch& scratch) const {
    const std::vector<Group>& groups = scratch.groups;
    std::vector<uint32_t> next(types_.size() + 1, 0);
    std::vector<uint32_t> rows(types_.size(), 0);
    for (const Group& group : groups) {
      const uint32_t cluster = kinds_[group.kind].cluster;
      ++next[cluster + 1];
      rows[cluster] += group.end - group.begin;
    }
    std::partial_sum(next.begin(), next.end(), next.begin());
    scratch.by_cluster.resize(groups.size());
    for (uint32_t i = 0; i < groups.size(); ++i) {
      scratch.by_cluster[next[kinds_[groups[i].kind].cluster]++] = i;
    }
    std::vector<ClusterRows> clusters;
    uint32_t begin = 0;
    for (uint32_t cluster = 0; cluster < types_.size(); ++cluster) {
      const uint32_t end = next[cluster];
      if (begin == end) continue;
      Fill(std::span<const uint32_t>(scratch.by_cluster)
               .subspan(begin, end - begin),
           cluster, rows[cluster], scratch, clusters.emplace_back());
      begin = end;
    }
    return clusters;
  }
  void Fill(std::span<const uint32_t> groups, uint32_t cluster, uint32_t rows,
            Scratch& scratch, ClusterRows& out) const {
    out.type = types_[cluster];
    out.at.resize(rows);
    out.amount.resize(rows);
    const bool is_mixed = kinds_in_[cluster] > 1;
    out.channel.resize(is_mixed ? rows : 1);
    out.currency.resize(is_mixed ? rows : 1);
    out.record.reserve(groups.size());
    out.end.reserve(groups.size());
    scratch.richer.clear();
    scratch.keys.resize(all_.keys_.any() ? rows : 0);
    uint32_t at = 0;
    const auto add = [&](const Row& row, const Kind& kind) {
      out.at[at] = row.at_us;
      out.amount[at] = AmountOf(row);
      if (is_mixed || at == 0) {
        out.channel[at] = kind.channel;
        out.currency[at] = kind.currency;
      }
      if (trato::core::HasMore(row))
        scratch.richer.emplace_back(at, NumberOf(row));
      if (!scratch.keys.empty()) scratch.keys[at] = KeyIn(row);
      ++at;
    };
    for (size_t i = 0; i < groups.size();) {
      const Group& group = scratch.groups[groups[i]];
      size_t next = i + 1;
      while (next < groups.size() &&
             scratch.groups[groups[next]].record == group.record) {
        ++next;
      }
      if (next == i + 1) {
        const Kind& kind = kinds_[group.kind];
        for (uint32_t row = group.begin; row < group.end; ++row) {
          add(scratch.rows[row], kind);
        }
      } else {
        // Several kinds of the type, each in order of time.
        scratch.mixed.clear();
        for (size_t k = i; k < next; ++k) {
          const Group& of_kind = scratch.groups[groups[k]];
          scratch.mixed.insert(scratch.mixed.end(),
                               scratch.rows.begin() + of_kind.begin,
                               scratch.rows.begin() + of_kind.end);
        }
        SortRows(std::span<Row>(scratch.mixed), Earlier<Row>);
        const uint32_t first_place = group.record * kinds();
        for (const Row& row : scratch.mixed) {
          add(row, kinds_[row.place - first_place]);
        }
      }
      out.record.push_back(group.record);
      out.end.push_back(at);
      i = next;
    }
    out.recorded = {all_.envelope_.recorded_us};
    out.position = {static_cast<int64_t>(position_)};
    out.source = {all_.source_};
    out.actor = {all_.actor_};
    out.batch = {all_.batch_};
    if (!all_.is_rich_) return;
    FillKeys(scratch.keys, out);
    FillMore(scratch.richer, out);
  }
  // Lines, answers and fields of the rows (place, number) that have any.
  void FillMore(std::span<const std::pair<uint32_t, uint32_t>> richer,
                ClusterRows& out) const {
    for (const auto& [row, number] : richer) {
      const auto [begin, end] = all_.LinesOf(number);
      if (begin < end) {
        // Rows up to here have no more lines than the ones before them.
        out.line_end.resize(row, static_cast<int64_t>(out.product.size()));
        for (uint32_t i = begin; i < end; ++i) {
          const Line& line = all_.lines_[i];
          out.product.push_back(line.product);
          out.unit.push_back(line.unit);
          out.quantity.push_back(line.quantity);
          out.unit_price.push_back(line.unit_price);
          out.line_amount.push_back(line.amount_minor);
        }
        out.line_end.push_back(static_cast<int64_t>(out.product.size()));
      }
      if (const Interaction* rest = all_.RestOf(number)) {
        out.extras.emplace_back(row, EncodeExtras(*rest));
      }
    }
    if (!out.product.empty()) {
      out.line_end.resize(out.rows(), static_cast<int64_t>(out.product.size()));
    }
  }
  static void FillKeys(std::span<const KeyColumn::Value> keys,
                       ClusterRows& out) {
    using Form = KeyColumn::Form;
    const auto with = [&](Form form) {
      return static_cast<size_t>(
          std::count_if(keys.begin(), keys.end(),
                        [form](const auto& key) { return key.form == form; }));
    };
    if (with(Form::kNone) == keys.size()) return;
    if (with(Form::kNumber) == keys.size()) {
      out.key_numbers.reserve(keys.size());
      for (const KeyColumn::Value& key : keys) {
        out.key_numbers.push_back(static_cast<int64_t>(key.value));
      }
      return;
    }
    out.keys.reserve(keys.size());
    KeyColumn::Buffer buffer;
    for (const KeyColumn::Value& key : keys) {
      out.keys.emplace_back(key.Text(buffer));
    }
  }

  const BulkRows& all_;
  const uint64_t position_;
  const Chain* const chain_;
  std::vector<Kind> kinds_;  // by rank
  std::vector<uint32_t> rank_of_;
  std::vector<uint32_t> types_;     // by cluster
  std::vector<uint32_t> kinds_in_;  // by cluster
  Mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_BULK_BLOCK_H_
