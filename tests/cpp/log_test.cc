// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The log as a whole, by trato.hpp: corrections, the past, heads, checks,
// copies, readers, threads, columns.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// As any header of Arrow defines it, before trato.h or after it.
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};
#endif

#include "trato.hpp"

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::trato::Status;
using ::trato::Store;

// 2011-12-10 00:00 UTC.
constexpr int64_t kNow = 1'323'475'200'000'000;
constexpr int64_t kDay = 86'400'000'000;

trato::Interaction Visit(const std::string& customer, int64_t at_us) {
  trato::Interaction visit;
  visit.at_us = at_us;
  visit.customer = customer;
  visit.type = "visit";
  return visit;
}

template <class Call>
Status StatusOf(Call&& call) {
  return trato::attempt(std::forward<Call>(call)).status();
}

std::vector<std::string> TypesOf(const Store& store,
                                 const std::string& customer) {
  std::vector<std::string> types;
  if (trato::attempt([&] {
        return store.open_timeline(customer, kNow);
      }).ok()) {
    for (const trato::Entry& entry : store.open_timeline(customer, kNow)) {
      types.push_back(entry.type);
    }
  }
  return types;
}

// A file that is not there, before and after the test.
class FileTest : public ::testing::Test {
 protected:
  FileTest() { Remove(); }
  ~FileTest() override { Remove(); }

  const std::string path_ = "cpp_log_test.trato";
  const std::string copy_ = "cpp_log_test_copy.trato";

 private:
  void Remove() {
    for (const std::string& path : {path_, copy_}) {
      for (const char* end : {"", "-wal", "-shm", "-lock"}) {
        std::remove((path + end).c_str());
      }
    }
  }
};

TEST(Correction, IsWhatWasInTruth) {
  Store store = Store::open("");
  trato::Correction correction;
  correction.record = "shop:1";
  correction.interaction =
      store.record_interaction(Visit("shop:1", kNow - 2 * kDay), kNow);
  correction.content = Visit("shop:2", kNow - kDay);
  correction.content->type = "purchase";
  correction.content->lines = {{"tea", "", trato::millionths(2), 0, 480}};
  correction.reason = "the wrong card";
  const trato::Id id = store.correct_interaction(correction, kNow);
  EXPECT_NE(id, correction.interaction);
  EXPECT_THAT(TypesOf(store, "shop:1"), IsEmpty());
  trato::Timeline timeline = store.open_timeline("shop:2", kNow);
  const trato::Entry* entry = timeline.next();
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->fact, correction.interaction);
  EXPECT_EQ(entry->at_us, kNow - kDay);
  EXPECT_EQ(entry->amount_minor, 480);
}

TEST(Correction, TakesBackWhatNeverHappened) {
  Store store = Store::open("");
  trato::Correction correction;
  correction.record = "shop:1";
  correction.interaction =
      store.record_interaction(Visit("shop:1", kNow - kDay), kNow);
  correction.at_us = kNow - 1;
  store.retract_interaction(correction, kNow);
  EXPECT_THAT(TypesOf(store, "shop:1"), IsEmpty());
  // Each is for one of the two calls.
  EXPECT_EQ(StatusOf([&] { store.correct_interaction(correction, kNow); }),
            Status::kInvalidArgument);
  correction.content = Visit("shop:1", kNow - kDay);
  EXPECT_EQ(StatusOf([&] { store.retract_interaction(correction, kNow); }),
            Status::kInvalidArgument);
  correction.at_us = kNow;
  store.correct_interaction(correction, kNow);
  EXPECT_THAT(TypesOf(store, "shop:1"), ElementsAre("visit"));
}

TEST(Timeline, CanLeaveOutTheIds) {
  Store store = Store::open("");
  store.record_interaction(Visit("shop:1", kNow - kDay), kNow);
  trato::TimelineOptions options;
  options.without_ids = true;
  for (const trato::Entry& entry :
       store.open_timeline("shop:1", kNow, options)) {
    EXPECT_EQ(entry.fact, trato::Id());
  }
}

TEST(Fork, IsAStoreOfItsOwn) {
  Store store = Store::open("");
  store.record_interaction(Visit("shop:1", kNow - 9 * kDay), kNow);
  Store fork = store.fork();
  EXPECT_EQ(fork.digest(kNow), store.digest(kNow));
  fork.record_interaction(Visit("shop:1", kNow - 5 * kDay), kNow);
  EXPECT_THAT(TypesOf(store, "shop:1"), ElementsAre("visit"));
  store.close();
  EXPECT_THAT(TypesOf(fork, "shop:1"), ElementsAre("visit", "visit"));
  EXPECT_THAT(fork.what_if(INT64_MIN, INT64_MAX, kNow),
              HasSubstr("\"decisions\": 0"));
}

