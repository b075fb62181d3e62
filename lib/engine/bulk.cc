// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A batch on its way in: whole columns are brought to numbers, a dictionary's
// texts once for all rows that use them.

#include "engine/bulk.h"

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/bulk_error.h"
#include "engine/checks.h"

namespace trato::core {
namespace {

constexpr uint32_t kUnknown = 0xffffffff;

// So many new records are made at once, while readers wait.
constexpr size_t kNewAtOnce = 1024;

// A column of names as numbers from 0 on: what each stands for, and which one
// a row has. The first stands for no text.
class NameCodes {
 public:
  explicit NameCodes(const TextColumn& column, size_t rows) : column_(column) {
    if (!column.present || column.dictionary != nullptr) return;
    codes_.resize(rows);
    for (size_t i = 0; i < rows; ++i) {
      if (column.IsNull(i)) continue;
      const std::string_view text = column.values[i];
      // Rows mostly say the same as the one before.
      if (i > 0 && codes_[i - 1] != 0 && texts_[codes_[i - 1] - 1] == text) {
        codes_[i] = codes_[i - 1];
        continue;
      }
      auto [place, is_new] =
          known_.try_emplace(text, static_cast<uint32_t>(texts_.size()) + 1);
      if (is_new) texts_.push_back(text);
      codes_[i] = place->second;
    }
  }

  size_t count() const {
    if (!column_.present) return 1;
    return 1 + (column_.dictionary != nullptr ? column_.dictionary->size()
                                              : texts_.size());
  }
  // Null where all rows have none. Of a dictionary they count from kNull on,
  // which wraps to 0.
  const uint32_t* data() const {
    return !column_.present                ? nullptr
           : column_.dictionary != nullptr ? column_.codes.data()
                                           : codes_.data();
  }
  uint32_t first() const { return column_.dictionary != nullptr ? 1 : 0; }

