# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Coupons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from . import _capi
from ._options import Durability, write_options
from .answers import Coupon
from .values import When

if TYPE_CHECKING:
    from .store import Store


class Coupons:
    """Personal codes for an offer, each good once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(
        self,
        customer: str,
        offer: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Issues a coupon and gives its code, as "7K3MPQ-W9F2XA-0C5TRH".

        It is 17 random characters of Crockford's base 32 (over 80 bits) and a
        check character. The store keeps its hash only: this is the one time the
        code is seen. It can be redeemed once, from ``now`` until the offer's
        ``coupon_span`` later in the store's zone (exclusive), or for ever when
        the offer has none.

        Errors: NotFound (customer, offer).
        """
        with _capi.Output() as out:
            self._store._call(
                _capi.lib.trato_coupon_issue,
                _capi.text(customer, "customer"),
                _capi.text(offer, "offer"),
                self._store._now(now),
                write_options(durability, actor, source, batch),
                out.ref,
            )
            return out.text()

    def redeem(
        self,
        code: str,
        *,
        customer: str = "",
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Redeems a coupon: of two at the same time, one succeeds.

        Letter case, blanks and hyphens do not matter; O, I and L are read as 0,
        1 and 1. With an idempotency ``key`` a redemption that is sent again
        succeeds again.

        Errors: InvalidArgument (mistyped), NotFound (no such coupon),
        PermissionDenied (another customer's), FailedPrecondition (already
        redeemed), OutOfRange (not valid yet, or past its deadline).
        """
        self._store._call(
            _capi.lib.trato_coupon_redeem,
            _capi.text(code, "code"),
            _capi.text(customer, "customer"),
            _capi.text(key, "key"),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def show(self, code: str, *, now: Optional[When] = None) -> Coupon:
        """A coupon as it stands at ``now``.

        Errors: InvalidArgument (mistyped), NotFound.
        """
        return Coupon.of(
            self._store._json(
                _capi.lib.trato_coupon_show,
                _capi.text(code, "code"),
                self._store._now(now),
            )
        )
