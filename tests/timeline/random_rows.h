// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Interactions of every kind by chance, and blocks made of them, beside the
// plain list that they must say the same as.

#ifndef TRATO_TESTS_TIMELINE_RANDOM_ROWS_H_
#define TRATO_TESTS_TIMELINE_RANDOM_ROWS_H_

#include <bit>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "timeline/block_cache.h"
#include "timeline/interaction_ref.h"

namespace trato::core {

// Everything that an interaction says, for comparison.
inline std::string ToText(const Value& value) {
  std::string text = absl::StrCat(value.index(), ":");
  if (const auto* it = std::get_if<bool>(&value)) absl::StrAppend(&text, *it);
  if (const auto* it = std::get_if<int64_t>(&value)) {
    absl::StrAppend(&text, *it);
  }
  if (const auto* it = std::get_if<double>(&value)) {
    absl::StrAppend(&text, absl::Hex(std::bit_cast<uint64_t>(*it)));
  }
  if (const auto* it = std::get_if<std::string>(&value)) {
    text += absl::CHexEscape(*it);
  }
  if (const auto* it = std::get_if<Money>(&value)) {
    absl::StrAppend(&text, it->minor, std::string(it->currency.code()));
  }
  if (const auto* it = std::get_if<Timestamp>(&value)) {
    absl::StrAppend(&text, it->us);
  }
  return text;
}

inline std::string ToText(const Interaction& it) {
  std::string text = absl::StrCat(
      "at ", it.at_us, " recorded ", it.recorded_us, " position ", it.position,
      " type ", it.type, " channel ", it.channel, " source ", it.source,
      " actor ", it.actor, " batch ", it.batch, " direction ",
      static_cast<int>(it.direction), " amount ", it.amount.minor,
      std::string(it.amount.currency.code()), " key ", absl::CHexEscape(it.key),
      " reply ", it.reply_to ? it.reply_to->Hex() : "none");
  for (const Line& line : it.lines) {
    absl::StrAppend(&text, " line ", line.product, "/", line.unit, "/",
                    line.quantity, "/", line.unit_price, "/",
                    line.amount_minor);
  }
  for (const Field& field : it.fields) {
    absl::StrAppend(&text, " field ", field.name, "=", ToText(field.value));
  }
  return text;
}

inline Currency CurrencyOf(const char* code) {
  return code[0] == '\0' ? Currency() : *Currency::Parse(code);
}

// Draws rows of one manner: what varies, how much and in which steps is drawn
// first, so that columns of all widths come about.
class RandomRows {
 public:
  explicit RandomRows(uint64_t seed) : random_(seed) { NewManner(); }

  std::mt19937_64& random() { return random_; }
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  bool OneIn(uint64_t count) { return Below(count) == 0; }