 private:
  const TextColumn& column_;
  absl::flat_hash_map<std::string_view, uint32_t, StringHash, StringEqual>
      known_;
  std::vector<std::string_view> texts_;
  std::vector<uint32_t> codes_;
};

std::string_view TextAt(const TextColumn& column, size_t i) {
  return !column.present || column.IsNull(i) ? std::string_view()
                                             : column.At(i);
}

}  // namespace

BulkRows::BulkRows(State* state, SharedMutex* lock, Fact envelope,
                   std::string_view name_space)
    : state_(state),
      lock_(lock),
      envelope_(std::move(envelope)),
      name_space_(name_space),
      hasher_(envelope_.source),
      first_new_record_(
          static_cast<RecordNumber>(state->customers.record_count())) {
  source_ = NameOf(envelope_.source);
  actor_ = NameOf(envelope_.actor);
  batch_ = NameOf(envelope_.batch);
}

BulkRows::~BulkRows() { TakeBackRecords(); }

void BulkRows::KeepRecords() { owns_records_ = false; }

void BulkRows::TakeBackRecords() {
  if (!owns_records_) return;
  owns_records_ = false;
  CustomerStore& customers = state_->customers;
  if (customers.record_count() == first_new_record_) return;
  WriterMutexLock lock(lock_);
  customers.DropLast(customers.record_count() - first_new_record_);
}

uint32_t BulkRows::NameOf(std::string_view text) {
  if (auto known = state_->names.Find(text)) return *known;
  WriterMutexLock lock(lock_);
  return state_->names.Add(text);
}

// The caller holds the lock.
absl::StatusOr<uint32_t> BulkRows::RecordOf(std::string_view name,
                                            uint64_t row) {
  std::string full;
  if (!name_space_.empty() && name.find(':') == std::string_view::npos) {
    full = StrCat(name_space_, ":", name);
    name = full;
  }
  if (absl::Status status = CheckRecordName("customer", name); !status.ok()) {
    return AtRow("customer", row, status);
  }
  return state_->customers.FindOrAdd(name);
}

absl::Status BulkRows::ReadRecords(const InteractionBatch& batch) {
  const size_t rows = batch.rows;
  const TextColumn& column = batch.customer;
  record_.resize(rows);
  if (column.dictionary != nullptr) return ReadCodedRecords(batch);
  for (size_t i = 0; i < rows; ++i) {
    if (column.IsNull(i)) return MissingAtRow("customer", batch.first_row + i);
    record_[i] = kUnknown;
    if (!name_space_.empty()) continue;
    // Who is known needs no lock.
    if (const auto known = state_->customers.FindRecord(column.At(i))) {
      record_[i] = *known;
    }
  }
  // New ones, in the order of the rows. Readers wait for a few only.
  for (size_t begin = 0; begin < rows; begin += kNewAtOnce) {
    const size_t end = std::min(rows, begin + kNewAtOnce);
    const auto first = record_.begin() + static_cast<ptrdiff_t>(begin);
    const auto last = record_.begin() + static_cast<ptrdiff_t>(end);
    if (std::find(first, last, kUnknown) == last) continue;
    WriterMutexLock lock(lock_);
    for (size_t i = begin; i < end; ++i) {
      if (record_[i] != kUnknown) continue;
      TRATO_ASSIGN_OR_RETURN(record_[i],
                             RecordOf(column.At(i), batch.first_row + i));
    }
  }
  return absl::OkStatus();
}

absl::Status BulkRows::ReadCodedRecords(const InteractionBatch& batch) {
  const TextColumn& column = batch.customer;
  const std::vector<std::string_view>& texts = *column.dictionary;
  if (customer_codes_.dictionary != column.dictionary) {
    customer_codes_ = {column.dictionary,
                       std::vector<uint32_t>(texts.size(), kUnknown)};
    // Room for all of them, if that is not much.
    constexpr size_t kMuch = size_t{1} << 22;
    if (texts.size() < kMuch) {
      WriterMutexLock lock(lock_);
      state_->customers.Reserve(state_->customers.record_count() +
                                texts.size());
    }
  }
  std::vector<uint32_t>& numbers = customer_codes_.numbers;
  // The rows whose records no row before them had.
  new_rows_.resize(batch.rows);
  size_t count = 0;
  for (size_t i = 0; i < batch.rows; ++i) {
    const uint32_t code = column.codes[i];
    record_[i] = code == TextColumn::kNull ? kUnknown : numbers[code];
    new_rows_[count] = static_cast<uint32_t>(i);
    count += record_[i] == kUnknown;
  }
  // Readers wait for a few only.
  for (size_t begin = 0; begin < count; begin += kNewAtOnce) {
    const size_t end = std::min(count, begin + kNewAtOnce);
    WriterMutexLock lock(lock_);
    for (size_t at = begin; at < end; ++at) {
      // The texts are anywhere in memory: they are asked for ahead.
      const auto code_ahead = [&](size_t ahead) {
        return at + ahead < count ? column.codes[new_rows_[at + ahead]]
                                  : TextColumn::kNull;
      };
      if (const uint32_t code = code_ahead(24); code != TextColumn::kNull) {
        __builtin_prefetch(&texts[code]);
      }
      if (const uint32_t code = code_ahead(16); code != TextColumn::kNull) {
        __builtin_prefetch(texts[code].data());
      }
      if (const uint32_t code = code_ahead(8);
          code != TextColumn::kNull && name_space_.empty()) {
        state_->customers.PrefetchRecord(texts[code]);
      }
      const size_t i = new_rows_[at];
      const uint64_t row = batch.first_row + i;
      if (column.IsNull(i)) return MissingAtRow("customer", row);
      uint32_t& known = numbers[column.codes[i]];
      if (known == kUnknown) {
        TRATO_ASSIGN_OR_RETURN(known, RecordOf(texts[column.codes[i]], row));
      }
      record_[i] = known;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint16_t> BulkRows::KindOf(std::string_view type,
                                          std::string_view channel,
                                          std::string_view direction,
                                          std::string_view currency,
                                          uint64_t row) {
  BulkKind kind;
  kind.currency = state_->currency;
  if (absl::Status status = state_->schema.CheckInteractionType("type", type);
      !status.ok()) {
    return AtRow("type", row, status);
  }
  if (absl::Status status = state_->schema.CheckChannel("channel", channel);
      !status.ok()) {
    return AtRow("channel", row, status);
  }
  if (absl::Status status = state_->schema.CheckTakes(
          DefinitionKind::kInteractionType, "type", type);
      !status.ok()) {
    return AtRow("type", row, status);
  }
  if (absl::Status status = state_->schema.CheckTakes(DefinitionKind::kChannel,
                                                      "channel", channel);
      !status.ok()) {
    return AtRow("channel", row, status);
  }
  if (direction == "outbound") {
    kind.direction = Direction::kOutbound;
  } else if (!direction.empty() && direction != "inbound") {
    return absl::InvalidArgumentError(
        StrCat("column 'direction', row ", row,
               ": it is neither inbound nor outbound"));
  }
  if (!currency.empty()) {
    auto parsed = Currency::Parse(currency);
    if (!parsed.ok()) return AtRow("currency", row, parsed.status());
    kind.currency = *parsed;
  }
  kind.type =
      NameOf(state_->schema.Stored(DefinitionKind::kInteractionType, type));
  kind.channel =
      NameOf(state_->schema.Stored(DefinitionKind::kChannel, channel));
  uint32_t code = 0;
  for (char c : kind.currency.code()) {
    code = code << 8 | static_cast<unsigned char>(c);
  }
  if (kinds_.size() > std::numeric_limits<uint16_t>::max()) {
    return absl::ResourceExhaustedError(
        StrCat("column 'type', row ", row, ": more than ", kinds_.size(),
               " different combinations of type, channel, direction and "
               "currency; append in smaller parts"));
  }
  auto [place, is_new] = kind_numbers_.try_emplace(
      {kind.type, kind.channel, static_cast<uint32_t>(kind.direction), code},
      static_cast<uint16_t>(kinds_.size()));
  if (is_new) kinds_.push_back(kind);
  return place->second;
}

absl::Status BulkRows::ReadKinds(const InteractionBatch& batch) {
  const size_t rows = batch.rows;
  kind_.resize(rows);
  const std::array<const TextColumn*, 4> columns = {
      &batch.type, &batch.channel, &batch.direction, &batch.currency};
  const NameCodes types(batch.type, rows), channels(batch.channel, rows),
      directions(batch.direction, rows), currencies(batch.currency, rows);
  const NameCodes* const codes[] = {&types, &channels, &directions,
                                    &currencies};
  // A table of all combinations, or where they are too many a hash table.
  constexpr uint64_t kLargestTable = 65536;
  uint64_t combinations = 1;
  bool is_same = true;
  for (int c = 0; c < 4; ++c) {
    combinations *= std::min<uint64_t>(codes[c]->count(), kLargestTable + 1);
    combinations = std::min(combinations, kLargestTable + 1);
    const TextColumn& column = *columns[c];
    // Without a dictionary codes are the batch's own.
    is_same = is_same && kind_dictionaries_[c] == column.dictionary &&
              (!column.present || column.dictionary != nullptr);
    kind_dictionaries_[c] = column.dictionary;
  }
  const bool has_table = combinations <= kLargestTable;
  if (!is_same || kind_by_code_.size() != (has_table ? combinations : 0)) {
    kind_by_code_.assign(has_table ? combinations : 0, kUnknown);
  }
  absl::flat_hash_map<std::array<uint32_t, 4>, uint32_t> by_codes;
  const auto resolve = [&](size_t i) -> absl::StatusOr<uint32_t> {
    const uint64_t row = batch.first_row + i;
    if (batch.type.IsNull(i)) return MissingAtRow("type", row);
    TRATO_ASSIGN_OR_RETURN(
        uint16_t kind,
        KindOf(TextAt(batch.type, i), TextAt(batch.channel, i),
               TextAt(batch.direction, i), TextAt(batch.currency, i), row));
    return kind;
  };
  if (has_table) {
    std::vector<uint32_t> places(rows, 0);
    for (const NameCodes* it : codes) {
      const auto count = static_cast<uint32_t>(it->count());
      const uint32_t* data = it->data();
      if (data == nullptr) continue;
      const uint32_t first = it->first();
      for (size_t i = 0; i < rows; ++i) {
        places[i] = places[i] * count + (data[i] + first);
      }
    }
    for (size_t i = 0; i < rows; ++i) {
      uint32_t& kind = kind_by_code_[places[i]];
      if (kind == kUnknown) {
        TRATO_ASSIGN_OR_RETURN(kind, resolve(i));
      }
      kind_[i] = static_cast<uint16_t>(kind);
    }
    return absl::OkStatus();
  }
  for (size_t i = 0; i < rows; ++i) {
    std::array<uint32_t, 4> key{};
    for (int c = 0; c < 4; ++c) {
      const uint32_t* data = codes[c]->data();
      key[c] = data == nullptr ? 0 : data[i] + codes[c]->first();
    }
    auto [place, is_new] = by_codes.try_emplace(key, kUnknown);
    if (is_new) {
      TRATO_ASSIGN_OR_RETURN(place->second, resolve(i));
    }
    kind_[i] = static_cast<uint16_t>(place->second);
  }
  return absl::OkStatus();
}

absl::Status BulkRows::ReadKeys(const InteractionBatch& batch) {
  if (!batch.key.present && !batch.key_number.present) return absl::OkStatus();
  is_rich_ = true;
  keys_.AddNone(size_ - keys_.size());
  if (batch.key_number.present) {
    const DecimalColumn& column = batch.key_number;
    for (size_t i = 0; i < batch.rows; ++i) {
      if (column.IsNull(i)) {
        keys_.AddNone(1);
      } else {
        keys_.AddNumber(column.values[i]);
      }
    }
    return absl::OkStatus();
  }
  for (size_t i = 0; i < batch.rows; ++i) {
    const std::string_view key = TextAt(batch.key, i);
    if (key.empty()) {
      keys_.AddNone(1);
      continue;
    }
    if (absl::Status status = CheckLabel("key", key, kMaxIdentifierBytes);
        !status.ok()) {
      return AtRow("key", batch.first_row + i, status);
    }
    keys_.AddText(key);
  }
  return absl::OkStatus();
}

absl::Status BulkRows::CheckRoom(size_t rows) const {
  if (rows < RowPartitions::kNoNumber - size_) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      StrCat("more than ", RowPartitions::kNoNumber - 1,
             " rows at once; append in smaller parts"));
}

absl::Status BulkRows::Add(const InteractionBatch& batch) {
  const size_t rows = batch.rows;
  TRATO_RETURN_IF_ERROR(CheckRoom(rows));
  TRATO_RETURN_IF_ERROR(ReadRecords(batch));
  TRATO_RETURN_IF_ERROR(ReadKinds(batch));
  int64_t earliest = 0;
  int64_t latest = 0;
  for (int64_t at_us : batch.at_us.values) {
    earliest = std::min(earliest, at_us);
    latest = std::max(latest, at_us);
  }
  const bool all_can_be =
      CheckInstant("at", earliest).ok() && CheckInstant("at", latest).ok();
  for (size_t i = 0; i < rows && (!all_can_be || !batch.at_us.nulls.empty());
       ++i) {
    const uint64_t row = batch.first_row + i;
    if (batch.at_us.IsNull(i)) return MissingAtRow("at", row);
    if (absl::Status status = CheckInstant("at", batch.at_us.values[i]);
        !status.ok()) {
      return AtRow("at", row, status);
    }
  }
  if (batch.order.present) return ReadOrders(batch);
  const Int64Column& amounts = batch.amount_minor;
  const bool as_they_are =
      amounts.present && amounts.nulls.empty() && !batch.lines.present;
  if (!as_they_are) {
    amount_.assign(rows, 0);
    for (size_t i = 0; amounts.present && i < rows; ++i) {
      if (!amounts.IsNull(i)) amount_[i] = amounts.values[i];
    }
  }
  const size_t before = rest_.size();
  TRATO_RETURN_IF_ERROR(ReadLines(batch));
  TRATO_RETURN_IF_ERROR(ReadKeys(batch));
  TRATO_RETURN_IF_ERROR(ReadRest(batch));
  const std::span<const int64_t> all_amounts =
      as_they_are ? amounts.values : amount_;
  bool has_wide = false;
  for (int64_t amount : all_amounts) {
    has_wide |= static_cast<int32_t>(amount) != amount ||
                amount == RowPartitions::kWideAmount;
  }
  for (size_t i = 0; has_wide && i < rows; ++i) {
    const int64_t amount = all_amounts[i];
    if (static_cast<int32_t>(amount) != amount ||
        amount == RowPartitions::kWideAmount) {
      wide_amounts_.emplace(size_ + static_cast<uint32_t>(i), amount);
    }
  }
  // Few rows are numbered too: they are asked for in their order.
  constexpr size_t kFew = 16384;
  const bool needs_numbers = has_wide || batch.key.present ||
                             batch.key_number.present || batch.lines.present ||
                             rest_.size() > before || size_ + rows <= kFew;
  rows_.Add(record_, kind_, batch.at_us.values, all_amounts,
            needs_numbers ? size_ : RowPartitions::kNoNumber);
  size_ += static_cast<uint32_t>(rows);
  return absl::OkStatus();
}

std::vector<Fact> BulkRows::ToFacts() const {
  std::vector<Row> rows(size_);
  for (size_t partition = 0; partition < rows_.count(); ++partition) {
    rows_.ForEach(partition,
                  [&](uint32_t record, const auto& row, uint32_t number) {
                    rows[number] = ToRow(record, row, number);
                  });
  }
  std::vector<Fact> facts;
  facts.reserve(rows.size());
  for (const Row& row : rows) facts.push_back(ToFact(row));
  return facts;
}

Interaction BulkRows::ToInteraction(const Row& row) const {
  Interaction it;
  if (const Interaction* rest = RestOf(row.number)) it = *rest;
  const BulkKind& kind = kinds_[row.kind];
  it.at_us = row.at_us;
  it.recorded_us = envelope_.recorded_us;
  it.type = kind.type;
  it.channel = kind.channel;
  it.direction = kind.direction;
  it.amount = {row.amount, kind.currency};
  it.source = source_;
  it.actor = actor_;
  it.batch = batch_;
  KeyColumn::Buffer buffer;
  it.key = KeyOf(row.number).Text(buffer);
  const auto [begin, end] = LinesOf(row.number);
  it.lines.assign(lines_.begin() + begin, lines_.begin() + end);
  return it;
}

Fact BulkRows::ToFact(const Row& row) const {
  const Interaction it = ToInteraction(row);
  Fact fact = envelope_;
  fact.event_us = it.at_us;
  fact.key = it.key;
  fact.payload = state_->ToFact(InteractionRef(&it),
                                state_->customers.RecordName(row.record));
  return fact;
}

}  // namespace trato::core
