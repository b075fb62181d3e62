// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The questions about segments. As the others they change nothing and need no
// file.

#include <algorithm>
#include <optional>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "codec/segment_answers.h"
#include "engine/checks.h"
#include "engine/segment_history.h"
#include "engine/store_impl.h"
#include "engine/view.h"
#include "vector/evaluator.h"

namespace trato::core {
namespace {

// The customers of whom `is_member` holds of what they are, by name.
template <typename IsMember>
std::vector<SegmentMember> Members(const CustomerStore& customers,
                                   IsMember is_member) {
  std::vector<SegmentMember> members;
  for (RecordNumber record = 0; record < customers.record_count(); ++record) {
    if (is_member(record)) {
      members.push_back(
          {ToBytes(customers.IdOf(record)), customers.RecordName(record)});
    }
  }
  std::sort(members.begin(), members.end(),
            [](const SegmentMember& a, const SegmentMember& b) {
              return a.name < b.name;
            });
  return members;
}

absl::StatusOr<const Program*> ProgramOf(const State& state,
                                         std::string_view segment) {
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* found,
                         state.segments.Find(segment));
  TRATO_RETURN_IF_ERROR(found->program.status());
  return found->program->get();
}

// When she enters or leaves if no fact comes, as far as some tests tell.
std::optional<int64_t> NextChange(const SegmentStore& segments,
                                  const SegmentStore::Segment& segment,
                                  RecordNumber customer, int64_t now_us) {
  constexpr int kTests = 1000;
  std::optional<int64_t> found;
  if (!segment.UnforeseenError().ok()) return found;
  FollowMembership(segments, segment, customer, now_us, kNever, kTests, nullptr,
                   [&](int64_t at_us, bool) {
                     found = at_us;
                     return false;
                   })
      .IgnoreError();
  return found;
}

FindSegment FindIn(const SegmentStore& segments) {
  return [&segments](std::string_view name) -> const Program* {
    const auto found = segments.all().find(name);
    if (found == segments.all().end() || !found->second.program.ok()) {
      return nullptr;
    }
    return found->second.program->get();
  };
}

// By record, what holds of the customer that it leads; who is not shown is
// nobody. `sight` may be null.
absl::StatusOr<std::vector<Membership>> Everybody(
    const State& state, const Program& program, const Sight* sight,
    int64_t now_us, const decltype(StoreOptions::run)& run) {
  TestOptions options;
  options.now_us = now_us;
  options.run = run;
  options.find_segment = FindIn(state.segments);
  std::vector<Membership> who;
  TRATO_RETURN_IF_ERROR(TestEverybody(state.world, program, options, who));
  if (sight == nullptr) return who;
  for (RecordNumber record = 0; record < who.size(); ++record) {
    if (who[record] != Membership::kNobody && !sight->Shows(record, now_us)) {
      who[record] = Membership::kNobody;
    }
  }
  return who;
}

SegmentSize SizeOf(const std::vector<Membership>& who) {
  SegmentSize size;
  size.members = CountOf(who, Membership::kIn);
  size.undecided = CountOf(who, Membership::kUndecided);
  size.customers = who.size() - CountOf(who, Membership::kNobody);
  return size;
}

SegmentOverlap OverlapOf(const std::vector<Membership>& of_one,
                         const std::vector<Membership>& of_other) {
  SegmentOverlap overlap;
  for (size_t i = 0; i < of_one.size(); ++i) {
    if (of_one[i] == Membership::kNobody) continue;
    ++overlap.customers;
    const bool a = of_one[i] == Membership::kIn;
    const bool b = of_other[i] == Membership::kIn;
    overlap.both += a && b;
    overlap.first_only += a && !b;
    overlap.second_only += !a && b;
    overlap.undecided += of_one[i] == Membership::kUndecided ||
                         of_other[i] == Membership::kUndecided;
  }
  return overlap;
}

// Everybody by a segment as it is, and as another expression would have it.
struct Trial {
  std::vector<Membership> before, after;
};

// `expression` may be empty: the segment's own.
absl::StatusOr<Trial> Try(const State& state, std::string_view name,
                          std::string_view expression, const Sight* sight,
                          int64_t now_us,
                          const decltype(StoreOptions::run)& run) {
  const auto known = state.segments.Find(name);
  SegmentDefinition definition{std::string(name), std::string(expression)};
  if (expression.empty()) {
    TRATO_RETURN_IF_ERROR(known.status());
    definition.expression = (*known)->definition.expression;
  }
  TRATO_RETURN_IF_ERROR(
      state.segments.Check(definition, state.compile_context()));
  TRATO_ASSIGN_OR_RETURN(
      std::shared_ptr<const Program> program,
      Program::Compile(definition.expression, state.compile_context(),
                       state.registry));
  Trial trial;
  TRATO_ASSIGN_OR_RETURN(trial.after,
                         Everybody(state, *program, sight, now_us, run));
  // In one that is not defined yet nobody is.
  trial.before = trial.after;
  for (Membership& it : trial.before) {
    if (it != Membership::kNobody) it = Membership::kOut;
  }
  if (known.ok() && (*known)->program.ok()) {
    TRATO_ASSIGN_OR_RETURN(
        trial.before,
        Everybody(state, **(*known)->program, sight, now_us, run));
  }
  return trial;
}

}  // namespace

