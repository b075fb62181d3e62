// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/identity_judge.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "codec/identity_answers.h"
#include "identity/explain.h"

namespace trato::core {
namespace {

constexpr size_t kPairsAtOnce = 256;
// A probability of 0 or 1 is beyond whatever else there is.
constexpr double kCertainBits = 40;

class Judge {
 public:
  Judge(IdentityJudge judge, const People& people,
        std::span<const Person> persons,
        std::function<std::string(uint32_t)> name)
      : judge_(std::move(judge)), people_(people), persons_(persons),
        name_(std::move(name)) {}

  absl::Status operator()(const Scorer& scorer,
                          std::span<ScoredPair> pairs) const {
    for (size_t from = 0; from < pairs.size(); from += kPairsAtOnce) {
      TRATO_RETURN_IF_ERROR(Ask(
          scorer,
          pairs.subspan(from, std::min(kPairsAtOnce, pairs.size() - from))));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Ask(const Scorer& scorer, std::span<ScoredPair> pairs) const {
    std::vector<IdentityCandidate> candidates;
    std::vector<double> probabilities;
    for (const ScoredPair& pair : pairs) {
      const PairExplanation explanation = ExplainPair(
          people_, scorer, persons_[pair.one], persons_[pair.other]);
      candidates.push_back({name_(pair.one), name_(pair.other), pair.one,
                            pair.other, ProbabilityOf(pair.bits),
                            ComparisonsText(explanation)});
      probabilities.push_back(candidates.back().probability);
    }
    TRATO_RETURN_IF_ERROR(judge_(candidates, std::span(probabilities)));
    for (size_t i = 0; i < pairs.size(); ++i) {
      const double said = probabilities[i];
      if (said == candidates[i].probability) continue;
      if (!(said >= 0 && said <= 1)) {
        return absl::InvalidArgumentError(
            StrCat("judge: it gave ", said, " for ", Named(candidates[i]),
                   "; a probability from 0 to 1 is needed"));
      }
      pairs[i].bits = static_cast<float>(
          std::clamp(BitsOf(said), -kCertainBits, kCertainBits));
    }
    return absl::OkStatus();
  }

  static std::string Named(const IdentityCandidate& it) {
    if (!it.one.empty()) return StrCat(it.one, " and ", it.other);
    return StrCat("rows ", it.one_row, " and ", it.other_row);
  }

  const IdentityJudge judge_;
  const People& people_;
  const std::span<const Person> persons_;
  const std::function<std::string(uint32_t)> name_;
};

}  // namespace

absl::Status CheckJudge(const IdentityJudgeOptions& options) {
  if (options.from >= 0 && options.from <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("judge_from: ", options.from, " is no probability"));
}

PairJudge JudgeOf(const IdentityJudgeOptions& options, const People& people,
                  std::span<const Person> persons,
                  std::function<std::string(uint32_t)> name) {
  if (!options.judge) return {};
  return {Judge(options.judge, people, persons, std::move(name)),
          std::clamp(BitsOf(options.from), -kCertainBits, kCertainBits)};
}

}  // namespace trato::core
