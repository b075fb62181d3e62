// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "shop/shop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace trato::shop {
namespace {

// What the low 8 bits of an interaction's draw make of it.
enum class Kind { kPlain, kRepetition, kCorrected };

// The finaliser of SplitMix64: a bijection, so keys are unique.
uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Draw number `which` of an interaction.
uint64_t Draw(uint64_t seed, uint64_t index, uint64_t which) {
  return Mix((seed * 8 + which) * 0xd1342543de82ef95 ^ index);
}

double Unit(uint64_t draw) { return static_cast<double>(draw >> 11) * 0x1p-53; }

// A rank of a Zipf distribution with exponent 0.8, from 0: the continuous power
// law inverted. `range` is n^0.2 - 1.
uint32_t ZipfRank(double unit, double range) {
  const double x = 1 + unit * range;
  const double square = x * x;
  return static_cast<uint32_t>(square * square * x) - 1;
}
double ZipfRange(uint32_t n) {
  // Rounded, so that the last bit of a pow() decides nothing.
  return std::round((std::pow(n + 1.0, 0.2) - 1) * 0x1p40) * 0x1p-40;
}

constexpr int kPercent[kTypes] = {38, 16, 14, 10, 7, 6, 5, 2, 1, 1};
constexpr std::array<uint8_t, 100> kTypeOf = [] {
  std::array<uint8_t, 100> types{};
  int next = 0;
  for (uint8_t type = 0; type < kTypes; ++type) {
    for (int i = 0; i < kPercent[type]; ++i) types[next++] = type;
  }
  return types;
}();

// Sixteen draws of a channel for each type.
constexpr const char* kChannelsOf[kTypes] = {
    "wwwwwwwwwaaaaaaa",  // view
    "wwwwwwwwaaaasssS",  // visit
    "eeeeeeeeeeeeeeee",  // email_open
    "wwwwwwwaaaasssst",  // purchase
    "eeeeeeeewwwwSSSS",  // click
    "wwwwwwwwwwaaaaaa",  // search
    "wwwwwwwwwwaaaaaa",  // cart
    "tttttttttttttttt",  // call
    "wwwwwwssssssslll",  // return
    "wwweeeeettttccsl",  // complaint
};
constexpr std::array<std::array<uint8_t, 16>, kTypes> kChannelOf = [] {
  std::array<std::array<uint8_t, 16>, kTypes> channels{};
  constexpr std::string_view kLetters = "waetcsSl";
  for (int type = 0; type < kTypes; ++type) {
    for (int i = 0; i < 16; ++i) {
      channels[type][i] =
          static_cast<uint8_t>(kLetters.find(kChannelsOf[type][i]));
    }
  }
  return channels;
}();

// How busy each hour is; and from it the instant of the day at each of 1,024
// equal shares of the day's business.
constexpr int kHours[24] = {2, 1, 1, 1, 1, 2, 3,  5,  7,  8,  9, 9,
                            9, 8, 8, 8, 8, 9, 10, 11, 12, 11, 8, 4};
const std::array<int64_t, 1025>& ShareOfDay() {
  static const std::array<int64_t, 1025> shares = [] {
    std::array<int64_t, 1025> made{};
    int64_t total = 0;
    for (const int weight : kHours) total += weight;
    int64_t before = 0;
    int hour = 0;
    for (int64_t share = 0; share <= 1024; ++share) {
      // In units of a 1,024th of one hour's weight.
      const int64_t wanted = share * total;
      while (hour < 23 && (before + kHours[hour]) * 1024 < wanted) {
        before += kHours[hour++];
      }
      made[share] = hour * (kDay / 24) + (wanted - before * 1024) *
                                             (kDay / 24) /
                                             (kHours[hour] * 1024);
    }
    return made;
  }();
  return shares;
}

// A product's price: what it is, not how much of it is sold, decides it.
int64_t PriceOf(uint32_t product) {
  const uint64_t draw = Mix(product * 0x9e3779b97f4a7c15 + 7);
  const double unit = Unit(draw);
  const int64_t units = static_cast<int64_t>(1 + 60 * unit * unit * unit);
  constexpr int64_t kCents[] = {95, 99, 50, 25, 0, 95, 99, 75};
  return units * 100 + kCents[draw & 7];
}

}  // namespace

