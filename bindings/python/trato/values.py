# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Money, quantities, order lines and instants, all exact: no float is read."""

from __future__ import annotations

import datetime as _datetime
import functools
import operator
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any, Union

from . import _capi
from .errors import InvalidArgument, OutOfRange, TratoError

When = Union[_datetime.datetime, _datetime.date, str, int]
"""An instant as the methods take it.

A `datetime` that is aware; one that is naive, a `date` (its midnight) or ISO
8601 text such as ``"2011-12-10 09:30"``, in the store's time zone; or an int,
microseconds since 1970-01-01T00:00:00Z. A naive time that a clock change skips
or repeats is read with the offset in force before the change.
"""

Number = Union[Decimal, int, str]
"""An exact number: an int, a `Decimal`, or text such as ``"2.5"``; no float."""

_EPOCH = _datetime.datetime(1970, 1, 1, tzinfo=_datetime.timezone.utc)
_MICROSECOND = _datetime.timedelta(microseconds=1)
_MILLION = Decimal(1_000_000)

# Independent of the program's own decimal context: it must not round ours.
_EXACT = Context(prec=60, traps=[InvalidOperation, Inexact, Overflow])


@dataclass(frozen=True)
class Money:
    """An amount in whole minor units of a currency (ISO 4217).

    ``Money(1250, "GBP")`` is 12.50 pounds. `Money.parse` reads major units.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "minor", int64(self.minor, "minor"))
        currency = self.currency
        if not isinstance(currency, str):
            kind = type(currency).__name__
            raise TypeError(f"currency: a str is needed, not {kind}")
        if len(currency) != 3 or not currency.isascii():
            raise InvalidArgument("currency: not a code of ISO 4217, such as EUR")

    @classmethod
    def parse(cls, amount: Number, currency: str) -> Money:
        """Reads an amount in major units: ``Money.parse("12.50", "GBP")``.

        Errors: InvalidArgument when the amount is finer than the currency's
        minor unit, or the currency is not known.
        """
        digits = _digits(cls(0, currency).currency)
        return cls(_scaled(amount, digits, "amount"), currency)

    def __str__(self) -> str:
        try:
            digits = _digits(self.currency)
        except TratoError:
            return f"{self.minor} minor units of {self.currency}"
        whole, part = divmod(abs(self.minor), 10**digits)
        sign = "-" if self.minor < 0 else ""
        decimals = f".{part:0{digits}}" if digits else ""
        return f"{sign}{whole:,}{decimals} {self.currency}"


Value = Union[bool, int, float, str, Money, _datetime.datetime]
"""What an attribute of a customer, or a field of an interaction, can hold."""


@dataclass(frozen=True, init=False)
class Line:
    """One article of an order.

    ``quantity`` counts ``unit`` (empty: pieces), exact to a millionth;
    ``amount`` is for the whole line; ``unit_price`` is in the currency's major
    unit, exact to a millionth, and None, or 0, where it is not known. A return
    has a negative quantity and amount. A line without a price whose amount is
    zero is free.
    """

    product: str
    quantity: Decimal
    amount: Money
    unit_price: Union[Decimal, None]
    unit: str

    def __init__(
        self,
        product: str,
        quantity: Number,
        amount: Money,
        unit_price: Union[Number, None] = None,
        unit: str = "",
    ) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        if not isinstance(amount, Money):
            raise not_money(amount, "amount")
        if unit_price is not None:
            unit_price = from_millionths(millionths(unit_price, "unit_price")) or None
        put("product", product)
        put("quantity", from_millionths(millionths(quantity, "quantity")))
        put("amount", amount)
        put("unit_price", unit_price)
        put("unit", unit)


def not_money(value: object, what: str) -> TypeError:
    kind = type(value).__name__
    advice = "Money(1250, 'GBP') or Money.parse('12.50', 'GBP')"
    return TypeError(f"{what}: a trato.Money is needed, not {kind}: {advice}")


@functools.lru_cache(maxsize=None)
def _digits(currency: str) -> int:
    # The C interface has no call for a currency's decimal places, and a table
    # here could disagree with the library's. A store in memory tells: it writes
    # one minor unit as text.
    from .store import open as open_store

    with open_store(currency=currency) as store:
        store.record("x:1", "purchase", at=0, amount=Money(1, currency), now=0)
        return store._digits_of(currency)


def int64(value: Any, what: str) -> int:
    """A whole number that fits in 64 bits; no float, no bool."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{what}: an int is needed, not {type(value).__name__}")
    number = operator.index(value)
    if not _capi.INT64_MIN <= number <= _capi.INT64_MAX:
        raise OutOfRange(f"{what}: the number does not fit in 64 bits")
    return number


def _decimal(value: Number, what: str) -> Decimal:
    if isinstance(value, Decimal):
        exact = value
    elif isinstance(value, str):
        try:
            exact = _EXACT.create_decimal(value.strip())
        except (InvalidOperation, Inexact):
            raise InvalidArgument(f"{what}: the text is not a number") from None
    elif isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(
            f"{what}: an int, a Decimal or text is needed, not "
            f"{type(value).__name__}; a float cannot hold most decimal fractions, "
            "so write '2.55' or Decimal('2.55')"
        )
    else:
        exact = Decimal(operator.index(value))
    if not exact.is_finite():
        raise InvalidArgument(f"{what}: the number is not finite")
    return exact


def _scaled(value: Number, digits: int, what: str) -> int:
    exact = _decimal(value, what)
    # Before it is written out: 1e999999999 is a short text and a long number.
    if exact and exact.adjusted() > 18:
        raise OutOfRange(f"{what}: the number does not fit in 64 bits")
    try:
        whole = _EXACT.to_integral_exact(_EXACT.scaleb(exact, digits))
    except (Inexact, InvalidOperation):
        raise InvalidArgument(
            f"{what}: the number has more than {digits} decimal places"
        ) from None
    return int64(int(whole), what)


def millionths(value: Number, what: str) -> int:
    return _scaled(value, 6, what)


def thousandths(value: Number, what: str) -> int:
    return _scaled(value, 3, what)


def from_thousandths(value: int) -> Decimal:
    return Decimal(value).scaleb(-3, _EXACT)


def from_millionths(value: int) -> Decimal:
    return _EXACT.divide(Decimal(value), _MILLION)


def micros(when: _datetime.datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (when - _EPOCH) // _MICROSECOND


def instant(micros_since_1970: int) -> _datetime.datetime:
    """An aware datetime in UTC, exact to the microsecond."""
    return _EPOCH + micros_since_1970 * _MICROSECOND
