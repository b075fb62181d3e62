// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A disk that loses its power. It is fed what a store did to its files, and
// gives the states in which a real disk might be found after a crash: whatever
// was not synced may be there, or not, or in part, in any order.

#ifndef TRATO_TESTS_CRASH_DISK_H_
#define TRATO_TESTS_CRASH_DISK_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "facts.h"
#include "vfs.h"

namespace trato::crash {

struct Event {
  Io io = Io::kCount;  // kCount: a mark
  std::string path;
  std::string to;
  int64_t offset = 0;
  std::string data;
  int mark = 0;
};

// Writes down what is done to files below a folder, and marks between.
class Recorder final : public Watcher {
 public:
  explicit Recorder(std::string folder) : folder_(std::move(folder)) {}
  int Before(const IoCall& call, int* done) override;
  void After(const IoCall&) override {}
  void Mark(int mark);
  std::vector<Event> Take() { return std::move(events_); }

 private:
  bool IsOurs(const std::string& path) const;

  const std::string folder_;
  std::mutex mutex_;
  std::vector<Event> events_;
};

// Files by name, without the folder.
using Image = std::map<std::string, std::string>;

class Disk {
 public:
  // All of `files` is on the disk.
  explicit Disk(const Image& files);

  void Apply(const Event& event);

  // Which of the unsynced writes reach the disk, and how.
  enum class Fate : uint8_t { kDropped, kKept, kFront, kBack, kSome, kZeros };
  struct Choice {
    std::vector<Fate> writes;  // by place among the unsynced
    std::vector<bool> names;
    size_t sector = 512;  // in which kFront, kBack and kSome tear
    uint64_t seed = 0;    // of kSome
  };
  Image Materialise(const Choice& choice) const;

  // The choices worth a try after the last event. At a barrier (before a sync
  // and the like, `thorough`) that is every single write alone and missing, and
  // every prefix; between them what the newest write adds. `random` subsets
  // come on top.
  std::vector<Choice> Choices(bool thorough, size_t random,
                              uint64_t seed) const;

  size_t unsynced() const { return order_.size(); }

 private:
  struct Write {
    bool truncates = false;
    int64_t offset = 0;  // the new size of a truncate
    std::string data;
  };
  struct Node {
    std::string durable;
    std::vector<Write> unsynced;
  };
  struct NameChange {
    std::string from;  // removed; empty: nothing is
    std::string to;    // set to node; empty: nothing is
    size_t node;
  };

  static void Do(const Write& write, Fate fate, const Choice& choice,
                 uint64_t seed, std::string& bytes);

  std::vector<Node> nodes_;
  std::map<std::string, size_t> durable_names_;
  std::map<std::string, size_t> names_;
  std::vector<NameChange> changes_;
  std::vector<size_t> order_;  // the node of each unsynced write, oldest first
};

// Whether the next event makes something durable, or takes something away.
bool IsBarrier(const Event& event);

// A name for an image: two of one content have the same.
uint64_t HashOf(const Image& image);

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_DISK_H_
