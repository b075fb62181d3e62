// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/erasure_answers.h"

#include <nlohmann/json.hpp>

#include "base/calendar.h"

namespace trato::core {

std::string ErasureJson(const ErasureReport& report, absl::TimeZone zone) {
  const nlohmann::ordered_json json{{"erasure", report.id.Hex()},
                                    {"at_us", report.at_us},
                                    {"at", FormatTime(report.at_us, zone)},
                                    {"records", report.records},
                                    {"facts", report.facts},
                                    {"interactions", report.interactions},
                                    {"log_position", report.position},
                                    {"purged", report.purged}};
  return json.dump(2);
}

}  // namespace trato::core
