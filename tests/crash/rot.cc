// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rot. A closed store is changed behind its back: bits, whole pages, its
// length. What it answers then is what it answered before, or it says that it
// is damaged; never anything else.

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>
#include <vector>

#include "dump.h"
#include "parts.h"
#include "workload.h"

namespace trato::crash {
namespace {

constexpr size_t kPage = 16384;

// A store's file through its life.
struct Specimen {
  std::string bytes;   // as it is in the end
  std::string before;  // one call before
  std::string older;   // some calls before
  std::string wal;     // of the same store, where it was not closed
  std::string wal_db;  // the file beside it
  std::string dump;    // what it answers
  std::vector<std::string> wal_dumps;  // after each call in it, and before all
  Handed handed;
};

// Makes a store of at least `size` bytes.
Said Grow(const std::string& folder, uint64_t seed, size_t size,
          Specimen& out) {
  EmptyFolder(folder);
  Session session;
  session.seed = seed;
  session.note_bytes = size > (size_t{1} << 20) ? 3000 : 400;
  session.path = folder + "/a.trato";
  Length length;
  length.note_bytes = session.note_bytes;
  length.rounds = 1;
  Said said = session.store.Open(session.path);
  for (const Step& step : MakeWorkload(seed, length)) {
    if (said.ok() && step.kind != Kind::kBackup) said = Perform(session, step);
  }
  for (uint64_t number = 1000; said.ok(); ++number) {
    said = Record(session.store.get(),
                  SpecsOf(seed, number, 5, session.note_bytes), kNow, false);
    if (number % 16 != 0) continue;
    if (said.ok()) said = session.store.Close();
    const std::string bytes = ReadFile(session.path);
    if (bytes.size() >= size) {
      out.before = bytes;
      break;
    }
    // Its pages are of other times, and most of them are in the end's too.
    out.older = bytes;
    if (said.ok()) said = session.store.Open(session.path);
  }
  if (said.ok()) said = session.store.Open(session.path);
  if (said.ok()) {
    said =
        Record(session.store.get(), SpecsOf(seed, 4000, 1, 100), kNow, false);
  }
  if (said.ok()) said = session.store.Close();
  out.bytes = ReadFile(session.path);
  if (said.ok()) said = session.store.Open(session.path);
  if (said.ok()) said = Dump(session.store.get(), session.handed, &out.dump);
  out.wal_dumps.push_back(out.dump);
  for (uint64_t number = 5000; said.ok() && number < 5008; ++number) {
    said =
        Record(session.store.get(), SpecsOf(seed, number, 2, 300), kNow, false);
    if (!said.ok()) break;
    std::string& dump = out.wal_dumps.emplace_back();
    said = Dump(session.store.get(), session.handed, &dump);
  }
  out.wal = ReadFile(session.path + "-wal");
  out.wal_db = ReadFile(session.path);
  out.handed = session.handed;
  if (said.ok()) said = session.store.Close();
  return said;
}

// A change of the file by its number.
struct Change {
  const char* name;
  uint64_t count;
  bool of_wal;
  std::string (*make)(const Specimen& it, const Specimen& other, uint64_t i,
                      uint64_t stride);
  uint64_t stride;
};

std::string Flip(const Specimen& it, const Specimen&, uint64_t i,
                 uint64_t stride) {
  std::string bytes = it.bytes;
  const size_t at = i * stride + i % stride;
  if (at < bytes.size()) {
    bytes[at] =
        static_cast<char>(bytes[at] ^ (1 << (at * 2654435761 >> 7) % 8));
  }
  return bytes;
}
std::string FlipWal(const Specimen& it, const Specimen&, uint64_t i,
                    uint64_t stride) {
  std::string bytes = it.wal;
  const size_t at = i * stride + i % stride;
  if (at < bytes.size()) {
    bytes[at] =
        static_cast<char>(bytes[at] ^ (1 << (at * 2654435761 >> 7) % 8));
  }
  return bytes;
}
std::string Put(const Specimen& it, uint64_t page, const std::string& content) {
  std::string bytes = it.bytes;
  bytes.replace(page * kPage, kPage, content);
  return bytes;
}
std::string Zero(const Specimen& it, const Specimen&, uint64_t i, uint64_t) {
  return Put(it, i, std::string(kPage, '\0'));
}
std::string PageOf(const std::string& bytes, uint64_t page) {
  const std::string content =
      page * kPage < bytes.size() ? bytes.substr(page * kPage, kPage) : "";
  return content.size() == kPage ? content : std::string(kPage, '\0');
}
std::string Older(const Specimen& it, const Specimen&, uint64_t i, uint64_t) {
  return Put(it, i, PageOf(it.older, i));
}
std::string Before(const Specimen& it, const Specimen&, uint64_t i, uint64_t) {
  return Put(it, i, PageOf(it.before, i));
}
std::string Moved(const Specimen& it, const Specimen&, uint64_t i,
                  uint64_t stride) {
  const uint64_t pages = it.bytes.size() / kPage;
  // Each page gets `stride` others' content.
  return Put(it, i / stride,
             PageOf(it.bytes, (i / stride + 1 + i % stride) % pages));
}
std::string Foreign(const Specimen& it, const Specimen& other, uint64_t i,
                    uint64_t) {
  return Put(it, i, PageOf(other.bytes, i));
}
std::string Cut(const Specimen& it, const Specimen&, uint64_t i,
                uint64_t stride) {
  return it.bytes.substr(0, i * stride + i % stride);
}

// Whether the store says by itself that it is damaged.
bool TellsOfDamage(const Store& store) {
  Buf info;
  const Said said = Say([&](trato_error* error) {
    return trato_store_info(store.get(), kAsked, info.out(), error);
  });
  std::string packed;
  for (char c : info.view()) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) packed.push_back(c);
  }
  return said.ok() && packed.find("\"damage\":[{") != packed.npos;
}

