// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Purchases of customers as CSV: a row each, or a row per customer that sums
// them up.

#ifndef TRATO_CODEC_PURCHASES_CSV_H_
#define TRATO_CODEC_PURCHASES_CSV_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "codec/csv_table.h"
#include "insight/purchase_table.h"

namespace trato::core {

struct PurchasesFile {
  PurchaseTable table;
  // What the file calls each field that was found: "at" is "InvoiceDate".
  std::vector<std::pair<std::string, std::string>> columns;
  int64_t rows = 0;  // without the header
  std::vector<Refusal> refusals;
};

// Reads a whole file. Fields are found under any of their usual headers, or where
// `columns` (field, header) says. The amount of a row may be a quantity times a
// unit price. A row without a customer or with what cannot be read is left out.
// Errors: INVALID_ARGUMENT (a needed column is missing, the text is not CSV),
// UNAVAILABLE when `read` fails, CANCELLED.
absl::StatusOr<PurchasesFile> ReadPurchasesCsv(
    const ReadBytes& read, bool events,
    const std::vector<std::pair<std::string, std::string>>& columns);

// What was read, as JSON: rows, used, columns, refused.
std::string PurchasesReport(const PurchasesFile& file);

}  // namespace trato::core

#endif  // TRATO_CODEC_PURCHASES_CSV_H_
