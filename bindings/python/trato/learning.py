# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Learners, what another way of choosing would have brought, and what did better.

With a store, `Store.learning`. Without one, `evaluate` takes a table of choices
that were drawn, a row each, and `compare` the sums of an experiment's arms::

    found = trato.learning.evaluate(log)   # probability, reward, target
    if found.answerable:
        print(found.snips, "instead of", found.logged)
    else:
        print(found.why)

    trato.learning.compare({"old": (10_000, 500), "new": (10_050, 571)})
"""

from __future__ import annotations

import ctypes
import datetime as _datetime
import json as _json
import math
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _capi, charts
from ._options import at_least_one, choice
from .errors import InvalidArgument
from .learner import Choice, Choices, Learner
from .offer_answers import Estimate
from .serving import Serving
from .value import _stream
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

_POLICIES: Mapping[str, int] = {"greedy": 0, "uniform": 1, "explore": 2, "fixed": 3}
_REWARDS: Mapping[str, int] = {"answer": 0, "value": 1}


@dataclass(frozen=True)
class PolicyEstimate(Estimate):
    """What a policy would have brought a choice, with its 95 % interval."""

    certain_low: Optional[float] = None
    """The interval that holds for any number of rows (empirical Bernstein), and
    is wide; None of a self-normalised estimate."""
    certain_high: Optional[float] = None


def _estimate(json: Optional[Mapping[str, Any]]) -> Optional[Estimate]:
    return None if json is None else Estimate(**json)


def _policy_estimate(json: Optional[Mapping[str, Any]]) -> Optional[PolicyEstimate]:
    return None if json is None else PolicyEstimate(**json)


@dataclass(frozen=True)
class Evaluation:
    """What a policy would have brought, or why the log cannot say."""

    answerable: bool
    reason: Optional[str]
    """Of not answering: "no_rows", "no_probability", "bad_probability", "no_draw",
    "no_support", "weights" or "few_effective"."""
    why: Optional[str]
    """The same as a sentence."""
    rows: int
    effective: Optional[float]
    """How many rows of the policy's own would say as much; below 100 nothing is
    answered. None, as all below up to ``supported``, without probabilities."""
    mean_weight: Optional[float]
    """Near 1 where the probabilities are right."""
    max_weight: Optional[float]
    min_probability: Optional[float]
    supported: Optional[float]
    """Share of the rows whose choice the policy may make."""
    logged: Optional[Estimate]
    """What the log itself brought a choice."""
    ips: Optional[PolicyEstimate]
    """By inverse propensities; None, as all below, where it is not answered."""
    snips: Optional[PolicyEstimate]
    """Self-normalised: usually the best."""
    dr: Optional[PolicyEstimate]
    """Doubly robust, with a model's ``predicted`` and ``expected``."""
    gain: Optional[Estimate]
    """``snips`` less ``logged``."""
    json: Mapping[str, Any]
    """All of it; of a store's decisions also how many were left out, because they
    were made "elsewhere", are "pending", or were "empty"."""

    @classmethod
    def of(cls, json: Mapping[str, Any]) -> Evaluation:
        plain = (
            "answerable",
            "reason",
            "why",
            "rows",
            "effective",
            "mean_weight",
            "max_weight",
            "min_probability",
            "supported",
        )
        return cls(
            **{name: json[name] for name in plain},
            logged=_estimate(json["logged"]),
            ips=_policy_estimate(json["ips"]),
            snips=_policy_estimate(json["snips"]),
            dr=_policy_estimate(json["dr"]),
            gain=_estimate(json["gain"]),
            json=json,
        )

    def to_dict(self) -> Dict[str, Any]:
        """All of it, as JSON has it."""
        return dict(self.json)

    def __str__(self) -> str:
        if not self.answerable:
            return f"cannot value the policy: {self.why}"
        return f"{self.snips} instead of {self.logged}, gain {self.gain}"


def _options(columns: Optional[Mapping[str, str]]) -> Tuple[Any, Any]:
    options = _capi.EvaluationOptions(ctypes.sizeof(_capi.EvaluationOptions))
    named = (_capi.Column * len(columns or {}))()
    for i, (field, column) in enumerate((columns or {}).items()):
        named[i].field = _capi.text(field, "columns")
        named[i].column = _capi.text(column, f"columns[{field!r}]")
    options.columns = named
    options.column_count = len(named)
    return options, named


