// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The models against their definitions: what the likelihoods and predictions
// must be is worked out here by plain sums and integrals over who the customer
// may be, with nothing in common with how the library does it.

#include "insight/value_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <thread>
#include <vector>

#include "insight/bg_bb.h"
#include "insight/bg_nbd.h"
#include "insight/gamma_gamma.h"
#include "insight/numeric.h"
#include "insight/optimum.h"
#include "insight/pareto_nbd.h"
#include "insight/value_prediction.h"
#include "tests/insight/cdnow.h"

namespace trato::core {
namespace {

using testing_cdnow::Table;

// The integral of f over (0, infinity) by the trapezoidal rule in u, at
// e^(u - e^-u), which has no end points to stumble over.
template <typename F>
double Integral(F f) {
  constexpr double kStep = 1.0 / 24;
  double sum = 0;
  for (double u = -5; u < 9; u += kStep) {
    const double at = std::exp(u - std::exp(-u));
    if (at == 0) continue;
    const double value = f(at) * at * (1 + std::exp(-u));
    if (std::isfinite(value)) sum += value;
  }
  return sum * kStep;
}

double GammaDensity(double y, double shape, double rate) {
  return std::exp(shape * std::log(rate) + (shape - 1) * std::log(y) -
                  rate * y - std::lgamma(shape));
}

// The integral of f over a Beta(a, b) probability, by the logarithm of its odds
// at pi/2 sinh w: far enough out for a and b near 0.
template <typename F>
double OverBeta(double a, double b, F f) {
  constexpr double kStep = 1.0 / 24;
  const double norm = std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b);
  double sum = 0;
  for (double w = -7; w < 7; w += kStep) {
    const double v = std::numbers::pi / 2 * std::sinh(w);
    const double tail = std::log1p(std::exp(-std::abs(v)));
    const double p = std::exp(std::min(v, 0.0) - tail);
    if (p == 0) continue;
    const double density =
        std::exp(norm + a * v - (a + b) * (std::max(v, 0.0) + tail));
    sum += density * f(p) * std::numbers::pi / 2 * std::cosh(w);
  }
  return sum * kStep;
}

// One customer with the rate and the probability of leaving given.
struct BgIndividual {
  double rate, leave;
  bool modified;
  // P(alive at age and this history), P(this history).
  std::pair<double, double> Likelihood(const PurchaseHistory& her) const {
    const double x = her.frequency;
    const double stays = std::pow(1 - leave, modified ? x + 1 : x);
    const double bought = std::pow(rate, x);
    const double alive = stays * bought * std::exp(-rate * her.age);
    double left = 0;
    if (x > 0 || modified) {
      left = leave * std::pow(1 - leave, modified ? x : x - 1) * bought *
             std::exp(-rate * her.recency);
    }
    return {alive, alive + left};
  }
  double Expected(double t) const {
    return leave == 0 ? rate * t : -std::expm1(-rate * leave * t) / leave;
  }
  double None(double t) const { return std::exp(-rate * t); }
  double Stays(double t) const { return std::exp(-rate * leave * t); }
};

struct ParetoIndividual {
  double rate, death;
  std::pair<double, double> Likelihood(const PurchaseHistory& her) const {
    const double both = rate + death;
    const double bought = std::pow(rate, her.frequency);
    const double alive = bought * std::exp(-both * her.age);
    return {alive, alive + bought * death / both *
                               (std::exp(-both * her.recency) -
                                std::exp(-both * her.age))};
  }
  double Expected(double t) const {
    return -rate * std::expm1(-death * t) / death;
  }
  double None(double t) const {
    const double both = rate + death;
    return (death + rate * std::exp(-both * t)) / both;
  }
  double Stays(double t) const { return std::exp(-death * t); }
};

struct Oracle {
  ValueModelKind kind;
  Parameters p;

