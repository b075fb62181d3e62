// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Coupons: issued once, redeemed once, valid by the clock given.

#include <ctype.h>

#include "check.h"

static trato_store *open_with_offers(void) {
  trato_store *store = open_memory();
  trato_offer offer = TRATO_OFFER_INIT;
  const trato_str tea = str("tea");
  offer.name = tea;
  offer.products = &tea;
  offer.product_count = 1;
  offer.value_minor = 100;
  offer.coupon_span = str("10d");
  CHECK_OK(trato_offer_define(store, &offer, NOW, NULL, &error));
  offer.name = str("always");
  offer.coupon_span = str("");
  CHECK_OK(trato_offer_define(store, &offer, NOW, NULL, &error));
  visit(store, "shop:1", NOW - DAY);
  visit(store, "shop:2", NOW - DAY);
  return store;
}

static trato_buf issue(trato_store *store, const char *offer) {
  trato_buf code = TRATO_BUF_INIT;
  CHECK_OK(trato_coupon_issue(store, str("shop:1"), str(offer), NULL, NOW, NULL,
                              &code, &error));
  NEED(code.data != NULL);
  return code;
}

static trato_status redeem(trato_store *store, trato_str code,
                           const char *customer, const char *key,
                           int64_t now_us) {
  trato_coupon_redemption it = TRATO_COUPON_REDEMPTION_INIT;
  it.code = code;
  it.customer = str(customer);
  it.key = str(key);
  return trato_coupon_redeem(store, &it, now_us, NULL, NULL, &error);
}

static trato_str view(trato_buf buf) { return (trato_str){buf.data, buf.size}; }

static void check_state(const trato_store *store, trato_buf code,
                        int64_t now_us, const char *state) {
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_coupon_show(store, view(code), now_us, &json, &error));
  CHECK(gave(&json, state));
}

static void test_the_code(void) {
  trato_store *store = open_with_offers();
  trato_buf code = issue(store, "tea");
  trato_buf other = issue(store, "tea");
  CHECK(strcmp(code.data, other.data) != 0);
  size_t symbols = 0;
  for (size_t i = 0; i < code.size; ++i) {
    if (code.data[i] == '-') continue;
    ++symbols;
    CHECK(strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U", code.data[i]));
  }
  CHECK(symbols == 18);
  // What the store tells of a customer does not tell the code.
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_customer_get(store, str("shop:1"), NOW, &json, &error));
  NEED(json.data != NULL);
  CHECK(strstr(json.data, code.data) == NULL);
  CHECK(gave(&json, "\"state\":\"valid\""));

  trato_buf none = TRATO_BUF_INIT;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_coupon_issue(store, str("shop:404"), str("tea"), NULL, NOW,
                                  NULL, &none, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_coupon_issue(store, str("shop:1"), str("coffee"), NULL,
                                  NOW, NULL, &none, &error));
  CHECK(none.data == NULL);
  trato_buf_dispose(&code);
  trato_buf_dispose(&other);
  close_store(store);
}

static void test_redeemed_once(void) {
  trato_store *store = open_with_offers();
  trato_buf code = issue(store, "tea");
  check_state(store, code, NOW, "\"state\":\"valid\"");
  CHECK_STATUS(TRATO_PERMISSION_DENIED,
               redeem(store, view(code), "shop:2", "", NOW));
  CHECK_OK(redeem(store, view(code), "shop:1", "sale 1", NOW + DAY));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               redeem(store, view(code), "shop:1", "", NOW + DAY));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               redeem(store, view(code), "shop:1", "sale 2", NOW + DAY));
  CHECK_OK(redeem(store, view(code), "shop:1", "sale 1", NOW + 2 * DAY));
  check_state(store, code, NOW + DAY, "\"state\":\"redeemed\"");
  check_state(store, code, NOW, "\"state\":\"valid\"");
  trato_buf_dispose(&code);

  code = issue(store, "tea");
  CHECK_OK(redeem(store, view(code), "", "", NOW));
  trato_buf_dispose(&code);
  close_store(store);
}

