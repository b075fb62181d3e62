// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// checkpoint, head, digest, verify, backup.

#include <algorithm>
#include <charconv>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/interrupt.h"
#include "bindings/cli/progress.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct Watched {
  Progress progress{Counts::kBytes};
  std::uint64_t total = 0;
};

std::int32_t ShowProgress(void* context, std::uint64_t done,
                          std::uint64_t total) {
  auto* watched = static_cast<Watched*>(context);
  // What comes after the bytes counts something else.
  if (total >= watched->total) watched->progress.Update(done, total);
  watched->total = std::max(watched->total, total);
  return InterruptWish::IsThere() ? 1 : 0;
}

// Throws where the work was cancelled, by the people or by a failure.
void CheckWatched(trato_status status, const trato_error& error,
                  const char* cancelled) {
  if (status == TRATO_CANCELLED && InterruptWish::IsThere()) {
    throw Failure(cancelled);
  }
  Check(status, error);
}

std::string HeadText(const trato_head& head) {
  return std::to_string(head.position) + ":" +
         HexText(head.chain, sizeof(head.chain));
}

trato_head ParseHead(const std::string& text) {
  trato_head head = {};
  const char* const end = text.data() + text.size();
  const auto [colon, problem] =
      std::from_chars(text.data(), end, head.position);
  if (problem != std::errc() || colon == end || *colon != ':' ||
      !ParseHex(std::string_view(colon + 1,
                                 static_cast<std::size_t>(end - colon - 1)),
                head.chain, sizeof(head.chain))) {
    throw Failure("--head: \"" + text +
                  "\" is not POSITION:HEX, as trato head writes it");
  }
  return head;
}

void RunCheckpoint(const CommonOptions& options, Output& output) {
  Store store(options.store);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_checkpoint(store.get(), 0, nullptr, &error), error);
  store.Close();
  output.Facts(Printable(options.store), {"sealed and merged"});
}

void RunHead(const CommonOptions& options, Output& output) {
  Store store(options.store, options.reading);
  trato_head head = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_head(store.get(), &head, &error), error);
  if (!options.json) return output.Line(HeadText(head));
  const Json answer = {{"position", head.position},
                       {"chain", HexText(head.chain, sizeof(head.chain))}};
  WriteJson(output, answer.dump());
}

void RunDigest(const CommonOptions& options, Output& output) {
  Store store(options.store, options.reading);
  trato_digest digest = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_digest(store.get(), options.Now(store), &digest, &error),
        error);
  output.Line(HexText(digest.bytes, sizeof(digest.bytes)));
}

struct AuditOptions : CommonOptions {
  std::string customer;
  std::string definition;
  std::uint64_t limit = 0;
};

void RunAudit(const AuditOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_audit(store.get(), View(options.customer),
                          View(options.definition), options.limit,
                          options.Now(store), answer.out(), &error),
        error);
  if (options.json) return WriteJson(output, answer.view());
  Table table({{"when"},
               {"what", Align::kLeft, Fit::kShrink},
               {"of", Align::kLeft, Fit::kShrink},
               {"", Align::kLeft, Fit::kShrink},
               {"from", Align::kLeft, Fit::kShrink},
               {"to", Align::kLeft, Fit::kShrink},
               {"by", Align::kLeft, Fit::kDrop},
               {"source", Align::kLeft, Fit::kDrop},
               {"why", Align::kLeft, Fit::kDrop}});
  const auto text = [](const Json& it, const char* name) {
    return it.at(name).is_null() ? std::string() : Text(it, name);
  };
  const Json report = answer.json();
  for (const Json& it : report.at("changes")) {
    table.AddRow({Moment(it, "at"), Text(it, "what"), Text(it, "record"),
                  Text(it, "name"), text(it, "from"), text(it, "to"),
                  Text(it, "actor"), Text(it, "source"), Text(it, "reason")});
  }
  output.Write(table.empty() ? "no changes\n"
                             : table.Render(output.terminal(), 0));
}

struct VerifyOptions : CommonOptions {
  std::string head;
  bool rebuild = false;
};

void WriteReport(const Json& report, const VerifyOptions& options,
                 Output& output) {
  const Terminal& terminal = output.terminal();
  const bool ok = report.at("ok").get<bool>();
  std::vector<std::string> parts = {
      ok ? "ok" : terminal.Styled(Style::kBad, "damaged")};
  if (ok && !options.head.empty()) parts.push_back("the head is in it");
  output.Facts(Printable(options.store), parts);
  Table counts({{"", Align::kLeft}, {"", Align::kRight}});
  for (const auto& [name, value] : report.items()) {
    if (!value.is_number()) continue;
    std::string label = name;
    std::replace(label.begin(), label.end(), '_', ' ');
    counts.AddRow({label, Number(value.get<std::uint64_t>())});
  }
  output.Write(counts.Render(terminal, 2));
  if (report.at("damage").empty()) return;
  Table damage({{"", Align::kLeft}, {"", Align::kLeft, Fit::kWrap}});
  for (const Json& it : report.at("damage")) {
    damage.AddRow({"✗", it.is_string() ? it.get<std::string>() : it.dump()});
  }
  output.Write("\n" + damage.Render(terminal, 2));
}

