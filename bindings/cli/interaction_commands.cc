// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// record, correct, retract, timeline.

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/money.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"
#include "bindings/cli/value.h"

namespace trato_cli {
namespace {

constexpr int kQuantityDigits = 6;

struct RecordOptions : CommonOptions {
  std::string customer;
  std::string type;
  std::string at;
  std::string channel;
  std::string amount;
  std::vector<std::string> lines;
  std::vector<std::string> fields;
  std::string key;
  bool outbound = false;
};

// "PRODUCT:QUANTITY:AMOUNT"; the product may hold colons.
trato_line ParseLine(const std::string& text, const std::string& currency) {
  const std::size_t second = text.rfind(':');
  const std::size_t first = second == std::string::npos || second == 0
                                ? std::string::npos
                                : text.rfind(':', second - 1);
  if (first == std::string::npos || first == 0) {
    throw Failure("--line: \"" + text +
                  "\" is not PRODUCT:QUANTITY:AMOUNT, such as 22423:2:25.50");
  }
  trato_line line = TRATO_LINE_INIT;
  line.product = View(std::string_view(text).substr(0, first));
  line.quantity =
      ParseDecimal(std::string_view(text).substr(first + 1, second - first - 1),
                   kQuantityDigits, "--line");
  line.amount_minor = ParseDecimal(std::string_view(text).substr(second + 1),
                                   CurrencyDigits(currency), "--line");
  return line;
}

// "NAME=VALUE" or "NAME:TYPE=VALUE". The field borrows `text`, and its string
// value `value`.
trato_field ParseField(const Store& store, const std::string& text,
                       std::string& value) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Failure("--field: \"" + text + "\" is not NAME=VALUE");
  }
  const std::size_t colon = std::min(text.find(':'), equals);
  value = text.substr(equals + 1);
  trato_field field = {};
  field.name = View(std::string_view(text).substr(0, colon));
  field.value = ParseValue(
      store,
      colon < equals ? ParseKind(text.substr(colon + 1, equals - colon - 1))
                     : TRATO_VALUE_STRING,
      value);
  return field;
}

// A trato_interaction, with what it points to.
class Content {
 public:
  Content(const Store& store, const RecordOptions& options);
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  const trato_interaction& get() const { return interaction_; }

  // "shop:7 · visit at 2011-12-09 12:30", "12.50 GBP".
  std::vector<std::string> Parts(const Store& store, std::int64_t now_us) const;

 private:
  trato_interaction interaction_ = TRATO_INTERACTION_INIT;
  Money whole_;
  std::vector<trato_line> lines_;
  std::vector<trato_field> fields_;
  std::vector<std::string> values_;
};

Content::Content(const Store& store, const RecordOptions& options)
    : whole_{0, store.Currency()}, values_(options.fields.size()) {
  interaction_.direction = options.outbound ? TRATO_OUTBOUND : TRATO_INBOUND;
  interaction_.customer = View(options.customer);
  interaction_.type = View(options.type);
  interaction_.channel = View(options.channel);
  if (!options.at.empty()) {
    interaction_.at_us = store.ParseTime(options.at, "--at");
  }
  const bool has_amount = !options.amount.empty();
  if (has_amount) {
    whole_ = ParseMoney(options.amount, whole_.currency, "--amount");
  }
  interaction_.currency = View(whole_.currency);
  interaction_.amount_minor = whole_.minor;

  std::int64_t sum = 0;
  for (const std::string& line : options.lines) {
    lines_.push_back(ParseLine(line, whole_.currency));
    if (__builtin_add_overflow(sum, lines_.back().amount_minor, &sum)) {
      throw Failure("--line: the amounts are too large");
    }
  }
  if (!lines_.empty() && has_amount && sum != whole_.minor) {
    throw Failure("--amount: it is not the sum of the lines, " +
                  MoneyText(sum, whole_.currency));
  }
  if (!lines_.empty()) whole_.minor = sum;
  interaction_.lines = lines_.data();
  interaction_.line_count = lines_.size();

  for (std::size_t i = 0; i < options.fields.size(); ++i) {
    fields_.push_back(ParseField(store, options.fields[i], values_[i]));
  }
  interaction_.fields = fields_.data();
  interaction_.field_count = fields_.size();
}

