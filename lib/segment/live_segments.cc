// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_segments.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/mutex.h"
#include "base/read_scope.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

// Records of a task: no two tasks share a block of waits.
constexpr size_t kTask = 16 * WaitLists::kBlock;

}  // namespace

absl::Status LiveSegments::Check(const SegmentStore& segments,
                                 std::string_view name) {
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* segment,
                         segments.Find(name));
  const std::string prefix =
      StrCat("segment '", segment->definition.name, "': ");
  if (!segment->program.ok()) return Prefixed(segment->program.status(), prefix);
  if (absl::Status status = segment->UnforeseenError(); !status.ok()) {
    return Prefixed(status, prefix);
  }
  const Reads& reads = (*segment->program)->reads();
  if (!reads.relations.empty()) {
    return absl::FailedPreconditionError(
        StrCat(prefix,
               "it asks for relations: what others do would change it, which is "
               "not followed"));
  }
  for (const auto& [inner, calls] : reads.segments) {
    if (absl::Status status = Check(segments, inner); !status.ok()) {
      return Prefixed(status, prefix);
    }
  }
  return absl::OkStatus();
}

LiveSegments::LiveSegments(const World* world, const SegmentStore* segments,
                           std::vector<std::string> names, Run run)
    : world_(world),
      segments_(segments),
      run_(std::move(run)),
      names_(std::move(names)),
      gates_(world),
      words_(std::max<size_t>(1, (names_.size() + 63) / 64)),
      counts_(names_.size()) {
  Resolve();
}

void LiveSegments::Collect(std::string_view name, Reads& reads,
                           std::vector<std::string>& inner, int depth) const {
  const auto found = segments_->Find(name);
  if (!found.ok() || depth > kMaxSegmentDepth) return;
  inner.push_back((*found)->definition.name);
  if (!(*found)->program.ok()) return;
  const Reads& own = (*(*found)->program)->reads();
  reads.attributes.insert(own.attributes.begin(), own.attributes.end());
  reads.consents = reads.consents || own.consents;
  for (const auto& [called, times] : own.segments) {
    Collect(called, reads, inner, depth + 1);
  }
}

void LiveSegments::Resolve() {
  const size_t count = names_.size();
  found_.assign(count, nullptr);
  depends_on_.assign(count, {});
  attributes_of_.assign(count, {});
  by_attribute_.clear();
  by_consent_.clear();
  for (uint16_t i = 0; i < count; ++i) {
    const auto found = segments_->Find(names_[i]);
    if (!found.ok()) continue;
    found_[i] = *found;
    names_[i] = (*found)->definition.name;
    Reads reads;
    Collect(names_[i], reads, depends_on_[i], 0);
    for (const std::string& attribute : reads.attributes) {
      if (auto number = world_->names->Find(attribute)) {
        by_attribute_[*number].push_back(i);
        attributes_of_[i].push_back(*number);
      }
    }
    if (reads.consents) by_consent_.push_back(i);
  }
  // Who asks for another one depends on more than that does.
  order_.resize(count);
  std::iota(order_.begin(), order_.end(), uint16_t{0});
  std::stable_sort(order_.begin(), order_.end(), [&](uint16_t a, uint16_t b) {
    return depends_on_[a].size() < depends_on_[b].size();
  });
  rank_.resize(count);
  for (uint16_t i = 0; i < count; ++i) rank_[order_[i]] = i;
  const auto by_rank = [&](uint16_t a, uint16_t b) {
    return rank_[a] < rank_[b];
  };
  for (auto& [attribute, some] : by_attribute_) {
    std::sort(some.begin(), some.end(), by_rank);
  }
  std::sort(by_consent_.begin(), by_consent_.end(), by_rank);
  program_ = std::make_unique<LiveProgram>(world_, segments_, found_);
  gates_.Resolve(*program_, count, clock_us_);
  workers_.clear();
  worker_ = std::make_unique<Worker>(program_.get(), count);
  worker_->test.KeepRows();
}

void LiveSegments::Grow() {
  const size_t records = world_->customers->record_count();
  if (records <= due_.size()) return;
  due_.Grow(records);
  waits_.Grow(records);
  seen_.resize(records);
  masks_.resize(records * words_);
  gates_.Grow(records);
}

void LiveSegments::Set(Worker& worker, RecordNumber customer, uint16_t segment,
                       bool member, int64_t at_us, uint64_t position,
                       ChangeCause cause) {
  uint64_t& word = masks_[customer * words_ + segment / 64];
  const uint64_t bit = uint64_t{1} << (segment % 64);
  if (((word & bit) != 0) == member) return;
  word ^= bit;
  worker.counts[segment] += member ? 1 : -1;
  if (tells_) {
    worker.changes.push_back(
        {at_us, position, customer, segment, member, cause});
  }
}

