// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// value fit, predict, choose, rfm: of a CSV file or a store.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "bindings/cli/arrow_table.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/purchases.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct ModelName {
  const char* name;
  const char* title;
  std::array<const char*, 4> parameters;
};
// By number, as in trato.h.
constexpr ModelName kModels[] = {
    {"mbg_nbd", "MBG/NBD", {"r", "alpha", "a", "b"}},
    {"bg_nbd", "BG/NBD", {"r", "alpha", "a", "b"}},
    {"pareto_nbd", "Pareto/NBD", {"r", "alpha", "s", "beta"}},
    {"bg_bb", "BG/BB", {"alpha", "beta", "gamma", "delta"}},
    {"gamma_gamma", "Gamma-Gamma", {"p", "q", "gamma", ""}}};
constexpr const char* kStatuses[] = {
    "converged", "regularised: the data alone leave a parameter open",
    "not converged: the best that was found"};

struct ValueOptions : PurchasesSource {
  std::string model = "mbg_nbd";
  std::string horizon = "52";
  std::string discount = "0.15";
  std::string margin = "1";
  std::string top = "10";
};

double ToNumber(const std::string& text, const char* what) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(number)) {
    throw Failure(std::string(what) + ": a number is needed");
  }
  return number;
}

std::uint32_t ModelNumber(const std::string& name) {
  for (std::uint32_t i = 0; i < std::size(kModels); ++i) {
    if (name == kModels[i].name) return i;
  }
  throw Failure(
      "--model: one of mbg_nbd, bg_nbd, pareto_nbd, bg_bb, gamma_gamma is "
      "needed");
}

trato_value_model Fit(const Purchases& purchases, std::uint32_t kind,
                      unsigned threads) {
  trato_value_fit_options options = TRATO_VALUE_FIT_OPTIONS_INIT;
  options.model = kind;
  SetThreads(threads, options.run, options.run_context);
  trato_value_model model = TRATO_VALUE_MODEL_INIT;
  const trato_purchase_columns columns = purchases.Columns();
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_value_fit(&columns, &options, &model, &error), error);
  return model;
}

Json ModelJson(const trato_value_model& model) {
  Json parameters = Json::object();
  for (std::uint32_t i = 0; i < model.parameter_count; ++i) {
    parameters[kModels[model.model].parameters[i]] =
        Json{{"value", model.parameters[i]},
             {"low", model.low[i]},
             {"high", model.high[i]}};
  }
  return Json{{"model", kModels[model.model].name},
              {"status", model.status},
              {"parameters", std::move(parameters)},
              {"log_likelihood", model.log_likelihood},
              {"customers", model.customers}};
}

