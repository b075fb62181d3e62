// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// stage funnel, show, list, winback, rules, define; cohorts.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bindings/cli/arrow_table.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/purchases.h"
#include "bindings/cli/rules_file.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct StageOptions : CommonOptions {
  std::string category;
  std::string customer;
  std::string since;
  std::string stage;
  std::string rules;
  std::string top = "10";
};

std::size_t Top(const StageOptions& options) {
  char* end = nullptr;
  const double top = std::strtod(options.top.c_str(), &end);
  if (options.top.empty() || *end != '\0' || !(top >= 0) || top > 1e9) {
    throw Failure("--top: a number is needed");
  }
  return static_cast<std::size_t>(top);
}

std::string Of(const StageOptions& options) {
  return options.category.empty() ? "the brand" : Printable(options.category);
}

std::string StageText(const Json& stage) {
  return stage.is_null() ? "none" : stage.get<std::string>();
}

void RunFunnel(const StageOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now = options.Now(store);
  const std::int64_t year = std::int64_t{365} * 86400 * 1000000;
  const std::int64_t since = options.since.empty()
                                 ? now - year
                                 : store.ParseTime(options.since, "--since");
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_stage_report(store.get(), View(options.category), since, now,
                           answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json report = answer.json();
  output.Facts(Of(options),
               {Count(Counted(report, "customers"), "customer"),
                Moment(report, "now"), "moves since " + Moment(report, "since")});
  Table funnel({{"stage", Align::kLeft, Fit::kKeep, Style::kStrong},
                {"customers", Align::kRight},
                {"share", Align::kRight},
                {"95 % from", Align::kRight, Fit::kDrop},
                {"to", Align::kRight, Fit::kDrop},
                {"before", Align::kRight}});
  for (const Json& it : report.at("funnel")) {
    funnel.AddRow({Text(it, "stage"), Number(Counted(it, "customers")),
                   Percent(it.at("share").get<double>()),
                   Percent(it.at("low").get<double>()),
                   Percent(it.at("high").get<double>()),
                   Number(Counted(it, "before"))});
  }
  output.Write(funnel.Render(output.terminal(), 2));
  Table moves({{"from", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"to"},
               {"moves", Align::kRight},
               {"of those", Align::kRight},
               {"95 % from", Align::kRight, Fit::kDrop},
               {"to", Align::kRight, Fit::kDrop},
               {"after days", Align::kRight}});
  for (const Json& it : report.at("moves")) {
    moves.AddRow({StageText(it.at("from")), StageText(it.at("to")),
                  Number(Counted(it, "moves")),
                  Percent(it.at("share").get<double>()),
                  Percent(it.at("low").get<double>()),
                  Percent(it.at("high").get<double>()),
                  Figure(it.at("mean_days").get<double>(), 0)});
  }
  output.Line("");
  output.Write(moves.Render(output.terminal(), 2));
  const Json& again = report.at("repurchase");
  if (!again.at("median_days").is_null()) {
    output.Line("  Who came back did so after " +
                Figure(again.at("median_days").get<double>(), 0) +
                " days (half of them between " +
                Figure(again.at("from_days").get<double>(), 0) + " and " +
                Figure(again.at("to_days").get<double>(), 0) + ").");
  }
}

void RunShow(const StageOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_stage_of(store.get(), View(options.customer),
                       View(options.category), options.Now(store),
                       answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  std::vector<std::string> parts = {Of(options) + ": " +
                                    StageText(json.at("stage"))};
  if (!json.at("reason").is_null()) parts.push_back(Text(json, "reason"));
  output.Facts(Printable(Text(json, "customer")), parts);
  if (!json.at("silent_weeks").is_null()) {
    output.Line("  " + Figure(json.at("purchases").get<double>(), 0) +
                " purchases, the last " +
                Figure(json.at("silent_weeks").get<double>(), 1) +
                " weeks ago; usually the next comes within " +
                Figure(json.at("usual_gap_weeks").get<double>(), 1));
  }
  Table table({{"since", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"stage"},
               {"because", Align::kLeft, Fit::kShrink}});
  for (const Json& it : json.at("history")) {
    table.AddRow({Moment(it, "since"), StageText(it.at("stage")),
                  it.at("reason").is_null() ? "" : Text(it, "reason")});
  }
  output.Write(table.Render(output.terminal(), 2));
}

ArrowTable ReadStages(const Store& store, const StageOptions& options) {
  return ReadTable([&](ArrowArrayStream* stream) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_stage_table(store.get(), View(options.category),
                            options.Now(store), stream, &error),
          error);
  });
}

