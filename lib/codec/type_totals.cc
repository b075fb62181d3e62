// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/type_totals.h"

#include <algorithm>
#include <vector>

#include "timeline/type_scan.h"

namespace trato::core {
namespace {

void AddLines(const InteractionRef& it, TypeTotals& totals) {
  it.ForEachLine([&](const Line& line) {
    ++totals.lines;
    totals.free_lines += line.is_free();
    return true;
  });
}

void AddPart(const TypeScan::Part& part, TypeTotals& totals) {
  const size_t rows = part.row_count();
  totals.interactions += rows;
  for (size_t i = 0; i < part.size(); ++i) {
    // Sorted within each record.
    const size_t begin = i == 0 ? 0 : part.ends[i - 1];
    if (begin == part.ends[i]) continue;
    totals.first_us = std::min(totals.first_us, part.at_us[begin]);
    totals.last_us = std::max(totals.last_us, part.at_us[part.ends[i] - 1]);
  }
  // Rows of one currency follow each other.
  const bool one_currency = part.currencies.size() == 1;
  for (size_t row = 0; row < rows;) {
    const Currency currency = part.currencies[one_currency ? 0 : row];
    absl::int128& sum = totals.amounts[currency];
    for (; row < rows && (one_currency || part.currencies[row] == currency);
         ++row) {
      sum += part.amounts[row];
    }
  }
  if (part.cluster != nullptr && !part.cluster->has_lines()) return;
  for (size_t row = 0; row < rows; ++row) AddLines(part.Row(row), totals);
}

}  // namespace

TotalsByType TotalsOf(const Model& model, RecordNumber customer,
                      int64_t now_us) {
  TotalsByType all;
  for (RecordNumber record : model.customers->RecordsOf(customer)) {
    for (uint32_t type : model.timeline->TypesOf(record)) {
      TypeTotals* totals = nullptr;
      model.timeline->ForEach(
          record, type, Window::Until(now_us), [&](const InteractionRef& it) {
            if (totals == nullptr) totals = &all[model.ShownType(type)];
            ++totals->interactions;
            AddLines(it, *totals);
            const Money amount = it.amount();
            totals->amounts[amount.currency] += amount.minor;
            totals->first_us = std::min(totals->first_us, it.at_us());
            totals->last_us = std::max(totals->last_us, it.at_us());
            totals->customers = 1;
            return true;
          });
    }
  }
  return all;
}

TotalsByType TotalsOfAll(const Model& model, int64_t now_us) {
  TotalsByType all;
  TypeScan::Buffer buffer;
  std::vector<bool> has_any;  // by record
  for (uint32_t type : model.timeline->Types()) {
    const TypeScan scan(*model.timeline,
                        {.type = type, .now_us = now_us, .amounts = true});
    TypeTotals totals;
    const auto records =
        static_cast<RecordNumber>(model.customers->record_count());
    has_any.assign(records, false);
    scan.Read(0, records, buffer, [&](const TypeScan::Part& part) {
      AddPart(part, totals);
      uint32_t before = 0;
      for (size_t i = 0; i < part.size(); ++i) {
        if (part.ends[i] > before) has_any[part.RecordAt(i)] = true;
        before = part.ends[i];
      }
    });
    if (totals.interactions == 0) continue;
    // Linked records count once.
    model.customers->ForEachGroup([&](RecordNumber leader, auto records) {
      bool any = false;
      for (const RecordNumber record : records) {
        any = any || has_any[record];
        has_any[record] = false;
      }
      has_any[leader] = any;
    });
    totals.customers =
        static_cast<uint64_t>(std::count(has_any.begin(), has_any.end(), true));
    all.emplace(model.ShownType(type), std::move(totals));
  }
  return all;
}

}  // namespace trato::core
