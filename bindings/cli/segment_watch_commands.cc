// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// segment watch, advance: who enters and leaves, as it happens, by a watch that
// is kept in a file between calls.

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bindings/cli/change_text.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct WatchOptions : CommonOptions {
  std::vector<std::string> names;
  std::string kept;
  double every = 1;
  bool once = false;
};

std::string ReadKept(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (std::filesystem::exists(path)) throw Failure("cannot read " + path);
    return {};
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

// Whole, or as it was.
void WriteKept(const std::string& path, const trato_buf& bytes) {
  const std::string part = path + ".part";
  {
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    file.write(bytes.data, static_cast<std::streamsize>(bytes.size));
    if (!file.flush()) throw Failure("cannot write " + part);
  }
  std::error_code failed;
  std::filesystem::rename(part, path, failed);
  if (failed) throw Failure("cannot write " + path + ": " + failed.message());
}

// Opens the store and the watch as it was kept, or from `from` on where that is
// not, tells each change up to now, and keeps the watch. Gives where it is.
template <typename Tell>
trato_cursor Round(const WatchOptions& options,
                   const std::optional<trato_cursor>& from, Tell tell) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  std::vector<trato_str> names;
  for (const std::string& name : options.names) names.push_back(View(name));
  const std::string kept =
      options.kept.empty() ? std::string() : ReadKept(options.kept);
  trato_watch_options watch_options = TRATO_WATCH_OPTIONS_INIT;
  watch_options.segments = names.data();
  watch_options.segment_count = names.size();
  if (!kept.empty()) {
    watch_options.saved = View(kept);
  } else if (from) {
    watch_options.since = &*from;
  }
  trato_watch* opened = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_watch_open(store.get(), &watch_options, now_us, &opened, &error),
        error);
  const std::unique_ptr<trato_watch, decltype(&trato_watch_destroy)> watch(
      opened, trato_watch_destroy);
  trato_watch_state state = {};
  Check(trato_watch_advance(watch.get(), now_us, 0, &state, &error), error);
  std::array<trato_change, 1024> page = {};
  for (std::size_t count = page.size(); count > 0;) {
    Check(trato_watch_next(watch.get(), page.data(), page.size(), &count,
                           &error),
          error);
    for (std::size_t i = 0; i < count; ++i) tell(store, page[i]);
  }
  if (!options.kept.empty()) {
    trato_buf saved = TRATO_BUF_INIT;
    Check(trato_watch_save(watch.get(), &saved, &error), error);
    const std::unique_ptr<trato_buf, decltype(&trato_buf_dispose)> owned(
        &saved, trato_buf_dispose);
    WriteKept(options.kept, saved);
  }
  return {state.clock_us, state.position};
}

void RunWatch(const WatchOptions& options, Output& output) {
  std::optional<trato_cursor> from;
  for (;;) {
    from = Round(options, from, [&](const Store& store, const trato_change& it) {
      const std::string at = store.FormatTime(it.at_us);
      if (options.json) {
        output.Line(ChangeJson(it, at).dump());
      } else {
        output.Line(at + "  " + Printable(View(it.customer)) +
                    (it.entered != 0 ? " enters " : " leaves ") +
                    Printable(View(it.segment)) + "  (" +
                    std::string(CauseText(it.cause)) + ")");
      }
    });
    output.Flush();
    // At a time that was given nothing more happens.
    if (options.once || !options.now.empty()) return;
    std::this_thread::sleep_for(std::chrono::duration<double>(options.every));
  }
}

void RunAdvance(const WatchOptions& options, Output& output) {
  struct Moved {
    std::uint64_t entered = 0, left = 0;
  };
  std::map<std::string, Moved> moved;
  const trato_cursor now =
      Round(options, {}, [&](const Store&, const trato_change& it) {
        Moved& of = moved[std::string(View(it.segment))];
        ++(it.entered != 0 ? of.entered : of.left);
      });
  const Store store(options.store, options.reading);
  if (options.json) {
    Json answer = AnswerAt(store, now.at_us);
    answer["position"] = now.position;
    answer["segments"] = Json::array();
    for (const auto& [name, it] : moved) {
      answer["segments"].push_back(
          {{"name", name}, {"entered", it.entered}, {"left", it.left}});
    }
    return WriteJson(output, answer.dump());
  }
  Table table({{"segment", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"entered", Align::kRight},
               {"left", Align::kRight}});
  for (const auto& [name, it] : moved) {
    table.AddRow({Printable(name), std::to_string(it.entered),
                  std::to_string(it.left)});
  }
  output.Write(table.empty() ? "nobody entered or left\n"
                             : table.Render(output.terminal(), 0));
  output.Line("up to " + store.FormatTime(now.at_us));
}

}  // namespace

void AddSegmentWatchCommands(CommandLine& line, CLI::App* segment) {
  CLI::App* command = nullptr;
  const auto add = [&](WatchOptions& options) {
    AddStore(command, options);
    command->add_option("NAME", options.names, "The segments (default: all)");
  };
  auto watch = line.Add(segment, "watch",
                        "Print who enters and leaves segments, as it happens",
                        R"(Examples:
  trato segment watch shop.trato
  trato segment watch shop.trato loyal --keep loyal.watch

From now on, until it is interrupted; another process may write meanwhile. With
--keep it goes on where the last call that kept it ended, whatever happened
since: each change is printed at least once.)",
                        RunWatch, &command);
  add(*watch);
  AddOption(command, "--keep", "FILE", watch->kept,
            "Keep the watch in this file, and begin from it");
  command
      ->add_option("--every", watch->every,
                   "Seconds between two looks at the store (default: 1)")
      ->check(CLI::Range(0.001, 86400.0))
      ->type_name("SECONDS");
  command->add_flag("--once", watch->once, "Look once");
  AddNow(command, *watch);
  AddJson(command, *watch);

  auto advance = line.Add("advance",
                          "Bring a watch that is kept up to now", "Marketing",
                          R"(Example:
  trato advance shop.trato --keep shop.watch

Prints how many entered and left each segment since the last call with this
file; the first one begins with the memberships of now. Which of them they were
prints segment watch.)",
                          RunAdvance, &command);
  add(*advance);
  AddOption(command, "--keep", "FILE", advance->kept,
            "Keep the watch in this file, and begin from it")
      ->required();
  AddNow(command, *advance);
  AddJson(command, *advance);
}

}  // namespace trato_cli
