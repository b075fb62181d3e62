// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "identity/batch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"

namespace trato::core {
namespace {

// As many pairs are looked at to learn from.
constexpr double kLearnedPairs = 2e6;
constexpr double kRandomPairs = 1e6;
constexpr size_t kRecordsPerTask = 1 << 14;
// Of all pairs between two clusters, the mean has to speak for one person.
constexpr double kMeanBits = 0;

uint64_t Mixed(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ x >> 33;
}

constexpr uint32_t kNoKey = 0;

double PairsAmong(size_t records) {
  const auto n = static_cast<double>(records);
  return n * (n - 1) / 2;
}
// All of them can be compared with all.
bool AreFew(size_t records) { return PairsAmong(records) <= kRandomPairs; }
constexpr size_t kFewTasks = 16;

class Blocks {
 public:
  Blocks(const IdentityDefinition& definition, const People& people,
         std::span<const Person> persons, const TaskRunner& run)
      : people_(people), persons_(persons), run_(run), keys_(persons.size()) {
    if (AreFew(persons.size())) return;
    const size_t tasks = Tasks();
    run(tasks, [&](size_t task) {
      ForRecordsOf(task, [&](uint32_t i) { keys_[i] = KeysOf(people, persons[i]); });
    });
    run(kKeysOfRecord, [&](size_t key) {
      Sort(key, BlockLimit(definition, static_cast<int>(key)));
    });
    for (const auto& of_key : order_) {
      for (size_t from = 0; from < of_key.size(); from += kRecordsPerTask) {
        tasks_.push_back({static_cast<size_t>(&of_key - order_.data()), from});
      }
    }
  }

  uint64_t hubs() const {
    return std::accumulate(hubs_.begin(), hubs_.end(), uint64_t{0});
  }
  size_t pair_tasks() const {
    return AreFew(persons_.size()) ? kFewTasks : tasks_.size();
  }
  // Pairs before they are counted once only.
  double pair_bound() const {
    if (AreFew(persons_.size())) return PairsAmong(persons_.size());
    return std::accumulate(bounds_.begin(), bounds_.end(), 0.0);
  }

  // Calls visit(a, b, keys) for the pairs that begin in the task, each pair in
  // one task and once, with a bit for each key that both have; kNoKey: no key
  // was needed.
  template <typename Visit>
  void ForEachPair(size_t task, Visit visit) const {
    if (AreFew(persons_.size())) {
      for (size_t a = task; a < persons_.size(); a += kFewTasks) {
        for (size_t b = a + 1; b < persons_.size(); ++b) {
          visit(static_cast<uint32_t>(a), static_cast<uint32_t>(b), kNoKey);
        }
      }
      return;
    }
    const auto [key, from] = tasks_[task];
    const std::vector<Place>& order = order_[key];
    const size_t to = std::min(order.size(), from + kRecordsPerTask);
    for (size_t i = from; i < to; ++i) {
      const uint32_t a = order[i].record;
      const uint32_t hash = HashAt(order[i], key);
      for (size_t j = i + 1; j < order.size(); ++j) {
        const uint32_t b = order[j].record;
        if (HashAt(order[j], key) != hash) break;
        uint32_t shared = 0;
        for (size_t k = 0; k < kKeysOfRecord; ++k) {
          shared |= static_cast<uint32_t>(keys_[a][k] != 0 &&
                                          keys_[a][k] == keys_[b][k])
                    << k;
        }
        shared |= SharedWithOther(keys_[a], keys_[b]);
        // An earlier key has found it, or the same one where it stands twice.
        if ((shared & ((1u << key) - 1)) != 0) continue;
        if (a == b || SharesBefore(a, b, key, hash)) continue;
        visit(a, b, shared);
      }
    }
  }

 private:
  // A record that has the key, first or second.
  struct Place {
    uint32_t record : 31;
    uint32_t is_other : 1;
  };
  uint32_t HashAt(Place place, size_t key) const {
    return keys_[place.record][place.is_other ? static_cast<size_t>(OtherSlot(
                                                    static_cast<int>(key)))
                                              : key];
  }
  // The keys of which one record's second is the other's first or second.
  static uint32_t SharedWithOther(const Keys& a, const Keys& b) {
    uint32_t shared = 0;
    for (size_t key = 0; key < 2; ++key) {
      const size_t other = static_cast<size_t>(OtherSlot(static_cast<int>(key)));
      const uint32_t x = a[other], y = b[other];
      if ((x | y) == 0) continue;
      const bool is_shared = (x != 0 && (x == b[key] || x == y)) ||
                             (y != 0 && y == a[key]);
      shared |= static_cast<uint32_t>(is_shared) << key;
    }
    return shared;
  }
  // Whether the key is shared by another value, which comes before this one.
  bool SharesBefore(uint32_t a, uint32_t b, size_t key, uint32_t hash) const {
    const size_t other = static_cast<size_t>(OtherSlot(static_cast<int>(key)));
    if (other == 0 || keys_[a][other] == 0 || keys_[b][other] == 0) return false;
    for (const uint32_t x : {keys_[a][key], keys_[a][other]}) {
      if (x != 0 && x < hash && (x == keys_[b][key] || x == keys_[b][other])) {
        return true;
      }
    }
    return false;
  }

