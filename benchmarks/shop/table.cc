// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "shop/table.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace trato::shop {
namespace {

using SharedTable = std::shared_ptr<const Table>;

// What an ArrowSchema or ArrowArray points at. Its parts are owned by it until
// a consumer moves one out, which leaves `release` NULL behind; so each keeps
// the table alive by itself.
template <typename Arrow>
struct Node {
  SharedTable table;
  std::vector<std::unique_ptr<Arrow>> children;
  std::vector<Arrow*> child_pointers;
  std::unique_ptr<Arrow> dictionary;
  std::vector<const void*> buffers;
};

template <typename Arrow>
void Release(Arrow* arrow) {
  auto* node = static_cast<Node<Arrow>*>(arrow->private_data);
  for (auto& child : node->children) {
    if (child->release != nullptr) child->release(child.get());
  }
  if (node->dictionary != nullptr && node->dictionary->release != nullptr) {
    node->dictionary->release(node->dictionary.get());
  }
  delete node;
  arrow->release = nullptr;
}

template <typename Arrow>
Arrow Own(Arrow arrow, std::vector<Arrow> children, const Arrow* dictionary,
          std::vector<const void*> buffers = {}, SharedTable table = nullptr) {
  auto* node = new Node<Arrow>;
  node->table = std::move(table);
  for (const Arrow& child : children) {
    node->children.push_back(std::make_unique<Arrow>(child));
    node->child_pointers.push_back(node->children.back().get());
  }
  if (dictionary != nullptr) {
    node->dictionary = std::make_unique<Arrow>(*dictionary);
  }
  node->buffers = std::move(buffers);
  arrow.n_children = static_cast<int64_t>(node->children.size());
  arrow.children = node->child_pointers.data();
  arrow.dictionary = node->dictionary.get();
  arrow.release = Release<Arrow>;
  arrow.private_data = node;
  if constexpr (requires { arrow.buffers; }) {
    arrow.n_buffers = static_cast<int64_t>(node->buffers.size());
    arrow.buffers = node->buffers.data();
  }
  return arrow;
}

ArrowSchema Described(const char* name, const char* format) {
  ArrowSchema schema = {};
  schema.name = name;
  schema.format = format;
  return schema;
}
ArrowSchema Field(const char* name, const char* format,
                  std::vector<ArrowSchema> children = {}) {
  return Own<ArrowSchema>(Described(name, format), std::move(children),
                          nullptr);
}
ArrowSchema NameField(const char* name, const char* index_format) {
  const ArrowSchema values = Field("", "u");
  return Own<ArrowSchema>(Described(name, index_format), {}, &values);
}

// Makes the arrays of one table.
class Arrays {
 public:
  explicit Arrays(SharedTable table) : table_(std::move(table)) {}

  ArrowArray Batch(uint64_t first, uint64_t rows) const;

 private:
  ArrowArray Make(uint64_t rows, std::vector<const void*> buffers,
                  std::vector<ArrowArray> children = {},
                  const ArrowArray* dictionary = nullptr) const {
    ArrowArray array = {};
    array.length = static_cast<int64_t>(rows);
    return Own<ArrowArray>(array, std::move(children), dictionary,
                           std::move(buffers), table_);
  }
  ArrowArray Values(uint64_t rows, const void* values) const {
    return Make(rows, {nullptr, values});
  }
  ArrowArray NameValues(uint64_t rows, const void* indices,
                        const Names& names) const {
    const ArrowArray dictionary =
        Make(static_cast<uint64_t>(names.size()),
             {nullptr, names.offsets.data(), names.bytes.data()});
    return Make(rows, {nullptr, indices}, {}, &dictionary);
  }

