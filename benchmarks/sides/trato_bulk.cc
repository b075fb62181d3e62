// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Topic bulk: columns in memory into a durable file.

#include <cstdio>

#include "sides/sides.h"
#include "sides/trato_store.h"

namespace trato::bench {

Json TratoBulk(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "bulk.trato");
  const bool keys = arguments.Text("keys", "none") == "all";
  const bool lines = arguments.Number("lines", 0) != 0;
  const shop::Shop shop(
      {.interactions = arguments.Number("interactions", 1000000),
       .whole_seconds = arguments.Text("times", "us") == "s"});
  auto table =
      shop::MakeTable(shop, 0, shop.options().interactions,
                      keys ? shop::Keys::kAll : shop::Keys::kNone, lines);
  const uint64_t rows = table->rows;
  const uint64_t line_count = table->lines.product.size();
  RemoveStore(path);
  const uint64_t before = MemoryNow();
  ResetPeak();

  TratoStore store(path, TRATO_CREATE_NEW);
  const double cpu_before = ProcessorSeconds();
  const Stopwatch loading;
  const uint64_t added = store.Append(table);
  const double seconds = loading.Seconds();
  const double cpu_seconds = ProcessorSeconds() - cpu_before;
  const uint64_t peak = MemoryPeak() - before;
  const Stopwatch sealing;
  store.Checkpoint();
  const double checkpoint_seconds = sealing.Seconds();
  const Json totals = TypeTotals(store.Info());
  store.Close();
  uint64_t expected = rows;
  for (uint64_t i = 0; keys && i < rows; ++i) expected -= shop.IsRepetition(i);
  if (added != expected) {
    Fail("trato: " + std::to_string(added) + " rows were new, not " +
         std::to_string(expected));
  }

  Json result{{"rows", rows},
              {"added", added},
              {"lines", line_count},
              {"seconds", seconds},
              {"cpu_seconds", cpu_seconds},
              {"checkpoint_seconds", checkpoint_seconds},
              {"file_bytes", FileBytes(path)},
              {"free_bytes", FreeBytes(path)},
              {"peak_bytes", peak},
              {"totals", totals}};
  if (arguments.Number("keep", 0) == 0) RemoveStore(path);
  return result;
}

// Orders of a real shop from CSV: what a line of an order takes in the file.
Json TratoOrders(const Arguments& arguments) {
  const std::string path = arguments.Text("path", "orders.trato");
  const std::string csv = arguments.Text("csv", "");
  RemoveStore(path);
  TratoStore store(path, TRATO_CREATE_NEW);
  std::FILE* file = std::fopen(csv.c_str(), "rb");
  if (file == nullptr) Fail("cannot read " + csv);
  trato_buf report = TRATO_BUF_INIT;
  trato_error error = TRATO_ERROR_INIT;
  const Stopwatch loading;
  const trato_read_fn read = [](void* context, char* buffer, size_t capacity) {
    return static_cast<int64_t>(
        std::fread(buffer, 1, capacity, static_cast<std::FILE*>(context)));
  };
  Check(trato_orders_import(store.get(), read, file, shop::kEnd, nullptr,
                            nullptr, &report, &error),
        error);
  const double seconds = loading.Seconds();
  std::fclose(file);
  trato_buf_dispose(&report);
  store.Checkpoint();
  uint64_t lines = 0;
  uint64_t orders = 0;
  const Json info = store.Info();
  for (const Json& type : info.at("interactions")) {
    lines += type.at("lines").get<uint64_t>();
    orders += type.at("interactions").get<uint64_t>();
  }
  store.Close();
  Json result{{"orders", orders},
              {"lines", lines},
              {"seconds", seconds},
              {"file_bytes", FileBytes(path)},
              {"free_bytes", FreeBytes(path)}};
  RemoveStore(path);
  return result;
}

}  // namespace trato::bench
