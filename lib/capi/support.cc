// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "capi/support.h"

#include <algorithm>
#include <cstdlib>
#include <type_traits>

#include "base/text.h"

namespace trato::capi {
namespace {

// The numbers of trato.h are Abseil's, for ever.
static_assert(TRATO_OK == static_cast<int>(absl::StatusCode::kOk));
static_assert(TRATO_CANCELLED ==
              static_cast<int>(absl::StatusCode::kCancelled));
static_assert(TRATO_UNKNOWN == static_cast<int>(absl::StatusCode::kUnknown));
static_assert(TRATO_INVALID_ARGUMENT ==
              static_cast<int>(absl::StatusCode::kInvalidArgument));
static_assert(TRATO_DEADLINE_EXCEEDED ==
              static_cast<int>(absl::StatusCode::kDeadlineExceeded));
static_assert(TRATO_NOT_FOUND == static_cast<int>(absl::StatusCode::kNotFound));
static_assert(TRATO_ALREADY_EXISTS ==
              static_cast<int>(absl::StatusCode::kAlreadyExists));
static_assert(TRATO_PERMISSION_DENIED ==
              static_cast<int>(absl::StatusCode::kPermissionDenied));
static_assert(TRATO_RESOURCE_EXHAUSTED ==
              static_cast<int>(absl::StatusCode::kResourceExhausted));
static_assert(TRATO_FAILED_PRECONDITION ==
              static_cast<int>(absl::StatusCode::kFailedPrecondition));
static_assert(TRATO_ABORTED == static_cast<int>(absl::StatusCode::kAborted));
static_assert(TRATO_OUT_OF_RANGE ==
              static_cast<int>(absl::StatusCode::kOutOfRange));
static_assert(TRATO_UNIMPLEMENTED ==
              static_cast<int>(absl::StatusCode::kUnimplemented));
static_assert(TRATO_INTERNAL == static_cast<int>(absl::StatusCode::kInternal));
static_assert(TRATO_UNAVAILABLE ==
              static_cast<int>(absl::StatusCode::kUnavailable));
static_assert(TRATO_DATA_LOSS == static_cast<int>(absl::StatusCode::kDataLoss));
static_assert(TRATO_UNAUTHENTICATED ==
              static_cast<int>(absl::StatusCode::kUnauthenticated));

// What is frozen stays as it is.
static_assert(sizeof(trato_id) == 16);
static_assert(sizeof(trato_str) == 16);
static_assert(sizeof(trato_value) == 40);
static_assert(sizeof(trato_line) == 56);
static_assert(sizeof(trato_field) == 56);
static_assert(sizeof(trato_segment_size) == 24);
static_assert(sizeof(trato_member) == 32);
static_assert(sizeof(trato_match) == 64);
static_assert(sizeof(trato_decision) == 96);
static_assert(sizeof(trato_error) == 512);
static_assert(std::is_trivially_copyable_v<trato_match>);

}  // namespace

trato_status Report(absl::StatusCode status, std::string_view message,
                    trato_error* error) noexcept {
  const auto code = static_cast<trato_status>(status);
  if (error == nullptr || error->struct_size < sizeof(trato_error)) return code;
  error->code = code;
  error->line = 0;
  error->column = 0;
  size_t size = std::min(message.size(), sizeof(error->message) - 1);
  // Not in the middle of a character.
  while (size > 0 && size < message.size() && (message[size] & 0xc0) == 0x80) {
    --size;
  }
  std::memcpy(error->message, message.data(), size);
  error->message[size] = '\0';
  // One line, whatever a path or a name held.
  std::replace_if(
      error->message, error->message + size,
      [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return code;
}

trato_status Report(const absl::Status& status, trato_error* error) {
  const auto [line, column] = core::ErrorPlace(status);
  const trato_status code =
      Report(status.code(), core::ToStd(status.message()), error);
  if (error != nullptr && error->struct_size >= sizeof(trato_error)) {
    error->line = line;
    error->column = column;
  }
  return code;
}

absl::Status CheckSet(const void* pointer, std::string_view name) {
  if (pointer != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(name, " is NULL"));
}

absl::StatusOr<core::Store*> Unwrap(trato_store* store) {
  TRATO_RETURN_IF_ERROR(CheckSet(store, "store"));
  if (store->store->is_view()) {
    return absl::FailedPreconditionError(
        "this is a view of the store: it can only be read");
  }
  return store->store.get();
}

absl::StatusOr<const core::Store*> Unwrap(const trato_store* store) {
  TRATO_RETURN_IF_ERROR(CheckSet(store, "store"));
  if (store->store->is_view()) {
    return absl::FailedPreconditionError(
        "this is a view, which does not limit what is asked for: ask the store "
        "itself");
  }
  return store->store.get();
}

absl::StatusOr<const core::Store*> UnwrapSeen(const trato_store* store) {
  TRATO_RETURN_IF_ERROR(CheckSet(store, "store"));
  return store->store.get();
}

absl::StatusOr<std::string_view> ToBytes(trato_str bytes,
                                         std::string_view name) {
  if (bytes.data == nullptr && bytes.size > 0) {
    return absl::InvalidArgumentError(
        StrCat(name, " is NULL with a size of ", bytes.size));
  }
  if (bytes.size > static_cast<size_t>(PTRDIFF_MAX)) {
    return absl::InvalidArgumentError(
        StrCat(name, " has a size of ", bytes.size));
  }
  return bytes.size == 0 ? std::string_view("")
                         : std::string_view(bytes.data, bytes.size);
}

absl::StatusOr<std::string_view> ToText(trato_str text, std::string_view name) {
  TRATO_ASSIGN_OR_RETURN(std::string_view view, ToBytes(text, name));
  TRATO_RETURN_IF_ERROR(core::CheckText(name, view));
  return view;
}

absl::StatusOr<std::vector<std::string_view>> ToTexts(const trato_str* texts,
                                                      size_t count,
                                                      std::string_view name) {
  constexpr size_t kMax = 100000;
  if (count > kMax) {
    return absl::InvalidArgumentError(
        StrCat(name, " holds ", count, ", at most ", kMax));
  }
  if (count > 0) TRATO_RETURN_IF_ERROR(CheckSet(texts, name));
  std::vector<std::string_view> read;
  for (size_t i = 0; i < count; ++i) {
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(texts[i], StrCat(name, "[", i, "]")));
    read.push_back(text);
  }
  return read;
}

absl::StatusOr<core::WriteOptions> ToWriteOptions(
    const trato_write_options* options) {
  core::WriteOptions write;
  if (options == nullptr) return write;
  TRATO_ASSIGN_OR_RETURN(trato_write_options it,
                         ReadStruct(options, "options"));
  if (it.durability > TRATO_BUFFERED) {
    return absl::InvalidArgumentError(
        StrCat("options.durability ", it.durability,
               " is neither TRATO_SYNCED nor TRATO_BUFFERED"));
  }
  write.buffered = it.durability == TRATO_BUFFERED;
  TRATO_ASSIGN_OR_RETURN(write.actor, ToText(it.actor, "options.actor"));
  TRATO_ASSIGN_OR_RETURN(write.source, ToText(it.source, "options.source"));
  TRATO_ASSIGN_OR_RETURN(write.batch, ToText(it.batch, "options.batch"));
  return write;
}

absl::StatusOr<core::ListOptions> ToListOptions(
    const trato_list_options* options, std::string_view name) {
  core::ListOptions list;
  if (options == nullptr) return list;
  TRATO_ASSIGN_OR_RETURN(trato_list_options it, ReadStruct(options, name));
  if (it.descending > 1) {
    return absl::InvalidArgumentError(
        StrCat(name, ".descending is neither 0 nor 1"));
  }
  list.descending = it.descending == 1;
  list.limit = it.limit;
  TRATO_ASSIGN_OR_RETURN(list.sort, ToText(it.sort, StrCat(name, ".sort")));
  TRATO_ASSIGN_OR_RETURN(list.filter,
                         ToText(it.filter, StrCat(name, ".filter")));
  TRATO_ASSIGN_OR_RETURN(list.cursor,
                         ToText(it.cursor, StrCat(name, ".cursor")));
  return list;
}

absl::StatusOr<core::ValueInput> ToValue(const trato_value& value,
                                         std::string_view name) {
  core::ValueInput input;
  input.kind = value.kind;
  input.integer = value.integer;
  input.number = value.number;
  if (value.kind == TRATO_VALUE_STRING) {
    TRATO_ASSIGN_OR_RETURN(input.text,
                           ToText(value.text, StrCat(name, ".text")));
  }
  if (value.kind == TRATO_VALUE_MONEY) {
    input.currency = {value.currency, strnlen(value.currency, 4)};
  }
  return input;
}

trato_value FromValue(const core::ValueInput& value) {
  trato_value it = TRATO_VALUE_INIT;
  it.kind = value.kind;
  it.integer = value.integer;
  it.number = value.number;
  it.text = ToStr(value.text);
  CopyCurrency(value.currency, it.currency);
  return it;
}

void CopyCurrency(std::string_view code, char (&to)[4]) {
  std::memset(to, 0, sizeof(to));
  code.copy(to, sizeof(to) - 1);
}

absl::Status MoveInto(const std::string& bytes, trato_buf* out) {
  TRATO_RETURN_IF_ERROR(CheckSet(out, "the output"));
  auto* data = static_cast<char*>(std::malloc(bytes.size() + 1));
  if (data == nullptr) return absl::ResourceExhaustedError("out of memory");
  std::memcpy(data, bytes.data(), bytes.size());
  data[bytes.size()] = '\0';
  *out = {data, bytes.size()};
  return absl::OkStatus();
}

absl::Status GiveFact(const absl::StatusOr<core::Written>& written,
                      trato_id* out_fact) {
  TRATO_RETURN_IF_ERROR(written.status());
  if (out_fact != nullptr) *out_fact = ToId(written->fact);
  return absl::OkStatus();
}

std::function<bool(uint64_t, uint64_t)> ToProgress(trato_progress_fn progress,
                                                   void* context) {
  if (progress == nullptr) return {};
  return [=](uint64_t done, uint64_t total) {
    return progress(context, done, total) == 0;
  };
}

}  // namespace trato::capi
