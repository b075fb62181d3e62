// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Purposes, consents and objections.

#include "check.h"

static trato_store *store = NULL;

static trato_consent said(trato_consent_state state, const char *customer,
                          const char *purpose, const char *channel,
                          int64_t at_us) {
  trato_consent it = TRATO_CONSENT_INIT;
  it.state = state;
  it.at_us = at_us;
  it.customer = str(customer);
  it.purpose = str(purpose);
  it.channel = str(channel);
  return it;
}

static trato_id say(trato_consent_state state, const char *customer,
                    const char *purpose, const char *channel, int64_t at_us) {
  const trato_consent it = said(state, customer, purpose, channel, at_us);
  trato_id fact;
  memset(&fact, 0, sizeof(fact));
  CHECK_OK(trato_consent_record(store, &it, NOW, NULL, &fact, &error));
  return fact;
}

static trato_consent_answer ask(const char *customer, const char *channel,
                                int64_t now_us) {
  trato_consent_answer answer;
  memset(&answer, 0xff, sizeof(answer));
  CHECK_OK(trato_consent_test(store, str(customer), str("marketing"),
                              str(channel), now_us, &answer, &error));
  return answer;
}

static void test_a_grant_until_the_clock_ends_it(void) {
  trato_consent grant =
      said(TRATO_CONSENT_GRANTED, "one:1", "marketing", "email", NOW - DAY);
  grant.valid_until_us = NOW + DAY;
  trato_id fact;
  CHECK_OK(trato_consent_record(store, &grant, NOW, NULL, &fact, &error));
  trato_consent_answer it = ask("one:1", "email", NOW);
  CHECK(it.state == TRATO_CONSENT_GRANTED && it.allowed == 1);
  CHECK(it.since_us == NOW - DAY && it.until_us == NOW + DAY);
  CHECK(same_id(it.fact, fact));
  it = ask("one:1", "email", NOW + DAY - 1);
  CHECK(it.allowed == 1);
  it = ask("one:1", "email", NOW + DAY);
  CHECK(it.state == TRATO_CONSENT_EXPIRED && it.allowed == 0);
  CHECK(it.since_us == NOW + DAY && it.until_us == INT64_MAX);
  it = ask("one:1", "sms", NOW);
  const trato_id zeros = {{0}};
  CHECK(it.state == TRATO_CONSENT_NONE && it.allowed == 0);
  CHECK(it.since_us == INT64_MIN && it.until_us == INT64_MAX);
  CHECK(same_id(it.fact, zeros));
}

static void test_stop_everything_and_one_newsletter_later(void) {
  CHECK_OK(trato_purpose_define(store, str("newsletter"), 1, str("weekly"), NOW,
                                NULL, &error));
  say(TRATO_CONSENT_GRANTED, "two:1", "marketing", "email", NOW - 5 * DAY);
  say(TRATO_CONSENT_WITHDRAWN, "two:1", "*", "*", NOW - 4 * DAY);
  CHECK(ask("two:1", "email", NOW).state == TRATO_CONSENT_WITHDRAWN);
  say(TRATO_CONSENT_GRANTED, "two:1", "newsletter", "email", NOW - 3 * DAY);
  trato_consent_answer it;
  CHECK_OK(trato_consent_test(store, str("two:1"), str("newsletter"),
                              str("email"), NOW, &it, &error));
  CHECK(it.allowed == 1);
  CHECK(ask("two:1", "email", NOW).state == TRATO_CONSENT_WITHDRAWN);
  // A blanket grant does not lift what was refused by name.
  say(TRATO_CONSENT_DENIED, "two:1", "marketing", "sms", NOW - 2 * DAY);
  say(TRATO_CONSENT_GRANTED, "two:1", "*", "*", NOW - DAY);
  CHECK(ask("two:1", "sms", NOW).state == TRATO_CONSENT_DENIED);
  CHECK(ask("two:1", "email", NOW).allowed == 1);
}

