// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Arrow data that cannot be: what can be seen to be wrong is refused, and all
// of it is released.

#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <vector>

#include "columnar/arrow_input.h"
#include "producer.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::BytesOf;
using test::Coded;
using test::Int64s;
using test::Interactions;
using test::IsInvalid;
using test::Lists;
using test::Node;
using test::Producer;
using test::Struct;
using test::Texts;
using test::Views;
using ::testing::HasSubstr;

// What reading three rows with a column `key` and one `amount_minor` and lines
// says after `damage` was done to the second batch.
absl::Status After(const std::function<void(Node& table)>& damage,
                   bool in_schema = false) {
  const Node good = Interactions(
      3, {Texts({"a", "b", "c"}).Named("key"),
          Int64s({1, 2, 3}).Named("amount_minor"),
          Lists({0, 1, 2, 3}, Struct({Texts({"x", "y", "z"}).Named("product")}))
              .Named("lines")});
  Node bad = good;
  damage(bad);
  Producer producer({in_schema ? bad : good, bad});
  absl::Status result;
  {
    auto next = ReadInteractions(producer.stream(), {});
    result = next.status();
    for (int i = 0; result.ok() && i < 2; ++i) result = (*next)().status();
  }
  EXPECT_EQ(producer.live(), 0);
  return result;
}

constexpr int kType = 2;
constexpr int kKey = 3;
constexpr int kAmount = 4;
constexpr int kLines = 5;

void ExpectRefused(const std::function<void(Node& table)>& damage,
                   const std::string& what) {
  EXPECT_THAT(After(damage), IsInvalid(HasSubstr(what)));
}

TEST(MalformedArrow, NothingIsWrongWithoutDamage) {
  EXPECT_TRUE(After([](Node&) {}).ok());
}

TEST(MalformedArrow, RefusesNegativeAndShortLengths) {
  ExpectRefused([](Node& table) { table.length = -1; }, "is negative");
  ExpectRefused([](Node& table) { table.offset = -1; }, "is negative");
  ExpectRefused([](Node& table) { table.children[kKey].offset = -5; },
                "column 'key': malformed Arrow data: a length, offset or "
                "null_count is negative");
  ExpectRefused([](Node& table) { table.children[kKey].null_count = -2; },
                "is negative");
  ExpectRefused([](Node& table) { table.children[kKey].length = 2; },
                "an array holds 2 of 3 needed values");
  ExpectRefused([](Node& table) { table.offset = 1; },
                "an array holds 3 of 4 needed values");
  ExpectRefused([](Node& table) { table.offset = INT64_MAX; },
                "an offset is out of bounds");
  ExpectRefused([](Node& table) { table.children[kKey].offset = INT64_MAX; },
                "an offset is out of bounds");
  ExpectRefused([](Node& table) { table.length = INT64_MAX; }, "rows");
}

TEST(MalformedArrow, RefusesWrongNumbersOfChildrenAndBuffers) {
  ExpectRefused([](Node& table) { table.n_children = 5; },
                "an array has 5 children, its schema 6");
  ExpectRefused([](Node& table) { table.n_children = -1; }, "children");
  ExpectRefused([](Node& table) { table.children[kKey].n_children = 1; },
                "children");
  ExpectRefused([](Node& table) { table.children[kKey].n_buffers = 2; },
                "an array has 2 buffers, 3 are needed");
  ExpectRefused([](Node& table) { table.children[kAmount].n_buffers = 0; },
                "an array has 0 buffers, 2 are needed");
  ExpectRefused([](Node& table) { table.children[kLines].n_children = 0; },
                "an array has 0 children, its schema 1");
}

