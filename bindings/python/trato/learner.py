# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Learners: choose an offer for a customer, hear what she answered, choose better.

    from trato.learning import Learner

    learner = Learner("affinity", offers=["tea", "coffee", "mug"], seed=1)
    choice = learner.decide(customer=42, segment=3, now="2026-01-05")
    print(choice.offer, choice.probability)      # "coffee" 0.3333
    learner.learn(42, choice.offer, accepted=True, segment=3, at="2026-01-06")

and the same for a million at once, with NumPy arrays or lists as columns:

    chosen = learner.decide_all(customers, segments=segments, now=...)
    learner.learn_all(customers, chosen.offers, accepted, segments=segments, at=...)

A customer is a whole number of the host's, 0 where nobody is known; a segment one
below 65,535. Each choice has the exact probability with which it was made.
"""

from __future__ import annotations

import ctypes
import json
import weakref
from array import array
from ctypes import byref, c_double, c_uint32, c_void_p
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _capi
from .errors import InvalidArgument, NotFound
from .value import Instant, _instant

__all__ = ["Choice", "Choices", "Learner"]

POLICIES = ("affinity", "logistic", "squarecb", "fixed", "random")
_NO_SEGMENT = 65535

Offer = Union[str, int]
"""An offer's name, or its number."""


@dataclass(frozen=True)
class Choice:
    """What was chosen for one customer."""

    offer: str
    number: int
    """Of the offer."""
    probability: float
    """With which it was chosen, exactly."""
    expected: float
    """Its value times the believed response rate."""
    floor: float
    """The share of decisions drawn evenly; 0: the learner has no floor."""
    probabilities: Tuple[float, ...]
    """Of all offers that were asked about, in their order; they add up to 1."""


@dataclass(frozen=True)
class Choices:
    """What was chosen for many: arrays, which NumPy reads without a copy
    (``numpy.asarray(it.offers)``)."""

    offers: Any
    """The numbers of the chosen offers."""
    probability: Any
    expected: Any
    probabilities: Any
    """Of all offers of all rows, one row after the other; None unless asked for."""
    floor: float

    def __len__(self) -> int:
        return len(self.offers)


_DTYPES = {"Q": "uint64", "I": "uint32", "d": "float64", "B": "uint8", "q": "int64"}


def _column(values: Any, code: str, what: str) -> Tuple[Any, int, Any]:
    """Address and length of a column, and what keeps it alive."""
    if hasattr(values, "astype") and hasattr(values, "ctypes"):  # NumPy's
        if code in "QIB" and len(values) and values.dtype.kind not in "bu":
            if values.dtype.kind != "i" or values.min() < 0:
                raise InvalidArgument(f"{what}: a whole number from 0 is needed")
        most = {"I": 2**32 - 1, "B": 255}.get(code)
        if most is not None and len(values) and values.max() > most:
            raise InvalidArgument(f"{what}: a number is too large")
        kept = values.astype(_DTYPES[code], order="C", copy=False)
        if not kept.flags["C_CONTIGUOUS"]:
            kept = kept.copy(order="C")
        return kept.ctypes.data, kept.size, kept
    if not (isinstance(values, array) and values.typecode == code):
        try:
            values = array(code, [bool(v) for v in values] if code == "B" else values)
        except (TypeError, OverflowError, ValueError):
            raise InvalidArgument(f"{what}: a number is wrong") from None
    address, length = values.buffer_info()
    return address, length, values