static void test_the_stricter_holds_while_records_are_linked(void) {
  say(TRATO_CONSENT_GRANTED, "three:1", "marketing", "email", NOW - DAY);
  say(TRATO_CONSENT_WITHDRAWN, "three:2", "marketing", "email", NOW - 2 * DAY);
  CHECK_OK(trato_link(store, str("three:1"), str("three:2"), str(""), 0, NOW,
                      NULL, &error));
  CHECK(ask("three:1", "email", NOW).state == TRATO_CONSENT_WITHDRAWN);
  CHECK(ask("three:2", "email", NOW).state == TRATO_CONSENT_WITHDRAWN);
  CHECK_OK(trato_unlink(store, str("three:1"), str("three:2"), str(""), NOW,
                        NULL, &error));
  CHECK(ask("three:1", "email", NOW).allowed == 1);
  CHECK(ask("three:2", "email", NOW).state == TRATO_CONSENT_WITHDRAWN);
}

static void test_an_objection_is_lifted_by_who_made_it_with_proof(void) {
  say(TRATO_CONSENT_GRANTED, "four:1", "marketing", "email", NOW - 3 * DAY);
  trato_objection objection = TRATO_OBJECTION_INIT;
  objection.customer = str("four:1");
  objection.at_us = NOW - 2 * DAY;
  CHECK_OK(trato_objection_record(store, &objection, NOW, NULL, NULL, &error));
  say(TRATO_CONSENT_GRANTED, "four:1", "marketing", "email", NOW - DAY);
  CHECK(ask("four:1", "email", NOW).state == TRATO_CONSENT_OBJECTED);
  CHECK(ask("four:1", "email", NOW - 3 * DAY).allowed == 1);
  // Whoever goes by the same address is not written to either.
  CHECK_OK(trato_identifier_claim(store, str("four:1"), str("mail:four"), NOW,
                                  NULL, NULL, &error));
  CHECK_OK(trato_identifier_claim(store, str("four:2"), str("mail:four"), NOW,
                                  NULL, NULL, &error));
  say(TRATO_CONSENT_GRANTED, "four:2", "marketing", "email", NOW - DAY);
  CHECK(ask("four:2", "email", NOW).state == TRATO_CONSENT_OBJECTED);
  trato_buf json = TRATO_BUF_INIT;
  CHECK_OK(trato_consent_explain(store, str("four:2"), str("marketing"),
                                 str("email"), NOW, &json, &error));
  CHECK(gave(&json, "four:1, who also goes by mail:four"));
  objection.lifted = 1;
  objection.at_us = NOW;
  CHECK_INVALID(
      trato_objection_record(store, &objection, NOW, NULL, NULL, &error));
  CHECK(strstr(error.message, "proof") != NULL);
  objection.proof = str("signed");
  CHECK_OK(trato_objection_record(store, &objection, NOW, NULL, NULL, &error));
  CHECK(ask("four:1", "email", NOW).allowed == 1);
  CHECK(ask("four:2", "email", NOW).allowed == 1);
}

static void test_a_purpose_that_becomes_direct_marketing(void) {
  CHECK_OK(trato_purpose_define(store, str("survey"), 0, str(""), NOW, NULL,
                                &error));
  CHECK_OK(trato_segment_define(store, str("askable"),
                                str("consent('survey', 'sms')"), NOW, NULL,
                                &error));
  say(TRATO_CONSENT_GRANTED, "five:1", "survey", "sms", NOW);
  trato_objection objection = TRATO_OBJECTION_INIT;
  objection.customer = str("five:1");
  CHECK_OK(trato_objection_record(store, &objection, NOW, NULL, NULL, &error));
  uint32_t member = 0;
  CHECK_OK(trato_segment_test(store, str("askable"), str("five:1"), NOW,
                              &member, &error));
  CHECK(member == 1);
  CHECK_OK(trato_purpose_define(store, str("survey"), 1, str(""), NOW, NULL,
                                &error));
  CHECK_OK(trato_segment_test(store, str("askable"), str("five:1"), NOW,
                              &member, &error));
  CHECK(member == 0);
  CHECK_STATUS(TRATO_ALREADY_EXISTS,
               trato_purpose_define(store, str("survey"), 0, str(""), NOW, NULL,
                                    &error));
}

