// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Lists of who must not be contacted for direct marketing, as hashes of their
// identifiers under the host's key: of a person who is on one nothing is kept
// that names her. A list has the date of its last update; where it is defined
// with a greatest age it holds everybody back once it is older.
//
// A hash is BLAKE2b-128 under the key over an identifier in the form in which
// people mean the same: letter case, width and blanks do not matter, nor the
// punctuation of a telephone number, and 00 leads it as + does.

#ifndef TRATO_CUSTOMER_SUPPRESSION_H_
#define TRATO_CUSTOMER_SUPPRESSION_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/calendar.h"
#include "base/id.h"
#include "base/strings.h"
#include "customer/customer_store.h"
#include "schema/schema.h"

namespace trato::core {

inline constexpr size_t kSuppressionKeyBytes = 32;

struct SuppressionHash : Id {};

// Hashes under one key. Without a key whoever has the hashes can try out
// identifiers, of which there are not many.
class SuppressionHasher {
 public:
  SuppressionHasher() = default;
  ~SuppressionHasher();
  SuppressionHasher(const SuppressionHasher&) = default;
  SuppressionHasher& operator=(const SuppressionHasher&) = default;

  // Empty, or kSuppressionKeyBytes.
  void SetKey(std::string_view key);
  bool has_key() const { return has_key_; }
  SuppressionHash Hash(std::string_view identifier) const;
  // Tells keys apart and says nothing about them.
  SuppressionHash KeyCheck() const;
  // Of what is no identifier, under a domain of its own.
  SuppressionHash Keyed(std::string_view domain, std::string_view text) const;

 private:
  std::array<unsigned char, kSuppressionKeyBytes> key_{};
  bool has_key_ = false;
};

// What one import said of a list.
struct SuppressionUpdate {
  FactId fact;
  int64_t at_us = 0;  // the date of what was imported
  std::string source;
  SuppressionHash key_check;
  bool replaces = false;                // what was on the list before
  std::vector<SuppressionHash> hashes;  // sorted
};

class SuppressionLists {
 public:
  // The list of the store's own objections, for restoring: an entry of it no
  // longer counts for a record that lifted its objection later.
  static constexpr std::string_view kObjections = "objections";

  struct List {
    std::optional<Span> max_age;
    std::vector<SuppressionUpdate> updates;  // by (at, source, fact)

    // The last by then; null: none.
    const SuppressionUpdate* LastUpdate(int64_t now_us) const;
  };

  // What stands against a customer.
  struct Finding {
    bool is_listed = false;  // else a list could not be asked
    std::string_view list;
    const SuppressionUpdate* update = nullptr;  // null: never imported
    RecordNumber record = 0;                    // that is listed
    bool has_other_key = false;
  };

  SuppressionHasher& hasher() { return hasher_; }
  const SuppressionHasher& hasher() const { return hasher_; }
  void SetZone(absl::TimeZone zone) { zone_ = zone; }
  // Checked before.
  void Define(const SuppressionListDefinition& definition);
  void Add(std::string_view list, SuppressionUpdate update);

  // The first list that stands against the customer's records, those she is on
  // before those that cannot be asked. `lifted_at` gives when an objection of
  // somebody who goes by an identifier was last lifted, by now_us.
  // Cost: a hash for each of her identifiers, and for each list a binary search
  // in each of its updates; nothing where there is no list.
  std::optional<Finding> Find(
      const CustomerStore& customers, std::span<const RecordNumber> records,
      int64_t now_us,
      const std::function<std::optional<int64_t>(std::string_view identifier)>&
          lifted_at) const;

  const StringMap<List>& all() const { return lists_; }
  // When a list is updated, or becomes too old, after `now_us`.
  int64_t NextChange(int64_t now_us) const;
  bool IsTooOld(const List& list, int64_t now_us) const;
  bool HasOtherKey(const List& list, int64_t now_us) const;
  // What is on the list by then, sorted.
  std::vector<SuppressionHash> Entries(const List& list, int64_t now_us) const;

 private:
  const SuppressionUpdate* FindIn(const List& list, const SuppressionHash& hash,
                                  int64_t now_us) const;

  SuppressionHasher hasher_;
  absl::TimeZone zone_;
  StringMap<List> lists_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_SUPPRESSION_H_
