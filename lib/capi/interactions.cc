// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapters 7 and 8 of trato.h: interactions, the timeline, orders from a file.

#include <utility>
#include <vector>

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::InteractionInput;
using trato::core::Store;
using trato::core::TimelineItem;
using trato::core::TimelineReader;

struct trato_timeline {
  std::shared_ptr<Store> store;  // what the views point into
  TimelineReader reader;
  TimelineItem item;
  trato_timeline_entry entry;
  std::vector<trato_line> lines;
  std::vector<trato_field> fields;
  trato_id reply_to;
};

namespace {

absl::StatusOr<InteractionInput> ToInput(const trato_interaction& it,
                                         std::string_view name) {
  // Names the field only where something is wrong with it.
  const auto text =
      [&](trato_str from,
          std::string_view field) -> absl::StatusOr<std::string_view> {
    if (auto plain = ToText(from, {}); plain.ok()) return plain;
    return ToText(from, StrCat(name, ".", field));
  };
  InteractionInput input;
  input.at_us = it.at_us;
  if (it.direction > TRATO_OUTBOUND) {
    return absl::InvalidArgumentError(
        StrCat(name, ".direction ", it.direction,
               " is neither TRATO_INBOUND nor TRATO_OUTBOUND"));
  }
  input.outbound = it.direction == TRATO_OUTBOUND;
  TRATO_ASSIGN_OR_RETURN(input.customer, text(it.customer, "customer"));
  TRATO_ASSIGN_OR_RETURN(input.type, text(it.type, "type"));
  TRATO_ASSIGN_OR_RETURN(input.channel, text(it.channel, "channel"));
  TRATO_ASSIGN_OR_RETURN(input.currency, text(it.currency, "currency"));
  TRATO_ASSIGN_OR_RETURN(input.key, text(it.key, "key"));
  input.amount_minor = it.amount_minor;
  if (it.line_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.lines, StrCat(name, ".lines")));
  }
  if (it.field_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.fields, StrCat(name, ".fields")));
  }
  constexpr size_t kMaxCount = 1 << 20;
  if (it.line_count > kMaxCount || it.field_count > kMaxCount) {
    return absl::InvalidArgumentError(StrCat(
        name, ".", it.line_count > kMaxCount ? "line_count" : "field_count",
        " is above ", kMaxCount));
  }
  for (size_t i = 0; i < it.line_count; ++i) {
    const trato_line& from = it.lines[i];
    trato::core::LineView& line = input.lines.emplace_back();
    TRATO_ASSIGN_OR_RETURN(
        line.product, text(from.product, StrCat("lines[", i, "].product")));
    TRATO_ASSIGN_OR_RETURN(line.unit,
                           text(from.unit, StrCat("lines[", i, "].unit")));
    line.quantity = from.quantity;
    line.unit_price = from.unit_price;
    line.amount_minor = from.amount_minor;
  }
  for (size_t i = 0; i < it.field_count; ++i) {
    const trato_field& from = it.fields[i];
    const std::string field = StrCat("fields[", i, "]");
    auto& [key, value] = input.fields.emplace_back();
    TRATO_ASSIGN_OR_RETURN(key, text(from.name, StrCat(field, ".name")));
    TRATO_ASSIGN_OR_RETURN(value,
                           ToValue(from.value, StrCat(name, ".", field)));
  }
  if (it.reply_to != nullptr) input.reply_to = FromId(*it.reply_to);
  return input;
}

absl::Status Correct(trato_store* store, const trato_correction* correction,
                     bool retracts, int64_t now_us,
                     const trato_write_options* options, trato_id* out_fact) {
  TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
  TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
  TRATO_ASSIGN_OR_RETURN(trato_correction it,
                         ReadStruct(correction, "correction"));
  if (it.reserved0 != 0) {
    return absl::InvalidArgumentError("correction.reserved0 is not 0");
  }
  trato::core::CorrectionInput input;
  input.at_us = it.at_us;
  TRATO_ASSIGN_OR_RETURN(input.record, ToText(it.record, "correction.record"));
  TRATO_ASSIGN_OR_RETURN(input.reason, ToText(it.reason, "correction.reason"));
  TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "correction.key"));
  input.interaction = FromId(it.interaction);
  InteractionInput content;
  if (retracts) {
    if (it.content != nullptr) {
      return absl::InvalidArgumentError(
          "correction.content must be NULL: a retraction puts nothing in the "
          "interaction's place");
    }
  } else {
    TRATO_RETURN_IF_ERROR(CheckSet(it.content, "correction.content"));
    TRATO_ASSIGN_OR_RETURN(trato_interaction from,
                           ReadStruct(it.content, "correction.content"));
    TRATO_ASSIGN_OR_RETURN(content, ToInput(from, "correction.content"));
    input.content = &content;
  }
  return GiveFact(core->CorrectInteraction(input, now_us, write), out_fact);
}

