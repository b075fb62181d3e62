// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A made-up year of a realistic shop, for benchmarks and tests.
//
// Every interaction follows from (options, its index) alone, so any part can be
// made at any time, in any order and by several threads, and nothing is kept.
// Interactions come in the order of their arrival: 5 % happened up to 30 days
// before, 1 % are a repetition (same content, same key) of one that arrived a
// little earlier, 1 % were recorded wrongly and are corrected afterwards.
//
//   const Shop shop({.interactions = 1'000'000});
//   std::vector<uint32_t> customer(1000);
//   shop.Fill(0, 1000, {.customer = customer.data()});
//
// Thread-safe: everything is const.

#ifndef TRATO_BENCHMARKS_SHOP_SHOP_H_
#define TRATO_BENCHMARKS_SHOP_SHOP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace trato::shop {

inline constexpr int64_t kSecond = 1000000;
inline constexpr int64_t kDay = 86400 * kSecond;
inline constexpr int64_t kStart = 1735689600 * kSecond;  // 2025-01-01
inline constexpr int64_t kEnd = kStart + 365 * kDay;
inline constexpr int kLinesMax = 5;
inline constexpr uint32_t kProducts = 5000;

enum Type : uint8_t {
  kView,
  kVisit,
  kEmailOpen,
  kPurchase,
  kClick,
  kSearch,
  kCart,
  kCall,
  kReturn,
  kComplaint,
  kTypes,
};

enum Channel : uint8_t {
  kWeb,
  kApp,
  kEmail,
  kPhone,
  kChat,
  kStore,
  kSocial,
  kLetter,
  kChannels,
};

// As a store knows them. email_open and click are not built in.
std::string_view TypeName(uint8_t type);
std::string_view ChannelName(uint8_t channel);
bool IsBuiltIn(uint8_t type);

// "shop:4711"
std::string CustomerName(uint32_t customer);
// "P0042"
std::string ProductName(uint32_t product);

struct Options {
  uint64_t interactions = 1000000;  // at least 1,000
  uint64_t seed = 1;
  bool whole_seconds = false;
  // Rows as they are in truth, after the corrections; else as first recorded.
  bool corrected = false;
  // The customers of a linked pair under the smaller of their codes.
  bool linked = false;
};

// One article of an order.
struct Line {
  uint32_t product = 0;
  int32_t quantity = 0;    // pieces; of a return negative
  int64_t unit_price = 0;  // minor units
  int64_t amount_minor = 0;
};

// One interaction, whole.
struct Row {
  uint32_t customer = 0;
  uint8_t type = kView;
  uint8_t channel = kWeb;
  int64_t at_us = 0;
  int64_t amount_minor = 0;  // the sum of the lines
  uint64_t key = 0;
  int line_count = 0;
  Line lines[kLinesMax];
};

// Where Fill() writes; what is null is left out.
struct Columns {
  uint32_t* customer = nullptr;
  uint8_t* type = nullptr;
  uint8_t* channel = nullptr;
  int64_t* at_us = nullptr;
  int64_t* amount_minor = nullptr;
  uint64_t* key = nullptr;
};

// Lines of many interactions: those of row i are [offsets[i], offsets[i + 1]).
struct LineColumns {
  std::vector<int32_t> offsets;
  std::vector<int32_t> product;
  std::vector<int64_t> quantity;
  std::vector<double> unit_price;  // in the currency's unit
  std::vector<int64_t> amount_minor;
};

class Shop {
 public:
  explicit Shop(const Options& options);

  const Options& options() const { return options_; }
  uint32_t customers() const { return customers_; }

  // The first 2 * pairs() codes are linked in pairs: 0 and 1, 2 and 3, ...
  uint32_t pairs() const { return pairs_; }
  // The smaller code of a linked pair; else the code itself.
  uint32_t Person(uint32_t customer) const {
    return customer < 2 * pairs_ ? customer & ~1u : customer;
  }
  // Who has most interactions.
  uint32_t HeaviestCustomer() const { return CodeOf(0); }

  // Customer number i of a fixed random series, for asking one after another.
  uint32_t Asked(uint64_t i) const;

  // Row `index` as options().corrected says, or as given.
  Row At(uint64_t index) const { return At(index, options_.corrected); }
  Row At(uint64_t index, bool corrected) const;
  // Whether this row repeats an earlier one.
  bool IsRepetition(uint64_t index) const { return SourceOf(index) != index; }
  // Whether this row was recorded wrongly.
  bool IsCorrected(uint64_t index) const;
  // When row `index` reaches the store; ascending.
  int64_t ArrivalOf(uint64_t index) const;

  void Fill(uint64_t first, uint64_t count, const Columns& columns) const;
  void FillLines(uint64_t first, uint64_t count, LineColumns* lines) const;

 private:
  uint64_t SourceOf(uint64_t index) const;
  uint32_t CodeOf(uint32_t rank) const;
  template <bool kLines>
  Row Make(uint64_t source, bool corrected) const;

  Options options_;
  uint32_t customers_;
  uint32_t pairs_;
  uint32_t stride_;        // coprime to customers_: scatters ranks over codes
  double customer_range_;  // of the inverted Zipf distribution
  double product_range_;
};

}  // namespace trato::shop

#endif  // TRATO_BENCHMARKS_SHOP_SHOP_H_
