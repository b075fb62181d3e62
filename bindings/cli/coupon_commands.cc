// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// coupon issue, redeem, show.

#include <string>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct CouponOptions : CommonOptions {
  std::string customer;
  std::string offer;
  std::string code;
  std::string key;
};

Buffer& Show(const Store& store, std::string_view code, std::int64_t now_us,
             Buffer& answer) {
  trato_error error = TRATO_ERROR_INIT;
  Check(
      trato_coupon_show(store.get(), View(code), now_us, answer.out(), &error),
      error);
  return answer;
}

// "tea_lights for shop:12748", "until 2011-12-20 00:00".
std::vector<std::string> Described(const Json& coupon) {
  const std::string deadline = Moment(coupon, "deadline");
  return {Printable(Text(coupon, "offer")) + " for " +
              Printable(Text(coupon, "customer")),
          deadline.empty() ? "no deadline" : "until " + deadline};
}

void RunIssue(const CouponOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  Buffer code;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_coupon_issue(store.get(), View(options.customer),
                           View(options.offer), now_us, nullptr, code.out(),
                           &error),
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
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_coupon_redeem(store.get(), View(options.code),
                            View(options.customer), View(options.key), now_us,
                            nullptr, &error),
        error);
  Buffer answer;
  const Json coupon = Show(store, options.code, now_us, answer).json();
  store.Close();
  output.Facts("redeemed",
               {Described(coupon).front(), Moment(coupon, "redeemed")});
}

void RunShow(const CouponOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  Show(store, options.code, options.Now(store), answer);
  if (options.json) return WriteJson(output, answer.view());
  const Json coupon = answer.json();
  std::vector<std::string> parts = Described(coupon);
  parts.push_back("issued " + Moment(coupon, "issued"));
  const std::string redeemed = Moment(coupon, "redeemed");
  if (!redeemed.empty()) parts.push_back("redeemed " + redeemed);
  output.Facts(Text(coupon, "state"), parts);
}

}  // namespace

void AddCouponCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* coupon =
      line.AddGroup("coupon", "Personal codes that hold once", "Marketing");

  auto issue = line.Add(coupon, "issue", "Issue a coupon for an offer",
                        R"(Example:
  trato coupon issue shop.trato shop:12748 come_back

The store keeps the code's hash only: this is the only time it is seen.)",
                        RunIssue, &command);
  AddStore(command, *issue);
  AddArgument(command, "CUSTOMER", issue->customer,
              "Any identifier, namespace:value");
  AddArgument(command, "OFFER", issue->offer, "The offer");
  AddNow(command, *issue);

  auto redeem = line.Add(coupon, "redeem", "Redeem a coupon",
                         R"(Example:
  trato coupon redeem shop.trato X28FWS-6MJ015-P2369Y --customer shop:12748

Letter case, blanks and hyphens do not matter; O, I, L are read as 0, 1, 1.)",
                         RunRedeem, &command);
  AddStore(command, *redeem);
  AddArgument(command, "CODE", redeem->code, "The coupon's code");
  AddOption(command, "--customer", "CUSTOMER", redeem->customer,
            "Who redeems it (else: anybody)");
  AddOption(command, "--key", "KEY", redeem->key,
            "Idempotency key: sent again, it succeeds again");
  AddNow(command, *redeem);

  auto show = line.Add(coupon, "show", "Show a coupon as it stands",
                       R"(Example:
  trato coupon show shop.trato X28FWS-6MJ015-P2369Y)",
                       RunShow, &command);
  AddStore(command, *show);
  AddArgument(command, "CODE", show->code, "The coupon's code");
  AddNow(command, *show);
  AddPast(command, *show);
  AddJson(command, *show);
}

}  // namespace trato_cli
