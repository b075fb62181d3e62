# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Why a customer is in a segment, how two segments differ, what one reads."""

from __future__ import annotations

import datetime as _datetime
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

from .values import instant

Json = Dict[str, Any]


@dataclass(frozen=True)
class DecidingFact:
    """An attribute's version, or an interaction, that an answer rests on."""

    record: str
    at: _datetime.datetime
    source: str
    attribute: Optional[str] = None
    value: Optional[str] = None
    """The attribute's, as the language writes it."""
    type: Optional[str] = None
    id: Optional[str] = None
    amount: Optional[str] = None
    """The interaction's, with its currency: ``"12.50 EUR"``."""

    @classmethod
    def of(cls, json: Json) -> DecidingFact:
        amount = json.get("amount")
        return cls(
            record=json["record"],
            at=instant(json["at_us"]),
            source=json["source"],
            attribute=json.get("attribute"),
            value=json.get("value"),
            type=json.get("type"),
            id=json.get("id"),
            amount=amount and f"{amount['text']} {amount['currency']}",
        )

    def __str__(self) -> str:
        if self.attribute is not None:
            value = f" = {self.value}" if self.value is not None else ""
            return f"{self.attribute}{value} since {self.at:%Y-%m-%d %H:%M}"
        amount = f", {self.amount}" if self.amount else ""
        return f"{self.type} at {self.at:%Y-%m-%d %H:%M}{amount}"


@dataclass(frozen=True)
class ExplainedPart:
    """A part of an expression: its value, or why it has none."""

    expression: str
    value: Optional[str]
    error: Optional[str]
    missing: Optional[str]
    """What it lacks for the whole to hold."""
    fact_count: int
    facts: Tuple[DecidingFact, ...]
    """The latest of them."""
    parts: Tuple[ExplainedPart, ...]

    @classmethod
    def of(cls, json: Json) -> ExplainedPart:
        return cls(
            expression=json["expression"],
            value=json["value"],
            error=json["error"],
            missing=json["missing"],
            fact_count=json["fact_count"],
            facts=tuple(map(DecidingFact.of, json["facts"])),
            parts=tuple(map(ExplainedPart.of, json["parts"])),
        )

    def lines(self, depth: int = 0) -> List[str]:
        """One line per part, indented."""
        value = self.value if self.error is None else f"no value ({self.error})"
        lines = [f"{'  ' * depth}{self.expression}: {value}"]
        for fact in self.facts:
            lines.append(f"{'  ' * (depth + 1)}- {fact}")
        for part in self.parts:
            lines.extend(part.lines(depth + 1))
        return lines


@dataclass(frozen=True)
class SegmentExplanation:
    """Why a customer is in a segment, or what is missing."""

    segment: str
    customer: str
    now: _datetime.datetime
    member: bool
    disabled: bool
    """Whether the segment is: then nobody is in it."""
    restriction: Optional[str]
    """Why she is in no segment, whatever the condition says; None: she may be."""
    undecided: bool
    """Whether the evaluation fails for more than a missing value."""
    missing: Tuple[str, ...]
    changes_at: Optional[_datetime.datetime]
    """When she enters or leaves if no fact comes; None: never, as far as 1,000
    tests tell."""
    why: ExplainedPart

    @classmethod
    def of(cls, json: Json) -> SegmentExplanation:
        changes_at_us = json["changes_at_us"]
        return cls(
            segment=json["segment"],
            customer=json["customer"],
            now=instant(json["now_us"]),
            member=json["member"],
            disabled=json["disabled"],
            restriction=json["restriction"] and json["restriction"]["reason"],
            undecided=json["undecided"],
            missing=tuple(json["missing"]),
            changes_at=None if changes_at_us is None else instant(changes_at_us),
            why=ExplainedPart.of(json["why"]),
        )

    def __str__(self) -> str:
        inside = "is in" if self.member else "is not in"
        lines = [f"{self.customer} {inside} {self.segment}"]
        if self.disabled:
            lines.append(f"{self.segment} is disabled")
        if self.restriction is not None:
            lines.append(f"her data is restricted: {self.restriction}")
        lines += [f"missing: {missing}" for missing in self.missing]
        if self.changes_at is not None:
            then = "leaves" if self.member else "enters"
            lines.append(
                f"if nothing comes she {then} at {self.changes_at:%Y-%m-%d %H:%M}"
            )
        return "\n".join(lines + self.why.lines())


@dataclass(frozen=True)
class SegmentStep:
    """From when on a customer is in a segment, or is not."""

    at: _datetime.datetime
    member: bool
    """Whether she enters; otherwise she leaves."""

    def __str__(self) -> str:
        return f"{'enters' if self.member else 'leaves'} at {self.at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class SegmentOverlap:
    """How many customers are in one of two segments, or in both."""

    first_only: int
    second_only: int
    both: int
    customers: int
    """All customers known at that instant."""
    undecided: int
    """For whom either evaluation fails."""


@dataclass(frozen=True)
class Question:
    """What an expression asks of a customer's interactions."""

    expression: str
    reads: str
    """``"times"``, ``"interactions"`` or ``"lines"``, the least first."""
    shared: bool
    """Whether it is worked out once for several places."""


@dataclass(frozen=True)
class Plan:
    """How an expression is evaluated, and what it reads."""

    expression: str
    evaluated: str
    """``"over columns"``, ``"over columns, but for some parts"`` or
    ``"one customer after the other"``."""
    one_by_one: Tuple[str, ...]
    """The parts that are asked of one customer after the other."""
    linked_one_by_one: bool
    """Whether customers of several linked records all are."""
    attributes: Tuple[str, ...]
    interaction_types: Tuple[str, ...]
    fields: Tuple[str, ...]
    line_fields: Tuple[str, ...]
    relations: Tuple[str, ...]
    segments: Tuple[str, ...]
    questions: Tuple[Question, ...]

    @classmethod
    def of(cls, json: Json) -> Plan:
        reads = json["reads"]
        return cls(
            expression=json["expression"],
            evaluated=json["evaluated"],
            one_by_one=tuple(json["one_by_one"]),
            linked_one_by_one=json["linked_one_by_one"],
            attributes=tuple(reads["attributes"]),
            interaction_types=tuple(reads["interaction_types"]),
            fields=tuple(reads["fields"]),
            line_fields=tuple(reads["line_fields"]),
            relations=tuple(reads["relations"]),
            segments=tuple(reads["segments"]),
            questions=tuple(
                Question(it["expression"], it["reads"], it["shared"])
                for it in json["questions"]
            ),
        )
