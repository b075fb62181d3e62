// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Loss of power. A workload is written down at the VFS; after each thing that
// it did to its files every state is made in which a disk might be found, and
// opened. What was acknowledged as durable must be there, and nothing that was
// not sent yet; a call is there whole or not at all.

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "disk.h"
#include "parts.h"
#include "states.h"

namespace trato::crash {
namespace {

constexpr char kStore[] = "a.trato";

// Marks: 0 for the opening begun, 1 for done, then 2 and 3 for step 0, ...
int MarkOf(int step, bool done) { return (step + 1) * 2 + (done ? 1 : 0); }

// What may be found after some event.
struct Bounds {
  int at_least = -1;  // -1: the store may not be there at all
  int at_most = 0;
  // Each backup: the state it must at least and at most hold; done or not.
  struct Copy {
    uint64_t number;
    int at_least;
    int at_most;
    bool done;
  };
  std::vector<Copy> copies;
};

// A set of hashes with what was found, that several processes share.
class Known {
 public:
  static constexpr size_t kPlaces = size_t{1} << 21;
  struct Place {
    std::atomic<uint64_t> hash;
    std::atomic<int32_t> first, last;  // the range of states; see below
    std::atomic<uint32_t> is_done;
  };
  Known()
      : places_(static_cast<Place*>(SharedMemory(kPlaces * sizeof(Place)))) {}
  ~Known() { Forget(); }
  Known(const Known&) = delete;
  Known& operator=(const Known&) = delete;

  // The place of `hash`, and whether this call has made it.
  Place* Find(uint64_t hash, bool* is_new) {
    if (hash == 0) hash = 1;
    for (size_t i = hash % kPlaces;; i = (i + 1) % kPlaces) {
      uint64_t none = 0;
      *is_new = places_[i].hash.compare_exchange_strong(none, hash);
      if (*is_new || none == hash) return &places_[i];
    }
  }

 private:
  void Forget();
  Place* places_;
};

void Known::Forget() {
  // Unmapped with the process; a run has a handful of them.
}

class Run {
 public:
  // `bulk`: with appends that are sealed as they come.
  Run(const Settings& settings, Counters& counters, uint64_t seed, bool bulk)
      : settings_(settings), counters_(counters), seed_(seed), bulk_(bulk) {}

  void Go();

 private:
  struct Found {
    bool opened = false;
    States::Range range;  // not found: a violation that was told of
    std::string dump;
    Said said;
  };

  void Bound();
  void TryBoundary(uint64_t boundary, const std::string& folder);
  void TryImage(const Image& image, const Bounds& bounds, uint64_t boundary,
                const std::string& folder);
  Found Open(const Image& image, const std::string& name,
             const std::string& folder, const std::string& place, int at_least);
  // `may_refuse`: nobody was promised the store yet.
  void TryRecovery(const Image& image, const Found& found, bool may_refuse,
                   const std::string& folder, const std::string& place);
  std::string Place(uint64_t boundary) const;
  void Keep(const Image& image);

