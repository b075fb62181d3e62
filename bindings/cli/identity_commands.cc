// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// identity resolve, review, explain, simulate, define, definitions.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct IdentityCommon : CommonOptions {
  std::string record;
  std::string other;
  std::vector<std::string> fields;  // name=kind, or name
  std::string link_at;
  std::string review_at;
  std::string max_block;
  std::string max_records;
  std::string country;
  std::string top = "20";
  bool propose = false;
  bool dry_run = false;
  bool relearn = false;
};

std::string Fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

// Never rounded to what is certain.
std::string Chance(double probability) {
  const double percent = 100 * probability;
  if (percent > 99.99) return "> 99.99 %";
  if (percent < 0.01) return "< 0.01 %";
  return Fixed(percent, percent > 99 || percent < 1 ? 2 : 1) + " %";
}

std::string Signed(double bits) {
  return (bits < 0 ? "-" : "+") + Fixed(std::fabs(bits), 1);
}

double ToNumber(const std::string& text, const char* what) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(number >= 0) || number > 1e9) {
    throw Failure(std::string(what) + ": a number is needed, not " +
                  Printable(text));
  }
  return number;
}

struct KindName {
  const char* name;
  trato_field_kind kind;
};
constexpr KindName kKinds[] = {
    {"given_name", TRATO_FIELD_GIVEN_NAME},
    {"surname", TRATO_FIELD_SURNAME},
    {"second_surname", TRATO_FIELD_SECOND_SURNAME},
    {"full_name", TRATO_FIELD_FULL_NAME},
    {"birth_date", TRATO_FIELD_BIRTH_DATE},
    {"email", TRATO_FIELD_EMAIL},
    {"phone", TRATO_FIELD_PHONE},
    {"document", TRATO_FIELD_DOCUMENT},
    {"street", TRATO_FIELD_STREET},
    {"house_number", TRATO_FIELD_HOUSE_NUMBER},
    {"postcode", TRATO_FIELD_POSTCODE},
    {"place", TRATO_FIELD_PLACE},
    {"text", TRATO_FIELD_TEXT},
    {"country", TRATO_FIELD_COUNTRY}};

// A definition out of the options; it views them.
class Definition {
 public:
  explicit Definition(const IdentityCommon& options) {
    for (const std::string& field : options.fields) Add(field);
    it_.fields = fields_.data();
    it_.field_count = fields_.size();
    if (!options.link_at.empty()) {
      it_.link_at = ToNumber(options.link_at, "--link-at");
    }
    if (!options.review_at.empty()) {
      it_.review_at = ToNumber(options.review_at, "--review-at");
    }
    if (!options.max_block.empty()) {
      it_.max_block = static_cast<std::uint32_t>(
          ToNumber(options.max_block, "--max-block"));
    }
    if (!options.max_records.empty()) {
      it_.max_records = static_cast<std::uint32_t>(
          ToNumber(options.max_records, "--max-records"));
    }
    it_.country = View(options.country);
  }
  const trato_identity_definition* get() const { return &it_; }

 private:
  void Add(const std::string& field) {
    const std::size_t equals = field.find('=');
    trato_field_kind kind = TRATO_FIELD_GUESSED;
    if (equals != std::string::npos) {
      const std::string name = field.substr(equals + 1);
      for (const KindName& it : kKinds) {
        if (name == it.name) kind = it.kind;
      }
      if (kind == TRATO_FIELD_GUESSED) {
        std::string known;
        for (const KindName& it : kKinds) {
          known += (known.empty() ? "" : ", ") + std::string(it.name);
        }
        throw Failure("--field: " + Printable(name) + " is none of " + known);
      }
    }
    fields_.push_back({{field.data(), std::min(equals, field.size())}, kind, 0});
  }

  trato_identity_definition it_ = TRATO_IDENTITY_DEFINITION_INIT;
  std::vector<trato_identity_field> fields_;
};

trato_identity_mode ModeOf(const IdentityCommon& options) {
  if (options.dry_run) return TRATO_IDENTITY_DRY_RUN;
  return options.propose ? TRATO_IDENTITY_PROPOSE : TRATO_IDENTITY_APPLY;
}