std::vector<std::string> Content::Parts(const Store& store,
                                        std::int64_t now_us) const {
  const std::int64_t at_us =
      interaction_.at_us == TRATO_AT_NOW ? now_us : interaction_.at_us;
  std::vector<std::string> parts = {Printable(View(interaction_.customer)) +
                                    " · " + Printable(View(interaction_.type)) +
                                    " at " + store.Moment(at_us)};
  if (whole_.minor != 0 || !lines_.empty()) {
    parts.push_back(MoneyText(whole_.minor, whole_.currency));
  }
  return parts;
}

void RunRecord(const RecordOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  const Content content(store, options);
  trato_interaction interaction = content.get();
  interaction.key = View(options.key);
  trato_id fact = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_interaction_record(store.get(), &interaction, now_us, nullptr,
                                 &fact, &error),
        error);
  std::vector<std::string> parts = content.Parts(store, now_us);
  store.Close();
  parts.push_back("fact " + IdText(fact));
  output.Line(JoinWrapped(parts, " · ", "", 0));
}

struct CorrectOptions : RecordOptions {
  std::string record;
  std::string fact;
  std::string found;
  std::string reason;
};

trato_correction ToCorrection(const Store& store,
                              const CorrectOptions& options) {
  trato_correction correction = TRATO_CORRECTION_INIT;
  correction.record = View(options.record);
  correction.interaction = ParseId(options.fact, "FACT");
  correction.reason = View(options.reason);
  correction.key = View(options.key);
  if (!options.found.empty()) {
    correction.at_us = store.ParseTime(options.found, "--found");
  }
  return correction;
}

void RunCorrect(const CorrectOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_correction correction = ToCorrection(store, options);
  RecordOptions truth = options;
  if (truth.customer.empty()) truth.customer = options.record;
  const Content content(store, truth);
  correction.content = &content.get();
  trato_id id = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_interaction_correct(store.get(), &correction, now_us, nullptr,
                                  &id, &error),
        error);
  std::vector<std::string> parts = content.Parts(store, now_us);
  store.Close();
  parts.push_back("correction " + IdText(id));
  output.Line(JoinWrapped(parts, " · ", "", 0));
}

void RunRetract(const CorrectOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  const trato_correction correction = ToCorrection(store, options);
  trato_id id = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_interaction_retract(store.get(), &correction, now_us, nullptr,
                                  &id, &error),
        error);
  store.Close();
  output.Line(Printable(options.record) + " · retracted " +
              IdText(correction.interaction) + " · retraction " + IdText(id));
}

struct TimelineOptions : CommonOptions {
  std::string customer;
  std::string type;
  std::uint64_t limit = 20;
  bool all = false;
  bool facts = false;
};

using TimelineHandle =
    std::unique_ptr<trato_timeline, decltype(&trato_timeline_destroy)>;

// The first products of an order: "24 lines: 22423 ×2, 84879 ×8, …".
std::string LinesText(const trato_timeline_entry& entry) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < entry.line_count && i < kShown; ++i) {
    const trato_line& line = entry.lines[i];
    std::string part(View(line.product));
    part += " ×" + DecimalText(line.quantity, kQuantityDigits);
    if (line.unit.size > 0) part += " " + std::string(View(line.unit));
    parts.push_back(part);
  }
  if (entry.line_count > kShown) parts.push_back("…");
  const std::string products = JoinWrapped(parts, ", ", "", 0);
  return entry.line_count == 1
             ? products
             : Count(entry.line_count, "line") + ": " + products;
}

std::string Details(const Store& store, const trato_timeline_entry& entry) {
  std::vector<std::string> parts;
  if (entry.direction == TRATO_OUTBOUND) parts.push_back("from us");
  for (std::size_t i = 0; i < entry.field_count; ++i) {
    const trato_field& field = entry.fields[i];
    parts.push_back(std::string(View(field.name)) + "=" +
                    ValueText(store, field.value));
  }
  if (entry.line_count > 0) parts.push_back(LinesText(entry));
  return JoinWrapped(parts, " · ", "", 0);
}

