// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// permit give, use, show; purchases match, link; product and channel define.

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct GiveOptions : CommonOptions {
  std::string customer;
  std::string channel;
  std::string purpose;
  std::string offer;
  std::string decision;
  std::string lasts;
};

Buffer& ShowPermit(const Store& store, const trato_id& id, std::int64_t now_us,
                   Buffer& answer) {
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_permit_show(store.get(), &id, now_us, answer.out(), &error),
        error);
  return answer;
}

void WritePermit(const Json& permit, Output& output) {
  std::vector<std::string> parts = {Printable(Text(permit, "customer")),
                                    Printable(Text(permit, "channel"))};
  for (const char* part : {"address", "offer", "purpose"}) {
    if (!permit.at(part).is_null()) {
      parts.push_back(Printable(Text(permit, part)));
    }
  }
  parts.push_back(Text(permit, "state"));
  parts.push_back("until " + Moment(permit, "deadline"));
  output.Facts("permit " + Text(permit, "id"), parts);
}

void RunGive(const GiveOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_permit_request request = TRATO_PERMIT_REQUEST_INIT;
  request.channel = View(options.channel);
  request.purpose = View(options.purpose);
  request.offer = View(options.offer);
  request.lasts = View(options.lasts);
  if (!options.decision.empty()) {
    request.has_decision = 1;
    request.decision = ParseId(options.decision, "--decision");
  }
  trato_permit permit = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_permit_give(store.get(), View(options.customer), &request, now_us,
                          nullptr, &permit, nullptr, &error),
        error);
  Buffer answer;
  ShowPermit(store, permit.id, now_us, answer);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  WritePermit(answer.json(), output);
}

struct PermitOptions : CommonOptions {
  std::string id;
};

void RunUse(const PermitOptions& options, Output& output) {
  Store store(options.store);
  const trato_id id = ParseId(options.id, "permit");
  const std::int64_t now_us = options.Now(store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_permit_use(store.get(), &id, now_us, nullptr, &error), error);
  const std::string at = store.Moment(now_us);
  store.Close();
  output.Line("permit " + IdText(id) + " · used " + at);
}

void RunShow(const PermitOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  ShowPermit(store, ParseId(options.id, "permit"), options.Now(store), answer);
  if (options.json) return WriteJson(output, answer.view());
  WritePermit(answer.json(), output);
}

struct MatchOptions : CommonOptions {
  std::string since;
  std::string until;
};

void RunMatch(const MatchOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_purchases_match(store.get(),
                              store.ParseTime(options.since, "--since"),
                              options.until.empty()
                                  ? now_us
                                  : store.ParseTime(options.until, "--until"),
                              now_us, nullptr, answer.out(), &error),
        error);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  const Json counts = answer.json();
  output.Line(Count(Counted(counts, "purchases"), "purchase") + " · " +
              Number(Counted(counts, "linked")) + " of a decision · " +
              Number(Counted(counts, "organic")) + " of none · " +
              Number(Counted(counts, "known")) + " said before");
}

struct LinkOptions : CommonOptions {
  std::string customer;
  std::string purchase;
  std::string decision;
  std::string reason;
};

void RunLink(const LinkOptions& options, Output& output) {
  Store store(options.store);
  const trato_id purchase = ParseId(options.purchase, "purchase");
  trato_id decision = {};
  const bool is_organic = options.decision == "none";
  if (!is_organic) decision = ParseId(options.decision, "decision");
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_purchase_link(store.get(), View(options.customer), &purchase,
                            is_organic ? nullptr : &decision,
                            View(options.reason), options.Now(store), nullptr,
                            &error),
        error);
  store.Close();
  output.Line("purchase " + IdText(purchase) + " · of " +
              (is_organic ? "no decision" : "decision " + IdText(decision)));
}

struct ProductOptions : CommonOptions {
  std::string id;
  std::string name;
  std::string category;
  std::vector<std::string> substitutes;
};

void RunProduct(const ProductOptions& options, Output& output) {
  Store store(options.store);
  trato_product product = TRATO_PRODUCT_INIT;
  product.id = View(options.id);
  product.name = View(options.name);
  product.category = View(options.category);
  std::vector<trato_str> substitutes;
  for (const std::string& id : options.substitutes) {
    substitutes.push_back(View(id));
  }
  product.substitutes = substitutes.data();
  product.substitute_count = substitutes.size();
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_product_define(store.get(), &product, options.Now(store), nullptr,
                             &error),
        error);
  store.Close();
  std::vector<std::string> parts;
  if (!options.name.empty()) parts.push_back(Printable(options.name));
  if (!options.category.empty()) {
    parts.push_back("below " + Printable(options.category));
  }
  if (!options.substitutes.empty()) {
    parts.push_back(Count(options.substitutes.size(), "substitute"));
  }
  output.Facts(Printable(options.id), parts);
}