  // The mean of f(individual) over who there may be.
  template <typename F>
  double Mean(F f) const {
    return Integral([&](double rate) {
      const double density = GammaDensity(rate, p[0], p[1]);
      if (density < 1e-280) return 0.0;
      if (kind == ValueModelKind::kParetoNbd) {
        return density * Integral([&](double death) {
                 return GammaDensity(death, p[2], p[3]) *
                        f(ParetoIndividual{rate, death});
               });
      }
      return density * OverBeta(p[2], p[3], [&](double leave) {
               return f(BgIndividual{rate, leave,
                                     kind == ValueModelKind::kMbgNbd});
             });
    });
  }
};

const ValueModelKind kOfTime[] = {ValueModelKind::kMbgNbd,
                                  ValueModelKind::kBgNbd,
                                  ValueModelKind::kParetoNbd};

double LikelihoodOf(ValueModelKind kind, const PurchaseHistory& her,
                    const Parameters& p) {
  const std::vector<double> x = {her.frequency}, t = {her.recency},
                            age = {her.age};
  const GroupedPurchases groups = GroupPurchases({x, t, age, {}, {}}, 1);
  Eigen::VectorXd theta(4), slope(4);
  for (int i = 0; i < 4; ++i) theta[i] = std::log(p[static_cast<size_t>(i)]);
  return kind == ValueModelKind::kParetoNbd
             ? ParetoNbdLikelihood(groups, {}, theta, slope)
             : BgNbdLikelihood(groups, kind == ValueModelKind::kMbgNbd, {},
                               theta, slope);
}

TEST(ValueModel, EverythingFollowsFromTheIndividuals) {
  const Parameters kParameters[] = {{.5, 6, .8, 2}, {2, 20, 1.7, 3.5}};
  const PurchaseHistory kHer[] = {{0, 0, 20}, {3, 15, 39}, {8, 38, 39}};
  const double kAhead = 26;
  for (const ValueModelKind kind : kOfTime) {
    for (const Parameters& p : kParameters) {
      const Oracle oracle{kind, p};
      const ValuePredictor predictor(kind, p);
      for (const PurchaseHistory& her : kHer) {
        SCOPED_TRACE(testing::Message() << NameOf(kind) << " r " << p[0]
                                        << " x " << her.frequency);
        const double all =
            oracle.Mean([&](auto one) { return one.Likelihood(her).second; });
        const auto given = [&](auto f) {
          return oracle.Mean([&](auto one) {
            return one.Likelihood(her).first * f(one);
          }) / all;
        };
        const double alive = given([](auto) { return 1.0; });
        EXPECT_NEAR(LikelihoodOf(kind, her, p), std::log(all), 1e-7);
        EXPECT_NEAR(predictor.Alive(her), alive, 1e-7);
        const double expected =
            given([&](auto one) { return one.Expected(kAhead); });
        EXPECT_NEAR(predictor.Expected(her, kAhead), expected, 1e-7 * expected);
        EXPECT_NEAR(predictor.NoneWithin(her, kAhead),
                    1 - alive + given([&](auto one) {
                      return one.None(kAhead);
                    }),
                    1e-7);
        EXPECT_NEAR(predictor.AliveLater(her, kAhead),
                    given([&](auto one) { return one.Stays(kAhead); }), 1e-7);
        // e^(-rate t) dE(t), by parts, the integral as a plain sum.
        const double kRate = .01;
        double discounted = std::exp(-kRate * 100) * predictor.Expected(her, 100);
        for (double t = .005; t < 100; t += .01) {
          discounted +=
              .01 * kRate * std::exp(-kRate * t) * predictor.Expected(her, t);
        }
        EXPECT_NEAR(predictor.Discounted(her, 100, kRate), discounted,
                    1e-6 * discounted);
        const double forever = predictor.Discounted(her, 0, kRate);
        EXPECT_NEAR(predictor.Discounted(her, 3000, kRate), forever,
                    1e-6 * forever);
        const double wait = predictor.WaitIfAlive(her, .5);
        EXPECT_NEAR(std::pow((p[1] + her.age) / (p[1] + her.age + wait),
                             p[0] + her.frequency),
                    .5, 1e-12);
      }
    }
  }
}

// Expectations at far corners, against an integral of one dimension.
TEST(ValueModel, ExpectedPurchasesAtFarCorners) {
  std::mt19937_64 draw(7);
  const auto between = [&](double low, double high) {
    return std::exp(std::uniform_real_distribution<double>(
        std::log(low), std::log(high))(draw));
  };
  for (int i = 0; i < 300; ++i) {
    const Parameters p = {between(.05, 5), between(1, 50), between(.05, 5),
                          between(.1, 20)};
    const double age = between(5, 500);
    const double x = std::floor(between(1, 1000)) - 1;
    const double t = age * between(.01, 8);
    const ValuePredictor predictor(ValueModelKind::kBgNbd, p);
    const double k = p[0] + x;
    const double c = p[1] + age;
    const double expected = OverBeta(p[2], p[3] + x, [&](double leave) {
      return -std::expm1(-k * std::log1p(leave * t / c)) / leave;
    });
    EXPECT_NEAR(predictor.ExpectedIfAlive({x, age, age}, t) / expected, 1, 1e-7)
        << "k " << k << " t/c " << t / c << " a " << p[2] << " b " << p[3];
  }
}

TEST(ValueModel, BgBbHistoriesAddUpToOne) {
  // All 2^n histories of n occasions, by last one taken and how many.
  const double n = 6;
  double sum = 0;
  double expected = 0;
  const ValuePredictor predictor(ValueModelKind::kBgBb, {1.2, .75, .66, 2.8});
  for (int history = 0; history < 64; ++history) {
    double x = 0;
    double last = 0;
    for (int i = 0; i < 6; ++i) {
      if (history >> i & 1) {
        ++x;
        last = i + 1;
      }
    }
    const double p =
        std::exp(BgBbLikelihoodOf(1.2, .75, .66, 2.8, x, last, n).all);
    sum += p;
    expected += p * predictor.Expected({x, last, n}, 4);
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  // What is expected of all is what is expected of somebody new, later on.
  EXPECT_NEAR(expected, predictor.Expected({}, 10) - predictor.Expected({}, 6),
              1e-12);
}

// The gradient is that of the likelihood, by differences.
TEST(ValueModel, SlopesAreThoseOfTheLikelihood) {
  const std::vector<double> x = {0, 1, 2, 2, 9, 0, 4};
  const std::vector<double> t = {0, 3, 7, 2, 30, 0, 4};
  const std::vector<double> age = {10, 12, 9, 30, 31, 0, 4};
  const std::vector<double> weight = {5, 1, 2, 1, 1.5, 1, 1};
  const std::vector<double> spend = {0, 10, 3, 30, 12, 4, .5};
  const PurchaseColumns columns{x, t, age, weight, spend};
  const GroupedPurchases groups = GroupPurchases(columns, 1);
  const GroupedPurchases spends = GroupSpends(columns, 1);
  const std::vector<std::pair<int, LogLikelihood>> likelihoods = {
      {4, [&](auto& at, auto& s) { return BgNbdLikelihood(groups, false, {}, at, s); }},
      {4, [&](auto& at, auto& s) { return BgNbdLikelihood(groups, true, {}, at, s); }},
      {4, [&](auto& at, auto& s) { return ParetoNbdLikelihood(groups, {}, at, s); }},
      {4, [&](auto& at, auto& s) { return BgBbLikelihood(groups, {}, at, s); }},
      {3, [&](auto& at, auto& s) { return GammaGammaLikelihood(spends, {}, at, s); }}};
  for (size_t which = 0; which < likelihoods.size(); ++which) {
    const auto& [n, likelihood] = likelihoods[which];
    Eigen::VectorXd theta(n), slope(n), unused(n);
    for (int i = 0; i < n; ++i) theta[i] = .3 * i - .4;
    likelihood(theta, slope);
    for (int i = 0; i < n; ++i) {
      Eigen::VectorXd up = theta, down = theta;
      up[i] += 1e-5;
      down[i] -= 1e-5;
      EXPECT_NEAR(slope[i],
                  (likelihood(up, unused) - likelihood(down, unused)) / 2e-5,
                  1e-6)
          << which << " " << i;
    }
  }
}

Table Simulated(ValueModelKind kind, const Parameters& p, size_t customers,
                uint64_t seed) {
  std::mt19937_64 draw(seed);
  Table table;
  std::uniform_real_distribution<double> uniform;
  for (size_t i = 0; i < customers; ++i) {
    const double rate = std::gamma_distribution<>(p[0], 1 / p[1])(draw);
    double leave = 0;
    double dies = 1e300;
    const double third = std::gamma_distribution<>(p[2], 1.0)(draw);
    if (kind == ValueModelKind::kParetoNbd) {
      dies = std::exponential_distribution<>(third / p[3])(draw);
    } else {
      leave = third / (third + std::gamma_distribution<>(p[3], 1.0)(draw));
    }
    const double age = 27 + 12 * uniform(draw);
    double x = 0;
    double last = 0;
    bool gone = kind == ValueModelKind::kMbgNbd && uniform(draw) < leave;
    for (double t = 0; !gone;) {
      t += std::exponential_distribution<>(rate)(draw);
      if (!(t < age) || t > dies) break;
      ++x;
      last = t;
      gone = kind != ValueModelKind::kParetoNbd && uniform(draw) < leave;
    }
    table.frequency.push_back(x);
    table.recency.push_back(last);
    table.age.push_back(age);
  }
  return table;
}

// Planted parameters are within their 95 % intervals about as often as that.
TEST(ValueModel, PlantedParametersAreWithinTheirIntervals) {
  for (const ValueModelKind kind : kOfTime) {
    const Parameters planted = {.6, 6, .9, kind == ValueModelKind::kParetoNbd
                                               ? 12.0
                                               : 2.5};
    int inside = 0;
    constexpr int kRounds = 40;
    for (int round = 0; round < kRounds; ++round) {
      const Table table =
          Simulated(kind, planted, 3000, 100 + static_cast<uint64_t>(round));
      const auto model = FitValueModel(kind, table.columns(), {}, {});
      ASSERT_TRUE(model.ok());
      EXPECT_EQ(model->status, FitStatus::kConverged);
      for (size_t i = 0; i < 4; ++i) {
        inside += model->low[i] <= planted[i] && planted[i] <= model->high[i];
      }
    }
    // 160 looks, of which 152 should be inside; they are not independent.
    EXPECT_GE(inside, 142) << NameOf(kind);
  }
}

TEST(ValueModel, PlantedAmountsAreFoundAgain) {
  std::mt19937_64 draw(3);
  const Parameters planted = {6, 4, 15};
  int inside = 0;
  for (int round = 0; round < 40; ++round) {
    Table table;
    for (int i = 0; i < 1500; ++i) {
      const double nu =
          std::gamma_distribution<>(planted[1], 1 / planted[2])(draw);
      const double x = 1 + i % 5;
      table.frequency.push_back(x);
      table.spend.push_back(
          std::gamma_distribution<>(planted[0] * x, 1 / (nu * x))(draw));
    }
    const auto model =
        FitValueModel(ValueModelKind::kGammaGamma, table.columns(), {}, {});
    ASSERT_TRUE(model.ok());
    for (size_t i = 0; i < 3; ++i) {
      inside += model->low[i] <= planted[i] && planted[i] <= model->high[i];
    }
  }
  EXPECT_GE(inside, 106);  // of 120
}

// What must hold of any answer.
void ExpectSensible(const Table& table, const char* what) {
  SCOPED_TRACE(what);
  const size_t rows = table.frequency.size();
  for (const ValueModelKind kind : kOfTime) {
    SCOPED_TRACE(NameOf(kind));
    const auto model = FitValueModel(kind, table.columns(), {}, {});
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_TRUE(std::isfinite(model->log_likelihood));
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(std::isfinite(model->value[i]));
      EXPECT_GT(model->value[i], 0);
      EXPECT_LE(model->low[i], model->value[i]);
      EXPECT_GE(model->high[i], model->value[i]);
      EXPECT_TRUE(std::isfinite(model->high[i]));
    }
    std::vector<std::vector<double>> out(8, std::vector<double>(rows));
    PredictionColumns columns;
    columns.alive = out[0];
    columns.alive_later = out[1];
    columns.none = out[2];
    columns.expected = out[3];
    columns.expected_low = out[4];
    columns.expected_high = out[5];
    columns.wait = out[6];
    columns.discounted = out[7];
    PredictOptions options;
    options.horizon = 26;
    options.later = 26;
    options.rate = .003;
    ASSERT_TRUE(
        PredictValue(*model, table.columns(), options, {}, columns).ok());
    for (size_t i = 0; i < rows; ++i) {
      for (size_t j = 0; j < out.size(); ++j) {
        EXPECT_TRUE(std::isfinite(out[j][i])) << j;
        EXPECT_GE(out[j][i], 0) << j;
        EXPECT_LE(out[j][i], j < 3 ? 1 + 1e-12 : 1e13) << j;
      }
      EXPECT_LE(out[4][i], out[3][i]);
      EXPECT_GE(out[5][i], out[3][i]);
      EXPECT_LE(out[1][i], out[0][i] + 1e-9);
      // More cannot be expected than many times what was.
      EXPECT_LT(out[3][i], 20 * (table.frequency[i] + 1) * (26 + 1));
    }
  }
}

TEST(ValueModel, DegenerateDataGiveAStatusAndASensibleAnswer) {
  ExpectSensible({{0}, {0}, {10}, {}, {}}, "one customer");
  ExpectSensible({{3}, {8}, {10}, {}, {}}, "one who came back");
  ExpectSensible({{0}, {0}, {0}, {}, {}}, "somebody of today");
  ExpectSensible({{0, 0, 0, 0}, {0, 0, 0, 0}, {3, 10, 20, 0}, {}, {}},
                 "nobody repeats");
  Table daily;
  for (int i = 0; i < 200; ++i) {
    daily.age.push_back(30 + i % 7);
    daily.frequency.push_back(7 * daily.age.back());
    daily.recency.push_back(daily.age.back());
  }
  ExpectSensible(daily, "everybody daily");
  ExpectSensible({{2000, 1, 0}, {52, 3, 0}, {52, 52, 52}, {}, {}}, "x = 2,000");
  ExpectSensible({{2, 2}, {1e-6, 2e-6}, {1e-5, 1e-5}, {}, {}}, "tiny units");
  ExpectSensible({{2, 0}, {1e8, 0}, {3e8, 5e8}, {}, {}}, "large units");
  Table repeaters;
  for (int i = 0; i < 300; ++i) {
    repeaters.frequency.push_back(1 + i % 4);
    repeaters.age.push_back(40);
    repeaters.recency.push_back(39.0 - i % 30);
  }
  ExpectSensible(repeaters, "only who came back");
}

TEST(ValueModel, MoneyOfZeroAndBelowDoesNotSpoilTheAmounts) {
  const Table table{{1, 2, 3, 1, 0, 4}, {}, {}, {}, {10, 0, -5, 12, 0, 11}};
  const auto model =
      FitValueModel(ValueModelKind::kGammaGamma, table.columns(), {}, {});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->customers, 3);
  std::vector<double> spend(6);
  PredictionColumns out;
  out.spend = spend;
  ASSERT_TRUE(PredictValue(*model, table.columns(), {}, {}, out).ok());
  for (const double amount : spend) {
    EXPECT_GT(amount, 0);
    EXPECT_LT(amount, 100);
  }
  const Table none{{1, 2}, {}, {}, {}, {0, -1}};
  EXPECT_EQ(FitValueModel(ValueModelKind::kGammaGamma, none.columns(), {}, {})
                .status()
                .message(),
            "spend: nobody with a repeat purchase has one above 0");
}

