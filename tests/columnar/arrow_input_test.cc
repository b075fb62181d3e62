// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/arrow_input.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <string>
#include <vector>

#include "producer.h"
#include "support/status_matchers.h"

namespace trato::core {
namespace {

using test::Bools;
using test::Coded;
using test::Int64s;
using test::Interactions;
using test::IsError;
using test::IsInvalid;
using test::IsOk;
using test::Node;
using test::Numbers;
using test::Producer;
using test::Struct;
using test::Texts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Status OpenStatus(Node table, InputOptions options = {}) {
  Producer producer({std::move(table)});
  return ReadInteractions(producer.stream(), std::move(options)).status();
}

absl::StatusOr<InteractionBatch> First(Node table, InputOptions options = {}) {
  // The batch's views die with the reader; keep what they look at.
  static std::vector<BatchReader<InteractionBatch>> kept;
  Producer producer({std::move(table)});
  auto next = ReadInteractions(producer.stream(), std::move(options));
  if (!next.ok()) return next.status();
  kept.push_back(*next);
  return (*next)();
}

TEST(ArrowInput, CountsRowsOverTheBatchesAndLeavesOutEmptyOnes) {
  Producer producer(
      {Interactions(2), Interactions(0), Interactions(3), Interactions(0)});
  {
    auto next = ReadInteractions(producer.stream(), {});
    ASSERT_THAT(next, IsOk());
    auto batch = (*next)();
    ASSERT_THAT(batch, IsOk());
    EXPECT_EQ(batch->rows, 2u);
    EXPECT_EQ(batch->first_row, 0u);
    batch = (*next)();
    ASSERT_THAT(batch, IsOk());
    EXPECT_EQ(batch->rows, 3u);
    EXPECT_EQ(batch->first_row, 2u);
    EXPECT_EQ(batch->customer.At(2), "shop:2");
    EXPECT_THAT(batch->at_us.values, ElementsAre(0, 1000000, 2000000));
    for (int i = 0; i < 3; ++i) {
      batch = (*next)();
      ASSERT_THAT(batch, IsOk());
      EXPECT_EQ(batch->rows, 0u);
    }
    EXPECT_EQ(producer.live(), 0);  // at the end, not with the reader
  }
  EXPECT_EQ(producer.live(), 0);
}

TEST(ArrowInput, ReleasesAStreamThatIsNotReadToItsEndOrNotAtAll) {
  Producer producer({Interactions(2), Interactions(2)});
  {
    auto next = ReadInteractions(producer.stream(), {});
    ASSERT_THAT((*next)(), IsOk());
    EXPECT_GT(producer.live(), 0);
  }
  EXPECT_EQ(producer.live(), 0);
  Producer wrong({Struct({Texts({"a"}).Named("x")})});
  ArrowArrayStream* stream = wrong.stream();
  EXPECT_FALSE(ReadInteractions(stream, {}).ok());
  EXPECT_EQ(stream->release, nullptr);
  EXPECT_EQ(wrong.live(), 0);
}

TEST(ArrowInput, RefusesNoStreamAndOneThatWasReleased) {
  EXPECT_THAT(ReadInteractions(nullptr, {}), IsInvalid("stream is NULL"));
  ArrowArrayStream released{};
  EXPECT_THAT(ReadInteractions(&released, {}),
              IsInvalid(HasSubstr("was released already")));
}

TEST(ArrowInput, TellsWhatTheStreamSaysWhenItFails) {
  const auto failure = [](int code, const std::string& reason) {
    Producer producer({Interactions(1)});
    producer.FailsWith(code, reason);
    auto next = ReadInteractions(producer.stream(), {});
    EXPECT_THAT((*next)(), IsOk());
    const absl::Status first = (*next)().status();
    EXPECT_EQ((*next)().status(), first);
    EXPECT_EQ(producer.live(), 0);
    return first;
  };
  EXPECT_THAT(failure(EIO, "the disk\nis gone\xff"),
              IsError(absl::StatusCode::kUnavailable,
                      "the stream failed: the disk is gone"));
  EXPECT_THAT(failure(EIO, ""),
              IsError(absl::StatusCode::kUnavailable,
                      HasSubstr("the stream failed with errno 5")));
  EXPECT_THAT(
      failure(ECANCELED, "enough"),
      IsError(absl::StatusCode::kCancelled, "the stream failed: enough"));
  Producer nothing({});
  nothing.FailsWith(EINVAL, "no schema");
  EXPECT_THAT(
      ReadInteractions(nothing.stream(), {}),
      IsError(absl::StatusCode::kUnavailable, "the stream failed: no schema"));
  EXPECT_EQ(nothing.live(), 0);
}

TEST(ArrowInput, FindsColumnsByTheMapAndElseByName) {
  Node table = Interactions(2, {Texts({"x", "y"}).Named("nobody's")});
  table.children[0].name = "CustomerID";
  InputOptions options;
  options.columns = {{"customer", "CustomerID"}};
  auto batch = First(table, options);
  ASSERT_THAT(batch, IsOk());
  EXPECT_EQ(batch->customer.At(1), "shop:1");
  EXPECT_FALSE(batch->channel.present);
}

TEST(ArrowInput, SaysWhichColumnIsMissingAndWhichIsNear) {
  Node table = Interactions(1);
  table.children[0].name = "Customer";
  EXPECT_THAT(OpenStatus(table),
              IsInvalid("field 'customer': the stream has no column "
                        "'customer', did you mean 'Customer'? (the stream has: "
                        "Customer, at, type)"));
  InputOptions options;
  options.columns = {{"customer", "custom"}};
  EXPECT_THAT(OpenStatus(Interactions(1), options),
              IsInvalid(HasSubstr("no column 'custom', did you mean "
                                  "'customer'?")));
  options.columns = {{"custmer", "customer"}};
  EXPECT_THAT(OpenStatus(Interactions(1), options),
              IsInvalid("columns: there is no field 'custmer' here, did you "
                        "mean 'customer'?"));
  options.columns = {{"key", "at"}, {"key", "type"}};
  EXPECT_THAT(OpenStatus(Interactions(1), options),
              IsInvalid("columns: field 'key' is named twice"));
  EXPECT_THAT(OpenStatus(Interactions(1, {Texts({"x"}).Named("at")})),
              IsInvalid("field 'at': the stream has two columns 'at'; rename "
                        "one"));
  EXPECT_THAT(OpenStatus(Texts({"a"})),
              IsInvalid(HasSubstr("holds no table but a column of type utf8")));
}

TEST(ArrowInput, RefusesMissingValuesThatAreNeeded) {
  for (const size_t column : {0u, 1u, 2u}) {
    Node good = Interactions(5);
    Node table = Interactions(3);
    table.children[column] = table.children[column].Where({true, true, false});
    Producer producer({good, table});
    auto next = ReadInteractions(producer.stream(), {});
    ASSERT_THAT((*next)(), IsOk());
    EXPECT_THAT((*next)(), IsInvalid("column '" + table.children[column].name +
                                     "', row 7: a value is missing"));
  }
  Node table = Interactions(1);
  table.children[2] = {"type", "n", 1, {}, {}, nullptr};
  EXPECT_THAT(First(table),
              IsInvalid("column 'type', row 0: a value is missing"));
  table = Interactions(3);
  table.buffers[0] = test::Bits({true, false, true});
  table.null_count = 1;
  EXPECT_THAT(First(table), IsInvalid(HasSubstr("row 1: a value is missing")));
}

TEST(ArrowInput, ReadsASliceOfTheWholeTable) {
  auto batch = First(Interactions(5).Sliced(2, 2));
  ASSERT_THAT(batch, IsOk());
  EXPECT_EQ(batch->rows, 2u);
  EXPECT_EQ(batch->customer.At(0), "shop:2");
  EXPECT_THAT(batch->at_us.values, ElementsAre(2000000, 3000000));
}

TEST(ArrowInput, TakesAmountInMinorUnitsOrInUnitsButNotBoth) {
  const Node minor = Int64s({150}).Named("amount_minor");
  const Node units = Numbers<double>("g", {2.5}).Named("amount");
  EXPECT_THAT(OpenStatus(Interactions(1, {minor, units})),
              IsInvalid(HasSubstr("fields 'amount_minor' and 'amount' say the "
                                  "same")));
  InputOptions options;
  options.columns = {{"amount", "amount"}};
  auto batch = First(Interactions(1, {minor, units}), options);
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->amount_minor.values, ElementsAre(250));
  options.columns = {{"amount_minor", "amount_minor"}};
  batch = First(Interactions(1, {minor, units}), options);
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->amount_minor.values, ElementsAre(150));
}

