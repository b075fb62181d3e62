// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// An Arrow C stream that we own: its schema, and its batches one by one.

#ifndef TRATO_COLUMNAR_ARROW_SOURCE_H_
#define TRATO_COLUMNAR_ARROW_SOURCE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "columnar/array_slice.h"
#include "columnar/arrow.h"
#include "columnar/arrow_type.h"

namespace trato::core {

class ArrowSource {
 public:
  // Moves the stream here, in any case, and reads its schema: a table.
  static absl::StatusOr<std::unique_ptr<ArrowSource>> Open(
      ArrowArrayStream* stream);
  ~ArrowSource();
  ArrowSource(const ArrowSource&) = delete;
  ArrowSource& operator=(const ArrowSource&) = delete;

  const ArrowType& type() const { return type_; }

  // Moves on to the next batch that has rows; false at the end. The batch
  // before it is gone. After a failure it gives that failure again.
  absl::StatusOr<bool> Advance();

  // The batch, and the place of its first row in the stream.
  const ArrowArray& batch() const { return batch_; }
  uint64_t first_row() const { return first_row_; }

  // Ends the reading: a value of the batch could not be used.
  absl::Status Fail(absl::Status status);

 private:
  ArrowSource() = default;
  absl::Status ReadSchema();
  absl::StatusOr<bool> Next();
  absl::Status StreamError(int code);
  void Release();

  ArrowArrayStream stream_{};
  ArrowArray batch_{};
  ArrowArray previous_{};
  ArrowType type_;
  uint64_t first_row_ = 0;
  uint64_t next_row_ = 0;
  absl::Status failed_;
};

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_ARROW_SOURCE_H_
