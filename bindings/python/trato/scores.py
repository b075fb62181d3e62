# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Points of customers by rules, which fade or lapse; a score is the sum of its log."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, List, Mapping, Optional, Sequence, Tuple

from . import _capi
from ._options import Durability, at_least_one, write_options
from .tables import Table
from .values import Number, When, from_thousandths, instant, thousandths

if TYPE_CHECKING:
    from .store import Store

_ANY_LEAST, _ANY_MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class ScoreRule:
    """Each interaction that ``when`` is about gives points, or a condition gives
    them while it holds."""

    name: str
    """What the log calls it."""
    when: str
    """``interactions("visit").where(i, i.channel == "web")``, or a condition."""
    points: Number
    """To a thousandth; below 0 it takes them away."""
    half_life: str = ""
    """Of interactions: "30d", in weeks, days and less, is when half of the points
    are left; empty: they do not fade."""
    lapse: str = ""
    """Of interactions: "1y" after which none is left; empty: never."""


@dataclass(frozen=True)
class ScoreDefinition:
    """A score that is in force."""

    name: str
    rules: Tuple[ScoreRule, ...]
    least: Optional[Decimal]
    most: Optional[Decimal]
    number: int
    """Counts its definitions."""
    at: _datetime.datetime
    actor: str


@dataclass(frozen=True)
class ScoreEntry:
    """Points that something gave, and what is left of them."""

    rule: Optional[str]
    """None: a limit cuts or lifts the sum."""
    kind: str
    """"interaction", "condition", "least" or "most"."""
    interaction: Optional[str]
    """Its fact id; None, as the next three, where there is none."""
    type: Optional[str]
    at: Optional[_datetime.datetime]
    lapses: Optional[_datetime.datetime]
    given: Decimal
    left: Decimal
    """Rounded towards zero, to a thousandth."""


@dataclass(frozen=True)
class Score:
    """A customer's score: ``value == sum(it.left for it in log)``, always."""

    value: Decimal
    log: Tuple[ScoreEntry, ...]
    definition: int
    """The number of the definition that it goes by."""


def _entry(json: Mapping[str, Any]) -> ScoreEntry:
    at, lapses = json["at_us"], json["lapses_us"]
    return ScoreEntry(
        rule=json["rule"],
        kind=json["kind"],
        interaction=json["interaction"],
        type=json["type"],
        at=None if at is None else instant(at),
        lapses=None if lapses is None else instant(lapses),
        given=from_thousandths(json["given_milli"]),
        left=from_thousandths(json["left_milli"]),
    )


def _limit(points: Optional[Number], name: str, other: int) -> int:
    return other if points is None else thousandths(points, name)


class Scores:
    """Scores by rules. Conditions ask for them: ``score("interest") >= 50``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        rules: Sequence[ScoreRule],
        *,
        least: Optional[Number] = None,
        most: Optional[Number] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Puts a score in force from ``now`` on; an earlier instant is answered by
        the definition of that time. It stays within ``least`` and ``most``.

        Errors: InvalidArgument names the rule and the field, with a place in its
        expression.
        """
        given = (_capi.ScoreRule * max(1, len(rules)))()
        for i, (struct, rule) in enumerate(zip(given, rules)):
            struct.name = _capi.text(rule.name, f"rules[{i}].name")
            struct.when = _capi.text(rule.when, f"rules[{i}].when")
            struct.points_milli = thousandths(rule.points, f"rules[{i}].points")
            struct.half_life = _capi.text(rule.half_life, f"rules[{i}].half_life")
            struct.lapse = _capi.text(rule.lapse, f"rules[{i}].lapse")
        score = _capi.ScoreDefinition(ctypes.sizeof(_capi.ScoreDefinition))
        score.name = _capi.text(name, "name")
        score.rules = given
        score.rule_count = len(rules)
        score.least_milli = _limit(least, "least", _ANY_LEAST)
        score.most_milli = _limit(most, "most", _ANY_MOST)
        self._store._call(
            _capi.lib.trato_score_define,
            byref(score),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def list(self, *, now: Optional[When] = None) -> List[ScoreDefinition]:
        """Those in force at ``now``, by name."""
        json = self._store._json(_capi.lib.trato_score_list, self._store._now(now))
        return [
            ScoreDefinition(
                name=it["name"],
                rules=tuple(
                    ScoreRule(
                        rule["name"],
                        rule["when"],
                        from_thousandths(rule["points_milli"]),
                        rule["half_life"] or "",
                        rule["lapse"] or "",
                    )
                    for rule in it["rules"]
                ),
                least=None
                if it["least_milli"] is None
                else from_thousandths(it["least_milli"]),
                most=None if it["most_milli"] is None else from_thousandths(it["most_milli"]),
                number=it["number"],
                at=instant(it["at_us"]),
                actor=it["actor"] or "",
            )
            for it in json["scores"]
        ]

    def value(
        self, customer: str, score: str, *, now: Optional[When] = None
    ) -> Decimal:
        """A customer's points at ``now``.

        Errors: NotFound (customer, score), FailedPrecondition (it was defined
        later).
        """
        milli = ctypes.c_int64()
        self._store._call(
            _capi.lib.trato_score_of,
            _capi.text(customer, "customer"),
            _capi.text(score, "score"),
            self._store._now(now),
            byref(milli),
        )
        return from_thousandths(milli.value)

    def of(self, customer: str, score: str, *, now: Optional[When] = None) -> Score:
        """The same with its log: what stands before what happened, then by time.

        Errors: as `value`.
        """
        json = self._store._json(
            _capi.lib.trato_score_log,
            _capi.text(customer, "customer"),
            _capi.text(score, "score"),
            self._store._now(now),
        )
        return Score(
            value=from_thousandths(json["value_milli"]),
            log=tuple(_entry(it) for it in json["log"]),
            definition=json["definition"],
        )

    def table(
        self, score: str, *, limit: Optional[int] = None, now: Optional[When] = None
    ) -> Table:
        """A row per customer, the highest first, ``limit`` of them: customer,
        points, points_milli. Restricted customers are left out.

        Errors: as `value`. Cost: a pass over everybody's interactions of these
        types.
        """
        name = _capi.text(score, "score")
        first = 0 if limit is None else at_least_one(limit, "limit")
        at = self._store._now(now)
        return Table(
            lambda stream: self._store._call(
                _capi.lib.trato_score_table, name, first, at, stream
            ),
            "scores",
        )
