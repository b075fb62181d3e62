// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Arrow streams by hand, well or badly made. A node is a column with its schema
// and its values; a stream has the schema of its first batch.

#ifndef TRATO_TESTS_COLUMNAR_PRODUCER_H_
#define TRATO_TESTS_COLUMNAR_PRODUCER_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "columnar/arrow.h"

namespace trato::test {

// Bytes in a block of exactly their size, so that a sanitizer sees each read
// beyond it; without a value: NULL.
using Bytes = std::optional<std::vector<uint8_t>>;

template <typename T>
Bytes BytesOf(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline Bytes Bits(const std::vector<bool>& values, size_t offset = 0) {
  std::vector<uint8_t> bytes((values.size() + offset + 7) / 8);
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t bit = i + offset;
    if (values[i]) bytes[bit / 8] |= static_cast<uint8_t>(1u << (bit % 8));
  }
  return bytes;
}

struct Node {
  std::string name;
  std::string format;
  int64_t length = 0;
  std::vector<Bytes> buffers;
  std::vector<Node> children;
  std::shared_ptr<Node> dictionary;
  int64_t offset = 0;
  int64_t null_count = 0;
  // Lies about the number of children or buffers.
  std::optional<int64_t> n_children = std::nullopt;
  std::optional<int64_t> n_buffers = std::nullopt;

  Node Named(std::string to) const {
    Node node = *this;
    node.name = std::move(to);
    return node;
  }
  // With missing values, and null_count not computed.
  Node Where(const std::vector<bool>& valid) const {
    Node node = *this;
    node.buffers[0] = Bits(valid);
    node.null_count = -1;
    return node;
  }
  // Of it the values from `begin` on.
  Node Sliced(int64_t begin, int64_t rows) const {
    Node node = *this;
    node.offset = begin;
    node.length = rows;
    node.null_count = -1;
    return node;
  }
};

template <typename T>
Node Numbers(std::string format, const std::vector<T>& values) {
  return {"",
          std::move(format),
          static_cast<int64_t>(values.size()),
          {std::nullopt, BytesOf(values)},
          {},
          nullptr};
}

inline Node Int64s(const std::vector<int64_t>& values) {
  return Numbers<int64_t>("l", values);
}

inline Node Bools(const std::vector<bool>& values) {
  return {"",
          "b",
          static_cast<int64_t>(values.size()),
          {std::nullopt, Bits(values)},
          {},
          nullptr};
}

template <typename Offset = int32_t>
Node Texts(const std::vector<std::string>& texts, std::string format = "u") {
  std::vector<Offset> offsets = {0};
  std::string data;
  for (const std::string& text : texts) {
    data += text;
    offsets.push_back(static_cast<Offset>(data.size()));
  }
  Bytes bytes;
  if (!data.empty())
    bytes = BytesOf(std::vector<char>(data.begin(), data.end()));
  return {"",
          std::move(format),
          static_cast<int64_t>(texts.size()),
          {std::nullopt, BytesOf(offsets), bytes},
          {},
          nullptr};
}

// utf8_view, long texts in two buffers by turns.
inline Node Views(const std::vector<std::string>& texts) {
  std::vector<uint8_t> views;
  std::vector<uint8_t> data[2];
  int32_t turn = 0;
  const auto put = [&](int32_t number) {
    for (int i = 0; i < 4; ++i)
      views.push_back(static_cast<uint8_t>(number >> (8 * i)));
  };
  for (const std::string& text : texts) {
    put(static_cast<int32_t>(text.size()));
    if (text.size() <= 12) {
      views.insert(views.end(), text.begin(), text.end());
      views.resize((views.size() + 15) / 16 * 16);
      continue;
    }
    views.insert(views.end(), text.begin(), text.begin() + 4);
    put(turn);
    put(static_cast<int32_t>(data[turn].size()));
    data[turn].insert(data[turn].end(), text.begin(), text.end());
    turn = 1 - turn;
  }
  const std::vector<int64_t> sizes = {static_cast<int64_t>(data[0].size()),
                                      static_cast<int64_t>(data[1].size())};
  return {"",
          "vu",
          static_cast<int64_t>(texts.size()),
          {std::nullopt, views, data[0], data[1], BytesOf(sizes)},
          {},
          nullptr};
}

template <typename Index = int32_t>
Node Coded(const std::vector<Index>& indices, Node values,
           std::string format = "i") {
  Node node = Numbers<Index>(std::move(format), indices);
  node.dictionary = std::make_shared<Node>(std::move(values));
  return node;
}

inline Node Struct(std::vector<Node> children) {
  const int64_t length = children.empty() ? 0 : children[0].length;
  return {"", "+s", length, {std::nullopt}, std::move(children), nullptr};
}

template <typename Offset = int32_t>
Node Lists(const std::vector<Offset>& offsets, Node child,
           std::string format = "+l") {
  return {"",
          std::move(format),
          static_cast<int64_t>(offsets.size()) - 1,
          {std::nullopt, BytesOf(offsets)},
          {std::move(child)},
          nullptr};
}

// A stream over batches. What it hands out counts itself in `live`.
class Producer {
 public:
  explicit Producer(std::vector<Node> batches)
      : state_(std::make_shared<State>()) {
    state_->batches = std::move(batches);
  }

