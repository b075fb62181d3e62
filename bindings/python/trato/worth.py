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
from ._options import Durability, choice, write_options
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

        Errors: FailedPrecondition (nobody has purchased; two currencies; a view),
        NotFound (undefined type), InvalidArgument names the option.
        """
        if isinstance(types, str) or isinstance(returns, str):
            raise TypeError("types, returns: a list of names is needed, not str")
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
