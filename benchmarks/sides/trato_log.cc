// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Topic log: a store as a host has it: most of it loaded, the newest part
// recorded one by one, some customers linked, some interactions corrected.

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <thread>

#include "sides/kernels.h"
#include "sides/sides.h"
#include "sides/trato_store.h"

namespace trato::bench {
namespace {

constexpr int kCallers = 8;

// Real time that passes from the end of the shop's year on.
int64_t Now(const Stopwatch& clock) {
  return shop::kEnd + static_cast<int64_t>(clock.Seconds() * 1e6);
}

double PerSecond(uint64_t count, double seconds) {
  return static_cast<double>(count) / seconds;
}

// Records the newest rows one by one: a few durable from one caller, a few from
// eight at once, the rest buffered. Gives the rates.
Json RecordTail(TratoStore& store, const std::deque<Recording>& tail) {
  const Stopwatch clock;
  // In turns, because a disk that others use is not the same from one second to
  // the next.
  constexpr int kTurns = 7;
  const size_t synced = std::min<size_t>(200, tail.size() / 200);
  size_t next = 0;
  std::vector<double> one;
  std::vector<double> eight;
  for (int turn = 0; turn < kTurns; ++turn) {
    const Stopwatch alone;
    for (const size_t end = next + synced; next < end; ++next) {
      store.Record(tail[next].get(), TRATO_SYNCED, Now(clock));
    }
    one.push_back(PerSecond(synced, alone.Seconds()));

    const Stopwatch together;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, first = next + caller * synced] {
        for (size_t i = first; i < first + synced; ++i) {
          store.Record(tail[i].get(), TRATO_SYNCED, Now(clock));
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    next += kCallers * synced;
    eight.push_back(PerSecond(kCallers * synced, together.Seconds()));
  }
  Json result{{"durable_1_per_s", Median(one)},
              {"durable_8_per_s", Median(eight)}};
  const size_t buffered = tail.size() - next;
  // The clock is read now and then only, as a host with many events would.
  int64_t now = Now(clock);
  // What a call waited at most: every so often one seals, merges or syncs.
  double longest = 0;
  const Stopwatch rest;
  for (double before = 0; next < tail.size(); ++next) {
    if (next % 64 == 0) now = Now(clock);
    store.Record(tail[next].get(), TRATO_BUFFERED, now);
    if (next % 16 != 15) continue;
    const double after = rest.Seconds();
    longest = std::max(longest, after - before);
    before = after;
  }
  result["buffered_per_s"] = PerSecond(buffered, rest.Seconds());
  result["buffered_longest_seconds"] = longest;
  store.Flush();
  return result;
}

// Mean microseconds of one timeline of random customers.
double TimelineMicroseconds(const TratoStore& store, const shop::Shop& shop,
                            uint64_t count, uint64_t first,
                            bool with_ids = false) {
  std::vector<std::string> names;
  for (uint64_t i = first; i < first + count; ++i) {
    names.push_back(shop::CustomerName(shop.Asked(i)));
  }
  uint64_t entries = 0;
  const Stopwatch asking;
  for (const std::string& name : names) {
    entries += store.Newest(name, with_ids).entries;
  }
  const double seconds = asking.Seconds();
  if (entries == 0) Fail("no timeline has an entry");
  return seconds / static_cast<double>(count) * 1e6;
}

Json Answers(const TratoStore& store, const shop::Shop& shop) {
  Json answers = Json::array();
  for (uint64_t i = 0; i < kAskedForAnswer; ++i) {
    answers.push_back(store.Newest(shop::CustomerName(shop.Asked(i))).ToJson());
  }
  return answers;
}

// Asks the whole-base questions; answers and seconds.
void AskWhole(TratoStore& store, Json* result) {
  Json& seconds = (*result)["seconds"];
  Json& answers = (*result)["answers"];
  seconds["totals"] =
      MedianSeconds(3, [&] { answers["totals"] = TypeTotals(store.Info()); });
  seconds["behaviour"] =
      MedianSeconds(3, [&] { answers["behaviour"] = store.CountBehaviour(); });

  const auto by_kernel = [&](const char* name, auto kernel) {
    seconds[name] = MedianSeconds(3, [&] { answers[name] = kernel(); });
  };
  by_kernel("count_type",
            [&] { return CountTypeByKernel(store.get(), "view", shop::kEnd); });
  by_kernel("sum_amount",
            [&] { return SumAmountByKernel(store.get(), shop::kEnd); });
  by_kernel("behaviour_by_kernel",
            [&] { return CountBehaviourByKernel(store.get(), shop::kEnd); });
  // What is faster because it is wrong is no figure.
  if (answers["behaviour_by_kernel"] != answers["behaviour"]) {
    Fail("the hand-written behaviour gives " +
         answers["behaviour_by_kernel"].dump() + ", the engine " +
         answers["behaviour"].dump());
  }
}

// Seals and merges step by step beside a reader; the longest step, which is what
// a writer would have waited, and the longest that the reader waited.
void CheckpointInSteps(TratoStore& store, const shop::Shop& shop,
                       Json* result) {
  const std::string name = shop::CustomerName(shop.Asked(0));
  std::atomic<bool> ends = false;
  double reader = 0;
  std::thread reading([&] {
    while (!ends) {
      const Stopwatch asking;
      store.Newest(name);
      reader = std::max(reader, asking.Seconds());
    }
  });
  const Stopwatch sealing;
  double longest = 0;
  for (bool more = true; more;) {
    const Stopwatch step;
    more = store.Checkpoint(1);
    longest = std::max(longest, step.Seconds());
  }
  (*result)["checkpoint_seconds"] = sealing.Seconds();
  ends = true;
  reading.join();
  (*result)["checkpoint_step_seconds"] = longest;
  (*result)["checkpoint_reader_seconds"] = reader;
}

}  // namespace

Json TratoLog(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "log.trato");
  const uint64_t n = arguments.Number("interactions", 1000000);
  const shop::Shop shop({.interactions = n});
  const uint64_t tail_rows =
      std::max(n / 100, std::min<uint64_t>(n / 4, 20000));
  const uint64_t base = n - tail_rows;