void RunList(const StageOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const ArrowTable said = ReadStages(store, options);
  const std::size_t top = Top(options);
  Json rows = Json::array();
  Table table({{"customer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"stage"},
               {"since"},
               {"because", Align::kLeft, Fit::kShrink}});
  std::size_t found = 0;
  for (std::size_t i = 0; i < said.rows; ++i) {
    const std::string& stage = said.at("stage").texts[i];
    if (!options.stage.empty() && stage != options.stage) continue;
    if (options.json) {
      rows.push_back(said.RowJson(i));
    } else if (found++ < top) {
      table.AddRow({said.at("customer").texts[i], stage,
                    store.Moment(static_cast<std::int64_t>(
                        said.at("since").numbers[i])),
                    said.at("reason").texts[i]});
    }
  }
  if (options.json) return WriteJson(output, rows.dump(2) + "\n");
  output.Facts(Of(options), {Count(found, "customer")});
  output.Write(table.Render(output.terminal(), 2));
  if (found > top) output.Line("  … (--top shows more, --json all)");
}

void RunWinBack(const StageOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::size_t top = Top(options);
  const ArrowTable said = ReadTable([&](ArrowArrayStream* stream) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_stage_win_back(store.get(), View(options.category), top,
                               options.Now(store), stream, &error),
          error);
  });
  Json rows = Json::array();
  Table table({{"customer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"at stake", Align::kRight},
               {"purchases", Align::kRight},
               {"silent weeks", Align::kRight},
               {"usually", Align::kRight},
               {"alive", Align::kRight},
               {"because", Align::kLeft, Fit::kWrap}});
  for (std::size_t i = 0; i < said.rows; ++i) {
    const std::string& stage = said.at("stage").texts[i];
    rows.push_back(said.RowJson(i));
    const auto figure = [&](const char* name, int digits) {
      return Figure(said.at(name).numbers[i], digits);
    };
    table.AddRow({said.at("customer").texts[i], figure("at_stake", 2),
                  figure("purchases", 0), figure("silent_weeks", 1),
                  figure("usual_gap_weeks", 1),
                  Percent(said.at("alive").numbers[i]),
                  stage + ": " + said.at("reason").texts[i]});
  }
  if (options.json) return WriteJson(output, rows.dump(2) + "\n");
  output.Facts("worth winning back", {Of(options)});
  output.Write(table.Render(output.terminal(), 2));
}

