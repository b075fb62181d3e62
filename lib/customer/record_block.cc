// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/record_block.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "base/bytes.h"
#include "base/read_scope.h"
#include "base/status.h"

namespace trato::core {
namespace {

// Flags of a shape, above its kind.
constexpr uint8_t kKindBits = 7;
constexpr uint8_t kRemoved = 8;
constexpr uint8_t kInferred = 16;
constexpr uint8_t kHasKey = 32;
constexpr uint8_t kHasStrength = 64;
constexpr uint8_t kRunsOut = kRemoved;  // of a consent
constexpr uint8_t kKinds = 4;
constexpr std::ptrdiff_t kCacheLine = 64;  // of the processor, in bytes
constexpr int64_t kNeverRunsOut = std::numeric_limits<int64_t>::max();

// Times that are told by how far they are from others.
int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}

void PutReal(std::string& bytes, double real) {
  char raw[sizeof(real)];
  std::memcpy(raw, &real, sizeof(real));
  bytes.append(raw, sizeof(raw));
}

double ReadReal(std::string_view raw) {
  double real = 0;
  if (raw.size() == sizeof(real)) std::memcpy(&real, raw.data(), sizeof(real));
  return real;
}

template <typename T>
void PutPlain(std::string& bytes, T number) {
  char raw[sizeof(number)];
  std::memcpy(raw, &number, sizeof(number));
  bytes.append(raw, sizeof(raw));
}

template <typename T>
T ReadPlain(const char* at) {
  T number;
  std::memcpy(&number, at, sizeof(number));
  return number;
}

absl::Status NoBlock() {
  return absl::DataLossError(
      "the store is damaged: a block of records cannot be read");
}

// Varints straight from memory; the end is checked for by the caller.
inline const char* ReadVarint(const char* at, const char* end,
                              uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && at != end; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return at;
  }
  return nullptr;
}

inline const char* ReadBytes(const char* at, const char* end,
                             std::string_view& bytes) {
  uint64_t size = 0;
  at = ReadVarint(at, end, size);
  if (at == nullptr || size > static_cast<uint64_t>(end - at)) return nullptr;
  bytes = {at, static_cast<size_t>(size)};
  return at + size;
}

inline const char* ReadSigned(const char* at, const char* end, int64_t& value) {
  uint64_t number = 0;
  at = ReadVarint(at, end, number);
  value = static_cast<int64_t>(number >> 1) ^ -static_cast<int64_t>(number & 1);
  return at;
}

// Where what follows the shape's number in a fact ends.
const char* SkipValues(uint16_t shape_head, const char* at, const char* end) {
  const auto head = static_cast<uint8_t>(shape_head);
  const auto kind = static_cast<RecordFact::Kind>(head & kKindBits);
  const auto type = static_cast<ValueType>(shape_head >> 8);
  uint64_t number = 0;
  std::string_view bytes;
  if ((head & kHasKey) != 0) at = ReadBytes(at, end, bytes);
  if (at == nullptr) return nullptr;
  if (kind == RecordFact::Kind::kConsent) {
    const int numbers = (head & kRunsOut) != 0 ? 4 : 3;
    for (int i = 0; i < numbers && at != nullptr; ++i) {
      at = ReadVarint(at, end, number);
    }
    return at == nullptr ? nullptr : ReadBytes(at, end, bytes);
  }
  if (kind == RecordFact::Kind::kClaim ||
      (kind == RecordFact::Kind::kAttribute && type == ValueType::kString)) {
    return ReadBytes(at, end, bytes);
  }
  if (kind == RecordFact::Kind::kAttribute && type == ValueType::kNone) {
    return at;
  }
  if (type == ValueType::kDouble) {
    return end - at < static_cast<std::ptrdiff_t>(sizeof(double))
               ? nullptr
               : at + sizeof(double);
  }
  return ReadVarint(at, end, number);
}

}  // namespace

