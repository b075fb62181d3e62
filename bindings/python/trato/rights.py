# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""A person's rights: everything held on her, and her data kept and not used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Dict, Optional

from . import _capi
from ._options import Durability, write_options
from .values import When

if TYPE_CHECKING:
    from .store import Store


class Rights:
    """What `Customers` does for one person."""

    _store: Store

    def restrict(
        self,
        customer: str,
        restricted: bool = True,
        *,
        reason: str = "",
        at: Optional[When] = None,
        now: Optional[When] = None,
        durability: Durability = "synced",
        actor: str = "",
        source: str = "",
        batch: str = "",
    ) -> None:
        """Says that a customer's data may be kept and not used, or used again.

        While she is restricted she is in no segment, and no offer is matched or
        decided. It is said of each of her records, and the restriction of one
        record holds for all that it is linked to. What is recorded, found, listed
        and shown stays as it is.

        Errors: NotFound, FailedPrecondition (several customers).
        """
        store = self._store
        write = write_options(durability, actor, source, batch)
        store._call(
            _capi.lib.trato_customer_restrict,
            _capi.text(customer, "customer"),
            bool(restricted),
            _capi.text(reason, "reason"),
            store._at(at, "at"),
            store._now(now),
            write,
        )

    def document(self, customer: str, *, now: Optional[When] = None) -> str:
        """Everything that is held on one person, all records, in Markdown.

        Who she is, attributes, identifiers, segments, each interaction (also those
        that were corrected or retracted), decisions, coupons, and what was said of
        her, when and by whom.

        Errors: NotFound, FailedPrecondition (several customers; a store of the
        past).
        Cost: reads all facts that are no interactions, and holds up writers.
        """
        return self._document(customer, 0, now)

    def data(self, customer: str, *, now: Optional[When] = None) -> Dict[str, Any]:
        """The same as `document`, as data: what JSON holds."""
        answer: Dict[str, Any] = json.loads(self._document(customer, 1, now))
        return answer

    def _document(self, customer: str, format: int, now: Optional[When]) -> str:
        store = self._store
        name = _capi.text(customer, "customer")
        with _capi.Output() as out:
            store._call(
                _capi.lib.trato_customer_document, name, format, store._now(now), out.ref
            )
            return out.text()
