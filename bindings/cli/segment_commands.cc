// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// segment define, enable, disable, list, count, preview, members, test, explain, diff, plan;
// history and changes are in segment_changes_commands.cc.

#include <array>
#include <memory>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct SegmentOptions : CommonOptions {
  std::string name;
  std::string expression;
  std::string customer;
  std::string other;  // a second segment
  bool members = false;
  bool dry_run = false;
};

void WriteSize(const trato_segment_size& size, Json answer, Output& output) {
  answer["members"] = size.members;
  answer["customers"] = size.customers;
  answer["undecided"] = size.undecided;
  WriteJson(output, answer.dump());
}

void AddUndecided(const trato_segment_size& size,
                  std::vector<std::string>& parts) {
  if (size.undecided > 0)
    parts.push_back(Number(size.undecided) + " undecided");
}

// "179 of 1,103 customers (16.2 %) at 2011-12-10 00:00".
std::string SizeText(const Store& store, const trato_segment_size& size,
                     std::int64_t now_us) {
  return Number(size.members) + " of " + Count(size.customers, "customer") +
         " (" + Share(size.members, size.customers) + ") at " +
         store.Moment(now_us);
}

trato_segment_size CountSegment(const Store& store, const std::string& name,
                                std::int64_t now_us) {
  trato_segment_size size = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_count(store.get(), View(name), now_us, &size, &error),
        error);
  return size;
}

void WriteNames(trato_members* opened, const std::string& sign,
                Output& output) {
  const std::unique_ptr<trato_members, decltype(&trato_members_destroy)>
      members(opened, trato_members_destroy);
  trato_error error = TRATO_ERROR_INIT;
  std::array<trato_member, 1024> page = {};
  for (std::size_t count = page.size(); count > 0;) {
    Check(trato_members_next(members.get(), page.data(), page.size(), &count,
                             &error),
          error);
    for (std::size_t i = 0; i < count; ++i) {
      output.Line(sign + Printable(View(page[i].name)));
    }
  }
}

// What a definition would change, or enabling; changes nothing.
void RunTry(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  trato_segment_overlap overlap = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_try(store.get(), View(options.name),
                          View(options.expression), now_us, &overlap, &error),
        error, options.expression);
  if (options.json) {
    Json answer = AnswerAt(store, now_us);
    answer["name"] = options.name;
    answer["would_enter"] = overlap.second_only;
    answer["would_leave"] = overlap.first_only;
    answer["would_stay"] = overlap.both;
    answer["customers"] = overlap.customers;
    answer["undecided"] = overlap.undecided;
    return WriteJson(output, answer.dump());
  }
  if (options.members) {
    for (const std::uint32_t entering : {0u, 1u}) {
      trato_members* opened = nullptr;
      Check(trato_segment_try_members(store.get(), View(options.name),
                                      View(options.expression), entering,
                                      now_us, &opened, &error),
            error);
      WriteNames(opened, entering != 0 ? "+ " : "- ", output);
    }
    return;
  }
  std::vector<std::string> parts = {
      Count(overlap.second_only, "customer") + " would enter",
      Number(overlap.first_only) + " leave",
      Number(overlap.both) + " stay, at " + store.Moment(now_us)};
  if (overlap.undecided > 0) {
    parts.push_back(Number(overlap.undecided) + " undecided");
  }
  output.Facts(Printable(options.name), parts);
}

void Enable(const SegmentOptions& options, bool enabled, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_enable(store.get(), View(options.name),
                             enabled ? 1u : 0u, now_us, nullptr, &error),
        error);
  const trato_segment_size size = CountSegment(store, options.name, now_us);
  Json answer = AnswerAt(store, now_us);
  const std::string at = store.Moment(now_us);
  store.Close();
  if (options.json) {
    answer["name"] = options.name;
    answer["disabled"] = !enabled;
    return WriteSize(size, answer, output);
  }
  output.Facts(Printable(options.name),
               {enabled ? "enabled" : "disabled",
                Count(size.members, "customer") + " at " + at});
}

void RunEnable(const SegmentOptions& options, Output& output) {
  if (options.dry_run) return RunTry(options, output);
  Enable(options, true, output);
}

void RunDisable(const SegmentOptions& options, Output& output) {
  Enable(options, false, output);
}

void RunDefine(const SegmentOptions& options, Output& output) {
  if (options.dry_run) return RunTry(options, output);
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_define(store.get(), View(options.name),
                             View(options.expression), now_us, nullptr, &error),
        error, options.expression);
  const trato_segment_size size = CountSegment(store, options.name, now_us);
  Json answer = AnswerAt(store, now_us);
  const std::string at = store.Moment(now_us);
  store.Close();
  if (options.json) {
    answer["name"] = options.name;
    return WriteSize(size, answer, output);
  }
  std::vector<std::string> parts = {Count(size.members, "customer") + " at " +
                                    at};
  AddUndecided(size, parts);
  output.Facts(Printable(options.name), parts);
}

