// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: who was erased and when, in a form that tells nobody
// else, and the list of it that a host keeps apart from the store. A backup
// from before still has what the store has not; opened with the list, it takes
// out the same people before anybody reads.

#ifndef TRATO_ENGINE_ERASURE_H_
#define TRATO_ENGINE_ERASURE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/id.h"

namespace trato::core {

struct Erasure {
  Id id;
  int64_t at_us = 0;
  std::vector<Id> subjects;  // a record each

  bool operator==(const Erasure&) const = default;
};

// A record's name as a list of erasures has it: BLAKE2b-128 with the host's
// key. Without a key whoever guesses a name can find it in the list.
Id SubjectOf(std::string_view key, std::string_view record);

// Lines of text: "trato-erasures 1", and then an erasure each: its id, its
// instant in microseconds, and the subjects.
std::string EncodeErasures(std::span<const Erasure> erasures);
// INVALID_ARGUMENT names the line.
absl::StatusOr<std::vector<Erasure>> DecodeErasures(std::string_view text);

}  // namespace trato::core

#endif  // TRATO_ENGINE_ERASURE_H_
