// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/evaluator.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

#include "base/mutex.h"
#include "vector/worker.h"

namespace trato::core {
namespace {

// So many that what is known of them stays close to the processor.
constexpr RecordNumber kRange = 4096;
// Of linked customers, more of whom have to be asked alone.
constexpr size_t kGroups = 512;

class Texts : public TextTable {
 public:
  explicit Texts(const std::deque<std::string>* texts) : texts_(texts) {}
  std::string_view Text(uint32_t code) const override {
    return (*texts_)[code];
  }
  size_t size() const override { return texts_->size(); }

 private:
  const std::deque<std::string>* texts_;
};

void AddTypes(const RowSet& set, std::set<uint32_t>& types) {
  types.insert(set.types.begin(), set.types.end());
  for (const RowFilter& filter : set.filters) {
    if (filter.sequence == nullptr) continue;
    AddTypes(filter.sequence->before, types);
    for (const RowSet& without : filter.sequence->without) {
      AddTypes(without, types);
    }
  }
}

class Test {
 public:
  Test(const World& world, const Program& program, const TestOptions& options,
       std::vector<Membership>& out)
      : world_(world),
        customers_(*world.customers),
        program_(program),
        options_(options),
        out_(out),
        parts_(world, program, options.now_us, options.find_segment),
        linked_(customers_.AllLinked()) {}

  absl::Status Run();

 private:
  // The first records of ranges that cover all.
  std::vector<RecordNumber> RangesOf(RecordNumber records) const;
  void FindRestricted();
  void Prepare();
  void ForEachTask(size_t count, const std::function<void(size_t)>& task);
  void TestRange(RecordNumber from, RecordNumber until);
  void TestGroups(size_t from, size_t until);
  void Decide(RecordNumber customer, uint8_t condition);
  std::unique_ptr<Worker> TakeWorker();
  void GiveBack(std::unique_ptr<Worker> worker);
  bool is_one_by_one() const {
    return parts_.root().kind == Part::Kind::kOneByOne;
  }

  const World& world_;
  const CustomerStore& customers_;
  const Program& program_;
  const TestOptions& options_;
  std::vector<Membership>& out_;
  const Parts parts_;
  Everybody everybody_;
  const std::shared_ptr<const CustomerStore::Linked> linked_;
  bool any_restricted_ = false;
  Mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
  absl::Status status_;
};

std::vector<RecordNumber> Test::RangesOf(RecordNumber records) const {
  // Where blocks begin, so that few are gone through twice.
  const std::vector<uint32_t>* blocks = nullptr;
  for (const auto& run : world_.timeline->runs()) {
    if (blocks == nullptr || run->firsts.size() > blocks->size()) {
      blocks = &run->firsts;
    }
  }
  std::vector<RecordNumber> firsts;
  RecordNumber last = 0;
  const auto add = [&](RecordNumber first) {
    firsts.push_back(first);
    last = first;
  };
  if (records > 0) add(0);
  if (blocks != nullptr) {
    for (const RecordNumber first : *blocks) {
      if (first >= records) break;
      while (first - last > 2 * kRange) add(last + kRange);
      if (first - last >= kRange) add(first);
    }
  }
  while (records - last > 2 * kRange) add(last + kRange);
  return firsts;
}

void Test::FindRestricted() {
  customers_.ForEachEverRestricted([&](RecordNumber record) {
    const RecordNumber leader = customers_.LeaderOf(record);
    if (customers_.IsKnown(leader, options_.now_us) &&
        customers_.RestrictionOf(leader, options_.now_us) != nullptr) {
      out_[leader] = Membership::kRestricted;
      any_restricted_ = true;
    }
  });
}

void Test::Prepare() {
  everybody_.parts = &parts_;
  for (const Part& part : parts_.all()) {
    if (part.kind != Part::Kind::kAttribute &&
        part.kind != Part::Kind::kHasAttribute) {
      continue;
    }
    auto& attribute = everybody_.attributes[part.node->number];
    attribute.column = customers_.ColumnOf(part.node->number);
    if (attribute.column != nullptr) {
      attribute.texts = std::make_unique<Texts>(&attribute.column->texts());
    }
  }
  std::set<uint32_t> types;
  for (const RowQuestion& it : parts_.questions()) AddTypes(it.set, types);
  for (const uint32_t type : types) {
    everybody_.scans.emplace(
        type, std::make_unique<TypeScan>(
                  *world_.timeline,
                  ScanOptions{.type = type, .now_us = options_.now_us}));
  }
  everybody_.cells.resize(parts_.questions().size());
  for (const RowQuestion& it : parts_.questions()) {
    if (it.is_of_customer()) continue;
    everybody_.cells[it.index].resize(linked_->by_record.size());
  }
}

std::unique_ptr<Worker> Test::TakeWorker() {
  {
    MutexLock lock(&mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Worker> worker = std::move(idle_.back());
      idle_.pop_back();
      return worker;
    }
  }
  return std::make_unique<Worker>(everybody_);
}

void Test::GiveBack(std::unique_ptr<Worker> worker) {
  MutexLock lock(&mutex_);
  idle_.push_back(std::move(worker));
}

void Test::ForEachTask(size_t count, const std::function<void(size_t)>& task) {
  // What cannot be read is noted by thread.
  const std::function<void(size_t)> noted = [&](size_t i) {
    ReadScope scope;
    task(i);
    if (scope.status().ok()) return;
    MutexLock lock(&mutex_);
    status_.Update(scope.status());
  };
  if (options_.run && count > 1) {
    options_.run(noted, count);
  } else {
    for (size_t i = 0; i < count; ++i) noted(i);
  }
}

void Test::Decide(RecordNumber customer, uint8_t condition) {
  if (condition != kUnsure) {
    out_[customer] = condition == kTrue ? Membership::kIn : Membership::kOut;
    return;
  }
  const Verdict verdict = program_.Test(world_, customer, options_.now_us);
  out_[customer] = verdict.holds            ? Membership::kIn
                   : verdict.is_undecided() ? Membership::kUndecided
                                            : Membership::kOut;
}

void Test::TestRange(RecordNumber from, RecordNumber until) {
  std::vector<uint8_t> wanted(until - from);
  customers_.ReadLeading(from, wanted, options_.now_us);
  if (any_restricted_) {
    for (size_t i = 0; i < wanted.size(); ++i) {
      wanted[i] &= out_[from + i] != Membership::kRestricted;
    }
  }
  const auto by_record = [](const CustomerStore::Linked::Place& it,
                            RecordNumber record) { return it.record < record; };
  const auto& all_linked = linked_->by_record;
  const auto first =
      std::lower_bound(all_linked.begin(), all_linked.end(), from, by_record);
  const auto last = std::lower_bound(first, all_linked.end(), until, by_record);
  std::vector<RecordNumber> linked;
  for (auto it = first; it != last; ++it) {
    wanted[it->record - from] = 0;
    linked.push_back(it->record);
  }
  const bool any = std::memchr(wanted.data(), 1, wanted.size()) != nullptr;
  if (!any && linked.empty()) return;
  std::vector<uint8_t> held;
  if (is_one_by_one()) {
    held.assign(wanted.size(), kUnsure);
  } else {
    std::unique_ptr<Worker> worker = TakeWorker();
    held = worker->TestRecords(from, wanted, linked);
    for (const RowQuestion& question : parts_.questions()) {
      if (question.is_of_customer()) continue;
      for (auto it = first; it != last; ++it) {
        if (!worker->TakeCell(question, it->record,
                              everybody_.cells[question.index][it->place])) {
          break;
        }
      }
    }
    GiveBack(std::move(worker));
  }
  // Most are told at once.
  static_assert(static_cast<uint8_t>(Membership::kIn) ==
                static_cast<uint8_t>(Membership::kOut) + 1);
  uint8_t any_unsure = 0;
  Membership* const out = out_.data() + from;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const uint8_t told = static_cast<uint8_t>(Membership::kOut) +
                         static_cast<uint8_t>(held[i] == kTrue);
    const auto mask = static_cast<uint8_t>(-wanted[i]);
    out[i] = static_cast<Membership>((told & mask) |
                                     (static_cast<uint8_t>(out[i]) & ~mask));
    any_unsure |= mask & static_cast<uint8_t>(held[i] == kUnsure);
  }
  if (any_unsure == 0) return;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != 0 && held[i] == kUnsure) {
      Decide(from + static_cast<RecordNumber>(i), held[i]);
    }
  }
}

