// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Interactions whose content follows from a seed and the number of the call
// that writes them, so that whoever knows the number knows what must be there.

#ifndef TRATO_TESTS_CRASH_FACTS_H_
#define TRATO_TESTS_CRASH_FACTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api.h"

namespace trato::crash {

inline constexpr int64_t kSecond = 1000000;
inline constexpr int64_t kDay = 86400 * kSecond;
inline constexpr int64_t kNow = 1323475200 * kSecond;  // 2011-12-10
// Later than every write: what is asked, is asked then.
inline constexpr int64_t kAsked = kNow + 2 * kDay;
inline constexpr int kCustomers = 6;

// SplitMix64: small, and the same everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t limit) { return limit == 0 ? 0 : Next() % limit; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

struct LineSpec {
  std::string product;
  int64_t quantity;
  int64_t amount_minor;
};

struct Spec {
  std::string key;
  std::string customer;
  std::string type;
  std::string channel;
  int64_t at_us = 0;
  int64_t amount_minor = 0;
  std::vector<LineSpec> lines;
  std::string note;  // field "note"; empty: none
  int64_t n = 0;     // field "n"
};

std::string CustomerName(int number);

// The interactions of call `number`; `count` 0 lets the number decide, and
// notes have up to `note_bytes`.
std::vector<Spec> SpecsOf(uint64_t seed, uint64_t number, size_t count,
                          size_t note_bytes);

// What the interaction looks like in a dump: all that was told of it.
// As columns take them: no lines, and no text that is missing.
std::vector<Spec> FlatSpecsOf(uint64_t seed, uint64_t number, size_t count,
                              size_t note_bytes);

std::string Describe(const Spec& spec);
std::string Describe(const trato_timeline_entry& entry);

// Which call wrote the interaction of this key; false for a key of nobody's.
bool NumberOf(std::string_view key, uint64_t* number);

// A trato_interaction over the texts of `spec`, which must outlive it.
class Shape {
 public:
  explicit Shape(const Spec& spec);
  Shape(const Shape&) = delete;
  Shape& operator=(const Shape&) = delete;
  trato_interaction* get() { return &shape_; }

 private:
  std::vector<trato_line> lines_;
  trato_field fields_[2];
  trato_interaction shape_ = TRATO_INTERACTION_INIT;
};

// Defines the fields that these interactions have.
Said DefineFields(trato_store* store);

// Records all of them in one call.
Said Record(trato_store* store, const std::vector<Spec>& specs, int64_t now_us,
            bool buffered);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_FACTS_H_
