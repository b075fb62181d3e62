// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "columnar/arrow_input.h"
#include "producer.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::Coded;
using test::Interactions;
using test::IsInvalid;
using test::IsOk;
using test::Node;
using test::Numbers;
using test::Producer;
using test::Texts;
using test::Views;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Each row's text of a column `key`, "-" where there is none.
absl::StatusOr<std::vector<std::string>> KeysOf(Node key) {
  Producer producer(
      {Interactions(static_cast<size_t>(key.length), {key.Named("key")})});
  auto next = ReadInteractions(producer.stream(), {});
  if (!next.ok()) return next.status();
  auto batch = (*next)();
  if (!batch.ok()) return batch.status();
  std::vector<std::string> texts;
  for (size_t i = 0; i < batch->rows; ++i) {
    if (batch->key_number.present) {
      texts.push_back(batch->key_number.IsNull(i)
                          ? "-"
                          : std::to_string(batch->key_number.values[i]));
      continue;
    }
    const bool null = !batch->key.present || batch->key.IsNull(i);
    texts.push_back(null ? "-" : std::string(batch->key.At(i)));
  }
  return texts;
}

TEST(TextColumn, ReadsEveryLayoutOfText) {
  const std::vector<std::string> texts = {"a", "", "M\xc3\xbcnchen is long",
                                          "another that is long"};
  const auto same = ::testing::ElementsAreArray(texts);
  EXPECT_THAT(*KeysOf(Texts(texts)), same);
  EXPECT_THAT(*KeysOf(Texts<int64_t>(texts, "U")), same);
  EXPECT_THAT(*KeysOf(Views(texts)), same);
  EXPECT_THAT(*KeysOf(Coded<int32_t>({0, 1, 2, 3}, Views(texts))), same);
  EXPECT_THAT(*KeysOf(Coded<int32_t>({0, 1, 2, 3}, Texts<int64_t>(texts, "U"))),
              same);
}

TEST(TextColumn, ReadsDictionariesWithIndicesOfEveryWidth) {
  const Node words = Texts({"a", "b"});
  const auto same = ElementsAre("b", "a", "b");
  EXPECT_THAT(*KeysOf(Coded<int8_t>({1, 0, 1}, words, "c")), same);
  EXPECT_THAT(*KeysOf(Coded<uint8_t>({1, 0, 1}, words, "C")), same);
  EXPECT_THAT(*KeysOf(Coded<int16_t>({1, 0, 1}, words, "s")), same);
  EXPECT_THAT(*KeysOf(Coded<uint16_t>({1, 0, 1}, words, "S")), same);
  EXPECT_THAT(*KeysOf(Coded<int32_t>({1, 0, 1}, words, "i")), same);
  EXPECT_THAT(*KeysOf(Coded<uint32_t>({1, 0, 1}, words, "I")), same);
  EXPECT_THAT(*KeysOf(Coded<int64_t>({1, 0, 1}, words, "l")), same);
  EXPECT_THAT(*KeysOf(Coded<uint64_t>({1, 0, 1}, words, "L")), same);
}

TEST(TextColumn, KeepsADictionaryAsCodes) {
  Producer producer({Interactions(3)});
  auto next = ReadInteractions(producer.stream(), {});
  ASSERT_THAT(next, IsOk());
  auto batch = (*next)();
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(*batch->type.dictionary, ElementsAre("purchase"));
  EXPECT_THAT(batch->type.codes, ElementsAre(0, 0, 0));
}

TEST(TextColumn, ReadsMissingValuesOfPlainTextAndOfDictionaries) {
  EXPECT_THAT(*KeysOf(Texts({"a", "b", "c"}).Where({true, false, true})),
              ElementsAre("a", "-", "c"));
  EXPECT_THAT(*KeysOf(Views({"a", "b"}).Where({false, true})),
              ElementsAre("-", "b"));
  EXPECT_THAT(*KeysOf(Coded<int32_t>({0, 99, 1}, Texts({"a", "b"}))
                          .Where({true, false, true})),
              ElementsAre("a", "-", "b"));
  EXPECT_THAT(
      *KeysOf(Coded<int32_t>({0, 1}, Texts({"a", "b"}).Where({true, false}))),
      ElementsAre("a", "-"));
  EXPECT_THAT(*KeysOf({"", "n", 2, {}, {}, nullptr}), ElementsAre("-", "-"));
}

