# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""The oracle of test_learners.py: what learners know, as sums over all that was said.

It keeps decisions and outcomes in lists and works everything out from the first
to the last at any instant; it moves no counts.
"""

import datetime
import math
from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

import harness
import trato
from oracle import DAY

YES = ("accepted", "bought")
NO = ("refused", "returned", "nothing")
OTHERS = ("shown", "opened", "answered")
START = 18_262 * DAY  # 2020-01-01
ORIGIN = -25_567 * DAY  # 1900-01-01, from which ages count
LAST = 420 * DAY
PRODUCTS = ("tea", "cup", "lamp", "rug")
BOUGHT = ("never bought", "bought once", "bought more often")
LEVELS = (0, 1, 2, 5, 10, 20, 50)
Z = 1.959963984540054  # of 95 %


@dataclass
class Offer:
    name: str
    value: int
    lever: float
    needs: List[str]
    categories: List[str]
    products: List[str]
    issue: str
    group: str
    respond: Optional[int]  # days


@dataclass
class Learner:
    name: str
    policy: str = "affinity"
    issue: str = ""
    group: str = ""
    offer: str = ""
    segments: Tuple[str, ...] = ()
    floor: float = 0.01
    prior_rate: float = 0.05
    customer_weight: float = 0.0
    gamma: float = 1000.0
    half_life: Optional[int] = None  # days
    retired: bool = False

    def serves(self, offer: Offer) -> bool:
        return (
            not self.retired
            and self.offer in ("", offer.name)
            and self.group in ("", offer.group)
            and self.issue in ("", offer.issue)
        )

    def share(self) -> float:
        return 1.0 if self.policy == "random" else self.floor

    def step(self, at: int) -> int:
        if self.half_life is None:
            return 0
        return (at - ORIGIN) // (self.half_life * DAY // 4)

    def weight(self, at: int, now: int) -> float:
        age = self.step(now) - self.step(at)
        return 0.0 if age < 0 or age > 127 else 2 ** (-age / 4)

    def segment_name(self, segment: int) -> str:
        return self.segments[segment] if self.segments else BOUGHT[segment]


class Outcome(NamedTuple):
    at: int
    source: str
    fact: str
    kind: str


@dataclass
class Decision:
    id: str
    record: str
    offer: str
    at: int
    deadline: Optional[int]
    similar: int
    segment: Optional[str]
    learner: Optional[str]  # None: it was decided elsewhere, or without any
    expected: float = 0.0
    outcomes: List[Outcome] = field(default_factory=list)

    def answer(self, now: int) -> Optional[Tuple[int, bool]]:
        """When it was given, and whether it is a yes, as it counts at now."""
        said = None
        told = [
            (max(o.at, self.at), o.kind)
            for o in sorted(self.outcomes)
            if max(o.at, self.at) <= now
        ]
        if self.is_late(told, now):
            said = (self.deadline, False)
        for at, kind in told:
            if said is None:
                said = (at, kind in YES)
            elif kind in YES and not said[1]:
                said = (at, True)
            elif kind in NO and said[1]:
                said = (at, False)
        return said

    def is_late(self, told: List[Tuple[int, str]], now: int) -> bool:
        if self.deadline is None or self.deadline > now:
            return False
        return not told or told[0][0] >= self.deadline

    def first(self, now: int) -> Optional[int]:
        """When there was an answer for the first time."""
        times = [max(o.at, self.at) for o in self.outcomes]
        if self.deadline is not None:
            times.append(self.deadline)
        return min((at for at in times if at <= now), default=None)


class Answer(NamedTuple):
    record: str
    offer: str
    segment: Optional[int]
    step: int
    yes: bool
    weight: float


class Firm:
    """All that was said, in lists."""

    def __init__(self) -> None:
        self.records: List[str] = []
        self.links: Set[Tuple[str, str]] = set()
        self.purchases: List[Tuple[str, int, Tuple[str, ...]]] = []
        self.above: Dict[str, str] = {}  # category of a product or category
        self.offers: Dict[str, Offer] = {}
        self.learners: Dict[str, Learner] = {}
        self.segments: Dict[str, int] = {}  # so many purchases at least
        self.decisions: List[Decision] = []

    def group(self, record: str) -> List[str]:
        found = [record]
        for one in found:
            for pair in self.links:
                if one in pair:
                    found += [it for it in pair if it not in found]
        return sorted(found)

    def groups(self) -> List[List[str]]:
        return sorted({tuple(self.group(it)) for it in self.records})

    def categories(self, name: str) -> List[str]:
        """Above it, the nearest first."""
        found: List[str] = []
        while name in self.above:
            name = self.above[name]
            found.append(name)
        return found

    def path(self, offer: Offer) -> Tuple[str, ...]:
        """What it stands below, the widest first."""
        names = list(offer.needs[:1])
        if offer.categories:
            first = offer.categories[0]
            names += [*reversed(self.categories(first)), first]
        elif offer.products:
            names += reversed(self.categories(offer.products[0]))
        return tuple(names or filter(None, [offer.issue, offer.group]))

    def serving(self, offer: Offer) -> Optional[Learner]:
        able = [it for it in self.learners.values() if it.serves(offer)]
        return min(
            able,
            key=lambda it: (not it.offer, not it.group, not it.issue, it.name),
            default=None,
        )

    def similar(self, offer: Offer, group: List[str], now: int) -> int:
        held = 0
        for record, at, products in self.purchases:
            if record in group and at <= now:
                held += any(
                    it in offer.products
                    or set(self.categories(it)) & set(offer.categories)
                    for it in products
                )
        return min(2, held)

    def segment(
        self, learner: Learner, group: List[str], now: int
    ) -> Optional[int]:
        bought = sum(r in group and at <= now for r, at, _ in self.purchases)
        for place, name in enumerate(learner.segments):
            if bought >= self.segments[name]:
                return place
        return None

    def kind(
        self, learner: Learner, offer: Offer, group: List[str], now: int
    ) -> Optional[int]:
        if learner.segments:
            return self.segment(learner, group, now)
        return self.similar(offer, group, now)

    def decided(self, id: str, record: str, offer: str, at: int) -> Decision:
        """A decision as it is remembered, from what is known when it is told."""
        of, group = self.offers[offer], self.group(record)
        by = self.serving(of)
        place = self.segment(by, group, at) if by else None
        decision = Decision(
            id=id,
            record=record,
            offer=offer,
            at=at,
            deadline=None if of.respond is None else at + of.respond * DAY,
            similar=self.similar(of, group, at),
            segment=None if place is None else by.segments[place],
            learner=None,
        )
        self.decisions.append(decision)
        return decision


class Known:
    """What a learner knows at an instant: all from the beginning."""

    def __init__(self, firm: Firm, learner: Learner, now: int) -> None:
        self.learner = learner
        self.now = now
        self.paths = {
            it.name: firm.path(it)
            for it in firm.offers.values()
            if firm.serving(it) is learner
        }
        self.answers: List[Answer] = []
        for decision in firm.decisions:
            said = decision.answer(now)
            if decision.offer not in self.paths or said is None:
                continue
            segment: Optional[int] = decision.similar
            if learner.segments:
                known = decision.segment in learner.segments
                segment = learner.segments.index(decision.segment) if known else None
            self.answers.append(
                Answer(
                    decision.record,
                    decision.offer,
                    segment,
                    learner.step(said[0]),
                    said[1],
                    learner.weight(said[0], now),
                )
            )
        self.rates: Dict[Any, Tuple[float, float]] = {}
        self.weight = self.kappa()

    def of(self, offer: str) -> List[Answer]:
        return [it for it in self.answers if it.offer == offer]

    def below(self, path: Tuple[str, ...], depth: int) -> List[Answer]:
        return [
            it for it in self.answers if self.paths[it.offer][:depth] == path[:depth]
        ]

    def rate(self, offer: str, segment: Optional[int]) -> Tuple[float, float]:
        """Of everybody, and of who is of the segment."""
        if (offer, segment) not in self.rates:
            path = self.paths[offer]
            levels = [self.below(path, i + 1) for i in range(len(path))]
            whole = here = self.learner.prior_rate
            for answers in [*levels, self.of(offer)]:
                n, s = counted(answers)
                before, whole = whole, (s + 10 * whole) / (n + 10)
                if segment is None:
                    here = whole
                    continue
                n, s = counted([it for it in answers if it.segment == segment])
                here = (s + 20 * min(0.99, whole * here / before)) / (n + 20)
            self.rates[offer, segment] = whole, here
        return self.rates[offer, segment]

    def kappa(self) -> float:
        if self.learner.customer_weight > 0:
            return self.learner.customer_weight
        expected, excess = 5.0, 5 / 13
        for offer in self.paths:
            answers = self.of(offer)
            n, s = counted(answers)
            whole = (s + 10 * self.learner.prior_rate) / (n + 10)
            cells: Dict[Any, List[Answer]] = {}
            for it in answers:
                cells.setdefault((it.record, it.segment, it.step), []).append(it)
            for (_, segment, _), cell in cells.items():
                mean = whole
                if segment is not None:
                    n, s = counted([it for it in answers if it.segment == segment])
                    mean = (s + 20 * whole) / (n + 20)
                many, yes = len(cell), sum(it.yes for it in cell)
                square = cell[0].weight ** 2
                pairs = square * many * (many - 1)
                expected += pairs * mean * (1 - mean)
                excess += square * yes * (yes - 1)
                excess -= 2 * mean * square * (many - 1) * yes
                excess += pairs * mean * mean
        if excess <= 0:
            return 200.0
        return min(200.0, max(2.0, expected / excess - 1))

    def lift(self, offer: str, group: List[str]) -> float:
        hers = [
            it for it in self.answers if it.record in group and it.offer != offer
        ]
        path, lift = self.paths[offer], 1.0
        for depth in range(1, len(path) + 1):
            same = [it for it in hers if self.paths[it.offer][:depth] == path[:depth]]
            expected = sum(
                it.weight * self.rate(it.offer, it.segment)[1] for it in same
            )
            accepted = sum(it.weight for it in same if it.yes)
            lift = lift * (accepted + 1) / (lift * expected + 1)
        return lift

    def stranger(self, offer: str, segment: Optional[int]) -> float:
        return min(0.99, self.rate(offer, segment)[1])

    def like_her(
        self, offer: str, segment: Optional[int], group: List[str]
    ) -> float:
        return min(0.99, self.rate(offer, segment)[1] * self.lift(offer, group))

    def own(self, offer: str, group: List[str]) -> Tuple[float, float]:
        return counted([it for it in self.of(offer) if it.record in group])

    def affinity(
        self, offer: str, segment: Optional[int], group: List[str]
    ) -> float:
        n, s = self.own(offer, group)
        rate = self.like_her(offer, segment, group)
        return (s + self.weight * rate) / (n + self.weight)


def counted(answers: List[Answer]) -> Tuple[float, float]:
    return (
        sum(it.weight for it in answers),
        sum(it.weight for it in answers if it.yes),
    )


def wilson(yes: int, n: int) -> Tuple[float, float]:
    share, square = yes / n, Z * Z
    middle = share + square / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (middle - half) / (1 + square / n), (middle + half) / (1 + square / n)


class Teller:
    """Tells a store and the oracle the same."""

    def __init__(self, rng: Any, store: Any) -> None:
        self.rng = rng
        self.store = store
        self.firm = Firm()
        self.times = [START + LAST]
        self.told = 0
        # Some rounds are of few who are asked often, and of who likes it all.
        self.is_busy = rng.random() < 0.4
        self.kinds = [*YES, *YES, *NO, *OTHERS]
        if rng.random() < 0.3:
            self.kinds += 20 * YES

    def time(self) -> int:
        at = START + self.rng.randrange(LAST)
        self.times.append(at)
        return at

    def asked(self) -> int:
        rng = self.rng
        if rng.random() < 0.2:
            return START + rng.randrange(2 * LAST)
        if rng.random() < 0.3 and self.firm.decisions:
            deadline = rng.choice(self.firm.decisions).deadline
            if deadline is not None:
                return deadline + rng.choice([-1, 0, 1])
        forgetful = [it for it in self.firm.learners.values() if it.half_life]
        if forgetful and rng.random() < 0.3:
            return self.edge(rng.choice(forgetful))
        return rng.choice(self.times) + rng.choice([-1, 0, 0, 1])

    def edge(self, by: Learner) -> int:
        """Where something said counts less, or no more."""
        said = self.rng.choice(self.times)
        step = by.step(said)
        size = by.half_life * DAY // 4
        step += self.rng.choice([1, 4, 126, 127, 127, 128, 128, 129])
        return max(said, ORIGIN + step * size - self.rng.choice([0, 1]))

    def begin(self) -> None:
        rng, store, firm = self.rng, self.store, self.firm
        for number in range(3 if self.is_busy else rng.randint(3, 7)):
            firm.records.append(f"shop:{number}")
            store.record(firm.records[-1], "visit", at=START - 9 * DAY, now=harness.NOW)
        for product in PRODUCTS[:3]:
            if rng.random() < 0.7:
                self.category(product)
        for name, many in (("some", 1), ("many", 3)):
            store.segments.define(
                name, f'interactions("purchase").count() >= {many}', now=START
            )
            firm.segments[name] = many
        for _ in range(rng.randint(0, 8)):
            self.purchase()
        for number in range(3 if self.is_busy else rng.randint(3, 8)):
            self.offer(f"offer {number}")

    def category(self, name: str) -> None:
        above = self.rng.choice(["drinks", "house", "textiles"])
        self.firm.above[name] = above
        self.store.define_product(name, category=above, now=START)
        if self.rng.random() < 0.4 and above != "house":
            self.firm.above[above] = "house"
            self.store.define_product(above, category="house", now=START)

    def purchase(self) -> None:
        rng = self.rng
        record, at = rng.choice(self.firm.records), self.time()
        products = tuple(rng.choice(PRODUCTS) for _ in range(rng.choice([1, 1, 2])))
        price = trato.Money(100, "EUR")
        lines = [trato.Line(it, 1, price) for it in products]
        self.store.record(record, "purchase", at=at, lines=lines, now=harness.NOW)
        self.firm.purchases.append((record, at, products))

    def offer(self, name: str) -> None:
        rng = self.rng
        offer = Offer(
            name=name,
            value=rng.choice([100, 500, 2000, 2000]),
            lever=rng.choice([1.0, 1.0, 0.5]),
            needs=rng.choice([[], [], ["warmth"], ["light"], ["light", "warmth"]]),
            categories=rng.choice([[], [], [], ["drinks"], ["house", "drinks"]]),
            products=rng.sample(PRODUCTS, rng.choice([0, 1, 1, 2])),
            issue=rng.choice(["", "spring", "autumn"]),
            group=rng.choice(["", "", "a", "b"]),
            respond=rng.choice([None, 1, 14, 60]),
        )
        if not offer.issue:
            offer.group = ""
        if not (offer.needs or offer.categories or offer.products):
            offer.products = ["rug"]
        self.store.offers.define(
            name,
            value=trato.Money(offer.value, "EUR"),
            lever=offer.lever,
            needs=offer.needs,
            categories=offer.categories,
            products=offer.products,
            issue=offer.issue,
            group=offer.group,
            respond_within=f"{offer.respond}d" if offer.respond else "",
            now=START,
        )
        self.firm.offers[name] = offer

    def learner(self, name: str) -> None:
        rng = self.rng
        it = Learner(
            name=name,
            policy=rng.choice(["affinity", "affinity", "squarecb", "fixed", "random"]),
            issue="spring" if rng.random() < 0.3 else "",
            group="a" if rng.random() < 0.3 else "",
            offer=rng.choice(["", "", "", "", "", *self.firm.offers][:7]),
            segments=rng.choice([(), (), ("some",), ("many", "some")]),
            floor=rng.choice([0.01, 0.1, 0.3, 1.0]),
            prior_rate=rng.choice([0.05, 0.05, 0.3, 0.9, 0.98]),
            customer_weight=rng.choice([0.0, 0.0, 0.0, 4.0]),
            gamma=rng.choice([1000.0, 10.0]),
            half_life=rng.choice([None, None, None, 7, 28, 180]),
            retired=rng.random() < 0.1,
        )
        self.store.learning.define(
            name,
            policy=it.policy,
            issue=it.issue,
            group=it.group,
            offer=it.offer,
            segments=it.segments,
            floor=it.floor,
            prior_rate=it.prior_rate,
            customer_weight=it.customer_weight,
            gamma=it.gamma,
            half_life=it.half_life and datetime.timedelta(days=it.half_life),
            retired=it.retired,
            now=START,
        )
        self.firm.learners[name] = it

    def link(self) -> None:
        one, other = self.rng.sample(self.firm.records, 2)
        if other not in self.firm.group(one):
            self.store.customers.link(one, other, override=["apart"], now=START)
            self.firm.links.add((one, other))

    def unlink(self) -> None:
        if self.firm.links:
            pair = self.rng.choice(sorted(self.firm.links))
            self.store.customers.unlink(*pair, now=START)
            self.firm.links.remove(pair)

    def elsewhere(self, told: Optional[Tuple[str, str, int, str]] = None) -> Decision:
        """A decision that was made elsewhere; its outcomes may be told before."""
        rng, firm = self.rng, self.firm
        self.told += 1
        record, offer, at, key = told or (
            rng.choice(firm.records),
            rng.choice(list(firm.offers)),
            self.time(),
            f"decision {self.told}",
        )
        id = trato.fact_id("crm", key)
        before = []
        if told is None and rng.random() < 0.3:
            before = [self.say(id, at) for _ in range(rng.choice([1, 1, 2]))]
        made = self.store.decisions.record(
            record, offer, key=key, at=at, source="crm", now=harness.NOW
        )
        assert made == id
        decision = firm.decided(id, record, offer, at)
        decision.outcomes += before
        return decision

    def say(self, id: str, decided: int, kind: str = "") -> Outcome:
        rng = self.rng
        kind = kind or rng.choice(self.kinds)
        days = rng.choice([0, 0, 1, 14, 60, 100])
        at = decided + days * DAY + rng.choice([-3 * DAY, 0, 1, rng.randrange(DAY)])
        self.times.append(at)
        source = rng.choice(["", "erp"])
        fact = self.store.outcome(id, kind, at=at, source=source, now=harness.NOW)
        return Outcome(at, source or "host", fact, kind)

    def outcome(self) -> None:
        if not self.firm.decisions:
            return
        decision = self.rng.choice(self.firm.decisions)
        decision.outcomes.append(self.say(decision.id, decision.at))
        if self.rng.random() < 0.2:  # corrected, and said twice
            for kind in ("bought", "returned", "bought")[: self.rng.randint(1, 3)]:
                decision.outcomes.append(self.say(decision.id, decision.at, kind))
