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
// A hash for each; 0: the record has no such key. After them those of a second
// address and a second phone number, which are keys as the first ones are.
inline constexpr int kKeySlots = kKeysOfRecord + 2;
using Keys = std::array<uint32_t, kKeySlots>;

// The key that stands there.
constexpr int KeyAt(int slot) {
  return slot < kKeysOfRecord ? slot : slot - kKeysOfRecord;
}
// Where else the key may stand; 0: nowhere.
constexpr int OtherSlot(int key) { return key < 2 ? key + kKeysOfRecord : 0; }

Keys KeysOf(const People& people, const Person& person);

// The comparisons that the key sees to, a bit each.
uint32_t ComparisonsOf(int key);

// So many records may share the key; more make it a hub, which finds nobody. A
// quarter as many where those who share it mostly are not one person, so that
// only rare ones are worth looking at.
uint32_t BlockLimit(const IdentityDefinition& definition, int key);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_BLOCKING_H_
