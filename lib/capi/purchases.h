// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the functions of chapter 16 of trato.h share.

#ifndef TRATO_CAPI_PURCHASES_H_
#define TRATO_CAPI_PURCHASES_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "capi/support.h"
#include "columnar/arrow_output.h"
#include "columnar/purchase_input.h"
#include "insight/fit.h"
#include "insight/purchase_events.h"
#include "insight/purchases.h"

struct trato_purchases {
  trato::core::PurchaseTable table;  // of events, or only the names
  trato::core::PurchaseSummary summary;
  std::vector<double> weight;
  trato::core::SummaryOptions options;
  bool events = false;
  // Which columns of the summary there are.
  bool recency = false, age = false, spend = false, total = false,
       ahead = false, ahead_total = false;

  trato::core::PurchaseColumns columns() const;
};

namespace trato::capi {

core::RunTasks ToRun(trato_run_fn run, void* context);

// A column of a table out.
struct NamedColumn {
  core::OutputField field;
  core::OutputColumn column;
};
NamedColumn CustomersOf(const core::PurchaseTable& table,
                        const std::vector<int64_t>& customers);
// Null where a text is empty.
NamedColumn Texts(std::string name,
                  const std::vector<std::string_view>& values);
NamedColumn Numbers(std::string name, std::vector<double> values);
NamedColumn Scores(std::string name, const std::vector<uint8_t>& values);

// Gives the columns, all of one length, as a stream of one batch.
void Give(std::vector<NamedColumn> columns, size_t rows,
          ArrowArrayStream* out_stream);

}  // namespace trato::capi

#endif  // TRATO_CAPI_PURCHASES_H_
