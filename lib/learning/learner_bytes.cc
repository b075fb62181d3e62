// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A learner as bytes:
//
//   "TRLEARN1", 16 bytes of BLAKE2b over the rest, the definition, the answers of
//   nobody in particular, those of each record in order, the links; or the
//   weights of a regression
//
// What follows from the answers is made anew.

#include <cstring>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/strings.h"
#include "learning/learner.h"

namespace trato::core {
namespace {

constexpr std::string_view kMagic = "TRLEARN1";

void PutDouble(std::string& out, double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  PutVarint(out, bits);
}
double ReadDouble(ByteReader& reader) {
  const uint64_t bits = reader.Varint();
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}
void PutFloat(std::string& out, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  PutVarint(out, bits);
}
float ReadFloat(ByteReader& reader) {
  const auto bits = static_cast<uint32_t>(reader.Varint());
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

absl::Status Damaged() {
  return absl::DataLossError("the bytes are no learner, or are damaged");
}

void PutDefinition(std::string& out, const LearnerDefinition& it) {
  PutVarint(out, static_cast<uint64_t>(it.policy));
  for (double number : {it.floor, it.prior_rate, it.customer_weight,
                        it.exploration, it.gamma}) {
    PutDouble(out, number);
  }
  PutVarint(out, it.without_floor ? 1 : 0);
  PutSigned(out, it.half_life_us);
  PutVarint(out, it.seed);
  PutVarint(out, it.context);
  PutVarint(out, it.needs.size());
  for (const LearnerNeed& need : it.needs) {
    PutBytes(out, need.name);
    PutVarint(out, need.parent);
  }
  PutVarint(out, it.offers.size());
  for (const LearnerOffer& offer : it.offers) {
    PutBytes(out, offer.name);
    PutVarint(out, offer.need);
  }
}

LearnerDefinition ReadDefinition(ByteReader& reader) {
  LearnerDefinition it;
  it.policy = static_cast<LearnerPolicy>(
      static_cast<uint32_t>(std::min<uint64_t>(reader.Varint(), UINT32_MAX)));
  for (double* number : {&it.floor, &it.prior_rate, &it.customer_weight,
                         &it.exploration, &it.gamma}) {
    *number = ReadDouble(reader);
  }
  it.without_floor = reader.Varint() != 0;
  it.half_life_us = reader.Signed();
  it.seed = reader.Varint();
  it.context =
      static_cast<uint32_t>(std::min<uint64_t>(reader.Varint(), UINT32_MAX));
  const uint64_t needs = reader.Count();
  for (uint64_t i = 0; i < needs && reader.ok(); ++i) {
    LearnerNeed need;
    need.name = std::string(reader.Bytes());
    need.parent = static_cast<uint32_t>(reader.Varint());
    it.needs.push_back(std::move(need));
  }
  const uint64_t offers = reader.Count();
  for (uint64_t i = 0; i < offers && reader.ok(); ++i) {
    LearnerOffer offer;
    offer.name = std::string(reader.Bytes());
    offer.need = static_cast<uint32_t>(reader.Varint());
    it.offers.push_back(std::move(offer));
  }
  return it;
}

// One count of answers, wherever it belongs.
struct Counted {
  uint64_t offer = 0;
  uint64_t segment = 0;
  uint64_t step = 0;
  uint64_t shown = 0;
  uint64_t accepted = 0;

  void Put(std::string& out) const {
    for (uint64_t it : {offer, segment, step, shown, accepted}) {
      PutVarint(out, it);
    }
  }
  static Counted Read(ByteReader& reader) {
    Counted it;
    for (uint64_t* to : {&it.offer, &it.segment, &it.step, &it.shown,
                         &it.accepted}) {
      *to = reader.Varint();
    }
    return it;
  }
  bool Fits(size_t offers, uint64_t most) const {
    return offer < offers && segment <= kNoSegment && step <= UINT16_MAX &&
           shown > 0 && shown <= most && accepted <= shown;
  }
  auto key() const { return std::tuple(offer, segment, step); }
};

}  // namespace

std::string Learner::Save() const {
  std::string body;
  PutDefinition(body, definition_);
  PutVarint(body, answers_);
  if (regression_) {
    for (const Regression::Weight& weight : regression_->weights()) {
      PutFloat(body, weight.mean);
      PutFloat(body, weight.precision);
    }
  }
  std::string nobody;
  uint64_t count = 0;
  for (size_t i = 0; i < offers_.size(); ++i) {
    for (const Tally::Cell& cell : offers_[i].cells()) {
      if (cell.shown == cell.named_shown) continue;
      ++count;
      Counted{i, cell.segment, cell.step,
              static_cast<uint64_t>(cell.shown - cell.named_shown),
              static_cast<uint64_t>(cell.accepted - cell.named_accepted)}
          .Put(nobody);
    }
  }
  PutVarint(body, count);
  body += nobody;
  PutVarint(body, cells_.records());
  for (uint64_t record : cells_.SortedRecords()) {
    const std::span<const CustomerCell> cells = cells_.Of(record);
    PutVarint(body, record);
    PutVarint(body, cells.size());
    for (const CustomerCell& cell : cells) {
      const CustomerCells::When& when = cells_.when(cell);
      Counted{cell.offer, when.segment, when.step, cell.shown, cell.accepted}
          .Put(body);
    }
  }
  PutVarint(body, links_.edges().size());
  for (const auto& [one, other] : links_.edges()) {
    PutVarint(body, one);
    PutVarint(body, other);
  }
  return std::string(kMagic) + Id::Of("learner", {body}).ToByteString() + body;
}

// What was answered, added to the counts as it was when it was learned.
void Learner::AddCounted(uint64_t customer, uint16_t offer, uint16_t segment,
                         uint16_t step, int64_t shown, int64_t accepted) {
  Tally& tally = offers_[offer];
  Tally::Cell& cell = tally.At(segment, step);
  cell.shown += shown;
  cell.accepted += accepted;
  if (customer != 0) {
    cell.named_shown += shown;
    cell.named_accepted += accepted;
    cell.pairs += PairSums::Of(shown, accepted);
    cells_.Add(customer, offer, segment, step, static_cast<int>(shown),
               static_cast<int>(accepted));
  }
  Touch(offer);
  for (uint32_t need = definition_.offers[offer].need; need != kNoNeed;
       need = definition_.needs[need].parent) {
    Tally::Cell& of_need = needs_[need].At(segment, step);
    of_need.shown += shown;
    of_need.accepted += accepted;
  }
}

absl::StatusOr<Learner> Learner::Load(std::string_view bytes) {
  if (bytes.size() < kMagic.size() + 16 || !bytes.starts_with(kMagic)) {
    return Damaged();
  }
  const std::string_view body = bytes.substr(kMagic.size() + 16);
  if (Id::Of("learner", {body}).ToByteString() !=
      bytes.substr(kMagic.size(), 16)) {
    return Damaged();
  }
  ByteReader reader(body);
  LearnerDefinition definition = ReadDefinition(reader);
  if (!reader.ok() || !CheckLearner(definition).ok()) return Damaged();
  Learner learner(std::move(definition));
  learner.answers_ = reader.Varint();
  if (learner.regression_) {
    for (Regression::Weight& weight : learner.regression_->weights()) {
      weight.mean = ReadFloat(reader);
      weight.precision = ReadFloat(reader);
    }
  }
  // Each list is in order, so that nothing is there twice.
  const auto read_cells = [&](uint64_t customer, uint64_t most) {
    const uint64_t count = reader.Count();
    Counted last;
    for (uint64_t i = 0; i < count && reader.ok(); ++i) {
      const Counted it = Counted::Read(reader);
      if (!it.Fits(learner.offers_.size(), most)) return false;
      if (i > 0 && it.key() <= last.key()) return false;
      if (!learner.cells_.HasRoomFor(static_cast<uint16_t>(it.segment),
                                     static_cast<uint16_t>(it.step))) {
        return false;
      }
      learner.AddCounted(customer, static_cast<uint16_t>(it.offer),
                         static_cast<uint16_t>(it.segment),
                         static_cast<uint16_t>(it.step),
                         static_cast<int64_t>(it.shown),
                         static_cast<int64_t>(it.accepted));
      last = it;
    }
    return reader.ok();
  };
  if (!read_cells(0, uint64_t{1} << 53)) return Damaged();
  const uint64_t records = reader.Count();
  uint64_t last = 0;
  for (uint64_t i = 0; i < records && reader.ok(); ++i) {
    const uint64_t record = reader.Varint();
    if (record <= last || !read_cells(record, UINT16_MAX)) return Damaged();
    last = record;
  }
  const uint64_t links = reader.Count();
  for (uint64_t i = 0; i < links && reader.ok(); ++i) {
    const uint64_t one = reader.Varint();
    const uint64_t other = reader.Varint();
    if (one == 0 || one >= other || !learner.links_.Link(one, other)) {
      return Damaged();
    }
  }
  if (!reader.ok() || !reader.rest().empty()) return Damaged();
  return learner;
}

}  // namespace trato::core