void LiveSegments::Evaluate(Worker& worker, RecordNumber customer,
                            int64_t at_us, uint64_t position, ChangeCause cause,
                            const Segments* some, bool again) {
  const CustomerStore& customers = *world_->customers;
  if (again) {
    worker.test.MoveTo(at_us);
  } else {
    worker.test.Begin(customer, at_us);
  }
  int64_t due_us = customers.NextStanding(customer, at_us);
  worker.waits.clear();
  if (due_us != kNever) worker.waits.push_back({due_us, kStanding});
  const bool is_known = customers.IsKnown(customer, at_us);
  if (!is_known || customers.RestrictionOf(customer, at_us) != nullptr) {
    // She may have been known by records that are another's now.
    if (seen_[customer] != 0) {
      for (const uint16_t segment : order_) {
        Set(worker, customer, segment, false, at_us, position, cause);
      }
      gates_.Clear(customer);
    }
    seen_[customer] = is_known;
    waits_.Set(customer, worker.waits);
    due_.SetAlone(customer, due_us);
    return;
  }
  if (seen_[customer] == 0) some = nullptr;
  seen_[customer] = 1;
  ++worker.tested;
  if (some == nullptr) worker.test.AskAll();
  if (some != nullptr) {
    for (const uint16_t segment : *some) worker.is_asked[segment] = 1;
    waits_.ForEach(customer, [&](const Wait& wait) {
      if (wait.segment == kStanding ||
          (wait.segment != kAnySegment &&
           worker.is_asked[wait.segment] != 0)) {
        return;
      }
      worker.waits.push_back(wait);
      due_us = std::min(due_us, wait.until_us);
    });
    for (const uint16_t segment : *some) worker.is_asked[segment] = 0;
  }
  for (const uint16_t segment : some == nullptr ? order_ : *some) {
    int64_t until_us;
    const bool member =
        gates_.IsGated(segment)
            ? TestGated(worker, customer, segment, at_us, &until_us)
            : worker.test.Test(segment, &until_us);
    Set(worker, customer, segment, member, at_us, position, cause);
    if (until_us == kNever) continue;
    // Or else it would be tested for ever.
    until_us = std::max(until_us, at_us + 1);
    worker.waits.push_back({until_us, segment});
    due_us = std::min(due_us, until_us);
  }
  waits_.Set(customer, worker.waits);
  due_.SetAlone(customer, due_us);
}

bool LiveSegments::TestGated(Worker& worker, RecordNumber customer,
                             uint16_t segment, int64_t at_us,
                             int64_t* until_us) {
  int64_t zone_us;
  const uint16_t clock = gates_.FindClock(segment, customer, at_us,
                                          may_add_clocks_, &zone_us);
  if (clock == LiveGates::kNoClock) {
    const bool member = worker.test.Test(segment, until_us);
    gates_.Put(segment, customer, clock, member ? ~uint32_t{0} : 0);
    return member;
  }
  const uint32_t answers = worker.test.TestGated(segment, until_us);
  *until_us = std::min(*until_us, zone_us);
  gates_.Put(segment, customer, clock, answers);
  return (answers >> gates_.Standing(segment, clock) & 1) != 0;
}

void LiveSegments::EvaluateOne(RecordNumber customer, uint64_t position,
                               ChangeCause cause, const Segments* some) {
  worker_->test.ForgetColumns();
  may_add_clocks_ = true;
  Evaluate(*worker_, customer, clock_us_, position, cause, some);
  may_add_clocks_ = false;
  due_.Set(customer, due_.Get(customer));
  Take(*worker_);
}

void LiveSegments::Begin(int64_t clock_us) {
  clock_us_ = clock_us;
  gates_.MoveTo(clock_us);
  tells_ = false;
  EvaluateEverybody(0, ChangeCause::kTime, nullptr);
  tells_ = true;
}