struct ChannelOptions : CommonOptions {
  std::string name;
  std::string address;
  std::string description;
};

void RunChannel(const ChannelOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_channel_define(store.get(), View(options.name),
                             View(options.address), View(options.description),
                             options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Facts(Printable(options.name),
               {options.address.empty()
                    ? std::string("channel")
                    : "addresses from " + Printable(options.address)});
}

}  // namespace

void AddPermitCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* permit =
      line.AddGroup("permit", "Leave to contact somebody once", "Marketing");

  auto give = line.Add(permit, "give", "Ask for leave, and the address",
                       R"(Examples:
  trato permit give shop.trato shop:12748 --channel email --purpose marketing
  trato permit give shop.trato shop:12748 \
      --decision 0d4f5b8c2e9a41768f3b6d1c7a205e94)",
                       RunGive, &command);
  AddStore(command, *give);
  AddArgument(command, "CUSTOMER", give->customer,
              "Any identifier, namespace:value");
  AddOption(command, "--channel", "CHANNEL", give->channel,
            "How (else: the decision's)");
  AddOption(command, "--purpose", "PURPOSE", give->purpose,
            "What for (else: the offer's)");
  AddOption(command, "--offer", "NAME", give->offer,
            "What about (else: the decision's)");
  AddOption(command, "--decision", "ID", give->decision, "What it carries out");
  AddOption(command, "--lasts", "SPAN", give->lasts,
            "Unused it lapses after (else: 1d)");
  AddNow(command, *give);
  AddJson(command, *give);

  auto use = line.Add(permit, "use", "Say that the contact was made",
                      R"(Example:
  trato permit use shop.trato 0d4f5b8c2e9a41768f3b6d1c7a205e94)",
                      RunUse, &command);
  AddStore(command, *use);
  AddArgument(command, "PERMIT", use->id, "Its id");
  AddNow(command, *use);

  auto show = line.Add(permit, "show", "Show a permit", R"(Example:
  trato permit show shop.trato 0d4f5b8c2e9a41768f3b6d1c7a205e94)",
                       RunShow, &command);
  AddStore(command, *show);
  AddArgument(command, "PERMIT", show->id, "Its id");
  AddNow(command, *show);
  AddPast(command, *show);
  AddJson(command, *show);

  CLI::App* purchases =
      line.AddGroup("purchases", "Which decision they came of", "Marketing");
  auto match = line.Add(purchases, "match", "Link purchases to decisions",
                        R"(Example:
  trato purchases match shop.trato --since 2011-11-01)",
                        RunMatch, &command);
  AddStore(command, *match);
  AddOption(command, "--since", "TIME", match->since, "Purchases from then on")
      ->required();
  AddOption(command, "--until", "TIME", match->until,
            "Purchases before (else: now)");
  AddNow(command, *match);
  AddJson(command, *match);

  auto link = line.Add(purchases, "link", "Say it of one purchase", R"(Example:
  trato purchases link shop.trato shop:12748 \
      5b8c0d4f2e9a41768f3b6d1c7a205e94 none --reason "asked for it herself")",
                       RunLink, &command);
  AddStore(command, *link);
  AddArgument(command, "CUSTOMER", link->customer, "Who bought");
  AddArgument(command, "PURCHASE", link->purchase, "The purchase's fact id");
  AddArgument(command, "DECISION", link->decision, "Its id, or none");
  AddOption(command, "--reason", "TEXT", link->reason, "Why");
  AddNow(command, *link);

  CLI::App* product =
      line.AddGroup("product", "Products and their categories", "Marketing");
  auto define = line.Add(product, "define", "Define a product or a category",
                         R"(Examples:
  trato product define shop.trato 84946 --name "Tea lights" --category candles
  trato product define shop.trato candles --category home)",
                         RunProduct, &command);
  AddStore(command, *define);
  AddArgument(command, "ID", define->id, "The product or category");
  AddOption(command, "--name", "TEXT", define->name, "For people");
  AddOption(command, "--category", "ID", define->category,
            "What it stands below");
  AddList(command, "--substitute", "ID", define->substitutes,
          "What does instead, best first");
  AddNow(command, *define);

  CLI::App* channel =
      line.AddGroup("channel", "Where customers are met", "Marketing");
  auto meet = line.Add(channel, "define", "Define a channel", R"(Example:
  trato channel define shop.trato sms --address phone)",
                       RunChannel, &command);
  AddStore(command, *meet);
  AddArgument(command, "NAME", meet->name, "The channel");
  AddOption(command, "--address", "NAME", meet->address,
            "The namespace or attribute with what to reach them by");
  AddOption(command, "--description", "TEXT", meet->description, "For people");
  AddNow(command, *meet);
}

}  // namespace trato_cli