Value RecordFact::ToValue() const {
  switch (type) {
    case ValueType::kNone:
      break;
    case ValueType::kBool:
      return number != 0;
    case ValueType::kInt:
      return number;
    case ValueType::kDouble:
      return real;
    case ValueType::kString:
      return std::string(text);
    case ValueType::kMoney:
      return Money{number, currency};
    case ValueType::kTimestamp:
      return Timestamp{number};
  }
  return Value();
}

void RecordFact::SetValue(const Value& value) {
  type = TypeOf(value);
  if (const auto* flag = std::get_if<bool>(&value)) number = *flag;
  if (const auto* whole = std::get_if<int64_t>(&value)) number = *whole;
  if (const auto* decimal = std::get_if<double>(&value)) real = *decimal;
  if (const auto* said = std::get_if<std::string>(&value)) text = *said;
  if (const auto* money = std::get_if<Money>(&value)) {
    number = money->minor;
    currency = money->currency;
  }
  if (const auto* at = std::get_if<Timestamp>(&value)) number = at->us;
}

bool RecordFact::IsLike(const RecordFact& other) const {
  return key.empty() && other.key.empty() && kind == other.kind &&
         at_us == other.at_us && source == other.source && name == other.name &&
         about == other.about && type == other.type && text == other.text &&
         number == other.number &&
         std::memcmp(&real, &other.real, sizeof(real)) == 0 &&
         currency == other.currency && strength == other.strength &&
         removed == other.removed && inferred == other.inferred &&
         said == other.said && wording == other.wording &&
         valid_until_us == other.valid_until_us;
}

uint32_t RecordBlockWriter::TextNumber(std::string_view text) {
  if (text.empty()) return 0;
  const auto found = texts_.find(text);
  if (found != texts_.end()) return found->second;
  const auto number = static_cast<uint32_t>(texts_.size() + 1);
  texts_.emplace(std::string(text), number);
  PutBytes(text_bytes_, text);
  return number;
}

void RecordBlockWriter::Add(const RecordFact& fact) {
  shape_.clear();
  auto head = static_cast<uint8_t>(fact.kind);
  const bool is_consent = fact.kind == RecordFact::Kind::kConsent;
  const bool runs_out = is_consent && fact.valid_until_us != kNeverRunsOut;
  if (is_consent ? runs_out : fact.removed) head |= kRemoved;
  if (fact.inferred) head |= kInferred;
  if (!fact.key.empty()) head |= kHasKey;
  if (fact.strength != 0) head |= kHasStrength;
  has_keys_ = has_keys_ || !fact.key.empty();
  shape_.push_back(static_cast<char>(head));
  shape_.push_back(static_cast<char>(
      is_consent ? fact.said : static_cast<uint8_t>(fact.type)));
  PutVarint(shape_, TextNumber(fact.name));
  PutVarint(shape_, TextNumber(fact.about));
  PutVarint(shape_, TextNumber(fact.source));
  PutVarint(shape_, TextNumber(fact.actor));
  PutVarint(shape_, TextNumber(fact.batch));
  // Each consent is of its own instant, most attributes are of an import's.
  if (is_consent) {
    PutVarint(shape_, TextNumber(fact.wording));
  } else {
    PutVarint(shape_, fact.position);
    PutSigned(shape_, fact.recorded_us);
    PutSigned(shape_, fact.at_us);
  }
  if (fact.strength != 0) PutReal(shape_, fact.strength);
  if (fact.type == ValueType::kMoney) PutBytes(shape_, fact.currency.code());
  const auto [shape, is_new] =
      shapes_.try_emplace(shape_, static_cast<uint32_t>(shapes_.size()));
  if (is_new) shape_bytes_ += shape_;

  const size_t begin = values_.size();
  if (!fact.key.empty()) PutBytes(values_, fact.key);
  if (fact.kind == RecordFact::Kind::kClaim) {
    PutBytes(values_, fact.text);
  } else if (fact.kind == RecordFact::Kind::kKind) {
    PutSigned(values_, fact.number);
  } else if (is_consent) {
    PutSigned(values_, fact.at_us);
    PutSigned(values_, Minus(fact.recorded_us, fact.at_us));
    PutVarint(values_, fact.position);
    if (runs_out) PutSigned(values_, Minus(fact.valid_until_us, fact.at_us));
    PutBytes(values_, fact.text);
  } else {
    switch (fact.type) {
      case ValueType::kNone:
        break;
      case ValueType::kBool:
      case ValueType::kInt:
      case ValueType::kMoney:
      case ValueType::kTimestamp:
        PutSigned(values_, fact.number);
        break;
      case ValueType::kDouble:
        PutReal(values_, fact.real);
        break;
      case ValueType::kString:
        PutBytes(values_, fact.text);
        break;
    }
  }
  facts_.push_back({static_cast<uint16_t>(fact.record % kRecordsPerRange),
                    fact.kind, shape->second, static_cast<uint32_t>(begin),
                    static_cast<uint32_t>(values_.size() - begin)});
}

