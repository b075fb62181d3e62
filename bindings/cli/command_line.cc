// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/command_line.h"

#include <chrono>

#include "bindings/cli/help.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

std::string VersionText() {
  const std::uint32_t version = trato_version();
  return "trato " + std::to_string(version / 10000) + "." +
         std::to_string(version / 100 % 100) + "." +
         std::to_string(version % 100);
}

// An empty word comes from a variable of a script that has no value.
std::string IsGiven(const std::string& word) {
  return word.empty() ? "is empty" : "";
}

constexpr char kRootExamples[] =
    R"(Examples:
  trato init shop.trato --zone Europe/London --currency GBP
  trato import shop.trato sales.csv --as orders
  trato segment define shop.trato loyal \
      'interactions("purchase").within("90d").count() >= 3'
  trato match shop.trato shop:12748 --explain

A customer is named by any identifier, namespace:value. Times are ISO 8601, in
the store's zone unless they name one. trato COMMAND --help says more.)";

}  // namespace

std::int64_t CommonOptions::Now(const Store& open) const {
  if (!now.empty()) return open.ParseTime(now, "--now");
  if (!reading.as_of.empty()) return open.ParseTime(reading.as_of, "--as-of");
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_epoch)
      .count();
}

CommandLine::CommandLine()
    : root_(
          "Trato keeps what you know of your customers in one file and "
          "answers from it.",
          "trato") {
  root_.formatter(std::make_shared<HelpFormatter>());
  root_.set_help_flag("-h,--help", "Say how it is used");
  root_.set_version_flag("--version", VersionText, "Say which version it is");
  root_.footer(kRootExamples);
  root_.require_subcommand(1);
}

CLI::App* CommandLine::AddGroup(const std::string& name,
                                const std::string& description,
                                const std::string& heading) {
  CLI::App* group = root_.add_subcommand(name, description);
  group->group(heading);
  group->require_subcommand(1);
  group->footer("trato " + name + " COMMAND --help says more.");
  return group;
}

CLI::App* CommandLine::AddCommand(CLI::App* parent, const std::string& name,
                                  const std::string& description,
                                  const std::string& more) {
  CLI::App* command = parent->add_subcommand(name, description);
  command->group("Commands");
  command->footer(more);
  return command;
}

void AddStore(CLI::App* command, CommonOptions& options) {
  AddArgument(command, "STORE", options.store, "The store's file");
}

void AddNow(CLI::App* command, CommonOptions& options) {
  AddOption(command, "--now", "TIME", options.now,
            "The present, as far as the store knows (else: the clock)");
}

void AddPast(CLI::App* command, CommonOptions& options) {
  AddOption(command, "--as-of", "TIME", options.reading.as_of,
            "The store as it was: what had happened by then");
  command
      ->add_option("--known-at", options.reading.known_at,
                   "The store as it was: recorded up to this log position")
      ->type_name("POSITION")
      ->take_last();
}

void AddView(CLI::App* command, CommonOptions& options) {
  AddList(command, "--tag", "NAME=VALUE", options.reading.tags,
          "Only who has this tag; of a name any one");
  AddOption(command, "--view", "EXPRESSION", options.reading.view,
            "Only for whom it is true");
}

void AddThreads(CLI::App* command, CommonOptions& options) {
  command
      ->add_option("--threads", options.reading.threads,
                   "How many threads may work on it (else: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
}

void AddJson(CLI::App* command, CommonOptions& options) {
  command->add_flag("--json", options.json, "Answer in JSON, and nothing else");
}

CLI::Option* AddArgument(CLI::App* command, const std::string& name,
                         std::string& value, const std::string& description) {
  return command->add_option(name, value, description)
      ->required()
      ->check(IsGiven);
}

CLI::Option* AddOption(CLI::App* command, const std::string& name,
                       const std::string& type, std::string& value,
                       const std::string& description) {
  return command->add_option(name, value, description)
      ->type_name(type)
      ->take_last()
      ->check(IsGiven);
}

CLI::Option* AddList(CLI::App* command, const std::string& name,
                     const std::string& type, std::vector<std::string>& values,
                     const std::string& description) {
  return command->add_option(name, values, description)
      ->type_name(type)
      ->allow_extra_args(false);
}

void WriteJson(Output& output, std::string_view json) {
  output.Line(output.terminal().present ? JsonForTerminal(json)
                                        : std::string(json));
}

}  // namespace trato_cli
