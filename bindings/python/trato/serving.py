# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Learners that serve a store's offers, and how deep the relationships are."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import _capi, charts
from ._options import Durability, at_least_one, choice, write_options
from .learner import POLICIES
from .tables import Table
from .values import When

if TYPE_CHECKING:
    from .store import Store

_POLICIES: Mapping[str, int] = {name: i for i, name in enumerate(POLICIES)}


@dataclass(frozen=True)
class ServingLearner:
    """A learner that serves offers."""

    name: str
    policy: str
    issue: Optional[str]
    """Of the offers that it serves; None: any."""
    group: Optional[str]
    offer: Optional[str]
    segments: Tuple[str, ...]
    floor: float
    retired: bool
    offers: int
    """How many it serves."""
    answers: int
    """That count."""
    json: Mapping[str, Any]
    """All of its definition."""


@dataclass(frozen=True)
class KnownSegment:
    """What is known of an offer in a segment."""

    segment: str
    shown: float
    accepted: float
    rate: float


@dataclass(frozen=True)
class KnownOffer:
    """What a learner knows of an offer."""

    offer: str
    title: str
    shown: float
    """As it counts: older answers less, where the learner forgets."""
    accepted: float
    rate: float
    segments: Tuple[KnownSegment, ...]


@dataclass(frozen=True)
class Knowledge:
    """What a learner is and knows."""

    name: str
    answers: int
    answers_of_segment: float
    """So many answers of a customer count as much as what is known of those like
    her."""
    offers: Tuple[KnownOffer, ...]
    json: Mapping[str, Any]

    @property
    def weights(self) -> List[Dict[str, Any]]:
        """Of a logistic learner that was refitted, a row per weight: offer (None:
        any), of (a segment; empty: everybody), mean and deviation in log odds."""
        return [
            {"offer": offer["offer"], **weight}
            for offer in self.json.get("model", {"offers": []})["offers"]
            for weight in offer["weights"]
        ]

    def to_dicts(self) -> List[Dict[str, Any]]:
        """A row per offer and segment, as for a data frame."""
        return [
            {
                "offer": offer.offer,
                "segment": segment.segment,
                "shown": segment.shown,
                "accepted": segment.accepted,
                "rate": segment.rate,
            }
            for offer in self.offers
            for segment in offer.segments
        ]


@dataclass(frozen=True)
class DepthOffer:
    """An offer to a customer, and to a stranger of her kind."""

    offer: str
    title: str
    affinity: float
    """How likely she takes it."""
    affinity_of_stranger: float
    probability: float
    """How likely it is chosen."""
    probability_of_stranger: float
    answers: float
    acceptances: float
    value_minor: float


@dataclass(frozen=True)
class LearnerDepth:
    """What a learner knows of a customer, and what that is good for."""

    learner: str
    answers: int
    acceptances: int
    decisions: int
    used: int
    """Decisions that knew an answer of hers."""
    bits: float
    """How uncertain the choice is: the entropy of its probabilities."""
    bits_of_stranger: float
    expected_minor: float
    """What a decision brings."""
    expected_of_stranger_minor: float
    """The same if it chose as for a stranger."""
    gain_minor: float
    currency: str
    offer_count: int
    offers: Tuple[DepthOffer, ...]
    """The likeliest to be chosen first."""


@dataclass(frozen=True)
class Depth:
    """How deep the learning relationship with a customer is."""

    customer: str
    attributes: int
    interactions: int
    loss: str
    """What she would lose by leaving, in words."""
    learners: Tuple[LearnerDepth, ...]
    json: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.customer}: {self.loss}"

    def to_dicts(self) -> List[Dict[str, Any]]:
        """A row per learner and offer, as for a data frame."""
        return [
            {"learner": learner.learner, **vars(offer)}
            for learner in self.learners
            for offer in learner.offers
        ]


@dataclass(frozen=True)
class DepthLevel:
    """Customers by how much they have taught; the last five are means."""

    answers_from: int
    answers_until: Optional[int]
    """None: any more."""
    customers: int
    answers: int
    acceptances: int
    decisions: int
    used: int
    bits: float
    bits_of_stranger: float
    expected_minor: float
    expected_of_stranger_minor: float
    gain_minor: float


