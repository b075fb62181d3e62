// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The answers that list customers, as JSON, as trato.h describes them.

#ifndef TRATO_CODEC_LIST_ANSWERS_H_
#define TRATO_CODEC_LIST_ANSWERS_H_

#include <span>
#include <string>
#include <string_view>

#include "codec/answers.h"
#include "customer/search_index.h"

namespace trato::core {

std::string FoundJson(const Model& model,
                      std::span<const SearchIndex::Found> found);

struct ListedCustomer {
  RecordNumber leader = 0;
  Value value;  // what the list is sorted by
};
// `next` empty: null.
std::string ListJson(const Model& model, std::span<const ListedCustomer> listed,
                     std::string_view next);

}  // namespace trato::core

#endif  // TRATO_CODEC_LIST_ANSWERS_H_
