// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Topic segments: who is in a segment, over everybody and for one customer. The
// store is as a host has it: most of it sealed, the newest part recorded one by
// one, some customers linked, some interactions corrected.

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>

#include "shop/table.h"
#include "sides/kernels.h"
#include "sides/sides.h"
#include "sides/trato_store.h"

namespace trato::bench {
namespace {

struct Question {
  const char* name;
  const char* expression;
};

// The same in SQL and Polars: peers/segments_peer.py.
constexpr std::array<Question, 5> kQuestions = {{
    {"count and sum in a window", kBehaviour},
    {"attribute and recency",
     "customer.country == 'ES' && "
     "interactions('purchase').recency() > duration('1440h')"},
    {"sequence",
     "sequence(interactions('visit')).then(interactions('purchase'), '1d')"
     ".without(interactions('complaint')).exists()"},
    {"distinct products",
     "interactions('purchase').lines().distinct(l, l.product).size() >= 5"},
    {"two windows compared",
     "interactions('purchase').within('90d').count() > "
     "interactions('purchase').between(now - span('180d'), now - span('90d'))"
     ".count()"},
}};

// Row `index` as it was recorded first: of what is corrected later, the channel
// is wrong, and the amount of what has no lines.
shop::Row Recorded(const shop::Shop& shop, uint64_t index, bool is_wrong) {
  shop::Row row = shop.At(index);
  if (!is_wrong) return row;
  const shop::Row wrong = shop.At(index, /*corrected=*/false);
  row.channel = wrong.channel;
  if (row.line_count == 0) row.amount_minor = wrong.amount_minor;
  return row;
}

void Load(TratoStore& store, const shop::Shop& shop, uint64_t corrections) {
  const uint64_t n = shop.options().interactions;
  const uint64_t base = n - n / 100;
  std::vector<uint64_t> to_correct;
  for (uint64_t i = 0; i < n; ++i) {
    if (shop.IsCorrected(i)) to_correct.push_back(i);
  }
  const uint64_t every = std::max<uint64_t>(
      1, to_correct.size() / std::max<uint64_t>(1, corrections));
  std::vector<bool> is_wrong(n);
  std::vector<uint64_t> kept;
  for (size_t i = 0; i < to_correct.size(); i += every) {
    kept.push_back(to_correct[i]);
    is_wrong[to_correct[i]] = true;
  }
  auto made = shop::MakeTable(shop, 0, base, shop::Keys::kCorrected,
                              /*lines=*/true);
  auto table = std::const_pointer_cast<shop::Table>(made);
  for (const uint64_t i : kept) {
    if (i >= base) continue;
    const shop::Row row = Recorded(shop, i, true);
    table->channel[i] = row.channel;
    table->amount_minor[i] = row.amount_minor;
  }
  store.Append(table);
  store.Checkpoint();
  for (uint64_t i = base; i < n; ++i) {
    const Recording recording(Recorded(shop, i, is_wrong[i]),
                              shop.IsCorrected(i));
    store.Record(recording.get(), TRATO_BUFFERED, shop::kEnd);
  }
  store.Flush();
  store.LinkPairs(shop);
  for (const uint64_t i : kept) store.Correct(shop, i, /*with_lines=*/true);
  store.Flush();
}

uint64_t Count(TratoStore& store, const char* expression) {
  trato_segment_size size = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_preview(store.get(), trato_cstr(expression), shop::kEnd,
                              &size, &error),
        error);
  if (size.undecided != 0) Fail("trato: undecided for some");
  return size.members;
}

// Mean microseconds of testing one of many customers drawn at random.
double TestMicroseconds(TratoStore& store, const shop::Shop& shop) {
  trato_error error = TRATO_ERROR_INIT;
  Check(
      trato_segment_define(store.get(), trato_cstr("behaviour"),
                           trato_cstr(kBehaviour), shop::kEnd, nullptr, &error),
      error);
  std::vector<std::string> names;
  for (uint64_t i = 0; i < 20000; ++i) {
    std::string name = shop::CustomerName(shop.Asked(i));
    uint32_t member = 0;
    if (trato_segment_test(store.get(), trato_cstr("behaviour"),
                           {name.data(), name.size()}, shop::kEnd, &member,
                           nullptr) == TRATO_OK) {
      names.push_back(std::move(name));
    }
  }
  uint32_t members = 0;
  const double seconds = MedianSeconds(3, [&] {
    for (const std::string& name : names) {
      uint32_t member = 0;
      Check(trato_segment_test(store.get(), trato_cstr("behaviour"),
                               {name.data(), name.size()}, shop::kEnd, &member,
                               &error),
            error);
      members += member;
    }
  });
  if (members == 0) Fail("trato: nobody is in the segment");
  return seconds / static_cast<double>(names.size()) * 1e6;
}

}  // namespace

Json TratoSegments(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "segments.trato");
  const uint64_t n = arguments.Number("interactions", 1000000);
  uint64_t threads = arguments.Number("threads", 2);
  const shop::Shop shop({.interactions = n, .corrected = true});
  // With --keep 1 a store that is there already is asked again.
  const bool is_there =
      arguments.Number("keep", 0) != 0 && std::filesystem::exists(path);
  if (!is_there) RemoveStore(path);
  TratoStore store(path, is_there ? TRATO_OPEN_EXISTING : TRATO_CREATE_NEW, 0,
                   RunOnThreads, &threads);
  if (!is_there) {
    Load(store, shop, arguments.Number("corrections", 20000));
    SetCountries(store, shop);
  }
  Json result{{"rows", n}};
  // With --question 1 to 5 that one alone, over and over: for a profiler.
  const uint64_t only = arguments.Number("question", 0);
  const uint64_t times = arguments.Number("times", 0);
  for (const auto& [name, expression] : kQuestions) {
    if (only != 0 && name != kQuestions.at(only - 1).name) continue;
    uint64_t members = 0;
    for (uint64_t i = 0; i < times; ++i) Count(store, expression);
    members = Count(store, expression);  // so that it is resident
    const double before = ProcessorSeconds();
    int runs = 0;
    result["seconds"][name] = MedianSeconds(5, [&] {
      members = Count(store, expression);
      ++runs;
    });
    result["processor_seconds"][name] = (ProcessorSeconds() - before) / runs;
    result["answers"][name] = members;
    result["bytes"][name] = BytesRead(store.get(), name);
  }
  if (only == 0) result["test_us"] = TestMicroseconds(store, shop);
  return result;
}

}  // namespace trato::bench
