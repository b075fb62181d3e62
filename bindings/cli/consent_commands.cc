// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// consent grant, deny, withdraw, object, lift, test, show, history, and
// purpose define.

#include <map>
#include <utility>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct PurposeOptions : CommonOptions {
  std::string name;
  std::string description;
  bool direct_marketing = false;
};

void RunPurposeDefine(const PurposeOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_purpose_define(
            store.get(), View(options.name), options.direct_marketing ? 1 : 0,
            View(options.description), options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.name) +
              (options.direct_marketing
                   ? " · direct marketing: an objection to that ends it"
                   : " · not direct marketing"));
}

// What a statement is told with.
struct SayOptions : CommonOptions {
  std::string customer;
  std::string purpose;
  std::string channel;
  std::string until;
  std::string wording;
  std::string proof;
  std::string at;
  std::string key;
  std::string source;
  std::string actor;
};

trato_write_options WriteOptionsOf(const SayOptions& options) {
  trato_write_options write = TRATO_WRITE_OPTIONS_INIT;
  write.source = View(options.source);
  write.actor = View(options.actor);
  return write;
}

std::string Every(const std::string& name, const char* what) {
  return name == "*" ? std::string("every ") + what : Printable(name);
}

void Say(const SayOptions& options, trato_consent_state state, const char* did,
         Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_consent consent = TRATO_CONSENT_INIT;
  consent.state = state;
  consent.customer = View(options.customer);
  consent.purpose = View(options.purpose);
  consent.channel = View(options.channel);
  consent.wording = View(options.wording);
  consent.proof = View(options.proof);
  consent.key = View(options.key);
  if (!options.at.empty()) {
    consent.at_us = store.ParseTime(options.at, "--at");
  }
  if (!options.until.empty()) {
    consent.valid_until_us = store.ParseTime(options.until, "--until");
  }
  const trato_write_options write = WriteOptionsOf(options);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_consent_record(store.get(), &consent, now_us, &write, nullptr,
                             &error),
        error);
  std::string line = Printable(options.customer) + " " + did + " " +
                     Every(options.purpose, "purpose") + " by " +
                     Every(options.channel, "channel");
  if (consent.valid_until_us != INT64_MAX) {
    line += " until " + store.Moment(consent.valid_until_us);
  }
  store.Close();
  output.Line(line);
}

void RunGrant(const SayOptions& options, Output& output) {
  Say(options, TRATO_CONSENT_GRANTED, "grants", output);
}

void RunDeny(const SayOptions& options, Output& output) {
  Say(options, TRATO_CONSENT_DENIED, "denies", output);
}

void RunWithdraw(const SayOptions& options, Output& output) {
  Say(options, TRATO_CONSENT_WITHDRAWN, "withdraws", output);
}

void Object(const SayOptions& options, bool lifted, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_objection objection = TRATO_OBJECTION_INIT;
  objection.lifted = lifted ? 1 : 0;
  objection.customer = View(options.customer);
  objection.proof = View(options.proof);
  objection.key = View(options.key);
  if (!options.at.empty()) {
    objection.at_us = store.ParseTime(options.at, "--at");
  }
  const trato_write_options write = WriteOptionsOf(options);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_objection_record(store.get(), &objection, now_us, &write, nullptr,
                               &error),
        error);
  store.Close();
  output.Line(Printable(options.customer) +
              (lifted ? " lifts the objection to direct marketing"
                      : " objects to direct marketing"));
}

void RunObject(const SayOptions& options, Output& output) {
  Object(options, false, output);
}

void RunLift(const SayOptions& options, Output& output) {
  Object(options, true, output);
}

struct AskOptions : CommonOptions {
  std::string customer;
  std::string purpose;
  std::string channel;
};

std::string ScopeText(const Json& statement) {
  if (!statement.contains("purpose")) return "direct marketing";
  return Every(Text(statement, "purpose"), "purpose") + " by " +
         Every(Text(statement, "channel"), "channel");
}

