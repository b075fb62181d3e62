# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers said of being contacted, and what follows from it."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Mapping, Optional, Tuple

from . import _capi
from ._options import Durability, write_options
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

ConsentState = Literal[
    "none",
    "granted",
    "denied",
    "withdrawn",
    "expired",
    "objected",
    "suppressed",
    "unchecked",
]
"""What a question is answered with; only "granted" allows a contact."""

_STATES: Tuple[ConsentState, ...] = (
    "none",
    "granted",
    "denied",
    "withdrawn",
    "expired",
    "objected",
    "suppressed",
    "unchecked",
)
_GRANTED, _DENIED, _WITHDRAWN = 1, 2, 3


@dataclass(frozen=True)
class Consent:
    """Whether a customer may be contacted for a purpose on a channel."""

    purpose: str
    channel: str
    state: ConsentState
    allowed: bool
    since: Optional[_datetime.datetime]
    """Of what decides, of a list its date; None: nothing does."""
    until: Optional[_datetime.datetime]
    """Exclusive, by the clock alone; None: for ever."""
    fact: Optional[str]
    """What decides; None: nothing does."""

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Statement:
    """What one record said, and how it is shown."""

    fact: str
    state: Literal["granted", "denied", "withdrawn", "objected", "lifted"]
    purpose: Optional[str]
    """ "*": every one; None, as the channel, of an objection."""
    channel: Optional[str]
    at: _datetime.datetime
    valid_until: Optional[_datetime.datetime]
    record: str
    source: str
    actor: str
    batch: str
    wording: str
    proof: str
    recorded: _datetime.datetime
    bearing: str
    """How it bears on the question that was asked; empty in a history."""

    @classmethod
    def of(cls, json: Mapping[str, Any]) -> Statement:
        """Reads the library's answer."""
        return cls(
            fact=json["fact"],
            state=json["state"],
            purpose=json.get("purpose"),
            channel=json.get("channel"),
            at=instant(json["at_us"]),
            valid_until=_instant(json.get("valid_until_us")),
            record=json["record"],
            source=json["source"],
            actor=json["actor"] or "",
            batch=json["batch"] or "",
            wording=json["wording"] or "",
            proof=json["proof"] or "",
            recorded=instant(json["recorded_us"]),
            bearing=json.get("bearing", ""),
        )


@dataclass(frozen=True)
class ConsentExplanation:
    """An answer with its reason, and the statements that bear on it."""

    customer: str
    consent: Consent
    reason: str
    record: Optional[str]
    """Whose statement decides; None: nothing was said."""
    statements: Tuple[Statement, ...]


@dataclass(frozen=True)
class ConsentsOf:
    """All that holds for one customer at an instant."""

    customer: str
    objection: Optional[Statement]
    """To direct marketing, in force."""
    consents: Tuple[Consent, ...]
    """Of every purpose and channel of which anything was said."""


