# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Trato: an embeddable customer engine.

A store keeps facts about customers and answers from them, exactly, at any
instant. It is a file, or lives in memory:

>>> import trato
>>> from trato import Line, Money
>>> store = trato.open(zone="Europe/London", currency="GBP")

Facts come in. A customer is named by any identifier, ``namespace:value``. An
amount is `Money`, in minor units; quantities are exact, and no float is read.

>>> for day in ("2011-10-01", "2011-11-03", "2011-12-01"):
...     _ = store.record(
...         "shop:7", "purchase", at=day, key="order of " + day, now="2011-12-02",
...         lines=[Line("tea lights", 12, Money(480, "GBP"), unit_price="0.40")])
>>> store.attributes.define("country", str, "where they live", now="2011-12-02")
>>> _ = store.attributes.set("shop:7", "country", "ES", now="2011-12-02")

Answers come out. All of them take ``now``; without it the system's clock is
read. Give it, and the answer is the same tomorrow.

>>> loyal = store.segments.define(
...     "loyal", 'interactions("purchase").within("90d").count() >= 3',
...     now="2011-12-02")
>>> print(loyal.count(now="2011-12-10"), loyal.count(now="2012-03-01"))
1 0
>>> [entry.at.isoformat() for entry in store.timeline("shop:7", limit=1)]
['2011-09-30T23:00:00+00:00']
>>> print(store.customer("shop:7", now="2011-12-10"))
shop:7
  records       shop:7
  country       ES
  segments      loyal
  interactions  purchase 3 (14.40 GBP)

An offer is a proposal to buy; a coupon is good once.

>>> store.offers.define(
...     "refill", title="Tea lights, refill", products=["tea lights"],
...     value=Money(480, "GBP"), coupon_span="10d", now="2011-12-02")
>>> [match.offer for match in store.offers.match("shop:7", now="2011-12-10")]
['refill']
>>> code = store.coupons.issue("shop:7", "refill", now="2011-12-10")
>>> store.coupons.redeem(code, now="2011-12-11").uses_left
0
>>> store.coupons.show(code, now="2011-12-12").state
'redeemed'

What fails raises a `TratoError`, of one class per kind of failure.