class Rot {
 public:
  Rot(const Settings& settings, Counters& counters, const Specimen& it,
      const Specimen& other)
      : settings_(settings), counters_(counters), it_(it), other_(other) {}

  void Try(const Change& change) {
    if (!AnswersUnchanged(change)) return;
    RunCases(
        settings_, counters_, change.count,
        [&](uint64_t i, const std::string& folder) { One(change, i, folder); },
        [&](uint64_t i) { return Place(change, i); });
  }

 private:
  static std::string Place(const Change& change, uint64_t i) {
    return std::string(change.name) + " " + std::to_string(i) + " (x " +
           std::to_string(change.stride) + ")";
  }

  // What is compared with is right to begin with.
  bool AnswersUnchanged(const Change& change) {
    const std::string folder = settings_.folder + "/unchanged";
    EmptyFolder(folder);
    WriteFile(folder + "/a.trato", change.of_wal ? it_.wal_db : it_.bytes);
    if (change.of_wal) WriteFile(folder + "/a.trato-wal", it_.wal);
    Store store;
    std::string dump;
    Said said = store.Open(folder + "/a.trato", TRATO_OPEN_EXISTING);
    if (said.ok()) said = Dump(store.get(), it_.handed, &dump);
    const bool same = dump == (change.of_wal ? it_.wal_dumps.back() : it_.dump);
    if (!said.ok() || !same) {
      Tell(counters_, counters_.wrong,
           std::string("without damage, another answer: ") + change.name +
               said.text());
    }
    return said.ok() && same;
  }

  void One(const Change& change, uint64_t i, const std::string& folder) {
    ++counters_.tried;
    const std::string bytes = change.make(it_, other_, i, change.stride);
    if (bytes == (change.of_wal ? it_.wal : it_.bytes)) return;
    ++counters_.distinct;
    const std::string path = folder + "/a.trato";
    for (const char* end : {"-wal", "-shm", "-lock", "-journal"}) {
      const std::string beside = path + end;
      std::remove(beside.c_str());
    }
    WriteFile(path, change.of_wal ? it_.wal_db : bytes);
    if (change.of_wal) WriteFile(path + "-wal", bytes);
    const auto notice = [&](const Said& said) {
      ++counters_.noticed;
      if (said.message.empty()) {
        Tell(counters_, counters_.wrong,
             "damage without a word: " + Place(change, i));
      }
    };
    Store store;
    Said said = store.Open(path, TRATO_OPEN_EXISTING);
    if (!said.ok()) return notice(said);
    std::string dump;
    said = Dump(store.get(), it_.handed, &dump);
    if (!said.ok()) return notice(said);
    if (dump == (change.of_wal ? it_.wal_dumps.back() : it_.dump)) {
      ++counters_.images;  // harmless
      return;
    }
    if (TellsOfDamage(store)) {
      ++counters_.noticed;
      return;
    }
    if (change.of_wal && std::find(it_.wal_dumps.begin(), it_.wal_dumps.end(),
                                   dump) != it_.wal_dumps.end()) {
      // As after a loss of power, by which it cannot be told from it for the
      // last call: known, and counted.
      ++counters_.lost;
      return;
    }
    const std::string damage = DamageOf(store.get(), &said);
    Tell(counters_, counters_.wrong,
         "another answer, " +
             std::string(damage.empty() ? "unnoticed: "
                                        : "noticed by verify only: ") +
             Place(change, i));
    if (!settings_.kept.empty() && counters_.told < 6) {
      EmptyFolder(settings_.kept + "/rot" + Place(change, i));
      WriteFile(settings_.kept + "/rot" + Place(change, i) + "/a.trato", bytes);
    }
  }

