// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/read_scope.h"

#include <utility>

namespace trato::core {
namespace {

thread_local ReadScope* current_scope = nullptr;

}  // namespace

ReadScope::ReadScope() : outer_(std::exchange(current_scope, this)) {}

ReadScope::~ReadScope() {
  current_scope = outer_;
  if (!status_.ok()) Report(status_);
}

void ReadScope::Report(const absl::Status& status) {
  if (current_scope != nullptr && current_scope->status_.ok()) {
    current_scope->status_ = status;
  }
}

}  // namespace trato::core
