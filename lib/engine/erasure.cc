// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/erasure.h"

#include <sodium.h>

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {
namespace {

constexpr std::string_view kFirstLine = "trato-erasures 1";

}  // namespace

Id SubjectOf(std::string_view key, std::string_view record) {
  // A key of its own, so that hashes of other lists tell nothing about these.
  constexpr std::string_view kPurpose = "trato erasure";
  unsigned char own[32];
  crypto_generichash(
      own, sizeof(own), reinterpret_cast<const unsigned char*>(kPurpose.data()),
      kPurpose.size(), reinterpret_cast<const unsigned char*>(key.data()),
      key.size());
  unsigned char hash[16];
  crypto_generichash(hash, sizeof(hash),
                     reinterpret_cast<const unsigned char*>(record.data()),
                     record.size(), own, sizeof(own));
  return Id::FromBytes(hash);
}

std::string EncodeErasures(std::span<const Erasure> erasures) {
  std::string text(kFirstLine);
  text += '\n';
  for (const Erasure& it : erasures) {
    text += StrCat(it.id.Hex(), " ", it.at_us);
    for (const Id& subject : it.subjects) text += StrCat(" ", subject.Hex());
    text += '\n';
  }
  return text;
}

absl::StatusOr<std::vector<Erasure>> DecodeErasures(std::string_view text) {
  std::vector<Erasure> erasures;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const auto wrong = [&](std::string_view what) {
      return absl::InvalidArgumentError(
          StrCat("erasures: line ", number, " ", what));
    };
    if (number == 1) {
      if (line == kFirstLine) continue;
      return wrong(line.starts_with("trato-erasures ")
                       ? "says that a newer version of Trato wrote the list"
                       : "is not the first line of a list of erasures");
    }
    if (line.empty()) continue;
    Erasure& it = erasures.emplace_back();
    size_t at = 0;
    for (size_t field = 0; at <= line.size(); ++field) {
      const size_t stop = std::min(line.find(' ', at), line.size());
      const std::string_view part = line.substr(at, stop - at);
      at = stop + 1;
      if (field == 1) {
        if (!absl::SimpleAtoi(ToAbsl(part), &it.at_us) ||
            !CheckInstant("at_us", it.at_us).ok()) {
          return wrong("has no instant in its second place");
        }
        continue;
      }
      const std::optional<Id> id =
          part.size() == 32 ? Id::Parse(part) : std::nullopt;
      if (!id) return wrong("has something else where an id should be");
      (field == 0 ? it.id : it.subjects.emplace_back()) = *id;
      if (field == 0 && at > line.size()) return wrong("has no instant");
    }
  }
  if (number == 0) {
    return absl::InvalidArgumentError("erasures: the list is empty");
  }
  return erasures;
}

}  // namespace trato::core
