# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Which records are one person's: found, linked, proposed, explained.

With a store, `Store.identity`; without one, `resolve` takes a table::

    found = trato.identity.resolve(frame)       # columns known by their names
    frame["customer"] = found.customers.to_numpy()["customer"]
"""

from __future__ import annotations

import ctypes
import datetime as _datetime
import json as _json
from ctypes import byref
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from . import _arrow, _capi
from ._options import Durability, choice, write_options
from .errors import InvalidArgument
from .tables import Table
from .value import _run, _stream
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

KINDS: Mapping[str, int] = {
    "given_name": 1,
    "surname": 2,
    "second_surname": 3,
    "full_name": 4,
    "birth_date": 5,
    "email": 6,
    "phone": 7,
    "document": 8,
    "street": 9,
    "house_number": 10,
    "postcode": 11,
    "place": 12,
    "text": 13,
    "country": 14,
}
"""What a field may say of a person. A country is that of the record's phone
numbers where they do not say theirs, and is not compared."""

_MODES: Mapping[str, int] = {"apply": 0, "propose": 1, "dry_run": 2}

Fields = Union[Mapping[str, str], Sequence[str], None]
"""Kinds by the names of fields, or names that say their kind; None: all that do."""


_Made = TypeVar("_Made")


def _made(kind: Type[_Made], fields: Mapping[str, Any]) -> _Made:
    """A frozen dataclass of all its fields, in a quarter of the usual time."""
    it = kind.__new__(kind)
    it.__dict__.update(fields)
    return it


@dataclass(frozen=True)
class FieldComparison:
    """What one field of two records says of their being one person's."""

    field: str
    level: str
    """"the same", "one slip", "different" ..."""
    bits: float
    """That speak for one person; negative: for two."""
    one: str
    """What was compared, in its one form."""
    other: str


@dataclass(frozen=True)
class IdentityQuestion:
    """What is not known of both and would decide."""

    field: str
    if_the_same: float
    """The probability of one person then."""
    if_different: float


@dataclass(frozen=True)
class IdentityPair:
    """Two records, and what speaks for their being one person's."""

    one: str
    other: str
    one_customer: str
    other_customer: str
    outcome: Optional[str]
    """"link", "unlink", "propose", "refuse" or "nothing"; None: not asked."""
    probability: float
    bits: float
    why: str
    comparisons: Tuple[FieldComparison, ...] = ()
    questions: Tuple[IdentityQuestion, ...] = ()
    documents_differ: bool = False

    @classmethod
    def of(cls, json: Mapping[str, Any]) -> IdentityPair:
        return cls(
            one=json["one"],
            other=json["other"],
            one_customer=json["one_customer"],
            other_customer=json["other_customer"],
            outcome=json.get("outcome"),
            probability=json["probability"],
            bits=json["bits"],
            why=json["why"],
            comparisons=tuple(_made(FieldComparison, it) for it in json.get("comparisons", ())),
            questions=tuple(_made(IdentityQuestion, it) for it in json.get("questions", ())),
            documents_differ=json.get("documents_differ", False),
        )


@dataclass(frozen=True)
class IdentityCandidate:
    """Two records that may be one person's, as a model of one's own is told."""

    one: str
    """Their names; empty of a table."""
    other: str
    one_row: int
    """Of a table, from 0."""
    other_row: int
    probability: float
    """As the weights have it."""
    comparisons: Tuple[FieldComparison, ...]


Judge = Callable[[Sequence[IdentityCandidate]], Iterable[Optional[float]]]
"""A model of one's own: gives a probability for each pair, None where it does not
know better. It gets up to 256 pairs at once and must not call the store."""


Phones = Callable[[str, str], Optional[str]]
"""Reads a telephone number that is written as within a country which the library
has no plan for: of the number as it is and the country's two letters ("" where
nobody says it), the number with its country's code ("+886223456789"); None where
it does not know either. The same number must always give the same. It must not
call the store."""


def _phones(phones: Optional[Phones]) -> Any:
    """As the library calls it. What it raises is printed, and the number is
    compared as it is: the call goes on."""
    if phones is None:
        return _capi.PHONE_FN()

    def read(_: Any, number: Any, country: Any, out: int) -> int:
        said = phones(_capi.string(number), _capi.string(country))
        digits = (said or "").encode()
        if len(digits) > 16:
            return 0
        ctypes.memmove(out, digits, len(digits))
        return len(digits)

    return _capi.PHONE_FN(read)