  void NewManner() {
    for (Numbers* it : {&at_, &recorded_, &position_, &amount_, &quantity_,
                        &price_, &line_amount_}) {
      *it = DrawNumbers();
    }
    for (uint32_t* it :
         {&channels_, &sources_, &actors_, &batches_, &products_}) {
      const uint32_t counts[] = {1, 2, 5, 1000, 4'000'000'000u};
      *it = counts[Below(5)];
    }
    recorded_follows_ = OneIn(2);
    lines_one_in_ = Below(3);
    fields_one_in_ = Below(3);
    replies_one_in_ = Below(3);
    exact_lines_ = Below(3);
    currencies_ = 1 + Below(4);
    first_currency_ = Below(5);
    keys_ = static_cast<int>(Below(8));
    key_number_ = Below(1000);
  }

  Interaction Next(uint32_t type) {
    Interaction it;
    it.type = type;
    it.at_us = Draw(at_);
    it.recorded_us =
        recorded_follows_
            ? static_cast<int64_t>(static_cast<uint64_t>(it.at_us) + Below(100))
            : Draw(recorded_);
    it.position = static_cast<uint64_t>(Draw(position_)) >> 1;
    it.channel = static_cast<uint32_t>(Below(channels_)) >> 1;
    it.source = static_cast<uint32_t>(Below(sources_));
    it.actor = static_cast<uint32_t>(Below(actors_));
    it.batch = static_cast<uint32_t>(Below(batches_));
    it.direction = static_cast<Direction>(Below(2));
    it.amount = {Draw(amount_), DrawCurrency()};
    if (lines_one_in_ != 0 && OneIn(lines_one_in_)) {
      for (uint64_t i = Below(4) + 1; i > 0; --i)
        it.lines.push_back(DrawLine(it));
    }
    if (replies_one_in_ != 0 && OneIn(4 * replies_one_in_)) {
      it.reply_to = FactId{{random_(), random_()}};
    }
    if (fields_one_in_ != 0 && OneIn(fields_one_in_)) {
      for (uint64_t i = Below(3) + 1; i > 0; --i) {
        it.fields.push_back({static_cast<uint32_t>(Below(1000)), DrawValue()});
      }
    }
    it.key = DrawKey();
    return it;
  }

  Value DrawValue() {
    switch (Below(7)) {
      case 0:
        return Value();
      case 1:
        return Value(OneIn(2));
      case 2:
        return Value(static_cast<int64_t>(random_()) >> Below(64));
      case 3:
        return Value(OneIn(5) ? -0.0 : static_cast<double>(random_()) / 7);
      case 4:
        return Value(std::string(Below(200), static_cast<char>(Below(256))));
      case 5:
        return Value(Money{static_cast<int64_t>(random_()), DrawCurrency()});
      default:
        return Value(Timestamp{static_cast<int64_t>(random_())});
    }
  }

 private:
  struct Numbers {
    int64_t base;
    uint64_t step;
    uint64_t steps;  // 0: any number at all
  };
  Numbers DrawNumbers() {
    const uint64_t steps[] = {0, 1, 2, 100, 1'000'000, uint64_t{1} << 40};
    const uint64_t step[] = {1, 1, 10, 1'000'000, 60'000'000};
    return {static_cast<int64_t>(random_()) >> (8 + Below(56)), step[Below(5)],
            steps[Below(6)]};
  }
  int64_t Draw(const Numbers& from) {
    if (from.steps == 0) {
      const int64_t extremes[] = {std::numeric_limits<int64_t>::min(),
                                  std::numeric_limits<int64_t>::max(), 0, -1};
      const uint64_t which = Below(12);
      return which < 4 ? extremes[which] : static_cast<int64_t>(random_());
    }
    return static_cast<int64_t>(static_cast<uint64_t>(from.base) +
                                from.step * Below(from.steps));
  }
  Currency DrawCurrency() {
    static constexpr const char* kCodes[] = {"EUR", "GBP", "", "JPY", "KWD"};
    return CurrencyOf(kCodes[(first_currency_ + Below(currencies_)) % 5]);
  }
  Line DrawLine(const Interaction& it) {
    Line line;
    line.product = static_cast<uint32_t>(Below(products_));
    line.unit = static_cast<uint32_t>(Below(3));
    if (exact_lines_ == 0) {
      line.quantity = Draw(quantity_);
      line.unit_price = Draw(price_);
      line.amount_minor = Draw(line_amount_);
      return line;
    }
    // Whole pieces at a price of whole cents: what it costs is the product.
    const auto pieces = static_cast<int64_t>(Below(20)) - 4;
    const auto minor = static_cast<int64_t>(Below(5000));
    int64_t micros = 1'000'000;
    for (int i = 0; i < it.amount.currency.digits(); ++i) micros /= 10;
    line.quantity = pieces * 1'000'000;
    line.unit_price = minor * micros;
    line.amount_minor =
        pieces * minor + (exact_lines_ == 2 && OneIn(5) ? 1 : 0);
    return line;
  }
  std::string DrawKey() {
    const uint64_t number = key_number_ += Below(3);
    switch (keys_) {
      case 0:
        return {};
      case 1:
        return absl::StrCat(number);
      case 2:
        return absl::StrCat("INV-2026-", number);
      case 3:
        return absl::StrCat("o", absl::Dec(number, absl::kZeroPad10));
      case 4:  // a UUID
        return absl::StrCat(absl::Hex(random_(), absl::kZeroPad16), "-",
                            absl::Hex(random_(), absl::kZeroPad16));
      case 5:
        return OneIn(3) ? std::string() : absl::StrCat(number);
      case 6:  // any bytes, and numbers that fit no column
        return OneIn(2) ? std::string(Below(5), static_cast<char>(Below(256)))
                        : std::string(1 + Below(25),
                                      static_cast<char>('0' + Below(10)));
      default:
        return absl::StrCat(random_());
    }
  }

  std::mt19937_64 random_;
  Numbers at_, recorded_, position_, amount_, quantity_, price_, line_amount_;
  uint32_t channels_, sources_, actors_, batches_, products_;
  bool recorded_follows_ = false;
  uint64_t lines_one_in_ = 0, fields_one_in_ = 0, replies_one_in_ = 0;
  uint64_t exact_lines_ = 0, currencies_ = 1, first_currency_ = 0;
  int keys_ = 0;
  uint64_t key_number_ = 0;
};

// Rows by type and by record of the block.
using PlainRows =
    std::map<uint32_t, std::map<uint32_t, std::vector<Interaction>>>;

inline PlainRows DrawRows(RandomRows& rows, uint32_t types,
                          uint32_t record_count, uint64_t count) {
  PlainRows drawn;
  for (; count > 0; --count) {
    const auto type = static_cast<uint32_t>(1 + rows.Below(types));
    // The first type is rare: few records have it.
    const auto record = static_cast<uint32_t>(
        rows.Below(type == 1 ? 1 + record_count / 20 : record_count));
    drawn[type][record].push_back(rows.Next(type));
  }
  return drawn;
}

inline Block::Packed PackRows(const PlainRows& rows, uint32_t first_record,
                              uint32_t record_count) {
  std::vector<ClusterRows> clusters;
  for (const auto& [type, records] : rows) {
    ClusterRows& cluster = clusters.emplace_back();
    cluster.type = type;
    for (const auto& [record, interactions] : records) {
      for (const Interaction& it : interactions) cluster.Add(it);
      cluster.record.push_back(record);
      cluster.end.push_back(static_cast<int64_t>(cluster.rows()));
    }
  }
  return Block::Pack(first_record, record_count, clusters);
}

inline std::shared_ptr<BlockSlot> SlotOf(const Block::Packed& packed,
                                         const Block& block,
                                         BlockPlace place = {}) {
  auto slot = std::make_shared<BlockSlot>();
  slot->place = place;
  slot->first_record = block.first_record();
  slot->record_count = block.record_count();
  slot->rows = block.rows();
  slot->size = static_cast<uint32_t>(packed.bytes.size());
  slot->has_keys = !packed.keys.empty();
  return slot;
}

}  // namespace trato::core

#endif  // TRATO_TESTS_TIMELINE_RANDOM_ROWS_H_
