// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/arrow_output.h"

#include <cerrno>
#include <new>

#include "base/status.h"

namespace trato::core {
namespace {

// What an exported node owns. Children and dictionary stand here, so that a
// reader can move them out one by one: it then clears their release.
struct SchemaOwner {
  OutputField field;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
  ArrowSchema dictionary{};

  SchemaOwner() = default;
  SchemaOwner(const SchemaOwner&) = delete;
  SchemaOwner& operator=(const SchemaOwner&) = delete;
  ~SchemaOwner() {
    for (ArrowSchema& child : children) {
      if (child.release != nullptr) child.release(&child);
    }
    if (dictionary.release != nullptr) dictionary.release(&dictionary);
  }
};

struct ArrayOwner {
  std::vector<OutputBuffer> buffers;
  std::vector<const void*> data;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  ArrowArray dictionary{};

  ArrayOwner() = default;
  ArrayOwner(const ArrayOwner&) = delete;
  ArrayOwner& operator=(const ArrayOwner&) = delete;
  ~ArrayOwner() {
    for (ArrowArray& child : children) {
      if (child.release != nullptr) child.release(&child);
    }
    if (dictionary.release != nullptr) dictionary.release(&dictionary);
  }
};

template <typename Node, typename Owner>
void Release(Node* node) {
  delete static_cast<Owner*>(node->private_data);
  node->private_data = nullptr;
  node->release = nullptr;
}

void ExportSchema(const OutputField& field, ArrowSchema* out) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->field = {
      field.name, field.format, field.nullable, field.text_dictionary, {}};
  owner->children.resize(field.children.size());
  for (size_t i = 0; i < field.children.size(); ++i) {
    ExportSchema(field.children[i], &owner->children[i]);
    owner->pointers.push_back(&owner->children[i]);
  }
  if (field.text_dictionary) {
    ExportSchema({"", "u", false, false, {}}, &owner->dictionary);
  }
  *out = {};
  out->format = owner->field.format.c_str();
  out->name = owner->field.name.c_str();
  out->flags = field.nullable ? ARROW_FLAG_NULLABLE : 0;
  out->n_children = static_cast<int64_t>(owner->children.size());
  out->children = owner->pointers.data();
  out->dictionary = field.text_dictionary ? &owner->dictionary : nullptr;
  out->release = &Release<ArrowSchema, SchemaOwner>;
  out->private_data = owner.release();
}

void ExportArray(OutputColumn column, ArrowArray* out) {
  auto owner = std::make_unique<ArrayOwner>();
  owner->buffers = std::move(column.buffers);
  for (const OutputBuffer& buffer : owner->buffers) {
    owner->data.push_back(buffer.get());
  }
  owner->children.resize(column.children.size());
  for (size_t i = 0; i < column.children.size(); ++i) {
    ExportArray(std::move(column.children[i]), &owner->children[i]);
    owner->pointers.push_back(&owner->children[i]);
  }
  if (column.dictionary) ExportArray(*column.dictionary, &owner->dictionary);
  *out = {};
  out->length = column.length;
  out->null_count = column.null_count;
  out->n_buffers = static_cast<int64_t>(owner->data.size());
  out->n_children = static_cast<int64_t>(owner->children.size());
  out->buffers = owner->data.data();
  out->children = owner->pointers.data();
  out->dictionary = column.dictionary ? &owner->dictionary : nullptr;
  out->release = &Release<ArrowArray, ArrayOwner>;
  out->private_data = owner.release();
}

struct StreamOwner {
  OutputField table;
  PullBatch pull;
  bool ended = false;
  int failed = 0;     // errno of the failure
  std::string error;  // what the last failure was
};

StreamOwner& OwnerOf(ArrowArrayStream* stream) {
  return *static_cast<StreamOwner*>(stream->private_data);
}

int ErrnoOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
      return ECANCELED;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return EINVAL;
    case absl::StatusCode::kResourceExhausted:
      return ENOMEM;
    case absl::StatusCode::kNotFound:
      return ENOENT;
    default:
      return EIO;
  }
}

// Runs what a reader called; no exception gets out. The reason is kept where no
// memory is needed to tell it.
template <typename Function>
int Guarded(StreamOwner& owner, Function function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    owner.error = "no memory";  // short enough to need none
    return ENOMEM;
  } catch (...) {
    owner.error = "internal error";
    return EIO;
  }
}

int GetSchema(ArrowArrayStream* stream, ArrowSchema* out) {
  StreamOwner& owner = OwnerOf(stream);
  *out = {};
  return Guarded(owner, [&] {
    ExportSchema(owner.table, out);
    return 0;
  });
}