class _Judge:
    """`judge` for the library, for the length of a ``with``; what it raises is
    raised at its end in place of what the call raised."""

    def __init__(self, judge: Optional[Judge], options: Any, start: float) -> None:
        self._judge = judge
        self._raised: Optional[BaseException] = None
        self._function = _capi.JUDGE_FN() if judge is None else _capi.JUDGE_FN(self._ask)
        options.judge = self._function
        options.judge_from = start

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        if self._raised is not None:
            raise self._raised from None

    def _ask(self, _: Any, pairs: int, count: int, probabilities: int) -> int:
        try:
            assert self._judge is not None
            given = (_capi.IdentityCandidate * count).from_address(pairs)
            told = [
                IdentityCandidate(
                    _capi.string(it.one),
                    _capi.string(it.other),
                    it.one_row,
                    it.other_row,
                    it.probability,
                    tuple(
                        FieldComparison(**line)
                        for line in _json.loads(_capi.string(it.comparisons))
                    ),
                )
                for it in given
            ]
            said = list(self._judge(told))
            if len(said) != count:
                raise InvalidArgument(
                    f"judge: it gave {len(said)} probabilities for {count} pairs"
                )
            out = (ctypes.c_double * count).from_address(probabilities)
            for i, it in enumerate(said):
                if it is not None:
                    out[i] = it
            return 0
        except BaseException as error:
            self._raised = error
            return 1


def _pairs(json: Mapping[str, Any]) -> Tuple[IdentityPair, ...]:
    return tuple(map(IdentityPair.of, json["pairs"]))


@dataclass(frozen=True)
class Resolution:
    """What became of one record."""

    record: str
    customer: str
    outcome: str
    """"link", "propose", "refuse" or "nothing"."""
    pairs: Tuple[IdentityPair, ...]
    """With other customers' records, the most certain first."""


@dataclass(frozen=True)
class ResolutionReport:
    """What became of all records."""

    records: int
    """That say anything that is compared."""
    compared: int
    """Pairs that share a key."""
    hubs: int
    """Keys that too many records share to say anything."""
    customers_before: int
    customers_after: int
    linked: int
    unlinked: int
    proposed: int
    refused: int
    version: Optional[int]
    """Of the definition with the weights that were learned; None: nothing was."""
    pairs: Tuple[IdentityPair, ...]
    """The first of them, changes before questions."""
    json: Mapping[str, Any]


@dataclass(frozen=True)
class Tie:
    """What was said of a record and another one."""

    other: str
    says: str
    """"one customer" or "two customers"."""
    actor: str
    source: str
    """"identity" where resolution found it."""
    at: Optional[_datetime.datetime]
    reason: str


@dataclass(frozen=True)
class CustomerRecord:
    """One record of a customer, and what ties it to others."""

    record: str
    identifiers: Tuple[str, ...]
    ties: Tuple[Tie, ...]


@dataclass(frozen=True)
class CustomerIdentity:
    """Why the records of a customer are one."""

    customer: str
    records: Tuple[CustomerRecord, ...]
    pairs: Tuple[IdentityPair, ...]


@dataclass(frozen=True)
class TableResolution:
    """Which rows of a table are one person's."""

    customers: Table
    """row, customer (the first row of hers), probability; a row each."""
    pairs: Table
    """one, other, probability, outcome, why; can be read once, as the other."""
    records: int
    customer_count: int
    compared: int
    refused: int
    json: Mapping[str, Any]
    """All of it, with the weights that were learned as ``model``."""


def _definition(
    fields: Fields,
    link_at: float,
    review_at: float,
    max_block: int,
    max_records: int,
    country: str,
) -> Tuple[Any, Any]:
    given: List[Tuple[str, int]] = []
    if isinstance(fields, Mapping):
        for name, kind in fields.items():
            if kind not in KINDS:
                raise InvalidArgument(
                    f"fields[{name!r}]: {kind!r} is none of {', '.join(KINDS)}"
                )
            given.append((name, KINDS[kind]))
    elif fields is not None:
        if isinstance(fields, (str, bytes)):
            raise TypeError("fields: a dict or a list of names is needed")
        given = [(name, 0) for name in fields]
    structs = (_capi.IdentityField * max(1, len(given)))()
    for struct, (name, kind) in zip(structs, given):
        struct.name = _capi.text(name, "fields")
        struct.kind = kind
    definition = _capi.IdentityDefinition(ctypes.sizeof(_capi.IdentityDefinition))
    definition.max_block = max_block
    definition.max_records = max_records
    definition.link_at = link_at
    definition.review_at = review_at
    definition.fields = structs
    definition.field_count = len(given)
    definition.country = _capi.text(country, "country")
    return definition, structs


