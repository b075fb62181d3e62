// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace trato::core {
namespace {

using ::testing::Ne;

static_assert(!std::is_convertible_v<RecordId, FactId>);
static_assert(!std::is_convertible_v<FactId, RecordId>);

// The expected ids are Python's:
//   h = hashlib.blake2b(digest_size=16)
//   for part in (domain, *parts):
//     h.update(len(part).to_bytes(8, "big") + part)
//   h.hexdigest()
TEST(Id, OfARecordIsTheHashOfItsName) {
  EXPECT_EQ(RecordId::Of("shop:12748").Hex(),
            "6550e9ec9099b3dec8d3bd58df4227f7");
}

TEST(Id, OfARecordHashesTheBytesOfItsName) {
  EXPECT_EQ(RecordId::Of("email:jos\xc3\xa9@example.com").Hex(),
            "930ab3a34efdfbc8c915127e7e2dc1c8");
}

TEST(Id, OfAFactIsTheHashOfSourceAndKey) {
  EXPECT_EQ(FactId::OfKey("shop", "order-1").Hex(),
            "ec1a3dfc6fd7df3987a21728fd03e167");
}

TEST(Id, OfAnEmptyNameExists) {
  EXPECT_EQ(RecordId::Of("").Hex(), "40d1022f1176cf22156c0dcfe3f6cd35");
}

TEST(Id, OfNoPartsExists) {
  EXPECT_EQ(Id::Of("", {}).Hex(), "c804ce198ec337e3dc762bdd1a09aece");
}

TEST(Id, TakesANulByteAsAnyOther) {
  EXPECT_EQ(Id::Of("x", {std::string_view("a\0b", 3)}).Hex(),
            "a907c752177d0e1c6ba7afcff527bf09");
}

TEST(Id, AnEmptyPartIsNotTheSameAsNoPart) {
  EXPECT_EQ(FactId::OfKey("", "").Hex(), "926a2c81b2cac48c43a3f4de3f1b2918");
  EXPECT_THAT(Id::Of("fact-key", {}), Ne(Id::Of("fact-key", {"", ""})));
}

TEST(Id, MovingTheBorderOfTwoPartsMakesAnotherId) {
  EXPECT_EQ(Id::Of("x", {"ab", "c"}).Hex(), "3a33379b5bca0dbcec61ec20f2baa82f");
  EXPECT_EQ(Id::Of("x", {"a", "bc"}).Hex(), "b83367c1b41efcd62d4e5f4e533a43b4");
}

constexpr unsigned char kBytes[16] = {0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa,
                                      0x99, 0x88, 0x77, 0x66, 0x55, 0x44,
                                      0x33, 0x22, 0x11, 0x00};

TEST(Id, HexIsItsBytesInOrder) {
  EXPECT_EQ(Id::FromBytes(kBytes).Hex(), "ffeeddccbbaa99887766554433221100");
}

TEST(Id, GivesBackItsBytes) {
  unsigned char bytes[16];
  Id::FromBytes(kBytes).ToBytes(bytes);
  EXPECT_EQ(std::string(bytes, bytes + 16), std::string(kBytes, kBytes + 16));
}

TEST(Id, ByteStringIsItsBytes) {
  EXPECT_EQ(Id::FromBytes(kBytes).ToByteString(),
            std::string(kBytes, kBytes + 16));
}

TEST(Id, ComparesAsItsHexDoes) {
  const Id ids[] = {{0, 0}, {0, ~0ull}, {1, 0}, {1, 1}, {1ull << 63, 0}};
  for (const Id& a : ids) {
    for (const Id& b : ids) {
      EXPECT_EQ(a < b, a.Hex() < b.Hex()) << a.Hex() << " " << b.Hex();
    }
  }
}

}  // namespace
}  // namespace trato::core