// Fills timeline->entry from its next item.
void Present(trato_timeline& timeline, const TimelineItem& item) {
  timeline.lines.clear();
  for (const auto& line : item.lines) {
    timeline.lines.push_back({ToStr(line.product), ToStr(line.unit),
                              line.quantity, line.unit_price,
                              line.amount_minor});
  }
  timeline.fields.clear();
  for (const auto& [name, value] : item.fields) {
    timeline.fields.push_back({ToStr(name), FromValue(value)});
  }
  trato_timeline_entry& entry = timeline.entry;
  entry = {};
  entry.fact = ToId(item.fact);
  entry.at_us = item.at_us;
  entry.recorded_us = item.recorded_us;
  entry.record = ToStr(item.record);
  entry.type = ToStr(item.type);
  entry.channel = ToStr(item.channel);
  entry.source = ToStr(item.source);
  entry.key = ToStr(item.key);
  entry.direction = item.outbound ? TRATO_OUTBOUND : TRATO_INBOUND;
  CopyCurrency(item.currency, entry.currency);
  entry.amount_minor = item.amount_minor;
  entry.lines = timeline.lines.data();
  entry.line_count = timeline.lines.size();
  entry.fields = timeline.fields.data();
  entry.field_count = timeline.fields.size();
  if (item.reply_to) {
    timeline.reply_to = ToId(*item.reply_to);
    entry.reply_to = &timeline.reply_to;
  }
}

}  // namespace

extern "C" {

trato_status trato_interaction_record(trato_store* store,
                                      const trato_interaction* interaction,
                                      int64_t now_us,
                                      const trato_write_options* options,
                                      trato_id* out_fact,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(trato_interaction it,
                           ReadStruct(interaction, "interaction"));
    TRATO_ASSIGN_OR_RETURN(InteractionInput input, ToInput(it, "interaction"));
    write.wants_id = out_fact != nullptr;
    return GiveFact(core->RecordInteractions({&input, 1}, now_us, write),
                    out_fact);
  });
}

trato_status trato_competitor_record(trato_store* store,
                                     const trato_competitor* seen,
                                     int64_t now_us,
                                     const trato_write_options* options,
                                     trato_id* out_fact,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(trato_competitor it, ReadStruct(seen, "seen"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    trato::core::CompetitorInput input;
    input.action = it.action;
    input.at_us = it.at_us;
    input.price_minor = it.price_minor;
    TRATO_ASSIGN_OR_RETURN(input.customer, ToText(it.customer, "seen.customer"));
    TRATO_ASSIGN_OR_RETURN(input.competitor,
                           ToText(it.competitor, "seen.competitor"));
    TRATO_ASSIGN_OR_RETURN(input.product, ToText(it.product, "seen.product"));
    TRATO_ASSIGN_OR_RETURN(input.currency, ToText(it.currency, "seen.currency"));
    TRATO_ASSIGN_OR_RETURN(input.channel, ToText(it.channel, "seen.channel"));
    TRATO_ASSIGN_OR_RETURN(input.key, ToText(it.key, "seen.key"));
    return GiveFact(core->RecordCompetitor(input, now_us, write), out_fact);
  });
}

trato_status trato_interaction_record_many(
    trato_store* store, const trato_interaction* interactions, size_t count,
    int64_t now_us, const trato_write_options* options, size_t* out_new,
    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    std::vector<InteractionInput> inputs;
    constexpr size_t kMaxInteractions = 1 << 24;
    if (count > kMaxInteractions) {
      return absl::InvalidArgumentError(
          StrCat("count is above ", kMaxInteractions));
    }
    if (count > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(interactions, "interactions"));
      // One stride for all: the size that the host was compiled with.
      const uint32_t stride = interactions->struct_size;
      const auto* at = reinterpret_cast<const unsigned char*>(interactions);
      for (size_t i = 0; i < count; ++i, at += stride) {
        const auto* each = reinterpret_cast<const trato_interaction*>(at);
        const std::string name = StrCat("interactions[", i, "]");
        if (each->struct_size != stride) {
          return absl::InvalidArgumentError(
              StrCat(name, ".struct_size is ", each->struct_size,
                     ", the first one's is ", stride));
        }
        TRATO_ASSIGN_OR_RETURN(trato_interaction it, ReadStruct(each, name));
        TRATO_ASSIGN_OR_RETURN(InteractionInput input, ToInput(it, name));
        inputs.push_back(std::move(input));
      }
    }
    TRATO_ASSIGN_OR_RETURN(trato::core::Written written,
                           core->RecordInteractions(inputs, now_us, write));
    if (out_new != nullptr) *out_new = written.added;
    return absl::OkStatus();
  });
}

