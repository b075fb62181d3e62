// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/what_if_answers.h"

#include <set>
#include <string_view>

#include "codec/answer_parts.h"

namespace trato::core {
namespace {

struct Sums {
  uint64_t decisions = 0;
  uint64_t contacts = 0;
  std::set<RecordNumber> customers;
  int64_t reserved_minor = 0;
  double expected_minor = 0;

  void Add(const ChosenOffer& it, RecordNumber customer) {
    if (it.offer == 0) return;
    ++decisions;
    if (it.is_contact) ++contacts;
    customers.insert(customer);
    reserved_minor += it.reserved_minor;
    expected_minor += it.propensity * static_cast<double>(it.value_minor);
  }
};

Json ToJson(const Sums& it) {
  return Json{{"decisions", it.decisions},
              {"contacts", it.contacts},
              {"customers", it.customers.size()},
              {"reserved_minor", it.reserved_minor},
              {"expected_minor", it.expected_minor}};
}

struct Both {
  Sums then;
  Sums now;
};

Json ToJson(const Both& it) {
  return Json{{"then", ToJson(it.then)}, {"now", ToJson(it.now)}};
}

// What a decision comes to, against what it came to.
enum class Came { kSame, kRescored, kAnother, kGained, kLost };

Came What(const WhatIfRow& it) {
  if (it.then.offer != it.now.offer || it.then.channel != it.now.channel) {
    if (it.then.offer == 0) return Came::kGained;
    return it.now.offer == 0 ? Came::kLost : Came::kAnother;
  }
  const bool is_scored_alike = it.then.score == it.now.score &&
                               it.then.propensity == it.now.propensity &&
                               it.then.value_minor == it.now.value_minor;
  return is_scored_alike ? Came::kSame : Came::kRescored;
}

std::string_view NameOf(Came came) {
  constexpr std::string_view kNames[] = {"same", "rescored", "another",
                                         "gained", "lost"};
  return kNames[static_cast<size_t>(came)];
}

Json ChosenJson(const Model& model, const ChosenOffer& it) {
  Json json;
  const auto name = [&](uint32_t number) {
    return number == 0 ? Json() : Json(Text(model.names->Text(number)));
  };
  json["offer"] = name(it.offer);
  json["channel"] = name(it.channel);
  json["score"] = it.offer == 0 ? Json() : Json(it.score);
  json["contact"] = it.is_contact;
  return json;
}

Json WhatIfRowJson(const Model& model, const WhatIfRow& it) {
  Json json{{"decision", it.decision.Hex()},
            {"customer", model.customers->KeptIdOf(it.customer).Hex()}};
  PutTime(model, json, "at", it.at_us);
  json["came"] = Text(NameOf(What(it)));
  json["then"] = ChosenJson(model, it.then);
  json["now"] = ChosenJson(model, it.now);
  return json;
}

}  // namespace

std::string WhatIfJson(const Model& model, const WhatIfReport& report,
                       bool with_rows) {
  Both all;
  std::map<std::string_view, Both> offers;
  uint64_t came[5] = {};
  std::set<RecordNumber> customers;
  std::set<RecordNumber> touched[5];
  Json rows = Json::array();
  for (const WhatIfRow& it : report.rows) {
    const auto what = static_cast<size_t>(What(it));
    ++came[what];
    customers.insert(it.customer);
    touched[what].insert(it.customer);
    all.then.Add(it.then, it.customer);
    all.now.Add(it.now, it.customer);
    if (it.then.offer != 0) {
      offers[model.names->Text(it.then.offer)].then.Add(it.then, it.customer);
    }
    if (it.now.offer != 0) {
      offers[model.names->Text(it.now.offer)].now.Add(it.now, it.customer);
    }
    if (with_rows) rows.push_back(WhatIfRowJson(model, it));
  }
  Json json;
  PutTime(model, json, "since", report.since_us);
  PutTime(model, json, "until", report.until_us);
  json["changes"] = report.changes;
  json["set_aside"] = report.set_aside;
  json["decisions"] = report.rows.size();
  json["customers"] = customers.size();
  for (const Came it : {Came::kSame, Came::kRescored, Came::kAnother,
                        Came::kGained, Came::kLost}) {
    const auto i = static_cast<size_t>(it);
    json[std::string(NameOf(it))] = {{"decisions", came[i]},
                                     {"customers", touched[i].size()}};
  }
  json["answers"] = {{"kept", report.answers_kept},
                     {"left_out", report.answers_dropped}};
  json["currency"] = Text(model.currency.code());
  json["total"] = ToJson(all);
  Json by_offer = Json::array();
  for (const auto& [name, both] : offers) {
    Json it{{"offer", Text(name)}};
    it.update(ToJson(both));
    by_offer.push_back(std::move(it));
  }
  json["offers"] = std::move(by_offer);
  if (with_rows) json["rows"] = std::move(rows);
  return Written(json);
}

}  // namespace trato::core
