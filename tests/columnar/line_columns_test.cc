// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/line_columns.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "columnar/arrow_input.h"
#include "producer.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::Coded;
using test::Int64s;
using test::Interactions;
using test::IsInvalid;
using test::IsOk;
using test::Lists;
using test::Node;
using test::Numbers;
using test::Producer;
using test::Struct;
using test::Texts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<InteractionBatch> First(Node table, InputOptions options = {}) {
  // The batch's views die with the reader; keep what they look at.
  static std::vector<BatchReader<InteractionBatch>> kept;
  Producer producer({std::move(table)});
  auto next = ReadInteractions(producer.stream(), std::move(options));
  if (!next.ok()) return next.status();
  kept.push_back(*next);
  return (*next)();
}

// Five lines: products p0 to p4 and amounts 0 to 4.
Node FiveLines() {
  return Struct(
      {Texts({"p0", "p1", "p2", "p3", "p4"}).Named("product"),
       Int64s({0, 1, 2, 3, 4}).Named("amount_minor"),
       Coded<int32_t>({0, 0, 1, 1, 0}, Texts({"kg", "m"})).Named("unit"),
       Numbers<double>("g", {1, 0.5, 2, 1e-6, 3}).Named("quantity"),
       Numbers<double>("g", {0, 1.5, 0, 0, 0}).Named("unit_price")});
}

std::vector<std::string> Products(const LineColumns& lines) {
  std::vector<std::string> products;
  for (int64_t i = 0; i < lines.offsets.back(); ++i) {
    products.emplace_back(lines.product.At(static_cast<size_t>(i)));
  }
  return products;
}

TEST(LineColumns, ReadsListsAndLargeLists) {
  for (const bool large : {false, true}) {
    Node lists = large ? Lists<int64_t>({0, 2, 2, 5}, FiveLines(), "+L")
                       : Lists({0, 2, 2, 5}, FiveLines());
    auto batch = First(Interactions(3, {lists.Named("lines")}));
    ASSERT_THAT(batch, IsOk());
    const LineColumns& lines = batch->lines;
    EXPECT_TRUE(lines.present);
    EXPECT_THAT(lines.offsets, ElementsAre(0, 2, 2, 5));
    EXPECT_THAT(Products(lines), ElementsAre("p0", "p1", "p2", "p3", "p4"));
    EXPECT_THAT(lines.amount_minor.values, ElementsAre(0, 1, 2, 3, 4));
    EXPECT_THAT(lines.unit.codes, ElementsAre(0, 0, 1, 1, 0));
    EXPECT_THAT(lines.quantity.values,
                ElementsAre(1000000, 500000, 2000000, 1, 3000000));
    EXPECT_THAT(lines.unit_price.values, ElementsAre(0, 1500000, 0, 0, 0));
    EXPECT_FALSE(batch->order.present);
  }
}

TEST(LineColumns, ReadsSlicedListsFromZero) {
  const Node lists = Lists({0, 2, 3, 5}, FiveLines());
  auto batch = First(Interactions(2, {lists.Sliced(1, 2).Named("lines")}));
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->lines.offsets, ElementsAre(0, 1, 3));
  EXPECT_THAT(Products(batch->lines), ElementsAre("p2", "p3", "p4"));
  // The table, the list, the structs and their columns all sliced.
  Node child = FiveLines().Sliced(1, 4);
  batch = First(Interactions(3, {Lists({0, 1, 2, 4}, child).Named("lines")})
                    .Sliced(1, 2));
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(Products(batch->lines), ElementsAre("p2", "p3", "p4"));
  EXPECT_THAT(batch->lines.amount_minor.values, ElementsAre(2, 3, 4));
}

TEST(LineColumns, LeavesOutWhatAMissingListHides) {
  Node lists = Lists({0, 2, 3, 5}, FiveLines());
  lists = lists.Where({true, false, true});
  auto batch = First(Interactions(3, {lists.Named("lines")}));
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->lines.offsets, ElementsAre(0, 2, 2, 4));
  EXPECT_THAT(Products(batch->lines), ElementsAre("p0", "p1", "p3", "p4"));
  EXPECT_THAT(batch->lines.unit.codes, ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(batch->lines.amount_minor.values, ElementsAre(0, 1, 3, 4));
}

TEST(LineColumns, ReadsViewsOfLists) {
  Node views = Numbers<int32_t>("+vl", {3, 0, 1});
  views.buffers.push_back(test::BytesOf(std::vector<int32_t>{2, 1, 0}));
  views.children = {FiveLines()};
  auto batch = First(Interactions(3, {views.Named("lines")}));
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->lines.offsets, ElementsAre(0, 2, 3, 3));
  EXPECT_THAT(Products(batch->lines), ElementsAre("p3", "p4", "p0"));
}

