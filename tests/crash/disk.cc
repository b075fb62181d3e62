// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace trato::crash {
namespace {

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

bool Recorder::IsOurs(const std::string& path) const {
  if (path.size() < folder_.size() || path.compare(0, folder_.size(), folder_))
    return false;
  // A lock and an index in shared memory mean nothing after a crash.
  return !EndsWith(path, "-lock") && !EndsWith(path, "-shm");
}

int Recorder::Before(const IoCall& call, int*) {
  switch (call.io) {
    case Io::kOpen:
      if (!call.creates) return SQLITE_OK;
      break;
    case Io::kWrite:
    case Io::kTruncate:
    case Io::kSync:
    case Io::kDelete:
    case Io::kRename:
    case Io::kLink:
    case Io::kFolderSync:
      break;
    default:
      return SQLITE_OK;
  }
  if (!IsOurs(call.path)) return SQLITE_OK;
  Event event;
  event.io = call.io;
  const auto local = [&](const std::string& path) {
    return path.size() > folder_.size() ? path.substr(folder_.size() + 1) : "";
  };
  event.path = local(call.path);
  event.to = local(call.to);
  event.offset = call.offset;
  if (call.data != nullptr) {
    event.data.assign(static_cast<const char*>(call.data),
                      static_cast<size_t>(call.size));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  events_.push_back(std::move(event));
  return SQLITE_OK;
}

void Recorder::Mark(int mark) {
  Event event;
  event.mark = mark;
  const std::lock_guard<std::mutex> lock(mutex_);
  events_.push_back(std::move(event));
}

Disk::Disk(const Image& files) {
  for (const auto& [name, bytes] : files) {
    durable_names_[name] = nodes_.size();
    nodes_.push_back({bytes, {}});
  }
  names_ = durable_names_;
}

void Disk::Apply(const Event& event) {
  const auto node_of = [&](const std::string& name) {
    auto it = names_.find(name);
    if (it == names_.end()) {  // made without SQLite
      changes_.push_back({"", name, nodes_.size()});
      it = names_.emplace(name, nodes_.size()).first;
      nodes_.emplace_back();
    }
    return it->second;
  };
  switch (event.io) {
    case Io::kOpen:
      node_of(event.path);
      break;
    case Io::kWrite:
    case Io::kTruncate: {
      const size_t node = node_of(event.path);
      nodes_[node].unsynced.push_back(
          {event.io == Io::kTruncate, event.offset, event.data});
      order_.push_back(node);
      break;
    }
    case Io::kSync: {
      const size_t node = node_of(event.path);
      for (const Write& write : nodes_[node].unsynced) {
        Do(write, Fate::kKept, {}, 0, nodes_[node].durable);
      }
      nodes_[node].unsynced.clear();
      order_.erase(std::remove(order_.begin(), order_.end(), node),
                   order_.end());
      break;
    }
    case Io::kDelete: {
      const auto it = names_.find(event.path);
      if (it == names_.end()) break;
      changes_.push_back({event.path, "", it->second});
      names_.erase(it);
      break;
    }
    case Io::kRename: {
      const size_t node = node_of(event.path);
      changes_.push_back({event.path, event.to, node});
      names_.erase(event.path);
      names_[event.to] = node;
      break;
    }
    case Io::kLink: {
      const size_t node = node_of(event.path);
      changes_.push_back({"", event.to, node});
      names_[event.to] = node;
      break;
    }
    case Io::kFolderSync:
      durable_names_ = names_;
      changes_.clear();
      break;
    default:
      break;
  }
}

void Disk::Do(const Write& write, Fate fate, const Choice& choice,
              uint64_t seed, std::string& bytes) {
  if (fate == Fate::kDropped) return;
  if (write.truncates) {
    bytes.resize(static_cast<size_t>(write.offset));
    return;
  }
  const auto offset = static_cast<size_t>(write.offset);
  const size_t size = write.data.size();
  // The new size may be on disk before what belongs there.
  if (bytes.size() < offset + size && fate != Fate::kFront) {
    bytes.resize(offset + size);
  }
  Random random(seed);
  const size_t last = offset + size;
  const size_t middle = (offset + size / 2) / choice.sector * choice.sector;
  for (size_t at = offset; at < last;) {
    const size_t end = std::min(last, (at / choice.sector + 1) * choice.sector);
    bool kept = true;
    if (fate == Fate::kFront) kept = at < middle;
    if (fate == Fate::kBack) kept = at >= middle;
    if (fate == Fate::kSome) kept = random.OneIn(2);
    if (fate == Fate::kZeros) kept = false;
    if (kept) {
      if (bytes.size() < end) bytes.resize(end);
      std::copy(write.data.begin() + static_cast<ptrdiff_t>(at - offset),
                write.data.begin() + static_cast<ptrdiff_t>(end - offset),
                bytes.begin() + static_cast<ptrdiff_t>(at));
    }
    at = end;
  }
}

Image Disk::Materialise(const Choice& choice) const {
  std::map<std::string, size_t> names = durable_names_;
  for (size_t i = 0; i < changes_.size(); ++i) {
    if (i < choice.names.size() && !choice.names[i]) continue;
    if (!changes_[i].from.empty()) names.erase(changes_[i].from);
    if (!changes_[i].to.empty()) names[changes_[i].to] = changes_[i].node;
  }
  std::vector<size_t> next(nodes_.size(), 0);
  std::map<size_t, std::string> contents;
  for (const auto& [name, node] : names) contents[node] = nodes_[node].durable;
  for (size_t i = 0; i < order_.size(); ++i) {
    const size_t node = order_[i];
    const Write& write = nodes_[node].unsynced[next[node]++];
    const auto it = contents.find(node);
    if (it == contents.end()) continue;
    Do(write, choice.writes[i], choice, choice.seed + i, it->second);
  }
  Image image;
  for (const auto& [name, node] : names) image[name] = contents[node];
  return image;
}

std::vector<Disk::Choice> Disk::Choices(bool thorough, size_t random,
                                        uint64_t seed) const {
  std::vector<Choice> choices;
  const size_t writes = order_.size();
  Choice all;
  all.writes.assign(writes, Fate::kKept);
  all.names.assign(changes_.size(), true);
  Choice none = all;
  none.writes.assign(writes, Fate::kDropped);
  choices.push_back(all);
  if (writes > 0) choices.push_back(none);
  if (!changes_.empty()) {
    for (Choice choice : {all, none}) {
      for (size_t i = 0; i < changes_.size(); ++i) {
        choice.names.assign(changes_.size(), true);
        choice.names[i] = false;
        choices.push_back(choice);
        choice.names.assign(changes_.size(), false);
        choice.names[i] = true;
        choices.push_back(choice);
      }
      choice.names.assign(changes_.size(), false);
      choices.push_back(choice);
    }
  }
  if (writes > 0) {
    // A long row of writes between two syncs is sampled at its older end.
    constexpr size_t kMost = 48;
    const size_t first = writes > kMost ? writes - kMost : 0;
    for (size_t i = thorough ? first : writes - 1; i < writes; ++i) {
      Choice alone = none;
      alone.writes[i] = Fate::kKept;
      choices.push_back(alone);
      Choice missing = all;
      missing.writes[i] = Fate::kDropped;
      choices.push_back(missing);
      Choice prefix = none;
      std::fill_n(prefix.writes.begin(), i + 1, Fate::kKept);
      choices.push_back(prefix);
    }
    for (const Choice& rest : {all, none}) {
      for (Fate fate : {Fate::kFront, Fate::kBack, Fate::kSome}) {
        for (size_t sector : {size_t{512}, size_t{4096}}) {
          Choice torn = rest;
          torn.writes.back() = fate;
          torn.sector = sector;
          torn.seed = seed;
          choices.push_back(torn);
        }
      }
      Choice zeros = rest;
      zeros.writes.back() = Fate::kZeros;
      choices.push_back(zeros);
    }
  }
  Random draw(seed);
  for (size_t i = 0; i < random && writes + changes_.size() > 1; ++i) {
    Choice choice = all;
    const bool tears = draw.OneIn(2);
    choice.sector = draw.OneIn(2) ? 512 : 4096;
    choice.seed = draw.Next();
    for (Fate& fate : choice.writes) {
      fate = draw.OneIn(2) ? Fate::kKept : Fate::kDropped;
      if (tears && draw.OneIn(3)) {
        fate = static_cast<Fate>(2 + draw.Below(4));
      }
    }
    for (size_t n = 0; n < changes_.size(); ++n) {
      choice.names[n] = !draw.OneIn(4);
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

bool IsBarrier(const Event& event) {
  return event.io == Io::kSync || event.io == Io::kDelete ||
         event.io == Io::kRename || event.io == Io::kLink ||
         event.io == Io::kFolderSync || event.io == Io::kTruncate;
}

uint64_t HashOf(const Image& image) {
  uint64_t hash = 14695981039346656037ULL;
  const auto add = [&](uint64_t value) {
    hash = (hash ^ value) * 0x9fb21c651e98df25ULL;
    hash ^= hash >> 32;
  };
  for (const auto& [name, bytes] : image) {
    add(std::hash<std::string>()(name));
    add(bytes.size());
    add(std::hash<std::string>()(bytes));
  }
  return hash;
}

}  // namespace trato::crash
