// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// learn define, refit, list, show, depth, progress: learners that serve a store's
// offers.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "bindings/cli/arrow_table.h"
#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct LearningOptions : CommonOptions {
  std::string learner;
  std::string customer;
  std::string policy = "affinity";
  std::string issue;
  std::string group;
  std::string offer;
  std::vector<std::string> segments;
  std::string floor = "0.01";
  std::string exploration = "0.15";
  std::string half_life = "0";
  std::string top = "10";
  bool retire = false;
};

double NumberIn(const std::string& text, const char* what) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(number)) {
    throw Failure(std::string(what) + ": a number is needed, not " +
                  Printable(text));
  }
  return number;
}

std::uint32_t PolicyOf(const std::string& name) {
  static constexpr const char* kNames[] = {"affinity", "logistic", "squarecb",
                                           "fixed", "random"};
  for (std::uint32_t i = 0; i < 5; ++i) {
    if (name == kNames[i]) return i;
  }
  throw Failure("--policy: " + Printable(name) +
                " is none of affinity, logistic, squarecb, fixed, random");
}

std::string OrAll(const Json& it, const char* name) {
  return it.at(name).is_null() ? std::string()
                               : std::string(name) + " " + Text(it, name);
}

std::string ServesWhat(const Json& it) {
  std::string what;
  for (const char* name : {"issue", "group", "offer"}) {
    const std::string part = OrAll(it, name);
    if (part.empty()) continue;
    what += (what.empty() ? "" : ", ") + part;
  }
  return what.empty() ? "all offers" : what;
}

std::string Bits(const Json& it, const char* name) {
  return Figure(it.at(name).get<double>(), 2);
}

std::string Worth(const Json& it, const char* name,
                  const std::string& currency) {
  return MoneyText(std::llround(it.at(name).get<double>()), currency);
}

void RunDefine(const LearningOptions& options, Output& output) {
  std::vector<trato_str> segments;
  for (const std::string& it : options.segments) segments.push_back(View(it));
  trato_learning_definition learning = TRATO_LEARNING_DEFINITION_INIT;
  learning.policy = PolicyOf(options.policy);
  learning.name = View(options.learner);
  learning.issue = View(options.issue);
  learning.group = View(options.group);
  learning.offer = View(options.offer);
  learning.segments = segments.data();
  learning.segment_count = segments.size();
  learning.floor = NumberIn(options.floor, "--floor");
  learning.exploration = NumberIn(options.exploration, "--exploration");
  learning.half_life_us = static_cast<std::int64_t>(
      std::clamp(NumberIn(options.half_life, "--half-life"), -1.0, 1e6) *
      86400e6);
  learning.retired = options.retire ? 1 : 0;
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  const std::int64_t now = options.Now(store);
  Check(trato_learning_define(store.get(), &learning, now, nullptr, &error),
        error);
  Buffer answer;
  Check(trato_learning_show(store.get(), learning.name, now, answer.out(),
                            &error),
        error);
  const Json json = answer.json();
  store.Close();
  if (options.retire) {
    return output.Facts(Printable(options.learner), {"serves no more"});
  }
  output.Facts(Printable(options.learner),
               {"serves " + Count(json.at("offers").size(), "offer"),
                "knows " + Count(json.at("answers").get<std::uint64_t>(),
                                 "answer")});
}