void LiveSegments::RunTasks(
    size_t count, const std::function<void(Worker&, size_t)>& task) {
  Mutex mutex;
  absl::Status status;
  const std::function<void(size_t)> run = [&](size_t i) {
    std::unique_ptr<Worker> worker;
    {
      MutexLock lock(&mutex);
      if (!workers_.empty()) {
        worker = std::move(workers_.back());
        workers_.pop_back();
      }
    }
    if (worker == nullptr) {
      worker = std::make_unique<Worker>(program_.get(), names_.size());
      worker->test.AskMany();
    }
    ReadScope scope;
    worker->test.ForgetColumns();
    task(*worker, i);
    MutexLock lock(&mutex);
    status.Update(scope.status());
    workers_.push_back(std::move(worker));
  };
  if (run_ && count > 1) {
    run_(run, count);
  } else {
    for (size_t i = 0; i < count; ++i) run(i);
  }
  if (!status.ok()) ReadScope::Report(status);
  std::vector<MembershipChange>& changes = worker_->changes;
  for (const auto& worker : workers_) {
    changes.insert(changes.end(), worker->changes.begin(),
                   worker->changes.end());
    worker->changes = {};
    for (size_t i = 0; i < names_.size(); ++i) {
      worker_->counts[i] += std::exchange(worker->counts[i], 0);
    }
    worker_->tested += std::exchange(worker->tested, 0);
    worker_->wakeups += std::exchange(worker->wakeups, 0);
    worker_->idle_wakeups += std::exchange(worker->idle_wakeups, 0);
  }
}

void LiveSegments::EvaluateEverybody(uint64_t position, ChangeCause cause,
                                     const Segments* some) {
  Grow();
  gates_.AddClocks(clock_us_);
  RunTasks((due_.size() + kTask - 1) / kTask, [&](Worker& worker, size_t i) {
    const CustomerStore& customers = *world_->customers;
    const auto end =
        static_cast<RecordNumber>(std::min((i + 1) * kTask, due_.size()));
    for (auto it = static_cast<RecordNumber>(i * kTask); it < end; ++it) {
      if (customers.LeaderOf(it) == it && customers.IsNamed(it)) {
        Evaluate(worker, it, clock_us_, position, cause, some);
      }
    }
  });
  due_.FindMinima();
  Take(*worker_);
}

void LiveSegments::Sort(std::vector<MembershipChange>& changes) const {
  const auto by_key = [&](const MembershipChange& a,
                          const MembershipChange& b) {
    if (a.at_us != b.at_us) return a.at_us < b.at_us;
    return std::tuple(a.position, a.customer, rank_[a.segment]) <
           std::tuple(b.position, b.customer, rank_[b.segment]);
  };
  constexpr size_t kMany = 16'384;
  if (changes.size() < kMany) {
    return std::sort(changes.begin(), changes.end(), by_key);
  }
  // Those of a jump are of customers one after the other, each of many instants:
  // by stretches of time first, so that what is sorted is near the processor.
  const auto [first, last] = std::minmax_element(
      changes.begin(), changes.end(),
      [](const auto& a, const auto& b) { return a.at_us < b.at_us; });
  const int64_t from_us = first->at_us;
  const auto stretch = static_cast<uint64_t>(last->at_us - from_us) /
                           (changes.size() / 1024) +
                       1;
  const auto place = [&](const MembershipChange& it) {
    return static_cast<size_t>(static_cast<uint64_t>(it.at_us - from_us) /
                               stretch);
  };
  std::vector<size_t> ends(changes.size() / 1024 + 1);
  for (const MembershipChange& it : changes) ++ends[place(it)];
  size_t sum = 0;
  for (size_t& end : ends) sum += std::exchange(end, sum);
  std::vector<MembershipChange> sorted(changes.size());
  for (const MembershipChange& it : changes) sorted[ends[place(it)]++] = it;
  changes = std::move(sorted);
  const auto at = [&](size_t i) {
    return changes.begin() + static_cast<ptrdiff_t>(i);
  };
  const std::function<void(size_t)> sort = [&](size_t i) {
    std::sort(at(i == 0 ? 0 : ends[i - 1]), at(ends[i]), by_key);
  };
  if (run_) {
    run_(sort, ends.size());
  } else {
    for (size_t i = 0; i < ends.size(); ++i) sort(i);
  }
}

void LiveSegments::Take(Worker& worker) {
  for (size_t i = 0; i < names_.size(); ++i) {
    counts_[i] += static_cast<uint64_t>(std::exchange(worker.counts[i], 0));
  }
  tested_ += std::exchange(worker.tested, 0);
  wakeups_ += std::exchange(worker.wakeups, 0);
  idle_wakeups_ += std::exchange(worker.idle_wakeups, 0);
  if (worker.changes.empty()) return;
  Sort(worker.changes);
  told_ += worker.changes.size();
  if (changes_.empty() && worker.changes.size() > 1000) {
    changes_ = std::exchange(worker.changes, {});
    return;
  }
  changes_.insert(changes_.end(), worker.changes.begin(),
                  worker.changes.end());
  worker.changes.clear();
}

