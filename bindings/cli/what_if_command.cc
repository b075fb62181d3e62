// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// what-if: a period decided once more in a fork, which other commands changed.

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/help.h"
#include "bindings/cli/input.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct WhatIfOptions : CommonOptions {
  std::vector<std::string> changes;
  std::string file;
  std::string since;
  std::string until;
  bool rows = false;
};

// A store that is gone with the command.
class Fork {
 public:
  explicit Fork(const Store& store) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_store_fork(store.get(), nullptr, &fork_, &error), error);
  }
  ~Fork() { trato_store_close(fork_, nullptr); }
  Fork(const Fork&) = delete;
  Fork& operator=(const Fork&) = delete;

  trato_store* get() const { return fork_; }

 private:
  trato_store* fork_ = nullptr;
};

// What commands say that nobody asked.
class Nowhere {
 public:
  Nowhere() : descriptor_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw Failure("cannot open /dev/null");
  }
  ~Nowhere() { close(descriptor_); }
  Nowhere(const Nowhere&) = delete;
  Nowhere& operator=(const Nowhere&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

// Carries out a command without its `trato`.
void Carry(const std::string& change, Output& output) {
  CommandLine line;
  AddAllCommands(line);
  try {
    line.root().parse(change, false);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) throw Failure("it changes nothing");
    throw Failure(UsageError(line.root(), error));
  }
  try {
    line.Run(output);
  } catch (const AnsweredNo&) {
    throw Failure("it changes nothing");
  }
}

void CarryAll(const WhatIfOptions& options, trato_store* fork) {
  const StandIn stand_in(options.store, fork);
  const Nowhere nowhere;
  Output output(nowhere.descriptor());
  const auto carry = [&](const std::string& change, const std::string& where) {
    try {
      Carry(change, output);
    } catch (const Failure& failure) {
      throw Failure(where + ": " + failure.what(), failure.excerpt());
    }
  };
  if (!options.file.empty()) {
    std::istringstream lines(ReadAll(options.file));
    std::string change;
    for (int number = 1; std::getline(lines, change); ++number) {
      if (!change.empty() && change.back() == '\r') change.pop_back();
      const std::size_t first = change.find_first_not_of(" \t");
      if (first == std::string::npos || change[first] == '#') continue;
      carry(change.substr(first),
            options.file + ", line " + std::to_string(number));
    }
  }
  for (const std::string& change : options.changes) {
    carry(change, "--change \"" + change + "\"");
  }
  output.Flush();
}

std::string Amount(const Json& side, const char* name,
                   const std::string& currency) {
  const double minor = side.at(name).get<double>();
  return MoneyText(std::llround(minor), currency);
}

void AddOffer(Table& table, const std::string& name, const Json& it,
              const std::string& currency) {
  const Json& then = it.at("then");
  const Json& now = it.at("now");
  const bool reserves = then.at("reserved_minor") != 0 ||
                        now.at("reserved_minor") != 0;
  const auto reserved = [&](const Json& side) {
    return reserves ? Amount(side, "reserved_minor", currency) : std::string();
  };
  table.AddRow({name, Number(Counted(then, "decisions")),
                Number(Counted(now, "decisions")),
                Number(Counted(then, "contacts")),
                Number(Counted(now, "contacts")),
                Amount(then, "expected_minor", currency),
                Amount(now, "expected_minor", currency), reserved(then),
                reserved(now)});
}

void WriteRows(const Json& report, Output& output) {
  Table table({{"when", Align::kLeft},
               {"customer", Align::kLeft, Fit::kShrink},
               {"offered", Align::kLeft, Fit::kShrink},
               {"instead", Align::kLeft, Fit::kShrink, Style::kStrong}});
  const auto side = [](const Json& it) {
    if (it.at("offer").is_null()) return std::string("nothing");
    const std::string channel = Text(it, "channel");
    return Text(it, "offer") + (channel.empty() ? "" : " by " + channel);
  };
  for (const Json& row : report.at("rows")) {
    const std::string came = Text(row, "came");
    if (came == "same" || came == "rescored") continue;
    table.AddRow({Moment(row, "at"), Text(row, "customer"),
                  side(row.at("then")), side(row.at("now"))});
  }
  if (!table.empty()) output.Write(table.Render(output.terminal(), 0));
}

