// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/customer_zone.h"

#include <optional>
#include <string>

#include "base/calendar.h"

namespace trato::core {

absl::TimeZone CustomerZone(const Schema& schema, const Interner& names,
                            const CustomerStore& customers, RecordNumber leader,
                            int64_t now_us, absl::TimeZone store_zone) {
  const AttributeDefinition* const definition =
      schema.FindAttribute(Subject::kCustomer, kZoneAttribute);
  if (definition == nullptr || !definition->is_plain() ||
      definition->type != ValueType::kString) {
    return store_zone;
  }
  const std::optional<uint32_t> attribute = names.Find(definition->name);
  if (!attribute) return store_zone;
  const AttributeValue value =
      customers.AttributeAt(leader, *attribute, now_us);
  if (value.version == nullptr) return store_zone;
  const auto* const name = std::get_if<std::string>(&value.version->value);
  if (name == nullptr) return store_zone;
  // The last name that this thread asked for: most customers of a store live
  // in few zones, and reading one takes a lock of the process.
  thread_local std::string last_name;
  thread_local std::optional<absl::TimeZone> last_zone;
  if (last_name != *name) {
    const absl::StatusOr<absl::TimeZone> zone = LoadZone(*name);
    last_zone = zone.ok() ? std::optional(*zone) : std::nullopt;
    last_name = *name;
  }
  return last_zone.value_or(store_zone);
}

}  // namespace trato::core
