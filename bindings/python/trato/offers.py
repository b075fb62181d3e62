# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Offers, and decisions about them."""

from __future__ import annotations

import ctypes
import json as _json
from ctypes import byref
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Union,
)

from . import _arrow, _capi
from ._callbacks import Progress, ProgressCallback
from ._options import Durability, at_least_one, not_negative, write_options
from .bulk import Data
from .errors import InvalidArgument
from .offer_answers import (
    AllocatedOffer,
    Allocation,
    Decision,
    DecisionExplanation,
    Explanation,
    Match,
    OfferEffect,
    OfferReport,
    OfferResult,
    Replay,
    WhyNot,
)
from .tables import Table
from .values import Money, When, int64, not_money

if TYPE_CHECKING:
    from .store import Store

Variant = Union[str, Mapping[str, str]]
"""How an offer is made on a channel: its title, or a mapping with ``title`` and
``content``."""


def texts(values: Sequence[str], what: str) -> Any:
    if isinstance(values, str):
        raise TypeError(f"{what}: a sequence is needed, not one str")
    read = [_capi.text(value, what, "[", i, "]") for i, value in enumerate(values)]
    return (_capi.Str * len(read))(*read)


def match_options(channel: str = "", conversation: str = "") -> Any:
    if not channel and not conversation:
        return None
    return byref(
        _capi.MatchOptions(
            ctypes.sizeof(_capi.MatchOptions),
            0,
            _capi.text(channel, "channel"),
            _capi.text(conversation, "conversation"),
        )
    )


