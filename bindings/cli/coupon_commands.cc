// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// coupon issue, redeem, reverse, show, list.

#include <cstdint>
#include <string>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct CouponOptions : CommonOptions {
  std::string customer;
  std::string offer;
  std::string code;
  std::string key;
  // Of an issue.
  std::string gives;
  std::string gift;
  std::string until;
  std::string span;
  bool for_ever = false;
  std::string decision;
  std::int64_t uses = 1;
  std::int64_t count = 1;
  // Of a redemption.
  std::string purchase;
  std::string basket;
  std::string at;
  bool dry_run = false;
  // Of a reversal.
  std::string redemption;
  std::string reason;
  std::int64_t limit = 100;
};

Buffer& Show(const Store& store, std::string_view code, std::int64_t now_us,
             Buffer& answer) {
  trato_error error = TRATO_ERROR_INIT;
  Check(
      trato_coupon_show(store.get(), View(code), now_us, answer.out(), &error),
      error);
  return answer;
}

std::string Holder(const Json& coupon) {
  const std::string customer = Text(coupon, "customer");
  return customer.empty() ? "the bearer" : Printable(customer);
}

std::string Deadline(const Json& coupon) {
  const std::string deadline = Moment(coupon, "deadline");
  return deadline.empty() ? "no deadline" : "until " + deadline;
}

// "tea_lights for shop:12748", "2.00 EUR", "until 2011-12-20 00:00".
std::vector<std::string> Described(const Json& coupon) {
  std::vector<std::string> parts = {Printable(Text(coupon, "offer")) + " for " +
                                    Holder(coupon)};
  const Json& gives = coupon.at("gives");
  if (Text(gives, "kind") != "offer") {
    parts.push_back(Printable(Text(gives, "text")));
  }
  parts.push_back(Deadline(coupon));
  return parts;
}

std::string Uses(const Json& coupon) {
  return Number(coupon.at("uses_left").get<std::uint64_t>()) + " of " +
         Count(coupon.at("uses").get<std::uint64_t>(), "use") + " left";
}

// What "--gives" says: "2 EUR", "12.5%".
trato_coupon_options ToTerms(const CouponOptions& options, const Store& store,
                             Money& money) {
  trato_coupon_options coupon = TRATO_COUPON_OPTIONS_INIT;
  if (!options.gives.empty() && !options.gift.empty()) {
    throw Failure("--gives and --gift: a coupon gives one of them");
  }
  if (options.gives.ends_with('%')) {
    std::string number = options.gives;
    do {
      number.pop_back();
    } while (number.ends_with(' '));
    const std::int64_t points = ParseDecimal(number, 2, "--gives");
    if (points <= 0 || points > 10000) {
      throw Failure("--gives: \"" + options.gives +
                    "\" is not above 0% and up to 100%");
    }
    coupon.gives = TRATO_COUPON_PERCENT;
    coupon.basis_points = static_cast<std::uint32_t>(points);
  } else if (!options.gives.empty()) {
    money = ParseMoney(options.gives, store.Currency(), "--gives");
    coupon.gives = TRATO_COUPON_MONEY;
    coupon.amount_minor = money.minor;
    coupon.currency = View(money.currency);
  } else if (!options.gift.empty()) {
    coupon.gives = TRATO_COUPON_GIFT;
    coupon.product = View(options.gift);
  }
  if (options.uses < 1 || options.uses > 1'000'000'000) {
    throw Failure("--uses: 1 to 1,000,000,000 is needed");
  }
  coupon.uses = static_cast<std::uint32_t>(options.uses);
  if (!options.until.empty()) {
    coupon.valid_until_us = store.ParseTime(options.until, "--until");
  }
  coupon.span = View(options.span);
  coupon.flags = options.for_ever ? TRATO_COUPON_FOR_EVER : 0;
  if (!options.decision.empty()) {
    coupon.decision = ParseId(options.decision, "--decision");
  }
  return coupon;
}

void RunIssue(const CouponOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  // "-" stands for whoever has the code.
  const std::string customer = options.customer == "-" ? "" : options.customer;
  Money money;
  const trato_coupon_options terms = ToTerms(options, store, money);
  trato_error error = TRATO_ERROR_INIT;
  if (options.count != 1) {
    if (!customer.empty()) {
      throw Failure("--count: several are the bearer's, so CUSTOMER is -");
    }
    if (options.count < 1 || options.count > 1'000'000) {
      throw Failure("--count: 1 to 1,000,000 is needed");
    }
    std::vector<trato_coupon_code> codes(
        static_cast<std::size_t>(options.count));
    Check(trato_coupon_issue_many(store.get(), View(options.offer), &terms,
                                  codes.size(), now_us, nullptr, codes.data(),
                                  &error),
          error);
    store.Close();
    std::string text;
    for (const trato_coupon_code& code : codes) {
      text += code.text;
      text += '\n';
    }
    output.Write(text);
    return;
  }
  Buffer code;
  Check(trato_coupon_issue(store.get(), View(customer), View(options.offer),
                           &terms, now_us, nullptr, code.out(), &error),
        error);
  Buffer answer;
  const std::vector<std::string> described =
      Described(Show(store, code.view(), now_us, answer).json());
  store.Close();
  output.Facts(std::string(code.view()), described);
  if (output.terminal().present) {
    output.Line(output.terminal().Styled(
        Style::kFaint, "this is the only time the code is shown"));
  }
}

