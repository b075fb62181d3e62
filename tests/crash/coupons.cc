// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Each coupon is redeemed once, whatever happens. A child process redeems from
// eight threads, two of which race for each code; it is killed again and again,
// and the next one goes on with what was not answered, under the same
// idempotency keys. What was sent and what was answered stands in memory that
// outlives it. In the end exactly one of the two has got each code, in the
// answers and in the store. Then somebody guesses.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "api.h"
#include "dump.h"
#include "facts.h"
#include "parts.h"

namespace trato::crash {
namespace {

constexpr size_t kThreads = 8;
constexpr size_t kRivals = 2;
constexpr size_t kLanes = kThreads / kRivals;

// Of each code: bit r is that rival r has sent, got, or been refused it.
constexpr unsigned kSent = 0, kGot = kRivals, kRefused = 2 * kRivals;
constexpr uint8_t Bit(unsigned what, size_t rival) {
  return static_cast<uint8_t>(1u << (what + rival));
}

// In memory that parent and children share.
struct Shared {
  std::atomic<uint64_t> wrong;
  std::atomic<uint32_t> is_open;
  std::atomic<uint64_t> next[kThreads];
};

// How many uses are left, of all issues in coupon_list.
bool UsesLeft(const trato_store* store, uint64_t* left) {
  Buf json;
  const Said said = Say([&](trato_error* error) {
    return trato_coupon_list(store, Str(""), Str(""), 1000, kAsked, json.out(),
                             error);
  });
  if (!said.ok()) return false;
  *left = 0;
  const std::string text(json.view());
  const std::string name = "\"uses_left\":";
  for (size_t at = text.find(name); at != std::string::npos;
       at = text.find(name, at + 1)) {
    *left += std::strtoull(text.c_str() + at + name.size(), nullptr, 10);
  }
  return true;
}

class Race {
 public:
  Race(const Settings& settings, Counters& counters)
      : settings_(settings),
        counters_(counters),
        count_((settings.full ? 1'000'000 : 3'000) * settings.scale),
        kills_(settings.full ? 200 : 12),
        path_(settings.folder + "/coupons.trato"),
        shared_(*static_cast<Shared*>(SharedMemory(sizeof(Shared)))),
        states_(static_cast<std::atomic<uint8_t>*>(SharedMemory(count_))) {}

  void Run() {
    EmptyFolder(settings_.folder);
    if (!Issue()) return;
    Random random(settings_.seed);
    for (size_t i = 0; i < kThreads; ++i) shared_.next[i] = i / kRivals;
    for (uint64_t kill = 0; !Done(); ++kill) {
      if (counters_.violations() > 0) return;
      // Evenly over the work, and the last child may end it.
      const uint64_t left = kRivals * count_ - Answers();
      const bool is_last = kill >= kills_;
      const uint64_t most = is_last ? left + 1 : 2 * left / (kills_ - kill) + 1;
      OneChild(Answers() + (is_last ? left + 1 : random.Below(most)));
      counters_.tried += !is_last;
    }
    Check();
    Guess(random);
  }

 private:
  void Blame(std::atomic<uint64_t>& which, const std::string& what) {
    Tell(counters_, which, "coupons: " + what);
  }

  bool Issue() {
    Store store;
    Said said = store.Open(path_);
    if (said.ok()) {
      said = Say([&](trato_error* error) {
        trato_offer offer = TRATO_OFFER_INIT;
        const trato_str tea = Str("tea");
        offer.name = tea;
        offer.products = &tea;
        offer.product_count = 1;
        offer.value_minor = 480;
        offer.discount_minor = 200;
        offer.coupon_span = Str("10d");
        return trato_offer_define(store.get(), &offer, kNow, nullptr, error);
      });
    }
    codes_.resize(count_);
    for (size_t at = 0; said.ok() && at < count_;) {
      const size_t some = std::min<size_t>(count_ - at, 1'000'000);
      said = Say([&](trato_error* error) {
        return trato_coupon_issue_many(store.get(), Str("tea"), nullptr, some,
                                       kNow, nullptr, &codes_[at], error);
      });
      at += some;
    }
    if (said.ok()) said = store.Close();
    if (!said.ok()) Blame(counters_.wrong, said.text());
    return said.ok();
  }

  // Answers that came, as far as the next child will not ask again.
  uint64_t Answers() const {
    uint64_t answers = 0;
    for (size_t i = 0; i < kThreads; ++i) {
      answers += (shared_.next[i] - i / kRivals) / kLanes;
    }
    return answers;
  }
  bool Done() const { return Answers() == kRivals * count_; }

  void OneChild(uint64_t until) {
    shared_.is_open = 0;
    const pid_t pid = fork();
    if (pid < 0) std::exit(2);
    if (pid == 0) {
      alarm(0);
      Work();
    }
    bool tried = false;
    int status = 0;
    while (Answers() < until && !Done()) {
      if (waitpid(pid, &status, WNOHANG) == pid) {
        Blame(counters_.crashed, "the process that redeems ended by itself");
        return;
      }
      if (!tried && shared_.is_open != 0) {
        tried = true;
        Store second;
        const Said said = second.Open(path_);
        if (said.code == TRATO_FAILED_PRECONDITION) {
          ++counters_.noticed;
        } else if (Answers() < until && !Done()) {
          Blame(counters_.wrong, "a second writer: " + said.text());
        }
      }
      usleep(100);
    }
    ::kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    if (shared_.wrong > 0) Blame(counters_.wrong, "the process that redeems");
  }

  // What one child does. It never returns.
  [[noreturn]] void Work() {
    Store store;
    const Said said = store.Open(path_);
    if (!said.ok()) Stop(said.text());
    // Everything that was answered is there, and nothing that was not sent.
    uint64_t got = 0, sent = 0, left = 0;
    for (uint64_t i = 0; i < count_; ++i) {
      const uint8_t state = states_[i];
      got += (state & (Bit(kGot, 0) | Bit(kGot, 1))) != 0;
      sent += (state & (Bit(kSent, 0) | Bit(kSent, 1))) != 0;
    }
    if (!UsesLeft(store.get(), &left)) Stop("no list");
    if (left > count_ - got || left < count_ - sent) {
      Stop(std::to_string(got) + " got, " + std::to_string(sent) +
           " sent, and " + std::to_string(left) + " left");
    }
    shared_.is_open = 1;
    std::vector<std::thread> threads;
    for (size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, &store, i] { Redeem(store.get(), i); });
    }
    for (std::thread& thread : threads) thread.join();
    // The parent ends it.
    for (;;) pause();
  }