static void test_what_is_refused(void) {
  trato_consent bad =
      said(TRATO_CONSENT_WITHDRAWN, "six:1", "marketing", "email", NOW);
  bad.valid_until_us = NOW + DAY;
  CHECK_INVALID(trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  bad = said(TRATO_CONSENT_GRANTED, "six:1", "marketing", "email", NOW);
  bad.valid_until_us = NOW;
  CHECK_INVALID(trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  const trato_consent_state none[] = {TRATO_CONSENT_NONE, TRATO_CONSENT_EXPIRED,
                                      TRATO_CONSENT_OBJECTED, 99};
  for (int i = 0; i < 4; ++i) {
    bad = said(none[i], "six:1", "marketing", "email", NOW);
    CHECK_INVALID(trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  }
  bad = said(TRATO_CONSENT_GRANTED, "six:1", "markting", "email", NOW);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  CHECK(strstr(error.message, "did you mean 'marketing'") != NULL);
  bad = said(TRATO_CONSENT_GRANTED, "six:1", "marketing", "emial", NOW);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  bad = said(TRATO_CONSENT_GRANTED, "six:1", "marketing", "", NOW);
  CHECK_INVALID(trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  bad = said(TRATO_CONSENT_GRANTED, "six:1", "", "email", NOW);
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  bad = said(TRATO_CONSENT_GRANTED, "six", "marketing", "email", NOW);
  CHECK_INVALID(trato_consent_record(store, &bad, NOW, NULL, NULL, &error));
  // Nothing of it was stored.
  trato_consent_answer answer;
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_consent_test(store, str("six:1"), str("marketing"),
                                  str("email"), NOW, &answer, &error));
  // One asks for one purpose on one channel.
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_consent_test(store, str("one:1"), str("*"), str("email"),
                                  NOW, &answer, &error));
  CHECK_STATUS(TRATO_NOT_FOUND,
               trato_consent_test(store, str("one:1"), str("marketing"),
                                  str("*"), NOW, &answer, &error));
  CHECK_INVALID(trato_consent_test(store, str("one:1"), str("marketing"),
                                   str(""), NOW, &answer, &error));
}

static void test_a_key_is_said_once_and_history_tells_all(void) {
  trato_consent it =
      said(TRATO_CONSENT_GRANTED, "seven:1", "marketing", "email", NOW - DAY);
  it.key = str("form 88");
  it.wording = str("2011-12");
  it.proof = str("sha256:00ff");
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.source = str("web form");
  options.actor = str("herself");
  options.batch = str("import 7");
  trato_id one, other;
  CHECK_OK(trato_consent_record(store, &it, NOW, &options, &one, &error));
  CHECK_OK(trato_consent_record(store, &it, NOW, &options, &other, &error));
  CHECK(same_id(one, other));
  it.state = TRATO_CONSENT_DENIED;
  CHECK_STATUS(TRATO_ALREADY_EXISTS,
               trato_consent_record(store, &it, NOW, &options, NULL, &error));
  trato_buf json = TRATO_BUF_INIT;
  static const char *const parts[] = {
      "\"state\":\"granted\"",   "\"purpose\":\"marketing\"",
      "\"wording\":\"2011-12\"", "\"proof\":\"sha256:00ff\"",
      "\"source\":\"web form\"", "\"actor\":\"herself\"",
      "\"batch\":\"import 7\"",  "\"record\":\"seven:1\"",
      "\"valid_until_us\":null", "\"at\":\"2011-12-09 00:00\""};
  for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); ++i) {
    CHECK_OK(trato_consent_history(store, str("seven:1"), NOW, &json, &error));
    CHECK(gave(&json, parts[i]));
  }
  CHECK_OK(trato_consent_show(store, str("seven:1"), NOW, &json, &error));
  CHECK(gave(&json, "\"objection\":null"));
  CHECK_OK(trato_consent_show(store, str("seven:1"), NOW, &json, &error));
  CHECK(gave(&json, "\"channel\":\"email\",\"allowed\":true"));
}

int main(void) {
  store = open_memory();
  test_a_grant_until_the_clock_ends_it();
  test_stop_everything_and_one_newsletter_later();
  test_the_stricter_holds_while_records_are_linked();
  test_an_objection_is_lifted_by_who_made_it_with_proof();
  test_a_purpose_that_becomes_direct_marketing();
  test_what_is_refused();
  test_a_key_is_said_once_and_history_tells_all();
  close_store(store);
  return check_done();
}