void Test::TestGroups(size_t from, size_t until) {
  const std::span<const Worker::Group> groups =
      std::span(linked_->groups).subspan(from, until - from);
  std::vector<uint8_t> held(groups.size(), kUnsure);
  if (!is_one_by_one()) {
    std::unique_ptr<Worker> worker = TakeWorker();
    held = worker->TestGroups(groups, *linked_);
    GiveBack(std::move(worker));
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    const RecordNumber leader = groups[i].leader;
    if (out_[leader] == Membership::kRestricted) continue;
    const auto records =
        std::span(linked_->records).subspan(groups[i].first, groups[i].count);
    if (std::none_of(records.begin(), records.end(), [&](RecordNumber record) {
          return customers_.FirstSeen(record) <= options_.now_us;
        })) {
      continue;
    }
    Decide(leader, held[i]);
  }
}

absl::Status Test::Run() {
  const auto records = static_cast<RecordNumber>(customers_.record_count());
  out_.assign(records, Membership::kNobody);
  FindRestricted();
  Prepare();
  const std::vector<RecordNumber> firsts = RangesOf(records);
  ForEachTask(firsts.size(), [&](size_t i) {
    TestRange(firsts[i], i + 1 < firsts.size() ? firsts[i + 1] : records);
  });
  const size_t groups = linked_->groups.size();
  ForEachTask((groups + kGroups - 1) / kGroups, [&](size_t i) {
    TestGroups(i * kGroups, std::min(groups, (i + 1) * kGroups));
  });
  return status_;
}

}  // namespace

uint64_t CountOf(std::span<const Membership> who, Membership wanted) {
  // A few at a time in one byte each, so that many are looked at side by side.
  constexpr size_t kAtOnce = 240;
  uint64_t sum = 0;
  for (; !who.empty(); who = who.subspan(std::min(who.size(), kAtOnce))) {
    uint8_t some = 0;
    for (const Membership it : who.first(std::min(who.size(), kAtOnce))) {
      some += static_cast<uint8_t>(it == wanted);
    }
    sum += some;
  }
  return sum;
}

Course CourseOf(const World& world, const Program& program,
                FindSegment find_segment) {
  const Parts parts(world, program, 0, std::move(find_segment));
  Course course;
  course.is_all_one_by_one = parts.root().kind == Part::Kind::kOneByOne;
  course.is_linked_one_by_one = course.is_all_one_by_one;
  for (const Part& part : parts.all()) {
    if (part.kind == Part::Kind::kOneByOne) {
      course.one_by_one.push_back(part.text());
    }
  }
  for (const RowQuestion& it : parts.questions()) {
    course.is_linked_one_by_one |= it.is_of_customer() && !it.has_any_order;
  }
  return course;
}

absl::Status TestEverybody(const World& world, const Program& program,
                           const TestOptions& options,
                           std::vector<Membership>& out) {
  Test test(world, program, options, out);
  return test.Run();
}

}  // namespace trato::core