// The code as somebody may write it: lower case, with blanks and hyphens, and
// o, i, l for 0, 1, 1.
static void test_as_people_write_it(void) {
  trato_store *store = open_with_offers();
  for (int round = 0; round < 20; ++round) {
    trato_buf code = issue(store, "tea");
    char written[128];
    size_t size = 0;
    written[size++] = ' ';
    for (size_t i = 0; i < code.size; ++i) {
      char c = (char)tolower((unsigned char)code.data[i]);
      if (c == '0') c = 'o';
      if (c == '1') c = round % 2 == 0 ? 'i' : 'L';
      written[size++] = c;
      if (i % 3 == 2) written[size++] = i % 2 == 0 ? '-' : ' ';
    }
    const trato_str text = {written, size};
    CHECK_OK(redeem(store, text, "shop:1", "", NOW));
    trato_buf_dispose(&code);
  }
  close_store(store);
}

static void test_what_is_mistyped_or_unknown(void) {
  trato_store *store = open_with_offers();
  trato_buf code = issue(store, "tea");
  // Every other symbol in every place is noticed.
  for (size_t i = 0; i < code.size; ++i) {
    const char right = code.data[i];
    if (right == '-') continue;
    code.data[i] = right == '7' ? '8' : '7';
    CHECK_INVALID(redeem(store, view(code), "shop:1", "", NOW));
    code.data[i] = right;
  }
  trato_buf json = TRATO_BUF_INIT;
  CHECK_INVALID(trato_coupon_show(store, str("7777"), NOW, &json, &error));
  CHECK_INVALID(redeem(store, str(""), "", "", NOW));
  CHECK_INVALID(redeem(store, str("\xc3\xa9"), "", "", NOW));
  CHECK_INVALID(
      redeem(store, (trato_str){code.data, code.size - 1}, "", "", NOW));
  // The message does not repeat what may be somebody's code.
  CHECK(strstr(error.message, code.data) == NULL);

  trato_store *elsewhere = open_with_offers();
  CHECK_STATUS(TRATO_NOT_FOUND, redeem(elsewhere, view(code), "", "", NOW));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_coupon_show(elsewhere, view(code), NOW, &json, &error));
  close_store(elsewhere);
  trato_buf_dispose(&code);
  close_store(store);
}

static void test_the_deadline(void) {
  trato_store *store = open_with_offers();
  trato_buf code = issue(store, "tea");
  const int64_t deadline = NOW + 10 * DAY;
  CHECK_STATUS(TRATO_OUT_OF_RANGE,
               redeem(store, view(code), "shop:1", "", NOW - 1));
  CHECK_STATUS(TRATO_OUT_OF_RANGE,
               redeem(store, view(code), "shop:1", "", deadline));
  check_state(store, code, NOW - 1, "\"state\":\"not yet valid\"");
  check_state(store, code, deadline - 1, "\"state\":\"valid\"");
  check_state(store, code, deadline, "\"state\":\"expired\"");
  CHECK_OK(redeem(store, view(code), "shop:1", "", deadline - 1));
  check_state(store, code, deadline, "\"state\":\"redeemed\"");
  trato_buf_dispose(&code);

  code = issue(store, "always");
  check_state(store, code, NOW + 5000 * DAY, "\"deadline\":null");
  CHECK_OK(redeem(store, view(code), "shop:1", "", NOW + 5000 * DAY));
  trato_buf_dispose(&code);
  close_store(store);
}

static void test_a_coupon_follows_its_customer(void) {
  trato_store *store = open_with_offers();
  trato_buf code = issue(store, "tea");
  CHECK_OK(trato_link(store, str("shop:1"), str("shop:2"), str("test"), 0, NOW,
                      NULL, &error));
  CHECK_OK(redeem(store, view(code), "shop:2", "", NOW));
  trato_buf_dispose(&code);
  close_store(store);
}

