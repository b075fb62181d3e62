// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The zone by whose clock a customer lives: deadlines and quiet hours go by it.

#ifndef TRATO_CUSTOMER_CUSTOMER_ZONE_H_
#define TRATO_CUSTOMER_CUSTOMER_ZONE_H_

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "customer/customer_store.h"
#include "schema/schema.h"

namespace trato::core {

// The customer attribute that names it: a text with an IANA name, such as
// Europe/Madrid.
inline constexpr std::string_view kZoneAttribute = "time_zone";

// What that attribute of the customer led by `leader` says at `now_us`;
// `store_zone` where it is not defined as one text, is not set, or names no
// zone of this machine. Zones are read from the machine once per name. Cost: a
// look-up of an attribute and of a name.
absl::TimeZone CustomerZone(const Schema& schema, const Interner& names,
                            const CustomerStore& customers, RecordNumber leader,
                            int64_t now_us, absl::TimeZone store_zone);

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_CUSTOMER_ZONE_H_
