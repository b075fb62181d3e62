// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// value refit, editions, show, pyramid, risk: of a store, by the edition in
// force.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bindings/cli/arrow_table.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

double ToNumber(const std::string& text, const char* what) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(number)) {
    throw Failure(std::string(what) + ": a number is needed");
  }
  return number;
}

struct RefitOptions : CommonOptions {
  std::string model = "mbg_nbd";
  std::vector<std::string> types;
  std::vector<std::string> returns;
  std::vector<std::string> categories;
  std::string weeks = "52";
  std::string discount = "0.15";
  std::string margin = "1";
  std::string groups = "5";
};

std::vector<trato_str> Views(const std::vector<std::string>& texts) {
  std::vector<trato_str> views;
  for (const std::string& it : texts) views.push_back(View(it));
  return views;
}

std::uint32_t ModelNumber(const std::string& name) {
  if (name == "mbg_nbd") return TRATO_MODEL_MBG_NBD;
  if (name == "bg_nbd") return TRATO_MODEL_BG_NBD;
  if (name == "pareto_nbd") return TRATO_MODEL_PARETO_NBD;
  if (name == "best") return TRATO_MODEL_BEST;
  throw Failure("--model: one of mbg_nbd, bg_nbd, pareto_nbd, best is needed");
}

void ShowEdition(const Json& it, Output& output) {
  const Json& purchases = it.at("purchases");
  std::vector<std::string> parts = {
      "from " + Moment(it, "at"), Text(purchases, "model"),
      Count(static_cast<std::size_t>(purchases.at("customers").get<double>()),
            "customer"),
      Text(purchases, "status")};
  if (!it.at("actor").is_null()) parts.push_back("by " + Text(it, "actor"));
  output.Facts("edition " + std::to_string(it.at("number").get<int>()), parts);
  Table table({{"parameter", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"value", Align::kRight},
               {"95 % from", Align::kRight},
               {"to", Align::kRight}});
  for (const char* model : {"purchases", "spend"}) {
    if (it.at(model).is_null()) continue;
    for (const auto& [name, figures] : it.at(model).at("parameters").items()) {
      table.AddRow({std::string(model) + " " + name,
                    Figure(figures.at("value").get<double>(), 4),
                    Figure(figures.at("low").get<double>(), 4),
                    Figure(figures.at("high").get<double>(), 4)});
    }
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunRefit(const RefitOptions& options, Output& output) {
  trato_refit_options how = TRATO_REFIT_OPTIONS_INIT;
  how.model = ModelNumber(options.model);
  how.horizon = ToNumber(options.weeks, "--weeks");
  how.discount = ToNumber(options.discount, "--discount");
  how.margin = ToNumber(options.margin, "--margin");
  const double groups = ToNumber(options.groups, "--groups");
  if (!(groups >= 2 && groups <= 10 && groups == std::floor(groups))) {
    throw Failure("--groups: a whole number from 2 to 10 is needed");
  }
  how.groups = static_cast<std::uint32_t>(groups);
  const std::vector<trato_str> types = Views(options.types);
  const std::vector<trato_str> returns = Views(options.returns);
  if (!types.empty()) how.types = types.data();
  how.type_count = types.size();
  how.returns = returns.data();
  how.return_count = returns.size();
  const std::vector<trato_str> categories = Views(options.categories);
  how.categories = categories.data();
  how.category_count = categories.size();
  Store store(options.store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_value_refit(store.get(), &how, options.Now(store), nullptr,
                          answer.out(), &error),
        error);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  ShowEdition(answer.json(), output);
}

void RunEditions(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_value_editions(store.get(), answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"edition", Align::kRight},
               {"from"},
               {"model"},
               {"customers", Align::kRight},
               {"weeks", Align::kRight},
               {"discount", Align::kRight},
               {"margin", Align::kRight},
               {"by", Align::kLeft, Fit::kShrink}});
  const Json json = answer.json();
  for (const Json& it : json.at("editions")) {
    table.AddRow({std::to_string(it.at("number").get<int>()), Moment(it, "at"),
                  Text(it.at("purchases"), "model"),
                  Figure(it.at("purchases").at("customers").get<double>(), 0),
                  Figure(it.at("horizon_weeks").get<double>(), 0),
                  Figure(it.at("discount").get<double>(), 2),
                  Figure(it.at("margin").get<double>(), 2), Text(it, "actor")});
  }
  output.Write(table.empty() ? "no model was fitted yet: trato value refit\n"
                             : table.Render(output.terminal(), 0));
}

