# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Imports of contacts, and batches as wholes."""

from __future__ import annotations

import ctypes
import datetime as _datetime
from ctypes import byref
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Literal,
    Mapping,
    Optional,
    Tuple,
    Union,
)

from . import _capi, _orders
from ._callbacks import Progress
from ._options import Durability, choice, write_options
from .answers import Refusal
from .values import When, instant

if TYPE_CHECKING:
    from .store import Store

Rule = Literal["overwrite", "fill_blank", "never"]
_RULES = {"overwrite": 0, "fill_blank": 1, "never": 2}
_DATES = {"year_first": 0, "day_first": 1, "month_first": 2}


@dataclass(frozen=True)
class ColumnUse:
    """What became of a column of a file."""

    column: str
    field: str
    """"id", "identifier.NAMESPACE", "opt_out.CHANNEL" or an attribute; empty:
    the column was not read."""
    rule: Rule
    values: int
    reason: str
    """Why it was not read."""


@dataclass(frozen=True)
class Conflict:
    """A cell that disagrees with what is known, or with another row."""

    line: int
    record: str
    column: str
    what: str


@dataclass(frozen=True)
class ContactsReport:
    """What an import of contacts did, or would do."""

    dry_run: bool
    batch: str
    rows: int
    encoding: str
    columns: Tuple[ColumnUse, ...]
    customers: int
    new_customers: int
    changed_customers: int
    unchanged_customers: int
    repeated_rows: int
    new_attributes: int
    changed_attributes: int
    new_identifiers: int
    new_consents: int
    conflicts: int
    first_conflicts: Tuple[Conflict, ...]
    refused: int
    refusals: Tuple[Refusal, ...]
    refused_values: Tuple[Refusal, ...]
    """Values that were left out without their rows."""

    @classmethod
    def of(cls, json: Dict[str, Any]) -> ContactsReport:
        read = [
            ColumnUse(it["column"], it["field"], it["rule"], it["values"], "")
            for it in json["columns"]
        ]
        ignored = [
            ColumnUse(it["column"], "", "never", 0, it["reason"])
            for it in json["ignored"]
        ]
        numbers = (
            "rows",
            "customers",
            "new_customers",
            "changed_customers",
            "unchanged_customers",
            "repeated_rows",
            "new_attributes",
            "changed_attributes",
            "new_identifiers",
            "new_consents",
            "conflicts",
            "refused",
        )
        return cls(
            dry_run=json["dry_run"],
            batch=json["batch"],
            encoding=json["encoding"],
            columns=tuple(read + ignored),
            first_conflicts=tuple(Conflict(**it) for it in json["first_conflicts"]),
            refusals=_refusals(json["refusals"]),
            refused_values=_refusals(json["refused_values"]),
            **{name: json[name] for name in numbers},
        )


@dataclass(frozen=True)
class Batch:
    """What lies in the log under one batch name."""

    name: str
    source: str
    actor: str
    first: _datetime.datetime
    """When its first fact was recorded."""
    last: _datetime.datetime
    interactions: int
    attributes: int
    identifiers: int
    consents: int
    definitions: int
    others: int
    retracted: Optional[_datetime.datetime]
    reason: str

    @classmethod
    def of(cls, json: Dict[str, Any]) -> Batch:
        numbers = (
            "interactions",
            "attributes",
            "identifiers",
            "consents",
            "definitions",
            "others",
        )
        retracted = json.get("retracted_us")
        return cls(
            name=json["batch"],
            source=json["source"],
            actor=json["actor"] or "",
            first=instant(json["first_us"]),
            last=instant(json["last_us"]),
            retracted=None if retracted is None else instant(retracted),
            reason=json.get("reason") or "",
            **{name: json[name] for name in numbers},
        )


class Batches:
    """What was imported: as batches that are listed and taken back as wholes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def import_contacts(
        self,
        file: _orders.Source,
        *,
        columns: Optional[Mapping[str, Union[str, Tuple[str, Rule]]]] = None,
        dates: Literal["year_first", "day_first", "month_first"] = "year_first",
        namespace: str = "contact",
        dry_run: bool = False,
        progress: Optional[Progress] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> ContactsReport:
        """Imports contacts from CSV text, one a row, as one batch.

        ``file`` is a path, or a file opened for reading; gzip is unpacked on the
        way. The text may be UTF-8, UTF-16 or Windows-1252. Columns are known by
        their headers: those of common address books and customer systems, or of
        a customer attribute. ``columns`` says more of some: header to field
        ("id", "identifier.NAMESPACE", "opt_out.CHANNEL" or an attribute; empty:
        as the header says), or to (field, rule) with the rule "overwrite",
        "fill_blank" or "never". A row is the record of its id, or else of its
        first e-mail address or telephone number. What is known already is not
        recorded again. With ``dry_run`` the report says what would be new,
        changed and refused, and nothing is recorded.

        ``source`` is "contacts" where it is empty, and the batch gets a name;
        `retract` takes it back. ``progress(done, total)`` counts rows.

        Errors: InvalidArgument (two columns of one name, none says who somebody
        is), NotFound (a column that the file lacks), FailedPrecondition (the
        batch was retracted), Cancelled; OSError from the file.
        """
        store = self._store
        write = write_options(durability, actor, source, batch)
        at = store._now(now)
        said = list((columns or {}).items())
        array = (_capi.ContactColumn * len(said))()
        for place, (column, use) in enumerate(said):
            field, rule = (use, "overwrite") if isinstance(use, str) else use
            array[place] = _capi.ContactColumn(
                _capi.text(column, "columns"),
                _capi.text(field, f"columns[{column!r}]"),
                choice(rule, _RULES, f"columns[{column!r}]"),
            )
        with _orders.Callbacks(file, progress) as callbacks:
            options = _capi.ContactsOptions(
                ctypes.sizeof(_capi.ContactsOptions),
                bool(dry_run),
                _capi.text(namespace, "namespace"),
                array,
                len(said),
                choice(dates, _DATES, "dates"),
            )
            options.progress = callbacks.progress
            report = store._json(
                _capi.lib.trato_contacts_import,
                callbacks.read,
                None,
                at,
                byref(options),
                write,
            )
        return ContactsReport.of(report)

    def list(self) -> List[Batch]:
        """All batches in the log, oldest first.

        Cost: one pass over everything.
        """
        json = self._store._json(_capi.lib.trato_batch_list)
        return [Batch.of(it) for it in json]

    def retract(
        self,
        name: str,
        *,
        reason: str = "",
        dry_run: bool = False,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
    ) -> Batch:
        """Takes a batch back, and gives what it held.

        Every answer is as if its facts had never come; `Store.as_of` an earlier
        log position still tells them. Definitions of the batch stay while others
        need them, objections stay until the person lifts them, and so do
        restrictions and suppression lists. The keys of its interactions stay taken, and nothing
        can be recorded under its name any more. With ``dry_run`` nothing is
        recorded.

        Errors: NotFound (batch), FailedPrecondition (retracted already).
        """
        options = _capi.RetractOptions(
            ctypes.sizeof(_capi.RetractOptions),
            bool(dry_run),
            _capi.text(reason, "reason"),
        )
        report = self._store._json(
            _capi.lib.trato_batch_retract,
            _capi.text(name, "name"),
            self._store._now(now),
            byref(options),
            write_options(durability, actor, source, ""),
        )
        return Batch.of(report)


def _refusals(json: Any) -> Tuple[Refusal, ...]:
    return tuple(
        Refusal(it["reason"], it["rows"], tuple(it["first_rows"])) for it in json
    )
