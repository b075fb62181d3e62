// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What people may ask of a store about themselves, and auditors about anybody:
// who changed what, and everything that is held on one person.

#ifndef TRATO_CODEC_RIGHTS_ANSWERS_H_
#define TRATO_CODEC_RIGHTS_ANSWERS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/answers.h"
#include "codec/fact.h"

namespace trato::core {

// A fact of the log that is no interaction, and where it is.
struct LoggedFact {
  Fact fact;
  uint64_t position = 0;
};

// What kind of thing is defined, in a word or two, and its name.
std::pair<std::string_view, std::string_view> NameOfDefinition(
    const Definition& definition);

// The facts as changes, oldest first, the last `limit` of them (0: all): what
// each was about, what held before and what after. `facts` are by (event time,
// source, log position).
std::string AuditJson(const Model& model, std::span<const LoggedFact> facts,
                      uint64_t limit);

// Everything that is held on a customer: the customer as asked, each
// interaction, also those that were corrected, decisions with their outcomes,
// and the changes.
std::string DocumentJson(const Model& model, RecordNumber customer,
                         std::span<const LoggedFact> facts, int64_t now_us);
// The same as a document in Markdown.
std::string DocumentText(const Model& model, RecordNumber customer,
                         std::span<const LoggedFact> facts, int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_CODEC_RIGHTS_ANSWERS_H_
