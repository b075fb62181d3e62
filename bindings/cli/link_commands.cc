// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// customer link, unlink, cannot-link, preview.

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

constexpr std::pair<const char*, std::uint32_t> kGuards[] = {
    {"apart", TRATO_GUARD_APART},
    {"single", TRATO_GUARD_SINGLE},
    {"kind", TRATO_GUARD_KIND},
    {"size", TRATO_GUARD_SIZE}};

struct LinkOptions : CommonOptions {
  std::string one;
  std::string other;
  std::string reason;
  std::vector<std::string> overridden;
};

void RunLink(const LinkOptions& options, Output& output) {
  Store store(options.store);
  std::uint32_t overridden = 0;
  for (const std::string& name : options.overridden) {
    for (const auto& [guard, bit] : kGuards) {
      if (name == guard) overridden |= bit;
    }
  }
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_link(store.get(), View(options.one), View(options.other),
                   View(options.reason), overridden, options.Now(store),
                   nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.one) + " and " + Printable(options.other) +
              " are one customer");
}

void RunUnlink(const LinkOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_unlink(store.get(), View(options.one), View(options.other),
                     View(options.reason), options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.one) + " and " + Printable(options.other) +
              " are two customers");
}

void RunCannotLink(const LinkOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_cannot_link(store.get(), View(options.one), View(options.other),
                          View(options.reason), options.Now(store), nullptr,
                          &error),
        error);
  store.Close();
  output.Line(Printable(options.one) + " and " + Printable(options.other) +
              " are never one customer");
}

std::string ValueOf(const Json& attribute, const char* side) {
  return attribute.at(side).is_null() ? "" : Text(attribute.at(side), "text");
}

std::string Joined(const Json& names) {
  std::string text;
  for (const Json& name : names) {
    if (!text.empty()) text += ", ";
    text += Printable(name.get<std::string>());
  }
  return text;
}

void RunPreview(const LinkOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_link_preview(store.get(), View(options.one), View(options.other),
                           options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json preview = answer.json();
  const Terminal& terminal = output.terminal();
  const std::string pair =
      Printable(options.one) + " and " + Printable(options.other);
  if (preview.at("same_customer")) {
    output.Line(pair + " are one customer already");
  } else if (preview.at("allowed")) {
    output.Line(terminal.Styled(Style::kStrong, pair + " can be linked"));
  } else {
    output.Line(terminal.Styled(Style::kBad, pair + " should not be linked"));
  }
  for (const Json& it : preview.at("objections")) {
    output.Line("  " + Printable(Text(it, "text")) +
                (it.at("can_override")
                     ? " (--override " + Text(it, "guard") + ")"
                     : ""));
  }
  Table attributes({{"", Align::kLeft, Fit::kShrink},
                    {"one", Align::kLeft, Fit::kShrink},
                    {"other", Align::kLeft, Fit::kShrink},
                    {"joined", Align::kLeft, Fit::kShrink},
                    {"from", Align::kLeft, Fit::kDrop}});
  for (const Json& it : preview.at("attributes")) {
    attributes.AddRow(
        {Text(it, "name"), ValueOf(it, "one"), ValueOf(it, "other"),
         ValueOf(it, "joined"),
         it.at("joined").is_null() ? "" : Text(it.at("joined"), "record")});
  }
  if (!attributes.empty()) output.Write("\n" + attributes.Render(terminal, 2));
  Table consents({{"consent", Align::kLeft, Fit::kShrink},
                  {"by", Align::kLeft, Fit::kShrink},
                  {"one"},
                  {"other"},
                  {"joined"}});
  for (const Json& it : preview.at("consents")) {
    consents.AddRow({Text(it, "purpose"), Text(it, "channel"), Text(it, "one"),
                     Text(it, "other"), Text(it, "joined")});
  }
  if (!consents.empty()) output.Write("\n" + consents.Render(terminal, 2));
  Table rest({{""}, {"", Align::kLeft, Fit::kWrap}});
  const Json& customer = preview.at("customer");
  rest.AddRow({"records", Joined(customer.at("records"))});
  rest.AddRow({"identifiers", Joined(customer.at("identifiers"))});
  rest.AddRow({"segments gained", Joined(preview.at("segments").at("gained"))});
  rest.AddRow({"segments lost", Joined(preview.at("segments").at("lost"))});
  output.Write("\n" + rest.Render(terminal, 2));
}

void AddPair(CLI::App* command, LinkOptions& options) {
  AddStore(command, options);
  AddArgument(command, "ONE", options.one, "A record, namespace:value");
  AddArgument(command, "OTHER", options.other, "Another record");
}

void AddReason(CLI::App* command, LinkOptions& options) {
  AddOption(command, "--reason", "TEXT", options.reason, "Why");
  AddNow(command, options);
}

}  // namespace

void AddLinkCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* customer = line.root().get_subcommand("customer");

  auto preview =
      line.Add(customer, "preview", "Show what a link would do", R"(Example:
  trato customer preview shop.trato shop:12748 crm:88

Nothing is written.)",
               RunPreview, &command);
  AddPair(command, *preview);
  AddNow(command, *preview);
  AddPast(command, *preview);
  AddView(command, *preview);
  AddJson(command, *preview);

  auto link =
      line.Add(customer, "link", "Say that two records are one customer",
               R"(Examples:
  trato customer link shop.trato shop:12748 crm:88 --reason "told us so"
  trato customer link shop.trato shop:12748 crm:88 --override single

What may speak against it, and can be overridden: the two are kept apart; their
identifiers of a single namespace differ; one is a person and one an
organisation (kind); the customer would have more than 1,000 records (size).)",
               RunLink, &command);
  AddPair(command, *link);
  AddList(command, "--override", "GUARD", link->overridden,
          "apart, single, kind or size")
      ->check(CLI::IsMember({"apart", "single", "kind", "size"}));
  AddReason(command, *link);

  auto unlink = line.Add(customer, "unlink", "Take a link back", R"(Example:
  trato customer unlink shop.trato shop:12748 crm:88 --reason "a mistake"

Each customer gets back exactly what it had.)",
                         RunUnlink, &command);
  AddPair(command, *unlink);
  AddReason(command, *unlink);

  auto cannot =
      line.Add(customer, "cannot-link", "Say that two records are never one",
               R"(Example:
  trato customer cannot-link shop.trato shop:1 shop:2 --reason "father and son"

It holds whatever identifiers they share.)",
               RunCannotLink, &command);
  AddPair(command, *cannot);
  AddReason(command, *cannot);
}

}  // namespace trato_cli
