// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/bulk.h"

#include <algorithm>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/checks.h"
#include "timeline/block_packer.h"

namespace trato::core {
namespace {

absl::Status At(std::string_view column, uint64_t row,
                const absl::Status& status) {
  return Prefixed(status, StrCat("column '", column, "', row ", row, ": "));
}

absl::Status Missing(std::string_view column, uint64_t row) {
  return absl::InvalidArgumentError(
      StrCat("column '", column, "', row ", row, ": a value is missing"));
}

}  // namespace

BulkRows::BulkRows(State* state, SharedMutex* lock, Fact envelope,
                   std::string_view name_space)
    : state_(state),
      lock_(lock),
      envelope_(std::move(envelope)),
      name_space_(name_space) {
  source_ = NameOf(envelope_.source);
  actor_ = NameOf(envelope_.actor);
  batch_ = NameOf(envelope_.batch);
}

uint32_t BulkRows::NameOf(std::string_view text) {
  if (auto known = state_->names.Find(text)) return *known;
  WriterMutexLock lock(lock_);
  return state_->names.Add(text);
}

absl::StatusOr<uint32_t> BulkRows::RecordOf(std::string_view name,
                                            uint64_t row) {
  std::string full;
  if (!name_space_.empty() && name.find(':') == std::string_view::npos) {
    full = StrCat(name_space_, ":", name);
    name = full;
  }
  if (auto known = state_->customers.FindRecord(name)) return *known;
  auto found = new_by_name_.find(name);
  if (found != new_by_name_.end()) return found->second;
  if (absl::Status status = CheckRecordName("customer", name); !status.ok()) {
    return At("customer", row, status);
  }
  const auto record = static_cast<uint32_t>(state_->customers.record_count() +
                                            new_records_.size());
  new_records_.emplace_back(name);
  new_by_name_.emplace(new_records_.back(), record);
  return record;
}

absl::StatusOr<uint32_t> BulkRows::KindOf(std::string_view type,
                                          std::string_view channel,
                                          std::string_view direction,
                                          std::string_view currency,
                                          uint64_t row) {
  BulkKind kind;
  kind.currency = state_->currency;
  if (absl::Status status = state_->schema.CheckInteractionType("type", type);
      !status.ok()) {
    return At("type", row, status);
  }
  if (absl::Status status = state_->schema.CheckChannel("channel", channel);
      !status.ok()) {
    return At("channel", row, status);
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
    if (!parsed.ok()) return At("currency", row, parsed.status());
    kind.currency = *parsed;
  }
  kind.type = NameOf(type);
  kind.channel = NameOf(channel);
  uint32_t code = 0;
  for (char c : kind.currency.code()) {
    code = code << 8 | static_cast<unsigned char>(c);
  }
  auto [place, is_new] = kind_numbers_.try_emplace(
      {kind.type, kind.channel, static_cast<uint32_t>(kind.direction), code},
      static_cast<uint32_t>(kinds_.size()));
  if (is_new) kinds_.push_back(kind);
  return place->second;
}

absl::StatusOr<Line> BulkRows::LineOf(const LineColumns& lines, size_t i,
                                      Currency currency, uint64_t row) {
  Line line;
  if (lines.product.IsNull(i)) return Missing("product", row);
  const std::string_view product = lines.product.At(i);
  if (absl::Status status = CheckLabel("product", product); !status.ok()) {
    return At("product", row, status);
  }
  line.product = NameOf(product);
  if (lines.unit.present && !lines.unit.IsNull(i)) {
    const std::string_view unit = lines.unit.At(i);
    if (!unit.empty()) {
      if (absl::Status status = CheckLabel("unit", unit); !status.ok()) {
        return At("unit", row, status);
      }
    }
    line.unit = NameOf(unit);
  }
  line.quantity = !lines.quantity.present    ? 1000000
                  : lines.quantity.IsNull(i) ? 0
                                             : lines.quantity.values[i];
  if (lines.unit_price.present && !lines.unit_price.IsNull(i)) {
    line.unit_price = lines.unit_price.values[i];
    if (line.unit_price < 0) {
      return absl::InvalidArgumentError(
          StrCat("column 'unit_price', row ", row, ": it is negative"));
    }
  }
  if (lines.amount_minor.present && !lines.amount_minor.IsNull(i)) {
    line.amount_minor = lines.amount_minor.values[i];
  } else if (line.unit_price != 0) {
    auto amount = Rescale(absl::int128(line.quantity) * line.unit_price, 12,
                          currency.digits());
    if (!amount.ok()) return At("unit_price", row, amount.status());
    line.amount_minor = *amount;
  }
  return line;
}

absl::Status BulkRows::AddRow(uint32_t record, uint32_t kind, int64_t at_us,
                              int64_t amount) {
  record_.push_back(record);
  kind_.push_back(kind);
  at_.push_back(at_us);
  amount_.push_back(amount);
  return absl::OkStatus();
}

absl::Status BulkRows::Add(const InteractionBatch& batch) {
  constexpr uint32_t kUnknown = 0xffffffff;
  if (!batch.customer.codes.empty()) {
    // A dictionary that comes again is known by where its texts lie.
    const auto same = [](std::string_view a, std::string_view b) {
      return a.data() == b.data() && a.size() == b.size();
    };
    const auto& values = batch.customer.values;
    if (!std::equal(values.begin(), values.end(),
                    customer_codes_.values.begin(),
                    customer_codes_.values.end(), same)) {
      customer_codes_.values = values;
      customer_codes_.numbers.assign(values.size(), kUnknown);
    }
  }
  // Rows mostly say the same as the one before: type and channel by code.
  std::vector<uint32_t> kind_by_code;
  const bool coded_kinds =
      !batch.type.codes.empty() &&
      (!batch.channel.present || !batch.channel.codes.empty()) &&
      !batch.direction.present && !batch.currency.present;
  const size_t channels = batch.channel.values.size() + 1;
  if (coded_kinds && batch.type.values.size() * channels <= 65536) {
    kind_by_code.assign(batch.type.values.size() * channels, kUnknown);
  }
  const auto text = [](const TextColumn& column, size_t i) {
    return !column.present || column.IsNull(i) ? std::string_view()
                                               : column.At(i);
  };
  const size_t rows = batch.rows;
  const bool by_order = batch.order.present;
  if (!by_order) {
    // Doubled where it grows: a stream may have many batches.
    const size_t wanted = size() + rows;
    if (wanted > at_.capacity()) {
      const size_t room = std::max(wanted, 2 * at_.capacity());
      record_.reserve(room);
      kind_.reserve(room);
      at_.reserve(room);
      amount_.reserve(room);
    }
  }
  for (size_t i = 0; i < rows; ++i) {
    const uint64_t row = batch.first_row + i;
    uint32_t record = 0;
    if (!batch.customer.codes.empty()) {
      const uint32_t code = batch.customer.codes[i];
      if (code == TextColumn::kNull) return Missing("customer", row);
      record = customer_codes_.numbers[code];
      if (record == kUnknown) {
        TRATO_ASSIGN_OR_RETURN(record,
                               RecordOf(batch.customer.values[code], row));
        customer_codes_.numbers[code] = record;
      }
    } else {
      if (batch.customer.IsNull(i)) return Missing("customer", row);
      TRATO_ASSIGN_OR_RETURN(record, RecordOf(batch.customer.At(i), row));
    }
    uint32_t kind = kUnknown;
    uint32_t* known_kind = nullptr;
    if (!kind_by_code.empty()) {
      const uint32_t type = batch.type.codes[i];
      if (type == TextColumn::kNull) return Missing("type", row);
      const uint32_t channel =
          !batch.channel.present || batch.channel.codes[i] == TextColumn::kNull
              ? static_cast<uint32_t>(channels - 1)
              : batch.channel.codes[i];
      known_kind = &kind_by_code[type * channels + channel];
      kind = *known_kind;
    }
    if (kind == kUnknown) {
      if (batch.type.IsNull(i)) return Missing("type", row);
      TRATO_ASSIGN_OR_RETURN(
          kind, KindOf(text(batch.type, i), text(batch.channel, i),
                       text(batch.direction, i), text(batch.currency, i), row));
      if (known_kind != nullptr) *known_kind = kind;
    }
    if (batch.at_us.IsNull(i)) return Missing("at", row);
    const int64_t at_us = batch.at_us.values[i];
    if (absl::Status status = CheckInstant("at", at_us); !status.ok()) {
      return At("at", row, status);
    }
    const Currency currency = kinds_[kind].currency;
    if (by_order) {
      if (batch.order.IsNull(i)) return Missing("order", row);
      const std::string_view order = batch.order.At(i);
      if (absl::Status status = CheckLabel("order", order, kMaxIdentifierBytes);
          !status.ok()) {
        return At("order", row, status);
      }
      auto [place, is_new] = order_places_.try_emplace(
          StrCat(record, " ", kinds_[kind].type, " ", order), orders_.size());
      if (is_new) {
        orders_.push_back({record, kind, at_us, std::string(order), {}, row});
      }
      PendingOrder& pending = orders_[place->second];
      if (pending.kind != kind) {
        return absl::InvalidArgumentError(
            StrCat("column 'channel', row ", row,
                   ": rows of one order differ in channel, direction or "
                   "currency"));
      }
      pending.at_us = std::min(pending.at_us, at_us);
      TRATO_ASSIGN_OR_RETURN(Line line, LineOf(batch.lines, i, currency, row));
      pending.lines.push_back(line);
      continue;
    }
    int64_t amount = batch.amount_minor.present && !batch.amount_minor.IsNull(i)
                         ? batch.amount_minor.values[i]
                         : 0;
    if (batch.lines.present) {
      if (line_end_.empty()) line_end_.assign(size(), 0);
      int64_t sum = 0;
      const auto begin = static_cast<size_t>(batch.lines.offsets[i]);
      const auto end = static_cast<size_t>(batch.lines.offsets[i + 1]);
      if (end - begin > kMaxLines) {
        return absl::InvalidArgumentError(StrCat(
            "column 'lines', row ", row, ": more than ", kMaxLines, " lines"));
      }
      for (size_t line = begin; line < end; ++line) {
        TRATO_ASSIGN_OR_RETURN(Line it,
                               LineOf(batch.lines, line, currency, row));
        if (!AddTo(sum, it.amount_minor)) {
          return absl::OutOfRangeError(
              StrCat("column 'lines', row ", row,
                     ": the sum of the lines does not fit in 64 bits"));
        }
        lines_.push_back(it);
      }
      if (begin != end) {
        if (amount != 0 && amount != sum) {
          return absl::InvalidArgumentError(
              StrCat("column 'amount_minor', row ", row,
                     ": it is not the sum of the lines"));
        }
        amount = sum;
      }
      line_end_.push_back(static_cast<uint32_t>(lines_.size()));
    } else if (!line_end_.empty()) {
      line_end_.push_back(static_cast<uint32_t>(lines_.size()));
    }
    const auto place = static_cast<uint32_t>(size());
    if (batch.key.present && !batch.key.IsNull(i) && !batch.key.At(i).empty()) {
      const std::string_view key = batch.key.At(i);
      if (absl::Status status = CheckLabel("key", key, kMaxIdentifierBytes);
          !status.ok()) {
        return At("key", row, status);
      }
      if (keys_.empty()) keys_.resize(place);
      keys_.emplace_back(key);
    } else if (!keys_.empty()) {
      keys_.emplace_back();
    }
    Interaction rest;
    if (batch.reply_to.present && !batch.reply_to.IsNull(i)) {
      const auto id = Id::Parse(batch.reply_to.At(i));
      if (!id) {
        return absl::InvalidArgumentError(
            StrCat("column 'reply_to', row ", row,
                   ": it is neither 16 bytes nor 32 hexadecimal digits"));
      }
      rest.reply_to = FactId{*id};
    }
    for (const ValueColumn& column : batch.fields) {
      Value value;
      switch (static_cast<ValueType>(column.kind)) {
        case ValueType::kString:
          if (!column.text.IsNull(i)) value = std::string(column.text.At(i));
          break;
        case ValueType::kDouble:
          if (!column.number.IsNull(i)) value = column.number.values[i];
          break;
        default:
          if (column.integer.IsNull(i)) break;
          value = column.integer.values[i];
          if (static_cast<ValueType>(column.kind) == ValueType::kBool) {
            value = column.integer.values[i] != 0;
          } else if (static_cast<ValueType>(column.kind) ==
                     ValueType::kTimestamp) {
            value = Timestamp{column.integer.values[i]};
          } else if (static_cast<ValueType>(column.kind) == ValueType::kMoney) {
            Money money{column.integer.values[i], state_->currency};
            if (column.currency.present && !column.currency.IsNull(i)) {
              auto parsed = Currency::Parse(column.currency.At(i));
              if (!parsed.ok()) return At(column.name, row, parsed.status());
              money.currency = *parsed;
            }
            value = money;
          }
      }
      if (TypeOf(value) == ValueType::kNone) continue;
      if (absl::Status status = CheckValue(column.name, value); !status.ok()) {
        return At(column.name, row, status);
      }
      rest.fields.push_back({NameOf(column.name), std::move(value)});
    }
    if (rest.reply_to || !rest.fields.empty()) {
      std::sort(rest.fields.begin(), rest.fields.end(),
                [&](const Field& a, const Field& b) {
                  return state_->names.Text(a.name) <
                         state_->names.Text(b.name);
                });
      rest_.emplace(place, std::move(rest));
    }
    TRATO_RETURN_IF_ERROR(AddRow(record, kind, at_us, amount));
  }
  return absl::OkStatus();
}

absl::Status BulkRows::Finish() {
  for (PendingOrder& order : orders_) {
    int64_t sum = 0;
    if (line_end_.empty()) line_end_.assign(size(), 0);
    for (const Line& line : order.lines) {
      if (!AddTo(sum, line.amount_minor)) {
        return absl::OutOfRangeError(
            StrCat("column 'amount', row ", order.row,
                   ": the sum of the order's lines does not fit in 64 bits"));
      }
      lines_.push_back(line);
    }
    if (order.lines.size() > kMaxLines) {
      return absl::InvalidArgumentError(StrCat("column 'order', row ",
                                               order.row, ": more than ",
                                               kMaxLines, " lines"));
    }
    line_end_.push_back(static_cast<uint32_t>(lines_.size()));
    if (keys_.empty()) keys_.resize(size());
    keys_.push_back(std::move(order.key));
    TRATO_RETURN_IF_ERROR(AddRow(order.record, order.kind, order.at_us, sum));
  }
  orders_.clear();
  order_places_.clear();
  return absl::OkStatus();
}

Interaction BulkRows::ToInteraction(size_t i) const {
  Interaction it;
  if (auto rest = rest_.find(static_cast<uint32_t>(i)); rest != rest_.end()) {
    it = rest->second;
  }
  const BulkKind& kind = kinds_[kind_[i]];
  it.at_us = at_[i];
  it.recorded_us = envelope_.recorded_us;
  it.type = kind.type;
  it.channel = kind.channel;
  it.direction = kind.direction;
  it.amount = {amount_[i], kind.currency};
  it.source = source_;
  it.actor = actor_;
  it.batch = batch_;
  it.key = key(i);
  if (!line_end_.empty()) {
    const uint32_t begin = i == 0 ? 0 : line_end_[i - 1];
    it.lines.assign(lines_.begin() + begin, lines_.begin() + line_end_[i]);
  }
  return it;
}

Fact BulkRows::ToFact(size_t i) const {
  const Interaction it = ToInteraction(i);
  const size_t known = state_->customers.record_count();
  const std::string_view record =
      record_[i] < known ? state_->customers.RecordName(record_[i])
                         : std::string_view(new_records_[record_[i] - known]);
  Fact fact = envelope_;
  fact.event_us = it.at_us;
  fact.key = it.key;
  fact.payload = state_->ToFact(InteractionRef(&it), record);
  return fact;
}

BulkRows::Packed BulkRows::Pack(uint64_t position, Chain* chain, Link* link,
                                std::vector<int64_t>& first_seen,
                                const Run& run) {
  const size_t records = state_->customers.record_count() + new_records_.size();
  // Where each record's rows end, and from that where blocks begin.
  std::vector<uint32_t> counts(records, 0);
  size_t rows = 0;
  for (uint32_t record : record_) {
    if (record == kDropped) continue;
    ++counts[record];
    ++rows;
  }
  struct Range {
    uint32_t first, last;  // records
    size_t begin, end;     // rows
  };
  std::vector<Range> ranges;
  std::vector<uint32_t> range_of(records, 0);
  size_t in_block = 0;
  size_t begin = 0;
  for (uint32_t record = 0; record < records; ++record) {
    if (counts[record] == 0) continue;
    if (ranges.empty() || in_block >= kBlockRows) {
      ranges.push_back({record, record, begin, begin});
      in_block = 0;
    }
    range_of[record] = static_cast<uint32_t>(ranges.size() - 1);
    ranges.back().last = record;
    begin += counts[record];
    ranges.back().end = begin;
    in_block += counts[record];
  }
  std::vector<Row> scattered(rows);
  std::vector<size_t> next(ranges.size());
  for (size_t i = 0; i < ranges.size(); ++i) next[i] = ranges[i].begin;
  for (size_t i = 0; i < record_.size(); ++i) {
    const uint32_t record = record_[i];
    if (record == kDropped) continue;
    scattered[next[range_of[record]]++] = {record, kind_[i], at_[i], amount_[i],
                                           static_cast<uint32_t>(i)};
    if (at_[i] < first_seen[record]) first_seen[record] = at_[i];
  }
  // The salts and kinds of all, before several threads ask for them.
  kind_forms_.clear();
  kind_ranks_.assign(kinds_.size(), 0);
  if (chain != nullptr) {
    chain->MakeSalts(records);
    for (const BulkKind& kind : kinds_) {
      kind_forms_.push_back(
          chain->form().KindOf(kind.type, kind.channel, kind.direction, source_,
                               actor_, batch_, kind.currency));
    }
    for (size_t i = 0; i < kinds_.size(); ++i) {
      for (const auto& other : kind_forms_) {
        kind_ranks_[i] += other < kind_forms_[i];
      }
    }
  }
  Packed packed;
  packed.rows = rows;
  packed.blocks.resize(ranges.size());
  std::vector<std::vector<Hash256>> commitments(ranges.size());
  run(ranges.size(), [&](size_t i) {
    const Range& range = ranges[i];
    PackBlock(
        std::span(scattered).subspan(range.begin, range.end - range.begin),
        range.first, range.last, position, chain, packed.blocks[i],
        commitments[i]);
  });
  for (const auto& of_block : commitments) {
    for (const Hash256& it : of_block) link->AddCommitment(it);
  }
  return packed;
}

void BulkRows::Commit(std::span<const Row> rows, const Chain& chain,
                      std::vector<Hash256>& commitments) const {
  std::string bytes;
  std::vector<size_t> places;
  std::vector<std::string_view> facts;
  std::vector<Row> ordered;
  for (size_t begin = 0; begin < rows.size();) {
    const uint32_t record = rows[begin].record;
    size_t end = begin;
    bool is_plain = true;
    for (; end < rows.size() && rows[end].record == record; ++end) {
      is_plain = is_plain && IsPlain(rows[end].index);
    }
    const size_t known = state_->customers.record_count();
    const std::string_view name =
        record < known ? state_->customers.RecordName(record)
                       : std::string_view(new_records_[record - known]);
    bytes.clear();
    if (is_plain) {
      // Put in the order of their bytes before there are any.
      ordered.assign(rows.begin() + static_cast<ptrdiff_t>(begin),
                     rows.begin() + static_cast<ptrdiff_t>(end));
      std::sort(ordered.begin(), ordered.end(),
                [&](const Row& a, const Row& b) {
                  if (a.kind != b.kind) {
                    return kind_ranks_[a.kind] < kind_ranks_[b.kind];
                  }
                  if (a.at_us != b.at_us) return a.at_us < b.at_us;
                  return a.amount < b.amount;
                });
      for (const Row& row : ordered) {
        CanonicalForm::AppendPlain(kind_forms_[row.kind], envelope_.recorded_us,
                                   row.at_us, row.amount, bytes);
      }
      commitments.push_back(
          Link::CommitSorted(chain.KnownSalt(record), name, bytes));
      begin = end;
      continue;
    }
    places.clear();
    for (; begin < end; ++begin) {
      const Row& row = rows[begin];
      places.push_back(bytes.size());
      CanonicalForm::AppendPlain(kind_forms_[row.kind], envelope_.recorded_us,
                                 row.at_us, row.amount, bytes);
      if (IsPlain(row.index)) continue;
      const Interaction it = ToInteraction(row.index);
      chain.known_form().AppendRest(InteractionRef(&it), it.key, bytes);
    }
    places.push_back(bytes.size());
    facts.clear();
    for (size_t i = 0; i + 1 < places.size(); ++i) {
      facts.push_back(
          std::string_view(bytes).substr(places[i], places[i + 1] - places[i]));
    }
    commitments.push_back(Link::Commit(chain.KnownSalt(record), name, facts));
  }
}

void BulkRows::PackBlock(std::span<const Row> rows, uint32_t first,
                         uint32_t last, uint64_t position, Chain* chain,
                         PackedBlock& block,
                         std::vector<Hash256>& commitments) {
  // By record, and within by time; most come in order of time.
  std::vector<uint32_t> ends(last - first + 2, 0);
  for (const Row& row : rows) ++ends[row.record - first + 1];
  for (size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<Row> sorted(rows.size());
  for (const Row& row : rows) sorted[ends[row.record - first]++] = row;
  for (size_t begin = 0; begin < sorted.size();) {
    size_t end = begin + 1;
    for (; end < sorted.size() && sorted[end].record == sorted[begin].record;
         ++end) {
      if (sorted[end].at_us >= sorted[end - 1].at_us) continue;
      const auto from = sorted.begin() + static_cast<ptrdiff_t>(begin);
      const auto here = sorted.begin() + static_cast<ptrdiff_t>(end);
      const auto place = std::upper_bound(
          from, here, sorted[end],
          [](const Row& a, const Row& b) { return a.at_us < b.at_us; });
      std::rotate(place, here, here + 1);
    }
    begin = end;
  }
  if (chain != nullptr) Commit(sorted, *chain, commitments);
  std::vector<uint32_t> types;
  for (const BulkKind& kind : kinds_) types.push_back(kind.type);
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  std::vector<ClusterRows> clusters(types.size());
  std::vector<uint32_t> cluster_of(kinds_.size());
  for (size_t i = 0; i < types.size(); ++i) clusters[i].type = types[i];
  for (size_t i = 0; i < kinds_.size(); ++i) {
    cluster_of[i] = static_cast<uint32_t>(
        std::lower_bound(types.begin(), types.end(), kinds_[i].type) -
        types.begin());
  }
  const bool is_rich = !rest_.empty() || !keys_.empty() || !line_end_.empty();
  for (const Row& row : sorted) {
    ClusterRows& out = clusters[cluster_of[row.kind]];
    const auto at = static_cast<int64_t>(row.record - first);
    if (out.record.empty() || out.record.back() != at) {
      out.record.push_back(at);
      out.end.push_back(static_cast<int64_t>(out.rows()));
    }
    ++out.end.back();
    if (is_rich) {
      Interaction it = ToInteraction(row.index);
      it.position = position;
      out.Add(it);
      continue;
    }
    const BulkKind& kind = kinds_[row.kind];
    out.at.push_back(row.at_us);
    out.amount.push_back(row.amount);
    out.channel.push_back(int64_t{kind.channel} * 2 +
                          static_cast<int>(kind.direction));
    out.currency.push_back(kind.currency);
  }
  for (ClusterRows& it : clusters) {
    if (is_rich) continue;
    it.recorded.assign(it.rows(), envelope_.recorded_us);
    it.position.assign(it.rows(), static_cast<int64_t>(position));
    it.source.assign(it.rows(), source_);
    it.actor.assign(it.rows(), actor_);
    it.batch.assign(it.rows(), batch_);
  }
  std::erase_if(clusters, [](const ClusterRows& it) { return it.rows() == 0; });
  block.first_record = first;
  block.record_count = last - first + 1;
  block.rows = static_cast<uint32_t>(rows.size());
  block.packed = Block::Pack(first, block.record_count, clusters);
}

}  // namespace trato::core
