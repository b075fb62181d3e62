// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// offer define, list, report.

#include <algorithm>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct DefineOptions : CommonOptions {
  std::string name;
  std::string title;
  std::vector<std::string> products;
  std::string value;
  std::string discount;
  std::string when;
  std::string from;
  std::string until;
  std::string coupon;
  std::string purpose;
  std::string channel;
};

// "10%" or "12.5 %" in basis points.
std::uint32_t ParsePercent(const std::string& text) {
  std::string number = text.substr(0, text.find('%'));
  while (number.ends_with(' ')) number.pop_back();
  const std::int64_t points = ParseDecimal(number, 2, "--discount");
  if (points < 0 || points > 10000) {
    throw Failure("--discount: \"" + text + "\" is not within 0% and 100%");
  }
  return static_cast<std::uint32_t>(points);
}

// What was defined.
std::vector<std::string> Summary(const Store& store, const trato_offer& offer,
                                 const std::string& currency) {
  std::vector<std::string> parts = {"worth " +
                                    MoneyText(offer.value_minor, currency)};
  if (offer.discount_basis_points > 0) {
    parts.push_back(DecimalText(offer.discount_basis_points, 2) + " % off");
  }
  if (offer.discount_minor != 0) {
    parts.push_back(MoneyText(offer.discount_minor, currency) + " off");
  }
  if (offer.product_count > 0) {
    parts.push_back(Count(offer.product_count, "product"));
  }
  if (offer.valid_from_us != INT64_MIN) {
    parts.push_back("from " + store.Moment(offer.valid_from_us));
  }
  if (offer.valid_until_us != INT64_MAX) {
    parts.push_back("until " + store.Moment(offer.valid_until_us));
  }
  return parts;
}

void RunDefine(const DefineOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  const Money value = ParseMoney(options.value, store.Currency(), "--value");
  trato_offer offer = TRATO_OFFER_INIT;
  offer.name = View(options.name);
  offer.title = View(options.title);
  offer.currency = View(value.currency);
  offer.value_minor = value.minor;
  if (options.discount.ends_with('%')) {
    offer.discount_basis_points = ParsePercent(options.discount);
  } else if (!options.discount.empty()) {
    const Money discount =
        ParseMoney(options.discount, value.currency, "--discount");
    if (discount.currency != value.currency) {
      throw Failure("--discount: its currency is not that of the value, " +
                    value.currency);
    }
    offer.discount_minor = discount.minor;
  }
  std::vector<trato_str> products;
  for (const std::string& product : options.products) {
    products.push_back(View(product));
  }
  offer.products = products.data();
  offer.product_count = products.size();
  offer.eligibility = View(options.when);
  if (!options.from.empty()) {
    offer.valid_from_us = store.ParseTime(options.from, "--from");
  }
  if (!options.until.empty()) {
    offer.valid_until_us = store.ParseTime(options.until, "--until");
  }
  offer.coupon_span = View(options.coupon);
  offer.purpose = View(options.purpose);
  offer.channel = View(options.channel);

  trato_error error = TRATO_ERROR_INIT;
  Check(trato_offer_define(store.get(), &offer, now_us, nullptr, &error), error,
        options.when);
  std::vector<std::string> parts = Summary(store, offer, value.currency);
  if (!options.when.empty()) {
    trato_segment_size size = {};
    Check(trato_segment_preview(store.get(), offer.eligibility, now_us, &size,
                                &error),
          error, options.when);
    parts.push_back("for " + Number(size.members) + " of " +
                    Count(size.customers, "customer"));
  }
  store.Close();
  output.Facts(Printable(options.name), parts);
}

Buffer& Report(const Store& store, std::int64_t now_us, Buffer& answer) {
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_offer_report(store.get(), now_us, answer.out(), &error), error);
  return answer;
}

void RunList(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Table table({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"title", Align::kLeft, Fit::kShrink}});
  Buffer answer;
  const Json report = Report(store, options.Now(store), answer).json();
  for (const Json& offer : report.at("offers")) {
    table.AddRow({Text(offer, "offer"), Text(offer, "title")});
  }
  output.Write(table.empty() ? "no offers\n"
                             : table.Render(output.terminal(), 0));
}

void RunReport(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  Report(store, options.Now(store), answer);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"decided", Align::kRight},
               {"shown", Align::kRight},
               {"accepted", Align::kRight},
               {"refused", Align::kRight},
               {"response", Align::kRight},
               {"coupons", Align::kRight, Fit::kDrop},
               {"redeemed", Align::kRight, Fit::kDrop}});
  const Json report = answer.json();
  for (const Json& offer : report.at("offers")) {
    const Json& rate = offer.at("response_rate");
    std::vector<std::string> row = {Text(offer, "offer")};
    for (const char* name : {"decided", "shown", "accepted", "refused"}) {
      row.push_back(Number(Counted(offer, name)));
    }
    row.push_back(rate.is_number() ? Percent(rate.get<double>()) : "–");
    for (const char* name : {"coupons_issued", "coupons_redeemed"}) {
      row.push_back(Number(Counted(offer, name)));
    }
    table.AddRow(row);
  }
  output.Write(table.empty() ? "no offers\n"
                             : table.Render(output.terminal(), 0));
}

}  // namespace

void AddOfferCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* offer = line.AddGroup("offer", "Proposals to buy", "Marketing");

  auto define = line.Add(offer, "define", "Define an offer, or redefine it",
                         R"(Examples:
  trato offer define shop.trato tea_lights --title "Tea lights, 12 pack" \
      --product 84946 --product 22178 --value 4.80 --discount 10%
  trato offer define shop.trato come_back --product 22423 --value 3.00 \
      --coupon 10d --when 'interactions("purchase").within("90d").count() == 0')",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->name, "The offer");
  AddOption(command, "--value", "AMOUNT", define->value,
            "Worth to you when taken, before the discount")
      ->required();
  AddOption(command, "--title", "TEXT", define->title,
            "For people (else: the name)");
  AddList(command, "--product", "ID", define->products,
          "A product it proposes; may be repeated")
      ->required();
  AddOption(command, "--discount", "DISCOUNT", define->discount,
            "Money off, 1.00, or a share, 10%");
  AddOption(command, "--when", "EXPRESSION", define->when,
            "Whom it is for (else: everybody)");
  AddOption(command, "--from", "TIME", define->from,
            "When it begins (else: it always held)");
  AddOption(command, "--until", "TIME", define->until,
            "When it has ended (else: it never does)");
  AddOption(command, "--coupon", "SPAN", define->coupon,
            "How long its coupons hold, such as 10d (else: for ever)");
  AddOption(command, "--purpose", "PURPOSE", define->purpose,
            "Only for who consented to it (else: who does not object)");
  AddOption(command, "--channel", "CHANNEL", define->channel,
            "Of that consent (else: any one)");
  AddNow(command, *define);

  auto list = line.Add(offer, "list", "Show all offers",
                       R"(Example:
  trato offer list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddNow(command, *list);
  AddPast(command, *list);

  auto report = line.Add(offer, "report", "What became of each offer",
                         R"(Example:
  trato offer report shop.trato --now 2011-12-10)",
                         RunReport, &command);
  AddStore(command, *report);
  AddNow(command, *report);
  AddPast(command, *report);
  AddJson(command, *report);
}

}  // namespace trato_cli