void RunList(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_list(store.get(), answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"segment", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"version", Align::kRight, Fit::kDrop},
               {"defined", Align::kLeft, Fit::kDrop},
               {"expression", Align::kLeft, Fit::kWrap}});
  for (const Json& segment : answer.json()) {
    table.AddRow({Text(segment, "name"), Number(Counted(segment, "version")),
                  Moment(segment, "defined"),
                  (segment.at("disabled").get<bool>() ? "disabled: " : "") +
                      Text(segment, "expression")});
  }
  output.Write(table.empty() ? "no segments\n"
                             : table.Render(output.terminal(), 0));
}

void RunCount(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  const trato_segment_size size = CountSegment(store, options.name, now_us);
  if (options.json) {
    Json answer = AnswerAt(store, now_us);
    answer["name"] = options.name;
    return WriteSize(size, answer, output);
  }
  std::vector<std::string> parts = {SizeText(store, size, now_us)};
  AddUndecided(size, parts);
  output.Facts(Printable(options.name), parts);
}

void RunPreview(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  trato_segment_size size = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_preview(store.get(), View(options.expression), now_us,
                              &size, &error),
        error, options.expression);
  if (options.json) {
    return WriteSize(size, AnswerAt(store, now_us), output);
  }
  std::vector<std::string> parts;
  AddUndecided(size, parts);
  output.Facts(SizeText(store, size, now_us), parts);
}

void RunMembers(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  trato_members* opened = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_members(store.get(), View(options.name), now_us, &opened,
                              &error),
        error);
  const std::unique_ptr<trato_members, decltype(&trato_members_destroy)>
      members(opened, trato_members_destroy);
  Json answer = AnswerAt(store, now_us);
  answer["name"] = options.name;
  answer["members"] = Json::array();
  std::array<trato_member, 1024> page = {};
  while (true) {
    std::size_t count = 0;
    Check(trato_members_next(members.get(), page.data(), page.size(), &count,
                             &error),
          error);
    if (count == 0) break;
    for (std::size_t i = 0; i < count; ++i) {
      if (options.json) {
        answer["members"].push_back(
            {{"id", IdText(page[i].id)}, {"name", View(page[i].name)}});
      } else {
        output.Line(Printable(View(page[i].name)));
      }
    }
  }
  if (options.json) WriteJson(output, answer.dump());
}

void RunTest(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  std::uint32_t member = 0;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_test(store.get(), View(options.name),
                           View(options.customer), now_us, &member, &error),
        error);
  if (options.json) {
    Json answer = AnswerAt(store, now_us);
    answer["name"] = options.name;
    answer["customer"] = options.customer;
    answer["member"] = member != 0;
    return WriteJson(output, answer.dump());
  }
  output.Line(Printable(options.customer) +
              (member != 0 ? " is in " : " is not in ") +
              Printable(options.name) + " at " + store.Moment(now_us));
}

// The parts of an expression with their values, indented, and the facts under
// each.
void WritePart(const Json& part, const std::string& indent, Output& output) {
  const Json& error = part.at("error");
  output.Line(indent + Printable(Text(part, "expression")) + ": " +
              (error.is_null() ? Printable(Text(part, "value"))
                               : "no value (" + Text(part, "error") + ")"));
  for (const Json& fact : part.at("facts")) {
    std::string text = indent + "  - ";
    if (fact.contains("attribute")) {
      text += Text(fact, "attribute");
      if (!fact.at("value").is_null()) text += " = " + Text(fact, "value");
      text += " since ";
    } else {
      text += Text(fact, "type") + " at ";
    }
    text += Text(fact, "at");
    if (fact.contains("amount")) {
      text += ", " + Text(fact.at("amount"), "text") + " " +
              Text(fact.at("amount"), "currency");
    }
    output.Line(Printable(text));
  }
  const std::uint64_t left =
      Counted(part, "fact_count") - part.at("facts").size();
  if (left > 0 && !part.at("facts").empty()) {
    output.Line(indent + "  - and " + Number(left) + " more");
  }
  for (const Json& inner : part.at("parts")) {
    WritePart(inner, indent + "  ", output);
  }
}

