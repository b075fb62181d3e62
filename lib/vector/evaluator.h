// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Conditions on everybody. The expression is prepared once (Parts). Records are
// gone through in ranges, each a task of its own: what the expression asks of
// interactions is added up from the columns of its types (TypeScan), attributes
// come as columns from the customers (AttributeColumn), and the rest is
// operators over these. What linked records have is put together in the end,
// and the same operators run over their customers. Whoever is unsure then is
// asked the way that one customer is.
//
//   std::vector<Membership> who;
//   TRATO_RETURN_IF_ERROR(TestEverybody(world, *program, {.now_us = now_us,
//                                       ...}, who));

#ifndef TRATO_VECTOR_EVALUATOR_H_
#define TRATO_VECTOR_EVALUATOR_H_

#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "expression/plan.h"
#include "expression/program.h"
#include "vector/part.h"

namespace trato::core {

// What holds of a record as the leader of a customer.
enum class Membership : uint8_t {
  kNobody,      // it leads no customer that is known then
  kRestricted,  // in no segment
  kOut,
  kIn,
  kUndecided,  // not in, because it cannot be told
};

struct TestOptions {
  int64_t now_us = 0;
  FindSegment find_segment{};
  // Runs task(i) for each i below the count; empty: on the calling thread.
  std::function<void(const std::function<void(size_t)>& task, size_t count)>
      run{};
};

// The condition for all customers: by record, what holds of it. Gives an error
// when something could not be read.
absl::Status TestEverybody(const World& world, const Program& program,
                           const TestOptions& options,
                           std::vector<Membership>& out);

uint64_t CountOf(std::span<const Membership> who, Membership wanted);

// How it would be done.
Course CourseOf(const World& world, const Program& program,
                FindSegment find_segment);

}  // namespace trato::core

#endif  // TRATO_VECTOR_EVALUATOR_H_