void RunTimeline(const TimelineOptions& options, Output& output) {
  Store store(options.store, options.reading);
  trato_timeline_options timeline_options = TRATO_TIMELINE_OPTIONS_INIT;
  timeline_options.newest_first = 1;
  // One more tells whether there are more.
  timeline_options.limit = options.all ? 0 : options.limit + 1;
  timeline_options.type = View(options.type);
  timeline_options.without_ids = options.facts ? 0 : 1;
  trato_timeline* opened = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_timeline_open(store.get(), View(options.customer),
                            options.Now(store), &timeline_options, &opened,
                            &error),
        error);
  const TimelineHandle timeline(opened, trato_timeline_destroy);

  std::vector<std::vector<std::string>> rows;
  std::set<std::string> records;
  bool more = false;
  while (true) {
    const trato_timeline_entry* entry = nullptr;
    Check(trato_timeline_next(timeline.get(), &entry, &error), error);
    if (entry == nullptr) break;
    more = !options.all && rows.size() == options.limit;
    if (more) break;
    const bool priced = entry->amount_minor != 0 || entry->line_count > 0;
    records.insert(std::string(View(entry->record)));
    rows.push_back(
        {store.Moment(entry->at_us), std::string(View(entry->type)),
         priced ? MoneyText(entry->amount_minor, entry->currency) : "",
         std::string(View(entry->channel)), std::string(View(entry->record)),
         Details(store, *entry), options.facts ? IdText(entry->fact) : ""});
  }
  // Which record it was matters only where there are several.
  Table table({{"at"},
               {"type", Align::kLeft, Fit::kShrink},
               {"amount", Align::kRight},
               {"channel", Align::kLeft, Fit::kDrop},
               {"record", Align::kLeft, Fit::kShrink},
               {"", Align::kLeft, Fit::kShrink, Style::kFaint},
               {"fact"}});
  for (std::vector<std::string>& row : rows) {
    if (records.size() < 2) row[4].clear();
    table.AddRow(row);
  }
  if (rows.empty()) {
    output.Line("no interactions");
    return;
  }
  output.Write(table.Render(output.terminal(), 0));
  if (more && output.terminal().present) {
    output.Line(output.terminal().Styled(
        Style::kFaint,
        "the newest " + Number(rows.size()) + "; --all shows everything"));
  }
}

void AddContent(CLI::App* command, RecordOptions& options) {
  AddOption(command, "--channel", "NAME", options.channel,
            "web, email, shop, ...");
  AddOption(command, "--amount", "AMOUNT", options.amount,
            "Of the whole, 12.50 or \"12.50 GBP\"");
  AddList(command, "--line", "LINE", options.lines,
          "PRODUCT:QUANTITY:AMOUNT; may be repeated");
  AddList(command, "--field", "FIELD", options.fields,
          "NAME=VALUE or NAME:TYPE=VALUE; may be repeated");
  command->add_flag("--outbound", options.outbound, "From us to the customer");
}

// What correct and retract have in common.
void AddCorrected(CLI::App* command, CorrectOptions& options) {
  AddArgument(command, "RECORD", options.record,
              "The record it was recorded for, namespace:value");
  AddArgument(command, "FACT", options.fact, "The interaction's fact id");
}

void AddCorrection(CLI::App* command, CorrectOptions& options) {
  AddOption(command, "--reason", "TEXT", options.reason, "Why");
  AddOption(command, "--found", "TIME", options.found,
            "When it was found out (else: now); the last found holds");
  AddOption(command, "--key", "KEY", options.key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, options);
}

struct CompetitorOptions : CommonOptions {
  std::string customer;
  std::string competitor;
  std::string action = "seen";
  std::string product;
  std::string price;
  std::string channel;
  std::string at;
  std::string key;
};

// By number, as in trato.h.
const std::vector<std::string> kActions = {"seen", "tried", "offered", "bought",
                                           "left"};

void RunCompetitor(const CompetitorOptions& options, Output& output) {
  Store store(options.store);
  const std::int64_t now_us = options.Now(store);
  trato_competitor seen = TRATO_COMPETITOR_INIT;
  for (std::uint32_t i = 0; i < kActions.size(); ++i) {
    if (kActions[i] == options.action) seen.action = i;
  }
  if (!options.at.empty()) seen.at_us = store.ParseTime(options.at, "--at");
  seen.customer = View(options.customer);
  seen.competitor = View(options.competitor);
  seen.product = View(options.product);
  seen.channel = View(options.channel);
  seen.key = View(options.key);
  const std::string currency = store.Currency();
  if (!options.price.empty()) {
    seen.price_minor =
        ParseDecimal(options.price, CurrencyDigits(currency), "--price");
  }
  trato_id fact = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_competitor_record(store.get(), &seen, now_us, nullptr, &fact,
                                &error),
        error);
  store.Close();
  output.Facts(Printable(options.customer),
               {Printable(options.competitor), options.action, IdText(fact)});
}

}  // namespace