void RunRedeem(const CouponOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_coupon_redemption redemption = TRATO_COUPON_REDEMPTION_INIT;
  redemption.code = View(options.code);
  redemption.customer = View(options.customer);
  redemption.key = View(options.key);
  if (!options.purchase.empty()) {
    redemption.purchase = ParseId(options.purchase, "--purchase");
  }
  Money basket;
  if (!options.basket.empty()) {
    basket = ParseMoney(options.basket, store.Currency(), "--basket");
    redemption.flags |= TRATO_REDEMPTION_HAS_BASKET;
    redemption.basket_minor = basket.minor;
    redemption.currency = View(basket.currency);
  }
  if (!options.at.empty()) {
    redemption.flags |= TRATO_REDEMPTION_REPORTED;
    redemption.at_us = store.ParseTime(options.at, "--happened");
  }
  if (options.dry_run) redemption.flags |= TRATO_REDEMPTION_DRY_RUN;
  trato_coupon_result result = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_coupon_redeem(store.get(), &redemption, now_us, nullptr, &result,
                            &error),
        error);
  Buffer answer;
  const Json coupon = Show(store, options.code, now_us, answer).json();
  std::vector<std::string> parts = {Described(coupon).front()};
  if (options.dry_run) {
    parts.emplace_back("nothing was recorded");
  } else if (result.holds == 0) {
    parts.emplace_back("all uses were taken");
  } else {
    parts.push_back(Moment(coupon, "redeemed"));
  }
  if (result.amount_minor != 0) {
    parts.push_back(MoneyText(result.amount_minor, result.currency) + " off");
  } else if (Text(coupon.at("gives"), "kind") != "offer") {
    parts.push_back(Printable(Text(coupon.at("gives"), "text")));
  }
  if (coupon.at("uses") != 1) parts.push_back(Uses(coupon));
  store.Close();
  output.Facts(options.dry_run ? "would be redeemed" : "redeemed", parts);
}

void RunReverse(const CouponOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_id id = {};
  if (!options.redemption.empty()) {
    id = ParseId(options.redemption, "--redemption");
  }
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_coupon_reverse(store.get(), View(options.code),
                             options.redemption.empty() ? nullptr : &id,
                             View(options.reason), View(options.key), now_us,
                             nullptr, &error),
        error);
  Buffer answer;
  const Json coupon = Show(store, options.code, now_us, answer).json();
  store.Close();
  output.Facts("reversed", {Described(coupon).front(), Text(coupon, "state"),
                            Uses(coupon)});
}

void RunShow(const CouponOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  Show(store, options.code, options.Now(store), answer);
  if (options.json) return WriteJson(output, answer.view());
  const Json coupon = answer.json();
  std::vector<std::string> parts = Described(coupon);
  parts.push_back("issued " + Moment(coupon, "issued"));
  if (coupon.at("uses") != 1) parts.push_back(Uses(coupon));
  const std::string redeemed = Moment(coupon, "redeemed");
  if (!redeemed.empty()) parts.push_back("redeemed " + redeemed);
  output.Facts(Text(coupon, "state"), parts);
  Table table({{"redeemed", Align::kLeft},
               {"by", Align::kLeft, Fit::kShrink},
               {"off", Align::kRight, Fit::kDrop},
               {"takes", Align::kLeft},
               {"id", Align::kLeft, Fit::kDrop}});
  for (const Json& use : coupon.at("redemptions")) {
    const std::string why = Text(use, "why");
    table.AddRow({Moment(use, "at"), Text(use, "customer"), Text(use, "amount"),
                  why.empty() ? "a use" : "none: " + why, Text(use, "id")});
  }
  if (!table.empty()) output.Write(table.Render(output.terminal(), 2));
}

void RunList(const CouponOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  if (options.limit < 1) throw Failure("--limit: at least 1 is needed");
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_coupon_list(store.get(), View(options.customer),
                          View(options.offer),
                          static_cast<std::size_t>(options.limit),
                          options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"for", Align::kLeft, Fit::kShrink},
               {"gives", Align::kLeft, Fit::kShrink},
               {"issued", Align::kLeft, Fit::kDrop},
               {"", Align::kLeft},
               {"coupons", Align::kRight},
               {"redeemed", Align::kRight},
               {"left", Align::kRight}});
  const Json list = answer.json();
  for (const Json& it : list.at("coupons")) {
    const auto number = [&](const char* name) {
      return Number(it.at(name).get<std::uint64_t>());
    };
    table.AddRow({Text(it, "offer"), Holder(it), Text(it.at("gives"), "text"),
                  Moment(it, "issued"), Deadline(it), number("coupons"),
                  number("redeemed"), number("uses_left")});
  }
  output.Write(table.empty() ? "no coupons\n"
                             : table.Render(output.terminal(), 0));
  const auto issues = list.at("issues").get<std::uint64_t>();
  if (issues > list.at("coupons").size()) {
    output.Line(Number(issues - list.at("coupons").size()) +
                " older issues are left out (--limit)");
  }
}

}  // namespace

void AddCouponCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* coupon = line.AddGroup(
      "coupon", "Codes that hold once, or so often as is said", "Marketing");

  auto issue = line.Add(coupon, "issue", "Issue a coupon for an offer",
                        R"(Examples:
  trato coupon issue shop.trato shop:12748 come_back
  trato coupon issue shop.trato shop:12748 come_back --gives 2.00 --within 10d
  trato coupon issue shop.trato - spring --gives 10% --count 1000

Without --gives or --gift it gives the offer's discount as it is now. The store
keeps the code's hash only: this is the only time it is seen. A deadline after
so long goes by the clock of the customer's own zone (the attribute time_zone),
else of the store's.)",
                        RunIssue, &command);
  AddStore(command, *issue);
  AddArgument(command, "CUSTOMER", issue->customer,
              "Any identifier, namespace:value; - for whoever has the code");
  AddArgument(command, "OFFER", issue->offer, "The offer");
  AddOption(command, "--gives", "AMOUNT", issue->gives,
            "Money or percent off, such as 2.00, \"2 EUR\" or 10%");
  AddOption(command, "--gift", "PRODUCT", issue->gift, "A product");
  command->add_option("--uses", issue->uses, "How often it can be redeemed (1)")
      ->type_name("N");
  AddOption(command, "--decision", "ID", issue->decision,
            "It comes of this one: its use is an outcome");
  AddOption(command, "--until", "TIME", issue->until,
            "Until before then (else: as the offer says)");
  AddOption(command, "--within", "SPAN", issue->span,
            "For so long after issue, such as 10d");
  command->add_flag("--for-ever", issue->for_ever,
                    "Without a deadline, whatever the offer says");
  command->add_option("--count", issue->count, "Issue so many, one code a line")
      ->type_name("N");
  AddNow(command, *issue);

  auto redeem = line.Add(coupon, "redeem", "Redeem a coupon",
                         R"(Examples:
  trato coupon redeem shop.trato X28FWS-6MJ015-P2369Y --customer shop:12748
  trato coupon redeem shop.trato X28FWS-6MJ015-P2369Y --basket 19.90 --dry-run

Letter case, blanks and hyphens do not matter; O, I, L are read as 0, 1, 1. When
the purchase is retracted, or returned whole, the use is free again.)",
                         RunRedeem, &command);
  AddStore(command, *redeem);
  AddArgument(command, "CODE", redeem->code, "The coupon's code");
  AddOption(command, "--customer", "CUSTOMER", redeem->customer,
            "Who redeems it (else: anybody)");
  AddOption(command, "--key", "KEY", redeem->key,
            "Idempotency key: sent again, it succeeds again");
  AddOption(command, "--basket", "AMOUNT", redeem->basket,
            "What it is taken off, such as 19.90 or \"19.90 EUR\"");
  AddOption(command, "--purchase", "ID", redeem->purchase,
            "The fact id of the purchase; it may come later");
  AddOption(command, "--happened", "TIME", redeem->at,
            "It was redeemed elsewhere then, and is only told");
  command->add_flag("--dry-run", redeem->dry_run, "Check, and record nothing");
  AddNow(command, *redeem);

  auto reverse = line.Add(coupon, "reverse", "Take a redemption back",
                          R"(Example:
  trato coupon reverse shop.trato X28FWS-6MJ015-P2369Y --reason "wrong basket"

Its use is free again from now on.)",
                          RunReverse, &command);
  AddStore(command, *reverse);
  AddArgument(command, "CODE", reverse->code, "The coupon's code");
  AddOption(command, "--redemption", "ID", reverse->redemption,
            "Which one, as coupon show tells (else: the only one)");
  AddOption(command, "--reason", "TEXT", reverse->reason, "Why");
  AddOption(command, "--key", "KEY", reverse->key,
            "Idempotency key: sent again, it succeeds again");
  AddNow(command, *reverse);

  auto show = line.Add(coupon, "show", "Show a coupon as it stands",
                       R"(Example:
  trato coupon show shop.trato X28FWS-6MJ015-P2369Y)",
                       RunShow, &command);
  AddStore(command, *show);
  AddArgument(command, "CODE", show->code, "The coupon's code");
  AddNow(command, *show);
  AddPast(command, *show);
  AddJson(command, *show);

  auto list = line.Add(coupon, "list", "List what was issued, newest first",
                       R"(Examples:
  trato coupon list shop.trato
  trato coupon list shop.trato --customer shop:12748)",
                       RunList, &command);
  AddStore(command, *list);
  AddOption(command, "--customer", "CUSTOMER", list->customer,
            "The customer's own (else: everybody's)");
  AddOption(command, "--offer", "OFFER", list->offer, "For this offer only");
  command->add_option("--limit", list->limit, "At most so many issues (100)")
      ->type_name("N");
  AddNow(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);
}

}  // namespace trato_cli
