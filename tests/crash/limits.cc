// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// No cap, stock or budget is exceeded by one. Eight threads decide, ask for
// permits, use them and answer, at random, on a clock that is set back now and
// then; afterwards what they were given is added up at every instant, by code
// that knows nothing of how the library counts. In the end the store is written
// out, opened again, some customers are linked and unlinked, and each decision
// must replay.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
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
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kForEver = INT64_MAX;
constexpr int64_t kDiscount = 100;
constexpr int64_t kCost = 7;
constexpr size_t kOffers = 24;

constexpr const char* kChannels[] = {"mail", "page", "till"};
constexpr size_t kMail = 0;  // needs an address, so a decision is no contact

// An offer: of three, one has a stock, one a budget, one neither.
struct Terms {
  std::string name, group;
  uint64_t stock = 0, budget = 0;  // 0: unlimited
  int64_t respond = kForEver;      // time to answer
  std::string respond_text;

  static Terms Of(size_t i, uint64_t count) {
    Terms it;
    it.name = "o" + std::to_string(i);
    it.group = "g" + std::to_string(i % 4);
    // Low enough that several are used up however the threads take turns.
    if (i % 3 == 0) it.stock = count / 1200 + i;
    if (i % 3 == 1) it.budget = (count / 1000 + i) * kDiscount + i % 7;
    if (i % 2 == 0) {
      it.respond = static_cast<int64_t>(i % 5 + 1) * kHour;
      it.respond_text = std::to_string(i % 5 + 1) + "h";
    }
    return it;
  }
};

struct Cap {
  const char *name, *channel, *group, *offer, *within;
  uint32_t at_most;
  int64_t within_us;
};
constexpr Cap kCaps[] = {
    {"all", "", "", "", "3d", 5, 3 * kDay},
    {"by mail", "mail", "", "", "1d", 2, kDay},
    {"of a group", "", "g1", "", "12h", 1, 12 * kHour},
    {"of an offer", "", "", "o3", "2d", 1, 2 * kDay},
    {"of a group by page", "page", "g2", "", "90m", 1, 90 * kMinute},
};

struct Given {
  bool is_permit = false;
  bool is_used = false;
  uint32_t customer = 0;
  uint32_t offer = 0;
  uint32_t channel = 0;
  int64_t at_us = 0;
  int64_t until_us = kForEver;  // a permit lapses; a decision gives back
  trato_id id = {};
};

