/*
 * Copyright 2026 The Trato Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every _INIT macro as programs use it, in C and in C++: compiled, not run.
 */
#include "trato.h"

void use_init_macros(void);

static trato_buf at_file_scope = TRATO_BUF_INIT;

void use_init_macros(void) {
  trato_buf buf = TRATO_BUF_INIT;
  trato_error error = TRATO_ERROR_INIT;
  trato_store_options store_options = TRATO_STORE_OPTIONS_INIT;
  trato_verify_options verify_options = TRATO_VERIFY_OPTIONS_INIT;
  trato_as_of as_of = TRATO_AS_OF_INIT;
  trato_fork_options fork_options = TRATO_FORK_OPTIONS_INIT;
  trato_what_if_options what_if_options = TRATO_WHAT_IF_OPTIONS_INIT;
  trato_competitor competitor = TRATO_COMPETITOR_INIT;
  trato_retention retention = TRATO_RETENTION_INIT;
  trato_view_options view_options = TRATO_VIEW_OPTIONS_INIT;
  trato_write_options write_options = TRATO_WRITE_OPTIONS_INIT;
  trato_value value = TRATO_VALUE_INIT;
  trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
  trato_namespace name_space = TRATO_NAMESPACE_INIT;
  trato_attribute_definition attribute_definition =
      TRATO_ATTRIBUTE_DEFINITION_INIT;
  trato_relation_definition relation_definition =
      TRATO_RELATION_DEFINITION_INIT;
  trato_relation relation = TRATO_RELATION_INIT;
  trato_line line = TRATO_LINE_INIT;
  trato_line lines[2] = {TRATO_LINE_INIT, TRATO_LINE_INIT};
  trato_field field = {trato_cstr("till"), TRATO_VALUE_INIT};
  trato_interaction interaction = TRATO_INTERACTION_INIT;
  trato_correction correction = TRATO_CORRECTION_INIT;
  trato_timeline_options timeline_options = TRATO_TIMELINE_OPTIONS_INIT;
  trato_import_options import_options = TRATO_IMPORT_OPTIONS_INIT;
  trato_append_options append_options = TRATO_APPEND_OPTIONS_INIT;
  trato_list_options list_options = TRATO_LIST_OPTIONS_INIT;
  trato_export_options export_options = TRATO_EXPORT_OPTIONS_INIT;
  trato_offer offer = TRATO_OFFER_INIT;
  trato_match_options match_options = TRATO_MATCH_OPTIONS_INIT;
  trato_outcome outcome = TRATO_OUTCOME_INIT;
  trato_product product = TRATO_PRODUCT_INIT;
  trato_contact_policy contact_policy = TRATO_CONTACT_POLICY_INIT;
  trato_arbitration arbitration = TRATO_ARBITRATION_INIT;
  trato_past_decision past_decision = TRATO_PAST_DECISION_INIT;
  trato_permit_request permit_request = TRATO_PERMIT_REQUEST_INIT;
  trato_coupon_options coupon_options = TRATO_COUPON_OPTIONS_INIT;
  trato_coupon_redemption coupon_redemption = TRATO_COUPON_REDEMPTION_INIT;
  trato_watch_options watch_options = TRATO_WATCH_OPTIONS_INIT;
  trato_consent consent = TRATO_CONSENT_INIT;
  trato_objection objection = TRATO_OBJECTION_INIT;
  trato_contacts_options contacts_options = TRATO_CONTACTS_OPTIONS_INIT;
  trato_retract_options retract_options = TRATO_RETRACT_OPTIONS_INIT;
  trato_suppression_options suppression_options =
      TRATO_SUPPRESSION_OPTIONS_INIT;
  const trato_purchase_columns purchase_columns = TRATO_PURCHASE_COLUMNS_INIT;
  const trato_purchases_options purchases_options = TRATO_PURCHASES_OPTIONS_INIT;
  const trato_store_purchases_options store_purchases_options = TRATO_STORE_PURCHASES_OPTIONS_INIT;
  const trato_value_fit_options value_fit_options = TRATO_VALUE_FIT_OPTIONS_INIT;
  const trato_value_model value_model = TRATO_VALUE_MODEL_INIT;
  const trato_value_options value_options = TRATO_VALUE_OPTIONS_INIT;
  const trato_value_predictions value_predictions = TRATO_VALUE_PREDICTIONS_INIT;
  const trato_rfm_edges rfm_edges = TRATO_RFM_EDGES_INIT;
  const trato_rfm_columns rfm_columns = TRATO_RFM_COLUMNS_INIT;
  const trato_rfm_options rfm_options = TRATO_RFM_OPTIONS_INIT;
  const trato_refit_options refit_options = TRATO_REFIT_OPTIONS_INIT;
  const trato_worth worth = TRATO_WORTH_INIT;
  const trato_identity_definition identity_definition =
      TRATO_IDENTITY_DEFINITION_INIT;
  const trato_identity_options identity_options =
      TRATO_IDENTITY_OPTIONS_INIT;
  const trato_compare_options compare_options = TRATO_COMPARE_OPTIONS_INIT;
  const trato_learner_definition learner_definition = TRATO_LEARNER_DEFINITION_INIT;
  const trato_learner_question learner_question = TRATO_LEARNER_QUESTION_INIT;
  const trato_learner_rows learner_rows = TRATO_LEARNER_ROWS_INIT;
  const trato_learner_choices learner_choices = TRATO_LEARNER_CHOICES_INIT;
  const trato_learner_answers learner_answers = TRATO_LEARNER_ANSWERS_INIT;
  const trato_learning_definition learning = TRATO_LEARNING_DEFINITION_INIT;
  const trato_allocation_options allocation_options =
      TRATO_ALLOCATION_OPTIONS_INIT;
  const trato_items_options items_options = TRATO_ITEMS_OPTIONS_INIT;
  const trato_score_definition score_definition = TRATO_SCORE_DEFINITION_INIT;
  const trato_evaluation_options evaluation_options =
      TRATO_EVALUATION_OPTIONS_INIT;
  const trato_target target = TRATO_TARGET_INIT;
  const trato_experiment_options experiment_options =
      TRATO_EXPERIMENT_OPTIONS_INIT;
  (void)buf;
  (void)product;
  (void)contact_policy;
  (void)arbitration;
  (void)learning;
  (void)items_options;
  (void)allocation_options;
  (void)past_decision;
  (void)permit_request;
  (void)coupon_options;
  (void)coupon_redemption;
  (void)error;
  (void)store_options;
  (void)verify_options;
  (void)as_of;
  (void)fork_options;
  (void)what_if_options;
  (void)competitor;
  (void)retention;
  (void)view_options;
  (void)write_options;
  (void)value;
  (void)attribute;
  (void)name_space;
  (void)attribute_definition;
  (void)relation_definition;
  (void)relation;
  (void)line;
  (void)lines;
  (void)field;
  (void)interaction;
  (void)correction;
  (void)timeline_options;
  (void)import_options;
  (void)append_options;
  (void)list_options;
  (void)export_options;
  (void)offer;
  (void)match_options;
  (void)outcome;
  (void)watch_options;
  (void)consent;
  (void)objection;
  (void)contacts_options;
  (void)retract_options;
  (void)suppression_options;
  (void)purchase_columns;
  (void)purchases_options;
  (void)store_purchases_options;
  (void)value_fit_options;
  (void)value_model;
  (void)value_options;
  (void)value_predictions;
  (void)rfm_edges;
  (void)rfm_columns;
  (void)rfm_options;
  (void)refit_options;
  (void)worth;
  (void)identity_definition;
  (void)identity_options;
  (void)compare_options;
  (void)learner_definition;
  (void)learner_question;
  (void)learner_rows;
  (void)learner_choices;
  (void)learner_answers;
  (void)score_definition;
  (void)evaluation_options;
  (void)target;
  (void)experiment_options;
  (void)at_file_scope;
}