@dataclass(frozen=True)
class BaseDepth:
    """How deep the relationships with all customers are."""

    levels: Tuple[DepthLevel, ...]
    customers: int
    answers: int
    used: int
    gain_minor: float
    """The mean."""
    currency: str
    json: Mapping[str, Any]

    def to_dicts(self) -> List[Dict[str, Any]]:
        """A row per level, as for a data frame."""
        return [dict(vars(it)) for it in self.levels]


@dataclass(frozen=True)
class LearningProgressPoint:
    """What came of each customer's n-th answered decision."""

    number: int
    customers: int
    accepted: int
    rate: float
    low: float
    """To ``high``: the 95 % interval (Wilson's)."""
    high: float
    expected: float
    """The mean of what was believed."""


@dataclass(frozen=True)
class LearningProgress:
    """Whether decisions get better the better a customer is known."""

    points: Tuple[LearningProgressPoint, ...]

    def to_dicts(self) -> List[Dict[str, Any]]:
        """A row per point, as for a data frame."""
        return [dict(vars(it)) for it in self.points]

    def chart(self, title: str = "Accepted, by how often she was asked") -> str:
        """The shares with their intervals, as SVG text."""
        return charts.line(
            [(str(it.number), it.rate, it.low, it.high) for it in self.points],
            title=title,
            percent=True,
        )

    def _repr_svg_(self) -> str:
        return self.chart()