void WritePairs(const Json& pairs, Output& output) {
  if (pairs.empty()) return;
  Table table({{"one", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"other", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"to be"},
               {"one person", Align::kRight},
               {"why", Align::kLeft, Fit::kShrink}});
  for (const Json& it : pairs) {
    const std::string outcome =
        it.contains("outcome") ? Text(it, "outcome") : std::string();
    table.AddRow({Printable(Text(it, "one")), Printable(Text(it, "other")),
                  outcome, Chance(it.at("probability").get<double>()),
                  Printable(Text(it, "why"))});
  }
  output.Write(table.Render(output.terminal(), 2));
}

void WriteReport(const Json& report, bool dry_run, Output& output) {
  output.Facts(dry_run ? "would come to" : "customers",
               {Number(Counted(report, "customers_before")) + " before, " +
                    Number(Counted(report, "customers_after")) + " after",
                Count(Counted(report, "linked"), "link"),
                Number(Counted(report, "unlinked")) + " taken back",
                Count(Counted(report, "proposed"), "proposal"),
                Number(Counted(report, "refused")) + " refused"});
  output.Line("  " + Count(Counted(report, "records"), "record") + ", " +
              Count(Counted(report, "compared"), "pair") + " compared" +
              (report.at("version").is_null()
                   ? ""
                   : "; weights learned, version " +
                         Number(Counted(report, "version"))));
  WritePairs(report.at("pairs"), output);
}

void ResolveAll(const IdentityCommon& options,
                const trato_identity_definition* definition, Output& output) {
  Store store(options.store);
  trato_identity_options how = TRATO_IDENTITY_OPTIONS_INIT;
  how.mode = definition != nullptr ? TRATO_IDENTITY_DRY_RUN : ModeOf(options);
  how.relearn = options.relearn ? 1 : 0;
  how.pairs = static_cast<std::uint32_t>(ToNumber(options.top, "--top"));
  how.definition = definition;
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_identity_resolve_all(store.get(), &how, options.Now(store),
                                   nullptr, answer.out(), &error),
        error);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  WriteReport(answer.json(), how.mode == TRATO_IDENTITY_DRY_RUN, output);
}

void RunResolve(const IdentityCommon& options, Output& output) {
  if (options.record.empty()) return ResolveAll(options, nullptr, output);
  Store store(options.store);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  trato_identity_options how = TRATO_IDENTITY_OPTIONS_INIT;
  how.mode = ModeOf(options);
  Check(trato_identity_resolve(store.get(), View(options.record), &how,
                               options.Now(store), nullptr, answer.out(),
                               &error),
        error);
  store.Close();
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Facts(Printable(Text(json, "record")),
               {Text(json, "outcome"),
                Count(json.at("pairs").size(), "record") + " like it"});
  WritePairs(json.at("pairs"), output);
}

void RunSimulate(const IdentityCommon& options, Output& output) {
  const Definition definition(options);
  ResolveAll(options, definition.get(), output);
}

void RunDefine(const IdentityCommon& options, Output& output) {
  const Definition definition(options);
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_identity_define(store.get(), definition.get(),
                              options.Now(store), nullptr, &error),
        error);
  store.Close();
  output.Facts("identities", {"defined; resolve all to learn the weights"});
}

void WriteQuestions(const Json& pair, Output& output) {
  for (const Json& it : pair.at("questions")) {
    output.Line("    ask for " + Printable(Text(it, "field")) +
                ": the same makes it " +
                Chance(it.at("if_the_same").get<double>()) + ", another one " +
                Chance(it.at("if_different").get<double>()));
  }
}

