// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// All answers of a store as one text: two stores that answer the same have the
// same dump.

#ifndef TRATO_TESTS_CRASH_DUMP_H_
#define TRATO_TESTS_CRASH_DUMP_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "api.h"

namespace trato::crash {

// What must be known from outside to ask for it.
struct Handed {
  std::vector<std::string> codes;
  std::vector<trato_id> decisions;
};

// Appends one line for each answer. Fails when an answer does.
Said Dump(const trato_store* store, const Handed& handed, std::string* out);

// The interactions of a dump: what was told of each, by key. A key that is
// there twice has both, which no spec describes.
std::map<std::string, std::string> InteractionsOf(const std::string& dump);

// What trato_store_verify finds wrong: empty when nothing is, or when the
// library has no such call yet.
std::string DamageOf(const trato_store* store, Said* said,
                     const trato_head* kept = nullptr);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_DUMP_H_