  const Settings& settings_;
  Counters& counters_;
  const Specimen& it_;
  const Specimen& other_;
};

}  // namespace

namespace {

std::unique_ptr<Specimen> Make(const Settings& settings, Counters& counters,
                               uint64_t seed, size_t size) {
  auto it = std::make_unique<Specimen>();
  const Said said = Grow(settings.folder + "/grow", seed, size, *it);
  if (!said.ok()) {
    Tell(counters, counters.wrong, "without damage: " + said.text());
  }
  return it;
}

uint64_t Steps(size_t size, uint64_t stride) {
  return (size + stride - 1) / stride;
}

}  // namespace

void RunWal(const Settings& settings, Counters& counters) {
  const auto it = Make(settings, counters, settings.seed, size_t{128} << 10);
  if (counters.violations() > 0) return;
  const uint64_t stride = settings.full ? 23 : 331;
  Rot rot(settings, counters, *it, *it);
  rot.Try({"wal, bit", Steps(it->wal.size(), stride), true, FlipWal, stride});
}

void RunRot(const Settings& settings, Counters& counters) {
  const auto grow = [&](uint64_t seed, size_t size) {
    return Make(settings, counters, seed, size);
  };
  const auto small = grow(settings.seed, size_t{128} << 10);
  const auto small_other = grow(settings.seed + 1, size_t{128} << 10);
  const size_t large_size = size_t{2} << 20;
  const auto large = grow(settings.seed + 2, large_size);
  const auto large_other = grow(settings.seed + 3, large_size);
  if (counters.violations() > 0) return;
  // The small share takes some of each, never the same step as a page's.
  const uint64_t bits = settings.full ? settings.thin : 67;
  const uint64_t far_bits = settings.full ? 16 * settings.thin : 2503;
  const uint64_t cuts = settings.full ? settings.thin : 211;
  const auto pages = [](const Specimen& it) { return it.bytes.size() / kPage; };
  Rot near(settings, counters, *small, *small_other);
  Rot far(settings, counters, *large, *large_other);
  for (Rot* rot : {&near, &far}) {
    const Specimen& it = rot == &near ? *small : *large;
    const std::string size = rot == &near ? "small" : "large";
    const uint64_t moves = settings.full ? 8 : 2;
    const std::string zero = size + " store, page zeroed";
    const std::string older = size + " store, older page";
    const std::string before = size + " store, page of a call before";
    const std::string moved = size + " store, page moved";
    const std::string foreign = size + " store, page of another";
    rot->Try({zero.c_str(), pages(it), false, Zero, 1});
    rot->Try({older.c_str(), pages(it), false, Older, 1});
    rot->Try({before.c_str(), pages(it), false, Before, 1});
    rot->Try({moved.c_str(), pages(it) * moves, false, Moved, moves});
    rot->Try({foreign.c_str(), pages(it), false, Foreign, 1});
  }
  near.Try({"small store, bit", Steps(small->bytes.size(), bits), false, Flip,
            bits});
  near.Try({"small store, length", Steps(small->bytes.size(), cuts), false, Cut,
            cuts});
  far.Try({"large store, bit", Steps(large->bytes.size(), far_bits), false,
           Flip, far_bits});
}

}  // namespace trato::crash