class Identity:
    """Which records of a store are one person's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def define(
        self,
        fields: Fields = None,
        *,
        link_at: float = 0.95,
        review_at: float = 0.5,
        max_block: int = 100,
        max_records: int = 100,
        country: str = "",
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """How identities are resolved from ``now`` on; a version of its own.

        ``fields`` gives a kind (`KINDS`) to attributes and namespaces; without it
        those count whose names say what they are, as without any definition.
        From the probability ``link_at`` on records are linked, from ``review_at``
        on they are proposed. A key that more than ``max_block`` records share
        finds nobody. ``country`` ("ES") is that of phone numbers without one.

        Errors: InvalidArgument names the field.
        """
        definition, kept = _definition(
            fields, link_at, review_at, max_block, max_records, country
        )
        self._store._call(
            _capi.lib.trato_identity_define,
            byref(definition),
            self._store._now(now),
            write_options(durability, actor, source, batch),
        )
        del kept

    def definitions(self) -> Mapping[str, Any]:
        """The versions, with the weights that were learned; and "usual", what
        holds without any."""
        json: Mapping[str, Any] = self._store._json(
            _capi.lib.trato_identity_definitions
        )
        return json

    def resolve(
        self,
        record: str,
        *,
        mode: str = "apply",
        judge: Optional[Judge] = None,
        judge_from: float = 0.01,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> Resolution:
        """One record against all others, as when it has just arrived.

        ``mode``: "apply" links who is certain enough and proposes the doubtful,
        "propose" links nobody, "dry_run" records nothing. ``judge`` is a model of
        one's own (`Judge`): it is asked about pairs from the probability
        ``judge_from`` on, and what it says holds. Documents that differ, and who
        is kept apart, still keep two people two.

        Errors: NotFound (no such record), InvalidArgument (the judge gave no
        probability). Cost: some 100 us; the first question
        reads all records.
        """
        options = _capi.IdentityOptions(ctypes.sizeof(_capi.IdentityOptions))
        options.mode = choice(mode, _MODES, "mode")
        with _Judge(judge, options, judge_from):
            json = self._store._json(
                _capi.lib.trato_identity_resolve,
                _capi.text(record, "record"),
                byref(options),
                self._store._now(now),
                write_options(durability, actor, source, batch),
            )
        return Resolution(
            json["record"], json["customer"], json["outcome"], _pairs(json)
        )

    def resolve_all(
        self,
        *,
        mode: str = "apply",
        relearn: bool = False,
        pairs: int = 20,
        judge: Optional[Judge] = None,
        judge_from: float = 0.01,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> ResolutionReport:
        """All records at once, whatever the order in which they came.

        Links made by hand or by identifiers stay, and who is kept apart stays
        apart; links that resolution made and that no longer follow are taken
        back. Weights are learned where the definition has none, or anew with
        ``relearn``, and become a version of it. ``judge`` and ``judge_from`` are
        as in `resolve`.

        Cost: a read of all records and some 15 comparisons of each.
        """
        return self._resolve_all(
            mode,
            relearn,
            pairs,
            None,
            judge,
            judge_from,
            now,
            write_options(durability, actor, source, batch),
        )

    def simulate(
        self,
        fields: Fields = None,
        *,
        link_at: float = 0.95,
        review_at: float = 0.5,
        max_block: int = 100,
        max_records: int = 100,
        country: str = "",
        pairs: int = 20,
        now: Optional[When] = None,
    ) -> ResolutionReport:
        """What `resolve_all` would do under this definition; nothing is recorded."""
        definition, kept = _definition(
            fields, link_at, review_at, max_block, max_records, country
        )
        report = self._resolve_all(
            "dry_run",
            False,
            pairs,
            definition,
            None,
            0.01,
            now,
            write_options("synced", "", "", ""),
        )
        del kept
        return report

    def _resolve_all(
        self,
        mode: str,
        relearn: bool,
        pairs: int,
        definition: Any,
        judge: Optional[Judge],
        judge_from: float,
        now: Optional[When],
        write: Any,
    ) -> ResolutionReport:
        options = _capi.IdentityOptions(ctypes.sizeof(_capi.IdentityOptions))
        options.mode = choice(mode, _MODES, "mode")
        options.relearn = 1 if relearn else 0
        options.pairs = pairs
        if definition is not None:
            options.definition = ctypes.pointer(definition)
        with _Judge(judge, options, judge_from):
            json = self._store._json(
                _capi.lib.trato_identity_resolve_all,
                byref(options),
                self._store._now(now),
                write,
            )
        counted = (
            "records",
            "compared",
            "hubs",
            "customers_before",
            "customers_after",
            "linked",
            "unlinked",
            "proposed",
            "refused",
            "version",
        )
        return ResolutionReport(
            **{name: json[name] for name in counted}, pairs=_pairs(json), json=json
        )

    def read_phones(self, phones: Optional[Phones]) -> None:
        """From now on, and until the store is closed, ``phones`` reads telephone
        numbers of countries that the library has no plan for; None: nobody does,
        and they are compared by the digits that they have.

        Errors: FailedPrecondition (a view). Cost: the next question reads all
        records anew.
        """
        function = _phones(phones)
        self._store._call(_capi.lib.trato_identity_read_phones, function, None)
        self._store._phones = function

    def review(
        self, *, limit: int = 20, now: Optional[When] = None
    ) -> List[IdentityPair]:
        """What waits for somebody's word, the most certain first, with the
        questions that would decide. ``outcome`` is what is proposed: "link" or
        "unlink". `Store.link`, `Store.unlink` and `Customers.cannot_link` answer."""
        json = self._store._json(
            _capi.lib.trato_identity_review, limit, self._store._now(now)
        )
        return list(_pairs(json))

    def explain(
        self, one: str, other: str = "", *, now: Optional[When] = None
    ) -> Union[IdentityPair, CustomerIdentity]:
        """Why two records are one person's or not, field by field; without
        ``other`` why the records of the customer are one.

        Errors: NotFound, InvalidArgument (the same record twice).
        """
        json = self._store._json(
            _capi.lib.trato_identity_explain,
            _capi.text(one, "one"),
            _capi.text(other, "other"),
            self._store._now(now),
        )
        if other:
            return IdentityPair.of(json)
        return CustomerIdentity(
            json["customer"],
            tuple(map(_record, json["records"])),
            _pairs(json),
        )


def _record(json: Mapping[str, Any]) -> CustomerRecord:
    return CustomerRecord(
        json["record"],
        tuple(json["identifiers"]),
        tuple(
            Tie(
                it["other"],
                it["says"],
                it.get("actor") or "",
                it.get("source") or "",
                None if it.get("at_us") is None else instant(it["at_us"]),
                it.get("reason") or "",
            )
            for it in json["ties"]
        ),
    )


def resolve(
    data: Any,
    fields: Fields = None,
    *,
    link_at: float = 0.95,
    review_at: float = 0.5,
    max_block: int = 100,
    max_records: int = 100,
    country: str = "",
    judge: Optional[Judge] = None,
    judge_from: float = 0.01,
    phones: Optional[Phones] = None,
    threads: int = 1,
) -> TableResolution:
    """Which rows of a table are one person's, without a store.

    ``data`` is whatever speaks Arrow, a dict of columns or a list of dicts;
    ``fields`` gives columns a kind (`KINDS`), and may be left out where their
    names say what they are. The weights are learned from the rows. ``judge`` is
    as in `Identity.resolve`; it knows rows. ``phones`` reads telephone numbers of
    countries that the library has no plan for.

    Errors: InvalidArgument (no column says what it is; a column of another
    type). Cost: some 15 comparisons of each row, a microsecond each.
    """
    definition, kept_fields = _definition(
        fields, link_at, review_at, max_block, max_records, country
    )
    options = _capi.IdentityOptions(ctypes.sizeof(_capi.IdentityOptions))
    options.definition = ctypes.pointer(definition)
    options.phone = _phones(phones)
    kept, address = _stream(data, "")
    pairs: List[_arrow.Opened] = []

    with _Judge(judge, options, judge_from), _capi.Output() as answer:

        def open_customers(customers: int) -> None:
            def open_pairs(out_pairs: int) -> None:
                _capi.call(
                    _capi.lib.trato_identity_table,
                    address,
                    byref(options),
                    _run(threads),
                    None,
                    customers,
                    out_pairs,
                    answer.ref,
                )

            pairs.append(_arrow.Opened(open_pairs))

        customers = _arrow.Opened(open_customers)
        json = _json.loads(answer.text())
    del kept, kept_fields
    return TableResolution(
        customers=Table.once(customers, "customers"),
        pairs=Table.once(pairs[0], "pairs"),
        records=json["records"],
        customer_count=json["customers"],
        compared=json["compared"],
        refused=json["refused"],
        json=json,
    )
