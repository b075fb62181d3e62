// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Topic live: segments kept exact while a shop's facts come and time passes.

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "shop/table.h"
#include "sides/sides.h"
#include "sides/trato_store.h"

namespace trato::bench {
namespace {

class Watch {
 public:
  Watch(TratoStore& store, int64_t now_us, const std::string& saved = "") {
    trato_watch_options options = TRATO_WATCH_OPTIONS_INIT;
    options.saved = {saved.data(), saved.size()};
    Check(trato_watch_open(store.get(), &options, now_us, &watch_, &error_),
          error_);
  }
  ~Watch() { trato_watch_destroy(watch_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  trato_watch_state Advance(int64_t now_us) {
    trato_watch_state state = {};
    Check(trato_watch_advance(watch_, now_us, 0, &state, &error_), error_);
    return state;
  }
  // Takes what waits; how many there were.
  uint64_t Take() {
    std::vector<trato_change> changes(4096);
    uint64_t taken = 0;
    for (size_t count = 1; count > 0; taken += count) {
      Check(trato_watch_next(watch_, changes.data(), changes.size(), &count,
                             &error_),
            error_);
    }
    return taken;
  }
  std::string Save() {
    trato_buf buf = TRATO_BUF_INIT;
    Check(trato_watch_save(watch_, &buf, &error_), error_);
    std::string saved(buf.data, buf.size);
    trato_buf_dispose(&buf);
    return saved;
  }
  uint64_t Count(const std::string& segment) {
    uint64_t members = 0;
    Check(trato_watch_count(watch_, {segment.data(), segment.size()}, &members,
                            &error_),
          error_);
    return members;
  }

 private:
  trato_watch* watch_ = nullptr;
  trato_error error_ = TRATO_ERROR_INIT;
};

// Of many durations in microseconds.
Json Quantiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double it : values) sum += it;
  const auto at = [&](double share) {
    return values[static_cast<size_t>(share *
                                      static_cast<double>(values.size() - 1))];
  };
  return {{"mean", sum / static_cast<double>(values.size())},
          {"median", at(0.5)},
          {"p99", at(0.99)},
          {"p999", at(0.999)},
          {"longest", values.back()}};
}

// Days after the year: what comes in them looks like the last days of another
// year of the same shop.
class Days {
 public:
  explicit Days(const shop::Shop& shop)
      : shop_({.interactions = shop.options().interactions,
               .seed = 2,
               .corrected = true}) {}

  // Records day number `day` one by one, each when it comes or, where `at_once`
  // is set, at the beginning of the day; microseconds each.
  std::vector<double> Record(TratoStore& store, int day, bool at_once) const {
    const uint64_t n = shop_.options().interactions;
    const int64_t begin_us = shop::kEnd + day * shop::kDay;
    const int64_t shift_us = (day + 1) * shop::kDay;
    std::vector<double> durations;
    for (uint64_t i = n - 2 * n / 365; i < n; ++i) {
      const int64_t now_us = shop_.ArrivalOf(i) + shift_us;
      if (now_us < begin_us || now_us >= begin_us + shop::kDay) continue;
      shop::Row row = shop_.At(i);
      const int64_t told_us = at_once ? begin_us : now_us;
      row.at_us = std::min(row.at_us + shift_us, told_us);
      const Recording recording(row, /*key=*/false);
      const Stopwatch watch;
      store.Record(recording.get(), TRATO_BUFFERED, told_us);
      durations.push_back(watch.Seconds() * 1e6);
    }
    return durations;
  }

 private:
  const shop::Shop shop_;
};

void Define(TratoStore& store, const Json& segments) {
  trato_error error = TRATO_ERROR_INIT;
  for (const Json& segment : segments) {
    const std::string name = segment["name"], text = segment["expression"];
    Check(trato_segment_define(store.get(), {name.data(), name.size()},
                               {text.data(), text.size()}, shop::kEnd, nullptr,
                               &error),
          error);
  }
}

}  // namespace

Json TratoLive(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "");  // none: in memory
  const uint64_t n = arguments.Number("interactions", 1000000);
  uint64_t threads = arguments.Number("threads", 2);
  std::ifstream file(arguments.Text("segments", "segments.json"));
  const Json segments = Json::parse(file);
  const shop::Shop shop({.interactions = n, .corrected = true});
  if (!path.empty()) RemoveStore(path);
  auto opened = std::make_unique<TratoStore>(path, TRATO_CREATE_NEW, 0,
                                             RunOnThreads, &threads);
  TratoStore& store = *opened;
  store.Append(
      shop::MakeTable(shop, 0, n, shop::Keys::kNone, /*lines=*/false));
  SetCountries(store, shop);
  store.Checkpoint();
  Define(store, segments);
  const auto customers = static_cast<double>(shop.customers());

  Json result{{"customers", shop.customers()}, {"rows", n}};
  const uint64_t before = MemoryNow();
  const Stopwatch opening;
  auto watching = std::make_unique<Watch>(store, shop::kEnd);
  Watch& watch = *watching;
  result["build_seconds"] = opening.Seconds();
  result["bytes_per_customer"] =
      static_cast<double>(MemoryNow() - before) / customers;
  for (const Json& segment : segments) {
    const std::string name = segment["name"];
    result["answers"][name] = watch.Count(name);
  }

  const Days days(shop);
  const auto steps = [&](const char* name, int64_t from_us, int64_t to_us,
                         auto work) {
    const trato_watch_state start = watch.Advance(from_us);
    watch.Take();
    const Stopwatch stopwatch;
    Json& step = result[name];
    work(step);
    const trato_watch_state end = watch.Advance(to_us);
    step["seconds"] = stopwatch.Seconds();
    step["wakeups"] = end.wakeups - start.wakeups;
    step["idle_wakeups"] = end.idle_wakeups - start.idle_wakeups;
    step["changes"] = end.pending;
    const Stopwatch taking;
    step["taken"] = watch.Take();
    step["take_seconds"] = taking.Seconds();
  };
  const auto day_us = [](int day) { return shop::kEnd + day * shop::kDay; };
  // The first day is not measured: as in a store that runs, the rows that are
  // read are near the processor.
  days.Record(store, 0, false);
  steps("advancing", day_us(1), day_us(2), [&](Json& step) {
    step["us"] = Quantiles(days.Record(store, 1, false));
  });
  steps("standing", day_us(2), day_us(2), [&](Json& step) {
    step["us"] = Quantiles(days.Record(store, 2, true));
  });
  steps("quiet_day", day_us(2), day_us(3), [](Json&) {});
  steps("quiet_month", day_us(3), day_us(33), [](Json&) {});
  if (path.empty()) return result;
  const std::string first = segments[0]["name"];
  const uint64_t expected = watch.Count(first);
  const std::string saved = watch.Save();
  result["saved_bytes"] = saved.size();
  watching.reset();
  opened.reset();
  const Stopwatch reopening;
  TratoStore again(path, TRATO_OPEN_EXISTING, 0, RunOnThreads, &threads);
  result["open_seconds"] = reopening.Seconds();
  Watch goes_on(again, day_us(33), saved);
  if (goes_on.Count(first) != expected) Fail("trato: the saved watch differs");
  result["reopen_seconds"] = reopening.Seconds();
  return result;
}

}  // namespace trato::bench