def evaluate(data: Any, columns: Optional[Mapping[str, str]] = None) -> Evaluation:
    """Values a policy by a table of choices that were logged, without a store.

    ``data`` is whatever speaks Arrow, a dict of columns or a list of dicts, with
    a row for each choice: the ``probability`` with which it was made, the
    ``reward`` that it brought, and ``target``, how likely the policy makes it;
    from a model, where present both, ``predicted``, the reward to be expected of
    the choice, and ``expected``, that of the policy there. ``columns`` says what
    the table calls them.

    Where the log cannot answer, it is not an error: see `Evaluation.why`.

    Errors: InvalidArgument names column and row.
    """
    options, named = _options(columns)
    kept, address = _stream(data, "")
    with _capi.Output() as answer:
        _capi.call(
            _capi.lib.trato_evaluation_table, address, byref(options), answer.ref
        )
        json = _json.loads(answer.text())
    del kept, named
    return Evaluation.of(json)


@dataclass(frozen=True)
class Arm:
    """What one arm of an experiment has come to."""

    count: int
    """Customers."""
    sum: float
    """Of what is compared; of yes or no, how many said yes."""
    sum_squares: Optional[float] = None
    """Of its squares; None: what is compared is yes or no."""
    share: float = 0.0
    """Of the customers it should get; 0 in all: each alike."""

    @classmethod
    def of(cls, values: Sequence[float], share: float = 0.0) -> Arm:
        """Of what each customer came to."""
        return cls(
            len(values),
            float(sum(values)),
            float(sum(it * it for it in values)),
            share,
        )


@dataclass(frozen=True)
class SampleRatio:
    """Whether the arms got the customers that they should."""

    chi_square: float
    p: float
    mismatch: bool
    """p is below 0.0005: who got where was not left to chance alone."""


@dataclass(frozen=True)
class ArmComparison:
    """An arm against the first one."""

    arm: str
    against: str
    difference: float
    """Of means or shares."""
    low: Optional[float]
    """To ``high``: holds however often it is looked at; None until both have 50
    customers."""
    high: Optional[float]
    p: float
    """Valid whenever it is looked at; the smallest of all looks is, too."""
    once_low: float
    """To ``once_high``: for who looks once, at a time that was fixed before."""
    once_high: float
    once_p: float


@dataclass(frozen=True)
class ExperimentResult:
    """The arms of an experiment, each against the first."""

    answerable: bool
    reason: Optional[str]
    """"sample_ratio", or None."""
    why: Optional[str]
    sample_ratio: SampleRatio
    comparisons: Tuple[ArmComparison, ...]
    """Empty where it is not answered."""
    json: Mapping[str, Any]

    def to_dict(self) -> Dict[str, Any]:
        """All of it, as JSON has it."""
        return dict(self.json)


Arms = Mapping[str, Union[Arm, Tuple[float, ...]]]
"""By name, the first being what the others are compared with: `Arm`, or
(customers, yes), or (customers, sum, sum of squares)."""


def _arms(arms: Arms) -> Tuple[List[Tuple[str, Arm]], bool]:
    read = []
    for name, given in arms.items():
        if not isinstance(given, Arm):
            if len(given) not in (2, 3):
                raise InvalidArgument(
                    f"arms[{name!r}]: (customers, yes) or (customers, sum, sum of "
                    "squares) is needed"
                )
            given = Arm(int(given[0]), *map(float, given[1:]))
        read.append((name, given))
    kinds = {arm.sum_squares is None for _, arm in read}
    if len(kinds) > 1:
        raise InvalidArgument("arms: some are of yes or no, and some are not")
    return read, True in kinds


def compare(
    arms: Arms, *, planned: int = 10_000, level: float = 0.05
) -> ExperimentResult:
    """Compares each arm of an experiment with the first, whenever you like.

    The intervals hold at all looks together, so that stopping when one excludes 0
    is no mistake; those for who looks once are given beside them. ``planned`` is
    the number of customers of two arms at which they are narrowest, to be said
    before the first look. Where the arms did not get the customers that they
    should, nothing is compared: see `ExperimentResult.why`.

    Errors: InvalidArgument names the arm.
    """
    read, yes_or_no = _arms(arms)
    structs = (_capi.Arm * max(1, len(read)))()
    for struct, (name, arm) in zip(structs, read):
        struct.name = _capi.text(name, "arms")
        struct.count = arm.count
        struct.sum = arm.sum
        struct.sum_squares = arm.sum_squares or 0.0
        struct.share = arm.share
    options = _capi.ExperimentOptions(
        ctypes.sizeof(_capi.ExperimentOptions), int(yes_or_no), level, planned
    )
    with _capi.Output() as answer:
        _capi.call(
            _capi.lib.trato_experiment_compare,
            structs,
            len(read),
            byref(options),
            answer.ref,
        )
        json = _json.loads(answer.text())
    return ExperimentResult(
        answerable=json["answerable"],
        reason=json["reason"],
        why=json["why"],
        sample_ratio=SampleRatio(**json["sample_ratio"]),
        comparisons=tuple(ArmComparison(**it) for it in json["comparisons"]),
        json=json,
    )


