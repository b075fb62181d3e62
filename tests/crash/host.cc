// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "host.h"

#include <algorithm>
#include <utility>

namespace trato::crash {
namespace {

// Under sticky faults nothing will work again before they end.
constexpr int kPatience = 4;

// What a host may be told when memory or the disk fails, and what is damaged
// only where it is.
bool IsClear(const Said& said) {
  return !said.message.empty() && (said.code == TRATO_UNAVAILABLE ||
                                   said.code == TRATO_RESOURCE_EXHAUSTED);
}

bool Writes(Kind kind) {
  return kind != Kind::kCheckpoint && kind != Kind::kBackup &&
         kind != Kind::kReopen;
}

}  // namespace

std::string MakeReference(uint64_t seed, size_t rounds,
                          const std::string& folder, Reference& reference) {
  EmptyFolder(folder);
  reference.seed = seed;
  reference.length.rounds = rounds;
  reference.length.note_bytes = 500;
  reference.length.coupons = false;
  reference.steps = MakeWorkload(seed, reference.length);
  Session session;
  session.seed = seed;
  session.note_bytes = reference.length.note_bytes;
  session.path = folder + "/a.trato";
  const std::string failure =
      RunThrough(session, reference.steps, reference.states, [](int, bool) {});
  reference.handed = session.handed;
  return failure;
}

void Host::Blame(std::atomic<uint64_t>& which, const std::string& what) {
  if (!blamed_) Tell(counters_, which, what + " at " + place_);
  blamed_ = true;
}

bool Host::Failed(const Said& said, const std::string& what) {
  if (!is_armed_) {
    Blame(counters_.refused, what + " after the faults: " + said.text());
    return false;
  }
  ++failures_;
  if (!IsClear(said)) {
    Blame(counters_.wrong, what + " with an unclear error: " + said.text());
  }
  return failures_ < kPatience && !blamed_;
}

bool Host::Resume() {
  Said said = session_.store.Open(session_.path);
  std::string dump;
  if (said.ok()) {
    durable_ = std::max(durable_, 0);
    said = Dump(session_.store.get(), reference_.handed, &dump);
  }
  if (!said.ok()) {
    session_.store.Close();
    Failed(said, "opening");
    return false;
  }
  const States::Range range = reference_.states.Find(dump);
  if (!range.found()) {
    Blame(counters_.wrong, "no state that ever was" +
                               reference_.states.Difference(durable_, dump) +
                               "\n   ");
  } else if (range.last < durable_) {
    Blame(counters_.lost, "state " + std::to_string(range.last) +
                              ", acknowledged " + std::to_string(durable_));
  } else if (range.first > sent_) {
    Blame(counters_.phantom, "state " + std::to_string(range.first) +
                                 ", sent " + std::to_string(sent_));
  }
  at_ = std::min(range.last, sent_);
  // What is on disk now was read from it.
  durable_ = std::max(durable_, range.first);
  return !blamed_;
}

void Host::Go() {
  const int end = static_cast<int>(reference_.steps.size());
  while (!blamed_ && at_ < end) {
    if (!session_.store.is_open()) {
      if (!Resume() && (blamed_ || failures_ >= kPatience)) return;
      continue;
    }
    const Step& step = reference_.steps[static_cast<size_t>(at_)];
    sent_ = std::max(sent_, at_ + 1);
    const Said said = Perform(session_, step);
    if (said.ok()) {
      ++at_;
      if (MakesDurable(step)) durable_ = std::max(durable_, at_);
      continue;
    }
    const bool goes_on = Failed(said, NameOf(step.kind));
    if (must_poison_ && Writes(step.kind) && said.code == TRATO_UNAVAILABLE &&
        !blamed_ && session_.store.is_open() && Perform(session_, step).ok()) {
      Blame(counters_.wrong, std::string(NameOf(step.kind)) +
                                 " acknowledged by a handle whose write had "
                                 "failed");
    }
    session_.store.Close();
    if (!goes_on) return;
  }
}

void Host::Run(const std::string& folder, const std::string& place) {
  EmptyFolder(folder);
  place_ = place;
  session_.seed = reference_.seed;
  session_.note_bytes = reference_.length.note_bytes;
  session_.path = folder + "/a.trato";
  Go();
  if (session_.store.is_open()) {
    const Said said = session_.store.Close();
    if (said.ok()) durable_ = std::max(durable_, at_);
    if (!said.ok()) Failed(said, "closing");
  }
  disarm_();
  is_armed_ = false;
  if (failures_ > 0) ++counters_.noticed;
  if (blamed_) return;
  // The faults are over: all is as it was promised, and the rest can be done.
  if (!Resume()) return;
  std::string dump;
  Said said;
  const std::string damage = DamageOf(session_.store.get(), &said);
  if (!said.ok() || !damage.empty()) {
    Blame(counters_.wrong, "verify: " + said.text() + damage.substr(0, 300));
  }
  Go();
  if (blamed_) return;
  // What has a key may be sent again, and nothing comes of it.
  said = Said();
  for (const Step& step : reference_.steps) {
    const bool has_key =
        step.kind == Kind::kRecord || step.kind == Kind::kAppend ||
        step.kind == Kind::kAttribute || step.kind == Kind::kImport;
    if (has_key && said.ok()) said = Perform(session_, step);
  }
  if (said.ok()) said = session_.store.Close();
  if (said.ok()) said = session_.store.Open(session_.path);
  dump.clear();
  if (said.ok()) said = Dump(session_.store.get(), reference_.handed, &dump);
  if (!said.ok()) {
    Blame(counters_.refused, said.text());
  } else if (reference_.states.Find(dump).last <
             static_cast<int>(reference_.steps.size())) {
    Blame(counters_.wrong,
          "the end differs" +
              reference_.states.Difference(
                  static_cast<int>(reference_.steps.size()), dump));
  }
  session_.store.Close();
}

}  // namespace trato::crash
