// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/interrupt.h"

namespace trato_cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

InterruptWish::InterruptWish() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, &before_);
}

InterruptWish::~InterruptWish() { sigaction(SIGINT, &before_, nullptr); }

bool InterruptWish::IsThere() { return interrupted != 0; }

}  // namespace trato_cli
