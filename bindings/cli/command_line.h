// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The tree of commands, and what all commands have in common.

#ifndef TRATO_BINDINGS_CLI_COMMAND_LINE_H_
#define TRATO_BINDINGS_CLI_COMMAND_LINE_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bindings/cli/store.h"
#include "bindings/cli/terminal.h"

namespace trato_cli {

// What every command can be asked.
struct CommonOptions {
  std::string store;
  std::string now;  // empty: that of --as-of, or the system's clock
  Reading reading;
  bool json = false;

  // The instant that --now names, or --as-of, or the system's clock.
  std::int64_t Now(const Store& open) const;
};

// The commands. Parsing only chooses one; Run carries it out.
class CommandLine {
 public:
  CommandLine();

  // A command that only holds others.
  CLI::App* AddGroup(const std::string& name, const std::string& description,
                     const std::string& heading);

  // A command that calls `run(options, output)`. `more` ends its --help.
  template <typename Options>
  std::shared_ptr<Options> Add(CLI::App* parent, const std::string& name,
                               const std::string& description,
                               const std::string& more,
                               void (*run)(const Options&, Output&),
                               CLI::App** out_command) {
    auto options = std::make_shared<Options>();
    CLI::App* command = AddCommand(parent, name, description, more);
    command->callback([this, options, run] {
      chosen_ = [options, run](Output& output) { run(*options, output); };
    });
    *out_command = command;
    return options;
  }

  // The same at the top, under a heading.
  template <typename Options>
  std::shared_ptr<Options> Add(const std::string& name,
                               const std::string& description,
                               const std::string& heading,
                               const std::string& more,
                               void (*run)(const Options&, Output&),
                               CLI::App** out_command) {
    auto options = Add(&root_, name, description, more, run, out_command);
    (*out_command)->group(heading);
    return options;
  }

  CLI::App& root() { return root_; }
  void Run(Output& output) const { chosen_(output); }

 private:
  CLI::App* AddCommand(CLI::App* parent, const std::string& name,
                       const std::string& description, const std::string& more);

  CLI::App root_;
  std::function<void(Output&)> chosen_;
};

// The options of several commands. STORE comes first.
void AddStore(CLI::App* command, CommonOptions& options);
void AddNow(CLI::App* command, CommonOptions& options);
// --as-of and --known-at, of commands that read.
void AddPast(CLI::App* command, CommonOptions& options);
// --tag and --view, of commands that ask about customers.
void AddView(CLI::App* command, CommonOptions& options);
void AddThreads(CLI::App* command, CommonOptions& options);
void AddJson(CLI::App* command, CommonOptions& options);
CLI::Option* AddArgument(CLI::App* command, const std::string& name,
                         std::string& value, const std::string& description);
CLI::Option* AddOption(CLI::App* command, const std::string& name,
                       const std::string& type, std::string& value,
                       const std::string& description);
// An option that may be given many times, with one value each time.
CLI::Option* AddList(CLI::App* command, const std::string& name,
                     const std::string& type, std::vector<std::string>& values,
                     const std::string& description);

// An answer in JSON, alone on the output.
void WriteJson(Output& output, std::string_view json);

// All of them.
void AddAllCommands(CommandLine& line);
// The commands by topic.
void AddStoreCommands(CommandLine& line);
void AddLogCommands(CommandLine& line);
void AddImportCommand(CommandLine& line);
void AddCustomerCommands(CommandLine& line);
// After those of customers.
void AddLinkCommands(CommandLine& line);
void AddErasureCommands(CommandLine& line);
void AddRetentionCommands(CommandLine& line);
void AddRelationCommands(CommandLine& line);
void AddAttributeCommands(CommandLine& line);
void AddBatchCommands(CommandLine& line);
void AddConsentCommands(CommandLine& line);
void AddSuppressionCommands(CommandLine& line);
// After those of customers and attributes.
void AddFindCommands(CommandLine& line);
// After those of customers.
void AddRightsCommands(CommandLine& line);
void AddInteractionCommands(CommandLine& line);
void AddSegmentCommands(CommandLine& line);
// Part of the above.
void AddSegmentChangesCommands(CommandLine& line, CLI::App* segment);
void AddSegmentWatchCommands(CommandLine& line, CLI::App* segment);
void AddOfferCommands(CommandLine& line);
// Part of the above.
void AddEffectCommand(CommandLine& line, CLI::App* offer);
void AddAllocateCommand(CommandLine& line, CLI::App* offer);
void AddDecisionCommands(CommandLine& line);
void AddWhatIfCommand(CommandLine& line);
void AddCouponCommands(CommandLine& line);
void AddPolicyCommands(CommandLine& line);
void AddPermitCommands(CommandLine& line);
void AddEvaluateCommand(CommandLine& line);
void AddIdentityCommands(CommandLine& line);
void AddItemsCommands(CommandLine& line);
void AddLearnCommands(CommandLine& line);
// Its learners that serve a store.
void AddLearningCommands(CommandLine& line, CLI::App* learn);
void AddStageCommands(CommandLine& line);
void AddValueCommands(CommandLine& line);
// Part of the above.
void AddWorthCommands(CommandLine& line, CLI::App* value);
void AddCompareCommand(CommandLine& line, CLI::App* value);
void AddScoreCommands(CommandLine& line);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_COMMAND_LINE_H_