void ShowModel(const Json& json, Output& output) {
  if (!json.contains("model")) return;
  Table table({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"weight of", Align::kLeft, Fit::kShrink},
               {"log odds", Align::kRight},
               {"give or take", Align::kRight}});
  for (const Json& it : json.at("model").at("offers")) {
    std::string offer = it.at("offer").is_null() ? "any" : Text(it, "offer");
    for (const Json& weight : it.at("weights")) {
      const std::string of = Text(weight, "of");
      table.AddRow({offer, of.empty() ? "everybody" : of,
                    Figure(weight.at("mean").get<double>(), 2),
                    Figure(weight.at("deviation").get<double>(), 2)});
      offer.clear();
    }
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunRefit(const LearningOptions& options, Output& output) {
  Store store(options.store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_learning_refit(store.get(), View(options.learner),
                             options.Now(store), nullptr, answer.out(), &error),
        error);
  const Json json = answer.json();
  store.Close();
  output.Facts(Printable(options.learner),
               {"learned from " + Count(json.at("model").at("answers")
                                            .get<std::uint64_t>(),
                                        "answer")});
  ShowModel(json, output);
}

void RunList(const CommonOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_learning_list(store.get(), options.Now(store), answer.out(),
                            &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  if (json.empty()) {
    return output.Line("no learner was defined yet: trato learn define");
  }
  Table table({{"learner", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"policy"},
               {"serves", Align::kLeft, Fit::kShrink},
               {"offers", Align::kRight},
               {"answers", Align::kRight}});
  for (const Json& it : json) {
    const bool retired = it.at("retired").get<bool>();
    table.AddRow({Text(it, "learner"), Text(it, "policy"),
                  retired ? "nothing: retired" : ServesWhat(it),
                  Number(it.at("offers").get<std::uint64_t>()),
                  Number(it.at("answers").get<std::uint64_t>())});
  }
  output.Write(table.Render(output.terminal(), 2));
}

void RunShow(const LearningOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_learning_show(store.get(), View(options.learner),
                            options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Facts(
      Printable(options.learner),
      {Text(json, "policy") + " for " + ServesWhat(json),
       Count(json.at("answers").get<std::uint64_t>(), "answer"),
       "what is known of a segment counts for " +
           Figure(json.at("answers_of_segment").get<double>(), 1) +
           " answers of a customer"});
  Table table({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"who", Align::kLeft, Fit::kShrink},
               {"shown", Align::kRight},
               {"accepted", Align::kRight},
               {"rate", Align::kRight}});
  const auto add = [&](const std::string& offer, const std::string& who,
                       const Json& it) {
    table.AddRow({offer, who, Figure(it.at("shown").get<double>(), 1),
                  Figure(it.at("accepted").get<double>(), 1),
                  Percent(it.at("rate").get<double>())});
  };
  for (const Json& it : json.at("offers")) {
    add(Text(it, "offer"), "all", it);
    for (const Json& part : it.at("segments")) {
      add("", Text(part, "segment"), part);
    }
  }
  output.Write(table.Render(output.terminal(), 2));
  ShowModel(json, output);
}

void ShowLearner(const Json& json, Output& output) {
  const std::string currency = Text(json, "currency");
  output.Facts(
      Printable(Text(json, "learner")),
      {Count(json.at("answers").get<std::uint64_t>(), "answer"),
       Number(json.at("used").get<std::uint64_t>()) + " of " +
           Count(json.at("decisions").get<std::uint64_t>(), "decision") +
           " used them",
       "uncertainty " + Bits(json, "bits_of_stranger") + " to " +
           Bits(json, "bits") + " bits",
       "a decision brings " +
           Worth(json, "expected_of_stranger_minor", currency) + " to " +
           Worth(json, "expected_minor", currency)});
  Table table({{"offer", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"she takes it", Align::kRight},
               {"a stranger", Align::kRight},
               {"chosen for her", Align::kRight},
               {"for a stranger", Align::kRight},
               {"her answers", Align::kRight}});
  const Json& offers = json.at("offers");
  for (std::size_t i = 0; i < std::min<std::size_t>(10, offers.size()); ++i) {
    const Json& it = offers[i];
    table.AddRow({Text(it, "title"), Percent(it.at("affinity").get<double>()),
                  Percent(it.at("affinity_of_stranger").get<double>()),
                  Percent(it.at("probability").get<double>()),
                  Percent(it.at("probability_of_stranger").get<double>()),
                  Figure(it.at("acceptances").get<double>(), 1) + " of " +
                      Figure(it.at("answers").get<double>(), 1)});
  }
  output.Write(table.Render(output.terminal(), 2));
  const auto all = json.at("offer_count").get<std::size_t>();
  if (all > 10) output.Line("  and " + Count(all - 10, "other offer"));
}

void ShowDepth(const LearningOptions& options, const Store& store,
               Output& output) {
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_learning_depth(store.get(), View(options.customer),
                             options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Facts(Printable(Text(json, "customer")),
               {Count(json.at("attributes").get<std::uint64_t>(), "attribute"),
                Count(json.at("interactions").get<std::uint64_t>(),
                      "interaction")});
  for (const std::string& words :
       WrapWords(Printable(Text(json, "loss")), output.terminal().ProseWidth() - 2)) {
    output.Line("  " + words);
  }
  for (const Json& it : json.at("learners")) ShowLearner(it, output);
}

void ShowBase(const LearningOptions& options, const Store& store,
              Output& output) {
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  const std::int64_t now = options.Now(store);
  Check(trato_learning_base(store.get(), now, answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  const std::string currency = Text(json, "currency");
  Table table({{"answers", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"customers", Align::kRight},
               {"decisions", Align::kRight},
               {"used", Align::kRight},
               {"bits", Align::kRight},
               {"of a stranger", Align::kRight},
               {"gain a decision", Align::kRight}});
  for (const Json& it : json.at("levels")) {
    if (it.at("customers") == 0) continue;
    const auto from = it.at("answers_from").get<std::uint64_t>();
    std::string name = Number(from);
    if (it.at("answers_until").is_null()) {
      name += " or more";
    } else if (const auto until = it.at("answers_until").get<std::uint64_t>();
               until != from) {
      name += " to " + Number(until);
    }
    table.AddRow({name, Number(it.at("customers").get<std::uint64_t>()),
                  Number(it.at("decisions").get<std::uint64_t>()),
                  Number(it.at("used").get<std::uint64_t>()),
                  Bits(it, "bits"), Bits(it, "bits_of_stranger"),
                  Worth(it, "gain_minor", currency)});
  }
  const Json& all = json.at("all");
  output.Facts("the base",
               {Count(all.at("customers").get<std::uint64_t>(), "customer"),
                Count(all.at("answers").get<std::uint64_t>(), "answer"),
                "a decision brings " + Worth(all, "gain_minor", currency) +
                    " more than one for strangers"});
  output.Write(table.Render(output.terminal(), 2));
  const auto top = static_cast<std::uint64_t>(
      std::clamp(NumberIn(options.top, "--top"), 0.0, 1e9));
  if (top == 0) return;
  const ArrowTable said = ReadTable([&](ArrowArrayStream* stream) {
    trato_error failed = TRATO_ERROR_INIT;
    Check(trato_learning_depths(store.get(), top, now, stream, &failed),
          failed);
  });
  if (said.rows == 0) return;
  output.Line("  who would lose most by leaving");
  Table most({{"customer", Align::kLeft, Fit::kShrink, Style::kStrong},
              {"answers", Align::kRight},
              {"yes", Align::kRight},
              {"gain a decision", Align::kRight}});
  for (std::size_t i = 0; i < said.rows; ++i) {
    const Json row = said.RowJson(i);
    most.AddRow({Text(row, "customer"),
                 Number(row.at("answers").get<std::uint64_t>()),
                 Number(row.at("acceptances").get<std::uint64_t>()),
                 Worth(row, "gain_minor", currency)});
  }
  output.Write(most.Render(output.terminal(), 2));
}

void RunDepth(const LearningOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  if (options.customer.empty()) return ShowBase(options, store, output);
  ShowDepth(options, store, output);
}

void RunProgress(const LearningOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const ArrowTable said = ReadTable([&](ArrowArrayStream* stream) {
    trato_error error = TRATO_ERROR_INIT;
    Check(trato_learning_progress(store.get(), View(options.learner),
                                  options.Now(store), stream, &error),
          error);
  });
  Json rows = Json::array();
  for (std::size_t i = 0; i < said.rows; ++i) rows.push_back(said.RowJson(i));
  if (options.json) return WriteJson(output, rows.dump(2) + "\n");
  if (rows.empty()) {
    return output.Line("no decision of a learner was answered yet");
  }
  double most = 0;
  for (const Json& it : rows) most = std::max(most, it.at("rate").get<double>());
  Table table({{"decision", Align::kRight, Fit::kKeep, Style::kStrong},
               {"customers", Align::kRight},
               {"accepted", Align::kRight},
               {"believed", Align::kRight},
               {"of those asked so often"}});
  for (const Json& it : rows) {
    const double rate = it.at("rate").get<double>();
    const auto bar = static_cast<std::size_t>(
        std::lround(most > 0 ? 40 * rate / most : 0));
    table.AddRow({Number(it.at("number").get<std::uint64_t>()),
                  Number(it.at("customers").get<std::uint64_t>()),
                  Percent(rate), Percent(it.at("expected").get<double>()),
                  std::string(bar, '#')});
  }
  output.Write(table.Render(output.terminal(), 2));
}

}  // namespace

void AddLearningCommands(CommandLine& line, CLI::App* learn) {
  CLI::App* command = nullptr;
  auto define = line.Add(learn, "define", "Let a learner serve offers",
                         R"(Examples:
  trato learn define shop.trato everything
  trato learn define shop.trato spring --issue campaign --segment loyal
  trato learn define shop.trato spring --retired

From then on matches ask it how likely somebody accepts an offer, and decisions
are drawn as its policy says, each with its probability. What was answered
before counts as well.)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "LEARNER", define->learner, "Its name");
  AddOption(command, "--policy", "NAME", define->policy,
            "affinity (default), logistic, squarecb, fixed, random");
  AddOption(command, "--issue", "NAME", define->issue,
            "Of the offers that it serves");
  AddOption(command, "--group", "NAME", define->group,
            "Of the offers that it serves");
  AddOption(command, "--offer", "NAME", define->offer, "The one that it serves");
  AddList(command, "--segment", "NAME", define->segments,
          "Tells customers apart; the first that she is in");
  AddOption(command, "--floor", "P", define->floor,
            "Share that is drawn evenly (default 0.01)");
  AddOption(command, "--exploration", "X", define->exploration,
            "How much of what is not known is tried (default 0.15)");
  AddOption(command, "--half-life", "DAYS", define->half_life,
            "After which an answer counts half (default 0: never)");
  command->add_flag("--retired", define->retire, "It serves no more");
  AddNow(command, *define);

  auto refit = line.Add(learn, "refit", "Have a logistic learner learn",
                        R"(Example:
  trato learn refit shop.trato everything

A logistic learner (trato learn define --policy logistic) believes what its last
refit found in all answers: how much it matters in which segments somebody is.)",
                        RunRefit, &command);
  AddStore(command, *refit);
  AddArgument(command, "LEARNER", refit->learner, "Its name");
  AddNow(command, *refit);

  auto list = line.Add(learn, "list", "List the learners",
                       R"(Example:
  trato learn list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddNow(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);

  auto show = line.Add(learn, "show", "Say what a learner knows",
                       R"(Example:
  trato learn show shop.trato everything)",
                       RunShow, &command);
  AddStore(command, *show);
  AddArgument(command, "LEARNER", show->learner, "Its name");
  AddNow(command, *show);
  AddPast(command, *show);
  AddJson(command, *show);

  auto depth = line.Add(learn, "depth",
                        "Say how deep learning relationships are",
                        R"(Examples:
  trato learn depth shop.trato shop:12748
  trato learn depth shop.trato

What a customer has taught, where it was used, how much more certain the choice
is for her than for a stranger of her kind, and what she would lose by leaving.
Without a customer: of all, by how much they have taught.)",
                        RunDepth, &command);
  AddStore(command, *depth);
  AddArgument(command, "CUSTOMER", depth->customer, "An identifier of hers")
      ->required(false);
  AddOption(command, "--top", "N", depth->top,
            "Of all: how many customers to show (default 10)");
  AddNow(command, *depth);
  AddPast(command, *depth);
  AddThreads(command, *depth);
  AddJson(command, *depth);

  auto progress = line.Add(learn, "progress",
                           "Say whether decisions get better with each answer",
                           R"(Examples:
  trato learn progress shop.trato
  trato learn progress shop.trato everything

What came of the first decision that a learner made for each customer and that
was answered, of her second, and so on.)",
                           RunProgress, &command);
  AddStore(command, *progress);
  AddArgument(command, "LEARNER", progress->learner, "Of one; otherwise of all")
      ->required(false);
  AddNow(command, *progress);
  AddPast(command, *progress);
  AddJson(command, *progress);
}

}  // namespace trato_cli