Table StatementsTable(const Json& statements) {
  Table table({{"at"},
               {"", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"what", Align::kLeft, Fit::kShrink},
               {"until"},
               {"bearing", Align::kLeft, Fit::kWrap},
               {"record", Align::kLeft, Fit::kShrink},
               {"wording", Align::kLeft, Fit::kDrop},
               {"proof", Align::kLeft, Fit::kDrop},
               {"source", Align::kLeft, Fit::kDrop},
               {"actor", Align::kLeft, Fit::kDrop}});
  for (const Json& it : statements) {
    table.AddRow({Moment(it, "at"), Text(it, "state"), ScopeText(it),
                  Moment(it, "valid_until"), Text(it, "bearing"),
                  Text(it, "record"), Text(it, "wording"), Text(it, "proof"),
                  Text(it, "source"), Text(it, "actor")});
  }
  return table;
}

// The exit code says whether it is allowed.
void RunTest(const AskOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_consent_explain(store.get(), View(options.customer),
                              View(options.purpose), View(options.channel),
                              options.Now(store), answer.out(), &error),
        error);
  const Json json = answer.json();
  const bool allowed = json.at("allowed").get<bool>();
  if (options.json) {
    WriteJson(output, answer.view());
  } else {
    std::vector<std::string> parts = {Printable(Text(json, "state"))};
    const std::string since = Moment(json, "since");
    const std::string until = Moment(json, "until");
    if (!since.empty()) parts.push_back("since " + since);
    if (!until.empty()) parts.push_back("until " + until);
    parts.push_back(Printable(Text(json, "reason")));
    output.Facts(allowed ? "yes" : "no", parts);
    const Table table = StatementsTable(json.at("statements"));
    if (!table.empty()) {
      output.Write("\n" + table.Render(output.terminal(), 2));
    }
  }
  if (!allowed) throw AnsweredNo();
}

