# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What the customers of a store are worth, by the models that a refit found."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, List, Mapping, Optional, Sequence, Tuple

from . import _capi
from ._options import Durability, at_least_one, choice, write_options
from .errors import InvalidArgument
from .tables import Table
from .value import RfmRule
from .values import Money, When, instant

if TYPE_CHECKING:
    from .store import Store

_MODELS: Mapping[str, int] = {
    "mbg_nbd": 0,
    "bg_nbd": 1,
    "pareto_nbd": 2,
    "best": 0xFFFFFFFF,
}


@dataclass(frozen=True)
class Edition:
    """What a refit found; it is in force from ``at`` until the next one."""

    number: int
    at: _datetime.datetime
    actor: str
    model: str
    """Of purchases: "mbg_nbd", "bg_nbd" or "pareto_nbd"."""
    parameters: Mapping[str, Tuple[float, float, float]]
    """Of that model: value, and its 95 % from and to."""
    status: str
    """"converged", "regularised" or "not_converged"."""
    customers: float
    """Whom it was fitted to."""
    currency: str
    horizon_weeks: float
    discount: float
    """Of a year."""
    margin: float
    types: Tuple[str, ...]
    returns: Tuple[str, ...]
    json: Mapping[str, Any]
    """All of it: the model of amounts, edges of scores, segments."""

    @classmethod
    def of(cls, json: Mapping[str, Any]) -> Edition:
        purchases = json["purchases"]
        return cls(
            number=json["number"],
            at=instant(json["at_us"]),
            actor=json["actor"] or "",
            model=purchases["model"],
            parameters={
                name: (it["value"], it["low"], it["high"])
                for name, it in purchases["parameters"].items()
            },
            status=purchases["status"],
            customers=purchases["customers"],
            currency=json["currency"] or "",
            horizon_weeks=json["horizon_weeks"],
            discount=json["discount"],
            margin=json["margin"],
            types=tuple(json["types"]),
            returns=tuple(json["returns"]),
            json=json,
        )


@dataclass(frozen=True)
class Worth:
    """What the edition in force says of one customer. Times are in weeks."""

    alive: float
    """The probability that she still is a customer."""
    expected: float
    """Purchases within the edition's horizon."""
    spend: float
    """The expected amount of a purchase."""
    value: Optional[Money]
    """Discounted purchases x spend x margin; None where amounts have no currency."""
    recency_score: int
    frequency_score: int
    money_score: int
    segment: Optional[str]
    """None where no rule fits."""
    frequency: float
    """Purchases after the first; several of one day are one."""
    recency: float
    """Her age at the last of them, 0 without any."""
    age: float
    """Since the first."""
    orders: int
    total: float
    edition: int


