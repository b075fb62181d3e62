// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// policy define, list, arbitrate, holdout.

#include <cmath>
#include <cstdio>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct DefineOptions : CommonOptions {
  std::string name;
  std::string channel;
  std::string issue;
  std::string group;
  std::string offer;
  std::int64_t at_most = -1;
  std::string within;
  std::string quiet;
  double holdout = 0;
  std::string complaint;
  bool retired = false;
};

// "21:30" as minutes of the day.
std::int32_t ParseMinute(const std::string& text) {
  int hour = -1;
  int minute = -1;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%2d:%2d%c", &hour, &minute, &rest) != 2 ||
      hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    throw Failure("--quiet: \"" + text +
                  "\" is no time of the day, such as 21:30");
  }
  return hour * 60 + minute;
}

void RunDefine(const DefineOptions& options, Output& output) {
  Store store(options.store);
  trato_contact_policy policy = TRATO_CONTACT_POLICY_INIT;
  policy.name = View(options.name);
  policy.channel = View(options.channel);
  policy.issue = View(options.issue);
  policy.group = View(options.group);
  policy.offer = View(options.offer);
  if (options.at_most >= 0) {
    policy.at_most = static_cast<std::uint32_t>(options.at_most);
  }
  policy.within = View(options.within);
  if (!options.quiet.empty()) {
    const std::size_t dash = options.quiet.find('-');
    if (dash == std::string::npos) {
      throw Failure("--quiet: two times are needed, such as 21:30-08:30");
    }
    policy.quiet_from = ParseMinute(options.quiet.substr(0, dash));
    policy.quiet_until = ParseMinute(options.quiet.substr(dash + 1));
  }
  policy.holdout_basis_points =
      static_cast<std::uint32_t>(std::lround(options.holdout * 100));
  policy.open_complaint = View(options.complaint);
  policy.retired = options.retired ? 1 : 0;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_contact_policy_define(store.get(), &policy, options.Now(store),
                                    nullptr, &error),
        error);
  Buffer answer;
  Check(trato_policy_list(store.get(), answer.out(), &error), error);
  store.Close();
  const Json list = answer.json();
  for (const Json& it : list.at("contact")) {
    if (Text(it, "policy") == options.name) {
      output.Facts(Printable(options.name),
                   {options.retired ? "retired" : Printable(Text(it, "says"))});
    }
  }
}

void RunList(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_policy_list(store.get(), answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  const Json list = answer.json();
  Table table({{"policy", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"for", Align::kLeft, Fit::kShrink},
               {"says", Align::kLeft, Fit::kWrap}});
  for (const Json& it : list.at("contact")) {
    std::string scope;
    for (const char* part : {"channel", "issue", "group", "offer"}) {
      if (it.at(part).is_null()) continue;
      if (!scope.empty()) scope += ", ";
      scope += std::string(part) + " " + Text(it, part);
    }
    table.AddRow({Text(it, "policy"), scope.empty() ? "all" : scope,
                  it.at("retired").get<bool>() ? "retired" : Text(it, "says")});
  }
  output.Write(table.empty() ? "no policies of contact\n"
                             : table.Render(output.terminal(), 0));
  const Json& rank = list.at("arbitration");
  char text[160];
  std::snprintf(text, sizeof(text),
                "ranking: her benefit counts %g, %g %% of decisions are drawn "
                "evenly",
                rank.at("benefit_weight").get<double>(),
                100 * rank.at("exploration").get<double>());
  std::string ranking = text;
  for (const char* part : {"issue", "group"}) {
    const auto most = rank.at(std::string("per_") + part).get<std::uint32_t>();
    if (most > 0) {
      ranking += ", at most " + std::to_string(most) + " of an " + part;
    }
  }
  const double pacing = rank.at("pacing").get<double>();
  if (pacing > 0) {
    std::snprintf(text, sizeof(text), ", budgets are paced, step %g", pacing);
    ranking += text;
  }
  output.Line(ranking);
}

struct ArbitrateOptions : CommonOptions {
  double benefit = 0.25;
  double explore = 0;
  std::uint32_t per_issue = 0;
  std::uint32_t per_group = 0;
  double pacing = 0;
};

void RunArbitrate(const ArbitrateOptions& options, Output& output) {
  Store store(options.store);
  trato_arbitration arbitration = TRATO_ARBITRATION_INIT;
  arbitration.benefit_weight = options.benefit;
  arbitration.exploration = options.explore / 100;
  arbitration.per_issue = options.per_issue;
  arbitration.per_group = options.per_group;
  arbitration.pacing = options.pacing;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_arbitration_define(store.get(), &arbitration, options.Now(store),
                                 nullptr, &error),
        error);
  store.Close();
  output.Line("ranking defined");
}

struct HoldoutOptions : CommonOptions {
  std::string policy;
  std::string within = "30d";
  std::string since;
  std::string until;
};

std::string Points(const Json& interval) {
  char text[96];
  std::snprintf(text, sizeof(text), "%+.2f points (95 %%: %+.2f to %+.2f)",
                100 * interval.at("estimate").get<double>(),
                100 * interval.at("low").get<double>(),
                100 * interval.at("high").get<double>());
  return text;
}

