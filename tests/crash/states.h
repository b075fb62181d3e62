// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The states that a workload's store goes through, one after each step, by
// their dumps: what was found after a crash must be one of them.

#ifndef TRATO_TESTS_CRASH_STATES_H_
#define TRATO_TESTS_CRASH_STATES_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "workload.h"

namespace trato::crash {

class States {
 public:
  // States [first, last] answer the same. None: first > last.
  struct Range {
    int first = 0;
    int last = -1;
    bool found() const { return first <= last; }
  };

  // The state after so many steps as there were calls of this.
  void Add(std::string dump);
  Range Find(const std::string& dump) const;
  size_t size() const { return dumps_.size(); }
  // The first line in which the dump differs from state `at`, for a message.
  std::string Difference(int at, const std::string& dump) const;

 private:
  std::vector<std::string> dumps_;
  std::map<std::string, Range> by_dump_;
};

// Runs the workload from its beginning, and takes its states down. mark(step,
// false) is told before each step and mark(step, true) after it; step -1 is the
// opening. Returns what went wrong; empty when nothing did.
std::string RunThrough(Session& session, const std::vector<Step>& steps,
                       States& states,
                       const std::function<void(int, bool)>& mark);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_STATES_H_