absl::StatusOr<SegmentSize> Store::CountSegment(std::string_view name,
                                                int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* segment,
                         state.segments.Find(name));
  TRATO_RETURN_IF_ERROR(segment->program.status());
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Membership> who,
      Everybody(state, **segment->program, sight.get(), now_us, impl_->run));
  return SizeOf(who);
}

absl::StatusOr<SegmentSize> Store::PreviewSegment(std::string_view expression,
                                                  int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(
      std::shared_ptr<const Program> program,
      Program::Compile(expression, state.compile_context(), state.registry));
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Membership> who,
      Everybody(state, *program, sight.get(), now_us, impl_->run));
  return SizeOf(who);
}

absl::StatusOr<bool> Store::TestSegment(std::string_view name,
                                        std::string_view customer,
                                        int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* segment,
                         state.segments.Find(name));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  ReadScope scope;
  TRATO_ASSIGN_OR_RETURN(Verdict verdict,
                         state.segments.Test(*segment, leader, now_us));
  TRATO_RETURN_IF_ERROR(scope.status());
  if (verdict.is_undecided()) {
    return Prefixed((*segment->program)->Explain(*verdict.failure),
                    StrCat("segment '", name, "': "));
  }
  return verdict.holds;
}

absl::StatusOr<std::vector<SegmentMember>> Store::SegmentMembers(
    std::string_view name, int64_t now_us,
    std::shared_ptr<const void>* held) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* segment,
                         state.segments.Find(name));
  TRATO_RETURN_IF_ERROR(segment->program.status());
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  if (held != nullptr) *held = impl_->state;
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Membership> who,
      Everybody(state, **segment->program, sight.get(), now_us, impl_->run));
  return Members(state.customers, [&](RecordNumber customer) {
    return who[customer] == Membership::kIn;
  });
}

absl::StatusOr<SegmentOverlap> Store::DiffSegments(std::string_view first,
                                                   std::string_view second,
                                                   int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Program* one, ProgramOf(state, first));
  TRATO_ASSIGN_OR_RETURN(const Program* other, ProgramOf(state, second));
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Membership> of_one,
      Everybody(state, *one, sight.get(), now_us, impl_->run));
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Membership> of_other,
      Everybody(state, *other, sight.get(), now_us, impl_->run));
  return OverlapOf(of_one, of_other);
}

absl::StatusOr<std::vector<SegmentMember>> Store::SegmentDiffMembers(
    std::string_view first, std::string_view second, int64_t now_us,
    std::shared_ptr<const void>* held) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Program* one, ProgramOf(state, first));
  TRATO_ASSIGN_OR_RETURN(const Program* other, ProgramOf(state, second));
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  if (held != nullptr) *held = impl_->state;
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Membership> of_one,
      Everybody(state, *one, sight.get(), now_us, impl_->run));
  TRATO_ASSIGN_OR_RETURN(
      std::vector<Membership> of_other,
      Everybody(state, *other, sight.get(), now_us, impl_->run));
  return Members(state.customers, [&](RecordNumber customer) {
    return of_one[customer] == Membership::kIn &&
           of_other[customer] != Membership::kIn;
  });
}

absl::StatusOr<SegmentOverlap> Store::TrySegment(std::string_view name,
                                                 std::string_view expression,
                                                 int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  TRATO_ASSIGN_OR_RETURN(const Trial trial,
                         Try(*impl_->state, name, expression, sight.get(),
                             now_us, impl_->run));
  return OverlapOf(trial.before, trial.after);
}

absl::StatusOr<std::vector<SegmentMember>> Store::TrySegmentMembers(
    std::string_view name, std::string_view expression, bool entering,
    int64_t now_us, std::shared_ptr<const void>* held) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  TRATO_ASSIGN_OR_RETURN(
      const Trial trial,
      Try(state, name, expression, sight.get(), now_us, impl_->run));
  if (held != nullptr) *held = impl_->state;
  return Members(state.customers, [&](RecordNumber customer) {
    const bool before = trial.before[customer] == Membership::kIn;
    const bool after = trial.after[customer] == Membership::kIn;
    return before != after && after == entering;
  });
}

absl::StatusOr<std::string> Store::ExplainSegmentJson(std::string_view name,
                                                      std::string_view customer,
                                                      int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const SegmentStore::Segment* segment,
                         state.segments.Find(name));
  TRATO_ASSIGN_OR_RETURN(const Program* program, ProgramOf(state, name));
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  ReadScope scope;
  std::string json = SegmentExplanationJson(
      state.model(), *segment, leader,
      Explain(*program, state.world, leader, now_us),
      NextChange(state.segments, *segment, leader, now_us), now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<std::string> Store::PlanJson(std::string_view expression) const {
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(
      std::shared_ptr<const Program> program,
      Program::Compile(expression, state.compile_context(), state.registry));
  return trato::core::PlanJson(
      *program, CourseOf(state.world, *program, FindIn(state.segments)));
}

std::string Store::SegmentListJson() const {
  ReaderMutexLock lock(&impl_->mutex);
  return trato::core::SegmentListJson(impl_->state->model());
}

}  // namespace trato::core
