# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of coupons."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple

from .values import Money, instant

Json = Mapping[str, Any]


def _instant(us: Optional[int]) -> Optional[_datetime.datetime]:
    return None if us is None else instant(us)


@dataclass(frozen=True)
class CouponBenefit:
    """What a coupon gives, as it was when it was issued."""

    kind: str
    """money, percent, gift, or offer: the offer as it is."""
    text: str
    money: Optional[Money] = None
    basis_points: int = 0
    gift: str = ""

    @classmethod
    def of(cls, json: Json) -> CouponBenefit:
        money = None
        if "amount_minor" in json:
            money = Money(json["amount_minor"], json["currency"])
        return cls(
            kind=json["kind"],
            text=json["text"],
            money=money,
            basis_points=json.get("basis_points", 0),
            gift=json.get("product", ""),
        )

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class CouponUse:
    """A redemption of a coupon."""

    id: str
    at: _datetime.datetime
    customer: Optional[str]
    """Who redeemed it; None: it was not said."""
    purchase: Optional[str]
    """The fact id of the interaction that it was redeemed with."""
    basket_minor: Optional[int]
    amount_minor: Optional[int]
    """How much it took off the basket."""
    holds: bool
    """Whether it takes a use."""
    released: Optional[_datetime.datetime]
    """Since when it takes none."""
    why: Optional[str]
    """Why it takes none: reversed, purchase retracted, purchase returned, or all
    uses were taken."""
    reason: Optional[str]
    """What the reversal said."""

    @classmethod
    def of(cls, json: Json) -> CouponUse:
        return cls(
            id=json["id"],
            at=instant(json["at_us"]),
            customer=json["customer"],
            purchase=json["purchase"],
            basket_minor=json.get("basket_minor"),
            amount_minor=json.get("amount_minor"),
            holds=json["holds"],
            released=_instant(json["released_us"]),
            why=json["why"],
            reason=json["reason"],
        )


@dataclass(frozen=True)
class Coupon:
    """A coupon as it stands at an instant."""

    offer: str
    customer: Optional[str]
    """Whose it is; None: the bearer's."""
    issued: _datetime.datetime
    deadline: Optional[_datetime.datetime]
    """Exclusive; None: for ever."""
    redeemed: Optional[_datetime.datetime]
    """When the last use was taken that still is."""
    state: str
    """valid, redeemed, expired or not yet valid."""
    gives: CouponBenefit
    uses: int
    uses_left: int
    redemptions: Tuple[CouponUse, ...]
    """All of them, in order, also those that take no use."""

    @classmethod
    def of(cls, json: Json) -> Coupon:
        return cls(
            offer=json["offer"],
            customer=json["customer"],
            issued=instant(json["issued_us"]),
            deadline=_instant(json["deadline_us"]),
            redeemed=_instant(json["redeemed_us"]),
            state=json["state"],
            gives=CouponBenefit.of(json["gives"]),
            uses=json["uses"],
            uses_left=json["uses_left"],
            redemptions=tuple(map(CouponUse.of, json["redemptions"])),
        )


@dataclass(frozen=True)
class CouponIssue:
    """Coupons that were issued together."""

    offer: str
    customer: Optional[str]
    """Whose they are; None: the bearer's."""
    issued: _datetime.datetime
    deadline: Optional[_datetime.datetime]
    """Exclusive; None: for ever."""
    gives: CouponBenefit
    coupons: int
    uses: int
    """Of each."""
    redeemed: int
    """Uses that are taken, of all of them."""
    uses_left: int
    states: Mapping[str, int]
    """How many are in which state."""

    @classmethod
    def of(cls, json: Json) -> CouponIssue:
        return cls(
            offer=json["offer"],
            customer=json["customer"],
            issued=instant(json["issued_us"]),
            deadline=_instant(json["deadline_us"]),
            gives=CouponBenefit.of(json["gives"]),
            coupons=json["coupons"],
            uses=json["uses"],
            redeemed=json["redeemed"],
            uses_left=json["uses_left"],
            states=dict(json["states"]),
        )


@dataclass(frozen=True)
class Redemption:
    """What a redemption gives."""

    id: str
    offer: str
    kind: str
    """money, percent, gift, or offer: the offer as it is."""
    amount: Optional[Money]
    """Off the basket, never more than it. Without a basket, of money the whole
    amount; None where that is not known."""
    basis_points: int
    gift: str
    uses_left: int
    holds: bool
    """False: of what was reported, all uses were taken."""
    repeated: bool
    """Whether the key was known; then this is what was given before."""
