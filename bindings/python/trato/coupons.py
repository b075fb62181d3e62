# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Coupons."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import TYPE_CHECKING, Any, List, Optional, Union

from . import _capi
from ._options import Durability, at_least_one, write_options
from .coupon_answers import Coupon, CouponIssue, Redemption
from .errors import InvalidArgument
from .values import Money, When, int64, not_money

if TYPE_CHECKING:
    from .offer_answers import Decision
    from .store import Store

_OFFER, _MONEY, _PERCENT, _GIFT = range(4)
_KINDS = ("offer", "money", "percent", "gift")
_FOR_EVER = 1
_HAS_BASKET, _REPORTED, _DRY_RUN = 1, 2, 4


class Coupons:
    """Codes for an offer, each good once or so often as they were issued for.

    A code is 17 random characters of Crockford's base 32 (over 80 bits) and a
    check character. The store keeps its hash only, under the ``key`` that it was
    opened with, if any: coupons issued under a key are found with that key only.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(
        self,
        customer: str,
        offer: str,
        *,
        money: Optional[Money] = None,
        basis_points: int = 0,
        gift: str = "",
        uses: int = 1,
        valid_until: Optional[When] = None,
        span: str = "",
        for_ever: bool = False,
        decision: Union[str, Decision] = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Issues a coupon and gives its code, as "7K3MPQ-W9F2XA-0C5TRH".

        This is the one time the code is seen. It is the customer's, or with an
        empty ``customer`` of whoever has the code. It gives ``money`` off,
        ``basis_points`` off (1,000 is 10 %), a product as a ``gift``, or else the
        offer's discount as it is now. It can be redeemed ``uses`` times from
        ``now`` until ``valid_until`` (exclusive), or until ``span`` later by the
        clock of the customer's own zone (the attribute time_zone; else the
        store's), or until the offer's ``coupon_span`` later, or ``for_ever``.
        Of a ``decision``, that it is redeemed is also the outcome "bought", that
        it is reversed "returned".

        Errors: NotFound (customer, offer, decision), FailedPrecondition (the
        customer may not be offered it), InvalidArgument, OutOfRange.
        """
        store = self._store
        options = self._options(
            money, basis_points, gift, uses, valid_until, span, for_ever
        )
        if decision:
            name = decision if isinstance(decision, str) else decision.id
            options.decision = _capi.id_of(name, "decision")
        with _capi.Output() as out:
            store._call(
                _capi.lib.trato_coupon_issue,
                _capi.text(customer, "customer"),
                _capi.text(offer, "offer"),
                byref(options),
                store._now(now),
                write_options(durability, actor, source, batch),
                out.ref,
            )
            return out.text()

    def issue_many(
        self,
        offer: str,
        count: int,
        *,
        money: Optional[Money] = None,
        basis_points: int = 0,
        gift: str = "",
        uses: int = 1,
        valid_until: Optional[When] = None,
        span: str = "",
        for_ever: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> List[str]:
        """Issues up to 1,000,000 coupons in one transaction and gives their codes.

        They are the bearer's. The rest is as for `issue`.
        """
        store = self._store
        number = at_least_one(count, "count")
        if number > 1_000_000:
            raise InvalidArgument("count: 1 to 1,000,000 is needed")
        options = self._options(
            money, basis_points, gift, uses, valid_until, span, for_ever
        )
        codes = (_capi.CouponCode * number)()
        store._call(
            _capi.lib.trato_coupon_issue_many,
            _capi.text(offer, "offer"),
            byref(options),
            number,
            store._now(now),
            write_options(durability, actor, source, batch),
            codes,
        )
        return [code.text.decode("ascii") for code in codes]

    def redeem(
        self,
        code: str,
        *,
        customer: str = "",
        key: str = "",
        purchase: str = "",
        basket: Optional[Money] = None,
        at: Optional[When] = None,
        reported: bool = False,
        dry_run: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Redemption:
        """Redeems a coupon: of those at the same time, as many as it has uses.

        Letter case, blanks and hyphens do not matter; O, I and L are read as 0,
        1 and 1. With an idempotency ``key`` a redemption that is sent again
        succeeds again. ``purchase`` is the fact id of the interaction that it is
        redeemed with, of ``customer`` or of whose it is, and may arrive later:
        when it is retracted, or returned whole, the use is free again. What it
        takes off the ``basket`` is rounded half away from zero and never more
        than the basket. What is ``reported`` happened elsewhere at ``at``: it is
        recorded whatever deadline and uses say, and the first hold. A ``dry_run``
        checks, and records nothing.

        Errors: InvalidArgument (mistyped), NotFound (no such coupon),
        PermissionDenied (another customer's), FailedPrecondition (all uses are
        taken; a basket in another currency; a coupon of another key), OutOfRange
        (not valid yet, or past its deadline), AlreadyExists (the key with other
        content).
        """
        store = self._store
        it = _capi.CouponRedemption(ctypes.sizeof(_capi.CouponRedemption))
        it.flags = (_REPORTED if reported else 0) | (_DRY_RUN if dry_run else 0)
        it.code = _capi.text(code, "code")
        it.customer = _capi.text(customer, "customer")
        it.key = _capi.text(key, "key")
        it.at_us = _capi.INT64_MIN if at is None else store._at(at, "at")
        if purchase:
            it.purchase = _capi.id_of(purchase, "purchase")
        if basket is not None:
            if not isinstance(basket, Money):
                raise not_money(basket, "basket")
            it.flags |= _HAS_BASKET
            it.basket_minor = basket.minor
            it.currency = _capi.text(basket.currency, "basket")
        result = _capi.CouponResult()
        at_us = store._now(now)
        write = write_options(durability, actor, source, batch)
        with store._handle as handle:
            _capi.call(
                _capi.lib.trato_coupon_redeem,
                handle,
                byref(it),
                at_us,
                write,
                byref(result),
            )
            currency = _capi.code(result.currency)
            return Redemption(
                id=_capi.id_text(result.redemption),
                offer=_capi.string(result.offer),
                kind=_KINDS[result.gives],
                amount=Money(result.amount_minor, currency) if currency else None,
                basis_points=result.basis_points,
                gift=_capi.string(result.product),
                uses_left=result.uses_left,
                holds=bool(result.holds),
                repeated=bool(result.repeated),
            )

    def reverse(
        self,
        code: str,
        *,
        redemption: Union[str, Redemption] = "",
        reason: str = "",
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Takes a redemption back: its use is free again from ``now`` on.

        Without ``redemption`` the only one that takes a use is meant. With an
        idempotency ``key``, or where it is reversed already, it succeeds again
        and changes nothing.

        Errors: InvalidArgument (mistyped), NotFound (coupon, redemption),
        FailedPrecondition (no redemption takes a use, or several do).
        """
        store = self._store
        name = redemption.id if isinstance(redemption, Redemption) else redemption
        store._call(
            _capi.lib.trato_coupon_reverse,
            _capi.text(code, "code"),
            byref(_capi.id_of(name, "redemption")) if name else None,
            _capi.text(reason, "reason"),
            _capi.text(key, "key"),
            store._now(now),
            write_options(durability, actor, source, batch),
        )

    def show(self, code: str, *, now: Optional[When] = None) -> Coupon:
        """A coupon as it stands at ``now``.

        Errors: InvalidArgument (mistyped), NotFound, FailedPrecondition (a coupon
        of another key).
        """
        return Coupon.of(
            self._store._json(
                _capi.lib.trato_coupon_show,
                _capi.text(code, "code"),
                self._store._now(now),
            )
        )

    def list(
        self,
        *,
        customer: str = "",
        offer: str = "",
        limit: int = 100,
        now: Optional[When] = None,
    ) -> List[CouponIssue]:
        """What was issued by ``now``, newest first, of a customer or for an offer.

        Codes are in it nowhere. Errors: NotFound (customer, offer). Cost: a look
        at all coupons.
        """
        answer = self._store._json(
            _capi.lib.trato_coupon_list,
            _capi.text(customer, "customer"),
            _capi.text(offer, "offer"),
            at_least_one(limit, "limit"),
            self._store._now(now),
        )
        return [CouponIssue.of(issue) for issue in answer["coupons"]]

    def _options(
        self,
        money: Optional[Money],
        basis_points: int,
        gift: str,
        uses: int,
        valid_until: Optional[When],
        span: str,
        for_ever: bool,
    ) -> Any:
        points = int64(basis_points, "basis_points")
        if not 0 <= points <= 10_000:
            raise InvalidArgument("basis_points: 0 to 10,000 is needed")
        if (money is not None) + (points > 0) + bool(gift) > 1:
            raise InvalidArgument("money, basis_points, gift: give one of them")
        number = at_least_one(uses, "uses")
        if number > 1_000_000_000:
            raise InvalidArgument("uses: at most 1,000,000,000")
        it = _capi.CouponOptions(ctypes.sizeof(_capi.CouponOptions))
        if money is not None:
            if not isinstance(money, Money):
                raise not_money(money, "money")
            it.gives = _MONEY
            it.amount_minor = money.minor
            it.currency = _capi.text(money.currency, "money")
        elif points > 0:
            it.gives = _PERCENT
            it.basis_points = points
        elif gift:
            it.gives = _GIFT
            it.product = _capi.text(gift, "gift")
        it.uses = number
        it.valid_until_us = (
            _capi.INT64_MAX
            if valid_until is None
            else self._store._at(valid_until, "valid_until")
        )
        it.span = _capi.text(span, "span")
        it.flags = _FOR_EVER if for_ever else 0
        return it