def _unsigned(value: Any, bits: int, what: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise InvalidArgument(f"{what}: a whole number is needed") from None
    if not 0 <= number < 1 << bits:
        raise InvalidArgument(f"{what}: it is not between 0 and {(1 << bits) - 1}")
    return number


class Learner:
    """Learns which offer suits whom.

    ``policy`` is "affinity" (pooled counts, Thompson sampling), "squarecb" (the
    same beliefs, inverse gaps), "logistic" (Bayesian regression on ``context``
    numbers), "fixed" (the first offer) or "random". ``offers`` are names, or a
    dict from names to the need that each serves; ``needs`` a dict from each need
    to its parent (None: none), parents first. ``floor`` is the share of decisions
    drawn evenly, at least 0.01 unless ``without_floor`` is set with a floor of 0.
    ``half_life_days`` is when an answer counts half. See trato.h, chapter 20.
    """

    def __init__(
        self,
        policy: str = "affinity",
        *,
        offers: Union[Sequence[str], Mapping[str, Optional[str]]] = (),
        needs: Optional[Mapping[str, Optional[str]]] = None,
        floor: Optional[float] = None,
        without_floor: bool = False,
        prior_rate: float = 0.05,
        customer_weight: float = 0.0,
        exploration: float = 0.15,
        gamma: float = 1000.0,
        half_life_days: float = 0.0,
        context: int = 0,
        seed: int = 0,
    ) -> None:
        if policy not in POLICIES:
            raise InvalidArgument(f"policy: {policy!r} is none of {', '.join(POLICIES)}")
        served = offers if isinstance(offers, Mapping) else dict.fromkeys(offers)
        if not isinstance(offers, Mapping) and len(served) != len(offers):
            raise InvalidArgument("offers: a name is there twice")
        tree = needs or {}
        given_offers = (_capi.LearnerOffer * len(served))(
            *(self._pair(_capi.LearnerOffer, *it, "offers") for it in served.items())
        )
        given_needs = (_capi.LearnerNeed * len(tree))(
            *(self._pair(_capi.LearnerNeed, *it, "needs") for it in tree.items())
        )
        definition = _capi.LearnerDefinition(
            ctypes.sizeof(_capi.LearnerDefinition),
            POLICIES.index(policy),
            given_offers,
            len(served),
            given_needs,
            len(tree),
            (0.0 if without_floor else 0.01) if floor is None else floor,
            int(without_floor),
            _unsigned(context, 32, "context"),
            prior_rate,
            customer_weight,
            exploration,
            gamma,
            round(half_life_days * 86_400_000_000),
            _unsigned(seed, 64, "seed"),
        )
        handle = c_void_p()
        _capi.call(_capi.lib.trato_learner_create, byref(definition), byref(handle))
        self._take(handle, list(served), context)

    @staticmethod
    def _pair(kind: Any, name: str, other: Optional[str], what: str) -> Any:
        return kind(_capi.text(name, what), _capi.text(other or "", what))

    def _take(self, handle: Any, names: List[str], context: int) -> None:
        self._handle = handle
        self._end = weakref.finalize(self, _capi.lib.trato_learner_destroy, handle)
        self._names = names
        self._numbers = {name: number for number, name in enumerate(names)}
        self._context = context

    @classmethod
    def load(cls, data: bytes) -> Learner:
        """Of what `save` gave."""
        handle = c_void_p()
        given = _capi.Str(data, len(data))
        _capi.call(_capi.lib.trato_learner_load, given, byref(handle))
        learner = cls.__new__(cls)
        learner._take(handle, [], 0)
        known = learner.describe(now=0)
        learner._names = [it["name"] for it in known["offers"]]
        learner._numbers = {name: i for i, name in enumerate(learner._names)}
        learner._context = known["context_count"]
        return learner

    def save(self) -> bytes:
        """All it is and knows; of learners that learned the same, the same."""
        with _capi.Output() as out:
            _capi.call(_capi.lib.trato_learner_save, self._handle, out.ref)
            return out.bytes()

    @property
    def offers(self) -> Tuple[str, ...]:
        """The names, in order of the numbers."""
        return tuple(self._names)

    def add_offer(self, name: str, need: Optional[str] = None) -> int:
        """Adds an offer, which starts with what is known of its need; gives its
        number."""
        number = c_uint32()
        offer = self._pair(_capi.LearnerOffer, name, need, "offer")
        _capi.call(
            _capi.lib.trato_learner_add_offer, self._handle, byref(offer), byref(number)
        )
        self._names.append(name)
        self._numbers[name] = number.value
        return number.value

    def _number(self, offer: Offer) -> int:
        if not isinstance(offer, str):
            return _unsigned(offer, 32, "offer")
        if offer not in self._numbers:
            raise NotFound(f"offer {offer!r} is not defined")
        return self._numbers[offer]

    def _eligible(self, offers: Optional[Any]) -> Any:
        if offers is None:
            return array("I", range(len(self._names)))
        if hasattr(offers, "astype"):
            return offers
        return array("I", [self._number(it) for it in offers])

    def decide(
        self,
        customer: int = 0,
        *,
        segment: Optional[int] = None,
        offers: Optional[Sequence[Offer]] = None,
        values: Optional[Sequence[float]] = None,
        context: Optional[Sequence[float]] = None,
        draw: int = 0,
        now: Instant,
    ) -> Choice:
        """Chooses one of ``offers`` (None: of all), where a yes to each is worth
        ``values`` (None: the same). The same question at the same instant has the
        same answer; ``draw`` tells decisions of one instant apart."""
        asked, count, kept = _column(self._eligible(offers), "I", "offers")
        question = _capi.LearnerQuestion(ctypes.sizeof(_capi.LearnerQuestion))
        question.segment = (
            _NO_SEGMENT if segment is None else _unsigned(segment, 32, "segment")
        )
        question.customer = _unsigned(customer, 64, "customer")
        question.offers, question.offer_count = asked, count
        alive = [kept]
        question.values = self._numbers_of(values, count, "values", alive)
        question.context = self._numbers_of(context, self._context, "context", alive)
        question.context_count = 0 if context is None else self._context
        question.draw = _unsigned(draw, 64, "draw")
        choice = _capi.LearnerChoice()
        probabilities = (c_double * max(1, count))()
        _capi.call(
            _capi.lib.trato_learner_decide,
            self._handle,
            byref(question),
            _instant(now, "now"),
            byref(choice),
            probabilities,
        )
        return Choice(
            self._names[choice.offer],
            choice.offer,
            choice.probability,
            choice.expected,
            choice.floor,
            tuple(probabilities[:count]),
        )

    @staticmethod
    def _numbers_of(values: Any, count: int, what: str, alive: List[Any]) -> Any:
        if values is None:
            return None
        address, length, kept = _column(values, "d", what)
        if length != count:
            raise InvalidArgument(f"{what}: {count} are needed, not {length}")
        alive.append(kept)
        return address

    def decide_all(
        self,
        customers: Any,
        *,
        segments: Optional[Any] = None,
        offers: Optional[Any] = None,
        values: Optional[Any] = None,
        offsets: Optional[Any] = None,
        context: Optional[Any] = None,
        probabilities: bool = False,
        draw: int = 0,
        now: Instant,
    ) -> Choices:
        """Chooses for each customer, all from ``offers`` (None: all there are). With
        ``offsets`` (one more than customers) the offers of row i are
        ``offers[offsets[i]:offsets[i + 1]]``, and so are their ``values``."""
        rows = _capi.LearnerRows(ctypes.sizeof(_capi.LearnerRows))
        alive: List[Any] = []
        rows.customers, count, kept = _column(customers, "Q", "customers")
        rows.count = count
        rows.segments = self._whole(segments, "I", count, "segments", alive)
        rows.offers, rows.offer_count, asked = _column(
            self._eligible(offers), "I", "offers"
        )
        rows.values = self._numbers_of(values, rows.offer_count, "values", alive)
        rows.context = self._numbers_of(
            context, self._context * count, "context", alive
        )
        rows.offsets = self._whole(offsets, "Q", count + 1, "offsets", alive)
        rows.draw = _unsigned(draw, 64, "draw")
        alive += [kept, asked]
        cells = rows.offer_count if offsets is not None else count * rows.offer_count
        out = _capi.LearnerChoices(ctypes.sizeof(_capi.LearnerChoices))
        chosen = array("I", bytes(4 * count))
        probability = array("d", bytes(8 * count))
        expected = array("d", bytes(8 * count))
        every = array("d", bytes(8 * cells)) if probabilities else None
        out.offers = chosen.buffer_info()[0]
        out.probability = probability.buffer_info()[0]
        out.expected = expected.buffer_info()[0]
        out.probabilities = every.buffer_info()[0] if every is not None else None
        _capi.call(
            _capi.lib.trato_learner_decide_all,
            self._handle,
            byref(rows),
            _instant(now, "now"),
            byref(out),
        )
        return Choices(chosen, probability, expected, every, out.floor)

    @staticmethod
    def _whole(values: Any, code: str, count: int, what: str, alive: List[Any]) -> Any:
        if values is None:
            return None
        address, length, kept = _column(values, code, what)
        if length != count:
            raise InvalidArgument(f"{what}: {count} are needed, not {length}")
        alive.append(kept)
        return address

    def learn(
        self,
        customer: int,
        offer: Offer,
        accepted: bool,
        *,
        segment: Optional[int] = None,
        context: Optional[Sequence[float]] = None,
        at: Instant,
    ) -> None:
        """Learns one answer. Silence is a no, once its time is over."""
        self._one("learn", customer, offer, accepted, segment, context, at)

    def take_back(
        self,
        customer: int,
        offer: Offer,
        accepted: bool,
        *,
        segment: Optional[int] = None,
        at: Instant,
    ) -> None:
        """As if the answer had never been learned."""
        self._one("take_back", customer, offer, accepted, segment, None, at)

    def _one(
        self,
        verb: str,
        customer: int,
        offer: Offer,
        accepted: bool,
        segment: Optional[int],
        context: Optional[Sequence[float]],
        at: Instant,
    ) -> None:
        self._change(
            verb,
            array("Q", [_unsigned(customer, 64, "customer")]),
            array("I", [self._number(offer)]),
            array("B", [bool(accepted)]),
            None
            if segment is None
            else array("I", [_unsigned(segment, 32, "segment")]),
            context,
            at,
        )

    def learn_all(
        self,
        customers: Any,
        offers: Any,
        accepted: Any,
        *,
        segments: Optional[Any] = None,
        context: Optional[Any] = None,
        at: Any,
    ) -> None:
        """Learns many answers, all or none. ``at`` is one instant, or a column of
        microseconds."""
        self._change("learn", customers, offers, accepted, segments, context, at)

    def take_back_all(
        self,
        customers: Any,
        offers: Any,
        accepted: Any,
        *,
        segments: Optional[Any] = None,
        at: Any,
    ) -> None:
        """Takes many back, all or none."""
        self._change("take_back", customers, offers, accepted, segments, None, at)

    def _change(
        self,
        verb: str,
        customers: Any,
        offers: Any,
        accepted: Any,
        segments: Any,
        context: Any,
        at: Any,
    ) -> None:
        answers = _capi.LearnerAnswers(ctypes.sizeof(_capi.LearnerAnswers))
        alive: List[Any] = []
        answers.customers, count, kept = _column(customers, "Q", "customers")
        answers.count = count
        alive.append(kept)
        if not hasattr(offers, "astype") and not isinstance(offers, array):
            offers = [self._number(it) for it in offers]
        answers.offers = self._whole(offers, "I", count, "offers", alive)
        answers.accepted = self._whole(accepted, "B", count, "accepted", alive)
        answers.segments = self._whole(segments, "I", count, "segments", alive)
        answers.context = self._numbers_of(
            context, self._context * count, "context", alive
        )
        if isinstance(at, (list, tuple, array)) or hasattr(at, "astype"):
            answers.at_us = self._whole(at, "q", count, "at", alive)
        else:
            answers.all_at_us = _instant(at, "at")
        function = getattr(_capi.lib, "trato_learner_" + verb)
        _capi.call(function, self._handle, byref(answers))

    def link(self, one: int, other: int) -> None:
        """From now on the two are one customer."""
        self._two("link", one, other)

    def unlink(self, one: int, other: int) -> None:
        """As if they had never been linked."""
        self._two("unlink", one, other)

    def _two(self, verb: str, one: int, other: int) -> None:
        _capi.call(
            getattr(_capi.lib, "trato_learner_" + verb),
            self._handle,
            _unsigned(one, 64, "one"),
            _unsigned(other, 64, "other"),
        )

    def describe(self, *, now: Instant) -> Dict[str, Any]:
        """What it is and knows: "customer_weight", "pairs", "pair_bytes", and of
        each of "offers" how often it was shown and accepted, and its rate, also by
        segment (trato_learner_describe)."""
        with _capi.Output() as out:
            _capi.call(
                _capi.lib.trato_learner_describe,
                self._handle,
                _instant(now, "now"),
                out.ref,
            )
            described: Dict[str, Any] = json.loads(out.text())
            return described