class Consents:
    """What each record said of being contacted, by purpose and channel.

    A statement covers the purpose and the channel that it names; "*" names all.
    Of the statements of a record with the same purpose and channel the last by
    (``at``, source, fact id) holds. A refusal holds against every grant, except
    while a later one has not run out that is no wider in purpose and channel.
    While records are one customer a refusal of any of them holds; after
    unlinking each has its own back. An objection to direct marketing holds
    against all of this until the record that objected lifts it, and covers
    every customer with a record that goes by an identifier of that one, unless
    the two records are kept apart.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def define_purpose(
        self,
        name: str,
        description: str = "",
        *,
        direct_marketing: bool,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Defines what customers are contacted for, or redefines it.

        What is direct marketing stays so. Every store has "marketing", which is.

        Errors: AlreadyExists (it would no longer be direct marketing).
        """
        self._store._call(
            _capi.lib.trato_purpose_define,
            _capi.text(name, "name"),
            bool(direct_marketing),
            _capi.text(description, "description"),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )

    def grant(
        self,
        customer: str,
        purpose: str,
        channel: str,
        *,
        valid_until: Optional[When] = None,
        wording: str = "",
        proof: str = "",
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records that a record agrees to be contacted; gives the fact's id.

        It allows until before ``valid_until`` (None: until it is withdrawn).
        ``wording`` is the version of the text that was shown, ``proof`` what
        shows the consent: a text, or the hash of what is kept elsewhere.

        Errors: NotFound (undefined purpose or channel), InvalidArgument (it
        would end before it begins), AlreadyExists (same source and key, other
        content).
        """
        return self._say(
            _GRANTED,
            (customer, purpose, channel, wording, proof, key),
            at,
            valid_until,
            now,
            write_options(durability, actor, source, batch),
        )

    def deny(
        self,
        customer: str,
        purpose: str,
        channel: str,
        *,
        wording: str = "",
        proof: str = "",
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records that a record was asked and refused; as `grant` in all else."""
        return self._say(
            _DENIED,
            (customer, purpose, channel, wording, proof, key),
            at,
            None,
            now,
            write_options(durability, actor, source, batch),
        )

    def withdraw(
        self,
        customer: str,
        purpose: str,
        channel: str,
        *,
        wording: str = "",
        proof: str = "",
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records that a record takes back what it granted; as `grant` else."""
        return self._say(
            _WITHDRAWN,
            (customer, purpose, channel, wording, proof, key),
            at,
            None,
            now,
            write_options(durability, actor, source, batch),
        )

    def object(
        self,
        customer: str,
        *,
        proof: str = "",
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records an objection to direct marketing; gives the fact's id."""
        write = write_options(durability, actor, source, batch)
        return self._object(False, (customer, proof, key), at, now, write)

    def lift(
        self,
        customer: str,
        *,
        proof: str,
        at: Optional[When] = None,
        key: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> str:
        """Records that the record that objected lifts its objection.

        That is for the person alone, so it needs a ``proof``.

        Errors: InvalidArgument (no proof).
        """
        write = write_options(durability, actor, source, batch)
        return self._object(True, (customer, proof, key), at, now, write)

    def test(
        self,
        customer: str,
        purpose: str,
        channel: str,
        *,
        now: Optional[When] = None,
    ) -> Consent:
        """Whether a customer may be contacted; true as a condition if so.

        Errors: NotFound (customer, purpose, channel).
        """
        answer = _capi.ConsentAnswer()
        self._store._call(
            _capi.lib.trato_consent_test,
            _capi.text(customer, "customer"),
            _capi.text(purpose, "purpose"),
            _capi.text(channel, "channel"),
            self._store._now(now),
            byref(answer),
        )
        fact = _capi.id_text(answer.fact)
        dated = answer.since_us != _capi.INT64_MIN
        for_ever = answer.until_us == _capi.INT64_MAX
        return Consent(
            purpose=purpose,
            channel=channel,
            state=_STATES[answer.state],
            allowed=answer.allowed != 0,
            since=instant(answer.since_us) if dated else None,
            until=None if for_ever else instant(answer.until_us),
            fact=fact if int(fact, 16) else None,
        )

    def explain(
        self,
        customer: str,
        purpose: str,
        channel: str,
        *,
        now: Optional[When] = None,
    ) -> ConsentExplanation:
        """The same with the reason, and each statement that bears on it."""
        json = self._store._json(
            _capi.lib.trato_consent_explain,
            _capi.text(customer, "customer"),
            _capi.text(purpose, "purpose"),
            _capi.text(channel, "channel"),
            self._store._now(now),
        )
        return ConsentExplanation(
            customer=json["customer"],
            consent=consent_of(json),
            reason=json["reason"],
            record=json["record"],
            statements=tuple(map(Statement.of, json["statements"])),
        )

    def show(self, customer: str, *, now: Optional[When] = None) -> ConsentsOf:
        """The objection in force, and every answer of which anything was said."""
        json = self._store._json(
            _capi.lib.trato_consent_show,
            _capi.text(customer, "customer"),
            self._store._now(now),
        )
        objection = json["objection"]
        return ConsentsOf(
            customer=json["customer"],
            objection=None if objection is None else Statement.of(objection),
            consents=tuple(map(consent_of, json["consents"])),
        )

    def history(self, customer: str, *, now: Optional[When] = None) -> List[Statement]:
        """Every statement of a customer's records by ``now``, in order."""
        json = self._store._json(
            _capi.lib.trato_consent_history,
            _capi.text(customer, "customer"),
            self._store._now(now),
        )
        return [Statement.of(it) for it in json["statements"]]

    def _say(
        self,
        state: int,
        texts: Tuple[str, ...],
        at: Optional[When],
        valid_until: Optional[When],
        now: Optional[When],
        write: Any,
    ) -> str:
        store = self._store
        names = ("customer", "purpose", "channel", "wording", "proof", "key")
        until = (
            _capi.INT64_MAX
            if valid_until is None
            else store._at(valid_until, "valid_until")
        )
        struct = _capi.Consent(
            ctypes.sizeof(_capi.Consent),
            state,
            store._at(at, "at"),
            until,
            *(_capi.text(text, name) for text, name in zip(texts, names)),
        )
        return self._record(_capi.lib.trato_consent_record, struct, now, write)

    def _object(
        self,
        lifted: bool,
        texts: Tuple[str, ...],
        at: Optional[When],
        now: Optional[When],
        write: Any,
    ) -> str:
        struct = _capi.Objection(
            ctypes.sizeof(_capi.Objection),
            lifted,
            self._store._at(at, "at"),
            *(
                _capi.text(text, name)
                for text, name in zip(texts, ("customer", "proof", "key"))
            ),
        )
        return self._record(_capi.lib.trato_objection_record, struct, now, write)

    def _record(
        self, function: Any, struct: Any, now: Optional[When], write: Any
    ) -> str:
        out = _capi.Id()
        now_us = self._store._now(now)
        self._store._call(function, byref(struct), now_us, write, byref(out))
        return _capi.id_text(out)


def _instant(us: Optional[int]) -> Optional[_datetime.datetime]:
    return None if us is None else instant(us)


def consent_of(json: Dict[str, Any]) -> Consent:
    return Consent(
        purpose=json["purpose"],
        channel=json["channel"],
        state=json["state"],
        allowed=json["allowed"],
        since=_instant(json["since_us"]),
        until=_instant(json["until_us"]),
        fact=json["fact"],
    )
