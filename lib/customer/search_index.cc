// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/search_index.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace trato::core {
namespace {

// So many wait before they become a run: to read them through costs some
// 0.1 ms.
constexpr size_t kMaxWaiting = 1024;
// A new run takes in those that are up to this many times larger.
constexpr size_t kRunRatio = 4;
// So few candidates are read once for all ranks: their texts lie anywhere in
// memory, so that looking at one costs some 0.3 us.
constexpr size_t kFew = 1 << 10;
// Keeps a run's texts below 4 GiB and its places in 32 bits.
constexpr size_t kMaxRunBytes = size_t{3} << 30;

}  // namespace

struct SearchIndex::Candidate {
  Found found;
  int64_t since_us;
  std::optional<Id> id;  // asked for where the others are equal
};

// The best customers so far.
class SearchIndex::Collector {
 public:
  Collector(const SearchIndex& index, const SearchQuery& query, size_t limit,
            int64_t now_us, const std::function<bool(RecordNumber)>& shows)
      : index_(index),
        query_(query),
        limit_(limit),
        now_us_(now_us),
        shows_(shows) {}

  // Whether the customer answers at this rank or better; taken once.
  bool Add(RecordNumber leader, SearchRank at_most) {
    if (taken_.contains(leader)) return false;
    Candidate candidate;
    if (!Judge(leader, candidate.found) || candidate.found.rank > at_most) {
      return false;
    }
    taken_.insert(leader);
    candidate.since_us = index_.KnownSince(leader);
    candidates_.push_back(std::move(candidate));
    return true;
  }

  size_t size() const { return candidates_.size(); }
  size_t limit() const { return limit_; }

  std::vector<Found> Finish() {
    const CustomerStore& customers = *index_.customers_;
    const auto id = [&](Candidate& it) {
      if (!it.id) it.id = customers.IdOf(it.found.leader);
      return *it.id;
    };
    std::vector<Candidate*> order;
    for (Candidate& it : candidates_) order.push_back(&it);
    std::sort(order.begin(), order.end(), [&](Candidate* a, Candidate* b) {
      if (a->found.rank != b->found.rank) return a->found.rank < b->found.rank;
      if (a->since_us != b->since_us) return a->since_us > b->since_us;
      return id(*a) < id(*b);
    });
    order.resize(std::min(order.size(), limit_));
    std::vector<Found> found;
    for (const Candidate* it : order) found.push_back(it->found);
    return found;
  }

 private:
  // Whether the customer answers at the instant.
  bool Judge(RecordNumber leader, Found& found) const {
    if (!index_.customers_->IsKnown(leader, now_us_)) return false;
    const auto texts = index_.fields_.TextsAt(leader, now_us_);
    std::string all;
    for (const SearchFields::Text& text : texts) {
      if (!all.empty()) all.push_back('\n');
      all.append(text.padded);
    }
    found.leader = leader;
    found.rank = query_.RankOf(all);
    if (found.rank == SearchRank::kNone) return false;
    if (shows_ && !shows_(leader)) return false;
    // The one that answers best of itself; else, the first term best.
    SearchRank best = SearchRank::kNone;
    SearchRank best_of_term = SearchRank::kNone;
    for (const SearchFields::Text& text : texts) {
      const SearchRank rank = query_.RankOf(text.padded);
      const SearchRank of_term = query_.RankOfAnyTerm(text.padded);
      if (rank < best || (rank == best && of_term < best_of_term)) {
        best = rank;
        best_of_term = of_term;
        found.field = text.field;
        found.value = text.value;
      }
    }
    return true;
  }

  const SearchIndex& index_;
  const SearchQuery& query_;
  const size_t limit_;
  const int64_t now_us_;
  const std::function<bool(RecordNumber)>& shows_;
  std::vector<Candidate> candidates_;
  absl::flat_hash_set<RecordNumber> taken_;
};

// A reading's candidates in a run.
struct SearchIndex::Scan {
  const Run& run;
  const SearchQuery::Reading& reading;
  bool is_short;
  std::vector<uint32_t> few;  // where it is: all that come in question
  std::vector<std::pair<uint32_t, SearchRank>> all;  // those that answer
};

