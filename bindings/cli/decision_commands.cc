// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// match, decide, decision, outcome.

#include <cstdio>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

// Two digits, or more where two would say nothing.
std::string AffinityText(double affinity) {
  char text[32];
  std::snprintf(text, sizeof(text), affinity < 0.01 ? "%.4f" : "%.2f",
                affinity);
  return text;
}

// "0.21 × 4.80 GBP".
std::string ScoreText(const Json& offer) {
  return AffinityText(offer.at("affinity").get<double>()) + " × " +
         GroupDigits(Text(offer, "value_text")) + " " + Text(offer, "currency");
}

std::string Title(const Json& offer) {
  const std::string title = Text(offer, "title");
  return title.empty() ? Text(offer, "offer") : title;
}

// At most `limit` of the kept offers, and the dropped ones where asked for.
Table OffersTable(const Json& offers, std::uint64_t limit, bool dropped) {
  Table table({{"", Align::kRight},
               {"", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"", Align::kRight},
               {"", Align::kLeft, Fit::kWrap}});
  for (const Json& offer : offers) {
    const bool kept = offer.at("kept").get<bool>();
    if (kept && Counted(offer, "rank") <= limit) {
      table.AddRow({Number(Counted(offer, "rank")), Title(offer),
                    ScoreText(offer), Text(offer, "reason")});
    } else if (!kept && dropped) {
      table.AddRow(
          {"–", Title(offer), "",
           "dropped: " + Text(offer, "stage") + ", " + Text(offer, "reason")});
    }
  }
  return table;
}

struct MatchOptions : CommonOptions {
  std::string customer;
  std::uint64_t limit = 10;
  bool explain = false;
};

std::string NothingLeft(const Json& offers) {
  if (offers.empty()) return "no offers are defined";
  return "no offer is left of " + Number(offers.size()) +
         "; --explain says why";
}

void RunMatch(const MatchOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_offer_explain(store.get(), View(options.customer),
                            options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json explained = answer.json();
  const Json& offers = explained.at("offers");
  const Table table = OffersTable(offers, options.limit, options.explain);
  output.Write(table.empty() ? NothingLeft(offers) + "\n"
                             : table.Render(output.terminal(), 0));
}

Buffer& ExplainDecision(const Store& store, const trato_id& id,
                        Buffer& answer) {
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_decision_explain(store.get(), &id, answer.out(), &error), error);
  return answer;
}

void WriteDecision(const Json& decision, Output& output) {
  const Terminal& terminal = output.terminal();
  const std::string offer = Text(decision, "offer");
  output.Line(JoinWrapped(
      {"decision " + Text(decision, "id"),
       Printable(Text(decision, "customer")), Moment(decision, "at")},
      " · ", "", terminal.width));
  const Json& offers = decision.at("offers");
  output.Write(OffersTable(offers, offers.size(), true).Render(terminal, 2));
  if (offer.empty()) {
    output.Line("  no offer was left");
  } else {
    char probability[32];
    std::snprintf(probability, sizeof(probability), "%.4g",
                  decision.at("probability").get<double>());
    output.Line("  chosen: " + Printable(offer) + ", with probability " +
                probability);
  }
  for (const Json& outcome : decision.at("outcomes")) {
    output.Line("  " + Text(outcome, "kind") + " " + Moment(outcome, "at"));
  }
}

struct DecideOptions : CommonOptions {
  std::string customer;
};

void RunDecide(const DecideOptions& options, Output& output) {
  Store store(options.store);
  trato_decision decision = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_offer_decide(store.get(), View(options.customer),
                           options.Now(store), nullptr, nullptr, &decision,
                           &error),
        error);
  Buffer answer;
  ExplainDecision(store, decision.id, answer);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  WriteDecision(answer.json(), output);
}

struct DecisionOptions : CommonOptions {
  std::string id;
};

void RunDecision(const DecisionOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  ExplainDecision(store, ParseId(options.id, "decision"), answer);
  if (options.json) return WriteJson(output, answer.view());
  WriteDecision(answer.json(), output);
}

struct OutcomeOptions : CommonOptions {
  std::string decision;
  std::string kind;
  std::string at;
  std::string key;
};

void RunOutcome(const OutcomeOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_outcome outcome = TRATO_OUTCOME_INIT;
  outcome.kind = options.kind == "shown"      ? TRATO_OUTCOME_SHOWN
                 : options.kind == "accepted" ? TRATO_OUTCOME_ACCEPTED
                                              : TRATO_OUTCOME_REFUSED;
  outcome.decision = ParseId(options.decision, "decision");
  outcome.key = View(options.key);
  if (!options.at.empty()) {
    outcome.at_us = store.ParseTime(options.at, "--at");
  }
  trato_id fact = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_outcome_record(store.get(), &outcome, now_us, nullptr, &fact,
                             &error),
        error);
  const std::string at =
      store.Moment(outcome.at_us == TRATO_AT_NOW ? now_us : outcome.at_us);
  store.Close();
  output.Line("decision " + IdText(outcome.decision) + " · " + options.kind +
              " " + at);
}

}  // namespace

void AddDecisionCommands(CommandLine& line) {
  CLI::App* command = nullptr;

  auto match = line.Add("match", "The next best offers for a customer",
                        "Marketing", R"(Examples:
  trato match shop.trato shop:12748 --limit 3
  trato match shop.trato shop:12748 --explain --now 2011-12-10

Offers are ranked by affinity × value: how likely the customer takes it, and
what it is worth then after the discount. Nothing is stored.)",
                        RunMatch, &command);
  AddStore(command, *match);
  AddArgument(command, "CUSTOMER", match->customer,
              "Any identifier, namespace:value");
  command->add_option("--limit", match->limit, "How many at most (else: 10)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000000));
  command->add_flag("--explain", match->explain,
                    "Also show what was dropped, and why");
  AddNow(command, *match);
  AddPast(command, *match);
  AddView(command, *match);
  AddJson(command, *match);

  auto decide = line.Add("decide", "Choose an offer, and keep the decision",
                         "Marketing", R"(Example:
  trato decide shop.trato shop:12748

The decision is stored with its candidates, scores and reasons. Say what became
of it with: trato outcome STORE DECISION accepted)",
                         RunDecide, &command);
  AddStore(command, *decide);
  AddArgument(command, "CUSTOMER", decide->customer,
              "Any identifier, namespace:value");
  AddNow(command, *decide);
  AddJson(command, *decide);

  auto decision = line.Add("decision", "Show a stored decision", "Marketing",
                           R"(Example:
  trato decision shop.trato 0d4f5b8c2e9a41768f3b6d1c7a205e94)",
                           RunDecision, &command);
  AddStore(command, *decision);
  AddArgument(command, "DECISION", decision->id, "Its id");
  AddPast(command, *decision);
  AddJson(command, *decision);

  auto outcome = line.Add("outcome", "Record what became of a decision",
                          "Marketing", R"(Example:
  trato outcome shop.trato 0d4f5b8c2e9a41768f3b6d1c7a205e94 accepted)",
                          RunOutcome, &command);
  AddStore(command, *outcome);
  AddArgument(command, "DECISION", outcome->decision, "Its id");
  AddArgument(command, "OUTCOME", outcome->kind, "shown, accepted or refused")
      ->check(CLI::IsMember({"shown", "accepted", "refused"}));
  AddOption(command, "--at", "TIME", outcome->at, "When (else: now)");
  AddOption(command, "--key", "KEY", outcome->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *outcome);
}

}  // namespace trato_cli