  [[noreturn]] void Stop(const std::string& why) {
    std::fprintf(stderr, "coupons: %s\n", why.c_str());
    ++shared_.wrong;
    _exit(1);
  }

  void Redeem(trato_store* store, size_t thread) {
    const size_t rival = thread % kRivals;
    for (uint64_t i = shared_.next[thread]; i < count_; i += kLanes) {
      const std::string key =
          std::to_string(i) + (rival == 0 ? " left" : " right");
      trato_coupon_redemption it = TRATO_COUPON_REDEMPTION_INIT;
      it.code = trato_cstr(codes_[i].text);
      it.key = Str(key);
      trato_coupon_result result = {};
      states_[i] |= Bit(kSent, rival);
      const Said said = Say([&](trato_error* error) {
        return trato_coupon_redeem(store, &it, kNow + 1, nullptr, &result,
                                   error);
      });
      if (said.ok() && result.amount_minor == 200) {
        states_[i] |= Bit(kGot, rival);
      } else if (said.code == TRATO_FAILED_PRECONDITION) {
        states_[i] |= Bit(kRefused, rival);
      } else {
        Stop(said.text());
      }
      shared_.next[thread] = i + kLanes;
    }
  }

  void Check() {
    Store store;
    Said said = store.Open(path_, TRATO_OPEN_READ);
    if (!said.ok()) return Blame(counters_.refused, said.text());
    const std::string damage = DamageOf(store.get(), &said);
    if (!said.ok() || !damage.empty()) {
      Blame(counters_.wrong, "verify: " + said.text() + damage);
    }
    for (uint64_t i = 0; i < count_; ++i) {
      const uint8_t state = states_[i];
      const bool left = (state & Bit(kGot, 0)) != 0;
      const bool right = (state & Bit(kGot, 1)) != 0;
      if (left && right) Blame(counters_.wrong, "two have got one code");
      if (!left && !right) Blame(counters_.lost, "nobody has got a code");
      ++counters_.images;
      Buf json;
      said = Say([&](trato_error* error) {
        return trato_coupon_show(store.get(), trato_cstr(codes_[i].text),
                                 kNow + 1, json.out(), error);
      });
      if (!said.ok()) {
        Blame(counters_.lost, said.text());
        continue;
      }
      // The one redemption is the one that was answered.
      trato_id id;
      const std::string key = std::to_string(i) + (left ? " left" : " right");
      if (trato_fact_id(Str(""), Str(key), &id, nullptr) != TRATO_OK) return;
      std::string hex;
      for (const unsigned char byte : id.bytes) {
        constexpr const char* kDigits = "0123456789abcdef";
        hex += kDigits[byte >> 4];
        hex += kDigits[byte & 15];
      }
      // Without the blanks between its words.
      std::string text(json.view());
      std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
      const std::string_view at = "\"redemptions\":[{";
      const size_t begin = text.find(at);
      const size_t first = text.find("\"holds\":true");
      if (begin == std::string::npos || first == std::string::npos ||
          text.find("\"holds\":", first + 1) != std::string::npos ||
          text.find(hex) == std::string::npos ||
          text.find("\"uses_left\":0") == std::string::npos) {
        Blame(counters_.wrong, text);
      }
    }
  }

  // A code whose check character fits, which nobody was given.
  static std::string RandomCode(Random& random) {
    constexpr const char* kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (;;) {
      std::string code;
      uint64_t value = 0;
      for (int i = 0; i < 17; ++i) {
        const uint64_t digit = random.Below(32);
        value = (value * 32 + digit) % 37;
        code += kAlphabet[digit];
      }
      if (value < 32) return code + kAlphabet[value];
    }
  }

  // Each guess is answered alike.
  void Guess(Random& random) {
    Store store;
    if (!store.Open(path_, TRATO_OPEN_READ).ok()) return;
    const uint64_t guesses = settings_.full ? 1'000'000 : 20'000;
    const double start = Seconds();
    for (uint64_t i = 0; i < guesses; ++i) {
      const std::string code = RandomCode(random);
      Buf json;
      const Said said = Say([&](trato_error* error) {
        return trato_coupon_show(store.get(), Str(code), kNow, json.out(),
                                 error);
      });
      if (said.code != TRATO_NOT_FOUND ||
          said.message != "no coupon has this code") {
        Blame(counters_.wrong, "a guess: " + said.text());
      }
    }
    counters_.distinct += guesses;
    std::printf("coupons: %llu guesses in %.2f s\n",
                static_cast<unsigned long long>(guesses), Seconds() - start);
  }

  const Settings& settings_;
  Counters& counters_;
  const uint64_t count_;
  const uint64_t kills_;
  const std::string path_;
  Shared& shared_;
  std::atomic<uint8_t>* const states_;
  std::vector<trato_coupon_code> codes_;
};

}  // namespace

void RunCoupons(const Settings& settings, Counters& counters) {
  Race(settings, counters).Run();
}

}  // namespace trato::crash
