// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/timeline_page.h"

#include <algorithm>
#include <utility>

namespace trato::core {
namespace {

// Asks for what holds the value, so that the memory of several columns is
// fetched side by side.
void Prefetch(const Cluster& cluster, ColumnId id, uint32_t row) {
  const PackedColumn& column = cluster.column(id);
  if (!column.is_constant()) __builtin_prefetch(column.place(row));
}

}  // namespace

// Merges the rows of the sources, each of which is sorted.
class Timeline::PageReader {
 public:
  PageReader(const Timeline& timeline, const PageRequest& request,
             TimelinePage& page)
      : timeline_(timeline),
        request_(request),
        page_(page),
        known_at_(timeline.KnownAt(request.window)) {}

  void Read() {
    for (uint32_t i = 0; i < request_.records.size(); ++i) AddRecord(i);
    const size_t rows = FetchAhead();
    page_.rows.reserve(
        request_.limit == 0 ? rows : std::min<size_t>(rows, request_.limit));
    if (request_.newest_first) {
      Merge<true>();
    } else {
      Merge<false>();
    }
    for (const Candidate& it : chosen_) AddRow(it);
  }

 private:
  struct Cursor {
    Source source;        // what is left of it
    uint32_t record = 0;  // which of the request's
    bool is_amended = false;
  };
  struct Candidate {
    int64_t at_us = 0;
    uint32_t cursor = 0;
    uint32_t row = 0;
  };

  void AddRecord(uint32_t index) {
    const uint32_t record = request_.records[index];
    const bool is_amended = timeline_.amendments_.Concern(record);
    const Window& window = request_.window;
    sources_.clear();
    const int64_t until_us =
        std::min(window.until_us, timeline_.horizon_.as_of_us);
    timeline_.FindSources(record, request_.type, window.from_us, until_us,
                          sources_, pins_);
    if (is_amended) {
      placed_.push_back(timeline_.PlacedIn(record, request_.type, window));
      const auto& sorted = placed_.back().sorted;
      if (!sorted.empty()) {
        sources_.push_back({nullptr, nullptr, 0,
                            static_cast<uint32_t>(sorted.size()),
                            sorted.data()});
      }
    }
    for (const Source& source : sources_) {
      cursors_.push_back({source, index, is_amended});
    }
  }

  // How many rows there are at most.
  size_t FetchAhead() const {
    size_t rows = 0;
    for (const Cursor& cursor : cursors_) {
      rows += cursor.source.size();
      if (cursor.source.plain != nullptr) continue;
      const Cluster& cluster = *cursor.source.cluster;
      const uint32_t row =
          request_.newest_first ? cursor.source.end - 1 : cursor.source.begin;
      for (const ColumnId id : {ColumnId::kAt, ColumnId::kRecorded,
                                ColumnId::kAmount, ColumnId::kChannel,
                                ColumnId::kKeyed}) {
        Prefetch(cluster, id, row);
      }
    }
    return rows;
  }

  InteractionRef RefOf(const Candidate& it) const {
    return cursors_[it.cursor].source.At(it.row);
  }

  bool IsVisible(const Candidate& it) const {
    const Cursor& cursor = cursors_[it.cursor];
    if (known_at_ != std::numeric_limits<uint64_t>::max() &&
        RefOf(it).position() > known_at_) {
      return false;
    }
    return !cursor.is_amended ||
           !timeline_.IsReplaced(request_.records[cursor.record], RefOf(it),
                                 request_.window);
  }

  template <bool kNewestFirst>
  void Merge() {
    const auto comes_before = [](int64_t a, int64_t b) {
      return kNewestFirst ? a > b : a < b;
    };
    const auto next_row = [](const Source& source) {
      return kNewestFirst ? source.end - 1 : source.begin;
    };
    // The time of each cursor's next row; cursors that are through are taken
    // out.
    absl::InlinedVector<std::pair<int64_t, uint32_t>, 16> heads;
    for (uint32_t i = 0; i < cursors_.size(); ++i) {
      const Source& source = cursors_[i].source;
      heads.emplace_back(source.TimeAt(next_row(source)), i);
    }
    const uint64_t limit = request_.limit == 0
                               ? std::numeric_limits<uint64_t>::max()
                               : request_.limit;
    bool tied = false;
    while (!heads.empty()) {
      size_t best = 0;
      for (size_t i = 1; i < heads.size(); ++i) {
        if (comes_before(heads[i].first, heads[best].first)) best = i;
      }
      auto& [at_us, index] = heads[best];
      // Those of one instant are taken all, to be put in order.
      if (chosen_.size() >= limit && chosen_.back().at_us != at_us) break;
      Source& source = cursors_[index].source;
      const Candidate it = {at_us, index, next_row(source)};
      kNewestFirst ? --source.end : ++source.begin;
      if (source.begin == source.end) {
        heads[best] = heads.back();
        heads.pop_back();
      } else {
        at_us = source.TimeAt(next_row(source));
      }
      if (!IsVisible(it)) continue;
      tied = tied || (!chosen_.empty() && chosen_.back().at_us == it.at_us);
      chosen_.push_back(it);
    }
    if (tied) SortTies<kNewestFirst>();
    if (chosen_.size() > limit) chosen_.resize(limit);
  }