struct ShowOptions : CommonOptions {
  std::string customer;
};

void RunShow(const ShowOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  trato_worth worth = TRATO_WORTH_INIT;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_value_of(store.get(), View(options.customer), options.Now(store),
                       &worth, &error),
        error);
  const std::string segment(View(worth.segment));
  if (options.json) {
    const Json json = {{"customer", options.customer},
                       {"edition", worth.edition},
                       {"alive", worth.alive},
                       {"expected", worth.expected},
                       {"spend", worth.spend},
                       {"value_minor", worth.value_minor},
                       {"currency", worth.currency},
                       {"recency_score", worth.recency_score},
                       {"frequency_score", worth.frequency_score},
                       {"money_score", worth.money_score},
                       {"segment", segment},
                       {"frequency", worth.frequency},
                       {"recency", worth.recency},
                       {"age", worth.age},
                       {"orders", worth.orders},
                       {"total", worth.total}};
    return WriteJson(output, json.dump(2) + "\n");
  }
  const std::string currency = worth.currency;
  output.Facts(Printable(options.customer),
               {MoneyText(worth.value_minor, currency) + " to come",
                Percent(worth.alive) + " alive",
                Figure(worth.expected, 2) + " purchases expected"});
  Table table({{"", Align::kLeft, Fit::kKeep, Style::kStrong}, {""}});
  table.AddRow({"purchases", Figure(worth.orders, 0) + ", worth " +
                                 Figure(worth.total, 2) + " " + currency});
  table.AddRow({"known for", Figure(worth.age, 1) + " weeks"});
  table.AddRow({"silent for", Figure(worth.age - worth.recency, 1) + " weeks"});
  table.AddRow({"a purchase is", Figure(worth.spend, 2) + " " + currency});
  table.AddRow({"scores", std::to_string(worth.recency_score) + " recency, " +
                              std::to_string(worth.frequency_score) +
                              " frequency, " +
                              std::to_string(worth.money_score) + " money" +
                              (segment.empty() ? "" : ": " + segment)});
  output.Write(table.Render(output.terminal(), 2));
}

void RunPyramid(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_value_pyramid(store.get(), options.Now(store), answer.out(),
                            &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  Table table({{"customers", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"how many", Align::kRight},
               {"value to come", Align::kRight},
               {"share", Align::kRight},
               {"spent so far", Align::kRight},
               {"share", Align::kRight},
               {"alive", Align::kRight, Fit::kDrop}});
  for (const Json& it : json.at("tiers")) {
    const auto number = [&](const char* name) {
      return it.at(name).get<double>();
    };
    table.AddRow({Text(it, "tier"), Number(Counted(it, "customers")),
                  Figure(number("value"), 0), Percent(number("value_share")),
                  Figure(number("total"), 0), Percent(number("total_share")),
                  Percent(number("alive"))});
  }
  output.Facts("value pyramid",
               {Count(Counted(json, "customers"), "customer"),
                Figure(json.at("value").get<double>(), 0) + " to come"});
  output.Write(table.Render(output.terminal(), 2));
}

struct RiskOptions : CommonOptions {
  std::string purchases = "2";
  std::string top = "10";
};

std::uint64_t ToCount(const std::string& text, const char* what) {
  const double number = ToNumber(text, what);
  if (!(number >= 0 && number <= 1e9 && number == std::floor(number))) {
    throw Failure(std::string(what) + ": a whole number is needed");
  }
  return static_cast<std::uint64_t>(number);
}

void RunRisk(const RiskOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::uint64_t purchases = ToCount(options.purchases, "--purchases");
  const std::uint64_t top = ToCount(options.top, "--top");
  const ArrowTable said = ReadTable([&](ArrowArrayStream* stream) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_value_risk(store.get(), purchases, top, options.Now(store),
                           stream, &error),
          error);
  });
  Json rows = Json::array();
  Table table({{"customer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"expected", Align::kRight},
               {"alive", Align::kRight},
               {"value", Align::kRight},
               {"purchases", Align::kRight},
               {"silent weeks", Align::kRight}});
  for (std::size_t i = 0; i < said.rows; ++i) {
    rows.push_back(said.RowJson(i));
    const auto figure = [&](const char* name, int digits) {
      return Figure(said.at(name).numbers[i], digits);
    };
    table.AddRow({said.at("customer").texts[i], figure("expected", 3),
                  Percent(said.at("alive").numbers[i]), figure("value", 2),
                  figure("purchases", 0), figure("silent_weeks", 1)});
  }
  if (options.json) return WriteJson(output, rows.dump(2) + "\n");
  output.Facts("about to be lost",
               {"the fewest purchases expected first",
                "of who bought on " + options.purchases + " days or more"});
  output.Write(table.Render(output.terminal(), 2));
}

}  // namespace

