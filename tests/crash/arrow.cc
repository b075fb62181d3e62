// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "arrow.h"

#include <cerrno>
#include <cstdint>
#include <string>

// As the specification of the Arrow C data and stream interfaces lays them out.
extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema*);
  int (*get_next)(ArrowArrayStream*, ArrowArray*);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
}

namespace trato::crash {
namespace {

// Columns that outlive the stream: releasing what it gave frees nothing.
class Table {
 public:
  void AddText(const char* name, const std::vector<std::string>& values) {
    Column& column = columns_.emplace_back();
    column.name = name;
    column.format = "u";
    column.offsets.push_back(0);
    for (const std::string& value : values) {
      column.text += value;
      column.offsets.push_back(static_cast<int32_t>(column.text.size()));
    }
  }
  void AddNumbers(const char* name, std::vector<int64_t> values) {
    Column& column = columns_.emplace_back();
    column.name = name;
    column.format = "l";
    column.numbers = std::move(values);
  }

  // Valid while the table is.
  ArrowArrayStream Stream(size_t rows) {
    rows_ = static_cast<int64_t>(rows);
    for (Column& column : columns_) {
      column.schema = {
          column.format, column.name,           nullptr, 0, 0, nullptr,
          nullptr,       &Release<ArrowSchema>, nullptr};
      const bool is_text = !column.offsets.empty();
      column.buffers[1] = is_text
                              ? static_cast<const void*>(column.offsets.data())
                              : column.numbers.data();
      column.buffers[2] = column.text.data();
      column.array = {
          rows_,          0,       0,       is_text ? 3 : 2,      0,
          column.buffers, nullptr, nullptr, &Release<ArrowArray>, nullptr};
      schemas_.push_back(&column.schema);
      arrays_.push_back(&column.array);
    }
    return {&GetSchema, &GetNext, &LastError, &Release<ArrowArrayStream>, this};
  }

 private:
  struct Column {
    const char* name = "";
    const char* format = "";
    std::vector<int32_t> offsets;
    std::string text;
    std::vector<int64_t> numbers;
    const void* buffers[3] = {nullptr, nullptr, nullptr};
    ArrowSchema schema = {};
    ArrowArray array = {};
  };

  template <typename Part>
  static void Release(Part* part) {
    part->release = nullptr;
  }
  static int GetSchema(ArrowArrayStream* stream, ArrowSchema* out) {
    auto* self = static_cast<Table*>(stream->private_data);
    *out = {"+s",
            "",
            nullptr,
            0,
            static_cast<int64_t>(self->schemas_.size()),
            self->schemas_.data(),
            nullptr,
            &Release<ArrowSchema>,
            nullptr};
    return 0;
  }
  static int GetNext(ArrowArrayStream* stream, ArrowArray* out) {
    auto* self = static_cast<Table*>(stream->private_data);
    *out = {};
    if (self->given_) return 0;
    self->given_ = true;
    *out = {self->rows_,
            0,
            0,
            1,
            static_cast<int64_t>(self->arrays_.size()),
            self->no_buffers_,
            self->arrays_.data(),
            nullptr,
            &Release<ArrowArray>,
            nullptr};
    return 0;
  }
  static const char* LastError(ArrowArrayStream*) { return ""; }

  int64_t rows_ = 0;
  bool given_ = false;
  std::vector<Column> columns_;
  std::vector<ArrowSchema*> schemas_;
  std::vector<ArrowArray*> arrays_;
  const void* no_buffers_[1] = {nullptr};
};

}  // namespace

Said AppendColumns(trato_store* store, const std::vector<Spec>& specs,
                   int64_t now_us, bool buffered) {
  auto* append = TRATO_CRASH_FIND(trato_interactions_append);
  if (append == nullptr) return {TRATO_UNIMPLEMENTED, "no such call"};
  std::vector<std::string> customer, type, channel, key, note;
  std::vector<int64_t> at, amount, n;
  for (const Spec& spec : specs) {
    customer.push_back(spec.customer);
    type.push_back(spec.type);
    channel.push_back(spec.channel);
    key.push_back(spec.key);
    note.push_back(spec.note);
    at.push_back(spec.at_us);
    amount.push_back(spec.amount_minor);
    n.push_back(spec.n);
  }
  Table table;
  table.AddText("customer", customer);
  table.AddNumbers("at", at);
  table.AddText("type", type);
  table.AddText("channel", channel);
  table.AddNumbers("amount_minor", amount);
  table.AddText("key", key);
  table.AddNumbers("n", n);
  table.AddText("note", note);
  ArrowArrayStream stream = table.Stream(specs.size());
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.durability = buffered ? TRATO_BUFFERED : TRATO_SYNCED;
  return Say([&](trato_error* error) {
    return append(store, &stream, now_us, nullptr, &options, nullptr, error);
  });
}

}  // namespace trato::crash