void WriteSentence(const Json& report, Output& output) {
  std::uint64_t other = 0;
  std::string came;
  for (const auto& [name, what] :
       {std::pair("another", "another offer"),
        std::pair("gained", "something instead of nothing"),
        std::pair("lost", "nothing instead of something")}) {
    const Json& it = report.at(name);
    if (Counted(it, "decisions") == 0) continue;
    other += Counted(it, "decisions");
    came += (came.empty() ? ": " : ", ") + std::string(what) + " for " +
            Count(Counted(it, "customers"), "customer");
  }
  if (other == 0) {
    output.Line("nobody would have been offered anything else");
    return;
  }
  output.Line(Number(other) + " of " +
              Count(Counted(report, "decisions"), "decision") +
              " would have come out otherwise" + came + ".");
  const std::uint64_t unknown = Counted(report.at("answers"), "left_out");
  if (unknown > 0) {
    output.Line(Count(unknown, "answer") +
                " to what was offered then left out: nobody knows what would "
                "have come instead.");
  }
}

void WriteReport(const Json& report, bool rows, Output& output) {
  std::vector<std::string> parts = {
      Count(Counted(report, "customers"), "customer"),
      Count(Counted(report, "changes"), "change")};
  if (Counted(report, "set_aside") > 0) {
    parts.push_back(Number(Counted(report, "set_aside")) +
                    " set aside, as they change no past");
  }
  output.Facts(Count(Counted(report, "decisions"), "decision"),
               std::move(parts));
  if (Counted(report, "decisions") == 0) return;
  Table table({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"decided", Align::kRight},
               {"what if", Align::kRight},
               {"contacts", Align::kRight},
               {"what if", Align::kRight},
               {"expected", Align::kRight},
               {"what if", Align::kRight},
               {"reserved", Align::kRight, Fit::kDrop},
               {"what if", Align::kRight, Fit::kDrop}});
  const std::string currency = Text(report, "currency");
  for (const Json& it : report.at("offers")) {
    AddOffer(table, Text(it, "offer"), it, currency);
  }
  AddOffer(table, "all", report.at("total"), currency);
  output.Write(table.Render(output.terminal(), 0));
  if (rows) WriteRows(report, output);
  WriteSentence(report, output);
}

void RunWhatIf(const WhatIfOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const Fork fork(store);
  CarryAll(options, fork.get());
  trato_what_if_options how = TRATO_WHAT_IF_OPTIONS_INIT;
  how.rows = options.rows ? 1 : 0;
  if (!options.since.empty()) {
    how.since_us = store.ParseTime(options.since, "--since");
  }
  if (!options.until.empty()) {
    how.until_us = store.ParseTime(options.until, "--until");
  }
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_decision_what_if(fork.get(), &how, options.Now(store),
                               answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  WriteReport(answer.json(), options.rows, output);
}

}  // namespace

void AddWhatIfCommand(CommandLine& line) {
  CLI::App* command = nullptr;
  auto options = line.Add(
      "what-if", "Decide a period once more under other rules, and compare",
      "Marketing", R"(Examples:
  trato what-if shop.trato --since 2011-11-01 \
      --change "policy define shop.trato calm --at-most 1 --within 7d"
  trato what-if shop.trato --changes gentler.txt --rows

A change is any command that writes, without its trato, as --change or as a
line of a file (# begins a remark). It is made in a fork, in memory: the store
stays as it is. Definitions hold from the beginning of the period; consents,
attributes and the like count from their own dates (--now), so date them before
it. Answers count where the same offer is chosen: of another nobody knows.)",
      RunWhatIf, &command);
  AddStore(command, *options);
  AddList(command, "--change", "COMMAND", options->changes,
          "What is to be other than it was (may be repeated)");
  AddOption(command, "--changes", "FILE", options->file,
            "The same from a file, a command a line (-: standard input)");
  AddOption(command, "--since", "TIME", options->since,
            "Decisions from then on (else: all)");
  AddOption(command, "--until", "TIME", options->until, "Decisions before");
  command->add_flag("--rows", options->rows,
                    "Show each decision that comes out otherwise");
  AddNow(command, *options);
  AddJson(command, *options);
}

}  // namespace trato_cli
