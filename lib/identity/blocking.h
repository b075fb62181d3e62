// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys by which records that may be one person's find each other, so that not
// all have to be compared with all.

#ifndef TRATO_IDENTITY_BLOCKING_H_
#define TRATO_IDENTITY_BLOCKING_H_

#include <array>
#include <cstdint>

#include "identity/definitions.h"
#include "identity/people.h"

namespace trato::core {

inline constexpr int kKeysOfRecord = 17;
// A hash for each; 0: the record has no such key.
using Keys = std::array<uint32_t, kKeysOfRecord>;

Keys KeysOf(const People& people, const Person& person);

// The comparisons that the key sees to, a bit each.
uint32_t ComparisonsOf(int key);

// So many records may share the key; more make it a hub, which finds nobody. A
// quarter as many where those who share it mostly are not one person, so that
// only rare ones are worth looking at.
uint32_t BlockLimit(const IdentityDefinition& definition, int key);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_BLOCKING_H_