TEST(TextColumn, ReadsSlicesWhoseOffsetIsNotZero) {
  const Node plain =
      Texts({"a", "b", "c", "d"}).Where({true, true, false, true});
  EXPECT_THAT(*KeysOf(plain.Sliced(1, 3)), ElementsAre("b", "-", "d"));
  EXPECT_THAT(*KeysOf(Views({"a", "b", "c"}).Sliced(2, 1)), ElementsAre("c"));
  Node words = Texts({"x", "a", "b"}).Sliced(1, 2);
  EXPECT_THAT(*KeysOf(Coded<int32_t>({0, 1, 0}, words).Sliced(1, 2)),
              ElementsAre("b", "a"));
}

TEST(TextColumn, ReadsOnlyWhatIsNeededOfALargeDictionary) {
  std::vector<std::string> words;
  for (int i = 0; i < 100; ++i) words.push_back("w" + std::to_string(i));
  words[50] = "\xff";
  EXPECT_THAT(
      *KeysOf(
          Coded<int32_t>({7, 0, 99}, Texts(words)).Where({true, false, true})),
      ElementsAre("w7", "-", "w99"));
  EXPECT_THAT(KeysOf(Coded<int32_t>({7, 50}, Texts(words))),
              IsInvalid("column 'key', row 1: is not UTF-8"));
}

TEST(TextColumn, WritesWholeNumbersInDecimal) {
  EXPECT_THAT(*KeysOf(Numbers<int8_t>("c", {-128, 7})),
              ElementsAre("-128", "7"));
  EXPECT_THAT(*KeysOf(Numbers<uint16_t>("S", {65535})), ElementsAre("65535"));
  EXPECT_THAT(*KeysOf(Numbers<int64_t>("l", {INT64_MIN, INT64_MAX})),
              ElementsAre("-9223372036854775808", "9223372036854775807"));
  EXPECT_THAT(*KeysOf(Numbers<uint64_t>("L", {UINT64_MAX})),
              ElementsAre("18446744073709551615"));
  EXPECT_THAT(*KeysOf(Numbers<int32_t>("i", {1, 2}).Where({false, true})),
              ElementsAre("-", "2"));
}

TEST(TextColumn, KeysThatAreNumbersStayNumbers) {
  const auto is_number = [](const Node& key) {
    Producer producer({Interactions(static_cast<size_t>(key.length),
                                    {Node(key).Named("key")})});
    auto next = ReadInteractions(producer.stream(), {});
    const auto batch = (*next)();
    EXPECT_NE(batch->key.present, batch->key_number.present);
    return batch->key_number.present;
  };
  EXPECT_TRUE(is_number(Numbers<int64_t>("l", {0, INT64_MAX})));
  EXPECT_TRUE(is_number(Numbers<uint32_t>("I", {1, 2})));
  EXPECT_TRUE(is_number(Numbers<int32_t>("i", {-1, 2}).Where({false, true})));
  // What has a sign is a text.
  EXPECT_FALSE(is_number(Numbers<int64_t>("l", {-1, 2})));
}

// A dictionary that comes again in other memory, or changed, is another.
TEST(TextColumn, KnowsADictionaryAgainByItsMemoryOnly) {
  std::vector<Node> batches;
  for (const char* word : {"a", "a", "b"}) {
    batches.push_back(
        Interactions(2, {Coded<int32_t>({0, 0}, Texts({word})).Named("key")}));
  }
  batches.push_back(batches.back());
  Producer producer(std::move(batches));
  auto next = ReadInteractions(producer.stream(), {});
  ASSERT_THAT(next, IsOk());
  for (const char* word : {"a", "a", "b", "b"}) {
    const auto batch = (*next)();
    ASSERT_THAT(batch, IsOk());
    EXPECT_EQ(batch->key.At(1), word);
  }
}

