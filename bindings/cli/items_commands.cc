// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// items related, also-bought, table, define-score.

#include <cstdint>
#include <memory>

#include "bindings/cli/arrow_table.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct ItemsCommon : CommonOptions {
  std::string item;
  std::string customer;
  std::string score;
  std::string kind = "together";
  std::string half_life;
  std::string type;
  std::string top = "10";
};

struct ItemsCloser {
  void operator()(trato_items* it) const { trato_items_destroy(it); }
};
using ItemsHandle = std::unique_ptr<trato_items, ItemsCloser>;

std::uint32_t KindOf(const std::string& name) {
  if (name == "together") return TRATO_ITEMS_TOGETHER;
  if (name == "instead") return TRATO_ITEMS_INSTEAD;
  if (name == "next") return TRATO_ITEMS_NEXT;
  throw Failure("--kind: " + Printable(name) +
                " is none of together, instead, next");
}

std::uint64_t TopOf(const std::string& text) {
  const bool is_number =
      !text.empty() && text.size() < 10 &&
      text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) throw Failure("--top: a whole number is needed");
  return std::stoull(text);
}

ItemsHandle Learn(const ItemsCommon& options, const Store& store) {
  trato_items_options given = TRATO_ITEMS_OPTIONS_INIT;
  given.type = View(options.type);
  given.half_life = View(options.half_life);
  trato_items* made = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_items_learn(store.get(), &given, options.Now(store), &made,
                          &error),
        error);
  return ItemsHandle(made);
}

void Show(const ArrowTable& said, const ItemsCommon& options, Output& output,
          const std::vector<const char*>& texts) {
  if (options.json) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < said.rows; ++i) rows.push_back(said.RowJson(i));
    return WriteJson(output, rows.dump(2) + "\n");
  }
  if (said.rows == 0) {
    return output.Line("nothing is related more than by chance");
  }
  std::vector<Column> columns;
  for (const char* name : texts) {
    columns.push_back({name, Align::kLeft, Fit::kShrink,
                       name == texts[0] ? Style::kStrong : Style::kPlain});
  }
  for (const char* name : {"score", "times", "by chance"}) {
    columns.push_back({name, Align::kRight});
  }
  columns.push_back({"of those with it", Align::kRight});
  Table table(columns);
  for (std::size_t i = 0; i < said.rows; ++i) {
    std::vector<std::string> row;
    for (const char* name : texts) row.push_back(said.at(name).texts[i]);
    const double support = said.at("support").numbers[i];
    row.push_back(Figure(said.at("score").numbers[i], 1));
    row.push_back(Figure(support, 1));
    row.push_back(Figure(support / said.at("lift").numbers[i], 1));
    row.push_back(Percent(said.at("confidence").numbers[i]));
    table.AddRow(row);
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunRelated(const ItemsCommon& options, Output& output) {
  const Store store(options.store, options.reading);
  const ItemsHandle items = Learn(options, store);
  Show(ReadTable([&](ArrowArrayStream* stream) {
         trato_error error = TRATO_ERROR_INIT;
         Check(trato_items_related(items.get(), View(options.item),
                                   KindOf(options.kind), TopOf(options.top),
                                   stream, &error),
               error);
       }),
       options, output, {"item"});
}

void RunAlsoBought(const ItemsCommon& options, Output& output) {
  const Store store(options.store, options.reading);
  const ItemsHandle items = Learn(options, store);
  Show(ReadTable([&](ArrowArrayStream* stream) {
         trato_error error = TRATO_ERROR_INIT;
         Check(trato_items_also_bought(
                   items.get(), store.get(), View(options.customer),
                   KindOf(options.kind), TopOf(options.top),
                   options.Now(store), stream, &error),
               error);
       }),
       options, output, {"item", "because"});
}

void RunTable(const ItemsCommon& options, Output& output) {
  const Store store(options.store, options.reading);
  const ItemsHandle items = Learn(options, store);
  Show(ReadTable([&](ArrowArrayStream* stream) {
         trato_error error = TRATO_ERROR_INIT;
         Check(trato_items_table(items.get(), KindOf(options.kind),
                                 TopOf(options.top), stream, &error),
               error);
       }),
       options, output, {"item", "other"});
}

void RunDefineScore(const ItemsCommon& options, Output& output) {
  Store store(options.store);
  const ItemsHandle items = Learn(options, store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_items_define_score(items.get(), store.get(), View(options.score),
                                 View(options.item), KindOf(options.kind),
                                 TopOf(options.top), options.Now(store),
                                 nullptr, &error),
        error);
  store.Close();
  output.Facts(Printable(options.score),
               {"how well " + Printable(options.item) +
                " goes with what a customer has"});
}

void AddLearning(CLI::App* command, ItemsCommon& options, const char* top) {
  AddOption(command, "--kind", "NAME", options.kind,
            "together (default), instead or next");
  AddOption(command, "--half-life", "SPAN", options.half_life,
            "After which an order counts half (default: never)");
  AddOption(command, "--type", "NAME", options.type,
            "Of the interactions (default purchase)");
  AddOption(command, "--top", "N", options.top, top);
  AddNow(command, options);
}

void AddCommon(CLI::App* command, ItemsCommon& options) {
  AddLearning(command, options, "How many to show (default 10; 0: all)");
  AddPast(command, options);
  AddThreads(command, options);
  AddJson(command, options);
}

}  // namespace

void AddItemsCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* items = line.AddGroup(
      "items", "What customers buy together, instead and next", "Marketing");

  auto related = line.Add(items, "related", "Say what goes with an item",
                          R"(Examples:
  trato items related shop.trato 85123A
  trato items related shop.trato 85123A --kind next

By all orders: how often both are bought, how often it would be by chance, and
the share of those with the item. The score is Dunning's log-likelihood ratio,
drawn towards 0 where little is known; pairs that are rarer than by chance are
left out.)",
                          RunRelated, &command);
  AddStore(command, *related);
  AddArgument(command, "ITEM", related->item, "Its id");
  AddCommon(command, *related);

  auto also = line.Add(items, "also-bought",
                       "Say what goes with what a customer has",
                       R"(Example:
  trato items also-bought shop.trato shop:12748

What she has not bought, by the sum of its scores with each of the 50 items that
she bought last; the figures are those of the pair that adds most.)",
                       RunAlsoBought, &command);
  AddStore(command, *also);
  AddArgument(command, "CUSTOMER", also->customer, "An identifier of hers");
  AddCommon(command, *also);

  auto table = line.Add(items, "table", "List what goes with each item",
                        R"(Example:
  trato items table shop.trato --top 3 --json)",
                        RunTable, &command);
  AddStore(command, *table);
  AddCommon(command, *table);

  auto define = line.Add(items, "define-score",
                         "Let offers ask how well an item suits a customer",
                         R"help(Example:
  trato items define-score shop.trato "suits cups" 22697

Puts a score in force with points for each item that leads to this one, to
whoever bought that. Conditions ask for score("suits cups") > 10.0; it stays as
it is until it is defined anew.)help",
                         RunDefineScore, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->score, "Of the score");
  AddArgument(command, "ITEM", define->item, "Its id");
  define->top = "100";
  AddLearning(command, *define,
              "Of how many items that lead to it (default 100)");
}

}  // namespace trato_cli