void ShowModel(const trato_value_model& model, Output& output) {
  output.Facts(kModels[model.model].title,
               {Figure(model.customers, 0) + " customers",
                "log-likelihood " + Figure(model.log_likelihood, 4),
                kStatuses[model.status]});
  Table table({{"parameter", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"value", Align::kRight},
               {"95 % from", Align::kRight},
               {"to", Align::kRight}});
  for (std::uint32_t i = 0; i < model.parameter_count; ++i) {
    table.AddRow({kModels[model.model].parameters[i],
                  Significant(model.parameters[i]), Significant(model.low[i]),
                  Significant(model.high[i])});
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunFit(const ValueOptions& options, Output& output) {
  const std::uint32_t kind = ModelNumber(options.model);
  const Purchases purchases(options);
  const trato_value_model model =
      Fit(purchases, kind, options.reading.threads);
  if (options.json) {
    return WriteJson(output, ModelJson(model).dump(2) + "\n");
  }
  purchases.Show(output);
  ShowModel(model, output);
}

void RunChoose(const ValueOptions& options, Output& output) {
  const Purchases purchases(options);
  trato_run_fn run = nullptr;
  void* context = nullptr;
  SetThreads(options.reading.threads, run, context);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_value_choose(purchases.get(), run, context, nullptr,
                           answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json report = answer.json();
  purchases.Show(output);
  const bool by_forecast = report.at("by") == "forecast";
  output.Facts("chosen: " + Text(report, "chosen"),
               {by_forecast
                    ? "it best foresees the last third of the time from the rest"
                    : "it is the likeliest"});
  Table table({{"model", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"log-likelihood", Align::kRight},
               {"RMSE inside", Align::kRight},
               {"RMSE after", Align::kRight},
               {"MAE after", Align::kRight},
               {"expected", Align::kRight},
               {"actual", Align::kRight}});
  for (const Json& it : report.at("models")) {
    const Json& inside = it.at("inside");
    const Json& after = it.at("after");
    const auto of = [](const Json& errors, const char* name, int digits) {
      return errors.is_null() ? std::string()
                              : Figure(errors.at(name).get<double>(), digits);
    };
    table.AddRow({Text(it, "model"),
                  Figure(it.at("log_likelihood").get<double>(), 2),
                  of(inside, "root_mean_square", 4),
                  of(after, "root_mean_square", 4),
                  of(after, "mean_absolute", 4), of(after, "expected", 0),
                  of(after, "actual", 0)});
  }
  output.Write(table.Render(output.terminal(), 2));
}

trato_value_options ToPredict(const ValueOptions& options) {
  trato_value_options how = TRATO_VALUE_OPTIONS_INIT;
  how.horizon = ToNumber(options.horizon, "--weeks");
  how.value_horizon = how.horizon;
  how.margin = ToNumber(options.margin, "--margin");
  const double yearly = ToNumber(options.discount, "--discount");
  if (!(yearly > -1)) throw Failure("--discount: it is above -1");
  how.discount = std::log1p(yearly) * 7 / 365.25;
  SetThreads(options.reading.threads, how.run, how.run_context);
  return how;
}

// All rows as a list of objects.
std::string RowsJson(const ArrowTable& table) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < table.rows; ++i) {
    Json row = Json::object();
    for (const ArrowTable::Column& it : table.columns) {
      row[it.name] = it.is_text ? Json(it.texts[i]) : Json(it.numbers[i]);
    }
    rows.push_back(std::move(row));
  }
  return rows.dump(2) + "\n";
}

void RunPredict(const ValueOptions& options, Output& output) {
  const std::uint32_t kind = ModelNumber(options.model);
  if (kind == TRATO_MODEL_GAMMA_GAMMA) {
    throw Failure("--model: gamma_gamma says what is spent, not how often");
  }
  trato_value_options how = ToPredict(options);
  const double top = ToNumber(options.top, "--top");
  const Purchases purchases(options);
  const unsigned threads = options.reading.threads;
  const trato_value_model model = Fit(purchases, kind, threads);
  trato_value_model spend = TRATO_VALUE_MODEL_INIT;
  if (purchases.SomebodySpends()) {
    spend = Fit(purchases, TRATO_MODEL_GAMMA_GAMMA, threads);
    how.spend = &spend;
  }
  const ArrowTable said = ReadTable([&](ArrowArrayStream* stream) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_value_export(&model, purchases.get(), &how, stream, &error),
          error);
  });
  if (options.json) return WriteJson(output, RowsJson(said));
  purchases.Show(output);
  ShowModel(model, output);
  const bool worth = said.Has("value");
  Table table({{"customer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"alive", Align::kRight},
               {"expected", Align::kRight},
               {"95 % from", Align::kRight, Fit::kDrop},
               {"to", Align::kRight, Fit::kDrop},
               {"none", Align::kRight, Fit::kDrop},
               {"value", Align::kRight}});
  std::size_t shown = 0;
  for (const std::size_t i : said.HighestFirst(worth ? "value" : "expected")) {
    if (!(static_cast<double>(shown++) < top)) break;
    const auto figure = [&](const char* name) {
      return Figure(said.at(name).numbers[i], 3);
    };
    const bool ahead = said.Has("expected");
    table.AddRow({said.at("customer").texts[i], figure("alive"),
                  ahead ? figure("expected") : "",
                  ahead ? figure("expected_low") : "",
                  ahead ? figure("expected_high") : "",
                  ahead ? figure("none") : "",
                  worth ? Figure(said.at("value").numbers[i], 2) : ""});
  }
  output.Write(table.Render(output.terminal(), 2));
  if (static_cast<double>(said.rows) > top) {
    output.Line("  … of " + Count(said.rows, "customer"));
  }
}

