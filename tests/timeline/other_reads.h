// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Pages and scans, against what reading record by record and type by type
// gives.

#ifndef TRATO_TESTS_TIMELINE_OTHER_READS_H_
#define TRATO_TESTS_TIMELINE_OTHER_READS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "random_rows.h"
#include "timeline/timeline_page.h"
#include "timeline/type_scan.h"

namespace trato::core {

inline std::string TextOfPageRow(const TimelinePage& page, size_t i,
                                 bool with_id) {
  const TimelinePage::Row& row = page.rows[i];
  Interaction it;
  it.at_us = row.at_us;
  it.recorded_us = row.recorded_us;
  it.type = row.type;
  it.channel = row.channel;
  it.source = row.source;
  it.direction = row.direction;
  it.amount = row.amount;
  it.lines.assign(page.lines.begin() + row.line_begin,
                  page.lines.begin() + row.line_end);
  it.key = page.Key(row);
  const Extras extras = DecodeExtras(page.ExtrasOf(row));
  it.reply_to = extras.reply_to;
  for (const FieldView& field : extras.fields) {
    it.fields.push_back({field.name, field.ToValue()});
  }
  return absl::StrCat(row.record, " ", with_id ? page.ids[i].Hex() : "", " ",
                      ToText(it));
}

inline void ExpectPage(const Timeline& timeline, const PageRequest& request) {
  struct Expected {
    int64_t at_us;
    std::string_view source;
    FactId id;
    std::string text;
  };
  std::vector<Expected> all;
  for (uint32_t i = 0; i < request.records.size(); ++i) {
    const uint32_t record = request.records[i];
    for (uint32_t type : timeline.TypesOf(record)) {
      if (request.type && type != *request.type) continue;
      timeline.ForEach(
          record, type, request.window, [&](const InteractionRef& it) {
            Interaction copy = it.Unpack(timeline.cache());
            // What a page does not tell.
            copy.position = copy.actor = copy.batch = 0;
            copy.stands_for.reset();
            const FactId id = timeline.IdOf(record, it);
            all.push_back(
                {it.at_us(), timeline.names().Text(it.source()), id,
                 absl::StrCat(i, " ", request.with_ids ? id.Hex() : "", " ",
                              ToText(copy))});
            return true;
          });
    }
  }
  std::sort(all.begin(), all.end(), [](const Expected& a, const Expected& b) {
    return std::tie(a.at_us, a.source, a.id) <
           std::tie(b.at_us, b.source, b.id);
  });
  if (request.newest_first) std::reverse(all.begin(), all.end());
  if (request.limit != 0 && all.size() > request.limit) {
    all.resize(request.limit);
  }
  TimelinePage page;
  timeline.ReadPage(request, page);
  std::vector<std::string> got, expected;
  for (size_t i = 0; i < page.rows.size(); ++i) {
    got.push_back(TextOfPageRow(page, i, request.with_ids));
  }
  for (const Expected& it : all) expected.push_back(it.text);
  ASSERT_EQ(got, expected) << "limit " << request.limit << " newest first "
                           << request.newest_first;
}

// The same of some records and a window.
inline void ExpectSelected(const Timeline& timeline, const ScanOptions& options,
                           const TypeScan& scan, uint32_t records,
                           uint32_t at_once) {
  std::vector<int64_t> instants = {std::numeric_limits<int64_t>::min(),
                                   options.now_us};
  scan.ReadAll(*std::make_unique<TypeScan::Buffer>(),
               [&](const TypeScan::Part& part) {
                 for (size_t row = 0; row < part.row_count(); row += 7) {
                   instants.push_back(part.Row(row).at_us());
                 }
               });
  TypeScan::Buffer buffer;
  for (uint32_t k = 0; k < 6; ++k) {
    ScanRequest request;
    request.amounts = k % 2 != 0;
    request.from_us = instants[(k * 31) % instants.size()];
    request.until_us = instants[(k * 57 + 1) % instants.size()];
    Window window = Window::Until(options.now_us);
    window.known_at = options.known_at;
    window.from_us = std::max(options.from_us, request.from_us);
    window.until_us = std::min(options.now_us, request.until_us);
    std::map<uint32_t, std::multiset<std::string>> expected, got;
    for (request.from = 0; request.from < records; request.from += at_once) {
      request.until = request.from + at_once;
      std::vector<uint32_t> some;
      for (uint32_t record = request.from;
           record < std::min(records, request.until); ++record) {
        if ((record * 2654435761u >> 28) % (k + 1) != 0) continue;
        some.push_back(record);
        timeline.ForEach(
            record, options.type, window, [&](const InteractionRef& it) {
              expected[record].insert(
                  absl::StrCat(timeline.IdOf(record, it).Hex(), " ",
                               ToText(it.Unpack(timeline.cache()))));
              return true;
            });
      }
      request.records = &some;
      scan.Read(request, buffer, [&](const TypeScan::Part& part) {
        ASSERT_TRUE(part.is_in_window);
        ASSERT_EQ(part.records.size(), part.ends.size());
        size_t row = 0;
        for (size_t i = 0; i < part.size(); ++i) {
          for (const size_t begin = row; row < part.ends[i]; ++row) {
            const InteractionRef it = part.Row(row);
            got[part.records[i]].insert(
                absl::StrCat(timeline.IdOf(part.records[i], it).Hex(), " ",
                             ToText(it.Unpack(timeline.cache()))));
            ASSERT_EQ(part.at_us[row], it.at_us());
            ASSERT_TRUE(row == begin || part.at_us[row - 1] <= it.at_us());
            if (!request.amounts) continue;
            ASSERT_EQ(part.amounts[row], it.amount().minor);
            ASSERT_EQ(part.currencies[part.currencies.size() == 1 ? 0 : row],
                      it.amount().currency);
          }
        }
      });
    }
    ASSERT_EQ(got, expected);
  }
}

// Reads the records [0, records) in ranges of `at_once`.
inline void ExpectScan(const Timeline& timeline, const ScanOptions& options,
                       uint32_t records, uint32_t at_once) {
  Window window = Window::Until(options.now_us);
  window.known_at = options.known_at;
  window.from_us = options.from_us;
  std::map<uint32_t, std::multiset<std::string>> expected, got;
  for (uint32_t record = 0; record < records; ++record) {
    timeline.ForEach(record, options.type, window,
                     [&](const InteractionRef& it) {
                       expected[record].insert(
                           absl::StrCat(timeline.IdOf(record, it).Hex(), " ",
                                        ToText(it.Unpack(timeline.cache()))));
                       return true;
                     });
  }
  const TypeScan scan(timeline, options);
  TypeScan::Buffer buffer;
  for (uint32_t from = 0; from < records; from += at_once) {
    const uint32_t until = from + at_once;
    scan.Read(from, until, buffer, [&](const TypeScan::Part& part) {
      ASSERT_TRUE(part.records.empty() ||
                  part.records.size() == part.ends.size());
      ASSERT_GT(part.row_count(), 0u);
      ASSERT_EQ(part.at_us.size(), options.times ? part.row_count() : 0);
      ASSERT_EQ(part.amounts.size(), options.amounts ? part.row_count() : 0);
      size_t row = 0;
      for (size_t i = 0; i < part.size(); ++i) {
        const uint32_t record = part.RecordAt(i);
        ASSERT_TRUE(record >= from && record < until);
        ASSERT_TRUE(i == 0 || record > part.RecordAt(i - 1));
        ASSERT_LE(row, part.ends[i]);
        ASSERT_TRUE(part.records.empty() || row < part.ends[i])
            << "a record without rows";
        for (const size_t begin = row; row < part.ends[i]; ++row) {
          const InteractionRef it = part.Row(row);
          got[record].insert(absl::StrCat(timeline.IdOf(record, it).Hex(), " ",
                                          ToText(it.Unpack(timeline.cache()))));
          if (options.times) {
            ASSERT_EQ(part.at_us[row], it.at_us());
            ASSERT_TRUE(row == begin || part.at_us[row - 1] <= it.at_us());
          }
          if (options.amounts) {
            ASSERT_EQ(part.amounts[row], it.amount().minor);
            ASSERT_EQ(part.currencies[part.currencies.size() == 1 ? 0 : row],
                      it.amount().currency);
          }
        }
      }
    });
  }
  ASSERT_EQ(got, expected);
  ExpectSelected(timeline, options, scan, records, at_once);
}

}  // namespace trato::core

#endif  // TRATO_TESTS_TIMELINE_OTHER_READS_H_
