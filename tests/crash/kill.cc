// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// SIGKILL at any instant. A child process opens the store and writes from
// several threads; it tells its parent over a pipe what it is about to send
// and what was acknowledged. The parent kills it, opens the store itself, and
// compares. Every tenth child only opens, and is killed in the recovery.

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "arrow.h"
#include "dump.h"
#include "facts.h"
#include "parts.h"
#include "workload.h"

namespace trato::crash {
namespace {

constexpr uint64_t kKillsPerStore = 25;
constexpr size_t kNoteBytes = 2000;
constexpr size_t kBulk = 10000;

// A number that no thread comes to by counting is an append of many rows.
bool IsBulk(uint64_t number) { return number % 8 == 7; }

std::vector<Spec> CallOf(uint64_t seed, uint64_t number) {
  return IsBulk(number) ? FlatSpecsOf(seed, number, kBulk, kNoteBytes)
                        : SpecsOf(seed, number, 0, kNoteBytes);
}

enum class Word : uint64_t {
  kSend,     // call `number` is about to be made
  kAnswer,   // it is acknowledged, and durable
  kLater,    // it is acknowledged, buffered
  kFlushed,  // what thread `number` sent is durable
  kCopy,     // backup `number` is about to be made
  kCopied,
  kFailed,  // a call was refused, which none should be
};

// Written at once: a pipe keeps so few bytes together.
struct Message {
  Word word;
  uint64_t number;
};

// What one child does. It never returns.
class Child {
 public:
  Child(int pipe, const std::string& path, uint64_t seed, uint64_t first)
      : pipe_(pipe), path_(path), seed_(seed), first_(first) {}

  [[noreturn]] void Run(bool only_open) {
    if (!Check(store_.Open(path_))) _exit(0);
    if (only_open) {
      for (int i = 0; i < 20; ++i) {
        if (!Check(store_.Close()) || !Check(store_.Open(path_))) break;
      }
      _exit(0);
    }
    if (!Check(DefineFields(store_.get()))) _exit(0);
    Random random(seed_ * 31 + first_);
    const size_t threads = 1 + random.Below(8);
    const bool bulk = random.OneIn(6);
    for (uint64_t round = 0;; ++round) {
      if (bulk && round == 1) Append(first_ + 7);
      std::vector<std::thread> running;
      for (size_t i = 0; i < threads; ++i) {
        running.emplace_back([this, i, round] { Write(i, round); });
      }
      for (std::thread& thread : running) thread.join();
      if (random.OneIn(4)) {
        if (!Check(store_.Close()) || !Check(store_.Open(path_))) _exit(0);
        // Closing makes durable what every thread sent.
        for (size_t i = 0; i < threads; ++i) Tell(Word::kFlushed, i);
      }
    }
  }

 private:
  void Tell(Word word, uint64_t number) {
    const Message message = {word, number};
    if (write(pipe_, &message, sizeof(message)) != sizeof(message)) _exit(0);
  }

  bool Check(const Said& said) {
    if (said.ok() || said.code == TRATO_UNIMPLEMENTED) return true;
    Tell(Word::kFailed, static_cast<uint64_t>(said.code));
    const std::string text = said.text() + "\n";
    if (write(STDERR_FILENO, text.data(), text.size()) < 0) _exit(1);
    return false;
  }

  void Write(size_t thread, uint64_t round) {
    Random random(seed_ + first_ * 8191 + thread * 131 + round * 17);
    for (int i = 0; i < 6; ++i) {
      const uint64_t number =
          first_ + thread * 10000 + round * 8 + static_cast<uint64_t>(i);
      const uint64_t kind = random.Below(20);
      if (kind == 0) {
        if (!Check(Say([&](trato_error* error) {
              return trato_store_flush(store_.get(), error);
            }))) {
          return;
        }
        Tell(Word::kFlushed, thread);
      } else if (kind == 1 && thread == 0) {
        auto* checkpoint = TRATO_CRASH_FIND(trato_store_checkpoint);
        if (checkpoint != nullptr && !Check(Say([&](trato_error* error) {
              return checkpoint(store_.get(),
                                static_cast<uint32_t>(random.Below(3)), nullptr,
                                error);
            }))) {
          return;
        }
      } else if (kind == 2 && thread == 0) {
        if (!Copy(number)) return;
      } else {
        const bool buffered = kind < 6;
        Tell(Word::kSend, number);
        const auto specs = CallOf(seed_, number);
        if (!Check(Record(store_.get(), specs, kNow, buffered))) return;
        Tell(buffered ? Word::kLater : Word::kAnswer, number);
      }
    }
  }

  void Append(uint64_t number) {
    if (TRATO_CRASH_FIND(trato_interactions_append) == nullptr) return;
    Tell(Word::kSend, number);
    if (Check(
            AppendColumns(store_.get(), CallOf(seed_, number), kNow, false))) {
      Tell(Word::kAnswer, number);
    }
  }