  size_t Tasks() const {
    return (persons_.size() + kRecordsPerTask - 1) / kRecordsPerTask;
  }
  template <typename Visit>
  void ForRecordsOf(size_t task, Visit visit) const {
    const size_t to = std::min(persons_.size(), (task + 1) * kRecordsPerTask);
    for (size_t i = task * kRecordsPerTask; i < to; ++i) {
      visit(static_cast<uint32_t>(i));
    }
  }

  // The records that share the key with others, side by side; from those with
  // too many others the key is taken.
  void Sort(size_t key, uint32_t max_block) {
    const auto other = static_cast<size_t>(OtherSlot(static_cast<int>(key)));
    std::vector<std::pair<uint32_t, uint32_t>> pairs;  // hash, place
    for (uint32_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i][key] != 0) pairs.emplace_back(keys_[i][key], 2 * i);
      if (other != 0 && keys_[i][other] != 0) {
        pairs.emplace_back(keys_[i][other], 2 * i + 1);
      }
    }
    std::sort(pairs.begin(), pairs.end());
    std::vector<Place>& order = order_[key];
    for (size_t i = 0; i < pairs.size();) {
      size_t end = i + 1;
      while (end < pairs.size() && pairs[end].first == pairs[i].first) ++end;
      const size_t size = end - i;
      if (size > max_block) {
        ++hubs_[key];
        for (size_t j = i; j < end; ++j) {
          keys_[pairs[j].second / 2][pairs[j].second % 2 == 0 ? key : other] = 0;
        }
      } else if (size > 1) {
        for (size_t j = i; j < end; ++j) {
          order.push_back({pairs[j].second / 2, pairs[j].second % 2});
        }
        bounds_[key] += static_cast<double>(size * (size - 1)) / 2;
      }
      i = end;
    }
  }

  const People& people_;
  const std::span<const Person> persons_;
  const TaskRunner& run_;
  std::vector<Keys> keys_;
  std::array<std::vector<Place>, kKeysOfRecord> order_;
  std::array<uint64_t, kKeysOfRecord> hubs_{};
  std::array<double, kKeysOfRecord> bounds_{};
  std::vector<std::pair<size_t, size_t>> tasks_;  // a key, and from where
};

uint32_t UsableOf(uint32_t shared) {
  constexpr uint32_t kAll = (1u << kComparisons) - 1;
  if (shared == kNoKey) return kAll;
  uint32_t usable = 0;
  for (int key = 0; key < kKeysOfRecord; ++key) {
    if ((shared >> key & 1) != 0) usable |= ~ComparisonsOf(key);
  }
  return usable & kAll;
}

// Levels of pairs at random, as if of all pairs.
LevelCounts CountAtRandom(const People& people, std::span<const Person> persons,
                          const TaskRunner& run) {
  const double all = PairsAmong(persons.size());
  LevelCounts total;
  if (persons.size() < 2) return total;
  constexpr size_t kTasks = 16;
  std::array<LevelCounts, kTasks> parts;
  const bool take_all = AreFew(persons.size());
  run(kTasks, [&](size_t task) {
    if (take_all) {
      for (size_t i = task; i < persons.size(); i += kTasks) {
        for (size_t j = i + 1; j < persons.size(); ++j) {
          parts[task].Add(Compare(people, persons[i], persons[j]), 1);
        }
      }
      return;
    }
    constexpr auto kEach = static_cast<uint64_t>(kRandomPairs / kTasks);
    for (uint64_t i = 0; i < kEach; ++i) {
      const uint64_t draw = Mixed(task * kEach + i + 1);
      const size_t a = static_cast<uint32_t>(draw) % persons.size();
      const size_t b = (draw >> 32) % persons.size();
      if (a == b) continue;
      parts[task].Add(Compare(people, persons[a], persons[b]),
                      all / kRandomPairs);
    }
  });
  for (const LevelCounts& part : parts) {
    for (size_t f = 0; f < kComparisons; ++f) {
      for (size_t l = 0; l < kLevels; ++l) {
        total.counts[f][l] += part.counts[f][l];
      }
    }
  }
  return total;
}