std::string_view TypeName(uint8_t type) {
  constexpr std::string_view kNames[kTypes] = {
      "view",   "visit", "email_open", "purchase", "click",
      "search", "cart",  "call",       "return",   "complaint"};
  return kNames[type];
}

bool IsBuiltIn(uint8_t type) { return type != kEmailOpen && type != kClick; }

std::string_view ChannelName(uint8_t channel) {
  constexpr std::string_view kNames[kChannels] = {
      "web", "app", "email", "phone", "chat", "shop", "social", "letter"};
  return kNames[channel];
}

std::string CustomerName(uint32_t customer) {
  return "shop:" + std::to_string(customer);
}

std::string ProductName(uint32_t product) {
  char name[16];
  std::snprintf(name, sizeof(name), "P%04u", product);
  return name;
}

Shop::Shop(const Options& options)
    : options_(options),
      customers_(static_cast<uint32_t>(
          std::max<uint64_t>(50, options.interactions / 20))),
      pairs_(customers_ / 200),
      stride_(static_cast<uint32_t>(customers_ * 0.618)),
      customer_range_(ZipfRange(customers_)),
      product_range_(ZipfRange(kProducts)) {
  while (std::gcd(stride_, customers_) != 1) ++stride_;
}

uint32_t Shop::CodeOf(uint32_t rank) const {
  return static_cast<uint32_t>(
      (uint64_t{std::min(rank, customers_ - 1)} * stride_ + customers_ / 2) %
      customers_);
}

uint32_t Shop::Asked(uint64_t i) const {
  return static_cast<uint32_t>(Draw(options_.seed, i, 6) % customers_);
}

int64_t Shop::ArrivalOf(uint64_t index) const {
  // The year in slots of equal business, one for each interaction.
  constexpr uint64_t kYear = static_cast<uint64_t>(kEnd - kStart);
  const uint64_t n = options_.interactions;
  const uint64_t begin = index * (kYear / n) + index * (kYear % n) / n;
  const uint64_t width = kYear / n;
  const uint64_t jitter = Draw(options_.seed, index, 0) >> 32;
  const uint64_t even = begin + (jitter * width >> 32);
  const uint64_t day = even / kDay;
  // Within the day business follows the clock.
  const uint64_t scaled = (even - day * kDay) * 1024;
  const uint64_t share = scaled / kDay;
  const auto& shares = ShareOfDay();
  const int64_t rest = static_cast<int64_t>(scaled - share * kDay);
  const int64_t span = shares[share + 1] - shares[share];
  return kStart + static_cast<int64_t>(day) * kDay + shares[share] +
         static_cast<int64_t>(static_cast<double>(rest) *
                              (static_cast<double>(span) / kDay));
}

namespace {

Kind KindOf(uint64_t seed, uint64_t index) {
  const uint64_t draw = Draw(seed, index, 0) & 0xffff;
  if (draw < 655) return Kind::kRepetition;
  if (draw < 1310) return Kind::kCorrected;
  return Kind::kPlain;
}

}  // namespace

uint64_t Shop::SourceOf(uint64_t index) const {
  const uint64_t seed = options_.seed;
  if (index == 0 || KindOf(seed, index) != Kind::kRepetition) return index;
  const uint64_t back =
      1 + Draw(seed, index, 4) % std::min<uint64_t>(index, 50000);
  const uint64_t source = index - back;
  // Only what is neither repetition nor corrected is repeated.
  return KindOf(seed, source) == Kind::kPlain ? source : index;
}

bool Shop::IsCorrected(uint64_t index) const {
  return KindOf(options_.seed, index) == Kind::kCorrected;
}

