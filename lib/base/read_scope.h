// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How code whose results have no room for errors says that something could not
// be read.

#ifndef TRATO_BASE_READ_SCOPE_H_
#define TRATO_BASE_READ_SCOPE_H_

#include "absl/status/status.h"

namespace trato::core {

// Collects what goes wrong with reading blocks on this thread, for code whose
// results have no room for errors: what could not be read counts as nothing,
// and who began the scope must not give out the result.
class ReadScope {
 public:
  ReadScope();
  ~ReadScope();
  ReadScope(const ReadScope&) = delete;
  ReadScope& operator=(const ReadScope&) = delete;

  const absl::Status& status() const { return status_; }
  static void Report(const absl::Status& status);

 private:
  absl::Status status_;
  ReadScope* outer_;
};

}  // namespace trato::core

#endif  // TRATO_BASE_READ_SCOPE_H_
