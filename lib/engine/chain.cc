// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/chain.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "codec/fact_codec.h"
#include "engine/hash_each.h"
#include "engine/hasher.h"

namespace trato::core {
namespace {

static_assert(std::endian::native == std::endian::little);

void AppendNumber(std::string& bytes, int64_t number) {
  // So that the order of the bytes is the order of the numbers.
  const uint64_t biased = static_cast<uint64_t>(number) ^ (uint64_t{1} << 63);
  const uint64_t big_endian = __builtin_bswap64(biased);
  bytes.append(reinterpret_cast<const char*>(&big_endian), sizeof(big_endian));
}

// The bytes of an interaction that has nothing but kind, times and amount.
constexpr size_t kPlainSize = 40;

// What AppendNumber wrote there.
int64_t ReadNumber(std::string_view bytes, size_t at) {
  uint64_t big_endian;
  std::memcpy(&big_endian, bytes.data() + at, sizeof(big_endian));
  return static_cast<int64_t>(__builtin_bswap64(big_endian) ^
                              (uint64_t{1} << 63));
}

// Hashes are evenly spread, so their first two bytes bring each near its place.
void SortHashes(std::vector<Hash256>& hashes) {
  constexpr size_t kFew = 4096;
  if (hashes.size() >= kFew) {
    const auto lead = [](const Hash256& it) {
      return static_cast<size_t>(it[0]) << 8 | it[1];
    };
    std::vector<size_t> next(65536 + 1, 0);
    for (const Hash256& it : hashes) ++next[lead(it) + 1];
    for (size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
    const std::vector<size_t> begins = next;
    std::vector<Hash256> spread(hashes.size());
    for (const Hash256& it : hashes) spread[next[lead(it)]++] = it;
    for (size_t i = 0; i + 1 < begins.size(); ++i) {
      std::sort(spread.begin() + static_cast<ptrdiff_t>(begins[i]),
                spread.begin() + static_cast<ptrdiff_t>(begins[i + 1]));
    }
    hashes = std::move(spread);
    return;
  }
  std::sort(hashes.begin(), hashes.end());
}

std::array<uint32_t, 7> KeyOf(uint32_t type, uint32_t channel,
                              Direction direction, uint32_t source,
                              uint32_t actor, uint32_t batch,
                              Currency currency) {
  uint32_t code = 0;
  for (char c : currency.code()) code = code << 8 | static_cast<uint8_t>(c);
  return {type,  channel, static_cast<uint32_t>(direction), source, actor,
          batch, code};
}

}  // namespace

std::array<uint8_t, 16> CanonicalForm::KindOf(uint32_t type, uint32_t channel,
                                              Direction direction,
                                              uint32_t source, uint32_t actor,
                                              uint32_t batch,
                                              Currency currency) {
  auto [place, is_new] = kinds_.try_emplace(
      KeyOf(type, channel, direction, source, actor, batch, currency));
  if (is_new) {
    Hasher hasher(16);
    for (uint32_t name : {type, channel, source, actor, batch}) {
      hasher.AddText(names_->Text(name));
    }
    hasher.AddNumber(static_cast<uint64_t>(direction));
    hasher.AddText(currency.code());
    place->second = hasher.Finish<16>();
  }
  return place->second;
}

std::array<uint8_t, 16> CanonicalForm::RestOf(const InteractionRef& it) const {
  Hasher hasher(16);
  const auto reply_to = it.reply_to();
  hasher.AddText(reply_to ? reply_to->ToByteString() : std::string());
  std::vector<std::pair<std::string_view, Value>> fields;
  for (const FieldView& field : it.fields()) {
    fields.emplace_back(names_->Text(field.name), field.ToValue());
  }
  std::sort(fields.begin(), fields.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  hasher.AddNumber(fields.size());
  for (const auto& [name, value] : fields) {
    hasher.AddText(name);
    hasher.AddNumber(static_cast<uint64_t>(TypeOf(value)));
    if (const auto* flag = std::get_if<bool>(&value)) hasher.AddNumber(*flag);
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      hasher.AddNumber(static_cast<uint64_t>(*integer));
    }
    if (const auto* number = std::get_if<double>(&value)) {
      uint64_t bits;
      std::memcpy(&bits, number, sizeof(bits));
      hasher.AddNumber(bits);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
      hasher.AddText(*text);
    }
    if (const auto* money = std::get_if<Money>(&value)) {
      hasher.AddNumber(static_cast<uint64_t>(money->minor));
      hasher.AddText(money->currency.code());
    }
    if (const auto* at = std::get_if<Timestamp>(&value)) {
      hasher.AddNumber(static_cast<uint64_t>(at->us));
    }
  }
  hasher.AddNumber(it.line_count());
  it.ForEachLine([&](const Line& line) {
    hasher.AddText(names_->Text(line.product));
    hasher.AddText(names_->Text(line.unit));
    hasher.AddNumber(static_cast<uint64_t>(line.quantity));
    hasher.AddNumber(static_cast<uint64_t>(line.unit_price));
    hasher.AddNumber(static_cast<uint64_t>(line.amount_minor));
    return true;
  });
  return hasher.Finish<16>();
}

void CanonicalForm::Append(const InteractionRef& it, std::string_view key,
                           std::string& bytes) {
  const Money amount = it.amount();
  AppendPlain(KindOf(it.type(), it.channel(), it.direction(), it.source(),
                     it.actor(), it.batch(), amount.currency),
              it.recorded_us(), it.at_us(), amount.minor, bytes);
  AppendRest(it, key, bytes);
}

void CanonicalForm::AppendPlain(const std::array<uint8_t, 16>& kind,
                                int64_t recorded_us, int64_t at_us,
                                int64_t amount, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(kind.data()), kind.size());
  AppendNumber(bytes, recorded_us);
  AppendNumber(bytes, at_us);
  AppendNumber(bytes, amount);
}

void CanonicalForm::AppendRest(const InteractionRef& it, std::string_view key,
                               std::string& bytes) const {
  const bool has_more = it.line_count() > 0 || it.has_extras();
  if (key.empty() && !has_more) return;
  AppendKey(key, bytes);
  if (!has_more) return;
  const auto rest = RestOf(it);
  bytes.append(reinterpret_cast<const char*>(rest.data()), rest.size());
}

void CanonicalForm::AppendKey(std::string_view key, std::string& bytes) {
  PutBytes(bytes, key);
}

void CanonicalForm::Append(const Fact& fact, std::string& bytes) {
  Hasher hasher(16);
  hasher.AddNumber(static_cast<uint64_t>(fact.recorded_us));
  hasher.AddNumber(static_cast<uint64_t>(fact.event_us));
  hasher.AddText(fact.actor);
  hasher.AddText(fact.source);
  hasher.AddText(fact.batch);
  hasher.AddText(fact.key);
  hasher.AddNumber(PayloadNumber(fact.payload));
  hasher.AddText(CanonicalPayload(fact));
  const auto hash = hasher.Finish<16>();
  bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
}

void CommitmentWriter::Grow(size_t size) {
  const auto used = static_cast<size_t>(end_ - buffer_.data());
  buffer_.resize(std::max<size_t>(2 * buffer_.size(), used + size + 512));
  end_ = buffer_.data() + used;
}

void CommitmentWriter::Begin(const Salt& salt, std::string_view record) {
  begins_.push_back(static_cast<size_t>(end_ - buffer_.data()));
  recorded_us_ = 0;
  AddBytes(salt.data(), salt.size());
  const uint64_t size = __builtin_bswap64(record.size());
  AddBytes(&size, sizeof(size));
  AddBytes(record.data(), record.size());
}

void CommitmentWriter::BeginGroup(uint64_t sort, size_t count) {
  Reserve(2 * kMaxVarint);
  end_ = PutVarintTo(end_, sort);
  end_ = PutVarintTo(end_, count);
}

void CommitmentWriter::AddFacts(std::vector<std::string_view>& facts) {
  const auto sort_of = [](std::string_view fact) {
    return fact.size() < kPlainSize ? 0 : fact.size() == kPlainSize ? 1 : 2;
  };
  if (facts.size() > 1) {
    std::sort(facts.begin(), facts.end(),
              [&](std::string_view a, std::string_view b) {
                const int one = sort_of(a);
                const int other = sort_of(b);
                return one != other ? one < other : a < b;
              });
  }
  for (size_t begin = 0; begin < facts.size();) {
    const std::string_view first = facts[begin];
    const int sort = sort_of(first);
    // Of interactions, the kind and the recorded time.
    const size_t common = sort == 0 ? 0 : 24;
    size_t end = begin + 1;
    while (end < facts.size() && sort_of(facts[end]) == sort &&
           facts[end].substr(0, common) == first.substr(0, common)) {
      ++end;
    }
    if (sort == 0) {
      BeginGroup(0, end - begin);
      for (; begin < end; ++begin) {
        AddBytes(facts[begin].data(), facts[begin].size());
      }
      continue;
    }
    std::array<uint8_t, 16> kind;
    std::memcpy(kind.data(), first.data(), kind.size());
    BeginInteractions(kind, ReadNumber(first, 16), sort == 2, end - begin);
    for (; begin < end; ++begin) {
      const std::string_view fact = facts[begin];
      AddInteraction(ReadNumber(fact, 24), ReadNumber(fact, 32));
      if (sort == 2) AddRest(fact.substr(kPlainSize));
    }
  }
}

std::vector<std::string_view> CommitmentWriter::Messages() const {
  std::vector<std::string_view> messages;
  messages.reserve(begins_.size());
  const auto used = static_cast<size_t>(end_ - buffer_.data());
  for (size_t i = 0; i < begins_.size(); ++i) {
    const size_t end = i + 1 < begins_.size() ? begins_[i + 1] : used;
    messages.emplace_back(buffer_.data() + begins_[i], end - begins_[i]);
  }
  return messages;
}

Hash256 Link::Commit(const Salt& salt, std::string_view record,
                     std::vector<std::string_view>& facts) {
  CommitmentWriter writer;
  writer.Begin(salt, record);
  writer.AddFacts(facts);
  Hasher hasher(32);
  const std::string_view message = writer.Messages().front();
  hasher.Add(message.data(), message.size());
  return hasher.Finish<32>();
}

Hash256 Link::Close(const Hash256& previous, uint64_t position) {
  SortHashes(commitments_);
  Hasher root(32);
  for (const Hash256& commitment : commitments_) {
    root.Add(commitment.data(), commitment.size());
  }
  const Hash256 hash = root.Finish<32>();
  Hasher link(32);
  link.Add(previous.data(), previous.size());
  link.AddNumber(position);
  link.Add(hash.data(), hash.size());
  return link.Finish<32>();
}

void Chain::Add(uint32_t record, const InteractionRef& it,
                std::string_view key) {
  const size_t begin = bytes_.size();
  form_.Append(it, key, bytes_);
  pending_.push_back(
      {record, static_cast<uint32_t>(bytes_.size() - begin), begin});
}

void Chain::Add(uint32_t record, const Fact& fact) {
  const size_t begin = bytes_.size();
  CanonicalForm::Append(fact, bytes_);
  pending_.push_back(
      {record, static_cast<uint32_t>(bytes_.size() - begin), begin});
}

void Chain::SortPending() {
  constexpr size_t kFew = 256;
  if (pending_.size() < kFew) {
    std::stable_sort(
        pending_.begin(), pending_.end(),
        [](const auto& a, const auto& b) { return a.record < b.record; });
    return;
  }
  // By parts of the number, the lowest first.
  constexpr unsigned kBits = 11;
  constexpr uint32_t kMask = (1u << kBits) - 1;
  uint32_t any = 0;
  for (const Pending& it : pending_) any |= it.record;
  std::vector<Pending> sorted(pending_.size());
  std::vector<uint32_t> next(kMask + 1);
  for (unsigned shift = 0; shift < 32 && any >> shift != 0; shift += kBits) {
    std::fill(next.begin(), next.end(), 0);
    for (const Pending& it : pending_) ++next[it.record >> shift & kMask];
    uint32_t before = 0;
    for (uint32_t& it : next) before += std::exchange(it, before);
    for (const Pending& it : pending_) {
      sorted[next[it.record >> shift & kMask]++] = it;
    }
    pending_.swap(sorted);
  }
}

void Chain::PrefetchPending(size_t i, const NameTable* names) const {
  constexpr size_t kAhead = 16;
  const auto record_at = [&](size_t k) {
    return k < pending_.size() ? pending_[k].record : kNoRecord;
  };
  const uint32_t soon = record_at(i + kAhead);
  if (soon < salts_.size()) __builtin_prefetch(&salts_[soon]);
  if (i + kAhead < pending_.size()) {
    __builtin_prefetch(bytes_.data() + pending_[i + kAhead].begin);
  }
  if (names == nullptr) return;
  if (soon < names->size()) names->PrefetchText(soon);
  const uint32_t later = record_at(i + 2 * kAhead);
  if (later < names->size()) names->PrefetchPlace(later);
}

Hash256 Chain::Next(const Hash256& previous, uint64_t position,
                    const std::function<std::string_view(uint32_t)>& name_of,
                    const NameTable* names) {
  SortPending();
  Link link;
  CommitmentWriter writer;
  size_t written = 0;
  const auto hash = [&] {
    const std::vector<std::string_view> messages = writer.Messages();
    std::vector<Hash256> hashes(messages.size());
    HashEach(messages, hashes.data());
    for (const Hash256& it : hashes) link.AddCommitment(it);
    writer.Clear();
    written = 0;
  };
  constexpr size_t kAtOnce = 1024;
  std::vector<std::string_view> facts;
  for (size_t begin = 0; begin < pending_.size();) {
    const uint32_t record = pending_[begin].record;
    facts.clear();
    for (; begin < pending_.size() && pending_[begin].record == record;
         ++begin) {
      PrefetchPending(begin, names);
      facts.push_back(std::string_view(bytes_).substr(pending_[begin].begin,
                                                      pending_[begin].size));
    }
    static constexpr Salt kNone{};
    const auto fresh = new_names_.find(record);
    const std::string_view name = record == kNoRecord ? std::string_view()
                                  : fresh != new_names_.end()
                                      ? std::string_view(fresh->second)
                                      : name_of(record);
    writer.Begin(record == kNoRecord ? kNone : SaltOf(record), name);
    writer.AddFacts(facts);
    if (++written == kAtOnce) hash();
  }
  if (written > 0) hash();
  return link.Close(previous, position);
}

void Chain::MakeSalts(size_t records) {
  const size_t known = salts_.size();
  if (records <= known) return;
  salts_.resize(records);
  // Many at once come of one seed, at a fraction of the system's cost.
  unsigned char seed[randombytes_SEEDBYTES];
  randombytes_buf(seed, sizeof(seed));
  randombytes_buf_deterministic(salts_[known].data(),
                                (records - known) * sizeof(Salt), seed);
  sodium_memzero(seed, sizeof(seed));
}

const Salt& Chain::SaltOf(uint32_t record) {
  if (record >= salts_.size()) salts_.resize(record + 1);
  Salt& salt = salts_[record];
  if (salt == Salt{}) randombytes_buf(salt.data(), salt.size());
  return salt;
}

}  // namespace trato::core
