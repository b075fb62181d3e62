# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Offers, and decisions about them."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import TYPE_CHECKING, List, Optional, Sequence, Union

from . import _capi
from ._options import Durability, at_least_one, write_options
from .answers import Decision, DecisionExplanation, Explanation, Match, OfferResult
from .errors import InvalidArgument
from .values import Money, When, int64, not_money

if TYPE_CHECKING:
    from .store import Store


class Offers:
    """Proposals to buy, with or without a discount."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        *,
        products: Sequence[str],
        value: Money,
        title: str = "",
        discount: Optional[Money] = None,
        discount_basis_points: int = 0,
        eligibility: str = "",
        valid_from: Optional[When] = None,
        valid_until: Optional[When] = None,
        coupon_span: str = "",
        purpose: str = "",
        channel: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines an offer, or redefines it.

        ``products`` are the ids that it proposes, at least one. ``value`` is what
        it is worth to the firm when taken, before the discount, which is either
        money off or basis points (1,000 is 10 %). ``title`` is for people (empty:
        the name).
        ``eligibility`` is an expression (empty: everybody). It is valid from
        ``valid_from`` (None: always) until before ``valid_until`` (None: for
        ever). ``coupon_span`` is how long its coupons last after issue: "10d".
        With a ``purpose`` it is made to who consented to that only, on ``channel``
        or else on any one; without, to all who do not object to direct marketing
        and are on no suppression list.

        Errors: InvalidArgument names the field; with line, column and excerpt
        when the eligibility expression has an error.
        """
        store = self._store
        if not isinstance(value, Money):
            raise not_money(value, "value")
        if discount is not None:
            if not isinstance(discount, Money):
                raise not_money(discount, "discount")
            if discount.currency != value.currency:
                raise InvalidArgument(
                    f"discount: {discount.currency} off a value in {value.currency}"
                )
        points = int64(discount_basis_points, "discount_basis_points")
        if not 0 <= points <= 10_000:
            raise InvalidArgument("discount_basis_points: 0 to 10,000 is needed")
        if isinstance(products, str):
            raise TypeError("products: a sequence of ids is needed, not one str")
        ids = [
            _capi.text(product, "products[", i, "]")
            for i, product in enumerate(products)
        ]
        offer = _capi.Offer(ctypes.sizeof(_capi.Offer))
        offer.discount_basis_points = points
        offer.name = _capi.text(name, "name")
        offer.title = _capi.text(title, "title")
        offer.products = (_capi.Str * len(ids))(*ids)
        offer.product_count = len(ids)
        offer.currency = _capi.text(value.currency, "currency")
        offer.value_minor = value.minor
        offer.discount_minor = 0 if discount is None else discount.minor
        offer.eligibility = _capi.text(eligibility, "eligibility")
        offer.valid_from_us = (
            _capi.INT64_MIN
            if valid_from is None
            else store._at(valid_from, "valid_from")
        )
        offer.valid_until_us = (
            _capi.INT64_MAX
            if valid_until is None
            else store._at(valid_until, "valid_until")
        )
        offer.coupon_span = _capi.text(coupon_span, "coupon_span")
        offer.purpose = _capi.text(purpose, "purpose")
        offer.channel = _capi.text(channel, "channel")
        store._call(
            _capi.lib.trato_offer_define,
            byref(offer),
            store._now(now),
            write_options(durability, actor, source, batch),
            about=eligibility,
        )

    def match(
        self, customer: str, *, limit: int = 10, now: Optional[When] = None
    ) -> List[Match]:
        """The next best offers for a customer at ``now``, best first.

        An offer is dropped when it is not valid at ``now``, when its eligibility
        is not true, when its value is not in the store's currency, or when the
        discount uses its value up. The rest is ranked by score = affinity ×
        value, where affinity = (S + 0.05 × 2) / (N + 2): N counts the customer's
        purchases and answers to the offer, S those that held one of its products
        and those that accepted it, each with weight 2^(-age / 180 days). An answer
        is the latest of accepted and refused for a decision, or a coupon redeemed.
        Ties go by name. It stores nothing.

        Errors: NotFound.
        Cost: for each offer one eligibility check and, where it is kept, one pass
        over the lines of the customer's purchases.
        """
        most = at_least_one(limit, "limit")
        name = _capi.text(customer, "customer")
        at = self._store._now(now)
        count = ctypes.c_size_t()
        capacity = min(most, 64)
        while True:
            array = (_capi.Match * capacity)()
            with self._store._handle as store:
                _capi.call(
                    _capi.lib.trato_offer_match,
                    store,
                    name,
                    at,
                    None,
                    array,
                    capacity,
                    byref(count),
                )
                if count.value < capacity or capacity == most:
                    # The names are lent until the store is closed.
                    return [_match(item) for item in array[: count.value]]
            capacity = min(most, 8 * capacity)

    def explain(self, customer: str, *, now: Optional[When] = None) -> Explanation:
        """Every offer with what became of it for a customer, and why.

        Printed, it is one line per offer.

        Errors: NotFound.
        """
        name = _capi.text(customer, "customer")
        return Explanation.of(
            self._store._json(
                _capi.lib.trato_offer_explain, name, self._store._now(now)
            )
        )

    def decide(
        self,
        customer: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Decision:
        """Decides the next best offer, as `match`, and stores the decision.

        Its candidates, scores and reasons are stored with it; `Store.outcome`
        says later what became of it, and the affinities learn from that.

        Errors: NotFound.
        """
        name = _capi.text(customer, "customer")
        at = self._store._now(now)
        write = write_options(durability, actor, source, batch)
        out = _capi.Decision()
        with self._store._handle as store:
            _capi.call(
                _capi.lib.trato_offer_decide, store, name, at, None, write, byref(out)
            )
            return Decision(
                id=_capi.id_text(out.id),
                match=_match(out.match) if out.taken else None,
                probability=out.probability,
            )

    def report(self, *, now: Optional[When] = None) -> List[OfferResult]:
        """What the store has learned of each offer up to ``now``."""
        answer = self._store._json(_capi.lib.trato_offer_report, self._store._now(now))
        return [OfferResult.of(offer) for offer in answer["offers"]]


class Decisions:
    """Decisions that `Offers.decide` has stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def explain(self, decision: Union[str, Decision]) -> DecisionExplanation:
        """A stored decision: every candidate, why it was kept or dropped then.

        Errors: NotFound.
        """
        name = decision.id if isinstance(decision, Decision) else decision
        return DecisionExplanation.of(
            self._store._json(
                _capi.lib.trato_decision_explain,
                byref(_capi.id_of(name, "decision")),
            )
        )


def _match(match: _capi.Match) -> Match:
    return Match(
        offer=_capi.string(match.offer),
        score=match.score,
        affinity=match.affinity,
        value=Money(match.value_minor, _capi.code(match.currency)),
    )