std::string RecordBlockWriter::Finish() {
  std::vector<uint32_t> order(facts_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::pair(facts_[a].record, facts_[a].kind) <
           std::pair(facts_[b].record, facts_[b].kind);
  });
  std::string bytes;
  std::string values;
  PutVarint(bytes, range_);
  PutVarint(bytes, texts_.size());
  bytes += text_bytes_;
  PutVarint(bytes, shapes_.size());
  bytes += shape_bytes_;
  std::vector<uint16_t> records;
  std::vector<uint32_t> ends;
  for (uint32_t i : order) {
    const Place& fact = facts_[i];
    if (records.empty() || records.back() != fact.record) {
      records.push_back(fact.record);
      ends.push_back(0);
    }
    PutVarint(values, fact.shape);
    values.append(values_, fact.begin, fact.size);
    ends.back() = static_cast<uint32_t>(values.size());
  }
  PutVarint(bytes, records.size());
  for (uint16_t record : records) PutPlain(bytes, record);
  for (uint32_t end : ends) PutPlain(bytes, end);
  bytes += values;
  return bytes;
}

absl::StatusOr<std::shared_ptr<const RecordBlock>> RecordBlock::Parse(
    std::string bytes, const Interner* names) {
  // Its constructor is its own.
  std::shared_ptr<RecordBlock> block(new RecordBlock());
  block->bytes_ = std::move(bytes);
  ByteReader reader(block->bytes_);
  block->range_ = static_cast<uint32_t>(reader.Varint());
  block->texts_.emplace_back();
  for (uint64_t count = reader.Count(); count > 0; --count) {
    block->texts_.push_back(reader.Bytes());
  }
  std::vector<uint32_t> numbers(block->texts_.size());
  for (size_t i = 1; names != nullptr && i < numbers.size(); ++i) {
    numbers[i] = names->Find(block->texts_[i]).value_or(0);
  }
  const uint64_t shapes = reader.Count();
  block->shapes_.reserve(shapes);
  for (uint64_t i = 0; i < shapes; ++i) {
    RecordFact& shape = block->shapes_.emplace_back();
    const std::string_view lead = reader.Take(2);
    if (lead.size() != 2) return NoBlock();
    const auto head = static_cast<uint8_t>(lead[0]);
    if ((head & kKindBits) >= kKinds) return NoBlock();
    shape.kind = static_cast<RecordFact::Kind>(head & kKindBits);
    const bool is_consent = shape.kind == RecordFact::Kind::kConsent;
    const auto second = static_cast<uint8_t>(lead[1]);
    if (is_consent) {
      // Granted, denied or withdrawn.
      if (second == 0 || second > 3) return NoBlock();
      shape.said = second;
    } else {
      if (second >= kValueTypeCount) return NoBlock();
      shape.type = static_cast<ValueType>(second);
      shape.removed = (head & kRemoved) != 0;
      shape.inferred = (head & kInferred) != 0;
    }
    block->heads_.push_back(
        static_cast<uint16_t>(head | static_cast<uint16_t>(shape.type) << 8));
    uint64_t text[6] = {};
    for (int it = 0; it < (is_consent ? 6 : 5); ++it) {
      text[it] = reader.Varint();
      if (text[it] >= block->texts_.size()) return NoBlock();
    }
    shape.name = block->texts_[text[0]];
    shape.about = block->texts_[text[1]];
    shape.source = block->texts_[text[2]];
    shape.actor = block->texts_[text[3]];
    shape.batch = block->texts_[text[4]];
    shape.name_number = numbers[text[0]];
    shape.about_number = numbers[text[1]];
    shape.source_number = numbers[text[2]];
    if (is_consent) {
      shape.wording = block->texts_[text[5]];
      shape.actor_number = numbers[text[3]];
      shape.batch_number = numbers[text[4]];
      shape.wording_number = numbers[text[5]];
      continue;
    }
    shape.position = reader.Varint();
    shape.recorded_us = reader.Signed();
    shape.at_us = reader.Signed();
    if ((head & kHasStrength) != 0) {
      shape.strength = ReadReal(reader.Take(sizeof(double)));
    }
    if (shape.type == ValueType::kMoney) {
      const std::string_view code = reader.Bytes();
      if (!code.empty()) {
        TRATO_ASSIGN_OR_RETURN(shape.currency, Currency::Parse(code));
      }
    }
  }
  block->records_ = static_cast<uint32_t>(reader.Count());
  const std::string_view records = reader.Take(block->records_ * uint64_t{2});
  const std::string_view ends = reader.Take(block->records_ * uint64_t{4});
  if (!reader.ok()) return NoBlock();
  block->numbers_ = records.data();
  block->ends_ = ends.data();
  block->values_ = reader.rest().data();
  uint32_t before = 0;
  for (uint32_t i = 0; i < block->records_; ++i) {
    const bool ascends = i == 0 || block->RecordAt(i - 1) < block->RecordAt(i);
    if (!ascends || block->RecordAt(i) >= kRecordsPerRange ||
        block->EndAt(i) < before || block->EndAt(i) > reader.rest().size()) {
      return NoBlock();
    }
    before = block->EndAt(i);
  }
  return std::shared_ptr<const RecordBlock>(std::move(block));
}

