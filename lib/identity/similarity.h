// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// How alike two short texts are.

#ifndef TRATO_IDENTITY_SIMILARITY_H_
#define TRATO_IDENTITY_SIMILARITY_H_

#include <cstdint>
#include <string_view>

namespace trato::core {

// Jaro's similarity with Winkler's bonus of 0.1 for each of the first four
// bytes that agree (Jaro 1989, Winkler 1990), from 0 to 1. Texts beyond 64
// bytes are cut there. Cost: some 50 ns for names.
double JaroWinkler(std::string_view a, std::string_view b);

// Which of 32 kinds of bytes a text has, a bit each: what two texts do not share
// bounds how alike they can be.
uint32_t BytesIn(std::string_view text);
// At least JaroWinkler(a, b), at a tenth of its cost.
double JaroWinklerBound(std::string_view a, uint32_t in_a, std::string_view b,
                        uint32_t in_b);
// Whether JaroWinkler(a, b) is at least that much.
bool IsJaroWinkler(std::string_view a, std::string_view b, double at_least);

// How many bytes have to be put in, taken out, replaced or exchanged with their
// neighbour (each place once: optimal string alignment), up to `limit`; limit +
// 1 where it is more. Cost: linear in the length times the limit.
int EditDistance(std::string_view a, std::string_view b, int limit);

}  // namespace trato::core

#endif  // TRATO_IDENTITY_SIMILARITY_H_
