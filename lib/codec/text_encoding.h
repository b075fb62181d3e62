// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text files of any of the encodings that spreadsheets write, as UTF-8.

#ifndef TRATO_CODEC_TEXT_ENCODING_H_
#define TRATO_CODEC_TEXT_ENCODING_H_

#include <string>
#include <string_view>

namespace trato::core {

struct DecodedText {
  std::string text;      // UTF-8, without a byte order mark
  std::string encoding;  // for people: "UTF-8", "UTF-16", "Windows-1252", ...
};

// UTF-16 is known by its byte order mark, or by the zero bytes of its ASCII;
// everything else is read line by line, each as UTF-8 if it is that, otherwise
// as Windows-1252, of which Latin-1 is a part. What is no character becomes
// U+FFFD.
DecodedText DecodeText(std::string_view bytes);

}  // namespace trato::core

#endif  // TRATO_CODEC_TEXT_ENCODING_H_
