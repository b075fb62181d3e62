// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Published figures. Parameters and log-likelihoods: Fader, Hardie and Lee 2005
// (BG/NBD, Gamma-Gamma), Batislam et al. 2007 (MBG/NBD), Fader, Hardie and Shang
// 2010 (BG/BB), to the digits of Hardie's spreadsheets and of the tests of the
// Python package lifetimes, from where the expectations come, too.

#include <gtest/gtest.h>

#include "insight/value_model.h"
#include "insight/value_prediction.h"
#include "tests/insight/cdnow.h"

namespace trato::core {
namespace {

using testing_cdnow::Customers;
using testing_cdnow::Donations;
using testing_cdnow::Table;

FittedModel Fit(ValueModelKind kind, const Table& table) {
  auto model = FitValueModel(kind, table.columns(), {}, {});
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

void ExpectParameters(const FittedModel& model, std::vector<double> published,
                      double log_likelihood) {
  ASSERT_EQ(model.count, published.size());
  for (size_t i = 0; i < published.size(); ++i) {
    EXPECT_NEAR(model.value[i], published[i], published[i] * 3e-4) << i;
    EXPECT_LT(model.low[i], published[i]);
    EXPECT_GT(model.high[i], published[i]);
  }
  EXPECT_NEAR(model.log_likelihood, log_likelihood, 1e-3);
  EXPECT_EQ(model.status, FitStatus::kConverged);
}

TEST(PublishedFigures, BgNbdOfCdnow) {
  const Table table = Customers();
  SKIP_WITHOUT(table);
  const FittedModel model = Fit(ValueModelKind::kBgNbd, table);
  ExpectParameters(model, {0.24259, 4.41353, 0.79289, 2.42575}, -9582.4256);
  EXPECT_EQ(model.customers, 2357);
  const ValuePredictor predictor(model.kind, model.value);
  EXPECT_NEAR(predictor.Expected({2, 30.43, 38.86}, 39), 1.226, 5e-4);
  // Of somebody new. The spreadsheet's solver stops at the third digit of the
  // parameters, so the last of these has three, too.
  const std::pair<double, double> kOfNew[] = {
      {.1429, .0078}, {1, .0532}, {3, .1506}, {31.8571, 1.0405}, {32, 1.0437}};
  for (const auto& [weeks, purchases] : kOfNew) {
    EXPECT_NEAR(predictor.Expected({}, weeks), purchases, 2e-4) << weeks;
  }
  EXPECT_NEAR(predictor.Expected({}, 78), 1.8576, 5e-4);
}

// The parameters as the paper prints them.
TEST(PublishedFigures, BgNbdNothingFromSomebodyNew) {
  const ValuePredictor predictor(ValueModelKind::kBgNbd,
                                 {.243, 4.414, .793, 2.426});
  EXPECT_NEAR(predictor.NoneWithin({}, 39), .5737864, 5e-8);
}

TEST(PublishedFigures, MbgNbdOfCdnow) {
  const Table table = Customers();
  SKIP_WITHOUT(table);
  ExpectParameters(Fit(ValueModelKind::kMbgNbd, table),
                   {.52484, 6.18299, .89136, 1.61400}, -9582.1327);
}

TEST(PublishedFigures, ParetoNbdOfCdnow) {
  const Table table = Customers();
  SKIP_WITHOUT(table);
  const FittedModel model = Fit(ValueModelKind::kParetoNbd, table);
  ExpectParameters(model, {.55328, 10.57761, .60621, 11.66791}, -9594.9739);
  const ValuePredictor predictor(model.kind, model.value);
  EXPECT_NEAR(predictor.Expected({26, 30.86, 31}, 52), 25.46, 5e-3);
}

TEST(PublishedFigures, ParetoNbdOfManyPurchases) {
  const ValuePredictor predictor(ValueModelKind::kParetoNbd,
                                 {.55, 10.58, .61, 11.67});
  EXPECT_NEAR(predictor.Expected({132, 200, 200}, 10), 6.2060517889632418,
              1e-12);
  EXPECT_NEAR(predictor.Expected({133, 200, 200}, 10), 6.2528722475748113,
              1e-12);
}

TEST(PublishedFigures, GammaGammaOfCdnow) {
  const Table table = Customers();
  SKIP_WITHOUT(table);
  const FittedModel model = Fit(ValueModelKind::kGammaGamma, table);
  ExpectParameters(model, {6.24880, 3.74459, 15.44775}, -4055.9232);
  EXPECT_EQ(model.customers, 946);
  std::vector<double> spend(table.frequency.size());
  PredictionColumns out;
  out.spend = spend;
  ASSERT_TRUE(PredictValue(model, table.columns(), {}, {}, out).ok());
  const double kFirst[] = {24.65, 18.91, 35.17, 35.17, 35.17,
                           71.46, 18.91, 35.17, 27.28, 35.17};
  for (size_t i = 0; i < 10; ++i) EXPECT_NEAR(spend[i], kFirst[i], .1) << i;
}

TEST(PublishedFigures, BgBbOfDonations) {
  const Table table = Donations();
  SKIP_WITHOUT(table);
  const FittedModel model = Fit(ValueModelKind::kBgBb, table);
  ExpectParameters(model, {1.20352, .74972, .65672, 2.78344}, -33225.5813);
  EXPECT_EQ(model.customers, 11104);
  const ValuePredictor predictor(model.kind, model.value);
  EXPECT_NEAR(predictor.Alive({0, 0, 6}), .11, .005);
  EXPECT_NEAR(predictor.Alive({2, 4, 6}), .59, .005);
  EXPECT_NEAR(predictor.Alive({6, 6, 6}), .93, .005);
  double sum = 0;
  for (size_t i = 0; i < table.frequency.size(); ++i) {
    sum += table.weight[i] *
           predictor.Expected(
               {table.frequency[i], table.recency[i], table.age[i]}, 5);
  }
  EXPECT_NEAR(sum, 12884.2, .2);
}

}  // namespace
}  // namespace trato::core