class Offers:
    """Proposals to buy, with or without a discount."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        *,
        value: Money,
        products: Sequence[str] = (),
        categories: Sequence[str] = (),
        needs: Sequence[str] = (),
        title: str = "",
        issue: str = "",
        group: str = "",
        discount: Optional[Money] = None,
        discount_basis_points: int = 0,
        cost: Optional[Money] = None,
        benefit: Optional[Money] = None,
        eligibility: str = "",
        applicability: str = "",
        suitability: str = "",
        context: str = "",
        lever: float = 1.0,
        stock: Optional[int] = None,
        budget: Optional[Money] = None,
        valid_from: Optional[When] = None,
        valid_until: Optional[When] = None,
        respond_within: str = "",
        coupon_span: str = "",
        purpose: str = "",
        channel: str = "",
        variants: Optional[Mapping[str, Variant]] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines an offer, or redefines it.

        ``products`` are the ids that it proposes, ``categories`` those of all that
        stands below them, ``needs`` what it serves: one of these at least.
        ``value`` is what it is worth to the firm when taken, before the discount,
        which is either money off or basis points (1,000 is 10 %), and before
        ``cost``, that of making it once; ``benefit`` is what it is worth to the
        customer beside the discount. All money is in the currency of ``value``.
        ``title`` is for people (empty: the name); an offer may be of a ``group``
        of an ``issue``.
        ``eligibility`` says who may have it, ``applicability`` whether it makes
        sense now, ``suitability`` whether it does her good: expressions (empty:
        always). ``context`` is an expression worth a number, by which with
        ``lever`` its score is multiplied.
        ``stock`` is how often it can be taken, ``budget`` what its discounts and
        costs may come to (None: any). It is valid from ``valid_from`` (None:
        always) until before ``valid_until`` (None: for ever). ``respond_within``
        ("14d") is how long an answer may take, ``coupon_span`` how long its
        coupons last after issue.
        With a ``purpose`` it is made to who consented to that only, on ``channel``
        or else on any one; without, to all who do not object to direct marketing
        and are on no suppression list. ``variants`` say, by channel, how it is
        made there; the first channel is the best.

        Errors: InvalidArgument names the field; with line, column and excerpt
        when an expression has an error.
        """
        store = self._store
        if not isinstance(value, Money):
            raise not_money(value, "value")

        def minor(money: Optional[Money], what: str, none: int = 0) -> int:
            if money is None:
                return none
            if not isinstance(money, Money):
                raise not_money(money, what)
            if money.currency != value.currency:
                raise InvalidArgument(
                    f"{what}: {money.currency} beside a value in {value.currency}"
                )
            return money.minor

        points = int64(discount_basis_points, "discount_basis_points")
        if not 0 <= points <= 10_000:
            raise InvalidArgument("discount_basis_points: 0 to 10,000 is needed")
        offer = _capi.Offer(ctypes.sizeof(_capi.Offer))
        offer.discount_basis_points = points
        offer.name = _capi.text(name, "name")
        offer.title = _capi.text(title, "title")
        offer.products = texts(products, "products")
        offer.product_count = len(products)
        offer.categories = texts(categories, "categories")
        offer.category_count = len(categories)
        offer.needs = texts(needs, "needs")
        offer.need_count = len(needs)
        offer.issue = _capi.text(issue, "issue")
        offer.group = _capi.text(group, "group")
        offer.currency = _capi.text(value.currency, "currency")
        offer.value_minor = value.minor
        offer.discount_minor = minor(discount, "discount")
        offer.cost_minor = minor(cost, "cost")
        offer.benefit_minor = minor(benefit, "benefit")
        offer.budget_minor = minor(budget, "budget", _capi.INT64_MAX)
        offer.stock = (
            _capi.INT64_MAX if stock is None else not_negative(stock, "stock")
        )
        offer.lever = float(lever)
        offer.eligibility = _capi.text(eligibility, "eligibility")
        offer.applicability = _capi.text(applicability, "applicability")
        offer.suitability = _capi.text(suitability, "suitability")
        offer.context = _capi.text(context, "context")
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
        offer.respond_within = _capi.text(respond_within, "respond_within")
        offer.coupon_span = _capi.text(coupon_span, "coupon_span")
        offer.purpose = _capi.text(purpose, "purpose")
        offer.channel = _capi.text(channel, "channel")
        made = _variants(variants or {})
        offer.variants = made
        offer.variant_count = len(made)
        about = next(
            (e for e in (eligibility, applicability, suitability, context) if e), ""
        )
        store._call(
            _capi.lib.trato_offer_define,
            byref(offer),
            store._now(now),
            write_options(durability, actor, source, batch),
            about=about,
        )

    def list(self, *, history: bool = False) -> List[Dict[str, Any]]:
        """The offers in force with all that is defined of them.

        With ``history`` also the ``versions`` of each, the oldest first.
        """
        answer: List[Dict[str, Any]] = self._store._json(
            _capi.lib.trato_offer_list, int(history)
        )
        return answer

    def match(
        self,
        customer: str,
        *,
        limit: int = 10,
        channel: str = "",
        now: Optional[When] = None,
    ) -> List[Match]:
        """The next best offers for a customer at ``now``, best first.

        Each offer passes the stages restriction, validity, eligibility,
        applicability, suitability, availability (stock and budget), contact
        (consent, caps, quiet hours, open complaints), value, holdout and limit,
        and is dropped at the first that says no. With a ``channel`` only those
        that may be made there. What is left is ranked, ties by name, by

            score = (p (value + w benefit) - q discount) context lever

        with value after discount and cost, the benefit hers with the discount
        (w: `Policies.arbitrate`), p her affinity and q how likely she buys
        unasked:

            p = (S + 2 r) / (N + 2)        q = S_p / (N_p + 2)

        N counts her purchases and her answers to the offer, S those that held one
        of its products and those that were a yes, each with weight 2^(-age / 180
        days); N_p and S_p the purchases alone; r is how often similar customers
        said yes, 0.05 where nothing is known. It stores nothing.

        Errors: NotFound.
        Cost: each different condition once, however many offers ask for it, and
        a pass over the lines of her purchases.
        """
        most = at_least_one(limit, "limit")
        name = _capi.text(customer, "customer")
        options = match_options(channel)
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
                    options,
                    array,
                    capacity,
                    byref(count),
                )
                if count.value < capacity or capacity == most:
                    # The names are lent until the store is closed.
                    return [_match(item) for item in array[: count.value]]
            capacity = min(most, 8 * capacity)

    def explain(
        self, customer: str, *, channel: str = "", now: Optional[When] = None
    ) -> Explanation:
        """Every offer with what became of it for a customer, and why.

        Printed, it is one line per offer.

        Errors: NotFound.
        """
        name = _capi.text(customer, "customer")
        return Explanation.of(
            self._store._json(
                _capi.lib.trato_offer_explain,
                name,
                self._store._now(now),
                match_options(channel),
            )
        )

    def why_not(
        self,
        customer: str,
        offer: str,
        *,
        channel: str = "",
        now: Optional[When] = None,
    ) -> WhyNot:
        """Everything that keeps an offer from a customer.

        Each obstacle says when it could be gone at the earliest if nothing
        happens but that time passes. Printed, it is one line per obstacle.

        Errors: NotFound (customer, offer).
        """
        return WhyNot.of(
            self._store._json(
                _capi.lib.trato_offer_why_not,
                _capi.text(customer, "customer"),
                _capi.text(offer, "offer"),
                self._store._now(now),
                match_options(channel),
            )
        )

    def decide(
        self,
        customer: str,
        *,
        channel: str = "",
        conversation: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Decision:
        """Decides the next best offer, as `match`, and stores the decision.

        Scores, what was drawn, who is in which hold-out and a digest over what
        became of every offer are stored with it; `Store.outcome` says later what
        came of it, by its id or by ``conversation``, and the affinities learn from
        that. Stock, budget and caps are never exceeded.

        Errors: NotFound.
        """
        name = _capi.text(customer, "customer")
        options = match_options(channel, conversation)
        at = self._store._now(now)
        write = write_options(durability, actor, source, batch)
        with self._store._handle as store:
            return _decide(store, name, at, options, write)

    def decide_all(
        self,
        customers: Union[Iterable[str], Data],
        *,
        columns: Optional[Mapping[str, str]] = None,
        namespace: str = "",
        channel: str = "",
        dry_run: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
        progress: Optional[Progress] = None,
    ) -> Table:
        """Decides for each of many customers, in their order, as `decide`.

        ``customers`` are names, or a data frame with a column customer
        (``columns={"customer": ...}`` where it is called otherwise); names
        without a namespace get ``namespace``. Gives a table with as many rows:
        customer, decision, offer, channel, score, affinity, probability,
        value_minor, currency, None from offer on where none was left. It can be
        read once. ``dry_run`` matches and stores nothing.

        Each decision knows those before it. Unless buffered, all are on disk
        when this returns, with one sync.

        Errors: NotFound names the first that is not known, and nothing was
        decided; Cancelled by ``progress``, and what was decided stays.
        """
        if isinstance(customers, (str, bytes)):
            raise TypeError("customers: names or a data frame are needed, not a text")
        if not hasattr(customers, "__arrow_c_stream__") and not isinstance(
            customers, Mapping
        ):
            rows = list(customers)
            if not rows or not isinstance(rows[0], Mapping):
                named = (columns or {}).get("customer", "customer")
                customers = {named: [str(it) for it in rows]}
            else:
                customers = rows
        options = match_options(channel)
        at = self._store._now(now)
        write = write_options(durability, actor, source, batch)
        kept, stream, how = self._store._given(customers, columns, namespace, dry_run)
        with ProgressCallback(progress) as callback:
            how.progress = callback.progress
            made = _arrow.Opened(
                lambda out: self._store._call(
                    _capi.lib.trato_offer_decide_all,
                    stream,
                    at,
                    options,
                    byref(how),
                    write,
                    out,
                )
            )
        del kept  # what the stream needs lived until here
        return Table.once(made, "decisions")

    def allocate(
        self,
        *,
        segment: str = "",
        channel: str = "",
        now: Optional[When] = None,
    ) -> Allocation:
        """Who should get which offer, so that the scores of all together are the
        most that is possible: at most one offer each, and of each offer no more
        than its stock and budget still allow. It is exact, and a plan: nothing is
        stored. Only members of ``segment`` get any; empty: everybody may.

        Errors: NotFound (segment, channel). Cost: a match a customer, and for
        each at worst the square of how many offers are used up.
        """
        given = _capi.AllocationOptions(ctypes.sizeof(_capi.AllocationOptions))
        given.segment = _capi.text(segment, "segment")
        given.channel = _capi.text(channel, "channel")
        at = self._store._now(now)
        with _capi.Output() as answer:
            made = _arrow.Opened(
                lambda out: self._store._call(
                    _capi.lib.trato_offer_allocate, byref(given), at, out, answer.ref
                )
            )
            json = _json.loads(answer.text())
        return Allocation(
            plan=Table.once(made, "plan"),
            customers=json["customers"],
            planned=json["planned"],
            score=json["score"],
            score_unlimited=json["score_unlimited"],
            offers=tuple(AllocatedOffer(**it) for it in json["offers"]),
        )

    def report(self, *, now: Optional[When] = None) -> OfferReport:
        """What the store has learned of each offer up to ``now``."""
        answer = self._store._json(_capi.lib.trato_offer_report, self._store._now(now))
        return OfferReport(
            offers=tuple(map(OfferResult.of, answer["offers"])),
            customers=answer["customers"],
            customers_accepted=answer["customers_accepted"],
        )

    def effects(
        self,
        offer: str = "",
        *,
        within: str = "30d",
        since: Optional[When] = None,
        until: Optional[When] = None,
        planned: int = 0,
        now: Optional[When] = None,
    ) -> List[OfferEffect]:
        """What each offer sold that would not have been sold without it.

        Of an offer that a policy with a hold-out is about: who said yes
        (attributed), who would have bought anyway as those left out tell
        (organic), and the difference (incremental), with an interval for who
        looks once and one that holds however often it is looked at. ``planned``
        is the number of customers at which the latter is narrowest (0: 10,000).
        Counted are purchases within ``within`` of the first decision for a
        customer in the period (``since`` None: from the first; ``until`` None: to
        ``now``). Where there is no answer `OfferEffect.why` says so.

        Errors: NotFound (offer), InvalidArgument.
        """
        store = self._store
        at = store._now(now)
        answer = store._json(
            _capi.lib.trato_offer_effects,
            _capi.text(offer, "offer"),
            _capi.text(within, "within"),
            _FIRST if since is None else store._at(since, "since"),
            at if until is None else store._at(until, "until"),
            int64(planned, "planned"),
            at,
        )
        return list(map(OfferEffect.of, answer["offers"]))


_FIRST = -62_135_596_800_000_000  # the year 1


class Decisions:
    """Decisions that `Offers.decide` has stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(
        self,
        customer: str,
        offer: str,
        *,
        channel: str = "",
        conversation: str = "",
        key: str = "",
        at: Optional[When] = None,
        score: float = 0.0,
        probability: float = 1.0,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Stores a decision that was made elsewhere, and gives its id.

        Its outcomes are learned from, it takes of stock and budget, and on a
        channel without addresses it counts as contact. No rule of the offer is
        asked, and it does not replay. ``probability`` is with which it was
        chosen, ``score`` what it was given, where that is known.

        Errors: NotFound (customer, offer, channel), AlreadyExists (``key``, with
        other content), InvalidArgument.
        """
        store = self._store
        it = _capi.PastDecision(ctypes.sizeof(_capi.PastDecision))
        it.customer = _capi.text(customer, "customer")
        it.offer = _capi.text(offer, "offer")
        it.channel = _capi.text(channel, "channel")
        it.conversation = _capi.text(conversation, "conversation")
        it.key = _capi.text(key, "key")
        it.at_us = _capi.AT_NOW if at is None else store._at(at, "at")
        it.score = score
        it.probability = probability
        fact = _capi.Id()
        store._call(
            _capi.lib.trato_decision_record,
            byref(it),
            store._now(now),
            write_options(durability, actor, source, batch),
            byref(fact),
        )
        return _capi.id_text(fact)

    def explain(self, decision: Union[str, Decision]) -> DecisionExplanation:
        """A stored decision: every offer, why it was kept or dropped then.

        It is worked out anew as of what was known; ``replayed`` says whether
        that gave what was stored.

        Errors: NotFound.
        """
        name = decision.id if isinstance(decision, Decision) else decision
        return DecisionExplanation.of(
            self._store._json(
                _capi.lib.trato_decision_explain,
                byref(_capi.id_of(name, "decision")),
            )
        )

    def replay(
        self,
        *,
        since: Optional[When] = None,
        until: Optional[When] = None,
        progress: Optional[Progress] = None,
    ) -> Replay:
        """Works out the decisions of a period once more, and compares.

        Each is worked out as of what was known then. From ``since`` (None: the
        first) until before ``until`` (None: the last). It stores nothing.

        Errors: Cancelled by ``progress``.
        """
        store = self._store
        first = _capi.INT64_MIN if since is None else store._at(since, "since")
        last = _capi.INT64_MAX if until is None else store._at(until, "until")
        with ProgressCallback(progress) as callback:
            return Replay.of(
                store._json(
                    _capi.lib.trato_decision_replay,
                    first,
                    last,
                    callback.progress,
                    None,
                )
            )


def _variants(variants: Mapping[str, Variant]) -> Any:
    made = []
    for channel, variant in variants.items():
        it = {"title": variant} if isinstance(variant, str) else dict(variant)
        if not set(it) <= {"title", "content"}:
            raise InvalidArgument(
                f"variants[{channel!r}]: title and content are all it has"
            )
        made.append(
            _capi.OfferVariant(
                _capi.text(channel, "variants"),
                _capi.text(it.get("title", ""), "title"),
                _capi.text(it.get("content", ""), "content"),
            )
        )
    return (_capi.OfferVariant * len(made))(*made)


def _decide(store: Any, name: Any, at: int, options: Any, write: Any) -> Decision:
    out = _capi.Decision()
    _capi.call(
        _capi.lib.trato_offer_decide, store, name, at, options, write, byref(out)
    )
    return Decision(
        id=_capi.id_text(out.id),
        match=_match(out.match) if out.taken else None,
        probability=out.probability,
    )


def _match(match: _capi.Match) -> Match:
    return Match(
        offer=_capi.string(match.offer),
        score=match.score,
        affinity=match.affinity,
        value=Money(match.value_minor, _capi.code(match.currency)),
        channel=_capi.string(match.channel),
    )