TEST(ValueModel, SameBitsForAnyThreadsAndAnyOrder) {
  Table table = Simulated(ValueModelKind::kMbgNbd, {.6, 6, .9, 2.5}, 20000, 1);
  for (size_t i = 0; i < table.age.size(); ++i) {
    table.spend.push_back(5 + static_cast<double>(i * 7919 % 1000) / 50);
  }
  Table shuffled;
  std::vector<size_t> order(table.age.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(5));
  for (const size_t i : order) {
    shuffled.frequency.push_back(table.frequency[i]);
    shuffled.recency.push_back(table.recency[i]);
    shuffled.age.push_back(table.age[i]);
    shuffled.spend.push_back(table.spend[i]);
  }
  const RunTasks two = [](const auto& task, size_t count) {
    std::thread other([&] {
      for (size_t i = 1; i < count; i += 2) task(i);
    });
    for (size_t i = 0; i < count; i += 2) task(i);
    other.join();
  };
  for (const ValueModelKind kind :
       {ValueModelKind::kMbgNbd, ValueModelKind::kBgNbd,
        ValueModelKind::kParetoNbd, ValueModelKind::kGammaGamma}) {
    const auto one = FitValueModel(kind, table.columns(), {}, {});
    const auto other = FitValueModel(kind, shuffled.columns(), {}, two);
    ASSERT_TRUE(one.ok() && other.ok());
    EXPECT_EQ(one->value, other->value) << NameOf(kind);
    EXPECT_EQ(one->covariance, other->covariance);
    EXPECT_EQ(one->log_likelihood, other->log_likelihood);
  }
}