@dataclass(frozen=True)
class Share:
    """A share, or a difference of shares, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Period:
    """What was bought in a period, beside the one of the same length before it."""

    buyers: int
    """``new + kept + returned``."""
    new: int
    """Bought for the first time ever."""
    kept: int
    """Bought in the period before, too."""
    returned: int
    """Bought earlier only."""
    lost: int
    """Bought in the period before, and not in this one."""
    purchases: int
    amount: Optional[Money]
    """Less what was taken back; None, as the next two: nobody ever paid."""
    new_amount: Optional[Money]
    kept_amount: Optional[Money]
    retention: Share
    """``kept / (kept + lost)``."""


@dataclass(frozen=True)
class Against:
    """How much better a period is than another one."""

    retention: Share
    """How much higher."""
    amount_per_buyer: Optional[float]
    """1: the same; None where there is nothing to compare with."""


@dataclass(frozen=True)
class UnitCosts:
    """What it costs to win a customer, and to keep one; in minor units."""

    acquisition: int
    retention: int
    per_new: Optional[float]
    """None: nobody was won."""
    per_kept: Optional[float]
    ratio: Optional[float]
    """What winning costs in terms of keeping."""


@dataclass(frozen=True)
class UnitComparison:
    """A unit, beside itself in the period before and beside the rest."""

    unit: Optional[str]
    """None: the whole."""
    customers: int
    """Who have bought by now."""
    period: Period
    before: Period
    against_before: Against
    against_rest: Optional[Against]
    """None of the whole."""
    costs: Optional[UnitCosts]


@dataclass(frozen=True)
class Comparison:
    """How units and periods compare."""

    whole: UnitComparison
    units: Tuple[UnitComparison, ...]
    """By name."""
    json: Mapping[str, Any]


def _share(json: Mapping[str, Any], name: str) -> Share:
    return Share(json[name], json["low"], json["high"])


def _period(json: Mapping[str, Any], currency: str) -> Period:
    def money(name: str) -> Optional[Money]:
        return Money(json[name], currency) if currency else None

    return Period(
        buyers=json["buyers"],
        new=json["new"],
        kept=json["kept"],
        returned=json["returned"],
        lost=json["lost"],
        purchases=json["purchases"],
        amount=money("amount_minor"),
        new_amount=money("new_amount_minor"),
        kept_amount=money("kept_amount_minor"),
        retention=_share(json["retention"], "share"),
    )


def _against(json: Optional[Mapping[str, Any]]) -> Optional[Against]:
    if json is None:
        return None
    return Against(_share(json["retention"], "difference"), json["amount_per_buyer"])


def _unit(json: Mapping[str, Any], currency: str) -> UnitComparison:
    costs = json["costs"]
    against = _against(json["against_before"])
    assert against is not None
    return UnitComparison(
        unit=json["unit"],
        customers=json["customers"],
        period=_period(json["period"], currency),
        before=_period(json["before"], currency),
        against_before=against,
        against_rest=_against(json["against_rest"]),
        costs=costs
        and UnitCosts(
            costs["acquisition_minor"],
            costs["retention_minor"],
            costs["per_new_minor"],
            costs["per_kept_minor"],
            costs["ratio"],
        ),
    )


class StoreValue:
    """Models of a store's purchases, and what they say of its customers.

    The figures are those that conditions read: ``alive() < 0.3``,
    ``clv() > money("100.00", "EUR")``, ``rfm().segment == "at_risk"``.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def refit(
        self,
        *,
        model: str = "mbg_nbd",
        types: Sequence[str] = ("purchase",),
        returns: Sequence[str] = (),
        weeks: float = 52,
        discount: float = 0.15,
        margin: float = 1,
        groups: int = 5,
        segments: Optional[Sequence[RfmRule]] = None,
        categories: Sequence[str] = (),
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Edition:
        """Fits the models to what is known at ``now`` and records the result.

        ``model`` "best" is the one that best foresees the last third of the time.
        Value and expected purchases look ``weeks`` ahead (0: value for ever); what
        comes in a year is worth ``1 / (1 + discount)``, and ``margin`` is what
        remains of an amount. ``segments`` name scores; the first that fits counts.
        In ``categories`` of products the life cycle goes by a rhythm of their own,
        elsewhere by that of the brand.

        Errors: FailedPrecondition (nobody has purchased; fewer than 20 have in a
        category; two currencies; a view), NotFound (undefined type, no such
        category), InvalidArgument names the option.
        """
        if any(isinstance(it, str) for it in (types, returns, categories)):
            raise TypeError(
                "types, returns, categories: a list of names is needed, not str"
            )
        options = _capi.RefitOptions(ctypes.sizeof(_capi.RefitOptions))
        options.model = choice(model, _MODELS, "model")
        given = [_capi.text(it, "types") for it in types]
        back = [_capi.text(it, "returns") for it in returns]
        options.types = (_capi.Str * max(1, len(given)))(*given)
        options.type_count = len(given)
        options.returns = (_capi.Str * max(1, len(back)))(*back)
        options.return_count = len(back)
        options.horizon = weeks
        options.discount = discount
        options.margin = margin
        options.groups = groups
        rules = (_capi.RfmRule * max(1, len(segments or ())))()
        for rule, it in zip(rules, segments or ()):
            rule.name = _capi.text(it.name, "segments")
            for field in ("recency", "frequency", "money"):
                low, high = getattr(it, field)
                if not (1 <= low <= high <= 10):
                    raise InvalidArgument(f"segments: {field} is not within 1 and 10")
                setattr(rule, field, (ctypes.c_uint8 * 2)(low, high))
        options.rules = rules
        options.rule_count = len(segments or ())
        apart = [_capi.text(it, "categories") for it in categories]
        options.categories = (_capi.Str * max(1, len(apart)))(*apart)
        options.category_count = len(apart)
        return Edition.of(
            self._store._json(
                _capi.lib.trato_value_refit,
                byref(options),
                self._store._now(now),
                write_options(durability, actor, source, batch),
            )
        )

    def editions(self) -> List[Edition]:
        """What refits found, newest first."""
        json = self._store._json(_capi.lib.trato_value_editions)
        return [Edition.of(it) for it in json["editions"]]

    def of(self, customer: str, *, now: Optional[When] = None) -> Worth:
        """What the edition in force at ``now`` says of one customer.

        Errors: NotFound (no such customer; she has purchased nothing),
        FailedPrecondition (nothing had been fitted; two currencies; a view).
        """
        worth = _capi.Worth(ctypes.sizeof(_capi.Worth))
        self._store._call(
            _capi.lib.trato_value_of,
            _capi.text(customer, "customer"),
            self._store._now(now),
            byref(worth),
        )
        currency = worth.currency.decode()
        return Worth(
            alive=worth.alive,
            expected=worth.expected,
            spend=worth.spend,
            value=Money(worth.value_minor, currency) if currency else None,
            recency_score=worth.recency_score,
            frequency_score=worth.frequency_score,
            money_score=worth.money_score,
            segment=_capi.string(worth.segment) or None,
            frequency=worth.frequency,
            recency=worth.recency,
            age=worth.age,
            orders=round(worth.orders),
            total=worth.total,
            edition=worth.edition,
        )

    def table(self, *, now: Optional[When] = None) -> Table:
        """The same of everybody who has purchased, a row each, by name: customer,
        alive, expected, spend, value, frequency, recency, age, orders, total, the
        scores r, f and m, and segment. Restricted customers are left out.

        Errors: FailedPrecondition as `of`. Cost: a pass over the purchases.
        """
        at = self._store._now(now)
        return Table(
            lambda stream: self._store._call(
                _capi.lib.trato_value_table, at, stream
            ),
            "worth",
        )

    def pyramid(self, *, now: Optional[When] = None) -> Mapping[str, Any]:
        """How few customers most of the value comes from: currency, customers,
        value, total, and tiers from the highest value down, each with tier,
        customers, value, value_share, total, total_share and alive.

        Errors: FailedPrecondition as `of`. Cost: a pass over the purchases.
        """
        return self._store._json(
            _capi.lib.trato_value_pyramid, self._store._now(now)
        )

    def risk(
        self,
        *,
        purchases: int = 2,
        limit: Optional[int] = 10,
        now: Optional[When] = None,
    ) -> Table:
        """Who is about to be lost: of those who bought on ``purchases`` days or
        more, the fewest purchases expected within the edition's horizon first.
        Rows of customer, expected, alive, value, purchases, silent_weeks.

        Errors: FailedPrecondition as `of`. Cost: a pass over the purchases.
        """
        days = at_least_one(purchases, "purchases")
        first = 0 if limit is None else at_least_one(limit, "limit")
        at = self._store._now(now)
        return Table(
            lambda stream: self._store._call(
                _capi.lib.trato_value_risk, days, first, at, stream
            ),
            "risks",
        )

    def compare(
        self,
        *,
        since: When,
        unit: str = "",
        types: Sequence[str] = ("purchase",),
        returns: Sequence[str] = (),
        costs: Optional[Mapping[str, Tuple[Money, Money]]] = None,
        now: Optional[When] = None,
    ) -> Comparison:
        """Who was won, kept and lost from ``since`` to ``now``, beside the period
        of the same length before, for the whole and for each value of the
        attribute ``unit``, beside the rest.

        ``costs`` says by unit ("": the whole) what acquisition and retention cost
        in the period; what it costs to win and to keep a customer follows.

        Errors: InvalidArgument (since is not before now; costs of a unit that
        nobody is of; costs in another currency), NotFound (no such attribute or
        type), FailedPrecondition (two currencies; a view). Cost: a pass over the
        purchases.
        """
        if isinstance(types, str) or isinstance(returns, str):
            raise TypeError("types, returns: a list of names is needed, not str")
        options = _capi.CompareOptions(ctypes.sizeof(_capi.CompareOptions))
        options.since_us = self._store._at(since, "since")
        options.unit = _capi.text(unit, "unit")
        given = [_capi.text(it, "types") for it in types]
        back = [_capi.text(it, "returns") for it in returns]
        options.types = (_capi.Str * max(1, len(given)))(*given)
        options.type_count = len(given)
        options.returns = (_capi.Str * max(1, len(back)))(*back)
        options.return_count = len(back)
        structs = (_capi.UnitCost * max(1, len(costs or ())))()
        currencies = set()
        for struct, (name, pair) in zip(structs, (costs or {}).items()):
            acquisition, retention = pair
            currencies |= {acquisition.currency, retention.currency}
            struct.unit = _capi.text(name, "costs")
            struct.acquisition_minor = acquisition.minor
            struct.retention_minor = retention.minor
        options.costs = structs
        options.cost_count = len(costs or ())
        json = self._store._json(
            _capi.lib.trato_value_compare, byref(options), self._store._now(now)
        )
        currency = json["currency"] or ""
        if currency and currencies - {currency}:
            raise InvalidArgument(f"costs: purchases are in {currency}")
        return Comparison(
            whole=_unit(json["whole"], currency),
            units=tuple(_unit(it, currency) for it in json["units"]),
            json=json,
        )
