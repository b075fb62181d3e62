// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// customer find, customer list, and what can be looked for.

#include "bindings/cli/command_line.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct FindOptions : CommonOptions {
  std::string text;
  std::uint32_t limit = 10;
};

void RunFind(const FindOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_find(store.get(), View(options.text), options.limit,
                            options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json found = answer.json();
  if (found.at("customers").empty()) return output.Line("nobody");
  Table table({{"customer", Align::kLeft, Fit::kShrink},
               {"answers", Align::kLeft, Fit::kShrink},
               {"in", Align::kLeft, Fit::kDrop},
               {"how", Align::kLeft, Fit::kDrop},
               {"id", Align::kLeft, Fit::kDrop}});
  for (const Json& it : found.at("customers")) {
    table.AddRow({Text(it, "name"), Text(it, "value"), Text(it, "field"),
                  Text(it, "rank"), Text(it, "id")});
  }
  output.Write(table.Render(output.terminal(), 0));
}

struct ListOptions : CommonOptions {
  std::string sort;
  bool descending = false;
  std::string filter;
  std::string cursor;
  std::uint32_t limit = 100;
};

void RunList(const ListOptions& options, Output& output) {
  Store store(options.store, options.reading);
  trato_list_options how = TRATO_LIST_OPTIONS_INIT;
  how.sort = View(options.sort);
  how.descending = options.descending ? 1 : 0;
  how.filter = View(options.filter);
  how.cursor = View(options.cursor);
  how.limit = options.limit;
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_customer_list(store.get(), &how, options.Now(store), answer.out(),
                            &error),
        error, options.filter);
  if (options.json) return WriteJson(output, answer.view());
  const Json list = answer.json();
  if (list.at("customers").empty()) return output.Line("nobody");
  const bool has_value =
      !options.sort.empty() && options.sort != "id" && options.sort != "name";
  Table table({{"customer", Align::kLeft, Fit::kShrink},
               {has_value ? options.sort : "", Align::kLeft, Fit::kShrink},
               {"id", Align::kLeft, Fit::kDrop}});
  for (const Json& it : list.at("customers")) {
    const bool is_shown = has_value && !it.at("text").is_null();
    table.AddRow(
        {Text(it, "name"), is_shown ? Text(it, "text") : "", Text(it, "id")});
  }
  output.Write(table.Render(output.terminal(), 0));
  if (!list.at("next").is_null()) {
    output.Line("more: --cursor " + list.at("next").get<std::string>());
  }
}

struct SearchOptions : CommonOptions {
  std::string name;
  std::string search;
};

std::uint32_t SearchOf(const std::string& word) {
  if (word == "not") return TRATO_SEARCH_NOT;
  if (word == "text") return TRATO_SEARCH_TEXT;
  if (word == "telephone") return TRATO_SEARCH_TELEPHONE;
  return TRATO_SEARCH_BY_NAME;
}

template <auto kDefine>
void RunDefineSearch(const SearchOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(kDefine(store.get(), View(options.name), SearchOf(options.search),
                options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Line(Printable(options.name) + " · looked for: " + options.search);
}

void AddSearch(CLI::App* command, SearchOptions& options,
               const std::string& name, const std::string& description) {
  AddStore(command, options);
  AddArgument(command, name, options.name, description);
  AddArgument(command, "HOW", options.search,
              "by_name, not, text (any part) or telephone (its digits)")
      ->check(CLI::IsMember({"by_name", "not", "text", "telephone"}));
  AddNow(command, options);
}

}  // namespace

void AddFindCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  auto find = line.Add(line.root().get_subcommand("customer"), "find",
                       "Find customers as you type", R"(Examples:
  trato customer find shop.trato "ada love"
  trato customer find shop.trato 12-34-56 --limit 3

Looks for each word in names, e-mail addresses, identifiers and at the end of
telephone numbers, without regard to case and accents.)",
                       RunFind, &command);
  AddStore(command, *find);
  AddArgument(command, "TEXT", find->text, "Some words, or parts of them");
  command->add_option("--limit", find->limit, "How many (else: 10)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  AddNow(command, *find);
  AddPast(command, *find);
  AddView(command, *find);
  AddJson(command, *find);

  auto list = line.Add(line.root().get_subcommand("customer"), "list",
                       "List customers in an order", R"(Examples:
  trato customer list shop.trato --sort last_interaction --descending
  trato customer list shop.trato --filter 'country == "ES"' --sort full_name

Who has no value comes last. What follows is listed with --cursor, and the same
--sort, --filter and --now.)",
                       RunList, &command);
  AddStore(command, *list);
  AddOption(command, "--sort", "WHAT", list->sort,
            "id, name, created, last_interaction or an attribute");
  command->add_flag("--descending", list->descending, "The largest first");
  AddOption(command, "--filter", "EXPRESSION", list->filter,
            "Only those for whom it is true");
  command->add_option("--limit", list->limit, "How many (else: 100)")
      ->type_name("N")
      ->check(CLI::Range(1, 10000));
  AddOption(command, "--cursor", "CURSOR", list->cursor, "Where to go on");
  AddNow(command, *list);
  AddPast(command, *list);
  AddView(command, *list);
  AddJson(command, *list);

  auto attribute =
      line.Add(line.root().get_subcommand("attribute"), "search",
               "Say how an attribute is looked for", R"(Example:
  trato attribute search shop.trato nick text)",
               RunDefineSearch<trato_attribute_define_search>, &command);
  AddSearch(command, *attribute, "NAME", "An attribute of customers");

  auto identifier =
      line.Add(line.root().get_subcommand("identifier"), "search",
               "Say how identifiers are looked for", R"(Example:
  trato identifier search shop.trato ledger not)",
               RunDefineSearch<trato_identifier_define_search>, &command);
  AddSearch(command, *identifier, "NAMESPACE", "Such as email");
}

}  // namespace trato_cli
