// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// offer effects: what came of each offer, and what would have been sold anyway.

#include <cmath>
#include <string>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct EffectOptions : CommonOptions {
  std::string offer;
  std::string within = "30d";
  std::string since;
  std::string until;
  long long planned = 0;
};

std::string Rounded(const Json& number) {
  return Figure(number.get<double>(), 1);
}

void AddEffect(const Json& it, const std::string& currency, Table& table) {
  const Json& attributed = it.at("attributed");
  std::vector<std::string> row = {Printable(Text(it, "offer")),
                                  Printable(Text(it, "policy"))};
  const auto customers = [&](const char* side) {
    return it.at(side).is_null() ? std::string()
                                 : Number(Counted(it.at(side), "customers"));
  };
  row.push_back(customers("offered"));
  row.push_back(customers("held_out"));
  row.push_back(Number(Counted(attributed, "customers")));
  if (!it.at("answerable").get<bool>()) {
    row.insert(row.end(), {"", "", "", "", Text(it, "why")});
    return table.AddRow(row);
  }
  const Json& buyers = it.at("incremental").at("buyers");
  const Json& amount = it.at("incremental").at("amount_minor");
  row.push_back(Rounded(it.at("organic").at("buyers")));
  row.push_back(Rounded(buyers.at("estimate")));
  row.push_back(Rounded(buyers.at("always_low")) + " to " +
                Rounded(buyers.at("always_high")));
  row.push_back(
      MoneyText(std::llround(amount.at("estimate").get<double>()), currency));
  table.AddRow(row);
}

void RunEffects(const EffectOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  constexpr std::int64_t kYearOne = -62135596800000000;
  Check(trato_offer_effects(
            store.get(), View(options.offer), View(options.within),
            options.since.empty() ? kYearOne
                                  : store.ParseTime(options.since, "--since"),
            options.until.empty() ? now_us
                                  : store.ParseTime(options.until, "--until"),
            options.planned, now_us, answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json report = answer.json();
  Table table({{"offer", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"policy"},
               {"offered", Align::kRight},
               {"left out", Align::kRight},
               {"said yes", Align::kRight},
               {"anyway", Align::kRight},
               {"of the offer", Align::kRight},
               {"whenever you look"},
               {"amount", Align::kRight},
               {"", Align::kLeft, Fit::kWrap}});
  for (const Json& it : report.at("offers")) {
    AddEffect(it, Text(report, "currency"), table);
  }
  if (table.empty()) return output.Line("no offers");
  output.Write(table.Render(output.terminal(), 0));
}

}  // namespace

void AddEffectCommand(CommandLine& line, CLI::App* offer) {
  CLI::App* command = nullptr;
  auto effects = line.Add(offer, "effects", "What came of the offers alone",
                          R"(Examples:
  trato offer effects shop.trato --since 2011-06-01 --within 14d
  trato offer effects shop.trato tea_lights

Of the customers who were offered: who said yes, who would have bought anyway,
as those tell who were left out by a policy, and what came of the offer beyond
that. The interval holds however often you look.)",
                          RunEffects, &command);
  AddStore(command, *effects);
  command->add_option("OFFER", effects->offer, "One offer (else: all)");
  AddOption(command, "--within", "SPAN", effects->within,
            "How long a purchase may take (default 30d)");
  AddOption(command, "--since", "TIME", effects->since, "Decisions from here");
  AddOption(command, "--until", "TIME", effects->until, "Decisions before");
  command
      ->add_option("--planned", effects->planned,
                   "Customers at which the interval is sharpest (else: 10000)")
      ->type_name("N");
  AddNow(command, *effects);
  AddPast(command, *effects);
  AddJson(command, *effects);
}

}  // namespace trato_cli