TEST(ArrowInput, ReadsAColumnForEachAttributeItHas) {
  InputOptions options;
  options.attributes = {{"vip", 1},    {"age", 2},   {"score", 3},
                        {"city", 4},   {"spent", 5}, {"seen", 6},
                        {"absent", 4}, {"empty", 2}, {"at", 2}};
  auto batch = First(
      Interactions(
          2,
          {Bools({true, false}).Named("vip"),
           Numbers<uint8_t>("C", {7, 9}).Where({true, false}).Named("age"),
           Numbers<float>("f", {0.5f, 2}).Named("score"),
           Coded<int8_t>({1, 0}, Texts({"a", "b"}), "c").Named("city"),
           Numbers<double>("g", {1.5, 2.5}).Named("spent"),
           Texts({"JPY", "EUR"}).Where({true, false}).Named("spent.currency"),
           Numbers<int64_t>("tsm:UTC", {1, 2}).Named("seen"),
           Node{"empty", "n", 2, {}, {}, nullptr}}),
      options);
  ASSERT_THAT(batch, IsOk());
  ASSERT_EQ(batch->fields.size(), 6u);
  EXPECT_THAT(batch->fields[0].integer.values, ElementsAre(1, 0));
  EXPECT_EQ(batch->fields[1].integer.values[0], 7);
  EXPECT_TRUE(batch->fields[1].integer.IsNull(1));
  EXPECT_THAT(batch->fields[2].number.values, ElementsAre(0.5, 2));
  EXPECT_EQ(batch->fields[3].text.At(0), "b");
  EXPECT_EQ(batch->fields[4].name, "spent");
  EXPECT_EQ(batch->fields[4].kind, 5u);
  EXPECT_THAT(batch->fields[4].integer.values, ElementsAre(2, 250));
  EXPECT_EQ(batch->fields[4].currency.At(0), "JPY");
  EXPECT_THAT(batch->fields[5].integer.values, ElementsAre(1000, 2000));
}

