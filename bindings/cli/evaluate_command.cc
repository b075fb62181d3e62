// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// evaluate, compare: what another way of choosing would have brought, and
// whether one arm of an experiment does better.

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/input.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct EvaluateOptions : CommonOptions {
  std::string table;
  std::vector<std::string> columns;  // FIELD=HEADER
  std::string policy;
  std::string since;
  std::string until;
  std::string explore;
  std::vector<std::string> offers;
  bool value = false;
};

std::int64_t ReadInput(void* context, char* buffer, std::size_t capacity) {
  return static_cast<Input*>(context)->Read(buffer, capacity);
}

double ToNumber(std::string_view text, const std::string& what) {
  const std::string copy(text);
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  if (copy.empty() || *end != '\0') {
    throw Failure(what + ": a number is needed, not " + Printable(copy));
  }
  return number;
}

std::string Figures(const Json& it, const char* name) {
  return it.at(name).is_null() ? "" : Significant(it.at(name).get<double>());
}

std::string Between(const Json& it, const char* low, const char* high) {
  if (!it.contains(low) || it.at(low).is_null()) return "";
  return Figures(it, low) + " to " + Figures(it, high);
}

void AddEstimate(Table& table, const std::string& name, const Json& it) {
  if (it.is_null()) return;
  table.AddRow({name, Figures(it, "estimate"), Between(it, "low", "high"),
                Between(it, "certain_low", "certain_high")});
}

// Throws AnsweredNo where the log cannot say.
void WriteValue(const std::string& name, const Json& value, Output& output) {
  std::vector<std::string> parts = {Count(Counted(value, "rows"), "choice")};
  if (!value.at("effective").is_null()) {
    parts.push_back("worth " + Figures(value, "effective") +
                    " of the policy's own");
    parts.push_back("largest weight " + Figures(value, "max_weight"));
    parts.push_back("smallest probability " +
                    Figures(value, "min_probability"));
  }
  output.Facts(Printable(name), std::move(parts));
  if (!value.at("answerable").get<bool>()) {
    output.Line("cannot value the policy: " + Printable(Text(value, "why")));
    throw AnsweredNo();
  }
  Table table({{"a choice brings", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"", Align::kRight},
               {"95 %"},
               {"for any number of rows", Align::kLeft, Fit::kDrop}});
  AddEstimate(table, "as it was", value.at("logged"));
  AddEstimate(table, "by the policy", value.at("snips"));
  AddEstimate(table, "gain", value.at("gain"));
  AddEstimate(table, "by the policy, not normalised", value.at("ips"));
  AddEstimate(table, "by the policy, doubly robust", value.at("dr"));
  output.Write(table.Render(output.terminal(), 2));
}

// The answer, in the end.
void Say(const EvaluateOptions& options, const std::string& name,
         const Buffer& answer, Output& output) {
  if (!options.json) return WriteValue(name, answer.json(), output);
  WriteJson(output, answer.view());
  if (!answer.json().at("answerable").get<bool>()) throw AnsweredNo();
}

void RunTable(const EvaluateOptions& options, Output& output) {
  if (!options.store.empty()) {
    throw Failure("--table: it is instead of a store");
  }
  Input input(options.table);
  std::vector<trato_column> columns;
  for (const std::string_view it : options.columns) {
    const std::size_t equals = it.find('=');
    if (equals == std::string_view::npos) {
      throw Failure("--column: FIELD=HEADER is needed");
    }
    columns.push_back(
        {View(it.substr(0, equals)), View(it.substr(equals + 1))});
  }
  trato_evaluation_options how = TRATO_EVALUATION_OPTIONS_INIT;
  how.columns = columns.data();
  how.column_count = columns.size();
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  const trato_status status =
      trato_evaluation_csv(ReadInput, &input, &how, answer.out(), &error);
  if (!input.failure().empty()) throw Failure(input.failure());
  Check(status, error);
  Say(options, input.name(), answer, output);
}

