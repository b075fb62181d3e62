// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// learn simulate.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bindings/cli/command_line.h"
#include "bindings/cli/failure.h"
#include "bindings/cli/table.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

struct LearnCommon : CommonOptions {
  std::string policy = "affinity";
  std::string customers = "2000";
  std::string offers = "20";
  std::string segments = "8";
  std::string rounds = "60";
  std::string floor = "0.01";
  std::string exploration = "0.15";
  std::string seed = "1";
};

double ToNumber(const std::string& text, const char* what, double least,
                double most) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(number >= least) ||
      !(number <= most)) {
    throw Failure(std::string(what) + ": a number from " +
                  Figure(least, least < 1 && least > 0 ? 2 : 0) + " to " +
                  Figure(most, 0) + " is needed, not " + Printable(text));
  }
  return number;
}
std::size_t ToCount(const std::string& text, const char* what, double most) {
  const double number = ToNumber(text, what, 1, most);
  if (number != std::floor(number)) {
    throw Failure(std::string(what) + ": a whole number is needed, not " +
                  Printable(text));
  }
  return static_cast<std::size_t>(number);
}

std::uint32_t ToPolicy(const std::string& name) {
  static constexpr const char* kNames[] = {"affinity", "logistic", "squarecb",
                                           "fixed", "random"};
  for (std::uint32_t i = 0; i < 5; ++i) {
    if (name == kNames[i]) return i;
  }
  throw Failure("--policy: " + Printable(name) +
                " is none of affinity, logistic, squarecb, fixed, random");
}

// Customers who answer by chance, each with her own taste: what her segment
// likes, and what she likes beside that.
class World {
 public:
  World(std::size_t customers, std::size_t offers, std::size_t segments,
        std::uint64_t seed)
      : offers_(offers), engine_(seed), rate_(customers * offers) {
    std::vector<double> taste(offers * (segments + 1));
    for (std::size_t i = 0; i < taste.size(); ++i) {
      taste[i] = i < offers ? Normal() - 3.5 : 0.8 * Normal();
    }
    for (std::size_t c = 0; c < customers; ++c) {
      segment_.push_back(static_cast<std::uint32_t>(engine_() % segments));
      double best = 0;
      for (std::size_t o = 0; o < offers; ++o) {
        const double score =
            taste[o] + taste[(segment_[c] + 1) * offers + o] + 0.9 * Normal();
        double& rate = rate_[c * offers + o];
        rate = 1 / (1 + std::exp(-score));
        best = std::max(best, rate);
      }
      best_ += best;
    }
  }

  double Rate(std::size_t customer, std::uint32_t offer) const {
    return rate_[customer * offers_ + offer];
  }
  // The sum over customers of what the offer that suits each best would get.
  double best() const { return best_; }
  const std::vector<std::uint32_t>& segments() const { return segment_; }
  double Uniform() {
    return static_cast<double>(engine_() >> 11) * 0x1p-53;
  }

 private:
  // Box and Muller, so that it is the same everywhere.
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(1 - Uniform()));
    return radius * std::cos(6.283185307179586 * Uniform());
  }

  std::size_t offers_;
  std::mt19937_64 engine_;
  std::vector<double> rate_;
  std::vector<std::uint32_t> segment_;
  double best_ = 0;
};

struct LearnerCloser {
  void operator()(trato_learner* it) const { trato_learner_destroy(it); }
};
using LearnerHandle = std::unique_ptr<trato_learner, LearnerCloser>;

LearnerHandle MakeLearner(const LearnCommon& options, std::size_t offers) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < offers; ++i) {
    names.push_back("offer " + std::to_string(i + 1));
  }
  std::vector<trato_learner_offer> given;
  for (const std::string& name : names) given.push_back({View(name), {}});
  trato_learner_definition definition = TRATO_LEARNER_DEFINITION_INIT;
  definition.policy = ToPolicy(options.policy);
  definition.offers = given.data();
  definition.offer_count = given.size();
  definition.floor = ToNumber(options.floor, "--floor", 0.01, 1);
  definition.exploration =
      ToNumber(options.exploration, "--exploration", 0.01, 100);
  definition.seed =
      static_cast<std::uint64_t>(ToCount(options.seed, "--seed", 1e15));
  trato_learner* learner = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_learner_create(&definition, &learner, &error), error);
  return LearnerHandle(learner);
}

// One contact of every customer: what she was offered, and what she answered.
// Gives what was reached of what the best offers would get.
double PlayRound(World& world, trato_learner* learner, std::int64_t now_us,
                 const std::vector<std::uint64_t>& customers,
                 const std::vector<std::uint32_t>& offers) {
  std::vector<std::uint32_t> chosen(customers.size());
  trato_learner_rows rows = TRATO_LEARNER_ROWS_INIT;
  rows.count = customers.size();
  rows.customers = customers.data();
  rows.segments = world.segments().data();
  rows.offers = offers.data();
  rows.offer_count = offers.size();
  trato_learner_choices choices = TRATO_LEARNER_CHOICES_INIT;
  choices.offers = chosen.data();
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_learner_decide_all(learner, &rows, now_us, &choices, &error),
        error);
  std::vector<std::uint8_t> accepted(customers.size());
  double reached = 0;
  for (std::size_t c = 0; c < customers.size(); ++c) {
    const double rate = world.Rate(c, chosen[c]);
    reached += rate;
    accepted[c] = world.Uniform() < rate;
  }
  trato_learner_answers answers = TRATO_LEARNER_ANSWERS_INIT;
  answers.count = customers.size();
  answers.customers = customers.data();
  answers.segments = world.segments().data();
  answers.offers = chosen.data();
  answers.accepted = accepted.data();
  answers.all_at_us = now_us;
  Check(trato_learner_learn(learner, &answers, &error), error);
  return reached / world.best();
}

