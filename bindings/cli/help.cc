// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/help.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

using Entry = std::pair<std::string, std::string>;

std::string Section(const std::string& title,
                    const std::vector<Entry>& entries) {
  if (entries.empty()) return "";
  std::size_t width = 0;
  for (const Entry& entry : entries) {
    width = std::max(width, entry.first.size());
  }
  std::string text = "\n" + title + ":\n";
  for (const auto& [name, description] : entries) {
    text += "  " + name + std::string(width - name.size() + 2, ' ') +
            description + "\n";
  }
  return text;
}

std::string OptionName(const CLI::Option* option) {
  std::string name = option->get_name(false, true);
  const std::size_t comma = name.find(',');
  if (comma != std::string::npos) name.insert(comma + 1, " ");
  // CLI11 adds what it checks after a colon; the description says it better.
  std::string type = option->get_type_name();
  type.erase(std::min(type.find(':'), type.size()));
  if (option->get_type_size() != 0 && !type.empty()) name += " " + type;
  return name;
}

std::string OptionDescription(const CLI::Option* option) {
  std::string description = option->get_description();
  if (option->get_required() && !option->get_positional()) {
    description += " (required)";
  }
  return description;
}

std::string Usage(const CLI::App* app, const std::string& name) {
  std::string usage = "Usage: " + name;
  if (app->get_parent() == nullptr) return usage + " COMMAND STORE ...\n";
  if (!app->get_subcommands(nullptr).empty()) return usage + " COMMAND ...\n";
  bool optional = false;
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) {
      const std::string argument = option->get_name();
      usage += option->get_required() ? " " + argument : " [" + argument + "]";
    } else if (option->get_required()) {
      usage += " " + OptionName(option);
    } else {
      optional = true;
    }
  }
  return usage + (optional ? " [OPTIONS]\n" : "\n");
}

// The command that the words of the command line got as far as.
std::pair<const CLI::App*, std::string> Reached(const CLI::App& root) {
  const CLI::App* app = &root;
  std::string name = root.get_name();
  while (true) {
    const std::vector<CLI::App*> chosen = app->get_subcommands();
    if (chosen.empty()) return {app, name};
    app = chosen.back();
    name += " " + app->get_name();
  }
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1,
                         diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string UnknownCommand(const CLI::App& app, const std::string& word) {
  std::string message = "there is no command \"" + word + "\"";
  const CLI::App* nearest = nullptr;
  std::size_t distance = 3;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    const std::size_t here = EditDistance(word, command->get_name());
    if (here < distance) {
      distance = here;
      nearest = command;
    }
  }
  if (nearest != nullptr) {
    message += "; did you mean \"" + nearest->get_name() + "\"?";
  }
  return message;
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string help = app->get_description() + "\n\n" + Usage(app, name);
  std::vector<Entry> arguments;
  std::vector<Entry> options;
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) {
      arguments.emplace_back(option->get_name(), OptionDescription(option));
    } else {
      options.emplace_back(OptionName(option), OptionDescription(option));
    }
  }
  std::vector<std::string> headings;
  for (const CLI::App* command : app->get_subcommands(nullptr)) {
    const std::string& heading = command->get_group();
    if (std::find(headings.begin(), headings.end(), heading) ==
        headings.end()) {
      headings.push_back(heading);
    }
  }
  help += Section("Arguments", arguments);
  for (const std::string& heading : headings) {
    std::vector<Entry> commands;
    for (const CLI::App* command : app->get_subcommands(nullptr)) {
      if (command->get_group() == heading) {
        commands.emplace_back(command->get_name(), command->get_description());
      }
    }
    help += Section(heading, commands);
  }
  help += Section("Options", options);
  if (!app->get_footer().empty()) help += "\n" + app->get_footer() + "\n";
  return help;
}

std::string UsageError(const CLI::App& root, const CLI::ParseError& error) {
  const auto [app, name] = Reached(root);
  const std::vector<std::string> left = root.remaining(true);
  std::string message = error.what();
  if (!app->get_subcommands(nullptr).empty()) {
    message = left.empty() ? "a command is missing"
                           : UnknownCommand(*app, left.front());
  } else if (!left.empty()) {
    message = "did not expect \"" + left.front() + "\"";
  }
  return Printable(message) + "\nsee: " + name + " --help";
}

}  // namespace trato_cli