int64_t SearchIndex::KnownSince(RecordNumber leader) const {
  int64_t first_us = std::numeric_limits<int64_t>::max();
  for (RecordNumber record : customers_->RecordsOf(leader)) {
    first_us = std::min(first_us, customers_->FirstSeen(record));
  }
  return first_us;
}

std::vector<SearchIndex::Found> SearchIndex::Find(
    const SearchQuery& query, size_t limit, int64_t now_us,
    const std::function<bool(RecordNumber leader)>& shows) const {
  if (query.readings().empty() || limit == 0) return {};
  bool is_current = false;
  {
    ReaderMutexLock lock(&mutex_);
    is_current = is_good_ && !customers_->HasChanged();
  }
  if (!is_current) {
    WriterMutexLock lock(&mutex_);
    Update();
  }
  ReaderMutexLock lock(&mutex_);
  Collector collector(*this, query, limit, now_us, shows);
  std::vector<Scan> scans;
  for (const Run& run : runs_) {
    for (const SearchQuery::Reading& reading : query.readings()) {
      if (run.run->CountAtMost(reading, SearchRank::kInside) == 0) continue;
      // Where the lists meet is told much faster than what is there.
      std::vector<uint32_t> few;
      run.run->ForEachCandidate(reading, SearchRank::kInside,
                                [&](uint32_t place) {
                                  few.push_back(place);
                                  return few.size() <= kFew;
                                });
      if (few.empty()) continue;
      const bool is_short = few.size() <= kFew;
      if (!is_short) few.clear();
      scans.push_back({run, reading, is_short, std::move(few), {}});
    }
  }
  for (const SearchRank rank :
       {SearchRank::kExact, SearchRank::kPrefix, SearchRank::kInside}) {
    for (const auto& [leader, texts] : waiting_) {
      if (customers_->LeaderOf(leader) == leader &&
          query.RankOf(texts) <= rank) {
        collector.Add(leader, rank);
      }
    }
    for (Scan& scan : scans) AddFrom(scan, query, rank, collector);
    if (collector.size() >= limit) break;
  }
  return collector.Finish();
}

SearchRank SearchIndex::RankAt(const Run& run, uint32_t place,
                               const SearchQuery& query) const {
  const RecordNumber leader = run.run->LeaderAt(place);
  if (SlotOf(leader) != run.slot || customers_->LeaderOf(leader) != leader) {
    return SearchRank::kNone;
  }
  return query.RankOf(run.run->TextsAt(place));
}

void SearchIndex::AddFrom(Scan& scan, const SearchQuery& query, SearchRank rank,
                          Collector& collector) const {
  // In the order of the run, which is that of the answer: the first are enough.
  size_t added = 0;
  const auto add = [&](uint32_t place) {
    added += collector.Add(scan.run.run->LeaderAt(place), rank);
    return added < collector.limit();
  };
  if (!scan.is_short) {
    scan.run.run->ForEachCandidate(scan.reading, rank, [&](uint32_t place) {
      return RankAt(scan.run, place, query) > rank || add(place);
    });
    return;
  }
  if (rank == SearchRank::kExact) {
    for (const uint32_t place : scan.few) {
      const SearchRank found = RankAt(scan.run, place, query);
      if (found != SearchRank::kNone) scan.all.emplace_back(place, found);
    }
  }
  for (const auto& [place, found] : scan.all) {
    if (found <= rank && !add(place)) return;
  }
}

void SearchIndex::Clear() {
  WriterMutexLock lock(&mutex_);
  is_good_ = false;
}

size_t SearchIndex::bytes() const {
  ReaderMutexLock lock(&mutex_);
  size_t bytes = slots_.capacity();
  for (const Run& it : runs_) bytes += it.run->bytes();
  for (const auto& [leader, texts] : waiting_) {
    bytes += sizeof(std::pair<RecordNumber, std::string>) + texts.capacity();
  }
  return bytes;
}

void SearchIndex::Update() const {
  const auto changed = customers_->TakeChanged();
  if (!changed || !is_good_) {
    is_good_ = false;
    Rebuild();
  } else {
    // Should memory run out here, the next search makes it anew.
    is_good_ = false;
    for (RecordNumber record : *changed) Take(record);
    if (waiting_.size() > kMaxWaiting) MakeRun();
  }
  is_good_ = true;
}

