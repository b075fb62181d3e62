// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Finding and listing customers, and saying what of them can be looked for.

#include <utility>
#include <vector>

#include "base/status.h"
#include "codec/list_answers.h"
#include "engine/customer_list.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr uint32_t kDefaultFound = 10;
constexpr uint32_t kMaxFound = 1000;
constexpr uint64_t kDefaultListed = 100;
constexpr uint64_t kMaxListed = 10000;

absl::Status CheckSearch(uint32_t search) {
  if (search < static_cast<uint32_t>(kSearchCount)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("search ", search, " is no way to look for anything"));
}

}  // namespace

absl::StatusOr<std::string> Store::FindCustomersJson(std::string_view text,
                                                     uint32_t limit,
                                                     int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_ASSIGN_OR_RETURN(SearchQuery query, SearchQuery::Parse(text));
  if (limit > kMaxFound) {
    return absl::InvalidArgumentError(
        StrCat("limit is ", limit, ", at most ", kMaxFound, " are found"));
  }
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(const Model model, ModelHere(now_us));
  ReadScope scope;
  std::string json =
      FoundJson(model, state.search.Find(query, limit == 0 ? kDefaultFound : limit,
                                         now_us, model.shows));
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<std::string> Store::ListCustomersJson(const ListOptions& options,
                                                     int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (options.limit > kMaxListed) {
    return absl::InvalidArgumentError(
        StrCat("limit is ", options.limit, ", at most ", kMaxListed,
               " are listed at once, go on with the cursor"));
  }
  ListOptions how = options;
  if (how.limit == 0) how.limit = kDefaultListed;
  ReaderMutexLock lock(&impl_->mutex);
  const State& state = *impl_->state;
  ReadScope scope;
  TRATO_ASSIGN_OR_RETURN(const auto sight, See(now_us));
  TRATO_ASSIGN_OR_RETURN(CustomerList list,
                         ListCustomers(state, how, sight.get(), now_us));
  TRATO_RETURN_IF_ERROR(scope.status());
  std::vector<ListedCustomer> rows;
  for (CustomerList::Row& row : list.rows) {
    rows.push_back({row.leader, std::move(row.value)});
  }
  return ListJson(state.model(), rows, list.next);
}

absl::Status Store::DefineAttributeSearch(std::string_view name,
                                          uint32_t search, int64_t now_us,
                                          const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckSearch(search));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_ASSIGN_OR_RETURN(
      const AttributeDefinition* known,
      impl_->state->schema.Attribute("name", Subject::kCustomer, name));
  AttributeDefinition changed = *known;
  changed.search = static_cast<Search>(search);
  const Definition definition = SchemaDefinition(std::move(changed));
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

absl::Status Store::DefineIdentifierSearch(std::string_view name_space,
                                           uint32_t search, int64_t now_us,
                                           const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  TRATO_RETURN_IF_ERROR(CheckSearch(search));
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const NamespaceDefinition* known =
      impl_->state->schema.FindNamespace(name_space);
  NamespaceDefinition changed;
  if (known != nullptr) changed = *known;
  changed.name = name_space;
  changed.search = static_cast<Search>(search);
  const Definition definition = SchemaDefinition(std::move(changed));
  TRATO_RETURN_IF_ERROR(CheckDefinition(*impl_->state, definition));
  return impl_->CommitDefinitions({definition}, now_us, options);
}

}  // namespace trato::core
