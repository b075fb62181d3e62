# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What the store answers of offers, decisions and permits."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .tables import Table
from .values import Money, instant

Json = Dict[str, Any]


def _instant(us: Optional[int]) -> Optional[_datetime.datetime]:
    return None if us is None else instant(us)


@dataclass(frozen=True)
class Match:
    """One offer for one customer."""

    offer: str
    score: float
    """In minor units of the value's currency; see `Offers.match`."""
    affinity: float
    """0 to 1: how likely she takes it."""
    value: Money
    """Worth to the firm when taken, after discount and cost."""
    channel: str
    """On which it may be made now; empty: wherever."""


@dataclass(frozen=True)
class AllocatedOffer:
    """How much of an offer a plan hands out."""

    offer: str
    candidates: int
    """Customers who could get it."""
    planned: int
    most: Optional[int]
    """That stock and budget still allow; None: any number."""
    score: float


@dataclass(frozen=True)
class Allocation:
    """Who should get which offer."""

    plan: Table
    """A row for each customer who gets something, by name: customer, offer,
    channel, score, value_minor. It can be read once."""
    customers: int
    """Who were asked about."""
    planned: int
    score: float
    score_unlimited: float
    """Had nothing been scarce."""
    offers: Tuple[AllocatedOffer, ...]


@dataclass(frozen=True)
class Decision:
    """The result of a decision: an id, and an offer unless none was left."""

    id: str
    match: Optional[Match]
    probability: float
    """With which this offer was chosen; 1 without a draw."""


@dataclass(frozen=True)
class Verdict:
    """What became of one offer for one customer."""

    offer: str
    title: str
    kept: bool
    reason: str
    """Why, in words."""
    rank: Optional[int]
    """From 1; None, as all below but ``stage`` on, where it was dropped."""
    score: Optional[float]
    affinity: Optional[float]
    organic: Optional[float]
    """How likely she buys it unasked."""
    value: Optional[Money]
    probability: Optional[float]
    """With which a decision would choose, or chose, it."""
    learner: Optional[str]
    """That serves the offer; None, as the next three: none does."""
    rate: Optional[float]
    """How likely who is like her takes it, by what else she answered."""
    answers: Optional[float]
    """Of hers to the offer, as they count."""
    acceptances: Optional[float]
    stage: Optional[str]
    """What dropped it: restriction, validity, eligibility, applicability,
    suitability, availability, contact, value, holdout or limit."""
    rule: Optional[str]
    """The condition that did not hold."""
    policy: Optional[str]
    """The policy that stands against it."""
    channel: Optional[str]

    @classmethod
    def of(cls, json: Json) -> Verdict:
        kept = json["kept"]
        worth = kept and "value_minor" in json
        return cls(
            offer=json["offer"],
            title=json.get("title", json["offer"]),
            kept=kept,
            reason=json.get("reason", ""),
            rank=json["rank"] if kept else None,
            score=json["score"] if kept else None,
            affinity=json.get("affinity") if kept else None,
            organic=json.get("organic") if kept else None,
            value=Money(json["value_minor"], json["currency"]) if worth else None,
            probability=json.get("probability") if kept else None,
            learner=json.get("learner"),
            rate=json.get("rate_of_similar") if json.get("learner") else None,
            answers=json.get("answers"),
            acceptances=json.get("acceptances"),
            stage=None if kept else json["stage"],
            rule=json.get("rule"),
            policy=json.get("policy"),
            channel=json.get("channel"),
        )

    def __str__(self) -> str:
        if self.value is None or self.affinity is None:
            return f"–  {self.title}  dropped: {self.reason}"
        worth = f"{self.affinity:.2f} × {self.value}"
        return f"{self.rank}  {self.title}  {worth}  {self.reason}"


@dataclass(frozen=True)
class Explanation:
    """Every offer with what became of it: the kept ones first, best first."""

    customer: str
    now: _datetime.datetime
    offers: Tuple[Verdict, ...]

    @classmethod
    def of(cls, json: Json) -> Explanation:
        return cls(
            customer=json["customer"],
            now=instant(json["now_us"]),
            offers=tuple(map(Verdict.of, json["offers"])),
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.offers))


@dataclass(frozen=True)
class Obstacle:
    """One thing that keeps an offer from a customer."""

    stage: str
    reason: str
    rule: Optional[str]
    policy: Optional[str]
    channel: Optional[str]
    """On which it is in the way; None: on all."""
    falls: Optional[_datetime.datetime]
    """The earliest instant at which it could be gone if nothing happens but
    that time passes; None: not by itself."""

    def __str__(self) -> str:
        when = "not by itself" if self.falls is None else f"until {self.falls:%F %T}"
        return f"{self.stage}: {self.reason} ({when})"


