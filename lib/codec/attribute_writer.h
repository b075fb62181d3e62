// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside codec only: a customer's attributes as text, which is most of what is
// told of her. It is written as a document of the library would be, without
// making one.

#ifndef TRATO_CODEC_ATTRIBUTE_WRITER_H_
#define TRATO_CODEC_ATTRIBUTE_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/answers.h"

namespace trato::core {

class AttributeWriter {
 public:
  explicit AttributeWriter(const Model& model) : model_(model) {}

  // Adds an entry to `out`, those of a list one level deep: a value in force of
  // the attribute shown by that name, or an entry that was written.
  void Add(std::string_view shown, uint32_t about, const AttributeValue& it,
           std::string& out);
  static void AddWritten(std::string_view entry, std::string& out);
  static std::string InBrackets(const std::string& entries);

 private:
  void AddValue(const Value& value, std::string& out);
  const std::string& TimeOf(int64_t us);

  const Model& model_;
  // Many things were said at one time.
  int64_t last_us_ = 0;
  std::string last_time_;
};

}  // namespace trato::core

#endif  // TRATO_CODEC_ATTRIBUTE_WRITER_H_
