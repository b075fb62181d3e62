// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One customer's timeline, handed out entry by entry. What it will give is
// found when it is opened, and held on to; each entry is unpacked when it is
// asked for.

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "engine/store_impl.h"

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

}  // namespace

struct TimelineReader::Impl {
  std::shared_ptr<const State> state;
  std::vector<TimelineEntry> entries;
  size_t next = 0;
  Pins pins;
  std::vector<FieldView> fields;
};

TimelineReader::TimelineReader(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
TimelineReader::TimelineReader(TimelineReader&&) noexcept = default;
TimelineReader& TimelineReader::operator=(TimelineReader&&) noexcept = default;
TimelineReader::~TimelineReader() = default;

size_t TimelineReader::size() const { return impl_->entries.size(); }

bool TimelineReader::Next(TimelineItem& item) {
  if (impl_->next == impl_->entries.size()) return false;
  // Names never move and never go, so no lock is needed.
  FillItem(*impl_->state, impl_->entries[impl_->next++], impl_->fields, item);
  return true;
}

void FillItem(const State& state, const TimelineEntry& entry,
              std::vector<FieldView>& fields, TimelineItem& item) {
  const InteractionRef& it = entry.it;
  const Interner& names = state.names;
  item.fact = ToBytes(entry.fact);
  item.at_us = it.at_us();
  item.recorded_us = it.recorded_us();
  item.record = entry.record_name;
  item.type = names.Text(it.type());
  item.channel = names.Text(it.channel());
  item.source = names.Text(it.source());
  item.key = entry.key;
  item.outbound = it.direction() == Direction::kOutbound;
  const Money amount = it.amount();
  item.currency = it.currency_code();
  item.amount_minor = amount.minor;
  item.lines.clear();
  it.ForEachLine([&](const Line& line) {
    item.lines.push_back({names.Text(line.product), names.Text(line.unit),
                          line.quantity, line.unit_price, line.amount_minor});
    return true;
  });
  item.fields.clear();
  item.reply_to.reset();
  if (it.has_extras()) {
    fields = it.fields();
    for (const FieldView& field : fields) {
      item.fields.emplace_back(names.Text(field.name), ToInput(field));
    }
    if (const auto reply_to = it.reply_to()) item.reply_to = ToBytes(*reply_to);
  }
}

void CollectTimeline(const State& state, std::span<const RecordNumber> records,
                     std::optional<uint32_t> type, const Window& window,
                     const TimelineOptions& options,
                     std::vector<TimelineEntry>& entries, Pins& pins) {
  const Timeline& timeline = state.timeline;
  std::vector<InteractionRef> found;
  std::vector<std::pair<int64_t, TimelineEntry>> timed;
  for (RecordNumber record : records) {
    found.clear();
    if (type) {
      timeline.Collect(record, *type, window, found, pins);
    } else {
      timeline.CollectAll(record, window, found, pins);
    }
    for (const InteractionRef& it : found) {
      timed.push_back({it.at_us(), {it, record, {}, {}, {}}});
    }
  }
  const size_t wanted = options.limit == 0
                            ? timed.size()
                            : std::min<uint64_t>(options.limit, timed.size());
  // By time, then source, then fact id, which is computed where it decides.
  const auto before = [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    const uint32_t one = a.second.it.source();
    const uint32_t other = b.second.it.source();
    if (one != other) return state.names.Text(one) < state.names.Text(other);
    return timeline.IdOf(a.second.record, a.second.it) <
           timeline.IdOf(b.second.record, b.second.it);
  };
  const auto end = timed.begin() + static_cast<ptrdiff_t>(wanted);
  if (options.newest_first) {
    std::partial_sort(
        timed.begin(), end, timed.end(),
        [&](const auto& a, const auto& b) { return before(b, a); });
  } else {
    std::partial_sort(timed.begin(), end, timed.end(), before);
  }
  timed.resize(wanted);
  entries.reserve(entries.size() + wanted);
  for (auto& [at_us, entry] : timed) {
    if (entry.it.has_keys()) entry.key = timeline.KeyOf(entry.it);
    entry.record_name = state.customers.RecordName(entry.record);
    if (!options.without_ids) {
      entry.fact = timeline.IdOf(entry.record, entry.it);
    }
    entries.push_back(std::move(entry));
  }
}

absl::StatusOr<TimelineReader> Store::ReadTimeline(
    std::string_view customer, int64_t now_us,
    const TimelineOptions& options) const {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock lock(&impl_->mutex);
  ReadScope scope;
  const State& state = *impl_->state;
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, impl_->Resolve(customer, now_us));
  std::optional<uint32_t> type;
  if (!options.type.empty()) {
    TRATO_RETURN_IF_ERROR(
        state.schema.CheckInteractionType("type", options.type));
    type = state.names.Find(options.type);
  }
  auto reader = std::make_unique<TimelineReader::Impl>();
  reader->state = impl_->state;
  if (options.type.empty() || type) {
    CollectTimeline(state, state.customers.RecordsOf(leader), type,
                    Window::Until(now_us), options, reader->entries,
                    reader->pins);
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  return TimelineReader(std::move(reader));
}

}  // namespace trato::core
