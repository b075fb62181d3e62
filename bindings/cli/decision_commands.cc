// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// match, why-not, decide, decision, replay, outcome.

#include <algorithm>
#include <cstdio>
#include <iterator>
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
  std::string channel;
  std::uint64_t limit = 10;
  bool explain = false;
};

trato_match_options On(const std::string& channel,
                       const std::string& conversation = {}) {
  trato_match_options options = TRATO_MATCH_OPTIONS_INIT;
  options.channel = View(channel);
  options.conversation = View(conversation);
  return options;
}

std::string NothingLeft(const Json& offers) {
  if (offers.empty()) return "no offers are defined";
  return "no offer is left of " + Number(offers.size()) +
         "; --explain says why";
}

void RunMatch(const MatchOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  const trato_match_options on = On(options.channel);
  Check(trato_offer_explain(store.get(), View(options.customer),
                            options.Now(store), &on, answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json explained = answer.json();
  const Json& offers = explained.at("offers");
  const Table table = OffersTable(offers, options.limit, options.explain);
  output.Write(table.empty() ? NothingLeft(offers) + "\n"
                             : table.Render(output.terminal(), 0));
}

struct WhyNotOptions : CommonOptions {
  std::string customer;
  std::string offer;
  std::string channel;
};

void RunWhyNot(const WhyNotOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  const trato_match_options on = On(options.channel);
  Check(trato_offer_why_not(store.get(), View(options.customer),
                            View(options.offer), options.Now(store), &on,
                            answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json why = answer.json();
  const std::string title = Printable(Text(why, "title"));
  if (why.at("obstacles").empty()) {
    output.Line("nothing keeps " + title + " from " +
                Printable(Text(why, "customer")));
    return;
  }
  Table table({{"", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"", Align::kLeft, Fit::kShrink},
               {"", Align::kLeft, Fit::kWrap},
               {"", Align::kLeft, Fit::kKeep}});
  for (const Json& it : why.at("obstacles")) {
    table.AddRow({Text(it, "stage"),
                  it.at("channel").is_null() ? "" : Text(it, "channel"),
                  Text(it, "reason"),
                  it.at("falls").is_null() ? "not by itself"
                                           : "until " + Moment(it, "falls")});
  }
  output.Write(table.Render(output.terminal(), 0));
  output.Line(why.at("possible").is_null()
                  ? "not possible as long as nothing happens"
                  : "possible from " + Moment(why, "possible") +
                        " at the earliest");
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
    const Json& channel = decision.at("channel");
    output.Line("  chosen: " + Printable(offer) +
                (channel.is_null()
                     ? std::string()
                     : " by " + Printable(channel.get<std::string>())) +
                ", with probability " + probability);
  }
  for (const Json& it : decision.at("assignments")) {
    output.Line("  " + Printable(Text(it, "policy")) + ": " +
                (it.at("held_out").get<bool>() ? "left out for comparison"
                                               : "offered"));
  }
  if (decision.at("elsewhere") == true) {
    output.Line("  it was made elsewhere");
  }
  if (decision.at("replayed") == false) {
    output.Line("  worked out anew it comes to something else");
  }
  for (const Json& outcome : decision.at("outcomes")) {
    output.Line("  " + Text(outcome, "kind") + " " + Moment(outcome, "at"));
  }
}

struct DecideOptions : CommonOptions {
  std::string customer;
  std::string channel;
  std::string conversation;
  // Of one that was made elsewhere.
  std::string made;
  std::string at;
  std::string key;
  double probability = 1;
};

// Stores that an offer was chosen elsewhere.
trato_id RecordMade(const DecideOptions& options, Store& store) {
  trato_past_decision it = TRATO_PAST_DECISION_INIT;
  it.customer = View(options.customer);
  it.offer = View(options.made);
  it.channel = View(options.channel);
  it.conversation = View(options.conversation);
  it.key = View(options.key);
  if (!options.at.empty()) it.at_us = store.ParseTime(options.at, "--at");
  it.probability = options.probability;
  trato_id made = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_decision_record(store.get(), &it, options.Now(store), nullptr,
                              &made, &error),
        error);
  return made;
}

void RunDecide(const DecideOptions& options, Output& output) {
  Store store(options.store);
  trato_decision decision = {};
  trato_error error = TRATO_ERROR_INIT;
  const trato_match_options on = On(options.channel, options.conversation);
  if (options.made.empty()) {
    if (!options.at.empty() || !options.key.empty() ||
        options.probability != 1) {
      throw Failure("--at, --key and --probability go with --made");
    }
    Check(trato_offer_decide(store.get(), View(options.customer),
                             options.Now(store), &on, nullptr, &decision,
                             &error),
          error);
  } else {
    decision.id = RecordMade(options, store);
  }
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

struct ReplayOptions : CommonOptions {
  std::string since;
  std::string until;
};

void RunReplay(const ReplayOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  const std::int64_t since_us =
      options.since.empty() ? INT64_MIN
                            : store.ParseTime(options.since, "--since");
  const std::int64_t until_us =
      options.until.empty() ? INT64_MAX
                            : store.ParseTime(options.until, "--until");
  Check(trato_decision_replay(store.get(), since_us, until_us, nullptr, nullptr,
                              answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json replay = answer.json();
  const std::uint64_t other = Counted(replay, "other");
  output.Line(Count(Counted(replay, "decisions"), "decision") + " · " +
              Number(Counted(replay, "same")) + " the same, bit for bit · " +
              Number(other) + (other == 1 ? " differs" : " differ"));
  for (const Json& it : replay.at("differences")) {
    output.Line("  " + Text(it, "decision") + "  " + Text(it, "what"));
  }
}

// By their numbers in trato.h.
constexpr const char* kOutcomes[] = {"shown",    "accepted", "refused",
                                     "opened",   "answered", "bought",
                                     "returned", "nothing"};

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
  const auto kind =
      std::find(std::begin(kOutcomes), std::end(kOutcomes), options.kind);
  outcome.kind = static_cast<trato_outcome_kind>(kind - kOutcomes) + 1;
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

Offers are ranked by how likely the customer takes it × what it is worth then,
to you and to her; a discount counts against what she buys unasked. Nothing is
stored.)",
                        RunMatch, &command);
  AddStore(command, *match);
  AddArgument(command, "CUSTOMER", match->customer,
              "Any identifier, namespace:value");
  command->add_option("--limit", match->limit, "How many at most (else: 10)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000000));
  AddOption(command, "--channel", "CHANNEL", match->channel,
            "Only what may be made on it now");
  command->add_flag("--explain", match->explain,
                    "Also show what was dropped, and why");
  AddNow(command, *match);
  AddPast(command, *match);
  AddView(command, *match);
  AddJson(command, *match);

  auto why_not = line.Add("why-not", "What keeps an offer from a customer",
                          "Marketing", R"(Example:
  trato why-not shop.trato shop:12748 tea_lights --now 2011-12-10

Each obstacle is shown with when it could be gone by itself at the earliest.)",
                          RunWhyNot, &command);
  AddStore(command, *why_not);
  AddArgument(command, "CUSTOMER", why_not->customer,
              "Any identifier, namespace:value");
  AddArgument(command, "OFFER", why_not->offer, "Its name");
  AddOption(command, "--channel", "CHANNEL", why_not->channel,
            "On this one (else: on any)");
  AddNow(command, *why_not);
  AddPast(command, *why_not);
  AddView(command, *why_not);
  AddJson(command, *why_not);

  auto decide = line.Add("decide", "Choose an offer, and keep the decision",
                         "Marketing", R"(Example:
  trato decide shop.trato shop:12748

  trato decide shop.trato shop:12748 --made spring --at 2011-11-02 --key m7

The decision is stored with its candidates, scores and reasons. Say what became
of it with: trato outcome STORE DECISION accepted
With --made nothing is chosen: that OFFER was, elsewhere, is stored.)",
                         RunDecide, &command);
  AddStore(command, *decide);
  AddArgument(command, "CUSTOMER", decide->customer,
              "Any identifier, namespace:value");
  AddOption(command, "--channel", "CHANNEL", decide->channel,
            "Only what may be made on it now");
  AddOption(command, "--conversation", "ID", decide->conversation,
            "Outcomes may name it instead of the decision");
  AddOption(command, "--made", "OFFER", decide->made,
            "Store that it was chosen elsewhere");
  AddOption(command, "--at", "TIME", decide->at, "When (with --made)");
  AddOption(command, "--key", "KEY", decide->key,
            "Said again, it is one decision (with --made)");
  command->add_option("--probability", decide->probability,
                      "How likely it was (with --made; 1)")
      ->type_name("P");
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

  auto replay = line.Add("replay", "Work out decisions once more, and compare",
                         "Marketing", R"(Examples:
  trato replay shop.trato
  trato replay shop.trato --since 2011-12-01

Each decision is worked out as of what was known when it was made.)",
                         RunReplay, &command);
  AddStore(command, *replay);
  AddOption(command, "--since", "TIME", replay->since,
            "Decisions from then on (else: all)");
  AddOption(command, "--until", "TIME", replay->until, "Decisions before");
  AddJson(command, *replay);

  auto outcome = line.Add("outcome", "Record what became of a decision",
                          "Marketing", R"(Example:
  trato outcome shop.trato 0d4f5b8c2e9a41768f3b6d1c7a205e94 accepted

An outcome is one of: shown, opened, answered, accepted, bought (a yes);
refused, returned, nothing (a no).)",
                          RunOutcome, &command);
  AddStore(command, *outcome);
  AddArgument(command, "DECISION", outcome->decision, "Its id");
  AddArgument(command, "OUTCOME", outcome->kind,
              "What: shown, accepted, bought ... (see below)")
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kOutcomes), std::end(kOutcomes))));
  AddOption(command, "--at", "TIME", outcome->at, "When (else: now)");
  AddOption(command, "--key", "KEY", outcome->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *outcome);
}

}  // namespace trato_cli