  bool Copy(uint64_t number) {
    auto* backup = TRATO_CRASH_FIND(trato_store_backup);
    if (backup == nullptr) return true;
    const std::string path = BackupPath(path_, number);
    Tell(Word::kCopy, number);
    const Said said = Say([&](trato_error* error) {
      return backup(store_.get(), Str(path), nullptr, nullptr, error);
    });
    if (!Check(said)) return false;
    if (said.ok()) Tell(Word::kCopied, number);
    return true;
  }

  const int pipe_;
  const std::string path_;
  const uint64_t seed_;
  const uint64_t first_;
  Store store_;
};

// One store through its kills, as its parent sees it.
class Life {
 public:
  Life(Counters& counters, const std::string& folder, uint64_t seed)
      : counters_(counters), path_(folder + "/a.trato"), seed_(seed) {}

  void Run() {
    for (uint64_t kill = 0; kill < kKillsPerStore; ++kill) {
      at_ = "seed " + std::to_string(seed_) + ", kill " + std::to_string(kill);
      OneKill(kill);
      ++counters_.tried;
      Check();
      if (blamed_) return;
    }
  }

 private:
  // After a violation the store is given up: what follows from it is no news.
  void Blame(std::atomic<uint64_t>& which, const std::string& what) {
    blamed_ = true;
    Tell(counters_, which, what);
  }

  struct Call {
    uint64_t thread;
    bool durable;
  };
  struct Copy {
    std::set<uint64_t> durable;  // when it was begun
    bool done = false;
  };