int GetNext(ArrowArrayStream* stream, ArrowArray* out) {
  StreamOwner& owner = OwnerOf(stream);
  *out = {};
  if (owner.failed != 0) return owner.failed;
  if (owner.ended) return 0;
  const int code = Guarded(owner, [&] {
    absl::StatusOr<std::optional<OutputBatch>> batch = owner.pull();
    if (!batch.ok()) {
      owner.error = std::string(batch.status().message());
      return ErrnoOf(batch.status());
    }
    if (!batch->has_value()) {
      owner.ended = true;
      owner.pull = nullptr;
      return 0;
    }
    OutputBatch& rows = **batch;
    ExportArray(StructOf(rows.rows, std::move(rows.columns)), out);
    return 0;
  });
  if (code != 0) owner.failed = code;
  return code;
}

const char* GetLastError(ArrowArrayStream* stream) {
  const StreamOwner& owner = OwnerOf(stream);
  return owner.error.empty() ? nullptr : owner.error.c_str();
}

void AppendBit(std::vector<uint8_t>* bits, int64_t at, bool value) {
  if ((at & 7) == 0) bits->push_back(0);
  if (value) bits->back() |= static_cast<uint8_t>(1u << (at & 7));
}

}  // namespace

void MakeStream(std::vector<OutputField> fields, PullBatch pull,
                ArrowArrayStream* out) {
  auto owner = std::make_unique<StreamOwner>();
  owner->table = {"", "+s", false, false, std::move(fields)};
  owner->pull = std::move(pull);
  *out = {};
  out->get_schema = &GetSchema;
  out->get_next = &GetNext;
  out->get_last_error = &GetLastError;
  out->release = &Release<ArrowArrayStream, StreamOwner>;
  out->private_data = owner.release();
}

void ValidityBuilder::Append(bool valid) {
  if (!valid && nulls_ == 0) {
    bits_.assign(static_cast<size_t>((length_ + 7) / 8), 0xff);
    if ((length_ & 7) != 0) {
      bits_.back() = static_cast<uint8_t>((1u << (length_ & 7)) - 1);
    }
  }
  if (!valid) ++nulls_;
  if (nulls_ > 0) AppendBit(&bits_, length_, valid);
  ++length_;
}

void ValidityBuilder::TakeTo(OutputColumn* column) {
  column->length = std::exchange(length_, 0);
  column->null_count = std::exchange(nulls_, 0);
  column->buffers.push_back(
      column->null_count == 0
          ? nullptr
          : output_internal::Share(std::exchange(bits_, {})));
}

void BoolBuilder::Append(bool value) {
  AppendBit(&bits_, validity_.length(), value);
  validity_.Append(true);
}

void BoolBuilder::AppendNull() {
  AppendBit(&bits_, validity_.length(), false);
  validity_.Append(false);
}

OutputColumn BoolBuilder::Take() {
  OutputColumn column;
  validity_.TakeTo(&column);
  column.buffers.push_back(output_internal::Share(std::exchange(bits_, {})));
  return column;
}

void TextBuilder::Append(std::string_view text) {
  text_.insert(text_.end(), text.begin(), text.end());
  offsets_.push_back(static_cast<int32_t>(text_.size()));
  validity_.Append(true);
}

void TextBuilder::AppendNull() {
  offsets_.push_back(static_cast<int32_t>(text_.size()));
  validity_.Append(false);
}

OutputColumn TextBuilder::Take() {
  OutputColumn column;
  validity_.TakeTo(&column);
  column.buffers.push_back(
      output_internal::Share(std::exchange(offsets_, {0})));
  column.buffers.push_back(output_internal::Share(std::exchange(text_, {})));
  return column;
}

void NameBuilder::Append(std::string_view name) {
  if (name.empty()) return AppendNull();
  if (name != last_) {
    const auto found = known_.find(name);
    if (found != known_.end()) {
      last_code_ = found->second;
    } else {
      last_code_ = static_cast<int32_t>(known_.size());
      known_.emplace(name, last_code_);
      values_.Append(name);
      dictionary_ = nullptr;
    }
    last_ = name;
  }
  codes_.Append(last_code_);
}

void NameBuilder::AppendNull() { codes_.AppendNull(); }

OutputColumn NameBuilder::Take() {
  OutputColumn column = codes_.Take();
  if (known_.size() > kKept) {
    column.dictionary = std::make_shared<const OutputColumn>(values_.Take());
    known_.clear();
    last_.clear();
    return column;
  }
  if (!dictionary_) {
    TextBuilder values = values_;
    dictionary_ = std::make_shared<const OutputColumn>(values.Take());
  }
  column.dictionary = dictionary_;
  return column;
}

OutputColumn ListBuilder::Take(OutputColumn child) {
  OutputColumn column;
  validity_.TakeTo(&column);
  column.buffers.push_back(
      output_internal::Share(std::exchange(offsets_, {0})));
  column.children.push_back(std::move(child));
  return column;
}

OutputColumn StructOf(int64_t length, std::vector<OutputColumn> children) {
  OutputColumn column;
  column.length = length;
  column.buffers.push_back(nullptr);
  column.children = std::move(children);
  return column;
}

}  // namespace trato::core