void SearchIndex::Rebuild() const {
  runs_.clear();
  waiting_.clear();
  slots_.clear();
  std::vector<SearchRun::Customer> customers;
  size_t bytes = 0;
  for (RecordNumber record = 0; record < customers_->record_count(); ++record) {
    if (customers_->LeaderOf(record) != record) continue;
    std::string texts = fields_.AllTexts(record);
    if (texts.empty()) continue;
    bytes += texts.size();
    customers.push_back({record, std::move(texts)});
    if (bytes > kMaxRunBytes) {
      AddRun(std::exchange(customers, {}));
      bytes = 0;
    }
  }
  AddRun(std::move(customers));
}

void SearchIndex::Take(RecordNumber record) const {
  const RecordNumber leader = customers_->LeaderOf(record);
  std::string texts = fields_.AllTexts(leader);
  if (slots_.size() <= leader) slots_.resize(leader + 1, kNowhere);
  if (texts.empty()) {
    slots_[leader] = kNowhere;
    waiting_.erase(leader);
    return;
  }
  slots_[leader] = kWaiting;
  waiting_[leader] = std::move(texts);
}

void SearchIndex::MakeRun() const {
  std::vector<SearchRun::Customer> customers;
  size_t bytes = 0;
  const auto add = [&](RecordNumber leader, std::string texts) {
    if (customers_->LeaderOf(leader) != leader) return;
    bytes += texts.size();
    customers.push_back({leader, std::move(texts)});
  };
  for (auto& [leader, texts] : waiting_) add(leader, std::move(texts));
  waiting_.clear();
  while (!runs_.empty() &&
         runs_.back().run->size() <= kRunRatio * customers.size() &&
         bytes < kMaxRunBytes / 2) {
    const SearchRun& run = *runs_.back().run;
    if (run.bytes() > kMaxRunBytes) break;
    for (uint32_t place = 0; place < run.size(); ++place) {
      const RecordNumber leader = run.LeaderAt(place);
      if (SlotOf(leader) == runs_.back().slot) {
        add(leader, std::string(run.TextsAt(place)));
      }
    }
    runs_.pop_back();
  }
  AddRun(std::move(customers));
}

void SearchIndex::AddRun(std::vector<SearchRun::Customer> customers) const {
  if (customers.empty()) return;
  // Ids are computed only where the instants are equal.
  struct Place {
    int64_t since_us;
    Id id;
    uint32_t number;
  };
  std::vector<Place> order(customers.size());
  for (uint32_t i = 0; i < order.size(); ++i) {
    order[i].since_us = KnownSince(customers[i].leader);
    order[i].number = i;
  }
  std::sort(order.begin(), order.end(), [](const Place& a, const Place& b) {
    return a.since_us > b.since_us;
  });
  for (size_t i = 0; i < order.size();) {
    size_t end = i + 1;
    while (end < order.size() && order[end].since_us == order[i].since_us) {
      ++end;
    }
    if (end > i + 1) {
      for (size_t j = i; j < end; ++j) {
        order[j].id = customers_->IdOf(customers[order[j].number].leader);
      }
      std::sort(order.begin() + static_cast<ptrdiff_t>(i),
                order.begin() + static_cast<ptrdiff_t>(end),
                [](const Place& a, const Place& b) { return a.id < b.id; });
    }
    i = end;
  }
  std::vector<SearchRun::Customer> sorted;
  sorted.reserve(order.size());
  for (const Place& it : order)
    sorted.push_back(std::move(customers[it.number]));
  customers.clear();
  customers.shrink_to_fit();

  Slot slot = 1;
  while (std::any_of(runs_.begin(), runs_.end(),
                     [&](const Run& it) { return it.slot == slot; })) {
    ++slot;
  }
  for (const SearchRun::Customer& it : sorted) {
    if (slots_.size() <= it.leader) {
      slots_.resize(std::max<size_t>(it.leader + 1, customers_->record_count()),
                    kNowhere);
    }
    slots_[it.leader] = slot;
  }
  runs_.push_back({slot, std::make_unique<const SearchRun>(sorted)});
}

}  // namespace trato::core
