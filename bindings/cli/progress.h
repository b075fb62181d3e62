// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A bar on the standard error, where that is a terminal; else nothing.

#ifndef TRATO_BINDINGS_CLI_PROGRESS_H_
#define TRATO_BINDINGS_CLI_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "bindings/cli/terminal.h"

namespace trato_cli {

enum class Counts { kLines, kBytes };

class Progress {
 public:
  explicit Progress(Counts counts);
  // Takes an unfinished bar away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of about `total` (0: nobody knows). Draws ten times a second.
  void Update(std::uint64_t done, std::uint64_t total);

  // All `total` are done: the full bar, which stays.
  void Finish(std::uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;

  void Draw(std::uint64_t done, std::uint64_t total, bool exact);

  std::string Written(std::uint64_t number) const;

  const Counts counts_;
  const Terminal terminal_;
  const Clock::time_point start_;
  Clock::time_point drawn_;
  bool visible_ = false;
};

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_PROGRESS_H_