// A bearer coupon that gives what `terms` say.
static trato_coupon_code bearer(trato_store *store,
                                const trato_coupon_options *terms) {
  trato_coupon_code code;
  CHECK_OK(trato_coupon_issue_many(store, str("tea"), terms, 1, NOW, NULL,
                                   &code, &error));
  return code;
}

static trato_status take_off(trato_store *store, const trato_coupon_code *code,
                             int64_t basket_minor, const char *currency,
                             uint32_t flags, trato_coupon_result *out) {
  trato_coupon_redemption it = TRATO_COUPON_REDEMPTION_INIT;
  it.flags = TRATO_REDEMPTION_HAS_BASKET | flags;
  it.code = str(code->text);
  it.basket_minor = basket_minor;
  it.currency = str(currency);
  memset(out, 0xff, sizeof(*out));
  return trato_coupon_redeem(store, &it, NOW, NULL, out, &error);
}

// Amounts by hand: half a minor unit goes away from zero, and nobody gets money
// back.
static void test_what_it_takes_off(void) {
  trato_store *store = open_with_offers();
  trato_coupon_result got;
  trato_coupon_options money = TRATO_COUPON_OPTIONS_INIT;
  money.gives = TRATO_COUPON_MONEY;
  money.amount_minor = 200;
  money.uses = 9;
  trato_coupon_code code = bearer(store, &money);
  CHECK_OK(take_off(store, &code, 1000, "", TRATO_REDEMPTION_DRY_RUN, &got));
  CHECK(got.amount_minor == 200 && strcmp(got.currency, "EUR") == 0);
  CHECK(got.gives == TRATO_COUPON_MONEY && got.uses_left == 8);
  CHECK(is(got.offer, "tea") && is(got.product, "") && got.holds == 1);
  CHECK_OK(take_off(store, &code, 150, "EUR", 0, &got));
  CHECK(got.amount_minor == 150 && got.uses_left == 8 && got.repeated == 0);
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               take_off(store, &code, 1000, "GBP", 0, &got));
  CHECK_INVALID(take_off(store, &code, -1, "", 0, &got));
  CHECK_INVALID(take_off(store, &code, 1, "ABC", 0, &got));

  static const struct {
    uint32_t basis_points;
    int64_t basket, off;
  } kCases[] = {
      {1000, 1995, 200}, {1000, 1994, 199},
      {1250, 4, 1},      {1250, 3, 0},
      {10000, 777, 777}, {1, 4999, 0},
      {1, 5000, 1},      {5000, 1, 1},
      {10000, 0, 0},     {9999, INT64_MAX, INT64_C(9222449699651090329)}};
  for (size_t i = 0; i < sizeof(kCases) / sizeof(*kCases); ++i) {
    trato_coupon_options percent = TRATO_COUPON_OPTIONS_INIT;
    percent.gives = TRATO_COUPON_PERCENT;
    percent.basis_points = kCases[i].basis_points;
    code = bearer(store, &percent);
    CHECK_OK(take_off(store, &code, kCases[i].basket, "JPY", 0, &got));
    CHECK(got.amount_minor == kCases[i].off && got.uses_left == 0);
    CHECK(got.basis_points == kCases[i].basis_points &&
          strcmp(got.currency, "JPY") == 0);
  }

  trato_coupon_options gift = TRATO_COUPON_OPTIONS_INIT;
  gift.gives = TRATO_COUPON_GIFT;
  gift.product = str("a cup");
  code = bearer(store, &gift);
  CHECK_OK(take_off(store, &code, 500, "", 0, &got));
  CHECK(got.gives == TRATO_COUPON_GIFT && is(got.product, "a cup") &&
        got.amount_minor == 0);
  close_store(store);
}

