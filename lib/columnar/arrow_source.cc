// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "columnar/arrow_source.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kMaxReason = 400;

// Another's message, as one line of UTF-8.
std::string OneLine(const char* text) {
  std::string line(text, strnlen(text, kMaxReason));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  // A character may have been cut in two.
  for (int i = 0; i < 3 && !line.empty() && !IsUtf8(line); ++i) {
    line.pop_back();
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return IsUtf8(line) ? line : "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArrowSource>> ArrowSource::Open(
    ArrowArrayStream* stream) {
  if (stream == nullptr) {
    return absl::InvalidArgumentError("stream is NULL");
  }
  if (stream->release == nullptr) {
    return absl::InvalidArgumentError(
        "stream was released already; give one that was not read yet");
  }
  std::unique_ptr<ArrowSource> source(new ArrowSource);
  source->stream_ = *stream;
  stream->release = nullptr;
  TRATO_RETURN_IF_ERROR(source->ReadSchema());
  return source;
}

ArrowSource::~ArrowSource() { Release(); }

absl::Status ArrowSource::ReadSchema() {
  if (stream_.get_schema == nullptr || stream_.get_next == nullptr) {
    return absl::InvalidArgumentError("stream has a function that is NULL");
  }
  ArrowSchema schema{};
  if (const int code = stream_.get_schema(&stream_, &schema); code != 0) {
    return StreamError(code);
  }
  if (schema.release == nullptr) {
    return absl::InvalidArgumentError("stream has no schema");
  }
  absl::StatusOr<ArrowType> type = ReadType(schema);
  schema.release(&schema);
  TRATO_ASSIGN_OR_RETURN(type_, std::move(type));
  if (!type_.Is(ArrowKind::kStruct)) {
    return absl::InvalidArgumentError(
        StrCat("stream holds no table but a column of type ", type_.name,
               "; give a table or a data frame"));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ArrowSource::Advance() {
  if (!failed_.ok()) return failed_;
  absl::StatusOr<bool> next = Next();
  if (!next.ok()) return Fail(next.status());
  return next;
}

absl::StatusOr<bool> ArrowSource::Next() {
  first_row_ = next_row_;
  while (stream_.release != nullptr) {
    // The batch before stays until this one is done with: what lies at the same
    // place in both is the same, so a dictionary can be known again.
    if (previous_.release != nullptr) previous_.release(&previous_);
    previous_ = std::exchange(batch_, {});
    if (const int code = stream_.get_next(&stream_, &batch_); code != 0) {
      batch_ = {};
      return StreamError(code);
    }
    if (batch_.release == nullptr) break;
    const ColumnPlace place("(the whole row)", first_row_);
    TRATO_ASSIGN_OR_RETURN(ArraySlice rows,
                           SliceOf(&batch_, type_, 0, batch_.length, place));
    if (batch_.length > kMaxBatchRows) {
      return absl::InvalidArgumentError(StrCat(
          "a batch of the stream has more than ", kMaxBatchRows, " rows"));
    }
    for (int64_t i = 0; rows.validity != nullptr && i < rows.rows; ++i) {
      if (rows.IsNull(i)) return place.Missing(i);
    }
    if (batch_.length == 0) continue;
    next_row_ += static_cast<uint64_t>(batch_.length);
    return true;
  }
  Release();
  return false;
}

absl::Status ArrowSource::Fail(absl::Status status) {
  failed_ = std::move(status);
  Release();
  return failed_;
}

absl::Status ArrowSource::StreamError(int code) {
  const char* reason = stream_.get_last_error == nullptr
                           ? nullptr
                           : stream_.get_last_error(&stream_);
  std::string message = "the stream failed";
  std::string line = reason == nullptr ? "" : OneLine(reason);
  StrAppend(&message,
            line.empty() ? StrCat(" with errno ", code) : StrCat(": ", line));
  return code == ECANCELED ? absl::CancelledError(message)
                           : absl::UnavailableError(message);
}

void ArrowSource::Release() {
  if (batch_.release != nullptr) batch_.release(&batch_);
  if (previous_.release != nullptr) previous_.release(&previous_);
  previous_ = {};
  if (stream_.release != nullptr) stream_.release(&stream_);
  batch_ = {};
  stream_ = {};
}

}  // namespace trato::core