  void OneKill(uint64_t kill) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) std::exit(2);
    Random random(seed_ * 977 + kill);
    const pid_t pid = fork();
    if (pid < 0) std::exit(2);
    if (pid == 0) {
      close(ends[0]);
      alarm(0);
      Child(ends[1], path_, seed_, (kill + 1) * 100000).Run(kill % 10 == 9);
    }
    close(ends[1]);
    const pid_t reader = kill % 3 == 2 ? StartReader() : 0;
    // Some die before they have opened the store, some after long work.
    const double until =
        Seconds() + 1e-6 * static_cast<double>(
                               random.Below(random.OneIn(4) ? 3000 : 25000));
    bool killed = false;
    Message message;
    size_t have = 0;
    for (;;) {
      if (!killed) {
        const double left = until - Seconds();
        pollfd waits = {ends[0], POLLIN, 0};
        timespec time = {0, static_cast<long>(left > 0 ? left * 1e9 : 0)};
        if (left <= 0 || ppoll(&waits, 1, &time, nullptr) == 0) {
          ::kill(pid, SIGKILL);
          killed = true;
        }
      }
      const ssize_t size =
          read(ends[0], reinterpret_cast<char*>(&message) + have,
               sizeof(message) - have);
      if (size <= 0) break;
      have += static_cast<size_t>(size);
      if (have < sizeof(message)) continue;
      have = 0;
      Hear(message);
    }
    close(ends[0]);
    if (reader > 0) usleep(2000);  // it reads what was left
    ::kill(pid, SIGKILL);
    int status = 0;
    if (reader > 0) {
      ::kill(reader, SIGKILL);
      waitpid(reader, &status, 0);
      if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        Blame(counters_.wrong, "a process that reads ended at " + at_);
      }
    }
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
      Blame(counters_.crashed, "the writer died of signal " +
                                   std::to_string(WTERMSIG(status)) + " at " +
                                   at_);
    }
  }

  // A process that reads beside the one that writes, and outlives it. It ends
  // when an answer is wrong.
  pid_t StartReader() {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    alarm(0);
    Store store;
    // There may be no store yet.
    while (!store.Open(path_, TRATO_OPEN_READ).ok()) usleep(200);
    size_t before = 0;
    for (;;) {
      std::string dump;
      Said said = Say([&](trato_error* error) {
        return trato_store_refresh(store.get(), error);
      });
      if (said.ok()) said = Dump(store.get(), {}, &dump);
      const auto found = InteractionsOf(dump);
      std::map<std::string, std::string> expected;
      std::set<uint64_t> numbers;
      for (const auto& [key, told] : found) {
        uint64_t number = 0;
        if (!NumberOf(key, &number) || !numbers.insert(number).second) continue;
        for (const Spec& spec : CallOf(seed_, number)) {
          expected[spec.key] = Describe(spec);
        }
      }
      const std::string differs = Compare(expected, found);
      if (!said.ok() || !differs.empty() || found.size() < before) {
        const std::string text =
            "reader: " + said.text() + " " + differs + "\n";
        if (write(STDERR_FILENO, text.data(), text.size()) < 0) _exit(2);
        _exit(1);
      }
      before = found.size();
    }
  }

  void Hear(const Message& message) {
    const uint64_t thread = message.number % 100000 / 10000;
    switch (message.word) {
      case Word::kSend:
        sent_[message.number] = {thread, false};
        break;
      case Word::kAnswer:
        // It makes durable what waits of all threads.
        sent_[message.number].durable = true;
        Settle(thread);
        break;
      case Word::kLater:
        later_.insert(message.number);
        break;
      case Word::kFlushed:
        Settle(message.number);
        break;
      case Word::kCopy: {
        Copy& copy = copies_[message.number];
        copy.durable = present_;
        for (const auto& [number, call] : sent_) {
          if (call.durable) copy.durable.insert(number);
        }
        break;
      }
      case Word::kCopied:
        copies_[message.number].done = true;
        break;
      case Word::kFailed:
        Blame(counters_.wrong,
              std::string("a call was refused: ") +
                  trato_status_name(static_cast<trato_status>(message.number)) +
                  " at " + at_);
        break;
    }
  }

  // What the thread said before is durable: its own order is known here, that
  // of others is not.
  void Settle(uint64_t thread) {
    for (auto it = later_.begin(); it != later_.end();) {
      const auto call = sent_.find(*it);
      if (call != sent_.end() && call->second.thread == thread) {
        call->second.durable = true;
        it = later_.erase(it);
      } else {
        ++it;
      }
    }
  }

  // The calls of which a store holds something. Each must be whole, and known.
  bool Read(const std::string& path, uint32_t mode, std::set<uint64_t>* numbers,
            bool may_refuse) {
    Store store;
    Said said = store.Open(path, mode);
    if (!said.ok()) {
      if (may_refuse) {
        ++counters_.noticed;
      } else {
        Blame(counters_.refused, path + ": " + said.text() + " at " + at_);
      }
      return false;
    }
    std::string dump;
    said = Dump(store.get(), {}, &dump);
    if (!said.ok()) {
      Blame(counters_.wrong, said.text() + " at " + at_);
      return false;
    }
    const std::string damage = DamageOf(
        store.get(), &said, has_head_ && path == path_ ? &head_ : nullptr);
    if (!said.ok() || !damage.empty()) {
      Blame(counters_.wrong,
            "verify: " + said.text() + damage.substr(0, 300) + " at " + at_);
    }
    if (path == path_) {
      said = Say([&](trato_error* error) {
        return trato_store_head(store.get(), &head_, error);
      });
      has_head_ = said.ok();
    }
    std::map<std::string, std::string> expected;
    const auto found = InteractionsOf(dump);
    for (const auto& [key, told] : found) {
      uint64_t number = 0;
      if (!NumberOf(key, &number) ||
          (sent_.count(number) == 0 && present_.count(number) == 0)) {
        Blame(counters_.phantom, key + " was never sent: " + at_);
        return false;
      }
      if (!numbers->insert(number).second) continue;
      for (const Spec& spec : CallOf(seed_, number)) {
        expected[spec.key] = Describe(spec);
      }
    }
    const std::string differs = Compare(expected, found);
    if (!differs.empty()) {
      Blame(counters_.wrong,
            path + ": a call in part or otherwise: " + differs + " at " + at_);
      return false;
    }
    return true;
  }

  void Check() {
    std::set<uint64_t> found;
    if (!Read(path_, TRATO_OPEN_OR_CREATE, &found, false)) return;
    for (const auto& [number, call] : sent_) {
      counters_.images += call.durable ? 1 : 0;
      if (call.durable && found.count(number) == 0) {
        Blame(counters_.lost,
              "call " + std::to_string(number) + " is lost: " + at_);
      }
    }
    for (uint64_t number : present_) {
      if (found.count(number) == 0) {
        Blame(counters_.lost, "call " + std::to_string(number) +
                                  ", there before, is lost: " + at_);
      }
    }
    for (const auto& [number, copy] : copies_) {
      const std::string path = BackupPath(path_, number);
      std::set<uint64_t> held;
      if (!FileExists(path) && !copy.done) continue;
      if (!Read(path, TRATO_OPEN_EXISTING, &held, !copy.done)) continue;
      for (uint64_t call : copy.durable) {
        if (held.count(call) == 0) {
          Blame(counters_.lost, "call " + std::to_string(call) +
                                    " is not in the backup " +
                                    std::to_string(number) + ": " + at_);
        }
      }
      ++counters_.distinct;
      unlink(path.c_str());
    }
    copies_.clear();
    // What is not there now must never appear, what is must stay.
    present_ = std::move(found);
    sent_.clear();
    later_.clear();
  }

  Counters& counters_;
  const std::string path_;
  const uint64_t seed_;
  std::string at_;
  bool blamed_ = false;
  trato_head head_ = {};  // as it was at the last check
  bool has_head_ = false;
  std::map<uint64_t, Call> sent_;  // since the last check
  std::set<uint64_t> later_;
  std::set<uint64_t> present_;  // at the last check
  std::map<uint64_t, Copy> copies_;
};

}  // namespace

void RunKill(const Settings& settings, Counters& counters) {
  const uint64_t stores = (settings.full ? 120 : 8) * settings.scale;
  RunCases(
      settings, counters, stores,
      [&](uint64_t i, const std::string& folder) {
        EmptyFolder(folder);
        Life(counters, folder, settings.seed * 1000 + i).Run();
      },
      [](uint64_t i) { return "store " + std::to_string(i); });
}

}  // namespace trato::crash