void RunReview(const IdentityCommon& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_identity_review(
            store.get(),
            static_cast<std::uint32_t>(ToNumber(options.top, "--top")),
            options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  output.Facts("to be looked at", {Count(Counted(json, "open"), "pair")});
  for (const Json& it : json.at("pairs")) {
    output.Line("  " + Printable(Text(it, "one")) + " and " +
                Printable(Text(it, "other")) + ": " + Text(it, "outcome") +
                "? " + Chance(it.at("probability").get<double>()) +
                " one person");
    output.Line("    " + Printable(Text(it, "why")));
    WriteQuestions(it, output);
  }
  if (!json.at("pairs").empty()) {
    output.Line(
        "  Answer with `trato customer link`, `unlink` or `cannot-link`.");
  }
}

void WriteExplanation(const Json& pair, Output& output) {
  output.Facts(Printable(Text(pair, "one")) + " and " +
                   Printable(Text(pair, "other")),
               {Chance(pair.at("probability").get<double>()) + " one person",
                Signed(pair.at("bits").get<double>()) + " bits"});
  Table table({{"field", Align::kLeft, Fit::kKeep, Style::kStrong},
               {"bits", Align::kRight},
               {"is"},
               {"one", Align::kLeft, Fit::kShrink},
               {"other", Align::kLeft, Fit::kShrink}});
  table.AddRow({"before any field", Signed(pair.at("prior_bits").get<double>()),
                "two records at random", "", ""});
  for (const Json& it : pair.at("comparisons")) {
    table.AddRow({Printable(Text(it, "field")),
                  Signed(it.at("bits").get<double>()), Text(it, "level"),
                  Printable(Text(it, "one")), Printable(Text(it, "other"))});
  }
  const double household = pair.at("household_bits").get<double>();
  if (household < -0.05) {
    table.AddRow({"household", Signed(household),
                  "may be two who live together", "", ""});
  }
  output.Write(table.Render(output.terminal(), 2));
  if (pair.at("documents_differ").get<bool>()) {
    output.Line("  Their documents differ and are valid: they stay two.");
  }
  WriteQuestions(pair, output);
}

void RunExplain(const IdentityCommon& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_identity_explain(store.get(), View(options.record),
                               View(options.other), options.Now(store),
                               answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  if (!options.other.empty()) return WriteExplanation(json, output);
  output.Facts(Printable(Text(json, "customer")),
               {Count(json.at("records").size(), "record")});
  for (const Json& record : json.at("records")) {
    std::string line = "  " + Printable(Text(record, "record"));
    for (const Json& identifier : record.at("identifiers")) {
      line += "  " + Printable(identifier.get<std::string>());
    }
    output.Line(line);
    for (const Json& tie : record.at("ties")) {
      output.Line("    " + Text(tie, "says") + " with " +
                  Printable(Text(tie, "other")) +
                  (tie.at("reason").is_null()
                       ? ""
                       : ": " + Printable(Text(tie, "reason"))));
    }
  }
  for (const Json& pair : json.at("pairs")) WriteExplanation(pair, output);
}

void RunDefinitions(const IdentityCommon& options, Output& output) {
  const Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_identity_definitions(store.get(), answer.out(), &error), error);
  if (options.json) return WriteJson(output, answer.view());
  const Json json = answer.json();
  const auto show = [&](const std::string& title, const Json& it) {
    output.Facts(title, {"linked from " +
                             Chance(it.at("link_at").get<double>()) + " on",
                         "proposed from " +
                             Chance(it.at("review_at").get<double>()) + " on"});
    std::string fields;
    for (const Json& field : it.at("fields")) {
      fields += (fields.empty() ? "" : ", ") + Printable(Text(field, "name")) +
                "=" + Text(field, "kind");
    }
    output.Line("  " + fields);
    if (it.at("model").is_null()) return;
    Table table({{"field", Align::kLeft, Fit::kKeep, Style::kStrong},
                 {"is"},
                 {"one person", Align::kRight},
                 {"household", Align::kRight},
                 {"strangers", Align::kRight},
                 {"bits", Align::kRight}});
    for (const Json& comparison : it.at("model").at("comparisons")) {
      if (Text(comparison, "field") == "text") continue;
      std::string field = Text(comparison, "field");
      for (const Json& level : comparison.at("levels")) {
        const auto share = [&](const char* name) {
          return Fixed(100 * level.at(name).get<double>(), 3) + " %";
        };
        table.AddRow({field, Text(level, "level"), share("one_person"),
                      share("household"), share("two_people"),
                      Signed(level.at("bits").get<double>())});
        field.clear();
      }
    }
    output.Write(table.Render(output.terminal(), 2));
  };
  if (json.at("versions").empty()) return show("usual", json.at("usual"));
  const Json& last = json.at("versions").back();
  show("version " + Number(Counted(last, "version")), last);
}

void AddDefinition(CLI::App* command, IdentityCommon& options) {
  command
      ->add_option("--field", options.fields,
                   "What a field is, as tel=phone (default: as it is called)")
      ->type_name("NAME[=KIND]")
      ->allow_extra_args(false);
  AddOption(command, "--link-at", "P", options.link_at,
            "Link from this probability on (default 0.95)");
  AddOption(command, "--review-at", "P", options.review_at,
            "Propose from this one on (default 0.5)");
  AddOption(command, "--max-block", "N", options.max_block,
            "Records that may share a key (default 100)");
  AddOption(command, "--max-records", "N", options.max_records,
            "Records of one customer (default 100)");
  AddOption(command, "--country", "CC", options.country,
            "Of phone numbers that name none, as ES");
}

}  // namespace

void AddIdentityCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* identity =
      line.AddGroup("identity", "Find which records are one person's",
                    "Customers");

  auto resolve = line.Add(identity, "resolve",
                          "Link records that are one person's",
                          R"(Examples:
  trato identity resolve shop.trato --dry-run
  trato identity resolve shop.trato
  trato identity resolve shop.trato --record crm:4711

Who is certain enough is linked, with the reason; who is doubtful is proposed
(trato identity review). Links by hand stay. The first time, what each field is
worth is learned from the records themselves.)",
                          RunResolve, &command);
  AddStore(command, *resolve);
  AddOption(command, "--record", "NAME", resolve->record,
            "Only this one, against all others");
  command->add_flag("--propose", resolve->propose, "Link nobody, propose all");
  command->add_flag("--dry-run", resolve->dry_run, "Record nothing");
  command->add_flag("--relearn", resolve->relearn, "Learn the weights anew");
  AddOption(command, "--top", "N", resolve->top,
            "How many pairs to show (default 20)");
  AddNow(command, *resolve);
  AddThreads(command, *resolve);
  AddJson(command, *resolve);

  auto review = line.Add(identity, "review", "List what to look at, and ask",
                         R"(Example:
  trato identity review shop.trato --top 5)",
                         RunReview, &command);
  AddStore(command, *review);
  AddOption(command, "--top", "N", review->top,
            "How many pairs to show (default 20)");
  AddNow(command, *review);
  AddJson(command, *review);

  auto explain = line.Add(identity, "explain", "Tell why records are one",
                          R"(Examples:
  trato identity explain shop.trato crm:4711 web:99
  trato identity explain shop.trato crm:4711)",
                          RunExplain, &command);
  AddStore(command, *explain);
  AddArgument(command, "ONE", explain->record, "A record");
  command->add_option("OTHER", explain->other,
                      "Another one (without: all of the customer)");
  AddNow(command, *explain);
  AddJson(command, *explain);

  auto simulate = line.Add(identity, "simulate",
                           "Tell what another definition would do",
                           R"(Example:
  trato identity simulate shop.trato --link-at 0.999)",
                           RunSimulate, &command);
  AddStore(command, *simulate);
  AddDefinition(command, *simulate);
  AddOption(command, "--top", "N", simulate->top,
            "How many pairs to show (default 20)");
  AddNow(command, *simulate);
  AddThreads(command, *simulate);
  AddJson(command, *simulate);

  auto define = line.Add(identity, "define", "Set how records are compared",
                         R"(Example:
  trato identity define shop.trato --field tel=phone --country ES)",
                         RunDefine, &command);
  AddStore(command, *define);
  AddDefinition(command, *define);
  AddNow(command, *define);

  auto definitions = line.Add(identity, "definitions",
                              "Show what each field is worth",
                              R"(Example:
  trato identity definitions shop.trato)",
                              RunDefinitions, &command);
  AddStore(command, *definitions);
  AddJson(command, *definitions);
}

}  // namespace trato_cli