IdentityModel Learn(const Blocks& blocks, const People& people,
                    std::span<const Person> persons, const TaskRunner& run) {
  // Of many pairs every so many-th, by what they are.
  const auto every = static_cast<uint64_t>(
      std::max(1.0, std::ceil(blocks.pair_bound() / kLearnedPairs)));
  const LevelCounts random = CountAtRandom(people, persons, run);
  std::vector<PatternCounts> parts(blocks.pair_tasks());
  run(blocks.pair_tasks(), [&](size_t task) {
    blocks.ForEachPair(task, [&](uint32_t a, uint32_t b, uint32_t shared) {
      if (Mixed(uint64_t{a} << 32 | b) % every != 0) return;
      const Person& one = persons[a];
      const Person& other = persons[b];
      const Pattern pattern = Compare(people, one, other);
      const Rarity rarity = RarityOf(people, random, one, other, pattern);
      ++parts[task][{pattern, UsableOf(shared), rarity.all, rarity.shared}];
    });
  });
  PatternCounts found;
  double pairs = 0;
  for (const PatternCounts& part : parts) {
    for (const auto& [key, count] : part) {
      found[key] += count;
      pairs += count;
    }
  }
  const double all = PairsAmong(persons.size());
  IdentityModel model =
      FindModel(found, static_cast<double>(every), random,
                std::max(1.0, all / kRandomPairs), all);
  model.records = persons.size();
  model.pairs = static_cast<uint64_t>(pairs);
  return model;
}

}  // namespace

bool AreApart(const People& people, const Person& a, const Person& b) {
  const uint32_t x = a[PersonPart::kDocument], y = b[PersonPart::kDocument];
  return x != 0 && y != 0 && x != y && people.IsChecked(x) &&
         people.IsChecked(y);
}

absl::StatusOr<BatchResult> ResolveAll(const IdentityDefinition& definition,
                                       const People& people,
                                       std::span<const Person> persons,
                                       const BatchConstraints& constraints,
                                       const TaskRunner& run,
                                       const PairJudge& judge) {
  BatchResult result;
  const Blocks blocks(definition, people, persons, run);
  result.hubs = blocks.hubs();
  result.model = definition.model ? *definition.model
                                  : Learn(blocks, people, persons, run);
  const Scorer scorer(result.model);
  const double review_bits = BitsOf(definition.review_at);
  const double least_bits =
      judge.judge ? std::min(judge.from_bits, review_bits) : review_bits;
  const auto bits = [&](uint32_t a, uint32_t b) {
    return scorer.Bits(people, persons[a], persons[b],
                       Compare(people, persons[a], persons[b]));
  };
  std::vector<std::vector<ScoredPair>> parts(blocks.pair_tasks());
  std::vector<uint64_t> compared(blocks.pair_tasks());
  run(blocks.pair_tasks(), [&](size_t task) {
    blocks.ForEachPair(task, [&](uint32_t a, uint32_t b, uint32_t) {
      ++compared[task];
      const std::optional<double> sum =
          scorer.BitsFrom(least_bits, people, persons[a], persons[b]);
      if (sum) {
        parts[task].push_back(
            {std::min(a, b), std::max(a, b), static_cast<float>(*sum)});
      }
    });
  });
  for (const auto& part : parts) {
    result.pairs.insert(result.pairs.end(), part.begin(), part.end());
  }
  result.compared =
      std::accumulate(compared.begin(), compared.end(), uint64_t{0});
  std::sort(result.pairs.begin(), result.pairs.end(),
            [](const ScoredPair& a, const ScoredPair& b) {
              return std::pair(a.one, a.other) < std::pair(b.one, b.other);
            });
  absl::flat_hash_map<uint64_t, float> judged;
  if (judge.judge) {
    TRATO_RETURN_IF_ERROR(judge.judge(scorer, std::span(result.pairs)));
    for (const ScoredPair& pair : result.pairs) {
      judged[uint64_t{pair.one} << 32 | pair.other] = pair.bits;
    }
    std::erase_if(result.pairs, [&](const ScoredPair& pair) {
      return pair.bits < static_cast<float>(review_bits);
    });
  }
  result.clusters = FindClusters(
      persons.size(), result.pairs,
      {BitsOf(definition.link_at), kMeanBits, definition.max_records,
       constraints.joined},
      [&](uint32_t a, uint32_t b) {
        const auto known = judged.find(uint64_t{std::min(a, b)} << 32 |
                                       std::max(a, b));
        return known == judged.end() ? bits(a, b) : double{known->second};
      },
      [&](uint32_t a, uint32_t b) {
        const uint64_t pair = uint64_t{std::min(a, b)} << 32 | std::max(a, b);
        return AreApart(people, persons[a], persons[b]) ||
               (!constraints.apart.empty() && constraints.apart.contains(pair));
      });
  return result;
}

}  // namespace trato::core