TEST(ArrowInput, ReadsAttributesFromEveryTypeThatFits) {
  const auto value = [](uint32_t kind, Node node) {
    InputOptions options;
    options.attributes = {{"x", kind}};
    return First(Interactions(1, {node.Named("x")}), options);
  };
  EXPECT_THAT(value(3, Int64s({3}))->fields[0].number.values, ElementsAre(3));
  EXPECT_THAT(
      value(3, Numbers<int64_t>("d:18,2,64", {325}))->fields[0].number.values,
      ElementsAre(3.25));
  EXPECT_THAT(value(5, Int64s({3}))->fields[0].integer.values, ElementsAre(3));
  EXPECT_THAT(
      value(5, Numbers<int64_t>("d:18,3,64", {3255}))->fields[0].integer.values,
      ElementsAre(326));
  EXPECT_THAT(value(6, Numbers<int32_t>("tdD", {1}))->fields[0].integer.values,
              ElementsAre(86400000000));
  const auto refused = [&](uint32_t kind, Node node, const std::string& what) {
    EXPECT_THAT(value(kind, node), IsInvalid(HasSubstr(what)));
  };
  refused(1, Int64s({1}), "column 'x' is of type int64; booleans are needed");
  refused(2, Numbers<double>("g", {1}), "of type double; whole numbers");
  refused(3, Texts({"1"}), "of type utf8; numbers are needed");
  refused(4, Int64s({1}), "of type int64; text is needed");
  refused(5, Bools({true}), "of type bool; numbers are needed");
  refused(6, Numbers<double>("g", {1}), "timestamps, dates");
  refused(2, Coded<int32_t>({0}, Int64s({1})),
          "of type dictionary<int32, int64>");
  Node ends = Int64s({1});
  ends.format = "+r";
  ends.children = {Int64s({1}), Int64s({1})};
  refused(2, ends, "of type run_end_encoded");
  refused(3, Numbers<double>("g", {1e308 * 10}), "row 0: is not a finite");
  EXPECT_THAT(value(9, Int64s({1})),
              IsError(absl::StatusCode::kUnimplemented, HasSubstr("kind 9")));
}

TEST(ArrowInput, ReadsCustomersWithIdentifiersAndAttributes) {
  const auto table = [](std::vector<Node> more) {
    std::vector<Node> columns = {Int64s({12748, 9}).Named("customer")};
    for (Node& node : more) columns.push_back(std::move(node));
    return Struct(std::move(columns));
  };
  Producer producer({table(
      {Texts({"email:a@x.org", ""}).Where({true, false}).Named("identifier"),
       Texts({"b@x.org", "c@x.org"}).Named("mail"),
       Int64s({77, 78}).Named("identifier.phone"),
       Texts({"no", "no"}).Named("identifiers"),
       Int64s({30, 40}).Named("age")})});
  InputOptions options;
  options.columns = {{"identifier.email", "mail"}};
  options.attributes = {{"age", 2}};
  auto next = ReadCustomers(producer.stream(), options);
  ASSERT_THAT(next, IsOk());
  auto batch = (*next)();
  ASSERT_THAT(batch, IsOk());
  EXPECT_EQ(batch->customer.At(0), "12748");
  EXPECT_FALSE(batch->at_us.present);
  ASSERT_EQ(batch->identifiers.size(), 3u);
  EXPECT_EQ(batch->identifiers[0].first, "email");
  EXPECT_EQ(batch->identifiers[0].second.At(1), "c@x.org");
  EXPECT_EQ(batch->identifiers[1].first, "");
  EXPECT_EQ(batch->identifiers[1].second.At(0), "email:a@x.org");
  EXPECT_TRUE(batch->identifiers[1].second.IsNull(1));
  EXPECT_EQ(batch->identifiers[2].first, "phone");
  EXPECT_EQ(batch->identifiers[2].second.At(1), "78");
  ASSERT_EQ(batch->attributes.size(), 1u);
  EXPECT_THAT(batch->attributes[0].integer.values, ElementsAre(30, 40));
}

TEST(ArrowInput, ReadsProducts) {
  Producer producer({Struct({Numbers<int32_t>("i", {1, 2}).Named("product"),
                             Texts({"tea", "cup"}).Named("name")})});
  auto next = ReadProducts(producer.stream(), {});
  ASSERT_THAT(next, IsOk());
  auto batch = (*next)();
  ASSERT_THAT(batch, IsOk());
  EXPECT_EQ(batch->product.At(1), "2");
  EXPECT_EQ(batch->name.At(1), "cup");
}

}  // namespace
}  // namespace trato::core