void LiveSegments::Roll(Worker& worker, RecordNumber customer,
                        int64_t end_us) {
  bool again = false;
  while (due_.Get(customer) <= end_us) {
    const int64_t at_us = due_.Get(customer);
    worker.asked.clear();
    bool all = false;
    waits_.ForEach(customer, [&](const Wait& wait) {
      if (wait.until_us > at_us) return;
      all = all || wait.segment >= kAnySegment;
      worker.asked.push_back(wait.segment);
    });
    const size_t before = worker.changes.size();
    Evaluate(worker, customer, at_us, position_, ChangeCause::kTime,
             all ? nullptr : &worker.asked, again);
    for (size_t i = before; i < worker.changes.size(); ++i) {
      if (HasFactAt(worker, customer, worker.changes[i].segment, at_us)) {
        worker.changes[i].cause = ChangeCause::kFact;
      }
    }
    ++worker.wakeups;
    worker.idle_wakeups += worker.changes.size() == before;
    again = true;
  }
}

void LiveSegments::RollAll(int64_t end_us) {
  woken_.clear();
  due_.ForEachDue(end_us, [&](size_t i) {
    woken_.push_back(static_cast<RecordNumber>(i));
  });
  // They lie far from each other: what the next ones need comes meanwhile.
  constexpr size_t kAhead = 8;
  const auto prefetch = [&](size_t i) {
    if (i + kAhead < woken_.size()) Prefetch(woken_[i + kAhead]);
  };
  // So many are worth another thread's while.
  constexpr size_t kMany = 1000;
  if (!run_ || woken_.size() < kMany) {
    for (size_t i = 0; i < woken_.size(); ++i) {
      const RecordNumber it = woken_[i];
      prefetch(i);
      Roll(*worker_, it, end_us);
      due_.Set(it, due_.Get(it));
    }
    return;
  }
  std::vector<size_t> begins;  // of tasks, in woken_
  for (size_t i = 0; i < woken_.size(); ++i) {
    if (i == 0 || woken_[i] / kTask != woken_[i - 1] / kTask) {
      begins.push_back(i);
    }
  }
  begins.push_back(woken_.size());
  RunTasks(begins.size() - 1, [&](Worker& worker, size_t task) {
    for (size_t i = begins[task]; i < begins[task + 1]; ++i) {
      prefetch(i);
      Roll(worker, woken_[i], end_us);
    }
  });
  due_.FindMinima();
}

bool LiveSegments::Advance(int64_t now_us, uint64_t max_wakeups) {
  // What is told is told to the end of a step. One long step is the fastest:
  // each customer is looked at once.
  const int64_t step_us = max_wakeups == 0 ? kMaxInstant : 86'400'000'000;
  const uint64_t before = wakeups_;
  worker_->test.ForgetColumns();
  while (clock_us_ < now_us) {
    const int64_t next_us = std::min(due_.First(), gates_.NextFlip());
    if (next_us > now_us) break;
    const int64_t from_us = std::max(next_us, clock_us_);
    int64_t end_us = now_us - from_us <= step_us ? now_us : from_us + step_us;
    // While nobody is looked at no gate may change.
    const int64_t gate_us = gates_.NextFlip();
    if (gate_us <= end_us) {
      RollAll(gate_us - 1);
      Take(*worker_);
      PassGates(gate_us);
      end_us = gate_us;
    } else {
      RollAll(end_us);
    }
    Take(*worker_);
    clock_us_ = end_us;
    // Whoever lives by it waits for it when she is looked at next.
    if (gates_.is_missing()) gates_.AddClocks(clock_us_);
    if (max_wakeups > 0 && wakeups_ - before >= max_wakeups &&
        clock_us_ < now_us) {
      return false;
    }
  }
  clock_us_ = std::max(clock_us_, now_us);
  return true;
}

void LiveSegments::PassGates(int64_t at_us) {
  const size_t changed = gates_.MoveTo(at_us);
  // Who is due at this very instant answers as the gates stand from it on.
  RollAll(at_us);
  if (changed == 0) return;
  const size_t before = worker_->changes.size();
  gates_.ForEachDecided(
      [&](RecordNumber customer, uint16_t segment, bool member) {
        Set(*worker_, customer, segment, member, at_us, position_,
            ChangeCause::kTime);
      });
  worker_->wakeups += changed;
  if (worker_->changes.size() == before) worker_->idle_wakeups += changed;
}

bool LiveSegments::HasFactAt(Worker& worker, RecordNumber customer,
                             uint16_t segment, int64_t at_us) const {
  if (worker.test.HasInteractionAt(segment, at_us)) return true;
  const std::vector<uint32_t>& attributes = attributes_of_[segment];
  return std::any_of(attributes.begin(), attributes.end(), [&](uint32_t it) {
    return worker.test.HasVersionAt(it, customer, at_us);
  });
}

