# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""How long facts are kept, and taking out what no rule keeps any more."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, List, Literal, Mapping, Optional, Tuple

from . import _capi
from ._options import Durability, choice, write_options
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

Retained = Literal["interactions", "attribute", "grants", "decisions"]
"""What a rule is about: interactions of a type, what was said of an attribute,
consent granted to a purpose, decisions with their outcomes."""

_KINDS: Mapping[str, int] = {
    "interactions": 0,
    "attribute": 1,
    "grants": 2,
    "decisions": 3,
}


@dataclass(frozen=True)
class RetentionRule:
    """How long facts of a kind are kept."""

    kind: Retained
    name: str
    """Of the type, attribute or purpose; "*": every one without its own rule."""
    purpose: str
    """What they are kept for; may be empty."""
    keep: str
    """A span, such as "2y"."""
    kept_from: Optional[_datetime.datetime]
    """What is older goes when the rules are applied."""


@dataclass(frozen=True)
class RetentionReport:
    """What went, or would go."""

    dry_run: bool
    facts: int
    interactions: int
    """Of the facts."""
    by_kind: Mapping[Tuple[str, str], int]
    """Facts by kind and name; corrections go with their interactions."""
    earliest: Optional[_datetime.datetime]
    """Before it the store does not tell any more what was; None: it does."""
    log_position: Optional[int]
    """None, as ``purged``: nothing went."""
    purged: Optional[bool]
    """Whether no file of the store holds the bytes any more."""

    @classmethod
    def of(cls, json: Mapping[str, Any]) -> RetentionReport:
        return cls(
            dry_run=json["dry_run"],
            facts=json["facts"],
            interactions=json["interactions"],
            by_kind={(it["of"], it["name"]): it["facts"] for it in json["by_kind"]},
            earliest=_instant(json["earliest_us"]),
            log_position=json["log_position"],
            purged=json["purged"],
        )


class Retention:
    """Rules of retention by kind of fact and purpose.

    A fact is kept as long as any rule for its kind and name keeps it; what no
    rule is for is kept for ever, and so are, whatever the rules, refusals and
    objections, restrictions, identifiers, links, coupons and definitions.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        kind: Retained,
        name: str,
        keep: str,
        *,
        purpose: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines a rule, or the one of the same kind, name and purpose anew.

        ``keep`` is a span as in expressions, such as "2y"; empty ends the rule.
        It removes nothing: see `apply`.

        Errors: NotFound (undefined type, attribute or purpose), InvalidArgument
        (a malformed span).
        """
        rule = _capi.Retention(
            ctypes.sizeof(_capi.Retention),
            choice(kind, _KINDS, "kind"),
            _capi.text(name, "name"),
            _capi.text(purpose, "purpose"),
            _capi.text(keep, "keep"),
        )
        self._store._call(
            _capi.lib.trato_retention_define,
            byref(rule),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def list(self, *, now: Optional[When] = None) -> List[RetentionRule]:
        """The rules in force, with what each keeps at ``now``."""
        return [
            RetentionRule(
                kind=it["of"],
                name=it["name"],
                purpose=it["purpose"] or "",
                keep=it["keep"],
                kept_from=_instant(it["kept_from_us"]),
            )
            for it in self._json(now)["rules"]
        ]

    def earliest(self) -> Optional[_datetime.datetime]:
        """The instant before which reads are refused; None: there is none."""
        return _instant(self._json(None)["earliest_us"])

    def apply(
        self,
        *,
        dry_run: bool = False,
        reason: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
    ) -> RetentionReport:
        """Takes out what happened longer ago than the rules keep it.

        As an erasure does: from the facts, the bytes of the file, its free pages
        and its log. Of what was said of an attribute it takes also what is in
        force still. From then on the store does not tell what was before the
        latest instant up to which anything went: `Store.as_of` such an instant,
        or a question at such a ``now``, is OutOfRange. With ``dry_run`` it only
        counts.

        Errors: FailedPrecondition (no rule is defined; a store of the past is
        open). Cost: one pass over everything.
        """
        return RetentionReport.of(
            self._store._json(
                _capi.lib.trato_retention_apply,
                1 if dry_run else 0,
                _capi.text(reason, "reason"),
                self._store._now(now),
                write_options(durability, actor, source, ""),
            )
        )

    def _json(self, now: Optional[When]) -> Any:
        return self._store._json(_capi.lib.trato_retention_list, self._store._now(now))


def _instant(us: Optional[int]) -> Optional[_datetime.datetime]:
    return None if us is None else instant(us)
