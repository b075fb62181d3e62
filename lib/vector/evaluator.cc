// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/evaluator.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/mutex.h"
#include "vector/worker.h"

namespace trato::core {
namespace {

// So many that what is known of them stays close to the processor.
constexpr RecordNumber kRange = 8192;

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

bool Reads(const Part& part, Member member) {
  if (part.kind == Part::Kind::kMember && part.node->member == member) {
    return true;
  }
  return std::any_of(part.args.begin(), part.args.end(),
                     [&](const Part* arg) { return Reads(*arg, member); });
}

// Adds what the set reads of its types.
void AddScans(const RowSet& set, bool times, bool amounts,
              absl::flat_hash_map<uint32_t, ScanOptions>& scans) {
  for (const uint32_t type : set.types) {
    ScanOptions& scan =
        scans.try_emplace(type, ScanOptions{.times = false}).first->second;
    scan.type = type;
    scan.times |= times;
    scan.amounts |= amounts;
  }
  for (const RowFilter& filter : set.filters) {
    if (filter.sequence == nullptr) continue;
    AddScans(filter.sequence->before, true, amounts, scans);
    for (const RowSet& without : filter.sequence->without) {
      AddScans(without, true, amounts, scans);
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
        parts_(world, program, options.now_us, options.find_segment) {}

  absl::Status Run();

 private:
  struct Linked {
    RecordNumber record;
    uint32_t cell;
  };

  void FindLinked();
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
  std::vector<Linked> linked_;  // by record
  std::vector<Worker::Group> groups_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
  absl::Status status_;
};

void Test::FindLinked() {
  uint32_t cells = 0;
  customers_.ForEachGroup([&](RecordNumber leader, auto records) {
    const auto count = static_cast<uint32_t>(records.size());
    groups_.push_back({leader, cells, count});
    for (const RecordNumber record : records) {
      linked_.push_back({record, cells++});
    }
  });
  std::sort(
      linked_.begin(), linked_.end(),
      [](const Linked& a, const Linked& b) { return a.record < b.record; });
}

void Test::FindRestricted() {
  customers_.ForEachEverRestricted([&](RecordNumber record) {
    const RecordNumber leader = customers_.LeaderOf(record);
    if (customers_.RestrictionOf(leader, options_.now_us) != nullptr) {
      out_[leader] = Membership::kRestricted;
    }
  });
}

void Test::Prepare() {
  everybody_.parts = &parts_;
  bool reads_times = false;
  for (const Part& part : parts_.all()) {
    if (part.kind == Part::Kind::kMember && part.node->member == Member::kAt) {
      reads_times = true;
    }
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
  absl::flat_hash_map<uint32_t, ScanOptions> scans;
  for (const RowQuestion& it : parts_.questions()) {
    using Ask = RowQuestion::Ask;
    const bool is_whole =
        it.set.from_us == std::numeric_limits<int64_t>::min() &&
        it.set.until_us >= options_.now_us;
    const bool is_counted = it.ask == Ask::kCount || it.ask == Ask::kExists ||
                            it.ask == Ask::kAll || it.ask == Ask::kDistinct ||
                            it.ask == Ask::kExistsOne;
    const bool is_sum_of_amounts = it.ask == Ask::kSum && it.body != nullptr &&
                                   it.body->kind == Part::Kind::kMember &&
                                   it.body->node->member == Member::kAmount;
    bool reads_amounts = !it.set.is_of_lines && it.body != nullptr &&
                         Reads(*it.body, Member::kAmount);
    for (const RowFilter& filter : it.set.filters) {
      reads_amounts |=
          filter.body == nullptr || Reads(*filter.body, Member::kAmount);
    }
    AddScans(it.set,
             reads_times || !is_whole || it.set.has_sequence() ||
                 !(is_counted || is_sum_of_amounts),
             reads_amounts, scans);
  }
  for (auto& [type, scan] : scans) {
    scan.now_us = options_.now_us;
    everybody_.scans.emplace(
        type, std::make_unique<TypeScan>(*world_.timeline, scan));
  }
  everybody_.cells.resize(parts_.questions().size());
  for (auto& cells : everybody_.cells) cells.resize(linked_.size());
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
  uint8_t any = 0;
  for (RecordNumber record = from; record < until; ++record) {
    const bool is_known = (customers_.LeaderOf(record) == record) &
                          (customers_.FirstSeen(record) <= options_.now_us) &
                          (out_[record] != Membership::kRestricted);
    wanted[record - from] = is_known;
    any |= static_cast<uint8_t>(is_known);
  }
  const auto by_record = [](const Linked& it, RecordNumber record) {
    return it.record < record;
  };
  const auto first =
      std::lower_bound(linked_.begin(), linked_.end(), from, by_record);
  const auto last = std::lower_bound(first, linked_.end(), until, by_record);
  std::vector<RecordNumber> linked;
  for (auto it = first; it != last; ++it) {
    wanted[it->record - from] = 0;
    linked.push_back(it->record);
  }
  if (any == 0 && linked.empty()) return;
  std::vector<uint8_t> held;
  if (is_one_by_one()) {
    held.assign(wanted.size(), kUnsure);
  } else {
    std::unique_ptr<Worker> worker = TakeWorker();
    held = worker->TestRecords(from, wanted, linked);
    for (const RowQuestion& question : parts_.questions()) {
      for (auto it = first; it != last; ++it) {
        if (!worker->TakeCell(question, it->record,
                              everybody_.cells[question.index][it->cell])) {
          break;
        }
      }
    }
    GiveBack(std::move(worker));
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == 0) continue;
    Decide(from + static_cast<RecordNumber>(i), held[i]);
  }
}

void Test::TestGroups(size_t from, size_t until) {
  const std::span<const Worker::Group> groups =
      std::span(groups_).subspan(from, until - from);
  std::vector<uint8_t> held(groups.size(), kUnsure);
  if (!is_one_by_one()) {
    std::unique_ptr<Worker> worker = TakeWorker();
    held = worker->TestGroups(groups);
    GiveBack(std::move(worker));
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    const RecordNumber leader = groups[i].leader;
    if (out_[leader] == Membership::kRestricted) continue;
    if (!customers_.IsKnown(leader, options_.now_us)) continue;
    Decide(leader, held[i]);
  }
}

absl::Status Test::Run() {
  const auto records = static_cast<RecordNumber>(customers_.record_count());
  out_.assign(records, Membership::kNobody);
  FindLinked();
  FindRestricted();
  Prepare();
  ForEachTask((records + kRange - 1) / kRange, [&](size_t i) {
    const auto from = static_cast<RecordNumber>(i * kRange);
    TestRange(from, std::min(records, from + kRange));
  });
  ForEachTask((groups_.size() + kRange - 1) / kRange, [&](size_t i) {
    TestGroups(i * kRange, std::min(groups_.size(), (i + 1) * kRange));
  });
  // Those who are restricted and not known then are nobody.
  for (Membership& it : out_) {
    const auto record = static_cast<RecordNumber>(&it - out_.data());
    if (it == Membership::kRestricted &&
        !customers_.IsKnown(record, options_.now_us)) {
      it = Membership::kNobody;
    }
  }
  return status_;
}

}  // namespace

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
    course.is_linked_one_by_one |= it.asks_customer || it.set.has_sequence();
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