>>> try:
...     store.segments.define("rich", "spent > 3")
... except trato.InvalidArgument as error:
...     print(error.line, error.column)
1 1
>>> store.close()
"""

from ._capi import version as _version
from ._handle import Cursor
from ._options import Durability
from ._callbacks import Progress
from ._orders import Source
from .answers import (
    CouponOf,
    Customer,
    Entry,
    ImportedOrders,
    ImportReport,
    Info,
    Interactions,
    JoinedAttribute,
    JoinedConsent,
    Link,
    LinkPreview,
    LinkSide,
    Member,
    Objection,
    Refusal,
    Restriction,
)
from . import charts, learning, value
from .attributes import (
    Attribute,
    AttributeDefinition,
    AttributeVersion,
    Dependents,
)
from .batches import Batch, Batches, ColumnUse, Conflict, ContactsReport
from .bulk import Appended, Data
from .consents import (
    Consent,
    ConsentExplanation,
    Consents,
    ConsentsOf,
    ConsentState,
    Statement,
)
from .coupon_answers import (
    Coupon,
    CouponBenefit,
    CouponIssue,
    CouponUse,
    Redemption,
)
from .coupons import Coupons
from .customer_answers import AuditEntry, CustomerPage, FoundCustomer, ListedCustomer
from .customers import (
    Attributes,
    Customers,
    DefinitionKind,
    Identifiers,
    Kind,
    Per,
    Rule,
    Sensitivity,
    Subject,
)
from .errors import (
    Aborted,
    AlreadyExists,
    Cancelled,
    DataLoss,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    ResourceExhausted,
    TratoError,
    Unauthenticated,
    Unavailable,
    Unimplemented,
    Unknown,
)
from .explanations import (
    DecidingFact,
    ExplainedPart,
    Plan,
    Question,
    SegmentExplanation,
    SegmentOverlap,
    SegmentStep,
)
from .finding import Search
from .identity import (
    CustomerIdentity,
    CustomerRecord,
    FieldComparison,
    Identity,
    IdentityPair,
    IdentityQuestion,
    Resolution,
    ResolutionReport,
    TableResolution,
    Tie,
)
from .interactions import Direction, Interaction
from .items import Items, StoreItems
from .learning import (
    Arm,
    ArmComparison,
    CurvePoint,
    Evaluation,
    ExperimentResult,
    Learning,
    LearningCurve,
    PolicyEstimate,
    SampleRatio,
)
from .links import CustomerKind, Guard
from .log import Erasure, Head, Verification
from .offer_answers import (
    AllocatedOffer,
    Allocation,
    AssignmentOf,
    Decision,
    DecisionExplanation,
    Estimate,
    Explanation,
    HoldoutGroup,
    HoldoutReport,
    Increment,
    LinkedPurchases,
    Match,
    Obstacle,
    OfferEffect,
    OfferReport,
    OfferResult,
    OutcomeOf,
    Permit,
    PermitState,
    Replay,
    Verdict,
    WhyNot,
)
from .offers import Decisions, Offers, Variant
from .permits import Permits, Policies, Purchases
from .profiles import Profile, ProfileValue
from .relations import Related, Relation, RelationDefinition, Relations
from .retention import Retained, Retention, RetentionReport, RetentionRule
from .scores import Score, ScoreDefinition, ScoreEntry, ScoreRule, Scores
from .segments import DefinitionPreview, Segment, Segments, SegmentSize
from .store import CompetitorAction, Mode, OutcomeKind, Store, fact_id
from .serving import (
    BaseDepth,
    Depth,
    DepthLevel,
    DepthOffer,
    Knowledge,
    KnownOffer,
    KnownSegment,
    LearnerDepth,
    LearningProgress,
    LearningProgressPoint,
    ServingLearner,
)
from .stages import Stage, StageMove, StageReport, StageRule, Stages, StageStep
from .store import open as open
from .suppressions import SuppressionList, Suppressions
from .tables import Table
from .values import Line, Money, Number, Value, When
from .watching import ChangeCursor, SegmentChange, Watch, WatchState
from .what_if import Came, Choices, ThenNow, WhatIf, WhatIfRow
from .worth import (
    Against,
    Comparison,
    Edition,
    Period,
    Share,
    StoreValue,
    UnitComparison,
    UnitCosts,
    Worth,
)

__version__ = ".".join(map(str, _version))
"""The version of the library that is running."""

# Without open: "from trato import *" must not hide the built-in one.
__all__ = [
    "Aborted",
    "Against",
    "AllocatedOffer",
    "Allocation",
    "AlreadyExists",
    "Appended",
    "Arm",
    "ArmComparison",
    "AssignmentOf",
    "Attribute",
    "AttributeDefinition",
    "AttributeVersion",
    "Attributes",
    "AuditEntry",
    "BaseDepth",
    "Batch",
    "Batches",
    "Came",
    "Cancelled",
    "ChangeCursor",
    "Choices",
    "ColumnUse",
    "Comparison",
    "CompetitorAction",
    "Conflict",
    "Consent",
    "ConsentExplanation",
    "ConsentState",
    "Consents",
    "ConsentsOf",
    "ContactsReport",
    "Coupon",
    "CouponBenefit",
    "CouponIssue",
    "CouponOf",
    "CouponUse",
    "Coupons",
    "Cursor",
    "CurvePoint",
    "Customer",
    "CustomerIdentity",
    "CustomerKind",
    "CustomerPage",
    "CustomerRecord",
    "Customers",
    "Data",
    "DataLoss",
    "DeadlineExceeded",
    "DecidingFact",
    "Decision",
    "DecisionExplanation",
    "Decisions",
    "DefinitionKind",
    "DefinitionPreview",
    "Dependents",
    "Depth",
    "DepthLevel",
    "DepthOffer",
    "Direction",
    "Durability",
    "Edition",
    "Entry",
    "Erasure",
    "Estimate",
    "Evaluation",
    "ExperimentResult",
    "ExplainedPart",
    "Explanation",
    "FailedPrecondition",
    "FieldComparison",
    "FoundCustomer",
    "Guard",
    "Head",
    "HoldoutGroup",
    "HoldoutReport",
    "Identifiers",
    "Identity",
    "IdentityPair",
    "IdentityQuestion",
    "ImportReport",
    "ImportedOrders",
    "Increment",
    "Info",
    "Interaction",
    "Interactions",
    "Internal",
    "InvalidArgument",
    "Items",
    "JoinedAttribute",
    "JoinedConsent",
    "Kind",
    "Knowledge",
    "KnownOffer",
    "KnownSegment",
    "LearnerDepth",
    "Learning",
    "LearningCurve",
    "LearningProgress",
    "LearningProgressPoint",
    "Line",
    "Link",
    "LinkPreview",
    "LinkSide",
    "LinkedPurchases",
    "ListedCustomer",
    "Match",
    "Member",
    "Mode",
    "Money",
    "NotFound",
    "Number",
    "Objection",
    "Obstacle",
    "OfferEffect",
    "OfferReport",
    "OfferResult",
    "Offers",
    "OutOfRange",
    "OutcomeKind",
    "OutcomeOf",
    "Per",
    "Period",
    "PermissionDenied",
    "Permit",
    "PermitState",
    "Permits",
    "Plan",
    "Policies",
    "PolicyEstimate",
    "Profile",
    "ProfileValue",
    "Progress",
    "Purchases",
    "Question",
    "Redemption",
    "Refusal",
    "Related",
    "Relation",
    "RelationDefinition",
    "Relations",
    "Replay",
    "Resolution",
    "ResolutionReport",
    "ResourceExhausted",
    "Restriction",
    "Retained",
    "Retention",
    "RetentionReport",
    "RetentionRule",
    "Rule",
    "SampleRatio",
    "Score",
    "ScoreDefinition",
    "ScoreEntry",
    "ScoreRule",
    "Scores",
    "Search",
    "Segment",
    "SegmentChange",
    "SegmentExplanation",
    "SegmentOverlap",
    "SegmentSize",
    "SegmentStep",
    "Segments",
    "Sensitivity",
    "ServingLearner",
    "Share",
    "Source",
    "Stage",
    "StageMove",
    "StageReport",
    "StageRule",
    "StageStep",
    "Stages",
    "Statement",
    "Store",
    "StoreItems",
    "StoreValue",
    "Subject",
    "SuppressionList",
    "Suppressions",
    "Table",
    "TableResolution",
    "ThenNow",
    "Tie",
    "TratoError",
    "Unauthenticated",
    "Unavailable",
    "Unimplemented",
    "UnitComparison",
    "UnitCosts",
    "Unknown",
    "Value",
    "Variant",
    "Verdict",
    "Verification",
    "Watch",
    "WatchState",
    "WhatIf",
    "WhatIfRow",
    "When",
    "WhyNot",
    "Worth",
    "charts",
    "fact_id",
    "learning",
    "value",
]
