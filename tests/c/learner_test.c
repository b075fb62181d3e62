/* Copyright 2026 The Trato Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Learners through the C interface. */

#include <math.h>

#include "check.h"

static trato_str text_of(const char *text) {
  const trato_str view = {text, strlen(text)};
  return view;
}

static trato_learner *make(void) {
  const trato_learner_need needs[1] = {{text_of("drink"), {NULL, 0}}};
  const trato_learner_offer offers[3] = {{text_of("tea"), text_of("drink")},
                                         {text_of("coffee"), text_of("drink")},
                                         {text_of("mug"), {NULL, 0}}};
  trato_learner_definition definition = TRATO_LEARNER_DEFINITION_INIT;
  definition.offers = offers;
  definition.offer_count = 3;
  definition.needs = needs;
  definition.need_count = 1;
  trato_learner *learner = NULL;
  CHECK_OK(trato_learner_create(&definition, &learner, &error));
  NEED(learner != NULL);
  return learner;
}

static void it_learns(void) {
  trato_learner *learner = make();
  const uint32_t offers[3] = {0, 1, 2};
  trato_learner_question question = TRATO_LEARNER_QUESTION_INIT;
  question.customer = 7;
  question.segment = 1;
  question.offers = offers;
  question.offer_count = 3;
  double before[3];
  double after[3];
  trato_learner_choice choice;
  CHECK_OK(
      trato_learner_decide(learner, &question, NOW, &choice, before, &error));
  CHECK(fabs(before[0] + before[1] + before[2] - 1) < 1e-12);
  CHECK(choice.probability == before[choice.place]);
  CHECK(choice.floor == 0.01);

  const uint64_t customers[2] = {7, 8};
  const uint32_t segments[2] = {1, 1};
  const uint32_t shown[2] = {1, 1};
  const uint8_t accepted[2] = {1, 1};
  trato_learner_answers answers = TRATO_LEARNER_ANSWERS_INIT;
  answers.count = 2;
  answers.customers = customers;
  answers.segments = segments;
  answers.offers = shown;
  answers.accepted = accepted;
  answers.all_at_us = NOW;
  CHECK_OK(trato_learner_learn(learner, &answers, &error));
  CHECK_OK(
      trato_learner_decide(learner, &question, NOW, &choice, after, &error));
  CHECK(after[1] > before[1]);

  trato_buf bytes = TRATO_BUF_INIT;
  CHECK_OK(trato_learner_save(learner, &bytes, &error));
  trato_learner *read = NULL;
  const trato_str saved = {bytes.data, bytes.size};
  CHECK_OK(trato_learner_load(saved, &read, &error));
  NEED(read != NULL);
  double again[3];
  CHECK_OK(trato_learner_decide(read, &question, NOW, &choice, again, &error));
  CHECK(memcmp(after, again, sizeof after) == 0);
  trato_buf_dispose(&bytes);
  trato_learner_destroy(read);

  CHECK_OK(trato_learner_take_back(learner, &answers, &error));
  CHECK_OK(
      trato_learner_decide(learner, &question, NOW, &choice, again, &error));
  CHECK(memcmp(before, again, sizeof before) == 0);
  CHECK(trato_learner_take_back(learner, &answers, &error) ==
        TRATO_FAILED_PRECONDITION);
  trato_learner_destroy(learner);
}

static void it_refuses(void) {
  trato_learner *learner = make();
  trato_learner_choice choice;
  trato_learner_question question = TRATO_LEARNER_QUESTION_INIT;
  CHECK(trato_learner_decide(learner, &question, NOW, &choice, NULL, &error) ==
        TRATO_INVALID_ARGUMENT);
  const uint32_t offers[2] = {0, 3};
  question.offers = offers;
  question.offer_count = 2;
  CHECK(trato_learner_decide(learner, &question, NOW, &choice, NULL, &error) ==
        TRATO_NOT_FOUND);
  CHECK(strstr(error.message, "offers[1]") != NULL);
  const double values[1] = {NAN};
  question.offer_count = 1;
  question.values = values;
  CHECK(trato_learner_decide(learner, &question, NOW, &choice, NULL, &error) ==
        TRATO_INVALID_ARGUMENT);
  CHECK(strstr(error.message, "values[0]") != NULL);
  CHECK(trato_learner_link(learner, 0, 1, &error) == TRATO_INVALID_ARGUMENT);
  CHECK(trato_learner_unlink(learner, 1, 2, &error) == TRATO_NOT_FOUND);
  CHECK(trato_learner_create(NULL, &learner, &error) == TRATO_INVALID_ARGUMENT);
  trato_learner *other = NULL;
  CHECK(trato_learner_load(text_of("nonsense"), &other, &error) ==
        TRATO_DATA_LOSS);
  trato_learner_destroy(learner);
  trato_learner_destroy(NULL);
}

int main(void) {
  it_learns();
  it_refuses();
  return check_done();
}
