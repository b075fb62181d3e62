# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What would have been decided otherwise."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from .values import instant

Json = Dict[str, Any]


@dataclass(frozen=True)
class Choices:
    """What decisions chose, summed up."""

    decisions: int
    """Those that chose an offer."""
    contacts: int
    customers: int
    reserved_minor: int
    """Of budgets, in minor units of the store's currency."""
    expected_minor: float
    """The sum of propensity times value, after discount and cost."""


@dataclass(frozen=True)
class ThenNow:
    """As it was, and as it would have been."""

    then: Choices
    now: Choices

    @classmethod
    def of(cls, json: Json) -> ThenNow:
        return cls(Choices(**json["then"]), Choices(**json["now"]))


@dataclass(frozen=True)
class Came:
    """How many decisions came to the same, say, and of how many customers."""

    decisions: int
    customers: int


@dataclass(frozen=True)
class WhatIfRow:
    """One decision, as it was and as it would have been."""

    decision: str
    customer: str
    at: _datetime.datetime
    came: str
    """same, rescored, another, gained or lost: see `WhatIf`."""
    offer_then: Optional[str]
    offer_now: Optional[str]
    channel_then: Optional[str]
    channel_now: Optional[str]
    score_then: Optional[float]
    score_now: Optional[float]
    contact_then: bool
    contact_now: bool

    @classmethod
    def of(cls, json: Json) -> WhatIfRow:
        then, now = json["then"], json["now"]
        return cls(
            decision=json["decision"],
            customer=json["customer"],
            at=instant(json["at_us"]),
            came=json["came"],
            offer_then=then["offer"],
            offer_now=now["offer"],
            channel_then=then["channel"],
            channel_now=now["channel"],
            score_then=then["score"],
            score_now=now["score"],
            contact_then=then["contact"],
            contact_now=now["contact"],
        )


@dataclass(frozen=True)
class WhatIf:
    """A period decided once more, against what was decided in it."""

    decisions: int
    customers: int
    same: Came
    """With the same offer, channel and score."""
    rescored: Came
    """With the same offer and channel, and another score."""
    another: Came
    """With another offer, or on another channel."""
    gained: Came
    """With something instead of nothing."""
    lost: Came
    """With nothing instead of something."""
    answers_kept: int
    answers_left_out: int
    """Those of decisions that come out otherwise: nobody knows the answer."""
    changes: int
    """What the fork was told that counts."""
    set_aside: int
    """What it was told that changes no period, such as decisions."""
    currency: str
    total: ThenNow
    offers: Dict[str, ThenNow]
    rows: Tuple[WhatIfRow, ...]
    """In order of the log, if asked for; ``pandas.DataFrame(report.rows)``."""

    @property
    def other(self) -> int:
        """How many decisions choose otherwise."""
        return self.another.decisions + self.gained.decisions + self.lost.decisions

    @classmethod
    def of(cls, json: Json) -> WhatIf:
        return cls(
            decisions=json["decisions"],
            customers=json["customers"],
            same=Came(**json["same"]),
            rescored=Came(**json["rescored"]),
            another=Came(**json["another"]),
            gained=Came(**json["gained"]),
            lost=Came(**json["lost"]),
            answers_kept=json["answers"]["kept"],
            answers_left_out=json["answers"]["left_out"],
            changes=json["changes"],
            set_aside=json["set_aside"],
            currency=json["currency"],
            total=ThenNow.of(json["total"]),
            offers={it["offer"]: ThenNow.of(it) for it in json["offers"]},
            rows=tuple(WhatIfRow.of(it) for it in json.get("rows", ())),
        )