trato_target_policy ToPolicy(const std::string& name) {
  if (name == "greedy") return TRATO_TARGET_GREEDY;
  if (name == "uniform") return TRATO_TARGET_UNIFORM;
  if (name == "explore") return TRATO_TARGET_EXPLORE;
  if (name == "fixed") return TRATO_TARGET_FIXED;
  throw Failure("POLICY: greedy, uniform, explore or fixed, not " +
                Printable(name));
}

void RunEvaluate(const EvaluateOptions& options, Output& output) {
  if (!options.table.empty()) return RunTable(options, output);
  if (options.store.empty()) throw Failure("a STORE or --table is needed");
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  trato_target target = TRATO_TARGET_INIT;
  target.policy = ToPolicy(options.policy);
  target.reward = options.value ? TRATO_REWARD_VALUE : TRATO_REWARD_ANSWER;
  if (!options.explore.empty()) {
    target.exploration = ToNumber(options.explore, "--explore") / 100;
  }
  std::vector<trato_str> offers;
  for (const std::string& it : options.offers) offers.push_back(View(it));
  target.offers = offers.data();
  target.offer_count = offers.size();
  if (!options.since.empty()) {
    target.since_us = store.ParseTime(options.since, "--since");
  }
  if (!options.until.empty()) {
    target.until_us = store.ParseTime(options.until, "--until");
  }
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_decisions_evaluate(store.get(), &target, now_us, answer.out(),
                                 &error),
        error);
  const Json value = answer.json();
  Say(options, Text(value, "policy"), answer, output);
  std::vector<std::string> left;
  for (const auto& [field, says] :
       {std::pair{"elsewhere", " made elsewhere"},
        {"pending", " with time to answer left"},
        {"empty", " without an offer"}}) {
    if (Counted(value, field) > 0) {
      left.push_back(Number(Counted(value, field)) + says);
    }
  }
  if (!options.json && !left.empty()) output.Facts("  left out", left);
}

struct CompareOptions : CommonOptions {
  std::vector<std::string> arms;  // NAME=COUNT:YES or NAME=COUNT:SUM:SQUARES
  std::string planned;
  std::string level;
};

// "NAME=COUNT:SUM[:SQUARES]"
trato_arm ToArm(std::string_view text, bool& yes_or_no) {
  const std::size_t equals = text.find('=');
  const std::size_t first = text.find(':', equals);
  if (equals == std::string_view::npos || first == std::string_view::npos) {
    throw Failure("ARM: NAME=CUSTOMERS:YES or NAME=CUSTOMERS:SUM:SQUARES, not " +
                  Printable(text));
  }
  const std::size_t second = text.find(':', first + 1);
  yes_or_no = second == std::string_view::npos;
  const auto number = [&](std::size_t from, std::size_t to) {
    return ToNumber(text.substr(from + 1, to - from - 1), "ARM");
  };
  trato_arm arm = {};
  arm.name = View(text.substr(0, equals));
  arm.count = static_cast<std::int64_t>(number(equals, first));
  arm.sum = number(first, yes_or_no ? text.size() : second);
  if (!yes_or_no) arm.sum_squares = number(second, text.size());
  return arm;
}

void WriteComparison(const Json& result, Output& output) {
  const Json& ratio = result.at("sample_ratio");
  if (!result.at("answerable").get<bool>()) {
    output.Line("cannot compare: " + Printable(Text(result, "why")) + " (p " +
                Figures(ratio, "p") + ")");
    throw AnsweredNo();
  }
  Table table({{"", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"customers", Align::kRight},
               {"mean", Align::kRight},
               {"difference", Align::kRight},
               {"whenever you look"},
               {"p", Align::kRight},
               {"if you look once", Align::kLeft, Fit::kDrop}});
  const Json& arms = result.at("arms");
  for (std::size_t i = 0; i < arms.size(); ++i) {
    std::vector<std::string> row = {Printable(Text(arms[i], "name")),
                                    Number(Counted(arms[i], "count")),
                                    Figures(arms[i], "mean")};
    if (i > 0) {
      const Json& it = result.at("comparisons")[i - 1];
      row.insert(row.end(),
                 {Figures(it, "difference"),
                  it.at("low").is_null() ? "too few yet"
                                         : Between(it, "low", "high"),
                  Figures(it, "p"), Between(it, "once_low", "once_high")});
    }
    table.AddRow(row);
  }
  output.Write(table.Render(output.terminal(), 0));
}