void AddInteractionCommands(CommandLine& line) {
  CLI::App* command = nullptr;

  auto record =
      line.Add("record", "Record one interaction", "Customers", R"(Examples:
  trato record shop.trato shop:12748 purchase --channel web \
      --line 22423:2:25.50 --line 84879:8:13.52 --key order-581587
  trato record shop.trato shop:12748 visit --at "2011-12-09 12:30"

A line is PRODUCT:QUANTITY:AMOUNT, the amount being that of the whole line. A
return carries negative quantities and amounts.)",
               RunRecord, &command);
  AddStore(command, *record);
  AddArgument(command, "CUSTOMER", record->customer,
              "The record, namespace:value; it may be new");
  AddArgument(command, "TYPE", record->type, "purchase, return, visit, ...");
  AddOption(command, "--at", "TIME", record->at, "When it was (else: now)");
  AddContent(command, *record);
  AddOption(command, "--key", "KEY", record->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *record);

  auto competitor =
      line.Add("competitor", "Record a competitor seen at a customer",
               "Customers", R"(Example:
  trato competitor shop.trato shop:12748 Acme --action bought \
      --product "tea lights" --price 3.95

An interaction of the type "competitor" with the fields competitor,
competitor_action, competitor_product and competitor_price.)",
               RunCompetitor, &command);
  AddStore(command, *competitor);
  AddArgument(command, "CUSTOMER", competitor->customer,
              "The record, namespace:value; it may be new");
  AddArgument(command, "COMPETITOR", competitor->competitor, "Who");
  AddOption(command, "--action", "ACTION", competitor->action,
            "seen, tried, offered, bought or left")
      ->check(CLI::IsMember(kActions));
  AddOption(command, "--product", "TEXT", competitor->product,
            "Which product of theirs");
  AddOption(command, "--price", "AMOUNT", competitor->price,
            "At what price, in the store's currency");
  AddOption(command, "--channel", "CHANNEL", competitor->channel,
            "Where it was learned");
  AddOption(command, "--at", "TIME", competitor->at,
            "When it was (else: now)");
  AddOption(command, "--key", "KEY", competitor->key,
            "Idempotency key: the same key is recorded once");
  AddNow(command, *competitor);

  auto correct =
      line.Add("correct", "Say what an interaction was in truth", "Customers",
               R"(Example:
  trato correct shop.trato shop:12748 2f6c81d3a95b40e77c1e58a90b3d6f24 \
      purchase --at 2011-12-09 --line 22423:1:12.75 --reason "one, not two"

FACT is the interaction's id, as record and timeline --facts show it; it keeps
it. The rest is what it was as a whole. Nothing is deleted: --as-of and
--known-at still tell what was believed before.)",
               RunCorrect, &command);
  AddStore(command, *correct);
  AddCorrected(command, *correct);
  AddArgument(command, "TYPE", correct->type, "purchase, return, visit, ...");
  AddOption(command, "--at", "TIME", correct->at, "When it was")->required();
  AddOption(command, "--customer", "CUSTOMER", correct->customer,
            "Whose it was (else: the record's)");
  AddContent(command, *correct);
  AddCorrection(command, *correct);

  auto retract = line.Add("retract", "Say that an interaction never happened",
                          "Customers", R"(Example:
  trato retract shop.trato shop:12748 2f6c81d3a95b40e77c1e58a90b3d6f24 \
      --reason "a test of the till"

FACT is the interaction's id, as record and timeline --facts show it.)",
                          RunRetract, &command);
  AddStore(command, *retract);
  AddCorrected(command, *retract);
  AddCorrection(command, *retract);

  auto timeline =
      line.Add("timeline", "A customer's interactions, newest first",
               "Customers", R"(Examples:
  trato timeline shop.trato shop:12748
  trato timeline shop.trato shop:12748 --type return --all)",
               RunTimeline, &command);
  AddStore(command, *timeline);
  AddArgument(command, "CUSTOMER", timeline->customer,
              "Any identifier, namespace:value");
  CLI::Option* limit = command
                           ->add_option("--limit", timeline->limit,
                                        "How many at most (else: 20)")
                           ->type_name("N")
                           ->check(CLI::Range(1, 1000000000));
  command->add_flag("--all", timeline->all, "All of them")->excludes(limit);
  command->add_flag("--facts", timeline->facts,
                    "With their facts' ids, for correct and retract");
  AddOption(command, "--type", "TYPE", timeline->type, "Only of this type");
  AddNow(command, *timeline);
  AddPast(command, *timeline);
  AddView(command, *timeline);
}

}  // namespace trato_cli