void RunVerify(const VerifyOptions& options, Output& output) {
  trato_verify_options verify = TRATO_VERIFY_OPTIONS_INIT;
  trato_head head = {};
  if (!options.head.empty()) {
    head = ParseHead(options.head);
    verify.head = &head;
  }
  Store store(options.store, options.reading);
  Watched watched;
  verify.rebuild = options.rebuild ? 1 : 0;
  verify.progress = ShowProgress;
  verify.progress_context = &watched;
  Buffer answer;
  trato_error error = TRATO_ERROR_INIT;
  trato_status status = TRATO_OK;
  {
    const InterruptWish wish;
    status = trato_store_verify(store.get(), &verify, answer.out(), &error);
  }
  CheckWatched(status, error, "cancelled; it was not checked to its end");
  watched.progress.Finish(watched.total);
  const Json report = answer.json();
  if (options.json) {
    WriteJson(output, answer.view());
  } else {
    WriteReport(report, options, output);
  }
  if (!report.at("ok").get<bool>()) throw AnsweredNo();
}

struct BackupOptions : CommonOptions {
  std::string file;
};

void RunBackup(const BackupOptions& options, Output& output) {
  Store store(options.store, options.reading);
  Watched watched;
  trato_error error = TRATO_ERROR_INIT;
  trato_status status = TRATO_OK;
  {
    const InterruptWish wish;
    status = trato_store_backup(store.get(), View(options.file), ShowProgress,
                                &watched, &error);
  }
  if (status == TRATO_ALREADY_EXISTS) {
    throw Failure("there is a file at " + options.file +
                  " already; backup makes new files only");
  }
  CheckWatched(status, error, "cancelled; there is no copy");
  watched.progress.Finish(watched.total);
  output.Facts(Printable(options.store),
               {"copied to " + Printable(options.file)});
}

}  // namespace

void AddLogCommands(CommandLine& line) {
  CLI::App* command = nullptr;

  auto verify = line.Add("verify", "Check the whole file", "Log",
                         R"(Examples:
  trato verify shop.trato
  trato verify shop.trato --rebuild --head $(cat yesterday.head)

Reads the whole file again: its structure, each checksum, each block, and the
chain of hashes over all facts from its beginning. With a head that was kept
elsewhere it proves that nothing before it was rewritten. Exit code 1 where
something is damaged, missing or rewritten.)",
                         RunVerify, &command);
  AddStore(command, *verify);
  AddOption(command, "--head", "HEAD", verify->head,
            "Compare with POSITION:HEX, as trato head wrote it");
  command->add_flag("--rebuild", verify->rebuild,
                    "Also derive everything anew and compare");
  AddThreads(command, *verify);
  AddJson(command, *verify);

  auto head = line.Add("head", "The end of the log, and its hash", "Log",
                       R"(Example:
  trato head shop.trato > shop.head

Kept elsewhere, it proves later that nothing before it was rewritten.)",
                       RunHead, &command);
  AddStore(command, *head);
  AddJson(command, *head);

  auto digest = line.Add("digest", "A hash over everything it answers", "Log",
                         R"(Example:
  trato digest shop.trato --now 2011-12-10

Two stores that were told the same have the same digest, in whatever order they
were told, whenever it was recorded and however it is stored.)",
                         RunDigest, &command);
  AddStore(command, *digest);
  AddNow(command, *digest);
  AddPast(command, *digest);
  AddThreads(command, *digest);

  auto audit = line.Add("audit", "Who changed what, when, from what to what",
                        "Log", R"(Examples:
  trato audit shop.trato shop:12748
  trato audit shop.trato --definition loyal
  trato audit shop.trato --limit 20

Everything but interactions, which the timeline tells; oldest first.)",
                        RunAudit, &command);
  AddStore(command, *audit);
  command->add_option("CUSTOMER", audit->customer,
                      "Of one customer only: any identifier");
  AddOption(command, "--definition", "NAME", audit->definition,
            "Of what has this name: a segment, an offer, an attribute ...");
  command->add_option("--limit", audit->limit, "The last so many (else: all)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  AddNow(command, *audit);
  AddJson(command, *audit);

  auto backup = line.Add("backup", "Copy it while others read and write", "Log",
                         R"(Example:
  trato backup shop.trato shop-monday.trato)",
                         RunBackup, &command);
  AddStore(command, *backup);
  AddArgument(command, "FILE", backup->file, "The copy; it must be new");

  auto checkpoint = line.Add("checkpoint", "Seal what was written one by one",
                             "Log", R"(Example:
  trato checkpoint shop.trato

Packs what was written one by one into columns, which take less room and open
faster. Writing does so by itself; no answer changes.)",
                             RunCheckpoint, &command);
  AddStore(command, *checkpoint);
}

}  // namespace trato_cli