uint16_t RecordBlock::RecordAt(uint32_t i) const {
  return ReadPlain<uint16_t>(numbers_ + size_t{i} * sizeof(uint16_t));
}

uint32_t RecordBlock::EndAt(uint32_t i) const {
  return ReadPlain<uint32_t>(ends_ + size_t{i} * sizeof(uint32_t));
}

std::pair<const char*, const char*> RecordBlock::BytesOf(
    RecordNumber record) const {
  const uint32_t wanted = record % kRecordsPerRange;
  uint32_t i = wanted;
  // Where each record has something, the place is known.
  if (records_ != kRecordsPerRange) {
    uint32_t from = 0;
    uint32_t until = std::min(records_, wanted + 1);
    while (from < until) {
      const uint32_t middle = (from + until) / 2;
      if (RecordAt(middle) < wanted) {
        from = middle + 1;
      } else {
        until = middle;
      }
    }
    i = from;
    if (i == records_ || RecordAt(i) != wanted) return {nullptr, nullptr};
  }
  return {values_ + (i == 0 ? 0 : EndAt(i - 1)), values_ + EndAt(i)};
}

bool RecordBlock::Claims(RecordNumber record,
                         std::string_view identifier) const {
  // Where its facts begin is one place in memory and they are another one, so
  // they are asked for where they should be if all had as much to say. Mostly
  // that is so near that they are there when the first place is known.
  if (records_ == kRecordsPerRange) {
    const char* const end = bytes_.data() + bytes_.size();
    const auto size = static_cast<size_t>(end - values_);
    const char* const guess =
        values_ + size * (record % kRecordsPerRange) / kRecordsPerRange;
    __builtin_prefetch(guess);
    __builtin_prefetch(std::min(guess + kCacheLine, end));
  }
  const auto [begin, end] = BytesOf(record);
  for (const char* at = begin; at != end;) {
    uint64_t shape = 0;
    std::string_view text;
    at = ReadVarint(at, end, shape);
    if (at != nullptr && shape < heads_.size()) {
      const uint16_t head = heads_[shape];
      // They come first.
      if ((head & kKindBits) != static_cast<int>(RecordFact::Kind::kClaim)) {
        return false;
      }
      if ((head & kHasKey) != 0) at = ReadBytes(at, end, text);
      if (at != nullptr) at = ReadBytes(at, end, text);
    } else {
      at = nullptr;
    }
    if (at == nullptr) {
      ReadScope::Report(NoBlock());
      return false;
    }
    if (text == identifier) return true;
  }
  return false;
}