  const Settings& settings_;
  Counters& counters_;
  const uint64_t seed_;
  const bool bulk_;
  Length length_;
  std::vector<Step> steps_;
  Handed handed_;
  States states_;
  std::vector<Event> events_;
  std::vector<Bounds> bounds_;     // after each event
  std::vector<trato_head> heads_;  // of each state that is durable
  Known known_;
  Known known_copies_;
  // The disk of this process, up to its last boundary.
  std::unique_ptr<Disk> disk_;
  uint64_t applied_ = 0;
};

void PutImage(const Image& image, const std::string& folder) {
  EmptyFolder(folder);
  for (const auto& [name, bytes] : image) {
    WriteFile(folder + "/" + name, bytes);
  }
}

// The files of the store or of one backup, which lie beside each other.
Image PartOf(const Image& image, const std::string& name) {
  Image part;
  for (const auto& [file, bytes] : image) {
    if (file.compare(0, name.size(), name) != 0) continue;
    const std::string rest = file.substr(name.size());
    if (rest.empty() || rest[0] == '-' ||
        (rest[0] == '.' && rest.compare(0, 7, ".backup") != 0)) {
      part[file] = bytes;
    }
  }
  return part;
}

void Run::Go() {
  length_.rounds = settings_.full && !bulk_ ? 3 : 1;
  length_.note_bytes = 500;
  if (bulk_) {
    length_.append_rows = 10000;
    length_.small_runs = 6;
  }
  steps_ = MakeWorkload(seed_, length_);
  const std::string folder = settings_.folder + "/record";
  EmptyFolder(folder);
  Session session;
  session.seed = seed_;
  session.note_bytes = length_.note_bytes;
  session.path = folder + "/" + kStore;
  Recorder recorder(folder);
  Watch(&recorder);
  const std::string failure =
      RunThrough(session, steps_, states_, [&](int step, bool done) {
        recorder.Mark(MarkOf(step, done));
        if (!done) return;
        // What a host keeps elsewhere. Where nothing waits, asking for it
        // writes nothing.
        trato_head head = heads_.empty() ? trato_head() : heads_.back();
        if (step < 0 || MakesDurable(steps_[static_cast<size_t>(step)])) {
          Say([&](trato_error* error) {
            return trato_store_head(session.store.get(), &head, error);
          });
        }
        heads_.push_back(head);
      });
  Watch(nullptr);
  handed_ = session.handed;
  events_ = recorder.Take();
  RemoveFolder(folder);
  if (!failure.empty()) {
    Tell(counters_, counters_.wrong, "without a crash: " + failure);
    return;
  }
  Bound();
  // Neighbouring boundaries belong to one process, which walks through them.
  RunCases(
      settings_, counters_, events_.size(),
      [&](uint64_t boundary, const std::string& place) {
        TryBoundary(boundary, place);
      },
      [&](uint64_t boundary) { return Place(boundary); });
}

void Run::Bound() {
  Bounds now;
  for (const Event& event : events_) {
    if (event.io == Io::kCount) {
      const int step = event.mark / 2 - 1;
      const bool done = event.mark % 2 == 1;
      if (step < 0) {
        if (done) now.at_least = 0;
      } else {
        const Step& it = steps_[static_cast<size_t>(step)];
        if (!done) now.at_most = step + 1;
        if (done && MakesDurable(it)) now.at_least = step + 1;
        if (it.kind == Kind::kBackup &&
            TRATO_CRASH_FIND(trato_store_backup) != nullptr) {
          if (!done) {
            now.copies.push_back({it.number, now.at_least, step + 1, false});
          } else {
            now.copies.back().done = true;
          }
        }
      }
    }
    bounds_.push_back(now);
  }
}

std::string Run::Place(uint64_t boundary) const {
  const Event& event = events_[boundary];
  const Bounds& bounds = bounds_[boundary];
  std::string text = "seed " + std::to_string(seed_) + ", boundary " +
                     std::to_string(boundary) + " (after ";
  text += event.io == Io::kCount ? "a mark" : NameOf(event.io);
  text += " " + event.path + "), step " + std::to_string(bounds.at_most - 1);
  if (bounds.at_most > 0) {
    text += " (";
    text += NameOf(steps_[static_cast<size_t>(bounds.at_most) - 1].kind);
    text += ")";
  }
  return text;
}

void Run::Keep(const Image& image) {
  if (settings_.kept.empty() || counters_.told > 5) return;
  PutImage(image,
           settings_.kept + "/power" + std::to_string(counters_.told.load()));
}

void Run::TryBoundary(uint64_t boundary, const std::string& folder) {
  if (disk_ == nullptr) disk_ = std::make_unique<Disk>(Image());
  for (; applied_ <= boundary; ++applied_) disk_->Apply(events_[applied_]);
  ++counters_.tried;
  const bool thorough =
      boundary + 1 == events_.size() || IsBarrier(events_[boundary + 1]);
  const size_t random = (bulk_ ? 1 : settings_.full ? 36 : 3) * settings_.scale;
  const auto choices =
      disk_->Choices(thorough, random, seed_ * 7919 + boundary);
  // Long answers: some of the disks there may be, spread over all kinds.
  const size_t step = bulk_ ? 1 + choices.size() / 24 : 1;
  for (size_t i = boundary % step; i < choices.size(); i += step) {
    const Disk::Choice& choice = choices[i];
    TryImage(disk_->Materialise(choice), bounds_[boundary], boundary, folder);
    if (settings_.faulted && counters_.violations() > 0) return;
  }
}

void Run::TryImage(const Image& image, const Bounds& bounds, uint64_t boundary,
                   const std::string& folder) {
  ++counters_.images;
  LimitTime();  // each has a minute, not all of a boundary's
  const Image own = PartOf(image, kStore);
  const uint64_t hash = HashOf(own);
  bool is_new = false;
  Known::Place* place = known_.Find(hash, &is_new);
  // Where the other process is at it just now, it is opened twice.
  if (is_new || place->is_done == 0) {
    if (is_new) ++counters_.distinct;
    const Found found =
        Open(own, kStore, folder, Place(boundary), bounds.at_least);
    if (!found.range.found()) {
      // A store that nobody was promised yet may be refused, never misread.
      const bool may_refuse = !found.opened && bounds.at_least < 0;
      if (!found.opened) {
        if (may_refuse) {
          ++counters_.noticed;
        } else {
          Tell(counters_, counters_.refused,
               "refused: " + found.said.text() + " at " + Place(boundary));
          Keep(image);
        }
      } else {
        Tell(counters_, counters_.wrong,
             "no state that ever was" +
                 states_.Difference(bounds.at_least, found.dump) + "\n    at " +
                 Place(boundary) + found.said.text());
        Keep(image);
      }
    }
    place->first = found.range.first;
    place->last = found.range.last;
    place->is_done = 1;
    if (found.range.found() && hash % (settings_.full ? 40 : 60) == 0) {
      TryRecovery(own, found, bounds.at_least < 0, folder, Place(boundary));
    }
  }
  const States::Range range = {place->first, place->last};
  if (range.found()) {
    if (range.last < bounds.at_least) {
      Tell(counters_, counters_.lost,
           "lost: state " + std::to_string(range.last) + ", acknowledged " +
               std::to_string(bounds.at_least) + " at " + Place(boundary));
      Keep(image);
    } else if (range.first > bounds.at_most) {
      Tell(counters_, counters_.phantom,
           "phantom: state " + std::to_string(range.first) + ", sent " +
               std::to_string(bounds.at_most) + " at " + Place(boundary));
      Keep(image);
    }
  }
  for (const Bounds::Copy& copy : bounds.copies) {
    const std::string name = BackupPath(kStore, copy.number);
    const Image part = PartOf(image, name);
    const uint64_t copy_hash = HashOf(part) + copy.number;
    Known::Place* at = known_copies_.Find(copy_hash, &is_new);
    if (is_new || at->is_done == 0) {
      if (is_new) ++counters_.distinct;
      const Found found = Open(part, name, folder, Place(boundary),
                               copy.done ? copy.at_least : -1);
      // A backup cut off may be refused; what opens must be right.
      at->first = found.opened ? found.range.first : -1;
      at->last = found.opened ? found.range.last : -2;
      at->is_done = 1;
    }
    const States::Range held = {at->first, at->last};
    const std::string where = "backup " + name + " at " + Place(boundary);
    if (held.last == -2) {
      if (copy.done) {
        Tell(counters_, counters_.refused, "refused: " + where);
        Keep(image);
      } else {
        ++counters_.noticed;
      }
    } else if (!held.found()) {
      Tell(counters_, counters_.wrong, "no state that ever was: " + where);
      Keep(image);
    } else if (held.last < copy.at_least || held.first > copy.at_most) {
      Tell(counters_, counters_.lost,
           "state " + std::to_string(held.last) + " is not " +
               std::to_string(copy.at_least) + " to " +
               std::to_string(copy.at_most) + ": " + where);
      Keep(image);
    }
  }
}

Run::Found Run::Open(const Image& image, const std::string& name,
                     const std::string& folder, const std::string& place,
                     int at_least) {
  Found found;
  PutImage(image, folder);
  Store store;
  // A backup must be there; a store is made where it is not.
  found.said =
      store.Open(folder + "/" + name,
                 name == kStore ? TRATO_OPEN_OR_CREATE : TRATO_OPEN_EXISTING);
  if (!found.said.ok()) return found;
  found.opened = true;
  found.said = Dump(store.get(), handed_, &found.dump);
  if (!found.said.ok()) return found;
  found.range = states_.Find(found.dump);
  // Also where the power went before the erasure was done with the log.
  for (const std::string& marker : MarkersGone(
           steps_, static_cast<size_t>(std::max(found.range.first, 0)))) {
    for (const char* suffix : {"", "-wal"}) {
      if (ReadFile(folder + "/" + name + suffix).find(marker) !=
          std::string::npos) {
        Tell(
            counters_, counters_.wrong,
            marker + " was erased and is in " + name + suffix + " at " + place);
      }
    }
  }
  Said said;
  const std::string damage =
      DamageOf(store.get(), &said,
               at_least < 0 ? nullptr : &heads_[static_cast<size_t>(at_least)]);
  if (!said.ok() || !damage.empty()) {
    Tell(counters_, counters_.wrong,
         "verify after a crash: " + said.text() + " " + damage.substr(0, 300) +
             " at " + place);
  }
  return found;
}

// Depth 2: the power goes again while the store recovers, is written to once
// and is closed.
void Run::TryRecovery(const Image& image, const Found& found, bool may_refuse,
                      const std::string& folder, const std::string& place) {
  PutImage(image, folder);
  Recorder recorder(folder);
  Watch(&recorder);
  std::string told;
  {
    Store store;
    Said said = store.Open(folder + "/" + kStore);
    recorder.Mark(0);
    if (said.ok()) said = DefineFields(store.get());
    recorder.Mark(1);
    if (said.ok()) {
      said = Record(store.get(), SpecsOf(seed_, 900000, 3, 100), kNow, false);
    }
    recorder.Mark(2);
    if (said.ok()) said = Dump(store.get(), handed_, &told);
    if (said.ok()) said = store.Close();
    if (!said.ok()) {
      Watch(nullptr);
      Tell(counters_, counters_.wrong,
           "writing after a crash: " + said.text() + " at " + place);
      return;
    }
  }
  Watch(nullptr);
  const std::vector<Event> events = recorder.Take();
  Disk disk(image);
  std::map<uint64_t, bool> seen;
  int mark = -1;
  for (size_t i = 0; i < events.size(); ++i) {
    disk.Apply(events[i]);
    if (events[i].io == Io::kCount) mark = events[i].mark;
    auto choices = disk.Choices(false, 2, seed_ + i);
    for (const Disk::Choice& choice : choices) {
      ++counters_.images;
      const Image again = disk.Materialise(choice);
      const uint64_t hash = HashOf(again) + static_cast<uint64_t>(mark == 2);
      if (!seen.emplace(hash, true).second) continue;
      ++counters_.distinct;
      const Found second = Open(again, kStore, folder, place, -1);
      if (!second.opened && may_refuse && mark < 0) {
        ++counters_.noticed;
        continue;
      }
      // Before the definitions are through a state between is right as well.
      const bool is_old = second.dump == found.dump;
      const bool is_new = second.dump == told;
      const bool is_between = mark <= 0 || mark == 1;
      if (second.opened && second.said.ok() &&
          (is_new || (mark < 2 && (is_old || is_between)))) {
        if (!is_new && !is_old && !second.range.found() &&
            InteractionsOf(second.dump) != InteractionsOf(found.dump)) {
          Tell(counters_, counters_.wrong,
               "half a call, crashed twice at " + place);
        }
        continue;
      }
      Tell(counters_,
           !second.opened ? counters_.refused
                          : (is_old ? counters_.lost : counters_.wrong),
           "crashed again in the recovery, event " + std::to_string(i) + ": " +
               second.said.text() + " at " + place);
      Keep(again);
    }
  }
}

}  // namespace

void RunPower(const Settings& settings, Counters& counters) {
  const uint64_t runs = (settings.full ? 3 : 1) * settings.scale;
  for (uint64_t i = 0; i < runs; ++i) {
    Run(settings, counters, settings.seed + i, false).Go();
    if (settings.faulted && counters.violations() > 0) return;
  }
  // Its answers are long, so it has fewer images.
  if (settings.full) Run(settings, counters, settings.seed + runs, true).Go();
}

}  // namespace trato::crash
