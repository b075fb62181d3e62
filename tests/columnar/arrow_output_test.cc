// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/arrow_output.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "columnar/arrow_input.h"
#include "columnar/export_rows.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::IsError;
using test::IsOk;
using ::testing::ElementsAre;
using ::testing::StrEq;

OutputField Field(std::string name, std::string format) {
  return {std::move(name), std::move(format), true, false, {}};
}

// A stream of `batches` batches with one column of two numbers.
ArrowArrayStream Numbers(int batches) {
  ArrowArrayStream stream;
  MakeStream(
      {Field("n", "l")},
      [left = batches]() mutable -> absl::StatusOr<std::optional<OutputBatch>> {
        if (left-- == 0) return std::nullopt;
        NumberBuilder<int64_t> n;
        n.Append(left);
        n.AppendNull();
        OutputBatch batch;
        batch.rows = 2;
        batch.columns.push_back(n.Take());
        return batch;
      },
      &stream);
  return stream;
}

TEST(ArrowOutput, GivesBatchesThenTheEndForEver) {
  ArrowArrayStream stream = Numbers(2);
  ArrowSchema schema;
  ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
  EXPECT_THAT(schema.format, StrEq("+s"));
  EXPECT_THAT(schema.children[0]->name, StrEq("n"));
  EXPECT_EQ(schema.children[0]->flags, ARROW_FLAG_NULLABLE);
  schema.release(&schema);
  EXPECT_EQ(schema.release, nullptr);
  ArrowArray array;
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(stream.get_next(&stream, &array), 0);
    ASSERT_NE(array.release, nullptr);
    EXPECT_EQ(array.length, 2);
    EXPECT_EQ(array.children[0]->null_count, 1);
    array.release(&array);
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(stream.get_next(&stream, &array), 0);
    EXPECT_EQ(array.release, nullptr);
  }
  EXPECT_EQ(stream.get_last_error(&stream), nullptr);
  stream.release(&stream);
  EXPECT_EQ(stream.release, nullptr);
}

TEST(ArrowOutput, ABatchOutlivesItsStreamAndAChildItsBatch) {
  ArrowArrayStream stream = Numbers(1);
  ArrowArray array;
  ASSERT_EQ(stream.get_next(&stream, &array), 0);
  stream.release(&stream);
  ArrowArray child = *array.children[0];
  array.children[0]->release = nullptr;  // moved, as Arrow says
  array.release(&array);
  EXPECT_EQ(static_cast<const int64_t*>(child.buffers[1])[0], 0);
  child.release(&child);

  ArrowSchema schema;
  stream = Numbers(0);
  ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
  stream.release(&stream);
  ArrowSchema moved = *schema.children[0];
  schema.children[0]->release = nullptr;
  schema.release(&schema);
  EXPECT_THAT(moved.name, StrEq("n"));
  moved.release(&moved);
}

TEST(ArrowOutput, TellsFailuresAndLetsNoExceptionOut) {
  const auto failing = [](PullBatch pull, int code, const std::string& reason) {
    ArrowArrayStream stream;
    MakeStream({Field("n", "l")}, std::move(pull), &stream);
    ArrowArray array;
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(stream.get_next(&stream, &array), code);
      EXPECT_EQ(array.release, nullptr);
      EXPECT_THAT(stream.get_last_error(&stream), StrEq(reason));
    }
    stream.release(&stream);
  };
  using Result = absl::StatusOr<std::optional<OutputBatch>>;
  failing([]() -> Result { return absl::CancelledError("enough"); }, ECANCELED,
          "enough");
  failing([]() -> Result { return absl::UnavailableError("gone"); }, EIO,
          "gone");
  failing([]() -> Result { throw std::bad_alloc(); }, ENOMEM, "no memory");
  failing([]() -> Result { throw std::runtime_error("x"); }, EIO,
          "internal error");
}

