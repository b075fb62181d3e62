// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Records of people as a table in: columns of text, whole numbers or dates, each
// row as texts.

#ifndef TRATO_COLUMNAR_RECORD_INPUT_H_
#define TRATO_COLUMNAR_RECORD_INPUT_H_

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "columnar/arrow_source.h"
#include "columnar/binding.h"

namespace trato::core {

class RecordInput {
 public:
  // Takes over the stream, which is released in any case.
  static absl::StatusOr<RecordInput> Open(ArrowArrayStream* stream);

  std::vector<std::string> column_names() const;
  // The columns that ForEachRow gives, in this order.
  absl::Status Bind(const std::vector<std::string>& columns);
  // Texts are valid during the visit; what is null is empty.
  absl::Status ForEachRow(
      const std::function<void(std::span<const std::string_view>)>& visit);

 private:
  explicit RecordInput(std::unique_ptr<ArrowSource> source)
      : source_(std::move(source)) {}
  absl::Status ReadBatch(
      const std::function<void(std::span<const std::string_view>)>& visit);

  std::unique_ptr<ArrowSource> source_;
  std::vector<Bound> columns_;
  std::vector<bool> are_dates_;
};

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_RECORD_INPUT_H_
