// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "segment/live_gates.h"

#include <algorithm>
#include <utility>

#include "expression/time_functions.h"

namespace trato::core {
namespace {

// More zones than there are: who names another one is looked at by herself.
constexpr size_t kMaxZones = 1000;

}  // namespace

void LiveGates::Resolve(const LiveProgram& program, size_t segments,
                        int64_t clock_us) {
  program_ = &program;
  clock_us_ = clock_us;
  std::vector<Gated> former = std::exchange(gated_, {});
  gates_.clear();
  place_.assign(segments, -1);
  for (uint16_t segment = 0; segment < segments; ++segment) {
    const LiveProgram::Gates& of = program.GatesOf(segment);
    if (of.gates.empty()) continue;
    Gated it;
    it.segment = segment;
    if (of.zone) {
      auto known = std::find_if(
          zones_.begin(), zones_.end(),
          [&](const Zones& zones) { return zones.attribute == *of.zone; });
      if (known == zones_.end()) {
        known = zones_.emplace(known);
        known->attribute = *of.zone;
      }
      it.zones = static_cast<int>(known - zones_.begin());
    }
    for (const LiveProgram::GatePart& part : of.gates) {
      auto known = std::find_if(
          gates_.begin(), gates_.end(),
          [&](const Gate& gate) { return gate.part == part.part; });
      if (known == gates_.end()) {
        known = gates_.emplace(known);
        known->part = part.part;
        if (part.has_zone) known->zones = it.zones;
      }
      it.gates.push_back(static_cast<uint16_t>(known - gates_.begin()));
    }
    it.answers.resize(size_t{1} << it.gates.size());
    for (Gated& was : former) {
      if (was.segment == segment && was.zones == it.zones &&
          was.answers.size() == it.answers.size()) {
        it.answers = std::move(was.answers);
        break;
      }
    }
    place_[segment] = static_cast<int>(gated_.size());
    gated_.push_back(std::move(it));
  }
  for (Gate& gate : gates_) {
    if (gate.zones < 0) {
      gate.clocks.push_back(MakeClock(gate, {}));
      continue;
    }
    for (const std::string& name :
         zones_[static_cast<size_t>(gate.zones)].names) {
      gate.clocks.push_back(MakeClock(gate, name));
    }
  }
  FindNext();
  const size_t records = std::exchange(records_, 0);
  Grow(records);
}

void LiveGates::Grow(size_t records) {
  if (records <= records_) return;
  records_ = records;
  for (Gated& it : gated_) {
    for (auto& answers : it.answers) answers.resize((records + 63) / 64);
  }
  for (Zones& it : zones_) it.of.resize(records, kNoClock);
}

std::vector<uint16_t> LiveGates::segments() const {
  std::vector<uint16_t> segments;
  for (const Gated& it : gated_) segments.push_back(it.segment);
  return segments;
}

LiveGates::Clock LiveGates::MakeClock(const Gate& gate,
                                      std::string_view zone) const {
  Clock clock;
  clock.condition = program_->MakeClockCondition(gate.part);
  if (gate.zones >= 0) clock.condition.SetZone(zone);
  int64_t until_us;
  clock.holds = clock.condition.HoldsAt(*world_, clock_us_, &until_us);
  clock.until_us = clock.condition.NextFlip(*world_, clock_us_);
  return clock;
}

uint16_t LiveGates::AddZone(Zones& zones, std::string_view name) {
  if (const auto known = zones.numbers.find(name);
      known != zones.numbers.end()) {
    return known->second;
  }
  if (zones.names.size() >= kMaxZones || !ZoneOf(name)) return kNoClock;
  const auto number = static_cast<uint16_t>(zones.names.size());
  zones.names.emplace_back(name);
  zones.numbers.emplace(std::string(name), number);
  const int place = static_cast<int>(&zones - zones_.data());
  for (Gate& gate : gates_) {
    if (gate.zones != place) continue;
    gate.clocks.push_back(MakeClock(gate, name));
    next_us_ = std::min(next_us_, gate.clocks.back().until_us);
  }
  return number;
}

std::string_view LiveGates::NameOf(const Zones& zones, RecordNumber customer,
                                   int64_t at_us, std::string& text) const {
  const AttributeValue value =
      world_->customers->AttributeAt(customer, zones.attribute, at_us);
  if (value.version == nullptr) return {};
  const auto* name = std::get_if<std::string>(&value.version->value);
  if (name == nullptr) return {};
  text = *name;
  return text;
}

uint16_t LiveGates::FindClock(uint16_t segment, RecordNumber customer,
                              int64_t at_us, bool may_add,
                              int64_t* until_us) {
  *until_us = kNever;
  const Gated& it = gated_[static_cast<size_t>(place_[segment])];
  if (it.zones < 0) return 0;
  Zones& zones = zones_[static_cast<size_t>(it.zones)];
  const CustomerStore& customers = *world_->customers;
  for (const RecordNumber record : customers.RecordsOf(customer)) {
    *until_us = std::min(
        *until_us, customers.NextVersion(record, zones.attribute, at_us));
  }
  std::string text;
  const std::string_view name = NameOf(zones, customer, at_us, text);
  if (name.empty()) return kNoClock;
  if (may_add) {
    clock_us_ = at_us;
    return AddZone(zones, name);
  }
  const auto known = zones.numbers.find(name);
  if (known != zones.numbers.end()) return known->second;
  is_missing_ = true;
  return kNoClock;
}

void LiveGates::Put(uint16_t segment, RecordNumber customer, uint16_t clock,
                    uint32_t answers) {
  Gated& it = gated_[static_cast<size_t>(place_[segment])];
  if (it.zones >= 0) zones_[static_cast<size_t>(it.zones)].of[customer] = clock;
  const uint64_t bit = uint64_t{1} << (customer % 64);
  for (size_t i = 0; i < it.answers.size(); ++i) {
    uint64_t& word = it.answers[i][customer / 64];
    word = (answers >> i & 1) != 0 ? word | bit : word & ~bit;
  }
}

void LiveGates::Clear(RecordNumber customer) {
  for (const Gated& it : gated_) Put(it.segment, customer, kNoClock, 0);
}

uint32_t LiveGates::Standing(uint16_t segment, uint16_t clock) const {
  return StandingOf(gated_[static_cast<size_t>(place_[segment])], clock);
}

void LiveGates::AddClocks(int64_t at_us) {
  is_missing_ = false;
  clock_us_ = at_us;
  std::string text;
  for (Zones& zones : zones_) {
    std::string last;
    for (RecordNumber it = 0; it < records_; ++it) {
      if (world_->customers->LeaderOf(it) != it) continue;
      const std::string_view name = NameOf(zones, it, at_us, text);
      if (name.empty() || name == last) continue;
      last = name;
      AddZone(zones, name);
    }
  }
}

void LiveGates::FindNext() {
  next_us_ = kNever;
  for (const Gate& gate : gates_) {
    for (const Clock& clock : gate.clocks) {
      next_us_ = std::min(next_us_, clock.until_us);
    }
  }
}

int64_t LiveGates::NextFlipOf(RecordNumber customer) const {
  if (customer >= records_) return kNever;
  int64_t next_us = kNever;
  for (const Gated& it : gated_) {
    uint32_t answers = 0;
    for (size_t i = 0; i < it.answers.size(); ++i) {
      answers |= (it.answers[i][customer / 64] >> (customer % 64) & 1) << i;
    }
    if (answers == 0 || answers + 1 == uint64_t{1} << it.answers.size()) {
      continue;
    }
    for (const uint16_t number : it.gates) {
      const Gate& gate = gates_[number];
      const size_t at =
          gate.zones < 0 ? 0 : zones_[static_cast<size_t>(gate.zones)].of[customer];
      if (at < gate.clocks.size()) {
        next_us = std::min(next_us, gate.clocks[at].until_us);
      }
    }
  }
  return next_us;
}

size_t LiveGates::MoveTo(int64_t at_us) {
  const bool is_back = std::exchange(clock_us_, at_us) > at_us;
  if (!is_back && at_us < next_us_) return 0;
  size_t changed = 0;
  for (Gate& gate : gates_) {
    for (Clock& clock : gate.clocks) {
      if (!is_back && clock.until_us > at_us) continue;
      const bool before = clock.holds;
      int64_t until_us;
      clock.holds = clock.condition.HoldsAt(*world_, at_us, &until_us);
      clock.until_us = clock.condition.NextFlip(*world_, at_us);
      changed += clock.holds != before;
    }
  }
  FindNext();
  return changed;
}

LiveGates::Image LiveGates::MakeImage() const {
  Image image;
  for (const Zones& it : zones_) {
    image.attributes.push_back(
        {std::string(world_->names->Text(it.attribute)), it.names, it.of});
  }
  for (const Gated& it : gated_) {
    image.segments.push_back(
        {it.segment, static_cast<uint16_t>(it.answers.size())});
    for (const auto& answers : it.answers) {
      image.answers.insert(image.answers.end(), answers.begin(),
                           answers.end());
    }
  }
  return image;
}

bool LiveGates::Restore(Image image, size_t records, int64_t clock_us,
                        std::vector<uint16_t>& missing) {
  const size_t words = (records + 63) / 64;
  size_t columns = 0;
  for (const Image::OfSegment& it : image.segments) columns += it.standings;
  if (image.answers.size() != columns * words) return false;
  for (const auto& it : image.attributes) {
    if (it.clocks.size() != records || it.zones.size() > kMaxZones) return false;
    for (const uint16_t clock : it.clocks) {
      if (clock != kNoClock && clock >= it.zones.size()) return false;
    }
  }
  clock_us_ = clock_us;
  Grow(records);
  is_missing_ = false;
  std::vector<bool> has_clocks;  // by zones_
  for (Zones& zones : zones_) {
    const auto found = std::find_if(
        image.attributes.begin(), image.attributes.end(), [&](const auto& it) {
          return it.attribute == world_->names->Text(zones.attribute);
        });
    has_clocks.push_back(found != image.attributes.end());
    if (found == image.attributes.end()) continue;
    for (const std::string& name : found->zones) {
      if (AddZone(zones, name) + size_t{1} != zones.names.size()) return false;
    }
    std::copy(found->clocks.begin(), found->clocks.end(), zones.of.begin());
  }
  auto from = image.answers.begin();
  std::vector<bool> is_known(gated_.size());
  for (const Image::OfSegment& of : image.segments) {
    const int place = of.segment < place_.size() ? place_[of.segment] : -1;
    Gated* it = place < 0 ? nullptr : &gated_[static_cast<size_t>(place)];
    const bool fits = it != nullptr && it->answers.size() == of.standings &&
                      (it->zones < 0 || has_clocks[static_cast<size_t>(it->zones)]);
    if (fits) is_known[static_cast<size_t>(place)] = true;
    for (size_t i = 0; i < of.standings; ++i) {
      const auto end = from + static_cast<ptrdiff_t>(words);
      if (fits) std::copy(from, end, it->answers[i].begin());
      from = end;
    }
  }
  for (size_t i = 0; i < gated_.size(); ++i) {
    if (!is_known[i]) missing.push_back(gated_[i].segment);
  }
  for (Gate& gate : gates_) {
    for (Clock& clock : gate.clocks) {
      int64_t until_us;
      clock.holds = clock.condition.HoldsAt(*world_, clock_us, &until_us);
      clock.until_us = clock.condition.NextFlip(*world_, clock_us);
    }
  }
  FindNext();
  return true;
}

}  // namespace trato::core