TEST(ValueModel, TheUnitOfTimeChangesNothingButTheUnit) {
  const Table weeks =
      Simulated(ValueModelKind::kMbgNbd, {.6, 6, .9, 2.5}, 4000, 9);
  Table days = weeks;
  for (double& t : days.recency) t *= 7;
  for (double& t : days.age) t *= 7;
  const auto in_weeks =
      FitValueModel(ValueModelKind::kMbgNbd, weeks.columns(), {}, {});
  const auto in_days =
      FitValueModel(ValueModelKind::kMbgNbd, days.columns(), {}, {});
  ASSERT_TRUE(in_weeks.ok() && in_days.ok());
  EXPECT_NEAR(in_days->value[0] / in_weeks->value[0], 1, 1e-6);
  EXPECT_NEAR(in_days->value[1] / in_weeks->value[1], 7, 1e-5);
  EXPECT_NEAR(in_days->value[2] / in_weeks->value[2], 1, 1e-5);
}

TEST(ValueModel, SaysWhatIsWrongAndWhere) {
  const auto message = [](const Table& table) {
    return std::string(
        FitValueModel(ValueModelKind::kMbgNbd, table.columns(), {}, {})
            .status()
            .message());
  };
  EXPECT_EQ(message({{}, {}, {}, {}, {}}),
            "count: there is nobody to fit it to");
  EXPECT_EQ(message({{0, 1.5}, {0, 1}, {1, 2}, {}, {}}),
            "frequency[1] is no whole number up to 1,000,000");
  EXPECT_EQ(message({{0, 1}, {0, 3}, {1, 2}, {}, {}}),
            "recency[1] is beyond the age (it is the age at the last purchase, "
            "not the time since it)");
  EXPECT_EQ(message({{0}, {1}, {1}, {}, {}}),
            "recency[0] is the age at a repeat purchase, and there is none");
  EXPECT_EQ(message({{1}, {0}, {1}, {}, {}}),
            "recency[0] is 0, and there are repeat purchases");
  EXPECT_EQ(message({{1}, {1}, {std::nan("")}, {}, {}}), "age[0] is no number");
  EXPECT_EQ(message({{1}, {1}, {-1}, {}, {}}), "age[0] is negative");
  EXPECT_EQ(message({{1}, {1}, {1}, {0}, {}}),
            "weight: there is nobody to fit it to");
}

}  // namespace
}  // namespace trato::core
