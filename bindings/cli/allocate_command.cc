// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// offer allocate.

#include <cmath>
#include <cstdint>

#include "bindings/cli/arrow_table.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct AllocateOptions : CommonOptions {
  std::string segment;
  std::string channel;
};

void ShowOffers(const Json& summary, Output& output) {
  Table offers({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
                {"could get it", Align::kRight},
                {"get it", Align::kRight},
                {"left", Align::kRight},
                {"score", Align::kRight}});
  for (const Json& it : summary.at("offers")) {
    offers.AddRow({Text(it, "offer"),
                   Number(it.at("candidates").get<std::uint64_t>()),
                   Number(it.at("planned").get<std::uint64_t>()),
                   it.at("most").is_null()
                       ? "any"
                       : Number(it.at("most").get<std::uint64_t>()),
                   Figure(it.at("score").get<double>(), 1)});
  }
  output.Write(offers.Render(output.terminal(), 2));
}

void RunAllocate(const AllocateOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  trato_allocation_options given = TRATO_ALLOCATION_OPTIONS_INIT;
  given.segment = View(options.segment);
  given.channel = View(options.channel);
  Buffer answer;
  const ArrowTable plan = ReadTable([&](ArrowArrayStream* stream) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_offer_allocate(store.get(), &given, options.Now(store), stream,
                               answer.out(), &error),
          error);
  });
  const Json summary = answer.json();
  if (options.json) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < plan.rows; ++i) rows.push_back(plan.RowJson(i));
    return WriteJson(output,
                     Json{{"summary", summary}, {"plan", rows}}.dump(2) + "\n");
  }
  const double score = summary.at("score").get<double>();
  const double unlimited = summary.at("score_unlimited").get<double>();
  output.Facts(
      "plan",
      {Number(summary.at("planned").get<std::uint64_t>()) + " of " +
           Count(summary.at("customers").get<std::uint64_t>(), "customer"),
       unlimited > 0 ? Percent(score / unlimited) +
                           " of the score that nothing scarce would give"
                     : std::string("no offer is left for anybody")});
  ShowOffers(summary, output);
}

}  // namespace

void AddAllocateCommand(CommandLine& line, CLI::App* offer) {
  CLI::App* command = nullptr;
  auto allocate = line.Add(offer, "allocate",
                           "Plan who should get what is scarce",
                           R"(Examples:
  trato offer allocate shop.trato --now 2011-12-10
  trato offer allocate shop.trato --segment loyal --json

At most one offer for each customer, and of each no more than its stock and its
budget allow, so that the scores of all together are the most that is possible.
It is a plan: nothing is stored. With --json it says who gets what.)",
                           RunAllocate, &command);
  AddStore(command, *allocate);
  AddOption(command, "--segment", "NAME", allocate->segment,
            "Who may get something (default: everybody)");
  AddOption(command, "--channel", "NAME", allocate->channel,
            "On which (default: any)");
  AddNow(command, *allocate);
  AddPast(command, *allocate);
  AddThreads(command, *allocate);
  AddJson(command, *allocate);
}

}  // namespace trato_cli