static void test_terms_that_make_no_sense(void) {
  trato_store *store = open_with_offers();
  trato_coupon_code code;
  memset(&code, '?', sizeof(code));
  const trato_coupon_options fresh = TRATO_COUPON_OPTIONS_INIT;
  trato_coupon_options it = fresh;
#define CHECK_TERMS(status, change)                                        \
  (it = fresh, change,                                                     \
   CHECK_STATUS(status, trato_coupon_issue_many(store, str("tea"), &it, 1, \
                                                NOW, NULL, &code, &error)))
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.gives = 4);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.amount_minor = 1);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.basis_points = 1);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.product = str("cup"));
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.gives = TRATO_COUPON_MONEY);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT,
              (it.gives = TRATO_COUPON_MONEY, it.amount_minor = -1));
  CHECK_TERMS(TRATO_INVALID_ARGUMENT,
              (it.gives = TRATO_COUPON_MONEY, it.amount_minor = 1,
               it.currency = str("euro")));
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.gives = TRATO_COUPON_PERCENT);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT,
              (it.gives = TRATO_COUPON_PERCENT, it.basis_points = 10001));
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.gives = TRATO_COUPON_GIFT);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.span = str("ten days"));
  CHECK_TERMS(TRATO_INVALID_ARGUMENT,
              (it.span = str("1d"), it.valid_until_us = NOW + DAY));
  CHECK_TERMS(TRATO_INVALID_ARGUMENT,
              (it.span = str("1d"), it.flags = TRATO_COUPON_FOR_EVER));
  CHECK_TERMS(TRATO_OUT_OF_RANGE, it.valid_until_us = NOW);
  CHECK_TERMS(TRATO_OUT_OF_RANGE, it.span = str("9999y"));
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.uses = 1000000001);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.flags = 2);
  CHECK_TERMS(TRATO_INVALID_ARGUMENT, it.reserved0 = 1);
#undef CHECK_TERMS
  CHECK_INVALID(trato_coupon_issue_many(store, str("tea"), NULL, 0, NOW, NULL,
                                        &code, &error));
  CHECK_INVALID(trato_coupon_issue_many(store, str("tea"), NULL, 1000001, NOW,
                                        NULL, &code, &error));
  CHECK(code.text[0] == '?');
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_coupon_list(store, str(""), str(""), 9, NOW, &json, &error));
  CHECK(gave(&json, "\"coupons\":[]"));
  close_store(store);
}

static void test_many_at_once(void) {
  enum { kCount = 2000 };
  trato_store *store = open_with_offers();
  trato_coupon_code *codes = calloc(kCount, sizeof(*codes));
  NEED(codes != NULL);
  trato_coupon_options terms = TRATO_COUPON_OPTIONS_INIT;
  terms.uses = 2;
  terms.flags = TRATO_COUPON_FOR_EVER;
  CHECK_OK(trato_coupon_issue_many(store, str("tea"), &terms, kCount, NOW, NULL,
                                   codes, &error));
  for (int i = 0; i < kCount; ++i) {
    CHECK(strlen(codes[i].text) == 20);
    CHECK_OK(redeem(store, str(codes[i].text), i % 2 == 0 ? "" : "new:1", "",
                    NOW + DAY));
  }
  CHECK_OK(redeem(store, str(codes[7].text), "shop:2", "", NOW + 2 * DAY));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               redeem(store, str(codes[7].text), "", "", NOW + 2 * DAY));
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_coupon_list(store, str(""), str("tea"), 9, NOW + 2 * DAY,
                             &json, &error));
  CHECK(has(json, "\"redeemed\":2001") && has(json, "\"uses_left\":1999"));
  CHECK(has(json, "\"customer\":null"));
  CHECK(has(json, "\"redeemed\":1,") || has(json, "\"redeemed\":1}"));
  CHECK(gave(&json, "\"valid\":1999"));
  CHECK_OK(trato_coupon_show(store, str(codes[7].text), NOW + 2 * DAY, &json,
                             &error));
  CHECK(has(json, "\"customer\":\"new:1\""));
  CHECK(gave(&json, "\"customer\":\"shop:2\""));
  free(codes);
  close_store(store);
}