def _wilson(yes: int, all_: int) -> Tuple[Optional[float], Optional[float]]:
    if all_ == 0:
        return None, None
    share, z2 = yes / all_, 1.959963984540054**2
    middle = (share + z2 / (2 * all_)) / (1 + z2 / all_)
    half = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * all_)) / all_) / (1 + z2 / all_)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class CurvePoint:
    """A part of a time."""

    since: _datetime.datetime
    until: _datetime.datetime
    decided: int
    """Decisions with an offer that were made in it."""
    yes: int
    """Answers that came in it, to any decision."""
    no: int

    @property
    def share(self) -> Optional[float]:
        """Of the answers that were a yes; None without any."""
        answers = self.yes + self.no
        return self.yes / answers if answers > 0 else None

    @property
    def interval(self) -> Tuple[Optional[float], Optional[float]]:
        """95 % (Wilson's)."""
        return _wilson(max(0, self.yes), max(0, self.yes + self.no))


@dataclass(frozen=True)
class LearningCurve:
    """How answers went as the store learned."""

    points: Tuple[CurvePoint, ...]

    def to_dicts(self) -> List[Dict[str, Any]]:
        """A row per point, as for a data frame."""
        return [
            {
                "since": it.since,
                "until": it.until,
                "decided": it.decided,
                "yes": it.yes,
                "no": it.no,
                "share": it.share,
                "low": it.interval[0],
                "high": it.interval[1],
            }
            for it in self.points
        ]

    def chart(self, title: str = "Answers that were a yes") -> str:
        """The shares with their intervals, as SVG text."""
        return charts.line(
            [(f"{it.since:%Y-%m-%d}", it.share, *it.interval) for it in self.points],
            title=title,
            percent=True,
        )

    def _repr_svg_(self) -> str:
        return self.chart()


class Learning(Serving):
    """What the decisions of a store have taught, and the learners that it serves."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def evaluate(
        self,
        policy: str,
        *,
        exploration: float = 0.0,
        offers: Sequence[str] = (),
        reward: str = "answer",
        since: Optional[When] = None,
        until: Optional[When] = None,
        now: Optional[When] = None,
    ) -> Evaluation:
        """What the store's decisions would have brought, chosen otherwise.

        ``policy``: "greedy" takes the first offer that a decision ranked,
        "uniform" any of them, "explore" any in a share ``exploration`` of the
        cases, and "fixed" the first of ``offers`` that was among them. ``reward``:
        "answer" counts who said yes, "value" what that was worth, in minor units.
        Counted are the decisions dated from ``since`` to before ``until`` whose
        time to answer is over.

        Where the decisions cannot say, as when nothing was drawn or they were made
        elsewhere, it is not an error: see `Evaluation.why`.

        Errors: NotFound (an offer), InvalidArgument.
        """
        store = self._store
        names = (_capi.Str * max(1, len(offers)))()
        for i, name in enumerate(offers):
            names[i] = _capi.text(name, "offers")
        target = _capi.Target(ctypes.sizeof(_capi.Target))
        target.policy = choice(policy, _POLICIES, "policy")
        target.reward = choice(reward, _REWARDS, "reward")
        target.exploration = exploration
        target.offers = names
        target.offer_count = len(offers)
        target.since_us = store._at(since, "since")
        target.until_us = store._at(until, "until")
        return Evaluation.of(
            store._json(
                _capi.lib.trato_decisions_evaluate, byref(target), store._now(now)
            )
        )

    def curve(
        self,
        since: When,
        until: When,
        *,
        parts: int = 12,
        now: Optional[When] = None,
    ) -> LearningCurve:
        """How the answers went from ``since`` to ``until``, in so many equal parts.

        ``LearningCurve.chart`` draws it; a notebook shows it by itself. An answer
        counts in the part in which it came, and one that corrects another takes
        that back there. ``now`` None: ``until``.

        Cost: a pass over the decisions for each part.
        """
        store = self._store
        begin, end = store._at(since, "since"), store._at(until, "until")
        last = end if now is None else store._now(now)
        count = at_least_one(parts, "parts")
        if end <= begin:
            raise InvalidArgument("until: it is not after since")
        edges = [begin + (end - begin) * i // count for i in range(count + 1)]
        totals = []
        for edge in edges:
            report = store.offers.report(now=instant(min(edge - 1, last)))
            totals.append(
                (
                    sum(it.decided for it in report.offers),
                    sum(it.accepted for it in report.offers),
                    sum(it.refused for it in report.offers),
                )
            )
        return LearningCurve(
            tuple(
                CurvePoint(
                    instant(edges[i]),
                    instant(edges[i + 1]),
                    *(b - a for a, b in zip(totals[i], totals[i + 1])),
                )
                for i in range(count)
            )
        )
