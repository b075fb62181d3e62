# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The structs and callbacks of trato.h for ctypes.

Names and order are those of the header, without their ``trato_``.
"""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
)

READ_FN = CFUNCTYPE(c_int64, c_void_p, c_void_p, c_size_t)
PROGRESS_FN = CFUNCTYPE(c_int32, c_void_p, c_uint64, c_uint64)
CHANGED_FN = CFUNCTYPE(c_int32, c_void_p)
TASK_FN = CFUNCTYPE(None, c_void_p, c_size_t)
JUDGE_FN = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t, c_void_p)
RUN_FN = CFUNCTYPE(None, c_void_p, TASK_FN, c_void_p, c_size_t)


class Str(Structure):
    # c_char_p keeps the bytes object alive for as long as the struct. To read
    # what the library wrote use `string`: its text does not end with a NUL.
    _fields_ = [("data", c_char_p), ("size", c_size_t)]


PHONE_FN = CFUNCTYPE(c_size_t, c_void_p, Str, Str, c_void_p)


class _Bytes(Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class Buf(_Bytes):
    pass


class Id(Structure):
    _fields_ = [("bytes", c_uint8 * 16)]


class Error(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("code", c_int32),
        ("line", c_uint32),
        ("column", c_uint32),
        ("message", c_char * 496),
    ]


class StoreOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("mode", c_uint32),
        ("zone", Str),
        ("currency", Str),
        ("memory_limit", c_uint64),
        ("run", RUN_FN),
        ("run_context", c_void_p),
        ("erasures", Str),
        ("key", Str),
        ("seed", c_uint64),
    ]


class Head(Structure):
    _fields_ = [("position", c_uint64), ("chain", c_uint8 * 32)]


class Digest(Structure):
    _fields_ = [("bytes", c_uint8 * 32)]


class VerifyOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("rebuild", c_uint32),
        ("head", POINTER(Head)),
        ("progress", PROGRESS_FN),
        ("progress_context", c_void_p),
    ]


class AsOf(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("as_of_us", c_int64),
        ("known_at", c_uint64),
    ]


class ForkOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("memory_limit", c_uint64),
    ]


class WhatIfOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("rows", c_uint32),
        ("since_us", c_int64),
        ("until_us", c_int64),
        ("progress", PROGRESS_FN),
        ("progress_context", c_void_p),
    ]


class Competitor(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("action", c_uint32),
        ("at_us", c_int64),
        ("customer", Str),
        ("competitor", Str),
        ("product", Str),
        ("currency", Str),
        ("price_minor", c_int64),
        ("channel", Str),
        ("key", Str),
    ]


class Retention(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("kind", c_uint32),
        ("name", Str),
        ("purpose", Str),
        ("keep", Str),
    ]


class Tag(Structure):
    _fields_ = [("name", Str), ("value", Str)]


class ViewOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("any", c_uint32),
        ("tags", POINTER(Tag)),
        ("tag_count", c_size_t),
        ("filter", Str),
    ]


class WriteOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("durability", c_uint32),
        ("actor", Str),
        ("source", Str),
        ("batch", Str),
    ]


class Value(Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("currency", c_char * 4),
        ("integer", c_int64),
        ("number", c_double),
        ("text", Str),
    ]


class Namespace(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("name", Str),
        ("max_records", c_uint32),
        ("reserved0", c_uint32),
    ]


class RelationDefinition(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("name", Str),
        ("inverse", Str),
        ("description", Str),
    ]


class Relation(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("at_us", c_int64),
        ("customer", Str),
        ("relation", Str),
        ("other", Str),
        ("key", Str),
    ]


class AttributeDefinition(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("subject", c_uint32),
        ("name", Str),
        ("kind", c_uint32),
        ("flags", c_uint32),
        ("description", Str),
        ("unit", Str),
        ("allowed", POINTER(Str)),
        ("allowed_count", c_size_t),
        ("sensitivity", c_uint32),
        ("per", c_uint32),
        ("reconciliation", c_uint32),
        ("reserved0", c_uint32),
        ("sources", POINTER(Str)),
        ("sources_count", c_size_t),
    ]


class Attribute(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("at_us", c_int64),
        ("customer", Str),
        ("name", Str),
        ("value", Value),
        ("key", Str),
        ("about", Str),
        ("strength", c_double),
    ]


class Line(Structure):
    _fields_ = [
        ("product", Str),
        ("unit", Str),
        ("quantity", c_int64),
        ("unit_price", c_int64),
        ("amount_minor", c_int64),
    ]


class Field(Structure):
    _fields_ = [("name", Str), ("value", Value)]


class Interaction(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("direction", c_uint32),
        ("at_us", c_int64),
        ("customer", Str),
        ("type", Str),
        ("channel", Str),
        ("currency", Str),
        ("amount_minor", c_int64),
        ("lines", POINTER(Line)),
        ("line_count", c_size_t),
        ("fields", POINTER(Field)),
        ("field_count", c_size_t),
        ("reply_to", POINTER(Id)),
        ("key", Str),
    ]


class Correction(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("at_us", c_int64),
        ("record", Str),
        ("interaction", Id),
        ("content", POINTER(Interaction)),
        ("reason", Str),
        ("key", Str),
    ]


class CustomerRecord(Structure):
    _fields_ = [("id", Id), ("name", Str)]


class CustomerValue(Structure):
    _fields_ = [
        ("name", Str),
        ("about", Str),
        ("value", Value),
        ("since_us", c_int64),
        ("source", Str),
        ("record", Str),
        ("strength", c_double),
        ("flags", c_uint32),
        ("reserved0", c_uint32),
    ]


class Customer(Structure):
    _fields_ = [
        ("id", Id),
        ("kind", c_uint32),
        ("restricted", c_uint32),
        ("records", POINTER(CustomerRecord)),
        ("record_count", c_size_t),
        ("identifiers", POINTER(Str)),
        ("identifier_count", c_size_t),
        ("values", POINTER(CustomerValue)),
        ("value_count", c_size_t),
    ]


class TimelineEntry(Structure):
    _fields_ = [
        ("fact", Id),
        ("at_us", c_int64),
        ("recorded_us", c_int64),
        ("record", Str),
        ("type", Str),
        ("channel", Str),
        ("source", Str),
        ("key", Str),
        ("direction", c_uint32),
        ("currency", c_char * 4),
        ("amount_minor", c_int64),
        ("lines", POINTER(Line)),
        ("line_count", c_size_t),
        ("fields", POINTER(Field)),
        ("field_count", c_size_t),
        ("reply_to", POINTER(Id)),
    ]


class TimelineOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("newest_first", c_uint32),
        ("limit", c_uint64),
        ("type", Str),
        ("without_ids", c_uint32),
        ("reserved0", c_uint32),
    ]


class ImportOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("dry_run", c_uint32),
        ("name_space", Str),
        ("progress", PROGRESS_FN),
        ("progress_context", c_void_p),
    ]


class Column(Structure):
    _fields_ = [("field", Str), ("column", Str)]


class AppendOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("dry_run", c_uint32),
        ("columns", POINTER(Column)),
        ("column_count", c_size_t),
        ("name_space", Str),
        ("progress", PROGRESS_FN),
        ("progress_context", c_void_p),
    ]


class Appended(Structure):
    _fields_ = [("rows", c_uint64), ("added", c_uint64), ("known", c_uint64)]


class ListOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("descending", c_uint32),
        ("sort", Str),
        ("filter", Str),
        ("cursor", Str),
        ("limit", c_uint64),
    ]


class ExportOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("batch_rows", c_uint32),
        ("from_us", c_int64),
        ("until_us", c_int64),
        ("customers", POINTER(Str)),
        ("customer_count", c_size_t),
        ("type", Str),
        ("list", POINTER(ListOptions)),
    ]


class SegmentSize(Structure):
    _fields_ = [
        ("members", c_uint64),
        ("customers", c_uint64),
        ("undecided", c_uint64),
    ]


class SegmentStep(Structure):
    _fields_ = [
        ("at_us", c_int64),
        ("member", c_uint32),
        ("reserved", c_uint32),
    ]


class Cursor(Structure):
    _fields_ = [
        ("at_us", c_int64),
        ("position", c_uint64),
    ]


class WatchOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("segments", POINTER(Str)),
        ("segment_count", c_size_t),
        ("since", POINTER(Cursor)),
        ("saved", Str),
    ]


class Change(Structure):
    _fields_ = [
        ("at_us", c_int64),
        ("position", c_uint64),
        ("segment", Str),
        ("customer", Str),
        ("id", Id),
        ("entered", c_uint32),
        ("cause", c_uint32),
    ]


class WatchState(Structure):
    _fields_ = [
        ("clock_us", c_int64),
        ("position", c_uint64),
        ("pending", c_uint64),
        ("wakeups", c_uint64),
        ("idle_wakeups", c_uint64),
        ("is_done", c_uint32),
        ("nudge_failed", c_uint32),
    ]


class SegmentOverlap(Structure):
    _fields_ = [
        ("first_only", c_uint64),
        ("second_only", c_uint64),
        ("both", c_uint64),
        ("customers", c_uint64),
        ("undecided", c_uint64),
    ]


class Member(Structure):
    _fields_ = [("id", Id), ("name", Str)]


class OfferVariant(Structure):
    _fields_ = [("channel", Str), ("title", Str), ("content", Str)]


class Offer(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("discount_basis_points", c_uint32),
        ("name", Str),
        ("title", Str),
        ("products", POINTER(Str)),
        ("product_count", c_size_t),
        ("currency", Str),
        ("value_minor", c_int64),
        ("discount_minor", c_int64),
        ("eligibility", Str),
        ("valid_from_us", c_int64),
        ("valid_until_us", c_int64),
        ("coupon_span", Str),
        ("purpose", Str),
        ("channel", Str),
        ("issue", Str),
        ("group", Str),
        ("categories", POINTER(Str)),
        ("category_count", c_size_t),
        ("needs", POINTER(Str)),
        ("need_count", c_size_t),
        ("applicability", Str),
        ("suitability", Str),
        ("context", Str),
        ("cost_minor", c_int64),
        ("benefit_minor", c_int64),
        ("lever", c_double),
        ("stock", c_int64),
        ("budget_minor", c_int64),
        ("respond_within", Str),
        ("variants", POINTER(OfferVariant)),
        ("variant_count", c_size_t),
    ]


class Product(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("id", Str),
        ("name", Str),
        ("category", Str),
        ("substitutes", POINTER(Str)),
        ("substitute_count", c_size_t),
    ]


class ContactPolicy(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("at_most", c_uint32),
        ("name", Str),
        ("channel", Str),
        ("issue", Str),
        ("group", Str),
        ("offer", Str),
        ("within", Str),
        ("quiet_from", c_int32),
        ("quiet_until", c_int32),
        ("holdout_basis_points", c_uint32),
        ("retired", c_uint32),
        ("open_complaint", Str),
    ]


class Arbitration(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("per_issue", c_uint32),
        ("per_group", c_uint32),
        ("reserved0", c_uint32),
        ("benefit_weight", c_double),
        ("exploration", c_double),
        ("pacing", c_double),
    ]


class Match(Structure):
    _fields_ = [
        ("offer", Str),
        ("score", c_double),
        ("affinity", c_double),
        ("value_minor", c_int64),
        ("currency", c_char * 4),
        ("reserved0", c_uint32),
        ("channel", Str),
    ]


class MatchOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("channel", Str),
        ("conversation", Str),
    ]


class PermitRequest(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("has_decision", c_uint32),
        ("decision", Id),
        ("channel", Str),
        ("purpose", Str),
        ("offer", Str),
        ("lasts", Str),
    ]


class Permit(Structure):
    _fields_ = [("id", Id), ("deadline_us", c_int64)]


class Decision(Structure):
    _fields_ = [
        ("id", Id),
        ("taken", c_uint32),
        ("reserved0", c_uint32),
        ("probability", c_double),
        ("match", Match),
    ]


class CouponOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("gives", c_uint32),
        ("amount_minor", c_int64),
        ("currency", Str),
        ("basis_points", c_uint32),
        ("uses", c_uint32),
        ("product", Str),
        ("valid_until_us", c_int64),
        ("span", Str),
        ("flags", c_uint32),
        ("reserved0", c_uint32),
        ("decision", Id),
    ]


class CouponCode(Structure):
    _fields_ = [("text", c_char * 24)]


class CouponRedemption(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("flags", c_uint32),
        ("code", Str),
        ("customer", Str),
        ("key", Str),
        ("at_us", c_int64),
        ("purchase", Id),
        ("basket_minor", c_int64),
        ("currency", Str),
    ]


class CouponResult(Structure):
    _fields_ = [
        ("redemption", Id),
        ("gives", c_uint32),
        ("basis_points", c_uint32),
        ("amount_minor", c_int64),
        ("currency", c_char * 4),
        ("uses_left", c_uint32),
        ("product", Str),
        ("offer", Str),
        ("holds", c_uint32),
        ("repeated", c_uint32),
    ]


class PastDecision(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("customer", Str),
        ("offer", Str),
        ("channel", Str),
        ("conversation", Str),
        ("key", Str),
        ("at_us", c_int64),
        ("score", c_double),
        ("probability", c_double),
    ]


class Outcome(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("kind", c_uint32),
        ("at_us", c_int64),
        ("decision", Id),
        ("key", Str),
        ("conversation", Str),
        ("interaction", Id),
    ]


class Consent(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("state", c_uint32),
        ("at_us", c_int64),
        ("valid_until_us", c_int64),
        ("customer", Str),
        ("purpose", Str),
        ("channel", Str),
        ("wording", Str),
        ("proof", Str),
        ("key", Str),
    ]


class Objection(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("lifted", c_uint32),
        ("at_us", c_int64),
        ("customer", Str),
        ("proof", Str),
        ("key", Str),
    ]


class ConsentAnswer(Structure):
    _fields_ = [
        ("state", c_uint32),
        ("allowed", c_uint32),
        ("since_us", c_int64),
        ("until_us", c_int64),
        ("fact", Id),
    ]


class SuppressionOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("adds", c_uint32),
        ("at_us", c_int64),
    ]


class ContactColumn(Structure):
    _fields_ = [
        ("column", Str),
        ("field", Str),
        ("rule", c_uint32),
        ("reserved0", c_uint32),
    ]


class ContactsOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("dry_run", c_uint32),
        ("name_space", Str),
        ("columns", POINTER(ContactColumn)),
        ("column_count", c_size_t),
        ("date_order", c_uint32),
        ("reserved0", c_uint32),
        ("progress", PROGRESS_FN),
        ("progress_context", c_void_p),
    ]


class RetractOptions(Structure):
    _fields_ = [("struct_size", c_uint32), ("dry_run", c_uint32), ("reason", Str)]


class PurchaseColumns(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("count", c_size_t),
        ("frequency", c_void_p),
        ("recency", c_void_p),
        ("age", c_void_p),
        ("weight", c_void_p),
        ("spend", c_void_p),
        ("total", c_void_p),
        ("orders", c_void_p),
        ("ahead", c_void_p),
        ("ahead_total", c_void_p),
    ]


class PurchasesOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("form", c_uint32),
        ("columns", POINTER(Column)),
        ("column_count", c_size_t),
        ("end_us", c_int64),
        ("until_us", c_int64),
        ("unit_us", c_int64),
        ("merge_us", c_int64),
        ("net_returns", c_uint32),
        ("reserved0", c_uint32),
        ("run", RUN_FN),
        ("run_context", c_void_p),
    ]


class ValueFitOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("model", c_uint32),
        ("prior", c_double),
        ("run", RUN_FN),
        ("run_context", c_void_p),
    ]


class ValueModel(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("model", c_uint32),
        ("status", c_uint32),
        ("parameter_count", c_uint32),
        ("parameters", c_double * 4),
        ("low", c_double * 4),
        ("high", c_double * 4),
        ("covariance", c_double * 16),
        ("log_likelihood", c_double),
        ("customers", c_double),
        ("evaluations", c_uint32),
        ("reserved0", c_uint32),
    ]


class ValueOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("horizon", c_double),
        ("later", c_double),
        ("quantile", c_double),
        ("value_horizon", c_double),
        ("discount", c_double),
        ("margin", c_double),
        ("spend", POINTER(ValueModel)),
        ("run", RUN_FN),
        ("run_context", c_void_p),
    ]


class ValuePredictions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("alive", c_void_p),
        ("alive_later", c_void_p),
        ("expected", c_void_p),
        ("expected_low", c_void_p),
        ("expected_high", c_void_p),
        ("none", c_void_p),
        ("wait", c_void_p),
        ("spend", c_void_p),
        ("discounted", c_void_p),
        ("value", c_void_p),
    ]


class RfmEdges(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("groups", c_uint32),
        ("recency", c_double * 9),
        ("frequency", c_double * 9),
        ("money", c_double * 9),
    ]


class RfmColumns(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("groups", c_uint32),
        ("count", c_size_t),
        ("recency", c_void_p),
        ("frequency", c_void_p),
        ("money", c_void_p),
        ("run", RUN_FN),
        ("run_context", c_void_p),
    ]


class RfmRule(Structure):
    _fields_ = [
        ("name", Str),
        ("recency", c_uint8 * 2),
        ("frequency", c_uint8 * 2),
        ("money", c_uint8 * 2),
        ("reserved0", c_uint8 * 2),
    ]


class RfmOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("groups", c_uint32),
        ("edges", POINTER(RfmEdges)),
        ("rules", POINTER(RfmRule)),
        ("rule_count", c_size_t),
        ("run", RUN_FN),
        ("run_context", c_void_p),
    ]


class RefitOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("model", c_uint32),
        ("types", POINTER(Str)),
        ("type_count", c_size_t),
        ("returns", POINTER(Str)),
        ("return_count", c_size_t),
        ("horizon", c_double),
        ("discount", c_double),
        ("margin", c_double),
        ("groups", c_uint32),
        ("reserved0", c_uint32),
        ("rules", POINTER(RfmRule)),
        ("rule_count", c_size_t),
        ("categories", POINTER(Str)),
        ("category_count", c_size_t),
    ]


class UnitCost(Structure):
    _fields_ = [
        ("unit", Str),
        ("acquisition_minor", c_int64),
        ("retention_minor", c_int64),
    ]


class CompareOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("since_us", c_int64),
        ("unit", Str),
        ("types", POINTER(Str)),
        ("type_count", c_size_t),
        ("returns", POINTER(Str)),
        ("return_count", c_size_t),
        ("costs", POINTER(UnitCost)),
        ("cost_count", c_size_t),
    ]


class ScoreRule(Structure):
    _fields_ = [
        ("name", Str),
        ("when", Str),
        ("points_milli", c_int64),
        ("half_life", Str),
        ("lapse", Str),
    ]


class ScoreDefinition(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("name", Str),
        ("rules", POINTER(ScoreRule)),
        ("rule_count", c_size_t),
        ("least_milli", c_int64),
        ("most_milli", c_int64),
    ]


class AllocationOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("segment", Str),
        ("channel", Str),
    ]


class ItemsOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("type", Str),
        ("half_life", Str),
    ]


class LearningDefinition(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("policy", c_uint32),
        ("name", Str),
        ("issue", Str),
        ("group", Str),
        ("offer", Str),
        ("segments", POINTER(Str)),
        ("segment_count", c_size_t),
        ("floor", c_double),
        ("without_floor", c_uint32),
        ("retired", c_uint32),
        ("prior_rate", c_double),
        ("customer_weight", c_double),
        ("exploration", c_double),
        ("gamma", c_double),
        ("half_life_us", c_int64),
    ]


class StageRule(Structure):
    _fields_ = [
        ("stage", Str),
        ("when", Str),
        ("hold", Str),
        ("reason", Str),
    ]


class Worth(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("edition", c_uint32),
        ("alive", c_double),
        ("expected", c_double),
        ("spend", c_double),
        ("value_minor", c_int64),
        ("currency", c_char * 4),
        ("recency_score", c_uint8),
        ("frequency_score", c_uint8),
        ("money_score", c_uint8),
        ("reserved0", c_uint8),
        ("segment", Str),
        ("frequency", c_double),
        ("recency", c_double),
        ("age", c_double),
        ("orders", c_double),
        ("total", c_double),
    ]


class StorePurchasesOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("types", POINTER(Str)),
        ("type_count", c_size_t),
        ("returns", POINTER(Str)),
        ("return_count", c_size_t),
        ("end_us", c_int64),
        ("until_us", c_int64),
        ("unit_us", c_int64),
        ("merge_us", c_int64),
    ]


class IdentityField(Structure):
    _fields_ = [("name", Str), ("kind", c_uint32), ("reserved0", c_uint32)]


class IdentityDefinition(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("max_block", c_uint32),
        ("max_records", c_uint32),
        ("reserved0", c_uint32),
        ("link_at", c_double),
        ("review_at", c_double),
        ("fields", POINTER(IdentityField)),
        ("field_count", c_size_t),
        ("country", Str),
    ]


class IdentityOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("mode", c_uint32),
        ("relearn", c_uint32),
        ("pairs", c_uint32),
        ("definition", POINTER(IdentityDefinition)),
        ("judge", JUDGE_FN),
        ("judge_context", c_void_p),
        ("judge_from", c_double),
        ("phone", PHONE_FN),
        ("phone_context", c_void_p),
    ]


class IdentityCandidate(Structure):
    _fields_ = [
        ("one", Str),
        ("other", Str),
        ("one_row", c_uint64),
        ("other_row", c_uint64),
        ("probability", c_double),
        ("comparisons", Str),
    ]


class LearnerNeed(Structure):
    _fields_ = [("name", Str), ("parent", Str)]


class LearnerOffer(Structure):
    _fields_ = [("name", Str), ("need", Str)]


class LearnerDefinition(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("policy", c_uint32),
        ("offers", POINTER(LearnerOffer)),
        ("offer_count", c_size_t),
        ("needs", POINTER(LearnerNeed)),
        ("need_count", c_size_t),
        ("floor", c_double),
        ("without_floor", c_uint32),
        ("context_count", c_uint32),
        ("prior_rate", c_double),
        ("customer_weight", c_double),
        ("exploration", c_double),
        ("gamma", c_double),
        ("half_life_us", c_int64),
        ("seed", c_uint64),
    ]


class LearnerQuestion(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("segment", c_uint32),
        ("customer", c_uint64),
        ("offers", c_void_p),
        ("values", c_void_p),
        ("offer_count", c_size_t),
        ("context", c_void_p),
        ("context_count", c_size_t),
        ("draw", c_uint64),
    ]


class LearnerChoice(Structure):
    _fields_ = [
        ("offer", c_uint32),
        ("place", c_uint32),
        ("probability", c_double),
        ("expected", c_double),
        ("floor", c_double),
    ]


class LearnerRows(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("count", c_size_t),
        ("customers", c_void_p),
        ("segments", c_void_p),
        ("context", c_void_p),
        ("offers", c_void_p),
        ("values", c_void_p),
        ("offer_count", c_size_t),
        ("offsets", c_void_p),
        ("draw", c_uint64),
    ]


class LearnerChoices(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("offers", c_void_p),
        ("probability", c_void_p),
        ("expected", c_void_p),
        ("probabilities", c_void_p),
        ("floor", c_double),
    ]


class LearnerAnswers(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("count", c_size_t),
        ("customers", c_void_p),
        ("segments", c_void_p),
        ("offers", c_void_p),
        ("accepted", c_void_p),
        ("at_us", c_void_p),
        ("all_at_us", c_int64),
        ("context", c_void_p),
    ]



class EvaluationOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved0", c_uint32),
        ("columns", POINTER(Column)),
        ("column_count", c_size_t),
    ]


class Target(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("policy", c_uint32),
        ("reward", c_uint32),
        ("reserved0", c_uint32),
        ("exploration", c_double),
        ("offers", POINTER(Str)),
        ("offer_count", c_size_t),
        ("since_us", c_int64),
        ("until_us", c_int64),
    ]


class Arm(Structure):
    _fields_ = [
        ("name", Str),
        ("count", c_int64),
        ("sum", c_double),
        ("sum_squares", c_double),
        ("share", c_double),
    ]


class ExperimentOptions(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("yes_or_no", c_uint32),
        ("level", c_double),
        ("planned", c_int64),
    ]