  // Those of one instant go by source, and then by fact id.
  template <bool kNewestFirst>
  void SortTies() {
    struct Tied {
      Candidate it;
      uint32_t source;
      std::optional<FactId> id;
    };
    std::vector<Tied> ties;
    for (size_t begin = 0; begin < chosen_.size();) {
      size_t end = begin + 1;
      while (end < chosen_.size() &&
             chosen_[end].at_us == chosen_[begin].at_us) {
        ++end;
      }
      if (end - begin > 1) {
        ties.clear();
        for (size_t i = begin; i < end; ++i) {
          ties.push_back({chosen_[i], RefOf(chosen_[i]).source(), {}});
        }
        const auto id_of = [this](Tied& tied) -> const FactId& {
          if (!tied.id) {
            tied.id = timeline_.IdOf(RecordOf(tied.it), RefOf(tied.it));
          }
          return *tied.id;
        };
        // An id costs a hash: only where it decides.
        std::vector<Tied*> order;
        for (Tied& tied : ties) order.push_back(&tied);
        std::sort(order.begin(), order.end(), [&](Tied* a, Tied* b) {
          if (a == b) return false;
          if (a->source != b->source) {
            return timeline_.SourceBefore(a->source, b->source);
          }
          return id_of(*a) < id_of(*b);
        });
        if (kNewestFirst) std::reverse(order.begin(), order.end());
        for (size_t i = begin; i < end; ++i) chosen_[i] = order[i - begin]->it;
      }
      begin = end;
    }
  }

  uint32_t RecordOf(const Candidate& it) const {
    return request_.records[cursors_[it.cursor].record];
  }

  void AddRow(const Candidate& it) {
    const Cursor& cursor = cursors_[it.cursor];
    TimelinePage::Row& row = page_.rows.emplace_back();
    row.at_us = it.at_us;
    row.record = cursor.record;
    row.line_begin = static_cast<uint32_t>(page_.lines.size());
    row.key_begin = static_cast<uint32_t>(page_.bytes.size());
    if (cursor.source.plain != nullptr) {
      AddPlain(*cursor.source.plain[it.row], row);
    } else {
      AddSealed(cursor, it.row, row);
    }
    row.line_end = static_cast<uint32_t>(page_.lines.size());
    row.extras_end = static_cast<uint32_t>(page_.bytes.size());
    if (request_.with_ids) {
      page_.ids.push_back(timeline_.IdOf(RecordOf(it), RefOf(it)));
    }
  }

  void AddPlain(const Interaction& from, TimelinePage::Row& row) {
    row.recorded_us = from.recorded_us;
    row.amount = from.amount;
    row.type = from.type;
    row.channel = from.channel;
    row.source = from.source;
    row.direction = from.direction;
    page_.lines.insert(page_.lines.end(), from.lines.begin(), from.lines.end());
    page_.bytes += from.key;
    row.extras_begin = static_cast<uint32_t>(page_.bytes.size());
    page_.bytes += EncodeExtras(from);
  }

  void AddSealed(const Cursor& cursor, uint32_t at, TimelinePage::Row& row) {
    const Cluster& cluster = *cursor.source.cluster;
    row.recorded_us = cluster.recorded_us(row.at_us, at);
    row.amount = cluster.amount(at);
    row.type = cluster.type();
    const auto channel =
        static_cast<uint32_t>(cluster.column(ColumnId::kChannel)[at]);
    row.channel = channel >> 1;
    row.direction = static_cast<Direction>(channel & 1);
    row.source = static_cast<uint32_t>(cluster.column(ColumnId::kSource)[at]);
    if (cluster.has_lines()) {
      const auto [begin, end] = cluster.LinesOf(at);
      for (uint32_t i = begin; i < end; ++i) {
        page_.lines.push_back(cluster.line(at, i));
      }
    }
    if (cluster.has_key(at)) {
      page_.bytes += timeline_.KeyOf(cursor.source.At(at));
    }
    row.extras_begin = static_cast<uint32_t>(page_.bytes.size());
    page_.bytes += cluster.extras(at);
  }

  const Timeline& timeline_;
  const PageRequest& request_;
  TimelinePage& page_;
  const uint64_t known_at_;
  Sources sources_;
  absl::InlinedVector<Cursor, 16> cursors_;
  absl::InlinedVector<Placed, 1> placed_;
  absl::InlinedVector<Candidate, 32> chosen_;
  Pins pins_;
};

void Timeline::ReadPage(const PageRequest& request, TimelinePage& page) const {
  page.Clear();
  PageReader(*this, request, page).Read();
}

}  // namespace trato::core
