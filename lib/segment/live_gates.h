// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Segments of whose condition a part is decided by the clock alone (a gate).
// When it changes, everybody's answer may: so nobody waits for that. Kept is for
// each customer what her answer is for each way in which the gates may stand,
// and when one changes, those whose answers differ enter or leave.

#ifndef TRATO_SEGMENT_LIVE_GATES_H_
#define TRATO_SEGMENT_LIVE_GATES_H_

#include <atomic>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "segment/live_clocks.h"
#include "segment/live_program.h"

namespace trato::core {

class LiveGates {
 public:
  // Her zone has no clock here: her answers are asked for as those of others.
  static constexpr uint16_t kNoClock = 0xffff;

  explicit LiveGates(const World* world) : world_(world) {}

  // Takes over from the program's segments; what is known of those that have
  // the gates that they had before stays.
  void Resolve(const LiveProgram& program, size_t segments, int64_t clock_us);
  void Grow(size_t records);
  bool empty() const { return gated_.empty(); }
  bool IsGated(uint16_t segment) const { return place_[segment] >= 0; }
  std::vector<uint16_t> segments() const;

  // By whose clock the customer lives at the instant, for this segment. Where
  // `may_add`, a clock that is missing is made: then no one else is at work, and
  // no gate has changed up to the instant. `until_us` gets when that may be
  // another one.
  uint16_t FindClock(uint16_t segment, RecordNumber customer, int64_t at_us,
                     bool may_add, int64_t* until_us);
  // What she answers: bit i of `answers` for gates that stand as the bits of i.
  void Put(uint16_t segment, RecordNumber customer, uint16_t clock,
           uint32_t answers);
  // She is in none, however the gates stand.
  void Clear(RecordNumber customer);
  // How the segment's gates stand for who lives by this clock.
  uint32_t Standing(uint16_t segment, uint16_t clock) const;
  // Makes a clock for each zone that the customers name at the instant, as
  // FindClock does.
  void AddClocks(int64_t at_us);

  // When the first gate changes; kNever: none does.
  int64_t NextFlip() const { return next_us_; }
  // The same for those that decide something of the customer's.
  int64_t NextFlipOf(RecordNumber customer) const;
  // All gates as they stand then. Gives how many have changed.
  size_t MoveTo(int64_t at_us);
  // Whether somebody's clock was missing where none could be made.
  bool is_missing() const { return is_missing_; }
  // Calls visit(customer, segment, member) for whom gates decide.
  template <typename Visit>
  void ForEachDecided(Visit visit) const;

  // What Put has been told.
  struct Image {
    struct OfAttribute {
      std::string attribute;
      std::vector<std::string> zones;
      std::vector<uint16_t> clocks;  // by customer
    };
    struct OfSegment {
      uint16_t segment = 0;
      uint16_t standings = 0;
    };
    std::vector<OfAttribute> attributes;
    std::vector<OfSegment> segments;
    std::vector<uint64_t> answers;  // by segment, standing, customer
  };
  Image MakeImage() const;
  // False: it is none. `missing` gets the segments of which it knows nothing,
  // because they had other gates or none.
  bool Restore(Image image, size_t records, int64_t clock_us,
               std::vector<uint16_t>& missing);

 private:
  struct Clock {
    ClockCondition condition;
    bool holds = false;
    int64_t until_us = kNever;
  };
  // A part of the program: one clock, or for each zone one.
  struct Gate {
    uint32_t part = 0;
    int zones = -1;  // of zones_
    std::vector<Clock> clocks;
  };
  struct Zones {
    uint32_t attribute = 0;
    StringMap<uint16_t> numbers;
    std::vector<std::string> names;
    std::vector<uint16_t> of;  // customers
  };
  struct Gated {
    uint16_t segment = 0;
    int zones = -1;
    std::vector<uint16_t> gates;
    std::vector<std::vector<uint64_t>> answers;  // by standing, by customer
  };

  Clock MakeClock(const Gate& gate, std::string_view zone) const;
  uint16_t AddZone(Zones& zones, std::string_view name);
  std::string_view NameOf(const Zones& zones, RecordNumber customer,
                          int64_t at_us, std::string& text) const;
  void FindNext();
  uint32_t StandingOf(const Gated& gated, uint16_t clock) const {
    uint32_t standing = 0;
    for (size_t i = 0; i < gated.gates.size(); ++i) {
      const Gate& gate = gates_[gated.gates[i]];
      const size_t at = gate.zones < 0 ? 0 : clock;
      if (at < gate.clocks.size() && gate.clocks[at].holds) {
        standing |= 1u << i;
      }
    }
    return standing;
  }

  const World* world_;
  const LiveProgram* program_ = nullptr;
  std::vector<Gate> gates_;
  std::vector<Zones> zones_;
  std::vector<Gated> gated_;
  std::vector<int> place_;  // by segment, in gated_
  size_t records_ = 0;
  int64_t clock_us_ = 0;
  int64_t next_us_ = kNever;
  std::atomic<bool> is_missing_ = false;
};

template <typename Visit>
void LiveGates::ForEachDecided(Visit visit) const {
  for (const Gated& it : gated_) {
    const std::vector<uint16_t>* of =
        it.zones < 0 ? nullptr : &zones_[static_cast<size_t>(it.zones)].of;
    const uint32_t everybody = of == nullptr ? StandingOf(it, 0) : 0;
    for (size_t word = 0; word < it.answers[0].size(); ++word) {
      uint64_t differ = 0;
      for (const auto& answers : it.answers) {
        differ |= answers[word] ^ it.answers[0][word];
      }
      for (; differ != 0; differ &= differ - 1) {
        const auto bit = static_cast<unsigned>(std::countr_zero(differ));
        const auto customer = static_cast<RecordNumber>(word * 64 + bit);
        const uint32_t standing =
            of == nullptr ? everybody : StandingOf(it, (*of)[customer]);
        visit(customer, it.segment,
              (it.answers[standing][word] >> bit & 1) != 0);
      }
    }
  }
}

}  // namespace trato::core

#endif  // TRATO_SEGMENT_LIVE_GATES_H_