trato_status trato_interaction_correct(trato_store* store,
                                       const trato_correction* correction,
                                       int64_t now_us,
                                       const trato_write_options* options,
                                       trato_id* out_fact,
                                       trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    return Correct(store, correction, false, now_us, options, out_fact);
  });
}

trato_status trato_interaction_retract(trato_store* store,
                                       const trato_correction* correction,
                                       int64_t now_us,
                                       const trato_write_options* options,
                                       trato_id* out_fact,
                                       trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    return Correct(store, correction, true, now_us, options, out_fact);
  });
}

trato_status trato_timeline_open(const trato_store* store, trato_str customer,
                                 int64_t now_us,
                                 const trato_timeline_options* options,
                                 trato_timeline** out_timeline,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_timeline, "out_timeline"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    trato::core::TimelineOptions read;
    if (options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(trato_timeline_options it,
                             ReadStruct(options, "options"));
      if (it.newest_first > 1) {
        return absl::InvalidArgumentError(
            "options.newest_first is neither 0 nor 1");
      }
      read.newest_first = it.newest_first == 1;
      read.limit = it.limit;
      if (it.without_ids > 1 || it.reserved0 != 0) {
        return absl::InvalidArgumentError(
            "options.without_ids is neither 0 nor 1");
      }
      read.without_ids = it.without_ids == 1;
      TRATO_ASSIGN_OR_RETURN(read.type, ToText(it.type, "options.type"));
    }
    TRATO_ASSIGN_OR_RETURN(TimelineReader reader,
                           core->ReadTimeline(who, now_us, read));
    *out_timeline =
        new trato_timeline{store->store, std::move(reader), {}, {}, {}, {}, {}};
    return absl::OkStatus();
  });
}

trato_status trato_timeline_next(trato_timeline* timeline,
                                 const trato_timeline_entry** out_entry,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(timeline, "timeline"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_entry, "out_entry"));
    *out_entry = nullptr;
    if (!timeline->reader.Next(timeline->item)) return absl::OkStatus();
    Present(*timeline, timeline->item);
    *out_entry = &timeline->entry;
    return absl::OkStatus();
  });
}

void trato_timeline_destroy(trato_timeline* timeline) noexcept {
  delete timeline;
}

trato_status trato_product_name(const trato_store* store, trato_str product,
                                trato_buf* out_name,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view id, ToText(product, "product"));
    return MoveInto(core->ProductName(id), out_name);
  });
}

trato_status trato_orders_import(trato_store* store, trato_read_fn read,
                                 void* read_context, int64_t now_us,
                                 const trato_import_options* import_options,
                                 const trato_write_options* options,
                                 trato_buf* out_report,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(
        CheckSet(reinterpret_cast<const void*>(read), "read"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_report, "out_report"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    trato::core::ImportOptions how;
    if (import_options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(trato_import_options it,
                             ReadStruct(import_options, "import_options"));
      if (it.dry_run > 1) {
        return absl::InvalidArgumentError(
            "import_options.dry_run is neither 0 nor 1");
      }
      how.dry_run = it.dry_run == 1;
      TRATO_ASSIGN_OR_RETURN(
          how.name_space, ToText(it.name_space, "import_options.name_space"));
      if (it.progress != nullptr) {
        how.progress = [progress = it.progress, context = it.progress_context](
                           uint64_t done, uint64_t total) {
          return progress(context, done, total) == 0;
        };
      }
    }
    return MoveInto(core->ImportOrders(
                        [&](char* buffer, size_t capacity) {
                          return read(read_context, buffer, capacity);
                        },
                        now_us, how, write),
                    out_report);
  });
}

}  // extern "C"
