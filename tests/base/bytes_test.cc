// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/bytes.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/seed.h"

namespace trato::core {
namespace {

std::string Varint(uint64_t value) {
  std::string bytes;
  PutVarint(bytes, value);
  return bytes;
}

// By the rule: seven bits a byte, the low ones first.
TEST(Bytes, AVarintHasSevenBitsAByte) {
  EXPECT_EQ(Varint(0), std::string(1, '\0'));
  EXPECT_EQ(Varint(127), "\x7f");
  EXPECT_EQ(Varint(128), "\x80\x01");
  EXPECT_EQ(Varint(300), "\xac\x02");
  EXPECT_EQ(Varint(~uint64_t{0}), std::string(9, '\xff') + "\x01");
}

TEST(Bytes, SmallNegativeNumbersAreShort) {
  for (int64_t value : {0, -1, 1, -64, 63}) {
    std::string bytes;
    PutSigned(bytes, value);
    EXPECT_EQ(bytes.size(), 1u) << value;
  }
}

TEST(Bytes, EveryNumberComesBack) {
  std::mt19937_64 random(test::Seed());
  std::vector<uint64_t> values = {0, 1, ~uint64_t{0}, uint64_t{1} << 63};
  for (int bits = 1; bits <= 64; ++bits) {
    for (int i = 0; i < 20; ++i) values.push_back(random() >> (64 - bits));
  }
  std::string bytes;
  for (uint64_t value : values) {
    PutVarint(bytes, value);
    PutSigned(bytes, static_cast<int64_t>(value));
    PutBytes(bytes, std::to_string(value));
  }
  ByteReader reader(bytes);
  for (uint64_t value : values) {
    EXPECT_EQ(reader.Varint(), value);
    EXPECT_EQ(reader.Signed(), static_cast<int64_t>(value));
    EXPECT_EQ(reader.Bytes(), std::to_string(value));
  }
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.rest().empty());
}

TEST(ByteReader, ReadsNothingBeyondTheEnd) {
  std::string bytes;
  PutVarint(bytes, 1'000'000);
  PutBytes(bytes, "text");
  for (size_t size = 0; size < bytes.size(); ++size) {
    // A copy of its own size, so that a sanitizer sees its end.
    const std::vector<char> part(bytes.begin(),
                                 bytes.begin() + static_cast<long>(size));
    ByteReader reader({part.data(), part.size()});
    reader.Varint();
    EXPECT_EQ(reader.Bytes(), "");
    EXPECT_FALSE(reader.ok()) << size;
  }
}

TEST(ByteReader, AfterAFailureEverythingIsZero) {
  ByteReader reader("\x05\x01\x02");
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Varint(), 0u);
  EXPECT_EQ(reader.Signed(), 0);
  EXPECT_EQ(reader.Count(), 0u);
  EXPECT_EQ(reader.Take(1), "");
  EXPECT_EQ(reader.Take(0), "");
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, AVarintWithoutEndFails) {
  ByteReader reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
  EXPECT_EQ(reader.Varint(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, ACountIsNoLargerThanWhatIsLeft) {
  ByteReader fits("\x02xy");
  EXPECT_EQ(fits.Count(), 2u);
  EXPECT_TRUE(fits.ok());
  ByteReader exceeds("\x03xy");
  EXPECT_EQ(exceeds.Count(), 0u);
  EXPECT_FALSE(exceeds.ok());
}

}  // namespace
}  // namespace trato::core