  // After the batches the stream fails.
  Producer& FailsWith(int code, std::string reason) {
    state_->code = code;
    state_->reason = std::move(reason);
    return *this;
  }

  ArrowArrayStream* stream() {
    stream_ = {};
    stream_.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
      State& state = *Of(self);
      if (state.batches.empty()) return state.code;
      Export(state.batches[0], &state.live, out);
      return 0;
    };
    stream_.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
      State& state = *Of(self);
      *out = {};
      if (state.next < state.batches.size()) {
        Export(state.batches[state.next++], &state.live, out);
        return 0;
      }
      return state.code;
    };
    stream_.get_last_error = [](ArrowArrayStream* self) -> const char* {
      const State& state = *Of(self);
      return state.reason.empty() ? nullptr : state.reason.c_str();
    };
    stream_.release = [](ArrowArrayStream* self) {
      auto* held = static_cast<std::shared_ptr<State>*>(self->private_data);
      --(*held)->live;
      delete held;
      self->release = nullptr;
    };
    stream_.private_data = new std::shared_ptr<State>(state_);
    ++state_->live;
    return &stream_;
  }

  // How many things that were handed out are not released yet.
  int live() const { return state_->live; }

 private:
  struct State {
    std::vector<Node> batches;
    size_t next = 0;
    int live = 0;
    int code = 0;
    std::string reason;
  };

  // Each buffer in an allocation of its own.
  struct Owner {
    Node node;
    int* live;
    std::vector<ArrowSchema> schemas;
    std::vector<ArrowSchema*> schema_pointers;
    std::vector<ArrowArray> arrays;
    std::vector<ArrowArray*> array_pointers;
    std::vector<const void*> buffers;
  };

  static State* Of(ArrowArrayStream* stream) {
    return static_cast<std::shared_ptr<State>*>(stream->private_data)->get();
  }

  static void Export(const Node& node, int* live, ArrowSchema* out) {
    auto* owner = new Owner{node, live, {}, {}, {}, {}, {}};
    ++*live;
    const size_t count = node.children.size() + (node.dictionary ? 1 : 0);
    owner->schemas.resize(count);
    for (size_t i = 0; i < count; ++i) {
      Export(i < node.children.size() ? node.children[i] : *node.dictionary,
             live, &owner->schemas[i]);
      owner->schema_pointers.push_back(&owner->schemas[i]);
    }
    *out = {};
    out->format = owner->node.format.c_str();
    out->name = owner->node.name.c_str();
    out->flags = ARROW_FLAG_NULLABLE;
    out->n_children = static_cast<int64_t>(node.children.size());
    out->children = owner->schema_pointers.data();
    if (node.dictionary) out->dictionary = &owner->schemas.back();
    out->private_data = owner;
    out->release = [](ArrowSchema* schema) {
      auto* held = static_cast<Owner*>(schema->private_data);
      for (ArrowSchema& child : held->schemas) child.release(&child);
      --*held->live;
      delete held;
      schema->release = nullptr;
    };
  }

  static void Export(const Node& node, int* live, ArrowArray* out) {
    auto* owner = new Owner{node, live, {}, {}, {}, {}, {}};
    ++*live;
    const size_t count = node.children.size() + (node.dictionary ? 1 : 0);
    owner->arrays.resize(count);
    for (size_t i = 0; i < count; ++i) {
      Export(i < node.children.size() ? node.children[i] : *node.dictionary,
             live, &owner->arrays[i]);
      owner->array_pointers.push_back(&owner->arrays[i]);
    }
    for (const Bytes& bytes : owner->node.buffers) {
      owner->buffers.push_back(bytes ? bytes->data() : nullptr);
    }
    *out = {};
    out->length = node.length;
    out->null_count = node.null_count;
    out->offset = node.offset;
    out->n_buffers =
        node.n_buffers.value_or(static_cast<int64_t>(owner->buffers.size()));
    out->buffers = owner->buffers.data();
    out->n_children =
        node.n_children.value_or(static_cast<int64_t>(node.children.size()));
    out->children = owner->array_pointers.data();
    if (node.dictionary) out->dictionary = &owner->arrays.back();
    out->private_data = owner;
    out->release = [](ArrowArray* array) {
      auto* held = static_cast<Owner*>(array->private_data);
      for (ArrowArray& child : held->arrays) child.release(&child);
      --*held->live;
      delete held;
      array->release = nullptr;
    };
  }

  std::shared_ptr<State> state_;
  ArrowArrayStream stream_{};
};

// Customer, at and type, which every table of interactions has, then `more`.
inline Node Interactions(size_t rows, std::vector<Node> more = {}) {
  std::vector<std::string> customers;
  std::vector<int64_t> times;
  for (size_t i = 0; i < rows; ++i) {
    customers.push_back("shop:" + std::to_string(i));
    times.push_back(1000000 * static_cast<int64_t>(i));
  }
  std::vector<Node> columns = {
      Texts(customers).Named("customer"),
      Numbers<int64_t>("tsu:UTC", times).Named("at"),
      Coded(std::vector<int32_t>(rows, 0), Texts({"purchase"})).Named("type")};
  for (Node& node : more) columns.push_back(std::move(node));
  Node table = Struct(std::move(columns));
  table.length = static_cast<int64_t>(rows);
  return table;
}

}  // namespace trato::test

#endif  // TRATO_TESTS_COLUMNAR_PRODUCER_H_
