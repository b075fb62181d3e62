// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 11 of trato.h: decisions for a table of customers.

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capi/columns.h"
#include "capi/offers.h"
#include "capi/support.h"
#include "columnar/arrow_output.h"
#include "columnar/customer_input.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::DecisionResult;
using trato::core::NameBuilder;
using trato::core::NumberBuilder;
using trato::core::OutputBatch;
using trato::core::OutputField;
using trato::core::Store;
using trato::core::TextBuilder;

namespace {

constexpr size_t kBatchRows = 65536;

struct Decided {
  std::vector<std::string> customers;
  std::vector<DecisionResult> results;
  bool was_stored = false;
};

OutputBatch BatchOf(const Decided& all, size_t first, size_t rows) {
  TextBuilder customer;
  NumberBuilder<std::array<uint8_t, 16>> decision;
  NameBuilder offer, channel, currency;
  NumberBuilder<double> score, affinity, probability;
  NumberBuilder<int64_t> value;
  for (size_t i = first; i < first + rows; ++i) {
    const DecisionResult& it = all.results[i];
    customer.Append(all.customers[i]);
    if (all.was_stored) {
      std::array<uint8_t, 16> id;
      const trato_id bytes = ToId(it.id);
      static_assert(sizeof(bytes.bytes) == sizeof(id));
      std::memcpy(id.data(), bytes.bytes, sizeof(id));
      decision.Append(id);
    } else {
      decision.AppendNull();
    }
    if (!it.match) {
      offer.AppendNull();
      channel.AppendNull();
      score.AppendNull();
      affinity.AppendNull();
      probability.AppendNull();
      value.AppendNull();
      currency.AppendNull();
      continue;
    }
    offer.Append(it.match->offer);
    channel.Append(it.match->channel);
    score.Append(it.match->score);
    affinity.Append(it.match->affinity);
    if (all.was_stored) {
      probability.Append(it.probability);
    } else {
      probability.AppendNull();
    }
    value.Append(it.match->value_minor);
    currency.Append(it.match->currency);
  }
  OutputBatch batch;
  batch.rows = static_cast<int64_t>(rows);
  batch.columns.push_back(customer.Take());
  batch.columns.push_back(decision.Take());
  batch.columns.push_back(offer.Take());
  batch.columns.push_back(channel.Take());
  batch.columns.push_back(score.Take());
  batch.columns.push_back(affinity.Take());
  batch.columns.push_back(probability.Take());
  batch.columns.push_back(value.Take());
  batch.columns.push_back(currency.Take());
  return batch;
}

// All batches at once: the names are the store's, and a table outlives it.
void Give(const Decided& all, ArrowArrayStream* out_stream) {
  std::vector<OutputBatch> batches;
  for (size_t first = 0; first < all.results.size(); first += kBatchRows) {
    batches.push_back(BatchOf(
        all, first, std::min(all.results.size() - first, kBatchRows)));
  }
  std::vector<OutputField> fields = {
      {"customer", "u", false, false, {}},
      {"decision", "w:16", true, false, {}},
      {"offer", "i", true, true, {}},
      {"channel", "i", true, true, {}},
      {"score", "g", true, false, {}},
      {"affinity", "g", true, false, {}},
      {"probability", "g", true, false, {}},
      {"value_minor", "l", true, false, {}},
      {"currency", "i", true, true, {}}};
  trato::core::MakeStream(
      std::move(fields),
      [batches = std::move(batches),
       next = size_t{0}]() mutable
      -> absl::StatusOr<std::optional<OutputBatch>> {
        if (next == batches.size()) return std::nullopt;
        return std::optional(std::move(batches[next++]));
      },
      out_stream);
}

}  // namespace

extern "C" {

trato_status trato_offer_decide_all(trato_store* store,
                                    ArrowArrayStream* stream, int64_t now_us,
                                    const trato_match_options* match_options,
                                    const trato_append_options* append_options,
                                    const trato_write_options* options,
                                    ArrowArrayStream* out_stream,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    const StreamOwner owner(stream);
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(stream, "stream"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    TRATO_ASSIGN_OR_RETURN(auto how,
                           ToMatchOptions(match_options, "match_options"));
    if (!how.conversation.empty()) {
      return absl::InvalidArgumentError(
          "match_options.conversation is of one customer");
    }
    TRATO_ASSIGN_OR_RETURN(auto input, ReadAppendOptions(append_options));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    Decided decided;
    TRATO_ASSIGN_OR_RETURN(
        decided.customers,
        trato::core::ReadCustomers(stream, input.input.columns,
                                   input.options.name_space));
    TRATO_ASSIGN_OR_RETURN(
        decided.results,
        core->DecideOffers(decided.customers, how.channel, input.options,
                           now_us, write));
    decided.was_stored = !input.options.dry_run;
    Give(decided, out_stream);
    return absl::OkStatus();
  });
}

}  // extern "C"