class Limits {
 public:
  Limits(const Settings& settings, Counters& counters)
      : settings_(settings),
        counters_(counters),
        count_((settings.full ? 1'000'000 : 24'000) * settings.scale),
        customers_(static_cast<uint32_t>(count_ / 60 + 40)),
        path_(settings.folder + "/limits.trato") {
    for (size_t i = 0; i < kOffers; ++i) {
      terms_[i] = Terms::Of(i, count_);
    }
  }

  void Run() {
    EmptyFolder(settings_.folder);
    Store store;
    if (!Fine(store.Open(path_), "open") || !Define(store.get())) return;
    std::vector<std::thread> threads;
    for (size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, &store, i] { Work(store.get(), i); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<Given>& some : given_) {
      all_.insert(all_.end(), some.begin(), some.end());
    }
    counters_.tried += count_;
    counters_.images += all_.size();
    CheckCaps();
    CheckAmounts();
    CheckReplay(store);
  }

 private:
  bool Fine(const Said& said, const char* what) {
    if (said.ok()) return true;
    Blame(std::string(what) + ": " + said.text());
    return false;
  }
  void Blame(const std::string& what) {
    const std::lock_guard<std::mutex> lock(blaming_);
    Tell(counters_, counters_.wrong, "limits: " + what);
  }

  static std::string Name(uint64_t customer) {
    return "person:" + std::to_string(customer);
  }

  bool Define(trato_store* store) {
    const bool defined =
        Fine(Say([&](trato_error* error) {
               return trato_attribute_define(
                   store, Str("letterbox"), TRATO_OF_CUSTOMER,
                   TRATO_VALUE_STRING, Str(""), kNow, nullptr, error);
             }),
             "attribute") &&
        Fine(Say([&](trato_error* error) {
               return trato_channel_define(store, Str("mail"),
                                           Str("letterbox"), Str(""), kNow,
                                           nullptr, error);
             }),
             "mail") &&
        Fine(Say([&](trato_error* error) {
               return trato_channel_define(store, Str("page"), Str(""),
                                           Str(""), kNow, nullptr, error);
             }),
             "page") &&
        Fine(Say([&](trato_error* error) {
               return trato_channel_define(store, Str("till"), Str(""),
                                           Str(""), kNow, nullptr, error);
             }),
             "till");
    if (!defined) return false;
    for (size_t i = 0; i < kOffers; ++i) {
      const Terms& terms = terms_[i];
      trato_offer offer = TRATO_OFFER_INIT;
      const trato_str product = Str(terms.group);
      offer.name = Str(terms.name);
      offer.group = Str(terms.group);
      offer.issue = Str("sales");
      offer.products = &product;
      offer.product_count = 1;
      offer.value_minor = 500 + static_cast<int64_t>(i * 37 % 100);
      offer.discount_minor = kDiscount;
      offer.cost_minor = kCost;
      if (terms.stock > 0) offer.stock = static_cast<int64_t>(terms.stock);
      if (terms.budget > 0) {
        offer.budget_minor = static_cast<int64_t>(terms.budget);
      }
      offer.respond_within = Str(terms.respond_text);
      if (!Fine(Say([&](trato_error* error) {
                  return trato_offer_define(store, &offer, kNow, nullptr,
                                            error);
                }),
                "offer")) {
        return false;
      }
    }
    for (const Cap& cap : kCaps) {
      trato_contact_policy policy = TRATO_CONTACT_POLICY_INIT;
      policy.name = Str(cap.name);
      policy.channel = Str(cap.channel);
      policy.group = Str(cap.group);
      policy.offer = Str(cap.offer);
      policy.within = Str(cap.within);
      policy.at_most = cap.at_most;
      if (!Fine(Say([&](trato_error* error) {
                  return trato_contact_policy_define(store, &policy, kNow,
                                                     nullptr, error);
                }),
                "policy")) {
        return false;
      }
    }
    trato_arbitration arbitration = TRATO_ARBITRATION_INIT;
    arbitration.exploration = 0.4;
    if (!Fine(Say([&](trato_error* error) {
                return trato_arbitration_define(store, &arbitration, kNow,
                                                nullptr, error);
              }),
              "arbitration")) {
      return false;
    }
    // In every other run a learner chooses, by the answers of all threads.
    trato_learning_definition learning = TRATO_LEARNING_DEFINITION_INIT;
    learning.name = Str("everything");
    learning.exploration = 1;
    if (settings_.seed % 2 == 0 &&
        !Fine(Say([&](trato_error* error) {
                return trato_learning_define(store, &learning, kNow, nullptr,
                                             error);
              }),
              "learner")) {
      return false;
    }
    for (uint64_t i = 0; i < customers_; ++i) {
      const std::string name = Name(i);
      const std::string address = "box " + std::to_string(i);
      trato_attribute it = TRATO_ATTRIBUTE_INIT;
      it.customer = Str(name);
      it.name = Str("letterbox");
      it.value.kind = TRATO_VALUE_STRING;
      it.value.text = Str(address);
      if (!Fine(Say([&](trato_error* error) {
                  return trato_attribute_set(store, &it, kNow, &buffered_,
                                             nullptr, error);
                }),
                "address")) {
        return false;
      }
    }
    return true;
  }

  void Work(trato_store* store, size_t thread) {
    Random random(settings_.seed * kThreads + thread);
    std::vector<Given>& mine = given_[thread];
    while (ticks_ < count_ && counters_.violations() == 0) {
      const uint64_t tick = ticks_++;
      int64_t now = kNow + kHour + static_cast<int64_t>(tick) * 3 * kSecond *
                                       24'000 / static_cast<int64_t>(count_);
      if (random.OneIn(20)) {
        now -= static_cast<int64_t>(random.Below(3600)) * kSecond;
      }
      // Some are asked of far more often than others.
      const auto who = static_cast<uint32_t>(
          random.Below(random.OneIn(3) ? 30 : customers_));
      const uint64_t what = random.Below(20);
      if (what < 10) {
        Decide(store, who, now, random, mine);
      } else if (what < 15) {
        Permit(store, who, now, random, mine);
      } else if (!mine.empty()) {
        Given& it = mine[mine.size() - 1 - random.Below(std::min<size_t>(
                                               mine.size(), 60))];
        if (it.is_permit) {
          Use(store, now, it);
        } else {
          Answer(store, now, random, it);
        }
      }
    }
  }

  void Decide(trato_store* store, uint32_t who, int64_t now, Random& random,
              std::vector<Given>& mine) {
    const std::string name = Name(who);
    const size_t channel = random.Below(3);
    trato_match_options options = TRATO_MATCH_OPTIONS_INIT;
    options.channel = Str(kChannels[channel]);
    trato_decision decision = {};
    const Said said = Say([&](trato_error* error) {
      return trato_offer_decide(store, Str(name), now, &options, &buffered_,
                                &decision, error);
    });
    if (!Fine(said, "decide") || decision.taken == 0) return;
    Given it;
    it.customer = who;
    it.offer = OfferNumber(View(decision.match.offer));
    it.channel = static_cast<uint32_t>(channel);
    it.at_us = now;
    const int64_t respond = terms_[it.offer].respond;
    it.until_us = respond == kForEver ? kForEver : now + respond;
    it.id = decision.id;
    if (View(decision.match.channel) != kChannels[channel]) {
      Blame("another channel than was asked for");
    }
    mine.push_back(it);
  }

  void Permit(trato_store* store, uint32_t who, int64_t now, Random& random,
              std::vector<Given>& mine) {
    const std::string name = Name(who);
    Given it;
    it.is_permit = true;
    it.customer = who;
    it.offer = static_cast<uint32_t>(random.Below(kOffers));
    it.channel = static_cast<uint32_t>(random.OneIn(4) ? 1 : kMail);
    it.at_us = now;
    trato_permit_request request = TRATO_PERMIT_REQUEST_INIT;
    request.channel = Str(kChannels[it.channel]);
    request.offer = Str(terms_[it.offer].name);
    const std::string lasts = std::to_string(1 + random.Below(300)) + "m";
    request.lasts = Str(lasts);
    trato_permit permit = {};
    const Said said = Say([&](trato_error* error) {
      return trato_permit_give(store, Str(name), &request, now, &buffered_,
                               &permit, nullptr, error);
    });
    if (said.code == TRATO_FAILED_PRECONDITION) return;
    if (!Fine(said, "permit")) return;
    it.until_us = permit.deadline_us;
    it.id = permit.id;
    mine.push_back(it);
  }

  void Use(trato_store* store, int64_t now, Given& it) {
    const Said said = Say([&](trato_error* error) {
      return trato_permit_use(store, &it.id, now, &buffered_, error);
    });
    if (said.ok() == (it.is_used || now >= it.until_us || now < it.at_us)) {
      // It may have lapsed by another's clock.
      if (said.code != TRATO_OUT_OF_RANGE) Blame("use: " + said.text());
    }
    it.is_used = it.is_used || said.ok();
  }

  // One answer each; a yes only where nothing could be given back before it.
  void Answer(trato_store* store, int64_t now, Random& random, Given& it) {
    if (it.is_used || now < it.at_us) return;
    const bool is_no = it.until_us != kForEver || random.OneIn(2);
    trato_outcome outcome = TRATO_OUTCOME_INIT;
    outcome.decision = it.id;
    outcome.kind = is_no ? TRATO_OUTCOME_REFUSED : TRATO_OUTCOME_ACCEPTED;
    const Said said = Say([&](trato_error* error) {
      return trato_outcome_record(store, &outcome, now, &buffered_, nullptr,
                                  error);
    });
    if (!Fine(said, "outcome")) return;
    it.is_used = true;
    if (is_no) it.until_us = std::min(it.until_us, now);
  }

  static uint32_t OfferNumber(std::string_view name) {
    return static_cast<uint32_t>(std::stoul(std::string(name.substr(1))));
  }

  // Contacts that were made or may still be: by each of them there are no more
  // in the window that it ends than the cap.
  void CheckCaps() {
    for (const Cap& cap : kCaps) {
      std::map<uint32_t, std::vector<const Given*>> by_customer;
      for (const Given& it : all_) {
        const bool is_contact = it.is_permit || it.channel != kMail;
        if (!is_contact) continue;
        if (*cap.channel && std::strcmp(cap.channel, kChannels[it.channel])) {
          continue;
        }
        if (*cap.group && terms_[it.offer].group != cap.group) continue;
        if (*cap.offer && terms_[it.offer].name != cap.offer) continue;
        by_customer[it.customer].push_back(&it);
      }
      size_t most = 0;
      for (auto& [who, contacts] : by_customer) {
        std::sort(contacts.begin(), contacts.end(),
                  [](const Given* a, const Given* b) {
                    return a->at_us < b->at_us;
                  });
        for (size_t last = 0; last < contacts.size(); ++last) {
          const int64_t at = contacts[last]->at_us;
          size_t found = 0;
          for (size_t i = last + 1; i-- > 0;) {
            const Given& it = *contacts[i];
            if (it.at_us <= at - cap.within_us) break;
            found += !it.is_permit || it.is_used || it.until_us > at;
          }
          most = std::max(most, found);
          if (found > cap.at_most) {
            Blame("cap '" + std::string(cap.name) + "': " +
                  std::to_string(found) + " contacts of " + Name(who));
          }
        }
      }
      // A limit that nobody comes near would prove nothing.
      if (most != cap.at_most) {
        Blame("cap '" + std::string(cap.name) + "' was never reached");
      }
    }
  }

  void CheckAmounts() {
    for (size_t number = 0; number < kOffers; ++number) {
      const Terms& terms = terms_[number];
      if (terms.stock == 0 && terms.budget == 0) continue;
      // What is given back at an instant can be taken at the same.
      std::vector<std::pair<int64_t, int64_t>> changes;
      for (const Given& it : all_) {
        if (it.is_permit || it.offer != number || it.until_us <= it.at_us) {
          continue;
        }
        changes.emplace_back(it.at_us, 1);
        if (it.until_us != kForEver) changes.emplace_back(it.until_us, -1);
      }
      std::sort(changes.begin(), changes.end());
      int64_t taken = 0;
      int64_t most = 0;
      for (const auto& [at, change] : changes) {
        taken += change;
        most = std::max(most, taken);
      }
      const uint64_t limit = terms.stock > 0
                                 ? terms.stock
                                 : terms.budget / (kDiscount + kCost);
      if (most > static_cast<int64_t>(limit)) {
        Blame(terms.name + ": " + std::to_string(most) + " taken of " +
              std::to_string(limit));
      }
      counters_.distinct += most == static_cast<int64_t>(limit);
    }
    if (counters_.distinct == 0) Blame("no stock or budget was used up");
  }

  void CheckReplay(Store& store) {
    for (int round = 0; round < 2; ++round) {
      if (round == 1) {
        if (!Fine(Say([&](trato_error* error) {
                    return trato_store_checkpoint(store.get(), 0, nullptr,
                                                  error);
                  }),
                  "checkpoint") ||
            !Fine(store.Close(), "close") ||
            !Fine(store.Open(path_), "open again")) {
          return;
        }
        for (uint64_t i = 0; i < 20; ++i) {
          const std::string one = Name(2 * i);
          const std::string other = Name(2 * i + 1);
          Fine(Say([&](trato_error* error) {
                 return trato_link(store.get(), Str(one), Str(other),
                                   Str("one person"), 0, kNow + kDay * 9,
                                   nullptr, error);
               }),
               "link");
          if (i % 2 == 0) continue;
          Fine(Say([&](trato_error* error) {
                 return trato_unlink(store.get(), Str(one), Str(other),
                                     Str("two"), kNow + kDay * 9, nullptr,
                                     error);
               }),
               "unlink");
        }
      }
      Buf json;
      const double start = Seconds();
      const Said said = Say([&](trato_error* error) {
        return trato_decision_replay(store.get(), INT64_MIN, INT64_MAX,
                                     nullptr, nullptr, json.out(), error);
      });
      if (!Fine(said, "replay")) return;
      if (json.view().find("\"other\": 0") == std::string_view::npos) {
        Blame("replay: " + std::string(json.view().substr(0, 600)));
      }
      std::string text(json.view().substr(0, 80));
      std::replace(text.begin(), text.end(), '\n', ' ');
      std::printf("limits: replayed in %.1f s: %s\n", Seconds() - start,
                  text.c_str());
    }
  }

  const Settings& settings_;
  Counters& counters_;
  const uint64_t count_;
  const uint32_t customers_;
  const std::string path_;
  std::array<Terms, kOffers> terms_;
  std::array<std::vector<Given>, kThreads> given_;
  std::vector<Given> all_;
  std::atomic<uint64_t> ticks_ = 0;
  std::mutex blaming_;
  trato_write_options buffered_ = [] {
    trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
    options.durability = TRATO_BUFFERED;
    return options;
  }();
};

}  // namespace

void RunLimits(const Settings& settings, Counters& counters) {
  Limits(settings, counters).Run();
}

}  // namespace trato::crash
