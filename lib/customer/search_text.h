// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What of a customer people look for, and how well it answers what they typed.
//
// A text that is looked for is folded (base/fold.h) and kept PADDED: a blank
// before each of its words and one after the last, so that to begin or end a
// word is to have a blank beside. A telephone number is one word of its digits,
// with kTelephoneEnd in place of the last blank. The texts of a customer lie
// one after the other with a newline between, which no term holds.

#ifndef TRATO_CUSTOMER_SEARCH_TEXT_H_
#define TRATO_CUSTOMER_SEARCH_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "customer/customer_store.h"
#include "schema/schema.h"

namespace trato::core {

// What is longer is found by its beginning.
inline constexpr size_t kMaxSearchedBytes = 256;
inline constexpr size_t kMaxSearchedCustomerBytes = 16 << 10;
inline constexpr size_t kMaxSearchBytes = 1024;
inline constexpr size_t kMaxSearchTerms = 16;
// A shorter term is looked for at the beginning of words only: one or two of
// our letters, one of most others.
inline constexpr size_t kMinInsideBytes = 3;

inline constexpr char kTelephoneEnd = '\x02';

// How well a customer answers: the worst of the terms, each at its best.
enum class SearchRank : uint8_t {
  kExact = 0,   // each term is a whole word, or a whole telephone number
  kPrefix = 1,  // each begins a word, or ends a telephone number
  kInside = 2,  // each is somewhere
  kNone = 3,
};
std::string_view NameOf(SearchRank rank);

// What people typed: terms between blanks, all of which must be found, in any
// order. Digits alone are also read as the end of one telephone number.
class SearchQuery {
 public:
  struct Term {
    std::string folded;
    bool ends_telephone = false;

    // What a padded text that answers at this rank, or a better one, holds.
    std::string PatternAt(SearchRank rank) const;
  };
  // The customer answers when all terms of one reading do.
  using Reading = std::vector<Term>;

  // INVALID_ARGUMENT for a text that is too long or has too many words.
  static absl::StatusOr<SearchQuery> Parse(std::string_view text);

  // None: there is nothing to look for.
  const std::vector<Reading>& readings() const { return readings_; }

  SearchRank RankOf(std::string_view texts) const;
  // Of the term that it answers best.
  SearchRank RankOfAnyTerm(std::string_view texts) const;

 private:
  std::vector<Reading> readings_;
};

// Empty when nothing of the value can be looked for.
std::string PaddedText(std::string_view value, Search search);

// Reads what is looked for out of customers. What the schema says of a name is
// kept until it is said anew.
class SearchFields {
 public:
  SearchFields(const CustomerStore* customers, const Schema* schema,
               const Interner* names)
      : customers_(customers), schema_(schema), names_(names) {}

  // The texts in force at any time.
  std::string AllTexts(RecordNumber leader) const;

  // One that is in force at `now_us`.
  struct Text {
    std::string field;  // an attribute's name or a namespace
    std::string value;
    std::string padded;
  };
  std::vector<Text> TextsAt(RecordNumber leader, int64_t now_us) const;

 private:
  template <typename Visit>
  void ForEachIdentifier(RecordNumber leader, Visit visit) const;

  const CustomerStore* customers_;
  const Schema* schema_;
  const Interner* names_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_SEARCH_TEXT_H_
