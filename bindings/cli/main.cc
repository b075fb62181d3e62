// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The command line of Trato. It uses nothing but the C interface, trato.h.
// Exit codes: 0, 1 for an error, 2 for a wrong command line.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <string>

#include "bindings/cli/command_line.h"
#include "bindings/cli/excerpt.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/help.h"
#include "bindings/cli/terminal.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

constexpr int kError = 1;
constexpr int kWrongUsage = 2;

void Complain(const std::string& message) {
  WriteError(Terminal::Of(STDERR_FILENO).Styled(Style::kBad, "error:") + " " +
             message + "\n");
}

int Parse(CommandLine& line, int argc, char** argv, Output& output) {
  try {
    line.root().parse(argc, argv);
    return 0;
  } catch (const CLI::CallForHelp&) {
    output.Write(line.root().help());
  } catch (const CLI::CallForVersion& version) {
    output.Line(version.what());
  } catch (const CLI::ParseError& error) {
    if (argc == 1) {
      WriteError(line.root().help());
    } else {
      Complain(UsageError(line.root(), error));
    }
    return kWrongUsage;
  }
  output.Flush();
  return -1;
}

}  // namespace

void AddAllCommands(CommandLine& line) {
  AddStoreCommands(line);
  AddLogCommands(line);
  AddImportCommand(line);
  AddBatchCommands(line);
  AddCustomerCommands(line);
  AddLinkCommands(line);
  AddErasureCommands(line);
  AddRetentionCommands(line);
  AddAttributeCommands(line);
  AddRelationCommands(line);
  AddIdentityCommands(line);
  AddConsentCommands(line);
  AddSuppressionCommands(line);
  AddFindCommands(line);
  AddRightsCommands(line);
  AddInteractionCommands(line);
  AddSegmentCommands(line);
  AddOfferCommands(line);
  AddDecisionCommands(line);
  AddWhatIfCommand(line);
  AddPolicyCommands(line);
  AddPermitCommands(line);
  AddCouponCommands(line);
  AddItemsCommands(line);
  AddLearnCommands(line);
  AddEvaluateCommand(line);
  AddValueCommands(line);
  AddStageCommands(line);
  AddScoreCommands(line);
}

namespace {

int Run(int argc, char** argv) {
  CommandLine line;
  AddAllCommands(line);
  Output output(STDOUT_FILENO);
  const int parsed = Parse(line, argc, argv, output);
  if (parsed != 0) return parsed < 0 ? 0 : parsed;
  try {
    line.Run(output);
  } catch (const AnsweredNo&) {
    output.Flush();
    return kError;
  }
  output.Flush();
  return 0;
}

}  // namespace
}  // namespace trato_cli

int main(int argc, char** argv) {
  // A reader that goes away is noticed where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return trato_cli::Run(argc, argv);
  } catch (const trato_cli::OutputClosed&) {
    return 0;
  } catch (const trato_cli::Failure& failure) {
    trato_cli::Complain(trato_cli::Printable(failure.what()));
    const trato_cli::Terminal terminal = trato_cli::Terminal::Of(STDERR_FILENO);
    trato_cli::WriteError(trato_cli::ExcerptText(failure.excerpt(), terminal));
  } catch (const std::exception& failure) {
    trato_cli::Complain(std::string("unexpected: ") +
                        trato_cli::Printable(failure.what()));
  }
  return trato_cli::kError;
}
