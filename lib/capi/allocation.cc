// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 23 of trato.h: handing out what is scarce.

#include "capi/purchases.h"
#include "engine/store_allocation.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

namespace {

void GivePlan(AllocationRows rows, ArrowArrayStream* out_stream) {
  const size_t count = rows.customer.size();
  NumberBuilder<int64_t> values;
  for (const int64_t it : rows.value_minor) values.Append(it);
  std::vector<NamedColumn> out;
  out.push_back(CustomersOf(rows.table, rows.customer));
  out.push_back(Texts("offer", std::vector<std::string_view>(
                                   rows.offer.begin(), rows.offer.end())));
  out.push_back(Texts("channel", std::vector<std::string_view>(
                                     rows.channel.begin(),
                                     rows.channel.end())));
  out.push_back(Numbers("score", std::move(rows.score)));
  out.push_back({{"value_minor", "l", false, false, {}}, values.Take()});
  Give(std::move(out), count, out_stream);
}

}  // namespace

extern "C" {

trato_status trato_offer_allocate(const trato_store* store,
                                  const trato_allocation_options* options,
                                  int64_t now_us, ArrowArrayStream* out_stream,
                                  trato_buf* out_json,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    trato_allocation_options given = TRATO_ALLOCATION_OPTIONS_INIT;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(given, ReadStruct(options, "options"));
    }
    if (given.reserved0 != 0) {
      return absl::InvalidArgumentError("options.reserved0 is not 0");
    }
    TRATO_ASSIGN_OR_RETURN(const auto segment,
                           ToText(given.segment, "options.segment"));
    TRATO_ASSIGN_OR_RETURN(const auto channel,
                           ToText(given.channel, "options.channel"));
    TRATO_ASSIGN_OR_RETURN(AllocationRows rows,
                           AllocateOffers(*core, segment, channel, now_us));
    if (out_json != nullptr) {
      TRATO_RETURN_IF_ERROR(
          MoveInto(absl::StatusOr<std::string>(rows.summary), out_json));
    }
    if (out_stream != nullptr) GivePlan(std::move(rows), out_stream);
    return absl::OkStatus();
  });
}

}  // extern "C"