static void test_reversed(void) {
  trato_store *store = open_with_offers();
  trato_buf code = issue(store, "tea");
  const trato_str text = view(code);
  const trato_str why = str("wrong basket");
  const trato_str none = str("");
  CHECK_STATUS(
      TRATO_FAILED_PRECONDITION,
      trato_coupon_reverse(store, text, NULL, why, none, NOW, NULL, &error));
  CHECK_OK(redeem(store, text, "", "sale 1", NOW));
  trato_id id;
  CHECK_OK(trato_fact_id(str(""), str("sale 1"), &id, &error));
  const trato_id unknown = {{1}};
  CHECK_STATUS(TRATO_NOT_FOUND, trato_coupon_reverse(store, text, &unknown, why,
                                                     none, NOW, NULL, &error));
  CHECK_OK(trato_coupon_reverse(store, text, &id, why, str("back 1"), NOW + DAY,
                                NULL, &error));
  // Sent again, and meant again.
  CHECK_OK(trato_coupon_reverse(store, text, NULL, why, str("back 1"),
                                NOW + DAY, NULL, &error));
  CHECK_OK(trato_coupon_reverse(store, text, &id, why, none, NOW + DAY, NULL,
                                &error));
  check_state(store, code, NOW, "\"state\":\"redeemed\"");
  check_state(store, code, NOW + DAY, "\"state\":\"valid\"");
  check_state(store, code, NOW + DAY, "\"reason\":\"wrong basket\"");
  // What was taken back is not given again.
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               redeem(store, text, "", "sale 1", NOW + DAY));
  CHECK_OK(redeem(store, text, "", "sale 2", NOW + DAY));
  CHECK_STATUS(TRATO_FAILED_PRECONDITION,
               redeem(store, text, "", "sale 3", NOW + DAY));
  trato_buf_dispose(&code);
  close_store(store);
}

// What is reported from elsewhere is recorded; the first holds.
static void test_reported(void) {
  trato_store *store = open_with_offers();
  trato_buf code = issue(store, "tea");
  trato_coupon_redemption it = TRATO_COUPON_REDEMPTION_INIT;
  trato_coupon_result got;
  it.code = view(code);
  it.at_us = NOW + DAY;
  CHECK_INVALID(
      trato_coupon_redeem(store, &it, NOW + 5 * DAY, NULL, &got, &error));
  it.flags = TRATO_REDEMPTION_REPORTED;
  it.key = str("till 2");
  CHECK_OK(trato_coupon_redeem(store, &it, NOW + 5 * DAY, NULL, &got, &error));
  CHECK(got.holds == 1 && got.uses_left == 0);
  it.key = str("till 1");
  it.at_us = NOW + 2 * DAY;
  CHECK_OK(trato_coupon_redeem(store, &it, NOW + 5 * DAY, NULL, &got, &error));
  CHECK(got.holds == 0 && got.repeated == 0);
  CHECK_OK(trato_coupon_redeem(store, &it, NOW + 5 * DAY, NULL, &got, &error));
  CHECK(got.repeated == 1);
  it.at_us = NOW + 3 * DAY;
  CHECK_STATUS(
      TRATO_ALREADY_EXISTS,
      trato_coupon_redeem(store, &it, NOW + 5 * DAY, NULL, &got, &error));
  check_state(store, code, NOW + 5 * DAY, "\"why\":\"all uses were taken\"");
  check_state(store, code, NOW, "\"state\":\"valid\"");
  // A clock that goes back finds no use that others have taken later.
  CHECK_STATUS(TRATO_FAILED_PRECONDITION, redeem(store, it.code, "", "", NOW));
  trato_buf_dispose(&code);
  close_store(store);
}

int main(void) {
  test_the_code();
  test_redeemed_once();
  test_as_people_write_it();
  test_what_is_mistyped_or_unknown();
  test_the_deadline();
  test_a_coupon_follows_its_customer();
  test_what_it_takes_off();
  test_terms_that_make_no_sense();
  test_many_at_once();
  test_reversed();
  test_reported();
  return check_done();
}
