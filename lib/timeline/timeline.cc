// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/timeline.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/calendar.h"

namespace trato::core {
namespace {

// Asks for what most want of a row.
void PrefetchRow(const Cluster& cluster, uint32_t row) {
  for (const ColumnId id :
       {ColumnId::kAt, ColumnId::kRecorded, ColumnId::kAmount,
        ColumnId::kChannel, ColumnId::kKeyed}) {
    const PackedColumn& column = cluster.column(id);
    if (!column.is_constant()) __builtin_prefetch(column.place(row));
  }
}

}  // namespace

Timeline::Timeline(const Interner* names, IdFunction id_of)
    : names_(names),
      id_of_(std::move(id_of)),
      cache_(std::make_shared<BlockCache>(BlockCache::Load(), 0)),
      amendments_(names) {}

void Timeline::Insert(uint32_t record, Interaction interaction) {
  if (tail_ == nullptr) {
    tail_ = std::make_shared<Tail>();
    // Likely as many as the last time.
    tail_->by_record.reserve(last_tail_records_);
  }
  Tail& tail = *tail_;
  const Interaction* added =
      &tail.interactions.push_back(std::move(interaction));
  tail.records.push_back(record);
  ++tail.rows;
  TailRuns& runs = tail.by_record[record];
  auto run = std::find_if(runs.begin(), runs.end(), [&](const TailRun& known) {
    return known.type == added->type;
  });
  if (run == runs.end()) {
    runs.push_back({added->type, {}});
    run = runs.end() - 1;
  }
  SortedRows& sorted = run->sorted;
  const auto place = std::upper_bound(sorted.begin(), sorted.end(), added,
                                [&](const auto* a, const auto* b) {
                                  if (a->at_us != b->at_us)
                                    return a->at_us < b->at_us;
                                  return SourceBefore(a->source, b->source);
                                });
  sorted.Insert(static_cast<size_t>(place - sorted.begin()), added);
  if (amendments_.HasUnresolved(record)) {
    Resolve(record, InteractionRef(added));
  }
}

void Timeline::Amend(uint32_t record, const FactId& interaction,
                     Amendment amendment) {
  AmendedInteraction& it =
      amendments_.Add(record, interaction, std::move(amendment));
  if (it.found) return;
  // Ids follow from keys at less cost than from contents.
  for (const bool keyed : {true, false}) {
    for (uint32_t type : TypesOf(record)) {
      Sources sources;
      Pins pins;
      FindSources(record, type, std::numeric_limits<int64_t>::min(),
                  std::numeric_limits<int64_t>::max(), sources, pins);
      for (Source& source : sources) {
        for (uint32_t row = source.begin; row < source.end; ++row) {
          const InteractionRef candidate = source.At(row);
          if (candidate.has_key() != keyed) continue;
          if (IdOf(record, candidate) != interaction) continue;
          amendments_.Found(it, type, candidate.at_us(), candidate.source(),
                            candidate.position(), KeyOf(candidate));
          return;
        }
      }
    }
  }
}

void Timeline::Resolve(uint32_t record, const InteractionRef& it) {
  const FactId id = IdOf(record, it);
  for (AmendedInteraction* waiting : amendments_.Of(record)) {
    if (!waiting->found && waiting->fact == id) {
      amendments_.Found(*waiting, it.type(), it.at_us(), it.source(),
                        it.position(), KeyOf(it));
    }
  }
}

void Timeline::ResolveSealed(const Run& run) {
  std::vector<uint32_t> records;
  amendments_.ForEach([&](const AmendedInteraction& it) {
    if (!it.found) records.push_back(it.record);
  });
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  for (uint32_t record : records) {
    auto after = std::upper_bound(run.firsts.begin(), run.firsts.end(), record);
    if (after == run.firsts.begin()) continue;
    BlockSlot& slot =
        *run.blocks[static_cast<size_t>(after - run.firsts.begin() - 1)];
    if (record - slot.first_record >= slot.record_count) continue;
    std::shared_ptr<const void> owner;
    const Block* block = cache_->Get(slot, owner);
    if (block == nullptr) continue;
    for (const Cluster& cluster : block->clusters()) {
      const auto [begin, end] = cluster.RowsOf(record - slot.first_record);
      for (uint32_t row = begin; row < end; ++row) {
        Resolve(record, InteractionRef(&cluster, row, &slot));
      }
    }
  }
}

void Timeline::ShareWith(Timeline& other) const {
  other.cache_ = cache_;
  other.runs_.clear();
  for (const auto& run : runs_) {
    other.runs_.push_back(std::make_shared<Run>(*run));
  }
  if (tail_ == nullptr) return;
  // What the tail points at may change under the writer; rows never do.
  auto copy = std::make_shared<Tail>();
  copy->rows = tail_->rows;
  for (const auto& [record, runs] : tail_->by_record) {
    auto& to = copy->by_record[record];
    for (const TailRun& run : runs) {
      TailRun& made = to.emplace_back();
      made.type = run.type;
      for (const Interaction* it : run.sorted) {
        made.sorted.Insert(made.sorted.size(),
                           &copy->interactions.push_back(*it));
        copy->records.push_back(record);
      }
    }
  }
  other.tail_ = std::move(copy);
}

bool Timeline::Locate(const Run& run, uint32_t record, Place& place) const {
  if (record < run.from || record >= run.until) return false;
  const auto after =
      std::upper_bound(run.firsts.begin(), run.firsts.end(), record);
  if (after == run.firsts.begin()) return false;
  BlockSlot& slot =
      *run.blocks[static_cast<size_t>(after - run.firsts.begin() - 1)];
  place.record = record - slot.first_record;
  if (place.record >= slot.record_count) return false;
  if (!slot.MayHave(place.record)) return false;
  place.slot = &slot;
  place.block = cache_->Get(slot, place.owner);
  return place.block != nullptr;
}

void Timeline::FindSources(uint32_t record, std::optional<uint32_t> type,
                           int64_t from_us, int64_t until_us, Sources& sources,
                           Pins& pins) const {
  if (from_us >= until_us) return;
  const bool from_start = from_us == std::numeric_limits<int64_t>::min();
  for (const auto& run : runs_) {
    Place place;
    if (!Locate(*run, record, place)) continue;
    const size_t known = sources.size();
    const auto add = [&](const Cluster& cluster, uint32_t begin,
                         uint32_t end) {
      const PackedColumn& times = cluster.column(ColumnId::kAt);
      // Most windows end after the last one.
      if (times[end - 1] > until_us) {
        end = static_cast<uint32_t>(times.UpperBound(begin, end, until_us));
      }
      if (!from_start && begin < end && times[begin] <= from_us) {
        begin = static_cast<uint32_t>(times.UpperBound(begin, end, from_us));
      }
      if (begin == end) return;
      sources.push_back({&cluster, place.slot, begin, end, nullptr});
    };
    if (!type) {
      place.block->Prefetch(place.record);
      // Each type's rows lie apart: first where, then these, so that the memory
      // of all types is fetched side by side.
      struct Found {
        const Cluster* cluster;
        uint32_t begin, end;
      };
      absl::InlinedVector<Found, 12> found;
      for (const Cluster& cluster : place.block->clusters()) {
        const auto [begin, end] = cluster.RowsOf(place.record);
        if (begin == end) continue;
        PrefetchRow(cluster, end - 1);
        found.push_back({&cluster, begin, end});
      }
      for (const Found& it : found) add(*it.cluster, it.begin, it.end);
    } else if (const Cluster* cluster = place.block->Find(*type)) {
      const auto [begin, end] = cluster->RowsOf(place.record);
      if (begin != end) add(*cluster, begin, end);
    }
    if (place.owner != nullptr && sources.size() > known) {
      pins.push_back(std::move(place.owner));
    }
  }
  if (tail_ == nullptr) return;
  auto found = tail_->by_record.find(record);
  if (found == tail_->by_record.end()) return;
  for (const TailRun& run : found->second) {
    if (type && run.type != *type) continue;
    const auto earlier = [](int64_t us, const Interaction* it) {
      return us < it->at_us;
    };
    auto begin = run.sorted.begin();
    if (!from_start) {
      begin = std::upper_bound(begin, run.sorted.end(), from_us, earlier);
    }
    auto end = std::upper_bound(begin, run.sorted.end(), until_us, earlier);
    if (begin == end) continue;
    sources.push_back(
        {nullptr, nullptr, static_cast<uint32_t>(begin - run.sorted.begin()),
         static_cast<uint32_t>(end - run.sorted.begin()), run.sorted.data()});
  }
}

size_t Timeline::Count(uint32_t record, uint32_t type,
                       const Window& window) const {
  size_t count = 0;
  if (amendments_.Concern(record) ||
      KnownAt(window) != std::numeric_limits<uint64_t>::max()) {
    ForEach(record, type, window, [&](const InteractionRef&) {
      ++count;
      return true;
    });
    return count;
  }
  Sources sources;
  Pins pins;
  FindSources(record, type, window.from_us,
              std::min(window.until_us, horizon_.as_of_us), sources, pins);
  for (const Source& source : sources) count += source.size();
  return count;
}

std::vector<uint32_t> Timeline::TypesOf(uint32_t record) const {
  std::vector<uint32_t> types;
  for (const auto& run : runs_) {
    Place place;
    if (!Locate(*run, record, place)) continue;
    for (const Cluster& cluster : place.block->clusters()) {
      const auto [begin, end] = cluster.RowsOf(place.record);
      if (begin != end) types.push_back(cluster.type());
    }
  }
  if (tail_ != nullptr) {
    auto found = tail_->by_record.find(record);
    if (found != tail_->by_record.end()) {
      for (const TailRun& run : found->second) types.push_back(run.type);
    }
  }
  if (amendments_.Concern(record)) {
    for (const AmendedInteraction* it : amendments_.PlacedIn(record)) {
      for (const auto& amendment : it->amendments) {
        if (!amendment->retracts && amendment->record == record) {
          types.push_back(amendment->content.type);
        }
      }
    }
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

std::vector<uint32_t> Timeline::Types() const {
  absl::flat_hash_set<uint32_t> types;
  for (const auto& run : runs_) {
    for (const auto& slot : run->blocks) {
      std::shared_ptr<const void> owner;
      const Block* block = cache_->Get(*slot, owner);
      if (block == nullptr) continue;
      for (const Cluster& cluster : block->clusters()) {
        types.insert(cluster.type());
      }
    }
  }
  if (tail_ != nullptr) {
    for (const Interaction& it : tail_->interactions) types.insert(it.type);
  }
  amendments_.ForEach([&](const AmendedInteraction& it) {
    for (const auto& amendment : it.amendments) {
      if (!amendment->retracts) types.insert(amendment->content.type);
    }
  });
  std::vector<uint32_t> sorted(types.begin(), types.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

void Timeline::ForEachRaw(
    const std::function<void(uint32_t record, const InteractionRef&)>& visit)
    const {
  for (const auto& run : runs_) {
    for (const auto& slot : run->blocks) {
      auto block = cache_->Read(*slot);
      if (!block.ok()) {
        ReadScope::Report(block.status());
        continue;
      }
      for (const Cluster& cluster : (*block)->clusters()) {
        cluster.ForEachEntry([&](uint32_t at, uint32_t begin, uint32_t end) {
          const uint32_t record = slot->first_record + at;
          if (record < run->from || record >= run->until) return;
          for (uint32_t row = begin; row < end; ++row) {
            visit(record, InteractionRef(&cluster, row, slot.get()));
          }
        });
      }
    }
  }
  if (tail_ == nullptr) return;
  for (const auto& [record, runs] : tail_->by_record) {
    for (const TailRun& run : runs) {
      for (const Interaction* it : run.sorted) {
        visit(record, InteractionRef(it));
      }
    }
  }
}

void Timeline::ForEachRawOf(
    uint32_t record,
    const std::function<void(const InteractionRef&)>& visit) const {
  for (uint32_t type : TypesOf(record)) {
    Sources sources;
    Pins pins;
    FindSources(record, type, std::numeric_limits<int64_t>::min(),
                std::numeric_limits<int64_t>::max(), sources, pins);
    for (const Source& source : sources) {
      for (uint32_t row = source.begin; row < source.end; ++row) {
        visit(source.At(row));
      }
    }
  }
}

void Timeline::Hold(const Sources& sources, Pins& pins) const {
  bool has_tail = false;
  const BlockSlot* held = nullptr;
  for (const Source& source : sources) {
    if (source.slot != nullptr && source.slot != held) {
      pins.push_back(source.slot->shared_from_this());
      held = source.slot;
    }
    has_tail = has_tail || source.plain != nullptr;
  }
  if (has_tail) pins.push_back(tail_);
}

void Timeline::Collect(uint32_t record, uint32_t type, const Window& window,
                       std::vector<InteractionRef>& out, Pins& pins) const {
  ForEachPinned(record, type, window, true, pins,
                [&](const InteractionRef& it) {
                  out.push_back(it);
                  return true;
                });
}

void Timeline::CollectAll(uint32_t record, const Window& window,
                          std::vector<InteractionRef>& out, Pins& pins) const {
  if (amendments_.Concern(record) ||
      KnownAt(window) != std::numeric_limits<uint64_t>::max()) {
    for (uint32_t type : TypesOf(record)) {
      Collect(record, type, window, out, pins);
    }
    return;
  }
  // Each block is looked up once for all of its types.
  Sources sources;
  FindSources(record, std::nullopt, window.from_us,
              std::min(window.until_us, horizon_.as_of_us), sources, pins);
  Hold(sources, pins);
  for (const Source& source : sources) {
    for (uint32_t row = source.begin; row < source.end; ++row) {
      out.push_back(source.At(row));
    }
  }
}

FactId Timeline::IdOf(uint32_t record, const InteractionRef& it) const {
  if (const auto id = it.stands_for()) return *id;
  if (it.has_key()) return id_of_(record, it, KeyOf(it), 0);
  // Equal ones are numbered as they came.
  Sources sources;
  Pins pins;
  FindSources(record, it.type(), it.at_us() - 1, it.at_us(), sources, pins);
  uint32_t n = 0;
  size_t rows = 0;
  for (const Source& source : sources) rows += source.size();
  if (rows > 1) {
    bool passed = false;
    for (const Source& source : sources) {
      for (uint32_t row = source.begin; row < source.end; ++row) {
        const InteractionRef other = source.At(row);
        if (other == it) {
          passed = true;
          continue;
        }
        const bool before = other.position() != it.position()
                                ? other.position() < it.position()
                                : !passed;
        if (before && !other.has_key() && SameContent(it, other)) ++n;
      }
    }
  }
  return id_of_(record, it, {}, n);
}

void Timeline::SortTies(uint32_t record,
                        std::vector<InteractionRef>& ties) const {
  const bool one_source =
      std::all_of(ties.begin(), ties.end(), [&](const InteractionRef& it) {
        return it.source() == ties.front().source();
      });
  if (ties.size() < 2) return;
  if (!one_source) {
    std::stable_sort(ties.begin(), ties.end(),
                     [&](const InteractionRef& a, const InteractionRef& b) {
                       return SourceBefore(a.source(), b.source());
                     });
  }
  std::vector<std::pair<FactId, InteractionRef>> keyed;
  for (size_t begin = 0; begin < ties.size();) {
    size_t end = begin + 1;
    while (end < ties.size() && ties[end].source() == ties[begin].source()) {
      ++end;
    }
    if (end - begin > 1) {
      keyed.clear();
      for (size_t i = begin; i < end; ++i) {
        keyed.emplace_back(IdOf(record, ties[i]), ties[i]);
      }
      std::sort(keyed.begin(), keyed.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
      for (size_t i = begin; i < end; ++i) ties[i] = keyed[i - begin].second;
    }
    begin = end;
  }
}

int64_t Timeline::FirstAfter(uint32_t record, uint32_t type,
                             int64_t after_us) const {
  Sources sources;
  Pins pins;
  FindSources(record, type, after_us, horizon_.as_of_us, sources, pins);
  int64_t first_us = kNever;
  for (const Source& source : sources) {
    first_us = std::min(first_us, source.TimeAt(source.begin));
  }
  if (!amendments_.Concern(record)) return first_us;
  for (const AmendedInteraction* it : amendments_.PlacedIn(record)) {
    for (const auto& amendment : it->amendments) {
      if (amendment->retracts || amendment->content.type != type) continue;
      const int64_t at_us = amendment->content.at_us;
      if (at_us > after_us) first_us = std::min(first_us, at_us);
    }
  }
  return first_us;
}

int64_t Timeline::LastIn(uint32_t record, uint32_t type, int64_t after_us,
                         int64_t until_us) const {
  Sources sources;
  Pins pins;
  FindSources(record, type, after_us, std::min(until_us, horizon_.as_of_us),
              sources, pins);
  int64_t last_us = std::numeric_limits<int64_t>::min();
  for (const Source& source : sources) {
    last_us = std::max(last_us, source.TimeAt(source.end - 1));
  }
  if (amendments_.Concern(record)) {
    for (const AmendedInteraction* it : amendments_.PlacedIn(record)) {
      for (const auto& amendment : it->amendments) {
        if (amendment->retracts || amendment->content.type != type) continue;
        const int64_t at_us = amendment->content.at_us;
        if (at_us > after_us && at_us <= until_us) {
          last_us = std::max(last_us, at_us);
        }
      }
    }
  }
  return last_us == std::numeric_limits<int64_t>::min() ? kNever : last_us;
}

int64_t Timeline::NextAmendment(uint32_t record, int64_t now_us) const {
  if (!amendments_.Concern(record)) return kNever;
  int64_t next_us = kNever;
  const auto consider = [&](const std::vector<AmendedInteraction*>& of) {
    for (const AmendedInteraction* it : of) {
      // What is replaced counts from its own time on.
      if (it->at_us > now_us) next_us = std::min(next_us, it->at_us);
      for (const auto& amendment : it->amendments) {
        if (amendment->at_us > now_us) {
          next_us = std::min(next_us, amendment->at_us);
        }
        if (!amendment->retracts && amendment->content.at_us > now_us) {
          next_us = std::min(next_us, amendment->content.at_us);
        }
      }
    }
  };
  consider(amendments_.Of(record));
  consider(amendments_.PlacedIn(record));
  return next_us;
}

const Amendment* Timeline::InForce(const AmendedInteraction& it,
                                   const Window& window) const {
  const int64_t by = std::min(window.now_us, horizon_.as_of_us);
  const Amendment* in_force = nullptr;
  for (const auto& amendment : it.amendments) {
    if (amendment->at_us > by) break;
    if (amendment->position <= KnownAt(window)) in_force = amendment.get();
  }
  return in_force;
}

bool Timeline::IsThat(uint32_t record, const InteractionRef& it,
                      const AmendedInteraction& amended) const {
  if (!amended.found || amended.at_us != it.at_us() ||
      amended.type != it.type() || amended.source != it.source() ||
      amended.position != it.position()) {
    return false;
  }
  // It lies here: where there is no other, this is it.
  Sources sources;
  Pins pins;
  FindSources(record, amended.type, amended.at_us - 1, amended.at_us, sources,
              pins);
  if (sources.size() == 1 && sources.front().size() == 1) return true;
  return IdOf(record, it) == amended.fact;
}

bool Timeline::IsReplaced(uint32_t record, const InteractionRef& it,
                          const Window& window) const {
  if (it.stands_for()) return false;
  for (const AmendedInteraction* amended : amendments_.Of(record)) {
    if (IsThat(record, it, *amended) && InForce(*amended, window) != nullptr) {
      return true;
    }
  }
  return false;
}

Timeline::Placed Timeline::PlacedIn(uint32_t record,
                                    std::optional<uint32_t> type,
                                    const Window& window) const {
  Placed placed;
  const int64_t by = std::min(window.now_us, horizon_.as_of_us);
  for (const AmendedInteraction* it : amendments_.PlacedIn(record)) {
    if (!it->found || it->at_us > by || it->position > KnownAt(window)) {
      continue;
    }
    const Amendment* amendment = InForce(*it, window);
    if (amendment == nullptr || amendment->retracts ||
        amendment->record != record ||
        (type && amendment->content.type != *type)) {
      continue;
    }
    const int64_t at_us = amendment->content.at_us;
    if (at_us > window.from_us && at_us <= window.until_us &&
        at_us <= window.now_us) {
      placed.sorted.push_back(&amendment->content);
    }
  }
  std::sort(placed.sorted.begin(), placed.sorted.end(),
            [&](const Interaction* a, const Interaction* b) {
              if (a->at_us != b->at_us) return a->at_us < b->at_us;
              return SourceBefore(a->source, b->source);
            });
  return placed;
}

std::optional<Interaction> Timeline::FindKey(uint32_t record, uint32_t source,
                                             std::string_view key) const {
  for (uint32_t type : TypesOf(record)) {
    Sources sources;
    Pins pins;
    FindSources(record, type, std::numeric_limits<int64_t>::min(),
                std::numeric_limits<int64_t>::max(), sources, pins);
    for (const Source& from : sources) {
      for (uint32_t row = from.begin; row < from.end; ++row) {
        const InteractionRef it = from.At(row);
        if (it.has_key() && it.source() == source && KeyOf(it) == key) {
          return it.Unpack(*cache_);
        }
      }
    }
  }
  return std::nullopt;
}

uint32_t Timeline::CountLike(
    uint32_t record, std::optional<uint32_t> type, int64_t at_us,
    const std::function<bool(const InteractionRef&)>& is_like) const {
  if (!type) return 0;
  Sources sources;
  Pins pins;
  FindSources(record, *type, at_us - 1, at_us, sources, pins);
  uint32_t count = 0;
  for (const Source& source : sources) {
    for (uint32_t row = source.begin; row < source.end; ++row) {
      const InteractionRef other = source.At(row);
      count += !other.has_key() && is_like(other);
    }
  }
  return count;
}

size_t Timeline::interaction_count() const {
  size_t count = tail_rows();
  for (const auto& run : runs_) count += run->rows;
  return count;
}

}  // namespace trato::core
