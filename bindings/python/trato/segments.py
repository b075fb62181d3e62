# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Customers by a condition, exact at every instant."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, Optional, Tuple

from . import _capi
from ._handle import Cursor
from ._options import Durability, write_options
from .answers import Member
from .errors import NotFound
from .explanations import Plan, SegmentExplanation, SegmentOverlap, SegmentStep
from .values import When, instant
from .watching import ChangeCursor, SegmentChange, Watch, open_watch

if TYPE_CHECKING:
    from .store import Store

_BATCH = 256
# The first instant that there is, and no end.
_FIRST_US = -62_135_596_800_000_000
_NEVER_US = _capi.INT64_MAX


class SegmentSize(int):
    """How many customers a condition holds for: an int that knows more.

    A customer for whom the evaluation fails (two currencies in one sum, a
    division by zero) is not a member and counts as undecided.
    """

    customers: int
    """All customers known at that instant."""
    undecided: int

    def __new__(cls, members: int, customers: int, undecided: int) -> SegmentSize:
        size = super().__new__(cls, members)
        size.customers = customers
        size.undecided = undecided
        return size

    @property
    def members(self) -> int:
        return int(self)

    def __repr__(self) -> str:
        return (
            f"SegmentSize({int(self)}, customers={self.customers}, "
            f"undecided={self.undecided})"
        )

    def __str__(self) -> str:
        return str(int(self))

    def __getnewargs__(self) -> Any:
        return int(self), self.customers, self.undecided


@dataclass(frozen=True)
class DefinitionPreview:
    """What a definition would change: how many customers, and who."""

    entering: int
    leaving: int
    staying: int
    customers: int
    """All customers known at that instant."""
    undecided: int
    """Before or after: for these the evaluation fails."""
    _members: Callable[[bool], Cursor[Member]] = field(repr=False)

    def who_enters(self) -> Cursor[Member]:
        """By name, as of the same instant."""
        return self._members(True)

    def who_leaves(self) -> Cursor[Member]:
        """By name, as of the same instant."""
        return self._members(False)


