// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside capi only: what calls that take a table share.

#ifndef TRATO_CAPI_COLUMNS_H_
#define TRATO_CAPI_COLUMNS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "capi/support.h"
#include "columnar/arrow_input.h"

namespace trato::capi {

// Whatever happens, the stream is released.
class StreamOwner {
 public:
  explicit StreamOwner(ArrowArrayStream* stream) : stream_(stream) {}
  ~StreamOwner() {
    if (stream_ != nullptr && stream_->release != nullptr) {
      stream_->release(stream_);
    }
  }
  StreamOwner(const StreamOwner&) = delete;
  StreamOwner& operator=(const StreamOwner&) = delete;

 private:
  ArrowArrayStream* stream_;
};

// Fields and the columns that hold them; `owner` is the struct they are in.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ToColumns(
    const trato_column* columns, size_t count, std::string_view owner);

struct HowToAppend {
  core::AppendOptions options;
  core::InputOptions input;
};
// What the caller says; NULL: the defaults.
absl::StatusOr<HowToAppend> ReadAppendOptions(
    const trato_append_options* options);

}  // namespace trato::capi

#endif  // TRATO_CAPI_COLUMNS_H_