void RunExplain(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_explain(store.get(), View(options.name),
                              View(options.customer), now_us, answer.out(),
                              &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Line(Printable(options.customer) +
              (json.at("member").get<bool>() ? " is in " : " is not in ") +
              Printable(options.name) + " at " + store.Moment(now_us));
  if (json.at("disabled").get<bool>()) {
    output.Line(Printable(options.name) + " is disabled");
  }
  if (!json.at("restriction").is_null()) {
    const std::string reason = Text(json.at("restriction"), "reason");
    output.Line("the customer's data is restricted" +
                (reason.empty() ? "" : ": " + Printable(reason)));
  }
  for (const Json& missing : json.at("missing")) {
    output.Line("missing: " + Printable(missing.get<std::string>()));
  }
  if (!json.at("changes_at").is_null()) {
    output.Line("if nothing comes the customer " +
                std::string(json.at("member").get<bool>() ? "leaves" : "enters") +
                " at " + Text(json, "changes_at"));
  }
  output.Line("");
  WritePart(json.at("why"), "", output);
}

void WriteDifference(const Store& store, const std::string& first,
                     const std::string& second, std::int64_t now_us,
                     const std::string& sign, Output& output) {
  trato_members* opened = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_diff_members(store.get(), View(first), View(second),
                                   now_us, &opened, &error),
        error);
  WriteNames(opened, sign, output);
}

void RunDiff(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  const std::int64_t now_us = options.Now(store);
  trato_segment_overlap overlap = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_diff(store.get(), View(options.name), View(options.other),
                           now_us, &overlap, &error),
        error);
  if (options.json) {
    Json answer = AnswerAt(store, now_us);
    answer["first"] = options.name;
    answer["second"] = options.other;
    answer["first_only"] = overlap.first_only;
    answer["second_only"] = overlap.second_only;
    answer["both"] = overlap.both;
    answer["customers"] = overlap.customers;
    answer["undecided"] = overlap.undecided;
    return WriteJson(output, answer.dump());
  }
  if (options.members) {
    WriteDifference(store, options.name, options.other, now_us, "- ", output);
    WriteDifference(store, options.other, options.name, now_us, "+ ", output);
    return;
  }
  const std::string first = Printable(options.name);
  const std::string second = Printable(options.other);
  Table table({{"in", Align::kLeft, Fit::kShrink, Style::kStrong},
               {"customers", Align::kRight, Fit::kDrop}});
  table.AddRow({first + " only", Number(overlap.first_only)});
  table.AddRow({second + " only", Number(overlap.second_only)});
  table.AddRow({"both", Number(overlap.both)});
  table.AddRow({"neither", Number(overlap.customers - overlap.first_only -
                                  overlap.second_only - overlap.both)});
  if (overlap.undecided > 0) {
    table.AddRow({"undecided, of these", Number(overlap.undecided)});
  }
  output.Write(table.Render(output.terminal(), 0));
}

void RunPlan(const SegmentOptions& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_plan(store.get(), View(options.expression), answer.out(),
                           &error),
        error, options.expression);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Line("evaluated: " + Text(json, "evaluated"));
  for (const Json& part : json.at("one_by_one")) {
    output.Line("one customer after the other: " +
                Printable(part.get<std::string>()));
  }
  if (json.at("linked_one_by_one").get<bool>()) {
    output.Line("one customer after the other: who has linked records");
  }
  for (const auto& [what, names] : json.at("reads").items()) {
    if (names.empty()) continue;
    std::string list;
    for (const Json& name : names) {
      list += (list.empty() ? "" : ", ") + name.get<std::string>();
    }
    output.Line("reads " + what + ": " + Printable(list));
  }
  for (const Json& question : json.at("questions")) {
    output.Line(
        "asks for " + Text(question, "reads") +
        (question.at("shared").get<bool>() ? ", once for several: " : ": ") +
        Printable(Text(question, "expression")));
  }
}

// explain, diff and plan.
void AddAnswers(CommandLine& line, CLI::App* segment) {
  CLI::App* command = nullptr;
  auto explain =
      line.Add(segment, "explain", "Tell why a customer is in a segment or not",
               R"(Example:
  trato segment explain shop.trato loyal shop:12748 --now 2011-12-10

What is missing to be in it, when that changes by itself, then each part of the
expression with its value and the facts that it rests on.)",
               RunExplain, &command);
  AddStore(command, *explain);
  AddArgument(command, "NAME", explain->name, "The segment");
  AddArgument(command, "CUSTOMER", explain->customer,
              "Any identifier, namespace:value");
  AddNow(command, *explain);
  AddPast(command, *explain);
  AddView(command, *explain);
  AddJson(command, *explain);

  auto diff = line.Add(segment, "diff", "Compare the customers of two segments",
                       R"(Examples:
  trato segment diff shop.trato loyal recent
  trato segment diff shop.trato loyal recent --members

With --members one name a line, after - who is in the first only, after + who is
in the second only.)",
                       RunDiff, &command);
  AddStore(command, *diff);
  AddArgument(command, "NAME", diff->name, "A segment");
  AddArgument(command, "OTHER", diff->other, "Another one");
  command->add_flag("--members", diff->members, "Name the customers");
  AddNow(command, *diff);
  AddPast(command, *diff);
  AddView(command, *diff);
  AddJson(command, *diff);

  auto plan = line.Add(segment, "plan", "Show what an expression reads",
                       R"(Example:
  trato segment plan shop.trato 'interactions("return").count() > 0'

Evaluates nothing.)",
                       RunPlan, &command);
  AddStore(command, *plan);
  AddArgument(command, "EXPRESSION", plan->expression, "The condition");
  AddPast(command, *plan);
  AddJson(command, *plan);
}

}  // namespace

void AddSegmentCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* segment =
      line.AddGroup("segment", "Customers by a condition", "Marketing");

  auto define = line.Add(segment, "define", "Define a segment, or redefine it",
                         R"(Examples:
  trato segment define shop.trato loyal \
      'interactions("purchase").within("90d").count() >= 3'
  trato segment define shop.trato leeds 'customer.city == "Leeds"'
  trato segment define shop.trato leeds 'customer.city == "York"' --dry-run

With --dry-run nothing is changed: it says how many would enter, leave and stay;
with --members too who, one name a line, after - who leaves, after + who enters.)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->name, "The segment");
  AddArgument(command, "EXPRESSION", define->expression,
              "What is true for its customers");
  CLI::Option* dry_run = command->add_flag("--dry-run", define->dry_run,
                                           "Say what it would change");
  command->add_flag("--members", define->members, "Name the customers")
      ->needs(dry_run);
  AddNow(command, *define);
  AddJson(command, *define);

  auto disable = line.Add(segment, "disable", "Have nobody in a segment",
                          R"(Example:
  trato segment disable shop.trato loyal

Its definition stays: it may be changed, and enabled again. What depends on it
goes on, of a segment in which nobody is.)",
                          RunDisable, &command);
  AddStore(command, *disable);
  AddArgument(command, "NAME", disable->name, "The segment");
  AddNow(command, *disable);
  AddJson(command, *disable);

  auto enable = line.Add(segment, "enable", "Take a segment's disabling back",
                         R"(Examples:
  trato segment enable shop.trato loyal
  trato segment enable shop.trato loyal --dry-run

With --dry-run nothing is changed: it says how many would enter.)",
                         RunEnable, &command);
  AddStore(command, *enable);
  AddArgument(command, "NAME", enable->name, "The segment");
  dry_run = command->add_flag("--dry-run", enable->dry_run,
                              "Say what it would change");
  command->add_flag("--members", enable->members, "Name the customers")
      ->needs(dry_run);
  AddNow(command, *enable);
  AddJson(command, *enable);

  auto list = line.Add(segment, "list", "Show all segments",
                       R"(Example:
  trato segment list shop.trato)",
                       RunList, &command);
  AddStore(command, *list);
  AddPast(command, *list);
  AddJson(command, *list);

  auto count = line.Add(segment, "count", "Count a segment's customers",
                        R"(Example:
  trato segment count shop.trato loyal --now 2011-12-10)",
                        RunCount, &command);
  AddStore(command, *count);
  AddArgument(command, "NAME", count->name, "The segment");
  AddNow(command, *count);
  AddPast(command, *count);
  AddView(command, *count);
  AddJson(command, *count);

  auto preview =
      line.Add(segment, "preview", "Count an expression, and define nothing",
               R"(Example:
  trato segment preview shop.trato 'interactions("return").count() > 0')",
               RunPreview, &command);
  AddStore(command, *preview);
  AddArgument(command, "EXPRESSION", preview->expression, "The condition");
  AddNow(command, *preview);
  AddPast(command, *preview);
  AddView(command, *preview);
  AddJson(command, *preview);

  auto members = line.Add(segment, "members", "Name a segment's customers",
                          R"(Examples:
  trato segment members shop.trato loyal --now 2011-12-10
  trato segment members shop.trato loyal | head

One name a line, in order.)",
                          RunMembers, &command);
  AddStore(command, *members);
  AddArgument(command, "NAME", members->name, "The segment");
  AddNow(command, *members);
  AddPast(command, *members);
  AddView(command, *members);
  AddJson(command, *members);

  auto test =
      line.Add(segment, "test", "Ask whether a customer is in a segment",
               R"(Example:
  trato segment test shop.trato loyal shop:12748 --now 2011-12-10)",
               RunTest, &command);
  AddStore(command, *test);
  AddArgument(command, "NAME", test->name, "The segment");
  AddArgument(command, "CUSTOMER", test->customer,
              "Any identifier, namespace:value");
  AddNow(command, *test);
  AddPast(command, *test);
  AddView(command, *test);
  AddJson(command, *test);

  AddAnswers(line, segment);
  AddSegmentChangesCommands(line, segment);
  AddSegmentWatchCommands(line, segment);
}

}  // namespace trato_cli
