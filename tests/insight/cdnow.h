// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The CDNOW purchases (Fader, Hardie and Lee 2005) and the donations (Fader,
// Hardie and Shang 2010), found by TRATO_TEST_DATA; tests skip without them.

#ifndef TRATO_TESTS_INSIGHT_CDNOW_H_
#define TRATO_TESTS_INSIGHT_CDNOW_H_

#include <zlib.h>

#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "insight/purchases.h"

namespace trato::core::testing_cdnow {

// The columns of a CSV file by name, plain or compressed; empty: no such file.
inline std::map<std::string, std::vector<double>> ReadCsv(
    const std::string& name) {
  const char* folder = std::getenv("TRATO_TEST_DATA");
  if (folder == nullptr) return {};
  gzFile file = gzopen((std::string(folder) + "/cdnow/" + name).c_str(), "rb");
  if (file == nullptr) return {};
  std::string text;
  char part[65536];
  for (int n; (n = gzread(file, part, sizeof part)) > 0;) {
    text.append(part, static_cast<size_t>(n));
  }
  gzclose(file);
  std::map<std::string, std::vector<double>> columns;
  std::erase(text, '\r');
  std::istringstream lines(text);
  std::string line, cell;
  std::getline(lines, line);
  std::vector<std::string> names;
  std::istringstream header(line);
  while (std::getline(header, cell, ',')) names.push_back(cell);
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    for (const std::string& of : names) {
      std::getline(cells, cell, ',');
      columns[of].push_back(std::stod(cell));
    }
  }
  return columns;
}

struct Table {
  std::vector<double> frequency, recency, age, weight, spend;
  PurchaseColumns columns() const {
    return {frequency, recency, age, weight, spend};
  }
  bool empty() const { return frequency.empty(); }
};

inline Table Customers() {
  auto read = ReadCsv("cdnow_customers_summary_with_transactions.csv.gz");
  return {read["x"], read["t_x"], read["T"], {}, read["zbar"]};
}

inline Table Donations() {
  auto read = ReadCsv("donations.csv");
  return {read["frequency"], read["recency"], read["periods"], read["weights"],
          {}};
}

}  // namespace trato::core::testing_cdnow

#define SKIP_WITHOUT(table)                                   \
  if ((table).empty()) {                                      \
    GTEST_SKIP() << "TRATO_TEST_DATA has no cdnow";            \
  }

#endif  // TRATO_TESTS_INSIGHT_CDNOW_H_
