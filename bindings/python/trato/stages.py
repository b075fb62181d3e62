# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Where customers are in the life cycle, where they came from, whom to win back."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import _capi
from ._options import Durability, at_least_one, write_options
from .tables import Table
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

STAGES = (
    "awareness",
    "consideration",
    "option",
    "purchase",
    "reconsideration",
    "repurchase",
    "abandonment",
)


@dataclass(frozen=True)
class StageRule:
    """Who fulfils ``when`` is in the stage, unless an earlier rule holds."""

    stage: str
    when: str
    """A condition, as of segments, and beside it ``bought()``, ``silent(0.95)``,
    ``gone(0.5)``, ``seen("30d", "visit")``, ``after_purchase("complaint")`` and
    ``aware()``, each of the category that is asked about."""
    reason: str = ""
    """In words."""
    hold: str = ""
    """For how long it has to have held: "7d"."""


@dataclass(frozen=True)
class StageStep:
    """That a customer came into a stage; None: into none."""

    stage: Optional[str]
    since: _datetime.datetime
    reason: str


@dataclass(frozen=True)
class Stage:
    """Where one customer is, and how she came there."""

    stage: Optional[str]
    since: Optional[_datetime.datetime]
    reason: str
    purchases: int
    """Several of one day are one."""
    silent_weeks: Optional[float]
    """Since the last purchase; None, as the next: there was none."""
    usual_gap_weeks: Optional[float]
    """Within which she buys again in half the cases, by her own rhythm."""
    history: Tuple[StageStep, ...]


@dataclass(frozen=True)
class StageMove:
    """How many moved from a stage to another; None: from or to none."""

    before: Optional[str]
    after: Optional[str]
    moves: int
    mean_days: float
    """In the stage before."""
    share: float
    """Of all moves from there, with its 95 % interval."""
    low: float
    high: float


@dataclass(frozen=True)
class StageReport:
    """The funnel, and the moves since."""

    customers: int
    funnel: Mapping[str, int]
    """By stage, at ``now``."""
    before: Mapping[str, int]
    """The same at ``since``."""
    moves: Tuple[StageMove, ...]
    repurchase_days: Optional[float]
    """From the first purchase to the second: the median of who came back."""
    json: Mapping[str, Any]


class Stages:
    """The seven stages, per category of products (empty: for the brand)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        rules: Sequence[StageRule],
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Puts a table of rules in force from ``now`` on; the first that holds
        counts.

        Errors: InvalidArgument names the rule and the field, with a place in its
        condition; FailedPrecondition (no refit yet).
        """
        given = (_capi.StageRule * max(1, len(rules)))()
        for struct, rule in zip(given, rules):
            struct.stage = _capi.text(rule.stage, "rules")
            struct.when = _capi.text(rule.when, "rules")
            struct.hold = _capi.text(rule.hold, "rules")
            struct.reason = _capi.text(rule.reason, "rules")
        self._store._call(
            _capi.lib.trato_stage_define,
            given,
            len(rules),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def rules(self, *, now: Optional[When] = None) -> List[StageRule]:
        """The table in force at ``now``; the default one where none was defined."""
        json = self._store._json(_capi.lib.trato_stage_rules, self._store._now(now))
        return [
            StageRule(it["stage"], it["when"], it["reason"] or "", it["hold"] or "")
            for it in json["rules"]
        ]

    def of(
        self, customer: str, category: str = "", *, now: Optional[When] = None
    ) -> Stage:
        """Where a customer is at ``now`` and how she came there, by the table and
        the edition in force then.

        Errors: NotFound (customer, category), FailedPrecondition (no refit by
        then).
        """
        json = self._store._json(
            _capi.lib.trato_stage_of,
            _capi.text(customer, "customer"),
            _capi.text(category, "category"),
            self._store._now(now),
        )
        since = json["since_us"]
        return Stage(
            stage=json["stage"],
            since=None if since is None else instant(since),
            reason=json["reason"] or "",
            purchases=round(json["purchases"]),
            silent_weeks=json["silent_weeks"],
            usual_gap_weeks=json["usual_gap_weeks"],
            history=tuple(
                StageStep(it["stage"], instant(it["since_us"]), it["reason"] or "")
                for it in json["history"]
            ),
        )

    def report(
        self, category: str = "", *, since: When, now: Optional[When] = None
    ) -> StageReport:
        """The funnel at ``now``, and the moves after ``since``.

        Errors: as `of`. Cost: a walk through each customer's history.
        """
        json = self._store._json(
            _capi.lib.trato_stage_report,
            _capi.text(category, "category"),
            self._store._at(since, "since"),
            self._store._now(now),
        )
        return StageReport(
            customers=json["customers"],
            funnel={it["stage"]: it["customers"] for it in json["funnel"]},
            before={it["stage"]: it["before"] for it in json["funnel"]},
            moves=tuple(
                StageMove(
                    it["from"],
                    it["to"],
                    it["moves"],
                    it["mean_days"],
                    it["share"],
                    it["low"],
                    it["high"],
                )
                for it in json["moves"]
            ),
            repurchase_days=json["repurchase"]["median_days"],
            json=json,
        )

    def table(self, category: str = "", *, now: Optional[When] = None) -> Table:
        """A row per customer in a stage, by name: customer, stage, since, reason,
        purchases, silent_weeks, usual_gap_weeks, alive, expected, value, and
        at_stake: what she was worth on the day of her last purchase, as a customer
        for certain, less what she is worth now."""
        at = self._store._now(now)
        what = _capi.text(category, "category")
        return Table(
            lambda stream: self._store._call(
                _capi.lib.trato_stage_table, what, at, stream
            ),
            "stages",
        )

    def win_back(
        self, category: str = "", *, limit: int = 10, now: Optional[When] = None
    ) -> List[Dict[str, Any]]:
        """Who has been lost, or is about to be: of `table` the rows of abandonment
        and reconsideration with the most at stake, first."""
        first = at_least_one(limit, "limit")
        at = self._store._now(now)
        what = _capi.text(category, "category")
        return Table(
            lambda stream: self._store._call(
                _capi.lib.trato_stage_win_back, what, first, at, stream
            ),
            "stages",
        ).to_dicts()
