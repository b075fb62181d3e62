// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// score define, list, show, top.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "bindings/cli/arrow_table.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/rules_file.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

std::string Points(std::int64_t milli) { return DecimalText(milli, 3); }

std::string Points(const Json& object, const char* name) {
  return object.at(name).is_null()
             ? std::string()
             : Points(object.at(name).get<std::int64_t>());
}

// Points as people write them, or as the lists write them, in thousandths.
std::int64_t PointsIn(const Json& object, const std::string& name,
                      std::int64_t missing) {
  const std::string milli = name + "_milli";
  if (object.contains(milli) && object.at(milli).is_number_integer()) {
    return object.at(milli).get<std::int64_t>();
  }
  if (!object.contains(name) || object.at(name).is_null()) return missing;
  if (!object.at(name).is_number()) throw Failure(name + ": it is no number");
  const double points = object.at(name).get<double>() * 1000;
  const double whole = std::round(points);
  if (!(std::abs(whole) < 9e15) || std::abs(points - whole) > 1e-6) {
    throw Failure(name + ": points have three decimal places at most");
  }
  return static_cast<std::int64_t>(whole);
}

struct ScoreOptions : CommonOptions {
  std::string file;
  std::string customer;
  std::string score;
  std::string top = "10";
};

struct Rule {
  std::string name, when, half_life, lapse;
  std::int64_t points_milli = 0;
};

void RunDefine(const ScoreOptions& options, Output& output) {
  static const char kExpected[] =
      "a score is a JSON object with name, rules, and perhaps least and most; "
      "a rule has name, when, points, and perhaps half_life and lapse";
  const Json json = ReadRules(options.file, kExpected);
  if (!json.is_object() || !json.contains("rules") ||
      !json.at("rules").is_array()) {
    throw Failure(kExpected);
  }
  std::vector<Rule> kept;
  for (const Json& it : json.at("rules")) {
    if (!it.is_object()) throw Failure(kExpected);
    kept.push_back({RuleText(it, "name"), RuleText(it, "when"),
                    RuleText(it, "half_life"), RuleText(it, "lapse"),
                    PointsIn(it, "points", 0)});
  }
  std::vector<trato_score_rule> rules;
  for (const Rule& it : kept) {
    rules.push_back({View(it.name), View(it.when), it.points_milli,
                     View(it.half_life), View(it.lapse)});
  }
  const std::string name = RuleText(json, "name");
  trato_score_definition score = TRATO_SCORE_DEFINITION_INIT;
  score.name = View(name);
  score.rules = rules.data();
  score.rule_count = rules.size();
  score.least_milli = PointsIn(json, "least", score.least_milli);
  score.most_milli = PointsIn(json, "most", score.most_milli);
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_score_define(store.get(), &score, options.Now(store), nullptr,
                           &error),
        error);
  store.Close();
  output.Facts(Printable(name), {Count(rules.size(), "rule")});
}