std::vector<double> PlayAll(const LearnCommon& options) {
  const std::size_t count = ToCount(options.customers, "--customers", 1e6);
  const std::size_t offer_count = ToCount(options.offers, "--offers", 1000);
  const std::size_t rounds = ToCount(options.rounds, "--rounds", 10000);
  if (static_cast<double>(count) * static_cast<double>(offer_count) > 1e8) {
    throw Failure("--customers times --offers is above 100,000,000");
  }
  World world(count, offer_count,
              ToCount(options.segments, "--segments", 1000),
              static_cast<std::uint64_t>(
                  ToCount(options.seed, "--seed", 1e15)));
  const LearnerHandle learner = MakeLearner(options, offer_count);
  std::vector<std::uint64_t> customers(count);
  for (std::size_t i = 0; i < count; ++i) customers[i] = i + 1;
  std::vector<std::uint32_t> offers(offer_count);
  for (std::size_t i = 0; i < offer_count; ++i) {
    offers[i] = static_cast<std::uint32_t>(i);
  }
  std::vector<double> reached;
  for (std::size_t i = 0; i < rounds; ++i) {
    reached.push_back(PlayRound(world, learner.get(),
                                static_cast<std::int64_t>(i) * 86400000000,
                                customers, offers));
  }
  return reached;
}

double MeanOf(const std::vector<double>& values, std::size_t from,
              std::size_t to) {
  double sum = 0;
  for (std::size_t i = from; i < to; ++i) sum += values[i];
  return sum / static_cast<double>(to - from);
}

void RunSimulate(const LearnCommon& options, Output& output) {
  const std::vector<double> reached = PlayAll(options);
  const std::size_t last = std::min<std::size_t>(10, reached.size());
  const double end = MeanOf(reached, reached.size() - last, reached.size());
  if (options.json) {
    return WriteJson(output, Json{{"policy", options.policy},
                                  {"reached", reached},
                                  {"last_rounds", end}}
                                 .dump(2));
  }
  output.Facts(options.policy,
               {"reached " + Percent(end) + " of the clairvoyant in the last " +
                Count(last, "round")});
  Table table({{"contact", Align::kRight},
               {"reached", Align::kRight},
               {"of what who knows each taste would reach"}});
  // At most twelve lines, each the mean of as many rounds.
  const std::size_t each = (reached.size() + 11) / 12;
  for (std::size_t from = 0; from < reached.size(); from += each) {
    const std::size_t to = std::min(reached.size(), from + each);
    const double share = MeanOf(reached, from, to);
    const std::string name =
        to - from == 1 ? Number(to)
                       : Number(from + 1) + " to " + Number(to);
    const auto bar = static_cast<std::size_t>(std::lround(
        40 * std::min(1.0, share)));
    table.AddRow({name, Percent(share), std::string(bar, '#')});
  }
  output.Write(table.Render(output.terminal(), 2));
}

}  // namespace

void AddLearnCommands(CommandLine& line) {
  CLI::App* command = nullptr;
  CLI::App* learn = line.AddGroup(
      "learn", "Learn which offer suits whom", "Marketing");

  auto simulate = line.Add(learn, "simulate",
                           "Watch a learner learn made-up customers",
                           R"(Examples:
  trato learn simulate
  trato learn simulate --policy random
  trato learn simulate --exploration 1 --rounds 200

Each customer is offered something once a round, and says yes by chance: as her
segment and she herself like it. The clairvoyant knows every taste and always
offers the best; the table tells how near to that the learner comes. No store
is needed, and the same seed gives the same table.)",
                           RunSimulate, &command);
  AddOption(command, "--policy", "NAME", simulate->policy,
            "affinity (default), logistic, squarecb, fixed or random");
  AddOption(command, "--customers", "N", simulate->customers,
            "How many there are (default 2000)");
  AddOption(command, "--offers", "N", simulate->offers,
            "How many there are (default 20)");
  AddOption(command, "--segments", "N", simulate->segments,
            "How many there are (default 8)");
  AddOption(command, "--rounds", "N", simulate->rounds,
            "Contacts of each customer (default 60)");
  AddOption(command, "--floor", "P", simulate->floor,
            "Share that is drawn evenly (default 0.01)");
  AddOption(command, "--exploration", "X", simulate->exploration,
            "How much of what is not known is tried (default 0.15)");
  AddOption(command, "--seed", "N", simulate->seed,
            "Of customers and draws (default 1)");
  AddJson(command, *simulate);

  AddLearningCommands(line, learn);
}

}  // namespace trato_cli
