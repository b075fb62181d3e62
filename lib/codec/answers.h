// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The rich answers as JSON, as trato.h describes them. Money is given in minor
// units and as text, instants in microseconds (..._us) and as text in the
// store's zone.

#ifndef TRATO_CODEC_ANSWERS_H_
#define TRATO_CODEC_ANSWERS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "codec/orders_csv.h"
#include "customer/relation_store.h"
#include "offer/coupon.h"
#include "offer/coupon_status.h"
#include "offer/decision_log.h"
#include "offer/matcher.h"
#include "schema/schema.h"
#include "segment/segment_store.h"

namespace trato::core {

// Everything that is known, for reading.
struct Model {
  const Schema* schema;
  const Interner* names;
  const CustomerStore* customers;
  const RelationStore* relations;
  const Timeline* timeline;
  const SegmentStore* segments;
  const Catalogue* catalogue;
  const CouponBook* coupons;
  const DecisionLog* decisions;
  std::string zone_name;
  absl::TimeZone zone;
  Currency currency;
  World world;
  const ConsentLedger* consents;
  const Policies* policies = nullptr;
  // Whether the customer with this leader may be named where somebody else is
  // shown; empty: all may.
  std::function<bool(RecordNumber)> shows{};

  // A name as it is now, by number.
  std::string_view ShownAttribute(uint32_t name) const {
    return schema->Shown(DefinitionKind::kAttribute, names->Text(name));
  }
  std::string_view ShownType(uint32_t name) const {
    return schema->Shown(DefinitionKind::kInteractionType, names->Text(name));
  }
  std::string_view ShownField(uint32_t name) const {
    return schema->Shown(DefinitionKind::kField, names->Text(name));
  }
  std::string_view ShownPurpose(uint32_t name) const {
    return schema->Shown(DefinitionKind::kPurpose, names->Text(name));
  }
  std::string_view ShownChannel(uint32_t name) const {
    return schema->Shown(DefinitionKind::kChannel, names->Text(name));
  }
  bool Shows(RecordNumber leader) const { return !shows || shows(leader); }
};

struct StoreState {
  std::string path;  // empty: in memory
  uint64_t log_position = 0;
  uint64_t facts = 0;
  int format_version = 0;
};

std::string InfoJson(const Model& model, const StoreState& state,
                     int64_t now_us);
std::string SegmentListJson(const Model& model);
std::string CouponJson(const Model& model, const Coupon& coupon,
                       int64_t now_us);
// What was issued, newest first, at most `limit` issues: of a customer (her
// leader) and an offer where they are given.
std::string CouponListJson(const Model& model,
                           std::optional<RecordNumber> customer,
                           std::string_view offer, uint64_t limit,
                           int64_t now_us);

// What a check of a store found.
struct VerifyReport {
  uint64_t position = 0;
  uint64_t links = 0;
  uint64_t records = 0;
  uint64_t interactions = 0;
  uint64_t facts = 0;  // that are no interactions
  uint64_t erasures = 0;
  std::vector<std::string> damage;
};
std::string VerifyJson(const VerifyReport& report);

// What an import did with a file.
struct OrdersReport {
  bool dry_run = false;
  std::string batch;
  uint64_t customers = 0;
  uint64_t new_customers = 0;
  // By order of the file's orders: whether it was new.
  std::vector<bool> is_new;
};
std::string OrdersReportJson(const OrdersFile& file,
                             const OrdersReport& report);

}  // namespace trato::core

#endif  // TRATO_CODEC_ANSWERS_H_
