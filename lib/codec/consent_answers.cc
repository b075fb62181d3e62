// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "codec/consent_answers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "codec/answer_parts.h"

namespace trato::core {
namespace {

struct Said {
  RecordNumber record;
  const ConsentStatement* statement;
};

// All that the customer's records said by then, in order.
struct AllSaid {
  std::vector<Said> list;
  std::vector<ConsentStatements> owners;
};
AllSaid AllSaidBy(const Model& model, RecordNumber customer, int64_t now_us) {
  AllSaid all;
  for (RecordNumber record : model.customers->RecordsOf(customer)) {
    all.owners.push_back(model.consents->StatementsOf(record));
    for (const ConsentStatement& it : all.owners.back()) {
      if (it.at_us > now_us) break;
      all.list.push_back({record, &it});
    }
  }
  std::sort(all.list.begin(), all.list.end(),
            [&](const Said& a, const Said& b) {
              return model.consents->Before(*a.statement, *b.statement);
            });
  return all;
}

std::string PurposeOrEvery(const Model& model, uint32_t name) {
  return Text(name == 0 ? kEvery : model.ShownPurpose(name));
}

std::string ChannelOrEvery(const Model& model, uint32_t name) {
  return Text(name == 0 ? kEvery : model.ShownChannel(name));
}

bool IsAboutPurpose(const ConsentStatement& it) {
  return it.state != ConsentState::kObjected &&
         it.state != ConsentState::kLifted;
}

std::optional<int64_t> UnlessEver(int64_t us) {
  return us == kNeverExpires ? std::nullopt : std::optional(us);
}

Json StatementJson(const Model& model, const Said& said) {
  const ConsentStatement& it = *said.statement;
  Json json;
  json["fact"] = it.fact.Hex();
  json["state"] = Text(NameOf(it.state));
  if (IsAboutPurpose(it)) {
    json["purpose"] = PurposeOrEvery(model, it.purpose);
    json["channel"] = ChannelOrEvery(model, it.channel);
    PutTime(model, json, "valid_until", UnlessEver(it.valid_until_us));
  }
  PutTime(model, json, "at", it.at_us);
  json["record"] = Text(model.customers->RecordName(said.record));
  json["source"] = Text(model.names->Text(it.source));
  json["actor"] = TextOrNull(model.names->Text(it.actor));
  json["batch"] = TextOrNull(model.names->Text(it.batch));
  json["wording"] = TextOrNull(model.names->Text(it.wording));
  json["proof"] = it.proof == nullptr ? Json() : Json(*it.proof);
  PutTime(model, json, "recorded", it.recorded_us);
  return json;
}

std::string ReasonFor(const Model& model, const ConsentAnswer& answer) {
  const auto by = [&] {
    return Text(model.customers->RecordName(answer.record));
  };
  switch (answer.state) {
    case ConsentState::kNone:
      return "nothing was said of it";
    case ConsentState::kGranted:
      return StrCat(by(), " granted it, and no record of the customer refuses");
    case ConsentState::kExpired:
      return StrCat("what ", by(), " granted has run out");
    case ConsentState::kObjected:
      if (!answer.shared_identifier.empty()) {
        return StrCat(by(), ", who also goes by ", answer.shared_identifier,
                      ", objected to direct marketing; only lifting that ends "
                      "it");
      }
      return StrCat(by(),
                    " objected to direct marketing; only lifting that ends it");
    case ConsentState::kSuppressed:
      return StrCat(model.customers->RecordName(answer.finding->record),
                    " is on the suppression list ", answer.finding->list);
    case ConsentState::kUnchecked:
      if (answer.finding->has_other_key) {
        return StrCat("the suppression list ", answer.finding->list,
                      " was made under another key; open the store with that "
                      "one");
      }
      if (answer.finding->update == nullptr) {
        return StrCat("the suppression list ", answer.finding->list,
                      " was never imported; import it");
      }
      return StrCat("the suppression list ", answer.finding->list, " of ",
                    FormatTime(answer.finding->update->at_us, model.zone),
                    " is too old; import a newer one");
    default:
      return StrCat(
          by(),
          answer.state == ConsentState::kDenied ? " denied it" : " withdrew it",
          "; that holds until the same record grants it later, no "
          "wider than it refused");
  }
}

void PutAnswer(const Model& model, Json& json, const ConsentAnswer& answer) {
  json["allowed"] = answer.allowed();
  json["state"] = Text(NameOf(answer.state));
  const bool any = answer.statement != nullptr;
  const bool is_dated = answer.fact() != nullptr;
  PutTime(model, json, "since",
          is_dated ? std::optional(answer.since_us()) : std::nullopt);
  PutTime(model, json, "until",
          any ? UnlessEver(answer.until_us()) : std::nullopt);
  json["reason"] = ReasonFor(model, answer);
  json["fact"] = is_dated ? Json(answer.fact()->Hex()) : Json();
  json["record"] =
      any ? Json(Text(model.customers->RecordName(answer.record))) : Json();
}

ConsentQuestion QuestionOf(const Model& model, std::string_view purpose,
                           std::string_view channel) {
  ConsentQuestion question;
  question.purpose = model.names->Find(purpose).value_or(0);
  question.channel = model.names->Find(channel).value_or(0);
  const auto definition = model.schema->Purpose("purpose", purpose);
  question.is_direct_marketing =
      definition.ok() && (*definition)->is_direct_marketing;
  return question;
}

}  // namespace

std::string ConsentExplainJson(const Model& model, RecordNumber customer,
                               const ConsentQuestion& question,
                               int64_t now_us) {
  const CustomerStore::WithFactIds with_ids;
  const ConsentAnswer answer =
      model.consents->Answer(*model.customers, customer, question, now_us);
  Json json;
  json["customer"] = Text(model.customers->RecordName(customer));
  json["purpose"] = PurposeOrEvery(model, question.purpose);
  json["channel"] = ChannelOrEvery(model, question.channel);
  PutTime(model, json, "now", now_us);
  PutAnswer(model, json, answer);
  json["statements"] = Json::array();
  bool has_decisive = false;
  const auto add = [&](const Said& said) {
    const std::string bearing = model.consents->BearingOf(
        said.record, *said.statement, question, answer, now_us);
    if (bearing.empty()) return;
    Json entry = StatementJson(model, said);
    entry["bearing"] = bearing;
    json["statements"].push_back(std::move(entry));
    has_decisive = has_decisive || bearing == "decides";
  };
  const AllSaid all = AllSaidBy(model, customer, now_us);
  for (const Said& said : all.list) add(said);
  // That of another customer who goes by the same identifier.
  if (answer.statement != nullptr && !has_decisive) {
    add({answer.record, answer.statement});
  }
  return Written(json);
}

void PutConsents(const Model& model, Json& json, RecordNumber customer,
                 int64_t now_us) {
  const CustomerStore::WithFactIds with_ids;
  const ConsentAnswer objection =
      model.consents->ObjectionOf(*model.customers, customer, now_us);
  json["objection"] = Json();
  if (objection.statement != nullptr) {
    json["objection"] =
        StatementJson(model, {objection.record, objection.statement});
    json["objection"]["reason"] = ReasonFor(model, objection);
  }
  json["consents"] = Json::array();
  const auto records = model.customers->RecordsOf(customer);
  if (objection.statement == nullptr &&
      std::all_of(records.begin(), records.end(), [&](RecordNumber record) {
        return model.consents->StatementsOf(record).empty();
      })) {
    return;
  }
  for (std::string_view purpose : model.schema->PurposeNames()) {
    for (std::string_view channel : model.schema->ChannelNames()) {
      const ConsentAnswer answer =
          model.consents->Answer(*model.customers, customer,
                                 QuestionOf(model, purpose, channel), now_us);
      if (answer.statement == nullptr) continue;
      const Schema& schema = *model.schema;
      Json entry{
          {"purpose", Text(schema.Shown(DefinitionKind::kPurpose, purpose))},
          {"channel", Text(schema.Shown(DefinitionKind::kChannel, channel))}};
      PutAnswer(model, entry, answer);
      json["consents"].push_back(std::move(entry));
    }
  }
}

std::string ConsentShowJson(const Model& model, RecordNumber customer,
                            int64_t now_us) {
  Json json;
  json["customer"] = Text(model.customers->RecordName(customer));
  PutTime(model, json, "now", now_us);
  PutConsents(model, json, customer, now_us);
  return Written(json);
}

std::string ConsentHistoryJson(const Model& model, RecordNumber customer,
                               int64_t now_us) {
  Json json;
  json["customer"] = Text(model.customers->RecordName(customer));
  json["statements"] = Json::array();
  const CustomerStore::WithFactIds with_ids;
  const AllSaid all = AllSaidBy(model, customer, now_us);
  for (const Said& said : all.list) {
    json["statements"].push_back(StatementJson(model, said));
  }
  return Written(json);
}

std::string SuppressionListsJson(const Model& model, int64_t now_us) {
  const SuppressionLists& lists = model.consents->lists();
  Json json;
  PutTime(model, json, "now", now_us);
  json["has_key"] = lists.hasher().has_key();
  json["lists"] = Json::array();
  for (const auto& [name, definition] : model.schema->suppression_lists()) {
    Json entry{{"list", name},
               {"description", definition.description},
               {"max_age", TextOrNull(definition.max_age)}};
    const auto known = lists.all().find(name);
    const bool is_known = known != lists.all().end();
    const SuppressionUpdate* last =
        is_known ? known->second.LastUpdate(now_us) : nullptr;
    entry["entries"] =
        is_known ? lists.Entries(known->second, now_us).size() : 0;
    PutTime(model, entry, "updated",
            last == nullptr ? std::nullopt : std::optional(last->at_us));
    std::string state = "ready";
    if (last == nullptr) state = "never imported";
    if (last != nullptr && lists.IsTooOld(known->second, now_us)) {
      state = "too old";
    }
    if (is_known && lists.HasOtherKey(known->second, now_us)) {
      state = "another key";
    }
    entry["state"] = state;
    entry["holds_back"] =
        is_known && (lists.IsTooOld(known->second, now_us) ||
                     lists.HasOtherKey(known->second, now_us));
    json["lists"].push_back(std::move(entry));
  }
  return Written(json);
}

std::string SuppressionReportJson(const Model& model,
                                  const SuppressionReport& report) {
  Json json{{"list", report.list},
            {"entries", report.entries},
            {"replaces", report.replaces}};
  PutTime(model, json, "updated", report.updated_us);
  return Written(json);
}

}  // namespace trato::core
