// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the rules of the life cycle ask of a customer about one category of
// products, or about the brand, which is all of them:
//
//   bought()                  how often she bought; one day counts once
//   silent(0.95)              nothing since for longer than in 95 of 100 cases,
//                             by her own rhythm
//   gone(0.5)                 she has left for good with this probability
//   seen("30d", "visit", ...) any of these types in the window
//   after_purchase("x", ...)  any of these since she last bought
//   aware()                   anything at all
//
// All of them follow from facts and instants, and say when they change.

#ifndef TRATO_INSIGHT_EVIDENCE_H_
#define TRATO_INSIGHT_EVIDENCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "expression/registry.h"
#include "insight/edition.h"

namespace trato::core {

// What stands below what, by interned number.
using Categories = absl::flat_hash_map<uint32_t, uint32_t>;
// How deep products may stand below categories; a circle ends there.
inline constexpr int kMaxCategoryDepth = 16;

// Finds the edition in force, and bounds until when it is.
using FindEditionAt =
    std::function<const Edition*(int64_t now_us, ChangeBound* bound)>;

// Adds the functions for one category (empty: the brand). `categories` and
// what `edition_at` looks at outlive the registry.
void AddEvidence(Registry& registry, std::string_view category,
                 const Categories* categories, FindEditionAt edition_at,
                 std::vector<std::string> purchase_types);

// Her purchases in a category, in short.
struct PurchasesIn {
  PurchaseRow row;
  int64_t last_us = 0;  // the instant of the last one
  double bought = 0;
};
bool ReadPurchasesIn(const World& world, RecordNumber customer, int64_t now_us,
                     const Edition& edition, uint32_t category,
                     const Categories& categories, PurchasesIn& in,
                     ChangeBound* bound);

// The rhythm of a category, or where it has none the brand's.
const Rhythm& RhythmOf(const ValueEdition& edition, std::string_view category);
// Weeks within which she buys again with that probability, by her own rhythm.
double UsualGap(const Rhythm& rhythm, const PurchaseRow& row, double quantile);

}  // namespace trato::core

#endif  // TRATO_INSIGHT_EVIDENCE_H_