TEST(ArrowOutput, SharesASmallDictionaryAndStartsALargeOneAfresh) {
  NameBuilder names;
  names.Append("a");
  names.Append("b");
  const OutputColumn first = names.Take();
  names.Append("b");
  names.Append("");
  const OutputColumn second = names.Take();
  EXPECT_EQ(first.dictionary, second.dictionary);
  EXPECT_EQ(static_cast<const int32_t*>(second.buffers[1].get())[0], 1);
  EXPECT_EQ(second.null_count, 1);
  names.Append("c");
  EXPECT_EQ(names.Take().dictionary->length, 3);
  EXPECT_EQ(first.dictionary->length, 2);
  for (int i = 0; i < 5000; ++i) names.Append(std::to_string(i));
  EXPECT_EQ(names.Take().dictionary->length, 5003);
  names.Append("4999");
  const OutputColumn last = names.Take();
  EXPECT_EQ(last.dictionary->length, 1);
  EXPECT_EQ(static_cast<const int32_t*>(last.buffers[1].get())[0], 0);
}

TEST(ArrowOutput, BuildsValidityAcrossBytes) {
  for (int first_null = 0; first_null < 20; ++first_null) {
    BoolBuilder bools;
    for (int i = 0; i < 20; ++i) {
      if (i == first_null || i == 19) {
        bools.AppendNull();
      } else {
        bools.Append(i % 3 == 0);
      }
    }
    const OutputColumn column = bools.Take();
    const auto* valid = static_cast<const uint8_t*>(column.buffers[0].get());
    const auto* bits = static_cast<const uint8_t*>(column.buffers[1].get());
    EXPECT_EQ(column.null_count, first_null == 19 ? 1 : 2);
    for (int i = 0; i < 20; ++i) {
      const bool is = valid[i / 8] >> (i % 8) & 1;
      EXPECT_EQ(is, i != first_null && i != 19);
      EXPECT_TRUE(!is || (bits[i / 8] >> (i % 8) & 1) == (i % 3 == 0));
    }
  }
}