TEST(AsOf, IsTheStoreAsItWas) {
  Store store = Store::open("");
  store.record_interaction(Visit("shop:1", kNow - 9 * kDay), kNow);
  const uint64_t position = store.head().position;
  store.record_interaction(Visit("shop:1", kNow - 5 * kDay), kNow);
  trato::AsOf as_of;
  as_of.as_of_us = kNow - 7 * kDay;
  Store by_time = store.as_of(as_of);
  as_of = {};
  as_of.known_at = position;
  Store by_position = store.as_of(as_of);
  EXPECT_EQ(store.as_of({}).digest(kNow), store.digest(kNow));
  EXPECT_EQ(StatusOf([&] {
              by_time.record_interaction(Visit("shop:1", kNow), kNow);
            }),
            Status::kFailedPrecondition);
  store.close();
  EXPECT_THAT(TypesOf(by_time, "shop:1"), ElementsAre("visit"));
  EXPECT_THAT(TypesOf(by_position, "shop:1"), ElementsAre("visit"));
}

TEST(Head, ReadsWhatItWrites) {
  Store store = Store::open("");
  const trato::Head before = store.head();
  store.record_interaction(Visit("shop:1", kNow), kNow);
  const trato::Head head = store.head();
  EXPECT_GT(head.position, before.position);
  EXPECT_NE(head, before);
  EXPECT_EQ(trato::Head::from_text(head.text()), head);
  for (const char* text :
       {"", "1", ":", "1:", "x:00", "1:00", "99999999999999999999:00"}) {
    EXPECT_EQ(trato::Head::from_text(text), std::nullopt) << text;
  }
}

TEST(Digest, IsTheSameForTheSameFacts) {
  std::set<std::string> digests;
  for (const bool backwards : {false, true}) {
    Store store = Store::open("");
    trato::Interaction one = Visit("shop:1", kNow - kDay);
    trato::Interaction two = Visit("shop:2", kNow);
    one.key = "1";
    two.key = "2";
    store.record_interaction(backwards ? two : one, kNow);
    store.record_interaction(backwards ? one : two, kNow);
    digests.insert(store.digest(kNow).hex());
  }
  ASSERT_EQ(digests.size(), 1u);
  EXPECT_EQ(digests.begin()->size(), 64u);
}

TEST_F(FileTest, VerifiesAgainstAHead) {
  Store store = Store::open(path_);
  store.record_interaction(Visit("shop:1", kNow), kNow);
  trato::VerifyOptions options;
  options.rebuild = true;
  options.head = store.head();
  uint64_t calls = 0;
  options.progress = [&](uint64_t, uint64_t) {
    ++calls;
    return true;
  };
  store.record_interaction(Visit("shop:1", kNow), kNow);
  EXPECT_THAT(store.verify(options), HasSubstr("\"ok\": true"));
  EXPECT_GT(calls, 0u);
  EXPECT_THAT(store.verify(), HasSubstr("\"ok\": true"));
  options.head->chain[7] ^= 1;
  EXPECT_THAT(store.verify(options), HasSubstr("\"ok\": false"));
  options.progress = [](uint64_t, uint64_t) { return false; };
  EXPECT_EQ(StatusOf([&] { return store.verify(options); }),
            Status::kCancelled);
  options.progress = [](uint64_t, uint64_t) -> bool {
    throw std::logic_error("mine");
  };
  EXPECT_THROW(store.verify(options), std::logic_error);
}

TEST_F(FileTest, CopiesItself) {
  Store store = Store::open(path_);
  store.record_interaction(Visit("shop:1", kNow), kNow);
  uint64_t calls = 0;
  store.backup(copy_, [&](uint64_t, uint64_t) {
    ++calls;
    return true;
  });
  EXPECT_GT(calls, 0u);
  EXPECT_EQ(StatusOf([&] { store.backup(copy_); }), Status::kAlreadyExists);
  trato::StoreOptions read;
  read.mode = trato::OpenMode::kRead;
  EXPECT_EQ(Store::open(copy_, read).digest(kNow), store.digest(kNow));
}

