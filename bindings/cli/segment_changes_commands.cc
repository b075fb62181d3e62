// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// segment history, changes.

#include <array>
#include <charconv>
#include <memory>
#include <vector>

#include "bindings/cli/change_text.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct ChangesOptions : CommonOptions {
  std::string name;
  std::string customer;
  std::string from;
  std::string until;
  std::vector<std::string> names;
  std::string since;
  bool net = false;
};

void RunHistory(const ChangesOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  constexpr std::int64_t kFirstUs = -62135596800000000;  // year 1
  std::int64_t from_us = options.from.empty()
                             ? kFirstUs
                             : store.ParseTime(options.from, "--from");
  const std::int64_t until_us = options.until.empty()
                                    ? now_us
                                    : store.ParseTime(options.until, "--until");
  Json answer = AnswerAt(store, now_us);
  answer["name"] = options.name;
  answer["customer"] = options.customer;
  answer["steps"] = Json::array();
  Table table({{"at", Align::kLeft, Fit::kDrop},
               {"", Align::kLeft, Fit::kShrink, Style::kStrong}});
  std::array<trato_segment_step, 256> page = {};
  do {
    std::size_t count = 0;
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_segment_history(store.get(), View(options.name),
                                View(options.customer), from_us, until_us,
                                page.data(), page.size(), &count, &from_us,
                                nullptr, &error),
          error);
    for (std::size_t i = 0; i < count; ++i) {
      const bool enters = page[i].member != 0;
      const std::string at = store.FormatTime(page[i].at_us);
      answer["steps"].push_back(
          {{"at", at}, {"at_us", page[i].at_us}, {"member", enters}});
      table.AddRow({at, std::string(enters ? "enters" : "leaves") +
                            (page[i].at_us > now_us ? ", if nothing comes" : "")});
    }
  } while (from_us < until_us);
  if (options.json) return WriteJson(output, answer.dump());
  output.Write(table.empty() ? Printable(options.customer) +
                                   " has not entered or left " +
                                   Printable(options.name) + "\n"
                             : table.Render(output.terminal(), 0));
}

// "1323475200000000/4330" as it was printed, or a time: all that is known now
// was known then.
trato_cursor ParseCursor(const Store& store, const std::string& text) {
  const std::size_t slash = text.find('/');
  trato_cursor cursor = {};
  if (slash == std::string::npos) {
    cursor.at_us = store.ParseTime(text, "--since");
    trato_head head = {};
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_store_head(store.get(), &head, &error), error);
    cursor.position = head.position;
    return cursor;
  }
  const auto read = [&](const char* begin, const char* end, auto& number) {
    const auto [rest, failed] = std::from_chars(begin, end, number);
    return failed == std::errc() && rest == end;
  };
  const char* begin = text.data();
  if (!read(begin, begin + slash, cursor.at_us) ||
      !read(begin + slash + 1, begin + text.size(), cursor.position)) {
    throw Failure("--since: " + text +
                  " is neither a time nor a cursor, such as "
                  "1323475200000000/4330");
  }
  return cursor;
}

void RunChanges(const ChangesOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  const trato_cursor since = ParseCursor(store, options.since);
  std::vector<trato_str> names;
  for (const std::string& name : options.names) names.push_back(View(name));
  trato_watch_options watch_options = TRATO_WATCH_OPTIONS_INIT;
  watch_options.flags = options.net ? TRATO_WATCH_NET : 0;
  watch_options.segments = names.data();
  watch_options.segment_count = names.size();
  watch_options.since = &since;
  trato_watch* opened = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_watch_open(store.get(), &watch_options, now_us, &opened, &error),
        error);
  const std::unique_ptr<trato_watch, decltype(&trato_watch_destroy)> watch(
      opened, trato_watch_destroy);
  trato_watch_state state = {};
  Check(trato_watch_advance(watch.get(), now_us, 0, &state, &error), error);
  Json answer = AnswerAt(store, now_us);
  answer["changes"] = Json::array();
  Table table({{"at", Align::kLeft, Fit::kDrop},
               {"customer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"", Align::kLeft, Fit::kShrink},
               {"segment", Align::kLeft, Fit::kShrink},
               {"by", Align::kLeft, Fit::kDrop}});
  std::array<trato_change, 1024> page = {};
  for (std::size_t count = page.size(); count > 0;) {
    Check(trato_watch_next(watch.get(), page.data(), page.size(), &count,
                           &error),
          error);
    for (std::size_t i = 0; i < count; ++i) {
      const trato_change& it = page[i];
      const std::string at = store.FormatTime(it.at_us);
      if (options.json) {
        answer["changes"].push_back(ChangeJson(it, at));
      } else {
        table.AddRow({at, Printable(View(it.customer)),
                      it.entered != 0 ? "enters" : "leaves",
                      Printable(View(it.segment)),
                      std::string(CauseText(it.cause))});
      }
    }
  }
  const std::string next =
      std::to_string(state.clock_us) + "/" + std::to_string(state.position);
  if (options.json) {
    answer["next"] = next;
    return WriteJson(output, answer.dump());
  }
  output.Write(table.empty() ? "nobody entered or left\n"
                             : table.Render(output.terminal(), 0));
  output.Line("go on with --since " + next);
}

}  // namespace

std::string_view CauseText(std::uint32_t cause) {
  switch (cause) {
    case TRATO_CHANGE_BY_TIME:
      return "time";
    case TRATO_CHANGE_BY_FACT:
      return "fact";
    case TRATO_CHANGE_BY_DEFINITION:
      return "definition";
    default:
      return "link";
  }
}

Json ChangeJson(const trato_change& change, const std::string& at) {
  return {{"at", at},
          {"at_us", change.at_us},
          {"position", change.position},
          {"segment", View(change.segment)},
          {"customer", View(change.customer)},
          {"id", IdText(change.id)},
          {"entered", change.entered != 0},
          {"cause", std::string(CauseText(change.cause))}};
}

void AddSegmentChangesCommands(CommandLine& line, CLI::App* segment) {
  CLI::App* command = nullptr;
  auto history = line.Add(segment, "history",
                          "Show when a customer entered and left a segment",
                          R"(Examples:
  trato segment history shop.trato loyal shop:12748
  trato segment history shop.trato loyal shop:12748 --until 2012-06-01

By all that is known now, late facts included. What is after --now is what
happens if nothing comes.)",
                          RunHistory, &command);
  AddStore(command, *history);
  AddArgument(command, "NAME", history->name, "The segment");
  AddArgument(command, "CUSTOMER", history->customer,
              "Any identifier, namespace:value");
  command->add_option("--from", history->from, "After this time");
  command->add_option("--until", history->until,
                      "Up to this time (default: --now)");
  AddNow(command, *history);
  AddPast(command, *history);
  AddView(command, *history);
  AddJson(command, *history);

  auto changes = line.Add(segment, "changes",
                          "Show who entered and left segments since a time",
                          R"(Examples:
  trato segment changes shop.trato --since 2011-11-09
  trato segment changes shop.trato loyal --since 1323475200000000/4330

--since takes a time, or what the last call printed: then facts that came since
count, too, however late they are dated. Names none: all segments.)",
                          RunChanges, &command);
  AddStore(command, *changes);
  command->add_option("NAME", changes->names, "The segments (default: all)");
  command->add_option("--since", changes->since, "A time or cursor")
      ->required();
  command->add_flag("--net", changes->net,
                    "Leave out who entered and left again, or the reverse");
  AddNow(command, *changes);
  AddJson(command, *changes);
}

}  // namespace trato_cli