TEST(ExportRows, WhatTheyWriteIsReadBackAsItWas) {
  const std::vector<NamedAttribute> fields = {
      {"vip", 1}, {"n", 2}, {"x", 3}, {"note", 4}, {"fee", 5}, {"seen", 6}};
  auto rows = std::make_shared<InteractionRows>(fields);
  TimelineItem plain;
  plain.at_us = 5;
  plain.record = "shop:1";
  plain.type = "visit";
  plain.currency = "EUR";
  TimelineItem full = plain;
  full.type = "purchase";
  full.channel = "web";
  full.source = "orders";
  full.key = "A1";
  full.outbound = true;
  full.currency = "KWD";
  full.amount_minor = INT64_MIN;
  full.lines = {{"tea", "kg", 1500000, INT64_MAX, -7},
                {"cup", "", -1000000, INT64_MIN, 9}};
  full.reply_to = IdBytes{1, 2, 3};
  const auto value = [](uint32_t kind, int64_t integer, double number,
                        std::string_view text, std::string_view currency) {
    return ValueInput{kind, integer, number, text, currency};
  };
  full.fields = {
      {"vip", value(1, 1, 0, "", "")},     {"n", value(2, -3, 0, "", "")},
      {"x", value(3, 0, 2.5, "", "")},     {"note", value(4, 0, 0, "", "")},
      {"fee", value(5, 99, 0, "", "JPY")}, {"seen", value(6, 77, 0, "", "")},
      {"unknown", value(2, 1, 0, "", "")}};
  ArrowArrayStream stream;
  MakeStream(
      rows->Schema(),
      [&, step = 0]() mutable -> absl::StatusOr<std::optional<OutputBatch>> {
        if (++step > 2) return std::nullopt;
        rows->Add("shop:1", plain);
        rows->Add("shop:1", full);
        EXPECT_FALSE(rows->Full());
        return rows->Take();
      },
      &stream);
  InputOptions options;
  options.attributes = fields;
  auto next = ReadInteractions(&stream, options);
  ASSERT_THAT(next, IsOk());
  for (int i = 0; i < 2; ++i) {
    auto batch = (*next)();
    ASSERT_THAT(batch, IsOk());
    ASSERT_EQ(batch->rows, 2u);
    EXPECT_EQ(batch->customer.At(1), "shop:1");
    EXPECT_THAT(batch->at_us.values, ElementsAre(5, 5));
    EXPECT_EQ(batch->type.At(0), "visit");
    EXPECT_EQ(batch->type.At(1), "purchase");
    EXPECT_TRUE(batch->channel.IsNull(0));
    EXPECT_EQ(batch->channel.At(1), "web");
    EXPECT_EQ(batch->direction.At(1), "outbound");
    EXPECT_EQ(batch->currency.At(1), "KWD");
    EXPECT_THAT(batch->amount_minor.values, ElementsAre(0, INT64_MIN));
    EXPECT_TRUE(batch->key.IsNull(0));
    EXPECT_EQ(batch->key.At(1), "A1");
    EXPECT_TRUE(batch->reply_to.IsNull(0));
    EXPECT_EQ(batch->reply_to.At(1).size(), 16u);
    EXPECT_EQ(batch->reply_to.At(1)[2], 3);
    const LineColumns& lines = batch->lines;
    EXPECT_THAT(lines.offsets, ElementsAre(0, 0, 2));
    EXPECT_EQ(lines.product.At(0), "tea");
    EXPECT_EQ(lines.unit.At(0), "kg");
    EXPECT_TRUE(lines.unit.IsNull(1));
    EXPECT_THAT(lines.quantity.values, ElementsAre(1500000, -1000000));
    EXPECT_THAT(lines.unit_price.values, ElementsAre(INT64_MAX, INT64_MIN));
    EXPECT_THAT(lines.amount_minor.values, ElementsAre(-7, 9));
    ASSERT_EQ(batch->fields.size(), 6u);
    EXPECT_TRUE(batch->fields[0].integer.IsNull(0));
    EXPECT_EQ(batch->fields[0].integer.values[1], 1);
    EXPECT_EQ(batch->fields[1].integer.values[1], -3);
    EXPECT_EQ(batch->fields[2].number.values[1], 2.5);
    EXPECT_EQ(batch->fields[3].text.At(1), "");
    EXPECT_EQ(batch->fields[4].integer.values[1], 99);
    EXPECT_EQ(batch->fields[4].currency.At(1), "JPY");
    EXPECT_EQ(batch->fields[5].integer.values[1], 77);
  }
  EXPECT_EQ((*next)()->rows, 0u);
}

TEST(ExportRows, CustomersAreReadBackToo) {
  const std::vector<NamedAttribute> attributes = {{"city", 4}};
  CustomerRows rows(attributes);
  ArrowArrayStream stream;
  MakeStream(
      rows.Schema(),
      [&, step = 0]() mutable -> absl::StatusOr<std::optional<OutputBatch>> {
        if (++step > 1) return std::nullopt;
        const std::pair<std::string_view, ValueInput> city = {
            "city", ValueInput{4, 0, 0, "Vigo", ""}};
        rows.Add("shop:1", IdBytes{}, 2, {&city, 1});
        rows.Add("shop:2", IdBytes{}, 1, {});
        return rows.Take();
      },
      &stream);
  InputOptions options;
  options.attributes = attributes;
  auto next = ReadCustomers(&stream, options);
  ASSERT_THAT(next, IsOk());
  auto batch = (*next)();
  ASSERT_THAT(batch, IsOk());
  EXPECT_EQ(batch->customer.At(1), "shop:2");
  EXPECT_EQ(batch->attributes[0].text.At(0), "Vigo");
  EXPECT_TRUE(batch->attributes[0].text.IsNull(1));
}

}  // namespace
}  // namespace trato::core
