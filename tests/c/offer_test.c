// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Offers, decisions and what became of them.

#include "check.h"

static trato_offer offer_of(const char *name, const trato_str *product,
                            int64_t value_minor) {
  trato_offer offer = TRATO_OFFER_INIT;
  offer.name = str(name);
  offer.products = product;
  offer.product_count = product == NULL ? 0 : 1;
  offer.value_minor = value_minor;
  return offer;
}

static trato_status define(trato_store *store, const trato_offer *offer) {
  return trato_offer_define(store, offer, NOW, NULL, &error);
}

static size_t match(const trato_store *store, const char *customer,
                    trato_match *matches, size_t capacity) {
  size_t found = 99;
  CHECK_OK(trato_offer_match(store, str(customer), NOW, NULL, matches, capacity,
                             &found, &error));
  return found;
}

static int near(double a, double b) { return a - b < 1e-9 && b - a < 1e-9; }

static void test_the_ranking(void) {
  trato_store *store = open_memory();
  const trato_str tea = str("tea");
  const trato_str cup = str("cup");
  visit(store, "shop:1", NOW);
  buy(store, "shop:2", NOW, "tea", 480);
  buy(store, "shop:2", NOW - 180 * DAY, "tea", 480);
  trato_offer offer = offer_of("tea", &tea, 100);
  CHECK_OK(define(store, &offer));
  offer = offer_of("cup", &cup, 300);
  CHECK_OK(define(store, &offer));

  trato_match matches[3];
  CHECK(match(store, "shop:1", matches, 3) == 2);
  CHECK(is(matches[0].offer, "cup") && near(matches[0].affinity, 0.05));
  CHECK(near(matches[0].score, 15) && matches[0].value_minor == 300);
  CHECK(strcmp(matches[0].currency, "EUR") == 0);
  CHECK(is(matches[1].offer, "tea") && near(matches[1].score, 5));

  // Two purchases held tea, one of them half forgotten: S = N = 1.5.
  CHECK(match(store, "shop:2", matches, 3) == 2);
  CHECK(is(matches[0].offer, "tea"));
  CHECK(near(matches[0].affinity, 1.6 / 3.5));
  CHECK(near(matches[1].affinity, 0.1 / 3.5));
  CHECK(match(store, "shop:2", matches, 1) == 1);
  CHECK(is(matches[0].offer, "tea"));
  CHECK(match(store, "shop:2", NULL, 0) == 0);

  // Ties go by name.
  offer = offer_of("a cup", &cup, 300);
  CHECK_OK(define(store, &offer));
  CHECK(match(store, "shop:1", matches, 3) == 3);
  CHECK(is(matches[0].offer, "a cup") && is(matches[1].offer, "cup"));
  size_t found = 99;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_offer_match(store, str("shop:404"), NOW, NULL, matches, 3,
                                 &found, &error));
  close_store(store);
}

static void test_what_is_dropped(void) {
  trato_store *store = open_memory();
  const trato_str tea = str("tea");
  visit(store, "shop:1", NOW);
  trato_offer past = offer_of("past", &tea, 100);
  past.valid_until_us = NOW;  // exclusive
  CHECK_OK(define(store, &past));
  trato_offer future = offer_of("future", &tea, 100);
  future.valid_from_us = NOW + 1;
  CHECK_OK(define(store, &future));
  trato_offer buyers = offer_of("buyers", &tea, 100);
  buyers.eligibility = str("interactions(\"purchase\").count() >= 1");
  CHECK_OK(define(store, &buyers));
  trato_offer abroad = offer_of("abroad", &tea, 100);
  abroad.currency = str("GBP");
  CHECK_OK(define(store, &abroad));
  trato_offer given = offer_of("given", &tea, 100);
  given.discount_minor = 100;
  CHECK_OK(define(store, &given));
  trato_offer today = offer_of("today", &tea, 1000);
  today.title = str("Tea, today only");
  today.valid_from_us = NOW;
  today.valid_until_us = NOW + 1;
  today.discount_basis_points = 1000;
  CHECK_OK(define(store, &today));

  trato_match matches[9];
  CHECK(match(store, "shop:1", matches, 9) == 1);
  CHECK(is(matches[0].offer, "today") && matches[0].value_minor == 900);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_offer_explain(store, str("shop:1"), NOW, NULL, &json, &error));
  CHECK(has(json, "\"Tea, today only\""));
  CHECK(has(json, "\"stage\":\"validity\""));
  CHECK(has(json, "\"stage\":\"eligibility\""));
  CHECK(gave(&json, "\"stage\":\"value\""));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_offer_explain(store, str("shop:404"), NOW, NULL, &json, &error));
  close_store(store);
}