void RunList(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_score_list(store.get(), options.Now(store), answer.out(),
                         &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  if (json.at("scores").empty()) {
    return output.Line("no score was defined yet: trato score define");
  }
  for (const Json& it : json.at("scores")) {
    std::vector<std::string> parts = {"from " + Moment(it, "at")};
    for (const char* limit : {"least", "most"}) {
      const std::string name = std::string(limit) + "_milli";
      if (it.at(name).is_null()) continue;
      parts.push_back(std::string("at ") + limit + " " +
                      Points(it, name.c_str()));
    }
    output.Facts(Printable(Text(it, "name")), parts);
    Table table({{"rule", Align::kLeft, Fit::kShrink, Style::kStrong},
                 {"points", Align::kRight},
                 {"for", Align::kLeft, Fit::kWrap},
                 {"half left after"},
                 {"lapse after"}});
    for (const Json& rule : it.at("rules")) {
      table.AddRow({Text(rule, "name"), Points(rule, "points_milli"),
                    Text(rule, "when"), RuleText(rule, "half_life"),
                    RuleText(rule, "lapse")});
    }
    output.Write(table.Render(output.terminal(), 2));
  }
}

void RunShow(const ScoreOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_score_log(store.get(), View(options.customer),
                        View(options.score), options.Now(store), answer.out(),
                        &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Facts(Printable(Text(json, "customer")),
               {Printable(options.score) + ": " + Points(json, "value_milli")});
  Table table({{"when", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"what"},
               {"rule", Align::kLeft, Fit::kShrink},
               {"given", Align::kRight},
               {"left", Align::kRight},
               {"lapses", Align::kLeft, Fit::kDrop}});
  const auto moment = [&](const Json& it, const char* name) {
    return it.at(name).is_null() ? std::string() : Moment(it, name);
  };
  for (const Json& it : json.at("log")) {
    const std::string kind = Text(it, "kind");
    table.AddRow({moment(it, "at"),
                  kind == "interaction" ? Text(it, "type")
                  : kind == "condition" ? "holds"
                                        : "at " + kind,
                  it.at("rule").is_null() ? "" : Text(it, "rule"),
                  Points(it, "given_milli"), Points(it, "left_milli"),
                  moment(it, "lapses")});
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunTop(const ScoreOptions& options, Output& output) {
  char* end = nullptr;
  const double top = std::strtod(options.top.c_str(), &end);
  if (options.top.empty() || *end != '\0' || !(top >= 0 && top <= 1e9)) {
    throw Failure("--top: a number is needed");
  }
  const Store store(options.store, options.reading);
  const ArrowTable said = ReadTable([&](ArrowArrayStream* stream) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_score_table(store.get(), View(options.score),
                            static_cast<std::uint64_t>(top),
                            options.Now(store), stream, &error),
          error);
  });
  Json rows = Json::array();
  Table table({{"customer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"points", Align::kRight}});
  for (std::size_t i = 0; i < said.rows; ++i) {
    rows.push_back(said.RowJson(i));
    table.AddRow({said.at("customer").texts[i],
                  Points(static_cast<std::int64_t>(
                      said.at("points_milli").numbers[i]))});
  }
  if (options.json) return WriteJson(output, rows.dump(2) + "\n");
  output.Facts(Printable(options.score), {"the highest first"});
  output.Write(table.Render(output.terminal(), 2));
}

}  // namespace

void AddScoreCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* score = line.AddGroup(
      "score", "Points of customers, by rules that fade", "Insight");

  auto define = line.Add(score, "define", "Put a score in force",
                         R"help(Example:
  trato score define shop.trato interest.json

  {"name": "interest", "most": 100, "rules": [
    {"name": "visit", "when": "interactions(\"visit\")", "points": 2,
     "half_life": "30d"},
    {"name": "purchase", "when": "interactions(\"purchase\")", "points": 20,
     "lapse": "1y"},
    {"name": "lives here", "when": "customer.country == \"ES\"", "points": 5}]}

Each of the interactions gives the points; a condition gives them while it
holds. Conditions of segments ask for score("interest").)help",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "FILE", define->file,
              "A JSON file; - reads the standard input");
  AddNow(command, *define);

  auto list = line.Add(score, "list", "List the scores in force",
                       R"(Example:
  trato score list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddNow(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);

  auto show = line.Add(score, "show", "Say what a customer's score is made of",
                       R"(Example:
  trato score show shop.trato shop:12748 interest --now 2011-12-10

The score is the sum of what is left, to the last digit.)",
                       RunShow, &command);
  AddStore(command, *show);
  AddArgument(command, "CUSTOMER", show->customer, "An identifier of hers");
  AddArgument(command, "SCORE", show->score, "Its name");
  AddNow(command, *show);
  AddPast(command, *show);
  AddJson(command, *show);

  auto top = line.Add(score, "top", "List who has the most points",
                      R"(Example:
  trato score top shop.trato interest --now 2011-12-10)",
                      RunTop, &command);
  AddStore(command, *top);
  AddArgument(command, "SCORE", top->score, "Its name");
  AddOption(command, "--top", "N", top->top,
            "How many to show (default 10; 0: all)");
  AddNow(command, *top);
  AddPast(command, *top);
  AddThreads(command, *top);
  AddJson(command, *top);
}

}  // namespace trato_cli
