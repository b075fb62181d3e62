// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The questions about segments. As the others they change nothing and need no
// file.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "codec/segment_answers.h"
#include "engine/store_impl.h"
#include "engine/view.h"

namespace trato::core {
namespace {

// Counts the customers for whom `test` holds; `sight` may be null.
template <typename Test>
SegmentSize Count(const CustomerStore& customers, const Sight* sight,
                  int64_t now_us, Test test) {
  SegmentSize size;
  customers.ForEachCustomer(now_us, [&](RecordNumber customer) {
    if (sight != nullptr && !sight->Shows(customer, now_us)) return;
    ++size.customers;
    if (customers.RestrictionOf(customer, now_us) != nullptr) return;
    const Verdict verdict = test(customer);
    size.members += verdict.holds;
    size.undecided += verdict.is_undecided();
  });
  return size;
}

// The customers for whom `test` holds, by name.
template <typename Test>
std::vector<SegmentMember> Members(const CustomerStore& customers,
                                   const Sight* sight, int64_t now_us,
                                   Test test) {
  std::vector<SegmentMember> members;
  customers.ForEachCustomer(now_us, [&](RecordNumber customer) {
    if (customers.RestrictionOf(customer, now_us) == nullptr &&
        (sight == nullptr || sight->Shows(customer, now_us)) &&
        test(customer)) {
      members.push_back(
          {ToBytes(customers.IdOf(customer)), customers.RecordName(customer)});
    }
  });
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
  ReadScope scope;
  const SegmentSize size =
      Count(state.customers, sight.get(), now_us, [&](RecordNumber customer) {
        return (*segment->program)->Test(state.world, customer, now_us);
      });
  TRATO_RETURN_IF_ERROR(scope.status());
  return size;
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
  ReadScope scope;
  const SegmentSize size =
      Count(state.customers, sight.get(), now_us, [&](RecordNumber customer) {
        return program->Test(state.world, customer, now_us);
      });
  TRATO_RETURN_IF_ERROR(scope.status());
  return size;
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
  ReadScope scope;
  if (held != nullptr) *held = impl_->state;
  std::vector<SegmentMember> members =
      Members(state.customers, sight.get(), now_us, [&](RecordNumber customer) {
        return (*segment->program)->Test(state.world, customer, now_us).holds;
      });
  TRATO_RETURN_IF_ERROR(scope.status());
  return members;
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
  ReadScope scope;
  SegmentOverlap overlap;
  state.customers.ForEachCustomer(now_us, [&](RecordNumber customer) {
    if (sight != nullptr && !sight->Shows(customer, now_us)) return;
    ++overlap.customers;
    if (state.customers.RestrictionOf(customer, now_us) != nullptr) return;
    const Verdict a = one->Test(state.world, customer, now_us);
    const Verdict b = other->Test(state.world, customer, now_us);
    overlap.both += a.holds && b.holds;
    overlap.first_only += a.holds && !b.holds;
    overlap.second_only += !a.holds && b.holds;
    overlap.undecided += a.is_undecided() || b.is_undecided();
  });
  TRATO_RETURN_IF_ERROR(scope.status());
  return overlap;
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
  ReadScope scope;
  if (held != nullptr) *held = impl_->state;
  std::vector<SegmentMember> members =
      Members(state.customers, sight.get(), now_us, [&](RecordNumber customer) {
        return one->Test(state.world, customer, now_us).holds &&
               !other->Test(state.world, customer, now_us).holds;
      });
  TRATO_RETURN_IF_ERROR(scope.status());
  return members;
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
      Explain(*program, state.world, leader, now_us), now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<std::string> Store::PlanJson(std::string_view expression) const {
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(
      std::shared_ptr<const Program> program,
      Program::Compile(expression, state.compile_context(), state.registry));
  return trato::core::PlanJson(*program);
}

std::string Store::SegmentListJson() const {
  ReaderMutexLock lock(&impl_->mutex);
  return trato::core::SegmentListJson(impl_->state->model());
}

}  // namespace trato::core
