// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tables out, as Arrow C streams: columns are built value by value, taken batch
// by batch, and handed over without a copy.
//
//   NumberBuilder<int64_t> amount;
//   amount.Append(4995);
//   amount.AppendNull();
//   OutputBatch batch{2, {amount.Take()}};
//
// The buffers of a batch are shared and owned by who reads them; they outlive
// builder and stream. Nothing here belongs to a thread.

#ifndef TRATO_COLUMNAR_ARROW_OUTPUT_H_
#define TRATO_COLUMNAR_ARROW_OUTPUT_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/strings.h"
#include "columnar/arrow.h"

namespace trato::core {

// A column as the schema describes it.
struct OutputField {
  std::string name;
  std::string format;  // as Arrow writes types; of a dictionary, its indices'
  bool nullable = false;
  bool text_dictionary = false;  // the indices stand for utf8
  std::vector<OutputField> children;
};

// Bytes with whoever keeps them.
using OutputBuffer = std::shared_ptr<const void>;

struct OutputColumn {
  int64_t length = 0;
  int64_t null_count = 0;
  std::vector<OutputBuffer> buffers;  // the first is validity, or nullptr
  std::vector<OutputColumn> children;
  std::shared_ptr<const OutputColumn> dictionary;
};

struct OutputBatch {
  int64_t rows = 0;
  std::vector<OutputColumn> columns;
};

// The next batch, or nothing at the end.
using PullBatch = std::function<absl::StatusOr<std::optional<OutputBatch>>()>;

// Makes *out a stream of batches with these columns. A failure of `pull` is
// what the stream then gives for ever, with its message as the last error.
// `pull` is destroyed with the stream.
void MakeStream(std::vector<OutputField> fields, PullBatch pull,
                ArrowArrayStream* out);

// A bitmap of which values there are; not there as long as all are.
class ValidityBuilder {
 public:
  void Append(bool valid);
  int64_t length() const { return length_; }
  // Moves length, nulls and bitmap to the column and starts afresh.
  void TakeTo(OutputColumn* column);

 private:
  std::vector<uint8_t> bits_;  // empty: all valid so far
  int64_t length_ = 0;
  int64_t nulls_ = 0;
};

namespace output_internal {
template <typename T>
OutputBuffer Share(std::vector<T> values) {
  auto owner = std::make_shared<std::vector<T>>(std::move(values));
  const void* data = owner->data();
  // Readers expect a buffer where there may be values, even for none of them.
  static constexpr std::array<uint64_t, 8> kNothing = {};
  if (owner->empty()) data = kNothing.data();
  return OutputBuffer(std::move(owner), data);
}
}  // namespace output_internal

// A decimal of 128 bits, as Arrow lays it out.
struct Decimal128 {
  int64_t low = 0;
  int64_t high = 0;

  Decimal128() = default;
  explicit Decimal128(int64_t units) : low(units), high(units < 0 ? -1 : 0) {}
};

// Values of one width: int64_t, double, 16 bytes, Decimal128.
template <typename T>
class NumberBuilder {
 public:
  void Append(T value) {
    validity_.Append(true);
    values_.push_back(value);
  }
  void AppendNull() {
    validity_.Append(false);
    values_.emplace_back();
  }
  size_t bytes() const { return values_.size() * sizeof(T); }
  OutputColumn Take() {
    OutputColumn column;
    validity_.TakeTo(&column);
    column.buffers.push_back(
        output_internal::Share(std::exchange(values_, {})));
    return column;
  }

 private:
  ValidityBuilder validity_;
  std::vector<T> values_;
};

class BoolBuilder {
 public:
  void Append(bool value);
  void AppendNull();
  OutputColumn Take();

 private:
  ValidityBuilder validity_;
  std::vector<uint8_t> bits_;
};

// utf8: take the batch before it has 2 GiB of text.
class TextBuilder {
 public:
  void Append(std::string_view text);
  void AppendNull();
  size_t bytes() const { return text_.size(); }
  OutputColumn Take();

 private:
  ValidityBuilder validity_;
  std::vector<int32_t> offsets_ = {0};
  std::vector<char> text_;
};

// utf8 by a dictionary with indices of 32 bits. The empty text is no text. A
// small dictionary is kept and shared by the batches, in which it only grows.
class NameBuilder {
 public:
  void Append(std::string_view name);
  void AppendNull();
  size_t bytes() const { return values_.bytes(); }
  OutputColumn Take();

 private:
  static constexpr size_t kKept = 4096;

  NumberBuilder<int32_t> codes_;
  StringHashMap<int32_t> known_;
  TextBuilder values_;
  std::shared_ptr<const OutputColumn> dictionary_;  // of known_, if unchanged
  std::string last_;
  int32_t last_code_ = 0;
};

// Lists: append the children's values, then end the list.
class ListBuilder {
 public:
  void End(int64_t child_length) {
    validity_.Append(true);
    offsets_.push_back(static_cast<int32_t>(child_length));
  }
  OutputColumn Take(OutputColumn child);

 private:
  ValidityBuilder validity_;
  std::vector<int32_t> offsets_ = {0};
};

// A struct of columns of one length, none missing.
OutputColumn StructOf(int64_t length, std::vector<OutputColumn> children);

}  // namespace trato::core

#endif  // TRATO_COLUMNAR_ARROW_OUTPUT_H_