// Parts of a large batch are told apart by their first rows.
TEST(TextColumn, GivesLargeBatchesInParts) {
  constexpr size_t kRows = 150000;
  std::vector<int64_t> amounts(kRows);
  std::vector<int32_t> codes(kRows);
  for (size_t i = 0; i < kRows; ++i) {
    amounts[i] = static_cast<int64_t>(7 * i);
    codes[i] = static_cast<int32_t>(i % 3);
  }
  Producer producer(
      {Interactions(
           kRows, {Numbers<int64_t>("l", amounts).Named("amount_minor"),
                   Coded<int32_t>(codes, Texts({"x", "y", "z"})).Named("key")})
           .Sliced(5, kRows - 5)});
  auto next = ReadInteractions(producer.stream(), {});
  ASSERT_THAT(next, IsOk());
  size_t rows = 0;
  TextColumn::Dictionary dictionary;
  for (;;) {
    const auto batch = (*next)();
    ASSERT_THAT(batch, IsOk());
    if (batch->rows == 0) break;
    EXPECT_EQ(batch->first_row, rows);
    EXPECT_LE(batch->rows, 65536u);
    EXPECT_TRUE(dictionary == nullptr || dictionary == batch->key.dictionary);
    dictionary = batch->key.dictionary;
    for (size_t i = 0; i < batch->rows; ++i, ++rows) {
      ASSERT_EQ(batch->amount_minor.values[i],
                static_cast<int64_t>(7 * (rows + 5)));
      ASSERT_EQ(batch->key.At(i), std::string(1, "xyz"[(rows + 5) % 3]));
    }
  }
  EXPECT_EQ(rows, kRows - 5);
}

TEST(TextColumn, RefusesWhatIsNotUtf8AndSaysWhere) {
  EXPECT_THAT(KeysOf(Texts({"a", "\xc3"})),
              IsInvalid("column 'key', row 1: is not UTF-8"));
  // Two halves of one character are two texts that are not UTF-8.
  EXPECT_THAT(KeysOf(Texts({"\xc3", "\xbc"})),
              IsInvalid("column 'key', row 0: is not UTF-8"));
  EXPECT_THAT(KeysOf(Views({"good", "this one is \xed\xa0\x80 bad"})),
              IsInvalid("column 'key', row 1: is not UTF-8"));
  EXPECT_THAT(KeysOf(Coded<int32_t>({0, 1, 1}, Texts({"a", "\xff"}))),
              IsInvalid("column 'key', row 1: is not UTF-8"));
  // Garbage where there is no value is nobody's.
  EXPECT_THAT(*KeysOf(Texts({"a", "\xff"}).Where({true, false})),
              ElementsAre("a", "-"));
}

TEST(TextColumn, ReadsIds) {
  const auto ids = [](Node node) -> absl::StatusOr<std::string> {
    Producer producer({Interactions(static_cast<size_t>(node.length),
                                    {node.Named("reply_to")})});
    auto next = ReadInteractions(producer.stream(), {});
    if (!next.ok()) return next.status();
    auto batch = (*next)();
    if (!batch.ok()) return batch.status();
    const size_t last = batch->rows - 1;
    return batch->reply_to.IsNull(last) ? "-"
                                        : std::string(batch->reply_to.At(last));
  };
  const std::string hex = "00112233445566778899aabbccddEEFF";
  const std::string raw = "0123456789abcdef";
  EXPECT_EQ(*ids(Texts({hex})), hex);
  EXPECT_EQ(*ids(Texts({raw}, "z")), raw);
  EXPECT_EQ(*ids(Texts<int64_t>({raw}, "Z")), raw);
  EXPECT_EQ(*ids(Texts({raw, ""}, "z").Where({true, false})), "-");
  Node fixed = Numbers<uint8_t>("w:16", std::vector<uint8_t>(48, 'x'));
  EXPECT_EQ(*ids(fixed.Sliced(1, 2)), std::string(16, 'x'));
  EXPECT_THAT(ids(Texts({"abc"}, "z")),
              IsInvalid("column 'reply_to', row 0: is no id: 16 bytes are "
                        "needed"));
  EXPECT_THAT(ids(Texts({std::string(32, 'g')})),
              IsInvalid(HasSubstr("hexadecimal")));
  EXPECT_THAT(ids(Numbers<uint8_t>("w:8", std::vector<uint8_t>(8))),
              IsInvalid(HasSubstr("of type fixed_size_binary(8)")));
}

}  // namespace
}  // namespace trato::core
