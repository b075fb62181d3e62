# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""trato.h for ctypes: the library and its functions; `_structs` has its structs.

Everything else of the package goes through `call`, which turns a status into an
exception.
"""

from __future__ import annotations

import ctypes
import os
from ctypes import (
    POINTER,
    byref,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Dict, List, Tuple

from . import errors
from ._structs import *
from ._structs import _Bytes

# The version of trato.h that this package was written for.
VERSION_MAJOR = 1
VERSION_MINOR = 0

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
UINT64_MAX = 2**64 - 1
AT_NOW = INT64_MIN

VALUE_NONE, VALUE_BOOL, VALUE_INT, VALUE_DOUBLE = 0, 1, 2, 3
VALUE_STRING, VALUE_MONEY, VALUE_TIMESTAMP = 4, 5, 6

# ---------------------------------------------------------------------------
# The library


def _load() -> ctypes.CDLL:
    beside = os.path.join(os.path.dirname(__file__), "libtrato.so")
    # With a folder in its name, or the loader would search its own.
    path = os.path.abspath(os.environ.get("TRATO_LIBRARY") or beside)
    mode = os.RTLD_NOW | os.RTLD_LOCAL
    # A foreign protobuf in the global scope must not answer for ours; but a
    # sanitizer works by being in that scope, in front of everybody.
    preloaded = os.environ.get("LD_PRELOAD", "")
    if "asan" not in preloaded and "tsan" not in preloaded:
        mode |= getattr(os, "RTLD_DEEPBIND", 0)
    try:
        loaded = ctypes.CDLL(path, mode=mode)
        loaded.trato_version.restype = c_uint32
    except (OSError, AttributeError) as error:
        raise ImportError(
            f"the library of trato cannot be loaded: {error}; it belongs beside "
            "the package, or where the environment variable TRATO_LIBRARY says"
        ) from None
    loaded.trato_version.argtypes = []
    major, minor, _ = _version_of(loaded.trato_version())
    if major != VERSION_MAJOR or minor < VERSION_MINOR:
        raise ImportError(
            f"the library is trato {major}.{minor}, and this package needs "
            f"{VERSION_MAJOR}.{VERSION_MINOR} or a later {VERSION_MAJOR}.x"
        )
    return loaded


def _version_of(number: int) -> Tuple[int, int, int]:
    return number // 10000, number // 100 % 100, number % 100


lib = _load()
version = _version_of(lib.trato_version())


def _declare() -> None:
    store = c_void_p
    id_p = POINTER(Id)
    write = POINTER(WriteOptions)
    now = c_int64
    buf = POINTER(Buf)
    stream = c_void_p  # an ArrowArrayStream
    append: List[Any] = [
        store,
        stream,
        now,
        POINTER(AppendOptions),
        write,
        POINTER(Appended),
    ]
    export: List[Any] = [store, now, POINTER(ExportOptions), stream]

    # Every one of these returns a status and takes a trato_error at the end.
    functions: Dict[str, List[Any]] = {
        "error_excerpt": [POINTER(Error), Str, buf],
        "store_open": [Str, POINTER(StoreOptions), POINTER(c_void_p)],
        "store_close": [store],
        "store_flush": [store],
        "store_checkpoint": [store, c_uint32, POINTER(c_uint32)],
        "store_head": [store, POINTER(Head)],
        "store_digest": [store, now, POINTER(Digest)],
        "store_verify": [store, POINTER(VerifyOptions), buf],
        "store_backup": [store, Str, PROGRESS_FN, c_void_p],
        "store_refresh": [store],
        "store_as_of": [store, POINTER(AsOf), POINTER(c_void_p)],
        "store_fork": [store, POINTER(ForkOptions), POINTER(c_void_p)],
        "store_view": [store, POINTER(ViewOptions), POINTER(c_void_p)],
        "store_info": [store, now, buf],
        "time_parse": [store, Str, POINTER(c_int64)],
        "time_format": [store, c_int64, buf],
        "fact_id": [Str, Str, id_p],
        "store_apply": [store, Str, now, write],
        "attribute_define": [store, Str, c_uint32, c_uint32, Str, now, write],
        "attribute_define_as": [store, POINTER(AttributeDefinition), now, write],
        "attribute_list": [store, buf],
        "definition_dependents": [store, c_uint32, Str, buf],
        "retention_define": [store, POINTER(Retention), now, write],
        "retention_list": [store, now, buf],
        "retention_apply": [store, c_uint32, Str, now, write, buf],
        "customer_resolve": [store, Str, now, id_p],
        "customer_read": [store, Str, now, POINTER(POINTER(Customer))],
        "definition_rename": [store, c_uint32, Str, Str, now, write],
        "definition_retire": [store, c_uint32, Str, c_uint32, now, write],
        "attribute_history": [store, Str, Str, now, buf],
        "attribute_set": [store, POINTER(Attribute), now, write, id_p],
        "relation_define": [store, POINTER(RelationDefinition), now, write],
        "relation_list": [store, buf],
        "relation_set": [store, POINTER(Relation), now, write, id_p],
        "customer_related": [store, Str, Str, c_uint32, now, buf],
        "identifier_define": [store, Str, c_uint32, now, write],
        "namespace_define": [store, POINTER(Namespace), now, write],
        "customer_set_kind": [store, Str, c_uint32, c_int64, now, write, id_p],
        "identifier_claim": [store, Str, Str, now, write, id_p],
        "link": [store, Str, Str, Str, c_uint32, now, write],
        "unlink": [store, Str, Str, Str, now, write],
        "cannot_link": [store, Str, Str, Str, now, write],
        "link_preview": [store, Str, Str, now, buf],
        "customer_get": [store, Str, now, buf],
        "customer_erase": [store, Str, Str, now, write, buf],
        "store_erasures": [store, buf],
        "customer_find": [store, Str, c_uint32, now, buf],
        "customer_restrict": [store, Str, c_uint32, Str, c_int64, now, write],
        "customer_document": [store, Str, c_uint32, now, buf],
        "store_audit": [store, Str, Str, c_uint64, now, buf],
        "customer_list": [store, POINTER(ListOptions), now, buf],
        "attribute_define_search": [store, Str, c_uint32, now, write],
        "identifier_define_search": [store, Str, c_uint32, now, write],
        "interaction_record": [store, POINTER(Interaction), now, write, id_p],
        "interaction_record_many": [
            store,
            POINTER(Interaction),
            c_size_t,
            now,
            write,
            POINTER(c_size_t),
        ],
        "interaction_correct": [store, POINTER(Correction), now, write, id_p],
        "competitor_record": [store, POINTER(Competitor), now, write, id_p],
        "interaction_retract": [store, POINTER(Correction), now, write, id_p],
        "timeline_open": [
            store,
            Str,
            now,
            POINTER(TimelineOptions),
            POINTER(c_void_p),
        ],
        "timeline_next": [c_void_p, POINTER(POINTER(TimelineEntry))],
        "product_name": [store, Str, buf],
        "orders_import": [
            store,
            READ_FN,
            c_void_p,
            now,
            POINTER(ImportOptions),
            write,
            buf,
        ],
        "interactions_append": append,
        "customers_append": append,
        "products_append": append,
        "interactions_export": export,
        "customers_export": export,
        "segment_define": [store, Str, Str, now, write],
        "segment_enable": [store, Str, c_uint32, now, write],
        "segment_try": [store, Str, Str, now, POINTER(SegmentOverlap)],
        "segment_try_members": [store, Str, Str, c_uint32, now, POINTER(c_void_p)],
        "segment_count": [store, Str, now, POINTER(SegmentSize)],
        "segment_preview": [store, Str, now, POINTER(SegmentSize)],
        "segment_test": [store, Str, Str, now, POINTER(c_uint32)],
        "watch_open": [store, POINTER(WatchOptions), now, POINTER(c_void_p)],
        "watch_advance": [c_void_p, now, c_uint64, POINTER(WatchState)],
        "watch_next": [c_void_p, POINTER(Change), c_size_t, POINTER(c_size_t)],
        "watch_count": [c_void_p, Str, POINTER(c_uint64)],
        "watch_on_change": [c_void_p, CHANGED_FN, c_void_p],
        "watch_save": [c_void_p, buf],
        "segment_history": [store, Str, Str, c_int64, c_int64,
                            POINTER(SegmentStep), c_size_t, POINTER(c_size_t),
                            POINTER(c_int64), POINTER(c_uint32)],
        "segment_explain": [store, Str, Str, now, buf],
        "segment_plan": [store, Str, buf],
        "segment_diff": [store, Str, Str, now, POINTER(SegmentOverlap)],
        "segment_diff_members": [store, Str, Str, now, POINTER(c_void_p)],
        "segment_list": [store, buf],
        "segment_members": [store, Str, now, POINTER(c_void_p)],
        "members_next": [c_void_p, POINTER(Member), c_size_t, POINTER(c_size_t)],
        "product_define": [store, POINTER(Product), now, write],
        "channel_define": [store, Str, Str, Str, now, write],
        "offer_define": [store, POINTER(Offer), now, write],
        "offer_list": [store, c_uint32, buf],
        "contact_policy_define": [store, POINTER(ContactPolicy), now, write],
        "arbitration_define": [store, POINTER(Arbitration), now, write],
        "policy_list": [store, buf],
        "offer_match": [
            store,
            Str,
            now,
            POINTER(MatchOptions),
            POINTER(Match),
            c_size_t,
            POINTER(c_size_t),
        ],
        "offer_explain": [store, Str, now, POINTER(MatchOptions), buf],
        "offer_why_not": [store, Str, Str, now, POINTER(MatchOptions), buf],
        "offer_report": [store, now, buf],
        "offer_decide": [
            store,
            Str,
            now,
            POINTER(MatchOptions),
            write,
            POINTER(Decision),
        ],
        "decision_record": [store, POINTER(PastDecision), now, write, id_p],
        "offer_decide_all": [
            store,
            stream,
            now,
            POINTER(MatchOptions),
            POINTER(AppendOptions),
            write,
            stream,
        ],
        "decision_explain": [store, id_p, buf],
        "decision_what_if": [store, POINTER(WhatIfOptions), now, buf],
        "decision_replay": [store, c_int64, c_int64, PROGRESS_FN, c_void_p, buf],
        "permit_give": [
            store,
            Str,
            POINTER(PermitRequest),
            now,
            write,
            POINTER(Permit),
            buf,
        ],
        "permit_use": [store, id_p, now, write],
        "permit_show": [store, id_p, now, buf],
        "purchase_link": [store, Str, id_p, id_p, Str, now, write],
        "purchases_match": [store, c_int64, c_int64, now, write, buf],
        "holdout_report": [store, Str, Str, c_int64, c_int64, now, buf],
        "outcome_record": [store, POINTER(Outcome), now, write, id_p],
        "coupon_issue": [store, Str, Str, POINTER(CouponOptions), now, write, buf],
        "coupon_issue_many": [
            store,
            Str,
            POINTER(CouponOptions),
            c_size_t,
            now,
            write,
            POINTER(CouponCode),
        ],
        "coupon_redeem": [
            store,
            POINTER(CouponRedemption),
            now,
            write,
            POINTER(CouponResult),
        ],
        "coupon_reverse": [store, Str, id_p, Str, Str, now, write],
        "coupon_show": [store, Str, now, buf],
        "coupon_list": [store, Str, Str, c_size_t, now, buf],
        "purpose_define": [store, Str, c_uint32, Str, now, write],
        "consent_record": [store, POINTER(Consent), now, write, id_p],
        "objection_record": [store, POINTER(Objection), now, write, id_p],
        "consent_test": [store, Str, Str, Str, now, POINTER(ConsentAnswer)],
        "consent_explain": [store, Str, Str, Str, now, buf],
        "consent_show": [store, Str, now, buf],
        "consent_history": [store, Str, now, buf],
        "contacts_import": [
            store,
            READ_FN,
            c_void_p,
            now,
            POINTER(ContactsOptions),
            write,
            buf,
        ],
        "batch_list": [store, buf],
        "batch_retract": [store, Str, now, POINTER(RetractOptions), write, buf],
        "suppression_define": [store, Str, Str, Str, now, write],
        "suppression_import": [
            store,
            Str,
            Str,
            now,
            POINTER(SuppressionOptions),
            write,
            buf,
        ],
        "suppression_export": [store, Str, now, buf],
        "suppression_list": [store, now, buf],
        # Of purchases, without a store.
        "purchases_read": [stream, POINTER(PurchasesOptions), POINTER(c_void_p)],
        "purchases_read_csv": [
            READ_FN,
            c_void_p,
            POINTER(PurchasesOptions),
            POINTER(c_void_p),
            buf,
        ],
        "store_purchases": [
            store,
            POINTER(StorePurchasesOptions),
            now,
            POINTER(c_void_p),
        ],
        "purchases_columns": [c_void_p, POINTER(PurchaseColumns)],
        "purchases_export": [c_void_p, stream],
        "value_fit": [
            POINTER(PurchaseColumns),
            POINTER(ValueFitOptions),
            POINTER(ValueModel),
        ],
        "value_predict": [
            POINTER(ValueModel),
            POINTER(PurchaseColumns),
            POINTER(ValueOptions),
            POINTER(ValuePredictions),
        ],
        "value_export": [
            POINTER(ValueModel),
            c_void_p,
            POINTER(ValueOptions),
            stream,
        ],
        "value_choose": [c_void_p, RUN_FN, c_void_p, POINTER(ValueModel), buf],
        "rfm_find": [POINTER(RfmColumns), POINTER(RfmEdges)],
        "rfm_score": [
            POINTER(RfmEdges),
            POINTER(RfmColumns),
            c_void_p,
            c_void_p,
            c_void_p,
        ],
        "rfm_export": [c_void_p, POINTER(RfmOptions), POINTER(RfmEdges), stream],
        # Of a store's customers.
        "value_refit": [store, POINTER(RefitOptions), now, write, buf],
        "value_editions": [store, buf],
        "value_of": [store, Str, now, POINTER(Worth)],
        "value_table": [store, now, stream],
        "stage_define": [store, POINTER(StageRule), c_size_t, now, write],
        "stage_rules": [store, now, buf],
        "stage_of": [store, Str, Str, now, buf],
        "stage_report": [store, Str, c_int64, now, buf],
        "stage_table": [store, Str, now, stream],
        "stage_win_back": [store, Str, c_uint64, now, stream],
        "value_pyramid": [store, now, buf],
        "value_risk": [store, c_uint64, c_uint64, now, stream],
        "value_compare": [store, POINTER(CompareOptions), now, buf],
        "score_define": [store, POINTER(ScoreDefinition), now, write],
        "score_list": [store, now, buf],
        "score_of": [store, Str, Str, now, POINTER(c_int64)],
        "score_log": [store, Str, Str, now, buf],
        "score_table": [store, Str, c_uint64, now, stream],
        "offer_allocate": [store, POINTER(AllocationOptions), now, stream, buf],
        "items_learn": [store, POINTER(ItemsOptions), now, POINTER(c_void_p)],
        "items_size": [c_void_p, POINTER(c_uint64), POINTER(c_uint64)],
        "items_related": [c_void_p, Str, c_uint32, c_uint64, stream],
        "items_table": [c_void_p, c_uint32, c_uint64, stream],
        "items_update": [c_void_p, store, now],
        "items_define_score": [c_void_p, store, Str, Str, c_uint32, c_uint64, now, write],
        "items_also_bought": [c_void_p, store, Str, c_uint32, c_uint64, now, stream],
        "learning_define": [store, POINTER(LearningDefinition), now, write],
        "learning_list": [store, now, buf],
        "learning_refit": [store, Str, now, write, buf],
        "learning_show": [store, Str, now, buf],
        "learning_depth": [store, Str, now, buf],
        "learning_depths": [store, c_uint64, now, stream],
        "learning_base": [store, now, buf],
        "learning_progress": [store, Str, now, stream],
        "purchases_cohorts": [c_void_p, c_uint32, buf],
        "identity_define": [store, POINTER(IdentityDefinition), now, write],
        "identity_definitions": [store, buf],
        "identity_resolve": [store, Str, POINTER(IdentityOptions), now, write, buf],
        "identity_resolve_all": [store, POINTER(IdentityOptions), now, write, buf],
        "identity_read_phones": [store, PHONE_FN, c_void_p],
        "identity_review": [store, c_uint32, now, buf],
        "identity_explain": [store, Str, Str, now, buf],
        "learner_create": [POINTER(LearnerDefinition), POINTER(c_void_p)],
        "learner_add_offer": [c_void_p, POINTER(LearnerOffer), POINTER(c_uint32)],
        "learner_decide": [
            c_void_p,
            POINTER(LearnerQuestion),
            now,
            POINTER(LearnerChoice),
            POINTER(c_double),
        ],
        "learner_decide_all": [
            c_void_p,
            POINTER(LearnerRows),
            now,
            POINTER(LearnerChoices),
        ],
        "learner_learn": [c_void_p, POINTER(LearnerAnswers)],
        "learner_take_back": [c_void_p, POINTER(LearnerAnswers)],
        "learner_link": [c_void_p, c_uint64, c_uint64],
        "learner_unlink": [c_void_p, c_uint64, c_uint64],
        "learner_save": [c_void_p, buf],
        "learner_load": [Str, POINTER(c_void_p)],
        "learner_describe": [c_void_p, now, buf],
        "identity_table": [
            stream,
            POINTER(IdentityOptions),
            RUN_FN,
            c_void_p,
            stream,
            stream,
            buf,
        ],
        "evaluation_table": [stream, POINTER(EvaluationOptions), buf],
        "evaluation_csv": [READ_FN, c_void_p, POINTER(EvaluationOptions), buf],
        "decisions_evaluate": [store, POINTER(Target), now, buf],
        "experiment_compare": [
            POINTER(Arm),
            c_size_t,
            POINTER(ExperimentOptions),
            buf,
        ],
        "offer_effects": [store, Str, Str, c_int64, c_int64, c_int64, now, buf],
    }
    for name, arguments in functions.items():
        function = getattr(lib, "trato_" + name)
        function.restype = c_int32
        function.argtypes = [*arguments, POINTER(Error)]

    for name, argument in {
        "buf_dispose": buf,
        "customer_destroy": POINTER(Customer),
        "timeline_destroy": c_void_p,
        "members_destroy": c_void_p,
        "watch_destroy": c_void_p,
        "purchases_destroy": c_void_p,
        "learner_destroy": c_void_p,
        "items_destroy": c_void_p,
    }.items():
        function = getattr(lib, "trato_" + name)
        function.restype = None
        function.argtypes = [argument]


_declare()

# ---------------------------------------------------------------------------
# Calls, text, ids


def call(function: Any, *arguments: Any, about: str = "") -> None:
    """Calls, and raises what failed. `about` is the expression it was given."""
    error = Error(ctypes.sizeof(Error))
    status = function(*arguments, byref(error))
    if status != 0:
        raise _exception(status, error, about)


def _exception(status: int, error: Error, about: str) -> errors.TratoError:
    excerpt = ""
    if error.line and about:
        with Output() as out:
            call(lib.trato_error_excerpt, byref(error), text(about, "text"), out.ref)
            excerpt = out.text()
    message = error.message.decode("utf-8", "replace")
    return errors.of_code(status, message, error.line, error.column, excerpt)


class Output:
    """A trato_buf that is disposed at the end of its ``with``."""

    def __init__(self) -> None:
        self._buf = Buf()

    @property
    def ref(self) -> Any:
        return byref(self._buf)

    def text(self) -> str:
        return ctypes.string_at(self._buf.data, self._buf.size).decode("utf-8")

    def bytes(self) -> bytes:
        return ctypes.string_at(self._buf.data, self._buf.size)

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        lib.trato_buf_dispose(byref(self._buf))


def text(value: str, *what: object) -> Str:
    """Text as the library takes it; `what` names it where it is wrong."""
    if not isinstance(value, str):
        name = "".join(map(str, what))
        raise TypeError(f"{name}: a str is needed, not {type(value).__name__}")
    try:
        data = value.encode("utf-8")
    except UnicodeEncodeError as error:
        # "from None": the original error holds the text, which may be personal.
        name = "".join(map(str, what))
        raise errors.InvalidArgument(
            f"{name}: character {error.start + 1} is half of a surrogate pair, "
            "which UTF-8 cannot hold"
        ) from None
    return Str(data, len(data))


def string(view: Str) -> str:
    """A copy of text that the library lent."""
    raw = _Bytes.from_buffer(view)
    if not raw.size:
        return ""
    return ctypes.string_at(raw.data, raw.size).decode("utf-8")


def code(currency: bytes) -> str:
    """A currency as the library gives it, in four bytes that end with a NUL."""
    return currency.decode("ascii")


def id_text(value: Id) -> str:
    """An id as 32 hexadecimal digits."""
    return bytes(value.bytes).hex()


def id_of(value: str, what: str) -> Id:
    try:
        raw = bytes.fromhex(value)
    except (TypeError, ValueError):
        raw = b""
    if len(raw) != 16 or len(value) != 32:
        raise errors.InvalidArgument(f"{what}: an id is 32 hexadecimal digits")
    return Id.from_buffer_copy(raw)
