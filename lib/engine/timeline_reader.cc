// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One customer's timeline, handed out entry by entry. What it will give is
// copied when it is opened.

#include <utility>

#include "base/status.h"
#include "engine/store_impl.h"
#include "timeline/timeline_page.h"

namespace trato::core {
namespace {

ValueInput ToInput(const FieldView& field) {
  ValueInput input;
  input.kind = static_cast<uint32_t>(field.type);
  input.integer = field.integer;
  input.number = field.number;
  input.text = field.text;
  input.currency = field.currency.code();
  return input;
}

// Said as a whole number, as it once had to be.
void MakeDouble(ValueInput& input) {
  if (input.kind != static_cast<uint32_t>(ValueType::kInt)) return;
  input.kind = static_cast<uint32_t>(ValueType::kDouble);
  input.number = static_cast<double>(input.integer);
  input.integer = 0;
}

}  // namespace

struct TimelineReader::Impl {
  std::shared_ptr<const State> state;
  TimelinePage page;
  absl::InlinedVector<std::string_view, 2> records;  // their names
  std::shared_ptr<const ShownNames> shown;
  size_t next = 0;
  Extras extras;
};

TimelineReader::TimelineReader(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
TimelineReader::TimelineReader(TimelineReader&&) noexcept = default;
TimelineReader& TimelineReader::operator=(TimelineReader&&) noexcept = default;
TimelineReader::~TimelineReader() = default;

size_t TimelineReader::size() const { return impl_->page.rows.size(); }

bool TimelineReader::Next(TimelineItem& item) {
  Impl& it = *impl_;
  if (it.next == it.page.rows.size()) return false;
  const size_t row = it.next++;
  item.record = it.records[it.page.rows[row].record];
  // Names never move and never go, so no lock is needed.
  FillItem(it.state->names, it.shown.get(), it.page, row, it.extras, item);
  return true;
}

namespace {

uint32_t ShownAs(const absl::flat_hash_map<uint32_t, uint32_t>& names,
                 uint32_t name) {
  const auto found = names.find(name);
  return found == names.end() ? name : found->second;
}

}  // namespace

void FillItem(const Interner& names, const ShownNames* shown,
              const TimelinePage& page, size_t index, Extras& extras,
              TimelineItem& item) {
  const TimelinePage::Row& row = page.rows[index];
  if (!page.ids.empty()) item.fact = ToBytes(page.ids[index]);
  item.at_us = row.at_us;
  item.recorded_us = row.recorded_us;
  item.type = names.Text(shown == nullptr ? row.type
                                          : ShownAs(shown->types, row.type));
  item.channel =
      names.Text(shown == nullptr ? row.channel
                                  : ShownAs(shown->channels, row.channel));
  item.source = names.Text(row.source);
  item.key = page.Key(row);
  item.outbound = row.direction == Direction::kOutbound;
  item.currency = row.amount.currency.code();
  item.amount_minor = row.amount.minor;
  item.lines.clear();
  for (uint32_t i = row.line_begin; i < row.line_end; ++i) {
    const Line& line = page.lines[i];
    item.lines.push_back({names.Text(line.product), names.Text(line.unit),
                          line.quantity, line.unit_price, line.amount_minor});
  }
  item.fields.clear();
  item.reply_to.reset();
  if (row.extras_begin == row.extras_end) return;
  extras = DecodeExtras(page.ExtrasOf(row));
  for (const FieldView& field : extras.fields) {
    item.fields.emplace_back(
        names.Text(shown == nullptr ? field.name
                                    : ShownAs(shown->fields, field.name)),
        ToInput(field));
    if (shown != nullptr && shown->doubles.contains(field.name)) {
      MakeDouble(item.fields.back().second);
    }
  }
  if (extras.reply_to) item.reply_to = ToBytes(*extras.reply_to);
}

absl::StatusOr<TimelineReader> Store::ReadTimeline(
    std::string_view customer, int64_t now_us,
    const TimelineOptions& options) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  ReadScope scope;
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, Resolve(customer, now_us));
  PageRequest request;
  request.records = state.customers.RecordsOf(leader);
  request.window = Window::Until(now_us);
  request.newest_first = options.newest_first;
  request.with_ids = !options.without_ids;
  request.limit = options.limit;
  if (!options.type.empty()) {
    TRATO_RETURN_IF_ERROR(
        state.schema.CheckInteractionType("type", options.type));
    request.type = state.names.Find(state.schema.Stored(
        DefinitionKind::kInteractionType, options.type));
  }
  auto reader = std::make_unique<TimelineReader::Impl>();
  reader->state = impl_->state;
  reader->shown = state.shown;
  for (RecordNumber record : request.records) {
    state.customers.record_names().PrefetchPlace(record);
  }
  // A type that no interaction has is no name yet.
  if (options.type.empty() || request.type) {
    state.timeline.ReadPage(request, reader->page);
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  for (RecordNumber record : request.records) {
    reader->records.push_back(state.customers.RecordName(record));
  }
  return TimelineReader(std::move(reader));
}

}  // namespace trato::core