  SharedTable table_;
};

ArrowSchema SchemaOf(const Table& table) {
  std::vector<ArrowSchema> columns = {
      NameField("customer", "i"), Field("at", "tsu:UTC"),
      NameField("type", "c"), NameField("channel", "c"),
      Field("amount_minor", "l")};
  if (!table.key.empty()) {
    columns.push_back(Field("key", "L"));
    columns.back().flags = ARROW_FLAG_NULLABLE;
  }
  if (!table.lines.offsets.empty()) {
    columns.push_back(
        Field("lines", "+l",
              {Field("item", "+s",
                     {NameField("product", "i"), Field("quantity", "l"),
                      Field("unit_price", "g"), Field("amount_minor", "l")})}));
  }
  return Field("", "+s", std::move(columns));
}

ArrowArray Arrays::Batch(uint64_t first, uint64_t rows) const {
  const Table& table = *table_;
  std::vector<ArrowArray> columns = {
      NameValues(rows, table.customer.data() + first, table.customers),
      Values(rows, table.at_us.data() + first),
      NameValues(rows, table.type.data() + first, table.types),
      NameValues(rows, table.channel.data() + first, table.channels),
      Values(rows, table.amount_minor.data() + first)};
  if (!table.key.empty()) {
    const bool all = table.key_exists.empty();
    columns.push_back(
        Make(rows, {all ? nullptr : table.key_exists.data() + first / 8,
                    table.key.data() + first}));
    columns.back().null_count = all ? 0 : -1;
  }
  const LineColumns& lines = table.lines;
  if (!lines.offsets.empty()) {
    // The list's offsets count from the table's first line, so that all batches
    // share the columns of the lines.
    const uint64_t count = lines.product.size();
    const ArrowArray item =
        Make(count, {nullptr},
             {NameValues(count, lines.product.data(), table.products),
              Values(count, lines.quantity.data()),
              Values(count, lines.unit_price.data()),
              Values(count, lines.amount_minor.data())});
    columns.push_back(
        Make(rows, {nullptr, lines.offsets.data() + first}, {item}));
  }
  return Make(rows, {nullptr}, std::move(columns));
}

struct Source {
  SharedTable table;
  uint64_t batch_rows;
  uint64_t next = 0;
};

}  // namespace

void Names::Add(std::string_view name) {
  bytes.append(name);
  offsets.push_back(static_cast<int32_t>(bytes.size()));
}

SharedTable MakeTable(const Shop& shop, uint64_t first, uint64_t count,
                      Keys keys, bool lines) {
  auto made = std::make_shared<Table>();
  Table& table = *made;
  table.rows = count;
  table.customer.resize(count);
  table.type.resize(count);
  table.channel.resize(count);
  table.at_us.resize(count);
  table.amount_minor.resize(count);
  if (keys != Keys::kNone) table.key.resize(count);
  shop.Fill(first, count,
            {.customer = table.customer.data(),
             .type = table.type.data(),
             .channel = table.channel.data(),
             .at_us = table.at_us.data(),
             .amount_minor = table.amount_minor.data(),
             .key = keys == Keys::kNone ? nullptr : table.key.data()});
  if (keys == Keys::kCorrected) {
    table.key_exists.resize((count + 7) / 8);
    for (uint64_t i = 0; i < count; ++i) {
      if (shop.IsCorrected(first + i)) table.key_exists[i / 8] |= 1u << i % 8;
    }
  }
  if (lines) {
    shop.FillLines(first, count, &table.lines);
    for (uint32_t i = 0; i < kProducts; ++i) table.products.Add(ProductName(i));
  }
  for (uint32_t i = 0; i < shop.customers(); ++i) {
    table.customers.Add(CustomerName(i));
  }
  for (uint8_t i = 0; i < kTypes; ++i) table.types.Add(TypeName(i));
  for (uint8_t i = 0; i < kChannels; ++i) table.channels.Add(ChannelName(i));
  return made;
}

void MakeStream(SharedTable table, uint64_t batch_rows,
                ArrowArrayStream* stream) {
  stream->get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
    *out = SchemaOf(*static_cast<Source*>(self->private_data)->table);
    return 0;
  };
  stream->get_next = [](ArrowArrayStream* self, ArrowArray* out) {
    auto* source = static_cast<Source*>(self->private_data);
    const uint64_t left = source->table->rows - source->next;
    if (left == 0) {
      out->release = nullptr;
      return 0;
    }
    const uint64_t rows = std::min(left, source->batch_rows);
    *out = Arrays(source->table).Batch(source->next, rows);
    source->next += rows;
    return 0;
  };
  stream->get_last_error = [](ArrowArrayStream*) -> const char* {
    return nullptr;
  };
  stream->release = [](ArrowArrayStream* self) {
    delete static_cast<Source*>(self->private_data);
    self->release = nullptr;
  };
  stream->private_data = new Source{std::move(table), batch_rows};
}

}  // namespace trato::shop
