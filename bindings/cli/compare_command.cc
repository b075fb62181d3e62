// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// value compare: units and periods, and what it costs to win and to keep.

#include <cstdint>
#include <map>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct CompareOptions : CommonOptions {
  std::string since;
  std::string unit;
  std::vector<std::string> types;
  std::vector<std::string> returns;
  std::vector<std::string> acquisition;
  std::vector<std::string> retention;
};

struct Costs {
  std::int64_t acquisition = 0, retention = 0;
};

// "north=1200.00", or for the whole "1200.00".
void AddCosts(const std::vector<std::string>& given, const std::string& currency,
              const char* option, std::int64_t Costs::*which,
              std::map<std::string, Costs>& costs) {
  for (const std::string& text : given) {
    const std::size_t end = text.rfind('=');
    const bool has_unit = end != std::string::npos;
    const Money money = ParseMoney(has_unit ? text.substr(end + 1) : text,
                                   currency, option);
    costs[has_unit ? text.substr(0, end) : std::string()].*which += money.minor;
  }
}

std::vector<trato_str> Views(const std::vector<std::string>& texts) {
  std::vector<trato_str> views;
  for (const std::string& it : texts) views.push_back(View(it));
  return views;
}

std::string Points(const Json& against) {
  const double difference =
      against.at("retention").at("difference").get<double>() * 100;
  return (difference > 0 ? "+" : "") + Figure(difference, 1);
}

std::string MajorText(const Json& minor, const std::string& currency) {
  if (minor.is_null()) return "";
  return MoneyText(static_cast<std::int64_t>(minor.get<double>()), currency);
}

void ShowUnits(const Json& json, Output& output) {
  const std::string currency =
      json.at("currency").is_null() ? "" : Text(json, "currency");
  Table table({{"unit", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"buyers", Align::kRight},
               {"new", Align::kRight},
               {"kept", Align::kRight},
               {"lost", Align::kRight},
               {"amount", Align::kRight, Fit::kDrop},
               {"retention", Align::kRight},
               {"before", Align::kRight},
               {"than rest", Align::kRight}});
  Table costs({{"unit", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"winning", Align::kRight},
               {"a new customer", Align::kRight},
               {"keeping", Align::kRight},
               {"a kept customer", Align::kRight},
               {"ratio", Align::kRight}});
  const auto add = [&](const Json& it, const std::string& name) {
    const Json& period = it.at("period");
    const auto count = [&](const char* field) {
      return Number(Counted(period, field));
    };
    const auto retention = [&](const char* which) {
      return Percent(it.at(which).at("retention").at("share").get<double>());
    };
    table.AddRow({name, count("buyers"), count("new"), count("kept"),
                  count("lost"), MajorText(period.at("amount_minor"), currency),
                  retention("period"), retention("before"),
                  it.at("against_rest").is_null()
                      ? ""
                      : Points(it.at("against_rest"))});
    const Json& cost = it.at("costs");
    if (cost.is_null()) return;
    costs.AddRow({name, MajorText(cost.at("acquisition_minor"), currency),
                  MajorText(cost.at("per_new_minor"), currency),
                  MajorText(cost.at("retention_minor"), currency),
                  MajorText(cost.at("per_kept_minor"), currency),
                  cost.at("ratio").is_null()
                      ? ""
                      : Figure(cost.at("ratio").get<double>(), 2)});
  };
  add(json.at("whole"), "all");
  for (const Json& it : json.at("units")) add(it, Text(it, "unit"));
  output.Write(table.Render(output.terminal(), 2));
  if (costs.empty()) return;
  output.Line("");
  output.Write(costs.Render(output.terminal(), 2));
}

void RunCompare(const CompareOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::string currency = store.Currency();
  std::map<std::string, Costs> costs;
  AddCosts(options.acquisition, currency, "--acquisition", &Costs::acquisition,
           costs);
  AddCosts(options.retention, currency, "--retention", &Costs::retention,
           costs);
  std::vector<trato_unit_cost> given;
  for (const auto& [unit, cost] : costs) {
    given.push_back({View(unit), cost.acquisition, cost.retention});
  }
  const std::vector<trato_str> types = Views(options.types);
  const std::vector<trato_str> returns = Views(options.returns);
  trato_compare_options how = TRATO_COMPARE_OPTIONS_INIT;
  how.since_us = store.ParseTime(options.since, "--since");
  how.unit = View(options.unit);
  if (!types.empty()) how.types = types.data();
  how.type_count = types.size();
  how.returns = returns.data();
  how.return_count = returns.size();
  how.costs = given.data();
  how.cost_count = given.size();
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_value_compare(store.get(), &how, options.Now(store),
                            answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Facts("from " + Moment(json, "since"),
               {"to " + Moment(json, "now"),
                "before: from " + Moment(json, "before")});
  ShowUnits(json, output);
}

}  // namespace

void AddCompareCommand(CommandLine& line, CLI::App* value) {
  CLI::App* command = nullptr;
  auto compare = line.Add(value, "compare",
                          "Compare units and periods, and what they cost",
                          R"(Examples:
  trato value compare shop.trato --since 2011-06-10 --now 2011-12-10
  trato value compare shop.trato --since 2011-06-10 --unit territory \
    --acquisition north=5000 --retention north=1200

Who was new, kept and lost in the time, beside the time of the same length
before it; of each unit also how many points its retention is above that of the
rest. kept bought in both, lost only in the one before.)",
                          RunCompare, &command);
  AddStore(command, *compare);
  AddOption(command, "--since", "TIME", compare->since,
            "Where the period begins; it ends at --now")
      ->required();
  AddOption(command, "--unit", "ATTRIBUTE", compare->unit,
            "Each of its values is a unit (default: the whole alone)");
  AddList(command, "--type", "NAME", compare->types,
          "Interactions that are purchases (default: purchase)");
  AddList(command, "--returns", "NAME", compare->returns,
          "Interactions that take amounts back");
  AddList(command, "--acquisition", "[UNIT=]AMOUNT", compare->acquisition,
          "What winning customers cost in the period");
  AddList(command, "--retention", "[UNIT=]AMOUNT", compare->retention,
          "What keeping customers cost in the period");
  AddNow(command, *compare);
  AddPast(command, *compare);
  AddThreads(command, *compare);
  AddJson(command, *compare);
}

}  // namespace trato_cli