TEST(MalformedArrow, RefusesBuffersThatAreNotThere) {
  ExpectRefused(
      [](Node& table) { table.children[kAmount].buffers[1] = std::nullopt; },
      "column 'amount_minor': malformed Arrow data: a buffer is NULL");
  ExpectRefused(
      [](Node& table) { table.children[kKey].buffers[1] = std::nullopt; },
      "a buffer is NULL");
  ExpectRefused(
      [](Node& table) { table.children[kKey].buffers[2] = std::nullopt; },
      "an offset of a text is out of bounds");
  ExpectRefused(
      [](Node& table) { table.children[kLines].buffers[1] = std::nullopt; },
      "a buffer is NULL");
  ExpectRefused([](Node& table) { table.children[kAmount].null_count = 1; },
                "the validity buffer is NULL");
  ExpectRefused([](Node& table) { table.children[kAmount].null_count = 4; },
                "null_count is greater than the length");
}

TEST(MalformedArrow, RefusesOffsetsThatGoBackwards) {
  const auto with = [](std::vector<int32_t> offsets, int column) {
    return [=](Node& table) {
      table.children[static_cast<size_t>(column)].buffers[1] = BytesOf(offsets);
    };
  };
  ExpectRefused(with({-1, 1, 2, 3}, kKey), "an offset of a text");
  ExpectRefused(with({0, 2, 1, 3}, kKey), "an offset of a text");
  ExpectRefused(with({0, 2, 1, 3}, kLines), "an offset of a list");
  ExpectRefused(with({-1, 1, 2, 3}, kLines), "an offset of a list");
  ExpectRefused(with({0, 1, 2, 4}, kLines), "an offset of a list");
}

TEST(MalformedArrow, RefusesIndicesOutsideADictionary) {
  for (const int32_t index : {1, -1, INT32_MAX, INT32_MIN}) {
    ExpectRefused(
        [&](Node& table) {
          table.children[kType] =
              Coded<int32_t>({0, index, 0}, Texts({"purchase"})).Named("type");
        },
        "column 'type': malformed Arrow data: an index is outside its "
        "dictionary");
  }
  ExpectRefused([](Node& table) { table.children[kType].dictionary = nullptr; },
                "dictionary and schema differ");
  ExpectRefused(
      [](Node& table) { table.children[kType].dictionary->length = -1; },
      "a dictionary has too many values");
}

TEST(MalformedArrow, RefusesViewsOutsideTheirBuffers) {
  const std::string text = "longer than twelve bytes";
  const auto views = [&](size_t word, int32_t value) {
    Node node = Views({text, text, text}).Named("key");
    std::memcpy(node.buffers[1]->data() + 4 * word, &value, 4);
    return [node](Node& table) { table.children[kKey] = node; };
  };
  EXPECT_TRUE(After(views(2, 0), true).ok());
  for (const auto& [word, value] : std::vector<std::pair<size_t, int32_t>>{
           {0, -1}, {0, 1000}, {2, -1}, {2, 2}, {3, -1}, {3, 25}, {3, 124}}) {
    // The third view has all of the first buffer, from 24 to 48.
    EXPECT_THAT(After(views(8 + word, value), true),
                IsInvalid(HasSubstr("an offset of a text")))
        << word << " " << value;
  }
}

TEST(MalformedArrow, RefusesSchemasThatCannotBe) {
  const auto refused = [](const std::function<void(Node&)>& damage,
                          const std::string& what) {
    EXPECT_THAT(After(damage, true), IsInvalid(HasSubstr(what)));
  };
  refused([](Node& table) { table.children[kType].format = "u"; },
          "a dictionary's indices are no whole numbers");
  refused([](Node& table) { table.children[kKey].format = "nonsense"; },
          "of type 'nonsense' (an Arrow format)");
  refused([](Node& table) { table.children[kKey].format = "ts"; }, "'ts'");
  refused([](Node& table) { table.children[kKey].format = "d:"; }, "'d:'");
  refused([](Node& table) { table.children[kKey].format = "\n"; }, "unknown");
  refused([](Node& table) { table.children[kLines].children.clear(); },
          "a list has not one child");
}

TEST(MalformedArrow, TakesEmptyBatchesWithBuffersThatAreNull) {
  EXPECT_TRUE(After([](Node& table) {
                table.length = 0;
                for (Node& child : table.children) {
                  child.length = 0;
                  for (test::Bytes& buffer : child.buffers) buffer.reset();
                }
              }).ok());
}

}  // namespace
}  // namespace trato::core