@dataclass(frozen=True)
class WhyNot:
    """Everything that keeps an offer from a customer."""

    customer: str
    offer: str
    obstacles: Tuple[Obstacle, ...]
    possible: Optional[_datetime.datetime]
    """She cannot get it before; None: never by itself."""

    @classmethod
    def of(cls, json: Json) -> WhyNot:
        return cls(
            customer=json["customer"],
            offer=json["offer"],
            obstacles=tuple(
                Obstacle(
                    stage=o["stage"],
                    reason=o["reason"],
                    rule=o["rule"],
                    policy=o["policy"],
                    channel=o["channel"],
                    falls=_instant(o["falls_us"]),
                )
                for o in json["obstacles"]
            ),
            possible=_instant(json["possible_us"]),
        )

    def __str__(self) -> str:
        if not self.obstacles:
            return f"nothing keeps {self.offer} from {self.customer}"
        return "\n".join(map(str, self.obstacles))


@dataclass(frozen=True)
class OutcomeOf:
    """One outcome of a decision."""

    kind: str
    at: _datetime.datetime
    by: str
    """How it was matched: "id" or "conversation"."""
    interaction: Optional[str]
    """What was bought or returned."""


@dataclass(frozen=True)
class AssignmentOf:
    """Whether a policy's hold-out left a customer out."""

    policy: str
    held_out: bool
    offer: str
    """The best that it was about."""


@dataclass(frozen=True)
class DecisionExplanation:
    """A stored decision: every candidate, and what came of the choice."""

    id: str
    customer: str
    at: _datetime.datetime
    log_position: int
    """The last entry that it knew."""
    offer: Optional[str]
    channel: Optional[str]
    conversation: Optional[str]
    probability: float
    draw: float
    learner: Optional[str]
    """That chose; None: none did."""
    segment: Optional[str]
    """That told her apart, of those of the offer's learner."""
    elsewhere: bool
    """Whether it was made by another system: then nothing replays."""
    replayed: Optional[bool]
    """Whether working it out anew gave what was stored, bit for bit."""
    offers: Tuple[Verdict, ...]
    assignments: Tuple[AssignmentOf, ...]
    outcomes: Tuple[OutcomeOf, ...]

    @classmethod
    def of(cls, json: Json) -> DecisionExplanation:
        return cls(
            id=json["id"],
            customer=json["customer"],
            at=instant(json["at_us"]),
            log_position=json["log_position"],
            offer=json["offer"],
            channel=json["channel"],
            conversation=json["conversation"],
            probability=json["probability"],
            draw=json["draw"],
            learner=json["learner"],
            segment=json["segment"],
            elsewhere=json["elsewhere"],
            replayed=json["replayed"],
            offers=tuple(map(Verdict.of, json["offers"])),
            assignments=tuple(AssignmentOf(**a) for a in json["assignments"]),
            outcomes=tuple(
                OutcomeOf(o["kind"], instant(o["at_us"]), o["by"], o["interaction"])
                for o in json["outcomes"]
            ),
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.offers))


