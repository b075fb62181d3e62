// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A careful host under faults: it runs a workload to its end, closes the handle
// after a failure, opens the store again, looks how far it got, and goes on
// from there. Whatever fails on the way, the store it ends with is the one of a
// run without faults.

#ifndef TRATO_TESTS_CRASH_HOST_H_
#define TRATO_TESTS_CRASH_HOST_H_

#include <functional>
#include <string>
#include <vector>

#include "counters.h"
#include "states.h"

namespace trato::crash {

// A workload with its states from a run without faults.
struct Reference {
  uint64_t seed = 0;
  Length length;
  std::vector<Step> steps;
  States states;
  Handed handed;
};

// Makes it; empty, or what went wrong.
std::string MakeReference(uint64_t seed, size_t rounds,
                          const std::string& folder, Reference& reference);

class Host {
 public:
  // `disarm` ends the faults. `must_poison`: after one of them a handle writes
  // nothing more.
  Host(const Reference& reference, Counters& counters,
       std::function<void()> disarm, bool must_poison = true)
      : reference_(reference),
        counters_(counters),
        disarm_(std::move(disarm)),
        must_poison_(must_poison) {}

  // Counts what it finds wrong, with `place` in the message.
  void Run(const std::string& folder, const std::string& place);

 private:
  // After a failure: false when the store is given up for now.
  bool Failed(const Said& said, const std::string& what);
  // Opens, and finds the state; false when that fails.
  bool Resume();
  // Goes on until the end, or until too much has failed.
  void Go();
  void Blame(std::atomic<uint64_t>& which, const std::string& what);

  const Reference& reference_;
  Counters& counters_;
  const std::function<void()> disarm_;
  const bool must_poison_;
  std::string place_;
  Session session_;
  int durable_ = -1;  // the state that must be there; -1: no store need be
  int sent_ = 0;      // the state that may be there
  int at_ = 0;        // steps done
  int failures_ = 0;
  bool is_armed_ = true;
  bool blamed_ = false;
};

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_HOST_H_