template <bool kLines>
Row Shop::Make(uint64_t source, bool corrected) const {
  const uint64_t seed = options_.seed;
  const uint64_t who = Draw(seed, source, 1);
  const uint64_t what = Draw(seed, source, 2);
  Row row;
  row.customer = CodeOf(ZipfRank(Unit(who), customer_range_));
  if (options_.linked) row.customer = Person(row.customer);
  row.type = kTypeOf[(what & 0xffffff) * 100 >> 24];
  const bool wrong = !corrected && IsCorrected(source);
  // What is no order was wrong in its channel, an order in its quantity.
  const bool ordered = row.type == kPurchase || row.type == kReturn;
  row.channel = wrong && !ordered ? static_cast<uint8_t>(kChat)
                                  : kChannelOf[row.type][what >> 24 & 15];
  row.at_us = ArrivalOf(source);
  if ((what >> 28 & 0xfff) < 205) {  // 5 % are late, most of them by days
    const double unit = static_cast<double>(what >> 40) * 0x1p-24;
    const int64_t late =
        static_cast<int64_t>(unit * unit * static_cast<double>(30 * kDay));
    if (row.at_us - late >= kStart) row.at_us -= late;
  }
  if (options_.whole_seconds) row.at_us -= row.at_us % kSecond;
  if (ordered) {
    uint64_t draw = Draw(seed, source, 3);
    constexpr int kCounts[16] = {1, 1, 1, 1, 1, 1, 2, 2,
                                 2, 2, 3, 3, 3, 4, 4, 5};
    row.line_count = row.type == kReturn ? 1 : kCounts[draw & 15];
    for (int i = 0; i < row.line_count; ++i) {
      draw = Mix(draw);
      Line line;
      line.product =
          std::min(ZipfRank(Unit(draw), product_range_), kProducts - 1);
      constexpr int kQuantities[8] = {1, 1, 1, 1, 2, 2, 3, 6};
      line.quantity = kQuantities[draw & 7];
      if (wrong && i == 0) ++line.quantity;
      if (row.type == kReturn) line.quantity = -line.quantity;
      line.unit_price = PriceOf(line.product);
      line.amount_minor = line.unit_price * line.quantity;
      row.amount_minor += line.amount_minor;
      if constexpr (kLines) row.lines[i] = line;
    }
  }
  return row;
}

Row Shop::At(uint64_t index, bool corrected) const {
  const uint64_t source = SourceOf(index);
  Row row = Make<true>(source, corrected);
  row.key = Draw(options_.seed, source, 5);
  return row;
}

void Shop::Fill(uint64_t first, uint64_t count, const Columns& columns) const {
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t source = SourceOf(first + i);
    const Row row = Make<false>(source, options_.corrected);
    if (columns.customer != nullptr) columns.customer[i] = row.customer;
    if (columns.type != nullptr) columns.type[i] = row.type;
    if (columns.channel != nullptr) columns.channel[i] = row.channel;
    if (columns.at_us != nullptr) columns.at_us[i] = row.at_us;
    if (columns.amount_minor != nullptr) {
      columns.amount_minor[i] = row.amount_minor;
    }
    if (columns.key != nullptr) {
      columns.key[i] = Draw(options_.seed, source, 5);
    }
  }
}

void Shop::FillLines(uint64_t first, uint64_t count, LineColumns* lines) const {
  if (lines->offsets.empty()) lines->offsets.push_back(0);
  for (uint64_t i = 0; i < count; ++i) {
    const Row row = At(first + i);
    for (int j = 0; j < row.line_count; ++j) {
      const Line& line = row.lines[j];
      lines->product.push_back(static_cast<int32_t>(line.product));
      lines->quantity.push_back(line.quantity);
      lines->unit_price.push_back(static_cast<double>(line.unit_price) / 100);
      lines->amount_minor.push_back(line.amount_minor);
    }
    lines->offsets.push_back(static_cast<int32_t>(lines->product.size()));
  }
}

}  // namespace trato::shop
