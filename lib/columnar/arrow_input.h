// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tables in, as Arrow C streams. A reader checks the stream's schema when it is
// opened and then gives one batch for each of the stream's that has rows. What
// a batch's views point at lives until the next call, or as long as the reader.
//
//   auto next = ReadInteractions(stream, options);
//   if (!next.ok()) return next.status();
//   for (;;) {
//     auto batch = (*next)();
//     if (!batch.ok()) return batch.status();
//     if (batch->rows == 0) break;
//     ...
//   }
//
// The stream is released in any case: at its end, on a failure, or with the
// reader. A reader is used by one thread at a time.

#ifndef TRATO_COLUMNAR_ARROW_INPUT_H_
#define TRATO_COLUMNAR_ARROW_INPUT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "columnar/arrow.h"
#include "trato/batch.h"

namespace trato::core {

// An attribute, or a field of interactions; the kind is numbered as in trato.h.
struct NamedAttribute {
  std::string name;
  uint32_t kind = 0;
};

struct InputOptions {
  // Field and column: what is named otherwise in the stream. Columns of nested
  // lines are the fields "lines.product" and so on.
  std::vector<std::pair<std::string, std::string>> columns;
  // What is defined; a column is read for each that the stream has.
  std::vector<NamedAttribute> attributes;
  // Decimal digits of a currency; "" is the store's. Empty: those of ISO 4217,
  // and 2 for "".
  std::function<absl::StatusOr<int>(std::string_view)> digits_of;
  // UTC microseconds of local ones: times without a zone. Empty: they are UTC.
  std::function<absl::StatusOr<int64_t>(int64_t)> local_to_utc;
};

absl::StatusOr<BatchReader<InteractionBatch>> ReadInteractions(
    ArrowArrayStream* stream, InputOptions options);

absl::StatusOr<BatchReader<CustomerBatch>> ReadCustomers(
    ArrowArrayStream* stream, InputOptions options);

absl::StatusOr<BatchReader<ProductBatch>> ReadProducts(ArrowArrayStream* stream,
                                                       InputOptions options);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_ARROW_INPUT_H_