class Segments:
    """The segments of a store.

    ``segments["loyal"]`` is one of them (NotFound where there is none); iterating
    gives them all.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        name: str,
        expression: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Segment:
        """Defines the customers for whom an expression is true, or redefines them.

        Errors: InvalidArgument, with line, column and excerpt, when the
        expression has an error.
        """
        self._store._call(
            _capi.lib.trato_segment_define,
            _capi.text(name, "name"),
            _capi.text(expression, "expression"),
            self._store._now(now),
            write_options(durability, actor, source, batch),
            about=expression,
        )
        return self[name]

    def disable(
        self,
        name: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Has nobody in a segment, until `enable`; its definition stays.

        Whoever asks for it through ``in_segment`` is told so, watches tell who
        left, and it costs nothing from then on.

        Errors: NotFound.
        """
        self._enable(name, False, now, write_options(durability, actor, source, batch))

    def enable(
        self,
        name: str,
        *,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Takes `disable` back.

        Errors: NotFound; InvalidArgument when its expression cannot be defined
        any more.
        """
        self._enable(name, True, now, write_options(durability, actor, source, batch))

    def _enable(
        self, name: str, enabled: bool, now: Optional[When], options: Any
    ) -> None:
        self._store._call(
            _capi.lib.trato_segment_enable,
            _capi.text(name, "name"),
            1 if enabled else 0,
            self._store._now(now),
            options,
        )

    def preview_define(
        self, name: str, expression: str = "", *, now: Optional[When] = None
    ) -> DefinitionPreview:
        """What `define` would change at ``now``: who would enter and who leave.

        Without an expression it is its own, enabled. Nothing is changed, and
        segments that ask for this one are not looked at.

        Errors: as `define`; NotFound without an expression. Cost: two evaluations
        per customer, and as many for each list of who it would be.
        """
        out = _capi.SegmentOverlap()
        now_us = self._store._now(now)
        self._store._call(
            _capi.lib.trato_segment_try,
            _capi.text(name, "name"),
            _capi.text(expression, "expression"),
            now_us,
            byref(out),
            about=expression,
        )
        return DefinitionPreview(
            entering=out.second_only,
            leaving=out.first_only,
            staying=out.both,
            customers=out.customers,
            undecided=out.undecided,
            _members=lambda entering: self._try_members(
                name, expression, entering, now_us
            ),
        )

    def _try_members(
        self, name: str, expression: str, entering: bool, now_us: int
    ) -> Cursor[Member]:
        pointer = ctypes.c_void_p()
        self._store._call(
            _capi.lib.trato_segment_try_members,
            _capi.text(name, "name"),
            _capi.text(expression, "expression"),
            1 if entering else 0,
            now_us,
            byref(pointer),
        )
        return Cursor(pointer, _capi.lib.trato_members_destroy, _next_members)

    def count(self, name: str, *, now: Optional[When] = None) -> SegmentSize:
        """Counts a segment exactly at ``now``.

        Errors: NotFound. Cost: one evaluation per customer.
        """
        return self._size(_capi.lib.trato_segment_count, name, "name", now)

    def preview(self, expression: str, *, now: Optional[When] = None) -> SegmentSize:
        """Counts the audience of an expression without defining a segment.

        Errors: as `define`. Cost: one evaluation per customer.
        """
        function = _capi.lib.trato_segment_preview
        return self._size(function, expression, "expression", now)

    def test(self, name: str, customer: str, *, now: Optional[When] = None) -> bool:
        """Whether one customer is in a segment at ``now``.

        Errors: NotFound; FailedPrecondition when the evaluation fails.
        """
        out = ctypes.c_uint32()
        self._store._call(
            _capi.lib.trato_segment_test,
            _capi.text(name, "name"),
            _capi.text(customer, "customer"),
            self._store._now(now),
            byref(out),
        )
        return out.value != 0

    def explain(
        self, name: str, customer: str, *, now: Optional[When] = None
    ) -> SegmentExplanation:
        """Why a customer is in a segment at ``now``, or what is missing.

        Printed, it is what is missing and one line per part of the expression,
        with its value and the facts that it rests on.

        Errors: NotFound. Cost: one evaluation per part of the expression.
        """
        return SegmentExplanation.of(
            self._store._json(
                _capi.lib.trato_segment_explain,
                _capi.text(name, "name"),
                _capi.text(customer, "customer"),
                self._store._now(now),
            )
        )

    def history(
        self,
        name: str,
        customer: str,
        *,
        since: Optional[When] = None,
        until: Optional[When] = None,
        now: Optional[When] = None,
    ) -> Iterator[SegmentStep]:
        """When a customer enters and leaves a segment, in order.

        From after ``since`` (default: the first instant there is) to ``until``
        (default: ``now``), by all that is known now. After the present: what
        happens if no fact comes.

        Errors: NotFound; FailedPrecondition when nobody can say when a part of
        the expression changes. Cost: a test for each instant at which the
        membership may change.
        """
        from_us = _FIRST_US if since is None else self._store._at(since, "since")
        until_us = (
            self._store._now(now) if until is None else self._store._at(until, "until")
        )
        return self._steps(name, customer, from_us, until_us, _BATCH)

    def next_change(
        self, name: str, customer: str, *, now: Optional[When] = None
    ) -> Optional[SegmentStep]:
        """When a customer enters or leaves a segment next if no fact comes.

        None: never. Errors: as `history`.
        """
        steps = self._steps(name, customer, self._store._now(now), _NEVER_US, 1)
        return next(steps, None)

    def _steps(
        self, name: str, customer: str, from_us: int, until_us: int, capacity: int
    ) -> Iterator[SegmentStep]:
        steps = (_capi.SegmentStep * capacity)()
        count = ctypes.c_size_t()
        followed = ctypes.c_int64()
        while True:
            self._store._call(
                _capi.lib.trato_segment_history,
                _capi.text(name, "name"),
                _capi.text(customer, "customer"),
                from_us,
                until_us,
                steps,
                capacity,
                byref(count),
                byref(followed),
                None,
            )
            for step in steps[: count.value]:
                yield SegmentStep(instant(step.at_us), step.member != 0)
            if followed.value >= until_us:
                return
            from_us = followed.value

    def watch(
        self,
        *names: str,
        since: Optional[ChangeCursor] = None,
        net: bool = False,
        saved: Optional[bytes] = None,
        now: Optional[When] = None,
    ) -> Watch:
        """Keeps segments (none named: all) exact from ``now`` on.

        With ``since``, the cursor of the last change that was dealt with, it
        tells what has changed since then, so that each change is told at least
        once, whatever became of the process. With ``net`` only what is left of
        the changes that wait is given. With ``saved``, what `Watch.save` gave,
        it is as with the cursor that the watch had, but where the log goes on
        from what it was then only customers are tested whom facts since then are
        about.

        Errors: NotFound; OutOfRange; InvalidArgument (``saved``);
        FailedPrecondition when a segment cannot be watched, because it asks for
        relations or because nobody can say when a part of it changes. Cost: a
        test of every customer for every segment.
        """
        return open_watch(self._store, names, since, net, saved, now)

    def plan(self, expression: str) -> Plan:
        """How an expression is evaluated and what it reads; evaluates nothing.

        Errors: as `define`.
        """
        text = _capi.text(expression, "expression")
        return Plan.of(
            self._store._json(_capi.lib.trato_segment_plan, text, about=expression)
        )

    def diff(
        self, first: str, second: str, *, now: Optional[When] = None
    ) -> SegmentOverlap:
        """How many customers are in one of two segments at ``now``, or in both.

        Errors: NotFound. Cost: two evaluations per customer.
        """
        out = _capi.SegmentOverlap()
        self._store._call(
            _capi.lib.trato_segment_diff,
            _capi.text(first, "first"),
            _capi.text(second, "second"),
            self._store._now(now),
            byref(out),
        )
        return SegmentOverlap(
            out.first_only, out.second_only, out.both, out.customers, out.undecided
        )

    def diff_members(
        self, first: str, second: str, *, now: Optional[When] = None
    ) -> Cursor[Member]:
        """The members of the first segment that are not in the second, by name.

        Errors: NotFound. Cost: two evaluations per customer.
        """
        pointer = ctypes.c_void_p()
        self._store._call(
            _capi.lib.trato_segment_diff_members,
            _capi.text(first, "first"),
            _capi.text(second, "second"),
            self._store._now(now),
            byref(pointer),
        )
        return Cursor(pointer, _capi.lib.trato_members_destroy, _next_members)

    def members(self, name: str, *, now: Optional[When] = None) -> Cursor[Member]:
        """The members of a segment at ``now``, by name: a snapshot.

        Errors: NotFound. Cost: one evaluation per customer.
        """
        pointer = ctypes.c_void_p()
        self._store._call(
            _capi.lib.trato_segment_members,
            _capi.text(name, "name"),
            self._store._now(now),
            byref(pointer),
        )
        return Cursor(pointer, _capi.lib.trato_members_destroy, _next_members)

    def list(self) -> List[Segment]:
        """All segments, as they are defined now."""
        return [
            Segment(
                self,
                name=json["name"],
                expression=json["expression"],
                version=json["version"],
                defined=instant(json["defined_us"]),
                former_names=tuple(json["former_names"]),
                disabled=json["disabled"],
            )
            for json in self._store._json(_capi.lib.trato_segment_list)
        ]

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.list())

    def __len__(self) -> int:
        return len(self.list())

    def __contains__(self, name: object) -> bool:
        return any(segment.is_called(name) for segment in self)

    def __getitem__(self, name: str) -> Segment:
        for segment in self:
            if segment.is_called(name):
                return segment
        raise NotFound(f"no segment has the name {name}")

    def _size(
        self, function: Any, given: str, what: str, now: Optional[When]
    ) -> SegmentSize:
        out = _capi.SegmentSize()
        self._store._call(
            function,
            _capi.text(given, what),
            self._store._now(now),
            byref(out),
            about=given,
        )
        return SegmentSize(out.members, out.customers, out.undecided)


class Segment:
    """One segment, with the definition it had when it was asked for.

    Its methods answer by the definition in force.
    """

    def __init__(
        self,
        segments: Segments,
        name: str,
        expression: str,
        version: int,
        defined: _datetime.datetime,
        former_names: Tuple[str, ...] = (),
        disabled: bool = False,
    ) -> None:
        self._segments = segments
        self.name = name
        self.expression = expression
        self.version = version
        self.defined = defined
        self.former_names = former_names
        self.disabled = disabled

    def is_called(self, name: object) -> bool:
        """Whether it goes by this name, or did."""
        return name == self.name or name in self.former_names

    def disable(self, *, now: Optional[When] = None) -> None:
        """See `Segments.disable`."""
        self._segments.disable(self.name, now=now)

    def enable(self, *, now: Optional[When] = None) -> None:
        """See `Segments.enable`."""
        self._segments.enable(self.name, now=now)

    def count(self, *, now: Optional[When] = None) -> SegmentSize:
        """See `Segments.count`."""
        return self._segments.count(self.name, now=now)

    def members(self, *, now: Optional[When] = None) -> Cursor[Member]:
        """See `Segments.members`."""
        return self._segments.members(self.name, now=now)

    def explain(
        self, customer: str, *, now: Optional[When] = None
    ) -> SegmentExplanation:
        """See `Segments.explain`."""
        return self._segments.explain(self.name, customer, now=now)

    def history(
        self,
        customer: str,
        *,
        since: Optional[When] = None,
        until: Optional[When] = None,
        now: Optional[When] = None,
    ) -> Iterator[SegmentStep]:
        """See `Segments.history`."""
        return self._segments.history(
            self.name, customer, since=since, until=until, now=now
        )

    def next_change(
        self, customer: str, *, now: Optional[When] = None
    ) -> Optional[SegmentStep]:
        """See `Segments.next_change`."""
        return self._segments.next_change(self.name, customer, now=now)

    def changes(
        self, since: ChangeCursor, *, net: bool = False, now: Optional[When] = None
    ) -> Iterator[SegmentChange]:
        """Who entered and left after ``since`` and up to ``now``: see
        `Segments.watch`."""
        with self._segments.watch(self.name, since=since, net=net, now=now) as watch:
            yield from watch.take()

    def test(self, customer: str, *, now: Optional[When] = None) -> bool:
        """See `Segments.test`."""
        return self._segments.test(self.name, customer, now=now)

    def __repr__(self) -> str:
        return f"<Segment {self.name}: {self.expression}>"


def _next_members(members: ctypes.c_void_p) -> List[Member]:
    array = (_capi.Member * _BATCH)()
    count = ctypes.c_size_t()
    _capi.call(_capi.lib.trato_members_next, members, array, _BATCH, byref(count))
    return [
        Member(_capi.id_text(member.id), _capi.string(member.name))
        for member in array[: count.value]
    ]