void AddWorthCommands(CommandLine& line, CLI::App* value) {
  CLI::App* command = nullptr;
  auto refit = line.Add(value, "refit",
                        "Fit the models to a store and keep what they say",
                        R"(Examples:
  trato value refit shop.trato --now 2011-12-10
  trato value refit shop.trato --model best --returns return --margin 0.3

From then on clv(), alive(), expected_purchases() and rfm() mean this edition; what
is asked of an earlier time is answered by the edition of that time.)",
                        RunRefit, &command);
  AddStore(command, *refit);
  AddOption(command, "--model", "NAME", refit->model,
            "mbg_nbd (default), bg_nbd, pareto_nbd, or best: what best foresees "
            "the last third of the time");
  AddList(command, "--type", "NAME", refit->types,
          "Interactions that are purchases (default: purchase)");
  AddList(command, "--returns", "NAME", refit->returns,
          "Interactions that take amounts back");
  AddList(command, "--category", "NAME", refit->categories,
          "Of products, with a rhythm of its own (default: the brand's)");
  AddOption(command, "--weeks", "N", refit->weeks,
            "How far to look ahead (default 52; 0: for ever)");
  AddOption(command, "--discount", "RATE", refit->discount,
            "Of a year: 0.15 by default");
  AddOption(command, "--margin", "SHARE", refit->margin,
            "What remains of an amount: 1 by default");
  AddOption(command, "--groups", "N", refit->groups,
            "Of scores: 5 by default");
  AddNow(command, *refit);
  AddJson(command, *refit);

  auto editions = line.Add(value, "editions", "List what refits found",
                           R"(Example:
  trato value editions shop.trato)",
                           RunEditions, &command);
  AddStore(command, *editions);
  AddJson(command, *editions);

  auto pyramid = line.Add(value, "pyramid",
                          "Show how few customers most of the value comes from",
                          R"(Example:
  trato value pyramid shop.trato --now 2011-12-10)",
                          RunPyramid, &command);
  AddStore(command, *pyramid);
  AddNow(command, *pyramid);
  AddPast(command, *pyramid);
  AddThreads(command, *pyramid);
  AddJson(command, *pyramid);

  auto risk = line.Add(value, "risk", "List who is about to be lost",
                       R"(Example:
  trato value risk shop.trato --now 2011-12-10

Of those who came back, the fewest purchases expected within the edition's
horizon first: that foretells better than silence who will not come again.)",
                       RunRisk, &command);
  AddStore(command, *risk);
  AddOption(command, "--purchases", "N", risk->purchases,
            "Who bought on so many days or more (default 2)");
  AddOption(command, "--top", "N", risk->top,
            "How many to show (default 10; 0: all)");
  AddNow(command, *risk);
  AddPast(command, *risk);
  AddThreads(command, *risk);
  AddJson(command, *risk);

  AddCompareCommand(line, value);

  auto show = line.Add(value, "show", "Say what one customer is worth",
                       R"(Example:
  trato value show shop.trato shop:12748 --now 2011-12-10)",
                       RunShow, &command);
  AddStore(command, *show);
  AddArgument(command, "CUSTOMER", show->customer, "An identifier of hers");
  AddNow(command, *show);
  AddPast(command, *show);
  AddJson(command, *show);
}

}  // namespace trato_cli
