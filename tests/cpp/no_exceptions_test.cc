// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// trato.hpp in a program without exceptions: every call gives a Result. It is
// compiled with -fno-exceptions and so does not use GoogleTest.

#include <cstdio>
#include <sstream>
#include <string>

#include "trato.hpp"

#if defined(__cpp_exceptions)
#error "compile this with -fno-exceptions"
#endif

namespace {

int failures = 0;

void Check(bool holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, line, what);
}

#define CHECK(condition) Check((condition), #condition, __LINE__)

constexpr int64_t kNow = 1'323'475'200'000'000;

void Run() {
  trato::Result<trato::Store> opened = trato::Store::open("");
  CHECK(opened.ok());
  if (!opened.ok()) return;
  trato::Store& store = *opened;

  trato::Interaction purchase;
  purchase.customer = "shop:1";
  purchase.type = "purchase";
  purchase.lines = {{"tea", "", trato::millionths(2), 0, 480}};
  CHECK(store.record_interaction(purchase, kNow).ok());
  purchase.type = "nonsense";
  CHECK(store.record_interaction(purchase, kNow).status() ==
        trato::Status::kNotFound);

  trato::Result<trato::Timeline> timeline = store.open_timeline("shop:1", kNow);
  CHECK(timeline.ok());
  int entries = 0;
  for (const trato::Entry& entry : *timeline) {
    CHECK(entry.amount_minor == 480);
    ++entries;
  }
  CHECK(entries == 1);
  CHECK(!timeline->error().has_value());

  CHECK(store.define_segment("all", "true", kNow).ok());
  CHECK(store.count_segment("all", kNow).value().members == 1);
  trato::Result<trato::Members> members = store.open_members("all", kNow);
  CHECK(members.ok() && *members->next() != nullptr);
  CHECK(store.match_offers("shop:1", kNow, 3)->empty());
  CHECK(!store.match_offers("shop:404", kNow, 3).ok());
  const trato::Result<trato::Head> head = store.head();
  CHECK(head.ok() && trato::Head::from_text(head->text()) == *head);
  const trato::Result<trato::Store> past = store.as_of({});
  CHECK(past.ok() && *past->digest(kNow) == *store.digest(kNow));
  trato::VerifyOptions verify;
  verify.progress = [](uint64_t, uint64_t) { return true; };
  CHECK(store.verify(verify).status() == trato::Status::kFailedPrecondition);
  CHECK(!store.backup("").ok());
  CHECK(trato::threads(2).run != nullptr);

  std::istringstream sales("nothing\n");
  CHECK(store.import_orders(sales, kNow).status() ==
        trato::Status::kInvalidArgument);
  CHECK(store.close().ok());
}

}  // namespace

int main() {
  Run();
  return failures == 0 ? 0 : 1;
}
