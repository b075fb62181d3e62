// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a range of records said, packed: their attributes, identifiers, kinds
// and consents. All that facts have in common (who said it, when, in which
// entry, of which attribute) is a *shape*, said once a block, so that a fact of
// an import is a byte or two and its value. The bytes in memory are those in
// the file, and a record's are found without reading the others'.

#ifndef TRATO_CUSTOMER_RECORD_BLOCK_H_
#define TRATO_CUSTOMER_RECORD_BLOCK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "base/interner.h"
#include "base/strings.h"
#include "customer/link_graph.h"
#include "schema/value.h"

namespace trato::core {

// The records that one block may hold facts of.
inline constexpr RecordNumber kRecordsPerRange = 512;

// A fact about one record and nobody else. What it points at is the block's.
struct RecordFact {
  // In the order in which a record's facts lie.
  enum class Kind : uint8_t {
    kClaim = 0,
    kKind = 1,
    kAttribute = 2,
    kConsent = 3
  };

  Kind kind = Kind::kAttribute;
  ValueType type = ValueType::kNone;  // of an attribute
  bool removed = false;
  bool inferred = false;
  uint8_t said = 0;  // of a consent: which ConsentState
  RecordNumber record = 0;
  uint64_t position = 0;  // of its entry in the log
  int64_t at_us = 0;
  int64_t recorded_us = 0;
  std::string_view source, actor, batch, key;
  // Of an attribute; of a consent its purpose and channel.
  std::string_view name, about;
  std::string_view wording;  // of a consent
  std::string_view text;     // a value; an identifier; a proof
  int64_t number = 0;        // a value, in minor units of money; a kind
  double real = 0;
  Currency currency;
  double strength = 0;
  int64_t valid_until_us = 0;  // of a consent
  // Interned, where the block's texts are.
  uint32_t name_number = 0, about_number = 0, source_number = 0;
  uint32_t actor_number = 0, batch_number = 0, wording_number = 0;

  Value ToValue() const;
  void SetValue(const Value& value);
  // Whether it is another fact of the same content: without key both.
  bool IsLike(const RecordFact& other) const;
};

// Facts on their way into a block.
class RecordBlockWriter {
 public:
  explicit RecordBlockWriter(uint32_t range) : range_(range) {}

  void Add(const RecordFact& fact);
  bool empty() const { return facts_.empty(); }
  uint32_t facts() const { return static_cast<uint32_t>(facts_.size()); }
  bool has_keys() const { return has_keys_; }
  // In order of record and kind, and otherwise as they were added.
  std::string Finish();

 private:
  struct Place {
    uint16_t record;
    RecordFact::Kind kind;
    uint32_t shape;
    uint32_t begin, size;  // in values_
  };
  uint32_t TextNumber(std::string_view text);

  const uint32_t range_;
  bool has_keys_ = false;
  StringHashMap<uint32_t> texts_;  // from 1; 0 is the empty text
  std::string text_bytes_;
  absl::flat_hash_map<std::string, uint32_t> shapes_;
  std::string shape_bytes_;
  std::string shape_;  // used again
  std::string values_;
  std::vector<Place> facts_;
};

class RecordBlock {
 public:
  // DATA_LOSS when the bytes are none.
  static absl::StatusOr<std::shared_ptr<const RecordBlock>> Parse(
      std::string bytes, const Interner* names);

  RecordBlock(const RecordBlock&) = delete;
  RecordBlock& operator=(const RecordBlock&) = delete;

  uint32_t range() const { return range_; }
  size_t bytes() const {
    return bytes_.size() +
           shapes_.size() * (sizeof(RecordFact) + sizeof(uint16_t)) +
           sizeof(*this);
  }
  // All names and sources in it.
  const std::vector<std::string_view>& texts() const { return texts_; }

  // Calls visit(fact) for the record's facts until it says no; says whether it
  // never did. The fact is good until the next one. DATA_LOSS goes to the
  // thread's ReadScope.
  template <typename Visit>
  bool ForEach(RecordNumber record, Visit visit) const {
    const auto [begin, end] = BytesOf(record);
    RecordFact fact;
    for (const char* at = begin; at != end;) {
      at = Next(at, end, record, fact);
      if (at == nullptr) return true;
      if (!visit(static_cast<const RecordFact&>(fact))) return false;
    }
    return true;
  }
  // The same for its facts of the kinds from `first` to `last`.
  template <typename Visit>
  bool ForEachOf(RecordNumber record, RecordFact::Kind first,
                 RecordFact::Kind last, Visit visit) const {
    const auto [begin, end] = BytesOf(record);
    RecordFact fact;
    for (const char* at = SkipTo(begin, end, first); at != end;) {
      if (KindAt(at, end) > last) return true;
      at = Next(at, end, record, fact);
      if (at == nullptr) return true;
      if (!visit(static_cast<const RecordFact&>(fact))) return false;
    }
    return true;
  }
  // Whether the record claims the identifier here.
  bool Claims(RecordNumber record, std::string_view identifier) const;
  // The same for all its records, in order.
  template <typename Visit>
  void ForEachRecord(Visit visit) const {
    for (uint32_t i = 0; i < records_; ++i) {
      visit(range_ * kRecordsPerRange + RecordAt(i));
    }
  }

 private:
  RecordBlock() = default;

  std::pair<const char*, const char*> BytesOf(RecordNumber record) const;
  // Where the fact after the one at `at` begins; null: it is none.
  const char* Next(const char* at, const char* end, RecordNumber record,
                   RecordFact& fact) const;
  // Where the first fact of the kind or of a later one begins.
  const char* SkipTo(const char* at, const char* end,
                     RecordFact::Kind kind) const;
  // Of the fact at `at`; of what is none the first.
  RecordFact::Kind KindAt(const char* at, const char* end) const;
  uint16_t RecordAt(uint32_t i) const;
  uint32_t EndAt(uint32_t i) const;

  std::string bytes_;
  uint32_t range_ = 0;
  std::vector<std::string_view> texts_;
  std::vector<RecordFact> shapes_;
  // By shape what of it is needed most: its head, and above that its type.
  std::vector<uint16_t> heads_;
  uint32_t records_ = 0;
  const char* numbers_ = nullptr;  // two bytes a record
  const char* ends_ = nullptr;     // four
  const char* values_ = nullptr;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_RECORD_BLOCK_H_
