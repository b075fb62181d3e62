# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Finding customers as people type, and listing them in an order."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import TYPE_CHECKING, Any, Iterator, Literal, Optional, Sequence, Tuple

from . import _capi
from ._options import at_least_one, not_negative
from .customer_answers import CustomerPage, FoundCustomer, ListedCustomer
from .tables import Table
from .values import When

if TYPE_CHECKING:
    from .store import Store

Search = Literal["by_name", "not", "text", "telephone"]
"""How people look for an attribute of text, or for the identifiers of a
namespace. By name means: by its digits where a part of the name (between
underscores) is phone, telephone, tel, mobile, cell or fax; by any part of the
text where one is name, surname, firstname, lastname, fullname, nickname, alias,
company, organisation, organization, email, mail or contact, or, for a namespace,
unless one is cookie, device, session, visitor, anonymous, uuid, guid or hash;
otherwise not."""

SEARCHES = {"by_name": 0, "not": 1, "text": 2, "telephone": 3}


def _list_options(
    sort: str, descending: bool, filter: str, cursor: Optional[str], limit: int
) -> Any:
    return _capi.ListOptions(
        ctypes.sizeof(_capi.ListOptions),
        bool(descending),
        _capi.text(sort, "sort"),
        _capi.text(filter, "filter"),
        _capi.text(cursor or "", "cursor"),
        limit,
    )


class Finding:
    """What `Customers` finds and lists."""

    _store: Store

    def __call__(
        self,
        customers: Optional[Sequence[str]] = None,
        *,
        sort: str = "",
        descending: bool = False,
        filter: str = "",
        limit: Optional[int] = None,
        batch_rows: Optional[int] = None,
        now: Optional[When] = None,
    ) -> Table:
        """The customers known at ``now`` as a table, by name.

        Columns: customer, id (the public id), records (how many), and one for
        each attribute of customers. As `Store.interactions` in all else. With a
        ``sort`` or ``filter``, or a ``limit``, it is those of `list`, in its
        order.
        """
        options = None
        if sort or descending or filter or limit is not None:
            most = 0 if limit is None else at_least_one(limit, "limit")
            options = _list_options(sort, descending, filter, None, most)
        return self._store._customers(customers, batch_rows, now, options)

    def list(
        self,
        *,
        sort: str = "",
        descending: bool = False,
        filter: str = "",
        limit: int = 100,
        cursor: Optional[str] = None,
        now: Optional[When] = None,
    ) -> CustomerPage:
        """Lists the customers known at ``now``, up to 10,000 at a time.

        ``sort`` is "id" (the public id; as empty), "name" (of the record that
        gives it), "created", "last_interaction" or an attribute of customers
        ("attribute.name" where it has one of these names). Text is sorted without
        regard to case and accents, money by currency first; who has no value
        comes last, either way up. ``filter`` is an expression. ``cursor`` is the
        ``next`` of the part before, for the same sort, direction and filter: it
        stays good while others write. Give it the same ``now``.

        Errors: NotFound (an attribute to sort by), InvalidArgument (a filter, a
        cursor).
        Cost: one pass over all customers.
        """
        store = self._store
        most = at_least_one(limit, "limit")
        options = _list_options(sort, descending, filter, cursor, most)
        return CustomerPage.of(
            store._json(_capi.lib.trato_customer_list, byref(options), store._now(now))
        )

    def each(
        self,
        *,
        sort: str = "",
        descending: bool = False,
        filter: str = "",
        now: Optional[When] = None,
    ) -> Iterator[ListedCustomer]:
        """Gives the customers of `list` one by one, part after part."""
        at = self._store._now(now)
        cursor: Optional[str] = None
        while True:
            page = self.list(
                sort=sort,
                descending=descending,
                filter=filter,
                limit=1000,
                cursor=cursor,
                now=at,
            )
            yield from page.customers
            cursor = page.next
            if cursor is None:
                return

    def find(
        self, text: str, *, limit: int = 10, now: Optional[When] = None
    ) -> Tuple[FoundCustomer, ...]:
        """Finds customers as people type, best first.

        ``text`` is part of a name or of an e-mail address, the end of a telephone
        number, or several words in any order; case and accents do not matter. A
        customer is found when each word is somewhere in what her records say of
        her at ``now``: attributes and identifiers that are searchable (see
        `Search`). Words of less than three bytes of UTF-8 are looked for at the
        beginning of words only. Among equals, who came to be known last comes
        first.

        Errors: InvalidArgument (more than 1,024 bytes, 16 words, or a limit above
        1,000).
        Cost: the first call reads all customers and keeps an index in memory; a
        later one takes about 0.1 ms with a million customers, rarely 1 ms.
        """
        store = self._store
        answer = store._json(
            _capi.lib.trato_customer_find,
            _capi.text(text, "text"),
            # None would be as many as the default.
            min(not_negative(limit, "limit") or 1, 2**32 - 1),
            store._now(now),
        )
        found = map(FoundCustomer.of, answer["customers"])
        return tuple(found) if limit else ()
