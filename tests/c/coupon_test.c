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
  CHECK_OK(trato_coupon_issue(store, str("shop:1"), str(offer), NOW, NULL,
                              &code, &error));
  NEED(code.data != NULL);
  return code;
}

static trato_status redeem(trato_store *store, trato_str code,
                           const char *customer, const char *key,
                           int64_t now_us) {
  return trato_coupon_redeem(store, code, str(customer), str(key), now_us, NULL,
                             &error);
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
               trato_coupon_issue(store, str("shop:404"), str("tea"), NOW, NULL,
                                  &none, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_coupon_issue(store, str("shop:1"), str("coffee"), NOW,
                                  NULL, &none, &error));
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

int main(void) {
  test_the_code();
  test_redeemed_once();
  test_as_people_write_it();
  test_what_is_mistyped_or_unknown();
  test_the_deadline();
  test_a_coupon_follows_its_customer();
  return check_done();
}