void RunCompare(const CompareOptions& options, Output& output) {
  trato_experiment_options how = TRATO_EXPERIMENT_OPTIONS_INIT;
  std::vector<trato_arm> arms;
  for (const std::string& it : options.arms) {
    bool yes_or_no = false;
    arms.push_back(ToArm(it, yes_or_no));
    if (arms.size() > 1 && yes_or_no != (how.yes_or_no == 1)) {
      throw Failure("ARM: either all say how many said yes, or all say SQUARES");
    }
    how.yes_or_no = yes_or_no ? 1 : 0;
  }
  if (!options.level.empty()) how.level = ToNumber(options.level, "--level");
  if (!options.planned.empty()) {
    how.planned = static_cast<std::int64_t>(
        ToNumber(options.planned, "--planned"));
  }
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_experiment_compare(arms.data(), arms.size(), &how, answer.out(),
                                 &error),
        error);
  if (!options.json) return WriteComparison(answer.json(), output);
  WriteJson(output, answer.view());
  if (!answer.json().at("answerable").get<bool>()) throw AnsweredNo();
}

void AddEvaluate(CommandLine& line) {
  CLI::App* command = nullptr;
  auto evaluate = line.Add("evaluate", "What another way of choosing brings",
                           "Marketing", R"(Examples:
  trato evaluate shop.trato uniform --since 2011-06-01
  trato evaluate shop.trato explore --explore 10
  trato evaluate shop.trato fixed --offer tea --offer lights --value
  trato evaluate --table choices.csv --column reward=click

POLICY: greedy takes the first offer that a decision ranked, uniform any of
them, explore any in --explore percent of the cases, fixed the first --offer
that was among them. A table has of each choice its probability, its reward, and
target, how likely the other way makes it; of a model, predicted and expected.
Where the log cannot say, it is told why, and the exit code is 1.)",
                           RunEvaluate, &command);
  command->add_option("STORE", evaluate->store, "The store's file");
  command->add_option("POLICY", evaluate->policy,
                      "greedy, uniform, explore or fixed");
  AddOption(command, "--table", "FILE", evaluate->table,
            "Instead: CSV, a row per choice; - is the standard input");
  AddList(command, "--column", "F=HEADER", evaluate->columns,
          "Where a field of the table is, if not under its name");
  AddOption(command, "--explore", "PERCENT", evaluate->explore,
            "Of the choices, drawn evenly");
  AddList(command, "--offer", "NAME", evaluate->offers,
          "Of a fixed policy, the best first");
  command->add_flag("--value", evaluate->value,
                    "Count what a yes is worth, not how many there are");
  AddOption(command, "--since", "TIME", evaluate->since, "Decisions from here");
  AddOption(command, "--until", "TIME", evaluate->until, "Decisions before");
  AddNow(command, *evaluate);
  AddPast(command, *evaluate);
  AddJson(command, *evaluate);
}

}  // namespace

void AddEvaluateCommand(CommandLine& line) {
  AddEvaluate(line);
  CLI::App* command = nullptr;
  auto compare = line.Add("compare", "Compare the arms of an experiment",
                          "Marketing", R"(Examples:
  trato compare control=10000:500 new=10050:571
  trato compare "old=812:40210.5:5120331" "new=807:43350:5520117"

Of each arm how many customers it has, and how many said yes, or the sum of
what is compared and the sum of its squares. The first is what the others are
compared with. The intervals hold however often you look; arms that did not get
the customers that they should are not compared, and the exit code is 1.)",
                          RunCompare, &command);
  command->add_option("ARM", compare->arms, "NAME=CUSTOMERS:YES, two or more")
      ->required();
  AddOption(command, "--planned", "N", compare->planned,
            "Customers of two arms at which it is sharpest (else: 10000)");
  AddOption(command, "--level", "P", compare->level,
            "How often it may be wrong (else: 0.05)");
  AddJson(command, *compare);
}

}  // namespace trato_cli