TEST(LineColumns, ReadsRowsWithoutLines) {
  auto batch = First(Interactions(
      2,
      {Lists({0, 0, 0}, Struct({Texts({}).Named("product")})).Named("lines")}));
  ASSERT_THAT(batch, IsOk());
  EXPECT_TRUE(batch->lines.present);
  EXPECT_THAT(batch->lines.offsets, ElementsAre(0, 0, 0));
  batch = First(Interactions(2, {Node{"lines", "n", 2, {}, {}, nullptr}}));
  ASSERT_THAT(batch, IsOk());
  EXPECT_FALSE(batch->lines.present);
}

TEST(LineColumns, ScalesAmountsByTheCurrencyOfTheirRow) {
  const Node child =
      Struct({Texts({"a", "b", "c"}).Named("product"),
              Numbers<double>("g", {1.5, 2.5, 3.5}).Named("amount")});
  auto batch =
      First(Interactions(2, {Lists({0, 2, 3}, child).Named("lines"),
                             Texts({"JPY", "KWD"}).Named("currency")}));
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->lines.amount_minor.values, ElementsAre(2, 3, 3500));
}

TEST(LineColumns, ReadsOneLineARowBesideAnOrder) {
  InputOptions options;
  options.columns = {{"order", "InvoiceNo"}, {"product", "StockCode"}};
  auto batch = First(
      Interactions(3, {Int64s({1, 1, 2}).Named("InvoiceNo"),
                       Texts({"a", "b", "a"}).Named("StockCode"),
                       Int64s({2, 1, 1}).Named("quantity"),
                       Numbers<double>("g", {2.55, 1, 1}).Named("unit_price"),
                       Int64s({510, 100, 100}).Named("amount_minor")}),
      options);
  ASSERT_THAT(batch, IsOk());
  EXPECT_EQ(batch->order.At(2), "2");
  EXPECT_TRUE(batch->lines.present);
  EXPECT_TRUE(batch->lines.offsets.empty());
  EXPECT_EQ(batch->lines.product.At(1), "b");
  EXPECT_THAT(batch->lines.quantity.values,
              ElementsAre(2000000, 1000000, 1000000));
  EXPECT_THAT(batch->lines.unit_price.values,
              ElementsAre(2550000, 1000000, 1000000));
  EXPECT_THAT(batch->lines.amount_minor.values, ElementsAre(510, 100, 100));
  EXPECT_FALSE(batch->amount_minor.present);
}

TEST(LineColumns, NamesRowAndLineInMessages) {
  const auto failure = [](Node child) {
    return First(Interactions(3, {Lists({0, 2, 2, 5}, child).Named("lines")}));
  };
  Node child = FiveLines();
  child.children[0] = child.children[0].Where({true, true, true, false, true});
  EXPECT_THAT(failure(child),
              IsInvalid("column 'lines.product', row 2, line 1: a value is "
                        "missing"));
  child = FiveLines();
  child.children[3] = Numbers<double>("g", {1, 1e300, 1, 1, 1});
  child.children[3].name = "quantity";
  EXPECT_THAT(failure(child).status().message(),
              "column 'lines.quantity', row 0, line 1: does not fit in 64 "
              "bits");
  child = FiveLines().Where({true, true, true, true, false});
  EXPECT_THAT(failure(child),
              IsInvalid("column 'lines', row 2, line 2: the line is missing"));
  child = FiveLines();
  child.children[0].name = "Product";
  EXPECT_THAT(failure(child),
              IsInvalid(HasSubstr("field 'lines.product': the lines have no "
                                  "column 'product', did you mean 'Product'")));
}

TEST(LineColumns, FindsNestedColumnsByTheMap) {
  Node child = FiveLines();
  child.children[0].name = "sku";
  InputOptions options;
  options.columns = {{"lines", "items"}, {"lines.product", "sku"}};
  auto batch =
      First(Interactions(1, {Lists({0, 5}, child).Named("items")}), options);
  ASSERT_THAT(batch, IsOk());
  EXPECT_EQ(Products(batch->lines).size(), 5u);
  EXPECT_THAT(
      First(Interactions(1, {Lists({0, 1}, Texts({"a"})).Named("lines")})),
      IsInvalid(HasSubstr("a list of structs is needed")));
  EXPECT_THAT(First(Interactions(1, {Lists({0, 5}, FiveLines()).Named("lines"),
                                     Texts({"1"}).Named("order")})),
              IsInvalid(HasSubstr("fields 'lines' and 'order'")));
}

}  // namespace
}  // namespace trato::core
