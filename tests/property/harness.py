# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Rounds with seeds, counts of comparisons, and facts given to a store."""

import atexit
import collections
import datetime
import decimal
import os
import random
import tempfile
import time
import unittest

import calls
import oracle
import trato
from trato import _capi

# When everything is recorded: after every fact.
NOW = 4_102_444_800 * oracle.SECOND  # 2100-01-01

_seed = os.environ.get("TRATO_PROPERTY_SEED")
# The same for everybody, so that a failure is of the change and not of the day.
SEED = (
    random.SystemRandom().randrange(10**9)
    if _seed == "random"
    else int(_seed or 20111210)
)
_counts = collections.Counter()
_started = time.monotonic()


def rounds(default):
    """How many rounds to run: what TRATO_PROPERTY_ROUNDS says, or the default."""
    return int(os.environ.get("TRATO_PROPERTY_ROUNDS") or default)


def compared(what, number=1):
    """Counts comparisons, for the line at the end of the run."""
    _counts[what] += number


@atexit.register
def _report():
    if _counts:
        counts = ", ".join(f"{number:,} {what}" for what, number in _counts.items())
        seconds = time.monotonic() - _started
        print(f"compared: {counts} (seed {SEED}, {seconds:.1f} s)", flush=True)


class PropertyCase(unittest.TestCase):
    """A test of rounds, each with a generator of its own."""

    maxDiff = 2000

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="trato-property-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def each_round(self, default):
        """Gives a random.Random per round; a failure names what repeats it."""
        for number in range(rounds(default)):
            # A round's seed is the run's and its number: one round repeats it.
            seed = SEED + number
            try:
                yield random.Random(f"{self.id()}/{seed}")
            except GeneratorExit:
                print(f"\nto repeat: TRATO_PROPERTY_SEED={seed} "
                      f"TRATO_PROPERTY_ROUNDS=1 for {self.id()}", flush=True)
                raise

    def path(self, name="store.trato"):
        return os.path.join(self.folder, name)

    def nothing_known(self, *calls):
        """Of whom every fact is dated later, nothing is known."""
        for call in calls:
            compared("not found")
            with self.assertRaises(trato.NotFound):
                call()

    def check(self, what, got, expected, *about):
        """Compares, counts, and says what it was about when it differs."""
        compared(what)
        if got != expected:
            lines = "\n".join(map(str, about))
            self.assertEqual(got, expected, f"\n{what}\n{lines}")


# -- From the oracle's words to the binding's --------------------------------------


def to_trato(value):
    if isinstance(value, oracle.Amount):
        return trato.Money(value.minor, value.currency)
    if isinstance(value, oracle.Instant):
        return when(value.us)
    return value


def from_trato(value):
    if isinstance(value, trato.Money):
        return oracle.Amount(value.minor, value.currency)
    if isinstance(value, datetime.datetime):
        return oracle.Instant(micros(value))
    return value


def when(us):
    return (oracle.EPOCH + us * oracle.MICRO).replace(tzinfo=datetime.timezone.utc)


def micros(moment):
    return (moment.replace(tzinfo=None) - oracle.EPOCH) // oracle.MICRO


def millionths(number):
    """A Decimal, exact, for what the engine keeps as a whole number."""
    return decimal.Decimal(number).scaleb(-6, decimal.Context(prec=40))


def interaction(fact):
    """What Store.record_many takes."""
    currency = fact.amount.currency
    lines = [
        trato.Line(
            line.product,
            millionths(line.quantity),
            trato.Money(line.amount_minor, currency),
            millionths(line.unit_price) or None,
            line.unit,
        )
        for line in fact.lines
    ]
    return trato.Interaction(
        customer=fact.record,
        type=fact.type,
        at=fact.at,
        channel=fact.channel,
        lines=lines,
        amount=trato.Money(fact.amount.minor, currency),
        direction="outbound" if fact.outbound else "inbound",
        fields={name: to_trato(value) for name, value in fact.fields.items()},
        reply_to=fact.reply_to,
        key=fact.key,
    )


def put(store, fact, now=NOW, **options):
    """Records one fact and gives its id."""
    source = "" if fact.source == "host" else fact.source
    options = {"source": source, **options}
    options["now"] = now
    if isinstance(fact, oracle.Correction):
        truth = fact.content and interaction(fact.content)
        return calls.correct(store, fact, truth, **options)
    if isinstance(fact, oracle.Claim):
        options["now"] = fact.at  # a claim is dated by its call
        return store.identifiers.claim(fact.record, fact.identifier, **options)
    if isinstance(fact, oracle.Attribute):
        return store.attributes.set(
            fact.record,
            fact.name,
            to_trato(fact.value),
            at=fact.at,
            key=fact.key,
            **options,
        )
    return store.record(**interaction(fact).__dict__, **options)


def say_of_pair(store, one, other, linked, now=NOW):
    """Links two records, or keeps them apart, whatever was said before."""
    if linked:
        store.customers.link(one, other, override=["apart"], now=now)
    else:
        store.customers.cannot_link(one, other, now=now)


def raw_customer(store, name, now):
    """customer() as the JSON it came from."""
    return store._json(_capi.lib.trato_customer_get, _capi.text(name, "name"), now)


def entry_of(entry):
    """A timeline's entry in the oracle's words, without when it was recorded."""
    currency = entry.amount.currency
    return entry.fact, oracle.Interaction(
        record=entry.record,
        at=micros(entry.at),
        source=entry.source,
        key=entry.key,
        type=entry.type,
        channel=entry.channel,
        outbound=entry.direction == "outbound",
        amount=oracle.Amount(entry.amount.minor, currency),
        lines=tuple(
            oracle.Line(
                line.product,
                int(line.quantity.scaleb(6)),
                line.amount.minor,
                int((line.unit_price or 0) * 10**6),
                line.unit,
            )
            for line in entry.lines
        ),
        fields={name: from_trato(value) for name, value in entry.fields.items()},
        reply_to=entry.reply_to,
    )
