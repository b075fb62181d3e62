# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers are worth and will do next, from a table or from a store.

    from trato import value

    purchases = value.summarise(frame)        # customer, at, amount
    model = value.MbgNbd().fit(purchases)
    table = model.predict(weeks=39)           # a row per customer

A table is whatever speaks Arrow (``__arrow_c_stream__``: polars, pandas, pyarrow,
DuckDB and others), a dict of columns (lists, NumPy arrays) or a list of dicts.
Results are `trato.Table`: give them to a data frame, or call ``to_dicts()``.

Customers are summed up as the literature does: ``frequency`` is the number of
purchases after the first (several of one day are one), ``recency`` her age at the
last of them, 0 without any (it is *not* the time since then), ``age`` the time
since the first. Times are in weeks, or in the ``unit`` that was asked for.

A fit always gives an answer, the same bits for any number of threads and any
order of the rows; ``status_`` says what it is worth.
"""

from __future__ import annotations

import ctypes
import datetime as _datetime
import json
import math
import weakref
from ctypes import byref, c_void_p
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    Union,
)

from . import _arrow, _build, _capi, _threads
from .bulk import Data
from .errors import FailedPrecondition, InvalidArgument
from .tables import Table
from .values import When, int64, micros

if TYPE_CHECKING:
    from .store import Store

__all__ = [
    "BgBb",
    "BgNbd",
    "Choice",
    "Cohort",
    "Cohorts",
    "GammaGamma",
    "MbgNbd",
    "ParetoNbd",
    "Purchases",
    "Rfm",
    "RfmRule",
    "choose",
    "of_store",
    "predict",
    "summarise",
]

_DAY = 86_400_000_000
_UNITS = {
    "hour": _DAY // 24,
    "day": _DAY,
    "week": 7 * _DAY,
    "month": round(365.25 / 12 * _DAY),
    "year": round(365.25 * _DAY),
}
_WEEK = _UNITS["week"]
_STATUSES = ("converged", "regularised", "not_converged")

Instant = Union[_datetime.datetime, _datetime.date, str, int]
"""A datetime (naive: as the table's own), a date, ISO 8601 text, or an int,
microseconds since 1970."""


def _instant(value: Any, what: str) -> int:
    if isinstance(value, str):
        try:
            value = _datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            raise InvalidArgument(f"{what}: it is no time of ISO 8601") from None
    if isinstance(value, _datetime.datetime):
        if value.utcoffset() is None:
            value = value.replace(tzinfo=_datetime.timezone.utc)
        return micros(value)
    if isinstance(value, _datetime.date):
        midnight = _datetime.datetime.combine(
            value, _datetime.time(), _datetime.timezone.utc
        )
        return micros(midnight)
    return int64(value, what)


def _run(threads: int) -> Any:
    return _threads.run_on(threads) if threads > 1 else _capi.RUN_FN()


_PERIODS = ("month", "week", "quarter", "year")


@dataclass(frozen=True)
class Cohort:
    """Customers who came first in one period; by period from that one on."""

    start: str
    """"2010-12"; of weeks their Monday."""
    customers: int
    active: Tuple[int, ...]
    """Who purchased."""
    retention: Tuple[float, ...]
    """The share of them."""
    orders: Tuple[int, ...]
    amount: Tuple[float, ...]


@dataclass(frozen=True)
class Cohorts:
    """Who came first when, and how many were back."""

    period: str
    last: Optional[str]
    """The period that the end lies in: it is not over."""
    cohorts: Tuple[Cohort, ...]
    retention: Tuple[Tuple[float, float, float], ...]
    """By period since the first: of all cohorts that have had it the share who
    were active, and its 95 % from and to (Wilson)."""

    @classmethod
    def of(cls, json: Mapping[str, Any]) -> Cohorts:
        return cls(
            period=json["period"],
            last=json["last"],
            cohorts=tuple(
                Cohort(
                    start=it["start"],
                    customers=it["customers"],
                    active=tuple(it["active"]),
                    retention=tuple(it["retention"]),
                    orders=tuple(it["orders"]),
                    amount=tuple(it["amount"]),
                )
                for it in json["cohorts"]
            ),
            retention=tuple(
                (it["share"], it["low"], it["high"]) for it in json["retention"]
            ),
        )


class Purchases:
    """What is known of each customer's purchases; `summarise` makes it.

    Its columns are kept in memory: 16 bytes a purchase, some 60 a customer.
    """

    def __init__(self, handle: Any, unit: int) -> None:
        self._handle = handle
        self._unit = unit  # microseconds
        self._end = weakref.finalize(self, _capi.lib.trato_purchases_destroy, handle)

    @property
    def table(self) -> Table:
        """A row per customer: customer, frequency, recency, age, and where known
        spend (mean amount of the repeats), total, orders (purchases, those of one
        day apart), ahead, ahead_total."""
        return Table(
            lambda stream: _capi.call(
                _capi.lib.trato_purchases_export, self._handle, stream
            ),
            "purchases",
        )

    def rfm(
        self,
        *,
        groups: int = 5,
        rules: Optional[Sequence[RfmRule]] = None,
        edges: Optional[Rfm] = None,
        threads: int = 1,
    ) -> Rfm:
        """Scores recency, frequency and money from 1 to ``groups``, the best.

        Equal values have equal scores, whatever their number. ``rules`` name the
        segments, the first that fits; without them those with five groups are
        champions, loyal, potential_loyalists, new, promising, need_attention,
        about_to_sleep, at_risk, cannot_lose and hibernating. With ``edges``, an
        earlier result, customers are scored as they would have been then.

        Errors: InvalidArgument (amounts are not known; nobody).
        """
        return Rfm(self, groups, rules, edges, threads)

    def cohorts(self, period: str = "month") -> Cohorts:
        """Customers by the period of their first purchase, and how many of them
        were back in each period since: "month", "week", "quarter" or "year".

        Errors: FailedPrecondition (a summary: single purchases are needed).
        """
        if period not in _PERIODS:
            raise InvalidArgument(f"period: one of {', '.join(_PERIODS)} is needed")
        with _capi.Output() as out:
            _capi.call(
                _capi.lib.trato_purchases_cohorts,
                self._handle,
                _PERIODS.index(period),
                out.ref,
            )
            return Cohorts.of(json.loads(out.text()))

    def __len__(self) -> int:
        return int(self._columns().count)

    def __repr__(self) -> str:
        return f"<Purchases of {len(self)} customers>"

    def _columns(self) -> Any:
        columns = _capi.PurchaseColumns(ctypes.sizeof(_capi.PurchaseColumns))
        _capi.call(_capi.lib.trato_purchases_columns, self._handle, byref(columns))
        return columns


def summarise(
    events: Data,
    *,
    columns: Optional[Mapping[str, str]] = None,
    end: Optional[Instant] = None,
    until: Optional[Instant] = None,
    unit: str = "week",
    merge: Optional[str] = "day",
    net_returns: bool = False,
    threads: int = 1,
) -> Purchases:
    """Sums up purchases, a row each: columns customer, at, and amount if known.

    ``columns`` says what they are called otherwise: ``{"at": "InvoiceDate"}``.
    Knowledge ends at ``end`` (a date is its midnight; default: the last purchase).
    Purchases after it, up to ``until``, are counted apart as ``ahead``. Times are
    in ``unit``: "hour", "day", "week", "month", "year". Purchases within one
    "hour" or "day" (``merge``) are one; None: each is its own. Amounts below 0
    are returns, which are left out, or taken from the amounts (``net_returns``).

    Errors: InvalidArgument names the column and the row.
    """
    if unit not in _UNITS:
        raise InvalidArgument(f"unit: one of {', '.join(_UNITS)} is needed")
    if merge is not None and merge not in ("hour", "day"):
        raise InvalidArgument("merge: 'hour', 'day' or None is needed")
    options, kept = _purchases_options(columns)
    if end is not None:
        options.end_us = _instant(end, "end")
    if until is not None:
        options.until_us = _instant(until, "until")
    options.unit_us = _UNITS[unit]
    options.merge_us = -1 if merge is None else _UNITS[merge]
    options.net_returns = bool(net_returns)
    options.run = _run(threads)
    instant = (columns or {}).get("at", "at")
    purchases = _read(events, 0, options, _UNITS[unit], instant)
    del kept
    return purchases


def of_store(
    store: Store,
    *,
    types: Sequence[str] = ("purchase",),
    returns: Sequence[str] = (),
    end: Optional[When] = None,
    until: Optional[When] = None,
    unit: str = "week",
    merge: Optional[str] = "day",
    now: Optional[When] = None,
) -> Purchases:
    """The purchases of a store's customers, as known at ``now``, summed up.

    Each interaction of ``types`` is a purchase (an order, not its lines); the
    amounts of ``returns`` are taken from the others. Linked records are one
    customer, named by the record that gives the public id. Days are those of the
    store's zone. Restricted customers are left out. The rest is as in `summarise`;
    ``end`` is ``now`` by default.

    Errors: NotFound (undefined type), FailedPrecondition (amounts in two
    currencies; a view). Cost: one pass over these interactions.
    """
    if unit not in _UNITS:
        raise InvalidArgument(f"unit: one of {', '.join(_UNITS)} is needed")
    if merge is not None and merge not in ("hour", "day"):
        raise InvalidArgument("merge: 'hour', 'day' or None is needed")
    if isinstance(types, str) or isinstance(returns, str):
        raise TypeError("types, returns: a list of names is needed, not str")
    options = _capi.StorePurchasesOptions(
        ctypes.sizeof(_capi.StorePurchasesOptions)
    )
    options.types = (_capi.Str * max(1, len(types)))(
        *(_capi.text(it, "types") for it in types)
    )
    options.type_count = len(types)
    options.returns = (_capi.Str * max(1, len(returns)))(
        *(_capi.text(it, "returns") for it in returns)
    )
    options.return_count = len(returns)
    options.end_us = store._at(end, "end")
    options.until_us = store._at(until, "until")
    options.unit_us = _UNITS[unit]
    options.merge_us = -1 if merge is None else _UNITS[merge]
    handle = c_void_p()
    store._call(
        _capi.lib.trato_store_purchases,
        byref(options),
        store._now(now),
        byref(handle),
    )
    return Purchases(handle, _UNITS[unit])


def _read(
    data: Data, form: int, options: Any, unit: int, instant: str = ""
) -> Purchases:
    options.struct_size = ctypes.sizeof(options)
    options.form = form
    handle = c_void_p()
    kept, stream = _stream(data, instant)
    _capi.call(_capi.lib.trato_purchases_read, stream, byref(options), byref(handle))
    del kept
    return Purchases(handle, unit)


def _purchases_options(columns: Optional[Mapping[str, str]]) -> Tuple[Any, Any]:
    options = _capi.PurchasesOptions()
    options.end_us = options.until_us = _capi.AT_NOW
    named = (_capi.Column * len(columns or {}))()
    for i, (field, column) in enumerate((columns or {}).items()):
        named[i].field = _capi.text(field, "columns")
        named[i].column = _capi.text(column, f"columns[{field!r}]")
    options.columns = named
    options.column_count = len(named)
    return options, named


def _stream(data: Any, instant: str) -> Tuple[Any, int]:
    if hasattr(data, "__arrow_c_stream__"):
        try:
            capsule = data.__arrow_c_stream__()
            return capsule, _arrow.stream_of(capsule)
        except ImportError:  # pandas asks pyarrow for it
            data = {name: data[name].to_numpy() for name in data.columns}
    if not isinstance(data, Mapping):
        if isinstance(data, (str, bytes)) or not hasattr(data, "__iter__"):
            raise TypeError(
                "a table is needed: something that speaks Arrow, a dict of columns "
                f"or a list of dicts, not {type(data).__name__}"
            )
        data = _build.columns_of_rows(list(data))
    producer = _build.producer(data, {instant: _instant} if instant else {}, "", "")
    return producer, producer.address


def _as_purchases(data: Any, columns: Optional[Mapping[str, str]]) -> Purchases:
    if isinstance(data, Purchases):
        return data
    options, kept = _purchases_options(columns)
    purchases = _read(data, 1, options, _WEEK)
    del kept
    return purchases


class Estimator:
    """What the models have in common, in the habits of scikit-learn: options to
    the constructor, `fit` gives the model itself, what was learned ends with _.
    """

    _kind = -1
    _names: Tuple[str, ...] = ()

    params_: Dict[str, float]
    """The fitted parameters by name."""
    intervals_: Dict[str, Tuple[float, float]]
    """95 % intervals, from the curvature of the log-likelihood."""
    log_likelihood_: float
    n_customers_: float
    """Who took part."""
    status_: str
    """"converged"; "regularised": the data alone have no likeliest point, and a
    weak prior made one; "not_converged": the best point that was found."""

    def __init__(self, *, prior: float = 0.0, threads: int = 1) -> None:
        self.prior = prior
        self.threads = threads

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        """The options, as scikit-learn asks for them."""
        return {"prior": self.prior, "threads": self.threads}

    def set_params(self, **options: Any) -> Any:
        for name, value in options.items():
            if name not in ("prior", "threads"):
                raise InvalidArgument(f"{name}: there is no such option")
            setattr(self, name, value)
        return self

    def fit(
        self,
        purchases: Union[Purchases, Data],
        y: Any = None,
        *,
        columns: Optional[Mapping[str, str]] = None,
    ) -> Any:
        """Fits by maximum likelihood and gives the model.

        ``purchases`` comes from `summarise`, or is a table with a row per customer:
        frequency, recency, age, and where present customer, weight (how many such
        customers there are) and spend; ``columns`` says what they are called
        otherwise (``{"age": "T"}``). ``prior`` is the standard deviation of a normal
        prior on each parameter's logarithm, 0 for none.

        Errors: InvalidArgument names the column and the row.
        """
        of = _as_purchases(purchases, columns)
        options = _capi.ValueFitOptions(
            ctypes.sizeof(_capi.ValueFitOptions), self._kind, self.prior
        )
        options.run = _run(self.threads)
        model = _capi.ValueModel(ctypes.sizeof(_capi.ValueModel))
        _capi.call(
            _capi.lib.trato_value_fit, byref(of._columns()), byref(options), byref(model)
        )
        self._purchases = of
        return self._take(model)

    def _take(self, model: Any) -> Any:
        self._model = model
        self.params_ = dict(zip(self._names, model.parameters))
        self.intervals_ = dict(zip(self._names, zip(model.low, model.high)))
        self.log_likelihood_ = model.log_likelihood
        self.n_customers_ = model.customers
        self.status_ = _STATUSES[model.status]
        return self

    def _fitted(self) -> Any:
        if not hasattr(self, "_model"):
            raise FailedPrecondition(f"{type(self).__name__} is not fitted yet")
        return self._model

    def _said(self, of: Purchases, options: Any) -> Table:
        options.struct_size = ctypes.sizeof(options)
        options.run = _run(self.threads)
        model = self._fitted()
        return Table(
            lambda stream: _capi.call(
                _capi.lib.trato_value_export,
                byref(model),
                of._handle,
                byref(options),
                stream,
            ),
            "predictions",
        )

    def __repr__(self) -> str:
        if not hasattr(self, "_model"):
            return f"{type(self).__name__}()"
        shown = ", ".join(f"{name}={it:.4g}" for name, it in self.params_.items())
        return f"<{type(self).__name__} {shown}, {self.status_}>"


class _OfTime(Estimator):
    def predict(
        self,
        purchases: Union[Purchases, Data, None] = None,
        *,
        weeks: Optional[float] = None,
        horizon: Optional[float] = None,
        later: float = 0.0,
        quantile: float = 0.5,
        spend: Optional[GammaGamma] = None,
        discount: float = 0.0,
        value_horizon: float = 0.0,
        margin: float = 1.0,
        columns: Optional[Mapping[str, str]] = None,
    ) -> Table:
        """What is to be expected of each customer: of ``purchases``, or of those it
        was fitted to.

        The table has customer; alive, the probability that she still is one; with
        ``weeks`` (or ``horizon``, in the unit of the columns) expected purchases
        until then, expected_low and expected_high (95 % of what the uncertain
        parameters leave open), and none, the probability of no purchase; with
        ``later`` alive_later, that she still is a customer then; wait, the time
        within which she buys again in ``quantile`` of the cases if she is alive;
        where amounts are known spend, the expected amount of a purchase, by the
        model ``spend`` (without: her own mean); with ``discount`` or
        ``value_horizon`` (0: for ever) discounted, the expected purchases of that
        time, each worth e^(-discount x time) of one today, and value = discounted
        x spend x ``margin``. ``discount`` is per unit: 15 % a year is
        ``math.log(1.15) / 52.18`` a week.
        """
        self._fitted()
        of = self._purchases if purchases is None else _as_purchases(purchases, columns)
        if weeks is not None:
            if horizon is not None:
                raise InvalidArgument("weeks, horizon: one of them is enough")
            horizon = weeks * _WEEK / of._unit
        options = _capi.ValueOptions()
        options.horizon = horizon or 0.0
        options.later = later
        options.quantile = quantile
        options.value_horizon = value_horizon
        options.discount = discount
        options.margin = margin
        if spend is not None:
            options.spend = ctypes.pointer(spend._fitted())
        return self._said(of, options)


class MbgNbd(_OfTime):
    """MBG/NBD, the default: Poisson purchases with rates Gamma(r, alpha); after
    each purchase, the first included, a customer leaves with a probability that
    is Beta(a, b). (Batislam et al. 2007; Hoppe and Wagner 2007.)"""

    _kind = 0
    _names = ("r", "alpha", "a", "b")


class BgNbd(_OfTime):
    """BG/NBD: the same, but nobody leaves after the first purchase, so who never
    came back counts as alive for ever. (Fader, Hardie and Lee 2005.)"""

    _kind = 1
    _names = ("r", "alpha", "a", "b")


class ParetoNbd(_OfTime):
    """Pareto/NBD: Poisson purchases with rates Gamma(r, alpha) for a lifetime that
    is exponential with rates Gamma(s, beta). (Schmittlein, Morrison, Colombo 1987.)
    """

    _kind = 2
    _names = ("r", "alpha", "s", "beta")


class BgBb(_OfTime):
    """BG/BB, for numbered occasions (appeals, renewals): recency is the number of
    the last occasion that was taken, age how many there were; horizons count
    occasions. (Fader, Hardie and Shang 2010.)"""

    _kind = 3
    _names = ("alpha", "beta", "gamma", "delta")


class GammaGamma(Estimator):
    """Gamma-Gamma: amounts of one customer are Gamma(p, nu), nu is Gamma(q, gamma)
    over the customers, q > 1. Fitted to whoever came back and spent more than 0.
    (Fader, Hardie and Lee 2005.)"""

    _kind = 4
    _names = ("p", "q", "gamma")

    def predict(
        self,
        purchases: Union[Purchases, Data, None] = None,
        *,
        columns: Optional[Mapping[str, str]] = None,
    ) -> Table:
        """A table of customer and spend, the expected amount of a purchase."""
        self._fitted()
        of = self._purchases if purchases is None else _as_purchases(purchases, columns)
        return self._said(of, _capi.ValueOptions(quantile=0.5, margin=1.0))


_MODELS: Dict[str, Type[_OfTime]] = {
    "mbg_nbd": MbgNbd,
    "bg_nbd": BgNbd,
    "pareto_nbd": ParetoNbd,
    "bg_bb": BgBb,
}


@dataclass(frozen=True)
class Choice:
    """Which model was chosen, and why."""

    model: Any
    """The chosen one, fitted to everything."""
    by: str
    """"forecast": it foresaw the last third of the time best, from what was known
    before; "likelihood": it is the likeliest (of a summary)."""
    report: Mapping[str, Any]
    """Each model's parameters and errors: see trato_value_choose in trato.h."""


def choose(purchases: Union[Purchases, Data], *, threads: int = 1) -> Choice:
    """Fits MBG/NBD, BG/NBD and Pareto/NBD and chooses one.

    Of what `summarise` gave, by how well each foresees the last third of the time
    before ``end`` from the rest; what came after ``end`` has no part in it. Where
    ``until`` was given, the report says how far off each model was after it.
    """
    of = _as_purchases(purchases, None)
    model = _capi.ValueModel(ctypes.sizeof(_capi.ValueModel))
    with _capi.Output() as out:
        _capi.call(
            _capi.lib.trato_value_choose,
            of._handle,
            _run(threads),
            None,
            byref(model),
            out.ref,
        )
        report = json.loads(out.text())
    chosen = _MODELS[report["chosen"]](threads=threads)
    chosen._purchases = of
    chosen._take(model)
    return Choice(chosen, report["by"], report)


def predict(
    events: Data,
    *,
    weeks: float = 52.0,
    model: str = "auto",
    columns: Optional[Mapping[str, str]] = None,
    end: Optional[Instant] = None,
    discount_per_year: float = 0.15,
    margin: float = 1.0,
    net_returns: bool = False,
    threads: int = 1,
) -> Table:
    """From single purchases to what each customer is worth, in one call.

    ``events`` has columns customer, at and, where known, amount; the rest is as in
    `summarise` and in ``predict`` of the models. ``model`` is "mbg_nbd", "bg_nbd",
    "pareto_nbd", or "auto": see `choose`. With amounts, value is the discounted
    margin of the purchases of the next ``weeks``.
    """
    purchases = summarise(
        events, columns=columns, end=end, net_returns=net_returns, threads=threads
    )
    if model == "auto":
        fitted = choose(purchases, threads=threads).model
    elif model in ("mbg_nbd", "bg_nbd", "pareto_nbd"):
        fitted = _MODELS[model](threads=threads).fit(purchases)
    else:
        raise InvalidArgument("model: auto, mbg_nbd, bg_nbd or pareto_nbd is needed")
    spend = None
    if purchases._columns().spend:
        try:
            spend = GammaGamma(threads=threads).fit(purchases)
        except InvalidArgument:  # nobody came back: her own mean, which is 0
            spend = None
    table: Table = fitted.predict(
        weeks=weeks,
        spend=spend,
        discount=math.log1p(discount_per_year) * 7 / 365.25,
        value_horizon=weeks,
        margin=margin,
    )
    return table


@dataclass(frozen=True)
class RfmRule:
    """A name for scores from..to of recency, frequency and money."""

    name: str
    recency: Tuple[int, int] = (1, 10)
    frequency: Tuple[int, int] = (1, 10)
    money: Tuple[int, int] = (1, 10)


class Rfm:
    """Scores of recency, frequency and money, and the edges they begin at."""

    table: Table
    """A row per customer: customer, recency (time since the last purchase),
    frequency (of orders), money, the scores r, f and m, and segment."""

    def __init__(
        self,
        purchases: Purchases,
        groups: int,
        rules: Optional[Sequence[RfmRule]],
        edges: Optional[Rfm],
        threads: int,
    ) -> None:
        options = _capi.RfmOptions(ctypes.sizeof(_capi.RfmOptions), groups)
        if edges is not None:
            options.edges = ctypes.pointer(edges._edges)
        if rules is not None:
            given = (_capi.RfmRule * max(1, len(rules)))()
            for rule, it in zip(given, rules):
                rule.name = _capi.text(it.name, "rules")
                for field in ("recency", "frequency", "money"):
                    low, high = getattr(it, field)
                    if not (1 <= low <= high <= 10):
                        raise InvalidArgument(f"rules: {field} is not within 1 and 10")
                    setattr(rule, field, (ctypes.c_uint8 * 2)(low, high))
            options.rules = given
            options.rule_count = len(rules)
        options.run = _run(threads)
        found = _capi.RfmEdges(ctypes.sizeof(_capi.RfmEdges))

        def open(stream: int) -> None:
            _capi.call(
                _capi.lib.trato_rfm_export,
                purchases._handle,
                byref(options),
                byref(found),
                stream,
            )

        self.table = Table(open, "RFM scores")
        self._edges = found

    @property
    def edges(self) -> Dict[str, List[float]]:
        """Where the scores from 2 on begin, by column; infinite: nobody has it.
        The recency's are of minus the time since the last purchase."""
        count = self._edges.groups - 1
        return {
            name: list(getattr(self._edges, name))[:count]
            for name in ("recency", "frequency", "money")
        }
