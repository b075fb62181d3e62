// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Two euros off if bought within ten days, for whoever has an interest in it.
//
//   two_euros STORE [CAMPAIGNS]
//
// The store holds a shop's sales (trato import STORE SALES --as orders) and has
// the currency EUR. The sales are real, taken as euros. Who buys after an offer
// is simulated: of those who are left out, a planted share buys all the same; of
// those who are offered, more do. The report has to find that difference again,
// and with CAMPAIGNS, so many of them, its 95 % interval should hold the truth in
// about 95 % of them. examples/python/two_euros.py tells the same, with the same
// draws.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <trato.hpp>
#include <vector>

namespace {

constexpr char kHolder[] = "85123A";  // the hanging heart t-light holder
constexpr char kInterested[] =
    R"(interactions("purchase").lines().exists(line, line.product == "85123A"))";
constexpr double kOrganic = 0.10;  // buy it within ten days anyway
constexpr double kLift = 0.08;     // buy it because of the offer
constexpr double kLeftOut = 0.30;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;

// SplitMix64.
class Draws {
 public:
  explicit Draws(uint64_t seed) : state_(seed) {}
  // A number in [0, 1).
  double next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }

 private:
  uint64_t state_;
};

// A number in JSON, after these names one after the other. A program that has a
// JSON library uses that.
double number_in(const std::string& json,
                 const std::vector<std::string>& names) {
  size_t at = 0;
  for (const std::string& name : names) {
    at = json.find("\"" + name + "\":", at);
    if (at == std::string::npos) std::abort();
    at += name.size() + 3;
  }
  return std::strtod(json.c_str() + at, nullptr);
}

struct Campaign {
  size_t interested = 0, offered = 0;
  std::string report;

  double lift() const { return number_in(report, {"lift", "estimate"}); }
  double low() const { return number_in(report, {"lift", "low"}); }
  double high() const { return number_in(report, {"lift", "high"}); }
  bool holds() const { return low() <= kLift && kLift <= high(); }
};

Campaign run(trato::Store& store, int number, int64_t start_us) {
  const int64_t now_us = start_us + number * 20 * kDay;
  const std::string name = "two euros " + std::to_string(number);
  const std::string left_out = "left out " + std::to_string(number);
  trato::Offer offer;
  offer.name = name;
  offer.title = "2 € off the heart t-light holder";
  offer.products = {kHolder};
  offer.value_minor = 750;
  offer.discount_minor = 200;
  offer.eligibility = kInterested;
  offer.coupon_span = offer.respond_within = "10d";
  offer.valid_until_us = now_us + kDay;
  store.define_offer(offer, now_us);
  trato::ContactPolicy policy;
  policy.name = left_out;
  policy.offer = name;
  policy.holdout_basis_points = static_cast<uint32_t>(kLeftOut * 10000);
  store.define_policy(policy, now_us);

  std::vector<std::string> who;
  for (const trato::Member& member : store.open_members("interested", now_us)) {
    who.emplace_back(member.name);
  }
  std::sort(who.begin(), who.end());
  Campaign campaign;
  campaign.interested = who.size();
  trato::WriteOptions buffered;
  buffered.durability = trato::Durability::kBuffered;
  std::vector<bool> was_offered;
  for (const std::string& customer : who) {
    was_offered.push_back(
        store.decide_offer(customer, now_us, buffered).match.has_value());
    campaign.offered += was_offered.back();
  }
  const int64_t end_us = now_us + 11 * kDay;
  Draws draws(static_cast<uint64_t>(2012 + number));
  for (size_t i = 0; i < who.size(); ++i) {
    const double drawn = draws.next();
    const double days = draws.next() * 9;
    if (drawn >= kOrganic + (was_offered[i] ? kLift : 0)) continue;
    trato::Interaction bought;
    bought.customer = who[i];
    bought.type = "purchase";
    bought.at_us = now_us + static_cast<int64_t>(days * 86400) * kSecond;
    bought.lines = {
        {kHolder, "", trato::millionths(1), 0, was_offered[i] ? 95 : 295}};
    store.record_interaction(bought, end_us, buffered);
  }
  store.flush();
  campaign.report =
      store.report_holdout(left_out, "10d", now_us, end_us, end_us);
  return campaign;
}

void when_it_lapses(trato::Store& store, int64_t now_us) {
  std::printf("\nWHEN IT LAPSES  ten days on the customer's own clock\n");
  store.define_attribute("time_zone", trato::Subject::kCustomer,
                         trato::ValueKind::kString, "", now_us);
  int number = 0;
  for (const char* zone :
       {"Europe/Madrid", "America/New_York", "Asia/Tokyo"}) {
    trato::Interaction purchase;
    purchase.customer = "shop:traveller " + std::to_string(number++);
    purchase.type = "purchase";
    purchase.lines = {{kHolder, "", trato::millionths(1), 0, 295}};
    store.record_interaction(purchase, now_us);
    trato::Attribute where;
    where.customer = purchase.customer;
    where.name = "time_zone";
    where.value = std::string(zone);
    store.set_attribute(where, now_us);
    const std::string code =
        store.issue_coupon(purchase.customer, "two euros 0", now_us);
    const auto deadline_us = static_cast<int64_t>(
        number_in(store.show_coupon(code, now_us), {"deadline_us"}));
    std::printf("  %-18s%lld hours", zone,
                static_cast<long long>((deadline_us - now_us) / kHour));
    for (const int64_t at_us : {deadline_us - kSecond, deadline_us}) {
      trato::CouponRedemption redemption;
      redemption.code = code;
      redemption.customer = purchase.customer;
      redemption.dry_run = true;
      const auto redeemed =
          trato::attempt([&] { store.redeem_coupon(redemption, at_us); });
      std::printf(", %s",
                  redeemed.ok() ? "good a second before it" : "refused at it");
    }
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: two_euros STORE [CAMPAIGNS]\n");
    return 2;
  }
  const int campaigns = argc > 2 ? std::atoi(argv[2]) : 1;
  trato::StoreOptions options;
  options.mode = trato::OpenMode::kOpenExisting;
  trato::Store store = trato::Store::open(argv[1], options);
  const int64_t start_us = store.parse_time("2012-03-20T17:00:00Z");
  store.define_segment("interested", kInterested, start_us);
  std::printf("TWO EUROS OFF, IF BOUGHT WITHIN TEN DAYS, FOR WHOEVER HAS AN "
              "INTEREST IN IT\n");
  const Campaign first = run(store, 0, start_us);
  std::printf("  %zu are offered it, %zu are left out for comparison\n",
              first.offered, first.interested - first.offered);
  when_it_lapses(store, start_us);
  std::printf("\nWHAT IT SOLD BEYOND THE HOLD-OUT  simulated: %.0f%% buy "
              "anyway, and the offer makes it %.0f%%\n",
              100 * kOrganic, 100 * (kOrganic + kLift));
  std::printf("  %+.1f%% of those who got it, between %+.1f%% and %+.1f%%; "
              "planted were %+.1f%%\n",
              100 * first.lift(), 100 * first.low(), 100 * first.high(),
              100 * kLift);
  if (campaigns < 2) return 0;
  int held = 0;
  double sum = 0;
  for (int number = 1; number <= campaigns; ++number) {
    const Campaign campaign = run(store, number, start_us);
    held += campaign.holds();
    sum += campaign.lift();
  }
  std::printf("\n%d CAMPAIGNS MORE  the interval held the planted difference in "
              "%d of them, %.1f%%; the differences come to %+.1f%% on average\n",
              campaigns, held, 100.0 * held / campaigns,
              100 * sum / campaigns);
  return 0;
}
