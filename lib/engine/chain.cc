// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/chain.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "codec/fact_codec.h"
#include "engine/hasher.h"

namespace trato::core {
namespace {

void AppendNumber(std::string& bytes, int64_t number) {
  // So that the order of the bytes is the order of the numbers.
  const uint64_t biased = static_cast<uint64_t>(number) ^ (uint64_t{1} << 63);
  const uint64_t big_endian = __builtin_bswap64(biased);
  bytes.append(reinterpret_cast<const char*>(&big_endian), sizeof(big_endian));
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

std::array<uint8_t, 16> CanonicalForm::RestOf(const InteractionRef& it,
                                              std::string_view key) const {
  Hasher hasher(16);
  hasher.AddText(key);
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
  if (key.empty() && it.line_count() == 0 && !it.has_extras()) return;
  const auto rest = RestOf(it, key);
  bytes.append(reinterpret_cast<const char*>(rest.data()), rest.size());
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

Hash256 Link::Commit(const Salt& salt, std::string_view record,
                     std::vector<std::string_view>& facts) {
  std::sort(facts.begin(), facts.end());
  Hasher hasher(32);
  hasher.Add(salt.data(), salt.size());
  hasher.AddText(record);
  for (std::string_view fact : facts) hasher.Add(fact.data(), fact.size());
  return hasher.Finish<32>();
}

Hash256 Link::CommitSorted(const Salt& salt, std::string_view record,
                           std::string_view facts) {
  Hasher hasher(32);
  hasher.Add(salt.data(), salt.size());
  hasher.AddText(record);
  hasher.Add(facts.data(), facts.size());
  return hasher.Finish<32>();
}

Hash256 Link::Close(const Hash256& previous, uint64_t position) {
  std::sort(commitments_.begin(), commitments_.end());
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

Hash256 Chain::Next(const Hash256& previous, uint64_t position,
                    const std::function<std::string_view(uint32_t)>& name_of) {
  std::sort(
      pending_.begin(), pending_.end(), [](const Pending& a, const Pending& b) {
        return a.record != b.record ? a.record < b.record : a.begin < b.begin;
      });
  Link link;
  std::vector<std::string_view> facts;
  for (size_t begin = 0; begin < pending_.size();) {
    const uint32_t record = pending_[begin].record;
    facts.clear();
    for (; begin < pending_.size() && pending_[begin].record == record;
         ++begin) {
      facts.push_back(std::string_view(bytes_).substr(pending_[begin].begin,
                                                      pending_[begin].size));
    }
    static constexpr Salt kNone{};
    const auto fresh = new_names_.find(record);
    const std::string_view name = record == kNoRecord ? std::string_view()
                                  : fresh != new_names_.end()
                                      ? std::string_view(fresh->second)
                                      : name_of(record);
    link.AddCommitment(Link::Commit(
        record == kNoRecord ? kNone : SaltOf(record), name, facts));
  }
  return link.Close(previous, position);
}

void Chain::MakeSalts(size_t records) {
  const size_t known = salts_.size();
  if (records <= known) return;
  salts_.resize(records);
  randombytes_buf(salts_[known].data(), (records - known) * sizeof(Salt));
}

const Salt& Chain::SaltOf(uint32_t record) {
  if (record >= salts_.size()) salts_.resize(record + 1);
  Salt& salt = salts_[record];
  if (salt == Salt{}) randombytes_buf(salt.data(), salt.size());
  return salt;
}

}  // namespace trato::core