@dataclass(frozen=True)
class OfferResult:
    """What the store has learned of one offer."""

    offer: str
    title: str
    decided: int
    customers: int
    """For whom it was decided, each once."""
    shown: int
    accepted: int
    """Decisions whose last answer is a yes: accepted or bought."""
    refused: int
    """Decisions whose last answer is a no: refused, returned or nothing."""
    response_rate: Optional[float]
    """None while nobody has answered."""
    opened: int
    answered: int
    bought: int
    returned: int
    nothing: int
    coupons_issued: int
    coupons_redeemed: int
    taken: int
    """Of its stock."""
    reserved_minor: int
    """Of its budget, in minor units."""
    stock: Optional[int]
    budget_minor: Optional[int]

    @classmethod
    def of(cls, json: Json) -> OfferResult:
        return cls(**{name: json[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class OfferReport(Sequence[OfferResult]):
    """What the store has learned of its offers, one after the other by name."""

    offers: Tuple[OfferResult, ...]
    customers: int
    """For whom any offer was decided."""
    customers_accepted: int
    """Who took one."""

    def __len__(self) -> int:
        return len(self.offers)

    def __getitem__(self, index: Any) -> Any:
        return self.offers[index]


@dataclass(frozen=True)
class Replay:
    """What working decisions out anew gave."""

    decisions: int
    same: int
    """Those that came to the same, bit for bit."""
    other: int
    folded: int
    """Those for which the store had to be folded as it was."""
    differences: Tuple[Tuple[str, str], ...]
    """The first of the others: the decision, and what differs."""

    @classmethod
    def of(cls, json: Json) -> Replay:
        return cls(
            decisions=json["decisions"],
            same=json["same"],
            other=json["other"],
            folded=json["folded"],
            differences=tuple(
                (d["decision"], d["what"]) for d in json["differences"]
            ),
        )


@dataclass(frozen=True)
class Permit:
    """Leave to contact a customer once."""

    id: str
    address: str
    """Where; empty: the channel needs none."""
    deadline: _datetime.datetime
    """Unused by then it lapses."""


@dataclass(frozen=True)
class PermitState:
    """A permit as it stands at an instant."""

    id: str
    customer: str
    channel: str
    purpose: Optional[str]
    address: Optional[str]
    offer: Optional[str]
    decision: Optional[str]
    at: _datetime.datetime
    deadline: _datetime.datetime
    used: Optional[_datetime.datetime]
    state: str
    """open, used or lapsed."""

    @classmethod
    def of(cls, json: Json) -> PermitState:
        return cls(
            id=json["id"],
            customer=json["customer"],
            channel=json["channel"],
            purpose=json["purpose"],
            address=json["address"],
            offer=json["offer"],
            decision=json["decision"],
            at=instant(json["at_us"]),
            deadline=instant(json["deadline_us"]),
            used=_instant(json["used_us"]),
            state=json["state"],
        )


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval."""

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.estimate:.4g} ({self.low:.4g} to {self.high:.4g})"


@dataclass(frozen=True)
class HoldoutGroup:
    """One side of a comparison."""

    customers: int
    buyers: int
    purchases: int
    amount_minor: int
    """Of the offers' products, in minor units of the store's currency."""
    share: Estimate
    """Of the customers who bought."""

    @classmethod
    def of(cls, json: Json) -> HoldoutGroup:
        return cls(
            customers=json["customers"],
            buyers=json["buyers"],
            purchases=json["purchases"],
            amount_minor=json["amount_minor"],
            share=Estimate(**json["share"]),
        )


@dataclass(frozen=True)
class HoldoutReport:
    """What offers sold beyond those who were left out."""

    policy: str
    offered: HoldoutGroup
    held_out: HoldoutGroup
    mixed: int
    """Customers who were both, through a link; they count for neither."""
    lift: Estimate
    """Of the share of buyers."""
    extra_buyers: Estimate
    """Among those who were offered."""
    mismatch: bool = False
    """Not as many were left out as the policy says now: do not trust it."""

    @classmethod
    def of(cls, json: Json) -> HoldoutReport:
        return cls(
            policy=json["policy"],
            offered=HoldoutGroup.of(json["offered"]),
            held_out=HoldoutGroup.of(json["held_out"]),
            mixed=json["mixed"],
            lift=Estimate(**json["lift"]),
            extra_buyers=Estimate(**json["extra_buyers"]),
            mismatch=json["sample_ratio"]["mismatch"],
        )


@dataclass(frozen=True)
class Increment(Estimate):
    """What came of an offer, for who looks once, and for who looks at any time."""

    always_low: float
    """To ``always_high``: holds however often it is looked at."""
    always_high: float
    p: float
    """That nothing came of it; valid whenever it is looked at."""


def _increment(json: Optional[Json], name: str) -> Optional[Increment]:
    return None if json is None else Increment(**json[name])


def _group(json: Optional[Json]) -> Optional[HoldoutGroup]:
    return None if json is None else HoldoutGroup.of(json)


@dataclass(frozen=True)
class OfferEffect:
    """What an offer sold that would not have been sold without it."""

    offer: str
    title: str
    policy: Optional[str]
    """With the hold-out; None: there is none."""
    decided: int
    answerable: bool
    reason: Optional[str]
    """Of not answering: "no_holdout", "few_customers" or "sample_ratio"."""
    why: Optional[str]
    offered: Optional[HoldoutGroup]
    held_out: Optional[HoldoutGroup]
    mixed: int
    """Customers who were both, through a link; they count for neither."""
    attributed_customers: int
    """Who said yes, of those who were offered; of all without a hold-out."""
    attributed_answers: int
    attributed_minor: int
    """What their answers were worth, in minor units of the store's currency."""
    organic_buyers: Optional[float]
    """Of those who were offered, who would have bought anyway."""
    organic_minor: Optional[float]
    incremental_buyers: Optional[Increment]
    incremental_minor: Optional[Increment]
    json: Json

    @classmethod
    def of(cls, json: Json) -> OfferEffect:
        organic = json["organic"] or {}
        attributed = json["attributed"]
        plain = ("offer", "title", "policy", "decided", "answerable", "reason", "why")
        return cls(
            **{name: json[name] for name in plain},
            offered=_group(json["offered"]),
            held_out=_group(json["held_out"]),
            mixed=json["mixed"],
            attributed_customers=attributed["customers"],
            attributed_answers=attributed["answers"],
            attributed_minor=attributed["value_minor"],
            organic_buyers=organic.get("buyers"),
            organic_minor=organic.get("amount_minor"),
            incremental_buyers=_increment(json["incremental"], "buyers"),
            incremental_minor=_increment(json["incremental"], "amount_minor"),
            json=json,
        )


@dataclass(frozen=True)
class LinkedPurchases:
    """What was said of the purchases of a period."""

    purchases: int
    known: int
    """Of which something was said before."""
    linked: int
    organic: int
    """Those that came of no decision."""


def listed(json: Any) -> List[Json]:
    """Offers or policies, with all that is defined of them."""
    return list(json)