void RunHoldout(const HoldoutOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  constexpr std::int64_t kYearOne = -62135596800000000;
  Check(trato_holdout_report(
            store.get(), View(options.policy), View(options.within),
            options.since.empty() ? kYearOne
                                  : store.ParseTime(options.since, "--since"),
            options.until.empty() ? now_us
                                  : store.ParseTime(options.until, "--until"),
            now_us, answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json report = answer.json();
  Table table({{"", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"customers", Align::kRight},
               {"bought", Align::kRight},
               {"share", Align::kRight},
               {"95 %", Align::kLeft},
               {"amount", Align::kRight}});
  for (const char* side : {"offered", "held_out"}) {
    const Json& group = report.at(side);
    const Json& share = group.at("share");
    table.AddRow({side == std::string("offered") ? "offered" : "left out",
                  Number(Counted(group, "customers")),
                  Number(Counted(group, "buyers")),
                  Percent(share.at("estimate").get<double>()),
                  Percent(share.at("low").get<double>()) + " to " +
                      Percent(share.at("high").get<double>()),
                  GroupDigits(Text(group, "amount_text"))});
  }
  output.Write(table.Render(output.terminal(), 0));
  output.Line("lift " + Points(report.at("lift")));
  const Json& extra = report.at("extra_buyers");
  char text[96];
  std::snprintf(text, sizeof(text), "%.1f more bought (95 %%: %.1f to %.1f)",
                extra.at("estimate").get<double>(),
                extra.at("low").get<double>(), extra.at("high").get<double>());
  output.Line(text);
  const std::uint64_t mixed = Counted(report, "mixed");
  if (mixed > 0) {
    output.Line(Count(mixed, "customer") +
                " of both sides through a link: left aside");
  }
}

}  // namespace

void AddPolicyCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* policy =
      line.AddGroup("policy", "What limits contact, and ranking", "Marketing");

  auto define = line.Add(policy, "define", "Limit contact", R"(Examples:
  trato policy define shop.trato weekly --channel email --at-most 2 --within 7d
  trato policy define shop.trato night --quiet 21:30-08:30
  trato policy define shop.trato compare --group win_back --holdout 10
  trato policy define shop.trato upset --complaint complaint)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->name, "The policy");
  AddOption(command, "--channel", "CHANNEL", define->channel, "Only on it");
  AddOption(command, "--issue", "NAME", define->issue, "Only for its offers");
  AddOption(command, "--group", "NAME", define->group, "Only for its offers");
  AddOption(command, "--offer", "NAME", define->offer, "Only for it");
  command->add_option("--at-most", define->at_most, "Contacts, with --within")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000000}));
  AddOption(command, "--within", "SPAN", define->within,
            "In any window of it, such as 7d");
  AddOption(command, "--quiet", "FROM-UNTIL", define->quiet,
            "Not at these hours of her day");
  command
      ->add_option("--holdout", define->holdout,
                   "So many % of customers are left out for comparison")
      ->type_name("PERCENT")
      ->check(CLI::Range(0.0, 100.0));
  AddOption(command, "--complaint", "TYPE", define->complaint,
            "Nobody with one that has no reply");
  command->add_flag("--retire", define->retired, "It holds no more");
  AddNow(command, *define);

  auto list = line.Add(policy, "list", "Show all policies", R"(Example:
  trato policy list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);

  auto rank = line.Add(policy, "arbitrate", "Say how offers are ranked",
                       R"(Example:
  trato policy arbitrate shop.trato --benefit 0.25 --explore 5 --per-group 1)",
                       RunArbitrate, &command);
  AddStore(command, *rank);
  command
      ->add_option("--benefit", rank->benefit,
                   "What her benefit counts beside your value (else: 0.25)")
      ->type_name("WEIGHT");
  command
      ->add_option("--explore", rank->explore,
                   "So many % of decisions are drawn evenly (else: 0)")
      ->type_name("PERCENT");
  command
      ->add_option("--per-issue", rank->per_issue,
                   "At most so many in one answer (else: any number)")
      ->type_name("N");
  command->add_option("--per-group", rank->per_group, "The same by group")
      ->type_name("N");
  command
      ->add_option("--pacing", rank->pacing,
                   "Budgets and stock last for the period: 1, or the step")
      ->type_name("STEP");
  AddNow(command, *rank);

  auto holdout = line.Add(policy, "holdout", "What offers sold beyond it",
                          R"(Example:
  trato policy holdout shop.trato compare --within 14d)",
                          RunHoldout, &command);
  AddStore(command, *holdout);
  AddArgument(command, "POLICY", holdout->policy, "One with a hold-out");
  AddOption(command, "--within", "SPAN", holdout->within,
            "Purchases so long after the decision (else: 30d)");
  AddOption(command, "--since", "TIME", holdout->since,
            "Decisions from then on (else: all)");
  AddOption(command, "--until", "TIME", holdout->until, "Decisions before");
  AddNow(command, *holdout);
  AddPast(command, *holdout);
  AddJson(command, *holdout);
}

}  // namespace trato_cli
