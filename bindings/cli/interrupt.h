// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// An interrupt (Ctrl-C) during long work, as a wish to cancel it.

#ifndef TRATO_BINDINGS_CLI_INTERRUPT_H_
#define TRATO_BINDINGS_CLI_INTERRUPT_H_

#include <csignal>

namespace trato_cli {

// While it lives, an interrupt is a wish to cancel; a second one ends the
// program.
class InterruptWish {
 public:
  InterruptWish();
  ~InterruptWish();
  InterruptWish(const InterruptWish&) = delete;
  InterruptWish& operator=(const InterruptWish&) = delete;

  // Whether there was one since the program started.
  static bool IsThere();

 private:
  struct sigaction before_ = {};
};

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_INTERRUPT_H_
