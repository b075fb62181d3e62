// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// segment define, list, count, preview, members, test.

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
};

// What all of the JSON answers begin with.
Json AnswerAt(const Store& store, std::int64_t now_us) {
  Json answer;
  answer["now"] = store.FormatTime(now_us);
  answer["now_us"] = now_us;
  return answer;
}

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

void RunDefine(const SegmentOptions& options, Output& output) {
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
                  Moment(segment, "defined"), Text(segment, "expression")});
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

}  // namespace

void AddSegmentCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* segment =
      line.AddGroup("segment", "Customers by a condition", "Marketing");

  auto define = line.Add(segment, "define", "Define a segment, or redefine it",
                         R"(Examples:
  trato segment define shop.trato loyal \
      'interactions("purchase").within("90d").count() >= 3'
  trato segment define shop.trato leeds 'customer.city == "Leeds"')",
                         RunDefine, &command);
  AddStore(command, *define);
  AddArgument(command, "NAME", define->name, "The segment");
  AddArgument(command, "EXPRESSION", define->expression,
              "What is true for its customers");
  AddNow(command, *define);
  AddJson(command, *define);

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
  AddJson(command, *test);
}

}  // namespace trato_cli