void LiveSegments::Prefetch(RecordNumber record) const {
  if (record >= due_.size()) return;
  due_.Prefetch(record);
  __builtin_prefetch(&masks_[record * words_]);
  __builtin_prefetch(&seen_[record]);
  waits_.Prefetch(record);
  CustomerRows::Prefetch(*world_->timeline, record);
}

void LiveSegments::NoteInteraction(RecordNumber record, uint32_t type,
                                   int64_t at_us, const Money& amount) {
  worker_->test.Added(world_->customers->LeaderOf(record), type, at_us, amount);
}

void LiveSegments::TouchedByInteraction(RecordNumber record, uint32_t type,
                                        int64_t at_us, uint64_t position) {
  Grow();
  const RecordNumber customer = world_->customers->LeaderOf(record);
  if (seen_[customer] == 0) {
    return EvaluateOne(customer, position, ChangeCause::kFact, nullptr);
  }
  Segments& asked = worker_->asked;
  asked.clear();
  // What is dated later, or corrected already, may do anything.
  const bool adds =
      at_us <= clock_us_ && !world_->timeline->amendments().Concern(record);
  for (const LiveProgram::Reader& it : program_->ReadersOf(type)) {
    if (adds) {
      if (it.reach_us != kNever && at_us <= clock_us_ - it.reach_us) continue;
      // What she would answer otherwise may change, whatever she answers now.
      if (!gates_.IsGated(it.segment) &&
          !(IsMember(customer, it.segment) ? it.leaves : it.enters)) {
        continue;
      }
    }
    asked.push_back(it.segment);
  }
  if (!asked.empty()) {
    EvaluateOne(customer, position, ChangeCause::kFact, &asked);
  }
}

void LiveSegments::Touched(RecordNumber record, Touch touch, uint32_t name,
                           uint64_t position) {
  Grow();
  const RecordNumber customer = world_->customers->LeaderOf(record);
  static const Segments kNone;
  const Segments* some = nullptr;
  if (touch == Touch::kAll) worker_->test.Changed(customer);
  if (seen_[customer] != 0) {
    if (touch == Touch::kAttribute) {
      const auto found = by_attribute_.find(name);
      some = found == by_attribute_.end() ? &kNone : &found->second;
    } else if (touch == Touch::kConsent) {
      some = &by_consent_;
    } else if (touch == Touch::kNothing) {
      some = &kNone;
    }
    if (some != nullptr && some->empty()) return;
  }
  EvaluateOne(customer, position, ChangeCause::kFact, some);
}

void LiveSegments::Leave(RecordNumber customer, uint64_t position,
                         ChangeCause cause) {
  for (const uint16_t segment : order_) {
    Set(*worker_, customer, segment, false, clock_us_, position, cause);
  }
  Take(*worker_);
  gates_.Clear(customer);
  seen_[customer] = 0;
  waits_.Set(customer, {});
  due_.Set(customer, kNever);
}

void LiveSegments::Regrouped(RecordNumber record, uint64_t position) {
  Grow();
  const CustomerStore& customers = *world_->customers;
  const RecordNumber leader = customers.LeaderOf(record);
  worker_->test.Changed(leader);
  for (const RecordNumber other : customers.RecordsOf(leader)) {
    worker_->test.Changed(other);
    if (other != leader &&
        (seen_[other] != 0 || due_.Get(other) != kNever)) {
      Leave(other, position, ChangeCause::kLink);
    }
  }
  EvaluateOne(leader, position, ChangeCause::kLink, nullptr);
}

LiveSegments::Segments LiveSegments::DependentsOf(
    std::string_view segment) const {
  Segments some;
  for (uint16_t i : order_) {
    if (std::find(depends_on_[i].begin(), depends_on_[i].end(), segment) !=
        depends_on_[i].end()) {
      some.push_back(i);
    }
  }
  return some;
}

void LiveSegments::Redefined(std::string_view segment, uint64_t position,
                             ChangeCause cause) {
  Resolve();
  if (segment.empty()) return EvaluateEverybody(position, cause, nullptr);
  const Segments some = DependentsOf(segment);
  if (!some.empty()) EvaluateEverybody(position, cause, &some);
}

void LiveSegments::ConsentsChanged(uint64_t position) {
  if (!by_consent_.empty()) {
    EvaluateEverybody(position, ChangeCause::kFact, &by_consent_);
  }
}

}  // namespace trato::core