void RunShow(const AskOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_consent_show(store.get(), View(options.customer),
                           options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  const Json& objection = json.at("objection");
  if (!objection.is_null()) {
    output.Facts("objects to direct marketing",
                 {"since " + Moment(objection, "at"),
                  Printable(Text(objection, "record"))});
  }
  // Channels with one answer share a row.
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>>
      rows;
  for (const Json& it : json.at("consents")) {
    std::vector<std::string> key = {Text(it, "purpose"), Text(it, "state"),
                                    Moment(it, "since"), Moment(it, "until"),
                                    Text(it, "record")};
    auto row = rows.begin();
    while (row != rows.end() && row->first != key) ++row;
    if (row == rows.end()) {
      row = rows.insert(row, {std::move(key), std::vector<std::string>()});
    }
    row->second.push_back(Text(it, "channel"));
  }
  Table table({{"purpose"},
               {"", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"channels", Align::kLeft, Fit::kWrap},
               {"since"},
               {"until"},
               {"record", Align::kLeft, Fit::kDrop}});
  for (const auto& [key, channels] : rows) {
    table.AddRow({key[0], key[1], JoinWrapped(channels, ", ", "", 0), key[2],
                  key[3], key[4]});
  }
  if (!table.empty()) {
    output.Write(table.Render(output.terminal(), 2));
  } else if (objection.is_null()) {
    output.Line("nothing was said of being contacted");
  }
}

void RunHistory(const AskOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_consent_history(store.get(), View(options.customer),
                              options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Table table = StatementsTable(answer.json().at("statements"));
  if (table.empty()) {
    output.Line("nothing was said of being contacted");
  } else {
    output.Write(table.Render(output.terminal(), 2));
  }
}

void AddSaying(CLI::App* command, SayOptions& options, bool is_about_purpose) {
  AddStore(command, options);
  AddArgument(command, "CUSTOMER", options.customer,
              "The record, namespace:value; it may be new");
  if (is_about_purpose) {
    AddArgument(command, "PURPOSE", options.purpose,
                "Such as marketing; '*' for every one");
    AddArgument(command, "CHANNEL", options.channel,
                "Such as email; '*' for every one");
    AddOption(command, "--wording", "VERSION", options.wording,
              "The version of the text that was shown");
  }
  AddOption(command, "--proof", "TEXT", options.proof,
            "What shows it: a text, or a hash");
  AddOption(command, "--at", "TIME", options.at, "When (else: now)");
  AddOption(command, "--source", "NAME", options.source,
            "The system that says so (else: host)");
  AddOption(command, "--actor", "NAME", options.actor, "Who did it");
  AddOption(command, "--key", "KEY", options.key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, options);
}

void AddAsking(CLI::App* command, AskOptions& options) {
  AddStore(command, options);
  AddArgument(command, "CUSTOMER", options.customer,
              "Any identifier, namespace:value");
}

void AddAnswering(CLI::App* command, AskOptions& options) {
  AddNow(command, options);
  AddPast(command, options);
  AddView(command, options);
  AddJson(command, options);
}

}  // namespace

void AddConsentCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* purpose =
      line.AddGroup("purpose", "What customers are contacted for", "Customers");
  auto define = line.Add(purpose, "define", "Define a purpose",
                         R"(Examples:
  trato purpose define shop.trato newsletter --direct-marketing
  trato purpose define shop.trato delivery --description "news of an order"

Every store has the purpose marketing. What is direct marketing stays so.)",
                         RunPurposeDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->name, "a-z, 0-9 and _, from a letter");
  command->add_flag("--direct-marketing", define->direct_marketing,
                    "An objection to direct marketing ends it");
  AddOption(command, "--description", "TEXT", define->description,
            "What it means");
  AddNow(command, *define);

  CLI::App* consent = line.AddGroup(
      "consent", "What customers said of being contacted", "Customers");

  auto grant = line.Add(consent, "grant", "Record that somebody agrees",
                        R"(Examples:
  trato consent grant shop.trato shop:12748 marketing email --wording 2026-01
  trato consent grant shop.trato shop:12748 marketing sms --until 2027-01-01

A grant lifts an earlier refusal of the same record that is as wide or wider.)",
                        RunGrant, &command);
  AddSaying(command, *grant, true);
  AddOption(command, "--until", "TIME", grant->until,
            "When it runs out (else: when it is withdrawn)");

  auto deny = line.Add(consent, "deny", "Record that somebody refused",
                       R"(Example:
  trato consent deny shop.trato shop:12748 marketing phone)",
                       RunDeny, &command);
  AddSaying(command, *deny, true);

  auto withdraw =
      line.Add(consent, "withdraw", "Record that somebody takes it back",
               R"(Examples:
  trato consent withdraw shop.trato shop:12748 marketing email
  trato consent withdraw shop.trato shop:12748 '*' '*' --proof "call of 2 May"

It holds against every grant, except a later one that is no wider.)",
               RunWithdraw, &command);
  AddSaying(command, *withdraw, true);

  auto object = line.Add(consent, "object", "Record an objection to marketing",
                         R"(Example:
  trato consent object shop.trato shop:12748 --proof "letter of 2 May"

It holds against every grant, for all purposes that are direct marketing and for
whoever goes by an identifier of that record, until it is lifted.)",
                         RunObject, &command);
  AddSaying(command, *object, false);

  auto lift = line.Add(consent, "lift", "Record that it was lifted",
                       R"(Example:
  trato consent lift shop.trato shop:12748 --proof "signed form 88"

The record that objected lifts it; that is for the person alone, and needs a
proof.)",
                       RunLift, &command);
  AddSaying(command, *lift, false);

  auto test = line.Add(consent, "test", "Ask whether a contact is allowed",
                       R"(Example:
  trato consent test shop.trato shop:12748 marketing email

The exit code is 0 when it is, 1 when it is not.)",
                       RunTest, &command);
  AddAsking(command, *test);
  AddArgument(command, "PURPOSE", test->purpose, "Such as marketing");
  AddArgument(command, "CHANNEL", test->channel, "Such as email");
  AddAnswering(command, *test);

  auto show = line.Add(consent, "show", "Show what holds for a customer",
                       R"(Examples:
  trato consent show shop.trato shop:12748
  trato consent show shop.trato shop:12748 --now 2025-05-02)",
                       RunShow, &command);
  AddAsking(command, *show);
  AddAnswering(command, *show);

  auto history = line.Add(consent, "history", "List what a customer said",
                          R"(Example:
  trato consent history shop.trato shop:12748)",
                          RunHistory, &command);
  AddAsking(command, *history);
  AddAnswering(command, *history);
}

}  // namespace trato_cli
