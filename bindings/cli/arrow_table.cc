// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/arrow_table.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "bindings/cli/failure.h"

// The structs of the Arrow C interfaces, as their specification lays them out.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#endif  // ARROW_C_DATA_INTERFACE
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};
#endif  // ARROW_C_STREAM_INTERFACE

namespace trato_cli {
namespace {

template <typename Struct>
struct Released : Struct {
  Released() { std::memset(static_cast<Struct*>(this), 0, sizeof(Struct)); }
  ~Released() {
    if (this->release != nullptr) this->release(this);
  }
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;
};

template <typename T>
T ValueAt(const ArrowArray& array, int buffer, int64_t row) {
  T value;
  std::memcpy(&value,
              static_cast<const char*>(array.buffers[buffer]) +
                  (array.offset + row) * static_cast<int64_t>(sizeof(T)),
              sizeof(T));
  return value;
}

bool IsThere(const ArrowArray& array, int64_t row) {
  if (array.n_buffers == 0 || array.buffers[0] == nullptr) return true;
  const int64_t bit = array.offset + row;
  return static_cast<const uint8_t*>(array.buffers[0])[bit >> 3] >> (bit & 7) &
         1;
}

std::string TextAt(const ArrowArray& array, int64_t row) {
  const auto begin = ValueAt<int32_t>(array, 1, row);
  const auto end = ValueAt<int32_t>(array, 1, row + 1);
  return std::string(static_cast<const char*>(array.buffers[2]) + begin,
                     static_cast<std::size_t>(end - begin));
}

void Append(const ArrowArray& array, const ArrowSchema& schema,
            ArrowTable::Column& column) {
  const std::string_view format = schema.format;
  for (int64_t i = 0; i < array.length; ++i) {
    const bool there = IsThere(array, i);
    if (schema.dictionary != nullptr) {
      column.texts.push_back(
          there ? TextAt(*array.dictionary, ValueAt<int32_t>(array, 1, i))
                : "");
    } else if (format == "u") {
      column.texts.push_back(there ? TextAt(array, i) : "");
    } else if (format == "g") {
      column.numbers.push_back(there ? ValueAt<double>(array, 1, i) : 0);
    } else if (format == "l" || format.substr(0, 4) == "tsu:") {
      // Numbers that name customers are texts here.
      const int64_t number = there ? ValueAt<int64_t>(array, 1, i) : 0;
      if (column.is_text) {
        column.texts.push_back(std::to_string(number));
      } else {
        column.numbers.push_back(static_cast<double>(number));
      }
    } else {
      throw Failure("a column of the type " + std::string(format));
    }
  }
}

}  // namespace

const ArrowTable::Column& ArrowTable::at(const std::string& name) const {
  for (const Column& column : columns) {
    if (column.name == name) return column;
  }
  throw Failure("there is no column " + name);
}

bool ArrowTable::Has(const std::string& name) const {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Column& it) { return it.name == name; });
}

std::vector<std::size_t> ArrowTable::HighestFirst(
    const std::string& name) const {
  std::vector<std::size_t> order(rows);
  for (std::size_t i = 0; i < rows; ++i) order[i] = i;
  const std::vector<double>& by = at(name).numbers;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return by[a] > by[b]; });
  return order;
}

Json ArrowTable::RowJson(std::size_t row) const {
  Json json = Json::object();
  for (const Column& it : columns) {
    if (it.is_text) {
      json[it.name] = it.texts[row];
    } else if (it.name == "since") {
      json["since_us"] = static_cast<std::int64_t>(it.numbers[row]);
    } else {
      json[it.name] = it.numbers[row];
    }
  }
  return json;
}

ArrowTable ReadTable(const std::function<void(ArrowArrayStream*)>& open) {
  Released<ArrowArrayStream> stream;
  open(&stream);
  const auto check = [&](int code) {
    if (code == 0) return;
    const char* why = stream.get_last_error(&stream);
    throw Failure(why == nullptr ? "the table cannot be read" : why);
  };
  Released<ArrowSchema> schema;
  check(stream.get_schema(&stream, &schema));
  ArrowTable table;
  for (int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema& child = *schema.children[i];
    ArrowTable::Column column;
    column.name = child.name;
    column.is_text = child.dictionary != nullptr ||
                     std::string_view(child.format) == "u" ||
                     column.name == "customer";
    table.columns.push_back(std::move(column));
  }
  for (;;) {
    Released<ArrowArray> batch;
    check(stream.get_next(&stream, &batch));
    if (batch.release == nullptr) return table;
    table.rows += static_cast<std::size_t>(batch.length);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      Append(*batch.children[i], *schema.children[i], table.columns[i]);
    }
  }
}

}  // namespace trato_cli
