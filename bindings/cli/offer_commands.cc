// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// offer define, list, versions, report.

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
  std::vector<std::string> categories;
  std::vector<std::string> needs;
  std::string cost;
  std::string benefit;
  std::string when;
  std::string applicability;
  std::string suitability;
  std::string context;
  double lever = 1;
  std::int64_t stock = -1;
  std::string budget;
  std::string issue;
  std::string group;
  std::string from;
  std::string until;
  std::string answer;
  std::string coupon;
  std::string purpose;
  std::string channel;
  std::vector<std::string> variants;
};

// Money beside the offer's value, in its currency.
std::int64_t MinorBeside(const std::string& text, const Money& value,
                         const std::string& option) {
  if (text.empty()) return 0;
  const Money money = ParseMoney(text, value.currency, option);
  if (money.currency != value.currency) {
    throw Failure(option + ": its currency is not that of the value, " +
                  value.currency);
  }
  return money.minor;
}

std::vector<trato_str> Views(const std::vector<std::string>& texts) {
  std::vector<trato_str> views;
  for (const std::string& text : texts) views.push_back(View(text));
  return views;
}

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
    offer.discount_minor =
        MinorBeside(options.discount, value, "--discount");
  }
  offer.cost_minor = MinorBeside(options.cost, value, "--cost");
  offer.benefit_minor = MinorBeside(options.benefit, value, "--benefit");
  if (!options.budget.empty()) {
    offer.budget_minor = MinorBeside(options.budget, value, "--budget");
  }
  if (options.stock >= 0) offer.stock = options.stock;
  offer.lever = options.lever;
  const std::vector<trato_str> products = Views(options.products);
  offer.products = products.data();
  offer.product_count = products.size();
  const std::vector<trato_str> categories = Views(options.categories);
  offer.categories = categories.data();
  offer.category_count = categories.size();
  const std::vector<trato_str> needs = Views(options.needs);
  offer.needs = needs.data();
  offer.need_count = needs.size();
  std::vector<trato_offer_variant> variants;
  for (const std::string& variant : options.variants) {
    const std::size_t equals = variant.find('=');
    const std::string_view text(variant);
    trato_offer_variant& added = variants.emplace_back();
    added.channel = View(text.substr(0, equals));
    added.title = View(equals == std::string::npos ? std::string_view()
                                                   : text.substr(equals + 1));
    added.content = View(std::string_view());
  }
  offer.variants = variants.data();
  offer.variant_count = variants.size();
  offer.issue = View(options.issue);
  offer.group = View(options.group);
  offer.eligibility = View(options.when);
  offer.applicability = View(options.applicability);
  offer.suitability = View(options.suitability);
  offer.context = View(options.context);
  offer.respond_within = View(options.answer);
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
  std::string text = options.when;
  for (const std::string& other :
       {options.applicability, options.suitability, options.context}) {
    if (text.empty()) text = other;
  }
  Check(trato_offer_define(store.get(), &offer, now_us, nullptr, &error), error,
        text);
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

struct VersionsOptions : CommonOptions {
  std::string name;
};

void RunVersions(const VersionsOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_offer_list(store.get(), 1, answer.out(), &error), error);
  for (const Json& offer : answer.json()) {
    if (Text(offer, "offer") != options.name) continue;
    if (options.json) return WriteJson(output, offer.at("versions").dump(2));
    Table table({{"version", Align::kRight},
                 {"defined"},
                 {"value", Align::kRight},
                 {"off", Align::kRight},
                 {"for", Align::kLeft, Fit::kWrap}});
    for (const Json& it : offer.at("versions")) {
      const std::string currency = Text(it, "currency");
      const auto points = it.at("discount_basis_points").get<std::int64_t>();
      const auto off = it.at("discount_minor").get<std::int64_t>();
      const Json& when = it.at("eligibility");
      table.AddRow({Number(Counted(it, "version")), Moment(it, "defined"),
                    MoneyText(it.at("value_minor").get<std::int64_t>(),
                              currency),
                    points > 0 ? DecimalText(points, 2) + " %"
                    : off > 0  ? MoneyText(off, currency)
                               : "–",
                    when.is_null() ? "everybody" : when.get<std::string>()});
    }
    output.Write(table.Render(output.terminal(), 0));
    return;
  }
  throw Failure("no offer is called \"" + options.name + "\"");
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
            "Worth to you when taken, undiscounted")
      ->required();
  AddOption(command, "--title", "TEXT", define->title,
            "For people (else: the name)");
  AddList(command, "--product", "ID", define->products,
          "A product it proposes; may be repeated");
  AddList(command, "--category", "ID", define->categories,
          "All products below it; may be repeated");
  AddList(command, "--need", "NEED", define->needs,
          "A need it serves; may be repeated");
  AddOption(command, "--issue", "NAME", define->issue, "What it is about");
  AddOption(command, "--group", "NAME", define->group, "Of the issue");
  AddOption(command, "--discount", "DISCOUNT", define->discount,
            "Money off, 1.00, or a share, 10%");
  AddOption(command, "--cost", "AMOUNT", define->cost, "Of making it once");
  AddOption(command, "--benefit", "AMOUNT", define->benefit,
            "Worth to her, beside the discount");
  AddOption(command, "--when", "EXPRESSION", define->when,
            "Whom it is for (else: everybody)");
  AddOption(command, "--applies", "EXPRESSION", define->applicability,
            "Whether it makes sense now");
  AddOption(command, "--suits", "EXPRESSION", define->suitability,
            "Whether it does her good");
  AddOption(command, "--context", "EXPRESSION", define->context,
            "A number that its score is multiplied by");
  command->add_option("--lever", define->lever, "Weight by decree (else: 1)")
      ->type_name("NUMBER");
  command->add_option("--stock", define->stock, "How often it can be taken")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 62));
  AddOption(command, "--budget", "AMOUNT", define->budget,
            "For discounts and costs together");
  AddOption(command, "--from", "TIME", define->from,
            "When it begins (else: it always held)");
  AddOption(command, "--until", "TIME", define->until,
            "When it has ended (else: it never does)");
  AddOption(command, "--answer", "SPAN", define->answer,
            "How long an answer may take: 14d (else: any time)");
  AddOption(command, "--coupon", "SPAN", define->coupon,
            "How long its coupons hold: 10d (else: for ever)");
  AddOption(command, "--purpose", "PURPOSE", define->purpose,
            "Only for who consented (else: who does not object)");
  AddOption(command, "--channel", "CHANNEL", define->channel,
            "Of that consent (else: any one)");
  AddList(command, "--on", "CHANNEL[=TITLE]", define->variants,
          "How it is made on a channel; the best first");
  AddNow(command, *define);

  auto list = line.Add(offer, "list", "Show all offers",
                       R"(Example:
  trato offer list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddNow(command, *list);
  AddPast(command, *list);

  auto versions = line.Add(offer, "versions", "What was in force when",
                           R"(Example:
  trato offer versions shop.trato tea_lights)",
                           RunVersions, &command);
  AddStore(command, *versions);
  AddArgument(command, "NAME", versions->name, "The offer");
  AddPast(command, *versions);
  AddJson(command, *versions);

  AddEffectCommand(line, offer);
  AddAllocateCommand(line, offer);

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
