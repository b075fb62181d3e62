// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The calls that answer. None of them changes anything, and none needs the
// file: what was read stays readable after the store is closed.

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/customer_answers.h"
#include "engine/store_impl.h"

namespace trato::core {

absl::StatusOr<int64_t> Store::ParseTime(std::string_view text) const {
  TRATO_RETURN_IF_ERROR(CheckText("text", text, kMaxNameBytes));
  ReaderMutexLock lock(&impl_->mutex);
  auto us = trato::core::ParseTime(text, impl_->state->zone);
  if (us.ok()) return us;
  const bool printable = CheckLabel("text", text).ok();
  return Prefixed(us.status(),
                  printable ? StrCat("'", text, "' ") : "the time ");
}

absl::StatusOr<std::string> Store::FormatTime(int64_t at_us) const {
  TRATO_RETURN_IF_ERROR(CheckInstant("at_us", at_us));
  ReaderMutexLock lock(&impl_->mutex);
  return trato::core::FormatTime(at_us, impl_->state->zone);
}

absl::StatusOr<std::string> Store::InfoJson(int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  ReadScope scope;
  std::string json = trato::core::InfoJson(
      impl_->state->model(),
      {impl_->path, impl_->position,
       impl_->state->fact_count() + impl_->state->interactions,
       kFormatVersion},
      now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<IdBytes> Store::ResolveCustomer(std::string_view customer,
                                               int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  return ToBytes(impl_->state->customers.KeptIdOf(leader));
}

absl::StatusOr<std::string> Store::CustomerJson(std::string_view customer,
                                                int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  TRATO_ASSIGN_OR_RETURN(const Model model, ModelHere(now_us));
  ReadScope scope;
  std::string json = trato::core::CustomerJson(model, leader, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  return json;
}

absl::StatusOr<std::string> Store::ProductName(std::string_view product) const {
  TRATO_RETURN_IF_ERROR(CheckLabel("product", product));
  ReaderMutexLock lock(&impl_->mutex);
  return std::string(impl_->state->schema.ProductName(product));
}

absl::StatusOr<IdBytes> FactIdOf(std::string_view source,
                                 std::string_view key) {
  if (source.empty()) source = "host";
  TRATO_RETURN_IF_ERROR(CheckLabel("source", source, kMaxIdentifierBytes));
  TRATO_RETURN_IF_ERROR(CheckLabel("key", key, kMaxIdentifierBytes));
  return ToBytes(FactId::OfKey(source, key));
}

}  // namespace trato::core