class Serving:
    """The part of `Learning` that is about learners in the store."""

    _store: Store

    def define(
        self,
        name: str,
        *,
        policy: str = "affinity",
        issue: str = "",
        group: str = "",
        offer: str = "",
        segments: Sequence[str] = (),
        floor: float = 0.01,
        without_floor: bool = False,
        prior_rate: float = 0.05,
        customer_weight: float = 0.0,
        exploration: float = 0.15,
        gamma: float = 1000.0,
        half_life: Optional[_datetime.timedelta] = None,
        retired: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Puts a learner in force from ``now`` on, for all offers or those of an
        ``issue``, a ``group`` or one ``offer``; the most particular serves.

        From then on matches ask it how likely somebody accepts, and decisions are
        drawn by its ``policy``: "affinity" (Thompson sampling on counts that are
        pooled between customer, segment, offer and need), "logistic" (Thompson
        sampling on a Bayesian logistic regression on all of the ``segments``, which
        learns by `refit`), "squarecb", "fixed" (the best score) or "random". A share of ``floor`` is drawn evenly.
        ``segments`` tell customers apart, by the first that they are in; without
        any it is how often they had bought of what is offered. What was answered
        before counts as well. ``half_life`` None: nothing is forgotten.

        Errors: InvalidArgument names the field, NotFound (a segment).
        """
        names = (_capi.Str * max(1, len(segments)))()
        for i, segment in enumerate(segments):
            names[i] = _capi.text(segment, f"segments[{i}]")
        given = _capi.LearningDefinition(ctypes.sizeof(_capi.LearningDefinition))
        given.policy = choice(policy, _POLICIES, "policy")
        given.name = _capi.text(name, "name")
        given.issue = _capi.text(issue, "issue")
        given.group = _capi.text(group, "group")
        given.offer = _capi.text(offer, "offer")
        given.segments = names
        given.segment_count = len(segments)
        given.floor = floor
        given.without_floor = int(without_floor)
        given.retired = int(retired)
        given.prior_rate = prior_rate
        given.customer_weight = customer_weight
        given.exploration = exploration
        given.gamma = gamma
        if half_life is not None:
            given.half_life_us = half_life // _datetime.timedelta(microseconds=1)
        self._store._call(
            _capi.lib.trato_learning_define,
            byref(given),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def refit(
        self,
        name: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Knowledge:
        """Puts what a "logistic" learner learns from all answers up to ``now`` in
        force, as a version of its definition, and gives what it knows then.

        Errors: NotFound, FailedPrecondition (it is not logistic, is retired, or
        nobody has answered). Cost: a test of its segments for each answer.
        """
        learner, at = _capi.text(name, "name"), self._store._now(now)
        self._store._call(
            _capi.lib.trato_learning_refit,
            learner,
            at,
            write_options(durability, actor, source, batch),
            None,
        )
        return self.show(name, now=at)

    def list(self, *, now: Optional[When] = None) -> List[ServingLearner]:
        """All learners that were defined, by name."""
        return [
            ServingLearner(
                name=it["learner"],
                policy=it["policy"],
                issue=it["issue"],
                group=it["group"],
                offer=it["offer"],
                segments=tuple(it["segments"]),
                floor=it["floor"],
                retired=it["retired"],
                offers=it["offers"],
                answers=it["answers"],
                json=it,
            )
            for it in self._store._json(
                _capi.lib.trato_learning_list, self._store._now(now)
            )
        ]

    def show(self, name: str, *, now: Optional[When] = None) -> Knowledge:
        """What a learner is and knows at ``now``.

        Errors: NotFound.
        """
        json = self._store._json(
            _capi.lib.trato_learning_show,
            _capi.text(name, "name"),
            self._store._now(now),
        )
        return Knowledge(
            name=json["learner"],
            answers=json["answers"],
            answers_of_segment=json["answers_of_segment"],
            offers=tuple(
                KnownOffer(
                    offer=it["offer"],
                    title=it["title"],
                    shown=it["shown"],
                    accepted=it["accepted"],
                    rate=it["rate"],
                    segments=tuple(KnownSegment(**part) for part in it["segments"]),
                )
                for it in json["offers"]
            ),
            json=json,
        )

    def depth(self, customer: str, *, now: Optional[When] = None) -> Depth:
        """How deep the learning relationship with a customer is: what she taught,
        where it was used, how much more certain the choice is for her than for a
        stranger of her kind, and what she would lose by leaving.

        Errors: NotFound.
        """
        json = self._store._json(
            _capi.lib.trato_learning_depth,
            _capi.text(customer, "customer"),
            self._store._now(now),
        )
        return Depth(
            customer=json["customer"],
            attributes=json["attributes"],
            interactions=json["interactions"],
            loss=json["loss"],
            learners=tuple(
                LearnerDepth(
                    **{
                        **it,
                        "offers": tuple(DepthOffer(**offer) for offer in it["offers"]),
                    }
                )
                for it in json["learners"]
            ),
            json=json,
        )

    def depths(
        self, *, limit: Optional[int] = None, now: Optional[When] = None
    ) -> Table:
        """The same of everybody who has answered, a row each, the largest gain
        first: customer, answers, acceptances, decisions, used, bits,
        bits_of_stranger, expected_minor, expected_of_stranger_minor, gain_minor.

        Cost: two matches a customer.
        """
        first = 0 if limit is None else at_least_one(limit, "limit")
        at = self._store._now(now)
        return Table(
            lambda stream: self._store._call(
                _capi.lib.trato_learning_depths, first, at, stream
            ),
            "depths",
        )

    def base(self, *, now: Optional[When] = None) -> BaseDepth:
        """The same of the base, by how many answers customers have given.

        Cost: two matches a customer.
        """
        json = self._store._json(_capi.lib.trato_learning_base, self._store._now(now))
        whole = json["all"]
        return BaseDepth(
            levels=tuple(DepthLevel(**it) for it in json["levels"]),
            customers=whole["customers"],
            answers=whole["answers"],
            used=whole["used"],
            gain_minor=whole["gain_minor"],
            currency=json["currency"],
            json=json,
        )

    def progress(self, name: str = "", *, now: Optional[When] = None) -> LearningProgress:
        """What came of each customer's first decision that a learner made and that
        was answered, of her second, and so on; of the learner ``name``, or all.

        `LearningProgress.chart` draws it. The later points are of fewer customers, those
        who were asked more often.

        Errors: NotFound.
        """
        learner, at = _capi.text(name, "name"), self._store._now(now)
        table = Table(
            lambda stream: self._store._call(
                _capi.lib.trato_learning_progress, learner, at, stream
            ),
            "progress",
        )
        return LearningProgress(tuple(LearningProgressPoint(**row) for row in table.to_dicts()))


__all__ = [
    "BaseDepth",
    "Depth",
    "DepthLevel",
    "DepthOffer",
    "Knowledge",
    "KnownOffer",
    "KnownSegment",
    "LearnerDepth",
    "LearningProgress",
    "LearningProgressPoint",
    "Serving",
    "ServingLearner",
]
