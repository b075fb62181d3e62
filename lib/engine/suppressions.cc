// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Suppression lists in and out. Written out, a list is text: a line that says
// what it is, its name, its date, what tells under which key it is, and then
// a hash a line.

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/consent_answers.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr std::string_view kFirstLine = "trato-suppressions 1";

// The next line without its end; moves on. False at the end.
bool NextLine(std::string_view& text, std::string_view& line) {
  if (text.empty()) return false;
  const size_t end = text.find('\n');
  line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

struct ReadList {
  std::vector<SuppressionHash> hashes;
  std::optional<int64_t> at_us;  // as the list says
};

absl::Status BadLine(size_t number, std::string_view what) {
  return absl::InvalidArgumentError(StrCat("line ", number, ": ", what));
}

// What an export gave.
absl::StatusOr<ReadList> ReadExported(const SuppressionHasher& hasher,
                                      std::string_view text) {
  ReadList read;
  std::string_view line;
  size_t number = 0;
  bool has_key = false;
  while (NextLine(text, line)) {
    if (++number == 1 || line.empty() || line.starts_with("list ")) continue;
    if (line.starts_with("updated ")) {
      const std::string_view digits = line.substr(8);
      int64_t us = 0;
      const auto [end, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), us);
      if (failure != std::errc() || end != digits.data() + digits.size()) {
        return BadLine(number, "updated is not a number of microseconds");
      }
      read.at_us = us;
      continue;
    }
    const bool is_key = line.starts_with("key ");
    const auto id = line.size() == (is_key ? 36u : 32u)
                        ? Id::Parse(line.substr(is_key ? 4 : 0))
                        : std::nullopt;
    if (!id) return BadLine(number, "is not 32 hexadecimal digits");
    if (!is_key) {
      read.hashes.push_back({*id});
    } else if (*id != hasher.KeyCheck()) {
      return absl::FailedPreconditionError(
          "the list was exported under another key; open the store with that "
          "one");
    } else {
      has_key = true;
    }
  }
  if (!has_key || !read.at_us) {
    return absl::InvalidArgumentError(
        "the list is cut off: its key or its date is missing");
  }
  return read;
}

absl::StatusOr<ReadList> ReadIdentifiers(const SuppressionHasher& hasher,
                                         std::string_view text) {
  ReadList read;
  std::string_view line;
  size_t number = 0;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (NextLine(text, line)) {
    ++number;
    if (line.empty()) continue;
    TRATO_RETURN_IF_ERROR(CheckIdentifier(StrCat("line ", number), line));
    read.hashes.push_back(hasher.Hash(line));
  }
  return read;
}

}  // namespace

absl::Status Store::DefineSuppressionList(std::string_view name,
                                          std::string_view max_age,
                                          std::string_view description,
                                          int64_t now_us,
                                          const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  const Definition definition = SchemaDefinition(SuppressionListDefinition{
      std::string(name), std::string(max_age), std::string(description)});
  absl::MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

absl::StatusOr<std::string> Store::ImportSuppressions(
    const SuppressionInput& input, int64_t now_us,
    const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  absl::MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const State& state = *impl_->state;
  TRATO_RETURN_IF_ERROR(state.schema.CheckSuppressionList("list", input.list));
  const SuppressionHasher& hasher = state.consents.lists().hasher();
  TRATO_ASSIGN_OR_RETURN(ReadList read,
                         input.text.starts_with(kFirstLine)
                             ? ReadExported(hasher, input.text)
                             : ReadIdentifiers(hasher, input.text));
  std::sort(read.hashes.begin(), read.hashes.end());
  read.hashes.erase(std::unique(read.hashes.begin(), read.hashes.end()),
                    read.hashes.end());
  const int64_t at_us =
      input.at_us == kAtNow ? read.at_us.value_or(now_us) : input.at_us;
  if (at_us > now_us) {
    return absl::InvalidArgumentError(
        "at_us: the list is dated after now_us, so nobody would be held back "
        "by it yet");
  }
  Fact fact = Impl::Envelope(at_us, now_us, options);
  SuppressionReport report{std::string(input.list), read.hashes.size(),
                           !input.adds, at_us};
  fact.payload =
      SuppressionUpdateFact{std::string(input.list), !input.adds,
                            hasher.KeyCheck(), std::move(read.hashes)};
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(NewFact{std::move(fact), true}, now_us, options.buffered)
          .status());
  return SuppressionReportJson(state.model(), report);
}

absl::StatusOr<std::string> Store::ExportSuppressions(std::string_view list,
                                                      int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  absl::ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_RETURN_IF_ERROR(state.schema.CheckSuppressionList("list", list));
  const SuppressionLists& lists = state.consents.lists();
  const auto known = lists.all().find(list);
  const bool is_known = known != lists.all().end();
  if (is_known && lists.HasOtherKey(known->second, now_us)) {
    return absl::FailedPreconditionError(
        StrCat("list: '", list,
               "' was made under another key; open the store "
               "with that one"));
  }
  std::vector<SuppressionHash> hashes;
  int64_t updated_us = now_us;
  if (list == SuppressionLists::kObjections) {
    hashes = state.consents.ObjectionHashes(state.customers, now_us);
  } else {
    const SuppressionUpdate* last =
        is_known ? known->second.LastUpdate(now_us) : nullptr;
    if (last == nullptr) {
      return absl::FailedPreconditionError(
          StrCat("list: '", list, "' was never imported"));
    }
    updated_us = last->at_us;
    hashes = lists.Entries(known->second, now_us);
  }
  std::string text =
      StrCat(kFirstLine, "\nlist ", list, "\nupdated ", updated_us, "\nkey ",
             lists.hasher().KeyCheck().Hex(), "\n");
  text.reserve(text.size() + hashes.size() * 33);
  for (const SuppressionHash& hash : hashes) {
    text += hash.Hex();
    text.push_back('\n');
  }
  return text;
}

absl::StatusOr<std::string> Store::SuppressionJson(int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  absl::ReaderMutexLock lock(&impl_->mutex);
  return SuppressionListsJson(impl_->state->model(), now_us);
}

}  // namespace trato::core