void RunRules(const StageOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_stage_rules(store.get(), options.Now(store), answer.out(),
                          &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  const std::int64_t number = json.at("number").get<std::int64_t>();
  output.Facts(number == 0 ? "the default table"
                           : "table " + std::to_string(number),
               number == 0 ? std::vector<std::string>()
                           : std::vector<std::string>{"from " +
                                                      Moment(json, "at")});
  Table table({{"stage", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"when", Align::kLeft, Fit::kWrap},
               {"for"},
               {"in words", Align::kLeft, Fit::kWrap}});
  for (const Json& it : json.at("rules")) {
    const auto text = [&](const char* name) {
      return it.at(name).is_null() ? std::string() : Text(it, name);
    };
    table.AddRow({text("stage"), text("when"), text("hold"), text("reason")});
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunDefine(const StageOptions& options, Output& output) {
  static const char kExpected[] =
      "the rules are a JSON list of objects with stage, when, hold and reason, "
      "as `trato stage rules --json` writes it";
  const Json json = ReadRules(options.rules, kExpected);
  const Json* list = json.is_object() && json.contains("rules")
                         ? &json.at("rules")
                         : &json;
  if (!list->is_array()) throw Failure(kExpected);
  std::vector<std::array<std::string, 4>> kept;
  for (const Json& it : *list) {
    kept.push_back({RuleText(it, "stage"), RuleText(it, "when"),
                    RuleText(it, "hold"), RuleText(it, "reason")});
  }
  std::vector<trato_stage_rule> rules;
  for (const auto& [stage, when, hold, reason] : kept) {
    rules.push_back({View(stage), View(when), View(hold), View(reason)});
  }
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_stage_define(store.get(), rules.data(), rules.size(),
                           options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Facts("the life cycle", {Count(rules.size(), "rule")});
}

struct CohortOptions : PurchasesSource {
  std::string period = "month";
};

void RunCohorts(const CohortOptions& options, Output& output) {
  static const char* const kPeriods[] = {"month", "week", "quarter", "year"};
  const auto* const period =
      std::find(std::begin(kPeriods), std::end(kPeriods), options.period);
  if (period == std::end(kPeriods)) {
    throw Failure("--period: one of month, week, quarter, year is needed");
  }
  const Purchases purchases(options);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_purchases_cohorts(
            purchases.get(),
            static_cast<std::uint32_t>(period - std::begin(kPeriods)),
            answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  purchases.Show(output);
  std::size_t columns = json.at("retention").size();
  std::vector<Column> titles = {
      {"came first", Align::kLeft, Fit::kKeep, Style::kStrong},
      {"customers", Align::kRight}};
  for (std::size_t i = 1; i < columns; ++i) {
    titles.push_back({std::to_string(i), Align::kRight, Fit::kDrop});
  }
  Table table(titles);
  for (const Json& it : json.at("cohorts")) {
    std::vector<std::string> row = {Text(it, "start"),
                                    Number(Counted(it, "customers"))};
    for (std::size_t i = 1; i < it.at("retention").size(); ++i) {
      row.push_back(Percent(it.at("retention").at(i).get<double>()));
    }
    row.resize(columns + 1);
    table.AddRow(row);
  }
  std::vector<std::string> all = {"all", ""};
  for (std::size_t i = 1; i < columns; ++i) {
    all.push_back(
        Percent(json.at("retention").at(i).at("share").get<double>()));
  }
  table.AddRow(all);
  output.Write(table.Render(output.terminal(), 2));
  if (!json.at("last").is_null()) {
    output.Line("  Back in the " + options.period +
                "s after the first, of those who came then; " +
                Text(json, "last") + " is not over.");
  }
}

void AddCategory(CLI::App* command, StageOptions& options) {
  AddOption(command, "--category", "NAME", options.category,
            "A product or category (default: the brand)");
}

}  // namespace

void AddStageCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* stage = line.AddGroup(
      "stage", "Where customers are in the life cycle", "Insight");
  const auto common = [&](StageOptions& options) {
    AddNow(command, options);
    AddPast(command, options);
    AddThreads(command, options);
    AddJson(command, options);
  };

  auto funnel = line.Add(stage, "funnel", "Count stages and moves between them",
                         R"(Examples:
  trato stage funnel shop.trato --now 2011-12-10
  trato stage funnel shop.trato --category candles --since 2011-09-01)",
                         RunFunnel, &command);
  AddStore(command, *funnel);
  AddCategory(command, *funnel);
  AddOption(command, "--since", "TIME", funnel->since,
            "Moves after that (default: a year before)");
  common(*funnel);

  auto show = line.Add(stage, "show", "Tell one customer's stages",
                       R"(Example:
  trato stage show shop.trato shop:12748 --now 2011-12-10)",
                       RunShow, &command);
  AddStore(command, *show);
  AddArgument(command, "CUSTOMER", show->customer, "An identifier of hers");
  AddCategory(command, *show);
  common(*show);

  auto list = line.Add(stage, "list", "List who is in a stage",
                       R"(Example:
  trato stage list shop.trato --stage reconsideration)",
                       RunList, &command);
  AddStore(command, *list);
  AddOption(command, "--stage", "NAME", list->stage, "Only this one");
  AddCategory(command, *list);
  AddOption(command, "--top", "N", list->top, "How many to show (default 10)");
  common(*list);

  auto winback = line.Add(stage, "winback", "List whom to win back, and why",
                          R"(Example:
  trato stage winback shop.trato --now 2011-12-10

Who has been lost or is about to be, by what is at stake: what they were worth on
the day of their last purchase, less what they are worth now.)",
                          RunWinBack, &command);
  AddStore(command, *winback);
  AddCategory(command, *winback);
  AddOption(command, "--top", "N", winback->top,
            "How many to show (default 10)");
  common(*winback);

  auto rules = line.Add(stage, "rules", "Show the table of rules in force",
                        R"(Example:
  trato stage rules shop.trato --json > rules.json)",
                        RunRules, &command);
  AddStore(command, *rules);
  AddNow(command, *rules);
  AddPast(command, *rules);
  AddJson(command, *rules);

  auto define = line.Add(stage, "define", "Put another table in force",
                         R"(Example:
  trato stage define shop.trato rules.json

A list of objects with stage, when, hold and reason; the first that holds counts.
Beside what segments may ask: bought(), silent(0.95), gone(0.5), seen("30d",
"visit"), after_purchase("complaint"), aware().)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "RULES", define->rules,
              "A JSON file; - reads the standard input");
  AddNow(command, *define);

  auto cohorts = line.Add("cohorts", "Show how many come back, by when they came",
                          "Insight",
                          R"(Examples:
  trato cohorts shop.trato --now 2011-12-10
  trato cohorts orders.csv --period quarter)",
                          RunCohorts, &command);
  AddPurchasesSource(command, *cohorts);
  AddOption(command, "--period", "NAME", cohorts->period,
            "month (default), week, quarter, year");
}

}  // namespace trato_cli