void RunRfm(const ValueOptions& options, Output& output) {
  const Purchases purchases(options);
  const ArrowTable said = ReadTable([&](ArrowArrayStream* stream) {
    trato_rfm_options how = TRATO_RFM_OPTIONS_INIT;
    SetThreads(options.reading.threads, how.run, how.run_context);
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_rfm_export(purchases.get(), &how, nullptr, stream, &error),
          error);
  });
  if (options.json) return WriteJson(output, RowsJson(said));
  purchases.Show(output);
  struct Sum {
    double customers = 0, recency = 0, frequency = 0, money = 0;
  };
  std::map<std::string, Sum> sums;
  double all = 0;
  for (std::size_t i = 0; i < said.rows; ++i) {
    Sum& sum = sums[said.at("segment").texts[i]];
    ++sum.customers;
    sum.recency += said.at("recency").numbers[i];
    sum.frequency += said.at("frequency").numbers[i];
    sum.money += said.at("money").numbers[i];
    all += said.at("money").numbers[i];
  }
  std::vector<std::pair<std::string, Sum>> sorted(sums.begin(), sums.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& one, const auto& other) {
                     return one.second.money > other.second.money;
                   });
  Table table({{"segment", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"customers", Align::kRight},
               {"weeks since", Align::kRight},
               {"purchases", Align::kRight},
               {"money", Align::kRight},
               {"share", Align::kRight}});
  for (const auto& [segment, sum] : sorted) {
    table.AddRow({segment, Figure(sum.customers, 0),
                  Figure(sum.recency / sum.customers, 1),
                  Figure(sum.frequency / sum.customers, 1),
                  Figure(sum.money, 2),
                  Percent(all > 0 ? sum.money / all : 0)});
  }
  output.Write(table.Render(output.terminal(), 2));
}

}  // namespace

void AddValueCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* value = line.AddGroup(
      "value", "What customers are worth and will do next", "Insight");

  auto fit = line.Add(value, "fit", "Fit a model to purchases",
                      R"(Examples:
  trato value fit orders.csv --end 2011-12-10
  trato value fit summary.csv --summary --model pareto_nbd
  trato value fit donors.csv --summary --model bg_bb

Times are in weeks. A row of the file is a purchase (customer, time, amount, or
quantity and unit price); several of one customer and day are one.)",
                      RunFit, &command);
  AddPurchasesSource(command, *fit);
  AddOption(command, "--model", "NAME", fit->model,
            "mbg_nbd (default), bg_nbd, pareto_nbd, bg_bb, gamma_gamma");

  auto choose = line.Add(value, "choose", "Try the models and choose one",
                         R"(Example:
  trato value choose orders.csv --end 2011-08-31 --until 2011-12-10

What came after --end has no part in the choice; with --until it is told how far
off each model was then.)",
                         RunChoose, &command);
  AddPurchasesSource(command, *choose);

  auto predict = line.Add(value, "predict", "Say what each customer is worth",
                          R"(Examples:
  trato value predict orders.csv --weeks 26 --margin 0.3
  trato value predict orders.csv --json > worth.json

alive is the probability that somebody still is a customer, expected the purchases
of the next --weeks with what the uncertain parameters leave open, none the
probability of no purchase; value is the margin of these purchases, discounted.)",
                          RunPredict, &command);
  AddPurchasesSource(command, *predict);
  AddOption(command, "--model", "NAME", predict->model,
            "mbg_nbd (default), bg_nbd, pareto_nbd, bg_bb");
  AddOption(command, "--weeks", "N", predict->horizon,
            "How far to look ahead (default 52; of bg_bb: occasions)");
  AddOption(command, "--discount", "RATE", predict->discount,
            "Of a year: 0.15 by default");
  AddOption(command, "--margin", "SHARE", predict->margin,
            "What remains of an amount: 1 by default");
  AddOption(command, "--top", "N", predict->top,
            "How many to show (default 10; --json gives all)");

  auto rfm = line.Add(value, "rfm", "Score recency, frequency and money",
                      R"(Examples:
  trato value rfm orders.csv --end 2011-12-10
  trato value rfm shop.trato --now 2011-12-10 --returns return

Scores are 1 to 5; equal values have equal scores.)",
                      RunRfm, &command);
  AddPurchasesSource(command, *rfm);

  AddWorthCommands(line, value);
}

}  // namespace trato_cli
