# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What limits contact, leave to contact, and which purchase came of what."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Tuple, Union

from . import _capi
from ._options import Durability, not_negative, write_options
from .errors import InvalidArgument
from .offer_answers import (
    Decision,
    HoldoutReport,
    LinkedPurchases,
    Permit,
    PermitState,
)
from .offers import texts
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

NO_CAP = 2**32 - 1


def _minute(time: str, what: str) -> int:
    """ "08:30" as minutes of the day."""
    hours, colon, minutes = time.partition(":")
    if colon and hours.isdecimal() and minutes.isdecimal():
        hour, minute = int(hours), int(minutes)
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    raise InvalidArgument(f'{what}: a time of the day is needed, such as "21:30"')


class Policies:
    """What limits contact, and how offers are ranked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        *,
        channel: str = "",
        issue: str = "",
        group: str = "",
        offer: str = "",
        at_most: Optional[int] = None,
        within: str = "",
        quiet: Optional[Tuple[str, str]] = None,
        holdout: float = 0.0,
        open_complaint: str = "",
        retired: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines a policy of contact, or redefines it.

        It is for what it names of ``channel``, ``issue``, ``group`` and
        ``offer``; naming none, for all. Each part that is set holds:
        ``at_most`` so many contacts in any window of ``within`` ("7d"); none in
        the ``quiet`` hours ``("21:00", "08:30")`` of the customer's day, by her
        attribute ``time_zone``; a share ``holdout`` of customers (0.1) left out
        for comparison; nobody with an interaction of the type
        ``open_complaint`` to which no outbound one replies. A ``retired`` policy
        holds no more.

        Errors: InvalidArgument names the policy and the field.
        """
        if not 0.0 <= holdout <= 1.0:
            raise InvalidArgument("holdout: a share from 0 to 1 is needed")
        policy = _capi.ContactPolicy(ctypes.sizeof(_capi.ContactPolicy))
        policy.at_most = NO_CAP if at_most is None else not_negative(at_most, "at_most")
        policy.name = _capi.text(name, "name")
        policy.channel = _capi.text(channel, "channel")
        policy.issue = _capi.text(issue, "issue")
        policy.group = _capi.text(group, "group")
        policy.offer = _capi.text(offer, "offer")
        policy.within = _capi.text(within, "within")
        policy.quiet_from, policy.quiet_until = (
            (-1, -1)
            if quiet is None
            else (_minute(quiet[0], "quiet[0]"), _minute(quiet[1], "quiet[1]"))
        )
        policy.holdout_basis_points = round(holdout * 10_000)
        policy.retired = int(retired)
        policy.open_complaint = _capi.text(open_complaint, "open_complaint")
        self._store._call(
            _capi.lib.trato_contact_policy_define,
            byref(policy),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def arbitrate(
        self,
        *,
        benefit_weight: float = 0.25,
        exploration: float = 0.0,
        per_issue: int = 0,
        per_group: int = 0,
        pacing: float = 0.0,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says how what is left is ranked: see `Offers.match`.

        ``benefit_weight`` is that of the customer's benefit beside the firm's
        value; ``exploration`` the share of decisions drawn evenly among what is
        left; of each issue and group at most so many are in one answer (0: any
        number). With ``pacing`` (1: the usual step) an offer that has a budget
        or a stock and both of its dates costs a price while it is ahead of being
        taken evenly over its period, so that it goes to whom it suits best; with
        0 it is first come, first served.

        Errors: InvalidArgument.
        """
        arbitration = _capi.Arbitration(
            ctypes.sizeof(_capi.Arbitration),
            not_negative(per_issue, "per_issue"),
            not_negative(per_group, "per_group"),
            0,
            float(benefit_weight),
            float(exploration),
            float(pacing),
        )
        self._store._call(
            _capi.lib.trato_arbitration_define,
            byref(arbitration),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def list(self) -> Dict[str, Any]:
        """The policies of ``contact`` and the ``arbitration`` in force."""
        answer: Dict[str, Any] = self._store._json(_capi.lib.trato_policy_list)
        return answer

    def holdout(
        self,
        policy: str,
        *,
        within: str = "30d",
        since: Optional[When] = None,
        until: Optional[When] = None,
        now: Optional[When] = None,
    ) -> HoldoutReport:
        """What the offers of a policy with a hold-out sold beyond it.

        Of customers whose decisions in the period (``since`` None: from the
        first; ``until`` None: to ``now``) logged where they are, the share that
        bought one of the offers' products within ``within`` of the first such
        decision: of those who were offered, of those who were left out, and the
        difference, with 95 % intervals.

        Errors: NotFound (policy).
        """
        store = self._store
        at = store._now(now)
        return HoldoutReport.of(
            store._json(
                _capi.lib.trato_holdout_report,
                _capi.text(policy, "policy"),
                _capi.text(within, "within"),
                _FIRST if since is None else store._at(since, "since"),
                at if until is None else store._at(until, "until"),
                at,
            )
        )


_FIRST = -62_135_596_800_000_000  # the year 1


class Permits:
    """Leave to contact a customer once, with the address."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def give(
        self,
        customer: str,
        *,
        channel: str = "",
        purpose: str = "",
        offer: str = "",
        decision: Union[str, Decision, None] = None,
        lasts: str = "1d",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Permit:
        """Gives leave to contact a customer once, and the address for it.

        A ``decision`` gives channel and offer, an ``offer`` the purpose, where
        these are empty. Unused it lapses after ``lasts``; until then it counts
        for caps.

        Errors: FailedPrecondition says what is in the way; NotFound (customer,
        offer, decision).
        """
        request = _capi.PermitRequest(ctypes.sizeof(_capi.PermitRequest))
        if decision is not None:
            name = decision.id if isinstance(decision, Decision) else decision
            request.has_decision = 1
            request.decision = _capi.id_of(name, "decision")
        request.channel = _capi.text(channel, "channel")
        request.purpose = _capi.text(purpose, "purpose")
        request.offer = _capi.text(offer, "offer")
        request.lasts = _capi.text(lasts, "lasts")
        given = _capi.Permit()
        with _capi.Output() as address:
            self._store._call(
                _capi.lib.trato_permit_give,
                _capi.text(customer, "customer"),
                byref(request),
                self._store._now(now),
                write_options(durability, actor, source, batch),
                byref(given),
                address.ref,
            )
            return Permit(
                id=_capi.id_text(given.id),
                address=address.text(),
                deadline=instant(given.deadline_us),
            )

    def use(
        self,
        permit: Union[str, Permit],
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says that the contact was made.

        Errors: NotFound, FailedPrecondition (it was used), OutOfRange (it has
        lapsed, or is not good yet).
        """
        self._store._call(
            _capi.lib.trato_permit_use,
            byref(_id(permit)),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def show(
        self, permit: Union[str, Permit], *, now: Optional[When] = None
    ) -> PermitState:
        """A permit as it stands at ``now``. Errors: NotFound."""
        return PermitState.of(
            self._store._json(
                _capi.lib.trato_permit_show,
                byref(_id(permit)),
                self._store._now(now),
            )
        )


class Purchases:
    """Which decision a purchase came of, or that it came of none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def link(
        self,
        customer: str,
        purchase: str,
        decision: Union[str, Decision, None],
        *,
        reason: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says which decision a purchase came of; None: of no decision.

        ``purchase`` is the fact id of the interaction. The last that is said
        holds.

        Errors: NotFound (customer).
        """
        name = decision.id if isinstance(decision, Decision) else decision
        self._store._call(
            _capi.lib.trato_purchase_link,
            _capi.text(customer, "customer"),
            byref(_capi.id_of(purchase, "purchase")),
            None if name is None else byref(_capi.id_of(name, "decision")),
            _capi.text(reason, "reason"),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def match(
        self,
        *,
        since: When,
        until: When,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> LinkedPurchases:
        """Links the purchases of a period of which nothing was said yet.

        Each comes of the last decision before it whose offer holds one of its
        products and whose time to answer was not over (30 days where the offer
        says none), or of none; of customers for whom anything was decided.
        """
        store = self._store
        return LinkedPurchases(
            **store._json(
                _capi.lib.trato_purchases_match,
                store._at(since, "since"),
                store._at(until, "until"),
                store._now(now),
                write_options(durability, actor, source, batch),
            )
        )


def define_product(
    store: Store,
    product: str,
    *,
    name: str,
    category: str,
    substitutes: Sequence[str],
    now: Optional[When],
    write: Any,
) -> None:
    struct = _capi.Product(ctypes.sizeof(_capi.Product))
    struct.id = _capi.text(product, "product")
    struct.name = _capi.text(name, "name")
    struct.category = _capi.text(category, "category")
    struct.substitutes = texts(substitutes, "substitutes")
    struct.substitute_count = len(substitutes)
    store._call(
        _capi.lib.trato_product_define, byref(struct), store._now(now), write
    )


def _id(permit: Union[str, Permit]) -> Any:
    name = permit.id if isinstance(permit, Permit) else permit
    return _capi.id_of(name, "permit")