  // Of the wrong rows, those that are corrected later; the others are recorded
  // as they are in truth.
  std::vector<uint64_t> wrong;
  for (uint64_t i = 0; i < n; ++i) {
    if (shop.IsCorrected(i)) wrong.push_back(i);
  }
  const uint64_t corrections = std::min<uint64_t>(
      arguments.Number("corrections", wrong.size()), wrong.size());
  const uint64_t every =
      corrections == 0 ? 0 : (wrong.size() + corrections - 1) / corrections;
  std::vector<uint64_t> to_correct;
  auto made = shop::MakeTable(shop, 0, base, shop::Keys::kCorrected,
                              /*lines=*/false);
  auto table = std::const_pointer_cast<shop::Table>(made);
  std::vector<bool> is_true(n);
  for (size_t i = 0; i < wrong.size(); ++i) {
    if (every != 0 && i % every == 0) {
      to_correct.push_back(wrong[i]);
      continue;
    }
    is_true[wrong[i]] = true;
    if (wrong[i] >= base) continue;
    const shop::Row row = shop.At(wrong[i], /*corrected=*/true);
    table->channel[wrong[i]] = row.channel;
    table->amount_minor[wrong[i]] = row.amount_minor;
  }
  std::deque<Recording> tail;
  for (uint64_t i = base; i < n; ++i) {
    tail.emplace_back(shop, i, is_true[i], shop.IsCorrected(i));
  }
  RemoveStore(path);
  Json result{{"rows", n}, {"tail_rows", tail_rows}};
  const uint64_t before = MemoryNow();

  TratoStore store(path, TRATO_CREATE_NEW);
  {
    const Stopwatch loading;
    store.Append(table);
    result["load_seconds"] = loading.Seconds();
  }
  store.Checkpoint();
  result["record"] = RecordTail(store, tail);
  const uint64_t loaded = MemoryNow();
  result["memory_bytes"] = loaded - before;
  const Json info = store.Info();
  if (info.contains("memory")) result["memory"] = info["memory"];

  store.LinkPairs(shop);
  {
    const Stopwatch correcting;
    for (const uint64_t i : to_correct) store.Correct(shop, i);
    result["record"]["correct_per_s"] =
        PerSecond(to_correct.size(), correcting.Seconds());
    store.Flush();
  }
  result["corrections"] = to_correct.size();
  const uint64_t corrected = MemoryNow();
  result["correction_bytes"] = corrected > loaded ? corrected - loaded : 0;