static void test_offers_that_are_refused(void) {
  trato_store *store = open_memory();
  const trato_str tea = str("tea");
  trato_offer offer = offer_of("", &tea, 100);
  CHECK_INVALID(define(store, &offer));
  offer = offer_of("a", &tea, 100);
  offer.discount_basis_points = 10001;
  CHECK_INVALID(define(store, &offer));
  offer = offer_of("a", &tea, 100);
  offer.discount_basis_points = 1000;
  offer.discount_minor = 10;  // instead of, not besides
  CHECK_INVALID(define(store, &offer));
  offer = offer_of("a", &tea, -1);
  CHECK_INVALID(define(store, &offer));
  offer = offer_of("a", &tea, 100);
  offer.discount_minor = -1;
  CHECK_INVALID(define(store, &offer));
  offer = offer_of("a", &tea, 100);
  offer.currency = str("euro");
  CHECK_INVALID(define(store, &offer));
  offer = offer_of("a", &tea, 100);
  offer.eligibility = str("interactions(");
  CHECK_INVALID(define(store, &offer));
  CHECK(error.line == 1 && error.column > 1);
  offer = offer_of("a", &tea, 100);
  offer.coupon_span = str("soon");
  CHECK_INVALID(define(store, &offer));
  offer = offer_of("a", &tea, 100);
  offer.valid_from_us = NOW;
  offer.valid_until_us = NOW - 1;
  CHECK_INVALID(define(store, &offer));
  const trato_str nothing = str("");
  offer = offer_of("a", &nothing, 100);
  CHECK_INVALID(define(store, &offer));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_offer_report(store, NOW, &json, &error));
  CHECK(gave(&json, "\"offers\":[]"));
  close_store(store);
}

static trato_status tell(trato_store *store, trato_id decision,
                         trato_outcome_kind kind, const char *key) {
  trato_outcome outcome = TRATO_OUTCOME_INIT;
  outcome.kind = kind;
  outcome.decision = decision;
  outcome.key = str(key);
  return trato_outcome_record(store, &outcome, NOW, NULL, NULL, &error);
}

static void test_decisions_and_outcomes(void) {
  trato_store *store = open_memory();
  const trato_str tea = str("tea");
  visit(store, "shop:1", NOW);
  trato_decision decision;
  memset(&decision, 0xff, sizeof(decision));
  CHECK_OK(trato_offer_decide(store, str("shop:1"), NOW, NULL, NULL, &decision,
                              &error));
  CHECK(decision.taken == 0);

  trato_offer offer = offer_of("tea", &tea, 100);
  CHECK_OK(define(store, &offer));
  CHECK_OK(trato_offer_decide(store, str("shop:1"), NOW, NULL, NULL, &decision,
                              &error));
  CHECK(decision.taken == 1 && decision.reserved0 == 0);
  CHECK(is(decision.match.offer, "tea") && near(decision.probability, 1));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_offer_decide(store, str("shop:404"), NOW, NULL, NULL,
                                  &decision, &error));

  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_decision_explain(store, &decision.id, &json, &error));
  CHECK(has(json, "\"offer\":\"tea\""));
  CHECK(gave(&json, "\"outcomes\":[]"));
  const trato_id other = {{1, 2, 3}};
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_decision_explain(store, &other, &json, &error));

  CHECK_OK(tell(store, decision.id, TRATO_OUTCOME_SHOWN, ""));
  CHECK_OK(tell(store, decision.id, TRATO_OUTCOME_ACCEPTED, "yes"));
  CHECK_OK(tell(store, decision.id, TRATO_OUTCOME_ACCEPTED, "yes"));
  CHECK_STATUS(TRATO_ALREADY_EXISTS,
               tell(store, decision.id, TRATO_OUTCOME_REFUSED, "yes"));
  CHECK_INVALID(tell(store, decision.id, 0, ""));
  CHECK_INVALID(tell(store, decision.id, 9, ""));
  // It may arrive before its decision.
  CHECK_OK(tell(store, other, TRATO_OUTCOME_SHOWN, ""));

  CHECK_OK(trato_decision_explain(store, &decision.id, &json, &error));
  CHECK(gave(&json, "\"kind\":\"accepted\""));
  CHECK_OK(trato_offer_report(store, NOW, &json, &error));
  CHECK(has(json, "\"decided\":1"));
  CHECK(has(json, "\"shown\":1"));
  CHECK(has(json, "\"accepted\":1"));
  CHECK(gave(&json, "\"refused\":0"));
  close_store(store);
}

static void test_the_store_learns(void) {
  trato_store *store = open_memory();
  const trato_str tea = str("tea");
  visit(store, "shop:1", NOW);
  visit(store, "shop:2", NOW);
  trato_offer offer = offer_of("tea", &tea, 100);
  CHECK_OK(define(store, &offer));
  trato_decision one;
  trato_decision two;
  CHECK_OK(
      trato_offer_decide(store, str("shop:1"), NOW, NULL, NULL, &one, &error));
  CHECK_OK(
      trato_offer_decide(store, str("shop:2"), NOW, NULL, NULL, &two, &error));
  CHECK_OK(tell(store, one.id, TRATO_OUTCOME_REFUSED, ""));
  CHECK_OK(tell(store, two.id, TRATO_OUTCOME_ACCEPTED, ""));
  trato_match matches[1];
  CHECK(match(store, "shop:1", matches, 1) == 1);
  // Of two who had never bought it one said yes.
  const double everybody = (1 + 20 * 0.05) / (2 + 20);
  const double rate = (1 + 20 * everybody) / (2 + 20);
  CHECK(near(matches[0].affinity, 2 * rate / 3));
  CHECK(match(store, "shop:2", matches, 1) == 1);
  CHECK(near(matches[0].affinity, (1 + 2 * rate) / 3));
  close_store(store);
}

int main(void) {
  test_the_ranking();
  test_what_is_dropped();
  test_offers_that_are_refused();
  test_decisions_and_outcomes();
  test_the_store_learns();
  return check_done();
}
