// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/orders_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/calendar.h"

namespace trato::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kHeader =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,"
    "Country\n";

absl::StatusOr<OrdersFile> Read(std::string_view text, size_t chunk = 7) {
  OrdersOptions options;
  options.zone = *LoadZone("Europe/London");
  options.currency = *Currency::Parse("GBP");
  size_t at = 0;
  const ReadBytes read = [&](char* buffer, size_t capacity) {
    const size_t size = std::min({chunk, capacity, text.size() - at});
    text.copy(buffer, size, at);
    at += size;
    return static_cast<int64_t>(size);
  };
  return ReadOrders(
      read, [](int64_t) { return true; }, options);
}

OrdersFile Rows(std::string_view rows) {
  auto file = Read(std::string(kHeader) + std::string(rows));
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *std::move(file) : OrdersFile();
}

std::string ReasonOf(std::string_view row) {
  const OrdersFile file = Rows(std::string(row) + "\n");
  if (file.refusals.size() != 1) return "";
  EXPECT_THAT(file.refusals[0].first_rows, ElementsAre(2));
  return file.refusals[0].reason;
}

TEST(OrdersCsv, RowsOfOneOrderBecomeItsLinesDatedByTheEarliest) {
  const OrdersFile file = Rows(
      "1,A,Tea,2,2011-07-01 10:01:00,1.25,7.0,France\n"
      "2,B,Bag,1,2011-07-01 11:00:00,3.00,8,Spain\n"
      "1,B,Bag,1,2011-07-01 10:00:00,3.00,7.0,France\n");
  ASSERT_EQ(file.orders.size(), 2u);
  const Order& order = file.orders[0];
  EXPECT_EQ(order.interaction.record, "shop:7");
  EXPECT_EQ(order.interaction.type, "purchase");
  // 10:00 in London's summer is 09:00 UTC.
  EXPECT_EQ(order.at_us, 1309510800000000);
  ASSERT_EQ(order.interaction.lines.size(), 2u);
  EXPECT_EQ(order.interaction.lines[0].quantity, 2000000);
  EXPECT_EQ(order.interaction.lines[0].unit_price, 1250000);
  EXPECT_EQ(order.interaction.lines[0].amount_minor, 250);
  EXPECT_EQ(order.interaction.amount.minor, 550);
  EXPECT_EQ(file.product_names.at("A"), "Tea");
  EXPECT_EQ(order.country, "France");
}

// By hand: 3 x 0.335 = 1.005, which is 1.01 half away from zero; the negative
// -1.01.
TEST(OrdersCsv, ALinesAmountIsRoundedOnceHalfAwayFromZero) {
  const OrdersFile file = Rows(
      "1,A,,3,2011-01-01,0.335,7,\nC1,A,,-3,2011-01-01,0.335,7,\n"
      "2,A,,1,2011-01-01,0.001,7,\n");
  ASSERT_EQ(file.orders.size(), 3u);
  EXPECT_EQ(file.orders[0].interaction.amount.minor, 101);
  EXPECT_EQ(file.orders[1].interaction.amount.minor, -101);
  EXPECT_EQ(file.orders[1].interaction.type, "return");
  // Rounded to nothing, but not free: it is no gift.
  EXPECT_EQ(file.orders[2].interaction.amount.minor, 0);
  EXPECT_EQ(file.orders[2].interaction.lines[0].unit_price, 1000);
  EXPECT_EQ(file.orders[2].interaction.type, "purchase");
}

TEST(OrdersCsv, AnOrderIsAGiftOnlyIfAllOfItIsFree) {
  const OrdersFile file = Rows(
      "1,A,,1,2011-01-01,0.0,7,\n1,B,,1,2011-01-01,0,7,\n"
      "2,A,,1,2011-01-01,0.0,7,\n2,B,,1,2011-01-01,0.01,7,\n"
      "C3,A,,-1,2011-01-01,0.0,7,\n");
  ASSERT_EQ(file.orders.size(), 3u);
  EXPECT_EQ(file.orders[0].interaction.type, "gift");
  EXPECT_EQ(file.orders[1].interaction.type, "purchase");
  EXPECT_EQ(file.orders[2].interaction.type, "return");
}