const char* RecordBlock::Next(const char* at, const char* end,
                              RecordNumber record, RecordFact& fact) const {
  uint64_t shape = 0;
  at = ReadVarint(at, end, shape);
  const auto fail = [] {
    ReadScope::Report(NoBlock());
    return nullptr;
  };
  if (at == nullptr || shape >= shapes_.size()) return fail();
  fact = shapes_[shape];
  fact.record = record;
  if ((heads_[shape] & kHasKey) != 0) {
    at = ReadBytes(at, end, fact.key);
    if (at == nullptr) return fail();
  }
  if (fact.kind == RecordFact::Kind::kConsent) {
    at = ReadSigned(at, end, fact.at_us);
    if (at != nullptr) at = ReadSigned(at, end, fact.recorded_us);
    fact.recorded_us = Plus(fact.at_us, fact.recorded_us);
    if (at != nullptr) at = ReadVarint(at, end, fact.position);
    fact.valid_until_us = kNeverRunsOut;
    if (at != nullptr && (heads_[shape] & kRunsOut) != 0) {
      at = ReadSigned(at, end, fact.valid_until_us);
      fact.valid_until_us = Plus(fact.at_us, fact.valid_until_us);
    }
    if (at != nullptr) at = ReadBytes(at, end, fact.text);
  } else if (fact.kind == RecordFact::Kind::kClaim ||
             (fact.kind == RecordFact::Kind::kAttribute &&
              fact.type == ValueType::kString)) {
    at = ReadBytes(at, end, fact.text);
  } else if (fact.type == ValueType::kDouble) {
    if (end - at < static_cast<std::ptrdiff_t>(sizeof(double))) return fail();
    fact.real = ReadReal({at, sizeof(double)});
    at += sizeof(double);
  } else if (fact.kind == RecordFact::Kind::kKind ||
             fact.type != ValueType::kNone) {
    at = ReadSigned(at, end, fact.number);
  }
  if (at == nullptr) return fail();
  return at;
}

const char* RecordBlock::SkipTo(const char* at, const char* end,
                                RecordFact::Kind kind) const {
  while (at != end) {
    uint64_t shape = 0;
    const char* const next = ReadVarint(at, end, shape);
    if (next == nullptr || shape >= heads_.size()) {
      ReadScope::Report(NoBlock());
      return end;
    }
    const uint16_t head = heads_[shape];
    if (static_cast<RecordFact::Kind>(head & kKindBits) >= kind) return at;
    at = SkipValues(head, next, end);
    if (at == nullptr) {
      ReadScope::Report(NoBlock());
      return end;
    }
  }
  return at;
}

RecordFact::Kind RecordBlock::KindAt(const char* at, const char* end) const {
  uint64_t shape = 0;
  if (ReadVarint(at, end, shape) == nullptr || shape >= heads_.size()) {
    return RecordFact::Kind::kClaim;
  }
  return static_cast<RecordFact::Kind>(heads_[shape] & kKindBits);
}

}  // namespace trato::core