  result["answers"]["timelines"] = Answers(store, shop);
  const uint64_t asked = arguments.Number("timelines", 20000);
  TimelineMicroseconds(store, shop, asked, 0);  // so that they are resident
  result["timeline_us"] = TimelineMicroseconds(store, shop, asked, 0);
  result["timeline_with_ids_us"] =
      TimelineMicroseconds(store, shop, asked, 0, /*with_ids=*/true);
  AskWhole(store, &result);

  CheckpointInSteps(store, shop, &result);
  result["seconds"]["behaviour_sealed"] = MedianSeconds(
      3, [&] { CountBehaviourByKernel(store.get(), shop::kEnd); });
  store.Close();
  result["file_bytes"] = FileBytes(path);
  result["free_bytes"] = FreeBytes(path);
  return result;
}

// The customers of the same store with one interaction each: what of its size
// is not interactions.
Json TratoCustomers(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "customers.trato");
  const uint64_t n = arguments.Number("interactions", 1000000);
  const shop::Shop shop({.interactions = n});
  std::vector<bool> seen(shop.customers());
  {
    std::vector<uint32_t> customers(n);
    shop.Fill(0, n, {.customer = customers.data()});
    for (const uint32_t customer : customers) seen[customer] = true;
  }
  const auto made =
      shop::MakeTable(shop, 0, 0, shop::Keys::kNone, /*lines=*/false);
  auto table = std::const_pointer_cast<shop::Table>(made);
  for (uint32_t customer = 0; customer < shop.customers(); ++customer) {
    if (!seen[customer]) continue;
    table->customer.push_back(customer);
    table->type.push_back(shop::kView);
    table->channel.push_back(shop::kWeb);
    table->at_us.push_back(shop::kStart);
    table->amount_minor.push_back(0);
  }
  table->rows = table->customer.size();
  RemoveStore(path);
  const uint64_t before = MemoryNow();
  TratoStore store(path, TRATO_CREATE_NEW);
  store.Append(table);
  store.Checkpoint();
  Json result{{"customers", table->rows},
              {"memory_bytes", MemoryNow() - before}};
  store.Close();
  result["file_bytes"] = FileBytes(path);
  RemoveStore(path);
  return result;
}

// Asks a store that is there, for a profiler: timelines, and then all of the
// whole-base questions, or one of them again and again.
Json TratoAsk(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "log.trato");
  const uint64_t n = arguments.Number("interactions", 1000000);
  const shop::Shop shop({.interactions = n});
  TratoStore store(path, TRATO_OPEN_EXISTING,
                   arguments.Number("memory-limit", 0));
  Json result{{"answers", Json::object()}, {"seconds", Json::object()}};
  const uint64_t asked = arguments.Number("timelines", 20000);
  const uint64_t rounds = arguments.Number("rounds", 3);
  if (asked > 0) {
    TimelineMicroseconds(store, shop, asked, 0);
    for (uint64_t i = 0; i < rounds; ++i) {
      result["timeline_us"].push_back(
          TimelineMicroseconds(store, shop, asked, 0));
    }
  }
  const std::string what = arguments.Text("what", "all");
  if (what == "all") AskWhole(store, &result);
  if (what == "kernel") {
    for (int i = 0; i < 50; ++i) CountBehaviourByKernel(store.get(), shop::kEnd);
  }
  if (what == "behaviour") {
    for (int i = 0; i < 3; ++i) store.CountBehaviour();
  }
  return result;
}

// Opens a store that is there, to the first timeline, and asks for more.
Json TratoOpen(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "log.trato");
  const uint64_t n = arguments.Number("interactions", 1000000);
  const shop::Shop shop({.interactions = n});
  const uint64_t more = arguments.Number("timelines", 0);
  if (arguments.Text("cache", "cold") == "cold") {
    DropCache(path);
  } else {
    FillCache(path);
  }
  const std::string name = shop::CustomerName(shop.Asked(0));
  const uint64_t before = MemoryNow();
  const Stopwatch opening;
  TratoStore store(path, TRATO_OPEN_EXISTING,
                   arguments.Number("memory-limit", 0));
  const double open_seconds = opening.Seconds();
  const Json first = store.Newest(name).ToJson();
  const double first_seconds = opening.Seconds();
  Json result{{"open_seconds", open_seconds},
              {"first_seconds", first_seconds},
              {"memory_bytes", MemoryNow() - before},
              {"first", first}};
  if (more > 0) {
    result["timelines"] = Answers(store, shop);
    result["timeline_us"] = TimelineMicroseconds(store, shop, more, 1000);
  }
  store.Close();
  return result;
}

}  // namespace trato::bench