TEST(OrdersCsv, EachUnusableRowIsRefusedWithItsReason) {
  EXPECT_EQ(ReasonOf("1,A,,1,2011-01-01,1,,"), "no customer");
  EXPECT_EQ(ReasonOf(",A,,1,2011-01-01,1,7,"), "no order number");
  EXPECT_EQ(ReasonOf("1,,,1,2011-01-01,1,7,"), "no product");
  EXPECT_EQ(ReasonOf("1,A,,x,2011-01-01,1,7,"),
            "the quantity is not a decimal number");
  EXPECT_EQ(ReasonOf("1,A,,0,2011-01-01,1,7,"), "the quantity is zero");
  EXPECT_EQ(ReasonOf("1,A,,-1,2011-01-01,1,7,"),
            "the quantity is negative and the order is no return");
  EXPECT_EQ(ReasonOf("C1,A,,1,2011-01-01,1,7,"),
            "the quantity is positive and the order is a return");
  EXPECT_EQ(ReasonOf("1,A,,1,2011-01-01,-1,7,"), "the unit price is negative");
  EXPECT_EQ(ReasonOf("1,A,,1,2011-01-01,,7,"),
            "the unit price is not a decimal number");
  EXPECT_THAT(ReasonOf("1,A,,1,12/1/2010 8:26,1,7,"),
              HasSubstr("the time is not a time like"));
  EXPECT_THAT(ReasonOf("1,A,,1,2011-02-30,1,7,"), HasSubstr("the time"));
  EXPECT_EQ(ReasonOf("1,A,,9223372036854775807,2011-01-01,1,7,"),
            "the quantity does not fit in 64 bits");
  EXPECT_EQ(ReasonOf("1,A,,9000000000000,2011-01-01,9000000000000,7,"),
            "the amount does not fit in 64 bits");
  EXPECT_EQ(ReasonOf("1,A,\xff,1,2011-01-01,1,7,"),
            "a text is not UTF-8, or too long");
  EXPECT_EQ(ReasonOf("1,A,1,2011-01-01,1,7"),
            "has another number of fields than the header (8)");
}

TEST(OrdersCsv, AnOrderBelongsToItsFirstCustomer) {
  const OrdersFile file =
      Rows("1,A,,1,2011-01-01,1,7,\n1,A,,1,2011-01-01,1,8,\n");
  ASSERT_EQ(file.refusals.size(), 1u);
  EXPECT_EQ(file.refusals[0].reason, "its order has another customer");
  EXPECT_THAT(file.refusals[0].first_rows, ElementsAre(3));
  EXPECT_EQ(file.orders[0].interaction.lines.size(), 1u);
}

TEST(OrdersCsv, RowsAreCountedAsLinesOfTheFile) {
  const OrdersFile file = Rows(
      "1,A,\"two\nlines, quoted\",1,2011-01-01,1,7,\r\n"
      "\r\n"
      "2,A,,1,2011-01-01,1,,\r\n");
  ASSERT_EQ(file.refusals.size(), 1u);
  EXPECT_THAT(file.refusals[0].first_rows, ElementsAre(5));
  EXPECT_EQ(file.product_names.at("A"), "two\nlines, quoted");
}

TEST(OrdersCsv, FindsSeparatorBomAndUsualHeaders) {
  const auto file = Read(
      "\xef\xbb\xbf"
      "Order ID;SKU;Qty;Order date;Price;Customer ID\n"
      "9;A;2;2011-01-01;1.5;7\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->separator, ';');
  ASSERT_EQ(file->orders.size(), 1u);
  EXPECT_EQ(file->orders[0].interaction.amount.minor, 300);
}

TEST(OrdersCsv, ADecimalCommaIsReadWhereCommasDoNotSeparate) {
  const auto file = Read(
      "order;sku;qty;date;price;customer\n"
      "1;A;2;2011-01-01;1,50;7\n2;A;2;2011-01-01;1.000,50;7\n");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->orders.size(), 1u);
  EXPECT_EQ(file->orders[0].interaction.amount.minor, 300);
  EXPECT_EQ(file->refusals.size(), 1u);  // which is the point?
}

TEST(OrdersCsv, AMissingColumnIsNamedWithWhatIsThere) {
  const auto file =
      Read("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice\n");
  EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(file.status().message(),
            "no column for the customer, such as customerid; the header has: "
            "InvoiceNo, StockCode, Quantity, InvoiceDate, UnitPrice");
}

TEST(OrdersCsv, TwoColumnsForOneThingAreRefused) {
  const auto file = Read(
      "InvoiceNo,Order,StockCode,Quantity,InvoiceDate,UnitPrice,Customer\n");
  EXPECT_THAT(std::string(file.status().message()),
              HasSubstr("two columns could be the order: InvoiceNo and Order"));
}

TEST(OrdersCsv, AQuoteWithoutEndIsAnErrorWithItsLine) {
  const auto file = Read(std::string(kHeader) +
                         "1,A,,1,2011-01-01,1,7,\n"
                         "2,A,\"no end,1,2011-01-01,1,7,\n3,A,,1,x,1,7,\n");
  EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(file.status().message()), HasSubstr("line 3"));
}

TEST(OrdersCsv, NothingAtAllIsAnError) {
  EXPECT_EQ(Read("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Read("\n\n").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(OrdersCsv, TheSizeOfTheChunksChangesNothing) {
  const std::string text = std::string(kHeader) +
                           "1,A,\"a \"\"b\"\"\nc\",1,2011-01-01,1,7,\r\n"
                           "2,B,x,2,2011-01-02,2.5,8,Spain\n";
  for (size_t chunk = 1; chunk < text.size() + 2; ++chunk) {
    const auto file = Read(text, chunk);
    ASSERT_TRUE(file.ok()) << chunk;
    ASSERT_EQ(file->orders.size(), 2u) << chunk;
    EXPECT_EQ(file->product_names.at("A"), "a \"b\"\nc") << chunk;
    EXPECT_EQ(file->orders[1].interaction.amount.minor, 500) << chunk;
  }
}

}  // namespace
}  // namespace trato::core