TEST_F(FileTest, IsReadBesideItsWriter) {
  Store store = Store::open(path_);
  store.record_interaction(Visit("shop:1", kNow - kDay), kNow);
  trato::StoreOptions read;
  read.mode = trato::OpenMode::kRead;
  Store reader = Store::open(path_, read);
  store.record_interaction(Visit("shop:1", kNow), kNow);
  EXPECT_THAT(TypesOf(reader, "shop:1"), ElementsAre("visit"));
  reader.refresh();
  EXPECT_THAT(TypesOf(reader, "shop:1"), ElementsAre("visit", "visit"));
}

TEST_F(FileTest, AnswersTheSameInLessMemoryAndOnMoreThreads) {
  trato::Digest expected;
  {
    Store store = Store::open(path_);
    std::vector<trato::Interaction> visits;
    for (int i = 0; i < 3000; ++i) {
      visits.push_back(Visit("shop:" + std::to_string(i % 99), kNow - i));
    }
    store.record_interactions(visits, kNow);
    EXPECT_FALSE(store.checkpoint());
    expected = store.digest(kNow);
  }
  trato::StoreOptions options;
  options.memory_limit = 1;
  options.run = trato::threads(3);
  Store store = Store::open(path_, options);
  EXPECT_EQ(store.digest(kNow), expected);
  EXPECT_EQ(store.preview_segment("true", kNow).members, 99u);
}

TEST(Threads, RunEachTaskOnce) {
  EXPECT_EQ(trato::threads(1).run, nullptr);
  const trato::Executor executor = trato::threads(4);
  ASSERT_NE(executor.run, nullptr);
  for (const size_t count : {size_t{0}, size_t{1}, size_t{3}, size_t{1000}}) {
    std::vector<std::atomic<int>> runs(count);
    executor.run(
        executor.context,
        [](void* context, size_t i) {
          ++(*static_cast<std::vector<std::atomic<int>>*>(context))[i];
        },
        &runs, count);
    for (const std::atomic<int>& it : runs) EXPECT_EQ(it, 1);
  }
}

TEST(Columns, ComeAndGoAsStreams) {
  Store store = Store::open("");
  store.define_attribute("vip", trato::Subject::kCustomer,
                         trato::ValueKind::kBool, "", kNow);
  trato::Attribute vip;
  vip.customer = "shop:1";
  vip.name = "vip";
  vip.value = true;
  store.set_attribute(vip, kNow);
  store.record_interactions(
      {Visit("shop:1", kNow), Visit("shop:2", kNow - kDay)}, kNow);

  Store other = Store::open("");
  other.define_attribute("vip", trato::Subject::kCustomer,
                         trato::ValueKind::kBool, "", kNow);
  ArrowArrayStream stream{};
  trato::AppendOptions dry_run;
  dry_run.dry_run = true;
  uint64_t rows = 0;
  dry_run.progress = [&](uint64_t done, uint64_t) {
    rows = done;
    return true;
  };
  store.export_interactions(kNow, {}, &stream);
  EXPECT_EQ(other.append_interactions(&stream, kNow, dry_run).added, 2u);
  EXPECT_EQ(stream.release, nullptr);
  EXPECT_EQ(rows, 2u);
  EXPECT_THAT(TypesOf(other, "shop:1"), IsEmpty());

  store.export_interactions(kNow, {}, &stream);
  EXPECT_EQ(other.append_interactions(&stream, kNow).rows, 2u);
  store.export_customers(kNow, {}, &stream);
  EXPECT_EQ(other.append_customers(&stream, kNow).added, 1u);
  EXPECT_EQ(other.digest(kNow), store.digest(kNow));

  trato::ExportOptions none;
  none.customers.emplace();
  store.export_interactions(kNow, none, &stream);
  EXPECT_EQ(other.append_interactions(&stream, kNow).rows, 0u);
  none.customers->push_back("shop:99");
  EXPECT_EQ(StatusOf([&] { store.export_interactions(kNow, none, &stream); }),
            Status::kNotFound);

  // By another name, for another purpose.
  trato::AppendOptions renamed;
  renamed.columns = {{"product", "type"}, {"name", "customer"}};
  store.export_interactions(kNow, {}, &stream);
  EXPECT_EQ(other.append_products(&stream, kNow, renamed).rows, 2u);
  renamed.progress = [](uint64_t, uint64_t) -> bool {
    throw std::logic_error("mine");
  };
  store.export_interactions(kNow, {}, &stream);
  EXPECT_THROW(other.append_products(&stream, kNow, renamed), std::logic_error);
  EXPECT_EQ(stream.release, nullptr);
}

}  // namespace
