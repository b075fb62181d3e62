// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "workload.h"

#include <algorithm>
#include <cstring>

#include "arrow.h"

namespace trato::crash {
namespace {

int64_t NowOf(const Step& step) {
  // So close together that nothing buffered falls due by itself.
  return kNow + static_cast<int64_t>(step.number);
}

trato_write_options OptionsOf(const Step& step) {
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.durability = step.buffered ? TRATO_BUFFERED : TRATO_SYNCED;
  return options;
}

std::string CustomerOf(const Step& step) {
  return CustomerName(static_cast<int>(step.number % kCustomers));
}

std::vector<Spec> SpecsFor(uint64_t seed, size_t note_bytes, const Step& step) {
  return step.kind == Kind::kAppend
             ? FlatSpecsOf(seed, step.number, step.count, note_bytes)
             : SpecsOf(seed, step.number, step.count, note_bytes);
}

// What a correction says: call `number` about the first fact of the call
// before it.
Spec Corrected(uint64_t seed, size_t note_bytes, const Step& step) {
  Spec before = SpecsOf(seed, step.number - 1, 1, note_bytes)[0];
  Spec spec = SpecsOf(seed, step.number, 1, note_bytes)[0];
  spec.key = before.key;
  return spec;
}

Said Correct(Session& session, const Step& step) {
  const bool retract = step.kind == Kind::kRetract;
  auto* correct = retract ? TRATO_CRASH_FIND(trato_interaction_retract)
                          : TRATO_CRASH_FIND(trato_interaction_correct);
  if (correct == nullptr) return {TRATO_UNIMPLEMENTED, "no such call"};
  const Spec before =
      SpecsOf(session.seed, step.number - 1, 1, session.note_bytes)[0];
  Spec after = Corrected(session.seed, session.note_bytes, step);
  after.key = "";
  Shape shape(after);
  const std::string key = "correction " + std::to_string(step.number);
  const trato_write_options options = OptionsOf(step);
  trato_correction correction = TRATO_CORRECTION_INIT;
  correction.record = Str(before.customer);
  correction.content = retract ? nullptr : shape.get();
  correction.reason = Str("typed wrongly");
  correction.key = Str(key);
  return Say([&](trato_error* error) {
    const trato_status status = trato_fact_id(Str("host"), Str(before.key),
                                              &correction.interaction, error);
    if (status != TRATO_OK) return status;
    return correct(session.store.get(), &correction, NowOf(step), &options,
                   nullptr, error);
  });
}

Said Import(Session& session, const Step& step) {
  struct Text {
    std::string text =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,"
        "CustomerID,Country\n";
    size_t at = 0;
  } source;
  for (int i = 0; i < 30; ++i) {
    const std::string order = std::to_string(step.number * 100 + i / 2);
    source.text += order + ",sku" + std::to_string(i % 7) + ",THING " +
                   std::to_string(i) + ",3,2010-12-0" +
                   std::to_string(1 + i % 9) + " 08:26,2.55," +
                   std::to_string(1 + i / 2 % 3) + ",Spain\n";
  }
  trato_import_options import = TRATO_IMPORT_OPTIONS_INIT;
  import.name_space = Str("csv");
  const trato_write_options options = OptionsOf(step);
  Buf report;
  return Say([&](trato_error* error) {
    return trato_orders_import(
        session.store.get(),
        [](void* context, char* buffer, size_t capacity) -> int64_t {
          auto* from = static_cast<Text*>(context);
          const size_t size = std::min(capacity, from->text.size() - from->at);
          std::memcpy(buffer, from->text.data() + from->at, size);
          from->at += size;
          return static_cast<int64_t>(size);
        },
        &source, NowOf(step), &import, &options, report.out(), error);
  });
}

// One definition: a step is one call, so that it is there whole or not at all.
Said Define(Session& session, const Step& step) {
  trato_store* store = session.store.get();
  return Say([&](trato_error* error) {
    switch (step.count) {
      case 0:
        return trato_attribute_define(store, Str("n"), TRATO_OF_INTERACTION,
                                      TRATO_VALUE_INT, Str(""), kNow, nullptr,
                                      error);
      case 1:
        return trato_attribute_define(store, Str("note"), TRATO_OF_INTERACTION,
                                      TRATO_VALUE_STRING, Str(""), kNow,
                                      nullptr, error);
      case 2:
        return trato_attribute_define(
            store, Str("country"), TRATO_OF_CUSTOMER, TRATO_VALUE_STRING,
            Str("where the customer lives"), kNow, nullptr, error);
      default:
        return trato_identifier_define(store, Str("email"), 1, kNow, nullptr,
                                       error);
    }
  });
}

Said SetAttribute(Session& session, const Step& step) {
  const std::string customer = CustomerOf(step);
  const std::string key = "attribute " + std::to_string(step.number);
  const std::string text = "country " + std::to_string(step.number);
  const trato_write_options options = OptionsOf(step);
  trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
  attribute.customer = Str(customer);
  attribute.name = Str("country");
  attribute.value.kind = TRATO_VALUE_STRING;
  attribute.value.text = Str(text);
  attribute.key = Str(key);
  return Say([&](trato_error* error) {
    return trato_attribute_set(session.store.get(), &attribute, NowOf(step),
                               &options, nullptr, error);
  });
}

Said DefineOffer(Session& session, const Step& step) {
  const trato_str products[] = {Str("tea"), Str("cup")};
  trato_offer offer = TRATO_OFFER_INIT;
  offer.name = Str("tea time");
  offer.products = products;
  offer.product_count = 2;
  offer.value_minor = 500 + static_cast<int64_t>(step.number);
  offer.coupon_span = Str("10d");
  return Say([&](trato_error* error) {
    return trato_offer_define(session.store.get(), &offer, NowOf(step), nullptr,
                              error);
  });
}

Said Backup(Session& session, const Step& step) {
  auto* backup = TRATO_CRASH_FIND(trato_store_backup);
  if (backup == nullptr) return {TRATO_UNIMPLEMENTED, "no such call"};
  const std::string path = BackupPath(session.path, step.number);
  return Say([&](trato_error* error) {
    return backup(session.store.get(), Str(path), nullptr, nullptr, error);
  });
}

std::string GuestName(uint64_t number) {
  return "guest:planted-" + std::to_string(number);
}

Said Guest(Session& session, const Step& step) {
  Spec spec;
  spec.key = MarkerOf(step);
  spec.customer = GuestName(step.number);
  spec.type = "purchase";
  spec.channel = "web";
  spec.at_us = kNow - 5;
  spec.lines = {};
  spec.note = "note of " + spec.key;
  return Record(session.store.get(), {spec}, NowOf(step), step.buffered);
}

Said Erase(Session& session, const Step& step) {
  Buf receipt;
  return Say([&](trato_error* error) {
    return trato_customer_erase(session.store.get(),
                                Str(GuestName(step.number - 1)), Str("asked"),
                                NowOf(step), nullptr, receipt.out(), error);
  });
}

Said Command(Session& session, const Step& step) {
  trato_store* store = session.store.get();
  const std::string customer = CustomerOf(step);
  const std::string other =
      CustomerName(static_cast<int>((step.number + 1) % kCustomers));
  const trato_write_options options = OptionsOf(step);
  const int64_t now = NowOf(step);
  Handed& handed = session.handed;
  Buf code;
  return Say([&](trato_error* error) -> trato_status {
    switch (step.kind) {
      case Kind::kClaim:
        return trato_identifier_claim(
            store, Str(customer),
            Str("email:" + std::to_string(step.number) + "@example.org"), now,
            &options, nullptr, error);
      case Kind::kLink:
        return trato_link(store, Str(CustomerName(0)), Str(CustomerName(1)),
                          Str("same"), 0, now, &options, error);
      case Kind::kUnlink:
        return trato_unlink(store, Str(CustomerName(0)), Str(CustomerName(1)),
                            Str("not the same"), now, &options, error);
      case Kind::kSegment: {
        const std::string count = std::to_string(1 + step.number % 5);
        if (step.count == 0) {
          return trato_segment_define(
              store, Str("buyers"),
              Str("interactions(\"purchase\").count() >= " + count), now,
              &options, error);
        }
        return trato_segment_define(
            store, Str("spenders"),
            Str("interactions(\"purchase\").sum(i, i.amount) > "
                "money(\"100.00\", \"EUR\")"),
            now, &options, error);
      }
      case Kind::kDecide: {
        trato_decision decision = {};
        const trato_status status = trato_offer_decide(
            store, Str(customer), now, nullptr, &options, &decision, error);
        if (status == TRATO_OK) handed.decisions.push_back(decision.id);
        return status;
      }
      case Kind::kCoupon: {
        const trato_status status =
            trato_coupon_issue(store, Str(customer), Str("tea time"), nullptr,
                               now, &options, code.out(), error);
        if (status == TRATO_OK) handed.codes.emplace_back(code.view());
        return status;
      }
      case Kind::kRedeem: {
        if (handed.codes.empty()) return TRATO_OK;
        const std::string key = "till " + std::to_string(step.number);
        trato_coupon_redemption redemption = TRATO_COUPON_REDEMPTION_INIT;
        redemption.code = Str(handed.codes.back());
        redemption.key = Str(key);
        return trato_coupon_redeem(store, &redemption, now, &options, nullptr,
                                   error);
      }
      case Kind::kFlush:
        return trato_store_flush(store, error);
      default:
        return TRATO_UNIMPLEMENTED;
    }
  });
}

Said Checkpoint(Session& session) {
  auto* checkpoint = TRATO_CRASH_FIND(trato_store_checkpoint);
  if (checkpoint == nullptr) return {TRATO_UNIMPLEMENTED, "no such call"};
  return Say([&](trato_error* error) {
    return checkpoint(session.store.get(), 0, nullptr, error);
  });
}

}  // namespace

bool MakesDurable(const Step& step) {
  switch (step.kind) {
    case Kind::kCheckpoint:
      return false;  // it moves what is durable
    default:
      return !step.buffered;
  }
}

const char* NameOf(Kind kind) {
  constexpr const char* kNames[] = {
      "define",     "record",  "append",  "attribute", "claim",  "link",
      "unlink",     "segment", "offer",   "decide",    "coupon", "redeem",
      "import",     "correct", "retract", "guest",     "erase",  "flush",
      "checkpoint", "backup",  "reopen"};
  return kNames[static_cast<int>(kind)];
}

std::string MarkerOf(const Step& guest) {
  return "planted-" + std::to_string(guest.number) + "-marker";
}

std::vector<std::string> MarkersGone(const std::vector<Step>& steps,
                                     size_t count) {
  std::vector<std::string> gone;
  for (size_t i = 1; i < std::min(count, steps.size()); ++i) {
    if (steps[i].kind != Kind::kErase) continue;
    gone.push_back(MarkerOf(steps[i - 1]));
    gone.push_back(GuestName(steps[i - 1].number));
  }
  return gone;
}

std::string BackupPath(const std::string& path, uint64_t number) {
  return path + ".backup" + std::to_string(number);
}

std::vector<Step> MakeWorkload(uint64_t seed, const Length& length) {
  Random random(seed);
  std::vector<Step> steps;
  uint64_t number = 0;
  const auto add = [&](Kind kind, size_t count = 0, bool buffered = false) {
    steps.push_back({kind, ++number, count, buffered});
  };
  for (size_t i = 0; i < 4; ++i) add(Kind::kDefine, i);
  add(Kind::kRecord, 12 + random.Below(10));
  for (size_t round = 0; round < length.rounds; ++round) {
    add(Kind::kRecord, 1);
    add(Kind::kAttribute);
    add(Kind::kOffer);
    add(Kind::kRecord, 1);
    add(Kind::kCorrect);
    add(Kind::kClaim);
    for (size_t i = 0; i < 2 + random.Below(3); ++i)
      add(Kind::kRecord, 1, true);
    add(random.OneIn(2) ? Kind::kFlush : Kind::kAttribute);
    add(Kind::kSegment, 0);
    add(Kind::kSegment, 1);
    add(Kind::kAppend, length.append_rows + 60 + random.Below(60));
    add(Kind::kCheckpoint);
    // Small runs, which are merged when they are too many beside a large one.
    for (size_t i = 0; i < length.small_runs; ++i) {
      add(Kind::kRecord, 1);
      add(Kind::kCheckpoint);
    }
    add(Kind::kRecord, 2 + random.Below(40));
    add(Kind::kRecord, 1);
    add(Kind::kRetract);
    if (round == 0) add(Kind::kLink);
    if (round == 1) add(Kind::kUnlink);
    add(Kind::kBackup);
    add(Kind::kRecord, 1, true);
    add(Kind::kDecide);
    if (length.coupons) {
      add(Kind::kCoupon);
      add(Kind::kRedeem);
    }
    add(Kind::kImport);
    add(Kind::kGuest, 0, random.OneIn(2));
    add(Kind::kErase);
    add(Kind::kCheckpoint);
    add(Kind::kRecord, 1, true);
    add(Kind::kReopen);
    add(Kind::kRecord, 1 + random.Below(4));
  }
  return steps;
}

Said Perform(Session& session, const Step& step) {
  Said said;
  switch (step.kind) {
    case Kind::kDefine:
      return Define(session, step);
    case Kind::kRecord:
      return Record(session.store.get(),
                    SpecsFor(session.seed, session.note_bytes, step),
                    NowOf(step), step.buffered);
    case Kind::kAppend: {
      const auto specs = SpecsFor(session.seed, session.note_bytes, step);
      said =
          AppendColumns(session.store.get(), specs, NowOf(step), step.buffered);
      // The same facts, so that the oracle need not know what there is.
      if (said.code == TRATO_UNIMPLEMENTED) {
        return Record(session.store.get(), specs, NowOf(step), step.buffered);
      }
      return said;
    }
    case Kind::kAttribute:
      return SetAttribute(session, step);
    case Kind::kOffer:
      return DefineOffer(session, step);
    case Kind::kImport:
      return Import(session, step);
    case Kind::kCorrect:
    case Kind::kRetract:
      said = Correct(session, step);
      break;
    case Kind::kGuest:
      return Guest(session, step);
    case Kind::kErase:
      return Erase(session, step);
    case Kind::kCheckpoint:
      said = Checkpoint(session);
      break;
    case Kind::kBackup:
      said = Backup(session, step);
      break;
    case Kind::kReopen:
      said = session.store.Close();
      return said.ok() ? session.store.Open(session.path) : said;
    default:
      return Command(session, step);
  }
  return said.code == TRATO_UNIMPLEMENTED ? Said() : said;
}

std::map<std::string, std::string> Expected(uint64_t seed, size_t note_bytes,
                                            const std::vector<Step>& steps,
                                            size_t count) {
  std::map<std::string, std::string> expected;
  for (size_t i = 0; i < count; ++i) {
    const Step& step = steps[i];
    switch (step.kind) {
      case Kind::kRecord:
      case Kind::kAppend:
        for (const Spec& spec : SpecsFor(seed, note_bytes, step)) {
          expected[spec.key] = Describe(spec);
        }
        break;
      case Kind::kCorrect:
        if (TRATO_CRASH_FIND(trato_interaction_correct) != nullptr) {
          const Spec spec = Corrected(seed, note_bytes, step);
          expected[spec.key] = Describe(spec);
        }
        break;
      case Kind::kRetract:
        if (TRATO_CRASH_FIND(trato_interaction_retract) != nullptr) {
          expected.erase(SpecsOf(seed, step.number - 1, 1, note_bytes)[0].key);
        }
        break;
      default:
        break;
    }
  }
  return expected;
}

std::string Compare(const std::map<std::string, std::string>& expected,
                    const std::map<std::string, std::string>& found) {
  for (const auto& [key, told] : expected) {
    const auto it = found.find(key);
    if (it == found.end()) return "interaction " + key + " is missing";
    if (it->second != told) {
      return "interaction " + key + " is\n    " + it->second.substr(0, 300) +
             "\n  and not\n    " + told.substr(0, 300);
    }
  }
  for (const auto& [key, told] : found) {
    uint64_t number = 0;
    const bool from_orders =
        !key.empty() && key.find_first_not_of("0123456789") == key.npos;
    if (from_orders && !NumberOf(key, &number)) continue;
    if (expected.count(key) == 0) return "interaction " + key + " is nobody's";
  }
  return "";
}

}  // namespace trato::crash
